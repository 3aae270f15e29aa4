"""Module 12: the diagnoses of its lab, and the figures and words of its texts that can be found again."""
from __future__ import annotations

import json

import numpy as np
import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from measurement import difference_in_differences, displacement_quotient, interrupted_series
from widgets import dataset
from widgets.module import Module

STEM = "12-prevention"
LAB = "did-it-work"
MODULE = read_yaml(ROOT / "data" / "modules" / f"{STEM}.yml")
CHECKS = {check["id"]: check for check in MODULE["labs"][0]["checks"]}
QUESTIONS = {question["id"]: question for question in MODULE["questions"]}
TRUTH = json.loads((ROOT / "data" / "sources" / "recorded_crime_panel.truth.json").read_text(encoding="utf-8"))

PANEL = dataset("recorded_crime_panel").dropna(subset=["recorded"])
PANEL = PANEL.assign(recorded=PANEL["recorded"].astype(float))
PLACES = dataset("recorded_crime_panel_districts").drop_duplicates("district").set_index("district")
AREA = {district: "programme" if row["programme"] else "bordering" if row["borders_programme"] else "other"
        for district, row in PLACES.iterrows()}
AIMED = TRUTH["parameters"]["aimed_at"]
ROWS = PANEL[PANEL["offence"].isin(AIMED)]
ROWS = ROWS.assign(area=ROWS["district"].map(AREA), after=(ROWS["month"] >= TRUTH["programme_from_month"]).astype(int))
BY_DISTRICT = (36 * ROWS.groupby(["area", "district", "offence", "after"])["recorded"].mean()).groupby(
    ["area", "district", "after"]).sum().reset_index()
TOTALS = {name: [round(BY_DISTRICT[(BY_DISTRICT["area"] == name) & (BY_DISTRICT["after"] == after)]["recorded"].sum())
                 for after in (0, 1)] for name in ("programme", "bordering", "other")}
(T0, T1), (D0, D1), (C0, C1) = TOTALS["programme"], TOTALS["bordering"], TOTALS["other"]


def change(before: float, after: float) -> float:
    """In per cent of the earlier value."""
    return 100 * (after / before - 1)


def effect(control: str, log: bool = True):
    """Difference in differences of the programme's districts against one other area."""
    frame = BY_DISTRICT[BY_DISTRICT["area"].isin(["programme", control])]
    frame = frame.assign(treated=(frame["area"] == "programme").astype(int),
                         y=np.log(frame["recorded"]) if log else frame["recorded"])
    return difference_in_differences(frame, "y", "treated", "after", cluster="district")


def per_cent(logarithm: float) -> float:
    return 100 * (np.exp(float(logarithm)) - 1)


def jump(area: str, seasons: bool = False):
    """The table of the interrupted series of an average district."""
    monthly = ROWS[ROWS["area"] == area].groupby(["offence", "month"])["recorded"].mean().groupby("month").sum()
    place = monthly.index.to_numpy() % 12
    usual = np.array([monthly[(place == p) & (monthly.index <= 36)].mean() for p in range(12)])
    free = monthly - (0 if seasons else usual[place] - usual.mean())
    return interrupted_series(free.rename("free").reset_index(), "free", "month", 37)


QUOTIENT = displacement_quotient((T0, T1), (D0, D1), (C0, C1))
KILLED = PANEL[PANEL["offence"] == "homicide"]
KILLED = 12 * KILLED.groupby(["district", 2018 + (KILLED["month"] - 1) // 12])["recorded"].mean().unstack()
WORST, REST = KILLED[KILLED[2018] >= 5], KILLED[KILLED[2018] < 5]
SURVEY = dataset("recorded_crime_panel_survey")
SURVEY = SURVEY[SURVEY["offence"].isin(AIMED)]


def asked(area: str, column: str) -> tuple[int, int]:
    """Of a survey column, the years before and the years after."""
    of = SURVEY[SURVEY["area"] == area]
    return int(of[of["year"] < 2021][column].sum()), int(of[of["year"] >= 2021][column].sum())


def against_others(area: str, column: str) -> float:
    (b, a), (other_b, other_a) = asked(area, column), asked("other", column)
    return change(other_a / other_b, a / b)


MISTAKES = {
    "before-after": (change(T0, T1), {
        "These are crimes": T1 - T0, "The size is right": -change(T0, T1), "divided by the years after": -change(T1, T0),
    }),
    "elsewhere": (change(C0, C1), {
        "border on it": change(D0, D1), "all 48": change(C0 + D0, C1 + D1), "These are crimes": C1 - C0,
    }),
    "did": (per_cent(effect("other")), {
        "logarithm times 100": 100 * float(effect("other")), "effect in logarithms": float(effect("other")),
        "next door": per_cent(effect("bordering")), "average district": float(effect("other", log=False)),
        "before and after again": change(T0, T1),
    }),
    "quotient": (float(QUOTIENT), {
        "Look at the sign": -float(QUOTIENT),
        "exchanged buffer and control": float(displacement_quotient((T0, T1), (C0, C1), (D0, D1))),
        "turned it over": 1 / float(QUOTIENT),
    }),
    "net": (float(QUOTIENT.net_effect), {
        "districts alone": T0 * C1 / C0 - T1, "no comparison at all": T0 - T1, "left out the trend": T0 + D0 - T1 - D1,
    }),
    "nine": (change(WORST[2018].sum(), WORST[2019].sum()), {
        "whole country": change(KILLED[2018].sum(), KILLED[2019].sum()),
        "51 other districts": change(REST[2018].sum(), REST[2019].sum()),
        "These are homicides": WORST[2019].sum() - WORST[2018].sum(),
    }),
    "audit": (jump("other").loc["level_change", "value"], {
        "left the seasons in": jump("other", seasons=True).loc["level_change", "value"],
        "pull against each other": jump("programme").loc["level_change", "value"],
        "bordering districts": jump("bordering").loc["level_change", "value"],
        "old trend at the end": jump("other").loc["change_at_end", "value"],
    }),
    "survey": (against_others("programme", "incidents"), {
        "that were reported": against_others("programme", "reported"),
        "before and after. Divide": change(*asked("programme", "incidents")),
        "bordering districts": against_others("bordering", "incidents"),
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {LAB: MISTAKES}


def test_the_numbers_of_the_lab_s_hints_and_explanations_are_those_of_the_data():
    said = {id: " ".join(str(check).split()) for id, check in CHECKS.items()}
    assert f"From {T0:,} to {T1:,}" in said["before-after"] and f"From {C0:,} to {C1:,}" in said["elsewhere"]
    found = effect("other")
    assert f"from {per_cent(found.low):.1f} to {per_cent(found.high):.1f}" in said["did"]
    assert f"{float(found):.4f} in logarithms" in said["did"] and f"is {np.exp(float(found)):.3f}" in said["did"]
    assert f"from {QUOTIENT.low:.2f} to {QUOTIENT.high:.2f}" in said["quotient"]
    assert f"({D1:,}/{C1:,} - {D0:,}/{C0:,}) / ({T1:,}/{C1:,} - {T0:,}/{C0:,})" in said["quotient"]
    assert (round(QUOTIENT.net_effect.low, -1), round(QUOTIENT.net_effect.high, -1)) == (2030, 3850)
    assert f"{WORST[2018].sum():.0f} in 2018 and {WORST[2019].sum():.1f} in 2019" in said["nine"]
    jumped = jump("other").loc["level_change"]
    assert f"{jumped['value']:.2f}, with limits from {jumped['low']:.1f} to {jumped['high']:.1f}" in said["audit"]
    average = ROWS[(ROWS["area"] == "other") & (ROWS["after"] == 0)].groupby(["offence", "month"])["recorded"].mean()
    assert round(100 * jumped["value"] / average.groupby("month").sum().mean()) == 8  # "about 8 per cent"
    assert "{:,} and {:,} in the programme".format(*asked("programme", "incidents")) in said["survey"]
    assert "{:,} and {:,} in the others".format(*asked("other", "incidents")) in said["survey"]


def test_the_class_plans_give_the_numbers_of_the_data():
    notes = [step["note"] for step in MODULE["plan"] + MODULE["plan50"] if step["room"] == "Lab"]
    assert len(notes) == 2
    for before, after in TOTALS.values():
        assert all(f"{before:,} and {after:,}" in note for note in notes)


def test_the_nine_districts_of_the_icebreaker_are_those_of_the_data():
    assert len(WORST) == 9 and len(REST) == 51
    assert 0.5 < WORST[2019].sum() / WORST[2018].sum() < 0.55  # "fallen by almost half"
    assert (round(-change(KILLED[2018].sum(), KILLED[2019].sum())), round(-MISTAKES["nine"][0]),
            round(change(REST[2018].sum(), REST[2019].sum()))) == (2, 48, 27)
    assert "fell by 2 per cent, the worst by 48, and the rest rose by 27" in str(CHECKS["nine"])
    assert "homicide" not in AIMED and TRUTH["programme_from_month"] == 37  # nothing was done, and nothing in 2019


def test_what_was_planted_is_what_the_lab_tells():
    assert TRUTH["effect_on_incidents"] == -0.25 and TRUTH["displaced_share"] == 0.4
    planted = TRUTH["expected_displacement_quotient_of_recorded"]
    assert f"{planted:.2f}" in str(CHECKS["quotient"]) and planted < QUOTIENT.low  # "this sample's limits miss that"
    assert "The truth in the script is -25 per cent" in str(CHECKS["survey"])
    assert TRUTH["effect_on_recorded"] == pytest.approx(QUESTIONS["trust-reports"]["answer"] / 100)


# ---- the texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(read_notebook(STEM))


def worst_six(crimes: int, years: int) -> float:
    """The change that the sliders show, from the lines of the notebook itself."""
    source = next(cell.source for cell in code_cells(read_notebook(STEM)) if cell.id == "explore-function")
    body = [line.strip() for line in source.splitlines()[2:9]]
    space = {"np": np, "crimes": crimes, "years": years}
    exec("\n".join(body), space)
    return space["change"]


def test_the_sliders_show_what_the_text_says(text):
    assert -50 < worst_six(2, 1) < -45 and "the worst six fall by almost half" in text
    assert -3 < worst_six(50, 3) < 0 and "hardly anything is left of the trap" in text
    for crimes in (2, 10, 50):
        assert worst_six(crimes, 1) < worst_six(crimes, 3) < worst_six(crimes, 6) < 0


def test_the_arithmetic_of_the_questions():
    expected = 400 * 450 / 500
    assert QUESTIONS["by-hand"]["answer"] == pytest.approx(100 * (300 / expected - 1), abs=0.05)
    assert [wrong["value"] for wrong in QUESTIONS["by-hand"]["wrong"]] == [
        100 * (300 / 400 - 1), -25 + 10, 16.7, (300 - 400) - (450 - 500), 300 - expected]
    ring, target = 110 / 400 - 100 / 400, 150 / 400 - 200 / 400
    assert QUESTIONS["quotient-by-hand"]["answer"] == pytest.approx(ring / target)
    assert [wrong["value"] for wrong in QUESTIONS["quotient-by-hand"]["wrong"]] == pytest.approx(
        [-ring / target, target / ring, 10 / -25])
    assert QUESTIONS["trust-reports"]["answer"] == pytest.approx(100 * (0.75 * 1.1 - 1))
    assert [wrong["value"] for wrong in QUESTIONS["trust-reports"]["wrong"]] == pytest.approx(
        [-25, -25 + 10, 100 * (0.75 * 0.9 - 1), 17.5, 100 * 0.75 * 1.1])


def test_the_balance_of_the_truce_is_the_sum_of_its_parts():
    case = next(case for case in MODULE["cases"] if case["id"] == "truce")
    assert "1,130 fewer" in case["text"] and "551 fewer" in case["text"] and "2,250 *more*" in case["text"]
    assert f"In sum {2250 - 1130 - 551} more people" in case["text"]


def test_the_verbs_of_article_31_are_those_that_the_text_and_the_question_name(text):
    said = read_yaml(ROOT / "data" / "provisions.yml")["UNTOC"]["provisions"]
    for paragraph in ("31(1)", "31(3)", "31(5)"):
        assert "shall endeavour to" in said[paragraph]["text"]
    assert "develop and evaluate" in said["31(1)"]["text"]
    assert said["31(6)"]["text"].startswith("6. Each State Party shall inform")
    assert "endeavour" not in said["31(6)"]["text"] and "appropriate" not in said["31(6)"]["text"]
    assert "shall, as appropriate, collaborate" in said["31(7)"]["text"] and "shall, as appropriate" in text
    assert "shall include measures" in said["31(5)"]["text"]
