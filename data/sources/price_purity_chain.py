"""price_purity_chain: purchases of cocaine on six stages, from the farm in Kestria to the streets of Arvenia.

Run it to write ``data/price_purity_chain.csv`` and, for the lecturer,
``data/sources/price_purity_chain.truth.json``:

    python data/sources/price_purity_chain.py

No row describes a real purchase. The steps:

1. Each stage has 500 rows. Draw the day, the country, the way in which the police learnt of it, the quantity.
2. The price of the purchase is a level of the stage (and of the country) times quantity^0.78, with noise. Who
   buys cannot see the purity: the price does not depend on it.
3. The purity is a beta number around the mean of the stage. On the street the mean rises from year to year,
   and some purchases hold no drug at all.
4. An informant tells a price asked, not one paid, and brings no sample: the purity was not tested.

The true price of a pure gram is the expected price over the expected pure quantity of a purchase (informants
left out), which the three steps give without any drawing.
"""
from __future__ import annotations

import datetime

import numpy as np

from common import ROOT_SEED, Draws, exp, log, power, write

NAME = "price_purity_chain"
COLUMNS = {NAME: ("purchase_id", "date", "stage", "country", "source", "qty_g", "price_usd", "purity_pct")}
ROWS_A_STAGE = 500
STAGES = ("farm", "laboratory", "export", "import", "middle", "street")

# Median purchase in grams as sold (dry leaf on the farm), its price in US dollars, and the purity.
MEDIAN_GRAMS = {"farm": 250_000, "laboratory": 20_000, "export": 50_000, "import": 5_000, "middle": 60,
                "street": 0.9}
MEDIAN_USD_A_GRAM = {"farm": 0.0011, "laboratory": 2.27, "export": 6.0, "import": 28.0, "middle": 50.0,
                     "street": 82.0}
LEAF_PURITY, SPREAD_LEAF_PURITY = 0.008, 0.15  # 125 kg of leaf hold 1 kg of cocaine
YEARS = ("2021", "2022", "2023")
PURITY_SHAPES = {  # of the beta numbers, in each of the three years; whole, so that sums of logarithms do
    "laboratory": ((35, 5),) * 3, "export": ((34, 6),) * 3, "import": ((31, 9),) * 3, "middle": ((9, 5),) * 3,
    "street": ((6, 8), (7, 7), (8, 6)),
}
EMPTY = {"middle": 0.01, "street": 0.05}  # purchases without any drug
EXPONENT = 0.78
SPREAD_QUANTITY, SPREAD_PRICE = 0.6, 0.25  # of the logarithms

COUNTRIES = {"farm": {"Kestria": 1.0}, "laboratory": {"Kestria": 1.0},
             "export": {"Kestria": 0.6, "Norvia": 0.4}}
DESTINATIONS = {"Arvenia": 0.6, "Lusmark": 0.4}
LEVEL = {"Kestria": 1.0, "Norvia": 1.3, "Arvenia": 1.0, "Lusmark": 1.2}
WAYS = {"undercover purchase": 0.45, "test purchase": 0.35, "informant": 0.20}
ASKED = 1.15  # what is asked, as a multiple of what is paid
FIRST_DAY, DAYS = datetime.date(2021, 1, 1), 3 * 365


def countries(stage: str) -> dict[str, float]:
    return COUNTRIES.get(stage, DESTINATIONS)


def purity_means(stage: str) -> list[float]:
    """The mean purity of the stage in each of the three years, purchases without any drug left out."""
    shapes = PURITY_SHAPES.get(stage)
    return [first / (first + second) for first, second in shapes] if shapes else [LEAF_PURITY] * 3


def draw_purity(draws: Draws, stage: str, year: np.ndarray) -> np.ndarray:
    """Lognormal numbers for the alkaloid in the leaf, beta numbers after that."""
    if stage == "farm":
        return draws.lognormal(LEAF_PURITY * exp(-SPREAD_LEAF_PURITY**2 / 2), SPREAD_LEAF_PURITY, year.size)
    first = np.array([shape for shape, _ in PURITY_SHAPES[stage]])[year]
    sums = np.cumsum(-log(1.0 - draws.uniform(sum(PURITY_SHAPES[stage][0]), year.size)), axis=0)
    return sums[first - 1, np.arange(year.size)] / sums[-1]


def draw_stage(draws: Draws, stage: str) -> dict[str, np.ndarray]:
    """The purchases of one stage."""
    n = ROWS_A_STAGE
    day = np.floor(draws.uniform(n) * DAYS).astype(int)
    country, way = draws.pick(countries(stage), n), draws.pick(WAYS, n)
    grams = draws.lognormal(MEDIAN_GRAMS[stage], SPREAD_QUANTITY, n)
    level = np.array([LEVEL[name] for name in country.tolist()])
    noise = exp(SPREAD_PRICE * draws.normal(n))
    median_usd = MEDIAN_USD_A_GRAM[stage] * MEDIAN_GRAMS[stage]
    usd = level * noise * median_usd * power(grams / MEDIAN_GRAMS[stage], EXPONENT)
    purity = draw_purity(draws, stage, day // 365)
    empty = draws.uniform(n) < EMPTY.get(stage, 0.0)
    return {"day": day, "country": country, "way": way, "grams": grams,
            "usd": np.where(way == "informant", ASKED * usd, usd), "purity": np.where(empty, 0.0, purity)}


def significant(values: np.ndarray, digits: int = 3) -> list[str]:
    """Numbers as written down: so many digits, no exponent, no superfluous zero."""
    return [f"{float(f'{value:.{digits - 1}e}'):.6f}".rstrip("0").rstrip(".") for value in values.tolist()]


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file under its name, by date, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another market with the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    rows, empty = [], {}
    for stage in STAGES:
        bought = draw_stage(draws, stage)
        tested = bought["way"] != "informant"
        empty[stage] = int((tested & (bought["purity"] == 0)).sum())
        decimals = 2 if stage == "farm" else 1
        purity = [f"{100 * value:.{decimals}f}" if test else "not-tested"
                  for value, test in zip(bought["purity"].tolist(), tested.tolist())]
        days = [str(FIRST_DAY + datetime.timedelta(days=day)) for day in bought["day"].tolist()]
        rows += zip(days, [stage] * ROWS_A_STAGE, bought["country"].tolist(), bought["way"].tolist(),
                    significant(bought["grams"]), significant(bought["usd"]), purity)
    order = draws.order(len(rows)).tolist()
    rows = sorted((rows[place] for place in order), key=lambda row: row[0])
    return {NAME: [(f"T{place:04d}", *row) for place, row in enumerate(rows, start=1)]}, planted_truth(
        empty, root_seed)


def expected(stage: str) -> dict[str, float]:
    """Expected price, quantity and pure quantity of a purchase, and the prices of a gram that follow."""
    bulk = MEDIAN_GRAMS[stage] * float(exp(SPREAD_QUANTITY**2 / 2))
    level = sum(share * LEVEL[country] for country, share in countries(stage).items())
    usd = (MEDIAN_USD_A_GRAM[stage] * MEDIAN_GRAMS[stage] * level
           * float(exp(((EXPONENT * SPREAD_QUANTITY)**2 + SPREAD_PRICE**2) / 2)))
    by_year = [(1 - EMPTY.get(stage, 0.0)) * mean for mean in purity_means(stage)]
    purity = sum(by_year) / 3
    return {"purity": purity, "usd_a_gram": usd / bulk, "usd_a_pure_gram": usd / (bulk * purity),
            "usd_a_pure_gram_by_year": [usd / (bulk * mean) for mean in by_year]}


def planted_truth(empty: dict[str, int], root_seed: int) -> dict:
    """The expected values of the market, and what was drawn from them."""
    stages = {stage: expected(stage) for stage in STAGES}
    rounded = {
        stage: {
            "purity": round(of["purity"], 5),
            "usd_a_gram_as_sold": round(of["usd_a_gram"], 5),
            "usd_a_pure_gram": round(of["usd_a_pure_gram"], 4),
        } for stage, of in stages.items()
    }
    for before, stage in zip(STAGES, STAGES[1:]):
        for name, key in (("markup", "usd_a_pure_gram"), ("markup_as_sold", "usd_a_gram")):
            rounded[stage][name] = round(stages[stage][key] / stages[before][key], 4)
    first, last = stages["farm"], stages["street"]
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": len(STAGES) * ROWS_A_STAGE,
        "stages": rounded,
        "street_usd_a_pure_gram_by_year": {
            year: round(usd, 2) for year, usd in zip(YEARS, last["usd_a_pure_gram_by_year"])
        },
        "markup_from_farm_to_street": round(last["usd_a_pure_gram"] / first["usd_a_pure_gram"], 1),
        "share_of_the_farm_in_the_street_price": round(first["usd_a_pure_gram"] / last["usd_a_pure_gram"], 6),
        "exponent_of_quantity": EXPONENT,
        "purchases_without_drug": empty,
        "parameters": {
            "median_grams": MEDIAN_GRAMS,
            "median_usd_a_gram": MEDIAN_USD_A_GRAM,
            "purity_by_year": {stage: [round(mean, 4) for mean in purity_means(stage)] for stage in STAGES},
            "shapes_of_purity": PURITY_SHAPES,
            "empty": EMPTY,
            "spread_of_quantity_and_price": [SPREAD_QUANTITY, SPREAD_PRICE],
            "countries": {stage: countries(stage) for stage in STAGES},
            "level_of_countries": LEVEL,
            "ways": WAYS,
            "asked_over_paid": ASKED,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
