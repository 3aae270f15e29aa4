"""respondent_driven: a published sample, simulated networks with a known truth, properties, bad input."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, respondent_driven
from measurement.recruitment import _successive_weights
from tests.measurement.published import reference

METHODS = ["rds-i", "rds-ii", "ss"]


PUBLISHED = {row["what"]: row["value"] for row in reference("rds_faux.csv")}


# --- Published ---------------------------------------------------------------------------------------------

@pytest.fixture
def faux(shared):
    frame = pd.read_csv(shared("tables", "rds_faux_public.csv"))
    return frame.assign(blue=(frame["X"] == "blue").astype(int), red=(frame["X"] == "red").astype(int))


def estimate_faux(faux, trait="blue", **options):
    return respondent_driven(faux, trait, "network_size", "recruiter_id", population=1000, seed=1,
                             **{"seeds": "include", **options})


@pytest.mark.parametrize("trait", ["blue", "red"])
def test_rds_ii_gives_the_published_share(faux, trait):
    share = float(PUBLISHED[f"rds_ii_{trait}"])
    assert estimate_faux(faux, trait).value == pytest.approx(share, rel=1e-13)


def test_rds_i_gives_the_published_weights(faux):
    share, blue = estimate_faux(faux, method="rds-i").value, faux["blue"].sum()
    assert 1000 * share / blue == pytest.approx(float(PUBLISHED["rds_i_weight_blue"]), rel=1e-13)
    red = 1000 * (1 - share) / (len(faux) - blue)
    assert red == pytest.approx(float(PUBLISHED["rds_i_weight_red"]), rel=1e-13)


def test_recruitment_is_the_published_table(faux):
    table = estimate_faux(faux).recruitment
    for by, recruiter in (("blue", 1), ("red", 0)):
        for to, recruit in (("blue", 1), ("red", 0)):
            assert table.loc[recruiter, recruit] == int(PUBLISHED[f"{by}_to_{to}"])
    assert (table.index.name, table.columns.name) == ("recruiter", "recruit")


def test_with_equal_degrees_rds_i_is_the_published_stationary_share(faux):
    share = estimate_faux(faux.assign(network_size=7), method="rds-i").value
    assert share == pytest.approx(float(PUBLISHED["stationary_blue"]), rel=1e-13)


def test_weights_of_successive_sampling_are_the_published_ones_within_their_simulation(faux):
    published = {float(row["degree"]): float(row["weight"]) for row in reference("rds_faux_weights.csv")}
    degrees = faux["network_size"].to_numpy(dtype=float)
    ours = _successive_weights(degrees[None], 1000)[0]
    theirs = np.array([published[degree] for degree in degrees])
    assert ours.sum() == pytest.approx(1000)
    assert np.abs(ours - theirs).mean() < 0.02  # what their own test allows
    share = (theirs * faux["blue"]).sum() / theirs.sum()
    assert estimate_faux(faux, method="ss").value == pytest.approx(share, abs=2e-4)
    # Another simulation of the same algorithm gave 0.30854.
    assert estimate_faux(faux, method="ss").value == pytest.approx(0.30854, abs=2e-4)


def test_homophily_is_same_group_recruitments_over_those_expected(faux):
    expected = (121 * 118 + 267 * 270) / 388
    assert estimate_faux(faux).homophily == pytest.approx((39 + 188) / expected)


def test_the_activity_ratio_is_that_of_harmonic_means_and_has_a_direction(faux):
    means = faux.groupby("X")["network_size"].agg(lambda degrees: 1 / (1 / degrees).mean())
    blue, red = estimate_faux(faux), estimate_faux(faux, "red")
    assert blue.activity_ratio == pytest.approx(means["blue"] / means["red"])
    assert red.activity_ratio == pytest.approx(1 / blue.activity_ratio)


def test_seeds_in_or_out_changes_the_estimate(faux):
    without = estimate_faux(faux, seeds="exclude")
    assert (without.n, estimate_faux(faux).n) == (388, 389)
    recruits = faux[faux["recruiter_id"] != "seed"]
    assert without.value == pytest.approx(np.average(recruits["blue"], weights=1 / recruits["network_size"]))
    assert without.value != estimate_faux(faux).value
    assert without.recruitment.equals(estimate_faux(faux).recruitment)


# --- Independent implementations --------------------------------------------------------------------------

def test_the_chance_to_be_drawn_one_after_the_other_is_the_simulated_one():
    rng = np.random.default_rng(1)
    population = np.repeat([1.0, 2.0, 4.0, 8.0, 16.0], [300, 250, 200, 150, 100])
    sampled, runs = 300, 2000
    # The first of exponential waiting times with rates d are a draw without replacement, chances like d.
    waiting = rng.exponential(size=(runs, population.size)) / population
    first = np.argpartition(waiting, sampled, axis=1)[:, :sampled]
    drawn = np.bincount(first.ravel(), minlength=population.size) / runs
    chances = pd.Series(drawn).groupby(population).mean()
    # A sample that has each degree as often as expected gets these chances back.
    expected = (chances * pd.Series(population).value_counts()).round().astype(int)
    degrees = np.repeat(expected.index.to_numpy(), expected.to_numpy())
    weights = pd.Series(_successive_weights(degrees[None], population.size)[0]).groupby(degrees).mean()
    assert (1 / weights).to_numpy() == pytest.approx(chances.to_numpy(), rel=0.03)


def test_gile_s_iteration_ends_at_the_same_weights(faux):
    from scipy.optimize import brentq

    degrees = faux["network_size"].to_numpy(dtype=float)
    weights = 1 / degrees
    for _ in range(200):
        persons = 1000 * weights / weights.sum()  # each stands for so many of the population
        time = brentq(lambda t: (persons * -np.expm1(-degrees * t)).sum() - degrees.size, 1e-9, 100,
                      xtol=1e-15)
        weights = 1 / -np.expm1(-degrees * time)
    ours = _successive_weights(degrees[None], 1000)[0]
    assert ours == pytest.approx(1000 * weights / weights.sum(), rel=1e-6)


def test_a_large_population_turns_successive_sampling_into_rds_ii(faux):
    options = dict(trait="blue", degree="network_size", recruiter="recruiter_id", draws=100, seed=1)
    second = respondent_driven(faux, **options)
    far = respondent_driven(faux, **options, method="ss", population=10**9)
    assert far.value == pytest.approx(second.value, rel=1e-6)


def test_a_census_has_neither_weights_nor_error(faux):
    everybody = respondent_driven(faux, "blue", "network_size", "recruiter_id", method="ss", seeds="include",
                                  population=len(faux), draws=100, seed=1)
    assert everybody.value == pytest.approx(faux["blue"].mean())
    assert everybody.se == pytest.approx(0, abs=1e-12)


# --- Known truth: networks with preference and unequal activity -------------------------------------------

class Network:
    """A population of which a fifth has the trait, knows more people, and rather people of its kind."""

    def __init__(self, size, seed, activity=1.4, preference=2.0):
        rng = np.random.default_rng(seed)
        self.trait = (np.arange(size) < size / 5).astype(int)
        wanted = rng.gamma(8, 1 / 8, size) * np.where(self.trait, activity, 1)
        wanted *= 8 / wanted.mean()
        same = np.where(self.trait[:, None] == self.trait, 1, 1 / preference)
        pull = np.sqrt(wanted)
        for _ in range(30):
            pull *= np.sqrt(wanted / (pull * (same @ pull)))
        ties = np.triu(rng.random((size, size)) < -np.expm1(-pull[:, None] * pull * same), 1)
        ties |= ties.T
        self.degree = ties.sum(1)
        self.friends = [np.flatnonzero(row).tolist() for row in ties]

    def sample(self, size, seed, seeds=8, only_with_trait=False):
        """People recruit up to three friends who are not yet in the sample."""
        rng = np.random.default_rng(seed)
        chance = self.degree * (self.trait if only_with_trait else 1)
        found = rng.choice(self.trait.size, seeds, replace=False, p=chance / chance.sum()).tolist()
        recruiter, seen, turn = [None] * seeds, set(found), 0
        while len(found) < size:
            if turn == len(found):  # the chains have died out: a new seed
                start = int(rng.choice(self.trait.size, p=chance / chance.sum()))
                if start not in seen:
                    found, recruiter, seen = [*found, start], [*recruiter, None], seen | {start}
                continue
            free = [friend for friend in self.friends[found[turn]] if friend not in seen]
            many = min(int(rng.choice(4, p=[0.2, 0.2, 0.3, 0.3])), len(free), size - len(found))
            for friend in rng.permutation(free)[:many].tolist():
                found.append(friend)
                recruiter.append(found[turn])
                seen.add(friend)
            turn += 1
        return pd.DataFrame({"id": found, "by": recruiter, "debt": self.trait[found],
                             "ties": self.degree[found]})


def estimates(size, sampled, networks, each, seed, draws=200, trait_seeds=False, **options):
    for place in range(networks):
        network = Network(size, seed=seed + place)
        for number in range(each):
            sample = network.sample(sampled, seed=1000 * place + number, only_with_trait=trait_seeds)
            yield respondent_driven(sample, "debt", "ties", "by", population=size, draws=draws, seed=number,
                                    **options)


def coverage(found, truth=0.2):
    return np.mean([estimate.low <= truth <= estimate.high for estimate in found])


@pytest.mark.parametrize("method", METHODS)
def test_the_interval_covers_the_truth_in_some_samples(method):
    found = list(estimates(1000, 150, networks=2, each=25, seed=31, draws=100, method=method))
    assert coverage(found) >= 0.86
    assert np.mean([estimate.value for estimate in found]) == pytest.approx(0.2, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("method, size, sampled", [("rds-ii", 3000, 200), ("ss", 600, 200)])
def test_a_95_percent_interval_holds_the_truth_95_times_in_100(method, size, sampled):
    found = list(estimates(size, sampled, networks=10, each=100, seed=41, method=method))
    assert 0.93 <= coverage(found) <= 0.97
    spread = np.std([estimate.value for estimate in found])
    assert np.mean([estimate.se for estimate in found]) == pytest.approx(spread, rel=0.15)


def test_a_sample_that_is_a_large_part_of_the_population_needs_successive_sampling():
    ss, second = (np.mean([estimate.value for estimate in estimates(500, 300, 2, 25, seed=51, draws=100,
                                                                    method=method)])
                  for method in ("ss", "rds-ii"))
    assert second < ss - 0.01  # the active are used up: 1 / degree then gives them too little weight
    assert ss == pytest.approx(0.2, abs=0.012)


def test_seeds_that_all_have_the_trait_do_less_harm_when_they_are_not_counted():
    options = dict(networks=2, each=20, seed=61, draws=100, trait_seeds=True)
    counted, left_out = (np.mean([found.value for found in estimates(1000, 150, seeds=seeds, **options)])
                         for seeds in ("include", "exclude"))
    assert counted > left_out > 0.2


def test_the_network_s_preference_and_activity_are_found_again():
    found = list(estimates(1000, 200, networks=2, each=20, seed=71, draws=100))
    assert np.mean([estimate.activity_ratio for estimate in found]) == pytest.approx(1.4, abs=0.12)
    assert np.mean([estimate.homophily for estimate in found]) > 1.1


# --- Properties -------------------------------------------------------------------------------------------

@st.composite
def samples(draw):
    """Small recruitment trees in which both groups recruit both."""
    size = draw(st.integers(12, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    by = [None, None, *(int(rng.integers(max(1, place // 2))) for place in range(2, size))]
    debt = [0, 1, *rng.integers(0, 2, size - 2).tolist()]
    fixed = [(0, 0), (0, 1), (1, 0), (1, 1)]
    for place, (recruiter, trait) in zip(range(2, 6), fixed):
        by[place], debt[place] = recruiter, trait
    return pd.DataFrame({"id": range(size), "by": by, "debt": debt, "ties": rng.integers(1, 30, size)})


def shown(estimate):
    return (estimate.value, estimate.homophily, estimate.activity_ratio, estimate.n,
            estimate.recruitment.to_numpy().tolist())


@settings(max_examples=40)
@given(samples(), st.sampled_from(METHODS), st.sampled_from(["include", "exclude"]), st.integers(0, 99))
def test_names_row_order_and_the_unit_of_degrees_change_nothing(sample, method, seeds, seed):
    options = dict(method=method, seeds=seeds, population=500, draws=100, seed=3)
    plain = shown(respondent_driven(sample, "debt", "ties", "by", **options))
    other = sample.assign(id=[f"P{name}" for name in sample["id"]], ties=sample["ties"] * 2.5,
                          by=["seed" if math.isnan(name) else f" P{name:.0f}" for name in sample["by"]])
    other = other.sample(frac=1, random_state=seed).set_index(np.arange(len(sample)) + 100)
    other = respondent_driven(other, "debt", "ties", "by", **options)
    assert shown(other)[:4] == pytest.approx(plain[:4])
    assert shown(other)[4] == plain[4]


@settings(max_examples=40)
@given(samples(), st.sampled_from(METHODS))
def test_the_share_without_is_what_is_left(sample, method):
    options = dict(method=method, population=500, draws=100, seed=3, seeds="include")
    with_it = respondent_driven(sample, "debt", "ties", "by", **options)
    without = respondent_driven(sample.assign(debt=1 - sample["debt"]), "debt", "ties", "by", **options)
    assert with_it.value + without.value == pytest.approx(1)
    if method == "rds-ii":
        assert with_it.se == pytest.approx(without.se, rel=0.3)  # other random numbers
    assert with_it.homophily == pytest.approx(without.homophily)
    assert with_it.activity_ratio * without.activity_ratio == pytest.approx(1)


@settings(max_examples=40)
@given(samples(), st.sampled_from(METHODS), st.sampled_from(["include", "exclude"]))
def test_an_estimate_is_a_share_and_all_numbers_are_finite(sample, method, seeds):
    estimate = respondent_driven(sample, "debt", "ties", "by", method=method, seeds=seeds, population=60,
                                 draws=100, seed=4)
    assert 0 < estimate.low < estimate.value < estimate.high < 1
    assert math.isfinite(estimate.se) and estimate.homophily > 0 and estimate.activity_ratio > 0


def test_a_seed_makes_the_interval_the_same_every_time(faux):
    again = [estimate_faux(faux, method=method) == estimate_faux(faux, method=method) for method in METHODS]
    assert all(again)
    assert estimate_faux(faux).low != respondent_driven(
        faux, "blue", "network_size", "recruiter_id", seeds="include", seed=2).low


def small(**columns):
    frame = pd.DataFrame({"id": [1, 2, 3, 4, 5, 6, 7, 8], "by": ["seed", 1, 1, 2, 2, 3, 3, 4],
                          "debt": [1, 1, 0, 1, 0, 0, 1, 0], "ties": [8, 6, 4, 9, 3, 5, 6, 2]})
    return frame.assign(**columns)


def estimate_small(frame=None, **options):
    return respondent_driven(small() if frame is None else frame, **{
        "trait": "debt", "degree": "ties", "recruiter": "by", "draws": 100, "seed": 1, **options})


@pytest.mark.parametrize("by", [
    [None, 1, 1, 2, 2, 3, 3, 4], ["seed", "1", "1", "2", "2", "3", "3", "4"], ["", 1, 1, 2, 2, 3, 3, 4],
    ["Seed", 1.0, " 1", 2, 2, 3, 3, 4], pd.array([None, 1, 1, 2, 2, 3, 3, 4], dtype="Int64"),
    [math.nan, 1, 1, 2, 2, 3, 3, 4],
], ids=range(6))
def test_a_seed_is_written_in_several_ways_and_ids_are_the_same_as_number_or_text(by):
    assert estimate_small(small(by=by)) == estimate_small()


def test_the_table_of_an_estimate_has_homophily_and_the_activity_ratio():
    html = estimate_small()._repr_html_()
    assert "Homophily of recruitment" in html and "Activity ratio" in html


def test_the_population_is_not_used_where_it_is_not_needed():
    assert estimate_small(population=1000) == estimate_small()


def test_a_larger_population_changes_successive_sampling():
    few, many = (estimate_small(method="ss", population=size).value for size in (10, 1000))
    assert few != pytest.approx(many, rel=0.01)


def test_a_group_that_recruited_nobody_is_taken_to_recruit_like_all():
    by = ["seed", 1, 1, 1, 2, 2, 2, 1]
    frame = small(by=by, debt=[1, 1, 0, 1, 0, 0, 1, 0])
    for method in ("rds-ii", "ss"):
        estimate = estimate_small(frame, method=method, population=50)
        assert estimate.recruitment.loc[0].tolist() == [0, 0]
        assert estimate.low < estimate.value < estimate.high
    with pytest.raises(NoEstimate, match=r"recruited by a person without 'debt': .*method=\"rds-ii\""):
        estimate_small(frame, method="rds-i")


# --- What cannot be estimated, and bad input --------------------------------------------------------------

@pytest.mark.parametrize("columns, options, told", [
    (dict(by="seed"), {}, "Nobody in the sample was recruited"),
    (dict(debt=1), {}, "Everybody of the 7 persons counted has 'debt'"),
    (dict(debt=0), {}, "Nobody of the 7 persons counted has 'debt'"),
    (dict(debt=[1, 0, 0, 0, 0, 0, 0, 0]), {}, "Nobody of the 7 persons"),
    (dict(debt=[1, 1, 1, 1, 1, 0, 0, 0], by=["seed", 1, 1, 1, 1, "seed", 6, 6]), dict(method="rds-i"),
     "Nobody with 'debt' recruited a person without it: .*rds-ii"),
    (dict(debt=[1, 1, 0, 0, 0, 0, 0, 0]), dict(method="rds-i"), "Nobody without 'debt' recruited a person w"),
])
def test_a_sample_that_says_nothing_of_the_share_has_no_estimate(columns, options, told):
    with pytest.raises(NoEstimate, match=told):
        estimate_small(small(**columns), **options)


def test_groups_that_hardly_recruit_from_each_other_have_no_rds_i():
    each = 30
    frame = pd.DataFrame({"id": range(2 + 2 * each), "by": ["seed", "seed"] + [0] * each + [1] * each,
                          "debt": [1, 0] + [0] + [1] * (each - 1) + [1] + [0] * (each - 1), "ties": 5})
    with pytest.raises(NoEstimate, match="repetitions neither group recruited from the other"):
        respondent_driven(frame, "debt", "ties", "by", method="rds-i", seed=1)
    assert respondent_driven(frame, "debt", "ties", "by", seed=1).se > 0.3


@pytest.mark.parametrize("frame, options, told", [
    (small(by=["seed", 1, 1, 2, 2, 3, 9, 4]), {}, "column 'by', row 6: the recruiter '9' is not in"),
    (small(by=["seed", 1, 1, 2, 2, 3, 7, 4]), {}, "column 'by', row 6: the chain of recruiters runs in a"),
    (small(by=[2, 1, 1, 2, 2, 3, 3, 4]), {}, "column 'by', row 0: the chain of recruiters runs in a circle"),
    (small(id=[1, 2, 3, 4, 5, 6, 7, 7]), {}, "column 'id', row 7: '7' is already the id of row 6"),
    (small(id=[1, 2, 3, 4, 5, 6, 7, None]), {}, "column 'id', row 7, is missing"),
    (small(debt=[1, 1, 0, 1, 0, 0, None, 0]), {}, "column 'debt', row 6, is missing"),
    (small(debt=[1, 1, 0, 1, 0, 0, 2, 0]), {}, "column 'debt', row 6, is 2: write 1 for yes"),
    (small(debt=list("11010010")), {}, "column 'debt', row 0, is '1'"),
    (small(ties=[8, 6, 0, 9, 3, 5, 6, 2]), {}, "column 'ties', row 2, is 0: whoever recruits"),
    (small(ties=[8, 6, None, 9, 3, 5, 6, 2]), {}, "column 'ties', row 2, is missing"),
    (small(ties=[8, 6, -3, 9, 3, 5, 6, 2]), {}, "column 'ties', row 2, is -3"),
    (small(ties=[8, 6, "4", 9, 3, 5, 6, 2]), {}, "column 'ties', row 2, is the text '4'"),
    (small().drop(columns="id"), {}, "the sample has no column 'id'"),
    (small(), dict(trait="dept"), "no column 'dept'. Did you mean 'debt'"),
    (small().iloc[:0], {}, "the sample has no rows"),
    ({"id": [1]}, {}, "the sample is a dict: give a pandas DataFrame"),
    (small(), dict(method="rds"), "write 'rds-i' or 'rds-ii' or 'ss'"),
    (small(), dict(seeds=True), "write 'exclude' or 'include'"),
    (small(), dict(method="ss"), 'method "ss" needs population'),
    (small(), dict(population=7), "population is 7, but 8 persons are in the sample"),
    (small(), dict(population=100.5), r"population is 100\.5: persons come in whole"),
    (small(), dict(draws=10), "draws is 10: take at least 100"),
    (small(), dict(draws="many"), "draws is the text"),
    (small(), dict(seed=-1), "seed is -1"),
])
def test_bad_input_is_named_with_its_mend(frame, options, told):
    with pytest.raises(ValueError, match=told):
        estimate_small(frame, **options)
