"""smuggling_journeys holds what its lesson claims: in the shipped files, and in fresh samples."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from measurement import survey_estimate
from widgets.datasets import dataset

NAME = "smuggling_journeys"
FRESH_SEEDS = range(1, 31)
NIGHTS = 400  # one in 400 of those present is interviewed every night


@pytest.fixture(scope="module")
def shipped():
    return weighted(dataset(NAME)), dataset(f"{NAME}_apprehensions")


def weighted(journeys):
    """Whoever stayed d nights was drawn with a chance of d in 400, and stands for 400 / d persons."""
    return journeys.assign(weight=NIGHTS / journeys["nights_at_site"].astype(float))


def fresh_sample(script, seed):
    rows, planted = script.generate(seed)
    journeys = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
    for column in ("nights_at_site", "fee_usd", "attempts", "apprehensions", "paid_usd", "abuse_events"):
        journeys[column] = pd.to_numeric(journeys[column], errors="coerce")
    counts = pd.DataFrame(rows[f"{NAME}_apprehensions"], columns=script.COLUMNS[f"{NAME}_apprehensions"])
    return weighted(journeys), counts, planted


def mean(journeys, column):
    """Weighted mean of the answers that are there; value, low, high."""
    told = journeys[journeys[column].notna()]
    found = survey_estimate(told.astype({column: float}), column, "weight", kind="mean")
    return found.value, found.low, found.high


def total(journeys, column=None):
    """Total over everybody: persons, or the sum of a column. Who is interviewed is drawn one by one, so that
    the number of interviews varies as well (Poisson sampling); value, low, high."""
    weight = journeys["weight"].to_numpy()
    part = np.ones(len(weight))
    if column is not None:
        told = journeys[column].notna().to_numpy()
        answer = journeys[column].fillna(0).to_numpy(float)
        level = weight[told] @ answer[told] / weight[told].sum()
        # Who did not answer counts with the mean; that is estimated, too.
        part = level + told * (answer - level) * weight.sum() / weight[told].sum()
    value = weight @ part
    reach = math.exp(1.959964 * math.sqrt((weight * (weight - 1)) @ part**2) / value)
    return value, value / reach, value * reach


def estimates(journeys, counts):
    """(value, low, high) of each question."""
    caught, low, high = mean(journeys, "apprehensions")
    number = counts["apprehensions"].sum()
    return {"mean_fee_usd": mean(journeys, "fee_usd"), "mean_attempts": mean(journeys, "attempts"),
            "persons": total(journeys), "revenue_usd": total(journeys, "paid_usd"),
            "persons by apprehensions": (number / caught, number / high, number / low)}


def samples(script, seeds):
    """Estimate / truth for each question, and plain figures / truth."""
    found, plain = {}, {}
    for seed in seeds:
        journeys, counts, planted = fresh_sample(script, seed)
        for question, row in estimates(journeys, counts).items():
            found.setdefault(question, []).append(np.array(row) / planted[question.split()[0]])
        for figure, ratio in plain_ratios(journeys, counts, planted).items():
            plain.setdefault(figure, []).append(ratio)
    return ({question: np.array(rows) for question, rows in found.items()},
            {figure: np.array(ratios) for figure, ratios in plain.items()})


def plain_ratios(journeys, counts, planted):
    """What a reader finds who takes interviews for persons, apprehensions for persons, attempts for fees."""
    return {
        "fee": journeys["fee_usd"].mean() / planted["mean_fee_usd"],
        "attempts": journeys["attempts"].mean() / planted["mean_attempts"],
        "abused": (journeys["abuse_events"].dropna() > 0).mean() / planted["abused_share"],
        "apprehensions as persons": counts["apprehensions"].sum() / planted["persons"],
        "a fee for every attempt": planted["attempts"] * planted["mean_fee_usd"] / planted["revenue_usd"],
    }


def covered(rows):
    return ((rows[:, 1] <= 1) & (1 <= rows[:, 2])).mean()


@pytest.fixture(scope="module")
def fresh(script):
    return samples(script, FRESH_SEEDS)


def test_the_truth_adds_up(shipped, truth):
    journeys, counts = shipped
    assert len(journeys) == truth["rows"] == 1800
    for key in ("persons", "revenue_usd", "attempts", "apprehensions", "arrived", "persons_apprehended"):
        assert sum(route[key] for route in truth["by_route"].values()) == truth[key]
    assert truth["attempts"] == truth["apprehensions"] + truth["arrived"]
    assert counts["apprehensions"].sum() == truth["apprehensions"]
    by_route = counts.groupby("route")["apprehensions"].sum().to_dict()
    assert by_route == {name: route["apprehensions"] for name, route in truth["by_route"].items()}


def test_a_journey_is_paid_once_with_a_guarantor_and_else_at_every_attempt(shipped):
    journeys = shipped[0].dropna(subset=["fee_usd", "paid_usd", "attempts", "arrived"])
    own = journeys[journeys["guarantor"] == 0]
    assert (own["paid_usd"] == own["fee_usd"] * own["attempts"]).all()
    held = journeys[journeys["guarantor"] == 1]
    assert ((held["paid_usd"] - 1.1 * held["fee_usd"] * held["arrived"]).abs() <= 0.51).all()


def test_attempts_are_apprehensions_and_an_arrival(shipped):
    journeys = shipped[0].dropna(subset=["attempts"])
    assert (journeys["attempts"] == journeys["apprehensions"] + journeys["arrived"]).all()


# The lesson, on the shipped files. The seed was fixed before the first draw.

def test_interviews_weighted_by_the_stay_hold_the_truth(shipped, truth):
    for question, (_, low, high) in estimates(*shipped).items():
        assert low <= truth[question.split()[0]] <= high, question


def test_plain_interviews_miss_in_the_direction_of_the_long_stays(shipped, truth):
    ratios = plain_ratios(*shipped, truth)
    assert ratios["fee"] < 0.93
    assert ratios["attempts"] > 1.1
    assert ratios["abused"] > 1.3


def test_apprehensions_are_not_persons(shipped, truth):
    assert plain_ratios(*shipped, truth)["apprehensions as persons"] < 0.7
    assert truth["persons_apprehended"] < truth["apprehensions"]


# The lesson, on fresh samples.

def test_who_stays_long_pays_less_tries_more_often_and_is_abused_more(fresh):
    plain = fresh[1]
    assert (plain["fee"] < 0.95).all()
    assert (plain["attempts"] > 1.1).all()
    assert (plain["abused"] > 1.25).all()


def test_apprehensions_are_fewer_than_persons_in_every_sample(fresh):
    assert (fresh[1]["apprehensions as persons"] < 0.75).all()


def test_a_fee_for_every_attempt_gives_too_much_revenue(fresh):
    assert (fresh[1]["a fee for every attempt"] > 1.05).all()


def test_weighted_estimates_are_right_on_average(fresh):
    for question, rows in fresh[0].items():
        assert rows[:, 0].mean() == pytest.approx(1, abs=0.025), question


@pytest.mark.slow
def test_in_1000_samples_weighted_intervals_hold_the_truth_as_often_as_they_promise(script):
    found, plain = samples(script, range(1000, 2000))
    for question, rows in found.items():
        assert 0.93 <= covered(rows) <= 0.97, question
        assert rows[:, 0].mean() == pytest.approx(1, abs=0.01), question
    assert (plain["fee"] < 0.97).all()
    assert (plain["attempts"] > 1.08).all()
