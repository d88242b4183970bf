"""Contract plain chains of a graph, so that searches see only states where something is decided."""

import numpy as np
from numba import njit

__all__ = ["contract_chains"]

NONE = -1


@njit(cache=True)
def contract_chains(tail, head, cost, keep):
    """Replace chains of plain states by single arcs.

    A state is plain if it is not kept and every path through it comes from one neighbour and
    goes on to another: at most two neighbours, at most one arc to and from each. Dead ends that
    are not kept, and states that only dead ends lead to, are dropped. Every path between kept
    states that visits no state twice stays, as one arc for each chain, with the same total.

    Parameters
    ----------
    tail, head : int32[n_arcs]
        States each arc joins.
    cost : float64[n_arcs, n_criteria]
        Costs, added along a chain.
    keep : bool[n_states]
        States that must stay.

    Returns
    -------
    tail, head : int32[n_contracted]
        States each contracted arc joins, numbered as before.
    cost : float64[n_contracted, n_criteria]
        Sums.
    first_member : int32[n_contracted + 1]
        ``member[first_member[i]:first_member[i + 1]]`` are the arcs behind contracted arc i.
    member : int32[n_members]
        Arcs in order.
    """
    n_states, n_arcs = len(keep), len(tail)
    alive = _without_dead_ends(tail, head, keep)
    near = np.full((n_states, 2), NONE, np.int32)
    into = np.full((n_states, 2), NONE, np.int32)
    out = np.full((n_states, 2), NONE, np.int32)
    plain = ~keep
    for a in range(n_arcs):
        if alive[a]:
            _note(near, out, plain, tail[a], head[a], a)
            _note(near, into, plain, head[a], tail[a], a)
    first = np.zeros(n_arcs + 1, np.int32)
    member = np.empty(n_arcs, np.int32)
    lead = np.empty(n_arcs, np.int32)
    end = np.empty(n_arcs, np.int32)
    n_new = 0
    n_members = 0
    for a in range(n_arcs):
        if not alive[a] or plain[tail[a]]:
            continue
        at, start = a, n_members
        while True:
            member[n_members] = at
            n_members += 1
            state = head[at]
            if not plain[state]:
                break
            at = out[state, 1] if near[state, 0] == tail[at] else out[state, 0]
            if at == NONE:
                break
        if at == NONE or tail[a] == head[at]:
            n_members = start
            continue
        lead[n_new] = a
        end[n_new] = at
        n_new += 1
        first[n_new] = n_members
    total = np.zeros((n_new, cost.shape[1]))
    for i in range(n_new):
        for m in range(first[i], first[i + 1]):
            for k in range(cost.shape[1]):
                total[i, k] += cost[member[m], k]
    return (
        tail[lead[:n_new]],
        head[end[:n_new]],
        total,
        first[: n_new + 1].copy(),
        member[:n_members].copy(),
    )


@njit(cache=True)
def _note(near, arcs, plain, state, other, arc):
    """Note an arc between a state and a neighbour; a state with too many is not plain."""
    if state == other:
        plain[state] = False
        return
    for side in range(2):
        if near[state, side] == NONE:
            near[state, side] = other
        if near[state, side] == other:
            if arcs[state, side] != NONE:
                plain[state] = False
            arcs[state, side] = arc
            return
    plain[state] = False


@njit(cache=True)
def _without_dead_ends(tail, head, keep):
    """Mark arcs that lead from a kept state and on to a kept state without turning back."""
    n_states, n_arcs = len(keep), len(tail)
    alive = np.ones(n_arcs, np.bool_)
    changed = True
    while changed:
        changed = False
        came = np.full(n_states, NONE, np.int32)
        went = np.full(n_states, NONE, np.int32)
        many_in = keep.copy()
        many_out = keep.copy()
        for a in range(n_arcs):
            if alive[a]:
                t, h = tail[a], head[a]
                if came[h] == NONE:
                    came[h] = t
                elif came[h] != t:
                    many_in[h] = True
                if went[t] == NONE:
                    went[t] = h
                elif went[t] != h:
                    many_out[t] = True
        for a in range(n_arcs):
            if not alive[a]:
                continue
            t, h = tail[a], head[a]
            enters = keep[t] or many_in[t] or (came[t] != NONE and came[t] != h)
            leaves = keep[h] or many_out[h] or (went[h] != NONE and went[h] != t)
            if t == h or not (enters and leaves):
                alive[a] = False
                changed = True
    return alive
