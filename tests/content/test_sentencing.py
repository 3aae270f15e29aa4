"""Module 10: the diagnoses of its lab, and the figures of its texts that can be found again."""
from __future__ import annotations

import json

from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from widgets import dataset
from widgets.module import Module

STEM = "10-sentencing"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
TRUTH = json.loads((ROOT / "data" / "sources" / "confiscation_orders.truth.json").read_text(encoding="utf-8"))

FILES = dataset("confiscation_orders")
FINAL = FILES[FILES["judgment_year"] <= 2020]
WITH_ORDER = FINAL[FINAL["ordered"] > 0]
ESTIMATES = sorted((float(value) for value in FILES["estimated"].dropna()), reverse=True)


def share(rows, part, whole) -> float:
    return 100 * int(rows[part].sum()) / int(rows[whole].sum())


def mean_share(rows) -> float:
    return 100 * sum(float(got) / float(due) for got, due in zip(rows["recovered"], rows["ordered"])) / len(rows)


def before(court, rows=FINAL):
    return rows[rows["court"] == court]


def middle(values) -> float:
    half = len(values) // 2
    return (values[half - 1] + values[half]) / 2 if len(values) % 2 == 0 else values[half]


def estimated_in(year) -> int:
    return int(FILES.loc[FILES["judgment_year"] == year, "estimated"].sum())


LOOKED = 100 * len(ESTIMATES) / len(FILES)
MEAN = sum(ESTIMATES) / len(ESTIMATES)
LARGEST = ESTIMATES[0]
SUM_2018, SUM_2019 = estimated_in(2018), estimated_in(2019)
RISE = 100 * ((SUM_2019 - LARGEST) / SUM_2018 - 1)
OF_ORDERED = share(FINAL, "recovered", "ordered")
OF_ESTIMATED = share(FINAL, "recovered", "estimated")
HIGH = share(before("high court"), "recovered", "ordered")
ONE = 100 * LARGEST / sum(ESTIMATES)

MISTAKES = {
    "looked": (LOOKED, {
        "where nobody looked": 100 - LOOKED,
        "share with an order": 100 * int((FILES["ordered"] > 0).sum()) / len(FILES),
        "Right as a share": LOOKED / 100,
    }),
    "of-ordered": (OF_ORDERED, {
        "took all years": share(FILES, "recovered", "ordered"),
        "mean of the files' shares": mean_share(WITH_ORDER),
        "of the estimate": OF_ESTIMATED,
        "Right as a share": OF_ORDERED / 100,
    }),
    "of-estimated": (OF_ESTIMATED, {
        "only files with an order": share(WITH_ORDER, "recovered", "estimated"),
        "took all years": share(FILES, "recovered", "estimated"),
        "ordered of estimated": share(FINAL, "ordered", "estimated"),
        "of what was ordered": OF_ORDERED,
        "Right as a share": OF_ESTIMATED / 100,
    }),
    "high-court": (HIGH, {
        "the district courts": share(before("district court"), "recovered", "ordered"),
        "both courts together": OF_ORDERED,
        "mean of the files' shares": mean_share(before("high court", WITH_ORDER)),
        "Right as a share": HIGH / 100,
    }),
    "one-file": (ONE, {
        "These are its euros": LARGEST,
        "years to 2020": 100 * LARGEST / int(FINAL["estimated"].sum()),
        "largest order": 100 * int(FILES["ordered"].max()) / int(FILES["ordered"].sum()),
        "Right as a share": ONE / 100,
    }),
    "mean-median": (MEAN / middle(ESTIMATES), {
        "other way round": middle(ESTIMATES) / MEAN,
        "difference in euros": MEAN - middle(ESTIMATES),
        "without the largest file": sum(ESTIMATES[1:]) / (len(ESTIMATES) - 1) / middle(ESTIMATES),
    }),
    "without-it": (RISE, {
        "with the file": 100 * (SUM_2019 / SUM_2018 - 1),
        "That is the ratio": 100 + RISE,
        "2019 with it": -100 * LARGEST / SUM_2019,
        "Right as a share": RISE / 100,
    }),
}


class TestNumbers(LabNumbers):
    stem, values = STEM, {"money": MISTAKES}


def test_the_sums_in_the_hints_are_those_of_the_data():
    assert (len(ESTIMATES), len(FILES)) == (926, 2000)
    assert [int(FINAL[name].sum()) for name in ("recovered", "ordered", "estimated")] == [8839717, 24108829, 130802570]
    assert [int(before("high court")[name].sum()) for name in ("recovered", "ordered")] == [7058695, 20603919]
    assert (LARGEST, sum(ESTIMATES)) == (47997405, 194754099)
    assert (round(MEAN), middle(ESTIMATES)) == (210318, 20406.5)
    assert (SUM_2018, SUM_2019) == (13022159, 66723838)
    assert int(FILES.loc[FILES["estimated"].idxmax(), "judgment_year"]) == 2019
    assert FINAL["recovered"].notna().all()  # "where all orders are final"


def test_what_the_texts_say_of_the_data_is_so():
    restrained = WITH_ORDER["restrained"] > 0
    assert round(share(WITH_ORDER[restrained], "recovered", "ordered")) == 63
    assert round(share(WITH_ORDER[~restrained], "recovered", "ordered")) == 24
    assert round(100 * sum(ESTIMATES[:10]) / sum(ESTIMATES)) == 47
    assert LARGEST / int(FINAL["estimated"].sum()) > 1 / 3  # "one file is over a third of that estimate"
    for left_out, mean in ((0, 210), (1, 159), (20, 89)):
        assert round(sum(ESTIMATES[left_out:]) / (len(ESTIMATES) - left_out) / 1000) == mean
    for left_out in (0, 1, 5, 20, 100):
        assert 17_000 < middle(ESTIMATES[left_out:]) < 20_500  # "near 20,000 all the way"


def test_what_the_texts_say_of_the_truth_is_so():
    assert TRUTH["proceeds_in_these_files"] // 10**6 == 259
    assert 0.24 < TRUTH["proceeds_that_nobody_estimated"] / TRUTH["proceeds_in_these_files"] < 0.26
    assert round(100 * TRUTH["shares_of_the_sums"]["recovered_of_ordered"]) == 35
    assert 0.0025 < TRUTH["shares_of_the_sums"]["recovered_of_all_proceeds_in_the_country"] < 0.003
    with_and_without = TRUTH["parameters"]["recovered_share_with_and_without_restraint"].values()
    assert all(with_it > without_it for with_it, without_it in with_and_without)
    gap = share(WITH_ORDER[WITH_ORDER["restrained"] > 0], "recovered", "ordered") \
        - share(WITH_ORDER[WITH_ORDER["restrained"] == 0], "recovered", "ordered")
    assert all(100 * (with_it - without_it) < gap for with_it, without_it in with_and_without)  # "by less"


def test_the_shares_of_the_published_figures_are_computed_rightly():
    question = next(each for each in read_yaml(FILE)["questions"] if each["id"] == "bad-payers")
    assert question["answer"] == round(100 * 11.3 / 62, 1)
    assert [wrong["value"] for wrong in question["wrong"]] == [round(100 * 11.3 / 27.5, 1), round(100 * 27.5 / 62, 1), 0.182]


def test_the_slider_leaves_out_what_the_text_says():
    source = {cell.id: cell.source for cell in code_cells(read_notebook(STEM))}["explore-tail"]
    assert '"1 file": 1' in source and '"20 files": 20' in source
    assert "Without *one* it is 159,000, without twenty 89,000." in markdown(read_notebook(STEM))
