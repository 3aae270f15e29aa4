"""rds_workers: migrant workers who recruited each other for an interview, in the invented Veldana.

Run it to write ``data/rds_workers.csv`` and, for the lecturer, its truth with the whole network:

    python data/sources/rds_workers.py

No row describes a real person. The steps:

1. Draw the hidden population: 1,000 workers, 200 of them exploited, and who knows whom. The network is a
   degree-corrected block model: the exploited know 1.8 times as many others as the rest, two exploited
   workers know each other five times as often as an exploited and another one, and in both groups some are
   more sociable than others.
2. Draw what workers say of themselves, given whether they are exploited.
3. Sample: eight seeds, all of them exploited since a shelter named them. Whoever was interviewed gets three
   coupons and passes none to three of them on, to acquaintances chosen by chance who were not interviewed
   yet. It ends with the 400th interview.
4. Lose some answers.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "rds_workers"
PERSONS, EXPLOITED, ROWS, SEEDS = 1000, 200, 400, 8
COLUMNS = {NAME: ("id", "recruiter_id", "wave", "coupons_used", "degree", "exploited", "sex", "sector",
                  "legal_status", "debt_to_broker")}

# Expected acquaintances: (200 x 5 + 800) x TIE = 15.5 for the exploited, (200 + 800) x TIE = 8.6 for others.
TIE, HOMOPHILY = 0.0086, 5.0
SOCIABLE = 0.4  # the least sociable have this part of the mean

USED = {0: 0.25, 1: 0.25, 2: 0.30, 3: 0.20}  # coupons that a person passes on

# Given whether exploited: 1 or 0.
STATUS = {1: {"no permit": 0.55, "permit tied to one employer": 0.33, "free permit": 0.12},
          0: {"no permit": 0.30, "permit tied to one employer": 0.32, "free permit": 0.38}}
SECTOR = {1: {"farm work": 0.34, "building": 0.28, "domestic work": 0.22, "food processing": 0.16},
          0: {"farm work": 0.24, "building": 0.30, "domestic work": 0.24, "food processing": 0.22}}
WOMEN = {"farm work": 0.35, "building": 0.08, "domestic work": 0.90, "food processing": 0.60}
DEBT = {1: 0.60, 0: 0.22}
STATUS_REFUSED, DEBT_REFUSED = 0.05, 0.04


def network(draws: Draws) -> tuple[np.ndarray, list[np.ndarray]]:
    """Who is exploited (1 or 0), and the acquaintances of each worker."""
    exploited = np.zeros(PERSONS, int)
    exploited[draws.order(PERSONS)[:EXPLOITED]] = 1
    sociable = SOCIABLE + (1 - SOCIABLE) * draws.erlang(2, PERSONS)
    one, other = np.triu_indices(PERSONS, 1)
    alike = np.where(exploited[one] & exploited[other], HOMOPHILY, 1.0)
    chance = TIE * alike * sociable[one] * sociable[other]
    tied = draws.uniform(len(one)) < chance
    one, other = one[tied], other[tied]
    ends, starts = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(starts, kind="stable")
    degrees = np.bincount(starts, minlength=PERSONS)
    return exploited, np.split(ends[order], np.cumsum(degrees)[:-1])


def recruit(exploited: np.ndarray, ties: list[np.ndarray], draws: Draws) -> tuple[list, list, list, int]:
    """Persons in the order of their interviews, the place of each one's recruiter (-1: a seed), coupons used;
    and how many seeds there were. If all chains end too early the shelter names another seed."""
    candidates = iter([person for person in draws.order(PERSONS).tolist()
                       if exploited[person] and len(ties[person])])
    wanted = draws.pick(USED, ROWS).tolist()
    choices = draws.uniform(ROWS, 64)
    sample, recruiters, used = [], [], []
    seen = [False] * PERSONS

    def interview(person: int, recruiter: int) -> None:
        seen[person] = True
        sample.append(person)
        recruiters.append(recruiter)
        used.append(0)

    for _ in range(SEEDS):
        interview(next(candidates), -1)
    place = 0
    while len(sample) < ROWS:
        if place == len(sample):
            interview(next(person for person in candidates if not seen[person]), -1)
        free = [other for other in ties[sample[place]].tolist() if not seen[other]]
        order = np.argsort(choices[place, :len(free)], kind="stable").tolist()
        for choice in order[:min(wanted[place], ROWS - len(sample))]:
            used[place] += 1
            interview(free[choice], place)
        place += 1
    return sample, recruiters, used, recruiters.count(-1)


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file under its name, and the planted truth with the whole network.

    Parameters
    ----------
    root_seed : int
        Another seed gives another population and sample by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    exploited, ties = network(draws)
    status, sector, debt = said(exploited, draws)
    women = draws.uniform(PERSONS) < np.array([WOMEN[kind] for kind in sector])
    sample, recruiters, used, seeds = recruit(exploited, ties, draws)
    status_refused, debt_refused = draws.uniform(ROWS) < STATUS_REFUSED, draws.uniform(ROWS) < DEBT_REFUSED
    ids = [f"W{place:03d}" for place in range(1, ROWS + 1)]
    waves: list[int] = []
    rows = []
    for place, (person, recruiter) in enumerate(zip(sample, recruiters)):
        waves.append(0 if recruiter < 0 else waves[recruiter] + 1)
        rows.append((
            ids[place], "seed" if recruiter < 0 else ids[recruiter], waves[place], used[place],
            len(ties[person]), int(exploited[person]), "female" if women[person] else "male", sector[person],
            "refused" if status_refused[place] else status[person],
            "refused" if debt_refused[place] else int(debt[person]),
        ))
    return {NAME: rows}, planted_truth(exploited, ties, debt, status, women, sample, seeds, root_seed)


def said(exploited: np.ndarray, draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Legal status, sector and debt of everybody."""
    drawn = {kind: (draws.pick(STATUS[kind], PERSONS), draws.pick(SECTOR[kind], PERSONS)) for kind in (1, 0)}
    debt = draws.uniform(PERSONS) < np.where(exploited == 1, DEBT[1], DEBT[0])
    status, sector = (np.where(exploited == 1, drawn[1][column], drawn[0][column]) for column in (0, 1))
    return status, sector, debt


def planted_truth(exploited: np.ndarray, ties: list[np.ndarray], debt: np.ndarray, status: np.ndarray,
                  women: np.ndarray, sample: list[int], seeds: int, root_seed: int) -> dict:
    """The hidden population. Workers are numbered from 0; each tie stands at the lower number."""
    degrees = np.array([len(others) for others in ties])
    kinds = {"exploited": exploited == 1, "not_exploited": exploited == 0}
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "persons": PERSONS,
        "exploited_share": EXPLOITED / PERSONS,
        "debt_share": round(int(debt.sum()) / PERSONS, 3),
        "no_permit_share": round(int((status == "no permit").sum()) / PERSONS, 3),
        "women_share": round(int(women.sum()) / PERSONS, 3),
        "mean_degree": {kind: round(int(degrees[who].sum()) / int(who.sum()), 2)
                        for kind, who in kinds.items()},
        "persons_who_know_nobody": int((degrees == 0).sum()),
        "ties": int(degrees.sum()) // 2,
        "ties_between_exploited_and_others": sum(
            int((exploited[others] == 0).sum()) for person, others in enumerate(ties) if exploited[person]),
        "seeds": seeds,
        "network": {
            "exploited": "".join(map(str, exploited.tolist())),
            "ties": [" ".join(str(other) for other in others.tolist() if other > person)
                     for person, others in enumerate(ties)],
            "sample": " ".join(map(str, sample)),
        },
        "parameters": {
            "tie": TIE,
            "homophily": HOMOPHILY,
            "activity_ratio": (EXPLOITED * HOMOPHILY + PERSONS - EXPLOITED) / PERSONS,
            "least_sociable": SOCIABLE,
            "coupons_used": {str(number): share for number, share in USED.items()},
            "legal_status": {"exploited": STATUS[1], "not_exploited": STATUS[0]},
            "sector": {"exploited": SECTOR[1], "not_exploited": SECTOR[0]},
            "women": WOMEN,
            "debt": {"exploited": DEBT[1], "not_exploited": DEBT[0]},
            "legal_status_refused": STATUS_REFUSED,
            "debt_refused": DEBT_REFUSED,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
