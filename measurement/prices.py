"""What a drug costs once the purity is taken into account, and how its price grows on the way."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from measurement import _amounts, checks
from measurement.estimate import Estimate, NoEstimate, readable

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
ASSUMPTIONS = (
    "Every purchase is a purchase on the same stage of the market: quantities of one size, in one currency "
    "of one year.",
    "The purchases stand for all: undercover agents and informants may pay other prices, and get little for "
    "it more often.",
    "The laboratory measured the purity of what was paid for, and 0 where there was no drug in it.",
    "Purchases are independent of each other.",
)


@dataclass(frozen=True, repr=False, kw_only=True)
class PriceEstimate(Estimate):
    """A price of pure drug; see :func:`pure_price`.

    Parameters
    ----------
    bulk : float
        Price of one unit as sold, whatever is in it.
    mean_of_ratios : float or None
        Mean of the pure prices of single purchases, for comparison. None where a purchase held no drug.
    purchases : pandas.Series
        Price of one pure unit in each purchase; missing where the purchase held no drug.

    Examples
    --------
    >>> price = pure_price([100, 90], [1, 1], [0.8, 0.2])
    >>> price.value, price.bulk, price.mean_of_ratios
    (190.0, 95.0, 287.5)
    """

    bulk: float
    mean_of_ratios: float | None
    purchases: pd.Series = field(compare=False)

    def _rows(self) -> list[tuple[str, str]]:
        return [*super()._rows(), ("Price of one unit as sold", readable(self.bulk))]


def pure_price(price: object, quantity: object, purity: object) -> PriceEstimate:
    """Price of one unit of pure drug, from purchases.

    Parameters
    ----------
    price : float, or Series or array or list
        What was paid for the purchase in all, not a unit; one number a purchase.
    quantity : float, or Series or array or list
        Quantity bought, for example in grams; one for all, or one number a purchase.
    purity : float, or Series or array or list
        Pure share of it, 0 to 1; 0 is allowed.

    Returns
    -------
    PriceEstimate
        An :class:`Estimate` with a 95 % interval, ``bulk``, ``mean_of_ratios`` and ``purchases``; ``n`` is
        the number of purchases. One purchase has no interval.

    Raises
    ------
    NoEstimate
        No purchase held any drug.
    ValueError
        A number is missing, negative or no number; a price or a quantity is 0; a purity is above 1; lists
        have different lengths.

    Notes
    -----
    P = sum of prices / sum of quantity x purity: all that was paid for all the drug that was got. A purchase
    without any drug counts: it was paid for. The mean of the pure prices of single purchases (the mean of
    ratios) is another number. As a rule it is larger, since a purchase of low purity weighs as much in it as
    any other, and it has no value as soon as one purchase held nothing.

    The standard error is that of a ratio of sums over independent purchases, sqrt(n / (n - 1) sum (price - P
    quantity purity)^2) / sum of quantity x purity; the interval is P exp(-/+ t se / P), with t of Student's
    distribution with n - 1 degrees of freedom.

    What it cannot tell. Large purchases are cheaper by the gram: over purchases of all sizes the large ones
    decide. Compare like with like, or see :func:`price_chain`.

    References
    ----------
    Caulkins, J. P. & Reuter, P. (1996). The meaning and utility of drug prices. Addiction 91, 1261-1264.
    Caulkins, J. P. (2007). Price and purity analysis for illicit drug: data and conceptual issues. Drug and
    Alcohol Dependence 90, S61-S68. Cochran, W. G. (1977). Sampling Techniques, 3rd ed., ch. 6 (ratio of
    sums).

    Examples
    --------
    >>> pure_price(price=[80, 75, 90, 60], quantity=[1.0, 0.9, 1.1, 0.8], purity=[0.62, 0.55, 0.58, 0.0])
    About 174 (95 % interval 74.59 to 405.8; pure price, from 4 observed)
    """
    import pandas as pd

    paid, labels = _purchases(price, quantity, purity)
    cost, pure = paid["price"], paid["quantity"] * paid["purity"]
    if not pure.any():
        raise NoEstimate("No purchase held any drug: purity is 0 everywhere, so the price of pure drug has "
                         "no limit. Check whether purity was measured; a missing purity is not 0.")
    value, se = _ratio(cost, pure)
    single = pd.Series(cost / np.where(pure > 0, pure, math.nan), index=labels, name="pure_price")
    told = {"value": value, "n": cost.size, "method": "pure price", "assumptions": ASSUMPTIONS,
            "source": "Caulkins (2007)", "bulk": float(cost.sum() / paid["quantity"].sum()),
            "mean_of_ratios": float(single.mean()) if (pure > 0).all() else None, "purchases": single}
    if se is None:
        return PriceEstimate(**told)
    factor = math.exp(_student(cost.size - 1) * se / value)
    return PriceEstimate(**told, se=se, low=value / factor, high=value * factor, level=LEVEL)


def price_chain(
    frame: pd.DataFrame, stage: str, price: str, quantity: str, purity: str, order: list
) -> pd.DataFrame:
    """Pure price on each stage of the way from the field to the street, the mark-ups, and the discount.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a purchase.
    stage : str
        Column of the stage of the market.
    price : str
        Column of what was paid for the purchase in all.
    quantity : str
        Column of the quantity bought, in one unit on all stages.
    purity : str
        Column of its pure share, 0 to 1.
    order : list
        The stages, from the source to the destination. Each must have purchases.

    Returns
    -------
    pandas.DataFrame
        One row a stage, in this order: ``n`` purchases; ``quantity``, the median one; ``purity``, the pure
        share of all that was bought; ``price`` of one unit as sold; ``pure_price`` of one pure unit with
        ``se``, ``low`` and ``high`` (95 % interval); ``markup``, the pure price over that of the stage
        before, with ``markup_low`` and ``markup_high`` (all 1 on the first stage); ``exponent`` and
        ``exponent_se``, how prices grow with quantity, the same on every stage.

    Raises
    ------
    NoEstimate
        A stage has fewer than two purchases or none with any drug; or on every stage all quantities are the
        same, or there are too few purchases for the discount.
    ValueError
        A column does not exist; a number is missing, negative or no number; a price or a quantity is 0; a
        purity is above 1; a stage is missing, or not in the order, or without purchases.

    Notes
    -----
    Pure prices are ratios of sums, as :func:`pure_price` gives them for the purchases of one stage. The
    mark-up is their quotient; the interval is that of its logarithm, whose variance is the sum of (se / pure
    price)^2 of both stages, with Student's distribution for the smaller of the two.

    The exponent b is that of the hedonic regression log price = a(stage) + b log quantity by least squares,
    with one constant a stage; its standard error is robust to unequal variance (HC1). Twice the quantity
    costs 2^b times as much. Below 1 there is a quantity discount: a gram in a tenfold quantity costs 10^(b -
    1) times as much. Quantity is as sold, not pure: buyers cannot see purity, and pay for what they expect.

    What it cannot tell. What is quantity and what is stage: a mark-up from a kilogram to a gram holds the
    discount for buying kilograms. Risk, losses and wages are in the mark-up; it is not profit. If the sizes
    of purchases within a stage differ much, the large ones decide its price.

    References
    ----------
    Caulkins, J. P. & Padman, R. (1993). Quantity discounts and quality premia for illicit drugs. Journal of
    the American Statistical Association 88, 748-757. Arkes, J., Pacula, R. L., Paddock, S. M., Caulkins, J.
    P. & Reuter, P. (2008). Why the DEA STRIDE data are still useful for understanding drug markets. NBER
    Working Paper 14224. Reuter, P. & Kleiman, M. A. R. (1986). Risks and prices: an economic analysis of drug
    enforcement. Crime and Justice 7, 289-340.

    Examples
    --------
    >>> import pandas as pd
    >>> bought = pd.DataFrame({
    ...     "stage": ["import", "import", "import", "street", "street", "street"],
    ...     "paid": [30_000, 52_000, 105_000, 60, 110, 90],
    ...     "grams": [1000, 2000, 4000, 1.0, 2.0, 1.5],
    ...     "purity": [0.8, 0.75, 0.85, 0.5, 0.6, 0.4]})
    >>> chain = price_chain(bought, "stage", "paid", "grams", "purity", order=["import", "street"])
    >>> chain[["pure_price", "markup", "exponent"]].round(2)
            pure_price  markup  exponent
    stage
    import       32.81    1.00       0.9
    street      113.04    3.45       0.9
    """
    import pandas as pd

    checks.table(frame, [stage, price, quantity, purity])
    stages, order = _stages(frame, stage, order)
    names = tuple(f"column {name!r}" for name in (price, quantity, purity))
    paid, _ = _purchases(frame[price], frame[quantity], frame[purity], names)
    rows = [_stage_row({key: column[stages == place] for key, column in paid.items()}, name)
            for place, name in enumerate(order)]
    table = pd.DataFrame(rows, index=pd.Index(order, name=stage))
    _add_markups(table)
    table["exponent"], table["exponent_se"] = _exponent(paid, stages, len(order))
    return table


def _purchases(price: object, quantity: object, purity: object,
               names: tuple[str, ...] = ("price", "quantity", "purity")) -> tuple[dict, object]:
    columns = dict(zip(names, (price, quantity, purity), strict=True))
    found, labels = _amounts.columns(columns, high={names[2]: 1.0})
    for name in names[:2]:
        if (found[name] == 0).any():
            raise ValueError(f"{name}{_amounts.place(found[name] == 0, labels)} is 0: a purchase has a price "
                             "and a quantity. Leave gifts and empty rows out.")
    return dict(zip(("price", "quantity", "purity"), (found[name] for name in names), strict=True)), labels


def _ratio(cost: np.ndarray, pure: np.ndarray) -> tuple[float, float | None]:
    """Ratio of sums and its standard error over independent purchases."""
    value, n = float(cost.sum() / pure.sum()), cost.size
    if n == 1:
        return value, None
    errors = cost - value * pure
    return value, math.sqrt(n / (n - 1) * float(errors @ errors)) / float(pure.sum())


def _student(degrees: int) -> float:
    from scipy.special import stdtrit  # only intervals need it

    return float(stdtrit(degrees, (1 + LEVEL) / 2))


def _stages(frame: pd.DataFrame, stage: str, order: object) -> tuple[np.ndarray, list]:
    """The place of each purchase's stage in the order."""
    if isinstance(order, (str, bytes)) or not hasattr(order, "__iter__"):
        raise ValueError(f"order is {order!r}: give a list of stages, from the source to the destination.")
    order = list(order)
    if not order:
        raise ValueError("order is empty: give the stages, from the source to the destination.")
    if len(set(order)) < len(order):
        raise ValueError(f"order names a stage twice ({', '.join(map(repr, order))}): once is enough.")
    if frame[stage].isna().any():
        row = frame.index[int(np.argmax(frame[stage].isna().to_numpy()))]
        raise ValueError(f"column {stage!r}, row {row!r}, is missing: leave the row out, or find the stage.")
    found = set(frame[stage].tolist())
    for name in order:
        if name not in found:
            raise ValueError(f"order has {name!r}, but column {stage!r} has no such purchase. It has "
                             f"{', '.join(sorted(map(repr, found)))}.")
    if extra := sorted(map(repr, found - set(order))):
        raise ValueError(f"column {stage!r} has {', '.join(extra)}, not in order: add the stage to order, or "
                         "leave its rows out.")
    places = {name: place for place, name in enumerate(order)}
    return np.array([places[name] for name in frame[stage].tolist()]), order


def _stage_row(paid: dict[str, np.ndarray], name: object) -> dict[str, float]:
    cost, pure, n = paid["price"], paid["quantity"] * paid["purity"], paid["price"].size
    if n < 2:
        raise NoEstimate(f"Stage {name!r} has one purchase: nothing tells how prices differ there. Find "
                         "more, or merge it with another stage.")
    if not pure.any():
        raise NoEstimate(f"On stage {name!r} no purchase held any drug: its pure price has no limit. Check "
                         "whether purity was measured; a missing purity is not 0.")
    value, se = _ratio(cost, pure)
    factor, bought = math.exp(_student(n - 1) * se / value), float(paid["quantity"].sum())
    return {"n": n, "quantity": float(np.median(paid["quantity"])), "purity": float(pure.sum()) / bought,
            "price": float(cost.sum()) / bought, "pure_price": value, "se": se, "low": value / factor,
            "high": value * factor}


def _add_markups(table: pd.DataFrame) -> None:
    value, spread = table["pure_price"].to_numpy(), (table["se"] / table["pure_price"]).to_numpy()
    markup, step = np.ones(len(table)), np.zeros(len(table))
    for place in range(1, len(table)):
        markup[place] = value[place] / value[place - 1]
        degrees = int(table["n"].iloc[place - 1:place + 1].min()) - 1
        step[place] = _student(degrees) * math.hypot(spread[place], spread[place - 1])
    table["markup"] = markup
    table["markup_low"], table["markup_high"] = markup * np.exp(-step), markup * np.exp(step)


def _exponent(paid: dict[str, np.ndarray], stages: np.ndarray, count: int) -> tuple[float, float]:
    """Least squares of log price on log quantity within stages, with the HC1 standard error."""
    members = np.bincount(stages, minlength=count)

    def within(values: np.ndarray) -> np.ndarray:
        return values - (np.bincount(stages, values, minlength=count) / members)[stages]

    x, y = within(np.log(paid["quantity"])), within(np.log(paid["price"]))
    free = stages.size - count - 1
    if x @ x < 1e-20 * stages.size:
        raise NoEstimate("On every stage all purchases have the same quantity, so no quantity discount can "
                         "be seen. Use pure_price stage by stage.")
    if free < 1:
        raise NoEstimate(f"{stages.size} purchases on {count} stage(s) are too few to see a quantity "
                         "discount with its error. Find more, or use pure_price stage by stage.")
    exponent = float(x @ y / (x @ x))
    errors = x * (y - exponent * x)
    return exponent, math.sqrt(stages.size / free * float(errors @ errors)) / float(x @ x)
