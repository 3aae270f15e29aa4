"""Module 06: the diagnoses of its lab, and the figures and words of its texts that can be found again."""
from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from widgets import dataset
from widgets.module import Module

STEM = "06-causes"
LAB = "two-explanations"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
MODULE = read_yaml(FILE)
CHECKS = {check["id"]: check for check in MODULE["labs"][0]["checks"]}
QUESTIONS = {question["id"]: question for question in MODULE["questions"]}
TRUTH = json.loads((ROOT / "data" / "sources" / "recorded_crime_panel.truth.json").read_text(encoding="utf-8"))

PANEL = dataset("recorded_crime_panel")
PANEL = PANEL[PANEL["month"] < TRUTH["programme_from_month"]].dropna(subset=["recorded"])
YEAR = (2018 + (PANEL["month"] - 1) // 12).rename("year")
BY_YEAR = PANEL["recorded"].astype(float).groupby([PANEL["district"], PANEL["offence"], YEAR]).mean() * 12
DISTRICTS = dataset("recorded_crime_panel_districts")
ABOUT = DISTRICTS[DISTRICTS["year"] < 2021].groupby("district")[["population", "officers"]].mean()
OFFENCES = sorted(PANEL["offence"].unique())
COUNTS = {offence: BY_YEAR.xs(offence, level="offence").groupby("district").mean().to_numpy() for offence in OFFENCES}
COUNTS["officers"] = ABOUT["officers"].to_numpy()
PEOPLE = ABOUT["population"].to_numpy()
RATES = {name: 100_000 * values / PEOPLE for name, values in COUNTS.items()}
TOTAL = {(offence, year): float(BY_YEAR.xs((offence, year), level=("offence", "year")).sum())
         for offence in OFFENCES for year in (2018, 2019, 2020)}


def r(first: str, second: str, of: dict = RATES) -> float:
    """The correlation over the districts, with numpy and not as the notebook does it."""
    return float(np.corrcoef(of[first], of[second])[0, 1])


def times(values) -> float:
    return float(values.max() / values.min())


def change(offence: str, first: int = 2018, last: int = 2020) -> float:
    return 100 * (TOTAL[offence, last] / TOTAL[offence, first] - 1)


FOUND = COUNTS["drug dealing"] / COUNTS["officers"]
MISTAKES = {
    "in-counts": (r("drug dealing", "robbery", COUNTS), {
        "correlation of the rates": r("drug dealing", "robbery"),
        "You took the officers": r("drug dealing", "officers", COUNTS),
        "You squared it": r("drug dealing", "robbery", COUNTS) ** 2,
    }),
    "in-rates": (r("drug dealing", "robbery"), {
        "the counts again": r("drug dealing", "robbery", COUNTS),
        "Look at the sign": -r("drug dealing", "robbery"),
        "robbery with officers": r("robbery", "officers"),
    }),
    "with-officers": (r("drug dealing", "officers"), {
        "robbery with officers": r("robbery", "officers"),
        "You took counts": r("drug dealing", "officers", COUNTS),
        "with weapons": r("drug dealing", "weapons"),
    }),
    "for-each-officer": (times(FOUND), {
        "for each inhabitant": times(RATES["drug dealing"]),
        "average for each officer": FOUND.mean(),
        "counts of whole districts": times(COUNTS["drug dealing"]),
    }),
    "extortion": (r("extortion", "robbery"), {
        "extortion with drug dealing": r("extortion", "drug dealing"),
        "fraud with robbery": r("fraud", "robbery"),
        "You squared it": r("extortion", "robbery") ** 2,
    }),
    "fraud": (change("fraud"), {
        "This is burglary": change("burglary"),
        "divided by 2020": 100 * (1 - TOTAL["fraud", 2018] / TOTAL["fraud", 2020]),
        "from 2019 to 2020 only": change("fraud", 2019),
        "number of recorded offences": TOTAL["fraud", 2020] - TOTAL["fraud", 2018],
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {LAB: MISTAKES}


def test_what_is_reported_hangs_together_and_what_is_found_by_looking_follows_the_officers():
    """The reading of the table behind the figure, and the explanation of the last check on extortion."""
    kinds = dataset("recorded_crime_panel_offences").set_index("offence")["proactive"]
    reported = [offence for offence in OFFENCES if not kinds[offence] and offence != "homicide"]
    chance = 1.96 / np.sqrt(len(PEOPLE) - 3)
    assert chance == pytest.approx(0.25, abs=0.015)  # "between -0.25 and 0.25"
    for one in reported:
        assert abs(r(one, "officers")) < chance
        assert all(r(one, other) > 0.6 for other in reported if other != one)
    for found in ("drug dealing", "weapons"):
        assert r(found, "officers") > 0.85 and abs(r(found, "robbery")) < chance


def test_the_numbers_of_the_lab_s_hints_and_explanations_are_those_of_the_data():
    said = {id: " ".join(str(check).split()) for id, check in CHECKS.items()}
    assert f"{r('drug dealing', 'robbery', COUNTS):.2f}" in said["in-counts"]
    assert f"{r('drug dealing', 'robbery'):.2f}" in said["in-rates"]
    assert f"{r('robbery', 'officers'):.2f}" in said["with-officers"]
    assert f"{FOUND.max():.3f}" in said["for-each-officer"] and f"{FOUND.min():.3f}" in said["for-each-officer"]
    assert f"{times(RATES['drug dealing']):.2f} times" in said["for-each-officer"]
    assert f"{r('extortion', 'robbery'):.2f}" in said["extortion"]
    assert f"{r('burglary', 'fraud'):.2f}" in said["fraud"]
    assert f"fell by {-change('burglary'):.1f} per cent" in said["fraud"]
    assert f"{TOTAL['fraud', 2018]:,.0f} in 2018 and {TOTAL['fraud', 2020]:,.0f} in 2020" in said["fraud"]


def test_the_class_plans_give_the_numbers_of_the_data():
    notes = [step["note"] for step in MODULE["plan"] + MODULE["plan50"] if step["room"] == "Lab"]
    assert len(notes) == 2
    for number in (r("drug dealing", "robbery", COUNTS), r("drug dealing", "robbery"), r("drug dealing", "officers"),
                   r("extortion", "robbery")):
        assert all(f"{number:.2f}" in note for note in notes)


def test_the_district_of_the_icebreaker_is_the_one_of_the_data():
    icebreaker = MODULE["icebreakers"][1]
    highest = ABOUT.index[int(RATES["drug dealing"].argmax())]
    assert f"district {highest} " in icebreaker["text"]
    assert 1.9 < times(RATES["drug dealing"]) < 2.1  # "about twice as many"


def test_what_was_planted_is_what_the_lab_tells():
    """Dealing is recorded by officers alone; what victims report has a level of the district in common."""
    assert set(TRUTH["parameters"]["proactive"]["drug dealing"]) == {
        "a_month_and_officer", "trend_of_a_year", "harm_days"}
    assert FOUND.mean() == pytest.approx(12 * TRUTH["parameters"]["proactive"]["drug dealing"]["a_month_and_officer"],
                                         rel=0.05)
    script = (ROOT / "data" / "sources" / "recorded_crime_panel.py").read_text(encoding="utf-8")
    assert re.search(r"level = draws\.lognormal\(1\.0, 0\.30, N\)\[:, None\] \*", script)


# ---- the texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(read_notebook(STEM))


def shown_by_the_sliders(newcomers: float, the_place: float) -> tuple[float, float, float]:
    """The correlation of the districts and both groups' figures, from the lines of the notebook itself."""
    source = next(cell.source for cell in code_cells(read_notebook(STEM)) if cell.id == "explore-function")
    body = [line.strip() for line in source.splitlines() if re.match(r"    (rows|of_new|of_old|r)\b", line)]
    space = {"pd": pd, "newcomers": newcomers, "the_place": the_place}
    exec("\n".join(source.splitlines()[:2] + body), space)
    return space["r"], space["of_new"], space["of_old"]


def test_the_sliders_show_what_the_text_says(text):
    slope, new, old = shown_by_the_sliders(0.5, 40)
    assert slope > 0.95 and new < 12 and old > 19
    assert "fewer than 12 of 1,000 extort, and more than 19 of 1,000 old residents" in text
    slope, new, old = shown_by_the_sliders(2, 0)
    assert slope > 0.95 and new == pytest.approx(2 * old, rel=0.05)
    assert shown_by_the_sliders(0.5, 0)[0] < -0.5


def test_the_share_of_newcomers_runs_as_the_text_says(text):
    source = next(cell.source for cell in code_cells(read_notebook(STEM)) if cell.id == "explore-function")
    space: dict = {}
    exec("\n".join(source.splitlines()[:2]), space)
    assert (len(space["SHARES"]), round(space["SHARES"][0], 2), round(space["SHARES"][-1], 2)) == (12, 0.04, 0.48)
    assert len(space["CHANCE"]) == 12 and max(map(abs, space["CHANCE"])) < 1
    assert "between 4 and 48 per cent" in text


def test_the_arithmetic_of_the_questions():
    months = 100 * 12
    wage, prison = 900, 20 * 8
    courier = QUESTIONS["courier"]["answer"]
    assert QUESTIONS["runner-wage"]["answer"] == wage * (months - prison) / months
    assert courier == 3000 - 60000 / 50
    assert 3000 - 2 * 60000 / 50 == 3000 - 60000 * (2 / 50) == 600 and "600 alike" in QUESTIONS["courier"]["right"]
    first, second = 40 / 200_000, 30 / 100_000
    assert QUESTIONS["rate"]["answer"] == pytest.approx(100 * (second / first - 1))
    told = {wrong["value"] for wrong in QUESTIONS["rate"]["wrong"]}
    assert told == {-25, 33.3, 10} and 100 * (30 / 40 - 1) == -25
    assert round(100 * (1 - first / second), 1) == 33.3 and round(100_000 * (second - first)) == 10


def test_the_verbs_of_the_treaties_are_those_that_the_question_names():
    provisions = read_yaml(ROOT / "data" / "provisions.yml")
    assert "States Parties shall take or strengthen measures" in provisions["TIP"]["provisions"]["9(4)"]["text"]
    assert "shall promote or strengthen, as appropriate" in provisions["SOM"]["provisions"]["15(3)"]["text"]
    assert "for example by alleviating" in provisions["UNTOC"]["provisions"]["31(7)"]["text"]
    assert "shall endeavour to promote" in provisions["UNTOC"]["provisions"]["31(3)"]["text"]


def test_only_one_protocol_adds_the_lack_of_equal_opportunity():
    provisions = read_yaml(ROOT / "data" / "provisions.yml")
    both = [provisions["TIP"]["provisions"]["9(4)"]["text"], provisions["SOM"]["provisions"]["15(3)"]["text"]]
    assert all("poverty" in text and "underdevelopment" in text for text in both)
    assert ["equal opportunity" in text for text in both] == [True, False]


def test_no_child_and_no_parent_of_the_third_case_is_named():
    case = next(case for case in MODULE["cases"] if case["id"] == "reggio")
    told = case["text"] + case["contested"]
    names = set(re.findall(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b", told)) - {"The Superior"}
    assert names == {"Reggio Calabria", "Anna Sergi"}
