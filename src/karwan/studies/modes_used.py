"""The itinerary of least generalised cost that uses every mode named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from karwan.network import Network
from karwan.routing.arcs import Kind
from karwan.routing.query import Query
from karwan.routing.search import best_by_gateway
from karwan.routing.search_graph import search_graph
from karwan.routing.trips import Trip

__all__ = ["trip_by_all"]

Found = tuple[int, Trip]
"""Gateway and trip."""


def trip_by_all(query: Query, named: Sequence[str]) -> tuple[int, Trip, tuple[str, ...]] | None:
    """Find the trip of least generalised cost that uses every mode named.

    A published trip "by rail and ferry" crossed the water even where rails lead round it. If no
    trip to hand uses a mode between fixed pairs of places, as ferries do, each of these places
    is tried as one more place to pass.

    Parameters
    ----------
    query : Query
        Arcs of the modes named, with the places to pass.
    named : sequence of str
        Modes; none stands for any.

    Returns
    -------
    tuple of int, Trip and tuple of str, or None
        Gateway, trip, and the modes that no trip found uses; None if there is no trip.
    """
    trips = list(best_by_gateway(query, search_graph(query)).items())
    if not trips:
        return None
    unused = _unused(query, trips, named)
    network = query.base.network
    for mode in unused:
        for place in _ends_of(network, mode):
            for passed in _with(query, query.base.where[place]):
                trips += best_by_gateway(passed, search_graph(passed)).items()
    if unused:
        unused = _unused(query, trips, named)
    wanted = [t for t in trips if not set(named) - set(unused) - _modes(query, t[1])]
    gateway, trip = min(wanted or trips, key=lambda t: t[1].generalised(query))
    return gateway, trip, unused


def _unused(query: Query, trips: list[Found], named: Sequence[str]) -> tuple[str, ...]:
    """Return the modes that the trip with most of the modes named lacks."""
    lacking = [tuple(m for m in named if m not in _modes(query, trip)) for _, trip in trips]
    return min(lacking, key=len)


def _modes(query: Query, trip: Trip) -> set[str]:
    """Return the modes a trip moves by."""
    arcs, rows = query.arcs, query.base.books.rows["modes"]
    moving = np.isin(arcs.kind[trip.path], (Kind.RUN, Kind.BORDER, Kind.FERRY, Kind.SEA))
    return {rows[m]["mode"] for m in set(arcs.mode[trip.path[moving]].tolist())}


def _ends_of(network: Network, mode: str) -> list[str]:
    """Return places of which each link of a mode on water touches one, most links first."""
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    if medium[mode] == "land":
        return []
    links = network.table("links")
    left = set(links.filter(links["mode"] == mode).select("from_node", "to_node").iter_rows())
    places = []
    while left:
        ends = sorted(node for pair in left for node in pair)
        places.append(max(ends, key=ends.count))
        left = {pair for pair in left if places[-1] not in pair}
    return places


def _with(query: Query, place: int) -> Iterator[Query]:
    """Yield the query with one more place to pass, at each point of the order."""
    for k in range(len(query.via) + 1):
        yield replace(query, via=(*query.via[:k], place, *query.via[k:]))
