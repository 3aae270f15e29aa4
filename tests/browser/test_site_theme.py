"""Light, dark, or as the system has it: chosen once, kept, shown from the first moment, and announced."""
from __future__ import annotations

import pytest

from tests.browser.site_pages import visit

SCHEME = "getComputedStyle(document.body).colorScheme"


def test_the_system_decides_until_somebody_chooses(new_page, site_url):
    page = new_page(color_scheme="dark")
    visit(page, site_url, "book/index.html")
    assert page.get_by_label("Colours").input_value() == "auto"
    assert page.evaluate(SCHEME) == "dark"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(SCHEME) == "light"


def test_a_choice_is_kept_on_every_page(new_page, site_url):
    page = new_page(color_scheme="light")
    visit(page, site_url, "book/index.html")
    page.get_by_label("Colours").select_option("dark")
    visit(page, site_url, "notebooks/05-measuring.html")
    assert page.get_by_label("Colours").input_value() == "dark"
    assert page.evaluate(SCHEME) == "dark"


def test_the_keyboard_chooses_and_the_control_says_what_is_chosen(new_page, site_url):
    page = new_page(color_scheme="light")
    visit(page, site_url, "book/index.html")
    page.get_by_label("Colours").focus()
    page.keyboard.press("d")
    assert page.evaluate(SCHEME) == "dark"
    control = page.get_by_role("combobox", name="Colours")
    assert control.evaluate("(list) => list.selectedOptions[0].text") == "Dark"


def test_two_tabs_agree(new_page, site_url):
    page = new_page(color_scheme="light")
    visit(page, site_url, "book/index.html")
    other = page.context.new_page()
    visit(other, site_url, "book/students.html")
    page.get_by_label("Colours").select_option("dark")
    other.wait_for_function(f"{SCHEME} === 'dark'")


def test_the_colours_are_there_before_the_first_word(new_page, site_url):
    page = new_page(color_scheme="light")
    visit(page, site_url, "book/index.html")
    page.get_by_label("Colours").select_option("dark")
    # What the body has in the first frame in which there is one: nothing of it was painted before.
    page.add_init_script(
        "const look = () => document.body ? window.atFirst = document.body.dataset.theme ?? 'none'"
        "                                 : requestAnimationFrame(look);"
        "requestAnimationFrame(look);"
    )
    visit(page, site_url, "notebooks/05-measuring.html")
    assert page.evaluate("window.atFirst") == "dark"


@pytest.mark.parametrize("stored", ["pink", "", '{"a": 1}'])
def test_a_strange_stored_value_is_taken_for_automatic(new_page, site_url, stored):
    page = new_page(color_scheme="dark")
    page.add_init_script(f"localStorage.setItem('organized-crime-course:colours', {stored!r})")
    visit(page, site_url, "book/index.html")
    assert page.get_by_label("Colours").input_value() == "auto"
    assert page.evaluate(SCHEME) == "dark"


def test_the_choice_works_for_the_page_where_storage_is_forbidden(new_page, site_url):
    page = new_page(color_scheme="light")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    visit(page, site_url, "book/index.html")
    page.get_by_label("Colours").select_option("dark")
    assert page.evaluate(SCHEME) == "dark"
    assert page.errors == []
