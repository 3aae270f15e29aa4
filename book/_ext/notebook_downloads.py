"""Every notebook page offers its notebook: a clean copy beside the page, for a student to start with."""
from __future__ import annotations

import json
from pathlib import Path


def clean_copy(notebook: dict) -> dict:
    """A notebook without results and with text that reads well anywhere, ready to be run by somebody else.

    Parameters
    ----------
    notebook : dict
        The notebook as stored in a file.

    Returns
    -------
    dict
        A copy whose code cells have no output and were never run.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1 + 1", "outputs": [{}], "execution_count": 7}
    >>> clean_copy({"cells": [cell]})["cells"][0]
    {'cell_type': 'code', 'source': '1 + 1', 'outputs': [], 'execution_count': None}
    """
    from tools.readable import readable

    cells = [
        {**cell, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in readable(notebook)["cells"]
    ]
    return {**notebook, "cells": cells}


def on_page(app, pagename, templatename, context, doctree):
    """Tell the template the name of the notebook, and write the copy."""
    source = Path(app.env.doc2path(pagename)) if pagename in app.env.all_docs else Path()
    if source.suffix != ".ipynb":
        return
    copy = clean_copy(json.loads(source.read_text(encoding="utf-8")))
    target = Path(app.outdir) / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(copy, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    context["notebook"] = target.name


def setup(app):
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
