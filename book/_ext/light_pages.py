"""What no page needs stays out of the page.

Sphinx, its themes and myst-nb bring 60 KB of compressed scripts and styles, of which a page uses a tenth: site.css
and site.js do that part. Only the search page keeps the scripts of Sphinx.
The address of the site itself leads to the welcome page.
"""
from __future__ import annotations

OURS = ("site.css", "site.js", "course.css", "course.js")


def keep(name: str, pagename: str) -> bool:
    """Whether a page links a script or a style sheet.

    Examples
    --------
    >>> keep("_static/site.css", "book/index"), keep("_static/basic.css", "book/index")
    (True, False)
    >>> keep("_static/doctools.js", "search"), keep("_static/doctools.js", "book/index")
    (True, False)
    """
    return name.endswith(OURS) or (name.endswith(".js") and pagename == "search")


def on_page(app, pagename, templatename, context, doctree):
    for kind in ("css_files", "script_files"):
        context[kind] = [asset for asset in context[kind] if keep(_name(asset), pagename)]


def _name(asset) -> str:
    return str(getattr(asset, "filename", asset) or "")


def front_door(app):
    """The page at the address of the site: it leads to the welcome page."""
    yield "index", {}, "front_door.html"


def setup(app):
    app.connect("html-page-context", on_page, priority=900)
    app.connect("html-collect-pages", front_door)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
