"""Exact multi-criteria shortest paths from one state to another."""

import numpy as np
from numba import njit

__all__ = ["label_path", "pareto_search"]

TOLERANCE = 1e-9
"""Costs that differ by less than this share are equal: sums in another order differ by rounding."""
NONE = -1
FIRST_LABELS = 1024


@njit(cache=True)
def pareto_search(first_arc, head, cost, origin, target, bound, epsilon, max_labels):
    """Find every cost vector from origin to target that no other dominates.

    Targeted label setting in lexicographic order of ``f = g + h`` with lazy dominance checks
    (NAMOA*dr, Pulido, Mandow and Perez-de-la-Cruz 2015; LTMOA*, Hernandez et al. 2023). Labels
    leave the queue with the first criterion never falling, so that dominance within a state
    needs the other criteria only; `h` are exact lower bounds, and a label is dropped when a
    path already found is no worse in every criterion than ``f``.

    With ``epsilon > 0`` a label is dropped when a path found is at most ``1 + epsilon`` times
    ``f`` in every criterion. A dropped label's best completion costs at least ``f``, hence every
    Pareto-optimal cost vector is within the factor ``1 + epsilon`` of one returned in every
    criterion: the factor holds for the whole path and does not compound.

    Parameters
    ----------
    first_arc : int32[n_states + 1]
        ``head[first_arc[i]:first_arc[i + 1]]`` are the states reached from state i.
    head : int32[n_arcs]
        State each arc leads to.
    cost : float64[n_arcs, n_criteria]
        Costs, >= 0; ``inf`` in any criterion closes an arc.
    origin, target : int
        States.
    bound : float64[n_states, n_criteria]
        Least cost from each state to the target, criterion by criterion; ``inf`` where there is
        no way.
    epsilon : float
        0 for the exact set.
    max_labels : int
        Labels made before the search stops.

    Returns
    -------
    front : float64[n_front, n_criteria]
        Cost vectors in lexicographic order.
    front_label : int32[n_front]
        Label of each at the target.
    label_arc, label_parent : int32[n_labels]
        Last arc of each label and the label before it, -1 at the origin.
    complete : bool
        False if `max_labels` ended the search.
    """
    n_criteria = cost.shape[1]
    n_states = len(first_arc) - 1
    room = FIRST_LABELS
    g = np.empty((room, n_criteria))
    f = np.empty((room, n_criteria))
    state = np.empty(room, np.int32)
    arc = np.empty(room, np.int32)
    parent = np.empty(room, np.int32)
    below = np.empty(room, np.int32)
    heap = np.empty(room, np.int32)
    top = np.full(n_states, NONE, np.int32)
    found = np.empty(room, np.int32)
    n_found = 0
    complete = True
    n_labels = 0
    n_heap = 0
    if np.isfinite(bound[origin]).all():
        for k in range(n_criteria):
            g[0, k] = 0.0
            f[0, k] = bound[origin, k]
        state[0], arc[0], parent[0], below[0] = origin, NONE, NONE, NONE
        heap[0] = 0
        n_labels = n_heap = 1
    candidate = np.empty(n_criteria)
    while n_heap > 0:
        label = heap[0]
        n_heap -= 1
        heap[0] = heap[n_heap]
        _sift_down(heap, n_heap, f)
        at = state[label]
        if _beaten(top[target], below, g, f[label], epsilon):
            continue
        if _covered(top[at], below, g, g[label]):
            continue
        top[at] = _settle(top[at], below, g, label)
        if at == target:
            if n_found == len(found):
                found = _longer(found)
            found[n_found] = label
            n_found += 1
            continue
        for a in range(first_arc[at], first_arc[at + 1]):
            to = head[a]
            for k in range(n_criteria):
                candidate[k] = g[label, k] + cost[a, k]
            usable = True
            for k in range(n_criteria):
                usable &= np.isfinite(candidate[k] + bound[to, k])
            if not usable or _covered(top[to], below, g, candidate):
                continue
            if n_labels == room:
                room *= 2
                g, f = _taller(g), _taller(f)
                state, arc, parent = _longer(state), _longer(arc), _longer(parent)
                below, heap = _longer(below), _longer(heap)
            for k in range(n_criteria):
                g[n_labels, k] = candidate[k]
                f[n_labels, k] = candidate[k] + bound[to, k]
            if _beaten(top[target], below, g, f[n_labels], epsilon):
                continue
            if n_labels >= max_labels:
                complete = False
                n_heap = 0
                break
            state[n_labels], arc[n_labels], parent[n_labels] = to, a, label
            heap[n_heap] = n_labels
            n_heap += 1
            _sift_up(heap, n_heap - 1, f)
            n_labels += 1
    front = np.empty((n_found, n_criteria))
    for i in range(n_found):
        front[i] = g[found[i]]
    return front, found[:n_found].copy(), arc[:n_labels].copy(), parent[:n_labels].copy(), complete


@njit(cache=True)
def label_path(label_arc, label_parent, label):
    """Return the arcs of a label's path in order.

    Parameters
    ----------
    label_arc, label_parent : int32[n_labels]
        As returned by `pareto_search`.
    label : int
        Label.

    Returns
    -------
    int32[n]
        Arcs from the origin.
    """
    n = 0
    at = label
    while label_parent[at] != NONE:
        n += 1
        at = label_parent[at]
    path = np.empty(n, np.int32)
    at = label
    while n > 0:
        n -= 1
        path[n] = label_arc[at]
        at = label_parent[at]
    return path


@njit(cache=True)
def _covered(label, below, g, candidate):
    """Say whether a settled label of a state is no worse in all criteria but the first."""
    while label != NONE:
        covers = True
        for k in range(1, g.shape[1]):
            if g[label, k] > candidate[k] + TOLERANCE * abs(candidate[k]):
                covers = False
                break
        if covers:
            return True
        label = below[label]
    return False


@njit(cache=True)
def _beaten(label, below, g, bound, epsilon):
    """Say whether a path found is within ``1 + epsilon`` of a bound in all criteria."""
    factor = 1 + epsilon
    while label != NONE:
        beats = True
        for k in range(1, g.shape[1]):
            if g[label, k] > (bound[k] + TOLERANCE * abs(bound[k])) * factor:
                beats = False
                break
        if beats:
            return True
        label = below[label]
    return False


@njit(cache=True)
def _settle(first, below, g, label):
    """Put a label on a state's list, and take off those it makes needless for later checks."""
    below[label] = NONE
    head, last = label, label
    at = first
    while at != NONE:
        after = below[at]
        needless = True
        for k in range(1, g.shape[1]):
            if g[label, k] > g[at, k]:
                needless = False
                break
        if not needless:
            below[last] = at
            last = at
        at = after
    below[last] = NONE
    return head


@njit(cache=True)
def _before(f, a, b):
    """Say whether label a comes before label b in lexicographic order; ties by age."""
    for k in range(f.shape[1]):
        if f[a, k] != f[b, k]:
            return f[a, k] < f[b, k]
    return a < b


@njit(cache=True)
def _sift_up(heap, i, f):
    label = heap[i]
    while i > 0:
        up = (i - 1) >> 1
        if not _before(f, label, heap[up]):
            break
        heap[i] = heap[up]
        i = up
    heap[i] = label


@njit(cache=True)
def _sift_down(heap, n, f):
    if n == 0:
        return
    label, i = heap[0], 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and _before(f, heap[child + 1], heap[child]):
            child += 1
        if not _before(f, heap[child], label):
            break
        heap[i] = heap[child]
        i = child
    heap[i] = label


@njit(cache=True)
def _longer(array):
    """Return an array of twice the length with the same beginning."""
    new = np.empty(2 * len(array), array.dtype)
    new[: len(array)] = array
    return new


@njit(cache=True)
def _taller(array):
    """Return an array of twice the rows with the same beginning."""
    new = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    new[: array.shape[0]] = array
    return new
