"""What every measure asks of its input, in words that name the place and the mend."""
from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MOST = 2**53
"""Beyond this a float no longer tells one person from the next."""


def normal_quantile(level: float) -> float:
    """The z of a two-sided normal interval.

    Parameters
    ----------
    level : float
        Level of the interval, as a share.

    Raises
    ------
    ValueError
        The level is not a share between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 3)
    1.96
    >>> normal_quantile(95)
    Traceback (most recent call last):
    ...
    ValueError: level is 95: write a share between 0 and 1, for example 0.95. For 95 % write 0.95.
    """
    if isinstance(level, (str, bool)) or not isinstance(level, (int, float, np.number)):
        raise ValueError(f"level is {level!r}: write a share between 0 and 1, for example 0.95.")
    if not 0 < level < 1:
        mend = f" For {level:g} % write {level / 100:g}." if 1 < level < 100 else ""
        raise ValueError(f"level is {level!r}: write a share between 0 and 1, for example 0.95.{mend}")
    return NormalDist().inv_cdf((1 + float(level)) / 2)


def number(name: str, cell: object, low: float = -math.inf, high: float = math.inf) -> float:
    """A number as a float, or the reason why it is none.

    Parameters
    ----------
    name : str
        How the place is called in a message, such as ``"share"`` or ``"column 'price', row 3"``.
    cell : object
        What stands there.
    low, high : float
        Limits, included.

    Raises
    ------
    ValueError
        It is missing, a text, a truth value, without limit, or outside the limits.

    Examples
    --------
    >>> number("share", "12")
    Traceback (most recent call last):
    ...
    ValueError: share is the text '12': give a number, for example float('12').
    >>> number("share", 1.2, low=0, high=1)
    Traceback (most recent call last):
    ...
    ValueError: share is 1.2: it must be from 0 to 1.
    """
    if isinstance(cell, (bool, np.bool_)):
        raise ValueError(f"{name} is {cell}: give a number. The sum of a column of 0 and 1 is one.")
    if isinstance(cell, (str, bytes)):
        raise ValueError(f"{name} is the text {cell!r}: give a number, for example float({cell!r}).")
    value = _float(cell)
    if math.isnan(value):
        raise ValueError(f"{name} is missing or not a number ({cell!r}): leave the row out, or find the "
                         "number. A missing number is not 0.")
    if math.isinf(value):
        raise ValueError(f"{name} is without limit ({cell!r}): give a finite number.")
    if not low <= value <= high:
        raise ValueError(f"{name} is {cell}: it must be {_span(low, high)}.")
    return value


def count(name: str, cell: object, of: str = "") -> float:
    """A number of persons or things as a float, or the reason why it is none.

    Parameters
    ----------
    name : str
        How the place is called in a message.
    cell : object
        What stands there.
    of : str
        What is counted, such as ``"persons"``, for the message.

    Raises
    ------
    ValueError
        As :func:`number`; and if it is negative, not whole, or larger than any list.

    Examples
    --------
    >>> count("n1", 12.5)
    Traceback (most recent call last):
    ...
    ValueError: n1 is 12.5: counts are whole numbers. Give counts, not shares or means.
    """
    if isinstance(cell, (str, bytes)):
        raise ValueError(f"{name} is the text {cell!r}: give a number, for example int({cell!r}).")
    if isinstance(cell, (bool, np.bool_)):
        raise ValueError(f"{name} is {cell}: give the number of {of or 'them'}. "
                         "The sum of a column of 0 and 1 is one.")
    if _float(cell) > MOST:
        raise ValueError(f"{name} is larger than {MOST:.0e}: no list is so long.")
    value = number(name, cell)
    if value < 0:
        raise ValueError(f"{name} is {cell}: a count cannot be negative.")
    if value != int(value):
        whole = f"{of} come in whole numbers" if of else "counts are whole numbers"
        raise ValueError(f"{name} is {cell}: {whole}. Give counts, not shares or means.")
    return value


def share(name: str, cell: object) -> float:
    """A share of a whole as a float, or the reason why it is none.

    Parameters
    ----------
    name : str
        How the place is called in a message.
    cell : object
        What stands there.

    Raises
    ------
    ValueError
        As :func:`number`; and if it is not between 0 and 1.

    Examples
    --------
    >>> share("p", 15)
    Traceback (most recent call last):
    ...
    ValueError: p is 15: write a share between 0 and 1. For 15 % write 0.15.
    """
    value = number(name, cell)
    if not 0 <= value <= 1:
        mend = f" For {value:g} % write {value / 100:g}." if 1 < value <= 100 else ""
        raise ValueError(f"{name} is {value:g}: write a share between 0 and 1.{mend}")
    return value


def choice(name: str, value: object, options: Iterable[str]) -> str:
    """One of a few words, or a message with all of them.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        What was given.
    options : iterable of str
        The words that are known.

    Raises
    ------
    ValueError
        It is another word, or none.

    Examples
    --------
    >>> choice("method", "Chapman", ["chapman", "lincoln-petersen"])
    Traceback (most recent call last):
    ...
    ValueError: method is 'Chapman': write 'chapman' or 'lincoln-petersen'.
    """
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} is {value!r}: write {' or '.join(map(repr, options))}.")
    return value


def repeats(draws: object, least: int = 100) -> int:
    """How often a simulation or a bootstrap is repeated.

    Parameters
    ----------
    draws : int
        What was given.
    least : int
        Fewer say nothing of an interval.

    Raises
    ------
    ValueError
        It is no count, or too small.

    Examples
    --------
    >>> repeats(10)
    Traceback (most recent call last):
    ...
    ValueError: draws is 10: take at least 100, better 1,000. The ends of an interval rest on few of them.
    """
    value = int(count("draws", draws, of="draws"))
    if value < least:
        raise ValueError(f"draws is {value}: take at least {least}, better 1,000. "
                         "The ends of an interval rest on few of them.")
    return value


def random_numbers(seed: object) -> np.random.Generator:
    """Random numbers that a seed makes the same every time.

    Parameters
    ----------
    seed : int, numpy.random.Generator or None
        None gives other numbers every time.

    Raises
    ------
    ValueError
        It is neither a whole number from 0 on, nor None, nor a generator.

    Examples
    --------
    >>> random_numbers(1).integers(6, size=3).tolist()
    [2, 3, 4]
    >>> random_numbers(-1)
    Traceback (most recent call last):
    ...
    ValueError: seed is -1: write a whole number from 0 on, or None for other numbers every time.
    """
    try:
        if isinstance(seed, (bool, np.bool_)):
            raise TypeError
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise ValueError(f"seed is {seed!r}: write a whole number from 0 on, or None for other numbers "
                         "every time.") from None


def table(frame: object, columns: Iterable[str], what: str = "the table") -> pd.DataFrame:
    """A table that has rows and the columns that a measure needs.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    columns : iterable of str
        Names of the columns it must have.
    what : str
        How the table is called in a message.

    Raises
    ------
    ValueError
        It is no table, has no row, or lacks a column; the nearest name is suggested.

    Examples
    --------
    >>> import pandas as pd
    >>> table(pd.DataFrame({"weight": [1.0]}), ["wieght"])
    Traceback (most recent call last):
    ...
    ValueError: the table has no column 'wieght'. Did you mean 'weight'?
    """
    if not hasattr(frame, "columns"):
        raise ValueError(f"{what} is a {type(frame).__name__}: give a pandas DataFrame.")
    for column in columns:
        if column not in frame.columns:
            near = difflib.get_close_matches(str(column), map(str, frame.columns), n=1)
            mend = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(map(repr, frame.columns))}."
            raise ValueError(f"{what} has no column {column!r}. {mend}")
        if list(frame.columns).count(column) > 1:
            raise ValueError(f"{what} has more than one column {column!r}: give each a name of its own.")
    if len(frame) == 0:
        raise ValueError(f"{what} has no rows: there is nothing to measure.")
    return frame


def numbers(frame: pd.DataFrame, column: str, low: float = -math.inf, high: float = math.inf,
            whole: bool = False) -> np.ndarray:
    """A column of a table as floats, or the first row that is not a number within the limits.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table that has the column.
    column : str
        Its name.
    low, high : float
        Limits, included.
    whole : bool
        Whether only counts are allowed.

    Returns
    -------
    numpy.ndarray
        Floats, one a row.

    Raises
    ------
    ValueError
        A cell does not fit; the column and the row are named.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers(pd.DataFrame({"price": [3, None]}), "price", low=0)
    Traceback (most recent call last):
    ...
    ValueError: column 'price', row 1, is missing or not a number (nan): leave the row out, or find the \
number. A missing number is not 0.
    """
    values = frame[column]
    if getattr(values.dtype, "kind", None) in "iuf":  # the quick way: look at each only if something is wrong
        found = values.to_numpy(dtype=float)
        good = np.isfinite(found) & (found >= low) & (found <= high)
        if whole:
            good &= (found >= 0) & (found <= MOST) & (found == np.floor(found))
        if good.all():
            return found
    cells = zip(values.index, values.tolist(), strict=True)
    if whole:
        cells = [(row, count(f"column {column!r}, row {row!r},", cell)) for row, cell in cells]
    return np.array([number(f"column {column!r}, row {row!r},", cell, low, high) for row, cell in cells])


def yes_no(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column of 0 and 1 (or False and True) as floats, or the first row that is neither.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table that has the column.
    column : str
        Its name.

    Returns
    -------
    numpy.ndarray
        Floats, one a row.

    Raises
    ------
    ValueError
        A cell is missing, or another value; the column and the row are named.

    Examples
    --------
    >>> import pandas as pd
    >>> yes_no(pd.DataFrame({"paid": [True, False]}), "paid").tolist()
    [1.0, 0.0]
    >>> yes_no(pd.DataFrame({"paid": [1, 2]}), "paid")
    Traceback (most recent call last):
    ...
    ValueError: column 'paid', row 1, is 2: write 1 for yes and 0 for no.
    """
    values = frame[column]
    if getattr(values.dtype, "kind", None) in ("i", "u", "f", "b") and values.isin([0, 1]).all():
        return values.to_numpy(dtype=float)  # the quick way
    cells = values.astype(object).where(values.notna(), None).tolist()
    for row, cell in zip(values.index, cells, strict=True):
        if cell is None:
            raise ValueError(f"column {column!r}, row {row!r}, is missing: leave the row out, or find out. "
                             "A missing answer is not 0.")
        if not isinstance(cell, (bool, int, float, np.number, np.bool_)) or cell not in (0, 1):
            raise ValueError(f"column {column!r}, row {row!r}, is {cell!r}: write 1 for yes and 0 for no.")
    return np.array(cells, dtype=float)


def weights(frame: pd.DataFrame, column: str) -> np.ndarray:
    """A column of weights, or the first row whose weight is not above 0.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table that has the column.
    column : str
        Its name.

    Returns
    -------
    numpy.ndarray
        Floats, one a row.

    Raises
    ------
    ValueError
        As :func:`numbers`; and if a weight is 0 or negative.

    Examples
    --------
    >>> import pandas as pd
    >>> weights(pd.DataFrame({"w": [2.5, 0]}), "w")
    Traceback (most recent call last):
    ...
    ValueError: column 'w', row 1, is 0: a weight says for how many somebody stands, so it is above 0. \
Leave the row out if it stands for nobody.
    """
    found = numbers(frame, column)
    if (found <= 0).any():
        raise ValueError(f"column {column!r}, row {row(frame, found <= 0)!r}, is "
                         f"{found[found <= 0][0]:g}: a weight says for how many somebody stands, so it is "
                         "above 0. Leave the row out if it stands for nobody.")
    return found


def kinds(frame: pd.DataFrame, column: str) -> tuple[np.ndarray, list]:
    """A column of names (strata, groups, places) as codes, or the first row where the name is missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table that has the column.
    column : str
        Its name.

    Returns
    -------
    tuple of numpy.ndarray and list
        The code of each row, from 0 on, and the names by code, in the order in which they first appear.

    Raises
    ------
    ValueError
        A name is missing; the column and the row are named.

    Examples
    --------
    >>> import pandas as pd
    >>> codes, names = kinds(pd.DataFrame({"region": ["north", "south", "north"]}), "region")
    >>> codes.tolist(), names
    ([0, 1, 0], ['north', 'south'])
    >>> kinds(pd.DataFrame({"region": ["north", None]}), "region")
    Traceback (most recent call last):
    ...
    ValueError: column 'region', row 1, is missing: find out, or give the missing a name of their own.
    """
    import pandas as pd

    codes, names = pd.factorize(frame[column])
    if (codes < 0).any():
        raise ValueError(f"column {column!r}, row {row(frame, codes < 0)!r}, is missing: find out, or "
                         "give the missing a name of their own.")
    return codes, list(names)


def covariates(frame: pd.DataFrame, names: object) -> dict[str, np.ndarray]:
    """Columns for a regression: numbers as they are, kinds as a column of 0 and 1 for each but the first.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    names : list of str
        Its columns.

    Returns
    -------
    dict of str to numpy.ndarray
        Floats by name; a column of kinds is named ``"column = kind"``.

    Raises
    ------
    ValueError
        It is no list, names a column twice or one that does not exist, or a value is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [30, 40], "sex": ["f", "m"]})
    >>> {name: column.tolist() for name, column in covariates(frame, ["age", "sex"]).items()}
    {'age': [30.0, 40.0], 'sex = m': [0.0, 1.0]}
    """
    if isinstance(names, (str, bytes)) or not hasattr(names, "__iter__"):
        raise ValueError(f"covariates is {names!r}: give a list of columns, such as [{names!r}].")
    names = list(names)
    if len(set(map(str, names))) < len(names):
        raise ValueError(f"covariates names a column twice ({', '.join(map(repr, names))}): once is enough.")
    if "constant" in names:
        raise ValueError("covariates has 'constant': every model has one already. Leave it out, or "
                         "rename it.")
    table(frame, names)
    found: dict[str, np.ndarray] = {}
    for name in names:
        column = frame[name]
        if getattr(column.dtype, "kind", None) in ("i", "u", "f", "b"):
            found[name] = numbers(frame[[name]].astype(float), name)
            continue
        codes, labels = kinds(frame, name)
        rising = sorted(range(len(labels)), key=lambda code: str(labels[code]))
        found.update({f"{name} = {labels[code]}": (codes == code).astype(float) for code in rising[1:]})
    return found


def row(frame: pd.DataFrame, wrong: np.ndarray) -> object:
    """The label of the first row that is wrong, as a person wrote it: 3 and not np.int64(3).

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    wrong : numpy.ndarray of bool
        Whether each row is wrong; at least one is.

    Examples
    --------
    >>> import pandas as pd
    >>> row(pd.DataFrame({"w": [1, 0]}, index=[7, 8]), np.array([False, True]))
    8
    """
    place = int(np.argmax(wrong))
    return frame.index[place:place + 1].tolist()[0]


def _float(cell: object) -> float:
    """What stands there as a float; not a number where it is none."""
    try:
        return float(cell)
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return math.nan


def _span(low: float, high: float) -> str:
    if math.isinf(high):
        return f"{low:g} or more"
    return f"{high:g} or less" if math.isinf(low) else f"from {low:g} to {high:g}"
