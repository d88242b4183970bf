"""Slow readable twins of the kernels: what they must compute, in plain Python."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np


def dominates(a, b):
    """Say whether a vector is no worse in every criterion and better in one."""
    return all(x <= y for x, y in zip(a, b, strict=True)) and tuple(a) != tuple(b)


def front_of(vectors):
    """Return the distinct vectors that no other dominates, sorted."""
    distinct = sorted(set(map(tuple, vectors)))
    return [v for v in distinct if not any(dominates(w, v) for w in distinct)]


def pareto_front(first_arc, head, cost, origin, target):
    """Return the Pareto front by label correcting: every state keeps its front until none changes."""
    labels = {origin: {(0.0,) * cost.shape[1]}}
    queue = deque([origin])
    while queue:
        state = queue.popleft()
        for a in range(first_arc[state], first_arc[state + 1]):
            if not np.isfinite(cost[a]).all():
                continue
            to = int(head[a])
            reached = {tuple(np.add(v, cost[a])) for v in labels[state]}
            merged = set(front_of(labels.get(to, set()) | reached))
            if merged != labels.get(to, set()):
                labels[to] = merged
                if to not in queue:
                    queue.append(to)
    return sorted(labels.get(target, set()))


def pareto_by_constraints(first_arc, head, cost, origin, target):
    """Return the front of two criteria by shortest paths under a falling limit on the second.

    The epsilon-constraint method (Haimes, Lasdon and Wismer 1971) on a graph whose states are
    copied once for each whole amount of the second criterion, which must be a whole number.
    """
    whole = cost.astype(int)
    best = {(origin, 0): 0.0}
    order = [(0, origin)]
    limit = int(whole[:, 1].sum())
    found = {}
    for spent in range(limit + 1):
        level = {s for used, s in order if used == spent}
        changed = deque(level)
        while changed:
            state = changed.popleft()
            for a in range(first_arc[state], first_arc[state + 1]):
                to, used = int(head[a]), spent + int(whole[a, 1])
                money = best[state, spent] + cost[a, 0]
                if used <= limit and money < best.get((to, used), np.inf):
                    best[to, used] = money
                    order.append((used, to))
                    if used == spent:
                        changed.append(to)
        if (target, spent) in best:
            found[spent] = best[target, spent]
    return front_of((money, float(spent)) for spent, money in found.items())


def best_simple_costs(tail, head, cost, origin, target):
    """Return the front over all paths that visit no state twice, by trying every one."""
    arcs = {}
    for a, (t, h) in enumerate(zip(tail.tolist(), head.tolist(), strict=True)):
        arcs.setdefault(t, []).append((a, h))
    found = []

    def go(state, seen, total):
        if state == target:
            found.append(tuple(total))
            return
        for a, to in arcs.get(state, ()):
            if to not in seen:
                go(to, seen | {to}, np.add(total, cost[a]))

    go(origin, {origin}, np.zeros(cost.shape[1]))
    return front_of(found)


def path_states(tail, head, arcs):
    """Return the states along arcs; fails if they do not join."""
    for a, b in pairwise(arcs):
        if head[a] != tail[b]:
            message = f"arc {a} ends at {head[a]}, arc {b} starts at {tail[b]}"
            raise ValueError(message)
    return [int(tail[arcs[0]]), *(int(head[a]) for a in arcs)] if len(arcs) else []


def gate_extra(schedule, gate, hour):
    """Return extra time, variance and surcharge of a gate at a whole hour; None if it is shut."""
    first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow = schedule
    if gate < 0:
        return np.zeros(3)
    spans = range(first_shut[gate], first_shut[gate + 1])
    if any(shut_from[i] < hour < shut_to[i] for i in spans):
        return None
    pieces = range(first_slow[gate], first_slow[gate + 1])
    return sum((slow[i] for i in pieces if slow_from[i] <= hour < slow_to[i]), np.zeros(3))


def timed_states(first_arc, head, cost, gate, surcharge, schedule, origin, horizon):
    """Return the cost vectors at every state and whole hour, by expanding time.

    Criteria are time, money without what time costs, and variance, all whole numbers. A step
    waits one hour or takes an arc whose gate is open at that very hour, hampered or not.
    """
    at = [{} for _ in range(horizon + 1)]
    at[0][origin] = {(0.0, 0.0)}
    for hour in range(horizon + 1):
        pending = deque(at[hour])
        while pending:
            state = pending.popleft()
            for a in range(first_arc[state], first_arc[state + 1]):
                extra = gate_extra(schedule, gate[a], hour)
                if extra is None or hour + cost[a, 0] + extra[0] > horizon:
                    continue
                to, later = int(head[a]), hour + int(cost[a, 0] + extra[0])
                money, spread = cost[a, 1] + extra[2] * surcharge[a], cost[a, 2] + extra[1]
                reached = {(m + money, v + spread) for m, v in at[hour][state]}
                known = at[later].get(to, set())
                merged = set(front_of(known | reached))
                if merged != known:
                    at[later][to] = merged
                    if later == hour and to not in pending:
                        pending.append(to)
        if hour < horizon:
            for state, vectors in at[hour].items():
                known = at[hour + 1].get(state, set())
                at[hour + 1][state] = set(front_of(known | vectors))
    return at


def timed_front(first_arc, head, cost, gate, surcharge, schedule, rate, origin, target, horizon):
    """Return the front of time, money with ``rate`` an hour, and variance at the target."""
    at = timed_states(first_arc, head, cost, gate, surcharge, schedule, origin, horizon)
    return front_of(
        (float(hour), money + rate * hour, spread)
        for hour, states in enumerate(at)
        for money, spread in states.get(target, ())
    )
