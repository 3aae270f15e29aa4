"""assistance_requests: refusals compete with execution, and the register closes before all have ended."""
from __future__ import annotations


import numpy as np
import pandas as pd
import pytest

from measurement import response_times
from widgets.datasets import dataset, missing_reasons

NAME = "assistance_requests"
HORIZONS = (180, 365, 730)
FRESH_SEEDS = range(1, 41)


@pytest.fixture(scope="module")
def requests():
    return dataset(NAME)


def curves(table, naive=False):
    """Shares by outcome and time; naive takes everything that was not executed for open."""
    outcome = table["outcome"].where(table["outcome"] == "executed", "open") if naive else table["outcome"]
    table = table.assign(outcome=outcome, ended_on=table["ended_on"].fillna(pd.Timestamp("2023-12-31")))
    return response_times(table, "sent_on", "ended_on", "outcome")


def at(curve, outcome, days):
    """The row of a curve that holds at this time."""
    rows = curve.loc[outcome]
    return rows.iloc[rows.index.searchsorted(days, side="right") - 1]


def as_read(script, seed):
    rows, planted = script.generate(seed)
    table = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
    for column in ("sent_on", "ended_on"):
        table[column] = pd.to_datetime(table[column].where(table[column] != "open"), format="%Y-%m-%d")
    return table, planted


def trial(script, seed):
    """For each horizon and outcome: whether the interval held, and the error; the same of the naive curve."""
    table, planted = as_read(script, seed)
    right, naive = curves(table), curves(table, naive=True)
    found = {}
    for days in HORIZONS:
        for outcome, share in planted["share_ended_within_days"][str(days)].items():
            row = at(right, outcome, days)
            found[days, outcome] = (row["low"] <= share <= row["high"], row["share"] - share)
        executed = planted["share_ended_within_days"][str(days)]["executed"]
        row = at(naive, "executed", days)
        found[days, "naive"] = (row["low"] <= executed <= row["high"], row["share"] - executed)
    ended = table.dropna(subset=["ended_on"])
    within_a_year = (ended["outcome"] == "executed") & ((ended["ended_on"] - ended["sent_on"]).dt.days <= 365)
    share = planted["share_ended_within_days"]["365"]["executed"]
    found["share of those that ended"] = (False, within_a_year.mean() - share)
    return found


@pytest.fixture(scope="module")
def fresh(script):
    return pd.DataFrame([trial(script, seed) for seed in FRESH_SEEDS])


def test_open_requests_have_no_end_and_only_refusals_have_a_ground(requests):
    reasons = missing_reasons(NAME)
    assert ((requests["outcome"] == "open") == requests["ended_on"].isna()).all()
    refused = requests["outcome"] == "refused"
    assert (reasons["refusal_ground"][refused].dropna() == "not-given").all()
    assert (reasons["refusal_ground"][~refused] == "not-refused").all()


def test_nothing_ends_before_the_first_weeks_are_over_or_after_the_register_is_closed(requests, truth):
    days = (requests["ended_on"] - requests["sent_on"]).dt.days
    assert days.min() > truth["parameters"]["lag_days"]
    assert requests["ended_on"].max() <= pd.Timestamp(truth["register_closed"])
    assert requests["sent_on"].is_monotonic_increasing


def test_the_truth_adds_up(requests, truth):
    assert sum(truth["open_requests_end_later"].values()) == truth["open"]
    assert truth["open"] == (requests["outcome"] == "open").sum()
    assert len(requests) == truth["rows"]
    assert sum(truth["share_ended_in_the_end"].values()) == pytest.approx(1, abs=1e-5)


def test_extradition_and_mutual_legal_assistance_have_their_own_grounds_and_measures(requests):
    extradition = requests["kind"] == "extradition"
    assert requests.loc[extradition, "measure"].str.startswith("surrender").all()
    assert not requests.loc[~extradition, "measure"].str.startswith("surrender").any()
    both = set(requests.loc[extradition, "refusal_ground"].dropna())
    both &= set(requests.loc[~extradition, "refusal_ground"].dropna())
    assert both == {"no dual criminality"}
    assert set(requests.loc[extradition, "person_sex"].dropna()) == {"female", "male"}


def test_interpol_is_used_only_in_urgent_cases(requests):
    assert requests.loc[requests["channel"] == "INTERPOL", "urgent"].all()


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_cumulative_incidence_gives_the_true_share_executed_within_a_year(requests, truth):
    row = at(curves(requests), "executed", 365)
    assert row["low"] <= truth["share_ended_within_days"]["365"]["executed"] <= row["high"]


def test_this_register_has_by_chance_fewer_refusals_than_the_rules_give_on_average(requests, truth):
    """Within a year all three intervals hold. Half a year and two years after sending the share refused lies
    below the planted one, by two to three standard errors. The seed was not exchanged for a nicer one.
    """
    right = curves(requests)
    for outcome, share in truth["share_ended_within_days"]["365"].items():
        row = at(right, outcome, 365)
        assert row["low"] <= share <= row["high"]
    for days in (180, 730):
        row = at(right, "refused", days)
        error = row["share"] - truth["share_ended_within_days"][str(days)]["refused"]
        assert -3 < error / row["se"] < -1.96


def test_refusals_taken_for_open_requests_overstate_assistance(requests, truth):
    for days in (365, 730):
        row = at(curves(requests, naive=True), "executed", days)
        assert row["low"] > truth["share_ended_within_days"][str(days)]["executed"]


def test_the_mean_of_those_executed_is_shorter_than_the_time_until_half_of_all_are_executed(requests):
    executed = requests[requests["outcome"] == "executed"]
    mean = (executed["ended_on"] - executed["sent_on"]).dt.days.mean()
    shares = curves(requests).loc["executed", "share"]
    assert mean < shares.index[shares >= 0.5].min()


# The lesson, on fresh samples.

def test_cumulative_incidence_is_right_on_average_in_fresh_registers(fresh):
    for days in HORIZONS:
        for outcome in ("executed", "refused", "withdrawn"):
            errors = fresh[days, outcome].map(lambda pair: pair[1])
            assert abs(errors.mean()) < 0.008, (days, outcome)


def test_intervals_hold_about_as_often_as_they_promise_in_fresh_registers(fresh):
    held = [fresh[days, outcome].map(lambda pair: pair[0]).mean()
            for days in HORIZONS for outcome in ("executed", "refused", "withdrawn")]
    assert np.mean(held) >= 0.90


def test_the_naive_curve_is_too_high_in_every_fresh_register(fresh):
    for days in (365, 730):
        assert (fresh[days, "naive"].map(lambda pair: pair[1]) > 0.04).all()


def test_the_share_among_those_that_ended_is_too_high_in_every_fresh_register(fresh):
    assert (fresh["share of those that ended"].map(lambda pair: pair[1]) > 0).all()


def test_the_planted_shares_are_those_of_many_requests_that_nobody_cut_off(script):
    """An independent way: 40 registers with every request followed to its end."""
    executed = [planted["executed_in_this_register_within_365_days_were_none_cut_off"]
                for planted in (script.generate(seed)[1] for seed in FRESH_SEEDS)]
    share = script.true_shares(365, {"mutual legal assistance": 0.7, "extradition": 0.3}, script.STATES)
    assert np.mean(executed) / script.ROWS == pytest.approx(share["executed"], abs=0.006)


@pytest.mark.slow
def test_intervals_cover_and_the_naive_curve_misses_in_1000_fresh_registers(script):
    found = pd.DataFrame([trial(script, seed) for seed in range(1001, 2001)])
    for days in HORIZONS:
        for outcome in ("executed", "refused", "withdrawn"):
            held = found[days, outcome].map(lambda pair: pair[0]).mean()
            assert 0.93 <= held <= 0.97, (days, outcome, held)
        naive = found[days, "naive"]
        assert naive.map(lambda pair: pair[0]).mean() <= (0.6 if days == 180 else 0.01)
        assert naive.map(lambda pair: pair[1]).mean() > 0
