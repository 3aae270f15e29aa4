"""rds_workers holds what its lesson claims: in the shipped file, and in fresh samples by the same rules."""
from __future__ import annotations


import numpy as np
import pandas as pd
import pytest

from measurement import respondent_driven
from widgets.datasets import dataset

NAME = "rds_workers"
FRESH_SEEDS = range(1, 41)
SHARE = 0.2


@pytest.fixture(scope="module")
def workers():
    return dataset(NAME)


@pytest.fixture(scope="module")
def network(truth):
    """For each worker of the population who they know, from the truth."""
    known = [set() for _ in range(truth["persons"])]
    for person, others in enumerate(truth["network"]["ties"]):
        for other in map(int, others.split()):
            known[person].add(other)
            known[other].add(person)
    return known


def share(workers, method, seeds="exclude", draws=100):
    return respondent_driven(workers, "exploited", "degree", "recruiter_id", method=method, seeds=seeds,
                             population=1000, draws=draws, seed=1)


def samples(script, seeds, ways):
    """Value, low and high of each way to estimate, and the plain share, in fresh samples."""
    found = {way: [] for way in ways}
    plain = []
    for seed in seeds:
        rows, _ = script.generate(seed)
        table = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
        plain.append(table["exploited"].mean())
        for way in ways:
            estimate = share(table, *way)
            found[way].append((estimate.value, estimate.low, estimate.high))
    return np.array(plain), {way: np.array(rows) for way, rows in found.items()}


def covered(rows):
    return ((rows[:, 1] <= SHARE) & (SHARE <= rows[:, 2])).mean()


WAYS = (("ss", "exclude"), ("ss", "include"), ("rds-ii", "exclude"), ("rds-i", "exclude"))


@pytest.fixture(scope="module")
def fresh(script):
    return samples(script, FRESH_SEEDS, WAYS)


def test_the_truth_adds_up(truth, network):
    exploited = np.array(list(map(int, truth["network"]["exploited"])))
    degrees = np.array([len(known) for known in network])
    assert len(exploited) == truth["persons"] == 1000
    assert exploited.mean() == truth["exploited_share"] == SHARE
    assert degrees.sum() == 2 * truth["ties"]
    assert (degrees == 0).sum() == truth["persons_who_know_nobody"]
    assert degrees[exploited == 1].mean() == pytest.approx(truth["mean_degree"]["exploited"], abs=0.005)
    assert degrees[exploited == 0].mean() == pytest.approx(truth["mean_degree"]["not_exploited"], abs=0.005)
    between = sum(exploited[list(known)].tolist().count(0) for known in np.array(network)[exploited == 1])
    assert between == truth["ties_between_exploited_and_others"]


def test_the_file_is_a_sample_along_the_ties_of_the_network(workers, truth, network):
    persons = list(map(int, truth["network"]["sample"].split()))
    assert len(set(persons)) == len(workers) == 400
    person_of = dict(zip(workers["id"], persons))
    for row, person in zip(workers.itertuples(), persons):
        assert row.degree == len(network[person])
        assert row.exploited == int(truth["network"]["exploited"][person])
        if pd.notna(row.recruiter_id):
            assert person_of[row.recruiter_id] in network[person]


def test_waves_and_coupons_agree_with_the_recruiters(workers, truth):
    wave = workers.set_index("id")["wave"]
    recruited = workers[workers["recruiter_id"].notna()]
    assert (recruited["wave"].to_numpy() == wave[recruited["recruiter_id"]].to_numpy() + 1).all()
    used = recruited.groupby("recruiter_id").size().reindex(workers["id"], fill_value=0)
    assert (used.to_numpy() == workers["coupons_used"].to_numpy()).all()
    assert (workers["wave"] == 0).sum() == workers["recruiter_id"].isna().sum() == truth["seeds"]


def test_all_seeds_are_exploited(workers):
    assert workers.loc[workers["wave"] == 0, "exploited"].eq(1).all()


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_the_plain_share_is_too_high(workers):
    assert workers["exploited"].mean() > SHARE + 0.03


def test_successive_sampling_holds_the_truth(workers):
    estimate = share(workers, "ss", draws=500)
    assert estimate.low <= SHARE <= estimate.high
    assert 1.4 < estimate.activity_ratio < 2.2


def test_weights_of_an_endless_population_give_less(workers):
    assert share(workers, "rds-ii").value < share(workers, "ss").value


def test_counting_the_seeds_gives_more(workers):
    assert share(workers, "ss", "include").value > share(workers, "ss").value


# The lesson, on fresh samples.

def test_the_plain_share_is_too_high_in_every_sample(fresh):
    plain, _ = fresh
    assert (plain > SHARE).all()
    assert plain.mean() > SHARE + 0.06


def test_successive_sampling_is_nearest_the_truth_on_average(fresh):
    error = {way: abs(rows[:, 0].mean() - SHARE) for way, rows in fresh[1].items()}
    assert min(error, key=error.get) == ("ss", "exclude")
    assert error["ss", "exclude"] < 0.012


def test_weights_of_an_endless_population_are_too_low(fresh):
    found = fresh[1]
    for way in (("rds-ii", "exclude"), ("rds-i", "exclude")):
        assert found[way][:, 0].mean() < SHARE - 0.015
        assert (found[way][:, 0] < found["ss", "exclude"][:, 0]).mean() > 0.95


def test_seeds_pull_the_estimate_up_in_every_sample(fresh):
    found = fresh[1]
    assert (found["ss", "include"][:, 0] > found["ss", "exclude"][:, 0]).all()


def test_the_exploited_know_about_1_8_times_as_many_as_the_others(script):
    ratios = []
    for seed in FRESH_SEEDS:
        degrees = script.generate(seed)[1]["mean_degree"]
        ratios.append(degrees["exploited"] / degrees["not_exploited"])
    assert np.mean(ratios) == pytest.approx(1.8, abs=0.06)


@pytest.mark.slow
def test_in_1000_samples_successive_sampling_holds_the_truth_nearly_as_often_as_promised(script):
    """Its interval takes ties between the groups as estimated, and holds a little less often than 95 %."""
    plain, found = samples(script, range(1000, 2000), WAYS[:1] + WAYS[2:])
    assert 0.91 <= covered(found["ss", "exclude"]) <= 0.97
    assert abs(found["ss", "exclude"][:, 0].mean() - SHARE) < 0.007
    assert covered(found["rds-i", "exclude"]) < 0.75
    assert found["rds-ii", "exclude"][:, 0].mean() == pytest.approx(0.173, abs=0.004)
    # A sample of 400 by chance would have an error of 0.0155.
    assert found["ss", "exclude"][:, 0].std() > 1.08 * np.sqrt(SHARE * (1 - SHARE) / 400 * 600 / 999)
    assert (plain > SHARE).mean() > 0.99
