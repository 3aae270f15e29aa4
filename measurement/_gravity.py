"""Poisson pseudo maximum likelihood with fixed effects, for :func:`measurement.gravity_ppml`.

Fixed effects are never written out as columns of 0 and 1: the covariates are freed of them by weighted means
of the groups, and where there are two kinds by one small system of equations.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from measurement.estimate import NoEstimate

ROUNDS = 200
CLOSE = 1e-9


@dataclass(frozen=True)
class Flows:
    """Flows, their covariates (one column each, ``names``) and the codes of their fixed effects."""

    flow: np.ndarray
    design: np.ndarray
    names: list[str]
    effects: list[np.ndarray]

    def where(self, rows: np.ndarray) -> Flows:
        return replace(self, flow=self.flow[rows], design=self.design[rows],
                       effects=[codes[rows] for codes in self.effects])


@dataclass(frozen=True)
class Fit:
    """Coefficients, their robust covariances (HC3, and HC1 as most programs have it), fitted flows."""

    values: np.ndarray
    covariance: np.ndarray
    covariance_hc1: np.ndarray
    fitted: np.ndarray
    deviance: float


# --- Fixed effects ----------------------------------------------------------------------------------------

class Effects:
    """None, one or two kinds of fixed effects of the same rows, given as codes.

    ``rows`` are those with a weight above 0; every group has one.
    """

    def __init__(self, kinds: list[np.ndarray], rows: np.ndarray | slice = slice(None)):
        codes = [np.unique(each, return_inverse=True)[1] for each in kinds]
        self.codes = sorted(codes, key=lambda each: -each.max())  # the kind with more groups is eliminated
        self.sizes = [int(each.max()) + 1 for each in self.codes]
        if len(codes) == 2:
            blocks = components(self.codes[0][rows], self.codes[1][rows])[1]
            self.free = np.ones(self.sizes[1], dtype=bool)
            self.free[np.unique(blocks, return_index=True)[1]] = False  # in each block one is the base

    def without(self, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """What is left of the columns beside the fixed effects, by weighted least squares."""
        if not self.codes:
            return columns
        large, weighted = self.codes[0], columns * weights[:, None]
        total = np.bincount(large, weights)[:, None]
        first = _sums(large, self.sizes[0], weighted)
        if len(self.codes) == 1:
            return columns - (first / total)[large]
        small = self.codes[1]
        means, matrix = self._equations(weights, total)
        found = np.zeros((self.sizes[1], columns.shape[1]))
        right = _sums(small, self.sizes[1], weighted) - means.T @ first
        found[self.free] = np.linalg.solve(matrix, right[self.free])
        return columns - (first / total - means @ found)[large] - found[small]

    def leverage(self, weights: np.ndarray) -> np.ndarray:
        """How far each row determines its own fit by its fixed effects: 1 where it does alone."""
        if not self.codes:
            return np.zeros(weights.size)
        large = self.codes[0]
        total = np.bincount(large, weights)[:, None]
        if len(self.codes) == 1:
            return weights / total[large, 0]
        small = self.codes[1]
        means, matrix = self._equations(weights, total)
        inverse = np.zeros((self.sizes[1], self.sizes[1]))
        inverse[np.ix_(self.free, self.free)] = np.linalg.inv(matrix)
        spread = means @ inverse
        apart = np.diag(inverse)[small] - 2 * spread[large, small] + (spread * means).sum(1)[large]
        return weights * (1 / total[large, 0] + apart)

    def _equations(self, weights: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Share of each small group in each large one, and the equations of the free small groups."""
        pair = self.codes[0] * self.sizes[1] + self.codes[1]
        table = np.bincount(pair, weights, minlength=self.sizes[0] * self.sizes[1]).reshape(self.sizes)
        means = table / total
        matrix = np.diag(np.bincount(self.codes[1], weights)) - table.T @ means
        return means, matrix[np.ix_(self.free, self.free)]

    @property
    def number(self) -> int:
        """How many free numbers they are."""
        return sum(self.sizes) - (int((~self.free).sum()) if len(self.codes) == 2 else 0)


def _sums(codes: np.ndarray, size: int, columns: np.ndarray) -> np.ndarray:
    return np.array([np.bincount(codes, column, minlength=size) for column in columns.T]).T


def components(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The block of each left and each right code: what flows connect, over others too, is one block."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    sizes = int(left.max()) + 1, int(right.max()) + 1
    links = coo_array((np.ones(left.size), (left, right + sizes[0])), shape=(sum(sizes), sum(sizes)))
    blocks = connected_components(links, directed=False)[1]
    return blocks[:sizes[0]], blocks[sizes[0]:]


# --- Whether there is one answer --------------------------------------------------------------------------

def freed(flows: Flows) -> tuple[np.ndarray, np.ndarray]:
    """The covariates beside the fixed effects (around 0 where there are none) with spread 1; the spreads."""
    ones = np.ones(flows.flow.size)
    varying = flows.design[:, 1:] if not flows.effects else flows.design
    left = (varying - varying.mean(0)) if not flows.effects else Effects(flows.effects).without(varying, ones)
    spread = np.sqrt((left**2).mean(0))
    whole = np.sqrt(((varying - varying.mean(0))**2).mean(0)) + 1e-12 * np.abs(varying).max(0)
    spread[spread <= CLOSE * whole] = 0.0
    return left / np.where(spread > 0, spread, 1.0), spread


def collinear(flows: Flows) -> str | None:
    """The first covariate that the fixed effects or the covariates before it already tell."""
    columns, spread = freed(flows)
    names = flows.names[flows.design.shape[1] - columns.shape[1]:]
    for place, name in enumerate(names):
        rest = columns[:, place]
        if place:
            rest = rest - columns[:, :place] @ np.linalg.lstsq(columns[:, :place], rest, rcond=None)[0]
        if spread[place] == 0 or np.linalg.norm(rest) <= CLOSE * np.sqrt(rest.size):
            return name
    return None


def empty_groups(flows: Flows) -> list[tuple[int, int]]:
    """Kind and code of fixed effects all of whose flows are 0, those left over by the others too."""
    found, used = [], np.ones(flows.flow.size, dtype=bool)
    while True:
        new = [(kind, int(code)) for kind, codes in enumerate(flows.effects)
               for code in np.setdiff1d(codes[used], codes[used & (flows.flow > 0)])]
        if not new:
            return found
        found += new
        for kind, code in new:
            used &= flows.effects[kind] != code


def separated(flows: Flows) -> np.ndarray:
    """Flows of 0 that the model can bring as near to 0 as it likes while all others stay as they are.

    A direction of the coefficients that moves no flow above 0 and some flows of 0 downwards only: a linear
    programme in the few directions that move no flow above 0 (Correia, Guimaraes & Zylkin).
    """
    found = np.zeros(flows.flow.size, dtype=bool)
    while True:
        rows = np.flatnonzero(~found)
        moves = _free_directions(flows.where(rows))
        new = _one_way(moves[flows.flow[rows] == 0]) if moves.shape[1] else np.zeros(0, dtype=bool)
        if not new.any():
            return found
        found[rows[flows.flow[rows] == 0][new]] = True


def _free_directions(flows: Flows) -> np.ndarray:
    """How each flow moves (rows) along directions (columns) that leave the flows above 0 where they are."""
    above = flows.flow > 0
    columns, _ = freed(flows)
    moves = []
    if not flows.effects:
        columns = np.column_stack([np.ones(flows.flow.size), columns])
    if len(flows.effects) == 2:
        left, right = (np.unique(codes, return_inverse=True)[1] for codes in flows.effects)
        blocks = components(left[above], right[above])
        moves = [(blocks[0][left] == block).astype(float) - (blocks[1][right] == block)
                 for block in range(1, int(blocks[0].max()) + 1)]
    columns = Effects(flows.effects, above).without(columns, above.astype(float))
    _, singular, directions = np.linalg.svd(np.linalg.qr(columns[above], mode="r"))
    singular = np.concatenate([singular, np.zeros(columns.shape[1] - singular.size)])
    moves += list((columns @ directions[singular <= CLOSE * np.sqrt(above.size)].T).T)
    return np.column_stack(moves) if moves else np.zeros((flows.flow.size, 0))


def _one_way(moves: np.ndarray) -> np.ndarray:
    """The rows that a mixture of the columns moves, if it can move all rows one way only."""
    from scipy.optimize import linprog  # only where something may be wrong

    reach = np.abs(moves).max(0, initial=0)
    moves = np.where(np.abs(moves) <= 1e-8 * np.maximum(reach, 1e-300), 0.0, moves)[:, reach > 1e-8]
    if not moves.size:
        return np.zeros(len(moves), dtype=bool)
    moves = moves / np.abs(moves).max(0)
    answer = linprog(-moves.sum(0), A_ub=np.vstack([moves, -moves]),
                     b_ub=np.concatenate([np.ones(len(moves)), np.zeros(len(moves))]), bounds=(None, None))
    if answer.status != 0 or answer.fun > -1e-6:
        return np.zeros(len(moves), dtype=bool)
    return moves @ answer.x > 1e-6


# --- The fit ----------------------------------------------------------------------------------------------

def fit(flows: Flows) -> Fit:
    """Coefficients by iteratively reweighted least squares, with two robust covariances (HC3 and HC1)."""
    scale = flows.flow.mean()
    flow, effects = flows.flow / scale, Effects(flows.effects)
    columns, back = _conditioned(flows)
    line = _settle(flow, columns, effects)
    fitted = np.exp(line)
    left = effects.without(columns, fitted)
    bread = np.linalg.inv(left.T @ (left * fitted[:, None]))
    values = bread @ (left.T @ (fitted * effects.without(line[:, None], fitted)[:, 0]))
    error = flow - fitted
    alone = 1 - effects.leverage(fitted) - fitted * ((left @ bread) * left).sum(1)
    error[alone < CLOSE] = 0.0  # a flow with a fixed effect of its own says nothing of the coefficients
    parameters = effects.number + columns.shape[1]
    plain, leave_out = (back @ bread @ (left.T @ (left * each[:, None]**2)) @ bread @ back.T
                        for each in (error, error / np.where(alone < CLOSE, 1.0, alone)))
    values = back @ values
    if not flows.effects:
        values[0] += np.log(scale)
    return Fit(values, leave_out, plain * (flow.size / (flow.size - parameters)), fitted * scale,
               float(_deviance(flow, line) * scale))


def _conditioned(flows: Flows) -> tuple[np.ndarray, np.ndarray]:
    """Columns that are easy to reckon with, and the matrix that turns their coefficients back."""
    columns, spread = freed(flows)
    if flows.effects:
        return columns, np.diag(1 / spread)
    back = np.diag(np.concatenate([[1.0], 1 / spread]))
    back[0, 1:] = -flows.design[:, 1:].mean(0) / spread
    return np.column_stack([np.ones(flows.flow.size), columns]), back


def _settle(flow: np.ndarray, columns: np.ndarray, effects: Effects) -> np.ndarray:
    """The logarithm of the fitted flows."""
    line = np.log((flow + flow.mean()) / 2)
    height = np.inf
    for _ in range(ROUNDS):
        fitted = np.exp(np.clip(line, -300, 300))
        working = line + (flow - fitted) / fitted
        left = effects.without(np.column_stack([working, columns]), fitted)
        rest, free = left[:, 0], left[:, 1:]
        weighted = free * fitted[:, None]
        values = np.linalg.solve(weighted.T @ free, weighted.T @ rest)
        step = working - rest + free @ values - line
        for _ in range(40):  # a step too long is taken back
            tried = _deviance(flow, line + step)
            if tried <= height + 1e-10 * abs(height) or np.isinf(height):
                break
            step = step / 2
        line, height = line + step, tried
        if np.sqrt((np.exp(np.clip(line, -300, 300)) * step**2).mean()) < 1e-11:
            return line
    raise NoEstimate(f"The coefficients did not settle in {ROUNDS} rounds: some covariate has values far "
                     "from all others, or almost no flow is above 0. Take logarithms of distances and "
                     "incomes, and look at the largest flows.")


def _deviance(flow: np.ndarray, line: np.ndarray) -> float:
    fitted = np.exp(np.minimum(line, 300))
    logs = flow * (np.log(np.where(flow > 0, flow, 1.0)) - line)
    return float(2 * (np.where(flow > 0, logs, 0.0) - (flow - fitted)).sum())
