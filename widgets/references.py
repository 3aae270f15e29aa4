"""The sources of the course: what a question names by a key, in words."""
from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from widgets.datasets import data_folder
from widgets.parts import read_provisions

__all__ = ["authors", "bibliography", "sources"]


def sources(folder: Path | None = None) -> Mapping[str, str]:
    """Say every source that a module may name, in words.

    Parameters
    ----------
    folder : Path, optional
        Where ``references.bib`` and ``provisions.yml`` are; the course's own data where it is left out.

    Returns
    -------
    mapping of str to str
        From a key of the bibliography, or a provision such as ``UNTOC:2(a)``, to how it is cited in one line.

    Raises
    ------
    FileError
        ``provisions.yml`` cannot be read; its line is named.

    Examples
    --------
    >>> sources()["UNTOC:2(b)"]
    'United Nations Convention against Transnational Organized Crime, article 2(b)'
    >>> sources()["andreas2010"]
    'Andreas and Greenhill (2010), Sex, Drugs, and Body Counts: The Politics of Numbers in Global Crime and Conflict'

    Notes
    -----
    It shortens: the book's page of references has the whole entry.
    """
    return _sources(folder or data_folder())


@functools.lru_cache
def _sources(folder: Path) -> Mapping[str, str]:
    known = {key: _cite(entry) for key, entry in bibliography(folder).items()}
    for treaty, entry in read_provisions(folder / "provisions.yml").items():
        known |= {f"{treaty}:{article}": f"{entry['name']}, article {article}" for article in entry["provisions"]}
    return known


def bibliography(folder: Path | None = None) -> Mapping:
    """The entries of ``references.bib`` by their keys, as pybtex gives them.

    Parameters
    ----------
    folder : Path, optional
        Where the file is; the course's own data where it is left out.

    Examples
    --------
    >>> bibliography()["andreas2010"].fields["year"]
    '2010'
    """
    from pybtex.database import parse_file

    return parse_file(str((folder or data_folder()) / "references.bib"), bib_format="bibtex").entries


def _cite(entry) -> str:
    return f"{authors(entry)} ({entry.fields['year']}), {_plain(entry.fields['title'])}"


def authors(entry) -> str:
    """Who wrote an entry of the bibliography, as in a citation: one or two names, or the first "et al."."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [_plain(" ".join(person.prelast_names + person.last_names)) for person in people]
    return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


def _plain(latex: str) -> str:
    """Turn the little LaTeX of a bibliography into plain text."""
    from pybtex.richtext import Text

    return str(Text.from_latex(latex))
