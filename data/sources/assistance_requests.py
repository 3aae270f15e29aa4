"""assistance_requests: requests for mutual legal assistance and extradition that the invented Arvenia sent.

Run it to write ``data/assistance_requests.csv`` and, for the lecturer, its truth:

    python data/sources/assistance_requests.py

No row describes a real request. For each of the 1,400 requests:

1. Draw kind, requested State, channel, urgency and the day on which it was sent.
2. After the days that nobody can save (translation, registration), three endings compete: it is executed,
   refused or withdrawn. Each has a constant chance a day, which depends on kind, State, channel and urgency.
   The first one that happens is the outcome.
3. The register is closed on one day. What has not ended by then stands in it as open.
4. Lose some answers, each with its reason.

The chances a day are constant, so that the true share of requests executed within any time has a formula.
"""
from __future__ import annotations

from itertools import product

import numpy as np

from common import ROOT_SEED, Draws, exp, log, picks, write

NAME = "assistance_requests"
ROWS = 1400
COLUMNS = {NAME: ("request_id", "kind", "requested_state", "measure", "legal_basis", "channel", "urgent",
                  "person_sex", "sent_on", "ended_on", "outcome", "refusal_ground")}

FIRST_DAY, REGISTER_CLOSED = np.datetime64("2019-01-01"), np.datetime64("2023-12-31")
LAG = 20  # days before anything can end

EXTRADITION = 0.30
STATES = {"Lusmark": 0.26, "Ostrevia": 0.22, "Veldana": 0.18, "Kestria": 0.20, "Talmere": 0.14}
OUTCOMES = ("executed", "refused", "withdrawn")

# Endings per 1,000 days for mutual legal assistance through the central authority, not urgent.
RATES = {
    "Lusmark": (2.8, 0.5, 0.3),
    "Ostrevia": (1.7, 1.0, 0.4),
    "Veldana": (2.1, 0.6, 0.3),
    "Kestria": (0.8, 1.6, 0.6),
    "Talmere": (1.2, 0.8, 0.5),
}
TIMES_EXTRADITION = (2.2, 2.5, 1.0)
TIMES_DIPLOMATIC = (0.7, 0.7, 1.0)
TIMES_URGENT = (1.5, 1.0, 1.0)

DIPLOMATIC = {"mutual legal assistance": 0.20, "extradition": 0.45}
URGENT = 0.15
INTERPOL_IF_URGENT = 0.40  # of the urgent requests that do not go through diplomats

MEASURES = {
    "mutual legal assistance": {
        "records of banks, companies or offices": 0.34, "evidence or statements": 0.22,
        "service of documents": 0.12, "search, seizure or freezing": 0.12, "tracing of proceeds": 0.12,
        "other assistance": 0.08,
    },
    "extradition": {"surrender for prosecution": 0.62, "surrender to serve a sentence": 0.38},
}
GROUNDS = {
    "mutual legal assistance": {
        "no dual criminality": 0.30, "not in conformity": 0.28, "essential interests": 0.18,
        "domestic law": 0.13, "bank secrecy": 0.05, "not-given": 0.06,
    },
    "extradition": {
        "own national": 0.42, "conditions of law or treaty": 0.24, "no dual criminality": 0.20,
        "risk of persecution": 0.08, "not-given": 0.06,
    },
}
LEGAL_BASES = {"Convention": 0.48, "bilateral treaty": 0.40, "reciprocity": 0.12}
SEXES = {"female": 0.14, "male": 0.83, "not-recorded": 0.03}
CHANNEL_LOST = 0.02


def rates(kind: str, state: str, diplomatic: bool, urgent: bool) -> tuple[float, ...]:
    """Chances a day of being executed, refused and withdrawn, once the lag is over."""
    return tuple(
        rate / 1000.0 * (faster if kind == "extradition" else 1.0) * (slower if diplomatic else 1.0)
        * (pushed if urgent else 1.0)
        for rate, faster, slower, pushed
        in zip(RATES[state], TIMES_EXTRADITION, TIMES_DIPLOMATIC, TIMES_URGENT)
    )


def true_shares(days: int, kinds: dict[str, float], states: dict[str, float]) -> dict[str, float]:
    """Share of the requests that have ended in each way after so many days, were none cut off.

    Parameters
    ----------
    days : int
        Days since sending.
    kinds, states : dict of str to float
        The mix of requests: shares by kind and by State.
    """
    shares = dict.fromkeys(OUTCOMES, 0.0)
    for kind, state, diplomatic, urgent in product(kinds, states, (False, True), (False, True)):
        weight = kinds[kind] * states[state]
        weight *= DIPLOMATIC[kind] if diplomatic else 1 - DIPLOMATIC[kind]
        weight *= URGENT if urgent else 1 - URGENT
        chances = rates(kind, state, diplomatic, urgent)
        total = chances[0] + chances[1] + chances[2]
        ended = 1.0 - float(exp(-total * max(days - LAG, 0)))
        for outcome, chance in zip(OUTCOMES, chances):
            shares[outcome] += weight * chance / total * ended
    return shares


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the file, under its name, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives another register by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    span = int((REGISTER_CLOSED - FIRST_DAY).astype(int))  # the last request is sent the day before
    sent = np.sort((draws.uniform(ROWS) * span).astype(int), kind="stable")
    kind = draws.pick({"extradition": EXTRADITION, "mutual legal assistance": 1 - EXTRADITION}, ROWS)
    state = draws.pick(STATES, ROWS)
    extradition = kind == "extradition"
    diplomatic = draws.uniform(ROWS) < np.where(extradition, DIPLOMATIC["extradition"],
                                                DIPLOMATIC["mutual legal assistance"])
    urgent = draws.uniform(ROWS) < URGENT
    interpol = urgent & ~diplomatic & (draws.uniform(ROWS) < INTERPOL_IF_URGENT)

    chances = np.array([rates(*case) for case in zip(kind, state, diplomatic, urgent)])
    waits = -log(1.0 - draws.uniform(ROWS, 3)) / chances
    first = np.argmin(waits, axis=1)
    days = LAG + np.ceil(waits[np.arange(ROWS), first]).astype(int)
    fate = np.array(OUTCOMES, dtype=object)[first]
    open_ = sent + days > span

    u = draws.uniform(ROWS, 5)
    columns = {
        "kind": kind,
        "requested_state": state,
        "measure": by_kind(u[:, 0], MEASURES, extradition),
        "legal_basis": picks(u[:, 1], LEGAL_BASES),
        "channel": np.where(u[:, 2] < CHANNEL_LOST, "not-recorded",
                            np.where(diplomatic, "diplomatic",
                                     np.where(interpol, "INTERPOL", "central authority"))),
        "urgent": np.where(urgent, "true", "false"),
        "person_sex": np.where(extradition, picks(u[:, 3], SEXES), "no-person"),
        "sent_on": (FIRST_DAY + sent).astype(str),
        "ended_on": np.where(open_, "open", (FIRST_DAY + sent + days).astype(str)),
        "outcome": np.where(open_, "open", fate),
        "refusal_ground": np.where(~open_ & (fate == "refused"), by_kind(u[:, 4], GROUNDS, extradition),
                                   "not-refused"),
    }
    numbers = [f"R{number:04d}" for number in range(1, ROWS + 1)]
    rows = list(zip(numbers, *(column.tolist() for column in columns.values())))
    return {NAME: rows}, planted_truth(kind, fate, days, open_, root_seed)


def by_kind(u: np.ndarray, shares: dict[str, dict[str, float]], extradition: np.ndarray) -> np.ndarray:
    """Values drawn by the shares of the request's kind."""
    return np.where(extradition, picks(u, shares["extradition"]), picks(u, shares["mutual legal assistance"]))


def planted_truth(kind: np.ndarray, fate: np.ndarray, days: np.ndarray, open_: np.ndarray,
                  root_seed: int) -> dict:
    """What a reader of the register cannot see: how the open requests end, and the shares behind all."""
    kinds = {"mutual legal assistance": 1 - EXTRADITION, "extradition": EXTRADITION}
    horizons = (180, 365, 730, 1095)

    def shares(kinds: dict[str, float], states: dict[str, float]) -> dict[str, dict[str, float]]:
        return {str(t): {name: round(share, 6) for name, share in true_shares(t, kinds, states).items()}
                for t in horizons}

    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": ROWS,
        "register_closed": str(REGISTER_CLOSED),
        "share_ended_within_days": shares(kinds, STATES),
        "share_ended_within_days_by_kind": {one: shares({one: 1.0}, STATES) for one in kinds},
        "share_ended_within_days_by_state": {one: shares(kinds, {one: 1.0}) for one in STATES},
        "share_ended_in_the_end": {name: round(share, 6)
                                   for name, share in true_shares(10**6, kinds, STATES).items()},
        "open": int(open_.sum()),
        "open_requests_end_later": {name: int((open_ & (fate == name)).sum()) for name in OUTCOMES},
        "executed_in_this_register_within_365_days_were_none_cut_off":
            int(((fate == "executed") & (days <= 365)).sum()),
        "parameters": {
            "kinds": kinds,
            "states": STATES,
            "lag_days": LAG,
            "endings_per_1000_days": {state: dict(zip(OUTCOMES, RATES[state])) for state in RATES},
            "times_for_extradition": dict(zip(OUTCOMES, TIMES_EXTRADITION)),
            "times_for_the_diplomatic_channel": dict(zip(OUTCOMES, TIMES_DIPLOMATIC)),
            "times_if_urgent": dict(zip(OUTCOMES, TIMES_URGENT)),
            "diplomatic_channel": DIPLOMATIC,
            "urgent": URGENT,
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
