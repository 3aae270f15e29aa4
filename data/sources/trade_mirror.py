"""trade_mirror: what exporter and importer say of the same trade, among twenty invented countries.

Run it to write ``data/trade_mirror.csv`` and, for the lecturer, ``data/sources/trade_mirror.truth.json``:

    python data/sources/trade_mirror.py

No row describes a real country. One flow is a commodity that one country sells to another; it has one row for
each of five years. The steps:

1. Draw which flows there are, the true value and price of each, and its cost of freight, which grows with
   distance.
2. Let some traders of three commodities invoice wrongly, each in their own way: exporters of timber declare
   less wood, buyers of gold pay more than it is worth, sellers of gold invoice more than it is worth, and
   importers of electronic waste declare a value below the limit from which a permit is needed.
3. Let both sides report, with small errors: goods shipped late in the year are imported in the next one.
4. Let some goods go through a third country, and some under another code of the tariff; both are noted.
5. Lose some reports, each with its reason.
"""
from __future__ import annotations

import math

import numpy as np

from common import ROOT_SEED, Draws, exp, write

NAME = "trade_mirror"
COLUMNS = {NAME: ("exporter", "importer", "commodity", "year", "distance_km", "exports_fob", "imports_cif",
                  "exports_quantity", "imports_quantity", "reexport", "classification_shift")}
YEARS = (2018, 2019, 2020, 2021, 2022)

# Where the countries lie, in 1,000 km from the corner of the map.
PLACES = {
    "Arvenia": (3.1, 2.2), "Belmora": (8.4, 7.9), "Corvalia": (1.2, 6.8), "Drosmark": (5.5, 1.1),
    "Elvarra": (9.6, 3.3), "Fendria": (2.4, 4.6), "Galdorra": (6.9, 5.2), "Harrowen": (0.6, 0.9),
    "Iskorra": (9.1, 0.7), "Kestria": (4.2, 3.4), "Lusmark": (3.9, 1.6), "Mervania": (7.3, 8.8),
    "Ostrevia": (4.8, 2.7), "Pelluria": (0.9, 8.6), "Quorrin": (5.9, 7.4), "Rastvala": (8.0, 2.0),
    "Sundovia": (3.3, 8.1), "Talmere": (6.2, 3.9), "Umbrasia": (9.9, 8.7), "Veldana": (2.7, 1.5),
}
# Flows, median yearly value in 1,000 US$, its spread, price in 1,000 US$ of a tonne (gold: of a kilogram).
COMMODITIES = {
    "timber": (130, 1500, 1.2, 0.5), "gold": (120, 2000, 1.2, 55.0), "e-waste": (250, 180, 1.0, 1.2),
    "bananas": (122, 900, 1.3, 0.7), "cars": (123, 4000, 1.3, 12.0), "coffee": (122, 1500, 1.3, 4.0),
    "copper": (122, 2500, 1.3, 8.5), "crude oil": (122, 5000, 1.3, 0.5), "medicines": (123, 2500, 1.3, 90.0),
    "steel": (122, 2000, 1.3, 0.8), "T-shirts": (122, 1200, 1.3, 15.0), "wheat": (122, 1800, 1.3, 0.3),
}
# Who can export what grows or lies only in some places; everybody exports the other goods.
ORIGINS = {
    "timber": ("Belmora", "Corvalia", "Galdorra", "Mervania", "Pelluria", "Quorrin", "Sundovia", "Umbrasia"),
    "gold": ("Belmora", "Elvarra", "Fendria", "Kestria", "Mervania", "Pelluria", "Sundovia", "Talmere"),
}

FREIGHT_NEAR, FREIGHT_PER_1000_KM = 0.03, 0.0075  # shares of the value
LATE_NEAR, LATE_PER_1000_KM = 0.005, 0.004  # share of a year's goods that arrive in the next year
# Share of the flows whose traders invoice wrongly, in most years; low and high of how much, as a share.
KINDS = {
    "export under-invoicing": ("timber", 0.35, 0.25, 0.60),
    "import over-invoicing": ("gold", 0.20, 0.30, 0.80),
    "export over-invoicing": ("gold", 0.15, 0.30, 0.80),
    "import under-invoicing": ("e-waste", 0.50, 0.0, 0.0),
}
ACTIVE = 0.85  # share of the years in which such traders do it
PERMIT_FROM = 100  # 1,000 US$ a year: electronic waste above needs a permit
WORTH_HIDING = (115, 400)  # true values that are declared as just below
REEXPORT, OTHER_CODE = 0.05, 0.03
NOT_REPORTED = {"exports": 0.03, "imports": 0.02}
CONFIDENTIAL_GOLD = 0.05
NO_QUANTITY = 0.04


def distances() -> dict[tuple[str, str], float]:
    """Kilometres between two countries, in thousands."""
    return {(one, other): math.sqrt((x - u) * (x - u) + (y - v) * (y - v))
            for one, (x, y) in PLACES.items() for other, (u, v) in PLACES.items() if one != other}


def draw_flows(draws: Draws) -> list[tuple[str, str, str]]:
    """Exporter, importer and commodity of each flow, in the order of the file."""
    flows = []
    for commodity, (number, *_) in COMMODITIES.items():
        pairs = [pair for pair in distances() if pair[0] in ORIGINS.get(commodity, PLACES)]
        flows += [(*pairs[place], commodity) for place in draws.order(len(pairs))[:number]]
    return sorted(flows)


def invoice_wrongly(draws: Draws, commodity: np.ndarray, value: np.ndarray, freight: np.ndarray) -> dict:
    """For each kind: which rows, and by how much (1,000 US$, without freight)."""
    wrong, kind_of_flow = {}, draws.uniform(len(commodity))
    how_much, active = draws.uniform(len(commodity)), draws.uniform(*value.shape) < ACTIVE
    declared = PERMIT_FROM - 10 + np.floor(10 * draws.uniform(*value.shape))  # 90 to 99, with freight
    begin = {name: 0.0 for name in COMMODITIES}
    for kind, (name, share, low, high) in KINDS.items():
        here = (commodity == name) & (kind_of_flow >= begin[name]) & (kind_of_flow < begin[name] + share)
        begin[name] += share
        rows = here[:, None] & active
        if kind == "import under-invoicing":
            rows = rows & (value > WORTH_HIDING[0]) & (value < WORTH_HIDING[1])
            amount = value - declared / (1 + freight)
        else:
            amount = value * (low + (high - low) * how_much)[:, None]
        wrong[kind] = np.where(rows, amount, 0.0)
    return wrong


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, in its order, under its name; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other trade by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    flows = draw_flows(draws)
    n, shape = len(flows), (len(flows), len(YEARS))
    commodity = np.array([name for *_, name in flows])
    km = distances()
    distance = np.array([km[exporter, importer] for exporter, importer, _ in flows])[:, None]
    median, sigma, price = (np.array([COMMODITIES[name][place] for name in commodity])[:, None]
                            for place in (1, 2, 3))

    # True trade, in the year before the first one, too: its late goods arrive in the first one.
    every = median * exp(sigma * draws.normal(n, 1) + 0.15 * draws.normal(n, 1 + len(YEARS)))
    value = every[:, 1:]
    quantity = value / price * exp(0.10 * draws.normal(*shape))
    freight = (FREIGHT_NEAR + FREIGHT_PER_1000_KM * distance) * (1 + 0.1 * draws.normal(n, 1))
    wrong = invoice_wrongly(draws, commodity, value, freight)

    # What each side reports.
    late = LATE_NEAR + LATE_PER_1000_KM * distance
    arrived = (1 - late) + late * every[:, :-1] / value
    hidden_wood = 1 - wrong["export under-invoicing"] / value
    exports = value * hidden_wood + wrong["export over-invoicing"]
    exports = exports * exp(0.02 * draws.normal(*shape))
    false_value = wrong["import over-invoicing"] - wrong["import under-invoicing"]
    imports = (value * arrived * exp(0.02 * draws.normal(*shape)) + false_value) * (1 + freight)
    # A declared value stands as it was declared: nothing is added to it.
    imports = np.where(wrong["import under-invoicing"] > 0, (value + false_value) * (1 + freight), imports)
    exports_quantity = quantity * hidden_wood * exp(0.01 * draws.normal(*shape))
    imports_quantity = quantity * arrived * exp(0.01 * draws.normal(*shape))

    # Sent on through a third country: one side counts goods that the other books under another country.
    sent_on = draws.uniform(*shape) < REEXPORT
    part, at_hub = 0.3 + 0.5 * draws.uniform(*shape), draws.uniform(*shape) < 0.5
    counted = np.where(sent_on, np.where(at_hub, 1 + part, 1 - part), 1.0)
    exports, exports_quantity = exports * counted, exports_quantity * counted
    # Under another code: the importer books a part of the goods elsewhere, or goods from elsewhere here.
    shifted = draws.uniform(*shape) < OTHER_CODE
    part, away = 0.2 + 0.6 * draws.uniform(*shape), draws.uniform(*shape) < 0.5
    counted = np.where(shifted, np.where(away, 1 - part, 1 + part), 1.0)
    imports, imports_quantity = imports * counted, imports_quantity * counted

    reasons = draws.uniform(4, *shape)
    secret = (commodity == "gold")[:, None] & (draws.uniform(*shape) < CONFIDENTIAL_GOLD)
    no_exports = reasons[0] < NOT_REPORTED["exports"]
    # One side at least reports: a flow that nobody reports is not in the file.
    no_imports = (reasons[1] < NOT_REPORTED["imports"]) & ~no_exports & ~secret
    columns = [
        cells(exports, {"not-reported": no_exports, "confidential": secret}),
        cells(imports, {"not-reported": no_imports}),
        cells(exports_quantity, {"not-reported": no_exports, "confidential": secret,
                                 "not-recorded": reasons[2] < NO_QUANTITY}, decimals=2),
        cells(imports_quantity, {"not-reported": no_imports, "not-recorded": reasons[3] < NO_QUANTITY},
              decimals=2),
        cells(sent_on, {}), cells(shifted, {}),
    ]
    kilometres = cells(10 * np.floor(100 * distance + 0.5), {})
    rows = [(*flow, year, kilometres[place][0], *(column[place][at] for column in columns))
            for place, flow in enumerate(flows) for at, year in enumerate(YEARS)]
    comparable = ~(sent_on | shifted | no_exports | no_imports | secret)
    return {NAME: rows}, planted_truth(flows, value, wrong, comparable, root_seed)


def cells(numbers: np.ndarray, missing: dict[str, np.ndarray], decimals: int = 0) -> list[list[str]]:
    """Numbers as the file has them, from 100 on whole; the first reason that applies stands instead."""
    texts = [[f"{number:.{decimals if number < 100 else 0}f}" for number in row] for row in numbers.tolist()]
    for reason, where in reversed(missing.items()):
        for place, at in zip(*(index.tolist() for index in where.nonzero())):
            texts[place][at] = reason
    return texts


def planted_truth(flows: list, value: np.ndarray, wrong: dict, comparable: np.ndarray,
                  root_seed: int) -> dict:
    """What a reader of the file cannot see: who invoiced wrongly, and by how much."""

    def total(amounts: np.ndarray) -> int:
        return int(math.fsum(amounts.ravel().tolist()) + 0.5)

    def years(kind: str) -> list[str]:
        return [f"{exporter} to {importer}: " + " ".join(str(YEARS[at]) for at in np.flatnonzero(row > 0))
                for (exporter, importer, _), row in zip(flows, wrong[kind]) if (row > 0).any()]

    outflow = wrong["export under-invoicing"] + wrong["import over-invoicing"]
    inflow = wrong["export over-invoicing"] + wrong["import under-invoicing"]
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": value.size,
        "unit": "1,000 US$, without freight, five years together",
        "true_trade": total(value),
        "outflow": total(outflow),
        "inflow": total(inflow),
        "outflow_in_comparable_rows": total(outflow * comparable),
        "inflow_in_comparable_rows": total(inflow * comparable),
        "comparable": "both sides reported, no re-export, no other code",
        "comparable_rows": int(comparable.sum()),
        "by_kind": {kind: {"commodity": KINDS[kind][0], "rows": int((amounts > 0).sum()),
                           "amount": total(amounts), "in_comparable_rows": total(amounts * comparable)}
                    for kind, amounts in wrong.items()},
        "flows_by_kind": {kind: years(kind) for kind in wrong},
        "parameters": {
            "freight": {"near": FREIGHT_NEAR, "per_1000_km": FREIGHT_PER_1000_KM},
            "late": {"near": LATE_NEAR, "per_1000_km": LATE_PER_1000_KM},
            "kinds": {kind: dict(zip(("commodity", "share_of_flows", "low", "high"), values))
                      for kind, values in KINDS.items()},
            "active": ACTIVE,
            "permit_from": PERMIT_FROM,
            "worth_hiding": list(WORTH_HIDING),
            "reexport": REEXPORT,
            "other_code": OTHER_CODE,
            "not_reported": NOT_REPORTED,
            "confidential_gold": CONFIDENTIAL_GOLD,
            "no_quantity": NO_QUANTITY,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
