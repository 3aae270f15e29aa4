"""The start page of the browser's Python runs nothing by itself, asks no other host, and says what is wrong."""
from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lite import NOTEBOOKS, SECONDS, address, cells, open_lite

NAME = NOTEBOOKS[-1]
WAYS = "Other ways to work"


def test_no_address_runs_code_by_itself(new_page, site_url):
    page = new_page()
    query = "&code=print(41%2B1)&execute=1&autorun=1&kernel=python&fromURL=x.ipynb#code=1"
    open_lite(page, address(site_url, NAME, query))
    page.wait_for_function("document.getElementById('course-status').textContent.startsWith('Ready')",
                           timeout=120 * SECONDS)
    page.wait_for_timeout(500)
    code = [each for each in cells(page) if each["cell_type"] == "code"]
    assert all(each["execution_count"] is None and each["outputs"] == [] for each in code)
    assert page.other_hosts == []


@pytest.mark.parametrize("path", ["", "no-such.ipynb", "../../evil.ipynb", "https://example.org/x.ipynb",
                                  "RTC:x.ipynb"])
def test_another_name_than_that_of_a_notebook_opens_nothing(new_page, site_url, path):
    page = new_page()
    page.goto(address(site_url, path))
    expect(page.get_by_role("alert").first).to_contain_text("There is no notebook of this name.")
    assert page.other_hosts == []


def test_only_the_notebook_application_is_there(site):
    folder = site / "lite"
    rooms = {each.name for each in folder.iterdir()}
    assert rooms == {"api", "build", "extensions", "files", "notebooks", "static"}
    assert not list(folder.rglob("service-worker.js"))


def test_opened_as_a_file_it_says_so(new_page, site):
    page = new_page()
    page.goto((site / "lite" / "notebooks" / "index.html").as_uri() + f"?path={NAME}")
    expect(page.get_by_role("alert")).to_contain_text("This page was opened as a file")
    expect(page.get_by_role("link", name=WAYS)).to_be_visible()


OLD = "delete Array.prototype.findLast"
NO_WORKER = "window.Worker = undefined"
NO_STORAGE = "Object.defineProperty(window, 'indexedDB', {get() { throw new Error('forbidden') }})"


@pytest.mark.parametrize(("script", "words"), [
    pytest.param(OLD, "too old", id="old browser"),
    pytest.param(NO_WORKER, "cannot run here", id="no worker"),
    pytest.param(NO_STORAGE, "keeps nothing", id="private window"),
])
def test_a_browser_that_cannot_is_told_why(new_page, site_url, script, words):
    page = new_page()
    page.add_init_script(script)
    page.goto(address(site_url, NAME))
    expect(page.get_by_role("alert").first).to_contain_text(words)


def test_without_javascript_the_other_ways_are_named(new_page, site_url):
    page = new_page(java_script_enabled=False)
    page.goto(address(site_url, NAME))
    expect(page.locator("noscript p")).to_be_visible()
    assert "Running a notebook needs JavaScript" in page.content()


@pytest.mark.parametrize(("fault", "words"), [("memory", "not enough free memory"),
                                              ("network", "could not be loaded")])
def test_a_python_that_does_not_start_says_why(new_page, site_url, fault, words):
    page = new_page()
    if fault == "network":
        page.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    else:  # what a browser says when a device has no memory left
        body = "throw new RangeError('WebAssembly.Memory(): could not allocate memory')"
        page.context.route("**/pyodide.asm.js", lambda route: route.fulfill(
            content_type="text/javascript", body=body))
    page.goto(address(site_url, NAME))
    expect(page.get_by_role("alert").first).to_contain_text(words, timeout=60 * SECONDS)
    expect(page.get_by_role("link", name=WAYS)).to_be_visible()


def test_nothing_of_it_is_loaded_before_the_link_is_followed(new_page, site_url):
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site_url}/notebooks/{NAME.replace('.ipynb', '.html')}")
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("link", name="Run this notebook").is_visible()
    assert not [each for each in asked if "/lite/" in each]
