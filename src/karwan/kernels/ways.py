"""Ways along trees and back through labels, many at once."""

import numpy as np
from numba import njit

__all__ = ["label_ways", "way_back", "ways_over"]

NONE = -1


@njit(cache=True)
def way_back(beyond, via, state):
    """Return the arcs from a state back to the root of a tree.

    Parameters
    ----------
    beyond : int32[n_arcs]
        State of each arc on the side of the root.
    via : int32[n_states]
        Arc by which each state is reached, -1 at the root and where unreached.
    state : int
        State.

    Returns
    -------
    int32[n]
        Arcs, the one at the root last; none if the state is unreached.
    """
    n = 0
    at = state
    while via[at] != NONE:
        at = beyond[via[at]]
        n += 1
    way = np.empty(n, np.int32)
    at = state
    for i in range(n):
        way[i] = via[at]
        at = beyond[via[at]]
    return way


@njit(cache=True)
def ways_over(tail, head, forth, over, back):
    """Return the way to each of some arcs, over it, and on.

    Parameters
    ----------
    tail, head : int32[n_arcs]
        States each arc joins.
    forth : int32[n_states]
        Arc by which a tree from the origin reaches each state, -1 where none does.
    over : int32[n]
        Arcs.
    back : int32[n_states]
        Arc by which a tree from the target reaches each state, -1 where none does.

    Returns
    -------
    first : int32[n + 1]
        ``way[first[i]:first[i + 1]]`` leads over the i-th arc.
    way : int32[m]
        Arcs in order.
    """
    first = np.zeros(len(over) + 1, np.int32)
    for i in range(len(over)):
        n = 1
        at = tail[over[i]]
        while forth[at] != NONE:
            at = tail[forth[at]]
            n += 1
        at = head[over[i]]
        while back[at] != NONE:
            at = head[back[at]]
            n += 1
        first[i + 1] = first[i] + n
    way = np.empty(first[-1], np.int32)
    for i in range(len(over)):
        n = 0
        at = tail[over[i]]
        while forth[at] != NONE:
            at = tail[forth[at]]
            n += 1
        middle = k = first[i] + n
        way[middle] = over[i]
        at = tail[over[i]]
        while forth[at] != NONE:
            k -= 1
            way[k] = forth[at]
            at = tail[forth[at]]
        k = middle
        at = head[over[i]]
        while back[at] != NONE:
            k += 1
            way[k] = back[at]
            at = head[back[at]]
    return first, way


@njit(cache=True)
def label_ways(parent, labels):
    """Return the labels behind each arc of the ways of some labels.

    Parameters
    ----------
    parent : int32[n_labels]
        Label before each label, -1 at the origin.
    labels : int32[n]
        Labels whose ways are wanted.

    Returns
    -------
    first : int32[n + 1]
        ``chain[first[i]:first[i + 1]]`` is the way of the i-th label.
    chain : int32[m]
        Labels in order, from the one after the origin's.
    """
    first = np.zeros(len(labels) + 1, np.int32)
    for i in range(len(labels)):
        n = 0
        at = labels[i]
        while parent[at] != NONE:
            at = parent[at]
            n += 1
        first[i + 1] = first[i] + n
    chain = np.empty(first[-1], np.int32)
    for i in range(len(labels)):
        at = labels[i]
        for k in range(first[i + 1] - 1, first[i] - 1, -1):
            chain[k] = at
            at = parent[at]
    return first, chain
