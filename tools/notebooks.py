"""Run the notebooks and store them in one normal form, so that every printed number is a test.

``course.py execute [--check] [-- NOTEBOOK ...]`` calls it in the course's environment.

The normal form: every code cell executed, counts 1 to n; outputs keep text and tables; pictures, widget views
and metadata noise are gone; what differs from run to run is replaced by the rules of ``tests/nbval.cfg``, the
same that the tests apply. Running again changes no byte.
"""
from __future__ import annotations

import argparse
import json
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tools.files import replace_file

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "tests" / "nbval.cfg"
SECONDS_A_CELL = 120
DROPPED = ("image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json")
NOTEBOOK_METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                     "language_info": {"name": "python"}}
CELL_METADATA = ("tags", "slideshow", "editable", "deletable", "mystnb")  # what authors set on purpose


def normalize(notebook: dict, rules: list[tuple[str, str]]) -> dict:
    """Bring an executed notebook into normal form.

    Parameters
    ----------
    notebook : dict
        As nbformat reads it; it is changed in place. The cells' ids stay.
    rules : list of (str, str)
        Regular expressions and what replaces what they find in outputs (`read_rules`).

    Returns
    -------
    dict
        The same notebook.
    """
    notebook["metadata"] = json.loads(json.dumps(NOTEBOOK_METADATA))
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    for cell in notebook["cells"]:
        cell["metadata"] = cell_metadata(cell["metadata"])
        if cell["cell_type"] == "code":
            outputs = [normal_output(output, rules) for output in joined_streams(cell["outputs"])]
            cell["outputs"] = [output for output in outputs if output.get("data") != {}]
    return notebook


def cell_metadata(metadata: dict) -> dict:
    """What an author sets in a cell's metadata; programs' notes go.

    Examples
    --------
    >>> cell_metadata({"tags": ["check"], "scrolled": True, "jupyter": {"source_hidden": True}})
    {'tags': ['check'], 'jupyter': {'source_hidden': True}}
    """
    kept = {key: metadata[key] for key in CELL_METADATA if key in metadata}
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return kept


def joined_streams(outputs: list[dict]) -> list[dict]:
    """Outputs with what one stream printed in several pieces joined to one: pieces differ from run to run."""
    joined: list[dict] = []
    for output in outputs:
        if joined and output["output_type"] == "stream" == joined[-1]["output_type"] \
                and output["name"] == joined[-1]["name"]:
            joined[-1]["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def normal_output(output: dict, rules: list[tuple[str, str]]) -> dict:
    """One output without pictures, views and noise."""
    if output["output_type"] == "stream":
        output["text"] = clean(output["text"], rules)
    elif output["output_type"] == "error":
        output["traceback"] = []
    else:
        output["metadata"] = {}
        output["data"] = {kind: clean(value, rules) if isinstance(value, str) else value
                          for kind, value in output["data"].items() if kind not in DROPPED}
    return output


def clean(text: str, rules: list[tuple[str, str]]) -> str:
    """Text with every rule applied.

    Examples
    --------
    >>> clean('<img src="data:image/png;base64,iVBORw0KGgo=">', read_rules(RULES))
    '<img src="PICTURE">'
    """
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text


def read_rules(path: Path) -> list[tuple[str, str]]:
    """The replacement rules in a file of nbval's form."""
    return re.findall(r"^regex: (.*)\nreplace: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def execute(path: Path) -> None:
    """Run a notebook from its first cell to its last and store it in normal form.

    Raises
    ------
    ValueError
        When a cell fails, naming the notebook and the cell.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    _, notebook = nbformat.validator.normalize(notebook)  # ids for cells that have none
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3",
                            resources={"metadata": {"path": str(path.parent)}},
                            extra_arguments=["--log-level=40"])  # only what goes wrong
    try:
        client.execute()
    except CellExecutionError as problem:
        raise failure(path, notebook, f"{problem.ename}: {problem.evalue}") from None
    except (CellControlSignal, DeadKernelError) as problem:
        raise failure(path, notebook, str(problem).splitlines()[0]) from None
    text = written(normalize(notebook, read_rules(RULES)))
    if path.read_bytes() != text:
        replace_file(path, text)


def failure(path: Path, notebook: dict, reason: str) -> ValueError:
    """An error that names the notebook and the cell that ran last."""
    last = max((n for n, cell in enumerate(notebook["cells"], 1) if cell.get("execution_count")), default=1)
    return ValueError(f"{path.name}, cell {last}: {reason}")


def written(notebook: dict) -> bytes:
    """A notebook as bytes, the same on every system."""
    import nbformat

    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def problems(path: Path) -> list[str]:
    """What keeps a stored notebook from being in normal form, a line each with the way out."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    found = []
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        count += 1
        if not cell.source.strip():
            found.append(f"{path.name}, cell {number} is an empty code cell: delete it")
        elif cell.execution_count != count:
            said = "was not executed" if cell.execution_count is None else "was executed out of order"
            found.append(f"{path.name}, cell {number} {said}: run python3 course.py execute")
        if "raises-exception" not in cell.metadata.get("tags", []) \
                and any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{path.name}, cell {number} ended in an error: mend the cell, then execute")
    if not found and path.read_bytes() != written(normalize(notebook, read_rules(RULES))):
        found.append(f"{path.name} is not in normal form: run python3 course.py execute")
    return found


def main(arguments: list[str]) -> int:
    """Execute, or only check, the notebooks named, or else all of them; return the exit code."""
    parser = argparse.ArgumentParser(prog="course.py execute")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    missing = [str(path) for path in paths if not path.is_file()]
    if missing or not paths:
        print(f"No such notebook: {', '.join(missing) or 'notebooks/ is empty'}")
        return 1
    if options.check:
        found = [problem for path in paths for problem in problems(path)]
    else:
        found = execute_all(paths)
    print("\n".join(found) or f"In normal form: {', '.join(path.name for path in paths)}")
    return 1 if found else 0


def execute_all(paths: list[Path]) -> list[str]:
    """Execute notebooks, two at a time; return what failed."""
    found = []
    with ProcessPoolExecutor(2) as pool:
        for path, run in [(path, pool.submit(execute, path)) for path in paths]:
            try:
                run.result()
                print(f"{path.name}: done", flush=True)
            except ValueError as problem:
                found.append(str(problem))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
