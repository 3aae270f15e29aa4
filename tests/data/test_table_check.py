"""A reader's own table against a dataset's description: nothing wrong passes, nothing right is refused."""
from __future__ import annotations

import json
import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets import check_table, datasets
from widgets.datasets import data_folder, dataset, names

HEADER = ("person_id,list_police,list_ngo,list_labour_insp,list_border,list_health,sex,age_group,"
          "exploitation_form,region,link_quality")
ROW = "P0001,1,0,0,0,0,female,25 to 39,forced labour,Arvenia,one-list"


@pytest.fixture
def check(tmp_path):
    """A function: check these lines as a file of victim_lists."""

    def of(*lines, encoding="utf-8", name="victim_lists"):
        path = tmp_path / "own.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return check_table(path, name)

    return of


@pytest.mark.parametrize("name", names())
def test_every_sample_fits_its_own_description_as_file_and_as_table(name):
    file = check_table(data_folder() / datasets._resource(name)["path"], name)
    assert file.fits, repr(file)
    assert f"{file.rows:,} rows, nothing wrong" in repr(file)
    assert check_table(dataset(name).head(300), name).fits


@pytest.mark.parametrize("change, told", [
    (("P0001", "X1"), "line 2, column person_id: 'X1' has not the form P[0-9]{4}. Mend"),
    ((",1,0", ",2,0"), "line 2, column list_police: 2 is none of 0, 1. Mend: write one of these."),
    ((",1,0", ",yes,0"), "line 2, column list_police: 'yes' is not a whole number"),
    ((",1,0", ",,0"), "line 2, column list_police: the cell is empty. Mend: fill it in."),
    (("female", "F"), "line 2, column sex: F is none of female, male"),
    (("female", ""), "line 2, column sex: the cell is empty. Mend: fill it in; for a missing value write"),
    (("one-list", "0,9"), "line 2: it has 12 cells, the header has 11"),
    (("one-list", '"0,9"'), "line 2, column link_quality: '0,9' is not a number with a point"),
    (("one-list", "1.2"), "line 2, column link_quality: 1.2 is above 1"),
    (("one-list", "0.1"), "line 2, column link_quality: 0.1 is below 0.6"),
    (("one-list", "nan"), "'nan' is not a number with a point"),
])
def test_a_wrong_cell_is_told_with_line_column_and_mend(check, change, told):
    found = check(HEADER, ROW.replace(*change))
    assert len(found.problems) == 1 and not found.fits
    assert told in repr(found), repr(found)


def test_each_person_stands_once(check):
    found = check(HEADER, ROW, ROW.replace("P0001", "P0002"), ROW)
    assert [str(problem) for problem in found.problems] == [
        "line 4, column person_id: P0001 stands in line 2 already. Mend: each may stand there once."]


def test_columns_may_stand_in_any_order_and_are_named_where_they_are_wrong(check):
    columns, cells = HEADER.split(","), ROW.split(",")
    assert check(",".join(columns[::-1]), ",".join(cells[::-1])).fits
    found = repr(check(HEADER.replace("sex", "Sex").replace("region", "sex_2"), ROW))
    assert "column sex: the column is missing. Mend: rename “Sex” to sex" in found
    assert "column region: the column is missing. Mend: add it (region)" in found
    assert "column sex_2: the dataset has no such column" in found
    found = check(HEADER + ",sex", ROW + ",male")
    assert "the column stands 2 times" in repr(found)


@pytest.mark.parametrize("encoding, told", [
    ("utf-8-sig", None), ("utf-16", None),
    ("cp1252", "the file is not in UTF-8. Mend: save it as “CSV UTF-8”"),
])
def test_what_a_spreadsheet_does_to_a_file_is_undone_or_told(check, encoding, told):
    second = ROW.replace("P0001", "P0002").replace("Arvenia", "Arvénia")
    found = check(HEADER, ROW, second, encoding=encoding)
    place = "line 3, column region: Arvénia is none of"
    assert place in repr(found)
    assert [str(problem) for problem in found.problems if problem.line is None] == (
        [told + "."] if told else [])


def test_semicolons_and_tabs_are_told_and_the_cells_are_still_read(check):
    for mark, said in ((";", "semicolons"), ("\t", "tabs")):
        found = check(HEADER.replace(",", mark), ROW.replace(",", mark).replace("female", "F"))
        assert f"columns are separated by {said}" in repr(found)
        assert "line 2, column sex: F is none of" in repr(found)


@pytest.mark.parametrize("lines", [(), ("",), ("\n\n",)])
def test_an_empty_file_is_told(check, lines):
    assert "the file is empty. Mend: begin with a line that names the columns" in repr(check(*lines))


def test_an_unknown_dataset_or_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no dataset `lists`"):
        check_table(pd.DataFrame(), "lists")
    with pytest.raises(FileNotFoundError):
        check_table(tmp_path / "none.csv", "victim_lists")


def test_a_long_list_is_cut_and_says_so(check):
    found = check(HEADER, *[ROW.replace("P0001", f"P{i:04d}").replace("female", "F") for i in range(50)])
    assert len(found.problems) == 50
    assert "50 problems; the first 20 are" in repr(found)
    assert repr(found).count("\n- ") == found._repr_html_().count("<li>") == 20


def test_hostile_cells_never_become_markup(check):
    found = check(HEADER, ROW.replace("female", "<img src=x onerror=alert(1)>"))
    assert "<img" not in found._repr_html_()


@given(st.binary(max_size=400))
def test_any_bytes_are_answered_with_words(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(content)
    assert not check_table(path, "victim_lists").fits


CELLS = st.sampled_from([
    "", "1", "0", "-1", "1.5", "0,5", "2", "female", "male", "not-recorded", "withheld", "P0001",
    "one-list", "0.60", "1.01", "Arvenia", "forced labour", "25 to 39", "nan", "1e0",
])


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10), CELLS), max_size=6))
def test_frictionless_finds_fault_in_the_same_cells(tmp_path_factory, changes):
    """An independent reader of the same description, on a file with some cells changed."""
    from frictionless import Package

    entry = datasets._resource("victim_lists")
    lines = (data_folder() / entry["path"]).read_text(encoding="utf-8").splitlines()[:31]
    rows = [line.split(",") for line in lines]
    for line, place, cell in changes:
        rows[line][place] = cell if "," not in cell else f'"{cell}"'
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.csv").write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    own = {"name": "own", "type": "table", "path": "own.csv", "schema": entry["schema"]}
    package = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "resources": [own]}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    report = Package(str(folder / "datapackage.json")).validate()
    theirs = {(number, column) for number, column, kind in report.flatten(["rowNumber", "fieldName", "type"])
              if kind in ("type-error", "constraint-error", "missing-cell")}
    found = check_table(folder / "own.csv", "victim_lists").problems
    ours = {(one.line, one.column) for one in found if "stands in line" not in one.message}
    unique = {(number, column) for number, column in theirs if column == "person_id"}
    assert ours - unique == theirs - unique


def test_random_rows_of_a_sample_fit():
    people = dataset("victim_lists")
    for seed in range(5):
        picked = people.loc[random.Random(seed).sample(range(len(people)), 40)]
        assert check_table(picked, "victim_lists").fits


def test_every_rule_that_the_package_uses_is_checked():
    """A rule that this check does not know would be passed over in silence."""
    package = json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8"))
    used = {rule for entry in package["resources"] for field in entry["schema"]["fields"]
            for rule in field.get("constraints", {})}
    assert used <= {"required", "unique", "enum", "minimum", "maximum", "pattern"}
