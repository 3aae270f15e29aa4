"""The one format of a learner's record: every answer is one line of JSON, an xAPI `answered` statement.

The page writes the same lines (static/record.js); tests/widgets/record_lines.py holds both to the same rules.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from widgets.grading import parse_number

SCHEMA = 1
COURSE = "urn:organized-crime-course"
VERB = "http://adlnet.gov/expapi/verbs/answered"
ACTIVITY = "http://adlnet.gov/expapi/activities/cmi.interaction"
INTERACTION_TYPES = {
    "choice": "choice",
    "choices": "choice",
    "number": "numeric",
    "text": "fill-in",
    "match": "matching",
    "order": "sequencing",
    "scale": "likert",
    "reflection": "long-fill-in",
}
PLATFORMS = ("page", "notebook", "browser-python")
LINE_LIMIT = 1_000_000  # UTF-16 units, as a browser counts; a longer line is no answer somebody typed

# Why a line is set aside: a code, and how it is said.
DAMAGED, NEWER, FOREIGN, LONG, ENCODING, CONFLICT = (
    "damaged",
    "newer",
    "foreign",
    "long",
    "encoding",
    "conflict",
)
REASONS = {
    DAMAGED: "cut short or damaged",
    NEWER: "from a newer version of this course",
    FOREIGN: "not an answer of this course",
    LONG: "too long",
    ENCODING: "not in UTF-8",
    CONFLICT: "a second version of an answer that is already there",
}

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z", re.ASCII
)
_QUESTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MILLISECOND = timedelta(milliseconds=1)
_last_moment = datetime.min.replace(tzinfo=UTC)


class StatementError(ValueError):
    """Something that is not an answer of this course was to be written to the record."""


def statement(
    id: str,
    kind: str,
    answer: object,
    verdict: object = None,
    *,
    certainty: int | None = None,
    hint: bool = False,
    tries: int = 1,
    actor: str,
    platform: str | None = None,
    at: datetime | str | None = None,
    after: str | None = None,
) -> dict:
    """One answer as an xAPI statement.

    Parameters
    ----------
    id : str
        The question, as "module/question", for instance "05-measuring/guess".
    kind : str
        The question kind: choice, choices, number, text, match, order, scale or reflection.
    answer : object
        The answer as a quiz gives it; None means "start again".
    verdict : Verdict or mapping, optional
        What `grade` said of it: score, right and misconception are read.
    certainty : {1, 2, 3}, optional
        How sure the learner was.
    hint : bool
        Whether the hint was open.
    tries : int
        How often the question has been answered, this time included.
    actor : str
        The learner's pseudonym, from `Record.actor`.
    platform : str, optional
        Where it was answered; found out when left out.
    at : datetime or str, optional
        When it was answered; now when left out.
    after : str, optional
        Time of the question's latest statement: this one is later, though the clock was set back meanwhile.

    Returns
    -------
    dict
        The statement. `to_line` turns it into a line of the record.

    Raises
    ------
    StatementError
        When a part does not fit, for instance an unknown kind.

    Examples
    --------
    >>> me = "0b0e7a52-6a3e-4d0c-9a51-0f2f3c1d2e4f"
    >>> said = statement("05-measuring/guess", "choices", ["drugs", "arms"], actor=me, certainty=2)
    >>> said["result"]["response"]
    'drugs[,]arms'
    >>> said["object"]["id"]
    'urn:organized-crime-course:05-measuring/guess'

    Notes
    -----
    No name, machine, folder or network address is in a statement. A text that the learner typed is in it as
    typed: it can say anything.

    References
    ----------
    Experience API 1.0.3, part 2, "Interaction Activities".
    """
    if kind not in INTERACTION_TYPES:
        raise StatementError(f"question {id}: kind {kind!r} is none of {', '.join(INTERACTION_TYPES)}")
    plain = _plain(id, kind, answer)
    made = {
        "schema": SCHEMA,
        "id": str(uuid.uuid4()),
        "timestamp": _moment(at, after),
        "actor": {"objectType": "Agent", "account": {"homePage": COURSE, "name": actor}},
        "verb": {"id": VERB, "display": {"en": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": f"{COURSE}:{id}",
            "definition": {"type": ACTIVITY, "interactionType": INTERACTION_TYPES[kind]},
        },
        "result": _result(kind, plain, verdict, certainty, hint, tries),
        "context": {
            "platform": platform or ("browser-python" if sys.platform == "emscripten" else "notebook"),
            "extensions": {f"{COURSE}:misconception": _part(verdict, "misconception")},
        },
    }
    if fault(made):
        raise StatementError(f"question {id}: this cannot be recorded, a part does not fit: {made}")
    return made


def _result(
    kind: str, answer: object, verdict: object, certainty: int | None, hint: bool, tries: int
) -> dict:
    """The `result` of a statement; success and score only where there is something to be right about."""
    done = answer is not None
    result = {"response": response(kind, answer), "completion": done}
    right = _part(verdict, "right")
    if done and right is not None:
        result["success"] = bool(right)
        result["score"] = {"scaled": _short(float(_part(verdict, "score")))}
    result["extensions"] = {
        f"{COURSE}:answer": answer,
        f"{COURSE}:kind": kind,
        f"{COURSE}:certainty": certainty,
        f"{COURSE}:hint": bool(hint),
        f"{COURSE}:tries": tries,
    }
    return result


def _part(verdict: object, name: str) -> object:
    """A part of a verdict, given as an object or as a mapping."""
    return verdict.get(name) if isinstance(verdict, Mapping) else getattr(verdict, name, None)


def _plain(id: str, kind: str, answer: object) -> object:
    """The answer as plain JSON: numbers of any library, tuples and sets become what JSON knows."""
    if answer is None:
        return None
    try:
        if kind in ("choices", "order"):
            return [str(item) for item in (sorted(answer) if isinstance(answer, set | frozenset) else answer)]
        if kind == "match":
            return {str(left): None if right is None else str(right) for left, right in dict(answer).items()}
        if kind == "scale":
            return int(answer)
        if kind == "number" and not isinstance(answer, str):
            return _short(float(answer))
        return str(answer)
    except (TypeError, ValueError) as error:
        raise StatementError(
            f"question {id}: {answer!r} is no answer to a question of kind {kind}"
        ) from error


def _short(value: float) -> int | float | str:
    """A number as JavaScript would write it: 3 not 3.0; what JSON cannot hold, as a word."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def response(kind: str, answer: object) -> str:
    """The answer as the xAPI response string of its interaction type.

    Parameters
    ----------
    kind : str
        The question kind.
    answer : object
        The answer as plain JSON; None is unanswered.

    Returns
    -------
    str
        Parts are joined by ``[,]``, the two sides of a pair by ``[.]``. A number that was typed is written in
        plain digits; one that has no reading, or several, as it was typed.

    Examples
    --------
    >>> response("match", {"un": "treaty", "eu": "law"})
    'eu[.]law[,]un[.]treaty'
    >>> response("number", "1 234,5"), response("number", "about ten"), response("scale", 4)
    ('1234.5', 'about ten', '4')

    Notes
    -----
    A text that itself holds ``[,]`` cannot be told from two texts; the answer as JSON is in the statement too.
    """
    if answer is None:
        return ""
    if kind in ("choices", "order"):
        return "[,]".join(answer)
    if kind == "match":
        return "[,]".join(f"{left}[.]{answer[left]}" for left in sorted(answer) if answer[left] is not None)
    if kind == "number" and isinstance(answer, str):
        readings = parse_number(answer)
        answer = _short(readings[0]) if len(readings) == 1 and math.isfinite(readings[0]) else answer
    return _digits(answer) if isinstance(answer, int | float) else str(answer)


def _digits(value: float) -> str:
    """A number in digits the way JavaScript prints it, so that both languages write one response."""
    text = repr(value)
    if "e" not in text:
        return text
    if 1e-6 <= abs(value) < 1e21:
        return f"{Decimal(text):f}"
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent):+d}"


def _moment(at: datetime | str | None, after: str | None) -> str:
    """A time in UTC with milliseconds; left out, it is now, and later than every one given out before."""
    global _last_moment
    if isinstance(at, str):
        return at
    if at is None:
        at = _last_moment = max(datetime.now(UTC), _last_moment + _MILLISECOND)
        with contextlib.suppress(
            TypeError, ValueError, OverflowError
        ):  # none, no day of the calendar, year 10000
            at = max(at, datetime.fromisoformat(after) + _MILLISECOND)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_line(statement: Mapping) -> str:
    """A statement as one line of the record, without the line end.

    Examples
    --------
    >>> to_line({"schema": 1, "id": "é"})
    '{"schema":1,"id":"é"}'
    """
    text = json.dumps(statement, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Half of a character pair cannot be written in UTF-8: escape it, as browsers do.
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def read_line(line: str) -> tuple[dict | None, str | None]:
    """Read one line of a record.

    Parameters
    ----------
    line : str
        The line without its line end.

    Returns
    -------
    tuple
        (statement, None) when it is sound, else (None, reason), a key of `REASONS`.

    Examples
    --------
    >>> read_line('{"schema":1,"id":"0b0e')
    (None, 'damaged')
    >>> read_line('{"schema":2}')
    (None, 'newer')
    """
    if is_too_long(line):
        return None, LONG
    try:
        value = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None, DAMAGED
    reason = fault(value)
    return (None, reason) if reason else (value, None)


def is_too_long(line: str) -> bool:
    """Whether a line is longer than any answer, counted as a browser counts."""
    return len(line) > LINE_LIMIT or (2 * len(line) > LINE_LIMIT and utf16_length(line) > LINE_LIMIT)


def utf16_length(text: str) -> int:
    """Length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _refuse(word: str):
    raise ValueError(f"{word} is not JSON")


def fault(value: object) -> str | None:
    """Why a value is not a sound statement of this version: a key of `REASONS`, or None when it is one."""
    try:
        schema = value["schema"]
        if _whole(schema) and schema > SCHEMA:
            return NEWER
        sound = schema == SCHEMA and _whole(schema) and _frame_fits(value) and _result_fits(value["result"])
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
        return FOREIGN
    return None if sound else FOREIGN


def _frame_fits(value: dict) -> bool:
    """Who, when, which question and where."""
    account, activity, context = value["actor"]["account"], value["object"], value["context"]
    misconception = context["extensions"][f"{COURSE}:misconception"]
    return bool(
        _UUID.fullmatch(value["id"])
        and _TIME.fullmatch(value["timestamp"])
        and account["homePage"] == COURSE
        and _UUID.fullmatch(account["name"])
        and value["verb"]["id"] == VERB
        and activity["id"].startswith(f"{COURSE}:")
        and _QUESTION.fullmatch(question_id(value))
        and context["platform"] in PLATFORMS
        and (misconception is None or isinstance(misconception, str))
        and activity["definition"]["interactionType"]
        == INTERACTION_TYPES[value["result"]["extensions"][f"{COURSE}:kind"]]
    )


def _result_fits(result: dict) -> bool:
    """What was answered, and how it was judged."""
    extensions = result["extensions"]
    answer, certainty = extensions[f"{COURSE}:answer"], extensions[f"{COURSE}:certainty"]
    tries = extensions[f"{COURSE}:tries"]
    return (
        isinstance(result["response"], str)
        and result["completion"] is (answer is not None)
        and ("success" not in result or isinstance(result["success"], bool))
        and ("score" not in result or _share(result["score"]["scaled"]))
        and (certainty is None or (_whole(certainty) and 1 <= certainty <= 3))
        and isinstance(extensions[f"{COURSE}:hint"], bool)
        and _whole(tries)
        and 0 <= tries < 2**53
        and (answer is None or _answer_fits(extensions[f"{COURSE}:kind"], answer))
    )


def _answer_fits(kind: str, answer: object) -> bool:
    """Whether an answer has the shape of its question kind, so that who reads it need not doubt it."""
    if kind in ("choices", "order"):
        return isinstance(answer, list) and all(isinstance(item, str) for item in answer)
    if kind == "match":
        return isinstance(answer, dict) and all(
            right is None or isinstance(right, str) for right in answer.values()
        )
    if kind == "scale":
        return _whole(answer) and abs(answer) < 2**53
    return isinstance(answer, str) or (kind == "number" and _finite(answer))


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(float(value))


def _whole(value: object) -> bool:
    return _finite(value) and float(value).is_integer()


def _share(value: object) -> bool:
    return _finite(value) and 0 <= value <= 1


def question_id(statement: Mapping) -> str:
    """The question a statement answers, as "module/question".

    Examples
    --------
    >>> question_id({"object": {"id": "urn:organized-crime-course:05-measuring/guess"}})
    '05-measuring/guess'
    """
    return statement["object"]["id"][len(COURSE) + 1 :]


def in_order(statements: Iterable[Mapping]) -> list[Mapping]:
    """Statements by time, then by id."""
    return sorted(statements, key=lambda each: (each["timestamp"], each["id"]))


def fold(statements: Iterable[Mapping]) -> dict[str, dict]:
    """Where the learner stands: the latest answer to every question, and the first.

    Parameters
    ----------
    statements : iterable of dict
        Sound statements, in any order, repeated ones too.

    Returns
    -------
    dict
        Question id to its entry: answer (None after "start again"), certainty, hint, tries, right, score, at
        (time of the latest statement), first (the first answer and its time, or None).

    Examples
    --------
    >>> me = "0b0e7a52-6a3e-4d0c-9a51-0f2f3c1d2e4f"
    >>> said = [statement("05-measuring/guess", "scale", value, actor=me) for value in (2, 5)]
    >>> entry = fold(said)["05-measuring/guess"]
    >>> entry["answer"], entry["first"]["answer"]
    (5, 2)

    Notes
    -----
    "Latest" is by the clocks of the devices that wrote the statements; a clock that was wrong is not noticed.
    """
    state: dict[str, dict] = {}
    for each in in_order(statements):
        question = question_id(each)
        state[question] = _entry(each, state.get(question))
    return state


def _entry(statement: Mapping, before: dict | None) -> dict:
    """The entry of one question after one more statement."""
    result, at = statement["result"], statement["timestamp"]
    extensions = result["extensions"]
    answer = extensions[f"{COURSE}:answer"]
    first = before["first"] if before else None
    return {
        "answer": answer,
        "certainty": extensions[f"{COURSE}:certainty"],
        "hint": extensions[f"{COURSE}:hint"],
        "tries": extensions[f"{COURSE}:tries"],
        "right": result.get("success"),
        "score": result["score"]["scaled"] if "score" in result else None,
        "at": at,
        "first": first or (None if answer is None else {"answer": answer, "at": at}),
    }


def set_aside_words(reasons: Iterable[str]) -> str | None:
    """One sentence on lines that were set aside; None when there are none.

    Parameters
    ----------
    reasons : iterable of str
        A key of `REASONS` for every line.

    Examples
    --------
    >>> set_aside_words(["damaged", "damaged"])
    '2 lines were set aside and the rest was read: 2 cut short or damaged.'
    """
    reasons = list(reasons)
    if not reasons:
        return None
    parts = [f"{reasons.count(code)} {words}" for code, words in REASONS.items() if code in reasons]
    lines = "1 line was" if len(reasons) == 1 else f"{len(reasons)} lines were"
    return f"{lines} set aside and the rest was read: {', '.join(parts)}."
