"""Rival ways through one gateway: the best itinerary for each sequence of border crossings."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import REFERENCES
from karwan.routing.query import Query
from karwan.routing.search_graph import OVERLAND, Path, SearchGraph, search_graph
from karwan.routing.trees import Tree, cheapest_tree

__all__ = ["ways_through"]


class _Layers(NamedTuple):
    """The graph before and after the gateway, one above the other."""

    graph: SearchGraph
    arc: NDArray[np.intp]
    """Arc of the search graph behind each arc."""
    crossings: dict[int, tuple[int, ...]]
    """Rows of `border_crossings` that an arc passes, by arc; arcs that pass none are missing."""
    target: int
    whole: SearchGraph

    def members(self, arcs: tuple[int, ...]) -> Path:
        """Return the arcs of the query behind arcs of the layers."""
        return self.whole.members(self.arc[list(arcs)].tolist())


class _Start(NamedTuple):
    """A way as far as its last border: where it stands and how it came there."""

    spent: float
    state: int
    crossings: tuple[int, ...]
    arcs: tuple[int, ...]


def ways_through(query: Query, gateway: int, *, within: float, most: int) -> list[Path]:
    """Find the ways through a gateway that differ in their border crossings.

    A search over sequences of crossings, best first: from the origin and from behind each
    border a tree within the country gives the cost to the next borders, and one tree from the
    target the least cost of what remains, so that ways come out in order of generalised cost.

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
    list of int[n]
        Arcs of the query, least generalised cost first; empty if there is no way.
    """
    layers = _layers(query, search_graph(query), gateway)
    offered: dict[tuple[int, ...], Path] = {}
    for way, arcs in _best_first(layers, within):
        path = layers.members(arcs)
        offered.setdefault(way, path)
        if len(offered) == most:
            break
    return list(offered.values())


def _layers(query: Query, graph: SearchGraph, gateway: int) -> _Layers:
    """Lay the part before the gateway below the part after it; land alone if there is none."""
    every, land = np.arange(len(graph.tail)), np.flatnonzero(~graph.at_sea)
    n = graph.n_states
    if gateway == OVERLAND:
        arc, below, above = land, np.zeros(len(land), int), np.zeros(len(land), int)
    else:
        boards = np.flatnonzero(graph.at_sea & (graph.gateway == gateway))
        before, after = (land, every) if query.is_export else (every, land)
        arc = np.concatenate((before, boards, after))
        below = np.repeat((0, 0, n), (len(before), len(boards), len(after)))
        above = np.repeat((0, n, n), (len(before), len(boards), len(after)))
    layered = replace(
        graph,
        tail=(graph.tail[arc] + below).astype(np.int32),
        head=(graph.head[arc] + above).astype(np.int32),
        generalised=graph.generalised[arc],
        n_states=n if gateway == OVERLAND else 2 * n,
    )
    row = query.arcs.reference[graph.member, REFERENCES.index("crossing")]
    start = np.searchsorted(graph.first_member, np.flatnonzero(row >= 0), side="right") - 1
    passed: dict[int, tuple[int, ...]] = {}
    for a, crossing in zip(start.tolist(), row[row >= 0].tolist(), strict=True):
        passed[a] = (*passed.get(a, ()), crossing)
    crossings = {k: passed[a] for k, a in enumerate(arc.tolist()) if a in passed}
    target = graph.target if gateway == OVERLAND else graph.target + n
    return _Layers(layered, arc, crossings, target, graph)


def _best_first(
    layers: _Layers, within: float
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield sequences of crossings with the arcs of their best way, in order of cost."""
    graph, target = layers.graph, layers.target
    cost = graph.generalised
    border = np.array(sorted(layers.crossings), np.intp)
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
            whole = at._replace(arcs=(*at.arcs, *graph.way_to(tree, target)))
            heapq.heappush(queue, (at.spent + label[target], next(serial), True, whole))
        at_border = at.spent + label[graph.tail[border]] + cost[border]
        promise = at_border + remaining[graph.head[border]]
        for k in np.flatnonzero(promise <= limit):
            a = int(border[k])
            if not set(layers.crossings[a]).isdisjoint(at.crossings):
                continue
            behind = _Start(
                float(at_border[k]),
                int(graph.head[a]),
                at.crossings + layers.crossings[a],
                (*at.arcs, *graph.way_to(tree, int(graph.tail[a])), a),
            )
            heapq.heappush(queue, (float(promise[k]), next(serial), False, behind))
