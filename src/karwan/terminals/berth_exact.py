"""Bound berth plans, fix what no better plan holds, and solve what is left."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_bound import berth_bound, columns_left
from karwan.kernels.berth_capacity import capacity_prices
from karwan.terminals.berth_milp import MilpProcess, berth_program
from karwan.terminals.berth_search import Chosen, chosen_cost
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = ["Bounded", "bounded", "prove", "round_up"]

ROUNDS, PART = 6000, 50
"""Steps of the prices at most, and how many between two looks at the clock."""
OVER = 1.02
"""How far the steps of the prices aim beyond the cost of the plan."""
ROUNDING = 1e-12
"""Share by which the sums of a bound may be rounded up."""
HOURS_ROUNDS = 600
"""Steps of the prices of hours alongside at most, from which the first prices come."""
Floats = NDArray[np.float64]
MOST_LEFT = 60_000
"""More stays than that HiGHS does not solve in minutes."""


@dataclass(frozen=True)
class Bounded:
    """A plan and what is known about better ones.

    Attributes
    ----------
    chosen : int32[n_vessels, 2]
        Berth and slot of each vessel.
    upper, lower : float
        Cost of the plan, and what no plan costs less than [vessel h].
    price : float64[n_vessels]
        Prices at which the relaxation gave its bound [vessel h].
    relaxed : float
        That bound [vessel h]; `lower` may be better.
    is_exact : bool
        Whether no prices give a much better bound.
    """

    chosen: Chosen
    upper: float
    lower: float
    price: Floats
    relaxed: float
    is_exact: bool = False

    def is_proven(self, unit: float) -> bool:
        """Say whether no better plan exists."""
        return self.lower > self.upper - unit + 1e-7

    def bettered(self, stays: Stays, chosen: Chosen) -> Bounded:
        """Return the same with another plan if it is better."""
        cost = chosen_cost(stays, chosen)
        return replace(self, chosen=chosen, upper=cost) if cost < self.upper - 1e-9 else self


def round_up(bound: float, unit: float) -> float:
    """Return the least multiple of the unit that is not below a bound, but for its rounding."""
    if not math.isfinite(bound):
        return bound
    return math.ceil((bound - ROUNDING * abs(bound)) / unit - 1e-6) * unit


def bounded(
    stays: Stays,
    chosen: Chosen,
    price: Floats | None = None,
    *,
    until: float = math.inf,
    rounds: int = ROUNDS,
    goal: float | None = None,
) -> Bounded:
    """Bound a plan by Lagrangian relaxation.

    Parameters
    ----------
    stays : Stays
        Stays.
    chosen : int32[n_vessels, 2]
        A plan.
    price : float64[n_vessels], optional
        Prices to begin with.
    until : float
        Time of `time.monotonic` at which to end, but at least one part of the rounds is made.
    rounds : int
        Rounds at most; steps are halved the sooner, the fewer they are.
    goal : float, optional
        What the bound may become; a little more than the cost of the plan if not given.

    Returns
    -------
    Bounded
        Plan with its bound.
    """
    upper = chosen_cost(stays, chosen)
    if price is None:
        price = _first_prices(stays, upper, until)
    best, now, smooth = price.copy(), price.copy(), np.zeros(len(price))
    state = np.array([-np.inf, 1.0, 0.0])
    goal = OVER * upper if goal is None else goal
    for _ in range(0, rounds, PART):
        is_done = berth_bound(
            stays.finish, stays.cost, stays.ceiling, best, now, smooth, state, upper, goal, PART,
            max(rounds // 100, 5),
        )  # fmt: skip
        if is_done or time.monotonic() > until:
            break
    relaxed = float(state[0])
    lower = min(round_up(relaxed, stays.unit), upper)
    return Bounded(chosen, upper, lower, best, relaxed)


def _first_prices(stays: Stays, upper: float, until: float) -> Floats:
    """Return what vessels pay for hours alongside at the best prices of the hours of all berths.

    Berths that take every vessel alike are one group, so that few prices are sought where a port
    has many equal berths.
    """
    n_berths, n_slots, n_vessels = stays.finish.shape
    alike: dict[bytes, list[int]] = {}
    for b in range(n_berths):
        alike.setdefault(stays.finish[b].tobytes() + stays.cost[b].tobytes(), []).append(b)
    some = [group[0] for group in alike.values()]
    size = np.array([len(group) for group in alike.values()], float)
    finish, cost = (a[some].transpose(2, 0, 1).copy() for a in (stays.finish, stays.cost))
    hour, now, smooth = (np.zeros((len(some), n_slots)) for _ in range(3))
    state, price = np.array([-np.inf, 1.0, 0.0]), np.zeros(n_vessels)
    for _ in range(0, HOURS_ROUNDS, PART):
        is_done = capacity_prices(finish, cost, size, hour, now, smooth, state, upper, PART, price)
        if is_done or time.monotonic() > until:
            break
    return np.minimum(price, stays.ceiling)


def prove(stays: Stays, known: Bounded, process: MilpProcess, until: float) -> Bounded:
    """Solve what the bound leaves over, if it is little enough.

    Parameters
    ----------
    stays : Stays
        Stays.
    known : Bounded
        Plan with its bound.
    process : MilpProcess
        Process that solves.
    until : float
        Time of `time.monotonic` at which it is killed.

    Returns
    -------
    Bounded
        The best plan and bound.
    """
    limit = known.upper - stays.unit
    left = columns_left(stays.finish, stays.cost, known.price, known.relaxed, limit + 1e-6)
    misses = bool((known.chosen[:, 0] == NEVER).any())
    if len(left) == 0 and not misses:
        return replace(known, lower=known.upper)
    if len(left) > MOST_LEFT or time.monotonic() > until:
        return known
    program = berth_program(stays, left, limit + 1e-6, may_miss=misses)
    x, bound = process.solve(program, until)
    better = known
    if x is not None:
        taken = left[x[: len(left)] > 0.5]
        chosen = np.full_like(known.chosen, NEVER)
        chosen[taken[:, 2]] = taken[:, :2]
        better = known.bettered(stays, chosen)
    proven = min(round_up(bound, stays.unit), better.upper) if bound > -np.inf else -np.inf
    return replace(better, lower=max(known.lower, proven))
