"""A continuous quay on a grid of time and place, as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.berth_fixed import FixedStay, fixed_stays, work_h
from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.tides import has_water

__all__ = ["QuayGrid", "build_grid"]

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
NEVER = -1


@dataclass(frozen=True)
class QuayGrid:
    """Vessels that are not fixed, and what is taken by others.

    Attributes
    ----------
    problem : BerthProblem
        Problem.
    rows : tuple of dict
        Rows of the vessels, in the order of the arrays.
    first_slot, n_slots : int
        Slot of index 0, number of slots.
    low_m : float
        Where cell 0 begins.
    work : int32[n, most_cranes + 1]
        Slots of work by number of cranes.
    may_start : bool[n, n_slots]
        Whether a vessel may start at a slot.
    out : int32[n, n_slots + 1]
        First slot from one on at which it may leave, -1 if none.
    allowed : bool[n, n_cells]
        Cells its bow may lie at.
    cells : int32[n]
        Length in cells.
    boxes : int32[n_boxes, 4]
        First and last slot, first and last cell of what is taken (last ones exclusive), disjoint.
    used : int32[n_slots]
        Cranes that fixed vessels take.
    fixed : tuple of FixedStay
        Vessels that stay as planned.
    """

    problem: BerthProblem
    rows: tuple[dict[str, Any], ...]
    first_slot: int
    n_slots: int
    low_m: float
    work: Ints
    may_start: Bools
    out: Ints
    allowed: Bools
    cells: Ints
    boxes: Ints
    used: Ints
    fixed: tuple[FixedStay, ...]

    @property
    def cell_m(self) -> float:
        """Length of a cell [m]."""
        return float(self.problem.settings["place_step_m"])

    @property
    def earliest(self) -> Ints:
        """First slot at which each vessel may start."""
        first: Ints = self.may_start.argmax(1).astype(np.int32)
        return first

    def cell(self, place_m: float | None) -> int:
        """Return the cell nearest to a place; 0 if there is none."""
        return 0 if place_m is None else round((place_m - self.low_m) / self.cell_m)


def build_grid(problem: BerthProblem, rows: list[dict[str, Any]], last_slot: int) -> QuayGrid:
    """Lay a grid over a quay.

    Parameters
    ----------
    problem : BerthProblem
        Problem with kind quay.
    rows : list of dict
        Rows of the vessels to be planned; they are not fixed.
    last_slot : int
        Slot by which all have left.

    Returns
    -------
    QuayGrid
        Grid.
    """
    s, step = problem.settings, problem.step_h
    now = s["now_h"] or 0.0
    earliest = [problem.slot(max(r["arrival_h"], now, 0.0)) for r in rows]
    first = min(earliest, default=0)
    n, n_slots = len(rows), max(last_slot - first, 1)
    stretches = problem.berths.to_dicts()
    low = min(b["from_m"] for b in stretches)
    high = max(b["from_m"] + b["length_m"] for b in stretches)
    n_cells = math.ceil((high - low) / s["place_step_m"] - 1e-9)
    most = max((r["cranes_max"] for r in rows), default=1)
    work = np.zeros((n, most + 1), np.int32)
    out = np.full((n, n_slots + 1), NEVER, np.int32)
    may_start = np.zeros((n, n_slots), bool)
    allowed = np.zeros((n, n_cells), bool)
    hours = (np.arange(n_slots + 1.0) + first) * step
    for v, row in enumerate(rows):
        for q in range(1, most + 1):
            work[v, q] = max(problem.slot(work_h(row["crane_h"], q, s["interference"])), 1)
        water = has_water(problem, row["draught_m"], hours)
        if row["leave_by_h"] is None:
            may_leave = water
        else:
            may_leave = water & (hours <= row["leave_by_h"] + 1e-9)
        wet = np.where(may_leave, np.arange(n_slots + 1), n_slots + 1)
        leave = np.minimum.accumulate(wet[::-1])[::-1]
        out[v] = np.where(leave > n_slots, NEVER, leave)
        may_start[v] = water[:-1]
        may_start[v, : earliest[v] - first] = False
        allowed[v] = _bows(problem, row, stretches, low, n_cells)
    fixed = tuple(fixed_stays(problem))
    blocked = _blocked(problem, fixed, first, (n_slots, n_cells), low)
    used = np.zeros(n_slots, np.int32)
    for stay in fixed:
        used[_slots(problem, stay.start_h, stay.done_h, first, n_slots)] += stay.cranes
    cells = [math.ceil(r["length_m"] / s["place_step_m"] - 1e-9) for r in rows]
    return QuayGrid(
        problem, tuple(rows), first, n_slots, low, work, may_start, out, allowed,
        np.array(cells, np.int32), _boxes(blocked), np.minimum(used, s["cranes"]), fixed,
    )  # fmt: skip


def _slots(problem: BerthProblem, begin: float, end: float, first: int, n: int) -> slice:
    low = 0 if begin == -np.inf else problem.slot(begin, up=False) - first
    high = n if end == np.inf else problem.slot(end) - first
    return slice(min(max(low, 0), n), min(max(high, 0), n))


def _bows(
    problem: BerthProblem, row: dict[str, Any], stretches: list[dict[str, Any]], low: float, n: int
) -> Bools:
    """Say at which cells a bow may lie: all of the vessel on deep enough stretches."""
    needed = row["draught_m"] + problem.settings["under_keel_m"] - 1e-9
    bow = low + np.arange(n) * problem.settings["place_step_m"]
    stern = bow + row["length_m"]
    along = np.zeros(n)
    for stretch in stretches:
        if stretch["depth_m"] >= needed:
            end = stretch["from_m"] + stretch["length_m"]
            along += np.maximum(np.minimum(stern, end) - np.maximum(bow, stretch["from_m"]), 0.0)
    reach: Bools = along >= row["length_m"] - 1e-6
    return reach


def _blocked(
    problem: BerthProblem,
    fixed: tuple[FixedStay, ...],
    first: int,
    shape: tuple[int, int],
    low: float,
) -> Bools:
    """Say which slots and cells are taken by fixed vessels or shut."""
    blocked = np.zeros(shape, bool)
    taken = [(s.start_h, s.end_h, s.from_m, s.to_m) for s in fixed]
    for b in problem.berths.iter_rows(named=True):
        ends = (b["from_m"], b["from_m"] + b["length_m"])
        rows = problem.closures.filter(problem.closures["berth"] == b["berth"])
        taken += [(start, end, *ends) for start, end in rows.select("from_h", "to_h").iter_rows()]
        taken.append((-np.inf, b["opens_h"], *ends))
        if b["closes_h"] is not None:
            taken.append((b["closes_h"], np.inf, *ends))
    cell = problem.settings["place_step_m"]
    for start, end, bow, stern in taken:
        a = math.floor((bow - low) / cell + 1e-9)
        z = math.ceil((stern - low) / cell - 1e-9)
        blocked[_slots(problem, start, end, first, shape[0]), max(a, 0) : max(z, 0)] = True
    return blocked


def _boxes(blocked: Bools) -> Ints:
    """Cut what is taken into disjoint boxes: runs along the quay, joined while they stay equal."""
    found: list[list[int]] = []
    going: dict[tuple[int, int], int] = {}
    for t, row in enumerate(blocked):
        edge = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        runs = {(int(a), int(z)) for a, z in zip(edge[::2], edge[1::2], strict=True)}
        found += [[start, t, *run] for run, start in going.items() if run not in runs]
        going = {run: going.get(run, t) for run in runs}
    found += [[start, len(blocked), *run] for run, start in going.items()]
    return np.array(sorted(found), np.int32).reshape(-1, 4)
