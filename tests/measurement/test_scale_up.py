"""network_scale_up and validate_scale_up: a published survey, known truths, properties."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, network_scale_up, validate_scale_up
from tests.measurement.published import agrees, reference

PUBLISHED = {row["what"]: row["value"] for row in reference("scale_up.csv")}

KNOWN = {"teachers": 9000, "nurses": 6000, "priests": 500}
POPULATION = 1_000_000


def answers(**columns):
    return pd.DataFrame({"teachers": [3, 1, 0, 2, 5], "nurses": [1, 1, 2, 0, 2], "priests": [0, 0, 1, 0, 1],
                         "couriers": [0, 1, 1, 0, 2], **columns})


# --- Published ---------------------------------------------------------------------------------------------

@pytest.fixture
def survey(shared):
    reports = pd.read_csv(shared("tables", "nsum_survey_public.csv"))
    sizes = pd.read_csv(shared("tables", "nsum_knownpop_public.csv")).set_index("known_popn")["size"]
    return reports, sizes


def test_the_published_survey_gives_the_published_estimate_and_degrees(survey):
    estimate = network_scale_up(*survey, hidden="idu", population=10_000_000, topcode=30)
    degrees = estimate.degrees
    found = {"estimate": estimate.value, "connections": estimate.connections, "degree_min": degrees.min(),
             "total_degree": estimate.total_degree, "degree_25": degrees.quantile(0.25),
             "degree_50": degrees.median(), "degree_mean": degrees.mean(),
             "degree_75": degrees.quantile(0.75), "degree_max": degrees.max()}
    assert found.keys() == PUBLISHED.keys()
    assert [what for what in found if not agrees(found[what], PUBLISHED[what])] == []


def test_known_groups_of_the_published_survey_are_off_by_half_to_fifteen_times(survey):
    table = validate_scale_up(*survey, population=10_000_000, topcode=30)
    assert len(table) == 22
    assert (round(table["ratio"].min(), 1), round(table["ratio"].max())) == (0.5, 15)
    assert table["ratio"].idxmax() == "priest"


def test_leaving_one_group_out_is_the_estimate_from_the_others(survey):
    reports, sizes = survey
    table = validate_scale_up(reports, sizes, 10_000_000, topcode=30)
    alone = network_scale_up(reports.assign(teacher=reports["teacher"].clip(upper=30)), sizes.drop("teacher"),
                             "teacher", 10_000_000, topcode=30)
    assert table.loc["teacher", ["estimate", "se", "low", "high"]].tolist() == pytest.approx(
        [alone.value, alone.se, alone.low, alone.high])
    assert table.loc["teacher", "ratio"] == pytest.approx(alone.value / sizes["teacher"])


# --- By hand, and an independent implementation -----------------------------------------------------------

def test_the_estimate_is_a_ratio_of_sums_not_a_mean_of_ratios():
    estimate = network_scale_up(answers(), KNOWN, "couriers", POPULATION)
    degrees = POPULATION * np.array([4, 2, 3, 2, 8]) / 15_500
    assert estimate.degrees.to_numpy() == pytest.approx(degrees)
    assert estimate.value == pytest.approx(POPULATION * 4 / degrees.sum())
    mean_of_ratios = POPULATION * np.mean(np.array([0, 1, 1, 0, 2]) / degrees)
    assert abs(estimate.value - mean_of_ratios) > 90


def test_a_missing_answer_takes_away_that_group_s_size_for_that_respondent():
    estimate = network_scale_up(answers(nurses=[1, None, 2, 0, 2]), KNOWN, "couriers", POPULATION)
    assert estimate.degrees[1] == pytest.approx(POPULATION * 1 / 9500)
    as_zero = network_scale_up(answers(nurses=[1, 0, 2, 0, 2]), KNOWN, "couriers", POPULATION)
    assert as_zero.degrees[1] == pytest.approx(POPULATION * 1 / 15_500)
    assert estimate.value < as_zero.value


def test_who_answered_nothing_of_use_is_left_out():
    with_two_more = pd.concat([answers(), pd.DataFrame({"couriers": [7, None], "teachers": [None, 3]})],
                              ignore_index=True)
    estimate = network_scale_up(with_two_more, KNOWN, "couriers", POPULATION)
    plain = network_scale_up(answers(), KNOWN, "couriers", POPULATION)
    assert estimate.n == 5
    assert (estimate.value, estimate.se) == pytest.approx((plain.value, plain.se))


def test_topcoding_cuts_answers_about_known_groups_only():
    estimate = network_scale_up(answers(), KNOWN, "couriers", POPULATION, topcode=1)
    assert estimate.degrees.to_numpy() == pytest.approx(POPULATION * np.array([2, 2, 2, 1, 3]) / 15_500)
    assert estimate.connections == 4


def test_the_standard_error_is_that_of_a_ratio_in_a_regression_through_the_origin():
    from statsmodels.regression.linear_model import WLS

    reports = simulated_survey(np.random.default_rng(1), 300, 2000)
    reports = reports[reports[list(SIZES)].any(axis=1)]  # a degree of 0 has no weight 1 / d
    estimate = network_scale_up(reports, SIZES, "hidden", POPULATION)
    degrees = estimate.degrees.to_numpy()
    # With weights 1 / d, least squares through the origin is the ratio of sums; its robust error is the same.
    fit = WLS(reports["hidden"].to_numpy(), degrees, weights=1 / degrees).fit(cov_type="HC1")
    assert estimate.value == pytest.approx(POPULATION * fit.params[0], rel=1e-6)
    assert estimate.se == pytest.approx(POPULATION * fit.bse[0], rel=1e-6)


def test_killworth_s_standard_error_is_given_beside():
    estimate = network_scale_up(answers(), KNOWN, "couriers", POPULATION)
    share = estimate.value / POPULATION
    assert estimate.binomial_se == pytest.approx(
        POPULATION * math.sqrt(share * (1 - share) / estimate.total_degree))


# --- Known truth ------------------------------------------------------------------------------------------

SIZES = {f"group{place}": size
         for place, size in enumerate([2000, 5000, 8000, 1000, 3000, 10_000, 4000, 6000])}


def simulated_survey(rng, respondents, hidden, barrier=0.0, told=1.0):
    """Respondents know members by chance; with a barrier some know many and most know few (gamma)."""
    degrees = rng.lognormal(np.log(200), 0.6, respondents)

    def known(size):
        spread = 1.0 if barrier == 0 else rng.gamma(1 / barrier, barrier, respondents)
        return rng.poisson(degrees * size / POPULATION * spread)

    columns = {group: known(size) for group, size in SIZES.items()}
    return pd.DataFrame({**columns, "hidden": rng.binomial(known(hidden), told)})


def coverage(how_many, seed, hidden=3000, respondents=400, weighted=False, **options):
    rng = np.random.default_rng(seed)
    covered, binomial = [], []
    for _ in range(how_many):
        reports = simulated_survey(rng, respondents, hidden, **options)
        weights = None
        if weighted:
            reports["weight"], weights = rng.gamma(4, 1, respondents), "weight"
        estimate = network_scale_up(reports, SIZES, "hidden", POPULATION, weights=weights)
        covered.append(estimate.low <= hidden <= estimate.high)
        binomial.append(abs(estimate.value - hidden) <= 1.96 * estimate.binomial_se)
    return np.mean(covered), np.mean(binomial)


def test_the_interval_covers_the_truth_in_a_sample_of_surveys():
    covered, binomial = coverage(200, seed=2, barrier=1.0)
    assert covered >= 0.90
    assert binomial < 0.85  # the binomial error is too small where some know many members


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    {}, {"hidden": 500}, {"barrier": 1.0}, {"barrier": 3.0, "respondents": 800}, {"weighted": True},
], ids=str)
def test_a_95_percent_interval_holds_the_truth_95_times_in_100(options):
    assert 0.93 <= coverage(1500, seed=3, **options)[0] <= 0.97


def test_what_acquaintances_do_not_know_makes_the_estimate_too_low_by_that_share():
    rng = np.random.default_rng(4)
    surveys = [simulated_survey(rng, 400, 5000, told=0.55) for _ in range(60)]
    values = [float(network_scale_up(reports, SIZES, "hidden", POPULATION)) for reports in surveys]
    assert np.mean(values) == pytest.approx(0.55 * 5000, rel=0.05)


def test_validation_is_right_where_the_assumptions_hold_and_shows_a_group_that_is_hidden():
    rng = np.random.default_rng(5)
    reports = simulated_survey(rng, 2000, 1000)
    reports["group5"] = rng.binomial(reports["group5"], 0.4)
    table = validate_scale_up(reports, SIZES, POPULATION)
    assert table.loc["group5", "ratio"] == pytest.approx(0.4, abs=0.05)
    assert table.loc["group5", "high"] < SIZES["group5"]
    rest = table.drop("group5")["ratio"]  # too large by what group5 lacks among the known
    assert rest.between(1.0, 1.35).all()


# --- Properties -------------------------------------------------------------------------------------------

some_survey = st.integers(0, 10_000).map(lambda seed: simulated_survey(np.random.default_rng(seed), 60, 4000))


def numbers_of(estimate):
    return estimate.value, estimate.se, estimate.low, estimate.high, estimate.n, estimate.total_degree


@settings(max_examples=30)
@given(some_survey, st.integers(0, 100), st.floats(0.001, 1000))
def test_order_labels_and_the_scale_of_weights_change_nothing(reports, seed, scale):
    plain = network_scale_up(reports, SIZES, "hidden", POPULATION)
    mixed = reports.sample(frac=1, random_state=seed, axis=0).sample(frac=1, random_state=seed, axis=1)
    mixed = mixed.rename(columns={"group3": "zebra"}, index=lambda label: f"r{label}").assign(w=scale)
    sizes = pd.Series(SIZES).rename({"group3": "zebra"}).iloc[::-1]
    other = network_scale_up(mixed, sizes, "hidden", POPULATION, weights="w")
    assert numbers_of(other) == pytest.approx(numbers_of(plain))
    assert other.degrees.index.equals(mixed.index)
    assert plain.value == pytest.approx(POPULATION * plain.connections / plain.total_degree)


@settings(max_examples=30)
@given(some_survey, st.integers(2, 50))
def test_the_estimate_grows_with_the_population_as_all_groups_do(reports, factor):
    plain = network_scale_up(reports, SIZES, "hidden", POPULATION)
    sizes = {group: size * factor for group, size in SIZES.items()}
    larger = network_scale_up(reports, sizes, "hidden", POPULATION * factor)
    assert (larger.value, larger.high) == pytest.approx((plain.value * factor, plain.high * factor))


@settings(max_examples=30)
@given(some_survey)
def test_a_weight_of_two_is_a_respondent_counted_twice(reports):
    doubled = pd.concat([reports, reports.iloc[:20]])
    weighted = reports.assign(w=[2.0] * 20 + [1.0] * 40)
    assert network_scale_up(weighted, SIZES, "hidden", POPULATION, weights="w").value == pytest.approx(
        network_scale_up(doubled, SIZES, "hidden", POPULATION).value)


@settings(max_examples=30)
@given(some_survey)
def test_all_numbers_are_finite(reports):
    estimate = network_scale_up(reports, SIZES, "hidden", POPULATION)
    assert all(math.isfinite(part) for part in numbers_of(estimate))
    assert 0 < estimate.low <= estimate.value <= estimate.high
    assert np.isfinite(validate_scale_up(reports, SIZES, POPULATION).to_numpy()).all()


def test_nullable_numbers_are_numbers_and_columns_without_use_may_hold_anything():
    reports = answers(note=["a", None, 3, 4.5, True]).astype({"teachers": "Int64", "couriers": "Int64"})
    assert network_scale_up(reports, KNOWN, "couriers", POPULATION) == network_scale_up(
        answers(), KNOWN, "couriers", POPULATION)


def test_the_table_of_an_estimate_says_on_how_many_connections_it_rests():
    assert "Members known to respondents" in network_scale_up(
        answers(), KNOWN, "couriers", POPULATION)._repr_html_()


# --- What cannot be estimated, and bad input --------------------------------------------------------------

def estimate_of(reports=None, known=KNOWN, hidden="couriers", population=POPULATION, **options):
    return network_scale_up(answers() if reports is None else reports, known, hidden, population, **options)


@pytest.mark.parametrize("reports, told", [
    (answers(couriers=0), "No respondent knows anybody in 'couriers': .*fewer than about"),
    (answers(teachers=0, nurses=0, priests=0), "knows anybody in the known groups"),
    (answers(couriers=None), "are 0: an estimate needs at least two"),
    (answers(couriers=[1, None, None, None, None]), "are 1: an estimate"),
])
def test_a_survey_that_says_nothing_has_no_estimate(reports, told):
    with pytest.raises(NoEstimate, match=told):
        estimate_of(reports)


def test_the_limit_told_for_a_group_that_nobody_knows_is_the_rule_of_three():
    total = POPULATION * 19 / 15_500
    with pytest.raises(NoEstimate, match=f"fewer than about {3 * POPULATION / total:,.0f} members"):
        estimate_of(answers(couriers=0))


@pytest.mark.parametrize("arguments, told", [
    (dict(reports=answers(nurses=[1, -1, 2, 0, 2])), "column 'nurses', row 1, is -1"),
    (dict(reports=answers(nurses=[1, 1.5, 2, 0, 2])), r"column 'nurses', row 1, is 1\.5: counts are whole"),
    (dict(reports=answers(nurses=[1, "2", 2, 0, 2])), "column 'nurses', row 1, is the text '2'"),
    (dict(reports=answers(couriers=[1, math.inf, 2, 0, 2])), "column 'couriers', row 1, is larger than"),
    (dict(reports=answers().iloc[:0]), "reports has no rows"),
    (dict(reports=[1, 2]), "reports is a list: give a pandas DataFrame"),
    (dict(reports=answers().drop(columns="nurses")), "reports has no column 'nurses'"),
    (dict(hidden="courier"), "no column 'courier'. Did you mean 'couriers'"),
    (dict(hidden="nurses"), "'nurses' is hidden and in known: .*validate_scale_up"),
    (dict(known={}), "known has no group"),
    (dict(known=["teachers"]), "known is a list: give the size of each"),
    (dict(known={"teachers": 0}), r"known\['teachers'\] is 0"),
    (dict(known={"teachers": -5}), r"known\['teachers'\] is -5"),
    (dict(known={"teachers": None}), r"known\['teachers'\] is missing"),
    (dict(known={"teachers": 2_000_000}), r"known\['teachers'\] is 2,000,000, more than the population"),
    (dict(population=0), "population is 0"),
    (dict(population="1000000"), "population is the text"),
    (dict(topcode=-1), "topcode is -1"),
    (dict(weights="w"), "reports has no column 'w'"),
    (dict(reports=answers(w=[1, 1, 0, 1, 1]), weights="w"), "column 'w', row 2, is 0: a weight says"),
    (dict(reports=answers(w=[1, 1, None, 1, 1]), weights="w"), "column 'w', row 2, is missing"),
])
def test_bad_input_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        estimate_of(**arguments)


def test_one_known_group_cannot_be_validated():
    with pytest.raises(ValueError, match="each is estimated from the others, so give at least two"):
        validate_scale_up(answers(), {"teachers": 9000}, POPULATION)


def test_a_known_group_that_nobody_knows_is_named():
    with pytest.raises(NoEstimate, match="anybody in 'priests'"):
        validate_scale_up(answers(priests=0), KNOWN, POPULATION)
