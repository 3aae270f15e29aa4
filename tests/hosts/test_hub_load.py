"""The simulated student really works: on a real Jupyter server, with a real kernel."""
from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hosts.web_server import free_port
from tools.hub_load import Student, costs, report, work

CELLS = [{"cell_type": "code", "id": f"c{number}", "source": source, "metadata": {}, "outputs": [],
          "execution_count": None}
         for number, source in enumerate(["import time\ntime.sleep(0.3)", "raise KeyError('x')", "print(1)"])]
NAME = f"student-of-test-{os.getpid()}"
NOTEBOOK = {"cells": CELLS, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def server(tmp_path):
    """A Jupyter server whose processes carry a student's name, as on a hub; its address and token."""
    (tmp_path / "lesson.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    port, token = free_port(), "a-token-of-this-test"
    env = {**os.environ, "JUPYTERHUB_USER": NAME, "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
           "JUPYTER_DATA_DIR": str(tmp_path / "data"), "JUPYTER_PREFER_ENV_PATH": "1"}
    process = subprocess.Popen([sys.executable, "-m", "jupyter_server", "--ip=127.0.0.1", f"--port={port}",
                                f"--IdentityProvider.token={token}", "--no-browser", "--allow-root",
                                f"--ServerApp.root_dir={tmp_path}"],
                               env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api?token={token}", process)
        yield address, token
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(address: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, "the server ended at once"
            time.sleep(0.1)
    pytest.fail("the server did not start within a minute")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux alone says the costs")
def test_a_student_runs_every_cell_and_costs_are_those_of_that_student(server):
    student = Student(NAME)
    with ThreadPoolExecutor(1) as apart:  # a browser test before this one leaves its own loop running
        apart.submit(asyncio.run, work(*server, "lesson.ipynb", 0, student, random.Random(1))).result()
    after = costs()
    assert len(student.cells) == 3
    assert student.cells[0] >= 0.3
    assert student.failed == ["cell 2: KeyError"]
    mine = after[NAME]
    assert mine.processes >= 2  # the server and the kernel
    assert mine.cpu > 0
    figures = report([student], {NAME: mine}, 1.0)
    assert (figures["cells run"], figures["cells failed"]) == (3, 1)
    assert figures["memory a student, MB"]["median"] > 50
