"""Read a module file, or say everything that is wrong with it.

The structure is checked with the JSON Schema ``data/modules/module.schema.json``, which editors use
too; what it cannot say (two right answers, an unknown id, minutes that do not add up) is checked here.
"""

from __future__ import annotations

import difflib
import functools
import json
import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from widgets.datasets import data_folder
from widgets.grading import normalize_text, within
from widgets.items import ModuleFile, make_module
from widgets.keys import schema_without_key
from widgets.structure import count, findings, nearest
from widgets.text import refused_links
from widgets.yamlfile import FileError, Problem, Tree, read_yaml

__all__ = ["ModuleFileError", "Problem", "read_module", "schema"]

CLASS_MINUTES = {"plan": 180, "plan50": 50}
NOUNS = {"outcomes": "outcome", "misconceptions": "misconception", "icebreakers": "question",
         "questions": "question", "cases": "case", "activities": "activity", "labs": "lab",
         "checks": "question", "form": "question", "options": "option", "wrong": "wrong value",
         "left": "left side", "right": "right side", "items": "item", "roles": "role", "steps": "step",
         "plan": "step of the plan", "plan50": "step of the short plan", "accepted": "accepted answer",
         "modules": "module", "goals": "goal"}
OWNERS = ("question", "case", "activity", "lab", "outcome", "misconception")


class ModuleFileError(FileError):
    """A module file has problems; `problems` lists all of them, sorted by line.

    Examples
    --------
    >>> raise ModuleFileError([Problem("05-measuring.yml", 1, "", "`title` is missing.", "add it.")])
    Traceback (most recent call last):
        ...
    widgets.modulefile.ModuleFileError: 05-measuring.yml, line 1: `title` is missing. Mend: add it.
    """


def read_module(path: str | Path, sources: Collection[str] | None = None) -> ModuleFile:
    """Read a module file and check it whole.

    Parameters
    ----------
    path : path
        Such as ``data/modules/05-measuring.yml``.
    sources : collection of str, optional
        What a `source` may name: keys of the bibliography and provisions such as ``UNTOC:2(a)``.
        Without it sources are not looked up.

    Returns
    -------
    ModuleFile
        What the file says; its `name` is the stem of the file.

    Raises
    ------
    ModuleFileError
        If anything is wrong. It lists every problem with file, line, id and what to do. Where the
        YAML itself breaks, only that place is known.

    Notes
    -----
    It cannot tell whether an answer is true, a source says so, or a dataset exists.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "05-measuring.yml")
    >>> _ = path.write_text("title: Measuring\\noutcomes:\\n- {id: count, text: Count.}\\n", encoding="utf-8")
    >>> read_module(path).outcomes
    (Outcome(id='count', text='Count.'),)
    """
    try:
        tree = read_yaml(path, keep_slips=True)
    except FileError as error:
        raise ModuleFileError(list(dict.fromkeys(error.problems))) from None
    problems = _check(tree, sources)
    if problems:
        raise ModuleFileError(sorted(dict.fromkeys(problems), key=lambda each: each.line))
    return make_module(Path(path).stem, tree.value)


@functools.cache
def schema() -> dict[str, Any]:
    """Give the JSON Schema of module files.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12, with a description of every key.

    Examples
    --------
    >>> schema()["properties"]["plan"]["description"]
    'The class plan; its minutes add up to 180.'
    """
    path = data_folder() / "modules" / "module.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@functools.cache
def _schema_without_key() -> dict[str, Any]:
    return schema_without_key(schema())


def _check(tree: Tree, sources: Collection[str] | None) -> list[Problem]:
    check = _Check(tree, sources)
    for slip in tree.slips:
        check.add(slip.path, slip.message, slip.mend, slip.line)
    if isinstance(tree.value, dict):
        check.structure()
        check.meaning()
    elif tree.value is None:
        check.add((), "the file is empty.", "begin with `title:` and `outcomes:`.")
    else:
        check.add((), "the file is not made of lines `key: value`.",
                  "begin with `title:` and `outcomes:`, without a hyphen before them.")
    return check.problems


# ---- where something stands ----------------------------------------------------------------------


def _steps(data: Any, path: tuple) -> Iterator[tuple[str, str]]:
    """Go along `path`, yielding noun and name of each list item on the way: ("question", "guess")."""
    noun = ""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return
        if isinstance(step, int) and noun:
            names = data if isinstance(data, dict) else {}
            name = names.get("id", names.get("name"))
            yield noun, name if isinstance(name, str) and name.strip() else f"no. {step + 1}"
        elif isinstance(step, str):
            noun = NOUNS.get(step, "")
            if step == "country":
                yield "country", ""


def _place(data: Any, path: tuple) -> tuple[str, str]:
    """Give the id of the question (case …) around `path`, and the place in words."""
    owner, words = "", []
    for noun, name in _steps(data, path):
        numbered = name.startswith("no. ")
        if noun in OWNERS:
            owner = "" if numbered else name
        words.append(noun if not name else f"{noun} {name}" if numbered else f"{noun} `{name}`")
    return owner, ", ".join(words)


class _Check:
    """Collect the problems of one file."""

    def __init__(self, tree: Tree, sources: Collection[str] | None) -> None:
        self.tree = tree
        self.data = tree.value
        self.problems: list[Problem] = []
        self.reported: set[tuple] = set()
        self.known = {"outcome": self.ids(("outcomes",)), "misconception": self.ids(("misconceptions",)),
                      "source": sources}
        self.judged = not (isinstance(self.data, dict) and self.data.get("graded") is False)

    def add(self, path: tuple, message: str, mend: str, line: int = 0) -> None:
        owner, place = _place(self.data, path)
        line = line or self.tree.line(path)
        self.problems.append(Problem(self.tree.file, line, owner, message, mend, place))

    def structure(self) -> None:
        for finding in findings(schema() if self.judged else _schema_without_key(), self.data):
            self.add(*finding)
            self.reported.add(finding.path)

    # -- meaning: what the structure allows and the course does not

    def meaning(self) -> None:
        for path in self.every_question():
            self.question(path)
        for key in ("outcomes", "misconceptions", "cases", "activities", "labs"):
            self.differ((key,))
        self.same([(path, self.at(path)) for path in self.every_question()], "id")
        self.form()
        self.path_rules()
        self.references((), self.data)
        self.plans()
        for path, _ in self.entries(("activities",)):
            self.activity(path)

    def at(self, path: tuple) -> Any:
        value = self.data
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def entries(self, path: tuple) -> list[tuple[tuple, dict]]:
        """Give path and value of each entry of the list at `path` that is a mapping."""
        value = self.at(path)
        found = enumerate(value) if isinstance(value, list) else ()
        return [((*path, number), each) for number, each in found if isinstance(each, dict)]

    def ids(self, path: tuple) -> dict[str, tuple]:
        """Give the ids in the list at `path`, each with the path of the first entry that has it."""
        found: dict[str, tuple] = {}
        for here, each in self.entries(path):
            if isinstance(each.get("id"), str):
                found.setdefault(each["id"], here)
        return found

    def every_question(self) -> Iterator[tuple]:
        lists = [("icebreakers",), ("questions",), ("country", "form"), ("path", "form")]
        lists += [(*path, "questions") for path, _ in self.entries(("cases",))]
        lists += [(*path, "checks") for path, _ in self.entries(("labs",))]
        for each in lists:
            yield from (path for path, _ in self.entries(each))

    def differ(self, path: tuple, key: str = "id") -> None:
        """Let no two entries of a list have the same `key`."""
        self.same(self.entries(path), key)

    def same(self, entries: list[tuple[tuple, dict]], key: str) -> None:
        first: dict[str, tuple] = {}
        for here, each in entries:
            value = each.get(key)
            if not isinstance(value, str):
                continue
            if value in first:
                line = self.tree.line((*first[value], key))
                self.add((*here, key), f"the {key} `{value}` is there twice; the first is on line {line}.",
                         "give one of them another id." if key == "id" else "make them differ.")
            first.setdefault(value, here)

    def form(self) -> None:
        for path, each in self.entries(("country", "form")):
            if isinstance(each.get("kind"), str) and each["kind"] not in ("reflection", "text"):
                self.add((*path, "kind"), "the form asks what no file can know.",
                         "make it `kind: reflection`, or `kind: text`.")

    def path_rules(self) -> None:
        """Let the rule for a path name only questions and modules that are there."""
        here = ("path", "modules")
        self.differ(here)
        self.differ(("path", "goals"))
        goals = self.ids(("path", "goals"))
        known = {"asks": self.ids(("questions",)), "goals": goals, "after": self.ids(here)}
        for path, each in self.entries(here):
            for key, there in known.items():
                named = each.get(key)
                for id in [named] if isinstance(named, str) else named if isinstance(named, list) else []:
                    self.named_in_path((*path, key), id, there)
        for path, each in self.entries(("path", "goals")):
            self.named_in_path((*path, "id"), each.get("id"), self.ids(("path", "form")))

    def named_in_path(self, path: tuple, id: Any, there: Collection[str]) -> None:
        if isinstance(id, str) and id not in there:
            noun = {"after": "module", "goals": "goal"}.get(path[-1], "question")
            self.add(path, f"there is no {noun} `{id}`.", nearest(id, there))

    def references(self, path: tuple, value: Any) -> None:
        """Look up every outcome, misconception and source, and every link, wherever it stands."""
        if isinstance(value, list):
            for number, each in enumerate(value):
                self.references((*path, number), each)
        elif isinstance(value, dict):
            for key, each in value.items():
                self.references((*path, key), each)
        elif isinstance(value, str) and path:
            self.reference(path, value)

    def reference(self, path: tuple, value: str) -> None:
        key = path[-1] if isinstance(path[-1], str) else path[-2]
        known = self.known.get(key)
        if known is not None and value not in known and path not in self.reported:
            self.add(path, f"there is no {key} `{value}`.", self.lookup_mend(key, value, known))
        for link in refused_links(value):
            self.add(path, f"the link `{link}` cannot be used.",
                     "links begin with https://, or lead to a page of the course: ../book/glossary.html.")

    def lookup_mend(self, key: str, value: str, known: Collection[str]) -> str:
        if key != "source":
            return nearest(value, known) if known else f"define it under `{key}s`, or delete the line."
        near = difflib.get_close_matches(value, list(known), n=1)
        if near:
            return f"did you mean `{near[0]}`?"
        return ("add it to data/references.bib (a provision: to data/provisions.yml), "
                "or name one that is there.")

    def plans(self) -> None:
        for key, wanted in CLASS_MINUTES.items():
            if isinstance(self.at((key,)), list):
                name = "the plan" if key == "plan" else "the short plan"
                self.minutes((key,), (key,), wanted, name, "a class")

    def activity(self, path: tuple) -> None:
        stated = self.at((*path, "minutes"))
        sound = _is_number(stated) and (*path, "minutes") not in self.reported
        if sound and isinstance(self.at((*path, "steps")), list):
            self.minutes((*path, "steps"), (*path, "minutes"), stated, "the steps", "the activity")

    def minutes(self, steps: tuple, blame: tuple, wanted: float, what: str, whole: str) -> None:
        each = [entry.get("minutes") for _, entry in self.entries(steps)]
        if all(map(_is_number, each)) and sum(each) != wanted:
            verb = "adds" if what.endswith("plan") else "add"
            gap = wanted - sum(each)
            self.add(blame, f"{what} {verb} up to {sum(each)} minutes; {whole} has {wanted}.",
                     f"{'add' if gap > 0 else 'take away'} {abs(gap)} minutes.")

    # -- meaning of one question

    def question(self, path: tuple) -> None:
        kind = self.at((*path, "kind"))
        if not isinstance(kind, str):
            return
        for part in ("options", "left", "right", "items"):
            self.differ((*path, part))
            self.differ((*path, part), "text")
        check = getattr(self, f"check_{kind}", None)
        if check and self.judged:  # what these look at is the key
            check(path)

    def check_choice(self, path: tuple) -> None:
        right = [here for here, each in self.entries((*path, "options")) if each.get("right") is True]
        if len(right) > 1:
            self.add((*right[1], "right"),
                     f"{count(len(right))} options are marked right; a `choice` has one.",
                     "keep one `right: true`, or make it `kind: choices`.")
        if not self.some_right(path):
            self.add((*path, "options"), "no option is marked right; a `choice` has one.",
                     "write `right: true` under the right option.")
        for here in right:
            if self.at((*here, "misconception")) is not None:
                self.add((*here, "misconception"), "a right option names a misconception.",
                         "move the line to a wrong option.")

    def check_choices(self, path: tuple) -> None:
        if not self.some_right(path):
            self.add((*path, "options"), "no option is marked right; a `choices` has at least one.",
                     "write `right: true` under each right option.")

    def some_right(self, path: tuple) -> bool:
        """Tell whether an option is marked right, however badly (`right: yes` is reported by itself)."""
        options = self.entries((*path, "options"))
        return not options or any(each.get("right", False) is not False for _, each in options)

    def check_number(self, path: tuple) -> None:
        bad = [here for here in self.numbers(path) if not self.finite(here)]
        answer, tolerance = self.at((*path, "answer")), self.at((*path, "tolerance")) or 0
        if bad or not (_is_number(answer) and _is_number(tolerance) and tolerance >= 0):
            return
        earlier: list[tuple[float, float, int]] = []
        for here, each in self.entries((*path, "wrong")):
            value, width = each.get("value"), each.get("tolerance", tolerance)
            if not (_is_number(value) and _is_number(width)):
                continue
            here = (*here, "value")
            if within(value, answer, tolerance):
                self.add(here, f"the wrong value {value} counts as right: the answer is {answer}, give or "
                         f"take {tolerance}.", "change the value, or make the tolerance smaller.")
            for other, reach, line in earlier:
                if within(value, other, reach):
                    self.add(here, f"the wrong value {value} is never reached: {other}, give or take "
                             f"{reach}, on line {line} comes first.",
                             "give that one a smaller `tolerance`, or merge them.")
            earlier.append((value, width, self.tree.line(here)))

    def numbers(self, path: tuple) -> list[tuple]:
        places = [(*path, "answer"), (*path, "tolerance")]
        for here, _ in self.entries((*path, "wrong")):
            places += [(*here, "value"), (*here, "tolerance")]
        return [place for place in places if _is_number(self.at(place))]

    def finite(self, path: tuple) -> bool:
        if _is_finite(self.at(path)):
            return True
        self.add(path, f"`{path[-1]}` is not a number that can be compared.",
                 "write an ordinary number in digits.")
        return False

    def check_text(self, path: tuple) -> None:
        how = self.at((*path, "normalize"))
        how = [each for each in how if isinstance(each, str)] if isinstance(how, list) else ["case", "space"]
        accepted = self.spellings((*path, "accepted"))
        known: dict[str, int] = {}
        for here, value in accepted:
            known.setdefault(self.compared(here, value, how), self.tree.line(here))
        for entry, _ in self.entries((*path, "wrong")):
            for here, value in self.spellings((*entry, "value")):
                plain = self.compared(here, value, how)
                if plain in known:
                    self.add(here, f"`{value}` is compared like the answer on line {known[plain]}, so it is "
                             "never reached.", "delete one of the two.")
                known.setdefault(plain, self.tree.line(here))

    def spellings(self, path: tuple) -> list[tuple[tuple, str]]:
        value = self.at(path)
        if isinstance(value, str):
            return [(path, value)]
        found = enumerate(value) if isinstance(value, list) else ()
        return [((*path, number), each) for number, each in found if isinstance(each, str)]

    def compared(self, path: tuple, value: str, how: list[str]) -> str:
        plain = normalize_text(value, how)
        if value.strip() and not plain.strip():
            self.add(path, f"nothing of `{value}` is left to compare.",
                     "take `punctuation` out of `normalize`.")
        return plain

    def check_match(self, path: tuple) -> None:
        rights = self.ids((*path, "right"))
        for here, each in self.entries((*path, "left")):
            match = each.get("match")
            if isinstance(match, str) and rights and match not in rights:
                self.add((*here, "match"), f"there is no right side `{match}`.", nearest(match, rights))

    def check_scale(self, path: tuple) -> None:
        points, labels = self.at((*path, "points")), self.at((*path, "labels"))
        sound = _is_number(points) and (*path, "points") not in self.reported
        if sound and isinstance(labels, list) and len(labels) != points:
            self.add((*path, "labels"), f"there are {count(len(labels))} labels for {points} points.",
                     "write one for each point, or delete `labels`.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:  # a whole number too long for any computer's decimals
        return False
