"""multiple_systems: published tables, statsmodels, linear programmes, known truths, properties, bad input."""
from __future__ import annotations

import itertools
import math
import time
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, multiple_systems, two_source
from measurement import _loglinear as loglinear
from measurement import _model_search as search
from measurement import systems
from tests.measurement.published import REFERENCE, reference


@cache
def _table(name):
    if name == "uk5":
        uk = _table("uk6")
        merged = uk.assign(PF=uk["PF"] | uk["NCA"]).drop(columns="NCA")
        return merged.groupby(["LA", "NG", "PF", "GO", "GP"], as_index=False)["count"].sum()
    return pd.read_csv(REFERENCE / f"mse_{name}.csv")


def table(name):
    return _table(name).copy()


def model(text):
    return tuple(tuple(part.split("*")) for part in text.split(" + ")) if text else ()


def arrays(frame):
    """Counts by number of cell and names of the lists, read apart from the library."""
    names = [column for column in frame.columns if column != "count"]
    counts = np.zeros(2 ** len(names))
    for row in frame.itertuples(index=False):
        cell = sum(2**place for place, name in enumerate(names) if getattr(row, name))
        counts[cell] += row.count
    return counts, names


def random_table(rng, lists=4, size=300, chance=0.2):
    """Persons with unlike chances on each list, those on none left out."""
    while True:
        chances = rng.uniform(chance / 2, chance * 1.5, size=lists)
        on = (rng.random((size, lists)) < chances * rng.gamma(2, 0.5, size=(size, 1))).astype(int)
        frame = pd.DataFrame(on[on.any(axis=1)], columns=list("ABCDEFGH")[:lists])
        if frame.sum().all() and (frame.sum(axis=1) > 1).any():
            return frame.groupby(list(frame.columns)).size().reset_index(name="count")


# --- Published ---------------------------------------------------------------------------------------------

PUBLISHED = reference("multiple_systems.csv")
ESTIMATED = [row for row in PUBLISHED if row["value"]]
SLOW = {"uk6"}


def as_published(row, **options):
    given = {"select": row["select"]} if row["select"] else {"interactions": list(model(row["model"]))}
    if row["max_order"]:
        given["max_order"] = int(row["max_order"])
    return multiple_systems(table(row["table"]), **given, **options)


def name_of(row):
    return f"{row['table']}-{row['select'] or 'given'}-{row['max_order'] or 'all'}"


@pytest.mark.parametrize("row", ESTIMATED, ids=name_of)
def test_published_estimates_to_the_digits_printed(row):
    estimate = as_published(row, interval=None)
    for name in ("value", "aic", "bic", "deviance", "dof"):
        if row[name]:
            digits = len(row[name].partition(".")[2])
            assert round(getattr(estimate, name), digits) == float(row[name]), name
    if row["model"]:
        assert estimate.model == model(row["model"])


def with_limits(row):
    slow = [pytest.mark.slow] if row["table"] in SLOW else []
    return pytest.param(row, marks=slow, id=name_of(row))


@pytest.mark.parametrize("row", [with_limits(row) for row in ESTIMATED if row["interval"] == "bca"])
def test_published_bootstrap_limits_within_10_percent(row):
    estimate = as_published(row, interval="bca", seed=1)
    assert estimate.low == pytest.approx(float(row["low"]), rel=0.1)
    assert estimate.high == pytest.approx(float(row["high"]), rel=0.1)


def test_the_uk_estimate_of_2014_is_between_10_and_13_thousand():
    row = next(row for row in ESTIMATED if row["select"] == "aic")
    estimate = as_published(row, interval="profile")
    assert (round(estimate.low), round(estimate.high)) == (int(row["low"]), int(row["high"]))
    assert (round(estimate.low, -3), round(estimate.high, -3)) == (10000, 13000)
    assert len(estimate.model) == 7


def test_korea_all_models_have_the_published_estimate_and_bic():
    rows = reference("mse_korea_bic.csv")
    candidates = multiple_systems(table("korea"), select="bic", interval=None).candidates
    published = [row for row in rows if row["bic"]]
    assert candidates["model"].tolist() == [model(row["model"]) for row in published]
    assert candidates["value"].round(4).tolist() == [float(row["value"]) for row in published]
    assert candidates["bic"].round(5).tolist() == [float(row["bic"]) for row in published]
    assert candidates["chosen"].tolist() == [True] + [False] * 5
    for row in rows:
        if not row["bic"]:
            with pytest.raises(NoEstimate, match="no maximum likelihood estimate"):
                multiple_systems(table("korea"), model(row["model"]))


def test_artificial_3_has_the_three_published_answers():
    rows = {row["model"]: row["interval"] for row in PUBLISHED if row["table"] == "artificial3"}
    words = {"no estimate": "no maximum likelihood estimate", "not identifiable": "not identifiable"}
    assert sorted(rows.values()) == ["", "no estimate", "not identifiable"]
    for text, answer in rows.items():
        if answer:
            with pytest.raises(NoEstimate, match=words[answer]):
                multiple_systems(table("artificial3"), model(text))
        else:
            estimate = multiple_systems(table("artificial3"), model(text))
            assert math.isfinite(estimate.value) and estimate.low < estimate.value < estimate.high


@pytest.mark.parametrize("name", ["korea", "western", "artificial3", "uk6"])
def test_the_reference_tables_agree_with_the_shared_ones(shared, name):
    theirs = pd.read_csv(shared("tables", f"mse_{name}_public.csv"))
    assert table(name).to_numpy().tolist() == theirs.to_numpy().tolist()
    assert list(theirs.columns[:-1]) == list(table(name).columns[:-1])


# --- Independent implementations --------------------------------------------------------------------------

def oracle(counts, lists, terms):
    """statsmodels' Poisson regression on the cells that can hold anybody, and the terms that are finite."""
    import statsmodels.api as sm

    cells = np.arange(1, 2**lists)
    totals = {term: counts[[cell for cell in cells if cell & term == term]].sum() for term in terms}
    empty = [term for term in terms if totals[term] == 0]
    cells = np.array([cell for cell in cells if not any(cell & term == term for term in empty)])
    live = [term for term in terms if not any(term & other == other for other in empty)]
    design = np.array([[float(cell & term == term) for term in live] for cell in cells])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # means near zero
        fitted = sm.GLM(counts[cells], design, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=100)
    return fitted, cells, live, design


def terms_of(names, interactions):
    terms = {0, *(2**place for place in range(len(names)))}
    for interaction in interactions:
        places = [names.index(name) for name in interaction]
        for size in range(2, len(places) + 1):
            terms |= {sum(2**place for place in part) for part in itertools.combinations(places, size)}
    return sorted(terms)


@pytest.mark.parametrize(("name", "interactions"), [
    ("western", []), ("western", [("A", "E")]), ("western", [("A", "B"), ("D", "E")]),
    ("western", [("A", "C"), ("A", "E")]), ("western", [("A", "B"), ("B", "E")]),
    ("uk6", [("LA", "NG", "PF")]), ("uk6", [("LA", "GP"), ("PF", "NCA")]), ("korea", [("b", "c"), ("c", "d")])])
def test_a_fit_is_the_one_of_statsmodels(name, interactions):
    counts, names = arrays(table(name))
    fitted, cells, _, _ = oracle(counts, len(names), terms_of(names, interactions))
    estimate = multiple_systems(table(name), interactions, interval=None)
    hidden = math.exp(fitted.params[0])
    assert estimate.value == pytest.approx(counts.sum() + hidden, rel=1e-8)
    assert estimate.se == pytest.approx(math.sqrt(hidden + hidden**2 * fitted.cov_params()[0, 0]), rel=1e-6)
    assert estimate.deviance == pytest.approx(fitted.deviance, rel=1e-8, abs=1e-8)
    assert estimate.dof == fitted.df_resid
    minus_infinity = len(terms_of(names, interactions)) - len(fitted.params)
    assert estimate.aic == pytest.approx(fitted.aic + 2 * minus_infinity, rel=1e-8)
    means, own_names = arrays(estimate.fitted.drop(columns="count").rename(columns={"fitted": "count"}))
    assert own_names == names
    assert means[cells] == pytest.approx(fitted.fittedvalues, rel=1e-6, abs=1e-9)
    assert means.sum() == pytest.approx(means[cells].sum())


def test_models_fitted_together_are_those_fitted_one_by_one():
    counts, _ = arrays(random_table(np.random.default_rng(3), size=3000, chance=0.4))
    assert (counts[1:] > 0).all()
    models = search.hierarchical_models(4, 4)
    together = loglinear.fit(counts[None], np.zeros(len(models), dtype=int), models)
    for row, terms in enumerate(models):
        if terms.all():
            assert together.status[row] == loglinear.NOT_IDENTIFIABLE
            continue
        fitted, *_ = oracle(counts, 4, np.flatnonzero(terms).tolist())
        assert together.hidden[row] == pytest.approx(math.exp(fitted.params[0]), rel=1e-6)
        assert together.deviance[row] == pytest.approx(fitted.deviance, rel=1e-6, abs=1e-7)


def status_by_definition(counts, lists, terms):
    """Rank of the model's matrix, and the largest smallest number that all cells can hold."""
    from scipy.optimize import linprog

    totals = {term: sum(counts[cell] for cell in range(1, 2**lists) if cell & term == term) for term in terms}
    empty = [term for term in terms if totals[term] == 0]
    cells = [cell for cell in range(1, 2**lists) if not any(cell & term == term for term in empty)]
    live = [term for term in terms if totals[term] > 0]
    design = np.array([[float(cell & term == term) for term in live] for cell in cells])
    if np.linalg.matrix_rank(design) < len(live):
        return loglinear.NOT_IDENTIFIABLE
    several = len(cells)
    best = linprog([0.0] * several + [-1.0], A_ub=np.hstack([-np.eye(several), np.ones((several, 1))]),
                   b_ub=np.zeros(several), A_eq=np.hstack([design.T, np.zeros((len(live), 1))]),
                   b_eq=[totals[term] for term in live], bounds=[(0, None)] * several + [(None, None)])
    return loglinear.ESTIMATED if -best.fun > 1e-7 else loglinear.NO_ESTIMATE


def test_existence_and_identifiability_are_those_of_rank_and_linear_programme():
    rng = np.random.default_rng(4)
    models = {lists: search.hierarchical_models(lists, lists) for lists in (3, 4)}
    seen = set()
    for _ in range(60):
        lists = int(rng.integers(3, 5))
        counts = rng.poisson(rng.choice([0.3, 0.8, 2.0]) * rng.exponential(size=2**lists)).astype(float)
        counts[2**lists - 1] += 1.0
        chosen = models[lists][rng.choice(len(models[lists]), size=5)]
        found = loglinear.fit(counts[None], np.zeros(5, dtype=int), chosen)
        for status, terms in zip(found.status, chosen, strict=True):
            expected = status_by_definition(counts, lists, np.flatnonzero(terms).tolist())
            assert status == expected, (counts.tolist(), np.flatnonzero(terms).tolist())
            seen.add(int(status))
    assert seen == {loglinear.ESTIMATED, loglinear.NO_ESTIMATE, loglinear.NOT_IDENTIFIABLE}


@pytest.mark.parametrize("seen", [[41, 5, 5, 54, 6, 0, 12], [3, 2, 1, 0, 0, 0, 0], [9, 0, 1, 1, 0, 4, 0]])
def test_the_linear_programme_agrees_with_the_proofs_of_the_fit(seen):
    counts = np.array([0.0, *seen])
    totals = loglinear.superset_sums(counts[None])[0]
    for terms in search.hierarchical_models(3, 2):
        dead = loglinear.subset_sums((terms & (totals == 0)).astype(int)[None])[0] > 0
        inside = ~dead & (np.arange(8) > 0)
        programme = loglinear._exists(inside.tobytes(), (terms & ~dead).tobytes(),
                                      (inside & (counts > 0)).tobytes())
        status = loglinear.fit(counts[None], np.zeros(1, dtype=int), terms[None]).status[0]
        if status != loglinear.NOT_IDENTIFIABLE:
            assert programme == (status == loglinear.ESTIMATED)


def test_a_fit_that_proves_nothing_is_left_to_the_linear_programme(monkeypatch):
    def no_proof(batch, *parts):
        return np.zeros(len(parts[-1]), dtype=bool)

    models = search.hierarchical_models(3, 3)
    counts, _ = arrays(table("korea"))
    proved = loglinear.fit(counts[None], np.zeros(9, dtype=int), models)
    monkeypatch.setattr(loglinear._Batch, "_with_limit", no_proof)
    monkeypatch.setattr(loglinear._Batch, "_without_limit", no_proof)
    programmed = loglinear.fit(counts[None], np.zeros(9, dtype=int), models)
    assert programmed.status.tolist() == proved.status.tolist()


@pytest.mark.parametrize(("n1", "n2", "both"), [(500, 149, 7), (54, 34, 30), (1000, 243, 21)])
def test_two_lists_are_lincoln_and_petersen(n1, n2, both):
    frame = pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [n1 - both, n2 - both, both]})
    textbook = two_source(n1, n2, both, method="lincoln-petersen")
    for select in (None, "bic", "bic-downhill", "stepwise", "aic"):
        estimate = multiple_systems(frame, select=select, interval=None)
        assert estimate.value == pytest.approx(textbook.value, rel=1e-9)
        assert estimate.se == pytest.approx(textbook.se, rel=1e-6)
        assert estimate.model == ()


@pytest.mark.parametrize(("name", "interactions", "level"), [
    ("korea", [("b", "c"), ("c", "d")], 0.95), ("western", [("A", "E")], 0.8),
    ("western", [("A", "B")], 0.95)])
def test_profile_limits_are_where_cormack_s_likelihood_ratio_is_its_limit(name, interactions, level):
    import statsmodels.api as sm
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln
    from scipy.stats import chi2

    counts, names = arrays(table(name))
    _, cells, _, design = oracle(counts, len(names), terms_of(names, interactions))
    design = np.vstack([np.eye(design.shape[1])[0], design])  # the cell of those on no list

    def loss(hidden):
        persons = np.append(hidden, counts[cells])
        fitted = sm.GLM(persons, design, family=sm.families.Poisson()).fit(tol=1e-12)
        shares = fitted.fittedvalues / persons.sum()
        return -gammaln(persons.sum() + 1) + gammaln(hidden + 1) - (persons * np.log(shares)).sum()

    estimate = multiple_systems(table(name), interactions, level=level)
    n = counts.sum()
    best = minimize_scalar(loss, bounds=(1.0, 3 * (estimate.value - n)), method="bounded").fun
    for limit in (estimate.low, estimate.high):
        assert 2 * (loss(limit - n) - best) == pytest.approx(chi2.ppf(level, 1), abs=2e-3)


def test_bca_limits_are_those_of_scipy():
    from scipy.stats import bootstrap

    frame = pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [90, 60, 40]})
    persons = np.repeat([0, 1, 2], frame["count"])

    def petersen(sample, axis=-1):
        first, second, both = ((sample == cell).sum(axis=axis) for cell in range(3))
        return (first + both) * (second + both) / both

    theirs = bootstrap((persons,), petersen, n_resamples=20_000, vectorized=True, method="BCa",
                       random_state=np.random.default_rng(1)).confidence_interval
    ours = multiple_systems(frame, [], interval="bca", draws=20_000, seed=2)
    assert ours.low == pytest.approx(theirs.low, rel=0.01)
    assert ours.high == pytest.approx(theirs.high, rel=0.01)


def test_the_poisson_tail_is_the_one_of_scipy():
    from scipy.stats import poisson

    observed, expected = np.meshgrid([0.0, 1.0, 3.0, 40.0], [0.0, 0.2, 3.0, 35.0])
    smaller = np.minimum(poisson.cdf(observed, expected), poisson.sf(observed - 1, expected))
    assert search.poisson_tail(observed, expected) == pytest.approx(smaller)


@pytest.mark.parametrize(("lists", "max_order", "number"), [(3, 3, 9), (4, 4, 114), (5, 5, 6894), (4, 2, 64),
                                                            (5, 1, 1), (6, 2, 2**15)])
def test_there_are_as_many_models_as_known(lists, max_order, number):
    models = search.hierarchical_models(lists, max_order)
    assert len(models) == number == len(np.unique(models, axis=0))


def test_the_models_of_four_lists_are_all_families_that_hold_what_lies_within():
    terms = [term for term in range(16) if term.bit_count() > 1]
    families = set()
    for chosen in itertools.product([False, True], repeat=len(terms)):
        family = {term for term, there in zip(terms, chosen, strict=True) if there}
        if all(smaller in family for term in family for smaller in terms if smaller & term == smaller):
            families.add(frozenset(family))
    ours = {frozenset(term for term in np.flatnonzero(row) if int(term).bit_count() > 1)
            for row in search.hierarchical_models(4, 4)}
    assert ours == families


@pytest.mark.parametrize("seed", range(3))
def test_the_search_that_leaves_out_hopeless_models_finds_what_the_full_search_finds(seed):
    rng = np.random.default_rng(seed)
    counts, _ = arrays(random_table(rng, lists=4, size=600, chance=0.15))
    tables = rng.multinomial(int(counts.sum()), counts / counts.sum(), size=30).astype(float)
    quick = search.exhaustive(tables, 3)
    for row, counts in enumerate(tables):
        full = search.exhaustive(counts[None], 3, [])
        found = loglinear.fit(counts[None], np.zeros(2, dtype=int), np.stack([quick[row], full[0]]))
        assert found.criterion(math.log(counts.sum()))[0] == pytest.approx(
            found.criterion(math.log(counts.sum()))[1], abs=1e-6)


def test_many_tables_at_once_are_chosen_for_as_one_by_one(monkeypatch):
    rng = np.random.default_rng(8)
    counts, _ = arrays(table("western"))
    tables = rng.multinomial(345, counts / 345, size=25).astype(float)
    monkeypatch.setattr(search, "MOST_FITS", 60_000)  # so that the tables of the full search are parted
    for choose in (search.stepwise, search.aic, lambda tables: search.downhill(tables, 4),
                   lambda tables: search.exhaustive(tables, 2)):
        together = choose(tables)
        apart = np.concatenate([choose(each[None]) for each in tables])
        assert (together == apart).all()


def test_an_estimate_outside_the_batch_is_the_same_for_counts_of_any_size():
    rng = np.random.default_rng(5)
    for size in (1.0, 1e3, 1e6, 1e9):
        counts = np.floor(size * rng.exponential(size=16) * (rng.random(16) < 0.7)) + 1
        counts[0] = 0
        terms = search.main_effects(counts[None])
        found = loglinear.fit(counts[None], np.zeros(1, dtype=int), terms, keep=True)
        rest = loglinear.superset_sums(np.where(np.arange(16) > 0, found.means, 0) - counts[None])[0]
        assert np.abs(rest[[0, 1, 2, 4, 8]]).max() < 1e-6 * counts.sum()


# --- Known truths -----------------------------------------------------------------------------------------

TRUTHS = {
    "two lists": (400, (0.3, 0.3), {}, []),
    "three lists": (500, (0.3, 0.25, 0.2), {}, []),
    "an interaction": (1000, (0.2, 0.15, 0.2), {("A", "B"): 1.0}, [("A", "B")]),
    "four lists": (1500, (0.1, 0.08, 0.12, 0.1), {("A", "B"): 1.2}, [("A", "B")]),
}


def draw(rng, size, chances, dependence):
    cells = np.array(list(itertools.product([0, 1], repeat=len(chances))))
    names = list("ABCDE")[:len(chances)]
    odds = np.array(chances) / (1 - np.array(chances))
    logs = cells @ np.log(odds)
    for pair, strength in dependence.items():
        logs = logs + strength * cells[:, [names.index(name) for name in pair]].all(axis=1)
    shares = np.exp(logs) / np.exp(logs).sum()
    frame = pd.DataFrame(cells, columns=names).assign(count=rng.multinomial(size, shares))
    return frame[cells.any(axis=1)]


def covered(name, tables):
    size, chances, dependence, interactions = TRUTHS[name]
    rng = np.random.default_rng(20)
    found = [multiple_systems(draw(rng, size, chances, dependence), interactions) for _ in range(tables)]
    return (np.mean([estimate.low <= size <= estimate.high for estimate in found]),
            np.mean([estimate.value for estimate in found]) / size - 1)


@pytest.mark.parametrize("name", TRUTHS)
def test_profile_intervals_hold_the_truth_about_as_often_as_they_say(name):
    share, bias = covered(name, 60)
    assert share >= 0.87
    assert abs(bias) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_profile_intervals_hold_the_truth_95_times_in_100(name):
    share, bias = covered(name, 1000)
    assert 0.93 <= share <= 0.97
    assert abs(bias) < 0.02


@pytest.mark.slow
def test_repeating_the_choice_holds_the_truth_far_more_often_than_taking_the_model_for_granted():
    truth = multiple_systems(table("korea"), [("b", "c"), ("c", "d")], interval=None)
    size, cells = round(truth.value), truth.fitted
    shares = np.append(cells["fitted"], size - cells["fitted"].sum()) / size
    rng = np.random.default_rng(1)
    repeated, granted = [], []
    for seed in range(300):
        drawn = cells.drop(columns="fitted").assign(count=rng.multinomial(size, shares)[:-1])
        bca = multiple_systems(drawn, select="bic", draws=200, seed=seed)
        profile = multiple_systems(drawn, select="bic", interval="profile")
        repeated.append(bca.low <= size <= bca.high)
        granted.append(profile.low <= size <= profile.high)
    assert np.mean(repeated) >= 0.87  # about 0.9 in the simulations of 2021, not the nominal 0.95
    assert np.mean(granted) <= 0.7


def test_a_strong_dependence_is_found_by_every_search():
    frame = draw(np.random.default_rng(2), 20_000, (0.2, 0.15, 0.2), {("A", "B"): 1.5})
    for select in ("stepwise", "aic", "bic", "bic-downhill"):
        estimate = multiple_systems(frame, select=select, interval=None)
        assert ("A", "B") in estimate.model
        assert estimate.value == pytest.approx(20_000, rel=0.1)
    assert multiple_systems(frame, [], interval=None).value < 17_000  # positive dependence that is left out


# --- Pitfalls ---------------------------------------------------------------------------------------------

def test_bic_counts_the_parameters_at_minus_infinity_and_the_persons_not_the_cells():
    frame = table("western")
    assert not frame.loc[(frame["A"] == 1) & (frame["B"] == 1), "count"].any()
    estimate = multiple_systems(frame, [("A", "E"), ("A", "B")], interval=None)
    without = multiple_systems(frame, [("A", "E")], interval=None)
    for lower, higher in ((without, estimate),):
        assert (higher.bic - higher.aic) - (lower.bic - lower.aic) == pytest.approx(math.log(345) - 2)
    assert estimate.candidates["parameters"].tolist() == [8]
    overlap = estimate.fitted.query("A == 1 and B == 1")
    assert len(overlap) == 8 and (overlap["fitted"] == 0).all()
    # 31 cells less 8 empty ones, six finite terms and A*E.
    assert estimate.dof == 31 - 8 - 7


def test_a_plain_poisson_regression_converges_on_a_model_without_an_estimate():
    import statsmodels.api as sm

    counts, names = arrays(table("korea"))
    terms = terms_of(names, [("b", "c"), ("b", "d")])
    design = np.array([[float(cell & term == term) for term in terms] for cell in range(1, 8)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = sm.GLM(counts[1:], design, family=sm.families.Poisson()).fit()
    best = multiple_systems(table("korea"), select="bic", interval=None)
    bic = -2 * fitted.llf + 6 * math.log(123)
    assert fitted.converged and math.exp(fitted.params[0]) > 1e6  # absurd
    assert bic < best.candidates["bic"].sort_values().iloc[2]  # and yet among the best
    with pytest.raises(NoEstimate, match=r"b\*c \+ b\*d"):
        multiple_systems(table("korea"), [("b", "c"), ("b", "d")])
    assert (("b", "c"), ("b", "d")) not in best.candidates["model"].tolist()


def test_greedy_choice_and_pairs_only_change_the_answer():
    greedy = multiple_systems(table("korea"), select="stepwise", interval=None)
    full = multiple_systems(table("korea"), select="bic", interval=None)
    assert greedy.value > 1.5 * full.value
    uk = {order: multiple_systems(table("uk5"), select="bic", max_order=order, interval=None)
          for order in (2, None)}
    downhill = multiple_systems(table("uk5"), select="bic-downhill", interval=None)
    assert ("LA", "NG", "PF") in uk[None].model
    assert downhill.value < 0.6 * uk[2].value < uk[None].value
    assert uk[None].bic < uk[2].bic < downhill.bic


def test_an_interval_for_the_chosen_model_is_far_too_short_and_says_so():
    repeated = multiple_systems(table("korea"), select="bic", seed=1)
    granted = multiple_systems(table("korea"), select="bic", interval="profile")
    held = multiple_systems(table("korea"), repeated.model, interval="bca", seed=1)
    for short in (granted, held):
        assert short.high - short.low < 0.7 * (repeated.high - repeated.low)
    assert systems.TOO_SHORT in granted.assumptions
    assert systems.TOO_SHORT not in repeated.assumptions
    assert systems.CHOSEN_BEFORE in held.assumptions
    none = multiple_systems(table("korea"), select="bic", interval=None)
    assert (none.low, none.high) == (None, None) and systems.SELECTION_HIDDEN in none.assumptions


# --- Properties -------------------------------------------------------------------------------------------

@st.composite
def tables(draw, lists=3, most=60):
    counts = draw(st.lists(st.integers(0, most), min_size=2**lists - 1, max_size=2**lists - 1))
    cells = [cell for cell in itertools.product([0, 1], repeat=lists) if any(cell)]
    frame = pd.DataFrame(cells, columns=list("ABCD")[:lists]).assign(count=counts)
    on = frame[list("ABCD")[:lists]]
    for name in on:  # everybody's list has somebody, and some are on two
        frame.loc[on.all(axis=1), "count"] += 1
    return frame


def outcome(frame, **options):
    try:
        return multiple_systems(frame, **options)
    except NoEstimate as problem:
        return str(problem)


def same(first, second, rel=1e-6):
    if isinstance(first, str):
        return isinstance(second, str)
    names = [name for name in ("value", "se", "low", "high", "aic", "bic", "deviance", "dof")
             if getattr(first, name) is not None]
    return not isinstance(second, str) and all(
        getattr(first, name) == pytest.approx(getattr(second, name), rel=rel, abs=1e-6) for name in names)


OPTIONS = st.sampled_from([[], [("A", "B")], [("C", "A")], [("A", "B"), ("B", "C")]]).map(
    lambda interactions: {"interactions": interactions})


@settings(max_examples=40)
@given(tables(), OPTIONS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_and_empty_or_parted_rows_change_nothing(frame, options, random):
    expected = outcome(frame, **options)
    rows = list(range(len(frame)))
    random.shuffle(rows)
    columns = list(frame.columns)
    random.shuffle(columns)
    assert same(expected, outcome(frame.iloc[rows][columns], **options))
    assert same(expected, outcome(frame[frame["count"] > 0], **options))
    nobody = pd.DataFrame({"A": [0], "B": [0], "C": [0], "count": [0]})
    parted = pd.concat([frame.assign(count=frame["count"] // 2),
                        frame.assign(count=frame["count"] - frame["count"] // 2), nobody])
    assert same(expected, outcome(parted, **options))


@settings(max_examples=20)
@given(tables(lists=3), st.sampled_from(["stepwise", "aic", "bic", "bic-downhill"]))
def test_other_names_for_the_lists_change_the_names_only(frame, select):
    expected = outcome(frame, select=select, interval=None)
    names = {"A": "police", "B": 7, "C": "NGO"}
    renamed = outcome(frame.rename(columns=names), select=select, interval=None)
    assert same(expected, renamed)
    if not isinstance(expected, str):
        assert renamed.model == tuple(tuple(names[name] for name in pair) for pair in expected.model)


@settings(max_examples=40)
@given(tables(), OPTIONS, st.sampled_from([2, 10]))
def test_so_many_times_the_persons_are_so_many_times_the_estimate(frame, options, times):
    once, often = (outcome(frame.assign(count=frame["count"] * factor), interval=None, **options)
                   for factor in (1, times))
    if isinstance(once, str):
        assert isinstance(often, str)
    else:
        assert often.value == pytest.approx(times * once.value, rel=1e-6)
        assert often.deviance == pytest.approx(times * once.deviance, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(tables(), st.sampled_from([None, "stepwise", "aic", "bic", "bic-downhill"]))
def test_a_result_is_finite_in_order_and_agrees_with_itself(frame, select):
    estimate = outcome(frame, select=select, interval="profile")
    if isinstance(estimate, str):
        return
    n = frame["count"].sum()
    assert estimate.n == n <= estimate.low <= estimate.high
    assert n <= estimate.value
    for number in (estimate.value, estimate.se, estimate.low, estimate.high, estimate.aic, estimate.bic):
        assert math.isfinite(number)
    assert estimate.deviance >= 0 and estimate.dof >= 0
    numbers = estimate.candidates.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy(dtype=float)).all() and np.isfinite(estimate.fitted["fitted"]).all()
    assert estimate.fitted["fitted"].sum() == pytest.approx(n, rel=1e-6)
    for interaction in estimate.model:  # the equations of the likelihood
        on = estimate.fitted[list(interaction)].all(axis=1)
        assert estimate.fitted.loc[on, "fitted"].sum() == pytest.approx(
            estimate.fitted.loc[on, "count"].sum(), rel=1e-5, abs=1e-5)
    assert estimate.candidates["chosen"].any()
    again = multiple_systems(frame, estimate.model, interval="profile")
    assert same(estimate, again)
    best = estimate.candidates.loc[estimate.candidates["model"] == estimate.model]
    assert best["value"].iloc[-1] == pytest.approx(estimate.value)


@settings(max_examples=8)
@given(tables(lists=4, most=8), st.sampled_from(["stepwise", "aic", "bic", "bic-downhill"]))
def test_bootstrap_limits_are_in_order_and_never_below_those_observed(frame, select):
    estimate = outcome(frame, select=select, draws=100, seed=1)
    if not isinstance(estimate, str):
        assert frame["count"].sum() <= estimate.low <= estimate.high < math.inf
        assert estimate.se >= 0


def test_the_seed_makes_the_bootstrap_the_same():
    first, again, other = (multiple_systems(table("korea"), select="bic", draws=200, seed=seed)
                           for seed in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high) != (other.low, other.high)
    numbers = multiple_systems(table("korea"), select="bic", draws=200, seed=np.random.default_rng(1))
    assert (first.low, first.high) == (numbers.low, numbers.high)
    assert first == again


def test_a_wider_level_is_a_wider_interval():
    narrow, wide = (multiple_systems(table("western"), [("A", "E")], level=level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_the_default_interval_is_profile_for_a_named_model_and_bca_for_a_chosen_one():
    frame = table("western")
    named = multiple_systems(frame, [("A", "E")])
    assert same(named, multiple_systems(frame, [("A", "E")], interval="profile"))
    chosen = multiple_systems(frame, select="stepwise", draws=100, seed=1)
    assert same(chosen, multiple_systems(frame, select="stepwise", interval="bca", draws=100, seed=1))
    assert chosen.high > named.high or chosen.low < named.low


def test_interactions_hold_what_lies_within_and_can_be_written_in_many_ways():
    frame = table("uk5")
    full = multiple_systems(frame, [("LA", "NG", "PF")], interval=None)
    for interactions in ([("PF", "LA", "NG")], [("LA", "NG"), ("NG", "LA", "PF"), ("LA", "PF")],
                         ({"LA", "NG", "PF"},), [["LA", "NG", "PF"], ("PF", "NG")]):
        written = multiple_systems(frame, interactions, interval=None)
        assert written.model == full.model == (("LA", "NG", "PF"),)
        assert written.value == pytest.approx(full.value)


def test_draws_without_an_estimate_are_mentioned():
    estimate = multiple_systems(table("korea"), [("b", "c"), ("c", "d")], interval="bca", seed=1)
    assert any("of 1,000 draws of the bootstrap are left out" in text for text in estimate.assumptions)


def test_the_result_shows_its_model_and_its_fit():
    estimate = multiple_systems(table("western"), select="stepwise", interval=None)
    assert repr(estimate) == "About 2,483 (A*E + B + C + D, chosen stepwise, from 345 observed)"
    html = estimate._repr_html_()
    assert "<td>26.58 on 24 degrees of freedom</td>" in html and "A*E + B + C + D" in html
    assert list(estimate.fitted.columns) == ["A", "B", "C", "D", "E", "count", "fitted"]
    assert estimate.fitted["count"].sum() == 345 and len(estimate.fitted) == 31


def test_candidates_are_what_each_search_compared():
    frame = table("western")
    shared = ["model", "value", "parameters", "deviance", "dof", "aic", "bic"]
    expected = {None: [*shared, "chosen"], "bic": [*shared, "chosen"],
                "bic-downhill": ["step", *shared, "chosen"], "stepwise": ["step", *shared, "p", "chosen"],
                "aic": ["step", *shared, "p", "chosen"]}
    for select, columns in expected.items():
        candidates = multiple_systems(frame, select=select, interval=None).candidates
        assert list(candidates.columns) == columns
    steps = multiple_systems(frame, select="stepwise", interval=None).candidates
    assert steps.loc[steps["chosen"], "model"].tolist() == [(), (("A", "E"),)]
    assert steps["step"].unique().tolist() == [0, 1, 2]
    assert (steps.loc[steps["step"] == 2, "p"] >= 0.02).all()
    bics = multiple_systems(frame, select="bic", interval=None).candidates["bic"]
    assert bics.is_monotonic_increasing and len(bics) > 3000


def test_eight_sparse_lists_are_searched():
    frame = random_table(np.random.default_rng(6), lists=8, size=2000, chance=0.04)
    for select in ("stepwise", "bic-downhill"):
        estimate = multiple_systems(frame, select=select, interval=None)
        assert math.isfinite(estimate.value) and estimate.value > frame["count"].sum()


def test_progress_is_a_line_on_the_standard_error_output(monkeypatch, capsys):
    monkeypatch.setattr(time, "monotonic", iter(range(0, 1000, 20)).__next__)
    parts = [np.arange(10)[part].tolist() for part in systems._with_progress(10, 4)]
    assert parts == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    printed = capsys.readouterr()
    assert printed.out == "" and "[########            ] 4 of 10 draws" in printed.err
    assert printed.err.endswith("\r")
    monkeypatch.undo()
    multiple_systems(table("korea"), select="bic", draws=100)
    assert capsys.readouterr() == ("", "")


# --- Bad input --------------------------------------------------------------------------------------------

def changed(column, value, row=2):
    frame = table("korea").astype({column: object})
    frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(("frame", "words"), [
    (changed("count", -1), r"column 'count', row 2, is -1: a count cannot be negative"),
    (changed("count", 2.5), r"column 'count', row 2, is 2.5: counts are whole numbers"),
    (changed("count", None), r"column 'count', row 2, is missing"),
    (changed("count", "many"), r"column 'count', row 2, is the text 'many'"),
    (changed("c", None), r"column 'c', row 2, is missing"),
    (changed("c", 2), r"column 'c', row 2, is 2: write 1 for yes and 0 for no"),
    (changed("c", "yes"), r"column 'c', row 2, is 'yes'"),
    (table("korea").iloc[:0], "has no rows"),
    (table("korea").drop(columns="count"), r"no column 'count'.*groupby"),
    (table("korea")[["b", "count"]], "the table has 1 lists: 2 to 12"),
    (table("korea").assign(e=0), "column 'e': nobody is on this list. Leave it out"),
    (pd.concat([table("korea"), pd.DataFrame({"b": [0], "c": [0], "d": [0], "count": [7]}, index=["none"])]),
     "row 'none' counts persons who are on no list"),
    (pd.DataFrame(np.ones((1, 14)), columns=[*map(str, range(13)), "count"]), "13 lists: 2 to 12.*Merge"),
    (pd.DataFrame([[1, 0, 3]], columns=["b", "b", "count"]), "more than one column 'b'"),
    ({"b": [1], "count": [2]}, "give a pandas DataFrame"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_table_names_the_place_and_the_mend(frame, words):
    with pytest.raises(ValueError, match=words):
        multiple_systems(frame, [])


@pytest.mark.parametrize(("options", "words"), [
    ({"interactions": [("b", "e")]}, "names 'e', which is not a list of the table"),
    ({"interactions": [("b", "C")]}, "names 'C'.*Did you mean 'c'|The lists are"),
    ({"interactions": [("b",)]}, "not a tuple of two or more lists"),
    ({"interactions": [("b", "b")]}, "not a tuple of two or more lists"),
    ({"interactions": ["bc"]}, "'bc' is not a tuple"),
    ({"interactions": "bc"}, "give a list of tuples"),
    ({"interactions": 3}, "give a list of tuples"),
    ({"interactions": [], "select": "bic"}, "both interactions and select"),
    ({"select": "BIC"}, "select is 'BIC'.*'bic'"),
    ({"select": "stepwise", "max_order": 3}, "pairs of lists only"),
    ({"max_order": 2}, "max_order belongs to a search"),
    ({"select": "bic", "max_order": 4}, "max_order is 4"),
    ({"select": "bic", "max_order": 1.5}, "whole number of lists"),
    ({"select": "bic", "max_order": "2"}, "max_order is the text '2'"),
    ({"interval": "wald"}, "interval is 'wald'"),
    ({"level": 95}, "write 0.95"),
    ({"draws": 5}, "draws is 5"),
    ({"seed": -1}, "seed is -1"),
])
def test_bad_arguments_name_the_mend(options, words):
    with pytest.raises(ValueError, match=words):
        multiple_systems(table("korea"), **options)


def test_too_many_models_name_the_next_search():
    with pytest.raises(ValueError, match=r"50,000 models. Use select='bic-downhill', or .* max_order=2"):
        multiple_systems(table("uk6"), select="bic")
    frame = random_table(np.random.default_rng(6), lists=7)
    with pytest.raises(ValueError, match=r"more than 50,000 models. Use select='bic-downhill'\.$"):
        multiple_systems(frame, select="bic")


def test_lists_that_share_nobody_say_nothing():
    frame = pd.DataFrame({"A": [1, 0, 0], "B": [0, 1, 0], "C": [0, 0, 1], "count": [9, 8, 7]})
    with pytest.raises(NoEstimate, match="nobody is on more than one list"):
        multiple_systems(frame, [])


def test_all_lists_together_are_not_identifiable():
    with pytest.raises(NoEstimate, match=r"the model b\*c\*d is not identifiable"):
        multiple_systems(table("korea"), [("b", "c", "d")])


def test_a_search_without_any_estimate_says_so():
    # Everybody is on the first list: whoever is on none would have to be on it.
    frame = pd.DataFrame({"A": [1, 1, 1], "B": [0, 1, 1], "C": [0, 0, 1], "count": [20, 5, 5]})
    for select in ("stepwise", "aic", "bic", "bic-downhill"):
        with pytest.raises(NoEstimate, match=f"no model that select='{select}'"):
            multiple_systems(frame, select=select)


def test_a_table_too_sparse_for_the_bootstrap_says_so():
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("A", "D")]
    rows = [*([name] for name in "ABCD"), *pairs]
    frame = pd.DataFrame([[int(name in row) for name in "ABCD"] for row in rows], columns=list("ABCD"))
    frame["count"] = [100] * 4 + [1] * 4
    assert multiple_systems(frame, pairs).value > 404
    with pytest.raises(NoEstimate, match="draws of the bootstrap no model has an estimate"):
        multiple_systems(frame, pairs, interval="bca", seed=1)
