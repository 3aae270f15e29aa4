"""Amounts that are known within limits, and columns of numbers, for the measures of products."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from measurement import checks
from measurement.estimate import Estimate, NoEstimate

PERT = ("Each triple is a PERT distribution (Malcolm and others, 1959; Vose, 2008): low and high are the "
        "smallest and the largest value held possible, best the most likely one. The limits of a 95 % "
        "interval are narrower than that: widen them first.")


@dataclass(frozen=True)
class Amount:
    """A number with the standard error that was given for it; 0 if none was."""

    value: float
    se: float

    @property
    def spread(self) -> float:
        """Standard error as a share of the value."""
        return self.se / self.value if self.value else 0.0


def amount(name: str, cell: object, low: float = 0.0, high: float = math.inf) -> Amount:
    """A number, a triple or an estimate, as its mean and standard error."""
    if isinstance(cell, Estimate):
        value = checks.number(name, cell.value, low, high)
        return Amount(value, 0.0 if cell.se is None else checks.number(f"{name}.se", cell.se, low=0))
    mean, deviation = pert_moments(triple(name, cell, low, high))
    return Amount(float(mean), float(deviation))


def share(name: str, cell: object) -> Amount:
    """As :func:`amount`, for a share of a whole; 70 for 70 % gets its mend."""
    refuse_percent(name, cell.value if isinstance(cell, Estimate) else cell)
    return amount(name, cell, high=1.0)


def triple(name: str, cell: object, low: float = 0.0, high: float = math.inf) -> np.ndarray:
    """A number or (low, best, high) as three rising numbers."""
    if not is_sequence(cell):
        return np.full(3, checks.number(name, cell, low, high))
    cells = list(cell)
    if len(cells) != 3:
        raise ValueError(f"{name} has {len(cells)} numbers: give one, or three as (low, best, high).")
    found = [checks.number(f"{name}, {which},", value, low, high)
             for which, value in zip(("low", "best", "high"), cells, strict=True)]
    if not found[0] <= found[1] <= found[2]:
        told = ", ".join(f"{value:g}" for value in found)
        raise ValueError(f"{name} is ({told}): write low, best and high in this order, from the smallest to "
                         "the largest.")
    return np.array(found)


def triples(name: str, cells: object, low: float = 0.0, high: float = math.inf) -> np.ndarray:
    """One triple, or one for each region, as an array of three columns."""
    if hasattr(cells, "columns"):
        cells = cells.to_numpy()
    if is_sequence(cells) and len(cells) == 0:
        raise ValueError(f"{name} is empty: give a number, or (low, best, high).")
    if not is_sequence(cells) or not any(is_sequence(cell) for cell in cells):
        return triple(name, cells, low, high)[None, :]
    return np.stack([triple(f"{name} of region {place}", cell, low, high)
                     for place, cell in enumerate(cells, start=1)])


def pert_moments(triple: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the PERT distribution of triples (last axis)."""
    low, best, high = np.moveaxis(np.asarray(triple, dtype=float), -1, 0)
    mean = low + ((best - low) * 4 + (high - low)) / 6  # exactly low where all three are equal
    return mean, np.sqrt(np.maximum((mean - low) * (high - mean), 0) / 7)


def pert_draws(triples: np.ndarray, draws: int, rng: np.random.Generator, common: bool = False) -> np.ndarray:
    """Draws from the PERT distribution of each row; ``common`` puts every row at the same quantile."""
    low, best, high = (column[:, None] for column in np.asarray(triples, dtype=float).T)
    width = high - low
    place = (best - low) / np.where(width > 0, width, 1)
    found = low + width * rng.beta(1 + 4 * place, 5 - 4 * place, (len(triples), draws))
    if common and len(found) > 1:
        found = np.sort(found, axis=1)[:, rng.permutation(draws)]  # the same rank in every row
    return found


def refuse_vague(**spreads: float) -> None:
    """No interval for a number that may as well be 0; the PERT distribution of a triple is never so wide."""
    for name, spread in spreads.items():
        if spread >= 1:
            raise NoEstimate(f"The standard error of {name} is as large as the number itself: it may as well "
                             "be 0, and then nothing can be said. Find a better number.")


def is_sequence(cell: object) -> bool:
    """Whether several numbers stand there; a text and a mapping do not count."""
    return (hasattr(cell, "__len__") and not isinstance(cell, (str, bytes, dict, set, frozenset))
            and not (isinstance(cell, np.ndarray) and cell.ndim == 0))


def columns(arguments: dict[str, object],
            high: dict[str, float] | None = None) -> tuple[dict[str, np.ndarray], object]:
    """Arguments as arrays of one length, from 0 to ``high``, and row labels; one number stands for all."""
    labels = _shared_index(arguments)
    found = {name: _column(name, cells, (high or {}).get(name, math.inf), labels)
             for name, cells in arguments.items()}
    lengths = {name: column.size for name, column in found.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"The lists of numbers have different lengths ({told}): give one number a row.")
    length = max(lengths.values(), default=1)
    return {name: np.broadcast_to(column, (length,)).astype(float) for name, column in found.items()}, labels


def place(wrong: np.ndarray, labels: object) -> str:
    """Where the first wrong row stands, for a message."""
    if wrong.size == 1 and labels is None:
        return ""
    first = int(np.argmax(wrong))
    return f", entry {first + 1}," if labels is None else f", row {labels[first]!r},"


def refuse_percent(name: str, cell: object) -> None:
    """70 where 0.7 is meant, the commonest slip with shares."""
    for value in list(cell) if is_sequence(cell) else [cell]:
        if isinstance(value, (int, float, np.number)) and 1 < value <= 100:
            raise ValueError(f"{name} is {value:g}: write a share between 0 and 1. For {value:g} % write "
                             f"{value / 100:g}.")


def _shared_index(arguments: dict[str, object]) -> object:
    series = {name: cells for name, cells in arguments.items() if hasattr(cells, "iloc")}
    if not series:
        return None
    (first, cells), *rest = series.items()
    for name, other in rest:
        if not other.index.equals(cells.index):
            raise ValueError(f"{first} and {name} have different row labels: take both from one table, or "
                             "give both as lists.")
    return cells.index


def _column(name: str, cells: object, high: float, labels: object) -> np.ndarray:
    if hasattr(cells, "columns") or isinstance(cells, (dict, set, frozenset)):
        raise ValueError(f"{name} is a {type(cells).__name__}: give a number, or one column of numbers.")
    if not is_sequence(cells):
        return np.array(_checked(name, cells, high))
    if len(cells) == 0:
        raise ValueError(f"{name} is empty: give at least one number.")
    if getattr(cells, "ndim", 1) > 1 or any(is_sequence(cell) for cell in cells):
        raise ValueError(f"{name} has more than one dimension: give a number, or one column of numbers.")
    if getattr(getattr(cells, "dtype", None), "kind", None) in ("i", "u", "f"):
        found = np.asarray(cells, dtype=float)  # the quick way: look at each only if something is wrong
        if (np.isfinite(found) & (found >= 0) & (found <= high)).all():
            return found
    places = range(1, len(cells) + 1) if not hasattr(cells, "iloc") else [repr(label) for label in labels]
    word = "row" if hasattr(cells, "iloc") else "entry"
    return np.array([_checked(f"{name}, {word} {place},", cell, high)
                     for place, cell in zip(places, list(cells), strict=True)])


def _checked(name: str, cell: object, high: float) -> float:
    if high == 1:
        refuse_percent(name, cell)
    return checks.number(name, cell, 0, high)
