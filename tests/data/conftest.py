"""Fixtures of the datasets' tests: the script that makes a dataset, and the truth it planted."""
from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "data" / "sources"


def name_of(request) -> str:
    """The dataset that a test file is about: test_victim_lists.py is about victim_lists."""
    return request.module.__name__.rpartition(".")[2].removeprefix("test_")


@pytest.fixture(scope="module")
def script(request):
    """The script that makes the dataset, imported."""
    sys.path.insert(0, str(SOURCES))
    try:
        return importlib.import_module(name_of(request))
    finally:
        sys.path.remove(str(SOURCES))


@pytest.fixture(scope="module")
def truth(request) -> dict:
    """The planted truth of the file as it is shipped."""
    return json.loads((SOURCES / f"{name_of(request)}.truth.json").read_text(encoding="utf-8"))
