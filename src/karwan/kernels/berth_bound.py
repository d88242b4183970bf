"""A lower bound on berth plans, and the columns that a better plan can hold."""

import numpy as np
from numba import njit

from karwan.kernels.price_steps import price_step

__all__ = ["berth_bound", "columns_left"]

NEVER = -1
SHARE = 0.7
"""Share of the newest subgradient in the smoothed one."""


@njit(cache=True)
def _worth_looking(finish, cost, limit):
    """List for each slot the vessels with a stay that costs less than their limit there."""
    n_berths, n_slots, n_vessels = finish.shape
    first, vessel = np.zeros(n_slots + 1, np.int32), np.empty(n_slots * n_vessels, np.int32)
    size = 0
    for t in range(n_slots):
        for v in range(n_vessels):
            for b in range(n_berths):
                if finish[b, t, v] != NEVER and cost[b, t, v] < limit[v]:
                    vessel[size] = v
                    size += 1
                    break
        first[t + 1] = size
    return first, vessel[:size].copy()


@njit(cache=True)
def _cheapest_rows(finish, cost, price, first, vessel, rest, best, used):
    """Fill each berth at least cost, vessels paid by their prices; return the sum of the costs.

    Stays that cost more than their price are never taken, so that only those listed are looked at.
    """
    n_berths, n_slots, _ = finish.shape
    used[:] = 0
    total = 0.0
    for b in range(n_berths):
        rest[b, n_slots] = 0.0
        for t in range(n_slots - 1, -1, -1):
            low, taken = rest[b, t + 1], NEVER
            for i in range(first[t], first[t + 1]):
                v = vessel[i]
                end = finish[b, t, v]
                if end != NEVER:
                    value = cost[b, t, v] - price[v] + rest[b, end]
                    if value < low:
                        low, taken = value, v
            rest[b, t], best[t] = low, taken
        total += rest[b, 0]
        t = 0
        while t < n_slots:
            v = best[t]
            if v == NEVER:
                t += 1
            else:
                used[v] += 1
                t = finish[b, t, v]
    return total


@njit(cache=True, nogil=True)
def berth_bound(finish, cost, ceiling, price, now, smooth, state, target, goal, rounds, patience):
    """Bound the cost of every berth plan from below by Lagrangian relaxation.

    "Each vessel once" is relaxed at prices; what is left is one row of stays without overlap for
    each berth, the cheapest of which dynamic programming finds. Prices go by `price_step`. A
    further call goes on where the last one ended.

    Parameters
    ----------
    finish : int32[n_berths, n_slots, n_vessels]
        Slot at which a vessel that starts at a slot leaves, at most n_slots; -1 if it may not.
    cost : float64[n_berths, n_slots, n_vessels]
        Cost of that stay.
    ceiling : float
        What a vessel without berth costs; prices do not pass it.
    price : float64[n_vessels]
        Become the best prices.
    now, smooth : float64[n_vessels]
        Prices to go on from, and the smoothed subgradient, 0 at first; are written.
    state : float64[3]
        Best bound (-inf at first), length of steps (1 at first), rounds without a gain (0).
    target : float
        Cost of a known plan.
    goal : float
        What the steps aim at.
    rounds : int
        Steps at most.
    patience : int
        Steps without a gain after which the steps are halved.

    Returns
    -------
    bool
        Whether there is nothing more to gain; the bound is in `state`.
    """
    n_berths, n_slots, n_vessels = finish.shape
    rest = np.zeros((n_berths, n_slots + 1))
    best = np.empty(n_slots, np.int32)
    used, short = np.empty(n_vessels, np.int32), np.empty(n_vessels)
    limit = now + 0.1 * np.abs(now)
    first, vessel = _worth_looking(finish, cost, limit)
    for _ in range(rounds):
        value = now.sum()
        value += _cheapest_rows(finish, cost, now, first, vessel, rest, best, used)
        short[:] = 1.0 - used
        if price_step(
            value, short, now, price, smooth, state, target, goal, patience, SHARE, -np.inf, ceiling
        ):  # fmt: skip
            return True
        if (now > limit).any():
            limit = now + 0.1 * np.abs(now)
            first, vessel = _worth_looking(finish, cost, limit)
    return False


@njit(cache=True)
def columns_left(finish, cost, price, bound, limit):
    """Find the stays that a plan of at most some cost can hold.

    A stay is left if the bound, with this stay forced into its berth, does not pass the limit.

    Parameters
    ----------
    finish, cost, price : arrays
        As for `berth_bound`, prices being the best.
    bound : float
        The bound at these prices.
    limit : float
        Cost that a plan must not pass.

    Returns
    -------
    int32[n_left, 3]
        Berth, slot, vessel of each stay.
    """
    n_berths, n_slots, n_vessels = finish.shape
    rest = np.zeros((n_berths, n_slots + 1))
    best = np.empty(n_slots, np.int32)
    used = np.empty(n_vessels, np.int32)
    first, vessel = _worth_looking(finish, cost, price)
    _cheapest_rows(finish, cost, price, first, vessel, rest, best, used)
    left, size = np.empty((1024, 3), np.int32), 0
    ahead = np.empty(n_slots + 1)
    for b in range(n_berths):
        ahead[:] = 0.0
        for t in range(n_slots):
            if t > 0:
                ahead[t] = min(ahead[t], ahead[t - 1])
            for v in range(n_vessels):
                end = finish[b, t, v]
                if end == NEVER:
                    continue
                here = ahead[t] + cost[b, t, v] - price[v]
                ahead[end] = min(ahead[end], here)
                if bound + here + rest[b, end] - rest[b, 0] <= limit:
                    if size == len(left):
                        longer = np.empty((2 * size, 3), np.int32)
                        longer[:size] = left
                        left = longer
                    left[size, 0], left[size, 1], left[size, 2] = b, t, v
                    size += 1
    return left[:size].copy()
