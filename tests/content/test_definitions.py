"""Module 01: the lab's values and mistakes, the four questions of the paper, and numbers of the texts."""
from __future__ import annotations

import json
import re

import pytest
from course_content import ROOT, LabNumbers, markdown, read_notebook, read_yaml
from measurement import agreement
from widgets import dataset
from widgets.module import Module

STEM = "01-definitions"
FIVE = ["three_or_more", "structured_group", "period_of_time", "serious_crime", "benefit"]
SIX = [*FIVE, "transnational"]
MODULE = read_yaml(ROOT / "data" / "modules" / f"{STEM}.yml")

ALL = dataset("case_vignettes_ratings")
CODED = ALL[ALL["rater_id"].isin(["R1", "R2", "R3", "R4", "R5"])]
MET = CODED.set_index(["vignette_id", "rater_id"])[SIX].eq("met")
WITHOUT_BENEFIT = [element for element in FIVE if element != "benefit"]


def table(element: str, ratings=CODED):
    """Cases in rows, raters in columns."""
    return ratings.pivot(index="vignette_id", columns="rater_id", values=element)


def kappas(element: str):
    return agreement(table(element))


def by_element(elements: list[str], votes: int = 3) -> int:
    """Cases in which each element has so many votes."""
    return int(MET[elements].groupby("vignette_id").sum().ge(votes).all(axis=1).sum())


def on_the_whole(elements: list[str], votes: int = 3) -> int:
    """Cases in which so many raters see all the elements."""
    return int(MET[elements].all(axis=1).groupby("vignette_id").sum().ge(votes).sum())


STRUCTURE = kappas("structured_group")
FLEISS = STRUCTURE.iloc[-1]
VOTES = MET.groupby("vignette_id").sum()
SEEN = MET[FIVE].all(axis=1).groupby("vignette_id").sum()
WITH_R6 = table("structured_group", ALL[ALL["rater_id"] != "R7"]).dropna()
MAJORITY = VOTES["structured_group"].map(lambda votes: max(votes, 5 - votes)).mean() / 5

MISTAKES = {
    "same": (100 * FLEISS["observed"], {
        "cases in which all five agree": 100 * VOTES["structured_group"].isin([0, 5]).mean(),
        "side of the majority": 100 * MAJORITY,
        "kappa, times 100": 100 * FLEISS["value"],
        "how often *met* was written": 100 * MET["structured_group"].mean(),
        "Right as a share": FLEISS["observed"],
    }),
    "kappa": (FLEISS["value"], {
        "agreement with what chance gives": FLEISS["observed"],
        "by chance alone": FLEISS["expected"],
        "mean of Cohen": STRUCTURE["value"].iloc[:-1].mean(),
        "A sixth rater": agreement(WITH_R6)["value"].iloc[-1],
    }),
    "whole": (on_the_whole(FIVE), {
        "joined the elements afterwards": by_element(FIVE),
        "at least one rater": on_the_whole(FIVE, 1),
        "all five see one": on_the_whole(FIVE, 5),
        "on average": SEEN.sum() / 5,
        "all conclusions of all raters": SEEN.sum(),
    }),
    "parts": (by_element(FIVE), {
        "question before": on_the_whole(FIVE),
        "asked for the border": by_element(SIX),
        "one vote was enough": by_element(FIVE, 1),
        "all five votes": by_element(FIVE, 5),
    }),
    "no-benefit": (by_element(WITHOUT_BENEFIT), {
        "count with the benefit": by_element(FIVE),
        "cases that come in": by_element(WITHOUT_BENEFIT) - by_element(FIVE),
        "concluded first": on_the_whole(WITHOUT_BENEFIT),
    }),
    "border": (by_element(SIX), {
        "with a group or without": by_element(["transnational"]),
        "concluded first": on_the_whole(SIX),
        "cases that fall out": by_element(FIVE) - by_element(SIX),
        "without the border": by_element(FIVE),
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {"forty-cases": MISTAKES}


def test_numbers_in_the_texts_of_the_lab_are_those_of_the_data():
    pairs = 10 * len(VOTES)
    assert (pairs, round(pairs * FLEISS["observed"])) == (400, 292)
    assert int((VOTES["structured_group"].isin([0, 5])).sum()) == 18
    assert SEEN.value_counts().sort_index().to_dict() == {0: 19, 1: 4, 2: 5, 3: 7, 4: 3, 5: 2}
    found = MET[FIVE].all(axis=1).groupby("rater_id").sum()
    assert (found.min(), found.max()) == (7, 14)
    assert len(VOTES) - len(WITH_R6) == 11  # "11 cases fell out"
    period, border = kappas("period_of_time").iloc[-1], kappas("transnational").iloc[-1]
    assert round(100 * period["observed"]) == round(100 * border["observed"]) == 82
    assert (round(period["value"], 2), round(border["value"], 2)) == (0.55, 0.64)
    assert (round(100 * MET["period_of_time"].mean()), round(100 * MET["transnational"].mean())) == (72, 55)
    assert (by_element(FIVE, 4), on_the_whole(FIVE, 4)) == (8, 5)


def test_the_icebreaker_tells_how_often_all_five_agree():
    guess = next(each for each in MODULE["icebreakers"] if each["id"] == "guess")
    assert guess["answer"] == int(SEEN.isin([0, 5]).sum())
    assert "19 cases all five saw no group, in 2 all five saw one" in guess["right"]


def test_the_panel_contradicts_itself_in_six_cases_and_in_one_direction():
    elements, whole = VOTES[FIVE].ge(3).all(axis=1), SEEN.ge(3)
    assert int((elements & ~whole).sum()) == 6 and not (whole & ~elements).any()
    assert by_element(FIVE) == 1.5 * on_the_whole(FIVE)  # "half as many groups again"


def test_the_restaurant_is_told_as_coded():
    assert VOTES.loc["V07", FIVE].tolist() == [4, 5, 3, 3, 5] and SEEN["V07"] == 1
    assert (~MET.loc["V07"][FIVE].all(axis=1)).sum() == 4  # "four of five raters miss at least one"


def test_the_cases_that_come_in_without_the_benefit_are_those_named():
    before, after = (VOTES[which].ge(3).all(axis=1) for which in (FIVE, WITHOUT_BENEFIT))
    titles = dataset("case_vignettes").set_index("vignette_id")["title"]
    assert set(titles[after & ~before]) == {"The railway", "The chemical works", "The lost files"}
    assert (VOTES.loc["V22", "benefit"], len(CODED["rater_id"].unique())) == (3, 5)  # "divided, three to two"


def test_only_five_of_five_makes_the_two_ways_of_voting_agree():
    settings = [FIVE, SIX, WITHOUT_BENEFIT, [*WITHOUT_BENEFIT, "transnational"]]
    for elements in settings:
        assert by_element(elements, 5) == on_the_whole(elements, 5)
    for votes in (2, 3, 4):
        assert all(by_element(elements, votes) > on_the_whole(elements, votes) for elements in settings)
    assert (by_element(FIVE, 1), by_element(FIVE, 5)) == (26, 2)  # "from 26 down to 2"


def test_the_votes_depart_from_the_key_in_five_cases():
    truth = json.loads((ROOT / "data" / "sources" / "case_vignettes.truth.json").read_text(encoding="utf-8"))
    panel = VOTES[FIVE].ge(3).all(axis=1)
    apart = [case for case, key in truth["key"].items() if key["organized_criminal_group"] != panel[case]]
    assert len(apart) == 5


def test_the_examples_of_the_text_are_read_as_the_key_reads_them():
    truth = json.loads((ROOT / "data" / "sources" / "case_vignettes.truth.json").read_text(encoding="utf-8"))
    key = {case["title"]: case for case in truth["key"].values()}
    fails = {"The open lorry": "structured_group", "Two brothers": "three_or_more", "One hour": "period_of_time",
             "The dating agency": "three_or_more", "The chemical works": "benefit", "The railway": "benefit",
             "Invoices": "serious_crime", "Exam papers": "serious_crime", "The last train": "transnational"}
    for title, element in fails.items():
        assert key[title][element] is False, title
    for title in ("The screen names", "The taxi", "Shops at night", "The laboratory", "The lost files",
                  "The passport workshop", "The restaurant", "The toll"):
        assert key[title]["organized_criminal_group"] is True, title


# ---- the text -----------------------------------------------------------------------------------


def even(text: str) -> str:
    """Leave out what a page or a line break adds."""
    return re.sub(r"\s+", " ", text).strip()


def test_the_four_questions_of_the_paper_stand_word_for_word():
    path = ROOT.parent / "shared" / "reference" / "background-paper.txt"
    if not path.exists():
        pytest.skip("the paper is not beside this checkout")
    paper = even(path.read_text(encoding="utf-8"))
    quiz = paper[paper.index("Example of a quiz"):paper.index("28. The modules include")]
    ours = [question for question in MODULE["questions"] if question["id"].startswith("paper-")]
    assert len(ours) == 4 == quiz.count("- (a) ")
    for question in ours:
        options = " ".join(f"- ({letter}) {option['text']}" for letter, option in zip("abcde", question["options"]))
        assert even(f"{question['text']} {options}") in quiz
        assert question["source"] == "secretariat2018" and "word for word" in question["explanation"]


def test_the_keys_of_the_four_questions_are_those_of_the_convention():
    keys = [next(option["text"] for option in question["options"] if option.get("right"))
            for question in MODULE["questions"][:4]]
    assert keys == ["Three", "Four years", "None of the above", "All of the above"]


def test_the_arithmetic_of_the_texts():
    hand = next(question for question in MODULE["questions"] if question["id"] == "kappa-by-hand")
    assert hand["answer"] == pytest.approx((0.80 - 0.68) / (1 - 0.68))
    assert hand["wrong"][2]["value"] == pytest.approx((0.80 - 0.68) / 0.80)
    assert "Thirty people" in markdown(read_notebook(STEM)) and round(25_000 / 821) == 30
