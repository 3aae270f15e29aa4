"""An estimate with its uncertainty, and the refusal to give one."""
from __future__ import annotations

from dataclasses import dataclass
from html import escape


class NoEstimate(ValueError):
    """The data do not allow an estimate; the message says why, and the way out.

    Examples
    --------
    >>> from measurement import two_source
    >>> two_source(120, 80, 0, method="lincoln-petersen")
    Traceback (most recent call last):
    ...
    measurement.estimate.NoEstimate: both is 0: with nobody on both lists the Lincoln-Petersen estimate
    is without limit. Use method="chapman", which stays finite, or lists that share somebody.
    """


@dataclass(frozen=True, repr=False)
class Estimate:
    """A number that was not counted but inferred, with its uncertainty and what it rests on.

    Parameters
    ----------
    value : float
        The estimate.
    se : float, optional
        Its standard error, in the unit of the value.
    low, high : float, optional
        Limits of the interval.
    level : float
        How often such intervals hold the true value if every assumption is true: 0.95 is 95 %.
    method : str
        Name of the method.
    n : int, optional
        How many units were observed.
    assumptions : tuple of str
        What has to be true for the estimate to mean something.
    source : str
        Where the method is published.

    Notes
    -----
    The interval speaks of chance only. It knows nothing of a false assumption, which is usually the larger
    error.

    Examples
    --------
    >>> estimate = Estimate(6291.0, se=839.3, low=4646.0, high=7936.1, method="Chapman", n=1029)
    >>> estimate
    About 6,291 (95 % interval 4,646 to 7,936; Chapman, from 1,029 observed)
    >>> float(estimate)
    6291.0
    >>> f"{estimate:.0f}"
    '6291'
    """

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    method: str = ""
    n: int | None = None
    assumptions: tuple[str, ...] = ()
    source: str = ""

    def __float__(self) -> float:
        return float(self.value)

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else repr(self)

    def __repr__(self) -> str:
        details = []
        if self.low is not None and self.high is not None:
            details.append(f"{self._interval_name} {readable(self.low)} to {readable(self.high)}")
        basis = ", ".join(part for part in (self.method, self._observed) if part)
        if basis:
            details.append(basis)
        return f"About {readable(self.value)}" + (f" ({'; '.join(details)})" if details else "")

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(text)}</td></tr>'
            for name, text in self._rows()
        )
        assumptions = ""
        if self.assumptions:
            items = "".join(f"<li>{escape(text)}</li>" for text in self.assumptions)
            assumptions = f"<p>It is only as good as these assumptions:</p><ul>{items}</ul>"
        return (
            f'<div class="course-estimate"><p>{escape(repr(self))}.</p>'
            f"<table><caption>The estimate in numbers</caption><tbody>{rows}</tbody></table>"
            f"{assumptions}</div>"
        )

    @property
    def _interval_name(self) -> str:
        return f"{100 * self.level:.10g} % interval"

    @property
    def _observed(self) -> str:
        return "" if self.n is None else f"from {readable(self.n)} observed"

    def _rows(self) -> list[tuple[str, str]]:
        """Name and text of everything that is known, in the order in which it is shown."""
        rows = [("Estimate", readable(self.value))]
        if self.se is not None:
            rows.append(("Standard error", readable(self.se)))
        if self.low is not None and self.high is not None:
            rows.append((self._interval_name, f"{readable(self.low)} to {readable(self.high)}"))
        if self.n is not None:
            rows.append(("Observed", readable(self.n)))
        if self.method:
            rows.append(("Method", self.method))
        if self.source:
            rows.append(("Source", self.source))
        return rows


def readable(number: float) -> str:
    """A number as a person reads it: from 1,000 on whole with separators, else with four significant digits.

    Parameters
    ----------
    number : float
        Any number.

    Examples
    --------
    >>> readable(9393.44), readable(0.870695), readable(12), readable(-0.0)
    ('9,393', '0.8707', '12', '0')
    """
    if abs(number) >= 999.95:
        return f"{number:,.0f}"
    return f"{number + 0.0:.4g}"  # adding 0.0 turns -0.0 into 0
