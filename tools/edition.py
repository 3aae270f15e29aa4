"""An edition: the course in a folder of its own, without its answers, or with a lecturer's own selection.

    python -m tools.edition TARGET [--student] [--modules 01,05] [--title TITLE] [--country COUNTRY]

Everything that course.py does works in the folder that this writes, so there is one way to build. What stands
in it is listed here; whatever else the repository holds (tests, planted truth, a second test) is left behind.
"""
from __future__ import annotations

import argparse
import difflib
import io
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.files import NOISE, replace_file

ROOT = Path(__file__).resolve().parent.parent
TAKEN = [
    "course.py", "_config.yml", "_toc.yml", "pyproject.toml", "requirements.txt", "requirements-test.txt",
    "runtime.txt", "CITATION.cff", "LICENSE", "LICENSE-CONTENT", "book/**/*", "measurement/**/*",
    "tools/**/*", "widgets/**/*", "notebooks/*.ipynb", "data/*.csv", "data/datapackage.json",
    "data/provisions.yml", "data/references.bib", "data/modules/*",
]
MADE = {"_build", "my-course", ".venv"}  # what course.py makes in an edition: never deleted here
# Cells that students do without.
LECTURERS = re.compile(r"## Class plan\b.*|(module\.plan\(\d*\)\s*)+", re.DOTALL)
# One sentence a line: these are true only where the answers are.
OF_ANSWERS = re.compile(
    r"^(The next cell is the solution|It stays closed until you open it|"
    r"Every wrong option says what is behind|"
    r"(There are no marks, and )?[Tt]he answers are in (this|the) page).*\n?", re.MULTILINE)


def choose_modules(wish: str, stems: Iterable[str]) -> list[str]:
    """The modules that a lecturer names, by number or by name, in the order of the course.

    Parameters
    ----------
    wish : str
        Numbers or names with commas between them.
    stems : iterable of str
        The modules that there are.

    Returns
    -------
    list of str
        Their whole names.

    Raises
    ------
    ValueError
        A name is no module, or there is none; the modules that there are are named.

    Examples
    --------
    >>> choose_modules("05, 1", ["01-definitions", "05-measuring"])
    ['01-definitions', '05-measuring']
    >>> choose_modules("5,measurin", ["01-definitions", "05-measuring"])
    Traceback (most recent call last):
        ...
    ValueError: There is no module 'measurin'. Did you mean 05? There are: 01-definitions, 05-measuring.
    """
    names = {}
    for stem in stems:
        number, _, slug = stem.partition("-")
        names |= dict.fromkeys([stem, number, number.lstrip("0") or "0", slug], stem)
    there = ", ".join(dict.fromkeys(names.values()))
    chosen = set()
    for word in filter(None, map(str.strip, wish.split(","))):
        if word not in names:
            near = difflib.get_close_matches(word, names, n=1)
            hint = f" Did you mean {names[near[0]].partition('-')[0]}?" if near else ""
            raise ValueError(f"There is no module {word!r}.{hint} There are: {there}.")
        chosen.add(names[word])
    if not chosen:
        raise ValueError(f"--modules names no module. There are: {there}.")
    return [stem for stem in dict.fromkeys(names.values()) if stem in chosen]


def module_names(root: Path = ROOT) -> list[str]:
    """The modules of a course, in their order."""
    return sorted(path.stem for path in (root / "data" / "modules").glob("*.yml"))


def edition_name(student: bool, own: bool) -> str:
    """The name of the folder of an edition.

    Examples
    --------
    >>> edition_name(True, False), edition_name(False, True), edition_name(True, True)
    ('student', 'selection', 'student-selection')
    """
    return "-".join(["student"] * student + ["selection"] * own)


class Edition:
    """The files of an edition, made from those of the course.

    Parameters
    ----------
    student : bool
        Without anything that tells an answer.
    modules : list of str, optional
        The modules it has; all where they are left out.
    title, country : str, optional
        The name of the course, and the country that its tasks are about.
    root : Path
        The course.
    """

    def __init__(self, student: bool = False, modules: list[str] | None = None, title: str | None = None,
                 country: str | None = None, root: Path = ROOT):
        self.root, self.student, self.title, self.country = root, student, title, country
        there = module_names(root)
        self.modules = there if modules is None else modules
        self.gone = {stem: self.title_of(stem) for stem in there if stem not in self.modules}

    def files(self) -> dict[str, bytes]:
        """What each file of the edition holds, by its path."""
        files = {name: self.made(name, path) for name, path in self.taken().items()}
        files["data/edition.json"] = _json({
            "student": self.student, "country": self.country, "selection": bool(self.gone)})
        files["README.md"] = self.readme().encode()
        text = {name: each.decode() for name, each in files.items()
                if name.endswith((".md", ".ipynb", ".yml", "datapackage.json"))}
        if "book/glossary.md" in files:
            files["book/glossary.md"] = used_terms(text).encode()
        files["data/references.bib"] = used_sources(files["data/references.bib"].decode(), text).encode()
        return files

    def taken(self) -> dict[str, Path]:
        """The files of the course that belong to the edition, by their path."""
        found = (path for pattern in TAKEN for path in sorted(self.root.glob(pattern)))
        names = {path.relative_to(self.root).as_posix(): path for path in found
                 if path.is_file() and not NOISE & set(path.parts)}
        return {name: path for name, path in names.items()
                if not (name.startswith(("notebooks/", "data/modules/")) and path.stem in self.gone)}

    def made(self, name: str, path: Path) -> bytes:
        """What one file holds in the edition."""
        content = path.read_bytes()
        if name.startswith("notebooks/"):
            return self.notebook(json.loads(content))
        if name.startswith("data/modules/") and name.endswith(".yml"):
            return self.module(path)
        if name == "_config.yml":
            return self.config(content.decode()).encode()
        if name.endswith(".md"):
            return plain_links(content.decode(), self.gone).encode()
        return content

    def notebook(self, notebook: dict) -> bytes:
        """A notebook that was never run; for students without its solutions."""
        cells = for_students(notebook["cells"]) if self.student else notebook["cells"]
        return _json({**notebook, "cells": [self.cell(cell) for cell in cells]})

    def cell(self, cell: dict) -> dict:
        if cell["cell_type"] == "code":
            return {**cell, "outputs": [], "execution_count": None}
        return {**cell, "source": plain_links("".join(cell["source"]), self.gone).splitlines(keepends=True)}

    def module(self, path: Path) -> bytes:
        """A module file: for students without its key."""
        from ruamel.yaml import YAML

        from widgets.keys import without_key
        from widgets.yamlfile import read_yaml

        data = _each_text(read_yaml(path).value, lambda text: plain_links(text, self.gone))
        if data.get("path"):
            data["path"]["modules"] = self.path_modules(data["path"]["modules"])
        if self.student:
            data = without_key(data)
        if self.country and data.get("country"):
            data["country"] = {"name": self.country, **data["country"]}
        written = io.BytesIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style, yaml.allow_unicode, yaml.width, yaml.sort_base_mapping_type_on_output = \
            False, True, 2**20, False
        yaml.dump(data, written)
        return written.getvalue()

    def path_modules(self, modules: list[dict]) -> list[dict]:
        """The modules that a learner's path can have: of a selection those that it holds."""
        kept = [dict(each) for each in modules if each["id"] in self.modules]
        for each in kept:
            if "after" in each:
                each["after"] = [id for id in each["after"] if id in self.modules]
        return kept if self.gone and kept else modules

    def config(self, text: str) -> str:
        """The settings of the book, with the title of the edition."""
        old = self.name()
        new = self.title or (f"{old}, for assessment" if self.student else old)
        return re.sub(r"^title:.*$", lambda _: f"title: {json.dumps(new, ensure_ascii=False)}", text, count=1,
                      flags=re.MULTILINE)

    def name(self) -> str:
        """The name of the course."""
        from widgets.yamlfile import read_yaml

        return read_yaml(self.root / "_config.yml").value["title"]

    def title_of(self, stem: str) -> str:
        """The title of a module."""
        from widgets.yamlfile import read_yaml

        return read_yaml(self.root / "data" / "modules" / f"{stem}.yml").value["title"]

    def readme(self) -> str:
        """What the folder is."""
        lines = [f"# {self.title or self.name()}", "",
                 "An edition of the course, written by its `course.py`. Change the course and build again;",
                 "what is changed here is written over.", "",
                 f"Modules: {', '.join(self.modules)}."]
        if self.student:
            lines += ["", "For assessment: there are no answers in it. What a student answers is recorded."]
        lines += ["", "`python3 course.py lab` opens its notebooks, `python3 course.py serve` its pages.", ""]
        return "\n".join(lines)


def for_students(cells: Iterable[dict]) -> list[dict]:
    """The cells of a notebook without those that tell an answer, and without the class plan.

    Parameters
    ----------
    cells : iterable of dict
        As the notebook's file has them.

    Returns
    -------
    list of dict
        Without the cells tagged ``solution`` and all that stands between one of them and the next heading:
        there a lab says what was found.

    Examples
    --------
    >>> words = lambda text: {"cell_type": "markdown", "metadata": {}, "source": [text]}
    >>> solution = {"cell_type": "code", "metadata": {"tags": ["solution"]}, "source": ["answer = 7"]}
    >>> kept = for_students([words("Find it."), solution, words("So it was 7.\\n\\n### Lab 2\\nGo on.")])
    >>> [each["source"] for each in kept]
    ['Find it.', '### Lab 2\\nGo on.']
    """
    kept, told = [], False
    for cell in cells:
        text = "".join(cell["source"])
        heading = re.search(r"^#{1,6} ", text, re.MULTILINE) if cell["cell_type"] == "markdown" else None
        if told and heading:
            text, told = text[heading.start():], False
        told = told or "solution" in cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            text = OF_ANSWERS.sub("", text)
        if text.strip() and not told and not LECTURERS.fullmatch(text):
            kept.append({**cell, "source": text})
    return kept


def plain_links(text: str, gone: Mapping[str, str]) -> str:
    """Text in which links to modules that are left out are plain words.

    Parameters
    ----------
    text : str
        Markdown.
    gone : mapping
        Title of each module that is left out, by its name.

    Returns
    -------
    str

    Examples
    --------
    >>> gone = {"05-measuring": "Measuring"}
    >>> text = "See [module 05](05-measuring.ipynb#labs) and {doc}`it <../notebooks/05-measuring>`."
    >>> plain_links(text, gone)
    'See module 05 and it.'
    >>> plain_links("See {doc}`/notebooks/05-measuring` and [this](../book/glossary.md).", gone)
    'See Measuring and [this](../book/glossary.md).'
    """
    for stem, title in gone.items():
        target = rf"(?:[\w./-]*/)?{re.escape(stem)}(?:\.(?:ipynb|html|md))?(?:#[\w.-]*)?"
        text = re.sub(rf"\[([^\[\]]*)\]\(<?{target}>?\)", r"\1", text)
        text = re.sub(rf"\{{(?:doc|ref)\}}`([^`<]*?)\s*<{target}>`", r"\1", text)
        text = re.sub(rf"\{{doc\}}`{target}`", lambda _, title=title: title, text)
    return text


def used_terms(texts: Mapping[str, str]) -> str:
    """The glossary with the terms that a page of the edition uses, and those that these need.

    Parameters
    ----------
    texts : mapping
        What the pages hold, ``book/glossary.md`` among them.

    Returns
    -------
    str

    Examples
    --------
    >>> page = "```{glossary}\\na\\n  See {term}`b`.\\n\\nb\\n  B.\\n\\nc\\n  C.\\n```\\n"
    >>> print(used_terms({"book/glossary.md": page, "book/page.md": "An {term}`A <a>`."}))
    ```{glossary}
    a
      See {term}`b`.
    <BLANKLINE>
    b
      B.
    ```
    <BLANKLINE>
    """
    page = texts["book/glossary.md"]
    block = re.search(r"(```\{glossary\}\n)(.*?)(\n```)", page, re.DOTALL)
    entries = {each.lstrip().partition("\n")[0].strip().lower(): each.strip("\n")
               for each in re.split(r"\n{2,}", block[2])}
    outside = " ".join(text for name, text in texts.items() if name != "book/glossary.md")
    kept: set[str] = set()
    new = _terms(outside + page.replace(block[0], "")) & set(entries)
    while new:
        kept |= new
        new = set().union(*(_terms(entries[term]) for term in new)) & set(entries) - kept
    body = "\n\n".join(text for term, text in entries.items() if term in kept)
    return page.replace(block[0], block[1] + body + block[3])


def _terms(text: str) -> set[str]:
    """The glossary's entries that a text links."""
    links = re.findall(r"\{term\}`([^`]+)`", text)
    return {" ".join(re.sub(r".*<([^>]+)>$", r"\1", link, flags=re.DOTALL).split()).lower() for link in links}


def used_sources(bibliography: str, texts: Mapping[str, str]) -> str:
    """The bibliography with the entries that a page cites or a data file names.

    Examples
    --------
    >>> print(used_sources("@book{a,\\n}\\n@book{b,\\n}\\n", {"book/page.md": "{cite:t}`b`"}))
    @book{b,
    }
    <BLANKLINE>
    """
    named: set[str] = set()
    for name, text in texts.items():
        cited = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
        words = cited if name.endswith((".md", ".ipynb")) else [text]
        named.update(re.findall(r"[\w-]+", " ".join(words)))
    parts = re.split(r"^(?=@)", bibliography, flags=re.MULTILINE)
    return "".join(part for part in parts
                   if not part.startswith("@") or re.match(r"@\w+\{\s*([^,\s]+)", part)[1] in named)


def _each_text(value: Any, change) -> Any:
    if isinstance(value, Mapping):
        return {key: _each_text(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_each_text(each, change) for each in value]
    return change(value) if isinstance(value, str) else value


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def lay(files: Mapping[str, bytes], target: Path) -> None:
    """Make a folder hold these files; one that is right already is not touched, what was made there stays."""
    for path in sorted(target.rglob("*"), reverse=True):
        inner = path.relative_to(target)
        if inner.parts[0] in MADE or inner.as_posix() in files:
            continue
        if path.is_file() or path.is_symlink():
            path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()
    for name, content in files.items():
        path = target / name
        if not path.exists() or path.read_bytes() != content:
            replace_file(path, content)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=Path)
    parser.add_argument("--student", action="store_true")
    for name in ("--modules", "--title", "--country"):
        parser.add_argument(name)
    wish = parser.parse_args()
    chosen = choose_modules(wish.modules, module_names()) if wish.modules else None
    lay(Edition(wish.student, chosen, wish.title, wish.country).files(), wish.target)


if __name__ == "__main__":
    main()
