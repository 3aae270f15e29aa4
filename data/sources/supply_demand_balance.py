"""supply_demand_balance: how much cocaine is made, seized and used, seen from the fields, surveys and sewers.

Run it to write the four tables and, for the lecturer, the truth:

    python data/sources/supply_demand_balance.py

No row describes a real place. The truth comes first, and the tables are what offices know of it:

1. Fields: eight regions, six years. Area x yield x content of the leaf x share got out is what is made.
2. What is made in one year is seized, lost or used in the next. What is used follows by subtraction.
3. Users: in four countries, in three groups. Their number is scaled so that together they use just that.
4. Sewers: ten towns. Their loads are scaled in the same way; outside of towns people use 0.7 of it.

Each number of the fields and of the users is told as low, best and high. The truth stands between low and
high where a beta number with the shapes (3, 3) puts it: such a triple is a PERT distribution, and honest.
"""
from __future__ import annotations

import datetime

import numpy as np

from common import ROOT_SEED, Draws, exp, log, write

NAME = "supply_demand_balance"
USERS, SEIZED, SEWERS = (f"{NAME}_{table}" for table in ("users", "seizures", "wastewater"))
ENDS = ("low", "best", "high")
FACTORS = ("area_ha", "leaf_t_per_ha", "cocaine_kg_per_t", "got_out")
CELLS = ("users", "frequency", "dose", "purity", "reported")
COLUMNS = {
    NAME: ("country", "region", "year", *(f"{factor}_{end}" for factor in FACTORS for end in ENDS),
           "eradicated_ha"),
    USERS: ("country", "user_group", "source", *(f"{cell}_{end}" for cell in CELLS for end in ENDS)),
    SEIZED: ("year", "stage", "seized_t", "purity", "double_counted"),
    SEWERS: ("plant", "country", "date", "population", "flow_m3", "concentration_ng_l", "limit_ng_l"),
}

REGIONS = {
    "Upper Kest": "Kestria", "Lower Kest": "Kestria", "Green Hills": "Kestria", "East Slopes": "Kestria",
    "Red Valley": "Kestria", "Sudria North": "Sudria", "Sudria South": "Sudria", "High Fields": "Sudria",
}
GROWTH = {2018: 0.80, 2019: 0.84, 2020: 0.88, 2021: 0.94, 2022: 1.00, 2023: 1.30}
MEAN_AREA, MEAN_LEAF, CONTENT, GOT_OUT = 1400.0, 1.30, 8.0, 0.72
# High less low, over the truth.
WIDTH = {"area_ha": 0.20, "leaf_t_per_ha": 0.30, "cocaine_kg_per_t": 0.20, "got_out": 0.30}
MADE_YEAR, USED_YEAR = 2022, 2023
INTERCEPTED, LOST = 0.42, 0.03
STAGES = {"near the fields": (0.35, 0.82), "on the way": (0.40, 0.80), "in the four countries": (0.25, 0.66)}
DOUBLE = 0.08

POPULATION = {"Arvenia": 62e6, "Lusmark": 38e6, "Ostrevia": 55e6, "Veldana": 25e6}
GROUPS = {  # users per 1,000 inhabitants before scaling, days of use a year, grams a day of use, source
    "occasional": (9.5, 12.0, 0.40, "household survey"),
    "weekly": (2.3, 60.0, 0.80, "household survey"),
    "daily": (0.9, 220.0, 1.50, "study of heavy users"),
}
WIDTH_USERS = {"occasional": 0.35, "weekly": 0.5, "daily": 0.8}
WIDTH_CELLS = {"frequency": 0.30, "dose": 0.40, "purity": 0.20, "reported": 0.40}
STREET_PURITY, REPORTED = 0.52, 0.65

PLANTS = {  # country, population, load relative to the others
    "A": ("Arvenia", 1_150_000, 1.7), "B": ("Arvenia", 420_000, 1.2), "C": ("Arvenia", 160_000, 0.8),
    "D": ("Lusmark", 880_000, 1.0), "E": ("Lusmark", 95_000, 0.22), "F": ("Ostrevia", 1_400_000, 0.9),
    "G": ("Ostrevia", 310_000, 0.6), "H": ("Ostrevia", 60_000, 0.13), "I": ("Veldana", 540_000, 1.4),
    "J": ("Veldana", 75_000, 0.35),
}
RURAL = 0.70  # use outside of towns over use in towns, for each inhabitant
TOWNS = 0.55  # share of the inhabitants who live in towns
FIRST_DAY, DAYS = datetime.date(2023, 5, 1), 56  # a Monday; eight weeks
WEEKDAYS = np.array([0.93, 0.90, 0.90, 0.94, 1.03, 1.18, 1.12])  # Monday to Sunday, mean 1
SPREAD_LOAD, SPREAD_FLOW = 0.35, 0.08
LITRES, STORM = 220, 0.10  # a person and day; chance of a day of heavy rain
EXCRETED = 0.30  # share that leaves the body as benzoylecgonine, as the laboratories assume and as is true
FACTOR = 303.4 / 289.3 / EXCRETED  # cocaine used for each milligram found
LIMIT = 100
FAILED = 0.02


def told(draws: Draws, truth: np.ndarray, width) -> np.ndarray:
    """Low, best and high (last axis) around true values: the truth is a PERT draw between them."""
    logs = log(1.0 - draws.uniform(6, *truth.shape))
    sums = np.cumsum(logs, axis=0)
    low = truth * (1 - width * sums[2] / sums[5])
    return np.stack([low, low + truth * width / 2, low + truth * width], axis=-1)


def total(values) -> float:
    """The sum, in this order on every computer."""
    return float(np.cumsum(values)[-1])


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the four tables, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another market with the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    fields, made = draw_fields(draws)
    seized, pure_seized = draw_seizures(draws, made)
    lost = LOST * made[MADE_YEAR]
    used = made[MADE_YEAR] - pure_seized[USED_YEAR] - lost
    users, persons, by_group = draw_users(draws, used)
    sewers, loads = draw_sewers(draws, used)
    truth = {
        "dataset": NAME,
        "root_seed": root_seed,
        "made_t": {str(year): round(tonnes, 3) for year, tonnes in made.items()},
        "seized_pure_t": {str(year): round(tonnes, 3) for year, tonnes in pure_seized.items()},
        "lost_t_2023": round(lost, 3),
        "used_t_2023": round(used, 3),
        "interception_rate_2023": round(pure_seized[USED_YEAR] / made[MADE_YEAR], 5),
        "users": persons,
        "used_t_2023_by_group": by_group,
        "mg_a_day_for_1000": loads,
        "mg_a_day_for_1000_in_the_towns": round(town_load(used), 2),
        "mg_a_day_for_1000_in_the_four_countries": round(
            used * 1e9 / 365 / (total(list(POPULATION.values())) / 1000), 2),
        "parameters": {
            "growth": {str(year): growth for year, growth in GROWTH.items()},
            "cocaine_kg_per_t": CONTENT, "got_out": GOT_OUT, "intercepted": INTERCEPTED, "lost": LOST,
            "double_counted": DOUBLE, "groups": GROUPS, "street_purity": STREET_PURITY, "reported": REPORTED,
            "rural_over_towns": RURAL, "share_in_towns": TOWNS, "factor": round(FACTOR, 4),
            "weekdays": WEEKDAYS.tolist(), "plants": PLANTS,
        },
    }
    return {NAME: fields, USERS: users, SEIZED: seized, SEWERS: sewers}, truth


def texts(triples: np.ndarray, decimals: int) -> list[list[str]]:
    return [[f"{value:.{decimals}f}" for value in triple] for triple in triples.tolist()]


def draw_fields(draws: Draws) -> tuple[list[tuple], dict[int, float]]:
    """What is known of the fields, and the tonnes of pure cocaine that are made in each year."""
    n = len(REGIONS)
    base = draws.lognormal(MEAN_AREA, 0.5, n)
    leaf = draws.lognormal(MEAN_LEAF, 0.15, n)
    content = texts(told(draws, np.array([CONTENT]), WIDTH["cocaine_kg_per_t"]), 2)[0]
    got_out = texts(told(draws, np.array([GOT_OUT]), WIDTH["got_out"]), 3)[0]
    rows, made = [], {}
    for year, growth in GROWTH.items():
        area = base * growth * draws.lognormal(1.0, 0.08, n)
        harvest = leaf * draws.lognormal(1.0, 0.05, n)
        made[year] = total(area * harvest) * CONTENT * GOT_OUT / 1000
        areas = texts(told(draws, area, WIDTH["area_ha"]), 0)
        leaves = texts(told(draws, harvest, WIDTH["leaf_t_per_ha"]), 3)
        cleared = np.floor(area * 0.25 * draws.uniform(n)).astype(int).tolist()
        rows += [(country, region, year, *areas[place], *leaves[place], *content, *got_out, cleared[place])
                 for place, (region, country) in enumerate(REGIONS.items())]
    return rows, made


def draw_seizures(draws: Draws, made: dict[int, float]) -> tuple[list[tuple], dict[int, float]]:
    """Seizures as reported, and their pure tonnes; each year of what was made the year before."""
    rows, pure = [], {}
    for year in list(made)[1:]:
        pure[year] = INTERCEPTED * made[year - 1] * float(draws.lognormal(1.0, 0.06, 1)[0])
        for stage, (share, purity) in STAGES.items():
            bulk = pure[year] * share / purity / (1 - DOUBLE)
            rows.append((year, stage, f"{bulk:.2f}", f"{purity:.2f}", f"{DOUBLE:.2f}"))
    return rows, pure


def draw_users(draws: Draws, used: float) -> tuple[list[tuple], dict, dict]:
    """What surveys tell of the users, their true numbers and what each group uses."""
    cells = [(country, group) for country in POPULATION for group in GROUPS]
    per_1000, days, grams = (np.array([GROUPS[group][place] for _, group in cells]) for place in (0, 1, 2))
    inhabitants = np.array([POPULATION[country] for country, _ in cells])
    users = inhabitants / 1000 * per_1000 * draws.lognormal(1.0, 0.2, len(cells))
    days = days * draws.lognormal(1.0, 0.06, len(cells))
    grams = grams * draws.lognormal(1.0, 0.06, len(cells))
    users = users * (used * 1e6 / total(users * days * grams * STREET_PURITY))
    width = np.array([WIDTH_USERS[group] for _, group in cells])
    numbers = {
        "users": texts(told(draws, users, width), 0),
        # What is told of the year is less than what is done.
        "frequency": texts(told(draws, days * REPORTED, WIDTH_CELLS["frequency"]), 1),
        "dose": texts(told(draws, grams, WIDTH_CELLS["dose"]), 3),
        "purity": texts(told(draws, np.array([STREET_PURITY]), WIDTH_CELLS["purity"]), 3) * len(cells),
        "reported": texts(told(draws, np.array([REPORTED]), WIDTH_CELLS["reported"]), 3) * len(cells),
    }
    rows = [(country, group, GROUPS[group][3], *(text for cell in CELLS for text in numbers[cell][place]))
            for place, (country, group) in enumerate(cells)]
    tonnes = users * days * grams * STREET_PURITY / 1e6
    groups = np.array([group for _, group in cells])
    return rows, {group: round(total(users[groups == group])) for group in GROUPS}, {
        group: round(total(tonnes[groups == group]), 3) for group in GROUPS}


def town_load(used: float) -> float:
    """Milligrams a day for 1,000 inhabitants of towns, if the four countries use so many tonnes a year."""
    people = total(list(POPULATION.values()))
    return used * 1e9 / 365 / (people / 1000 * (TOWNS + (1 - TOWNS) * RURAL))


def draw_sewers(draws: Draws, used: float) -> tuple[list[tuple], dict[str, float]]:
    """The samples of ten plants over eight weeks, and the true mean load of each town."""
    people = np.array([population for _, population, _ in PLANTS.values()], float)
    relative = np.array([load for _, _, load in PLANTS.values()])
    mean = relative * (town_load(used) * total(people) / total(people * relative))
    n, days = len(PLANTS), DAYS
    noise = exp(SPREAD_LOAD * draws.normal(n, days) - SPREAD_LOAD**2 / 2)
    load = mean[:, None] * WEEKDAYS[np.arange(days) % 7] * noise  # cocaine, mg a day for 1,000
    litres = people[:, None] * LITRES * draws.lognormal(1.0, SPREAD_FLOW, n, days)
    storm = draws.uniform(days) < STORM  # the weather is the same everywhere
    litres = litres * np.where(storm, 1.5 + draws.uniform(n, days), 1.0)
    found = load / FACTOR * (people[:, None] / 1000) * 1e6 / litres  # nanograms a litre
    failed = draws.uniform(n, days) < FAILED
    rows = []
    for place, (plant, (country, population, _)) in enumerate(PLANTS.items()):
        for day in range(days):
            value = found[place, day]
            text = "not-sampled" if failed[place, day] else "below-limit" if value < LIMIT else f"{value:.0f}"
            rows.append((plant, country, str(FIRST_DAY + datetime.timedelta(days=day)), population,
                         f"{litres[place, day] / 1000:.0f}", text, LIMIT))
    return rows, {plant: round(value, 2) for plant, value in zip(PLANTS, mean.tolist())}


if __name__ == "__main__":
    write(COLUMNS, *generate())
