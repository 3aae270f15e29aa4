"""How long requests take when some are still open and some are refused."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement._intervals import wilson
from measurement.estimate import NoEstimate

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
OPEN = "open"


def response_times(
    frame: pd.DataFrame, start: str, end: str, outcome: str, by: str | list[str] | None = None,
) -> pd.DataFrame:
    """Share of requests that are still open, and that ended in each way, by the time since they were sent.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a request, also those that are still open.
    start : str
        Column of dates (or numbers) when the request was sent.
    end : str
        Column of dates (or numbers) when it ended. For an open request: until when it is known to be open,
        such as the day on which the register was closed. Where that is missing, the last date in the columns
        ``start`` and ``end`` of the whole table is taken.
    outcome : str
        Column of how it ended (granted, refused, withdrawn ...); missing or ``"open"`` for an open request.
    by : str or list of str, optional
        Columns of groups, such as the requested State, each of which gets its curves.

    Returns
    -------
    pandas.DataFrame
        Rows by ``outcome`` and ``time`` (in days for dates; first by the groups), for every time at which a
        request ended: ``at_risk``, requests open just before; ``ended``, how many ended so at that time;
        ``share`` that ended so by that time, with ``se``, ``low`` and ``high`` (95 %). The outcome ``"open"``
        is the share still open (Kaplan-Meier), and ``ended`` counts all of them there. ``share`` of all
        outcomes adds up to 1; ``table["share"].unstack("outcome")`` has one column an outcome.

    Raises
    ------
    NoEstimate
        No request, or none of a group, has ended.
    ValueError
        A column does not exist; a start is missing; a request ends before it starts; one has an outcome but
        no end; dates are text.

    Notes
    -----
    With n_j requests open just before t_j, of which d_j end and d_kj in the way k: still open S(t) = prod (1
    - d_j / n_j) over t_j <= t, se by Greenwood; ended in way k F_k(t) = sum S(t_(j-1)) d_kj / n_j
    (Aalen-Johansen), se by the delta method (as in Marubini & Valsecchi). The interval is Wilson's with the
    number of requests that would give this se without open ones (Rothman): n = p (1 - p) / se^2; at a share
    of 0 or 1, where se is 0, the number of requests that were not left open earlier. Where a handful are
    still under watch it is a little too short.

    Do not count refused requests as open to get the share granted. That answers how long it would take if
    nobody ever refused, and overstates assistance: the shares granted, refused and withdrawn then add up to
    more than 1. Nor leave open requests out: the slow ones are among them.

    What it cannot tell. It takes open requests for like those sent as long ago: if a State stopped answering
    last year, the curve does not know. Beyond the longest time under watch there is nothing, and near it
    ``at_risk`` is small. Partial answers, and requests never sent because they would be refused, are not in
    it.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of the
    American Statistical Association 53, 457-481. Aalen, O. O. & Johansen, S. (1978). An empirical transition
    matrix for non-homogeneous Markov chains based on censored observations. Scandinavian Journal of
    Statistics 5, 141-150. Marubini, E. & Valsecchi, M. G. (1995). Analysing Survival Data from Clinical
    Trials and Observational Studies, chapter 10. Rothman, K. J. (1978). Estimation of confidence limits for
    the cumulative probability of survival in life table analysis. Journal of Chronic Diseases 31, 557-560.

    Examples
    --------
    >>> import pandas as pd
    >>> requests = pd.DataFrame({
    ...     "sent": [0, 0, 0, 0, 0, 0, 0, 0], "days": [40, 60, 60, 90, 120, 150, 200, 200],
    ...     "outcome": ["granted", "refused", "granted", "refused", "open", "granted", "open", "open"]})
    >>> table = response_times(requests, "sent", "days", "outcome")
    >>> table["share"].unstack("outcome").round(3)
    outcome   open  granted  refused
    time
    40.0     0.875    0.125    0.000
    60.0     0.625    0.250    0.125
    90.0     0.500    0.250    0.250
    150.0    0.333    0.417    0.250

    Refusals taken for open requests overstate the share granted:

    >>> naive = requests.assign(outcome=requests["outcome"].replace("refused", "open"))
    >>> overstated = response_times(naive, "sent", "days", "outcome").loc["granted", "share"]
    >>> float(overstated.iloc[-1])
    0.5
    """
    import pandas as pd

    groups = [] if by is None else by if isinstance(by, list) else [by]
    if by is not None and not groups:
        raise ValueError("by is empty: name at least one column, or leave it out.")
    checks.table(frame, [start, end, outcome, *groups])
    for column in groups:
        checks.kinds(frame, column)
    ways, names = _outcomes(frame, outcome)
    times = _times(frame, start, end, outcome, ways)
    if not groups:
        _refuse_all_open(ways, "")
        return _curves(times, ways, names)
    parts = frame.groupby(groups if len(groups) > 1 else groups[0], observed=True)
    codes, tables = parts.ngroup().to_numpy(), {}
    for code, group in enumerate(parts.size().index):
        labels = group if len(groups) > 1 else (group,)
        told = ", ".join(f"{column} = {label}" for column, label in zip(groups, labels, strict=True))
        rows = codes == code
        _refuse_all_open(ways[rows], f" of {told}")
        tables[group] = _curves(times[rows], ways[rows], names)
    return pd.concat(tables, names=groups)


def _outcomes(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, list]:
    """How each request ended as a code, -1 for open, and the names in alphabetical order."""
    import pandas as pd

    values = frame[column].astype(object)
    codes, names = pd.factorize(values.where(values.notna() & (values != OPEN), None))
    order = sorted(range(len(names)), key=lambda code: str(names[code]))
    place = np.empty(len(names) + 1, dtype=int)
    place[order], place[-1] = np.arange(len(names)), -1
    return place[codes], [names[code] for code in order]


def _refuse_all_open(ways: np.ndarray, told: str) -> None:
    if (ways < 0).all():
        raise NoEstimate(f"No request{told} has ended: nothing can be said of how long they take, but that "
                         "none took less than it is open. Wait, or put the group together with another.")


def _times(frame: pd.DataFrame, start: str, end: str, outcome: str, ways: np.ndarray) -> np.ndarray:
    """Days, or what the columns count in, from the start to the end or until when a request is watched."""
    began, ended = _column(frame, start), _column(frame, end)
    if (began.dtype.kind == "M") != (ended.dtype.kind == "M"):
        if not frame[end].isna().all():
            raise ValueError(f"one of the columns {start!r} and {end!r} has dates and the other has not: "
                             "give both as dates or both as numbers.")
        ended = np.full_like(began, "NaT")
    missing, gone = np.isnan(began), np.isnan(ended)
    if missing.any():
        raise ValueError(f"column {start!r}, row {checks.row(frame, missing)!r}, is missing: find out when "
                         "the request was sent, or leave the row out.")
    wrong = gone & (ways >= 0)
    if wrong.any():
        raise ValueError(f"column {end!r}, row {checks.row(frame, wrong)!r}, is missing, but {outcome!r} "
                         "says how it ended: find the date, or empty the outcome to count it as open.")
    last = np.maximum(began.max(), ended[~gone].max()) if not gone.all() else began.max()
    times = np.where(gone, last, ended) - began
    if times.dtype.kind == "m":
        times = times / np.timedelta64(1, "D")
    if (times < 0).any():
        raise ValueError(f"row {checks.row(frame, times < 0)!r} ends ({end!r}) before it starts ({start!r}): "
                         "correct one of the two.")
    return times


def _column(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Dates or numbers; what is missing stays so."""
    values = frame[column]
    if getattr(values.dtype, "kind", None) == "M":
        return values.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    if hasattr(values.dtype, "freq"):
        raise ValueError(f"column {column!r} has periods: give days, with "
                         f"frame[{column!r}].dt.to_timestamp().")
    found = np.full(len(values), np.nan)
    there = values.notna().to_numpy()
    told = [cell for cell in values[there].head(1) if isinstance(cell, str)]
    if told:
        raise ValueError(f"column {column!r} has texts such as {told[0]!r}: make dates of them, with "
                         f"pd.to_datetime(frame[{column!r}]).")
    found[there] = checks.numbers(frame.loc[there, [column]], column) if there.any() else 0.0
    return found


def _curves(times: np.ndarray, ways: np.ndarray, names: list) -> pd.DataFrame:
    """All curves of one group."""
    import pandas as pd

    moments, place = np.unique(times, return_inverse=True)
    left = np.bincount(place, minlength=moments.size)
    at_risk = times.size - np.concatenate([[0], np.cumsum(left)[:-1]])
    ended = np.stack([np.bincount(place[ways == way], minlength=moments.size) for way in range(len(names))])
    together = ended.sum(axis=0)
    still = np.cumprod(1 - together / at_risk)
    lost = np.cumsum(_greenwood(at_risk, together))
    before = np.concatenate([[1.0], still[:-1]])
    unseen = np.concatenate([[0], np.cumsum(left - together)[:-1]])  # left open earlier
    rows = together > 0
    known = times.size - unseen
    tables = {OPEN: _table(moments, at_risk, together, still, still * np.sqrt(lost), known)[rows]}
    for name, number in zip(names, ended, strict=True):
        share, se = _incidence(number, together, at_risk, before)
        tables[name] = _table(moments, at_risk, number, share, se, known)[rows]
    return pd.concat(tables, names=["outcome"])


def _greenwood(at_risk: np.ndarray, together: np.ndarray) -> np.ndarray:
    """What each time adds to the relative variance of the share still open; nothing where the last ends."""
    return np.where(at_risk > together, together / (at_risk * np.maximum(at_risk - together, 1)), 0.0)


def _incidence(number: np.ndarray, together: np.ndarray, at_risk: np.ndarray,
               before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative incidence of one way to end, and its standard error by the delta method."""
    step = before / at_risk
    share = np.cumsum(step * number)
    lost = _greenwood(at_risk, together)
    variance = share**2 * np.cumsum(lost) - 2 * share * np.cumsum(share * lost) + np.cumsum(share**2 * lost)
    variance += np.cumsum(step**2 * (at_risk - number) * number / at_risk)
    mixed = step * number / at_risk
    variance += 2 * np.cumsum(share * mixed) - 2 * share * np.cumsum(mixed)
    sure = (share == 0) | (share >= 1 - 1e-12)
    return share, np.where(sure, 0.0, np.sqrt(np.maximum(variance, 0.0)))


def _table(moments: np.ndarray, at_risk: np.ndarray, number: np.ndarray, share: np.ndarray, se: np.ndarray,
           known: np.ndarray) -> pd.DataFrame:
    """One curve; ``known`` is the number of requests that were not left open earlier."""
    import pandas as pd

    sure = se <= 1e-9
    share = np.where(sure, np.round(share), share)
    worth = np.where(sure, known, share * (1 - share) / np.where(sure, 1, se)**2)
    z = checks.normal_quantile(LEVEL)
    limits = np.array([wilson(*pair, z) for pair in zip(share.tolist(), worth.tolist(), strict=True)])
    return pd.DataFrame({
        "at_risk": at_risk, "ended": number, "share": share, "se": np.where(sure, 0.0, se),
        "low": limits[:, 0], "high": limits[:, 1]}, index=pd.Index(moments, name="time"))
