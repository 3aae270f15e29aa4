"""police_contacts: how often the police met each offender in one year, in the invented Arvenia.

Run it to write ``data/police_contacts.csv`` and, for the lecturer,
``data/sources/police_contacts.truth.json``:

    python data/sources/police_contacts.py

No row describes a real person. The steps:

1. Draw offenders one after another: sex, age group, offence, district.
2. Give each a yearly rate of contacts: the product of a factor for each of the four, times a gamma number of
   mean 1 for all that the table does not show. The contacts of the year are Poisson with this rate.
3. Stop when 2,000 offenders had a contact. How many were drawn is the true size of the population.
4. Of those with a contact some are detained after the first, by chance alone, and have no second one.
5. Lose some ages, each with its reason.

A gamma number of whole shape k makes the contacts negative binomial. Then, within a cell of the four columns,
expected f1^2 / (2 f2) is exactly k / (k + 1) times the expected number of persons never met: what Chao's
estimate can see at most. The truth holds it beside the size of the population.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "police_contacts"
COLUMNS = {NAME: ("person_id", "n_contacts", "sex", "age_group", "offence_type", "district",
                  "detained_after_first")}
ROWS = 2000
DRAWN = 16_000  # far more than are ever needed

# Shares of all offenders, and the factor on the rate of contacts.
SHARES = {
    "sex": {"female": 0.22, "male": 0.78},
    "age_group": {"18 to 24": 0.35, "25 to 39": 0.42, "40 and over": 0.23},
    "offence_type": {"drug dealing": 0.40, "handling of stolen goods": 0.27, "vehicle theft": 0.18,
                     "smuggling of goods": 0.15},
    "district": {"Harbour": 0.30, "Old Town": 0.30, "Hills": 0.20, "Plain": 0.20},
}
FACTORS = {
    "sex": {"female": 0.65, "male": 1.0},
    "age_group": {"18 to 24": 1.5, "25 to 39": 1.0, "40 and over": 0.6},
    "offence_type": {"drug dealing": 1.0, "handling of stolen goods": 0.55, "vehicle theft": 1.5,
                     "smuggling of goods": 0.75},
    "district": {"Harbour": 1.5, "Old Town": 1.0, "Hills": 0.8, "Plain": 0.55},
}
BASE_RATE = 0.27  # contacts a year of a man of 25 to 39 who deals drugs in the Old Town
SHAPE = 9  # of the gamma number: a variance of 1/9 is left that no column explains
DETAINED = 0.25
AGE_MISSING = {"not-recorded": 0.035, "disputed": 0.015}


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another year with the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    person = {column: draws.pick(shares, DRAWN) for column, shares in SHARES.items()}
    rate = BASE_RATE * draws.erlang(SHAPE, DRAWN)
    for column, factors in FACTORS.items():
        for value, factor in factors.items():
            rate = np.where(person[column] == value, rate * factor, rate)
    contacts = draws.poisson(rate)
    detained = draws.uniform(DRAWN) < DETAINED
    missing = draws.pick({**AGE_MISSING, "": 1 - sum(AGE_MISSING.values())}, DRAWN)

    met = np.flatnonzero(contacts > 0)[:ROWS]
    persons = int(met[-1]) + 1
    counted = np.where(detained[met], 1, contacts[met])
    age = np.where(missing[met] == "", person["age_group"][met], missing[met])
    rows = list(zip(
        [f"C{place:04d}" for place in range(1, ROWS + 1)], counted.tolist(), person["sex"][met].tolist(),
        age.tolist(), person["offence_type"][met].tolist(), person["district"][met].tolist(),
        np.where(detained[met], "true", "false").tolist(),
    ))
    return {NAME: rows}, planted_truth(person, contacts, detained, met, persons, root_seed)


def planted_truth(person: dict, contacts: np.ndarray, detained: np.ndarray, met: np.ndarray, persons: int,
                  root_seed: int) -> dict:
    """Everyone, and what the police did not write down."""
    def by(column: str, rows: np.ndarray) -> dict[str, int]:
        return {value: int((person[column][rows] == value).sum()) for value in SHARES[column]}

    everyone = np.arange(persons)
    unseen = persons - ROWS
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "persons": persons,
        "never_met": unseen,
        "persons_by_offence_type": by("offence_type", everyone),
        "persons_by_sex": by("sex", everyone),
        "met_by_offence_type": by("offence_type", met),
        "detained_after_first": int(detained[met].sum()),
        "contacts_without_detention": int(contacts[met].sum()),
        "detained_who_would_have_had_more_contacts": int((detained[met] & (contacts[met] > 1)).sum()),
        "chao_can_see_at_most": round(ROWS + unseen * SHAPE / (SHAPE + 1)),
        "parameters": {
            "shares": SHARES,
            "factors_on_the_rate": FACTORS,
            "base_rate": BASE_RATE,
            "gamma_shape": SHAPE,
            "detained_after_first": DETAINED,
            "age_missing": AGE_MISSING,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
