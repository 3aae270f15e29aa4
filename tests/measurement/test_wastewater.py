"""wastewater_load: a published censored sample, an independent fit, known truths, bad input."""
from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from measurement import Estimate, NoEstimate, wastewater_load

REFERENCE = Path(__file__).parent.parent / "reference" / "manganese.csv"
LITRES, PEOPLE, FACTOR = 2e7, 100_000, 3.6


def loads(values, limit=None, **options):
    """With 1,000 persons, 10^6 litres and a factor of 1 the load is the concentration."""
    return wastewater_load(values, 1e6, 1000, 1.0, limit=limit, **options)


# --- Published, by hand, and an independent fit -------------------------------------------------------------

def manganese():
    rows = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
    values = np.array([float(row["manganese"]) for row in rows])
    below = np.array([row["below"] == "1" for row in rows])
    return np.where(below, 0, values), np.where(below, values, 0), below


def test_the_lognormal_fit_to_the_epa_s_censored_sample_is_the_published_one():
    values, limits, below = manganese()
    load = loads(values, limits)
    assert load.censored == below.sum() == 6 and load.n == 25
    assert round(math.exp(load.log_mean + load.log_sd**2 / 2), 6) == 23.003987
    assert round(math.sqrt(math.expm1(load.log_sd**2)), 6) == 2.300772


def test_the_mean_is_near_that_of_the_other_robust_method_and_below_the_fitted_mean():
    """EnvStats prints 19.886 for robust regression on order statistics of the same sample."""
    values, limits, _ = manganese()
    assert loads(values, limits).value == pytest.approx(19.886, rel=0.01)


def test_the_fit_is_the_maximum_that_scipy_finds():
    values, limits, below = manganese()

    def minus_log_likelihood(point):
        normal = stats.norm(point[0], math.exp(point[1]))
        return -(normal.logpdf(np.log(values[~below])).sum() + normal.logcdf(np.log(limits[below])).sum())

    best = optimize.minimize(minus_log_likelihood, [2.0, 0.0], method="Nelder-Mead",
                             options={"xatol": 1e-9, "fatol": 1e-12})
    load = loads(values, limits)
    assert (load.log_mean, load.log_sd) == pytest.approx((best.x[0], math.exp(best.x[1])), rel=1e-6)


def test_a_day_below_the_limit_counts_with_its_expectation():
    values, limits, below = manganese()
    load = loads(values, limits)
    spread = stats.lognorm(load.log_sd, scale=math.exp(load.log_mean))
    expected = [spread.expect(lambda x: x, ub=limit) / spread.cdf(limit) for limit in limits[below]]
    assert load.value == pytest.approx((values.sum() + sum(expected)) / 25)


def test_the_standard_error_agrees_with_the_jackknife():
    values, limits, _ = manganese()
    rest = np.array([loads(np.delete(values, day), np.delete(limits, day)).value for day in range(25)])
    jackknife = math.sqrt(24 / 25 * ((rest - rest.mean())**2).sum())
    assert loads(values, limits).se == pytest.approx(jackknife, rel=0.01)


def test_scores_and_information_are_the_derivatives_of_the_likelihood():
    from measurement.wastewater import _scores

    rng, point, step = np.random.default_rng(9), np.array([0.3, 1.1]), 1e-4
    values, cuts = rng.normal(0, 1, 30), rng.normal(-0.2, 0.3, 30)
    below = values < cuts

    def days(mean, sd):
        normal = stats.norm(mean, sd)
        return np.where(below, normal.logcdf(cuts), normal.logpdf(values))

    scores, information = _scores(*point, values, cuts, below)
    for place, shift in enumerate(np.eye(2) * step):
        assert scores[:, place] == pytest.approx((days(*point + shift) - days(*point - shift)) / (2 * step),
                                                 abs=1e-6)
        moved = [_scores(*point + sign * shift, values, cuts, below)[0].mean(0) for sign in (1, -1)]
        assert information[place] == pytest.approx((moved[1] - moved[0]) / (2 * step), abs=1e-6)


def test_the_interval_is_student_s_on_the_scale_of_the_logarithm():
    values, limits, _ = manganese()
    load = loads(values, limits)
    factor = math.exp(stats.t.ppf(0.975, 24) * load.se / load.value)
    assert (load.low, load.high) == pytest.approx((load.value / factor, load.value * factor))


def test_the_load_by_hand():
    load = wastewater_load([500, 700], [2e7, 3e7], 100_000, 3.6)
    by_day = [500 * 2e7 * 3.6 * 1e-9, 700 * 3e7 * 3.6 * 1e-9]  # grams
    assert load.grams_a_day == pytest.approx(np.mean(by_day))
    assert load.value == pytest.approx(np.mean(by_day) * 1000 / 100)
    assert load.se == pytest.approx(np.std(by_day, ddof=1) / math.sqrt(2) * 10)
    assert (load.censored, load.log_mean, load.n) == (0, None, 2)


def test_the_mean_of_products_is_not_the_product_of_means():
    found, litres = np.array([600, 600, 600, 200]), np.array([2e7, 2e7, 2e7, 6e7])  # rain on the last day
    load = wastewater_load(found, litres, PEOPLE, FACTOR).value
    assert load == pytest.approx(600 * 2e7 * FACTOR * 1e-6 / 100)
    assert found.mean() * litres.mean() * FACTOR * 1e-6 / 100 > 1.2 * load


def test_the_errors_of_factor_and_population_are_added_in_squares():
    found = [500, 620, 900, 700]
    plain = wastewater_load(found, LITRES, PEOPLE, FACTOR)
    both = wastewater_load(found, LITRES, Estimate(PEOPLE, se=10_000), Estimate(FACTOR, se=0.9))
    assert both.value == pytest.approx(plain.value)
    assert both.se / both.value == pytest.approx(
        math.sqrt((plain.se / plain.value)**2 + 0.1**2 + 0.25**2))
    assert both.low < plain.low and plain.high < both.high
    triple = wastewater_load(found, LITRES, PEOPLE, (3.0, 3.6, 4.4))
    assert triple.value == pytest.approx(plain.value * (3.0 + 4 * 3.6 + 4.4) / 6 / 3.6)


def test_one_day_has_an_interval_only_from_the_other_errors():
    assert wastewater_load(500, LITRES, PEOPLE, FACTOR).low is None
    day = wastewater_load(500, LITRES, PEOPLE, Estimate(FACTOR, se=0.36))
    assert day.se == pytest.approx(0.1 * day.value)
    assert day.high / day.value == pytest.approx(math.exp(1.959964 * 0.1))


def test_a_population_of_each_day_is_that_of_the_day():
    load = wastewater_load([500, 500], LITRES, np.array([100_000, 50_000]), FACTOR)
    each = [wastewater_load(500, LITRES, people, FACTOR).value for people in (100_000, 50_000)]
    assert load.value == pytest.approx(np.mean(each))
    assert load.grams_a_day == pytest.approx(500 * LITRES * FACTOR * 1e-9)


@pytest.mark.parametrize("flow, told", [(2e7, "200 a person a day."), (2e4, "This is unusual: check")])
def test_the_assumptions_say_what_the_flow_means(flow, told):
    assert any(told in line for line in wastewater_load([500, 600], flow, PEOPLE, FACTOR).assumptions)


# --- Known truth -------------------------------------------------------------------------------------------

TRUE_LOAD = 300.0


def simulated_days(rng, days, spread):
    """Loads are lognormal, the flow varies with the rain, and dilutes."""
    flow = rng.lognormal(math.log(LITRES), 0.2, days)
    load = rng.lognormal(math.log(TRUE_LOAD) - spread**2 / 2, spread, days)
    return load * PEOPLE / 1000 * 1e6 / FACTOR / flow, flow


def limit_for(share, spread):
    """The concentration that about this share of days is below."""
    quantile = stats.norm.ppf(share) * math.hypot(spread, 0.2) - spread**2 / 2
    return TRUE_LOAD * math.exp(quantile) * PEOPLE / 1000 * 1e6 / FACTOR / LITRES


def coverage(how_many, seed, days, spread, below):
    rng, covered, values = np.random.default_rng(seed), [], []
    limit = limit_for(below, spread) if below else None
    for _ in range(how_many):
        found, flow = simulated_days(rng, days, spread)
        load = wastewater_load(found, flow, PEOPLE, FACTOR, limit=limit)
        covered.append(load.low <= TRUE_LOAD <= load.high)
        values.append(load.value)
    return np.mean(covered), np.mean(values)


@pytest.mark.parametrize("days, spread, below", [(56, 0.5, 0), (28, 0.5, 0.2), (56, 0.8, 0.5)])
def test_the_interval_covers_the_truth_in_a_sample_of_series(days, spread, below):
    covered, mean = coverage(300, 1, days, spread, below)
    assert covered >= 0.90
    assert mean == pytest.approx(TRUE_LOAD, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("days, spread, below", [
    (56, 0.5, 0), (28, 0.4, 0), (28, 0.5, 0.2), (56, 0.6, 0.3), (56, 0.8, 0.5), (28, 0.6, 0.5)])
def test_a_95_percent_interval_holds_the_truth_95_times_in_100(days, spread, below):
    assert 0.93 <= coverage(4000, 2, days, spread, below)[0] <= 0.97


def test_substitutes_for_days_below_the_limit_are_biased_and_the_fill_in_is_not():
    """Zero is too low, the limit itself and leaving the days out too high; half the limit is off as well."""
    rng, limit = np.random.default_rng(3), limit_for(0.5, 1.2)
    means = {name: [] for name in ("fill-in", "zero", "half", "limit", "left out")}
    for _ in range(300):
        found, flow = simulated_days(rng, 100, 1.2)
        below = found < limit
        means["fill-in"].append(wastewater_load(np.where(below, 0, found), flow, PEOPLE, FACTOR, limit).value)
        for name, stand_in in (("zero", 1e-9), ("half", limit / 2), ("limit", limit)):
            means[name].append(wastewater_load(np.where(below, stand_in, found), flow, PEOPLE, FACTOR).value)
        means["left out"].append(wastewater_load(found[~below], flow[~below], PEOPLE, FACTOR).value)
    bias = {name: np.mean(values) / TRUE_LOAD - 1 for name, values in means.items()}
    assert abs(bias["fill-in"]) < 0.015
    assert bias["zero"] < -0.06 and bias["limit"] > 0.06 and bias["left out"] > 0.3
    assert abs(bias["half"]) > abs(bias["fill-in"])


# --- Properties --------------------------------------------------------------------------------------------

series_of_days = st.tuples(st.integers(0, 10_000), st.integers(10, 60), st.sampled_from([0.0, 0.2, 0.4]))


def one_series(seed, days, below):
    found, flow = simulated_days(np.random.default_rng(seed), days, 0.6)
    limit = float(np.quantile(found, below)) if below else 0.0
    return pd.DataFrame({"found": np.where(found < limit, 0, found), "flow": flow, "limit": limit})


def numbers_of(load):
    return load.value, load.se, load.low, load.high, load.grams_a_day


@settings(max_examples=30)
@given(series_of_days)
def test_order_and_labels_of_days_change_nothing_and_all_is_finite(told):
    days = one_series(*told)
    plain = wastewater_load(days["found"], days["flow"], PEOPLE, FACTOR, days["limit"])
    mixed = days.sample(frac=1, random_state=1).rename(index=lambda label: f"day {label}")
    other = wastewater_load(mixed["found"], mixed["flow"], PEOPLE, FACTOR, mixed["limit"])
    assert numbers_of(other) == pytest.approx(numbers_of(plain))
    assert all(math.isfinite(part) for part in numbers_of(plain))
    assert 0 < plain.low < plain.value < plain.high


@settings(max_examples=30)
@given(series_of_days, st.floats(0.01, 100))
def test_a_larger_unit_scales_everything_and_what_stands_below_the_limit_does_not_matter(told, factor):
    days = one_series(*told)
    plain = wastewater_load(days["found"], days["flow"], PEOPLE, FACTOR, days["limit"])
    scaled = wastewater_load(days["found"] * factor, days["flow"], PEOPLE, FACTOR, days["limit"] * factor)
    assert numbers_of(scaled) == pytest.approx(tuple(part * factor for part in numbers_of(plain)), rel=1e-6)
    other = days["found"].where(days["found"] >= days["limit"], days["limit"] * 0.7)
    again = wastewater_load(other, days["flow"], PEOPLE, FACTOR, days["limit"])
    assert numbers_of(again) == numbers_of(plain)


def test_a_limit_that_no_day_is_below_changes_nothing():
    found = [500, 620, 900]
    assert wastewater_load(found, LITRES, PEOPLE, FACTOR, limit=50) == wastewater_load(
        found, LITRES, PEOPLE, FACTOR)


@pytest.mark.parametrize("found", [[100, 100.0001, 0, 0], [1e-6, 1e6, 0, 0], [900, 1000] + [0] * 40])
def test_extreme_series_stay_finite(found):
    load = loads(found, limit=[0, 0] + [50] * (len(found) - 2))
    assert all(math.isfinite(part) for part in numbers_of(load))


def test_the_table_of_a_load_tells_of_days_below_the_limit():
    values, limits, _ = manganese()
    assert "Days below the limit" in loads(values, limits)._repr_html_()
    assert "6 of 25 days are below it." in loads(values, limits).assumptions[-1]


# --- What cannot be estimated, and bad input ---------------------------------------------------------------

def load_of(**arguments):
    return wastewater_load(**{**dict(concentration=[500, 620, 0], flow=[2e7, 2e7, 2e7], population=PEOPLE,
                                     factor=FACTOR, limit=50), **arguments})


@pytest.mark.parametrize("arguments, told", [
    (dict(concentration=[0, 10, 20]), r"All days \(3\) are below the limit: .* The mean load is below 36 mg"),
    (dict(concentration=0), r"All days \(3\)"),
    (dict(concentration=[500, 0, 0]), "Fewer than two different loads"),
    (dict(concentration=[500, 500, 0]), "Fewer than two different loads"),
    (dict(factor=Estimate(FACTOR, se=1e6)), "standard error of factor is as large"),
])
def test_what_says_nothing_has_no_estimate(arguments, told):
    with pytest.raises(NoEstimate, match=told):
        load_of(**arguments)


@pytest.mark.parametrize("arguments, told", [
    (dict(limit=None), "concentration, entry 3, is 0: a laboratory cannot find nothing"),
    (dict(concentration=[500, 620, -5]), "concentration, entry 3, is -5"),
    (dict(concentration=[500, None, 600]), "concentration, entry 2, is missing"),
    (dict(concentration=[500, "< 50", 600]), "concentration, entry 2, is the text '< 50'"),
    (dict(concentration=[500, math.inf, 600]), "concentration, entry 2, is without limit"),
    (dict(concentration=[]), "concentration is empty"),
    (dict(concentration="500"), "concentration is the text"),
    (dict(concentration=[[500], [600]]), "concentration has more than one dimension"),
    (dict(concentration=[500, 600]), "concentration has 2, flow has 3"),
    (dict(flow=[2e7, 0, 2e7]), "flow, entry 2, is 0: leave the day out"),
    (dict(flow=0), "flow.* is 0"),
    (dict(population=0), "population.* is 0"),
    (dict(population=-1), "population is -1"),
    (dict(population=pd.Series([1e5, 0, 1e5])), "population, row 1, is 0"),
    (dict(factor=0), "factor is 0"),
    (dict(factor=(4, 3.6, 3)), r"factor is \(4, 3.6, 3\): write low, best and high"),
    (dict(limit=-1), "limit is -1"),
    (dict(concentration=pd.Series([5, 6, 7]), flow=pd.Series([2e7] * 3, index=[1, 2, 3])),
     "different row labels"),
    (dict(concentration={"a": 5}), "concentration is a dict"),
])
def test_bad_input_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        load_of(**arguments)
