"""laundering_flows: money from crime that moves between forty invented jurisdictions in one year.

Run it to write ``data/laundering_flows.csv``, ``data/laundering_flows_jurisdictions.csv`` and, for the
lecturer, ``data/sources/laundering_flows.truth.json``:

    python data/sources/laundering_flows.py

No row describes a real jurisdiction. The steps:

1. Draw forty jurisdictions: where they lie, what they speak, how large and rich they are, how secret their
   banks and how strict their supervision is. Proceeds of crime are a share of the gross domestic product.
2. The expected flow from one to another is a product of powers of these, the gravity model: more where there
   are more proceeds, less over a long distance, more to large, rich and secret places.
3. The flow is made of transfers: their number is a Poisson number whose mean varies from pair to pair, their
   size varies too. Between small or distant places there is often none at all.
4. Some pairs do not share what they know, mostly where the destination is secret.
"""
from __future__ import annotations

import math

import numpy as np

from common import ROOT_SEED, Draws, exp, log, write

NAME = "laundering_flows"
COLUMNS = {
    NAME: ("origin", "destination", "distance_km", "same_language", "flow_musd"),
    f"{NAME}_jurisdictions": ("jurisdiction", "gdp_musd", "gdp_per_head_usd", "proceeds_musd", "language",
                              "secrecy", "supervision", "conflict", "fiu_group", "attractiveness"),
}
PLACES = (
    "Abrindal", "Arvenia", "Belmora", "Cindara", "Corvalia", "Dovrenne", "Drosmark", "Ekrenna", "Elvarra",
    "Fallowen", "Fendria", "Galdorra", "Grenmark", "Harrowen", "Helvora", "Ilvessa", "Iskorra", "Jasperna",
    "Kestria", "Kolvania", "Lorvane", "Lusmark", "Mervania", "Mirzenia", "Nostria", "Olvenna", "Ostrevia",
    "Pelluria", "Prelmark", "Quorrin", "Rastvala", "Rethmark", "Silvarra", "Sundovia", "Talmere", "Tornevia",
    "Umbrasia", "Valdrassa", "Veldana", "Zembria",
)
LANGUAGES = {"first": 0.35, "second": 0.30, "third": 0.20, "fourth": 0.15}

PROCEEDS_LOW, PROCEEDS_HIGH, PROCEEDS_MEAN = 0.023, 0.055, 0.036  # shares of the gross domestic product
# The gravity model: what one more of each adds to the logarithm of the expected flow.
COEFFICIENTS = {
    "log_proceeds": 0.90,
    "log_gdp": 0.50,
    "log_gdp_per_head": 0.40,
    "log_distance": -0.60,
    "same_language": 0.50,
    "secrecy": 0.025,
    "supervision": -0.010,
    "conflict": -0.30,
    "fiu_group": -0.25,
}
CONSTANT = -10.3
TRANSFER = 6.0  # mean size, million US$
UNLIKE_PAIRS = 20  # shape of the gamma number by which the mean of a pair is multiplied
NOT_SHARED = {"open": 0.06, "secret": 0.45}  # a destination is secret from this score on:
SECRET_FROM = 60


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of both files, in their order, under their names; and the planted truth.

    Parameters
    ----------
    root_seed : int
        Another seed gives other jurisdictions by the same rules; tests use that.
    """
    draws = Draws(NAME, root_seed)
    land = draw_jurisdictions(draws)
    n = len(PLACES)
    origin, destination = np.array([(i, j) for i in range(n) for j in range(n) if i != j]).T
    away = [land[axis][origin] - land[axis][destination] for axis in ("x", "y")]
    # 10 km at the least, and the distance that the file shows is the one that counts.
    kilometres = 10 * np.maximum(np.floor(np.sqrt(away[0] * away[0] + away[1] * away[1]) / 10 + 0.5), 1)
    same = (land["language"][origin] == land["language"][destination]).astype(int)
    expected = expected_flows(land, origin, destination, kilometres, same)

    pairs = len(origin)
    mean = expected / TRANSFER * draws.erlang(UNLIKE_PAIRS, pairs)
    transfers = draws.poisson(np.broadcast_to(mean / 10, (10, pairs))).sum(axis=0)
    size = TRANSFER * exp(0.4 * draws.normal(pairs) - 0.08)  # the mean of exp(0.4 z) is exp(0.08)
    flow = np.floor(10 * transfers * size + 0.5) / 10
    secret = land["secrecy"][destination] >= SECRET_FROM
    shared = draws.uniform(pairs) >= np.where(secret, NOT_SHARED["secret"], NOT_SHARED["open"])

    rows = [(PLACES[i], PLACES[j], f"{km:.0f}", together, f"{amount:.1f}" if known else "not-shared")
            for i, j, km, together, amount, known in zip(*(column.tolist() for column in (
                origin, destination, kilometres, same, flow, shared)))]
    return ({NAME: rows, f"{NAME}_jurisdictions": jurisdiction_rows(land)},
            planted_truth(land, destination, expected, flow, shared, root_seed))


def draw_jurisdictions(draws: Draws) -> dict[str, np.ndarray]:
    """One array a property, rounded as the file has them."""
    n = len(PLACES)
    u = draws.uniform(n)
    share = PROCEEDS_LOW + (PROCEEDS_HIGH - PROCEEDS_LOW) * (0.4 * u + 0.6 * u * u)  # 0.036 on average
    gdp = np.floor(draws.lognormal(140e3, 0.7, n) + 0.5)
    secrecy = np.floor(20 + 70 * draws.uniform(n) + 0.5)
    # Where banks are secret, supervision is laxer, but not always.
    supervision = np.floor(80 - 0.5 * secrecy + 25 * draws.uniform(n) + 0.5)
    rich = np.floor(draws.lognormal(14e3, 0.5, n) / 100 + 0.5) * 100
    peace = draws.uniform(n)
    # One in each of 8 times 5 fields of the map, so that no two are next door.
    field = draws.order(n)
    across, up = field % 8, field // 8
    return {
        "x": 1200 * (across + 0.15 + 0.7 * draws.uniform(n)),
        "y": 1500 * (up + 0.15 + 0.7 * draws.uniform(n)),
        "gdp": gdp, "rich": rich, "proceeds": np.floor(gdp * share + 0.5),
        "language": draws.pick(LANGUAGES, n), "secrecy": secrecy, "supervision": supervision,
        "conflict": 1.0 * (peace > 0.6) + (peace > 0.8) + (peace > 0.92),
        "group": 1.0 * (draws.uniform(n) < 0.75),
    }


def expected_flows(land: dict, origin: np.ndarray, destination: np.ndarray, kilometres: np.ndarray,
                   same: np.ndarray) -> np.ndarray:
    """The gravity model, in million US$."""
    values = {
        "log_proceeds": log(land["proceeds"])[origin],
        "log_gdp": log(land["gdp"])[destination],
        "log_gdp_per_head": log(land["rich"])[destination],
        "log_distance": log(kilometres),
        "same_language": same,
        "secrecy": land["secrecy"][destination],
        "supervision": land["supervision"][destination],
        "conflict": land["conflict"][destination],
        "fiu_group": land["group"][destination],
    }
    total = np.full(len(origin), CONSTANT)
    for name, coefficient in COEFFICIENTS.items():
        total = total + coefficient * values[name]
    return exp(total)


def jurisdiction_rows(land: dict) -> list[tuple]:
    """The second table, with the score that experts give a place for how it attracts dirty money."""
    # After Walker and Unger: wealth, times points for what attracts less points for what deters.
    points = (3 * land["secrecy"] / 20 + (100 - land["supervision"]) / 20 - 3 * land["conflict"]
              - 2 * land["group"] + 10)
    attractiveness = land["rich"] / 10000 * np.maximum(points, 1)
    return [(place, f"{gdp:.0f}", f"{rich:.0f}", f"{proceeds:.0f}", language, f"{secrecy:.0f}",
             f"{supervision:.0f}", f"{conflict:.0f}", f"{group:.0f}", f"{score:.1f}")
            for place, gdp, rich, proceeds, language, secrecy, supervision, conflict, group, score in zip(
                PLACES, *(column.tolist() for column in (
                    land["gdp"], land["rich"], land["proceeds"], land["language"], land["secrecy"],
                    land["supervision"], land["conflict"], land["group"], attractiveness)))]


def planted_truth(land: dict, destination: np.ndarray, expected: np.ndarray, flow: np.ndarray,
                  shared: np.ndarray, root_seed: int) -> dict:
    """What a reader of the files cannot see: the coefficients, and the flows that are not shared."""

    def total(numbers: np.ndarray) -> float:
        return round(math.fsum(numbers.tolist()), 1)

    whole = total(flow)
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "rows": len(flow),
        "unit": "million US$",
        "coefficients": COEFFICIENTS,
        "constant": CONSTANT,
        "flows": whole,
        "flows_not_shared": total(flow[~shared]),
        "pairs_not_shared": int((~shared).sum()),
        "pairs_without_flow": int((flow == 0).sum()),
        "expected_flows": total(expected),
        "proceeds": total(land["proceeds"]),
        "proceeds_share_of_gdp": round(total(land["proceeds"]) / total(land["gdp"]), 4),
        "share_of_destination": {place: round(total(flow[destination == number]) / whole, 5)
                                 for number, place in enumerate(PLACES)},
        "parameters": {
            "proceeds_share": {"low": PROCEEDS_LOW, "mean": PROCEEDS_MEAN, "high": PROCEEDS_HIGH},
            "mean_transfer_musd": TRANSFER, "unlike_pairs_gamma_shape": UNLIKE_PAIRS,
            "not_shared": {**NOT_SHARED, "secret_from": SECRET_FROM},
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
