"""What the tests of the content read: module files, notebooks, the glossary."""
from __future__ import annotations

import re
from pathlib import Path

import nbformat
from ruamel.yaml import YAML

from widgets import grade
from widgets.module import Module

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


def assert_each_mistake_is_told(question, mistakes: dict[str, float]) -> None:
    """Every diagnosed value of a number is what a named mistake gives, and is answered with these words.

    Parameters
    ----------
    question : Question
        As the module has it.
    mistakes : dict of str to float
        Words of the feedback, and the value that the mistake gives, computed from the data.
    """
    assert len(question.wrong) == len(mistakes), f"{question.id}: a diagnosed value is not computed here"
    for words, value in mistakes.items():
        verdict = grade(question, value)
        assert verdict.right is False, f"{question.id}: {words} gives {value}, and that passes"
        told = [" ".join(said.split()) for said in verdict.feedback]
        assert any(words in said for said in told), f"{question.id}: {value} is not told: {words}"


class LabNumbers:
    """The right and the diagnosed values of a module's labs are those that the data give.

    A test file makes a class of it with two attributes: ``stem``, the module's name, and ``values``: by lab
    and check, the right value and what each mistake gives, as in `assert_each_mistake_is_told`.
    """

    def pytest_generate_tests(self, metafunc):
        if "check" in metafunc.fixturenames:
            every = [(lab, check) for lab, checks in self.values.items() for check in checks]
            metafunc.parametrize(("lab", "check"), every)

    def test_every_number_is_computed_here(self):
        labs = read_yaml(ROOT / "data" / "modules" / f"{self.stem}.yml")["labs"]
        asked = {lab["id"]: sorted(check["id"] for check in lab["checks"] if check["kind"] == "number")
                 for lab in labs}
        assert {lab: sorted(checks) for lab, checks in self.values.items()} == asked

    def test_the_right_value_is_what_the_data_give(self, lab, check):
        assert grade(Module(self.stem).lab(lab)._question(check), self.values[lab][check][0]).right is True

    def test_a_diagnosed_value_is_what_the_named_mistake_gives(self, lab, check):
        question = Module(self.stem).lab(lab)._question(check)
        assert_each_mistake_is_told(question, self.values[lab][check][1])
