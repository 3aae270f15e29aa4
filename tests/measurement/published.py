"""Published results: the tables of tests/reference, and what it is to agree with a printed number."""
from __future__ import annotations

import csv
import math
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def reference(name: str) -> list[dict[str, str]]:
    """The rows of a table of published values, as they are printed."""
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def agrees(value: float, text: str) -> bool:
    """Whether a value rounds to what is printed.

    Examples
    --------
    >>> agrees(0.6204, "0.62"), agrees(0.6251, "0.62")
    (True, False)
    """
    return math.isclose(round(value, len(text.partition(".")[2])), float(text), abs_tol=1e-9)
