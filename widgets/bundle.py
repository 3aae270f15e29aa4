"""The scripts of ``widgets/static`` put together: one ES module for a notebook, one script for a page.

The files are ES modules without dependencies. A file names what it needs on lines of its own,
``import { a, b } from "./x.js";``, and what it gives with ``export`` at the start of a line. Nothing else
of the module syntax is used, so that putting them together needs no tool: the parts are read in the order in
which they need each other, and the two kinds of line are dropped.
"""
from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static"

_IMPORT = re.compile(r'^import \{[^}\n]*\} from "\./([\w-]+\.js)";$')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) ([\w$]+)")


class BundleError(ValueError):
    """A script is not written in the small form that can be put together."""


def widget_module(file: str, render: str, folder: Path = STATIC) -> str:
    """Give the one ES module that an anywidget needs.

    Parameters
    ----------
    file : str
        Name of the script that exports the widget's render function, such as ``"quiz.js"``.
    render : str
        Name of that function. It becomes ``export default { render }``.
    folder : Path
        Where the scripts are.

    Returns
    -------
    str
        The file and everything it needs, without comments.

    Raises
    ------
    BundleError
        A file is missing, uses another form of ``import`` or ``export``, or two files use one name.

    Examples
    --------
    >>> widget_module("quiz.js", "renderQuiz").rstrip().endswith("export default { render: renderQuiz };")
    True

    Notes
    -----
    It does not check that the script runs; the browser tests do.
    """
    code, names = _joined(file, folder)
    if render not in names:
        raise BundleError(f"{file}: no function named {render}; export it, or give the right name.")
    return f"{code}export default {{ render: {render} }};\n"


def page_script(file: str = "page.js", folder: Path = STATIC) -> str:
    """Give the one classic script that a page needs.

    It is an ordinary script, not a module, so that a page also works when it is opened as a file, and it may
    be loaded with ``async``. It makes no global name.

    Parameters
    ----------
    file : str
        The script that starts everything on a page.
    folder : Path
        Where the scripts are.

    Returns
    -------
    str
        The file and everything it needs, without comments, in one function that is called at once.

    Raises
    ------
    BundleError
        As in :func:`widget_module`.

    Examples
    --------
    >>> script = page_script()
    >>> script.startswith('(() => {'), "export " in script, "import " in script
    (True, False, False)

    Notes
    -----
    It does not check that the script runs; the browser tests do.
    """
    code, _ = _joined(file, folder)
    return f'(() => {{\n"use strict";\n{code}}})();\n'


def stylesheet(folder: Path = STATIC, file: str = "course.css") -> str:
    """Give a stylesheet without comments: the one of everything the course draws, or another.

    Parameters
    ----------
    folder : Path
        Where the stylesheet is.
    file : str
        Its name.

    Returns
    -------
    str
        The text of the stylesheet.

    Raises
    ------
    BundleError
        The file is missing.

    Examples
    --------
    >>> ".course-question" in stylesheet(), "/*" in stylesheet()
    (True, False)

    Notes
    -----
    All class names begin with ``course-``, so that it can stand beside any theme.
    """
    text = re.sub(r"/\*.*?\*/", "", _read(file, folder), flags=re.DOTALL)
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())


def _joined(file: str, folder: Path) -> tuple[str, dict[str, str]]:
    """Return the code of a file and all it needs, and which file gives each top-level name."""
    names: dict[str, str] = {}
    code = ""
    for part in _in_order(file, folder, []):
        text = _read(part, folder)
        _remember_names(part, text, names)
        code += _plain(part, text)
    return code, names


def _in_order(file: str, folder: Path, done: list[str], above: tuple[str, ...] = ()) -> list[str]:
    """List the files so that each stands after those it needs."""
    if file in above:
        way = " -> ".join(above)
        raise BundleError(f"{file}: it needs itself, through {way}. Move the shared part to a third file.")
    if file not in done:
        for line in _read(file, folder).splitlines():
            if found := _IMPORT.match(line):
                _in_order(found[1], folder, done, (*above, file))
        done.append(file)
    return done


def _read(file: str, folder: Path) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BundleError(f"{file}: there is no such file in {folder}.") from None


def _remember_names(file: str, text: str, names: dict[str, str]) -> None:
    for line in text.splitlines():
        if found := _NAME.match(line):
            name = found[1]
            if name in names:
                raise BundleError(f"{file}: the name {name} is taken by {names[name]}. Choose another name.")
            names[name] = file


def _plain(file: str, text: str) -> str:
    """Drop comments, indentation, and the two module forms; refuse every other form."""
    lines = []
    for number, line in enumerate(_without_comments(text), 1):
        if _IMPORT.match(line) or not line.strip():
            continue
        line = _EXPORT.sub("", line)
        if re.match(r"(?:import|export)\b", line):
            raise BundleError(f"{file}, line {number}: write `export` before a function, class or const, "
                              'and `import { name } from "./file.js";` on one line.')
        if _STRING.sub("", line).count("`") % 2:
            raise BundleError(f"{file}, line {number}: a text in backticks runs over lines; "
                              "end it on its line.")
        lines.append(line.strip())
    return "".join(f"{line}\n" for line in lines)


def _without_comments(text: str) -> list[str]:
    """Empty the lines that hold only a comment; a comment behind code stays."""
    lines, inside = [], False
    for line in text.splitlines():
        bare = line.strip()
        opens = bare.startswith("/*") and ("*/" not in bare or bare.endswith("*/"))
        lines.append("" if inside or opens or bare.startswith("//") else line)
        inside = (inside or opens) and not bare.endswith("*/")
    return lines
