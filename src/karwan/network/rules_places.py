"""Rules of places, sources and corridors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from karwan.errors import Problem
from karwan.network.geometry import distance_to_polygons_km
from karwan.network.network import Network
from karwan.schema import load_schema

__all__ = ["RULES"]

TOLERANCE_KM = {"sea_port": 25.0, "caspian_port": 25.0, "border": 25.0}
"""How far a node of a kind may lie outside the outline of its country.

Outlines at 1:50 million are off by up to 5 km and are simplified by 0.05 degrees (5 km) more;
quays and islands reach beyond a coast, and border posts stand on the line itself. 25 km holds
for both and still finds a swapped sign or a wrong country.
"""
INLAND_TOLERANCE_KM = 5.0
SHOWN = 5


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a representative of the connected group of each name."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for a, b in pairs:
        parent[root(a)] = root(b)
    return {name: root(name) for name in parent}


def a_network_has_rows(network: Network) -> Iterator[Problem]:
    """Yield tables without rows that every network needs."""
    for name in ("sources", "countries", "modes", "cargo_units", "commodities", "nodes", "links"):
        if network.table(name).is_empty():
            yield Problem(name, message="the table has no rows", hint="add some")


def a_place_lies_in_its_country(network: Network) -> Iterator[Problem]:
    """Yield nodes outside the outline of their country; countries without outline go unchecked."""
    rings: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    shapes = network.table("country_shapes").select("country", "line_deg")
    for country, line in shapes.iter_rows():
        rings[country].append(np.array(line.split(), float).reshape(-1, 2))
    for row in network.table("nodes").iter_rows(named=True):
        country = row["country"]
        if country not in rings:
            continue
        away = distance_to_polygons_km(row["lon_deg"], row["lat_deg"], rings[country])
        if away > TOLERANCE_KM.get(row["kind"], INLAND_TOLERANCE_KM):
            where = f"{row['lon_deg']:g} E, {row['lat_deg']:g} N"
            message = f"it lies at {where}, {away:.0f} km outside {country}"
            hint = "correct the coordinates, the country or the kind"
            yield Problem("nodes", row["node_id"], "", message, hint=hint)


def names_of_places_differ(network: Network) -> Iterator[Problem]:
    """Yield nodes whose name is the name of another node."""
    seen: dict[str, str] = {}
    for node, name in network.table("nodes").select("node_id", "name").iter_rows():
        first = seen.setdefault(name.casefold(), node)
        if first != node:
            message = f"which is the name of {first} too"
            hint = "add what tells them apart, as 'Dostyk (road)'"
            yield Problem("nodes", node, "name", message, repr(name), hint)


def a_role_is_known(network: Network) -> Iterator[Problem]:
    """Yield nodes with a role that the model does not know."""
    for node, role in network.table("nodes").select("node_id", "role").iter_rows():
        unknown = set((role or "").split("|")) - {"origin", "gateway", "market", ""}
        if unknown:
            hint = "roles are origin, gateway and market"
            yield Problem("nodes", node, "role", value=repr(role), hint=hint)


def an_estimate_says_how_it_was_made(network: Network) -> Iterator[Problem]:
    """Yield sources of grade C without a method."""
    for row in network.table("sources").iter_rows(named=True):
        if row["grade"] == "C" and not row["method"]:
            hint = "a grade C source says how the estimate was made"
            yield Problem("sources", row["source_id"], "method", value="empty", hint=hint)


def every_source_is_used(network: Network) -> Iterator[Problem]:
    """Yield sources that no row names."""
    used: set[str] = set()
    for name in network.tables:
        for column in load_schema(name).columns:
            if column.reference == "sources.source_id":
                used |= set(network.table(name)[column.column].unique())
    for source in network.table("sources")["source_id"]:
        if source not in used:
            yield Problem("sources", source, "", "no row names it", hint="remove it")


def origins_and_gateways_are_joined(network: Network) -> Iterator[Problem]:
    """Yield origins and gateways that open links do not join to the main part of the network."""
    links = network.table("links").filter(status="open").select("from_node", "to_node")
    group_of = _groups(links.iter_rows())
    members: dict[str, list[str]] = defaultdict(list)
    for node, group in group_of.items():
        members[group].append(node)
    main = max(members, key=lambda group: len(members[group]), default="")
    for node, role in network.table("nodes").select("node_id", "role").iter_rows():
        if not {"origin", "gateway"} & set((role or "").split("|")):
            continue
        group = group_of.get(node, node)
        if group != main:
            others = sorted(set(members.get(group, [])) - {node})
            shown = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
            with_whom = f"joined with {shown} only" if others else "joined with no other node"
            message = f"its role is {role!r}, but open links leave it {with_whom}"
            hint = "add the missing link, or take the role away"
            yield Problem("nodes", node, "", message, hint=hint)


def corridor_links_connect(network: Network) -> Iterator[Problem]:
    """Yield corridors without links, or whose links fall apart."""
    ends = {
        link: (a, b)
        for link, a, b in network.table("links")
        .select("link_id", "from_node", "to_node")
        .iter_rows()
    }
    links: dict[str, list[str]] = defaultdict(list)
    for corridor, link in (
        network.table("corridor_links").select("corridor_id", "link_id").iter_rows()
    ):
        links[corridor].append(link)
    for corridor in network.table("corridors")["corridor_id"]:
        pairs = [ends[link] for link in links[corridor]]
        if not pairs:
            hint = "add them to corridor_links"
            yield Problem("corridors", corridor, "", "it has no links", hint=hint)
            continue
        group_of = _groups(pairs)
        parts = sorted({min(n for n in group_of if group_of[n] == g) for g in group_of.values()})
        if len(parts) > 1:
            message = f"its links fall into {len(parts)} parts, at {', '.join(parts)}"
            hint = "add the links between them"
            yield Problem("corridors", corridor, "", message, hint=hint)


RULES = (
    a_network_has_rows,
    a_place_lies_in_its_country,
    names_of_places_differ,
    a_role_is_known,
    an_estimate_says_how_it_was_made,
    every_source_is_used,
    origins_and_gateways_are_joined,
    corridor_links_connect,
)
