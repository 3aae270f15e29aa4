"""How many persons there are whom none of several lists holds: multiple systems estimation."""
from __future__ import annotations

import difflib
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import _model_search, checks
from measurement._loglinear import ESTIMATED, NOT_IDENTIFIABLE, Fits, fit, superset_sums
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

SELECT = ("stepwise", "aic", "bic", "bic-downhill")
INTERVALS = ("default", "profile", "bca")
MOST_LISTS = 12
ONE_SE = 0.841344746
"""Share of a normal distribution below one standard deviation."""
SOURCES = {
    None: "Bishop, Fienberg & Holland (1975); Chan, Silverman & Vincent (2021)",
    "stepwise": "Chan, Silverman & Vincent (2021)",
    "aic": "Silverman (2014); Bales, Hesketh & Silverman (2015)",
    "bic": "Silverman, Chan & Vincent (2024)",
    "bic-downhill": "Silverman, Chan & Vincent (2024)",
}
CHOSEN = {
    None: "",
    "stepwise": ", chosen stepwise",
    "aic": ", chosen by AIC and Wald's test",
    "bic": ", chosen by BIC among all models",
    "bic-downhill": ", chosen by BIC, downhill",
}
ASSUMPTIONS = (
    "Closed population: nobody joined or left while the lists were made.",
    "Perfect linkage: everyone on several lists was recognized as one person, and nobody else was.",
    "Everybody could be on every list, and persons do not differ in their chances, apart from what the "
    "interactions of the model take up.",
    "The lists depend on each other as the model says, and in no other way. No table shows whether all lists "
    "together interact: it is assumed that they do not.",
)
CHOSEN_BEFORE = "The model was not chosen by looking at this table; otherwise the interval is too short."
TOO_SHORT = ("The interval takes the chosen model for granted, as if it had been known: it is too short. "
             "interval='bca' repeats the choice.")
SELECTION_HIDDEN = "The standard error takes the chosen model for granted: it is too small."


@dataclass(frozen=True, repr=False, kw_only=True)
class MultipleSystemsEstimate(Estimate):
    """A population estimated from several lists; see :func:`multiple_systems`.

    Parameters
    ----------
    model : tuple of tuple
        Its interactions, largest only: what lies within them is in the model, too. Every list has a main
        effect. It can be given as ``interactions``.
    aic, bic : float
        Information criteria, with the interactions that ran to minus infinity counted. The sample size of BIC
        is the number of persons observed.
    deviance : float
        Twice the log-likelihood that the model falls short of a perfect fit.
    dof : int
        Its degrees of freedom: cells less terms, without those that ran to zero and to minus infinity.
    fitted : pandas.DataFrame
        One row a cell: the lists, ``count`` and ``fitted``, its mean in the model.
    candidates : pandas.DataFrame
        The models compared, one row each: ``model``, ``value``, ``parameters``, ``deviance``, ``dof``,
        ``aic``, ``bic`` and ``chosen``. With ``"bic"`` in the order of BIC; with the other searches by
        ``step``, from step 0, the model without interactions. ``"stepwise"`` and ``"aic"`` add ``p``, the
        chance of what is seen if the added interaction is not needed (1 at step 0). Models without an
        estimate are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"b": [0, 0, 1, 1, 1, 0, 1], "c": [0, 1, 0, 1, 0, 1, 1],
    ...                       "d": [1, 0, 0, 0, 1, 1, 1], "count": [41, 5, 5, 54, 6, 0, 12]})
    >>> estimate = multiple_systems(table, select="bic", interval=None)
    >>> estimate.model
    (('b', 'c'), ('c', 'd'))
    >>> estimate.candidates[["model", "value", "bic"]].head(3).round(3)
                    model    value     bic
    0  ((b, c), (c, d))  157.167  57.141
    1          ((b, c),)  268.778  58.969
    2  ((b, d), (c, d))  123.463  91.897
    """

    model: tuple[tuple[str, ...], ...]
    aic: float
    bic: float
    deviance: float
    dof: int
    fitted: pd.DataFrame = field(compare=False)
    candidates: pd.DataFrame = field(compare=False)

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("AIC", readable(self.aic)), ("BIC", readable(self.bic)),
                ("Deviance", f"{readable(self.deviance)} on {self.dof} degrees of freedom")]


def multiple_systems(
    table: pd.DataFrame, interactions: list[tuple[str, ...]] | None = None, select: str | None = None,
    max_order: int | None = None, level: float = 0.95, interval: str | None = "default", draws: int = 1000,
    seed: object = None,
) -> MultipleSystemsEstimate:
    """Size of a population from several incomplete lists of its members.

    A log-linear model of who is on which lists is fitted, and continued to those who are on none.

    Parameters
    ----------
    table : pandas.DataFrame
        One column of 0 and 1 a list, and ``count``: how many persons are on exactly these lists. Combinations
        of lists that are not in the table have count 0.
    interactions : list of tuple of str, optional
        Lists that depend on each other, such as ``[("police", "border")]``. All interactions within one are
        in the model, too. ``[]`` is the model without: independent lists. So is None without ``select``.
    select : {"stepwise", "aic", "bic", "bic-downhill"}, optional
        How to choose the interactions instead. ``"stepwise"`` adds the pair of lists whose number in common
        is the least likely, while its chance is below 0.02. ``"aic"`` adds the pair that lowers AIC most,
        while it is significant at 0.05. ``"bic"`` takes the lowest BIC of all hierarchical models;
        ``"bic-downhill"`` starts without interactions and adds or removes one as long as this lowers BIC.
    max_order : int, optional
        The largest number of lists in an interaction for ``"bic"`` and ``"bic-downhill"``; one less than
        there are lists if not given. The other searches know pairs only.
    level : float
        Level of the interval, as a share.
    interval : {"default", "profile", "bca", None}
        Profile likelihood takes the model for granted. The bootstrap (BCa) repeats the choice of the model
        for each draw. The default is the profile for a model given by name, and BCa for a chosen one.
    draws : int
        Draws of the bootstrap.
    seed : int, numpy.random.Generator or None
        Makes the bootstrap the same every time.

    Returns
    -------
    MultipleSystemsEstimate
        An :class:`Estimate` with ``model``, ``aic``, ``bic``, ``deviance``, ``dof``, ``fitted`` and
        ``candidates``. With BCa ``se`` is half the width of the middle 68 % of the draws, whose standard
        deviation would rest on a few wild ones; otherwise it is that of the delta method for the model.

    Raises
    ------
    NoEstimate
        Nobody is on two lists, or there is no (extended) maximum likelihood estimate, or its terms cannot be
        told apart, for the model or for any model of the search.
    ValueError
        The table has no ``count``, fewer than two lists, a list with nobody, a cell that is not 0 or 1, a
        count that is missing, negative or not whole, or counts of persons on no list; an interaction names an
        unknown list; the arguments do not fit together; ``"bic"`` would compare more than 50,000 models.

    Notes
    -----
    N_w persons are on exactly the lists w, a Poisson number with log mean sum over t within w of a_t; the
    estimate is n + exp(a_0), n the number observed. If nobody is on all lists of an interaction of the model,
    its a_t is minus infinity and the means of all cells that contain it are zero (extended maximum
    likelihood). Other models may have no estimate: a program for generalized linear models then reports a
    result that means nothing. Existence is proved for every model, by the fit itself or by Fienberg and
    Rinaldo's linear programme.

    AIC = D - 2 L + 2 p and BIC = D - 2 L + p log n, with the deviance D and the log-likelihood L of a perfect
    fit; p counts the parameters at minus infinity. Standard error: exp(a_0) + exp(2 a_0) Var(a_0), square
    root. Profile: the numbers that Cormack's likelihood, multinomial given N, does not reject. BCa: n persons
    are drawn anew, and the model chosen anew; bias from the share of draws below the estimate (ties half),
    acceleration from leaving out one person of each cell. Draws for which no model has an estimate are left
    out, and mentioned in ``assumptions``. With ``"aic"`` the search ends, as in 2014, when the next
    interaction is one at minus infinity, for which Wald's test finds nothing.

    What it cannot tell. Models that fit alike can differ by a factor of two, and the data may not decide:
    look at ``candidates``. Even with the choice repeated, intervals of a nominal 95 % held the true number in
    about 90 % of the simulations of Chan, Silverman and Vincent; those for the chosen model in 61 %. Positive
    dependence that the model lacks makes the estimate too low, missed links make it too high. Models of
    unlike persons (such as those of Chao, Darroch or Poisson heterogeneity, often shown on the snowshoe hare
    table) are not fitted here.

    References
    ----------
    Bishop, Y. M. M., Fienberg, S. E. & Holland, P. W. (1975). Discrete Multivariate Analysis, ch. 6. Cormack,
    R. M. (1992). Interval estimation for mark-recapture studies of closed populations. Biometrics 48,
    567-576. Fienberg, S. E. & Rinaldo, A. (2012). Maximum likelihood estimation in log-linear models. Annals
    of Statistics 40, 996-1023. Silverman, B. W. (2014). Modern slavery: an application of multiple systems
    estimation. Home Office. Bales, K., Hesketh, O. & Silverman, B. W. (2015). Modern slavery in the UK: how
    many victims? Significance 12 (3), 16-21. Chan, L., Silverman, B. W. & Vincent, K. (2021). Multiple
    systems estimation for sparse capture data: inferential challenges when there are nonoverlapping lists.
    Journal of the American Statistical Association 116, 1297-1306. Silverman, B. W., Chan, L. & Vincent, K.
    (2024). Bootstrapping multiple systems estimates to account for model selection. Statistics and Computing
    34, 44. DiCiccio, T. J. & Efron, B. (1996). Bootstrap confidence intervals. Statistical Science 11,
    189-228.

    Examples
    --------
    Three lists of Korean women held at Palembang; Silverman, Chan and Vincent (2024) give 157 and BIC 57.141:

    >>> import pandas as pd
    >>> table = pd.DataFrame({"b": [0, 0, 1, 1, 1, 0, 1], "c": [0, 1, 0, 1, 0, 1, 1],
    ...                       "d": [1, 0, 0, 0, 1, 1, 1], "count": [41, 5, 5, 54, 6, 0, 12]})
    >>> estimate = multiple_systems(table, select="bic", interval=None)
    >>> estimate
    About 157.2 (b*c + c*d, chosen by BIC among all models, from 123 observed)
    >>> round(estimate.bic, 5)
    57.14081
    >>> multiple_systems(table, interactions=[("b", "c"), ("c", "d")])
    About 157.2 (95 % interval 129 to 226.5; b*c + c*d, from 123 observed)
    """
    z = checks.normal_quantile(level)
    capture = _Capture.read(table)
    choose, log = _chooser(capture, interactions, select, max_order), []
    kind = _interval_kind(interval, select)
    draws, rng = checks.repeats(draws), checks.random_numbers(seed)
    counts = capture.counts[None]
    terms = choose(counts, log)
    found = fit(counts, np.zeros(1, dtype=int), terms, keep=True)
    _refuse(capture, terms[0], int(found.status[0]), select)
    value, se = _value(capture, found)
    low, high, notes = None, None, ()
    if kind == "profile":
        low, high = _profile(capture, terms, float(found.hidden[0]), z)
    elif kind == "bca":
        se, low, high, notes = _bootstrap(capture, choose, value, level, draws, rng)
    aic, bic = (float(_criteria(capture, found, penalty)[0]) for penalty in (2.0, math.log(capture.n)))
    return MultipleSystemsEstimate(
        value=value, se=se, low=low, high=high, level=float(level), n=int(capture.n), source=SOURCES[select],
        method=_label(capture, terms) + CHOSEN[select],
        assumptions=(*ASSUMPTIONS, *_about_choice(kind, select), *notes), model=capture.named(terms)[0],
        aic=aic, bic=bic, deviance=float(found.deviance[0]), dof=int(found.dof[0]),
        fitted=_fitted(capture, found), candidates=_candidates(capture, log, select))


# --- The table and the model ------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Capture:
    """Names of the lists, and the count of each cell; bit i of the number of a cell stands for list i."""

    names: tuple
    counts: np.ndarray

    @property
    def n(self) -> float:
        return float(self.counts.sum())

    @property
    def lists(self) -> int:
        return len(self.names)

    @classmethod
    def read(cls, table: pd.DataFrame) -> _Capture:
        checks.table(table, [])
        names = tuple(column for column in table.columns if column != "count")
        if len(names) == len(table.columns):
            raise ValueError("the table has no column 'count', the number of persons on exactly these lists. "
                             "If it has one row a person: table.groupby(lists).size().reset_index("
                             "name='count').")
        checks.table(table, [*names, "count"])
        if not 2 <= len(names) <= MOST_LISTS:
            mend = "Give at least two." if len(names) < 2 else "Merge the shortest or leave them out."
            raise ValueError(f"the table has {len(names)} lists: 2 to {MOST_LISTS} can be compared. {mend}")
        on = np.column_stack([checks.yes_no(table, name) for name in names]).astype(int)
        persons = checks.numbers(table, "count", whole=True)
        cells = (on << np.arange(len(names))).sum(axis=1)
        _check_rows(table, names, on, persons, cells)
        return cls(names, np.bincount(cells, weights=persons, minlength=2 ** len(names)))

    def named(self, terms: np.ndarray) -> list[tuple]:
        """For each model its largest interactions, by names of lists."""
        order = _model_search.orders(terms.shape[1])
        lists = [tuple(place for place in range(self.lists) if term >> place & 1)
                 for term in range(len(order))]
        by_name = np.array(sorted(np.flatnonzero(order > 1), key=lists.__getitem__), dtype=int)
        largest = terms & (superset_sums(terms.astype(np.int16)) == 1)
        rows, places = np.nonzero(largest[:, by_name])
        found: list[list] = [[] for _ in terms]
        for row, term in zip(rows.tolist(), by_name[places].tolist(), strict=True):
            found[row].append(tuple(self.names[place] for place in lists[term]))
        return [tuple(each) for each in found]


def _check_rows(table: pd.DataFrame, names: tuple, on: np.ndarray, persons: np.ndarray,
                cells: np.ndarray) -> None:
    nowhere = (cells == 0) & (persons > 0)
    if nowhere.any():
        row = table.index[int(np.argmax(nowhere))]
        raise ValueError(f"row {row!r} counts persons who are on no list: nobody saw them. Leave it out.")
    for name, total in zip(names, persons @ on, strict=True):
        if total == 0:
            raise ValueError(f"column {name!r}: nobody is on this list. Leave it out.")
    if not persons[on.sum(axis=1) > 1].any():
        raise NoEstimate("nobody is on more than one list: lists that share nobody say nothing of those on "
                         "none. Look for missed links, or add a list.")


def _chooser(capture: _Capture, interactions: object, select: str | None,
             max_order: object) -> Callable[..., np.ndarray]:
    """A function from tables to models, which enters what it compares into a log."""
    if select is None:
        if max_order is not None:
            raise ValueError("max_order belongs to a search: leave it out, or give select='bic' or "
                             "'bic-downhill', too.")
        terms = _terms(capture, interactions)
        return lambda tables, log=None: _given(tables, terms, log)
    checks.choice("select", select, SELECT)
    if interactions is not None:
        raise ValueError("both interactions and select are given: name the model, or have it chosen.")
    if select in ("stepwise", "aic"):
        if max_order not in (None, 2):
            raise ValueError(f"max_order is {max_order!r}: select={select!r} looks at pairs of lists only. "
                             "Leave it out, or use select='bic-downhill'.")
        return {"stepwise": _model_search.stepwise, "aic": _model_search.aic}[select]
    most = capture.lists - 1 if max_order is None else _max_order(capture, max_order)
    if select == "bic-downhill":
        return lambda tables, log=None: _model_search.downhill(tables, most, log)
    if _model_search.hierarchical_models(capture.lists, most) is None:
        _too_many(capture, most)
    return lambda tables, log=None: _model_search.exhaustive(tables, most, log)


def _max_order(capture: _Capture, max_order: object) -> int:
    value = checks.number("max_order", max_order, low=1, high=capture.lists)
    if value != int(value):
        raise ValueError(f"max_order is {max_order}: give a whole number of lists.")
    return int(value)


def _too_many(capture: _Capture, max_order: int) -> None:
    pairs = ""
    if max_order > 2 and _model_search.hierarchical_models(capture.lists, 2) is not None:
        pairs = ", or compare pairs of lists only: max_order=2"
    raise ValueError(f"select='bic' with {capture.lists} lists and interactions of up to {max_order} of them "
                     f"would compare more than {_model_search.MOST_MODELS:,} models. Use "
                     f"select='bic-downhill'{pairs}.")


def _terms(capture: _Capture, interactions: object) -> np.ndarray:
    """The model of some interactions, with all terms within them."""
    example = f"[({capture.names[0]!r}, {capture.names[1]!r})]"
    if isinstance(interactions, (str, bytes)) or not hasattr(interactions or [], "__iter__"):
        raise ValueError(f"interactions is {interactions!r}: give a list of tuples of lists, such as "
                         f"{example}.")
    largest = []
    for interaction in interactions or []:
        names = interaction if isinstance(interaction, (tuple, list, set, frozenset)) else ()
        places = {_place(capture, name) for name in names}
        if len(places) < 2:
            raise ValueError(f"the interaction {interaction!r} is not a tuple of two or more lists. Write "
                             f"{example}; every list by itself is in the model anyway.")
        largest.append(sum(1 << place for place in places))
    numbers = np.arange(len(capture.counts))
    within = [(numbers & term) == numbers for term in largest]
    return np.any([_model_search.orders(len(numbers)) < 2, *within], axis=0)


def _place(capture: _Capture, name: object) -> int:
    if name in capture.names:
        return capture.names.index(name)
    near = difflib.get_close_matches(str(name), map(str, capture.names), n=1)
    mend = f"Did you mean {near[0]!r}?" if near else f"The lists are {', '.join(map(repr, capture.names))}."
    raise ValueError(f"an interaction names {name!r}, which is not a list of the table. {mend}")


def _given(tables: np.ndarray, terms: np.ndarray, log: list | None) -> np.ndarray:
    models = np.tile(terms, (len(tables), 1))
    if log is not None:
        found = fit(tables, np.zeros(1, dtype=int), models)
        log.append({"terms": models, "fits": found, "chosen": np.array([True])})
    return models


def _interval_kind(interval: str | None, select: str | None) -> str | None:
    if interval is None:
        return None
    checks.choice("interval", interval, INTERVALS)
    if interval == "default":
        return "profile" if select is None else "bca"
    return interval


def _refuse(capture: _Capture, terms: np.ndarray, status: int, select: str | None) -> None:
    if status == ESTIMATED:
        return
    if select is not None:
        raise NoEstimate(f"no model that select={select!r} looked at has a maximum likelihood estimate for "
                         "this table: it has too many empty cells. Merge lists, or leave out the shortest.")
    name = _label(capture, terms[None])
    mend = "Leave out an interaction, or have the model chosen, for example with select='bic-downhill'."
    if status == NOT_IDENTIFIABLE:
        raise NoEstimate(f"the model {name} is not identifiable: it has more terms than cells that can hold "
                         f"anybody, and many numbers of persons on no list fit alike. {mend}")
    raise NoEstimate(f"the model {name} has no maximum likelihood estimate for this table, not even an "
                     f"extended one: too many cells are empty, and the likelihood grows without end. {mend}")


def _about_choice(kind: str | None, select: str | None) -> tuple[str, ...]:
    if select is None:
        return (CHOSEN_BEFORE,)
    return {"bca": (), "profile": (TOO_SHORT,), None: (SELECTION_HIDDEN,)}[kind]


# --- What the result says ---------------------------------------------------------------------------------

def _value(capture: _Capture, found: Fits) -> tuple[float, float]:
    """The estimate and its standard error by the delta method."""
    hidden = float(found.hidden[0])
    return capture.n + hidden, math.sqrt(hidden + (hidden * float(found.errors[0, 0])) ** 2)


def _criteria(capture: _Capture, found: Fits, penalty: float) -> np.ndarray:
    """AIC or BIC, with the constants of the Poisson likelihood that other programs count, too."""
    from scipy.special import gammaln, xlogy

    counts = capture.counts[1:]
    best = (xlogy(counts, counts) - counts - gammaln(counts + 1)).sum()
    return found.deviance - 2.0 * best + penalty * found.parameters


def _label(capture: _Capture, terms: np.ndarray) -> str:
    interactions = capture.named(terms)[0]
    taken = {name for interaction in interactions for name in interaction}
    alone = [str(name) for name in capture.names if name not in taken]
    return " + ".join([*("*".join(map(str, interaction)) for interaction in interactions), *alone])


def _fitted(capture: _Capture, found: Fits) -> pd.DataFrame:
    import pandas as pd

    order = _model_search.orders(len(capture.counts))
    cells = np.array(sorted(range(1, len(order)), key=lambda cell: (order[cell], cell)))
    columns = {name: (cells >> place) & 1 for place, name in enumerate(capture.names)}
    counts = capture.counts[cells].astype(np.int64)
    return pd.DataFrame({**columns, "count": counts, "fitted": found.means[0, cells]})


def _candidates(capture: _Capture, log: list[dict], select: str | None) -> pd.DataFrame:
    import pandas as pd

    def column(of: Callable[[dict], np.ndarray]) -> np.ndarray:
        return np.concatenate([of(entry)[entry["fits"].status == ESTIMATED] for entry in log])

    terms = column(lambda entry: entry["terms"])
    models = np.empty(len(terms), dtype=object)
    models[:] = capture.named(terms)
    columns = {} if select in (None, "bic") else {
        "step": np.repeat(np.arange(len(log)), [(entry["fits"].status == ESTIMATED).sum() for entry in log])}
    columns |= {
        "model": models, "value": capture.n + column(lambda entry: entry["fits"].hidden),
        "parameters": column(lambda entry: entry["fits"].parameters),
        "deviance": column(lambda entry: entry["fits"].deviance),
        "dof": column(lambda entry: entry["fits"].dof),
        "aic": column(lambda entry: _criteria(capture, entry["fits"], 2.0)),
        "bic": column(lambda entry: _criteria(capture, entry["fits"], math.log(capture.n)))}
    if "p" in log[0]:
        columns["p"] = column(lambda entry: entry["p"])
    table = pd.DataFrame({**columns, "chosen": column(lambda entry: entry["chosen"])})
    return table.sort_values("bic", kind="stable", ignore_index=True) if select == "bic" else table


# --- Intervals --------------------------------------------------------------------------------------------

def _profile(capture: _Capture, terms: np.ndarray, hidden: float, z: float) -> tuple[float, float]:
    """The numbers of persons that the likelihood ratio does not reject."""
    def distance(numbers: np.ndarray) -> np.ndarray:
        tables = np.tile(capture.counts, (len(numbers), 1))
        tables[:, 0] = numbers
        found = fit(tables, np.arange(len(numbers)), np.tile(terms, (len(numbers), 1)), complete=True)
        return found.deviance + 2.0 * (_rest(numbers + capture.n) - _rest(numbers))

    lower, upper = 0.0, 4.0 * hidden + 10.0
    for _ in range(4):
        numbers = np.linspace(lower, upper, 33)
        away = distance(numbers)
        best = int(away.argmin())
        lower, upper = numbers[max(best - 1, 0)], numbers[min(best + 1, 32)]
    centre, limit = float(numbers[best]), float(away[best]) + z * z
    low = _crossing(distance, centre, 0.0, limit)
    far = max(centre, 1.0) * 2.0 ** np.arange(1, 41)
    outside = distance(far) > limit
    if not outside.any():
        raise NoEstimate("the profile likelihood has no upper limit that can be computed: the lists hardly "
                         "share anybody. Take interval=None or 'bca', or a lower level.")
    high = _crossing(distance, centre, float(far[outside.argmax()]), limit)
    return capture.n + low, capture.n + high


def _rest(number: np.ndarray) -> np.ndarray:
    """n log n - n - log n!, without losing digits where n is large."""
    from scipy.special import gammaln, xlogy

    large = np.maximum(number, 30.0)
    series = -0.5 * np.log(2.0 * np.pi * large) - 1.0 / (12.0 * large) + 1.0 / (360.0 * large**3)
    return np.where(number < 30.0, xlogy(number, number) - number - gammaln(number + 1.0), series)


def _crossing(distance: Callable, inside: float, outside: float, limit: float) -> float:
    """Where the distance passes the limit on the way out; the end of the way if it does not."""
    for _ in range(5):
        numbers = np.linspace(inside, outside, 17)
        passed = distance(numbers[1:]) > limit
        if not passed.any():
            return outside
        place = int(passed.argmax())
        inside, outside = float(numbers[place]), float(numbers[place + 1])
    return (inside + outside) / 2.0


def _bootstrap(capture: _Capture, choose: Callable, value: float, level: float, draws: int,
               rng: np.random.Generator) -> tuple[float, float, float, tuple[str, ...]]:
    """Standard error and BCa limits, the model chosen anew for each draw; a note if some had no estimate."""
    seen = np.flatnonzero(capture.counts)
    tables = rng.multinomial(int(capture.n), capture.counts / capture.n, size=draws).astype(float)
    left_out = np.tile(capture.counts, (len(seen), 1))
    left_out[np.arange(len(seen)), seen] -= 1.0
    values = _estimates(np.concatenate([tables, left_out]), choose)
    drawn, jackknife = values[:draws], values[draws:]
    known = np.isfinite(jackknife)
    drawn = drawn[np.isfinite(drawn)]
    without = draws - len(drawn)
    if without > draws / 2:
        raise NoEstimate(f"in {without:,} of {draws:,} draws of the bootstrap no model has an estimate: the "
                         "table is too sparse for it. Take interval='profile', but it is too short.")
    low, high = _bca(value, drawn, jackknife[known], capture.counts[seen][known], level)
    below, above = np.quantile(drawn, [1 - ONE_SE, ONE_SE])
    note = (f"{without:,} of {draws:,} draws of the bootstrap are left out, because no model has an estimate "
            "for them: the interval may be too short.",) if without else ()
    return float(above - below) / 2.0, low, high, note


def _bca(value: float, drawn: np.ndarray, jackknife: np.ndarray, weights: np.ndarray,
         level: float) -> tuple[float, float]:
    """Bias-corrected and accelerated limits."""
    from scipy.special import ndtr, ndtri

    tie = 1e-9 * value
    below = ((drawn < value - tie).mean() + (drawn < value + tie).mean()) / 2.0
    bias = ndtri(np.clip(below, 0.5 / len(drawn), 1.0 - 0.5 / len(drawn)))
    pull = np.average(jackknife, weights=weights) - jackknife
    spread = (weights * pull**2).sum()
    acceleration = (weights * pull**3).sum() / (6.0 * spread**1.5) if spread > 0 else 0.0
    shift = bias + ndtri([(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    scale = np.maximum(1.0 - acceleration * shift, 1e-6)  # beyond it the limit is the end of the draws
    low, high = np.quantile(drawn, ndtr(bias + shift / scale), method="median_unbiased")
    return float(low), float(high)


def _estimates(tables: np.ndarray, choose: Callable) -> np.ndarray:
    """The estimate for each table, not a number where there is none; equal tables are looked at once."""
    tables, same = np.unique(tables, axis=0, return_inverse=True)
    values = np.full(len(tables), np.nan)
    for rows in _with_progress(len(tables), _at_once(tables)):
        part = tables[rows]
        found = fit(part, np.arange(len(part)), choose(part))
        values[rows] = np.where(found.status == ESTIMATED, part.sum(axis=1) + found.hidden, np.nan)
    return values[same.ravel()]


def _at_once(tables: np.ndarray) -> int:
    """How many tables are followed together, so that their neighbouring models fit into memory."""
    lists = tables.shape[1].bit_length() - 1
    return int(np.clip(20_000_000 // (lists**2 * tables.shape[1]), 1, 100))


def _with_progress(total: int, at_once: int, patience: float = 2.0) -> Iterator[slice]:
    """Parts of the work; from some seconds on a line on the standard error output says how far it is."""
    start, shown = time.monotonic(), ""
    patience = patience if sys.stderr.isatty() else 5.0 * patience  # a notebook keeps what is written to it
    for first in range(0, total, at_once):
        yield slice(first, first + at_once)
        done = min(first + at_once, total)
        if time.monotonic() - start > patience and done < total:
            bar = "#" * (20 * done // total)
            shown = f"\rmultiple systems [{bar:<20}] {done:,} of {total:,} draws"
            print(shown, end="", file=sys.stderr, flush=True)
    if shown:
        print("\r" + " " * len(shown) + "\r", end="", file=sys.stderr, flush=True)
