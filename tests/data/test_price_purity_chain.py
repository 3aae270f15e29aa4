"""price_purity_chain holds what its lesson claims: in the shipped file, and in fresh samples."""
from __future__ import annotations


import numpy as np
import pandas as pd
import pytest

from measurement import price_chain
from widgets.datasets import dataset, missing_reasons

NAME = "price_purity_chain"
STAGES = ["farm", "laboratory", "export", "import", "middle", "street"]


@pytest.fixture(scope="module")
def purchases():
    return dataset(NAME)


def chain(purchases):
    """The measure, on the purchases whose purity was tested."""
    tested = purchases.dropna(subset="purity_pct")
    tested = tested.assign(purity=tested["purity_pct"] / 100)
    return price_chain(tested, "stage", "price_usd", "qty_g", "purity", STAGES)


def naive(purchases):
    """What a reader may do wrong on the street: mean of ratios, purchases without drug dropped, asked prices;
    and the exponent of all stages together."""
    street = purchases[purchases["stage"] == "street"]
    held = street[street["purity_pct"] > 0]
    pure = held["qty_g"] * held["purity_pct"] / 100
    slope, _ = np.polyfit(np.log(purchases["qty_g"]), np.log(purchases["price_usd"]), 1)
    return {"mean_of_ratios": (held["price_usd"] / pure).mean(),
            "drugless_dropped": held["price_usd"].sum() / pure.sum(),
            "asked": street["price_usd"].sum() / street["qty_g"].sum(), "exponent": slope}


def samples(script, seeds):
    chains, wrong, truth = [], [], None
    for seed in seeds:
        rows, truth = script.generate(seed)
        table = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
        for column in ("qty_g", "price_usd", "purity_pct"):
            table[column] = pd.to_numeric(table[column], errors="coerce")
        chains.append(chain(table))
        wrong.append(naive(table))
    return chains, pd.DataFrame(wrong), truth


@pytest.fixture(scope="module")
def fresh(script):
    return samples(script, range(1, 41))


def test_the_table_has_500_purchases_on_each_stage(purchases, truth):
    assert len(purchases) == truth["rows"] == 3000
    assert purchases["stage"].value_counts().to_dict() == dict.fromkeys(STAGES, 500)


def test_purchases_stand_in_the_order_of_their_dates(purchases):
    assert purchases["date"].is_monotonic_increasing
    assert purchases["purchase_id"].is_monotonic_increasing


def test_purity_is_missing_exactly_where_an_informant_told(purchases):
    assert (purchases["purity_pct"].isna() == (purchases["source"] == "informant")).all()
    assert set(missing_reasons(NAME)["purity_pct"].dropna()) == {"not-tested"}


def test_a_purity_of_0_is_a_result_and_found_near_the_user_only(purchases, truth):
    empty = purchases[purchases["purity_pct"] == 0]["stage"].value_counts()
    assert empty.to_dict() == {stage: n for stage, n in truth["purchases_without_drug"].items() if n}
    assert set(empty.index) <= {"middle", "street"}


def test_each_stage_is_where_it_can_be(purchases):
    where = purchases.groupby("stage")["country"].agg(set)
    assert where["farm"] == where["laboratory"] == {"Kestria"}
    assert where["export"] == {"Kestria", "Norvia"}
    assert where["import"] == where["middle"] == where["street"] == {"Arvenia", "Lusmark"}


def test_the_truth_adds_up(truth):
    stages = truth["stages"]
    product = 1.0
    for before, stage in zip(STAGES, STAGES[1:]):
        ratio = stages[stage]["usd_a_pure_gram"] / stages[before]["usd_a_pure_gram"]
        assert stages[stage]["markup"] == pytest.approx(ratio, rel=1e-3)
        product *= stages[stage]["markup"]
    assert truth["markup_from_farm_to_street"] == pytest.approx(product, rel=1e-3)
    assert truth["share_of_the_farm_in_the_street_price"] == pytest.approx(1 / product, rel=1e-2)


def test_the_truth_is_what_very_many_purchases_give(script):
    """The expected values in closed form, against the drawing itself."""
    import common

    script.ROWS_A_STAGE, rows = 200_000, script.ROWS_A_STAGE
    try:
        draws = common.Draws("many purchases", 1)
        for stage in ("farm", "street"):
            bought = script.draw_stage(draws, stage)
            paid = bought["way"] != "informant"
            pure = (bought["grams"] * bought["purity"])[paid].sum()
            assert bought["usd"][paid].sum() / pure == pytest.approx(
                script.expected(stage)["usd_a_pure_gram"], rel=0.01)
    finally:
        script.ROWS_A_STAGE = rows


def test_prices_are_of_the_published_order(truth):
    stages = truth["stages"]
    assert stages["farm"]["usd_a_pure_gram"] == pytest.approx(0.1375, rel=0.05)
    assert stages["laboratory"]["usd_a_gram_as_sold"] == pytest.approx(2.269, rel=0.05)
    assert stages["export"]["usd_a_gram_as_sold"] == pytest.approx(6, rel=0.1)
    assert 20 <= stages["import"]["usd_a_gram_as_sold"] <= 40
    assert 80 <= stages["street"]["usd_a_gram_as_sold"] <= 100


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_the_pure_price_of_every_stage_is_found(purchases, truth):
    found = chain(purchases)
    values = pd.Series({stage: truth["stages"][stage]["usd_a_pure_gram"] for stage in STAGES})
    assert ((found["pure_price"] / values - 1).abs() < 0.08).all()
    assert ((found["low"] <= values) & (values <= found["high"])).sum() >= 5


def test_the_quantity_discount_is_found_within_stages_and_not_across_them(purchases, truth):
    found = chain(purchases).iloc[0]
    assert abs(found["exponent"] - truth["exponent_of_quantity"]) < 3 * found["exponent_se"]
    assert naive(purchases)["exponent"] < 0.5


def test_on_the_street_the_price_stays_and_the_pure_price_falls(purchases, truth):
    street = purchases[(purchases["stage"] == "street") & purchases["purity_pct"].notna()]
    years = street.assign(pure=street["qty_g"] * street["purity_pct"] / 100).groupby(
        street["date"].astype(str).str[:4])[["price_usd", "qty_g", "pure"]].sum()
    as_sold, pure = years["price_usd"] / years["qty_g"], years["price_usd"] / years["pure"]
    assert as_sold.max() / as_sold.min() < 1.15
    assert pure.is_monotonic_decreasing
    by_year = truth["street_usd_a_pure_gram_by_year"]
    assert by_year["2023"] < 0.8 * by_year["2021"]


# The lesson, on fresh samples.

def hold_the_lesson(chains, wrong, truth, fewest, most):
    stages = truth["stages"]
    for stage in STAGES:
        rows = pd.DataFrame([found.loc[stage] for found in chains])
        value = stages[stage]["usd_a_pure_gram"]
        assert fewest <= ((rows["low"] <= value) & (value <= rows["high"])).mean() <= most, stage
        if stage != "farm":
            value = stages[stage]["markup"]
            held = (rows["markup_low"] <= value) & (value <= rows["markup_high"])
            assert fewest <= held.mean() <= most, stage
    slopes = pd.DataFrame([found.iloc[0][["exponent", "exponent_se"]] for found in chains])
    reach = 1.959964 * slopes["exponent_se"]
    assert fewest <= ((slopes["exponent"] - truth["exponent_of_quantity"]).abs() <= reach).mean() <= most
    street = stages["street"]
    # A purchase of low purity weighs as much as any other; one without drug is left out twice over.
    ratio = wrong["mean_of_ratios"] / street["usd_a_pure_gram"]
    assert ratio.mean() == pytest.approx(1.14, abs=0.03) and (ratio > 1).all()
    assert (wrong["drugless_dropped"] / street["usd_a_pure_gram"]).mean() == pytest.approx(0.95, abs=0.01)
    # What informants were asked for is above what was paid.
    assert (wrong["asked"] / street["usd_a_gram_as_sold"]).mean() == pytest.approx(1.03, abs=0.01)
    # Across stages the discount holds the mark-ups too.
    assert wrong["exponent"].between(0.3, 0.45).all()
    # As sold, leaf to cocaine looks like a thousandfold gain, and import to street like less than it is.
    as_sold = pd.Series([found["price"]["street"] / found["price"]["import"] for found in chains])
    assert (as_sold < 0.75 * street["markup"] * stages["middle"]["markup"]).all()
    assert stages["laboratory"]["markup_as_sold"] > 50 * stages["laboratory"]["markup"]


def test_pure_prices_mark_ups_and_discount_are_right_and_short_cuts_wrong_in_fresh_samples(fresh):
    hold_the_lesson(*fresh, fewest=0.8, most=1.0)


@pytest.mark.slow
def test_pure_prices_mark_ups_and_discount_hold_the_truth_at_their_level_in_1000_samples(script):
    hold_the_lesson(*samples(script, range(1, 1001)), fewest=0.93, most=0.97)
