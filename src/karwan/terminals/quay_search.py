"""Find good plans of a quay by simulated annealing, and bound all plans by simple relaxations."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_quay import anneal_quay
from karwan.terminals.quay_grid import NEVER, QuayGrid

__all__ = ["QuayPlan", "busy_bound", "quay_cost", "search_quay"]

Floats = NDArray[np.float64]
PILOT = 50
"""Moves of a first run, which shows how many more there is time for."""


@dataclass(frozen=True)
class QuayPlan:
    """Start, end and bow of each vessel [slots, cells], int32[n, 3], and its cranes, int32[n]."""

    place: NDArray[np.int32]
    cranes: NDArray[np.int32]

    @property
    def is_complete(self) -> bool:
        """Whether every vessel has a place."""
        return bool((self.place[:, 0] != NEVER).all())


def quay_cost(grid: QuayGrid, plan: QuayPlan) -> float:
    """Return what a complete plan costs, departure counted from slot 0 [vessel h].

    Parameters
    ----------
    grid : QuayGrid
        Grid.
    plan : QuayPlan
        Plan.

    Returns
    -------
    float
        Weighted hours of departure, and what leaving the old plan or the best place costs.
    """
    s, total = grid.problem.settings, 0.0
    for row, (start, end, bow) in zip(grid.rows, plan.place.tolist(), strict=True):
        begin = (start + grid.first_slot) * grid.problem.step_h
        place = grid.low_m + bow * grid.cell_m
        total += row["weight"] * (end + grid.first_slot) * grid.problem.step_h
        if row["best_from_m"] is not None:
            total += s["place_cost"] * abs(place - row["best_from_m"])
        if row["planned_from_m"] is not None and abs(place - row["planned_from_m"]) > 1e-6:
            total += s["moved_berth_cost"]
        if row["planned_start_h"] is not None:
            total += s["moved_hour_cost"] * abs(begin - row["planned_start_h"])
    return float(total)


def search_quay(grid: QuayGrid, seed: int, until: float, moves: int = 250) -> QuayPlan:
    """Berth vessels one after the other, in orders that simulated annealing betters.

    Parameters
    ----------
    grid : QuayGrid
        Grid.
    seed : int
        Seed.
    until : float
        Time of `time.monotonic` at which to end, about.
    moves : int
        Most moves for each vessel.

    Returns
    -------
    QuayPlan
        Plan; not complete if no order serves all.
    """
    rows, n = grid.rows, len(grid.rows)
    few = np.array([r["cranes_min"] for r in rows], np.int32)
    most = grid.problem.settings["cranes"]
    many = np.minimum([r["cranes_max"] for r in rows], most).astype(np.int32)
    wish = [
        r["planned_from_m"] if r["planned_from_m"] is not None else r["best_from_m"] for r in rows
    ]
    step = grid.problem.step_h
    slope = np.array([r["weight"] for r in rows]) * step
    far = np.where(
        [r["best_from_m"] is not None for r in rows],
        grid.problem.settings["place_cost"] * grid.cell_m,
        0.0,
    )
    order = np.argsort(grid.earliest, kind="stable").astype(np.int32)
    boxes = np.zeros((len(grid.boxes) + n, 4), np.int32)
    boxes[: len(grid.boxes)] = grid.boxes
    heat = float(slope.mean()) * float(grid.work[np.arange(n), many].mean())
    ceiling = float(slope.max()) * grid.n_slots * (n + 1)
    wishes = np.array([grid.cell(w) for w in wish], np.int32)

    def run(moves: int) -> QuayPlan:
        place, cranes = np.full((n, 3), NEVER, np.int32), many.copy()
        anneal_quay(
            order.copy(), cranes, few, many, grid.work, grid.may_start, grid.out, grid.allowed,
            grid.cells, wishes, slope, far, boxes, len(grid.boxes), grid.used.copy(), most, ceiling,
            place, moves, 0.5 * heat, 0.02 * heat, np.uint32(seed % 2**32),
        )  # fmt: skip
        return QuayPlan(place, cranes)

    run(1)  # compiled before the clock starts
    began = time.monotonic()
    run(PILOT)
    each_s = max(time.monotonic() - began, 1e-6) / PILOT
    return run(min(moves * n, max(int((until - time.monotonic()) / each_s), 1)))


def busy_bound(grid: QuayGrid) -> float:
    """Bound the cost of every plan from below, departure counted from slot 0 [vessel h].

    The best of three: each vessel alone; cranes, and quay, as one machine that may break off.
    For such a machine the mean busy time is least by the ratio of weight to work (Goemans,
    Queyranne, Schulz, Skutella and Wang 2002); a vessel leaves half its shortest stay later.

    Parameters
    ----------
    grid : QuayGrid
        Grid.

    Returns
    -------
    float
        Bound.
    """
    step = grid.problem.step_h
    weight = np.array([r["weight"] for r in grid.rows])
    arrival = (grid.earliest + grid.first_slot) * step
    cranes = grid.problem.settings["cranes"]
    hours, area = [], []
    for v, row in enumerate(grid.rows):
        choices = range(row["cranes_min"], min(row["cranes_max"], cranes) + 1)
        hours.append(min(int(grid.work[v, q]) for q in choices) * step)
        area.append(min(int(grid.work[v, q]) * q for q in choices) * step / cranes)
    shortest = np.array(hours)
    alone = float((weight * (arrival + shortest)).sum())
    along = grid.cells * shortest / grid.allowed.shape[1]
    late = float((weight * shortest).sum() / 2)
    best = alone
    for taken in (np.array(area), along):
        work = np.minimum(taken, shortest)
        best = max(best, _mean_busy(weight, arrival.astype(float), work) + late)
    return best


def _mean_busy(weight: Floats, arrival: Floats, work: Floats) -> float:
    """Return the least sum of weight times mean busy time on one machine that may break off."""
    left, time, total = work.copy(), 0.0, 0.0
    ratio = weight / work
    while (left > 1e-12).any():
        ready = (arrival <= time + 1e-12) & (left > 1e-12)
        coming = arrival[arrival > time + 1e-12]
        following = float(coming.min()) if len(coming) else np.inf
        if not ready.any():
            time = following
            continue
        v = int(np.where(ready, ratio, -1.0).argmax())
        part = min(float(left[v]), following - time)
        total += ratio[v] * part * (time + part / 2)
        left[v] -= part
        time += part
    return total
