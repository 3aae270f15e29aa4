"""The first digits of amounts as a person reads them, for :func:`measurement.first_digits`."""
from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from measurement import checks
from measurement._amounts import is_sequence

READ = 15
"""Digits of a float that can be trusted: the nearest decimal number of so many digits is what was typed."""
POWERS = 10 ** np.arange(19, dtype=np.int64)
MEND = ("A credit or a refund is not a payment: look at them apart, as -amounts[amounts < 0], and leave them "
        "out here.")


@dataclass(frozen=True)
class Digits:
    """Amounts above 0 as whole numbers of one length: leading / 10^(READ - 1) is from 1 to below 10.

    ``exponent`` is the place of the first digit: 0 for 1 to 9, 1 for tens; ``unit`` that of the last digit
    of the finest amount, at most 0; ``zeros`` are amounts of 0.
    """

    leading: np.ndarray
    exponent: np.ndarray
    unit: int
    zeros: int

    def with_digits(self, digits: int) -> Digits:
        """Those that have so many digits in the smallest unit."""
        rows = self.exponent - self.unit >= digits - 1
        if rows.all():
            return self
        return Digits(self.leading[rows], self.exponent[rows], self.unit, self.zeros)

    def first(self, digits: int) -> np.ndarray:
        """The first digits as one whole number: 29 of 0.29."""
        return self.leading // POWERS[READ - digits]


def read(amounts: object) -> Digits:
    """The digits of a column of amounts; zeros are counted and left out."""
    if hasattr(amounts, "columns") or isinstance(amounts, (dict, set, frozenset)) or not is_sequence(amounts):
        raise ValueError(f"amounts is a {type(amounts).__name__}: give one column of numbers.")
    if len(amounts) == 0:
        raise ValueError("amounts is empty: there is nothing to measure.")
    if getattr(amounts, "ndim", 1) > 1:
        raise ValueError("amounts has more than one dimension: give one column of numbers.")
    kind = getattr(getattr(amounts, "dtype", None), "kind", None)
    if kind in ("i", "u", "f"):
        return _of_numbers(amounts)
    cells = [_cell(amounts, place, cell) for place, cell in enumerate(amounts)]
    if all(isinstance(cell, float) for cell in cells):
        return _of_floats(np.array(cells))
    return _one_by_one(cells)


def _of_numbers(amounts: object) -> Digits:
    """Digits of a column of one kind of numbers; each is looked at only if something is wrong."""
    found = amounts.to_numpy() if hasattr(amounts, "to_numpy") else np.asarray(amounts)
    good = found.dtype.kind in "iuf" and np.isfinite(found).all() and (found >= 0).all()
    if not good:
        for place, cell in enumerate(amounts):
            _cell(amounts, place, cell)
    if found.dtype.kind == "f":
        short = found.dtype.itemsize < 8  # 0.29 in four bytes is 0.28999999165534973 in eight
        return _of_floats(np.char.mod("%s", found).astype(float) if short else found.astype(float))
    if found.max() < POWERS[READ]:
        return _of_floats(found.astype(float))
    return _one_by_one(found.tolist())


def _cell(amounts: object, place: int, cell: object) -> float | int | Decimal:
    name = f"amounts, entry {place + 1},"
    if hasattr(amounts, "iloc"):
        name = f"amounts, row {amounts.index[place:place + 1].tolist()[0]!r},"
    if isinstance(cell, (str, bytes)):
        raise ValueError(f"{name} is the text {cell!r}: give a number, for example float({cell!r}), or "
                         f"decimal.Decimal({cell!r}).")
    value = checks.number(name, cell)
    if value < 0:
        raise ValueError(f"{name} is {cell}: an amount is 0 or more. {MEND}")
    if isinstance(cell, Decimal):
        return cell
    return int(cell) if isinstance(cell, (int, np.integer)) else value


def _of_floats(amounts: np.ndarray) -> Digits:
    """Digits of floats without a look at each: exact for every number of up to 15 digits.

    x / 10^k comes out within half a unit of the fifteenth digit, because a power of ten is right to half a
    bit and a division too: rounding to the nearest whole number gives back the digits that were typed.
    """
    zeros = int((amounts == 0).sum())
    above = amounts[amounts > 0] if zeros else amounts
    if above.size and (above.min() < 1e-280 or above.max() > 1e290):
        return _one_by_one(amounts.tolist())
    exponent = np.floor(np.log10(above)).astype(np.int64)
    lowest = int(exponent.min(initial=0)) - 1
    powers = np.array([float(f"1e{power}") for power in range(lowest, int(exponent.max(initial=0)) + 3)])
    exponent -= above < powers[exponent - lowest]  # the logarithm is rounded and may be one off
    exponent += above >= powers[exponent - lowest + 1]
    leading = _scaled(above, READ - 1 - exponent)
    full = leading == POWERS[READ]  # 9.999… to more than 15 digits is read as 10
    if full.any():
        leading, exponent = np.where(full, POWERS[READ - 1], leading), exponent + full
    return Digits(leading, exponent, _finest(leading, exponent), zeros)


def _scaled(amounts: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Amounts times 10^shift as whole numbers."""
    powers = np.array([float(f"1e{power}") for power in range(int(np.abs(shift).max(initial=0)) + 1)])
    if shift.min(initial=0) >= 0:
        return np.rint(amounts * powers[shift]).astype(np.int64)
    power = powers[np.abs(shift)]
    return np.rint(np.where(shift >= 0, amounts * power, amounts / power)).astype(np.int64)


def _finest(leading: np.ndarray, exponent: np.ndarray) -> int:
    """Place of the last digit of the finest amount: 0 for whole numbers, -2 for cents."""
    unit, behind = 0, READ - 1 - exponent  # digits behind the decimal point
    while True:
        fine = behind > 0
        leading, behind = leading[fine], behind[fine]
        broken = leading % POWERS[np.minimum(behind, READ)] != 0
        if not broken.any():
            return unit
        leading, behind, unit = leading[broken], behind[broken] - 1, unit - 1


def _one_by_one(cells: list) -> Digits:
    """Digits of numbers of any kind and size: decimal numbers and long whole numbers as they are written."""
    found = []
    for cell in cells:
        decimal = cell if isinstance(cell, Decimal) else Decimal(
            cell if isinstance(cell, int) else f"{cell:.{READ - 1}e}")
        if decimal:
            _, digits, last = decimal.as_tuple()
            text = "".join(map(str, digits)).lstrip("0")
            exponent = last + len(text) - 1
            last += len(text) - len(text.rstrip("0"))
            found.append((int(text[:READ].ljust(READ, "0")), exponent, last))
    leading, exponent, unit = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return Digits(leading, exponent, int(unit.min(initial=0)), len(cells) - len(found))


def shares(digits: int) -> np.ndarray:
    """Benford's shares of 10 to 99, or 1 to 9, or 100 to 999: log10(1 + 1 / d)."""
    first = np.arange(10 ** (digits - 1), 10 ** digits)
    return np.log1p(1 / first) / math.log(10)
