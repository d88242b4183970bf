"""Nested dissection of a graph by inertial flow."""

import numpy as np
from numba import njit

from karwan.kernels.narrow_cut import MIDDLE, SINK, SOURCE, narrow_cut, sink_side

__all__ = ["dissect"]

OUTSIDE = -1
FEW = 2
"""Parts of so few nodes are not cut again."""
DIRECTIONS = 4


@njit(cache=True)
def dissect(first, head, twin, x, y, share):
    """Order the nodes of a graph so that separators come after the parts that they separate.

    Inertial flow (Schild and Sommer 2015): along each of four directions the nodes that come
    first and those that come last are held apart by a minimum cut between them; of all cuts the
    one with the least edges by nodes of the smaller part is taken. The nodes at the
    side of the cut that has fewer of them are the separator.

    Parameters
    ----------
    first : int64[n_nodes + 1]
        First arc of each node; each edge is there as two arcs, without loops and repetition.
    head : int32[n_arcs]
        Node each arc reaches.
    twin : int64[n_arcs]
        Arc of the same edge the other way.
    x, y : float64[n_nodes]
        Positions, in any unit.
    share : float
        Share of the nodes held together at either end, below 0.5.

    Returns
    -------
    int32[n_nodes]
        Nodes from the first to be removed to the last.
    """
    n = len(first) - 1
    order = np.arange(n).astype(np.int32)
    part, kept = np.zeros(n, np.int32), np.zeros(n, np.int8)
    side, level = np.zeros(n, np.int8), np.zeros(n, np.int32)
    flow, path = np.zeros(len(head), np.int8), np.empty(n + 1, np.int64)
    pointer, queue, room = np.zeros(n, np.int64), np.empty(n, np.int32), np.empty(n, np.int32)
    graph, work = (first, head, twin), (level, pointer, queue, path, room)
    begins, ends, number = [0], [n], 0
    while len(begins) > 0:
        begin, end = begins.pop(), ends.pop()
        if end - begin <= FEW:
            continue
        number += 1
        nodes = order[begin:end]
        for node in nodes:
            part[node] = number
        if _best_cut(nodes, graph, x, y, share, part, kept, side, flow, work):
            one, other = _separate(nodes, graph, part, kept, side)
            begins.append(begin)
            ends.append(begin + one)
            begins.append(begin + one)
            ends.append(begin + one + other)
    return order


@njit(cache=True)
def _best_cut(nodes, graph, x, y, share, part, kept, side, flow, work):
    """Try all directions; mark one side of the best cut, return whether there is one."""
    size = len(nodes)
    level, pointer, queue, _, _ = work
    least, found = np.inf, False
    key, held = np.empty(size), max(int(share * size), 1)
    for way in range(DIRECTIONS + 1):
        if way == DIRECTIONS and found:
            break
        for i in range(size):
            key[i] = _along(way, x[nodes[i]], y[nodes[i]], i)
        ordered = np.partition(key, (held - 1, size - held))
        low, high = ordered[held - 1], ordered[size - held]
        if not low < high:
            continue
        for i in range(size):
            where = SOURCE if key[i] <= low else SINK if key[i] >= high else MIDDLE
            side[nodes[i]] = where
        # A cut of more arcs is no better even if it halves the part.
        limit = int(min(least * (size // 2), size)) + 1
        cut = narrow_cut(nodes, graph, part, side, flow, work, limit)
        if cut >= limit:
            continue
        near = 0
        for node in nodes:
            near += level[node] >= 0
        far = sink_side(nodes, graph, part, side, flow, pointer, queue)
        is_near = min(near, size - near) >= min(far, size - far)
        smaller = min(near, size - near) if is_near else min(far, size - far)
        if cut >= least * smaller:
            continue
        least, found = cut / smaller, True
        for node in nodes:
            is_kept = level[node] >= 0 if is_near else pointer[node] != OUTSIDE
            kept[node] = 1 if is_kept else 0
    return found


@njit(cache=True)
def _along(way, x, y, number):
    """Return the position along a direction; the last is the order of the nodes as they lie."""
    if way == 0:
        return x
    if way == 1:
        return y
    if way == 2:
        return x + y
    if way == 3:
        return x - y
    return float(number)


@njit(cache=True)
def _separate(nodes, graph, part, kept, side):
    """Put one side first, then the other, then the separator; return the sizes of the sides."""
    first, head, _ = graph
    number = part[nodes[0]]
    ends = np.zeros(2, np.int64)
    for node in nodes:
        side[node] = 0
        for k in range(first[node], first[node + 1]):
            if part[head[k]] == number and kept[head[k]] != kept[node]:
                side[node] = 1
                ends[kept[node]] += 1
                break
    thin = 1 if ends[1] <= ends[0] else 0
    old = nodes.copy()
    sizes, at = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for node in old:
        side[node] = 2 if side[node] == 1 and kept[node] == thin else kept[node]
        sizes[side[node]] += 1
    at[1], at[2] = sizes[0], sizes[0] + sizes[1]
    for node in old:
        if side[node] == 2:
            part[node] = OUTSIDE
        nodes[at[side[node]]] = node
        at[side[node]] += 1
    return sizes[0], sizes[1]
