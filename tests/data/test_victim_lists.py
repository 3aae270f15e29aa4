"""victim_lists holds what its lesson claims: in the shipped file, and in fresh samples by the same rules."""
from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from measurement import two_source
from widgets.datasets import dataset, missing_reasons

LISTS = ["police", "ngo", "labour_insp", "border", "health"]
FRESH_SEEDS = range(1, 41)


@pytest.fixture(scope="module")
def people():
    return dataset("victim_lists")


@pytest.fixture(scope="module")
def fresh(script):
    """Samples by the same rules from seeds nobody chose, as (table, truth)."""
    samples = []
    for seed in FRESH_SEEDS:
        rows, planted = script.generate(seed)
        samples.append((pd.DataFrame(rows["victim_lists"], columns=script.COLUMNS["victim_lists"]), planted))
    return samples


def counts(table, one, other):
    first, second = table[f"list_{one}"], table[f"list_{other}"]
    return int(first.sum()), int(second.sum()), int((first & second).sum())


def estimates(fresh, one, other):
    """Chapman's estimate in each fresh sample, and the true sizes."""
    n1, n2, both = zip(*(counts(table, one, other) for table, _ in fresh))
    return two_source(n1, n2, both), np.array([planted["persons"] for _, planted in fresh])


def test_the_file_has_1500_rows_about_6000_persons_and_everybody_is_on_a_list(people, truth):
    lists = people[[f"list_{name}" for name in LISTS]].sum(axis=1)
    assert len(people) == 1500
    assert lists.min() == 1
    assert 5500 <= truth["persons"] <= 6500


def test_the_truth_adds_up(people, truth):
    assert sum(truth["persons_by_form"].values()) == truth["persons"]
    assert sum(truth["persons_by_sex"].values()) == truth["persons"]
    assert sum(truth["on_a_list_by_form"].values()) == truth["on_a_list"]
    assert truth["on_a_list"] + truth["on_no_list"] == truth["persons"]
    assert truth["on_a_list"] + len(truth["persons_in_two_rows"]) == truth["rows"] == len(people)


def test_persons_in_two_rows_are_one_person_on_different_lists(people, truth):
    rows = people.set_index("person_id")
    for one, other in truth["persons_in_two_rows"]:
        first, second = rows.loc[one], rows.loc[other]
        same = ["sex", "age_group", "exploitation_form", "region"]
        assert first[same].fillna("-").tolist() == second[same].fillna("-").tolist()
        assert not any(first[f"list_{name}"] and second[f"list_{name}"] for name in LISTS)


def test_missed_links_lower_the_overlaps_and_leave_the_lists_as_they_are(people, truth):
    assert {name: int(people[f"list_{name}"].sum()) for name in LISTS} == truth["true_list_sizes"]
    for one, other in combinations(LISTS, 2):
        assert counts(people, one, other)[2] <= truth["true_overlaps"][f"{one} & {other}"]


def test_link_quality_is_there_exactly_where_lists_were_linked(people):
    several = people[[f"list_{name}" for name in LISTS]].sum(axis=1) > 1
    assert (people["link_quality"].notna() == several).all()
    assert people["link_quality"].min() >= 0.6


def test_the_border_guard_knows_the_form_of_exploitation_less_often(people):
    only_border = (people["list_border"] == 1) & (people[[f"list_{name}" for name in LISTS]].sum(axis=1) == 1)
    unknown = missing_reasons("victim_lists")["exploitation_form"] == "not-recorded"
    assert unknown[only_border].mean() > 3 * unknown[~only_border].mean()


def test_only_persons_of_care_services_withheld_an_answer(people):
    others = people[["list_police", "list_labour_insp", "list_border"]].sum(axis=1) > 0
    reasons = missing_reasons("victim_lists")
    assert (reasons == "withheld").any(axis=None)
    assert not (reasons[others] == "withheld").any(axis=None)


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_police_and_ngo_give_a_decent_estimate(people, truth):
    estimate = two_source(*counts(people, "police", "ngo"))
    assert estimate.low <= truth["persons"] <= estimate.high
    assert abs(estimate.value / truth["persons"] - 1) < 0.1


def test_police_and_border_give_far_too_little(people, truth):
    estimate = two_source(*counts(people, "police", "border"))
    assert estimate.high < truth["persons"] / 2


def test_ngo_and_labour_inspectorate_give_too_much(people, truth):
    assert two_source(*counts(people, "ngo", "labour_insp")).value > 1.5 * truth["persons"]


def test_one_pair_of_lists_has_nobody_in_common(people):
    assert counts(people, "labour_insp", "border")[2] == 0


# The lesson, on fresh samples.

def test_fresh_samples_have_1500_rows_and_about_6000_persons(fresh):
    assert all(len(table) == 1500 for table, _ in fresh)
    assert all(5300 <= planted["persons"] <= 6700 for _, planted in fresh)


def test_labour_inspectorate_and_border_guard_never_meet_the_same_person(fresh):
    assert all(counts(table, "labour_insp", "border")[2] == 0 for table, _ in fresh)


def test_referral_makes_police_and_border_too_low_in_every_sample(fresh):
    table, persons = estimates(fresh, "police", "border")
    assert (table["high"] < persons).all()


def test_police_and_ngo_are_right_about_as_often_as_they_promise(fresh):
    table, persons = estimates(fresh, "police", "ngo")
    held = (table["low"] <= persons) & (persons <= table["high"])
    assert held.mean() >= 0.85  # missed links pull it a little upwards
    assert abs((table["value"] / persons).median() - 1) < 0.12


def test_services_for_different_forms_make_ngo_and_labour_inspectorate_too_high(fresh):
    table, persons = estimates(fresh, "ngo", "labour_insp")
    assert (table["value"] / persons).median() > 1.4


def test_within_one_form_of_exploitation_ngo_and_labour_inspectorate_are_decent(fresh):
    ratios = []
    for table, planted in fresh:
        form = table[table["exploitation_form"] == "forced labour"]
        known = len(form) / planted["on_a_list_by_form"]["forced labour"]
        value = two_source(*counts(form, "ngo", "labour_insp")).value / known
        ratios.append(value / planted["persons_by_form"]["forced labour"])
    assert abs(np.median(ratios) - 1) < 0.2


def test_three_links_in_a_hundred_are_missed(fresh):
    several = sum((table[[f"list_{name}" for name in LISTS]].sum(axis=1) > 1).sum() for table, _ in fresh)
    missed = sum(len(planted["persons_in_two_rows"]) for _, planted in fresh)
    assert 0.02 <= missed / (several + missed) <= 0.04


@pytest.mark.parametrize("column, value, published", [
    ("sex", ["female"], 0.61),
    ("age_group", ["0 to 13", "14 to 17"], 0.38),
    ("exploitation_form", ["forced labour"], 0.42),
    ("exploitation_form", ["sexual exploitation"], 0.38),
    ("exploitation_form", ["forced criminality"], 0.08),
])
def test_shares_among_those_listed_are_the_published_ones(fresh, column, value, published):
    shares = []
    for table, _ in fresh:
        known = table[column][~table[column].isin(["not-recorded", "withheld"])]
        shares.append(known.isin(value).mean())
    assert np.mean(shares) == pytest.approx(published, abs=0.02)


def test_a_quarter_of_all_persons_is_listed_as_in_the_united_kingdom(fresh):
    share = np.mean([planted["on_a_list"] / planted["persons"] for _, planted in fresh])
    assert 2744 / 13000 <= share <= 2744 / 10000


def test_the_capture_model_is_log_linear_with_the_planted_terms(script):
    """Odds ratios: 3.32 for police and border, 0 for the pair that never meets, 1 for the others."""
    for form in script.FORMS:
        shares = script.list_shares(form)
        assert sum(shares.values()) == pytest.approx(1)

        def share(*on):
            return shares[tuple(int(name in on) for name in script.LISTS)]

        for one, other in combinations(script.LISTS, 2):
            ratio = share() * share(one, other) / (share(one) * share(other))
            planted = {("police", "border"): 3.32, ("labour_insp", "border"): 0}.get((one, other), 1)
            assert ratio == pytest.approx(planted)
