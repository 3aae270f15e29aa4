"""expert_scores: fifteen illicit markets in sixty invented States, scored by five experts each.

Run it to write ``data/expert_scores.csv``, ``data/expert_scores_experts.csv``,
``data/expert_scores_states.csv`` and, for the lecturer, ``data/sources/expert_scores.truth.json``:

    python data/sources/expert_scores.py

No row describes a real State or person. The steps:

1. Draw the true level of each market in each State on a scale from 1 to 10, and how much information there
   is on the State.
2. Where there is little information, every expert sees less than there is.
3. An expert has an impression of the whole State that colours all fifteen scores (halo), and a way to use the
   scale, lenient or severe, that shows in described cases (vignettes), too. The rest is chance.
4. Scores are rounded to halves; some experts decline to judge a market, more often where little is known.
5. In some States one market was also measured by a survey of its own.
"""
from __future__ import annotations

import math

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "expert_scores"
COLUMNS = {
    NAME: ("state", "market", "expert", "score"),
    f"{NAME}_experts": ("expert", "state", "sex", "profession", "vignette_low", "vignette_middle",
                        "vignette_high"),
    f"{NAME}_states": ("state", "information", "excise_survey"),
}
STATES = (
    "Abrindal", "Ambrenne", "Arvenia", "Belmora", "Carwenna", "Cindara", "Corvalia", "Dalmora", "Dovrenne",
    "Drosmark", "Ekrenna", "Eldrava", "Elvarra", "Fallowen", "Farlund", "Fendria", "Galdorra", "Gostavia",
    "Grenmark", "Hallemark", "Harrowen", "Helvora", "Ilvessa", "Irvessa", "Iskorra", "Jasperna", "Jolmare",
    "Keldria", "Kestria", "Kolvania", "Lomvania", "Lorvane", "Lusmark", "Mervania", "Mirzenia", "Nelvora",
    "Nostria", "Olvenna", "Orvessa", "Ostrevia", "Pelluria", "Perlund", "Prelmark", "Quorrin", "Rastvala",
    "Rethmark", "Selvonia", "Silvarra", "Sundovia", "Talmere", "Tarvenna", "Tornevia", "Umbrasia", "Ustvara",
    "Valdrassa", "Veldana", "Vorlund", "Wolmare", "Yelvessa", "Zembria",
)
MARKETS = (
    "human trafficking", "human smuggling", "extortion", "arms trafficking", "counterfeit goods",
    "excise goods", "crimes against plants", "crimes against animals", "minerals and fuels", "heroin",
    "cocaine", "cannabis", "synthetic drugs", "cybercrime", "financial crime",
)
EXPERTS = 5  # of each State
SEX = {"female": 0.45, "male": 0.55}
PROFESSIONS = {"research": 0.27, "journalism": 0.20, "police": 0.19, "civil society": 0.16,
               "prosecution": 0.10, "customs": 0.08}

MIDDLE, SPREAD_OF_STATES, SPREAD_OF_MARKETS, SPREAD_WITHIN = 5.5, 0.8, 0.5, 0.7
INFORMATION = (20, 95)  # lowest and highest
UNSEEN = 0.020  # points of the scale that stay unseen for each point of information below the highest
HALO, SEVERITY, CHANCE = 0.7, 0.8, 1.0  # standard deviations
VIGNETTES = (3, 5, 7)  # levels that the authors of the vignettes agreed on
VIGNETTE_CHANCE = 0.7
DECLINED = (0.03, 0.13)  # where most and least is known
NOT_RETURNED = 0.05
EXCISE, SURVEYED, SURVEY_ERROR = "excise goods", 40, 0.3


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the files, in their order, under their names; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other States by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    states, markets = len(STATES), len(MARKETS)
    level = (MIDDLE + SPREAD_OF_STATES * draws.normal(states, 1)
             + SPREAD_OF_MARKETS * draws.normal(1, markets) + SPREAD_WITHIN * draws.normal(states, markets))
    level = np.clip(level, 1.5, 9.5)
    lowest, highest = INFORMATION
    information = np.floor(lowest + (highest + 1 - lowest) * draws.uniform(states))
    seen = level - UNSEEN * (highest - information)[:, None]

    halo, severity = HALO * draws.normal(states, EXPERTS), SEVERITY * draws.normal(states, EXPERTS)
    chance = CHANCE * draws.normal(states, EXPERTS, markets)
    scores = halves(seen[:, None, :] + (halo + severity)[:, :, None] + chance)
    little = ((highest - information) / (highest - lowest))[:, None, None]
    declined = draws.uniform(states, EXPERTS, markets) < DECLINED[0] + (DECLINED[1] - DECLINED[0]) * little
    vignettes = halves(np.array(VIGNETTES) + severity[:, :, None]
                       + VIGNETTE_CHANCE * draws.normal(states, EXPERTS, len(VIGNETTES)))
    not_returned = draws.uniform(states, EXPERTS) < NOT_RETURNED
    sex, profession = draws.pick(SEX, states * EXPERTS), draws.pick(PROFESSIONS, states * EXPERTS)
    surveyed = draws.order(states) < SURVEYED
    survey = np.clip(level[:, MARKETS.index(EXCISE)] + SURVEY_ERROR * draws.normal(states), 1, 10)

    expert = [[f"E{1 + place * EXPERTS + number:03d}" for number in range(EXPERTS)]
              for place in range(states)]
    rows = [(state, market, expert[place][number],
             "declined" if declined[place, number, column] else f"{scores[place, number, column]:.1f}")
            for place, state in enumerate(STATES) for column, market in enumerate(MARKETS)
            for number in range(EXPERTS)]
    people = [(expert[place][number], state, sex[place * EXPERTS + number],
               profession[place * EXPERTS + number],
               *("not-returned" if not_returned[place, number] else f"{score:.1f}"
                 for score in vignettes[place, number]))
              for place, state in enumerate(STATES) for number in range(EXPERTS)]
    places = [(state, f"{known:.0f}", f"{score:.1f}" if measured else "not-measured")
              for state, known, score, measured in zip(STATES, information, survey, surveyed)]
    made = {NAME: rows, f"{NAME}_experts": people, f"{NAME}_states": places}
    return made, planted_truth(level, seen, halo, severity, root_seed)


def halves(numbers: np.ndarray) -> np.ndarray:
    """Rounded to halves, and kept on the scale from 1 to 10."""
    return np.clip(np.floor(2 * numbers + 0.5) / 2, 1, 10)


def planted_truth(level: np.ndarray, seen: np.ndarray, halo: np.ndarray, severity: np.ndarray,
                  root_seed: int) -> dict:
    """What a reader of the files cannot see: the levels, and what colours the scores."""
    index = [math.fsum(row) / len(MARKETS) for row in level.tolist()]
    as_seen = [math.fsum(row) / len(MARKETS) for row in seen.tolist()]
    order = sorted(range(len(STATES)), key=lambda place: (-index[place], STATES[place]))
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": level.size * EXPERTS,
        "markets": list(MARKETS),
        # Each State: mean of the true levels, the same as far as it can be seen, and the levels one by one.
        "index": {STATES[place]: round(index[place], 3) for place in range(len(STATES))},
        "index_as_seen": {STATES[place]: round(as_seen[place], 3) for place in range(len(STATES))},
        "rank": {STATES[place]: rank for rank, place in enumerate(order, start=1)},
        "levels": {state: " ".join(f"{number:.2f}" for number in row) for state, row in zip(STATES, level)},
        "halo_and_severity_of_experts": {
            state: " ".join(f"{h:.2f}/{s:.2f}" for h, s in zip(one, other))
            for state, one, other in zip(STATES, halo.tolist(), severity.tolist())},
        "parameters": {
            "unseen_points_for_each_point_of_information": UNSEEN, "information": list(INFORMATION),
            "spread": {"states": SPREAD_OF_STATES, "markets": SPREAD_OF_MARKETS, "within": SPREAD_WITHIN},
            "middle": MIDDLE, "halo": HALO, "severity": SEVERITY, "chance": CHANCE,
            "vignettes": list(VIGNETTES), "vignette_chance": VIGNETTE_CHANCE,
            "declined": list(DECLINED), "not_returned": NOT_RETURNED,
            "survey": {"market": EXCISE, "states": SURVEYED, "error": SURVEY_ERROR},
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
