"""two_source against textbooks, against a simulation with a known truth, and by its properties."""
from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement import Estimate, NoEstimate, two_source

REFERENCE = Path(__file__).parent.parent / "reference" / "two_source.csv"
PUBLISHED = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
METHODS = ["chapman", "lincoln-petersen"]


def published(column):
    """The reference rows that print this column."""
    return [pytest.param(row, id=row["name"]) for row in PUBLISHED if row[column]]


def lists_of(row):
    return int(row["n1"]), int(row["n2"]), int(row["both"])


@pytest.mark.parametrize("row", published("chapman"))
def test_chapman_gives_the_published_estimate(row):
    assert round(two_source(*lists_of(row)).value) == int(row["chapman"])


@pytest.mark.parametrize("row", published("petersen"))
def test_lincoln_petersen_gives_the_published_estimate(row):
    assert round(two_source(*lists_of(row), method="lincoln-petersen").value) == int(row["petersen"])


@pytest.mark.parametrize("row", published("se"))
def test_seber_s_variance_gives_the_published_standard_error(row):
    assert round(two_source(*lists_of(row)).se) == int(row["se"])


@pytest.mark.parametrize("row", published("low"))
def test_the_normal_interval_is_the_published_one(row):
    estimate = two_source(*lists_of(row))
    # Seber's limits come from rounded numbers (11101 - 1.96 x 2184 = 6820.4): they are right to 0.02 %.
    assert estimate.low == pytest.approx(int(row["low"]), rel=2e-4)
    assert estimate.high == pytest.approx(int(row["high"]), rel=2e-4)


def test_the_reference_table_agrees_with_the_shared_one(shared):
    with shared("tables", "two_source_mixed.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    for row in rows:
        n1, n2, both = int(row["n1"]), int(row["n2"]), int(row["m"])
        assert round(two_source(n1, n2, both).value) == float(row["chapman"])
        if row["petersen"]:
            assert round(two_source(n1, n2, both, method="lincoln-petersen").value) == float(row["petersen"])
        if row["se"]:
            assert round(two_source(n1, n2, both).se) == float(row["se"])


def two_lists(truth, share1, share2, tables, seed):
    """Simulated lists: everyone is on each list by chance alone, independently."""
    rng = np.random.default_rng(seed)
    chances = [share1 * share2, share1 * (1 - share2), (1 - share1) * share2, (1 - share1) * (1 - share2)]
    both, only1, only2, _ = rng.multinomial(truth, chances, size=tables).T
    return both + only1, both + only2, both


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("truth, share1, share2", [(6000, 0.1, 0.1), (6000, 0.25, 0.06), (1500, 0.3, 0.4)])
def test_a_95_percent_interval_holds_the_truth_95_times_in_100(truth, share1, share2, method):
    table = two_source(*two_lists(truth, share1, share2, tables=10_000, seed=5), method=method)
    covered = ((table["low"] <= truth) & (truth <= table["high"])).mean()
    assert 0.93 <= covered <= 0.97


def test_a_lower_level_covers_less_often():
    lists = two_lists(6000, 0.2, 0.2, tables=10_000, seed=6)
    table = two_source(*lists, level=0.8)
    assert ((table["low"] <= 6000) & (table["high"] >= 6000)).mean() == pytest.approx(0.8, abs=0.02)


def test_chapman_has_less_bias_than_lincoln_petersen_when_the_overlap_is_small():
    n1, n2, both = two_lists(2000, 0.1, 0.1, tables=20_000, seed=7)
    some = both > 0
    chapman = two_source(n1[some], n2[some], both[some])["value"].mean()
    petersen = two_source(n1[some], n2[some], both[some], method="lincoln-petersen")["value"].mean()
    assert abs(chapman - 2000) < 20  # 1 %
    assert petersen > 2080           # more than 4 % too high


@pytest.mark.parametrize("method", METHODS)
def test_the_standard_error_is_the_spread_of_the_estimates(method):
    table = two_source(*two_lists(5000, 0.3, 0.3, tables=20_000, seed=8), method=method)
    assert table["se"].mean() == pytest.approx(table["value"].std(), rel=0.03)


def test_referral_between_the_services_makes_the_estimate_too_low():
    rng = np.random.default_rng(9)
    first = rng.random((300, 4000)) < 0.15
    second = rng.random((300, 4000)) < np.where(first, 0.30, 0.12)
    table = two_source(first.sum(1), second.sum(1), (first & second).sum(1))
    assert (table["high"] < 4000).mean() > 0.95


three_counts = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000)).map(
    lambda parts: (parts[0] + parts[1], parts[0] + parts[2], parts[0])
).filter(lambda counts: counts[0] and counts[1])
with_overlap = three_counts.filter(lambda counts: counts[2])


@given(three_counts)
def test_chapman_is_exact_arithmetic(counts):
    n1, n2, m = map(Fraction, counts)
    value = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    estimate = two_source(*counts)
    assert estimate.value == pytest.approx(float(value), rel=1e-12)
    assert estimate.se == pytest.approx(math.sqrt(variance), rel=1e-12)


@given(with_overlap)
def test_lincoln_petersen_is_exact_arithmetic(counts):
    n1, n2, m = map(Fraction, counts)
    estimate = two_source(*counts, method="lincoln-petersen")
    assert estimate.value == pytest.approx(float(n1 * n2 / m), rel=1e-12)
    assert estimate.se == pytest.approx(math.sqrt(n1 * n2 * (n1 - m) * (n2 - m) / m**3), rel=1e-12)


@given(with_overlap, st.sampled_from(METHODS), st.floats(0.01, 0.999))
def test_an_estimate_is_finite_symmetric_and_never_below_those_seen(counts, method, level):
    n1, n2, both = counts
    estimate = two_source(n1, n2, both, method=method, level=level)
    assert all(math.isfinite(part) for part in (estimate.value, estimate.se, estimate.low, estimate.high))
    assert estimate.low <= estimate.value <= estimate.high
    assert estimate.n == n1 + n2 - both
    assert estimate.value >= estimate.n - 1e-6
    swapped = two_source(n2, n1, both, method=method, level=level)
    assert swapped.value == pytest.approx(estimate.value, rel=1e-12)
    assert swapped.se == pytest.approx(estimate.se, rel=1e-12)


@given(three_counts)
def test_a_larger_overlap_never_gives_a_larger_population(counts):
    n1, n2, both = counts
    if both < min(n1, n2):
        assert two_source(n1, n2, both + 1).value <= two_source(n1, n2, both).value


@given(st.lists(with_overlap, min_size=1, max_size=8), st.sampled_from(METHODS))
def test_a_table_gives_row_by_row_what_single_calls_give(rows, method):
    n1, n2, both = zip(*rows)
    table = two_source(list(n1), np.array(n2), both, method=method)
    for row, counts in zip(table.itertuples(), rows):
        one = two_source(*counts, method=method)
        assert (row.value, row.se, row.low, row.high, row.n) == (one.value, one.se, one.low, one.high, one.n)


def test_one_number_beside_a_list_is_used_for_every_row():
    table = two_source(534, [540, 170], [45, 46])
    assert table["value"].round(1).tolist() == [6291.1, 1945.5]


def test_a_series_keeps_its_row_labels():
    counts = pd.DataFrame({"a": [534, 534], "b": [540, 170], "both": [45, 46]}, index=["ngo", "border"])
    table = two_source(counts["a"], counts["b"], counts["both"])
    assert list(table.index) == ["ngo", "border"]
    assert list(table.columns) == ["value", "se", "low", "high", "n"]


def test_numbers_from_numpy_and_pandas_count_as_numbers():
    plain = two_source(534, 540, 45)
    assert two_source(np.int64(534), np.float64(540.0), pd.Series([45]).sum()) == plain
    nullable = pd.Series([534, 534], dtype="Int64")
    assert two_source(nullable, 540, 45)["value"].iloc[0] == plain.value
    assert two_source(np.uint8(54), np.uint8(200), np.uint8(4)) == two_source(54, 200, 4)


def test_two_identical_lists_leave_nobody_out():
    estimate = two_source(40, 40, 40)
    assert (estimate.value, estimate.se, estimate.n) == (40, 0, 40)


def test_no_overlap_still_gives_a_chapman_estimate_and_a_word_of_warning():
    estimate = two_source(298, 170, 0)
    assert estimate.value == 299 * 171 - 1
    assert "the overlap is too small" in estimate.assumptions[-1]
    assert not any("too small" in text for text in two_source(534, 540, 45).assumptions)


def test_no_overlap_has_no_lincoln_petersen_estimate_and_says_the_way_out():
    with pytest.raises(NoEstimate, match=r'both is 0: .*method="chapman"'):
        two_source(298, 170, 0, method="lincoln-petersen")
    with pytest.raises(NoEstimate, match=r"both is 0 \(entry 2\)"):
        two_source([298, 298], [170, 170], [3, 0], method="lincoln-petersen")


@pytest.mark.parametrize("arguments, told", [
    ((-1, 5, 1), r"n1 is -1: .*negative"),
    ((5, 5, -2), r"both is -2: .*negative"),
    ((5.5, 5, 1), r"n1 is 5\.5: persons come in whole numbers"),
    ((5, 0.4, 1), r"n2 is 0\.4: persons come in whole numbers"),
    ((5, 9, 6), r"both is 6 but n1 is 5: .*those on both included"),
    ((9, 5, 6), r"both is 6 but n2 is 5"),
    (("534", 540, 45), r"n1 is the text '534': .*int\('534'\)"),
    ((5, 6, b"1"), r"both is the text"),
    ((float("nan"), 5, 1), r"n1 is missing .*A missing number is not 0"),
    ((5, None, 1), r"n2 is missing"),
    ((5, pd.NA, 1), r"n2 is missing"),
    ((5, 6, 1 + 2j), r"both is missing or not a number"),
    ((math.inf, 5, 1), r"n1 is larger than"),
    ((5, 10**400, 1), r"n2 is larger than"),
    ((True, 5, 1), r"n1 is True: give the number of persons"),
    (({1, 2}, 5, 1), r"n1 is a set"),
    (({"a": 1}, 5, 1), r"n1 is a dict"),
    ((5, 6, pd.DataFrame({"a": [1]})), r"both is a table: give one of its columns"),
    (([[1, 2], [3, 4]], 5, 1), r"n1 has 2 dimensions"),
    (([[1], [2, 3]], 5, 1), r"n1, entry 1, is missing or not a number"),
    (([], 5, 1), r"n1 is empty"),
    (([5, 6], [5, 6, 7], 1), r"different lengths \(n1 has 2, n2 has 3\)"),
    (([5, "6"], 5, 1), r"n1, entry 2, is the text '6'"),
    ((np.array([5, -6]), 5, 1), r"n1, entry 2, is -6: .*negative"),
    ((pd.Series([5, None], index=["a", "b"]), 5, 1), r"n1, entry 2 \(row 'b'\), is missing"),
    ((pd.Series([9, 4], index=["a", "b"]), 5, 5), r"both is 5 but n1 is 4 \(entry 2 \(row 'b'\)\)"),
    (([9, 4], 5, 5), r"both is 5 but n1 is 4 \(entry 2\)"),
    ((pd.Series([5, 6], index=["a", "b"]), pd.Series([5, 6], index=["b", "a"]), 1), r"different row labels"),
])
def test_bad_input_is_named_with_its_mend(arguments, told):
    with pytest.raises(ValueError, match=told):
        two_source(*arguments)


@pytest.mark.parametrize("arguments, told", [
    ((0, 5, 0), r"n1 is 0: a list with nobody"),
    ((5, 0, 0), r"n2 is 0: a list with nobody"),
    (([5, 0], 5, 0), r"n1 is 0 \(entry 2\)"),
    ((pd.Series([5, 0], index=["a", "b"]), 5, 0), r"n1 is 0 \(entry 2 \(row 'b'\)\)"),
])
def test_a_list_with_nobody_has_no_estimate(arguments, told):
    with pytest.raises(NoEstimate, match=told):
        two_source(*arguments)


@pytest.mark.parametrize("level, told", [
    (95, r"level is 95: .*For 95 % write 0\.95"), (0, "between 0 and 1"), (1, "between 0 and 1"),
    (-0.5, "between 0 and 1"), (math.nan, "between 0 and 1"), ("0.95", "level is '0.95'"),
    (None, "level is None"),
    (True, "level is True"), (1000, r"between 0 and 1, for example 0\.95\.$"),
])
def test_a_wrong_level_is_refused(level, told):
    with pytest.raises(ValueError, match=told):
        two_source(9, 8, 2, level=level)


@pytest.mark.parametrize("method", ["Chapman", "petersen", "", None, ["chapman"]])
def test_an_unknown_method_is_refused_with_the_known_ones(method):
    with pytest.raises(ValueError, match=r"write 'chapman' or 'lincoln-petersen'"):
        two_source(9, 8, 2, method=method)


@given(*[st.one_of(st.integers(), st.floats(), st.text(max_size=4), st.none(), st.booleans(),
                   st.lists(st.one_of(st.integers(-3, 30), st.floats(), st.none()), max_size=4))] * 3,
       st.sampled_from(METHODS))
def test_any_input_gives_a_finite_result_or_a_value_error(n1, n2, both, method):
    try:
        result = two_source(n1, n2, both, method=method)
    except ValueError as error:
        assert str(error)
        return
    if isinstance(result, Estimate):
        assert math.isfinite(result.value) and math.isfinite(result.se)
    else:
        assert np.isfinite(result.to_numpy(dtype=float)).all()


def test_ten_thousand_tables_are_one_call():
    lists = two_lists(6000, 0.1, 0.1, tables=10_000, seed=10)
    table = two_source(*lists)
    assert len(table) == 10_000
    assert np.isfinite(table.to_numpy()).all()
