"""Python's memory is kept by the browser: the next start takes it up; whatever fails starts plainly."""
from __future__ import annotations

import pytest

from tests.browser.lite import NOTEBOOKS, START, address, open_lite, run_code

NAME = NOTEBOOKS[-1]
READY = "document.getElementById('course-status').textContent.startsWith('Ready')"
KEPT = """async () => {
  const store = await caches.open("course-python");
  return (await store.keys()).map((request) => request.url);
}"""
DAMAGE = """async () => {
  const store = await caches.open("course-python");
  const [request] = await store.keys();
  const bytes = new Uint8Array(await (await store.match(request)).arrayBuffer());
  await store.put(request, new Response(bytes.subarray(0, bytes.length / 2)));
}"""
COMPUTES = "import pandas\nprint(pandas.Series([1, 2, 3]).mean())"


def started(page, site_url: str) -> list[str]:
    """Open a notebook and wait for Python; give the addresses that were asked for until then."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_lite(page, address(site_url, NAME))
    page.wait_for_function(READY, timeout=START)
    return asked[:]


@pytest.fixture
def returning(new_page, site_url):
    """The page of somebody who has been here before."""
    page = new_page()
    assert any("/pandas-" in each for each in started(page, site_url))
    page.wait_for_function(f"({KEPT})().then((kept) => kept.length === 1)", timeout=START)
    return page


def test_the_second_start_unpacks_nothing_and_computes(returning, site_url):
    assert not any("/pandas-" in each for each in started(returning, site_url))
    assert run_code(returning, COMPUTES).strip() == "2.0"
    assert run_code(returning, "import scipy.special\nprint(scipy.special.comb(4, 2))").strip() == "6.0"
    assert run_code(returning, "import networkx\nprint(len(networkx.path_graph(3)))").strip() == "3"
    assert returning.other_hosts == []


def test_chance_is_not_the_same_after_every_start(returning, site_url):
    draw = "import random, numpy\nprint(random.random(), numpy.random.random())"
    numbers = []
    for _ in range(2):
        started(returning, site_url)
        numbers += run_code(returning, draw).split()
    assert len(set(numbers)) == 4


def test_a_damaged_memory_is_given_up_and_made_anew(returning, site_url):
    returning.evaluate(DAMAGE)
    assert any("/pandas-" in each for each in started(returning, site_url))
    assert run_code(returning, COMPUTES).strip() == "2.0"
    assert not any("/pandas-" in each for each in started(returning, site_url))


@pytest.mark.parametrize("lacking", ["caches", "DecompressionStream"])
def test_a_browser_that_lacks_a_part_starts_plainly(new_page, site_url, lacking):
    page = new_page()
    page.context.route("**/static/pyodide/worker.js", with_first_line)
    page.context.route("**/static/pyodide/lacking.js", lambda route: route.fulfill(
        content_type="text/javascript",
        body=f"Object.defineProperty(self, '{lacking}', {{ value: undefined }});"))
    started(page, site_url)
    assert page.evaluate(KEPT) == []
    assert run_code(page, COMPUTES).strip() == "2.0"


def with_first_line(route) -> None:
    """The worker, after something that lacks in older browsers was taken from it."""
    answer = route.fetch()
    route.fulfill(response=answer, body=f'import "./lacking.js";\n{answer.text()}')


def test_a_package_that_cannot_be_loaded_says_so_and_is_asked_for_again(new_page, site_url):
    page = new_page()
    page.context.route("**/scipy-*.whl", lambda route: route.abort())
    started(page, site_url)
    assert "Is this device online?" in run_code(page, "import scipy")
    page.context.unroute("**/scipy-*.whl")
    assert run_code(page, "import scipy.special\nprint(scipy.special.comb(4, 2))").strip() == "6.0"
