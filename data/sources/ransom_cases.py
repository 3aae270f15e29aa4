"""ransom_cases: organizations extorted with ransomware in two years, in the invented Arvenia and around it.

Run it to write ``data/ransom_cases.csv`` and, for the lecturer, ``data/sources/ransom_cases.truth.json``:

    python data/sources/ransom_cases.py

No row describes a real organization, and the families of malware are letters. The steps, for one incident
after another until the file has its 2,200 rows:

1. Draw month, family, sector and size; then the demand, whether the victim paid, and how much. Amounts are
   log-normal with a long Pareto tail, cut at the largest payment that is known.
2. Draw who comes to know of it. The police hear of some, whatever they are. The leak site of the family lists
   victims who did not pay, and hardly any who did. Analysts of the blockchain see payments only, and large
   ones more often; they need months to attribute some of them, and what they have not attributed when the
   file is closed is not in it.
3. An incident that nobody knows of leaves no trace in the file.

How many incidents it took to fill the file is the true number.
"""
from __future__ import annotations

import math

import numpy as np

from common import ROOT_SEED, Draws, exp, power, write

NAME = "ransom_cases"
ROWS = 2200
COLUMNS = {NAME: ("incident_id", "month", "variant", "sector", "size", "region", "demand_usd", "paid",
                  "paid_usd", "reported_to_police", "on_leak_site", "seen_onchain", "attributed_month")}
MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]

# Share of the incidents; chance that the family lists a victim who did not pay, or who paid.
VARIANTS = {"A": 0.30, "B": 0.22, "C": 0.18, "D": 0.12, "E": 0.10, "F": 0.08}
LISTS_UNPAID = {"A": 0.55, "B": 0.45, "C": 0.40, "D": 0.35, "E": 0.30, "F": 0.0}  # F has no site
LISTS_PAID = 0.05
SECTORS = {
    "manufacturing": 0.20, "services": 0.19, "health": 0.13, "trade": 0.12, "education": 0.09,
    "construction": 0.08, "local government": 0.07, "finance": 0.06, "transport": 0.06,
}
SIZES = {"under 50": 0.48, "50 to 249": 0.34, "250 and over": 0.18}
REGIONS = {"Arvenia": 0.40, "Lusmark": 0.25, "Ostrevia": 0.20, "Veldana": 0.15}

MEDIAN_DEMAND = {"under 50": 160e3, "50 to 249": 500e3, "250 and over": 1.8e6}
SPREAD = 0.9
TAIL_SHARE, TAIL_INDEX = 0.06, 1.1  # so many demands are multiplied by a Pareto number
LARGEST = 75e6
PAYS = {"under 50": 0.44, "50 to 249": 0.42, "250 and over": 0.36}
LEAST_PART = 0.25  # of the demand, after bargaining

POLICE = 0.30
SEEN_NEAR_ZERO, SEEN_OF_LARGE, HALF_AT = 0.45, 0.95, 500e3  # chance of being seen, by the amount paid
DELAY = 0.60  # of the payments not yet attributed, so many wait another month
AMOUNT_REFUSED = 0.12
DEMAND_TOLD = {"police": 0.85, "leak": 0.25}
NUMBERS = 14  # for every incident, so that a change to one step leaves the others as they were


def amounts(u: np.ndarray, size: np.ndarray, draws_normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Demand and payment of incidents, the payment as if everybody paid."""
    median = np.array([MEDIAN_DEMAND[name] for name in size])
    tail = np.where(u[:, 4] < TAIL_SHARE, power(1.0 - u[:, 5], -1.0 / TAIL_INDEX), 1.0)
    demand = np.minimum(median * exp(SPREAD * draws_normal) * tail, LARGEST)
    return demand, demand * (LEAST_PART + (1 - LEAST_PART) * u[:, 6])


def thousands(numbers: np.ndarray) -> np.ndarray:
    """Rounded to 1,000 US$, at least 1,000."""
    return 1000 * np.maximum(np.floor(numbers / 1000 + 0.5), 1)


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, in its order, under its name; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other incidents by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    incidents = draw_incidents(draws, 2 * ROWS)
    while incidents["known"].sum() < ROWS:  # hardly ever: more than half are known
        more = draw_incidents(draws, ROWS)
        incidents = {name: np.concatenate([column, more[name]]) for name, column in incidents.items()}
    last = np.flatnonzero(incidents["known"])[ROWS - 1]
    incidents = {name: column[:last + 1] for name, column in incidents.items()}
    return {NAME: file_rows(incidents)}, planted_truth(incidents, root_seed)


def draw_incidents(draws: Draws, n: int) -> dict[str, np.ndarray]:
    """Incidents, known or not: one array a property."""
    u = draws.uniform(n, NUMBERS)
    month = (u[:, 0] * len(MONTHS)).astype(int)
    variant, sector = draws.pick(VARIANTS, n), draws.pick(SECTORS, n)
    size, region = draws.pick(SIZES, n), draws.pick(REGIONS, n)
    demand, payment = amounts(u, size, draws.normal(n))
    demand, payment = thousands(demand), thousands(payment)
    paid = u[:, 7] < np.array([PAYS[name] for name in size])

    police = u[:, 8] < POLICE
    listed = np.where(paid, np.array([LISTS_PAID if LISTS_UNPAID[name] else 0.0 for name in variant]),
                      np.array([LISTS_UNPAID[name] for name in variant]))
    leak = u[:, 9] < listed
    seen = SEEN_NEAR_ZERO + (SEEN_OF_LARGE - SEEN_NEAR_ZERO) * payment / (payment + HALF_AT)
    wait = np.zeros(n, int)  # whole months until a payment is attributed
    left = np.ones(n)
    for _ in range(len(MONTHS)):
        left = left * DELAY
        wait = wait + (u[:, 10] < left)
    attributed = month + wait
    traced = paid & (u[:, 11] < seen)  # sooner or later
    chain = traced & (attributed < len(MONTHS))
    return {
        "month": month, "variant": variant, "sector": sector, "size": size, "region": region,
        "demand": demand, "payment": np.where(paid, payment, 0.0), "paid": paid, "police": police,
        "leak": leak, "chain": chain, "later": traced & ~chain, "attributed": attributed,
        "u_amount": u[:, 12], "u_demand": u[:, 13],
        "known": police | leak | chain,
    }


def file_rows(incidents: dict[str, np.ndarray]) -> list[tuple]:
    """What is known of each incident that is known, in the order of the months."""
    known = np.flatnonzero(incidents["known"])
    known = known[np.argsort(incidents["month"][known], kind="stable")]
    rows = []
    for place, values in enumerate(zip(*(incidents[name][known].tolist() for name in incidents)), start=1):
        one = dict(zip(incidents, values))
        told = one["police"] or one["chain"]  # a leak site alone does not say whether somebody paid
        paid = ("true" if one["paid"] else "false") if told else "not-known"
        if paid != "true":
            amount = "not-paid" if paid == "false" else "not-known"
        elif one["chain"] or one["u_amount"] >= AMOUNT_REFUSED:
            amount = f"{one['payment']:.0f}"
        else:
            amount = "refused"
        chance = max(one["police"] * DEMAND_TOLD["police"], one["leak"] * DEMAND_TOLD["leak"])
        demand = f"{one['demand']:.0f}" if one["u_demand"] < chance else (
            "refused" if one["police"] else "not-known")
        rows.append((
            f"I{place:04d}", MONTHS[one["month"]], one["variant"], one["sector"], one["size"], one["region"],
            demand, paid, amount, int(one["police"]), int(one["leak"]), int(one["chain"]),
            MONTHS[one["attributed"]] if one["chain"] else "not-on-chain",
        ))
    return rows


def planted_truth(incidents: dict[str, np.ndarray], root_seed: int) -> dict:
    """What a reader of the file cannot see: every incident and every payment."""

    def usd(where: np.ndarray) -> int:
        return int(math.fsum(incidents["payment"][where].tolist()))

    paid, month = incidents["paid"], incidents["month"]
    everywhere = np.ones(len(month), bool)
    halves = {f"{year} {half}": (month >= start) & (month < start + 6)
              for year, half, start in (("2023", "first half", 0), ("2023", "second half", 6),
                                        ("2024", "first half", 12), ("2024", "second half", 18))}
    payments = incidents["payment"][paid]
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": int(incidents["known"].sum()),
        "incidents": len(month),
        "known_to_nobody": int((~incidents["known"]).sum()),
        "known_to": {name: int(incidents[name].sum()) for name in ("police", "leak", "chain")},
        "paid": int(paid.sum()),
        "paid_usd": usd(everywhere),
        "median_payment_usd": int(np.sort(payments)[len(payments) // 2]),
        "largest_payment_usd": int(payments.max()),
        "largest_ten_usd": int(math.fsum(np.sort(payments)[-10:].tolist())),
        "by_half_year": {name: {"incidents": int(where.sum()), "paid": int((paid & where).sum()),
                                "paid_usd": usd(where)} for name, where in halves.items()},
        "incidents_by_variant": {name: int((incidents["variant"] == name).sum()) for name in VARIANTS},
        "seen_onchain_after_2024": int(incidents["later"].sum()),
        "parameters": {
            "police": POLICE, "listed_unpaid": LISTS_UNPAID, "listed_paid": LISTS_PAID, "pays": PAYS,
            "seen_onchain": {"small": SEEN_NEAR_ZERO, "large": SEEN_OF_LARGE, "half_at_usd": HALF_AT},
            "waits_another_month": DELAY, "median_demand_usd": MEDIAN_DEMAND, "spread": SPREAD,
            "tail": {"share": TAIL_SHARE, "index": TAIL_INDEX, "largest_usd": LARGEST},
            "least_part_paid": LEAST_PART, "amount_refused": AMOUNT_REFUSED, "demand_told": DEMAND_TOLD,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
