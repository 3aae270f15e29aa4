"""recorded_crime_panel: recorded crime in 60 invented districts, 72 months, 12 offences, and a programme.

Run it to write the four tables and, for the lecturer, the truth:

    python data/sources/recorded_crime_panel.py

No row describes a real district. The steps:

1. Crimes happen: population x rate of the offence x level of the district x season x trend x what is common
   to the month.
2. From month 37 a programme runs in 12 districts. Four offences fall there. Part of what is prevented
   happens in the neighbouring districts instead. Victims trust the police more and report more.
3. Victims report a share, and the police record a share of that. From month 37 an audit makes the police
   record more everywhere. The programme and the audit have nothing to do with each other.
4. Offences that the police find by looking are recorded by the number of officers, and the programme brings
   officers.
5. Recorded counts are Poisson. Some districts did not send some months.
6. A survey asks a sample of the inhabitants each year what happened to them and whether they reported it.
"""
from __future__ import annotations

from collections.abc import Collection

import numpy as np

from common import ROOT_SEED, Draws, exp, log, poisson, write

NAME = "recorded_crime_panel"
DISTRICTS, OFFENCES, SURVEY = (f"{NAME}_{table}" for table in ("districts", "offences", "survey"))
COLUMNS = {
    NAME: ("district", "month", "offence", "recorded"),
    DISTRICTS: ("district", "year", "population", "officers", "programme", "borders_programme"),
    OFFENCES: ("offence", "proactive", "aimed_at", "harm_days"),
    SURVEY: ("area", "year", "offence", "respondents", "incidents", "reported"),
}
N, MONTHS, START, FIRST_YEAR, YEARS = 60, 72, 37, 2018, 6
PEOPLE = 150_000  # of the median district
GROUPS = {"programme": 12, "bordering": 14, "other": 34}

# For each offence that victims report: incidents a month for 100,000 inhabitants, share reported, share of
# that which is recorded, trend of a year, swing of the season, days of harm.
REPORTED = {
    "homicide": (0.13, 1.00, 1.00, 0.99, 0.00, 5000),
    "robbery": (12.0, 0.50, 0.78, 0.97, 0.10, 300),
    "extortion": (15.0, 0.10, 0.72, 1.04, 0.00, 240),
    "burglary": (40.0, 0.60, 0.86, 0.95, 0.15, 90),
    "vehicle theft": (20.0, 0.76, 0.88, 0.98, 0.05, 40),
    "theft": (150.0, 0.30, 0.80, 0.97, 0.10, 4),
    "assault": (70.0, 0.42, 0.66, 1.01, 0.15, 20),
    "fraud": (90.0, 0.15, 0.70, 1.08, 0.00, 15),
    "arson": (3.0, 0.75, 0.88, 1.00, 0.10, 400),
}
# Found by looking: records a month for each officer, trend, days of harm.
PROACTIVE = {"drug dealing": (0.060, 1.02, 250), "weapons": (0.020, 1.00, 150),
             "trafficking in persons": (0.002, 1.05, 1800)}
ALL = (*REPORTED, *PROACTIVE)
AIMED_AT = ("robbery", "extortion", "burglary", "vehicle theft")
PREVENTED, MOVED, MORE_REPORTED, MORE_RECORDED = 0.25, 0.40, 1.10, 1.10
MORE_OFFICERS, MORE_LOOKING = 1.25, 1.20  # each officer of the programme looks more, too
COMMON_SPREAD = 0.05
NOT_SENT = 0.0015
RESPONDENTS = 60_000
SURVEYED = tuple(offence for offence in REPORTED if offence != "homicide")  # nobody is left to ask


def column(place: int) -> np.ndarray:
    return np.array([values[place] for values in REPORTED.values()], float)


def panel(root_seed: int = ROOT_SEED, counted: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Everything that happens, by district, month and offence; and everything that is seen of it.

    Parameters
    ----------
    root_seed : int
        Another seed gives another country with the same rules; tests use that.
    counted : collection of str, optional
        The offences of which records are needed; the others are left at 0, which saves time.
    """
    draws = Draws(NAME, root_seed)
    group = np.empty(N, int)
    group[draws.order(N)] = np.repeat(np.arange(3), list(GROUPS.values()))
    grown = 1.0 + 0.004 * np.arange(YEARS)
    people = np.floor(draws.lognormal(PEOPLE, 0.35, N)[:, None] * grown)
    programme = (group == 0)[:, None] & (np.arange(YEARS) >= (START - 1) // 12)
    officers = np.floor(people / 100_000 * draws.lognormal(220, 0.15, N)[:, None]
                        * np.where(programme, MORE_OFFICERS, 1.0) + 0.5)
    level = draws.lognormal(1.0, 0.30, N)[:, None] * draws.lognormal(1.0, 0.15, N, len(REPORTED))
    happened, prevented, moved = incidents(draws, people, group, level)

    after = (np.arange(MONTHS) >= START - 1)[None, :, None]
    aimed = np.isin(list(REPORTED), AIMED_AT)
    trusted = after & (group == 0)[:, None, None] & aimed
    reported = happened * column(1) * np.where(trusted, MORE_REPORTED, 1.0)
    audited = after & (column(2) < 1.0)
    recorded = reported * column(2) * np.where(audited, MORE_RECORDED, 1.0)
    found = looking(officers, after & (group == 0)[:, None, None])
    expected = np.concatenate([recorded, found], axis=2)
    u = draws.uniform(len(ALL), N, MONTHS)
    counts = np.stack([poisson(u[place], expected[:, :, place])
                       if counted is None or offence in counted else np.zeros((N, MONTHS), int)
                       for place, offence in enumerate(ALL)], axis=2)
    return {
        "group": group, "people": people, "officers": officers, "happened": happened, "prevented": prevented,
        "moved": moved, "reported": reported, "expected": expected, "counts": counts,
        "sent": draws.uniform(N, MONTHS) >= NOT_SENT,
        "survey": ask(draws, people, group, happened, reported),
    }


def incidents(draws: Draws, people: np.ndarray, group: np.ndarray,
              level: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What happens, what the programme prevents in its districts, and what of it happens next door."""
    month = np.arange(MONTHS)
    # A season without a sine: from its lowest in January up to July and down again.
    season = 1 - np.abs(month % 12 - 6) / 3.0
    trend = exp(month[:, None] / 12.0 * log(column(3)))
    common = exp(COMMON_SPREAD * draws.normal(MONTHS, len(REPORTED)))
    shape = trend * (1 + column(4) * season[:, None]) * common
    monthly = np.repeat(people, 12, axis=1)[:, :, None] / 100_000
    without = monthly * column(0) * level[:, None, :] * shape
    aimed = np.isin(list(REPORTED), AIMED_AT) & (month >= START - 1)[:, None]
    prevented = np.where((group == 0)[:, None, None] & aimed, PREVENTED * without, 0.0)
    bordering = np.where((group == 1)[:, None, None], without, 0.0)
    total = np.cumsum(prevented, axis=0)[-1]
    moved = bordering / np.cumsum(bordering, axis=0)[-1] * MOVED * total
    return without - prevented + moved, prevented, moved


def looking(officers: np.ndarray, more: np.ndarray) -> np.ndarray:
    """Expected records of offences that are found by looking."""
    rate, trend = (np.array([values[place] for values in PROACTIVE.values()]) for place in (0, 1))
    grown = exp(np.arange(MONTHS)[:, None] / 12.0 * log(trend))
    return np.repeat(officers, 12, axis=1)[:, :, None] * rate * grown * np.where(more, MORE_LOOKING, 1.0)


def ask(draws: Draws, people: np.ndarray, group: np.ndarray, happened: np.ndarray,
        reported: np.ndarray) -> np.ndarray:
    """Incidents of the sample that were reported and that were not, by area, year and offence."""
    places = [list(REPORTED).index(offence) for offence in SURVEYED]
    table = np.empty((3, YEARS, len(places), 2), int)
    for area in range(3):
        inside = group == area
        share = RESPONDENTS / np.cumsum(people[inside], axis=0)[-1]
        for kind, of in enumerate((reported, happened - reported)):
            monthly = np.cumsum(of[inside][:, :, places], axis=0)[-1].reshape(YEARS, 12, -1)
            table[area, :, :, kind] = draws.poisson(monthly * share[:, None, None]).sum(axis=1)
    return table


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the four tables, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another country with the same rules; tests use that.
    """
    found = panel(root_seed)
    names = [f"D{place:02d}" for place in range(1, N + 1)]
    texts = np.where(found["sent"][:, :, None], found["counts"].astype("U6"), "not-sent").tolist()
    rows = [(name, month, offence, text)
            for name, months in zip(names, texts)
            for month, cells in enumerate(months, start=1) for offence, text in zip(ALL, cells)]
    yes = {True: "true", False: "false"}
    districts = [
        (name, FIRST_YEAR + year, int(found["people"][place, year]), int(found["officers"][place, year]),
         yes[bool(found["group"][place] == 0)], yes[bool(found["group"][place] == 1)])
        for place, name in enumerate(names) for year in range(YEARS)]
    kinds = [(offence, yes[offence in PROACTIVE], yes[offence in AIMED_AT],
              REPORTED[offence][5] if offence in REPORTED else PROACTIVE[offence][2]) for offence in ALL]
    survey = [
        (area, FIRST_YEAR + year, offence, RESPONDENTS, int(cells.sum()), int(cells[0]))
        for area, by_year in zip(GROUPS, found["survey"]) for year, by_offence in enumerate(by_year)
        for offence, cells in zip(SURVEYED, by_offence)]
    tables = {NAME: rows, DISTRICTS: districts, OFFENCES: kinds, SURVEY: survey}
    return tables, planted_truth(found, root_seed)


def planted_truth(found: dict[str, np.ndarray], root_seed: int) -> dict:
    """The effect of the programme on what happens and on what is recorded."""
    aimed = [place for place, offence in enumerate(REPORTED) if offence in AIMED_AT]
    before, after = slice(0, START - 1), slice(START - 1, MONTHS)

    def total(of: np.ndarray, area: int, months: slice) -> float:
        cells = of[found["group"] == area][:, months][:, :, aimed]
        return float(np.cumsum(cells.reshape(-1))[-1])

    (t0, t1), (d0, d1), (c0, c1) = (
        (total(found["expected"], area, before), total(found["expected"], area, after)) for area in range(3))
    h0, h1 = (float(np.cumsum(found["happened"][:, months].reshape(-1))[-1]) for months in (before, after))
    seen = {offence: round(float(np.cumsum(found["expected"][:, :, place].reshape(-1))[-1]
                                 / np.cumsum(found["happened"][:, :, place].reshape(-1))[-1]), 4)
            for place, offence in enumerate(REPORTED)}
    prevented = total(found["prevented"], 0, after)
    moved = total(found["moved"], 1, after)
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": N * MONTHS * len(ALL),
        "programme_from_month": START,
        "effect_on_incidents": -PREVENTED,
        "effect_on_recorded": round((1 - PREVENTED) * MORE_REPORTED - 1, 4),
        "displaced_share": MOVED,
        "prevented_in_the_programme": round(prevented),
        "moved_next_door": round(moved),
        "prevented_in_all": round(prevented - moved),
        "effect_next_door_on_incidents": round(
            moved / (total(found["happened"], 1, after) - moved), 5),
        "expected_displacement_quotient_of_recorded": round((d1 / c1 - d0 / c0) / (t1 / c1 - t0 / c0), 5),
        "expected_recorded_before_and_after": {
            "programme": [round(t0, 1), round(t1, 1)], "bordering": [round(d0, 1), round(d1, 1)],
            "other": [round(c0, 1), round(c1, 1)],
        },
        "incidents_in_all_before_and_after": [round(h0), round(h1)],
        "share_of_incidents_recorded": seen,
        "audit_lifts_recording_by": round(MORE_RECORDED - 1, 4),
        "parameters": {
            "offences": {offence: dict(zip(("a_month_for_100000", "reported", "recorded", "trend_of_a_year",
                                            "season", "harm_days"), values))
                         for offence, values in REPORTED.items()},
            "proactive": {offence: dict(zip(("a_month_and_officer", "trend_of_a_year", "harm_days"), values))
                          for offence, values in PROACTIVE.items()},
            "aimed_at": AIMED_AT, "more_reported": MORE_REPORTED, "more_officers": MORE_OFFICERS,
            "more_looking": MORE_LOOKING, "not_sent": NOT_SENT, "respondents_an_area_and_year": RESPONDENTS,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
