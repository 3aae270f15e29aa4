"""The pages of the built site, and what the tests of the site do with them."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"

# Every page that a reader can open. The one at the address of the site only leads on, and has its own test.
PAGES = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")
    if path != SITE / "index.html" and SITE / "lite" not in path.parents  # that one has tests of its own
) or ["book/index.html"]  # not built: the fixture `site` says so
DATASETS = [page for page in PAGES if page.startswith("book/datasets/") and not page.endswith("/index.html")]
# Pages of datasets are all made in the same way: where a test takes long, every sixth stands for all.
OF_EVERY_KIND = [page for page in PAGES if page not in DATASETS or page in DATASETS[::6]]
MODULES = [page for page in PAGES if page.startswith("notebooks/")]

every_page = pytest.mark.parametrize("name", PAGES)
each_page = pytest.mark.parametrize("name", OF_EVERY_KIND)
each_module = pytest.mark.parametrize("name", MODULES)
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 640}
NARROWEST = {"width": 320, "height": 640}


def visit(page, address: str, name: str) -> None:
    """Open a page and wait until its scripts have run."""
    page.goto(f"{address}/{name}")
    page.wait_for_load_state("load")
    page.wait_for_timeout(50)


def open_everything(page) -> None:
    """Open every disclosure, so that what it holds is looked at too."""
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    page.wait_for_timeout(50)


def sideways(page) -> list:
    """What makes a page scroll sideways: nothing, or the elements that stick out, with their right edges."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const overflow = (element) => getComputedStyle(element).overflowX;
          const scrolls = (element) => element && element !== document.body &&
            (["auto", "scroll"].includes(overflow(element)) || scrolls(element.parentElement));
          const sticksOut = (element) => element.getBoundingClientRect().right > width + 1;
          return [...document.querySelectorAll("body *")]
            .filter((element) => sticksOut(element) && !scrolls(element.parentElement))
            .map((element) => [element.tagName, element.className, element.getBoundingClientRect().right]);
        }"""
    )


def report(violations: list) -> str:
    """Say what axe-core found so that it can be mended."""
    def places(each: dict) -> list:
        return [node["html"][:200] for node in each["nodes"][:4]]

    found = [{"rule": each["id"], "help": each["help"], "where": places(each)} for each in violations]
    return json.dumps(found, indent=1)
