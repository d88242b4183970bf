"""Exact multi-criteria shortest paths from one state to another."""

import numpy as np
from numba import njit

from karwan.kernels.fronts import covered, moved, new_pool, settle
from karwan.kernels.opening import enter
from karwan.kernels.queues import longer, next_bucket, sift_down, sift_up, taller

__all__ = ["pareto_search"]

NONE = -1
FIRST_LABELS = 1024
N_BUCKETS = 2048


@njit(cache=True)
def pareto_search(
    first_arc,
    head,
    cost,
    gate,
    surcharge,
    schedule,
    role,
    rate,
    start,
    ends,
    bound,
    epsilon,
    max_labels,
):
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

    Arcs with a gate are entered at the moments their gate is open: at once, or after a wait; and
    where the gate is hampered then, also at the next moments at which it is less so. Waiting is
    possible everywhere and costs time alone. With time the first criterion, and money compared
    between labels of a state without what time costs, a label that dominates another can wait
    for it and then do all the other can, so that dominance stays exact although an earlier
    entry may come out later: the later entry is a label of its own (Orda and Rom 1990 for
    waiting that keeps order). At the target money counts with what time costs.

    Parameters
    ----------
    first_arc : int32[n_states + 1]
        ``head[first_arc[i]:first_arc[i + 1]]`` are the states reached from state i.
    head : int32[n_arcs]
        State each arc leads to.
    cost : float64[n_arcs, n_criteria]
        Costs, >= 0; ``inf`` in any criterion closes an arc.
    gate : int32[n_arcs]
        Gate of each arc, -1 if it can always be entered.
    surcharge : float64[n_arcs]
        TEU that surcharges of a gate count for.
    schedule : tuple of arrays
        first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow: when gates are
        shut and hampered, as `next_open` and `slow_piece` read them; ``slow[i]`` is the extra
        time [h], its variance [h2] and the surcharge [USD/TEU] of piece i.
    role : int32[3]
        Columns of `cost` that are money, time and variance, -1 if missing. Time is the first
        if any arc has a gate.
    rate : float
        Money that an hour costs and that `cost` leaves out [USD/h]; 0 if it leaves out none.
    start : float
        Moment of departure [h].
    ends : tuple of (int, int)
        Origin and target.
    bound : float64[n_states, n_criteria]
        Least cost from each state to the target, criterion by criterion, with every gate open
        and money with what time costs; ``inf`` where there is no way.
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
    label_wait : float64[n_labels]
        Time waited before that arc was entered [h].
    complete : bool
        False if `max_labels` ended the search.
    """
    origin, target = ends
    slow_to, slow = schedule[5], schedule[6]
    money, time, variance = role
    n_criteria = cost.shape[1]
    n_states = len(first_arc) - 1
    room = FIRST_LABELS
    g = np.empty((room, n_criteria))
    state = np.empty(room, np.int32)
    arc = np.empty(room, np.int32)
    parent = np.empty(room, np.int32)
    wait = np.zeros(room)
    rank = np.empty((room, 2))
    link = np.empty(room, np.int32)
    heap, key = np.empty(FIRST_LABELS, np.int32), np.empty((FIRST_LABELS, 2))
    bucket = np.full(N_BUCKETS, NONE, np.int32)
    base, width, current = bound[origin, 0], max(bound[origin, 0] / N_BUCKETS, 1e-12), 0
    waiting = 0
    start_of = np.zeros(n_states, np.int64)
    size = np.zeros(n_states, np.int64)
    space = np.zeros(n_states, np.int64)
    pool = new_pool(FIRST_LABELS, n_criteria)
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
            current, base, width = next_bucket(bucket, current, base, width, link, rank)
            label = bucket[current]
            bucket[current] = NONE
            while label != NONE:
                if n_heap == len(heap):
                    heap, key = longer(heap), taller(key)
                heap[n_heap], key[n_heap] = label, rank[label]
                n_heap += 1
                sift_up(heap, key, n_heap - 1)
                waiting -= 1
                label = link[label]
        label = heap[0]
        n_heap -= 1
        heap[0], key[0] = heap[n_heap], key[n_heap]
        sift_down(heap, key, n_heap)
        at = state[label]
        for k in range(n_criteria):
            hoped[k] = g[label, k] + bound[at, k]
        if rate > 0:
            hoped[money] += rate * g[label, time]
        if covered(pool, start_of[at], size[at], g[label], 1.0):
            continue
        if covered(pool, start_of[target], size[target], hoped, scale):
            continue
        if size[at] == space[at]:
            pool, n_pool = moved(pool, n_pool, start_of, size, space, at)
        size[at] = settle(pool, start_of[at], size[at], hoped if at == target else g[label])
        if at == target:
            if n_found == len(found):
                found = longer(found)
            found[n_found] = label
            n_found += 1
            continue
        for a in range(first_arc[at], first_arc[at + 1]):
            to, gated = head[a], gate[a]
            begin = start + g[label, time] if gated >= 0 else start
            moment = begin
            while True:
                piece = NONE
                if gated >= 0:
                    moment, piece = enter(gated, schedule, moment)
                    if moment == np.inf:
                        break
                for k in range(n_criteria):
                    candidate[k] = g[label, k] + cost[a, k]
                if gated >= 0:
                    candidate[time] += moment - begin
                if piece != NONE:
                    candidate[time] += slow[piece, 0]
                    if variance >= 0:
                        candidate[variance] += slow[piece, 1]
                    if money >= 0:
                        candidate[money] += slow[piece, 2] * surcharge[a]
                usable = True
                for k in range(n_criteria):
                    hoped[k] = candidate[k] + bound[to, k]
                    usable &= np.isfinite(hoped[k])
                if rate > 0:
                    hoped[money] += rate * candidate[time]
                if (
                    usable
                    and not covered(pool, start_of[to], size[to], candidate, 1.0)
                    and not covered(pool, start_of[target], size[target], hoped, scale)
                ):
                    if n_labels >= max_labels:
                        complete = False
                        n_heap = waiting = 0
                        break
                    if n_labels == room:
                        room *= 2
                        g, rank = taller(g), taller(rank)
                        state, arc, parent = longer(state), longer(arc), longer(parent)
                        link, wait = longer(link), longer(wait)
                    rest = 0.0
                    for k in range(n_criteria):
                        g[n_labels, k] = candidate[k]
                        rest += hoped[k]
                    state[n_labels], arc[n_labels], parent[n_labels] = to, a, label
                    wait[n_labels] = moment - begin
                    rank[n_labels, 0], rank[n_labels, 1] = hoped[0], rest
                    place = min((hoped[0] - base) / width, N_BUCKETS - 1.0)
                    if place >= current + 1:
                        link[n_labels] = bucket[int(place)]
                        bucket[int(place)] = n_labels
                        waiting += 1
                    else:
                        if n_heap == len(heap):
                            heap, key = longer(heap), taller(key)
                        heap[n_heap], key[n_heap] = n_labels, rank[n_labels]
                        n_heap += 1
                        sift_up(heap, key, n_heap - 1)
                    n_labels += 1
                if piece == NONE:
                    break
                moment = slow_to[piece]
            if not complete:
                break
    front = np.empty((n_found, n_criteria))
    for i in range(n_found):
        front[i] = g[found[i]]
    return (
        front,
        found[:n_found].copy(),
        arc[:n_labels].copy(),
        parent[:n_labels].copy(),
        wait[:n_labels].copy(),
        complete,
    )
