"""One question of each kind with all that it can have, and the same with hostile text in every field."""
from __future__ import annotations

from widgets.items import (
    Choice, Choices, Item, Left, Match, Misconception, Number, Option, Order, Reflection, Right, Scale, Text,
    WrongNumber, WrongText, make_question,
)

MODULE = "05-measuring"

MISCONCEPTIONS = {
    "all": Misconception(id="all", belief="Police figures show **all** crime.", source="UNTOC:2(a)",
                         refutation="They show what was recorded.\n\nA crime nobody reports is in no record."),
}
OUTCOMES = {"define": "Say what an organized criminal group is.", "measure": "Choose a measure."}
SOURCES = {"un2018": "United Nations (2018), A paper"}
KNOWN = {"misconceptions": MISCONCEPTIONS, "outcomes": OUTCOMES, "sources": SOURCES}

CHOICE = Choice(
    id="group", outcome="define", source="UNTOC:2(a)", hint="Count the persons in *Article 2*.",
    text="How many persons make an **organized criminal group**?\n\nThink of the Convention.",
    explanation="Three or more, for some time, for a benefit.",
    options=(
        Option(id="two", text="Two or more", feedback="A pair can conspire; the Article asks for one more.",
               misconception="all"),
        Option(id="three", text="Three or more", right=True, feedback="As Article 2 says."),
        Option(id="ten", text="Ten or more", feedback="No number that high is in the text."),
    ),
)
CHOICES = Choices(
    id="reasons", outcome="measure", source="un2018", hint="Two of them.",
    text="Why is organized crime hard to measure?", explanation="Two different gaps.",
    options=(
        Option(id="hide", text="Offenders hide", right=True, feedback="Secrecy is part of it.",
               unchosen="Offenders hide as well."),
        Option(id="silent", text="Victims are silent", right=True, feedback="Fear keeps them silent.",
               unchosen="Victims are silent as well."),
        Option(id="none", text="Nothing defines it", feedback="Article 2 does."),
    ),
)
NUMBER = Number(
    id="victims", outcome="measure", source="un2018", hint="Divide.",
    text="How many victims are there in all?", explanation="400 × 300 / 60.", unit="victims", answer=2000,
    tolerance=150, right="About 2,000.", otherwise="Look at the overlap.",
    wrong=(WrongNumber(value=640, feedback="These are all who are known.", misconception="all"),),
)
TEXT = Text(
    id="city", outcome="define", source="un2018", text="Where was the Convention opened for signature?",
    explanation="In December 2000.", accepted=("Palermo",), right="On Sicily.", otherwise="It lies on Sicily.",
    wrong=(WrongText(value=("Rome", "Roma"), feedback="Rome is the Court's statute."),),
)
MATCH = Match(
    id="measures", outcome="measure", source="un2018", hint="What is one unit?",
    text="What does each measure describe?", explanation="Three components.",
    left=(
        Left(id="contacts", text="Suspects the police met", match="people", feedback="One unit is a person."),
        Left(id="purity", text="Purity of a gram", match="goods", feedback="One unit is an amount.",
             misconception="all"),
    ),
    right=(Right(id="people", text="Offenders"), Right(id="goods", text="Products"),
           Right(id="money", text="Proceeds")),
)
ORDER = Order(
    id="stages", outcome="define", source="un2018", text="Put the stages of laundering in order.",
    explanation="In, around, out.", right="In this order.", otherwise="What comes before money can be moved?",
    items=(Item(id="place", text="Placement", feedback="First the cash goes in."),
           Item(id="layer", text="Layering"), Item(id="integrate", text="Integration")),
)
SCALE = Scale(id="trust", text="How much do you trust this figure?", points=5, low="not at all", high="fully",
              explanation="Keep this in mind.")
LABELLED = Scale(id="sure", text="I am sure of it.", points=3, low="", high="", labels=("No", "Perhaps", "Yes"))
REFLECTION = Reflection(id="home", text="Who counts in your country?", explanation="Compare with the case.")

ALL = (CHOICE, CHOICES, NUMBER, TEXT, MATCH, ORDER, SCALE, LABELLED, REFLECTION)

RIGHT_ANSWERS = {
    "group": "three", "reasons": ["hide", "silent"], "victims": "2000", "city": "Palermo",
    "measures": {"contacts": "people", "purity": "goods"}, "stages": ["place", "layer", "integrate"],
}

HOSTILE = (
    "<script>window.canary = 1</script>", "<img src=x onerror='window.canary=1'>",
    "\"><svg onload=window.canary=1>", "' autofocus onfocus='window.canary=1",
    "</fieldset></form></details><b data-bad>", "<template>", "<!--", "-->",
    "</textarea></select></option></title><iframe srcdoc='<script>parent.canary=1</script>'>",
    "[x](javascript:window.canary=1)", "&lt;script&gt;window.canary=1&lt;/script&gt;", "${window.canary=1}",
    "\u202e\u2067", "<style>*{display:none}</style>", "<a href=https://evil.example>x</a>",
)
_NAMES = {"id", "kind", "match", "misconception", "normalize", "outcome", "certainty", "right"}


def hostile(question, text: str):
    """Give the question with `text` added in every field that an author writes words in."""
    return make_question(_add(question.spec(), text))


def hostile_known(text: str) -> dict:
    """Give the misconceptions, outcomes and sources of the sample with `text` added in every field."""
    wrong = {
        id: Misconception(id=id, belief=each.belief + text, refutation=each.refutation + text,
                          source=each.source + text)
        for id, each in MISCONCEPTIONS.items()
    }
    return {"misconceptions": wrong, "outcomes": {id: each + text for id, each in OUTCOMES.items()},
            "sources": {id: each + text for id, each in SOURCES.items()}}


def _add(value, text: str, name: str = ""):
    if isinstance(value, dict):
        return {key: _add(part, text, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_add(part, text, name) for part in value]
    is_id = name in _NAMES and not (name == "right" and isinstance(value, str))
    return value if is_id or not isinstance(value, str) else value + text
