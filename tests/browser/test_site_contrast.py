"""Contrast as painted: the colours of text and of the ground behind it, from the pixels of a screenshot.

A style sheet can promise a contrast that a layer or an opacity takes away; pixels cannot.
"""
from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.browser.site_pages import DESKTOP, both_schemes, each_page, open_everything, visit

# One text of every kind on the page: elements with the same tags and classes up to the body and the same type
# look alike. Each is marked, with its colour and the contrast that WCAG asks for.
KINDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const kinds = new Map();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim()) continue;
    if (element.closest("script, style, template, noscript, math, [disabled]")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const path = [];
    for (let one = element; one !== document.body; one = one.parentElement) {
      path.push(one.tagName + "." + one.className);
    }
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const kind = [style.color, size, large, element.matches(":visited"), ...path].join(" ");
    if (kinds.has(kind)) continue;
    element.dataset.kindOfText = kinds.size;
    kinds.set(kind, {
      text: node.textContent.trim().slice(0, 60), place: kinds.size, needed: large ? 3 : 4.5,
      colour: style.color.match(/[\\d.]+/g).slice(0, 3).map(Number),
    });
  }
  return [...kinds.values()];
}"""

# Where the first line of a marked text is on the screen; nothing if it is cut off, as behind a long line.
PLACE = """(place) => {
  const element = document.querySelector(`[data-kind-of-text="${place}"]`);
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const text = [...element.childNodes].find((node) => node.nodeType === 3 && node.textContent.trim());
  const range = document.createRange();
  range.selectNodeContents(text);
  const line = [...range.getClientRects()].find((box) => box.width > 3 && box.height > 3);
  if (!line || line.top < 0 || line.left < 0) return null;
  if (line.bottom > innerHeight || line.right > innerWidth) return null;
  const top = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
  if (top !== element && !element.contains(top)) return null;
  return { x: line.left, y: line.top, width: line.width, height: line.height };
}"""


def luminance(colour) -> float:
    """Relative luminance of a colour with parts from 0 to 255, as WCAG defines it."""
    parts = [each / 255 for each in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other) -> float:
    """Contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def painted(shot, colour) -> tuple:
    """The ground of a piece of the picture, and the pixel that comes nearest to the colour of its text."""
    counts = shot.getcolors(shot.width * shot.height)
    ground = max(counts)[1]
    nearest = min(counts, key=lambda each: sum(abs(a - b) for a, b in zip(each[1], colour, strict=True)))[1]
    return ground, nearest


def too_weak(page) -> tuple[list, int]:
    """Texts with less contrast than they need, and how many kinds of text were looked at."""
    weak, seen = [], 0
    for kind in page.evaluate(KINDS):
        clip = page.evaluate(PLACE, kind["place"])
        if clip is None:
            continue
        seen += 1
        shot = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")
        ground, ink = painted(shot, kind["colour"])
        measured = contrast(ground, ink)
        if measured < kind["needed"] - 0.05:
            weak.append((kind["text"], round(measured, 2), ink, ground))
    return weak, seen


def test_the_measure_knows_good_from_bad(new_page):
    page = new_page(viewport=DESKTOP, device_scale_factor=2)
    page.set_content('<p style="color: #767676">enough</p><p class="b" style="color: #7b7b7b">not enough</p>'
                     '<p class="c" style="color: #000; opacity: 0.4">thinned out</p>'
                     '<p class="d" style="color: #fff; background: #fff">white on white</p>')
    weak, seen = too_weak(page)
    assert seen == 4
    assert [text for text, *_ in weak] == ["not enough", "thinned out", "white on white"]


@both_schemes
@each_page
def test_every_text_has_enough_contrast_as_painted(new_page, site_url, name, scheme):
    page = new_page(viewport=DESKTOP, device_scale_factor=2, color_scheme=scheme)
    visit(page, site_url, name)
    open_everything(page)
    weak, seen = too_weak(page)
    assert not weak, weak
    assert seen >= 10


@pytest.mark.parametrize("chosen, system", [("dark", "light"), ("light", "dark")])
def test_a_chosen_theme_has_enough_contrast_against_the_system(new_page, site_url, chosen, system):
    page = new_page(viewport=DESKTOP, device_scale_factor=2, color_scheme=system)
    visit(page, site_url, "book/index.html")
    page.get_by_label("Colours").select_option(chosen)
    assert too_weak(page)[0] == []
    page.evaluate("scrollTo(0, 0)")
    ground = Image.open(BytesIO(page.screenshot())).convert("RGB").getpixel((1200, 1000))
    assert (luminance(ground) < 0.2) == (chosen == "dark")
