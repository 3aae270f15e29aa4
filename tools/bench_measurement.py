"""The measures beside their budgets and beside the plain way of doing it.

Each family has a function in ``PARTS``, which prints what it measured with :func:`tools.bench.say`. Run by
``python3 course.py bench -- measurement``.
"""
from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.bench import say

if TYPE_CHECKING:
    import pandas as pd

REFERENCE = Path(__file__).resolve().parent.parent / "tests" / "reference"


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median time of some runs, after one that loads what is needed."""
    work()
    return statistics.median(once(work) for _ in range(runs))


def once(work: Callable[[], object]) -> float:
    """Time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def readable_time(time_taken: float) -> str:
    """Seconds from one second on, milliseconds below.

    Examples
    --------
    >>> readable_time(0.01234), readable_time(12.34)
    ('12.3 ms', '12.3 s')
    """
    return f"{1000 * time_taken:.1f} ms" if time_taken < 1 else f"{time_taken:.1f} s"


# --- Multiple systems estimation --------------------------------------------------------------------------

def bench_multiple_systems() -> None:
    """Searches and intervals on published tables, and cost against the number of lists."""
    import pandas as pd

    from measurement import multiple_systems

    three, five = (pd.read_csv(REFERENCE / f"mse_{name}.csv") for name in ("korea", "western"))
    print("\nMultiple systems estimation (published tables of 3 and 5 lists)")
    took = seconds(lambda: multiple_systems(five, select="bic", interval=None))
    say("BIC over all 6,894 models of 5 lists, existence proved", readable_time(took), "<= 1 s")
    say("  plainly: 100 of them one by one in statsmodels, times 69",
        readable_time(69 * one_by_one(five, sample_of_models(5, 100))))
    stepwise = multiple_systems(five, select="stepwise", interval=None)
    took = seconds(lambda: multiple_systems(five, select="stepwise", interval=None), 25)
    say("stepwise, 5 lists", readable_time(took), "<= 15 ms")
    say(f"  plainly: its {len(stepwise.candidates)} models one by one in statsmodels",
        readable_time(one_by_one(five, stepwise.candidates["model"])))
    for what, table, select, budget in (
            ("BCa, 1,000 draws, BIC over all models, 3 lists", three, "bic", "<= 1 s"),
            ("BCa, 1,000 draws, stepwise, 5 lists", five, "stepwise", "<= 120 s"),
            ("BCa, 1,000 draws, BIC downhill, 5 lists", five, "bic-downhill", "<= 120 s"),
            ("BCa, 1,000 draws, BIC over all models, 5 lists", five, "bic", "")):
        took = once(lambda t=table, s=select: multiple_systems(t, select=s, seed=1))
        say(what, readable_time(took), budget)
        say("  plainly: 20 draws one by one, times 50",
            readable_time(50 * once(lambda t=table, s=select: draw_by_draw(t, s, 20))))
    bench_sizes()


def bench_sizes() -> None:
    """Cost against the number of lists, on invented tables of about 2,000 persons."""
    from measurement import multiple_systems
    from measurement._model_search import hierarchical_models

    for lists in (3, 4, 5):
        table = invented_table(lists)
        models = len(hierarchical_models(lists, lists))
        say(f"BIC over all {models:,} models of {lists} lists, invented table",
            readable_time(seconds(lambda t=table: multiple_systems(t, select="bic", interval=None))))
    for lists in (6, 7, 8):
        for select in ("stepwise", "bic-downhill"):
            table = invented_table(lists)
            say(f"{select}, {lists} lists, invented table", readable_time(seconds(
                lambda t=table, s=select: multiple_systems(t, select=s, interval=None))))


def invented_table(lists: int, persons: int = 4000, seed: int = 1) -> pd.DataFrame:
    """Persons on some of several short lists; the first two lists depend on each other."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    on = rng.random((persons, lists)) < rng.uniform(0.5, 1.0, size=lists) / lists
    on[:, 1] |= on[:, 0] & (rng.random(persons) < 0.3)
    names = list("ABCDEFGH")[:lists]
    frame = pd.DataFrame(on[on.any(axis=1)].astype(int), columns=names)
    return frame.groupby(names).size().reset_index(name="count")


def sample_of_models(lists: int, size: int) -> list[tuple]:
    """Models as tuples of interactions, drawn from all."""
    from measurement._model_search import hierarchical_models
    from measurement.systems import _Capture

    models = hierarchical_models(lists, lists - 1)
    rows = np.random.default_rng(1).choice(len(models), size=size, replace=False)
    return _Capture(tuple("ABCDEFGH"[:lists]), np.zeros(2**lists)).named(models[rows])


def one_by_one(table: pd.DataFrame, models: list[tuple]) -> float:
    """Seconds that statsmodels takes to fit models to a table; no test of existence, no empty overlaps."""
    import statsmodels.api as sm

    names = list(table.columns[:-1])
    cells = np.array(list(np.ndindex(*[2] * len(names))))[1:]
    counts = table.set_index(names)["count"].reindex(list(map(tuple, cells)), fill_value=0).to_numpy(float)

    def design(model: tuple) -> np.ndarray:
        within = {part for each in model for part in subsets([names.index(name) for name in each])}
        return np.column_stack([np.ones(len(cells)), cells,
                                *(cells[:, list(part)].all(axis=1) for part in sorted(within))])

    def work() -> None:
        for model in models:
            sm.GLM(counts, design(model), family=sm.families.Poisson()).fit()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return once(work)


def subsets(places: list[int]) -> list[tuple[int, ...]]:
    """All parts of two or more."""
    chosen = (tuple(place for bit, place in enumerate(places) if number >> bit & 1)
              for number in range(2 ** len(places)))
    return [part for part in chosen if len(part) > 1]


def draw_by_draw(table: pd.DataFrame, select: str, draws: int) -> None:
    """A bootstrap that calls the search anew for each draw."""
    from measurement import multiple_systems

    rng = np.random.default_rng(1)
    for counts in rng.multinomial(table["count"].sum(), table["count"] / table["count"].sum(), size=draws):
        multiple_systems(table.assign(count=counts), select=select, interval=None)


PARTS = {"multiple systems": bench_multiple_systems}


def main() -> None:
    """Run all parts."""
    for part in PARTS.values():
        part()
