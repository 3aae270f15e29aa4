"""A reader's own table against the description of a sample dataset: what is wrong, where, in words."""
from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from widgets.datasets import _codes, _fields, _resource

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Problem", "TableCheck", "check_table"]

SHOWN = 20
"""How many problems a check shows; all of them are in ``problems``."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a table.

    Parameters
    ----------
    line : int or None
        Line of the file, the header being line 1; None where it is about the whole file.
    column : str or None
        Name of the column; None where it is about a whole line or the file.
    message, mend : str
        What is wrong, and what to do.
    """

    line: int | None
    column: str | None
    message: str
    mend: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        where = f"{', '.join(place)}: " if place else ""
        return f"{where}{self.message}. Mend: {self.mend}."


@dataclass(frozen=True)
class TableCheck:
    """What :func:`check_table` found; shows itself as a sentence and a list.

    Parameters
    ----------
    name : str
        The dataset whose description was used.
    rows : int
        How many rows the table has.
    problems : tuple of Problem
        In the order of the file; empty if the table fits.
    """

    name: str
    rows: int
    problems: tuple[Problem, ...]

    @property
    def fits(self) -> bool:
        """True if nothing is wrong."""
        return not self.problems

    def __repr__(self) -> str:
        return "\n".join([self._sentence(), *(f"- {problem}" for problem in self.problems[:SHOWN])])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(str(problem))}</li>" for problem in self.problems[:SHOWN])
        listed = f"<ul>{items}</ul>" if items else ""
        return f'<div class="course-table-check"><p>{escape(self._sentence())}</p>{listed}</div>'

    def _sentence(self) -> str:
        rows = f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        if self.fits:
            return f"The table fits {self.name}: {rows}, nothing wrong."
        n = len(self.problems)
        first = f"; the first {SHOWN} are" if n > SHOWN else ":"
        return f"The table does not fit {self.name}: {rows}, {n:,} problem{'' if n == 1 else 's'}{first}"


def check_table(table: str | Path | pd.DataFrame, name: str) -> TableCheck:
    """Check a table of your own against the columns, types and values of a sample dataset.

    Parameters
    ----------
    table : str, pathlib.Path or pandas.DataFrame
        A CSV file, or a table that was read already. The file is only read.
    name : str
        Name of the dataset whose description is used.

    Returns
    -------
    TableCheck
        ``.fits`` and ``.problems``; each problem says line, column and mend.

    Raises
    ------
    ValueError
        There is no such dataset.
    FileNotFoundError
        There is no such file.

    Notes
    -----
    It cannot tell whether a value is true, only whether it could stand in that column. Line numbers count
    rows as a spreadsheet does; a cell with a line break inside is one row.

    Examples
    --------
    >>> from widgets import dataset
    >>> people = dataset("victim_lists")
    >>> check_table(people.assign(list_police=2).head(1), "victim_lists")
    The table does not fit victim_lists: 1 row, 1 problem:
    - line 2, column list_police: 2 is none of 0, 1. Mend: write one of these.
    """
    resource = _resource(name)
    problems: list[Problem] = []
    if isinstance(table, (str, Path)):
        lines = _read_file(Path(table), resource, problems)
    else:
        lines = _read_frame(table, resource)
    if not lines:
        problems.append(Problem(None, None, "the file is empty", "begin with a line that names the columns"))
        return TableCheck(name, 0, tuple(problems))
    header, *rows = lines
    problems += _header_problems(header, resource)
    places = {column: place for place, column in reversed(list(enumerate(header)))}
    fields = [field for field in _fields(resource) if field["name"] in places]
    problems += _row_problems(rows, len(header), fields, places, resource)
    return TableCheck(name, len(rows), tuple(problems))


# --- Reading ----------------------------------------------------------------------------------------------

def _read_file(path: Path, resource: dict, problems: list[Problem]) -> list[list[str]]:
    """The cells of a CSV file; what a spreadsheet program did to the file is said and undone."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        problems.append(Problem(None, None, "the file is not in UTF-8", "save it as “CSV UTF-8”"))
    text = text.replace("\x00", "")
    header = text.lstrip("\r\n").partition("\n")[0]
    comma = max(",;\t", key=lambda mark: len(_wanted(resource) & set(_cells_of(header, mark))))
    if comma != ",":
        said = {";": "semicolons", "\t": "tabs"}[comma]
        problems.append(Problem(1, None, f"columns are separated by {said}",
                                "save it with commas between columns"))
    csv.field_size_limit(2**31 - 1)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma) if row]


def _cells_of(line: str, mark: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(mark)]


def _wanted(resource: dict) -> set[str]:
    return {field["name"] for field in _fields(resource)}


def _read_frame(table: pd.DataFrame, resource: dict) -> list[list[str]]:
    """A table of pandas as a file would hold it; a missing value is the first code of its column."""
    codes = {field["name"]: next(iter(_codes(field, resource)), "") for field in _fields(resource)}
    columns = [str(column) for column in table.columns]
    written = [[codes.get(column, "") if missing else _written(value)
                for value, missing in zip(table.iloc[:, place], table.iloc[:, place].isna())]
               for place, column in enumerate(columns)]
    return [columns, *map(list, zip(*written))]


def _written(value: object) -> str:
    if isinstance(value, datetime.datetime):
        at_midnight = value.time() == datetime.time()
        return value.date().isoformat() if at_midnight else str(value)
    if str(value) in ("True", "False"):
        return str(value).lower()
    return str(value)


# --- What may be wrong ------------------------------------------------------------------------------------

def _header_problems(header: list[str], resource: dict) -> Iterator[Problem]:
    for field in _fields(resource):
        column = field["name"]
        if column not in header:
            near = [found for found in header if found.strip().lower() == column.lower()]
            mend = f"rename “{near[0]}” to {column}" if near else f"add it ({field['title'].lower()})"
            yield Problem(1, column, "the column is missing", mend)
        elif header.count(column) > 1:
            yield Problem(1, column, f"the column stands {header.count(column)} times", "keep one of them")
    for column in dict.fromkeys(header):
        if column not in _wanted(resource):
            yield Problem(1, column, "the dataset has no such column", "leave it out, or correct its name")


def _row_problems(rows: list, width: int, fields: list, places: dict, resource: dict) -> Iterator[Problem]:
    reads = [(places[field["name"]], _cell_reader(field, resource)) for field in fields]
    key = [column for column in resource["schema"].get("primaryKey", []) if column in places]
    unique = [[field["name"]] for field in fields if field.get("constraints", {}).get("unique")]
    seen: dict[tuple, dict] = {tuple(columns): {} for columns in [key, *unique] if columns}
    for line, row in enumerate(rows, start=2):
        if len(row) != width:
            yield Problem(line, None, f"it has {len(row)} cells, the header has {width}",
                          "look for a missing or an additional comma; put text with a comma into quotes")
            continue
        for place, read in reads:
            problem = read(row[place], line)
            if problem:
                yield problem
        for columns, lines in seen.items():
            first = lines.setdefault(tuple(row[places[column]] for column in columns), line)
            if first != line:
                value = ", ".join(row[places[column]] for column in columns)
                yield Problem(line, ", ".join(columns), f"{value} stands in line {first} already",
                              "each may stand there once")


def _cell_reader(field: dict, resource: dict):
    """A function that says what is wrong with a cell of this column, or None."""
    codes = _codes(field, resource)
    rules = field.get("constraints", {})
    kind = field["type"]

    def read(cell: str, line: int) -> Problem | None:
        if cell in codes:
            return None
        said = _wrong_type(cell, kind, codes) or _wrong_value(cell, kind, rules)
        return Problem(line, field["name"], *said) if said else None

    return read


_SHAPE = {
    "integer": re.compile(r"[+-]?\d+"),
    "number": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
}
_EXAMPLE = {
    "integer": "a whole number, such as 12", "number": "a number with a point, such as 0.5",
    "boolean": "true or false", "date": "a date as year-month-day, such as 2024-02-29",
}


def _wrong_type(cell: str, kind: str, codes: dict) -> tuple[str, str] | None:
    missing = f"; for a missing value write {' or '.join(map(repr, codes))}" if any(codes) else ""
    if cell == "":
        return "the cell is empty", f"fill it in{missing}" if missing else "fill it in"
    if kind in _SHAPE and not _is(cell, kind):
        return f"{cell!r} is not {_EXAMPLE[kind].partition(',')[0]}", f"write {_EXAMPLE[kind]}{missing}"
    return None


def _is(cell: str, kind: str) -> bool:
    if not (cell.isascii() and _SHAPE[kind].fullmatch(cell)):
        return False
    if kind == "date":
        try:
            datetime.date.fromisoformat(cell)
        except ValueError:
            return False
    return kind != "number" or abs(float(cell)) < float("inf")


def _wrong_value(cell: str, kind: str, rules: dict) -> tuple[str, str] | None:
    value = {"integer": int, "number": float}.get(kind, str)(cell)
    allowed = rules.get("enum")
    if allowed is not None and value not in [type(value)(one) for one in allowed]:
        return f"{cell} is none of {', '.join(map(str, allowed))}", "write one of these"
    if "minimum" in rules and _below(value, rules["minimum"]):
        return f"{cell} is below {rules['minimum']}", f"the least value is {rules['minimum']}"
    if "maximum" in rules and _below(rules["maximum"], value):
        return f"{cell} is above {rules['maximum']}", f"the highest value is {rules['maximum']}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        return f"{cell!r} has not the form {rules['pattern']}", "write it as the others are written"
    return None


def _below(one: object, other: object) -> bool:
    return (str(one) < str(other)) if isinstance(one, str) or isinstance(other, str) else one < other
