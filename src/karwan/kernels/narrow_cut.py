"""Minimum cuts between two sets of nodes of an undirected graph."""

import numpy as np
from numba import njit

__all__ = ["MIDDLE", "SINK", "SOURCE", "narrow_cut", "sink_side"]

MIDDLE, SOURCE, SINK = np.int8(0), np.int8(1), np.int8(2)
UNSEEN, FOUND = -1, -1


@njit(cache=True)
def narrow_cut(nodes, graph, part, side, flow, work, limit):
    """Find the least number of edges that separates sources from sinks within a part of a graph.

    A maximum flow by Dinic's algorithm, each edge with a capacity of 1 either way.

    Parameters
    ----------
    nodes : int32[n]
        Nodes of the part.
    graph : (int64[n_nodes + 1], int32[n_arcs], int64[n_arcs])
        First arc of each node, node each arc reaches, arc of the same edge the other way.
    part : int32[n_nodes]
        Number of the part each node is in.
    side : int8[n_nodes]
        ``SOURCE``, ``SINK`` or ``MIDDLE``.
    flow : int8[n_arcs]
        Made here: flow on each arc, -1 to 1.
    work : (int32[n_nodes], int64[n_nodes], int32[n_nodes], int64[n_nodes + 1], int32[n_nodes])
        Made here: level of each node, -1 if no source reaches it over free arcs at the end;
        and room for pointers, a queue, a path and a list of nodes.
    limit : int
        Cuts of so many edges are of no use.

    Returns
    -------
    int
        Edges of the cut, or `limit`.
    """
    level, pointer, _, _, _ = work
    number = part[nodes[0]]
    active = _start(nodes, graph, part, number, side, flow, work)
    total = 0
    while True:
        for node in active:
            level[node] = 0 if side[node] == SOURCE else UNSEEN
            pointer[node] = graph[0][node]
        if not _find_levels(active, graph, part, number, side, flow, work):
            return total
        for node in active:
            if side[node] == SOURCE:
                total += _push(node, graph, part, side, flow, work, limit - total)
                if total >= limit:
                    return limit


@njit(cache=True)
def _start(nodes, graph, part, number, side, flow, work):
    """Clear flows; return the nodes that flow may pass: not those among sources or sinks alone."""
    first, head, _ = graph
    level, _, _, _, room = work
    count = 0
    for node in nodes:
        level[node] = 0 if side[node] == SOURCE else UNSEEN
        is_active = side[node] == MIDDLE
        for k in range(first[node], first[node + 1]):
            flow[k] = 0
            if part[head[k]] == number and side[head[k]] != side[node]:
                is_active = True
        if is_active:
            room[count] = node
            count += 1
    return room[:count]


@njit(cache=True)
def _find_levels(nodes, graph, part, number, side, flow, work):
    """Count the arcs from the sources to each node; return whether a sink is reached."""
    first, head, _ = graph
    level, _, queue, _, _ = work
    filled, reached = 0, False
    for node in nodes:
        if side[node] == SOURCE:
            queue[filled] = node
            filled += 1
    i = 0
    while i < filled:
        node = queue[i]
        i += 1
        if side[node] == SINK:
            continue
        for k in range(first[node], first[node + 1]):
            to = head[k]
            if part[to] == number and level[to] == UNSEEN and flow[k] < 1:
                level[to] = level[node] + 1
                queue[filled] = to
                filled += 1
                reached = reached or side[to] == SINK
    return reached


@njit(cache=True)
def _push(root, graph, part, side, flow, work, most):
    """Push flow from a source along arcs that go up a level, one unit a path, at most so many."""
    first, head, twin = graph
    level, pointer, _, path, _ = work
    number, pushed = part[root], 0
    node, length = root, 0
    while pushed < most:
        if side[node] == SINK:
            for i in range(length):
                flow[path[i]] += 1
                flow[twin[path[i]]] -= 1
            pushed += 1
            node, length = root, 0
            continue
        k = pointer[node]
        while k < first[node + 1]:
            to = head[k]
            if part[to] == number and level[to] == level[node] + 1 and flow[k] < 1:
                break
            k += 1
        pointer[node] = k
        if k < first[node + 1]:
            path[length] = k
            length += 1
            node = head[k]
        elif length == 0:
            break
        else:
            length -= 1
            node = head[twin[path[length]]]
            pointer[node] += 1
    return pushed


@njit(cache=True)
def sink_side(nodes, graph, part, side, flow, seen, queue):
    """Mark the nodes from which a sink can be reached over free arcs; return how many there are.

    Parameters
    ----------
    nodes, graph, part, side, flow
        As for `narrow_cut`, which has made the flow.
    seen : int64[n_nodes]
        Made here: -1 at these nodes, else 0.
    queue : int32[n_nodes]
        Room.

    Returns
    -------
    int
        Nodes.
    """
    first, head, twin = graph
    number, filled = part[nodes[0]], 0
    for node in nodes:
        seen[node] = 0
        if side[node] == SINK:
            seen[node] = FOUND
            queue[filled] = node
            filled += 1
    i = 0
    while i < filled:
        node = queue[i]
        i += 1
        for k in range(first[node], first[node + 1]):
            to = head[k]
            if part[to] == number and seen[to] != FOUND and flow[twin[k]] < 1:
                seen[to] = FOUND
                queue[filled] = to
                filled += 1
    return filled
