"""Trips that must use every mode named: laws on the atlas, and all ways of a small network."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import karwan
from karwan.routing.arcs import Kind
from karwan.routing.consignment import resolve_cargo
from karwan.routing.query import make_query
from karwan.routing.search_graph import search_graph
from karwan.studies.modes_used import trip_by_all
from tiny import tiny_network

MOVING = (Kind.RUN, Kind.FERRY, Kind.SEA)
ATLAS = karwan.open_atlas()
WAYS = (("Xi'an", "Baku"), ("Tashkent", "Poti"), ("Karaganda", "Karachi"), ("Almaty", "Jebel Ali"))


def query_of(network, origin, destination, day):
    cargo = resolve_cargo(network, karwan.Consignment(origin, destination, teu=2))
    return make_query(network, cargo, day, karwan.Options())


def modes_of(query, path):
    names = query.base.network.table("modes")["mode"].to_list()
    moving = path[np.isin(query.arcs.kind[path], MOVING)]
    return {names[m] for m in query.arcs.mode[moving]}


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from(WAYS),
    st.sets(st.sampled_from(("road", "rail", "ferry", "sea")), min_size=1, max_size=3),
)
def test_a_trip_uses_the_modes_named_and_more_wishes_never_cost_less(way, named):
    query = query_of(ATLAS, *way, dt.date(2024, 6, 1))
    named = tuple(sorted(named))
    _, trip, unused = trip_by_all(query, named)
    assert set(named) - set(unused) <= modes_of(query, trip.path)
    if not unused:
        _, freer, _ = trip_by_all(query, named[:-1])
        assert trip.generalised(query) >= freer.generalised(query) * (1 - 1e-9)


def ways_between(query):
    """Yield the arcs of every way that meets no state twice."""
    ahead = {}
    for arc, tail in enumerate(query.arcs.tail.tolist()):
        ahead.setdefault(tail, []).append(arc)
    stack = [(query.origin, (), frozenset([query.origin]))]
    while stack:
        state, path, met = stack.pop()
        if state == query.target:
            yield np.array(path)
            continue
        for arc in ahead.get(state, ()):
            head = int(query.arcs.head[arc])
            if head not in met:
                stack.append((head, (*path, arc), met | {head}))


@pytest.mark.parametrize("named", [("road",), ("rail",), ("rail", "road"), ("road", "sea")])
def test_no_way_by_the_modes_named_costs_less(named):
    query = query_of(tiny_network(), "Alpha", "Farport", dt.date(2025, 12, 1))
    query = replace(query, steady=0.0)
    graph = search_graph(query)
    totals = query.totals
    weight = totals.usd + graph.prices[1] * totals.hours
    least = min(
        (weight[way].sum() for way in ways_between(query) if set(named) <= modes_of(query, way)),
        default=None,
    )
    _, trip, unused = trip_by_all(query, named)
    assert (least is None) == bool(unused)
    if least is not None:
        assert weight[trip.path].sum() == pytest.approx(least)
