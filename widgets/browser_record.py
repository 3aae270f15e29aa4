"""The learner's record where Python runs in the reader's browser: one with the record of the course's pages.

The page keeps the record in the browser's storage, which outlives a reload; Python in a worker cannot reach
it. So the page gives its text at the start and after every change, and hears what Python adds or deletes.
"""
from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from widgets.record import Record
from widgets.statements import question_id

__all__ = ["BrowserRecord", "Page"]


class Page(Protocol):
    """The page's end, as the worker gives it to Python."""

    text: str
    """The record as the page has it: JSON Lines."""
    actor: str
    """The pseudonym; empty where there is none."""
    onchange: Callable[[str, str], None] | None
    """Called with a new text and pseudonym after every change on the page."""

    def send(self, said: str) -> None:
        """Tell the page what Python did, as JSON."""


class BrowserRecord(Record):
    """A record in a file of the browser's Python, held equal to the record of the page.

    Parameters
    ----------
    path : str or Path
        A file that lasts as long as this Python.
    page : Page
        The page's end.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from tempfile import TemporaryDirectory
    >>> page = SimpleNamespace(text="", actor="", onchange=None, send=print)
    >>> with TemporaryDirectory() as folder:
    ...     record = BrowserRecord(Path(folder, "record.jsonl"), page)
    ...     record.erase().erased
    {"everything": true, "actor": null}
    0

    Notes
    -----
    The page is told at once and stores a moment later: an answer given in the very moment in which the tab is
    closed can be lost.
    """

    def __init__(self, path: Path, page: Page):
        super().__init__(path)
        self._page = page
        self._told: dict[str, str] = {}  # lines that the page has, each with its question
        self.hear(page.text, page.actor)

    def hear(self, text: str, actor: str) -> None:
        """Take over what the page has.

        Parameters
        ----------
        text : str
            The record: JSON Lines.
        actor : str
            The pseudonym; empty where there is none.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(text, encoding="utf-8", newline="\n")
        if actor:
            self._pseudonym_path.write_text(f"{actor}\n", encoding="utf-8")
        else:
            self._pseudonym_path.unlink(missing_ok=True)
        self._sifted = None
        self._told = self._lines_now()
        super()._changed()

    def _lines_now(self) -> dict[str, str]:
        return {line: question_id(json.loads(line)) for line in self.text().splitlines()}

    def _changed(self) -> None:
        """Tell the page what is new and what is gone, then everybody here."""
        before, now = self._told, self._lines_now()
        added = "".join(f"{line}\n" for line in now if line not in before)
        gone = sorted(set(before.values()) - set(now.values()))
        said: dict = {"actor": self.pseudonym()}
        if not now and not said["actor"]:
            said = {"everything": True, **said}
        elif gone:
            said["erased"] = gone
        if added:
            said["added"] = added
        self._told = now
        self._page.send(json.dumps(said))
        super()._changed()

    @contextlib.contextmanager
    def _lock(self, seconds: float | None = None) -> Iterator[None]:
        """Nothing else writes into this file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        yield
