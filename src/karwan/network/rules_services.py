"""Rules of services and their calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]

FEWEST_CALLS = 2


def _stops(network: Network) -> dict[str, set[str]]:
    stops: dict[str, set[str]] = defaultdict(set)
    for service, node in network.table("service_calls").select("service_id", "node_id").iter_rows():
        stops[service].add(node)
    return stops


def every_ferry_link_has_a_service(network: Network) -> Iterator[Problem]:
    """Yield links over Caspian water without a service of their mode calling at both ends."""
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    mode_of = dict(network.table("services").select("service_id", "mode").iter_rows())
    stops = _stops(network)
    for row in network.table("links").iter_rows(named=True):
        if medium[row["mode"]] != "caspian":
            continue
        ends = {row["from_node"], row["to_node"]}
        if not any(mode_of[s] == row["mode"] and ends <= stops[s] for s in stops):
            message = "no service of its mode calls at both ends"
            hint = "add one to services and service_calls"
            yield Problem("links", row["link_id"], "", message, hint=hint)


def a_service_has_no_calls_or_at_least_two(network: Network) -> Iterator[Problem]:
    """Yield services with a single place of call."""
    for service, places in sorted(_stops(network).items()):
        if len(places) < FEWEST_CALLS:
            message = "it calls at one place only"
            hint = "a service calls at two places or more, or has no calls if it serves every port"
            yield Problem("services", service, "", message, hint=hint)


def a_service_calls_where_it_can(network: Network) -> Iterator[Problem]:
    """Yield calls of ships at places that are not on their water, and of trains off the line."""
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    mode_of = dict(network.table("services").select("service_id", "mode").iter_rows())
    ports = set(network.table("sea_nodes")["node_id"].drop_nulls())
    served = {
        (node, row["mode"])
        for row in network.table("links").iter_rows(named=True)
        for node in (row["from_node"], row["to_node"])
    }
    for row in network.table("service_calls").iter_rows(named=True):
        mode, node = mode_of[row["service_id"]], row["node_id"]
        there = node in ports if medium[mode] == "sea" else (node, mode) in served
        if not there:
            name = f"{row['service_id']}/{row['call']}"
            where = (
                "which is no port of the sea graph"
                if medium[mode] == "sea"
                else (f"which no {mode} link meets")
            )
            hint = "correct the place or add it to the tables"
            yield Problem("service_calls", name, "node_id", where, repr(node), hint)


RULES = (
    every_ferry_link_has_a_service,
    a_service_has_no_calls_or_at_least_two,
    a_service_calls_where_it_can,
)
