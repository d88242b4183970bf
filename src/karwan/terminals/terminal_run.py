"""What is kept of the replications of a terminal, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model
from karwan.terminals.checks import Ends, Growth, ends, growing, interval, laws_hold, overloaded
from karwan.terminals.measures import Figure, figures
from karwan.terminals.replicate import Replication

__all__ = ["Seen", "TerminalRun", "see", "sum_up"]


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of one replication.

    Attributes
    ----------
    figures : tuple of Figure
        Its finite figures.
    ends : Ends
        Its queues at both ends.
    broken : tuple of str
        Laws that did not hold in it.
    events : int
        Its events.
    """

    figures: tuple[Figure, ...]
    ends: Ends
    broken: tuple[str, ...]
    events: int


@dataclass(frozen=True, eq=False)
class TerminalRun:
    """Figures of a terminal over replications.

    Attributes
    ----------
    model : Model
        Terminal.
    warm_up_h : float
        Hours dropped, by MSER-5.
    values : polars.DataFrame
        One row a figure and replication: measure, of, unit, replication, value.
    summary : polars.DataFrame
        One row a figure: measure, of, unit, mean, and low and high of its 95 % interval.
    growth : tuple of Growth
        What is overloaded by arithmetic, and queues that grow through the runs; empty if the
        terminal is stable.
    broken : tuple of str
        Laws that did not hold; empty, or there is a fault in the program.
    events : int
        Events of all replications.
    """

    model: Model
    warm_up_h: float
    values: pl.DataFrame
    summary: pl.DataFrame
    growth: tuple[Growth, ...]
    broken: tuple[str, ...]
    events: int

    @property
    def stable(self) -> bool:
        """Whether no queue grows through the runs."""
        return not self.growth

    def mean(self, measure: str, of: str = "all") -> float:
        """Return the mean of one figure; NaN if there is none."""
        row = self.summary.filter((pl.col("measure") == measure) & (pl.col("of") == of))
        return float(row["mean"][0]) if len(row) else float("nan")


def see(model: Model, run: Replication) -> Seen:
    """Take what is kept of a replication, so that its tables can go.

    Parameters
    ----------
    model : Model
        Terminal.
    run : Replication
        What a run left behind.

    Returns
    -------
    Seen
        Figures and checks.
    """
    known = tuple(figure for figure in figures(model, run) if np.isfinite(figure[-1]))
    return Seen(known, ends(run), tuple(laws_hold(model, run)), int(run.n[c.EVENTS]))


def sum_up(model: Model, seen: Sequence[Seen], warm_h: float) -> TerminalRun:
    """Sum the replications of a terminal up.

    Parameters
    ----------
    model : Model
        Terminal.
    seen : sequence of Seen
        Its replications, in order.
    warm_h : float
        Their warm-up [h].

    Returns
    -------
    TerminalRun
        Figures, and what was checked.
    """
    by_figure: dict[tuple[str, str, str], dict[int, float]] = {}
    for r, of_run in enumerate(seen):
        for measure, of, unit, value in of_run.figures:
            by_figure.setdefault((measure, of, unit), {})[r] = float(value)
    values = [(*key, r, value) for key, runs in by_figure.items() for r, value in runs.items()]
    summary = [(*key, *interval(np.array(list(v.values())))) for key, v in by_figure.items()]
    names = ["measure", "of", "unit"]
    return TerminalRun(
        model,
        warm_h,
        pl.DataFrame(values, [*names, "replication", "value"], orient="row"),
        pl.DataFrame(summary, [*names, "mean", "low", "high"], orient="row"),
        (*overloaded(model), *growing([of_run.ends for of_run in seen], warm_h)),
        tuple(text for of_run in seen for text in of_run.broken),
        sum(of_run.events for of_run in seen),
    )
