"""What the tests of the content read: module files, notebooks, the glossary."""
from __future__ import annotations

import re
from pathlib import Path

import nbformat
from ruamel.yaml import YAML

from widgets import grade

ROOT = Path(__file__).resolve().parents[2]
STEMS = sorted(path.stem for path in (ROOT / "data" / "modules").glob("*.yml"))


def read_yaml(path: Path):
    """Read a YAML file as plain lists and mappings."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def read_notebook(stem: str):
    """Read the notebook of a module."""
    return nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)


def markdown(notebook) -> str:
    """All authored text of a notebook, in order."""
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code_cells(notebook) -> list:
    """The cells that are run, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def asked(module: dict) -> list[tuple[str, dict]]:
    """Every question of a module file, each with the part it stands in."""
    parts = [("icebreaker", question) for question in module.get("icebreakers", [])]
    parts += [("check", question) for question in module.get("questions", [])]
    parts += [("case", question) for case in module.get("cases", [])
              for question in case.get("questions", [])]
    parts += [("lab", question) for lab in module.get("labs", []) for question in lab["checks"]]
    return parts + [("country", question) for question in module.get("country", {}).get("form", [])]


def terms_in(glossary: str) -> set[str]:
    """The terms that a glossary page defines, in small letters."""
    body = re.search(r"```\{glossary\}\n(.*?)```", glossary, flags=re.S).group(1)
    return {line.strip().lower() for line in body.splitlines() if line.strip() and not line.startswith(" ")}


def terms_used(text: str) -> set[str]:
    """The terms that a text links to, in small letters."""
    found = re.findall(r"\{term\}`([^`]+)`", text)
    return {(re.search(r"<([^>]+)>", term) or re.match(r"(.*)", term)).group(1).lower() for term in found}


def headings(notebook, level: int) -> list[str]:
    return re.findall(rf"(?m)^{'#' * level} (.+)$", markdown(notebook))


def words(text: str) -> int:
    """Words of our own: no citations, no markup, no addresses, no table rules."""
    text = re.sub(r"\{cite\}`[^`]*`|\]\([^)]*\)", " ", text)
    text = re.sub(r"\{term\}`([^`<]*)(<[^>]*>)?`", r"\1", text)
    return len(re.findall(r"[^\W_]+(?:[’'.,-][^\W_]+)*", text))


def assert_each_mistake_is_told(question, wrong: list, mistakes: dict[str, float]) -> None:
    """Every diagnosed value of a number is what a named mistake gives, and is answered with these words.

    Parameters
    ----------
    question : Question
        As the module has it.
    wrong : list
        Its diagnosed values, as the module file has them.
    mistakes : dict of str to float
        Words of the feedback, and the value that the mistake gives, computed from the data.
    """
    assert len(wrong) == len(mistakes), f"{question.id}: a diagnosed value is not computed here"
    for words, value in mistakes.items():
        verdict = grade(question, value)
        assert verdict.right is False, f"{question.id}: {words} gives {value}, and that passes"
        told = [" ".join(said.split()) for said in verdict.feedback]
        assert any(words in said for said in told), f"{question.id}: {value} is not told: {words}"
