"""A real JupyterLab for the tests, with a port, a token, folders and a record of its own."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60

SETTINGS = [
    "--ServerApp.open_browser=False",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",  # any free one
    "--ServerApp.allow_root=True",
    "--ServerApp.terminals_enabled=False",
    "--LabApp.news_url=None",  # asks nobody for news or updates
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.expose_app_in_browser=True",
]


class JupyterLab:
    """JupyterLab in a folder of its own.

    Parameters
    ----------
    folder : Path
        An empty folder; notebooks, settings and the record of the tests go there.
    """

    def __init__(self, folder: Path):
        self.notebooks = folder / "notebooks"
        self.record = folder / "record.jsonl"
        self._runtime = folder / "runtime"
        for path in (self.notebooks, self._runtime):
            path.mkdir(parents=True)
        self._ask_for_no_news(folder)
        self._log = (folder / "lab.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *SETTINGS, f"--ServerApp.root_dir={self.notebooks}"],
            cwd=self.notebooks, env=self._environment(folder), stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=subprocess.STDOUT,
        )
        server = self._wait()
        self.url, self.token = server["url"].rstrip("/"), server["token"]

    def _environment(self, folder: Path) -> dict[str, str]:
        homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR",
                 "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
        return {
            **os.environ,
            **{name: str(folder / name.lower()) for name in homes},
            "JUPYTER_RUNTIME_DIR": str(self._runtime),
            "COURSE_RECORD": str(self.record),
            "PYTHONPATH": str(REPOSITORY),
        }

    def _ask_for_no_news(self, folder: Path) -> None:
        """Answer in advance whether Jupyter may tell news, so that no question covers the page."""
        settings = folder / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', encoding="utf-8")

    def _wait(self) -> dict:
        """Wait until the server answers; what it said is in the error where it does not."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            for path in self._runtime.glob("jpserver-*.json"):
                if (text := path.read_text(encoding="utf-8")).strip():
                    return json.loads(text)
            time.sleep(0.1)
        said = Path(self._log.name).read_text(encoding="utf-8")[-2000:]
        raise RuntimeError(f"JupyterLab did not start:\n{said}")

    def write(self, name: str, *cells: str, outputs: dict[int, dict] | None = None) -> str:
        """Write a notebook of code cells and give its address; `outputs` are mime bundles by place."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        for place, data in (outputs or {}).items():
            notebook.cells[place].outputs = [nbformat.v4.new_output("display_data", data)]
        nbformat.write(notebook, self.notebooks / name)
        return f"{self.url}/lab/tree/{name}?token={self.token}&reset"

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def open_notebook(page, address: str, cells: int) -> None:
    """Open a notebook and wait until its cells are there."""
    page.goto(address)
    page.wait_for_function(
        "count => window.jupyterapp && document.querySelectorAll('.jp-CodeCell').length >= count",
        arg=cells, timeout=60_000,
    )


def run_all(page) -> None:
    """Run all cells once there is a kernel, and come back when it has done them."""
    page.evaluate(_IN_TIME, ["notebook:run-all-cells", None])


def run_cell(page, place: int) -> str:
    """Run one cell again and give the text that it prints."""
    return page.evaluate(_IN_TIME, ["notebook:run-cell", place])


_IN_TIME = """async ([command, place]) => {
  const panel = jupyterapp.shell.currentWidget;
  const run = async () => {
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    if (place !== null) panel.content.activeCellIndex = place;
    await jupyterapp.commands.execute(command);
    return place === null ? "" : panel.content.widgets[place].outputArea.node.innerText;
  };
  const late = new Promise((_, reject) => setTimeout(reject, 60000, new Error("the kernel takes too long")));
  return Promise.race([run(), late]);
}"""
