"""Links to the copies that need no network, where the build makes them: PDFs, an e-book, a zip file.

`course.py build --copies` sets COURSE_COPIES=1 and lays the files into the folder `copies` of the site. A
module page leads to its PDF; the directive ``{course-copies}`` lists what holds the whole course.
"""
from __future__ import annotations

import os
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

WHOLE_COURSE = {".pdf": "PDF of the whole course, tagged, with bookmarks",
                ".epub": "E-book (EPUB), for phones and e-readers",
                ".zip": "This site as one zip file: unpack it and open index.html"}
SUMS = "SHA-256 checksums of all copies"
INTRODUCTION = "Files that need no network once you have them:"


def list_html(address: str, stem: str) -> str:
    """The list of the copies of the whole course.

    Parameters
    ----------
    address : str
        The folder of the copies, as seen from the page.
    stem : str
        The name of the files without their ending.

    Returns
    -------
    str

    Examples
    --------
    >>> list_html("../copies/", "course-1.0").count("<li>")
    4
    """
    files = {**{f"{stem}{ending}": words for ending, words in WHOLE_COURSE.items()}, "SHA256SUMS": SUMS}
    rows = "".join(f'<li><a href="{escape(address + name)}" download>{words}</a></li>'
                   for name, words in files.items())
    return f'<section class="copies"><p>{INTRODUCTION}</p><ul>{rows}</ul></section>'


class CourseCopies(SphinxDirective):
    """The list; nothing where no copies are made."""

    def run(self):
        if not self.config.course_copies:
            return []
        from tools.copies.names import stem

        address = relative_uri(self.env.app.builder.get_target_uri(self.env.docname), "copies/")
        return [nodes.raw("", list_html(address, stem()), format="html")]


def on_page(app, pagename, templatename, context, doctree):
    if app.config.course_copies and context.get("notebook"):
        name = f"copies/{Path(pagename).name}.pdf"
        context["copy"] = relative_uri(app.builder.get_target_uri(pagename), name)


def setup(app):
    app.add_config_value("course_copies", os.environ.get("COURSE_COPIES") == "1", "env")
    app.add_directive("course-copies", CourseCopies)
    app.connect("html-page-context", on_page, priority=600)  # after the notebook is named
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
