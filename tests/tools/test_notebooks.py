"""Notebooks in normal form: real runs, and what the check refuses."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import notebooks

ROOT = Path(notebooks.ROOT)
NOISY = [
    "import ipywidgets, pandas as pd\nimport matplotlib.pyplot as plt\nfrom IPython.display import HTML",
    "pd.DataFrame({'n': [1, 2]})",
    "_ = plt.plot([1, 2])\nplt.show()",
    "ipywidgets.IntSlider(description='n')",
    "HTML('<img alt=\"a bar\" src=\"data:image/png;base64,' + str(id(object())) + '\">')",
    "object()",
    "import time\nprint('one')\ntime.sleep(0.3)\nprint('two')",
    "import warnings\nwarnings.warn('careful')",
]


def write(path, *sources, **cell):
    """A notebook with a heading and one code cell for each source."""
    cells = [new_markdown_cell("# A heading", id="heading")]
    cells += [new_code_cell(source, id=f"cell-{n}", **cell) for n, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """A notebook that prints everything which differs from run to run, executed once."""
    path = write(tmp_path_factory.mktemp("noisy") / "noisy.ipynb", *NOISY, metadata={"scrolled": True})
    notebooks.execute(path)
    return path


def outputs(path):
    """The outputs of each code cell."""
    return [cell.outputs for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def nbval(folder):
    """Run the strict comparison on the notebooks of a folder, with the course's rules."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--nbval",
               "--nbval-sanitize-with", str(notebooks.RULES), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def test_running_again_changes_no_byte(noisy):
    before = noisy.read_bytes()
    notebooks.execute(noisy)
    assert noisy.read_bytes() == before
    assert notebooks.problems(noisy) == []


def test_text_and_tables_stay_and_pictures_views_and_noise_go(noisy):
    text = json.dumps(outputs(noisy))
    assert "<table" in text and "<Figure size" in text and 'src=\\"PICTURE\\"' in text
    assert "IntSlider" in text and "<object at ADDRESS>" in text and "CELL:2: UserWarning: careful" in text
    for noise in ("image/png", "base64", "widget-view", "model_id", "ipykernel_"):
        assert noise not in text
    assert "scrolled" not in noisy.read_text() and "iopub" not in noisy.read_text()
    assert [output.text for output in outputs(noisy)[6]] == ["one\ntwo\n"]


def test_it_says_which_python_and_nothing_more(noisy):
    notebook = nbformat.read(noisy, as_version=4)
    assert notebook.metadata == notebooks.NOTEBOOK_METADATA
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert b"\r" not in noisy.read_bytes() and noisy.read_bytes().endswith(b"}\n")


def test_counts_run_from_1_and_ids_stay(noisy):
    cells = nbformat.read(noisy, as_version=4).cells[1:]
    assert [cell.execution_count for cell in cells] == list(range(1, len(NOISY) + 1))
    assert [cell.id for cell in cells] == [f"cell-{n}" for n in range(len(NOISY))]


def test_the_normal_form_passes_the_strict_comparison(noisy):
    run = nbval(noisy.parent)
    assert f"{len(NOISY)} passed" in run.stdout, run.stdout


def test_a_changed_printed_number_fails_the_strict_comparison(tmp_path):
    path = write(tmp_path / "sum.ipynb", "print(2 + 2)", "3 * 3")
    notebooks.execute(path)
    path.write_text(path.read_text().replace('"4\\n"', '"5\\n"'))
    run = nbval(tmp_path)
    assert "1 failed, 1 passed" in run.stdout and "assert reference_output == test_output" in run.stdout


def test_a_changed_number_in_a_table_fails_the_strict_comparison(tmp_path):
    path = write(tmp_path / "table.ipynb", "import pandas as pd\npd.DataFrame({'n': [4321]})")
    notebooks.execute(path)
    html = path.read_text().replace("<td>4321</td>", "<td>4322</td>")
    path.write_text(html)
    assert "1 failed" in nbval(tmp_path).stdout


def test_a_cell_that_was_never_run_passes_the_comparison_and_so_the_check_refuses_it(tmp_path):
    path = write(tmp_path / "stripped.ipynb", "print(2 + 2)")
    assert "1 passed" in nbval(tmp_path).stdout  # the reason for the check
    [problem] = notebooks.problems(path)
    assert problem == "stripped.ipynb, cell 2 was not executed: run python3 course.py execute"


@pytest.mark.parametrize("spoil, said", [
    (('"execution_count": 2', '"execution_count": 7'), "cell 3 was executed out of order"),
    (('"metadata": {},', '"metadata": {"scrolled": true},'), "is not in normal form"),
    (("\n", "\r\n"), "is not in normal form"),
    (('"3 * 3"', '" "'), "cell 3 is an empty code cell"),
    (('"9"', '"<object at 0x7f0000000000>"'), "is not in normal form"),
])
def test_the_check_refuses_what_is_not_normal(tmp_path, spoil, said):
    path = write(tmp_path / "sum.ipynb", "print(2 + 2)", "3 * 3")
    notebooks.execute(path)
    assert notebooks.problems(path) == []
    sound = path.read_bytes().decode()
    path.write_bytes(sound.replace(*spoil).encode())
    assert path.read_bytes() != sound.encode()
    [problem] = notebooks.problems(path)
    assert problem.startswith("sum.ipynb") and said in problem


def test_a_failing_cell_is_named_and_the_file_stays_as_it_was(tmp_path):
    path = write(tmp_path / "broken.ipynb", "1 + 1", "1 / 0", "2 + 2")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="broken.ipynb, cell 3: ZeroDivisionError: division by zero"):
        notebooks.execute(path)
    assert path.read_bytes() == before


def test_an_error_that_is_meant_is_kept_without_its_traceback(tmp_path):
    path = write(tmp_path / "meant.ipynb", "1 / 0", metadata={"tags": ["raises-exception"]})
    notebooks.execute(path)
    [[output]] = outputs(path)
    assert (output.ename, output.traceback) == ("ZeroDivisionError", [])
    assert notebooks.problems(path) == []
    assert "1 passed" in nbval(tmp_path).stdout


def test_a_cell_that_ended_in_an_error_is_refused(tmp_path):
    error = nbformat.v4.new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])
    path = write(tmp_path / "error.ipynb", "1 / 0", outputs=[error], execution_count=1)
    assert "cell 2 ended in an error" in notebooks.problems(path)[0]


def test_a_missing_notebook_is_one_line(tmp_path, capsys):
    assert notebooks.main([str(tmp_path / "none.ipynb")]) == 1
    assert capsys.readouterr().out.startswith("No such notebook: ")


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_of_the_course_is_executed_and_in_normal_form(path):
    assert notebooks.problems(path) == []
