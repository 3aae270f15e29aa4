"""What no page needs stays out of the page.

Sphinx, its themes and myst-nb bring 60 KB of compressed scripts and styles, of which a page uses a tenth:
site.css and site.js do that part. Only the search page keeps the scripts of Sphinx.
The address of the site itself leads to the welcome page. What an earlier build made of a page that is gone
goes too.
"""
from __future__ import annotations

import shutil
from pathlib import Path

OURS = ("site.css", "site.js", "course.css", "course.js", "record.js", "path.js")


def keep(name: str, pagename: str) -> bool:
    """Whether a page links a script or a style sheet.

    Parameters
    ----------
    name : str
        Path of the file in the site; "" for a script that would stand in the page itself.
    pagename : str
        Name of the page.

    Returns
    -------
    bool

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


def left_over(files: list[str], pages: set[str]) -> list[str]:
    """Pages and notebooks that no document of the book stands for any more.

    Parameters
    ----------
    files : list of str
        Paths in the site.
    pages : set of str
        Names of the pages that the book has now.

    Returns
    -------
    list of str
        Some of the files.

    Examples
    --------
    >>> left_over(["book/old.html", "book/index.html", "notebooks/old.ipynb", "site.css"], {"book/index"})
    ['book/old.html', 'notebooks/old.ipynb']
    """
    return [
        file for file in files
        if file.endswith((".html", ".ipynb")) and file.rpartition(".")[0] not in pages
    ]


def sweep(app, error):
    if error:
        return
    site = Path(app.outdir)
    files = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    files = [file for file in files if not file.startswith("lite/")]  # not of the book; course.py writes it
    for file in left_over(files, app.env.found_docs | {"index", "search"}):
        (site / file).unlink()
    if not app._warncount:
        shutil.rmtree(site / "reports", ignore_errors=True)  # what myst-nb wrote of cells that failed earlier


def setup(app):
    app.connect("html-page-context", on_page, priority=900)
    app.connect("html-collect-pages", front_door)
    app.connect("build-finished", sweep)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
