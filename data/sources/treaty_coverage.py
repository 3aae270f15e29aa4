"""treaty_coverage: sixty invented States, a convention with four protocols, and who is bound from when.

Run it to write ``data/treaty_coverage.csv``, ``data/treaty_coverage_chains.csv`` and the truth:

    python data/sources/treaty_coverage.py

States and instruments are invented; the rules of the instruments are those of the Convention against
Transnational Organized Crime and its Protocols (articles 36 to 38; article 37, paragraph 2: nobody becomes a
Party to a protocol who is not a Party to the convention). The steps:

1. Draw for each State its region and whether parliament has to approve treaties.
2. Draw for each State and instrument when the State is ready to consent to be bound. The chance a year is
   constant; it depends on the instrument, the region and the approval of parliament. A protocol waits for the
   convention.
3. Draw signatures, which have no influence on consent.
4. Work out when each instrument enters into force, in general and for each State. What happens after the
   closing day is not in the file.
5. Draw cases that cross a chain of States, most of them neighbours.
"""
from __future__ import annotations

from itertools import product

import numpy as np

from common import ROOT_SEED, Draws, exp, log, picks, write

NAME = "treaty_coverage"
CHAINS = "treaty_coverage_chains"
COLUMNS = {
    NAME: ("state", "region", "approval", "instrument", "opened_on", "signed_on", "consented_on",
           "consent_form", "bound_from", "extradition_basis"),
    CHAINS: ("case_id", "case_on", "instrument", "step", "place_in_chain", "state"),
}

STATES = tuple("""
    Arvenia Lusmark Ostrevia Veldana Kestria Talmere Adronia Belcavia Brelund Calveth Corvessa Dalmora Dorvina
    Dremark Elvoria Esmarra Falkenor Fendria Galmora Gravonia Grendora Halvora Hestrava Ilmeth Iskarra Jastria
    Jorvena Kaldria Kelmora Korvath Larnova Lethmark Lorvane Marvessa Melgrad Mirvana Nelvaria Norvath Nyssara
    Orlesk Orvanta Pelmora Perrund Quorena Rastorra Relmark Sarvona Selmaria Sorvath Tarvelle Torvina Ulmeria
    Urgrund Varnmark Vestoria Volmere Wesmark Ystrava Zarvena Zelmora
""".split())
CLOSED = np.datetime64("2023-12-31")
YEAR = 365.25
REGIONS = {"north": (0.25, 1.0), "east": (0.25, 0.5), "south": (0.25, 0.8), "west": (0.25, 1.4)}
PARLIAMENT = 0.70
APPROVALS = {"parliament": 1.0, "government": 1.8}  # times the chance a year

# Opened on, chance a year of becoming ready (north, parliament), share of the States that sign.
INSTRUMENTS = {
    "convention": ("2004-03-01", 0.20, 0.77),
    "trafficking protocol": ("2004-03-01", 0.15, 0.62),
    "smuggling protocol": ("2006-06-01", 0.11, 0.59),
    "firearms protocol": ("2016-09-01", 0.06, 0.27),
    "environment protocol": ("2021-06-01", 0.05, 0.25),
}
SIGNING_YEARS, ON_THE_FIRST_DAY = 2.0, 0.40
NEEDED = 20           # instruments of consent for the general entry into force
GENERAL, LATER = 90, 30  # days from the twentieth consent, and from a later one, to the entry into force
FORMS = {"ratification": 0.85, "acceptance": 0.08, "approval": 0.07}
BASIS = {"true": 0.55, "false": 0.25, "not-notified": 0.20}
LOST = {"signed_on": 0.02}

CASES = 150
LENGTHS = {2: 0.25, 3: 0.35, 4: 0.25, 5: 0.15}
NEIGHBOUR = 0.65      # chance that the next State is of the same region
CHAIN_INSTRUMENTS = {"trafficking protocol": 0.40, "smuggling protocol": 0.40, "firearms protocol": 0.20}
CASES_FROM, CASES_TO = np.datetime64("2017-01-01"), np.datetime64("2023-06-30")


def ready(instrument: str, years: float, faster: float) -> float:
    """Chance that a State is ready to consent so many years after the opening."""
    return 1.0 - float(exp(-INSTRUMENTS[instrument][1] * faster * max(years, 0.0)))


def share_of_parties(instrument: str, years: float) -> float:
    """True share of States that have consented so many years after the opening of the instrument."""
    opened = {name: np.datetime64(day) for name, (day, _, _) in INSTRUMENTS.items()}
    earlier = float((opened[instrument] - opened["convention"]).astype(int)) / YEAR
    share = 0.0
    for (weight, pace), approval in product(REGIONS.values(), APPROVALS):
        faster = pace * APPROVALS[approval]
        part = weight * (PARLIAMENT if approval == "parliament" else 1 - PARLIAMENT)
        chance = ready("convention", years + earlier, faster)
        if instrument != "convention":
            chance *= ready(instrument, years, faster)  # ready for both
        share += part * chance
    return share


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the two files, under their names, and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other States by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    n = len(STATES)
    region = draws.pick({name: weight for name, (weight, _) in REGIONS.items()}, n)
    approval = draws.pick({"parliament": PARLIAMENT, "government": 1 - PARLIAMENT}, n)
    faster = np.array([REGIONS[one][1] * APPROVALS[other] for one, other in zip(region, approval)])

    consents, bound, general, columns = {}, {}, {}, []
    for instrument, (day, chance, signing) in INSTRUMENTS.items():
        opened = np.datetime64(day)
        wait = np.floor(-log(1.0 - draws.uniform(n)) / (chance * faster) * YEAR).astype(int)
        consents[instrument] = np.maximum(opened + 1 + wait, consents.get("convention", opened))
        general[instrument] = np.sort(consents[instrument])[NEEDED - 1] + GENERAL
        if instrument != "convention":
            general[instrument] = max(general[instrument], general["convention"])
        bound[instrument] = np.maximum(consents[instrument] + LATER, general[instrument])
        columns.append(table(draws, instrument, consents[instrument], bound[instrument], signing))
    rows = [
        (STATES[at], region[at], approval[at], *(column[at] for column in part))
        for at in range(n) for part in columns
    ]
    chains = draw_chains(draws, region)
    return {NAME: rows, CHAINS: chains}, planted_truth(consents, bound, general, chains, root_seed)


def table(draws: Draws, instrument: str, consent: np.ndarray, bound: np.ndarray, signing: float) -> list:
    """The columns of one instrument, one value a State."""
    n = len(consent)
    u = draws.uniform(n, 6)
    opened = np.datetime64(INSTRUMENTS[instrument][0])
    signs = u[:, 0] < signing
    later = np.floor(u[:, 2] * SIGNING_YEARS * YEAR).astype(int)
    signed = opened + np.where(u[:, 1] < ON_THE_FIRST_DAY, 0, later)
    signed = np.where(signed > consent, opened, signed)  # nobody signs after consenting
    party, in_force = consent <= CLOSED, bound <= CLOSED
    basis = (np.where(party, picks(u[:, 5], BASIS), "not-party") if instrument == "convention"
             else np.full(n, "protocol", dtype=object))
    return [
        np.full(n, instrument, dtype=object).tolist(),
        np.full(n, str(opened), dtype=object).tolist(),
        np.where(signs, np.where(u[:, 3] < LOST["signed_on"], "not-recorded", signed.astype(str)),
                 "not-signed").tolist(),
        np.where(party, consent.astype(str), "not-party").tolist(),
        np.where(~party, "not-party", np.where(signs, picks(u[:, 4], FORMS), "accession")).tolist(),
        np.where(in_force, bound.astype(str), np.where(party, "not-yet", "not-party")).tolist(),
        basis.tolist(),
    ]


def draw_chains(draws: Draws, region: np.ndarray) -> list[tuple]:
    """Cases that cross two to five States."""
    length = picks(draws.uniform(CASES), {str(steps): share for steps, share in LENGTHS.items()})
    instrument = draws.pick(CHAIN_INSTRUMENTS, CASES)
    span = int((CASES_TO - CASES_FROM).astype(int))
    days = np.sort((draws.uniform(CASES) * span).astype(int), kind="stable")
    numbers = draws.uniform(CASES, max(LENGTHS), 2)
    rows = []
    for case in range(CASES):
        chain: list[int] = []
        for stay, which in numbers[case, : int(length[case])]:
            near = [at for at in range(len(STATES)) if at not in chain
                    and (not chain or stay >= NEIGHBOUR or region[at] == region[chain[-1]])]
            near = near or [at for at in range(len(STATES)) if at not in chain]
            chain.append(near[int(which * len(near))])
        for step, at in enumerate(chain, start=1):
            place = "origin" if step == 1 else "destination" if step == len(chain) else "transit"
            rows.append((f"C{case + 1:03d}", str(CASES_FROM + days[case]), instrument[case], step, place,
                         STATES[at]))
    return rows


def planted_truth(consents: dict, bound: dict, general: dict, chains: list[tuple], root_seed: int) -> dict:
    """What a reader cannot see or has to work out: shares behind, consents to come, chains that hold."""
    index = {state: at for at, state in enumerate(STATES)}
    covered: dict[str, list[bool]] = {}
    for case, day, instrument, _, _, state in chains:
        covered.setdefault(case, []).append(bool(bound[instrument][index[state]] <= np.datetime64(day)))
    years = (2, 5, 7, 10, 15, 19)
    shares = {}
    for instrument, (day, _, _) in INSTRUMENTS.items():
        watched = float((CLOSED - np.datetime64(day)).astype(int)) / YEAR
        shares[instrument] = {str(year): round(share_of_parties(instrument, year), 6)
                              for year in years if year < watched}
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "states": len(STATES),
        "closed_on": str(CLOSED),
        "share_of_states_that_consented_within_years": shares,
        "entry_into_force": {name: str(day) if day <= CLOSED else "after the closing day"
                             for name, day in general.items()},
        "parties_on_the_closing_day": {name: int((days <= CLOSED).sum()) for name, days in consents.items()},
        "mean_years_to_consent_of_all_in_the_end": {
            name: round(float((days - np.datetime64(INSTRUMENTS[name][0])).astype(int).sum()) / YEAR
                        / len(STATES), 4) for name, days in consents.items()},
        "chains": len(covered),
        "chains_without_a_gap": sum(all(steps) for steps in covered.values()),
        "steps": len(chains),
        "steps_covered": sum(sum(steps) for steps in covered.values()),
        "parameters": {
            "regions": {name: {"share": share, "times_the_chance": pace}
                        for name, (share, pace) in REGIONS.items()},
            "parliament": PARLIAMENT, "times_the_chance_by_approval": APPROVALS,
            "instruments": {name: {"opened": day, "chance_a_year": chance, "signing": signing}
                            for name, (day, chance, signing) in INSTRUMENTS.items()},
            "consents_needed": NEEDED, "days_to_general_entry": GENERAL, "days_to_later_entry": LATER,
            "neighbour": NEIGHBOUR, "lengths": {str(steps): share for steps, share in LENGTHS.items()},
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
