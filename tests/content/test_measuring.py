"""Module 05: figures of its texts that can be calculated again."""
from __future__ import annotations

import re

import pandas as pd
import pytest
from course_content import ROOT, code_cells, read_notebook, read_yaml
from measurement import randomized_response, truncated_counts, two_source
from widgets import dataset

LISTS = {"police forces": "PF", "general public": "GP", "government organizations": "GO",
         "non-government organizations": "NG", "local authorities": "LA"}


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    return {cell.id: cell.source for cell in code_cells(read_notebook("05-measuring"))}


@pytest.fixture(scope="module")
def uk() -> pd.DataFrame:
    """The published table of the 2,744 potential victims, by combination of lists."""
    path = ROOT.parent / "shared" / "reference" / "tables" / "mse_uk6_public.csv"
    if not path.exists():
        pytest.skip("the published table is not beside this checkout")
    return pd.read_csv(path)


def test_the_counts_of_the_four_pairs_are_those_of_the_published_table(cells, uk):
    pairs = re.findall(r'\("([^"]+)", "([^"]+)", (\d+), (\d+), (\d+)\)', cells["case-pairs"])
    assert len(pairs) == 4
    for first, second, *counts in pairs:
        one, two = uk[LISTS[first]] == 1, uk[LISTS[second]] == 1
        found = [int(uk.loc[which, "count"].sum()) for which in (one, two, one & two)]
        assert found == [int(count) for count in counts], f"{first} and {second}"


def test_the_case_tells_the_table_right(uk):
    case = read_yaml(ROOT / "data" / "modules" / "05-measuring.yml")["cases"][0]
    assert uk["count"].sum() == 2744 and "2,744 people" in case["text"]
    alone = uk.loc[uk.drop(columns="count").sum(axis=1) == 1, "count"].sum()
    assert alone > uk["count"].sum() / 2 and "Most people were on one list only." in case["text"]


def test_the_four_pairs_differ_by_the_factor_that_the_text_names(cells):
    pairs = re.findall(r", (\d+), (\d+), (\d+)\)", cells["case-pairs"])
    estimates = [float(two_source(*map(int, pair))) for pair in pairs]
    assert round(max(estimates) / min(estimates)) == 12


def explored(second_list: float, missed: float):
    """The estimate of one position of the sliders, as the notebook makes it."""
    return two_source(300, 250, round(75 * second_list * (1 - missed)))


def test_the_sliders_show_what_the_text_says(cells):
    assert "round(300 * 250 / 1000 * second_list * (1 - missed_links))" in cells["explore-function"]
    assert explored(1, 0).low < 1000 < explored(1, 0).high
    assert float(explored(1.25, 0.2)) == float(explored(1, 0))  # two errors hide each other
    assert 2.7 < float(explored(0.5, 0.3)) / 1000 < 3  # "almost three times"
    short = explored(3, 0)
    assert short.high < 1000 and short.high - short.low < 20  # "very short, and the truth lies far outside"


def test_referral_pulls_the_estimate_down_and_missed_links_push_it_up():
    down = [float(explored(likelier, 0)) for likelier in (0.5, 0.8, 1, 1.25, 2, 3)]
    up = [float(explored(1, share)) for share in (0, 0.1, 0.2, 0.3)]
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)


def test_figures_that_questions_derive_from_published_ones():
    assert round(0.19 * 464_000, -3) == 88_000
    assert round(100 * 864 / 1125) == 77
    assert (round(100 * 2744 / 10_000), round(100 * 2744 / 13_000)) == (27, 21)
    assert 39 + 22 + 23 + 16 == 100


def test_the_worked_examples_show_what_the_text_says(cells):
    exec(cells["example-authorities"].splitlines()[0], found := {})
    assert (round(found["before"]), round(100 * (found["after"] / found["before"] - 1))) == (90, 35)
    survey = dataset("sensitive_question_survey")
    arms = survey["arm"].value_counts()
    assert arms["direct question"] == arms["forced response"] == 1500
    dice = survey[survey["arm"] == "forced response"].dropna(subset=["answer"])
    assert set(dice["p_design"]) == {0.75} and set(dice["p_yes"]) == {0.1667}  # a no: one case in twelve
    behind_dice = randomized_response(int(dice["answer"].sum()), len(dice), 0.75, design="forced", p_yes=0.1667)
    assert float(behind_dice) > survey.loc[survey["arm"] == "direct question", "answer"].mean()


def test_the_two_means_of_the_index_rank_the_countries_differently(cells):
    exec("\n".join(cells["example-index"].splitlines()[:4]), found := {})
    scores = found["scores"]
    assert scores.mean(axis=1).idxmax() == "Kestria"
    assert scores.prod(axis=1).idxmax() == "Norvia"


def test_the_dutch_case_agrees_with_the_published_counts(cells):
    case = read_yaml(ROOT / "data" / "modules" / "05-measuring.yml")["cases"][1]
    exec(cells["case-nl-methods"].splitlines()[0], found := {})
    seen = found["met_in_1995"]
    assert sum(seen.values()) == 1880 and "1,880 people" in case["text"]
    assert (seen[1], seen[2], seen[3], seen[4], seen[5], seen[6]) == (1645, 183, 37, 13, 1, 1)
    first, chao = truncated_counts(seen), truncated_counts(seen, method="chao")
    assert f"{float(first):,.0f} people, with a 95 per cent interval from {first.low:,.0f} to {first.high:,.0f}" \
        in case["text"]
    assert float(chao) > float(first)  # "it already lies above the first answer"


def test_the_case_of_the_seizures_calculates_right():
    first, second = 864 / 1125, 2275 / 3708
    assert (round(100 * first), round(100 * second)) == (77, 61)
    assert round(1 - second / first, 1) == 0.2  # "went down by a fifth"
    assert 2.5 < 2275 / 864 < 2.75  # "more than two and a half"
    assert 22 < 100 * (second - 2275 * 0.9 * 0.7 / 3708) < 23
    assert round(2275 * 0.9 * 0.7) == 1433
