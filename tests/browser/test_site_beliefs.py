"""An answer or a belief that stands in the page once is told in full wherever it is asked for."""
from __future__ import annotations

import re
from pathlib import Path

import page_weight
import pytest

from tests.browser.site_pages import DESKTOP, MODULES, visit

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", MODULES)
def test_everything_is_told_in_full_once_the_script_runs(new_page, site_url, name):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, name)
    shared = page.locator("[data-same]")
    assert shared.count() > 0
    told = {block.get_attribute("data-told"): block.text_content() for block in
            page.locator("[data-told]").all()}
    assert all(block.text_content() == told[block.get_attribute("data-same")] for block in shared.all())
    beliefs = page.locator(".course-misconception").all()
    assert beliefs and all("What speaks against it:" in block.text_content() for block in beliefs)
    # Module 00 asks for what one knows before the course: its answers come back in the last module.
    revisited = page.locator("[data-course=revisit]").count() > 0
    assert revisited or "00-start" in name
    answers = page.locator("[data-question$='/revisit'] .course-answer").all()
    assert revisited == bool(answers) and not any("It stands where" in block.text_content() for block in answers)


@pytest.mark.parametrize("name", MODULES)
def test_without_a_script_what_is_repeated_says_where_it_is_told(new_page, site_url, name):
    page = new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{site_url}/{name}")
    texts = [block.text_content() for block in page.locator("div[data-same]").all()]
    assert page.locator(".course-certainty:empty").first.is_hidden()
    assert texts and all("stands at an earlier" in text or "stands where" in text for text in texts)


def test_code_keeps_the_spans_that_the_site_colours_and_no_others():
    css = (ROOT / "book" / "_static" / "site.css").read_text(encoding="utf-8")
    coloured = re.findall(r"\.highlight :is\(([^)]*)\)", css)
    assert {name.strip(" .") for names in coloured for name in names.split(",")} == set(page_weight.COLOURED)
