"""The learner's record in a file: nothing written is lost by a crash, and all of it can be deleted.

Beside ``record.jsonl`` stand, when they are needed: ``record.pseudonym.txt``, ``record.set-aside.jsonl``
(damaged lines that a rewrite took out) and ``record.lock`` (empty).
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import json
import os
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .statements import (
    CONFLICT,
    COURSE,
    ENCODING,
    LONG,
    NEWER,
    REASONS,
    StatementError,
    fault,
    fold,
    in_order,
    is_too_long,
    question_id,
    read_line,
    set_aside_words,
    statement,
    to_line,
)

__all__ = ["Erased", "Merged", "Record", "Saved", "StatementError", "fold", "statement"]

LOCK_SECONDS = 10  # longer than any rewrite takes; after that the notebook goes on in memory

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn line ends into its own
_NO_LOCKS = {getattr(errno, name) for name in ("ENOSYS", "ENOLCK", "ENOTSUP") if hasattr(errno, name)}
_ERRNO_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "the file may not grow any further",
    errno.EACCES: "your user account may not write there",
    errno.EPERM: "your user account may not write there",
    errno.EROFS: "the disk can only be read",
    errno.EISDIR: "a folder stands where the file of your record should be",
    errno.ENOTDIR: "a file stands where the folder of your record should be",
    errno.EEXIST: "a file stands where the folder of your record should be",
}
_default_records: dict[str, Record] = {}


class Saved(NamedTuple):
    """What `Record.append` did."""

    saved: bool
    """Whether the statement is in the file, on the disk."""
    problem: str | None
    """Why not, in a sentence; None also when the record is kept in memory on request."""


class Merged(NamedTuple):
    """What `Record.merge` found."""

    added: int
    """Statements that were new."""
    known: int
    """Statements that were here already."""
    set_aside: int
    """Lines that were not taken as they are."""
    words: str | None
    """Why they were not taken, in a sentence."""
    problem: str | None
    """Why the file could not be written, in a sentence."""


class Erased(NamedTuple):
    """What `Record.erase` did."""

    erased: int
    """Statements that are gone."""
    problem: str | None
    """Why they could not be deleted, in a sentence."""


@dataclass
class _Sifted:
    """What stands in a file: the sound statements by id, each with its line, and what is set aside."""

    sound: dict[str, tuple[str, dict]] = field(default_factory=dict)
    aside: list[tuple[str, bytes]] = field(default_factory=list)
    lines: set[str] = field(default_factory=set)

    def add(self, line: str, value: dict) -> None:
        """Take a sound line; of two versions of one statement the lesser text is read, in any order."""
        if line in self.lines:
            return
        self.lines.add(line)
        before = self.sound.get(value["id"])
        kept = (line, value)
        if before is not None:
            kept, other = sorted(
                (before, kept), key=lambda each: each[0].encode("utf-16-be", "surrogatepass")
            )
            self.aside.append((CONFLICT, other[0].encode("utf-8")))
        self.sound[value["id"]] = kept

    def statements(self) -> list[dict]:
        """The sound statements by time."""
        return in_order(value for _, value in self.sound.values())


class Record:
    """A learner's record in one file, or in memory.

    Several notebooks may use one file at once. An answer is acknowledged when it is on the disk. When the
    file cannot be written the notebook goes on in memory, says so in `problems`, and tries again with every
    answer.

    Parameters
    ----------
    path : str or Path, optional
        The file, by convention ``record.jsonl``. None keeps the record in memory.

    Examples
    --------
    >>> record = Record()
    >>> said = statement("05-measuring/guess", "scale", 4, actor=record.actor())
    >>> record.append(said).problem
    >>> record.state()["05-measuring/guess"]["answer"]
    4

    Notes
    -----
    Where the file system has no locks, two notebooks still lose no answer to each other, but an answer given
    in the very moment in which the other notebook deletes something can be lost.
    """

    def __init__(self, path: str | os.PathLike | None = None):
        self.path = None if path is None else Path(path).expanduser().resolve()
        self._waiting: list[str] = []  # lines that are not in the file
        self._pseudonym: str | None = None  # only when it is not in its file
        self._write_problem: str | None = None
        self._read_problem: str | None = None
        self._sifted: _Sifted | None = None  # what was read, and the state of the file then
        self._seen: tuple | None = None
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    def default(cls) -> Record:
        """The record of this notebook's learner; one object for one file, so that all cells share it.

        The environment variable COURSE_RECORD names the file; "off" keeps the record in memory. Without it the
        file is ``~/.organized-crime-course/record.jsonl``.

        Returns
        -------
        Record

        Examples
        --------
        >>> Record.default() is Record.default()
        True
        """
        wish = os.environ.get("COURSE_RECORD") or "~/.organized-crime-course/record.jsonl"
        if wish not in _default_records:
            try:
                _default_records[wish] = _in_browser(wish) or cls(None if wish == "off" else wish)
            except RuntimeError:  # there is no home folder
                _default_records[wish] = cls(None)
        return _default_records[wish]

    # --- reading ----------------------------------------------------------------------------------

    def statements(self) -> list[dict]:
        """Every sound statement, by time. Reading changes nothing on the disk.

        Examples
        --------
        >>> Record().statements()
        []
        """
        return self._read().statements()

    def state(self) -> dict[str, dict]:
        """Where the learner stands: `fold` of all statements.

        Examples
        --------
        >>> Record().state()
        {}
        """
        return fold(self.statements())

    def problems(self) -> list[str]:
        """What the learner should know, one sentence each: lines set aside, answers that cannot be stored.

        Examples
        --------
        >>> record = Record()
        >>> record.merge('{"schema":1').words
        '1 line was set aside and the rest was read: 1 cut short or damaged.'
        >>> record.problems()
        []
        """
        aside = set_aside_words(reason for reason, _ in self._read().aside)
        return [words for words in (aside, self._read_problem, self._write_problem) if words]

    def set_aside(self) -> list[str]:
        """The lines of the file that are set aside, as they stand there.

        Examples
        --------
        >>> Record().set_aside()
        []
        """
        return [raw.decode("utf-8", "backslashreplace") for _, raw in self._read().aside]

    def text(self, actor: str | None = None) -> str:
        """The record as a file: JSON Lines, every line as it was written.

        Parameters
        ----------
        actor : str, optional
            Only the statements under this pseudonym.

        Returns
        -------
        str
            Encode it in UTF-8 to store it.

        Examples
        --------
        >>> record = Record()
        >>> _ = record.append(statement("05-measuring/guess", "scale", 4, actor=record.actor()))
        >>> other = Record()
        >>> other.merge(record.text()).added, other.text() == record.text()
        (1, True)
        """
        found = self._read()
        wanted = (each for each in found.statements() if actor in (None, each["actor"]["account"]["name"]))
        return "".join(f"{found.sound[each['id']][0]}\n" for each in wanted)

    # --- writing ----------------------------------------------------------------------------------

    def answered(
        self, id: str, kind: str, answer: object, verdict: object = None, *, tries: int | None = None, **parts
    ) -> Saved:
        """Add one answer of this learner: `statement` and `append` in one.

        Parameters
        ----------
        id, kind, answer, verdict
            As in `statement`.
        tries : int, optional
            How often the question has been answered, this time included; counted when left out.
        **parts
            `certainty`, `hint` and `platform`, as in `statement`.

        Returns
        -------
        Saved
            (saved, problem).

        Raises
        ------
        StatementError
            As in `statement`.

        Examples
        --------
        >>> record = Record()
        >>> for guess in ("12", "15"):
        ...     _ = record.answered("05-measuring/guess", "number", guess, certainty=2)
        >>> record.state()["05-measuring/guess"]["tries"]
        2
        """
        before = fold(each for each in self.statements() if question_id(each) == id).get(id)
        if tries is None:
            tries = (before["tries"] if before else 0) + 1
        after = before["at"] if before else None
        said = statement(id, kind, answer, verdict, tries=tries, actor=self.actor(), after=after, **parts)
        return self.append(said)

    def append(self, value: Mapping) -> Saved:
        """Add one statement: one write and one fsync, then it is acknowledged.

        Parameters
        ----------
        value : dict
            From `statement`.

        Returns
        -------
        Saved
            (saved, problem).

        Raises
        ------
        StatementError
            When it is not a sound statement.

        Examples
        --------
        >>> Record().append(statement("05-measuring/guess", "scale", 4, actor=Record().actor()))
        Saved(saved=False, problem=None)

        Notes
        -----
        "On the disk" is what the system says. A drive that answers before it has written, as some do to be
        fast, can still lose the last moments when the power fails.
        """
        line = to_line(value)
        reason = LONG if is_too_long(line) else fault(value)
        if reason:
            raise StatementError(f"this answer cannot be recorded: it is {REASONS[reason]}")
        problem = self._add([line])
        self._changed()
        return Saved(self.path is not None and problem is None, problem)

    def merge(self, content: str | bytes) -> Merged:
        """Add the statements of another record; merging twice adds nothing.

        Parameters
        ----------
        content : str or bytes
            The other record: what `text` gives, or the bytes of its file.

        Returns
        -------
        Merged
            (added, known, set_aside, words, problem).

        Examples
        --------
        >>> record = Record()
        >>> _ = record.append(statement("05-measuring/guess", "scale", 4, actor=record.actor()))
        >>> record.merge(record.text())
        Merged(added=0, known=1, set_aside=0, words=None, problem=None)
        """
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
        here = self._read()
        lines, ids = set(here.lines), set(here.sound)
        fresh, reasons, known = [], [], 0
        for each in _lines(data):
            if each.reason:
                reasons.append(each.reason)
            elif each.line in lines:
                known += 1
            else:
                if each.value["id"] in ids:
                    reasons.append(CONFLICT)
                fresh.append(each.line)
                lines.add(each.line)
                ids.add(each.value["id"])
        added = len(ids) - len(here.sound)
        problem = self._add(fresh) if fresh else None
        self._changed()
        return Merged(added, known, len(reasons), set_aside_words(reasons), problem)

    def erase(self, ids: Iterable[str] | None = None) -> Erased:
        """Delete for good.

        Parameters
        ----------
        ids : iterable of str, optional
            Question ids. None deletes everything: answers, what was set aside, and the pseudonym.

        Returns
        -------
        Erased
            (erased, problem).

        Examples
        --------
        >>> record = Record()
        >>> _ = record.append(statement("05-measuring/guess", "scale", 4, actor=record.actor()))
        >>> record.erase(["05-measuring/guess"])
        Erased(erased=1, problem=None)

        Notes
        -----
        A damaged line that names one of these questions goes too. Copies that were exported, and what the
        disk itself or a backup still holds, are out of reach.
        """
        before = len(self._read().sound)
        problem = None
        try:
            if ids is None:
                self._erase_everything()
            else:
                self._erase_questions(set(ids))
        except OSError as error:
            problem = f"Nothing could be deleted from the file: {_words(error)}."
        self._sifted = None
        self._changed()
        return Erased(before - len(self._read().sound), problem)

    def actor(self) -> str:
        """The learner's pseudonym for what is answered next; makes one where there is none.

        Examples
        --------
        >>> record = Record()
        >>> record.actor() == record.actor()
        True
        """
        return self._stored_pseudonym() or self._store_pseudonym(self.pseudonym() or str(uuid.uuid4()))

    def pseudonym(self) -> str | None:
        """The stored pseudonym, else that of the latest statement, else None. Stores nothing.

        Examples
        --------
        >>> Record().pseudonym()
        """
        latest = self.statements()[-1:]
        return self._stored_pseudonym() or (latest[0]["actor"]["account"]["name"] if latest else None)

    def renew(self) -> str:
        """Take a new pseudonym for what is answered from now on.

        Returns
        -------
        str
            The new pseudonym.

        Examples
        --------
        >>> record = Record()
        >>> record.actor() != record.renew()
        True

        Notes
        -----
        Older statements keep theirs, and nothing that is written links the two. But a file that holds
        statements under both shows by itself that they belong to one person: hand in
        ``text(record.actor())``, or delete the older statements first.
        """
        renewed = self._store_pseudonym(str(uuid.uuid4()), keep_stored=False)
        self._changed()
        return renewed

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a function after every change made through this object.

        Returns
        -------
        callable
            Ends it.

        Examples
        --------
        >>> record = Record()
        >>> end = record.subscribe(lambda: print("changed"))
        >>> _ = record.renew()
        changed
        >>> end()
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()

    # --- the file ---------------------------------------------------------------------------------

    def _beside(self, ending: str) -> Path:
        """A file beside the record: ``record.lock`` beside ``record.jsonl``."""
        return self.path.with_name(f"{self.path.stem}{ending}")

    @property
    def _set_aside_path(self) -> Path:
        return self._beside(".set-aside.jsonl")

    @property
    def _pseudonym_path(self) -> Path:
        return self._beside(".pseudonym.txt")

    def _read(self) -> _Sifted:
        """What is there now, in the file and in memory; the file is read again only when it has changed."""
        signature = self._signature()
        if self._sifted is None or signature != self._seen:
            self._seen = signature
            self._sifted = _sift(self._bytes())
            for line in self._waiting:
                self._sifted.add(line, json.loads(line))
        return self._sifted

    def _signature(self) -> tuple | None:
        """What tells that the file has changed."""
        if self.path is None:
            return None
        try:
            return _state_of(os.stat(self.path))
        except OSError as error:
            return (error.errno,)

    def _bytes(self) -> bytes:
        """The bytes of the file; a last line without its end may be in the writing, so it is read again."""
        self._read_problem = None
        if self.path is None:
            return b""
        try:
            data = _bytes_of(self.path)
            if data and not data.endswith(b"\n") and self._beside(".lock").exists():
                with contextlib.suppress(OSError), self._lock(seconds=1):
                    data = _bytes_of(self.path)
            return data
        except OSError as error:
            why = "your user account may not read it" if isinstance(error, PermissionError) else _words(error)
            self._read_problem = f"Your record cannot be read: {why}."
            return b""

    def _add(self, lines: list[str]) -> str | None:
        """Write lines, with those that could not be written before; return the problem in words."""
        self._waiting += lines
        if self._sifted is not None:
            for line in lines:
                self._sifted.add(line, json.loads(line))
        if self.path is None:
            return None
        try:
            before, after = self._write(_joined(self._waiting))
        except OSError as error:
            self._write_problem = (
                f"Your answers are kept in memory only, until this notebook is closed: {_words(error)}. "
                "To keep them, run RecordPanel() and download them."
            )
            return self._write_problem
        self._waiting, self._write_problem = [], None
        if self._seen == before:
            self._seen = after
        return None

    def _write(self, data: bytes) -> tuple[tuple, tuple]:
        """Append bytes in one write and wait for the disk; return the file's state before and after."""
        with self._lock():
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
            try:
                before = os.fstat(handle)
                _write_whole(
                    handle, b"\n" + data if _is_torn(handle, before.st_size) else data, before.st_size
                )
                os.fsync(handle)
                after = os.fstat(handle)
            finally:
                os.close(handle)
            if not before.st_size:
                _sync_folder(self.path.parent)
        return _state_of(before), _state_of(after)

    def _erase_questions(self, ids: set[str]) -> None:
        self._waiting = [each.line for each in _lines(_joined(self._waiting)) if not _is_about(each, ids)]
        if self.path is None:
            return
        with self._lock():
            if self.path.exists():
                self._rewrite([each for each in _lines(_bytes_of(self.path)) if not _is_about(each, ids)])
            already = list(_lines(_bytes_of(self._set_aside_path)))
            still = [each.raw for each in already if not _is_about(each, ids)]
            if len(still) < len(already):
                _replace(self._set_aside_path, still)

    def _rewrite(self, lines: list[_Line]) -> None:
        """Put the file anew; damaged lines move to the file of what is set aside, which is written first."""
        damaged = [each.raw for each in lines if each.reason not in (None, NEWER)]
        already = _raw_lines(_bytes_of(self._set_aside_path))
        fresh = [raw for raw in damaged if raw not in already]
        if fresh:
            _replace(self._set_aside_path, already + fresh)
        _replace(self.path, [each.raw for each in lines if each.reason in (None, NEWER)])

    def _erase_everything(self) -> None:
        """Remove the record and all that stands beside it, except the empty lock file."""
        self._waiting, self._pseudonym, self._write_problem = [], None, None
        if self.path is None or not self.path.parent.exists():
            return
        with self._lock():
            for path in (self.path, self._set_aside_path, self._pseudonym_path):
                for each in (path, _new_name(path)):
                    each.unlink(missing_ok=True)
            _sync_folder(self.path.parent)

    def _stored_pseudonym(self) -> str | None:
        """The pseudonym beside the record, or the one in memory where there is none."""
        if self.path is None or self._pseudonym:
            return self._pseudonym
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = self._pseudonym_path.read_text(encoding="utf-8").strip()
            return text if _UUID.fullmatch(text) else None
        return None

    def _store_pseudonym(self, pseudonym: str, keep_stored: bool = True) -> str:
        """Keep a pseudonym; one that another notebook has stored meanwhile stays, unless told otherwise."""
        if self.path is None:
            self._pseudonym = pseudonym
            return pseudonym
        try:
            with self._lock():
                self._pseudonym = None
                stored = self._stored_pseudonym() if keep_stored else None
                if not stored:
                    _replace(self._pseudonym_path, [pseudonym.encode()])
            return stored or pseudonym
        except OSError as error:
            self._write_problem = (
                f"Your pseudonym is kept in memory only, until this notebook is closed: {_words(error)}."
            )
            self._pseudonym = pseudonym
            return pseudonym

    @contextlib.contextmanager
    def _lock(self, seconds: float | None = None) -> Iterator[None]:
        """Keep other programs from writing; where there are no locks, in a browser, nothing else writes."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            if any(importlib.util.find_spec(name) for name in ("fcntl", "msvcrt")):
                from filelock import FileLock

                lock = FileLock(self._beside(".lock"))
                try:
                    stack.enter_context(lock.acquire(timeout=seconds or LOCK_SECONDS, poll_interval=0.005))
                except (OSError, NotImplementedError) as error:
                    if getattr(error, "errno", errno.ENOSYS) not in _NO_LOCKS:
                        raise
            yield


def _in_browser(path: str) -> Record | None:
    """The record that Python and the page share, where Python runs in the page of a browser."""
    if sys.platform != "emscripten":
        return None
    import js
    from pyodide.ffi import create_proxy

    from .browser_record import BrowserRecord

    page = getattr(js, "courseRecord", None)  # another page than the course's own has none
    if page is None:
        return None
    record = BrowserRecord(path, page)
    page.onchange = create_proxy(record.hear)
    return record


class _Line(NamedTuple):
    """One line of a file: its bytes, and its text and statement when it is sound, else the reason."""

    raw: bytes
    line: str | None
    value: dict | None
    reason: str | None


def _raw_lines(data: bytes) -> list[bytes]:
    """The lines of a file that hold something, without their ends."""
    parts = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [raw for raw in (part.removesuffix(b"\r") for part in parts) if raw.strip()]


def _lines(data: bytes) -> Iterator[_Line]:
    """Every line of a file, read. Never raises, whatever the bytes are."""
    for raw in _raw_lines(data):
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError:
            yield _Line(raw, None, None, ENCODING)
            continue
        value, reason = read_line(line)
        yield _Line(raw, line, value, reason)


def _sift(data: bytes) -> _Sifted:
    """Part the sound lines of a file from the rest."""
    found = _Sifted()
    for each in _lines(data):
        if each.reason:
            found.aside.append((each.reason, each.raw))
        else:
            found.add(each.line, each.value)
    return found


def _is_about(each: _Line, ids: set[str]) -> bool:
    """Whether a line answers one of these questions or, damaged, names one."""
    if each.value:
        return question_id(each.value) in ids
    return any(f'"{COURSE}:{id}"'.encode() in each.raw for id in ids)


def _bytes_of(path: Path) -> bytes:
    """The bytes of a file; none where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _is_torn(handle: int, size: int) -> bool:
    """Whether the last line of an open file lacks its end, since its writer died."""
    if not size:
        return False
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) != b"\n"


def _write_whole(handle: int, data: bytes, size: int) -> None:
    """One write; when the disk takes only a part, that part is taken back."""
    written = os.write(handle, data)
    if written != len(data):
        os.ftruncate(handle, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _new_name(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _replace(path: Path, lines: list[bytes]) -> None:
    """Put a whole new file in the place of an old one, so that a crash leaves the one or the other."""
    new = _new_name(path)
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "wb") as file:
            file.writelines(line + b"\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _state_of(found: os.stat_result) -> tuple:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _words(error: OSError) -> str:
    """Why the system refused, without the folder's name: it may hold the name of a person."""
    if isinstance(error, TimeoutError):
        return "another program has held the file for too long"
    return _ERRNO_WORDS.get(error.errno, os.strerror(error.errno) if error.errno else str(error))
