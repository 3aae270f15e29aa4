"""Module 04: the diagnoses of its lab, and the figures and words of its texts that can be found again."""
from __future__ import annotations

import json
import math
import re

import pytest
from course_content import ROOT, LabNumbers, markdown, read_notebook, read_yaml
from measurement import first_digits, mirror_gap
from widgets import dataset
from widgets.module import Module

STEM = "04-infiltration"
LAB = "first-digits"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
MODULE = read_yaml(FILE)
TRUTH = json.loads((ROOT / "data" / "sources" / "trade_mirror.truth.json").read_text(encoding="utf-8"))

TRADE = dataset("trade_mirror")
FALSE = {kind["commodity"] for kind in TRUTH["by_kind"].values()}


def declared(good, years=range(2018, 2023), side="imports_cif"):
    rows = TRADE[(TRADE["commodity"] == good) & TRADE["year"].isin(list(years))]
    return rows[side].dropna().astype(int)


GOODS = sorted(TRADE["commodity"].unique())
ONE, TWO = ({good: first_digits(declared(good), digits) for good in GOODS} for digits in (1, 2))


def labelled(tests) -> int:
    return sum(test.conformity == "nonconformity" for test in tests.values())


def alarmed(tests) -> set:
    return {good for good, test in tests.items() if test.p < 0.05}


def alarms_of(year) -> set:
    return alarmed({good: first_digits(declared(good, [year]), 1) for good in GOODS})


ALARMS = alarmed(ONE)
EWASTE = declared("e-waste")
ROWS_OF_EWASTE = int((TRADE["commodity"] == "e-waste").sum())
BOTH = TRADE.dropna(subset=["exports_fob", "imports_cif"]).astype({"exports_fob": float, "imports_cif": float})
ALIKE = BOTH[(BOTH["reexport"] == 0) & (BOTH["classification_shift"] == 0)]


def just_below(values) -> float:
    return 100 * ((values >= 90) & (values < 100)).mean()


def wide(rows):
    """With plain arithmetic, in another way than the notebook."""
    return (rows["imports_cif"] / 1.06 - rows["exports_fob"]).abs() / rows["exports_fob"] > 0.2


def wide_share(rows, good) -> float:
    return 100 * wide(rows)[rows["commodity"] == good].mean()


MISTAKES = {
    "law-one": (100 * math.log10(2), {
        "one of nine digits": 100 / 9,
        "what timber has": 100 * ONE["timber"].table["share"][1],
        "Right as a share": math.log10(2),
    }),
    "label-two": (labelled(TWO), {
        "with one digit": labelled(ONE),
        "The label comes from the MAD": len(alarmed(TWO)),
        "only one deviates": 1,
    }),
    "alarms": (len(ALARMS), {
        "counted the labels": labelled(ONE),
        "That many get the label with two digits": labelled(TWO),
        "That is with two digits.": len(alarmed(TWO)),
    }),
    "false-alarms": (100 * len(ALARMS - FALSE) / len(ALARMS), {
        "alarms that are right": 100 * len(ALARMS & FALSE) / len(ALARMS),
        "honest goods that alarm": 100 * len(ALARMS - FALSE) / len(set(GOODS) - FALSE),
        "the test missed": 100 * len(FALSE - ALARMS) / len(FALSE),
        "Right as a share": len(ALARMS - FALSE) / len(ALARMS),
    }),
    "one-year": (len(alarms_of(2020)), {
        "all five years": len(ALARMS),
        "alarm in 2022": len(alarms_of(2022)),
        "alarm in 2019": len(alarms_of(2019)),
    }),
    "below-limit": (just_below(EWASTE), {
        "exporters declare": just_below(declared("e-waste", side="exports_fob")),
        "all values that begin with 9": 100 * EWASTE.astype(str).str.startswith("9").mean(),
        "divided by all rows": just_below(EWASTE) * len(EWASTE) / ROWS_OF_EWASTE,
        "number of values": int(EWASTE.between(90, 99).sum()),
        "Right as a share": just_below(EWASTE) / 100,
    }),
    "timber-gap": (wide_share(ALIKE, "timber"), {
        "all rows with two reports": wide_share(BOTH, "timber"),
        "share for gold": wide_share(ALIKE, "gold"),
        "share for e-waste": wide_share(ALIKE, "e-waste"),
        "number of rows": int((wide(ALIKE) & (ALIKE["commodity"] == "timber")).sum()),
        "Right as a share": wide_share(ALIKE, "timber") / 100,
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {LAB: MISTAKES}


def test_the_false_goods_are_those_that_were_planted():
    assert FALSE == {"timber", "gold", "e-waste"}
    assert len(GOODS) == 12
    assert ALARMS == {"T-shirts", "coffee", "copper", "e-waste", "medicines"}
    assert ALARMS & FALSE == {"e-waste"} and alarms_of(2020) == {"e-waste"}
    assert [len(alarms_of(year)) for year in range(2018, 2023)] == [1, 2, 1, 1, 3]
    honest = [good for year in range(2018, 2023) for good in alarms_of(year) - FALSE]
    assert len(honest) == 2 and 5 * len(set(GOODS) - FALSE) == 45  # "2 times in 45"
    five = sorted(ONE, key=lambda good: ONE[good].p)[:5]
    assert set(five) == ALARMS  # the hint


def test_the_same_flows_come_back_each_year_with_nearly_the_same_value():
    for good in ALARMS - FALSE:
        rows = TRADE[TRADE["commodity"] == good]
        flows = rows.groupby(["exporter", "importer"])["imports_cif"]
        assert 110 < flows.ngroups < 130 and len(rows) == 5 * flows.ngroups
        values = rows["imports_cif"].astype(float)
        between = values.groupby([rows["exporter"], rows["importer"]]).mean().std()
        within = values.groupby([rows["exporter"], rows["importer"]]).std().median()
        assert within < between / 4


def test_with_so_few_amounts_chance_alone_earns_the_worst_label_for_two_digits():
    for good in set(GOODS) - {"e-waste"}:
        assert TWO[good].mad_by_chance > 0.0022  # the highest cut-off
        assert 500 < TWO[good].n < 700


def test_the_mirror_finds_the_three_and_nobody_else():
    shares = {good: wide_share(ALIKE, good) for good in GOODS}
    assert {good for good, share in shares.items() if share > 0} == FALSE
    for good in set(GOODS) - FALSE:
        assert 6.5 < wide_share(BOTH, good) < 9.5  # "about 8 of 100 rows"
    gaps = mirror_gap(ALIKE["imports_cif"], ALIKE["exports_fob"])
    assert ((gaps["gap"].abs() > 0.2 * ALIKE["exports_fob"]) == wide(ALIKE)).all()


def test_the_numbers_of_the_lab_s_hints_and_explanations_are_those_of_the_data():
    assert (len(EWASTE), EWASTE.between(90, 99).sum()) == (1233, 262)
    timber = ALIKE["commodity"] == "timber"
    assert (timber.sum(), wide(ALIKE)[timber].sum()) == (562, 164)
    assert just_below(declared("e-waste", side="exports_fob")) < 5  # "fewer than one in twenty"
    timber = TRUTH["parameters"]["kinds"]["export under-invoicing"]
    assert (timber["low"], timber["high"]) == (0.25, 0.6)  # "a quarter to three fifths"
    assert TRUTH["parameters"]["permit_from"] == 100
    assert (TRADE["commodity"] == "timber").sum() > TRADE["commodity"].value_counts().median()


def test_amounts_times_a_factor_still_follow_the_law():
    amounts = [round(1.01 ** power, 4) for power in range(2000)]
    for factor in (1, 0.6, 0.4):
        assert first_digits([factor * amount for amount in amounts], digits=1).value < 0.006


# ---- the texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(read_notebook(STEM))


def test_the_committee_s_numbers(text):
    officer = next(role for role in MODULE["activities"][0]["roles"] if role["name"] == "Data analyst")["brief"]
    honest, launder = map(int, re.search(r"flags (\d+) of 100 honest customers, and (\d+) of 100", officer).groups())
    assert "one customer in a thousand" in officer
    common = 10_000 // 1000
    right, wrong = launder / 100 * common, honest / 100 * (10_000 - common)
    assert (right, round(wrong)) == (6, 500)
    assert 0.005 < right / (right + wrong) < 0.015 and "about one in a hundred" in text


def test_figures_that_the_texts_derive_from_published_ones(text):
    assert round(341 / 21) == 16 and "one in sixteen decrees" in text
    assert round(100 * 1.6 / 2.1, 1) == 76.2
    assert "2.7 per cent, or 1.6 trillion" in text


def test_article_6_has_no_stages_and_no_sum():
    """The text says so, and builds on it."""
    provisions = read_yaml(ROOT / "data" / "provisions.yml")["UNTOC"]["provisions"]
    article = " ".join(provisions[number]["text"] for number in provisions if number.startswith("6("))
    assert not re.search(r"placement|layering|integration|convicted|conviction|bank", article, flags=re.I)
    assert "money" not in provisions["8(1)"]["text"] and "undue advantage" in provisions["8(1)"]["text"]
    assert "criminal, civil or administrative" in provisions["10"]["text"]
