"""Module 09: the diagnoses of its two labs, and the figures of its texts that can be found again."""
from __future__ import annotations

import json

import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from widgets import dataset
from widgets.module import Module

STEM = "09-prosecution"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
CHECKS = {lab["id"]: {check["id"]: check for check in lab["checks"]} for lab in read_yaml(FILE)["labs"]}
TRUTH = json.loads((ROOT / "data" / "sources" / "prosecutions.truth.json").read_text(encoding="utf-8"))
CHARGED = dataset("prosecutions")

# ---- from charge to judgment --------------------------------------------------------------------

WAYS = CHARGED["outcome"].fillna("open")
UNTIL = CHARGED["ended_on"].fillna(TRUTH["register_closed"])
DAYS = [(end - start).days for start, end in zip(CHARGED["charged_on"], UNTIL)]
CHARGES = sorted(zip(DAYS, WAYS))
COUNT = WAYS.value_counts()


def ended(limit: int) -> dict:
    """Shares that ended in each way up to a day, by going through the days one by one (Aalen-Johansen)."""
    still, shares = 1.0, {"convicted": 0.0, "acquitted": 0.0, "dismissed": 0.0}
    for day in sorted({day for day, way in CHARGES if way != "open" and day <= limit}):
        at_risk = sum(1 for other, _ in CHARGES if other >= day)
        today = [way for other, way in CHARGES if other == day and way != "open"]
        for way in today:
            shares[way] += still / at_risk
        still *= 1 - len(today) / at_risk
    return {**shares, "open": still}


YEAR, TWO = ended(365), ended(730)
EARLY = sum(1 for day, way in CHARGES if way == "convicted" and day <= 730)
DECIDED = sum(1 for day, way in CHARGES if way != "open" and day <= 730)
PENDING = 100 * COUNT["open"] / len(CHARGED)
CONVICTED = 100 * COUNT["convicted"] / len(CHARGED)
OF_DECIDED = 100 * COUNT["convicted"] / (len(CHARGED) - COUNT["open"])

ATTRITION = {
    "lowest": (CONVICTED, {
        "left the pending charges out": OF_DECIDED,
        "Right as a share": CONVICTED / 100,
        "number of people": int(COUNT["convicted"]),
    }),
    "highest": (CONVICTED + PENDING, {
        "leaves the pending out": OF_DECIDED,
        "share that is pending": PENDING,
    }),
    "two-years": (100 * TWO["convicted"], {
        "by all 2,400": 100 * EARLY / len(CHARGED),
        "those decided within two years": 100 * EARLY / DECIDED,
        "within one year": 100 * YEAR["convicted"],
        "Right as a share": TWO["convicted"],
    }),
    "still-open": (100 * TWO["open"], {
        "pending on the last day": PENDING,
        "after one year": 100 * YEAR["open"],
    }),
}

# ---- what an agreement changes ------------------------------------------------------------------

PLEAS = CHARGED[CHARGED["plea"].eq("guilty").fillna(False) & CHARGED["cooperated"].notna()]
HELPED = PLEAS["cooperated"].astype(bool)
CONVICTED_ALL = CHARGED[CHARGED["outcome"].eq("convicted").fillna(False) & CHARGED["cooperated"].notna()]


def months(people, helped: bool) -> float:
    return people.loc[people["cooperated"].astype(bool) == helped, "sentence_months"].dropna().mean()


def plain(people) -> float:
    return 100 * (1 - months(people, True) / months(people, False))


def same_class(people) -> float:
    known = people[people["sentence_months"].notna()]
    parts = [(months(part, True) * len(part), months(part, False) * len(part))
             for _, part in known.groupby("seriousness")]
    return 100 * (1 - sum(one for one, _ in parts) / sum(other for _, other in parts))


SEALED = PLEAS[HELPED]["sentence_months"].isna()

AGREEMENT = {
    "plain": (plain(PLEAS), {
        "all who were convicted": plain(CONVICTED_ALL),
        "divided by the shorter one": 100 * (months(PLEAS, False) / months(PLEAS, True) - 1),
        "difference in months": months(PLEAS, False) - months(PLEAS, True),
        "what remains": 100 - plain(PLEAS),
    }),
    "same-class": (same_class(PLEAS), {
        "still the plain comparison": plain(PLEAS),
        "all who were convicted": same_class(CONVICTED_ALL),
        "what remains": 100 - same_class(PLEAS),
    }),
    "sealed": (100 * SEALED.mean(), {
        "their number": int(SEALED.sum()),
        "those whose sentence is known": 100 * SEALED.sum() / (~SEALED).sum(),
        "the known ones": 100 * (~SEALED).mean(),
    }),
}
MISTAKES = {"attrition": ATTRITION, "agreement": AGREEMENT}


class TestNumbers(LabNumbers):
    stem, values = STEM, MISTAKES


def test_the_numbers_of_the_first_lab_s_texts_are_those_of_the_data():
    assert COUNT.to_dict() == {"convicted": 1767, "open": 327, "dismissed": 171, "acquitted": 135}
    assert EARLY == 1663
    watched = [(day, way) for start, day, way in zip(CHARGED["charged_on"], DAYS, WAYS)
               if str(start.date()) <= "2021-06-30"]
    share = sum(1 for day, way in watched if way == "convicted" and day <= 730) / len(watched)
    assert round(100 * share, 1) == 74.6  # all of whom were under watch for two years
    assert 8 < 1 / TWO["open"] < 9  # "one in eight or nine"
    assert (round(CONVICTED), round(CONVICTED + PENDING), round(OF_DECIDED), round(100 * TWO["convicted"])) == \
        (74, 87, 85, 75)
    assert "at least 74 and at most 87 per cent in the end, and about 75" in markdown(read_notebook(STEM))


def test_about_six_of_a_hundred_extorted_businesses_reported_it():
    survey = dataset("business_extortion_survey")
    extorted = survey[survey["extorted"].eq(1) & survey["reported"].notna()]
    share = (extorted["reported"].astype(float) * extorted["weight"]).sum() / extorted["weight"].sum()
    assert round(100 * share) == 6


def test_brokers_and_financiers_cooperated_most_often():
    by_role = HELPED.groupby(PLEAS["role"]).agg(["sum", "size", "mean"])
    counts = {role: (int(row["sum"]), int(row["size"])) for role, row in by_role.iterrows()}
    assert counts == {"broker or financier": (58, 161), "helper": (67, 450), "organizer": (10, 78),
                      "recruiter": (38, 177), "transporter": (122, 445)}
    assert by_role["mean"].idxmax() == "broker or financier" and by_role["mean"].idxmin() == "organizer"
    assert [round(100 * by_role.loc[role, "mean"]) for role in
            ("helper", "organizer", "broker or financier", "transporter")] == [15, 13, 36, 27]
    right = [option["id"] for option in CHECKS["agreement"]["who"]["options"] if option.get("right")]
    assert right == ["broker"]


def test_the_numbers_of_the_second_lab_s_texts_are_those_of_the_data():
    assert (round(months(PLEAS, True), 2), round(months(PLEAS, False), 2)) == (15.39, 22.95)
    assert (int(HELPED.sum()), int(SEALED.sum()), int((~SEALED).sum())) == (295, 32, 263)
    known = PLEAS[PLEAS["sentence_months"].notna()]
    assert [round(plain(part)) for _, part in known.groupby("seriousness")] == [35, 32, 41, 32, 42]
    by_class = HELPED.groupby(PLEAS["seriousness"]).mean()
    assert by_class.idxmax() == 5  # "highest in the gravest class"
    grave = known["seriousness"].groupby(known["cooperated"].astype(bool)).mean()
    assert grave[True] > grave[False]  # "somewhat graver charges"
    assert same_class(PLEAS) > plain(PLEAS)  # "here it became larger"
    planted = 100 * (1 - 2.718281828 ** TRUTH["effect_on_log_sentence"]["cooperation"])
    assert round(planted, 1) == 36.2
    rates = HELPED.groupby(PLEAS["sex"]).mean()
    assert 0 < rates["male"] - rates["female"] < 0.015  # "a difference of one point"
    assert TRUTH["parameters"]["sealed"] == 0.1  # "given by chance"


def test_the_slider_shows_what_the_text_says():
    source = {cell.id: cell.source for cell in code_cells(read_notebook(STEM))}["explore-function"]
    values = {"of_100_know_something": 40, "of_the_others_invent": 0.5}
    for line in source.splitlines():
        if line.strip().startswith(("true =", "false =", "left =", "share, then =")):
            exec(line.strip(), values)
    assert (values["true"], values["false"], values["left"]) == (40, 30, pytest.approx(6))
    assert round(values["share"], 1) == 42.9
    assert "30 of 70 statements" in markdown(read_notebook(STEM)) and "6 of 46" in markdown(read_notebook(STEM))
    asked = {question["id"]: question for question in read_yaml(FILE)["questions"]}["statement-test"]
    assert abs(asked["answer"] - values["share"]) <= asked["tolerance"]


def test_the_share_of_found_errors_with_an_informant_is_what_its_counts_give():
    assert round(100 * 119 / 1567) == 8  # "eight per cent"
    assert "119 of 1,567, eight per cent" in markdown(read_notebook(STEM))
