"""Bound plans of a quay from below by selling the hours of its cranes and of its metres."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.quay_bound import quay_prices
from karwan.terminals.quay_grid import QuayGrid

__all__ = ["sold_bound", "sold_prices"]

Floats = NDArray[np.float64]
ROUNDS, PART = 4000, 50
"""Steps of the prices at most, and how many between two looks at the clock."""


def sold_bound(grid: QuayGrid, upper: float, until: float = math.inf) -> float:
    """Bound the cost of every plan from below, departure counted from slot 0 [vessel h].

    In effect linear programming with a variable for each vessel, start and number of cranes: cranes
    and metres may be shared out among parts of stays, and where along the quay a vessel lies is
    left open. What leaving an old plan or the best place costs is left out.

    Parameters
    ----------
    grid : QuayGrid
        Grid.
    upper : float
        Cost of a plan, as `quay_cost` counts.
    until : float
        Time of `time.monotonic` at which to end, but at least one part of the rounds is made.

    Returns
    -------
    float
        Bound, at most `upper`.
    """
    bound, _ = sold_prices(grid, upper, until)
    return min(bound, upper)


def sold_prices(
    grid: QuayGrid, upper: float, until: float = math.inf, rounds: int = ROUNDS
) -> tuple[float, Floats]:
    """Return the bound and the prices that give it: of all cranes and of the quay, by slot.

    Parameters
    ----------
    grid, upper, until
        As for `sold_bound`.
    rounds : int
        Steps at most, in whole parts.

    Returns
    -------
    (float, float64[2, n_slots])
        Bound and prices.
    """
    rows, step = grid.rows, grid.problem.step_h
    n, n_slots = grid.may_start.shape
    cranes, cells = grid.problem.settings["cranes"], grid.allowed.shape[1]
    few = np.array([r["cranes_min"] for r in rows], np.int32)
    many = np.minimum([r["cranes_max"] for r in rows], cranes).astype(np.int32)
    slope = np.array([r["weight"] for r in rows]) * step
    free = np.ones((2, n_slots))
    free[0] -= grid.used / cranes
    for begin, end, low, high in grid.boxes.tolist():
        free[1, begin:end] -= (high - low) / cells
    constant = float(slope.sum()) * grid.first_slot
    price, now, smooth = (np.zeros((2, n_slots)) for _ in range(3))
    state = np.array([-np.inf, 1.0, 0.0])
    for _ in range(0, rounds if n else 0, PART):
        is_done = quay_prices(
            grid.work, grid.may_start, grid.out, few, many, grid.cells / cells, float(cranes),
            slope, free, price, now, smooth, state, upper - constant, PART,
        )  # fmt: skip
        if is_done or time.monotonic() > until:
            break
    return (float(state[0]) if n else 0.0) + constant, price
