"""Hold a value against a JSON Schema, and say in plain words what does not fit.

The schema is written for editors; this reads the part of JSON Schema that it uses. The jsonschema
package gives the same verdicts (a test holds the two together), but takes most of a second to import
beside Jupyter, needs compiled parts in a browser, and its words are not for authors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

__all__ = ["KEYWORDS", "Finding", "count", "described", "findings", "nearest"]

QUOTED = "put it in double quotes: \"…\"."
TYPE_NAMES = {"string": "text", "boolean": "true or false", "number": "a number", "integer": "a whole number",
              "array": "a list", "object": "lines of `key: value`"}
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Finding(NamedTuple):
    """One place where a value does not fit the schema.

    Parameters
    ----------
    path : tuple of str and int
        Where, from the top.
    message, mend : str
        What is wrong, and what to do.

    Examples
    --------
    >>> Finding(("title",), "`title` is left empty.", "write its text.").path
    ('title',)
    """

    path: tuple
    message: str
    mend: str


def findings(schema: dict[str, Any], value: Any) -> list[Finding]:
    """List everything in `value` that does not fit the schema.

    Parameters
    ----------
    schema : dict
        JSON Schema (draft 2020-12) made of the keywords in `KEYWORDS`.
    value : object
        Plain JSON.

    Returns
    -------
    list of Finding
        Empty if all fits.

    Examples
    --------
    >>> schema = {"type": "object", "additionalProperties": False, "required": ["title"],
    ...           "properties": {"title": {"description": "The title.", "type": "string"}}}
    >>> for finding in findings(schema, {"titel": "Measuring"}):
    ...     print(finding.message, finding.mend)
    `title` is missing. add a line `title: …`. The title.
    the key `titel` is not known here. did you mean `title`?
    """
    return list(_walk(schema, schema, value, ()))


def described(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """Give the description of a part of a schema, its own or that of what it refers to.

    Parameters
    ----------
    schema, part : dict
        The whole, and the part.

    Returns
    -------
    str
        A sentence, or several; empty where there is none.

    Examples
    --------
    >>> described({"$defs": {"id": {"description": "An id."}}}, {"$ref": "#/$defs/id"})
    'An id.'
    """
    while "description" not in part and "$ref" in part:
        part = _resolve(schema, part["$ref"])
    return part.get("description", "")


def nearest(word: str, known: Collection[str]) -> str:
    """Suggest the nearest known word, or name the known ones.

    Parameters
    ----------
    word : str
        What was written.
    known : collection of str
        What may be written.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> nearest("feedbak", ["feedback", "text"])
    'did you mean `feedback`?'
    >>> nearest("x", ["feedback", "text"])
    'use one of `feedback`, `text`.'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.65)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"use one of {', '.join(f'`{each}`' for each in known)}."


def count(number: int) -> str:
    """Write a small number as a word.

    Parameters
    ----------
    number : int
        How many.

    Returns
    -------
    str
        A word up to ten, digits above.

    Examples
    --------
    >>> count(2), count(11)
    ('two', '11')
    """
    return NUMBER_WORDS[number] if 0 <= number < len(NUMBER_WORDS) else str(number)


# ---- going through the schema --------------------------------------------------------------------


def _resolve(schema: dict[str, Any], ref: str) -> dict[str, Any]:
    return schema["$defs"][ref.removeprefix("#/$defs/")]


def _walk(schema: dict[str, Any], part: dict[str, Any], value: Any, path: tuple) -> Iterator[Finding]:
    if "$ref" in part:
        yield from _walk(schema, _resolve(schema, part["$ref"]), value, path)
    if "type" in part and not _has_type(value, part["type"]):
        yield Finding(path, *_wrong_type(path, value, part["type"]))
        return
    for keyword, wanted in part.items():
        rule = RULES.get(keyword)
        if rule and isinstance(value, rule.applies):
            for message, mend in rule.check(wanted, value, _name(path)):
                yield Finding(path, message, mend or described(schema, part))
    if isinstance(value, dict):
        yield from _walk_mapping(schema, part, value, path)
    if isinstance(value, list) and "items" in part:
        for number, each in enumerate(value):
            yield from _walk(schema, part["items"], each, (*path, number))
    for each in part.get("allOf", ()):
        if "if" not in each or not any(_walk(schema, each["if"], value, path)):
            yield from _walk(schema, each.get("then", each), value, path)


def _walk_mapping(schema: dict, part: dict, value: dict, path: tuple) -> Iterator[Finding]:
    known = part.get("properties", {})
    for key in part.get("required", ()):
        if key not in value:
            described_as = described(schema, known.get(key, {}))
            yield Finding(path, f"`{key}` is missing.", f"add a line `{key}: …`. {described_as}".rstrip())
    for key, each in value.items():
        if key in known:
            yield from _walk(schema, known[key], each, (*path, key))
        elif part.get("additionalProperties") is False:
            free = [other for other in known if other not in value]
            mend = nearest(key, free or list(known)).replace("use", "delete it, or use", 1)
            yield Finding((*path, key), f"the key `{key}` is not known here.", mend)


def _name(path: tuple) -> str:
    """Name what stands at `path`: its key, or its place in a list."""
    if not path:
        return "the file"
    return f"`{path[-1]}`" if isinstance(path[-1], str) else f"entry {path[-1] + 1} of `{path[-2]}`"


# ---- types ---------------------------------------------------------------------------------------


def _has_type(value: Any, wanted: str | list[str]) -> bool:
    return any(_is_of(value, each) for each in ([wanted] if isinstance(wanted, str) else wanted))


def _is_of(value: Any, wanted: str) -> bool:
    if wanted in ("number", "integer"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (wanted == "number" or isinstance(value, int) or value.is_integer())
    return isinstance(value, {"string": str, "boolean": bool, "array": list, "object": dict}[wanted])


def _wrong_type(path: tuple, value: Any, wanted: str | list[str]) -> tuple[str, str]:
    wanted = [wanted] if isinstance(wanted, str) else wanted
    names = " or ".join(TYPE_NAMES[each] for each in wanted)
    return f"{_name(path)} is {_what(value)}; it must be {names}.", _type_mend(value, wanted[0])


def _what(value: Any) -> str:
    if value is None:
        return "left empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}" if abs(value) < 1e15 else "a number"
    if isinstance(value, str):
        return f"the text `{value}`" if len(value) < 30 and value.isprintable() else "text"
    return {list: "a list", dict: "lines of `key: value`"}[type(value)]


def _type_mend(value: Any, wanted: str) -> str:
    if value is None:
        return "write something behind the colon, or delete the line."
    if wanted == "string":
        return {dict: "a colon and a space inside a text make keys of it; " + QUOTED,
                list: "write one text, without hyphens and square brackets."}.get(type(value), QUOTED)
    return {"boolean": "write true or false, in small letters and without quotes.",
            "number": "write digits with a decimal point and nothing else, such as 1234.5.",
            "integer": "write a whole number in digits, without quotes.",
            "array": "write a list: each entry on a line of its own that begins with `- `.",
            "object": "write lines of `key: value`."}[wanted]


# ---- the other keywords --------------------------------------------------------------------------

Words = Iterator[tuple[str, str]]


def _one_of(wanted: list[str], value: Any, name: str) -> Words:
    if isinstance(value, str) and value not in wanted:
        yield f"{name} cannot be `{value}`.", nearest(value, wanted)
    elif value not in wanted:
        yield f"{name} is {_what(value)}; it must be a word.", nearest("", wanted)


def _exactly(wanted: Any, value: Any, name: str) -> Words:
    if type(value) is not type(wanted) or value != wanted:
        yield f"{name} can only be {str(wanted).lower()} here.", ""


def _pattern(wanted: str, value: str, name: str) -> Words:
    if re.search(wanted, value):
        return
    if not value.strip():
        yield f"{name} is left empty.", "write something, or delete the line."
    elif wanted == r"^\S+$":
        yield f"{name} `{value}` has a space in it.", \
            "name one key of the bibliography, or one provision such as UNTOC:2(a)."
    else:
        yield f"{name} `{value}` is not an id.", \
            "use small letters a to z and digits, with single hyphens between them, such as `two-lists`."


def _no_longer(wanted: int, value: str, name: str) -> Words:
    if len(value) > wanted:
        yield f"{name} is longer than {wanted} letters.", "shorten it."


def _at_least(wanted: float, value: float, name: str) -> Words:
    if value < wanted:
        yield f"{name} is {value}; it must be at least {wanted}.", "write a larger number."


def _at_most(wanted: float, value: float, name: str) -> Words:
    if value > wanted:
        yield f"{name} is {value}; it must be at most {wanted}.", "write a smaller number."


def _enough(wanted: int, value: list, name: str) -> Words:
    if len(value) < wanted:
        entries = "entry" if len(value) == 1 else "entries"
        yield f"{name} has {count(len(value))} {entries}; it needs at least {count(wanted)}.", \
            "add what is missing, each beginning with `- `."


def _once_each(wanted: bool, value: list, name: str) -> Words:
    twice = [each for number, each in enumerate(value) if each in value[:number]]
    if wanted and twice:
        yield f"{name} names `{twice[0]}` twice.", "delete one of the two."


class _Rule(NamedTuple):
    applies: type | tuple[type, ...]
    check: Callable[[Any, Any, str], Words]


RULES = {
    "enum": _Rule(object, _one_of),
    "const": _Rule(object, _exactly),
    "pattern": _Rule(str, _pattern),
    "maxLength": _Rule(str, _no_longer),
    "minimum": _Rule((int, float), _at_least),
    "maximum": _Rule((int, float), _at_most),
    "minItems": _Rule(list, _enough),
    "uniqueItems": _Rule(list, _once_each),
}
KEYWORDS = {*RULES, "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties",
            "required", "additionalProperties", "items", "allOf", "if", "then"}
"""The keywords of JSON Schema that are read; a schema with others would be read too leniently."""
