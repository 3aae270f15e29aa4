"""Intervals that more than one measure uses."""
from __future__ import annotations

import math


def wilson(share: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a share.

    Parameters
    ----------
    share : float
        The share, 0 and 1 included.
    n : float
        Number of independent answers that it rests on; need not be whole.
    z : float
        Quantile of the normal distribution, or of t.

    Notes
    -----
    The shares p with (share - p)^2 <= z^2 p (1 - p) / n. Unlike share -/+ z se it has a width at 0 and 1, and
    covers as often as it says.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209-212.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(0.0, 100, 1.96)]
    [0.0, 0.037]
    """
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return 0.0 if share == 0 else middle - reach, 1.0 if share == 1 else middle + reach
