"""Sums of several fields along ways of a customised contraction hierarchy."""

import numpy as np
from numba import njit

from karwan.kernels.hierarchy import DOWN, UP
from karwan.kernels.hierarchy_ways import GRAPH, NONE

__all__ = ["add_half", "arc_fields", "arcs_used"]


@njit(cache=True)
def arcs_used(halves, nodes, depth, arcs, via):
    """List the arcs of a hierarchy on some ways, and those that they stand for.

    Parameters
    ----------
    halves : tuple of (int32[n, m], int32[n, deepest + 1])
        For the ways up from sources and down to targets: depths at which they end, -1 for none,
        and the last arc of the way to each depth.
    nodes : tuple of int32[n]
        Sources and targets.
    depth : int32[n_nodes]
        Depth of each node.
    arcs : (int64[n_nodes + 1], int32[n_arcs], int32[n_arcs])
        Slice of each node, higher and lower end of each arc.
    via : int32[2, n_arcs]
        As `customise` leaves it.

    Returns
    -------
    used : int64[n_used]
        Twice each arc, plus 1 if it is used downwards; ascending, so that an arc comes after
        those that it stands for.
    slot : int32[2, n_arcs]
        Place of each arc in `used`, -1 if it is not used.
    """
    slot = np.full(via.shape, NONE, np.int32)
    used = [np.int64(0) for _ in range(0)]
    _, _, tail = arcs
    for way in (UP, DOWN):
        at, by = halves[way]
        for i in range(len(at)):
            is_seen = np.zeros(by.shape[1], np.bool_)
            is_seen[depth[nodes[way][i]]] = True
            for j in range(at.shape[1]):
                d = at[i, j]
                while d != NONE and not is_seen[d]:
                    is_seen[d] = True
                    _use(by[i, d], way, slot, used)
                    d = depth[tail[by[i, d]]]
    looked_at = 0
    while looked_at < len(used):
        arc, direction = used[looked_at] // 2, used[looked_at] % 2
        if via[direction, arc] >= 0:
            first, second = _halves_of(arc, direction, arcs, via)
            _use(first, DOWN, slot, used)
            _use(second, UP, slot, used)
        looked_at += 1
    ordered = np.array(used)
    ordered.sort()
    for place in range(len(ordered)):
        slot[ordered[place] % 2, ordered[place] // 2] = place
    return ordered, slot


@njit(cache=True)
def _use(arc, way, slot, used):
    if slot[way, arc] == NONE:
        slot[way, arc] = 0
        used.append(2 * np.int64(arc) + way)


@njit(cache=True)
def _halves_of(arc, way, arcs, via):
    """Return the arcs of the way an arc stands for: down to the lowest node, and up from it."""
    begin, up, tail = arcs
    lower = via[way, arc]
    x = tail[lower]
    higher = begin[x] + np.searchsorted(up[begin[x] : begin[x + 1]], up[arc])
    return (lower, higher) if way == UP else (higher, lower)


@njit(cache=True)
def arc_fields(used, slot, arcs, via, fields):
    """Sum fields along the ways that arcs of a hierarchy stand for.

    Parameters
    ----------
    used, slot
        As `arcs_used` returns them.
    arcs, via
        As for `arcs_used`.
    fields : float64[n_graph_arcs, n_fields]
        What each arc of the graph adds.

    Returns
    -------
    float64[n_used, n_fields]
        Sums.
    """
    summed = np.empty((len(used), fields.shape[1]))
    for i in range(len(used)):
        arc, way = used[i] // 2, used[i] % 2
        if via[way, arc] >= 0:
            first, second = _halves_of(arc, way, arcs, via)
            summed[i] = summed[slot[DOWN, first]] + summed[slot[UP, second]]
        else:
            summed[i] = fields[GRAPH - via[way, arc]]
    return summed


@njit(cache=True)
def add_half(total, half, nodes, depth, tail, slot, summed):
    """Add what ways sum up between their sources, or their targets, and their highest nodes.

    Parameters
    ----------
    total : float64[n, m, n_fields]
        Changed: sums by end and by what is at the other end.
    half : (int32[n, m], int32[n, deepest + 1])
        As `halves` of `arcs_used`.
    nodes : int32[n]
        Ends.
    depth, tail
        Depth of each node, lower end of each arc.
    slot : int32[n_arcs]
        Place of each arc in `summed`, of arcs up for sources and down for targets.
    summed : float64[n_used, n_fields]
        As `arc_fields` returns them.
    """
    at, by = half
    so_far, path = np.zeros((by.shape[1], total.shape[2])), np.empty(by.shape[1], np.int32)
    for i in range(len(at)):
        is_known = np.zeros(by.shape[1], np.bool_)
        is_known[depth[nodes[i]]] = True
        so_far[depth[nodes[i]]] = 0.0
        for j in range(at.shape[1]):
            d, length = at[i, j], 0
            if d == NONE:
                continue
            while not is_known[d]:
                path[length] = d
                length += 1
                d = depth[tail[by[i, d]]]
            for p in range(length - 1, -1, -1):
                e = by[i, path[p]]
                so_far[path[p]] = so_far[depth[tail[e]]] + summed[slot[e]]
                is_known[path[p]] = True
            total[i, j] += so_far[at[i, j]]
