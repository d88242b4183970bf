"""The itinerary of least generalised cost that uses every mode named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from karwan.routing.query import Query
from karwan.routing.search import best_by_gateway
from karwan.routing.search_graph import search_graph
from karwan.routing.trips import Trip

__all__ = ["trip_by_all"]


def trip_by_all(query: Query, named: Sequence[str]) -> tuple[int, Trip, tuple[str, ...]] | None:
    """Find the trip of least generalised cost that uses every mode named.

    A published trip "by rail and ferry" crossed the water even where rails lead round it: the
    search runs in layers of the modes used so far. Where no trip uses them all, as few are left
    out as can be.

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
    known = query.base.network.table("modes")["mode"].to_list()
    for missing in range(len(named) + 1):
        trips = []
        for unused in combinations(named, missing):
            asked = tuple(known.index(m) for m in named if m not in unused)
            layered = replace(query, modes=asked)
            found = best_by_gateway(layered, search_graph(layered))
            trips += [(gateway, trip, unused) for gateway, trip in found.items()]
        if trips:
            return min(trips, key=lambda t: t[1].generalised(query))
    return None
