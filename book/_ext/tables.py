"""Tables: one that is wider than the page scrolls by itself; those of pandas have usable header cells.

pandas puts a style sheet, a border and alignments into every table; the site's style sheet does that once.
An empty header cell above the row labels is read out as nothing: it becomes an ordinary cell.
"""
from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)


def plain_table(html: str) -> str:
    """What pandas printed, in the form of the site's own tables.

    Parameters
    ----------
    html : str
        Output of a DataFrame.

    Returns
    -------
    str
        The same table.

    Examples
    --------
    >>> print(plain_table('<table border="1" class="dataframe"><thead><tr style="text-align: right;">'
    ...                   '<th></th><th>n</th></tr></thead>\\n'
    ...                   '<tbody><tr><th>0</th><td>7</td></tr></tbody></table>'))
    <table class="dataframe"><thead><tr><td></td><th scope="col">n</th></tr></thead>
    <tbody><tr><th scope="row">0</th><td>7</td></tr></tbody></table>
    """
    html = STYLE.sub("", html)
    html = html.replace('<table border="1" class="dataframe">', '<table class="dataframe">')
    html = html.replace('<tr style="text-align: right;">', "<tr>").replace("<th></th>", "<td></td>")
    head, end, body = html.partition("</thead>")
    return re.sub(r"<th\b", '<th scope="col"', head) + end + re.sub(r"<th\b", '<th scope="row"', body)


class Tables(SphinxPostTransform):
    """Change tables as they go into the page; the notebook itself keeps them as printed."""

    formats = ("html",)
    default_priority = 600  # after myst-nb has chosen what to show of each output

    def run(self, **kwargs):
        for table in list(self.document.findall(nodes.table)):
            for corner in table.findall(nodes.entry):
                if not corner.astext():
                    corner["classes"].append("empty")  # found again by `without_empty_headers`
            frame = nodes.container("", classes=["wide"])
            table.replace_self(frame)
            frame += table
        for raw in list(self.document.findall(nodes.raw)):
            if 'class="dataframe"' in raw.astext():
                html = f'<div class="wide">{plain_table(raw.astext())}</div>'
                raw.replace_self(nodes.raw("", html, **raw.attributes))


EMPTY_HEADER = re.compile(r'<th class="[^"]*\bempty\b[^"]*">\s*(?:<p></p>)?\s*</th>')


def without_empty_headers(html: str) -> str:
    """The same page with ordinary cells in place of header cells that hold nothing.

    Examples
    --------
    >>> without_empty_headers('<tr><th class="empty head"><p></p></th><th class="head"><p>n</p></th></tr>')
    '<tr><td></td><th class="head"><p>n</p></th></tr>'
    """
    return EMPTY_HEADER.sub("<td></td>", html)


def on_page(app, pagename, templatename, context, doctree):
    context["body"] = without_empty_headers(context.get("body", ""))


def setup(app):
    app.add_post_transform(Tables)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
