"""Search a query: the Pareto set, and the best itinerary through each gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.pareto import pareto_search
from karwan.kernels.timed import timed_bests
from karwan.kernels.undominated import undominated
from karwan.kernels.ways import label_ways
from karwan.routing.arcs import Kind
from karwan.routing.paths import Path, Paths
from karwan.routing.query import CRITERIA, Query
from karwan.routing.search_graph import OVERLAND, SearchGraph
from karwan.routing.trips import Clocked, Trip, on_the_clock

__all__ = ["best_by_gateway", "gateway_of", "gateways_of", "pareto_itineraries"]

MONEY, TIME, CO2, VARIANCE = range(len(CRITERIA))
SAME = 6
"""Decimals to which totals of trips that wait are compared."""


def pareto_itineraries(query: Query, graph: SearchGraph) -> tuple[Clocked, bool]:
    """Find every itinerary that no other beats in all criteria asked.

    Where gates shut on the way, time is the first criterion, asked or not: only then can a
    label that is no worse stand for another. Reliability alone is what can be promised, which
    rises with mean and with variance: the front is that of both.

    Parameters
    ----------
    query : Query
        Options: criteria and epsilon.
    graph : SearchGraph
        Graph of the query.

    Returns
    -------
    trips : Clocked
        One for each Pareto-optimal cost vector.
    is_complete : bool
        False if the search ran out of labels.
    """
    asked = [CRITERIA.index(c) for c in dict.fromkeys(query.options.by)]
    if asked == [VARIANCE]:
        asked = [TIME, VARIANCE]
    timed = bool((graph.gate >= 0).any())
    wanted = [TIME, *(k for k in asked if k != TIME)] if timed else asked
    bound = np.column_stack([graph.back(CRITERIA[k])[0] for k in wanted])
    cost = graph.cost[:, wanted]
    rate = query.capital if timed and MONEY in wanted else 0.0
    if rate > 0:
        cost[:, wanted.index(MONEY)] = _bare(query, graph)
    if not np.isfinite(bound[graph.origin]).all():
        return Clocked.of([]), True
    order = graph.ahead.order
    role = [wanted.index(k) if k in wanted else -1 for k in (MONEY, TIME, VARIANCE)]
    _, *found, complete = pareto_search(
        graph.first_ahead,
        np.ascontiguousarray(graph.head[order]),
        np.ascontiguousarray(cost[order]),
        graph.gate[order],
        graph.teu[order],
        query.schedule[:-1],
        np.array(role, np.int32),
        rate,
        query.start,
        (graph.origin, graph.target),
        bound,
        query.options.epsilon,
        query.options.max_labels,
    )
    trips = _found(query, graph, *found)
    return trips.chosen(_not_beaten(query, trips, asked)) if timed else trips, bool(complete)


def _found(
    query: Query,
    graph: SearchGraph,
    labels: NDArray[np.int32],
    label_arc: NDArray[np.int32],
    parent: NDArray[np.int32],
    wait: NDArray[np.float64],
) -> Clocked:
    """Return the trips of labels at the target, with the waits that the search found."""
    first, chain = label_ways(parent, labels)
    paths, begins = graph.paths(first, graph.ahead.order[label_arc[chain]])
    waits = np.zeros(len(paths.arc))
    waits[begins] = wait[chain]
    return on_the_clock(query, paths, waits)


def _not_beaten(query: Query, trips: Clocked, asked: list[int]) -> NDArray[np.intp]:
    """Keep the trips that no other beats in the criteria asked, one for each vector."""
    # Waits for one gate by several ways end at one moment but for rounding.
    cost = np.ascontiguousarray(trips.totals(query)[:, asked].round(SAME))
    kept: NDArray[np.intp] = undominated(cost, np.lexsort(cost.T[::-1]))
    return kept


def _bare(query: Query, graph: SearchGraph) -> NDArray[np.float64]:
    """Return the money of each arc without interest, which time costs."""
    return np.maximum(graph.cost[:, MONEY] - query.capital * graph.cost[:, TIME], 0.0)


class _Weights(NamedTuple):
    """What an arc weighs for one criterion: apart from time, an hour, and extras at gates."""

    fixed: NDArray[np.float64]
    hour: float
    variance: float
    surcharge: float


def _weights(query: Query, graph: SearchGraph, criterion: str | None) -> _Weights:
    bare = _bare(query, graph)
    if criterion is None:
        fixed = bare + graph.steepness * graph.cost[:, VARIANCE]
        return _Weights(fixed, query.capital + query.rising, graph.steepness, 1.0)
    nothing = np.zeros(len(bare))
    by_name = {
        "cost": _Weights(bare, query.capital, 0.0, 1.0),
        "time": _Weights(nothing, 1.0, 0.0, 0.0),
        "co2": _Weights(graph.cost[:, CO2], 0.0, 0.0, 0.0),
        "reliability": _Weights(graph.cost[:, VARIANCE], 0.0, 1.0, 0.0),
    }
    return by_name[criterion]


def best_by_gateway(
    query: Query,
    graph: SearchGraph,
    *,
    criterion: str | None = None,
    wanted: Callable[[int, float], bool] | None = None,
) -> dict[int, Trip]:
    """Find the best itinerary through each gateway.

    An export keeps to land and the Caspian up to the gateway, where it first meets the open
    sea, and may do anything after; an import the other way round. Two trees answer for all
    gateways: with open gates the cheapest through gateway g is the least of
    label(tail) + cost + label(head) over its arcs at sea. If it meets no gate that waits or
    hampers it is the best; else a search on the clock between those bounds finds the best.

    Parameters
    ----------
    query : Query
        Moment of departure and schedule of gates.
    graph : SearchGraph
        Graph of the query.
    criterion : str, optional
        One of CRITERIA to be least; the generalised cost if not given, with the value of
        reliability by its tangent.
    wanted : callable, optional
        Says by gateway and its least cost with open gates whether its path is made; all are if
        not given.

    Returns
    -------
    dict of int to Trip
        Trip by node index of the gateway, and by OVERLAND if there is one without the sea.
    """
    gateways, paths = _open_bests(query, graph, criterion, wanted)
    trips = on_the_clock(query, paths)
    is_free = trips.is_free().tolist()
    found = {g: trips.trip(i) for i, g in enumerate(gateways) if is_free[i]}
    met = [g for i, g in enumerate(gateways) if not is_free[i]]
    return found | (_bests_on_clock(query, graph, met, criterion) if met else {})


def _open_bests(
    query: Query,
    graph: SearchGraph,
    criterion: str | None,
    wanted: Callable[[int, float], bool] | None,
) -> tuple[list[int], Paths]:
    """Return the best path through each gateway with every gate open."""
    is_export = query.is_export
    forth = graph.forth(criterion, by_land=is_export)
    back = graph.back(criterion, by_land=not is_export)
    sea = np.flatnonzero(graph.at_sea)
    through = forth[0][graph.tail[sea]] + graph.weight(criterion)[sea] + back[0][graph.head[sea]]
    gateway = graph.gateway[sea]
    ranked = np.lexsort((through, gateway))
    firsts = ranked[np.diff(gateway[ranked], prepend=OVERLAND - 1) != 0]
    firsts = firsts[np.argsort(through[firsts], kind="stable")]
    firsts = firsts[np.isfinite(through[firsts])]
    offered = zip(gateway[firsts].tolist(), through[firsts].tolist(), strict=True)
    kept = [wanted is None or wanted(*offer) for offer in offered]
    firsts = firsts[np.array(kept, bool)]
    paths = graph.ways_over(forth, sea[firsts], back)
    gateways: list[int] = gateway[firsts].tolist()
    overland = graph.forth(criterion, by_land=True)
    cost = float(overland[0][graph.target])
    if np.isfinite(cost) and (wanted is None or wanted(OVERLAND, cost)):
        gateways.append(OVERLAND)
        paths = paths.joined(graph.ways_over(overland, overland[1][[graph.target]], back))
    return gateways, paths


def _bests_on_clock(
    query: Query, graph: SearchGraph, gateways: list[int], criterion: str | None
) -> dict[int, Trip]:
    """Return the best trip through each gateway with its gates as they are, if there is one."""
    weights, order = _weights(query, graph, criterion), graph.ahead.order
    is_export, teu = query.is_export, graph.teu[order]
    layer = {gateway: k for k, gateway in enumerate(gateways, 1)}
    doors = np.zeros(max(int(graph.gateway.max(initial=0)), *gateways, 0) + 2, np.int32)
    kinds = [(int(is_export), 0, 1)]
    for gateway, k in layer.items():
        doors[gateway] = 0 if gateway == OVERLAND else k
        on_land = gateway == OVERLAND or not is_export
        kinds.append((int(on_land), int(on_land), int(gateway == OVERLAND)))
    at_sea = graph.at_sea[order]
    found, *labels = timed_bests(
        graph.first_ahead,
        np.ascontiguousarray(graph.head[order]),
        weights.fixed[order],
        np.ascontiguousarray(graph.cost[order, TIME]),
        graph.gate[order],
        np.column_stack((np.full(len(order), weights.variance), weights.surcharge * teu)),
        np.where(at_sea, doors[graph.gateway[order]], 0).astype(np.int32),
        at_sea,
        np.array(kinds, np.int32),
        query.schedule[:-1],
        weights.hour,
        query.start,
        (graph.origin, graph.target),
        np.vstack([graph.back(criterion, by_land=b)[0] for b in (False, OVERLAND in layer)]),
    )
    reached = {gateway: found[k] for gateway, k in layer.items() if found[k] >= 0}
    trips = _found(query, graph, np.array(list(reached.values()), np.int32), *labels)
    return {gateway: trips.trip(i) for i, gateway in enumerate(reached)}


def gateways_of(query: Query, paths: Paths) -> list[int]:
    """Return the node index of each path's gateway, OVERLAND where it has none."""
    if paths.n_paths == 0:
        return []
    n, arc, first = len(paths.arc), paths.arc, paths.first[:-1]
    at_sea = query.arcs.kind[arc] == Kind.SEA
    place = np.arange(n)
    if query.is_export:
        meets = np.minimum.reduceat(np.where(at_sea, place, n), first)
        ends = query.arcs.tail
    else:
        meets = np.maximum.reduceat(np.where(at_sea, place, -1), first)
        ends = query.arcs.head
    is_by_sea = (meets >= 0) & (meets < n)
    node = query.state_node[ends[arc[np.where(is_by_sea, meets, 0)]]]
    gateways: list[int] = np.where(is_by_sea, node, OVERLAND).tolist()
    return gateways


def gateway_of(query: Query, path: Path) -> int:
    """Return the node index of a path's gateway, OVERLAND if it has none."""
    return gateways_of(query, Paths.of([path]))[0]
