"""Pages with questions for the browser tests, and what a reader does on them, by keyboard."""
from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.widgets.sample_questions import ALL, KNOWN, MODULE, NUMBER
from widgets.bundle import page_script, stylesheet
from widgets.markup import quiz_html, revisit_html

PAGE = """<!doctype html>
<html lang="en" dir="{dir}"><head><meta charset="utf-8"><title>A module</title>{csp}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="site.css"><link rel="stylesheet" href="course.css">{early}</head>
<body data-theme="{theme}"><main><h1>A module</h1><h2>A room</h2>
{body}
</main>{late}</body></html>
"""
SITE = """body { font-family: system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1rem; }
body { background: #fff; color: #111; }
[hidden] { display: none !important; }
body[data-theme=dark] { background: #131416; color: #eee; }
@media (prefers-color-scheme: dark) { body[data-theme=auto] { background: #131416; color: #eee; } }
"""
STRICT = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">"
SCRIPT = '<script src="course.js"{how}></script>'


def write_page(folder: Path, body: str, name: str = "page.html", theme: str = "light", dir: str = "ltr",
               script: str = " async", late: bool = False, csp: str = STRICT) -> Path:
    """Write a page as the book has it: one style sheet, one classic script, a strict policy."""
    (folder / "course.js").write_text(page_script(), encoding="utf-8")
    (folder / "course.css").write_text(stylesheet(), encoding="utf-8")
    (folder / "site.css").write_text(SITE, encoding="utf-8")
    tag = SCRIPT.format(how=script)
    parts = {"early": "" if late else tag, "late": tag if late else ""}
    path = folder / name
    path.write_text(PAGE.format(body=body, theme=theme, dir=dir, csp=csp, **parts), encoding="utf-8")
    return path


def all_kinds() -> str:
    """A knowledge check with a question of every kind."""
    return quiz_html(ALL, MODULE, "Knowledge check", "quiz", **KNOWN)


def icebreaker_and_revisit() -> str:
    """An icebreaker, and the same asked again."""
    first = quiz_html([NUMBER], MODULE, "Before you read", "first", **KNOWN)
    return first + revisit_html(NUMBER, MODULE, "What do you answer now?", "now", **KNOWN)


def question(page: Page | Locator, id: str) -> Locator:
    """The question with this id."""
    return page.locator(f'[data-question="{MODULE}/{id}"]').first


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def check(asked: Locator) -> None:
    """Click the button that checks the answer."""
    asked.locator("button[type=submit]").click()


def outcome(asked: Locator) -> Locator:
    """The line that says right or not right."""
    return asked.locator(".course-outcome")


def announced(asked: Locator) -> Locator:
    """What a screen reader is told."""
    return asked.locator(".course-live")


def has_focus(element: Locator) -> bool:
    return element.evaluate("element => element === document.activeElement")


def tab_to(page: Page, element: Locator, most: int = 250) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        if has_focus(element):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not reach {element}")


def answer_by_keyboard(page: Page, id: str) -> None:
    """Answer a question of the sample rightly, with keys only, and check it."""
    asked = question(page, id)
    _KEYS[asked.get_attribute("data-kind")](page, asked)
    if not page.evaluate("document.activeElement.type === 'text'"):
        tab_to(page, asked.locator("button[type=submit]"))
    page.keyboard.press("Enter")


def _second_option(page: Page, asked: Locator) -> None:
    tab_to(page, asked.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(asked.get_by_role("radio").nth(1)).to_be_checked()


def _first_two(page: Page, asked: Locator) -> None:
    for place in range(2):
        tab_to(page, asked.get_by_role("checkbox").nth(place))
        page.keyboard.press("Space")


def _write(page: Page, asked: Locator, text: str) -> None:
    tab_to(page, asked.get_by_role("textbox"))
    page.keyboard.type(text)


def _choose_partners(page: Page, asked: Locator) -> None:
    for place, partner in enumerate(("Offenders", "Products")):
        partners = asked.get_by_role("combobox").nth(place)
        tab_to(page, partners)
        while partner not in partners.evaluate("select => select.selectedOptions[0].text"):
            page.keyboard.press("ArrowDown")


def _move_into_order(page: Page, asked: Locator) -> None:
    """Move each item up until it stands in its place."""
    items = asked.locator(".course-item")
    for place, text in enumerate(("Placement", "Layering", "Integration")):
        up = button(asked, f"Move up: {text}")
        while text not in items.nth(place).inner_text():
            page.keyboard.press("Shift+Tab")  # an item above may be wanted
            tab_to(page, up)
            page.keyboard.press("Space")
            assert has_focus(up), "an item that moves keeps the focus"


_KEYS = {
    "choice": _second_option,
    "choices": _first_two,
    "number": lambda page, asked: _write(page, asked, "2000"),
    "text": lambda page, asked: _write(page, asked, "palermo"),
    "match": _choose_partners,
    "order": _move_into_order,
    "scale": _second_option,
    "reflection": lambda page, asked: _write(page, asked, "Nobody counts."),
}
