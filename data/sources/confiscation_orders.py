"""confiscation_orders: what became of the proceeds of crime in files of the invented Arvenia.

Run it to write ``data/confiscation_orders.csv`` and, for the lecturer, its truth:

    python data/sources/confiscation_orders.py

No row describes a real case. For each of the 2,000 files:

1. Draw the court. Few files are before the high court; their proceeds have a long tail (Pareto), those of the
   district courts a shorter one (lognormal).
2. Draw whether a financial investigation was made. Without one nobody estimates the proceeds and no order
   follows, but the proceeds were made all the same.
3. Draw the stages: restrained, ordered, returned to third parties, recovered. Each is a share of the stage
   before or of the estimate. The shares depend on the court and on whether the assets are abroad, never on
   the amount itself, so that the true shares have a formula.
4. Orders of the last years are not all final yet. Lose some answers.
"""
from __future__ import annotations

from itertools import product

import numpy as np

from common import ROOT_SEED, Draws, exp, picks, power, write

NAME = "confiscation_orders"
ROWS = 2000
COLUMNS = {NAME: ("file_id", "judgment_year", "court", "offence", "offender_sex", "assets_abroad",
                  "estimated", "restrained", "order_basis", "ordered", "third_party", "returned",
                  "recovered")}

YEARS = {2017: 0.16, 2018: 0.16, 2019: 0.17, 2020: 0.15, 2021: 0.18, 2022: 0.18}
NOT_FINAL = {2021: 0.08, 2022: 0.25}
OFFENCES = {"drug trafficking": 0.38, "fraud": 0.24, "trafficking in persons": 0.10,
            "smuggling of migrants": 0.10, "counterfeit goods": 0.10, "firearms trafficking": 0.08}
WOMEN = {"drug trafficking": 0.15, "fraud": 0.28, "trafficking in persons": 0.29,
         "smuggling of migrants": 0.17, "counterfeit goods": 0.24, "firearms trafficking": 0.06}

HIGH_COURT = 0.06
COURTS = {"district court": 1 - HIGH_COURT, "high court": HIGH_COURT}
MEDIAN, SIGMA = 18_000.0, 1.1  # proceeds before the district courts, euros
LEAST, TAIL = 500_000.0, 1.4   # proceeds before the high court: least amount, exponent of the Pareto tail

INVESTIGATED = {"district court": 0.45, "high court": 0.85}
ABROAD = {"district court": 0.12, "high court": 0.55}
RESTRAINT = {"district court": 0.25, "high court": 0.40}
RESTRAINED_SHARE = {"at home": 0.40, "abroad": 0.15}  # of the estimate, where there is a restraint
ORDER = 0.80
ORDERED_SHARE = {"at home": 0.30, "abroad": 0.12}     # of the estimate, where there is an order
CORRESPONDING_VALUE = 0.60
CLAIM, UPHELD, RETURNED_SHARE = 0.30, 0.40, 0.50      # third parties, where something was restrained
# Mean share of what stays ordered that is recovered, after a restraint and without one.
RECOVERED_SHARE = {
    ("district court", "at home"): (0.64, 0.50), ("district court", "abroad"): (0.45, 0.20),
    ("high court", "at home"): (0.60, 0.25), ("high court", "abroad"): (0.35, 0.10),
}
SEX_LOST = 0.015
# Of all proceeds of crime in Arvenia, the part behind convictions. Nothing in the file can tell it.
BEHIND_CONVICTIONS = 0.06


def about(mean, u):
    """A share between half and one and a half times its mean."""
    return mean * (0.5 + u)


def expected(courts: dict[str, float]) -> dict[str, float]:
    """Mean amounts for a file, over all files that there could be, for a mix of courts."""
    sums = dict.fromkeys(("proceeds", "estimated", "restrained", "ordered", "returned", "recovered"), 0.0)
    for court, place in product(courts, ORDERED_SHARE):
        weight = courts[court]
        weight *= ABROAD[court] if place == "abroad" else 1 - ABROAD[court]
        mean = (LEAST * TAIL / (TAIL - 1) if court == "high court"
                else MEDIAN * float(exp(SIGMA * SIGMA / 2)))
        estimated = mean * INVESTIGATED[court]
        ordered = estimated * ORDER * ORDERED_SHARE[place]
        back = RESTRAINT[court] * CLAIM * UPHELD * RETURNED_SHARE
        after, without = RECOVERED_SHARE[court, place]
        kept = RESTRAINT[court] * (1 - CLAIM * UPHELD * RETURNED_SHARE)
        sums["proceeds"] += weight * mean
        sums["estimated"] += weight * estimated
        sums["restrained"] += weight * estimated * RESTRAINT[court] * RESTRAINED_SHARE[place]
        sums["ordered"] += weight * ordered
        sums["returned"] += weight * ordered * back
        sums["recovered"] += weight * ordered * (kept * after + (1 - RESTRAINT[court]) * without)
    return sums


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other files by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    u = draws.uniform(ROWS, 16)
    year = picks(u[:, 0], YEARS)
    high = u[:, 1] < HIGH_COURT
    court = np.where(high, "high court", "district court")
    offence = picks(u[:, 2], OFFENCES)
    sex = np.where(u[:, 3] < of(WOMEN, offence), "female", "male")
    proceeds = np.where(high, LEAST * power(1.0 - u[:, 4], -1.0 / TAIL),
                        draws.lognormal(MEDIAN, SIGMA, ROWS))
    proceeds = np.floor(proceeds + 0.5)

    investigated = u[:, 5] < of(INVESTIGATED, court)
    abroad = u[:, 6] < of(ABROAD, court)
    place = np.where(abroad, "abroad", "at home")
    restraint = investigated & (u[:, 7] < of(RESTRAINT, court))
    order = investigated & (u[:, 8] < ORDER)
    restrained = whole(proceeds * about(of(RESTRAINED_SHARE, place), u[:, 9]) * restraint)
    ordered = whole(proceeds * about(of(ORDERED_SHARE, place), u[:, 10]) * order)
    claim = restraint & order & (u[:, 11] < CLAIM)
    upheld = claim & (u[:, 12] < UPHELD)
    returned = whole(ordered * about(RETURNED_SHARE, u[:, 13]) * upheld)
    shares = np.array([RECOVERED_SHARE[case][0 if first else 1]
                       for case, first in zip(zip(court, place), restraint)])
    recovered = whole((ordered - returned) * about(shares, u[:, 14]))

    v = draws.uniform(ROWS, 3)
    not_final = order & (v[:, 0] < np.array([NOT_FINAL.get(one, 0.0) for one in year]))
    columns = [
        year, court, offence,
        np.where(v[:, 1] < SEX_LOST, "not-recorded", sex),
        np.where(investigated, np.where(abroad, "true", "false"), "not-investigated"),
        coded(proceeds, ~investigated, "not-investigated"),
        restrained,
        np.where(order, np.where(v[:, 2] < CORRESPONDING_VALUE, "corresponding value", "proceeds"),
                 "no-order"),
        ordered,
        np.where(upheld, "claim upheld", np.where(claim, "claim refused", "no claim")),
        returned,
        coded(recovered, not_final, "not-final"),
    ]
    numbers = [f"F{number:04d}" for number in range(1, ROWS + 1)]
    rows = list(zip(numbers, *(column.tolist() for column in columns)))
    return {NAME: rows}, planted_truth(proceeds, investigated, order, recovered, root_seed)


def of(shares: dict, keys: np.ndarray) -> np.ndarray:
    """The share that belongs to each key."""
    return np.array([shares[key] for key in keys])


def whole(amounts: np.ndarray) -> np.ndarray:
    """Whole euros."""
    return np.floor(amounts + 0.5).astype(int)


def coded(amounts: np.ndarray, missing: np.ndarray, code: str) -> np.ndarray:
    """Amounts in whole euros, with a reason where they are missing."""
    return np.where(missing, code, whole(amounts).astype(object))


def planted_truth(proceeds: np.ndarray, investigated: np.ndarray, order: np.ndarray, recovered: np.ndarray,
                  root_seed: int) -> dict:
    """What a reader cannot see: proceeds that nobody estimated, orders to come, and the shares behind."""
    mean = expected(COURTS)
    district = expected({"district court": 1.0})
    in_file = int(proceeds.sum())
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "proceeds_in_these_files": in_file,
        "proceeds_that_nobody_estimated": int(proceeds[~investigated].sum()),
        "recovered_in_these_files_when_all_orders_are_final": int(recovered.sum()),
        "mean_for_a_file": {name: round(amount, 2) for name, amount in mean.items()},
        "shares_of_the_sums": {
            "recovered_of_ordered": round(mean["recovered"] / mean["ordered"], 6),
            "ordered_of_estimated": round(mean["ordered"] / mean["estimated"], 6),
            "recovered_of_estimated": round(mean["recovered"] / mean["estimated"], 6),
            "estimated_of_proceeds": round(mean["estimated"] / mean["proceeds"], 6),
            "recovered_of_proceeds": round(mean["recovered"] / mean["proceeds"], 6),
            "recovered_of_all_proceeds_in_the_country":
                round(BEHIND_CONVICTIONS * mean["recovered"] / mean["proceeds"], 6),
        },
        "shares_of_the_sums_district_courts": {
            "recovered_of_ordered": round(district["recovered"] / district["ordered"], 6),
            "recovered_of_estimated": round(district["recovered"] / district["estimated"], 6),
        },
        "share_of_files_with_an_order": round(
            ORDER * (HIGH_COURT * INVESTIGATED["high court"]
                     + (1 - HIGH_COURT) * INVESTIGATED["district court"]), 6),
        "orders_in_these_files": int(order.sum()),
        "median_proceeds_before_the_district_courts": MEDIAN,
        "parameters": {
            "high_court": HIGH_COURT,
            "proceeds_before_the_district_courts": {"median": MEDIAN, "sigma": SIGMA},
            "proceeds_before_the_high_court": {"least": LEAST, "tail_exponent": TAIL},
            "investigated": INVESTIGATED,
            "assets_abroad": ABROAD,
            "restraint": RESTRAINT,
            "restrained_share": RESTRAINED_SHARE,
            "order": ORDER,
            "ordered_share": ORDERED_SHARE,
            "third_parties": {"claim": CLAIM, "upheld": UPHELD, "returned_share": RETURNED_SHARE},
            "recovered_share_with_and_without_restraint": {
                f"{court}, {place}": list(shares) for (court, place), shares in RECOVERED_SHARE.items()},
            "not_final": {str(year): share for year, share in NOT_FINAL.items()},
            "proceeds_behind_convictions": BEHIND_CONVICTIONS,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
