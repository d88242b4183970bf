"""From the states of a tree to its arcs."""

import numpy as np
from numba import njit

__all__ = ["cheapest_twins", "tree_arcs"]

NONE = -1


@njit(cache=True)
def cheapest_twins(cost, order, start):
    """Return the cheapest of parallel arcs, the first of equals.

    Parameters
    ----------
    cost : float64[n_arcs]
        Cost of each arc.
    order : int64[n_arcs]
        Arcs by the pair of states they join.
    start : int64[n_pairs + 1]
        First arc of each pair in that order.

    Returns
    -------
    least : float64[n_pairs]
        Least cost of each pair.
    chosen : int32[n_pairs]
        Its arc.
    """
    n_pairs = len(start) - 1
    least, chosen = np.empty(n_pairs), np.empty(n_pairs, np.int32)
    for pair in range(n_pairs):
        best = order[start[pair]]
        for k in range(start[pair] + 1, start[pair + 1]):
            if cost[order[k]] < cost[best]:
                best = order[k]
        least[pair], chosen[pair] = cost[best], best
    return least, chosen


@njit(cache=True)
def tree_arcs(before, first_pair, far, chosen):
    """Return the arc by which each state of some trees is reached.

    Parameters
    ----------
    before : int32[n_trees, n_states]
        State before each state, negative at the root and where unreached.
    first_pair : int32[n_states + 1]
        Pairs of each near state.
    far : int32[n_pairs]
        Far state of each pair, rising among those of one near state.
    chosen : int32[n_pairs]
        Arc of each pair.

    Returns
    -------
    int32[n_trees, n_states]
        Arcs, -1 at the root and where unreached.
    """
    arc = np.full(before.shape, NONE, np.int32)
    for tree in range(before.shape[0]):
        for state in range(before.shape[1]):
            near = before[tree, state]
            if near < 0:
                continue
            low, high = first_pair[near], first_pair[near + 1]
            while low < high:
                middle = (low + high) >> 1
                if far[middle] < state:
                    low = middle + 1
                else:
                    high = middle
            arc[tree, state] = chosen[low]
    return arc
