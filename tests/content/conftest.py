"""Fixtures of the content tests: every module in turn, the bibliography, the provisions, the glossary."""
from __future__ import annotations

import pytest
from course_content import ROOT, STEMS, read_notebook, read_yaml, terms_in
from pybtex.database import parse_file


@pytest.fixture(params=STEMS)
def stem(request) -> str:
    """Each module in turn."""
    return request.param


@pytest.fixture
def module(stem) -> dict:
    """The module file as written."""
    return read_yaml(ROOT / "data" / "modules" / f"{stem}.yml")


@pytest.fixture
def notebook(stem):
    """The notebook of the module."""
    return read_notebook(stem)


@pytest.fixture(scope="session")
def bibliography() -> set[str]:
    """The keys of the bibliography."""
    return set(parse_file(ROOT / "data" / "references.bib").entries)


@pytest.fixture(scope="session")
def provisions() -> dict:
    """The treaty provisions that the course quotes."""
    return read_yaml(ROOT / "data" / "provisions.yml")


@pytest.fixture(scope="session")
def glossary() -> set[str]:
    """The terms of the glossary, in small letters."""
    return terms_in((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
