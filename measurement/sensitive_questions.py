"""How many admit what nobody admits: questions in which chance or a list protects who answers."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._intervals import wilson
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
DESIGNS = ("warner", "forced", "lie-detector")
NAMES = {"warner": "Warner's randomized response", "forced": "forced response",
         "lie-detector": "stochastic lie detector"}
SOURCES = {"warner": "Warner (1965)", "forced": "Boruch (1971); Fox & Tracy (1986)",
           "lie-detector": "Moshagen, Musch & Erdfelder (2012)"}
DEVICE = "Respondents understand the rules, follow them, and the chances of the device are as given."
HONEST = "Nobody answers against the rules out of fear, or at random."
LIARS = ("Only those with the trait may lie, and they tell the truth with the same chance in both groups.",
         "The two groups were made by chance.")
SAMPLE = "Respondents are a random sample of the population."
OUTSIDE = ("The estimate is outside of 0 to 1: either chance in a small sample, or respondents who do not "
           "follow the rules.")
CROSSWISE = "The share of the harmless trait is as given, and it has nothing to do with the sensitive one."
ANCHOR = ("Nobody has the trait of the anchor item.",
          "Whoever does not follow the rules answers at random, in the anchor item as often as in the other.")
LIST_ASSUMPTIONS = (
    "Treatment and control group were made by chance.",
    "The sensitive item does not change what people answer to the others (no design effect).",
    "Nobody lies about the sensitive item. Whoever would have to name all items, or that one alone, may.",
    SAMPLE,
)
DIRECT = "Nobody admits directly what is not true, and the direct question changes no answer to the list."


# --- Randomized response ----------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class RandomizedEstimate(Estimate):
    """A share estimated by randomized response; see :func:`randomized_response`.

    Parameters
    ----------
    truthful, truthful_se : float or None
        For the lie detector: the share of those with the trait who answer truly, and its standard error; None
        if nobody seems to have the trait. None for the other designs, which take all answers for true.

    Examples
    --------
    >>> estimate = randomized_response((373, 398), (564, 692), (2 / 12, 10 / 12), design="lie-detector")
    >>> round(estimate.truthful, 6), round(estimate.truthful_se, 6)
    (0.635806, 0.017344)
    """

    truthful: float | None = None
    truthful_se: float | None = None

    def _rows(self) -> list[tuple[str, str]]:
        truthful = [] if self.truthful is None else [("Truthful among them", readable(self.truthful))]
        return [*super()._rows(), *truthful]


def randomized_response(
    yes: object, n: object, p: object, design: str = "warner", p_yes: float = 0.0
) -> RandomizedEstimate:
    """Share with a sensitive trait from answers that a device of chance (dice, cards, a birthday) protects.

    Parameters
    ----------
    yes : int
        Persons who answered yes. For the lie detector a pair, one number for each group.
    n : int
        Persons asked; for the lie detector a pair.
    p : float
        Chance to get the sensitive question: against its negation (Warner), or against an order to answer
        something (forced). For the lie detector a pair, one chance for each group.
    design : {"warner", "forced", "lie-detector"}
        Warner: the device chooses between "I did it" and "I did not do it". Forced response: the device
        chooses between the question and the order to say yes or to say no. Stochastic lie detector: Warner's
        device with another chance in each of two groups, where those with the trait may lie.
    p_yes : float
        Forced response: chance of the order to say yes. The rest, 1 - p - p_yes, is the order to say no. With
        an unrelated question instead of an order it is (1 - p) times the share who truly say yes to it.

    Returns
    -------
    RandomizedEstimate
        An :class:`Estimate` of the share with a 95 % interval; for the lie detector with ``truthful``.

    Raises
    ------
    ValueError
        A number is missing, negative, not whole or no number; more say yes than were asked; a chance is not
        between 0 and 1, or one for which answers say nothing (Warner: 0.5; forced: 0; lie detector: the same
        chance in both groups).

    Notes
    -----
    With l the share who say yes: Warner pi = (l + p - 1) / (2 p - 1); forced response pi = (l - p_yes) / p;
    both with the variance l (1 - l) / (n - 1), divided by (2 p - 1)^2 or p^2. Lie detector: l_g = pi t + (1 -
    pi)(1 - p_g) in group g with t the truthful share, so that pi = 1 - (l_1 - l_2) / (p_2 - p_1) and t = (l_1
    - (1 - pi)(1 - p_1)) / pi, by the delta method. Intervals are Wilson's for l, carried over; for two groups
    those of the difference are put together from both (Newcombe's method 10). Neither estimate nor interval
    is cut off at 0 and 1.

    What it cannot tell. It cannot tell who does not follow the rules: some say no whatever the device orders
    (then the estimate is too low), others answer without reading (then it moves towards what pure chance
    gives). The price of protection is precision: the standard error is 1 / |2 p - 1| or 1 / p times as large
    as that of an open question, and the sample has to grow by the square.

    References
    ----------
    Warner, S. L. (1965). Randomized response: a survey technique for eliminating evasive answer bias. Journal
    of the American Statistical Association 60, 63-69. Fox, J. A. & Tracy, P. E. (1986). Randomized Response:
    A Method for Sensitive Surveys. Moshagen, M., Musch, J. & Erdfelder, E. (2012). A stochastic lie detector.
    Behavior Research Methods 44, 222-231. Heck, D. W. & Moshagen, M. (2018). RRreg. Journal of Statistical
    Software 85 (2), p. 11. Newcombe, R. G. (1998). Interval estimation for the difference between independent
    proportions. Statistics in Medicine 17, 873-890.

    Examples
    --------
    Should minarets be banned? Heck and Moshagen (2018) give 0.870695 with a standard error of 0.041118:

    >>> estimate = randomized_response((373, 398), (564, 692), (2 / 12, 10 / 12), design="lie-detector")
    >>> estimate
    About 0.8707 (95 % interval 0.7911 to 0.9518; stochastic lie detector, from 1,256 observed)
    >>> round(estimate.se, 6)
    0.041118

    Two dice: with 2, 3 or 4 say yes, with 11 or 12 say no, else answer the question.

    >>> randomized_response(310, 1000, p=27 / 36, design="forced", p_yes=6 / 36)
    About 0.1911 (95 % interval 0.1539 to 0.2302; forced response, from 1,000 observed)
    """
    checks.choice("design", design, DESIGNS)
    p_yes = checks.share("p_yes", p_yes)
    if p_yes and design != "forced":
        raise ValueError(f'p_yes is {p_yes:g}, but only design="forced" orders anybody to say yes: '
                         'leave it out.')
    if design == "lie-detector":
        return _lie_detector(*(_pair(name, cell) for name, cell in (("yes", yes), ("n", n), ("p", p))))
    answers = _Answers.read(yes, n)
    chance = _chance("p", p)
    if design == "warner":
        slope, start = _warner("p", chance), 1 - chance
    else:
        slope, start = _forced(chance, p_yes), p_yes
    value, low, high = ((share - start) / slope for share in (answers.share, *answers.interval()))
    low, high = min(low, high), max(low, high)
    assumptions = _with_outside((DEVICE, HONEST, SAMPLE), value)
    return RandomizedEstimate(
        value=value, se=answers.se / abs(slope), low=low, high=high, level=LEVEL, n=int(answers.n),
        method=NAMES[design], source=SOURCES[design], assumptions=assumptions)


@dataclass(frozen=True)
class _Answers:
    """How many of how many said yes."""

    yes: float
    n: float

    @classmethod
    def read(cls, yes: object, n: object, where: str = "") -> _Answers:
        said = checks.count(f"yes{where}", yes, of="persons")
        asked = checks.count(f"n{where}", n, of="persons")
        if said > asked:
            raise ValueError(f"yes{where} is {said:.0f}, more than the {asked:.0f} persons asked: n counts "
                             "everybody who answered, yes or no.")
        if asked < 2:
            raise ValueError(f"n{where} is {asked:.0f}: at least 2 persons have to be asked, better "
                             "hundreds.")
        return cls(said, asked)

    @property
    def share(self) -> float:
        return self.yes / self.n

    @property
    def variance(self) -> float:
        return self.share * (1 - self.share) / (self.n - 1)

    @property
    def se(self) -> float:
        return math.sqrt(self.variance)

    def interval(self) -> tuple[float, float]:
        """Wilson's."""
        return wilson(self.share, self.n, checks.normal_quantile(LEVEL))


def _lie_detector(yes: list, n: list, p: list) -> RandomizedEstimate:
    groups = [_Answers.read(yes[place], n[place], f"[{place}]") for place in (0, 1)]
    first, second = (_chance(f"p[{place}]", p[place]) for place in (0, 1))
    if first == second:
        raise ValueError(f"p is {first:g} in both groups: the lie detector compares two chances. Give "
                         "those of both devices.")
    gap = second - first
    others = (groups[0].share - groups[1].share) / gap  # the share without the trait
    intervals = [group.interval() for group in groups]
    below = math.hypot(groups[0].share - intervals[0][0], intervals[1][1] - groups[1].share) / gap
    above = math.hypot(intervals[0][1] - groups[0].share, groups[1].share - intervals[1][0]) / gap
    value, low, high = 1 - others, *sorted((1 - others - above, 1 - others + below))
    truthful, truthful_se = _truthful(groups, first, gap, value)
    return RandomizedEstimate(
        value=value, se=math.sqrt(groups[0].variance + groups[1].variance) / abs(gap), low=low, high=high,
        level=LEVEL, n=int(groups[0].n + groups[1].n), method=NAMES["lie-detector"],
        source=SOURCES["lie-detector"], truthful=truthful, truthful_se=truthful_se,
        assumptions=_with_outside((DEVICE, *LIARS, SAMPLE), value))


def _truthful(groups: list[_Answers], first: float, gap: float,
              value: float) -> tuple[float | None, float | None]:
    """Share who answer truly among those with the trait, and its standard error by the delta method."""
    if value <= 0:
        return None, None
    truthful = (groups[0].share - (1 - value) * (1 - first)) / value
    # d value / d share is -1 / gap in the first group and 1 / gap in the second.
    of_first = (1 - (1 - first) / gap + truthful / gap) / value
    of_second = ((1 - first) / gap - truthful / gap) / value
    return truthful, math.sqrt(of_first**2 * groups[0].variance + of_second**2 * groups[1].variance)


def _pair(name: str, cells: object) -> list:
    if isinstance(cells, (str, bytes)) or not hasattr(cells, "__len__") or len(cells) != 2:
        raise ValueError(f"{name} is {cells!r}: the lie detector needs a pair, one number for each of "
                         "its two groups.")
    return list(cells)


def _chance(name: str, cell: object) -> float:
    if hasattr(cell, "__len__") and not isinstance(cell, (str, bytes)):
        raise ValueError(f'{name} is {cell!r}: give one chance. Pairs are for design="lie-detector".')
    return checks.share(name, cell)


def _warner(name: str, chance: float) -> float:
    if abs(2 * chance - 1) < 1e-9:
        raise ValueError(f"{name} is 0.5: a yes then means the same from those with and without the trait. "
                         "Choose a device with another chance.")
    return 2 * chance - 1


def _forced(chance: float, p_yes: float) -> float:
    if chance == 0:
        raise ValueError("p is 0: nobody gets the question, so answers say nothing.")
    if chance + p_yes > 1 + 1e-12:
        raise ValueError(f"p and p_yes add up to {chance + p_yes:g}: together they are at most 1. p is the "
                         "chance to get the question, p_yes the chance of the order to say yes.")
    return chance


def _with_outside(assumptions: tuple[str, ...], value: float) -> tuple[str, ...]:
    return assumptions if 0 <= value <= 1 else (*assumptions, OUTSIDE)


# --- The crosswise model ----------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class CrosswiseEstimate(Estimate):
    """A share estimated by the crosswise model; see :func:`crosswise`.

    Parameters
    ----------
    naive : float
        The estimate if everybody followed the rules.
    attentive, attentive_se : float or None
        Share of respondents who follow the rules, from the anchor item, and its standard error; None without
        an anchor.

    Examples
    --------
    >>> estimate = crosswise(1400, 2000, p=0.15, anchor=(1500, 2000, 0.15))
    >>> round(estimate.naive, 3), round(estimate.attentive, 3), round(float(estimate), 3)
    (0.214, 0.714, 0.1)
    """

    naive: float
    attentive: float | None = None
    attentive_se: float | None = None

    def _rows(self) -> list[tuple[str, str]]:
        if self.attentive is None:
            return super()._rows()
        return [*super()._rows(), ("If all followed the rules", readable(self.naive)),
                ("Follow the rules", readable(self.attentive))]


def crosswise(
    yes: int, n: int, p: float, anchor: tuple[int, int, float] | None = None
) -> CrosswiseEstimate:
    """Share with a sensitive trait from "my answers to both questions are the same" or "they differ".

    Parameters
    ----------
    yes : int
        Persons who say that their answers to the sensitive and the harmless question are the same: both yes
        or both no.
    n : int
        Persons asked.
    p : float
        Share who truly say yes to the harmless question, such as "my mother was born in January or February".
    anchor : tuple of int, int and float, optional
        The same three numbers for an anchor item: a sensitive question to which nobody can truly say yes,
        asked of the same respondents.

    Returns
    -------
    CrosswiseEstimate
        An :class:`Estimate` of the share with a 95 % interval and with ``naive`` and ``attentive``.

    Raises
    ------
    NoEstimate
        Answers to the anchor item look like pure chance.
    ValueError
        A number is missing, negative, not whole or no number; more say yes than were asked; p is 0.5 or not
        between 0 and 1.

    Notes
    -----
    With l the share of "the same": pi = (l + p - 1) / (2 p - 1), as Warner's, with the same interval. Those
    who answer at random say "the same" half of the time and pull the estimate towards 0.5, so that a rare
    trait seems common. The anchor item shows how many follow the rules, g = (1/2 - l') / (p' - 1/2), and the
    estimate becomes pi = 1/2 + (l - 1/2) / (g (2 p - 1)). Its variance is by the delta method, with l and l'
    taken as independent: since those who do not attend to one item rarely attend to the other, the interval
    is a little too wide. It is value -/+ z se, and not cut off at 0 and 1.

    What it cannot tell. The correction holds for those who answer at random, and who do so in both items.
    Somebody who always answers "they differ" to stay safe is not found out.

    References
    ----------
    Yu, J.-W., Tian, G.-L. & Tang, M.-L. (2008). Two new models for survey sampling with sensitive
    characteristic. Metrika 67, 251-263. Atsusaka, Y. & Stevenson, R. T. (2023). A bias-corrected estimator
    for the crosswise model with inattentive respondents. Political Analysis 31, 134-148.

    Examples
    --------
    >>> crosswise(1400, 2000, p=0.15)
    About 0.2143 (95 % interval 0.1862 to 0.2435; crosswise model, from 2,000 observed)
    >>> crosswise(1400, 2000, p=0.15, anchor=(1500, 2000, 0.15))
    About 0.1 (95 % interval 0.04964 to 0.1504; crosswise model, corrected, from 2,000 observed)
    """
    answers = _Answers.read(yes, n)
    slope = _warner("p", _chance("p", p))
    naive, low, high = (0.5 + (share - 0.5) / slope for share in (answers.share, *answers.interval()))
    if anchor is None:
        low, high = min(low, high), max(low, high)
        return CrosswiseEstimate(
            value=naive, se=answers.se / abs(slope), low=low, high=high, level=LEVEL, n=int(answers.n),
            naive=naive, method="crosswise model", source="Yu, Tian & Tang (2008)",
            assumptions=_with_outside((CROSSWISE, HONEST, SAMPLE), naive))
    attentive, attentive_se = _attentive(anchor)
    value = 0.5 + (naive - 0.5) / attentive
    se = math.hypot(answers.se / slope, (naive - 0.5) * attentive_se / attentive) / attentive
    reach = checks.normal_quantile(LEVEL) * se
    return CrosswiseEstimate(
        value=value, se=se, low=value - reach, high=value + reach, level=LEVEL, n=int(answers.n), naive=naive,
        attentive=attentive, attentive_se=attentive_se, method="crosswise model, corrected",
        source="Atsusaka & Stevenson (2023)",
        assumptions=_with_outside((CROSSWISE, *ANCHOR, SAMPLE), value))


def _attentive(anchor: object) -> tuple[float, float]:
    """Share who follow the rules, from an item with a trait that nobody has, and its standard error."""
    if isinstance(anchor, (str, bytes)) or not hasattr(anchor, "__len__") or len(anchor) != 3:
        raise ValueError(f"anchor is {anchor!r}: give three numbers, as (yes, n, p).")
    answers = _Answers.read(anchor[0], anchor[1], " of the anchor")
    slope = _warner("p of the anchor", _chance("p of the anchor", anchor[2]))
    attentive, se = (0.5 - answers.share) / (slope / 2), answers.se / abs(slope / 2)
    if attentive - checks.normal_quantile(LEVEL) * se <= 0:
        raise NoEstimate(f"The anchor item says that {100 * attentive:.0f} % follow the rules, with an error "
                         "that includes nobody: its answers look like pure chance, and nothing can be "
                         "corrected. Check that yes counts \"the same\", or ask more people.")
    return attentive, se


# --- List experiments -------------------------------------------------------------------------------------

@dataclass(frozen=True, repr=False, kw_only=True)
class ListEstimate(Estimate):
    """A share estimated by a list experiment; see :func:`list_experiment`.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        One row for the constant and one for each covariate: ``sensitive`` and ``sensitive_se``, what it adds
        to the share with the sensitive trait; ``control`` and ``control_se``, to the number of other items.
    types : pandas.DataFrame
        One row for each number of other items that somebody names: ``without`` and ``with``, the estimated
        shares of those without and with the sensitive trait. They add up to 1. Shares below 0 are a sign that
        the sensitive item changed other answers.
    design_p : float
        How often a share so far below 0 would come by chance alone if the item changed nothing (at most so
        often: Bonferroni). Below 0.05 do not trust the estimate.
    direct : float or None
        Share who admit the trait when asked directly.
    denied : float or None
        Share with the trait, by the list, among those who deny it directly.
    placebo, placebo_se : float or None
        Share with the trait, by the list, among those who admit it directly, and its standard error: far from
        1 it shows that the assumptions fail. None where too few admit it.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"items": [1, 2, 2, 3, 1, 3, 3, 2], "treated": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> list_experiment(answers, "items", "treated").types
           without  with
    items
    0         0.00  0.00
    1         0.25  0.00
    2         0.25  0.25
    3         0.25  0.00
    """

    coefficients: pd.DataFrame = field(compare=False)
    types: pd.DataFrame = field(compare=False)
    design_p: float
    direct: float | None = None
    denied: float | None = None
    placebo: float | None = None
    placebo_se: float | None = None

    def _rows(self) -> list[tuple[str, str]]:
        rows = [("Admit it directly", self.direct), ("Have it among those who deny it", self.denied),
                ("Have it among those who admit it (should be 1)", self.placebo)]
        return [*super()._rows(), *((name, readable(share)) for name, share in rows if share is not None)]


def list_experiment(
    frame: pd.DataFrame, count: str, treated: str, covariates: list[str] | None = None,
    direct: str | None = None,
) -> ListEstimate:
    """Share with a sensitive trait from how many items of a list people name, with and without that item.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a respondent.
    count : str
        Column with the number of items named.
    treated : str
        Column that says whose list had the sensitive item: 1, else 0.
    covariates : list of str, optional
        Columns, numbers or kinds, on which the share depends.
    direct : str, optional
        Column of the answers to a direct question put to everybody: 1 admits it, 0 denies it. Not together
        with covariates.

    Returns
    -------
    ListEstimate
        An :class:`Estimate` of the share with a 95 % interval and with ``coefficients``, ``types``,
        ``design_p`` and, with a direct question, ``direct``, ``denied`` and ``placebo``.

    Raises
    ------
    NoEstimate
        A group has fewer than two respondents (with ``direct``: of those who deny it), all respondents of
        each group name the same number, or one respondent alone has a kind of a covariate.
    ValueError
        A column does not exist; a count is missing, negative or not whole; a cell is neither 0 nor 1; a
        covariate is missing, or can be computed from the others.

    Notes
    -----
    The share is the difference of the means of the two groups, with the variance s_1^2 / n_1 + s_0^2 / n_0.
    With covariates x a line is fitted in each group by least squares, d = b_1 - b_0 are the coefficients of
    the sensitive item, and the share is the mean of x d over everybody. Errors are robust (HC2, which without
    covariates is the variance above); the chance in x is added. With a direct question: admitted by a share
    a, and by the list a share d of those who deny it, the share is a + (1 - a) d, which needs far fewer
    respondents. Those with j other items and the trait are F_0(j) - F_1(j), without it F_1(j) - F_0(j - 1),
    with F the cumulative shares of the counts. Intervals are value -/+ z se, not cut off at 0 and 1.

    What it cannot tell. It cannot tell who lies to the list as well: whoever would have to name all items is
    not protected (ceiling), and with unpopular other items the one item named is the sensitive one (floor).
    Errors are large: a share of some percent often cannot be told from 0, whatever the estimate.

    References
    ----------
    Imai, K. (2011). Multivariate regression analysis for the item count technique. Journal of the American
    Statistical Association 106, 407-416. Blair, G. & Imai, K. (2012). Statistical analysis of list
    experiments. Political Analysis 20, 47-77. Aronow, P. M., Coppock, A., Crawford, F. W. & Green, D. P.
    (2015). Combining list experiment and direct question estimates of sensitive behavior prevalence. Journal
    of Survey Statistics and Methodology 3, 43-66. MacKinnon, J. G. & White, H. (1985). Some
    heteroskedasticity-consistent covariance matrix estimators with improved finite sample properties. Journal
    of Econometrics 29, 305-325.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"items": [1, 2, 2, 3, 1, 3, 3, 2], "treated": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> list_experiment(answers, "items", "treated")
    About 0.25 (95 % interval -0.9831 to 1.483; list experiment, from 8 observed)
    """
    asked = [] if direct is None else [direct]
    checks.table(frame, [count, treated, *asked])
    if covariates is not None and direct is not None:
        raise ValueError("covariates and direct are both given: give one of them. To use both, estimate the "
                         "groups of a covariate one by one.")
    items = checks.numbers(frame, count, whole=True)
    arm = checks.yes_no(frame, treated) == 1
    design = {"constant": np.ones(len(frame))}
    if covariates is not None:
        design.update(checks.covariates(frame, covariates))
    fits = [_fit(items, rows, design, name) for rows, name in ((arm, "treated"), (~arm, "control"))]
    types, design_p = _types(items, arm, count)
    fields = {"coefficients": _coefficients(*fits, list(design)), "types": types, "design_p": design_p}
    if direct is None:
        return _list_estimate(*_average(*fits, design), len(frame), "list experiment", "Imai (2011)",
                              LIST_ASSUMPTIONS, fields)
    value, se, more = _with_direct(items, arm, checks.yes_no(frame, direct) == 1)
    return _list_estimate(value, se, len(frame), "list experiment and direct question",
                          "Aronow, Coppock, Crawford & Green (2015)", (*LIST_ASSUMPTIONS, DIRECT),
                          fields | more)


def _list_estimate(value: float, se: float, n: int, method: str, source: str, assumptions: tuple[str, ...],
                   fields: dict) -> ListEstimate:
    if se == 0:
        raise NoEstimate("All respondents of each group name the same number of items: an interval of no "
                         "width would be no answer. Ask more people.")
    reach = checks.normal_quantile(LEVEL) * se
    return ListEstimate(value=value, se=se, low=value - reach, high=value + reach, level=LEVEL, n=n,
                        method=method, source=source, assumptions=_with_outside(assumptions, value), **fields)


@dataclass(frozen=True)
class _Line:
    """Coefficients of a line fitted by least squares, and their robust covariance."""

    values: np.ndarray
    covariance: np.ndarray


def _fit(items: np.ndarray, rows: np.ndarray, columns: dict[str, np.ndarray], group: str) -> _Line:
    design, answers = np.column_stack([column[rows] for column in columns.values()]), items[rows]
    if len(answers) < 2:
        raise NoEstimate(f"Only {len(answers)} of the respondents are in the {group} group: it needs at "
                         "least two, better hundreds. The column of the treated says 1 for those whose list "
                         "had the sensitive item, and 0 for the others.")
    _check_rank(design, list(columns), group)
    orthogonal, triangle = np.linalg.qr(design)
    inverse = np.linalg.inv(triangle)
    values = inverse @ (orthogonal.T @ answers)
    leverage = (orthogonal**2).sum(1)
    if (leverage > 1 - 1e-9).any():
        raise NoEstimate(f"A respondent of the {group} group is the only one of a kind of the covariates: "
                         "how far others of that kind differ cannot be seen. Put small kinds together.")
    errors = (answers - design @ values)**2 / (1 - leverage)
    return _Line(values, inverse @ ((orthogonal * errors[:, None]).T @ orthogonal) @ inverse.T)


def _check_rank(design: np.ndarray, names: list[str], group: str) -> None:
    for place in range(1, len(names)):
        others, column = design[:, :place], design[:, place]
        rest = column - others @ np.linalg.lstsq(others, column, rcond=None)[0]
        if np.linalg.norm(rest) <= 1e-9 * max(np.linalg.norm(column), 1e-300):
            raise ValueError(f"covariate {names[place]!r} has one value only in the {group} group, or can be "
                             "computed from the other covariates: leave it out.")


def _coefficients(treated: _Line, control: _Line, names: list[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({
        "sensitive": treated.values - control.values,
        "sensitive_se": np.sqrt(np.diag(treated.covariance + control.covariance)),
        "control": control.values, "control_se": np.sqrt(np.diag(control.covariance))},
        index=pd.Index(names, name="coefficient"))


def _average(treated: _Line, control: _Line, columns: dict[str, np.ndarray]) -> tuple[float, float]:
    """Mean share over everybody, and its standard error."""
    design = np.column_stack(list(columns.values()))
    shares = design @ (treated.values - control.values)
    mean = design.mean(0)
    variance = mean @ (treated.covariance + control.covariance) @ mean + shares.var(ddof=1) / len(shares)
    return float(shares.mean()), math.sqrt(variance)


def _difference(items: np.ndarray, arm: np.ndarray) -> tuple[float, float]:
    """Difference in means of the treated and the others, and its variance."""
    groups = (items[arm], items[~arm])
    return (float(groups[0].mean() - groups[1].mean()),
            float(sum(group.var(ddof=1) / group.size for group in groups)))


def _with_direct(items: np.ndarray, arm: np.ndarray,
                 admits: np.ndarray) -> tuple[float, float, dict[str, float | None]]:
    deny = ~admits
    if min((arm & deny).sum(), (~arm & deny).sum()) < 2:
        raise NoEstimate("Of those who deny it directly, fewer than two are in the treated or in the control "
                         "group: the list then adds nothing to the direct question. Leave direct out.")
    share, (denied, variance) = float(admits.mean()), _difference(items[deny], arm[deny])
    total = (1 - share)**2 * variance + (1 - denied)**2 * share * (1 - share) / (len(items) - 1)
    placebo = placebo_se = None
    if min((arm & admits).sum(), (~arm & admits).sum()) >= 2:
        placebo, spread = _difference(items[admits], arm[admits])
        placebo_se = math.sqrt(spread)
    return share + (1 - share) * denied, math.sqrt(total), {
        "direct": share, "denied": denied, "placebo": placebo, "placebo_se": placebo_se}


def _types(items: np.ndarray, arm: np.ndarray, count: str) -> tuple[pd.DataFrame, float]:
    """Shares by number of other items, with and without the trait; how likely negative ones are by chance."""
    import pandas as pd

    most = int(max(items[~arm].max(), items[arm].max() - 1, 0))
    if most > 1000:
        raise ValueError(f"column {count!r} goes up to {most}: it counts the items that somebody names on a "
                         "list, which has some four.")
    steps = np.arange(most + 1)
    treated, control = (np.searchsorted(np.sort(group), steps, side="right") / group.size
                        for group in (items[arm], items[~arm]))
    before = np.concatenate([[0.0], control[:-1]])
    shares = pd.DataFrame({"without": treated - before, "with": control - treated},
                          index=pd.Index(steps, name=count))
    noise = [np.sqrt(treated * (1 - treated) / arm.sum() + other * (1 - other) / (~arm).sum())
             for other in (before, control)]
    return shares + 0.0, _chance_of_negative(shares.to_numpy().T.ravel(), np.concatenate(noise))


def _chance_of_negative(shares: np.ndarray, noise: np.ndarray) -> float:
    from scipy.special import ndtr

    seen = noise > 0
    if not seen.any():
        return 1.0
    lowest = (shares[seen] / noise[seen]).min()
    return float(min(1.0, seen.sum() * ndtr(lowest)))
