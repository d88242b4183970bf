"""Plan one consignment: every sensible gateway side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from karwan.errors import InputError, RouteNotFound
from karwan.network import Network
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.cuts import what_cuts
from karwan.routing.missing import missing_routes
from karwan.routing.query import Options, Query, make_query
from karwan.routing.search import best_by_gateway, gateway_of, pareto_itineraries
from karwan.routing.search_graph import Path, search_graph
from karwan.scenarios import apply_scenario
from karwan.studies.routes import Routes
from karwan.studies.run import Run, karwan_version

__all__ = ["plan"]

EXTREMES = ("cost", "time", "co2")
"""Criteria for which the best itinerary through each gateway is offered besides."""
FIRST_DAY, LAST_DAY = dt.date(2015, 1, 1), dt.date(2060, 12, 31)


def plan(
    network: Network,
    consignment: Consignment,
    *,
    depart: dt.date | str | None = None,
    scenario: str | Sequence[str] = (),
    options: Options | None = None,
) -> Routes:
    """Find the itineraries of one consignment.

    The answer holds the Pareto set for the criteria asked and, through each gateway, the
    itineraries of least generalised cost, least money, least time and least emissions, whether
    Pareto-optimal or not. Closures and restrictions of the departure date apply to the whole
    trip.

    Parameters
    ----------
    network : Network
        Network to search.
    consignment : Consignment
        What is moved, from where to where.
    depart : datetime.date or str, optional
        Departure, as a date or written 2025-11-15; the network's as-of date if not given.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.
    options : Options, optional
        Criteria, places to pass and to avoid, limits.

    Returns
    -------
    Routes
        Itineraries ranked by generalised cost, with legs, costs, documents, what is shut and
        what is missing because of it.

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
    day = _departure(network, depart)
    changed = apply_scenario(network, scenario)
    cargo = resolve_cargo(changed, consignment)
    query = make_query(changed, cargo, day, options)
    graph = search_graph(query)
    best = best_by_gateway(graph, is_export=query.is_export)
    if not best:
        raise RouteNotFound(_no_route(query), what_cuts(query))
    front, complete = pareto_itineraries(query, graph)
    offered = {g: float(query.generalised[p].sum()) for g, p in best.items()}
    limit = options.sensible * min(offered.values())
    far_end = query.base.where[cargo.destination if query.is_export else cargo.origin]
    best = {g: p for g, p in best.items() if offered[g] <= limit and g != far_end}
    rivals = [
        (g, path)
        for criterion in EXTREMES
        if criterion in options.by
        for g, path in best_by_gateway(
            graph,
            is_export=query.is_export,
            criterion=criterion,
            wanted=lambda gateway, _: gateway in best,
        ).items()
    ]
    paths, gateways, optimal = _merge(query, [*best.items(), *rivals], front)
    run = Run(
        karwan_version(),
        network.name,
        network.fingerprint,
        (scenario,) if isinstance(scenario, str) else tuple(scenario),
        day,
        network.price_year,
        {"consignment": asdict(consignment), **asdict(options)},
    )
    missed = [m for m in missing_routes(query, offered) if m.generalised_cost_usd <= limit]
    return Routes.assemble(run, query, paths, gateways, optimal, missed, is_complete=complete)


def _departure(network: Network, depart: dt.date | str | None) -> dt.date:
    """Read the day of departure."""
    if isinstance(depart, str):
        try:
            depart = dt.date.fromisoformat(depart)
        except ValueError:
            message = f"departure is {depart!r}; write the date as 2025-11-15"
            raise InputError(message) from None
    if isinstance(depart, dt.datetime):
        depart = depart.date()
    day = depart if depart is not None else network.as_of
    if not FIRST_DAY <= day <= LAST_DAY:
        message = f"departure is {day}; it must lie between {FIRST_DAY} and {LAST_DAY}"
        raise InputError(message)
    return day


def _merge(
    query: Query, best: list[tuple[int, Path]], front: list[Path]
) -> tuple[list[Path], list[int], list[bool]]:
    """Join the bests of each gateway and the Pareto set, each path once, by generalised cost."""
    merged: dict[tuple[int, ...], tuple[Path, int, bool]] = {}
    for path in front:
        merged[tuple(path.tolist())] = (path, gateway_of(query, path), True)
    for gateway, path in best:
        key = tuple(path.tolist())
        merged.setdefault(key, (path, gateway, False))
    cost = {key: float(query.generalised[path].sum()) for key, (path, _, _) in merged.items()}
    ranked = [merged[key] for key in sorted(merged, key=lambda key: (round(cost[key], 6), key))]
    return [p for p, _, _ in ranked], [g for _, g, _ in ranked], [o for _, _, o in ranked]


def _no_route(query: Query) -> str:
    cargo = query.cargo
    return (
        f"no itinerary carries {cargo.label} of {cargo.commodity} from {cargo.origin} to "
        f"{cargo.destination} on {query.day}"
    )
