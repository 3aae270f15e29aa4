"""The quiz engine and its style sheet: written once into the site, linked only by the pages that use them."""
from __future__ import annotations

import hashlib
import re
from pathlib import Path

STYLE = "course.css"
# A script's name in the site, its source in the package, and what it answers: the data-course of a page.
SCRIPTS = {
    "course.js": ("page.js", ("quiz", "revisit", "explore")),
    "record.js": ("recordpage.js", ("record",)),
    "path.js": ("pathpage.js", ("path",)),
}


def write_assets(folder: Path) -> None:
    """Write the page scripts and the style sheet of the course's widgets into a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there; a file that is right already is not touched.
    """
    from widgets.bundle import page_script, stylesheet

    texts = {name: page_script(source) for name, (source, _) in SCRIPTS.items()}
    write_texts(folder, {**texts, STYLE: stylesheet()})


def write_texts(folder: Path, texts: dict[str, str]) -> None:
    """Write files into a folder, which is made if it is not there; one that is right already is not touched.

    Parameters
    ----------
    folder : Path
    texts : dict of str
        What each file holds, by its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def assets_digest(folders: list[Path]) -> str:
    """One short text that changes when any file in the folders changes.

    Parameters
    ----------
    folders : list of Path

    Returns
    -------
    str
    """
    total = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


def add_assets(app, config):
    """Make the assets before Sphinx looks at its static folders; have pages rewritten when they changed."""
    generated = Path(app.doctreedir) / "course_static"
    write_assets(generated)
    config.html_static_path.append(str(generated))
    config.course_assets = assets_digest([Path(app.srcdir) / "book" / "_static", generated])


def needs(body: str) -> list[str]:
    """The scripts and the style sheet that a page needs.

    Parameters
    ----------
    body : str
        HTML of the page.

    Returns
    -------
    list of str
        Names of files.

    Examples
    --------
    >>> needs('<div class="course-quiz" data-course="quiz"></div>')
    ['course.js', 'course.css']
    >>> needs('<div class="course-record" data-course="record"></div>')
    ['record.js', 'course.css']
    >>> needs('<blockquote class="course-provision"></blockquote>'), needs("<p>Text</p>")
    (['course.css'], [])
    """
    asked = set(re.findall(r'data-course="(\w+)"', body))
    scripts = [name for name, (_, parts) in SCRIPTS.items() if asked.intersection(parts)]
    return scripts + [STYLE] * bool(scripts or 'class="course-' in body)


def on_page(app, pagename, templatename, context, doctree):
    for name in needs(context.get("body", "")):
        if name == STYLE:
            app.add_css_file(name)
        else:  # an ordinary script that waits for nothing; a module would not load in a page opened as a file
            app.add_js_file(name, loading_method="async")


def setup(app):
    app.add_config_value("course_assets", "", "html")
    app.connect("config-inited", add_assets)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
