"""Rules of links and of the handlings where they meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.geometry import great_circle_km
from karwan.network.network import Network

__all__ = ["RULES"]

SHORTER_THAN_GREAT_CIRCLE = 0.01
"""Share by which a link may fall short: coordinates are rounded and the globe is no sphere."""
ROUNDING_KM = 0.3
"""Length by which it may fall short besides: places are points, lengths have one decimal."""


def a_link_joins_two_places(network: Network) -> Iterator[Problem]:
    """Yield links from a node to itself."""
    for row in network.table("links").iter_rows(named=True):
        if row["from_node"] == row["to_node"]:
            message = "where the link starts"
            value, hint = repr(row["to_node"]), "name two nodes"
            yield Problem("links", row["link_id"], "to_node", message, value, hint)


def a_rail_link_has_a_track_gauge(network: Network) -> Iterator[Problem]:
    """Yield links whose mode needs a gauge and that have none, and the other way round."""
    needs = dict(network.table("modes").select("mode", "has_track_gauge").iter_rows())
    for row in network.table("links").iter_rows(named=True):
        gauge, mode, link = row["track_gauge_mm"], row["mode"], row["link_id"]
        if needs[mode] and gauge is None:
            hint = f"a {mode} link needs its track gauge in mm"
            yield Problem("links", link, "track_gauge_mm", value="empty", hint=hint)
        elif gauge is not None and not needs[mode]:
            hint = f"a {mode} link has no track gauge: empty the cell"
            yield Problem("links", link, "track_gauge_mm", value=f"{gauge} mm", hint=hint)


def a_link_is_not_shorter_than_the_great_circle(network: Network) -> Iterator[Problem]:
    """Yield links that are shorter than the straight way between their ends."""
    position = {
        node: (lon, lat)
        for node, lon, lat in network.table("nodes")
        .select("node_id", "lon_deg", "lat_deg")
        .iter_rows()
    }
    for row in network.table("links").iter_rows(named=True):
        ends = (*position[row["from_node"]], *position[row["to_node"]])
        straight = float(great_circle_km(*ends))
        if row["distance_km"] < straight * (1 - SHORTER_THAN_GREAT_CIRCLE) - ROUNDING_KM:
            message = f"but its ends lie {straight:.1f} km apart"
            value, hint = f"{row['distance_km']:g} km", "correct the length or the coordinates"
            yield Problem("links", row["link_id"], "distance_km", message, value, hint)


def a_gauge_break_has_a_transfer(network: Network) -> Iterator[Problem]:
    """Yield nodes where open links of two gauges meet and no transfer leads between them."""
    gauges: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in network.table("links").iter_rows(named=True):
        if row["status"] == "open" and row["track_gauge_mm"] is not None:
            for node in (row["from_node"], row["to_node"]):
                gauges[node, row["mode"]].add(row["track_gauge_mm"])
    columns = ("node_id", "from_track_gauge_mm", "to_track_gauge_mm")
    changes = set(network.table("transfers").select(columns).iter_rows())
    for (node, mode), found in sorted(gauges.items()):
        for before in sorted(found):
            for after in sorted(found - {before}):
                if (node, before, after) not in changes:
                    message = f"{mode} links of {before} and {after} mm meet without a transfer"
                    hint = f"add one from {before} to {after} mm to transfers"
                    yield Problem("nodes", node, "", message, hint=hint)


def a_transfer_is_where_its_modes_are(network: Network) -> Iterator[Problem]:
    """Yield transfers to or from a mode and gauge that no link or port of the node has."""
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    ports = set(network.table("sea_nodes")["node_id"].drop_nulls())
    served = {(node, mode, None) for node in ports for mode in medium if medium[mode] == "sea"}
    for row in network.table("links").iter_rows(named=True):
        for node in (row["from_node"], row["to_node"]):
            served.add((node, row["mode"], row["track_gauge_mm"]))
    for row in network.table("transfers").iter_rows(named=True):
        for side in ("from", "to"):
            mode, gauge = row[f"{side}_mode"], row[f"{side}_track_gauge_mm"]
            if (row["node_id"], mode, gauge) not in served:
                what = f"{mode} link of {gauge} mm" if gauge else f"{mode} link or port"
                message = f"but no {what} meets {row['node_id']}"
                hint = "add the link, correct the gauge, or remove the transfer"
                yield Problem(
                    "transfers", row["transfer_id"], f"{side}_mode", message, repr(mode), hint
                )


def a_mode_carries_the_form(network: Network) -> Iterator[Problem]:
    """Yield transfers to or from a cargo form that the mode does not carry."""
    forms = {
        mode: set(text.split("|"))
        for mode, text in network.table("modes").select("mode", "forms").iter_rows()
    }
    for row in network.table("transfers").iter_rows(named=True):
        for side in ("from", "to"):
            mode, form = row[f"{side}_mode"], row[f"{side}_form"]
            if form not in forms[mode]:
                message = f"which {mode} does not carry"
                hint = f"it carries {', '.join(sorted(forms[mode]))}"
                yield Problem(
                    "transfers", row["transfer_id"], f"{side}_form", message, repr(form), hint
                )


RULES = (
    a_link_joins_two_places,
    a_rail_link_has_a_track_gauge,
    a_link_is_not_shorter_than_the_great_circle,
    a_gauge_break_has_a_transfer,
    a_transfer_is_where_its_modes_are,
    a_mode_carries_the_form,
)
