"""A page becomes a sequence of full screens, run by keyboard, and is left as it was."""
from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.site_pages import report
from tests.browser.wall_pages import (
    jump, number, project, said, shown, title, wall, whole_page, write_wall_page,
)

WALLS = {"full hd": (1920, 1080), "four to three": (1024, 768), "phone": (360, 740),
         "phone on its side": (740, 360)}
each_wall = pytest.mark.parametrize("size", WALLS.values(), ids=WALLS)


@pytest.fixture
def open_page(new_page, tmp_path, serve_folder):
    """A function: open the page with every kind of part, from a server or as a file."""
    pages = []

    def open_it(served=True, dir="ltr", **context):
        path = write_wall_page(tmp_path, whole_page(), dir)
        page = new_page(**context)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url.rsplit("/", 1)[-1]))
        page.goto(f"{serve_folder(tmp_path)}/{path.name}" if served else path.as_uri())
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        assert page.errors == []
        assert page.other_hosts == []


def wall_files(page) -> list[str]:
    return [name for name in page.asked if name.startswith(("wall", "notes"))]


def walk(page, most=400):
    """Press Page Down from the first screen to the last; before each, give the number of the screen."""
    for _ in range(most):
        yield number(page)
        if wall(page).get_attribute("data-kind") == "end":
            return
        page.keyboard.press("PageDown")
        page.wait_for_timeout(15)
    raise AssertionError(f"{most} times Page Down do not reach the end")


def test_nothing_of_the_projection_is_loaded_before_it_is_asked_for(open_page):
    page = open_page()
    page.wait_for_load_state("networkidle")
    assert wall_files(page) == []
    page.get_by_role("button", name="Project F8").click()
    expect(wall(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert wall_files(page) == ["wall.js?v=1", "wall.css?v=1", "notes.js"]


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_one_key_opens_it_and_again_after_leaving(open_page, served):
    page = open_page(served)
    for _ in range(3):
        project(page)
        page.keyboard.press("Escape")
        expect(wall(page)).to_have_count(0)


def test_a_script_that_does_not_come_can_be_asked_for_again(new_page, tmp_path, serve_folder):
    path = write_wall_page(tmp_path, whole_page())
    page = new_page()
    page.route("**/wall.js*", lambda route: route.abort(), times=1)
    page.goto(f"{serve_folder(tmp_path)}/{path.name}")
    page.get_by_role("button", name="Project").click()
    expect(page.get_by_role("button", name="Not loaded. Try again")).to_be_visible()
    project(page)


def test_the_screens_follow_the_rooms_and_hold_what_a_class_looks_at_together(open_page):
    page = open_page()
    project(page)
    kinds = {}
    for at in walk(page):
        kicker = page.locator(".course-wall-kicker").inner_text().split(" · ")[0]
        entry = (kicker, wall(page).get_attribute("data-kind"))
        if list(kinds.values())[-1:] != [entry] or at not in kinds:
            kinds[at] = entry
    order = list(kinds.values())
    assert order[0] == ("", "title")
    assert order[-1][1] == "end"
    rooms = list(dict.fromkeys(room for room, _ in order if room))
    assert rooms[:4] == ["Icebreaker", "Key issues", "Case studies", "Labs"]
    assert "Summary" not in rooms, "a room with nothing for the wall has no screen"
    assert [kind for room, kind in order if room == "Key issues"] == [
        "figure", "question", "exhibit", "exhibit", "figure", "figure"]
    assert [kind for room, kind in order if room == "Activity"] == ["part"] * 4
    assert len([1 for room, kind in order if kind == "question"]) == 12


def test_neither_running_text_nor_code_nor_a_solution_reaches_the_wall(open_page):
    page = open_page()
    project(page)
    texts = [shown(page) for _ in walk(page)]
    for words in ("Running text stays", "print(", "solved", "Nothing for the wall", "Stop at the table"):
        assert not [text for text in texts if words in text], words


def test_a_long_case_and_an_activity_are_split_and_the_debrief_stands_alone(open_page):
    page = open_page()
    project(page)
    jump(page, "A count")
    assert "The method is disputed." not in shown(page)
    assert "Case studies · 1 of 3" in wall(page).inner_text()
    jump(page, "A hearing")
    found = []
    while title(page) == "A hearing":
        found.append(page.locator(".course-wall-kicker").inner_text())
        page.keyboard.press("ArrowRight")
    assert found == ["Activity · 1 of 4", "Activity · Roles", "Activity · Steps", "Activity · Debrief"]
    page.keyboard.press("ArrowLeft")
    assert shown(page).split() == ["Debrief", "What", "changed", "your", "mind?"]


def test_every_key_of_a_clicker_or_keyboard_moves(open_page):
    page = open_page()
    project(page)
    for forward, back in [("PageDown", "PageUp"), ("ArrowRight", "ArrowLeft"), ("Space", "Shift+Space"),
                          ("ArrowDown", "ArrowUp"), ("Enter", "Backspace")]:
        page.locator(".course-wall-stage").focus()
        page.keyboard.press(forward)
        assert number(page) == 2, forward
        page.keyboard.press(back)
        assert number(page) == 1, back
    page.keyboard.press("End")
    assert wall(page).get_attribute("data-kind") == "end"
    page.keyboard.press("PageDown")
    page.keyboard.press("Home")
    assert number(page) == 1
    page.keyboard.press("PageUp")
    assert number(page) == 1


def test_from_right_to_left_the_left_arrow_goes_on(open_page):
    page = open_page(dir="rtl")
    project(page)
    page.keyboard.press("ArrowLeft")
    assert number(page) == 2
    page.keyboard.press("ArrowRight")
    assert number(page) == 1
    assert page.locator(".course-wall-bar-row button").first.bounding_box()["x"] > 600


def test_a_number_and_enter_jump_and_words_find(open_page):
    page = open_page()
    project(page)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert number(page) == 12
    page.keyboard.press("o")
    page.keyboard.type("laundering")
    expect(page.locator(".course-wall-list button")).to_have_count(1)
    page.keyboard.press("Enter")
    assert "Put the stages of laundering in order." in shown(page)
    page.keyboard.press("o")
    page.keyboard.type("zebra")
    expect(page.get_by_text("No screen has this word.")).to_be_visible()
    page.keyboard.press("Escape")
    assert "laundering" in shown(page)
    page.keyboard.type("999")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No screen has this word.")).to_be_visible()


def test_the_overview_is_walked_with_arrows_and_marks_the_present_screen(open_page):
    page = open_page()
    project(page)
    jump(page, "3")
    page.keyboard.press("o")
    expect(page.locator("[aria-current=step]")).to_have_text(re.compile("^3[.]"))
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert number(page) == 2
    expect(page.locator(".course-wall-stage")).to_be_focused()


@pytest.mark.parametrize("key", ["b", "."])
def test_the_screen_goes_black_and_comes_back_with_any_key(open_page, key):
    page = open_page()
    project(page)
    page.keyboard.press(key)
    black = page.locator(".course-wall-black")
    expect(black).to_be_visible()
    assert black.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(0, 0, 0)"
    box = black.bounding_box()
    assert (box["width"], box["height"]) == (1280, 720)
    page.keyboard.press("PageDown" if key == "b" else key)
    expect(black).to_be_hidden()
    assert number(page) == 1, "the key that ends the black screen does nothing else"


def test_escape_closes_what_lies_on_top_first_and_the_help_lists_every_key(open_page):
    page = open_page()
    project(page)
    page.keyboard.press("?")
    panel = page.locator(".course-wall-panel")
    for key in ("Page Down", "Page Up", "Home", "End", *"OB.TSVHNDF", "Esc"):
        assert panel.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$")).count(), key
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(wall(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(wall(page)).to_have_count(0)


# What the page is, apart from what the wall adds to its head.
STATE = """() => [document.body.outerHTML, scrollY, document.activeElement?.className,
  JSON.stringify(localStorage), document.documentElement.className,
  [...document.querySelectorAll("main input, main select")].map((each) => [each.value, each.checked])]"""


def test_leaving_finds_the_page_where_it_was(open_page):
    page = open_page()
    question = page.locator(".course-question").nth(1)
    question.locator("input").first.check()
    page.locator(".course-explore input").first.fill("1")
    question.get_by_role("button", name="Check").click()
    page.evaluate("scrollTo(0, 700)")
    page.wait_for_timeout(600)
    before = page.evaluate(STATE)
    project(page)
    for _ in walk(page):
        pass
    page.keyboard.press("Escape")
    assert page.evaluate(STATE) == before


def test_the_place_is_kept_when_the_wall_is_opened_again_even_after_a_reload(open_page):
    page = open_page()
    project(page)
    jump(page, "9")
    page.keyboard.press("Escape")
    project(page)
    assert number(page) == 9
    page.reload()
    project(page)
    assert number(page) == 9


def test_a_clickers_start_key_does_not_reload_the_page(open_page):
    page = open_page()
    project(page)
    page.evaluate("window.same = true")
    page.keyboard.press("F5")
    page.wait_for_timeout(200)
    assert page.evaluate("window.same") is True


def test_letters_can_be_switched_off_and_the_other_keys_stay(open_page):
    page = open_page()
    project(page)
    page.keyboard.press("?")
    page.get_by_label("Keys that are letters").uncheck()
    page.keyboard.press("Escape")
    for key in ("b", "o", "5", "?", "."):
        page.keyboard.press(key)
    expect(page.locator(".course-wall-black")).to_be_hidden()
    expect(page.locator(".course-wall-panel")).to_be_hidden()
    page.keyboard.press("PageDown")
    assert number(page) == 2
    page.get_by_role("button", name="Keys and commands").click()
    page.get_by_role("button", name="Black screen").click()
    expect(page.locator(".course-wall-black")).to_be_visible()


def test_a_slider_keeps_its_keys_and_its_figure_works_on_the_wall(open_page):
    page = open_page()
    project(page)
    for at in walk(page):
        if page.locator(".course-wall-body input[type=range]").count():
            break
    slider = page.locator(".course-wall-body input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".course-wall-body img")).to_have_attribute("alt", "Two bars, 1 and 3.")
    assert number(page) == at


def test_a_screen_reader_hears_the_screen_and_the_focus_stands_on_it(open_page):
    page = open_page()
    project(page)
    page.keyboard.press("PageDown")
    assert said(page).startswith("Screen 2 of ")
    assert "Learning outcomes" in said(page)
    stage = page.locator(".course-wall-stage")
    expect(stage).to_be_focused()
    assert page.locator(f"#{stage.get_attribute('aria-labelledby')}").inner_text() == "Learning outcomes"


def test_tab_never_leaves_the_wall(open_page):
    page = open_page()
    project(page)
    for _ in range(15):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement === document.body || "
                               "document.querySelector('.course-wall').contains(document.activeElement)")
        assert inside


# Text that a class reads, with its size; the small print of sources and the controls are not body text.
SMALLEST = """() => {
  const walker = document.createTreeWalker(document.querySelector(".course-wall-body"), NodeFilter.SHOW_TEXT);
  let smallest = 1000;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest(
      ".course-source, button, figcaption, details, template, datalist, .course-wall-counted")) continue;
    smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize));
  }
  return smallest;
}"""

FITS = """() => {
  const stage = document.querySelector(".course-wall-stage");
  const bar = document.querySelector(".course-wall-bar-row").getBoundingClientRect();
  return [stage.scrollWidth <= stage.clientWidth + 1, bar.bottom <= innerHeight + 1,
    bar.right <= innerWidth + 1, stage.clientHeight > innerHeight * 0.45];
}"""


@each_wall
def test_every_screen_fits_its_wall_or_scrolls_downwards_only(open_page, size):
    page = open_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    project(page)
    for at in walk(page):
        assert page.evaluate(FITS) == [True] * 4, (at, title(page))
        if size == WALLS["full hd"]:
            assert page.evaluate(SMALLEST) >= 28, (at, title(page))


def test_page_down_reads_a_long_screen_to_its_end_before_it_goes_on(open_page):
    page = open_page(viewport={"width": 740, "height": 360}, reduced_motion="reduce")
    project(page)
    jump(page, "A count")
    here = number(page)
    expect(page.locator(".course-wall-more")).to_be_visible()
    page.keyboard.press("PageDown")
    assert number(page) == here
    assert page.locator(".course-wall-stage").evaluate("stage => stage.scrollTop") > 50
    for _ in range(20):
        if number(page) != here:
            break
        bottom = page.locator(".course-wall-stage").evaluate(
            "stage => stage.scrollHeight - stage.scrollTop - stage.clientHeight")
        page.keyboard.press("PageDown")
    assert number(page) == here + 1
    assert bottom <= 4


def test_larger_text_and_the_colours_of_the_room_are_a_key_away(open_page):
    page = open_page(color_scheme="light")
    project(page)
    jump(page, "2")
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = page.locator(".course-wall-body").evaluate(size)
    page.keyboard.press("+")
    assert page.locator(".course-wall-body").evaluate(size) > before
    page.keyboard.press("-")
    assert page.locator(".course-wall-body").evaluate(size) == before
    background = "element => getComputedStyle(element).backgroundColor"
    assert wall(page).evaluate(background) == "rgb(255, 255, 255)"
    page.keyboard.press("d")
    assert wall(page).evaluate(background) == "rgb(13, 16, 20)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_rules_of_accessibility_find_nothing(open_page, scheme):
    page = open_page(color_scheme=scheme, viewport={"width": 1024, "height": 768})
    project(page)
    found, seen = [], set()
    rules = {"include": [[".course-wall"]]}
    for at in walk(page):
        votes = page.locator(".course-wall-hidden").count() > 0
        kind = (wall(page).get_attribute("data-kind"), title(page), votes)
        if kind not in seen:
            found += Axe().run(page, context=rules).response["violations"]
        seen.add(kind)
    for key in ("o", "?"):
        page.locator(".course-wall-stage").focus()
        page.keyboard.press(key)
        found += Axe().run(page, context=rules).response["violations"]
        page.keyboard.press("Escape")
    assert not found, report(found)


def test_the_screen_is_kept_on_as_long_as_the_wall_stands(open_page):
    page = open_page()
    page.evaluate("""() => {
      window.locks = [];
      const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
      navigator.wakeLock.request = async (kind) => {
        const lock = await ask(kind);
        window.locks.push(lock);
        return lock;
      };
    }""")
    project(page)
    page.wait_for_timeout(300)
    locks = page.evaluate("window.locks.map((lock) => lock.released)")
    if not locks:
        pytest.skip("this browser refuses to keep the screen on")
    assert locks == [False]
    page.keyboard.press("Escape")
    page.wait_for_function("window.locks.every((lock) => lock.released)")
