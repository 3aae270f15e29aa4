"""How large a group is that people do not admit to be in, from how many of its members others know."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
SOURCE = "Killworth et al. (1998); standard error by linearization over respondents"
ASSUMPTIONS = (
    "People know who of their acquaintances is in the group. What acquaintances hide makes the estimate too "
    "low.",
    "Members of the group are known by as many people as anybody is, and by all kinds of respondents alike.",
    "Respondents recall all acquaintances; large groups are usually recalled too low, small ones too high.",
    "The sizes of the known groups are right, and mean what the question meant.",
    "The respondents are a random sample of the population, or weights make them one.",
)


@dataclass(frozen=True, repr=False, kw_only=True)
class ScaleUpEstimate(Estimate):
    """An estimate by network scale-up; see :func:`network_scale_up`.

    Parameters
    ----------
    connections : float
        Members of the group whom the respondents know, weighted (weights have mean 1).
    total_degree : float
        All acquaintances of the respondents, weighted; the estimate is population x connections /
        total_degree.
    binomial_se : float
        The standard error that Killworth and others give. It takes every acquaintance for an independent
        draw, and is too small where some respondents know many members and most know none.
    degrees : pandas.Series
        Estimated number of acquaintances of each respondent used, with the row labels of ``reports``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"teachers": [3, 1, 0, 2], "nurses": [1, 1, 2, 0], "couriers": [0, 1, 1, 0]})
    >>> estimate = network_scale_up(answers, {"teachers": 9000, "nurses": 6000}, "couriers", 1_000_000)
    >>> estimate.connections, round(estimate.total_degree, 1), estimate.degrees.round(1).tolist()
    (2.0, 666.7, [266.7, 133.3, 133.3, 133.3])
    """

    connections: float
    total_degree: float
    binomial_se: float
    degrees: pd.Series = field(compare=False)

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Members known to respondents", readable(self.connections)),
                ("Acquaintances of respondents", readable(self.total_degree))]


def network_scale_up(
    reports: pd.DataFrame, known: Mapping[str, float], hidden: str, population: float,
    topcode: float | None = None, weights: str | None = None,
) -> ScaleUpEstimate:
    """Size of a hidden group from how many of its members, and of groups of known size, respondents know.

    Parameters
    ----------
    reports : pandas.DataFrame
        One row a respondent; in each column of a group the number of its members whom the respondent knows.
        A missing answer stays missing; it is not 0.
    known : mapping or Series
        Sizes of the known groups, in persons, by the name of their column.
    hidden : str
        Column of the hidden group.
    population : float
        Size of the population, in persons.
    topcode : float, optional
        Larger answers about known groups count as this number; answers about the hidden group stay.
    weights : str, optional
        Column of the survey weights. Their scale does not matter.

    Returns
    -------
    ScaleUpEstimate
        An :class:`Estimate` with a 95 % interval and with ``connections``, ``total_degree``, ``binomial_se``
        and ``degrees``; ``n`` is the number of respondents used.

    Raises
    ------
    NoEstimate
        No respondent knows a member of the hidden group, or of any known group, or only one respondent
        answered.
    ValueError
        A column does not exist; an answer is negative, not whole or no number; a size or a weight is not
        above 0; a group is larger than the population, or hidden and known at once.

    Notes
    -----
    Respondent i has about d_i = P sum_k y_ik / sum_k N_k acquaintances, over the known groups k about which i
    answered: a missing answer takes away that group's size too. The estimate is the ratio of sums N = P sum
    w_i y_i / sum w_i d_i over the respondents who answered about the hidden group (the maximum likelihood
    estimate of Killworth and others). A mean of the ratios y_i / d_i would let the respondents with few
    acquaintances decide.

    The standard error is that of a ratio of sums over independent respondents, P sqrt(n / (n - 1) sum e_i^2)
    / sum w_i d_i with e_i = w_i (y_i - d_i N / P). It grows where members are known to few respondents, which
    ``binomial_se`` = P sqrt(p (1 - p) / sum d_i) with p = N / P does not. Strata and clusters of the survey
    are not in it. The interval is N exp(-/+ z se / N).

    What it cannot tell. An interval says nothing of members whom their acquaintances do not know as such:
    with a hidden trait this is the main error, and the estimate is too low by that share. Use
    :func:`validate_scale_up` to see how far the method is off for groups whose size is known.

    References
    ----------
    Killworth, P. D., McCarty, C., Bernard, H. R., Shelley, G. A. & Johnsen, E. C. (1998). Estimation of
    seroprevalence, rape, and homelessness in the United States using a social network approach. Evaluation
    Review 22, 289-308. Bernard, H. R. et al. (2010). Counting hard-to-count populations: the network scale-up
    method for public health. Sexually Transmitted Infections 86 (Suppl 2), ii11-ii15. Feehan, D. M. &
    Salganik, M. J. (2016). Generalizing the network scale-up method. Sociological Methodology 46, 153-186.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"teachers": [3, 1, 0, 2], "nurses": [1, 1, None, 0],
    ...                         "couriers": [0, 1, 1, 0]})
    >>> network_scale_up(answers, {"teachers": 9000, "nurses": 6000}, "couriers", population=1_000_000)
    About 3,750 (95 % interval 626.6 to 22,442; network scale-up, from 4 observed)
    """
    answers = _Answers.read(reports, known, population, topcode, weights)
    checks.table(reports, [hidden], "reports")
    if hidden in answers.groups:
        raise ValueError(f"{hidden!r} is hidden and in known: leave it out of known. To compare it with its "
                         "known size use validate_scale_up.")
    members, answered = _column(reports, hidden)
    used = answered & (answers.size_asked > 0)
    ratio = _ratio(members[used], answers.degrees()[used], answers.weights[used], answers.population, hidden)
    return _estimate(ratio, reports.index[used])


def validate_scale_up(
    reports: pd.DataFrame, known: Mapping[str, float], population: float,
    topcode: float | None = None, weights: str | None = None,
) -> pd.DataFrame:
    """How far network scale-up is off for groups whose size is known, each estimated from the others.

    Parameters
    ----------
    reports, known, population, topcode, weights
        As in :func:`network_scale_up`.

    Returns
    -------
    pandas.DataFrame
        One row for each known group, with the columns ``known`` (its size), ``estimate``, ``se``, ``low`` and
        ``high`` (95 % interval) and ``ratio`` (estimate / known).

    Raises
    ------
    NoEstimate, ValueError
        As :func:`network_scale_up`; and fewer than two known groups.

    Notes
    -----
    A ratio far below 1 marks a group whose members are not known as such or are forgotten, far above 1 one
    that people over-report. Chance alone is in the interval: a known size outside of it is an error of the
    assumptions.

    What it cannot tell. The hidden group may be worse: nobody hides being a teacher.

    References
    ----------
    Killworth et al. (1998), as in :func:`network_scale_up`. Feehan, D. M., Umubyeyi, A., Mahy, M., Hladik, W.
    & Salganik, M. J. (2016). Quantity versus quality: a survey experiment to improve the network scale-up
    method. American Journal of Epidemiology 183, 747-757.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"teachers": [3, 1, 0, 2], "nurses": [1, 1, 2, 0]})
    >>> validate_scale_up(answers, {"teachers": 9000, "nurses": 6000}, population=1_000_000).round(2)["ratio"]
    teachers    1.0
    nurses      1.0
    Name: ratio, dtype: float64
    """
    import pandas as pd

    answers = _Answers.read(reports, known, population, topcode, weights)
    if len(answers.groups) < 2:
        raise ValueError("known has one group: each is estimated from the others, so give at least two.")
    rows = {}
    for place, group in enumerate(answers.groups):
        others = answers.without(place)
        used = answers.answered[:, place] & (others.size_asked > 0)
        ratio = _ratio(answers.members[used, place], others.degrees()[used], answers.weights[used],
                       answers.population, group)
        size = answers.sizes[place]
        rows[group] = {"known": size, "estimate": ratio.value, "se": ratio.se, "low": ratio.low,
                       "high": ratio.high, "ratio": ratio.value / size}
    return pd.DataFrame.from_dict(rows, orient="index")


@dataclass(frozen=True)
class _Answers:
    """Answers about the known groups: who is known (0 where missing), who answered, and the sizes."""

    groups: list[str]
    members: np.ndarray
    answered: np.ndarray
    sizes: np.ndarray
    weights: np.ndarray
    population: float

    @classmethod
    def read(cls, reports, known, population, topcode, weights) -> _Answers:
        population = _above_zero("population", population)
        sizes = _sizes(known, population)
        checks.table(reports, list(sizes), "reports")
        columns = [_column(reports, group) for group in sizes]
        members = np.column_stack([column for column, _ in columns])
        if topcode is not None:
            members = np.minimum(members, checks.number("topcode", topcode, low=0))
        return cls(list(sizes), members, np.column_stack([answered for _, answered in columns]),
                   np.array(list(sizes.values())), _weights(reports, weights), population)

    @property
    def size_asked(self) -> np.ndarray:
        """Joint size of the groups about which each respondent answered."""
        return self.answered @ self.sizes

    def degrees(self) -> np.ndarray:
        """Acquaintances of each respondent; 0 for those who answered nothing."""
        asked = self.size_asked
        return self.population * self.members.sum(1) / np.where(asked > 0, asked, 1)

    def without(self, place: int) -> _Answers:
        rest = np.arange(len(self.groups)) != place
        return _Answers([group for group, stays in zip(self.groups, rest, strict=True) if stays],
                        self.members[:, rest], self.answered[:, rest], self.sizes[rest], self.weights,
                        self.population)


def _above_zero(name: str, cell: object) -> float:
    value = checks.number(name, cell, low=0)
    if value == 0:
        raise ValueError(f"{name} is 0: give its size in persons.")
    return value


def _sizes(known: object, population: float) -> dict[str, float]:
    if not hasattr(known, "items") or hasattr(known, "columns"):
        raise ValueError(f"known is a {type(known).__name__}: give the size of each known group by the name "
                         "of its column, as {'teachers': 9000}.")
    sizes = {group: _above_zero(f"known[{group!r}]", size) for group, size in known.items()}
    if not sizes:
        raise ValueError("known has no group: give at least one group of known size, better twenty.")
    for group, size in sizes.items():
        if size > population:
            raise ValueError(f"known[{group!r}] is {size:,.0f}, more than the population of "
                             f"{population:,.0f}: give both in persons, for the same area.")
    return sizes


def _column(reports: pd.DataFrame, group: str) -> tuple[np.ndarray, np.ndarray]:
    """How many of a group each respondent knows, with 0 for a missing answer, and who answered."""
    answered = reports[group].notna().to_numpy()
    members = np.zeros(len(reports))
    if answered.any():
        members[answered] = checks.numbers(reports.loc[answered, [group]], group, whole=True)
    return members, answered


def _weights(reports: pd.DataFrame, weights: str | None) -> np.ndarray:
    if weights is None:
        return np.ones(len(reports))
    checks.table(reports, [weights], "reports")
    return checks.weights(reports, weights)


@dataclass(frozen=True)
class _Ratio:
    """A ratio of sums over respondents, scaled to persons."""

    value: float
    se: float
    low: float
    high: float
    connections: float
    total_degree: float
    binomial_se: float
    degrees: np.ndarray


def _ratio(members: np.ndarray, degrees: np.ndarray, weights: np.ndarray, population: float,
           group: str) -> _Ratio:
    n = members.size
    if n < 2:
        raise NoEstimate(f"The respondents who answered about {group!r} and about a known group are {n}: an "
                         "estimate needs at least two, better hundreds.")
    weights = weights / weights.mean()
    connections, total = float(weights @ members), float(weights @ degrees)
    if total == 0:
        raise NoEstimate(f"No respondent who answered about {group!r} knows anybody in the known groups: "
                         "ask about larger groups.")
    if connections == 0:
        raise NoEstimate(f"No respondent knows anybody in {group!r}: there is no estimate, only a limit. "
                         f"With {total:,.0f} acquaintances in all the group has, at 95 %, fewer than about "
                         f"{3 * population / total:,.0f} members, if members are known as such. Ask more "
                         "persons.")
    value = population * connections / total
    errors = weights * (members - degrees * value / population)
    se = population * math.sqrt(n / (n - 1) * float(errors @ errors)) / total
    factor = math.exp(checks.normal_quantile(LEVEL) * se / value)
    share = min(value / population, 1.0)
    return _Ratio(value, se, value / factor, value * factor, connections, total,
                  population * math.sqrt(share * (1 - share) / total), degrees)


def _estimate(ratio: _Ratio, index: pd.Index) -> ScaleUpEstimate:
    import pandas as pd

    return ScaleUpEstimate(
        value=ratio.value, se=ratio.se, low=ratio.low, high=ratio.high, level=LEVEL, n=len(index),
        method="network scale-up", source=SOURCE, assumptions=ASSUMPTIONS, connections=ratio.connections,
        total_degree=ratio.total_degree, binomial_se=ratio.binomial_se,
        degrees=pd.Series(ratio.degrees, index=index, name="degree"))
