"""Plan one consignment: every sensible gateway side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from zoneinfo import ZoneInfo

from karwan.errors import RouteNotFound
from karwan.network import Network
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.cuts import what_cuts
from karwan.routing.missing import missing_routes
from karwan.routing.query import MORNING, Options, Query, make_query
from karwan.routing.schedule import node_zones
from karwan.routing.search import best_by_gateway, gateways_of, pareto_itineraries
from karwan.routing.search_graph import search_graph
from karwan.routing.trips import Clocked, Trip, generalised_costs
from karwan.scenarios import apply_scenario
from karwan.studies.moments import read_departure
from karwan.studies.reliability import promises
from karwan.studies.routes import Routes
from karwan.studies.run import Run, karwan_version

__all__ = ["plan"]

RELIABILITY = "reliability"
EXTREMES = ("cost", "time", "co2")
"""Criteria for which the best itinerary through each gateway is offered besides."""


def plan(
    network: Network,
    consignment: Consignment,
    *,
    depart: dt.datetime | dt.date | str | None = None,
    scenario: str | Sequence[str] = (),
    options: Options | None = None,
    missing: bool = True,
) -> Routes:
    """Find the itineraries of one consignment.

    The answer holds the Pareto set for the criteria asked and, through each gateway, the
    itineraries of least generalised cost, least money, least time and least emissions, whether
    Pareto-optimal or not. The trip keeps the calendar: closures, opening hours, timetables and
    seasons count at the moment it comes to them, and it waits where that pays. Restrictions,
    tariffs and services are those of the departure date.

    Parameters
    ----------
    network : Network
        Network to search.
    consignment : Consignment
        What is moved, from where to where.
    depart : datetime.datetime, datetime.date or str, optional
        Departure, as a date, a time, or written 2025-11-15 or 2025-11-15T14:30; the network's
        as-of date if not given. Local time of the origin unless it names another zone; 8:00 if
        no hour is given.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.
    options : Options, optional
        Criteria, places to pass and to avoid, limits.
    missing : bool
        Find out too what closures keep from being offered; that takes a second search.

    Returns
    -------
    Routes
        Itineraries ranked by generalised cost, or by the transit time that they keep in 95 of
        100 cases if reliability is the only criterion; with legs, costs, documents, what is shut
        and what is missing because of it.

    Raises
    ------
    InputError
        Consignment, options or date that make no sense.
    ScenarioError
        Scenarios that are unknown or clash.
    RouteNotFound
        No itinerary exists; the message says what cuts the places off.

    Examples
    --------
    >>> import karwan
    >>> atlas = karwan.open_atlas()
    >>> routes = karwan.plan(atlas, karwan.Consignment("Karaganda", "Mombasa", teu=20))
    >>> routes.summary.select("gateway_name", "cost_usd", "time_h")  # doctest: +SKIP
    """
    options = options or Options()
    day, hour = read_departure(network, depart)
    changed = apply_scenario(network, scenario)
    cargo = resolve_cargo(changed, consignment)
    leaves = _leaves(day, hour, node_zones(changed)[cargo.origin])
    query = make_query(changed, cargo, leaves.date(), options, leaves=leaves)
    graph = search_graph(query)
    best = best_by_gateway(query, graph)
    if not best:
        raise RouteNotFound(_no_route(query), what_cuts(query))
    front, complete = pareto_itineraries(query, graph)
    costs = generalised_costs(query, list(best.values()))
    offered = dict(zip(best, costs.tolist(), strict=True))
    limit = options.sensible * min(offered.values())
    far_end = query.base.where[cargo.destination if query.is_export else cargo.origin]
    best = {g: trip for g, trip in best.items() if offered[g] <= limit and g != far_end}
    rivals = [
        (g, trip)
        for criterion in EXTREMES
        if criterion in options.by or options.by == (RELIABILITY,)
        for g, trip in best_by_gateway(
            query, graph, criterion=criterion, wanted=lambda gateway, _: gateway in best
        ).items()
    ]
    trips, gateways, optimal = _merge(query, [*best.items(), *rivals], front)
    if options.by == (RELIABILITY,):
        kept = promises(query, trips.trips()[:])
        order = sorted(range(len(kept)), key=lambda i: kept[i])
        trips, gateways = trips.chosen(order), [gateways[i] for i in order]
        optimal = [optimal[i] for i in order]
    run = Run(
        karwan_version(),
        network.name,
        network.fingerprint,
        (scenario,) if isinstance(scenario, str) else tuple(scenario),
        leaves,
        network.price_year,
        {"consignment": asdict(consignment), **asdict(options)},
    )
    shut_off = missing_routes(query, offered) if missing else []
    missed = [m for m in shut_off if m.generalised_cost_usd <= limit]
    return Routes.assemble(run, query, trips, gateways, optimal, missed, is_complete=complete)


def _leaves(day: dt.date, hour: dt.time | None, zone: ZoneInfo) -> dt.datetime:
    """Return the departure at the clock of the origin."""
    hour = hour if hour is not None else MORNING
    if hour.tzinfo is None:
        return dt.datetime.combine(day, hour, zone)
    return dt.datetime.combine(day, hour).astimezone(zone)


def _merge(
    query: Query, best: list[tuple[int, Trip]], front: Clocked
) -> tuple[Clocked, list[int], list[bool]]:
    """Join the bests of each gateway and the Pareto set, each once, by generalised cost."""
    n_front = front.paths.n_paths
    every = front.joined(Clocked.of([trip for _, trip in best]))
    gateways = gateways_of(query, every.paths)
    gateways[n_front:] = [gateway for gateway, _ in best]
    keys = _keys(every)
    cost = [round(usd, 6) for usd in every.generalised(query).tolist()]
    merged = {keys[i]: i for i in range(n_front)}
    for i in range(n_front, len(keys)):
        merged.setdefault(keys[i], i)
    ranked = sorted(merged.values(), key=lambda i: (cost[i], keys[i]))
    return every.chosen(ranked), [gateways[i] for i in ranked], [i < n_front for i in ranked]


def _keys(trips: Clocked) -> list[tuple[bytes, bytes]]:
    """Return what makes each trip itself: its arcs, and its waits to the minute.

    Big-endian bytes have the order of the numbers that they stand for.
    """
    arcs = trips.paths.arc.astype(">i4").tobytes()
    minutes = (trips.wait_h * 60).round().astype(">i4").tobytes()
    first = (4 * trips.paths.first).tolist()
    return [(arcs[a:b], minutes[a:b]) for a, b in pairwise(first)]


def _no_route(query: Query) -> str:
    cargo = query.cargo
    return (
        f"no itinerary carries {cargo.label} of {cargo.commodity} from {cargo.origin} to "
        f"{cargo.destination} on {query.day}"
    )
