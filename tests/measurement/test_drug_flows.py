"""supply, consumption and interception_rate: exact moments, known truths, properties, the naive rates."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from measurement import Estimate, NoEstimate, _amounts, consumption, interception_rate, supply

AREA, YIELD, EFFICIENCY = (40_000, 50_000, 65_000), (4.5, 5.0, 5.8), (0.5, 0.6, 0.75)
GROUPS = {"occasional": {"users": (80_000, 100_000, 130_000), "frequency": 10, "dose": (0.2, 0.3, 0.5)},
          "daily": {"users": (5_000, 8_000, 14_000), "frequency": (250, 300, 340), "dose": (0.5, 0.8, 1.2)}}


def pert(low, best, high):
    """The distribution, written down a second time, with scipy."""
    width = high - low
    return stats.beta(1 + 4 * (best - low) / width, 1 + 4 * (high - best) / width, loc=low, scale=width)


some_triple = st.lists(st.floats(0.01, 1000), min_size=3, max_size=3, unique=True).map(sorted)


# --- The distribution of a triple --------------------------------------------------------------------------

@given(some_triple)
def test_the_moments_of_a_triple_are_those_of_the_pert_distribution(triple):
    mean, deviation = _amounts.pert_moments(np.array(triple))
    assert mean == pytest.approx((triple[0] + 4 * triple[1] + triple[2]) / 6)
    assert (mean, deviation) == pytest.approx((pert(*triple).mean(), pert(*triple).std()))


@pytest.mark.parametrize("triple", [(1, 2, 3), (1, 1, 3), (0, 5, 5), (0.5, 0.6, 0.9)])
def test_draws_follow_the_pert_distribution_as_scipy_has_it(triple):
    draws = _amounts.pert_draws(np.array([triple], float), 20_000, np.random.default_rng(1))[0]
    assert stats.kstest(draws, pert(*triple).cdf).pvalue > 0.001
    assert triple[0] <= draws.min() and draws.max() <= triple[2]


def test_a_common_error_puts_every_row_at_the_same_quantile():
    rows = np.array([(1, 2, 5), (10, 30, 40)], float)
    draws = _amounts.pert_draws(rows, 5000, np.random.default_rng(2), common=True)
    first, second = (pert(*row).cdf(drawn) for row, drawn in zip(rows, draws, strict=True))
    assert np.abs(first - second).max() < 0.04
    alone = _amounts.pert_draws(rows, 5000, np.random.default_rng(2))
    assert abs(np.corrcoef(alone)[0, 1]) < 0.05


# --- Supply ------------------------------------------------------------------------------------------------

def exact_moments(*triples):
    """Mean and standard deviation of a product of independent factors."""
    means = np.array([pert(*triple).mean() for triple in triples])
    squares = np.array([pert(*triple).var() for triple in triples]) + means**2
    return means.prod(), math.sqrt(squares.prod() - means.prod()**2)


def test_supply_has_the_exact_mean_and_deviation_of_the_product():
    made = supply(AREA, YIELD, 0.0035, EFFICIENCY, draws=200_000, seed=1)
    mean, deviation = exact_moments(AREA, YIELD, EFFICIENCY)
    assert (made.value, made.se) == pytest.approx((0.0035 * mean, 0.0035 * deviation), rel=0.005)
    assert made.at_best == pytest.approx(50_000 * 5 * 0.0035 * 0.6)
    assert made.draws.size == 200_000
    assert (made.low, made.high) == pytest.approx(tuple(np.quantile(made.draws, [0.025, 0.975])))


def test_the_product_of_best_values_is_not_the_mean_and_extremes_do_not_come_together():
    made = supply(AREA, YIELD, 0.0035, EFFICIENCY, seed=1)
    assert made.value > 1.03 * made.at_best
    assert made.low > 1.2 * math.prod((40_000, 4.5, 0.0035, 0.5))
    assert made.high < 0.8 * math.prod((65_000, 5.8, 0.0035, 0.75))


def test_the_interval_holds_95_percent_of_what_may_be_true():
    """The truth is drawn from the experts' distribution, by scipy and not by the library."""
    made = supply(AREA, YIELD, 0.0035, EFFICIENCY, seed=1)
    rng = np.random.default_rng(3)
    truth = 0.0035 * math.prod(pert(*triple).rvs(20_000, random_state=rng)
                               for triple in (AREA, YIELD, EFFICIENCY))
    assert 0.94 <= np.mean((made.low <= truth) & (truth <= made.high)) <= 0.96


def test_errors_of_regions_cancel_out_and_a_common_error_does_not():
    regions = [(30, 40, 55)] * 4
    own = supply(regions, 5, 0.0035, [EFFICIENCY] * 4, seed=1)
    common = supply(regions, 5, 0.0035, EFFICIENCY, seed=1)
    assert own.value == pytest.approx(common.value, rel=0.01)
    assert own.se < 0.75 * common.se
    assert common.parts["share"].sum() == pytest.approx(1)
    assert common.parts["value"].sum() == pytest.approx(common.value)


def test_a_table_of_three_columns_is_one_region_a_row():
    table = pd.DataFrame({"low": [30, 8], "best": [40, 10], "high": [55, 11]}, index=["north", "south"])
    made = supply(table, YIELD, 0.0035, EFFICIENCY, seed=1)
    assert made.parts.index.tolist() == ["north", "south"]
    assert supply(1, table, 1, 1, seed=1).parts.index.tolist() == ["north", "south"]
    assert supply(table.iloc[:1], [(4, 5, 6)] * 3, 1, 1, seed=1).parts.index.tolist() == [1, 2, 3]
    assert made.value == supply([(30, 40, 55), (8, 10, 11)], YIELD, 0.0035, EFFICIENCY, seed=1).value


@pytest.mark.parametrize("measure", [
    lambda seed: supply(AREA, YIELD, 0.0035, EFFICIENCY, seed=seed),
    lambda seed: consumption(GROUPS, seed=seed),
], ids=["supply", "consumption"])
def test_the_same_seed_gives_the_same_numbers(measure):
    assert measure(4) == measure(4)
    assert measure(4).value != measure(5).value
    assert measure(np.random.default_rng(4)) == measure(4)
    assert "At the best values" in measure(4)._repr_html_()


def test_numbers_without_error_have_no_interval():
    made = supply(100, 5, 0.01, 0.8)
    assert (made.value, made.at_best, made.se, made.low) == (4.0, 4.0, None, None)
    assert made.assumptions[-1].startswith("The numbers have no error. None was given")
    assert "PERT" in supply(AREA, 5, 0.01, 0.8, seed=1).assumptions[-1]


@settings(max_examples=25)
@given(some_triple, some_triple, st.floats(0.01, 100))
def test_supply_scales_with_the_unit_and_is_finite(area, yields, factor):
    plain = supply(area, yields, 0.5, EFFICIENCY, draws=200, seed=1)
    scaled = supply([value * factor for value in area], yields, 0.5, EFFICIENCY, draws=200, seed=1)
    assert (scaled.value, scaled.se, scaled.low, scaled.high) == pytest.approx(
        (plain.value * factor, plain.se * factor, plain.low * factor, plain.high * factor))
    assert 0 < plain.low <= plain.high < math.inf
    assert math.prod((area[0], yields[0], 0.25)) <= plain.draws.min()


# --- Consumption -------------------------------------------------------------------------------------------

def test_consumption_has_the_exact_mean_and_deviation_of_the_sum():
    used = consumption(GROUPS, draws=200_000, seed=1)
    moments = [exact_moments((80_000, 100_000, 130_000), (0.2, 0.3, 0.5)),
               exact_moments((5_000, 8_000, 14_000), (250, 300, 340), (0.5, 0.8, 1.2))]
    mean = 10 * moments[0][0] + moments[1][0]
    assert used.value == pytest.approx(mean, rel=0.005)
    assert used.se == pytest.approx(math.hypot(10 * moments[0][1], moments[1][1]), rel=0.01)
    assert used.at_best == pytest.approx(100_000 * 10 * 0.3 + 8_000 * 300 * 0.8)
    assert used.parts["share"]["daily"] > 0.8


def test_purity_and_what_is_reported_are_one_error_for_all_groups():
    alike = {f"g{place}": {"users": 1000, "frequency": 100, "dose": 1, "purity": (0.3, 0.5, 0.7)}
             for place in range(6)}
    used = consumption(alike, seed=1)
    assert used.se / used.value == pytest.approx(pert(0.3, 0.5, 0.7).std() / 0.5, rel=0.03)
    users = {f"g{place}": {"users": (300, 500, 700), "frequency": 100, "dose": 1} for place in range(6)}
    own = consumption(users, seed=1)  # the same relative error, but of each group on its own
    assert own.se / own.value == pytest.approx(pert(300, 500, 700).std() / 500 / math.sqrt(6), rel=0.05)


def test_under_reporting_divides_and_purity_multiplies():
    told = {"daily": {"users": 1000, "frequency": 300, "dose": 0.5}}
    full = {"daily": {**told["daily"], "purity": 0.6, "reported": 0.4}}
    assert consumption(full).value == pytest.approx(consumption(told).value * 0.6 / 0.4)


def test_a_table_may_hold_triples_or_three_columns():
    cells = pd.DataFrame.from_dict(GROUPS, orient="index")
    spread = pd.DataFrame({"users_low": [80_000, 5_000], "users_best": [100_000, 8_000],
                           "users_high": [130_000, 14_000], "frequency": [10, (250, 300, 340)],
                           "dose_low": [0.2, 0.5], "dose_best": [0.3, 0.8], "dose_high": [0.5, 1.2],
                           "note": ["survey", None]}, index=["occasional", "daily"])
    assert consumption(cells, seed=1).value == consumption(GROUPS, seed=1).value
    assert consumption(spread, seed=1).value == consumption(GROUPS, seed=1).value
    assert consumption(spread, seed=1).parts.index.tolist() == ["occasional", "daily"]


def test_order_and_names_of_groups_change_nothing_but_the_random_numbers():
    plain = consumption(GROUPS, draws=50_000, seed=1)
    other = consumption({"b": GROUPS["daily"], "a": GROUPS["occasional"]}, draws=50_000, seed=1)
    assert (other.value, other.se) == pytest.approx((plain.value, plain.se), rel=0.02)
    assert other.at_best == plain.at_best


def test_a_group_with_nobody_in_it_changes_nothing():
    extra = consumption({**GROUPS, "none": {"users": 0, "frequency": 10, "dose": 1}}, draws=50_000, seed=1)
    assert extra.value == pytest.approx(consumption(GROUPS, draws=50_000, seed=2).value, rel=0.01)
    assert extra.parts.loc["none"].tolist() == [0, 0, 0, 0, 0]


# --- Interception ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("seized, made, printed", [(864, 1125, 0.77), (2275, 3708, 0.61)])
def test_the_naive_rate_of_the_newspapers_and_what_is_left_of_it(seized, made, printed):
    """Bulk over pure weight, joint operations twice. Purity, losses and double reports are invented."""
    purity, twice, losses = 0.65, 0.10, 0.05 * made
    consumed = made - losses - seized * purity * (1 - twice)  # so that the drug made is all accounted for
    rate = interception_rate(seized, purity, consumed, losses=losses, double_counted=twice)
    assert round(rate.naive, 2) == printed == round(seized / made, 2)
    assert rate.value == pytest.approx(seized * purity * (1 - twice) / made)
    assert rate.value == pytest.approx(rate.naive * purity * (1 - twice))
    assert rate.value < 0.6 * rate.naive


def test_each_error_of_the_naive_rate_makes_it_larger():
    right = interception_rate(800, 0.6, 500, losses=50, double_counted=0.1).value
    assert interception_rate(800, 1.0, 500, losses=50, double_counted=0.1).value > right  # bulk for pure
    assert interception_rate(800, 0.6, 500, losses=50).value > right  # joint operations twice
    assert interception_rate(800, 0.6, 500, double_counted=0.1).value > right  # losses forgotten


def test_the_standard_error_is_that_of_a_simulation():
    inputs = dict(seized=(700, 800, 1000), purity=(0.5, 0.6, 0.7), consumed=(400, 500, 650),
                  losses=(20, 50, 100), double_counted=(0.0, 0.1, 0.15))
    rate = interception_rate(**inputs)
    rng = np.random.default_rng(1)
    drawn = {name: pert(*triple).rvs(100_000, random_state=rng) for name, triple in inputs.items()}
    pure = drawn["seized"] * drawn["purity"] * (1 - drawn["double_counted"])
    rates = pure / (pure + drawn["consumed"] + drawn["losses"])
    assert rate.value == pytest.approx(rates.mean(), abs=0.003)
    assert rate.se == pytest.approx(rates.std(), rel=0.05)
    assert (rate.low, rate.high) == pytest.approx(tuple(np.quantile(rates, [0.025, 0.975])), abs=0.01)


def measured_rates(how_many, seed, weight, use, purity):
    """Inputs measured with known relative errors around a known truth."""
    rng = np.random.default_rng(seed)
    truth = 0.9 * 0.6 * 800 / (0.9 * 0.6 * 800 + 500)
    covered = []
    for _ in range(how_many):
        spread = math.sqrt(math.log1p(weight**2))
        estimates = [Estimate(800 * rng.lognormal(-spread**2 / 2, spread), se=800 * weight),
                     Estimate(min(0.6 * rng.normal(1, purity), 1.0), se=0.6 * purity),
                     Estimate(500 * rng.normal(1, use), se=500 * use)]
        twice = Estimate(max(rng.normal(0.1, 0.03), 0), se=0.03)
        try:
            rate = interception_rate(*estimates, double_counted=twice)
        except NoEstimate:  # a consumption measured far too low has an error as large as itself: a miss
            covered.append(False)
        else:
            covered.append(rate.low <= truth <= rate.high)
    return np.mean(covered)


def test_the_interval_of_the_rate_covers_the_truth_in_a_sample():
    assert measured_rates(300, 1, 0.05, 0.1, 0.08) >= 0.91


@pytest.mark.slow
@pytest.mark.parametrize("errors", [(0.05, 0.1, 0.08), (0.1, 0.2, 0.1), (0.05, 0.25, 0.05)])
def test_a_95_percent_interval_of_the_rate_holds_the_truth_95_times_in_100(errors):
    assert 0.93 <= measured_rates(5000, 2, *errors) <= 0.97


def test_seizures_one_by_one_are_weighted_by_their_weight():
    weights, purities = pd.Series([100.0, 1.0, 2.0]), pd.Series([0.8, 0.2, 0.3])
    rate = interception_rate(weights, purities, 100)
    assert rate.seized_pure == pytest.approx(80.8)
    assert rate.seized_pure > 1.8 * weights.sum() * purities.mean()  # the plain mean of purities is wrong
    assert rate.n == 3
    assert interception_rate(weights.to_numpy(), purities.to_numpy(), 100).value == rate.value
    assert interception_rate(weights, 0.5, 100).seized_pure == pytest.approx(51.5)
    assert interception_rate(weights, (0.4, 0.5, 0.6), 100).se > 0


def test_an_estimate_of_consumption_is_carried_on_with_its_error():
    used = consumption(GROUPS, seed=1)
    rate = interception_rate(2_000_000, 0.6, used)
    spread = used.se / used.value
    assert rate.se == pytest.approx(rate.value * (1 - rate.value) * spread)
    assert rate.low < rate.value < rate.high
    assert "Bulk over pure" in rate._repr_html_()


def test_numbers_alone_give_a_rate_without_an_interval():
    rate = interception_rate(800, 0.6, 500)
    assert (rate.se, rate.low, rate.high, rate.n) == (None, None, None, None)
    assert rate.assumptions[-1].startswith("The numbers have no error. None was given")


@settings(max_examples=40)
@given(some_triple, some_triple, st.floats(0.001, 1000))
def test_the_unit_of_weight_changes_nothing_and_a_rate_is_a_share(seized, consumed, factor):
    plain = interception_rate(tuple(seized), EFFICIENCY, tuple(consumed))
    scaled = interception_rate(tuple(value * factor for value in seized), EFFICIENCY,
                               tuple(value * factor for value in consumed))
    assert (scaled.value, scaled.se, scaled.low, scaled.high) == pytest.approx(
        (plain.value, plain.se, plain.low, plain.high))
    assert 0 < plain.low < plain.value < plain.high < 1


# --- What cannot be estimated, and bad input ---------------------------------------------------------------

@pytest.mark.parametrize("measure, told", [
    (lambda: supply(0, 5, 0.01, 0.8), "The supply is 0 whatever is drawn"),
    (lambda: consumption({"daily": {"users": 0, "frequency": 1, "dose": 1}}), "The consumption is 0"),
    (lambda: interception_rate(800, 0.6, 0), "consumed and losses are 0: if nothing got through"),
    (lambda: interception_rate(0, 0.6, 500), "The seizures hold no pure drug"),
    (lambda: interception_rate(800, 0.6, Estimate(500, se=600)), "standard error of consumed is as large"),
    (lambda: interception_rate(Estimate(800, se=1e9), 0.6, 500), "standard error of seized is as large"),
    (lambda: interception_rate(pd.Series([1.0]), pd.Series([0.0]), 500), "The seizures hold no pure drug"),
])
def test_what_says_nothing_has_no_estimate(measure, told):
    with pytest.raises(NoEstimate, match=told):
        measure()


@pytest.mark.parametrize("arguments, told", [
    (dict(area=-1), "area is -1: it must be 0 or more"),
    (dict(area="100"), "area is the text '100'"),
    (dict(area=None), "area is missing"),
    (dict(area=math.inf), "area is without limit"),
    (dict(area=(1, 2)), r"area has 2 numbers: give one, or three as \(low, best, high\)"),
    (dict(area=[]), "area is empty"),
    (dict(area=(1, 3, 2)), r"area is \(1, 3, 2\): write low, best and high in this order"),
    (dict(area=(1, None, 2)), "area, best, is missing"),
    (dict(area=[(1, 2, 3), (1, 2)]), "area of region 2 has 2 numbers"),
    (dict(area=[(1, 2, 3), (-1, 2, 3)]), "area of region 2, low, is -1"),
    (dict(yield_=(1, "2", 3)), "yield_, best, is the text '2'"),
    (dict(efficiency=60), "efficiency is 60: it must be from 0 to 1"),
    (dict(area=[(1, 2, 3)] * 2, yield_=[(1, 2, 3)] * 3), "area has 2, yield_ has 3"),
    (dict(draws=10), "draws is 10: take at least 100"),
    (dict(seed="one"), "seed is 'one'"),
])
def test_bad_input_of_supply_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        supply(**{**dict(area=AREA, yield_=YIELD, conversion=0.0035, efficiency=EFFICIENCY), **arguments})


def one_group(**cells):
    return {"daily": {**dict(users=1000, frequency=300, dose=0.5), **cells}}


@pytest.mark.parametrize("groups, told", [
    (one_group(users=-1), "groups: users of 'daily' is -1"),
    (one_group(users=None), "groups: users of 'daily' is missing"),
    (one_group(users="many"), "groups: users of 'daily' is the text 'many'"),
    (one_group(dose=(1, 3, 2)), r"groups: dose of 'daily' is \(1, 3, 2\)"),
    (one_group(purity=60), "groups: purity of 'daily' is 60: .* For 60 % write 0.6"),
    (one_group(reported=0), "groups: reported of 'daily' may be 0"),
    (one_group(reported=(0, 0.5, 1)), "groups: reported of 'daily' may be 0"),
    (one_group(puritty=0.6), "groups has a column 'puritty'. Did you mean 'purity'"),
    ({"daily": {"users": 1, "dose": 1}}, "groups has no column 'frequency'"),
    ({**one_group(purity=0.5), "weekly": {"users": 1, "frequency": 1, "dose": 1}},
     "purity of 'weekly' is missing"),
    ({"daily": 5}, r"groups\['daily'\] is a int: give its cells by name"),
    ({}, "groups has no rows"),
    ([1, 2], "groups is a list: give a pandas DataFrame"),
    (pd.DataFrame({"users": [1], "users_best": [1], "frequency": [1], "dose": [1]}), "keep one or the other"),
    (pd.DataFrame({"users_best": [1], "frequency": [1], "dose": [1]}), "no column 'users_low'"),
    (pd.DataFrame({"users": [1], "frequency": [1], "dose": [1]}).iloc[:0], "groups has no rows"),
])
def test_bad_input_of_consumption_is_named_with_its_mend(groups, told):
    with pytest.raises(ValueError, match=told):
        consumption(groups)


@pytest.mark.parametrize("arguments, told", [
    (dict(seized=-1), "seized is -1"),
    (dict(seized="864"), "seized is the text"),
    (dict(purity=60), "purity is 60: write a share between 0 and 1. For 60 % write 0.6"),
    (dict(purity=(50, 60, 70)), "purity is 50: write a share"),
    (dict(purity=1000), "purity is 1000: it must be from 0 to 1"),
    (dict(consumed=None), "consumed is missing"),
    (dict(consumed=Estimate(math.nan)), "consumed is missing"),
    (dict(losses=-5), "losses is -5"),
    (dict(double_counted=6), "double_counted is 6: .* For 6 % write 0.06"),
    (dict(double_counted=1), "double_counted is 1: then every kilogram"),
    (dict(purity=np.array([0.5, 0.6])), "purity has one number a seizure and seized does not"),
    (dict(seized=np.array([1.0, 2.0]), purity=np.array([0.5])), "seized has 2, purity has 1"),
    (dict(seized=pd.Series([1.0, -2.0], index=["a", "b"])), "seized, row 'b', is -2"),
    (dict(seized=pd.Series([1.0, 2.0]), purity=pd.Series([0.5, 60.0])), "purity, row 1, is 60: write"),
    (dict(seized=pd.Series([1.0, 2.0]), purity=pd.Series([0.5, None])), "purity, row 1, is missing"),
    (dict(seized=pd.Series([1.0]), purity=pd.Series([0.5], index=[7])), "different row labels"),
])
def test_bad_input_of_the_rate_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        interception_rate(**{**dict(seized=864, purity=0.6, consumed=500), **arguments})
