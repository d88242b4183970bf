"""Customisable contraction hierarchies: arcs of the hierarchy and what they cost."""

import numpy as np
from numba import njit

__all__ = ["DOWN", "LESS", "UP", "customise", "lower_arcs", "supergraph"]

UP, DOWN = 0, 1
"""Ways of an arc of the hierarchy: from its lower to its higher end, and back."""
LESS = 1 - 1e-12
"""A way is cheaper than another if it costs less than so much of it: sums of the same costs in
another order are not."""


@njit(cache=True)
def supergraph(first, higher):
    """Return the chordal supergraph of a graph whose nodes are removed in order of their number.

    When a node is removed its higher neighbours are joined to each other (Dibbelt, Strasser and
    Wagner 2016); they are those of the graph and those of the nodes of which it is the lowest
    higher neighbour.

    Parameters
    ----------
    first : int64[n_nodes + 1]
        Slice of each node in `higher`.
    higher : int32[n]
        Neighbours with a higher number.

    Returns
    -------
    parent : int32[n_nodes]
        Lowest higher neighbour, -1 if there is none.
    begin : int64[n_nodes + 1]
        Slice of each node in `up`.
    up : int32[n_arcs]
        Higher neighbours in the supergraph, ascending.
    """
    n = len(first) - 1
    parent, child = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    sibling, seen = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    begin = np.zeros(n + 1, np.int64)
    up = np.empty(8 * len(higher) + 1, np.int32)
    for x in range(n):
        count = begin[x]
        room = count + first[x + 1] - first[x]
        c = child[x]
        while c != -1:
            room += begin[c + 1] - begin[c]
            c = sibling[c]
        if room > len(up):
            up = np.append(up, np.empty(max(room - len(up), len(up)), np.int32))
        seen[x] = x
        for y in higher[first[x] : first[x + 1]]:
            if seen[y] != x:
                seen[y], up[count] = x, y
                count += 1
        c = child[x]
        while c != -1:
            for y in up[begin[c] : begin[c + 1]]:
                if seen[y] != x:
                    seen[y], up[count] = x, y
                    count += 1
            c = sibling[c]
        up[begin[x] : count].sort()
        if count > begin[x]:
            lowest = up[begin[x]]
            parent[x], sibling[x], child[lowest] = lowest, child[lowest], x
        begin[x + 1] = count
    return parent, begin, up[: begin[n]].copy()


@njit(cache=True)
def lower_arcs(begin, up):
    """Return the lower end of each arc of a hierarchy, and the arcs by their higher end.

    Parameters
    ----------
    begin, up
        As `supergraph` returns them.

    Returns
    -------
    tail : int32[n_arcs]
        Lower end.
    below : int64[n_nodes + 1]
        Slice of each node in `arc`.
    arc : int32[n_arcs]
        Arcs of which it is the higher end, by ascending lower end.
    """
    n = len(begin) - 1
    tail, arc = np.empty(len(up), np.int32), np.empty(len(up), np.int32)
    below = np.zeros(n + 1, np.int64)
    for x in range(n):
        for k in range(begin[x], begin[x + 1]):
            tail[k] = x
            below[up[k] + 1] += 1
    below = np.cumsum(below)
    at = below[:-1].copy()
    for k in range(len(up)):
        arc[at[up[k]]] = k
        at[up[k]] += 1
    return tail, below, arc


@njit(cache=True)
def customise(begin, tail, place, below, arc, cost, via):
    """Give every arc of a hierarchy what the cheapest way through lower nodes costs, in place.

    Node by node, each arc u - v is compared with u - x - v for all x below both. Of ways of the
    same cost that with the lowest x is kept, so that no way goes round a circle of no cost.

    Parameters
    ----------
    begin, tail, below, arc
        As `supergraph` and `lower_arcs` return them.
    place : int32[n_arcs]
        Depth of the higher end in the tree of parents, which no two arcs of a node share.
    cost : float64[2, n_arcs]
        Cost up and down; that of arcs of the graph, ``inf`` where there is none, to begin with.
    via : int32[2, n_arcs]
        Set where a way through lower nodes is cheaper: arc x - u of that way.
    """
    cost_up, cost_down = cost[UP], cost[DOWN]
    room = (place.max() if len(place) else 0) + 1
    up, down = np.empty(room), np.empty(room)
    via_up, via_down = np.empty(room, np.int32), np.empty(room, np.int32)
    for u in range(len(begin) - 1):
        for k in range(begin[u], begin[u + 1]):
            i = place[k]
            up[i], down[i] = cost_up[k], cost_down[k]
            via_up[i], via_down[i] = via[UP, k], via[DOWN, k]
        for j in range(below[u], below[u + 1]):
            e = arc[j]
            to_x, from_x = cost_down[e], cost_up[e]
            if to_x == np.inf and from_x == np.inf:
                continue
            for k in range(e + 1, begin[tail[e] + 1]):
                i = place[k]
                c = to_x + cost_up[k]
                if c < LESS * up[i]:
                    up[i], via_up[i] = c, e
                c = from_x + cost_down[k]
                if c < LESS * down[i]:
                    down[i], via_down[i] = c, e
        for k in range(begin[u], begin[u + 1]):
            i = place[k]
            cost_up[k], cost_down[k] = up[i], down[i]
            via[UP, k], via[DOWN, k] = via_up[i], via_down[i]
