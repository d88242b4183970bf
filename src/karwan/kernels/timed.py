"""The best paths through doors when gates shut, ease and open on the way."""

import numpy as np
from numba import njit

from karwan.kernels.compiled import lean
from karwan.kernels.heap import pop, push
from karwan.kernels.opening import enter
from karwan.kernels.queues import longer

__all__ = ["timed_bests"]

NONE = -1
FIRST_LABELS = 1024


@njit(cache=True)
def timed_bests(
    first_arc,
    head,
    weight,
    hours,
    gate,
    extra,
    door,
    at_sea,
    layer_kind,
    schedule,
    rate,
    start,
    ends,
    bound,
):
    """Find the path of least ``weight + rate x time`` through each of some doors, gates considered.

    The graph lies in layers: 0 before any door, one behind each door, each a copy of all states.
    A* over labels (weight, time) in all layers at once: a label that another of its state and
    layer beats in both can do nothing the other cannot after a wait, and is dropped; all others
    are kept, because a slower but cheaper one may catch up where both must wait. With lower
    bounds for open gates the first label of a layer that leaves the queue at the target is the
    best through its door (Hart, Nilsson and Raphael 1968).

    Parameters
    ----------
    first_arc : int32[n_states + 1]
        ``head[first_arc[i]:first_arc[i + 1]]`` are the states reached from state i.
    head : int32[n_arcs]
        State each arc leads to.
    weight, hours : float64[n_arcs]
        What an arc weighs apart from time, and its time with an open gate [h]; at least 0.
    gate : int32[n_arcs]
        Gate of each arc, -1 if it can always be entered.
    extra : float64[n_arcs, 2]
        Weight of one h2 of extra variance and of one USD/TEU of surcharge at the gate.
    door : int32[n_arcs]
        Layer an arc at sea leads to from layer 0, 0 if it is no door.
    at_sea : bool[n_arcs]
        Arcs that layers on land do not have.
    layer_kind : int32[n_layers, 3]
        Of each layer: 1 if it is on land, the row of `bound`, 1 if trips may start in it.
    schedule : tuple of arrays
        As in `pareto_search`.
    rate : float
        Weight of an hour.
    start : float
        Moment of departure [h].
    ends : tuple of (int, int)
        Origin and target.
    bound : float64[2, n_states]
        Least ``weight + rate x time`` from each state to the target with every gate open; on
        land alone in row 1.

    Returns
    -------
    found : int32[n_layers]
        Label at the target of each layer, -1 if there is no way.
    label_arc, label_parent : int32[n_labels]
        Last arc of each label and the label before it, -1 at the origin.
    label_wait : float64[n_labels]
        Time waited before that arc was entered [h].
    """
    origin, target = ends
    slow_to, slow = schedule[5], schedule[6]
    n_states, n_layers = len(first_arc) - 1, len(layer_kind)
    room = FIRST_LABELS
    spent, at_time, wait = np.empty(room), np.empty(room), np.zeros(room)
    state, arc = np.empty(room, np.int32), np.empty(room, np.int32)
    parent, before = np.empty(room, np.int32), np.empty(room, np.int32)
    newest = np.full(n_states * n_layers, NONE, np.int32)
    heap, key = np.empty(room, np.int32), np.empty(room)
    found = np.full(n_layers, NONE, np.int32)
    n_labels = n_heap = 0
    missing = n_layers - 1
    for layer in range(n_layers):
        hope = bound[layer_kind[layer, 1], origin]
        if layer_kind[layer, 2] == 1 and np.isfinite(hope):
            spent[n_labels] = at_time[n_labels] = 0.0
            state[n_labels], arc[n_labels] = layer * n_states + origin, NONE
            parent[n_labels] = NONE
            n_heap = push(key, heap, n_heap, hope, n_labels)
            n_labels += 1
    while n_heap > 0 and missing > 0:
        label = heap[0]
        n_heap = pop(key, heap, n_heap)
        place = state[label]
        layer, at = place // n_states, place % n_states
        if found[layer] != NONE:
            continue
        if _beaten(newest[place], before, spent, at_time, spent[label], at_time[label]):
            continue
        before[label] = newest[place]
        newest[place] = label
        if at == target and layer > 0:
            found[layer] = label
            missing -= 1
            continue
        for a in range(first_arc[at], first_arc[at + 1]):
            gated = gate[a]
            for choice in range(2):
                into = layer
                if choice == 1:
                    if layer > 0 or not at_sea[a] or door[a] == 0:
                        break
                    into = door[a]
                elif at_sea[a] and layer_kind[layer, 0] == 1:
                    continue
                to = into * n_states + head[a]
                hope = bound[layer_kind[into, 1], head[a]] + weight[a]
                if not np.isfinite(hope) or found[into] != NONE:
                    continue
                begin = start + at_time[label]
                moment = begin
                while True:
                    piece = NONE
                    if gated >= 0:
                        moment, piece = enter(gated, schedule, moment)
                        if moment == np.inf:
                            break
                    w = spent[label] + weight[a]
                    t = at_time[label] + moment - begin + hours[a]
                    if piece != NONE:
                        w += extra[a, 0] * slow[piece, 1] + extra[a, 1] * slow[piece, 2]
                        t += slow[piece, 0]
                    if not _beaten(newest[to], before, spent, at_time, w, t):
                        if n_labels == room:
                            room *= 2
                            spent, at_time, wait = longer(spent), longer(at_time), longer(wait)
                            state, arc, parent = longer(state), longer(arc), longer(parent)
                            before, heap, key = longer(before), longer(heap), longer(key)
                        spent[n_labels], at_time[n_labels] = w, t
                        wait[n_labels] = moment - begin
                        state[n_labels], arc[n_labels], parent[n_labels] = to, a, label
                        rest = bound[layer_kind[into, 1], head[a]]
                        n_heap = push(key, heap, n_heap, w + rate * t + rest, n_labels)
                        n_labels += 1
                    if piece == NONE:
                        break
                    moment = slow_to[piece]
    return found, arc[:n_labels].copy(), parent[:n_labels].copy(), wait[:n_labels].copy()


@lean
def _beaten(at, before, spent, at_time, w, t):
    """Say whether a settled label of a state is no worse in weight and time."""
    while at != NONE:
        if spent[at] <= w and at_time[at] <= t:
            return True
        at = before[at]
    return False
