"""Questions for everybody: by keyboard, by ear, enlarged, narrow, dark, from right to left."""
from __future__ import annotations

import io
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect
from quiz_pages import all_kinds, announced, button, check, icebreaker_and_revisit, outcome, question

from tests.widgets import sample_questions as sample
from tests.widgets.sample_questions import KNOWN, MODULE
from widgets.markup import quiz_html

THEMES = ["light", "dark"]
CONTROLS = "a[href], button, input, select, textarea, summary"


def answer_some(page) -> None:
    """Bring every look of a question on the page: right, partly, wrong, kept, a note, a confirmation."""
    group = question(page, "group")
    group.get_by_label("Two or more").check()
    group.get_by_label("3, certain").check()
    check(group)
    group.locator(".course-hint summary").click()
    group.locator(".course-answer summary").click()
    reasons = question(page, "reasons")
    reasons.get_by_label("Offenders hide").check()
    check(reasons)
    question(page, "victims").get_by_label("Your answer").fill("2000")
    check(question(page, "victims"))
    check(question(page, "city"))
    question(page, "measures").get_by_role("combobox").first.select_option(index=1)
    check(question(page, "measures"))
    question(page, "stages").locator("[data-move=down]").first.click()
    check(question(page, "stages"))
    question(page, "trust").get_by_label("4").check()
    check(question(page, "trust"))
    button(page, "Delete my answers").first.click()


def faults(page) -> list:
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
    return [(each["id"], node["html"], node["failureSummary"]) for each in found for node in each["nodes"]]


# ---- rules ----


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("script", [True, False], ids=["answered", "without script"])
def test_axe_finds_nothing(quiz_page, theme, script):
    page = quiz_page(all_kinds() + icebreaker_and_revisit(), theme=theme, csp="", served=True)
    if script:
        assert faults(page) == []
        answer_some(page)
    else:
        # axe is itself a script: the page is looked at before ours is there.
        page.route("**/course.js", lambda route: route.abort())
        page.reload()
        page.errors.clear()
    assert faults(page) == []


def test_a_question_is_a_group_named_by_its_words_and_every_control_has_a_name(quiz_page):
    page = quiz_page()
    expect(question(page, "group").get_by_role("group").first).to_match_aria_snapshot("""
      - group "Question 1. How many persons make an organized criminal group?":
        - text: Question 1. How many persons make an
        - strong: organized criminal group
        - text: "?"
        - paragraph: Think of the Convention.
        - radio "Two or more"
        - text: Two or more
        - radio "Three or more"
        - text: Three or more
        - radio "Ten or more"
        - text: Ten or more
    """)
    expect(page.get_by_role("group", name="Knowledge check")).to_be_visible()
    expect(question(page, "victims").get_by_role("textbox", name="Your answer victims")).to_be_visible()
    expect(question(page, "trust").get_by_role("radio", name="1 not at all")).to_be_visible()
    expect(question(page, "measures").get_by_role("combobox", name="Purity of a gram")).to_be_visible()


def test_there_is_one_polite_live_region_a_question_and_it_says_the_whole_verdict(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    live = asked.locator("[role=status]")
    expect(live).to_have_count(1)
    expect(live).to_have_attribute("aria-live", "polite")
    asked.get_by_label("Two or more").check()
    check(asked)
    expect(announced(asked)).to_have_text(
        "✗ Not right yet. A pair can conspire; the Article asks for one more. A common belief: Police "
        "figures show all crime. What speaks against it: They show what was recorded. A crime nobody reports "
        "is in no record. Source: UNTOC, article 2(a) There is a hint below. 1 try.")


# ---- by keyboard ----


@pytest.mark.parametrize("theme", THEMES)
def test_a_walk_with_tab_reaches_every_control_and_each_shows_that_it_has_the_focus(quiz_page, theme):
    page = quiz_page(all_kinds(), theme=theme)
    answer_some(page)
    page.evaluate("document.activeElement.blur(); document.body.tabIndex = -1; document.body.focus()")
    reached, unseen = set(), []
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None or found["id"] in reached:
            break
        reached.add(found["id"])
        if found["outline"] < 2 or found["style"] == "none" or not found["inView"]:
            unseen.append(found)
    assert unseen == [], unseen
    missed = page.evaluate(MISSED, sorted(reached))
    assert missed == []


FOCUSED = """async () => {
  await new Promise(requestAnimationFrame);
  const element = document.activeElement;
  if (element === document.body) return null;
  window.walk ??= new Map();
  if (!walk.has(element)) walk.set(element, walk.size);
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  return { id: walk.get(element), what: element.outerHTML.slice(0, 90),
    outline: parseFloat(style.outlineWidth), style: style.outlineStyle,
    inView: box.top >= 5 && box.bottom <= innerHeight - 5 && box.width > 0 };
}"""
# Of radio buttons with one name, the keyboard has one stop.
MISSED = """(reached) => {
  const stops = (element) => (element.type === "radio"
    ? [...element.form.elements].filter((other) => other.name === element.name) : [element]);
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((element) => element.checkVisibility())
    .filter((element) => !stops(element).some((stop) => reached.includes(walk.get(stop))))
    .map((element) => element.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_the_focus_is_painted_with_three_to_one_against_what_surrounds_it(quiz_page, theme):
    page = quiz_page(all_kinds(), theme=theme)
    answer_some(page)
    for place in (".course-option input", ".course-input", ".course-button", ".course-move", "summary",
                  ".course-plain"):
        control = page.locator(place).first
        control.scroll_into_view_if_needed()
        page.evaluate("document.activeElement.blur()")
        before = around(page, control)
        control.focus()
        page.keyboard.press("Shift")  # what follows counts as done by keyboard
        after = around(page, control)
        changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
        seen = [pair for pair in changed if contrast(*pair) >= 3]
        assert len(seen) > 100, place


def around(page, element) -> list[tuple]:
    """The painted pixels of an element and of the frame around it."""
    box = element.bounding_box()
    clip = {"x": box["x"] - 6, "y": box["y"] - 6, "width": box["width"] + 12, "height": box["height"] + 12}
    return colours(Image.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled"))))


def colours(picture: Image.Image) -> list[tuple]:
    """The pixels of a picture as red, green and blue, row by row."""
    painted = picture.convert("RGB").tobytes()
    return list(zip(painted[::3], painted[1::3], painted[2::3], strict=True))


def contrast(one: tuple, other: tuple) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: tuple) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# ---- by eye ----


TEXTS = [".course-legend", ".course-number", ".course-option", ".course-how", ".course-name", ".course-unit",
         ".course-button", ".course-plain", ".course-tries", ".course-outcome", ".course-feedback",
         ".course-help", ".course-misconception", ".course-source", ".course-mark", "summary", ".course-why",
         ".course-score",
         ".course-confirm p", ".course-item", ".course-rights", ".course-point", ".course-input"]


BOXES = """(all) => all.map((element) => {
  const box = element.getBoundingClientRect();
  const sides = [box.left, box.top + scrollY, box.right, box.bottom + scrollY];
  return [element.textContent.slice(0, 40), ...sides.map(Math.round)];
})"""


@pytest.mark.parametrize("theme", [*THEMES, "auto"])
def test_painted_text_has_four_and_a_half_to_one(quiz_page, theme):
    scheme = "dark" if theme == "auto" else "light"
    page = quiz_page(all_kinds(), theme=theme, context={"color_scheme": scheme, "device_scale_factor": 2})
    answer_some(page)
    background = page.locator(".course-question").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (theme == "light")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    for place in TEXTS:
        boxes = page.locator(f"{place}:visible").evaluate_all(BOXES)
        assert boxes, place
        for text, *box in boxes:
            painted = Counter(colours(picture.crop([2 * side for side in box])))
            paper = painted.most_common(1)[0][0]
            ink = max(painted, key=lambda colour: contrast(colour, paper))
            assert contrast(ink, paper) >= 4.5, (place, text, ink, paper)


@pytest.mark.parametrize("theme", THEMES)
def test_the_frames_of_fields_and_buttons_have_three_to_one(quiz_page, theme):
    page = quiz_page(all_kinds(), theme=theme)
    answer_some(page)
    for place in (".course-input", ".course-plain", ".course-move"):
        found = page.locator(place).first.evaluate("""(element) => {
          const style = getComputedStyle(element);
          const card = element.closest(".course-question") ?? document.body;
          const numbers = (colour) => colour.match(/[0-9]+/g).slice(0, 3).map(Number);
          return [style.borderTopColor, getComputedStyle(card).backgroundColor].map(numbers);
        }""")
        assert contrast(*map(tuple, found)) >= 3, place


def test_right_and_wrong_differ_in_more_than_colour(quiz_page):
    page = quiz_page()
    answer_some(page)
    wrong, right = question(page, "group"), question(page, "victims")
    assert outcome(wrong).inner_text() == "✗ Not right yet."
    assert outcome(right).inner_text() == "✓ Right."
    for mark, border in (("right", "solid"), ("not right", "dashed")):
        marked = page.locator(f".course-option[data-mark='{mark}']").first
        assert marked.evaluate("e => getComputedStyle(e).borderTopStyle") == border


def test_few_colours_chosen_by_the_reader_keep_frames_marks_and_words(quiz_page):
    page = quiz_page(context={"forced_colors": "active"})
    answer_some(page)
    for place in (".course-question", ".course-button", ".course-plain", ".course-input"):
        frame = page.locator(place).first.evaluate("e => getComputedStyle(e).borderTop")
        assert frame.startswith("1px solid"), place
    chosen = question(page, "trust").locator(".course-point:has(:checked)")
    assert chosen.evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"
    expect(question(page, "group").locator(".course-mark")).to_have_text("✗ not right")
    check(question(page, "home"))
    expect(question(page, "home").locator(".course-verdict")).to_be_visible()


# ---- narrow, enlarged, small fingers ----


LONG = "Organisiertekriminalitätsbekämpfungsgesetz" * 3


@pytest.mark.parametrize("width", [320, 640], ids=["320 px", "200 % of 1280 px"])
@pytest.mark.parametrize("dir", ["ltr", "rtl"])
def test_nothing_scrolls_sideways(quiz_page, width, dir):
    long = quiz_html([sample.hostile(each, " " + LONG) for each in sample.ALL], MODULE, LONG, "long",
                     **sample.hostile_known(LONG))
    page = quiz_page(long, dir=dir, context={"viewport": {"width": width, "height": 512}})
    for each in sample.ALL:
        check(question(page, each.id))
    show = "(all) => { for (const each of all) Object.assign(each, { hidden: false, open: true }); }"
    page.locator("details").evaluate_all(show)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""(width) => [...document.querySelectorAll(".course-quiz *")]
      .filter((element) => element.checkVisibility() && !element.closest(".course-live, option"))
      .filter((element) => element.getBoundingClientRect().left < -1
        || element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 100))""", width)
    assert outside == []


def test_text_of_twice_the_size_is_not_cut(quiz_page):
    page = quiz_page(context={"viewport": {"width": 1280, "height": 900}})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    answer_some(page)
    cut = page.evaluate("""() => [...document.querySelectorAll(".course-quiz *")]
      .filter((element) => element.checkVisibility())
      .filter((element) => !element.matches(".course-live, select, option, textarea, input"))
      .filter((element) => element.scrollHeight > element.clientHeight + 2)
      .filter((element) => getComputedStyle(element).overflow !== "visible")
      .map((element) => element.outerHTML.slice(0, 100))""")
    assert cut == []
    assert page.locator(".course-legend").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 30


def test_every_target_is_24_px_or_more(quiz_page):
    page = quiz_page(context={"viewport": {"width": 320, "height": 700}})
    answer_some(page)
    small = page.locator(CONTROLS).evaluate_all("""(all) => all.filter((element) => element.checkVisibility())
      .map((element) => [element.closest("label") ?? element, element])
      .map(([target, element]) => [target.getBoundingClientRect(), element.outerHTML.slice(0, 90)])
      .filter(([box]) => box.width < 24 || box.height < 24)
      .map(([box, what]) => [box.width, box.height, what])""")
    assert small == []


# ---- other readers ----


def test_from_right_to_left_the_page_is_its_own_mirror(quiz_page):
    def places(dir):
        page = quiz_page(dir=dir, context={"viewport": {"width": 900, "height": 900}})
        answer_some(page)
        middles = {}
        for place in (".course-option input", ".course-mark", ".course-button", ".course-tries",
                      ".course-moves"):
            box = page.locator(f"{place}:visible").first.bounding_box()
            middles[place] = box["x"] + box["width"] / 2
        border = page.locator(".course-verdict").first.evaluate(
            "e => [getComputedStyle(e).borderLeftWidth, getComputedStyle(e).borderRightWidth]")
        return middles, border

    (left, left_border), (right, right_border) = places("ltr"), places("rtl")
    for place, middle in left.items():
        assert abs(middle + right[place] - 900) < 40, place
    assert left_border == right_border[::-1]


def test_nothing_moves(quiz_page):
    """There is no animation to switch off for a reader who asks for reduced motion."""
    for wish in ("reduce", "no-preference"):
        page = quiz_page(context={"reduced_motion": wish})
        answer_some(page)
        assert page.evaluate("document.getAnimations().length") == 0
        moves = page.locator(".course-quiz *").evaluate_all("""(all) => [...new Set(all.map((element) => {
          const style = getComputedStyle(element);
          return style.transitionDuration + style.animationName;
        }))]""")
        assert moves == ["0snone"]


@pytest.mark.parametrize(("scheme", "theme", "dark"), [
    ("dark", "auto", True), ("dark", "light", False), ("light", "dark", True), ("light", "auto", False)])
def test_the_theme_is_the_reader_s_choice_and_else_the_system_s(quiz_page, scheme, theme, dark):
    html = quiz_html([sample.CHOICE], MODULE, **KNOWN)
    page = quiz_page(html, theme=theme, context={"color_scheme": scheme})
    colours = page.locator(".course-question").evaluate(
        "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).colorScheme]")
    assert colours == (["rgb(22, 25, 30)", "dark"] if dark else ["rgb(255, 255, 255)", "light"])
