"""Times of the boxes of several terminals of one place, in one pile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model
from karwan.terminals.checks import interval
from karwan.terminals.measures import from_histogram
from karwan.terminals.replicate import Replication
from karwan.terminals.side_by_side import Asked, side_by_side

__all__ = ["Times", "box_times", "box_times_at"]

P95 = 0.95
Times = tuple[float, float, float]
"""Mean over replications, and the low and high end of its 95 % interval."""
Run = tuple[float, float, NDArray[np.int64]]


def box_times(
    models: Sequence[Model], *, replications: int, hours: float, seed: int
) -> tuple[Times, Times]:
    """Simulate terminals side by side and read mean and P95 off all their boxes together.

    Each box counts once, so that a terminal weighs as much as the boxes that pass it, and the
    P95 is that of the mixture, not a mean of P95.

    Parameters
    ----------
    models : sequence of Model
        Terminals.
    replications : int
        Runs of each, at least 2.
    hours : float
        Hours counted in each, after its own warm-up.
    seed : int
        Seed of all.

    Returns
    -------
    mean, p95 : tuple of float
        Time of a box and its 95th percentile, with 95 % intervals [h].
    """
    return box_times_at([models], replications=replications, hours=hours, seed=seed)[0]


def box_times_at(
    loads: Sequence[Sequence[Model]], *, replications: int, hours: float, seed: int
) -> list[tuple[Times, Times]]:
    """Do the same at several loads, all runs in one line.

    Parameters
    ----------
    loads : sequence of sequence of Model
        Terminals of a place at each load.
    replications, hours, seed
        As `box_times` takes them.

    Returns
    -------
    list of tuple
        Mean and P95 as `box_times` gives them, by load.
    """
    asked = [Asked(model, replications) for models in loads for model in models]
    runs = {i: own for i, _, (own,) in side_by_side(asked, _times, hours=hours, seed=seed)}
    of_models = iter(runs[i] for i in range(len(asked)))
    return [_pooled([next(of_models) for _ in models]) for models in loads]


def _pooled(runs: Sequence[Sequence[Run]]) -> tuple[Times, Times]:
    """Throw the boxes of several terminals together, replication by replication."""
    n = len(runs[0])
    held, gone, seen = np.zeros(n), np.zeros(n), np.zeros((n, c.BINS), np.int64)
    for of_model in runs:
        for r, (own_held, own_gone, own_hist) in enumerate(of_model):
            held[r] += own_held
            gone[r] += own_gone
            seen[r] += own_hist
    known = gone > 0.0
    if not known.any():
        nothing = (float("nan"),) * 3
        return nothing, nothing
    tails = [from_histogram(row, P95) for row in seen[known]]
    return interval(held[known] / gone[known]), interval(np.array(tails))


def _times(_: Model, run: Replication) -> Run:
    """Hours that boxes were there, how many left, and the histogram of their times."""
    whole = run.hist[:, c.TOTAL].sum(axis=0)
    return run.tally[:, c.TOTAL_SUM].sum(), run.tally[:, c.GONE].sum(), whole
