"""Read a YAML file that people write by hand: each value with its line, each mistake in plain words.

YAML 1.2: ``NO`` and ``yes`` stay text, only ``true`` and ``false`` are truth values, dates stay text.
Anchors, aliases and tags (``&``, ``*``, ``!``) are mistakes here: authors meet them only when a text
begins with such a sign and the quotes are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FileError", "Problem", "Tree", "read_yaml"]

DEEPEST = 20  # levels of nesting; a module file has 6
TRUE_FALSE_NONE = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
                   "": None, "~": None, "null": None, "Null": None, "NULL": None}
WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = {f"{sign}.{word}": float(sign + word) for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")}
NOT_FINITE |= dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Problem:
    """One mistake in a file, and what to do about it.

    Parameters
    ----------
    file : str
        The file.
    line : int
        The line, from 1; 0 for the file as a whole.
    id : str
        The id of the question (case, activity …) it is in; empty where there is none.
    message : str
        What is wrong.
    mend : str
        What to do.
    place : str
        Where it is, in words.

    Examples
    --------
    >>> print(Problem("05-measuring.yml", 41, "guess", "two options are marked right; a `choice` has one.",
    ...               "keep one.", "question `guess`"))
    05-measuring.yml, line 41, question `guess`: two options are marked right; a `choice` has one. \
Mend: keep one.
    """

    file: str
    line: int
    id: str
    message: str
    mend: str
    place: str = ""

    def __str__(self) -> str:
        where = [self.file, f"line {self.line}" if self.line else "", self.place]
        return f"{', '.join(each for each in where if each)}: {self.message} Mend: {self.mend}"


class FileError(ValueError):
    """A file cannot be used; all that is wrong with it, at once.

    Parameters
    ----------
    problems : list of Problem
        Sorted by line.

    Examples
    --------
    >>> print(FileError([Problem("a.yml", 1, "", "the file is empty.", "write a title.")]))
    a.yml, line 1: the file is empty. Mend: write a title.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass
class Tree:
    """The values of a file, and where each stands.

    Parameters
    ----------
    file : str
        The file.
    value : object
        Mappings, lists, text, numbers, truth values and None, as JSON has them.
    lines : dict
        The line (from 1) of each key and list item, by its path: ``("questions", 0, "text")``.
    problems : list of Problem
        Mistakes that leave the rest readable, such as a key that stands twice.

    Examples
    --------
    >>> Tree("a.yml", {"title": "A"}, {(): 1, ("title",): 1}).line(("title", "x"))
    1
    """

    file: str
    value: Any = None
    lines: dict[tuple, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: tuple) -> int:
        """Give the line of `path`, or of the nearest thing around it that is there.

        Parameters
        ----------
        path : tuple of str and int
            Keys and places in lists, from the top.

        Returns
        -------
        int
            The line, from 1.

        Examples
        --------
        >>> Tree("a.yml", {}, {(): 1}).line(("title",))
        1
        """
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: str | Path) -> Tree:
    """Read a YAML file, keeping the line of every value.

    Parameters
    ----------
    path : path
        The file, in UTF-8.

    Returns
    -------
    Tree
        Its values and their lines; `problems` holds keys that stand twice and the like.

    Raises
    ------
    FileError
        If there is no such file, it is not UTF-8, or it is not YAML. Only the first place where the
        YAML breaks is known: what follows cannot be told apart.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.yml")
    >>> _ = path.write_text("title: Measuring\\noutcomes:\\n- id: count\\n", encoding="utf-8")
    >>> tree = read_yaml(path)
    >>> tree.value
    {'title': 'Measuring', 'outcomes': [{'id': 'count'}]}
    >>> tree.line(("outcomes", 0, "id"))
    3
    """
    text = _decode(path)
    tree = Tree(str(path))
    _refuse_invisible(text, tree)
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    try:
        events = YAML(typ="safe", pure=True).parse(text)
        _Builder(tree, events).build()
    except MarkedYAMLError as error:
        line, message, mend = _explain(error, text.splitlines() or [""])
        tree.problems.append(Problem(tree.file, line, "", message, mend))
        raise FileError(sorted(tree.problems, key=lambda each: each.line)) from None
    return tree


# ---- from bytes to text --------------------------------------------------------------------------


def _decode(path: str | Path) -> str:
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise _whole_file(path, *_why_unreadable(Path(path), error)) from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _whole_file(path, "the file is saved as UTF-16, not as UTF-8.", SAVE_AS_UTF8)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        before = data[start:error.start].decode("utf-8", "replace").lstrip("\ufeff")
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not saved as UTF-8: after {before[-30:]!r} comes a sign of another encoding."
        raise FileError([Problem(str(path), line, "", message, SAVE_AS_UTF8)]) from None


SAVE_AS_UTF8 = "open it in your editor, choose \"Save with encoding\", then UTF-8."


def _why_unreadable(path: Path, error: Exception) -> tuple[str, str]:
    import difflib

    if isinstance(error, FileNotFoundError):
        beside = [each.name for each in path.parent.glob("*.yml")] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, beside, n=1)
        mend = f"did you mean {near[0]}?" if near else "check the name and the folder."
        return "there is no such file.", mend
    if isinstance(error, IsADirectoryError):
        return "this is a folder, not a file.", "name a file in it."
    if isinstance(error, PermissionError):
        return "the file may not be read.", "give yourself the right to read it."
    return "the file cannot be read.", "check the name, the folder and the disk."


def _whole_file(path: str | Path, message: str, mend: str) -> FileError:
    return FileError([Problem(str(path), 0, "", message, mend)])


def _refuse_invisible(text: str, tree: Tree) -> None:
    found = [(text.count("\n", 0, match.start()) + 1, ord(match[0])) for match in INVISIBLE.finditer(text)]
    problems = [Problem(tree.file, line, "", f"an invisible control character (U+{code:04X}) stands here.",
                        "delete it; retype the words around it if you cannot see it.")
                for line, code in dict.fromkeys(found)]
    if problems:
        raise FileError(problems[:20])


# ---- from text to values -------------------------------------------------------------------------


class _Builder:
    """Put the parser's events together; nothing is resolved by YAML's own rules for types."""

    def __init__(self, tree: Tree, events: Iterator[Any]) -> None:
        self.tree = tree
        self.events = (each for each in events if type(each).__name__ not in ("StreamStartEvent", "StreamEndEvent"))

    def build(self) -> None:
        tree = self.tree
        tree.lines[()] = 1
        for number, event in enumerate(self.events):
            name = type(event).__name__
            if name == "DocumentStartEvent" and number:
                self.problem(event, "a second document begins here, with `---`.",
                             "delete this line; a file holds one document.")
            if name not in ("DocumentStartEvent", "DocumentEndEvent"):
                value = self.value(event, ())
                tree.value = value if tree.value is None else tree.value

    def problem(self, event: Any, message: str, mend: str) -> None:
        line = event.start_mark.line + 1
        self.tree.problems.append(Problem(self.tree.file, line, "", message, mend))

    def value(self, event: Any, path: tuple) -> Any:
        self.refuse_marks(event)
        match type(event).__name__:
            case "MappingStartEvent" | "SequenceStartEvent" if len(path) >= DEEPEST:
                self.problem(event, "this is nested too deeply.", "check the brackets and the indentation.")
                raise FileError(self.tree.problems)
            case "MappingStartEvent":
                return self.mapping(path)
            case "SequenceStartEvent":
                return self.sequence(path)
            case "ScalarEvent":
                return event.value if event.style else _plain(event.value)
        return None  # an alias, refused above

    def refuse_marks(self, event: Any) -> None:
        alias = type(event).__name__ == "AliasEvent"
        sign = "*" if alias else "&" if event.anchor else "!" if getattr(event, "tag", None) else None
        if sign:
            self.problem(event, f"a text that begins with `{sign}` has no quotes around it.",
                         "put the whole text in double quotes: \"…\".")

    def sequence(self, path: tuple) -> list:
        values = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            here = (*path, len(values))
            self.tree.lines[here] = event.start_mark.line + 1
            values.append(self.value(event, here))
        return values

    def mapping(self, path: tuple) -> dict:
        values: dict[str, Any] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key, line = self.key(event, path), event.start_mark.line + 1
            here = (*path, key)
            if key in values:
                self.problem(event, f"`{key}` stands here twice; the first is on line {self.tree.lines[here]}.",
                             "delete one, or begin a new entry with `- `.")
                self.value(next(self.events), (*path, key, "again"))
                continue
            self.tree.lines[here] = line
            values[key] = self.value(next(self.events), here)
        return values

    def key(self, event: Any, path: tuple) -> str:
        value = self.value(event, (*path, "key"))
        if type(event).__name__ == "ScalarEvent" and event.value:
            return event.value
        self.problem(event, "the word before a colon is missing here.", "write `key: value`.")
        return str(value)


def _plain(text: str) -> Any:
    """Resolve a text without quotes by the core schema of YAML 1.2."""
    if text in TRUE_FALSE_NONE:
        return TRUE_FALSE_NONE[text]
    if text in NOT_FINITE:
        return NOT_FINITE[text]
    if WHOLE.fullmatch(text) and len(text) < 4000:  # Python refuses to read longer whole numbers
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


# ---- from the parser's words to plain words ------------------------------------------------------

QUOTES = "put the whole text in double quotes: \"…\"."
ALIGN = "give it as many spaces as the lines it belongs to."


def _explain(error: Any, source: list[str]) -> tuple[int, str, str]:
    """Say in plain words where and why the YAML breaks: line, message, mend."""
    problem, context = error.problem or "", error.context or ""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    number = min(mark.line, len(source) - 1) if mark else 0
    begun = min(opened.line, len(source) - 1) if opened else number
    text = source[number].strip()
    value = re.sub(r"^(- +)*[\w-]+ *: *|^(- +)+", "", text)  # what stands after `key: ` or `- `
    if "'\\t'" in problem:
        return number + 1, "a tab stands where only spaces may stand.", "replace it by spaces."
    if "cannot start any token" in problem:
        return number + 1, f"a text may not begin with `{value[:1]}`.", QUOTES
    if "unexpected end of stream" in problem or "quoted scalar" in context and "escape" not in problem:
        return begun + 1, "a quotation mark that opens here is never closed.", "close it."
    if "quoted scalar" in context:
        return number + 1, "a backslash in double quotes has a meaning of its own.", \
            "write it twice (\\\\), or use single quotes."
    if "block scalar" in context:
        return number + 1, "after `>` or `|` the text begins on the next line.", \
            "break the line there and indent the text; a quotation that begins with > belongs below a `|`."
    if "anchor" in context or "alias" in context or value[:1] in ("*", "&"):
        return number + 1, f"a text may not begin with `{value[:1] or '*'}`.", QUOTES
    if "flow" in context:
        bracket = "{" if "mapping" in context else "["
        return begun + 1, f"a `{bracket}` opens here and is not closed as YAML expects.", \
            f"if a text begins with `{bracket}`, {QUOTES} Else close it."
    if "mapping values are not allowed" in problem and value.count(": ") + value.endswith(":"):
        return number + 1, "a colon and a space stand inside a text.", QUOTES
    if "could not find expected ':'" in problem:
        return begun + 1, "this line has no colon, and is not indented as part of the text above.", \
            "write `key: value`, or indent it by two more spaces than the key above."
    if "'<scalar>'" in problem:
        return number + 1, "more text follows behind a closing quotation mark.", \
            "put the quotes around the whole text, or write a quotation mark inside it twice."
    if re.match(r"-\w", text):
        return number + 1, "a space is missing behind the hyphen.", "write `- ` and then the entry."
    if "block" in context or "mapping values" in problem:
        return number + 1, "this line is indented differently from the lines it belongs to.", ALIGN
    return number + 1, "this is not YAML.", "compare it with the lines around it: quotes, colons, indentation."
