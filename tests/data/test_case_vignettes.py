"""case_vignettes: agreement beyond chance, the elements raters disagree on, and answers that are withheld."""
from __future__ import annotations


import numpy as np
import pandas as pd
import pytest

from measurement import agreement
from widgets.datasets import dataset, missing_reasons

NAME, RATINGS = "case_vignettes", "case_vignettes_ratings"
ELEMENTS = ["three_or_more", "structured_group", "period_of_time", "serious_crime", "benefit",
            "transnational"]
COMPLETE = ["R1", "R2", "R3", "R4", "R5"]
FRESH_SEEDS = range(1, 41)


@pytest.fixture(scope="module")
def vignettes():
    return dataset(NAME)


@pytest.fixture(scope="module")
def ratings():
    return dataset(RATINGS)


def table_of(ratings, element, raters=tuple(COMPLETE)):
    """One row a case, one column a rater."""
    return ratings.pivot(index="vignette_id", columns="rater_id", values=element)[list(raters)]


def fleiss(table):
    return agreement(table).iloc[-1]


def answered_by_all(ratings, element):
    """The cases that the rater who withholds answers and the first five all coded."""
    return table_of(ratings, element, [*COMPLETE, "R6"]).dropna()


def trial(script, seed):
    rows, planted = script.generate(seed)
    ratings = pd.DataFrame(rows[RATINGS], columns=script.COLUMNS[RATINGS])
    ratings = ratings.where(~ratings.isin(["undecided", "not-read"]))
    found = {}
    for element in ELEMENTS:
        right, true = fleiss(table_of(ratings, element)), planted["agreement"][element]["kappa"]
        found[element, "held"] = right["low"] <= true <= right["high"]
        found[element, "error"] = right["value"] - true
        found[element, "kappa"], found[element, "observed"] = right["value"], right["observed"]
        found[element, "without hard cases"] = fleiss(answered_by_all(ratings, element))["value"] - true
    return found


@pytest.fixture(scope="module")
def fresh(script):
    return pd.DataFrame([trial(script, seed) for seed in FRESH_SEEDS])


def column(found, what):
    return pd.DataFrame({element: found[element, what] for element in ELEMENTS})


def test_every_case_has_a_text_a_key_and_a_reason(vignettes, truth):
    assert vignettes["vignette_id"].is_unique and vignettes["title"].is_unique
    assert set(truth["key"]) == set(vignettes["vignette_id"])
    titles = vignettes.set_index("vignette_id")["title"]
    for number, key in truth["key"].items():
        assert key["title"] == titles[number]
        assert key["reason"].endswith(".")
        assert set(key["room"]) <= set(ELEMENTS)
    assert vignettes["text"].str.split().str.len().between(25, 90).all()


def test_the_key_follows_the_definition(truth):
    """A group needs the five elements of article 2 (a), and no case is a group without one of them."""
    for key in truth["key"].values():
        assert key["organized_criminal_group"] == all(key[element] for element in ELEMENTS[:5])


def test_each_element_decides_some_case_alone(truth):
    """For each of the five elements there is a case that fails by it alone, except that a group which is not
    structured has not existed for a period of time either."""
    missing = [tuple(element for element in ELEMENTS[:5] if not key[element])
               for key in truth["key"].values()]
    assert {(element,) for element in ELEMENTS[:5]} - set(missing) == {("structured_group",)}
    assert ("structured_group", "period_of_time") in missing


def test_both_values_of_every_element_come_up_several_times(truth):
    for element in ELEMENTS:
        met = [key[element] for key in truth["key"].values()]
        assert 6 <= sum(met) <= len(met) - 6


def test_every_text_says_how_the_law_punishes_it(vignettes):
    assert vignettes["text"].str.contains(r"punish|by up to|fine", regex=True).all()


def test_women_and_men_act_in_the_cases(vignettes):
    text = vignettes["text"].str.lower()
    women = text.str.contains(r"\b(?:wom[ae]n|sisters?|mother|daughter|wife|girls|she|her|saleswoman)\b")
    men = text.str.contains(r"\b(?:m[ae]n|brothers|father|son|he|him|his|boys)\b")
    assert women.mean() > 0.5 and men.mean() > 0.4


def test_one_rater_withholds_exactly_where_the_law_leaves_room(truth, ratings):
    reasons = missing_reasons(RATINGS)
    for element in ELEMENTS:
        withheld = reasons[element] == "undecided"
        assert (ratings.loc[withheld, "rater_id"] == "R6").all()
        with_room = {number for number, key in truth["key"].items() if element in key["room"]}
        assert set(ratings.loc[withheld, "vignette_id"]) == with_room


def test_one_rater_stops_early_and_the_other_five_answer_everything(ratings):
    unread = (missing_reasons(RATINGS)[ELEMENTS] == "not-read").all(axis=1)
    assert set(ratings.loc[unread, "rater_id"]) == {"R7"}
    read = ratings[~unread & (ratings["rater_id"] == "R7")]["vignette_id"]
    assert sorted(read) == [f"V{number:02d}" for number in range(1, len(read) + 1)]
    assert ratings.loc[ratings["rater_id"].isin(COMPLETE), ELEMENTS].notna().all(axis=None)


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_the_true_kappas_lie_in_their_intervals(ratings, truth):
    held = []
    for element in ELEMENTS:
        kappa = fleiss(table_of(ratings, element))
        held.append(kappa["low"] <= truth["agreement"][element]["kappa"] <= kappa["high"])
    assert sum(held) >= 5


def test_raters_disagree_most_on_the_structured_group(ratings):
    kappas = {element: fleiss(table_of(ratings, element))["value"] for element in ELEMENTS}
    assert min(kappas, key=kappas.get) == "structured_group"


def test_the_share_of_agreement_is_far_above_agreement_beyond_chance(ratings):
    for element in ELEMENTS:
        kappa = fleiss(table_of(ratings, element))
        assert kappa["observed"] > kappa["value"] + 0.1


def test_without_the_cases_that_a_rater_left_open_agreement_looks_better(ratings):
    for element in ELEMENTS:
        easy = fleiss(answered_by_all(ratings, element))["value"]
        assert easy > fleiss(table_of(ratings, element))["value"]


# The lesson, on fresh ratings of the same cases.

def test_kappa_is_right_on_average_and_its_intervals_hold(fresh):
    assert (column(fresh, "error").mean().abs() < 0.04).all()
    assert (column(fresh, "held").mean() >= 0.90).all()


def test_leaving_out_open_cases_makes_agreement_too_high_for_every_element(fresh):
    assert (column(fresh, "without hard cases").mean() > 0.04).all()


def test_agreement_on_the_benefit_is_more_frequent_and_beyond_chance_lower_than_on_the_transnational_side(
    script,
):
    """With more cases on one side chance does more of the work."""
    agreed = script.generate(1)[1]["agreement"]
    assert agreed["benefit"]["observed"] > agreed["transnational"]["observed"]
    assert agreed["benefit"]["kappa"] < agreed["transnational"]["kappa"]


def test_agreement_on_the_whole_is_lower_than_on_any_element(script):
    planted = script.generate(1)[1]
    whole = planted["agreement_on_organized_criminal_group"]["kappa"]
    assert whole < min(one["kappa"] for one in planted["agreement"].values())


def test_the_planted_agreement_is_that_of_many_ratings(script, fresh):
    """An independent way: agreeing pairs counted in 40 fresh sets of ratings."""
    planted = script.generate(1)[1]["agreement"]
    for element, mean in column(fresh, "observed").mean().items():
        assert mean == pytest.approx(planted[element]["observed"], abs=0.015)


@pytest.mark.slow
def test_kappa_is_right_and_complete_cases_are_not_in_1000_fresh_sets_of_ratings(script):
    found = pd.DataFrame([trial(script, seed) for seed in range(1001, 2001)])
    assert (column(found, "error").mean().abs() < 0.01).all()
    # The cases are always the same forty, so intervals for a sample of cases hold more often than they say.
    held = column(found, "held").mean()
    assert (held >= 0.93).all(), held
    naive = column(found, "without hard cases")
    assert (naive.mean() > 0.05).all()
    assert (naive > 0).mean().min() > 0.80
    assert np.mean(column(found, "kappa").idxmin(axis=1) == "structured_group") > 0.75
