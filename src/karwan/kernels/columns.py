"""Columns of a choice set: ways through gateways and crossings, made from trees."""

import numpy as np
from numba import njit

__all__ = ["gather_columns", "path_size"]

NONE = -1
CHUNK = 1 << 16


@njit(cache=True)
def gather_columns(pairs, plain, before, after, tail, head, cost, doors, factor, most):
    """Gather the columns of many pairs of places.

    For each pair: the way of every plain tree, and for each door (a gateway or a crossing) the
    way of least ``label before + cost + label after`` over its arcs, if that is at most `factor`
    times the least of all; the `most` best, no way twice, none that visits a state twice.

    Parameters
    ----------
    pairs : int32[n_pairs, 3]
        Row of the origin in the trees before, row of the destination in the trees after, and
        the state of the destination.
    plain : int32[n_trees, n_origins, n_states]
        Arc by which each state is reached in whole trees, NONE at the root and where unreached.
    before : (float64, int32)[n_origins, n_states]
        Labels and arcs of the trees to the door.
    after : (float64, int32)[n_targets, n_states]
        Labels and arcs of the trees from the door, grown backwards.
    tail, head : int32[n_arcs]
        States each arc joins.
    cost : float64[n_arcs]
        Cost of each arc [USD].
    doors : (int32, int32)
        Arcs sorted by door, and where each door starts (and the last ends).
    factor : float
        Ways that cost more than this many times the least are left out.
    most : int
        Ways through doors that a pair keeps at most.

    Returns
    -------
    column_pair : int32[n_columns]
        Pair of each column, rising.
    first : int32[n_columns + 1]
        ``arcs[first[i]:first[i + 1]]`` is column i.
    arcs : int32[n]
        Arcs in order.
    """
    n_arcs_kept, n_columns = 0, 0
    arcs = np.empty(CHUNK, np.int32)
    first = np.zeros(CHUNK, np.int32)
    column_pair = np.empty(CHUNK, np.int32)
    way = np.empty(tail.size + 1, np.int32)
    seen = np.full(before[0].shape[1], NONE, np.int32)
    stamp = 0
    door_arc, door_first = doors
    n_doors = len(door_first) - 1
    least = np.empty(n_doors)
    via = np.empty(n_doors, np.int32)
    for k in range(len(pairs)):
        origin, target, goal = pairs[k]
        own = n_columns
        bound = np.inf
        for d in range(n_doors):
            least[d], via[d] = np.inf, NONE
            for i in range(door_first[d], door_first[d + 1]):
                a = door_arc[i]
                total = before[0][origin, tail[a]] + cost[a] + after[0][target, head[a]]
                if total < least[d]:
                    least[d], via[d] = total, a
            bound = min(bound, least[d])
        ranked = np.argsort(least)
        for r in range(-len(plain), min(n_doors, most)):
            if r < 0:
                size = _walk(way, 0, plain[r + len(plain), origin], goal, tail)
            else:
                d = ranked[r]
                if via[d] == NONE or least[d] > factor * bound:
                    break
                a = via[d]
                size = _walk(way, 0, before[1][origin], tail[a], tail)
                way[size] = a
                size = _follow(way, size + 1, after[1][target], head[a], head)
            stamp += 1
            if size == 0 or _returns(way, size, tail, head, seen, stamp):
                continue
            if _is_known(way, size, arcs, first, own, n_columns):
                continue
            arcs = _room(arcs, n_arcs_kept + size)
            first = _room(first, n_columns + 2)
            column_pair = _room(column_pair, n_columns + 1)
            arcs[n_arcs_kept : n_arcs_kept + size] = way[:size]
            n_arcs_kept += size
            column_pair[n_columns] = k
            n_columns += 1
            first[n_columns] = n_arcs_kept
    return (
        column_pair[:n_columns].copy(),
        first[: n_columns + 1].copy(),
        arcs[:n_arcs_kept].copy(),
    )


@njit(cache=True)
def _walk(way, size, via, state, tail):
    """Write the way from a tree's root to a state; return the new size."""
    start = size
    while via[state] != NONE:
        way[size] = via[state]
        size += 1
        state = tail[via[state]]
    i, j = start, size - 1
    while i < j:
        way[i], way[j] = way[j], way[i]
        i += 1
        j -= 1
    return size


@njit(cache=True)
def _follow(way, size, via, state, head):
    """Write the way from a state to the root of a tree grown backwards; return the new size."""
    while via[state] != NONE:
        way[size] = via[state]
        size += 1
        state = head[via[state]]
    return size


@njit(cache=True)
def _returns(way, size, tail, head, seen, stamp):
    """Say whether a way visits a state twice."""
    seen[tail[way[0]]] = stamp
    for i in range(size):
        state = head[way[i]]
        if seen[state] == stamp:
            return True
        seen[state] = stamp
    return False


@njit(cache=True)
def _is_known(way, size, arcs, first, own, n_columns):
    """Say whether a pair has a way already."""
    for c in range(own, n_columns):
        if first[c + 1] - first[c] == size:
            same = True
            for i in range(size):
                if arcs[first[c] + i] != way[i]:
                    same = False
                    break
            if same:
                return True
    return False


@njit(cache=True)
def _room(array, size):
    """Return an array of at least some size with the same beginning."""
    if size <= len(array):
        return array
    larger = np.zeros(max(size, 2 * len(array)), array.dtype)
    larger[: len(array)] = array
    return larger


@njit(cache=True)
def path_size(first_column, first, arcs, length, n_arcs):
    """Reckon the path size of every column within its pair.

    ``PS_i = sum over arcs a of i of (length_a / length_i) / N_a``, where ``N_a`` counts the
    columns of the pair that hold the arc (Ben-Akiva and Bierlaire 1999).

    Parameters
    ----------
    first_column : int32[n_pairs + 1]
        Columns of each pair.
    first : int32[n_columns + 1]
        Arcs of each column.
    arcs : int32[n]
        Arcs; a column holds each at most once.
    length : float64[n_arcs]
        Weight of each arc, above 0 in sum on every column.
    n_arcs : int
        Arcs that are numbered.

    Returns
    -------
    float64[n_columns]
        Path sizes, above 0 and at most 1.
    """
    size = np.ones(len(first) - 1)
    holds = np.zeros(n_arcs, np.int32)
    for k in range(len(first_column) - 1):
        columns = range(first_column[k], first_column[k + 1])
        for c in columns:
            for i in range(first[c], first[c + 1]):
                holds[arcs[i]] += 1
        for c in columns:
            total, shared = 0.0, 0.0
            for i in range(first[c], first[c + 1]):
                total += length[arcs[i]]
                shared += length[arcs[i]] / holds[arcs[i]]
            if total > 0.0:
                size[c] = shared / total
        for c in columns:
            for i in range(first[c], first[c + 1]):
                holds[arcs[i]] = 0
    return size
