"""Rules of border crossings and their procedures."""

from __future__ import annotations

from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema import load_schema

__all__ = ["RULES"]


def _countries(network: Network) -> dict[str, str]:
    return dict(network.table("nodes").select("node_id", "country").iter_rows())


def a_crossing_has_two_sides(network: Network) -> Iterator[Problem]:
    """Yield crossings whose two nodes do not lie in two countries."""
    country = _countries(network)
    for row in network.table("border_crossings").iter_rows(named=True):
        a, b = row["node_a"], row["node_b"]
        if country[a] == country[b]:
            message = f"in the same country as {a!r} ({country[a]})"
            hint = "a crossing has one node in each of two countries"
            yield Problem("border_crossings", row["crossing_id"], "node_b", message, repr(b), hint)


def a_pair_of_nodes_is_one_crossing(network: Network) -> Iterator[Problem]:
    """Yield crossings of the same mode between the same nodes as another."""
    seen: dict[tuple[str, frozenset[str]], str] = {}
    for row in network.table("border_crossings").iter_rows(named=True):
        pair = (row["mode"], frozenset((row["node_a"], row["node_b"])))
        first = seen.setdefault(pair, row["crossing_id"])
        if first != row["crossing_id"]:
            message = f"it joins the same nodes by the same mode as {first!r}"
            hint = "keep one"
            yield Problem("border_crossings", row["crossing_id"], "", message, hint=hint)


def a_crossing_has_a_link(network: Network) -> Iterator[Problem]:
    """Yield crossings whose nodes no link of their mode joins."""
    joined = {
        (r["mode"], frozenset((r["from_node"], r["to_node"])))
        for r in network.table("links").iter_rows(named=True)
    }
    for row in network.table("border_crossings").iter_rows(named=True):
        if (row["mode"], frozenset((row["node_a"], row["node_b"]))) not in joined:
            message = f"no {row['mode']} link joins {row['node_a']} and {row['node_b']}"
            hint = "add the link, or correct the nodes"
            yield Problem("border_crossings", row["crossing_id"], "", message, hint=hint)


def a_link_between_countries_is_a_crossing(network: Network) -> Iterator[Problem]:
    """Yield links on land that leave a country elsewhere than at a border crossing."""
    country = _countries(network)
    medium = dict(network.table("modes").select("mode", "medium").iter_rows())
    crossings = {
        (r["mode"], frozenset((r["node_a"], r["node_b"])))
        for r in network.table("border_crossings").iter_rows(named=True)
    }
    for row in network.table("links").iter_rows(named=True):
        ends = (row["from_node"], row["to_node"])
        here, there = (country[e] for e in ends)
        if (
            medium[row["mode"]] == "land"
            and here != there
            and (row["mode"], frozenset(ends)) not in crossings
        ):
            message = f"it goes from {here} to {there} without a {row['mode']} border crossing"
            hint = "add the crossing, or split the link at the pair of border nodes"
            yield Problem("links", row["link_id"], "", message, hint=hint)


def a_crossing_has_four_procedures(network: Network) -> Iterator[Problem]:
    """Yield crossings without exit and entry procedures on both sides, or with a third side."""
    country = _countries(network)
    columns = ("crossing_id", "country", "direction")
    have = set(network.table("border_procedures").select(columns).iter_rows())
    sides = {
        r["crossing_id"]: {country[r["node_a"]], country[r["node_b"]]}
        for r in network.table("border_crossings").iter_rows(named=True)
    }
    for crossing, pair in sides.items():
        for side in sorted(pair):
            for direction in ("exit", "entry"):
                if (crossing, side, direction) not in have:
                    message = f"no {direction} procedure on the side of {side}"
                    hint = "add it to border_procedures"
                    yield Problem("border_crossings", crossing, "", message, hint=hint)
    for crossing, side, direction in sorted(have):
        if side not in sides[crossing]:
            row = f"{crossing}/{side}/{direction}"
            message = "which is no side of the crossing"
            hint = f"its sides are {' and '.join(sorted(sides[crossing]))}"
            yield Problem("border_procedures", row, "country", message, repr(side), hint)


def a_procedure_has_a_mean_or_percentiles(network: Network) -> Iterator[Problem]:
    """Yield procedures with neither a mean and its variation nor P50 and P95, or with both."""
    schema = load_schema("border_procedures")
    for row in network.table("border_procedures").iter_rows(named=True):
        key = schema.row_name(row)
        given = {c for c in ("mean_h", "cv", "p50_h", "p95_h") if row[c] is not None}
        if given not in ({"mean_h", "cv"}, {"p50_h", "p95_h"}):
            message = f"it gives {', '.join(sorted(given)) or 'no time'}"
            hint = "give mean_h with cv, or p50_h with p95_h, and not both pairs"
            yield Problem("border_procedures", key, "", message, hint=hint)
        if {"p50_h", "p95_h"} <= given and row["p95_h"] < row["p50_h"]:
            value = f"{row['p95_h']:g} h"
            hint = f"it must be at least p50_h ({row['p50_h']:g} h)"
            yield Problem("border_procedures", key, "p95_h", value=value, hint=hint)


RULES = (
    a_crossing_has_two_sides,
    a_pair_of_nodes_is_one_crossing,
    a_crossing_has_a_link,
    a_link_between_countries_is_a_crossing,
    a_crossing_has_four_procedures,
    a_procedure_has_a_mean_or_percentiles,
)
