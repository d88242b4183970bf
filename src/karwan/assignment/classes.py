"""Demand by class: one consignment that stands for it, and the rows that ship it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError, PlaceNotFound
from karwan.network import Network
from karwan.routing.calendar import barred_trade, day_state
from karwan.routing.consignment import Cargo, Consignment, find_node, resolve_cargo

__all__ = ["PoolOptions", "container_equivalents", "demand_groups"]

SIZES = {"TEU": ("teu", 1.0), "FEU": ("feu", 1.0), "truckload": ("truckloads", 1.0)}
PARCEL_T = {"wagonload": 63.0, "tonne": 1000.0}
"""Tonnes of the consignment that stands for demand in wagonloads and in bulk."""
TONNES_PER_TEU = 21.0
"""A wagonload of 63 t counts for 3 TEU; bulk is counted by weight at the same rate."""
OWN_FORM = {"TEU": "container", "FEU": "container", "truckload": "truck", "wagonload": "wagon"}


@dataclass(frozen=True)
class PoolOptions:
    """How wide the choice is.

    Attributes
    ----------
    factor : float
        Ways that cost more than this many times the least of their pair are no choice.
    most : int
        Ways through different gateways and crossings that a pair keeps at most.
    captive : bool
        Whether demand keeps the form of its cargo unit all the way.
    """

    factor: float = 1.6
    most: int = 16
    captive: bool = False


def demand_groups(
    network: Network, demand: pl.DataFrame, day: dt.date, choice: PoolOptions
) -> list[tuple[Cargo, list[dict[str, Any]]]]:
    """Sort demand into classes that share a graph.

    Parameters
    ----------
    network : Network
        Places, commodities and cargo units.
    demand : polars.DataFrame
        Rows as in the table `demand`.
    day : datetime.date
        Date whose restrictions on trade hold.
    choice : PoolOptions
        Whether demand is captive.

    Returns
    -------
    list of (Cargo, list of dict)
        One consignment, and rows with its weight [t], container equivalents [TEU], value of time
        [USD/h], consignments a year, and what their trade may not use.

    Raises
    ------
    InputError
        Unknown places or commodities, negative or unbounded tonnes, a class that no form can
        carry; all at once.
    """
    return list(_groups(network, _classes(network, demand, choice), day))


def _classes(
    network: Network, demand: pl.DataFrame, choice: PoolOptions
) -> list[tuple[Cargo, list[dict[str, Any]]]]:
    """Return one consignment of each class, and its rows of demand."""
    problems: list[str] = []
    by_class: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    known: dict[str, str] = {}
    for number, row in enumerate(demand.iter_rows(named=True), 1):
        name = row.get("demand_id") or f"row {number}"
        for end in ("origin", "destination"):
            if row[end] not in known:
                try:
                    known[row[end]] = find_node(network, row[end])
                except PlaceNotFound as fault:
                    known[row[end]] = ""
                    problems.append(f"demand[{name}].{end}: {fault}")
            row[end] = known[row[end]]
        if not (np.isfinite(row["tonnes"]) and row["tonnes"] >= 0):
            problems.append(
                f"demand[{name}].tonnes is {row['tonnes']:g} t; it must be finite and at least 0"
            )
        if row["origin"] and row["origin"] == row["destination"]:
            problems.append(f"demand[{name}] goes from {row['origin']} to itself; leave it out")
        by_class[row["commodity"], row["cargo_unit"]].append(row)
    found = []
    for (commodity, unit), rows in by_class.items():
        ends = [r for r in rows if r["origin"] and r["destination"] not in {"", r["origin"]}]
        name, size = SIZES.get(unit, ("tonnes", PARCEL_T.get(unit, 1.0)))
        if not ends:
            continue
        try:
            cargo = resolve_cargo(
                network,
                Consignment(ends[0]["origin"], ends[0]["destination"], commodity, **{name: size}),
            )
            found.append((_captive(cargo, unit, choice), rows))
        except InputError as fault:
            problems.append(f"class {commodity} in {unit}: {fault}")
    if problems:
        raise InputError(problems)
    return found


def _captive(cargo: Cargo, unit: str, choice: PoolOptions) -> Cargo:
    """Return the cargo bound to its own form, if demand is captive."""
    form = OWN_FORM.get(unit)
    if not choice.captive or form is None:
        return cargo
    if form not in cargo.units:
        message = f"{cargo.commodity} does not travel in the form {form!r} of a {unit}"
        raise InputError(message)
    return replace(cargo, units={form: cargo.units[form]}, start_forms=(form,), end_forms=(form,))


def _groups(
    network: Network, classes: list[tuple[Cargo, list[dict[str, Any]]]], day: dt.date
) -> Iterator[tuple[Cargo, list[dict[str, Any]]]]:
    """Split classes by what the trade of their pairs may not use."""
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    state = day_state(network, day, frozen=True)
    barred: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for cargo, rows in classes:
        teu = container_equivalents(cargo, network)
        split: dict[frozenset[tuple[str, str]], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            trade = (country[row["origin"]], country[row["destination"]])
            if trade not in barred:
                barred[trade] = frozenset(barred_trade(network, state, trade))
            counted = {
                "consignment_t": cargo.tonnes,
                "consignment_teu": teu,
                "value_of_time_usd_per_h": cargo.value_of_time_usd_per_h,
                "consignments": row["tonnes"] / cargo.tonnes,
                "barred": barred[trade],
            }
            split[barred[trade]].append({"kind": "trade", "demand_id": "", **row, **counted})
        for some in split.values():
            yield cargo, some


def container_equivalents(cargo: Cargo, network: Network) -> float:
    """Return the container equivalents of one consignment [TEU].

    Containers count by their size, lorries by theirs, and anything else by weight.
    """
    units = {r["cargo_unit"]: r["teu"] for r in network.table("cargo_units").iter_rows(named=True)}
    if cargo.unit in units and cargo.size and units[cargo.unit] > 0:
        return float(cargo.size * units[cargo.unit])
    return cargo.tonnes / TONNES_PER_TEU
