"""link_indicator: a rare link, precision against sensitivity, and the many who are flagged without a link."""
from __future__ import annotations


import pandas as pd
import pytest

from measurement import prevalence
from measurement._intervals import wilson
from widgets.datasets import dataset, missing_reasons

NAME = "link_indicator"
FRESH_SEEDS = range(1, 41)


@pytest.fixture(scope="module")
def files():
    return dataset(NAME)


def as_read(script, seed):
    rows, planted = script.generate(seed)
    table = pd.DataFrame(rows[NAME], columns=script.COLUMNS[NAME])
    table["link_confirmed"] = table["link_confirmed"].map({"true": True, "false": False})
    table["residence"] = table["residence"].where(table["residence"] != "not-recorded")
    return table, planted


def counts(table):
    """Flagged files and links among them, files of the random sample and links among them, all files."""
    found = table[table["link_confirmed"].notna()].groupby("review")["link_confirmed"].agg(["size", "sum"])
    return (int(found.loc["flagged", "size"]), int(found.loc["flagged", "sum"]),
            int(found.loc["sample", "size"]), int(found.loc["sample", "sum"]), len(table))


def missed_links(table):
    """Links in the files that were not flagged, from the random sample: estimate and limits."""
    flagged, _, seen, found, n = counts(table)
    low, high = wilson(found / seen, seen, 1.96)
    return (n - flagged) * found / seen, (n - flagged) * low, (n - flagged) * high


def base_rate(table, rates):
    """Share of files with a link from the share that is flagged, were the rates of the score known."""
    flagged, *_, n = counts(table)
    return prevalence(flagged, n, sensitivity=rates["sensitivity"],
                      specificity=1 - rates["false_positive_rate"])


def false_positive_rates(table):
    """By residence: flagged files without a link, of all files not known to have one."""
    known = table[table["residence"].notna() & (table["link_confirmed"] != True)]  # noqa: E712
    return (known["review"] == "flagged").groupby(known["residence"]).mean()


def trial(script, seed):
    table, planted = as_read(script, seed)
    rates = planted["rates"]
    flagged, right, _, in_sample, n = counts(table)
    low, high = wilson(right / flagged, flagged, 1.96)
    missed, least, most = missed_links(table)
    share = base_rate(table, rates)
    by_group = false_positive_rates(table)
    return {
        "precision": low <= rates["precision"] <= high,
        "precision error": right / flagged - rates["precision"],
        "base rate": share.low <= planted["base_rate"] <= share.high,
        "base rate error": share.value - planted["base_rate"],
        "missed": least <= planted["links_not_flagged"] <= most,
        "missed error": missed - planted["links_not_flagged"],
        "flagged taken for links": flagged / n / planted["base_rate"],
        "sensitivity from reviewed files": right / (right + in_sample) - rates["sensitivity"],
        "share of links in reviewed files": (right + in_sample) / table["link_confirmed"].count(),
        "flagged without a link for each link": (flagged - right) / right,
        "recent against settled": by_group["recent"] / by_group["settled"],
    }


@pytest.fixture(scope="module")
def fresh(script):
    return pd.DataFrame([trial(script, seed) for seed in FRESH_SEEDS])


def test_exactly_the_files_from_the_threshold_on_are_flagged_and_under_measures(files, truth):
    flagged = files["review"] == "flagged"
    assert (flagged == (files["score"] >= truth["threshold"])).all()
    assert (files["measure_days"].notna() == flagged).all()
    assert files["measure_days"].min() >= 7


def test_only_reviewed_files_say_whether_there_is_a_link(files):
    assert (files["link_confirmed"].notna() == (files["review"] != "none")).all()
    assert (missing_reasons(NAME)["link_confirmed"].dropna() == "not-seen").all()


def test_the_truth_adds_up(files, truth):
    assert truth["links_flagged"] + truth["links_not_flagged"] == truth["files_with_a_link"]
    assert len(truth["ids_with_a_link"]) == truth["files_with_a_link"]
    linked = files["file_id"].isin(truth["ids_with_a_link"])
    reviewed = files["link_confirmed"].notna()
    assert (files["link_confirmed"].astype("boolean") == linked)[reviewed].all()
    flagged = files["review"] == "flagged"
    assert (flagged & linked).sum() == truth["links_flagged"]
    assert (flagged & ~linked).sum() == truth["flagged_without_a_link"]
    days = files.loc[flagged & ~linked, "measure_days"].sum()
    assert days == truth["days_of_measures_against_persons_without_a_link"]


def test_women_and_men_are_found_for_every_offence(files):
    assert (files.groupby("offence")["suspect_sex"].nunique() == 2).all()


# The lesson, on the shipped file. The seed was fixed before the first draw.

def test_base_rate_and_missed_links_lie_in_their_intervals(files, truth):
    share = base_rate(files, truth["rates"])
    assert share.low <= truth["base_rate"] <= share.high
    _, least, most = missed_links(files)
    assert least <= truth["links_not_flagged"] <= most


def test_the_precision_of_this_file_is_counted_and_one_of_the_few_whose_interval_misses_the_planted_one(
    files, truth
):
    """All flagged files were reviewed, so nothing is estimated. By chance more of them have a link than the
    rules give on average: about one sample in twenty lies so far off, and this one does. It was not
    exchanged for a nicer one."""
    flagged, right, *_ = counts(files)
    assert (flagged, right) == (truth["links_flagged"] + truth["flagged_without_a_link"],
                                truth["links_flagged"])
    low, _ = wilson(right / flagged, flagged, 1.96)
    assert truth["rates"]["precision"] < low < 1.1 * truth["rates"]["precision"]


def test_most_of_those_flagged_have_no_link_although_most_links_are_flagged(files, truth):
    flagged, right, *_ = counts(files)
    assert right / flagged < 0.2
    assert truth["links_flagged"] / truth["files_with_a_link"] > 0.5


def test_flagging_nobody_would_be_right_more_often_than_the_score(truth):
    wrong = truth["flagged_without_a_link"] + truth["links_not_flagged"]
    assert wrong > 3 * truth["files_with_a_link"]


def test_recent_arrivals_without_a_link_are_flagged_several_times_as_often(files):
    by_group = false_positive_rates(files)
    assert by_group["recent"] > 2.5 * by_group["settled"]


# The lesson, on fresh samples.

def test_right_methods_are_right_in_fresh_samples(fresh):
    assert fresh[["precision", "base rate", "missed"]].mean().min() >= 0.85
    assert abs(fresh["precision error"].mean()) < 0.01
    assert abs(fresh["base rate error"].mean()) < 0.002
    assert abs(fresh["missed error"].mean()) < 7


def test_naive_readings_miss_on_the_same_side_in_every_fresh_sample(fresh):
    assert (fresh["flagged taken for links"] > 5).all()
    assert (fresh["sensitivity from reviewed files"] > 0).all()
    assert (fresh["share of links in reviewed files"] > 0.015).all()
    assert (fresh["flagged without a link for each link"] > 5).all()
    assert (fresh["recent against settled"] > 2.5).all()


def test_the_planted_rates_are_those_of_many_files(script):
    """An independent way: flagged files and links counted in 40 fresh samples."""
    truths = [script.generate(seed)[1] for seed in FRESH_SEEDS]
    links = sum(planted["files_with_a_link"] for planted in truths)
    flagged = sum(planted["links_flagged"] for planted in truths)
    without = sum(planted["flagged_without_a_link"] for planted in truths)
    rates = truths[0]["rates"]
    assert flagged / links == pytest.approx(rates["sensitivity"], abs=0.03)
    others = script.ROWS * len(truths) - links
    assert without / others == pytest.approx(rates["false_positive_rate"], abs=0.002)
    assert flagged / (flagged + without) == pytest.approx(rates["precision"], abs=0.007)


@pytest.mark.slow
def test_intervals_cover_and_naive_readings_miss_in_1000_fresh_samples(script):
    found = pd.DataFrame([trial(script, seed) for seed in range(1001, 2001)])
    assert 0.93 <= found["precision"].mean() <= 0.97
    assert 0.93 <= found["base rate"].mean() <= 0.97
    # A handful of links in a sample of a file that is not endless: the interval is on the safe side.
    assert 0.93 <= found["missed"].mean() <= 0.99
    assert abs(found["missed error"].mean()) < 1.5
    assert (found["flagged taken for links"] > 4).all()
    assert (found["sensitivity from reviewed files"] > 0).mean() >= 0.999
    assert (found["recent against settled"] > 2).all()
