"""A figure with sliders on a page without a kernel, in a real browser."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from page_images import as_files
from playwright.sync_api import expect

from widgets.bundle import stylesheet
from widgets.explore import chart, explore, picture

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = "<img src=x onerror=window.hacked=1>"


def sum_of(first, second):
    fig, ax = chart(4, 3)
    ax.bar(["first", "second"], [first, second])
    table = {"bar": ["first", "second"], "height": [first, second]}
    return picture(fig, alt=f"Two bars, {first} and {second}.", table=table)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of one page: a figure far below the top. Pictures are files, as the book makes them."""
    folder = tmp_path_factory.mktemp("explore")
    figure = explore(sum_of, first={"one": 1, "two": 2, "three": 3}, second={HOSTILE: 1, "large": 9})
    body = as_files(figure.page_html(), folder / "_images", "_images")
    (folder / "course.css").write_text(stylesheet(), encoding="utf-8")
    (folder / "explore.js").write_bytes((ROOT / "widgets" / "static" / "explore.js").read_bytes())
    (folder / "start.js").write_text(
        'import { mountExplore } from "./explore.js";\n'
        'for (const each of document.querySelectorAll("[data-course=explore]")) mountExplore(each);\n',
        encoding="utf-8")
    (folder / "page.css").write_text(
        "body { margin: 0; padding: 1em; font-family: sans-serif; color: var(--course-ink);"
        " background: var(--course-paper) } .far { block-size: 4000px }", encoding="utf-8")
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A figure</title>'
        '<link rel="icon" href="data:,">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'; img-src 'self' data:\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="course.css"><link rel="stylesheet" href="page.css"></head>'
        '<body><main><h1>A figure</h1>{far}' + body.replace("{", "&#123;") + "</main>"
        '<script type="module" src="start.js"></script></body></html>'
    )
    (folder / "near.html").write_text(page.replace("{far}", ""), encoding="utf-8")
    (folder / "far.html").write_text(page.replace("{far}", '<div class="far"></div>'), encoding="utf-8")
    return folder


@pytest.fixture
def open_figure(folder, serve_folder, new_page):
    """A function: open the page, wait for the sliders, return the page."""
    address = serve_folder(folder)

    def open_page(name="near", **options):
        page = new_page(**options)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url.rsplit("/", 1)[-1]))
        page.goto(f"{address}/{name}.html")
        return page

    return open_page


def slider(page, name):
    return page.get_by_role("slider", name=name)


def numbers(page):
    return page.locator("summary")


def pictures(page):
    return [name for name in page.asked if name.endswith((".webp", ".png"))]


def test_a_slider_changes_picture_text_and_numbers(open_figure):
    page = open_figure()
    image = page.locator(".course-explore-frame img")
    first_file = image.get_attribute("src")
    slider(page, "First").fill("2")
    expect(image).to_have_attribute("alt", "Two bars, 3 and 1.")
    assert image.get_attribute("src") != first_file
    assert image.evaluate("image => image.complete && image.naturalWidth") == 640
    numbers(page).click()
    expect(page.get_by_role("row", name="first")).to_contain_text("3")
    assert page.errors == []
    assert page.other_hosts == []


def test_every_frame_can_be_reached_and_left_again(open_figure):
    page = open_figure()
    image = page.locator(".course-explore-frame img")
    for first in (2, 0, 1):
        for second, height in ((1, 9), (0, 1)):
            slider(page, "First").fill(str(first))
            slider(page, "Second").fill(str(second))
            expect(image).to_have_attribute("alt", f"Two bars, {first + 1} and {height}.")


def test_the_keyboard_moves_a_slider_and_keeps_the_focus(open_figure):
    page = open_figure()
    page.keyboard.press("Tab")
    expect(slider(page, "First")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".course-explore-frame img")).to_have_attribute("alt", "Two bars, 2 and 1.")
    expect(slider(page, "First")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".course-explore-frame img")).to_have_attribute("alt", "Two bars, 3 and 1.")
    page.keyboard.press("Tab")
    expect(slider(page, "Second")).to_be_focused()
    page.keyboard.press("Tab")
    expect(numbers(page)).to_be_focused()


def test_the_focus_is_seen(open_figure):
    page = open_figure()
    page.keyboard.press("Tab")
    width = slider(page, "First").evaluate("input => getComputedStyle(input).outlineWidth")
    assert width == "3px"


def test_the_value_is_written_beside_the_slider_and_told_to_those_who_listen(open_figure):
    page = open_figure()
    page.get_by_text("one", exact=True).wait_for()
    slider(page, "First").fill("1")
    expect(slider(page, "First")).to_have_attribute("aria-valuetext", "two")
    expect(page.locator("output").first).to_have_text("two")


def test_what_is_shown_now_is_announced_once_the_slider_rests(open_figure):
    page = open_figure()
    status = page.locator(".course-explore [role=status]")
    expect(status).to_be_empty()
    page.evaluate("""() => {
      window.said = [];
      const status = document.querySelector(".course-explore [role=status]");
      new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
    }""")
    slider(page, "First").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(status).to_have_text("Two bars, 2 and 1.")
    assert page.evaluate("window.said") == ["Two bars, 2 and 1."]


def test_numbers_that_are_open_stay_open(open_figure):
    page = open_figure()
    numbers(page).click()
    slider(page, "Second").fill("1")
    expect(page.get_by_role("row", name="second")).to_contain_text("9")
    assert page.locator(".course-explore-frame details").evaluate("details => details.open")


def test_nothing_is_loaded_before_the_figure_is_near_the_screen(open_figure):
    page = open_figure("far")
    expect(page.locator(".course-explore-choices")).not_to_have_attribute("hidden", "")
    page.wait_for_load_state("networkidle")
    assert pictures(page) == []
    page.locator(".course-explore").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".course-explore-frame img")).to_have_js_property("complete", True)
    page.wait_for_function("document.querySelector('.course-explore-frame img').naturalWidth > 0")
    # The frame that is seen, and those one step away: not all six.
    assert len(set(pictures(page))) == 3


def test_a_later_move_overtakes_a_picture_that_is_slow_to_come(open_figure):
    page = open_figure("far")
    held = []
    page.route("**/*.webp", lambda route: route.continue_() if held else held.append(route))
    slider(page, "First").fill("1")
    slider(page, "First").fill("2")
    image = page.locator(".course-explore-frame img")
    expect(image).to_have_attribute("alt", "Two bars, 3 and 1.")
    with page.expect_event("requestfinished"):
        held[0].continue_()
    page.wait_for_timeout(200)  # time for the slow picture to do harm, if it could
    expect(image).to_have_attribute("alt", "Two bars, 3 and 1.")


def test_text_and_numbers_come_even_when_the_picture_does_not(open_figure):
    page = open_figure("far")
    page.route("**/*.webp", lambda route: route.abort())
    slider(page, "First").fill("2")
    expect(page.locator(".course-explore-frame img")).to_have_attribute("alt", "Two bars, 3 and 1.")


def test_without_javascript_the_first_frame_is_there_and_no_dead_slider(open_figure):
    page = open_figure(java_script_enabled=False)
    expect(page.locator(".course-explore-frame img")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_text("Shown: First: one")).to_be_visible()
    assert len(set(pictures(page))) == 1


def test_labels_never_become_markup(open_figure):
    page = open_figure()
    expect(page.locator("output").nth(1)).to_have_text(HOSTILE)
    slider(page, "Second").fill("1")
    slider(page, "Second").fill("0")
    expect(page.locator("output").nth(1)).to_have_text(HOSTILE)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules_find_nothing(open_figure, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_figure(color_scheme=scheme)
    numbers(page).click()
    slider(page, "First").fill("1")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_it_fits_a_narrow_screen(open_figure, direction):
    page = open_figure(viewport={"width": 320, "height": 640})
    page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
    numbers(page).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for box in (each.bounding_box() for each in page.locator("input, output, label, img, summary").all()):
        if box:
            assert box["x"] >= 0 and box["x"] + box["width"] <= 320


def test_a_slider_is_large_enough_to_hit(open_figure):
    page = open_figure(viewport={"width": 320, "height": 640})
    assert slider(page, "First").bounding_box()["height"] >= 24


def test_on_paper_the_chosen_frame_stands_with_its_values(open_figure):
    page = open_figure()
    slider(page, "First").fill("1")
    expect(page.locator(".course-explore-frame img")).to_have_attribute("alt", "Two bars, 2 and 1.")
    page.emulate_media(media="print")
    expect(page.locator(".course-explore-choice input").first).to_be_hidden()
    expect(page.locator("output").first).to_be_visible()
    assert re.search(r"First\s*two", page.locator(".course-explore-choices").inner_text())
