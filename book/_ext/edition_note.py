"""What an edition says of itself: a selection of modules, a country, no answers.

``course.py build --student --modules … --country …`` writes ``data/edition.json``; the full course has
none.
``{edition-note}`` says it on the welcome page; ``{only}`` knows the words ``student`` and ``selection``.
"""
from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


def read_edition(root: Path) -> dict:
    """What is said of the edition; nothing in the full course.

    Parameters
    ----------
    root : Path
        Folder of the course.

    Returns
    -------
    dict

    Examples
    --------
    >>> read_edition(Path("no-such-folder"))
    {}
    """
    path = root / "data" / "edition.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def note(edition: dict) -> list[str]:
    """The sentences on the welcome page.

    Parameters
    ----------
    edition : dict

    Returns
    -------
    list of str
        Markdown; empty for the full course.

    Examples
    --------
    >>> note({"country": "Kenya"})
    ['This edition is made for **Kenya**: the tasks of the room *In your country* are about it.']
    >>> note({})
    []
    """
    said = []
    if edition.get("country"):
        said.append(f"This edition is made for **{edition['country']}**: the tasks of the room "
                    "*In your country* are about it.")
    if edition.get("selection"):
        said.append("It holds a selection of the modules of the course." if said else
                    "This edition holds a selection of the modules of the course.")
    if edition.get("student"):
        said.append("**This edition is for assessment.** It records what you answer and does not say whether "
                    "it is right. Where these pages speak of feedback, answers or solutions, they speak of "
                    "the full edition.")
    return said


class EditionNote(SphinxDirective):
    def run(self):
        holder = nodes.Element()
        lines = "\n\n".join(note(read_edition(Path(self.env.srcdir)))).splitlines()
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, holder)
        return holder.children


def setup(app):
    edition = read_edition(Path(app.srcdir))
    for word in ("student", "selection"):
        if edition.get(word):
            app.tags.add(word)
    app.add_directive("edition-note", EditionNote)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
