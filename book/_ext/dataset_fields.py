"""``{dataset-fields} NAME``: the columns of a dataset as a table, drawn from data/datapackage.json."""
from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class DatasetFields(SphinxDirective):
    """The page of a dataset says what its columns mean without saying it a second time."""

    required_arguments = 1

    def run(self):
        from widgets.datasets import data_folder, describe

        self.env.note_dependency(str(data_folder() / "datapackage.json"))
        try:
            html = describe(self.arguments[0]).fields_html()
        except ValueError as error:
            raise self.error(str(error)) from error
        return [nodes.raw("", html, format="html")]


def setup(app):
    app.add_directive("dataset-fields", DatasetFields)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
