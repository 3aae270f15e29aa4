"""response_times: published curves, statsmodels, known truths."""
from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measurement import NoEstimate, response_times
from tests.measurement.published import REFERENCE, agrees, reference


def requests(**columns):
    """Eight requests of which three are open."""
    return pd.DataFrame({
        "sent": pd.to_datetime(["2020-01-01"] * 4 + ["2020-03-01"] * 4),
        "ended": pd.to_datetime(["2020-02-10", "2020-03-01", None, "2020-03-31", None, "2020-06-29", None,
                                 "2020-12-31"]),
        "outcome": ["granted", "refused", None, "refused", None, "granted", None, "granted"],
        "state": list("abababab"), **columns})


def times_of(**columns):
    return response_times(requests(**columns), "sent", "ended", "outcome")


# --- Published --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("row", reference("leukaemia_km.csv"),
                         ids=lambda row: f"{row['group']} {row['weeks']}")
def test_remission_from_leukaemia_has_the_published_kaplan_meier_curve(row):
    frame = pd.read_csv(REFERENCE / "leukaemia.csv")
    frame["outcome"], frame["start"] = np.where(frame["relapse"] == 1, "relapse", "open"), 0
    table = response_times(frame, "start", "weeks", "outcome", by="group")
    found = table.loc[(row["group"], "open", float(row["weeks"]))]
    assert (found["at_risk"], found["ended"]) == (float(row["at_risk"]), float(row["ended"]))
    assert agrees(found["share"], row["share"])
    assert agrees(found["se"], row["se"] or "0")
    assert len(table.loc[(row["group"], "open")]) == {"6-MP": 7, "placebo": 12}[row["group"]]


@pytest.mark.parametrize("row", reference("incidence_estimates.csv"),
                         ids=lambda row: f"{row['outcome']} {row['time']}")
def test_three_competing_outcomes_have_the_published_incidence_and_errors(row):
    frame = pd.read_csv(REFERENCE / "incidence.csv").assign(start=0)
    frame["outcome"] = frame["outcome"].astype(str).replace("0", "open")
    found = response_times(frame, "start", "time", "outcome").loc[(row["outcome"], float(row["time"]))]
    assert agrees(found["share"], row["share"])
    assert agrees(found["se"], row["se"])


# --- statsmodels ------------------------------------------------------------------------------------------

def simulated(rng, n=200, censor=900.0, grant=1 / 300, refuse=1 / 500, whole=False):
    """Requests with constant chances a day to be granted and refused, watched for at most some time."""
    granted, refused = rng.exponential(1 / grant, n), rng.exponential(1 / refuse, n)
    watched = rng.uniform(0.2 * censor, censor, n)
    days = np.minimum(np.minimum(granted, refused), watched)
    outcome = np.where(days == watched, "open", np.where(granted < refused, "granted", "refused"))
    return pd.DataFrame({"start": 0.0, "end": np.ceil(days / 20) * 20 if whole else days, "outcome": outcome})


@pytest.mark.parametrize("whole", [False, True])
def test_curves_and_errors_are_those_of_statsmodels(whole):
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    frame = simulated(np.random.default_rng(1), whole=whole)
    table = response_times(frame, "start", "end", "outcome")
    status = frame["outcome"].map({"open": 0, "granted": 1, "refused": 2}).to_numpy()
    survival = SurvfuncRight(frame["end"], (status > 0).astype(int))
    held = survival.surv_prob > 0
    found = table.loc["open"].loc[survival.surv_times[held]]
    assert found["share"].tolist() == pytest.approx(survival.surv_prob[held].tolist())
    assert found["se"].tolist() == pytest.approx(survival.surv_prob_se[held].tolist())
    incidence = CumIncidenceRight(frame["end"], status)
    for code, name in ((0, "granted"), (1, "refused")):
        shares, errors = (pd.Series(part[code], index=incidence.times)
                          for part in (incidence.cinc, incidence.cinc_se))
        found = table.loc[name].iloc[:-1]
        assert found["share"].tolist() == pytest.approx(shares[found.index].tolist())
        assert found["se"].tolist() == pytest.approx(errors[found.index].tolist(), abs=1e-7)


def test_without_open_requests_shares_have_the_binomial_error_and_wilson_s_interval():
    from statsmodels.stats.proportion import proportion_confint

    frame = simulated(np.random.default_rng(2), censor=1e9)
    table = response_times(frame, "start", "end", "outcome")
    for name in ("granted", "refused", "open"):
        for time, row in table.loc[name].iloc[::40].iterrows():
            ended = frame["end"] <= time
            here = ~ended if name == "open" else ended & (frame["outcome"] == name)
            assert row["share"] == pytest.approx(here.mean())
            assert row["se"] == pytest.approx(math.sqrt(here.mean() * (1 - here.mean()) / 200))
            low, high = proportion_confint(here.sum(), 200, method="wilson")
            assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-9)


# --- Known truth ------------------------------------------------------------------------------------------

def truth(time, grant=1 / 300, refuse=1 / 500):
    still = math.exp(-(grant + refuse) * time)
    return {"open": still, "granted": grant / (grant + refuse) * (1 - still),
            "refused": refuse / (grant + refuse) * (1 - still)}


def curve_coverage(draws, seed, times, **shape):
    """Share of intervals that hold the truth, by outcome and time."""
    rng, held = np.random.default_rng(seed), []
    for _ in range(draws):
        table = response_times(simulated(rng, **shape), "start", "end", "outcome")
        held.append({(name, time): row["low"] <= right <= row["high"]
                     for time in times for name, right in truth(time).items()
                     for row in [table.loc[name].loc[:time].iloc[-1]]})
    return pd.DataFrame(held).mean()


def test_intervals_hold_the_shares_in_a_sample_of_registers():
    assert curve_coverage(120, 3, (100, 400), n=150).min() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("n, times", [(80, (60, 200)), (300, (60, 200, 500))])
def test_95_percent_intervals_hold_the_shares_95_times_in_100(n, times):
    covered = curve_coverage(1500, 4, times, n=n)
    assert covered.between(0.93, 0.97).all(), covered


@pytest.mark.slow
def test_where_a_handful_is_still_under_watch_intervals_are_a_little_short():
    covered = curve_coverage(1500, 4, (500,), n=80)
    assert covered.between(0.915, 0.97).all(), covered


def test_to_take_refusals_for_open_requests_overstates_assistance():
    frame = simulated(np.random.default_rng(5), n=5000)
    granted = response_times(frame, "start", "end", "outcome").loc["granted", "share"].loc[:500].iloc[-1]
    naive = frame.assign(outcome=frame["outcome"].replace("refused", "open"))
    overstated = response_times(naive, "start", "end", "outcome").loc["granted", "share"].loc[:500].iloc[-1]
    assert granted == pytest.approx(truth(500)["granted"], abs=0.02)
    assert overstated == pytest.approx(1 - math.exp(-500 / 300), abs=0.02)
    assert overstated > granted + 0.2


def test_to_leave_open_requests_out_makes_requests_look_quicker():
    frame = simulated(np.random.default_rng(6), n=5000)
    closed = frame[frame["outcome"] != "open"]
    still = response_times(frame, "start", "end", "outcome").loc["open", "share"].loc[:300].iloc[-1]
    quick = response_times(closed, "start", "end", "outcome").loc["open", "share"].loc[:300].iloc[-1]
    assert still == pytest.approx(truth(300)["open"], abs=0.02)
    assert quick < still - 0.05


# --- Open requests, dates, groups -------------------------------------------------------------------------

def test_open_requests_are_watched_until_the_last_date_of_the_table():
    closed = requests()["ended"].fillna(pd.Timestamp("2020-12-31"))
    pd.testing.assert_frame_equal(times_of(), times_of(ended=closed))
    later = requests()["ended"].fillna(pd.Timestamp("2021-12-31"))  # a later close of the register
    assert times_of(ended=later).loc["open", "at_risk"].tolist() == [8, 7, 6, 5, 4]
    first = requests()["ended"].fillna(pd.Timestamp("2020-03-15"))  # or an earlier one
    assert times_of(ended=first).loc["open", "at_risk"].tolist() == [6, 5, 3, 2, 1]


def test_an_open_request_may_be_called_open_or_have_no_outcome():
    pd.testing.assert_frame_equal(times_of(), times_of(outcome=requests()["outcome"].fillna("open")))
    categories = requests()["outcome"].astype("category")
    pd.testing.assert_frame_equal(times_of(), times_of(outcome=categories))


def test_dates_are_counted_in_days_with_and_without_a_time_zone():
    assert times_of().loc["open"].index.tolist() == [40, 60, 90, 120, 305]
    aware = requests()["sent"].dt.tz_localize("UTC"), requests()["ended"].dt.tz_localize("UTC")
    pd.testing.assert_frame_equal(times_of(), times_of(sent=aware[0], ended=aware[1]))


def test_shares_add_up_to_one_and_open_falls():
    table = times_of()["share"].unstack("outcome")
    assert table.sum(axis=1).tolist() == pytest.approx([1] * 5)
    assert table["open"].is_monotonic_decreasing
    assert table["granted"].is_monotonic_increasing


def test_each_group_has_the_curves_of_its_own_rows():
    frame = requests(kind="extradition")
    frame["ended"] = frame["ended"].fillna(pd.Timestamp("2020-12-31"))
    table = response_times(frame, "sent", "ended", "outcome", by=["kind", "state"])
    assert table.index.names == ["kind", "state", "outcome", "time"]
    single = response_times(frame, "sent", "ended", "outcome", by="state")
    assert single.index.names == ["state", "outcome", "time"]
    for state, rows in frame.groupby("state"):
        alone = response_times(rows, "sent", "ended", "outcome")
        shared = table.loc[("extradition", state)]
        pd.testing.assert_frame_equal(shared.loc[alone.index], alone)
        pd.testing.assert_frame_equal(single.loc[state], shared)


def test_groups_with_numbers_come_in_their_order():
    frame = pd.DataFrame({"a": 0, "b": [5, 7, 9], "o": "granted", "year": [10, 2, 9]})
    table = response_times(frame, "a", "b", "o", by="year")
    assert table.index.get_level_values("year").unique().tolist() == [2, 9, 10]


def test_an_outcome_that_a_group_does_not_have_is_there_with_an_upper_limit():
    frame = requests(outcome=["granted", "refused", None, "refused", None, "refused", None, "refused"])
    table = response_times(frame, "sent", "ended", "outcome", by="state").loc["b"]
    assert table.loc["granted", "share"].tolist() == [0] * len(table.loc["granted"])
    assert (table.loc["granted", "high"] > 0.3).all()


def test_requests_that_are_answered_on_the_same_day_take_no_time():
    frame = pd.DataFrame({"a": [0, 0, 0], "b": [0, 0, 5], "o": ["granted", "open", "granted"]})
    table = response_times(frame, "a", "b", "o")
    assert table.loc[("open", 0.0), "share"] == pytest.approx(2 / 3)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["granted", "refused", "withdrawn", "open"])),
                min_size=1, max_size=40))
def test_curves_are_shares_with_limits_around_them_in_any_order_of_rows(rows):
    frame = pd.DataFrame(rows, columns=["end", "outcome"]).assign(start=0)
    if (frame["outcome"] == "open").all():
        with pytest.raises(NoEstimate, match="No request has ended"):
            response_times(frame, "start", "end", "outcome")
        return
    table = response_times(frame, "start", "end", "outcome")
    assert not table.isna().any().any()
    assert ((0 <= table["low"]) & (table["low"] <= table["share"] + 1e-12)
            & (table["share"] <= table["high"] + 1e-12) & (table["high"] <= 1)).all()
    assert (table["low"] < table["high"]).all()
    assert table["share"].unstack("outcome").sum(axis=1).to_numpy() == pytest.approx(1)
    pd.testing.assert_frame_equal(table, response_times(frame[::-1], "start", "end", "outcome"))
    longer = response_times(frame.assign(end=7 * frame["end"]), "start", "end", "outcome")
    assert longer["share"].to_numpy() == pytest.approx(table["share"].to_numpy())
    frame["outcome"] = frame["outcome"].replace("granted", "yes")
    renamed = response_times(frame, "start", "end", "outcome")
    if "granted" in table.index:
        assert renamed.loc["yes", "se"].tolist() == pytest.approx(table.loc["granted", "se"].tolist())


# --- Bad input --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("columns, told", [
    (dict(outcome=None), "No request has ended"),
    (dict(sent=pd.to_datetime([None] + ["2020-01-01"] * 7)), "column 'sent', row 0, is missing"),
    (dict(ended=pd.NaT), "column 'ended', row 0, is missing, but 'outcome' says"),
    (dict(ended=pd.Timestamp("2019-01-01")), "row 0 ends .'ended'. before it starts"),
    (dict(sent="2020-01-01"), "column 'sent' has texts such as '2020-01-01': .*pd.to_datetime"),
    (dict(sent=5), "one of the columns 'sent' and 'ended' has dates"),
    (dict(sent=pd.period_range("2020-01", periods=8, freq="M")), "column 'sent' has periods"),
])
def test_bad_input_of_response_times_is_named_with_its_mend(columns, told):
    with pytest.raises(ValueError, match=told):
        times_of(**columns)


@pytest.mark.parametrize("by, columns, told", [
    ("states", {}, "Did you mean 'state'"),
    ([], {}, "by is empty"),
    ("state", dict(state=[None] + ["a"] * 7), "column 'state', row 0, is missing"),
    ("state", dict(state=list("aaaacaca")), "No request of state = c has ended"),
])
def test_bad_groups_are_named_with_their_mend(by, columns, told):
    with pytest.raises(ValueError, match=told):
        response_times(requests(**columns), "sent", "ended", "outcome", by=by)


def test_an_empty_register_has_no_times():
    with pytest.raises(ValueError, match="has no rows"):
        response_times(requests().iloc[:0], "sent", "ended", "outcome")
