"""The bibliography: citations in round brackets and short, and no entry without a use.

A body with a long name has ``shortauthor`` in its entry, "UNODC"; citations in the text use it.

An entry that nothing cites is a warning, which fails the build. A use is a citation in the text, or a source
named in a module file, in the provisions or in the description of the datasets. A citation without an entry
is reported by sphinxcontrib-bibtex itself.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pybtex.style.template import field as bibtex_field
from pybtex.style.template import first_of, optional
from sphinx.util import logging
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

logger = logging.getLogger(__name__)

NAMED_IN = ["data/modules/*.yml", "data/provisions.yml", "data/datapackage.json"]


def _round() -> BracketStyle:
    return BracketStyle(left="(", right=")", sep="; ")


class ShortNames(PersonStyle):
    """Names as they stand in a sentence."""

    def author_or_editor_or_title(self, full):
        names = super().author_or_editor_or_title(full)
        return first_of[optional[bibtex_field("shortauthor")], names]


@dataclass
class InRoundBrackets(AuthorYearReferenceStyle):
    """(Chapman, 1951) and Chapman (1951)."""

    person: PersonStyle = field(default_factory=ShortNames)

    bracket_parenthetical: BracketStyle = field(default_factory=_round)
    bracket_textual: BracketStyle = field(default_factory=_round)


def unused(keys: set[str], cited: set[str], texts: list[str]) -> list[str]:
    """The keys that are neither cited nor named in a text.

    Parameters
    ----------
    keys : set of str
        Of the bibliography.
    cited : set of str
        Keys that the text of the book cites.
    texts : list of str
        Files that name sources by key; a key counts as named only as a whole word.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> unused({"a2001", "b2002", "c2003"}, {"a2001"}, ["source: b2002"])
    ['c2003']
    >>> unused({"a2001"}, set(), ["source: aa2001"])
    ['a2001']
    """
    words = set(re.findall(r"[\w-]+", " ".join(texts)))
    return sorted(keys - cited - words)


def check(app, env):
    domain = env.get_domain("cite")
    cited = {target.key for reference in domain.citation_refs for target in reference.targets}
    files = [path for pattern in NAMED_IN for path in Path(app.srcdir).glob(pattern)]
    texts = [path.read_text(encoding="utf-8") for path in files]
    for key in unused(set(domain.bibdata.data.entries), cited, texts):
        logger.warning("reference %s is in the bibliography, but nothing cites it: cite it or delete it", key)


# An entry's number, which no citation uses.
BRACKET = r'<span class="fn-bracket">.</span>'
LABEL = re.compile(rf'<span class="label">{BRACKET}\w+{BRACKET}</span>\s*')


def as_list(html: str) -> str:
    """The list of references without numbers, with the role that its entries have in today's ARIA.

    Parameters
    ----------
    html : str
        Body of a page.

    Returns
    -------
    str
        The same body.

    Examples
    --------
    >>> as_list('<div role="doc-biblioentry"><span class="label"><span class="fn-bracket">[</span>1'
    ...         '<span class="fn-bracket">]</span></span><p>Chapman</p></div>')
    '<div role="listitem"><p>Chapman</p></div>'
    """
    return LABEL.sub("", html).replace('role="doc-biblioentry"', 'role="listitem"')


def on_page(app, pagename, templatename, context, doctree):
    if 'class="citation-list"' in context.get("body", ""):
        context["body"] = as_list(context["body"])


def setup(app):
    register_plugin("sphinxcontrib.bibtex.style.referencing", "author_year_round", InRoundBrackets)
    app.connect("env-check-consistency", check)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
