"""The measuring exercises: a task, a dataset, and checks that name the mistake behind a value."""
from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from html import escape

from widgets import items, parts
from widgets.grading import RECORDED, Verdict, grade
from widgets.parts import Part
from widgets.text import to_html, to_plain

__all__ = ["Lab", "LabError"]

PAGE = "COURSE_PAGE"
"""Set while the book is built: there a question that no cell answered is shown for the reader to answer."""


class LabError(ValueError):
    """A lab was asked for something it does not have."""


class Lab:
    """An exercise of a module, as :meth:`widgets.module.Module.lab` gives it.

    Parameters
    ----------
    exercise : items.Lab
        From the module file.
    file : items.ModuleFile
        The module it belongs to.
    ask : callable
        Shows questions for the reader to answer: ``ask(questions, title, id)``.

    Examples
    --------
    >>> from widgets.module import Module
    >>> lab = Module("05-measuring").lab("two-lists")
    >>> lab.data().shape[0]
    1500
    """

    def __init__(self, exercise: items.Lab, file: items.ModuleFile, ask: Callable):
        self._exercise = exercise
        self._file = file
        self._ask = ask
        self._checks = {check.id: check for check in exercise.checks}

    def __repr__(self) -> str:
        return parts.lab(self._exercise).plain

    def _repr_html_(self) -> str:
        return parts.lab(self._exercise).html

    def data(self):
        """Read the sample data of this lab.

        Returns
        -------
        pandas.DataFrame
            One row as the dataset's page says; what is missing is missing, not zero.

        Examples
        --------
        >>> from widgets.module import Module
        >>> "person_id" in Module("05-measuring").lab("two-lists").data()
        True
        """
        from widgets.datasets import dataset

        return dataset(self._exercise.dataset)

    def check(self, name: str, value=None, record: bool = True):
        """Say whether a value is right, or which mistake it shows; in an edition without answers, record it.

        Parameters
        ----------
        name : str
            The name of the question, as the lab lists it.
        value : number, str, list, dict, Estimate or None
            The answer. None and ``...`` mean: not answered yet, which is never held against anybody.
        record : bool
            Whether the answer goes into the learner's record; the solution turns it off.

        Returns
        -------
        Part
            The verdict in words, or that the value is recorded. While the book is built, an unanswered question itself, to be answered there.

        Raises
        ------
        LabError
            The lab has no question of that name.

        Examples
        --------
        >>> from widgets.module import Module
        >>> lab = Module("05-measuring").lab("two-lists")
        >>> str(lab.check(lab.names[0], None)).startswith(f"{lab.names[0]}: not answered yet.")
        True

        Notes
        -----
        It judges the value, not the way to it: a right number by a wrong way passes.
        """
        question = self._question(name)
        if _is_open(value):
            return self._unanswered(question)
        answer = _plain(value)
        verdict = grade(question, answer)
        if verdict.right is None and question.has_key and not _is_recorded(verdict):
            return self._unreadable(question, value)
        if record:
            self._record(question, answer, verdict)
        return self._say(question, verdict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the questions, in order.

        Examples
        --------
        >>> from widgets.module import Module
        >>> len(Module("05-measuring").lab("two-lists").names) >= 5
        True
        """
        return tuple(self._checks)

    def _question(self, name: str) -> items.Question:
        if name in self._checks:
            return self._checks[name]
        raise LabError(f"the lab `{self._exercise.id}` has no question `{name}`. "
                       f"Mend: use one of {', '.join(self._checks)}.")

    def _unanswered(self, question: items.Question):
        if os.environ.get(PAGE):
            same = dataclasses.replace(question, certainty=False)  # a cell does not ask how sure one is either
            return self._ask([same], f"Lab question: {question.id}", f"lab-{question.id}")
        plain = f"{question.id}: not answered yet."
        body = f"<p><code>{question.id}</code>: not answered yet.</p>"
        if question.hint:
            plain += f" Hint: {to_plain(question.hint)}"
            body += f"<details><summary>Hint</summary>{to_html(question.hint)}</details>"
        return Part(plain, f'<div class="course-checked">{body}</div>')

    def _unreadable(self, question: items.Question, value) -> Part:
        """Say what form the answer takes; a slip of the form is no wrong answer, and is not recorded."""
        forms = {"number": "a number, such as 1250 or 3.5"}
        if hasattr(question, "options"):
            forms[question.kind] = "one of " + ", ".join(f'"{option.id}"' for option in question.options)
        says = f"{value!r} cannot be read as an answer. Give {forms.get(question.kind, 'text in quotes')}."
        return Part(f"· {question.id}: {says}",
                    f'<div class="course-checked"><p><code>{question.id}</code>: {escape(says)}</p></div>')

    def _say(self, question: items.Question, verdict: Verdict) -> Part:
        if _is_recorded(verdict):
            return _recorded(question)
        sign, word = _WORDS[verdict.right]
        if 0 < verdict.score < 1:
            sign, word = "~", f"partly right ({verdict.score:.0%})"
        says = list(verdict.feedback)
        if verdict.right and question.explanation:
            says.append(question.explanation)
        says += [each.refutation for each in self._file.misconceptions if each.id == verdict.misconception]
        plain = " ".join([f"{sign} {question.id}: {word}.", *(to_plain(each) for each in says)])
        body = "".join(to_html(each) for each in says)
        return Part(plain, f'<div class="course-checked" data-right="{word.split()[0]}">'
                           f"<p><strong>{sign} <code>{question.id}</code>: {word}.</strong></p>{body}</div>")

    def _record(self, question: items.Question, answer, verdict: Verdict) -> None:
        """Write the answer down, once: running a cell again with the same value is no new try."""
        from widgets.record import Record

        record, name = Record.default(), f"{self._file.name}/{question.id}"
        if record.state().get(name, {}).get("answer") != answer:
            record.answered(name, question.kind, answer, verdict)


_WORDS = {True: ("✓", "right"), False: ("✗", "not yet"), None: ("·", "noted")}


def _is_recorded(verdict: Verdict) -> bool:
    return verdict.feedback == [RECORDED]


def _recorded(question: items.Question) -> Part:
    return Part(f"· {question.id}: recorded. It is not judged here.",
                f'<div class="course-checked"><p><strong>· <code>{question.id}</code>: recorded.</strong> '
                "It is not judged here.</p></div>")


def _is_open(value) -> bool:
    return value is None or value is ...


def _plain(value):
    """Turn what a cell computes (an Estimate, a numpy number, a Series of ids) into a plain answer."""
    if isinstance(value, (str, bool, int, float, list, dict)):
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    return float(value) if hasattr(value, "__float__") else value
