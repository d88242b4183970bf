"""Rules of terminals: what carriers, flows, elements and hours of one must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.network.rules_capacities import TARGETS
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]

Row = dict[str, Any]
NEEDED = {
    "quay_crane": "moves_per_h",
    "rail_crane": "moves_per_h",
    "block": "capacity_teu",
    "gate_lane": "service_min",
    "customs_lane": "service_min",
    "scanner": "service_min",
    "examination_bay": "service_min",
}
LANE_OF = {
    "customs_share": "customs_lane",
    "scanned_share": "scanner",
    "examined_share": "examination_bay",
}
PLACES = {"vessel": ("berth", "quay_crane"), "train": ("track", "rail_crane")}
NEAR = 1e-6


def what_a_terminal_stands_for_exists(network: Network) -> Iterator[Problem]:
    """Yield terminals of nodes and crossings that the network does not have."""
    for row in network.table("terminals").iter_rows(named=True):
        table, column = TARGETS[row["target_kind"]]
        names = set(network.table(table)[column])
        if row["target"] not in names:
            message = f"which is no {row['target_kind']} of the network"
            hint = did_you_mean(row["target"], sorted(names)) or "correct it or its target_kind"
            yield Problem(
                "terminals", row["terminal_id"], "target", message, repr(row["target"]), hint
            )


def a_capacity_is_that_of_the_place(network: Network) -> Iterator[Problem]:
    """Yield terminals that name the capacity of another place."""
    place = {
        row["capacity_id"]: (row["target_kind"], row["target"])
        for row in network.table("capacities").iter_rows(named=True)
    }
    for row in network.table("terminals").iter_rows(named=True):
        named = place.get(row["capacity_id"])
        if named is not None and named != (row["target_kind"], row["target"]):
            message = f"which is that of the {named[0]} {named[1]}"
            hint = f"the terminal stands at the {row['target_kind']} {row['target']}"
            value = repr(row["capacity_id"])
            yield Problem("terminals", row["terminal_id"], "capacity_id", message, value, hint)


def carriers_of_flows_belong_to_their_terminal(network: Network) -> Iterator[Problem]:
    """Yield flows whose carriers the terminal does not have."""
    of = _by_terminal(network, "terminal_carriers", "carrier_id")
    for row in network.table("terminal_flows").iter_rows(named=True):
        known = of.get(row["terminal_id"], [])
        for column in ("from_carriers", "to_carriers"):
            for name in row[column].split("|"):
                if name not in known:
                    message = f"where {name!r} is no carrier of {row['terminal_id']}"
                    hint = did_you_mean(name, known) or f"it has {', '.join(known) or 'none'}"
                    yield Problem(
                        "terminal_flows", row["flow_id"], column, message, repr(row[column]), hint
                    )


def shares_of_flows_make_one(network: Network) -> Iterator[Problem]:
    """Yield terminals whose flows do not add up to all boxes."""
    flows = network.table("terminal_flows")
    for row in network.table("terminals").iter_rows(named=True):
        own = flows.filter(pl.col("terminal_id") == row["terminal_id"])
        total = float(own["share"].sum())
        if len(own) == 0 or abs(total - 1.0) > NEAR:
            message = f"has flows whose shares add up to {total:g}"
            yield Problem("terminals", row["terminal_id"], "", message, "", "they must make 1")


def elements_have_their_figures(network: Network) -> Iterator[Problem]:
    """Yield cranes without a rate, blocks without room, lanes without a time."""
    for row in network.table("terminal_elements").iter_rows(named=True):
        column = NEEDED.get(row["kind"])
        if column and row[column] is None:
            message = f"is empty, but kind is {row['kind']}"
            yield Problem(
                "terminal_elements", row["element_id"], column, message, hint="give its value"
            )
        if row["up_h"] is not None and row["down_h"] is None:
            message = "is empty, but up_h is not"
            yield Problem(
                "terminal_elements", row["element_id"], "down_h", message, hint="give both or none"
            )


def calls_or_sizes_are_known(network: Network) -> Iterator[Problem]:
    """Yield vessels and trains of which neither calls nor sizes are given, or both."""
    flows = network.table("terminal_flows")
    brings = {name for cell in flows["from_carriers"] for name in cell.split("|")}
    for row in network.table("terminal_carriers").iter_rows(named=True):
        if row["kind"] == "truck":
            continue
        calls, size = row["calls_per_year"], row["boxes_per_call"]
        if row["carrier_id"] not in brings and not calls:
            message, hint = "is empty, but no flow comes by it", "give its calls or slots"
            yield _carrier(row, "calls_per_year", message, hint)
        elif not calls and not size:
            message, hint = "is empty, as calls_per_year is", "give one of the two"
            yield _carrier(row, "boxes_per_call", message, hint)
        elif row["carrier_id"] in brings and calls and size:
            message = "is given, as boxes_per_call is; they follow from each other"
            yield _carrier(row, "calls_per_year", message, "leave one of the two empty")


def lanes_of_flows_are_there(network: Network) -> Iterator[Problem]:
    """Yield flows that pass lanes, or are worked at places, that the terminal lacks."""
    there = _by_terminal(network, "terminal_elements", "kind", count=True)
    kinds = dict(network.table("terminal_carriers").select("carrier_id", "kind").iter_rows())
    for row in network.table("terminal_flows").iter_rows(named=True):
        own = there.get(row["terminal_id"], [])
        for column, lane in LANE_OF.items():
            if row[column] and lane not in own:
                value, message = f"{row[column]:g}", f"but {row['terminal_id']} has no {lane}"
                yield Problem(
                    "terminal_flows", row["flow_id"], column, message, value, "add it or set 0"
                )
        ends = f"{row['from_carriers']}|{row['to_carriers']}".split("|")
        for place in sorted({p for e in ends for p in PLACES.get(kinds.get(e, ""), ())}):
            if place not in own:
                message = f"needs a {place}, which {row['terminal_id']} does not have"
                yield Problem("terminal_flows", row["flow_id"], "", message, "", "add the element")


def boxes_have_a_block(network: Network) -> Iterator[Problem]:
    """Yield flows whose boxes no block of a terminal with blocks is kept for."""
    elements = network.table("terminal_elements").filter(pl.col("kind") == "block")
    kinds = dict(network.table("terminal_carriers").select("carrier_id", "kind").iter_rows())
    blocks = {row["terminal_id"]: [] for row in elements.iter_rows(named=True)}  # type: dict[str, list[str]]
    for row in elements.iter_rows(named=True):
        blocks[row["terminal_id"]].append(row["holds"] or "any")
    for row in network.table("terminal_flows").iter_rows(named=True):
        ends = f"{row['from_carriers']}|{row['to_carriers']}".split("|")
        held = blocks.get(row["terminal_id"])
        if held is None or all(kinds.get(e) == "truck" for e in ends):
            continue
        wanted = {row["box"], "any"} | ({"transit"} if row["customs"] == "transit" else set())
        if not wanted & set(held):
            message = f"is {row['box']!r}, but no block of {row['terminal_id']} holds it"
            hint = "add a block, or one that holds any"
            yield Problem("terminal_flows", row["flow_id"], "box", message, "", hint)


def _carrier(row: Row, column: str, message: str, hint: str) -> Problem:
    return Problem("terminal_carriers", row["carrier_id"], column, message, hint=hint)


def _by_terminal(
    network: Network, table: str, column: str, *, count: bool = False
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in network.table(table).iter_rows(named=True):
        if not count or row["count"] > 0:
            found.setdefault(row["terminal_id"], []).append(row[column])
    return found


RULES = (
    what_a_terminal_stands_for_exists,
    a_capacity_is_that_of_the_place,
    carriers_of_flows_belong_to_their_terminal,
    shares_of_flows_make_one,
    elements_have_their_figures,
    calls_or_sizes_are_known,
    lanes_of_flows_are_there,
    boxes_have_a_block,
)
