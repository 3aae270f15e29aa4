"""A question as HTML that is whole by itself: without script, on paper, in a notebook that was not run.

Every question is there with native controls, and behind a disclosure its hint, its answer and the reason
for every option. ``static/quiz.js`` makes the same markup answer: it finds a question by ``data-question``,
its kind by ``data-kind``, and in ``data-spec`` what else grading needs. A feedback is not written twice: the
``data-part`` of the element that holds it says where in the spec it belongs, as in ``options--a--feedback``.

All words of an author pass through :mod:`widgets.text` or are escaped; none becomes markup.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape

from widgets.items import Misconception, Option, Question
from widgets.text import to_html, to_inline, to_plain

__all__ = ["quiz_html", "revisit_html"]

_SHOWN_ELSEWHERE = {"certainty", "high", "hint", "labels", "low", "outcome", "source", "text"}
_FEEDBACK = {"explanation", "feedback", "otherwise", "unchosen"}
_CERTAINTY = {"1": "1, a guess", "2": "2, fairly sure", "3": "3, certain", "": "not said"}
_HOW_CERTAINTY_IS_KEPT = "You can say how sure you are of your first answer. It is recorded with it."
_LONG = 180  # letters; a first paragraph longer than this tells a story and is not set in bold
_HOW_CERTAINTY_COUNTS = (
    "You can say how sure you are of your first answer. If it is right, that gives +1, +2 or +3 points for "
    "certainty; if it is wrong, 0, −2 or −6. So it pays to be honest."
)


def quiz_html(
    questions: Iterable[Question],
    module: str,
    title: str | None = None,
    id: str | None = None,
    *,
    misconceptions: Mapping[str, Misconception] | None = None,
    outcomes: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
    level: int = 3,
) -> str:
    """Write questions as HTML that can be read, printed and answered without a script.

    Parameters
    ----------
    questions : iterable of Question
        In the order in which they are shown.
    module : str
        The module they belong to, such as ``"05-measuring"``; with the id of a question it names the answer
        in a learner's record.
    title : str, optional
        Heading above the questions.
    id : str, optional
        A name for this set of questions, such as ``"quiz"``; that of the first question where it is left
        out. With the module it makes the id of the section in the page.
    misconceptions : mapping of str to Misconception, optional
        By id, the beliefs that options name; a wrong option shows its belief and what speaks against it.
    outcomes : mapping of str to str, optional
        By id, the learning outcomes of the module in their order; a question shows the number of its own.
    sources : mapping of str to str, optional
        By key, how a source is shown. One that is not in it is shown as a provision, or by its key. Where it
        is shown again, only what stands up to the first closing bracket: "Laska (2002)".
    level : int
        Level of the heading, 1 to 6.

    Returns
    -------
    str
        One ``div`` element; the same for the same input.

    Raises
    ------
    ValueError
        There is no question, or an option names a misconception that is not given.

    Examples
    --------
    >>> from widgets.items import Reflection
    >>> html = quiz_html([Reflection(id="why", text="Why <count>?")], module="05-measuring", title="Warm up")
    >>> 'data-question="05-measuring/why"' in html, "Why &lt;count&gt;?" in html
    (True, True)

    Notes
    -----
    The answers are in the page, for everyone to read: it is meant for learning, not for examinations. Of a
    question that is not judged there is no answer, and nothing about it is written.
    """
    writer = _Writer(module, list(questions), id, misconceptions, outcomes, sources)
    return writer.section(title, level)


def revisit_html(
    question: Question, module: str, title: str | None = None, id: str | None = None, **known
) -> str:
    """Write an icebreaker once more, to be answered again beside the first answer.

    Parameters
    ----------
    question : Question
        The icebreaker.
    module, title, id
        As in :func:`quiz_html`.
    **known
        `misconceptions`, `outcomes`, `sources`, `level`, as in :func:`quiz_html`.

    Returns
    -------
    str
        One ``div`` element. The answer is recorded under the id of the question with ``/revisit``; the
        script adds the first answer from the learner's record. Without a script it is the plain question.

    Raises
    ------
    ValueError
        As in :func:`quiz_html`.

    Examples
    --------
    >>> from widgets.items import Reflection
    >>> html = revisit_html(Reflection(id="why", text="Why count?"), module="05-measuring")
    >>> 'data-question="05-measuring/why/revisit" data-first="05-measuring/why"' in html
    True

    Notes
    -----
    What the first answer was is known to the learner's own record only, so it is never part of this text.
    """
    level = known.pop("level", 3)
    writer = _Writer(module, [question], id, revisit=True, **known)
    return writer.section(title, level)


class _Writer:
    """Writes one section of questions."""

    def __init__(
        self, module, questions, id, misconceptions=None, outcomes=None, sources=None, revisit=False
    ):
        if not questions:
            raise ValueError(f"{module}: a quiz needs a question. Mend: name the questions to show.")
        self.module, self.questions, self.revisit = module, questions, revisit
        name = id or ("revisit-" if revisit else "") + questions[0].id
        self.id = f"course-{module}-{name}"
        self.named_sources: set[str] = set()
        self.misconceptions, self.outcomes, self.sources = misconceptions or {}, outcomes or {}, sources or {}

    def section(self, title: str | None, level: int) -> str:
        kind = "revisit" if self.revisit else "quiz"
        name = f'aria-labelledby="{escape(self.id)}--title"' if title else 'aria-label="Questions"'
        name_id = f"{escape(self.id)}--title"
        heading = f'<h{level} class="course-title" id="{name_id}">{escape(title or "")}</h{level}>'
        asked = any(question.certainty for question in self.questions)
        judged = any(question.judged for question in self.questions)
        how = _HOW_CERTAINTY_COUNTS if judged else _HOW_CERTAINTY_IS_KEPT
        certainty = f'<p class="course-how">{how}</p>' if asked else ""
        unrun = (
            "be told how you did; you can also read on: the answers stand below each question."
            if judged else "answer here. What you answer is recorded and not judged."
        )
        articles = "".join(self.article(question, place) for place, question in enumerate(self.questions, 1))
        return (
            f'<div class="course-quiz" id="{escape(self.id)}" data-course="{kind}" role="group" {name}>'
            f'{heading if title else ""}'
            f'<p class="course-unrun">Run this cell to {unrun}</p>'
            f"{certainty}{articles}</div>"
        )

    def article(self, question: Question, place: int) -> str:
        """One question: what is asked, then its hint and its answer, each behind a disclosure."""
        prefix = f"{self.id}--{question.id}"
        number = f"Question {place}" if len(self.questions) > 1 else ""
        record = f"{self.module}/{question.id}"
        names = f'data-question="{escape(record)}"'
        if self.revisit:
            names = f'data-question="{escape(record)}/revisit" data-first="{escape(record)}"'
        outline = _outline(question.spec())
        del outline["kind"], outline["id"]
        spec = json.dumps(outline, ensure_ascii=False, separators=(",", ":"))
        lead, more = _lead(question.text)
        length = " course-long" if len(to_plain(question.text).partition("\n\n")[0]) > _LONG else ""
        return (
            f'<article class="course-question" id="{escape(prefix)}" {names} data-kind="{question.kind}" '
            f'data-spec="{escape(spec)}"><form class="course-form" method="dialog" autocomplete="off">'
            f'<fieldset class="course-ask"><legend class="course-legend{length}">'
            f'{_number(number)}<span class="course-text">{lead}</span></legend>'
            f'{_block("course-more", more) if more else ""}'
            f"{_CONTROLS[question.kind](question, escape(prefix))}</fieldset>"
            f"{_certainty(escape(prefix)) if question.certainty else ''}</form>"
            f"{self.hint(question, number)}{self.answer(question, number)}</article>"
        )

    def hint(self, question: Question, number: str) -> str:
        if not question.hint:
            return ""
        return _details("course-hint", "Hint to" if number else "Hint", number, to_html(question.hint))

    def answer(self, question: Question, number: str) -> str:
        """The right answer, the reason for every option, the explanation, the outcome and the source."""
        if not question.judged:
            return ""
        body = _ANSWERS[question.kind](question, _Parts(self)) if question.graded else ""
        if question.explanation:
            body += _Parts(self).named("explanation", question.explanation)
        if question.outcome in self.outcomes:
            # Its number in the list at the head of the module: the words would stand here twenty times.
            place = list(self.outcomes).index(question.outcome) + 1
            body += f'<p class="course-source">Learning outcome {place}</p>'
        if question.source:
            body += f'<p class="course-source">Source: {self.source(question.source)}</p>'
        if not body:
            return ""
        name = "Answer" if question.graded else "More"
        joined = (" to" if question.graded else " on") if number else ""
        return _details("course-answer", name + joined, number, body)

    def source(self, key: str) -> str:
        """A source in words: as it is given, or a provision such as ``UNTOC:2(a)``, or its key."""
        if key in self.sources:
            short, bracket, title = self.sources[key].partition(")")
            again = key in self.named_sources and title
            self.named_sources.add(key)
            return escape(short + bracket if again else self.sources[key])
        treaty, colon, article = key.partition(":")
        return escape(f"{treaty}, article {article}" if colon else key)

    def belief(self, id: str | None) -> str:
        """The belief behind a wrong answer, and what speaks against it."""
        if id is None:
            return ""
        if id not in self.misconceptions:
            raise ValueError(f"{self.module}: the misconception `{id}` is named but not given. "
                             "Mend: add it to `misconceptions`, or take the name away.")
        known = self.misconceptions[id]
        return _block(
            "course-misconception",
            f"<p><strong>A common belief:</strong> {to_inline(known.belief)}</p>"
            f"<p><strong>What speaks against it:</strong></p>{to_html(known.refutation)}"
            f'<p class="course-source">Source: {self.source(known.source)}</p>',
        )


class _Parts:
    """Writes the parts of an answer that the script copies; each is named by its place in the spec."""

    def __init__(self, writer: _Writer):
        self.writer = writer

    def named(self, path: str, text: str, misconception: str | None = None) -> str:
        body = to_html(text) + self.writer.belief(misconception)
        return f'<div class="course-why" data-part="{escape(path)}">{body}</div>'

    def reasons(self, lines: Iterable[str]) -> str:
        return f'<ul class="course-reasons">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def _outline(value, tolerance: float = 0):
    """Give what grading needs of a question and the page does not say elsewhere; defaults are left out."""
    if isinstance(value, Mapping):
        return {key: _outline(part, value.get("tolerance", 0))
                for key, part in value.items() if not _is_idle(key, part, tolerance)}
    if isinstance(value, list):
        return [_outline(part, tolerance) if isinstance(part, Mapping) else part for part in value]
    return value


def _is_idle(key: str, part: object, tolerance: float) -> bool:
    """A text for the reader, or what grading takes for granted where nothing is said."""
    if key == "right":
        return part is False or isinstance(part, str)
    return key in _SHOWN_ELSEWHERE | _FEEDBACK or (key == "tolerance" and part == tolerance)


# ---- what is asked: a native control for every kind ----


def _pick(question: Question, prefix: str) -> str:
    """Options to pick from: one, or several."""
    kind = "checkbox" if question.kind == "choices" else "radio"
    labels = [_pick_label(kind, prefix, option.id, to_inline(option.text)) for option in question.options]
    several = '<p class="course-how">More than one may be right.</p>' if kind == "checkbox" else ""
    return several + _block("course-options", "".join(labels))


def _pick_label(kind: str, name: str, value: str, text: str, css: str = "course-option") -> str:
    return (
        f'<div class="{css}-line"><label class="{css}" data-option="{escape(value)}"><input type="{kind}" '
        f'name="{name}" value="{escape(value)}"><span class="course-words">{text}</span></label></div>'
    )


def _number_field(question: Question, prefix: str) -> str:
    unit = f'<span class="course-unit">{escape(question.unit)}</span>' if question.unit else ""
    attributes = f'type="text" inputmode="decimal" name="{prefix}"'
    return _field(f'<input class="course-input course-short" {attributes}>{unit}')


def _text_field(question: Question, prefix: str) -> str:
    return _field(f'<input class="course-input" type="text" name="{prefix}">')


def _writing_field(question: Question, prefix: str) -> str:
    return _field(f'<textarea class="course-input" name="{prefix}" rows="4"></textarea>')


def _field(control: str) -> str:
    return f'<label class="course-field"><span class="course-name">Your answer</span> {control}</label>'


def _pairs(question: Question, prefix: str) -> str:
    """A list to choose from for every left side; the right sides have letters, for paper too."""
    letters = {right.id: _letter(place) for place, right in enumerate(question.right)}
    choices = '<option value="">Choose …</option>' + "".join(
        f'<option value="{escape(right.id)}">{letters[right.id]}. {escape(to_plain(right.text))}</option>'
        for right in question.right
    )
    rows = "".join(
        f'<li class="course-pair" data-option="{escape(left.id)}"><label>'
        f'<span class="course-words">{to_inline(left.text)}</span> '
        f'<select class="course-input" name="{prefix}--{escape(left.id)}">{choices}</select></label></li>'
        for left in question.left
    )
    rights = "".join(
        f'<li data-option="{escape(right.id)}"><span class="course-letter">{letters[right.id]}.</span> '
        f'<span class="course-words">{to_inline(right.text)}</span></li>'
        for right in question.right
    )
    return (f'<ul class="course-pairs">{rows}</ul>'
            f'<ul class="course-rights" aria-label="To choose from">{rights}</ul>')


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _places(question: Question, prefix: str) -> str:
    """A list of places for every item."""
    places = '<option value="">–</option>' + "".join(
        f"<option>{place}</option>" for place in range(1, len(question.items) + 1)
    )
    rows = "".join(
        f'<li class="course-item" data-option="{escape(item.id)}"><label><select class="course-input" '
        f'aria-label="Place of: {escape(to_plain(item.text))}" name="{prefix}--{escape(item.id)}">'
        f"{places}</select> "
        f'<span class="course-words">{to_inline(item.text)}</span></label></li>'
        for item in question.shown()
    )
    return f'<ul class="course-items">{rows}</ul>'


def _steps(question: Question, prefix: str) -> str:
    """The points of a scale, with a word for each or words at its two ends."""
    labels = question.labels or ("",) * question.points
    css = "course-option" if question.labels else "course-point"
    ends = {1: question.low, question.points: question.high}
    steps = []
    for point, label in enumerate(labels, 1):
        words = " ".join(filter(None, [label, "" if question.labels else ends.get(point, "")]))
        text = f'<span class="course-step">{point}</span>'
        text += f" <span>{to_inline(words)}</span>" if words else ""
        steps.append(_pick_label("radio", prefix, str(point), text, css))
    return _block("course-options" if question.labels else "course-scale", "".join(steps))


_CONTROLS = {
    "choice": _pick, "choices": _pick, "number": _number_field, "text": _text_field,
    "match": _pairs, "order": _places, "scale": _steps, "reflection": _writing_field,
}


def _certainty(prefix: str) -> str:
    """How sure the reader is; voluntary, and it says how it counts."""
    labels = "".join(
        f'<label class="course-option"><input type="radio" name="{prefix}--certainty" value="{value}"'
        f'{"" if value else " checked"}><span>{word}</span></label>'
        for value, word in _CERTAINTY.items()
    )
    return (
        '<fieldset class="course-certainty"><legend class="course-name">How sure are you?</legend>'
        f'<div class="course-row">{labels}</div></fieldset>'
    )


# ---- the answer ----


def _option_reasons(question: Question, parts: _Parts) -> str:
    return parts.reasons(_option_reason(option, parts) for option in question.options)


def _option_reason(option: Option, parts: _Parts) -> str:
    path = f"options--{option.id}"
    text = f"<p>{_sign(option.right)} {to_inline(option.text)}</p>"
    text += parts.named(f"{path}--feedback", option.feedback, option.misconception)
    if option.unchosen:
        text += f"<p>If you left it out:</p>{parts.named(f'{path}--unchosen', option.unchosen)}"
    return text


def _sign(right: bool) -> str:
    return f"<strong>{'✓ Right:' if right else '✗ Not right:'}</strong>"


def _number_answer(question: Question, parts: _Parts) -> str:
    unit = f" {question.unit}" if question.unit else ""
    margin = f" ± {_digits(question.tolerance)}" if question.tolerance else ""
    right = f"{_digits(question.answer)}{margin}{unit}"
    wrong = [(f"{_digits(each.value)}{unit}", each) for each in question.wrong]
    return _diagnosed(right, wrong, question, parts)


def _text_answer(question: Question, parts: _Parts) -> str:
    wrong = [(" / ".join(each.value), each) for each in question.wrong]
    return _diagnosed(" / ".join(question.accepted), wrong, question, parts)


def _diagnosed(right: str, wrong: list, question: Question, parts: _Parts) -> str:
    """The right answer, wrong ones with the mistake they show, and what any other answer is told."""
    lines = [f"<p>{_sign(True)} {escape(right)}</p>{parts.named('right', question.right)}"]
    lines += [
        f"<p>{_sign(False)} {escape(value)}</p>"
        + parts.named(f"wrong--{place}--feedback", each.feedback, each.misconception)
        for place, (value, each) in enumerate(wrong)
    ]
    lines.append(f"<p><strong>Any other answer:</strong></p>{parts.named('otherwise', question.otherwise)}")
    return parts.reasons(lines)


def _digits(value: float) -> str:
    """A number as a reader writes it: 3 and not 3.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)


def _pair_answer(question: Question, parts: _Parts) -> str:
    rights = {right.id: right.text for right in question.right}
    return parts.reasons(
        f"<p><strong>{to_inline(left.text)}</strong> – {to_inline(rights[left.match])}</p>"
        + parts.named(f"left--{left.id}--feedback", left.feedback, left.misconception)
        for left in question.left
    )


def _order_answer(question: Question, parts: _Parts) -> str:
    items = "".join(
        f"<li><p>{to_inline(item.text)}</p>"
        f"{parts.named(f'items--{item.id}--feedback', item.feedback) if item.feedback else ''}</li>"
        for item in question.items
    )
    lines = [f"<p><strong>✓ In this order:</strong></p>{parts.named('right', question.right)}",
             f"<p><strong>✗ In another order:</strong></p>{parts.named('otherwise', question.otherwise)}"]
    return f'<ol class="course-reasons">{items}</ol>{parts.reasons(lines)}'


_ANSWERS = {
    "choice": _option_reasons, "choices": _option_reasons, "number": _number_answer, "text": _text_answer,
    "match": _pair_answer, "order": _order_answer,
}


# ---- small pieces ----


def _block(css: str, body: str) -> str:
    return f'<div class="{css}">{body}</div>'


def _lead(text: str) -> tuple[str, str]:
    """Part the first paragraph, which fits into a legend, from what follows."""
    html = to_html(text)
    lead, end, more = html.partition("</p>")
    return (lead.removeprefix("<p>"), more) if end and html.startswith("<p>") else (to_inline(text), "")


def _number(number: str) -> str:
    return f'<span class="course-number">{number}.</span> ' if number else ""


def _details(css: str, name: str, number: str, body: str) -> str:
    """A native disclosure; on paper the number of the question tells where it belongs."""
    which = f" {number.lower()}" if number else ""
    return (f'<details class="{css}"><summary>{name}{which}</summary>'
            f'<div class="course-body">{body}</div></details>')
