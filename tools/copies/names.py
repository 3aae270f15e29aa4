"""How the copies are called: the site names them before they exist. Standard library only."""
from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "organized-crime-course"
SUMS = "SHA256SUMS"


def edition() -> str:
    """The version of the course."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def stem() -> str:
    """The name of the copies of the whole course, without their ending."""
    return f"{NAME}-{edition()}"
