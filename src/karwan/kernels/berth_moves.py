"""Simulated annealing of the orders in which berths take vessels."""

import numpy as np
from numba import njit

from karwan.kernels.berth_orders import (
    edit,
    insertion,
    order_cost,
    removal,
    retime,
    set_order,
    walk,
)

__all__ = ["anneal_berths"]

NEVER = -1
NEAR = 3
"""How many places before and after the same hour a berth is looked at."""
OWN, TAILS, PUSH = 0.2, 0.2, 0.1
"""Shares of moves at a vessel's own berth, of swapped tails, and of pushing another vessel out."""
ELSEWHERE = 0.5
"""How often that other vessel goes elsewhere than where the first one comes from."""


@njit(cache=True)
def _within(after, pay, order, count, free, spent, at, allowed, b, k, j, v, row):
    """Try a vessel at another place of its own berth; return the change, 0 if it is refused."""
    if 0 <= j - k <= 1:
        return 0.0
    size, first = edit(order, count, b, k, j, v, row)
    more = walk(after, pay, b, free[b, first], row, first, size)
    more += spent[b, first] - spent[b, count[b]]
    if more > allowed:
        return 0.0
    set_order(after, pay, order, count, free, spent, at, b, row, size, first)
    return more


@njit(cache=True)
def _tails(after, pay, order, count, free, spent, at, allowed, b, k, c, j, row):
    """Try to swap all from place k of berth b with all from place j of c; return the change."""
    n, m = count[b], count[c]
    more = walk(after, pay, b, free[b, k], order[c], j, m) - spent[b, n] + spent[b, k]
    more += spent[c, j] - spent[c, m]
    if more > allowed:
        return 0.0
    more += walk(after, pay, c, free[c, j], order[b], k, n)
    if more > allowed:
        return 0.0
    for i in range(k, n):
        row[i] = order[b, i]
    for i in range(j, m):
        order[b, k + i - j] = order[c, i]
    for i in range(k, n):
        order[c, j + i - k] = row[i]
    count[b], count[c] = k + m - j, j + n - k
    retime(after, pay, order, count, free, spent, at, b, k)
    retime(after, pay, order, count, free, spent, at, c, j)
    return more


@njit(cache=True)
def _shift(after, pay, order, count, free, spent, at, allowed, b, k, c, j, v, row):
    """Try a vessel at another berth; return the change, 0 if it is refused."""
    more = removal(after, pay, order, count, free, spent, b, k)
    if more + pay[c, v, free[c, j]] > allowed:
        return 0.0
    more += insertion(after, pay, order, count, free, spent, c, v, j, 0)
    if more > allowed:
        return 0.0
    size, first = edit(order, count, b, k, NEVER, NEVER, row)
    set_order(after, pay, order, count, free, spent, at, b, row, size, first)
    size, first = edit(order, count, c, NEVER, j, v, row)
    set_order(after, pay, order, count, free, spent, at, c, row, size, first)
    return more


@njit(cache=True)
def _push(after, pay, order, count, free, spent, at, allowed, b, k, c, j, d, i, row):
    """Try a vessel in the place of another, which goes to place i of a berth d; return the change.

    The other vessel may go to the berth the first one comes from.
    """
    v, w = order[b, k], order[c, j]
    more = insertion(after, pay, order, count, free, spent, c, v, j, 1)
    if d == b:
        size, first = edit(order, count, b, k, i, w, row)
        more += walk(after, pay, b, free[b, first], row, first, size)
        more += spent[b, first] - spent[b, count[b]]
    else:
        more += removal(after, pay, order, count, free, spent, b, k)
        if more > allowed:
            return 0.0
        more += insertion(after, pay, order, count, free, spent, d, w, i, 0)
    if more > allowed:
        return 0.0
    order[c, j] = v
    if d != b:
        size, first = edit(order, count, d, NEVER, i, w, row)
        set_order(after, pay, order, count, free, spent, at, d, row, size, first)
        size, first = edit(order, count, b, k, NEVER, NEVER, row)
    set_order(after, pay, order, count, free, spent, at, b, row, size, first)
    retime(after, pay, order, count, free, spent, at, c, j)
    return more


@njit(cache=True)
def _draw(first, berth, slot, free, count, at, v):
    """Draw a berth for a vessel, and a place there."""
    i = first[v] + int(np.random.random() * (first[v + 1] - first[v]))
    t, near = slot[i], 1
    if t == NEVER:
        t, near = free[at[v, 0], at[v, 1]], NEAR
    c = berth[i]
    if np.random.random() < OWN:
        c, t, near = at[v, 0], free[at[v, 0], at[v, 1]], NEAR
    low, high = 0, count[c]
    while low < high:
        middle = (low + high) >> 1
        if free[c, middle] < t:
            low = middle + 1
        else:
            high = middle
    return c, min(max(low + np.random.randint(-near, near + 1), 0), count[c])


@njit(cache=True)
def _move(
    after, pay, first, berth, slot, order, count, free, spent, at, allowed, v, row
):  # fmt: skip
    """Try one change; return the change of the cost, 0 if it is refused."""
    b, k = at[v, 0], at[v, 1]
    c, j = _draw(first, berth, slot, free, count, at, v)
    if c == b:
        return _within(after, pay, order, count, free, spent, at, allowed, b, k, j, v, row)
    kind = np.random.random()
    if kind < TAILS:
        return _tails(after, pay, order, count, free, spent, at, allowed, b, k, c, j, row)
    if kind < TAILS + PUSH and j < count[c]:
        d, i = b, k
        if np.random.random() < ELSEWHERE:
            d, i = _draw(first, berth, slot, free, count, at, order[c, j])
        if d == c:
            return 0.0
        return _push(
            after, pay, order, count, free, spent, at, allowed, b, k, c, j, d, i, row
        )  # fmt: skip
    return _shift(after, pay, order, count, free, spent, at, allowed, b, k, c, j, v, row)


@njit(cache=True, nogil=True)
def anneal_berths(after, pay, first, berth, slot, order, count, moves, hot, cold, seed):
    """Better the orders of vessels at berths by simulated annealing.

    Moves shift a vessel within its berth or to another, let it take the place of another which
    goes elsewhere, or swap the tails of two berths; the heat falls geometrically.

    Parameters
    ----------
    after, pay : int32, float64[n_berths, n_vessels, n_slots + 1]
        As for `order_cost`.
    first : int64[n_vessels + 1]
        Where the places that are tried for each vessel begin in the next two.
    berth, slot : int32[n]
        Berth, and slot about which to berth there; -1 for about the slot it berths at now.
    order : int32[n_berths, n_vessels]
        Vessels of each berth in order, each vessel once; becomes the best order found.
    count : int32[n_berths]
        How many they are; becomes that of the best.
    moves : int
        How many changes are tried.
    hot, cold : float
        Heat at first and at last [unit of cost].
    seed : int
        Seed.

    Returns
    -------
    float
        Cost of the best order.
    """
    np.random.seed(seed)
    n_berths, n_vessels = order.shape
    free = np.zeros((n_berths, n_vessels + 1), np.int32)
    spent = np.zeros((n_berths, n_vessels + 1))
    at, row = np.zeros((n_vessels, 2), np.int32), np.empty(n_vessels + 1, np.int32)
    for b in range(n_berths):
        retime(after, pay, order, count, free, spent, at, b, 0)
    now = order_cost(after, pay, order, count)
    best, best_order, best_count = now, order.copy(), count.copy()
    heat, cooling = hot, (cold / hot) ** (1.0 / max(moves, 1))
    for _ in range(moves):
        heat *= cooling
        allowed = -heat * np.log(1.0 - np.random.random())
        v = np.random.randint(n_vessels)
        now += _move(
            after, pay, first, berth, slot, order, count, free, spent, at, allowed, v, row
        )  # fmt: skip
        if now < best - 1e-9:
            best = now
            best_order[:], best_count[:] = order, count
    order[:], count[:] = best_order, best_count
    return best
