"""sensitive_question_survey: one sensitive question put in three ways, in the invented Lusmark.

Run it to write ``data/sensitive_question_survey.csv`` and, for the lecturer, its truth:

    python data/sources/sensitive_question_survey.py

No row describes a real person. The question: did you, in the last twelve months, carry or store untaxed goods
for somebody else, for pay? The steps, for 4,500 adults at once:

1. Draw sex, age group and trust in the survey, and given sex and age who did it. Trust is not related to it.
2. Deal the respondents into three arms of 1,500 and the list arm into two halves, by chance.
3. Direct question: nobody admits what they did not do; who did it admits it the more often, the more they
   trust the survey.
4. Forced response: two dice order a yes or a no, or send on to the question. Some say no whatever the dice
   say, the less they trust the more often. They do so in the practice round too, in which the question is one
   to which everybody's true answer is yes.
5. List: four harmless items, in one half also the sensitive one. Who did it and has none of the harmless
   items would name the sensitive one alone, and often leaves it out (the floor effect). The list arm is then
   asked directly.
6. Lose some answers.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "sensitive_question_survey"
ROWS = 4500
ARMS = ("direct question", "forced response", "list")
COLUMNS = {NAME: ("respondent_id", "arm", "sex", "age_group", "trust", "answer", "practice_answer",
                  "p_design", "p_yes", "treat", "list_count")}

SEXES = {"female": 0.5, "male": 0.5}
AGES = {"18 to 29": 0.25, "30 to 49": 0.40, "50 and over": 0.35}
TRUST = {"low": 0.3, "medium": 0.4, "high": 0.3}

# Who did it: chance by sex, times a factor by age. In the population 12 %.
BY_SEX = {"female": 0.085, "male": 0.155}
BY_AGE = {"18 to 29": 1.4, "30 to 49": 1.1, "50 and over": 0.6}
ADMIT = {"low": 0.2, "medium": 0.4, "high": 0.6}  # on average 40 % of those who did it
ALWAYS_NO = {"low": 0.14, "medium": 0.08, "high": 0.02}  # on average 8 %

# Two dice: 2, 3 or 4 order a yes, 11 or 12 a no.
P_YES, P_QUESTION = 6 / 36, 27 / 36

ITEMS = (0.50, 0.35, 0.20, 0.15)  # how many have each harmless item
FLOOR = 0.5  # who would name the sensitive item alone leaves it out so often

REFUSED, BROKE_OFF = 0.02, 0.01


def by(column: np.ndarray, table: dict[str, float]) -> np.ndarray:
    """The value of a table for each respondent."""
    values = np.empty(len(column))
    for kind, value in table.items():
        values[column == kind] = value
    return values


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other respondents by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    sex, age, trust = (draws.pick(shares, ROWS) for shares in (SEXES, AGES, TRUST))
    did = draws.uniform(ROWS) < by(sex, BY_SEX) * by(age, BY_AGE)

    place = np.empty(ROWS, int)
    place[draws.order(ROWS)] = np.arange(ROWS)
    arm, treated = place // (ROWS // 3), place % 2 == 0
    direct, forced, listed = (arm == number for number in range(3))

    admits = did & (draws.uniform(ROWS) < by(trust, ADMIT))
    always_no = draws.uniform(ROWS) < by(trust, ALWAYS_NO)
    practice = ~always_no & obey(draws.uniform(ROWS), True)
    protected = ~always_no & obey(draws.uniform(ROWS), did)
    harmless = (draws.uniform(ROWS, len(ITEMS)) < np.array(ITEMS)).sum(axis=1)
    hides = (harmless == 0) & (draws.uniform(ROWS) < FLOOR)
    count = harmless + (treated & did & ~hides)

    refused, broke_off = draws.uniform(ROWS) < REFUSED, draws.uniform(ROWS) < BROKE_OFF
    answer = words(np.where(forced, protected, admits))
    answer[refused & ~forced] = "refused"
    broken = broke_off & ~direct  # the dice and the list take patience
    answer[broken] = "broke-off"
    columns = [
        [f"R{number:04d}" for number in range(1, ROWS + 1)],
        np.array(ARMS, dtype=object)[arm], sex, age, trust, answer,
        np.where(forced, words(practice), "not-asked"),
        np.where(forced, f"{P_QUESTION:.2f}", "no-dice"),
        np.where(forced, f"{P_YES:.4f}", "no-dice"),
        np.where(listed, words(treated), "not-asked"),
        np.where(broken, "broke-off", count.astype(str).astype(object)),
    ]
    columns[-1][~listed] = "not-asked"
    return {NAME: list(zip(*columns))}, planted_truth(did, admits, always_no, arm, root_seed)


def obey(u: np.ndarray, truth: np.ndarray | bool) -> np.ndarray:
    """Whether a respondent who follows the dice says yes."""
    return (u < P_YES) | ((u < P_YES + P_QUESTION) & truth)


def words(yes: np.ndarray) -> np.ndarray:
    """1 and 0, ready to be mixed with reasons for missing values."""
    return np.where(yes, "1", "0").astype(object)


def planted_truth(did: np.ndarray, admits: np.ndarray, always_no: np.ndarray, arm: np.ndarray,
                  root_seed: int) -> dict:
    """The share in the population, which the survey is asked for, and what these respondents are like."""
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "true_share": 0.12,
        "true_share_by_sex": BY_SEX,
        "did_it": {name: int(did[arm == number].sum()) for number, name in enumerate(ARMS)},
        "would_admit_it": {name: int(admits[arm == number].sum()) for number, name in enumerate(ARMS)},
        "always_say_no_in_the_forced_arm": int(always_no[arm == 1].sum()),
        "parameters": {
            "sexes": SEXES,
            "ages": AGES,
            "trust": TRUST,
            "chance_by_sex": BY_SEX,
            "factor_by_age": BY_AGE,
            "admit_if_asked_directly": ADMIT,
            "say_no_whatever_the_dice": ALWAYS_NO,
            "dice": {"order_yes": "6/36", "question": "27/36", "order_no": "3/36"},
            "harmless_items": list(ITEMS),
            "floor": FLOOR,
            "refused": REFUSED,
            "broke_off": BROKE_OFF,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
