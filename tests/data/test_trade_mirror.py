"""trade_mirror holds what its lesson claims: in the shipped file, and in fresh samples by the same rules."""
from __future__ import annotations


import numpy as np
import pandas as pd
import pytest

from measurement import first_digits, mirror_gap
from widgets.datasets import dataset, missing_reasons

FRESH_SEEDS, MANY_SEEDS = range(1, 26), range(1001, 2001)
DISHONEST = ["timber", "gold", "e-waste"]
CLEAR = 0.15  # a gap of the logarithms that errors of 2 % on either side do not reach


@pytest.fixture(scope="module")
def trade():
    return dataset("trade_mirror")


def table(script, rows):
    frame = pd.DataFrame(rows["trade_mirror"], columns=script.COLUMNS["trade_mirror"])
    for column in frame.columns[4:]:
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    return frame


def reported(trade):
    return trade.dropna(subset=["exports_fob", "imports_cif"])


def comparable(trade):
    both = reported(trade)
    return both[(both["reexport"] == 0) & (both["classification_shift"] == 0)]


def freight(trade):
    """Rate near and for each further 1,000 km, as the honest commodities show it."""
    honest = trade[~trade["commodity"].isin(DISHONEST)]
    rate = honest["imports_cif"].astype(float) / honest["exports_fob"].astype(float) - 1
    slope, near = np.polyfit(honest["distance_km"] / 1000, rate, 1)
    return near, slope


def careful(trade):
    """Gaps without honest reasons: comparable rows, freight by distance, and clear gaps only."""
    rows = comparable(trade)
    near, slope = freight(rows)
    gaps = mirror_gap(rows["imports_cif"].astype(float), rows["exports_fob"].astype(float),
                      freight=near + slope * rows["distance_km"] / 1000)
    return gaps[np.abs(np.log(gaps["imports_fob"] / gaps["exports"])) > CLEAR]


def hasty(trade):
    """All gaps, freight of 6 % for everybody."""
    rows = reported(trade)
    return mirror_gap(rows["imports_cif"].astype(float), rows["exports_fob"].astype(float))


def results(script, seeds):
    rows = []
    for seed in seeds:
        made, planted = script.generate(seed)
        trade = table(script, made)
        near, slope = freight(comparable(trade))
        found, naive = careful(trade), hasty(trade)
        rows.append({"near": near, "slope": slope, "share": (planted["outflow"] + planted["inflow"])
                     / planted["true_trade"],
                     **{sign: found[sign].sum() / planted[f"{sign}_in_comparable_rows"]
                        for sign in ("outflow", "inflow")},
                     **{f"hasty {sign}": naive[sign].sum() / planted[sign] for sign in ("outflow", "inflow")},
                     "net": found["gap"].sum() / found["outflow"].sum()})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def fresh(script):
    return results(script, FRESH_SEEDS)


# The shipped file agrees with its truth.

def test_the_file_has_1600_flows_of_five_years(trade, truth):
    assert len(trade) == truth["rows"] == 8000
    years = trade.groupby(["exporter", "importer", "commodity"])["year"].agg(["min", "max", "size"])
    assert len(years) == 1600
    assert (years == [2018, 2022, 5]).all(axis=None)
    assert len(comparable(trade)) == truth["comparable_rows"]


def test_the_kinds_of_wrong_invoices_add_up(truth):
    kinds = truth["by_kind"]
    for sign, names in {"outflow": ["export under-invoicing", "import over-invoicing"],
                        "inflow": ["export over-invoicing", "import under-invoicing"]}.items():
        assert sum(kinds[name]["amount"] for name in names) == pytest.approx(truth[sign], abs=2)
    listed = {kind: sum(len(flow.split(": ")[1].split()) for flow in flows)
              for kind, flows in truth["flows_by_kind"].items()}
    assert listed == {kind: told["rows"] for kind, told in kinds.items()}


def test_every_reason_for_a_missing_value_occurs_and_no_number_is_zero(trade):
    reasons = missing_reasons("trade_mirror")
    assert set(reasons["exports_fob"].dropna()) == {"not-reported", "confidential"}
    assert set(reasons["imports_quantity"].dropna()) == {"not-reported", "not-recorded"}
    assert set(trade.loc[reasons["exports_fob"] == "confidential", "commodity"]) == {"gold"}
    assert (trade[["exports_fob", "imports_cif", "exports_quantity", "imports_quantity"]].min() > 0).all()
    assert not (trade["exports_fob"].isna() & trade["imports_cif"].isna()).any()


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_the_careful_way_finds_what_leaves_and_what_comes_in(trade, truth):
    found = careful(trade)
    for sign in ("outflow", "inflow"):
        assert found[sign].sum() == pytest.approx(truth[f"{sign}_in_comparable_rows"], rel=0.04)


def test_the_hasty_way_finds_far_too_much_of_both(trade, truth):
    found = hasty(trade)
    assert found["outflow"].sum() > 1.7 * truth["outflow"]
    assert found["inflow"].sum() > 1.5 * truth["inflow"]


def test_the_two_signs_cancel_where_gaps_are_added_up(trade):
    found = careful(trade)
    assert found["gap"].sum() == pytest.approx(found["outflow"].sum() - found["inflow"].sum())
    assert abs(found["gap"].sum()) < found["outflow"].sum()


def test_the_price_of_a_tonne_tells_which_side_wrote_a_false_value(trade):
    rows = comparable(trade).dropna(subset=["exports_quantity", "imports_quantity"])
    rows = rows.loc[rows.index.intersection(careful(trade).index)]
    near, slope = freight(comparable(trade))
    off = {}
    for side, value in (("exports", rows["exports_fob"].astype(float)), (
            "imports", rows["imports_cif"].astype(float) / (1 + near + slope * rows["distance_km"] / 1000))):
        price = np.log(value / rows[f"{side}_quantity"])
        usual = trade["commodity"].map({"timber": 0.5, "gold": 55.0, "e-waste": 1.2})
        off[side] = np.abs(price - np.log(usual[rows.index]))
    importer_false = off["imports"] > off["exports"]
    larger = off["imports"].where(importer_false, off["exports"])
    assert (importer_false[rows["commodity"] == "e-waste"]).mean() > 0.9
    # Wood that is left out takes its quantity with it: prices are normal on both sides.
    assert larger[rows["commodity"] == "timber"].median() < 0.2 < larger[rows["commodity"] == "gold"].median()


def test_missing_wood_shows_in_the_quantities_and_false_values_do_not(trade):
    rows = comparable(trade).dropna(subset=["exports_quantity", "imports_quantity"])
    rows = rows.loc[rows.index.intersection(careful(trade).index)]
    ratio = rows["imports_quantity"] / rows["exports_quantity"]
    assert ratio[rows["commodity"] == "timber"].min() > 1.2
    assert ratio[rows["commodity"].isin(["gold", "e-waste"])].between(0.8, 1.25).all()


def digits(trade):
    """For each commodity, how far the first two digits of imports are from Benford's law, against chance."""
    found = {}
    for commodity, rows in trade.groupby("commodity"):
        amounts = rows["imports_cif"].dropna().astype(int)
        result = first_digits(amounts[amounts >= 10], digits=2)
        found[commodity] = result.value / result.mad_by_chance
    return pd.Series(found)


def test_first_digits_show_values_below_a_limit_and_neither_missing_wood_nor_dear_gold(trade):
    found = digits(trade)
    assert found["e-waste"] > 1.55 > found.drop("e-waste").max()


# The lesson, on fresh samples.

def test_first_digits_show_only_the_invented_values_in_fresh_samples(script):
    for seed in FRESH_SEEDS[:5]:
        found = digits(table(script, script.generate(seed)[0]))
        assert found["e-waste"] > 1.55 > found.drop("e-waste").max()


def check(found):
    for sign in ("outflow", "inflow"):
        assert (found[sign].sub(1).abs() < 0.04).mean() >= 0.95
        assert found[sign].median() == pytest.approx(1, abs=0.01)
        assert (found[f"hasty {sign}"] > 1.5).mean() >= 0.99
        assert found[f"hasty {sign}"].median() > 2.5
    assert found["near"].median() == pytest.approx(0.03, abs=0.003)
    assert found["slope"].median() == pytest.approx(0.0075, abs=0.0004)
    assert found["net"].median() < 0.75


def test_careful_is_near_and_hasty_too_much_in_fresh_samples(fresh):
    check(fresh)


def test_about_two_per_cent_of_the_trade_is_invoiced_wrongly_as_in_the_published_order_of_size(fresh):
    assert fresh["share"].median() == pytest.approx(0.023, abs=0.008)


@pytest.mark.slow
def test_careful_is_near_and_hasty_too_much_in_a_thousand_samples(script):
    check(results(script, MANY_SEEDS))
