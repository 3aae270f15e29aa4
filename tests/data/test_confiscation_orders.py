"""confiscation_orders: shares of shares, files in which nobody looked for money, and heavy tails."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from measurement import survey_estimate
from measurement._intervals import wilson
from widgets.datasets import dataset

NAME = "confiscation_orders"
FRESH_SEEDS = range(1, 41)
LAST_FINAL_YEAR = 2020  # from 2021 on some orders are not final


@pytest.fixture(scope="module")
def files():
    return dataset(NAME)


def as_read(script, seed):
    rows, planted = script.generate(seed)
    table = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
    for column in ("estimated", "recovered"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    return table, planted


def investigated(table):
    """Files with an estimate, of the years in which every order is final."""
    rows = table[(table["judgment_year"] <= LAST_FINAL_YEAR) & table["estimated"].notna()]
    return rows.astype({"estimated": float, "recovered": float, "ordered": float}).assign(weight=1.0)


def share_of_sums(rows):
    return survey_estimate(rows, "recovered", "weight", kind="ratio", denominator="estimated")


def median_interval(amounts):
    """Limits of a median from the order of the values: binomial, whatever the shape of the tail."""
    ordered, n = np.sort(amounts), len(amounts)
    below = math.floor(n / 2 - 1.96 * math.sqrt(n) / 2)
    return ordered[below - 1], ordered[n - below]


def trial(script, seed):
    table, planted = as_read(script, seed)
    rows = investigated(table)
    shares, district = planted["shares_of_the_sums"], planted["shares_of_the_sums_district_courts"]
    in_district = rows[rows["court"] == "district court"]
    by_court, together = share_of_sums(in_district), share_of_sums(rows)
    low, high = wilson((table["ordered"] > 0).mean(), len(table), 1.96)
    least, most = median_interval(in_district["estimated"])
    mean, se = rows["estimated"].mean(), rows["estimated"].std() / math.sqrt(len(rows))
    true_mean = planted["mean_for_a_file"]["estimated"] / (
        planted["share_of_files_with_an_order"] / script.ORDER)
    orders = rows[rows["ordered"] > 0]
    return {
        "order": low <= planted["share_of_files_with_an_order"] <= high,
        "district": by_court.low <= district["recovered_of_estimated"] <= by_court.high,
        "district error": by_court.value / district["recovered_of_estimated"] - 1,
        "both courts": together.low <= shares["recovered_of_estimated"] <= together.high,
        "median": least <= planted["median_proceeds_before_the_district_courts"] <= most,
        "normal interval of the mean": abs(mean - true_mean) <= 1.96 * se,
        "mean of shares": (rows["recovered"] / rows["estimated"]).mean() / shares["recovered_of_estimated"],
        "mean of shares of orders":
            (orders["recovered"] / orders["ordered"]).mean() / shares["recovered_of_ordered"],
        "files without estimate dropped":
            planted["proceeds_in_these_files"] / table["estimated"].sum(),
        "orders only": orders["recovered"].sum() / orders["ordered"].sum() / shares["recovered_of_proceeds"],
        "orders that are not final dropped":
            (table["ordered"] > 0)[table["recovered"].notna()].mean()
            - planted["share_of_files_with_an_order"],
        "largest in a hundred":
            rows["estimated"].nlargest(len(rows) // 100).sum() / rows["estimated"].sum(),
    }


@pytest.fixture(scope="module")
def fresh(script):
    return pd.DataFrame([trial(script, seed) for seed in FRESH_SEEDS])


def test_stages_follow_each_other(files):
    known = files["estimated"].notna()
    assert (files["assets_abroad"].notna() == known).all()
    assert (files.loc[~known, ["restrained", "ordered"]] == 0).all(axis=None)
    assert ((files["ordered"] > 0) == files["order_basis"].notna()).all()
    assert (files["restrained"] <= files["estimated"].fillna(0)).all()
    assert (files["returned"] <= files["ordered"]).all()
    final = files["recovered"].notna()
    assert (files["recovered"] + files["returned"] <= files["ordered"])[final].all()


def test_only_restrained_property_is_claimed_and_only_an_upheld_claim_is_returned(files):
    claimed = files["third_party"] != "no claim"
    assert (files.loc[claimed, "restrained"] > 0).all()
    assert ((files["returned"] > 0) == (files["third_party"] == "claim upheld")).all()


def test_only_orders_of_the_last_years_are_not_final(files):
    pending = files[files["recovered"].isna()]
    assert (pending["ordered"] > 0).all()
    assert pending["judgment_year"].min() > LAST_FINAL_YEAR


def test_the_truth_adds_up(files, truth):
    estimated = int(files["estimated"].sum())
    assert estimated + truth["proceeds_that_nobody_estimated"] == truth["proceeds_in_these_files"]
    assert int(files["recovered"].sum()) <= truth["recovered_in_these_files_when_all_orders_are_final"]
    assert (files["ordered"] > 0).sum() == truth["orders_in_these_files"]
    shares = truth["shares_of_the_sums"]
    product = math.prod(shares[stage] for stage in (
        "recovered_of_ordered", "ordered_of_estimated", "estimated_of_proceeds"))
    assert product == pytest.approx(shares["recovered_of_proceeds"], abs=1e-5)


def test_women_and_men_are_found_for_every_offence(files):
    assert (files.groupby("offence")["offender_sex"].nunique() == 2).all()


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_the_share_of_the_sums_before_the_district_courts_is_right(files, truth):
    rows = investigated(files)
    estimate = share_of_sums(rows[rows["court"] == "district court"])
    planted = truth["shares_of_the_sums_district_courts"]["recovered_of_estimated"]
    assert estimate.low <= planted <= estimate.high


def test_recovered_of_ordered_is_many_times_recovered_of_all_proceeds_in_the_files(files, truth):
    final = files[files["recovered"].notna()]
    of_ordered = final["recovered"].sum() / final["ordered"].sum()
    in_the_end = truth["recovered_in_these_files_when_all_orders_are_final"]
    of_proceeds = in_the_end / truth["proceeds_in_these_files"]
    assert of_ordered > 4 * of_proceeds


def test_the_mean_of_the_shares_is_far_above_the_share_of_the_sums(files, truth):
    rows = investigated(files)
    mean = (rows["recovered"] / rows["estimated"]).mean()
    assert mean > 1.4 * truth["shares_of_the_sums"]["recovered_of_estimated"]


# The lesson, on fresh samples.

def test_right_methods_hold_about_as_often_as_they_promise(fresh):
    assert fresh[["order", "district", "median"]].mean().min() >= 0.85
    assert abs(fresh["district error"].mean()) < 0.04


def test_naive_shares_are_too_high_in_every_fresh_sample(fresh):
    assert (fresh["mean of shares"] > 1.4).all()
    assert (fresh["mean of shares of orders"] > 1.1).all()
    assert (fresh["orders only"] > 2.5).all()
    assert (fresh["files without estimate dropped"] > 1.02).all()


def test_leaving_out_orders_that_are_not_final_leaves_out_orders(fresh):
    assert fresh["orders that are not final dropped"].mean() < -0.008


def test_one_file_in_a_hundred_holds_a_large_part_of_the_money(fresh):
    assert fresh["largest in a hundred"].median() > 0.25


@pytest.mark.slow
def test_intervals_cover_where_the_tail_is_short_and_fall_short_where_it_is_long_in_1000_samples(script):
    found = pd.DataFrame([trial(script, seed) for seed in range(1001, 2001)])
    held = found.mean()
    for method in ("order", "district", "median"):
        assert 0.93 <= held[method] <= 0.97, (method, held[method])
    assert abs(held["district error"]) < 0.01
    # With the high court in it the money has a tail without variance: no interval of this kind holds.
    assert 0.80 <= held["both courts"] <= 0.92
    assert held["normal interval of the mean"] <= 0.80
    assert (found["mean of shares"] > 1.3).mean() >= 0.999
