"""Shortest paths from many persons at once: how often somebody lies between two others, and how far they are.

Brandes' algorithm, with one row a person and all rows of a batch moved forward together.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CELLS = 2_000_000
"""Numbers held at once in one table of a batch."""
SAME = 1e-9
"""Two lengths that differ by less than this share of them are equal: 0.1 + 0.2 is 0.3."""


def paths(
    adjacency: csr_array, lengths: csr_array | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs for which a person lies on the shortest path, farness and number of others reached.

    Parameters
    ----------
    adjacency : scipy.sparse.csr_array
        Ones where two are tied; symmetric, nothing on the diagonal.
    lengths : scipy.sparse.csr_array, optional
        Length of each tie, at the places of ``adjacency``; without it all are 1.

    Returns
    -------
    tuple of numpy.ndarray
        Three numbers a person: pairs of others, each counted by the share of its shortest paths that pass
        through the person; sum of the distances to those who can be reached; their number.

    References
    ----------
    Brandes, U. (2001). A faster algorithm for betweenness centrality. Journal of Mathematical Sociology 25,
    163-177.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_array
    >>> between, far, reached = paths(csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=float)))
    >>> between.tolist(), far.tolist(), reached.tolist()
    ([0.0, 1.0, 0.0], [3.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    """
    n = adjacency.shape[0]
    between, far, reached = np.zeros(n), np.zeros(n), np.zeros(n)
    width = n if lengths is None else max(n, adjacency.nnz)
    step = max(1, CELLS // max(width, 1))
    for first in range(0, n, step):
        sources = np.arange(first, min(first + step, n))
        passed, distance = _by_steps(adjacency, sources) if lengths is None else _by_length(lengths, sources)
        passed[np.arange(sources.size), sources] = 0.0
        between += passed.sum(axis=0)
        there = np.isfinite(distance)
        far[sources] = np.where(there, distance, 0.0).sum(axis=1)
        reached[sources] = there.sum(axis=1) - 1
    return between / 2, far, reached


def narrow(table: csr_array) -> csr_array:
    """The same table with the short integers that older versions of scipy ask for.

    Parameters
    ----------
    table : scipy.sparse.csr_array
        Any table with fewer than 2**31 cells filled.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> table = narrow(csr_array((np.ones(1), np.array([1]), np.array([0, 1, 1])), shape=(2, 2)))
    >>> str(table.indices.dtype), str(table.indptr.dtype)
    ('int32', 'int32')
    """
    found = table.copy()
    found.indices, found.indptr = table.indices.astype(np.int32), table.indptr.astype(np.int32)
    return found


def _by_steps(adjacency: csr_array, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each source's paths pass through, and distances, where every tie has the length 1."""
    from scipy.sparse import csr_array

    n, rows = adjacency.shape[0], sources.size
    begin = np.arange(rows + 1) * n  # where each source's row begins when the table is written as one line
    at = begin[:-1] + sources
    distance, number, passed = np.full(rows * n, np.inf), np.zeros(rows * n), np.zeros(rows * n)
    distance[at], number[at] = 0, 1
    front = csr_array((np.ones(rows), sources, np.arange(rows + 1)), shape=(rows, n))
    fronts = [at]
    while True:
        front = front @ adjacency
        at = _places(front, begin)
        new = np.isinf(distance[at])
        if not new.any():
            break
        front.data[~new] = 0
        front.eliminate_zeros()
        at = at[new]
        distance[at], number[at] = len(fronts), front.data
        fronts.append(at)
    for step in range(len(fronts) - 1, 0, -1):
        at = fronts[step]
        back = csr_array(((1 + passed[at]) / number[at], at % n, np.searchsorted(np.sort(at), begin)),
                         shape=(rows, n)) @ adjacency
        at = _places(back, begin)
        nearer = distance[at] == step - 1
        passed[at[nearer]] = number[at[nearer]] * back.data[nearer]
    return passed.reshape(rows, n), distance.reshape(rows, n)


def _places(table: csr_array, begin: np.ndarray) -> np.ndarray:
    return np.repeat(begin[:-1], np.diff(table.indptr)) + table.indices


def _by_length(lengths: csr_array, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same where ties have lengths: counts go along those ties that lie on a shortest path."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n, rows, ties = lengths.shape[0], sources.size, lengths.tocoo()
    tail, head = ties.coords
    distance = dijkstra(narrow(lengths), indices=sources)
    before, after = distance[:, tail], distance[:, head]
    there = np.isfinite(before)
    short = np.zeros(before.shape, dtype=bool)
    gap = np.abs(before[there] + np.broadcast_to(ties.data, before.shape)[there] - after[there])
    short[there] = (gap <= SAME * after[there]) & (before[there] < after[there])
    row, tie = np.nonzero(short)
    forward = csr_array((np.ones(row.size), (row * n + head[tie], row * n + tail[tie])),
                        shape=(rows * n, rows * n))
    start = np.zeros(rows * n)
    start[np.arange(rows) * n + sources] = 1
    number = _summed(forward, start)
    share = np.divide(1.0, number, out=np.zeros_like(number), where=number > 0)
    passed = np.where(number > 0, number * _summed(forward.T.tocsr(), share) - 1, 0.0)
    return passed.reshape(rows, n), distance


def _summed(step: csr_array, start: np.ndarray) -> np.ndarray:
    """start + step start + step step start and so on; it ends, as no shortest path comes back."""
    total, front = start.copy(), step @ start
    while front.any():
        total += front
        front = step @ front
    return total
