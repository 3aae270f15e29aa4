"""crime_harm, displacement_quotient, difference_in_differences and interrupted_series."""
from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import (
    NoEstimate,
    crime_harm,
    difference_in_differences,
    displacement_quotient,
    interrupted_series,
)
from tests.measurement.published import REFERENCE, agrees, reference

# Invented: no scale of harm is carried here, since none could be read at its source.
WEIGHTS = {"murder": 5000, "robbery": 300, "burglary": 20, "theft": 5}


# --- Harm -------------------------------------------------------------------------------------------------

def test_harm_is_the_sum_of_weight_times_count():
    harm = crime_harm({"murder": 2, "robbery": 40, "theft": 960}, WEIGHTS)
    assert harm.value == 2 * 5000 + 40 * 300 + 960 * 5
    assert harm.se == pytest.approx(math.sqrt(2 * 5000**2 + 40 * 300**2 + 960 * 5**2))
    assert harm.n == 1002
    assert harm.offences["harm"].tolist() == [10_000, 12_000, 4800]
    assert harm.offences[["share_of_crimes", "share_of_harm"]].sum().tolist() == pytest.approx([1, 1])


def test_harm_of_one_offence_has_the_exact_limits_of_a_count():
    from scipy.stats import chi2

    for count in (0, 1, 7, 300):
        harm = crime_harm({"theft": count}, WEIGHTS)
        assert harm.low == pytest.approx(5 * chi2.ppf(0.025, 2 * count) / 2 if count else 0)
        assert harm.high == pytest.approx(5 * chi2.ppf(0.975, 2 * count + 2) / 2)


def test_each_row_of_a_table_is_the_harm_of_that_place():
    table = pd.DataFrame({"murder": [2, 0], "theft": [960, 0]}, index=["north", "south"])
    found = crime_harm(table, WEIGHTS)
    assert found.columns.tolist() == ["value", "se", "low", "high", "n"]
    for place, row in found.iterrows():
        harm = crime_harm(table.loc[place], WEIGHTS)
        assert row.tolist() == pytest.approx([harm.value, harm.se, harm.low, harm.high, harm.n])
    assert found.loc["south", ["value", "se", "low"]].tolist() == [0, 0, 0]
    assert found.loc["south", "high"] > 0


def harm_coverage(rates, weights, draws, seed):
    rng = np.random.default_rng(seed)
    counts = pd.DataFrame(rng.poisson(list(rates.values()), (draws, len(rates))), columns=list(rates))
    found, truth = crime_harm(counts, weights), sum(weights[name] * rate for name, rate in rates.items())
    return ((found["low"] <= truth) & (truth <= found["high"])).mean()


@pytest.mark.parametrize("rates, most", [
    ({"murder": 0.5, "robbery": 20, "theft": 500}, 1.0),   # one rare murder: rather too wide
    ({"murder": 3, "robbery": 20, "theft": 500}, 1.0),
    ({"robbery": 100, "burglary": 800, "theft": 3000}, 0.975),
])
def test_intervals_of_harm_hold_the_truth_at_least_95_times_in_100(rates, most):
    assert 0.94 <= harm_coverage(rates, WEIGHTS, 4000, seed=1) <= most


def test_more_searches_raise_the_harm_if_what_they_find_is_counted():
    """Why proactive detections are left out: the same crimes, twice the searches."""
    reported, found_by_search = {"robbery": 40}, {"trafficking": 30}
    weights = {**WEIGHTS, "trafficking": 1000}
    before = crime_harm({**reported, **found_by_search}, weights)
    after = crime_harm({**reported, "trafficking": 60}, weights)
    assert after.value > 1.7 * before.value
    assert crime_harm(reported, weights).value == 12_000
    assert any("looking for them" in text for text in before.assumptions)
    assert "proactive" in crime_harm.__doc__


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 10_000), min_size=1),
       st.floats(0.01, 100))
def test_harm_does_not_depend_on_order_or_on_weights_nobody_needs_and_scales_with_the_weights(counts, scale):
    harm = crime_harm(counts, WEIGHTS)
    other = crime_harm(pd.Series(dict(reversed(counts.items()))), {**WEIGHTS, "fraud": 1e6})
    assert (other.value, other.low, other.high) == pytest.approx((harm.value, harm.low, harm.high))
    scaled = crime_harm(counts, {name: scale * weight for name, weight in WEIGHTS.items()})
    assert (scaled.value, scaled.se, scaled.low, scaled.high) == pytest.approx(
        (scale * harm.value, scale * harm.se, scale * harm.low, scale * harm.high))
    assert 0 <= harm.low <= harm.value < harm.high < math.inf


def test_an_offence_counted_0_times_changes_only_an_upper_limit_that_it_could_have_raised():
    plain = crime_harm({"robbery": 40, "theft": 960}, WEIGHTS)
    lighter = crime_harm({"robbery": 40, "theft": 960, "burglary": 0}, WEIGHTS)
    graver = crime_harm({"robbery": 40, "theft": 960, "murder": 0}, WEIGHTS)
    assert (lighter.value, lighter.se, lighter.low, lighter.high) == (
        plain.value, plain.se, plain.low, plain.high)
    assert (graver.value, graver.se, graver.low) == (plain.value, plain.se, plain.low)
    assert graver.high > plain.high


@pytest.mark.parametrize("counts, weights, told", [
    ({}, WEIGHTS, "counts is empty"),
    (5, WEIGHTS, "counts is a int: give one count for each offence"),
    (pd.Series([1, 2], index=["theft", "theft"]), WEIGHTS, "counts names an offence twice"),
    ({"theft": -1}, WEIGHTS, "the count of 'theft' is -1: a count cannot be negative"),
    ({"theft": 1.5}, WEIGHTS, "crimes come in whole numbers"),
    ({"theft": None}, WEIGHTS, "the count of 'theft' is missing"),
    ({"theft": "9"}, WEIGHTS, "the count of 'theft' is the text '9'"),
    ({"fraud": 3}, WEIGHTS, "offence 'fraud' has no weight"),
    ({"theft": 3}, [5], "weights is a list"),
    ({"theft": 3}, {"theft": 0}, "the weight of 'theft' is 0: harm is above 0"),
    ({"theft": 3}, {"theft": math.nan}, "the weight of 'theft' is missing"),
    (pd.DataFrame({"theft": []}), WEIGHTS, "has no rows"),
    (pd.DataFrame(index=[1]), WEIGHTS, "has no columns"),
    (pd.DataFrame({"theft": [1, None]}), WEIGHTS, "column 'theft', row 1"),
])
def test_bad_input_of_harm_is_named_with_its_mend(counts, weights, told):
    with pytest.raises(ValueError, match=told):
        crime_harm(counts, weights)


# --- Displacement -----------------------------------------------------------------------------------------

def test_the_quotient_and_the_net_effect_are_those_of_the_published_formulas():
    t0, t1, d0, d1, c0, c1 = (Fraction(count) for count in (400, 260, 300, 330, 900, 880))
    found = displacement_quotient((400, 260), (300, 330), (900, 880))
    assert found.value == pytest.approx(float((d1 / c1 - d0 / c0) / (t1 / c1 - t0 / c0)))
    assert found.success == pytest.approx(float(t1 / c1 - t0 / c0))
    assert found.moved == pytest.approx(float(d1 / c1 - d0 / c0))
    assert found.net_effect.value == pytest.approx(float((t0 * c1 / c0 - t1) + (d0 * c1 / c0 - d1)))


@pytest.mark.parametrize("buffer, reading", [
    ((300, 700), "displacement, larger"), ((300, 330), "displacement, smaller"),
    ((300, 300), "neither"), ((300, 270), "diffusion of benefits, not larger"),
    ((300, 100), "diffusion of benefits, larger"),
])
def test_the_quotient_is_read_as_in_the_guide_of_2009(buffer, reading):
    found = displacement_quotient((400, 260), buffer, (900, 900))
    assert found.reading.startswith(reading)
    assert "This is" in found._repr_html_()


def test_where_the_fall_may_be_chance_there_are_no_limits_and_it_is_said():
    found = displacement_quotient((40, 30), (30, 33), (90, 88))
    assert (found.low, found.high) == (None, None)
    assert any("may be chance" in text for text in found.assumptions)
    assert found.net_effect.low < 0 < found.net_effect.high


def displacement_coverage(target, buffer, control, draws, seed):
    rng = np.random.default_rng(seed)
    truth = ((buffer[1] / control[1] - buffer[0] / control[0])
             / (target[1] / control[1] - target[0] / control[0]))
    net = (target[0] + buffer[0]) * control[1] / control[0] - target[1] - buffer[1]
    held, held_net = [], []
    for _ in range(draws):
        try:
            found = displacement_quotient(*(rng.poisson(pair).tolist() for pair in (target, buffer, control)))
        except NoEstimate:
            held.append(False)
            continue
        held.append(found.low is None or found.low <= truth <= found.high)
        held_net.append(found.net_effect.low <= net <= found.net_effect.high)
    return np.mean(held), np.mean(held_net)


@pytest.mark.parametrize("target, buffer, control", [
    ((400, 260), (300, 330), (900, 880)), ((100, 60), (80, 70), (300, 330)),
    ((900, 500), (50, 200), (2000, 1500)),
])
def test_limits_of_the_quotient_hold_the_truth_95_times_in_100(target, buffer, control):
    shares = displacement_coverage(target, buffer, control, 2000, seed=2)
    assert all(0.93 <= share <= 0.97 for share in shares)


@settings(max_examples=60)
@given(st.tuples(*[st.integers(1, 5000)] * 6))
def test_the_quotient_is_finite_and_its_limits_are_around_it(counts):
    t0, t1, d0, d1, c0, c1 = counts
    try:
        found = displacement_quotient((t0, t1), (d0, d1), (c0, c1))
    except NoEstimate:
        assert t1 * c0 >= t0 * c1
        return
    assert math.isfinite(found.value)
    assert found.se > 0
    if found.low is not None:
        assert found.low <= found.value <= found.high
    twice = displacement_quotient((t0, t1), (d0, d1), (2 * c0, 2 * c1))
    assert twice.value == pytest.approx(found.value)


@pytest.mark.parametrize("target, buffer, control, told", [
    ((100, 120), (50, 50), (100, 100), "did not fall against the control"),
    ((100, 90), (50, 50), (100, 0), "No crime was counted in the control"),
    ((100, 90), (50, 50), (0, 100), "No crime was counted in the control"),
    (100, (50, 50), (90, 90), "target is 100: give two counts"),
    ((100, 90, 80), (50, 50), (90, 90), "give two counts"),
    ((100, 90), (50, -1), (90, 90), "buffer after is -1"),
    ((100, 90), (50, 1), (90.5, 90), "control before is 90.5"),
    ((100, None), (50, 1), (90, 90), "target after is missing"),
    (("100", 90), (50, 1), (90, 90), "target before is the text"),
])
def test_bad_counts_of_displacement_are_named_with_their_mend(target, buffer, control, told):
    with pytest.raises(ValueError, match=told):
        displacement_quotient(target, buffer, control)


# --- Difference in differences ----------------------------------------------------------------------------

def panel(rng, treated=6, others=9, periods=8, rows=1, effect=3.0, lasting=4.0, drift=1.0):
    """Places with a lasting level, a drift of their own after the measure, and noise."""
    units = treated + others
    unit = np.repeat(np.arange(units), periods * rows)
    time = np.tile(np.repeat(np.arange(periods), rows), units)
    port, after = (unit < treated).astype(int), (time >= periods // 2).astype(int)
    y = (lasting * rng.normal(size=units)[unit] + 0.5 * time + effect * port * after
         + drift * rng.normal(size=units)[unit] * after + rng.normal(size=unit.size))
    return pd.DataFrame({"unit": unit, "time": time, "port": port, "after": after, "y": y})


def statsmodels_fit(frame, **how):
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(frame)), frame["port"], frame["after"],
                              frame["port"] * frame["after"]])
    return sm.OLS(frame["y"].to_numpy(), design).fit(**how)


def test_effect_and_error_are_those_of_statsmodels_with_clusters():
    frame = panel(np.random.default_rng(1), rows=3).sample(frac=0.8, random_state=1)  # unbalanced
    found = difference_in_differences(frame, "y", "port", "after", cluster="unit")
    fit = statsmodels_fit(frame, cov_type="cluster", cov_kwds={"groups": frame["unit"]})
    assert (found.value, found.se) == pytest.approx((fit.params[3], fit.bse[3]))
    assert found.clusters == 15


def test_effect_and_error_are_those_of_statsmodels_without_clusters():
    frame = panel(np.random.default_rng(2))
    found = difference_in_differences(frame, "y", "port", "after")
    fit = statsmodels_fit(frame, cov_type="HC1")
    assert (found.value, found.se) == pytest.approx((fit.params[3], fit.bse[3]))
    assert found.se_few == pytest.approx(statsmodels_fit(frame, cov_type="HC2").bse[3])
    assert found.clusters is None


def dense_small_sample(frame):
    """Bell and McCaffrey's error and degrees of freedom with full matrices, as in the paper."""
    x = np.column_stack([np.ones(len(frame)), frame["port"], frame["after"], frame["port"] * frame["after"]])
    inverse = np.linalg.inv(x.T @ x)
    rest = np.eye(len(frame)) - x @ inverse @ x.T
    left, columns, variance = rest @ frame["y"].to_numpy(), [], 0.0
    for unit in frame["unit"].unique():
        rows = (frame["unit"] == unit).to_numpy()
        values, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
        root = vectors @ np.diag(1 / np.sqrt(values)) @ vectors.T
        pull = root @ x[rows] @ inverse[:, 3]
        variance += (pull @ left[rows])**2
        columns.append(rest[:, rows] @ pull)
    gram = np.array(columns) @ np.array(columns).T
    return math.sqrt(variance), np.trace(gram)**2 / (gram**2).sum()


def test_the_interval_with_few_clusters_is_that_of_bell_and_mccaffrey():
    frame = panel(np.random.default_rng(3), treated=3, others=5, rows=2).sample(frac=0.7, random_state=3)
    found = difference_in_differences(frame, "y", "port", "after", cluster="unit")
    assert (found.se_few, found.degrees_of_freedom) == pytest.approx(dense_small_sample(frame))


def test_with_balanced_panels_it_is_welch_s_comparison_of_changes():
    from scipy.stats import ttest_ind

    frame = panel(np.random.default_rng(4), treated=8, others=8)
    found = difference_in_differences(frame, "y", "port", "after", cluster="unit")
    mean = frame.groupby(["unit", "after"])["y"].mean().unstack()
    change = mean[1] - mean[0]
    result = ttest_ind(change[:8], change[8:])
    low, high = result.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.degrees_of_freedom == pytest.approx(14)


def did_coverage(draws, seed, **shape):
    rng, held, plain = np.random.default_rng(seed), [], []
    for _ in range(draws):
        frame = panel(rng, **shape)
        found = difference_in_differences(frame, "y", "port", "after", cluster="unit")
        alone = difference_in_differences(frame, "y", "port", "after")
        held.append(found.low <= 3 <= found.high)
        plain.append(alone.low <= 3 <= alone.high)
    return np.mean(held), np.mean(plain)


SHAPES = {"few treated": dict(treated=4, others=20), "even": dict(treated=10, others=10),
          "few of both": dict(treated=4, others=4), "many rows": dict(treated=6, others=12, rows=5)}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_95_percent_intervals_of_an_effect_hold_it_95_times_in_100(shape):
    held, _ = did_coverage(2000, seed=5, **shape)
    assert 0.93 <= held <= 0.97


def test_intervals_of_an_effect_hold_it_in_a_sample_of_panels_and_without_clusters_they_do_not():
    held, alone = did_coverage(300, seed=6, treated=6, others=12, rows=5, lasting=0.0, drift=2.0)
    assert held >= 0.92
    assert alone < 0.75


def test_relabelled_clusters_and_rows_in_another_order_change_nothing_and_units_scale():
    frame = panel(np.random.default_rng(7))
    found = difference_in_differences(frame, "y", "port", "after", cluster="unit")
    other = frame.assign(unit="place " + frame["unit"].astype(str), y=100 - 2 * frame["y"],
                         port=frame["port"].astype(bool)).sample(frac=1, random_state=7)
    again = difference_in_differences(other, "y", "port", "after", cluster="unit")
    assert (again.value, again.se, again.low, again.high, again.degrees_of_freedom) == pytest.approx(
        (-2 * found.value, 2 * found.se, -2 * found.high, -2 * found.low, found.degrees_of_freedom))


def test_what_moved_to_the_others_counts_double():
    rng = np.random.default_rng(8)
    frame = panel(rng, treated=30, others=30, effect=-3.0)
    moved = frame.assign(y=frame["y"] + 3.0 * (1 - frame["port"]) * frame["after"])
    found = difference_in_differences(moved, "y", "port", "after", cluster="unit")
    assert found.value == pytest.approx(-6, abs=0.8)


PORTS = pd.DataFrame({"unit": list("aabbccdd"), "port": [1, 1, 1, 1, 0, 0, 0, 0], "after": [0, 1] * 4,
                      "y": [3.0, 5, 4, 8, 2, 2, 6, 7]})


@pytest.mark.parametrize("columns, cluster, told", [
    (dict(port=1), "unit", "No row has 'port' = 0 and 'after' = 0"),
    (dict(after=0), "unit", "No row has 'port' = 0 and 'after' = 1"),
    (dict(port=[1, 1, 0, 0, 0, 0, 0, 0]), "unit", "Only one cluster has 'port' = 1 and 'after' = 0"),
    (dict(port=[1, 1, 0, 0, 0, 0, 0, 0]), None, "Only one row has 'port' = 1"),
    (dict(y=4.0), "unit", "Column 'y' does not vary"),
    (dict(y=[None] + [1.0] * 7), "unit", "column 'y', row 0, is missing"),
    (dict(y=["a"] * 8), "unit", "column 'y', row 0, is the text"),
    (dict(port=[2] + [0] * 7), "unit", "column 'port', row 0, is 2"),
    (dict(after=[None] + [0] * 7), "unit", "column 'after', row 0, is missing"),
    (dict(unit=[None] + ["a"] * 7), "unit", "column 'unit', row 0, is missing"),
    ({}, "units", "Did you mean 'unit'"),
])
def test_bad_input_of_differences_is_named_with_its_mend(columns, cluster, told):
    with pytest.raises(ValueError, match=told):
        difference_in_differences(PORTS.assign(**columns), "y", "port", "after", cluster=cluster)


def test_an_empty_table_has_no_effect():
    with pytest.raises(ValueError, match="has no rows"):
        difference_in_differences(PORTS.iloc[:0], "y", "port", "after")


# --- Interrupted series -----------------------------------------------------------------------------------

@pytest.mark.parametrize("row", reference("prop99_series.csv"), ids=lambda row: row["what"])
def test_cigarettes_in_california_have_the_published_trends(row):
    table = interrupted_series(pd.read_csv(REFERENCE / "prop99.csv"), "packs", "year", 1989)
    assert agrees(table.loc[row["what"], "value"], row["value"])


def series(rng, n=60, correlation=0.3, start=30, spread=3.0):
    """A series with a trend, a fall of 8 at the start and a steeper fall afterwards."""
    time = np.arange(n)
    errors = np.empty(n)
    errors[0] = rng.normal() / math.sqrt(1 - correlation**2)
    for place in range(1, n):
        errors[place] = correlation * errors[place - 1] + rng.normal()
    later = np.where(time >= start, time - start, 0.0)
    return pd.DataFrame({"month": time, "y": 50 + 0.2 * time - 8.0 * (time >= start) - 0.3 * later
                         + spread * errors})


TRUTH = {"level_before": 50, "trend_before": 0.2, "level_change": -8, "trend_change": -0.3,
         "trend_after": -0.1, "change_at_end": -8 - 0.3 * 29}


def test_trends_and_newey_west_errors_are_those_of_statsmodels():
    import statsmodels.api as sm

    frame = series(np.random.default_rng(1), n=80)
    table = interrupted_series(frame, "y", "month", 30)
    late = frame["month"] >= 30
    design = np.column_stack([np.ones(80), frame["month"], late, (frame["month"] - 30) * late]).astype(float)
    fit = sm.OLS(frame["y"].to_numpy(), design).fit(
        cov_type="HAC", cov_kwds={"maxlags": table.attrs["lags"], "use_correction": True})
    names = ["level_before", "trend_before", "level_change", "trend_change"]
    assert table.loc[names, "value"].tolist() == pytest.approx(fit.params.tolist())
    assert table.loc[names, "se"].tolist() == pytest.approx(fit.bse.tolist())
    for name, contrast in (("trend_after", [0, 1, 0, 1]), ("change_at_end", [0, 0, 1, 49])):
        test = fit.t_test(contrast)
        assert (table.loc[name, "value"], table.loc[name, "se"]) == pytest.approx(
            (test.effect[0], test.sd[0, 0]))


def test_without_autocorrelation_the_correction_finds_none():
    rng = np.random.default_rng(2)
    found = [interrupted_series(series(rng, correlation=0.0), "y", "month", 30).attrs["autocorrelation"]
             for _ in range(200)]
    assert np.mean(found) == pytest.approx(0, abs=0.03)
    strong = [interrupted_series(series(rng, correlation=0.5), "y", "month", 30).attrs["autocorrelation"]
              for _ in range(200)]
    assert np.mean(strong) == pytest.approx(0.5, abs=0.03)


def series_coverage(draws, seed, **shape):
    """Shares of intervals that hold the truth, and of plain value -/+ t se."""
    from scipy.special import stdtrit

    rng, truth = np.random.default_rng(seed), pd.Series(TRUTH)
    held, plain = [], []
    for _ in range(draws):
        table = interrupted_series(series(rng, **shape), "y", "month", 30)
        held.append((table["low"] <= truth) & (truth <= table["high"]))
        plain.append((table["value"] - truth).abs() <= stdtrit(56, 0.975) * table["se"])
    return pd.DataFrame(held).mean(), pd.DataFrame(plain).mean()


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.5])
def test_95_percent_intervals_of_a_series_hold_the_change_95_times_in_100(correlation):
    held, plain = series_coverage(2000, seed=3, correlation=correlation)
    changes = held[["level_change", "trend_change", "change_at_end"]]
    assert changes.between(0.93, 0.97).all(), changes
    assert plain.between(0.74, 0.91).all(), plain


def test_intervals_of_a_series_hold_the_changes_where_plain_newey_west_misses_them():
    held, plain = series_coverage(300, seed=4, correlation=0.3)
    assert held.min() > 0.91
    assert plain.max() < 0.92


def test_order_of_rows_and_unit_of_time_change_nothing_they_should_not():
    frame = series(np.random.default_rng(5))
    table = interrupted_series(frame, "y", "month", 30)
    shuffled = interrupted_series(frame.sample(frac=1, random_state=5), "y", "month", 30)
    pd.testing.assert_frame_equal(table, shuffled)
    years = interrupted_series(frame.assign(month=2000 + frame["month"] / 12), "y", "month", 2002.5)
    levels, trends = ["level_before", "level_change", "change_at_end"], ["trend_before", "trend_change"]
    assert years.loc[levels].to_numpy() == pytest.approx(table.loc[levels].to_numpy())
    assert years.loc[trends].to_numpy() == pytest.approx(12 * table.loc[trends].to_numpy())
    scaled = interrupted_series(frame.assign(y=7 - 3 * frame["y"]), "y", "month", 30)
    assert scaled.loc["level_change", ["value", "low", "high"]].tolist() == pytest.approx(
        (-3 * table.loc["level_change", ["value", "high", "low"]]).tolist())


@pytest.mark.parametrize("dates", [
    pd.date_range("2018-01-01", periods=60, freq="MS"), pd.period_range("2018-01", periods=60, freq="M"),
])
def test_months_as_dates_count_as_periods(dates):
    frame = series(np.random.default_rng(6))
    table = interrupted_series(frame, "y", "month", 30)
    for start in ("2020-07-01", pd.Timestamp("2020-07-01", tz="UTC"), pd.Period("2020-07", freq="M")):
        dated = interrupted_series(frame.assign(month=dates), "y", "month", start)
        pd.testing.assert_frame_equal(table, dated)


def test_the_last_days_of_months_are_evenly_spaced():
    frame = series(np.random.default_rng(6))
    ends = pd.to_datetime("2018-01-31") + pd.offsets.MonthEnd(1) * np.arange(60)
    dated = interrupted_series(frame.assign(month=ends), "y", "month", "2020-07-31")
    pd.testing.assert_frame_equal(interrupted_series(frame, "y", "month", 30), dated)


def test_a_start_between_two_periods_begins_with_the_next():
    frame = series(np.random.default_rng(7)).assign(month=pd.date_range("2018-01-01", periods=60, freq="MS"))
    pd.testing.assert_frame_equal(interrupted_series(frame, "y", "month", "2020-06-15"),
                                  interrupted_series(frame, "y", "month", "2020-07-01"))


MONTHS = pd.DataFrame({"month": range(12), "y": [3.0, 5, 4, 8, 2, 2, 6, 7, 9, 1, 2, 5]})


@pytest.mark.parametrize("columns, start, told", [
    ({}, 2, "2 periods of 'month' lie before 2"),
    ({}, 10, "2 periods of 'month' lie from 10 on"),
    ({}, 99, "0 periods of 'month' lie from 99 on"),
    ({}, "2016-01-01", "start is the text"),
    (dict(y=[float(month) for month in range(12)]), 6, "lies exactly on two lines"),
    (dict(month=[0] + list(range(11))), 6, "column 'month' has 0 twice"),
    (dict(month=[0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]), 6, "jumps from 2 to 4"),
    (dict(month=[None] + list(range(11))), 6, "column 'month', row 0, is missing"),
    (dict(y=[None] + [1.0] * 11), 6, "column 'y', row 0, is missing"),
    (dict(y=["a"] * 12), 6, "column 'y', row 0, is the text"),
    (dict(month=pd.date_range("2020-01-01", periods=12, freq="MS")), 6, "start is 6: .* has dates"),
    (dict(month=pd.date_range("2020-01-01", periods=12, freq="MS")), "soon", "start is 'soon'"),
    (dict(month=pd.to_datetime(["2020-01-01"] * 2 + ["2020-02-01"] * 10)), "2020-02-01", "twice"),
    (dict(month=pd.to_datetime([f"2020-01-{day:02}" for day in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13)])),
     "2020-01-06", "not evenly spaced"),
    (dict(month=[pd.NaT, *pd.date_range("2020-01-01", periods=11, freq="MS")]), "2020-06-01",
     "every row needs its date"),
])
def test_bad_input_of_a_series_is_named_with_its_mend(columns, start, told):
    with pytest.raises(ValueError, match=told):
        interrupted_series(MONTHS.assign(**columns), "y", "month", start)


def test_a_series_of_too_many_days_is_refused():
    with pytest.raises(ValueError, match="sum days to weeks"):
        interrupted_series(pd.DataFrame({"month": range(4001), "y": 1.0}), "y", "month", 2000)
