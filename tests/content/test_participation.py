"""Module 02: the diagnoses of its lab, and the figures and words of its texts that can be found again."""
from __future__ import annotations

import json
import re

import numpy as np
import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from widgets import dataset, grade
from widgets.module import Module

STEM = "02-participation"
LAB = "plea-and-trial"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
TRUTH = json.loads((ROOT / "data" / "sources" / "prosecutions.truth.json").read_text(encoding="utf-8"))

CHARGED = dataset("prosecutions")
KNOWN = CHARGED[(CHARGED["outcome"] == "convicted") & CHARGED["sentence_months"].notna()]
ALONE = KNOWN[KNOWN["cooperated"].eq(False).fillna(False).astype(bool)]
SEXED = KNOWN.dropna(subset=["sex"])
UNDER_B = CHARGED["participation"].isin(["organizing or directing", "aiding or facilitating"])
TRIED = CHARGED[CHARGED["plea"] == "not guilty"]
DECIDED = CHARGED[CHARGED["outcome"].notna()]
VERDICTS = DECIDED[DECIDED["outcome"] != "dismissed"]


def of_year(people, year):
    return people[people["charged_on"].dt.year == year]


def percent(condition) -> float:
    return 100 * condition.mean()


def averages(people, column):
    return people.groupby(column)["sentence_months"].mean()


def shorter(people, column, one, other):
    found = averages(people, column)
    return 100 * (1 - found[one] / found[other])


def shorter_in_classes(people, column, one, other, classes):
    """With numpy and loops, in another way than the notebook."""
    first = second = 0.0
    for _, rows in people.groupby(classes):
        months = rows["sentence_months"].to_numpy(dtype=float)
        group = rows[column].to_numpy(dtype=object)
        first += len(rows) * np.mean(months[group == one])
        second += len(rows) * np.mean(months[group == other])
    return 100 * (1 - first / second)


PLEAS = ("plea", "guilty", "not guilty")
SEXES = ("sex", "female", "male")
MONTHS = averages(ALONE, "plea")
SAME_CLASS = shorter_in_classes(ALONE, *PLEAS, ["seriousness"])
BY_SEX = averages(KNOWN, "sex")
SAME_CASE = shorter_in_classes(SEXED, *SEXES, ["seriousness", "plea"])
NEWEST = of_year(CHARGED, 2022)

MISTAKES = {
    "under-b": (percent(UNDER_B), {
        "left out those who organize": percent(CHARGED["participation"] == "aiding or facilitating"),
        "which is (a)": 100 - percent(UNDER_B),
        "number of people": int(UNDER_B.sum()),
        "Right as a share": UNDER_B.mean(),
    }),
    "plain": (shorter(ALONE, *PLEAS), {
        "how much longer": 100 * (MONTHS["not guilty"] / MONTHS["guilty"] - 1),
        "all convicted": shorter(KNOWN, *PLEAS),
        "difference in months": MONTHS["not guilty"] - MONTHS["guilty"],
        "what remains": 100 * MONTHS["guilty"] / MONTHS["not guilty"],
    }),
    "same-class": (SAME_CLASS, {
        "still the plain": shorter(ALONE, *PLEAS),
        "Leave out those who cooperated": shorter_in_classes(KNOWN, *PLEAS, ["seriousness"]),
        "what remains": 100 - SAME_CLASS,
    }),
    "tried": (percent(TRIED["outcome"] == "convicted"), {
        "put the pleas in": percent(VERDICTS["outcome"] == "convicted"),
        "acquittals": percent(TRIED["outcome"] == "acquitted"),
        "all decided charges": percent(DECIDED["outcome"] == "convicted"),
    }),
    "last-year": (percent(of_year(DECIDED, 2022)["plea"].eq("guilty")), {
        "pending ones included": percent(NEWEST["plea"].eq("guilty")),
        "all years": percent(DECIDED["plea"].eq("guilty")),
        "the year 2018": percent(of_year(DECIDED, 2018)["plea"].eq("guilty")),
    }),
    "women-plain": (shorter(KNOWN, *SEXES), {
        "divided by the women": 100 * (BY_SEX["male"] / BY_SEX["female"] - 1),
        "difference in months": BY_SEX["male"] - BY_SEX["female"],
        "who did not cooperate": shorter(ALONE, *SEXES),
    }),
    "women-same": (SAME_CASE, {
        "still the plain": shorter(KNOWN, *SEXES),
        "what remains": 100 - SAME_CASE,
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {LAB: MISTAKES}


def test_other_ways_to_average_the_classes_pass_and_the_mixed_comparison_does_not():
    question = Module(STEM).lab(LAB)._question("same-class")
    parts = ALONE.pivot_table(index="seriousness", columns="plea", values="sentence_months", aggfunc="mean")
    each = 100 * (1 - parts["guilty"] / parts["not guilty"])
    assert [round(one, 1) for one in each] == [22.3, 25.8, 23.8, 28.4, 26.6]
    weighted = np.average(each, weights=ALONE.groupby("seriousness").size())
    assert grade(question, weighted).right is grade(question, each.mean()).right is True
    assert grade(question, shorter(ALONE, *PLEAS)).right is False


def test_the_numbers_of_the_lab_s_hints_and_explanations_are_those_of_the_data():
    forms = CHARGED["participation"].value_counts()
    assert (forms["organizing or directing"], forms["aiding or facilitating"]) == (212, 1027)
    assert round(100 * forms["agreement"] / len(CHARGED)) == 20  # "one in five"
    assert (round(MONTHS["guilty"], 2), round(MONTHS["not guilty"], 2)) == (22.95, 43.98)
    assert (len(TRIED), (TRIED["outcome"] == "acquitted").sum()) == (562, 135)
    newest = of_year(DECIDED, 2022)
    assert (len(newest), newest["plea"].eq("guilty").sum()) == (275, 216)
    assert round(percent(NEWEST["outcome"].isna())) == 44
    assert (round(BY_SEX["female"], 2), round(BY_SEX["male"], 2)) == (23.69, 27.98)
    rows, sizes = SEXED.groupby(["seriousness", "plea", "sex"])["sentence_months"].mean(), SEXED.groupby(
        ["seriousness", "plea"]).size()
    mixed = {sex: np.average(rows.xs(sex, level="sex"), weights=sizes) for sex in ("female", "male")}
    assert (round(mixed["female"], 2), round(mixed["male"], 2)) == (25.77, 26.86)
    helpers = CHARGED["role"].eq("helper").groupby(CHARGED["sex"]).mean()
    assert helpers["female"] / helpers["male"] == pytest.approx(2, abs=0.1)
    assert CHARGED.groupby("role")["sex"].nunique().eq(2).all()
    assert 0.3 < 1 / (1 - SAME_CLASS / 100) - 1 < 0.4  # "about a third more"


def test_what_the_lab_says_of_the_truth_is_what_was_planted():
    assert round(100 * (1 - TRUTH["sentence_after_plea_as_share_of_sentence_after_trial"])) == 26
    assert abs(SAME_CLASS - 26) < 1 < shorter(ALONE, *PLEAS) - 26
    assert 0.4 < (shorter(ALONE, *PLEAS) - SAME_CLASS) / shorter(ALONE, *PLEAS) < 0.6  # "about half"
    assert round(100 * TRUTH["convicted_at_trial"]["those_who_pleaded_guilty_had_they_been_tried"]) == 83
    pleas = CHARGED["plea"].eq("guilty").sum() + TRUTH["pending_go_on_as"]["guilty plea"]
    assert pleas / TRUTH["guilty_pleas_that_a_court_would_have_acquitted"] == pytest.approx(6, abs=0.5)
    days = (CHARGED["ended_on"] - CHARGED["charged_on"]).dt.days.groupby(CHARGED["plea"]).median()
    assert days["not guilty"] / days["guilty"] == pytest.approx(2, abs=0.2)  # "about twice as long"
    trials_to_come = TRUTH["pending_go_on_as"]["trial"] / TRUTH["pending"]
    assert trials_to_come > 0.5  # "most of them on the way to trial"
    assert TRUTH["effect_on_log_sentence"]["sex"] == 0


def test_chance_can_explain_what_is_left_between_women_and_men():
    logs = SEXED.assign(y=np.log(SEXED["sentence_months"].astype(float)))
    parts = logs.groupby(["seriousness", "plea", "sex"])["y"].agg(["mean", "var", "count"]).unstack("sex")
    weight = parts["count"].sum(axis=1) / parts["count"].to_numpy().sum()
    gap = ((parts["mean", "female"] - parts["mean", "male"]) * weight).sum()
    variance = sum(parts["var", sex] / parts["count", sex] for sex in ("female", "male"))
    assert abs(gap) < 1.96 * np.sqrt((weight**2 * variance).sum())


# ---- the texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(read_notebook(STEM))


def test_the_sliders_show_what_the_text_says():
    cells = {cell.id: cell.source for cell in code_cells(read_notebook(STEM))}
    line = next(row for row in cells["explore-function"].splitlines() if "900 * take_part" in row)

    def share(take_part, others_who_show_it):
        values = {"take_part": take_part, "others_who_show_it": others_who_show_it}
        exec(line.strip(), values)
        return values["part"] / (values["part"] + values["others"])

    assert share(0.01, 0.05) < 1 / 6
    assert round(100 * share(0.01, 0.05)) == 15  # the note in the short plan
    assert share(0.5, 0.01) > 0.98
    assert "15 per cent take part" in FILE.read_text(encoding="utf-8")


def test_article_5_has_no_member_mafia_cartel_or_gang(text):
    """The text says so, and builds on it."""
    provisions = read_yaml(ROOT / "data" / "provisions.yml")["UNTOC"]["provisions"]
    assert "The word *member* does not occur in article 5." in text
    article = " ".join(provisions[number]["text"] for number in provisions if number.startswith("5("))
    assert not re.search(r"member|mafia|cartel|gang", article, flags=re.I)
    assert "Either or both" in provisions["5(1)"]["text"]


def test_article_23_names_an_advantage_for_testimony_and_none_for_officials():
    article = read_yaml(ROOT / "data" / "provisions.yml")["UNTOC"]["provisions"]["23"]["text"]
    testimony, officials = article.split("\n\n")[1:]
    assert "undue advantage" in testimony and "undue advantage" not in officials


def test_figures_that_the_texts_derive_from_published_ones(text):
    assert round(100 * 64 / 164) == 39
    assert round(100 * 18 / (18 + 49)) == 27 and 49 == round(0.05 * 980)
    assert round(89.5 + 8.2) == 98  # "98 of 100 defendants never had one"
    assert round(100 - 89.5 - 8.2, 1) == 2.3 and "2.3 per cent went to trial" in text
    assert 3 / 4 > 49 / 67 > 0.7  # "nearly three of four"


def test_the_short_plan_gives_the_numbers_of_the_data():
    note = FILE.read_text(encoding="utf-8")
    assert f"{MONTHS['guilty']:.1f} and {MONTHS['not guilty']:.1f} months" in note
