"""The rules of axe-core find nothing on any page, in light and in dark, as it opens and with everything open.

Such rules find the common barriers. They cannot tell whether a description is good or an order makes sense.
"""
from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.site_pages import DESKTOP, PHONE, both_schemes, each_page, open_everything, report, visit

# All rules, the advice included; "target-size" (WCAG 2.5.8) has to be asked for. No rule is left out.
# What is in order is not listed: on a module page that list takes longer than the rules.
EVERY_RULE = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
ALL_BUT_COLOUR = {**EVERY_RULE, "rules": {**EVERY_RULE["rules"], "color-contrast": {"enabled": False}}}


def violations(page, rules=EVERY_RULE) -> list:
    return Axe().run(page, options=rules).response["violations"]


@both_schemes
@each_page
def test_the_rules_find_nothing_with_everything_open(new_page, site_url, name, scheme):
    page = new_page(viewport=DESKTOP, color_scheme=scheme)
    visit(page, site_url, name)
    open_everything(page)
    found = violations(page)
    assert not found, report(found)


@each_page
def test_the_rules_find_nothing_as_the_page_opens(new_page, site_url, name):
    """Colours are left to the test above: what is seen now is seen there too."""
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, name)
    found = violations(page, ALL_BUT_COLOUR)
    assert not found, report(found)


@pytest.mark.parametrize("opened", ["Menu", "On this page"])
def test_the_rules_find_nothing_when_a_menu_lies_over_the_page(new_page, site_url, opened):
    page = new_page(viewport=PHONE)
    visit(page, site_url, "book/students.html")
    page.get_by_role("button", name=opened).click()
    found = violations(page)
    assert not found, report(found)


def test_the_rules_find_nothing_in_the_results_of_a_search(new_page, site_url):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, "search.html?q=estimate")
    page.wait_for_selector("#search-results li a")
    found = violations(page)
    assert not found, report(found)
