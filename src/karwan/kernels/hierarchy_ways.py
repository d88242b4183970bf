"""Cheapest ways by a customised contraction hierarchy, many to many."""

import numpy as np
from numba import njit

from karwan.kernels.hierarchy import DOWN, LESS, UP

__all__ = ["GRAPH", "NONE", "climb", "meet", "place_costs"]

NONE, GRAPH = -1, -2
"""Of an arc of the hierarchy: there is no way; arc a of the graph is written -2 - a."""


@njit(cache=True)
def place_costs(ends, cost, begin, up):
    """Put the arcs of a graph, the cheapest of parallel ones, on those of its hierarchy.

    Parameters
    ----------
    ends : (int32[n], int32[n])
        Nodes each arc leaves and reaches, by order of removal.
    cost : float64[n]
        Costs.
    begin, up
        As `supergraph` returns them.

    Returns
    -------
    cost : float64[2, n_arcs]
        Cost up and down, ``inf`` where the graph has no arc.
    via : int32[2, n_arcs]
        -2 less the arc of the graph, -1 where there is none.
    strange : int
        An arc for which the hierarchy has none, -1 if there is no such arc.
    """
    strange = NONE
    placed, via = np.full((2, len(up)), np.inf), np.full((2, len(up)), NONE, np.int32)
    for a in range(len(cost)):
        x, y = ends[0][a], ends[1][a]
        if x == y:
            continue
        low, high = min(x, y), max(x, y)
        k = begin[low] + np.searchsorted(up[begin[low] : begin[low + 1]], high)
        if k == begin[low + 1] or up[k] != high:
            strange = a
            continue
        way = UP if x < y else DOWN
        if cost[a] < placed[way, k]:
            placed[way, k], via[way, k] = cost[a], GRAPH - a
    return placed, via, strange


@njit(cache=True)
def climb(nodes, tree, begin, place, cost):
    """Label what is above each of some nodes with the cheapest way there by arcs that go up.

    Parameters
    ----------
    nodes : int32[n]
        Nodes.
    tree : (int32[n_nodes], int32[n_nodes])
        Parent and depth of each node.
    begin, place
        As for `customise`.
    cost : float64[n_arcs]
        Cost of the arcs in the direction that is asked for.

    Returns
    -------
    label : float64[n, deepest + 1]
        Cost from each node to the node above it at each depth, ``inf`` if there is no way.
    by : int32[n, deepest + 1]
        Last arc of that way, -1 at the node itself and where there is none.
    """
    parent, depth = tree
    room = depth.max() + 1
    labels, by = np.full((len(nodes), room), np.inf), np.full((len(nodes), room), NONE, np.int32)
    for i in range(len(nodes)):
        label, last = labels[i], by[i]
        x = nodes[i]
        label[depth[x]] = 0.0
        while x != NONE:
            so_far = label[depth[x]]
            if so_far < np.inf:
                for k in range(begin[x], begin[x + 1]):
                    c = so_far + cost[k]
                    if c < LESS * label[place[k]]:
                        label[place[k]], last[place[k]] = c, k
            x = parent[x]
    return labels, by


@njit(cache=True)
def meet(ends, tree, up, down):
    """Find where the way up from each source and the way down to each target meet best.

    Parameters
    ----------
    ends : (int32[n_sources], int32[n_targets])
        Sources and targets.
    tree : (int32[n_nodes], int32[n_nodes])
        Parent and depth of each node.
    up, down : float64[n, deepest + 1]
        Labels of sources and of targets.

    Returns
    -------
    cost : float64[n_sources, n_targets]
        Cost of the cheapest way, ``inf`` if there is none.
    at : int32[n_sources, n_targets]
        Depth of its highest node, -1 if there is none; the lowest of several.
    """
    parent, depth = tree
    sources, targets = ends
    cost = np.full((len(sources), len(targets)), np.inf)
    at = np.full(cost.shape, NONE, np.int32)
    above = np.full(down.shape, NONE, np.int32)
    for j in range(len(targets)):
        x = targets[j]
        while x != NONE:
            above[j, depth[x]] = x
            x = parent[x]
    own = np.empty(up.shape[1], np.int32)
    for i in range(len(sources)):
        own[:] = GRAPH
        x = sources[i]
        while x != NONE:
            own[depth[x]] = x
            x = parent[x]
        for j in range(len(targets)):
            low, high = -1, min(depth[sources[i]], depth[targets[j]])
            while low < high:
                middle = (low + high + 1) // 2
                if own[middle] == above[j, middle]:
                    low = middle
                else:
                    high = middle - 1
            least = np.inf
            for d in range(low + 1):
                least = min(least, up[i, d] + down[j, d])
            for d in range(low, -1, -1):
                if least < np.inf and LESS * (up[i, d] + down[j, d]) <= least:
                    cost[i, j], at[i, j] = up[i, d] + down[j, d], d
                    break
    return cost, at
