"""Cheapest-path trees, by SciPy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

__all__ = ["Adjacency", "Tree", "adjacency", "cheapest_tree", "cheapest_trees", "way_to"]

Tree = tuple[NDArray[np.float64], list[int]]
"""Cost to each state, inf if unreached, and the arc it is reached by, -1 if none."""


class Adjacency(NamedTuple):
    """Arcs grouped by the pair of states they join, seen from one side.

    Attributes
    ----------
    order : int[n_arcs]
        Arcs by near state, then far state.
    group : int[n_arcs]
        Pair of each arc in that order.
    start : int[n_pairs]
        First arc of each pair in that order.
    first_pair : int32[n_states + 1]
        Pairs of each near state.
    far : int32[n_pairs]
        Far state of each pair.
    key : int64[n_pairs]
        Near state times number of states, plus far state; rises.
    """

    order: NDArray[np.intp]
    group: NDArray[np.intp]
    start: NDArray[np.intp]
    first_pair: NDArray[np.int32]
    far: NDArray[np.int32]
    key: NDArray[np.int64]


def adjacency(near: NDArray[np.int32], far: NDArray[np.int32], n_states: int) -> Adjacency:
    """Group arcs by the pair of states they join.

    Parameters
    ----------
    near, far : int32[n_arcs]
        State on the side of the root, and the other one.
    n_states : int
        States.

    Returns
    -------
    Adjacency
        Arcs in order.
    """
    key = near.astype(np.int64) * n_states + far
    order = np.argsort(key, kind="stable")
    is_new = np.diff(key[order], prepend=-1) != 0
    start = np.flatnonzero(is_new)
    pairs = key[order][start]
    first = np.searchsorted(pairs, np.arange(n_states + 1, dtype=np.int64) * n_states)
    return Adjacency(
        order,
        np.cumsum(is_new) - 1,
        start,
        first.astype(np.int32),
        (pairs % n_states).astype(np.int32),
        pairs,
    )


def cheapest_tree(side: Adjacency, cost: NDArray[np.float64], root: int) -> Tree:
    """Grow the cheapest-path tree from a root.

    Of parallel arcs the cheapest counts, the first of equals; arcs of cost ``inf`` are closed.

    Parameters
    ----------
    side : Adjacency
        Arcs from the root's side.
    cost : float64[n_arcs]
        Cost of each arc, at least 0.
    root : int
        State the tree grows from.

    Returns
    -------
    label : float64[n_states]
        Cost from the root.
    arc : list of int
        Arc by which each state is reached.
    """
    label, arc = cheapest_trees(side, cost, np.array([root]))
    return label[0], arc[0].tolist()


def cheapest_trees(
    side: Adjacency, cost: NDArray[np.float64], roots: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Grow the cheapest-path trees from many roots, as `cheapest_tree` does from one.

    Parameters
    ----------
    side : Adjacency
        Arcs from the roots' side.
    cost : float64[n_arcs]
        Cost of each arc, at least 0; ``inf`` closes an arc.
    roots : int[n_roots]
        States the trees grow from.

    Returns
    -------
    label : float64[n_roots, n_states]
        Cost from each root.
    arc : int32[n_roots, n_states]
        Arc by which each state is reached, -1 at the root and where unreached.
    """
    n = len(side.first_pair) - 1
    ordered = cost[side.order]
    has_twins = len(side.start) < len(ordered)
    least = np.minimum.reduceat(ordered, side.start) if has_twins else ordered
    matrix = csr_matrix((least, side.far, side.first_pair), shape=(n, n))
    label, before = dijkstra(matrix, indices=roots, return_predecessors=True)
    chosen = side.order
    if has_twins:
        at = np.flatnonzero(ordered == least[side.group])
        chosen = chosen[at[np.diff(side.group[at], prepend=-1) != 0]]
    arc = np.full(before.shape, -1, np.int32)
    tree, reached = np.nonzero(before >= 0)
    pair = np.searchsorted(side.key, before[tree, reached].astype(np.int64) * n + reached)
    arc[tree, reached] = chosen[pair]
    return label, arc


def way_to(tail: list[int], tree: Tree, state: int) -> list[int]:
    """Return the arcs of a tree grown from its origin, to a state.

    Parameters
    ----------
    tail : list of int
        State each arc leaves; the state it reaches, for a tree grown backwards from the target.
    tree : Tree
        Tree.
    state : int
        State on it.

    Returns
    -------
    list of int
        Arcs from the root to the state.
    """
    via, arcs = tree[1], []
    while via[state] >= 0:
        arcs.append(via[state])
        state = tail[arcs[-1]]
    return arcs[::-1]
