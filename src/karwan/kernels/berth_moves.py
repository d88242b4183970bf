"""Simulated annealing of the orders in which berths take vessels."""

import numpy as np
from numba import njit

__all__ = ["anneal_berths", "order_cost"]

NEAR = 3
"""How many places before and after the same hour another berth is looked at."""


@njit(cache=True)
def order_cost(after, pay, order, count):
    """Add up what the orders of all berths cost, each vessel at its best start.

    Parameters
    ----------
    after : int32[n_berths, n_vessels, n_slots + 1]
        Slot at which a vessel leaves a berth that is free from a slot on.
    pay : float64[n_berths, n_vessels, n_slots + 1]
        What that costs.
    order : int32[n_berths, n_vessels]
        Vessels of each berth in order.
    count : int32[n_berths]
        How many they are.

    Returns
    -------
    float
        Cost.
    """
    total = 0.0
    for b in range(len(count)):
        t = 0
        for k in range(count[b]):
            v = order[b, k]
            total += pay[b, v, t]
            t = after[b, v, t]
    return total


@njit(cache=True)
def _retime(after, pay, order, count, free, spent, b, first):
    """Bring the hours and costs of a berth up to date from one place on."""
    for k in range(first, count[b]):
        v, t = order[b, k], free[b, k]
        spent[b, k + 1] = spent[b, k] + pay[b, v, t]
        free[b, k + 1] = after[b, v, t]


@njit(cache=True)
def _walk(after, pay, b, t, row, first, last):
    """Take a part of a row of vessels; return its cost and the slot when the berth is free."""
    total = 0.0
    for k in range(first, last):
        v = row[k]
        total += pay[b, v, t]
        t = after[b, v, t]
    return total, t


@njit(cache=True)
def _place(free, count, b, t):
    """Draw a place in a berth near a slot."""
    low, high = 0, count[b]
    while low < high:
        middle = (low + high) >> 1
        if free[b, middle] < t:
            low = middle + 1
        else:
            high = middle
    return min(max(low + np.random.randint(-NEAR, NEAR + 1), 0), count[b])


@njit(cache=True)
def _take_out(order, count, b, k):
    """Take the vessel at one place out of a berth and return it."""
    v = order[b, k]
    for i in range(k, count[b] - 1):
        order[b, i] = order[b, i + 1]
    count[b] -= 1
    return v


@njit(cache=True)
def _put_in(order, count, b, k, v):
    """Put a vessel at one place of a berth."""
    for i in range(count[b], k, -1):
        order[b, i] = order[b, i - 1]
    order[b, k] = v
    count[b] += 1


@njit(cache=True)
def _try_shift(after, pay, order, count, free, spent, b, k, c, j):
    """Return what it costs more to take place k of berth b to place j of another berth c."""
    v = order[b, k]
    out, _ = _walk(after, pay, b, free[b, k], order[b], k + 1, count[b])
    t = free[c, j]
    into = pay[c, v, t]
    rest, _ = _walk(after, pay, c, after[c, v, t], order[c], j, count[c])
    old = spent[b, count[b]] - spent[b, k] + spent[c, count[c]] - spent[c, j]
    return out + into + rest - old


@njit(cache=True)
def _try_swap(after, pay, order, count, free, spent, b, k, c, j):
    """Return what it costs more to swap place k of berth b with place j of another berth c."""
    v, w = order[b, k], order[c, j]
    s, t = free[b, k], free[c, j]
    one, _ = _walk(after, pay, b, after[b, w, s], order[b], k + 1, count[b])
    two, _ = _walk(after, pay, c, after[c, v, t], order[c], j + 1, count[c])
    old = spent[b, count[b]] - spent[b, k] + spent[c, count[c]] - spent[c, j]
    return pay[b, w, s] + one + pay[c, v, t] + two - old


@njit(cache=True)
def _try_tails(after, pay, order, count, free, spent, b, k, c, j):
    """Return what it costs more to swap all from place k of berth b with all from j of c."""
    one, _ = _walk(after, pay, b, free[b, k], order[c], j, count[c])
    two, _ = _walk(after, pay, c, free[c, j], order[b], k, count[b])
    old = spent[b, count[b]] - spent[b, k] + spent[c, count[c]] - spent[c, j]
    return one + two - old


@njit(cache=True)
def _swap_tails(order, count, b, k, c, j, spare):
    """Swap all from place k of berth b with all from place j of berth c."""
    n, m = count[b] - k, count[c] - j
    for i in range(n):
        spare[i] = order[b, k + i]
    for i in range(m):
        order[b, k + i] = order[c, j + i]
    for i in range(n):
        order[c, j + i] = spare[i]
    count[b], count[c] = k + m, j + n


@njit(cache=True)
def _within(after, pay, order, count, free, spent, heat, b, k):
    """Try a vessel at another place of its own berth; return the change, 0 if it is refused."""
    j = min(max(k + np.random.randint(-NEAR, NEAR + 1), 0), count[b] - 1)
    if j == k:
        return 0.0
    old, first = spent[b, count[b]], min(j, k)
    v = _take_out(order, count, b, k)
    _put_in(order, count, b, j, v)
    new, _ = _walk(after, pay, b, free[b, first], order[b], first, count[b])
    more = new + spent[b, first] - old
    if more <= 0.0 or np.random.random() < np.exp(-more / heat):
        _retime(after, pay, order, count, free, spent, b, first)
        return more
    v = _take_out(order, count, b, j)
    _put_in(order, count, b, k, v)
    return 0.0


@njit(cache=True)
def _between(after, pay, liked, order, count, free, spent, heat, b, k, spare):
    """Try a change of two berths; return the change of the cost, 0 if it is refused."""
    c = liked[order[b, k], int(len(count) * np.random.random() ** 2)]
    if c == b:
        return 0.0
    kind = np.random.randint(5)
    j = _place(free, count, c, free[b, k])
    if kind < 3:
        more = _try_shift(after, pay, order, count, free, spent, b, k, c, j)
    elif j == count[c] and kind == 3:
        return 0.0
    elif kind == 3:
        more = _try_swap(after, pay, order, count, free, spent, b, k, c, j)
    else:
        more = _try_tails(after, pay, order, count, free, spent, b, k, c, j)
    if more > 0.0 and np.random.random() >= np.exp(-more / heat):
        return 0.0
    if kind < 3:
        _put_in(order, count, c, j, _take_out(order, count, b, k))
    elif kind == 3:
        order[b, k], order[c, j] = order[c, j], order[b, k]
    else:
        _swap_tails(order, count, b, k, c, j, spare)
    _retime(after, pay, order, count, free, spent, b, k)
    _retime(after, pay, order, count, free, spent, c, j)
    return more


@njit(cache=True, nogil=True)
def anneal_berths(after, pay, liked, order, count, moves, hot, cold, seed):
    """Better the orders of vessels at berths by simulated annealing.

    Moves shift a vessel within its berth or to another, swap two vessels, or swap the tails of
    two berths, always near the same hour; the heat falls geometrically.

    Parameters
    ----------
    after, pay : int32, float64[n_berths, n_vessels, n_slots + 1]
        As for `order_cost`.
    liked : int32[n_vessels, n_berths]
        Berths in the order of what a vessel costs there; the first are tried more often.
    order : int32[n_berths, n_vessels]
        Vessels of each berth in order; becomes the best order found.
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
    spare = np.empty(n_vessels, np.int32)
    for b in range(n_berths):
        _retime(after, pay, order, count, free, spent, b, 0)
    now = order_cost(after, pay, order, count)
    best, best_order, best_count = now, order.copy(), count.copy()
    heat, cooling = hot, (cold / hot) ** (1.0 / max(moves, 1))
    for _ in range(moves):
        heat *= cooling
        b = np.random.randint(n_berths)
        if count[b] == 0:
            continue
        k = np.random.randint(count[b])
        if np.random.random() < 0.2:
            now += _within(after, pay, order, count, free, spent, heat, b, k)
        else:
            now += _between(after, pay, liked, order, count, free, spent, heat, b, k, spare)
        if now < best - 1e-9:
            best = now
            best_order[:], best_count[:] = order, count
    order[:], count[:] = best_order, best_count
    return order_cost(after, pay, order, count)
