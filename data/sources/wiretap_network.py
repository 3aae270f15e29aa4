"""wiretap_network: who telephoned whom in an invented drug-importing network, as far as tapped lines show.

Run it to write ``data/wiretap_network.csv``, ``data/wiretap_network_people.csv`` and, for the lecturer,
``data/sources/wiretap_network.truth.json``:

    python data/sources/wiretap_network.py

No row describes a real person or case. The steps:

1. Draw 110 persons in five cells, with their roles and sex: women and men organize, broker and work. Draw the
   ties: many within a cell, most of them to its organizers; between cells mostly from broker to broker.
2. In each of eleven phases two tied persons have a number of contacts, often none.
3. Lines are tapped. The first four targets come from a tip; later ones are those who were heard most, and a
   woman is taken for a target less often than a man who was heard as much. A contact is seen if one of the
   two is tapped and used the line that is known.
4. After some phases there is a seizure with arrests. For each person arrested somebody of the same cell takes
   over some of the ties.
5. The police file says what it took each person for.
"""
from __future__ import annotations

import numpy as np

from common import ROOT_SEED, Draws, exp, pick, poisson, write

NAME = "wiretap_network"
COLUMNS = {
    NAME: ("phase", "source", "target", "contacts", "seen_by"),
    f"{NAME}_people": ("person", "sex", "cell", "first_seen", "tapped_from", "seizure", "file_says"),
}
PEOPLE, PHASES = 110, 11
CELLS = {"import": 18, "transport": 22, "sales north": 26, "sales south": 24, "money": 20}
ORGANIZERS = 2  # of each cell
BROKERS = {"import": 3, "transport": 3, "sales north": 2, "sales south": 2, "money": 3}
WOMEN = {"organizer": 0.20, "broker": 0.35, "member": 0.24}

# Chance of a tie within a cell and between cells; the roles in the order of the alphabet.
TIE_WITHIN = {"broker broker": 0.40, "broker member": 0.22, "broker organizer": 0.60, "member member": 0.07,
              "member organizer": 0.30, "organizer organizer": 0.90}
TIE_BETWEEN = {"broker broker": 0.40, "broker member": 0.040, "broker organizer": 0.20,
               "member member": 0.003, "member organizer": 0.010, "organizer organizer": 0.10}
CONTACTS, SPREAD = 1.4, 0.9  # median number in a phase of two who are tied, and spread of its logarithm

FIRST_TARGETS, NEW_TARGETS = 4, 2  # the second in each later phase
WOMAN_AS_TARGET = 0.40  # how much of what was heard counts
LINE_KNOWN = 0.70  # chance that a contact runs over the tapped line of a person
SEIZURES = {4: 2, 6: 2, 8: 2}
TAKEN_OVER = 0.6

FILE_SAYS = {  # what the file takes a person for whose part it does not know
    "female": {"partner or relative": 0.45, "helper": 0.35, "not-recorded": 0.20},
    "male": {"partner or relative": 0.03, "helper": 0.67, "not-recorded": 0.30},
}
PART_KNOWN = {"female": 0.25, "male": 0.60}  # of organizers and brokers who were heard


def draw_people(draws: Draws) -> dict[str, np.ndarray]:
    """Cell, role and sex of 110 persons, in random order."""
    cell, role = [], []
    for name, size in CELLS.items():
        cell += [name] * size
        brokers = BROKERS[name]
        role += ["organizer"] * ORGANIZERS + ["broker"] * brokers + ["member"] * (size - ORGANIZERS - brokers)
    order = draws.order(PEOPLE)
    role = np.array(role, dtype=object)[order]
    female = draws.uniform(PEOPLE) < np.array([WOMEN[name] for name in role])
    return {"cell": np.array(cell, dtype=object)[order], "role": role, "female": female}


def draw_ties(draws: Draws, people: dict, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether each pair of persons is tied."""
    roles = sorted(WOMEN)
    role = np.array([roles.index(name) for name in people["role"]])
    within, between = (np.array([[table[" ".join(sorted((a, b)))] for b in roles] for a in roles])
                       for table in (TIE_WITHIN, TIE_BETWEEN))
    same_cell = people["cell"][one] == people["cell"][other]
    chance = np.where(same_cell, within[role[one], role[other]], between[role[one], role[other]])
    return draws.uniform(len(one)) < chance


class Case:
    """The investigation, phase after phase."""

    def __init__(self, draws: Draws, people: dict, one: np.ndarray, other: np.ndarray, tie: np.ndarray):
        self.people, self.one, self.other = people, one, other
        self.tie, self.first_ties, self.taken_over = tie.copy(), tie, {}
        self.rate = CONTACTS * exp(SPREAD * draws.normal(len(one)))
        self.u = draws.uniform(PHASES, len(one))
        self.line = draws.uniform(2, PHASES, len(one))
        self.caller = draws.uniform(PHASES, len(one)) < 0.5
        self.choice = draws.uniform(3, PHASES, PEOPLE)
        self.follow = draws.uniform(PEOPLE, PEOPLE)
        self.tapped_from, self.arrested_after = np.zeros(PEOPLE, int), np.zeros(PEOPLE, int)
        self.heard = np.zeros(PEOPLE)
        self.phases: list[dict[str, np.ndarray]] = []
        known = (people["role"] != "member") & ~people["female"]
        self.tap(1, np.where(known, 1 + self.choice[0, 0], self.choice[0, 0]), FIRST_TARGETS)

    def free(self) -> np.ndarray:
        return self.arrested_after == 0

    def tap(self, phase: int, interest: np.ndarray, number: int) -> None:
        """Tap the lines of those of the greatest interest who are not tapped yet."""
        interest = np.where((self.tapped_from == 0) & self.free(), interest, 0.0)
        for person in np.argsort(-interest, kind="stable")[:number]:
            if interest[person] > 0:
                self.tapped_from[person] = phase

    def run(self) -> None:
        for phase in range(1, PHASES + 1):
            self.listen(phase)
            if phase in SEIZURES:
                self.seize(phase)
            if phase < PHASES:
                counts = np.where(self.people["female"], WOMAN_AS_TARGET, 1.0) * self.heard
                self.tap(phase + 1, counts * (0.6 + 0.8 * self.choice[1, phase]), NEW_TARGETS)

    def listen(self, phase: int) -> None:
        one, other, free = self.one, self.other, self.free()
        possible = self.tie & free[one] & free[other]
        contacts = np.zeros(len(one), int)
        contacts[possible] = poisson(self.u[phase - 1][possible], self.rate[possible])
        tapped = (self.tapped_from > 0) & free
        by_one = (contacts > 0) & tapped[one] & (self.line[0, phase - 1] < LINE_KNOWN)
        by_other = (contacts > 0) & tapped[other] & (self.line[1, phase - 1] < LINE_KNOWN)
        seen = by_one | by_other
        self.heard += np.bincount(one[seen], minlength=PEOPLE) + np.bincount(other[seen], minlength=PEOPLE)
        self.phases.append({"contacts": contacts, "by_one": by_one, "by_other": by_other,
                            "both_tapped": tapped[one] & tapped[other]})

    def seize(self, phase: int) -> None:
        """Arrest some of those who are tapped; successors take over some of their ties."""
        interest = np.where((self.tapped_from > 0) & self.free(),
                            self.heard * (0.4 + 1.2 * self.choice[2, phase - 1]), 0.0)
        for person in np.argsort(-interest, kind="stable")[:SEIZURES[phase]].tolist():
            if interest[person] > 0:
                self.arrested_after[person] = phase
                self.replace(phase, person)

    def replace(self, phase: int, person: int) -> None:
        same_cell = (self.people["cell"] == self.people["cell"][person]) & self.free()
        if not same_cell.any():
            return
        successor = int(np.argmax(np.where(same_cell, 1 + self.follow[person], 0.0)))
        square = np.zeros((PEOPLE, PEOPLE), bool)
        square[self.one, self.other] = self.tie
        square = square | square.T
        wanted = square[person] & self.free() & (self.follow[:, person] < TAKEN_OVER)
        wanted[successor] = False
        new = ((self.one == successor) & wanted[self.other]) | ((self.other == successor) & wanted[self.one])
        self.taken_over.setdefault(phase, []).extend(np.flatnonzero(new & ~self.tie).tolist())
        self.tie = self.tie | new


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of both files, in their order, under their names; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another network by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    people = draw_people(draws)
    one, other = np.triu_indices(PEOPLE, k=1)
    case = Case(draws, people, one, other, draw_ties(draws, people, one, other))
    case.run()
    ids = [f"P{number:03d}" for number in range(1, PEOPLE + 1)]
    rows = contact_rows(case, ids)
    made = {NAME: rows, f"{NAME}_people": people_rows(case, ids, rows, draws.uniform(2, PEOPLE))}
    return made, planted_truth(case, ids, root_seed)


def contact_rows(case: Case, ids: list[str]) -> list[tuple]:
    rows = []
    for number, phase in enumerate(case.phases):
        for pair in np.flatnonzero(phase["by_one"] | phase["by_other"]).tolist():
            ends = [ids[case.one[pair]], ids[case.other[pair]]]
            by = [bool(phase["by_one"][pair]), bool(phase["by_other"][pair])]
            if case.caller[number, pair]:  # who called the other more often
                ends, by = ends[::-1], by[::-1]
            seen_by = "both" if all(by) else ("source" if by[0] else "target")
            rows.append((number + 1, *ends, int(phase["contacts"][pair]), seen_by))
    return sorted(rows)


def people_rows(case: Case, ids: list[str], rows: list[tuple], u: np.ndarray) -> list[tuple]:
    first: dict[str, int] = {}
    for phase, source, target, *_ in rows:
        first.setdefault(source, phase)
        first.setdefault(target, phase)
    found = []
    for place, person in enumerate(ids):
        sex = "female" if case.people["female"][place] else "male"
        role = case.people["role"][place]
        if person not in first:
            says = "never-heard"
        elif role != "member" and u[0, place] < PART_KNOWN[sex]:
            says = role
        else:
            says = pick(u[1, place], FILE_SAYS[sex])
        found.append((person, sex, case.people["cell"][place], first.get(person, "never-heard"),
                      int(case.tapped_from[place]) or "never-tapped",
                      int(case.arrested_after[place]) or "not-arrested", says))
    return found


def planted_truth(case: Case, ids: list[str], root_seed: int) -> dict:
    """What a reader of the files cannot see: all ties, all contacts, and the roles."""
    people, one, other = case.people, case.one, case.other
    contact = np.array([phase["contacts"] > 0 for phase in case.phases])
    seen = np.array([phase["by_one"] | phase["by_other"] for phase in case.phases])
    both = np.array([phase["both_tapped"] for phase in case.phases])
    ever = contact.any(axis=0)
    degree = np.bincount(one[ever], minlength=PEOPLE) + np.bincount(other[ever], minlength=PEOPLE)

    def ties(pairs: np.ndarray) -> dict[str, str]:
        of: dict[str, list[str]] = {}
        for pair in pairs.tolist():
            of.setdefault(ids[one[pair]], []).append(ids[other[pair]])
        return {person: " ".join(contacts) for person, contacts in of.items()}

    def persons(where: np.ndarray) -> str:
        return " ".join(ids[place] for place in np.flatnonzero(where))

    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "people": PEOPLE,
        "rows": int(seen.sum()),
        "contacts": int(contact.sum()),
        "contacts_between_two_tapped": int((contact & both).sum()),
        "pairs_ever_in_contact": int(ever.sum()),
        "pairs_ever_seen": int(seen.any(axis=0).sum()),
        "organizers": persons(people["role"] == "organizer"),
        "brokers": persons(people["role"] == "broker"),
        "women": {role: int((people["female"] & (people["role"] == role)).sum()) for role in WOMEN},
        "men": {role: int((~people["female"] & (people["role"] == role)).sum()) for role in WOMEN},
        "mean_number_of_persons_in_contact_with": {
            sex: round(int(degree[where].sum()) / int(where.sum()), 3)
            for sex, where in (("women", people["female"]), ("men", ~people["female"])) if where.any()},
        "ties_at_the_start": ties(np.flatnonzero(case.first_ties)),
        "ties_taken_over_after_phase": {str(phase): ties(np.array(pairs, int))
                                        for phase, pairs in case.taken_over.items()},
        "pairs_in_contact": ties(np.flatnonzero(ever)),
        "parameters": {
            "cells": CELLS, "organizers_in_each_cell": ORGANIZERS, "brokers": BROKERS, "women": WOMEN,
            "tie_within": TIE_WITHIN, "tie_between": TIE_BETWEEN, "contacts": CONTACTS, "spread": SPREAD,
            "first_targets": FIRST_TARGETS, "new_targets": NEW_TARGETS, "woman_as_target": WOMAN_AS_TARGET,
            "line_known": LINE_KNOWN, "arrests_after_phase": {str(p): n for p, n in SEIZURES.items()},
            "taken_over": TAKEN_OVER, "file_says": FILE_SAYS, "part_known": PART_KNOWN,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
