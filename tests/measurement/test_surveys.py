"""survey_estimate, dark_figure, rake and post_stratify: published surveys, statsmodels, known truths."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, dark_figure, post_stratify, rake, survey_estimate
from tests.measurement.published import REFERENCE, agrees, reference


def firms(**columns):
    """Two regions of three streets each."""
    return pd.DataFrame({
        "region": ["north"] * 6 + ["south"] * 6, "street": [1, 1, 2, 2, 3, 3] * 2,
        "w": [50.0] * 6 + [80.0] * 6, "loss": [4.0, 0, 7, 1, 0, 0, 9, 2, 0, 0, 3, 1],
        "sales": [40.0, 20, 30, 50, 10, 20, 60, 20, 9, 10, 33, 8],
        "extorted": [1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0], "sector": ["bar", "shop"] * 6, **columns})


DESIGN = {"weight": "w", "stratum": "region", "psu": "street"}


# --- Published ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("row", reference("survey_deff.csv"),
                         ids=lambda row: f"{row['weights']} {row['kind']}")
def test_ten_firms_have_the_published_errors_and_design_effects(row, shared):
    frame = pd.read_csv(shared("tables", "survey_deff_public.csv"))
    estimate = survey_estimate(frame, "uriage", row["weights"], kind=row["kind"])
    assert agrees(estimate.value, row["value"])
    assert agrees(estimate.se, row["se"])
    assert agrees(getattr(estimate, row["compared"]), row["design_effect"])


def test_kish_s_effect_of_unequal_weights_is_not_the_design_effect(shared):
    frame = pd.read_csv(shared("tables", "survey_deff_public.csv"))
    weight = frame["pps_w"]
    kish = len(frame) * (weight**2).sum() / weight.sum()**2
    effect = survey_estimate(frame, "uriage", "pps_w", kind="mean").design_effect
    assert (round(kish, 3), round(effect, 3)) == (2.685, 1.974)
    # A value that has nothing to do with the weights is what Kish's effect is about.
    rng = np.random.default_rng(1)
    plain = pd.DataFrame({"y": rng.normal(size=20_000), "w": rng.lognormal(0, 0.8, 20_000)})
    kish = len(plain) * (plain["w"]**2).sum() / plain["w"].sum()**2
    assert survey_estimate(plain, "y", "w", kind="mean").design_effect == pytest.approx(kish, rel=0.1)


@pytest.mark.parametrize("row", reference("survey_strata_means.csv"), ids=lambda row: row["rows"])
def test_groups_have_the_published_errors_also_where_a_group_has_one_unit_in_a_stratum(row):
    frame = pd.read_csv(REFERENCE / "survey_strata.csv")
    frame["rows"] = np.where(frame["x"] > 4, "x > 4", "x <= 4")
    if row["rows"] == "all":
        estimate = survey_estimate(frame, "x", "weight", "stratum", "psu", kind="mean")
        value, se = estimate.value, estimate.se
    else:
        table = survey_estimate(frame, "x", "weight", "stratum", "psu", kind="mean", by="rows")
        value, se = table.loc[row["rows"], ["value", "se"]]
    assert agrees(value, row["mean"])
    assert agrees(se, row["se"])


def test_weights_of_the_published_cells_are_the_published_ones():
    cells = pd.read_csv(REFERENCE / "raking.csv")
    sample = cells.loc[cells.index.repeat(cells["sample"])].reset_index(drop=True).assign(w=1.0)
    margins = {column: cells.groupby(column)["population"].sum() for column in ("a", "b")}
    sample["raked_here"] = rake(sample, margins, "w")
    sample["stratified_here"] = post_stratify(sample, cells.groupby(["a", "b"])["population"].sum(), "w")
    for row, cell in zip(reference("raking.csv"), cells.itertuples(), strict=True):
        of_cell = sample[(sample["a"] == cell.a) & (sample["b"] == cell.b)]
        assert of_cell["raked_here"].nunique() == of_cell["stratified_here"].nunique() == 1
        assert agrees(of_cell["raked_here"].iloc[0], row["raked"])
        # The published table rounds the half down.
        assert of_cell["stratified_here"].iloc[0] == pytest.approx(float(row["post_stratified"]), abs=0.0051)


# --- Independent implementations --------------------------------------------------------------------------

def clustered_sample(seed=1, strata=3, units=5, size=6):
    rng = np.random.default_rng(seed)
    rows = strata * units * size
    stratum = np.repeat(np.arange(strata), units * size)
    unit = np.tile(np.repeat(np.arange(units), size), strata)
    trait = rng.normal(size=(strata, units))[stratum, unit]
    return pd.DataFrame({
        "stratum": stratum, "unit": unit, "w": rng.gamma(4, 20, rows) * (stratum + 1),
        "y": rng.normal(5 + stratum + trait, 2), "x": rng.gamma(5, 2, rows),
        "yes": (rng.random(rows) < 0.3 + 0.1 * stratum).astype(int), "group": rng.choice(list("abc"), rows)})


def test_a_mean_in_clusters_is_statsmodels_weighted_regression_with_clustered_errors():
    from statsmodels.regression.linear_model import WLS

    frame = clustered_sample(units=20)
    frame["unit"] = frame["unit"] + 100 * frame["stratum"]
    estimate = survey_estimate(frame, "y", "w", psu="unit", kind="mean")
    fit = WLS(frame["y"], np.ones(len(frame)), weights=frame["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": frame["unit"]})
    assert (estimate.value, estimate.se) == pytest.approx((fit.params.iloc[0], fit.bse.iloc[0]))


def test_a_ratio_is_statsmodels_regression_through_the_origin():
    from statsmodels.regression.linear_model import WLS

    frame = clustered_sample(units=20)
    frame["unit"] = frame["unit"] + 100 * frame["stratum"]
    estimate = survey_estimate(frame, "y", "w", psu="unit", kind="ratio", denominator="x")
    fit = WLS(frame["y"], frame["x"], weights=frame["w"] / frame["x"]).fit(
        cov_type="cluster", cov_kwds={"groups": frame["unit"]})
    assert (estimate.value, estimate.se) == pytest.approx((fit.params.iloc[0], fit.bse.iloc[0]))


def test_means_of_groups_are_the_coefficients_of_a_regression_on_the_whole_sample():
    from statsmodels.regression.linear_model import WLS

    frame = clustered_sample(units=20)
    frame["unit"] = frame["unit"] + 100 * frame["stratum"]
    table = survey_estimate(frame, "y", "w", psu="unit", kind="mean", by="group")
    fit = WLS(frame["y"], pd.get_dummies(frame["group"], dtype=float), weights=frame["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": frame["unit"]})
    few = math.sqrt((len(frame) - 1) / (len(frame) - 3))  # statsmodels corrects for three coefficients
    assert table["value"].tolist() == pytest.approx(fit.params.tolist())
    assert table["se"].tolist() == pytest.approx((fit.bse / few).tolist())


def jackknife_se(frame, statistic):
    """Leave out one unit after the other; exact for a total, which is linear."""
    whole, variance = statistic(frame, frame["w"]), 0.0
    for stratum, rows in frame.groupby("stratum"):
        units = rows["unit"].unique()
        for unit in units:
            here = frame["stratum"] == stratum
            weight = frame["w"].where(~here, frame["w"] * len(units) / (len(units) - 1))
            weight = weight.where(~(here & (frame["unit"] == unit)), 0.0)
            variance += (len(units) - 1) / len(units) * (statistic(frame, weight) - whole)**2
    return math.sqrt(variance)


@pytest.mark.parametrize("where", [None, "b"])
def test_the_error_of_a_total_in_strata_is_that_of_the_jackknife(where):
    frame = clustered_sample()
    inside = np.ones(len(frame)) if where is None else (frame["group"] == where).to_numpy(dtype=float)
    expected = jackknife_se(frame, lambda rows, weight: (weight * rows["y"] * inside).sum())
    found = survey_estimate(frame, "y", "w", "stratum", "unit", by=None if where is None else "group")
    assert (found.se if where is None else found.loc["b", "se"]) == pytest.approx(expected)


def test_the_error_of_a_ratio_in_strata_is_nearly_that_of_the_jackknife():
    frame = clustered_sample(units=20)
    estimate = survey_estimate(frame, "y", "w", "stratum", "unit", kind="ratio", denominator="x")
    expected = jackknife_se(
        frame, lambda rows, weight: (weight * rows["y"]).sum() / (weight * rows["x"]).sum())
    assert estimate.se == pytest.approx(expected, rel=0.01)


def test_a_share_in_a_simple_random_sample_has_statsmodels_wilson_interval():
    from scipy.special import ndtr, stdtr, stdtrit
    from statsmodels.stats.proportion import proportion_confint

    frame = clustered_sample(seed=2).assign(w=7.0)
    estimate = survey_estimate(frame, "yes", "w", kind="mean")
    n, share = len(frame), frame["yes"].mean()
    assert estimate.se == pytest.approx(math.sqrt(share * (1 - share) / (n - 1)))
    assert estimate.design_effect == pytest.approx(1)
    t = stdtrit(n - 1, 0.975)
    low, high = proportion_confint(share * (n - 1), n - 1, alpha=2 * ndtr(-t), method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx((low, high))
    assert stdtr(n - 1, t) == pytest.approx(0.975)


def test_the_design_effect_of_whole_clusters_is_their_size():
    rng = np.random.default_rng(3)
    street = np.repeat(np.arange(400), 5)
    frame = pd.DataFrame({"street": street, "y": rng.normal(size=400)[street], "w": 10.0})
    estimate = survey_estimate(frame, "y", "w", psu="street", kind="mean")
    assert estimate.design_effect == pytest.approx(5, rel=0.01)


def test_raking_finds_the_nearest_weights_as_a_general_optimizer_does():
    from scipy.optimize import minimize

    frame = clustered_sample(seed=4)
    margins = {"stratum": {0: 900.0, 1: 1500.0, 2: 1600.0}, "group": {"a": 1000.0, "b": 1800.0, "c": 1200.0}}
    weights = rake(frame, margins, "w")
    design = np.column_stack([frame["stratum"] == 0, frame["stratum"] == 1, frame["stratum"] == 2,
                              frame["group"] == "b", frame["group"] == "c"]).astype(float)
    totals = np.array([900, 1500, 1600, 1800, 1200.0])
    start = frame["w"] * 4000 / frame["w"].sum()

    def distance(b):
        """The dual of the distance from the old weights; its gradient is how far the totals are off."""
        new = start * np.exp(design @ b)
        return new.sum() - totals @ b, design.T @ new - totals

    found = minimize(distance, np.zeros(5), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    assert weights.to_numpy() == pytest.approx((start * np.exp(design @ found)).to_numpy(), rel=1e-6)


# --- Known truth ------------------------------------------------------------------------------------------

class Town:
    """A population of streets in strata; extortion and reporting are alike within a street."""

    def __init__(self, seed=5, strata=6, streets=150, size=20, rate=0.12):
        rng = np.random.default_rng(seed)
        shape = (strata, streets, size)
        level = rate * np.linspace(0.5, 1.5, strata)[:, None]
        chance = rng.beta(8 * level, 8 * (1 - level), (strata, streets))[:, :, None]
        self.extorted = (rng.random(shape) < chance).astype(float)
        self.events = self.extorted * (1 + rng.poisson(1.5, shape))
        self.reported = (rng.random(shape) < rng.beta(1, 3, (strata, streets))[:, :, None]).astype(float)
        self.loss = self.events * rng.gamma(2, 50, shape)
        self.bar = (rng.random(shape) < rng.beta(2, 4, (strata, streets))[:, :, None]).astype(int)
        self.sampled = np.linspace(6, 12, strata).astype(int)
        self.streets, self.size = streets, size

    def survey(self, rng, interviews=8):
        parts = []
        for stratum, m in enumerate(self.sampled):
            street = rng.integers(self.streets, size=m)  # with replacement, as the variance assumes
            place = np.array([rng.permutation(self.size)[:interviews] for _ in range(m)])
            pick = (stratum, street[:, None], place)
            parts.append(pd.DataFrame({
                "stratum": stratum, "street": np.repeat(np.arange(m), interviews),
                "w": self.streets / m * self.size / interviews,
                **{name: getattr(self, name)[pick].ravel()
                   for name in ("extorted", "events", "reported", "loss", "bar")}}))
        return pd.concat(parts, ignore_index=True)

    def truths(self):
        bars = self.bar == 1
        return {
            "total": self.loss.sum(), "share": self.extorted.mean(),
            "ratio": self.loss.sum() / self.events.sum(),
            "share of bars": self.extorted[bars].mean(), "events of bars": self.events[bars].sum(),
            "dark figure": 1 - (self.extorted * self.reported).sum() / self.extorted.sum(),
            "dark figure of events": 1 - (self.events * self.reported).sum() / self.events.sum()}

    def estimates(self, frame):
        design = ("w", "stratum", "street")
        return {
            "total": survey_estimate(frame, "loss", *design),
            "share": survey_estimate(frame, "extorted", *design, kind="mean"),
            "ratio": survey_estimate(frame, "loss", *design, kind="ratio", denominator="events"),
            "share of bars": survey_estimate(frame, "extorted", *design, kind="mean", by="bar").loc[1],
            "events of bars": survey_estimate(frame, "events", *design, by="bar").loc[1],
            "dark figure": dark_figure(frame, "extorted", "reported", *design),
            "dark figure of events": dark_figure(frame, "events", "reported", *design)}


def town_coverage(town, how_many, seed):
    rng = np.random.default_rng(seed)
    truths, found = town.truths(), {name: [] for name in town.truths()}
    for _ in range(how_many):
        for name, estimate in town.estimates(town.survey(rng)).items():
            found[name].append((estimate.value, estimate.se, estimate.low <= truths[name] <= estimate.high))
    return truths, {name: np.array(rows) for name, rows in found.items()}


def test_estimates_are_right_on_average_and_intervals_hold_the_truth_in_a_sample_of_surveys():
    truths, found = town_coverage(Town(), 250, seed=6)
    for name, rows in found.items():
        noise = rows[:, 0].std() / math.sqrt(len(rows))
        assert abs(rows[:, 0].mean() - truths[name]) < 4 * noise + 0.01 * truths[name], name
        assert rows[:, 1].mean() == pytest.approx(rows[:, 0].std(), rel=0.25), name
        assert rows[:, 2].mean() >= 0.9, name


@pytest.mark.slow
def test_95_percent_intervals_hold_the_truth_95_times_in_100():
    _, found = town_coverage(Town(), 1500, seed=7)
    covered = {name: rows[:, 2].mean() for name, rows in found.items()}
    assert {name: share for name, share in covered.items() if not 0.93 <= share <= 0.97} == {}


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.02, 0.05, 0.3])
def test_intervals_of_a_simple_random_sample_hold_rare_and_common_shares(rate):
    rng = np.random.default_rng(8)
    covered = []
    for _ in range(2000):
        frame = pd.DataFrame({"y": (rng.random(400) < rate).astype(int), "w": 25.0})
        share, total = survey_estimate(frame, "y", "w", kind="mean"), survey_estimate(frame, "y", "w")
        covered.append((share.low <= rate <= share.high, total.low <= 10_000 * rate <= total.high))
    assert all(0.93 <= share <= 0.97 for share in np.mean(covered, axis=0))


def test_leaving_the_other_rows_out_before_gives_a_total_too_small_an_error():
    rng, wrong, right, values = np.random.default_rng(9), [], [], []
    for _ in range(300):
        frame = pd.DataFrame({"y": rng.gamma(20, 1, 200), "w": 10.0, "bar": rng.integers(0, 2, 200)})
        row = survey_estimate(frame, "y", "w", by="bar").loc[1]
        values.append(row["value"])
        right.append(row["se"])
        wrong.append(survey_estimate(frame[frame["bar"] == 1], "y", "w").se)
    assert np.mean(right) == pytest.approx(np.std(values), rel=0.1)
    assert np.mean(wrong) < 0.4 * np.std(values)


def test_victims_who_tell_nobody_make_the_dark_figure_too_low():
    rng = np.random.default_rng(10)
    victim, told_police = rng.random(20_000) < 0.2, rng.random(20_000) < 0.3
    told_interviewer = told_police | (rng.random(20_000) < 0.5)
    frame = pd.DataFrame({"v": (victim & told_interviewer).astype(int), "r": told_police, "w": 1.0})
    truth = 1 - (victim & told_police).sum() / victim.sum()
    assert dark_figure(frame, "v", "r", "w").high < truth


# --- Groups, shares at their ends, what a dark figure is made of -------------------------------------------

def test_a_group_of_everybody_is_the_estimate_without_groups():
    plain = survey_estimate(firms(), "loss", **DESIGN, kind="mean")
    table = survey_estimate(firms(all="x"), "loss", **DESIGN, kind="mean", by="all")
    names = ["value", "se", "low", "high", "n", "degrees_of_freedom", "design_effect"]
    assert table.columns.tolist() == names
    assert table.loc["x"].tolist() == pytest.approx([getattr(plain, name) for name in names])


def test_totals_of_groups_add_up_to_the_total():
    table = survey_estimate(firms(), "loss", **DESIGN, by=["region", "sector"])
    assert table.index.names == ["region", "sector"]
    assert table["value"].sum() == pytest.approx(survey_estimate(firms(), "loss", **DESIGN).value)
    assert table["n"].sum() == 12


def test_units_of_one_name_in_two_strata_are_two_units():
    named_apart = firms(street=[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    assert survey_estimate(firms(), "loss", **DESIGN) == survey_estimate(named_apart, "loss", **DESIGN)
    assert survey_estimate(firms(), "loss", **DESIGN).degrees_of_freedom == 4
    assert survey_estimate(firms(), "loss", "w", psu="street").degrees_of_freedom == 2


def test_a_share_of_nobody_has_an_upper_limit_as_if_each_unit_were_one_answer():
    estimate = survey_estimate(firms(extorted=0), "extorted", **DESIGN, kind="mean")
    total = survey_estimate(firms(extorted=0), "extorted", **DESIGN)
    t = 2.776445  # 4 degrees of freedom
    assert (estimate.value, estimate.low) == (0, 0)
    assert estimate.high == pytest.approx(t**2 / (6 + t**2), rel=1e-6)
    assert total.high == pytest.approx(780 * estimate.high)
    everybody = survey_estimate(firms(extorted=1), "extorted", **DESIGN, kind="mean")
    assert (everybody.value, everybody.high) == (1, 1)
    assert everybody.low == pytest.approx(1 - estimate.high)


def test_a_total_that_the_design_fixes_has_no_error():
    estimate = survey_estimate(firms(one=1), "one", **DESIGN)
    assert (estimate.value, estimate.low, estimate.high) == (780, 780, 780)
    assert estimate.se == pytest.approx(0, abs=1e-9)


def test_values_below_zero_have_a_symmetric_interval():
    frame = firms(gain=[-5, 1, 2, 3, 4, -9, 1, 0, 2, 3, 4, 5])
    estimate = survey_estimate(frame, "gain", **DESIGN, kind="mean")
    assert estimate.value - estimate.low == pytest.approx(estimate.high - estimate.value)


def test_truth_values_are_zero_and_one():
    frame = firms(extorted=firms()["extorted"].astype(bool))
    assert survey_estimate(frame, "extorted", **DESIGN) == survey_estimate(firms(), "extorted", **DESIGN)
    nullable = firms(extorted=firms()["extorted"].astype("boolean"), loss=firms()["loss"].astype("Float64"))
    assert survey_estimate(nullable, "extorted", **DESIGN) == survey_estimate(firms(), "extorted", **DESIGN)
    assert survey_estimate(nullable, "loss", **DESIGN) == survey_estimate(firms(), "loss", **DESIGN)


def test_the_design_effect_without_replacement_needs_weights_of_a_population():
    small = survey_estimate(firms(w=1.0), "loss", "w", kind="mean")
    assert small.design_effect_without_replacement is None
    large = survey_estimate(firms(), "loss", "w", kind="mean")
    assert large.design_effect_without_replacement == pytest.approx(large.design_effect / (1 - 12 / 780))
    assert survey_estimate(firms(one=1), "one", "w").design_effect is None
    assert "Design effect" in large._repr_html_()


def test_the_dark_figure_is_a_ratio_of_totals():
    frame = firms(reported=[1, None, 0, None, None, None, 0, 1, None, None, 0, None])
    dark = dark_figure(frame, "extorted", "reported", **DESIGN)
    unreported = frame.assign(u=frame["extorted"] * (1 - frame["reported"].fillna(0)))
    ratio = survey_estimate(unreported, "u", **DESIGN, kind="ratio", denominator="extorted")
    assert (dark.value, dark.se) == pytest.approx((ratio.value, ratio.se))
    assert dark.value == pytest.approx(210 / 340)
    assert dark.reporting_rate == pytest.approx(130 / 340)
    assert dark.happened == survey_estimate(frame, "extorted", **DESIGN)
    assert dark.n == 5
    assert "Happened in all" in dark._repr_html_()
    assert "dark figure" in repr(dark)


def test_crimes_that_happened_often_weigh_as_often():
    frame = firms(events=[3, 0, 1, 0, 0, 0, 5, 1, 0, 0, 2, 0],
                  reported=[True, None, False, None, None, None, False, True, None, None, False, None])
    dark = dark_figure(frame, "events", "reported", **DESIGN)
    assert dark.value == pytest.approx((50 * 1 + 80 * 7) / (50 * 4 + 80 * 8))


@pytest.mark.parametrize("reported, value", [(0, 1), (1, 0)])
def test_a_dark_figure_of_none_or_all_has_an_interval(reported, value):
    dark = dark_figure(firms(reported=reported), "extorted", "reported", **DESIGN)
    assert dark.value == value
    assert 0 <= dark.low < dark.high <= 1
    assert 0.3 < dark.high - dark.low < 0.9


# --- Properties -------------------------------------------------------------------------------------------

some_sample = st.builds(clustered_sample, st.integers(0, 10_000), st.integers(1, 4), st.integers(2, 5),
                        st.integers(1, 4))
KIND = st.sampled_from([{"kind": "total"}, {"kind": "mean"}, {"kind": "ratio", "denominator": "x"}])


def numbers_of(estimate):
    return (estimate.value, estimate.se, estimate.low, estimate.high, estimate.n, estimate.degrees_of_freedom,
            estimate.design_effect)


@settings(max_examples=40)
@given(some_sample, KIND, st.integers(0, 100))
def test_order_and_labels_change_nothing(frame, kind, seed):
    plain = survey_estimate(frame, "y", "w", "stratum", "unit", **kind)
    mixed = frame.sample(frac=1, random_state=seed)
    mixed.index = [f"r{label}" for label in mixed.index]
    mixed["stratum"] = "s" + (9 - mixed["stratum"]).astype(str)
    mixed["unit"] = (mixed["unit"] * 7 % 11).astype("category")
    other = survey_estimate(mixed, "y", "w", "stratum", "unit", **kind)
    assert numbers_of(other) == pytest.approx(numbers_of(plain))


@settings(max_examples=40)
@given(some_sample, KIND, st.floats(0.001, 1000))
def test_the_scale_of_weights_matters_to_totals_only(frame, kind, scale):
    plain = survey_estimate(frame, "y", "w", "stratum", "unit", **kind)
    scaled = survey_estimate(frame.assign(w=frame["w"] * scale), "y", "w", "stratum", "unit", **kind)
    factor = scale if kind["kind"] == "total" else 1
    assert scaled.value == pytest.approx(plain.value * factor)
    assert (scaled.se, scaled.low, scaled.high) == pytest.approx(
        (plain.se * factor, plain.low * factor, plain.high * factor))
    assert scaled.design_effect == pytest.approx(plain.design_effect)


@settings(max_examples=40)
@given(some_sample, KIND)
def test_the_unit_of_the_values_is_that_of_the_estimate(frame, kind):
    plain = survey_estimate(frame, "y", "w", "stratum", "unit", **kind)
    cents = survey_estimate(frame.assign(y=frame["y"] * 100), "y", "w", "stratum", "unit", **kind)
    assert (cents.value, cents.se) == pytest.approx((plain.value * 100, plain.se * 100))
    assert cents.design_effect == pytest.approx(plain.design_effect)


@settings(max_examples=40)
@given(some_sample)
def test_all_numbers_are_finite_and_shares_stay_between_0_and_1(frame):
    for kind in ({"kind": "total"}, {"kind": "mean"}):
        estimate = survey_estimate(frame, "yes", "w", "stratum", "unit", **kind)
        assert all(math.isfinite(part) for part in numbers_of(estimate)[:6])
        assert 0 <= estimate.low <= estimate.value <= estimate.high
        assert kind["kind"] == "total" or estimate.high <= 1


@settings(max_examples=30)
@given(some_sample, st.integers(0, 100), st.floats(0.001, 1000))
def test_raked_weights_meet_the_totals_and_do_not_depend_on_the_old_scale_or_order(frame, seed, scale):
    rng = np.random.default_rng(seed)
    margins = {"stratum": dict(enumerate(rng.uniform(50, 500, frame["stratum"].nunique())))}
    part = frame["yes"].nunique()
    shares = rng.dirichlet(np.full(part, 5.0)) * sum(margins["stratum"].values())
    margins["yes"] = dict(zip(sorted(frame["yes"].unique()), shares, strict=True))
    frame = frame[frame.groupby(["stratum"])["yes"].transform("nunique") == part]
    frame = frame if frame["stratum"].nunique() == len(margins["stratum"]) else None
    if frame is None:
        return  # a cell is empty: the totals may contradict each other
    weights = rake(frame, margins, "w")
    for column, totals in margins.items():
        assert weights.groupby(frame[column]).sum().to_dict() == pytest.approx(totals, rel=1e-6)
    mixed = frame.sample(frac=1, random_state=seed).assign(w=lambda rows: rows["w"] * scale)
    again = rake(mixed, dict(reversed(margins.items())), "w")
    assert again.reindex(frame.index).to_numpy() == pytest.approx(weights.to_numpy(), rel=1e-6)
    assert rake(frame.assign(w=weights), margins, "w").to_numpy() == pytest.approx(weights.to_numpy())


@settings(max_examples=30)
@given(some_sample)
def test_post_stratified_weights_meet_the_totals_and_keep_their_ratios(frame):
    totals = {kind: 100.0 + 7 * place for place, kind in enumerate(sorted(frame["group"].unique()))}
    weights = post_stratify(frame, {"group": totals}, "w")
    assert weights.groupby(frame["group"]).sum().to_dict() == pytest.approx(totals)
    ratio = weights / frame["w"]
    assert ratio.groupby(frame["group"]).agg(np.ptp).max() == pytest.approx(0, abs=1e-9)
    assert weights.name == "w" and weights.index.equals(frame.index)


def test_raking_one_column_is_post_stratification():
    totals = {"bar": 300, "shop": 700}
    assert rake(firms(), {"sector": totals}, "w").tolist() == pytest.approx(
        post_stratify(firms(), {"sector": totals}, "w").tolist())
    named = pd.Series(totals).rename_axis("sector")
    assert post_stratify(firms(), named, "w").equals(post_stratify(firms(), {"sector": totals}, "w"))


# --- What cannot be estimated, and bad input --------------------------------------------------------------

def estimate_of(frame=None, value="loss", **options):
    return survey_estimate(firms() if frame is None else frame, value, **{**DESIGN, **options})


@pytest.mark.parametrize("arguments, told", [
    (dict(frame=firms(region=["north"] * 11 + ["south"])),
     "Stratum 'south' has one sampling unit only.*replace"),
    (dict(frame=firms(region=["north"] * 11 + ["south"]), psu=None), "Stratum 'south' has one row only"),
    (dict(frame=firms().iloc[:1], stratum=None, psu=None), "The sample has one row only"),
    (dict(frame=firms(street=1), stratum=None), "The sample has one sampling unit only"),
    (dict(frame=firms(g=["a"] * 2 + ["b"] * 10), by="g"), "All rows of g = a are in one sampling unit"),
    (dict(frame=firms(g=["a"] + ["b"] * 11), by="g", psu=None), "All rows of g = a are in one row"),
    (dict(frame=firms(loss=[0.0] * 6 + [9.0, 1, 2, 3, 4, 5]), by="region"),
     "'loss' of region = north are alike"),
    (dict(frame=firms(loss=3.5), kind="mean"), "All values of 'loss' are alike"),
    (dict(frame=firms(loss=0.0), kind="ratio", denominator="loss"), "denominators add up to 0"),
])
def test_a_sample_that_cannot_tell_has_no_estimate(arguments, told):
    with pytest.raises(NoEstimate, match=told):
        estimate_of(**arguments)


@pytest.mark.parametrize("arguments, told", [
    (dict(frame=firms().iloc[:0]), "the table has no rows"),
    (dict(frame=[1, 2]), "the table is a list: give a pandas DataFrame"),
    (dict(value="los"), "no column 'los'. Did you mean 'loss'"),
    (dict(weight="weight"), "no column 'weight'"),
    (dict(psu="streets"), "Did you mean 'street'"),
    (dict(kind="median"), "write 'total' or 'mean' or 'ratio'"),
    (dict(kind="ratio"), "needs denominator"),
    (dict(kind="mean", denominator="sales"), 'write kind="ratio"'),
    (dict(frame=firms(loss=[1.0, None] * 6)), r"column 'loss', row 1, is missing.*denominator='answered'"),
    (dict(frame=firms(loss=["1"] * 12)), "column 'loss', row 0, is the text '1'"),
    (dict(frame=firms(loss=[math.inf] * 12)), "column 'loss', row 0, is without limit"),
    (dict(frame=firms(w=[0.0] + [1.0] * 11)), "column 'w', row 0, is 0: a weight says"),
    (dict(frame=firms(w=[-1.0] + [1.0] * 11)), "column 'w', row 0, is -1"),
    (dict(frame=firms(w=[None] + [1.0] * 11)), "column 'w', row 0, is missing"),
    (dict(frame=firms(region=[None] + ["north"] * 11)), "column 'region', row 0, is missing"),
    (dict(frame=firms(street=[None] + [1, 2, 3] * 3 + [1, 2])), "column 'street', row 0, is missing"),
    (dict(frame=firms(sector=[None] + ["bar"] * 11), by="sector"), "column 'sector', row 0, is missing"),
    (dict(by="sectors"), "Did you mean 'sector'"),
    (dict(by=[]), "by is empty"),
])
def test_bad_input_of_a_survey_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        estimate_of(**arguments)


def test_the_mend_for_a_missing_answer_works():
    frame = firms(loss=[4.0, None, 7, None, 1, None, 9, 2, None, 0, 3, 1])
    frame["answered"] = frame["loss"].notna()
    mended = estimate_of(frame.fillna({"loss": 0}), kind="ratio", denominator="answered")
    answered = frame.dropna(subset="loss")
    assert mended.value == pytest.approx(np.average(answered["loss"], weights=answered["w"]))


@pytest.mark.parametrize("columns, told", [
    (dict(extorted=0), "Nobody in the sample has 'extorted' above 0"),
    (dict(extorted=[1, 1] + [0] * 10), "All rows that count are in one sampling unit"),
    (dict(extorted=[-1] + [1] * 11), "column 'extorted', row 0, is negative"),
    (dict(reported=[None] * 12), "column 'reported', row 0, is missing, but 'extorted' is above 0"),
    (dict(reported=[2] * 12), "column 'reported', row 0, is 2: it must be from 0 to 1"),
    (dict(reported=["yes"] * 12), "column 'reported', row 0, is the text 'yes'"),
])
def test_bad_input_of_a_dark_figure_is_named_with_its_mend(columns, told):
    with pytest.raises(ValueError, match=told):
        dark_figure(firms(**{"reported": 0, **columns}), "extorted", "reported", **DESIGN)


SECTORS = {"sector": {"bar": 300, "shop": 700}}


@pytest.mark.parametrize("margins, columns, told", [
    ({}, {}, "margins says for each column"),
    ([1], {}, "margins says for each column"),
    ({"sector": [300, 700]}, {}, "the totals of 'sector' are a list"),
    ({"sector": {}}, {}, "the totals of 'sector' are empty"),
    ({"sector": {"bar": 300}}, {}, "row 1 has sector = shop, for which there is no total"),
    ({"sector": {"bar": 300, "shop": 0}}, {}, "the total of sector = shop is 0"),
    ({"sector": {"bar": 300, "shop": None}}, {}, "the total of sector = shop is missing"),
    ({"sector": {"bar": 300, "shop": "9"}}, {}, "the total of sector = shop is the text"),
    ({"sector": {"bar": 300, "shop": 700, "club": 5}}, {}, "Nobody with sector = club is in the sample"),
    ({**SECTORS, "region": {"north": 400, "south": 500}}, {}, "add up to 1,000, .* to 900: .* by 1.11"),
    ({"sectors": {"bar": 300}}, {}, "Did you mean 'sector'"),
    (SECTORS, {"w": 0.0}, "column 'w', row 0, is 0"),
    (SECTORS, {"sector": [None] + ["bar", "shop"] * 5 + ["bar"]}, "column 'sector', row 0, is missing"),
    ({"sector": {"bar": 300, "shop": 700}, "kind": {"x": 500, "y": 500}},
     {"kind": ["x", "y"] * 6}, "the totals contradict each other"),
])
def test_bad_margins_are_named_with_their_mend(margins, columns, told):
    with pytest.raises(ValueError, match=told):
        rake(firms(**columns), margins, "w")


@pytest.mark.parametrize("totals, told", [
    ({"sector": {"bar": 300}, "region": {"north": 2}}, "For totals of several columns use rake"),
    (pd.Series({"bar": 300, "shop": 700}), "a Series whose index is named"),
    (5, "a Series whose index is named"),
    (pd.Series({"bar": 300}).rename_axis("sector"), "row 1 has sector = shop"),
    (pd.Series([1, 2], index=pd.Index(["bar", "bar"], name="sector")), "name a kind twice"),
    (pd.Series({("bar", "north"): 5}).rename_axis(["sector", "region"]),
     "row 1 has sector = shop, region = north"),
    (pd.Series([5], index=pd.Index([3], name="sectors")), "Did you mean 'sector'"),
])
def test_bad_totals_are_named_with_their_mend(totals, told):
    with pytest.raises(ValueError, match=told):
        post_stratify(firms(), totals, "w")


def test_a_tolerance_is_small():
    with pytest.raises(ValueError, match="tolerance is 0: it must be"):
        rake(firms(), SECTORS, "w", tolerance=0)
