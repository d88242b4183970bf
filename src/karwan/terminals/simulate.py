"""Simulate one terminal: replications, their figures with confidence, and what must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model
from karwan.terminals.checks import Growth, growing, interval, laws_hold, overloaded
from karwan.terminals.measures import figures
from karwan.terminals.replicate import Replication, replicate_all, warm_up_h

__all__ = ["TerminalRun", "simulate_model", "simulate_models"]


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


def simulate_model(
    model: Model,
    *,
    replications: int,
    hours: float,
    seed: int,
    warm_h: float | None = None,
) -> TerminalRun:
    """Run a terminal and sum its replications up.

    Parameters
    ----------
    model : Model
        Terminal.
    replications : int
        Number of replications, at least two.
    hours : float
        Hours counted in each, after the warm-up.
    seed : int
        Seed; runs of the same seed see the same calls, boxes and times.
    warm_h : float, optional
        Warm-up; found by MSER-5 if not given [h].

    Returns
    -------
    TerminalRun
        Figures, and what was checked.
    """
    warm = warm_up_h(model, seed) if warm_h is None else warm_h
    return simulate_models([model], replications=replications, hours=hours, seed=seed, warm_h=warm)[
        0
    ]


def simulate_models(
    models: Sequence[Model], *, replications: int, hours: float, seed: int, warm_h: float
) -> list[TerminalRun]:
    """Run several terminals with the same warm-up and sum the replications of each up.

    Parameters
    ----------
    models : sequence of Model
        Terminals; one with variants, as a rule.
    replications : int
        Number of replications of each, at least two.
    hours : float
        Hours counted in each, after the warm-up.
    seed : int
        Seed; runs of the same seed see the same calls, boxes and times.
    warm_h : float
        Warm-up [h].

    Returns
    -------
    list of TerminalRun
        In order.
    """
    runs = replicate_all(models, range(replications), seed, warm_h, hours)
    return [_summed_up(model, own, warm_h) for model, own in zip(models, runs, strict=True)]


def _summed_up(model: Model, runs: Sequence[Replication], warm: float) -> TerminalRun:
    seen: dict[tuple[str, str, str], dict[int, float]] = {}
    for r, run in enumerate(runs):
        for measure, of, unit, value in figures(model, run):
            if np.isfinite(value):
                seen.setdefault((measure, of, unit), {})[r] = value
    values = [
        (*key, r, float(value)) for key, by_run in seen.items() for r, value in by_run.items()
    ]
    summary = [(*key, *interval(np.array(list(by_run.values())))) for key, by_run in seen.items()]
    names = ["measure", "of", "unit"]
    return TerminalRun(
        model,
        warm,
        pl.DataFrame(values, [*names, "replication", "value"], orient="row"),
        pl.DataFrame(summary, [*names, "mean", "low", "high"], orient="row"),
        (*overloaded(model), *growing(runs, warm)),
        tuple(text for run in runs for text in laws_hold(model, run)),
        int(sum(run.n[c.EVENTS] for run in runs)),
    )
