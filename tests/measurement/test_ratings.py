"""agreement and composite_index: published kappas, statsmodels, known truths."""
from __future__ import annotations

import csv
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, agreement, composite_index
from tests.measurement.published import REFERENCE, agrees


def raters_of(name):
    """The ratings behind a table: counts of raters by kind, or of items by the kinds of two raters."""
    table = pd.read_csv(REFERENCE / f"{name}.csv", index_col=0)
    if table.index.name == "first":
        pairs = [(first, second) for first in table.index for second in table.columns
                 for _ in range(table.loc[first, second])]
        return pd.DataFrame(pairs, columns=["first", "second"])
    return pd.DataFrame([[kind for kind, count in row.items() for _ in range(count)]
                         for _, row in table.iterrows()])


# --- Agreement: published ---------------------------------------------------------------------------------

with (REFERENCE / "kappa.csv").open(encoding="utf-8") as file:
    PUBLISHED = list(csv.DictReader(file))


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["table"])
def test_published_tables_have_the_published_kappa(row):
    found = agreement(raters_of(row["table"])).set_index("method").loc[[row["method"]]].iloc[-1]
    for name in ("value", "se", "low", "high", "se_chance"):
        assert not row[name] or agrees(found[name], row[name]), name
    assert not row["z"] or agrees(found["value"] / found["se_chance"], row["z"])


# --- Agreement: independent -------------------------------------------------------------------------------

def rated(rng, n=100, raters=3, shares=(0.5, 0.3, 0.2), sure=0.8):
    """Items of a true kind, which a rater sees with some chance and otherwise guesses: kappa is sure^2."""
    truth = rng.choice(len(shares), n, p=shares)
    guess = rng.choice(len(shares), (raters, n), p=shares)
    sees = rng.random((raters, n)) < sure
    return pd.DataFrame(np.where(sees, truth, guess).T, columns=[f"r{rater}" for rater in range(raters)])


def test_kappas_and_errors_are_those_of_statsmodels():
    from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa, to_table

    ratings = rated(np.random.default_rng(1), raters=4)
    table = agreement(ratings)
    assert table["method"].tolist() == ["Cohen"] * 6 + ["Fleiss"]
    for row in table.iloc[:-1].itertuples():
        expected = cohens_kappa(to_table(ratings[row.raters.split("-")].to_numpy())[0])
        assert (row.value, row.se, row.se_chance, row.low, row.high) == pytest.approx(
            (expected.kappa, expected.std_kappa, expected.std_kappa0, expected.kappa_low, expected.kappa_upp))
    assert table["value"].iloc[-1] == pytest.approx(fleiss_kappa(aggregate_raters(ratings.to_numpy())[0]))


def test_the_error_of_fleiss_kappa_is_that_of_the_jackknife():
    ratings = rated(np.random.default_rng(2), n=150, raters=5)
    one_left_out = [agreement(ratings.drop(index=item))["value"].iloc[-1] for item in ratings.index]
    jackknife = math.sqrt(149 / 150 * ((one_left_out - np.mean(one_left_out))**2).sum())
    assert agreement(ratings)["se"].iloc[-1] == pytest.approx(jackknife, rel=0.02)


def kappa_coverage(draws, seed, **shape):
    rng, held = np.random.default_rng(seed), []
    truth = shape.get("sure", 0.8)**2
    for _ in range(draws):
        table = agreement(rated(rng, **shape)).iloc[[0, -1]]
        held.append(((table["low"] <= truth) & (truth <= table["high"])).tolist())
    return np.mean(held, axis=0)


def test_intervals_hold_kappa_in_a_sample_of_studies():
    assert kappa_coverage(250, seed=3).min() >= 0.91


@pytest.mark.slow
@pytest.mark.parametrize("shape", [dict(), dict(sure=0.5), dict(n=80, raters=6), dict(shares=(0.8, 0.2))],
                         ids=str)
def test_95_percent_intervals_hold_kappa_95_times_in_100(shape):
    covered = kappa_coverage(2000, seed=4, **shape)
    assert all(0.93 <= share <= 0.97 for share in covered), covered


def test_the_error_under_chance_is_right_only_under_chance():
    rng = np.random.default_rng(5)
    blind = pd.concat([agreement(rated(rng, sure=0.0)).iloc[[-1]] for _ in range(300)])
    assert blind["value"].std() == pytest.approx(blind["se_chance"].mean(), rel=0.12)
    assert blind["value"].mean() == pytest.approx(0, abs=0.01)


# --- Agreement: what it does with ratings ------------------------------------------------------------------

def test_with_nearly_one_kind_kappa_is_low_though_raters_nearly_always_agree():
    ratings = pd.DataFrame({"a": [1] * 96 + [0, 0, 1, 1], "b": [1] * 96 + [1, 1, 0, 0]})
    row = agreement(ratings).iloc[0]
    assert row["observed"] == 0.96
    assert row["value"] < 0


def test_complete_agreement_has_a_lower_limit():
    table = agreement(pd.DataFrame({"a": list("xyxyx"), "b": list("xyxyx")}))
    assert table[["value", "high"]].to_numpy().tolist() == [[1, 1], [1, 1]]
    assert ((0 < table["low"]) & (table["low"] < 0.6)).all()
    assert table["se"].tolist() == [0, 0]


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=3, max_size=3), min_size=2, max_size=30))
def test_names_of_kinds_and_order_of_items_change_nothing(cells):
    ratings = pd.DataFrame(cells, columns=["x", "y", "z"])
    try:
        table = agreement(ratings)
    except NoEstimate:
        assert any(ratings[list(pair)].stack().nunique() == 1 for pair in ("xy", "xz", "yz"))
        return
    numbers = table.drop(columns=["method", "raters"])
    assert not numbers.isna().any().any()
    assert (numbers["low"] <= numbers["value"] + 1e-12).all()
    assert (numbers["value"] <= numbers["high"] + 1e-12).all()
    other = agreement(ratings.replace({"a": "z", "b": "a", "c": "q"}).iloc[::-1])
    assert other.drop(columns=["method", "raters"]).to_numpy() == pytest.approx(numbers.to_numpy(), abs=1e-9)


def test_an_error_that_is_only_rounding_is_zero_whatever_the_kinds_are_called():
    ratings = pd.DataFrame([list(row) for row in ("aaa", "aaa", "aaa", "baa", "cab")], columns=list("xyz"))
    renamed = ratings.replace({"a": "z", "b": "a", "c": "q"}).iloc[::-1]
    assert agreement(ratings)["se"].tolist() == pytest.approx(agreement(renamed)["se"].tolist(), abs=1e-12)


@pytest.mark.parametrize("ratings, told", [
    (pd.DataFrame({"a": [1, 2]}), "agreement needs two raters"),
    (pd.DataFrame(index=[1, 2]), "has no columns"),
    (pd.DataFrame({"a": [], "b": []}), "has no rows"),
    (pd.DataFrame({"a": [1], "b": [1]}), "There is one item"),
    (pd.DataFrame({"a": [1, 1], "b": [1, 1]}), "All ratings are 1"),
    (pd.DataFrame({"a": [1, 1], "b": [1, 1], "c": [1, 2]}), "All ratings of 'a' and 'b' are of one kind"),
    (pd.DataFrame({"a": [1, None], "b": [1, 2]}), r"column 'a', row 1, is missing: .*ratings.dropna"),
    (pd.DataFrame([[1, 2]] * 3, columns=["a", "a"]), "more than one column 'a'"),
    ([[1, 2]], "is a list: give a pandas DataFrame"),
])
def test_bad_ratings_are_named_with_their_mend(ratings, told):
    with pytest.raises(ValueError, match=told):
        agreement(ratings)


# --- Index ------------------------------------------------------------------------------------------------

def scores_of(rng, rows=30, columns=6):
    values = rng.uniform(1, 10, (rows, columns))
    return pd.DataFrame(values, columns=list("abcdefgh")[:columns], index=[f"p{row}" for row in range(rows)])


def test_the_index_is_the_weighted_mean_and_ranks_are_scipy_s():
    from scipy.stats import gmean, rankdata

    scores = scores_of(np.random.default_rng(1))
    weights = {"a": 3, "b": 1, "d": 2}
    table = composite_index(scores, weights, draws=100).loc[scores.index]
    used = scores[["a", "b", "d"]]
    assert table["score"].to_numpy() == pytest.approx(np.average(used, axis=1, weights=[3, 1, 2]))
    assert table["geometric"].to_numpy() == pytest.approx(gmean(used, axis=1, weights=[3, 1, 2]))
    assert table["rank"].tolist() == rankdata(-table["score"], method="min").astype(int).tolist()
    geometric = rankdata(-table["geometric"], method="min").astype(int)
    assert table["geometric_rank"].tolist() == geometric.tolist()
    assert (table["rank_change"] == table["geometric_rank"] - table["rank"]).all()


def test_the_error_of_a_score_is_that_of_a_mean_of_independent_errors():
    scores = scores_of(np.random.default_rng(2), rows=10)
    noise = {"a": 1.0, "b": 0.5, "c": 2.0}
    table = composite_index(scores, {"a": 2, "b": 1, "c": 1}, noise=noise, draws=20_000, seed=1)
    expected = math.sqrt((0.5 * 1)**2 + (0.25 * 0.5)**2 + (0.25 * 2)**2)
    assert table["se"].to_numpy() == pytest.approx(expected, rel=0.03)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(2 * 1.96 * expected, rel=0.04)


def test_limits_of_ranks_are_those_of_errors_drawn_score_by_score():
    from scipy.stats import rankdata

    rng, scores = np.random.default_rng(3), scores_of(np.random.default_rng(3), rows=12)
    table = composite_index(scores, dict.fromkeys("abcdef", 1), noise=1.5, draws=20_000, seed=2)
    drawn = scores.to_numpy() + rng.normal(0, 1.5, (20_000, 12, 6))
    ranks = rankdata(-drawn.mean(axis=2), axis=1)
    for name, share in (("rank_low", 0.025), ("rank_high", 0.975)):
        expected = np.quantile(ranks, share, axis=0)
        assert np.abs(table.loc[scores.index, name] - expected).max() <= 1


def test_weights_that_are_a_matter_of_opinion_move_ranks_without_any_noise():
    scores = pd.DataFrame({"a": [9.0, 1, 5], "b": [1.0, 9, 5.2]}, index=["x", "y", "z"])
    fixed = composite_index(scores, {"a": 1, "b": 1})
    assert (fixed["rank_low"] == fixed["rank"]).all()
    assert (fixed["rank_high"] == fixed["rank"]).all()
    assert fixed["se"].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    open_ = composite_index(scores, {"a": (0.5, 1, 1.5), "b": (0.5, 1, 1.5)}, seed=1)
    assert open_.loc["x", ["rank_low", "rank_high"]].tolist() == [1, 3]
    assert open_.loc["y", ["rank_low", "rank_high"]].tolist() == [1, 3]


def test_the_geometric_mean_does_not_let_a_10_pay_for_a_1():
    scores = pd.DataFrame({"a": [10.0, 5], "b": [1.0, 5], "c": [5.0, 5]}, index=["uneven", "even"])
    table = composite_index(scores, dict.fromkeys("abc", 1))
    assert table.loc["uneven", ["rank", "geometric_rank", "rank_change"]].tolist() == [1, 2, 1]


def test_with_a_score_of_0_there_is_no_geometric_mean():
    table = composite_index(pd.DataFrame({"a": [0.0, 5], "b": [1.0, 5]}), {"a": 1, "b": 1})
    assert table.columns.tolist() == ["score", "rank", "se", "low", "high", "rank_low", "rank_high"]


def test_equal_scores_share_the_better_rank_also_where_rounding_differs():
    scores = pd.DataFrame({"a": [0.1, 0.3, 0.2, 0.05], "b": [0.2, 0.0, 0.1, 0.05], "c": [0.0, 0, 0, 0.05]})
    table = composite_index(scores, {"a": 1, "b": 1, "c": 1}).sort_index()
    assert table["rank"].tolist() == [1, 1, 1, 4]
    assert table["rank_high"].tolist() == [1, 1, 1, 4]


def rank_coverage(draws, seed, noise=1.0):
    """Share of rows whose rank without errors lies within the limits found from scores with errors."""
    rng = np.random.default_rng(seed)
    true = scores_of(rng)
    weights = dict.fromkeys("abcdef", 1)
    rank, held = composite_index(true, weights, draws=100)["rank"], []
    for draw in range(draws):
        seen = true + rng.normal(0, noise, true.shape)
        table = composite_index(seen, weights, noise=noise, seed=draw)
        table = table.loc[rank.index]
        held.append(((table["rank_low"] <= rank) & (rank <= table["rank_high"])).mean())
    return np.mean(held)


def test_limits_hold_most_true_ranks_if_the_noise_is_what_it_is_said_to_be():
    assert rank_coverage(120, seed=4) >= 0.93


def test_a_seed_makes_it_the_same_and_order_and_scale_change_nothing():
    scores = scores_of(np.random.default_rng(5), rows=8)
    weights = {"a": (1, 2, 3), "b": 2}
    first = composite_index(scores, weights, noise=0.5, seed=7)
    pd.testing.assert_frame_equal(first, composite_index(scores, weights, noise=0.5, seed=7))
    doubled = composite_index(scores, {"a": (10, 20, 30), "b": 20}, noise=0.5, seed=7)
    pd.testing.assert_frame_equal(first, doubled)
    other = scores[["c", "b", "a"]].sample(frac=1, random_state=1)
    shuffled = composite_index(other, weights, noise=0.5, seed=7)
    names = ["score", "rank", "geometric", "geometric_rank"]
    pd.testing.assert_frame_equal(first[names], shuffled.loc[first.index, names])


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 10), min_size=2, max_size=2), min_size=2, max_size=12),
       st.floats(0, 3))
def test_ranks_are_finite_and_their_limits_are_in_order(cells, noise):
    table = composite_index(pd.DataFrame(cells, columns=["a", "b"]), {"a": 1, "b": 1}, noise=noise, draws=100,
                            seed=1)
    assert not table.isna().any().any()
    assert np.isfinite(table.to_numpy(dtype=float)).all()
    assert ((1 <= table["rank_low"]) & (table["rank_low"] <= table["rank_high"])
            & (table["rank_high"] <= len(cells))).all()
    assert table["rank"].is_monotonic_increasing


TWO = pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}, index=["x", "y"])


@pytest.mark.parametrize("scores, arguments, told", [
    (TWO, dict(weights={}), "weights is empty"),
    (TWO, dict(weights=[1, 1]), "weights is a list"),
    (TWO, dict(weights={"a": -1}), "the weight of 'a' is -1"),
    (TWO, dict(weights={"a": 0, "b": 0}), "all weights are 0"),
    (TWO, dict(weights={"a": (3, 2, 1)}), "write low, best and high in this order"),
    (TWO, dict(weights={"a": "1"}), "the weight of 'a' is the text"),
    (TWO, dict(weights={"c": 1}), "the table of scores has no column 'c'"),
    (TWO, dict(noise=-1), "noise is -1"),
    (TWO, dict(noise={"a": 1}), "noise has no number for 'b'"),
    (TWO, dict(noise={"a": 1, "b": None}), "the noise of 'b' is missing"),
    (TWO, dict(draws=10), "draws is 10"),
    (TWO, dict(seed="x"), "seed is 'x'"),
    (TWO.iloc[:1], {}, "has one row"),
    (TWO.iloc[:0], {}, "has no rows"),
    (TWO.assign(a=[1.0, None]), {}, "column 'a', row 'y', is missing"),
    (TWO.assign(a=["high", "low"]), {}, "column 'a', row 'x', is the text"),
    ([[1, 2]], {}, "is a list: give a pandas DataFrame"),
])
def test_bad_scores_are_named_with_their_mend(scores, arguments, told):
    with pytest.raises(ValueError, match=told):
        composite_index(scores, **{"weights": {"a": 1, "b": 1}, **arguments})
