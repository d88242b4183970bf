"""Cheapest-path trees, by SciPy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.kernels.tree_arcs import cheapest_twins, tree_arcs
from karwan.kernels.ways import way_back

__all__ = ["Adjacency", "Tree", "adjacency", "cheapest_tree", "cheapest_trees", "way_to"]

Tree = tuple[NDArray[np.float64], NDArray[np.int32]]
"""Cost to each state, inf if unreached, and the arc it is reached by, -1 if none."""


class Adjacency(NamedTuple):
    """Arcs grouped by the pair of states they join, seen from one side.

    Attributes
    ----------
    order : int[n_arcs]
        Arcs by near state, then far state.
    start : int[n_pairs + 1]
        First arc of each pair in that order.
    first_pair : int32[n_states + 1]
        Pairs of each near state.
    far : int32[n_pairs]
        Far state of each pair; rises among those of one near state.
    """

    order: NDArray[np.intp]
    start: NDArray[np.intp]
    first_pair: NDArray[np.int32]
    far: NDArray[np.int32]


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
    ordered = key[order]
    start = np.flatnonzero(np.diff(ordered, prepend=-1) != 0)
    pairs = ordered[start]
    first = np.searchsorted(pairs, np.arange(n_states + 1, dtype=np.int64) * n_states)
    return Adjacency(
        order,
        np.append(start, len(order)),
        first.astype(np.int32),
        (pairs % n_states).astype(np.int32),
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
    arc : int32[n_states]
        Arc by which each state is reached, -1 at the root and where unreached.
    """
    label, arc = cheapest_trees(side, cost, np.array([root]))
    return label[0], arc[0]


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
    least, chosen = cheapest_twins(np.ascontiguousarray(cost), side.order, side.start)
    matrix = csr_matrix((least, side.far, side.first_pair), shape=(n, n))
    label, before = dijkstra(matrix, indices=roots, return_predecessors=True)
    return label, tree_arcs(before, side.first_pair, side.far, chosen)


def way_to(tail: NDArray[np.int32], tree: Tree, state: int) -> NDArray[np.int32]:
    """Return the arcs of a tree grown from its origin, to a state.

    Parameters
    ----------
    tail : int32[n_arcs]
        State each arc leaves; the state it reaches, for a tree grown backwards from the target.
    tree : Tree
        Tree.
    state : int
        State on it.

    Returns
    -------
    int32[n]
        Arcs from the root to the state.
    """
    way: NDArray[np.int32] = way_back(tail, tree[1], int(state))[::-1]
    return way
