"""Times of the boxes of several terminals of one place, in one pile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import Model
from karwan.terminals.checks import interval
from karwan.terminals.measures import from_histogram
from karwan.terminals.replicate import replicate, warm_up_h

__all__ = ["Times", "box_times"]

P95 = 0.95
Times = tuple[float, float, float]
"""Mean over replications, and the low and high end of its 95 % interval."""


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
    held, gone = np.zeros(replications), np.zeros(replications)
    seen = np.zeros((replications, c.BINS), np.int64)
    for model in models:
        runs = replicate(model, range(replications), seed, warm_up_h(model, seed), hours)
        for r, run in enumerate(runs):
            held[r] += run.tally[:, c.TOTAL_SUM].sum()
            gone[r] += run.tally[:, c.GONE].sum()
            seen[r] += run.hist[:, c.TOTAL].sum(axis=0)
    known = gone > 0.0
    if not known.any():
        nothing = (float("nan"),) * 3
        return nothing, nothing
    tails = [from_histogram(row, P95) for row in seen[known]]
    return interval(held[known] / gone[known]), interval(np.array(tails))
