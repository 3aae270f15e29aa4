"""Small books, built for real with the course's own settings: what fails a build, what becomes of a page."""
from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["_config.yml", "requirements.txt", "book/_ext", "book/_static", "book/_templates",
         "widgets", "measurement", "data"]
BIB = "@book{one2001, author={One, A.}, title={First}, publisher={P}, year={2001}}\n"

# A widget that, like the course's own, has a form for the page, and one cell of every kind that matters here.
GOOD = [
    "import os\nfrom pathlib import Path\n\nimport widgets",
    "print(os.environ['COURSE_PAGE'], os.environ['COURSE_RECORD'], Path(widgets.__file__).parts[-3])",
    "print(Path('../data/small.csv').read_text())",
    "import ipywidgets\n\n\nclass Shown(ipywidgets.IntSlider):\n"
    "    def _repr_mimebundle_(self, **kwargs):\n"
    "        static = {'text/html': '<p id=\"static\">the static form</p>'}\n"
    "        return super()._repr_mimebundle_(**kwargs) | static\n\n\n"
    "Shown()",
]


class Book:
    """A book in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / part, folder / part)
        pages = ("notebooks/05-small", "book/references", "book/extra")
        self.write("_toc.yml", "format: jb-book\nroot: book/index\nchapters:\n"
                               + "".join(f"  - file: {page}\n" for page in pages))
        self.write("book/extra.md", "# Extra\n")
        self.write("book/index.md", "# Welcome\n\nSee {cite:p}`one2001`.\n\n$$x_1$$\n\n"
                                    "| a | b |\n|---|---|\n| 1 | 2 |\n")
        self.write("book/references.md", "# References\n\n```{bibliography}\n:all:\n```\n")
        self.write("data/references.bib", BIB)
        self.write("data/small.csv", "first value")
        for path in (folder / "data" / "modules").glob("*.yml"):
            path.unlink()  # they name sources that this small bibliography has not got
        self.write("data/modules/05-small.yml",
                   "title: Small\noutcomes:\n  - {id: add, text: Add two numbers.}\n")
        self.cells(*GOOD)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def cells(self, *sources: str) -> None:
        """Write the notebook."""
        cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Small"}]
        cells += [{"cell_type": "code", "id": f"cell-{place}", "metadata": {}, "source": source,
                   "outputs": [{"output_type": "stream", "name": "stdout", "text": "old"}],
                   "execution_count": 9}
                  for place, source in enumerate(sources)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                  "language_info": {"name": "python"}}
        self.write("notebooks/05-small.ipynb", json.dumps(
            {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))

    def build(self) -> subprocess.CompletedProcess:
        """Build as course.py does; the two streams come as one, without colours."""
        program = Path(sys.executable).with_name("jupyter-book")
        command = [program, "build", "-W", "-n", "--keep-going", self.folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        done.stdout = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
        return done

    def page(self, name: str) -> str:
        return (self.folder / "_build" / "html" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A sound book and what its first build said."""
    book = Book(tmp_path_factory.mktemp("good"))
    book.first = book.build()
    assert book.first.returncode == 0, book.first.stdout
    return book


def test_a_sound_book_builds_without_a_warning(good):
    assert "WARNING:" not in good.first.stdout
    assert "Executed notebook" in good.first.stdout


def test_kernels_know_that_they_draw_the_page_of_this_repository(good):
    assert f"1 off {good.folder.name}" in good.page("notebooks/05-small.html")


def test_a_widget_is_shown_in_its_static_form_and_leaves_no_state(good):
    page = good.page("notebooks/05-small.html")
    assert re.search(r'<p id="?static"?>the static form</p>', page)
    assert "vnd.jupyter" not in page


def test_the_notebook_beside_the_page_is_clean(good):
    links = re.findall(r"<a [^>]*05-small\.ipynb[^>]*>", good.page("notebooks/05-small.html"))
    assert any("download" in link for link in links)
    notebook = json.loads(good.page("notebooks/05-small.ipynb"))
    assert all(cell["outputs"] == [] for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert all("tags" not in cell["metadata"] for cell in notebook["cells"])


def test_formula_table_and_citation_stand_in_the_page(good):
    page = good.page("book/index.html")
    [formula] = re.findall(r"<math [^>]*>", page)
    assert re.search(r'alttext="?x_1\b', formula) and re.search(r'display="?block\b', formula)
    assert re.search(r'<div class="wide[^"]*">\s*<table', page)
    assert re.search(r"See <span[^>]*>\(<a [^>]*>One, 2001</a>\)</span>", page)


def test_nothing_runs_again_when_nothing_changed(good):
    again = good.build()
    assert again.returncode == 0
    assert "Executed notebook" not in again.stdout
    assert "0 changed" in again.stdout


@pytest.fixture(scope="module")
def changed(good):
    """The sound book, built again after a file that the notebook reads, the style and the pages changed."""
    good.before = good.page("book/index.html")
    good.write("data/small.csv", "second value")
    with (good.folder / "book/_static/site.css").open("a") as style:
        style.write("/* changed */\n")
    good.write("_toc.yml", (good.folder / "_toc.yml").read_text().replace("  - file: book/extra\n", ""))
    good.again = good.build()
    assert good.again.returncode == 0, good.again.stdout
    return good


def test_a_notebook_runs_again_when_a_file_it_reads_changed(changed):
    assert "Executed notebook" in changed.again.stdout
    assert "second value" in changed.page("notebooks/05-small.html")
    assert "first value" not in changed.page("notebooks/05-small.html")


def test_a_changed_style_reaches_every_page(changed):
    linked = re.compile(r"site\.css\?v=\w+")
    assert linked.search(changed.before)[0] != linked.search(changed.page("book/index.html"))[0]


def test_a_page_taken_out_of_the_book_leaves_the_site(changed):
    assert "book/extra" in changed.first.stdout
    assert not (changed.folder / "_build/html/book/extra.html").exists()


PICTURE = "from IPython.display import HTML, display\nimport matplotlib.pyplot as plt\n"
FAULTS = """# Faults

$\\nosuch{x}$ and {cite:p}`nobody1900` and {term}`nothing` and [nowhere](no-such-page.md).

![](../book/_static/dot.png)

```{dataset-fields} no_such_dataset
```
"""


def test_every_fault_fails_the_build_and_is_said_and_the_next_build_says_it_again(tmp_path):
    book = Book(tmp_path)
    shutil.copy(ROOT / "book/_static/mark.svg", tmp_path / "book/_static/dot.png")
    toc = (tmp_path / "_toc.yml").read_text()
    book.write("_toc.yml", toc + "  - file: book/faults\n  - file: notebooks/06-bad\n")
    book.write("book/faults.md", FAULTS)
    book.write("data/references.bib", BIB + BIB.replace("one2001", "unused2002"))
    book.cells(PICTURE + "display(HTML('<img src=\"x.png\">'))", "import ipywidgets\nipywidgets.IntSlider()")
    good = json.loads((tmp_path / "notebooks/05-small.ipynb").read_text())
    good["cells"][1]["source"] = "2 / 0"
    book.write("notebooks/06-bad.ipynb", json.dumps(good))
    for _ in range(2):
        done = book.build()
        assert done.returncode != 0
        for said in [
            "does not know \\nosuch",
            'could not find bibtex key "nobody1900"',
            "term not in glossary: 'nothing'",
            "no-such-page.md",
            "without an alternative text",
            "there is no dataset `no_such_dataset`",
            "reference unused2002 is in the bibliography, but nothing cites it",
            "ZeroDivisionError",
            "a widget that needs a kernel",
        ]:
            assert said in done.stdout, said
        assert done.stdout.count("without an alternative text") == 2, "one in Markdown, one of a cell"
