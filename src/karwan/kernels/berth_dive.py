"""Give vessels to berths one after the other, the prices of a relaxation following."""

import numpy as np
from numba import njit

__all__ = ["dive"]

NEVER = -1
SHARE = 0.05
"""Share of the newest rows of stays in the mean of all."""
MIX = 0.5
"""Share of the newest rows, beside that mean, in the direction of the prices."""
LENGTH = 0.3
"""Length of a step of the prices, as a share of Polyak's."""


@njit(cache=True)
def _keep(first, vessel, end, cost, berth_of, has):
    """Strike out stays of vessels that are given to another berth."""
    n_berths, width = first.shape
    size = 0
    has[:] = False
    for b in range(n_berths):
        begin, first[b, 0] = first[b, 0], size
        for t in range(width - 1):
            stop = first[b, t + 1]
            for i in range(begin, stop):
                v = vessel[i]
                if berth_of[v] == NEVER or berth_of[v] == b:
                    vessel[size], end[size], cost[size] = v, end[i], cost[i]
                    has[v] = True
                    size += 1
            begin, first[b, t + 1] = stop, size


@njit(cache=True)
def _take_rows(first, vessel, end, cost, price, rest, best, used, begun):
    """Fill each berth at least cost; return that cost, who is where how often, sums of starts."""
    n_berths, width = first.shape
    used[:], begun[:] = 0.0, 0.0
    total = 0.0
    for b in range(n_berths):
        rest[width - 1] = 0.0
        for t in range(width - 2, -1, -1):
            low, taken = rest[t + 1], NEVER
            for i in range(first[b, t], first[b, t + 1]):
                value = cost[i] - price[vessel[i]] + rest[end[i]]
                if value < low:
                    low, taken = value, i
            rest[t], best[t] = low, taken
        total += rest[0]
        t = 0
        while t < width - 1:
            i = best[t]
            if i == NEVER:
                t += 1
            else:
                used[vessel[i], b] += 1.0
                begun[vessel[i], b] += t
                t = end[i]
    return total


@njit(cache=True)
def _settle(
    first, vessel, end, cost, price, mean, start, has, fresh, target, rounds
):  # fmt: skip
    """Let prices follow the rows; keep means of who is where and of starts; return their age."""
    n_vessels, n_berths = mean.shape
    rest, best = np.zeros(first.shape[1]), np.empty(first.shape[1] - 1, np.int32)
    used, begun = np.zeros((n_vessels, n_berths)), np.zeros((n_vessels, n_berths))
    short = np.zeros(n_vessels)
    for _ in range(rounds):
        value = price[has].sum()
        value += _take_rows(first, vessel, end, cost, price, rest, best, used, begun)
        fresh = max(0.9 * fresh, SHARE)
        norm = 0.0
        for v in range(n_vessels):
            short[v] = 1.0 if has[v] else 0.0
            for b in range(n_berths):
                mean[v, b] += fresh * (used[v, b] - mean[v, b])
                start[v, b] += fresh * (begun[v, b] - start[v, b])
                if has[v]:
                    short[v] -= MIX * used[v, b] + (1.0 - MIX) * mean[v, b]
            norm += short[v] ** 2
        if norm < 1e-9:
            break
        step = LENGTH * max(target - value, 1e-3 * abs(target)) / norm
        for v in range(n_vessels):
            price[v] += step * short[v]
    return fresh


@njit(cache=True)
def _give(mean, start, noise, home, berth_of, many):
    """Give the vessels that are surest of a berth to it; return how many are left."""
    n_vessels = len(mean)
    sure, at, left = np.full(n_vessels, -np.inf), home.copy(), 0
    for v in range(n_vessels):
        if berth_of[v] == NEVER:
            left += 1
            total = mean[v].sum()
            sure[v] = noise[v]
            if total > 1e-9:
                at[v] = mean[v].argmax()
                sure[v] += mean[v, at[v]] / total
    for _ in range(min(many, left)):
        v = int(sure.argmax())
        b = at[v]
        hour = start[v, b] / max(mean[v, b], 1e-9)
        mean[v], start[v] = 0.0, 0.0
        mean[v, b], start[v, b] = 1.0, hour
        berth_of[v], sure[v] = b, -np.inf
        left -= 1
    return left


@njit(cache=True, nogil=True)
def dive(
    first, vessel, end, cost, price, target, berth_of, home, noise, warm, rounds, many, order, count
):  # fmt: skip
    """Give vessels to berths step by step, the prices of the relaxation following, and order them.

    The stays that a relaxation of "each vessel once" takes are averaged while its prices follow
    the subgradient (the volume algorithm of Barahona and Anbil 2000). The vessels whose mean is
    surest of a berth are given to it, and so on; at each berth they lie in the order of their mean
    starts.

    Parameters
    ----------
    first : int32[n_berths, n_slots + 1]
        Where the stays of each berth and slot begin in the next three; they end where those of the
        next slot begin.
    vessel, end : int32[n]
        Vessel, and slot at which it leaves.
    cost : float64[n]
        Cost of the stay.
    price : float64[n_vessels]
        Prices to begin with.
    target : float
        Cost of a known plan.
    berth_of : int32[n_vessels]
        Berth of vessels that are given to one already, -1 for others; is completed.
    home : int32[n_vessels]
        Berth of vessels that the relaxation never takes.
    noise : float64[n_vessels]
        Is added to how sure a vessel is of its berth.
    warm, rounds : int
        Steps of the prices at first and at last, and between two steps of giving.
    many : int
        Vessels given at once.
    order : int32[n_berths, n_vessels]
        Become the vessels of each berth in order.
    count : int32[n_berths]
        How many they become.
    """
    n_vessels, n_berths = len(price), len(first)
    first, vessel, end, cost = first.copy(), vessel.copy(), end.copy(), cost.copy()
    price, has = price.copy(), np.zeros(n_vessels, np.bool_)
    mean, start = np.zeros((n_vessels, n_berths)), np.zeros((n_vessels, n_berths))
    left, fresh, todo = 1, 1.0, warm
    while left > 0:
        _keep(first, vessel, end, cost, berth_of, has)
        fresh = _settle(
            first, vessel, end, cost, price, mean, start, has, fresh, target, todo
        )  # fmt: skip
        left, todo = _give(mean, start, noise, home, berth_of, many), rounds
    _keep(first, vessel, end, cost, berth_of, has)
    _settle(first, vessel, end, cost, price, mean, start, has, fresh, target, warm)
    hour = np.zeros(n_vessels)
    for v in range(n_vessels):
        b = berth_of[v]
        hour[v] = start[v, b] / max(mean[v, b], 1e-9)
    count[:] = 0
    for v in np.argsort(hour, kind="mergesort"):
        b = berth_of[v]
        order[b, count[b]] = v
        count[b] += 1
