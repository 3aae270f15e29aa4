"""truncated_counts and multiplier: published tables, statsmodels, known truths, properties."""
from __future__ import annotations

import csv
import math
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement import NoEstimate, multiplier, truncated_counts
from tests.measurement.published import reference

METHODS = ["ztpoisson", "zelterman", "chao"]


APPREHENDED = {int(row["times"]): int(row["persons"]) for row in reference("nl_illegal.csv")}


# --- Published ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("row", reference("truncated_counts.csv"), ids=lambda row: row["method"])
def test_one_police_table_gives_the_three_published_answers(row):
    estimate = truncated_counts(APPREHENDED, method=row["method"])
    for name in ("value", "low", "high", "aic"):
        if row[name]:
            digits = len(row[name].partition(".")[2])
            assert round(getattr(estimate, name), digits) == float(row[name]), name
    assert estimate.n == 1880


def test_chao_s_lower_limit_is_at_least_8_000_as_rcapture_says():
    assert round(truncated_counts(APPREHENDED, method="chao").low, -3) == 8000


def test_chao_s_standard_error_is_the_one_of_1987():
    f1, f2 = APPREHENDED[1], APPREHENDED[2]
    ratio = f1 / f2
    variance = f2 * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    assert truncated_counts(APPREHENDED, method="chao").se == pytest.approx(math.sqrt(variance), rel=1e-9)


def test_the_reference_table_agrees_with_the_shared_one(shared):
    with shared("tables", "single_nl_illegal_public.csv").open(encoding="utf-8") as file:
        assert {int(row["nbcap"]): int(row["freq"]) for row in csv.DictReader(file)} == APPREHENDED


# --- Independent implementations --------------------------------------------------------------------------

def simulated_persons(size=4000, seed=3):
    """Persons whose mean number of times depends on a category and a number; only those seen are kept."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"role": rng.choice(["courier", "lender", "owner"], size),
                          "born": rng.integers(1950, 2000, size)})
    line = -0.7 + 0.5 * (frame["role"] == "lender") - 0.3 * (frame["role"] == "owner")
    frame["count"] = rng.poisson(np.exp(line + 0.02 * (frame["born"] - 1975)))
    return frame[frame["count"] > 0].reset_index(drop=True)


def design_of(frame):
    return np.column_stack([np.ones(len(frame)), frame["role"] == "lender", frame["role"] == "owner",
                            frame["born"] - 1975]).astype(float)


def total_by_hand(rates, method, times):
    if method == "chao":
        low = rates[times <= 2]
        return len(times) + (1 / (low + low**2 / 2)).sum()
    return (1 / (1 - np.exp(-rates))).sum()


def test_the_truncated_regression_is_that_of_statsmodels():
    from statsmodels.discrete.truncated_model import TruncatedLFPoisson

    frame = simulated_persons()
    estimate = truncated_counts(frame, covariates=["role", "born"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = TruncatedLFPoisson(frame["count"].to_numpy(), design_of(frame)).fit(disp=0, maxiter=200)
    assert estimate.coefficients["value"].to_numpy()[1:] == pytest.approx(oracle.params[1:], abs=2e-4)
    assert estimate.coefficients["se"].to_numpy()[1:] == pytest.approx(oracle.bse[1:], rel=1e-3)
    assert estimate.aic == pytest.approx(oracle.aic, abs=1e-4)
    rates = np.exp(design_of(frame) @ oracle.params)
    assert float(estimate) == pytest.approx(total_by_hand(rates, "ztpoisson", frame["count"]), rel=2e-4)


@pytest.mark.parametrize("method", ["zelterman", "chao"])
def test_zelterman_s_and_chao_s_regression_is_the_logistic_one_of_statsmodels(method):
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    frame = simulated_persons(seed=4)
    estimate = truncated_counts(frame, method=method, covariates=["role", "born"])
    few = frame["count"] <= 2
    oracle = GLM((frame["count"] == 2)[few].astype(float), design_of(frame[few]),
                 family=families.Binomial()).fit(tol=1e-12)
    values, errors = oracle.params.to_numpy(), oracle.bse.to_numpy()
    assert estimate.coefficients["value"].to_numpy()[1:] == pytest.approx(values[1:], rel=1e-6)
    assert estimate.coefficients["se"].to_numpy()[1:] == pytest.approx(errors[1:], rel=1e-6)
    assert estimate.aic == pytest.approx(oracle.aic, rel=1e-9)
    rates = 2 * np.exp(design_of(frame) @ values)
    assert float(estimate) == pytest.approx(total_by_hand(rates, method, frame["count"]), rel=1e-6)


def test_the_truncated_rate_solves_the_equation_of_the_mean():
    from scipy.optimize import brentq

    mean = sum(times * persons for times, persons in APPREHENDED.items()) / 1880
    rate = brentq(lambda x: x / -math.expm1(-x) - mean, 1e-6, 10)
    coefficients = truncated_counts(APPREHENDED).coefficients
    assert coefficients.loc["constant", "value"] == pytest.approx(math.log(rate))


# --- Known truth ------------------------------------------------------------------------------------------

def tables(truth, rate, how_many, seed, shape=None):
    """Simulated counts; with a shape the rates differ from person to person (gamma)."""
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        rates = rate if shape is None else rng.gamma(shape, rate / shape, truth)
        seen = Counter(rng.poisson(rates, truth).tolist())
        del seen[0]
        yield dict(seen)


def coverage(truth, estimates):
    return np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])


@pytest.mark.parametrize("method", METHODS)
def test_the_interval_covers_the_truth_in_a_sample_of_tables(method):
    found = [truncated_counts(table, method=method) for table in tables(3000, 0.6, 400, seed=11)]
    assert 0.92 <= coverage(3000, found) <= 0.98  # 95 % with the error of 400 tables


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("truth, rate", [(2000, 1.2), (3000, 0.6), (10_000, 0.4)])
def test_a_95_percent_interval_holds_the_truth_95_times_in_100(method, truth, rate):
    found = [truncated_counts(table, method=method) for table in tables(truth, rate, 2000, seed=12)]
    assert 0.93 <= coverage(truth, found) <= 0.97


def regression_coverage(how_many, size=2000, **options):
    found = []
    for seed in range(how_many):
        frame = simulated_persons(size, seed=1000 + seed)
        found.append(truncated_counts(frame, covariates=["role", "born"], **options))
    return coverage(size, found)


def test_with_covariates_the_interval_covers_the_truth_in_a_sample_of_tables():
    assert regression_coverage(60) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_with_covariates_a_95_percent_interval_holds_the_truth_95_times_in_100(method):
    assert 0.93 <= regression_coverage(1000, method=method) <= 0.97


def test_where_chances_differ_the_poisson_model_is_too_low_and_chao_a_lower_bound():
    found = {method: np.mean([float(truncated_counts(table, method=method))
                              for table in tables(5000, 0.8, 60, seed=13, shape=0.5)]) for method in METHODS}
    assert found["ztpoisson"] < found["chao"] < 5000
    assert found["ztpoisson"] < 0.6 * 5000
    # Chao's bound in the limit, n + E(f1)^2 / (2 E(f2)), for a negative binomial of shape k and mean m.
    k, q = 0.5, 0.5 / (0.5 + 0.8)
    f0, f1, f2 = q**k, k * q**k * (1 - q), k * (k + 1) / 2 * q**k * (1 - q) ** 2
    assert found["chao"] == pytest.approx(5000 * (1 - f0 + f1**2 / (2 * f2)), rel=0.02)


def test_where_chances_are_equal_chao_is_nearly_unbiased():
    values = [float(truncated_counts(table, method="chao")) for table in tables(4000, 0.7, 300, seed=14)]
    assert np.mean(values) == pytest.approx(4000, rel=0.01)


def test_detention_after_the_first_time_makes_chao_and_zelterman_too_high():
    rng = np.random.default_rng(15)
    times = rng.poisson(0.8, 5000)
    times[(times > 1) & (rng.random(5000) < 0.4)] = 1
    counts = Counter(times[times > 0].tolist())
    assert truncated_counts(counts, method="chao").low > 5000
    assert truncated_counts(counts, method="zelterman").low > 5000


def test_a_covariate_explains_part_of_the_difference_in_chances():
    frame = simulated_persons(20_000, seed=16)
    without = truncated_counts(frame)
    with_both = truncated_counts(frame, covariates=["role", "born"])
    assert without.high < with_both.value and with_both.low <= 20_000 <= with_both.high
    assert with_both.aic < without.aic - 50


# --- Properties -------------------------------------------------------------------------------------------

some_counts = st.dictionaries(st.integers(1, 12), st.integers(0, 2000), min_size=3, max_size=8).map(
    lambda counts: {**counts, 1: counts.get(1, 0) + 3, 2: counts.get(2, 0) + 2})


def numbers_of(estimate):
    return estimate.value, estimate.se, estimate.low, estimate.high, estimate.n, estimate.aic


@given(some_counts, st.sampled_from(METHODS), st.randoms())
def test_order_zeros_and_the_kind_of_container_change_nothing(counts, method, random):
    estimate = truncated_counts(counts, method=method)
    mixed = list(counts.items())
    random.shuffle(mixed)
    assert truncated_counts(dict(mixed), method=method) == estimate
    assert truncated_counts({**counts, 0: 0, 40: 0}, method=method) == estimate
    assert truncated_counts(pd.Series(counts), method=method) == estimate


@given(some_counts, st.sampled_from(METHODS))
def test_an_estimate_is_finite_and_never_below_those_seen(counts, method):
    estimate = truncated_counts(counts, method=method)
    assert all(math.isfinite(part) for part in numbers_of(estimate))
    assert estimate.value >= estimate.n == sum(counts.values())
    assert estimate.low <= estimate.value <= estimate.high


@pytest.mark.parametrize("method", METHODS)
def test_a_table_of_persons_gives_what_its_counts_give(method):
    frame = simulated_persons(1500, seed=5)
    plain = truncated_counts(frame["count"].value_counts(), method=method)
    for covariates in (None, []):
        same = truncated_counts(frame, method=method, covariates=covariates)
        assert numbers_of(same) == pytest.approx(numbers_of(plain), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_category_as_covariate_gives_the_sum_over_its_strata(method):
    frame = simulated_persons(3000, seed=6)
    together = truncated_counts(frame, method=method, covariates=["role"])
    apart = [truncated_counts(stratum, method=method) for _, stratum in frame.groupby("role")]
    assert together.value == pytest.approx(sum(map(float, apart)), rel=1e-9)
    assert together.se == pytest.approx(math.hypot(*(part.se for part in apart)), rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_rows_labels_and_units_change_nothing(method):
    frame = simulated_persons(2000, seed=7)
    plain = truncated_counts(frame, method=method, covariates=["role", "born"])
    mixed = frame.sample(frac=1, random_state=1).set_index(np.arange(len(frame)) * 7)
    mixed["role"] = mixed["role"].map({"courier": "z", "lender": "a", "owner": "m"}).astype("category")
    mixed["born"] = (2020 - mixed["born"]) / 1e6
    other = truncated_counts(mixed, method=method, covariates=["born", "role"])
    assert numbers_of(other) == pytest.approx(numbers_of(plain), rel=1e-7)


def test_a_truth_value_is_a_covariate_like_any_other():
    frame = simulated_persons(2000, seed=8).assign(old=lambda table: table["born"] < 1970)
    as_bool = truncated_counts(frame, covariates=["old"])
    frame["old"] = frame["old"].map({True: "yes", False: "no"})
    as_text = truncated_counts(frame, covariates=["old"])
    assert as_bool.value == pytest.approx(as_text.value)


def test_a_higher_level_gives_a_wider_interval():
    narrow, wide = truncated_counts(APPREHENDED, level=0.8), truncated_counts(APPREHENDED, level=0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert wide.value == narrow.value


def test_few_seen_twice_are_told_in_the_assumptions():
    assert "too few for this interval" in truncated_counts({1: 50, 2: 1}).assumptions[-1]
    assert "too few" not in truncated_counts(APPREHENDED).assumptions[-1]


# --- What cannot be estimated, and bad input --------------------------------------------------------------

@pytest.mark.parametrize("counts, method, told", [
    ({1: 50}, "ztpoisson", "Nobody was seen more than once"),
    ({1: 50, 2: 0}, "ztpoisson", "Nobody was seen more than once"),
    ({1: 50, 3: 4}, "zelterman", 'Nobody was seen exactly twice: .*method="ztpoisson"'),
    ({1: 50, 3: 4}, "chao", "Nobody was seen exactly twice"),
    ({2: 50, 3: 4}, "chao", "Nobody was seen exactly once: .*the 54 seen"),
    ({2: 5}, "zelterman", "Nobody was seen exactly once"),
])
def test_counts_that_say_nothing_of_the_others_have_no_estimate(counts, method, told):
    with pytest.raises(NoEstimate, match=told):
        truncated_counts(counts, method=method)


def test_a_group_seen_only_once_has_no_estimate_and_is_named():
    frame = pd.DataFrame({"count": [1, 2, 1, 3, 1, 1, 1, 2], "city": list("aaaabbba")})
    with pytest.raises(NoEstimate, match=r"everybody whose 'city' is 'b' was\).*merge its categories"):
        truncated_counts(frame, covariates=["city"])
    with pytest.raises(NoEstimate, match="'city' is 'b'"):
        truncated_counts(frame, method="chao", covariates=["city"])


def test_a_number_that_tells_who_was_seen_once_has_no_estimate():
    frame = pd.DataFrame({"count": [1, 1, 1, 2, 2, 2], "age": [20, 21.5, 22, 30, 31, 35.5]})
    with pytest.raises(NoEstimate, match="tell exactly who was seen once: "):
        truncated_counts(frame, method="zelterman", covariates=["age"])
    # The Poisson model would need the others to stay where they are: here it has a maximum.
    assert truncated_counts(frame, covariates=["age"]).value >= 6


def persons(**columns):
    return pd.DataFrame({"count": [1, 1, 2, 3, 1, 2], **columns})


@pytest.mark.parametrize("arguments, told", [
    (dict(counts={1: -3, 2: 4}), r"counts\[1\] is -3: a count cannot be negative"),
    (dict(counts={1: 3.5, 2: 4}), r"counts\[1\] is 3\.5: persons come in whole numbers"),
    (dict(counts={1: None, 2: 4}), r"counts\[1\] is missing"),
    (dict(counts={1: "30", 2: 4}), r"counts\[1\] is the text '30'"),
    (dict(counts={"once": 3}), "the number of times 'once' is the text"),
    (dict(counts={1.5: 3}), r"the number of times 1\.5 is 1\.5: times come in whole"),
    (dict(counts={0: 30, 1: 4}), "30 were seen 0 times"),
    (dict(counts=pd.Series([1, 2, 1])), r"seen 0 times.*value_counts"),
    (dict(counts={}), "counts has nobody"),
    (dict(counts={1: 0}), "counts has nobody"),
    (dict(counts=[1, 1, 2]), "counts is a list: .*collections.Counter"),
    (dict(counts=12), "counts is a int"),
    (dict(counts=pd.DataFrame()), "counts has no column 'count'"),
    (dict(counts=persons().iloc[:0]), "counts has no rows"),
    (dict(counts=pd.DataFrame({"counts": [1, 2]})), "Did you mean 'counts'"),
    (dict(counts=persons().assign(count=[1, 1, 2, 0, 1, 2])), "column 'count', row 3, is 0"),
    (dict(counts=persons().assign(count=[1, 1, 2, None, 1, 2])), "column 'count', row 3, is missing"),
    (dict(counts=persons().assign(count=list("112312"))), "column 'count', row 0, is the text"),
    (dict(counts={1: 9, 2: 3}, covariates=["age"]), "covariates need a table"),
    (dict(counts=persons(age=1), covariates="age"), r"covariates is 'age': give a list .* \['age'\]"),
    (dict(counts=persons(age=1), covariates=["sex"]), "counts has no column 'sex'"),
    (dict(counts=persons(age=1), covariates=["age"]), "covariate 'age' can be computed .* one value only"),
    (dict(counts=persons(), covariates=["count"]), "covariates has 'count'"),
    (dict(counts=persons(age=range(6)), covariates=["age", "age"]), "names a column twice"),
    (dict(counts=persons(a=[1, 2, 3, 1, 2, 3], b=[2, 4, 6, 2, 4, 6]), covariates=["a", "b"]),
     "covariate 'b' can be computed from the other"),
    (dict(counts=persons(a=list("xxxyxx")), covariates=["a"], method="chao"),
     "covariate 'a = y' has one value only among those seen once or twice"),
    (dict(counts=persons(a=[1, 2, None, 1, 2, 3]), covariates=["a"]), "column 'a', row 2, is missing"),
    (dict(counts=persons(a=["x", "y", None, "x", "x", "y"]), covariates=["a"]), "'a', row 2, is missing"),
    (dict(counts=persons(a=[1, 2, math.inf, 1, 2, 3]), covariates=["a"]), "'a', row 2, is without limit"),
    (dict(counts=APPREHENDED, method="poisson"), "write 'ztpoisson' or 'zelterman' or 'chao'"),
    (dict(counts=APPREHENDED, level=95), r"level is 95: .*write 0\.95"),
])
def test_bad_counts_are_named_with_their_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        truncated_counts(**arguments)


anything = st.one_of(st.integers(-2, 9), st.floats(), st.text(max_size=3), st.none(), st.booleans())


@given(st.one_of(anything, st.lists(anything, max_size=4), st.dictionaries(anything, anything, max_size=5)),
       st.sampled_from(METHODS))
def test_any_counts_give_a_finite_estimate_or_a_value_error(counts, method):
    try:
        estimate = truncated_counts(counts, method=method)
    except ValueError as error:
        assert str(error)
        return
    assert all(math.isfinite(part) for part in numbers_of(estimate))


# --- The multiplier ---------------------------------------------------------------------------------------

def test_the_multiplier_is_the_quotient_with_the_delta_method():
    estimate = multiplier(420, 0.14, share_se=0.02, registered_se=30)
    assert estimate.value == pytest.approx(3000)
    spread = math.hypot(0.02 / 0.14, 30 / 420)
    assert estimate.se == pytest.approx(3000 * spread)
    assert math.log(estimate.high / estimate.value) == pytest.approx(1.959964 * spread)
    assert estimate.low * estimate.high == pytest.approx(estimate.value**2)
    assert estimate.n == 420


def test_an_error_that_nobody_told_is_not_zero():
    estimate = multiplier(420, 0.14)
    assert (estimate.se, estimate.low, estimate.high) == (None, None, None)
    assert "give share_se" in estimate.assumptions[-1]
    assert "About 3,000 (multiplier" in repr(estimate)
    assert "give share_se" not in multiplier(420, 0.14, share_se=0.01).assumptions[-1]


@pytest.mark.parametrize("truth, share, asked", [(5000, 0.15, 200), (5000, 0.3, 100), (20_000, 0.5, 400)])
def test_a_95_percent_interval_of_the_multiplier_holds_the_truth(truth, share, asked):
    rng = np.random.default_rng(21)
    covered = []
    for registered, say_yes in zip(rng.binomial(truth, share, 3000), rng.binomial(asked, share, 3000)):
        found = say_yes / asked
        estimate = multiplier(registered, found, share_se=math.sqrt(found * (1 - found) / asked),
                              registered_se=math.sqrt(registered * (1 - found)))
        covered.append(estimate.low <= truth <= estimate.high)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_a_survey_that_reaches_clients_too_easily_makes_the_multiplier_too_low():
    # 15 % are clients, but a client is met twice as often as another.
    assert float(multiplier(0.15 * 5000, 0.3 / (0.3 + 0.85))) < 0.6 * 5000


@given(st.integers(1, 10**6), st.floats(0.01, 1), st.floats(0, 0.5), st.integers(2, 1000))
def test_the_multiplier_follows_the_unit_of_what_is_registered(registered, share, error, factor):
    one = multiplier(registered, share, share_se=error * share)
    many = multiplier(registered * factor, share, share_se=error * share)
    assert many.value == pytest.approx(one.value * factor)
    if one.se is not None:
        assert many.high == pytest.approx(one.high * factor)
        assert 0 < one.low <= one.value <= one.high < math.inf


@pytest.mark.parametrize("arguments, told", [
    (dict(registered=0, share=0.1), "registered is 0: a service without clients"),
    (dict(registered=10, share=0), "share is 0: .*more persons use"),
    (dict(registered=10, share=0.1, share_se=0.1), "as large as the numbers themselves"),
])
def test_a_multiplier_without_limit_is_refused(arguments, told):
    with pytest.raises(NoEstimate, match=told):
        multiplier(**arguments)


@pytest.mark.parametrize("arguments, told", [
    (dict(registered=-1, share=0.1), "registered is -1"),
    (dict(registered="10", share=0.1), "registered is the text '10'"),
    (dict(registered=10, share=14), r"share is 14: .*For 14 % write 0\.14"),
    (dict(registered=10, share=None), "share is missing"),
    (dict(registered=10, share=0.1, share_se=-0.1), r"share_se is -0\.1"),
    (dict(registered=10, share=0.1, registered_se=math.nan), "registered_se is missing"),
    (dict(registered=True, share=0.1), "registered is True"),
])
def test_bad_numbers_of_the_multiplier_are_named_with_their_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        multiplier(**arguments)
