"""Prices of vessels from prices of hours alongside, for a bound on berth plans."""

import numpy as np
from numba import njit

from karwan.kernels.price_steps import price_step

__all__ = ["capacity_prices"]

NEVER = -1
SHARE = 0.3
"""Share of the newest subgradient in the smoothed one."""
PATIENCE = 30
"""Steps without a gain after which the steps are halved."""
OVER = 1.02
"""How far the steps aim beyond the cost of the plan."""


@njit(cache=True)
def _least_from(finish, cost):
    """Return what a stay from each slot on costs at least, hours alongside being free."""
    least = np.full(cost.shape, np.inf)
    n_vessels, n_groups, n_slots = cost.shape
    for v in range(n_vessels):
        for g in range(n_groups):
            low = np.inf
            for t in range(n_slots - 1, -1, -1):
                if finish[v, g, t] != NEVER and cost[v, g, t] < low:
                    low = cost[v, g, t]
                least[v, g, t] = low
    return least


@njit(cache=True)
def _cheapest_stays(finish, cost, least, paid, load, cheapest):
    """Let each vessel take its cheapest stay, hours alongside being paid; return the sum."""
    n_vessels, n_groups, n_slots = finish.shape
    load[:] = 0.0
    total = 0.0
    for v in range(n_vessels):
        low, group, begin, end = np.inf, NEVER, 0, 0
        for g in range(n_groups):
            for t in range(n_slots):
                if least[v, g, t] >= low:
                    break
                e = finish[v, g, t]
                if e != NEVER:
                    value = cost[v, g, t] + paid[g, e] - paid[g, t]
                    if value < low:
                        low, group, begin, end = value, g, t, e
        cheapest[v] = low
        if group != NEVER:
            total += low
            load[group, begin] += 1.0
            load[group, end] -= 1.0
    return total


@njit(cache=True)
def _over(load, size, over):
    """Write by how many vessels each slot of each group is asked too much."""
    n_groups, n_slots = over.shape
    for g in range(n_groups):
        taken = 0.0
        for t in range(n_slots):
            taken += load[g, t]
            over[g, t] = taken - size[g]


@njit(cache=True, nogil=True)
def capacity_prices(finish, cost, size, hour, now, smooth, state, target, rounds, price):
    """Bound the cost of every berth plan from below, the hours of berths being sold.

    "No more vessels at once than berths" is relaxed at a price for each slot of each group of
    equal berths; each vessel takes its cheapest stay. Prices go by `price_step`. What a vessel
    then pays in all is a price at which `berth_bound` is at least as good: no row of stays is
    worth more than the hours that it takes. A further call goes on where the last one ended.

    Parameters
    ----------
    finish : int32[n_vessels, n_groups, n_slots]
        Slot at which a vessel that starts at a slot leaves a berth of a group; -1 if it may not.
    cost : float64[n_vessels, n_groups, n_slots]
        Cost of that stay.
    size : float64[n_groups]
        Berths of each group.
    hour : float64[n_groups, n_slots]
        Become the best prices of slots.
    now, smooth : float64[n_groups, n_slots]
        Prices to go on from, and the smoothed subgradient, 0 at first; are written.
    state : float64[3]
        Best bound (-inf at first), length of steps (1 at first), rounds without a gain (0).
    target : float
        Cost of a known plan.
    rounds : int
        Steps at most.
    price : float64[n_vessels]
        Become what vessels pay at the best prices; inf for one without any stay.

    Returns
    -------
    bool
        Whether there is nothing more to gain; the bound is in `state`.
    """
    n_vessels, n_groups, n_slots = finish.shape
    least = _least_from(finish, cost)
    paid, load = np.zeros((n_groups, n_slots + 1)), np.zeros((n_groups, n_slots + 1))
    cheapest, over = np.empty(n_vessels), np.empty((n_groups, n_slots))
    for _ in range(rounds):
        value = 0.0
        for g in range(n_groups):
            for t in range(n_slots):
                paid[g, t + 1] = paid[g, t] + now[g, t]
            value -= size[g] * paid[g, n_slots]
        value += _cheapest_stays(finish, cost, least, paid, load, cheapest)
        if value > state[0] + 1e-9:
            price[:] = cheapest
        _over(load, size, over)
        if price_step(
            value, over.reshape(-1), now.reshape(-1), hour.reshape(-1), smooth.reshape(-1), state,
            target, OVER * target, PATIENCE, SHARE, 0.0, np.inf,
        ):  # fmt: skip
            return True
    return False
