"""ard_survey: whom 1,200 adults know, in groups of known and of hidden size, in the invented Arvenia.

Run it to write the three tables and, for the lecturer, the truth:

    python data/sources/ard_survey.py

No row describes a real person. The steps:

1. Draw how many people each respondent knows (lognormal).
2. For each group, draw how easily each respondent meets its members (gamma: a barrier), and then how many the
   respondent knows (Poisson).
3. Of hidden groups only those members count who are known as such (transmission).
4. Members of large groups are recalled too few: who knows many teachers does not think of all of them.
5. Some answers are lost.
6. Some members of each hidden group tell how many of 20 acquaintances know about them.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, power, write

NAME = "ard_survey"
ROWS, MEMBERS, ASKED = 1200, 150, 20
POPULATION = 2_000_000

KNOWN = {
    "notaries": 1_300, "midwives": 1_900, "beekeepers": 2_600, "prison_staff": 3_100, "pharmacists": 3_600,
    "retired_police": 4_400, "firefighters": 5_200, "taxi_drivers": 9_500, "wheelchair_users": 12_500,
    "newlyweds": 17_000, "new_parents": 21_000, "lorry_drivers": 28_000, "nurses": 31_000,
    "teachers": 46_000, "students": 92_000,
}
HIDDEN = {"couriers": 9_000, "loan_shark_clients": 26_000, "undeclared_workers": 40_000}
TRANSMISSION = {"couriers": 0.55, "loan_shark_clients": 0.40, "undeclared_workers": 0.75}
MEANING = {
    "notaries": ("notaries in office", "chamber of notaries"),
    "midwives": ("midwives who practise", "health register"),
    "beekeepers": ("persons who keep bees", "animal register"),
    "prison_staff": ("persons who work in a prison", "ministry of justice"),
    "pharmacists": ("pharmacists who practise", "health register"),
    "retired_police": ("retired police officers", "pension fund"),
    "firefighters": ("firefighters, volunteers left out", "ministry of the interior"),
    "taxi_drivers": ("persons with a licence to drive a taxi", "transport office"),
    "wheelchair_users": ("adults who use a wheelchair", "health insurance"),
    "newlyweds": ("persons who married in the last 12 months", "civil register"),
    "new_parents": ("persons who had a child in the last 12 months", "civil register"),
    "lorry_drivers": ("persons who drive a lorry for a living", "transport office"),
    "nurses": ("nurses who practise", "health register"),
    "teachers": ("teachers at a school", "ministry of education"),
    "students": ("students at a university", "ministry of education"),
    "couriers": ("persons who carried drugs or untaxed goods for pay in the last 12 months", None),
    "loan_shark_clients": ("persons who owe money to an unlicensed lender who threatens", None),
    "undeclared_workers": ("migrants who work without being declared", None),
}
COLUMNS = {
    NAME: ("respondent_id", "sex", "age_group", *KNOWN, *HIDDEN),
    f"{NAME}_groups": ("group", "kind", "size", "meaning", "source"),
    f"{NAME}_contacts": ("member_id", "group", "acquaintances", "aware"),
}

DEGREE, DEGREE_SIGMA = 230, 0.6  # median, and standard deviation of the logarithm
BARRIER = {"known": 4, "hidden": 1}  # shape of the gamma: the lower, the more unequal
RECALL_FROM, RECALL = 25_000, 0.35  # of a larger group of N, a share of (RECALL_FROM / N)^RECALL is recalled
VISIBLE = 20  # how alike members are in their visibility: the two parameters of the beta add up to it
DONT_KNOW, REFUSED = 0.02, 0.03

SEXES = {"female": 0.51, "male": 0.49}
AGES = {"18 to 29": 0.20, "30 to 49": 0.36, "50 to 69": 0.30, "70 and over": 0.14}


def recall(size: int) -> float:
    """Share of the members whom a respondent knows that come to mind.

    Examples
    --------
    >>> recall(9_500), round(recall(92_000), 2)
    (1.0, 0.63)
    """
    return 1.0 if size <= RECALL_FROM else float(power(RECALL_FROM / size, RECALL))


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the three tables under their names, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other respondents by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    sex, age = draws.pick(SEXES, ROWS), draws.pick(AGES, ROWS)
    degree = draws.lognormal(DEGREE, DEGREE_SIGMA, ROWS)
    answers = []
    for group, size in {**KNOWN, **HIDDEN}.items():
        kind = "known" if group in KNOWN else "hidden"
        rate = size / POPULATION * (recall(size) if kind == "known" else TRANSMISSION[group])
        mean = degree * rate * draws.erlang(BARRIER[kind], ROWS)
        answer = draws.poisson(np.minimum(mean, 600.0)).astype(str).astype(object)
        lost = draws.uniform(ROWS) < (DONT_KNOW if kind == "known" else REFUSED)
        answer[lost] = "dont-know" if kind == "known" else "refused"
        answers.append(answer)
    ids = [f"R{number:04d}" for number in range(1, ROWS + 1)]
    rows = {
        NAME: list(zip(ids, sex, age, *answers)),
        f"{NAME}_groups": [("all_adults", "population", POPULATION, "adults who live in Arvenia", "census"),
                           *(group_row(group, "known", size) for group, size in KNOWN.items()),
                           *(group_row(group, "hidden", "not-known") for group in HIDDEN)],
        f"{NAME}_contacts": contacts(draws),
    }
    return rows, planted_truth(degree, root_seed)


def group_row(group: str, kind: str, size: int | str) -> tuple:
    """A row of the table of groups."""
    meaning, source = MEANING[group]
    return group, kind, size, meaning, source or "no-register"


def contacts(draws: Draws) -> list[tuple]:
    """How many of 20 acquaintances of a member know that he or she is one.

    A member's visibility is beta distributed around the transmission rate t of the group: the share of one
    gamma in the sum of two, whose shapes are 20 t and 20 (1 - t).
    """
    rows = []
    for group, rate in TRANSMISSION.items():
        known = draws.erlang(round(VISIBLE * rate), MEMBERS) * rate
        unknown = draws.erlang(round(VISIBLE * (1 - rate)), MEMBERS) * (1 - rate)
        visible = known / (known + unknown)
        aware = (draws.uniform(MEMBERS, ASKED) < visible[:, None]).sum(axis=1)
        rows += [(group, number) for number in aware.tolist()]
    return [(f"M{place:03d}", group, ASKED, number) for place, (group, number) in enumerate(rows, start=1)]


def planted_truth(degree: np.ndarray, root_seed: int) -> dict:
    """The sizes of the hidden groups, and what makes the answers differ from them."""
    total = 0.0
    for acquaintances in degree.tolist():  # one after the other: the same sum on every computer
        total += acquaintances
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "population": POPULATION,
        "hidden_sizes": HIDDEN,
        "transmission": TRANSMISSION,
        "mean_degree_of_respondents": round(total / ROWS, 1),
        "recall": {group: round(recall(size), 3) for group, size in KNOWN.items()},
        "parameters": {
            "known_sizes": KNOWN,
            "degree_median": DEGREE,
            "degree_sigma": DEGREE_SIGMA,
            "barrier_gamma_shape": BARRIER,
            "recall_is_full_up_to": RECALL_FROM,
            "recall_exponent": RECALL,
            "visibility_beta_sum": VISIBLE,
            "dont_know": DONT_KNOW,
            "refused": REFUSED,
            "sexes": SEXES,
            "ages": AGES,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
