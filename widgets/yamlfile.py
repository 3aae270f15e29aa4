"""Read a YAML file that people write by hand: each value with its line, each mistake in plain words.

YAML 1.2: ``NO`` and ``yes`` stay text, only ``true`` and ``false`` are truth values, dates stay text.
Anchors, aliases and tags (``&``, ``*``, ``!``) are mistakes here: authors meet them only when a text
begins with such a sign and the quotes are missing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["FileError", "Problem", "Slip", "Tree", "read_yaml"]

DEEPEST = 20  # levels of nesting; a module file has 6
TRUE_FALSE_NONE = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
                   "": None, "~": None, "null": None, "Null": None, "NULL": None}
WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE = {sign + word: float(sign + "inf") for word in (".inf", ".Inf", ".INF") for sign in ("", "+", "-")}
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


class Slip(NamedTuple):
    """A mistake in the writing of YAML that leaves the rest readable.

    Parameters
    ----------
    path : tuple of str and int
        Where, from the top.
    line : int
        The line, from 1.
    message, mend : str
        What is wrong, and what to do.

    Examples
    --------
    >>> Slip(("title",), 2, "`title` stands here twice; the first is on line 1.", "delete one.").line
    2
    """

    path: tuple
    line: int
    message: str
    mend: str


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
    slips : list of Slip
        Mistakes that leave the rest readable, such as a key that stands twice.

    Examples
    --------
    >>> Tree("a.yml", {"title": "A"}, {(): 1, ("title",): 1}).line(("title", "x"))
    1
    """

    file: str
    value: Any = None
    lines: dict[tuple, int] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)

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


def read_yaml(path: str | Path, keep_slips: bool = False) -> Tree:
    """Read a YAML file, keeping the line of every value.

    Parameters
    ----------
    path : path
        The file, in UTF-8.
    keep_slips : bool
        Whether slips, such as a key that stands twice, are kept in the tree instead of raised.

    Returns
    -------
    Tree
        Its values and their lines.

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
        _Builder(tree, YAML(typ="safe", pure=True).parse(text)).build()
    except MarkedYAMLError as error:
        last = Slip((), *_explain(error, text.splitlines() or [""]))
    except _TooDeep as error:
        last = error.slip
    else:
        last = None
    earlier = [each for each in tree.slips if not last or each.line < last.line]
    if last or earlier and not keep_slips:
        raise FileError([_problem(tree.file, text, *each[1:]) for each in [*earlier, *filter(None, [last])]])
    return tree


# ---- from bytes to text --------------------------------------------------------------------------


def _decode(path: str | Path) -> str:
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise FileError([Problem(str(path), 0, "", *_why_unreadable(Path(path), error))]) from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        message = "the file is saved as UTF-16, not as UTF-8."
        raise FileError([Problem(str(path), 1, "", message, SAVE_AS_UTF8)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        before = data[start:error.start].decode("utf-8", "replace").lstrip("\ufeff")
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not saved as UTF-8: after {before[-30:]!r} comes a sign of another encoding."
        text = data.decode("utf-8", "replace")
        raise FileError([_problem(str(path), text, line, message, SAVE_AS_UTF8)]) from None


SAVE_AS_UTF8 = "open it in your editor, choose \"Save with encoding\", then UTF-8."


def _why_unreadable(path: Path, error: Exception) -> tuple[str, str]:
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


def _problem(file: str, text: str, line: int, message: str, mend: str) -> Problem:
    """Report a place in a file that is not read yet; the last id above it says where that is."""
    above = re.findall(r"^[\s{-]*id: *([\w-]+)", "\n".join(text.splitlines()[:line]), re.MULTILINE)
    if not above:
        return Problem(file, line, "", message, mend)
    return Problem(file, line, above[-1], message, mend, f"after id `{above[-1]}`")


def _refuse_invisible(text: str, tree: Tree) -> None:
    found = [(text.count("\n", 0, match.start()) + 1, ord(match[0])) for match in INVISIBLE.finditer(text)]
    problems = [_problem(tree.file, text, line, f"an invisible control character (U+{code:04X}) stands here.",
                         "delete it; retype the words around it if you cannot see it.")
                for line, code in dict.fromkeys(found)]
    if problems:
        raise FileError(problems[:20])


# ---- from text to values -------------------------------------------------------------------------


class _TooDeep(Exception):
    def __init__(self, slip: Slip) -> None:
        self.slip = slip


class _Builder:
    """Put the parser's events together; nothing is resolved by YAML's own rules for types."""

    def __init__(self, tree: Tree, events: Iterator[Any]) -> None:
        self.tree = tree
        self.events = ((type(each).__name__.removesuffix("Event"), each) for each in events)

    def build(self) -> None:
        self.tree.lines[()] = 1
        documents = 0
        for name, event in self.events:
            if name == "DocumentStart":
                documents += 1
                if documents == 2:
                    self.slip((), event, "a second document begins here, with `---`.",
                              "delete this line; a file holds one document.")
            elif name in ("MappingStart", "SequenceStart", "Scalar", "Alias"):
                value = self.value(name, event, () if documents == 1 else (f"document {documents}",))
                self.tree.value = value if documents == 1 else self.tree.value

    def slip(self, path: tuple, event: Any, message: str, mend: str) -> None:
        self.tree.slips.append(Slip(path, event.start_mark.line + 1, message, mend))

    def value(self, name: str, event: Any, path: tuple) -> Any:
        sign = "*" if name == "Alias" else "&" if event.anchor else "!" if event.tag else ""
        if sign:
            self.slip(path, event, f"a text that begins with `{sign}` has no quotes around it.",
                      "put the whole text in double quotes: \"…\".")
        if name == "Alias":
            return f"*{event.anchor}"
        if name == "Scalar":
            return event.value if event.style else _plain(event.value)
        if len(path) >= DEEPEST:
            raise _TooDeep(Slip(path, event.start_mark.line + 1, "this is nested too deeply.",
                                "check the brackets and the indentation."))
        return self.mapping(path) if name == "MappingStart" else self.sequence(path)

    def sequence(self, path: tuple) -> list:
        values: list[Any] = []
        for name, event in self.events:
            if name == "SequenceEnd":
                break
            here = (*path, len(values))
            self.tree.lines[here] = event.start_mark.line + 1
            values.append(self.value(name, event, here))
        return values

    def mapping(self, path: tuple) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, event in self.events:
            if name == "MappingEnd":
                break
            key = self.key(name, event, path)
            here = (*path, key)
            if not key:
                self.slip(path, event, "the word before a colon is missing here.", "write `key: value`.")
                self.value(*next(self.events), (*path, "no key"))
                continue
            if key in values:
                first = self.tree.lines[here]
                self.slip(path, event, f"`{key}` stands here twice; the first is on line {first}.",
                          "delete one, or begin a new entry with `- `.")
                here = (*path, f"second {key}")
            self.tree.lines[here] = event.start_mark.line + 1
            values.setdefault(key, self.value(*next(self.events), here))
        return values

    def key(self, name: str, event: Any, path: tuple) -> str:
        """Give the word before a colon; nothing if it is no word."""
        self.value(name, event, (*path, "key"))
        return event.value if name == "Scalar" else ""


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
NOT_CLOSED = "a quotation mark that opens here is not closed."
ALIGN = "give it as many spaces as the lines it belongs to."


def _explain(error: Any, source: list[str]) -> tuple[int, str, str]:
    """Say in plain words where and why the YAML breaks: line, message, mend."""
    problem, context = error.problem or "", error.context or ""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    number = min(mark.line, len(source) - 1) if mark else 0
    begun = min(opened.line, len(source) - 1) if opened else number
    text = source[number].strip()
    value = _value_of(text)
    if "'\\t'" in problem:
        return number + 1, "a tab stands where only spaces may stand.", "replace it by spaces."
    if "cannot start any token" in problem:
        return number + 1, f"a text may not begin with `{value[:1]}`.", QUOTES
    if "unexpected end of stream" in problem or "quoted scalar" in context and "escape" not in problem:
        return begun + 1, NOT_CLOSED, "close it."
    if "quoted scalar" in context:
        return number + 1, "a backslash in double quotes has a meaning of its own.", \
            "write it twice (\\\\), or use single quotes."
    if "block scalar" in context:
        return number + 1, "after `>` or `|` the text begins on the next line.", \
            "break the line there and indent the text; a quotation that begins with > belongs below a `|`."
    if "anchor" in context or "alias" in context or value[:1] in ("*", "&"):
        return number + 1, f"a text may not begin with `{value[:1] or '*'}`.", QUOTES
    if value[:1] in ("[", "{") and "'<scalar>'" in problem:
        return number + 1, f"a text may not begin with `{value[:1]}`.", QUOTES
    if "flow" in context:
        bracket = "{" if "mapping" in context else "["
        return begun + 1, f"a `{bracket}` opens here and is not closed as YAML expects.", \
            f"close it; or, if a text begins with it, {QUOTES}"
    if "mapping values are not allowed" in problem and value.count(": ") + value.endswith(":"):
        return number + 1, "a colon and a space stand inside a text.", QUOTES
    if "could not find expected ':'" in problem:
        return begun + 1, "this line has no colon, and is not indented as part of the text above.", \
            "write `key: value`, or indent it by two more spaces than the key above."
    if "'<scalar>'" in problem and (earlier := _still_open(source, number)):
        return earlier, NOT_CLOSED, "close it."
    if "'<scalar>'" in problem:
        return number + 1, "more text follows behind a closing quotation mark.", \
            "put the quotes around the whole text, or write a quotation mark inside it twice."
    if re.match(r"-\w", text):
        return number + 1, "a space is missing behind the hyphen.", "write `- ` and then the entry."
    if "block" in context or "mapping values" in problem:
        return number + 1, "this line is indented differently from the lines it belongs to.", ALIGN
    return number + 1, "this is not YAML.", "compare it with its neighbours: quotes, colons, indentation."


def _value_of(line: str) -> str:
    """Give what stands after `key: ` or `- `."""
    return re.sub(r"^(- +)*[\w-]+ *: *|^(- +)+", "", line.strip())


def _still_open(source: list[str], number: int) -> int:
    """Find the line above whose quotation mark is closed only here, by mistake; 0 if there is none."""
    if _value_of(source[number])[:1] in ("'", '"'):
        return 0
    for earlier in range(number - 1, -1, -1):
        value = _value_of(source[earlier])
        if value[:1] in ("'", '"') and value.count(value[0]) == 1:
            return earlier + 1
    return 0
