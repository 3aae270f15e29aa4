"""The sample datasets: where they are, reading them with their types, and what their columns mean.

Everything comes from ``data/datapackage.json``; a dataset needs no line of code here.
"""
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Description", "data_folder", "dataset", "describe", "missing_reasons", "names"]


def data_folder() -> Path:
    """The folder of the sample data, module files and provisions.

    Returns
    -------
    Path
        Inside the installed package, or ``data/`` of the repository.

    Examples
    --------
    >>> (data_folder() / "datapackage.json").exists()
    True
    """
    here = Path(__file__).resolve().parent
    installed = here / "_data"
    return installed if installed.is_dir() else here.parent / "data"


def names() -> list[str]:
    """The names of all datasets.

    Examples
    --------
    >>> "victim_lists" in names()
    True
    """
    return [resource["name"] for resource in _package()["resources"]]


def dataset(name: str) -> pd.DataFrame:
    """Read a dataset; every column has the type that the data package gives it.

    Parameters
    ----------
    name : str
        Name of the dataset, such as ``"victim_lists"``.

    Returns
    -------
    pandas.DataFrame
        One row as the dataset's page says. A missing value is missing, not zero;
        :func:`missing_reasons` says why it is missing.

    Raises
    ------
    ValueError
        There is no such dataset, or its file is not as the data package describes it; the message names file,
        row, column and the mend.

    Examples
    --------
    >>> people = dataset("victim_lists")
    >>> people.shape
    (1500, 11)
    >>> int(people["list_police"].sum())
    534
    >>> int(people["exploitation_form"].isna().sum())
    104
    """
    import pandas as pd

    resource = _resource(name)
    cells = _cells(resource)
    return pd.DataFrame({
        field["name"]: _typed(cells[field["name"]], field, resource) for field in _fields(resource)
    })


def missing_reasons(name: str) -> pd.DataFrame:
    """Why values are missing: the reason codes, with the rows of :func:`dataset`.

    Parameters
    ----------
    name : str
        Name of the dataset.

    Returns
    -------
    pandas.DataFrame
        A column for each column of the dataset that has reason codes. A cell holds the code where the value
        is missing and is itself missing where there is a value.

    Notes
    -----
    A code says what the service said. It cannot tell whether the missing values are like the others.

    Examples
    --------
    >>> missing_reasons("victim_lists")["exploitation_form"].value_counts().to_dict()
    {'not-recorded': 76, 'withheld': 28}
    """
    import pandas as pd

    resource = _resource(name)
    cells = _cells(resource)
    coded = [field for field in _fields(resource) if _codes(field, resource)]
    return pd.DataFrame({
        field["name"]: cells[field["name"]].where(cells[field["name"]].isin(list(_codes(field, resource))))
        for field in coded
    }, index=cells.index)


@dataclass(frozen=True)
class Description:
    """What a dataset is: its columns, where its numbers come from and what it does not measure.

    Parameters
    ----------
    name, title, text : str
        From the data package.
    columns : tuple of tuple of str
        For each column its name, meaning, values with type and unit, and reasons for missing values.
    limits : tuple of str
        What the dataset does not measure.
    sources : tuple of dict
        Each published figure that the data resemble: ``title``, ``path``, ``figure``, ``used``.
    row : str
        What one row is.
    rows : int
        How many rows there are.
    script : str
        The script that made it; tables of one script belong together.
    """

    name: str
    title: str
    text: str
    columns: tuple[tuple[str, ...], ...]
    limits: tuple[str, ...]
    sources: tuple[dict, ...] = ()
    row: str = ""
    rows: int = 0
    script: str = ""

    HEADINGS = ("Column", "Meaning", "Values", "Missing because")

    @property
    def table(self) -> pd.DataFrame:
        """The columns as a table, for a reader who wants to search it."""
        import pandas as pd

        return pd.DataFrame(self.columns, columns=list(self.HEADINGS)).set_index("Column")

    def fields_html(self) -> str:
        """The table of columns as HTML with caption and header cells.

        Examples
        --------
        >>> describe("victim_lists").fields_html().count('<th scope="row">')
        11
        """
        caption = f"Columns of {self.name}"
        head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in self.HEADINGS)
        body = "".join(_row_html(row) for row in self.columns)
        return (
            f'<div class="course-scroll" role="group" tabindex="0" aria-label="{escape(caption)}">'
            f'<table class="course-fields"><caption>{escape(caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def __repr__(self) -> str:
        lines = [f"{self.title}: {self.text}", ""]
        lines += [f"{name}: {meaning}" for name, meaning, *_ in self.columns]
        lines += ["", "What it does not measure:", *(f"- {limit}" for limit in self.limits)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        limits = "".join(f"<li>{escape(limit)}</li>" for limit in self.limits)
        return (
            f'<div class="course-dataset"><p><strong>{escape(self.title)}.</strong> {escape(self.text)}</p>'
            f"{self.fields_html()}<p>What it does not measure:</p><ul>{limits}</ul></div>"
        )


def describe(name: str) -> Description:
    """What a dataset is and what its columns mean.

    Parameters
    ----------
    name : str
        Name of the dataset.

    Returns
    -------
    Description
        Shows itself as a text with a table; ``.table`` is the table of columns.

    Raises
    ------
    ValueError
        There is no such dataset.

    Examples
    --------
    >>> describe("victim_lists").table.loc["link_quality", "Values"]
    'number, score from 0 to 1: 0.6 to 1'
    """
    resource = _resource(name)
    columns = tuple(_column(field, resource) for field in _fields(resource))
    generator = resource.get("generator", {})
    return Description(
        name, resource["title"], resource["description"], columns,
        limits=tuple(resource.get("limits", ())), sources=tuple(resource.get("sources", ())),
        row=resource.get("row", ""), rows=generator.get("rows", 0), script=generator.get("script", ""),
    )


def _package() -> dict:
    return json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8"))


def _resource(name: str) -> dict:
    resources = {resource["name"]: resource for resource in _package()["resources"]}
    if name not in resources:
        raise ValueError(f"there is no dataset `{name}`. Mend: use one of {', '.join(sorted(resources))}.")
    return resources[name]


def _fields(resource: dict) -> list[dict]:
    return resource["schema"]["fields"]


def _codes(field: dict, resource: dict) -> dict[str, str]:
    """Codes of missing values, each with its reason. An empty cell is missing if the package says no more."""
    listed = field.get("missingValues", resource["schema"].get("missingValues", [""]))
    codes = [code if isinstance(code, dict) else {"value": code} for code in listed]
    return {code["value"]: code.get("label", "") for code in codes}


def _cells(resource: dict) -> pd.DataFrame:
    """Every cell of the file as text, exactly as it stands."""
    import pandas as pd

    path = data_folder() / resource["path"]
    if not path.exists():
        raise ValueError(f"the file {path.name} of dataset `{resource['name']}` is not in {path.parent}. "
                         "Mend: put it back from the course's files.")
    cells = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8")
    wanted = [field["name"] for field in _fields(resource)]
    if list(cells.columns) != wanted:
        raise ValueError(f"{path.name} has the columns {', '.join(cells.columns)}; the data package "
                         f"describes {', '.join(wanted)}. Mend: put the file back as it was.")
    return cells


def _typed(cells: pd.Series, field: dict, resource: dict) -> pd.Series:
    """One column with its type; codes become missing values."""
    missing = cells.isin(list(_codes(field, resource)))
    convert = _CONVERT.get(field["type"])
    if convert is None:
        raise ValueError(f"column {field['name']} of {resource['path']} has the type `{field['type']}`. "
                         f"Mend: use one of {', '.join(_CONVERT)} in the data package.")
    try:
        return convert(cells.mask(missing), missing.any())
    except (ValueError, KeyError) as error:
        raise ValueError(_unreadable(cells[~missing], field, resource, convert)) from error


def _unreadable(cells: pd.Series, field: dict, resource: dict, convert: Callable) -> str:
    """Name the first cell that has not the type of its column."""
    for row, cell in cells.items():
        try:
            convert(cells.loc[[row]], False)
        except (ValueError, KeyError):
            break
    # The header is line 1 of the file.
    return (f"{resource['path']}, line {row + 2}, column {field['name']}: {cell!r} is not of the type "
            f"`{field['type']}`. Mend: put the file back as it was, or describe the value as a missing one.")


def _integers(cells: pd.Series, some_missing: bool) -> pd.Series:
    return cells.astype("Int64") if some_missing else cells.astype("int64")


def _numbers(cells: pd.Series, some_missing: bool) -> pd.Series:
    numbers = cells.astype("float64")
    if not numbers[cells.notna()].abs().lt(float("inf")).all():
        raise ValueError("the words nan and inf are no numbers")
    return numbers


def _strings(cells: pd.Series, some_missing: bool) -> pd.Series:
    return cells


def _booleans(cells: pd.Series, some_missing: bool) -> pd.Series:
    known = cells.dropna().map({"true": True, "false": False})
    if known.isna().any():
        raise ValueError("neither true nor false")
    return known.reindex(cells.index).astype("boolean") if some_missing else known.astype(bool)


def _dates(cells: pd.Series, some_missing: bool) -> pd.Series:
    import pandas as pd

    return pd.to_datetime(cells, format="%Y-%m-%d")


_CONVERT = {
    "string": _strings, "integer": _integers, "number": _numbers, "boolean": _booleans, "date": _dates,
}
"""How the types of a data package become columns of pandas."""


def _column(field: dict, resource: dict) -> tuple[str, ...]:
    """One row of the table of columns."""
    kind = field["type"] + (f", {field['unit']}" if "unit" in field else "")
    reasons = "; ".join(f"{code or 'empty'}: {reason}" if reason else code or "empty"
                        for code, reason in _codes(field, resource).items())
    values = f"{kind}: {_values(field)}"
    return field["name"], f"{field['title']}. {field['description']}", values, reasons or "never missing"


def _values(field: dict) -> str:
    """The values that a column may hold, in words."""
    constraints = field.get("constraints", {})
    if "enum" in constraints:
        return ", ".join(map(str, constraints["enum"]))
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{low} or more"
    if high is not None:
        return f"up to {high}"
    return "one for each row" if constraints.get("unique") else "any"


def _row_html(row: tuple[str, ...]) -> str:
    name, *rest = row
    cells = "".join(f"<td>{escape(text)}</td>" for text in rest)
    return f'<tr><th scope="row"><code>{escape(name)}</code></th>{cells}</tr>'
