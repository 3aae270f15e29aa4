"""What a learner can see and do with their own record: the panel "show me what you know about me".

The markup is the same on a page and in a notebook; ``static/recordpanel.js`` fills it. On a page the record
is in the browser's storage; in a notebook Python keeps it in a file and tells the panel what is in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from html import escape

import anywidget
import traitlets

from widgets.bundle import stylesheet, widget_module
from widgets.datasets import data_folder
from widgets.items import ModuleFile, Question
from widgets.modulefile import ModuleFileError, read_module
from widgets.record import Record
from widgets.statements import question_id
from widgets.text import to_plain

__all__ = ["RecordPanel", "names_of", "names_script", "record_html"]

_WITHOUT_SCRIPT = (
    "Your record appears here when this page may run its script. "
    "Without the script nothing is kept about you."
)
_NOT_RUN = "Run this cell to see what is kept about you."


def record_html(addresses: Mapping[str, str] | None = None) -> str:
    """Write the panel as HTML; a script fills it from the record of whoever reads it.

    Parameters
    ----------
    addresses : mapping of str to str, optional
        For a page: by module, where the script that `names_script` wrote is to be found. It is fetched when
        the record holds an answer to the module.

    Returns
    -------
    str
        One ``section`` element. Nothing of anybody's record is in it.

    Examples
    --------
    >>> record_html({"05-measuring": "names.js"}).startswith('<section class="course-record" data-course="record"')
    True

    Notes
    -----
    A question of no known module is shown by its id.
    """
    known = json.dumps(dict(addresses or {}), ensure_ascii=False, separators=(",", ":"))
    return (
        '<section class="course-record" data-course="record" aria-label="Your record" '
        f'data-names="{escape(known)}">'
        f"<p>{_WITHOUT_SCRIPT}</p></section>"
    )


def names_of(module: ModuleFile) -> dict:
    """How a module, its questions and what can be chosen in them are called, for the panel.

    Parameters
    ----------
    module : ModuleFile

    Returns
    -------
    dict
        ``{title, questions: {id: {text, parts: {id: text}}}}``, all plain text.

    Examples
    --------
    >>> names_of(ModuleFile(name="90-trial", title="A trial"))
    {'title': 'A trial', 'questions': {}}
    """
    return {
        "title": module.title,
        "questions": {
            question.id: {"text": to_plain(question.text), "parts": _parts(question)}
            for question in module.every_question()
        },
    }


def names_script(module: ModuleFile) -> str:
    """Write a script that tells the panel on a page how a module's questions are called.

    Parameters
    ----------
    module : ModuleFile

    Returns
    -------
    str
        JavaScript that does nothing but announce them.

    Examples
    --------
    >>> names_script(ModuleFile(name="90-trial", title="A trial"))
    'dispatchEvent(new CustomEvent("course-record-names",{detail:{"90-trial":{"title":"A trial","questions":{}}}}));\\n'
    """
    known = json.dumps({module.name: names_of(module)}, ensure_ascii=False, separators=(",", ":"))
    return f'dispatchEvent(new CustomEvent("course-record-names",{{detail:{known}}}));\n'


def _parts(question: Question) -> dict[str, str]:
    """What can be chosen in a question: id to text; the points of a scale by number."""
    listed = [part for name in ("options", "left", "right", "items") for part in _list_of(question, name)]
    named = {part.id: to_plain(part.text) for part in listed}
    labels = _list_of(question, "labels")
    return named | {str(point): f"{point}: {to_plain(label)}" for point, label in enumerate(labels, 1)}


def _list_of(question: Question, name: str) -> tuple:
    """A list of parts of a question; `right` is one in a match, and a feedback in other kinds."""
    value = getattr(question, name, None)
    return () if value is None or isinstance(value, str) else tuple(value)


class RecordPanel(anywidget.AnyWidget):
    """The panel "show me what you know about me" in a notebook.

    Parameters
    ----------
    record : Record, optional
        The record to show; this notebook's own when left out.

    Examples
    --------
    >>> RecordPanel()
    RecordPanel()

    Notes
    -----
    The record itself is never part of the widget's state, so that it cannot be saved into the notebook by
    accident: it is sent to the panel as a message. What another notebook writes meanwhile is seen when the
    cell is run again.
    """

    _esm = widget_module("recordpanel.js", "renderRecord")
    _css = stylesheet()
    html = traitlets.Unicode().tag(sync=True)
    """The markup of `record_html`."""

    _end: Callable[[], None] | None = None

    def __init__(self, record: Record | None = None):
        super().__init__(html=record_html())
        self._record = record or Record.default()
        self._answering = False
        self._known: dict[str, dict] = {}
        self._end = self._record.subscribe(self._changed)
        self.on_msg(self._answer)

    def close(self) -> None:
        """End the widget; the record stays."""
        if self._end:
            self._end()
        super().close()

    def _changed(self) -> None:
        """Let the views ask for the record; a panel that is not seen costs nothing."""
        if not self._answering:
            self.send({"changed": True})

    def _answer(self, _widget: object, wish: dict, buffers: list) -> None:
        """Do what a view asks for, and send what is known then to every view."""
        self._answering = True
        try:
            outcome = self._do(wish, buffers)
        finally:
            self._answering = False
        told = {
            "text": self._record.text(),
            "problems": self._record.problems(),
            "aside": self._record.set_aside(),
            "pseudonym": self._record.pseudonym(),
            "names": self._names(),
        }
        self.send({"told": told, "number": wish["number"], "outcome": outcome})

    def _names(self) -> dict:
        """How the questions of the modules in the record are called; a file that cannot be read names nothing."""
        answered = {question_id(each).split("/")[0] for each in self._record.statements()}
        for path in sorted((data_folder() / "modules").glob("*.yml")):
            if path.stem in answered and path.stem not in self._known:
                with suppress(OSError, ModuleFileError):  # somebody may be writing it
                    self._known[path.stem] = names_of(read_module(path))
        return self._known

    def _do(self, wish: dict, buffers: list) -> dict | str | None:
        if wish["do"] == "merge":
            merged = self._record.merge(bytes(buffers[0]))
            return {**merged._asdict(), "setAside": merged.set_aside}
        if wish["do"] == "erase":
            return self._record.erase(wish["ids"])._asdict()
        return self._record.renew() if wish["do"] == "renew" else None

    def __repr__(self) -> str:
        return "RecordPanel()"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = repr(self)
        data["text/html"] = f"<p>{_NOT_RUN}</p>"
        return data, metadata
