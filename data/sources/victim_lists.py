"""victim_lists: persons identified as victims of trafficking, on five lists, in the invented Arvenia.

Run it to write ``data/victim_lists.csv`` and, for the lecturer, ``data/sources/victim_lists.truth.json``:

    python data/sources/victim_lists.py

No row describes a real person. The steps, for one person after another until the file has its 1,500 rows:

1. Draw the form of exploitation, and given the form sex, age group and region.
2. Draw which of the five lists the person is on. Given the form this is a log-linear model: one odds for
   each list, one interaction (the police and the border guard refer persons to each other) and one pair of
   lists that never meets. Most persons are on no list and leave no trace in the file.
3. Link the lists. One link in 33 is missed, and that person then stands in the file twice.
4. Lose some answers, each with its reason.

The number of persons drawn is the true size of the population. It is not set beforehand: drawing stops when
the file is full, so that a sample of a fixed size and a population of about 6,000 go together without
choosing a seed.
"""
from __future__ import annotations

from itertools import combinations, product

from common import ROOT_SEED, pick, uniforms, write

NAME = "victim_lists"
ROWS = 1500
LISTS = ("police", "ngo", "labour_insp", "border", "health")
COLUMNS = {NAME: ("person_id", *(f"list_{name}" for name in LISTS),
                  "sex", "age_group", "exploitation_form", "region", "link_quality")}

# Shares of all persons, listed or not.
FORMS = {
    "sexual exploitation": 0.33, "forced labour": 0.47, "forced criminality": 0.075, "other forms": 0.125,
}
WOMEN_AND_GIRLS = {
    "sexual exploitation": 0.90, "forced labour": 0.40, "forced criminality": 0.25, "other forms": 0.66,
}
CHILDREN = {
    "sexual exploitation": 0.40, "forced labour": 0.30, "forced criminality": 0.65, "other forms": 0.45,
}
CHILD_AGES = {"0 to 13": 0.30, "14 to 17": 0.70}
ADULT_AGES = {"18 to 24": 0.38, "25 to 39": 0.44, "40 and over": 0.18}
REGIONS = {"Arvenia": 0.50, "Lusmark": 0.22, "Ostrevia": 0.18, "Veldana": 0.10}

# Chance of being on each list, before the two terms below. The odds p / (1 - p) are the main effects.
ON_LIST = {
    "sexual exploitation": (0.090, 0.165, 0.004, 0.030, 0.030),
    "forced labour": (0.080, 0.045, 0.090, 0.025, 0.012),
    "forced criminality": (0.200, 0.035, 0.010, 0.040, 0.015),
    "other forms": (0.070, 0.105, 0.015, 0.025, 0.030),
}
REFERRAL = ("police", "border")
REFERRAL_ODDS = 3.32  # an interaction of 1.2 on the log scale
NEVER_TOGETHER = ("labour_insp", "border")  # on the way, and at the place of work: nobody is met at both

MISSED_LINK = 0.03
NUMBERS_PER_PERSON = 16  # for everybody, so that a change to one step leaves the others as they were


def list_shares(form: str) -> dict[tuple[int, ...], float]:
    """Share of the persons of one form in each of the 32 combinations of lists; (0, 0, 0, 0, 0) is none."""
    police, border = (LISTS.index(name) for name in REFERRAL)
    one, other = (LISTS.index(name) for name in NEVER_TOGETHER)
    weights = {}
    for combination in product((0, 1), repeat=len(LISTS)):
        weight = 1.0
        for listed, chance in zip(combination, ON_LIST[form]):
            weight *= chance / (1 - chance) if listed else 1.0
        if combination[police] and combination[border]:
            weight *= REFERRAL_ODDS
        if combination[one] and combination[other]:
            weight = 0.0
        weights[combination] = weight
    total = sum(weights.values())
    return {combination: weight / total for combination, weight in weights.items()}


def draw_person(numbers: list[float], shares: dict) -> dict:
    """One person: form, sex, age group, region and the combination of lists."""
    form = pick(numbers[0], FORMS)
    girls = WOMEN_AND_GIRLS[form]
    child = CHILDREN[form]
    u = numbers[2]
    return {
        "form": form,
        "sex": pick(numbers[1], {"female": girls, "male": 1 - girls}),
        "age": pick(u / child, CHILD_AGES) if u < child else pick((u - child) / (1 - child), ADULT_AGES),
        "region": pick(numbers[3], REGIONS),
        "lists": pick(numbers[4], shares[form]),
    }


def link(lists: tuple[int, ...], numbers: list[float], may_miss: bool) -> list[tuple[int, ...]]:
    """The rows one person becomes: one, or two where the link to one of the lists was missed."""
    on = [position for position, listed in enumerate(lists) if listed]
    if not may_miss or len(on) < 2 or numbers[5] >= MISSED_LINK:
        return [lists]
    lost = on[int(numbers[6] * len(on))]
    alone = tuple(int(position == lost) for position in range(len(lists)))
    return [tuple(a - b for a, b in zip(lists, alone)), alone]


def link_quality(lists: tuple[int, ...], u: float) -> str:
    """Score of the weakest link that made the row, 0.60 to 1.00; links below 0.60 were refused."""
    if sum(lists) < 2:
        return "one-list"
    return f"{int((1 - 0.4 * u * u) * 100 + 0.5) / 100:.2f}"


def answers(person: dict, numbers: list[float]) -> tuple[str, str, str, str]:
    """Sex, age group, form and region as the file has them: some are missing, each with its reason."""
    on = {name for name, listed in zip(LISTS, person["lists"]) if listed}
    care_only = on <= {"ngo", "health"}  # a service that passes on only what the person agreed to
    form_unknown = 0.20 if on == {"border"} else 0.04  # the exploitation had often not begun at the border
    withheld = 0.06 if care_only else 0.0
    return (
        pick(numbers[9], {"not-recorded": 0.01, person["sex"]: 0.99}),
        pick(numbers[10], {"not-recorded": 0.05, person["age"]: 0.95}),
        pick(numbers[11], {"not-recorded": form_unknown, "withheld": withheld,
                           person["form"]: 1 - form_unknown - withheld}),
        pick(numbers[12], {"not-recorded": 0.02, "withheld": withheld, person["region"]: 0.98 - withheld}),
    )


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, in its order, under its name; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another region with the same rules; tests use that.
    """
    draw = uniforms(NAME, root_seed)
    shares = {form: list_shares(form) for form in FORMS}
    persons, rows = [], []  # a row: (key that gives its place, number of the person, columns after person_id)
    while len(rows) < ROWS:
        numbers = [draw() for _ in range(NUMBERS_PER_PERSON)]
        person = draw_person(numbers, shares)
        persons.append(person)
        if not any(person["lists"]):
            continue
        # With one place left the person stays whole: two rows would not fit.
        for part, lists in enumerate(link(person["lists"], numbers, may_miss=len(rows) + 1 < ROWS)):
            columns = (*lists, *answers(person, numbers), link_quality(lists, numbers[7 + part]))
            rows.append((numbers[13 + part], len(persons), columns))
    rows.sort()
    numbered = [(f"P{place:04d}", *columns) for place, (_, _, columns) in enumerate(rows, start=1)]
    return {NAME: numbered}, planted_truth(persons, [number for _, number, _ in rows], root_seed)


def planted_truth(persons: list[dict], person_of_row: list[int], root_seed: int) -> dict:
    """What a reader of the file cannot see: everyone, and what linking did."""
    listed = [person for person in persons if any(person["lists"])]
    rows_of: dict[int, list[str]] = {}
    for place, number in enumerate(person_of_row, start=1):
        rows_of.setdefault(number, []).append(f"P{place:04d}")
    twice = sorted(ids for ids in rows_of.values() if len(ids) == 2)
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": len(person_of_row),
        "persons": len(persons),
        "persons_by_form": {form: sum(p["form"] == form for p in persons) for form in FORMS},
        "persons_by_sex": {sex: sum(p["sex"] == sex for p in persons) for sex in ("female", "male")},
        "on_a_list": len(listed),
        "on_a_list_by_form": {form: sum(p["form"] == form for p in listed) for form in FORMS},
        "on_no_list": len(persons) - len(listed),
        "true_list_sizes": {name: sum(p["lists"][i] for p in listed) for i, name in enumerate(LISTS)},
        "true_overlaps": {
            f"{LISTS[i]} & {LISTS[j]}": sum(p["lists"][i] and p["lists"][j] for p in listed)
            for i, j in combinations(range(len(LISTS)), 2)
        },
        "persons_in_two_rows": twice,
        "parameters": {
            "forms": FORMS,
            "women_and_girls": WOMEN_AND_GIRLS,
            "children": CHILDREN,
            "on_list": {form: dict(zip(LISTS, chances)) for form, chances in ON_LIST.items()},
            "referral": {"lists": list(REFERRAL), "odds_ratio": REFERRAL_ODDS},
            "never_together": list(NEVER_TOGETHER),
            "missed_link": MISSED_LINK,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
