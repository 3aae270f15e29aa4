"""How much of a drug a town uses, from what its residents leave in the wastewater."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from measurement import _amounts, checks
from measurement.estimate import Estimate, NoEstimate, readable

LEVEL = 0.95
SOURCE = "Zuccato et al. (2008); Castiglioni et al. (2013); days below the limit: Kroll & Stedinger (1996)"
ASSUMPTIONS = (
    "The days sampled stand for the days meant: every weekday as often as it comes, since use is higher at "
    "weekends.",
    "Days differ by chance and independently; a holiday or a festival is not among ordinary days.",
    "The samples are composites over the whole day, in proportion to the flow.",
    "Nothing is lost or made in the sewer and in the bottle, and nobody pours the drug away.",
    "The population is that which is there on the day, commuters and tourists included.",
    "The factor holds for these users and their way of use.",
)
CENSORED = ("Days below the limit follow the lognormal distribution of the other days. {censored} of {days} "
            "days are below it.")
NO_INTERVAL = ("One day, or days all alike, and no error of population or factor: there is no interval, and "
               "none is not 0.")
USUAL_LITRES = (50, 1500)


@dataclass(frozen=True, repr=False, kw_only=True)
class LoadEstimate(Estimate):
    """A daily load from wastewater; see :func:`wastewater_load`.

    Parameters
    ----------
    grams_a_day : float
        The same for the whole population: grams a day.
    censored : int
        Days below the limit of quantification.
    log_mean, log_sd : float or None
        The lognormal distribution of the daily loads that fills in the days below the limit: mean and
        standard deviation of their natural logarithm. None without such days.

    Examples
    --------
    >>> load = wastewater_load([500, 620, 900], [21e6, 20e6, 22e6], population=100_000, factor=3.6)
    >>> round(load.grams_a_day, 1), load.censored
    (51.2, 0)
    """

    grams_a_day: float
    censored: int
    log_mean: float | None = None
    log_sd: float | None = None

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Grams a day in all", readable(self.grams_a_day)),
                ("Days below the limit", readable(self.censored))]


def wastewater_load(
    concentration: object, flow: object, population: object, factor: object, limit: object = None
) -> LoadEstimate:
    """Mean daily consumption of a drug, in milligrams a day for 1,000 inhabitants, from wastewater.

    Parameters
    ----------
    concentration : float, or Series or array or list
        Concentration of the residue in the day's composite sample, in nanograms a litre; one number a day.
    flow : float, or Series or array or list
        Wastewater of the day, in litres. A cubic metre has 1,000 litres.
    population : float, (low, best, high) or Estimate, or Series or array
        Persons whose wastewater it is; a Series or array has one number a day.
    factor : float, (low, best, high) or Estimate
        Drug consumed for each unit of residue found: the ratio of their molar masses over the share that is
        excreted as this residue. For cocaine and benzoylecgonine the ratio of the masses is 303.4 / 289.3.
    limit : float, or Series or array or list, optional
        Limit of quantification, in nanograms a litre. A concentration below it is not taken at its word,
        whatever stands there: it is somewhere between 0 and the limit.

    Returns
    -------
    LoadEstimate
        An :class:`Estimate` with a 95 % interval, ``grams_a_day``, ``censored``, ``log_mean`` and ``log_sd``;
        ``n`` is the number of days. One day alone has an interval only if population or factor has an
        error.

    Raises
    ------
    NoEstimate
        Every day is below the limit (the message gives the upper bound), or too few days are above it to
        tell how loads are spread, or the error of population or factor is as large as the number.
    ValueError
        A number is missing, negative or no number; lists have different lengths; flow, population or factor
        is 0, or a concentration where no limit is given.

    Notes
    -----
    The load of day t is x_t = concentration x flow x factor / 10^6 / (population / 1000): milligrams a day
    for 1,000 inhabitants. The estimate is the mean of the daily loads. The mean concentration times the mean
    flow is not: rain thins the one and swells the other.

    With days below the limit, x_t < L_t, a lognormal distribution is fitted to all days by maximum
    likelihood, the sum over the other days of log f(x_t) plus the sum over those of log F(L_t). Each such day
    then counts with its expected load E(x | x < L_t), and all others as they are (the "robust" fill-in of
    Kroll and Stedinger). Half the limit in their place, as is often done, has no ground and can be wrong in
    either direction; 0 is too low, leaving them out too high.

    The standard error between days is that of the influence of each day on this mean, the fit included; the
    relative errors of population and factor are added in squares. The interval is m exp(-/+ t se / m) with t
    of Student's distribution with n - 1 degrees of freedom for the part between days. With fewer than about
    four weeks it holds the true mean a little less often than it says.

    What it cannot tell. Not how many persons use, nor how pure what they use is, and not what is used where
    no sewer goes. The factor is often its largest doubt.

    References
    ----------
    Zuccato, E., Chiabrando, C., Castiglioni, S., Bagnati, R. & Fanelli, R. (2008). Estimating community drug
    abuse by wastewater analysis. Environmental Health Perspectives 116, 1027-1032. Castiglioni, S. et al.
    (2013). Evaluation of uncertainties associated with the determination of community drug use through the
    measurement of sewage drug biomarkers. Environmental Science & Technology 47, 1452-1460. Jones, H. E. et
    al. (2014). Illicit and pharmaceutical drug consumption estimated via wastewater analysis. Part B: placing
    back-calculations in a formal statistical framework. Science of the Total Environment 487, 642-650. Kroll,
    C. N. & Stedinger, J. R. (1996). Estimation of moments and quantiles using censored data. Water Resources
    Research 32, 1005-1012. Helsel, D. R. (2012). Statistics for Censored Environmental Data Using Minitab and
    R, 2nd ed. Hoboken: Wiley.

    Examples
    --------
    A week in a town of 100,000, one day below the limit of 50 ng/L, with an invented factor:

    >>> found = [310, 290, 0, 260, 420, 610, 540]
    >>> litres = [21e6, 20e6, 44e6, 22e6, 21e6, 20e6, 20e6]
    >>> wastewater_load(found, litres, population=100_000, factor=(3.0, 3.6, 4.4), limit=50)
    About 267.9 (95 % interval 166.9 to 429.9; wastewater, from 7 observed)
    """
    days, labels, people = _read_days(concentration, flow, population, limit)
    rate = _amounts.amount("factor", factor)
    if rate.value == 0:
        raise ValueError("factor is 0: give a number above 0.")
    below = days["concentration"] < days["limit"]
    _check_days(days, labels, below)
    scale = days["flow"] * rate.value / 1e6 / (days["population"] / 1000)
    loads, limits = days["concentration"] * scale, days["limit"] * scale
    _check_above(loads, limits, below)
    _amounts.refuse_vague(factor=rate.spread, population=people.spread)
    other = math.hypot(rate.spread, people.spread)
    filled, influence, fit = _fill_in(loads, limits, below)
    return _estimate(filled, influence, fit, below, days, other)


def _read_days(concentration: object, flow: object, population: object,
               limit: object) -> tuple[dict[str, np.ndarray], object, _amounts.Amount]:
    """Columns with one row a day, their labels, and the population where it is one amount with an error."""
    daily = hasattr(population, "dtype") and np.ndim(population) == 1
    people = _amounts.Amount(1.0, 0.0) if daily else _amounts.amount("population", population)
    days, labels = _amounts.columns({"concentration": concentration, "flow": flow,
                                     "population": population if daily else people.value,
                                     "limit": 0.0 if limit is None else limit})
    return days, labels, people


def _check_days(days: dict[str, np.ndarray], labels: object, below: np.ndarray) -> None:
    for name in ("flow", "population"):
        if (days[name] == 0).any():
            raise ValueError(f"{name}{_amounts.place(days[name] == 0, labels)} is 0: leave the day out, or "
                             "give a number above 0.")
    nothing = (days["concentration"] == 0) & ~below
    if nothing.any():
        raise ValueError(f"concentration{_amounts.place(nothing, labels)} is 0: a laboratory cannot find "
                         "nothing, only less than its limit. Give the limit of quantification.")


def _check_above(loads: np.ndarray, limits: np.ndarray, below: np.ndarray) -> None:
    if below.all():
        raise NoEstimate(f"All days ({below.size}) are below the limit: there is no estimate, only a bound. "
                         f"The mean load is below {readable(limits.mean())} mg a day for 1,000 inhabitants. "
                         "Ask the laboratory for a lower limit.")
    if below.any() and np.unique(loads[~below]).size < 2:
        raise NoEstimate("Fewer than two different loads are above the limit: they do not tell how loads are "
                         "spread, so the days below it cannot be filled in. Take more days, or a lower "
                         "limit.")


def _fill_in(loads: np.ndarray, limits: np.ndarray,
             below: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[float, float] | None]:
    """Loads with expectations below the limit, the influence of each day on their mean, and the fit."""
    if not below.any():
        return loads, loads - loads.mean(), None
    log_loads = np.log(np.where(below, 1, loads))
    log_limits = np.log(np.where(below, limits, 1))
    mean, sd = _censored_fit(log_loads, log_limits, below)
    filled = _filled(mean, sd, loads, log_limits, below)
    scores, information = _scores(mean, sd, log_loads, log_limits, below)
    # How the filled-in mean moves with the fit, and the fit with each day (M-estimation).
    step = 1e-5 * sd
    slope = np.array([(_filled(mean + step, sd, loads, log_limits, below).mean()
                       - _filled(mean - step, sd, loads, log_limits, below).mean()) / (2 * step),
                      (_filled(mean, sd + step, loads, log_limits, below).mean()
                       - _filled(mean, sd - step, loads, log_limits, below).mean()) / (2 * step)])
    influence = filled - filled.mean() + scores @ np.linalg.solve(information, slope)
    return filled, influence, (mean, sd)


def _filled(mean: float, sd: float, loads: np.ndarray, log_limits: np.ndarray,
            below: np.ndarray) -> np.ndarray:
    """Each load, or its expectation below the limit: E(x | x < L) of a lognormal distribution."""
    place = (log_limits - mean) / sd
    expected = np.exp(mean + sd**2 / 2 + _log_cdf(place - sd) - _log_cdf(place))
    return np.where(below, expected, loads)


def _censored_fit(log_loads: np.ndarray, log_limits: np.ndarray, below: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm, by maximum likelihood with days below a limit.

    In the parameters mean / sd and 1 / sd the log-likelihood is concave (Olsen, 1978), so Newton's method
    with halved steps finds its one maximum.
    """
    seen = log_loads[~below]
    centre, width = seen.mean(), seen.std()
    seen, cut = (seen - centre) / width, (log_limits[below] - centre) / width
    point = np.array([0.0, 1.0])
    value, gradient, hessian = _likelihood(point, seen, cut)
    for _ in range(200):
        move = -np.linalg.solve(hessian, gradient)
        if np.abs(move).max() < 1e-12 * (1 + np.abs(point).max()):
            break
        share = 1.0
        while share > 1e-12:
            new = point + share * move
            if new[1] > 0 and (found := _likelihood(new, seen, cut))[0] >= value - 1e-12:
                break
            share /= 2
        point, (value, gradient, hessian) = new, found
    return float(centre + width * point[0] / point[1]), float(width / point[1])


def _likelihood(point: np.ndarray, seen: np.ndarray, cut: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood in (mean / sd, 1 / sd) with its first and second derivatives."""
    n, (ratio, place) = seen.size, _mills(point[1] * cut - point[0])
    errors, curve = point[1] * seen - point[0], ratio * (ratio + place)
    value = n * math.log(point[1]) - (errors @ errors) / 2 + _log_cdf(place).sum()
    gradient = np.array([errors.sum() - ratio.sum(), n / point[1] - errors @ seen + ratio @ cut])
    mixed = seen.sum() + curve @ cut
    hessian = np.array([[-n - curve.sum(), mixed],
                        [mixed, -n / point[1]**2 - seen @ seen - curve @ cut**2]])
    return value, gradient, hessian


def _scores(mean: float, sd: float, log_loads: np.ndarray, log_limits: np.ndarray,
            below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of each day's log-likelihood in mean and sd, and minus the mean of the second ones."""
    ratio, place = _mills((np.where(below, log_limits, log_loads) - mean) / sd)
    first = np.where(below, -ratio, place) / sd
    second = np.where(below, -ratio * place, place**2 - 1) / sd
    curve = ratio * (ratio + place)
    in_mean = np.where(below, curve, 1.0)
    mixed = np.where(below, curve * place - ratio, 2 * place)
    in_sd = np.where(below, curve * place**2 - 2 * ratio * place, 3 * place**2 - 1)
    information = np.array([[in_mean.mean(), mixed.mean()], [mixed.mean(), in_sd.mean()]]) / sd**2
    return np.column_stack([first, second]), information


def _mills(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normal density over distribution function, stable far below 0, and the place itself."""
    return np.exp(-place**2 / 2 - 0.5 * math.log(2 * math.pi) - _log_cdf(place)), place


def _log_cdf(place: np.ndarray) -> np.ndarray:
    from scipy.special import log_ndtr  # only days below the limit need it

    return log_ndtr(place)


def _estimate(filled: np.ndarray, influence: np.ndarray, fit: tuple[float, float] | None, below: np.ndarray,
              days: dict[str, np.ndarray], other: float) -> LoadEstimate:
    from scipy.special import stdtrit

    value, n = float(filled.mean()), filled.size
    assumptions = (*ASSUMPTIONS, _flow_told(float(days["flow"].mean() / days["population"].mean())))
    if below.any():
        assumptions += (CENSORED.format(censored=int(below.sum()), days=n),)
    told = {"value": value, "n": n, "method": "wastewater", "source": SOURCE, "level": LEVEL,
            "grams_a_day": float((filled * days["population"]).mean()) / 1e6, "censored": int(below.sum())}
    if fit is not None:
        told["log_mean"], told["log_sd"] = fit
    between = math.sqrt(float(influence @ influence) / (n * (n - 1))) / value if n > 1 else 0.0
    if between == 0 and other == 0:
        return LoadEstimate(**told, assumptions=(*assumptions, NO_INTERVAL))
    wide = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * between if n > 1 else 0.0
    step = math.exp(math.hypot(wide, checks.normal_quantile(LEVEL) * other))
    return LoadEstimate(**told, se=value * math.hypot(between, other), low=value / step, high=value * step,
                        assumptions=assumptions)


def _flow_told(litres: float) -> str:
    told = f"The flow is in litres: it comes to {readable(litres)} a person a day."
    if USUAL_LITRES[0] <= litres <= USUAL_LITRES[1]:
        return told
    return told + " This is unusual: check the units of flow and population."
