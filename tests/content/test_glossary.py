"""Every term is explained, and every explanation is needed."""
from __future__ import annotations

import re

from course_content import ROOT, STEMS, markdown, read_notebook, terms_in, terms_used


def test_every_term_of_a_notebook_is_in_the_glossary(notebook, glossary):
    assert terms_used(markdown(notebook)) - glossary == set()


def test_every_term_of_the_glossary_is_used_in_a_module(glossary):
    used = set().union(*(terms_used(markdown(read_notebook(stem))) for stem in STEMS))
    assert glossary - used == set()


def test_a_term_is_linked_once_where_it_first_appears(notebook):
    """A second link to the same term distracts."""
    linked = [link for link in re.findall(r"\{term\}`([^`]+)`", markdown(notebook))]
    terms = [next(iter(terms_used(f"{{term}}`{link}`"))) for link in linked]
    assert sorted(term for term in set(terms) if terms.count(term) > 1) == []


def test_terms_are_in_order_and_defined_once():
    page = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    body = re.search(r"```\{glossary\}\n(.*?)```", page, flags=re.S).group(1)
    terms = [line for line in body.splitlines() if line.strip() and not line.startswith(" ")]
    assert terms == sorted(terms, key=str.lower)
    assert len(terms) == len(terms_in(page))


def test_a_definition_does_not_begin_with_the_word_it_defines():
    page = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    body = re.search(r"```\{glossary\}\n(.*?)```", page, flags=re.S).group(1)
    for entry in body.strip().split("\n\n"):
        term, first, *_ = entry.splitlines()
        assert not re.search(rf"\b{re.escape(term.lower())}\b", first.lower()), term
