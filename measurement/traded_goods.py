"""Goods that are invoiced wrongly, firearms whose source was found, and samples that fail a test."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from measurement import _amounts, checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
IMPORTER = {1: "import over-invoicing", -1: "import under-invoicing", 0: "none"}
EXPORTER = {1: "export under-invoicing", -1: "export over-invoicing", 0: "none"}
PREVALENCE_ASSUMPTIONS = (
    "The samples are a random sample of what is sold: samples of suspicious outlets, or of whatever was at "
    "hand, cannot be pooled with it.",
    "Samples are independent. Boxes of one outlet or one batch are alike, so the true interval is wider.",
    "Sensitivity and specificity hold for these products and these laboratories.",
)
PREVALENCE_SOURCE = "Rogan & Gladen (1978); interval: {interval}"


def mirror_gap(imports: object, exports: object, freight: object = 0.06) -> pd.DataFrame:
    """Gap between what the importing and the exporting country say of the same trade, with its four signs.

    Parameters
    ----------
    imports : float, or Series or array or list
        Value that the importing country reports, with insurance and freight (CIF); one number a flow: an
        exporter, an importer, a good and a year.
    exports : float, or Series or array or list
        Value that the exporting country reports for the same flow, without them (FOB). A Series must have the
        row labels of ``imports``.
    freight : float, or Series or array or list
        Insurance and freight as a share of the value without them: 0.06 is the usual guess. One number, or
        one a flow.

    Returns
    -------
    pandas.DataFrame
        One row a flow, with the row labels of the Series: ``imports_fob`` without freight; ``exports``;
        ``gap`` = imports_fob - exports; ``outflow`` and ``inflow``, the gap where it is above and, without
        its sign, where it is below 0; ``importer`` and ``exporter``, the two names of the same gap.

    Raises
    ------
    ValueError
        A number is missing, negative or no number; freight is above 1; row labels or lengths differ.

    Notes
    -----
    gap = M / (1 + c) - X with M imports (CIF), X exports (FOB) and c freight. Its four signs:

    - above 0: import over-invoicing, seen from the importer, or export under-invoicing, seen from the
      exporter; in both, value leaves the country that invoices wrongly (outflow);
    - below 0: import under-invoicing, or export over-invoicing; value comes in (inflow).

    The two names of one gap are not two gaps: who invoiced wrongly is not in the numbers. For one country
    take the ``importer`` names where it imports and the ``exporter`` names where it exports.

    Add up ``outflow`` and ``inflow``, each for itself. A sum of gaps nets them: two large gaps of opposite
    sign look like honest trade.

    What it cannot tell. Most gaps are honest: goods sent on through a third country, different years and
    classifications, freight that is not 6 %. A wrong freight moves all gaps the same way: try 0.03 and 0.10.
    A flow that one side does not report at all is missing, not 0.

    References
    ----------
    Bhagwati, J. (1964). On the underinvoicing of imports. Bulletin of the Oxford University Institute of
    Economics and Statistics 27, 389-397. Global Financial Integrity, Value Gap Methodology (the four types).
    UNODC & UNCTAD (2020). Conceptual Framework for the Statistical Measurement of Illicit Financial Flows.
    Vienna: UNODC.

    Examples
    --------
    >>> table = mirror_gap(imports=[106, 127.2, 84.8], exports=[100, 100, 100])
    >>> table[["gap", "importer", "exporter"]].round(1)
        gap                importer                exporter
    0   0.0                    none                    none
    1  20.0   import over-invoicing  export under-invoicing
    2 -20.0  import under-invoicing   export over-invoicing

    The gaps add up to nothing; the two signs do not:

    >>> table[["gap", "outflow", "inflow"]].sum().round(1).tolist()
    [0.0, 20.0, 20.0]
    """
    import pandas as pd

    flows, labels = _amounts.columns({"imports": imports, "exports": exports, "freight": freight},
                                     high={"freight": 1.0})
    without = flows["imports"] / (1 + flows["freight"])
    gap = without - flows["exports"]
    gap[np.abs(gap) <= 1e-12 * np.maximum(without, flows["exports"])] = 0.0  # 106 / 1.06 is 100
    sign = np.sign(gap).astype(int)
    return pd.DataFrame({"imports_fob": without, "exports": flows["exports"], "gap": gap,
                         "outflow": np.maximum(gap, 0), "inflow": np.maximum(-gap, 0),
                         "importer": [IMPORTER[way] for way in sign],
                         "exporter": [EXPORTER[way] for way in sign]}, index=labels)


def trace_sources(frame: pd.DataFrame, source: str, traced: str, propensity: str) -> pd.DataFrame:
    """Where recovered firearms come from, corrected for which of them could be traced.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a recovered firearm, traced or not.
    source : str
        Column of the place where it was last sold lawfully; looked at only where it was traced.
    traced : str
        Column of 0 and 1: whether a trace found the source.
    propensity : str
        Column of the chance that a firearm like this one is traced, above 0 to 1; for example the share
        traced among firearms of the same type and marking.

    Returns
    -------
    pandas.DataFrame
        One row a source, the largest share first: ``traced``, firearms traced to it; ``share_traced``, its
        share of those traced; ``share``, its estimated share of all recovered firearms, with ``se``, ``low``
        and ``high`` (95 % interval); ``firearms``, the estimated number. The sum of ``firearms`` should be
        near the number of rows: if not, the propensities are wrong.

    Raises
    ------
    NoEstimate
        No firearm was traced.
    ValueError
        A column does not exist; traced is neither 0 nor 1; a propensity is missing, 0 or above 1; a traced
        firearm has no source.

    Notes
    -----
    Each traced firearm stands for 1 / propensity firearms. The share of source s is sum of the weights traced
    to s / sum of all weights (Hajek). With e_i = w_i (1[s] - share) / sum w over traced firearms and 0 for
    the others, se^2 = n / (n - 1) sum e_i^2 over all n rows; the interval is that of the logit of the share.
    A single source has the share 1 and an interval without width, which only says that no other was found.
    Propensities count as known. Where they are shares of the same table the interval is rather too wide than
    too short.

    Shares of traced firearms alone are biased to sources with good records and to firearms with a serial
    number: a home-made or unmarked one is never in them.

    What it cannot tell. Nothing about firearms that cannot be traced at all, whatever the weights: a kind
    with no trace has to be left out, and the result speaks of the rest. The weights remove only what the
    propensity depends on. If, among firearms alike, those from one source are traced less often, the shares
    stay wrong. Recovered firearms are not all illegal firearms.

    References
    ----------
    Horvitz, D. G. & Thompson, D. J. (1952). A generalization of sampling without replacement from a finite
    universe. Journal of the American Statistical Association 47, 663-685. Lunceford, J. K. & Davidian, M.
    (2004). Stratification and weighting via the propensity score in estimation of causal treatment effects.
    Statistics in Medicine 23, 2937-2960. National Research Council (2005). Firearms and Violence: A Critical
    Review, ch. 2 (trace data). UNODC (2020). Global Study on Firearms Trafficking.

    Examples
    --------
    Eight of ten marked pistols are traced, two of ten others:

    >>> import pandas as pd
    >>> guns = pd.DataFrame({
    ...     "marked": [True] * 10 + [False] * 10,
    ...     "source": ["Norland"] * 6 + ["Sudia"] * 2 + [None] * 2 + ["Sudia"] * 2 + [None] * 8})
    >>> guns["traced"] = guns["source"].notna().astype(int)
    >>> guns["chance"] = guns.groupby("marked")["traced"].transform("mean")
    >>> trace_sources(guns, "source", "traced", "chance")[["traced", "share_traced", "share"]].round(3)
             traced  share_traced  share
    source
    Sudia         4           0.4  0.625
    Norland       6           0.6  0.375
    """
    import pandas as pd

    checks.table(frame, [source, traced, propensity])
    found = checks.yes_no(frame, traced).astype(bool)
    chance = _chances(frame, propensity)
    if not found.any():
        raise NoEstimate(f"No firearm was traced (column {traced!r} is 0 everywhere): nothing tells of "
                         "sources. Trace some, or take a longer period.")
    unknown = found & frame[source].isna().to_numpy()
    if unknown.any():
        row = frame.index[int(np.argmax(unknown))]
        raise ValueError(f"column {source!r}, row {row!r}, is missing, but column {traced!r} says that it "
                         "was traced: write the source, or 0 for not traced.")
    places, names = pd.factorize(frame[source].to_numpy(dtype=object)[found])
    rows = [(name, _source_row(places == place, 1 / chance[found], len(frame)))
            for place, name in enumerate(names)]
    rows.sort(key=lambda row: (-row[1]["share"], str(row[0])))
    return pd.DataFrame([row for _, row in rows], index=pd.Index([name for name, _ in rows], name=source))


@dataclass(frozen=True, repr=False, kw_only=True)
class PrevalenceEstimate(Estimate):
    """A share corrected for an imperfect test; see :func:`prevalence`.

    Parameters
    ----------
    apparent : float
        Share of the samples that tested positive.
    uncut : float
        What the formula gives; below 0 or above 1 it is no share, and ``value`` is cut.

    Examples
    --------
    >>> found = prevalence(4, 100, sensitivity=0.9, specificity=0.95)
    >>> found.value, round(found.uncut, 3), found.apparent
    (0.0, -0.012, 0.04)
    """

    apparent: float
    uncut: float

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Share that tested positive", readable(self.apparent))]


def prevalence(
    positives: int, n: int, sensitivity: float | Estimate = 1.0, specificity: float | Estimate = 1.0
) -> PrevalenceEstimate:
    """Share of products that are falsified or substandard, from samples and an imperfect test.

    Parameters
    ----------
    positives : int
        Samples that failed.
    n : int
        Samples tested.
    sensitivity : float or Estimate
        Share of bad products that the test finds, 0 to 1. An :class:`Estimate` with ``n``, for example
        ``prevalence(87, 90)``, brings the uncertainty of the test's own validation along.
    specificity : float or Estimate
        Share of good products that the test lets pass, 0 to 1; as sensitivity.

    Returns
    -------
    PrevalenceEstimate
        An :class:`Estimate` with a 95 % interval, ``apparent`` and ``uncut``; ``n`` is the number of samples.

    Raises
    ------
    NoEstimate
        Sensitivity + specificity is 1 or less: the test tells no more than a coin. Or the whole interval
        lies below 0 or above 1: sensitivity or specificity cannot be right for these samples.
    ValueError
        A count is missing, negative or not whole; n is 0; positives is larger than n; sensitivity or
        specificity is not a share, or an estimate without n.

    Notes
    -----
    Rogan and Gladen: p = (a + Sp - 1) / (Se + Sp - 1) with a = positives / n. Its standard error is sqrt(a (1
    - a) / n + p^2 Se (1 - Se) / n_Se + (1 - p)^2 Sp (1 - Sp) / n_Sp) / (Se + Sp - 1), the last two terms only
    for estimated sensitivity and specificity. Value and limits are cut to 0 and 1; ``assumptions`` says so
    where it was done.

    The interval: with known sensitivity and specificity Wilson's interval of a, its limits put through the
    same formula (Reiczigel and others). With both or one of them estimated, that of Lang and Reiczigel, who
    add z^2 / 2 samples to either side of a, and one of each to Se and Sp, and shift the middle for the skew.

    What it cannot tell. A cheap test with a specificity of 0.95 calls 5 % of good products bad: where few
    are bad, most positives are false, and the result hangs on the second digit of the specificity.

    References
    ----------
    Rogan, W. J. & Gladen, B. (1978). Estimating prevalence from the results of a screening test. American
    Journal of Epidemiology 107, 71-76. Wilson, E. B. (1927). Probable inference, the law of succession, and
    statistical inference. Journal of the American Statistical Association 22, 209-212. Reiczigel, J., Foldi,
    J. & Ozsvari, L. (2010). Exact confidence limits for prevalence of a disease with an imperfect diagnostic
    test. Epidemiology and Infection 138, 1674-1678. Lang, Z. & Reiczigel, J. (2014). Confidence limits for
    prevalence of disease adjusted for estimated sensitivity and specificity. Preventive Veterinary Medicine
    113, 13-22 (examples 1 to 4).

    Examples
    --------
    >>> prevalence(23, 150, sensitivity=0.96, specificity=0.89)
    About 0.05098 (95 % interval 0 to 0.1289; Rogan-Gladen, from 150 observed)

    Lang and Reiczigel (2014), example 1, print 0.349 to 0.372:

    >>> prevalence(4060, 11_284, sensitivity=prevalence(178, 179), specificity=prevalence(358, 359))
    About 0.36 (95 % interval 0.3487 to 0.3721; Rogan-Gladen, from 11,284 observed)
    """
    positives, n = checks.count("positives", positives, "samples"), checks.count("n", n, "samples")
    if n == 0:
        raise ValueError("n is 0: no sample was tested, so there is nothing to measure.")
    if positives > n:
        raise ValueError(f"positives is {positives:.0f} but n is {n:.0f}: a sample that failed was tested. "
                         "Give n with the failed ones included.")
    found, passed = _accuracy("sensitivity", sensitivity), _accuracy("specificity", specificity)
    gain = found.share - (1 - passed.share)
    if gain <= 1e-12:
        raise NoEstimate(f"Sensitivity and specificity add up to {found.share + passed.share:.4g}: with 1 or "
                         "less a positive test says nothing of the product. Use another test.")
    apparent = positives / n
    uncut = (apparent - (1 - passed.share)) / gain  # exactly the apparent share for a perfect test
    variance = apparent * (1 - apparent) / n + uncut**2 * found.variance + (1 - uncut)**2 * passed.variance
    known = found.n is None and passed.n is None
    low, high = (_wilson if known else _lang_reiczigel)(apparent, n, found, passed)
    _check_within(low, high, apparent, found.share, passed.share)
    return PrevalenceEstimate(
        value=_cut(uncut), se=math.sqrt(variance) / gain, low=_cut(low), high=_cut(high), level=LEVEL,
        n=int(n), method="Rogan-Gladen", apparent=apparent, uncut=uncut,
        source=PREVALENCE_SOURCE.format(interval="Wilson (1927)" if known else "Lang & Reiczigel (2014)"),
        assumptions=(*PREVALENCE_ASSUMPTIONS, *_cut_told(uncut, low, high)))


def _chances(frame: pd.DataFrame, propensity: str) -> np.ndarray:
    name = f"column {propensity!r}"
    chance = _amounts.columns({name: frame[propensity]}, high={name: 1.0})[0][name]
    if (chance == 0).any():
        row = frame.index[int(np.argmax(chance == 0))]
        raise ValueError(f"column {propensity!r}, row {row!r}, is 0: no weight can speak for firearms that "
                         "are never traced. Leave this kind out, and say that the result is without it.")
    return chance


def _source_row(here: np.ndarray, weights: np.ndarray, n: int) -> dict[str, float]:
    total = float(weights.sum())
    share = 1.0 if here.all() else float(weights[here].sum()) / total
    errors = weights * (here - share) / total
    se = math.sqrt(n / max(n - 1, 1) * float(errors @ errors))
    low, high = share, share
    if share < 1:
        odds, step = share / (1 - share), checks.normal_quantile(LEVEL) * se / (share * (1 - share))
        low, high = (1 / (1 + math.exp(-sign * step) / odds) for sign in (-1, 1))
    return {"traced": int(here.sum()), "share_traced": float(here.mean()), "share": share, "se": se,
            "low": low, "high": high, "firearms": share * total}


@dataclass(frozen=True)
class _Accuracy:
    """Sensitivity or specificity, and from how many products of known kind; None is known exactly."""

    share: float
    n: float | None

    @property
    def variance(self) -> float:
        return 0.0 if self.n is None else self.share * (1 - self.share) / self.n

    def smoothed(self) -> _Accuracy:
        """One success and one failure more, as Lang and Reiczigel do."""
        if self.n is None:
            return self
        return _Accuracy((self.n * self.share + 1) / (self.n + 2), self.n + 2)


def _accuracy(name: str, given: object) -> _Accuracy:
    if not isinstance(given, Estimate):
        if _amounts.is_sequence(given):
            raise ValueError(f"{name} is {given!r}: give a share, or an estimate such as prevalence(87, 90).")
        return _Accuracy(_amounts.share(name, given).value, None)
    value = checks.number(name, given.value, 0, 1)
    if given.n is None or given.n < 1:
        raise ValueError(f"{name} is an estimate without n: say from how many products of known kind it "
                         "comes, for example prevalence(87, 90).")
    return _Accuracy(value, float(given.n))


def _wilson(apparent: float, n: float, found: _Accuracy, passed: _Accuracy) -> tuple[float, float]:
    z = checks.normal_quantile(LEVEL)
    middle, wide = apparent + z**2 / (2 * n), z * math.sqrt(apparent * (1 - apparent) / n + (z / (2 * n))**2)
    # No positives have the limit 0, and nothing but positives 1; the formula misses it by a rounding error.
    low = 0.0 if apparent == 0 else (middle - wide) / (1 + z**2 / n)
    high = 1.0 if apparent == 1 else (middle + wide) / (1 + z**2 / n)
    false, gain = 1 - passed.share, found.share - (1 - passed.share)
    return (low - false) / gain, (high - false) / gain


def _lang_reiczigel(apparent: float, n: float, found: _Accuracy, passed: _Accuracy) -> tuple[float, float]:
    z, found, passed = checks.normal_quantile(LEVEL), found.smoothed(), passed.smoothed()
    n, apparent = n + z**2, (n * apparent + z**2 / 2) / (n + z**2)
    gain = found.share + passed.share - 1
    if gain <= 0:
        raise NoEstimate("Sensitivity and specificity were found with so few products that they may well add "
                         "up to 1 or less: then a positive test says nothing. Validate the test with more.")
    share = (apparent + passed.share - 1) / gain
    shift = 2 * z**2 * (share * found.variance - (1 - share) * passed.variance)
    variance = (apparent * (1 - apparent) / n + share**2 * found.variance
                + (1 - share)**2 * passed.variance) / gain**2
    wide = z * math.sqrt(variance)
    return share + shift - wide, share + shift + wide


def _check_within(low: float, high: float, apparent: float, sensitivity: float, specificity: float) -> None:
    if high < 0:
        raise NoEstimate(f"Of the samples {apparent:.3g} tested positive, but with a specificity of "
                         f"{specificity:.3g} a share of {1 - specificity:.3g} would even if none were bad: "
                         "the specificity is higher for these samples. Find out how high.")
    if low > 1:
        raise NoEstimate(f"Of the samples {apparent:.3g} tested positive, but with a sensitivity of "
                         f"{sensitivity:.3g} no more than that share would even if all were bad: the "
                         "sensitivity is higher for these samples. Find out how high.")


def _cut(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _cut_told(uncut: float, low: float, high: float) -> tuple[str, ...]:
    if 0 <= uncut <= 1 and low >= 0 and high <= 1:
        return ()
    told = "A share is from 0 to 1. The formula gave "
    if not 0 <= uncut <= 1:
        told += f"{uncut:.3g}, which is shown as {_cut(uncut):g}, with "
    return (told + f"limits of {low:.3g} and {high:.3g}; what lies outside is cut off.",)
