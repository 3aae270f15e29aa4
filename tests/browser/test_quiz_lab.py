"""Questions in a real JupyterLab: live with a kernel, and readable in a notebook that was not run."""
from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from lab import open_notebook, run_all, run_cell
from playwright.sync_api import expect
from quiz_pages import announced, answer_by_keyboard, button, check, has_focus, outcome, question, tab_to

from tests.widgets import sample_questions as sample
from tests.widgets.sample_questions import ALL, HOSTILE, KNOWN, MODULE, RIGHT_ANSWERS
from widgets.markup import quiz_html
from widgets.record import Record

START = """from tests.widgets.sample_questions import *
from widgets.quiz import Quiz
from widgets.record import Record
record = Record({path!r})"""
QUIZ = 'quiz = Quiz(ALL, MODULE, "Knowledge check", "quiz", record=record, **KNOWN)\nquiz'
SOON = 30_000


@pytest.fixture
def record(lab, request) -> Record:
    """A record of this test in a file that its notebook uses."""
    return Record(lab.notebooks / f"{request.node.name}.jsonl")


@pytest.fixture
def notebook(lab, record, new_page, request):
    """A function: write a notebook that begins with START, open it, run it, and give its page."""
    pages = []

    def run(*cells, **options):
        page = new_page(viewport={"width": 1200, "height": 1000})
        pages.append(page)
        cells = (START.format(path=str(record.path)), *cells)
        open_notebook(page, lab.write(f"{request.node.name}.ipynb", *cells, **options), len(cells))
        run_all(page)
        expect(page.locator(".course-tools").first).to_be_attached(timeout=SOON)
        return page

    yield run
    for page in pages:
        assert page.errors == []
        assert page.other_hosts == []


def start_here(page) -> None:
    """Put the focus before the first control of the quiz, as a reader who clicks on its heading."""
    page.locator(".course-quiz").first.evaluate("quiz => { quiz.tabIndex = -1; quiz.focus(); }")


def test_every_kind_is_answered_by_keyboard_and_read_back_in_python(notebook, record):
    page = notebook(QUIZ)
    start_here(page)
    for each in ALL:
        answer_by_keyboard(page, each.id)
        expect(outcome(question(page, each.id))).to_contain_text("✓")
        expect(announced(question(page, each.id))).to_contain_text("Right." if each.graded else "Kept.")
        where = page.evaluate("document.activeElement.closest('article').dataset.question")
        assert where == f"{MODULE}/{each.id}"
    expect(page.locator(".course-score")).to_have_text("Answered: 9 of 9 · points: 6 of 6")
    said = {**RIGHT_ANSWERS, "city": "palermo", "trust": 2, "sure": 2, "home": "Nobody counts."}
    said = {each.id: said[each.id] for each in ALL}
    printed = f"{said} (6, 6) {sorted(said)}"
    wait_until_python_has(page, printed, "quiz.answers, quiz.score, sorted(quiz.verdicts)")
    assert {key: entry["answer"] for key, entry in record.state().items()} == {
        f"{MODULE}/{id}": answer for id, answer in said.items()}
    assert {line["context"]["platform"] for line in record.statements()} == {"notebook"}


def test_keys_on_a_question_are_no_commands_of_the_notebook(notebook):
    page = notebook(QUIZ)
    start_here(page)
    tab_to(page, question(page, "group").get_by_role("radio").first)
    for key in ("ArrowDown", "ArrowDown", "d", "d", "x", "a", "b", "m", "ArrowUp"):
        page.keyboard.press(key)
    expect(question(page, "group").get_by_role("radio").nth(1)).to_be_checked()
    assert page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length") == 2
    assert has_focus(question(page, "group").get_by_role("radio").nth(1))


def test_two_views_agree_and_running_the_cell_again_keeps_answers_and_drafts(notebook, record):
    page = notebook(QUIZ, "quiz")
    one, two = (page.locator(".course-quiz").nth(place) for place in (0, 1))
    expect(two).to_be_attached()
    ids = page.locator(".course-quiz, .course-quiz [id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids)) > 16
    question(one, "group").get_by_label("Two or more").check()
    question(two, "group").get_by_label("Ten or more").check()
    expect(question(one, "group").get_by_label("Two or more")).to_be_checked()
    check(question(one, "group"))
    expect(outcome(question(one, "group"))).to_have_text("✗ Not right yet.")
    check(question(two, "group"))
    expect(question(one, "group").get_by_label("Ten or more")).to_be_checked()
    expect(question(one, "group").locator(".course-tries")).to_have_text("2 tries")
    question(one, "home").get_by_label("Your answer").fill("Half a sent")
    wait_until_python_has(page, "Half a sent", "quiz.drafts")
    expect(two.locator(".course-score")).to_have_text("Answered: 1 of 9 · points: 0 of 6")
    run_cell(page, 1)
    again = page.locator(".course-quiz").first
    expect(question(again, "group").get_by_label("Ten or more")).to_be_checked()
    expect(outcome(question(again, "group"))).to_have_text("✗ Not right yet.")
    expect(question(again, "home").get_by_label("Your answer")).to_have_value("Half a sent")
    assert len(record.statements()) == 2


def test_the_page_reloaded_over_a_running_kernel_has_answers_and_drafts(notebook):
    page = notebook(QUIZ)
    question(page, "group").get_by_label("Three or more").check()
    check(question(page, "group"))
    question(page, "home").get_by_label("Your answer").fill("Half a sent")
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")
    wait_until_python_has(page, "Half a sent", "quiz.drafts")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.", timeout=SOON)
    expect(question(page, "home").get_by_label("Your answer")).to_have_value("Half a sent")


def wait_until_python_has(page, text: str, name: str) -> None:
    """What is typed is sent a moment later; ask until it is there."""
    for _ in range(20):
        if text in (printed := run_cell_source(page, f"print({name})")):
            return
    raise AssertionError(f"{text!r} is not in {name}: {printed}")


def run_cell_source(page, source: str) -> str:
    """Run source in a new last cell and give what it prints."""
    place = page.evaluate(
        """(source) => {
          const { content } = jupyterapp.shell.currentWidget;
          content.model.sharedModel.addCell({ cell_type: "code", source });
          return content.model.cells.length - 1;
        }""",
        source,
    )
    return run_cell(page, place).strip()


def test_start_again_and_deleting_reach_the_record(notebook, record):
    page = notebook(QUIZ)
    question(page, "group").get_by_label("Two or more").check()
    check(question(page, "group"))
    question(page, "trust").get_by_label("4").check()
    check(question(page, "trust"))
    button(page, "Start again").click()
    expect(page.get_by_role("heading", name="Knowledge check")).to_be_focused()
    expect(page.locator(".course-score")).to_have_text("Answered: 0 of 9 · points: 0 of 6")
    wait_until_python_has(page, "{} 4", "quiz.answers, len(record.statements())")
    assert record.state()[f"{MODULE}/group"]["first"]["answer"] == "two"
    question(page, "group").get_by_label("Three or more").check()
    check(question(page, "group"))
    remove = button(page, "Delete my answers")
    remove.focus()
    page.keyboard.press("Enter")
    expect(button(page, "No, keep them")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Knowledge check")).to_be_focused()
    expect(remove).to_be_hidden()
    wait_until_python_has(page, "{} []", "quiz.answers, record.statements()")
    assert record.path.read_bytes() == b""


def test_what_is_answered_while_the_kernel_is_busy_is_all_recorded(notebook, record):
    page = notebook(QUIZ, "import time; time.sleep(3)")
    page.evaluate("""() => {
      jupyterapp.shell.currentWidget.content.activeCellIndex = 2;
      jupyterapp.commands.execute('notebook:run-cell');
    }""")
    expect(page.locator(".jp-InputPrompt", has_text="[*]")).to_be_visible()
    for option in ("Two or more", "Ten or more", "Three or more"):
        question(page, "group").get_by_label(option).check()
        check(question(page, "group"))
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")
    question(page, "city").get_by_label("Your answer").fill("Rome")
    check(question(page, "city"))
    assert record.statements() == [], "the kernel is still busy"
    wait_until_python_has(page, "4", "len(record.statements())")
    assert record.state()[f"{MODULE}/group"]["first"]["answer"] == "two"
    expect(question(page, "group").locator(".course-tries")).to_have_text("3 tries")


def test_a_revisit_in_another_cell_shows_the_first_answer_as_soon_as_it_is_given(notebook):
    page = notebook('Quiz([NUMBER], MODULE, "Before", "first", record=record, **KNOWN)',
                    'Quiz([NUMBER], MODULE, "Now", "now", revisit=True, record=record, **KNOWN)')
    first, now = question(page, "victims"), question(page, "victims/revisit")
    first.get_by_label("Your answer").fill("640")
    check(first)
    expect(now.locator(".course-compare dd").first).to_have_text("640 victims")
    now.get_by_label("Your answer").fill("2000")
    check(now)
    expect(now.locator(".course-compare dd").last).to_have_text("2000 victims")
    expect(first.get_by_label("Your answer")).to_have_value("640")


def test_a_record_that_cannot_be_written_is_said_in_one_line(notebook, record):
    record.path.mkdir()
    page = notebook(QUIZ)
    question(page, "group").get_by_label("Three or more").check()
    check(question(page, "group"))
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")
    says = "a folder stands where the file of your record should be"
    expect(page.locator(".course-problem")).to_contain_text(says)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_the_live_quiz(notebook, theme):
    page = notebook(QUIZ)
    page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    dark = theme.endswith("Dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(not dark).lower(), timeout=SOON)
    question(page, "group").get_by_label("Two or more").check()
    check(question(page, "group"))
    check(question(page, "city"))
    paper = question(page, "group").evaluate("e => getComputedStyle(e).backgroundColor")
    assert paper == ("rgb(22, 25, 30)" if dark else "rgb(255, 255, 255)")
    found = Axe().run(page, context=".course-quiz", options={"rules": {"target-size": {"enabled": True}}})
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []
    page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true", timeout=SOON)


# ---- not run ----


def open_unrun(lab, new_page, name: str, html: str, **more):
    """Open a notebook whose output is in the file and that nobody has run."""
    page = new_page(viewport={"width": 1200, "height": 1000})
    outputs = {0: {"text/html": html, "text/plain": "<Quiz>", **more}}
    open_notebook(page, lab.write(name, "quiz", outputs=outputs), 1)
    expect(page.locator(".jp-OutputArea-output h3")).to_be_visible(timeout=SOON)
    return page


GONE = {"model_id": "gone", "version_major": 2, "version_minor": 0}


@pytest.mark.parametrize("more", [{}, {"application/vnd.jupyter.widget-view+json": GONE}],
                         ids=["as in git", "as saved after a run"])
def test_a_notebook_that_was_not_run_can_be_read_and_pretends_nothing(lab, new_page, more):
    html = quiz_html(ALL, MODULE, "Knowledge check", "quiz", **KNOWN)
    page = open_unrun(lab, new_page, "unrun.ipynb", html, **more)
    output = page.locator(".jp-OutputArea-output")
    expect(output).to_contain_text("Run this cell to be told how you did")
    assert output.locator("button, script, [data-course], [id]").count() == 0
    for text in ("How many persons make an organized criminal group?", "Think of the Convention.",
                 "Three or more", "Offenders hide", "Placement", "Purity of a gram", "5 fully",
                 "Who counts in your country?"):
        expect(output.get_by_text(text).first).to_be_visible()
    for field in output.locator("input").all():
        expect(field).to_be_disabled()
    answers = output.locator("details", has_text="Answer to question 1")
    answers.locator("summary").click()
    expect(answers.get_by_text("As Article 2 says.")).to_be_visible()
    expect(answers.get_by_text("A crime nobody reports is in no record.")).to_be_visible()
    places = [output.locator("label", has_text=text).bounding_box()["y"] for text in ("Two or", "Ten or")]
    assert places[1] > places[0], "each option stands on a line of its own, without any style sheet"
    assert page.errors == []
    assert page.other_hosts == []


# ---- hostile words ----


FORBIDDEN = ("img, svg, iframe, style, b, template, script, a, [data-bad], [onload], [onerror], [onfocus], "
             "[autofocus]")
ATTACK = """text = "".join(HOSTILE)
known = hostile_known(text)
quiz = Quiz([hostile(each, text) for each in ALL], MODULE, "Title" + text, "quiz", record=record, **known)
quiz"""


def test_hostile_words_stay_words_in_the_live_notebook(notebook):
    page = notebook(ATTACK)
    for each in ALL:
        asked = question(page, each.id)
        if each.kind in ("choice", "choices", "scale"):
            asked.locator(".course-ask input").first.check()
        check(asked)
        expect(asked.locator(".course-verdict")).to_be_visible()
    quiz = page.locator(".course-quiz")
    assert quiz.locator(f":is({FORBIDDEN})").count() == 0
    assert page.evaluate("window.canary") is None
    expect(quiz.get_by_text("<script>window.canary = 1</script>").first).to_be_visible()


def test_hostile_words_stay_words_in_a_notebook_that_was_not_run(lab, new_page):
    text = "".join(HOSTILE)
    questions = [sample.hostile(each, text) for each in ALL]
    html = quiz_html(questions, MODULE, "Title" + text, "quiz", **sample.hostile_known(text))
    page = open_unrun(lab, new_page, "hostile.ipynb", html)
    output = page.locator(".jp-OutputArea-output")
    assert output.locator(f":is({FORBIDDEN})").count() == 0
    assert page.evaluate("window.canary") is None
    expect(output.get_by_text("<script>window.canary = 1</script>").first).to_be_visible()


def test_the_learner_s_own_record_is_used_when_the_notebook_names_none(lab, new_page):
    page = new_page(viewport={"width": 1200, "height": 1000})
    cells = ("from tests.widgets.sample_questions import *\nfrom widgets.quiz import Quiz",
             "quiz = Quiz([SCALE], '90-other', 'Check', **KNOWN)\nquiz")
    open_notebook(page, lab.write("own.ipynb", *cells), 2)
    run_all(page)
    asked = page.locator('[data-question="90-other/trust"]')
    asked.get_by_label("3").check(timeout=SOON)
    check(asked)
    expect(outcome(asked)).to_contain_text("Kept.")
    wait_until_python_has(page, "{'trust': 3}", "quiz.answers")
    lines = [json.loads(line) for line in lab.record.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line["object"]["id"].endswith(":90-other/trust")]
    assert [line["result"]["response"] for line in lines] == ["3"]
