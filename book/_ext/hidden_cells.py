"""A hidden cell opens with a button that says what it opens, to everybody.

myst-nb names every such button "Toggle hidden content" for screen readers, whatever stands on it, and writes
its text twice.
"""
from __future__ import annotations

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode


def visit(translator, node):
    translator.body.append(f'<details class="hide"><summary>{escape(node["prompt_show"])}</summary>\n')


def depart(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
