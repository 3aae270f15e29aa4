"""``{course-record}``: the panel in which a reader sees, takes along and deletes what the pages remember.

How questions are called stands in a script of its own a module, beside the site's other scripts: the panel
fetches those of the modules that somebody answered.
"""
from __future__ import annotations

import hashlib
from pathlib import Path

from docutils import nodes
from page_scripts import write_texts
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri


def scripts() -> dict[str, str]:
    """The scripts with the names of modules and questions, by module."""
    from widgets.datasets import data_folder
    from widgets.modulefile import read_module
    from widgets.record_panel import names_script

    files = sorted((data_folder() / "modules").glob("*.yml"))
    return {path.stem: names_script(read_module(path)) for path in files}


def file_name(module: str) -> str:
    return f"names-{module}.js"


class CourseRecord(SphinxDirective):
    """The panel itself belongs to the widgets; the page only gives it a place."""

    def run(self):
        from widgets import record_panel
        from widgets.datasets import data_folder

        for file in (record_panel.__file__, *(data_folder() / "modules").glob("*.yml")):
            self.env.note_dependency(str(file))
        folder = relative_uri(self.env.app.builder.get_target_uri(self.env.docname), "_static/")
        addresses = {module: f"{folder}{file_name(module)}?v={hashlib.sha256(script.encode()).hexdigest()[:8]}"
                     for module, script in scripts().items()}
        return [nodes.raw("", record_panel.record_html(addresses), format="html")]


def on_page(app, pagename, templatename, context, doctree):
    if 'data-course="record"' in context.get("body", ""):
        names = {file_name(module): script for module, script in scripts().items()}
        write_texts(Path(app.outdir) / "_static", names)


def setup(app):
    app.add_directive("course-record", CourseRecord)
    app.connect("html-page-context", on_page)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
