"""Networks: published values, networkx and full search as oracles, properties, bad input."""
from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, brokerage, centrality_table, core_periphery, disruption_curve, key_players
from measurement.networks import _core, _Fragmentation, _greedy, _Reach, _read

ALL = [centrality_table, lambda edges: key_players(edges, 1), disruption_curve, core_periphery,
       lambda edges: brokerage(edges, {name: 1 for name in "abc"})]


def ties(*pairs: str, **columns: list) -> pd.DataFrame:
    """Edges from texts of two letters."""
    source, target = zip(*pairs, strict=True)
    return pd.DataFrame({"source": source, "target": target, **columns})


def edges_of(graph: nx.Graph) -> pd.DataFrame:
    return nx.to_pandas_edgelist(graph)


def random_edges(n: int, m: int, seed: int, directed: bool = False) -> pd.DataFrame:
    return edges_of(nx.gnm_random_graph(n, m, seed=seed, directed=directed))


def graph_of(edges: pd.DataFrame, **kwargs) -> nx.Graph:
    return nx.from_pandas_edgelist(edges, **kwargs)


networks = st.builds(random_edges, st.integers(7, 12), st.integers(4, 16), st.integers(0, 10**6))


# --- Published values -------------------------------------------------------------------------------------

def test_centralities_of_project_ciel_are_those_published(shared):
    table = centrality_table(pd.read_csv(shared("tables", "sna_ciel_edges_public.csv")))
    published = pd.read_csv(shared("tables", "sna_ciel_centrality_public.csv"), index_col="node")
    assert len(table) == 25
    for column in published:
        assert table[column].loc[published.index].to_numpy() == pytest.approx(published[column], abs=5.1e-7)
    assert table["degree"].mean() == pytest.approx(0.11666667, abs=5e-9)  # the density
    assert table["clustering"].mean() == pytest.approx(0.32703030, abs=5e-9)


@pytest.mark.parametrize("by", ["betweenness", "degree"])
def test_the_montagna_meetings_fall_apart_as_published(shared, by):
    edges = pd.read_csv(shared("tables", "sna_montagna_meetings_public.csv"))
    published = pd.read_csv(shared("tables", "sna_montagna_meetings_lcc_public.csv"), index_col="removed")
    curve = disruption_curve(edges, by=by, removals=20)
    assert curve["share"].to_numpy() == pytest.approx(published[by].loc[:20], abs=1e-12)


# --- Centrality against networkx --------------------------------------------------------------------------

@pytest.mark.parametrize("n, m", [(8, 10), (40, 45), (120, 300)])
def test_centralities_are_those_of_networkx_also_where_the_network_falls_apart(n, m):
    edges = random_edges(n, m, seed=n)
    graph, table = graph_of(edges), centrality_table(edges)
    assert list(table.index) == list(graph)
    for column, oracle in (("degree", nx.degree_centrality), ("betweenness", nx.betweenness_centrality),
                           ("closeness", nx.closeness_centrality), ("clustering", nx.clustering)):
        assert table[column].to_numpy() == pytest.approx(list(oracle(graph).values()), abs=1e-10), column
    parts = sorted(nx.connected_components(graph), key=len, reverse=True)
    assert table["component"].value_counts().tolist() == [len(part) for part in parts]
    for _, rows in table.groupby("component"):
        part = nx.eigenvector_centrality_numpy(graph.subgraph(rows.index)) if len(rows) > 2 else None
        expected = np.ones(2) if part is None else np.array([part[node] for node in rows.index])
        assert rows["eigenvector"].to_numpy() == pytest.approx(expected / expected.max(), abs=1e-6)


def weighted(n: int, m: int, seed: int, high: int = 6) -> pd.DataFrame:
    edges = random_edges(n, m, seed)
    return edges.assign(calls=np.random.default_rng(seed).integers(1, high, size=len(edges)))


def inverted(edges: pd.DataFrame) -> nx.Graph:
    """Lengths as whole numbers, so that equal ones are equal, and the strength as it is."""
    return graph_of(edges.assign(length=60 // edges["calls"]), edge_attr=["calls", "length"])


@pytest.mark.parametrize("n, m", [(10, 14), (60, 80), (100, 220)])
def test_weights_are_strengths_of_contact_and_inverted_to_lengths(n, m):
    edges = weighted(n, m, seed=n)  # weights 1 to 5 all divide 60
    graph, table = inverted(edges), centrality_table(edges, weight="calls")
    between = nx.betweenness_centrality(graph, weight="length")
    assert table["betweenness"].to_numpy() == pytest.approx(list(between.values()), abs=1e-10)
    close = nx.closeness_centrality(graph, distance="length")
    unit = 60 / edges["calls"].mean()  # a tie of the mean weight has the length 1
    assert table["closeness"].to_numpy() == pytest.approx(np.array(list(close.values())) * unit, abs=1e-10)
    assert table["strength"].to_numpy() == pytest.approx([d for _, d in graph.degree(weight="calls")])
    wrong = nx.betweenness_centrality(graph, weight="calls")
    assert table["betweenness"].to_numpy() != pytest.approx(list(wrong.values()), abs=1e-3)


def test_the_person_with_strong_ties_is_between_and_not_the_one_with_weak_ties():
    square = ties("as", "sb", "aw", "wb", calls=[10, 10, 1, 1])  # from a to b by strong s or by weak w
    between = centrality_table(square, weight="calls")["betweenness"]
    assert between["s"] > 0 and between["w"] == 0
    as_lengths = nx.betweenness_centrality(graph_of(square, edge_attr="calls"), weight="calls")
    assert as_lengths["s"] == 0 and as_lengths["w"] > 0  # what a weight taken as a length would say


def test_lengths_that_are_equal_but_for_rounding_are_equal():
    # 1/10 + 1/5 and 3/10: two ways from a to b of the same length.
    edges = ties("ax", "xb", "ab", calls=[10, 5, 10 / 3])
    assert centrality_table(edges, weight="calls").loc["x", "betweenness"] == pytest.approx(0.5)


def test_equal_weights_change_nothing_and_neither_does_their_unit():
    edges = weighted(30, 45, seed=4)
    plain = centrality_table(edges)
    same = centrality_table(edges.assign(calls=7), "calls").drop(columns="strength")
    pd.testing.assert_frame_equal(same, plain)
    once = centrality_table(edges, "calls").drop(columns="strength")
    for factor in (0.001, 1000):
        scaled = centrality_table(edges.assign(calls=edges["calls"] * factor), "calls")
        pd.testing.assert_frame_equal(scaled.drop(columns="strength"), once)


def test_rows_of_the_same_two_are_one_tie_whose_weights_add_up():
    edges = ties("ab", "bc", "cd", "ba", "ab", calls=[1, 2, 3, 4, 5])
    pd.testing.assert_frame_equal(centrality_table(edges), centrality_table(edges.head(3)))
    added = ties("ab", "bc", "cd", calls=[10, 2, 3])
    pd.testing.assert_frame_equal(centrality_table(edges, "calls"), centrality_table(added, "calls"))


def test_two_halves_that_are_alike_have_alike_eigenvector_centralities():
    table = centrality_table(edges_of(nx.barbell_graph(5, 60)))["eigenvector"]
    assert table[list(range(5))].to_numpy() == pytest.approx(table[[69, 68, 67, 66, 65]].to_numpy(), abs=1e-6)


def test_large_networks_use_the_sparse_way_with_the_same_result(monkeypatch):
    edges = weighted(60, 90, seed=2)
    dense = centrality_table(edges, "calls")
    monkeypatch.setattr("measurement.networks.DENSE", 5)
    monkeypatch.setattr("measurement._paths.CELLS", 200)
    pd.testing.assert_frame_equal(centrality_table(edges, "calls"), dense, atol=1e-8)


@given(networks, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_names_order_of_rows_and_of_the_two_persons_change_no_centrality(edges, random):
    table = centrality_table(edges)
    names = random.sample(range(100, 999), len(table))
    rename = {node: f"p{name}" for node, name in zip(table.index, names, strict=True)}
    other = edges.sample(frac=1, random_state=random.randrange(2**31)).replace(rename)
    flip = np.array([random.random() < 0.5 for _ in range(len(other))])
    other.loc[flip, ["source", "target"]] = other.loc[flip, ["target", "source"]].to_numpy()
    changed = centrality_table(other).loc[[rename[node] for node in table.index]]
    assert np.isfinite(table.to_numpy()).all() and (table.to_numpy() >= 0).all()
    same = ["degree", "betweenness", "closeness", "eigenvector", "clustering"]
    assert changed[same].to_numpy() == pytest.approx(table[same].to_numpy(), abs=1e-8)


# --- Brokerage --------------------------------------------------------------------------------------------

def counted(edges: pd.DataFrame, group: dict) -> dict[tuple, int]:
    """Roles one triple at a time, by the words of Gould and Fernandez."""
    graph, counts = graph_of(edges, create_using=nx.DiGraph), {}
    for v in graph:
        for a, b in itertools.product(graph.predecessors(v), graph.successors(v)):
            if a == b or graph.has_edge(a, b):
                continue
            first, middle, last = group[a], group[v], group[b]
            if first == middle == last:
                role = "coordinator"
            elif first == last:
                role = "itinerant"
            elif middle == last:
                role = "gatekeeper"
            elif first == middle:
                role = "representative"
            else:
                role = "liaison"
            counts[v, role] = counts.get((v, role), 0) + 1
    return counts


@pytest.mark.parametrize("seed", range(5))
def test_roles_are_those_counted_triple_by_triple(seed):
    edges = random_edges(20, 90, seed, directed=True)
    group = dict(enumerate(np.random.default_rng(seed).choice(["x", "y", "z"], 20).tolist()))
    table, counts = brokerage(edges, group), counted(edges, group)
    for role in ("coordinator", "itinerant", "gatekeeper", "representative", "liaison"):
        assert table[role].to_dict() == {node: counts.get((node, role), 0) for node in table.index}
    assert table["total"].sum() == sum(counts.values())


@pytest.mark.parametrize("directed", [True, False])
def test_constraint_is_that_of_networkx(directed):
    edges = random_edges(25, 60, 3, directed)
    table = brokerage(edges, dict.fromkeys(range(25), "one"))
    graph = nx.Graph()
    for pair in edges[["source", "target"]].to_numpy().tolist():  # a tie both ways has the weight 2
        graph.add_edge(*pair, weight=1 + graph.has_edge(*pair))
    oracle = nx.constraint(graph, weight="weight")
    assert table["constraint"].to_dict() == pytest.approx({node: oracle[node] for node in table.index})


def both_ways(edges: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([edges, edges.rename(columns={"source": "target", "target": "source"})])


def test_ties_without_direction_are_written_both_ways():
    edges, group = random_edges(15, 40, 1), {node: node % 3 for node in range(15)}
    table = brokerage(both_ways(edges), group)
    assert table["gatekeeper"].tolist() == table["representative"].tolist()
    assert (table[["coordinator", "itinerant", "liaison"]].to_numpy() % 2 == 0).all()
    one_way = brokerage(edges, group)
    assert table["constraint"].to_dict() == pytest.approx(one_way["constraint"].to_dict())
    graph = graph_of(edges)
    open_pairs = {v: sum(not graph.has_edge(*pair) for pair in itertools.combinations(graph[v], 2))
                  for v in graph}
    assert (table["total"] / 2).to_dict() == open_pairs


def test_a_repeated_row_is_no_second_tie_and_a_series_of_groups_will_do():
    edges = ties("ab", "bc", "ab")
    group = pd.Series({"a": "x", "b": "x", "c": "y", "unknown": "z"})
    table = brokerage(edges, group)
    assert table.loc["b", ["representative", "total"]].tolist() == [1, 1]
    pd.testing.assert_frame_equal(table, brokerage(edges.head(2), dict(group)))
    assert brokerage(ties("ab"), group)["total"].tolist() == [0, 0]


@pytest.mark.parametrize("group, message", [
    ({"a": "x", "b": "x"}, "no group for 'c', who has a tie"),
    ({"a": "x", "b": "x", "c": None}, "no group for 'c'"),
    ({"a": "x", "b": "x", "c": np.nan}, "no group for 'c'"),
    (pd.Series(["x", "y", "z"], index=["a", "b", "b"]), "'b' more than once"),
    (["x", "x", "y"], "group is a list: give a dict or a Series"),
])
def test_every_person_with_a_tie_needs_one_group(group, message):
    with pytest.raises(ValueError, match=message):
        brokerage(ties("ab", "bc"), group)


# --- Key players ------------------------------------------------------------------------------------------

def fragmentation(graph: nx.Graph, removed: tuple) -> float:
    left = graph.copy()
    left.remove_nodes_from(removed)
    m = len(left)
    return 1 - sum(len(part) * (len(part) - 1) for part in nx.connected_components(left)) / (m * (m - 1))


def reach(graph: nx.Graph, chosen: tuple) -> float:
    distance = nx.multi_source_dijkstra_path_length(graph, set(chosen))
    return sum(1 / d for d in distance.values() if d) / (len(graph) - len(chosen))


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_key_players_are_the_best_of_all_sets(seed, k):
    edges = random_edges(14, 18, seed)
    graph, table = graph_of(edges), key_players(edges, k)
    for name, measure in (("fragmentation", fragmentation), ("reach", reach)):
        values = {chosen: measure(graph, chosen) for chosen in itertools.combinations(graph, k)}
        row = table.loc[name]
        assert row["value"] == pytest.approx(max(values.values()))
        assert row["players"] == next(c for c, v in values.items() if v > max(values.values()) - 1e-9)
        assert row["equal"] == sum(abs(v - row["value"]) < 1e-9 for v in values.values())
        assert (row["tried"], row["search"]) == (len(values), "exact")
    assert table.loc["fragmentation", "before"] == pytest.approx(fragmentation(graph, ()))
    assert table.loc["reach", "before"] == 0


def test_the_greedy_search_comes_near_the_exact_one_and_never_above():
    exact, greedy = [], []
    for seed in range(12):
        edges = random_edges(25, 34, seed)
        for name, score in (("fragmentation", _Fragmentation), ("reach", _Reach)):
            network = _read(edges)
            exact.append(key_players(edges, 3).loc[name, "value"])
            chosen, value, equal, tried, search = _greedy(score(network), network.ties, 3)
            measure = fragmentation if name == "fragmentation" else reach
            assert value == pytest.approx(measure(graph_of(edges), [network.nodes[c] for c in chosen]))
            assert search == "greedy" and equal >= 1 and tried > 25 and len(set(chosen)) == 3
            greedy.append(value)
    exact, greedy = np.array(exact), np.array(greedy)
    assert (greedy <= exact + 1e-9).all()
    assert (greedy >= 0.95 * exact).all() and (greedy > exact - 1e-9).mean() >= 0.9


def test_many_sets_are_searched_greedily_and_it_says_so():
    edges = random_edges(120, 160, 5)
    table = key_players(edges, 4)
    assert (table["search"] == "greedy").all()
    graph = graph_of(edges)
    top = sorted(graph, key=lambda v: -graph.degree(v))[:4]
    assert table.loc["fragmentation", "value"] >= fragmentation(graph, top)
    assert table.loc["reach", "value"] >= reach(graph, top)


def test_a_star_is_parted_by_its_hub_and_a_clique_by_nobody():
    star = key_players(ties("ha", "hb", "hc", "hd"), 1)
    assert star["players"].tolist() == [("h",), ("h",)] and star["value"].tolist() == [1.0, 1.0]
    clique = key_players(edges_of(nx.complete_graph(5)), 2)
    assert clique["value"].tolist() == [0.0, 1.0] and clique["equal"].tolist() == [10, 10]


def test_two_parts_are_fragmented_before_anybody_is_removed():
    table = key_players(ties("ab", "cd"), 1)
    assert table.loc["fragmentation", "before"] == pytest.approx(1 - 4 / 12)
    assert table.loc["reach", "value"] == pytest.approx(1 / 3)  # the other pair is out of reach


def test_a_batch_gives_what_one_set_at_a_time_gives(monkeypatch):
    edges = random_edges(20, 26, 8)
    whole = key_players(edges, 3)
    monkeypatch.setattr("measurement.networks.CELLS", 300)
    pd.testing.assert_frame_equal(key_players(edges, 3), whole)


@pytest.mark.parametrize("k", [0, 3, 9, -1, 1.5, "2", None, True])
def test_k_is_from_one_to_the_number_of_persons_less_two(k):
    with pytest.raises(ValueError, match="^k is"):
        key_players(ties("ab", "bc", "cd"), k)


# --- Disruption curve -------------------------------------------------------------------------------------

@pytest.mark.parametrize("by", ["betweenness", "degree"])
@pytest.mark.parametrize("n, m", [(12, 12), (60, 90), (100, 240)])
def test_the_curve_is_that_of_networkx_with_the_last_of_equals_removed(by, n, m):
    edges = random_edges(n, m, n)
    graph, curve = graph_of(edges), disruption_curve(edges, by=by, removals=10)
    whole = len(max(nx.connected_components(graph), key=len))
    for step in range(1, 11):
        score = nx.betweenness_centrality(graph) if by == "betweenness" else nx.degree_centrality(graph)
        equal = [node for node in graph if score[node] >= max(score.values()) * (1 - 1e-9)]
        row = curve.loc[step]
        assert (row["node"], row["tied"]) == (equal[-1], len(equal))
        assert row["score"] == pytest.approx(score[equal[-1]])
        graph.remove_node(equal[-1])
        parts = [len(part) for part in nx.connected_components(graph)]
        assert (row["largest"], row["components"]) == (max(parts), len(parts))
        assert row["share"] == pytest.approx(max(parts) / whole)


def test_ties_are_broken_by_the_order_of_rows_and_counted():
    edges = edges_of(nx.cycle_graph(list("abcdef")))
    curve = disruption_curve(edges, removals=1)
    assert curve.loc[1, "node"] == "e" and curve.loc[1, "tied"] == 6  # first rows: a b, a f, b c, c d, d e
    assert disruption_curve(edges.iloc[::-1], removals=1).loc[1, "node"] == "a"


def test_the_curve_ends_where_nobody_is_left():
    curve = disruption_curve(ties("ab", "bc"), removals=20)
    assert curve["largest"].tolist() == [3, 1, 1, 0]
    assert curve["components"].tolist() == [1, 2, 1, 0]
    assert curve["node"].tolist() == [None, "b", "c", "a"]
    assert list(curve.index) == [0, 1, 2, 3]


@given(networks, st.sampled_from(["betweenness", "degree"]))
@settings(max_examples=30)
def test_the_largest_component_never_grows(edges, by):
    curve = disruption_curve(edges, by=by)
    assert curve["share"].iloc[0] == 1 and curve["largest"].diff().dropna().le(0).all()
    assert curve["largest"].iloc[-1] == 0 and curve["node"].iloc[1:].is_unique
    assert np.isfinite(curve[["score", "share"]].to_numpy()).all()


@pytest.mark.parametrize("arguments, message", [
    ({"by": "closeness"}, "by is 'closeness': write 'betweenness' or 'degree'"),
    ({"removals": 0}, "removals is 0"), ({"removals": 2.5}, "removals is 2.5"),
    ({"removals": -1}, "removals is -1"), ({"removals": None}, "removals is missing"),
])
def test_the_curve_names_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        disruption_curve(ties("ab", "bc"), **arguments)


# --- Core and periphery -----------------------------------------------------------------------------------

def pattern_correlation(graph: nx.Graph, core: set) -> float:
    """Correlation of ties and pattern pair by pair."""
    pairs = list(itertools.combinations(graph, 2))
    there = [graph.has_edge(*pair) for pair in pairs]
    pattern = [bool(core & set(pair)) for pair in pairs]
    if len(set(pattern)) == 1:
        return -1.0
    return float(np.corrcoef(np.array(there, float), np.array(pattern, float))[0, 1])


@pytest.mark.parametrize("seed", range(8))
def test_the_core_is_the_best_of_all_cores(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 10))
    edges = random_edges(n, int(rng.integers(n, n * (n - 1) // 2)), seed)
    graph, table = graph_of(edges), core_periphery(edges)
    best = max(pattern_correlation(graph, set(core)) for size in range(1, len(graph))
               for core in itertools.combinations(graph, size))
    found = set(table.index[table["core"]])
    assert table.attrs["correlation"] == pytest.approx(pattern_correlation(graph, found))
    assert table.attrs["correlation"] == pytest.approx(best)
    assert table.attrs["search"] == "exact"


def test_moving_one_by_one_finds_the_best_core_nearly_always_and_never_a_better_one():
    missed = []
    for seed in range(40):
        edges = random_edges(13, 13 + seed // 2, seed)
        core, correlation = _core(_read(edges).ties)
        exact = core_periphery(edges).attrs["correlation"]
        assert correlation == pytest.approx(pattern_correlation(graph_of(edges), set(
            np.array(_read(edges).nodes)[core].tolist())))
        assert correlation <= exact + 1e-9
        missed.append(exact - correlation)
    assert np.mean(np.array(missed) < 1e-9) >= 0.95 and max(missed) < 0.1


def test_a_planted_core_is_found_and_described():
    core = nx.complete_graph(6)
    graph = core.copy()
    graph.add_edges_from((member, 6 + other) for member in core for other in range(20))
    table = core_periphery(edges_of(graph))
    assert set(table.index[table["core"]]) == set(core)
    assert table.attrs["correlation"] == pytest.approx(1) and table.attrs["search"] == "greedy"
    assert table.attrs["density"] == {"in core": 1.0, "between": 1.0, "in periphery": 0.0}
    assert table.loc[0, ["to_core", "to_periphery"]].tolist() == [5, 20]
    assert core_periphery(ties("ha", "hb", "hc"))["core"].tolist() == [True, False, False, False]


def test_a_noisy_core_is_mostly_found():
    right = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        inside = np.arange(60) < 12
        chance = np.where(inside[:, None] & inside, 0.9, np.where(inside[:, None] | inside, 0.4, 0.03))
        source, target = np.nonzero(np.triu(rng.random((60, 60)) < chance, 1))
        table = core_periphery(pd.DataFrame({"source": source, "target": target}))
        right.append((table["core"].to_numpy() == (table.index.to_numpy() < 12)).mean())
    assert np.mean(right) > 0.97


@given(networks, st.integers(0, 2**31))
@settings(max_examples=30)
def test_order_and_names_do_not_change_how_well_a_core_describes(edges, seed):
    table = core_periphery(edges)
    other = core_periphery(edges.sample(frac=1, random_state=seed).astype(str))
    assert other.attrs["correlation"] == pytest.approx(table.attrs["correlation"], abs=1e-9)
    assert 0 < table["core"].sum() < len(table) - 1
    assert (table["to_core"] + table["to_periphery"]).sum() == 2 * len(edges)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_where_everybody_is_tied_to_everybody_there_is_no_periphery(n):
    with pytest.raises(NoEstimate, match="there is no periphery"):
        core_periphery(edges_of(nx.complete_graph(n)))


# --- Bad input of all -------------------------------------------------------------------------------------

BAD = [
    (pd.DataFrame({"source": [], "target": []}), "the table of ties has no rows"),
    (pd.DataFrame({"source": ["a"], "targt": ["b"]}), "no column 'target'. Did you mean 'targt'"),
    (pd.DataFrame({"source": ["a", None], "target": ["b", "c"]}), "column 'source', row 1, is missing"),
    (pd.DataFrame({"source": [1.0, 2.0], "target": [2.0, np.nan]}), "column 'target', row 1, is missing"),
    (ties("ab", "bb", "bc"), "row 1 ties 'b' to themselves"),
    (pd.DataFrame({"source": [1, 2], "target": ["1", "3"]}), "1 and '1': they look like one person"),
    (pd.DataFrame({"source": ["a", "b"], "target": ["b ", "c"]}), "'b ' and 'b': they look like one person"),
    ([("a", "b")], "the table of ties is a list: give a pandas DataFrame"),
]


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("edges, message", BAD)
def test_bad_ties_are_named_with_the_mend(function, edges, message):
    with pytest.raises(ValueError, match=message):
        function(edges)


@pytest.mark.parametrize("calls, message", [
    ([1, 0], "column 'calls', row 1, is 0: a tie without contact is none"),
    ([1, -2], "column 'calls', row 1, is -2"), ([1, None], "column 'calls', row 1, is missing"),
    ([1, "3"], "column 'calls', row 1, is the text '3'"),
    ([1, np.inf], "column 'calls', row 1, is without limit"),
])
def test_bad_weights_are_named(calls, message):
    with pytest.raises(ValueError, match=message):
        centrality_table(ties("ab", "bc", calls=calls), weight="calls")


def test_one_tie_is_a_network():
    table = centrality_table(ties("ab"))
    assert table.loc["a"].tolist() == [1, 0, 1, 1, 0, 1]
    assert disruption_curve(ties("ab"))["largest"].tolist() == [2, 1, 0]
    with pytest.raises(ValueError, match="with one removed nobody is left to be parted"):
        key_players(ties("ab"), 1)
    assert brokerage(ties("ab"), {"a": 1, "b": 2})["constraint"].tolist() == [1, 1]


def test_nobody_changes_the_given_table():
    edges = weighted(12, 20, seed=1)
    before = edges.copy()
    centrality_table(edges, "calls"), key_players(edges, 2), disruption_curve(edges), core_periphery(edges)
    brokerage(edges, dict.fromkeys(range(12), "one"))
    pd.testing.assert_frame_equal(edges, before)
