"""What a module shows and nobody answers: whole, plain and never markup of an author."""
from __future__ import annotations

from html.parser import HTMLParser

import pytest

from widgets import parts
from widgets.items import Activity, Case, Choice, Lab, Misconception, Option, Outcome, PlanStep, Role, Step

HOSTILE = '<script>canary=1</script>"\'><img src=x onerror=canary=1>[x](javascript:canary=1)'
TAGS = {"section", "figure", "blockquote", "figcaption", "p", "strong", "em", "code", "ol", "ul", "li", "dl", "dt", "dd",
        "table", "caption", "thead", "tbody", "tr", "th", "td", "div"}


def every_part(text: str) -> dict[str, parts.Part]:
    """One part of each sort with the same text in every place an author can fill."""
    option = Option(id="a", text=text, feedback=text, right=True)
    return {
        "outcomes": parts.outcomes([Outcome(id="o", text=text)]),
        "case": parts.case(Case(id="c", title=text, place=text, date=text, source=("a",), text=text, contested=text)),
        "activity": parts.activity(Activity(
            id="a", title=text, outcome="o", minutes=5, modes=("speaking",), purpose=text, materials=(text,),
            roles=(Role(name=text, brief=text),), steps=(Step(minutes=5, what=text),), debrief=(text,))),
        "plan": parts.class_plan([PlanStep(minutes=5, room=text, what=text, note=text)],
                                 [Misconception(id="m", belief=text, refutation=text, source="a")]),
        "lab": parts.lab(Lab(id="l", title=text, dataset=text, outcome="o", text=text,
                             checks=(Choice(id="q", text=text, options=(option,)),))),
    }


class Elements(HTMLParser):
    """The elements of a piece of HTML, and whether each is closed in order."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.tags, self.attributes = [], set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", every_part("x"))
def test_an_authors_text_never_becomes_markup(name):
    found = Elements(every_part(HOSTILE)[name].html)
    assert found.tags <= TAGS and found.attributes <= {"class", "scope", "role", "tabindex", "aria-label"} and found.open == []


@pytest.mark.parametrize("name", every_part("x"))
def test_every_text_of_an_author_is_shown(name):
    html = every_part("Zebra")[name].html
    assert html.count("Zebra") >= {"outcomes": 1, "case": 5, "activity": 6, "plan": 5, "lab": 4}[name]
    assert "Zebra" in every_part("Zebra")[name].plain


def test_a_provision_keeps_its_paragraphs_and_names_its_place(tmp_path):
    file = tmp_path / "provisions.yml"
    file.write_text('T:\n  name: A Treaty\n  short: T\n  source: t\n  provisions:\n'
                    '    "1":\n      heading: Aim\n      text: |-\n        1. One <b>.\n\n        (a) Two.\n', encoding="utf-8")
    part = parts.provision("T", "1", file)
    assert part.plain == "A Treaty, article 1\n1. One <b>.\n\n(a) Two."
    assert "<p>1. One &lt;b&gt;.</p><p>(a) Two.</p>" in part.html and "A Treaty, article 1 (Aim)" in part.html


@pytest.mark.parametrize("treaty, article, words", [("U", "1", "no treaty `U`"), ("T", "9", "no article `9`")])
def test_an_unknown_provision_is_told_with_those_there_are(tmp_path, treaty, article, words):
    file = tmp_path / "provisions.yml"
    file.write_text('T: {name: A Treaty, short: T, source: t, provisions: {"1": {heading: Aim, text: One.}}}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=f"{words}.*Mend: add it there, or use one of"):
        parts.provision(treaty, article, file)
