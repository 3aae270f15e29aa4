"""The labs of every module: the solution passes, an open cell is not punished, and a diagnosis is true."""
from __future__ import annotations

import contextlib
import io
import re

import pytest
from course_content import ROOT, asked, code_cells, read_yaml
from measurement import two_source
from widgets import dataset, grade
from widgets.items import make_question
from widgets.module import Module

TWO_LISTS = {check["id"]: check for check in
             read_yaml(ROOT / "data" / "modules" / "05-measuring.yml")["labs"][0]["checks"]}


def is_solution(cell) -> bool:
    return "solution" in cell.metadata.get("tags", [])


def run(cells) -> str:
    """Run cells one after another, as a kernel would, and return what they print."""
    namespace, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in cells:
            exec(compile(cell.source, cell.id, "exec"), namespace)
    return printed.getvalue()


@pytest.fixture
def lab_cells(notebook):
    """The cells that a lab needs: the imports, and all from its first cell to the solution."""
    cells = code_cells(notebook)
    first = next(place for place, cell in enumerate(cells) if "module.lab(" in cell.source)
    last = next(place for place, cell in enumerate(cells) if is_solution(cell))
    imports = [cell for cell in cells[:first] if re.search(r"(?m)^(import|from) ", cell.source)]
    return imports + cells[first:last + 1]


# ---- every module -------------------------------------------------------------------------------


def test_the_solution_is_there_and_closed(notebook, module):
    solutions = [cell for cell in code_cells(notebook) if is_solution(cell)]
    assert len(solutions) == len(module["labs"])
    for cell in solutions:
        assert cell.metadata["jupyter"]["source_hidden"] is True


def test_the_solution_passes_every_check(lab_cells, module):
    said = run(lab_cells)
    for lab in module["labs"]:
        for check in lab["checks"]:
            assert re.search(rf"(?m)^✓ {check['id']}: right\.", said), f"{check['id']}: {said}"


def test_the_solution_goes_into_nobodys_record(notebook):
    for cell in filter(is_solution, code_cells(notebook)):
        assert cell.source.count("lab.check(") == cell.source.count("record=False")


def test_a_check_stands_in_a_cell_that_starts_unanswered(notebook, module):
    checks = {cell.id: cell.source for cell in code_cells(notebook) if "lab.check(" in cell.source
              and not is_solution(cell)}
    assert len(checks) == sum(len(lab["checks"]) for lab in module["labs"])
    for id, source in checks.items():
        assert re.match(r"\w+ = None\b", source), f"{id} gives an answer away"


def test_an_open_cell_is_not_punished(stem, module):
    for each in module["labs"]:
        lab = Module(stem).lab(each["id"])
        for check in each["checks"]:
            verdict = grade(lab._question(check["id"]), None)
            assert (verdict.score, verdict.right, list(verdict.feedback)) == (0, None, [])
            assert "not answered yet" in str(lab.check(check["id"], None))
            assert "✗" not in str(lab.check(check["id"], None))


def test_each_diagnosed_number_of_a_module_gets_its_own_diagnosis(module):
    """Two diagnoses must not claim the same number, nor one the right answer."""
    for question in (question for _, question in asked(module) if question["kind"] == "number"):
        assert grade(make_question(question), question["answer"]).right is True, question["id"]
        for wrong in question["wrong"]:
            verdict = grade(make_question(question), wrong["value"])
            assert verdict.right is False, question["id"]
            assert wrong["feedback"] in verdict.feedback, f"{question['id']}: {wrong['value']}"


# ---- two lists: every diagnosed value is what the named mistake gives ------------------------------


def chapman(first, second, both):
    return (first + 1) * (second + 1) / (both + 1) - 1


PEOPLE = dataset("victim_lists")
LISTS = ["list_police", "list_ngo", "list_labour_insp", "list_border", "list_health"]
ON = {column.removeprefix("list_"): PEOPLE[column] == 1 for column in LISTS}
ROWS = len(PEOPLE)
POLICE, NGO, BORDER = (int(ON[name].sum()) for name in ("police", "ngo", "border"))
BOTH = int((ON["police"] & ON["ngo"]).sum())
EITHER = int((ON["police"] | ON["ngo"]).sum())
REFERRED = int((ON["police"] & ON["border"]).sum())
TOTAL = chapman(POLICE, NGO, BOTH)
IN_LABOUR = PEOPLE[PEOPLE["exploitation_form"] == "forced labour"]
ONLY = (IN_LABOUR[LISTS].sum(axis=1) == 1) & (IN_LABOUR["list_labour_insp"] == 1)
ALL_ONLY = (PEOPLE[LISTS].sum(axis=1) == 1) & ON["labour_insp"]

# check -> the right value, and the mistakes: a word of the feedback -> the value that the mistake gives
MISTAKES = {
    "both": (BOTH, {
        "*or*": EITHER,
        "added together": POLICE + NGO,
        "every row": ROWS,
        "third list": int((ON["police"] & ON["ngo"] & (PEOPLE[LISTS].sum(axis=1) == 2)).sum()),
    }),
    "known": (EITHER, {
        "on both lists twice": POLICE + NGO,
        "whole file": ROWS,
        "overlap away twice": EITHER - BOTH,
        "number on both": BOTH,
    }),
    "estimate": (TOTAL, {
        "simple form, first times": POLICE * NGO / BOTH,
        "on neither list. The question asks for all": TOTAL - EITHER,
        "one list alone. The": chapman(POLICE - BOTH, NGO - BOTH, BOTH),
        "one list alone, in the simple": (POLICE - BOTH) * (NGO - BOTH) / BOTH,
        "divided by the people on either": POLICE * NGO / EITHER,
        "people who are known": EITHER,
        "number of rows": ROWS,
    }),
    "hidden": (TOTAL - EITHER, {
        "all 1,500 rows": TOTAL - ROWS,
        "counted twice": TOTAL - POLICE - NGO,
        "That is the total": TOTAL,
        "rows of the file without": int((~ON["police"] & ~ON["ngo"]).sum()),
        "only the 45": TOTAL - BOTH,
    }),
    "referral": (chapman(POLICE, BORDER, REFERRED), {
        "still the pair of police and non": TOTAL,
        "simple form": POLICE * BORDER / REFERRED,
        "pair of non-government": chapman(NGO, BORDER, int((ON["ngo"] & ON["border"]).sum())),
        "on either list": int((ON["police"] | ON["border"]).sum()),
    }),
    "missed": (chapman(POLICE, NGO, BOTH / 0.9), {
        "overlap smaller": chapman(POLICE, NGO, BOTH * 0.9),
        "added a tenth": chapman(POLICE, NGO, BOTH * 1.1),
        "Nine tenths of the first": TOTAL * 0.9,
        "links as found": TOTAL,
        "simple form; use": POLICE * NGO / (BOTH / 0.9),
    }),
    "vanish": (100 * ONLY.mean(), {
        "everyone on the list of the inspectorate": 100 * (IN_LABOUR["list_labour_insp"] == 1).mean(),
        "all 1,500 rows": 100 * ONLY.sum() / ROWS,
        "known only to the inspectorate. Divide": 100 * ONLY.sum() / ALL_ONLY.sum(),
        "Right as a share": ONLY.mean(),
        "That is the number of people": int(ONLY.sum()),
    }),
}


def test_every_number_of_the_lab_is_checked_here():
    assert set(MISTAKES) == {id for id, check in TWO_LISTS.items() if check["kind"] == "number"}


@pytest.mark.parametrize("check", MISTAKES)
def test_the_right_value_is_what_the_data_give(check):
    question = Module("05-measuring").lab("two-lists")._question(check)
    assert grade(question, MISTAKES[check][0]).right is True


@pytest.mark.parametrize("check", MISTAKES)
def test_a_diagnosed_value_is_what_the_named_mistake_gives(check):
    mistakes, wrong = MISTAKES[check][1], TWO_LISTS[check]["wrong"]
    assert len(wrong) == len(mistakes), f"{check}: a diagnosed value is not computed here"
    question = Module("05-measuring").lab("two-lists")._question(check)
    for words, value in mistakes.items():
        verdict = grade(question, value)
        assert verdict.right is False, f"{check}: {words} gives {value}, and that passes"
        told = [" ".join(said.split()) for said in verdict.feedback]
        assert any(words in said for said in told), f"{check}: {value} is not told: {words}"


def test_numbers_in_the_texts_of_the_lab_are_those_of_the_data():
    assert (POLICE, NGO, int(ON["labour_insp"].sum()), BORDER) == (534, 540, 298, 170)
    assert (round(100 * REFERRED / BORDER), round(100 * BOTH / NGO)) == (27, 8)
    assert (int(ONLY.sum()), len(IN_LABOUR)) == (237, 605)
    inspected = int((IN_LABOUR["list_labour_insp"] == 1).sum())
    assert (inspected, inspected - int(ONLY.sum()), POLICE - BOTH, REFERRED) == (266, 29, 489, 46)
    low, high = (getattr(two_source(POLICE, NGO, BOTH), end) for end in ("low", "high"))
    assert (round(low, -2), round(high, -2)) == (4600, 7900)
    assert 0.75 < ROWS / chapman(POLICE, BORDER, REFERRED) < 0.8  # "three victims in four"
    assert (PEOPLE[ON["labour_insp"]]["sex"] == "male").mean() > 0.5  # "more than half of them men"
