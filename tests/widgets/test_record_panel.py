"""The markup of the panel, and what the panel in a notebook tells and does."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from tests.widgets.record_lines import LINE, SOUND
from widgets import record_panel
from widgets.datasets import data_folder
from widgets.items import (
    Choice,
    Item,
    Left,
    Match,
    ModuleFile,
    Number,
    Option,
    Order,
    Reflection,
    Right,
    Scale,
)
from widgets.modulefile import read_module
from widgets.record import Record
from widgets.record_panel import RecordPanel, names_of, names_script, record_html

HOSTILE = "\"'><script>alert(1)</script>&lt;"
MODULE = ModuleFile(
    name="05-measuring",
    title=HOSTILE,
    questions=(
        Choice(
            id="pick", text=f"**Pick** {HOSTILE}", options=(Option(id="one", text=HOSTILE, feedback="f"),)
        ),
        Scale(
            id="fear", text="How safe?", points=3, low="not", high="very", labels=("not", "rather", "very")
        ),
        Match(
            id="pairs",
            text="Pair.",
            left=(Left(id="un", text="UN", match="t", feedback="f"),),
            right=(Right(id="t", text="Treaty"),),
        ),
        Order(
            id="steps",
            text="Order.",
            right="r",
            otherwise="o",
            items=(Item(id="a", text="A"), Item(id="b", text="B")),
        ),
        Number(id="n", text="How many?", answer=3, right="Yes.", otherwise="No."),
        Reflection(id="why", text="Why?"),
    ),
)


def names(script: str) -> dict:
    """What a script announces."""
    return json.loads(re.search(r"\{detail:(.*)\}\)\);", script)[1])


@pytest.fixture
def panel(monkeypatch):
    """A panel over a record in memory with one answer; what it sends is listed in `panel.sent`."""
    record = Record()
    record.merge(LINE)
    panel = RecordPanel(record)
    panel.sent = []
    monkeypatch.setattr(panel, "send", lambda content, buffers=None: panel.sent.append(content))
    yield panel
    panel.close()


def ask(panel: RecordPanel, wish: str, buffers=(), **parts) -> dict:
    """What the panel answers to a wish of its view."""
    panel._handle_custom_msg({"do": wish, "number": 7, **parts}, list(buffers))
    assert panel.sent[-1]["number"] == 7
    return panel.sent[-1]


def test_the_markup_holds_no_markup_of_an_author():
    html = record_html({HOSTILE: HOSTILE})
    assert "<script" not in html and html.count("<") == 4
    assert json.loads(unescape(re.search(r'data-names="([^"]*)"', html)[1])) == {HOSTILE: HOSTILE}


def test_the_panel_knows_how_questions_and_the_parts_of_answers_are_called():
    known = names_of(MODULE)["questions"]
    assert known["pick"]["text"].startswith("Pick ")
    assert known["fear"]["parts"] == {"1": "1: not", "2": "2: rather", "3": "3: very"}
    assert known["pairs"]["parts"] == {"un": "UN", "t": "Treaty"}
    assert known["steps"]["parts"] == {"a": "A", "b": "B"}
    assert known["n"] == {"text": "How many?", "parts": {}}
    assert names(names_script(MODULE)) == {"05-measuring": names_of(MODULE)}


def test_every_question_of_the_course_is_known_to_the_panel():
    for path in (data_folder() / "modules").glob("*.yml"):
        file = read_module(path)
        known = names_of(file)["questions"]
        assert set(known) == {question.id for question in file.every_question()}
        assert known and all(each["text"] for each in known.values())


def test_a_panel_shows_itself_live_and_says_in_a_saved_notebook_what_to_do(panel):
    data, _ = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == "<p>Run this cell to see what is kept about you.</p>"
    assert data["text/plain"] == repr(panel) == "RecordPanel()"


def test_the_state_of_the_widget_holds_nothing_of_the_record(panel):
    state = json.dumps(panel.get_state(), default=str)
    assert SOUND["id"] not in state and SOUND["actor"]["account"]["name"] not in state


def test_the_panel_tells_what_is_kept_and_how_the_questions_of_its_modules_are_called(panel):
    told = ask(panel, "read")["told"]
    assert set(told.pop("names")) == {"05-measuring"}
    assert told == {
        "text": f"{LINE}\n",
        "problems": [],
        "aside": [],
        "pseudonym": SOUND["actor"]["account"]["name"],
    }


def test_the_panel_adds_deletes_and_renames(panel):
    edited = LINE.replace(SOUND["id"], SOUND["id"].replace("3", "4")).encode()
    answer = ask(panel, "merge", [memoryview(edited + b"\n{")])
    assert answer["outcome"] == {
        "added": 1,
        "known": 0,
        "set_aside": 1,
        "setAside": 1,
        "problem": None,
        "words": "1 line was set aside and the rest was read: 1 cut short or damaged.",
    }
    assert len(answer["told"]["text"].splitlines()) == 2
    name = ask(panel, "renew")["outcome"]
    assert panel.sent[-1]["told"]["pseudonym"] == name
    assert ask(panel, "erase", ids=["05-measuring/guess"])["outcome"] == {"erased": 2, "problem": None}
    assert ask(panel, "erase", ids=None)["told"]["pseudonym"] is None
    assert not [each for each in panel.sent if "changed" in each]


def test_a_change_elsewhere_is_announced_without_the_record(panel):
    panel._record.answered("05-measuring/guess", "choice", "b")
    assert panel.sent == [{"changed": True}]
    panel.close()
    panel._record.renew()
    assert len(panel.sent) == 1


def test_a_panel_without_a_record_shows_the_one_of_this_notebook():
    panel = RecordPanel()
    assert panel._record is Record.default()
    panel.close()


def test_a_module_file_that_cannot_be_read_leaves_the_record_readable(tmp_path, monkeypatch, panel):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "05-measuring.yml").write_text("title: [", encoding="utf-8")
    monkeypatch.setattr(record_panel, "data_folder", lambda: tmp_path)
    told = ask(panel, "read")["told"]
    assert (told["names"], told["text"]) == ({}, f"{LINE}\n")
