"""Paths of origin-destination pairs in flat arrays that grow."""

from typing import NamedTuple

import numpy as np
from numba import njit

from karwan.kernels.queues import longer

__all__ = ["Paths", "add_path", "drop_paths", "empty_paths", "is_path_of"]

NONE = -1


class Paths(NamedTuple):
    """Paths, those of a pair in a chain.

    Attributes
    ----------
    total : int64[1]
        Number of paths.
    first : int64[room + 1]
        Arcs of path p are ``arc[first[p]:first[p + 1]]``.
    arc : int32[...]
        Arcs from the destination back to the origin.
    flow : float64[room]
        Flow on each path.
    following : int32[room]
        Next path of the same pair, -1 if none.
    newest : int32[n_pairs]
        First path in the chain of a pair, -1 if none.
    """

    total: np.ndarray
    first: np.ndarray
    arc: np.ndarray
    flow: np.ndarray
    following: np.ndarray
    newest: np.ndarray


@njit(cache=True)
def empty_paths(n_pairs):
    """Return a store without paths."""
    room = 2 * n_pairs + 8
    return Paths(
        np.zeros(1, np.int64),
        np.zeros(room + 1, np.int64),
        np.empty(16 * room, np.int32),
        np.zeros(room),
        np.full(room, NONE, np.int32),
        np.full(n_pairs, NONE, np.int32),
    )


@njit(cache=True)
def add_path(paths, pair, flow, via, tail, destination):
    """Append the path of a tree to one destination.

    Parameters
    ----------
    paths : Paths
        Store; its arrays may be replaced by longer ones.
    pair : int
        Pair the path belongs to.
    flow : float
        Its flow.
    via : int32[n_nodes]
        Last arc on the way to each node, -1 at the root.
    tail : int32[n_arcs]
        Node each arc leaves.
    destination : int
        Last node.

    Returns
    -------
    Paths
        The store to go on with.
    """
    total, first, arc, flows, following, newest = paths
    p = total[0]
    if p == len(flows):
        first = np.concatenate((first, np.zeros(p, np.int64)))
        flows, following = longer(flows), longer(following)
    at, v = first[p], destination
    while via[v] != NONE:
        if at == len(arc):
            arc = longer(arc)
        arc[at] = via[v]
        at += 1
        v = tail[via[v]]
    first[p + 1] = at
    flows[p] = flow
    following[p] = newest[pair]
    newest[pair] = p
    total[0] = p + 1
    return Paths(total, first, arc, flows, following, newest)


@njit(cache=True)
def is_path_of(paths, p, via, tail, destination):
    """Say whether a path is that of a tree to a destination; see `add_path`."""
    v = destination
    for i in range(paths.first[p], paths.first[p + 1]):
        if via[v] != paths.arc[i]:
            return False
        v = tail[paths.arc[i]]
    return via[v] == NONE


@njit(cache=True)
def drop_paths(paths):
    """Return the store without paths that lack flow, those of a pair side by side.

    Returns
    -------
    Paths
        Store whose arrays have no spare room.
    pair : int32[n_paths]
        Pair of each path.
    """
    n_paths, n_arcs, newest = 0, 0, paths.newest
    for pair in range(len(newest)):
        p = newest[pair]
        while p != NONE:
            if paths.flow[p] > 0.0:
                n_paths += 1
                n_arcs += paths.first[p + 1] - paths.first[p]
            p = paths.following[p]
    first, arc = np.zeros(n_paths + 1, np.int64), np.empty(n_arcs, np.int32)
    flow, following = np.empty(n_paths), np.full(n_paths, NONE, np.int32)
    begins, owner = np.full(len(newest), NONE, np.int32), np.empty(n_paths, np.int32)
    q = 0
    for pair in range(len(newest)):
        p = newest[pair]
        while p != NONE:
            if paths.flow[p] > 0.0:
                start, size = paths.first[p], paths.first[p + 1] - paths.first[p]
                arc[first[q] : first[q] + size] = paths.arc[start : start + size]
                first[q + 1] = first[q] + size
                flow[q], owner[q] = paths.flow[p], pair
                if begins[pair] == NONE:
                    begins[pair] = q
                else:
                    following[q - 1] = q
                q += 1
            p = paths.following[p]
    return Paths(np.array([n_paths]), first, arc, flow, following, begins), owner
