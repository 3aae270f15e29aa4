"""Reading datasets: types, missing values with their reasons, and what is said of an unsound file."""
from __future__ import annotations

import json
from html.parser import HTMLParser

import pandas as pd
import pytest

from widgets import datasets


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A function: make a data folder with one dataset of these fields and lines, and read from it."""

    def make(fields, lines, schema=None):
        header = ",".join(field["name"] for field in fields)
        (tmp_path / "small.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        fields = [{"title": "T", "description": "D.", **field} for field in fields]
        resource = {"name": "small", "title": "Small", "description": "A few rows.", "path": "small.csv",
                    "schema": {"fields": fields, **(schema or {})}}
        (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
        monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
        return tmp_path

    return make


@pytest.mark.parametrize("name", datasets.names())
def test_a_dataset_has_the_columns_and_types_of_its_description(name):
    table = datasets.dataset(name)
    kinds = {"string": "OUT", "integer": "i", "number": "f", "boolean": "b", "date": "M"}
    for field in datasets._fields(datasets._resource(name)):
        assert table[field["name"]].dtype.kind in kinds[field["type"]]
    assert list(table.columns) == list(datasets.describe(name).table.index)


@pytest.mark.parametrize("name", datasets.names())
def test_every_missing_value_has_its_reason_and_every_reason_is_used(name):
    table, reasons = datasets.dataset(name), datasets.missing_reasons(name)
    assert (table.isna() == reasons.reindex(columns=table.columns).notna()).all(axis=None)
    for field in datasets._fields(datasets._resource(name)):
        codes = datasets._codes(field, datasets._resource(name))
        assert set(codes) == set(reasons.get(field["name"], pd.Series(dtype=object)).dropna())
        assert all(codes.values()), "each code says why"


def test_types_are_read_and_codes_are_missing(own_folder):
    own_folder(
        [{"name": "id", "type": "string"},
         {"name": "count", "type": "integer",
          "missingValues": [{"value": "refused", "label": "did not say"}]},
         {"name": "share", "type": "number", "missingValues": ["-"]},
         {"name": "seen", "type": "boolean", "missingValues": ["?"]},
         {"name": "sure", "type": "boolean", "missingValues": []},
         {"name": "day", "type": "date", "missingValues": ["lost"]}],
        ["a,7,0.5,true,true,2024-02-29", "b,refused,-,?,false,lost", "NA,0,1e3,false,true,1999-12-31"],
    )
    table = datasets.dataset("small")
    assert table["id"].tolist() == ["a", "b", "NA"], "only the codes of the package are missing values"
    assert table["count"].dropna().tolist() == [7, 0]
    assert table["share"].dropna().tolist() == [0.5, 1000]
    assert table["seen"].dropna().tolist() == [True, False]
    assert table["sure"].tolist() == [True, False, True]
    assert table["day"].dropna().dt.year.tolist() == [2024, 1999]
    assert table.loc[1, ["count", "share", "seen", "day"]].isna().all()


def test_an_empty_cell_is_missing_unless_the_package_says_otherwise(own_folder):
    own_folder([{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}], ["x,", ",2"])
    table = datasets.dataset("small")
    assert table.isna().to_numpy().tolist() == [[False, True], [True, False]]
    strings = [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]
    own_folder(strings, ["x,", ",2"], {"missingValues": []})
    assert not datasets.dataset("small").isna().any(axis=None)


@pytest.mark.parametrize("kind, cell", [
    ("integer", "1.5"), ("integer", "many"), ("number", "0,5"), ("boolean", "yes"), ("date", "31.12.2024"),
    ("integer", ""), ("number", "nan"), ("number", "-inf"), ("date", "2023-02-29"),
])
def test_a_value_of_another_type_is_named_with_line_and_column(own_folder, kind, cell):
    good = {"integer": "3", "number": "3.5", "boolean": "true", "date": "2024-01-01"}[kind]
    own_folder([{"name": "a", "type": "string"}, {"name": "b", "type": kind, "missingValues": ["-"]}],
               [f"x,{good}", "x,-", f'x,"{cell}"', "x,worse"])
    told = rf"small\.csv, line 4, column b: {cell!r} is not of the type `{kind}`.*Mend"
    with pytest.raises(ValueError, match=told):
        datasets.dataset("small")


def test_an_unknown_dataset_is_refused_with_the_known_ones():
    for read in (datasets.dataset, datasets.describe, datasets.missing_reasons):
        with pytest.raises(ValueError, match=r"no dataset `victims`\. Mend: use one of .*victim_lists"):
            read("victims")


def test_a_missing_file_and_wrong_columns_are_named(own_folder):
    folder = own_folder([{"name": "a", "type": "string"}], ["x"])
    (folder / "small.csv").write_text("b\nx\n", encoding="utf-8")
    told = r"small\.csv has the columns b; the data package describes a\. Mend"
    with pytest.raises(ValueError, match=told):
        datasets.dataset("small")
    (folder / "small.csv").unlink()
    with pytest.raises(ValueError, match=r"small\.csv of dataset `small` is not in .*Mend"):
        datasets.dataset("small")


def test_a_type_that_cannot_be_read_is_named(own_folder):
    own_folder([{"name": "a", "type": "geopoint"}], ["1"])
    with pytest.raises(ValueError, match=r"column a of small\.csv has the type `geopoint`.*Mend"):
        datasets.dataset("small")


class Table(HTMLParser):
    """Counts of tags, scopes of header cells, text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scopes, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "th":
            self.scopes.append(dict(attrs)["scope"])

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", datasets.names())
def test_a_description_is_an_accessible_table_with_every_column_and_limit(name):
    description = datasets.describe(name)
    page = Table(description._repr_html_())
    assert page.tags.count("caption") == 1
    assert page.scopes == ["col"] * 4 + ["row"] * len(description.columns)
    for column, meaning, *_ in description.columns:
        assert column in page.text and meaning in page.text and column in repr(description)
    assert description.limits
    assert all(limit in page.text and limit in repr(description) for limit in description.limits)


def test_values_and_reasons_are_told_in_words(own_folder):
    own_folder(
        [{"name": "a", "type": "number", "constraints": {"minimum": 0}, "unit": "kg"},
         {"name": "b", "type": "number", "constraints": {"maximum": 9},
          "missingValues": [{"value": "x", "label": "y"}]},
         {"name": "c", "type": "string", "constraints": {"enum": ["p", "q"]}, "missingValues": []},
         {"name": "d", "type": "string"}],
        ["1,2,p,z"],
    )
    table = datasets.describe("small").table
    values = ["number, kg: 0 or more", "number: up to 9", "string: p, q", "string: any"]
    assert table["Values"].tolist() == values
    assert table["Missing because"].tolist() == ["empty", "x: y", "never missing", "empty"]


def test_text_of_a_package_never_becomes_markup(own_folder):
    hostile = "<img src=x onerror=alert(1)>"
    own_folder([{"name": "a", "type": "string", "title": hostile, "description": hostile, "unit": hostile,
                 "constraints": {"enum": [hostile]},
                 "missingValues": [{"value": hostile, "label": hostile}]}], ["x"])
    page = Table(datasets.describe("small")._repr_html_())
    assert "img" not in page.tags
    assert hostile in page.text


def test_an_installed_package_reads_its_own_data(tmp_path, monkeypatch):
    package = tmp_path / "widgets"
    package.mkdir()
    monkeypatch.setattr(datasets, "__file__", str(package / "datasets.py"))
    assert datasets.data_folder() == tmp_path / "data"
    (package / "_data").mkdir()
    assert datasets.data_folder() == package / "_data"
