"""The JSON form of a plan, as `routes.schema.json` beside this file describes it."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.routing.arcs import TIMES
from karwan.routing.itineraries import COST_PARTS
from karwan.routing.lines import path_line
from karwan.routing.paths import Path
from karwan.routing.targets import target_name
from karwan.routing.uses import sources_behind
from karwan.studies.trip_facts import documents_table, passed_on, warnings_of

if TYPE_CHECKING:
    from karwan.studies.routes import Routes

__all__ = ["legs_of", "routes_json"]

SCHEMA = "karwan.routes/1"


def routes_json(routes: Routes) -> dict[str, Any]:
    """Return a plan as plain values.

    Figures keep cents and seconds so that legs add up to totals; what readers see is rounded
    to what the data can bear by the faces.
    """
    itineraries = [_itinerary(routes, i) for i in range(len(routes))]
    shut = [
        {key: str(v) if hasattr(v, "isoformat") else v for key, v in row.items()}
        for row in routes.shut.iter_rows(named=True)
    ]
    used = {d["source_id"] for it in itineraries for d in it["documents"]}
    used |= {s["source_id"] for s in shut} | _sources(routes)
    network = routes.query.base.network
    sources = network.table("sources")
    return {
        "schema": SCHEMA,
        "run": _run(routes),
        "itineraries": itineraries,
        "reliability": _reliability(routes),
        "is_complete": routes.is_complete,
        "shut": [{**s, "name": target_name(network, s["target_kind"], s["target"])} for s in shut],
        "missing": [
            {
                "gateway": m.gateway,
                "gateway_name": m.gateway_name,
                "cost_usd": _hundredths(m.cost_usd),
                "time_days": _days(m.time_h),
                "why": m.why,
            }
            for m in routes.missing
        ],
        "sources": [
            {k: row[k] for k in ("source_id", "title", "publisher", "url", "year", "grade")}
            for row in sources.iter_rows(named=True)
            if row["source_id"] in used
        ],
    }


def _reliability(routes: Routes) -> list[dict[str, Any]]:
    """Return how sure the best itinerary of each gateway is."""

    def days(hours: float) -> float | None:
        return _days(hours) if math.isfinite(hours) else None

    return [
        {
            "itinerary": r["itinerary"],
            **{f"time_{p}_days": days(r[f"time_{p}_h"]) for p in ("p10", "p50", "p90", "p95")},
            "buffer_days": days(r["buffer_h"]),
            "caught_share": round(r["caught"], 4),
            "diverted_share": round(r["diverted"], 4),
            "closure_days": _days(r["closure_h"]),
            "spread_from": r["spread_from"],
        }
        for r in routes.reliability().iter_rows(named=True)
    ]


def _run(routes: Routes) -> dict[str, Any]:
    run, cargo = routes.run, routes.query.cargo
    network = routes.query.base.network
    label = {r["node_id"]: r["name"] for r in routes.query.base.books.rows["nodes"]}
    options = {k: v for k, v in run.options.items() if k != "consignment"}
    return {
        "karwan_version": run.karwan_version,
        "network": run.network,
        "fingerprint": run.fingerprint,
        "as_of": str(network.as_of),
        "scenario": list(run.scenario),
        "depart": _depart(run.depart),
        "price_year": run.price_year,
        "consignment": {
            "origin": cargo.origin,
            "origin_name": label[cargo.origin],
            "destination": cargo.destination,
            "destination_name": label[cargo.destination],
            "commodity": cargo.commodity,
            "commodity_name": cargo.commodity_name,
            "tonnes": round(cargo.tonnes, 1),
            "units": cargo.label,
            "value_usd": _hundredths(cargo.value_usd),
            "value_of_time_usd_per_h": round(cargo.value_of_time_usd_per_h, 2),
        },
        "options": {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()},
    }


def _itinerary(routes: Routes, i: int) -> dict[str, Any]:
    query, trip = routes.query, routes.trips[i]
    path = trip.path
    row = routes.summary.row(i, named=True)
    passed = passed_on(query, path)
    modes = [m["mode"] for m in query.base.books.rows["modes"]]
    documents = documents_table(query, path).iter_rows(named=True)
    return {
        "itinerary": row["itinerary"],
        "gateway": row["gateway"],
        "gateway_name": row["gateway_name"],
        "best_of_gateway": row["best_of_gateway"],
        "pareto": row["pareto"],
        "cost_usd": _hundredths(row["cost_usd"]),
        "cost_usd_per_unit": _hundredths(row["cost_usd_per_unit"]),
        "unit": query.cargo.unit,
        "time_h": _hours(row["time_h"]),
        "time_days": _days(row["time_h"]),
        "spread_h": _hours(row["spread_h"]),
        "time_p50_days": _days(row["time_p50_h"]),
        "time_p90_days": _days(row["time_p90_h"]),
        "time_p95_days": _days(row["time_p95_h"]),
        "gate_wait_h": _hours(row["gate_wait_h"]),
        "co2_kg": _hundredths(row["co2_kg"]),
        "generalised_cost_usd": _hundredths(row["generalised_cost_usd"]),
        "distance_km": _hundredths(row["distance_km"]),
        "distance_by_mode_km": {m: _hundredths(row[f"{m}_km"]) for m in modes},
        "transfers": row["transfers"],
        "gauge_breaks": row["gauge_breaks"],
        "border_crossings": passed.crossings,
        "countries": passed.countries,
        "passages": passed.passages,
        "cost_split_usd": {p: _hundredths(row[f"{p}_usd"]) for p in COST_PARTS},
        "spread_split_h2": {t: round(row[f"{t}_variance_h2"], 2) for t in TIMES},
        "time_split_h": {t: _hours(row[f"{t}_h"]) for t in TIMES},
        "grade_share": {
            what: {g: round(row[f"{what}_share_{g.lower()}"], 3) for g in "ABC"}
            for what in ("cost", "time")
        },
        "warnings": warnings_of(query, trip),
        "documents": [{**d, "cost_usd": _hundredths(d["cost_usd"])} for d in documents],
        "legs": legs_of(routes, i + 1),
    }


def legs_of(routes: Routes, itinerary: int, *, with_lines: bool = True) -> list[dict[str, Any]]:
    """Return the legs of one itinerary as plain values.

    Parameters
    ----------
    routes : Routes
        Plan.
    itinerary : int
        Rank in the summary, from 1.
    with_lines : bool
        Add the lines for the map.

    Returns
    -------
    list of dict
        As `legs` of the JSON form.
    """
    i = itinerary - 1
    query, strung = routes.query, routes.strung
    first, path = int(strung.start[i]), routes.trips[i].path
    begin, end = np.searchsorted(strung.leg_start, (first, first + len(path))).tolist()
    parts = np.split(path, strung.leg_start[begin + 1 : end] - first)
    rows = routes.legs.slice(begin, end - begin).iter_rows(named=True)
    legs = []
    for row, part in zip(rows, parts, strict=True):
        passed = passed_on(query, part)
        legs.append(
            {
                **{k: row[k] for k in ("leg", "kind", "mode", "service", "form", "country")},
                "label": _label(row, passed.crossings),
                **{k: row[k] for k in ("from_node", "from_name", "to_node", "to_name")},
                "track_gauge_mm": row["track_gauge_mm"],
                "distance_km": _hundredths(row["distance_km"]),
                "starts_h": _hours(row["starts_h"]),
                "wait_h": _hours(row["wait_h"]),
                **{k: row[k] for k in ("arrives", "enters", "clears")},
                "time_h": _hours(row["time_h"]),
                "spread_h": _hours(row["spread_h"]),
                "cost_usd": _hundredths(row["cost_usd"]),
                "co2_kg": _hundredths(row["co2_kg"]),
                "grade_cost": row["grade_cost"],
                "grade_time": row["grade_time"],
                "link_ids": [query.base.books.rows["links"][r]["link_id"] for r in passed.links],
                "passages": passed.passages,
            }
        )
        if with_lines:
            line = path_line(query, part)
            legs[-1]["line_deg"] = [[round(x, 3), round(y, 3)] for x, y in line]
    return legs


def _label(row: dict[str, Any], crossings: list[str]) -> str:
    way = f"{row['from_name']} - {row['to_name']}"
    words = {
        "run": f"{row['mode'].capitalize()} {way}",
        "ferry": f"Ferry {way}",
        "sea": f"Sea {way}",
        "border": f"Border {', '.join(crossings)}",
        "transfer": f"Transfer to {row['mode']} at {row['to_name']}",
        "gauge_change": f"Gauge change at {row['to_name']}",
        "first_mile": f"Collection at {row['from_name']}",
        "last_mile": f"Delivery at {row['to_name']}",
    }
    return words[row["kind"]]


def _sources(routes: Routes) -> set[str]:
    """Return the sources of every row the itineraries rest on."""
    used: Path = np.unique(np.concatenate([trip.path for trip in routes.trips]))
    return sources_behind(routes.query, used) | set(routes.query.cargo.sources)


def _depart(depart: dt.date) -> str:
    return depart.isoformat(timespec="minutes") if isinstance(depart, dt.datetime) else str(depart)


def _hundredths(value: float) -> float:
    return round(value, 2)


def _hours(value: float) -> float:
    return round(value, 4)


def _days(hours: float) -> float:
    return round(hours / 24, 4)
