"""Notebooks in the built site's own JupyterLite, in a real browser."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 1000  # of Playwright's milliseconds
START = 120 * SECONDS  # Python on a busy computer


def address(site_url: str, notebook: str, query: str = "") -> str:
    """Where a notebook runs; the tests fail where that part of the site is not built."""
    if not (ROOT / "_build" / "html" / "lite" / "notebooks" / "index.html").exists():
        pytest.fail("the site has no Python in the browser: run `python3 course.py build` first")
    return f"{site_url}/lite/notebooks/index.html?path={notebook}{query}"


def open_lite(page, where: str) -> None:
    """Open a notebook and wait until its cells are there."""
    page.goto(where)
    page.wait_for_function("document.querySelector('#course-actions:not([hidden])')", timeout=60 * SECONDS)


def run_all(page) -> list[dict]:
    """Press the button that runs all cells, wait for the last one, and give the cells with their outputs."""
    page.get_by_role("button", name="Run all cells", exact=True).click()
    page.wait_for_function("document.getElementById('course-status').textContent.startsWith('All cells')",
                           timeout=5 * START)
    return cells(page)


def cells(page) -> list[dict]:
    """The cells of the open notebook, as they would be stored."""
    return page.evaluate("jupyterapp.shell.currentWidget.context.model.toJSON().cells")


def run_code(page, code: str) -> str:
    """Run a new cell at the end of the notebook and give the text it shows."""
    return page.evaluate("""async (code) => {
      const { content, sessionContext } = jupyterapp.shell.currentWidget;
      content.activeCellIndex = content.widgets.length - 1;
      await jupyterapp.commands.execute("notebook:insert-cell-below");
      const cell = content.activeCell;
      cell.model.sharedModel.setSource(code);
      await jupyterapp.commands.execute("notebook:run-cell");
      return cell.model.sharedModel.getOutputs().map((out) =>
        [out.text ?? out.data?.["text/plain"] ?? out.evalue].flat().join("")).join("");
    }""", code)
