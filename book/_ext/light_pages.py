"""What no page needs stays out of the page.

Only the search page keeps the scripts of Sphinx. Style sheets that the site's own replaces are not linked.
The address of the site itself leads to the welcome page.
"""
from __future__ import annotations

# site.css holds the few rules of these that the course uses.
OURS = ("site.js", "course.js")
REPLACED_STYLES = ("pygments.css", "furo-extensions.css", "mystnb.", "sphinx_design")


def keep_style(name: str) -> bool:
    """Whether a style sheet is linked.

    Examples
    --------
    >>> keep_style("_static/styles/furo.css"), keep_style("_static/pygments.css")
    (True, False)
    """
    return not any(replaced in name for replaced in REPLACED_STYLES)


def keep_script(name: str, pagename: str) -> bool:
    """Whether a page loads a script.

    Examples
    --------
    >>> keep_script("_static/doctools.js", "search"), keep_script("_static/doctools.js", "book/index")
    (True, False)
    >>> keep_script("_static/site.js", "book/index"), keep_script("_static/scripts/furo.js", "search")
    (True, False)
    """
    if name.endswith("furo.js"):
        return False  # site.js does what it did, and works under a content security policy
    return name.endswith(OURS) or pagename == "search"


def on_page(app, pagename, templatename, context, doctree):
    context["css_files"] = [css for css in context["css_files"] if keep_style(_name(css))]
    context["script_files"] = [js for js in context["script_files"] if keep_script(_name(js), pagename)]


def _name(asset) -> str:
    return str(getattr(asset, "filename", asset) or "")


def front_door(app):
    """The page at the address of the site: it leads to the welcome page."""
    yield "index", {}, "front_door.html"


def setup(app):
    app.connect("html-page-context", on_page, priority=900)
    app.connect("html-collect-pages", front_door)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
