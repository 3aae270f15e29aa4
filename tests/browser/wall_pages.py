"""A page to project, with every kind of part that a module page can have, and what a lecturer does on it."""
from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from projection import notes_script

from tests.browser.quiz_pages import STRICT
from tests.widgets.sample_questions import ALL, CHOICE, KNOWN, MODULE, NUMBER
from widgets import parts
from widgets.bundle import page_script, stylesheet
from widgets.datasets import data_folder
from widgets.explore import chart, explore, picture
from widgets.items import Activity, Case, Lab, Misconception, Outcome, PlanStep, Role, Step
from widgets.markup import quiz_html, revisit_html

ROOT = Path(__file__).resolve().parents[2]
PAGE = """<!doctype html>
<html class="no-js" lang="en" dir="{dir}"><head><meta charset="utf-8"><title>A module</title>{csp}
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="site.css"><link rel="stylesheet" href="course.css">
<script src="site.js"></script><script src="course.js" async></script></head>
<body class="site"><header><label>Colours <select id="colours"><option>auto</option></select></label></header>
<main id="content" tabindex="-1"><article>
<p class="start">
<button type="button" data-wall="wall.js?v=1" data-notes="notes.js">Project <kbd>F8</kbd></button></p>
<section><h1>A module</h1>{body}</section></article></main></body></html>
"""
POLICY = STRICT.replace("default-src 'self'", "default-src 'self'; img-src 'self' data:")


def bars(height: int):
    fig, ax = chart(4, 3)
    ax.bar(["one", "two"], [1, height])
    table = {"bar": ["one", "two"], "height": [1, height]}
    return picture(fig, alt=f"Two bars, 1 and {height}.", table=table)


def room(title: str, *bodies: str) -> str:
    return f"<section><h2>{title}</h2>{''.join(bodies)}</section>"


def cell(html: str) -> str:
    """What a cell shows, as the book writes it; its code is there too, and a closed solution."""
    code = '<div class="cell_input"><pre>print("code")</pre></div>'
    shown = f'<div class="cell_output"><div class="output text_html">{html}</div></div>'
    return f'<div class="cell">{code}{shown}</div>'


def plans() -> str:
    long = [PlanStep(minutes=10, room="Icebreaker", what="All answer alone.", note="Do not give the answer."),
            PlanStep(minutes=5, room="Key issues", what="Vote twice.", note="Stop at the table.")]
    believed = [Misconception(id="m", belief="A list is all.", refutation="It is not.", source="UNTOC:2(a)")]
    short = [PlanStep(minutes=50, room="Icebreaker", what="One question.")]
    return cell(parts.class_plan(long, believed).html) + cell(parts.class_plan(short).html)


def whole_page() -> str:
    """Rooms with every kind of part."""
    def known(which, **more):
        return quiz_html(which, MODULE, **more, **KNOWN)

    hearing = Activity(
        id="h", title="A hearing", outcome="measure", minutes=40, modes=("speaking",), purpose="Argue " * 30,
        roles=(Role(name="Chair", brief="Keep time. " * 12), Role(name="Police", brief="Defend 534. " * 8)),
        steps=(Step(minutes=30, what="Speak. " * 20), Step(minutes=10, what="Vote. " * 20)),
        debrief=("What changed your mind?",))
    case = Case(id="c", title="A count", place="Arvenia", date="2019", source=("un2018",),
                text="\n\n".join(["They counted. " * 30] * 3), contested="The method is disputed.")
    lab = Lab(id="l", title="Two lists", dataset="victim_lists", outcome="measure", text="Count the people.")
    table = ('<p>Five things to count.</p><div class="wide"><table>'
             "<thead><tr><th>One</th><th>Two</th></tr></thead><tbody>"
             "<tr><td>Offenders</td><td>People</td></tr></tbody></table></div>")
    return "".join([
        room("Learning outcomes", cell(parts.outcomes([Outcome(id="a", text="Explain counting.")]).html)),
        room("Icebreaker", cell(known([NUMBER], title="Before you read", id="first"))),
        room("Key issues", "<h3>Why it is hard</h3><p>Running text stays on the page.</p>",
             cell(parts.provision("UNTOC", "2(a)", data_folder() / "provisions.yml").html),
             cell(known([CHOICE], title="Check yourself", id="twice")),
             "<h3>What to count</h3>", table, "<blockquote><p>A quoted rule.</p></blockquote>",
             cell(bars(2)._repr_html_()), cell(explore(bars, height={"low": 2, "high": 3}).page_html()),
             '<details class="hide"><summary>Show a solution</summary>'
             "<table><tr><td>solved</td></tr></table></details>"),
        room("Case studies", cell(parts.case(case).html)),
        room("Labs", cell(parts.lab(lab).html)),
        room("Knowledge check", cell(known(ALL, title="Knowledge check", id="quiz"))),
        room("Activity", cell(parts.activity(hearing).html)),
        room("Revisit", cell(revisit_html(NUMBER, MODULE, "What do you answer now?", "now", **KNOWN))),
        room("Summary", "<p>Nothing for the wall.</p>"),
        room("Class plan", plans()),
    ])


def write_wall_page(folder: Path, body: str, dir: str = "ltr", csp: str = POLICY) -> Path:
    """Write a page as the book has it, with its button; script and style of the wall lie beside it."""
    texts = {
        "course.js": page_script(), "course.css": stylesheet(),
        "notes.js": notes_script({f"{MODULE}/group": "Count to three aloud.\n\nThen wait."}),
        "wall.js": page_script("wall.js"), "wall.css": stylesheet(file="wall.css"),
        "site.js": (ROOT / "book/_static/site.js").read_text(encoding="utf-8"),
        "site.css": (ROOT / "book/_static/site.css").read_text(encoding="utf-8"),
        "page.html": PAGE.replace("{dir}", dir).replace("{csp}", csp).replace("{body}", body),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "page.html"


def project(page: Page) -> Locator:
    """Press the key that projects the page; give the wall."""
    page.wait_for_function("!document.documentElement.classList.contains('no-js')")
    page.keyboard.press("F8")
    expect(wall(page)).to_be_visible()
    return wall(page)


def wall(page: Page) -> Locator:
    return page.locator(".course-wall")


def number(page: Page) -> int:
    """The number of the screen that is shown."""
    return int(page.locator(".course-wall-place").inner_text().split()[0])


def title(page: Page) -> str:
    return page.locator(".course-wall-title").inner_text()


def shown(page: Page) -> str:
    """All that the class reads on the screen."""
    return page.locator(".course-wall-body").inner_text()


def said(page: Page) -> str:
    """What a screen reader was told last."""
    return page.locator(".course-wall-live").first.inner_text()


def jump(page: Page, words: str) -> None:
    """Go to the first screen with a number or word."""
    page.locator(".course-wall-stage").focus()
    if words.isdigit():
        page.keyboard.type(words)
    else:
        page.keyboard.press("o")
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator(".course-wall-panel")).to_be_hidden()


def step_to(page: Page, name: str) -> None:
    """Reveal step by step, with the key of a clicker, until a step is reached."""
    for _ in range(12):
        if page.locator(".course-wall-body").evaluate(STEP) == name:
            return
        page.keyboard.press("PageDown")
    raise AssertionError(f"no step {name}")


# Which step a question stands at, from what is on the screen.
STEP = """(body) => {
  if (body.querySelector("[data-collect], .course-wall-hidden")) return "vote";
  const small = body.querySelector(".course-wall-small");
  if (small) return body.querySelector("[data-mark=wrong]") ? "why" : "end";
  if (body.querySelector("[data-mark=right]")) return "right";
  if (body.querySelector(".course-wall-bar")) return "closed";
  return body.querySelector(".course-wall-options") ? "options" : "ask";
}"""
