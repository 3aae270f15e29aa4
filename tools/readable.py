"""Notebooks as they are read outside the book: JupyterLab knows Markdown, but not the book's citations.

In the book ``{cite}`laska2002` `` and ``{term}`overlap` `` become links. Here they become the words that the
links show, so that a student who works in JupyterLab reads no markup.
"""
from __future__ import annotations

import functools
import json
import re
import sys
from pathlib import Path

ROLE = re.compile(r"\{(cite(?::\w+)?|term|doc)\}`([^`]+)`")


def readable_text(text: str) -> str:
    """Put the words that a reader sees into the place of citations, terms and links to pages.

    Parameters
    ----------
    text : str
        Markdown as the book understands it.

    Returns
    -------
    str
        Markdown as everybody understands it.

    Examples
    --------
    >>> readable_text("The {term}`overlap` tells {cite}`laska2002`.")
    'The overlap tells (Laska, 2002).'
    >>> readable_text("See {cite:t}`laska2002`, {term}`lists <list>` and {cite}`unknown2001`.")
    'See Laska (2002), lists and (unknown2001).'

    Notes
    -----
    A key that is not in the bibliography stays as it is; the book's own build reports it.
    """
    return ROLE.sub(_words, text)


def _words(role: re.Match) -> str:
    kind, content = role.groups()
    if not kind.startswith("cite"):
        return re.sub(r"\s*<[^>]*>$", "", content)
    cited = [_names().get(key.strip(), (key.strip(), "")) for key in content.split(",")]
    if kind == "cite:year":
        return ", ".join(year for _, year in cited)
    if kind == "cite:t":
        return ", ".join(f"{who} ({year})" for who, year in cited)
    return f"({'; '.join(', '.join(filter(None, each)) for each in cited)})"


@functools.cache
def _names() -> dict[str, tuple[str, str]]:
    """Who wrote a source, and when."""
    from widgets.references import authors, bibliography

    return {key: (entry.fields.get("shortauthor", "").strip("{}") or authors(entry), entry.fields["year"])
            for key, entry in bibliography().items()}


def readable(notebook: dict) -> dict:
    """The same notebook with Markdown that is understood everywhere.

    Parameters
    ----------
    notebook : dict
        A notebook as its file holds it.

    Returns
    -------
    dict
        A copy; cells of code are the same.

    Examples
    --------
    >>> cells = [{"cell_type": "markdown", "source": ["Few {cite}`laska2002`.\\n", "Many."]}]
    >>> readable({"cells": cells})["cells"][0]["source"]
    ['Few (Laska, 2002).\\n', 'Many.']
    """
    return {**notebook, "cells": [
        {**cell, "source": readable_text("".join(cell["source"])).splitlines(keepends=True)}
        if cell["cell_type"] == "markdown" else cell
        for cell in notebook["cells"]
    ]}


def main(source: str, target: str) -> None:
    """Write readable copies of all notebooks of a folder into another."""
    Path(target).mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(source).glob("*.ipynb")):
        notebook = readable(json.loads(path.read_text(encoding="utf-8")))
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        (Path(target) / path.name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
