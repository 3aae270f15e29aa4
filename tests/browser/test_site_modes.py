"""The pages under other conditions: no script, narrow, enlarged, printed, opened as files."""
from __future__ import annotations

import pytest

from tests.browser.site_pages import (
    DESKTOP, MODULES, NARROWEST, PHONE, each_module, each_page, open_everything, sideways, visit,
)


@each_page
def test_a_page_is_whole_without_javascript(new_page, site_url, name):
    page = new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{site_url}/{name}")
    assert page.locator("h1").count() == 1
    assert page.locator("main > article").is_visible()
    assert page.locator("nav.menu a").first.is_visible()
    # What cannot work without a script is not offered.
    assert not page.get_by_label("Colours").is_visible()
    assert page.get_by_role("search").count() == 0


@each_module
def test_questions_and_answers_can_be_read_without_javascript(new_page, site_url, name):
    page = new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{site_url}/{name}")
    questions = page.locator(".course-question")
    assert questions.count() >= 10
    answer = page.locator(".course-question .course-answer").first  # a question about the reader has none
    answer.locator("summary").click()
    assert answer.locator(".course-body").is_visible()


def test_the_menu_of_a_small_screen_opens_without_javascript(new_page, site_url):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{site_url}/book/students.html")
    assert not page.locator("nav.menu").is_visible()
    page.get_by_role("button", name="Menu").click()
    page.locator("nav.menu").get_by_role("link", name="Glossary").click()
    page.wait_for_url("**/glossary.html")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_javascript_the_colours_follow_the_system(new_page, site_url, theme):
    page = new_page(color_scheme=theme, java_script_enabled=False)
    page.goto(f"{site_url}/book/index.html")
    # Playwright's own evaluation still works with page scripts off.
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == theme


@pytest.mark.parametrize("width, height", [(320, 640), (640, 450), (900, 700)], ids=["320", "200%", "tablet"])
@each_page
def test_no_page_scrolls_sideways(new_page, site_url, name, width, height):
    page = new_page(viewport={"width": width, "height": height})
    visit(page, site_url, name)
    assert not sideways(page)
    open_everything(page)
    assert not sideways(page)


@each_page
def test_no_page_scrolls_sideways_with_wide_spacing_of_text(new_page, site_url, name):
    page = new_page(viewport=NARROWEST, bypass_csp=True)
    visit(page, site_url, name)
    page.add_style_tag(content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important; "
                               "word-spacing: 0.16em !important } p { margin-bottom: 2em !important }")
    assert not sideways(page)


@each_page
def test_text_grows_to_twice_its_size_with_the_readers_font(new_page, site_url, name):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, name)
    page.add_style_tag(content="html { font-size: 200% !important }")
    page.wait_for_timeout(100)
    assert not sideways(page)
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('article')).fontSize)") == 32


@each_page
def test_paper_shows_the_text_dark_on_white_and_no_menus(new_page, site_url, name):
    page = new_page(viewport=DESKTOP, color_scheme="dark")
    visit(page, site_url, name)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("h1").is_visible()
    for left_out in ("header", "nav.menu", "footer"):
        assert not page.locator(left_out).first.is_visible(), left_out
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 35, 43)"


@each_module
def test_a_module_can_be_printed(new_page, site_url, name):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, name)
    assert page.pdf(format="A4", tagged=True).count(b"/Type /Page") > 5


@each_page
def test_a_page_works_when_opened_as_a_file(new_page, site, name):
    page = new_page(viewport=DESKTOP)
    page.goto((site / name).as_uri())
    page.wait_for_load_state("load")
    page.get_by_label("Colours").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert (page.other_hosts, page.errors) == ([], [])


def test_questions_answer_in_a_page_opened_as_a_file(new_page, site):
    page = new_page(viewport=DESKTOP)
    page.goto((site / MODULES[0]).as_uri())
    question = page.locator(".course-question[data-kind=choice]").first
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button", name="Check").click()
    question.locator(".course-verdict").wait_for(state="visible")
    assert (page.other_hosts, page.errors) == ([], [])


@pytest.mark.parametrize("as_file", [True, False], ids=["file", "served"])
def test_the_search_finds_and_says_how_much(new_page, site, site_url, as_file):
    page = new_page(viewport=DESKTOP)
    page.goto((site / "book/index.html").as_uri() if as_file else f"{site_url}/book/index.html")
    page.get_by_label("Search the course").fill("denominator")
    page.get_by_role("button", name="Search").click()
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("document.getElementById('search-status').textContent.includes('found')")
    assert page.get_by_role("status").is_visible()
    assert page.locator("#search-results").get_by_role("link", name="Glossary").count() > 0
    left = page.locator("#search-results li").evaluate_all("(all) => all.map((one) => one.offsetLeft)")
    assert len(set(left)) == 1, "results stand below each other"
    assert page.locator("h1").inner_text() == "Search"
    assert (page.other_hosts, page.errors) == ([], [])


def test_a_search_without_a_result_says_so(new_page, site_url):
    page = new_page()
    visit(page, site_url, "search.html?q=zzzzqqq")
    page.wait_for_function("document.getElementById('search-status').textContent !== ''")
    assert "did not match" in page.get_by_role("status").inner_text()


def test_a_search_for_markup_shows_it_as_text(new_page, site_url):
    page = new_page()
    visit(page, site_url, "search.html?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%20estimate")
    page.wait_for_timeout(500)
    assert page.locator("main img").count() == 0
    assert page.errors == []
