"""Lines of a record, and why they are set aside. Python and the page are held to the same list."""

from __future__ import annotations

import copy
import json
from typing import NamedTuple

COURSE = "urn:organized-crime-course"
SOUND = {
    "schema": 1,
    "id": "3f0f1f6e-95a0-4c66-8c3d-0d2b8e2f9a01",
    "timestamp": "2026-01-31T10:00:00.000Z",
    "actor": {
        "objectType": "Agent",
        "account": {"homePage": COURSE, "name": "0b0e7a52-6a3e-4d0c-9a51-0f2f3c1d2e4f"},
    },
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered"}},
    "object": {
        "objectType": "Activity",
        "id": f"{COURSE}:05-measuring/guess",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "interactionType": "choice",
        },
    },
    "result": {
        "response": "b",
        "completion": True,
        "success": True,
        "score": {"scaled": 1},
        "extensions": {
            f"{COURSE}:answer": "b",
            f"{COURSE}:kind": "choice",
            f"{COURSE}:certainty": 2,
            f"{COURSE}:hint": False,
            f"{COURSE}:tries": 1,
        },
    },
    "context": {"platform": "page", "extensions": {f"{COURSE}:misconception": None}},
}
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
GIVEN = ("result", "extensions")
GONE = object()


class Case(NamedTuple):
    """One line, and the reason for which it is set aside; None when it is sound."""

    name: str
    line: str
    reason: str | None


def as_line(value: object) -> str:
    """A value as one compact line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def changed(path: tuple[str, ...], value: object, reason: str | None) -> Case:
    """The sound statement with one part replaced, or taken away."""
    made = copy.deepcopy(SOUND)
    place = made
    for key in path[:-1]:
        place = place[key]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    word = "gone" if value is GONE else ascii(value)
    return Case(f"{'.'.join(path).replace(COURSE, '')} is {word}", as_line(made), reason)


def answered(kind: str, answer: object, reason: str | None = None) -> Case:
    """The sound statement as an answer to a question of some kind."""
    made = copy.deepcopy(SOUND)
    made["result"]["extensions"] |= {f"{COURSE}:answer": answer, f"{COURSE}:kind": kind}
    made["result"]["completion"] = answer is not None
    made["object"]["definition"]["interactionType"] = INTERACTION_TYPES[kind]
    return Case(f"{kind} answered with {ascii(answer)}", as_line(made), reason)


LINE = as_line(SOUND)
WRITTEN_OTHERWISE = [
    Case("a sound line", LINE, None),
    Case("blanks between the parts", json.dumps(SOUND), None),
    Case("blanks around it", f" {LINE}\t", None),
    Case(
        "escapes where none are needed",
        json.dumps(SOUND).replace("/", "\\/").replace("guess", "\\u0067uess"),
        None,
    ),
    Case("a part twice, the last is right", f'{LINE[:-1]},"schema":1}}', None),
    Case("a part twice, the last is wrong", f'{LINE[:-1]},"id":"x"}}', "foreign"),
    Case("schema 1.0", LINE.replace('"schema":1,', '"schema":1.0,'), None),
    Case("half a pair of characters", LINE.replace('"b"', '"\\ud83d"'), None),
    Case("a score beyond every number", LINE.replace('"scaled":1', '"scaled":1e999'), "foreign"),
    Case("tries beyond every number", LINE.replace(':tries":1', ':tries":1' + "0" * 400), "foreign"),
    Case("a newer schema of another shape", '{"schema":2,"who":[1],"result":"x"}', "newer"),
    Case("too long", LINE.replace('"b"', f'"{"x" * 1_000_000}"'), "long"),
    Case("too long as a browser counts", LINE.replace('"b"', f'"{"🙂" * 500_000}"'), "long"),
    Case("long, yet an answer", LINE.replace('"b"', f'"{"x" * 400_000}"'), None),
]
DAMAGED = [
    Case(name, line, "damaged")
    for name, line in {
        "cut in the middle": LINE[:300],
        "cut before the last brace": LINE[:-1],
        "one brace": "{",
        "two statements on one line": LINE + LINE,
        "words": "not a record",
        "a stray comma": f"{LINE[:-1]},}}",
        "single quotes": LINE.replace('"', "'"),
        "NaN": LINE.replace('"scaled":1', '"scaled":NaN'),
        "Infinity": LINE.replace('"scaled":1', '"scaled":Infinity'),
        "-Infinity": LINE.replace('"scaled":1', '"scaled":-Infinity'),
        "a zero byte at the end": f"{LINE}\0",
        "zero bytes only": "\0\0\0\0",
        "a byte order mark inside": f"\ufeff{LINE}",
        "a tab inside a text": LINE.replace('"b"', '"\t"'),
        "a number with a leading zero": LINE.replace('"scaled":1', '"scaled":01'),
        "nested without end": "[" * 5000,
    }.items()
]
NO_STATEMENT = [
    Case(line, line, "foreign")
    for line in ("null", "1", '"x"', "[]", f"[{LINE}]", "{}", "true", '{"schema":1}')
]
SCHEMA = [
    changed(("schema",), 2, "newer"),
    changed(("schema",), 17, "newer"),
    *(changed(("schema",), value, "foreign") for value in (0, -1, 1.5, 2.5, "1", True, None, [1], GONE)),
]
FRAME = [
    changed(("stored",), "2026-01-31T10:00:01Z", None),
    *(
        changed(("id",), value, "foreign")
        for value in (GONE, 7, None, SOUND["id"].upper(), SOUND["id"][:-1], f"{SOUND['id']}\n", [SOUND["id"]])
    ),
    *(
        changed(("timestamp",), value, None)
        for value in (
            "2024-02-29T23:59:59.999Z",
            "2026-02-31T10:00:00.000Z",
            "0000-01-01T00:00:00.000Z",
            "9999-12-31T23:59:59.999Z",
        )
    ),
    *(
        changed(("timestamp",), value, "foreign")
        for value in (
            "2026-13-01T10:00:00.000Z",
            "2026-00-01T10:00:00.000Z",
            "2026-01-32T10:00:00.000Z",
            "2026-01-31T24:00:00.000Z",
            "2026-01-31T10:60:00.000Z",
            "2026-01-31T10:00:00Z",
            "2026-01-31T10:00:00.000+01:00",
            "2026-01-31 10:00:00.000Z",
            "2026-01-31T10:00:00.000Z\n",
            "٢٠٢٦-01-31T10:00:00.000Z",
            "",
            1769853600000,
            None,
            GONE,
        )
    ),
    *(changed(("actor",), value, "foreign") for value in (GONE, "me", None, [])),
    *(changed(("actor", "account"), value, "foreign") for value in (GONE, None, "me")),
    *(changed(("actor", "account", "name"), value, "foreign") for value in ("Maria Rossi", "", None, 1)),
    changed(("actor", "account", "homePage"), "https://example.org", "foreign"),
    *(changed(("verb",), value, "foreign") for value in (GONE, [], "answered")),
    changed(("verb", "id"), "http://adlnet.gov/expapi/verbs/completed", "foreign"),
    *(changed(("context",), value, "foreign") for value in (GONE, None, [])),
    *(changed(("context", "platform"), value, None) for value in ("notebook", "browser-python")),
    *(changed(("context", "platform"), value, "foreign") for value in ("Linux", "", None, 1)),
    changed(("context", "extensions", f"{COURSE}:misconception"), "more-police-more-crime", None),
    *(
        changed(("context", "extensions", f"{COURSE}:misconception"), value, "foreign")
        for value in (1, [], GONE)
    ),
]
QUESTION = [
    *(
        changed(("object", "id"), f"{COURSE}:{value}", None)
        for value in ("05-measuring/guess/revisit", "05-measuring/two-lists/n", "a/b", "A.b_c/D-1")
    ),
    *(
        changed(("object", "id"), f"{COURSE}:{value}", "foreign")
        for value in (
            "guess",
            "/guess",
            "05-measuring/",
            "05-measuring//guess",
            "",
            "../x",
            "a/..",
            "a/b c",
            "a/é",
            "a/b\n",
            "__proto__",
            "__proto__/x",
            "a/-b",
            "a/<b>",
        )
    ),
    *(
        changed(("object", "id"), value, "foreign")
        for value in ("urn:other:05-measuring/guess", 5, None, [], GONE)
    ),
    *(changed(("object",), value, "foreign") for value in (GONE, None, "x")),
    changed(("object", "definition"), GONE, "foreign"),
    changed(("object", "definition", "interactionType"), "numeric", "foreign"),
    *(
        changed((*GIVEN, f"{COURSE}:kind"), value, "foreign")
        for value in ("guess", "toString", "__proto__", None, ["choice"], {}, GONE)
    ),
]
RESULT = [
    *(changed(("result",), value, "foreign") for value in (GONE, None, [], "x")),
    *(changed(("result", "response"), value, "foreign") for value in (GONE, 1, None)),
    *(changed(("result", "completion"), value, "foreign") for value in (False, 1, "true", None, GONE)),
    changed(("result", "success"), GONE, None),
    changed(("result", "success"), False, None),
    *(changed(("result", "success"), value, "foreign") for value in (None, 1, "true")),
    changed(("result", "score"), GONE, None),
    *(changed(("result", "score"), value, "foreign") for value in (None, 1, [], {})),
    *(changed(("result", "score", "scaled"), value, None) for value in (0, 0.5, 1, -0.0, 1e-9, 1.0)),
    *(
        changed(("result", "score", "scaled"), value, "foreign")
        for value in (-0.1, 1.1, "1", None, True, [], [0.5])
    ),
    *(changed((*GIVEN, f"{COURSE}:certainty"), value, None) for value in (None, 1, 3, 2.0)),
    *(
        changed((*GIVEN, f"{COURSE}:certainty"), value, "foreign")
        for value in (0, 4, 1.5, "2", True, [], GONE)
    ),
    *(changed((*GIVEN, f"{COURSE}:hint"), value, "foreign") for value in (None, 0, "no", GONE)),
    *(changed((*GIVEN, f"{COURSE}:tries"), value, None) for value in (0, 40, 2.0, 2**53 - 1)),
    *(
        changed((*GIVEN, f"{COURSE}:tries"), value, "foreign")
        for value in (-1, 1.5, 2**53, "1", True, None, GONE)
    ),
    changed((*GIVEN, f"{COURSE}:answer"), GONE, "foreign"),
]
ANSWERS = [
    *(answered(kind, None) for kind in INTERACTION_TYPES),
    *(answered("choice", value) for value in ("a", "")),
    *(answered("choice", value, "foreign") for value in (1, ["a"], {}, True)),
    *(answered(kind, value) for kind in ("choices", "order") for value in (["c", "a"], [])),
    *(
        answered(kind, value, "foreign")
        for kind in ("choices", "order")
        for value in ("ca", [1], [None], [["a"]], {"0": "a"})
    ),
    *(answered("number", value) for value in (3, 3.5, -0.0, 1e308, "1 234,5", "", "many")),
    *(answered("number", value, "foreign") for value in (True, [3], {})),
    *(answered("text", value) for value in ("Palermo", 'ΩЖ漢字🙂 \u2028\u202e "<script>\\')),
    *(answered("text", value, "foreign") for value in (3, {}, ["x"], False)),
    *(
        answered("match", value)
        for value in ({"a": "x", "b": "y"}, {"a": None}, {}, {"__proto__": "x"}, {"1": "x"})
    ),
    *(answered("match", value, "foreign") for value in (["a"], {"a": 1}, "a", {"a": ["x"]})),
    *(answered("scale", value) for value in (4, 4.0, -3)),
    *(answered("scale", value, "foreign") for value in (4.5, "4", 2**53, True, [4])),
    *(answered("reflection", value) for value in ("It depends.\nOn much.", "")),
    *(answered("reflection", value, "foreign") for value in ([], 1)),
]
CASES = [*WRITTEN_OTHERWISE, *DAMAGED, *NO_STATEMENT, *SCHEMA, *FRAME, *QUESTION, *RESULT, *ANSWERS]
