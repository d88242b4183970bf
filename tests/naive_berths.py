"""Slow readable twins of the berth kernels, and plans by trying everything."""

import math
from functools import cache

import numpy as np
from scipy.optimize import linprog


def order_cost(after, pay, order, count):
    total = 0.0
    for b, n in enumerate(count):
        t = 0
        for v in order[b][:n]:
            total += pay[b, v, t]
            t = after[b, v, t]
    return total


def relaxed_cost(finish, cost, price):
    """Cheapest rows of stays without overlap, a vessel as often as one likes, plus the prices."""
    n_berths, n_slots, n_vessels = finish.shape

    @cache
    def rest(b, t):
        if t == n_slots:
            return 0.0
        best = rest(b, t + 1)
        for v in range(n_vessels):
            end = int(finish[b, t, v])
            if end >= 0:
                best = min(best, cost[b, t, v] - price[v] + rest(b, end))
        return best

    return sum(rest(b, 0) for b in range(n_berths)) + sum(price)


def relaxed_cost_with(finish, cost, price, b, t, v):
    """The same with one stay forced into its berth."""
    forced, other = finish.copy(), finish.copy()
    end = finish[b, t, v]
    forced[b, t:end] = -1
    for s in range(t):
        forced[b, s][finish[b, s] > t] = -1
    other[b] = -1
    return relaxed_cost(forced, cost, price) + cost[b, t, v] - price[v]


def best_plan(finish, cost):
    """Least cost of stays, one for each vessel, no two at the same time at a berth; inf if none."""
    n_berths, n_slots, n_vessels = finish.shape
    best = math.inf

    def go_on(v, taken, spent):
        nonlocal best
        if spent >= best:
            return
        if v == n_vessels:
            best = spent
            return
        for b in range(n_berths):
            for t in range(n_slots):
                end = finish[b, t, v]
                if end >= 0 and all(c != b or end <= s or e <= t for c, s, e in taken):
                    go_on(v + 1, [*taken, (b, t, end)], spent + cost[b, t, v])

    go_on(0, [], 0.0)
    return best


def best_quay(grid, cost):
    """Least cost of a plan of a quay: every start, bow and number of cranes of every vessel tried."""
    capacity = grid.problem.settings["cranes"]
    n_slots, best = grid.n_slots, math.inf

    def go_on(v, boxes, used, spent):
        nonlocal best
        if spent >= best:
            return
        if v == len(grid.rows):
            best = spent
            return
        row = grid.rows[v]
        for q in range(row["cranes_min"], min(row["cranes_max"], capacity) + 1):
            for start in range(n_slots):
                done = start + int(grid.work[v, q])
                if not grid.may_start[v, start] or done > n_slots or grid.out[v, done] < 0:
                    continue
                if any(used[t] + q > capacity for t in range(start, done)):
                    continue
                end = int(grid.out[v, done])
                more = [u + q * (start <= t < done) for t, u in enumerate(used)]
                for bow in range(grid.allowed.shape[1]):
                    box = (start, end, bow, bow + int(grid.cells[v]))
                    if grid.allowed[v, bow] and not any(_meet(box, other) for other in boxes):
                        value = cost(v, start, end, bow)
                        go_on(v + 1, [*boxes, box], more, spent + value)

    go_on(0, [tuple(b) for b in grid.boxes.tolist()], grid.used.tolist(), 0.0)
    return best


def _meet(one, two):
    return one[0] < two[1] and two[0] < one[1] and one[2] < two[3] and two[2] < one[3]


def place_vessels(grid, order, cranes, wish):
    """Berth vessels in an order, each at the first slot and there at the cell nearest its wish."""
    boxes, used = [tuple(b) for b in grid.boxes.tolist()], grid.used.tolist()
    capacity, found = grid.problem.settings["cranes"], {}
    for v in order:
        q, hours = cranes[v], int(grid.work[v, cranes[v]])
        for start in range(grid.n_slots - hours + 1):
            free = all(used[t] + q <= capacity for t in range(start, start + hours))
            end = int(grid.out[v, start + hours])
            if not grid.may_start[v, start] or not free or end < 0:
                continue
            bows = [
                p for p in range(grid.allowed.shape[1])
                if grid.allowed[v, p]
                and not any(_meet((start, end, p, p + int(grid.cells[v])), b) for b in boxes)
            ]  # fmt: skip
            if bows:
                bow = min(bows, key=lambda p: (abs(p - wish[v]), p))
                boxes.append((start, end, bow, bow + int(grid.cells[v])))
                for t in range(start, start + hours):
                    used[t] += q
                found[v] = (start, end, bow)
                break
    return found


def linear_cost(finish, cost):
    """Return what the cheapest shares of stays cost: vessels once, berths at most full."""
    rows = [tuple(c) for c in np.argwhere(finish >= 0).tolist()]
    n_berths, n_slots, n_vessels = finish.shape
    once = np.zeros((n_vessels, len(rows)))
    full = np.zeros((n_berths * n_slots, len(rows)))
    for k, (b, t, v) in enumerate(rows):
        once[v, k] = 1.0
        full[b * n_slots + t : b * n_slots + finish[b, t, v], k] = 1.0
    found = linprog([cost[c] for c in rows], full, np.ones(len(full)), once, np.ones(n_vessels))
    return found.fun


def price_step(value, over, now, best, smooth, state, target, goal, patience, share, low, high):
    """Return prices, best prices, smoothed subgradient, state, and whether it is over."""
    bound, length, stale = state
    if value > bound + 1e-9:
        stale = 0 if value > bound + 1e-6 * abs(target) else stale
        bound, best = value, list(now)
    else:
        stale += 1
    if stale >= patience:
        length, stale, now, smooth = length / 2, 0, list(best), [0.0] * len(now)
    else:
        smooth = [share * o + (1 - share) * s for o, s in zip(over, smooth, strict=True)]
        ahead = zip(now, smooth, strict=True)
        free = [s for p, s in ahead if not (p <= low and s <= 0) and not (p >= high and s >= 0)]
        norm = sum(s * s for s in free)
        if norm < 1e-12:
            return now, best, smooth, [bound, length, stale], True
        step = length * max(goal - value, 1e-3) / norm
        now = [min(max(p + step * s, low), high) for p, s in zip(now, smooth, strict=True)]
    return now, best, smooth, [bound, length, stale], length < 1e-3 or bound >= target - 1e-9
