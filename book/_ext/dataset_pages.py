"""What the page of a dataset says, drawn from data/datapackage.json so that it is not kept twice.

``{dataset-fields} NAME``   the columns, as a table
``{dataset-sources} NAME``  the published figures that the data resemble, as a list
``{dataset-limits} NAME``   what the data do not measure, as a list
``{dataset-index}``         all datasets, as a table with links to their pages
"""
from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


class FromPackage(SphinxDirective):
    """A directive that writes Markdown from the data package."""

    required_arguments = 1

    def run(self):
        from widgets.datasets import data_folder

        self.env.note_dependency(str(data_folder() / "datapackage.json"))
        try:
            return self.written()
        except ValueError as error:
            raise self.error(str(error)) from error

    def described(self):
        from widgets.datasets import describe

        return describe(self.arguments[0])

    def markdown(self, lines: list[str]) -> list[nodes.Node]:
        """The nodes of some lines of Markdown."""
        holder = nodes.Element()
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, holder)
        return holder.children


class DatasetFields(FromPackage):
    def written(self):
        return [nodes.raw("", self.described().fields_html(), format="html")]


class DatasetSources(FromPackage):
    def written(self):
        # A list and not a table: figures are sentences, and a phone is narrow.
        return self.markdown([
            f"- {sentence(source['figure'])} Here: {sentence(source['used'])} "
            f"Source: [{plain(source['title'])}](<{source['path']}>)"
            for source in self.described().sources
        ])


class DatasetLimits(FromPackage):
    def written(self):
        return self.markdown([f"- {plain(limit)}" for limit in self.described().limits])


class DatasetIndex(FromPackage):
    required_arguments = 0

    def written(self):
        from widgets.datasets import describe, names

        used_in = defaultdict(list)
        for module in read_modules(self.env):
            for name in dict.fromkeys(lab.dataset for lab in module.labs):
                used_in[name].append(module.title)
        datasets: dict[str, list] = {}
        for shown in map(describe, names()):
            datasets.setdefault(Path(shown.script).stem, []).append(shown)
        rows = [
            (f"[{plain(tables[0].title)}]({page}.md)", ", ".join(f"`{each.name}`" for each in tables),
             plain(tables[0].row), f"{tables[0].rows:,}",
             ", ".join(dict.fromkeys(title for each in tables for title in used_in[each.name])))
            for page, tables in datasets.items()
        ]
        return self.markdown(table(("dataset", "tables", "one row of the first is", "rows", "used in"), rows))


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A table in Markdown.

    Examples
    --------
    >>> table(("a", "b"), [("1", "x | y")])
    ['| a | b |', '| --- | --- |', '| 1 | x \\\\| y |']
    """
    cells = [tuple(cell.replace("|", r"\|") for cell in row) for row in rows]
    return [f"| {' | '.join(row)} |" for row in (headings, ("---",) * len(headings), *cells)]


def sentence(text: str) -> str:
    """Text of the package with a full stop at its end.

    Examples
    --------
    >>> sentence("Half of them"), sentence("All.")
    ('Half of them.', 'All.')
    """
    return plain(text if text.endswith((".", "?", "!")) else f"{text}.")


def plain(text: str) -> str:
    """Text of the package as Markdown that shows it as it stands.

    Examples
    --------
    >>> print(plain("a <b> and *c*"))
    a \\<b> and \\*c\\*
    """
    return re.sub(r"([\\`*_{}\[\]<#$])", r"\\\1", text)


def read_modules(env) -> list:
    """All modules, in their order; the page that asks for them is written again when one changes."""
    from widgets.datasets import data_folder
    from widgets.modulefile import read_module

    paths = sorted((data_folder() / "modules").glob("*.yml"))
    for path in paths:
        env.note_dependency(str(path))
    return list(map(read_module, paths))


def setup(app):
    app.add_directive("dataset-fields", DatasetFields)
    app.add_directive("dataset-sources", DatasetSources)
    app.add_directive("dataset-limits", DatasetLimits)
    app.add_directive("dataset-index", DatasetIndex)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
