"""mirror_gap, trace_sources and prevalence: published values, known truths, properties, bad input."""
from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import Estimate, NoEstimate, mirror_gap, prevalence, trace_sources

REFERENCE = Path(__file__).parent.parent / "reference" / "prevalence.csv"
PUBLISHED = {row["name"]: row for row in csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines())}


# --- Mirror gap --------------------------------------------------------------------------------------------

def test_the_four_signs():
    table = mirror_gap([106, 127.2, 84.8], [100, 100, 100])
    assert table["imports_fob"].tolist() == pytest.approx([100, 120, 80])
    assert table["gap"].tolist() == pytest.approx([0, 20, -20])
    assert table["importer"].tolist() == ["none", "import over-invoicing", "import under-invoicing"]
    assert table["exporter"].tolist() == ["none", "export under-invoicing", "export over-invoicing"]
    assert table["outflow"].tolist() == pytest.approx([0, 20, 0])
    assert table["inflow"].tolist() == pytest.approx([0, 0, 20])


def simulated_trade(rng, flows, freight, hidden=0.0):
    """Imports and exports of honest trade, and what would be hidden in either direction."""
    value = rng.lognormal(10, 1, flows)
    wrong = hidden * value * rng.choice([1, -1], flows)
    return value * (1 + freight), value, wrong


def test_gaps_of_opposite_sign_net_out_and_the_two_signs_do_not():
    rng = np.random.default_rng(1)
    imports, exports, wrong = simulated_trade(rng, 2000, 0.06, hidden=0.2)
    table = mirror_gap(imports, exports + wrong)
    assert table["outflow"].sum() == pytest.approx(-wrong[wrong < 0].sum())
    assert table["inflow"].sum() == pytest.approx(wrong[wrong > 0].sum())
    assert abs(table["gap"].sum()) < 0.15 * np.abs(wrong).sum()


def test_a_wrong_freight_makes_honest_trade_look_guilty():
    imports, exports, _ = simulated_trade(np.random.default_rng(2), 500, 0.10)
    assert mirror_gap(imports, exports, freight=0.10)["importer"].eq("none").all()
    assumed = mirror_gap(imports, exports)
    assert assumed["importer"].eq("import over-invoicing").all()
    assert assumed["gap"].sum() / exports.sum() == pytest.approx(1.10 / 1.06 - 1)


def test_freight_may_differ_from_flow_to_flow():
    freight = np.random.default_rng(3).uniform(0.03, 0.12, 300)
    imports, exports, _ = simulated_trade(np.random.default_rng(4), 300, freight)
    assert mirror_gap(imports, exports, freight)["exporter"].eq("none").all()


def test_labels_are_kept_and_a_number_is_one_flow():
    index = pd.MultiIndex.from_tuples([("A", "B"), ("B", "A")], names=["exporter", "importer"])
    table = mirror_gap(pd.Series([110, 90], index), pd.Series([100, 100], index), freight=0)
    assert table.index.equals(index)
    assert len(mirror_gap(110, 100)) == 1
    assert mirror_gap(0, 0)["importer"].tolist() == ["none"]
    assert mirror_gap(53, 0)["outflow"].tolist() == pytest.approx([50])


amounts = st.floats(0, 1e9)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20), st.floats(0, 1))
def test_signs_and_sums_hold_for_any_trade(flows, freight):
    imports, exports = (np.array(column) for column in zip(*flows, strict=True))
    table = mirror_gap(imports, exports, freight)
    assert table["outflow"].to_numpy() - table["inflow"].to_numpy() == pytest.approx(table["gap"].to_numpy())
    assert (table[["outflow", "inflow"]].to_numpy() >= 0).all()
    assert (table[["outflow", "inflow"]].min(axis=1) == 0).all()
    assert np.isfinite(table[["imports_fob", "gap"]].to_numpy()).all()
    assert (table["gap"] > 0).eq(table["importer"] == "import over-invoicing").all()
    assert (table["gap"] < 0).eq(table["exporter"] == "export over-invoicing").all()
    reverse = mirror_gap(imports[::-1].copy(), exports[::-1].copy(), freight)
    assert reverse["gap"].tolist() == table["gap"].tolist()[::-1]


@pytest.mark.parametrize("arguments, told", [
    (dict(imports=-1), "imports is -1"),
    (dict(imports=[100, None]), "imports, entry 2, is missing"),
    (dict(imports=[100, "90"]), "imports, entry 2, is the text"),
    (dict(exports=[1, 2, 3], imports=[1, 2]), "imports has 2, exports has 3"),
    (dict(freight=6), "freight is 6: write a share between 0 and 1. For 6 % write 0.06"),
    (dict(freight=-0.1), "freight is -0.1"),
    (dict(imports=pd.Series([1], index=["a"]), exports=pd.Series([1], index=["b"])), "different row labels"),
    (dict(imports=pd.DataFrame({"a": [1]})), "imports is a DataFrame"),
])
def test_bad_input_of_a_gap_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        mirror_gap(**{**dict(imports=106, exports=100), **arguments})


# --- Traces ------------------------------------------------------------------------------------------------

def recovered(rng, n):
    """Marked firearms come mostly from Norland, and are traced far more often."""
    marked = rng.random(n) < 0.6
    source = np.where(rng.random(n) < np.where(marked, 0.7, 0.3), "Norland", "Sudia")
    chance = np.where(marked, 0.8, 0.25)
    traced = rng.random(n) < chance
    return pd.DataFrame({"marked": marked, "source": np.where(traced, source, None),
                         "traced": traced.astype(int), "chance": chance})


TRUE_SHARE = 0.6 * 0.7 + 0.4 * 0.3


def shares(frame, **columns):
    return trace_sources(frame, **{**dict(source="source", traced="traced", propensity="chance"), **columns})


def test_shares_among_the_traced_are_biased_and_weighted_shares_are_not():
    table = shares(recovered(np.random.default_rng(1), 20_000)).loc["Norland"]
    assert table["share"] == pytest.approx(TRUE_SHARE, abs=0.02)
    assert table["share_traced"] > TRUE_SHARE + 0.07
    assert table["low"] < TRUE_SHARE < table["high"]


def test_the_estimated_numbers_add_up_to_the_firearms_recovered():
    frame = recovered(np.random.default_rng(2), 20_000)
    assert shares(frame)["firearms"].sum() == pytest.approx(20_000, rel=0.03)
    wrong = shares(frame.assign(chance=frame["chance"] / 2))
    assert wrong["firearms"].sum() == pytest.approx(40_000, rel=0.03)  # wrong propensities are seen there


def test_the_standard_error_is_that_of_a_weighted_mean_in_statsmodels():
    from statsmodels.regression.linear_model import WLS

    frame = recovered(np.random.default_rng(3), 800)
    seen = frame[frame["traced"] == 1]
    fit = WLS((seen["source"] == "Norland").astype(float).to_numpy(), np.ones(len(seen)),
              weights=1 / seen["chance"].to_numpy()).fit(cov_type="HC0")
    row = shares(frame).loc["Norland"]
    assert row["share"] == pytest.approx(fit.params[0])
    # Untraced firearms are drawn too: n / (n - 1) with n all that were recovered.
    assert row["se"] == pytest.approx(fit.bse[0] * math.sqrt(800 / 799))


def coverage(how_many, seed, n, from_table):
    rng, covered, widths = np.random.default_rng(seed), [], []
    for _ in range(how_many):
        frame = recovered(rng, n)
        if from_table:
            frame["chance"] = frame.groupby("marked")["traced"].transform("mean")
        row = shares(frame).loc["Norland"]
        covered.append(row["low"] <= TRUE_SHARE <= row["high"])
    return np.mean(covered)


@pytest.mark.parametrize("from_table", [False, True])
def test_the_interval_covers_the_truth_in_a_sample(from_table):
    assert coverage(200, 4, 400, from_table) >= 0.91


@pytest.mark.slow
@pytest.mark.parametrize("n", [300, 1000])
def test_a_95_percent_interval_holds_the_true_share_95_times_in_100(n):
    assert 0.93 <= coverage(2000, 5, n, from_table=False) <= 0.97


@pytest.mark.slow
def test_propensities_from_the_same_table_make_the_interval_rather_too_wide():
    assert 0.94 <= coverage(2000, 6, 1000, from_table=True) <= 0.99


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_order_labels_and_names_change_nothing(seed):
    frame = recovered(np.random.default_rng(seed), 120)
    plain = shares(frame)
    mixed = frame.sample(frac=1, random_state=seed).rename(index=lambda row: f"gun {row}")
    mixed["source"] = mixed["source"].map({"Norland": 7, "Sudia": 8}).astype(object)
    other = shares(mixed)
    assert other.to_numpy() == pytest.approx(plain.to_numpy())
    assert other.index.map({7: "Norland", 8: "Sudia"}).tolist() == plain.index.tolist()
    assert plain["share"].sum() == pytest.approx(1) and plain["share_traced"].sum() == pytest.approx(1)
    assert plain["share"].is_monotonic_decreasing


def test_what_stands_as_source_of_an_untraced_firearm_does_not_count():
    frame = recovered(np.random.default_rng(7), 100)
    filled = frame.assign(source=frame["source"].fillna("unknown"))
    pd.testing.assert_frame_equal(shares(frame), shares(filled))


def test_equal_propensities_give_the_plain_shares():
    table = shares(recovered(np.random.default_rng(8), 200).assign(chance=0.5))
    assert table["share"].tolist() == pytest.approx(table["share_traced"].tolist())


def test_a_single_source_has_the_whole():
    frame = guns(source=["Norland", "Norland", None], chance=[0.1, 0.3, 0.3])
    row = shares(frame).loc["Norland"]
    assert row[["share", "se", "low", "high"]].tolist() == [1, 0, 1, 1]
    assert row["firearms"] == pytest.approx(40 / 3)


def guns(**columns):
    return pd.DataFrame({"source": ["Norland", "Sudia", None], "traced": [1, 1, 0], "chance": [0.5, 0.5, 0.5],
                         **columns})


def test_nothing_traced_has_no_estimate():
    with pytest.raises(NoEstimate, match="No firearm was traced"):
        shares(guns(traced=0))


@pytest.mark.parametrize("frame, told", [
    (guns(chance=[0.5, 0, 0.5]), "column 'chance', row 1, is 0: no weight can speak for"),
    (guns(chance=[0.5, None, 0.5]), "column 'chance', row 1, is missing"),
    (guns(chance=[0.5, 50, 0.5]), "column 'chance', row 1, is 50: write a share"),
    (guns(chance=[0.5, -0.5, 0.5]), "column 'chance', row 1, is -0.5"),
    (guns(traced=[1, 2, 0]), "column 'traced', row 1, is 2: write 1 for yes"),
    (guns(traced=[1, None, 0]), "column 'traced', row 1, is missing"),
    (guns(traced=[1, 1, 1]), "column 'source', row 2, is missing, but column 'traced' says"),
    (guns().drop(columns="chance"), "no column 'chance'"),
    (guns().iloc[:0], "has no rows"),
    ("guns", "is a str: give a pandas DataFrame"),
])
def test_bad_input_of_traces_is_named_with_its_mend(frame, told):
    with pytest.raises(ValueError, match=told):
        shares(frame)


# --- Prevalence: published --------------------------------------------------------------------------------

def accuracy(text, n):
    """A share as printed; with the number of products it comes from, an estimate."""
    if not n:
        return float(text)
    return prevalence(round(Fraction(text) * int(n)), int(n))


def published_estimate(name):
    row = PUBLISHED[name]
    return prevalence(int(row["positives"]), int(row["n"]),
                      sensitivity=accuracy(row["sensitivity"], row["sensitivity_n"]),
                      specificity=accuracy(row["specificity"], row["specificity_n"]))


def decimals(text):
    return len(text.partition(".")[2])


@pytest.mark.parametrize("name", [name for name in PUBLISHED if name != "helicobacter"])
def test_published_limits_are_found_to_the_printed_digits(name):
    row, found = PUBLISHED[name], published_estimate(name)
    digits = int(row["digits"])
    assert (round(found.low, digits), round(found.high, digits)) == (float(row["low"]), float(row["high"]))
    if row["value"]:
        assert round(found.value, decimals(row["value"])) == float(row["value"])


def test_an_estimate_below_zero_is_cut_and_the_assumptions_say_so():
    """Printed with Clopper and Pearson's interval, which is a little wider: 0 (0 to 0.013)."""
    row, found = PUBLISHED["helicobacter"], published_estimate("helicobacter")
    assert found.value == found.low == 0 == float(row["value"])
    assert found.high == pytest.approx(float(row["high"]), rel=0.10)
    assert found.uncut < 0
    assert "The formula gave -0.0373, which is shown as 0" in found.assumptions[-1]


# --- Prevalence: by hand, oracles, known truth --------------------------------------------------------------

def test_rogan_and_gladen_by_hand():
    found = prevalence(30, 200, sensitivity=0.8, specificity=0.95)
    assert found.value == pytest.approx((0.15 + 0.95 - 1) / 0.75)
    assert found.se == pytest.approx(math.sqrt(0.15 * 0.85 / 200) / 0.75)
    assert found.apparent == 0.15 and found.n == 200 and found.uncut == found.value
    assert "Share that tested positive" in found._repr_html_()


def test_the_variance_of_an_estimated_test_is_added():
    found = prevalence(30, 200, sensitivity=prevalence(80, 100), specificity=prevalence(190, 200))
    p = 0.10 / 0.75
    variance = 0.15 * 0.85 / 200 + p**2 * 0.16 / 100 + (1 - p)**2 * 0.0475 / 200
    assert found.se == pytest.approx(math.sqrt(variance) / 0.75)
    alone = prevalence(30, 200, sensitivity=0.8, specificity=0.95)
    assert found.high - found.low > alone.high - alone.low
    one = prevalence(30, 200, sensitivity=0.8, specificity=prevalence(190, 200))
    assert alone.se < one.se < found.se


@pytest.mark.parametrize("positives, n", [(0, 20), (1, 20), (10, 20), (20, 20), (5063, 48_218)])
def test_a_perfect_test_gives_wilson_s_interval_as_statsmodels_has_it(positives, n):
    from statsmodels.stats.proportion import proportion_confint

    found = prevalence(positives, n)
    assert (found.low, found.high) == pytest.approx(
        proportion_confint(positives, n, method="wilson"), abs=1e-12)
    assert found.value == positives / n


def test_a_large_validation_is_nearly_a_known_test():
    known = prevalence(60, 400, sensitivity=0.9, specificity=0.95)
    million = 1_000_000
    studied = prevalence(60, 400, sensitivity=prevalence(int(0.9 * million), million),
                         specificity=prevalence(int(0.95 * million), million))
    assert (studied.low, studied.high) == pytest.approx((known.low, known.high), abs=0.002)


def prevalence_coverage(how_many, seed, n, share, sensitivity, specificity, studied=None):
    rng, covered, values = np.random.default_rng(seed), [], []
    for _ in range(how_many):
        positives = rng.binomial(n, share * sensitivity + (1 - share) * (1 - specificity))
        found, passed = sensitivity, specificity
        if studied:
            found, passed = (prevalence(rng.binomial(size, true), size)
                             for size, true in zip(studied, (sensitivity, specificity), strict=True))
        estimate = prevalence(positives, n, found, passed)
        covered.append(estimate.low <= share <= estimate.high)
        values.append(estimate.uncut)
    return np.mean(covered), np.mean(values)


@pytest.mark.parametrize("told", [(400, 0.1, 0.9, 0.95), (300, 0.3, 0.85, 0.9, (90, 120))])
def test_the_interval_covers_the_true_prevalence_in_a_sample_and_is_not_biased(told):
    covered, mean = prevalence_coverage(800, 1, *told)
    assert covered >= 0.92
    assert mean == pytest.approx(told[1], rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("told", [
    (150, 0.1, 0.9, 0.95), (1000, 0.105, 1.0, 1.0), (600, 0.3, 0.8, 0.9), (300, 0.3, 0.85, 0.9, (90, 120)),
    (1000, 0.1, 0.95, 0.98, (200, 400))], ids=str)
def test_a_95_percent_interval_holds_the_true_prevalence_95_times_in_100(told):
    assert 0.93 <= prevalence_coverage(4000, 2, *told)[0] <= 0.97


def test_samples_of_the_same_outlet_are_not_independent():
    """Outlets are all good or all bad: the interval for independent samples is far too short."""
    rng, covered = np.random.default_rng(3), []
    for _ in range(300):
        positives = 10 * rng.binomial(40, 0.1)
        found = prevalence(positives, 400)
        covered.append(found.low <= 0.1 <= found.high)
    assert np.mean(covered) < 0.70


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.6, 1), st.floats(0.6, 1))
def test_shares_stay_between_0_and_1_and_a_better_test_needs_less_correction(positives, n, found, passed):
    positives = min(positives, n)
    try:
        estimate = prevalence(positives, n, sensitivity=found, specificity=passed)
    except NoEstimate:
        assert positives / n < 1 - passed or positives / n > found
        return
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.se >= prevalence(positives, n).se * 0.999999
    # Good for bad, and sensitivity for specificity, is the same question from the other side.
    mirror = prevalence(n - positives, n, sensitivity=passed, specificity=found)
    assert (1 - mirror.value, 1 - mirror.high, 1 - mirror.low) == pytest.approx(
        (estimate.value, estimate.low, estimate.high), abs=1e-9)


@pytest.mark.parametrize("arguments, told", [
    (dict(sensitivity=0.5, specificity=0.5), "add up to 1: with 1 or less"),
    (dict(sensitivity=0.3, specificity=0.6), "add up to 0.9"),
    (dict(sensitivity=0.3, specificity=0.7), "add up to 1"),
    (dict(sensitivity=prevalence(1, 3), specificity=prevalence(2, 3)), "add up to 1"),
    (dict(sensitivity=prevalence(2, 2), specificity=prevalence(1, 20)), "so few products|add up to"),
    (dict(positives=2, n=300, specificity=0.9), "the specificity is higher for these samples"),
    (dict(positives=298, n=300, sensitivity=0.9), "the sensitivity is higher for these samples"),
])
def test_a_test_that_tells_nothing_or_cannot_be_right_has_no_estimate(arguments, told):
    with pytest.raises(NoEstimate, match=told):
        prevalence(**{**dict(positives=20, n=100), **arguments})


@pytest.mark.parametrize("arguments, told", [
    (dict(positives=-1), "positives is -1: a count cannot be negative"),
    (dict(positives=10.5), "positives is 10.5"),
    (dict(positives="20"), "positives is the text '20'"),
    (dict(positives=None), "positives is missing"),
    (dict(positives=101), "positives is 101 but n is 100"),
    (dict(positives=0, n=0), "n is 0: no sample was tested"),
    (dict(sensitivity=90), "sensitivity is 90: write a share between 0 and 1. For 90 % write 0.9"),
    (dict(specificity=-0.1), "specificity is -0.1"),
    (dict(specificity=None), "specificity is missing"),
    (dict(sensitivity=(0.8, 0.9, 1.0)), r"sensitivity is \(0.8, 0.9, 1.0\): give a share, or an estimate"),
    (dict(sensitivity=Estimate(0.9)), "sensitivity is an estimate without n"),
    (dict(sensitivity=Estimate(1.9, n=10)), "sensitivity is 1.9: it must be from 0 to 1"),
])
def test_bad_input_of_prevalence_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        prevalence(**{**dict(positives=20, n=100), **arguments})
