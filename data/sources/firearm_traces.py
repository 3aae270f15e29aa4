"""firearm_traces: firearms recovered by the police of the invented Arvenia, and where traces led.

Run it to write ``data/firearm_traces.csv`` and, for the lecturer, its truth:

    python data/sources/firearm_traces.py

No row describes a real firearm or jurisdiction. The steps, for 2,500 firearms at once:

1. Draw which are home-made. For the others draw where they were last sold lawfully, given that the type, and
   whether a serial number can be read: that depends on the marking law of the place.
2. Draw the day of recovery and the time since the last lawful sale, given the type. One part comes to crime
   soon, the other after many years.
3. Trace. Whether a trace finds the source depends on the type and on the serial number.
4. A trace finds the day of the sale only if the sales register existed then; else it says that the sale was
   before.
"""
from __future__ import annotations

from datetime import date

import numpy as np

from common import ROOT_SEED, Draws, exp, write

NAME = "firearm_traces"
ROWS = 2500
COLUMNS = {NAME: ("firearm_id", "type", "make_class", "marked", "recovery_date", "crime_context",
                  "trace_status", "source_jurisdiction", "purchase_date")}

HOME_MADE = 0.07
SOURCES = {"Arvenia": 0.30, "Lusmark": 0.25, "Ostrevia": 0.20, "Veldana": 0.15, "Kestria": 0.10}
TYPES = {
    "Arvenia": {"pistol": 0.25, "revolver": 0.07, "rifle": 0.30, "shotgun": 0.33, "other": 0.05},
    "Lusmark": {"pistol": 0.55, "revolver": 0.10, "rifle": 0.15, "shotgun": 0.15, "other": 0.05},
    "Ostrevia": {"pistol": 0.35, "revolver": 0.11, "rifle": 0.30, "shotgun": 0.18, "other": 0.06},
    "Veldana": {"pistol": 0.20, "revolver": 0.10, "rifle": 0.45, "shotgun": 0.15, "other": 0.10},
    "Kestria": {"pistol": 0.40, "revolver": 0.18, "rifle": 0.15, "shotgun": 0.20, "other": 0.07},
    "home-made": {"pistol": 0.55, "revolver": 0.05, "rifle": 0.15, "shotgun": 0.15, "other": 0.10},
}
MARKED = {
    "Arvenia": 0.75, "Lusmark": 0.92, "Ostrevia": 0.60, "Veldana": 0.30, "Kestria": 0.45, "home-made": 0.0,
}
TRACED_MARKED = {"pistol": 0.85, "revolver": 0.75, "rifle": 0.75, "shotgun": 0.62, "other": 0.55}
TRACED_UNMARKED = {"pistol": 0.28, "revolver": 0.20, "rifle": 0.22, "shotgun": 0.15, "other": 0.15}

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2023, 12, 31)
REGISTER = date(2006, 1, 1)  # sales before this day are not in the register
# Years to crime: a part at once (exponential), the rest later (gamma with shape 2); means, times a factor.
SOON, SOON_YEARS, LATER_YEARS = 0.25, 1.5, 11.0
SLOWER = {"pistol": 1.0, "revolver": 1.5, "rifle": 1.4, "shotgun": 1.5, "other": 1.2}
YEAR = 365.25
CONTEXTS = {"drug offence": 0.27, "violent offence": 0.22, "illegal possession only": 0.28,
            "property offence": 0.13, "found": 0.10}
NO_CONTEXT = 0.03


def by(column: np.ndarray, table: dict[str, float]) -> np.ndarray:
    """The value of a table for each firearm."""
    values = np.empty(len(column))
    for kind, value in table.items():
        values[column == kind] = value
    return values


def not_yet(years: float, kind: str) -> float:
    """Share of firearms of a type that come to crime later than this many years after the sale.

    Examples
    --------
    >>> round(not_yet(0.0, "pistol"), 3), round(not_yet(8.0, "pistol"), 3)
    (1.0, 0.431)
    """
    soon, later = years / (SOON_YEARS * SLOWER[kind]), 2.0 * years / (LATER_YEARS * SLOWER[kind])
    return float(SOON * exp(-soon) + (1.0 - SOON) * (1.0 + later) * exp(-later))


def median_years(kind: str) -> float:
    """Years after which half of the firearms of a type have come to crime."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if not_yet(middle, kind) > 0.5 else (low, middle)
    return low


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other firearms by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    source = draws.pick(SOURCES, ROWS)
    source[draws.uniform(ROWS) < HOME_MADE] = "home-made"
    kind = np.empty(ROWS, dtype=object)
    for place, shares in TYPES.items():
        drawn = draws.pick(shares, ROWS)
        kind[source == place] = drawn[source == place]
    home_made = source == "home-made"
    marked = draws.uniform(ROWS) < by(source, MARKED)
    chance = np.where(marked, by(kind, TRACED_MARKED), by(kind, TRACED_UNMARKED))
    traced = (draws.uniform(ROWS) < chance) & ~home_made

    days = LAST_DAY.toordinal() - FIRST_DAY.toordinal() + 1
    recovery = FIRST_DAY.toordinal() + np.floor(draws.uniform(ROWS) * days).astype(int)
    soon = draws.uniform(ROWS) < SOON
    years = np.where(soon, SOON_YEARS * draws.erlang(1, ROWS), LATER_YEARS * draws.erlang(2, ROWS))
    purchase = recovery - np.floor(years * by(kind, SLOWER) * YEAR + 1.0).astype(int)
    in_register = purchase >= REGISTER.toordinal()

    no_record = np.where(draws.uniform(ROWS) < 0.7, "no record found", "request with an error")
    status = np.where(marked, no_record, "no serial number").astype(object)
    status[home_made] = "home-made"
    status[traced] = "traced"
    bought = [date.fromordinal(max(day, 1)).isoformat() for day in purchase.tolist()]
    sold = np.where(in_register, np.array(bought, dtype=object), "before-register")
    context = draws.pick(CONTEXTS, ROWS)
    context[draws.uniform(ROWS) < NO_CONTEXT] = "not-recorded"
    rows = list(zip(
        [f"F{number:04d}" for number in range(1, ROWS + 1)], kind,
        np.where(home_made, "home-made", "factory"), marked.astype(int).tolist(),
        [date.fromordinal(day).isoformat() for day in recovery.tolist()], context, status,
        np.where(traced, source, "not-traced"), np.where(traced, sold, "not-traced")))
    return {NAME: rows}, planted_truth(source, kind, traced, in_register, root_seed)


def planted_truth(source: np.ndarray, kind: np.ndarray, traced: np.ndarray, in_register: np.ndarray,
                  root_seed: int) -> dict:
    """Where all firearms come from, traced or not, and how long they took."""
    made = source != "home-made"
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "source_share": SOURCES,
        "firearms_by_source": {place: int((source == place).sum()) for place in TYPES},
        "traced_by_source": {place: int((traced & (source == place)).sum()) for place in SOURCES},
        "firearms_by_type": {name: int((made & (kind == name)).sum()) for name in SLOWER},
        "traced": int(traced.sum()),
        "traced_but_sold_before_the_register": int((traced & ~in_register).sum()),
        "median_years_to_crime": {name: round(median_years(name), 2) for name in SLOWER},
        "share_within_3_years": {name: round(1.0 - not_yet(3.0, name), 4) for name in SLOWER},
        "share_later_than_8_years": {name: round(not_yet(8.0, name), 4) for name in SLOWER},
        "parameters": {
            "home_made": HOME_MADE,
            "types": TYPES,
            "marked": MARKED,
            "traced_if_marked": TRACED_MARKED,
            "traced_if_not_marked": TRACED_UNMARKED,
            "register_since": REGISTER.isoformat(),
            "soon": SOON,
            "soon_mean_years": SOON_YEARS,
            "later_mean_years": LATER_YEARS,
            "slower": SLOWER,
            "contexts": CONTEXTS,
            "context_not_recorded": NO_CONTEXT,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
