"""The panel "show me what you know about me" on a page, by mouse and by keyboard, in a real browser."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.widgets.record_lines import LINE, SOUND
from widgets.bundle import page_script, stylesheet
from widgets.items import Choice, Item, Left, Match, ModuleFile, Option, Order, Right, Scale
from widgets.markup import quiz_html
from widgets.record import Record, statement
from widgets.record_panel import names_script, record_html
from widgets.statements import read_line, to_line

ME, OTHER_NAME = SOUND["actor"]["account"]["name"], "11111111-2222-4333-8444-555555555555"
HOSTILE = "<img src=x onerror=window.hacked=1>"
KEY = "organized-crime-course:"
GUESS = Choice(
    id="guess",
    text="Is it **more** than half?",
    outcome="o",
    source="s",
    explanation="As counted.",
    options=(
        Option(id="yes", text="Yes, more than half", feedback="Right.", right=True),
        Option(id="no", text=f"No {HOSTILE}", feedback="Count again."),
    ),
)
MODULE = ModuleFile(
    name="05-measuring",
    title=f"Measuring {HOSTILE}",
    icebreakers=(GUESS,),
    questions=(
        Scale(
            id="fear",
            text="How safe?",
            outcome="o",
            points=3,
            low="not",
            high="very",
            labels=("not", "rather", "very"),
        ),
        Match(
            id="pairs",
            text="Who says what?",
            outcome="o",
            source="s",
            explanation="e",
            left=(Left(id="un", text="United Nations", match="treaty", feedback="f"),),
            right=(Right(id="treaty", text="Treaty"),),
        ),
        Order(
            id="steps",
            text="In which order?",
            outcome="o",
            source="s",
            explanation="e",
            right="r",
            otherwise="o",
            items=(Item(id="first", text="Count"), Item(id="second", text="Compare")),
        ),
    ),
)
PAGE = """<!doctype html><html lang="{lang}" dir="{dir}" data-theme="{theme}"><head><meta charset="utf-8">
<title>{title}</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="course.css"><link rel="stylesheet" href="page.css"></head><body><main><h1>{title}</h1>{body}</main>
<script async src="course.js"></script><script async src="record.js"></script></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of a page with a question and pages with the panel, as the book makes them."""
    folder = tmp_path_factory.mktemp("panel")
    panel = record_html({MODULE.name: "names.js"})
    (folder / "names.js").write_text(names_script(MODULE), encoding="utf-8")
    (folder / "course.css").write_text(stylesheet(), encoding="utf-8")
    for name, source in (("course.js", "page.js"), ("record.js", "recordpage.js")):
        (folder / name).write_text(page_script(source), encoding="utf-8")
    (folder / "page.css").write_text(
        "body { background: var(--course-paper); color: var(--course-ink); font-family: sans-serif; margin: 1rem; }",
        encoding="utf-8",
    )
    question = quiz_html([GUESS], module="05-measuring")
    for name, body, lang, dir, theme in (
        ("quiz", question, "en", "ltr", "light"),
        ("index", panel, "en", "ltr", "light"),
        ("dark", panel, "en", "ltr", "dark"),
        ("rtl", panel, "en", "rtl", "light"),
        ("odd", panel, "no_language", "ltr", "light"),
    ):
        page = PAGE.format(title=name, body=body, lang=lang, dir=dir, theme=theme)
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def open_panel(folder, serve_folder, new_page):
    """A function: open a page with these statements in the browser's storage."""
    pages = []
    address = serve_folder(folder)

    def open_page(
        *statements: dict, name: str = "index", pseudonym: str | None = ME, odd: str | None = None, **options
    ):
        page = new_page(**options)
        pages.append(page)
        entries = {f"{KEY}statement:{each['id']}": to_line(each) for each in statements}
        entries |= {f"{KEY}actor": pseudonym} if pseudonym else {}
        entries |= {f"{KEY}statement:odd": odd} if odd else {}
        page.goto(f"{address}/page.css")
        page.evaluate(
            "entries => Object.entries(entries).forEach(([key, text]) => localStorage.setItem(key, text))",
            entries,
        )
        page.goto(f"{address}/{name}.html")
        expect(page.locator(".course-record-sum, .course-question").first).to_be_visible()
        return page

    yield open_page
    for page in pages:
        assert page.errors == []
        assert page.other_hosts == []
        assert page.evaluate("window.hacked") is None


def said(answer, question="guess", kind="choice", module="05-measuring", actor=ME, **parts) -> dict:
    return statement(
        f"{module}/{question}",
        kind,
        answer,
        parts.pop("verdict", None),
        actor=actor,
        platform="page",
        **parts,
    )


RIGHT = {"right": True, "score": 1, "misconception": None}
HALF = {"right": False, "score": 0.5, "misconception": None}
WRONG = {"right": False, "score": 0, "misconception": None}


def stored(page) -> dict[str, str]:
    return page.evaluate(
        "key => Object.fromEntries(Object.entries(localStorage).filter(([each]) => each.startsWith(key)))", KEY
    )


def rows(page) -> list[list[str]]:
    """The text of every cell that can be seen, without the time."""
    table = page.get_by_role("table")
    return [
        row.get_by_role("rowheader").all_inner_texts() + row.get_by_role("cell").all_inner_texts()[:-1]
        for row in table.get_by_role("row").all()[1:]
    ]


def sum_of(page):
    return page.locator(".course-record-sum")


def told(page):
    """The line in which the panel says what it has done."""
    return page.locator(".course-record [role=status]")


def press(page, name: str):
    page.get_by_role("button", name=name, exact=True).click()


def file_of(*lines: str) -> dict:
    return {
        "name": "record.jsonl",
        "mimeType": "application/jsonl",
        "buffer": "".join(f"{line}\n" for line in lines).encode(),
    }


def downloaded(page, button: str) -> str:
    with page.expect_download() as waiting:
        press(page, button)
    assert re.fullmatch(r"course-record-\d{4}-\d\d-\d\d\.jsonl", waiting.value.suggested_filename)
    return waiting.value.path().read_text(encoding="utf-8")


# --- looking --------------------------------------------------------------------------------------


def test_where_nothing_is_kept_the_panel_says_so_and_offers_nothing_to_delete(open_panel):
    page = open_panel(pseudonym=None)
    expect(sum_of(page)).to_have_text("Nothing is kept about you here.")
    for name in ("Download my record", "Take a new pseudonym", "Delete everything"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    expect(page.get_by_text("There is no pseudonym yet.")).to_be_visible()
    assert stored(page) == {}


def test_without_a_script_the_panel_says_that_nothing_is_kept(folder, serve_folder, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{serve_folder(folder)}/index.html")
    expect(page.get_by_text("Without the script nothing is kept about you.")).to_be_visible()


def test_what_was_answered_on_another_page_is_in_the_table(open_panel):
    page = open_panel(name="quiz", pseudonym=None)
    panel = page.context.new_page()
    panel.goto(page.url.replace("quiz", "index"))
    expect(sum_of(panel)).to_have_text("Nothing is kept about you here.")
    page.get_by_role("radio", name="Yes, more than half").check()
    page.get_by_role("radio", name="fairly sure").check()
    page.get_by_role("button", name="Check").click()
    expect(sum_of(panel)).to_have_text("Kept here: 1 stored answer to 1 question.")
    assert rows(panel) == [["Is it more than half?", "Yes, more than half", "fairly sure", "✓ right", "1"]]


def test_every_kind_of_answer_is_shown_in_words(open_panel):
    page = open_panel(
        said("no", verdict=WRONG, certainty=3, tries=2),
        said("yes", question="guess/revisit", verdict=RIGHT, certainty=1),
        said(2, "fear", "scale"),
        said({"un": "treaty"}, "pairs", "match", verdict=HALF),
        said(["second", "first"], "steps", "order", verdict=WRONG),
        said(None, "unknown", "reflection", tries=0),
        said(f"b {HOSTILE}", "free", "text", verdict=RIGHT),
    )
    expect(page.get_by_text(f"Measuring {HOSTILE}: 7 questions")).to_be_visible()
    assert rows(page) == [
        ["How safe?", "2: rather", "not said", "not judged", "1"],
        ["free", f"b {HOSTILE}", "not said", "✓ right", "1"],
        ["Is it more than half?", f"No {HOSTILE}", "certain", "✗ not right", "2"],
        ["Is it more than half? (asked again)", "Yes, more than half", "a guess", "✓ right", "1"],
        ["Who says what?", "United Nations – Treaty", "not said", "◐ 50\u00a0% right", "1"],
        ["In which order?", "Compare\nCount", "not said", "✗ not right", "1"],
        ["unknown", "none (you started again)", "not said", "not judged", "0"],
    ]
    assert page.locator("td ol li").all_inner_texts() == ["Compare", "Count"]


def test_a_time_is_shown_as_the_reader_s_country_writes_it(open_panel):
    page = open_panel(said("yes", at="2026-01-31T10:00:00.000Z"), timezone_id="Europe/Rome")
    expect(page.locator("time")).to_have_text(re.compile(r"Jan 31, 2026 11:00\sAM"))


def test_a_page_in_a_language_that_is_none_still_shows_the_time(open_panel):
    page = open_panel(said("yes", at="2026-01-31T10:00:00.000Z"), name="odd", locale="en-GB", timezone_id="UTC")
    expect(page.locator("time")).to_have_text("31 Jan 2026 10:00")


def test_few_answers_are_open_and_many_are_behind_the_name_of_their_module(open_panel):
    page = open_panel(*[said("x", f"q{number}") for number in range(11)], said("x", module="06-causes"))
    tables = page.get_by_role("table")
    expect(tables).to_have_count(0)
    page.get_by_text("06-causes: 1 question").click()
    expect(tables).to_have_count(1)
    other = page.context.new_page()
    other.goto(page.url)
    press(other, "Take a new pseudonym")
    press(other, "Take a new one")
    expect(page.locator("code")).not_to_have_text(ME)  # another tab changed something: this one draws anew
    expect(tables).to_have_count(1)


def test_the_stored_lines_are_shown_when_asked_for(open_panel):
    kept = said("yes")
    page = open_panel(kept, odd=LINE[:70])
    expect(
        page.get_by_text("1 line was set aside and the rest was read: 1 cut short or damaged.")
    ).to_be_visible()
    lines = page.get_by_role("region", name="Every line that is stored")
    expect(lines).to_be_hidden()
    page.get_by_text("Every line that is stored").click()
    expect(lines).not_to_be_empty()
    assert lines.inner_text() == f"{to_line(kept)}\n\nLines that could not be read:\n{LINE[:70]}"


def test_of_very_many_lines_the_latest_are_shown_and_the_panel_says_so(open_panel):
    page = open_panel(*[said("x", f"q{number}") for number in range(501)])
    page.get_by_text("Every line that is stored").click()
    expect(page.get_by_text("These are the latest 500 of 501 lines.")).to_be_visible()
    assert len(page.get_by_role("region", name="Every line").inner_text().splitlines()) == 500


# --- taking along and bringing in -----------------------------------------------------------------


def test_the_downloaded_file_is_read_in_python_and_comes_back_the_same(open_panel, tmp_path):
    page = open_panel(said("yes"), said("no"), said("ünï 🙂 \u2028", "free", "text"))
    text = downloaded(page, "Download my record")
    record = Record(tmp_path / "record.jsonl")
    assert record.merge(text).added == 3
    assert record.text() == text
    other = open_panel(pseudonym=None)
    other.get_by_label("File with your answers").set_input_files(
        {"name": "record.jsonl", "mimeType": "", "buffer": record.path.read_bytes()}
    )
    expect(told(other)).to_have_text("3 new, 0 already here.")
    assert downloaded(other, "Download my record") == text


def test_only_the_answers_under_the_present_pseudonym_can_be_handed_in(open_panel):
    old, new = said("no", actor=OTHER_NAME), said("yes")
    page = open_panel(old, new)
    expect(page.get_by_text("1 stored answer here stands under another pseudonym.")).to_be_visible()
    assert downloaded(page, "Download only answers under my present pseudonym") == f"{to_line(new)}\n"
    alone = open_panel(new)
    expect(alone.get_by_role("button", name="Download only")).to_be_hidden()


def test_bringing_answers_in_says_what_was_new_known_and_set_aside(open_panel):
    known = said("yes")
    page = open_panel(known)
    new = said("no", "other")
    chooser = page.get_by_label("File with your answers")
    chooser.set_input_files(file_of(to_line(known), to_line(new), '{"schema":2}', "{"))
    expect(told(page)).to_have_text(
        "1 new, 1 already here. 2 lines were set aside and the rest was read: "
        "1 cut short or damaged, 1 from a newer version of this course."
    )
    expect(sum_of(page)).to_have_text("Kept here: 2 stored answers to 2 questions.")
    chooser.set_input_files(file_of(to_line(known), to_line(new)))
    expect(told(page)).to_have_text("0 new, 2 already here.")
    assert chooser.input_value() == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 new, 0 already here."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "0 new, 0 already here. 3 lines were set aside"),
        (f"{LINE}\n".encode("utf-16"), "0 new, 0 already here. 2 lines were set aside"),
        (b" " * 8_000_001, "This file is too large to be a record (more than 8 MB). Nothing was added."),
        (
            b'{"cells": [], "nbformat": 4}',
            "0 new, 0 already here. 1 line was set aside and the rest was read: 1 not an answer",
        ),
    ],
    ids=["nothing", "a picture", "UTF-16", "too large", "a notebook"],
)
def test_a_file_that_is_no_record_changes_nothing(open_panel, data, words):
    page = open_panel(said("yes"))
    before = stored(page)
    page.get_by_label("File with your answers").set_input_files({"name": "x", "mimeType": "", "buffer": data})
    expect(told(page)).to_contain_text(words)
    assert stored(page) == before


# --- deleting and renaming ------------------------------------------------------------------------


def test_everything_is_deleted_after_asking(open_panel):
    page = open_panel(said("yes"), said("no"), odd="{")
    page.evaluate("localStorage.setItem('organized-crime-course:draft:05-measuring/guess', 'half')")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    press(page, "Delete everything")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(
        "Delete everything that is kept here: 2 stored answers, drafts and your pseudonym?"
    )
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(told(page)).to_have_text("2 stored answers deleted.")
    expect(sum_of(page)).to_have_text("Nothing is kept about you here.")
    assert stored(page) == {}
    assert page.evaluate("localStorage.getItem('theme')") == "dark"
    expect(told(page)).to_be_focused()  # the button cannot be pressed again: the focus is not lost


@pytest.mark.parametrize(
    "refuse",
    [lambda page: page.keyboard.press("Escape"), lambda page: press(page, "Keep")],
    ids=["Escape", "Keep"],
)
def test_a_refused_deletion_changes_nothing_and_gives_the_focus_back(open_panel, refuse):
    page = open_panel(said("yes"))
    before = stored(page)
    press(page, "Delete everything")
    refuse(page)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete everything")).to_be_focused()
    assert stored(page) == before


def test_a_deletion_refused_after_one_that_was_confirmed_is_refused(open_panel):
    page = open_panel(said("yes"), said("x", module="06-causes"))
    press(page, "Delete my answers to 06-causes")
    press(page, "Delete")
    expect(told(page)).to_have_text("1 stored answer deleted.")
    press(page, "Delete everything")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(sum_of(page)).to_have_text("Kept here: 1 stored answer to 1 question.")


def test_one_module_is_deleted_and_the_others_stay(open_panel):
    page = open_panel(said("yes"), said("no"), said("x", "guess/revisit"), said("x", module="06-causes"))
    press(page, f"Delete my answers to Measuring {HOSTILE}")
    expect(page.get_by_role("dialog")).to_contain_text("(3 stored answers)")
    press(page, "Delete")
    expect(told(page)).to_have_text("3 stored answers deleted.")
    expect(told(page)).to_be_focused()
    expect(page.get_by_role("table")).to_have_count(1)
    assert [
        json.loads(text)["object"]["id"] for key, text in stored(page).items() if "statement:" in key
    ] == ["urn:organized-crime-course:06-causes/guess"]


def test_a_new_pseudonym_is_for_new_answers_only(open_panel):
    page = open_panel(said("yes"))
    press(page, "Take a new pseudonym")
    press(page, "Take a new one")
    expect(told(page)).to_have_text("You have a new pseudonym.")
    expect(page.get_by_role("button", name="Take a new pseudonym")).to_be_focused()
    name = page.locator("code").inner_text()
    assert name != ME and name == stored(page)[f"{KEY}actor"]
    assert [
        read_line(text)[0]["actor"]["account"]["name"]
        for key, text in stored(page).items()
        if "statement:" in key
    ] == [ME]


# --- for everybody --------------------------------------------------------------------------------


def test_all_of_it_works_by_keyboard(open_panel):
    page = open_panel(said("yes"), said("x", module="06-causes"))
    reached = []
    page.keyboard.press("Tab")
    while (name := page.evaluate("document.activeElement.innerText || document.activeElement.type")) and len(
        reached
    ) < 20:
        reached.append(name)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    assert reached == [
        f"Measuring {HOSTILE}: 1 question",
        f"Delete my answers to Measuring {HOSTILE}",
        "06-causes: 1 question",
        "Delete my answers to 06-causes",
        "Every line that is stored",
        "Download my record",
        "file",
        "Take a new pseudonym",
        "Delete everything",
    ]
    page.get_by_role("button", name="Delete everything").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(told(page)).to_have_text("2 stored answers deleted.")


def wide_open(open_panel, name: str, width: int):
    page = open_panel(
        said("yes", verdict=RIGHT),
        said("no", actor=OTHER_NAME),
        said("w" * 90, "free", "text"),
        said({"un": "treaty"}, "pairs", "match"),
        odd="{",
        name=name,
        viewport={"width": width, "height": 700},
    )
    page.get_by_text("Every line that is stored").click()
    page.get_by_label("File with your answers").set_input_files(file_of("{"))
    expect(told(page)).not_to_be_empty()
    return page


@pytest.mark.parametrize("name", ["index", "rtl"])
def test_at_320_pixels_nothing_runs_out_of_the_page(open_panel, name):
    page = wide_open(open_panel, name, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("""() => [...document.querySelectorAll('.course-record *')].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width && (box.left < -1 || box.right > 321) && !each.closest('pre');
    }).map((each) => each.outerHTML.slice(0, 80))""") == []
    names = page.evaluate(
        "[...document.querySelectorAll('tbody tr:first-child td')].map((each) => getComputedStyle(each, '::before').content)"
    )
    assert names == ['"Your answer"', '"How sure"', '"Result"', '"Tries"', '"When"']


@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("name", ["index", "dark", "rtl"])
def test_no_rule_of_accessibility_is_broken(open_panel, name, width):
    page = wide_open(open_panel, name, width)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    press(page, "Delete everything")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_buttons_are_large_enough_to_touch(open_panel):
    page = wide_open(open_panel, "index", 360)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.course-record :is(button, summary, input)')]
      .map((each) => [each.textContent || each.type, each.getBoundingClientRect().height])
      .filter(([, height]) => height > 0 && height < 24)"""
    )
    assert small == []


def test_it_works_from_a_file(folder, new_page):
    page = new_page()
    page.goto((folder / "quiz.html").as_uri())
    page.get_by_role("radio", name="Yes, more than half").check()
    page.get_by_role("button", name="Check").click()
    page.goto((folder / "index.html").as_uri())
    expect(sum_of(page)).to_have_text("Kept here: 1 stored answer to 1 question.")
    press(page, "Delete everything")
    press(page, "Delete")
    expect(sum_of(page)).to_have_text("Nothing is kept about you here.")
    assert page.errors == []


def test_a_full_storage_is_said_on_the_page_of_the_question(open_panel):
    page = open_panel(name="quiz", pseudonym=None)
    page.evaluate("""() => {
      let text = "x".repeat(1 << 20);
      for (let number = 0; text.length; ) {
        try { localStorage.setItem(`filler${number}`, text); number += 1; }
        catch (error) { text = text.slice(0, text.length >> 1); }
      }
    }""")
    page.get_by_role("radio", name="Yes, more than half").check()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("the browser's storage for this site is full")).to_be_visible()
    page.evaluate("localStorage.clear()")
