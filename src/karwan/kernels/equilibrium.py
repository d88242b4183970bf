"""User equilibrium: gradient projection on paths that are generated as they are needed.

A round sweeps over the pairs with several paths and shifts flow between these. Between rounds the
trees of all origins are mended at fixed costs: they give the exact gap and the paths that lack.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from karwan.kernels.mend import STAYED, mend_tree
from karwan.kernels.path_store import add_path, drop_paths, empty_paths, is_path_of
from karwan.kernels.shifts import NONE, path_cost, sweep
from karwan.kernels.volume_delay import costs, link_cost, slopes

EVEN = 0.05
"""Paths whose costs differ by less than this share of the gap are left alone in a round."""
STOP = 0.2
"""A round ends when what the known paths can still save has fallen to this share of the gap."""
MOST_SWEEPS = 16

__all__ = ["Demand", "Graph", "equilibrate", "flows_of_paths", "unreached_pairs"]

SAME = 1e-13
"""Costs that differ less, as a share, are the same path summed in another order."""


class Graph(NamedTuple):
    """Forward star.

    Attributes
    ----------
    first_arc : int32[n_nodes + 1]
        ``first_arc[i]:first_arc[i + 1]`` are the arcs that leave node i.
    tail, head : int32[n_arcs]
        Node each arc leaves, and leads to.
    through : bool[n_nodes]
        Whether paths may pass through a node.
    """

    first_arc: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    through: np.ndarray


class Demand(NamedTuple):
    """Demand by origin.

    Attributes
    ----------
    origin : int32[n_origins]
        Nodes.
    first_pair : int32[n_origins + 1]
        ``first_pair[k]:first_pair[k + 1]`` are the pairs of origin k.
    destination : int32[n_pairs]
        Nodes, other than the origin.
    amount : float64[n_pairs]
        Demand, positive.
    """

    origin: np.ndarray
    first_pair: np.ndarray
    destination: np.ndarray
    amount: np.ndarray


@njit(cache=True)
def flows_of_paths(paths, demand, n_arcs):
    """Add up the flow of each arc, having let the largest path of each pair take the rounding."""
    flow = np.zeros(n_arcs)
    for pair in range(len(paths.newest)):
        total, largest, p = 0.0, paths.newest[pair], paths.newest[pair]
        while p != NONE:
            total += paths.flow[p]
            if paths.flow[p] > paths.flow[largest]:
                largest = p
            p = paths.following[p]
        paths.flow[largest] += demand.amount[pair] - total
        p = paths.newest[pair]
        while p != NONE:
            for i in range(paths.first[p], paths.first[p + 1]):
                flow[paths.arc[i]] += paths.flow[p]
            p = paths.following[p]
    return flow


@njit(cache=True)
def _mend(graph, cost, origin, via, tree):
    """Mend the tree of one origin."""
    label, moved, key, node = tree
    mend_tree(graph.first_arc, graph.head, graph.tail, cost, graph.through, origin,
              via, label, moved, key, node)  # fmt: skip


@njit(cache=True)
def _load(graph, demand, curves, via, tree, paths):
    """Load origins one after the other on the cheapest paths at the flows so far."""
    flow = np.zeros(len(graph.head))
    cost = costs(curves, flow)
    for k in range(len(demand.origin)):
        _mend(graph, cost, demand.origin[k], via[k], tree)
        for pair in range(demand.first_pair[k], demand.first_pair[k + 1]):
            amount = demand.amount[pair]
            paths = add_path(paths, pair, amount, via[k], graph.tail, demand.destination[pair])
            p = paths.newest[pair]
            for i in range(paths.first[p], paths.first[p + 1]):
                flow[paths.arc[i]] += amount
        for a in via[k]:
            if a != NONE:
                cost[a] = link_cost(curves, a, flow[a])
    return paths


@njit(cache=True)
def _tidy(paths, pair, cost):
    """Let go of paths without flow and return the cheapest cost of those that are left."""
    least, p, before = np.inf, paths.newest[pair], NONE
    while p != NONE:
        after = paths.following[p]
        if paths.flow[p] > 0.0:
            least = min(least, path_cost(paths, p, cost))
            before = p
        elif before == NONE:
            paths.newest[pair] = after
        else:
            paths.following[before] = after
        p = after
    return least


@njit(cache=True)
def _price(graph, demand, cost, via, tree, paths, known, split):
    """Add the cheapest path of each pair if it lacks.

    Parameters
    ----------
    known : bool[n_pairs]
        Whether the only path of a pair is that of the tree; kept up.
    split : int32[n_pairs]
        Pairs with more than one path; written.

    Returns
    -------
    paths : Paths
        Store.
    least : float
        Total cost if everybody were on a cheapest path.
    n_split : int
        How many pairs stand in `split`.
    """
    least, n_split = 0.0, 0
    label, moved = tree[0], tree[1]
    for k in range(len(demand.origin)):
        _mend(graph, cost, demand.origin[k], via[k], tree)
        for pair in range(demand.first_pair[k], demand.first_pair[k + 1]):
            to = demand.destination[pair]
            least += demand.amount[pair] * label[to]
            if known[pair] and moved[to] == STAYED:
                continue
            if label[to] < _tidy(paths, pair, cost) * (1.0 - SAME):
                paths = add_path(paths, pair, 0.0, via[k], graph.tail, to)
            only = paths.following[paths.newest[pair]] == NONE
            known[pair] = only and is_path_of(paths, paths.newest[pair], via[k], graph.tail, to)
            if not only:
                split[n_split] = pair
                n_split += 1
    return paths, least, n_split


@njit(cache=True)
def equilibrate(graph, demand, curves, gap, most_rounds):
    """Find the user equilibrium.

    Parameters
    ----------
    graph : Graph
        Network; every pair must be joined.
    demand : Demand
        Demand.
    curves : Curves
        Link performance functions of the arcs.
    gap : float
        Relative gap to reach: what users could save on the cheapest paths at the costs of
        the result, as a share of what they pay.
    most_rounds : int
        Rounds after which to stop in any case.

    Returns
    -------
    flow, cost : float64[n_arcs]
        Flow on each arc and its cost.
    paths : Paths
        Paths, those of a pair side by side.
    pair : int32[n_paths]
        Pair of each path.
    gaps : float64[n_rounds + 1]
        Relative gap before each round, and of the result.
    """
    n_nodes, n_arcs, n_pairs = len(graph.through), len(graph.head), len(demand.amount)
    via = np.full((len(demand.origin), n_nodes), NONE, np.int32)
    tree = (np.empty(n_nodes), np.empty(n_nodes, np.int8),
            np.empty(n_nodes + 2 * n_arcs), np.empty(n_nodes + 2 * n_arcs, np.int32))  # fmt: skip
    room = np.zeros(n_arcs, np.int8), np.empty(2 * n_arcs, np.int32), np.empty(n_pairs, np.int32)
    known, split = np.ones(n_pairs, np.bool_), np.empty(n_pairs, np.int32)
    paths = _load(graph, demand, curves, via, tree, empty_paths(n_pairs))
    gaps = np.empty(most_rounds + 1)
    flow = flows_of_paths(paths, demand, n_arcs)
    for turn in range(most_rounds + 1):
        cost, slope = costs(curves, flow), slopes(curves, flow)
        paths, least, n_split = _price(graph, demand, cost, via, tree, paths, known, split)
        total = (flow * cost).sum()
        gaps[turn] = (total - least) / total if total > 0.0 else 0.0
        if gaps[turn] <= gap or turn == most_rounds:
            break
        even = EVEN * gaps[turn]
        for _ in range(MOST_SWEEPS):
            short = sweep(paths, split, n_split, curves, flow, cost, slope, room, even)
            if short < STOP * gaps[turn] * total:
                break
    paths, pair = drop_paths(paths)
    flow = flows_of_paths(paths, demand, n_arcs)
    return flow, costs(curves, flow), paths, pair, gaps[: turn + 1]


@njit(cache=True)
def unreached_pairs(graph, demand):
    """Say of each pair whether no way joins it."""
    n_nodes, n_arcs = len(graph.through), len(graph.head)
    tree = (np.empty(n_nodes), np.empty(n_nodes, np.int8),
            np.empty(n_nodes + 2 * n_arcs), np.empty(n_nodes + 2 * n_arcs, np.int32))  # fmt: skip
    out = np.zeros(len(demand.amount), np.bool_)
    for k in range(len(demand.origin)):
        via = np.full(n_nodes, NONE, np.int32)
        _mend(graph, np.zeros(n_arcs), demand.origin[k], via, tree)
        for pair in range(demand.first_pair[k], demand.first_pair[k + 1]):
            out[pair] = via[demand.destination[pair]] == NONE
    return out
