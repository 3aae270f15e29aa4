"""How many persons there are whom nobody counted."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import _count_models, checks
from measurement.estimate import Estimate, NoEstimate

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("chapman", "lincoln-petersen")
NAMES = {"chapman": "Chapman", "lincoln-petersen": "Lincoln-Petersen"}
SOURCES = {
    "chapman": "Chapman (1951); variance: Seber (2002), p. 60",
    "lincoln-petersen": "International Working Group for Disease Monitoring and Forecasting (1995)",
}
ASSUMPTIONS = (
    "Closed population: nobody joined or left between the two lists.",
    "Perfect linkage: everyone on both lists was recognized as one person, and nobody else was.",
    "Independence: being on one list does not change the chance of being on the other.",
    "Equal chances: on at least one of the lists everyone had the same chance to be.",
)


COUNT_METHODS = ("ztpoisson", "zelterman", "chao")
COUNT_NAMES = {"ztpoisson": "zero-truncated Poisson", "zelterman": "Zelterman", "chao": "Chao's lower bound"}
COUNT_SOURCES = {
    "ztpoisson": "van der Heijden, Cruyff & van Houwelingen (2003)",
    "zelterman": "Zelterman (1988); Böhning & van der Heijden (2009)",
    "chao": "Chao (1987); Böhning et al. (2013)",
}
COUNT_ASSUMPTIONS = (
    "Closed population: nobody joined or left in the period.",
    "Perfect linkage: every time a person was seen was recognized as the same person.",
    "Being seen once does not change the chance to be seen again. Prison or deportation after the first time "
    "makes Zelterman's and Chao's estimates too high.",
)
MULTIPLIER_ASSUMPTIONS = (
    "Both numbers speak of the same persons, the same area and the same period.",
    "The service means the same in the register and in the question of the survey.",
    "The survey represents the population: clients of the service are in it neither more nor less often.",
    "Nobody is registered twice.",
)
NO_ERROR_GIVEN = "The numbers have no error. None was given, so there is no interval: give share_se."
CHANCES = {
    "ztpoisson": "Everybody (with the same covariates) has the same chance to be seen at any time. If "
                 "chances differ, the estimate is too low.",
    "zelterman": "Those seen once or twice tell of those never seen. If chances differ, the estimate is "
                 "rather too high.",
    "chao": "Chances may differ: then the true number is larger, the estimate is a lower bound.",
}


def two_source(
    n1: object, n2: object, both: object, method: str = "chapman", level: float = 0.95
) -> Estimate | pd.DataFrame:
    """Size of a population from two lists of its members and the number of persons on both.

    The share of the second list that the first list already knew stands for the share of everybody that it
    knew.

    Parameters
    ----------
    n1, n2 : int or array of int
        Persons on the first and on the second list, those on both included.
    both : int or array of int
        Persons on both lists.
    method : {"chapman", "lincoln-petersen"}
        Chapman's estimate is nearly unbiased unless ``both`` is very small, and stays finite when it is 0.
        Lincoln-Petersen is the textbook ratio; it tends to be too high when ``both`` is small.
    level : float
        Level of the normal interval, as a share.

    Returns
    -------
    Estimate or pandas.DataFrame
        An estimate for three numbers; its ``n`` is the number of persons on at least one list. Where one
        argument is an array, a list or a Series: a table with one row for each position and the columns
        ``value``, ``se``, ``low``, ``high`` and ``n``, with the index of the Series.

    Raises
    ------
    NoEstimate
        A list is empty, or nobody is on both lists with ``method="lincoln-petersen"``.
    ValueError
        A number is missing, negative, not whole or not a number; ``both`` is larger than a list; arrays do
        not fit together; the method or the level does not exist. The message names the argument and the
        position.

    Notes
    -----
    Chapman: N = (n1 + 1)(n2 + 1) / (m + 1) - 1 with m = ``both``, and Seber's variance (n1 + 1)(n2 + 1)(n1 -
    m)(n2 - m) / ((m + 1)^2 (m + 2)). Lincoln-Petersen: N = n1 n2 / m, and by the delta method the variance n1
    n2 (n1 - m)(n2 - m) / m^3. The interval is value -/+ z se. It is not cut off: a lower limit below the
    number of persons already seen says that the overlap is too small for this interval.

    What it cannot tell. It cannot tell whether the lists are independent: two lists alone hold no trace of
    it. Where two services refer persons to each other the estimate is too low; where they serve different
    persons it is too high. Missed links make it too high, false links too low. It says nothing about persons
    who could be on neither list.

    References
    ----------
    Chapman, D. G. (1951). Some properties of the hypergeometric distribution with applications to zoological
    censuses. University of California Publications in Statistics 1, 131-160. Seber, G. A. F. (2002). The
    Estimation of Animal Abundance and Related Parameters, 2nd ed., p. 60. International Working Group for
    Disease Monitoring and Forecasting (1995). Capture-recapture and multiple-record systems estimation I.
    American Journal of Epidemiology 142, 1047-1058.

    Examples
    --------
    Seber (2002), Table 3.7, gives 9,393 with a standard error of 3,022:

    >>> two_source(500, 149, 7)
    About 9,393 (95 % interval 3,469 to 15,316; Chapman, from 642 observed)
    >>> round(two_source(500, 149, 7).se)
    3022
    >>> two_source([500, 1000], [149, 243], [7, 21]).round()
         value      se     low     high    n
    0   9393.0  3022.0  3469.0  15316.0   642
    1  11101.0  2184.0  6821.0  15381.0  1222
    """
    checks.choice("method", method, METHODS)
    z = checks.normal_quantile(level)
    arguments = {"n1": n1, "n2": n2, "both": both}
    columns = {name: _column(name, values) for name, values in arguments.items()}
    index = _shared_index(arguments)
    first, second, common = _same_length(columns)
    _check_lists(first, second, common, method, index)
    value, se = _chapman(first, second, common) if method == "chapman" else _petersen(first, second, common)
    table = {"value": value, "se": se, "low": value - z * se, "high": value + z * se,
             "n": (first + second - common).astype(np.int64)}
    if all(column.ndim == 0 for column in columns.values()):
        return _estimate({name: column[0] for name, column in table.items()}, method, level)
    import pandas as pd  # only tables need it

    return pd.DataFrame(table, index=index)


@dataclass(frozen=True, repr=False, kw_only=True)
class CountsEstimate(Estimate):
    """An estimate from how often persons were seen; see :func:`truncated_counts`.

    Parameters
    ----------
    aic : float
        Akaike's criterion of the model: of all counts for the zero-truncated Poisson, of the logistic
        regression on persons seen once or twice for the others. Compare it within one method only.
    coefficients : pandas.DataFrame
        One row for each coefficient with its ``value`` and ``se``, on the scale of the logarithm of the mean
        number of times.

    Examples
    --------
    >>> round(truncated_counts({1: 60, 2: 20, 3: 5}).aic, 2)
    131.71
    """

    aic: float
    coefficients: pd.DataFrame = field(compare=False)


def truncated_counts(
    counts: object, method: str = "ztpoisson", covariates: list[str] | None = None, level: float = 0.95
) -> CountsEstimate:
    """Size of a population from one list that tells how often each person on it was seen.

    Those who were seen once, twice, three times tell how many were seen never.

    Parameters
    ----------
    counts : mapping, Series or pandas.DataFrame
        How many persons were seen once, twice and so on, as ``{1: 1645, 2: 183}`` or a Series with the times
        as its labels. Or a table with one row a person and a column ``count``.
    method : {"ztpoisson", "zelterman", "chao"}
        The zero-truncated Poisson model uses all counts. Zelterman's estimate uses the persons seen once or
        twice and is less harmed by a few who are seen very often. Chao's estimate is a lower bound.
    covariates : list of str, optional
        Columns of the table, as numbers or as categories, on which the mean number of times depends.
    level : float
        Level of the interval, as a share.

    Returns
    -------
    CountsEstimate
        An :class:`Estimate` with ``aic`` and ``coefficients``; ``n`` is the number of persons seen.

    Raises
    ------
    NoEstimate
        Nobody was seen twice, or nobody once (Zelterman), or the covariates tell exactly who was seen once.
    ValueError
        A count is missing, negative, not whole, or 0 in a row of a person; a column does not exist, is
        missing a value, or repeats the others; the method or the level does not exist.

    Notes
    -----
    The times y of person i are Poisson with mean l_i, log l_i = x_i b, and only y > 0 is seen. The estimate
    is the Horvitz-Thompson sum N = sum 1 / (1 - exp(-l_i)) over the persons seen, which without covariates
    is n / (1 - exp(-l)). Zero-truncated Poisson: b maximizes the likelihood of y given y > 0; without
    covariates l / (1 - exp(-l)) = mean of y. Zelterman: b maximizes the likelihood of y = 2 against y = 1, a
    logistic regression with l_i = 2 exp(x_i b); without covariates l = 2 f2 / f1. Its ``coefficients`` have
    log 2 added to the constant, so that they too are those of log l. Chao: N = n + sum 1 / (l_i + l_i^2 / 2)
    over the persons seen once or twice, with Zelterman's l_i; without covariates n + f1^2 / (2 f2).

    The variance has two parts: of being seen or not, the sum of (1 - p_i) / p_i^2 over the persons seen with
    p_i = 1 - exp(-l_i), and of the error of b, g' I^-1 g with g the gradient of N in b and I the Fisher
    information. For Chao without covariates it is f2 (r^4 / 4 + r^3 + r^2 / 2) with r = f1 / f2. The interval
    is N -/+ z se; for Chao it is n + f0 / c to n + f0 c with f0 = N - n and c = exp(z sqrt(log(1 + se^2 /
    f0^2))).

    What it cannot tell. It cannot tell those who are seldom seen from those who can never be seen: nobody of
    the latter is in the estimate. One table gives several answers, 7,080 to 9,425 in the example below: the
    spread between the methods is a hint that chances differ, and no interval contains it.

    References
    ----------
    van der Heijden, P. G. M., Cruyff, M. & van Houwelingen, H. C. (2003). Estimating the size of a criminal
    population from police records using the truncated Poisson regression model. Statistica Neerlandica 57,
    289-304. Zelterman, D. (1988). Robust estimation in truncated discrete distributions with application to
    capture-recapture experiments. Journal of Statistical Planning and Inference 18, 225-237. Chao, A. (1987).
    Estimating the population size for capture-recapture data with unequal catchability. Biometrics 43,
    783-791. Böhning, D. & van der Heijden, P. G. M. (2009). A covariate adjustment for zero-truncated
    approaches to estimating the size of hidden and elusive populations. Annals of Applied Statistics 3,
    595-610. Böhning, D., Vidal-Diez, A., Lerdsuwansri, R., Viwatwongkasem, C. & Arnold, M. (2013). A
    generalization of Chao's estimator for covariate information. Biometrics 69, 1033-1042.

    Examples
    --------
    Persons without a residence permit apprehended in four Dutch cities in 1995 (van der Heijden and others,
    2003):

    >>> seen = {1: 1645, 2: 183, 3: 37, 4: 13, 5: 1, 6: 1}
    >>> truncated_counts(seen)
    About 7,080 (95 % interval 6,363 to 7,797; zero-truncated Poisson, from 1,880 observed)
    >>> truncated_counts(seen, method="zelterman")
    About 9,425 (95 % interval 8,084 to 10,765; Zelterman, from 1,880 observed)
    >>> truncated_counts(seen, method="chao")
    About 9,274 (95 % interval 8,085 to 10,690; Chao's lower bound, from 1,880 observed)
    """
    checks.choice("method", method, COUNT_METHODS)
    z = checks.normal_quantile(level)
    seen = _count_models.read_counts(counts, covariates)
    _count_models.check_counts(seen, method)
    fit = _count_models.fit_counts(seen, method)
    value, chance, gradient = _count_models.total(seen, fit, method)
    se = math.sqrt(chance + gradient @ fit.covariance @ gradient)
    n = int(seen.persons.sum())
    low, high = _log_interval(n, value, se, z) if method == "chao" else (value - z * se, value + z * se)
    assumptions = (*COUNT_ASSUMPTIONS, CHANCES[method])
    if low < n:
        assumptions += ("Enough persons seen more than once. Here the lower limit is below the number of "
                        "persons already seen: they are too few for this interval.",)
    return CountsEstimate(value=value, se=se, low=low, high=high, level=level, n=n, aic=fit.aic,
                          method=COUNT_NAMES[method], source=COUNT_SOURCES[method], assumptions=assumptions,
                          coefficients=_count_models.coefficient_table(seen, fit, method))


def multiplier(
    registered: float, share: float, share_se: float = 0.0, registered_se: float = 0.0
) -> Estimate:
    """Size of a population from the clients of a service and the share of the population who are clients.

    Parameters
    ----------
    registered : float
        Persons of the population whom the service has registered.
    share : float
        Share of the population who say that they are registered, from a survey of the population.
    share_se : float
        Standard error of the share.
    registered_se : float
        Standard error of the number registered, if it is itself an estimate.

    Returns
    -------
    Estimate
        With a 95 % interval; without one if no standard error is given, since an error that nobody told is
        not 0.

    Raises
    ------
    NoEstimate
        The share is 0, or so uncertain that it may be 0.
    ValueError
        A number is missing, negative or no number, or the share is above 1.

    Notes
    -----
    N = M / p with M registered and p the share; by the delta method se = N c with c = sqrt((se_M / M)^2 +
    (se_p / p)^2). The interval is N exp(-/+ z c): the error of a quotient is lopsided.

    What it cannot tell. Both numbers must speak of the same persons, place and period, and the service must
    mean the same in both. Where the survey reaches clients of the service more easily than others the share
    is too high and the estimate too low.

    References
    ----------
    UNAIDS/WHO Working Group on Global HIV/AIDS and STI Surveillance (2010). Guidelines on Estimating the Size
    of Populations Most at Risk to HIV. Geneva: World Health Organization.

    Examples
    --------
    A shelter has registered 420 victims; of 300 victims interviewed elsewhere 14 % say that they were there,
    with a standard error of 2 percentage points:

    >>> multiplier(420, 0.14, share_se=0.02)
    About 3,000 (95 % interval 2,267 to 3,969; multiplier, from 420 observed)
    """
    registered = checks.number("registered", registered, low=0)
    share = checks.number("share", share, low=0)
    if share > 1:
        mend = f" For {share:g} % write {share / 100:g}." if share <= 100 else ""
        raise ValueError(f"share is {share:g}: write a share between 0 and 1.{mend}")
    share_se = checks.number("share_se", share_se, low=0)
    registered_se = checks.number("registered_se", registered_se, low=0)
    if registered == 0:
        raise NoEstimate("registered is 0: a service without clients says nothing. Choose another service.")
    if share == 0:
        raise NoEstimate("share is 0: nobody in the survey uses the service, so the estimate is without "
                         "limit. Choose a service that more persons use, or ask more persons.")
    value, spread = registered / share, math.hypot(share_se / share, registered_se / registered)
    if spread >= 1:
        raise NoEstimate("The standard errors are as large as the numbers themselves: the share may as well "
                         "be 0, and then the estimate is without limit. Ask more persons.")
    return _multiplied(value, spread, registered)


def _multiplied(value: float, spread: float, registered: float) -> Estimate:
    told = {"value": value, "method": "multiplier", "n": round(registered),
            "source": "UNAIDS/WHO (2010)"}
    if spread == 0:
        return Estimate(**told, assumptions=(*MULTIPLIER_ASSUMPTIONS, NO_ERROR_GIVEN))
    factor = math.exp(checks.normal_quantile(0.95) * spread)
    return Estimate(**told, se=value * spread, low=value / factor, high=value * factor,
                    assumptions=MULTIPLIER_ASSUMPTIONS)


def _log_interval(n: int, value: float, se: float, z: float) -> tuple[float, float]:
    """Chao's interval: the logarithm of the number not seen is normal."""
    factor = math.exp(z * math.sqrt(math.log1p((se / (value - n)) ** 2)))
    return n + (value - n) / factor, n + (value - n) * factor


def _chapman(n1: np.ndarray, n2: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return value, np.sqrt(variance)


def _petersen(n1: np.ndarray, n2: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return n1 * n2 / m, np.sqrt(n1 * n2 * (n1 - m) * (n2 - m) / m**3)


def _estimate(row: dict, method: str, level: float) -> Estimate:
    """One row of the table as an estimate, with a word of warning where the interval cannot be right."""
    assumptions = ASSUMPTIONS
    if row["low"] < row["n"]:
        assumptions += ("Enough persons on both lists. Here the lower limit is below the number of persons "
                        "already seen: the overlap is too small for this interval.",)
    numbers = {name: float(row[name]) for name in ("value", "se", "low", "high")}
    return Estimate(**numbers, level=level, method=NAMES[method], n=int(row["n"]), assumptions=assumptions,
                    source=SOURCES[method])


def _column(name: str, values: object) -> np.ndarray:
    """One argument as whole, non-negative floats: an array of no dimension for one number, else of one."""
    if isinstance(values, (str, bytes)):
        raise ValueError(f"{name} is the text {values!r}: give a number, for example int({values!r}).")
    if isinstance(values, (set, frozenset, dict)):
        raise ValueError(f"{name} is a {type(values).__name__}: "
                         "give the number of persons, or a list of numbers.")
    if hasattr(values, "columns"):
        raise ValueError(f"{name} is a table: give one of its columns, or a number.")
    cells = np.asarray(values, dtype=object)
    if cells.ndim > 1:
        raise ValueError(f"{name} has {cells.ndim} dimensions: give a number, or a list of numbers.")
    if cells.ndim == 0:
        return np.array(checks.count(name, cells.item(), of="persons"))
    if cells.size == 0:
        raise ValueError(f"{name} is empty: give at least one number.")
    whole = getattr(getattr(values, "dtype", None), "kind", None) in ("i", "u")
    if whole and cells.min() >= 0 and cells.max() <= checks.MOST:
        return cells.astype(float)  # whole numbers need no look at each
    labels = values.index if hasattr(values, "iloc") else None
    places = (f"{name}, {_place(position, labels)}," for position in range(cells.size))
    return np.array([checks.count(place, cell, "persons") for place, cell in zip(places, cells, strict=True)])


def _place(position: int, labels: object = None) -> str:
    """Where a value stands: counted from 1, and in a table also the label of its row."""
    return f"entry {position + 1}" + ("" if labels is None else f" (row {labels[position]!r})")


def _shared_index(arguments: dict[str, object]) -> object:
    """The index of the Series among the arguments; they must agree, or rows would be mixed up."""
    series = {name: values for name, values in arguments.items() if hasattr(values, "iloc")}
    if not series:
        return None
    first_name, first = next(iter(series.items()))
    for name, values in series.items():
        if not values.index.equals(first.index):
            raise ValueError(f"{first_name} and {name} have different row labels: take both from one table, "
                             "or give both as lists.")
    return first.index


def _same_length(columns: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The three arguments as arrays of one length; single numbers are repeated."""
    lengths = {name: column.size for name, column in columns.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"The lists of numbers have different lengths ({told}): "
                         "give one number for each row.")
    length = max(lengths.values(), default=1)
    return [np.full(length, column) if column.ndim == 0 else column for column in columns.values()]


def _check_lists(n1: np.ndarray, n2: np.ndarray, both: np.ndarray, method: str, index: object) -> None:
    """Nobody can be on both lists without being on each; a list must have somebody."""
    many = both.size > 1

    def where(wrong: np.ndarray) -> tuple[int, str]:
        position = int(np.argmax(wrong))
        return position, f" ({_place(position, index)})" if many or index is not None else ""

    for name, column in (("n1", n1), ("n2", n2)):
        if (column == 0).any():
            _, place = where(column == 0)
            raise NoEstimate(f"{name} is 0{place}: a list with nobody on it says nothing about who is "
                             "missing. Choose another list, or merge it with one.")
        if (both > column).any():
            position, place = where(both > column)
            raise ValueError(
                f"both is {both[position]:.0f} but {name} is {column[position]:.0f}{place}: "
                f"whoever is on both lists is on each. Count everyone on the list in {name}, those on both "
                "included.")
    if method == "lincoln-petersen" and (both == 0).any():
        _, place = where(both == 0)
        raise NoEstimate(f"both is 0{place}: with nobody on both lists the Lincoln-Petersen estimate is "
                         'without limit. Use method="chapman", which stays finite, or lists that share '
                         "somebody.")
