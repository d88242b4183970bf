"""A lower bound on plans of a quay: hours of cranes and of metres of the quay are sold."""

import numpy as np
from numba import njit

from karwan.kernels.price_steps import price_step

__all__ = ["quay_prices"]

NEVER = -1
SHARE = 0.3
"""Share of the newest subgradient in the smoothed one."""
PATIENCE = 30
"""Steps without a gain after which the steps are halved."""
OVER = 1.02
"""How far the steps aim beyond the cost of the plan."""


@njit(cache=True)
def _cheapest(work, may_start, out, few, many, size, cranes, slope, paid, load):
    """Let each vessel take its cheapest start and number of cranes; return the sum of the costs."""
    n, n_slots = may_start.shape
    load[:] = 0.0
    total = 0.0
    for v in range(n):
        low, begin, done, end, taken = np.inf, NEVER, 0, 0, 0
        shortest = work[v, few[v] : many[v] + 1].min()
        for t in range(n_slots - shortest + 1):
            if out[v, t + shortest] == NEVER or slope[v] * out[v, t + shortest] >= low:
                break
            if not may_start[v, t]:
                continue
            for q in range(few[v], many[v] + 1):
                stop = t + work[v, q]
                if stop > n_slots or out[v, stop] == NEVER:
                    continue
                e = out[v, stop]
                value = slope[v] * e + q / cranes * (paid[0, stop] - paid[0, t])
                value += size[v] * (paid[1, e] - paid[1, t])
                if value < low:
                    low, begin, done, end, taken = value, t, stop, e, q
        if begin != NEVER:
            total += low
            load[0, begin] += taken / cranes
            load[0, done] -= taken / cranes
            load[1, begin] += size[v]
            load[1, end] -= size[v]
    return total


@njit(cache=True)
def _over(load, free, over):
    """Write by which share of the cranes, and of the quay, each slot is asked too much."""
    for r in range(len(over)):
        taken = 0.0
        for t in range(over.shape[1]):
            taken += load[r, t]
            over[r, t] = taken - free[r, t]


@njit(cache=True, nogil=True)
def quay_prices(
    work, may_start, out, few, many, size, cranes, slope, free, price, now, smooth, state, target,
    rounds,
):  # fmt: skip
    """Bound the cost of every plan of a quay from below by Lagrangian relaxation.

    "No more cranes and no more metres than there are" is relaxed at a price for each slot; where
    along the quay a vessel lies is left open. Each vessel takes its cheapest start and number of
    cranes. Prices go by `price_step`. A further call goes on where the last one ended.

    Parameters
    ----------
    work : int32[n, most_cranes + 1]
        Slots of work by number of cranes.
    may_start : bool[n, n_slots]
        Whether a vessel may start at a slot.
    out : int32[n, n_slots + 1]
        First slot from one on at which it may leave; -1 if there is none.
    few, many : int32[n]
        Fewest and most cranes.
    size : float64[n]
        Length, as a share of the quay.
    cranes : float
        Cranes of the quay.
    slope : float64[n]
        Cost of a slot before departure.
    free : float64[2, n_slots]
        Shares of the cranes and of the quay that are free.
    price : float64[2, n_slots]
        Become the best prices of all cranes and of the whole quay.
    now, smooth : float64[2, n_slots]
        Prices to go on from, and the smoothed subgradient, 0 at first; are written.
    state : float64[3]
        Best bound (-inf at first), length of steps (1 at first), rounds without a gain (0).
    target : float
        Cost of a known plan.
    rounds : int
        Steps at most.

    Returns
    -------
    bool
        Whether there is nothing more to gain; the bound is in `state`.
    """
    n_slots = may_start.shape[1]
    paid, load = np.zeros((2, n_slots + 1)), np.zeros((2, n_slots + 1))
    over = np.empty((2, n_slots))
    for _ in range(rounds):
        value = 0.0
        for r in range(2):
            for t in range(n_slots):
                paid[r, t + 1] = paid[r, t] + now[r, t]
                value -= free[r, t] * now[r, t]
        value += _cheapest(
            work, may_start, out, few, many, size, cranes, slope, paid, load
        )  # fmt: skip
        _over(load, free, over)
        if price_step(
            value, over.reshape(-1), now.reshape(-1), price.reshape(-1), smooth.reshape(-1), state,
            target, OVER * target, PATIENCE, SHARE, 0.0, np.inf,
        ):  # fmt: skip
            return True
    return False
