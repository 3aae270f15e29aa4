"""The labs: a check names the mistake, and never holds a slip or an empty cell against anybody."""
from __future__ import annotations

import numpy as np
import pytest

from measurement import two_source
from widgets.items import Choice, Lab as LabItem, Misconception, ModuleFile, Number, Option, WrongNumber
from widgets.lab import Lab, LabError
from widgets.record import Record

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def record(monkeypatch) -> Record:
    """An empty record in memory, in place of the learner's own."""
    fresh = Record()
    monkeypatch.setattr(Record, "default", classmethod(lambda cls: fresh))
    return fresh


@pytest.fixture
def lab() -> Lab:
    """A lab with one number and one choice."""
    number = Number(id="total", text="How many?", answer=2000, tolerance=60, right="Yes.", otherwise="Think again.",
                    hint="Divide.", explanation="One in five.", wrong=(
                        WrongNumber(value=640, feedback="Those are known.", misconception="lists"),))
    choice = Choice(id="way", text="Which way?", options=(
        Option(id="up", text="Up", feedback="No."), Option(id="down", text="Down", feedback="Yes.", right=True)))
    exercise = LabItem(id="two", title="Two lists", dataset="victim_lists", outcome="o", text="Count.",
                       checks=(number, choice))
    belief = Misconception(id="lists", belief="Lists are all.", refutation="They are not.", source="a")
    return Lab(exercise, ModuleFile(name="05-measuring", title="M", misconceptions=(belief,)), ask=lambda *what: what)


def test_a_right_value_is_explained(lab, record):
    assert str(lab.check("total", 1990)) == "✓ total: right. Yes. One in five."


def test_a_diagnosed_value_names_the_mistake_and_what_speaks_against_the_belief(lab, record):
    assert str(lab.check("total", 640)) == "✗ total: not yet. Those are known. They are not."


def test_any_other_value_gets_the_general_word(lab, record):
    assert str(lab.check("total", 7)) == "✗ total: not yet. Think again."


@pytest.mark.parametrize("value", [None, ...])
def test_an_open_cell_is_not_a_mistake_and_not_recorded(lab, record, value):
    assert str(lab.check("total", value)) == "total: not answered yet. Hint: Divide."
    assert record.statements() == []


@pytest.mark.parametrize("value", [two_source(400, 300, 60), np.int64(1980), np.float64(1980.4), "1,980", 1980])
def test_whatever_a_cell_computes_can_be_checked(lab, record, value):
    assert str(lab.check("total", value)).startswith("✓ total: right.")


@pytest.mark.parametrize("name, value, form", [("total", "many", "a number, such as 1250"),
                                               ("way", "sideways", 'one of "up", "down"')])
def test_a_slip_of_the_form_says_the_form_and_is_not_recorded(lab, record, name, value, form):
    assert form in str(lab.check(name, value))
    assert record.statements() == []


def test_an_answer_is_recorded_once_however_often_the_cell_is_run(lab, record):
    for value in (640, 640, 2000, 2000):
        lab.check("total", value)
    entry = record.state()["05-measuring/total"]
    assert (entry["tries"], entry["answer"], entry["first"]["answer"]) == (2, 2000, 640)


def test_the_solution_leaves_no_trace_in_the_record(lab, record):
    lab.check("total", 2000, record=False)
    assert record.statements() == []


def test_an_unknown_name_is_told_with_those_there_are(lab):
    with pytest.raises(LabError, match="no question `totl`. Mend: use one of total, way"):
        lab.check("totl", 3)


def test_in_the_book_an_open_cell_asks_its_question(lab, monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    questions, title, id = lab.check("total", None)
    assert (questions[0].id, questions[0].certainty, title, id) == ("total", False, "Lab question: total", "lab-total")


def test_a_hostile_value_stays_text(lab, record):
    html = lab.check("total", HOSTILE)._repr_html_()
    assert "<img" not in html and "&lt;img" in html
