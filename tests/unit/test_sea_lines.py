"""Liner strings and the generic line between the same two ports of the tiny network."""

from __future__ import annotations

import pytest

import karwan
from karwan.network import Network
from karwan.routing.arcs import REFERENCES
from tiny import TEXT, tiny_network

CALLS = """service_id,call,node_id,stay_h,source_id,stay_p95_h,loads
string,1,XBHAV,10,book
string,2,XCFAR,10,book"""
STRING = "string,A string,one,sea,container,{per_week},,1000,,,operating,,,2026-01-01,book"


def with_string(per_week: float) -> Network:
    """Return the network with a string beside the generic line, which leaves twice a week."""
    services = f"{TEXT['services']}\n{STRING.format(per_week=per_week)}"
    return tiny_network(services=services, service_calls=CALLS)


def lines_used(network: Network) -> set[str]:
    """Return who carries the arcs at sea that any itinerary may use."""
    routes = karwan.plan(network, karwan.Consignment("Alpha", "Farport", teu=2))
    names = network.table("services")["name"]
    rows = routes.query.arcs.reference[:, REFERENCES.index("services")]
    return {names[r] for r in rows.tolist() if r >= 0}


@pytest.mark.parametrize(
    ("per_week", "lines"),
    [(1, {"A string", "Any liner"}), (2, {"A string"}), (3, {"A string"})],
)
def test_a_string_spares_two_ports_the_generic_line_if_it_leaves_as_often(
    per_week: float, lines: set[str]
) -> None:
    assert lines_used(with_string(per_week)) == lines
