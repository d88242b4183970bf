"""Newton's method, within a bracket, for the flow that makes two paths cost the same."""

import numpy as np
from numba import njit

from karwan.kernels.volume_delay import link_cost, link_slope

__all__ = ["move_flow"]

MOST_STEPS = 24
WELL_DONE = 0.25
"""A shift ends when the difference of two paths has fallen to this share."""


@njit(cache=True)
def _excess(cost, slope, differ, n_from, n):
    """Return by how much the first part of the arcs costs more, and its derivative."""
    excess, bend = 0.0, 0.0
    for i in range(n):
        a = differ[i]
        excess += cost[a] if i < n_from else -cost[a]
        bend += slope[a]
    return excess, bend


@njit(cache=True)
def move_flow(curves, flow, cost, slope, differ, n_from, n, most):
    """Move flow between two paths until they cost about the same, or all of it has moved.

    Newton's method within a bracket. The first `n_from` arcs of `differ` lie on the path that
    loses flow, the others on the one that gains.

    Returns
    -------
    float
        Flow moved, at most `most`.
    """
    low, high, moved, tried = 0.0, most, 0.0, False
    excess, bend = _excess(cost, slope, differ, n_from, n)
    if excess <= 0.0:
        return 0.0
    enough, before = WELL_DONE * excess, np.inf
    for turn in range(MOST_STEPS):
        target = moved + excess / bend if bend > 0.0 else np.inf
        if not low < target < high or 2.0 * abs(excess) > before:
            target = 0.5 * (low + high) if tried else most
        if turn == MOST_STEPS - 1 and excess < 0.0:
            target = low
        tried = tried or target == most
        step, moved, before = target - moved, target, abs(excess)
        for i in range(n):
            a = differ[i]
            flow[a] = max(flow[a] - step if i < n_from else flow[a] + step, 0.0)
            cost[a] = link_cost(curves, a, flow[a])
            slope[a] = link_slope(curves, a, flow[a])
        excess, bend = _excess(cost, slope, differ, n_from, n)
        if abs(excess) <= enough or (moved == most and excess > 0.0):
            break
        if excess > 0.0:
            low = moved
        else:
            high = moved
    return moved
