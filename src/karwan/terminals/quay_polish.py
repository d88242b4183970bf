"""Better a plan of a quay by planning some of its vessels anew, exactly, again and again."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.quay_grid import QuayGrid
from karwan.terminals.quay_model import solve_quay
from karwan.terminals.quay_search import QuayPlan, quay_cost

__all__ = ["polish_quay"]

AT_ONCE, FEWEST = 8.0, 4.0
"""Vessels planned anew at a time at first, about, and at least."""
PART_S = 0.5
"""Longest that one part may take [s]."""
MOST_FAILS = 40
"""Parts in a row without a gain after which it ends."""


def polish_quay(grid: QuayGrid, plan: QuayPlan, seed: int, until: float) -> QuayPlan:
    """Plan vessels that lie alongside at about the same time anew until nothing gets better.

    Parameters
    ----------
    grid : QuayGrid
        Grid.
    plan : QuayPlan
        A complete plan.
    seed : int
        Seed of the parts.
    until : float
        Time of `time.monotonic` at which to end.

    Returns
    -------
    QuayPlan
        A plan that costs no more.

    Raises
    ------
    MissingExtra
        OR-Tools are not installed.
    """
    rng, n = np.random.default_rng(seed), len(grid.rows)
    size, fails, cost = AT_ONCE, 0, quay_cost(grid, plan)
    while n and fails < MOST_FAILS and time.monotonic() < until:
        some = _some(plan, rng, min(round(size), n))
        part, own = _part(grid, plan, some)
        limit = min(PART_S, until - time.monotonic())
        found, bound = solve_quay(part, own, limit, int(rng.integers(2**31)))
        is_exact = found is not None and bound >= quay_cost(part, found) - 1e-6
        fails += 1
        if found is not None:
            better = _merged(plan, some, found)
            if quay_cost(grid, better) < cost - 1e-9:
                plan, cost, fails = better, quay_cost(grid, better), 0
        size = min(1.1 * size, n) if is_exact else max(0.9 * size, FEWEST)
    return plan


def _some(plan: QuayPlan, rng: np.random.Generator, many: int) -> NDArray[np.int64]:
    """Draw a vessel, and take those whose stays begin or end next to its own."""
    v = int(rng.integers(len(plan.cranes)))
    begin, end = plan.place[:, 0], plan.place[:, 1]
    apart = np.maximum(begin - end[v], begin[v] - end)
    apart = np.where(apart > 0, apart, 0.5 * apart) + rng.uniform(0, 4, len(apart))
    apart[v] = -np.inf
    return np.sort(np.argsort(apart, kind="stable")[:many])


def _part(grid: QuayGrid, plan: QuayPlan, some: NDArray[np.int64]) -> tuple[QuayGrid, QuayPlan]:
    """Return the grid and the plan of some vessels, all others standing fast."""
    others = np.setdiff1d(np.arange(len(grid.rows)), some)
    begin, end, bow = plan.place[others].T
    boxes = np.column_stack((begin, end, bow, bow + grid.cells[others]))
    used = grid.used.copy()
    for v in others:
        start, cranes = plan.place[v, 0], plan.cranes[v]
        used[start : start + grid.work[v, cranes]] += cranes
    part = replace(
        grid,
        rows=tuple(grid.rows[v] for v in some),
        work=grid.work[some],
        may_start=grid.may_start[some],
        out=grid.out[some],
        allowed=grid.allowed[some],
        cells=grid.cells[some],
        boxes=np.concatenate((grid.boxes, boxes)).astype(np.int32),
        used=used,
    )
    return part, QuayPlan(plan.place[some], plan.cranes[some])


def _merged(plan: QuayPlan, some: NDArray[np.int64], part: QuayPlan) -> QuayPlan:
    place, cranes = plan.place.copy(), plan.cranes.copy()
    place[some], cranes[some] = part.place, part.cranes
    return QuayPlan(place, cranes)
