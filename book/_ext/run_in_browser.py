"""Every notebook page leads to its notebook in the folder `lite` of the site, where one is built.

`course.py` sets COURSE_LITE=1 when it builds that folder too. Nothing of it is loaded before the link is
followed.
"""
from __future__ import annotations

import os

LITE = "lite/notebooks/index.html"


def address(notebook: str, root: str) -> str:
    """Where a notebook runs, as a link from a page.

    Parameters
    ----------
    notebook : str
        Name of the notebook's file.
    root : str
        The way from the page to the top of the site.

    Returns
    -------
    str

    Examples
    --------
    >>> address("05-measuring.ipynb", "../")
    '../lite/notebooks/index.html?path=05-measuring.ipynb'
    """
    return f"{root}{LITE}?path={notebook}"


def on_page(app, pagename, templatename, context, doctree):
    if app.config.course_lite and context.get("notebook"):
        context["run_in_browser"] = address(context["notebook"], context["content_root"])


def setup(app):
    # A page that was written without the link is written anew when the folder is there, and vice versa.
    app.add_config_value("course_lite", os.environ.get("COURSE_LITE") == "1", "html")
    app.connect("html-page-context", on_page, priority=600)  # after the notebook is named
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
