"""The shipped nginx configuration, on a real nginx over the built site: types, weight, caching, policies."""
from __future__ import annotations

import gzip
import http.client
import json
import re
import urllib.parse
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lite import NOTEBOOKS, SECONDS, START, open_lite, run_code
from tests.browser.site_pages import DATASETS, DESKTOP, MODULES, open_everything, visit
from tests.conftest import POLICY
from tests.hosts.web_server import running, trusting

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def server(site, tmp_path_factory):
    with running(tmp_path_factory.mktemp("nginx"), site) as addresses:
        yield addresses


@pytest.fixture(scope="module")
def ask(server):
    """A function: ask for a path, and get status, headers and body as they travelled."""

    def ask(path: str, **headers: str):
        host = urllib.parse.urlsplit(server[0]).netloc
        connection = http.client.HTTPSConnection(host, context=trusting(), timeout=30)
        try:
            connection.request("GET", path, headers={key.replace("_", "-"): headers[key] for key in headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    return ask


def first(site: Path, pattern: str) -> str:
    """The address of the first file of a kind."""
    found = sorted(site.glob(pattern))
    if not found:
        pytest.skip(f"the built site holds no {pattern}: it was built without Python in the browser")
    return "/" + found[0].relative_to(site).as_posix()


TYPES = {
    "book/index.html": "text/html; charset=utf-8",
    "_static/site.css": "text/css; charset=utf-8",
    "_static/site.js": "application/javascript; charset=utf-8",
    "_static/mark.svg": "image/svg+xml",
    "_images/*.webp": "image/webp",
    "**/*.ipynb": "application/x-ipynb+json",
    "lite/static/pyodide/pyodide.asm.wasm": "application/wasm",
    "lite/static/pyodide/python.mjs": "application/javascript; charset=utf-8",
    "lite/static/pyodide/pyodide-lock.json": "application/json; charset=utf-8",
}


@pytest.mark.parametrize(("pattern", "kind"), TYPES.items())
def test_every_kind_of_file_has_its_type(site, ask, pattern, kind):
    status, headers, _ = ask(first(site, pattern))
    assert (status, headers["Content-Type"]) == (200, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("pattern", [*MODULES[:1], "searchindex.js", "_static/site.css",
                                     "lite/static/pyodide/pyodide.asm.wasm"])
def test_text_and_machine_code_travel_compressed_and_arrive_whole(site, ask, pattern):
    path = first(site, pattern)
    whole = (site / path[1:]).read_bytes()
    _, headers, body = ask(path, Accept_Encoding="gzip")
    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert len(body) < len(whole) / 2
    assert gzip.decompress(body) == whole
    assert ask(path)[2] == whole


def test_a_file_compressed_beforehand_is_sent_as_it_is(tmp_path, tmp_path_factory):
    """What `gzip -9` made is sent: here a text that only the prepared file holds."""
    (tmp_path / "index.html").write_text("plain", encoding="utf-8")
    (tmp_path / "index.html.gz").write_bytes(gzip.compress(b"prepared"))
    with running(tmp_path_factory.mktemp("prepared"), tmp_path) as (address, _):
        host = urllib.parse.urlsplit(address).netloc
        connection = http.client.HTTPSConnection(host, context=trusting(), timeout=30)
        connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(connection.getresponse().read()) == b"prepared"
        connection.close()


@pytest.mark.parametrize("pattern", [*MODULES[:1], "searchindex.js", "lite/notebooks/index.html",
                                     "lite/files/*.ipynb",
                                     "lite/static/pyodide/organized_crime_course-*.whl",
                                     "lite/static/pyodide/pyodide.asm.wasm"])
def test_what_may_change_under_its_name_is_asked_for_again(site, ask, pattern):
    path = first(site, pattern)
    status, headers, _ = ask(path)
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    status, headers, body = ask(path, If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("pattern", ["_images/*.webp", "lite/build/*.*.js",
                                     "lite/static/pyodide/numpy-*.whl"])
def test_what_has_its_content_in_its_name_is_kept(site, ask, pattern):
    assert ask(first(site, pattern))[1]["Cache-Control"] == FOR_GOOD


def test_scripts_and_styles_of_the_pages_are_kept_under_their_version(site, ask):
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'(_static/[\w.]+\.(?:css|js)\?v=[0-9a-f]+)', page)
    assert linked
    for path in linked:
        assert ask(f"/{path}")[1]["Cache-Control"] == FOR_GOOD
        assert ask(f"/{path.partition('?')[0]}")[1]["Cache-Control"] == "no-cache"


def test_the_pages_have_the_policy_that_is_tested_elsewhere_and_errors_have_it_too(ask):
    assert ask("/book/index.html")[1]["Content-Security-Policy"] == POLICY
    status, headers, _ = ask("/no-such-page.html")
    assert (status, headers["Content-Security-Policy"]) == (404, POLICY)


def test_pythons_own_policy_is_the_one_of_its_page_and_the_documented_one(site, ask):
    sent = ask(first(site, "lite/notebooks/index.html"))[1]["Content-Security-Policy"]
    page = (site / "lite/notebooks/index.html").read_text(encoding="utf-8")
    own = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert sent == own + "; frame-ancestors 'none'"


def test_notes_of_the_build_are_not_shown(site, ask):
    assert (site / ".buildinfo").exists()
    assert ask("/.buildinfo")[0] == 404


def test_without_https_a_reader_is_led_to_it(server):
    host = urllib.parse.urlsplit(server[1]).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", "/book/index.html?x=1", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == "https://course.example.org/book/index.html?x=1"
    connection.close()


# All pages are tested under this policy elsewhere; here is one of each kind.
@pytest.mark.parametrize("name", ["book/index.html", "search.html", *MODULES[-1:], *DATASETS[:1]])
def test_a_page_works_on_nginx(new_page, server, name):
    page = new_page(viewport=DESKTOP, ignore_https_errors=True)
    visit(page, server[0], name)
    page.get_by_label("Colours").select_option("dark")
    open_everything(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_timeout(200)
    assert (page.other_hosts, page.errors) == ([], [])


def test_python_in_the_browser_works_on_nginx_under_its_policy(new_page, site, server):
    first(site, "lite/notebooks/index.html")
    page = new_page(ignore_https_errors=True)
    open_lite(page, f"{server[0]}/lite/notebooks/index.html?path={NOTEBOOKS[-1]}")
    expect(page.locator("#course-status")).to_contain_text("Ready", timeout=2 * START)
    said = run_code(page, "import measurement, numpy\nprint(numpy.arange(3).sum(), measurement.__name__)")
    assert said.strip() == "3 measurement"
    assert (page.other_hosts, page.errors) == ([], [])


def test_the_page_for_publishers_says_the_same_policies(ask, site):
    text = (Path(__file__).resolve().parents[2] / "book" / "publishers.md").read_text(encoding="utf-8")
    documented = re.findall(r"^Content-Security-Policy: (.+)$", text, flags=re.M)
    lite = first(site, "lite/notebooks/index.html")
    assert documented == [ask(path)[1]["Content-Security-Policy"] for path in ("/book/index.html", lite)]
