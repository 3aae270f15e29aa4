"""Questions as a live widget: the markup of :mod:`widgets.markup`, answered in a notebook, read in Python."""
from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import anywidget
import traitlets

from widgets.bundle import stylesheet, widget_module
from widgets.grading import Verdict, grade
from widgets.items import Misconception, Question
from widgets.markup import quiz_html, revisit_html
from widgets.record import Record
from widgets.statements import StatementError, statement

__all__ = ["Quiz"]


class Quiz(anywidget.AnyWidget):
    """Questions to answer in a notebook, on a page, or on paper.

    As the last line of a cell it shows itself: live where there is a kernel, else as a page that can be read.
    What is answered goes into the learner's record, so that it is there again when the cell is run again.

    Parameters
    ----------
    questions : iterable of Question
        In the order in which they are shown.
    module : str
        The module they belong to, such as ``"05-measuring"``.
    title : str, optional
        Heading above the questions.
    id : str, optional
        A name for this set of questions, such as ``"quiz"``; that of the first question where it is left out.
    revisit : bool
        Ask one question again, beside its first answer.
    misconceptions, outcomes, sources : mapping, optional
        As in :func:`widgets.markup.quiz_html`.
    record : Record, optional
        Where answers are kept; the record of this notebook's learner where it is left out.

    Raises
    ------
    ValueError
        There is no question, or several are to be revisited at once.

    Examples
    --------
    >>> from widgets.items import Option, Choice
    >>> two = Choice(id="n", text="How many make a group?", options=(
    ...     Option(id="two", text="Two", feedback="A pair is no group."),
    ...     Option(id="three", text="Three", feedback="As Article 2 says.", right=True)))
    >>> quiz = Quiz([two], module="01-definitions", record=Record())
    >>> quiz
    <Quiz 01-definitions/n: 1 question>
    >>> quiz.answers, quiz.score
    ({}, (0, 1))

    Notes
    -----
    The answers are in the widget, for everyone to read: it is meant for learning, not for examinations.
    """

    _esm = widget_module("quiz.js", "renderQuiz")
    _css = stylesheet()

    html = traitlets.Unicode().tag(sync=True)
    """The questions as widgets/markup.py wrote them."""

    entries = traitlets.Dict().tag(sync=True)
    """What was answered, by the id of the question in the record, as `widgets.statements.fold` has it."""

    said = traitlets.List().tag(sync=True)
    """What the reader did lately, in order, each act with a key of its own; a busy kernel misses none."""

    drafts = traitlets.Dict().tag(sync=True)
    """What is chosen or typed but not yet checked, by the id of the question in the record."""

    problem = traitlets.Unicode().tag(sync=True)
    """Why answers cannot be kept, in a sentence; empty while they can."""

    _shared: _Shared | None = None  # until there are questions; a quiz that is refused is closed too

    def __init__(
        self,
        questions: Iterable[Question],
        module: str,
        title: str | None = None,
        id: str | None = None,
        *,
        revisit: bool = False,
        misconceptions: Mapping[str, Misconception] | None = None,
        outcomes: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
        record: Record | None = None,
    ):
        questions = list(questions)
        known = {"misconceptions": misconceptions, "outcomes": outcomes, "sources": sources}
        if revisit and len(questions) != 1:
            raise ValueError(f"{module}: {len(questions)} questions to revisit. Mend: revisit one at a time.")
        write = revisit_html if revisit else quiz_html
        html = write(questions[0] if revisit else questions, module, title, id, **known)
        self.title = title
        self._name = f"{module}/{id or questions[0].id}"
        self._questions = {f"{module}/{each.id}{'/revisit' if revisit else ''}": each for each in questions}
        self._shown = [*self._questions, *(f"{module}/{each.id}" for each in questions if revisit)]
        self._short = {key: key.removeprefix(f"{module}/") for key in self._questions}
        self._record = record or Record.default()
        self._heard: set[str] = set()  # keys of acts that are done
        self._unkept: dict[str, Mapping] = {}  # answers that the record refused; the reader still sees them
        super().__init__(html=html)
        self._shared = _Shared.of(self._record)
        self._shared.join(self)
        self._pushed = False  # whether the browser was told answers that it had not given

    @property
    def answers(self) -> dict:
        """The present answers, by question; a question that is not answered is not in it.

        Examples
        --------
        >>> from widgets.items import Scale
        >>> fear = Scale(id="fear", text="How safe?", points=5, low="not", high="very")
        >>> Quiz([fear], module="05-measuring", record=Record()).answers
        {}
        """
        return {self._short[key]: self.entries[key]["answer"] for key in self._answered()}

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """What is said of the present answers, by question.

        Examples
        --------
        >>> from widgets.items import Scale
        >>> fear = Scale(id="fear", text="How safe?", points=5, low="not", high="very")
        >>> Quiz([fear], module="05-measuring", record=Record()).verdicts
        {}
        """
        return {self._short[key]: self._verdict(key) for key in self._answered()}

    @property
    def score(self) -> tuple[float, int]:
        """The points of the present answers, and how many there could be: one for each graded question.

        Examples
        --------
        >>> from widgets.items import Scale
        >>> fear = Scale(id="fear", text="How safe?", points=5, low="not", high="very")
        >>> Quiz([fear], module="05-measuring", record=Record()).score
        (0, 0)
        """
        graded = [key for key, question in self._questions.items() if question.graded]
        points = round(sum(self._verdict(key).score for key in self._answered() if key in graded), 10)
        return int(points) if points == int(points) else points, len(graded)

    def close(self) -> None:
        """End the widget; the record stays."""
        if self._shared is not None:
            self._shared.leave(self)
        super().close()

    def __repr__(self) -> str:
        count = len(self._questions)
        return f"<Quiz {self._name}: {count} question{'' if count == 1 else 's'}>"

    def _repr_mimebundle_(self, **kwargs):
        """Give the live widget, the page that can be read without it, and one line of text."""
        shown = super()._repr_mimebundle_(**kwargs)
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        return {**data, "text/html": self.html, "text/plain": repr(self)}, metadata

    def _answered(self) -> list[str]:
        return [key for key in self._questions if self.entries.get(key, {}).get("answer") is not None]

    def _verdict(self, key: str) -> Verdict:
        return grade(self._questions[key], self.entries[key]["answer"])

    @traitlets.observe("said")
    def _on_said(self, change) -> None:
        """Do what the reader did since the last message, in that order."""
        new = [act for act in change["new"] if act["key"] not in self._heard]
        self._heard.update(act["key"] for act in new)
        self._shared.keep_drafts(self._questions, self.drafts)
        with self._shared.waiting():
            for act in new:
                self._do(act)
        if self._pushed:  # it may have reached the browser after newer answers, and hidden them
            self._pushed = False
            self.send_state("entries")

    def _do(self, act: Mapping) -> None:
        if act["do"] == "erase":
            self._erase([key for key in act["ids"] if key in self._questions])
        elif act["id"] in self._questions:
            self._write(act["id"], act)

    def _erase(self, keys: list[str]) -> None:
        """Delete the answers to these questions for good."""
        for key in keys:
            self._unkept.pop(key, None)
        self._shared.keep_drafts(keys, {})
        self._shared.fault = self._record.erase(keys).problem

    def _write(self, key: str, act: Mapping) -> None:
        """Write an answer into the record; None is an answer taken back by starting again."""
        question, answer = self._questions[key], act["answer"]
        verdict = None if answer is None else grade(question, answer)
        try:
            self._record.append(statement(
                key, question.kind, answer, verdict, certainty=act["certainty"], hint=bool(act["hint"]),
                tries=act["tries"], actor=self._record.actor(),
                after=(self._shared.entries.get(key) or {}).get("at"),
            ))
            self._unkept.pop(key, None)
        except StatementError as error:
            self._unkept[key] = self.entries.get(key, {"answer": answer})
            self._shared.fault = f"Your answer is not kept: {error}."

    @traitlets.observe("drafts")
    def _on_drafts(self, change) -> None:
        self._shared.keep_drafts(self._questions, change["new"])

    def _take_over(self, entries: Mapping, drafts: Mapping, problem: str) -> None:
        """Show where the learner stands; an answer that is already shown is not sent to the browser again."""
        self.drafts = {key: drafts[key] for key in self._questions if key in drafts}
        mine = {key: entries[key] for key in self._shown if key in entries} | self._unkept
        if _essences(mine) != _essences(self.entries):
            self.entries = mine
            self._pushed = True
        self.problem = problem


class _Shared:
    """What the quizzes over one record share: one reading of it, and drafts until the kernel ends."""

    _all: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()

    @classmethod
    def of(cls, record: Record) -> _Shared:
        if record not in cls._all:
            cls._all[record] = cls(record)
        return cls._all[record]

    def __init__(self, record: Record):
        self._record = weakref.ref(record)
        self._quizzes: weakref.WeakSet[Quiz] = weakref.WeakSet()
        self._waits = False
        self.drafts: dict[str, str] = {}
        self.fault: str | None = None
        self.entries = record.state()
        record.subscribe(partial(_refresh, weakref.ref(self)))

    def join(self, quiz: Quiz) -> None:
        self._quizzes.add(quiz)
        self.refresh()

    def leave(self, quiz: Quiz) -> None:
        self._quizzes.discard(quiz)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let several answers be written before the quizzes show them."""
        self._waits, self.fault = True, None
        try:
            yield
        finally:
            self._waits = False
            self.refresh()

    def refresh(self) -> None:
        """Read the record once, for all quizzes over it."""
        if self._waits:
            return
        record = self._record()
        self.entries = record.state()
        # What was set aside is said where the record is shown.
        said = record.problems()[bool(record.set_aside()):]
        problem = " ".join(filter(None, [self.fault, *said]))
        for quiz in list(self._quizzes):
            quiz._take_over(self.entries, self.drafts, problem)

    def keep_drafts(self, ids: Iterable[str], drafts: Mapping[str, str]) -> None:
        for key in ids:
            self.drafts.pop(key, None)
        self.drafts.update(drafts)


def _refresh(shared: weakref.ref) -> None:
    if (found := shared()) is not None:
        found.refresh()


def _essences(entries: Mapping) -> dict:
    return {key: _essence(entry) for key, entry in entries.items()}


def _essence(entry: Mapping) -> tuple:
    """What makes two entries differ for a reader: not the moment at which they were written."""
    first = entry.get("first") or {}
    hint = bool(entry.get("hint"))
    return entry.get("answer"), entry.get("certainty"), hint, entry.get("tries"), first.get("answer")
