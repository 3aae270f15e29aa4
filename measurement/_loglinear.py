"""Log-linear models of capture tables, fitted many at a time.

A table of t lists has 2**t cells. Cells and terms have the same numbers, in which bit i stands for list i:
cell 0b101 holds the persons on lists 0 and 2 and on no other, term 0b101 is the interaction of lists 0 and 2.
The logarithm of the mean of a cell is the sum of the terms within it. Cell 0 holds those on no list. It is
never observed, and term 0 is the logarithm of its mean.

A model is a row of 2**t truth values, one a term; with a term it has all terms within it. Tables and models
come as rows of arrays, so that one step of Newton's method is one step for all of them.
"""
from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

ESTIMATED, NO_ESTIMATE, NOT_IDENTIFIABLE = range(3)
SMALL = 1e-10
"""Newton's method ends when a step gains less than this in log-likelihood."""
MOST_STEPS = 200
LONGEST = 5.0
"""A step changes no logarithm of a mean by more than this."""
AT_ONCE = 200_000
"""Entries of the matrices solved in one call: enough to keep numpy busy, few enough for the cache."""


@dataclass(frozen=True)
class Fits:
    """Maximum likelihood fits, one a row.

    ``status`` says whether the extended maximum likelihood estimate exists and is unique; the other columns
    mean something only where it does. But where it does not, ``deviance`` is a number that it is not below.
    ``hidden`` is the mean of the cell of those on no list. ``parameters`` counts all terms of the model,
    those at minus infinity included; ``dof`` is the number of cells less the number of terms, both without
    those that are at minus infinity. ``coefficients``, their standard errors ``errors`` and ``means`` have a
    column a term or cell.
    """

    status: np.ndarray
    hidden: np.ndarray
    deviance: np.ndarray
    parameters: np.ndarray
    dof: np.ndarray
    coefficients: np.ndarray | None = None
    errors: np.ndarray | None = None
    means: np.ndarray | None = None

    def criterion(self, penalty: np.ndarray | float) -> np.ndarray:
        """Deviance plus so much a parameter; infinite where there is no estimate."""
        return np.where(self.status == ESTIMATED, self.deviance + penalty * self.parameters, np.inf)


def superset_sums(rows: np.ndarray) -> np.ndarray:
    """For each cell or term the sum over all that contain it: of counts, those on these lists and any others.

    Examples
    --------
    >>> superset_sums(np.array([[0, 5, 7, 2]])).tolist()
    [[14, 7, 9, 2]]
    """
    return _sums(rows, 0, 1)


def subset_sums(rows: np.ndarray) -> np.ndarray:
    """For each cell or term the sum over all within it: of coefficients, the logarithm of the mean.

    Examples
    --------
    >>> subset_sums(np.array([[4, -2, -1, 3]])).tolist()
    [[4, 2, 3, 4]]
    """
    return _sums(rows, 1, 0)


def _sums(rows: np.ndarray, into: int, out_of: int) -> np.ndarray:
    sums = np.array(rows, order="C")
    half = 1
    while half < sums.shape[1]:
        split = sums.reshape(len(sums), sums.shape[1] // (2 * half), 2, half)
        split[:, :, into] += split[:, :, out_of]
        half *= 2
    return sums


def fit(tables: np.ndarray, which: np.ndarray, terms: np.ndarray, keep: bool = False,
        complete: bool = False) -> Fits:
    """Fit each model to its table by maximum likelihood.

    Where nobody is on all lists of a term of the model, its estimate is minus infinity, and the means of all
    cells that contain it are zero: the extended maximum likelihood estimate. The other terms are fitted to
    the other cells.

    Parameters
    ----------
    tables : array of float, one row a table
        Counts. Column 0 is not looked at, unless the tables are complete.
    which : array of int, one a fit
        The row of the table.
    terms : array of bool, one row a fit
        The model.
    keep : bool
        Whether coefficients, their errors and means are wanted.
    complete : bool
        Whether column 0 is a count like the others.
    """
    totals = superset_sums(np.where(np.arange(tables.shape[1]) > 0, tables, tables if complete else 0.0))
    dead = subset_sums((terms & (totals[which] == 0)).astype(np.int16)) > 0
    live = terms & ~dead
    # The columns of all terms that are not at minus infinity make a square matrix, cell 0 included, that can
    # be inverted. Without the row of cell 0 one vector is sent to zero, and no entry of it is zero. So the
    # terms of a model can be told apart unless it has them all.
    fitted = np.full(len(terms), True) if complete else (~dead & ~terms).any(axis=1)
    cells = (~dead).sum(axis=1) - (not complete)
    more = ("coefficients", "errors", "means") if keep else ()
    found = Fits(
        status=np.where(fitted, ESTIMATED, NOT_IDENTIFIABLE), hidden=np.full(len(terms), np.nan),
        deviance=np.zeros(len(terms)), parameters=terms.sum(axis=1), dof=cells - live.sum(axis=1),
        **{name: np.full(terms.shape, np.nan) for name in more})
    chosen, copies = _different(which, dead, live, np.flatnonzero(fitted))
    for part in _parts(live.sum(axis=1), chosen):
        batch = _Batch(tables[which[part]], totals[which[part]], live[part], dead[part], complete)
        batch.solve()
        _enter(found, part, batch, keep)
    return _with_copies(found, copies)


def _different(which: np.ndarray, dead: np.ndarray, live: np.ndarray,
               rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows to be fitted, and for every row the one whose fit it shares: some differ in dead terms only."""
    copies = np.arange(len(which))
    if len(rows) < 2:
        return rows, copies
    bits = np.concatenate([which[rows, None].astype(np.int64).view(np.uint8), np.packbits(dead[rows], axis=1),
                           np.packbits(live[rows], axis=1)], axis=1)
    keys = np.ascontiguousarray(bits).view(f"V{bits.shape[1]}").ravel()
    _, first, same = np.unique(keys, return_index=True, return_inverse=True)
    copies[rows] = rows[first[same]]
    return rows[first], copies


def _parts(sizes: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    """Batches of models of about the same number of terms."""
    rows = rows[np.argsort(-sizes[rows], kind="stable")]
    parts, start = [], 0
    while start < len(rows):
        stop = start + max(1, int(AT_ONCE / sizes[rows[start]] ** 2))
        parts.append(rows[start:stop])
        start = stop
    return parts


def _enter(found: Fits, rows: np.ndarray, batch: _Batch, keep: bool) -> None:
    found.status[rows] = batch.status
    found.hidden[rows] = np.exp(np.minimum(batch.coefficients[:, 0], 700.0))
    found.deviance[rows] = batch.deviance()
    if keep:
        found.coefficients[rows], found.means[rows] = batch.coefficients, batch.means
        found.errors[rows] = batch.errors()


def _with_copies(found: Fits, copies: np.ndarray) -> Fits:
    shared = {"status", "hidden", "deviance", "coefficients", "errors", "means"}
    if (copies == np.arange(len(copies))).all():
        return found
    return Fits(**{name: value[copies] if name in shared and value is not None else value
                   for name, value in vars(found).items()})


class _Batch:
    """Newton's method for many models; each model leaves when it is done.

    Models with fewer terms than the largest are padded with terms that are alone in their row and column of
    the matrix and stay at zero: two further columns of the sums hold the 0 and the 1 for them.
    """

    def __init__(self, counts: np.ndarray, totals: np.ndarray, live: np.ndarray, dead: np.ndarray,
                 complete: bool):
        self.counts, self.live = counts, live
        self.inside = ~dead
        self.inside[:, 0] = complete
        size = live.sum(axis=1)
        width = int(size.max())
        place = np.argsort(~live, axis=1, kind="stable")[:, :width]
        spare = np.arange(width) >= size[:, None]
        self.target = np.where(spare, 0.0, np.take_along_axis(totals, place, axis=1))
        self.place = np.where(spare, live.shape[1], place)
        self.status = np.full(len(live), ESTIMATED)
        self.gain = np.zeros(len(live))
        self.coefficients = np.zeros(live.shape)
        self.means = np.zeros(live.shape)

    def solve(self) -> None:
        rows = np.arange(len(self.live))
        near = np.where(self.inside, self.counts + 0.5, 0.0)
        # The start is a weighted least squares fit to the logarithms of the counts, each with 0.5 added.
        pull = np.where(self.inside, near * np.log(np.where(self.inside, near, 1.0)) - 0.5, 0.0)
        values = self._solved(near, _taken(superset_sums(pull), self.place), rows)
        logs = subset_sums(self._spread(values, rows))
        small = SMALL * np.maximum(1.0, 1e-6 * self.counts.sum(axis=1))  # of large counts digits are lost
        for number in range(MOST_STEPS):
            means = self._means(logs, rows)
            slope = self.target[rows] - _taken(superset_sums(means), self.place[rows])
            step = self._solved(means, slope, rows)
            change = subset_sums(self._spread(step, rows))
            part = LONGEST / np.maximum(np.abs(np.where(self.inside[rows], change, 0.0)).max(axis=1), LONGEST)
            values = values + part[:, None] * step
            logs = logs + part[:, None] * change
            self.gain[rows] = (slope * step).sum(axis=1)
            done = (self.gain[rows] < small[rows]) & (part == 1.0)
            if number % 4 == 3 and not done.all():  # most are done by then; some never would be
                done |= self._without_limit(step, rows)
            if number == MOST_STEPS - 1:
                done[:] = True
            if done.any():
                self._leave(rows[done], values[done], logs[done], step[done])
                rows, values, logs = rows[~done], values[~done], logs[~done]
                if not rows.size:
                    return

    def _solved(self, means: np.ndarray, right: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.linalg.solve(self._curvature(means, rows), right[:, :, None])[:, :, 0]

    def _curvature(self, means: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Sums of means over the cells that contain both of two terms."""
        sums = np.zeros((len(means), means.shape[1] + 2))
        sums[:, :-2] = superset_sums(means)
        sums[:, -1] = 1.0
        place = self.place[rows]
        both = np.minimum(place[:, :, None] | place[:, None, :], means.shape[1])
        own = np.arange(place.shape[1])
        both[:, own, own] = np.where(place == means.shape[1], means.shape[1] + 1, place)
        both += (np.arange(len(means)) * sums.shape[1])[:, None, None]
        matrix = sums.ravel().take(both)
        matrix[:, own, own] *= 1 + 1e-13  # never quite singular where means run to zero
        return matrix

    def _means(self, logs: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.where(self.inside[rows], np.exp(np.minimum(logs, 700.0)), 0.0)

    def _spread(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Values of the terms of each model in the columns of all terms."""
        wide = np.zeros((len(values), self.live.shape[1] + 1))
        np.put_along_axis(wide, self.place[rows], values, axis=1)
        return wide[:, :-1]

    def _without_limit(self, step: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Whether a step, rounded, proves that there is no estimate.

        If some change of the terms lowers the mean of a cell where nobody was seen, raises none and leaves
        those alone where somebody was, then the likelihood grows along it for ever. Newton's method walks
        along it, by about 1 a step; in whole numbers the proof has no rounding error.
        """
        change = np.where(self.inside[rows], subset_sums(np.rint(self._spread(step, rows))), 0.0)
        return ((change <= 0).all(axis=1) & (change < 0).any(axis=1)
                & ~((change != 0) & (self.counts[rows] > 0)).any(axis=1))

    def _leave(self, rows: np.ndarray, values: np.ndarray, logs: np.ndarray, step: np.ndarray) -> None:
        means = self._means(logs, rows)
        self.coefficients[rows] = np.where(self.live[rows], self._spread(values, rows), np.nan)
        self.means[rows] = means
        exists = self._with_limit(means, rows)
        without = ~exists & self._without_limit(step, rows)
        for position in np.flatnonzero(~exists & ~without):
            row = rows[position]
            exists[position] = _exists(self.inside[row].tobytes(), self.live[row].tobytes(),
                                       (self.inside[row] & (self.counts[row] > 0)).tobytes())
        self.status[rows] = np.where(exists, ESTIMATED, NO_ESTIMATE)

    def _with_limit(self, means: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Whether the fit itself proves that there is an estimate.

        There is one if positive numbers in all cells have the sums of the counts (Fienberg & Rinaldo). The
        means are positive, and have these sums up to a rest. Numbers that take up the rest are found by
        inclusion and exclusion, with cell 0 kept at zero by a term that is not in the model: none of them is
        larger than twice the sum of the rests. So means above that are proof enough.
        """
        rest = np.abs(self.target[rows] - _taken(superset_sums(means), self.place[rows])).sum(axis=1)
        return np.where(self.inside[rows], means, np.inf).min(axis=1) > 2.0 * rest + 1e-12

    def deviance(self) -> np.ndarray:
        counts = np.where(self.inside, self.counts, 0.0)
        seen = counts > 0
        ratio = np.where(seen, counts, 1.0) / np.where(seen, np.maximum(self.means, 1e-300), 1.0)
        deviance = 2.0 * (counts * np.log(ratio) - counts + self.means).sum(axis=1)
        # Means that run to zero fall by a factor e with each step: less is left to gain than was gained last.
        return np.maximum(np.where(self.status == ESTIMATED, deviance, deviance - 4.0 * self.gain), 0.0)

    def errors(self) -> np.ndarray:
        """Standard errors of the coefficients."""
        rows = np.arange(len(self.live))
        inverse = np.linalg.inv(self._curvature(self.means, rows))
        own = np.arange(inverse.shape[1])
        errors = self._spread(np.sqrt(np.maximum(inverse[:, own, own], 0.0)), rows)
        return np.where(self.live, errors, np.nan)


def _taken(sums: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Sums at the places of the terms, 0 for those that only fill the row."""
    wide = np.zeros((len(sums), sums.shape[1] + 1))
    wide[:, :-1] = sums
    return np.take_along_axis(wide, place, axis=1)


@functools.lru_cache(maxsize=100_000)
def _exists(inside: bytes, live: bytes, seen: bytes) -> bool:
    """Whether positive numbers in all cells have the sums of the counts: a linear programme.

    It depends only on where somebody was seen, not on how many. The smallest number is made as large as can
    be.

    References
    ----------
    Fienberg, S. E. & Rinaldo, A. (2012). Maximum likelihood estimation in log-linear models. Annals of
    Statistics 40, 996-1023.
    """
    from scipy.optimize import linprog

    cells, terms, seen = (np.flatnonzero(np.frombuffer(each, dtype=bool)) for each in (inside, live, seen))
    design = (terms[:, None] & cells) == terms[:, None]
    sums = design[:, np.isin(cells, seen)].sum(axis=1)
    # The numbers are the smallest of them plus something: so no inequality is needed.
    equal = np.column_stack([design, design.sum(axis=1)]).astype(float)
    best = linprog(np.append(np.zeros(len(cells)), -1.0), A_eq=equal, b_eq=sums, bounds=(0, None))
    return bool(best.success and -best.fun > 1e-9)
