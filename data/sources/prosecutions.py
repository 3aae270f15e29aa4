"""prosecutions: defendants charged with taking part in organized crime, in the invented Arvenia.

Run it to write ``data/prosecutions.csv`` and, for the lecturer, its truth:

    python data/sources/prosecutions.py

No row describes a real person. For each of the 2,400 defendants:

1. Draw the role in the group, and given the role sex, form of participation that is charged, and how serious
   the offence is. Draw how strong the evidence is; the file does not show it.
2. Draw how the charge goes on: dismissed, guilty plea or trial. The more serious the offence, the rarer a
   plea; the stronger the evidence, the more frequent. A trial ends in conviction more often if the evidence
   is strong.
3. Draw the sentence of those convicted. It depends on seriousness, plea and cooperation, and on nothing else:
   not on role, sex or evidence once the seriousness is known.
4. Draw how long it takes. Charges that are not decided when the register is closed are pending.
5. Lose some answers.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, exp, picks, write

NAME = "prosecutions"
ROWS = 2400
COLUMNS = {NAME: ("defendant_id", "charged_on", "sex", "role", "participation", "seriousness", "plea",
                  "cooperated", "outcome", "ended_on", "sentence_months")}

FIRST_DAY, LAST_DAY = np.datetime64("2018-01-01"), np.datetime64("2022-12-31")
REGISTER_CLOSED = np.datetime64("2023-06-30")

ROLES = {"organizer": 0.10, "broker or financier": 0.13, "recruiter": 0.15, "transporter": 0.30,
         "helper": 0.32}
WOMEN = {"organizer": 0.06, "broker or financier": 0.15, "recruiter": 0.34, "transporter": 0.22,
         "helper": 0.42}
PARTICIPATION = {
    "organizer": {"organizing or directing": 0.80, "active part": 0.10, "agreement": 0.10},
    "broker or financier": {"aiding or facilitating": 0.30, "active part": 0.30, "agreement": 0.30,
                            "organizing or directing": 0.10},
    "recruiter": {"active part": 0.50, "aiding or facilitating": 0.30, "agreement": 0.20},
    "transporter": {"aiding or facilitating": 0.45, "active part": 0.35, "agreement": 0.20},
    "helper": {"aiding or facilitating": 0.65, "active part": 0.15, "agreement": 0.20},
}
SERIOUSNESS = {
    "organizer": (0.02, 0.08, 0.20, 0.35, 0.35),
    "broker or financier": (0.05, 0.15, 0.30, 0.30, 0.20),
    "recruiter": (0.10, 0.20, 0.35, 0.25, 0.10),
    "transporter": (0.20, 0.30, 0.30, 0.15, 0.05),
    "helper": (0.35, 0.30, 0.20, 0.10, 0.05),
}
DISMISSED = 0.08
PLEA = (0.82, 0.76, 0.66, 0.52, 0.38)  # by seriousness, at middling evidence
PLEA_BY_EVIDENCE = 0.30                # from the weakest to the strongest evidence
CONVICTED_WEAKEST, CONVICTED_BY_EVIDENCE = 0.64, 0.36  # at trial
COOPERATED = {"organizer": 0.15, "broker or financier": 0.30, "recruiter": 0.22, "transporter": 0.25,
              "helper": 0.15}          # of those who plead guilty

# Sentence after trial at seriousness 0, and the logarithm of the ratio from class to class.
BASE_MONTHS, PER_STEP = 9.0, 0.42
PLEA_EFFECT, COOPERATION_EFFECT, SPREAD = -0.30, -0.45, 0.45  # on the logarithm of the sentence

SEALED = 0.10                          # sentences of those who cooperated
NOT_RECORDED = {"sex": 0.01, "cooperated": 0.03}


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other defendants by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    u = draws.uniform(ROWS, 12)
    span = int((LAST_DAY - FIRST_DAY).astype(int)) + 1
    charged = np.sort((u[:, 0] * span).astype(int), kind="stable")
    role = picks(u[:, 1], ROLES)
    female = u[:, 2] < np.array([WOMEN[one] for one in role])
    participation = by_role(u[:, 3], PARTICIPATION, role)
    classes = {one: dict(enumerate(shares, start=1)) for one, shares in SERIOUSNESS.items()}
    serious = by_role(u[:, 4], classes, role).astype(int)
    evidence = u[:, 5]

    dismissed = u[:, 6] < DISMISSED
    plea = ~dismissed & (u[:, 7] < np.array(PLEA)[serious - 1] + PLEA_BY_EVIDENCE * (evidence - 0.5))
    chance = CONVICTED_WEAKEST + CONVICTED_BY_EVIDENCE * evidence
    convicted = plea | (~dismissed & (u[:, 8] < chance))
    cooperated = plea & (u[:, 9] < np.array([COOPERATED[one] for one in role]))
    months = BASE_MONTHS * exp(PER_STEP * serious + PLEA_EFFECT * plea + COOPERATION_EFFECT * cooperated
                               + SPREAD * draws.normal(ROWS))

    days = length(draws, dismissed, plea, serious)
    pending = charged + days > int((REGISTER_CLOSED - FIRST_DAY).astype(int))
    sealed = cooperated & (u[:, 10] < SEALED)
    v = draws.uniform(ROWS, 2)
    columns = [
        (FIRST_DAY + charged).astype(str),
        np.where(v[:, 0] < NOT_RECORDED["sex"], "not-recorded", np.where(female, "female", "male")),
        role, participation, serious,
        np.select([pending, dismissed, plea], ["pending", "dismissed", "guilty"], "not guilty"),
        np.select([pending, v[:, 1] < NOT_RECORDED["cooperated"], cooperated],
                  ["pending", "not-recorded", "true"], "false"),
        np.select([pending, dismissed, convicted], ["pending", "dismissed", "convicted"], "acquitted"),
        np.where(pending, "pending", (FIRST_DAY + charged + days).astype(str)),
        np.select([pending, ~convicted, sealed], ["pending", "no-conviction", "sealed"],
                  np.array([f"{one:.1f}" for one in np.floor(months * 10 + 0.5) / 10], dtype=object)),
    ]
    numbers = [f"D{number:04d}" for number in range(1, ROWS + 1)]
    rows = list(zip(numbers, *(column.tolist() for column in columns)))
    truth = planted_truth(dismissed, plea, convicted, chance, pending, root_seed)
    return {NAME: rows}, truth


def by_role(u: np.ndarray, shares: dict[str, dict], role: np.ndarray) -> np.ndarray:
    """Values drawn by the shares of the defendant's role."""
    values = np.empty(len(u), dtype=object)
    for one, mix in shares.items():
        at = role == one
        values[at] = picks(u[at], mix)
    return values


def length(draws: Draws, dismissed: np.ndarray, plea: np.ndarray, serious: np.ndarray) -> np.ndarray:
    """Days from charge to decision: trials take longest, and serious cases longer than others."""
    waits = draws.erlang(2, ROWS)
    mean = np.select([dismissed, plea], [200.0, 240.0], 600.0) * (0.7 + 0.1 * serious)
    return 60 + np.floor(mean * waits).astype(int)


def chances_of_plea() -> tuple[float, float, float]:
    """Of all charges: share dismissed, share that ends in a plea, share that goes to trial."""
    plea = 0.0
    for role, share in ROLES.items():
        for weight, chance in zip(SERIOUSNESS[role], PLEA):
            plea += share * weight * chance  # the evidence is middling on average
    return DISMISSED, (1 - DISMISSED) * plea, (1 - DISMISSED) * (1 - plea)


def convicted_if_tried() -> tuple[float, float]:
    """Chance of conviction at trial, on average, of those who plead guilty and of those who are tried."""
    _, plea, trial = (share / (1 - DISMISSED) for share in chances_of_plea())
    middle = CONVICTED_WEAKEST + 0.5 * CONVICTED_BY_EVIDENCE
    # Evidence is uniform (variance 1/12); both chances are straight lines in it.
    together = CONVICTED_BY_EVIDENCE * PLEA_BY_EVIDENCE / 12
    return middle + together / plea, middle - together / trial


def planted_truth(dismissed: np.ndarray, plea: np.ndarray, convicted: np.ndarray, chance: np.ndarray,
                  pending: np.ndarray, root_seed: int) -> dict:
    """What a reader of the register cannot see: effects, counterfactuals and how pending charges end."""
    share_dismissed, share_plea, share_trial = chances_of_plea()
    pleaders, tried = convicted_if_tried()
    trial = ~dismissed & ~plea
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "register_closed": str(REGISTER_CLOSED),
        "effect_on_log_sentence": {"plea": PLEA_EFFECT, "cooperation": COOPERATION_EFFECT, "sex": 0.0,
                                   "role": 0.0, "step_of_seriousness": PER_STEP},
        "sentence_after_plea_as_share_of_sentence_after_trial": round(float(exp(PLEA_EFFECT)), 6),
        "shares_of_all_charges": {"dismissed": share_dismissed, "guilty plea": round(share_plea, 6),
                                  "trial": round(share_trial, 6)},
        "convicted_at_trial": {"those_who_were_tried": round(tried, 6),
                               "those_who_pleaded_guilty_had_they_been_tried": round(pleaders, 6)},
        "pending": int(pending.sum()),
        "pending_go_on_as": {"dismissed": int((pending & dismissed).sum()),
                             "guilty plea": int((pending & plea).sum()),
                             "trial": int((pending & trial).sum())},
        "guilty_pleas_that_a_court_would_have_acquitted": round(float(np.cumsum(1 - chance[plea])[-1]), 1),
        "convicted_of_those_decided_in_the_end": int(convicted.sum()),
        "parameters": {
            "roles": ROLES, "women": WOMEN, "participation": PARTICIPATION,
            "seriousness": {role: list(shares) for role, shares in SERIOUSNESS.items()},
            "dismissed": DISMISSED, "plea_by_seriousness": list(PLEA), "plea_by_evidence": PLEA_BY_EVIDENCE,
            "convicted_at_trial_with_the_weakest_evidence": CONVICTED_WEAKEST,
            "convicted_at_trial_by_evidence": CONVICTED_BY_EVIDENCE, "cooperated": COOPERATED,
            "sentence": {"months_after_trial_at_seriousness_0": BASE_MONTHS, "spread_of_log": SPREAD},
            "sealed": SEALED,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
