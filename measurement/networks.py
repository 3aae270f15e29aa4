"""Groups as networks: who is central, who brokers, whose removal parts the group, who is its core."""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._paths import SAME, narrow, paths
from measurement.estimate import NoEstimate

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array

SETS = 50_000
"""Up to this many sets of players all are tried."""
STARTS = 10_000
"""A search that cannot try all sets climbs from this many starts, divided by k and the number of persons."""
DENSE = 1_000
"""Up to this many persons all eigenvalues are found at once."""
ALL_CORES = 16
"""Up to this many persons all cores are tried."""
CELLS = 2_000_000
"""Numbers held at once in one table of a batch."""


def centrality_table(edges: pd.DataFrame, weight: str | None = None) -> pd.DataFrame:
    """Degree, betweenness, closeness, eigenvector centrality and clustering of each person of a network.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row a tie, with the two persons in ``source`` and ``target``. A tie has no direction; the same two
        persons in several rows are one tie.
    weight : str, optional
        Column with the strength of the contact (calls, meetings, money), above 0. Rows of the same two
        persons add up. Not a distance: the stronger, the nearer.

    Returns
    -------
    pandas.DataFrame
        One row a person, in the order in which they first appear in the rows:

        - ``degree``, share of the others to whom the person is tied; its mean is the density;
        - ``strength``, sum of the weights of the person's ties (only with ``weight``);
        - ``betweenness``, share of the pairs of others whose shortest paths pass through the person;
        - ``closeness``, one divided by the mean distance to those who can be reached, times their share;
        - ``eigenvector``, high where the contacts are high themselves; the highest of each component is 1;
        - ``clustering``, share of the pairs of the person's contacts who are tied; 0 with fewer than two;
        - ``component``, 1 for the largest part that hangs together, 2 for the next.

    Raises
    ------
    ValueError
        A column does not exist; a person or weight is missing; somebody is tied to themselves; one name is
        written in two ways; a weight is not above 0.

    Notes
    -----
    With n persons, d(i, j) the distance and s(j, k) the number of shortest paths: betweenness of i is
    sum_{j<k} s(j, k through i) / s(j, k) divided by (n - 1)(n - 2) / 2; closeness is (r / sum_j d(i, j)) (r /
    (n - 1)) over the r persons whom i can reach (Wasserman & Faust, p. 201), which is the usual closeness
    where all hang together. Eigenvector centrality is that of each component by itself: compare it within a
    component only.

    With ``weight`` a tie of weight w has the length (mean weight) / w (Newman 2001; Opsahl and others 2010),
    so that strong ties are short and the unit of the weights does not matter. Programs that take a weight for
    a length find the opposite: they call those central who are bound by the weakest ties. Degree, clustering
    and component do not use weights; eigenvector centrality uses them as they are.

    What it cannot tell. Somebody without a tie is in no row, and so not in the table, although a member. Who
    was wiretapped has more known ties than others; a central place may be the place of the microphone. A
    central person is not a leader: leaders often hide behind few contacts.

    References
    ----------
    Freeman, L. C. (1979). Centrality in social networks: conceptual clarification. Social Networks 1,
    215-239. Wasserman, S. & Faust, K. (1994). Social Network Analysis. Cambridge: Cambridge University Press.
    Bonacich, P. (1972). Factoring and weighting approaches to status scores and clique identification.
    Journal of Mathematical Sociology 2, 113-120. Newman, M. E. J. (2001). Scientific collaboration networks,
    II. Physical Review E 64, 016132. Opsahl, T., Agneessens, F. & Skvoretz, J. (2010). Node centrality in
    weighted networks. Social Networks 32, 245-251. Morselli, C. (2009). Inside Criminal Networks. New York:
    Springer.

    Examples
    --------
    >>> import pandas as pd
    >>> calls = pd.DataFrame({"source": ["Ana", "Ana", "Bo", "Bo", "Cy"],
    ...                       "target": ["Bo", "Cy", "Cy", "Dee", "Dee"], "calls": [9, 1, 1, 8, 1]})
    >>> centrality_table(calls)[["degree", "betweenness", "closeness", "clustering"]].round(3)
          degree  betweenness  closeness  clustering
    node
    Ana    0.667        0.000       0.75       1.000
    Bo     1.000        0.167       1.00       0.667
    Cy     1.000        0.167       1.00       0.667
    Dee    0.667        0.000       0.75       1.000

    Bo's ties are the strong ones:

    >>> centrality_table(calls, weight="calls")[["strength", "betweenness"]].round(3)
          strength  betweenness
    node
    Ana       10.0        0.000
    Bo        18.0        0.333
    Cy         3.0        0.000
    Dee        9.0        0.000
    """
    import pandas as pd

    network = _read(edges, weight)
    n, ties, weights = network.n, network.ties, network.weights
    lengths = None
    if weight is not None:
        lengths = weights.copy()
        lengths.data = weights.data.mean() / weights.data
    between, far, reached = paths(ties, lengths)
    degree = _sums(ties)
    component = _components(ties)
    columns = {"degree": degree / (n - 1)}
    if weight is not None:
        columns["strength"] = _sums(weights)
    columns |= {"betweenness": between / max((n - 1) * (n - 2) / 2, 1),
                "closeness": reached / far * reached / (n - 1),
                "eigenvector": _eigenvector(weights, component),
                "clustering": _clustering(ties, degree), "component": component}
    return pd.DataFrame(columns, index=network.index)


def brokerage(edges: pd.DataFrame, group: Mapping) -> pd.DataFrame:
    """How often each person stands between two others, by the groups of the three; and Burt's constraint.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row a tie from ``source`` to ``target``: orders, money, goods, information. Direction counts. For
        ties without one, write each both ways, as in the second example.
    group : dict or pandas.Series
        Group of each person: clan, crew, country, sex. Persons without a tie are left out.

    Returns
    -------
    pandas.DataFrame
        One row a person, in the order in which they first appear in the rows: ``group``; the number of pairs
        (a, b) between whom the person v stands, by role:

        - ``coordinator``: a, v and b are of one group;
        - ``itinerant``: a and b are of one group, v is of another (also called consultant);
        - ``gatekeeper``: v and b are of one group, a comes from outside;
        - ``representative``: a and v are of one group, b is outside;
        - ``liaison``: all three are of different groups;
        - ``total``, the sum;

        and ``constraint``, Burt's: low for those whose contacts do not know each other.

    Raises
    ------
    ValueError
        A column does not exist; a person is missing, tied to themselves, written in two ways, or without a
        group; group is neither a dict nor a Series, or has a person twice.

    Notes
    -----
    v brokers from a to b where a -> v, v -> b and not a -> b (Gould & Fernandez; a and b differ). With ties
    written both ways each pair counts from either side: gatekeeper equals representative and counts pairs
    once, the other roles count each pair twice.

    Burt: with p_ij = (a_ij + a_ji) / sum_k (a_ik + a_ki), the constraint of i is the sum over its contacts j
    of (p_ij + sum_q p_iq p_qj)^2. It takes direction only for strength: a tie both ways counts twice a tie
    one way.

    What it cannot tell. A broker is so only among the ties that are known: one missed tie between a and b
    makes another. Roles follow from the groups that were given; other groups, other roles. Large groups
    produce more coordinators by chance alone: compare with a random network before comparing groups.

    References
    ----------
    Gould, R. V. & Fernandez, R. M. (1989). Structures of mediation: a formal approach to brokerage in
    transaction networks. Sociological Methodology 19, 89-126. Burt, R. S. (1992). Structural Holes.
    Cambridge, MA: Harvard University Press (constraint: ch. 2).

    Examples
    --------
    >>> import pandas as pd
    >>> edges = pd.DataFrame({"source": ["Ana", "Bo", "Bo"], "target": ["Bo", "Cy", "Dee"]})
    >>> clan = {"Ana": "north", "Bo": "south", "Cy": "south", "Dee": "east"}
    >>> brokerage(edges, clan)[["gatekeeper", "liaison", "total"]].loc["Bo"].tolist()
    [1, 1, 2]

    Ties without direction, both ways:

    >>> ways = pd.concat([edges, edges.rename(columns={"source": "target", "target": "source"})])
    >>> brokerage(ways, clan)[["gatekeeper", "representative", "liaison"]].loc["Bo"].tolist()
    [2, 2, 2]
    """
    import pandas as pd

    network = _read(edges)
    names = _groups(group, network.nodes)
    codes, _ = pd.factorize(pd.Series(names, dtype=object))
    onward = _matrix(network.n, network.tail, network.head).astype(bool)
    table = pd.DataFrame(_roles(onward, codes), columns=list(ROLES), index=network.index)
    table.insert(0, "group", names)
    table["total"] = table[list(ROLES)].sum(axis=1)
    table["constraint"] = _constraint((onward.astype(float) + onward.T.astype(float)).tocsr())
    return table


ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


def key_players(edges: pd.DataFrame, k: int) -> pd.DataFrame:
    """The k persons whose removal parts a network most, and the k who reach the others best.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row a tie, with the two persons in ``source`` and ``target``; without direction.
    k : int
        How many persons; at least two others must be left.

    Returns
    -------
    pandas.DataFrame
        Two rows, ``fragmentation`` and ``reach``, with ``players``, a tuple of the best set in the order in
        which they first appear in the rows of ``edges``; ``value``; ``before``, the fragmentation with
        nobody removed, and 0 for reach; ``equal``, how many of the sets that were tried do as well;
        ``tried``, how many sets; ``search``, ``"exact"`` where all sets were tried, or ``"greedy"``.

    Raises
    ------
    ValueError
        k is not a whole number from 1 to the number of persons less two; otherwise as
        :func:`centrality_table`.

    Notes
    -----
    fragmentation: F = 1 - sum_c s_c (s_c - 1) / (m (m - 1)) with s_c the sizes of the components that the m =
    n - k persons left form: the share of pairs who cannot reach each other any more. reach: sum_j 1 / d(K, j)
    / (n - k) over the persons j outside the set K, with d the distance to the nearest of K and 1 / d = 0
    where there is no path: 1 where everybody else is tied to somebody in K. The two are different questions,
    whom to arrest and whom to watch or to tell, and different persons answer them.

    Search: with at most 50,000 sets of k all are tried (``"exact"``). Beyond, persons inside a set are
    exchanged for persons outside as long as that helps (``"greedy"``, Borgatti's algorithm), from several
    starts: the first k whom :func:`disruption_curve` removes, and sets grown from each of those who do best
    alone. That is good, without proof that nothing is better. Of equally good sets the first is taken, in the
    order of ``edges``.

    The k most central persons are rarely the best set: they often do the same work.

    What it cannot tell. Networks heal; the removed are replaced, and police work on brokers may only make
    the rest careful. Missing ties hide the paths that would remain. Where F is 0 the group hangs together
    whoever of that number is taken away, and ``players`` says nothing.

    References
    ----------
    Borgatti, S. P. (2006). Identifying sets of key players in a social network. Computational and
    Mathematical Organization Theory 12, 21-34 (fragmentation; distance-weighted reach; greedy exchange).

    Examples
    --------
    Two crews of three, tied by a middleman, each with a newcomer:

    >>> import pandas as pd
    >>> edges = pd.DataFrame(
    ...     [("a", "b"), ("b", "c"), ("a", "c"), ("c", "m"), ("m", "x"), ("x", "y"), ("y", "z"), ("x", "z"),
    ...      ("a", "n"), ("z", "o")], columns=["source", "target"])
    >>> key_players(edges, 1)[["players", "value", "search"]].round(3)
                  players  value search
    fragmentation    (m,)  0.571  exact
    reach            (c,)  0.615  exact
    """
    import pandas as pd

    network = _read(edges)
    n = network.n
    k = int(checks.count("k", k, "persons"))
    if not 1 <= k <= n - 2:
        raise ValueError(f"k is {k}, of {n} persons: choose from 1 to {n - 2}, so that two are left who may "
                         "be parted." if n > 2 else f"The network has {n} persons: with one removed nobody "
                         "is left to be parted. Give more ties.")
    rows = {"fragmentation": (_Fragmentation(network), None), "reach": (_Reach(network), 0.0)}
    found = []
    for score, before in rows.values():
        best, value, equal, tried, search = _search(score, network.ties, k)
        start = float(score(np.zeros((1, 0), dtype=int))[0]) if before is None else before
        found.append({"players": tuple(network.nodes[place] for place in best), "value": value,
                      "before": start, "equal": equal, "tried": tried, "search": search})
    return pd.DataFrame(found, index=list(rows))


def disruption_curve(edges: pd.DataFrame, by: str = "betweenness", removals: int = 20) -> pd.DataFrame:
    """What is left of a network as the most central person is removed, again and again.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row a tie, with the two persons in ``source`` and ``target``; without direction.
    by : {"betweenness", "degree"}
        Who counts as most central; computed anew after each removal.
    removals : int
        How many persons are removed. The curve ends earlier where nobody is left.

    Returns
    -------
    pandas.DataFrame
        One row a step, from 0 (nobody removed): ``node``, who was removed (None in step 0); ``score``, their
        centrality just before, as in :func:`centrality_table` (0 in step 0); ``tied``, how many had that same
        score; ``largest``, persons in the largest component left; ``share``, the same as a share of the
        largest component at the start; ``components``, the number of components left.

    Raises
    ------
    ValueError
        by is another word; removals is not a whole number from 1 on; otherwise as :func:`centrality_table`.

    Notes
    -----
    Ties: of several persons with the same score the one who comes last in the rows of ``edges`` (by first
    appearance) is removed, as in the published curves. ``tied`` above 1 says that another order of rows may
    give another curve; where that happens early, run it with shuffled rows and show the range. Scores that
    differ by less than a billionth are the same.

    Recomputed removal is the stronger attack: a list of targets made once goes stale with the first arrest.

    What it cannot tell. The group stands still while it is taken apart; real ones recruit, rewire and change
    their trade. A smaller largest component is not less crime. Ties that were never seen hold the group
    together where the curve says it fell apart.

    References
    ----------
    Albert, R., Jeong, H. & Barabasi, A.-L. (2000). Error and attack tolerance of complex networks. Nature
    406, 378-382. Cavallaro, L. and others (2020). Disrupting resilient criminal networks through data
    analysis: the case of Sicilian Mafia. PLoS ONE 15 (8), e0236476. Duijn, P. A. C., Kashirin, V. & Sloot, P.
    M. A. (2014). The relative ineffectiveness of criminal network disruption. Scientific Reports 4, 4238.

    Examples
    --------
    >>> import pandas as pd
    >>> edges = pd.DataFrame({"source": ["a", "a", "a", "b", "d"], "target": ["b", "c", "d", "c", "e"]})
    >>> disruption_curve(edges, removals=2)[["node", "tied", "largest", "share", "components"]]
          node  tied  largest  share  components
    step
    0     None     0        5    1.0           1
    1        a     1        2    0.4           2
    2        e     4        2    0.4           2
    """
    import pandas as pd

    network = _read(edges)
    checks.choice("by", by, ["betweenness", "degree"])
    removals = int(checks.count("removals", removals, "persons"))
    if removals < 1:
        raise ValueError("removals is 0: remove at least one person, or there is no curve.")
    sizes = [_sizes(network.ties)]
    steps: list[tuple] = [(None, 0.0, 0)]
    for place, score, tied, left in itertools.islice(_removals(network.ties, by), removals):
        steps.append((network.nodes[place], score, tied))
        sizes.append(_sizes(left))
    largest = np.array([size.max(initial=0) for size in sizes])
    nodes, scores, tied = zip(*steps, strict=True)
    return pd.DataFrame({"node": pd.Series(nodes, dtype=object), "score": scores, "tied": tied,
                         "largest": largest, "share": largest / largest[0],
                         "components": [size.size for size in sizes]},
                        index=pd.RangeIndex(len(steps), name="step"))


def core_periphery(edges: pd.DataFrame) -> pd.DataFrame:
    """Who belongs to a core whose members are tied to each other, while the others are tied to it alone.

    Parameters
    ----------
    edges : pandas.DataFrame
        One row a tie, with the two persons in ``source`` and ``target``; without direction.

    Returns
    -------
    pandas.DataFrame
        One row a person, in the order in which they first appear in the rows: ``core``, True for its members;
        ``to_core`` and ``to_periphery``, to how many of either the person is tied. ``attrs`` has
        ``correlation``, how well a core and a periphery describe the network (1 is perfectly);
        ``density``, the share of possible ties there are ``"in core"``, ``"between"`` and ``"in periphery"``;
        and ``search``, ``"exact"`` where all cores were tried, or ``"greedy"``.

    Raises
    ------
    NoEstimate
        Everybody is tied to everybody: there is no periphery.
    ValueError
        As :func:`centrality_table`.

    Notes
    -----
    The discrete model of Borgatti and Everett (their equations 1 and 2): find the core that maximizes the
    correlation, over all pairs, of the ties a_ij with the pattern that is 1 where i or j or both are in the
    core, and 0 where both are in the periphery.

    Search: up to 16 persons every core is tried (``"exact"``). Beyond, from the best of the cores made of the
    1, 2, ... persons with the highest degree, persons are moved in and out one by one (``"greedy"``,
    Kernighan & Lin 1970), from three to ten starts: good, without proof that nothing is better. Of equally
    good cores of a small network the one with the first persons in the order of ``edges`` is taken.

    What it cannot tell. Every network has a best core, also a random one; a correlation of 0.3 describes
    nothing. Compare it with networks of the same degrees. There is one core only: a federation of several
    groups has a low correlation, and parts that do not hang together are forced into one pattern. Wiretaps
    produce cores: the tapped phones are the core, and whom they called the periphery.

    References
    ----------
    Borgatti, S. P. & Everett, M. G. (2000). Models of core/periphery structures. Social Networks 21, 375-395.
    Kernighan, B. W. & Lin, S. (1970). An efficient heuristic procedure for partitioning graphs. Bell System
    Technical Journal 49, 291-307.

    Examples
    --------
    >>> import pandas as pd
    >>> edges = pd.DataFrame({"source": ["a", "a", "b", "a", "b", "c"],
    ...                       "target": ["b", "c", "c", "x", "y", "z"]})
    >>> table = core_periphery(edges)
    >>> table["core"].tolist(), round(table.attrs["correlation"], 2)
    ([True, True, True, False, False, False], 0.41)
    >>> {where: round(share, 2) for where, share in table.attrs["density"].items()}
    {'in core': 1.0, 'between': 0.33, 'in periphery': 0.0}
    """
    import pandas as pd

    network = _read(edges)
    n, ties = network.n, network.ties
    total, exact = ties.nnz / 2, n <= ALL_CORES
    if total == n * (n - 1) / 2:
        raise NoEstimate(f"All {n} persons are tied to each other: there is no periphery, and every core "
                         "describes the network as well as any other. Take stronger ties only, for example "
                         "pairs with at least two meetings.")
    core, correlation = (_every_core if exact else _core)(ties)
    to_core = np.rint(ties @ core.astype(float)).astype(int)
    degree = _sums(ties).astype(int)
    table = pd.DataFrame({"core": core, "to_core": to_core, "to_periphery": degree - to_core},
                         index=network.index)
    table.attrs = {"correlation": correlation, "density": _densities(core, to_core, total),
                   "search": "exact" if exact else "greedy"}
    return table


# --- Reading ties -----------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Network:
    """Ties by number of the person; persons are numbered in the order in which they first appear."""

    nodes: list
    tail: np.ndarray
    head: np.ndarray
    weights: csr_array  # symmetric; the sum over the rows of the same two persons

    @property
    def n(self) -> int:
        return len(self.nodes)

    @property
    def ties(self) -> csr_array:
        ones = self.weights.copy()
        ones.data = np.ones_like(ones.data)
        return ones

    @property
    def index(self) -> pd.Index:
        import pandas as pd

        return pd.Index(self.nodes, name="node", tupleize_cols=False)


def _read(edges: pd.DataFrame, weight: str | None = None) -> _Network:
    import pandas as pd

    wanted = ["source", "target"] + ([] if weight is None else [weight])
    checks.table(edges, wanted, "the table of ties")
    for column in ("source", "target"):
        missing = edges[column].isna().to_numpy()
        if missing.any():
            raise ValueError(f"column {column!r}, row {checks.row(edges, missing)!r}, is missing: leave the "
                             "row out, or find out who it was. An unknown person needs a name of their own.")
    cells = np.empty(2 * len(edges), dtype=object)  # row by row, source before target
    cells[0::2], cells[1::2] = edges["source"].tolist(), edges["target"].tolist()
    codes, nodes = pd.factorize(cells)
    nodes = list(nodes)
    _refuse_lookalikes(nodes)
    tail, head = codes[0::2], codes[1::2]
    if (tail == head).any():
        raise ValueError(f"row {checks.row(edges, tail == head)!r} ties {nodes[tail[tail == head][0]]!r} to "
                         "themselves: leave such rows out, edges[edges['source'] != edges['target']].")
    strength = np.ones(len(edges)) if weight is None else _strengths(edges, weight)
    weights = _matrix(len(nodes), np.r_[tail, head], np.r_[head, tail], np.r_[strength, strength])
    if weight is None:
        weights.data[:] = 1  # rows of the same two persons are one tie
    return _Network(nodes, tail, head, weights)


def _refuse_lookalikes(nodes: list) -> None:
    """1 and '1', or 'Ana' and 'Ana ', would be two persons."""
    seen: dict[str, object] = {}
    for node in nodes:
        other = seen.setdefault(str(node).strip(), node)
        if other is not node:
            raise ValueError(f"The table of ties has {other!r} and {node!r}: they look like one person, but "
                             "would be two. Write every name in one way.")


def _strengths(edges: pd.DataFrame, weight: str) -> np.ndarray:
    strength = checks.numbers(edges, weight, low=0)
    if (strength == 0).any():
        raise ValueError(f"column {weight!r}, row {checks.row(edges, strength == 0)!r}, is 0: a tie without "
                         "contact is none. Leave the row out.")
    return strength


def _matrix(n: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray | None = None) -> csr_array:
    """Rows of the same two persons add up."""
    from scipy.sparse import csr_array

    values = np.ones(tail.size) if values is None else values
    table = csr_array((values, (tail, head)), shape=(n, n))
    table.sum_duplicates()
    return table


def _groups(group: object, nodes: list) -> list:
    import pandas as pd

    if isinstance(group, pd.Series):
        twice = group.index[group.index.duplicated()]
        if len(twice):
            raise ValueError(f"group has {twice[0]!r} more than once: give each person one group.")
        group = dict(zip(group.index.tolist(), group.tolist(), strict=True))
    if not isinstance(group, Mapping):
        raise ValueError(f"group is a {type(group).__name__}: give a dict or a Series from persons to "
                         "groups, for example persons.set_index('name')['clan'].")
    for node in nodes:
        if node not in group or pd.isna(group[node]):
            raise ValueError(f"group has no group for {node!r}, who has a tie: add it, or give those without "
                             "one a group of their own, such as 'none'.")
    return [group[node] for node in nodes]


# --- Centrality -------------------------------------------------------------------------------------------

def _sums(table: csr_array) -> np.ndarray:
    return np.asarray(table.sum(axis=1), dtype=float).ravel()


def _score(ties: csr_array, by: str) -> np.ndarray:
    n = ties.shape[0]
    if by == "degree":
        return _sums(ties) / max(n - 1, 1)
    return paths(ties)[0] / max((n - 1) * (n - 2) / 2, 1)


def _removals(ties: csr_array, by: str) -> Iterator[tuple[int, float, int, csr_array]]:
    """The most central of those left, their score, how many have it, the ties without them; until none."""
    places = np.arange(ties.shape[0])
    while places.size:
        score = _score(ties, by)
        top = np.flatnonzero(score >= score.max() * (1 - SAME))
        keep = np.delete(np.arange(places.size), top[-1])
        place, places, ties = int(places[top[-1]]), places[keep], ties[keep][:, keep]
        yield place, float(score[top[-1]]), top.size, ties


def _labels(ties: csr_array) -> np.ndarray:
    from scipy.sparse.csgraph import connected_components

    return connected_components(narrow(ties), directed=False)[1]


def _sizes(ties: csr_array) -> np.ndarray:
    return np.bincount(_labels(ties)) if ties.shape[0] else np.array([], dtype=int)


def _components(ties: csr_array) -> np.ndarray:
    """Number of the component of each person, the largest first; of equal ones the first in order."""
    labels = _labels(ties)
    sizes = np.bincount(labels)
    rank = np.empty(sizes.size, dtype=int)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(1, sizes.size + 1)
    return rank[labels]


def _eigenvector(weights: csr_array, component: np.ndarray) -> np.ndarray:
    found = np.zeros(component.size)
    for part in range(1, component.max() + 1):
        here = np.flatnonzero(component == part)
        found[here] = _leading(weights[here][:, here])
    return found


def _leading(table: csr_array) -> np.ndarray:
    """The eigenvector of the largest eigenvalue, its highest entry 1."""
    from scipy.sparse.linalg import eigsh

    n = table.shape[0]
    values, vectors = (np.linalg.eigh(table.toarray()) if n <= DENSE
                       else eigsh(table, k=2, which="LA", v0=np.ones(n)))
    # Two halves that are alike have two eigenvalues that are alike: take what lies between their vectors.
    leading = vectors[:, values >= values.max() * (1 - SAME)]
    vector = np.abs(leading @ leading.sum(axis=0))
    return vector / vector.max()


def _clustering(ties: csr_array, degree: np.ndarray) -> np.ndarray:
    triangles = _sums((ties @ ties).multiply(ties))
    return triangles / np.maximum(degree * (degree - 1), 1)


# --- Brokerage --------------------------------------------------------------------------------------------

def _roles(onward: csr_array, codes: np.ndarray) -> np.ndarray:
    """Counts of the roles, one row a person, in the order of ROLES."""
    back = onward.T.tocsr()
    counts = np.zeros((codes.size, len(ROLES)), dtype=int)
    for person in range(codes.size):
        before = back.indices[back.indptr[person]:back.indptr[person + 1]]
        after = onward.indices[onward.indptr[person]:onward.indptr[person + 1]]
        if not before.size or not after.size:
            continue
        open_ = ~onward[before][:, after].toarray() & (before[:, None] != after)
        own_before, own_after = codes[before] == codes[person], codes[after] == codes[person]
        alike = codes[before][:, None] == codes[after]
        outside = ~own_before[:, None] & ~own_after
        counts[person] = [(open_ & where).sum() for where in (
            own_before[:, None] & own_after, outside & alike, ~own_before[:, None] & own_after,
            own_before[:, None] & ~own_after, outside & ~alike)]
    return counts


def _constraint(both: csr_array) -> np.ndarray:
    from scipy.sparse import diags_array

    share = (diags_array(1 / _sums(both)) @ both).tocsr()
    tied = both.astype(bool).astype(float)
    return _sums((share + share @ share).multiply(tied).power(2))


# --- Key players ------------------------------------------------------------------------------------------

class _Fragmentation:
    """Share of pairs of those left who cannot reach each other, for many sets at once."""

    def __init__(self, network: _Network) -> None:
        ties = network.ties.tocoo()
        upper = ties.coords[0] < ties.coords[1]
        self.n, self.tail, self.head = network.n, ties.coords[0][upper], ties.coords[1][upper]
        self.step = max(1, CELLS // (self.n + self.tail.size))

    def __call__(self, sets: np.ndarray) -> np.ndarray:
        return np.concatenate([self._batch(sets[first:first + self.step])
                               for first in range(0, len(sets), self.step)])

    def _batch(self, sets: np.ndarray) -> np.ndarray:
        """One copy of the network a set, the removed without ties, and the components of all copies."""
        from scipy.sparse import csr_array

        rows = np.arange(len(sets))[:, None]
        left = np.ones((len(sets), self.n), dtype=bool)
        left[rows, sets] = False
        row, tie = np.nonzero(left[:, self.tail] & left[:, self.head])  # rows, then tails, are rising
        size = len(sets) * self.n
        begin = np.r_[0, np.cumsum(np.bincount(row * self.n + self.tail[tie], minlength=size))]
        labels = _labels(csr_array((np.ones(tie.size), row * self.n + self.head[tie], begin),
                                   shape=(size, size)))
        counts = np.bincount(labels)
        pairs = np.bincount((np.arange(size) // self.n)[left.ravel()],
                            weights=(counts[labels] - 1)[left.ravel()], minlength=len(sets))
        m = self.n - sets.shape[1]
        return 1 - pairs / (m * (m - 1))


class _Reach:
    """Mean of 1 / distance to the nearest of a set, over those outside, for many sets at once."""

    def __init__(self, network: _Network) -> None:
        from scipy.sparse.csgraph import dijkstra

        distance = dijkstra(narrow(network.ties), unweighted=True)
        np.fill_diagonal(distance, 1)
        self.n, self.near = network.n, 1 / distance
        self.step = max(1, CELLS // self.n)

    def __call__(self, sets: np.ndarray) -> np.ndarray:
        return np.concatenate([self._batch(sets[first:first + self.step])
                               for first in range(0, len(sets), self.step)])

    def _batch(self, sets: np.ndarray) -> np.ndarray:
        nearest = self.near[sets[:, 0]]
        for column in sets.T[1:]:
            nearest = np.maximum(nearest, self.near[column])
        size = sets.shape[1]
        return (nearest.sum(axis=1) - size) / (self.n - size)  # each of the set itself stands there with 1


def _search(score: object, ties: csr_array, k: int) -> tuple[list[int], float, int, int, str]:
    """The best set, its value, how many tried do as well, how many were tried, and how."""
    n = ties.shape[0]
    if math.comb(n, k) <= SETS:
        sets = np.array(list(itertools.combinations(range(n), k)))
        values = score(sets)
        best = _first_best(values)
        return sets[best].tolist(), float(values[best]), _alike(values, values[best]), len(sets), "exact"
    return _greedy(score, ties, k)


def _greedy(score: object, ties: csr_array, k: int) -> tuple[list[int], float, int, int, str]:
    """Climbs from those whom a disruption removes and from those who do best alone; the highest one wins."""
    n = ties.shape[0]
    removed = [[step[0] for step in itertools.islice(_removals(ties, by), k)]
               for by in ("betweenness", "degree")]
    alone = score(np.arange(n)[:, None])
    climbs = max(2, STARTS // (k * n))
    first = np.argsort(-alone, kind="stable")[:climbs].tolist()
    found = [_exchanged(score, n, chosen) for chosen in
             itertools.chain(removed, (_added(score, n, k, person) for person in first))]
    chosen, value, equal, _ = max(found, key=lambda climb: round(climb[1], 12))
    added = len(first) * sum(n - size for size in range(1, k))
    return chosen, value, equal, n + added + sum(climb[3] for climb in found), "greedy"


def _added(score: object, n: int, k: int, first: int) -> list[int]:
    """A set grown from one person by the one who adds most."""
    chosen = [first]
    while len(chosen) < k:
        sets = np.array([[*chosen, other] for other in range(n) if other not in chosen])
        chosen = sets[_first_best(score(sets))].tolist()
    return chosen


def _exchanged(score: object, n: int, chosen: list[int]) -> tuple[list[int], float, int, int]:
    """Exchange one inside for one outside as long as that helps; the set, its value, equals, sets tried."""
    value, tried = float(score(np.array([chosen]))[0]), 0
    while True:
        sets = np.array([[*chosen[:place], *chosen[place + 1:], other]
                         for place in range(len(chosen)) for other in range(n) if other not in chosen])
        values = score(sets)
        tried += len(sets)
        best = _first_best(values)
        if values[best] <= value + SAME:
            return sorted(chosen), value, 1 + _alike(values, value), tried
        chosen, value = sets[best].tolist(), float(values[best])


def _first_best(values: np.ndarray) -> int:
    return int(np.argmax(values >= values.max() - SAME))


def _alike(values: np.ndarray, value: float) -> int:
    return int((np.abs(values - value) <= SAME).sum())


# --- Core and periphery -----------------------------------------------------------------------------------

def _every_core(ties: csr_array) -> tuple[np.ndarray, float]:
    n, table = ties.shape[0], ties.toarray()
    cores = (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1  # with the first persons: the last rows
    covered = cores @ table.sum(axis=1) - ((cores @ table) * cores).sum(axis=1) / 2
    fits = _correlation(covered, cores.sum(axis=1), ties.nnz / 2, n)
    best = int(np.flatnonzero(fits >= fits.max() - SAME)[-1])
    return cores[best].astype(bool), float(fits[best])


def _core(ties: csr_array) -> tuple[np.ndarray, float]:
    """The core with the highest correlation that is found from several starts, and the correlation."""
    n, order = ties.shape[0], np.argsort(-_sums(ties), kind="stable")
    first = np.zeros((n - 2, n), dtype=bool)  # row k: the k + 1 persons of the highest degree
    for k in range(n - 2):
        first[k, order[:k + 1]] = True
    fits = np.array([_fit(ties, core) for core in first])
    starts = np.argsort(-fits, kind="stable")[:min(10, max(3, 3_000 // n))]
    return max((_moved(ties, first[k]) for k in starts), key=lambda found: round(found[1], 12))


def _fit(ties: csr_array, core: np.ndarray) -> float:
    degree = _sums(ties)
    covered = degree[core].sum() - (ties @ core)[core].sum() / 2
    return float(_correlation(covered, core.sum(), ties.nnz / 2, core.size))


def _correlation(covered: np.ndarray, size: np.ndarray, total: float, n: int) -> np.ndarray:
    """Correlation of ties and pattern, from the ties that touch the core; -1 where there is no pattern."""
    pairs = n * (n - 1) / 2
    pattern = size * (size - 1) / 2 + size * (n - size)
    spread = (total * (pairs - total)) * (pattern * (pairs - pattern))
    good = spread > 0
    return np.where(good, (pairs * covered - total * pattern) / np.sqrt(np.where(good, spread, 1)), -1.0)


def _moved(ties: csr_array, core: np.ndarray) -> tuple[np.ndarray, float]:
    """Move each person in or out once, the best move first, even downhill; keep the best core; repeat.

    Kernighan and Lin's search: a step down may lead to a higher hill.
    """
    n, total, now, degree = core.size, ties.nnz / 2, _fit(ties, core), _sums(ties)
    while True:
        inside, free, best = core.copy(), np.ones(n, dtype=bool), None
        outward = degree - ties @ inside.astype(float)  # ties of each person to the periphery
        size, covered = inside.sum(), (degree[inside].sum() + outward[inside].sum()) / 2
        for _ in range(n):
            way = np.where(inside, -1, 1)
            fits = _correlation(covered + way * outward, size + way, total, n)
            who = int(np.argmax(np.where(free, fits, -2)))
            covered, size = covered + way[who] * outward[who], size + way[who]
            inside[who], free[who] = ~inside[who], False
            outward[ties.indices[ties.indptr[who]:ties.indptr[who + 1]]] -= way[who]
            if fits[who] > now + SAME:
                now, best = float(fits[who]), inside.copy()
        if best is None:
            return core, now
        core = best


def _densities(core: np.ndarray, to_core: np.ndarray, total: float) -> dict[str, float]:
    size, rest = int(core.sum()), int((~core).sum())
    within, between = to_core[core].sum() / 2, to_core[~core].sum()
    possible = (size * (size - 1) / 2, size * rest, rest * (rest - 1) / 2)
    return {where: float(there / most) if most else 0.0 for where, there, most in zip(
        ("in core", "between", "in periphery"), (within, between, total - within - between), possible,
        strict=True)}
