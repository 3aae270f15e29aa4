"""Harm of crime, and what a measure against it did: displacement, difference in differences, interruption."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._amounts import is_sequence
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
LONGEST = 4000
STRONGEST = 0.8
"""Autocorrelation beyond which a trend of some dozens of periods cannot be told from its own errors."""
HARM_ASSUMPTIONS = (
    "Crimes that the police found by looking for them (drugs, trafficking, weapons, shop theft found by "
    "guards) are left out: their number follows effort. Count them apart.",
    "The interval says how far the harm of such a period varies by chance, if crimes happen independently. "
    "Crimes in series make it wider.",
    "Weights are fixed and agreed. The index tells nothing of crimes that nobody reported.",
)
DISPLACEMENT_ASSUMPTIONS = (
    "Without the measure target and buffer would have gone the way of the control, in proportion.",
    "The buffer is where displaced crime would go, and the control is not.",
    "Counts vary by chance as if crimes happened independently. Crimes in series make the interval wider.",
)
VAGUE = ("The fall in the target may be chance: then the quotient divides by what may be 0, and has no "
         "limits. Take a longer period or a larger area.")
EFFECT_ASSUMPTIONS = (
    "Without the measure, the treated would have changed by as much as the others (parallel trends). Look at "
    "several periods before it.",
    "The measure did not reach the others, and moved nothing to them.",
    "All of the treated were treated from the same moment on.",
)
ROWS_ALONE = "Rows are independent. Rows of one place are alike: name its column as cluster."
SERIES_ROWS = ("level_before", "trend_before", "level_change", "trend_change", "trend_after", "change_at_end")


# --- Harm -------------------------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class HarmEstimate(Estimate):
    """A crime harm index; see :func:`crime_harm`.

    Parameters
    ----------
    offences : pandas.DataFrame
        One row an offence: ``count``, ``weight``, ``harm``, and the shares of all crimes and of all harm.

    Examples
    --------
    >>> harm = crime_harm({"robbery": 40, "theft": 960}, {"robbery": 300, "theft": 5})
    >>> harm.offences[["share_of_crimes", "share_of_harm"]].round(3)
             share_of_crimes  share_of_harm
    offence
    robbery             0.04          0.714
    theft               0.96          0.286
    """

    offences: pd.DataFrame = field(compare=False)


def crime_harm(counts: object, weights: object) -> HarmEstimate | pd.DataFrame:
    """Harm of crimes: each counted with a weight for its seriousness.

    Parameters
    ----------
    counts : mapping of str to int, Series or DataFrame
        How many crimes of each offence victims and witnesses reported; or a table with one row a place or
        period and one column an offence.
    weights : mapping of str to float, or Series
        Harm of one crime of each offence, above 0; for example the days of prison at which a sentencing
        guideline starts. Weights of offences that are not counted are not used.

    Returns
    -------
    HarmEstimate or pandas.DataFrame
        An :class:`Estimate` with a 95 % interval, in the unit of the weights, with ``offences``; ``n`` is the
        number of crimes. For a table: one row a place or period with ``value``, ``se``, ``low``, ``high`` and
        ``n``.

    Raises
    ------
    ValueError
        Nothing is counted; an offence has no weight, or a weight that is not above 0; a count is missing,
        negative or not whole.

    Notes
    -----
    H = sum w n. With counts as Poisson se^2 = v = sum w^2 n, and the interval is the gamma interval of Fay
    and Feuer, since H -/+ z se is wrong where a few grave crimes carry the sum. It is rather too wide than
    too short. Its upper limit knows the largest weight: a murder that did not happen could have. So an
    offence that was counted 0 times changes nothing but, if it has the largest weight, that limit.

    Leave out what was found by looking for it (proactive detections): more drug raids would raise the harm of
    a safer place. Sherman and others report them apart, as a measure of police work. Crimes of earlier years
    that were reported late are left out too.

    What it cannot tell. Weights are a choice: days of prison value what a State punishes, other scales what
    victims suffer. Two scales can rank places differently; show both. Organized crime, whose victims are
    silent or who are its customers, is nearly invisible in it.

    References
    ----------
    Sherman, L., Neyroud, P. W. & Neyroud, E. (2016). The Cambridge Crime Harm Index: measuring total harm
    from crime based on sentencing guidelines. Policing 10, 171-183. Sherman, L. W. and others (2020). How to
    count crime: the Cambridge harm index consensus. Cambridge Journal of Evidence-Based Policing 4, 1-14.
    Fay, M. P. & Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on
    the gamma distribution. Statistics in Medicine 16, 791-801.

    Examples
    --------
    Fewer crimes, more harm (weights invented):

    >>> import pandas as pd
    >>> years = pd.DataFrame({"murder": [2, 4], "robbery": [40, 44], "theft": [960, 850]}, index=[2023, 2024])
    >>> crime_harm(years, {"murder": 5000, "robbery": 300, "theft": 5}).round(0)
            value       se      low     high     n
    2023  26800.0   7323.0  14425.0  51391.0  1002
    2024  37450.0  10197.0  20207.0  67434.0   898
    """
    import pandas as pd

    if hasattr(counts, "columns"):
        checks.table(counts, [], "the table of counts")
        if len(counts.columns) == 0:
            raise ValueError("the table of counts has no columns: give one column an offence.")
        checks.table(counts, counts.columns, "the table of counts")
        weight = _harm_weights(list(counts.columns), weights)
        found = np.column_stack([checks.numbers(counts, column, whole=True) for column in counts.columns])
        value, se, low, high = _harm_interval(found, weight)
        return pd.DataFrame({"value": value, "se": se, "low": low, "high": high,
                             "n": found.sum(axis=1).astype(int)}, index=counts.index)
    names, found = _offences(counts)
    weight = _harm_weights(names, weights)
    value, se, low, high = (float(part[0]) for part in _harm_interval(found[None, :], weight))
    harm = weight * found
    offences = pd.DataFrame({
        "count": found.astype(int), "weight": weight, "harm": harm,
        "share_of_crimes": found / max(found.sum(), 1), "share_of_harm": harm / (value or 1.0),
    }, index=pd.Index(names, name="offence"))
    return HarmEstimate(
        value=value, se=se, low=low, high=high, level=LEVEL, method="crime harm index", n=int(found.sum()),
        assumptions=HARM_ASSUMPTIONS, offences=offences,
        source="Sherman, Neyroud & Neyroud (2016); interval: Fay & Feuer (1997)")


def _offences(counts: object) -> tuple[list, np.ndarray]:
    """Names and counts of a mapping or a Series."""
    if not isinstance(counts, Mapping) and not hasattr(counts, "items"):
        raise ValueError(f"counts is a {type(counts).__name__}: give one count for each offence, as "
                         '{"robbery": 40, "theft": 960}, or a table.')
    pairs = list(counts.items())
    if not pairs:
        raise ValueError("counts is empty: count at least one offence.")
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("counts names an offence twice: add them up first, with "
                         "counts.groupby(level=0).sum().")
    return names, np.array([checks.count(f"the count of {name!r}", cell, "crimes") for name, cell in pairs])


def _harm_weights(names: list, weights: object) -> np.ndarray:
    if not isinstance(weights, Mapping) and not hasattr(weights, "items"):
        raise ValueError(f"weights is a {type(weights).__name__}: give one weight for each offence, as "
                         '{"robbery": 300, "theft": 5}.')
    pairs = list(weights.items())
    known = dict(pairs)
    if len(known) < len(pairs):
        raise ValueError("weights names an offence twice: give each one weight.")
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"offence {missing[0]!r} has no weight: give it one, or leave the offence out.")
    found = np.array([checks.number(f"the weight of {name!r}", known[name]) for name in names])
    for name, weight in zip(names, found, strict=True):
        if weight <= 0:
            raise ValueError(f"the weight of {name!r} is {weight:g}: harm is above 0. Leave the offence out "
                             "of the counts if it is not to count.")
    return found


def _harm_interval(counts: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """Value, standard error and gamma limits of each row."""
    from scipy.special import gammaincinv

    value, variance = counts @ weight, counts @ weight**2
    some = value > 0
    shape = value**2 / np.where(some, variance, 1)
    low = np.where(some, variance / np.where(some, value, 1)
                   * gammaincinv(np.where(some, shape, 1), (1 - LEVEL) / 2), 0.0)
    above, spread = value + weight.max(), variance + weight.max()**2
    high = spread / above * gammaincinv(above**2 / spread, (1 + LEVEL) / 2)
    return value, np.sqrt(variance), low, high


# --- Displacement -----------------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class DisplacementEstimate(Estimate):
    """A weighted displacement quotient; see :func:`displacement_quotient`.

    Parameters
    ----------
    success : float
        The lower part of the quotient, T1 / C1 - T0 / C0: below 0 the target fared better than the control.
    moved : float
        The upper part, D1 / C1 - D0 / C0: above 0 the buffer fared worse than the control.
    net_effect : Estimate
        Crimes prevented in target and buffer together (total net effect).
    reading : str
        What a quotient of this size means, in words.

    Examples
    --------
    >>> found = displacement_quotient(target=(400, 260), buffer=(300, 330), control=(900, 880))
    >>> found.reading
    'displacement, smaller than the fall in the target'
    >>> found.net_effect
    About 94.44 (95 % interval 0.201 to 188.7; total net effect, from 3,070 observed)
    """

    success: float
    moved: float
    net_effect: Estimate
    reading: str

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("This is", self.reading),
                ("Crimes prevented, target and buffer", readable(self.net_effect.value))]


def displacement_quotient(target: object, buffer: object, control: object) -> DisplacementEstimate:
    """Whether crime moved next door: the weighted displacement quotient of Bowers and Johnson.

    Parameters
    ----------
    target : pair of int
        Crimes where the measure was taken, before and after.
    buffer : pair of int
        Crimes around it, where they might have moved to, in the same periods.
    control : pair of int
        Crimes in a place like them that neither the measure nor its displacement reached.

    Returns
    -------
    DisplacementEstimate
        An :class:`Estimate` with ``success``, ``moved``, ``net_effect`` and ``reading``. Below -1 more
        moved than was prevented; from -1 to 0 less; above 0 the buffer gained too (diffusion of benefits),
        above 1 more than the target. ``low`` and ``high`` (95 %) are None, and ``assumptions`` says so, where
        the fall in the target may be chance.

    Raises
    ------
    NoEstimate
        The target did not fall against the control, so there is nothing that could have moved; or no crime
        was counted in the control.
    ValueError
        A count is missing, negative or not whole, or something is not a pair.

    Notes
    -----
    WDQ = (D1 / C1 - D0 / C0) / (T1 / C1 - T0 / C0), D buffer, T target, C control, 0 before and 1 after.
    Total net effect: (T0 + D0) C1 / C0 - (T1 + D1). The method gives no errors; here counts are taken as
    Poisson: those of the quotient are Fieller's, all q with L^2 <= z^2 var L for L = C0 (D1 - q T1) - C1 (D0
    - q T0); those of the net effect are normal. Periods of different length cancel out in the quotient, and
    the net effect counts in the period after.

    What it cannot tell. Small counts say nothing: a quotient often has no limits, or limits from -3 to 2. A
    target chosen because it was bad falls by itself (regression to the mean). It sees only displacement
    into the buffer, and of the offences counted: not to other offences, hours, towns or routes.

    References
    ----------
    Bowers, K. J. & Johnson, S. D. (2003). Measuring the geographical displacement and diffusion of benefit
    effects of crime prevention activity. Journal of Quantitative Criminology 19, 275-301. Guerette, R. T.
    (2009). Analyzing Crime Displacement and Diffusion. Problem-Oriented Guides for Police, Tool Guide 10,
    appendices B (formulas) and C (reading). Fieller, E. C. (1954). Some problems in interval estimation.
    Journal of the Royal Statistical Society B 16, 175-185.

    Examples
    --------
    >>> displacement_quotient(target=(400, 260), buffer=(300, 330), control=(900, 880))
    About -0.2797 (95 % interval -0.9649 to 0.1404; weighted displacement quotient, from 3,070 observed)

    With a tenth of the crimes the same quotient says nothing:

    >>> displacement_quotient(target=(40, 26), buffer=(30, 33), control=(90, 88)).low is None
    True
    """
    (t0, t1), (d0, d1), (c0, c1) = (_pair(name, cells) for name, cells in
                                    (("target", target), ("buffer", buffer), ("control", control)))
    if c0 == 0 or c1 == 0:
        raise NoEstimate("No crime was counted in the control before or after: nothing can be compared with "
                         "it. Take a larger control, or a longer period.")
    success, moved = c0 * t1 - c1 * t0, c0 * d1 - c1 * d0  # times C0 C1
    if success >= 0:
        raise NoEstimate(f"Crime in the target did not fall against the control (it is {t1:,.0f} after "
                         f"{t0:,.0f}, the control {c1:,.0f} after {c0:,.0f}): nothing can have moved from "
                         "it. Report that the measure did not work there.")
    quotient = moved / success
    (low, high), se = _fieller(t0, t1, d0, d1, c0, c1)
    observed = int(t0 + t1 + d0 + d1 + c0 + c1)
    vague = () if low is not None else (VAGUE,)
    return DisplacementEstimate(
        value=quotient, se=se, low=low, high=high, level=LEVEL, method="weighted displacement quotient",
        n=observed, assumptions=(*DISPLACEMENT_ASSUMPTIONS, *vague),
        source="Bowers & Johnson (2003); interval: Fieller (1954)", success=success / (c0 * c1),
        moved=moved / (c0 * c1), net_effect=_net_effect(t0 + d0, t1 + d1, c0, c1, observed),
        reading=_reading(quotient))


def _pair(name: str, cells: object) -> tuple[float, float]:
    if not is_sequence(cells) or len(cells) != 2:
        raise ValueError(f"{name} is {cells!r}: give two counts, (before, after).")
    before, after = list(cells)
    return checks.count(f"{name} before", before, "crimes"), checks.count(f"{name} after", after, "crimes")


def _fieller(t0: float, t1: float, d0: float, d1: float, c0: float,
             c1: float) -> tuple[tuple[float | None, float | None], float]:
    """Limits of the quotient, none if the lower part may be 0, and its standard error.

    The variance of L is a + b q + c q^2, L itself up - q down.
    """
    up, down = c0 * d1 - c1 * d0, c0 * t1 - c1 * t0
    a = c0**2 * d1 + c1**2 * d0 + c0 * d1**2 + c1 * d0**2
    b = -2 * (c0 * d1 * t1 + c1 * d0 * t0)
    c = c0**2 * t1 + c1**2 * t0 + c0 * t1**2 + c1 * t0**2
    quotient = up / down
    se = math.sqrt(a + b * quotient + c * quotient**2) / abs(down)
    z2 = checks.normal_quantile(LEVEL)**2
    square, line, rest = down**2 - z2 * c, -2 * up * down - z2 * b, up**2 - z2 * a
    if square <= 0:
        return (None, None), se
    middle, reach = -line / (2 * square), math.sqrt(max(line**2 - 4 * square * rest, 0.0)) / (2 * square)
    return (middle - reach, middle + reach), se


def _net_effect(before: float, after: float, c0: float, c1: float, n: int) -> Estimate:
    ratio = c1 / c0
    value = before * ratio - after
    se = math.sqrt(ratio**2 * before + after + (before * ratio)**2 * (1 / c0 + 1 / c1))
    reach = checks.normal_quantile(LEVEL) * se
    return Estimate(value, se=se, low=value - reach, high=value + reach, level=LEVEL, n=n,
                    method="total net effect", assumptions=DISPLACEMENT_ASSUMPTIONS,
                    source="Guerette (2009), appendix B")


def _reading(quotient: float) -> str:
    if quotient < -1:
        return "displacement, larger than the fall in the target"
    if quotient < 0:
        return "displacement, smaller than the fall in the target"
    if quotient == 0:
        return "neither displacement nor diffusion of benefits"
    return f"diffusion of benefits, {'larger' if quotient > 1 else 'not larger'} than the fall in the target"


# --- Difference in differences ----------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class EffectEstimate(Estimate):
    """An effect by difference in differences; see :func:`difference_in_differences`.

    Parameters
    ----------
    means : pandas.DataFrame
        Mean outcome of the others (column 0) and the treated (1), before (row 0) and after (1).
    clusters : int or None
        Number of clusters; None where every row stands for itself.
    degrees_of_freedom : float
        Those of the interval; below 5 or so it is a guess.
    se_few : float
        The standard error that the interval uses, unbiased also with few clusters.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"thefts": [9, 8, 7, 5, 7, 8, 8, 9], "port": [1, 1, 1, 1, 0, 0, 0, 0],
    ...                       "after": [0, 0, 1, 1, 0, 0, 1, 1]})
    >>> found = difference_in_differences(frame, "thefts", "port", "after")
    >>> found.means
    port     0    1
    after
    0      7.5  8.5
    1      8.5  6.0
    >>> round(found.degrees_of_freedom, 2)
    4.0
    """

    means: pd.DataFrame = field(compare=False)
    clusters: int | None
    degrees_of_freedom: float
    se_few: float

    def _rows(self) -> list[tuple[str, str]]:
        clusters = [] if self.clusters is None else [("Clusters", readable(self.clusters))]
        return [*super()._rows(), *clusters, ("Degrees of freedom", readable(self.degrees_of_freedom))]


def difference_in_differences(
    frame: pd.DataFrame, outcome: str, treated: str, after: str, cluster: str | None = None,
) -> EffectEstimate:
    """Effect of a measure: how much more the treated changed than the others.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a place and period, or a person asked.
    outcome : str
        Column of what should change, in any unit.
    treated : str
        Column of 0 and 1: whether the place gets the measure; 1 also before it comes.
    after : str
        Column of 0 and 1: whether the measure was in force among the treated; the same periods for all.
    cluster : str, optional
        Column of the units that were treated or not as a whole (districts, ports). Rows of one unit are
        alike, over time and within; without it each row counts as new knowledge.

    Returns
    -------
    EffectEstimate
        An :class:`Estimate` in the unit of the outcome, with a 95 % interval and with ``means``,
        ``clusters``, ``degrees_of_freedom`` and ``se_few``; ``n`` is the number of rows.

    Raises
    ------
    NoEstimate
        The treated or the others were not seen before or after; one of the four groups is in one cluster
        only; the outcome does not vary within the four groups.
    ValueError
        A column does not exist; a value is missing or no number; treated or after is neither 0 nor 1.

    Notes
    -----
    The effect is (mean of the treated after - before) - (mean of the others after - before), the coefficient
    of treated x after in a regression of the outcome on treated, after and their product. ``se`` is the
    usual cluster-robust one (CR1: times G / (G - 1) (N - 1) / (N - 4) with G clusters and N rows; HC1 without
    clusters).

    It is too small with few clusters, above all with few treated ones. So the interval uses ``se_few`` (CR2:
    what each cluster adds in group c is divided by sqrt(1 - its share of the rows of the group)) and t with
    the degrees of freedom of Bell and McCaffrey. Without clusters that is Welch's comparison of four means.

    What it cannot tell. Whether the trends were parallel is not in two periods: plot the years before. What
    moved from the treated to the others counts double. Where units are treated one after the other, one
    column ``after`` for all is wrong; compare each of them with units not yet treated. Counts that grow in
    proportion need the logarithm as outcome.

    References
    ----------
    Angrist, J. D. & Pischke, J.-S. (2009). Mostly Harmless Econometrics, sections 5.2 and 8.2. Bertrand, M.,
    Duflo, E. & Mullainathan, S. (2004). How much should we trust differences-in-differences estimates?
    Quarterly Journal of Economics 119, 249-275. Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in
    standard errors for linear regression with multi-stage samples. Survey Methodology 28, 169-181. Imbens, G.
    W. & Kolesar, M. (2016). Robust standard errors in small samples: some practical advice. Review of
    Economics and Statistics 98, 701-712.

    Examples
    --------
    Seizures in six ports, three of which got scanners:

    >>> import pandas as pd
    >>> ports = pd.DataFrame({
    ...     "port": ["a", "b", "c", "d", "e", "f"] * 2, "scanner": [1, 1, 1, 0, 0, 0] * 2,
    ...     "after": [0] * 6 + [1] * 6, "seizures": [12, 30, 18, 20, 9, 25, 19, 41, 27, 22, 12, 26]})
    >>> difference_in_differences(ports, "seizures", "scanner", "after", cluster="port")
    About 7 (95 % interval 3.416 to 10.58; difference in differences, from 12 observed)

    Without the clusters, the ports' lasting differences drown it:

    >>> difference_in_differences(ports, "seizures", "scanner", "after")
    About 7 (95 % interval -17.08 to 31.08; difference in differences, from 12 observed)
    """
    columns = [outcome, treated, after, *([cluster] if cluster is not None else [])]
    checks.table(frame, columns)
    y = checks.numbers(frame, outcome)
    cell = (2 * checks.yes_no(frame, treated) + checks.yes_no(frame, after)).astype(int)
    rows = np.bincount(cell, minlength=4)
    _refuse_empty(rows, treated, after)
    unit, units = (np.arange(len(y)), len(y)) if cluster is None else _units(frame, cluster)
    means = np.bincount(cell, y, 4) / rows
    value = float(means @ CONTRAST)
    inside = np.bincount(4 * unit + cell, minlength=4 * units).reshape(units, 4) / rows
    added = np.bincount(4 * unit + cell, y - means[cell], 4 * units).reshape(units, 4) * CONTRAST / rows
    _refuse_lonely(inside, treated, after, cluster)
    usual = units / (units - 1) * (len(y) - 1) / (len(y) - 4)
    se = math.sqrt(usual * float((added.sum(axis=1)**2).sum()))
    few, freedom = _small_sample(inside, added, rows)
    if few <= 1e-12 * np.abs(y).max():
        raise NoEstimate(f"Column {outcome!r} does not vary within the treated and the others, before and "
                         "after: nothing shows how far it varies by chance. Take more periods or places.")
    reach = _t(freedom) * few
    return EffectEstimate(
        value=value, se=se, low=value - reach, high=value + reach, level=LEVEL, n=len(y),
        method="difference in differences",
        assumptions=EFFECT_ASSUMPTIONS if cluster is not None else (*EFFECT_ASSUMPTIONS, ROWS_ALONE),
        source="Angrist & Pischke (2009); interval: Bell & McCaffrey (2002)",
        means=_means(means, treated, after), clusters=None if cluster is None else units,
        degrees_of_freedom=freedom, se_few=few)


CONTRAST = np.array([1.0, -1.0, -1.0, 1.0])
"""Sign of the means of others before, others after, treated before, treated after."""


def _units(frame: pd.DataFrame, cluster: str) -> tuple[np.ndarray, int]:
    codes, names = checks.kinds(frame, cluster)
    return codes, len(names)


def _cell(place: int, treated: str, after: str) -> str:
    return f"{treated!r} = {place // 2} and {after!r} = {place % 2}"


def _refuse_empty(rows: np.ndarray, treated: str, after: str) -> None:
    if (rows == 0).any():
        place = int(np.argmin(rows))
        raise NoEstimate(f"No row has {_cell(place, treated, after)}: the treated and the others must be "
                         "seen before and after. Without others, interrupted_series compares with the trend.")


def _refuse_lonely(inside: np.ndarray, treated: str, after: str, cluster: str | None) -> None:
    alone = inside.max(axis=0) >= 1 - 1e-12
    if alone.any():
        what = "row" if cluster is None else "cluster"
        raise NoEstimate(f"Only one {what} has {_cell(int(np.argmax(alone)), treated, after)}: nothing shows "
                         f"how far another would have changed by itself. Take more, or compare the one "
                         "with its own trend, by interrupted_series.")


def _small_sample(inside: np.ndarray, added: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    """The CR2 standard error and its degrees of freedom.

    In the basis of the four groups the hat matrix within a cluster is diagonal, with the share of the
    cluster in the rows of the group, so that no matrix has to be inverted.
    """
    stretch = 1 / np.sqrt(1 - inside)
    se = math.sqrt(float(((added * stretch).sum(axis=1)**2).sum()))
    own = (inside * stretch**2 / rows).sum(axis=1)
    shared = inside * stretch * CONTRAST / np.sqrt(rows)
    among = (shared**2).sum(axis=1)
    trace = float((own - among).sum())
    squares = float(((own - among)**2).sum() + ((shared.T @ shared)**2).sum() - (among**2).sum())
    return se, trace**2 / squares


def _means(means: np.ndarray, treated: str, after: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(means.reshape(2, 2).T, index=pd.Index([0, 1], name=after),
                        columns=pd.Index([0, 1], name=treated))


def _t(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))


# --- Interrupted time series ------------------------------------------------------------------------------

def interrupted_series(frame: pd.DataFrame, outcome: str, time: str, start: object) -> pd.DataFrame:
    """Whether a series left its trend when a measure began: change of level and of slope.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a period, evenly spaced, in any order.
    outcome : str
        Column of what is measured in the period.
    time : str
        Column of the periods: numbers (2015, 2016, ...; 1, 2, ...) or dates.
    start : number or date
        The first period with the measure.

    Returns
    -------
    pandas.DataFrame
        Rows ``level_before`` (of the trend in the first period), ``trend_before``, ``level_change`` (at the
        start), ``trend_change``, ``trend_after`` and ``change_at_end`` (how far the last period is from the
        old trend); columns ``value``, ``se``, ``low``, ``high`` (95 %). Trends are per unit of time; per
        period for dates. ``attrs`` has ``lags`` and ``autocorrelation``.

    Raises
    ------
    NoEstimate
        Fewer than three periods before the start, or from it on; or all lie exactly on the two lines.
    ValueError
        A column does not exist; a value is missing or no number; a period is there twice or not at all;
        there are more than 4,000 periods.

    Notes
    -----
    y = b0 + b1 t + b2 D + b3 D (t - start), t from the first period on, D = 1 from the start on, by least
    squares; change_at_end = b2 + b3 (t of the last period - start). ``se`` is Newey and West's, with L the
    whole part of 4 (n / 100)^(2/9) lags (Newey & West 1994) and n / (n - 4).

    With some dozens of periods this is far too small, since lines follow the data: with 60 value -/+ t se
    holds the truth 75 to 90 times in 100 where it promises 95. So the interval is widened by what the estimator
    is wrong on average, and uses t with the degrees of freedom that it has, if errors are an AR(1) process
    with the autocorrelation of the residuals (corrected for the same reason, and at most 0.8). This is the
    reasoning of Bell and McCaffrey for clusters. A trend that bends looks like autocorrelation, and makes
    the interval wide.

    What it cannot tell. Anything else that happened at the start looks like an effect: a control series, or
    difference_in_differences, is better. Months have seasons: subtract them first, or compare whole years.
    A measure that was announced, or came because the numbers were bad, changes the series before its start.
    The start has to be known beforehand; to try several finds an effect where there is none.

    References
    ----------
    Wagner, A. K., Soumerai, S. B., Zhang, F. & Ross-Degnan, D. (2002). Segmented regression analysis of
    interrupted time series studies in medication use research. Journal of Clinical Pharmacy and Therapeutics
    27, 299-309. Linden, A. (2015). Conducting interrupted time-series analysis for single- and multiple-group
    comparisons. Stata Journal 15, 480-500. Newey, W. K. & West, K. D. (1987). A simple, positive
    semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix. Econometrica 55,
    703-708; (1994) Automatic lag selection in covariance matrix estimation. Review of Economic Studies 61,
    631-653. Bell, R. M. & McCaffrey, D. F. (2002). Survey Methodology 28, 169-181.

    Examples
    --------
    >>> import pandas as pd
    >>> years = pd.DataFrame({"year": range(2010, 2022),
    ...                       "cases": [50, 53, 51, 58, 57, 62, 50, 49, 44, 46, 43, 42]})
    >>> interrupted_series(years, "cases", "year", 2016).round(1)
                   value   se   low  high
    level_before    49.5  0.7  46.5  52.5
    trend_before     2.3  0.2   1.4   3.1
    level_change   -13.4  0.8 -16.7 -10.1
    trend_change    -3.9  0.3  -4.6  -3.1
    trend_after     -1.6  0.1  -2.1  -1.1
    change_at_end  -32.7  1.9 -39.2 -26.2
    """
    import pandas as pd

    checks.table(frame, [outcome, time])
    y = checks.numbers(frame, outcome)
    clock, begin, order = _clock(frame, time, start)
    clock, y = clock[order], y[order]
    late = clock >= begin
    _refuse_short(int((~late).sum()), int(late.sum()), time, start)
    design = np.column_stack([np.ones(y.size), clock - clock[0], late, np.where(late, clock - begin, 0.0)])
    contrasts = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 1],
                          [0, 0, 1, clock[-1] - begin]])
    q, r = np.linalg.qr(design)
    parts = np.linalg.solve(r, q.T @ y)
    left = y - design @ parts
    if np.abs(left).max() <= 1e-10 * max(np.abs(y).max(), 1e-300):
        raise NoEstimate(f"Column {outcome!r} lies exactly on two lines: nothing shows how far it varies by "
                         "chance. Check that it was measured, and not computed from a trend.")
    lags = min(int(4 * (y.size / 100)**(2 / 9)), y.size - 1)
    correlation = _autocorrelation(left, q)
    pull = contrasts @ np.linalg.solve(r, q.T)  # what each period adds to each number
    se = np.sqrt([max(_newey_west(row * left, lags), 0.0) for row in pull])  # not below 0 but for rounding
    widths = _widths(pull, q, lags, correlation) * se
    values = contrasts @ parts
    table = pd.DataFrame({"value": values, "se": se, "low": values - widths, "high": values + widths},
                         index=list(SERIES_ROWS))
    table.attrs = {"lags": lags, "autocorrelation": correlation}
    return table


def _clock(frame: pd.DataFrame, column: str, start: object) -> tuple[np.ndarray, float, np.ndarray]:
    """Periods as numbers, the first one with the measure, and their order; evenly spaced, none twice."""
    values = frame[column]
    if hasattr(values.dtype, "freq") or getattr(values.dtype, "kind", None) == "M":
        return _calendar(frame, column, start)
    clock = checks.numbers(frame, column)
    begin = checks.number("start", start)
    order = np.argsort(clock, kind="stable")
    steps = np.diff(clock[order])
    _refuse_twice(frame, column, steps, order)
    if steps.size and steps.max() - steps.min() > 1e-6 * steps.min():
        place = int(np.argmax(steps))
        raise ValueError(f"column {column!r} jumps from {clock[order][place]:g} to "
                         f"{clock[order][place + 1]:g}: periods must be evenly spaced. Add the missing ones, "
                         "with their values, or start after the gap.")
    return clock, begin, order


def _calendar(frame: pd.DataFrame, column: str, start: object) -> tuple[np.ndarray, float, np.ndarray]:
    import pandas as pd

    values = frame[column]
    if values.isna().any():
        raise ValueError(f"column {column!r}, row {checks.row(frame, values.isna().to_numpy())!r}, is "
                         "missing: every row needs its date.")
    dates = pd.DatetimeIndex(values.dt.to_timestamp() if hasattr(values.dtype, "freq") else values)
    dates = dates.tz_localize(None)
    try:
        begin = start.to_timestamp() if isinstance(start, pd.Period) else pd.Timestamp(start)
        begin = begin.tz_localize(None)
    except (TypeError, ValueError):
        begin = None
    if begin is None or begin is pd.NaT or isinstance(start, (int, float, np.number)):
        raise ValueError(f"start is {start!r}: column {column!r} has dates, so give a date such as "
                         "'2016-01-01'.")
    order = np.argsort(dates.to_numpy(), kind="stable")
    rising = dates[order]
    _refuse_twice(frame, column, np.diff(rising.to_numpy()).astype("timedelta64[ns]").astype(float), order)
    if not _even(rising):
        raise ValueError(f"column {column!r} is not evenly spaced in days, weeks, months, quarters or years: "
                         "add the missing periods, with their values.")
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    return place, float((rising < begin).sum()), order


def _even(rising: pd.DatetimeIndex) -> bool:
    """Whether dates have one distance, in time or in months."""
    steps = np.diff(rising.to_numpy())
    if (steps == steps[:1]).all():
        return True
    months = np.diff(12 * rising.year.to_numpy() + rising.month.to_numpy())
    same_day = (rising.day == rising.day[0]).all() or rising.is_month_end.all()
    return bool(same_day and (months == months[0]).all())


def _refuse_twice(frame: pd.DataFrame, column: str, steps: np.ndarray, order: np.ndarray) -> None:
    if steps.size + 1 > LONGEST:
        raise ValueError(f"the series has {steps.size + 1:,} periods: sum days to weeks or months; "
                         f"{LONGEST:,} are the most.")
    if steps.size and steps.min() <= 0:
        twice = frame[column].iloc[order[int(np.argmin(steps))]]
        raise ValueError(f"column {column!r} has {twice} twice: sum the rows of a period, with "
                         f"frame.groupby({column!r}, as_index=False).sum().")


def _refuse_short(before: int, after: int, time: str, start: object) -> None:
    for many, where in ((before, f"before {start}"), (after, f"from {start} on")):
        if many < 3:
            raise NoEstimate(f"{many} periods of {time!r} lie {where}: a line and its error need three at "
                             "least, better twelve. Take a longer series, or check start.")


def _newey_west(added: np.ndarray, lags: int) -> float:
    """Variance of a sum with Bartlett weights, for four fitted numbers."""
    n = added.size
    total = added @ added + 2 * sum(
        (1 - lag / (lags + 1)) * (added[lag:] @ added[:-lag]) for lag in range(1, lags + 1))
    return float(total) * n / (n - 4)


def _decay(correlation: float, n: int) -> np.ndarray:
    """Correlations of an AR(1) process."""
    from scipy.linalg import toeplitz

    return toeplitz(float(correlation) ** np.arange(n))


def _autocorrelation(left: np.ndarray, q: np.ndarray) -> float:
    """The autocorrelation of the errors that gives that of the residuals on average."""
    from scipy.optimize import brentq

    seen = float(left[1:] @ left[:-1] / (left @ left))

    def too_high(correlation: float) -> float:
        held = _decay(correlation, left.size) @ q
        core = q.T @ held
        lagged = ((left.size - 1) * correlation - (q[1:] * held[:-1]).sum() - (held[1:] * q[:-1]).sum()
                  + ((q[1:] @ core) * q[:-1]).sum())
        return lagged / (left.size - np.trace(core)) - seen

    if too_high(-STRONGEST) >= 0:
        return -STRONGEST
    if too_high(STRONGEST) <= 0:
        return STRONGEST
    return float(brentq(too_high, -STRONGEST, STRONGEST, xtol=1e-6))


def _widths(pull: np.ndarray, q: np.ndarray, lags: int, correlation: float) -> np.ndarray:
    """By what to multiply each standard error: t, and the correction of what it is wrong on average."""
    n = q.shape[0]
    errors = _decay(correlation, n)
    held = errors @ q
    left = errors - q @ held.T - held @ q.T + q @ (q.T @ held) @ q.T  # covariance of the residuals
    widths = []
    for row in pull:
        weighed = np.zeros((n, n))
        for lag in range(-lags, lags + 1):  # the banded matrix of the Newey-West sum, times left
            first, second = slice(max(lag, 0), n + min(lag, 0)), slice(max(-lag, 0), n + min(-lag, 0))
            weight = (1 - abs(lag) / (lags + 1)) * row[first] * row[second]
            weighed[first] += weight[:, None] * left[second]
        mean = np.trace(weighed)
        freedom = mean**2 / (weighed * weighed.T).sum()
        wrong = row @ errors @ row / (mean * n / (n - 4))
        widths.append(_t(freedom) * math.sqrt(wrong))
    return np.array(widths)
