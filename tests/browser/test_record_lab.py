"""The panel "show me what you know about me" in a real JupyterLab, over the record that Python keeps."""

from __future__ import annotations

import json

import pytest
from lab import open_notebook, run_all, run_cell
from playwright.sync_api import expect

from tests.widgets.record_lines import SOUND
from widgets.record import Record, statement
from widgets.statements import to_line

ME = SOUND["actor"]["account"]["name"]
SHOW = "from widgets import Record, RecordPanel\nrecord = Record({path!r})\nRecordPanel(record)"
SECONDS_30 = 30_000


def said(answer: str, question: str = "05-measuring/guess") -> dict:
    return statement(question, "text", answer, actor=ME)


@pytest.fixture
def record(lab, request) -> Record:
    """A record of this test in a file; three answers to two modules are in it."""
    record = Record(lab.notebooks / f"{request.node.name}.jsonl")
    for each in (said("first"), said("second"), said("third", "90-other/why")):
        record.append(each)
    return record


@pytest.fixture
def panel(lab, record, new_page, request):
    """A page with a notebook that shows the panel, and a second cell that tells what Python knows."""
    page = new_page()
    tell = "print(record.text(), record.pseudonym(), sep='')"
    address = lab.write(
        f"{request.node.name}.ipynb", SHOW.format(path=str(record.path)), tell, "RecordPanel(record)"
    )
    open_notebook(page, address, 3)
    run_all(page)
    expect(page.locator(".course-record-sum").first).to_have_text(
        "Kept here: 3 stored answers to 2 questions.", timeout=SECONDS_30
    )
    yield page
    assert page.other_hosts == []


def press(page, name: str):
    page.locator(".course-record").first.get_by_role("button", name=name, exact=True).click()


def test_the_panel_shows_the_file_and_what_python_writes_later(panel, record):
    expect(panel.get_by_role("rowheader").first).to_be_visible()
    assert "second" in panel.get_by_role("table").first.inner_text()
    assert ME in run_cell(panel, 1)
    panel.evaluate("""async () => {
      const cell = jupyterapp.shell.currentWidget.content.widgets[1];
      cell.model.sharedModel.setSource("_ = record.answered('05-measuring/more', 'scale', 4)");
    }""")
    run_cell(panel, 1)
    for sum_ in panel.locator(".course-record-sum").all():
        expect(sum_).to_have_text("Kept here: 4 stored answers to 3 questions.")
    assert len(record.statements()) == 4


def test_a_file_is_brought_in_and_all_of_it_is_taken_along(panel, record):
    new = said("fourth 🙂", "90-other/how")
    lines = [to_line(new), to_line(record.statements()[0]), "{"]
    panel.get_by_label("File with your answers").first.set_input_files(
        {"name": "record.jsonl", "mimeType": "", "buffer": "\n".join(lines).encode()}
    )
    expect(panel.locator(".course-record-live").first).to_have_text(
        "1 new, 1 already here. 1 line was set aside and the rest was read: 1 cut short or damaged."
    )
    expect(panel.locator(".course-record-sum").last).to_have_text(
        "Kept here: 4 stored answers to 3 questions."
    )
    with panel.expect_download() as waiting:
        press(panel, "Download my record")
    assert waiting.value.path().read_text(encoding="utf-8") == record.text()
    assert new in record.statements()


def test_a_module_and_then_everything_is_deleted_by_keyboard(panel, record):
    button = panel.get_by_role("button", name="Delete my answers to 90-other").first
    button.focus()
    panel.keyboard.press("Enter")
    expect(panel.get_by_role("dialog").get_by_role("button", name="Keep")).to_be_focused()
    panel.keyboard.press("Escape")
    expect(button).to_be_focused()
    panel.keyboard.press("Enter")
    panel.keyboard.press("Tab")
    panel.keyboard.press("Enter")
    live = panel.locator(".course-record-live").first
    expect(live).to_have_text("1 stored answer deleted.")
    expect(live).to_be_focused()
    assert [each["result"]["response"] for each in record.statements()] == ["first", "second"]
    panel.get_by_role("button", name="Delete everything").first.focus()
    for key in ("Space", "Tab", "Space"):
        panel.keyboard.press(key)
    for sum_ in panel.locator(".course-record-sum").all():
        expect(sum_).to_have_text("Nothing is kept about you here.")
    assert record.statements() == []
    assert not record.path.exists()


def test_a_new_pseudonym_is_kept_by_python(panel, record):
    press(panel, "Take a new pseudonym")
    press(panel, "Take a new one")
    name = panel.locator(".course-record-name code").first
    expect(name).not_to_have_text(ME)
    assert name.inner_text() == record.actor()
    assert {each["actor"]["account"]["name"] for each in record.statements()} == {ME}


def test_the_saved_notebook_holds_nothing_of_the_record(panel, lab, request):
    panel.evaluate("""async () => {
      jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.clear();
      await jupyterapp.commands.execute('docmanager:save');
    }""")
    saved = (lab.notebooks / f"{request.node.name}.ipynb").read_text(encoding="utf-8")
    assert "widget-view+json" in saved
    assert ME not in saved and "second" not in saved and "answered" not in saved
    assert "Run this cell to see what is kept about you." in json.dumps(
        json.loads(saved)["cells"][0]["outputs"]
    )


def test_a_view_that_is_closed_leaves_no_errors_and_the_others_work(panel, record):
    panel.evaluate("""() => {
      jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.clear();
    }""")
    expect(panel.locator(".course-record-sum")).to_have_count(1)
    press(panel, "Delete my answers to 90-other")
    press(panel, "Delete")
    expect(panel.locator(".course-record-sum")).to_have_text("Kept here: 2 stored answers to 1 question.")
    assert len(record.statements()) == 2
