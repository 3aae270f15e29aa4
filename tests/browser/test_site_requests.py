"""No page asks another host for anything or reports an error, whatever a reader does with it."""
from __future__ import annotations

import re

import pytest

from tests.browser.site_pages import DESKTOP, MODULES, PHONE, each_page, every_page, open_everything, visit

def watched(page) -> tuple[list, list]:
    return page.other_hosts, page.errors


@every_page
def test_a_page_asks_no_other_host_and_reports_no_error(new_page, site_url, name):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, name)
    for colours in ("dark", "light", "auto"):
        page.get_by_label("Colours").select_option(colours)
    open_everything(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_timeout(300)  # pictures near the screen load now
    assert watched(page) == ([], [])


def test_the_menus_of_a_small_screen_ask_for_nothing(new_page, site_url):
    page = new_page(viewport=PHONE)
    visit(page, site_url, "book/index.html")
    page.get_by_role("button", name="Menu").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="On this page").click()
    assert watched(page) == ([], [])


def test_the_search_asks_no_other_host(new_page, site_url):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, "book/index.html")
    page.get_by_label("Search the course").fill("estimate")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("document.querySelectorAll('#search-results .context').length > 0")
    page.locator("#search-results li a").first.click()
    page.wait_for_load_state("load")
    assert watched(page) == ([], [])


@pytest.mark.parametrize("as_file", [True, False], ids=["file", "served"])
def test_the_address_of_the_site_leads_to_the_welcome_page(new_page, site, site_url, as_file):
    page = new_page()
    page.goto((site / "index.html").as_uri() if as_file else f"{site_url}/")
    page.wait_for_url("**/book/index.html")
    assert page.get_by_role("heading", level=1).inner_text() == "Welcome"
    assert watched(page) == ([], [])


def test_without_a_redirect_the_front_door_offers_a_link(new_page, site, serve_folder, tmp_path):
    text = (site / "index.html").read_text(encoding="utf-8")
    text, replaced = re.subn(r'http-equiv="?refresh"?', "name=no", text)
    assert replaced == 1
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    page = new_page()
    page.goto(serve_folder(tmp_path))
    assert page.get_by_role("link").get_attribute("href") == "book/index.html"
    assert page.locator("html").get_attribute("lang") == "en"


@each_page
def test_a_page_works_under_a_strict_content_security_policy(new_page, strict_url, name):
    page = new_page(viewport=DESKTOP)
    visit(page, strict_url, name)
    page.get_by_label("Colours").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    open_everything(page)
    assert watched(page) == ([], [])


def test_questions_and_search_work_under_a_strict_content_security_policy(new_page, strict_url):
    page = new_page(viewport=DESKTOP)
    visit(page, strict_url, MODULES[0])
    question = page.locator(".course-question[data-kind=choice]").first
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button", name="Check").click()
    question.locator(".course-verdict").wait_for(state="visible")
    visit(page, strict_url, "search.html?q=estimate")
    page.wait_for_selector("#search-results .context")
    assert watched(page) == ([], [])
