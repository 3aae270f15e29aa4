"""smuggling_journeys: interviews with smuggled persons at transit sites, on four invented routes.

Run it to write the two tables and, for the lecturer, the truth:

    python data/sources/smuggling_journeys.py

No row describes a real person or route. The steps, for one person after another until 1,800 are interviewed:

1. Draw route, mode, papers and the agreed fee, and whether a guarantor holds the money until arrival.
2. Draw attempts: at each one the person gets through or is apprehended, and who is apprehended tries again or
   gives up. Without a guarantor every attempt is paid; with one, the fee is paid once, on arrival.
3. Draw how many nights the person spends at the transit site: more with every attempt and with debts, fewer
   by air.
4. Every night, one in 400 of those present is drawn for an interview. Who stays long is drawn more easily.
5. Lose some answers.

The border guard counts apprehensions, of everybody. The number of persons is not set beforehand: drawing
stops when the file is full.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, power, write

NAME = "smuggling_journeys"
ROWS = 1800
COLUMNS = {
    NAME: ("interview_id", "route", "sample_site", "mode", "legs", "sex", "age_group", "papers", "guarantor",
           "nights_at_site", "fee_usd", "attempts", "apprehensions", "arrived", "paid_usd", "debt_usd",
           "abuse_events"),
    f"{NAME}_apprehensions": ("route", "month", "apprehensions"),
}
NIGHTS_PER_INTERVIEW, SHORTEST, LONGEST = 400, 4, 300
CANDIDATES = 32_000  # enough persons for 1,800 interviews in any sample

ROUTES = {
    "Norvia-Arvenia": 0.35, "Kestria-Lusmark": 0.30, "Sudria-Veldana": 0.20, "Talmere-Ostrevia": 0.15,
}
KILOMETRES = {
    "Norvia-Arvenia": 600, "Kestria-Lusmark": 1500, "Sudria-Veldana": 3200, "Talmere-Ostrevia": 5500,
}
MODES = {
    "Norvia-Arvenia": {"land": 0.55, "sea": 0.44, "air": 0.01},
    "Kestria-Lusmark": {"land": 0.80, "sea": 0.16, "air": 0.04},
    "Sudria-Veldana": {"land": 0.40, "sea": 0.50, "air": 0.10},
    "Talmere-Ostrevia": {"land": 0.68, "sea": 0.10, "air": 0.22},
}
SITES = {"land": {"border town": 0.92, "harbour camp": 0.08},
         "sea": {"harbour camp": 0.95, "border town": 0.05},
         "air": {"airport hostel": 1.0}}
PAPERS = {"land": {"none": 0.80, "own": 0.15, "forged": 0.05},
          "sea": {"none": 0.85, "own": 0.12, "forged": 0.03},
          "air": {"forged": 0.70, "own": 0.30}}
FEE = {"land": 1300.0, "sea": 2000.0, "air": 7000.0}  # US dollars at 1,500 km without forged papers
FEE_DISTANCE, FEE_FORGED, FEE_SIGMA = 0.35, 1.4, 0.35
APPREHENDED = {"land": 0.38, "sea": 0.28, "air": 0.10}  # at each attempt
TRIES_AGAIN, MOST_ATTEMPTS = 0.85, 10
GUARANTOR = {"land": 0.35, "sea": 0.45, "air": 0.75}
GUARANTOR_FEE = 1.10
NIGHTS = {"land": 26.0, "sea": 22.0, "air": 16.0}  # mean with one attempt and without debt
NIGHTS_AGAIN, NIGHTS_DEBT = 0.7, 1.4  # each further attempt adds 0.7 of it; a debt makes the stay longer
DEBT = 0.45
ABUSE = 0.012  # events a night
SEXES = {"male": 0.68, "female": 0.32}
AGES = {"under 18": 0.17, "18 to 29": 0.52, "30 and over": 0.31}
LOST, FEE_REFUSED, DEBT_REFUSED, NOT_ALONE = 0.08, 0.04, 0.06, 0.05


def by(column: np.ndarray, table: dict[str, float]) -> np.ndarray:
    """The value of a table for each person."""
    values = np.empty(len(column))
    for kind, value in table.items():
        values[column == kind] = value
    return values


def picked(draws: Draws, column: np.ndarray, shares: dict[str, dict[str, float]]) -> np.ndarray:
    """Values drawn by the shares that belong to each person's kind."""
    values = np.empty(len(column), dtype=object)
    for kind in shares:
        drawn = draws.pick(shares[kind], len(column))
        values[column == kind] = drawn[column == kind]
    return values


def persons(draws: Draws) -> dict[str, np.ndarray]:
    """Everybody who travels, interviewed or not, one array for each column."""
    n = CANDIDATES
    route = draws.pick(ROUTES, n)
    mode = picked(draws, route, MODES)
    papers = picked(draws, mode, PAPERS)
    kilometres = by(route, KILOMETRES)
    fee = (by(mode, FEE) * power(kilometres / 1500.0, FEE_DISTANCE)
           * np.where(papers == "forged", FEE_FORGED, 1.0) * draws.lognormal(1.0, FEE_SIGMA, n))
    fee = np.floor(fee / 50.0 + 0.5) * 50.0  # people remember round sums
    guarantor = draws.uniform(n) < by(mode, GUARANTOR)
    caught = draws.uniform(n, MOST_ATTEMPTS) < by(mode, APPREHENDED)[:, None]
    on = draws.uniform(n, MOST_ATTEMPTS) < TRIES_AGAIN
    on[:, -1] = False
    goes_on = np.cumsum(~(caught & on), axis=1) == 0  # after this attempt comes another one
    attempts = goes_on.sum(axis=1) + 1
    arrived = ~caught[np.arange(n), attempts - 1]
    paid = np.where(guarantor, arrived * fee * GUARANTOR_FEE, fee * attempts)
    debt = draws.uniform(n) < DEBT
    owed = np.where(debt, np.floor(fee * (0.2 + 0.7 * draws.uniform(n)) / 50.0 + 0.5) * 50.0, 0.0)
    mean = by(mode, NIGHTS) * (1.0 + NIGHTS_AGAIN * (attempts - 1)) * np.where(debt, NIGHTS_DEBT, 1.0)
    nights = np.clip(np.floor(mean * draws.erlang(3, n) + 0.5), SHORTEST, LONGEST)
    return {
        "route": route, "sample_site": picked(draws, mode, SITES), "mode": mode,
        "legs": 1 + draws.poisson(kilometres / 1500.0), "sex": draws.pick(SEXES, n),
        "age_group": draws.pick(AGES, n), "papers": papers, "guarantor": guarantor.astype(int),
        "nights_at_site": nights.astype(int), "fee_usd": fee.astype(int), "attempts": attempts,
        "apprehensions": attempts - arrived, "arrived": arrived.astype(int),
        "paid_usd": np.floor(paid + 0.5).astype(int), "debt_usd": owed.astype(int),
        "abuse_events": draws.poisson(ABUSE * nights),
    }


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the two tables under their names, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other persons by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    everybody = persons(draws)
    interviewed = draws.uniform(CANDIDATES) * NIGHTS_PER_INTERVIEW < everybody["nights_at_site"]
    drawn = np.flatnonzero(interviewed)[:ROWS]
    number = int(drawn[-1]) + 1
    everybody = {name: column[:number] for name, column in everybody.items()}
    told = {name: column[drawn].astype(str).astype(object) for name, column in everybody.items()}
    lose(told, draws)
    ids = [f"J{place:04d}" for place in range(1, ROWS + 1)]
    rows = list(zip(ids, *(told[name] for name in COLUMNS[NAME][1:])))
    table = apprehensions(everybody, draws)
    return {NAME: rows, f"{NAME}_apprehensions": table}, planted_truth(everybody, table, root_seed)


def lose(told: dict[str, np.ndarray], draws: Draws) -> None:
    """Write the reasons of missing answers into the columns."""
    lost = draws.uniform(ROWS) < LOST
    for name in ("attempts", "apprehensions", "arrived", "paid_usd"):
        told[name][lost] = "lost"
    told["fee_usd"][draws.uniform(ROWS) < FEE_REFUSED] = "refused"
    told["debt_usd"][draws.uniform(ROWS) < DEBT_REFUSED] = "refused"
    told["abuse_events"][draws.uniform(ROWS) < NOT_ALONE] = "not-alone"


def apprehensions(everybody: dict[str, np.ndarray], draws: Draws) -> list[tuple]:
    """What the border guard counts: apprehensions by route and month."""
    route = np.repeat(everybody["route"], everybody["apprehensions"])
    month = np.floor(draws.uniform(len(route)) * 12).astype(int)
    return [(name, place + 1, int(count)) for name in ROUTES
            for place, count in enumerate(np.bincount(month[route == name], minlength=12))]


def planted_truth(everybody: dict[str, np.ndarray], table: list[tuple], root_seed: int) -> dict:
    """Everybody who travelled, of whom the interviews are a length-biased sample."""
    route = everybody["route"]

    def summary(who: np.ndarray) -> dict:
        column = {name: everybody[name][who] for name in
                  ("fee_usd", "paid_usd", "attempts", "apprehensions", "arrived", "abuse_events",
                   "nights_at_site")}
        number = int(who.sum())
        total = {name: int(values.sum()) for name, values in column.items()}  # whole numbers: exact sums
        return {
            "persons": number,
            "mean_fee_usd": round(total["fee_usd"] / number, 2),
            "mean_paid_usd": round(total["paid_usd"] / number, 2),
            "revenue_usd": total["paid_usd"],
            "attempts": total["attempts"],
            "mean_attempts": round(total["attempts"] / number, 4),
            "apprehensions": total["apprehensions"],
            "persons_apprehended": int((column["apprehensions"] > 0).sum()),
            "arrived": total["arrived"],
            "mean_nights": round(total["nights_at_site"] / number, 2),
            "abused_share": round(int((column["abuse_events"] > 0).sum()) / number, 4),
        }

    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        **summary(np.ones(len(route), bool)),
        "by_route": {name: summary(route == name) for name in ROUTES},
        "air_share": round(int((everybody["mode"] == "air").sum()) / len(route), 4),
        "parameters": {
            "nights_per_interview": NIGHTS_PER_INTERVIEW,
            "shortest_stay": SHORTEST,
            "longest_stay": LONGEST,
            "routes": ROUTES,
            "kilometres": KILOMETRES,
            "modes": MODES,
            "papers": PAPERS,
            "fee": FEE,
            "fee_distance_exponent": FEE_DISTANCE,
            "fee_forged_papers": FEE_FORGED,
            "fee_sigma": FEE_SIGMA,
            "apprehended_at_an_attempt": APPREHENDED,
            "tries_again": TRIES_AGAIN,
            "guarantor": GUARANTOR,
            "guarantor_fee": GUARANTOR_FEE,
            "nights": NIGHTS,
            "nights_for_a_further_attempt": NIGHTS_AGAIN,
            "nights_with_debt": NIGHTS_DEBT,
            "debt": DEBT,
            "abuse_a_night": ABUSE,
            "lost": LOST,
            "fee_refused": FEE_REFUSED,
            "debt_refused": DEBT_REFUSED,
            "not_alone": NOT_ALONE,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
