"""Search a query: the Pareto set, and the best itinerary through each gateway."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.kernels.chains import contract_chains
from karwan.kernels.pareto import label_path, pareto_search
from karwan.routing.arcs import Kind
from karwan.routing.query import CRITERIA, Query

__all__ = [
    "OVERLAND",
    "Found",
    "best_by_gateway",
    "gateway_of",
    "pareto_itineraries",
    "search_graph",
]

OVERLAND = -1
"""Gateway of an itinerary that never meets the open sea."""

Path = NDArray[np.intp]


class Found(NamedTuple):
    """Itineraries of a query as paths over its arcs.

    Attributes
    ----------
    paths : tuple of int[n]
        Arcs of the query from origin to target.
    gateways : tuple of int
        Node index of the gateway, OVERLAND if none.
    is_complete : bool
        The Pareto set is whole (within the epsilon asked).
    """

    paths: tuple[Path, ...]
    gateways: tuple[int, ...]
    is_complete: bool


class SearchGraph(NamedTuple):
    """Contracted graph of a query, in layers of places passed and handlings made.

    Attributes
    ----------
    tail, head : int32[n]
        States of the layers.
    cost : float64[n, 4]
        Totals by CRITERIA.
    generalised : float64[n]
        Generalised cost [USD].
    at_sea : bool[n]
        Arc on the open sea.
    gateway : int32[n]
        For arcs at sea, the node that would be the gateway.
    first_member, member : int32
        Arcs of the query behind each arc: ``member[first_member[i]:first_member[i + 1]]``.
    origin, target, n_states : int
        Ends and size.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: NDArray[np.float64]
    generalised: NDArray[np.float64]
    at_sea: NDArray[np.bool_]
    gateway: NDArray[np.int32]
    first_member: NDArray[np.int32]
    member: NDArray[np.int32]
    origin: int
    target: int
    n_states: int

    def members(self, arcs: NDArray[np.integer]) -> Path:
        """Return the arcs of the query behind a path of arcs."""
        first = self.first_member
        size = first[arcs + 1] - first[arcs]
        ends = np.cumsum(size)
        within = np.arange(ends[-1]) - np.repeat(ends - size, size)
        path: Path = self.member[np.repeat(first[arcs], size) + within].astype(np.intp)
        return path


def search_graph(query: Query) -> SearchGraph:
    """Lay a query out in layers and contract its plain chains.

    A layer counts the places of `via` passed so far and the handlings made so far, so that both
    wishes are kept exactly. States where nothing can be decided are contracted away.

    Parameters
    ----------
    query : Query
        Arcs and totals.

    Returns
    -------
    SearchGraph
        Graph to search.
    """
    tail, head, arc, target = _layers(query)
    n_states = int(max(tail.max(initial=0), head.max(initial=0), query.origin, target)) + 1
    totals = query.totals
    stacked = np.column_stack((totals.usd, totals.hours, totals.kgco2e, totals.variance))
    sea = query.arcs.kind[arc] == Kind.SEA
    keep = np.zeros(n_states, bool)
    keep[[query.origin, target]] = True
    keep[tail[sea]] = keep[head[sea]] = True
    c_tail, c_head, cost, first, member = contract_chains(
        tail, head, np.ascontiguousarray(stacked[arc]), keep
    )
    leading = arc[member[first[:-1]]] if len(c_tail) else np.zeros(0, np.intp)
    at_sea = query.arcs.kind[leading] == Kind.SEA
    side = query.arcs.tail if query.is_export else query.arcs.head
    return SearchGraph(
        c_tail,
        c_head,
        cost,
        cost[:, 0] + query.rising * cost[:, 1],
        at_sea,
        np.where(at_sea, query.state_node[side[leading]], OVERLAND).astype(np.int32),
        first,
        arc[member].astype(np.int32),
        query.origin,
        target,
        n_states,
    )


def _layers(
    query: Query,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.intp], int]:
    """Copy the arcs once a layer; return tails, heads, arcs of the query and the target."""
    arcs, limit = query.arcs, query.options.max_transfers
    n_via, n_handled = len(query.via), 1 if limit is None else limit + 1
    every = np.arange(arcs.n_arcs)
    if n_via == 0 and limit is None:
        return arcs.tail, arcs.head, every, query.target
    handling = np.isin(arcs.kind, (Kind.TRANSFER, Kind.GAUGE)) & (limit is not None)
    tail_node, head_node = query.state_node[arcs.tail], query.state_node[arcs.head]
    tails, heads, kept = [], [], []
    for passed in range(n_via + 1):
        reaches = np.zeros(arcs.n_arcs, np.int64) + passed
        if passed < n_via:
            reaches += (head_node == query.via[passed]) | (tail_node == query.via[passed])
        for handled in range(n_handled):
            after = handled + handling
            use = (after < n_handled) & ((arcs.head != query.target) | (reaches == n_via))
            here = (passed * n_handled + handled) * query.n_states
            there = (reaches * n_handled + after) * query.n_states
            tails.append((arcs.tail + here)[use])
            ended = np.where(arcs.head == query.target, query.target, arcs.head + there)
            heads.append(ended[use])
            kept.append(every[use])
    parts = (np.concatenate(p) for p in (tails, heads, kept))
    tail, head, arc = parts
    return tail.astype(np.int32), head.astype(np.int32), arc, query.target


def pareto_itineraries(query: Query, graph: SearchGraph) -> tuple[list[Path], bool]:
    """Find every itinerary that no other beats in all criteria asked.

    Parameters
    ----------
    query : Query
        Options: criteria and epsilon.
    graph : SearchGraph
        Graph of the query.

    Returns
    -------
    paths : list of int[n]
        Arcs of the query, one path for each Pareto-optimal cost vector.
    is_complete : bool
        False if the search ran out of labels.
    """
    wanted = [CRITERIA.index(c) for c in dict.fromkeys(query.options.by)]
    order = np.argsort(graph.tail, kind="stable")
    cost = np.ascontiguousarray(graph.cost[order][:, wanted])
    head = np.ascontiguousarray(graph.head[order])
    first = np.searchsorted(graph.tail[order], np.arange(graph.n_states + 1)).astype(np.int32)
    bound = _bounds(graph, wanted)
    if not np.isfinite(bound[graph.origin]).all():
        return [], True
    _, labels, label_arc, parent, complete = pareto_search(
        first,
        head,
        cost,
        graph.origin,
        graph.target,
        bound,
        query.options.epsilon,
        query.options.max_labels,
    )
    paths = [graph.members(order[label_path(label_arc, parent, label)]) for label in labels]
    return paths, bool(complete)


def best_by_gateway(graph: SearchGraph, *, is_export: bool) -> dict[int, Path]:
    """Find the itinerary of least generalised cost through each gateway.

    An export keeps to land and the Caspian up to the gateway, where it first meets the open
    sea, and may do anything after; an import the other way round. Two trees answer for all
    gateways: the cheapest through gateway g is the least of label(tail) + cost + label(head)
    over its arcs at sea.

    Parameters
    ----------
    graph : SearchGraph
        Graph of the query.
    is_export : bool
        Which side the gateway is on.

    Returns
    -------
    dict of int to int[n]
        Path by node index of the gateway, and by OVERLAND if there is one without the sea.
    """
    land = np.where(graph.at_sea, np.inf, graph.generalised)
    forth = _tree(graph, land if is_export else graph.generalised, graph.origin)
    back = _tree(graph, graph.generalised if is_export else land, graph.target, reverse=True)
    through = forth[0][graph.tail] + graph.generalised + back[0][graph.head]
    through[~graph.at_sea] = np.inf
    found: dict[int, Path] = {}
    for a in np.argsort(through, kind="stable"):
        gateway = int(graph.gateway[a])
        if not np.isfinite(through[a]):
            break
        if gateway not in found:
            before = _walk(graph, forth, int(graph.tail[a]))[::-1]
            after = _walk(graph, back, int(graph.head[a]), reverse=True)
            found[gateway] = graph.members(np.array([*before, a, *after], np.intp))
    overland = forth if is_export else _tree(graph, land, graph.origin)
    if np.isfinite(overland[0][graph.target]):
        way = _walk(graph, overland, graph.target)[::-1]
        found[OVERLAND] = graph.members(np.array(way, np.intp))
    return found


def gateway_of(query: Query, path: Path) -> int:
    """Return the node index of a path's gateway, OVERLAND if it has none."""
    at_sea = path[query.arcs.kind[path] == Kind.SEA]
    if len(at_sea) == 0:
        return OVERLAND
    if query.is_export:
        return int(query.state_node[query.arcs.tail[at_sea[0]]])
    return int(query.state_node[query.arcs.head[at_sea[-1]]])


def _bounds(graph: SearchGraph, wanted: list[int]) -> NDArray[np.float64]:
    """Return the least cost from each state to the target, criterion by criterion."""
    order = np.argsort(graph.head, kind="stable")
    n = graph.n_states
    first = np.searchsorted(graph.head[order], np.arange(n + 1)).astype(np.int32)
    back = graph.tail[order]
    bound = np.empty((n, len(wanted)))
    for i, k in enumerate(wanted):
        matrix = csr_matrix((graph.cost[order, k], back, first), shape=(n, n))
        bound[:, i] = dijkstra(matrix, indices=graph.target)
    return bound


Tree = tuple[NDArray[np.float64], NDArray[np.int32]]


def _tree(
    graph: SearchGraph, cost: NDArray[np.float64], root: int, *, reverse: bool = False
) -> Tree:
    """Grow the cheapest-path tree with SciPy; return labels and last arcs (-1 if none)."""
    tail, head = (graph.head, graph.tail) if reverse else (graph.tail, graph.head)
    usable = np.flatnonzero(np.isfinite(cost))
    order = usable[np.lexsort((cost[usable], head[usable], tail[usable]))]
    twin = (np.diff(tail[order], prepend=-1) == 0) & (np.diff(head[order], prepend=-1) == 0)
    order = order[~twin]
    n = graph.n_states
    first = np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int32)
    matrix = csr_matrix((cost[order], head[order], first), shape=(n, n))
    label, before = dijkstra(matrix, indices=root, return_predecessors=True)
    arc = np.full(n, -1, np.int32)
    reached = np.flatnonzero(before >= 0)
    key = tail[order].astype(np.int64) * n + head[order]
    arc[reached] = order[np.searchsorted(key, before[reached].astype(np.int64) * n + reached)]
    return label, arc


def _walk(graph: SearchGraph, tree: Tree, state: int, *, reverse: bool = False) -> list[int]:
    """Return arcs from a state back to the root of a tree."""
    arcs = []
    while tree[1][state] >= 0:
        a = int(tree[1][state])
        arcs.append(a)
        state = int(graph.head[a] if reverse else graph.tail[a])
    return arcs
