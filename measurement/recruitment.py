"""Shares in a hidden population from a sample in which people recruit the people they know."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("rds-i", "rds-ii", "ss")
NAMES = {"rds-i": "RDS-I", "rds-ii": "RDS-II", "ss": "successive sampling"}
SOURCES = {
    "rds-i": "Salganik & Heckathorn (2004); interval: Salganik (2006)",
    "rds-ii": "Volz & Heckathorn (2008); interval: Salganik (2006)",
    "ss": "Gile (2011)",
}
ASSUMPTIONS = (
    "Ties go both ways: whoever could recruit somebody could also have been recruited by them.",
    "Recruits are a random choice among the people whom a recruiter knows.",
    "Everybody told the number of their ties in the population rightly.",
    "The population is one network, and the chains are so long that the choice of seeds is forgotten.",
)
REPLACEMENT = {
    "rds-i": "The sample is a small part of the population.",
    "rds-ii": "The sample is a small part of the population.",
    "ss": "The size of the population is as given: the estimate and its interval depend on it.",
}
SEEDS = ("exclude", "include")
LEVEL = 0.95


@dataclass(frozen=True, repr=False, kw_only=True)
class RecruitmentEstimate(Estimate):
    """A share estimated from respondent-driven sampling; see :func:`respondent_driven`.

    Parameters
    ----------
    recruitment : pandas.DataFrame
        How many were recruited, by the trait of the recruiter (rows) and of the recruit (columns): 1 has the
        trait, 0 has not.
    homophily : float or None
        Recruitments within the same group, divided by their number if recruiters did not care for the trait:
        1 is no preference, 2 twice as many as by chance. None if it cannot be computed.
    activity_ratio : float
        Mean number of ties in the population of those with the trait, divided by that of those without: above
        1 those with the trait know more people, and are in the sample too often.

    Examples
    --------
    >>> import pandas as pd
    >>> sample = pd.DataFrame({"id": range(8), "recruiter": ["seed", 0, 0, 1, 1, 2, 2, 3],
    ...                        "debt": [1, 1, 0, 1, 0, 0, 1, 0], "ties": [8, 6, 4, 9, 3, 5, 6, 2]})
    >>> estimate = respondent_driven(sample, "debt", "ties", "recruiter", draws=200, seed=1)
    >>> estimate.recruitment
    recruit    1  0
    recruiter
    1          2  3
    0          1  1
    >>> round(estimate.homophily, 3), round(estimate.activity_ratio, 3)
    (0.913, 2.166)
    """

    recruitment: pd.DataFrame = field(compare=False)
    homophily: float | None
    activity_ratio: float

    def _rows(self) -> list[tuple[str, str]]:
        homophily = [] if self.homophily is None else [("Homophily of recruitment", readable(self.homophily))]
        return [*super()._rows(), *homophily, ("Activity ratio", readable(self.activity_ratio))]


def respondent_driven(
    sample: pd.DataFrame, trait: str, degree: str, recruiter: str, method: str = "rds-ii",
    seeds: str = "exclude", population: float | None = None, draws: int = 1000, seed: object = None,
) -> RecruitmentEstimate:
    """Share of a hidden population that has a trait, from respondent-driven sampling.

    Parameters
    ----------
    sample : pandas.DataFrame
        One row a person, with a column ``id``.
    trait : str
        Column of the trait: 1 has it, 0 has it not.
    degree : str
        Column with the number of people of the population whom the person knows.
    recruiter : str
        Column with the ``id`` of the person's recruiter; missing or ``"seed"`` for a seed.
    method : {"rds-ii", "rds-i", "ss"}
        RDS-II weights everybody by 1 / degree. RDS-I compares how often each group recruits from the other.
        Successive sampling is for a sample that is a large part of the population.
    seeds : {"exclude", "include"}
        Whether the seeds, whom nobody recruited, are persons to be counted. Whom they recruited always is.
    population : int, optional
        Size of the population, in persons, which ``"ss"`` needs. The other methods do not use it.
    draws : int
        Repetitions of the bootstrap.
    seed : int, numpy.random.Generator or None
        Makes the interval the same every time.

    Returns
    -------
    RecruitmentEstimate
        An :class:`Estimate` of the share with a 95 % interval and with ``recruitment``, ``homophily`` and
        ``activity_ratio``; ``n`` is the number of persons counted.

    Raises
    ------
    NoEstimate
        Nobody was recruited, everybody or nobody counted has the trait, or (RDS-I) one group recruited
        nobody, or nobody from the other.
    ValueError
        A column does not exist; an id is missing or twice in the sample; a recruiter is not in the sample, or
        a chain of recruiters runs in a circle; a trait is not 0 or 1; a degree is missing or not above 0; the
        population is missing (``"ss"``) or smaller than the sample.

    Notes
    -----
    A is the group with the trait, B the others, d the degrees. RDS-I: p = S_BA D_B / (S_BA D_B + S_AB D_A),
    S_BA the share of A among the recruits of B, D_A = n_A / sum_A (1 / d) the mean degree of A in the
    population. RDS-II: p = sum_A (1 / d) / sum (1 / d). Successive sampling: p = sum_A (1 / pi) / sum (1 /
    pi) with pi the chance that somebody with degree d is among n persons drawn one after the other without
    replacement, each time with chances proportional to d. It depends on how many persons have which degree,
    and that is estimated with the same pi. Gile finds both by repeated simulation. Here pi = 1 - exp(-d t),
    Rosén's limit for large numbers; then both hold when sum (1 / pi) = population, one equation for t, and
    the estimate has no error of simulation. With a large population it is RDS-II.

    Interval for RDS-I and RDS-II: Salganik's bootstrap. A recruit is drawn with replacement from the persons
    who were recruited by somebody with the same trait as the recruiter, a seed from the whole sample. It is
    drawn along the recruitment tree of the sample, each branch from its own recruiter, and not as one chain:
    recruits of one recruiter are alike, which a single chain ignores. For successive sampling: Gile's
    bootstrap. A population is made from the weights, with ties between the groups as estimated from
    recruitment, and the tree is drawn from it without replacement. ``se`` is the standard deviation of the
    repetitions; the interval is log(p / (1 - p)) -/+ z se / (p (1 - p)), turned back into shares. (The 2.5 %
    and 97.5 % points of the repetitions miss more often, and nearly always on one side, where the sample is a
    large part of the population.)

    Homophily is sum_s R_ss / sum_s (R_s. R_.s / R_..) of the recruitment table R. It describes recruitment,
    and mixes preference with the network.

    What it cannot tell. It cannot tell whether recruits were chosen at random: who recruits friends for a
    reason (debts, the same employer) makes it wrong, and no interval shows this. Where the groups hardly
    recruit from each other, samples of hundreds say as little as a random sample of a few dozen.

    References
    ----------
    Salganik, M. J. & Heckathorn, D. D. (2004). Sampling and estimation in hidden populations using
    respondent-driven sampling. Sociological Methodology 34, 193-239. Salganik, M. J. (2006). Variance
    estimation, design effects, and sample size calculations for respondent-driven sampling. Journal of Urban
    Health 83 (Suppl 1), i98-i112. Volz, E. & Heckathorn, D. D. (2008). Probability based estimation theory
    for respondent driven sampling. Journal of Official Statistics 24, 79-97. Goel, S. & Salganik, M. J.
    (2010). Assessing respondent-driven sampling. PNAS 107, 6743-6747. Gile, K. J. (2011). Improved inference
    for respondent-driven sampling data with application to HIV prevalence estimation. Journal of the American
    Statistical Association 106, 135-146. Rosén, B. (1972). Asymptotic theory for successive sampling with
    varying probabilities without replacement, I. Annals of Mathematical Statistics 43, 373-397.

    Examples
    --------
    >>> import pandas as pd
    >>> sample = pd.DataFrame({"id": range(8), "recruiter": ["seed", 0, 0, 1, 1, 2, 2, 3],
    ...                        "debt": [1, 1, 0, 1, 0, 0, 1, 0], "ties": [8, 6, 4, 9, 3, 5, 6, 2]})
    >>> respondent_driven(sample, "debt", "ties", "recruiter", draws=200, seed=1)
    About 0.2572 (95 % interval 0.06587 to 0.6297; RDS-II, from 7 observed)
    >>> round(respondent_driven(sample, "debt", "ties", "recruiter", seeds="include").value, 4)
    0.3073
    """
    checks.choice("method", method, METHODS)
    checks.choice("seeds", seeds, SEEDS)
    draws, rng = checks.repeats(draws), checks.random_numbers(seed)
    tree = _Tree.read(sample, trait, degree, recruiter, seeds)
    size = _population(population, method, tree)
    _check_groups(tree, trait, method)
    value = float(_shares(tree, method, tree.trait[None], tree.degree[None], size)[0])
    drawn = _successive_draws(tree, size, draws, rng) if method == "ss" else _chain_draws(tree, draws, rng)
    shares = _usable(_shares(tree, method, *drawn, size))
    se = float(shares.std(ddof=1))
    low, high = _interval(value, se)
    recruitment = _recruitment(tree)
    return RecruitmentEstimate(
        value=value, se=se, low=low, high=high, level=LEVEL, method=NAMES[method], n=int(tree.counted.sum()),
        assumptions=(*ASSUMPTIONS, REPLACEMENT[method]), source=SOURCES[method],
        recruitment=_labelled(recruitment), homophily=_homophily(recruitment),
        activity_ratio=_activity_ratio(tree, method, size))


def _interval(value: float, se: float) -> tuple[float, float]:
    """Normal on the scale of the logarithm of the odds, so that it stays between 0 and 1."""
    odds = math.log(value / (1 - value))
    reach = checks.normal_quantile(LEVEL) * se / (value * (1 - value))
    return (1 + math.tanh((odds - reach) / 2)) / 2, (1 + math.tanh((odds + reach) / 2)) / 2


# --- The sample -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Tree:
    """Trait, degree and recruiter (its position, -1 for a seed) of everybody; who is counted; the waves."""

    trait: np.ndarray
    degree: np.ndarray
    parent: np.ndarray
    counted: np.ndarray
    waves: list[np.ndarray]

    @classmethod
    def read(cls, sample: pd.DataFrame, trait: str, degree: str, recruiter: str, seeds: str) -> _Tree:
        checks.table(sample, ["id", trait, degree, recruiter], "the sample")
        parent = _parents(sample, recruiter)
        counted = (parent >= 0) | (seeds == "include")
        return cls(checks.yes_no(sample, trait).astype(int), _degrees(sample, degree), parent, counted,
                   _waves(sample, parent, recruiter))

    @property
    def recruits(self) -> np.ndarray:
        """Positions of those whom somebody recruited."""
        return np.flatnonzero(self.parent >= 0)


def _degrees(sample: pd.DataFrame, degree: str) -> np.ndarray:
    found = checks.numbers(sample, degree, low=0)
    if (found == 0).any():
        row = sample.index[int(np.argmax(found == 0))]
        raise ValueError(f"column {degree!r}, row {row!r}, is 0: whoever recruits or was recruited knows at "
                         "least one person of the population. Ask again, or leave the row out.")
    return found


def _parents(sample: pd.DataFrame, recruiter: str) -> np.ndarray:
    """Position of everybody's recruiter in the sample, -1 for a seed."""
    rows = sample.index.tolist()
    place: dict[str, int] = {}
    for position, cell in enumerate(sample["id"].tolist()):
        label = _label(cell)
        if label is None:
            raise ValueError(f"column 'id', row {rows[position]!r}, is missing: give everybody an id.")
        if label in place:
            raise ValueError(f"column 'id', row {rows[position]!r}: {label!r} is already the id of row "
                             f"{rows[place[label]]!r}. Give everybody an id of their own, and one row.")
        place[label] = position
    parent = np.full(len(rows), -1)
    for position, cell in enumerate(sample[recruiter].tolist()):
        label = _label(cell)
        if label is None or label.lower() == "seed":
            continue
        if label not in place:
            raise ValueError(f"column {recruiter!r}, row {rows[position]!r}: the recruiter {label!r} is not "
                             "in the sample. Correct the id, or write 'seed' if nobody in the sample "
                             "recruited this person.")
        parent[position] = place[label]
    return parent


def _label(cell: object) -> str | None:
    """An id as text, the same for 7, 7.0 and '7'; None where it is missing."""
    if cell is None or str(cell) in ("<NA>", "NaT", "nan", ""):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip() or None


def _waves(sample: pd.DataFrame, parent: np.ndarray, recruiter: str) -> list[np.ndarray]:
    """Positions of the seeds, of those whom they recruited, and so on."""
    waves = [np.flatnonzero(parent < 0)]
    reached = parent < 0
    while True:
        wave = np.flatnonzero(~reached & reached[parent] & (parent >= 0))
        if wave.size == 0:
            break
        reached[wave] = True
        waves.append(wave)
    if not reached.all():
        row = sample.index[int(np.argmin(reached))]
        raise ValueError(f"column {recruiter!r}, row {row!r}: the chain of recruiters runs in a circle and "
                         "never comes to a seed. Correct the ids.")
    return waves


def _population(population: object, method: str, tree: _Tree) -> float | None:
    if population is None:
        if method == "ss":
            raise ValueError('method "ss" needs population, the size of the population in persons: give the '
                             "best guess, and try others to see how much depends on it. "
                             'method="rds-ii" needs none.')
        return None
    size = checks.count("population", population, of="persons")
    if size < tree.trait.size:
        raise ValueError(f"population is {size:,.0f}, but {tree.trait.size:,} persons are in the sample: it "
                         "must be at least as many.")
    return size


def _check_groups(tree: _Tree, trait: str, method: str) -> None:
    """Whether the sample can say anything of the share."""
    if tree.recruits.size == 0:
        raise NoEstimate("Nobody in the sample was recruited: without chains there is no respondent-driven "
                         "sampling. Check the column of recruiters.")
    counted = tree.trait[tree.counted]
    if counted.min() == counted.max():
        who = "Everybody" if counted.min() == 1 else "Nobody"
        raise NoEstimate(f"{who} of the {counted.size} persons counted has {trait!r}: a share of "
                         f"{counted.min()} would come with an interval of no width. Take a larger sample, or "
                         "a less rare trait.")
    if method != "rds-i":
        return
    table = _recruitment(tree)
    for group, name in ((1, "with"), (0, "without")):
        if table[group].sum() == 0:
            raise NoEstimate(f"Nobody was recruited by a person {name} {trait!r}: RDS-I needs recruits of "
                             'both groups. Use method="rds-ii".')
    if table[1, 0] == 0 or table[0, 1] == 0:
        who, whom = ("with", "without") if table[1, 0] == 0 else ("without", "with")
        raise NoEstimate(f"Nobody {who} {trait!r} recruited a person {whom} it: RDS-I compares how often "
                         'each group recruits from the other. Use method="rds-ii", or longer chains.')


# --- Estimates, for the sample and for all its repetitions at once (one row each) --------------------------

def _shares(tree: _Tree, method: str, trait: np.ndarray, degree: np.ndarray,
            population: float | None) -> np.ndarray:
    if method == "rds-i":
        return _rds_i(tree, trait, degree)
    weights = 1 / degree if method == "rds-ii" else _successive_weights(degree, population)
    weights = weights[:, tree.counted]
    return (weights * trait[:, tree.counted]).sum(1) / weights.sum(1)


def _rds_i(tree: _Tree, trait: np.ndarray, degree: np.ndarray) -> np.ndarray:
    """Shares; not a number where neither group recruited from the other."""
    by, to = trait[:, tree.parent[tree.recruits]], trait[:, tree.recruits]
    counted, weights = trait[:, tree.counted], 1 / degree[:, tree.counted]
    with np.errstate(divide="ignore", invalid="ignore"):
        to_those_with = _share_among(to == 1, by == 0)
        to_those_without = _share_among(to == 0, by == 1)
        with_ties = counted.sum(1) / (counted * weights).sum(1)
        without_ties = (1 - counted).sum(1) / ((1 - counted) * weights).sum(1)
        flow = to_those_with * without_ties
        shares = flow / (flow + to_those_without * with_ties)
    alike = counted.min(1) == counted.max(1)  # only one group is there
    return np.where(alike, counted[:, 0], shares)


def _share_among(recruits: np.ndarray, those: np.ndarray) -> np.ndarray:
    """Share of such recruits among the recruits of a group; of a group that recruited nobody, among all."""
    everybody = np.ones_like(those)
    among = np.where(those.any(1, keepdims=True), those, everybody)
    return (recruits & among).sum(1) / among.sum(1)


def _successive_weights(degree: np.ndarray, population: float) -> np.ndarray:
    """1 / chance to be in the sample, so that they sum to the population in each row."""
    kinds, place = np.unique(degree, return_inverse=True)
    place = place.reshape(degree.shape)
    counts = np.zeros((len(degree), kinds.size))
    np.add.at(counts, (np.arange(len(degree))[:, None], place), 1.0)
    # The sum falls as time goes on: halve the span of log time in which it passes the population.
    early = np.full(len(degree), -math.log(kinds.max()) - 40.0)
    late = np.full(len(degree), -math.log(kinds.min()) + 5.0)
    for _ in range(60):
        middle = (early + late) / 2
        total = (counts / -np.expm1(-kinds * np.exp(middle)[:, None])).sum(1)
        early, late = np.where(total > population, middle, early), np.where(total > population, late, middle)
    return np.take_along_axis(1 / -np.expm1(-kinds * np.exp(late)[:, None]), place, axis=1)


def _usable(shares: np.ndarray) -> np.ndarray:
    """Without the repetitions that have no estimate, as long as they are few."""
    found = shares[np.isfinite(shares)]
    if found.size < 0.95 * shares.size:
        raise NoEstimate(f"In {shares.size - found.size:,} of {shares.size:,} repetitions neither group "
                         "recruited from the other: there are too few ties between them for RDS-I. "
                         'Use method="rds-ii".')
    return found


# --- Repetitions of the sample ----------------------------------------------------------------------------

def _chain_draws(tree: _Tree, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Trait and degree in each repetition: recruits come from those recruited by the same kind of person."""
    recruits = tree.recruits
    by = tree.trait[tree.parent[recruits]]
    # A group that recruited nobody is taken to recruit like all.
    pools = [recruits[by == kind] if (by == kind).any() else recruits for kind in (0, 1)]
    pool = np.concatenate(pools)
    start, size = np.array([0, pools[0].size]), np.array([pools[0].size, pools[1].size])
    drawn = np.empty((draws, tree.trait.size), dtype=np.intp)
    drawn[:, tree.waves[0]] = rng.integers(tree.trait.size, size=(draws, tree.waves[0].size))
    for wave in tree.waves[1:]:
        kind = tree.trait[drawn[:, tree.parent[wave]]]
        drawn[:, wave] = pool[start[kind] + (rng.random(kind.shape) * size[kind]).astype(np.intp)]
    return tree.trait[drawn], tree.degree[drawn]


def _successive_draws(tree: _Tree, population: float, draws: int,
                      rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Trait and degree in each repetition: the tree is drawn from a made population without replacement."""
    kinds, place = np.unique(tree.degree, return_inverse=True)
    persons = np.zeros((2, kinds.size))
    np.add.at(persons, (tree.trait, place), _successive_weights(tree.degree[None], population)[0])
    mixing = _mixing(tree, persons @ kinds)
    ties = _whole_persons(persons, draws, rng) * kinds  # of everybody not yet drawn, by trait and degree
    free = ties.sum(2)
    at_first = np.maximum(free, 1e-300)
    trait, degree = (np.empty((draws, tree.trait.size), dtype=np.intp) for _ in range(2))
    row = np.arange(draws)
    for person in np.concatenate(tree.waves):
        chance = free
        if tree.parent[person] >= 0:
            wanted = mixing[trait[:, tree.parent[person]]] * free / at_first
            chance = np.where(wanted.sum(1, keepdims=True) > 0, wanted, free)  # the kind wanted is used up
        kind = (rng.random(draws) * chance.sum(1) >= chance[:, 0]).astype(np.intp)
        steps = np.cumsum(ties[row, kind], axis=1)
        level = (steps <= (rng.random(draws) * steps[:, -1])[:, None]).sum(1)
        trait[:, person], degree[:, person] = kind, level
        ties[row, kind, level] -= kinds[level]
        free[row, kind] = np.maximum(free[row, kind] - kinds[level], 0)
    return trait, kinds[degree]


def _mixing(tree: _Tree, ends: np.ndarray) -> np.ndarray:
    """Ties from group to group: ends of ties by how recruits are shared out, the same in both directions."""
    table = _recruitment(tree).astype(float)
    table[table.sum(1) == 0] = table.sum(0)  # a group that recruited nobody is taken to recruit like all
    flow = ends[:, None] * table / table.sum(1, keepdims=True)
    return (flow + flow.T) / 2


def _whole_persons(persons: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """The same numbers of persons rounded up or down by chance, with the same sum, in each repetition."""
    until = np.concatenate([[0], np.cumsum(persons)])
    until = np.where(np.isclose(until, np.round(until), rtol=0, atol=1e-6), np.round(until), until)
    whole = np.diff(np.floor(until + rng.random((draws, 1))), axis=1)
    return whole.reshape(draws, *persons.shape)


# --- What recruitment tells -------------------------------------------------------------------------------

def _recruitment(tree: _Tree) -> np.ndarray:
    """How many were recruited, by the trait of the recruiter and of the recruit."""
    table = np.zeros((2, 2), dtype=int)
    np.add.at(table, (tree.trait[tree.parent[tree.recruits]], tree.trait[tree.recruits]), 1)
    return table


def _labelled(table: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(table[::-1, ::-1], index=pd.Index([1, 0], name="recruiter"),
                        columns=pd.Index([1, 0], name="recruit"))


def _homophily(table: np.ndarray) -> float | None:
    expected = float(table.sum(1) @ table.sum(0)) / table.sum()
    return float(np.trace(table) / expected) if expected else None


def _activity_ratio(tree: _Tree, method: str, population: float | None) -> float:
    weights = 1 / tree.degree if method != "ss" else _successive_weights(tree.degree[None], population)[0]
    means = [np.average(tree.degree[group], weights=weights[group])
             for group in (tree.counted & (tree.trait == kind) for kind in (0, 1))]
    return float(means[1] / means[0])
