"""Whether raters agree, and what ranks of an index of many scores are worth."""
from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._amounts import pert_draws, pert_moments, triple
from measurement._intervals import wilson
from measurement.estimate import NoEstimate

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95


# --- Agreement --------------------------------------------------------------------------------------------

def agreement(ratings: pd.DataFrame) -> pd.DataFrame:
    """How far raters agree beyond chance: Cohen's kappa of every two of them, Fleiss' kappa of all.

    Parameters
    ----------
    ratings : pandas.DataFrame
        One row an item (a case, a country), one column a rater; in each cell the kind in which the rater put
        the item. Every rater rated every item.

    Returns
    -------
    pandas.DataFrame
        One row for each two raters (``method`` Cohen) and one for all (Fleiss): ``method``, ``raters``;
        ``value``, kappa, with ``se``, ``low`` and ``high`` (95 %); ``observed``, the share of agreeing pairs
        of ratings; ``expected``, that by chance; ``se_chance``, the standard error if they agreed by chance
        only (kappa / se_chance is the usual test); ``n``, the number of items.

    Raises
    ------
    NoEstimate
        All ratings are of one kind, or of two raters; or there is one item.
    ValueError
        There are fewer than two raters, two of one name, or a rating is missing.

    Notes
    -----
    kappa = (p_o - p_e) / (1 - p_e). Cohen: p_e = sum_k p_1k p_2k with the shares of each rater; se of Fleiss,
    Cohen and Everitt. Fleiss: p_o is the mean share of agreeing pairs of raters, p_e = sum_k p_k^2 with the
    shares of all; se_chance of Fleiss, Nee and Landis, se of Gwet, which holds whatever the agreement is. The
    limits are kappa -/+ z se, at most 1; where raters agree everywhere, the lower limit is that of Wilson's
    interval of p_o, put into the formula.

    Leave items out that somebody did not rate only if that is no accident of what they are: hard cases are
    skipped more often, and without them agreement is better than it was.

    What it cannot tell. Raters can agree and be wrong together. Where nearly everything is of one kind, kappa
    is low although raters nearly always agree: read ``observed`` too, and do not compare kappas of tables
    with other shares. Kinds have no order in it: 1 and 2 disagree as much as 1 and 10. No kappa is good or
    bad by itself.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement
    20, 37-46. Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample standard errors of kappa and
    weighted kappa. Psychological Bulletin 72, 323-327. Fleiss, J. L. (1971). Measuring nominal scale
    agreement among many raters. Psychological Bulletin 76, 378-382. Fleiss, J. L., Nee, J. C. M. & Landis, J.
    R. (1979). Large sample variance of kappa in the case of different sets of raters. Psychological Bulletin
    86, 974-977. Gwet, K. L. (2021). Large-sample variance of Fleiss generalized kappa. Educational and
    Psychological Measurement 81, 781-790.

    Examples
    --------
    Three coders say whether cases are organized crime:

    >>> import pandas as pd
    >>> cases = pd.DataFrame({"ann": list("yynnynyynn"), "ben": list("yynnyyyynn"),
    ...                       "cyd": list("yynnynynnn")})
    >>> agreement(cases)[["method", "raters", "value", "se", "observed"]].round(3)
       method         raters  value     se  observed
    0   Cohen        ann-ben  0.800  0.186     0.900
    1   Cohen        ann-cyd  0.800  0.186     0.900
    2   Cohen        ben-cyd  0.615  0.225     0.800
    3  Fleiss  ann, ben, cyd  0.733  0.178     0.867
    """
    import pandas as pd

    codes, kinds = _codes(ratings)
    if len(codes) < 2:
        raise NoEstimate("There is one item: agreement needs several, better dozens.")
    if len(kinds) < 2:
        raise NoEstimate(f"All ratings are {kinds[0]!r}: agreement by chance is complete too, so kappa is "
                         "not defined. Report that all agree, and take items that differ.")
    names = [str(name) for name in ratings.columns]
    rows = [{"method": "Cohen", "raters": f"{names[first]}-{names[second]}",
             **_cohen(codes[:, first], codes[:, second], len(kinds), names[first], names[second])}
            for first, second in combinations(range(len(names)), 2)]
    rows.append({"method": "Fleiss", "raters": ", ".join(names), **_fleiss(codes, len(kinds))})
    return pd.DataFrame(rows)


def _codes(ratings: object) -> tuple[np.ndarray, list]:
    """Ratings as numbers from 0 on, one column a rater, and the kinds."""
    import pandas as pd

    checks.table(ratings, [], "the table of ratings")
    if len(ratings.columns) < 2:
        raise ValueError("the table of ratings has one column: agreement needs two raters, one column each."
                         if len(ratings.columns) else "the table of ratings has no columns.")
    checks.table(ratings, ratings.columns, "the table of ratings")
    for column in ratings.columns:
        missing = ratings[column].isna().to_numpy()
        if missing.any():
            raise ValueError(f"column {column!r}, row {checks.row(ratings, missing)!r}, is missing: ask the "
                             "rater, or leave out the items that not everybody rated, with ratings.dropna(). "
                             "Say how many, since skipped items are often the hard ones.")
    flat = np.concatenate([ratings[column].to_numpy(dtype=object) for column in ratings.columns])
    codes, kinds = pd.factorize(flat)
    return codes.reshape(len(ratings.columns), -1).T, list(kinds)


def _cohen(first: np.ndarray, second: np.ndarray, kinds: int, name: str, other: str) -> dict[str, float]:
    n = first.size
    shares = np.bincount(first * kinds + second, minlength=kinds * kinds).reshape(kinds, kinds) / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float(np.trace(shares)), float(rows @ columns)
    if expected >= 1 - 1e-12:
        raise NoEstimate(f"All ratings of {name!r} and {other!r} are of one kind: kappa is not defined for "
                         "them. Leave one of the two out, or take items that differ.")
    kappa = (observed - expected) / (1 - expected)
    sums = rows[None, :] + columns[:, None]  # of the column's kind as row, and the row's kind as column
    own = float(np.diag(shares) @ (1 - np.diag(sums) * (1 - kappa))**2)
    apart = (1 - kappa)**2 * float((shares * sums**2).sum() - np.diag(shares) @ np.diag(sums)**2)
    spread = _difference(own + apart, (kappa - expected * (1 - kappa))**2)
    chance = _difference(expected + expected**2, float((rows * columns) @ (rows + columns)))
    return _kappa(kappa, math.sqrt(spread / n) / (1 - expected), observed, expected,
                  math.sqrt(chance / n) / (1 - expected), n)


def _difference(one: float, other: float) -> float:
    """What is left of a number, or 0 where only rounding is: the root of rounding is no error of 1e-8."""
    left = one - other
    return left if left > 1e-13 * max(one, 1e-3) else 0.0


def _fleiss(codes: np.ndarray, kinds: int) -> dict[str, float]:
    n, raters = codes.shape
    counts = np.zeros((n, kinds))
    np.add.at(counts, (np.arange(n)[:, None], codes), 1)
    shares = counts.mean(axis=0) / raters
    agreeing = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))
    observed, expected = float(agreeing.mean()), float(shares @ shares)
    kappa = (observed - expected) / (1 - expected)
    by_item = (agreeing - expected - 2 * (1 - kappa) * (counts @ shares / raters - expected)) / (1 - expected)
    se = math.sqrt(float(((by_item - kappa)**2).sum()) / (n * (n - 1)))
    spread = float(shares @ (1 - shares))
    chance = _difference(spread**2, float((shares * (1 - shares)) @ (1 - 2 * shares)))
    return _kappa(kappa, se, observed, expected,
                  math.sqrt(2 * chance / (n * raters * (raters - 1))) / spread, n)


def _kappa(value: float, se: float, observed: float, expected: float, se_chance: float,
           n: int) -> dict[str, float]:
    z = checks.normal_quantile(LEVEL)
    low, high = max(value - z * se, -1.0), min(value + z * se, 1.0)
    if observed >= 1 - 1e-12:
        value, se, low, high = 1.0, 0.0, (wilson(1.0, n, z)[0] - expected) / (1 - expected), 1.0
    return {"value": value, "se": se, "low": low, "high": high, "observed": observed, "expected": expected,
            "se_chance": se_chance, "n": n}


# --- Index ------------------------------------------------------------------------------------------------

def composite_index(scores: pd.DataFrame, weights: object, noise: object = 0.0, draws: int = 1000,
                    seed: object = None) -> pd.DataFrame:
    """Index of several scores, and how far its ranks depend on weights, errors of experts and the mean.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row a country or place, one column a score, all on one scale (for example 1 to 10).
    weights : mapping of str to float or (low, best, high), or Series
        Weight of each column that counts, on any scale; other columns are left out. A triple says how far
        the weight is a matter of opinion; ``score`` uses its PERT mean, (low + 4 best + high) / 6.
    noise : float or mapping of str to float
        Standard deviation of the error of a score, in its unit; one number, or one a column. With experts it
        is their standard deviation divided by the square root of their number.
    draws : int
        Repetitions.
    seed : int, numpy.random.Generator or None
        Makes the result the same every time.

    Returns
    -------
    pandas.DataFrame
        The rows of ``scores``, from the highest index down: ``score``, the weighted arithmetic mean; ``rank``
        (1 is the highest; equal scores share the better rank); ``se`` of the score over the draws; ``low``
        and ``high``, within which the score lies in 95 of 100 draws; ``rank_low`` and ``rank_high``, the same
        of the rank. Where all scores are above 0 also ``geometric``, the weighted geometric mean,
        ``geometric_rank``, and ``rank_change``, how many places it costs (above 0) or gains (below 0).

    Raises
    ------
    ValueError
        There are fewer than two rows; a score is missing or no number; a weight is missing, negative, or all
        are 0; a column does not exist; noise is negative.

    Notes
    -----
    I = sum w x / sum w, G = exp(sum w log x / sum w). Each draw takes weights from the PERT distributions of
    the triples and adds an independent normal error to every score; all rows are ranked anew.
    Without noise and triples nothing varies, and the limits are the ranks themselves: that is no certainty.

    The arithmetic mean lets a 10 in one column pay for a 1 in another; the geometric mean does so less, and
    depends on where the scale begins.

    What it cannot tell. ``rank_low`` and ``rank_high`` say how easily errors of this size move a place; a
    rank in the middle of a crowd has no better meaning than its limits. Where errors are as large as the
    differences themselves, true ranks lie outside more often than 5 times in 100. An error that experts share
    (a reputation, a report that all have read) is not in it, nor that an open press makes crime visible.
    Whether the columns belong together, and are counted twice, is not asked either.

    References
    ----------
    Nardo, M. and others (2008). Handbook on Constructing Composite Indicators. Paris: OECD & JRC, steps 6 and
    7. Saisana, M., Saltelli, A. & Tarantola, S. (2005). Uncertainty and sensitivity analysis techniques as
    tools for the quality assessment of composite indicators. Journal of the Royal Statistical Society A 168,
    307-323. Goldstein, H. & Spiegelhalter, D. J. (1996). League tables and their limitations. Journal of the
    Royal Statistical Society A 159, 385-443.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"drugs": [9, 6, 6, 3], "arms": [2, 6, 5, 4], "fraud": [7, 6, 6, 3]},
    ...                       index=["Arvenia", "Kestria", "Lusmark", "Veldana"])
    >>> table = composite_index(scores, {"drugs": 1, "arms": 1, "fraud": 1}, noise=1.0, seed=1)
    >>> table[["score", "rank", "rank_low", "rank_high", "geometric_rank"]].round(2)
             score  rank  rank_low  rank_high  geometric_rank
    Arvenia   6.00     1         1          3               3
    Kestria   6.00     1         1          3               1
    Lusmark   5.67     3         1          3               2
    Veldana   3.33     4         4          4               4
    """
    import pandas as pd

    names, triples = _score_weights(weights)
    checks.table(scores, names, "the table of scores")
    if len(scores) < 2:
        raise ValueError("the table of scores has one row: a rank needs others to compare with.")
    values = np.column_stack([checks.numbers(scores, name) for name in names])
    errors = _noise(noise, names)
    draws, rng = checks.repeats(draws), checks.random_numbers(seed)
    best = pert_moments(triples)[0]
    best = best / best.sum()
    score = values @ best
    simulated = _simulate(values, triples, errors, draws, rng)
    ranks = _ranks(simulated)
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(simulated, ends, axis=0)
    rank_low, rank_high = np.quantile(ranks, ends, axis=0, method="inverted_cdf")
    rank = _ranks(score[None, :])[0]
    table = pd.DataFrame({
        "score": score, "rank": rank, "se": simulated.std(axis=0, ddof=1), "low": low, "high": high,
        "rank_low": rank_low.astype(int), "rank_high": rank_high.astype(int)}, index=scores.index)
    if (values > 0).all():
        table["geometric"] = np.exp(np.log(values) @ best)
        table["geometric_rank"] = _ranks(table["geometric"].to_numpy()[None, :])[0]
        table["rank_change"] = table["geometric_rank"] - table["rank"]
    return table.iloc[np.argsort(rank, kind="stable")]


def _score_weights(weights: object) -> tuple[list, np.ndarray]:
    if not isinstance(weights, Mapping) and not hasattr(weights, "items"):
        raise ValueError(f"weights is a {type(weights).__name__}: give one weight for each column, as "
                         '{"drugs": 1, "arms": 1}.')
    pairs = list(weights.items())
    names = [name for name, _ in pairs]
    if not names or len(set(names)) < len(names):
        raise ValueError("weights is empty or names a column twice: give each column that counts one weight.")
    triples = np.stack([triple(f"the weight of {name!r}", cell) for name, cell in pairs])
    if triples.max() <= 0:
        raise ValueError("all weights are 0: give at least one column a weight above 0.")
    return names, triples


def _noise(noise: object, names: list) -> np.ndarray:
    """Standard deviation of the error of each column."""
    if isinstance(noise, Mapping) or hasattr(noise, "items"):
        known = dict(noise.items())
        lost = [name for name in names if name not in known]
        if lost:
            raise ValueError(f"noise has no number for {lost[0]!r}: give one for each column with a weight, "
                             "0 for none.")
        return np.array([checks.number(f"the noise of {name!r}", known[name], low=0) for name in names])
    return np.full(len(names), checks.number("noise", noise, low=0))


def _simulate(values: np.ndarray, triples: np.ndarray, errors: np.ndarray, draws: int,
              rng: np.random.Generator) -> np.ndarray:
    """Index of every row (columns) in every draw (rows).

    Independent normal errors of the scores are one normal error of their mean, with the variance sum w^2 s^2.
    """
    drawn = pert_draws(triples, draws, rng)
    total = drawn.sum(axis=0)
    drawn = drawn / np.where(total > 0, total, 1)
    spread = np.sqrt(drawn.T**2 @ errors**2)
    return drawn.T @ values.T + spread[:, None] * rng.normal(size=(draws, len(values)))


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Rank within each row of an array, 1 for the highest; those equal but for rounding share the better."""
    scale = np.abs(scores).max() or 1.0
    order = np.argsort(-scores, axis=1, kind="stable")
    falling = np.take_along_axis(scores, order, axis=1)
    lower = np.diff(falling, axis=1) < -1e-12 * scale
    places = np.where(lower, np.arange(2, scores.shape[1] + 1), 1)
    first = np.ones((len(scores), 1), dtype=int)
    ranks = np.empty(scores.shape, dtype=int)
    np.put_along_axis(ranks, order, np.maximum.accumulate(np.hstack([first, places]), axis=1), axis=1)
    return ranks
