"""What the key of a module file is, and the file without it: for an edition in which nothing is judged."""
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["KEY", "each_question", "schema_without_key", "without_key"]

_QUESTION = ("explanation", "source", "note")
_OF_KIND = {
    "choice": (), "choices": (), "match": (), "scale": (), "reflection": (),
    "number": ("answer", "tolerance", "right", "otherwise", "wrong"),
    "text": ("accepted", "normalize", "right", "otherwise", "wrong"),
    "order": ("right", "otherwise"),
}
KEY: dict[str, tuple[str, ...]] = {
    **{kind: (*_QUESTION, *names) for kind, names in _OF_KIND.items()},
    "option": ("right", "feedback", "unchosen", "misconception"),
    "left": ("match", "feedback", "misconception"),
    "item": ("feedback",),
}
"""The entries that tell an answer, by the name of their part in ``module.schema.json``."""

_PARTS = {"options": "option", "left": "left", "items": "item"}
_LECTURERS = ("misconceptions", "plan", "plan50")  # beliefs are answered in them; plans name results of labs


def without_key(module: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a module file says, without anything that tells an answer.

    Parameters
    ----------
    module : mapping
        The keys of a module file that has been checked.

    Returns
    -------
    dict
        The same with ``graded: false``, without right answers, feedback, explanations, sources of questions,
        diagnosed values, beliefs, class plans, and notes to the lecturer. Hints stay. The items of an order
        stand by the alphabet of their ids.

    Examples
    --------
    >>> option = {"id": "two", "text": "Two", "right": True, "feedback": "Yes."}
    >>> without_key({"questions": [{"id": "n", "kind": "choice", "text": "?", "options": [option]}]})
    {'graded': False, 'questions': [{'id': 'n', 'kind': 'choice', 'text': '?', \
'options': [{'id': 'two', 'text': 'Two'}]}]}

    Notes
    -----
    It cannot see an answer that an author wrote into a question, a hint or the text of a case.
    """
    kept = {key: value for key, value in module.items() if key not in _LECTURERS}
    return {"graded": False, **_stripped(kept, "module")}


def _stripped(value: Any, part: str) -> Any:
    """Take the key out of a part of a module file, and out of all parts in it."""
    if isinstance(value, list):
        return [_stripped(each, part) for each in value]
    if not isinstance(value, Mapping):
        return value
    part = value.get("kind", part)
    kept = {key: _stripped(each, _PARTS.get(key, "")) for key, each in value.items()
            if key not in KEY.get(part, ())}
    if part == "order":  # neither the right order, nor a mix that depends on it
        kept["items"] = sorted(kept["items"], key=lambda item: item["id"])
    return kept


def each_question(value: Any, change: Callable[[Mapping], Any]) -> Any:
    """Give a module file, or a part of it, with each question changed.

    Parameters
    ----------
    value : object
        Plain mappings and lists, as in a module file.
    change : callable
        Takes the mapping of a question and gives another.

    Returns
    -------
    object
        A copy.

    Examples
    --------
    >>> each_question({"questions": [{"id": "n", "kind": "text"}]}, lambda asked: asked["id"])
    {'questions': ['n']}
    """
    if isinstance(value, list):
        return [each_question(each, change) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("kind") in _OF_KIND:
        return change(value)
    return {key: each_question(each, change) for key, each in value.items()}


def schema_without_key(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema of module files in which no entry of the key is known or asked for.

    Parameters
    ----------
    schema : mapping
        ``module.schema.json``.

    Returns
    -------
    dict
        A schema that every result of :func:`without_key` fits, and no file with a key. It also knows
        ``graded: false``.

    Examples
    --------
    >>> item = {"required": ["id"], "properties": {"id": {}, "feedback": {}}}
    >>> schema_without_key({"$defs": {"item": item}})["$defs"]
    {'item': {'required': ['id'], 'properties': {'id': {}}}}
    """
    bare = copy.deepcopy(dict(schema))
    top = {name: each for name, each in bare.get("properties", {}).items() if name not in _LECTURERS}
    bare["properties"] = {**top, "graded": {"const": False}}
    for name, names in KEY.items():
        part = bare["$defs"].get(name)
        if part:
            part["required"] = [each for each in part["required"] if each not in names]
            part["properties"] = {key: each for key, each in part["properties"].items() if key not in names}
    return bare
