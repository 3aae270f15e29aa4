"""What every dataset's script shares: the random numbers, and how its two files are written.

Numbers come from the raw 64-bit output of PCG64 seeded by a SeedSequence. NumPy promises that both streams
never change, which it does not promise for the methods of ``Generator``. From there on scripts only add,
subtract, multiply, divide and compare, so that every platform and every NumPy gives the same bytes.
"""
from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

# The day the Convention against Transnational Organized Crime was adopted. It was fixed before any dataset
# was drawn and is not changed to get a nicer sample.
ROOT_SEED = 20001115

DATA = Path(__file__).resolve().parent.parent


def uniforms(name: str, root_seed: int = ROOT_SEED, block: int = 4096) -> Callable[[], float]:
    """A function that gives the next random number in [0, 1), from a stream of the dataset's own.

    Parameters
    ----------
    name : str
        The dataset's name. Two datasets never share a stream.
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
    bits = np.random.PCG64(np.random.SeedSequence([root_seed, zlib.crc32(name.encode())]))

    def numbers():
        while True:
            # The upper 53 bits, as a fraction: exact in a double.
            yield from ((bits.random_raw(block) >> np.uint64(11)) / 2.0**53).tolist()

    return numbers().__next__


def pick(u: float, shares: dict[str, float]) -> str:
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


def write(name: str, csv_file: str, truth_file: str) -> None:
    """Write ``data/<name>.csv`` and its truth in ``data/sources``, and say what datapackage.json needs."""
    content = csv_file.encode()
    (DATA / f"{name}.csv").write_bytes(content)
    (DATA / "sources" / f"{name}.truth.json").write_bytes(truth_file.encode())
    print(f'{name}.csv is written. Its entry in datapackage.json needs:\n'
          f'"bytes": {len(content)},\n"hash": "sha256:{hashlib.sha256(content).hexdigest()}",')
