"""Shifts of flow between the paths of a pair, towards equal costs.

Flow moves from a dearer path to the cheapest one, over the arcs in which the two differ (gradient
projection, Jayakrishnan et al. 1994).
"""

import numpy as np
from numba import njit

from karwan.kernels.newton import move_flow

__all__ = ["NONE", "path_cost", "sweep"]

NONE = -1
REPEATS = 3
"""Sweeps over the pairs that moved, for each one over all."""


@njit(cache=True)
def path_cost(paths, p, cost):
    """Return the cost of a path, summed from its origin as in a tree."""
    total = 0.0
    for i in range(paths.first[p + 1] - 1, paths.first[p] - 1, -1):
        total += cost[paths.arc[i]]
    return total


@njit(cache=True)
def _differences(paths, p, best, mark, differ):
    """List the arcs that a path has and the best one lacks, then those of the best that it lacks.

    Arcs of the best path have mark 1.

    Returns
    -------
    n_from, n : int
        How many stand in the first part, and in both.
    """
    n = 0
    for i in range(paths.first[p], paths.first[p + 1]):
        a = paths.arc[i]
        if mark[a] == 0:
            differ[n] = a
            n += 1
        else:
            mark[a] = 2
    n_from = n
    for i in range(paths.first[best], paths.first[best + 1]):
        a = paths.arc[i]
        if mark[a] == 1:
            differ[n] = a
            n += 1
        mark[a] = 1
    return n_from, n


@njit(cache=True)
def _shift(paths, pair, curves, flow, cost, slope, mark, differ, even):
    """Shift flow of one pair to its cheapest path.

    Returns
    -------
    short : float
        What its users could have saved.
    moved : bool
        Whether any path cost more than the cheapest by the share `even`.
    """
    best, least, p = NONE, np.inf, paths.newest[pair]
    while p != NONE:
        total = path_cost(paths, p, cost)
        if total < least:
            best, least = p, total
        p = paths.following[p]
    short, moved, p = 0.0, False, paths.newest[pair]
    while p != NONE:
        if p != best and paths.flow[p] > 0.0:
            total = path_cost(paths, p, cost)
            short += paths.flow[p] * (total - least)
            if total > least * (1.0 + even):
                if not moved:
                    moved = True
                    for i in range(paths.first[best], paths.first[best + 1]):
                        mark[paths.arc[i]] = 1
                n_from, n = _differences(paths, p, best, mark, differ)
                step = move_flow(curves, flow, cost, slope, differ, n_from, n, paths.flow[p])
                paths.flow[best] += step
                paths.flow[p] -= step
        p = paths.following[p]
    if moved:
        for i in range(paths.first[best], paths.first[best + 1]):
            mark[paths.arc[i]] = 0
    return short, moved


@njit(cache=True)
def sweep(paths, split, n_split, curves, flow, cost, slope, room, even):
    """Shift flow of every pair once, and a few times more where it moved.

    Parameters
    ----------
    paths : Paths
        Paths; their flows change.
    split : int32[...]
        Pairs with more than one path.
    n_split : int
        How many.
    curves : Curves
        Link performance functions.
    flow, cost, slope : float64[n_arcs]
        Flow of each arc, its cost and the derivative of that; change.
    room : tuple
        ``int8[n_arcs]`` zeros, ``int32[2 * n_arcs]`` and ``int32[n_pairs]`` to work in.
    even : float
        Paths whose costs differ less, as a share, are left alone.

    Returns
    -------
    float
        What the users of these pairs could have saved, each looked at in its turn.
    """
    mark, differ, busy = room
    short, n_busy = 0.0, 0
    for i in range(n_split):
        could, moved = _shift(paths, split[i], curves, flow, cost, slope, mark, differ, even)
        short += could
        if moved:
            busy[n_busy] = split[i]
            n_busy += 1
    for _ in range(REPEATS):
        n, n_busy = n_busy, 0
        for i in range(n):
            moved = _shift(paths, busy[i], curves, flow, cost, slope, mark, differ, even)[1]
            if moved:
                busy[n_busy] = busy[i]
                n_busy += 1
    return short
