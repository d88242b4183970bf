"""Every stay that a vessel may have at a discrete berth, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.terminals.berth_fixed import FixedStay, fixed_stays
from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.tides import has_water

__all__ = ["Stays", "build_stays"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MOST_STAYS = 60_000_000
NEVER = -1


@dataclass(frozen=True)
class Stays:
    """Stays of vessels that are not fixed.

    Attributes
    ----------
    vessels, berths : tuple of str
        Names in the order of the arrays.
    first_slot : int
        Slot of index 0.
    finish : int32[n_berths, n_slots, n_vessels]
        Slot at which a vessel that starts at a slot leaves; -1 if it may not start there.
    cost : float64[n_berths, n_slots, n_vessels]
        Cost of that stay beyond what cannot be avoided [vessel h].
    work : int32[n_berths, n_vessels]
        Slots of work; -1 if the vessel is not handled there.
    fixed : tuple of FixedStay
        Vessels that stay as planned.
    constant : float
        What every plan costs beside `cost` [vessel h].
    unit : float
        Costs are multiples of it [vessel h].
    slope : float64[n_vessels]
        What one more slot before departure costs [vessel h].
    """

    vessels: tuple[str, ...]
    berths: tuple[str, ...]
    first_slot: int
    finish: Ints
    cost: Floats
    work: Ints
    fixed: tuple[FixedStay, ...]
    constant: float
    unit: float
    slope: Floats

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return int(self.finish.shape[1])

    @property
    def ceiling(self) -> float:
        """More than any plan costs that serves all [vessel h]."""
        return float(self.cost.max(initial=0.0)) * (len(self.vessels) + 1) + 1.0


def build_stays(problem: BerthProblem, last_slot: int) -> Stays:
    """List every stay that ends by a slot.

    Parameters
    ----------
    problem : BerthProblem
        Problem of discrete berths.
    last_slot : int
        Slot by which all have left.

    Returns
    -------
    Stays
        Stays.

    Raises
    ------
    InputError
        They are too many; a coarser step is needed.
    """
    rows = problem.vessels.filter(~problem.vessels["fixed"]).to_dicts()
    berths = problem.berths.to_dicts()
    now = problem.settings["now_h"]
    earliest = [problem.slot(max(r["arrival_h"], now or 0.0, 0.0)) for r in rows]
    first = min(earliest, default=0)
    n_slots = max(last_slot - first, 1)
    if len(rows) * len(berths) * n_slots > MOST_STAYS:
        message = (
            f"{len(rows)} vessels, {len(berths)} berths, {n_slots} steps of {problem.step_h:g} h "
            "are too many stays; widen step_h or plan fewer days"
        )
        raise InputError(message)
    shape = (len(berths), n_slots, len(rows))
    finish, cost = np.full(shape, NEVER, np.int32), np.zeros(shape)
    work = np.full((len(berths), len(rows)), NEVER, np.int32)
    fixed = tuple(fixed_stays(problem))
    open_ = np.array([_open_slots(problem, b, fixed, first, n_slots) for b in berths])
    handling = problem.handling_h()
    constant = sum(stay.cost for stay in fixed)
    for v, row in enumerate(rows):
        constant += row["weight"] * (earliest[v] * problem.step_h - row["arrival_h"])
        hours = (np.arange(n_slots + 1.0) + first) * problem.step_h
        water = has_water(problem, row["draught_m"], hours)
        for b, berth in enumerate(berths):
            time = handling.get((row["vessel"], berth["berth"]))
            if time is None or not _fits(problem, row, berth):
                continue
            work[b, v] = max(problem.slot(time), 1)
            ends = _ends(work[b, v], water, open_[b], earliest[v] - first)
            if row["leave_by_h"] is not None:
                ends[ends > problem.slot(row["leave_by_h"], up=False) - first] = NEVER
            finish[b, :, v] = ends
            cost[b, :, v] = _costs(problem, row, berth["berth"], ends, first, earliest[v])
    cost[finish == NEVER] = 0.0
    weights = np.array([r["weight"] for r in rows]) * problem.step_h
    unit = _unit(cost[finish != NEVER])
    names = tuple(r["vessel"] for r in rows), tuple(b["berth"] for b in berths)
    return Stays(*names, first, finish, cost, work, fixed, constant, unit, weights)


def _fits(problem: BerthProblem, row: dict[str, Any], berth: dict[str, Any]) -> bool:
    deep = row["draught_m"] + problem.settings["under_keel_m"] <= berth["depth_m"] + 1e-9
    return bool(deep and row["length_m"] <= berth["length_m"] + 1e-9)


def _open_slots(
    problem: BerthProblem, berth: dict[str, Any], fixed: tuple[FixedStay, ...], first: int, n: int
) -> NDArray[np.bool_]:
    """Say which slots of a berth may be taken."""
    free = np.ones(n, bool)
    name = berth["berth"]
    shut = [(s.start_h, s.end_h) for s in fixed if s.berth == name]
    rows = problem.closures.filter(problem.closures["berth"] == name)
    shut += list(rows.select("from_h", "to_h").iter_rows())
    shut.append((-np.inf, berth["opens_h"]))
    if berth["closes_h"] is not None:
        shut.append((berth["closes_h"], np.inf))
    for begin, end in shut:
        low = 0 if begin == -np.inf else max(problem.slot(begin, up=False) - first, 0)
        high = n if end == np.inf else max(problem.slot(end) - first, 0)
        free[low:high] = False
    return free


def _ends(work: int, water: NDArray[np.bool_], free: NDArray[np.bool_], earliest: int) -> Ints:
    """Return when a vessel leaves for each slot it starts at; -1 if it may not."""
    n = len(free)
    start = np.arange(n)
    wet = np.where(water, np.arange(n + 1), n + 1)
    leave = np.minimum.accumulate(wet[::-1])[::-1]
    done = start + work
    end = np.where(done <= n, leave[np.minimum(done, n)], n + 1)
    taken = np.concatenate(([0], np.cumsum(~free)))
    blocked = taken[np.minimum(end, n)] - taken[start]
    allowed = (start >= earliest) & water[:n] & (end <= n) & (blocked == 0)
    return np.where(allowed, end, NEVER).astype(np.int32)


def _costs(
    problem: BerthProblem, row: dict[str, Any], berth: str, ends: Ints, first: int, earliest: int
) -> Floats:
    """Return weighted time to departure, and what leaving the plan costs [vessel h]."""
    s = problem.settings
    cost: Floats = row["weight"] * problem.step_h * (ends + (first - earliest)).astype(float)
    if row["planned_berth"] is not None and row["planned_berth"] != berth:
        cost += s["moved_berth_cost"]
    if row["planned_start_h"] is not None:
        hours = (np.arange(len(ends)) + first) * problem.step_h
        cost += s["moved_hour_cost"] * np.abs(hours - row["planned_start_h"])
    return cost


def _unit(cost: Floats) -> float:
    """Return the largest round number of which every cost is a multiple, or 1e-6."""
    thousandths = np.round(cost * 1000)
    if not len(cost):
        return 1.0
    if np.abs(cost * 1000 - thousandths).max() > 1e-6:
        return 1e-6
    return max(int(np.gcd.reduce(np.unique(thousandths).astype(np.int64))), 1) / 1000
