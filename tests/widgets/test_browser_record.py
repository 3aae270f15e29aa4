"""The record of Python in a browser and the record of the page say the same."""
from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.widgets.record_lines import SOUND
from widgets.browser_record import BrowserRecord
from widgets.record import statement
from widgets.statements import to_line

ME = SOUND["actor"]["account"]["name"]
LINE = to_line(SOUND) + "\n"


@pytest.fixture
def said():
    """What Python tells the page, in order."""
    return []


@pytest.fixture
def record(tmp_path, said):
    page = SimpleNamespace(text=LINE, actor=ME, onchange=None, send=lambda text: said.append(json.loads(text)))
    return BrowserRecord(tmp_path / "record.jsonl", page)


def test_python_starts_with_what_the_page_has(record, said):
    assert record.text() == LINE
    assert record.actor() == ME
    assert said == []


def test_the_page_is_told_what_python_adds_once(record, said):
    new = statement("05-measuring/more", "scale", 4, actor=ME)
    record.append(new)
    record.append(statement("05-measuring/more", "scale", 5, actor=ME))
    assert said[0] == {"actor": ME, "added": to_line(new) + "\n"}
    assert to_line(new) not in said[1]["added"]


def test_the_page_is_told_which_questions_were_deleted(record, said):
    question = SOUND["object"]["id"].rpartition(":")[2]
    record.append(statement("05-measuring/more", "scale", 4, actor=ME))
    record.erase([question])
    assert said[-1] == {"actor": ME, "erased": [question]}


def test_deleting_everything_is_told(record, said):
    record.erase()
    assert said == [{"everything": True, "actor": None}]


def test_what_the_page_changes_is_there_at_once_and_is_not_told_back(record, said):
    heard = []
    record.subscribe(lambda: heard.append(len(record.statements())))
    record.hear("", "")
    assert (record.statements(), record.pseudonym(), heard, said) == ([], None, [0], [])
