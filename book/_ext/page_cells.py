"""What a reader of the page sees of a cell's code.

A line such as ``module.quiz()`` is there for the notebook: on the page only what it shows is of use. Code
that sets the notebook up, long code and solutions open on request. Everything else stays as it is.
The notebook that a student downloads is not changed.
"""
from __future__ import annotations

import json
import re
from html import escape

from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.util import logging

logger = logging.getLogger(__name__)

WIDGET = '<script type="application/vnd.jupyter.widget-view+json"'

SHOWS = re.compile(r"module\.\w+\(.*\)")
LONG = 5  # lines; more code than this stands between a reader and the figure that it draws
SETS_UP = re.compile(r"(from \S+ )?import .+|module = Module\(.+\)")


def tags_for_page(source: str, tags: list[str]) -> list[str]:
    """The tags that myst-nb needs to show a code cell on the page.

    Parameters
    ----------
    source : str
        The code of the cell.
    tags : list of str
        Tags that the author gave it. One that says how much to show is the author's decision.

    Returns
    -------
    list of str
        The tags, with at most one more.

    Examples
    --------
    >>> tags_for_page('module.icebreaker("guess")', [])
    ['remove-input']
    >>> tags_for_page('from widgets import Module\\n\\nmodule = Module("05-measuring")', [])
    ['hide-input']
    >>> tags_for_page("both = 60", ["solution"])
    ['solution', 'hide-cell']
    >>> tags_for_page("both = None", []), tags_for_page("module.plan()", ["hide-input"])
    ([], ['hide-input'])
    """
    if any(tag.startswith(("hide-", "remove-")) for tag in tags):
        return tags
    lines = [line for line in source.splitlines() if line.strip()]
    if "solution" in tags:
        return [*tags, "hide-cell"]
    if lines and all(SHOWS.fullmatch(line) for line in lines):
        return [*tags, "remove-input"]
    if len(lines) > LONG or (lines and all(SETS_UP.fullmatch(line) for line in lines)):
        return [*tags, "hide-input"]
    return tags


def prompt(tags: list[str]) -> str:
    """What stands on the button that opens a hidden cell.

    Parameters
    ----------
    tags : list of str
        Of the cell.

    Returns
    -------
    str

    Examples
    --------
    >>> prompt(["solution", "hide-cell"]), prompt(["hide-input"]), prompt(["hide-output"])
    ('Show a solution', 'Show the code', 'Show the result')
    """
    if "solution" in tags:
        return "Show a solution"
    return "Show the result" if "hide-output" in tags else "Show the code"


def on_source(app, docname, source):
    """Tag the cells of a notebook as it is read; its file stays as it is."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            metadata = cell["metadata"]
            metadata["tags"] = tags_for_page("".join(cell["source"]), metadata.get("tags", []))
            metadata["mystnb"] = {"code_prompt_show": prompt(metadata["tags"]), **metadata.get("mystnb", {})}
    source[0] = json.dumps(notebook)


def on_page(app, pagename, templatename, context, doctree):
    """A page has no kernel: a widget with no HTML of its own would be an empty place."""
    if WIDGET in context.get("body", ""):
        logger.warning("a cell shows a widget that needs a kernel; show it with `explore`, "
                       "or give it HTML of its own", location=pagename, type="widget")


# myst-nb names every button "Toggle hidden content" for screen readers, whatever stands on it.
def visit_hidden(translator, node):
    translator.body.append(f'<details class="hide"><summary>{escape(node["prompt_show"])}</summary>\n')


def depart_hidden(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.connect("source-read", on_source)
    app.connect("html-page-context", on_page)
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_hidden))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
