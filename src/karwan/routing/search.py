"""Search a query: the Pareto set, and the best itinerary through each gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.pareto import label_path, pareto_search
from karwan.kernels.timed import timed_bests
from karwan.routing.arcs import Kind
from karwan.routing.query import CRITERIA, Query
from karwan.routing.search_graph import OVERLAND, Path, SearchGraph
from karwan.routing.trips import Trip, run_clock

__all__ = ["best_by_gateway", "gateway_of", "pareto_itineraries"]

MONEY, TIME, CO2, VARIANCE = range(len(CRITERIA))
SAME = 6
"""Decimals to which totals of trips that wait are compared."""


def pareto_itineraries(query: Query, graph: SearchGraph) -> tuple[list[Trip], bool]:
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
    trips : list of Trip
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
        return [], True
    order = graph.ahead.order
    role = [wanted.index(k) if k in wanted else -1 for k in (MONEY, TIME, VARIANCE)]
    _, labels, label_arc, parent, wait, complete = pareto_search(
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
    trips = []
    for label in labels:
        chain = label_path(parent, label)
        arcs = order[label_arc[chain]].tolist()
        trips.append(_trip(query, graph, arcs, wait[chain]))
    return (_not_beaten(query, trips, asked) if timed else trips), bool(complete)


def _trip(query: Query, graph: SearchGraph, arcs: list[int], waits: NDArray[np.float64]) -> Trip:
    """Return the trip of arcs of the search graph and the waits before them."""
    path = graph.members(arcs)
    waited = np.zeros(len(path))
    sizes = np.diff(graph.first_member)[arcs]
    waited[np.cumsum(sizes) - sizes] = waits
    trip = run_clock(query, path, waited)
    if trip is None:
        message = "a path that was found has a gate that stays shut"
        raise RuntimeError(message)
    return trip


def _not_beaten(query: Query, trips: list[Trip], asked: list[int]) -> list[Trip]:
    """Keep the trips that no other beats in the criteria asked, one for each vector."""
    if not trips:
        return []
    totals = query.totals
    arc = np.concatenate([trip.path for trip in trips])
    sizes = np.array([len(trip.path) for trip in trips])
    stacked = np.column_stack((totals.usd, totals.hours, totals.kgco2e, totals.variance))[arc]
    sums = np.add.reduceat(stacked, np.cumsum(sizes) - sizes)
    added = np.array([trip.added_h for trip in trips])
    sums[:, MONEY] += [float(trip.slow_usd.sum()) for trip in trips]
    sums[:, MONEY] += query.capital * added
    sums[:, TIME] += added
    sums[:, VARIANCE] += [float(trip.slow_variance.sum()) for trip in trips]
    # Waits for one gate by several ways end at one moment but for rounding.
    cost = sums[:, asked].round(SAME)
    front = np.empty_like(cost)
    kept: list[int] = []
    for i in np.lexsort(cost.T[::-1]).tolist():
        if not (front[: len(kept)] <= cost[i]).all(axis=1).any():
            front[len(kept)] = cost[i]
            kept.append(i)
    return [trips[i] for i in kept]


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
    found: dict[int, Trip] = {}
    met = []
    for gateway, path in _open_bests(query, graph, criterion, wanted).items():
        trip = run_clock(query, path)
        if trip is not None and trip.is_free:
            found[gateway] = trip
        else:
            met.append(gateway)
    return found | (_bests_on_clock(query, graph, met, criterion) if met else {})


def _open_bests(
    query: Query,
    graph: SearchGraph,
    criterion: str | None,
    wanted: Callable[[int, float], bool] | None,
) -> dict[int, Path]:
    """Return the best path through each gateway with every gate open."""
    is_export = query.is_export
    forth = graph.forth(criterion, by_land=is_export)
    back = graph.back(criterion, by_land=not is_export)
    sea = np.flatnonzero(graph.at_sea)
    through = forth[0][graph.tail[sea]] + graph.weight(criterion)[sea] + back[0][graph.head[sea]]
    ranked = np.lexsort((through, graph.gateway[sea]))
    firsts = ranked[np.diff(graph.gateway[sea][ranked], prepend=OVERLAND - 1) != 0]
    found = {
        int(graph.gateway[sea[i]]): graph.way_over(forth, int(sea[i]), back)
        for i in firsts[np.argsort(through[firsts], kind="stable")]
        if np.isfinite(through[i])
        and (wanted is None or wanted(int(graph.gateway[sea[i]]), float(through[i])))
    }
    overland = graph.forth(criterion, by_land=True)
    cost = float(overland[0][graph.target])
    if np.isfinite(cost) and (wanted is None or wanted(OVERLAND, cost)):
        found[OVERLAND] = graph.members(graph.way_to(overland, graph.target))
    return found


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
    found, label_arc, parent, wait = timed_bests(
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
        np.vstack([graph.back(criterion, by_land=by_land)[0] for by_land in (False, True)]),
    )
    trips = {}
    for gateway, k in layer.items():
        if found[k] >= 0:
            chain = label_path(parent, found[k])
            arcs = order[label_arc[chain]].tolist()
            trips[gateway] = _trip(query, graph, arcs, wait[chain])
    return trips


def gateway_of(query: Query, path: Path) -> int:
    """Return the node index of a path's gateway, OVERLAND if it has none."""
    at_sea = path[query.arcs.kind[path] == Kind.SEA]
    if len(at_sea) == 0:
        return OVERLAND
    if query.is_export:
        return int(query.state_node[query.arcs.tail[at_sea[0]]])
    return int(query.state_node[query.arcs.head[at_sea[-1]]])
