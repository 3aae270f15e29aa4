"""Which interactions a log-linear model needs: searches that follow many tables at once.

Models and tables are rows as in :mod:`measurement._loglinear`. A search returns one model a table. Into
``log``, a list, it enters what it compared on each of its steps, as a dictionary of columns.
"""
from __future__ import annotations

import functools
import itertools

import numpy as np

from measurement._loglinear import ESTIMATED, Fits, fit, subset_sums, superset_sums

MOST_MODELS = 50_000
MOST_FITS = 200_000
"""Tables times models that are looked at together: more would not fit into the memory of a browser."""
POISSON_TAIL = 0.02
WALD = 0.05
NEARLY = 1e-9
"""A criterion that is lower by less than this is lower by rounding only."""


def orders(terms: int) -> np.ndarray:
    """Number of lists in each term: 0 for the constant, 1 for the main effects.

    Examples
    --------
    >>> orders(8).tolist()
    [0, 1, 1, 2, 1, 2, 2, 3]
    """
    return np.bitwise_count(np.arange(terms)).astype(int)


def main_effects(tables: np.ndarray) -> np.ndarray:
    """The model without interactions, once a table."""
    return np.tile(orders(tables.shape[1]) < 2, (len(tables), 1))


@functools.lru_cache(maxsize=8)
def hierarchical_models(lists: int, max_order: int) -> np.ndarray | None:
    """All models with every main effect and interactions of up to ``max_order`` lists; None if too many.

    Examples
    --------
    >>> [len(hierarchical_models(lists, lists)) for lists in (2, 3, 4, 5)]
    [2, 9, 114, 6894]
    """
    order = orders(2**lists)
    models = (order < 2)[None]
    for term in sorted(np.flatnonzero((order > 1) & (order <= max_order)), key=lambda term: order[term]):
        within = [term & ~(1 << place) for place in range(lists) if term >> place & 1]
        larger = models[models[:, within].all(axis=1)]
        larger[:, term] = True
        models = np.concatenate([models, larger])
        if len(models) > MOST_MODELS:
            return None
    models.setflags(write=False)
    return models


# --- One interaction after the other ----------------------------------------------------------------------

def stepwise(tables: np.ndarray, log: list | None = None) -> np.ndarray:
    """Add the pair of lists whose number in common is the least likely in the model, while it is unlikely.

    In the model it is a Poisson number; the chance is that of its tail.

    References
    ----------
    Chan, Silverman & Vincent (2021), section 3.2.
    """
    totals, pairs, terms = superset_sums(tables), _pairs(tables), main_effects(tables)
    fits = fit(tables, np.arange(len(tables)), terms, keep=True)
    _enter_start(log, terms, fits, p=np.ones(1))
    means = fits.means
    active = np.flatnonzero(fits.status == ESTIMATED)
    while active.size:
        before = terms[active]
        expected = superset_sums(np.where(np.arange(terms.shape[1]) > 0, means[active], 0.0))[:, pairs]
        chances = np.where(before[:, pairs], 1.0, poisson_tail(totals[active][:, pairs], expected))
        ranked = np.argsort(chances, axis=1, kind="stable")
        waiting = np.arange(len(active))
        for place in range(len(pairs)):  # the first that is unlikely and leaves a model with an estimate
            pair = ranked[waiting, place]
            unlikely = chances[waiting, pair] < POISSON_TAIL
            waiting, pair = waiting[unlikely], pair[unlikely]
            if not waiting.size:
                break
            larger = _with(terms[active[waiting]], pairs[pair])
            found = fit(tables, active[waiting], larger, keep=True)
            good = found.status == ESTIMATED
            terms[active[waiting[good]]], means[active[waiting[good]]] = larger[good], found.means[good]
            waiting = waiting[~good]
        if log is not None:
            log.append(_tail_step(tables, before[0], terms[active[0]], pairs, chances[0]))
        active = active[(terms[active] != before).any(axis=1)]
    return terms


def poisson_tail(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Chance of a Poisson number that is at least as far out as the observed one, on its side.

    Examples
    --------
    >>> poisson_tail(np.array([0.0, 6.0]), np.array([2.0, 2.0])).round(4).tolist()
    [0.1353, 0.0166]
    """
    from scipy.special import gammainc, gammaincc

    at_least = np.where(observed > 0, gammainc(np.maximum(observed, 1.0), expected), 1.0)
    return np.minimum(gammaincc(observed + 1.0, expected), at_least)


def aic(tables: np.ndarray, log: list | None = None) -> np.ndarray:
    """Add the pair of lists that lowers AIC most, while it does so and Wald's test finds it significant.

    References
    ----------
    Silverman (2014); Bales, Hesketh & Silverman (2015).
    """
    pairs, terms = _pairs(tables), main_effects(tables)
    fits = fit(tables, np.arange(len(tables)), terms)
    _enter_start(log, terms, fits, p=np.ones(1))
    best = fits.criterion(2.0)
    active = np.arange(len(tables))
    while active.size:
        rows, pair = np.nonzero(~terms[active][:, pairs])
        if not rows.size:
            break
        larger = _with(terms[active[rows]], pairs[pair])
        found = fit(tables, active[rows], larger, keep=True)
        score, chances = found.criterion(2.0), _wald(found, pairs[pair])
        winner = _lowest(rows, score)
        better = (score[winner] < best[active[rows[winner]]] - NEARLY) & (chances[winner] <= WALD)
        if log is not None:
            log.append(_fit_step(larger, found, winner[better], p=chances))
        winner = winner[better]
        active = active[rows[winner]]
        terms[active], best[active] = larger[winner], score[winner]
    return terms


def _wald(found: Fits, term: np.ndarray) -> np.ndarray:
    """Two-sided chance of the coefficient of the term; 1 at minus infinity, where the error has no limit."""
    from scipy.special import erfc

    rows = np.arange(len(term))
    size = np.abs(found.coefficients[rows, term] / found.errors[rows, term])
    return erfc(np.nan_to_num(size) / np.sqrt(2.0))


def downhill(tables: np.ndarray, max_order: int, log: list | None = None) -> np.ndarray:
    """Add or remove the one interaction that lowers BIC most, until none does.

    References
    ----------
    Silverman, Chan & Vincent (2024), section 5.2.
    """
    terms, penalty = main_effects(tables), _bic_penalty(tables)
    fits = fit(tables, np.arange(len(tables)), terms)
    _enter_start(log, terms, fits)
    best = fits.criterion(penalty)
    active = np.arange(len(tables))
    while active.size:
        rows, changed = np.nonzero(_changeable(terms[active], max_order))
        if not rows.size:
            break
        near = terms[active[rows]]
        near[np.arange(len(rows)), changed] ^= True
        found = fit(tables, active[rows], near)
        score = found.criterion(penalty[active[rows]])
        winner = _lowest(rows, score)
        winner = winner[score[winner] < best[active[rows[winner]]] - NEARLY]
        if log is not None:
            log.append(_fit_step(near, found, winner))
        active = active[rows[winner]]
        terms[active], best[active] = near[winner], score[winner]
    return terms


def _changeable(terms: np.ndarray, max_order: int) -> np.ndarray:
    """Interactions that can be added (all within them are there) or removed (none that contains them is)."""
    order = orders(terms.shape[1])
    there = terms.astype(np.int16)
    addable = ~terms & (subset_sums(there) == 2**order - 1) & (order <= max_order)
    removable = terms & (superset_sums(there) == 1)
    return (addable | removable) & (order > 1)


# --- All models -------------------------------------------------------------------------------------------

def exhaustive(tables: np.ndarray, max_order: int, log: list | None = None) -> np.ndarray:
    """The model with the lowest BIC of all.

    With a log all are fitted. Without, those are left out that cannot have the lowest BIC: their penalty,
    plus a deviance that they cannot go below, is above the BIC of a model that is known.
    """
    models = hierarchical_models(tables.shape[1].bit_length() - 1, max_order)
    penalty = _bic_penalty(tables)
    if log is not None:
        found = fit(tables, np.zeros(len(models), dtype=int), models)
        score = found.criterion(penalty[0])
        log.append(_fit_step(models, found, np.array([score.argmin()])))
        return models[score.argmin()][None]
    size = MOST_FITS // len(models)
    if len(tables) > size:
        parts = [exhaustive(tables[first:first + size], max_order) for first in range(0, len(tables), size)]
        return np.concatenate(parts)
    terms = downhill(tables, max_order)
    best = fit(tables, np.arange(len(tables)), terms).criterion(penalty)
    rows, candidate = np.nonzero(_least_bic(tables, models, max_order) < best[:, None] - NEARLY)
    found = fit(tables, rows, models[candidate])
    score = found.criterion(penalty[rows])
    winner = _lowest(rows, score)
    winner = winner[score[winner] < best[rows[winner]] - NEARLY]
    terms[rows[winner]] = models[candidate[winner]]
    return terms


def _least_bic(tables: np.ndarray, models: np.ndarray, max_order: int) -> np.ndarray:
    """For each table and model a number that BIC is not below.

    A model that lacks an interaction fits no better than the largest model that lacks it; nor does one that
    lacks two pairs of lists fit better than the largest that lacks both.
    """
    order = orders(tables.shape[1])
    pairs = np.flatnonzero(order == 2).tolist()
    lacking = [*((term,) for term in np.flatnonzero((order > 1) & (order <= max_order)).tolist()),
               *itertools.combinations(pairs, 2)]
    terms = np.arange(len(order))
    largest = np.array([(order <= max_order) & np.all([terms & each != each for each in missing], axis=0)
                        for missing in lacking])
    found = fit(tables, np.repeat(np.arange(len(tables)), len(lacking)), np.tile(largest, (len(tables), 1)))
    deviance = found.deviance.reshape(len(tables), -1)
    floor = np.zeros((len(tables), len(models)))
    for place, missing in enumerate(lacking):
        without = ~models[:, missing].any(axis=1)
        floor[:, without] = np.maximum(floor[:, without], deviance[:, place, None])
    return floor + _bic_penalty(tables)[:, None] * models.sum(axis=1)


# --- Parts ------------------------------------------------------------------------------------------------

def _pairs(tables: np.ndarray) -> np.ndarray:
    return np.flatnonzero(orders(tables.shape[1]) == 2)


def _bic_penalty(tables: np.ndarray) -> np.ndarray:
    """Logarithm of the number of persons observed: the sample size is not the number of cells."""
    return np.log(tables[:, 1:].sum(axis=1))


def _with(terms: np.ndarray, added: np.ndarray) -> np.ndarray:
    terms[np.arange(len(terms)), added] = True
    return terms


def _lowest(rows: np.ndarray, score: np.ndarray) -> np.ndarray:
    """For each row that occurs the place of its lowest score."""
    ranked = np.lexsort((score, rows))
    return ranked[np.unique(rows[ranked], return_index=True)[1]]


def _enter_start(log: list | None, terms: np.ndarray, fits: Fits, **columns: np.ndarray) -> None:
    if log is not None:
        log.append(_fit_step(terms.copy(), fits, np.zeros(1, dtype=int), **columns))


def _tail_step(tables: np.ndarray, before: np.ndarray, after: np.ndarray, pairs: np.ndarray,
               chances: np.ndarray) -> dict:
    new = np.flatnonzero(~before[pairs])
    larger = _with(np.tile(before, (len(new), 1)), pairs[new])
    found = fit(tables, np.zeros(len(new), dtype=int), larger)
    return _fit_step(larger, found, np.flatnonzero(after[pairs[new]]), p=chances[new])


def _fit_step(terms: np.ndarray, found: Fits, winner: np.ndarray, **columns: np.ndarray) -> dict:
    chosen = np.zeros(len(terms), dtype=bool)
    chosen[winner] = True
    return {"terms": terms, "fits": found, **columns, "chosen": chosen}
