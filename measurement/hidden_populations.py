"""How many persons there are whom nobody counted."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from measurement import checks
from measurement.estimate import Estimate, NoEstimate

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("chapman", "lincoln-petersen")
NAMES = {"chapman": "Chapman", "lincoln-petersen": "Lincoln-Petersen"}
SOURCES = {
    "chapman": "Chapman (1951); variance: Seber (2002), p. 60",
    "lincoln-petersen": "International Working Group for Disease Monitoring and Forecasting (1995)",
}
ASSUMPTIONS = (
    "Closed population: nobody joined or left between the two lists.",
    "Perfect linkage: everyone on both lists was recognized as one person, and nobody else was.",
    "Independence: being on one list does not change the chance of being on the other.",
    "Equal chances: on at least one of the lists everyone had the same chance to be.",
)


def two_source(
    n1: object, n2: object, both: object, method: str = "chapman", level: float = 0.95
) -> Estimate | pd.DataFrame:
    """Size of a population from two lists of its members and the number of persons on both.

    The share of the second list that the first list already knew stands for the share of everybody that it
    knew.

    Parameters
    ----------
    n1, n2 : int or array of int
        Persons on the first and on the second list, those on both included.
    both : int or array of int
        Persons on both lists.
    method : {"chapman", "lincoln-petersen"}
        Chapman's estimate is nearly unbiased unless ``both`` is very small, and stays finite when it is 0.
        Lincoln-Petersen is the textbook ratio; it tends to be too high when ``both`` is small.
    level : float
        Level of the normal interval, as a share.

    Returns
    -------
    Estimate or pandas.DataFrame
        An estimate for three numbers; its ``n`` is the number of persons on at least one list. Where one
        argument is an array, a list or a Series: a table with one row for each position and the columns
        ``value``, ``se``, ``low``, ``high`` and ``n``, with the index of the Series.

    Raises
    ------
    NoEstimate
        A list is empty, or nobody is on both lists with ``method="lincoln-petersen"``.
    ValueError
        A number is missing, negative, not whole or not a number; ``both`` is larger than a list; arrays do
        not fit together; the method or the level does not exist. The message names the argument and the
        position.

    Notes
    -----
    Chapman: N = (n1 + 1)(n2 + 1) / (m + 1) - 1 with m = ``both``, and Seber's variance (n1 + 1)(n2 + 1)(n1 -
    m)(n2 - m) / ((m + 1)^2 (m + 2)). Lincoln-Petersen: N = n1 n2 / m, and by the delta method the variance n1
    n2 (n1 - m)(n2 - m) / m^3. The interval is value -/+ z se. It is not cut off: a lower limit below the
    number of persons already seen says that the overlap is too small for this interval.

    What it cannot tell. It cannot tell whether the lists are independent: two lists alone hold no trace of
    it. Where two services refer persons to each other the estimate is too low; where they serve different
    persons it is too high. Missed links make it too high, false links too low. It says nothing about persons
    who could be on neither list.

    References
    ----------
    Chapman, D. G. (1951). Some properties of the hypergeometric distribution with applications to zoological
    censuses. University of California Publications in Statistics 1, 131-160. Seber, G. A. F. (2002). The
    Estimation of Animal Abundance and Related Parameters, 2nd ed., p. 60. International Working Group for
    Disease Monitoring and Forecasting (1995). Capture-recapture and multiple-record systems estimation I.
    American Journal of Epidemiology 142, 1047-1058.

    Examples
    --------
    Seber (2002), Table 3.7, gives 9,393 with a standard error of 3,022:

    >>> two_source(500, 149, 7)
    About 9,393 (95 % interval 3,469 to 15,316; Chapman, from 642 observed)
    >>> round(two_source(500, 149, 7).se)
    3022
    >>> two_source([500, 1000], [149, 243], [7, 21]).round()
         value      se     low     high    n
    0   9393.0  3022.0  3469.0  15316.0   642
    1  11101.0  2184.0  6821.0  15381.0  1222
    """
    checks.choice("method", method, METHODS)
    z = checks.normal_quantile(level)
    arguments = {"n1": n1, "n2": n2, "both": both}
    columns = {name: _column(name, values) for name, values in arguments.items()}
    index = _shared_index(arguments)
    first, second, common = _same_length(columns)
    _check_lists(first, second, common, method, index)
    value, se = _chapman(first, second, common) if method == "chapman" else _petersen(first, second, common)
    table = {"value": value, "se": se, "low": value - z * se, "high": value + z * se,
             "n": (first + second - common).astype(np.int64)}
    if all(column.ndim == 0 for column in columns.values()):
        return _estimate({name: column[0] for name, column in table.items()}, method, level)
    import pandas as pd  # only tables need it

    return pd.DataFrame(table, index=index)


def _chapman(n1: np.ndarray, n2: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return value, np.sqrt(variance)


def _petersen(n1: np.ndarray, n2: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return n1 * n2 / m, np.sqrt(n1 * n2 * (n1 - m) * (n2 - m) / m**3)


def _estimate(row: dict, method: str, level: float) -> Estimate:
    """One row of the table as an estimate, with a word of warning where the interval cannot be right."""
    assumptions = ASSUMPTIONS
    if row["low"] < row["n"]:
        assumptions += ("Enough persons on both lists. Here the lower limit is below the number of persons "
                        "already seen: the overlap is too small for this interval.",)
    numbers = {name: float(row[name]) for name in ("value", "se", "low", "high")}
    return Estimate(**numbers, level=level, method=NAMES[method], n=int(row["n"]), assumptions=assumptions,
                    source=SOURCES[method])


def _column(name: str, values: object) -> np.ndarray:
    """One argument as whole, non-negative floats: an array of no dimension for one number, else of one."""
    if isinstance(values, (str, bytes)):
        raise ValueError(f"{name} is the text {values!r}: give a number, for example int({values!r}).")
    if isinstance(values, (set, frozenset, dict)):
        raise ValueError(f"{name} is a {type(values).__name__}: "
                         "give the number of persons, or a list of numbers.")
    if hasattr(values, "columns"):
        raise ValueError(f"{name} is a table: give one of its columns, or a number.")
    cells = np.asarray(values, dtype=object)
    if cells.ndim > 1:
        raise ValueError(f"{name} has {cells.ndim} dimensions: give a number, or a list of numbers.")
    if cells.ndim == 0:
        return np.array(checks.count(name, cells.item(), of="persons"))
    if cells.size == 0:
        raise ValueError(f"{name} is empty: give at least one number.")
    whole = getattr(getattr(values, "dtype", None), "kind", None) in ("i", "u")
    if whole and cells.min() >= 0 and cells.max() <= checks.MOST:
        return cells.astype(float)  # whole numbers need no look at each
    labels = values.index if hasattr(values, "iloc") else None
    places = (f"{name}, {_place(position, labels)}," for position in range(cells.size))
    return np.array([checks.count(place, cell, "persons") for place, cell in zip(places, cells, strict=True)])


def _place(position: int, labels: object = None) -> str:
    """Where a value stands: counted from 1, and in a table also the label of its row."""
    return f"entry {position + 1}" + ("" if labels is None else f" (row {labels[position]!r})")


def _shared_index(arguments: dict[str, object]) -> object:
    """The index of the Series among the arguments; they must agree, or rows would be mixed up."""
    series = {name: values for name, values in arguments.items() if hasattr(values, "iloc")}
    if not series:
        return None
    first_name, first = next(iter(series.items()))
    for name, values in series.items():
        if not values.index.equals(first.index):
            raise ValueError(f"{first_name} and {name} have different row labels: take both from one table, "
                             "or give both as lists.")
    return first.index


def _same_length(columns: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The three arguments as arrays of one length; single numbers are repeated."""
    lengths = {name: column.size for name, column in columns.items() if column.ndim}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"The lists of numbers have different lengths ({told}): "
                         "give one number for each row.")
    length = max(lengths.values(), default=1)
    return [np.full(length, column) if column.ndim == 0 else column for column in columns.values()]


def _check_lists(n1: np.ndarray, n2: np.ndarray, both: np.ndarray, method: str, index: object) -> None:
    """Nobody can be on both lists without being on each; a list must have somebody."""
    many = both.size > 1

    def where(wrong: np.ndarray) -> tuple[int, str]:
        position = int(np.argmax(wrong))
        return position, f" ({_place(position, index)})" if many or index is not None else ""

    for name, column in (("n1", n1), ("n2", n2)):
        if (column == 0).any():
            _, place = where(column == 0)
            raise NoEstimate(f"{name} is 0{place}: a list with nobody on it says nothing about who is "
                             "missing. Choose another list, or merge it with one.")
        if (both > column).any():
            position, place = where(both > column)
            raise ValueError(
                f"both is {both[position]:.0f} but {name} is {column[position]:.0f}{place}: "
                f"whoever is on both lists is on each. Count everyone on the list in {name}, those on both "
                "included.")
    if method == "lincoln-petersen" and (both == 0).any():
        _, place = where(both == 0)
        raise NoEstimate(f"both is 0{place}: with nobody on both lists the Lincoln-Petersen estimate is "
                         'without limit. Use method="chapman", which stays finite, or lists that share '
                         "somebody.")
