"""What every dataset's script shares: the random numbers, and how its files are written.

Numbers come from the raw 64-bit output of PCG64 seeded by a SeedSequence. NumPy promises that both streams
never change, which it does not promise for the methods of ``Generator``. From there on scripts only add,
subtract, multiply, divide, take square roots and compare: these five are exact everywhere, so that every
platform and every NumPy gives the same bytes. ``np.exp`` or ``np.log`` may differ in the last digit from one
computer to the next; :func:`exp`, :func:`log` and what is built on them here do not. For the same reason a
script adds floating point numbers with ``math.fsum`` or ``np.cumsum``, not with ``np.sum`` or ``@``, whose
order of adding depends on the processor.
"""
from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

# The day the Convention against Transnational Organized Crime was adopted. It was fixed before any dataset
# was drawn and is not changed to get a nicer sample.
ROOT_SEED = 20001115

DATA = Path(__file__).resolve().parent.parent


# --- Random numbers ---------------------------------------------------------------------------------------

class Draws:
    """Random numbers of a dataset's own stream, whole arrays at a time.

    Parameters
    ----------
    name : str
        The dataset's name. Two datasets never share a stream.
    root_seed : int
        The seed of the whole collection.

    Examples
    --------
    >>> draws = Draws("example", root_seed=1)
    >>> draws.uniform(3).round(4).tolist()
    [0.1687, 0.7831, 0.4621]
    >>> draws.pick({"low": 0.25, "high": 0.75}, 4).tolist()
    ['low', 'high', 'high', 'high']
    """

    def __init__(self, name: str, root_seed: int = ROOT_SEED):
        self._bits = np.random.PCG64(np.random.SeedSequence([root_seed, zlib.crc32(name.encode())]))

    def uniform(self, *shape: int) -> np.ndarray:
        """Numbers in [0, 1): the upper 53 bits as a fraction, exact in a double."""
        raw = self._bits.random_raw(int(np.prod(shape, dtype=int)))
        return ((raw >> np.uint64(11)) / 2.0**53).reshape(shape)

    def normal(self, *shape: int) -> np.ndarray:
        """Standard normal numbers."""
        return normal(self.uniform(*shape))

    def lognormal(self, median, sigma, *shape: int) -> np.ndarray:
        """Numbers whose logarithm is normal: with this median, and this deviation of the logarithm."""
        return median * exp(sigma * self.normal(*shape))

    def poisson(self, mean) -> np.ndarray:
        """One Poisson count for each mean of an array."""
        mean = np.asarray(mean, float)
        return poisson(self.uniform(*mean.shape), mean)

    def erlang(self, shape_parameter: int, n: int) -> np.ndarray:
        """Gamma numbers of mean 1 with a whole shape parameter k (variance 1 / k)."""
        product = np.ones(n)
        for _ in range(shape_parameter):
            product = product * (1.0 - self.uniform(n))
        return -log(product) / shape_parameter

    def pick(self, shares: Mapping[str, float], n: int) -> np.ndarray:
        """Values, drawn by their shares."""
        return picks(self.uniform(n), shares)

    def order(self, n: int) -> np.ndarray:
        """The numbers 0 to n - 1 in random order."""
        return np.argsort(self.uniform(n), kind="stable")


def uniforms(name: str, root_seed: int = ROOT_SEED, block: int = 4096) -> Callable[[], float]:
    """A function that gives the next random number in [0, 1), one at a time, from the dataset's stream.

    Parameters
    ----------
    name : str
        The dataset's name.
    root_seed : int
        The seed of the whole collection.
    block : int
        How many numbers to take from NumPy at a time. It does not change the numbers.

    Examples
    --------
    >>> draw = uniforms("example", root_seed=1)
    >>> [round(draw(), 4) for _ in range(3)]
    [0.1687, 0.7831, 0.4621]
    """
    draws = Draws(name, root_seed)

    def numbers():
        while True:
            yield from draws.uniform(block).tolist()

    return numbers().__next__


def pick(u: float, shares: Mapping[str, float]) -> str:
    """The value whose slice of [0, 1) holds ``u``; slices are as wide as the shares and in their order.

    Examples
    --------
    >>> pick(0.10, {"low": 0.25, "high": 0.75}), pick(0.25, {"low": 0.25, "high": 0.75})
    ('low', 'high')
    """
    for value, share in shares.items():
        if u < share:
            return value
        u -= share
    return value  # rounding may leave the last slice a hair too narrow


def picks(u: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """:func:`pick` for a whole array.

    Examples
    --------
    >>> picks(np.array([0.10, 0.25]), {"low": 0.25, "high": 0.75}).tolist()
    ['low', 'high']
    """
    values = list(shares)
    ends = np.cumsum(list(shares.values()))[:-1]
    return np.array(values, dtype=object)[np.searchsorted(ends, u, side="right")]


# --- Functions that give the same bits on every computer --------------------------------------------------

_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10  # ln 2 in two parts


def exp(x) -> np.ndarray:
    """e to the power of x: x is halved into a power of two and a small rest, whose series is added up.

    Examples
    --------
    >>> exp(np.array([0.0, 1.0, -2.5])).round(12).tolist()
    [1.0, 2.718281828459, 0.082084998624]
    """
    x = np.asarray(x, float)
    twos = np.floor(x * 1.4426950408889634 + 0.5)
    rest = (x - twos * _LN2_HIGH) - twos * _LN2_LOW
    total = np.ones_like(rest)
    for term in range(17, 0, -1):  # the rest is at most 0.35: term 17 is below the last digit
        total = 1.0 + total * rest / term
    return np.ldexp(total, twos.astype(int))


def log(x) -> np.ndarray:
    """Natural logarithm of x > 0: a power of two, and the series of the inverse hyperbolic tangent.

    Examples
    --------
    >>> float(log(2.718281828459045)), float(log(0.1))
    (1.0, -2.3025850929940455)
    """
    mantissa, twos = np.frexp(np.asarray(x, float))
    low = mantissa < 0.7071067811865476
    mantissa, twos = np.where(low, 2.0 * mantissa, mantissa), twos - low
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s  # at most 0.0295: term 23 is below the last digit
    total = np.zeros_like(s)
    for odd in range(23, 0, -2):
        total = total * square + 1.0 / odd
    return twos * _LN2_HIGH + (2.0 * s * total + twos * _LN2_LOW)


def power(x, exponent) -> np.ndarray:
    """x > 0 to any power.

    Examples
    --------
    >>> float(power(9.0, 0.5)).__round__(12)
    3.0
    """
    return exp(exponent * log(x))


def normal(u) -> np.ndarray:
    """The standard normal quantile of u.

    Notes
    -----
    Odeh & Evans (1974), The percentage points of the normal distribution, Applied Statistics 23 (1): 96-97,
    algorithm AS 70; its error is below 1.5e-8. ``u`` is kept away from 0 and 1 by 1e-16.

    Examples
    --------
    >>> normal(np.array([0.5, 0.975])).round(6).tolist()
    [0.0, 1.959964]
    """
    u = np.clip(np.asarray(u, float), 1e-16, 1.0 - 1e-16)
    tail = np.where(u < 0.5, u, 1.0 - u)
    y = np.sqrt(-2.0 * log(tail))
    upper = ((((y * -0.453642210148e-4 - 0.0204231210245) * y - 0.342242088547) * y - 1.0) * y
             - 0.322232431088)
    lower = ((((y * 0.38560700634e-2 + 0.103537752850) * y + 0.531103462366) * y + 0.588581570495) * y
             + 0.0993484626060)
    size = np.where(tail == 0.5, 0.0, y + upper / lower)
    return np.where(u < 0.5, -size, size)


def poisson(u, mean) -> np.ndarray:
    """The Poisson count at probability u, for means up to 700.

    Examples
    --------
    >>> poisson(np.array([0.1, 0.5, 0.99]), 2.0).tolist()
    [0, 2, 6]
    """
    u, mean = np.broadcast_arrays(np.asarray(u, float), np.asarray(mean, float))
    if (mean > 700).any():
        raise ValueError("the mean of a Poisson count is above 700. Mend: add up counts of smaller means")
    count = np.zeros(u.shape, int)
    share = exp(-mean)
    reached = share.copy()
    while True:
        # A share below 1e-300 adds nothing any more: the count has come to the end of the tail.
        further = (u >= reached) & ((share > 1e-300) | (count < mean))
        if not further.any():
            return count
        count = count + further
        share = np.where(further, share * mean / np.maximum(count, 1), share)
        reached = np.where(further, reached + share, reached)


# --- Files ------------------------------------------------------------------------------------------------

def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with a header and line feeds, on any platform."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def truth_text(truth: dict) -> str:
    """The planted truth as JSON: readable, and the same bytes every time."""
    return json.dumps(truth, indent=1, ensure_ascii=False) + "\n"


def write(columns: Mapping[str, Sequence[str]], rows: Mapping[str, Iterable], truth: dict) -> None:
    """Write the tables of a dataset into ``data``, its truth into ``data/sources``, and size and hash of each
    table into its entry of datapackage.json.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        The columns of each table. The first table has the dataset's name; the names of others begin with it.
    rows : mapping of str to iterable
        The rows of each table.
    truth : dict
        The planted truth; ``truth["dataset"]`` is the dataset's name.
    """
    description = DATA / "datapackage.json"
    package = json.loads(description.read_text(encoding="utf-8"))
    entries = {entry["name"]: entry for entry in package["resources"]}
    for name in columns:
        content = csv_text(columns[name], rows[name]).encode()
        (DATA / f"{name}.csv").write_bytes(content)
        if name in entries:
            entries[name]["bytes"] = len(content)
            entries[name]["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
            print(f"{name}.csv is written; datapackage.json has its size and hash.")
        else:
            print(f"{name}.csv is written. Add its entry to datapackage.json, then run this again.")
    (DATA / "sources" / f"{truth['dataset']}.truth.json").write_bytes(truth_text(truth).encode())
    description.write_bytes(package_text(package).encode())


def package_text(package: dict) -> str:
    """datapackage.json in its one form, so that a change shows only itself."""
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"
