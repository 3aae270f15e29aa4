"""The measures beside their budgets and beside the plain way of doing it.

Each family has a function in ``PARTS``, which prints what it measured with :func:`tools.bench.say`. Run by
``python3 course.py bench -- measurement``.
"""
from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.bench import say

if TYPE_CHECKING:
    import pandas as pd

REFERENCE = Path(__file__).resolve().parent.parent / "tests" / "reference"


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median time of some runs, after one that loads what is needed."""
    work()
    return statistics.median(once(work) for _ in range(runs))


def once(work: Callable[[], object]) -> float:
    """Time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def readable_time(time_taken: float) -> str:
    """Seconds from one second on, milliseconds below.

    Examples
    --------
    >>> readable_time(0.01234), readable_time(12.34)
    ('12.3 ms', '12.3 s')
    """
    return f"{1000 * time_taken:.1f} ms" if time_taken < 1 else f"{time_taken:.1f} s"


# --- Multiple systems estimation --------------------------------------------------------------------------

def bench_multiple_systems() -> None:
    """Searches and intervals on published tables, and cost against the number of lists."""
    import pandas as pd

    from measurement import multiple_systems

    three, five = (pd.read_csv(REFERENCE / f"mse_{name}.csv") for name in ("korea", "western"))
    print("\nMultiple systems estimation (published tables of 3 and 5 lists)")
    took = seconds(lambda: multiple_systems(five, select="bic", interval=None))
    say("BIC over all 6,894 models of 5 lists, existence proved", readable_time(took), "<= 1 s")
    say("  plainly: 100 of them one by one in statsmodels, times 69",
        readable_time(69 * one_by_one(five, sample_of_models(5, 100))))
    stepwise = multiple_systems(five, select="stepwise", interval=None)
    took = seconds(lambda: multiple_systems(five, select="stepwise", interval=None), 25)
    say("stepwise, 5 lists", readable_time(took), "<= 15 ms")
    say(f"  plainly: its {len(stepwise.candidates)} models one by one in statsmodels",
        readable_time(one_by_one(five, stepwise.candidates["model"])))
    for what, table, select, budget in (
            ("BCa, 1,000 draws, BIC over all models, 3 lists", three, "bic", "<= 1 s"),
            ("BCa, 1,000 draws, stepwise, 5 lists", five, "stepwise", "<= 120 s"),
            ("BCa, 1,000 draws, BIC downhill, 5 lists", five, "bic-downhill", "<= 120 s"),
            ("BCa, 1,000 draws, BIC over all models, 5 lists", five, "bic", "")):
        took = once(lambda t=table, s=select: multiple_systems(t, select=s, seed=1))
        say(what, readable_time(took), budget)
        say("  plainly: 20 draws one by one, times 50",
            readable_time(50 * once(lambda t=table, s=select: draw_by_draw(t, s, 20))))
    bench_sizes()


def bench_sizes() -> None:
    """Cost against the number of lists, on invented tables of about 2,000 persons."""
    from measurement import multiple_systems
    from measurement._model_search import hierarchical_models

    for lists in (3, 4, 5):
        table = invented_table(lists)
        models = len(hierarchical_models(lists, lists))
        say(f"BIC over all {models:,} models of {lists} lists, invented table",
            readable_time(seconds(lambda t=table: multiple_systems(t, select="bic", interval=None))))
    for lists in (6, 7, 8):
        for select in ("stepwise", "bic-downhill"):
            table = invented_table(lists)
            say(f"{select}, {lists} lists, invented table", readable_time(seconds(
                lambda t=table, s=select: multiple_systems(t, select=s, interval=None))))


def invented_table(lists: int, persons: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Persons on some of several short lists; the first two lists depend on each other."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    on = rng.random((persons, lists)) < rng.uniform(0.5, 1.0, size=lists) / lists
    on[:, 1] |= on[:, 0] & (rng.random(persons) < 0.3)
    names = list("ABCDEFGH")[:lists]
    frame = pd.DataFrame(on[on.any(axis=1)].astype(int), columns=names)
    return frame.groupby(names).size().reset_index(name="count")


def sample_of_models(lists: int, size: int) -> list[tuple]:
    """Models as tuples of interactions, drawn from all."""
    from measurement._model_search import hierarchical_models
    from measurement.systems import _Capture

    models = hierarchical_models(lists, lists - 1)
    rows = np.random.default_rng(1).choice(len(models), size=size, replace=False)
    return _Capture(tuple("ABCDEFGH"[:lists]), np.zeros(2**lists)).named(models[rows])


def one_by_one(table: pd.DataFrame, models: list[tuple]) -> float:
    """Seconds that statsmodels takes to fit models to a table; no test of existence, no empty overlaps."""
    import statsmodels.api as sm

    names = list(table.columns[:-1])
    cells = np.array(list(np.ndindex(*[2] * len(names))))[1:]
    counts = table.set_index(names)["count"].reindex(list(map(tuple, cells)), fill_value=0).to_numpy(float)

    def design(model: tuple) -> np.ndarray:
        within = {part for each in model for part in subsets([names.index(name) for name in each])}
        return np.column_stack([np.ones(len(cells)), cells,
                                *(cells[:, list(part)].all(axis=1) for part in sorted(within))])

    def work() -> None:
        for model in models:
            sm.GLM(counts, design(model), family=sm.families.Poisson()).fit()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return once(work)


def subsets(places: list[int]) -> list[tuple[int, ...]]:
    """All parts of two or more."""
    chosen = (tuple(place for bit, place in enumerate(places) if number >> bit & 1)
              for number in range(2 ** len(places)))
    return [part for part in chosen if len(part) > 1]


def draw_by_draw(table: pd.DataFrame, select: str, draws: int) -> None:
    """A bootstrap that calls the search anew for each draw."""
    from measurement import multiple_systems

    rng = np.random.default_rng(1)
    for counts in rng.multinomial(table["count"].sum(), table["count"] / table["count"].sum(), size=draws):
        multiple_systems(table.assign(count=counts), select=select, interval=None)


# --- Harm and policy --------------------------------------------------------------------------------------

def bench_policy() -> None:
    """Harm, policy, durations and ratings beside statsmodels and beside loops; no budget."""
    from measurement import (
        agreement,
        composite_index,
        difference_in_differences,
        interrupted_series,
        response_times,
    )

    rng = np.random.default_rng(1)
    print("\nHarm and policy (invented tables)")
    panel, series, register, ratings, scores = (
        make(rng) for make in (a_panel, a_series, a_register, some_ratings, some_scores))
    say("difference in differences, 100,000 rows in 500 clusters",
        readable_time(seconds(lambda: difference_in_differences(panel, "y", "treated", "after", "unit"))))
    say("  plainly: statsmodels, without the correction for few clusters",
        readable_time(seconds(lambda: plain_differences(panel))))
    say("interrupted series, 120 months",
        readable_time(seconds(lambda: interrupted_series(series, "y", "month", 60))))
    say("  plainly: statsmodels, intervals not widened", readable_time(seconds(lambda: plain_series(series))))
    say("response times, 20,000 requests, three outcomes",
        readable_time(seconds(lambda: response_times(register, "start", "days", "outcome"))))
    say("  plainly: statsmodels, without intervals", readable_time(seconds(lambda: plain_times(register))))
    say("agreement, 1,000 items, 8 raters", readable_time(seconds(lambda: agreement(ratings))))
    say("  plainly: statsmodels pair by pair, Fleiss without error",
        readable_time(seconds(lambda: plain_agreement(ratings))))
    weights = dict.fromkeys(scores.columns, (0.5, 1, 2))
    say("composite index, 193 States, 32 scores, 1,000 draws",
        readable_time(seconds(lambda: composite_index(scores, weights, noise=1.0, seed=1))))
    say("  plainly: draw by draw, error by error in pandas", readable_time(once(lambda: plain_index(scores))))


def a_panel(rng: np.random.Generator) -> pd.DataFrame:
    """Rows in clusters, half of them treated in the second half of the time."""
    import pandas as pd

    unit = rng.integers(500, size=100_000)
    return pd.DataFrame({"unit": unit, "treated": unit % 2, "after": rng.integers(2, size=unit.size),
                         "y": rng.normal(size=500)[unit] + rng.normal(size=unit.size)})


def a_series(rng: np.random.Generator) -> pd.DataFrame:
    """Months without any change."""
    import pandas as pd

    return pd.DataFrame({"month": range(120), "y": rng.normal(size=120)})


def a_register(rng: np.random.Generator) -> pd.DataFrame:
    """Requests on whole days, some open."""
    import pandas as pd

    return pd.DataFrame({"start": 0, "days": np.ceil(rng.exponential(400, size=20_000)),
                         "outcome": rng.choice(["executed", "refused", "withdrawn", "open"], size=20_000)})


def some_ratings(rng: np.random.Generator) -> pd.DataFrame:
    """Items of five kinds, which raters see four times in five."""
    import pandas as pd

    kind, guess = rng.integers(5, size=(1000, 1)), rng.integers(5, size=(1000, 8))
    return pd.DataFrame(np.where(rng.random((1000, 8)) < 0.8, kind, guess), columns=list("abcdefgh"))


def some_scores(rng: np.random.Generator) -> pd.DataFrame:
    """Scores from 1 to 10."""
    import pandas as pd

    return pd.DataFrame(rng.uniform(1, 10, size=(193, 32)), columns=[f"s{place}" for place in range(32)])


def plain_differences(panel: pd.DataFrame) -> None:
    """The same regression in statsmodels."""
    import statsmodels.api as sm

    both = panel["treated"] * panel["after"]
    design = np.column_stack([np.ones(len(panel)), panel["treated"], panel["after"], both])
    fit = sm.OLS(panel["y"].to_numpy(), design).fit(cov_type="cluster", cov_kwds={"groups": panel["unit"]})
    fit.conf_int()


def plain_series(series: pd.DataFrame) -> None:
    """Segmented regression in statsmodels."""
    import statsmodels.api as sm

    month, late = series["month"].to_numpy(), series["month"].to_numpy() >= 60
    design = np.column_stack([np.ones(120), month, late, (month - 60) * late])
    sm.OLS(series["y"].to_numpy(), design).fit(cov_type="HAC", cov_kwds={"maxlags": 4}).conf_int()


def plain_times(register: pd.DataFrame) -> None:
    """Both curves in statsmodels."""
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    status = register["outcome"].map({"open": 0, "executed": 1, "refused": 2, "withdrawn": 3}).to_numpy()
    SurvfuncRight(register["days"], (status > 0).astype(int))
    CumIncidenceRight(register["days"], status)


def plain_agreement(ratings: pd.DataFrame) -> None:
    """Every pair of raters, and all, in statsmodels."""
    from itertools import combinations

    from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa, to_table

    for pair in combinations(ratings.columns, 2):
        cohens_kappa(to_table(ratings[list(pair)].to_numpy())[0])
    fleiss_kappa(aggregate_raters(ratings.to_numpy())[0])


def plain_index(scores: pd.DataFrame) -> None:
    """Ranks of 1,000 draws, each by itself."""
    import pandas as pd

    rng, ranks = np.random.default_rng(1), []
    for _ in range(1000):
        weights = 0.5 + 1.5 * rng.beta(1 + 4 / 3, 1 + 8 / 3, size=scores.shape[1])
        drawn = scores + rng.normal(0, 1, size=scores.shape)
        ranks.append((drawn * (weights / weights.sum())).sum(axis=1).rank(ascending=False, method="min"))
    pd.DataFrame(ranks).quantile([0.025, 0.975])


# --- Networks ---------------------------------------------------------------------------------------------

def bench_networks() -> None:
    """Measures of invented groups of 100, 300 and 1,000 persons, three ties a person."""
    from measurement import centrality_table, core_periphery, disruption_curve, key_players

    print("\nNetworks (invented, three ties a person)")
    disruption_curve(some_ties(10))  # loads what is needed
    for persons, plain_removals in ((100, 20), (300, 20), (1000, 4)):
        edges = some_ties(persons)
        name = f"{persons:,} persons, {len(edges):,} ties"
        say(f"disruption curve, 20 removals by betweenness, {name}",
            readable_time(once(lambda e=edges: disruption_curve(e))), "<= 30 s" if persons == 1000 else "")
        say(f"  plainly: networkx, {plain_removals} removals, times {20 // plain_removals}", readable_time(
            20 / plain_removals * once(lambda e=edges, r=plain_removals: plain_curve(e, r))))
        say(f"centralities with weights, {name}",
            readable_time(once(lambda e=edges: centrality_table(e, weight="calls"))))
        say("  plainly: networkx", readable_time(once(lambda e=edges: plain_centralities(e))))
        say(f"key players, k = 5, {name}", readable_time(once(lambda e=edges: key_players(e, 5))))
        say(f"core and periphery, {name}", readable_time(once(lambda e=edges: core_periphery(e))))


def some_ties(persons: int) -> pd.DataFrame:
    """Persons tied at random, with numbers of calls."""
    import networkx as nx

    edges = nx.to_pandas_edgelist(nx.gnm_random_graph(persons, 3 * persons, seed=1))
    return edges.assign(calls=np.random.default_rng(1).integers(1, 20, size=len(edges)))


def plain_curve(edges: pd.DataFrame, removals: int) -> None:
    """Betweenness by networkx after each removal."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(edges)
    for _ in range(removals):
        score = nx.betweenness_centrality(graph)
        graph.remove_node(max(score, key=score.get))
        max(map(len, nx.connected_components(graph)))


def plain_centralities(edges: pd.DataFrame) -> None:
    """The same columns by networkx."""
    import networkx as nx

    graph = nx.from_pandas_edgelist(edges.assign(length=1 / edges["calls"]), edge_attr=["calls", "length"])
    nx.degree_centrality(graph), nx.clustering(graph)
    nx.betweenness_centrality(graph, weight="length"), nx.closeness_centrality(graph, distance="length")
    whole = graph.subgraph(max(nx.connected_components(graph), key=len))
    nx.eigenvector_centrality_numpy(whole, weight="calls")


# --- Proceeds and markets ----------------------------------------------------------------------------------

def bench_proceeds() -> None:
    """A gravity model with both fixed effects, and the first digits of a million amounts."""
    from measurement import first_digits, gravity_ppml

    flows, amounts = invented_flows(40), invented_amounts(1_000_000)
    print("\nProceeds and markets (invented flows and amounts)")
    took = seconds(lambda: gravity_ppml(flows, "amount", ["log_km", "border"], "of", "to"))
    say("PPML, 40 x 40 flows, both fixed effects, separation tested", readable_time(took))
    say("  plainly: statsmodels' GLM with columns of 0 and 1, nothing tested",
        readable_time(once(lambda: with_dummies(flows))))
    say("PPML, 200 x 200 flows, both fixed effects, separation tested", readable_time(once(
        lambda: gravity_ppml(invented_flows(200), "amount", ["log_km", "border"], "of", "to"))))
    took = seconds(lambda: first_digits(amounts))
    say("first two digits of 1,000,000 amounts with cents", readable_time(took))
    say("  plainly: the digits of each amount as a text",
        readable_time(once(lambda: digits_of_texts(amounts))))


def invented_flows(places: int) -> pd.DataFrame:
    """Flows of every place to every place."""
    import pandas as pd

    rng = np.random.default_rng(1)
    of, to = np.divmod(np.arange(places**2), places)
    log_km, border = rng.normal(size=of.size), (rng.random(of.size) < 0.2).astype(int)
    amount = rng.poisson(np.exp(1 - 0.8 * log_km + 0.3 * border) * rng.gamma(2, 0.5, of.size))
    return pd.DataFrame({"of": of, "to": to, "log_km": log_km, "border": border, "amount": amount})


def invented_amounts(size: int) -> np.ndarray:
    """Payments from cents to millions."""
    return np.round(np.random.default_rng(1).lognormal(6, 2, size), 2)


def with_dummies(flows: pd.DataFrame) -> object:
    """The same model in statsmodels."""
    import pandas as pd
    import statsmodels.api as sm

    design = pd.concat([flows[["log_km", "border"]], pd.get_dummies(flows["of"], prefix="of"),
                        pd.get_dummies(flows["to"], prefix="to", drop_first=True)], axis=1).astype(float)
    return sm.GLM(flows["amount"], design, family=sm.families.Poisson()).fit(cov_type="HC0")


def digits_of_texts(amounts: np.ndarray) -> np.ndarray:
    """How often each two first digits come."""
    texts = (repr(amount).replace(".", "").lstrip("0") for amount in amounts.tolist() if amount >= 0.1)
    return np.bincount([int(text[:2].ljust(2, "0")) for text in texts], minlength=100)


# --- Hidden populations -----------------------------------------------------------------------------------

def bench_hidden_populations() -> None:
    """Many two-source tables at once; the bootstrap along a recruitment tree."""
    from measurement import respondent_driven, two_source
    from widgets import dataset

    rng = np.random.default_rng(1)
    n1, n2, both = (rng.integers(*limits, 10_000) for limits in ((200, 400), (200, 400), (20, 60)))
    print("\nHidden populations (invented tables; rds_workers)")
    say("two-source, 10,000 tables in one call", readable_time(seconds(lambda: two_source(n1, n2, both))))
    say("  plainly: one by one", readable_time(once(
        lambda: [two_source(*map(int, table)) for table in zip(n1, n2, both)])))
    workers = dataset("rds_workers")
    for method, population in (("rds-ii", None), ("ss", 1000)):
        took = seconds(lambda m=method, n=population: respondent_driven(
            workers, "exploited", "degree", "recruiter_id", method=m, population=n, seed=1))
        say(f"respondent-driven ({method}), 1,000 draws, 400 persons", readable_time(took), "<= 5 s")
    say("  plainly: the tree drawn person by person, 20 draws, times 50",
        readable_time(50 * once(lambda: [plain_tree(workers, rng) for _ in range(20)])))


def plain_tree(workers: pd.DataFrame, rng: np.random.Generator) -> float:
    """The RDS-II share in one bootstrap sample: recruits are drawn anew, from the seeds down."""
    recruits = workers.groupby("recruiter_id").groups
    people = workers.set_index("id")
    waiting = list(rng.choice(workers.loc[workers["wave"] == 0, "id"], (workers["wave"] == 0).sum()))
    drawn = []
    while waiting:
        of = recruits.get(waiting.pop(), [])
        chosen = workers["id"].loc[rng.choice(of, len(of))].tolist() if len(of) else []
        drawn += chosen
        waiting += chosen
    weights = 1 / people.loc[drawn, "degree"]
    return float((people.loc[drawn, "exploited"] * weights).sum() / weights.sum())


PARTS = {"hidden populations": bench_hidden_populations, "multiple systems": bench_multiple_systems,
         "networks": bench_networks, "harm and policy": bench_policy, "proceeds and markets": bench_proceeds}


def main() -> None:
    """Run all parts."""
    for part in PARTS.values():
        part()
