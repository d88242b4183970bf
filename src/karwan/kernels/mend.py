"""Cheapest-path trees that are mended when costs change a little."""

import numpy as np
from numba import njit

from karwan.kernels.heap import pop, push

__all__ = ["MOVED", "STAYED", "mend_tree"]

UNREACHED = -1
UNKNOWN, STAYED, MOVED = 0, 1, 2


@njit(cache=True)
def _relabel(tail, cost, origin, via, label, chain):
    """Give each node of a tree its cost along the tree."""
    n = len(label)
    label[:] = -1.0
    for v in range(n):
        depth, at = 0, v
        while label[at] < 0.0 and via[at] != UNREACHED:
            chain[depth] = at
            depth += 1
            at = tail[via[at]]
        if label[at] < 0.0:
            label[at] = 0.0 if at == origin else np.inf
        total = label[at]
        while depth > 0:
            depth -= 1
            total += cost[via[chain[depth]]]
            label[chain[depth]] = total


@njit(cache=True)
def _relax(first_arc, head, cost, u, via, label, moved, key, node, size):
    """Lower the labels of the nodes next to one and return the new size of the heap."""
    base = label[u]
    for a in range(first_arc[u], first_arc[u + 1]):
        v, reached = head[a], base + cost[a]
        if reached < label[v]:
            label[v], via[v], moved[v] = reached, a, MOVED
            size = push(key, node, size, reached, v)
    return size


@njit(cache=True)
def _spread(tail, via, moved, chain):
    """Mark what lies behind a node that moved as moved, and all else as stayed."""
    for v in range(len(via)):
        depth, at = 0, v
        while moved[at] == UNKNOWN and via[at] != UNREACHED:
            chain[depth] = at
            depth += 1
            at = tail[via[at]]
        if moved[at] == UNKNOWN:
            moved[at] = STAYED
        while depth > 0:
            depth -= 1
            moved[chain[depth]] = moved[at]


@njit(cache=True)
def mend_tree(first_arc, head, tail, cost, through, origin, via, label, moved, key, node):
    """Turn a tree into the cheapest-path tree of new costs.

    The tree is labelled anew, every arc is looked at once, and Dijkstra's algorithm spreads what
    became cheaper. A tree of the origin alone (`via` all -1) grows into a whole one.

    Parameters
    ----------
    first_arc : int32[n_nodes + 1]
        ``first_arc[i]:first_arc[i + 1]`` are the arcs that leave node i.
    head, tail : int32[n_arcs]
        Node each arc leads to, and leaves.
    cost : float64[n_arcs]
        Cost of each arc, at least 0.
    through : bool[n_nodes]
        Whether paths may pass through a node.
    origin : int
        Root.
    via : int32[n_nodes]
        Last arc on the path to each node, -1 at the root and where unreached; changed in place.
    label : float64[n_nodes]
        Cost to each node, inf where unreached; written.
    moved : int8[n_nodes]
        MOVED where the path to a node is another one than before, STAYED elsewhere; written.
    key : float64[n_nodes + 2 * n_arcs]
        Room for work.
    node : int32[n_nodes + 2 * n_arcs]
        Room for work.
    """
    _relabel(tail, cost, origin, via, label, node)
    moved[:] = UNKNOWN
    size = 0
    for u in range(len(label)):
        if label[u] < np.inf and (through[u] or u == origin):
            size = _relax(first_arc, head, cost, u, via, label, moved, key, node, size)
    if size == 0:
        moved[:] = STAYED
        return
    while size > 0:
        base, u = key[0], node[0]
        size = pop(key, node, size)
        if base <= label[u] and (through[u] or u == origin):
            size = _relax(first_arc, head, cost, u, via, label, moved, key, node, size)
    _spread(tail, via, moved, node)
