"""A small course to open and break: the real course.py and tools, a real .venv and pip, a book of two pages.

Its requirements file pins one package, made here: it brings what this environment already has. So pip really
installs and checks a hash, and nothing comes from the network.
"""
from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tools.notebooks import NOTEBOOK_METADATA

ROOT = Path(__file__).resolve().parent.parent.parent
# pip finds nothing but the files it is given.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
FOUR = {"data": {"text/plain": ["4"]}, "execution_count": 1, "metadata": {}, "output_type": "execute_result"}
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# Two and two"]},
        {"cell_type": "code", "id": "a2", "metadata": {}, "execution_count": 1, "outputs": [FOUR],
         "source": ["2 + 2"]},
    ],
    "metadata": NOTEBOOK_METADATA, "nbformat": 4, "nbformat_minor": 5,
}
CONFIG = """title: A small course
author: Nobody
only_build_toc_files: true
exclude_patterns: [.pytest_cache]
execute: {execute_notebooks: cache}
"""
FILES = {
    "_config.yml": CONFIG,
    "_toc.yml": "format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/00-start\n",
    "book/index.md": "# Welcome\n\nA page.\n",
    "notebooks/00-start.ipynb": json.dumps(NOTEBOOK, indent=1, sort_keys=True) + "\n",
    "data/numbers.csv": "n\n1\n",
    "data/datapackage.json": "{}\n",
    "README.md": "A small course.\n",
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests", "notebooks"]\n',
    "tests/test_sum.py": "def test_two_and_two_is_four():\n    assert 2 + 2 == 4\n",
}


POSIX = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")


def make_course(folder: Path) -> Path:
    """Lay a small course into a folder."""
    tools = [f"tools/{path.name}" for path in (ROOT / "tools").glob("*.py")]
    for name in ["course.py", "tests/nbval.cfg", *tools]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    pin(folder, make_wheel(folder.parent))
    return folder


def make_wheel(folder: Path) -> Path:
    """A package that puts this environment's packages on the path and brings the jupyter-book program."""
    info = "borrowed-1.0.dist-info"
    files = {
        "borrowed.pth": "\n".join(path for path in sys.path if path.endswith("site-packages")) + "\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: borrowed\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\njupyter-book = jupyter_book.cli.main:main\n",
    }
    lines = [f"{name},sha256={digest(text.encode())},{len(text.encode())}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    wheel = folder / "borrowed-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


def digest(content: bytes) -> str:
    """A hash as wheels write it."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def pin(folder: Path, wheel: Path) -> None:
    """Write both requirements files of a small course."""
    line = f"borrowed @ {wheel.as_uri()} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    for name in ("requirements.txt", "requirements-test.txt"):
        (folder / name).write_text(line, encoding="utf-8")


def clean_env(**changes: str) -> dict[str, str]:
    """This process's environment, offline, without what it says about the tests that run now."""
    noise = ("PYTEST", "COURSE_", "PIP_", "PYTHONPATH", "JUPYTER")
    env = {name: value for name, value in os.environ.items() if not name.startswith(noise)}
    return {**env, **OFFLINE, **changes}


def door(folder: Path, *arguments: str, code: int | None = None, **changes: str):
    """Run ``course.py`` of a small course to its end; check the exit code where one is given."""
    command = [sys.executable, str(folder / "course.py"), *arguments]
    run = subprocess.run(command, env=clean_env(**changes), cwd=folder.parent, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    if code is not None:
        assert run.returncode == code, run.stdout + run.stderr
    return run


def said(run):
    """All that a run printed."""
    return run.stdout + run.stderr


def one_line(run):
    """The one line that a failed run said on standard error."""
    lines = run.stderr.strip().splitlines()
    assert run.returncode == 1 and len(lines) == 1 and lines[0].startswith("course.py: "), said(run)
    return lines[0]


def start(folder, *arguments, **changes):
    """Start ``course.py`` as a person would in a terminal, and go on."""
    command = [sys.executable, str(folder / "course.py"), *arguments]
    return subprocess.Popen(command, env=clean_env(**changes), text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def read_until(process, text, seconds=120):
    """Read lines of a running program up to one that holds a text, and return that line."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        line = process.stdout.readline()
        if text in line:
            return line
        if not line:
            break
    pytest.fail(f"course.py never said {text!r}: {process.stderr.read()}")


def program(folder, name, text):
    """Write a small shell program."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
