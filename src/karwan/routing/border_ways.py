"""Rival ways through one gateway: the best itinerary for each sequence of border crossings."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import REFERENCES
from karwan.routing.gateway_layers import GatewayLayers, gateway_layers
from karwan.routing.paths import Path
from karwan.routing.query import Query
from karwan.routing.search_graph import SearchGraph, search_graph
from karwan.routing.trees import Tree, cheapest_tree, way_to
from karwan.routing.trips import Trip, run_clock

__all__ = ["ways_through"]


class _Borders(NamedTuple):
    """The graph through one gateway, with the borders that its arcs pass."""

    graph: SearchGraph
    layers: GatewayLayers
    cost: NDArray[np.float64]
    crossings: dict[int, tuple[int, ...]]
    """Rows of `border_crossings` that an arc passes, by arc; arcs that pass none are missing."""

    def members(self, arcs: tuple[int, ...]) -> Path:
        """Return the arcs of the query behind arcs of the layers."""
        return self.graph.members(self.layers.arc[list(arcs)])


class _Start(NamedTuple):
    """A way as far as its last border: where it stands and how it came there."""

    spent: float
    state: int
    crossings: tuple[int, ...]
    arcs: tuple[int, ...]


def ways_through(query: Query, gateway: int, *, within: float, most: int) -> list[Trip]:
    """Find the ways through a gateway that differ in their border crossings.

    A search over sequences of crossings, best first: from the origin and from behind each
    border a tree within the country gives the cost to the next borders, and one tree from the
    target the least cost of what remains, so that ways come out in order of generalised cost
    with open gates. What gates then cost is added to each, and a way whose gate stays shut is
    left out.

    Parameters
    ----------
    query : Query
        Cargo and arcs.
    gateway : int
        Node index of the gateway, OVERLAND for ways without the sea.
    within : float
        Ways are offered up to ``1 + within`` times the least generalised cost.
    most : int
        Ways offered at most.

    Returns
    -------
    list of Trip
        Least generalised cost first; empty if there is no way.
    """
    graph = search_graph(query)
    borders = _borders(query, graph, gateway)
    offered: dict[tuple[int, ...], Trip] = {}
    for way, arcs in _best_first(borders, within):
        trip = run_clock(query, borders.members(arcs))
        if trip is not None:
            offered.setdefault(way, trip)
        if len(offered) == most:
            break
    return sorted(offered.values(), key=lambda trip: trip.generalised(query))


def _borders(query: Query, graph: SearchGraph, gateway: int) -> _Borders:
    """Lay the graph out through the gateway and note the borders."""
    layers = gateway_layers(graph, gateway, is_export=query.is_export)
    row = query.arcs.reference[graph.member, REFERENCES.index("crossing")]
    start = np.searchsorted(graph.first_member, np.flatnonzero(row >= 0), side="right") - 1
    passed: dict[int, tuple[int, ...]] = {}
    for a, crossing in zip(start.tolist(), row[row >= 0].tolist(), strict=True):
        passed[a] = (*passed.get(a, ()), crossing)
    crossings = {k: passed[a] for k, a in enumerate(layers.arc.tolist()) if a in passed}
    return _Borders(graph, layers, graph.generalised[layers.arc], crossings)


def _best_first(
    borders: _Borders, within: float
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield sequences of crossings with the arcs of their best way, in order of cost."""
    graph, cost = borders.layers, borders.cost
    target = graph.target
    tail, head = graph.tail, graph.head
    border = np.array(sorted(borders.crossings), np.intp)
    inside = cost.copy()
    inside[border] = np.inf
    remaining = cheapest_tree(graph.behind, cost, target)[0]
    limit = remaining[graph.origin] * (1 + within)
    trees: dict[int, Tree] = {}
    serial = count()
    queue: list[tuple[float, int, bool, _Start]] = []
    reached: set[tuple[tuple[int, ...], int]] = set()
    if np.isfinite(limit):
        begin = _Start(0.0, graph.origin, (), ())
        queue.append((remaining[graph.origin], next(serial), False, begin))
    while queue:
        _, _, is_whole, at = heapq.heappop(queue)
        if is_whole:
            yield at.crossings, at.arcs
            continue
        if (at.crossings, at.state) in reached:
            continue
        reached.add((at.crossings, at.state))
        if at.state not in trees:
            trees[at.state] = cheapest_tree(graph.ahead, inside, at.state)
        tree = trees[at.state]
        label = tree[0]
        if at.spent + label[target] <= limit:
            whole = at._replace(arcs=(*at.arcs, *way_to(tail, tree, target).tolist()))
            heapq.heappush(queue, (at.spent + label[target], next(serial), True, whole))
        at_border = at.spent + label[graph.tail[border]] + cost[border]
        promise = at_border + remaining[head[border]]
        for k in np.flatnonzero(promise <= limit):
            a = int(border[k])
            if not set(borders.crossings[a]).isdisjoint(at.crossings):
                continue
            behind = _Start(
                float(at_border[k]),
                int(head[a]),
                at.crossings + borders.crossings[a],
                (*at.arcs, *way_to(tail, tree, tail[a]).tolist(), a),
            )
            heapq.heappush(queue, (float(promise[k]), next(serial), False, behind))
