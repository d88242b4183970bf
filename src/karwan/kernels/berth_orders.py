"""What an order of vessels at berths costs, and what it costs more after a change."""

from numba import njit

__all__ = ["edit", "insertion", "order_cost", "removal", "retime", "set_order", "walk"]

NEVER = -1


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
def retime(after, pay, order, count, free, spent, at, b, first):
    """Bring the hours, costs and places of a berth up to date from one place on."""
    for k in range(first, count[b]):
        v, t = order[b, k], free[b, k]
        at[v, 0], at[v, 1] = b, k
        spent[b, k + 1] = spent[b, k] + pay[b, v, t]
        free[b, k + 1] = after[b, v, t]


@njit(cache=True)
def walk(after, pay, b, t, row, first, last):
    """Return what a part of a row of vessels costs at a berth that is free from a slot on."""
    total = 0.0
    for k in range(first, last):
        v = row[k]
        total += pay[b, v, t]
        t = after[b, v, t]
    return total


@njit(cache=True)
def _delay(after, pay, order, count, free, spent, b, t, k):
    """Return what the vessels of a berth from a place on cost more if it is free from a slot on."""
    total, n = 0.0, count[b]
    for i in range(k, n):
        if t == free[b, i]:
            return total + spent[b, k] - spent[b, i]
        v = order[b, i]
        total += pay[b, v, t]
        t = after[b, v, t]
    return total + spent[b, k] - spent[b, n]


@njit(cache=True)
def insertion(after, pay, order, count, free, spent, b, v, j, gone):
    """Return what a vessel before place j costs more; with `gone` it takes the place over."""
    t = free[b, j]
    more = pay[b, v, t] + _delay(
        after, pay, order, count, free, spent, b, after[b, v, t], j + gone
    )  # fmt: skip
    return more - (spent[b, j + gone] - spent[b, j])


@njit(cache=True)
def removal(after, pay, order, count, free, spent, b, k):
    """Return what a berth costs more without the vessel at one place; less, as a rule."""
    more = _delay(after, pay, order, count, free, spent, b, free[b, k], k + 1)
    return more - (spent[b, k + 1] - spent[b, k])


@njit(cache=True)
def edit(order, count, b, k, j, v, row):
    """Write the order without place k and with v before place j; return length, first change."""
    size = 0
    for i in range(count[b] + 1):
        if i == j:
            row[size] = v
            size += 1
        if i < count[b] and i != k:
            row[size] = order[b, i]
            size += 1
    if k == NEVER:
        return size, j
    return size, k if j == NEVER else min(k, j)


@njit(cache=True)
def set_order(after, pay, order, count, free, spent, at, b, row, size, first):
    """Let a berth take a row of vessels which differs from its own from one place on."""
    for i in range(first, size):
        order[b, i] = row[i]
    count[b] = size
    retime(after, pay, order, count, free, spent, at, b, first)
