"""A path through the course, suggested to a learner from what they answered, by a rule that anyone can check.

The numbers of the rule stand in the module file, under ``path``. ``static/path.js`` follows the same rule on
a page; ``tests/widgets/path_vectors.json`` holds both to the same paths and the same words.
"""
from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Iterable, Mapping
from html import escape
from pathlib import Path as File

from widgets.items import ModuleFile, PathRules
from widgets.statements import COURSE, question_id

__all__ = ["Path", "answers_of", "path_text", "suggest"]

WHY = {
    "certain": "you were certain of an answer that does not hold",
    "fairly": "you were fairly sure of an answer that does not hold",
    "wrong": "your answer in the first test does not hold",
    "short": "you were right and certain, so the short form is enough",
    "role": "it is close to what you do",
    "base": "other modules use its terms",
    "before": "module {0} builds on it",
    "order": "it comes next in the course",
    "last": "the second test shows what has changed",
}
TITLE = "My path through the course on organized crime"
CLOSING = ("This is a suggestion, not a grade. "
           "The rule behind it stands in module 00; take another way if you like.")
WAITING = "Answer the questions above, or some of them: your path then stands here."
RUN_AGAIN = "In a notebook, run this cell again after you have answered."
NOT_THERE = "None of the modules on your path is written yet."


def suggest(rules: Mapping, answers: Mapping[str, Mapping], written: Collection[str]) -> dict:
    """Work out which modules to take, in which order, in which form, and why.

    Parameters
    ----------
    rules : mapping
        What ``PathRules.spec()`` gives.
    answers : mapping
        Question to ``{"answer", "certainty", "right"}``, as :func:`answers_of` gives it.
    written : collection of str
        The modules that exist, such as ``"05-measuring"``.

    Returns
    -------
    dict
        ``budget`` (hours, or None where no time was said), ``hours``, ``steps`` (each with ``module``,
        ``hours``, ``short``, ``why``), ``later`` (modules that exist and did not fit), ``coming`` (modules
        that are not written yet), and ``open`` (how many of the questions are not answered).

    Examples
    --------
    >>> rules = {"form": ["time"], "hours": [3, 6], "whole": 3, "short": 1, "role": 1, "wrong": [2, 3, 5],
    ...          "goals": {}, "last": {"id": "03-test", "topic": "Test", "hours": 1}, "modules": [
    ...          {"id": "01-a", "topic": "A", "asks": "a"}, {"id": "02-b", "topic": "B", "asks": "b"}]}
    >>> wrong = {"answer": "x", "certainty": 3, "right": False}
    >>> path = suggest(rules, {"time": {"answer": 1}, "b": wrong}, ["01-a", "02-b"])
    >>> [step["module"] for step in path["steps"]], path["later"], path["coming"]
    (['02-b'], ['01-a'], ['03-test'])

    Notes
    -----
    It weighs what a learner said. It cannot tell what they know beyond one question for each module, and
    nobody has yet measured whether those who follow it learn more.
    """
    modules = {each["id"]: each for each in rules["modules"]}
    told = {id: _judged(rules, module, answers) for id, module in modules.items()}
    places = {id: place for place, id in enumerate(modules)}
    ranked = sorted(modules, key=lambda id: (-told[id]["points"], places[id]))
    time = _answer(answers, "time")
    budget = rules["hours"][time - 1] if time else None
    steps, later, used = {}, [], 0
    for id in (id for id in ranked if id in written):
        new = [each for each in _before(modules, id) if each in written and each not in steps]
        cost = sum(told[each]["hours"] for each in new)
        if budget is not None and used + cost > budget:
            later.append(id)
            continue
        used += cost
        for each in new:
            steps[each] = _step(each, told[each], id)
    last = rules["last"]
    coming = [id for id in [*ranked, last["id"]] if id not in written]
    if steps and last["id"] in written:
        steps[last["id"]] = _step(last["id"], {**last, "short": False, "why": [WHY["last"]]}, last["id"])
    asked = [*rules["form"], *(each["asks"] for each in rules["modules"])]
    return {
        "budget": budget, "hours": sum(step["hours"] for step in steps.values()),
        "steps": list(steps.values()), "later": [id for id in later if id not in steps], "coming": coming,
        "open": sum(not answers.get(id) or (_answer(answers, id) is None and answers[id].get("right") is None)
                    for id in asked),
    }


def _answer(answers: Mapping, id: str):
    return (answers.get(id) or {}).get("answer")


def _judged(rules: Mapping, module: Mapping, answers: Mapping) -> dict:
    """The points of a module, the hours it takes, and the reasons for both."""
    test = answers.get(module["asks"]) or {}
    certainty, points, why = test.get("certainty"), 0, []
    if test.get("right") is False:
        points += rules["wrong"][(certainty or 1) - 1]
        why.append({3: WHY["certain"], 2: WHY["fairly"]}.get(certainty, WHY["wrong"]))
    short = test.get("right") is True and certainty == 3
    if short:
        why.append(WHY["short"])
    for goal in module.get("goals", ()):
        wish = (_answer(answers, goal) or 1) - 1
        points += wish
        if wish:
            why.append(rules["goals"][goal])
    if _answer(answers, "role") in module.get("roles", ()):
        points += rules["role"]
        why.append(WHY["role"])
    if module.get("base"):
        points += module["base"]
        why.append(WHY["base"])
    return {"points": points, "hours": rules["short" if short else "whole"], "short": short, "why": why}


def _before(modules: Mapping, id: str) -> list[str]:
    """A module behind those it builds on, and these behind those they build on."""
    chain = []
    for each in modules[id].get("after", ()):
        chain += [more for more in _before(modules, each) if more not in chain]
    return [*chain, id]


def _step(id: str, told: Mapping, wanted: str) -> dict:
    why = list(told["why"])
    if id != wanted:
        why.append(WHY["before"].format(wanted[:2]))
    return {"module": id, "hours": told["hours"], "short": told["short"], "why": why or [WHY["order"]]}


def answers_of(statements: Iterable[Mapping], module: str) -> dict[str, dict]:
    """Take from a record what a path needs: of every question the latest answer, and how the first one was.

    Parameters
    ----------
    statements : iterable of mapping
        Of a record, in the order of time.
    module : str
        Whose questions, such as ``"00-start"``.

    Returns
    -------
    dict
        Question to ``answer`` (the latest, None after "start again"), and ``certainty`` and ``right`` of the
        first.

    Examples
    --------
    >>> from widgets.statements import statement
    >>> someone = "00000000-0000-4000-8000-000000000000"
    >>> answers_of([statement("00-start/time", "scale", 2, actor=someone)], "00-start")
    {'time': {'answer': 2, 'certainty': None, 'right': None}}
    """
    found: dict[str, dict] = {}
    for each in statements:
        place, _, question = question_id(each).partition("/")
        if place != module:
            continue
        result = each["result"]
        given = result["extensions"]
        answer = given[f"{COURSE}:answer"]
        if question in found:
            found[question]["answer"] = answer
        elif answer is not None:
            found[question] = {"answer": answer, "certainty": given[f"{COURSE}:certainty"],
                               "right": result.get("success")}
    return found


def path_text(
    rules: Mapping, path: Mapping, titles: Mapping[str, str], day: str, reasons: bool = True
) -> str:
    """Write a path as plain text, to be kept, printed or handed in.

    Parameters
    ----------
    rules, path : mapping
        As in :func:`suggest`, and what it gives.
    titles : mapping
        Title of each module that exists.
    day : str
        When it was made, such as ``"2026-11-24"``.
    reasons : bool
        Whether it says why each module is on the path. The reasons tell where the learner was wrong.

    Returns
    -------
    str
        Lines; it names nobody, and leaves a place for a name.

    Examples
    --------
    >>> rules = {"modules": [], "last": {"id": "17-end", "topic": "The end", "hours": 1}}
    >>> path = {"budget": 3, "hours": 0, "steps": [], "later": [], "coming": ["17-end"], "open": 0}
    >>> print(path_text(rules, path, {}, "2026-11-24").splitlines()[0])
    My path through the course on organized crime
    """
    topics = {each["id"]: each["topic"] for each in [*rules["modules"], rules["last"]]}

    def named(id: str) -> str:
        return f"Module {id[:2]}: {titles.get(id) or topics[id]}"

    lines = [TITLE, f"Made on {day}. Name, if you want to give one:", "", *_summary(rules, path), ""]
    for place, step in enumerate(path["steps"], 1):
        lines.append(f"{place}. {named(step['module'])} ({_length(step)})")
        if reasons:
            lines.append(f"   Why: {'; '.join(step['why'])}.")
    for head, ids in (("If you have more time, next", path["later"]), ("Still to come", path["coming"])):
        if ids:
            lines += ["", f"{head}:", *(f"- {named(id)}" for id in ids)]
    return "\n".join([*lines, "", CLOSING, ""])


def _summary(rules: Mapping, path: Mapping) -> list[str]:
    """What was said of time, what the path takes, and what is open, each a sentence."""
    last = rules["last"]
    ends = any(step["module"] == last["id"] for step in path["steps"])
    more = f", and {_hours(last['hours'])} more for the second test" if ends else ""
    time = "not said, so all modules are listed"
    if path["budget"]:
        time = f"up to {_hours(path['budget'])}{more}"
    count = len(path["steps"])
    modules = f"{count} module{'' if count == 1 else 's'}, {_hours(path['hours'])}"
    lines = [f"Your time: {time}.", f"Suggested: {modules}." if count else NOT_THERE]
    if path["open"]:
        lines.append(f"Not answered yet: {path['open']} question{'' if path['open'] == 1 else 's'}.")
    return lines


def _hours(hours: int) -> str:
    return f"{hours} hour{'' if hours == 1 else 's'}"


def _length(step: Mapping) -> str:
    return _hours(step["hours"]) + (", short form" if step["short"] else "")


class Path:
    """The path of a learner, in a notebook and on a page.

    Parameters
    ----------
    file : ModuleFile
        The module that asks; it has a `path`.
    statements : sequence of mapping
        The learner's record.
    titles : mapping
        Title of each module that exists.

    Examples
    --------
    >>> from widgets.module import Module
    >>> Module("00-start").path()  # doctest: +ELLIPSIS
    Answer the questions above, or some of them: your path then stands here...

    Notes
    -----
    Without an answer it says the same whichever modules exist, so that a stored notebook stays true when a
    module is added. On a page the book adds which modules exist, and ``static/path.js`` the answers.
    """

    def __init__(self, file: ModuleFile, statements: Iterable[Mapping], titles: Mapping[str, str]):
        self._name, self._path, self._titles = file.name, file.path, dict(titles)
        self._numbers = {each.id: place for place, each in enumerate(file.questions, 1)}
        self._rules = file.path.spec()
        self._answers = answers_of(statements, file.name)

    @property
    def suggestion(self) -> dict | None:
        """What :func:`suggest` gives; None before there is any answer.

        Examples
        --------
        >>> from widgets.module import Module
        >>> Module("00-start").path().suggestion
        """
        if not self._answers:
            return None
        return suggest(self._rules, self._answers, self._titles)

    def __repr__(self) -> str:
        path = self.suggestion
        if path is None:
            return f"{WAITING} {RUN_AGAIN}"
        return path_text(self._rules, path, self._titles, _today())

    def save(self, file: str = "my-path.txt", reasons: bool = True) -> File:
        """Write the path into a text file, to keep or to hand in.

        Parameters
        ----------
        file : path
            Where; ``my-path.txt`` beside the notebook where it is left out.
        reasons : bool
            Whether it says why each module is on the path; without, it shows nothing of the answers.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        ValueError
            There is no path yet.

        Examples
        --------
        >>> from widgets.module import Module
        >>> Module("00-start").path().save()
        Traceback (most recent call last):
            ...
        ValueError: there is no path yet. Mend: answer some of the questions above, then run the cell again.
        """
        if not self._answers:
            raise ValueError("there is no path yet. Mend: answer some of the questions above, "
                             "then run the cell again.")
        target = File(file)
        text = path_text(self._rules, self.suggestion, self._titles, _today(), reasons)
        target.write_text(text, encoding="utf-8")
        return target

    def _repr_html_(self) -> str:
        path = self.suggestion
        waiting = f'<p>{WAITING}</p><p class="course-unrun">{RUN_AGAIN}</p>'
        shown = waiting if path is None else self._told(path)
        spec = escape(json.dumps(self._rules, ensure_ascii=False, separators=(",", ":")))
        return (
            f'<section class="course-part course-path" data-course="path" data-rules="{spec}" '
            f'data-module="{escape(self._name)}"><p class="course-title"><strong>Your path</strong></p>'
            f'<div class="course-quiz"><div class="course-path-result">{shown}</div></div>'
            f"{self._table()}</section>"
        )

    def _told(self, path: Mapping) -> str:
        lines = path_text(self._rules, path, self._titles, _today()).splitlines()[3:]
        return f'<pre class="course-path-text">{escape(chr(10).join(lines))}</pre>'

    def _table(self) -> str:
        """The rule and its numbers, to read a path off without any program."""
        rules = self._rules
        letters = dict(zip(rules["goals"], "ABCDEFGHIJ"))
        goals = (f"{letters[goal]}: {words}" for goal, words in rules["goals"].items())
        rows = "".join(self._row(each, letters) for each in rules["modules"]) + self._last_row()
        heads = ("No.", "Module", "Goals", "Roles", "Test", "Extra", "Builds on")
        head = "".join(f'<th scope="col">{each}</th>' for each in heads)
        return (
            '<details class="course-path-rule"><summary>Read the path off by yourself</summary>'
            f"<ol>{_items(_rule_in_words(rules))}</ol><p>The goals:</p><ul>{_items(goals)}</ul>"
            '<div class="course-scroll" role="group" tabindex="0" aria-label="Numbers of the rule">'
            f"<table><caption>Numbers of the rule</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div></details>"
        )

    def _last_row(self) -> str:
        last = self._rules["last"]
        return (f'<tr><th scope="row">{last["id"][:2]}</th><td data-module="{last["id"]}">'
                f"{escape(last['topic'])}</td>{'<td></td>' * 5}</tr>")

    def _row(self, each: Mapping, letters: Mapping[str, str]) -> str:
        cells = (", ".join(letters[goal] for goal in each.get("goals", ())),
                 ", ".join(map(str, each.get("roles", ()))),
                 str(self._numbers[each["asks"]]), str(each.get("base") or ""),
                 ", ".join(id[:2] for id in each.get("after", ())))
        told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        return (f'<tr><th scope="row">{each["id"][:2]}</th>'
                f'<td data-module="{each["id"]}">{escape(each["topic"])}</td>{told}</tr>')


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _rule_in_words(rules: Mapping) -> tuple[str, ...]:
    """The whole rule, for a pencil; what `suggest` does, step by step."""
    times = ", ".join(f"{hours} for answer {place}" for place, hours in enumerate(rules["hours"], 1))
    guess, fairly, certain = rules["wrong"]
    return (
        "Every module collects points. For each goal in its row, add 0, 1 or 2: your answer on it, less 1.",
        f"Add {rules['role']} if the number of your role is in its row, and what stands under Extra.",
        f"If your first answer to its question in the first test was wrong, add {certain} if you were "
        f"certain, {fairly} if you were fairly sure, else {guess}. Being sure and wrong moves a module up.",
        f"A module takes {_hours(rules['whole'])}; if you were right and certain, {_hours(rules['short'])} "
        "for its short form: icebreakers, summary and knowledge check.",
        f"Your hours: {times} on time. Without an answer there is no limit.",
        "Begin with most points; at the same number, with the lower module. Take a module if it fits into "
        "the hours that are left, after those it builds on. What does not fit is for later.",
        "Leave out what is still to come.",
        f"End with module {rules['last']['id'][:2]}, {_hours(rules['last']['hours'])} more.",
    )


def _today() -> str:
    return datetime.date.today().isoformat()


def titles_in(folder: File) -> dict[str, str]:
    """Read the titles of the modules that exist, without reading the whole files.

    Parameters
    ----------
    folder : pathlib.Path
        ``data/modules``.

    Returns
    -------
    dict
        Stem to title.

    Examples
    --------
    >>> from widgets.datasets import data_folder
    >>> titles_in(data_folder() / "modules")["05-measuring"]
    'Measuring organized crime'
    """
    found = {}
    for file in sorted(folder.glob("*.yml")):
        title = re.search(r"(?m)^title:[ ]*(.+?)[ ]*$", file.read_text(encoding="utf-8"))
        found[file.stem] = title[1].strip("\"'") if title else file.stem
    return found
