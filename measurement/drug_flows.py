"""How much of a drug is made, used and seized."""
from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import _amounts, checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
NO_ERROR = "The numbers have no error. None was given, so there is no interval: give (low, best, high)."
SUPPLY_ASSUMPTIONS = (
    "All numbers speak of the same year, the same plant and the same regions.",
    "The errors of area, yield, conversion and efficiency have nothing to do with each other. Where one good "
    "year lifts several of them the interval is too short.",
    "The errors of regions with triples of their own have nothing to do with each other; one triple for all "
    "regions is one error common to all.",
    "What is made is neither seized nor lost before it is counted here: subtract that for what is available.",
)
CONSUMPTION_ASSUMPTIONS = (
    "The groups leave nobody out and count nobody twice. Surveys of households miss most heavy users, who "
    "use most of the drug.",
    "The answers on frequency and dose hold for the whole year and for the drug as sold.",
    "The errors of users, frequency and dose have nothing to do with each other and differ from group to "
    "group. The errors of purity and of the share reported are common to all groups.",
)
INTERCEPTION_ASSUMPTIONS = (
    "Seizures, consumption and losses speak of the same year and the same route: what is seized this year "
    "was partly made in an earlier one.",
    "Seized, consumed and lost are in one unit; consumed and lost are pure drug, seized becomes pure by its "
    "purity.",
    "Nothing went into stocks.",
    "Seizures measure the effort of the authorities too: a higher rate may mean more seizures or less drug.",
)
CELLS = {"users": math.inf, "frequency": math.inf, "dose": math.inf, "purity": 1.0, "reported": 1.0}
COMMON = ("purity", "reported")
ENDS = ("low", "best", "high")


@dataclass(frozen=True, repr=False, kw_only=True)
class SimulatedEstimate(Estimate):
    """An estimate carried by simulation; see :func:`supply` and :func:`consumption`.

    Parameters
    ----------
    at_best : float
        What the best values give. It is not the mean: where high lies further off than low, the mean is
        larger.
    parts : pandas.DataFrame
        ``value``, ``se``, ``low`` and ``high`` of each region or group, and ``share``, its part of the total.
    draws : numpy.ndarray
        The simulated totals, to carry them on into another calculation.

    Examples
    --------
    >>> made = supply((90, 100, 150), 5, 0.01, 0.8, seed=1)
    >>> made.at_best, round(made.value, 2), made.draws.size
    (4.0, 4.27, 10000)
    """

    at_best: float
    parts: pd.DataFrame = field(compare=False)
    draws: np.ndarray = field(compare=False)

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("At the best values", readable(self.at_best))]


def supply(
    area: object, yield_: object, conversion: object, efficiency: object, draws: int = 10_000,
    seed: int | np.random.Generator | None = None,
) -> SimulatedEstimate:
    """Amount of a plant-based drug that a harvest can make, with the uncertainty of each step carried along.

    Parameters
    ----------
    area : float, (low, best, high), or one triple for each region
        Area under cultivation, for example in hectares, cleared fields already taken off. A table of three
        columns is one triple a row.
    yield_ : as area
        Harvest from one unit of area in the year, for example kilograms of dry leaf a hectare.
    conversion : as area
        Pure drug in one unit of harvest, for example kilograms of cocaine alkaloid a kilogram of leaf.
    efficiency : as area
        Share of it that the laboratories get out, 0 to 1.
    draws : int
        How often the calculation is repeated.
    seed : int, numpy.random.Generator or None
        Makes the draws the same every time.

    Returns
    -------
    SimulatedEstimate
        In units of ``yield_`` x ``area`` of pure drug, for example kilograms a year. ``value`` and ``se`` are
        the mean and the standard deviation of the draws, ``low`` and ``high`` hold the middle 95 % of them.
        Without any triple there is no interval.

    Raises
    ------
    NoEstimate
        Nothing is made, whatever is drawn.
    ValueError
        A number is missing, negative or no number; a triple does not rise; efficiency is above 1; the numbers
        of regions differ; draws or seed is not a whole number.

    Notes
    -----
    P = sum over regions of area x yield x conversion x efficiency. A triple (a, m, b) is a PERT distribution,
    a beta distribution on a to b with shapes 1 + 4 (m - a) / (b - a) and 1 + 4 (b - m) / (b - a): mode m,
    mean (a + 4 m + b) / 6, variance (mean - a)(b - mean) / 7. It keeps an area above 0 and an efficiency
    below 1, which a normal or lognormal distribution does not. A number alone has no error.

    Multiplying all lows and all highs would give limits that hardly ever come about together, and
    multiplying the best values gives ``at_best``, which is not the mean.

    What it cannot tell. It carries the doubt that is put in: experts' ranges are usually too narrow. What the
    fields could give is not what was made, and not what was sold: eradication, seizures, losses and stocks
    are still to be taken off.

    References
    ----------
    UNODC (2017). World Drug Report 2017, Methodology. Malcolm, D. G., Roseboom, J. H., Clark, C. E. & Fazar,
    W. (1959). Application of a technique for research and development program evaluation. Operations Research
    7, 646-669. Vose, D. (2008). Risk Analysis: A Quantitative Guide, 3rd ed. Chichester: Wiley.

    Examples
    --------
    Invented numbers: hectares, tonnes of leaf a hectare, tonnes of drug a tonne of leaf, share got out.

    >>> made = supply((40_000, 50_000, 65_000), (4.5, 5.0, 5.8), 0.0035, (0.5, 0.6, 0.75), seed=1)
    >>> made
    About 546.5 (95 % interval 422.3 to 694.9; supply)
    >>> made.at_best
    525.0

    Two regions, one efficiency for both:

    >>> two = supply([(30, 40, 55), (8, 10, 11)], 5, 0.0035, (0.5, 0.6, 0.75), seed=1)
    >>> two.parts["share"].round(2).tolist()
    [0.81, 0.19]
    """
    factors = {"area": _amounts.triples("area", area), "yield_": _amounts.triples("yield_", yield_),
               "conversion": _amounts.triples("conversion", conversion),
               "efficiency": _amounts.triples("efficiency", efficiency, high=1.0)}
    lengths = {name: len(rows) for name, rows in factors.items() if len(rows) > 1}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"The numbers of regions differ ({told}): give one triple for each region, or one "
                         "for all.")
    draws, rng = checks.repeats(draws), checks.random_numbers(seed)
    product = np.ones((1, draws))
    for rows in factors.values():
        product = product * _amounts.pert_draws(rows, draws, rng)
    best = math.prod(rows[:, 1] for rows in factors.values())
    labels = _region_labels((area, yield_, conversion, efficiency), len(product))
    return _simulated(product, best, labels, "region", _certain(factors), "supply", SUPPLY_ASSUMPTIONS,
                      "UNODC (2017), Methodology; PERT: Malcolm et al. (1959)")


def consumption(
    groups: pd.DataFrame | Mapping[str, Mapping[str, object]], draws: int = 10_000,
    seed: int | np.random.Generator | None = None,
) -> SimulatedEstimate:
    """Amount of a drug that is used in a year, from how many use it, how often and how much.

    Parameters
    ----------
    groups : pandas.DataFrame or mapping
        One row a group of users, such as occasional, weekly and daily ones; or a mapping from the group to a
        mapping of its cells. Each cell is a number or (low, best, high); a table may have three columns
        ``users_low``, ``users_best``, ``users_high`` in place of ``users``. The cells:
        ``users`` persons; ``frequency`` times of use a year; ``dose`` amount a time;
        ``purity`` (optional) pure share of the dose, 0 to 1; ``reported`` (optional) share of the true
        consumption that respondents tell of, above 0 to 1.
    draws : int
        How often the calculation is repeated.
    seed : int, numpy.random.Generator or None
        Makes the draws the same every time.

    Returns
    -------
    SimulatedEstimate
        In the unit of the dose, a year; pure drug if there is a purity. ``value`` and ``se`` are the mean and
        the standard deviation of the draws, ``low`` and ``high`` hold the middle 95 % of them; ``parts`` has
        one row a group. Without any triple there is no interval.

    Raises
    ------
    NoEstimate
        Nothing is used, whatever is drawn.
    ValueError
        A column is missing or misspelt; a cell is missing, negative or no number; a triple does not rise; a
        share is above 1, or reported is 0.

    Notes
    -----
    C = sum over groups of users x frequency x dose x purity / reported. Triples are PERT distributions as in
    :func:`supply`. Users, frequency and dose are drawn for each group on its own; purity and reported are one
    error for all groups (the same quantile in each), since they come from one laboratory and one correction:
    drawn on their own they would cancel out and make the total look too sure.

    What it cannot tell. Who is in no survey is not in it. The mean dose of a group must be a mean over uses,
    not over users: those who use most often also use most at a time.

    References
    ----------
    Kilmer, B., Everingham, S., Caulkins, J. et al. (2014). What America's Users Spend on Illegal Drugs:
    2000-2010. Santa Monica: RAND Corporation. UNODC (2017). World Drug Report 2017, Methodology. PERT: see
    :func:`supply`.

    Examples
    --------
    >>> groups = {
    ...     "occasional": {"users": (80_000, 100_000, 130_000), "frequency": 10, "dose": (0.2, 0.3, 0.5)},
    ...     "daily": {"users": (5_000, 8_000, 14_000), "frequency": 300, "dose": (0.5, 0.8, 1.2)}}
    >>> used = consumption(groups, seed=1)
    >>> used
    About 2,408,222 (95 % interval 1,518,165 to 3,607,967; consumption)
    >>> used.parts["share"].round(2).to_dict()
    {'occasional': 0.13, 'daily': 0.87}
    """
    cells, labels = _read_groups(groups)
    draws, rng = checks.repeats(draws), checks.random_numbers(seed)
    product, best = np.ones((len(labels), draws)), np.ones(len(labels))
    for name, rows in cells.items():
        power = -1 if name == "reported" else 1
        product = product * _amounts.pert_draws(rows, draws, rng, common=name in COMMON)**power
        best = best * rows[:, 1]**power
    return _simulated(product, best, labels, "group", _certain(cells), "consumption", CONSUMPTION_ASSUMPTIONS,
                      "Kilmer et al. (2014); PERT: Malcolm et al. (1959)")


@dataclass(frozen=True, repr=False, kw_only=True)
class InterceptionEstimate(Estimate):
    """A share of a drug that was seized; see :func:`interception_rate`.

    Parameters
    ----------
    seized_pure : float
        Pure drug seized, each kilogram once.
    naive : float
        What the seizures as weighed would make of the same total: bulk weight over pure weight.

    Examples
    --------
    >>> rate = interception_rate(800, 0.6, 500, double_counted=0.1)
    >>> rate.seized_pure, round(rate.naive, 2)
    (432.0, 0.86)
    """

    seized_pure: float
    naive: float

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Pure drug seized", readable(self.seized_pure)),
                ("Bulk over pure, for comparison", readable(self.naive))]


def interception_rate(
    seized: object, purity: object, consumed: object, losses: object = 0.0, double_counted: object = 0.0
) -> InterceptionEstimate:
    """Share of a drug that is seized on its way, pure drug against pure drug.

    Parameters
    ----------
    seized : float, (low, best, high), Estimate, or Series or array
        Weight of the seizures as reported. A Series or array has one number a seizure.
    purity : float, (low, best, high), Estimate, or Series or array
        Pure share of the seizures, 0 to 1; one for all, or a Series or array with one number a seizure. One
        for all is a mean weighted by the weight of the seizures.
    consumed : float, (low, best, high) or Estimate
        Pure drug used on the markets that the route serves, in the unit of ``seized``; for example the result
        of :func:`consumption`.
    losses : float, (low, best, high) or Estimate
        Pure drug lost or spoilt on the way, in the same unit.
    double_counted : float, (low, best, high) or Estimate
        Share of the weight reported that another authority reports too, 0 to below 1.

    Returns
    -------
    InterceptionEstimate
        An :class:`Estimate` of a share with a 95 % interval, ``seized_pure`` and ``naive``; ``n`` is the
        number of seizures if they are given one by one. Without any error given there is no interval.

    Raises
    ------
    NoEstimate
        Nothing was seized, nothing is known to have got through, or a standard error is as large as its
        number.
    ValueError
        A number is missing, negative or no number; a share is above 1; a triple does not rise; the numbers of
        weights and of purities differ.

    Notes
    -----
    r = S / (S + C + L) with S = (1 - d) sum of weight x purity: C consumed, L lost, d counted twice. The
    denominator is what was there to be seized. Its logit is log S - log(C + L), with variance cv(weight)^2 +
    cv(purity)^2 + (se(d) / (1 - d))^2 + (se(C)^2 + se(L)^2) / (C + L)^2 by the delta method; the interval is
    that of the logit, so that it stays between 0 and 1. A triple counts with the mean and the standard
    deviation of its PERT distribution.

    The figure of the newspapers divides the weight seized, with all that was mixed in and each joint
    operation reported twice, by the pure drug made: 864 t of 1,125 t, 77 %, for the cocaine of 2015; 2,275 t
    of 3,708 t, 61 %, for 2023.

    What it cannot tell. Whether the police became better or the drug more plentiful; and nothing about a
    stretch of the route, since each seizure takes away from those further on.

    References
    ----------
    Reuter, P. & Greenfield, V. (2001). Measuring global drug markets: how good are the numbers and why should
    we care about them? World Economics 2, 159-173. UNODC (2016). World Drug Report 2016, p. 36 (a rate from
    production and seizures: 43 to 68 % in 2014). Figures: UNODC, World Drug Reports 2017 and 2025.

    Examples
    --------
    864 t seized, with invented numbers for everything else:

    >>> rate = interception_rate(864, (0.5, 0.6, 0.7), consumed=(500, 580, 700), losses=(20, 50, 100),
    ...                          double_counted=(0.0, 0.1, 0.2))
    >>> rate
    About 0.4216 (95 % interval 0.3754 to 0.4693; interception rate)
    >>> round(rate.naive, 2)
    0.78
    """
    through, lost = _amounts.amount("consumed", consumed), _amounts.amount("losses", losses)
    twice = _amounts.share("double_counted", double_counted)
    if twice.value == 1:
        raise ValueError("double_counted is 1: then every kilogram is a second report of another, and none "
                         "is the first. It is the share to take off, below 1.")
    bulk, pure, spread, n = _seizures(seized, purity)
    missed = through.value + lost.value
    if missed == 0:
        raise NoEstimate("consumed and losses are 0: if nothing got through the rate would be 1. Estimate "
                         "the consumption first.")
    if pure == 0:
        raise NoEstimate("The seizures hold no pure drug: a rate of 0 with no error is no estimate. Take a "
                         "longer period.")
    pure *= 1 - twice.value
    rate = pure / (pure + missed)
    told = {"value": rate, "n": n, "method": "interception rate", "seized_pure": pure,
            "naive": bulk / (pure + missed), "source": "Reuter & Greenfield (2001)"}
    spreads = {"double_counted": twice.se / (1 - twice.value),
               "consumed": math.hypot(through.se, lost.se) / missed}
    _amounts.refuse_vague(**spreads)
    spread = math.hypot(spread, *spreads.values())
    if spread == 0:
        return InterceptionEstimate(**told, assumptions=(*INTERCEPTION_ASSUMPTIONS, NO_ERROR))
    step = checks.normal_quantile(LEVEL) * spread
    low, high = (1 / (1 + missed / pure * math.exp(sign * step)) for sign in (1, -1))
    return InterceptionEstimate(**told, se=rate * (1 - rate) * spread, low=low, high=high, level=LEVEL,
                                assumptions=INTERCEPTION_ASSUMPTIONS)


def _seizures(seized: object, purity: object) -> tuple[float, float, float, int | None]:
    """Bulk weight, pure weight, its relative error, and the number of seizures if they are given singly."""
    singly = [hasattr(cell, "dtype") and np.ndim(cell) == 1 for cell in (seized, purity)]
    if not any(singly):
        weight, part = _amounts.amount("seized", seized), _amounts.share("purity", purity)
        _amounts.refuse_vague(seized=weight.spread, purity=part.spread)
        return weight.value, weight.value * part.value, math.hypot(weight.spread, part.spread), None
    if not singly[0]:
        raise ValueError("purity has one number a seizure and seized does not: give seized as a Series or "
                         "array too. For (low, best, high) write a tuple.")
    if singly[1]:
        found, _ = _amounts.columns({"seized": seized, "purity": purity}, high={"purity": 1.0})
        weights = found["seized"]
        return float(weights.sum()), float(weights @ found["purity"]), 0.0, weights.size
    weights = _amounts.columns({"seized": seized})[0]["seized"]
    part, total = _amounts.share("purity", purity), float(weights.sum())
    return total, total * part.value, part.spread, weights.size


def _region_labels(factors: tuple[object, ...], count: int) -> object:
    """Row labels of the first table with one row a region, or numbers from 1."""
    tables = (cells.index for cells in factors if hasattr(cells, "columns") and len(cells) == count)
    return next(tables, range(1, count + 1))


def _read_groups(groups: object) -> tuple[dict[str, np.ndarray], list]:
    """Triples of each cell, one row a group, and the names of the groups."""
    import pandas as pd

    if isinstance(groups, Mapping):
        for name, cells in groups.items():
            if not isinstance(cells, Mapping):
                raise ValueError(f"groups[{name!r}] is a {type(cells).__name__}: give its cells by name, as "
                                 "{'users': 5000, 'frequency': 300, 'dose': (0.5, 0.8, 1.2)}.")
        groups = pd.DataFrame([dict(cells) for cells in groups.values()], index=list(groups))
    checks.table(groups, [], "groups")
    _check_names(groups)
    there = [name for name in CELLS if name not in COMMON
             or any(column in groups.columns for column in (name, *_ends(name)))]
    return {name: _read_cell(groups, name, CELLS[name]) for name in there}, groups.index.tolist()


def _ends(name: str) -> list[str]:
    return [f"{name}_{end}" for end in ENDS]


def _check_names(groups: pd.DataFrame) -> None:
    """A misspelt optional column would be left out without a word; other columns are notes, and allowed."""
    known = [column for name in CELLS for column in (name, *_ends(name))]
    for column in groups.columns:
        near = difflib.get_close_matches(str(column), known, n=1, cutoff=0.8)
        if column not in known and near:
            raise ValueError(f"groups has a column {column!r}. Did you mean {near[0]!r}?")


def _read_cell(groups: pd.DataFrame, name: str, high: float) -> np.ndarray:
    ends = _ends(name)
    if any(end in groups.columns for end in ends):
        if name in groups.columns:
            raise ValueError(f"groups has {name!r} and also columns such as {ends[1]!r}: keep one or the "
                             "other.")
        checks.table(groups, ends, "groups")
        cells = list(zip(*(groups[end] for end in ends), strict=True))
    else:
        checks.table(groups, [name], "groups")
        cells = groups[name].tolist()
    for label, cell in zip(groups.index, cells, strict=True):
        if high == 1:
            _amounts.refuse_percent(f"groups: {name} of {label!r}", cell)
    found = np.stack([_amounts.triple(f"groups: {name} of {label!r}", cell, 0.0, high)
                      for label, cell in zip(groups.index, cells, strict=True)])
    if name == "reported" and (found[:, 0] == 0).any():
        label = groups.index[int(np.argmax(found[:, 0] == 0))]
        raise ValueError(f"groups: reported of {label!r} may be 0: then consumption has no limit. Give a low "
                         "above 0.")
    return found


def _certain(cells: dict[str, np.ndarray]) -> bool:
    return all((rows[:, 0] == rows[:, 2]).all() for rows in cells.values())


def _simulated(product: np.ndarray, best: np.ndarray, labels: object, kind: str, certain: bool, method: str,
               assumptions: tuple[str, ...], source: str) -> SimulatedEstimate:
    """The estimate from the draws of each part."""
    import pandas as pd

    total, at_best = product.sum(0), float(np.sum(best))
    if total.max() == 0:
        raise NoEstimate(f"The {method} is 0 whatever is drawn: a number is 0. Leave out what is not there.")
    parts = pd.DataFrame({"value": product.mean(1), "se": product.std(1, ddof=1)},
                         index=pd.Index(labels, name=kind))
    parts["low"], parts["high"] = np.quantile(product, [0.025, 0.975], axis=1)
    parts["share"] = parts["value"] / parts["value"].sum()
    told = {"method": method, "source": source, "at_best": at_best, "parts": parts, "draws": total}
    if certain:
        return SimulatedEstimate(value=at_best, assumptions=(*assumptions, NO_ERROR), **told)
    low, high = np.quantile(total, [0.025, 0.975])
    return SimulatedEstimate(value=float(total.mean()), se=float(total.std(ddof=1)), low=float(low),
                             high=float(high), level=LEVEL, assumptions=(*assumptions, _amounts.PERT), **told)
