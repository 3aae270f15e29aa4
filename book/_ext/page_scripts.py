"""The quiz engine and its style sheet: written once into the site, linked only by the pages that use them."""
from __future__ import annotations

import hashlib
from pathlib import Path

SCRIPT, STYLE = "course.js", "course.css"


def write_assets(folder: Path) -> None:
    """Write the page script and the style sheet of the course's widgets into a folder."""
    from widgets.bundle import page_script, stylesheet

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((SCRIPT, page_script()), (STYLE, stylesheet())):
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def assets_digest(folders: list[Path]) -> str:
    """One short text that changes when any file in the folders changes."""
    total = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


def add_assets(app, config):
    """Make the assets before Sphinx looks at its static folders, and have pages rewritten when they changed."""
    generated = Path(app.doctreedir) / "course_static"
    write_assets(generated)
    config.html_static_path.append(str(generated))
    config.course_assets = assets_digest([Path(app.srcdir) / "book" / "_static", generated])


def needs(body: str) -> tuple[bool, bool]:
    """Whether a page needs the script, and whether it needs the style sheet.

    Examples
    --------
    >>> needs('<section class="course-quiz" data-course="quiz"></section>')
    (True, True)
    >>> needs('<blockquote class="course-provision"></blockquote>'), needs("<p>Text</p>")
    ((False, True), (False, False))
    """
    script = "data-course=" in body
    return script, script or 'class="course-' in body


def on_page(app, pagename, templatename, context, doctree):
    script, style = needs(context.get("body", ""))
    if style:
        app.add_css_file(STYLE)
    if script:
        # An ordinary script that waits for nothing; a module would not load from a file opened by double click.
        app.add_js_file(SCRIPT, loading_method="async")


def setup(app):
    app.add_config_value("course_assets", "", "html")
    app.connect("config-inited", add_assets)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
