"""A walk with the Tab key: every control is reached, shows its focus, is not covered, and is large enough."""
from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.browser.site_pages import DESKTOP, PHONE, each_page, open_everything, visit

# What a keyboard should reach: a group of radio buttons is one stop, a hidden or disabled control is none.
CONTROLS = """() => {
  const seen = new Set();
  const list = [...document.querySelectorAll("a[href], button:not(:disabled), input:not(:disabled), " +
    "select:not(:disabled), textarea, summary, [tabindex='0']")];
  const stops = list.filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    if (element.type !== "radio") return true;
    const group = element.name;
    const checked = document.querySelector(`input[type=radio][name="${CSS.escape(group)}"]:checked`);
    if (seen.has(group) || (checked && checked !== element)) return false;
    seen.add(group);
    return true;
  });
  stops.forEach((element, place) => { element.dataset.stop = place; });
  return stops.length;
}"""

# Where the focus is now, how it is drawn, and what lies over it.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const ringed = element.matches(":is(input[type=radio], input[type=checkbox])") && !hasOutline(element)
    ? element.closest("label") ?? element : element;
  function hasOutline(one) { return getComputedStyle(one).outlineStyle !== "none"; }
  const style = getComputedStyle(ringed);
  // A link that is broken over lines is looked at where it begins.
  const ring = ringed.getClientRects()[0];
  const line = element.getClientRects()[0];
  const middle = (Math.max(line.top, 0) + Math.min(line.bottom, innerHeight)) / 2;
  const top = document.elementFromPoint(line.left + line.width / 2, middle);
  const label = element.labels?.[0];
  return {
    stop: element.dataset.stop ?? element.outerHTML.slice(0, 160),
    html: element.outerHTML.slice(0, 160),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    offset: parseFloat(style.outlineOffset) || 0,
    colour: style.outlineColor.match(/[\\d.]+/g).slice(0, 3).map(Number),
    ring: [ring.left, ring.top, ring.width, ring.height],
    // A box to write in is brought to the screen with the place of its cursor, which need not be all of it.
    onScreen: element.matches("textarea") ? line.top > -1 && line.top < innerHeight - 24 :
      line.top > -1 && line.left > -1 && line.bottom < innerHeight + 1 && line.right < innerWidth + 1,
    tall: line.height > innerHeight,
    uncovered: Boolean(element.contains(top) || top?.contains(element) || label?.contains(top)),
  };
}"""

# WCAG 2.5.8: 24 by 24 pixels; or a link in a line of text; or so far from other targets that a circle of
# 24 pixels around its centre touches none of them.
TOO_SMALL = """() => {
  const controls = [...document.querySelectorAll("[data-stop], input[type=radio]:not(:disabled)")];
  const targets = controls.map((element) => {
    const label = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") : null;
    return { element, box: (label ?? element).getBoundingClientRect() };
  });
  const small = targets.filter(({ box }) => box.width < 23.5 || box.height < 23.5);
  const inText = ({ element }) => element.matches("a") && getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const centre = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const near = (one) => targets.some((other) => {
    if (other === one) return false;
    const [x, y] = centre(one.box);
    const { left, right, top, bottom } = other.box;
    const distance = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    const isSmall = other.box.width < 24 || other.box.height < 24;
    const [ox, oy] = centre(other.box);
    return distance < 12 || (isSmall && Math.hypot(ox - x, oy - y) < 24);
  });
  return small.filter((target) => !inText(target) && near(target)).map(({ element, box }) =>
    [element.outerHTML.slice(0, 120), box.width, box.height]);
}"""


def painted_ring(page, at: dict) -> float:
    """Which part of the line around the focused element is painted in the colour of its outline."""
    left, top, width, height = at["ring"]
    away = at["offset"] + at["outline"] / 2
    view = page.viewport_size
    # Of what is taller than the screen, the sides are looked at where they are on it.
    highest, lowest = max(top, 0), min(top + height, view["height"])
    points = []
    for share in (0.25, 0.5, 0.75):
        points += [(left + width * share, top - away), (left + width * share, top + height + away)]
        beside = highest + (lowest - highest) * share
        points += [(left - away, beside), (left + width + away, beside)]
    x0, y0 = max(0, int(left - away - 3)), max(0, int(top - away - 3))
    x1 = min(view["width"], int(left + width + away + 4))
    y1 = min(view["height"], int(top + height + away + 4))
    if x1 <= x0 or y1 <= y0:
        return 0.0  # not on the screen at all
    clip = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
    shot = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")
    inside = [(x - x0, y - y0) for x, y in points if x0 <= x < x1 and y0 <= y < y1]
    hits = [near(shot, point, at["colour"]) for point in inside]
    return sum(hits) / len(hits) if hits else 0.0


def near(shot, point, colour) -> bool:
    """Whether a pixel at a point, or one beside it, has the colour."""
    x0, y0 = int(point[0]), int(point[1])
    around = [(x, y) for x in range(x0 - 1, x0 + 2) for y in range(y0 - 1, y0 + 2)]
    pixels = [shot.getpixel(at) for at in around if 0 <= at[0] < shot.width and 0 <= at[1] < shot.height]
    return any(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40 for pixel in pixels)


def focused(page) -> dict | None:
    """Where the focus is, once the browser has brought it to the screen."""
    for _ in range(10):
        at = page.evaluate(FOCUSED)
        if at is None or at["onScreen"] or at["tall"]:
            break
        page.wait_for_timeout(30)
    return at


def walk(page) -> tuple[list, list]:
    """Press Tab through the whole page: the stops in order, and what is wrong with them."""
    count = page.evaluate(CONTROLS)
    stops, faults = [], []
    for _ in range(count + 20):
        page.keyboard.press("Tab")
        at = focused(page)
        if at is None or at["stop"] in stops:
            break
        stops.append(at["stop"])
        if at["outline"] < 2 or painted_ring(page, at) < 0.3:
            faults.append(("the focus is not seen", at["html"]))
        if not (at["onScreen"] or at["tall"]):
            faults.append(("off the screen", at["html"]))
        elif not at["uncovered"]:
            faults.append(("covered", at["html"]))
    missed = page.evaluate("(stops) => [...document.querySelectorAll('[data-stop]')]"
                           ".filter((element) => !stops.includes(element.dataset.stop))"
                           ".map((element) => element.outerHTML.slice(0, 160))", stops)
    return missed, faults


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@each_page
def test_tab_reaches_and_shows_every_control(new_page, site_url, name, size):
    page = new_page(viewport=size, reduced_motion="reduce")
    visit(page, site_url, name)
    missed, faults = walk(page)
    assert not missed, missed
    assert not faults, faults


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@each_page
def test_every_control_is_large_enough(new_page, site_url, name, size):
    page = new_page(viewport=size)
    visit(page, site_url, name)
    open_everything(page)
    page.evaluate(CONTROLS)
    small = page.evaluate(TOO_SMALL)
    assert not small, small


def test_the_first_tab_leads_past_the_menu(new_page, site_url):
    page = new_page(viewport=DESKTOP)
    visit(page, site_url, "book/students.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("button", ["Menu", "On this page"])
def test_a_menu_opens_closes_and_gives_the_focus_back_by_keyboard(new_page, site_url, button):
    page = new_page(viewport=PHONE)
    visit(page, site_url, "book/students.html")
    opener = page.get_by_role("button", name=button)
    opener.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('nav:popover-open') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('nav:popover-open')") is None
    assert opener.evaluate("(element) => element === document.activeElement")


def test_a_menu_closes_when_the_focus_leaves_it(new_page, site_url):
    page = new_page(viewport=PHONE)
    visit(page, site_url, "book/students.html")
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    page.locator("nav.menu a").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('nav:popover-open')") is None
    assert page.evaluate("document.activeElement !== document.body")


def test_a_table_wider_than_the_screen_can_be_scrolled_by_keyboard(new_page, site_url):
    page = new_page(viewport=PHONE)
    visit(page, site_url, "book/datasets/victim_lists.html")
    table = page.locator("article [tabindex='0']").filter(has=page.locator("table")).first
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(element) => element.scrollLeft > 0", arg=table.element_handle())
