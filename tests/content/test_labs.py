"""The labs of every module: the solution passes, an open cell is not punished, and a diagnosis is true."""
from __future__ import annotations

import contextlib
import io
import math
import re

import pytest
from course_content import ROOT, LabNumbers, asked, code_cells, markdown, read_notebook
from measurement import (
    dark_figure, multiple_systems, price_chain, pure_price, survey_estimate, truncated_counts, two_source,
)
from widgets import dataset, grade
from widgets.items import make_question
from widgets.module import Module


def is_solution(cell) -> bool:
    return "solution" in cell.metadata.get("tags", [])


def run(cells) -> str:
    """Run cells one after another, as a kernel would, and return what they print."""
    namespace, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in cells:
            exec(compile(cell.source, cell.id, "exec"), namespace)
    return printed.getvalue()


@pytest.fixture
def lab_cells(notebook):
    """The cells that the labs need: the imports, and all from the first lab to the last solution."""
    cells = code_cells(notebook)
    if not any(is_solution(cell) for cell in cells):
        return []  # a module without a lab
    first = next(place for place, cell in enumerate(cells) if "module.lab(" in cell.source)
    last = max(place for place, cell in enumerate(cells) if is_solution(cell))
    imports = [cell for cell in cells[:first] if re.search(r"(?m)^(import|from) ", cell.source)]
    return imports + cells[first:last + 1]


# ---- every module -------------------------------------------------------------------------------


def test_the_solution_is_there_and_closed(notebook, module):
    solutions = [cell for cell in code_cells(notebook) if is_solution(cell)]
    assert len(solutions) == len(module["labs"])
    for cell in solutions:
        assert cell.metadata["jupyter"]["source_hidden"] is True


def test_the_solution_passes_every_check(lab_cells, module):
    said = run(lab_cells)
    for lab in module["labs"]:
        for check in lab["checks"]:
            assert re.search(rf"(?m)^✓ {check['id']}: right$", said), f"{check['id']}: {said}"


def test_the_solution_goes_into_nobodys_record(notebook):
    for cell in filter(is_solution, code_cells(notebook)):
        assert cell.source.count("lab.check(") == cell.source.count("record=False")


def test_a_check_stands_in_a_cell_that_starts_unanswered(notebook, module):
    checks = {cell.id: cell.source for cell in code_cells(notebook) if "lab.check(" in cell.source
              and not is_solution(cell)}
    assert len(checks) == sum(len(lab["checks"]) for lab in module["labs"])
    for id, source in checks.items():
        assert re.match(r"\w+ = None\b", source), f"{id} gives an answer away"


def test_an_open_cell_is_not_punished(stem, module):
    for each in module["labs"]:
        lab = Module(stem).lab(each["id"])
        for check in each["checks"]:
            verdict = grade(lab._question(check["id"]), None)
            assert (verdict.score, verdict.right, list(verdict.feedback)) == (0, None, [])
            assert "not answered yet" in str(lab.check(check["id"], None))
            assert "✗" not in str(lab.check(check["id"], None))


def test_each_diagnosed_number_of_a_module_gets_its_own_diagnosis(module):
    """Two diagnoses must not claim the same number, nor one the right answer."""
    for question in (question for _, question in asked(module) if question["kind"] == "number"):
        assert grade(make_question(question), question["answer"]).right is True, question["id"]
        for wrong in question["wrong"]:
            verdict = grade(make_question(question), wrong["value"])
            assert verdict.right is False, question["id"]
            assert wrong["feedback"] in verdict.feedback, f"{question['id']}: {wrong['value']}"


# ---- every diagnosed value is what the named mistake gives -----------------------------------------
# lab -> check -> the right value, and the mistakes: words of the feedback -> the value that the mistake gives


def chapman(first, second, both):
    return (first + 1) * (second + 1) / (both + 1) - 1


PEOPLE = dataset("victim_lists")
LISTS = ["list_police", "list_ngo", "list_labour_insp", "list_border", "list_health"]
ON = {column.removeprefix("list_"): PEOPLE[column] == 1 for column in LISTS}
ROWS = len(PEOPLE)
POLICE, NGO, BORDER = (int(ON[name].sum()) for name in ("police", "ngo", "border"))
BOTH = int((ON["police"] & ON["ngo"]).sum())
EITHER = int((ON["police"] | ON["ngo"]).sum())
REFERRED = int((ON["police"] & ON["border"]).sum())
TOTAL = chapman(POLICE, NGO, BOTH)
IN_LABOUR = PEOPLE[PEOPLE["exploitation_form"] == "forced labour"]
ONLY = (IN_LABOUR[LISTS].sum(axis=1) == 1) & (IN_LABOUR["list_labour_insp"] == 1)
ALL_ONLY = (PEOPLE[LISTS].sum(axis=1) == 1) & ON["labour_insp"]
TABLE = PEOPLE[LISTS].value_counts().rename("count").reset_index()
NO_TIES, ONE_TIE, WRONG_TIE = (float(multiple_systems(TABLE, interactions=ties)) for ties in (
    [], [("list_police", "list_border")], [("list_police", "list_ngo")]))
BEST = multiple_systems(TABLE, select="bic", interval=None)

TWO_LISTS = {
    "both": (BOTH, {
        "*or*": EITHER,
        "added together": POLICE + NGO,
        "every row": ROWS,
        "third list": int((ON["police"] & ON["ngo"] & (PEOPLE[LISTS].sum(axis=1) == 2)).sum()),
    }),
    "estimate": (TOTAL, {
        "simple form, first times": POLICE * NGO / BOTH,
        "on neither list. The question asks for all": TOTAL - EITHER,
        "one list alone. The": chapman(POLICE - BOTH, NGO - BOTH, BOTH),
        "one list alone, in the simple": (POLICE - BOTH) * (NGO - BOTH) / BOTH,
        "divided by the people on either": POLICE * NGO / EITHER,
        "people who are known": EITHER,
        "number of rows": ROWS,
    }),
    "hidden": (TOTAL - EITHER, {
        "all 1,500 rows": TOTAL - ROWS,
        "counted twice": TOTAL - POLICE - NGO,
        "That is the total": TOTAL,
        "rows of the file without": int((~ON["police"] & ~ON["ngo"]).sum()),
        "only the 45": TOTAL - BOTH,
    }),
    "referral": (chapman(POLICE, BORDER, REFERRED), {
        "still the pair of police and non": TOTAL,
        "simple form": POLICE * BORDER / REFERRED,
        "pair of non-government": chapman(NGO, BORDER, int((ON["ngo"] & ON["border"]).sum())),
        "on either list": int((ON["police"] | ON["border"]).sum()),
    }),
    "vanish": (100 * ONLY.mean(), {
        "everyone on the list of the inspectorate": 100 * (IN_LABOUR["list_labour_insp"] == 1).mean(),
        "all 1,500 rows": 100 * ONLY.sum() / ROWS,
        "known only to the inspectorate. Divide": 100 * ONLY.sum() / ALL_ONLY.sum(),
        "Right as a share": ONLY.mean(),
        "That is the number of people": int(ONLY.sum()),
    }),
    "no-ties": (NO_TIES, {"These are the rows": ROWS, "on no list": NO_TIES - ROWS}),
    "one-tie": (ONE_TIE, {
        "between police and non-government": WRONG_TIE,
        "on no list": ONE_TIE - ROWS,
        "without ties": NO_TIES,
    }),
    "best-model": (float(BEST), {
        "AIC in steps": float(multiple_systems(TABLE, select="aic", interval=None)),
        "without ties": NO_TIES,
    }),
}

MET = dataset("police_contacts")
SEEN = len(MET)
TIMES = MET["n_contacts"].value_counts()
ONCE, TWICE = int(TIMES[1]), int(TIMES[2])
COUNTS = MET.rename(columns={"n_contacts": "count"})
COLUMNS = ["sex", "offence_type", "district"]
TRUNCATED = float(truncated_counts(TIMES))
BY_COLUMNS = float(truncated_counts(COUNTS, covariates=COLUMNS))
ZELTERMAN, CHAO = (float(truncated_counts(TIMES, method=method)) for method in ("zelterman", "chao"))
FREE = MET[~MET["detained_after_first"]]
OF_THE_FREE = float(truncated_counts(FREE["n_contacts"].value_counts()))

FOUR_ESTIMATES = {
    "truncated": (TRUNCATED, {
        "whom the police met": SEEN,
        "never met": TRUNCATED - SEEN,
        "for the mean of all": SEEN / (1 - math.exp(-MET["n_contacts"].mean())),
    }),
    "by-columns": (BY_COLUMNS, {
        "one chance for all": TRUNCATED,
        "sex alone": float(truncated_counts(COUNTS, covariates=["sex"])),
        "Zelterman": float(truncated_counts(COUNTS, method="zelterman", covariates=COLUMNS)),
        "never met": BY_COLUMNS - SEEN,
    }),
    "zelterman": (ZELTERMAN, {
        "forgot the 2": SEEN / (1 - math.exp(-TWICE / ONCE)),
        "first method again": TRUNCATED,
        "never met": ZELTERMAN - SEEN,
    }),
    "chao": (CHAO, {
        "never met. Add": CHAO - SEEN,
        "forgot the 2": SEEN + ONCE ** 2 / TWICE,
        "exchanged": SEEN + TWICE ** 2 / (2 * ONCE),
    }),
    "detained": (SEEN / (len(FREE) / OF_THE_FREE), {
        "for those who were not detained": OF_THE_FREE,
        "added the 534": OF_THE_FREE + MET["detained_after_first"].sum(),
        "look as if they were hard": TRUNCATED,
    }),
}

BOUGHT = dataset("price_purity_chain").dropna(subset=["purity_pct"]).assign(purity=lambda of: of["purity_pct"] / 100)
STAGES = ["farm", "laboratory", "export", "import", "middle", "street"]
CHAIN = price_chain(BOUGHT, "stage", "price_usd", "qty_g", "purity", STAGES)
STREET = BOUGHT[BOUGHT["stage"] == "street"]
FULL = STREET[STREET["purity"] > 0]


def street_price(year: int, purity: str | None = "purity") -> float:
    of = STREET[STREET["date"].dt.year == year]
    return of["price_usd"].sum() / (of["qty_g"] * (of[purity] if purity else 1)).sum()


PURE, SOLD = CHAIN["pure_price"], CHAIN["price"]
FALL = 100 * (street_price(2023) / street_price(2021) - 1)

FARM_TO_STREET = {
    "pure": (PURE["street"], {
        "a gram as sold": SOLD["street"],
        "left out the bags": FULL["price_usd"].sum() / (FULL["qty_g"] * FULL["purity"]).sum(),
        "mean of the single prices": (FULL["price_usd"] / (FULL["qty_g"] * FULL["purity"])).mean(),
        "in per cent": STREET["price_usd"].sum() / (STREET["qty_g"] * STREET["purity_pct"]).sum(),
    }),
    "markup": (PURE["street"] / PURE["import"], {
        "grams as sold": SOLD["street"] / SOLD["import"],
        "from the middle market": PURE["street"] / PURE["middle"],
        "difference in dollars": PURE["street"] - PURE["import"],
    }),
    "farm-part": (100 * PURE["farm"] / PURE["street"], {
        "leaf with a gram of the bag": 100 * SOLD["farm"] / SOLD["street"],
        "Right as a share": PURE["farm"] / PURE["street"],
        "how many times dearer": PURE["street"] / PURE["farm"],
    }),
    "dearer": (FALL, {
        "bag cost the same": 100 * (street_price(2023, None) / street_price(2021, None) - 1),
        "sign is negative": -FALL,
        "divided by 2023": 100 * (street_price(2021) / street_price(2023) - 1),
        "change in dollars": street_price(2023) - street_price(2021),
    }),
}

FIRMS, REGISTER = dataset("business_extortion_survey"), dataset("business_extortion_survey_register")
DESIGN = {"weight": "weight", "stratum": "stratum", "psu": "area"}
VICTIMS = FIRMS[FIRMS["extorted"] == 1]
TOLD = FIRMS[(FIRMS["extorted"] == 0) | FIRMS["reported"].notna()]
SHARE = 100 * float(survey_estimate(FIRMS, "extorted", kind="mean", **DESIGN))
EXTORTED = float(survey_estimate(FIRMS, "extorted", **DESIGN))
HIDDEN = 100 * float(dark_figure(TOLD, "extorted", "reported", **DESIGN))
NO_FOR_NO_ANSWER = FIRMS.assign(reported=FIRMS["reported"].fillna(False))
RECORDED = int(REGISTER["recorded_offences"].sum())
PAYING = VICTIMS[VICTIMS["paid"].fillna(False)]
VISITED = PAYING[PAYING["mode"] == "in person"]
PAID_IN_PERSON = 100 * VISITED["weight"].sum() / PAYING["weight"].sum()
CALLED_ON = VICTIMS[VICTIMS["mode"] == "in person"]

REPORTED_SUFFERED = {
    "affected": (SHARE, {
        "share of the rows": 100 * FIRMS["extorted"].mean(),
        "Right as a share": SHARE / 100,
    }),
    "businesses": (EXTORTED, {
        "These are rows": len(VICTIMS),
        "share of the rows by": FIRMS["extorted"].mean() * FIRMS["weight"].sum(),
    }),
    "unreported": (HIDDEN, {
        "part that was reported": 100 - HIDDEN,
        "counted rows": 100 - 100 * VICTIMS["reported"].dropna().astype(float).mean(),
        "no answer for a no": 100 * float(dark_figure(NO_FOR_NO_ANSWER, "extorted", "reported", **DESIGN)),
        "Right as a share": HIDDEN / 100,
    }),
    "recorded": (100 * RECORDED / EXTORTED, {
        "divided by events": 100 * RECORDED / float(survey_estimate(FIRMS, "n_events", **DESIGN)),
        "divided by rows": 100 * RECORDED / len(VICTIMS),
        "did not record": 100 - 100 * RECORDED / EXTORTED,
        "Right for one": RECORDED / EXTORTED,
    }),
    "payers": (PAID_IN_PERSON, {
        "counted rows": 100 * len(VISITED) / len(PAYING),
        "how many of the visited": 100 * VISITED["weight"].sum() / CALLED_ON["weight"].sum(),
        "Right as a share": PAID_IN_PERSON / 100,
    }),
}

MISTAKES = {"two-lists": TWO_LISTS, "four-estimates": FOUR_ESTIMATES, "farm-to-street": FARM_TO_STREET,
            "reported-suffered": REPORTED_SUFFERED}


class TestNumbers(LabNumbers):
    stem, values = "05-measuring", MISTAKES


def test_numbers_in_the_texts_of_the_first_lab_are_those_of_the_data():
    assert (POLICE, NGO, int(ON["labour_insp"].sum()), BORDER) == (534, 540, 298, 170)
    assert (round(100 * REFERRED / BORDER), round(100 * BOTH / NGO)) == (27, 8)
    assert (int(ONLY.sum()), len(IN_LABOUR)) == (237, 605)
    inspected = int((IN_LABOUR["list_labour_insp"] == 1).sum())
    assert (inspected, inspected - int(ONLY.sum()), POLICE - BOTH, REFERRED) == (266, 29, 489, 46)
    low, high = (getattr(two_source(POLICE, NGO, BOTH), end) for end in ("low", "high"))
    assert (round(low, -2), round(high, -2)) == (4600, 7900)
    assert 0.75 < ROWS / chapman(POLICE, BORDER, REFERRED) < 0.8  # "three victims in four"
    assert (PEOPLE[ON["labour_insp"]]["sex"] == "male").mean() > 0.5  # "more than half of them men"


def test_the_models_of_the_first_lab_are_as_the_texts_say():
    models = BEST.candidates
    near = models[models["bic"] <= models["bic"].min() + 10]
    assert (len(models), len(near)) == (6781, 17)
    assert (round(near["value"].min()), round(near["value"].max())) == (6421, 7485)
    assert set(BEST.model) == {("list_police", "list_border"), ("list_labour_insp", "list_border")}
    assert not (ON["labour_insp"] & ON["border"]).any()  # "whose lists have nobody in common"
    assert round(ONE_TIE - NO_TIES, -2) == 1400


def test_numbers_in_the_texts_of_the_second_lab_are_those_of_the_data():
    assert TIMES.sort_index().to_dict() == {1: 1777, 2: 194, 3: 26, 4: 2, 5: 1}
    assert (SEEN, len(FREE), round(OF_THE_FREE), round(100 * len(FREE) / OF_THE_FREE)) == (2000, 1466, 5202, 28)
    assert round(MET["n_contacts"].mean(), 2) == 1.13
    assert round(SEEN / TRUNCATED, 1) == 0.2  # "about one in five"
    assert round(BY_COLUMNS - TRUNCATED, -1) == 2250
    assert (MET["sex"] == "female").sum() == 359
    for column, seldom in (("sex", "female"), ("offence_type", "handling of stolen goods"), ("district", "Plain")):
        mean = MET.groupby(column)["n_contacts"].mean()
        assert mean.idxmin() == seldom


def test_numbers_in_the_texts_of_the_third_lab_are_those_of_the_data():
    grams = (STREET["qty_g"] * STREET["purity"]).sum()
    assert (round(STREET["price_usd"].sum(), -1), round(STREET["qty_g"].sum(), 1), round(grams, 1)) == (
        37360, 445.3, 207.0)
    assert (round(PURE["import"], 2), round(PURE["farm"], 4)) == (36.51, 0.133)
    assert (round(street_price(2021), 1), round(street_price(2023), 1)) == (219.3, 153.7)
    steps = PURE.diff()
    assert steps.idxmax() == "street" and round(steps["street"], -1) == 100
    assert (round(steps["import"]), round(steps["middle"])) == (29, 44)
    assert PURE.pct_change().idxmax() == "laboratory" and round(PURE["laboratory"] / PURE["farm"]) == 19


def test_numbers_in_the_texts_of_the_fourth_lab_are_those_of_the_data():
    share = survey_estimate(FIRMS, "extorted", kind="mean", **DESIGN)
    assert (round(100 * share.low, 1), round(100 * share.high, 1)) == (9.3, 12.5)
    total = survey_estimate(FIRMS, "extorted", **DESIGN)
    assert (round(total.low, -3), round(total.high, -3)) == (111_000, 152_000)
    assert (round(FIRMS["weight"].sum()), len(VICTIMS), VICTIMS["reported"].isna().sum()) == (1_202_369, 893, 17)
    assert (RECORDED, len(PAYING), round(PAYING["weight"].sum()), round(VISITED["weight"].sum())) == (
        9861, 57, 4558, 3380)
    hidden = dark_figure(TOLD, "extorted", "reported", **DESIGN)
    assert (round(100 - 100 * hidden.high, 1), round(100 - 100 * hidden.low, 1)) == (4.0, 9.9)
    assert round(100 * CALLED_ON["weight"].sum() / VICTIMS["weight"].sum()) == 5
    plain = survey_estimate(FIRMS.assign(one=1), "extorted", "one", kind="mean")
    assert (round(100 * plain.low, 1), round(100 * plain.high, 1)) == (14.0, 15.8)
    assert (plain.high - plain.low) / (share.high - share.low) == pytest.approx(0.5, abs=0.1)  # "half as wide"
    assert share.high < plain.low  # "our own lies wholly below it"


def test_results_that_the_notebook_the_plans_and_the_role_cards_name_are_those_of_the_labs():
    text = markdown(read_notebook("05-measuring"))
    found = sorted(round(FOUR_ESTIMATES[id][0]) for id in FOUR_ESTIMATES)
    assert f"answers from {found[0]:,} to {found[-1]:,}" in text
    module = (ROOT / "data" / "modules" / "05-measuring.yml").read_text(encoding="utf-8")
    assert f"Five lists give {NO_TIES:,.0f}, {float(BEST):,.0f} or {ONE_TIE:,.0f}, by the model." in module
    assert f"534, 540 and 45 give {TOTAL:,.0f}; with the border guard 534, 170 and 46 give " \
           f"{chapman(POLICE, BORDER, REFERRED):,.0f}." in module
