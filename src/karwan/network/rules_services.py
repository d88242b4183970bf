"""Rules of services and their calls."""

from __future__ import annotations

import itertools
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


def _on_rails(network: Network) -> Iterator[tuple[str, str, list[tuple[str, bool]]]]:
    """Yield trains with calls: service, mode, and each call with whether goods are loaded there."""
    modes = network.table("modes").filter("has_track_gauge")["mode"].to_list()
    trains = network.table("services").select("service_id", "mode")
    calls: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in network.table("service_calls").sort("service_id", "call").iter_rows(named=True):
        calls[row["service_id"]].append((row["node_id"], row["loads"] is not False))
    for service, mode in trains.iter_rows():
        if mode in modes and calls[service]:
            yield service, mode, calls[service]


def a_train_loads_at_its_ends(network: Network) -> Iterator[Problem]:
    """Yield trains that only stand at their first or last call."""
    for service, _, calls in _on_rails(network):
        for node, loads in (calls[0], calls[-1]):
            if not loads:
                message = f"it begins or ends at {node}, where it loads nothing"
                hint = "empty loads of that call, or add the call where it loads"
                yield Problem("services", service, "", message, hint=hint)


def a_train_finds_its_way(network: Network) -> Iterator[Problem]:
    """Yield trains with a call that no links of their mode join to the call before."""
    joined: dict[str, dict[str, str]] = defaultdict(dict)

    def root(mode: str, node: str) -> str:
        parent = joined[mode]
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    for row in network.table("links").iter_rows(named=True):
        if row["status"] != "disused":
            mode = row["mode"]
            joined[mode][root(mode, row["from_node"])] = root(mode, row["to_node"])
    for service, mode, calls in _on_rails(network):
        stops = [node for node, _ in calls]
        for before, node in itertools.pairwise(stops):
            if root(mode, before) != root(mode, node):
                message = f"no {mode} links join {before} and {node}"
                hint = "correct its calls, or add the links"
                yield Problem("services", service, "", message, hint=hint)


def a_ship_says_how_long_it_stays(network: Network) -> Iterator[Problem]:
    """Yield calls of ships without a stay."""
    on_rails = set(network.table("modes").filter("has_track_gauge")["mode"])
    mode_of = dict(network.table("services").select("service_id", "mode").iter_rows())
    for row in network.table("service_calls").iter_rows(named=True):
        if row["stay_h"] is None and mode_of[row["service_id"]] not in on_rails:
            name, hint = f"{row['service_id']}/{row['call']}", "give the hours alongside"
            yield Problem("service_calls", name, "", "it has no stay_h", hint=hint)


def a_stay_is_not_below_its_median(network: Network) -> Iterator[Problem]:
    """Yield calls whose 95th percentile of the stay is below its median, or alone."""
    for row in network.table("service_calls").iter_rows(named=True):
        stay, worst = row["stay_h"], row["stay_p95_h"]
        if worst is not None and (stay is None or worst < stay):
            name = f"{row['service_id']}/{row['call']}"
            hint = "stay_h is empty; give it" if stay is None else f"stay_h is {stay:g} h"
            message, value = "below the median", f"{worst:g} h"
            yield Problem("service_calls", name, "stay_p95_h", message, value, hint)


RULES = (
    every_ferry_link_has_a_service,
    a_service_has_no_calls_or_at_least_two,
    a_service_calls_where_it_can,
    a_train_loads_at_its_ends,
    a_train_finds_its_way,
    a_ship_says_how_long_it_stays,
    a_stay_is_not_below_its_median,
)
