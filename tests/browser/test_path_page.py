"""A learner's path on the page: the same paths and words as Python, worked by keyboard, kept as a file."""
from __future__ import annotations

import json
import random
from pathlib import Path as File

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.site_pages import (
    DESKTOP, NARROWEST, both_schemes, open_everything, report, sideways, visit,
)
from widgets.datasets import data_folder
from widgets.modulefile import read_module
from widgets.path import WHY, path_text, suggest

ROOT = File(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests" / "widgets" / "path_vectors.json").read_text(encoding="utf-8"))
COURSE = read_module(data_folder() / "modules" / "00-start.yml")
RULES = COURSE.path.spec()
STEMS = [each["id"] for each in RULES["modules"]] + [RULES["last"]["id"]]
NAME = "notebooks/00-start.html"

LOAD = """source => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return import(url).then((module) => { window.path = module; return Object.keys(module).sort(); });
}"""


# ---- the rule in both languages -------------------------------------------------------------------


@pytest.fixture
def loaded(new_page):
    """A page that has loaded path.js."""
    page = new_page()
    source = (ROOT / "widgets" / "static" / "path.js").read_text(encoding="utf-8")
    assert page.evaluate(LOAD, source) == ["mountPath", "pathAnswers", "pathText", "suggestPath"]
    yield page
    assert page.errors == []


def test_every_vector_holds_in_the_browser(loaded):
    found = loaded.evaluate("""({ rules, paths }) =>
      paths.map(({ answers, written }) => window.path.suggestPath(rules, answers, written))""", VECTORS)
    for each, path in zip(VECTORS["paths"], found, strict=True):
        assert path == each["path"], each["name"]


def test_every_text_holds_in_the_browser(loaded):
    paths = {each["name"]: each["path"] for each in VECTORS["paths"]}
    for each in VECTORS["texts"]:
        text = loaded.evaluate("([rules, path, titles, reasons]) => "
                               "window.path.pathText(rules, path, titles, '2026-01-31', reasons)",
                               [VECTORS["rules"], paths[each["of"]], each["titles"], each["reasons"]])
        assert text == "\n".join(each["text"]), each["of"]


def drawn(dice: random.Random) -> tuple[dict, list[str]]:
    """Answers and existing modules, at random, over the course's own rule."""
    answers = {}
    for id, top in {"role": 6, "time": 5, **dict.fromkeys(RULES["goals"], 3)}.items():
        if dice.random() < 0.8:
            said = dice.choice([None, *range(1, top + 1)])
            answers[id] = {"answer": said, "certainty": None, "right": None}
    for each in RULES["modules"]:
        if dice.random() < 0.8:
            answers[each["asks"]] = {"answer": dice.choice([None, "x"]), "right": dice.choice([True, False]),
                                     "certainty": dice.choice([None, 1, 2, 3])}
    return answers, [stem for stem in STEMS if dice.random() < 0.6]


def test_both_languages_give_the_same_paths_and_the_same_words(loaded):
    dice = random.Random(20260131)
    asked = [drawn(dice) for _ in range(400)]
    found = loaded.evaluate("""([rules, asked]) => asked.map(([answers, written]) => {
      const path = window.path.suggestPath(rules, answers, written);
      return [path, window.path.pathText(rules, path, {}, "2026-01-31")];
    })""", [RULES, asked])
    for (answers, written), (path, text) in zip(asked, found, strict=True):
        expected = suggest(RULES, answers, written)
        assert (path, text) == (expected, path_text(RULES, expected, {}, "2026-01-31"))


# ---- the page, by keyboard ------------------------------------------------------------------------


def article(page, question: str):
    return page.locator(f'[data-question="00-start/{question}"]')


def answer(page, question: str, value: str, certainty: str | None = None) -> None:
    """Answer a question with keys alone."""
    here = article(page, question)
    radios = here.locator(".course-ask input")
    values = [radios.nth(place).get_attribute("value") for place in range(radios.count())]
    radios.first.focus()
    page.keyboard.press("Space")
    for _ in range(values.index(value)):
        page.keyboard.press("ArrowDown")
    if certainty:
        here.locator(f'.course-certainty input[value="{certainty}"]').focus()
        page.keyboard.press("Space")
    here.locator("button[type=submit]").focus()
    page.keyboard.press("Enter")
    expect(here.locator(".course-verdict")).to_be_visible()


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


@pytest.fixture
def start(new_page, site_url):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, NAME)
    yield page
    assert (page.errors, page.other_hosts) == ([], [])


def shown(page):
    return page.locator(".course-path-result")


def test_without_an_answer_the_page_says_what_to_do_and_offers_nothing_to_save(start):
    expect(shown(start)).to_contain_text("Answer the questions above")
    expect(start.get_by_role("button", name="Save as a text file")).to_be_hidden()


def test_a_sure_and_wrong_answer_moves_its_module_up_at_once(start):
    answer(start, "time", "5")
    names = shown(start).locator("ol > li")
    expect(names.last).to_be_visible()
    answer(start, "recorded", "doubled", "3")
    expect(names.first).to_contain_text("Module 05: Measuring organized crime (3 hours)")
    expect(names.first).to_contain_text(WHY["certain"])
    expect(names.first.get_by_role("link")).to_have_attribute("href", "05-measuring.html")


def test_the_first_answer_counts_and_a_right_and_sure_one_makes_a_module_short(start):
    answer(start, "time", "5")
    answer(start, "recorded", "known", "3")
    expect(shown(start)).to_contain_text("Measuring organized crime (1 hour, short form)")
    answer(start, "recorded", "doubled")
    expect(shown(start)).to_contain_text("Measuring organized crime (1 hour, short form)")


def test_modules_that_are_not_written_are_said_to_come(start, site):
    answer(start, "time", "5")
    written = {path.stem for path in (site / "notebooks").glob("*.html")}
    missing = [stem for stem in STEMS if stem not in written]
    coming = shown(start).locator("p", has_text="Still to come:").locator("+ ul > li")
    expect(coming).to_have_count(len(missing))
    assert {text[7:9] for text in coming.all_inner_texts()} == {stem[:2] for stem in missing}
    assert shown(start).locator("a").count() == len(STEMS) - len(missing)


def saved(page, name: str) -> str:
    with page.expect_download() as download:
        press(page, name)
    assert download.value.suggested_filename == "my-path.txt"
    return File(download.value.path()).read_text(encoding="utf-8")


def test_the_saved_file_is_what_python_writes_from_the_same_answers(start, site):
    answer(start, "time", "2")
    answer(start, "goal-figures", "3")
    answer(start, "recorded", "doubled", "3")
    written = {path.stem: start.locator(f"td[data-module='{path.stem}']").text_content()
               for path in (site / "notebooks").glob("*.html") if path.stem in STEMS}
    said = {"time": {"answer": 2}, "goal-figures": {"answer": 3},
            "recorded": {"answer": "doubled", "certainty": 3, "right": False}}
    day = start.evaluate("new Date().toLocaleDateString('sv')")
    path = suggest(RULES, said, list(written))
    assert saved(start, "Save as a text file") == path_text(RULES, path, written, day)
    expect(start.locator(".course-path [role=status]")).to_contain_text("saved")
    assert saved(start, "Save without the reasons") == path_text(RULES, path, written, day, reasons=False)


def test_the_path_is_there_again_after_a_reload_and_gone_when_the_answers_are_deleted(start):
    answer(start, "time", "1")
    start.reload()
    expect(shown(start)).to_contain_text("up to 3 hours")
    form = start.locator("#course-00-start-needs")
    for name in ("Delete my answers", "Yes, delete them"):
        form.get_by_role("button", name=name, exact=True).focus()
        start.keyboard.press("Enter")
    expect(shown(start)).to_contain_text("Answer the questions above")


def test_an_answer_in_another_tab_is_heard(start, site_url):
    other = start.context.new_page()
    visit(other, site_url, NAME)
    answer(other, "time", "1")
    expect(shown(start)).to_contain_text("up to 3 hours")


def test_only_the_path_goes_onto_paper_by_its_own_button(start):
    answer(start, "time", "1")
    start.evaluate("window.print = () => { window.printed = document.documentElement.dataset.print; }")
    press(start, "Print")
    assert start.evaluate("window.printed") == "path"
    start.emulate_media(media="print")
    expect(shown(start)).to_be_visible()
    for other in ("h1", "#course-00-start-quiz", ".course-path-rule"):
        expect(start.locator(other)).to_be_hidden()
    start.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(start.locator("h1")).to_be_visible()


def test_it_works_from_a_file_and_without_a_script_the_table_tells_the_rule(new_page, site):
    page = new_page()
    page.goto((site / NAME).as_uri())
    answer(page, "time", "1")
    expect(shown(page)).to_contain_text("up to 3 hours")
    bare = new_page(java_script_enabled=False)
    bare.goto((site / NAME).as_uri())
    bare.locator(".course-path-rule summary").click()
    table = bare.get_by_role("group", name="Numbers of the rule").locator("tbody tr")
    expect(table).to_have_count(len(STEMS))
    expect(table.filter(has_text="Measuring organized crime").get_by_role("link")).to_be_visible()


@both_schemes
def test_the_rules_of_axe_find_nothing_in_a_path(new_page, site_url, scheme):
    page = new_page(viewport=DESKTOP, color_scheme=scheme)
    visit(page, site_url, NAME)
    answer(page, "time", "2")
    answer(page, "recorded", "doubled", "3")
    open_everything(page)
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
    assert not found, report(found)


def test_a_path_fits_on_a_narrow_screen(new_page, site_url):
    page = new_page(viewport=NARROWEST)
    visit(page, site_url, NAME)
    answer(page, "time", "5")
    open_everything(page)
    assert sideways(page) == []
