"""Models of how often a person is seen, for :func:`measurement.truncated_counts`."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement.estimate import NoEstimate

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Seen:
    """Times seen, how many persons that holds for, and what their chance may depend on; one row a kind."""

    times: np.ndarray
    persons: np.ndarray
    design: np.ndarray
    names: list[str]
    frame: pd.DataFrame | None

    def where(self, rows: np.ndarray) -> Seen:
        return Seen(self.times[rows], self.persons[rows], self.design[rows], self.names, self.frame)

    def number(self, times: int) -> float:
        return float(self.persons[self.times == times].sum())


@dataclass(frozen=True)
class Fit:
    """Rates of all rows, and coefficients with their covariance on the scale of the design."""

    rates: np.ndarray
    values: np.ndarray
    covariance: np.ndarray
    aic: float


def read_counts(counts: object, covariates: object) -> Seen:
    """The counts, from a mapping or from a table with one row a person."""
    if hasattr(counts, "columns"):
        return _seen_persons(counts, covariates)
    if covariates:
        raise ValueError("covariates need a table with one row a person and a column 'count'.")
    if not isinstance(counts, Mapping) and not hasattr(counts, "items"):
        raise ValueError(f"counts is a {type(counts).__name__}: say how many persons were seen once, twice "
                         "and so on, as {1: 60, 2: 20}, or give a table with one row a person and a column "
                         "'count'. collections.Counter makes the first from a list.")
    found: dict[float, float] = {}
    for key, cell in counts.items():
        times = checks.count(f"counts: the number of times {key!r}", key, of="times")
        persons = checks.count(f"counts[{key!r}]", cell, of="persons")
        if times == 0 and persons:
            raise ValueError(f"counts says that {persons:.0f} were seen 0 times: who was never seen cannot "
                             "have been counted. A Series with one row a person needs .value_counts() first.")
        if persons:
            found[times] = found.get(times, 0) + persons
    if not found:
        raise ValueError("counts has nobody who was seen: there is nothing to measure.")
    times = np.array(sorted(found))
    return Seen(times, np.array([found[key] for key in times]), np.ones((times.size, 1)), ["constant"], None)


def _seen_persons(frame: pd.DataFrame, covariates: object) -> Seen:
    """The rows of a table of persons, those who are alike put together."""
    names = _covariate_names(covariates)
    checks.table(frame, ["count", *names], "counts")
    times = checks.numbers(frame, "count", whole=True)
    if (times == 0).any():
        row = frame.index[int(np.argmax(times == 0))]
        raise ValueError(f"column 'count', row {row!r}, is 0: who was never seen cannot be in the table. "
                         "Leave the row out.")
    columns = {"constant": np.ones(times.size)}
    for name in names:
        columns.update(_covariate(frame, name))
    kinds, persons = np.unique(np.column_stack([times, *columns.values()]), axis=0, return_counts=True)
    return Seen(kinds[:, 0], persons.astype(float), kinds[:, 1:], list(columns), frame[["count", *names]])


def _covariate_names(covariates: object) -> list[str]:
    if covariates is None:
        return []
    if isinstance(covariates, (str, bytes)) or not hasattr(covariates, "__iter__"):
        raise ValueError(f"covariates is {covariates!r}: give a list of columns, such as [{covariates!r}].")
    names = list(covariates)
    if "count" in names:
        raise ValueError("covariates has 'count': the times seen cannot explain themselves. Leave it out.")
    if len(set(map(str, names))) < len(names):
        raise ValueError(f"covariates names a column twice ({', '.join(map(repr, names))}): once is enough.")
    return names


def _covariate(frame: pd.DataFrame, name: str) -> dict[str, np.ndarray]:
    """A column of numbers as it is; of categories as one column of 0 and 1 for each but the first."""
    values = frame[name]
    if getattr(values.dtype, "kind", None) in "iufb":
        return {name: checks.numbers(frame.assign(**{name: values.astype(float)}), name)}
    if values.isna().any():
        row = frame.index[int(np.argmax(values.isna().to_numpy()))]
        raise ValueError(f"column {name!r}, row {row!r}, is missing: leave the row out, or make the missing "
                         "a category of their own.")
    texts = values.astype(str).to_numpy()
    return {f"{name} = {kind}": (texts == kind).astype(float) for kind in sorted(set(texts))[1:]}


def check_counts(seen: Seen, method: str) -> None:
    """Whether the counts say anything of those not seen, and the covariates not too much."""
    if method == "ztpoisson" and seen.times.max() == 1:
        raise NoEstimate("Nobody was seen more than once: there may be any number of others. Take a longer "
                         "period, or a second list.")
    if method != "ztpoisson" and seen.number(2) == 0:
        raise NoEstimate("Nobody was seen exactly twice: there may be any number of others. Take a longer "
                         'period, or method="ztpoisson", which uses all counts.')
    if method != "ztpoisson" and seen.number(1) == 0:
        raise NoEstimate("Nobody was seen exactly once: these counts show no trace of anybody missing. The "
                         f"lower bound is the {seen.persons.sum():,.0f} seen.")
    if len(seen.names) == 1:
        return
    used = seen if method == "ztpoisson" else seen.where(seen.times <= 2)
    _check_rank(seen, "can be computed from the other covariates, or has one value only")
    _check_rank(used, "has one value only among those seen once or twice, or repeats others there")
    if _tells_who_was_seen_once(used, method):
        raise NoEstimate(f"The covariates tell exactly who was seen once{_culprit(seen)}: then the chance of "
                         "the others like them cannot be estimated. Leave a covariate out, or merge its "
                         "categories.")


def _check_rank(seen: Seen, told: str) -> None:
    design, _ = _scaled(seen.design, seen.persons)
    for width in range(2, design.shape[1] + 1):
        if np.linalg.matrix_rank(design[:, :width]) < width:
            raise ValueError(f"The covariate {seen.names[width - 1]!r} {told}. Leave it out.")


def _tells_who_was_seen_once(seen: Seen, method: str) -> bool:
    """Whether the likelihood only grows along some direction of the coefficients: a linear programme.

    Downhill the likelihood of a person seen once never falls. For the zero-truncated Poisson all others have
    to stay where they are; in the logistic regression they may go uphill.
    """
    from scipy.optimize import linprog  # only regressions need it

    design, _ = _scaled(seen.design, seen.persons)
    once, more = design[seen.times == 1], design[seen.times > 1]
    uphill = 0.0 if method == "ztpoisson" else 1.0
    room = np.concatenate([np.zeros(len(once)), np.ones(len(once)), np.zeros(len(more)),
                           np.full(len(more), uphill)])
    found = linprog(once.sum(0) - uphill * more.sum(0), A_ub=np.vstack([once, -once, -more, more]), b_ub=room,
                    bounds=(None, None))
    return found.fun < -1e-7


def _culprit(seen: Seen) -> str:
    """The category in which nobody was seen more than once, in words, where there is one."""
    for name in seen.frame.columns[1:]:
        most = seen.frame.groupby(name, observed=True)["count"].max()
        if (most == 1).any() and seen.frame[name].nunique() < len(seen.frame) / 2:
            return f" (everybody whose {name!r} is {most.index[int(np.argmax(most == 1))]!r} was)"
    return ""


def _scaled(design: np.ndarray, persons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The covariates around 0 with spread 1, so that years and incomes do no harm; and the matrix back."""
    back = np.eye(design.shape[1])
    for column in range(1, design.shape[1]):
        middle = np.average(design[:, column], weights=persons)
        spread = math.sqrt(np.average((design[:, column] - middle) ** 2, weights=persons))
        spread = spread if spread > 1e-12 * abs(middle) else math.inf  # one value only: a column of 0
        back[0, column], back[column, column] = -middle / spread, 1 / spread
    return design @ back, back


def fit_counts(seen: Seen, method: str) -> Fit:
    """Coefficients by maximum likelihood."""
    used = seen if method == "ztpoisson" else seen.where(seen.times <= 2)
    model = _truncated_poisson if method == "ztpoisson" else _twice_against_once
    _, back = _scaled(seen.design, seen.persons)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # steps too long are taken back
        values, covariance, likelihood = _newton(used.design @ back, used.persons,
                                                 model(used.times, used.persons))
    factor = 1.0 if method == "ztpoisson" else 2.0
    line = np.clip(seen.design @ back @ values, -300, 300)  # far beyond any rate, short of infinity
    return Fit(rates=factor * np.exp(line), values=back @ values, covariance=back @ covariance @ back.T,
               aic=2 * len(values) - 2 * likelihood)


def _truncated_poisson(times: np.ndarray, persons: np.ndarray):
    """Likelihood of the times seen, given that it was at least once: start, and value, slope, curvature."""
    constant = np.array([math.lgamma(y + 1) for y in times])
    mean = persons @ times / persons.sum()
    start = math.log(mean if mean > 1.5 else 2 * (mean - 1))

    def likelihood(line: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rate = np.exp(line)
        chance = -np.expm1(-rate)
        expected = rate / chance
        return (times * line - rate - np.log(chance) - constant, times - expected,
                expected * (1 + rate - expected))

    return start, likelihood


def _twice_against_once(times: np.ndarray, persons: np.ndarray):
    """Likelihood of being seen twice and not once: a logistic regression."""
    twice = times - 1
    start = math.log(persons @ twice / (persons @ (1 - twice)))

    def likelihood(line: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        share = 1 / (1 + np.exp(-line))
        return twice * line - np.logaddexp(0, line), twice - share, share * (1 - share)

    return start, likelihood


def _newton(design: np.ndarray, persons: np.ndarray, model: tuple) -> tuple[np.ndarray, np.ndarray, float]:
    """The maximum of a concave likelihood: coefficients, their covariance, and the likelihood there."""
    start, likelihood = model
    values = np.zeros(design.shape[1])
    values[0] = start
    height, slope, curvature = likelihood(design @ values)
    for _ in range(100):
        information = design.T @ (design * (persons * curvature)[:, None])
        step = np.linalg.solve(information, design.T @ (persons * slope))
        for _ in range(40):
            tried = likelihood(design @ (values + step))
            if persons @ tried[0] >= persons @ height - 1e-9 * abs(persons @ height):
                break
            step = step / 2
        values, (height, slope, curvature) = values + step, tried
        if np.abs(design @ step).max() < 1e-10:
            break
    return values, np.linalg.inv(information), float(persons @ height)


def total(seen: Seen, fit: Fit, method: str) -> tuple[float, float, np.ndarray]:
    """The estimate, its variance by the chance of being seen, and its slope in the coefficients."""
    if method == "chao":
        low = seen.times <= 2
        persons, rate, design = seen.persons[low], fit.rates[low], seen.design[low]
        unseen = 1 / (rate + rate**2 / 2)  # persons never seen for each seen once or twice
        value, chance = seen.persons.sum() + persons @ unseen, persons @ (unseen + unseen**2)
        slope = -(rate + rate**2) * unseen**2
    else:
        persons, rate, design = seen.persons, fit.rates, seen.design
        missed, found = np.exp(-rate), -np.expm1(-rate)
        value, chance = persons @ (1 / found), persons @ (missed / found**2)
        slope = -rate * missed / found**2
    return float(value), float(chance), design.T @ (persons * slope)


def coefficient_table(seen: Seen, fit: Fit, method: str) -> pd.DataFrame:
    """The coefficients of the logarithm of the rate with their standard errors, one row a term."""
    import pandas as pd

    values = fit.values.copy()
    if method != "ztpoisson":
        values[0] += math.log(2)
    return pd.DataFrame({"value": values, "se": np.sqrt(np.diag(fit.covariance))}, index=seen.names)
