"""drug_seizures: reports of cocaine seizures on the way into Arvenia and Lusmark, in two years.

Run it to write the three tables and, for the lecturer, the truth:

    python data/sources/drug_seizures.py

No row describes a real seizure. The steps, for one shipment after another:

1. Draw the day, and by the shares of the year the entry. From the first day of 2022 the North Port has a new
   control: part of what would have come there comes through the South Port or, in vehicles, over land.
2. Draw origin, transit, destination, the weight (Pareto, cut off at what fits in) and the purity.
3. It is detected with a chance that depends on entry and year, and not on the weight.
4. Of what is detected some is seized by two agencies together, and both report it under one number: one the
   net weight, one the gross weight. The other shipments are seen by nobody.
5. Stop when the file has its 4,000 reports. All shipments drawn until then are the true flow.

Two small tables go with the reports: test consignments, with which the authorities measure how often they
find what is sent; and each year's estimates of production and consumption.
"""
from __future__ import annotations

import datetime

import numpy as np

from common import ROOT_SEED, Draws, exp, power, write

NAME = "drug_seizures"
TESTS, ESTIMATES = "drug_seizures_tests", "drug_seizures_estimates"
COLUMNS = {
    NAME: ("report_id", "date", "entry", "mode", "cell", "agency", "origin", "transit", "destination",
           "weight_kg", "weight_basis", "purity_pct", "joint_operation_id", "controlled_delivery"),
    TESTS: ("entry", "mode", "year", "test_consignments", "found"),
    ESTIMATES: ("year", "produced_t", "consumed_low_t", "consumed_best_t", "consumed_high_t", "lost_t"),
}
ROWS = 4000
DRAWN = 30_000  # more shipments than are ever needed
YEARS = (2021, 2022)

# Entries: how things come there, share of the shipments and chance of detection in each year.
ENTRIES = {
    "North Port": ("container", (0.16, 0.08), (0.44, 0.70)),
    "South Port": ("container", (0.08, 0.13), (0.40, 0.40)),
    "Land Border": ("vehicle", (0.30, 0.33), (0.22, 0.22)),
    "Postal Hub": ("parcel", (0.30, 0.30), (0.15, 0.15)),
    "Airport": ("body", (0.16, 0.16), (0.20, 0.20)),
}
# Weights in kilograms: Pareto from the least to the most, with this exponent. Both shapes of the purity.
MODES = {
    "container": {"kg": (40.0, 6000.0, 1.25), "purity": (31, 9), "joint": 0.10, "controlled": 0.05},
    "vehicle": {"kg": (2.0, 400.0, 1.30), "purity": (28, 12), "joint": 0.05, "controlled": 0.02},
    "parcel": {"kg": (0.10, 20.0, 1.40), "purity": (28, 12), "joint": 0.02, "controlled": 0.06},
    "body": {"kg": (0.30, 3.0, 1.50), "purity": (32, 8), "joint": 0.01, "controlled": 0.0},
}
AGENCIES = {
    "North Port": ("customs", "police", "coast guard"), "South Port": ("customs", "police", "coast guard"),
    "Land Border": ("border guard", "police", "customs"),
    "Postal Hub": ("customs", "police", "postal security"), "Airport": ("customs", "border guard", "police"),
}
AGENCY_SHARES = (0.60, 0.25, 0.15)
CELL = {"North Port": (11, 42), "South Port": (14, 27), "Land Border": (30, 33), "Postal Hub": (20, 34),
        "Airport": (21, 35)}
ORIGINS = {"Kestria": 0.80, "Sudria": 0.20}
TRANSITS = {"Norvia": 0.40, "Talmere": 0.25, "direct": 0.35}
DESTINATIONS = {"Arvenia": 0.65, "Lusmark": 0.35}
NOT_KNOWN = {"origin": 0.15, "transit": 0.25, "destination": 0.08}
NOT_ANALYSED = {"container": 0.06, "vehicle": 0.12, "parcel": 0.25, "body": 0.15}
GROSS = (1.03, 1.09)
LOST = 0.03  # of the pure drug that is not seized
TEST_CONSIGNMENTS = 200
CONSUMED_ERROR, PRODUCED_ERROR = 0.09, 0.04  # of the logarithm of the estimates
CONSUMED_RANGE = (0.77, 1.27)  # low and high over best, as the statisticians give them


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the three tables, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other two years with the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    shipments = draw_shipments(draws)
    detected = np.flatnonzero(shipments["detected"])
    # With one place left a shipment is reported once: two reports would not fit.
    reports = np.cumsum(1 + shipments["joint"][detected])
    whole = int(np.searchsorted(reports, ROWS))
    seized = detected[:whole + 1]
    joint = shipments["joint"][seized].copy()
    joint[-1] = joint[-1] and reports[whole] == ROWS
    flow = {name: values[:seized[-1] + 1] for name, values in shipments.items()}
    rows = report_rows(draws, {name: values[seized] for name, values in shipments.items()}, joint)
    tests = draw_tests(draws)
    truth = planted_truth(flow, seized, joint, root_seed)
    return {NAME: rows, TESTS: tests, ESTIMATES: draw_estimates(draws, truth)}, truth


def draw_shipments(draws: Draws) -> dict[str, np.ndarray]:
    """All shipments, detected or not."""
    n = DRAWN
    day = np.floor(draws.uniform(n) * 730).astype(int)
    year = day // 365
    names = list(ENTRIES)
    u = draws.uniform(n)
    ends = np.cumsum([[shares[of] for _, shares, _ in ENTRIES.values()] for of in (0, 1)], axis=1)[:, :-1]
    entry = (u[:, None] >= ends[year]).sum(axis=1)
    chance = np.array([chances for _, _, chances in ENTRIES.values()])
    modes = [MODES[mode] for mode, _, _ in ENTRIES.values()]
    least, most, exponent = np.array([mode["kg"] for mode in modes]).T
    # The inverse of the distribution function of the cut-off Pareto distribution.
    cut = power(least / most, exponent)
    kg = least[entry] / power(1 - draws.uniform(n) * (1 - cut[entry]), 1 / exponent[entry])
    return {
        "day": day, "year": year, "entry": entry, "kg": kg,
        "purity": draw_purity(draws, np.array([mode["purity"][0] for mode in modes])[entry]),
        "detected": draws.uniform(n) < chance[entry, year],
        "joint": draws.uniform(n) < np.array([mode["joint"] for mode in modes])[entry],
        "controlled": draws.uniform(n) < np.array([mode["controlled"] for mode in modes])[entry],
        "mode": np.array([mode for mode, _, _ in ENTRIES.values()], dtype=object)[entry],
        "name": np.array(names, dtype=object)[entry],
        "origin": draws.pick(ORIGINS, n), "transit": draws.pick(TRANSITS, n),
        "destination": draws.pick(DESTINATIONS, n),
    }


def draw_purity(draws: Draws, first: np.ndarray) -> np.ndarray:
    """About beta numbers with shapes ``first`` and 40 - first: normal with their mean and spread."""
    mean = first / 40
    return np.clip(mean + np.sqrt(mean * (1 - mean) / 41) * draws.normal(first.size), 0.05, 0.98)


def report_rows(draws: Draws, seized: dict[str, np.ndarray], joint: np.ndarray) -> list[tuple]:
    """The reports: one for each seizure, two for those of a joint operation."""
    n = joint.size
    number = np.cumsum(joint)
    lead, other = draws.uniform(n), draws.uniform(n)
    first = np.searchsorted(np.cumsum(AGENCY_SHARES)[:-1], lead, side="right")
    second = (first + 1 + (other < 0.5)) % 3
    gross = seized["kg"] * (GROSS[0] + (GROSS[1] - GROSS[0]) * draws.uniform(n))
    basis = draws.uniform(n) < 0.25  # the only report of a seizure may be of the gross weight too
    x = np.floor(draws.uniform(n) * 5).astype(int) - 2
    y = np.floor(draws.uniform(n) * 5).astype(int) - 2
    analysed = draws.uniform(n) >= np.array([NOT_ANALYSED[mode] for mode in seized["mode"].tolist()])
    told = {column: np.where(draws.uniform(n) < share, "not-known", seized[column])
            for column, share in NOT_KNOWN.items()}
    kg_net, kg_gross = significant(seized["kg"]), significant(gross)
    rows = []
    for place in range(n):
        entry = seized["name"][place]
        controlled = bool(seized["controlled"][place])
        cell = (25, 38) if controlled else CELL[entry]  # followed inland, and seized there
        date = str(datetime.date(2021, 1, 1) + datetime.timedelta(days=int(seized["day"][place])))
        where = (date, entry, seized["mode"][place], f"X{cell[0] + x[place]:02d}Y{cell[1] + y[place]:02d}")
        route = tuple(told[column][place] for column in NOT_KNOWN)
        purity = f"{100 * seized['purity'][place]:.0f}" if analysed[place] else "not-analysed"
        followed = "true" if controlled else "false"
        agencies = AGENCIES[entry]
        if joint[place]:
            operation = f"J{number[place]:03d}"
            rows.append((*where, agencies[first[place]], *route, kg_net[place], "net", purity, operation,
                         followed))
            rows.append((*where, agencies[second[place]], *route, kg_gross[place], "gross", "not-analysed",
                         operation, followed))
        else:
            weight = (kg_gross[place], "gross") if basis[place] else (kg_net[place], "net")
            rows.append((*where, agencies[first[place]], *route, *weight, purity, "not-joint", followed))
    order = draws.order(len(rows)).tolist()
    rows = sorted((rows[place] for place in order), key=lambda row: row[0])
    return [(f"S{place:04d}", *row) for place, row in enumerate(rows, start=1)]


def significant(values: np.ndarray) -> list[str]:
    """Kilograms with three significant digits, no exponent, no superfluous zero."""
    return [f"{float(f'{value:.2e}'):.3f}".rstrip("0").rstrip(".") for value in values.tolist()]


def draw_tests(draws: Draws) -> list[tuple]:
    """Test consignments sent by the authorities themselves, and how many of them were found."""
    rows = []
    for entry, (mode, _, chances) in ENTRIES.items():
        for year, chance in zip(YEARS, chances):
            found = int((draws.uniform(TEST_CONSIGNMENTS) < chance).sum())
            rows.append((entry, mode, year, TEST_CONSIGNMENTS, found))
    return rows


def draw_estimates(draws: Draws, truth: dict) -> list[tuple]:
    """What statisticians say of the two years."""
    rows = []
    for year in YEARS:
        true = truth["by_year"][str(year)]
        produced = true["pure_t_shipped"] * float(exp(PRODUCED_ERROR * draws.normal(1))[0])
        consumed = true["pure_t_consumed"] * float(exp(CONSUMED_ERROR * draws.normal(1))[0])
        low, high = (consumed * factor for factor in CONSUMED_RANGE)
        rows.append((year, f"{produced:.0f}", f"{low:.1f}", f"{consumed:.1f}", f"{high:.1f}",
                     f"{true['pure_t_lost']:.1f}"))
    return rows


def planted_truth(flow: dict[str, np.ndarray], seized: np.ndarray, joint: np.ndarray, root_seed: int) -> dict:
    """All shipments, and what became of them."""
    taken = np.zeros(flow["day"].size, bool)
    taken[seized] = True
    pure = flow["kg"] * flow["purity"]

    def tonnes(kg: np.ndarray, rows: np.ndarray) -> float:
        return round(float(np.cumsum(kg[rows])[-1]) / 1000, 4)

    def numbers(rows: np.ndarray) -> dict[str, float]:
        shipped, stopped = tonnes(pure, rows), tonnes(pure, rows & taken)
        return {
            "shipments": int(rows.sum()), "seizures": int((rows & taken).sum()),
            "t_shipped": tonnes(flow["kg"], rows), "t_seized": tonnes(flow["kg"], rows & taken),
            "pure_t_shipped": shipped, "pure_t_seized": stopped,
            "interception_rate": round(stopped / shipped, 5),
            "interception_rate_of_shipments": round(int((rows & taken).sum()) / int(rows.sum()), 5),
        }

    by_year = {}
    for place, year in enumerate(YEARS):
        of = numbers(flow["year"] == place)
        rest = of["pure_t_shipped"] - of["pure_t_seized"]
        by_year[str(year)] = {**of, "pure_t_lost": round(LOST * rest, 4),
                              "pure_t_consumed": round((1 - LOST) * rest, 4)}
    kg = np.sort(flow["kg"][taken])[::-1]
    left = {entry: before - after for entry, (_, (before, after), _) in ENTRIES.items()}
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "seizures": int(taken.sum()),
        "reported_twice": int(joint.sum()),
        **{key: value for key, value in numbers(np.ones(taken.size, bool)).items() if key != "seizures"},
        "by_year": by_year,
        "by_entry_and_year": {
            f"{entry} {year}": numbers((flow["name"] == entry) & (flow["year"] == place))
            for entry in ENTRIES for place, year in enumerate(YEARS)
        },
        "share_of_weight_in_the_largest_hundredth": round(
            float(np.cumsum(kg[:max(1, kg.size // 100)])[-1] / np.cumsum(kg)[-1]), 4),
        "of_what_left_the_north_port": {
            entry: round(-share / left["North Port"], 4) for entry, share in left.items() if share < 0
        },
        "parameters": {
            "entries": {entry: dict(zip(("mode", "share_of_shipments", "chance_of_detection"), of))
                        for entry, of in ENTRIES.items()},
            "modes": MODES,
            "origins": ORIGINS, "transits": TRANSITS, "destinations": DESTINATIONS,
            "not_known": NOT_KNOWN, "not_analysed": NOT_ANALYSED, "gross_over_net": GROSS, "lost": LOST,
            "errors_of_the_estimates": {"consumed": CONSUMED_ERROR, "produced": PRODUCED_ERROR},
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
