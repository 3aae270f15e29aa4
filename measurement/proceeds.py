"""Proceeds and markets: where money may go, amounts that look invented, and how unequal a market is."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import _amounts, _digits, _gravity, checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
PPML_ASSUMPTIONS = (
    "The expected flow is exp(sum of coefficients times covariates). Flows need not be counts nor have a "
    "Poisson distribution.",
    "What makes flows larger or smaller and is not among the covariates has nothing to do with them.",
    "Flows are independent given the covariates. Flows of one origin or in both directions of a pair rarely "
    "are: the interval is then too short.",
)
BENFORD_ASSUMPTIONS = (
    "Honest amounts of this kind follow Benford's law: they arise in many ways, span several powers of ten, "
    "and nobody sets them. Prices, fees, limits and assigned numbers do not.",
    "A deviation is a question and not an answer: it shows where to look, never who did it.",
)
CUT_OFFS = {1: (0.006, 0.012, 0.015), 2: (0.0012, 0.0018, 0.0022), 3: (0.00036, 0.00044, 0.00050)}
CONFORMITY = ("close conformity", "acceptable conformity", "marginally acceptable conformity",
              "nonconformity")
GINI_ASSUMPTIONS = (
    "Standard error and interval hold for a random sample of many. If these are all there are, the value has "
    "no error of chance.",
    "No few values hold most of the sum. Where they do, a sample that misses them shows too little "
    "inequality, and the interval is too short.",
)
HERFINDAHL_ASSUMPTIONS = (
    "The market is drawn rightly: all who sell what the same buyers would take instead, and nobody else.",
    "Each share is that of one who decides alone. Sellers under one command are one, whatever their names.",
    "The shares count as known: no error of theirs is in the value.",
)


# --- Gravity ----------------------------------------------------------------------------------------------

def gravity_shares(attractiveness: object, distance: object) -> pd.Series | pd.DataFrame:
    """Share of an origin's money that goes to each destination, by Walker and Unger's gravity formula.

    Parameters
    ----------
    attractiveness : Series or array or list
        One number a destination, 0 or more, on any scale: how attractive it is for money to be laundered.
    distance : Series or array or list, or DataFrame
        Distance of each destination, above 0, in any unit: one number a destination from one origin, or a
        table with a row for each origin and a column for each destination. A place's distance to itself may
        be missing: then it is no destination of its own money. Destinations with labels on both sides are
        matched by label and not by order.

    Returns
    -------
    pandas.Series or pandas.DataFrame
        The shares, with the labels of ``distance``; those of one origin add up to 1.

    Raises
    ------
    NoEstimate
        No destination of an origin is attractive.
    ValueError
        A distance is 0, negative or missing; an attractiveness is negative or missing; labels or lengths
        differ.

    Notes
    -----
    The share of destination i is (a_i / d_i) / sum_j (a_j / d_j), with a the attractiveness and d the
    distance. Only ratios matter: a unit of either changes nothing.

    What it cannot tell. It spreads an amount that must be known already, and it is an assumption and not a
    finding: that money halves where the distance doubles, and that attractiveness is made up of the right
    things, is put in. :func:`gravity_ppml` estimates such numbers where flows were observed.

    References
    ----------
    Walker, J. (1999). How big is global money laundering? Journal of Money Laundering Control 3, 25-37.
    Walker, J. & Unger, B. (2009). Measuring global money laundering: "The Walker gravity model". Review of
    Law & Economics 5, 821-853. Distance within a country: Mayer, T. & Zignago, S. (2011). Notes on CEPII's
    distances measures. CEPII working paper 2011-25.

    Examples
    --------
    >>> gravity_shares([3, 1], [2000, 1000]).tolist()
    [0.6, 0.4]

    Of two origins; money of Norland does not stay at home:

    >>> import pandas as pd
    >>> attractive = pd.Series({"Norland": 2, "Sudia": 1, "Ostia": 3})
    >>> distance = pd.DataFrame({"Norland": [None, 500], "Sudia": [500, 100], "Ostia": [1000, 800]},
    ...                         index=["Norland", "Sudia"])
    >>> gravity_shares(attractive, distance).round(3)
             Norland  Sudia  Ostia
    Norland    0.000  0.400  0.600
    Sudia      0.225  0.563  0.211
    """
    import pandas as pd

    if hasattr(distance, "columns"):
        checks.table(distance, [], "distance")
        table = distance
    elif getattr(distance, "ndim", 1) == 2:
        table = pd.DataFrame(distance)
    else:
        one = _one_origin(attractiveness, distance)
        table = pd.DataFrame([one.to_numpy(dtype=object)], index=[one.name], columns=one.index)
        return pd.Series(_share_rows(attractiveness, table, " of")[0], index=one.index, name="share")
    return pd.DataFrame(_share_rows(attractiveness, table, f", row {{}}, column"), index=table.index,
                        columns=table.columns)


def _one_origin(attractiveness: object, distance: object) -> pd.Series:
    import pandas as pd

    if not _amounts.is_sequence(distance):
        raise ValueError(f"distance is a {type(distance).__name__}: give one number for each destination, or "
                         "a table with a row for each origin.")
    if hasattr(distance, "iloc"):
        return distance
    labels = attractiveness.index if hasattr(attractiveness, "iloc") else None
    if labels is not None and len(labels) != len(distance):
        raise ValueError(f"attractiveness has {len(labels)} numbers, but distance has {len(distance)}: give "
                         "one of each a destination.")
    return pd.Series(list(distance), index=labels, dtype=object)


def _share_rows(attractiveness: object, table: pd.DataFrame, place: str) -> np.ndarray:
    """The shares, one row an origin."""
    attractive = _attractive(attractiveness, table.columns)
    distances = np.empty(table.shape)
    rows = zip(table.index.tolist(), table.to_numpy(dtype=object), strict=True)
    for row, (origin, cells) in enumerate(rows):
        for column, (destination, cell) in enumerate(zip(table.columns.tolist(), cells, strict=True)):
            name = f"distance{place.format(repr(origin))} {destination!r},"
            distances[row, column] = _distance(name, cell, origin is not None and origin == destination)
    pull = _pull(attractive, distances)
    total = pull.sum(1)
    if (total == 0).any():
        origin = table.index[int(np.argmax(total == 0))]
        whose = "" if origin is None else f" that money of {origin!r} could go to"
        raise NoEstimate(f"No destination{whose} has an attractiveness above 0: there is nowhere to go. Give "
                         "at least one destination a number above 0.")
    return pull / total[:, None]


def _pull(attractive: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Attractiveness by distance, in units of the nearest and of the most attractive destination."""
    possible = np.isfinite(distances) & (attractive > 0)
    nearest = np.where(possible, distances, math.inf).min(1, keepdims=True)
    near = np.where(np.isfinite(nearest), nearest, 1.0) / np.where(possible, distances, 1.0)
    return np.where(possible, attractive / (attractive.max() or 1.0) * near, 0.0)


def _distance(name: str, cell: object, own: bool) -> float:
    """A distance; without limit where a place is no destination of its own money."""
    if own and (cell is None or cell != cell or type(cell).__name__ == "NAType"):
        return math.inf
    value = checks.number(name, cell)
    if value < 0:
        raise ValueError(f"{name} is {cell}: a distance is above 0.")
    if value == 0:
        mend = ("leave it missing (float('nan')) if no money stays at home, or give the distance within the "
                "country, for example 0.67 * sqrt(area / 3.1416)" if own else
                "give the distance between the two, or within the country if they are one and the same, for "
                "example 0.67 * sqrt(area / 3.1416), or leave the destination out")
        raise ValueError(f"{name} is 0: nothing can be divided by 0. {mend[0].upper()}{mend[1:]}.")
    return value


def _attractive(attractiveness: object, destinations: pd.Index) -> np.ndarray:
    """The attractiveness in the order of the destinations."""
    if hasattr(attractiveness, "columns") or not _amounts.is_sequence(attractiveness):
        raise ValueError(f"attractiveness is a {type(attractiveness).__name__}: give one column of numbers, "
                         "one for each destination.")
    if not destinations.is_unique:
        twice = destinations[destinations.duplicated()].tolist()[0]
        raise ValueError(f"distance names the destination {twice!r} twice: once is enough.")
    if hasattr(attractiveness, "iloc"):
        labels = attractiveness.index
        if not labels.is_unique:
            raise ValueError(f"attractiveness names {labels[labels.duplicated()].tolist()[0]!r} twice: once "
                             "is enough.")
        for name, missing in (("distance", labels.difference(destinations, sort=False)),
                              ("attractiveness", destinations.difference(labels, sort=False))):
            if len(missing):
                raise ValueError(f"{name} has no destination {missing.tolist()[0]!r}: the other has. Give "
                                 "both the same destinations, by the same names.")
        attractiveness = attractiveness.reindex(destinations)
    if len(attractiveness) != len(destinations):
        raise ValueError(f"attractiveness has {len(attractiveness)} numbers, but distance has "
                         f"{len(destinations)}: give one of each a destination.")
    return _amounts.columns({"attractiveness": attractiveness})[0]["attractiveness"]


@dataclass(frozen=True, repr=False, kw_only=True)
class GravityEstimate(Estimate):
    """Coefficients of a gravity model, that of the first covariate as the value; see :func:`gravity_ppml`.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        One row a covariate, and ``constant`` where there are no fixed effects: ``value``, ``se`` (robust,
        HC3), ``p`` (two-sided, of no effect), ``low`` and ``high``, and ``se_hc1``, the robust standard
        error with the smaller correction that most programs print.
    fitted : pandas.Series
        The expected flow of each row of the table, with its labels; 0 for what is named in ``dropped``.
    dropped : tuple of str
        Origins, destinations and flows that say nothing of the coefficients, in words.
    zeros : int
        Flows of 0 among the ``n`` that were used.
    deviance : float
        How far flows and fitted flows are apart, in the unit of the flows.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"amount": [9, 4, 0, 2, 8], "log_km": [0.1, 0.9, 2.5, 1.8, 0.4]})
    >>> gravity_ppml(flows, "amount", ["log_km"]).coefficients.round(2)
              value    se    p   low  high  se_hc1
    constant   2.43  0.25  0.0  1.93  2.92    0.14
    log_km    -1.18  0.38  0.0 -1.92 -0.44    0.28
    """

    coefficients: pd.DataFrame = field(compare=False)
    fitted: pd.Series = field(compare=False)
    dropped: tuple[str, ...] = ()
    zeros: int = 0
    deviance: float = 0.0

    def _rows(self) -> list[tuple[str, str]]:
        others = [(f"Coefficient of {name!r}", f"{readable(row['value'])} (standard error "
                   f"{readable(row['se'])})") for name, row in self.coefficients.iterrows()]
        return [*super()._rows(), *others, ("Flows of 0 among those observed", readable(self.zeros)),
                *(("Dropped", text) for text in self.dropped)]


def gravity_ppml(
    frame: pd.DataFrame, flow: str, covariates: list[str], origin: str | None = None,
    destination: str | None = None,
) -> GravityEstimate:
    """What makes flows between places large or small: a gravity model by Poisson pseudo maximum likelihood.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a flow from one place to another, flows of 0 included.
    flow : str
        Column of the flow, 0 or more: money, goods, persons; in any unit.
    covariates : list of str
        Columns, numbers or kinds; the one you ask about first. Give distances and incomes as logarithms: then
        a coefficient is an elasticity, the change of the flow in per cent for one per cent more.
    origin : str, optional
        Column of the origins: each gets a fixed effect, a level of its own.
    destination : str, optional
        Column of the destinations, likewise.

    Returns
    -------
    GravityEstimate
        An :class:`Estimate` of the coefficient of the first covariate, with ``coefficients`` (all),
        ``fitted``, ``dropped``, ``zeros`` and ``deviance``; ``n`` is the number of flows used.

    Raises
    ------
    NoEstimate
        All flows are 0; fewer flows than coefficients; a covariate differs only where all flows are 0, so
        that its coefficient has no limit.
    ValueError
        A column does not exist; a flow is negative, missing or no number; a covariate can be computed from
        the others or from the fixed effects.

    Notes
    -----
    The expected flow is mu = exp(x b + a_origin + a_destination). The coefficients solve sum (y - mu) x = 0,
    found by iteratively reweighted least squares. This needs no Poisson distribution, only the right mean.
    Standard errors are robust: A^-1 (sum e^2 x x') A^-1 with A = sum mu x x' and e = (y - mu) / (1 - h), h
    the leverage of the flow, fixed effects included (HC3). ``se_hc1`` has e = y - mu and the factor n / (n -
    k) with k coefficients instead: with fixed effects of origins and destinations it is too small. Intervals
    are value -/+ z se. Where few very large flows decide, they are too short all the same.

    Why not the logarithm of the flow and least squares: log E(y) is not E(log y). Where large flows scatter
    more or less than small ones, which is the rule, its coefficients are wrong however many flows there are;
    and flows of 0, often the most telling, have no logarithm.

    An origin or a destination all of whose flows are 0 has the fixed effect minus infinity and says nothing
    else: its flows are dropped, fitted as 0, and named in ``dropped``. So are other flows of 0 that the model
    can bring to 0 while all other flows stay as they are (separation). Where a covariate then has nothing
    left to tell it by, there is no estimate.

    What it cannot tell. Why flows differ: an association with distance is not the effect of a border. Flows
    that nobody recorded are not flows of 0. Covariates of one place (its income, its law) cannot be told
    from its fixed effect.

    References
    ----------
    Santos Silva, J. M. C. & Tenreyro, S. (2006). The log of gravity. Review of Economics and Statistics 88,
    641-658. Gourieroux, C., Monfort, A. & Trognon, A. (1984). Pseudo maximum likelihood methods: applications
    to Poisson models. Econometrica 52, 701-720. Correia, S., Guimaraes, P. & Zylkin, T. (2019). Verifying the
    existence of maximum likelihood estimates for generalized linear models. arXiv 1903.01633. MacKinnon, J.
    G. & White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators with improved
    finite sample properties. Journal of Econometrics 29, 305-325. Weidner, M. &
    Zylkin, T. (2021). Bias and consistency in three-way gravity models. Journal of International Economics
    132, 103513.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> flows = pd.DataFrame({
    ...     "of": list("AAABBBCCC"), "to": list("XYZXYZXYZ"), "km": [1, 2, 4, 2, 1, 2, 9, 4, 1],
    ...     "amount": [40, 11, 0, 16, 30, 9, 2, 3, 25]})
    >>> flows["log_km"] = np.log(flows["km"])
    >>> gravity_ppml(flows, "amount", ["log_km"], origin="of", destination="to")
    About -1.611 (95 % interval -2.3 to -0.9215; PPML, coefficient of 'log_km', from 9 observed)
    """
    named = [name for name in (origin, destination) if name is not None]
    checks.table(frame, [flow, *named])
    columns = checks.covariates(frame, covariates)
    _check_roles(flow, columns, named)
    amounts = checks.numbers(frame, flow, low=0)
    if not amounts.any():
        raise NoEstimate(f"All flows (column {flow!r}) are 0: nothing tells what makes them large or small. "
                         "Take a longer period, or coarser places.")
    groups = [checks.kinds(frame, name) for name in named]
    constant = {} if named else {"constant": np.ones(len(frame))}
    columns = {**constant, **columns}
    flows = _gravity.Flows(amounts, np.column_stack(list(columns.values())), list(columns),
                           [codes for codes, _ in groups])
    _check_collinear(flows, named)
    used, dropped = _telling(flows, frame, named, groups)
    flows = flows.where(used)
    _check_enough(flows, named)
    return _gravity_estimate(_gravity.fit(flows), flows, frame, used, dropped)


def _check_roles(flow: str, columns: dict[str, np.ndarray], named: list[str]) -> None:
    if not columns:
        raise ValueError("covariates is empty or has one kind only: name at least one column, such as the "
                         "logarithm of the distance.")
    for name in (flow, *named):
        if name in columns or any(column.startswith(f"{name} = ") for column in columns):
            raise ValueError(f"column {name!r} is among the covariates and has another part already: leave "
                             "it out of the covariates.")
    if flow in named or len(set(named)) < len(named):
        raise ValueError("flow, origin and destination must be three different columns.")


def _check_collinear(flows: _gravity.Flows, named: list[str]) -> None:
    wrong = _gravity.collinear(flows)
    if wrong is None:
        return
    of = " and ".join(map(repr, named))
    known = f"the fixed effects of {of} (it is the same for all flows of one of them)" if named else ""
    raise ValueError(f"covariate {wrong!r} has one value only, or can be computed from "
                     f"{known + ' or from ' if known else ''}the other covariates: leave it out"
                     f"{', or leave out the fixed effects' if named else ''}.")


def _telling(flows: _gravity.Flows, frame: pd.DataFrame, named: list[str],
             groups: list[tuple[np.ndarray, list]]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The flows that say something of the coefficients, and in words those that do not."""
    used, texts = np.ones(len(frame), dtype=bool), []
    for kind, code in _gravity.empty_groups(flows):
        codes, names = groups[kind]
        texts.append(f"{named[kind]} {names[code]!r}: all its flows are 0")
        used &= codes != code
    lost = np.zeros(len(frame), dtype=bool)
    lost[np.flatnonzero(used)[_gravity.separated(flows.where(used))]] = True
    if lost.any():
        rows = frame.index[lost].tolist()
        shown = ", ".join(map(repr, rows[:5])) + (" …" if len(rows) > 5 else "")
        texts.append(f"{len(rows)} {'flow' if len(rows) == 1 else 'flows'} of 0 (row {shown}) that the model "
                     "brings to 0 whatever the others are")
    used &= ~lost
    wrong = _gravity.collinear(flows.where(used))
    if wrong is not None:
        raise NoEstimate(f"The coefficient of covariate {wrong!r} has no limit, or cannot be told: in the "
                         f"{used.sum()} of {len(frame)} flows that say something it has one value only, or "
                         "can be computed from the other covariates; where it differs, flows are 0. Leave it "
                         "out, or merge its kinds.")
    return used, tuple(texts)


def _check_enough(flows: _gravity.Flows, named: list[str]) -> None:
    needed = flows.design.shape[1] + _gravity.Effects(flows.effects).number
    if flows.flow.size <= needed:
        effects = ", fixed effects included" if named else ""
        raise NoEstimate(f"There are {flows.flow.size} flows that say something for {needed} coefficients"
                         f"{effects}: nothing is left to see the error in. Leave covariates out, or take "
                         "more flows.")


def _gravity_estimate(fit: _gravity.Fit, flows: _gravity.Flows, frame: pd.DataFrame, used: np.ndarray,
                      dropped: tuple[str, ...]) -> GravityEstimate:
    import pandas as pd
    from scipy.special import ndtr

    se = np.sqrt(np.diag(fit.covariance))
    if (se <= 1e-9 * np.maximum(np.abs(fit.values), 1e-9)).any():
        raise NoEstimate("The model fits the flows without any error: an interval of no width would be no "
                         "answer. Take more flows, or fewer covariates.")
    reach = checks.normal_quantile(LEVEL) * se
    coefficients = pd.DataFrame({
        "value": fit.values, "se": se, "p": 2 * ndtr(-np.abs(fit.values) / se), "low": fit.values - reach,
        "high": fit.values + reach, "se_hc1": np.sqrt(np.diag(fit.covariance_hc1))}, index=flows.names)
    fitted = np.zeros(len(frame))
    fitted[used] = fit.fitted
    first = flows.names[0 if flows.effects else 1]
    row = coefficients.loc[first]
    told = tuple(f"Left out of the estimate, {text}." for text in dropped)
    return GravityEstimate(
        value=float(row["value"]), se=float(row["se"]), low=float(row["low"]), high=float(row["high"]),
        level=LEVEL, n=int(used.sum()), method=f"PPML, coefficient of {first!r}",
        source="Santos Silva & Tenreyro (2006); robust standard errors (HC3)",
        assumptions=(*PPML_ASSUMPTIONS, *told),
        coefficients=coefficients, fitted=pd.Series(fitted, index=frame.index, name="fitted"),
        dropped=dropped, zeros=int((flows.flow == 0).sum()), deviance=fit.deviance)


# --- First digits -----------------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class DigitsEstimate(Estimate):
    """How far the first digits of amounts are from Benford's law, as MAD; see :func:`first_digits`.

    Parameters
    ----------
    table : pandas.DataFrame
        One row for each possible beginning: ``count``, ``expected`` (number), ``share``, ``expected_share``,
        and ``z``, how far the two shares are apart in standard errors (with continuity correction).
    chi_square : float
        Sum of (count - expected)^2 / expected.
    dof : int
        Its degrees of freedom.
    p : float
        How often a chi-square so large would come by chance alone.
    mad_by_chance : float
        The MAD to expect by chance alone with so many amounts that follow the law.
    conformity : str
        Nigrini's word for the MAD.
    distortion : float
        Nigrini's distortion factor, as a share: 0.0074 says that digits make amounts 0.74 % too high.
    distortion_se : float
        Its standard error if the amounts follow the law.
    left_out : dict of str to int
        Amounts not looked at: ``"zero"``, and ``"too few digits"``.

    Examples
    --------
    >>> found = first_digits([0.29, 1.15, 4.35, 28.99, 0, 0.05])
    >>> found.table.query("count > 0")["count"].to_dict()
    {11: 1, 28: 1, 29: 1, 43: 1}
    >>> found.left_out
    {'zero': 1, 'too few digits': 1}
    """

    table: pd.DataFrame = field(compare=False)
    chi_square: float
    dof: int
    p: float
    mad_by_chance: float
    conformity: str
    distortion: float
    distortion_se: float
    left_out: dict[str, int]

    @property
    def mad(self) -> float:
        """Mean absolute deviation of the shares from the expected ones, the value of the estimate."""
        return self.value

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("MAD by chance alone", readable(self.mad_by_chance)),
                ("Nigrini's word for the MAD", self.conformity),
                ("Chi-square", f"{readable(self.chi_square)} ({self.dof} degrees of freedom, p = "
                               f"{readable(self.p)})"),
                ("Distortion", f"{readable(100 * self.distortion)} % (by chance alone within "
                               f"{readable(100 * checks.normal_quantile(LEVEL) * self.distortion_se)} %)"),
                ("Left out", ", ".join(f"{number:,} {why}" for why, number in self.left_out.items()))]


def first_digits(amounts: object, digits: int = 2) -> DigitsEstimate:
    """Whether the first digits of amounts follow Benford's law, as invoices and payments mostly do.

    Parameters
    ----------
    amounts : Series or array or list
        Amounts, 0 or more: floats, whole numbers, or ``decimal.Decimal``.
    digits : {1, 2, 3}
        How many first digits.

    Returns
    -------
    DigitsEstimate
        The mean absolute deviation (MAD) of the shares, with ``table`` (counts, expected counts),
        ``chi_square``, ``p``, ``conformity``, ``distortion`` and ``left_out``; ``n`` is the number of amounts
        looked at. It has no interval.

    Raises
    ------
    NoEstimate
        No amount has so many digits.
    ValueError
        An amount is negative, missing, or no number.

    Notes
    -----
    Expected is the share log10(1 + 1 / d) of each beginning d. MAD = sum |share - expected share| / number
    of beginnings; Nigrini's cut-offs for the words are 0.006, 0.012, 0.015 (one digit), 0.0012, 0.0018,
    0.0022 (two), 0.00036, 0.00044, 0.00050 (three). They do not depend on n, but the MAD does: by chance
    alone it is about sum sqrt(2 p (1 - p) / (pi n)) / number, which is given beside it.

    Distortion factor: with x moved to 10 <= x < 100, mean of x / expected mean - 1, and expected mean
    90 / log 10 = 39.0865. (Nigrini's 90 / (n (10^(1 / n) - 1)) is the same for large n; for small n it is too
    low for amounts drawn at random.) By chance alone its standard error is 0.638 / sqrt(n).

    Digits are those of the decimal number as written: 0.29 starts with 29, although as a float it is a little
    less, and 100 x 0.29 cut off is 28. A float is read as the nearest number of 15 digits, as in a
    spreadsheet. An amount too short to have so many digits is left out: 7 among whole numbers has no second
    digit; 7.00 among amounts with cents has. The smallest unit is that of the finest amount, at most 1.

    What it cannot tell. With many amounts the chi-square rejects any real data; with few the MAD is large
    whatever the data are. Rounded prices, thresholds, fees and repeated payments deviate without any crime;
    and whoever copies the digits of honest invoices does not deviate at all.

    References
    ----------
    Benford, F. (1938). The law of anomalous numbers. Proceedings of the American Philosophical Society 78,
    551-572. Nigrini, M. J. (2012). Benford's Law: Applications for Forensic Accounting, Auditing, and Fraud
    Detection. Wiley, chapters 6 and 7 (cut-offs) and 10 (distortion). Cerqueti, R. & Lupi, C. (2023). Severe
    testing of Benford's law. TEST 32, 677-694 (MAD by chance).

    Examples
    --------
    The first 500 powers of 2 follow the law:

    >>> found = first_digits([2**power for power in range(500)], digits=1)
    >>> found
    About 0.000934 (MAD of the first digit, from 500 observed)
    >>> found.table["count"].tolist()
    [151, 88, 62, 49, 39, 34, 28, 26, 23]
    >>> found.conformity
    'close conformity'
    """
    wanted = checks.number("digits", digits)
    if wanted not in CUT_OFFS:
        raise ValueError(f"digits is {digits}: write 1, 2 or 3.")
    digits = int(wanted)
    read = _digits.read(amounts)
    used = read.with_digits(digits)
    left_out = {"zero": read.zeros, "too few digits": read.leading.size - used.leading.size}
    if not used.leading.size:
        raise NoEstimate(f"No amount above 0 has {digits} digits: give amounts in a smaller unit (cents, not "
                         "millions), or ask for fewer digits.")
    return _digits_estimate(used, digits, left_out)


def _digits_estimate(used: _digits.Digits, digits: int, left_out: dict[str, int]) -> DigitsEstimate:
    import pandas as pd
    from scipy.special import chdtrc

    n, law, start = used.leading.size, _digits.shares(digits), 10 ** (digits - 1)
    places = (used.first(digits) - start).astype(np.intp)  # what counts places; 32 bits in a browser
    counts = np.bincount(places, minlength=law.size)
    apart, error = np.abs(counts / n - law), np.sqrt(law * (1 - law) / n)
    table = pd.DataFrame(
        {"count": counts, "expected": n * law, "share": counts / n, "expected_share": law,
         "z": np.maximum(apart - 1 / (2 * n), 0) / error},
        index=pd.RangeIndex(start, 10 * start, name="digits"))
    chi_square = float(((counts - n * law) ** 2 / (n * law)).sum())
    mad, chance = float(apart.mean()), float(error.mean() * math.sqrt(2 / math.pi))
    word = CONFORMITY[int(np.searchsorted(CUT_OFFS[digits], mad, side="left"))]
    first = "first digit" if digits == 1 else f"first {digits} digits"
    return DigitsEstimate(
        value=mad, level=LEVEL, n=n, method=f"MAD of the {first}",
        source="Benford (1938); Nigrini (2012)",
        assumptions=(*BENFORD_ASSUMPTIONS, *_few(n, law, digits, chance)), table=table,
        chi_square=chi_square, dof=law.size - 1, p=float(chdtrc(law.size - 1, chi_square)),
        mad_by_chance=chance, conformity=word, distortion=_distortion(used.leading),
        distortion_se=_distortion_error(n), left_out=left_out)


def _few(n: int, law: np.ndarray, digits: int, chance: float) -> tuple[str, ...]:
    """What to think of with so many amounts."""
    told = []
    if chance > CUT_OFFS[digits][0]:
        told.append(f"With {n:,} amounts chance alone gives a MAD of about {readable(chance)}, above "
                    f"Nigrini's first cut-off of {CUT_OFFS[digits][0]:g}: his words are for many more "
                    "amounts.")
    if n * law.min() < 1:
        told.append(f"Less than one amount is expected for the rarest of the {law.size} beginnings: p is "
                    "rough. Ask for fewer digits, or take more amounts.")
    return tuple(told)


def _distortion(leading: np.ndarray) -> float:
    mean = float(leading.mean()) / 10.0 ** (_digits.READ - 2)
    return mean * math.log(10) / 90 - 1


def _distortion_error(n: int) -> float:
    """Standard deviation of 10^(1 + u), u even from 0 to 1, as a share of its mean, over sqrt(n)."""
    mean = 90 / math.log(10)
    return math.sqrt(9900 / (2 * math.log(10)) - mean**2) / mean / math.sqrt(n)


# --- Concentration ----------------------------------------------------------------------------------------

def gini(x: object, corrected: bool = False) -> Estimate:
    """How unequally something is spread: 0 if all have the same, near 1 if one has everything.

    Parameters
    ----------
    x : Series or array or list
        What each has, 0 or more: proceeds, seizures, crimes. Those who have nothing belong to it.
    corrected : bool
        Whether the value is multiplied by n / (n - 1), so that it is 1 if one of n has everything. For a
        small sample from many this is less biased. Programs differ in what they do without saying so.

    Returns
    -------
    Estimate
        The coefficient with a 95 % interval; ``n`` is how many values there are. The interval is missing
        where all are equal or one has everything.

    Raises
    ------
    NoEstimate
        There is one value only, or nobody has anything.
    ValueError
        A value is negative, missing or no number.

    Notes
    -----
    With x sorted from small to large, G = 2 sum i x_i / (n sum x) - (n + 1) / n: half of the mean difference
    between any two, as a share of the mean. Its standard error is that of Davidson: the standard deviation of
    z_i = -(G + 1) x_i + (2 i - 1) x_i / n - 2 / n sum of x_j up to i, divided by the mean and sqrt(n). The
    interval is by Student's t that of the logit of the corrected G, also for the other one, which in a sample
    is too low by a factor of (n - 1) / n.

    What it cannot tell. Where the inequality is: two quite different markets may have the same G. Those who
    are not in the list (sellers never caught, firms without any sale) change it most. In samples from many of
    whom few have most, which is the rule for proceeds, the interval holds the truth less often than it says:
    9 times in 10 with 100 values of a lognormal distribution with a log standard deviation of 1.

    References
    ----------
    Gini, C. (1912). Variabilita e mutabilita. Bologna: Cuppini. Davidson, R. (2009). Reliable inference for
    the Gini index. Journal of Econometrics 150, 30-40.

    Examples
    --------
    Values of the R package acid's help page, which prints 0.4620911:

    >>> earnings = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> gini(earnings)
    About 0.4621 (95 % interval 0.318 to 0.7048; Gini coefficient, from 10 observed)
    >>> gini(earnings, corrected=True)
    About 0.5134 (95 % interval 0.318 to 0.7048; Gini coefficient, n / (n - 1), from 10 observed)
    """
    if not isinstance(corrected, (bool, np.bool_)):
        raise ValueError(f"corrected is {corrected!r}: write True or False.")
    values = np.sort(_amounts.columns({"x": x})[0]["x"])
    n = values.size
    if n < 2:
        raise NoEstimate("There is one value only: with nobody to compare with there is no inequality. Give "
                         "one value for each person or firm.")
    if values[-1] == 0:
        raise NoEstimate("All values are 0: where there is nothing, nothing is unequal.")
    values = values / values[-1]
    place, mean = np.arange(1, n + 1), values.mean()
    value = max(float(((2 * place - n - 1) @ values) / (n**2 * mean)), 0.0)
    spread = -(value + 1) * values + (2 * place - 1) / n * values - 2 / n * np.cumsum(values)
    se = float(spread.std() / mean / math.sqrt(n))
    factor = n / (n - 1)
    interval = {}
    if 1e-12 < factor * value < 1 - 1e-12 and se > 1e-12:
        low, high = _logit_interval(factor * value, factor * se, n - 1)
        interval = {"se": factor * se if corrected else se, "low": low, "high": high}
    return Estimate(value=factor * value if corrected else value, **interval, level=LEVEL, n=n,
                    method="Gini coefficient, n / (n - 1)" if corrected else "Gini coefficient",
                    source="Gini (1912); standard error: Davidson (2009)", assumptions=GINI_ASSUMPTIONS)


def _logit_interval(value: float, se: float, dof: int) -> tuple[float, float]:
    """An interval from 0 to 1: that of the logit, by Student's t."""
    from scipy.special import expit, logit, stdtrit

    reach = stdtrit(dof, (1 + LEVEL) / 2) * se / (value * (1 - value))
    return float(expit(logit(value) - reach)), float(expit(logit(value) + reach))


@dataclass(frozen=True, repr=False, kw_only=True)
class HerfindahlEstimate(Estimate):
    """Concentration of a market, from 0 to 10,000; see :func:`herfindahl`.

    Parameters
    ----------
    equal_sellers : float
        How many sellers of equal size would give the same value: 10,000 / value.
    largest_four : float
        Share of the four largest together.

    Examples
    --------
    >>> market = herfindahl([0.5, 0.25, 0.25])
    >>> market.value, round(market.equal_sellers, 2), market.largest_four
    (3750.0, 2.67, 1.0)
    """

    equal_sellers: float
    largest_four: float

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("As if so many equal sellers", readable(self.equal_sellers)),
                ("Share of the four largest", readable(self.largest_four))]


def herfindahl(shares: object) -> HerfindahlEstimate:
    """How concentrated a market is: the Herfindahl-Hirschman index in points, 10,000 for a monopoly.

    Parameters
    ----------
    shares : Series or array or list
        Share of each seller: as shares that add up to 1, or in per cent that add up to 100 (to 1 % of it, for
        the sake of rounding).

    Returns
    -------
    HerfindahlEstimate
        An :class:`Estimate` in points, with ``equal_sellers`` and ``largest_four``; ``n`` is the number of
        sellers with a share. It has no interval.

    Raises
    ------
    ValueError
        A share is negative, missing or no number, or they add up neither to 1 nor to 100.

    Notes
    -----
    HHI = 10,000 sum s^2 with shares s; 10,000 / HHI is the number of sellers of equal size with the same
    index. Shares are taken as they are, not divided by their sum.

    What it cannot tell. In illegal markets shares are guesses, the market is local, and force may rule it
    without any share of sales: a low index does not exclude a cartel, or a group that taxes all sellers.

    References
    ----------
    Hirschman, A. O. (1964). The paternity of an index. American Economic Review 54, 761-762. Reuter, P.
    (1983). Disorganized Crime. Cambridge, Mass.: MIT Press.

    Examples
    --------
    >>> herfindahl([10, 9, 12, 15, 12, 15, 11, 16])
    About 1,296 (Herfindahl-Hirschman index, from 8 observed)
    >>> sales = [50, 30, 20, 20]
    >>> round(float(herfindahl([sale / sum(sales) for sale in sales])))
    2917
    """
    found = _amounts.columns({"shares": shares})[0]["shares"]
    total = float(found.sum())
    whole = next((whole for whole in (1.0, 100.0) if abs(total - whole) <= 0.01 * whole * (1 + 1e-9)), None)
    if whole is None:
        raise ValueError(f"shares add up to {total:g}: shares of a whole market add up to 1, or to 100 in "
                         "per cent. Add the sellers who are missing; sales or numbers first have to be "
                         "divided by their sum.")
    found = np.sort(found)[::-1]
    value = float((found**2).sum() * 10_000 / whole**2)
    return HerfindahlEstimate(
        value=value, level=LEVEL, n=int(np.count_nonzero(found)), method="Herfindahl-Hirschman index",
        source="Hirschman (1964)", assumptions=HERFINDAHL_ASSUMPTIONS, equal_sellers=10_000 / value,
        largest_four=float(found[:4].sum() / whole))
