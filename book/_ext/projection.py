"""A button on every module page that projects it: script and style come only when somebody asks for them.

They are made of ``widgets/static/wall*``, which read the page that ``widgets`` wrote. The button names the
script by an address that changes with it, so that no browser shows an old one.
"""
from __future__ import annotations

import hashlib
from pathlib import Path

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

    folder.mkdir(parents=True, exist_ok=True)
    texts = {SCRIPT: page_script(SCRIPT), STYLE: stylesheet(file=STYLE)}
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return hashlib.sha256("".join(texts.values()).encode()).hexdigest()[:8]


def add_wall(app, config):
    folder = Path(app.doctreedir) / "course_wall"
    config.course_wall = write_wall(folder)  # pages are written again when it changed
    config.html_static_path.append(str(folder))


def on_page(app, pagename, templatename, context, doctree):
    """Only a module page, which offers its notebook, has something to project."""
    if context.get("notebook"):
        script = relative_uri(app.builder.get_target_uri(pagename), f"_static/{SCRIPT}")
        context["wall"] = f"{script}?v={app.config.course_wall}"


def setup(app):
    app.add_config_value("course_wall", "", "html")
    app.connect("config-inited", add_wall)
    app.connect("html-page-context", on_page, priority=600)  # after notebook_downloads
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
