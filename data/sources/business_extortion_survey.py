"""business_extortion_survey: 6,000 establishments asked about extortion, in ten invented regions of Arvenia.

Run it to write both tables and, for the lecturer, the truth:

    python data/sources/business_extortion_survey.py

No row describes a real establishment. The steps:

1. The business register has 40 strata: ten regions by four sizes. Each is divided into areas of 20 to 60
   establishments, 40 on average.
2. In each stratum 10 areas are drawn, and in each area 15 establishments. The weight is 1 / the chance of
   both.
3. An area may be a territory, where somebody collects in person, and it may lie on the path of a wave of
   calls. Both are common to the whole area. Given these two, region, size and sector, establishments are
   victims independently of each other.
4. A victim has some number of events: a caller tries once or a few times, a collector may come every month.
   The questionnaire counts to five.
5. Payment depends on the mode; reporting on mode, trust in the police and whether it goes on every month.
6. The police record most, but not all, of what is reported, one offence for each business that reports.

The truth is the expected value over all establishments, from the same probabilities, without drawing.
"""
from __future__ import annotations

from itertools import product

import numpy as np

from common import ROOT_SEED, Draws, picks, write

NAME = "business_extortion_survey"
REGISTER = "business_extortion_survey_register"
COLUMNS = {
    NAME: ("establishment_id", "stratum", "area", "weight", "region", "size", "sector", "trust", "extorted",
           "n_events", "capped", "mode", "paid", "amount_usd", "reported", "reason_not_reported"),
    REGISTER: ("stratum", "region", "size", "establishments", "areas", "recorded_offences"),
}
AREAS, IN_AREA = 10, 15  # drawn in each stratum, and in each area
MEAN_AREA = 40
CAP = 5

# Establishments in thousands; share of areas that are territories; factor on the chance of a call.
REGIONS = {
    "Capital": (220, 0.06, 1.30), "Harbour": (150, 0.22, 1.20), "North Coast": (110, 0.12, 0.80),
    "South Coast": (120, 0.30, 1.00), "Lakes": (90, 0.04, 0.70), "Valley": (130, 0.08, 0.90),
    "Hills": (90, 0.10, 0.60), "Plain": (110, 0.03, 0.80), "Border": (90, 0.28, 1.40),
    "Islands": (70, 0.02, 0.60),
}
SIZES = {"micro": 0.86, "small": 0.09, "medium": 0.03, "large": 0.02}  # shares of establishments
SIZE_FACTOR = {"micro": 1.0, "small": 1.5, "medium": 1.9, "large": 2.3}
SECTORS = {"trade": 0.46, "services": 0.42, "industry": 0.12}
SECTOR_FACTOR = {"trade": 1.15, "services": 0.95, "industry": 0.80}

CALL = 0.091  # chance of a call in a year, before the factors
WAVE = {True: 1.5, False: 0.5}  # factor on it where the area is, or is not, on the path of a wave: half each
IN_PERSON = {True: 0.060, False: 0.0014}  # chance in a territory and outside, before the factors
TRUST = {True: {"low": 0.65, "middle": 0.25, "high": 0.10},  # in a territory and outside
         False: {"low": 0.40, "middle": 0.38, "high": 0.22}}
EVENTS = {"phone": {1: 0.70, 2: 0.18, 3: 0.07, 4: 0.03, 6: 0.02},
          "in person": {1: 0.42, 2: 0.18, 12: 0.40}}  # 12: every month
PAID = {"phone": 0.03, "in person": 0.45}
REPORTED = {"phone": {"low": 0.06, "middle": 0.09, "high": 0.16},
            "in person": {"low": 0.07, "middle": 0.13, "high": 0.22}}
MONTHLY_REPORTS = 0.4  # factor on reporting where it goes on every month
RECORDED = 0.85
REASONS = {
    "phone": {"waste of time": 0.38, "no evidence": 0.20, "not serious": 0.18, "no trust": 0.14, "fear": 0.04,
              "other": 0.06},
    "in person": {"waste of time": 0.20, "no evidence": 0.06, "not serious": 0.03, "no trust": 0.22,
                  "fear": 0.44, "other": 0.05},
}
USD = {"phone": 300.0, "in person": 900.0}  # median amount paid in the year
NO_ANSWER = {"trust": 0.03, "reported": 0.02, "amount": 0.15, "reason": 0.05}
SKIPPED = "n/a"

STRATA = [(f"S{place:02d}", region, size) for place, (region, size) in enumerate(product(REGIONS, SIZES), 1)]


def areas_of(region: str, size: str) -> int:
    """How many areas a stratum has."""
    return int(REGIONS[region][0] * 1000 * SIZES[size] / MEAN_AREA + 0.5)


def chances(region: str, size: str, sector: str, territory: bool, wave: bool) -> tuple[float, float]:
    """Chance of being extorted in person, and by phone but not in person."""
    factor = SIZE_FACTOR[size] * SECTOR_FACTOR[sector]
    in_person = IN_PERSON[territory] * factor
    return in_person, (1 - in_person) * CALL * REGIONS[region][2] * WAVE[wave] * factor


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of both tables, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another survey of the same country; tests use that.
    """
    draws = Draws(NAME, root_seed)
    sample = draw_sample(draws)
    rows = answers(draws, sample, *draw_events(draws, sample))
    mean = np.array([of["recorded"] for of in TRUE_STRATA])  # too large for Poisson counts one by one
    recorded = np.maximum(mean + np.sqrt(mean) * draws.normal(mean.size), 0)
    recorded = np.floor(recorded + 0.5).astype(int).tolist()
    register = [(*stratum, MEAN_AREA * areas_of(*stratum[1:]), areas_of(*stratum[1:]), count)
                for stratum, count in zip(STRATA, recorded)]
    return {NAME: rows, REGISTER: register}, planted_truth(sum(recorded), root_seed)


def draw_sample(draws: Draws) -> dict[str, np.ndarray]:
    """Who is asked, with weights; what is common to an area is drawn once for the area."""
    units = len(STRATA) * AREAS
    stratum = np.repeat(np.arange(len(STRATA)), AREAS)
    establishments = 20 + np.floor(draws.uniform(units) * 41)
    areas = np.array([areas_of(region, size) for _, region, size in STRATA])
    territory = draws.uniform(units) < np.array([REGIONS[region][1] for _, region, _ in STRATA])[stratum]
    of_area = {
        "stratum": stratum, "area": np.arange(1, units + 1),
        "weight": areas[stratum] / AREAS * establishments / IN_AREA,
        "territory": territory, "wave": draws.uniform(units) < 0.5,
    }
    sample = {name: np.repeat(values, IN_AREA) for name, values in of_area.items()}
    n = units * IN_AREA
    u = draws.uniform(n)
    sample["sector"] = draws.pick(SECTORS, n)
    sample["trust"] = np.where(sample["territory"], picks(u, TRUST[True]), picks(u, TRUST[False]))
    return sample


def draw_events(draws: Draws, sample: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mode ("" for no victim) and number of events."""
    kinds = {}
    for (place, (_, region, size)), sector, territory, wave in product(
            enumerate(STRATA), SECTORS, (False, True), (False, True)):
        kinds[place, sector, territory, wave] = chances(region, size, sector, territory, wave)
    table = np.array([kinds[key] for key in zip(
        sample["stratum"].tolist(), sample["sector"].tolist(), sample["territory"].tolist(),
        sample["wave"].tolist())])
    n = len(table)
    u, v = draws.uniform(n), draws.uniform(n)
    mode = np.where(u < table[:, 0], "in person", np.where(u < table[:, 0] + table[:, 1], "phone", ""))
    events = np.where(mode == "in person", picks(v, EVENTS["in person"]), picks(v, EVENTS["phone"]))
    return mode, np.where(mode == "", 0, events).astype(int)


def answers(draws: Draws, sample: dict, mode: np.ndarray, events: np.ndarray) -> list[tuple]:
    """The rows of the survey, with what was not asked and not answered."""
    n = mode.size
    victim, in_person = mode != "", mode == "in person"
    paid = draws.uniform(n) < np.where(in_person, PAID["in person"], PAID["phone"])
    amount = draws.lognormal(np.where(in_person, USD["in person"], USD["phone"]), 0.8, n)
    chance = np.zeros(n)
    for how, by_trust in REPORTED.items():
        for trust, share in by_trust.items():
            chance = np.where((mode == how) & (sample["trust"] == trust), share, chance)
    reported = draws.uniform(n) < np.where(events == 12, MONTHLY_REPORTS * chance, chance)
    u = draws.uniform(n)
    reason = np.where(in_person, picks(u, REASONS["in person"]), picks(u, REASONS["phone"]))
    silent = {question: draws.uniform(n) < share for question, share in NO_ANSWER.items()}

    def told(asked: np.ndarray, question: str | None, values: np.ndarray) -> list:
        values = np.where(silent[question], "no-answer", values) if question else values
        return np.where(asked, values, SKIPPED).tolist()

    where = [STRATA[place] for place in sample["stratum"].tolist()]
    yes_no = np.array(["false", "true"], dtype=object)
    amount_text = np.array([f"{usd:.0f}" for usd in amount.tolist()], dtype=object)
    unpaid = np.where(paid, np.where(silent["amount"], "no-answer", amount_text), "not-paid")
    hidden = np.where(silent["reported"], "no-answer", np.where(
        reported, "was-reported", np.where(silent["reason"], "no-answer", reason)))
    return list(zip(
        [f"E{place:04d}" for place in range(1, n + 1)], [stratum for stratum, _, _ in where],
        sample["area"].tolist(), [f"{weight:.2f}" for weight in sample["weight"].tolist()],
        [region for _, region, _ in where], [size for _, _, size in where], sample["sector"].tolist(),
        np.where(silent["trust"], "no-answer", sample["trust"]).tolist(),
        victim.astype(int).tolist(), np.minimum(events, CAP).tolist(),
        yes_no[(events > CAP).astype(int)].tolist(), told(victim, None, mode.astype(object)),
        told(victim, None, yes_no[paid.astype(int)]), told(victim, None, unpaid),
        told(victim, "reported", yes_no[reported.astype(int)]), told(victim, None, hidden),
    ))


# --- The truth --------------------------------------------------------------------------------------------

def expected(region: str, size: str) -> dict[str, float]:
    """Expected numbers of a stratum."""
    total = dict.fromkeys(("by_phone", "in_person", "events", "events_counted", "reporting", "paying"), 0.0)
    establishments = MEAN_AREA * areas_of(region, size)
    mean = {how: sum(count * share for count, share in events.items()) for how, events in EVENTS.items()}
    counted = {how: sum(min(count, CAP) * share for count, share in events.items())
               for how, events in EVENTS.items()}
    monthly = EVENTS["in person"][12]
    for (sector, share), territory, wave in product(SECTORS.items(), (False, True), (False, True)):
        of_areas = REGIONS[region][1] if territory else 1 - REGIONS[region][1]
        in_person, phone = chances(region, size, sector, territory, wave)
        here = establishments * share * of_areas * 0.5
        reporting = {how: sum(of * REPORTED[how][trust] for trust, of in TRUST[territory].items())
                     for how in REPORTED}
        reporting["in person"] *= 1 - monthly + MONTHLY_REPORTS * monthly
        for how, chance in (("phone", phone), ("in person", in_person)):
            total["events"] += here * chance * mean[how]
            total["events_counted"] += here * chance * counted[how]
            total["reporting"] += here * chance * reporting[how]
            total["paying"] += here * chance * PAID[how]
        total["by_phone"] += here * phone
        total["in_person"] += here * in_person
    return {"establishments": establishments, **total, "recorded": RECORDED * total["reporting"]}


TRUE_STRATA = [expected(region, size) for _, region, size in STRATA]


def planted_truth(recorded: int, root_seed: int) -> dict:
    """Expected numbers of the whole country, and what the police recorded."""
    def add(rows: list[dict]) -> dict[str, float]:
        total = {key: sum(row[key] for row in rows) for key in TRUE_STRATA[0]}
        return {**total, "victims": total["by_phone"] + total["in_person"]}

    def prevalence(position: int, value: str) -> float:
        of = add([row for row, stratum in zip(TRUE_STRATA, STRATA) if stratum[position] == value])
        return round(of["victims"] / of["establishments"], 5)

    country = add(TRUE_STRATA)
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": len(STRATA) * AREAS * IN_AREA,
        "establishments": country["establishments"],
        "victims": round(country["victims"]),
        "prevalence": round(country["victims"] / country["establishments"], 5),
        "prevalence_by_size": {size: prevalence(2, size) for size in SIZES},
        "prevalence_by_region": {region: prevalence(1, region) for region in REGIONS},
        "prevalence_in_person": round(country["in_person"] / country["establishments"], 5),
        "share_by_phone": round(country["by_phone"] / country["victims"], 5),
        "events": round(country["events"]),
        "events_counted_to_five": round(country["events_counted"]),
        "events_per_10000": round(10_000 * country["events"] / country["establishments"], 1),
        "events_counted_to_five_per_10000": round(
            10_000 * country["events_counted"] / country["establishments"], 1),
        "share_of_victims_paying": round(country["paying"] / country["victims"], 5),
        "reporting_rate": round(country["reporting"] / country["victims"], 5),
        "dark_figure": round(1 - country["reporting"] / country["victims"], 5),
        "dark_figure_of_events": round(1 - country["reporting"] / country["events"], 5),
        "recorded_offences_expected": round(country["recorded"]),
        "recorded_offences": recorded,
        "recorded_for_each_event": round(recorded / country["events"], 5),
        "parameters": {
            "regions": {region: dict(zip(("thousand_establishments", "territories", "calls"), of))
                        for region, of in REGIONS.items()},
            "sizes": SIZES, "size_factor": SIZE_FACTOR, "sectors": SECTORS, "sector_factor": SECTOR_FACTOR,
            "call": CALL, "wave": {"on its path": WAVE[True], "else": WAVE[False]},
            "in_person": {"territory": IN_PERSON[True], "else": IN_PERSON[False]},
            "trust": {"territory": TRUST[True], "else": TRUST[False]},
            "events": EVENTS, "cap": CAP,
            "paid": PAID, "reported": REPORTED, "monthly_reports": MONTHLY_REPORTS, "recorded": RECORDED,
            "reasons": REASONS, "median_usd": USD, "no_answer": NO_ANSWER,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
