"""Exact multi-criteria shortest paths from one state to another."""

import numpy as np
from numba import njit

__all__ = ["label_path", "pareto_search"]

TOLERANCE = 1e-9
"""Costs that differ by less than this share are equal: sums in another order differ by rounding."""
NONE = -1
FIRST_LABELS = 1024
FIRST_SPACE = 4
N_BUCKETS = 2048


@njit(cache=True)
def pareto_search(first_arc, head, cost, origin, target, bound, epsilon, max_labels):
    """Find every cost vector from origin to target that no other dominates.

    Targeted label setting in the order of ``f = g + h`` with lazy dominance checks
    (NAMOA*dr, Pulido, Mandow and Perez-de-la-Cruz 2015; LTMOA*, Hernandez et al. 2023). Labels
    leave the queue (buckets of the first criterion; the bucket in work is a binary heap) with
    the first criterion never falling, and of equals the one of least sum first, so that
    dominance within a state needs the other criteria only; `h` are exact lower bounds, and a
    label is dropped when a path already found is no worse in every criterion than ``f``.

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
    state = np.empty(room, np.int32)
    arc = np.empty(room, np.int32)
    parent = np.empty(room, np.int32)
    rank = np.empty((room, 2))
    link = np.empty(room, np.int32)
    heap, key = np.empty(FIRST_LABELS, np.int32), np.empty((FIRST_LABELS, 2))
    bucket = np.full(N_BUCKETS, NONE, np.int32)
    base, width, current = bound[origin, 0], max(bound[origin, 0] / N_BUCKETS, 1e-12), 0
    waiting = 0
    start = np.zeros(n_states, np.int64)
    size = np.zeros(n_states, np.int64)
    space = np.zeros(n_states, np.int64)
    pool = np.empty((FIRST_LABELS, n_criteria - 1))
    n_pool = 0
    found = np.empty(room, np.int32)
    n_found = 0
    complete = True
    n_labels = 0
    n_heap = 0
    scale = 1 + epsilon
    if np.isfinite(bound[origin]).all():
        for k in range(n_criteria):
            g[0, k] = 0.0
        state[0], arc[0], parent[0] = origin, NONE, NONE
        heap[0], key[0, 0], key[0, 1] = 0, bound[origin, 0], 0.0
        n_labels = n_heap = 1
    candidate, hoped = np.empty(n_criteria), np.empty(n_criteria)
    while n_heap > 0 or waiting > 0:
        if n_heap == 0:
            current, base, width = _next_bucket(bucket, current, base, width, link, rank)
            label = bucket[current]
            bucket[current] = NONE
            while label != NONE:
                if n_heap == len(heap):
                    heap, key = _longer(heap), _taller(key)
                heap[n_heap], key[n_heap] = label, rank[label]
                n_heap += 1
                _sift_up(heap, key, n_heap - 1)
                waiting -= 1
                label = link[label]
        label = heap[0]
        n_heap -= 1
        heap[0], key[0] = heap[n_heap], key[n_heap]
        _sift_down(heap, key, n_heap)
        at = state[label]
        for k in range(n_criteria):
            hoped[k] = g[label, k] + bound[at, k]
        if _covered(pool, start[target], size[target], hoped, scale):
            continue
        if _covered(pool, start[at], size[at], g[label], 1.0):
            continue
        if size[at] == space[at]:
            pool, n_pool = _moved(pool, n_pool, start, size, space, at)
        size[at] = _settle(pool, start[at], size[at], g[label])
        if at == target:
            if n_found == len(found):
                found = _longer(found)
            found[n_found] = label
            n_found += 1
            continue
        for a in range(first_arc[at], first_arc[at + 1]):
            to = head[a]
            usable = True
            for k in range(n_criteria):
                candidate[k] = g[label, k] + cost[a, k]
                hoped[k] = candidate[k] + bound[to, k]
                usable &= np.isfinite(hoped[k])
            if not usable or _covered(pool, start[target], size[target], hoped, scale):
                continue
            if _covered(pool, start[to], size[to], candidate, 1.0):
                continue
            if n_labels >= max_labels:
                complete = False
                n_heap = waiting = 0
                break
            if n_labels == room:
                room *= 2
                g, rank = _taller(g), _taller(rank)
                state, arc, parent = _longer(state), _longer(arc), _longer(parent)
                link = _longer(link)
            rest = 0.0
            for k in range(n_criteria):
                g[n_labels, k] = candidate[k]
                rest += hoped[k]
            state[n_labels], arc[n_labels], parent[n_labels] = to, a, label
            rank[n_labels, 0], rank[n_labels, 1] = hoped[0], rest
            place = min((hoped[0] - base) / width, N_BUCKETS - 1.0)
            if place >= current + 1:
                link[n_labels] = bucket[int(place)]
                bucket[int(place)] = n_labels
                waiting += 1
            else:
                if n_heap == len(heap):
                    heap, key = _longer(heap), _taller(key)
                heap[n_heap], key[n_heap] = n_labels, rank[n_labels]
                n_heap += 1
                _sift_up(heap, key, n_heap - 1)
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
def _covered(pool, start, size, vector, scale):
    """Say whether a vector of a front is within `scale` of a vector in all criteria but the first.

    The front stands in ``pool[start:start + size]`` by rising second criterion. With three
    criteria the third then falls, so that the last of those small enough in the second decides.
    """
    n_kept = pool.shape[1]
    if size == 0:
        return False
    if n_kept == 0:
        return True
    limit = (vector[1] + TOLERANCE * vector[1]) * scale
    low, high = start, start + size
    while low < high:
        middle = (low + high) >> 1
        if pool[middle, 0] <= limit:
            low = middle + 1
        else:
            high = middle
    if low == start:
        return False
    if n_kept == 1:
        return True
    limit = (vector[2] + TOLERANCE * vector[2]) * scale
    if n_kept == 2:
        return pool[low - 1, 1] <= limit
    for i in range(low - 1, start - 1, -1):
        if pool[i, 1] <= limit:
            covers = True
            for k in range(2, n_kept):
                if pool[i, k] > (vector[k + 1] + TOLERANCE * vector[k + 1]) * scale:
                    covers = False
                    break
            if covers:
                return True
    return False


@njit(cache=True)
def _settle(pool, start, size, vector):
    """Put a vector into a front with space for it; take out those it makes needless."""
    n_kept = pool.shape[1]
    end = start + size
    if n_kept == 0:
        return 1
    at, high = start, end
    while at < high:
        middle = (at + high) >> 1
        if pool[middle, 0] < vector[1]:
            at = middle + 1
        else:
            high = middle
    kept = at
    for i in range(at, end):
        needless = True
        for k in range(1, n_kept):
            if pool[i, k] < vector[k + 1]:
                needless = False
                break
        if needless:
            continue
        if n_kept == 2 and i == kept:
            kept = end
            break
        for k in range(n_kept):
            pool[kept, k] = pool[i, k]
        kept += 1
    for i in range(kept, at, -1):
        for k in range(n_kept):
            pool[i, k] = pool[i - 1, k]
    for k in range(n_kept):
        pool[at, k] = vector[k + 1]
    return kept + 1 - start


@njit(cache=True)
def _moved(pool, n_pool, start, size, space, at):
    """Give a full front twice the space at the end of the pool."""
    wider = max(2 * space[at], FIRST_SPACE)
    while n_pool + wider > len(pool):
        pool = _taller(pool)
    for i in range(size[at]):
        pool[n_pool + i] = pool[start[at] + i]
    start[at], space[at] = n_pool, wider
    return pool, n_pool + wider


@njit(cache=True)
def _next_bucket(bucket, current, base, width, link, rank):
    """Find the next bucket that holds labels; spread the last one out when it is reached."""
    last = len(bucket) - 1
    while True:
        while current < last and bucket[current] == NONE:
            current += 1
        if current < last:
            return current, base, width
        label = bucket[last]
        bucket[last] = NONE
        low, high = np.inf, 0.0
        at = label
        while at != NONE:
            low, high = min(low, rank[at, 0]), max(high, rank[at, 0])
            at = link[at]
        base, current = low, 0
        width = max(width, (high - low) / (last / 2))
        while label != NONE:
            following = link[label]
            place = int(min((rank[label, 0] - base) / width, last - 1.0))
            link[label] = bucket[place]
            bucket[place] = label
            label = following


@njit(cache=True)
def _sift_up(heap, key, i):
    """Move the last label of a heap up to its place."""
    label, first, rest = heap[i], key[i, 0], key[i, 1]
    while i > 0:
        up = (i - 1) >> 1
        if key[up, 0] < first or (key[up, 0] == first and key[up, 1] <= rest):
            break
        heap[i], key[i, 0], key[i, 1] = heap[up], key[up, 0], key[up, 1]
        i = up
    heap[i], key[i, 0], key[i, 1] = label, first, rest


@njit(cache=True)
def _sift_down(heap, key, n):
    """Move the first label of a heap down to its place."""
    if n == 0:
        return
    label, first, rest, i = heap[0], key[0, 0], key[0, 1], 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and (
            key[child + 1, 0] < key[child, 0]
            or (key[child + 1, 0] == key[child, 0] and key[child + 1, 1] < key[child, 1])
        ):
            child += 1
        if first < key[child, 0] or (first == key[child, 0] and rest <= key[child, 1]):
            break
        heap[i], key[i, 0], key[i, 1] = heap[child], key[child, 0], key[child, 1]
        i = child
    heap[i], key[i, 0], key[i, 1] = label, first, rest


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
