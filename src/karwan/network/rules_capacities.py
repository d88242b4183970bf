"""Rules of capacities and their curves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema.check import did_you_mean

__all__ = ["RULES", "TARGETS"]

TARGETS = {
    "crossing": ("border_crossings", "crossing_id"),
    "node": ("nodes", "node_id"),
    "link": ("links", "link_id"),
    "service": ("services", "service_id"),
    "passage": ("passages", "passage"),
}
NEEDS = {"bpr": ("alpha", "power"), "conical": ("alpha",)}
FEWEST_KNOTS = 2


def what_has_capacity_exists(network: Network) -> Iterator[Problem]:
    """Yield capacities of things that the network does not have."""
    for row in network.table("capacities").iter_rows(named=True):
        table, column = TARGETS[row["target_kind"]]
        names = set(network.table(table)[column])
        if row["target"] not in names:
            message = f"which is no {row['target_kind']} of the network"
            hint = did_you_mean(row["target"], sorted(names)) or "correct it or its target_kind"
            yield _problem(row, "target", repr(row["target"]), message, hint)


def load_functions_have_their_parameters(network: Network) -> Iterator[Problem]:
    """Yield functions without their parameters, and cones that are no cones."""
    for row in network.table("capacities").iter_rows(named=True):
        for name in NEEDS.get(row["function"], ()):
            if row[name] is None:
                message, hint = f"is empty, but function is {row['function']}", "give its value"
                yield Problem("capacities", row["capacity_id"], name, message, hint=hint)
        if row["function"] == "conical" and row["alpha"] is not None and row["alpha"] <= 1:
            hint = "the conical function needs more than 1"
            yield _problem(row, "alpha", f"{row['alpha']:g}", "", hint)


def other_traffic_fits_a_hard_capacity(network: Network) -> Iterator[Problem]:
    """Yield hard capacities that traffic outside demand exceeds already."""
    for row in network.table("capacities").iter_rows(named=True):
        if row["hard"] and row["other_teu_per_year"] > row["capacity_teu_per_year"]:
            value = f"{row['other_teu_per_year']:g} TEU/year"
            message = f"more than the hard capacity of {row['capacity_teu_per_year']:g} TEU/year"
            yield _problem(row, "other_teu_per_year", value, message, "make it soft or raise it")


def curves_rise_and_bend_upwards(network: Network) -> Iterator[Problem]:
    """Yield curves without knots, that fall, or that bend downwards."""
    knots = network.table("capacity_curves").sort("capacity_id", "knot")
    for row in (
        network.table("capacities").filter(pl.col("function") == "curve").iter_rows(named=True)
    ):
        own = knots.filter(pl.col("capacity_id") == row["capacity_id"])
        if len(own) < FEWEST_KNOTS:
            message = f"is curve, but capacity_curves has {len(own)} knots of it"
            hint = "give at least two"
            yield Problem("capacities", row["capacity_id"], "function", message, hint=hint)
            continue
        loads, factors = own["load_share"].to_list(), own["time_factor"].to_list()
        before = 0.0
        for k in range(1, len(own)):
            key = f"{row['capacity_id']}/{own['knot'][k]}"
            run, rise = loads[k] - loads[k - 1], factors[k] - factors[k - 1]
            if run <= 0:
                value, hint = f"{loads[k]:g}", "loads rise from knot to knot"
                yield Problem("capacity_curves", key, "load_share", value=value, hint=hint)
                break
            if rise < 0 or rise / run < before - 1e-9:
                value, hint = f"{factors[k]:g}", "curves rise, and never less than before"
                yield Problem("capacity_curves", key, "time_factor", value=value, hint=hint)
                break
            before = rise / run


def _problem(row: dict[str, Any], column: str, value: str, message: str, hint: str) -> Problem:
    return Problem("capacities", row["capacity_id"], column, message, value, hint)


RULES = (
    what_has_capacity_exists,
    load_functions_have_their_parameters,
    other_traffic_fits_a_hard_capacity,
    curves_rise_and_bend_upwards,
)
