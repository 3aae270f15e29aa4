"""What every test may use: the built site, a local server, a real browser with the outside world cut off."""
from __future__ import annotations

import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
sys.path.insert(0, str(ROOT))  # course.py, tools and tests are part of the repository, not of the installed package
sys.path.append(str(ROOT / "book" / "_ext"))  # the book's extensions are a folder of files that import each other

# Tests never read or write the record of the person who runs them.
os.environ["COURSE_RECORD"] = "off"

# A busy computer is no failure: how fast something is belongs into the bench.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


@pytest.fixture
def shared():
    """A function: path of reference material beside the repository; where it is absent the test is skipped."""

    def path_of(*parts: str) -> Path:
        path = ROOT.parent / "shared" / "reference" / Path(*parts)
        if not path.exists():
            pytest.skip(f"reference material {'/'.join(parts)} is not beside this checkout")
        return path

    return path_of


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".webp": "image/webp"}

    def __init__(self, *args, headers, **options):
        self._added = headers
        super().__init__(*args, **options)

    def end_headers(self):
        for name, value in self._added.items():
            self.send_header(name.replace("_", "-"), value)
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def serve_folder():
    """A function: serve a folder on 127.0.0.1, with headers if wanted, and return its address.

    All servers end with the session.
    """
    servers = []

    def serve(folder: Path, **headers: str) -> str:
        handler = functools.partial(_QuietHandler, directory=str(folder), headers=headers)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site. `python3 course.py test` builds it first."""
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").exists():
        pytest.fail("the site is not built: run `python3 course.py build` first")
    return folder


@pytest.fixture(scope="session")
def site_url(site, serve_folder) -> str:
    """Address of the built site, served locally."""
    return serve_folder(site)


@pytest.fixture(scope="session")
def strict_url(site, serve_folder) -> str:
    """Address of the built site on a server that forbids all but the site's own files."""
    return serve_folder(site, Content_Security_Policy=POLICY)


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the session; without a browser the tests fail, they do not skip."""
    from playwright.sync_api import sync_playwright

    from tools.browser import FLAGS, find_browser

    path = find_browser()
    if path is None:
        pytest.fail("no browser found: run `python3 course.py test --install-browser`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(path), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser):
    """A function: open a fresh page in a fresh profile.

    Every request to another host is blocked and listed in ``page.other_hosts``; console errors and uncaught
    exceptions are listed in ``page.errors``. Keyword arguments go to Playwright's ``new_context``.
    """
    contexts = []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        return watched_page(context)

    yield open_page
    for context in contexts:
        context.unroute_all(behavior="ignoreErrors")  # a page may still be asking for something
        context.close()


def watched_page(context):
    """A page of a Playwright context that blocks and lists requests to other hosts, and lists errors."""
    other_hosts: list[str] = []

    def stop_other_hosts(route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "https://127.0.0.1:", "file:", "data:", "blob:")):
            route.continue_()
        else:
            other_hosts.append(url)
            route.abort()

    context.route("**/*", stop_other_hosts)
    page = context.new_page()
    page.other_hosts = other_hosts
    page.errors = []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page
