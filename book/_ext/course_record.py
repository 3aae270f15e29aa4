"""``{course-record}``: the panel in which a reader sees, takes along and deletes what the pages remember."""
from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class CourseRecord(SphinxDirective):
    """The panel itself belongs to the widgets; the page only gives it a place."""

    def run(self):
        from widgets import record_panel
        from widgets.datasets import data_folder

        for file in (record_panel.__file__, *(data_folder() / "modules").glob("*.yml")):
            self.env.note_dependency(str(file))
        return [nodes.raw("", record_panel.record_html(), format="html")]


def setup(app):
    app.add_directive("course-record", CourseRecord)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
