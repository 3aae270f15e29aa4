"""Notebooks outside the book: no markup of the book is left, and nothing else is changed."""
from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.readable import readable, readable_text

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_markup_of_the_book_is_left_in_a_module(path):
    text = "".join("".join(cell["source"]) for cell in readable(load(path))["cells"]
                   if cell["cell_type"] == "markdown")
    assert re.findall(r"\{[a-z:]+\}`", text) == []
    keys = re.findall(r"^@\w+\{(\w+)", (ROOT / "data" / "references.bib").read_text(encoding="utf-8"), re.M)
    assert [key for key in keys if re.search(rf"\({key}[;)]", text)] == [], "a key that is not resolved"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_outputs_and_names_of_cells_stay(path):
    before, after = load(path)["cells"], readable(load(path))["cells"]
    assert [cell["id"] for cell in before] == [cell["id"] for cell in after]
    assert [cell for cell in before if cell["cell_type"] == "code"] == [
        cell for cell in after if cell["cell_type"] == "code"]


def test_a_body_is_cited_by_its_short_name_as_in_the_book():
    assert readable_text("{cite}`bka2024`") == "(BKA, 2024)"
    assert readable_text("{cite:year}`secretariat2018`") == "2018"
    assert readable_text("{cite}`laska2002,bka2024`") == "(Laska, 2002; BKA, 2024)"


@given(st.text())
def test_text_without_roles_stays_as_it_is(text):
    if "{" not in text:
        assert readable_text(text) == text


def test_the_copies_are_written_by_the_command(tmp_path):
    subprocess.run([sys.executable, "-m", "tools.readable", ROOT / "notebooks", tmp_path / "out"],
                   cwd=ROOT, check=True)
    assert [path.name for path in sorted((tmp_path / "out").glob("*.ipynb"))] == [
        path.name for path in NOTEBOOKS]
