"""A student's work in the browser's Python: kept, offered a newer edition, reset, downloaded, one record."""
from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.lite import NOTEBOOKS, ROOT, SECONDS, START, address, cells, open_lite, run_code

NAME = NOTEBOOKS[-1] if "05-measuring.ipynb" not in NOTEBOOKS else "05-measuring.ipynb"
TYPE = """(text) => {
  const { content } = jupyterapp.shell.currentWidget;
  content.widgets[0].model.sharedModel.setSource(text);
}"""


def write(page, text: str) -> None:
    """Change the first cell and wait until the browser has stored it."""
    page.evaluate(TYPE, text)
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty", timeout=20 * SECONDS)


def first_cell(page) -> str:
    source = cells(page)[0]["source"]
    return source if isinstance(source, str) else "".join(source)


def answer_yes(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name=name).click()
    open_lite(page, page.url)


def test_a_change_survives_a_reload_and_can_be_downloaded(new_page, site_url):
    page = new_page()
    open_lite(page, address(site_url, NAME))
    write(page, "# My own words")
    page.reload()
    open_lite(page, page.url)
    assert first_cell(page) == "# My own words"
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    assert waiting.value.suggested_filename == NAME
    assert "".join(json.loads(waiting.value.path().read_text())["cells"][0]["source"]) == "# My own words"


def test_reset_brings_the_original_back_and_keeps_the_copy(new_page, site_url):
    page = new_page()
    open_lite(page, address(site_url, NAME))
    original = first_cell(page)
    write(page, "# My own words")
    page.get_by_role("button", name="Reset this notebook").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Keep mine")).to_be_focused()
    page.keyboard.press("Escape")
    assert first_cell(page) == "# My own words"
    page.get_by_role("button", name="Reset this notebook").click()
    answer_yes(page, "Reset")
    assert first_cell(page) == original
    with page.expect_navigation():
        page.get_by_role("link", name="1", exact=True).click()
    open_lite(page, page.url)
    assert first_cell(page) == "# My own words"


@pytest.fixture
def later_site(site, serve_folder, tmp_path):
    """The site in a folder of its own, where a newer edition of a notebook can be published."""
    shutil.copytree(site / "lite", tmp_path / "lite", copy_function=shutil.os.link)
    return serve_folder(tmp_path), tmp_path / "lite" / "files" / NAME


def test_a_newer_edition_is_offered_and_never_forced(new_page, later_site):
    url, published = later_site
    page = new_page()
    open_lite(page, address(url, NAME))
    write(page, "# My own words")
    newer = json.loads(published.read_text(encoding="utf-8"))
    newer["cells"][0]["source"] = "# Better words"
    newer["metadata"]["course"]["edition"] = "newer"
    published.unlink()
    published.write_text(json.dumps(newer), encoding="utf-8")

    page.reload()
    open_lite(page, page.url)
    assert first_cell(page) == "# My own words"
    page.get_by_role("button", name="Keep mine").click()
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty", timeout=20 * SECONDS)
    page.reload()
    open_lite(page, page.url)
    page.wait_for_timeout(500)
    assert page.get_by_text("There is a newer edition").count() == 0

    newer["metadata"]["course"]["edition"] = "newest"
    published.write_text(json.dumps(newer), encoding="utf-8")
    page.reload()
    open_lite(page, page.url)
    page.get_by_role("button", name="Take the newer edition").click()
    answer_yes(page, "Take the newer edition")
    assert first_cell(page) == "# Better words"
    assert page.get_by_role("link", name="1", exact=True).is_visible()


def test_the_record_of_the_pages_and_of_the_notebook_is_one(new_page, site_url):
    page = new_page()
    page.goto(f"{site_url}/notebooks/{NAME.replace('.ipynb', '.html')}")
    question = page.locator("[data-question][data-kind=choice]").first
    key = question.get_attribute("data-question")
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button", name="Check").click()
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes(':statement:'))")

    page.get_by_role("link", name="Run this notebook").click()
    open_lite(page, page.url)
    said = run_code(page, "from widgets import Record\nrecord = Record.default()\nprint(list(record.state()))")
    assert key in said
    said = run_code(page, "_ = record.answered('05-measuring/by-python', 'scale', 4)\nprint(record.actor())")
    actor = said.strip()
    stored = "Object.entries(localStorage).filter(([key]) => key.startsWith('organized-crime-course:'))"
    page.wait_for_function(f"{stored}.some(([_, text]) => text.includes('by-python'))", timeout=START)
    assert page.evaluate("localStorage.getItem('organized-crime-course:actor')") == actor
    line = page.evaluate(f"{stored}.map(([_, text]) => text).find((text) => text.includes('by-python'))")
    assert json.loads(line)["context"]["platform"] == "browser-python"

    other = page.context.new_page()  # deleted on the record's page: gone in Python too
    other.goto(f"{site_url}/book/record.html")
    other.get_by_role("button", name="Delete everything").click()
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    other.wait_for_function(f"{stored}.length === 0")
    assert run_code(page, "print(record.statements())").strip() == "[]"
    run_code(page, "_ = record.answered('05-measuring/by-python', 'scale', 4)")
    page.wait_for_function(f"{stored}.some(([_, text]) => text.includes('by-python'))", timeout=START)
    run_code(page, "_ = record.erase()")
    page.wait_for_function(f"{stored}.length === 0", timeout=START)


def test_a_quiz_answered_in_the_notebook_is_read_by_python_and_kept_by_the_browser(new_page, site_url):
    page = new_page(viewport={"width": 1200, "height": 900})
    open_lite(page, address(site_url, NAME))
    run_code(page, "from widgets import Module\nmodule = Module('05-measuring')\nguess = module.quiz()\nguess")
    question = page.locator(".jp-OutputArea [data-question][data-kind=choice]").last
    question.locator("input[type=radio]").first.check(timeout=START)
    question.get_by_role("button", name="Check").click()
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes(':statement:'))", timeout=START)
    assert run_code(page, "print(len(guess.answers))").strip() == "1"
    assert page.other_hosts == []


LINKS = "[glossary](../book/glossary.md#x) [module](01-definitions.ipynb) [dataset](../book/datasets/index.md)"


def test_links_in_a_notebook_lead_to_the_pages_of_the_course(new_page, site_url):
    page = new_page()
    open_lite(page, address(site_url, NAME))
    page.evaluate("""async (text) => {
      const { content } = jupyterapp.shell.currentWidget;
      content.activeCellIndex = 0;
      await jupyterapp.commands.execute("notebook:insert-cell-above");
      await jupyterapp.commands.execute("notebook:change-cell-to-markdown");
      content.activeCell.model.sharedModel.setSource(text);
      await jupyterapp.commands.execute("notebook:run-cell");
    }""", LINKS)
    for name, path in (("glossary", "/book/glossary.html#x"), ("module", "/notebooks/01-definitions.html"),
                       ("dataset", "/book/datasets/index.html")):
        link = page.locator(".jp-RenderedHTMLCommon").get_by_role("link", name=name, exact=True).first
        link.wait_for()
        page.wait_for_function("(link) => link.href.includes('/files/')", arg=link.element_handle())
        with page.context.expect_page() as opened:
            link.press("Enter")
        opened.value.wait_for_load_state()
        assert opened.value.url == f"{site_url}{path}"
        assert opened.value.locator("h1").count() == 1
        opened.value.close()


def test_what_python_asks_of_another_host_is_not_needed(new_page, site_url):
    page = new_page()
    open_lite(page, address(site_url, NAME))
    assert "No package can be installed here" in run_code(page, "%pip install requests")
    assert page.other_hosts == []
    assert not (ROOT / "_build" / "html" / "lite" / "repl").exists()
