"""Victims in a sample survey: totals, shares, what was never reported, with the error of the design."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._intervals import wilson
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
KINDS = ("total", "mean", "ratio")
ROUNDS = 2000
SOURCE = "Taylor linearization: Wolter (2007), chapter 6; Lohr (2022), chapter 9"
DARK_SOURCE = "UNODC-UNECE (2010); standard error by Taylor linearization"
ASSUMPTIONS = (
    "A weight is 1 / the chance to be in the sample; whoever refused is like those who answered with the "
    "same weight.",
    "Sampling units were drawn independently within each stratum, and are a small part of it. If they are a "
    "large part, the interval is too wide.",
)
ALONE = ("Every row was drawn by itself. If people were drawn in groups (places, streets), name the column "
         "of the groups as psu.")
DARK_ASSUMPTIONS = (
    "Victims know that it was a crime, remember it, place it in the right period and tell it.",
    "Those whom no survey reaches (without a home, abroad, held captive, dead) are left out.",
)


@dataclass(frozen=True, repr=False, kw_only=True)
class SurveyEstimate(Estimate):
    """An estimate from a sample survey; see :func:`survey_estimate`.

    Parameters
    ----------
    design_effect : float or None
        The variance, divided by that of a simple random sample with replacement of as many rows from the same
        population. 2 means that half as many rows, drawn simply, would have said as much. None where all
        values are alike.
    design_effect_without_replacement : float or None
        The same with the simple random sample drawn without replacement from a population as large as the sum
        of the weights (Kish's definition). None where the weights do not add up to more than the rows.
    degrees_of_freedom : int
        Sampling units less strata, of those in which the estimate has rows (for a ratio: rows that are not
        0 above and below the line); at least 1.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"losses": [40, 0, 120, 80], "w": [30, 90, 20, 60]})
    >>> round(survey_estimate(firms, "losses", "w", kind="mean").design_effect, 2)
    1.19
    """

    design_effect: float | None
    design_effect_without_replacement: float | None
    degrees_of_freedom: int

    def _rows(self) -> list[tuple[str, str]]:
        effect = [] if self.design_effect is None else [("Design effect", readable(self.design_effect))]
        return [*super()._rows(), *effect]


@dataclass(frozen=True, repr=False, kw_only=True)
class DarkFigureEstimate(SurveyEstimate):
    """A dark figure; see :func:`dark_figure`.

    Parameters
    ----------
    reporting_rate : float
        Share that was reported, 1 - the dark figure.
    happened : SurveyEstimate
        Total of what happened, reported or not; to be held against what the authorities recorded.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"extorted": [1, 0, 1, 1, 0, 1], "reported": [0, None, 1, 0, None, 0],
    ...                       "w": [120, 150, 90, 150, 110, 130]})
    >>> dark = dark_figure(firms, "extorted", "reported", "w")
    >>> round(dark.reporting_rate, 3), round(dark.happened.value)
    (0.184, 490)
    """

    reporting_rate: float
    happened: SurveyEstimate

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Happened in all", readable(self.happened.value))]


def survey_estimate(
    frame: pd.DataFrame, value: str, weight: str, stratum: str | None = None, psu: str | None = None,
    kind: str = "total", denominator: str | None = None, by: str | list[str] | None = None,
) -> SurveyEstimate | pd.DataFrame:
    """Total, mean or ratio in the population, from a weighted, stratified, clustered sample.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each person, household or firm of the sample, all of them: also those of whom nothing is
        estimated.
    value : str
        Column of what is measured: numbers, or 0 and 1 (then a mean is a share). A column of nothing but 0 is
        taken for one of 0 and 1.
    weight : str
        Column that says for how many of the population the row stands.
    stratum : str, optional
        Column of the strata, within which sampling units were drawn.
    psu : str, optional
        Column of the primary sampling units, drawn first, such as places; without it every row is one. An id
        may come again in another stratum: it is another unit there.
    kind : {"total", "mean", "ratio"}
        A total sum w y, a mean sum w y / sum w, or a ratio sum w y / sum w x.
    denominator : str, optional
        Column of x, for a ratio.
    by : str or list of str, optional
        Columns of groups, each of which gets its estimate.

    Returns
    -------
    SurveyEstimate or pandas.DataFrame
        An :class:`Estimate` with a 95 % interval and with ``design_effect``; ``n`` is the number of rows.
        With ``by`` a table with a row for each group and the columns ``value``, ``se``, ``low``, ``high``,
        ``n``, ``degrees_of_freedom`` and ``design_effect``.

    Raises
    ------
    NoEstimate
        A stratum, or a group, has one sampling unit only; the values of a mean or a ratio are all alike; a
        total is 0; the denominators add up to 0.
    ValueError
        A column does not exist; a value, a weight or a name is missing or no number; a weight is not above 0.

    Notes
    -----
    With z = y for a total and z = (y - R x) / sum w x for a ratio R (a mean is the ratio with x = 1), and
    t_hj = sum w z over the rows of unit j of stratum h, the variance is the sum over the strata of m_h / (m_h
    - 1) sum_j (t_hj - mean of t_h)^2 with m_h units. In a group, z is 0 for all other rows, which stay: the
    number of rows of the group is a matter of chance too. Leaving the others out before would give a wrong
    error, and often a stratum with one unit.

    The interval rests on t with the degrees of freedom of the units. It is exp(log N -/+ t se / N) if no
    value is negative, since small totals and amounts of money are lopsided, and N -/+ t se otherwise. Where
    no value is outside of 0 and its denominator (a share) it is Wilson's with n = p (1 - p) / se^2; at a
    share of 0 or 1, where the sample shows no error, with n = number of sampling units, as if each unit were
    one answer.

    The design effect compares with sum w = W and n rows: W^2 s^2 / n, s^2 the weighted variance of z. It is
    not Kish's 1 + cv^2 of the weights, which holds only where weights have nothing to do with the values. In
    a group it compares with a simple random sample of the whole population (other programs: of the group).

    What it cannot tell. Chance is the only error in it: nothing of refusals, forgotten or untold crimes. A
    few very large amounts make totals of money uncertain in a way that samples without them do not show. The
    weights are taken as given; if they were raked or post-stratified, the interval is rather too wide.

    References
    ----------
    Wolter, K. M. (2007). Introduction to Variance Estimation, 2nd ed., chapter 6. Lohr, S. L. (2022).
    Sampling: Design and Analysis, 3rd ed., chapter 9. Korn, E. L. & Graubard, B. I. (1998). Confidence
    intervals for proportions with small expected number of positive counts estimated from survey data. Survey
    Methodology 24, 193-201. Kish, L. (1965). Survey Sampling, section 8.2.

    Examples
    --------
    Firms in two regions, drawn street by street:

    >>> import pandas as pd
    >>> firms = pd.DataFrame({
    ...     "region": ["north"] * 6 + ["south"] * 6, "w": [50] * 6 + [80] * 6,
    ...     "street": [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3], "sector": ["bar", "shop"] * 6,
    ...     "extorted": [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0]})
    >>> survey_estimate(firms, "extorted", "w", stratum="region", psu="street", kind="mean")
    About 0.3974 (95 % interval 0.1759 to 0.6709; survey mean, from 12 observed)
    >>> table = survey_estimate(firms, "extorted", "w", stratum="region", psu="street", by="sector")
    >>> table.round(1)[["value", "se", "low", "high", "n"]]
            value    se   low   high  n
    sector
    bar     180.0  94.3  42.0  771.3  6
    shop    130.0  94.3  17.3  974.9  6
    """
    checks.choice("kind", kind, KINDS)
    if kind == "ratio" and denominator is None:
        raise ValueError('kind="ratio" needs denominator, the column below the line. For a share of rows use '
                         'kind="mean".')
    if kind != "ratio" and denominator is not None:
        raise ValueError(f'denominator is given, but kind is "{kind}": write kind="ratio", or leave it out.')
    asked = [column for column in (stratum, psu, denominator) if column is not None]
    checks.table(frame, [value, weight, *asked])
    design = _Design.read(frame, weight, stratum, psu)
    above = _measured(frame, value)
    below = _measured(frame, denominator) if kind == "ratio" else np.ones(len(frame))
    question = _Question(kind, above, below, value)
    if by is not None:
        return _by_group(frame, by, design, question)
    return _estimate(design, question, np.arange(len(frame)))


def dark_figure(
    frame: pd.DataFrame, victim: str, reported: str, weight: str,
    stratum: str | None = None, psu: str | None = None,
) -> DarkFigureEstimate:
    """Share of what happened to the people of a survey that was never reported to the authorities.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each respondent, victim or not.
    victim : str
        Column that says whether it happened to them (0 or 1), or how often.
    reported : str
        Column that says whether it was reported (0 or 1), or which share of it. It may be missing where
        nothing happened.
    weight, stratum, psu : str
        As in :func:`survey_estimate`.

    Returns
    -------
    DarkFigureEstimate
        An :class:`Estimate` of the share with a 95 % interval and with ``reporting_rate``, ``happened`` and
        ``design_effect``; ``n`` is the number of respondents to whom it happened.

    Raises
    ------
    NoEstimate
        Nobody is a victim, or all victims are in one sampling unit.
    ValueError
        As :func:`survey_estimate`; and if ``reported`` is missing for a victim, or not from 0 to 1.

    Notes
    -----
    With y what happened and r what was reported of it the dark figure is 1 - sum w y r / sum w y, a ratio
    with the variance and the interval of :func:`survey_estimate`. If ``victim`` counts crimes, a respondent
    to whom it happened ten times weighs ten times as much; a cap on counts (often 5) then makes ``happened``
    too low, and the dark figure too if repeated crimes are reported less.

    What it cannot tell. Victims who do not tell the police may not tell an interviewer either: then the true
    dark figure is larger. Crimes without a victim to ask, and victims out of reach of surveys, are not in it.

    References
    ----------
    UNODC-UNECE (2010). Manual on Victimization Surveys. Geneva: United Nations.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"extorted": [1, 0, 1, 1, 0, 1], "reported": [0, None, 1, 0, None, 0],
    ...                       "w": [120, 150, 90, 150, 110, 130]})
    >>> dark_figure(firms, "extorted", "reported", "w")
    About 0.8163 (95 % interval 0.1964 to 0.9878; dark figure, from 4 observed)
    """
    asked = [column for column in (stratum, psu) if column is not None]
    checks.table(frame, [victim, reported, weight, *asked])
    design = _Design.read(frame, weight, stratum, psu)
    happened = _measured(frame, victim)
    if (happened < 0).any():
        raise ValueError(f"column {victim!r}, row {checks.row(frame, happened < 0)!r}, is negative: "
                         "write 0 for no, and 1 or how often for yes.")
    victims = np.flatnonzero(happened)
    if victims.size == 0:
        raise NoEstimate(f"Nobody in the sample has {victim!r} above 0: without victims there is nothing "
                         "that could have been reported. Ask more people, or about a longer period.")
    told = np.zeros(len(frame))
    told[victims] = _reported(frame.iloc[victims], victim, reported)
    share = _estimate(design, _Question("ratio", happened * (1 - told), happened, victim), victims)
    everybody = np.ones(len(frame))
    total = _estimate(design, _Question("total", happened, everybody, victim), np.arange(len(frame)))
    return DarkFigureEstimate(**{**vars(share), "method": "dark figure", "source": DARK_SOURCE,
                                 "assumptions": (*DARK_ASSUMPTIONS, *share.assumptions)},
                              reporting_rate=1 - share.value, happened=total)


def rake(
    frame: pd.DataFrame, margins: Mapping[str, Mapping], weight: str, tolerance: float = 1e-8
) -> pd.Series:
    """Weights that add up to known totals of several columns at once.

    Parameters
    ----------
    frame : pandas.DataFrame
        The sample.
    margins : mapping
        For each column the known total of each of its kinds, as ``{"sector": {"bars": 900, "shops": 2100},
        "size": {"small": 2400, "large": 600}}``. The totals of all columns have the same sum.
    weight : str
        Column of the weights before.
    tolerance : float
        How far a total may be off at the end, as a share of it.

    Returns
    -------
    pandas.Series
        The new weight of each row, with the row labels and the name of the old ones.

    Raises
    ------
    NoEstimate
        Nobody of a kind is in the sample, or no weights add up to all the totals.
    ValueError
        A column does not exist; a row has a kind without total; totals are not above 0, or their sums differ.

    Notes
    -----
    Weights are multiplied by known total / sum of weights, for one column after the other, until all totals
    are met (iterative proportional fitting). The result is the set of weights nearest to the old ones, sum v
    log(v / w) - v + w, that meets the totals. Within a cell of the columns all weights change by the same
    factor.

    What it cannot tell. Raking repairs the margins, not what lies behind refusals: within a kind those who
    answered still stand for those who did not.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the
    expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444. Deville, J.-C.,
    Särndal, C.-E. & Sautory, O. (1993). Generalized raking procedures in survey sampling. Journal of the
    American Statistical Association 88, 1013-1020.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"sector": ["bar", "bar", "shop", "shop"],
    ...                       "size": ["small", "large", "small", "large"], "w": [10, 10, 10, 10]})
    >>> rake(firms, {"sector": {"bar": 30, "shop": 50}, "size": {"small": 60, "large": 20}}, "w").tolist()
    [22.5, 7.5, 37.5, 12.5]
    """
    if not isinstance(margins, Mapping) or not margins:
        raise ValueError('margins says for each column the totals of its kinds, as {"sector": {"bars": 900, '
                         '"shops": 2100}}.')
    tolerance = checks.number("tolerance", tolerance, low=1e-14, high=0.1)
    found = checks.weights(checks.table(frame, [weight, *margins]), weight).copy()
    cells = [_cells(frame, [column], _totals_of(column, totals)) for column, totals in margins.items()]
    _check_sums(list(margins), [total.sum() for _, total in cells], tolerance)
    for _ in range(ROUNDS):
        off = 0.0
        for code, total in cells:
            factor = total / np.bincount(code, found, total.size)
            off = max(off, float(np.abs(1 / factor - 1).max()))
            found *= factor[code]
        if off <= tolerance:
            return _series(frame, weight, found)
    raise NoEstimate(f"After {ROUNDS:,} rounds a total is still off by {off:.2g} of it: the totals "
                     "contradict each other where nobody of a combination of kinds is in the sample. "
                     "Put small kinds together, or use fewer columns.")


def post_stratify(frame: pd.DataFrame, totals: pd.Series | Mapping[str, Mapping], weight: str) -> pd.Series:
    """Weights that add up to the known total of each cell of one or more columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        The sample.
    totals : Series or mapping
        Known totals. A Series whose index levels are named like columns of the sample, such as
        ``census.groupby(["sector", "size"]).size()``; or for one column ``{"sector": {"bars": 900}}``.
    weight : str
        Column of the weights before.

    Returns
    -------
    pandas.Series
        The new weight of each row, with the row labels and the name of the old ones.

    Raises
    ------
    NoEstimate
        Nobody of a cell is in the sample.
    ValueError
        A column does not exist; a row is in a cell without total; a total is not above 0.

    Notes
    -----
    Every weight of a cell is multiplied by known total / sum of the weights of the cell. Where cells are
    small, rake the columns instead.

    What it cannot tell. As with :func:`rake`: within a cell those who answered stand for those who did not.

    References
    ----------
    Holt, D. & Smith, T. M. F. (1979). Post stratification. Journal of the Royal Statistical Society A 142,
    33-46.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"sector": ["bar", "bar", "shop"], "w": [10, 30, 20]})
    >>> post_stratify(firms, {"sector": {"bar": 80, "shop": 50}}, "w").tolist()
    [20.0, 60.0, 50.0]
    """
    import pandas as pd

    if isinstance(totals, Mapping) and len(totals) == 1:
        (column, of_kinds), = totals.items()
        columns, found = [column], _totals_of(column, of_kinds)
    elif isinstance(totals, pd.Series) and None not in totals.index.names:
        columns = list(totals.index.names)
        labels = totals.index if len(columns) > 1 else [(label,) for label in totals.index]
        found = _unique(columns, list(zip(labels, totals.tolist(), strict=True)))
    else:
        raise ValueError("totals is a Series whose index is named like columns of the sample, or for one "
                         'column a mapping as {"sector": {"bars": 900, "shops": 2100}}. For totals of '
                         "several columns use rake.")
    weights = checks.weights(checks.table(frame, [weight, *columns]), weight)
    code, total = _cells(frame, columns, found)
    return _series(frame, weight, weights * (total / np.bincount(code, weights, total.size))[code])


# --- The design -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Design:
    """Weight and sampling unit of every row; stratum of every unit; number of units of every stratum."""

    weight: np.ndarray
    unit: np.ndarray
    stratum: np.ndarray
    units: np.ndarray
    clustered: bool

    @classmethod
    def read(cls, frame: pd.DataFrame, weight: str, stratum: str | None, psu: str | None) -> _Design:
        weights = checks.weights(frame, weight)
        layer, layers = checks.kinds(frame, stratum) if stratum is not None else (
            np.zeros(len(frame), dtype=int), ["the sample"])
        place, places = checks.kinds(frame, psu) if psu is not None else (
            np.arange(len(frame)), range(len(frame)))
        pairs, unit = np.unique(layer.astype(np.int64) * len(places) + place, return_inverse=True)
        of_unit = (pairs // len(places)).astype(np.intp)  # what counts places; 32 bits in a browser
        units = np.bincount(of_unit, minlength=len(layers))
        if (units < 2).any():
            _refuse_lonely([layers[place] for place in np.flatnonzero(units < 2)], stratum, psu)
        return cls(weights, unit.ravel(), of_unit, units, psu is not None)

    def variance(self, rows: np.ndarray, z: np.ndarray) -> float:
        """Variance of sum w z over the rows, all other rows counting 0."""
        units, place = np.unique(self.unit[rows], return_inverse=True)
        totals = np.bincount(place.ravel(), self.weight[rows] * z)
        stratum = self.stratum[units]
        mean = np.bincount(stratum, totals, self.units.size) / self.units
        inside = np.bincount(stratum, (totals - mean[stratum])**2, self.units.size)
        outside = (self.units - np.bincount(stratum, minlength=self.units.size)) * mean**2
        return float((self.units / (self.units - 1)) @ (inside + outside))

    def simple_variance(self, rows: np.ndarray, z: np.ndarray) -> float:
        """The same for a simple random sample with replacement of as many rows."""
        weight, everybody, n = self.weight[rows], self.weight.sum(), self.weight.size
        mean = weight @ z / everybody
        squares = weight @ (z - mean)**2 + max(everybody - weight.sum(), 0.0) * mean**2
        return float(everybody * squares / (n - 1))

    def spread_over(self, rows: np.ndarray) -> tuple[int, int]:
        """Units in which the rows are, and strata in which the units are."""
        units = np.unique(self.unit[rows])
        return units.size, np.unique(self.stratum[units]).size


def _refuse_lonely(names: list, stratum: str | None, psu: str | None) -> None:
    what = "sampling unit" if psu is not None else "row"
    if stratum is None:
        raise NoEstimate(f"The sample has one {what} only: nothing shows how far another would differ. Take "
                         "at least two, better dozens.")
    told = ", ".join(repr(name) for name in names[:5]) + (" and others" if len(names) > 5 else "")
    raise NoEstimate(f"Stratum {told} has one {what} only: nothing shows how far another would differ. Put "
                     f"it together with the stratum most like it, with frame[{stratum!r}].replace(...).")


def _measured(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Numbers, or no and yes as 0 and 1."""
    values = frame[column]
    missing = values.isna().to_numpy()
    if missing.any():
        raise ValueError(f"column {column!r}, row {checks.row(frame, missing)!r}, is missing: to leave rows "
                         f"out would change the design. For a mean or a share of those who answered mark "
                         f"them, frame['answered'] = frame[{column!r}].notna(), fill the gaps with 0, and "
                         "estimate kind='ratio', denominator='answered'.")
    if getattr(values.dtype, "kind", None) == "b":
        frame = frame[[column]].astype(float)
    return checks.numbers(frame, column)


def _reported(victims: pd.DataFrame, victim: str, reported: str) -> np.ndarray:
    """Which share victims reported."""
    answers = victims[reported]
    if answers.isna().any():
        row = checks.row(victims, answers.isna().to_numpy())
        raise ValueError(f"column {reported!r}, row {row!r}, is missing, but {victim!r} is above 0: find out "
                         f"whether it was reported, or set {victim!r} to 0 in rows without an answer. "
                         "A missing answer is not 0.")
    if all(isinstance(answer, (bool, np.bool_)) for answer in answers):
        return answers.to_numpy(dtype=float)
    return checks.numbers(victims, reported, low=0, high=1)


# --- Estimates --------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Question:
    """What is estimated: what stands above the line and what below, in every row of the sample."""

    kind: str
    above: np.ndarray
    below: np.ndarray
    name: str

    def telling(self, rows: np.ndarray) -> np.ndarray:
        """The rows that can change a ratio; all for a total."""
        if self.kind != "ratio":
            return rows
        return rows[(self.above[rows] != 0) | (self.below[rows] != 0)]

    @property
    def is_share(self) -> bool:
        return bool(self.kind != "total" and ((0 <= self.above) & (self.above <= self.below)).all())

    @property
    def is_yes_no(self) -> bool:
        return bool(((self.above == 0) | (self.above == 1)).all())

    @property
    def is_positive(self) -> bool:
        return bool((self.above >= 0).all() and (self.below >= 0).all())


def _by_group(frame: pd.DataFrame, by: str | list[str], design: _Design, question: _Question) -> pd.DataFrame:
    import pandas as pd

    columns = by if isinstance(by, list) else [by]
    if not columns:
        raise ValueError("by is empty: name at least one column, or leave it out.")
    checks.table(frame, columns)
    for column in columns:
        checks.kinds(frame, column)
    groups = frame.groupby(columns if len(columns) > 1 else columns[0], observed=True)
    labels, codes = groups.size().index, groups.ngroup().to_numpy()
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    told = [_told(columns, label if len(columns) > 1 else (label,)) for label in labels]
    rows = [_estimate(design, question, part, f" of {of}") for of, part in zip(told, parts, strict=True)]
    names = ("value", "se", "low", "high", "n", "degrees_of_freedom", "design_effect")
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names}, index=labels)


def _told(columns: list[str], kinds: tuple) -> str:
    return ", ".join(f"{column} = {kind}" for column, kind in zip(columns, kinds, strict=True))


def _estimate(design: _Design, question: _Question, rows: np.ndarray, of: str = "") -> SurveyEstimate:
    """The estimate for some rows, with the error of the whole design."""
    value, z = _linearized(design, question, rows, of)
    units, strata = design.spread_over(question.telling(rows))
    if units < 2:
        what = "sampling unit" if design.clustered else "row"
        raise NoEstimate(f"All rows{of or ' that count'} are in one {what}: nothing shows how far another "
                         "would differ. Put the group together with the one most like it.")
    variance, simple = design.variance(rows, z), design.simple_variance(rows, z)
    se, freedom = math.sqrt(variance), max(units - strata, 1)
    low, high = _interval(design, question, rows, value, se, _t(freedom), units, of)
    effect = variance / simple if math.sqrt(simple) > 1e-9 * abs(value) and simple > 0 else None
    kept = 1 - design.weight.size / design.weight.sum()
    return SurveyEstimate(
        value=value, se=se, low=low, high=high, level=LEVEL, n=rows.size, method=f"survey {question.kind}",
        source=SOURCE, assumptions=ASSUMPTIONS if design.clustered else (*ASSUMPTIONS, ALONE),
        design_effect=effect, degrees_of_freedom=freedom,
        design_effect_without_replacement=effect / kept if effect is not None and kept > 0 else None)


def _linearized(design: _Design, question: _Question, rows: np.ndarray, of: str) -> tuple[float, np.ndarray]:
    """The estimate, and what each row adds to its error."""
    weight, above, below = design.weight[rows], question.above[rows], question.below[rows]
    total = float(weight @ above)
    if question.kind == "total":
        return total, above
    whole = float(weight @ below)
    if whole == 0:
        raise NoEstimate(f"The denominators{of} add up to 0: there is nothing to divide by. Put the group "
                         "together with another, or choose another denominator.")
    return total / whole, (above - below * (total / whole)) / whole


def _interval(design: _Design, question: _Question, rows: np.ndarray, value: float, se: float, t: float,
              units: int, of: str) -> tuple[float, float]:
    exact = se <= 1e-9 * abs(value)  # nothing but rounding
    if question.is_share:
        return wilson(value, units if exact else value * (1 - value) / se**2, t)
    if exact and question.kind == "total" and value != 0:
        return value, value  # the design fixes it, as it fixes how many are in a stratum
    if exact and question.kind == "total" and question.is_yes_no:
        return 0.0, float(design.weight[rows].sum()) * wilson(0.0, units, t)[1]
    if exact:
        raise NoEstimate(f"All values of {question.name!r}{of} are alike: an interval of no width would be "
                         "no answer. Ask more people, or put the group together with another.")
    if question.is_positive:
        factor = math.exp(t * se / value)
        return value / factor, value * factor
    return value - t * se, value + t * se


def _t(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))


# --- Known totals -----------------------------------------------------------------------------------------

def _totals_of(column: str, totals: object) -> dict[tuple, object]:
    """Known totals of one column, by kind."""
    if not isinstance(totals, Mapping) and not hasattr(totals, "items"):
        raise ValueError(f"the totals of {column!r} are a {type(totals).__name__}: give one for each kind, "
                         "as {'bars': 900, 'shops': 2100}.")
    return _unique([column], [((kind,), total) for kind, total in totals.items()])


def _unique(columns: list[str], totals: list[tuple[tuple, object]]) -> dict[tuple, object]:
    if not totals or len(dict(totals)) < len(totals):
        told = " and ".join(map(repr, columns))
        raise ValueError(f"the totals of {told} are empty or name a kind twice: give one for each kind.")
    return dict(totals)


def _cells(frame: pd.DataFrame, columns: list[str],
           totals: dict[tuple, object]) -> tuple[np.ndarray, np.ndarray]:
    """In which cell every row is, and the total of every cell."""
    known = np.array([_total(_told(columns, kinds), cell) for kinds, cell in totals.items()])
    for column in columns:
        checks.kinds(frame, column)
    place = {kinds: code for code, kinds in enumerate(totals)}
    cells = list(zip(*(frame[column].tolist() for column in columns), strict=True))
    codes = np.array([place.get(cell, -1) for cell in cells])
    if (codes < 0).any():
        told = _told(columns, cells[int(np.argmax(codes < 0))])
        raise ValueError(f"row {checks.row(frame, codes < 0)!r} has {told}, for which there is no total: add "
                         "it, or correct the row.")
    for kinds, rows in zip(totals, np.bincount(codes, minlength=known.size), strict=True):
        if rows == 0:
            raise NoEstimate(f"Nobody with {_told(columns, kinds)} is in the sample: nobody can stand for "
                             "their total. Put them together with those most like them, in the sample and in "
                             "the totals.")
    return codes, known


def _total(told: str, cell: object) -> float:
    value = checks.number(f"the total of {told}", cell)
    if value <= 0:
        raise ValueError(f"the total of {told} is {value:g}: it must be above 0. Where there is nobody leave "
                         "out the total, and the rows.")
    return value


def _check_sums(columns: list[str], sums: list[float], tolerance: float) -> None:
    for column, total in zip(columns[1:], sums[1:], strict=True):
        if abs(total - sums[0]) > tolerance * sums[0] / 2:
            raise ValueError(f"the totals of {columns[0]!r} add up to {sums[0]:,.10g}, those of {column!r} "
                             f"to {total:,.10g}: they count the same people. Multiply those of {column!r} by "
                             f"{sums[0] / total:.10g} if only the sources differ.")


def _series(frame: pd.DataFrame, weight: str, found: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(found, index=frame.index, name=weight)
