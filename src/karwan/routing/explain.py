"""Walk from the figures of an itinerary to rows, formulas and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from karwan.routing.arcs import COSTS, FORMS, REFERENCES, TIMES, Kind
from karwan.routing.itineraries import LEG_KINDS
from karwan.routing.query import Query
from karwan.routing.trips import Trip
from karwan.schema import load_schema

__all__ = ["explain_path"]

COST_ROWS = {
    "line_haul": ("links", "tariffs"),
    "handling": ("transfers", "first_last_mile", "closures"),
    "border": ("exit_procedure", "entry_procedure", "tolls", "closures"),
    "port": ("transfers", "first_last_mile", "closures"),
    "sea": ("links", "tariffs", "services", "closures"),
}
TIME_ROWS = {
    "running": ("links", "speeds"),
    "handling": ("transfers",),
    "border": ("exit_procedure", "entry_procedure", "services"),
    "waiting": ("transfers", "services", "closures"),
    "ends": ("first_last_mile",),
}
TABLES = {
    "exit_procedure": "border_procedures",
    "entry_procedure": "border_procedures",
    "tolls": "tariffs",
    "crossing": "border_crossings",
}
FORMULAS = {
    "line_haul": "usd_per_unit_km x distance_km x units",
    "handling_usd": "cost_usd_per_unit x charge factor x units",
    "border_usd": "(cost of exit + cost of entry + tolls) x units",
    "port": "cost_usd_per_unit x charge factor x units",
    "sea": "(usd_per_unit + usd_per_unit_km x shortest open distance + surcharge x TEU) x units",
    "running": "running_time_h, or distance_km / speed x 24 / hours_per_day x calibration",
    "handling_h": "handling_h x calibration of dwell",
    "border_h": "mean of exit + mean of entry (lognormal mean where P50 and P95 are known), "
    "or what a through train stands there",
    "waiting": "mean dwell x calibration of dwell, or half the headway, plus stays and delays",
    "ends": "lognormal mean of P50 and P95",
    "gate": "next moment the gate is open, less arrival",
    "hampered": "lognormal mean of delay_p50_h and delay_p95_h",
    "surcharge": "surcharge_usd_per_teu x TEU",
    "co2": "gco2e_per_tkm x distance factor x distance_km x tonnes / 1000",
    "co2 of handling": "kgco2e_per_t x tonnes",
    "documents": "sum of cost_usd of the documents asked for here",
    "capital": "value of the goods x capital rate x hours / 8760",
}

HANDLED = ("transfer", "gauge_change")


def explain_path(query: Query, trip: Trip) -> pl.DataFrame:
    """List every figure of an itinerary with the rows and sources it was computed from.

    Parameters
    ----------
    query : Query
        Arcs, cargo and totals.
    trip : Trip
        Path on the clock.

    Returns
    -------
    polars.DataFrame
        One row for each figure and each table row behind it: step, place, figure, value, unit,
        formula, table, row, cells, source_id, grade. The values of one figure repeat for each
        of its rows.
    """
    rows = [
        line
        for step, a in enumerate(trip.path)
        for line in (*_gate_lines(query, trip, step), *_arc_lines(query, step, int(a)))
    ]
    names = ["step", "where", "figure", "value", "unit", "formula"]
    names += ["table", "row", "cells", "source_id", "grade"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def _gate_lines(query: Query, trip: Trip, step: int) -> Iterator[tuple[Any, ...]]:
    """Yield what the gate of one step adds: waits, delays, surcharges and interest."""
    a = int(trip.path[step])
    node = query.state_node[query.arcs.tail[a]]
    where = f"gate {query.base.books.rows['nodes'][node]['name']}"
    closure, nothing = int(trip.slow_row[step]), ("", "", "", "", "")
    slowed = nothing if closure < 0 else _row(query, "closures", closure)
    added = float(trip.wait_h[step] + trip.slow_h[step])
    for value, figure, unit, formula, row in (
        (float(trip.wait_h[step]), "time: waiting", "h", FORMULAS["gate"], nothing),
        (float(trip.slow_h[step]), "time: waiting", "h", FORMULAS["hampered"], slowed),
        (float(trip.slow_usd[step]), "cost: surcharge", "USD", FORMULAS["surcharge"], slowed),
        (query.capital * added, "cost: capital", "USD", FORMULAS["capital"], nothing),
    ):
        if value:
            yield (step, where, figure, value, unit, formula, *row)


def _arc_lines(query: Query, step: int, a: int) -> Iterator[tuple[Any, ...]]:
    arcs, books = query.arcs, query.base.books
    nodes = books.rows["nodes"]
    from_name, to_name = (nodes[query.state_node[s[a]]]["name"] for s in (arcs.tail, arcs.head))
    kind = LEG_KINDS[Kind(arcs.kind[a])]
    where = f"{kind} {from_name}" + (f" - {to_name}" if to_name != from_name else "")
    units = query.cargo.units.get(FORMS[arcs.form[a]], 0.0)
    for i, part in enumerate(COSTS):
        value = float(arcs.usd[a, i]) * units
        if value:
            formula = FORMULAS.get(part, FORMULAS.get(f"{part}_usd", ""))
            head = (step, where, f"cost: {part}", value, "USD", formula)
            yield from _referred(query, a, head, COST_ROWS[part])
    for i, part in enumerate(TIMES):
        value = float(arcs.hours[a, i])
        if value:
            formula = FORMULAS.get(part, FORMULAS.get(f"{part}_h", ""))
            yield from _referred(
                query, a, (step, where, f"time: {part}", value, "h", formula), TIME_ROWS[part]
            )
    if query.totals.kgco2e[a]:
        value = float(query.totals.kgco2e[a])
        if kind in HANDLED:
            handled = int(arcs.reference[a, REFERENCES.index("transfers")])
            part = books.rows["transfers"][handled]["category"]
            emitted = [r["category"] for r in books.rows["handling_emissions"]].index(part)
            head = (step, where, "co2", value, "kg", FORMULAS["co2 of handling"])
            yield (*head, *_row(query, "handling_emissions", emitted))
        else:
            head = (step, where, "co2", value, "kg", FORMULAS["co2"])
            yield from _referred(query, a, head, ("links", "emission_factors"))
    if query.totals.documents[a]:
        value = float(query.totals.documents[a])
        head = (step, where, "cost: documents", value, "USD", FORMULAS["documents"])
        for event in query.documents.events(arcs, np.array([a])):
            for i, _ in query.documents.asked(*event):
                yield (*head, *_row(query, "document_rules", i))
    if query.totals.capital[a]:
        value = float(query.totals.capital[a])
        head = (step, where, "cost: capital", value, "USD", FORMULAS["capital"])
        goods = query.base.network.table("commodities")["commodity"].to_list()
        i = goods.index(query.cargo.commodity)
        yield (*head, *_row(query, "commodities", i))


def _referred(
    query: Query, a: int, head: tuple[Any, ...], references: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    found = False
    for name in references:
        row = int(query.arcs.reference[a, REFERENCES.index(name)])
        if row >= 0:
            found = True
            yield (*head, *_row(query, TABLES.get(name, name), row))
    if query.arcs.kind[a] == Kind.SEA and head[2] in {"cost: sea", "time: running", "co2"}:
        found = True
        yield (*head, *_sea_row(query, a))
    if not found:
        yield (*head, "", "", "", "", "")


def _row(query: Query, table: str, i: int) -> tuple[str, str, str, str, str]:
    books = query.base.books
    row = books.rows[table][i]
    keys = [c.column for c in load_schema(table).columns if c.key]
    key = "/".join("" if row[k] is None else str(row[k]) for k in keys)
    cells = ", ".join(
        f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}"
        for k, v in row.items()
        if v is not None and isinstance(v, (int, float)) and not isinstance(v, bool)
    )
    return table, key, cells, row["source_id"], "ABC"[books.grades[table][i]]


def _sea_row(query: Query, a: int) -> tuple[str, str, str, str, str]:
    base, arcs = query.base, query.arcs
    bits = int(arcs.passes[a])
    passed = [p for i, p in enumerate(base.passages) if bits >> i & 1]
    source = base.network.table("sea_links")["source_id"][0]
    cells = f"distance_km={arcs.distance_km[a]:g}, shortest={arcs.direct_km[a]:g}"
    key = "by " + ", ".join(passed) if passed else "open sea"
    graded = dict(base.network.table("sources").select("source_id", "grade").iter_rows())
    return "sea_links", key, cells, source, graded.get(source, "C")
