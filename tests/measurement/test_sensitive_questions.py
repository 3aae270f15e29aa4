"""randomized_response, crosswise and list_experiment: published surveys, statsmodels, known truths."""
from __future__ import annotations

import csv
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, crosswise, list_experiment, randomized_response
from tests.measurement.published import agrees, reference


MINARETS = reference("lie_detector.csv")
YES, ASKED = ([int(row[name]) for row in MINARETS] for name in ("yes", "n"))
CHANCES = [int(row["p_numerator"]) / int(row["p_denominator"]) for row in MINARETS]


# --- Published ---------------------------------------------------------------------------------------------

def test_the_stochastic_lie_detector_gives_the_published_shares_and_errors():
    estimate = randomized_response(YES, ASKED, CHANCES, design="lie-detector")
    published = {row["what"]: row["value"] for row in reference("lie_detector_estimates.csv")}
    assert {what: agrees(getattr(estimate, what), text) for what, text in published.items()} == dict.fromkeys(
        published, True)
    assert estimate.n == 1256


def test_the_reference_table_agrees_with_the_shared_one(shared):
    with shared("tables", "rrt_sld_minarets_public.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["yes"]) for row in rows] == YES
    assert [float(row["n"]) for row in rows] == ASKED


@pytest.fixture
def race(shared):
    return pd.read_csv(shared("tables", "list_race_public.csv"))


def published_race():
    return {row["what"]: row["value"] for row in reference("list_race.csv")}


def test_the_list_experiment_of_1991_gives_the_published_difference(race):
    estimate, published = list_experiment(race, "y", "treat"), published_race()
    assert agrees(estimate.value, published["difference"])
    assert agrees(estimate.se, published["difference_se"])
    assert agrees(estimate.coefficients.loc["constant", "control"], published["control_mean"])
    assert agrees(estimate.coefficients.loc["constant", "control_se"], published["control_mean_se"])
    assert estimate.n == 1213


def test_that_difference_cannot_be_told_from_zero(race):
    estimate = list_experiment(race, "y", "treat")
    assert estimate.low < 0 < estimate.high


def test_the_list_experiment_of_1991_gives_the_published_linear_coefficients(race):
    years = race.assign(age=race["age"] * 10)
    found = list_experiment(years, "y", "treat", covariates=["south", "age", "male", "college"]).coefficients
    for what, text in published_race().items():
        column, _, name = what.partition(" ")
        if column in ("sensitive", "control") and name:
            assert agrees(found.loc[name, column], text), what


# --- Independent implementations --------------------------------------------------------------------------

def list_sample(seed=1, size=800, share=0.25, items=4, admit=0.5):
    """A list experiment with a covariate and a direct question that some with the trait answer truly."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"treated": rng.permutation(np.arange(size) % 2), "age": rng.integers(18, 80, size),
                          "town": rng.choice(["north", "south", "west"], size)})
    trait = rng.random(size) < share + 0.004 * (frame["age"] - 48.5) + 0.1 * (frame["town"] == "south")
    other = rng.binomial(items, 0.3 + 0.2 * rng.random(size))
    frame["items"] = other + frame["treated"] * trait
    frame["direct"] = (trait & (rng.random(size) < admit)).astype(int)
    return frame.assign(trait=trait)


def test_without_covariates_it_is_statsmodels_regression_with_hc2_errors():
    from statsmodels.regression.linear_model import OLS

    frame = list_sample()
    estimate = list_experiment(frame, "items", "treated")
    fit = OLS(frame["items"], np.column_stack([np.ones(800), frame["treated"]])).fit(cov_type="HC2")
    assert (estimate.value, estimate.se) == pytest.approx((fit.params.iloc[1], fit.bse.iloc[1]))
    treated, control = (frame.loc[frame["treated"] == arm, "items"] for arm in (1, 0))
    assert estimate.se == pytest.approx(math.sqrt(treated.var() / 400 + control.var() / 400))


def test_with_covariates_it_is_statsmodels_regression_with_interactions():
    from statsmodels.regression.linear_model import OLS

    frame = list_sample()
    estimate = list_experiment(frame, "items", "treated", covariates=["age", "town"])
    plain = np.column_stack([np.ones(800), frame["age"], frame["town"] == "south", frame["town"] == "west"])
    design = np.column_stack([plain, plain * frame[["treated"]].to_numpy()])
    fit = OLS(frame["items"], design).fit(cov_type="HC2")
    found = estimate.coefficients
    assert found.index.tolist() == ["constant", "age", "town = south", "town = west"]
    assert found["control"].tolist() + found["sensitive"].tolist() == pytest.approx(fit.params.tolist())
    assert found["control_se"].tolist() + found["sensitive_se"].tolist() == pytest.approx(fit.bse.tolist())
    mean = plain.mean(0)
    spread = (plain @ fit.params.to_numpy()[4:]).var(ddof=1) / 800
    assert estimate.value == pytest.approx(mean @ fit.params.to_numpy()[4:])
    assert estimate.se == pytest.approx(math.sqrt(mean @ fit.cov_params().to_numpy()[4:, 4:] @ mean + spread))


def test_the_error_with_a_direct_question_is_that_of_the_bootstrap():
    frame = list_sample(size=1500, admit=0.6)
    estimate = list_experiment(frame, "items", "treated", direct="direct")
    rng, items, arm, admits = np.random.default_rng(2), *(frame[name].to_numpy() for name in
                                                          ("items", "treated", "direct"))
    shares = []
    for _ in range(1000):
        pick = rng.integers(1500, size=1500)
        y, t, d = items[pick], arm[pick] == 1, admits[pick] == 1
        denied = y[t & ~d].mean() - y[~t & ~d].mean()
        shares.append(d.mean() + (1 - d.mean()) * denied)
    assert estimate.se == pytest.approx(np.std(shares), rel=0.07)
    assert estimate.value == pytest.approx(estimate.direct + (1 - estimate.direct) * estimate.denied)


def test_a_single_group_of_warner_is_a_shifted_wilson_interval():
    from statsmodels.stats.proportion import proportion_confint

    estimate = randomized_response(440, 1000, p=0.7)
    low, high = ((limit - 0.3) / 0.4 for limit in proportion_confint(440, 1000, method="wilson"))
    assert (estimate.low, estimate.high) == pytest.approx((low, high))
    assert estimate.value == pytest.approx((0.44 + 0.7 - 1) / 0.4)
    assert estimate.se == pytest.approx(math.sqrt(0.44 * 0.56 / 999) / 0.4)


def test_two_groups_have_newcombe_s_interval():
    from statsmodels.stats.proportion import confint_proportions_2indep

    estimate = randomized_response(YES, ASKED, CHANCES, design="lie-detector")
    low, high = confint_proportions_2indep(YES[0], ASKED[0], YES[1], ASKED[1], method="newcomb",
                                           compare="diff")
    gap = CHANCES[1] - CHANCES[0]
    assert (estimate.low, estimate.high) == pytest.approx((1 - high / gap, 1 - low / gap))


def test_the_crosswise_model_is_warner_s_algebra():
    for p in (0.15, 0.8):
        crossed, plain = crosswise(640, 1000, p), randomized_response(640, 1000, p)
        assert (crossed.value, crossed.se, crossed.low, crossed.high) == pytest.approx(
            (plain.value, plain.se, plain.low, plain.high))


def test_the_correction_is_the_one_of_atsusaka_and_stevenson():
    estimate = crosswise(1400, 2000, 0.15, anchor=(1500, 2000, 0.2))
    share, anchor = 0.7, 0.75
    attentive = (anchor - 0.5) / (0.5 - 0.2)
    naive = (share + 0.15 - 1) / (2 * 0.15 - 1)
    bias = (0.5 - 1 / (2 * attentive)) * (share - 0.5) / (0.15 - 0.5)
    assert estimate.attentive == pytest.approx(attentive)
    assert estimate.naive == pytest.approx(naive)
    assert estimate.value == pytest.approx(naive - bias)


def test_with_an_anchor_that_all_answer_by_the_rules_nothing_is_corrected():
    estimate = crosswise(1400, 2000, 0.15, anchor=(1700, 2000, 0.15))
    assert estimate.attentive == pytest.approx(1)
    assert estimate.value == pytest.approx(estimate.naive)


# --- Known truth ------------------------------------------------------------------------------------------

def answers(rng, design, truth, n, p, p_yes=0.0, truthful=1.0):
    """How many say yes; for the lie detector in two groups of n / 2."""
    if design == "warner":
        return rng.binomial(n, truth * p + (1 - truth) * (1 - p)), n, p
    if design == "forced":
        return rng.binomial(n, p * truth + p_yes), n, p
    chances = [truth * truthful + (1 - truth) * (1 - group) for group in p]
    return [rng.binomial(n // 2, chance) for chance in chances], [n // 2] * 2, p


CASES = [("warner", dict(p=0.7)), ("warner", dict(p=0.2)), ("forced", dict(p=27 / 36, p_yes=6 / 36)),
         ("forced", dict(p=0.5, p_yes=0.0)), ("lie-detector", dict(p=(1 / 6, 5 / 6), truthful=0.6))]


def coverage(design, options, truth, n, how_many, seed):
    rng, found = np.random.default_rng(seed), []
    for _ in range(how_many):
        yes, asked, p = answers(rng, design, truth, n, **options)
        given = {"p_yes": options["p_yes"]} if "p_yes" in options else {}
        estimate = randomized_response(yes, asked, p, design=design, **given)
        found.append((estimate.value, estimate.se, estimate.low <= truth <= estimate.high))
    return np.array(found)


@pytest.mark.parametrize("design, options", CASES, ids=str)
def test_estimates_are_right_on_average_with_the_error_they_say(design, options):
    found = coverage(design, options, 0.2, 1000, 500, seed=3)
    assert found[:, 0].mean() == pytest.approx(0.2, abs=4 * found[:, 0].std() / math.sqrt(500))
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.12)
    assert found[:, 2].mean() >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("design, options", CASES, ids=str)
@pytest.mark.parametrize("truth, n", [(0.05, 400), (0.2, 1000), (0.5, 300)])
def test_a_95_percent_interval_of_a_device_holds_the_truth(design, options, truth, n):
    assert 0.93 <= coverage(design, options, truth, n, 5000, seed=4)[:, 2].mean() <= 0.97


def test_who_says_no_against_the_rules_makes_the_estimate_too_low():
    rng, found = np.random.default_rng(5), []
    for _ in range(200):
        yes = rng.binomial(1000, 0.9 * (0.75 * 0.2 + 0.15))  # one in ten says no whatever the dice order
        found.append(float(randomized_response(yes, 1000, 0.75, design="forced", p_yes=0.15)))
    assert np.mean(found) == pytest.approx(0.2 - 0.1 * (0.75 * 0.2 + 0.15) / 0.75, abs=0.005)


def crosswise_sample(rng, truth=0.1, attentive=0.75, n=2000, p=0.15, p_anchor=0.2):
    """The same respondents answer both items; who does not attend answers both at random."""
    attends = rng.random(n) < attentive

    def same(trait, harmless):
        return np.where(attends, trait == (rng.random(n) < harmless), rng.random(n) < 0.5).sum()

    return same(rng.random(n) < truth, p), n, p, (same(np.zeros(n, bool), p_anchor), n, p_anchor)


def crosswise_coverage(how_many, seed, **options):
    rng, found = np.random.default_rng(seed), []
    for _ in range(how_many):
        yes, n, p, anchor = crosswise_sample(rng, **options)
        estimate, plain = crosswise(yes, n, p, anchor=anchor), crosswise(yes, n, p)
        truth = options.get("truth", 0.1)
        found.append((estimate.value, estimate.naive, estimate.attentive,
                      estimate.low <= truth <= estimate.high, plain.low <= truth <= plain.high))
    return np.array(found)


def test_random_answers_make_a_rare_trait_look_common_and_the_anchor_corrects_it():
    found = crosswise_coverage(300, seed=6)
    corrected, naive, attentive, covered, plain = found.mean(0)
    assert corrected == pytest.approx(0.1, abs=0.006)
    assert naive == pytest.approx(0.5 - 0.75 * 0.4, abs=0.006)  # twice the truth
    assert attentive == pytest.approx(0.75, abs=0.01)
    assert covered >= 0.92 and plain < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("options", [
    dict(), dict(truth=0.3, n=1000), dict(attentive=0.6, n=4000), dict(attentive=1.0),
    dict(p=0.85, p_anchor=0.85)], ids=str)
def test_a_95_percent_interval_of_the_corrected_crosswise_model_holds_the_truth(options):
    assert 0.93 <= crosswise_coverage(2500, seed=7, **options)[:, 3].mean() <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.05, 0.3])
def test_a_95_percent_interval_of_the_crosswise_model_holds_the_truth_if_all_attend(truth):
    assert 0.93 <= crosswise_coverage(2500, seed=8, truth=truth, attentive=1.0)[:, 4].mean() <= 0.97


LISTS = [dict(), dict(covariates=["age", "town"]), dict(direct="direct")]


def list_coverage(options, how_many, seed, **sample):
    rng, found = np.random.default_rng(seed), []
    truth = sample.get("share", 0.25) + 0.1 / 3
    for _ in range(how_many):
        frame = list_sample(seed=int(rng.integers(2**31)), size=600, **sample)
        estimate = list_experiment(frame, "items", "treated", **options)
        found.append((estimate.value, estimate.se, estimate.low <= truth <= estimate.high, estimate.design_p))
    return truth, np.array(found)


@pytest.mark.parametrize("options", LISTS, ids=str)
def test_lists_are_right_on_average_with_the_error_they_say(options):
    truth, found = list_coverage(options, 150, seed=9)
    assert found[:, 0].mean() == pytest.approx(truth, abs=4 * found[:, 0].std() / math.sqrt(150))
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.2)
    assert found[:, 2].mean() >= 0.9
    assert (found[:, 3] < 0.05).mean() <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("options", LISTS, ids=str)
def test_a_95_percent_interval_of_a_list_holds_the_truth(options):
    assert 0.93 <= list_coverage(options, 1500, seed=10)[1][:, 2].mean() <= 0.97


def test_a_direct_question_makes_the_error_smaller():
    frame = list_sample(size=1500, share=0.4, admit=0.8)
    both = list_experiment(frame, "items", "treated", direct="direct")
    assert both.se < 0.9 * list_experiment(frame, "items", "treated").se
    assert both.placebo == pytest.approx(1, abs=3 * both.placebo_se)
    assert both.direct < both.value


def test_a_ceiling_makes_the_estimate_too_low():
    rng = np.random.default_rng(11)
    found = []
    for _ in range(60):
        arm, trait = rng.permutation(np.arange(2000) % 2), rng.random(2000) < 0.3
        other = rng.binomial(3, 0.7, 2000)
        told = trait & (other < 3)  # whoever would have to name all items hides one
        found.append(float(list_experiment(pd.DataFrame({"y": other + arm * told, "t": arm}), "y", "t")))
    assert np.mean(found) == pytest.approx(0.3 * (1 - 0.7**3), abs=0.02)


def test_an_item_that_changes_the_other_answers_is_found_out():
    rng = np.random.default_rng(12)
    arm, other = rng.permutation(np.arange(2000) % 2), rng.binomial(4, 0.5, 2000)
    frightened = np.where((arm == 1) & (rng.random(2000) < 0.3), 0, other)
    estimate = list_experiment(pd.DataFrame({"y": frightened, "t": arm}), "y", "t")
    assert estimate.design_p < 0.001
    assert estimate.types.to_numpy().min() < -0.05


# --- What estimates are made of ---------------------------------------------------------------------------

def test_types_add_up_to_all_and_to_the_share_with_the_trait():
    estimate = list_experiment(list_sample(), "items", "treated")
    assert estimate.types.to_numpy().sum() == pytest.approx(1)
    assert estimate.types["with"].sum() == pytest.approx(estimate.value)


def test_an_estimate_outside_of_shares_says_so_and_is_not_cut_off():
    low = randomized_response(250, 1000, 0.7)
    assert low.value < 0 and "outside of 0 to 1" in low.assumptions[-1]
    assert "outside" not in randomized_response(440, 1000, 0.7).assumptions[-1]
    assert crosswise(950, 1000, 0.15).value < 0
    nobody = randomized_response((900, 100), (1000, 1000), (1 / 6, 5 / 6), design="lie-detector")
    assert nobody.value < 0 and nobody.truthful is None and nobody.truthful_se is None


def test_nobody_saying_yes_still_has_an_interval():
    estimate = randomized_response(0, 100, 0.75, design="forced")
    assert (estimate.value, estimate.se, estimate.low) == (0, 0, 0)
    assert 0 < estimate.high < 0.1


def test_an_unrelated_question_is_an_order_with_its_share():
    estimate = randomized_response(300, 1000, 0.7, design="forced", p_yes=0.3 * 0.5)
    assert estimate.value == pytest.approx((0.3 - 0.15) / 0.7)


def test_tables_of_estimates_show_what_belongs_to_them():
    shown = randomized_response(YES, ASKED, CHANCES, design="lie-detector")._repr_html_()
    assert "Truthful among them" in shown
    assert "Follow the rules" in crosswise(1400, 2000, 0.15, anchor=(1500, 2000, 0.15))._repr_html_()
    assert "Follow the rules" not in crosswise(1400, 2000, 0.15)._repr_html_()
    assert "Have it among those who deny it" in list_experiment(
        list_sample(), "items", "treated", direct="direct")._repr_html_()


# --- Properties -------------------------------------------------------------------------------------------

def numbers_of(estimate):
    return estimate.value, estimate.se, estimate.low, estimate.high, estimate.n


share = st.floats(0.02, 0.98)
asked = st.integers(2, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(asked, share.filter(lambda p: abs(p - 0.5) > 0.02))
def test_counting_no_and_turning_the_chance_is_the_same(counts, p):
    yes, n = counts
    plain, turned = randomized_response(yes, n, p), randomized_response(n - yes, n, 1 - p)
    assert numbers_of(turned) == pytest.approx(numbers_of(plain), abs=1e-9)


@given(asked, asked, share, share)
def test_which_group_comes_first_does_not_matter(first, second, p_first, p_second):
    if abs(p_first - p_second) < 0.02:
        return
    one = randomized_response(*zip(first, second), (p_first, p_second), design="lie-detector")
    other = randomized_response(*zip(second, first), (p_second, p_first), design="lie-detector")
    assert numbers_of(other) == pytest.approx(numbers_of(one), abs=1e-9)
    assert (other.truthful is None) == (one.truthful is None)
    if one.truthful is not None and one.value > 0.01:
        assert (other.truthful, other.truthful_se) == pytest.approx((one.truthful, one.truthful_se), abs=1e-6)


@given(asked, share, share)
def test_all_numbers_of_devices_are_finite_and_in_order(counts, p, p_yes):
    estimates = [randomized_response(*counts, p, design="forced", p_yes=p_yes * (1 - p))]
    if abs(p - 0.5) > 0.02:
        estimates += [randomized_response(*counts, p), crosswise(*counts, p)]
    for estimate in estimates:
        assert all(math.isfinite(part) for part in numbers_of(estimate))
        assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9
        assert estimate.low < estimate.high


some_list = st.builds(list_sample, st.integers(0, 10_000), st.integers(60, 150), st.just(0.3),
                      st.integers(2, 5))


@settings(max_examples=40)
@given(some_list, st.sampled_from(LISTS), st.integers(0, 100))
def test_order_labels_and_units_change_nothing(frame, options, seed):
    try:
        plain = list_experiment(frame, "items", "treated", **options)
    except NoEstimate:
        return
    mixed = frame.sample(frac=1, random_state=seed)
    mixed.index = [f"r{label}" for label in mixed.index]
    mixed = mixed.assign(age=mixed["age"] * 365.25 - 7, treated=mixed["treated"] == 1,
                         town=mixed["town"].map({"north": "z", "south": "a", "west": "m"}))
    other = list_experiment(mixed, "items", "treated", **options)
    assert numbers_of(other) == pytest.approx(numbers_of(plain))
    assert all(math.isfinite(part) for part in numbers_of(other))
    assert other.types.equals(plain.types)
    assert np.isfinite(other.coefficients.to_numpy()).all()


# --- What cannot be estimated, and bad input --------------------------------------------------------------

@pytest.mark.parametrize("arguments, told", [
    (dict(yes=11, n=10, p=0.7), "yes is 11, more than the 10 persons asked"),
    (dict(yes=-1, n=10, p=0.7), "yes is -1: a count cannot be negative"),
    (dict(yes=1.5, n=10, p=0.7), r"yes is 1\.5: persons come in whole numbers"),
    (dict(yes="4", n=10, p=0.7), "yes is the text '4'"),
    (dict(yes=None, n=10, p=0.7), "yes is missing"),
    (dict(yes=0, n=1, p=0.7), "n is 1: at least 2"),
    (dict(yes=0, n=0, p=0.7), "n is 0: at least 2"),
    (dict(yes=4, n=10, p=0.5), "p is 0.5: a yes then means the same"),
    (dict(yes=4, n=10, p=70), r"p is 70: .*For 70 % write 0\.7"),
    (dict(yes=4, n=10, p=-0.1), r"p is -0\.1"),
    (dict(yes=4, n=10, p=(0.2, 0.8)), "Pairs are for design=\"lie-detector\""),
    (dict(yes=4, n=10, p=0.7, p_yes=0.1), 'only design="forced" orders'),
    (dict(yes=4, n=10, p=0, design="forced"), "p is 0: nobody gets the question"),
    (dict(yes=4, n=10, p=0.8, design="forced", p_yes=0.3), r"p and p_yes add up to 1\.1"),
    (dict(yes=4, n=10, p=0.7, design="Warner"), "write 'warner' or 'forced' or 'lie-detector'"),
    (dict(yes=4, n=10, p=0.7, design="lie-detector"), "yes is 4: the lie detector needs a pair"),
    (dict(yes=(4, 5, 6), n=(10, 10, 10), p=(0.1, 0.2, 0.3), design="lie-detector"), "needs a pair"),
    (dict(yes=(4, 50), n=(10, 10), p=(0.1, 0.2), design="lie-detector"), r"yes\[1\] is 50, more than"),
    (dict(yes=(4, 5), n=(10, 10), p=(0.2, 0.2), design="lie-detector"), "p is 0.2 in both groups"),
    (dict(yes=(4, 5), n=(10, 10), p=(0.2, 2), design="lie-detector"), r"p\[1\] is 2"),
])
def test_bad_answers_are_named_with_their_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        randomized_response(**arguments)


@pytest.mark.parametrize("arguments, told", [
    (dict(yes=4, n=10, p=0.5), "p is 0.5"),
    (dict(yes=4, n=10, p=0.2, anchor=(4, 10)), r"anchor is \(4, 10\): give three numbers"),
    (dict(yes=4, n=10, p=0.2, anchor=5), "anchor is 5: give three numbers"),
    (dict(yes=4, n=10, p=0.2, anchor=(14, 10, 0.2)), "yes of the anchor is 14, more than"),
    (dict(yes=4, n=10, p=0.2, anchor=(4, 10, 0.5)), "p of the anchor is 0.5"),
])
def test_bad_crosswise_answers_are_named_with_their_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        crosswise(**arguments)


@pytest.mark.parametrize("yes", [1000, 900, 1010])
def test_an_anchor_that_looks_like_chance_corrects_nothing(yes):
    with pytest.raises(NoEstimate, match="look like pure chance"):
        crosswise(1400, 2000, 0.15, anchor=(yes, 2000, 0.15))


def people(**columns):
    return pd.DataFrame({"items": [1, 2, 2, 3, 1, 3, 3, 2], "treated": [0, 0, 0, 0, 1, 1, 1, 1],
                         "age": [20, 30, 40, 50, 25, 35, 45, 55], "direct": [0, 0, 0, 1, 0, 0, 0, 1],
                         **columns})


@pytest.mark.parametrize("frame, options, told", [
    (people(treated=0), {}, "Only 0 of the respondents are in the treated group"),
    (people(treated=[1] + [0] * 7), {}, "Only 1 of the respondents are in the treated group"),
    (people(items=[1] * 4 + [2] * 4), {}, "name the same number of items"),
    (people(town=list("ccababab")), dict(covariates=["town"]),
     "'town = c' has one value only in the treated"),
    (people(town=list("ababccaa")), dict(covariates=["town"]),
     "'town = b' has one value only in the treated"),
    (people(town=list("aaaabbbb")), dict(covariates=["town"]), "has one value only in the treated group"),
    (people(town=list("aaabaaab")), dict(covariates=["town"]), "is the only one of a kind of the covariates"),
    (people(a=range(8), b=range(0, 16, 2)), dict(covariates=["a", "b"]), "covariate 'b' has one value only"),
    (people(direct=[0, 1, 1, 1, 0, 0, 0, 1]), dict(direct="direct"), "Of those who deny it directly"),
    (people(), dict(direct="direct", covariates=["age"]), "give one of them"),
    (people().iloc[:0], {}, "the table has no rows"),
    ([1], {}, "the table is a list"),
    (people().drop(columns="items"), {}, "no column 'items'"),
    (people(items=[1, -2, 2, 3, 1, 3, 3, 2]), {}, "column 'items', row 1, is -2"),
    (people(items=[1, 2.5, 2, 3, 1, 3, 3, 2]), {}, r"column 'items', row 1, is 2\.5"),
    (people(items=[1, None, 2, 3, 1, 3, 3, 2]), {}, "column 'items', row 1, is missing"),
    (people(items=list("12231332")), {}, "column 'items', row 0, is the text"),
    (people(items=[1, 2, 2, 3, 1, 3, 3, 20_000]), {}, "column 'items' goes up to 19999"),
    (people(treated=[0, 0, 0, 2, 1, 1, 1, 1]), {}, "column 'treated', row 3, is 2"),
    (people(treated=[0, 0, 0, None, 1, 1, 1, 1]), {}, "column 'treated', row 3, is missing"),
    (people(direct=[0, 0, 0, 5, 0, 0, 0, 1]), dict(direct="direct"), "column 'direct', row 3, is 5"),
    (people(), dict(covariates="age"), r"covariates is 'age': give a list .* \['age'\]"),
    (people(), dict(covariates=["ages"]), "Did you mean 'age'"),
    (people(), dict(covariates=["age", "age"]), "names a column twice"),
    (people(constant=1), dict(covariates=["constant"]), "every model has one already"),
    (people(age=[20, None, 40, 50, 25, 35, 45, 55]), dict(covariates=["age"]), "'age', row 1, is missing"),
])
def test_bad_lists_are_named_with_their_mend(frame, options, told):
    with pytest.raises(ValueError, match=told):
        list_experiment(frame, "items", "treated", **options)
