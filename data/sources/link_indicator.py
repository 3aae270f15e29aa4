"""link_indicator: files on organized crime, screened by a score for a link with terrorism, in Arvenia.

Run it to write ``data/link_indicator.csv`` and, for the lecturer, its truth:

    python data/sources/link_indicator.py

No row describes a real file or person, and the score stands for any score: the script draws a number, it does
not compute one from anything. For each of the 8,000 files:

1. Draw whether there is a link. It is rare, and as rare among recent arrivals as among others.
2. Draw the score. It is higher where there is a link. It is also higher for recent arrivals, link or not.
3. Flag the file if the score reaches the threshold. Every flagged file is reviewed; of the others, a random
   sample. Only a reviewed file says whether there is a link.
4. A flagged person is under special measures until the review ends. Lose some answers.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, normal, picks, write

NAME = "link_indicator"
ROWS = 8000
COLUMNS = {NAME: ("file_id", "offence", "suspect_sex", "residence", "score", "review",
                  "link_confirmed", "measure_days")}

THRESHOLD = 60
BASE_RATE = 0.010
RECENT = 0.15
FLAGGED = {  # chance that the score reaches the threshold, with a link and without one
    "settled": (0.62, 0.045),
    "recent": (0.82, 0.180),
}
SPREAD = 12.0  # points
AUDIT = 0.20
OFFENCES = {"drugs": 0.40, "fraud": 0.22, "smuggling": 0.14, "documents": 0.12, "firearms": 0.07,
            "extortion": 0.05}
WOMEN = {"drugs": 0.15, "fraud": 0.28, "smuggling": 0.18, "documents": 0.26, "firearms": 0.07,
         "extortion": 0.12}
MEASURE_DAYS = 90  # mean length
NOT_RECORDED = {"suspect_sex": 0.01, "residence": 0.02}


def rates(group: dict[str, float]) -> dict[str, float]:
    """Sensitivity, false positive rate, share flagged and precision for a mix of residences."""
    sensitivity = sum(share * FLAGGED[name][0] for name, share in group.items())
    false_positives = sum(share * FLAGGED[name][1] for name, share in group.items())
    right, wrong = BASE_RATE * sensitivity, (1 - BASE_RATE) * false_positives
    numbers = {"sensitivity": sensitivity, "false_positive_rate": false_positives, "flagged": right + wrong,
               "precision": right / (right + wrong), "false_alarms_for_each_link_found": wrong / right}
    return {name: round(number, 6) for name, number in numbers.items()}


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other files by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    u = draws.uniform(ROWS, 7)
    offence = picks(u[:, 0], OFFENCES)
    female = u[:, 1] < np.array([WOMEN[one] for one in offence])
    recent = u[:, 2] < RECENT
    link = u[:, 3] < BASE_RATE
    reached = np.where(recent, np.where(link, *FLAGGED["recent"]),
                       np.where(link, *FLAGGED["settled"]))
    # A normal score whose mean is so far below the threshold that the planted share reaches it.
    score = THRESHOLD - 0.5 + SPREAD * (draws.normal(ROWS) - normal(1.0 - reached))
    score = np.clip(np.floor(score + 0.5), 0, 100).astype(int)
    flagged = score >= THRESHOLD
    audited = ~flagged & (u[:, 4] < AUDIT)
    days = 7 + np.floor((MEASURE_DAYS - 7) * draws.erlang(2, ROWS)).astype(int)

    columns = [
        offence,
        np.where(u[:, 5] < NOT_RECORDED["suspect_sex"], "not-recorded", np.where(female, "female", "male")),
        np.where(u[:, 6] < NOT_RECORDED["residence"], "not-recorded",
                 np.where(recent, "recent", "settled")),
        score,
        np.select([flagged, audited], ["flagged", "sample"], "none"),
        np.where(flagged | audited, np.where(link, "true", "false"), "not-seen"),
        np.where(flagged, days.astype(object), "no-flag"),
    ]
    numbers = [f"L{number:04d}" for number in range(1, ROWS + 1)]
    rows = list(zip(numbers, *(column.tolist() for column in columns)))
    return {NAME: rows}, planted_truth(numbers, link, flagged, recent, days, root_seed)


def planted_truth(numbers: list[str], link: np.ndarray, flagged: np.ndarray, recent: np.ndarray,
                  days: np.ndarray, root_seed: int) -> dict:
    """What a reader of the file cannot see: the links in files that nobody reviewed, and the rates behind."""
    mix = {"settled": 1 - RECENT, "recent": RECENT}
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "threshold": THRESHOLD,
        "base_rate": BASE_RATE,
        "rates": rates(mix),
        "rates_by_residence": {name: rates({name: 1.0}) for name in mix},
        "files_with_a_link": int(link.sum()),
        "links_flagged": int((link & flagged).sum()),
        "links_not_flagged": int((link & ~flagged).sum()),
        "flagged_without_a_link": int((flagged & ~link).sum()),
        "flagged_without_a_link_recent_arrivals": int((flagged & ~link & recent).sum()),
        "days_of_measures_against_persons_without_a_link": int(days[flagged & ~link].sum()),
        "ids_with_a_link": [number for number, there in zip(numbers, link) if there],
        "parameters": {
            "recent_arrivals": RECENT,
            "flagged_with_and_without_a_link": {name: list(pair) for name, pair in FLAGGED.items()},
            "audited_of_those_not_flagged": AUDIT,
            "mean_days_of_measures": MEASURE_DAYS,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
