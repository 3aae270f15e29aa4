"""gravity_shares, gravity_ppml, first_digits, gini, herfindahl: published values, oracles, known truths."""
from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import Estimate, NoEstimate, first_digits, gini, gravity_ppml, gravity_shares, herfindahl

REFERENCE = Path(__file__).parent.parent / "reference"
CONCENTRATION = pd.read_csv(REFERENCE / "concentration.csv")
SEPARATION = pd.read_csv(REFERENCE / "ppml_separation.csv")


def published(measure):
    rows = CONCENTRATION[CONCENTRATION["measure"] == measure]
    return [([int(number) for number in row.numbers.split()], row.published) for row in rows.itertuples()]


# --- Gravity shares ---------------------------------------------------------------------------------------

def test_shares_by_hand():
    shares = gravity_shares([3, 1], [2000, 1000])
    assert isinstance(shares, pd.Series) and shares.name == "share"
    assert shares.tolist() == pytest.approx([0.6, 0.4])


def places(rng, origins, destinations):
    names = [f"place {number}" for number in range(destinations)]
    attractive = pd.Series(rng.gamma(2, 1, destinations), index=names)
    return attractive, pd.DataFrame(rng.uniform(10, 9000, (origins, destinations)), names[:origins], names)


@given(st.integers(0, 10_000))
def test_each_share_is_pull_over_the_sum_of_pulls_whatever_the_order_and_the_units(seed):
    rng = np.random.default_rng(seed)
    attractive, distance = places(rng, 4, 6)
    shares = gravity_shares(attractive, distance)
    for origin in distance.index:
        pulls = {to: attractive[to] / distance.loc[origin, to] for to in distance.columns}
        assert shares.loc[origin].to_dict() == pytest.approx(
            {to: pull / sum(pulls.values()) for to, pull in pulls.items()})
        assert gravity_shares(attractive, distance.loc[origin]).tolist() == pytest.approx(
            shares.loc[origin].tolist())
    mixed = gravity_shares(attractive.sample(frac=1, random_state=seed) * 1e-9, distance.iloc[::-1] * 1e6)
    pd.testing.assert_frame_equal(mixed.loc[shares.index, shares.columns], shares)
    assert shares.sum(axis=1).tolist() == pytest.approx([1] * 4)


def test_a_place_may_be_left_out_of_its_own_destinations():
    names = ["Norland", "Sudia", "Ostia"]
    distance = pd.DataFrame([[None, 500, 1000], [500, None, 800], [1000, 800, None]], names, names)
    shares = gravity_shares(pd.Series([2, 1, 3], names), distance)
    assert np.diag(shares).tolist() == [0, 0, 0]
    assert shares.loc["Norland"].tolist() == pytest.approx([0, 0.4, 0.6])
    assert gravity_shares(pd.Series([2, 1, 3], names), distance.loc["Norland"])["Norland"] == 0


def test_arrays_and_lists_will_do():
    assert gravity_shares(np.array([1, 1]), np.array([[1, 3], [1, 1]])).to_numpy().tolist() == [
        [0.75, 0.25], [0.5, 0.5]]
    assert gravity_shares(pd.Series([1, 1], ["A", "B"]), [1, 3]).to_dict() == {"A": 0.75, "B": 0.25}
    assert gravity_shares([5], [2]).tolist() == [1]
    assert gravity_shares([1e-300, 1e300], [1e300, 1e-300]).tolist() == [0, 1]


AB = ["A", "B"]


@pytest.mark.parametrize("attractive, distance, told", [
    ([1, 2], [0, 5], "distance of 0, is 0: nothing can be divided by 0. Give the distance between the two"),
    (pd.Series([1, 2], AB), pd.DataFrame([[0, 5.0]], ["A"], AB),
     r"row 'A', column 'A', is 0: nothing can be divided by 0. Leave it missing .* 0.67 \* sqrt"),
    (pd.Series([1, 2], AB), pd.DataFrame([[3, 0.0]], ["A"], AB), "row 'A', column 'B', is 0.* the two, or"),
    (pd.Series([1, 2], AB), pd.DataFrame([[3, None]], ["A"], AB), "row 'A', column 'B', is missing"),
    ([1, 2], [3, -5], "distance of 1, is -5: a distance is above 0"),
    ([1, 2], [3, math.nan], "distance of 1, is missing"),
    ([1, 2], [3, math.inf], "distance of 1, is without limit"),
    ([1, 2], [3, "5"], "distance of 1, is the text '5'"),
    ([1, -2], [3, 5], "attractiveness, row 1, is -2|attractiveness, entry 2, is -2"),
    ([1, None], [3, 5], "attractiveness, entry 2, is missing"),
    ([1, 2, 3], [3, 5], "attractiveness has 3 numbers, but distance has 2"),
    (pd.Series([1, 2], AB), [3], "attractiveness has 2 numbers, but distance has 1"),
    (pd.Series([1, 2], AB), pd.Series([1, 2], ["A", "C"]), "distance has no destination 'B'"),
    (pd.Series([1], ["A"]), pd.Series([1, 2], AB), "attractiveness has no destination 'B'"),
    (pd.Series([1, 2], ["A", "A"]), pd.Series([1, 2], AB), "attractiveness names 'A' twice"),
    (pd.Series([1, 2], AB), pd.Series([1, 2], ["A", "A"]), "distance names the destination 'A' twice"),
    ([1, 2], 7, "distance is a int"), (3, [1], "attractiveness is a int"),
    ([1], pd.DataFrame({"A": []}), "has no rows"),
])
def test_bad_input_of_shares_is_named_with_its_mend(attractive, distance, told):
    with pytest.raises(ValueError, match=told):
        gravity_shares(attractive, distance)


def test_with_nothing_attractive_there_is_no_share():
    with pytest.raises(NoEstimate, match="No destination has an attractiveness above 0"):
        gravity_shares([0, 0], [1, 2])
    distance = pd.DataFrame([[None, 5.0], [5.0, None]], AB, AB)
    with pytest.raises(NoEstimate, match="money of 'A' could go to"):
        gravity_shares(pd.Series([1, 0], AB), distance)


# --- PPML: published separation examples ------------------------------------------------------------------

def separation_example(name):
    rows = SEPARATION[SEPARATION["example"] == name]
    return rows.drop(columns="example").dropna(axis=1).reset_index(drop=True)


@pytest.mark.parametrize("example, covariates, effects, left", [
    ("primer", ["x1", "x2"], (), "5 of 6"), ("ten", ["x1", "x2", "x3"], (), "8 of 10"),
    ("twelve", ["x1", "x2", "x3", "x4"], (), "11 of 12"), ("effects_1", ["x1", "x2"], ("i", "j"), "14 of 18"),
])
def test_separated_flows_of_published_examples_are_found(example, covariates, effects, left):
    with pytest.raises(NoEstimate, match=f"'x2' has no limit, or cannot be told: in the {left} flows"):
        gravity_ppml(separation_example(example), "y", covariates, *effects)


def test_published_coefficients_without_the_separated_flows_are_found():
    ten = gravity_ppml(separation_example("ten").drop(index=[0, 4]), "y", ["x3", "x1"])
    assert round(ten.value, 3) == 0.066
    twelve = gravity_ppml(separation_example("twelve").drop(index=4), "y", ["x3", "x4", "x1"])
    assert twelve.coefficients["value"].drop("x1").round(5).to_dict() == {
        "constant": 0.59095, "x3": -0.47085, "x4": -0.03779}
    assert round(twelve.deviance, 3) == 15.956


def test_the_third_published_example_with_effects_drops_the_seven_flows_of_its_certificate():
    """The page says 8, but its certificate z is above 0 for these seven only."""
    frame = separation_example("effects_3")
    i, j = frame["i"], frame["j"]
    z = 2 * (i == 4) - 2 * (i == 1) - 2 * (i == 6) - 6 * (j == 1) - 6 * (j == 3) - 2 * (j == 4) - (j == 5) + 8
    found = gravity_ppml(frame, "y", ["x1"], "i", "j")
    assert (round(found.value, 4), round(found.deviance, 4), found.n) == (-0.2995, 13.9161, 9)
    assert (found.fitted[z > 0] == 0).all() and (found.fitted[z == 0] > 0).all() and (z > 0).sum() == 7


def test_two_effects_can_separate_a_flow_although_neither_has_only_flows_of_0():
    """The primer's example of two effects, each flow four times so that a covariate can be told."""
    cells = pd.DataFrame([[0, 1, 1], [1, 1, 1], [0, 2, 1], [0, 2, 2], [1, 2, 2]], columns=["y", "i", "j"])
    frame = pd.concat([cells.assign(x=x, y=cells["y"] * (1 + x)) for x in range(4)], ignore_index=True)
    found = gravity_ppml(frame, "y", ["x"], "i", "j")
    assert found.dropped == (
        "4 flows of 0 (row 2, 7, 12, 17) that the model brings to 0 whatever the others are",)
    assert found.n == 16 and (found.fitted[[2, 7, 12, 17]] == 0).all()
    assert any("4 flows of 0" in text for text in found.assumptions)
    alone = gravity_ppml(frame.drop(index=[2, 7, 12, 17]), "y", ["x"], "i", "j")
    assert (found.value, found.se) == pytest.approx((alone.value, alone.se))


# --- PPML: oracles ----------------------------------------------------------------------------------------

def world(seed=1, n=12, scatter=1.0):
    """Flows between n places with two fixed effects, a distance elasticity of -0.8 and many flows of 0."""
    rng = np.random.default_rng(seed)
    of, to = np.divmod(np.arange(n * n), n)
    of, to = of[of != to], to[of != to]
    push, pull = rng.normal(0, 0.5, (2, n))
    log_km = rng.normal(0, 1, of.size) + push[of]
    common = (rng.random(of.size) < 0.3).astype(int)
    mean = np.exp(0.5 + push[of] + pull[to] - 0.8 * log_km + 0.4 * common)
    noise = rng.lognormal(-scatter**2 / 2, scatter, of.size)
    return pd.DataFrame({"of": of, "to": to, "log_km": log_km, "common": common,
                         "law": rng.choice(["civil", "common", "other"], of.size),
                         "amount": rng.poisson(mean * noise)})


def in_statsmodels(frame, effects):
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    parts = [frame[["log_km", "common"]].astype(float),
             pd.get_dummies(frame["law"], prefix="law", prefix_sep=" = ", drop_first=True, dtype=float)]
    parts += [pd.get_dummies(frame[name], prefix=name, drop_first=place > 0, dtype=float)
              for place, name in enumerate(effects)]
    if not effects:
        parts.insert(0, pd.Series(1.0, frame.index, name="constant"))
    design = pd.concat(parts, axis=1)
    return GLM(frame["amount"], design, family=Poisson()), design


@pytest.mark.parametrize("effects", [(), ("of",), ("to",), ("of", "to")], ids=str)
def test_coefficients_errors_fit_and_deviance_are_those_of_statsmodels(effects):
    frame = world()
    model, design = in_statsmodels(frame, effects)
    theirs = model.fit(cov_type="HC0", tol=1e-13, maxiter=100)
    roles = {"of": "origin", "to": "destination"}
    found = gravity_ppml(frame, "amount", ["log_km", "common", "law"],
                         **{roles[name]: name for name in effects})
    names = found.coefficients.index
    assert ("constant" in names) == (not effects)
    assert found.coefficients["value"].to_dict() == pytest.approx(theirs.params[names].to_dict(), rel=1e-8)
    # statsmodels gives a GLM's HC1 without its factor n / (n - k): it is put in here.
    factor = math.sqrt(len(frame) / (len(frame) - design.shape[1]))
    assert found.coefficients["se_hc1"].to_dict() == pytest.approx(
        (theirs.bse[names] * factor).to_dict(), rel=1e-7)
    assert found.fitted.to_numpy() == pytest.approx(theirs.fittedvalues.to_numpy(), rel=1e-7)
    assert found.deviance == pytest.approx(theirs.deviance)
    assert found.n == len(frame) and found.zeros == (frame["amount"] == 0).sum() > 5


@pytest.mark.parametrize("effects", [(), ("of",), ("of", "to")], ids=str)
def test_the_standard_errors_divide_by_the_leverage_that_statsmodels_finds(effects):
    frame = world(2)
    model, design = in_statsmodels(frame, effects)
    theirs = model.fit(tol=1e-13, maxiter=100)
    leverage = theirs.get_influence(observed=False).hat_matrix_diag
    score = design.to_numpy() * ((frame["amount"] - theirs.fittedvalues) / (1 - leverage)).to_numpy()[:, None]
    bread = np.linalg.inv(design.T @ (design * theirs.fittedvalues.to_numpy()[:, None]))
    expected = pd.Series(np.sqrt(np.diag(bread @ (score.T @ score) @ bread)), design.columns)
    found = gravity_ppml(frame, "amount", ["log_km", "common", "law"], *effects).coefficients["se"]
    assert found.to_dict() == pytest.approx(expected[found.index].to_dict(), rel=1e-6)


def test_the_value_is_that_of_the_first_covariate():
    found = gravity_ppml(world(), "amount", ["log_km", "common"], "of", "to")
    row = found.coefficients.loc["log_km"]
    assert isinstance(found, Estimate)
    assert (found.value, found.se, found.low, found.high) == tuple(row[["value", "se", "low", "high"]])
    assert found.high - found.value == pytest.approx(1.959964 * found.se)
    assert "Coefficient of &#x27;common" in found._repr_html_() and "coefficient of 'log_km'" in repr(found)
    kinds = gravity_ppml(world(), "amount", ["law", "log_km"])
    assert kinds.value == kinds.coefficients.loc["law = common", "value"]


# --- PPML: known truth ------------------------------------------------------------------------------------

def lognormal_flows(rng, n, scatter):
    """Santos Silva and Tenreyro's design: elasticities 1 and 1, and a variance as told."""
    x1, x2 = rng.normal(size=n), (rng.random(n) < 0.4).astype(float)
    mean = np.exp(x1 + x2)
    spread = np.log1p({"constant variance": mean**-2.0, "variance as the mean": 1 / mean}[scatter])
    return pd.DataFrame({"y": mean * np.exp(np.sqrt(spread) * rng.normal(size=n) - spread / 2),
                         "x1": x1, "x2": x2})


@pytest.mark.parametrize("scatter, bias", [("constant variance", 0.39), ("variance as the mean", 0.21)])
def test_logarithms_and_least_squares_are_wrong_where_ppml_is_right(scatter, bias):
    rng, ppml, logs = np.random.default_rng(1), [], []
    for _ in range(100):
        frame = lognormal_flows(rng, 1000, scatter)
        ppml.append(gravity_ppml(frame, "y", ["x1", "x2"]).value)
        design = np.column_stack([np.ones(1000), frame["x1"], frame["x2"]])
        logs.append(np.linalg.lstsq(design, np.log(frame["y"]), rcond=None)[0][1])
    assert np.mean(ppml) == pytest.approx(1, abs=0.01)
    assert np.mean(logs) == pytest.approx(1 + bias, abs=0.02)


def scattered_flows(rng, n):
    """Flows between n places whose only true coefficient is that of the distance, -0.8."""
    frame = world(rng.integers(2**32), n)
    mean = np.exp(0.5 - 0.8 * frame["log_km"])
    return frame.assign(amount=rng.poisson(mean * rng.lognormal(-0.245, 0.7, len(frame))))


def ppml_coverage(how_many, seed, n):
    """How often intervals hold the true coefficient, and how often those of HC1 would; n places, or none."""
    rng, covered = np.random.default_rng(seed), []
    for _ in range(how_many):
        if n is None:
            truth, flows = 1, lognormal_flows(rng, 500, "variance as the mean")
            found = gravity_ppml(flows, "y", ["x1", "x2"])
        else:
            truth, found = -0.8, gravity_ppml(scattered_flows(rng, n), "amount", ["log_km"], "of", "to")
        error = abs(found.value - truth) / found.coefficients.loc[found.method.split("'")[1], "se_hc1"]
        covered.append((found.low <= truth <= found.high, error <= 1.959964))
    return np.mean(covered, axis=0)


def test_the_interval_of_a_coefficient_covers_the_truth_in_a_sample():
    assert ppml_coverage(120, 1, 15)[0] >= 0.90


@pytest.mark.slow
@pytest.mark.parametrize("n", [None, 15, 25])
def test_a_95_percent_interval_of_a_coefficient_holds_the_truth_95_times_in_100(n):
    assert 0.93 <= ppml_coverage(1500, 2, n)[0] <= 0.97


@pytest.mark.slow
def test_with_both_effects_the_usual_robust_error_is_too_small():
    assert ppml_coverage(600, 3, 15)[1] < 0.92


# --- PPML: properties and bad input -----------------------------------------------------------------------

@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e9), st.sampled_from([(), ("of",), ("of", "to")]))
def test_units_order_labels_and_names_change_no_coefficient(seed, unit, effects):
    frame = world(seed, n=7)
    plain = gravity_ppml(frame, "amount", ["log_km", "common"], *effects)
    other = frame.sample(frac=1, random_state=seed % 1000).rename(index=lambda row: f"flow {row}")
    other = other.assign(amount=other["amount"] * unit, of=other["of"].map(lambda name: f"from {name}"),
                         log_km=other["log_km"] + math.log(1000))
    found = gravity_ppml(other, "amount", ["log_km", "common"], *effects)
    for column in ("value", "se", "se_hc1"):
        expected = plain.coefficients[column].drop("constant", errors="ignore")
        assert found.coefficients[column].drop("constant", errors="ignore").to_dict() == pytest.approx(
            expected.to_dict(), rel=1e-6)
    assert (found.fitted.rename(lambda row: int(row[5:])).sort_index() / unit).tolist() == pytest.approx(
        plain.fitted.tolist(), rel=1e-6)
    assert np.isfinite(found.coefficients.to_numpy()).all()


def test_fitted_flows_add_up_to_the_flows_of_each_origin_and_destination():
    frame = world(3)
    fitted = gravity_ppml(frame, "amount", ["log_km"], "of", "to").fitted
    for name in ("of", "to"):
        sums = frame.assign(fitted=fitted).groupby(name)[["amount", "fitted"]].sum()
        assert sums["fitted"].tolist() == pytest.approx(sums["amount"].tolist())


def test_places_without_any_flow_are_dropped_by_name_and_change_nothing():
    frame = world(4, n=8)
    frame.loc[(frame["of"] == 3) | (frame["to"] == 5), "amount"] = 0
    found = gravity_ppml(frame, "amount", ["log_km"], "of", "to")
    assert found.dropped == ("of 3: all its flows are 0", "to 5: all its flows are 0")
    assert "Left out of the estimate, of 3: all its flows are 0." in found.assumptions
    kept = frame[(frame["of"] != 3) & (frame["to"] != 5)]
    alone = gravity_ppml(kept, "amount", ["log_km"], "of", "to")
    assert (found.value, found.se, found.n) == pytest.approx((alone.value, alone.se, alone.n))
    assert (found.fitted.drop(kept.index) == 0).all() and len(found.fitted) == len(frame)
    # Without the destination as an effect its flows of 0 are as telling as others.
    assert gravity_ppml(frame, "amount", ["log_km"], "of").n == len(frame) - 7


def test_one_place_left_empty_by_another_is_dropped_too():
    frame = pd.DataFrame({"of": list("AABBBCCC") * 2, "to": list("YZXYZXYZ") * 2})
    frame["x"] = np.random.default_rng(5).normal(size=16)
    frame["amount"] = np.where((frame["to"] == "Y") | ((frame["of"] == "A") & (frame["to"] == "Z")), 0,
                               np.arange(1, 17))
    found = gravity_ppml(frame, "amount", ["x"], "of", "to")
    assert set(found.dropped) == {"of 'A': all its flows are 0", "to 'Y': all its flows are 0"}


def test_blocks_of_places_without_flows_between_them_are_no_harm():
    left, right = world(6, n=6), world(7, n=6)
    both = pd.concat([left, right.assign(of=right["of"] + 100, to=right["to"] + 100)], ignore_index=True)
    model, design = in_statsmodels(both, ("of", "to"))
    model = type(model)(both["amount"], design.drop(columns="to_100"), family=model.family)  # one more base
    found = gravity_ppml(both, "amount", ["log_km", "common", "law"], "of", "to")
    theirs = model.fit(tol=1e-13, maxiter=100).params
    assert found.coefficients["value"].to_dict() == pytest.approx(theirs[found.coefficients.index].to_dict())


def test_a_covariate_whose_flows_are_all_zero_has_no_estimate():
    frame = world(8).assign(embargo=lambda f: (f["log_km"] > 1.5).astype(int))
    frame.loc[frame["embargo"] == 1, "amount"] = 0
    with pytest.raises(NoEstimate, match="'embargo' has no limit.*where it differs, flows are 0. Leave it"):
        gravity_ppml(frame, "amount", ["log_km", "embargo"], "of", "to")
    with pytest.raises(NoEstimate, match="'embargo' has no limit"):
        gravity_ppml(frame, "amount", ["log_km", "embargo"])


def test_no_flow_and_too_few_flows_have_no_estimate():
    with pytest.raises(NoEstimate, match="All flows .column 'amount'. are 0"):
        gravity_ppml(world().assign(amount=0), "amount", ["log_km"])
    with pytest.raises(NoEstimate, match="2 flows that say something for 2 coefficients"):
        gravity_ppml(pd.DataFrame({"y": [1, 2], "x": [0.0, 1.0]}), "y", ["x"])
    exact = pd.DataFrame({"y": [1, 2, 4, 8], "x": [0.0, 1.0, 2.0, 3.0]})
    with pytest.raises(NoEstimate, match="without any error"):
        gravity_ppml(exact, "y", ["x"])


def test_extreme_covariates_raise_no_warning():
    frame = world(9).assign(km=lambda f: 5000 * np.exp(f["log_km"]))
    found = gravity_ppml(frame, "amount", ["km"], "of", "to")
    assert np.isfinite(found.coefficients.to_numpy()).all()


@pytest.mark.parametrize("change, arguments, told", [
    ({"amount": -1}, {}, "column 'amount', row 0, is -1: it must be 0 or more"),
    ({"amount": None}, {}, "column 'amount', row 0, is missing"),
    ({"amount": "5"}, {}, "column 'amount', row 0, is the text '5'"),
    ({"log_km": None}, {}, "column 'log_km', row 0, is missing"),
    ({"log_km": -math.inf}, {}, "column 'log_km', row 0, is without limit"),
    ({"of": None}, {}, "column 'of', row 0, is missing"),
    ({}, {"covariates": ["log_km", "gdp"]}, "covariate 'gdp' has one value only, or .* effects of 'of' and"),
    ({}, {"covariates": ["log_km", "double"]}, "covariate 'double' has one value only, or can be computed"),
    ({}, {"covariates": ["one"], "origin": None, "destination": None}, "covariate 'one' has one value only"),
    ({}, {"covariates": []}, "covariates is empty"),
    ({}, {"covariates": "log_km"}, r"give a list of columns, such as \['log_km'\]"),
    ({}, {"covariates": ["log_km", "of"]}, "column 'of' is among the covariates"),
    ({}, {"covariates": ["log_km", "amount"]}, "column 'amount' is among the covariates"),
    ({}, {"covariates": ["km"]}, "no column 'km'. It has 'of', 'to', 'log_km'"),
    ({}, {"destination": "of"}, "three different columns"),
    ({}, {"flow": "flow"}, "no column 'flow'"),
    ({}, {"frame": world().iloc[:0]}, "has no rows"),
    ({}, {"frame": "flows"}, "is a str: give a pandas DataFrame"),
])
def test_bad_input_of_a_gravity_model_is_named_with_its_mend(change, arguments, told):
    frame = world().assign(gdp=lambda f: f["of"] * 1.5, double=lambda f: 2 * f["log_km"] + f["of"], one=1)
    for column, cell in change.items():
        if column != "log_km":
            frame[column] = frame[column].astype(object)
        frame.loc[0, column] = cell
    with pytest.raises(ValueError, match=told):
        gravity_ppml(**{**dict(frame=frame, flow="amount", covariates=["log_km"], origin="of",
                               destination="to"), **arguments})


# --- First digits -----------------------------------------------------------------------------------------

def test_census_counts_give_the_published_chi_square_and_distortion(shared):
    """Printed with an expected mean of 39.0685, two digits of 39.0865 exchanged; 0.74 per cent either way."""
    people = pd.read_csv(shared("tables", "benford_census2009_public.csv"))["pop_2009"]
    found = first_digits(people[people >= 10])
    assert found.n == 19_482 and round(found.chi_square) == 108 and found.dof == 89
    assert round(100 * found.distortion, 2) == 0.74
    assert first_digits(people).chi_square == found.chi_square  # those below 10 have no second digit
    assert first_digits(people).left_out == {"zero": 0, "too few digits": len(people) - 19_482}


def digits_as_text(text, digits):
    return int(text.replace(".", "").lstrip("0")[:digits].ljust(digits, "0"))


def test_float_truncation_gives_wrong_digits_and_these_are_right():
    amounts = [cents / 100 for cents in range(10, 100_000)]
    found = first_digits(amounts)
    written = [f"{cents // 100}.{cents % 100:02}" for cents in range(10, 100_000)]
    expected = pd.Series([digits_as_text(text, 2) for text in written]).value_counts()
    assert found.table["count"].to_dict() == expected.to_dict()
    cut = np.trunc(10 ** (1 - np.floor(np.log10(amounts))) * amounts).astype(int)
    assert (pd.Series(cut).value_counts().reindex(range(10, 100), fill_value=0) != found.table["count"]).any()
    assert first_digits([0.29]).table["count"].idxmax() == 29 and int(0.29 * 100) == 28


@settings(max_examples=200)
@given(st.integers(1, 10**15 - 1), st.integers(-25, 25), st.sampled_from([1, 2, 3]))
def test_digits_of_any_decimal_number_are_those_that_are_written(number, power, digits):
    written = Decimal(number).scaleb(power)
    expected = digits_as_text(str(number), digits)
    for amount in (written, float(written)):
        finest = 3.33e-60 if isinstance(amount, float) else Decimal("3.33e-60")  # every amount is long enough
        table = first_digits([amount, finest], digits).table["count"]
        assert table[expected] >= 1 and table.sum() == 2


@given(st.lists(st.integers(1, 10**18), min_size=1, max_size=30), st.sampled_from([1, 2, 3]))
def test_whole_numbers_in_every_form_count_alike(numbers, digits):
    long_enough = [number for number in numbers if number >= 10 ** (digits - 1)]
    if not long_enough:
        with pytest.raises(NoEstimate, match="has . digits"):
            first_digits(numbers, digits)
        return
    expected = pd.Series([int(str(number)[:digits]) for number in long_enough]).value_counts().to_dict()
    for form in (numbers, np.array(numbers), pd.Series(numbers), [Decimal(number) for number in numbers]):
        table = first_digits(form, digits).table["count"]
        assert table[table > 0].to_dict() == expected


@given(st.lists(st.integers(10, 10**9), min_size=1, max_size=40), st.integers(0, 12))
def test_order_and_powers_of_ten_change_nothing(numbers, power):
    found = first_digits(numbers)
    other = first_digits([number * 10**power for number in reversed(numbers)])
    pd.testing.assert_frame_equal(found.table, other.table)
    assert (found.value, found.chi_square) == (other.value, other.chi_square)
    assert found.distortion == pytest.approx(other.distortion, abs=1e-12)


def test_numbers_that_came_out_of_a_sum_or_of_four_bytes_are_read_as_meant():
    assert first_digits([0.58 * 50]).table["count"].idxmax() == 29  # 28.999999999999996
    assert first_digits(np.array([0.29], dtype=np.float32)).table["count"].idxmax() == 29
    assert first_digits([1e-300, 5e-324, 1.5e300], digits=1).table["count"].to_dict() == {
        1: 2, 2: 0, 3: 0, 4: 1, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0}
    assert first_digits([999999999999999.9]).table["count"][10] == 1  # 16 digits are more than a float has


def test_amounts_without_a_second_digit_are_left_out_and_those_with_cents_are_not():
    whole = first_digits([7, 12, 350])
    assert whole.n == 2 and whole.left_out == {"zero": 0, "too few digits": 1}
    cents = first_digits([7, 12, 350.25, 0, 0.05])
    assert cents.left_out == {"zero": 1, "too few digits": 1}
    assert cents.table["count"][70] == 1
    assert first_digits([7, 12, 350], digits=1).n == 3
    assert first_digits([10, 20, 3000]).n == 3


def benford(rng, n, cents=True):
    amounts = 10 ** rng.uniform(1, 5, n)
    return np.round(amounts, 2) if cents else amounts


def test_the_table_by_hand():
    found = first_digits([1, 1, 2, 9], digits=1)
    law = np.log10(1 + 1 / np.arange(1, 10))
    share = np.array([0.5, 0.25, 0, 0, 0, 0, 0, 0, 0.25])
    assert found.table["expected_share"].tolist() == pytest.approx(law.tolist())
    assert found.value == found.mad == pytest.approx(np.abs(share - law).mean())
    assert found.chi_square == pytest.approx((4 * (share - law) ** 2 / law).sum())
    z = (abs(0.5 - law[0]) - 1 / 8) / math.sqrt(law[0] * (1 - law[0]) / 4)
    assert found.table["z"][1] == pytest.approx(z)
    assert found.distortion == pytest.approx((10 + 10 + 20 + 90) / 4 / 39.0865 - 1, abs=1e-6)
    assert "Chi-square" in found._repr_html_() and "distortion" in found._repr_html_().lower()


def test_chi_square_and_p_are_those_of_scipy():
    from scipy.stats import chisquare

    found = first_digits(benford(np.random.default_rng(1), 5000))
    theirs = chisquare(found.table["count"], found.table["expected"])
    assert (found.chi_square, found.p) == pytest.approx((theirs.statistic, theirs.pvalue))


def null_of_digits(how_many, seed, n):
    rng = np.random.default_rng(seed)
    rows = [first_digits(benford(rng, n)) for _ in range(how_many)]
    return (np.mean([row.p < 0.05 for row in rows]), np.mean([row.mad for row in rows]),
            rows[0].mad_by_chance, np.mean([row.distortion for row in rows]),
            np.std([row.distortion for row in rows]), rows[0].distortion_se)


def test_amounts_that_follow_the_law_deviate_by_chance_as_told():
    rejected, mad, expected, distortion, spread, se = null_of_digits(200, 2, 1000)
    assert rejected < 0.12
    assert mad == pytest.approx(expected, rel=0.03)
    assert distortion == pytest.approx(0, abs=4 * se / math.sqrt(200))
    assert spread == pytest.approx(se, rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 5000])
def test_five_times_in_a_hundred_the_law_is_rejected_by_chance(n):
    rejected, mad, expected, _, spread, se = null_of_digits(2000, 3, n)
    assert 0.03 <= rejected <= 0.07
    assert mad == pytest.approx(expected, rel=0.01) and spread == pytest.approx(se, rel=0.05)


def test_few_amounts_get_nigrini_s_worst_word_although_they_follow_the_law():
    found = first_digits(benford(np.random.default_rng(3), 300))
    assert found.conformity == "nonconformity" and found.p > 0.05
    assert "above Nigrini's first cut-off of 0.0012" in found.assumptions[2]
    few = first_digits(benford(np.random.default_rng(4), 100))
    assert "Less than one amount is expected" in few.assumptions[3]


def test_with_very_many_amounts_chi_square_rejects_what_the_mad_accepts():
    rng = np.random.default_rng(5)
    amounts = np.concatenate([benford(rng, 300_000), np.full(600, 99.0)])
    found = first_digits(amounts)
    assert found.p < 1e-6 and found.conformity == "close conformity"


def test_amounts_just_below_a_threshold_stand_out():
    rng = np.random.default_rng(6)
    amounts = np.concatenate([benford(rng, 3000), rng.uniform(9500, 9999, 150)])
    found = first_digits(amounts)
    assert found.table["z"].nlargest(3).index.min() >= 95 and found.distortion > 2 * found.distortion_se


@pytest.mark.parametrize("amounts, digits, told", [
    ([12, -5], 2, r"amounts, entry 2, is -5: an amount is 0 or more. A credit .*-amounts\[amounts < 0\]"),
    (pd.Series([12.5, -5.0], index=["a", "b"]), 2, "amounts, row 'b', is -5.0"),
    ([12, None], 2, "amounts, entry 2, is missing"), (np.array([12, math.nan]), 2, "entry 2, is missing"),
    ([12, math.inf], 2, "entry 2, is without limit"), ([12, "13"], 2, "entry 2, is the text '13'"),
    ([True, 12], 2, "entry 1, is True"), ([], 2, "amounts is empty"), ("120", 2, "amounts is a str"),
    (12, 2, "amounts is a int"), ({12: 1}, 2, "amounts is a dict"), (np.ones((2, 2)), 2, "one dimension"),
    (pd.DataFrame({"a": [12]}), 2, "amounts is a DataFrame"),
    ([12], 4, "digits is 4: write 1, 2 or 3"), ([12], 0, "digits is 0"), ([12], "2", "digits is the text"),
    ([12], 1.5, "digits is 1.5"),
])
def test_bad_input_of_digits_is_named_with_its_mend(amounts, digits, told):
    with pytest.raises(ValueError, match=told):
        first_digits(amounts, digits)


@pytest.mark.parametrize("amounts", [[0, 0], [1, 2, 9], np.array([5, 0])])
def test_amounts_without_enough_digits_have_no_estimate(amounts):
    with pytest.raises(NoEstimate, match="No amount above 0 has 2 digits"):
        first_digits(amounts)


# --- Gini -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("values, value", published("gini"))
def test_published_gini_coefficients_are_found_to_the_printed_digits(values, value):
    assert round(gini(values).value, 7) == value


def test_packages_disagree_by_n_over_n_less_one():
    values = published("gini")[0][0]
    assert (round(gini(values).value, 3), round(gini(values, corrected=True).value, 3)) == (0.462, 0.513)
    assert "n / (n - 1)" in gini(values, corrected=True).method


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=30).filter(lambda values: max(values) > 1e-3),
       st.randoms())
def test_gini_is_half_the_mean_difference_whatever_the_order_and_the_unit(values, random):
    x = np.array(values)
    expected = np.abs(x[:, None] - x[None, :]).sum() / (2 * x.size**2 * x.mean())
    found = gini(values)
    assert found.value == pytest.approx(expected, abs=1e-9)
    assert gini(values, corrected=True).value == pytest.approx(expected * x.size / (x.size - 1), abs=1e-9)
    shuffled = list(values)
    random.shuffle(shuffled)
    assert gini([1000 * value for value in shuffled]).value == pytest.approx(found.value, abs=1e-9)
    assert gini(values * 3).value == pytest.approx(found.value, abs=1e-9)  # three times as many people, alike
    if found.low is not None:
        assert 0 <= found.low <= found.high <= 1


def test_the_standard_error_is_that_of_the_jackknife():
    values = np.random.default_rng(1).lognormal(0, 0.8, 400)
    left_out = np.array([gini(np.delete(values, place)).value for place in range(400)])
    jackknife = math.sqrt(399 / 400 * ((left_out - left_out.mean()) ** 2).sum())
    assert gini(values).se == pytest.approx(jackknife, rel=0.03)


def gini_coverage(how_many, seed, n, draw, truth):
    rng = np.random.default_rng(seed)
    found = [gini(draw(rng, n)) for _ in range(how_many)]
    return np.mean([row.low <= truth <= row.high for row in found])


SPREADS = {"exponential": (lambda rng, n: rng.exponential(size=n), 0.5),
           "even": (lambda rng, n: rng.random(n), 1 / 3)}


def test_the_interval_covers_the_true_gini_in_a_sample():
    assert gini_coverage(300, 1, 60, *SPREADS["exponential"]) >= 0.91


@pytest.mark.slow
@pytest.mark.parametrize("name", SPREADS)
@pytest.mark.parametrize("n", [30, 200])
def test_a_95_percent_interval_holds_the_true_gini_95_times_in_100(name, n):
    assert 0.93 <= gini_coverage(4000, 2, n, *SPREADS[name]) <= 0.97


@pytest.mark.slow
def test_where_few_have_most_the_interval_is_too_short_as_the_docstring_says():
    covered = gini_coverage(4000, 3, 100, lambda rng, n: rng.lognormal(0, 1, n), math.erf(0.5))
    assert 0.86 <= covered <= 0.92


def test_all_equal_and_one_with_everything_have_no_interval():
    equal = gini([5, 5, 5])
    assert (equal.value, equal.se, equal.low, equal.high) == (0, None, None, None)
    alone = gini([0, 0, 0, 7])
    assert (alone.value, alone.low) == (0.75, None)
    assert gini([0, 0, 0, 7], corrected=True).value == 1


@pytest.mark.parametrize("values, told", [
    ([5], "one value only"), ([0, 0], "All values are 0"), (7, "one value only")])
def test_nobody_to_compare_with_has_no_gini(values, told):
    with pytest.raises(NoEstimate, match=told):
        gini(values)


@pytest.mark.parametrize("values, told", [
    ([1, -2], "x, entry 2, is -2"), ([1, None], "x, entry 2, is missing"),
    ([1, "2"], "x, entry 2, is the text"), ([], "x is empty"),
    (pd.Series([1, math.nan], ["a", "b"]), "x, row 'b', is missing"),
    (pd.DataFrame({"a": [1]}), "x is a DataFrame"), ([1, math.inf], "without limit")])
def test_bad_input_of_gini_is_named_with_its_mend(values, told):
    with pytest.raises(ValueError, match=told):
        gini(values)


def test_corrected_is_yes_or_no():
    with pytest.raises(ValueError, match="corrected is 'yes': write True or False"):
        gini([1, 2], corrected="yes")


# --- Herfindahl -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("shares, value", published("herfindahl"))
def test_published_herfindahl_in_per_cent_and_as_shares(shares, value):
    assert herfindahl(shares).value == value
    assert herfindahl([share / 100 for share in shares]).value == pytest.approx(value)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any), st.integers(0, 5))
def test_order_unit_and_sellers_without_a_share_change_nothing(sales, idle):
    shares = [sale / sum(sales) for sale in sales]
    found = herfindahl(shares)
    other = herfindahl([100 * share for share in reversed(shares)] + [0] * idle)
    assert (other.value, other.n) == (pytest.approx(found.value), found.n)
    assert 10_000 / found.n <= found.value * (1 + 1e-12) and found.value <= 10_000 * (1 + 1e-12)
    assert found.equal_sellers == pytest.approx(10_000 / found.value)
    assert found.largest_four == pytest.approx(sum(sorted(shares)[-4:]))


def test_a_monopoly_and_equal_sellers():
    assert herfindahl([1]).value == herfindahl([100]).value == 10_000
    market = herfindahl([0.25] * 4)
    assert (market.value, market.equal_sellers, market.n) == (2500, 4, 4)
    assert market.low is None and "equal sellers" in market._repr_html_()
    assert herfindahl([33.3] * 3).value == pytest.approx(3 * 33.3**2)  # rounded shares, taken as printed


@pytest.mark.parametrize("shares, told", [
    ([50, 30, 20, 20], "shares add up to 120: .* divided by their sum"), ([0.5, 0.3], "add up to 0.8"),
    ([0, 0], "add up to 0"), ([0.6, -0.1, 0.5], "shares, entry 2, is -0.1"),
    ([0.5, None], "entry 2, is missing"),
    ([0.5, "0.5"], "entry 2, is the text"), ([], "shares is empty"), ({"a": 1}, "shares is a dict")])
def test_bad_input_of_herfindahl_is_named_with_its_mend(shares, told):
    with pytest.raises(ValueError, match=told):
        herfindahl(shares)
