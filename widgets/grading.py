"""Grade an answer: a value, not a drawing. ``widgets/static/grade.js`` does the same on a page.

Both are run against one file of vectors (``tests/widgets/vectors.json``); change both or none.

What cannot be read as an answer (a list where one option is asked for, an id the question does not
have, "about ten" for a number) is not wrong: it counts as not answered, so that a slip of the
keyboard, or a record of an older version of the question, is never punished.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from widgets.items import Question

__all__ = ["NOT_A_NUMBER", "RECORDED", "Verdict", "certainty_score", "grade", "normalize_text", "parse_number", "within"]

NOT_A_NUMBER = "not-a-number"
"""The feedback where a number was asked for and something else was typed; pages put it in words."""

RECORDED = "recorded"
"""The feedback to an answer that can be read, where no answer is judged; pages put it in words."""


@dataclass(frozen=True)
class Verdict:
    """What grading says of one answer.

    Parameters
    ----------
    score : float
        0 to 1.
    right : bool or None
        True at a score of 1 only; None where nothing was answered, or nothing can be right.
    feedback : list of str
        What the author wrote for this answer, in the order of the question.
    misconception : str or None
        Id of the first misconception this answer shows.
    marks : dict
        A word for each part: ``right``, ``wrong``, ``open``, ``hit``, ``false alarm``, ``miss``,
        ``left out``.

    Examples
    --------
    >>> Verdict().right is None
    True
    """

    score: float = 0
    right: bool | None = None
    feedback: list[str] = field(default_factory=list)
    misconception: str | None = None
    marks: dict[str, str] = field(default_factory=dict)


def grade(question: Question | Mapping[str, Any], answer: Any) -> Verdict:
    """Grade an answer.

    Parameters
    ----------
    question : Question or dict
        A question, or what its `spec` gives.
    answer : object
        `choice` an option id; `choices` a list of ids; `number` a number, what was typed, or anything
        that has a number in it, such as an Estimate; `text` a string; `match` {left id: right id};
        `order` a list of all ids; `scale` an integer; `reflection` a string. None, an empty or blank
        text and an empty list are no answer.

    Returns
    -------
    Verdict
        Partial credit: `choices` max(0, (hits - false alarms) / number of right options); `match`
        the share of right pairs; `order` the share of neighbours that were kept together.

    Raises
    ------
    ValueError
        If the question is of no known kind. An answer never raises.

    Notes
    -----
    A choice shows the feedback of what was chosen, then `unchosen` of what was not, where there is
    such a text. A number is compared with a margin of four units in the last place, so that 0.1 + 0.2
    is 0.3. It cannot tell a guess from knowledge: that is what certainty is for.

    Examples
    --------
    >>> question = {"kind": "number", "id": "n", "answer": 1500, "tolerance": 25, "right": "Yes.",
    ...             "otherwise": "Count again.",
    ...             "wrong": [{"value": 900, "tolerance": 0, "feedback": "These are on a list."}]}
    >>> grade(question, "1,510").right
    True
    >>> grade(question, 900)
    Verdict(score=0, right=False, feedback=['These are on a list.'], misconception=None, marks={})
    >>> grade(question, "a lot").right is None
    True
    """
    spec = question.spec() if isinstance(question, Question) else question
    grader = GRADERS.get(spec.get("kind"))
    if grader is None:
        raise ValueError(f"question `{spec.get('id')}`: there is no kind `{spec.get('kind')}`. "
                         f"Mend: use one of {', '.join(GRADERS)}.")
    return grader(spec, answer) if spec.get("judged", True) else _recorded(grader, spec, answer)


def certainty_score(certainty: int | None, right: bool | None) -> int:
    """Score an answer by how sure the reader was (certainty-based marking).

    Parameters
    ----------
    certainty : {1, 2, 3} or None
        Not sure, fairly sure, very sure; None where it was not asked or not said.
    right : bool or None
        As in a Verdict.

    Returns
    -------
    int
        Right: +1, +2, +3. Wrong: 0, -2, -6. Without a certainty or a verdict: 0.

    Raises
    ------
    ValueError
        If `certainty` is anything else.

    Notes
    -----
    With these points honesty pays: 1 is best below a chance of 2 in 3, 3 above 4 in 5.

    References
    ----------
    A. R. Gardner-Medwin, "Confidence assessment in the teaching of basic science", Association for
    Learning Technology Journal 3 (1995) 80-85; the points are those of later use at UCL.

    Examples
    --------
    >>> [certainty_score(sure, right) for right in (True, False) for sure in (1, 2, 3)]
    [1, 2, 3, 0, -2, -6]
    """
    if certainty is None or right is None:
        return 0
    if certainty not in (1, 2, 3):
        raise ValueError(f"there is no certainty {certainty!r}. Mend: use 1, 2 or 3.")
    return int(certainty) if right else {1: 0, 2: -2, 3: -6}[certainty]


def _recorded(grader: Callable, spec: Mapping, answer: Any) -> Verdict:
    """Say only whether an answer can be read: with some key or other the grader has a verdict then."""
    some = {"answer": 0, "accepted": (), "right": "", "otherwise": "", **spec}
    for part in ("options", "left"):
        some[part] = [{**each, "right": True, "match": None, "feedback": ""} for each in spec.get(part, ())]
    verdict = grader(some, answer)
    return Verdict(feedback=verdict.feedback if verdict.right is None else [RECORDED])


# ---- the kinds -----------------------------------------------------------------------------------


def _grade_choice(spec: Mapping, answer: Any) -> Verdict:
    options = spec["options"]
    chosen = next((each for each in options if isinstance(answer, str) and each["id"] == answer), None)
    if chosen is None:
        return Verdict()
    right = chosen.get("right", False)
    return Verdict(score=1 if right else 0, right=right, feedback=_option_feedback(options, [answer]),
                   misconception=None if right else chosen.get("misconception"),
                   marks={answer: "right" if right else "wrong"})


def _grade_choices(spec: Mapping, answer: Any) -> Verdict:
    options = spec["options"]
    if not _is_list_of(answer, options) or not answer:
        return Verdict()
    marks = {each["id"]: CHOICES_MARKS[each["id"] in answer, each.get("right", False)] for each in options}
    keys = sum(each.get("right", False) for each in options)
    hits, alarms = (list(marks.values()).count(mark) for mark in ("hit", "false alarm"))
    score = max(0, hits - alarms) / keys
    slips = (each for each in options if marks[each["id"]] in ("false alarm", "miss"))
    return Verdict(score=score, right=score == 1, feedback=_option_feedback(options, answer),
                   misconception=_first_misconception(slips), marks=marks)


CHOICES_MARKS = {(True, True): "hit", (True, False): "false alarm",
                 (False, True): "miss", (False, False): "left out"}  # chosen, right


def _option_feedback(options: list, chosen: Collection[str]) -> list[str]:
    """Feedback of what was chosen, then `unchosen` of what was not, where there is such a text."""
    said = [each["feedback"] for each in options if each["id"] in chosen]
    return said + [each["unchosen"] for each in options if each["id"] not in chosen and each.get("unchosen")]


def _grade_number(spec: Mapping, answer: Any) -> Verdict:
    readings = _readings(answer, spec.get("unit"))
    if readings is None:
        return Verdict()
    if not readings:
        return Verdict(feedback=[NOT_A_NUMBER])
    tolerance = spec.get("tolerance", 0)

    def fits(value: float, reach: float) -> bool:
        return any(within(each, value, reach) for each in readings)

    if fits(spec["answer"], tolerance):
        return Verdict(score=1, right=True, feedback=[spec["right"]])
    return _wrong_verdict(spec, lambda wrong: fits(wrong["value"], wrong.get("tolerance", tolerance)))


def _grade_text(spec: Mapping, answer: Any) -> Verdict:
    if not isinstance(answer, str) or not _visible(answer):
        return Verdict()
    how = spec.get("normalize", ("case", "space"))
    said = normalize_text(answer, how)

    def fits(texts: Iterable[str]) -> bool:
        return any(normalize_text(each, how) == said for each in texts)

    if fits(spec["accepted"]):
        return Verdict(score=1, right=True, feedback=[spec["right"]])
    return _wrong_verdict(spec, lambda wrong: fits(wrong["value"]))


def _wrong_verdict(spec: Mapping, fits: Callable[[Mapping], bool]) -> Verdict:
    """Give the verdict on a wrong value: the first mistake that fits, or the feedback for all others."""
    for wrong in filter(fits, spec.get("wrong", ())):
        return Verdict(right=False, feedback=[wrong["feedback"]], misconception=wrong.get("misconception"))
    return Verdict(right=False, feedback=[spec["otherwise"]])


def _grade_match(spec: Mapping, answer: Any) -> Verdict:
    left = spec["left"]
    if not isinstance(answer, Mapping):
        return Verdict()
    pairs = {key: value for key, value in answer.items() if not _is_open(value)}
    if not (pairs and _is_list_of(list(pairs), left) and _is_list_of(list(pairs.values()), spec["right"])):
        return Verdict()
    marks = {each["id"]: _match_mark(each, pairs) for each in left}
    wrong = [each for each in left if marks[each["id"]] == "wrong"]
    score = list(marks.values()).count("right") / len(left)
    return Verdict(score=score, right=score == 1, feedback=[each["feedback"] for each in wrong],
                   misconception=_first_misconception(wrong), marks=marks)


def _is_open(value: Any) -> bool:
    return value is None or isinstance(value, str) and not value


def _match_mark(left: Mapping, pairs: Mapping) -> str:
    if left["id"] not in pairs:
        return "open"
    return "right" if pairs[left["id"]] == left["match"] else "wrong"


def _grade_order(spec: Mapping, answer: Any) -> Verdict:
    items = spec["items"]
    order = [each["id"] for each in items]
    if not _is_list_of(answer, items) or isinstance(answer, (set, frozenset)):
        return Verdict()
    if len(answer) != len(order) or len(set(answer)) != len(order):
        return Verdict()
    before = dict(zip(order, [None, *order], strict=False))
    kept = {item: before[item] == previous for item, previous in zip(answer, [None, *answer], strict=False)}
    pairs = sum(kept[item] for item in answer[1:])
    marks = {item: "right" if kept[item] else "wrong" for item in order}
    score = pairs / (len(order) - 1)
    moved = [each["feedback"] for each in items if marks[each["id"]] == "wrong" and each.get("feedback")]
    feedback = [spec["right"]] if score == 1 else [spec["otherwise"], *moved]
    return Verdict(score=score, right=score == 1, feedback=feedback, marks=marks)


def _grade_open(spec: Mapping, answer: Any) -> Verdict:
    """A scale or a reflection: nothing can be right."""
    return Verdict()


GRADERS: dict[str, Callable[[Mapping, Any], Verdict]] = {
    "choice": _grade_choice, "choices": _grade_choices, "number": _grade_number, "text": _grade_text,
    "match": _grade_match, "order": _grade_order, "scale": _grade_open, "reflection": _grade_open,
}


def _is_list_of(answer: Any, parts: Iterable[Mapping]) -> bool:
    """Tell whether an answer is a list of ids of these parts."""
    ids = {part["id"] for part in parts}
    return (isinstance(answer, (list, tuple, set, frozenset))
            and all(isinstance(each, str) and each in ids for each in answer))


def _first_misconception(parts: Iterable[Mapping]) -> str | None:
    return next((each["misconception"] for each in parts if each.get("misconception")), None)


# ---- numbers -------------------------------------------------------------------------------------

MARGIN = 4 * 2.0**-52  # four units in the last place of a binary fraction

ZEROS = ("\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040"
         "\u1090\u17e0\u1810\uff10")
DIGITS = {ord(zero) + value: str(value) for zero in ZEROS for value in range(10)}
SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-") | {0xFF0B: "+"}
MARKS = {0x066B: ".", 0xFF0E: ".", 0x060C: ",", 0xFF0C: ",", 0x066A: "%", 0xFF05: "%"}
GROUPS = dict.fromkeys(map(ord, "'\u2019\u02bc\uff07\u066c"), "_")
TO_ASCII = DIGITS | SIGNS | MARKS | GROUPS

SPACES = re.compile("[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+")
UNSEEN = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\xad\\u061c\\u180b-\\u180f\\u200b-\\u200f"
                    "\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\U000e0100-\\U000e01ef]")

NUMBER = re.compile(r"([^0-9.,+-]*)([+-]?) ?([0-9](?:[0-9.,_ ]*[0-9.,])?|[.,][0-9]+)([eE][+-]?[0-9]+)?(.*)",
                    re.DOTALL)  # what is before, sign, digits, power of ten, what is after
SPACED = re.compile(r"([0-9]{1,3}(?:[_ ][0-9]{3})+)(?:[.,]([0-9]*))?")
GROUPED = {",": re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}"),  # India sets off two digits
           ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")}
DOUBTFUL = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
PERCENT = re.compile(r"%|per ?cent|pct\.?")


def within(value: float, answer: float, tolerance: float = 0) -> bool:
    """Tell whether a number is an answer, give or take a tolerance.

    Parameters
    ----------
    value, answer, tolerance : float
        In the same unit.

    Returns
    -------
    bool
        Never true for an infinite value. The edge belongs to the tolerance, and a margin of four
        units in the last place allows for binary fractions.

    Examples
    --------
    >>> within(0.1 + 0.2, 0.3), within(0.35, 0.3, 0.05), within(0.3500001, 0.3, 0.05)
    (True, True, False)
    """
    value, answer, tolerance = float(value), float(answer), float(tolerance)
    margin = MARGIN * max(abs(value), abs(answer), tolerance)
    return abs(value) != float("inf") and abs(value - answer) <= tolerance + margin


def parse_number(text: str, unit: str | None = None) -> list[float]:
    """Read a number as people type it.

    Parameters
    ----------
    text : str
        Digits of the scripts in wide use, a sign, a decimal point or comma, thousands set off by
        points, commas, spaces or apostrophes, a power of ten such as ``1e6``, and before or after it
        the unit; after it also ``%`` or "percent".
    unit : str, optional
        The unit of the question.

    Returns
    -------
    list of float
        Every reading: none if it is not a number. One mark before three digits may set off thousands
        or decimals, so ``1,234`` and ``1.234`` have both readings, the decimal one first; an answer
        is right if one of them is. ``12%`` is 12 where the unit is a percentage; elsewhere it is 12
        or 0.12.

    Notes
    -----
    It reads no number words ("two", "5 million") and no fractions. A number too large for a computer
    is infinite, and infinite is a reading.

    Examples
    --------
    >>> parse_number("1 234,5"), parse_number("\u22125"), parse_number("\u0663\u066b\u0665")
    ([1234.5], [-5.0], [3.5])
    >>> parse_number("1,234"), parse_number("1,234,567"), parse_number("0,500")
    ([1.234, 1234.0], [1234567.0], [0.5])
    >>> parse_number("12 %"), parse_number("12 %", "percent"), parse_number("40 victims", "victims")
    ([12.0, 0.12], [12.0], [40.0])
    >>> parse_number("about ten")
    []
    """
    match = NUMBER.fullmatch(_ascii(text))
    if not match:
        return []
    before, sign, digits, power, after = match.groups()
    unit = normalize_text(_ascii(unit or ""))
    before, after = normalize_text(before), normalize_text(after)
    percent = after != unit and PERCENT.fullmatch(after) is not None
    if before not in ("", unit) or not (percent or after in ("", unit)):
        return []
    values = [float(sign + each + (power or "")) for each in _decimals(digits, bool(power))]
    return values if not percent or PERCENT.match(unit) else values + [each / 100 for each in values]


def _ascii(text: str) -> str:
    return SPACES.sub(" ", UNSEEN.sub("", text).translate(TO_ASCII)).strip(" ")


def _decimals(digits: str, has_power: bool) -> list[str]:
    """Give each reading of digits and marks as digits with a decimal point."""
    if spaced := SPACED.fullmatch(digits):
        return [re.sub("[_ ]", "", spaced[1]) + "." + (spaced[2] or "0")]
    commas, points = digits.count(","), digits.count(".")
    if "_" in digits or " " in digits:
        return []
    if commas and points:
        return _mixed(digits)
    if commas + points > 1:
        mark = "," if commas else "."
        return [digits.replace(mark, "")] if GROUPED[mark].fullmatch(digits) else []
    decimal = digits.replace(",", ".")
    if DOUBTFUL.fullmatch(digits) and not has_power:
        return [decimal, decimal.replace(".", "")]
    return [decimal]


def _mixed(digits: str) -> list[str]:
    """Read digits with commas and points: the last mark is the decimal one."""
    decimal = max(",", ".", key=digits.rfind)
    whole, _, fraction = digits.rpartition(decimal)
    group = "," if decimal == "." else "."
    return [whole.replace(group, "") + "." + fraction] if GROUPED[group].fullmatch(whole) else []


def _readings(answer: Any, unit: str | None) -> list[float] | None:
    """Give every reading of an answer to a number question; None where there is no answer."""
    if answer is None or isinstance(answer, str) and not _visible(answer):
        return None
    if isinstance(answer, str):
        return parse_number(answer, unit)
    if type(answer).__name__ in ("bool", "bool_") or not hasattr(answer, "__float__"):
        return []
    try:
        value = float(answer)
    except OverflowError:
        return [float("inf")]
    except Exception:  # whatever an object of the reader's own raises, it is no number
        return []
    return [] if value != value else [value]


# ---- words ---------------------------------------------------------------------------------------

QUOTES_AND_DASHES = (
    dict.fromkeys(map(ord, "`\xb4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a"),
                  "'")
    | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u2036\xab\xbb"), '"')
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58"), "-"))
ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
                     "\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
STROKES = str.maketrans("øØłŁđĐħĦ", "oOlLdDhH")


def normalize_text(text: str, how: Collection[str] = ("case", "space")) -> str:
    """Reduce a short answer to what matters when answers are compared.

    Parameters
    ----------
    text : str
        What was typed, or what is accepted.
    how : collection of {"case", "space", "accents", "punctuation"}
        What does not matter. ``case``: capitals, and with them ß and ss, σ and ς, and the Turkish i
        with and without dot. ``space``: how many spaces, and those at the ends. ``accents``: accents
        and vowel points of Latin, Greek, Cyrillic, Hebrew and Arabic, and the strokes of ø, ł, đ, ħ.
        ``punctuation``: points, quotes and apostrophes count as nothing, all other marks as a space.

    Returns
    -------
    str
        The reduced text. Forms of Unicode (full width, ligatures, combined accents), curly quotes,
        the lengths of dashes and invisible signs never matter.

    Notes
    -----
    Characters younger than Unicode 14 may be compared differently in Python and in a new browser.

    Examples
    --------
    >>> normalize_text("  STRASSE ") == normalize_text("straße")
    True
    >>> normalize_text("\u2018Ndrangheta", ["case", "punctuation"])
    'ndrangheta'
    >>> normalize_text("São\\u00a0Paulo", ["case", "accents", "space"])
    'sao paulo'
    """
    text = UNSEEN.sub("", text).translate(QUOTES_AND_DASHES)  # before NFKC makes a space of a lone accent
    text = unicodedata.normalize("NFKC", text).translate(QUOTES_AND_DASHES)
    if "case" in how:
        text = _fold(text)
    if "accents" in how:
        text = ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(STROKES)
        text = unicodedata.normalize("NFC", text)
    if "punctuation" in how:
        text = "".join(map(_without_punctuation, text))
    if "space" in how or "punctuation" in how:
        text = SPACES.sub(" ", text).strip(" ")
    return text


def _fold(text: str) -> str:
    """Make capitals and small letters equal; down, up and down, since JavaScript has no casefold."""
    text = text.lower().upper().lower().replace("ς", "σ").replace("i\u0307", "i")
    return unicodedata.normalize("NFKC", text)


def _without_punctuation(sign: str) -> str:
    if sign in ".'\"":
        return ""
    return " " if unicodedata.category(sign).startswith("P") else sign


def _visible(text: str) -> bool:
    return SPACES.sub("", UNSEEN.sub("", text)) != ""
