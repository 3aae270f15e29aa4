"""medicine_samples: boxes of medicine bought and tested in four surveys, in the invented Kestria and Sudria.

Run it to write the two tables and, for the lecturer, the truth:

    python data/sources/medicine_samples.py

No row describes a real product or outlet. The steps:

1. Draw outlets. Two surveys draw them by chance, in proportion to what they sell; two go where somebody
   complained, and so find more stalls and more badly supplied outlets.
2. Draw five boxes in each outlet, and whether each is bad. That depends on the class of the medicine, on the
   type of outlet, on the country, and on whether the outlet is badly supplied. Of the bad boxes some are
   falsified, with no or hardly any active ingredient; the others are substandard.
3. Test: one survey of each kind has a laboratory, the other a field kit, which misses most substandard boxes
   and fails some good ones.
4. Lose some results.
5. Draw a study in which 300 bad and 300 good boxes were tested both ways.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "medicine_samples"
COLUMNS = {
    NAME: ("sample_id", "survey_id", "design", "country", "outlet_id", "outlet_type", "product_class", "test",
           "failed", "api_pct"),
    f"{NAME}_validation": ("product_id", "laboratory_failed", "kit_failed"),
}
BOXES = 5  # in each outlet
SURVEYS = {"S1": ("random", "field kit", 240), "S2": ("random", "laboratory", 120),
           "S3": ("convenience", "field kit", 120), "S4": ("convenience", "laboratory", 240)}

COUNTRIES = {"Kestria": 0.5, "Sudria": 0.5}
CLASSES = {"antimalarial": 0.30, "antibiotic": 0.30, "painkiller": 0.25, "blood pressure": 0.15}
OUTLETS = {"random": {"public clinic": 0.45, "pharmacy": 0.35, "market stall": 0.20},
           "convenience": {"public clinic": 0.15, "pharmacy": 0.30, "market stall": 0.55}}
BADLY_SUPPLIED = {"random": 0.2, "convenience": 0.6}

# The share of bad boxes on sale by class, and factors whose mean over all that is sold is 1.
BAD = {"antimalarial": 0.118, "antibiotic": 0.110, "painkiller": 0.070, "blood pressure": 0.090}
BY_OUTLET = {"public clinic": 0.60, "pharmacy": 0.80, "market stall": 2.25}
BY_COUNTRY = {"Kestria": 1.2, "Sudria": 0.8}
BY_SUPPLY = {True: 3.0, False: 0.5}

FALSIFIED = 0.30  # of the bad boxes
KIT_FINDS = {"falsified": 0.92, "substandard": 0.42}
KIT_FAILS_GOOD = 0.02
NOT_TESTED, NOT_ENOUGH = 0.012, 0.03
VALIDATED = 300


def by(column: np.ndarray, table: dict[str, float]) -> np.ndarray:
    """The value of a table for each row."""
    values = np.empty(len(column))
    for kind, value in table.items():
        values[column == kind] = value
    return values


def outlets(draws: Draws) -> tuple[np.ndarray, ...]:
    """Survey, country, type and factor of each outlet."""
    surveys, types, supplies = [], [], []
    for survey, (design, _, number) in SURVEYS.items():
        surveys += [survey] * number
        types.append(draws.pick(OUTLETS[design], number))
        supplies.append(draws.uniform(number) < BADLY_SUPPLIED[design])
    types, supplied_badly = np.concatenate(types), np.concatenate(supplies)
    country = draws.pick(COUNTRIES, len(types))
    factor = (by(types, BY_OUTLET) * by(country, BY_COUNTRY)
              * np.where(supplied_badly, BY_SUPPLY[True], BY_SUPPLY[False]))
    return np.array(surveys, dtype=object), country, types, factor


def kit(bad: np.ndarray, falsified: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Which boxes fail the field kit."""
    finds = np.where(falsified, KIT_FINDS["falsified"], KIT_FINDS["substandard"])
    return u < np.where(bad, finds, KIT_FAILS_GOOD)


def content(bad: np.ndarray, falsified: np.ndarray, draws: Draws) -> np.ndarray:
    """Percent of the declared active ingredient: 90 to 110 in good boxes, outside of it in bad ones."""
    n = len(bad)
    u, v = draws.uniform(n), draws.uniform(n)
    good = np.clip(100.0 + 3.0 * draws.normal(n), 90.5, 109.5)
    little = np.where(u < 0.6, 0.0, 30.0 * v)
    off = np.where(u < 0.85, 60.0 + 29.0 * v, 110.6 + 10.0 * v)
    return np.where(bad, np.where(falsified, little, off), good)


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the two tables under their names, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other boxes by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    survey, country, outlet, factor = (np.repeat(column, BOXES) for column in outlets(draws))
    n = len(survey)
    product = draws.pick(CLASSES, n)
    bad = draws.uniform(n) < by(product, BAD) * factor
    falsified = bad & (draws.uniform(n) < FALSIFIED)
    laboratory = np.array([SURVEYS[name][1] == "laboratory" for name in survey])
    failed = np.where(laboratory, bad, kit(bad, falsified, draws.uniform(n)))
    amount = content(bad, falsified, draws)
    lost, little_left = draws.uniform(n) < NOT_TESTED, draws.uniform(n) < NOT_ENOUGH

    result = np.where(failed, "1", "0").astype(object)
    result[lost] = "not-tested"
    percent = np.array([f"{value:.1f}" for value in amount.tolist()], dtype=object)
    percent[little_left] = "not-enough"
    percent[~laboratory] = "no-laboratory"
    percent[lost] = "not-tested"
    rows = list(zip(
        [f"B{number:04d}" for number in range(1, n + 1)], survey, [SURVEYS[name][0] for name in survey],
        country, [f"O{number // BOXES + 1:03d}" for number in range(n)], outlet, product,
        [SURVEYS[name][1] for name in survey], result, percent))
    tables = {NAME: rows, f"{NAME}_validation": validation(draws)}
    return tables, planted_truth(rows, bad, falsified, root_seed)


def validation(draws: Draws) -> list[tuple]:
    """Boxes tested both ways, in random order: 300 that fail in the laboratory and 300 that pass."""
    n = 2 * VALIDATED
    bad = np.arange(n) < VALIDATED
    failed = kit(bad, bad & (draws.uniform(n) < FALSIFIED), draws.uniform(n))
    order = draws.order(n)
    return [(f"V{place:03d}", int(bad[box]), int(failed[box])) for place, box in enumerate(order, start=1)]


def planted_truth(rows: list[tuple], bad: np.ndarray, falsified: np.ndarray, root_seed: int) -> dict:
    """The share of bad boxes on sale, and how many of the boxes bought are bad."""
    sensitivity = FALSIFIED * KIT_FINDS["falsified"] + (1 - FALSIFIED) * KIT_FINDS["substandard"]
    survey = np.array([row[1] for row in rows])
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": len(rows),
        "bad_share": round(sum(CLASSES[kind] * BAD[kind] for kind in CLASSES), 4),
        "bad_share_by_class": BAD,
        "falsified_among_bad": FALSIFIED,
        "kit_sensitivity": round(sensitivity, 4),
        "kit_specificity": 1 - KIT_FAILS_GOOD,
        "bad_boxes_bought": {name: int(bad[survey == name].sum()) for name in SURVEYS},
        "falsified_boxes_bought": {name: int(falsified[survey == name].sum()) for name in SURVEYS},
        "parameters": {
            "surveys": {name: {"design": design, "test": test, "outlets": number}
                        for name, (design, test, number) in SURVEYS.items()},
            "boxes_in_an_outlet": BOXES,
            "countries": COUNTRIES,
            "classes": CLASSES,
            "outlet_types": OUTLETS,
            "badly_supplied": BADLY_SUPPLIED,
            "factor_by_outlet_type": BY_OUTLET,
            "factor_by_country": BY_COUNTRY,
            "factor_badly_supplied": BY_SUPPLY[True],
            "factor_other_outlets": BY_SUPPLY[False],
            "kit_finds": KIT_FINDS,
            "kit_fails_good": KIT_FAILS_GOOD,
            "not_tested": NOT_TESTED,
            "not_enough_left": NOT_ENOUGH,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
