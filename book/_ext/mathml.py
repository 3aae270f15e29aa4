r"""Formulas become MathML when the book is built, so that a page needs no script and no font to show them.

A formula that the converter does not understand is a warning, and a warning fails the build.
The TeX source stays in the page as the formula's alternative text.
"""
from __future__ import annotations

import re
from html import escape
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import unescape

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

# How many children MathML asks of an element; the converter writes fewer when an argument is missing.
CHILDREN = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip

# The environments that the converter draws; it leaves out any other without a word.
ENVIRONMENTS = {
    "align*", "array", "cases", "split",
    "matrix", "smallmatrix", "bmatrix", "Bmatrix", "pmatrix", "vmatrix", "Vmatrix",
}  # fmt: skip


class FormulaError(ValueError):
    """A formula that cannot be shown as it was meant."""


def to_mathml(tex: str, display: str = "inline") -> str:
    r"""MathML of a TeX formula.

    Parameters
    ----------
    tex : str
        The formula without its dollar signs.
    display : {"inline", "block"}
        Within a sentence, or on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element with the TeX as ``alttext``.

    Raises
    ------
    FormulaError
        If the formula is empty, is not valid TeX, or uses a command that the converter does not know.

    Examples
    --------
    >>> to_mathml("n_1")
    '<math display="inline" alttext="n_1"><mrow><msub><mi>n</mi><mn>1</mn></msub></mrow></math>'
    >>> to_mathml(r"\nosuch{x}")
    Traceback (most recent call last):
    ...
    mathml.FormulaError: the converter does not know \nosuch

    Notes
    -----
    Checks the form of a formula, never whether it says something true.
    """
    _check_tex(tex)
    try:
        # "aligned" is what authors write inside $$…$$; the converter knows it by another name.
        tree = convert_to_element(tex.strip().replace("{aligned}", "{align*}"), display=display)
    except Exception as error:  # the converter raises a dozen kinds, some of them plain IndexError
        raise FormulaError(f"not valid TeX ({type(error).__name__})") from error
    _check_tree(tree)
    del tree.attrib["xmlns"]
    tree.set("alttext", " ".join(tex.split()))
    # The converter writes characters as references, as text: undo both, the reader's program needs neither.
    for element in tree.iter():
        if element.text:
            element.text = re.sub("&#x([0-9A-Fa-f]+);", lambda m: chr(int(m[1], 16)), unescape(element.text))
    return tostring(tree, encoding="unicode")


def _check_tex(tex: str) -> None:
    bare = re.sub(r"\\[{}\\]", "", tex)
    if bare.count("{") != bare.count("}"):
        raise FormulaError("a brace is not closed")
    for name in re.findall(r"\\begin\{([^}]*)\}", tex):
        if name not in ENVIRONMENTS | {"aligned"}:
            raise FormulaError(f"the converter does not know the environment {name}")


def _check_tree(tree: Element) -> None:
    for element in tree.iter():
        text = element.text or ""
        if "\\" in text:
            raise FormulaError(f"the converter does not know {text}")
        if text == "&":
            raise FormulaError("an alignment sign & outside of an environment")
        if len(element) != CHILDREN.get(element.tag, len(element)):
            raise FormulaError("an argument is missing")


def _html(node: nodes.Element, display: str) -> str:
    tex = node.astext()
    try:
        return to_mathml(tex, display)
    except FormulaError as error:
        logger.warning("formula %r: %s", tex, error, location=node, type="mathml")
        return f"<code>{escape(tex)}</code>"


def visit_inline(translator, node: nodes.math) -> None:
    translator.body.append(_html(node, "inline"))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({escape(str(number))})</span>')
    translator.body.append(_html(node, "block") + "</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
