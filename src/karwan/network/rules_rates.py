"""Rules of speeds and tariffs: whatever moves has a speed and a price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]

Place = tuple[str, str | None]
"""Mode, and country on land or None on water."""


def _places(network: Network) -> dict[Place, set[str]]:
    """Return the links of each mode in each country; the sea stands without links."""
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    places: dict[Place, set[str]] = defaultdict(set)
    for row in network.table("links").iter_rows(named=True):
        if row["status"] == "disused":
            continue
        on_land = medium[row["mode"]] == "land"
        for node in (row["from_node"], row["to_node"]):
            places[row["mode"], country[node] if on_land else None].add(row["link_id"])
    if network.table("sea_nodes")["node_id"].drop_nulls().len():
        for mode, kind in medium.items():
            if kind == "sea":
                places[mode, None] = set()
    return places


def _named(mode: str, country: str | None) -> str:
    return f"{mode}/{country or ''}"


def every_movement_has_a_speed(network: Network) -> Iterator[Problem]:
    """Yield modes and countries with links but without a speed for each cargo form."""
    forms = dict(network.table("modes").select("mode", "forms").iter_rows())
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    columns = ("mode", "country", "form", "terrain")
    speeds = set(network.table("speeds").select(columns).iter_rows())
    for mode, country in sorted(_places(network), key=str):
        if medium[mode] == "sea":
            continue
        missing = [
            form
            for form in forms[mode].split("|")
            if not any((mode, c, f, None) in speeds for c in (country, None) for f in (form, None))
        ]
        if missing:
            message = f"no speed for {', '.join(missing)}"
            hint = "add a row for the country, or a default of the mode"
            yield Problem("speeds", _named(mode, country), "", message, hint=hint)


def every_movement_has_a_price(network: Network) -> Iterator[Problem]:
    """Yield modes and countries with links but without a tariff for each cargo unit."""
    forms = {
        mode: set(text.split("|"))
        for mode, text in network.table("modes").select("mode", "forms").iter_rows()
    }
    units = list(network.table("cargo_units").select("cargo_unit", "form").iter_rows())
    priced: set[tuple[str, str | None, str]] = set()
    by_link: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in network.table("tariffs").iter_rows(named=True):
        if row["kind"] != "line_haul":
            continue
        if row["from_node"] is not None or row["from_region"] is not None:
            continue
        if row["link_id"] is None:
            priced.add((row["mode"], row["country"], row["cargo_unit"]))
        else:
            by_link[row["mode"], row["cargo_unit"]].add(row["link_id"])
    for (mode, country), links in sorted(_places(network).items(), key=str):
        missing = [
            unit
            for unit, form in units
            if form in forms[mode]
            and not {(mode, country, unit), (mode, None, unit)} & priced
            and (not links or links - by_link[mode, unit])
        ]
        if missing:
            message = f"no line_haul tariff per {', '.join(missing)}"
            hint = "add a row for the country, or a default of the mode"
            yield Problem("tariffs", _named(mode, country), "", message, hint=hint)


def a_tariff_says_what_it_is_for(network: Network) -> Iterator[Problem]:
    """Yield lanes without two ends, tolls without country or link, and units of other modes."""
    forms = dict(network.table("modes").select("mode", "forms").iter_rows())
    form_of = dict(network.table("cargo_units").select("cargo_unit", "form").iter_rows())
    for row in network.table("tariffs").iter_rows(named=True):
        key, kind = row["tariff_id"], row["kind"]
        ends = (row["from_node"], row["to_node"])
        if kind == "lane" and None in ends:
            yield Problem("tariffs", key, "", "a lane has two ends", hint="give both nodes")
        directed = kind == "line_haul" and row["link_id"] is not None
        if kind != "lane" and not directed and ends != (None, None):
            message = f"a {kind} tariff has no from_node and to_node"
            yield Problem("tariffs", key, "", message, hint="empty them, or make it a lane")
        if kind == "toll" and row["country"] is None and row["link_id"] is None:
            message = "a toll needs a place"
            yield Problem("tariffs", key, "", message, hint="give country or link_id")
        unit = row["cargo_unit"]
        if form_of[unit] not in forms[row["mode"]].split("|"):
            message = f"which {row['mode']} does not carry"
            hint = "correct mode or cargo unit"
            yield Problem("tariffs", key, "cargo_unit", message, repr(unit), hint)


def a_direction_has_two_ends(network: Network) -> Iterator[Problem]:
    """Yield tariffs of one direction whose ends are not those of the link, or half a direction."""
    columns = ("link_id", "from_node", "to_node")
    links = {link: {a, b} for link, a, b in network.table("links").select(columns).iter_rows()}
    for row in network.table("tariffs").iter_rows(named=True):
        key, link = row["tariff_id"], row["link_id"]
        ends = {row["from_node"], row["to_node"]}
        if link in links and ends != {None} and ends != links[link]:
            message = f"its ends are not those of link {link!r}"
            hint = f"give {' and '.join(sorted(links[link]))} in the direction meant, or neither"
            yield Problem("tariffs", key, "", message, hint=hint)
        regions = (row["from_region"], row["to_region"])
        if row["kind"] != "line_haul" and regions != (None, None):
            message = f"a {row['kind']} tariff has no regions"
            yield Problem("tariffs", key, "", message, hint="empty them, or make it line_haul")
        elif regions.count(None) == 1:
            message = "a direction has a region at both ends"
            yield Problem("tariffs", key, "", message, hint="give both regions, or neither")


RULES = (
    every_movement_has_a_speed,
    every_movement_has_a_price,
    a_tariff_says_what_it_is_for,
    a_direction_has_two_ends,
)
