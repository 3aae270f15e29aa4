"""A button on every module page that projects it: script and style come only when somebody asks for them.

They are made of ``widgets/static/wall*``, which read the page that ``widgets`` wrote. The button names the
script by an address that changes with it, so that no browser shows an old one. Notes to the lecturer are not
in the page: they stand in a script of their own, which the projection loads for the speaker's window.
"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

from page_scripts import write_texts
from sphinx.util.osutil import relative_uri

SCRIPT, STYLE = "wall.js", "wall.css"


def write_wall(folder: Path) -> str:
    """Write the script and the style sheet of the projection into a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there; a file that is right already is not touched.

    Returns
    -------
    str
        A short text that changes with them.
    """
    from widgets.bundle import page_script, stylesheet

    texts = {SCRIPT: page_script(SCRIPT), STYLE: stylesheet(file=STYLE)}
    write_texts(folder, texts)
    return hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:8]


def add_wall(app, config):
    folder = Path(app.doctreedir) / "course_wall"
    config.course_wall = write_wall(folder)  # pages are written again when it changed
    config.html_static_path.append(str(folder))


def notes_script(notes: dict[str, str]) -> str:
    """A script that hands notes to the projection; a page opened as a file can load nothing else.

    Parameters
    ----------
    notes : dict of str
        Plain text by question, as a learner's record names it.

    Returns
    -------
    str

    Examples
    --------
    >>> notes_script({"05-measuring/guess": "Wait."})
    'dispatchEvent(new CustomEvent("course-wall-notes", {detail: {"05-measuring/guess": "Wait."}}));\\n'
    """
    return f'dispatchEvent(new CustomEvent("course-wall-notes", {{detail: {json.dumps(notes)}}}));\n'


def lecturer_notes(module: str) -> dict[str, str]:
    """The notes that an author wrote for the lecturer, by question."""
    from widgets.datasets import data_folder
    from widgets.modulefile import read_module
    from widgets.references import sources
    from widgets.text import to_plain

    path = data_folder() / "modules" / f"{module}.yml"
    if not path.exists():
        return {}
    questions = read_module(path, sources=sources()).every_question()
    return {f"{module}/{each.id}": to_plain(each.note) for each in questions if each.note}


def on_page(app, pagename, templatename, context, doctree):
    """Only a module page, which offers its notebook, has something to project."""
    if not context.get("notebook"):
        return
    address = relative_uri(app.builder.get_target_uri(pagename), "_static/")
    context["wall"] = f"{address}{SCRIPT}?v={app.config.course_wall}"
    notes = lecturer_notes(Path(pagename).name)
    if notes:
        script = notes_script(notes)
        file = f"notes-{Path(pagename).name}.js"
        write_texts(Path(app.outdir) / "_static", {file: script})
        context["wall_notes"] = f"{address}{file}?v={hashlib.sha256(script.encode()).hexdigest()[:8]}"


def setup(app):
    app.add_config_value("course_wall", "", "html")
    app.connect("config-inited", add_wall)
    app.connect("html-page-context", on_page, priority=600)  # after notebook_downloads
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
