"""ard_survey holds what its lesson claims: in the shipped files, and in fresh samples by the same rules."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from measurement import network_scale_up, validate_scale_up
from widgets.datasets import dataset

NAME = "ard_survey"
FRESH_SEEDS = range(1, 25)
SIZES = {"couriers": 9_000, "loan_shark_clients": 26_000, "undeclared_workers": 40_000}
RECALLED = 25_000  # larger groups are recalled too low


@pytest.fixture(scope="module")
def shipped():
    """Survey, sizes of the known groups, population and members' contacts."""
    groups = dataset(f"{NAME}_groups").set_index("group")
    known = groups.loc[groups["kind"] == "known", "size"].astype(int)
    return dataset(NAME), known, int(groups.loc["all_adults", "size"]), dataset(f"{NAME}_contacts")


def fresh_sample(script, seed):
    rows, _ = script.generate(seed)
    survey = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
    columns = [*script.KNOWN, *script.HIDDEN]
    survey[columns] = survey[columns].apply(pd.to_numeric, errors="coerce")
    contacts = pd.DataFrame(rows[f"{NAME}_contacts"], columns=script.COLUMNS[f"{NAME}_contacts"])
    return survey, pd.Series(script.KNOWN), script.POPULATION, contacts


def transmission(contacts, group):
    """Share of acquaintances who know, and its standard error with members as clusters."""
    aware = contacts.loc[contacts["group"] == group, "aware"].astype(float) / 20
    return aware.mean(), aware.std(ddof=1) / math.sqrt(len(aware))


def from_well_recalled(sample, group):
    """Scale-up from the groups that are recalled well."""
    survey, known, population, _ = sample
    return network_scale_up(survey, known[known <= RECALLED], group, population)


def corrected(sample, group, found=None):
    """The same divided by the transmission rate, with the errors of both; value, low, high."""
    found = found or from_well_recalled(sample, group)
    rate, rate_se = transmission(sample[3], group)
    reach = math.exp(1.959964 * math.hypot(found.se / found.value, rate_se / rate))
    value = found.value / rate
    return value, value / reach, value * reach


def mean_of_ratios(found, sample, group):
    """The mean of y / d, as PIMLE has it; respondents who know nobody in the known groups are left out."""
    degree = found.degrees[found.degrees > 0]
    return float((sample[0].loc[degree.index, group] / degree).astype(float).mean() * sample[2])


def plain(sample, group):
    """Scale-up from all known groups."""
    survey, known, population, _ = sample
    found = network_scale_up(survey, known, group, population)
    return found.value, found.low, found.high


def samples(script, seeds, plain_for=tuple(SIZES)):
    """An array (samples, value/low/high) for each group and way."""
    found = {}
    for seed in seeds:
        sample = fresh_sample(script, seed)
        for group in SIZES:
            well = from_well_recalled(sample, group)
            rows = {"well recalled": (well.value, well.low, well.high),
                    "corrected": corrected(sample, group, well),
                    "mean of ratios": (mean_of_ratios(well, sample, group),) * 3}
            if group in plain_for:
                rows["plain"] = plain(sample, group)
            for way, row in rows.items():
                found.setdefault((group, way), []).append(row)
    return {key: np.array(rows) for key, rows in found.items()}


def covered(rows, size):
    return ((rows[:, 1] <= size) & (size <= rows[:, 2])).mean()


@pytest.fixture(scope="module")
def fresh(script):
    return samples(script, FRESH_SEEDS)


def test_the_tables_belong_together(shipped, truth):
    survey, known, population, contacts = shipped
    assert len(survey) == truth["rows"] == 1200
    assert population == truth["population"]
    assert known.to_dict() == truth["parameters"]["known_sizes"]
    assert set(known.index) | set(truth["hidden_sizes"]) == set(survey.columns[3:])
    assert contacts.groupby("group").size().to_dict() == dict.fromkeys(truth["hidden_sizes"], 150)
    assert (contacts["aware"] <= contacts["acquaintances"]).all()


def test_the_sizes_of_hidden_groups_are_not_in_the_files():
    groups = dataset(f"{NAME}_groups").set_index("group")
    assert groups.loc[list(SIZES), "size"].isna().all()


# The lesson, on the shipped files. The seed was fixed before the first draw.

@pytest.mark.parametrize("group", SIZES)
def test_with_well_recalled_groups_and_transmission_the_interval_holds_the_truth(shipped, group):
    _, low, high = corrected(shipped, group)
    assert low <= SIZES[group] <= high


@pytest.mark.parametrize("group", ["couriers", "loan_shark_clients"])
def test_the_plain_estimate_is_too_low(shipped, group):
    assert plain(shipped, group)[2] < SIZES[group]


def test_validation_marks_the_large_groups(shipped):
    survey, known, population, _ = shipped
    table = validate_scale_up(survey, known, population)
    assert table["high"]["students"] < known["students"]
    assert table["ratio"][known > 30_000].max() < table["ratio"][known <= RECALLED].median()


def test_the_transmission_rates_are_those_planted(shipped, truth):
    for group, planted in truth["transmission"].items():
        rate, se = transmission(shipped[3], group)
        assert abs(rate - planted) < 3 * se


# The lesson, on fresh samples.

@pytest.mark.parametrize("group", SIZES)
def test_what_acquaintances_do_not_know_makes_the_plain_estimate_too_low(fresh, group):
    assert (fresh[group, "plain"][:, 0] < SIZES[group]).mean() > 0.85


@pytest.mark.parametrize("group", SIZES)
def test_recall_and_transmission_pull_in_opposite_directions(fresh, script, group):
    """Poor recall of large groups hides a part of what transmission takes away."""
    without = fresh[group, "well recalled"][:, 0].mean() / SIZES[group]
    assert without == pytest.approx(script.TRANSMISSION[group], rel=0.04)
    assert fresh[group, "plain"][:, 0].mean() > 1.12 * fresh[group, "well recalled"][:, 0].mean()


@pytest.mark.parametrize("group", SIZES)
def test_corrected_estimates_are_right_on_average(fresh, group):
    assert fresh[group, "corrected"][:, 0].mean() == pytest.approx(SIZES[group], rel=0.04)


@pytest.mark.parametrize("group", SIZES)
def test_a_mean_of_ratios_lies_above_the_ratio_of_sums(fresh, group):
    assert (fresh[group, "mean of ratios"][:, 0] > fresh[group, "well recalled"][:, 0]).mean() > 0.85


@pytest.mark.slow
def test_in_1000_samples_the_corrected_interval_holds_the_truth_as_often_as_it_promises(script):
    many = samples(script, range(1000, 2000), plain_for=["loan_shark_clients"])
    for group, size in SIZES.items():
        assert 0.93 <= covered(many[group, "corrected"], size) <= 0.97
        assert many[group, "corrected"][:, 0].mean() == pytest.approx(size, rel=0.01)
        assert covered(many[group, "well recalled"], size) < 0.01
    assert covered(many["loan_shark_clients", "plain"], SIZES["loan_shark_clients"]) < 0.01
