"""What the network says about one published trip."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.errors import KarwanError
from karwan.network import Network
from karwan.routing.arcs import REFERENCES, TIMES, Kind
from karwan.routing.build import LAND
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.costs import HOURS_PER_WEEK
from karwan.routing.itineraries import COST_PARTS, Strung, string_paths, summary_table
from karwan.routing.query import Options, Query, make_query
from karwan.routing.rates import time_percentiles
from karwan.routing.trips import Clocked
from karwan.studies.modes_used import trip_by_all
from karwan.studies.prices import arc_prices
from karwan.studies.whole_trains import for_whole_trains

__all__ = [
    "ANNOUNCED",
    "MOTION",
    "PRIORITY",
    "Z90",
    "as_whole_train",
    "by_two_drivers",
    "predict_trip",
]

UNITS = {"TEU": "teu", "FEU": "feu", "truckload": "truckloads", "tonne": "tonnes"}
TIMES_COVERED = {
    "door": TIMES,
    "terminal": tuple(t for t in TIMES if t != "ends"),
    "sailing": tuple(t for t in TIMES if t != "ends"),
    "running": ("running",),
}
"""Parts of time that a published time covers; sailings, and trains from terminal to terminal, leave
out the wait for their departure."""
COSTS_COVERED = {
    "door": tuple(c for c in COST_PARTS if c != "capital"),
    "terminal": tuple(c for c in COST_PARTS if c not in {"documents", "capital"}),
    "haulage": ("line_haul", "sea"),
}
"""Parts of cost that a published cost covers: capital bound in the goods is on no bill."""
CASPIAN = "caspian"
ENDS = (Kind.FIRST, Kind.LAST)
PRIORITY = ("trial", "record", "planned")
"""Kinds of observation that do not run as others do: by two drivers unless the row says how many,
escorted or only announced."""
ANNOUNCED = ("planned",)
"""Kinds of observation that say what was meant to happen, not what trucks, trains and ships did."""
MOTION = ("road", "lone_driver", "rail", "water", "dwell", "service")
"""Times by what makes them: motion by road, and that of it which one driver does, motion by rail
and on water, handling and waits at transfers, and waits for services and at gates."""
COST_SPREAD = {"a": 0.10, "b": 0.20, "c": 0.35}
"""Spread of the log of a cost by the grade it rests on: a published tariff, a recalled one, and a
working value, whose stated ranges are mostly a factor of 1.5 either way."""
Z90 = 1.2815515655446004


def by_two_drivers(kind: str, drivers: int | None) -> bool:
    """Return whether two drivers take turns: as published, else by the kind of observation.

    Parameters
    ----------
    kind : str
        Kind of observation.
    drivers : int, optional
        Drivers that were published.

    Returns
    -------
    bool
        Whether `drivers` of `calibration` scales the running time on roads.
    """
    return kind in PRIORITY if drivers is None else drivers > 1


def as_whole_train(network: Network, kind: str, by: str | None) -> bool:
    """Return whether a trip was a train of its own: by its kind, and by trains and ferries alone.

    Parameters
    ----------
    network : Network
        Network whose modes are named.
    kind : str
        Kind of observation.
    by : str, optional
        Modes used, separated by |.

    Returns
    -------
    bool
        Whether it is planned as through trains run.
    """
    named = set(by.split("|")) if by else set()
    modes = network.table("modes").filter(pl.col("mode").is_in(list(named)))
    on_rails, on_lakes = modes["has_track_gauge"], modes["medium"] == CASPIAN
    return kind in PRIORITY and bool(on_rails.any() and (on_rails | on_lakes).all())


def predict_trip(
    network: Network, row: dict[str, Any], depart: dt.date, calibration: dict[str, float]
) -> dict[str, Any]:
    """Predict distance, time and cost of one observation.

    Parameters
    ----------
    network : Network
        Network to plan on.
    row : dict
        Row of `observations`.
    depart : datetime.date
        Departure.
    calibration : dict of str to float
        Values of `calibration` by parameter; what is missing has no effect.

    Returns
    -------
    dict of str to float
        Distance [km], time with P10 and P90 [d], its parts [d], cost per unit with P10 and
        P90 [USD]; and `unused`, the modes named that no itinerary found uses.

    Raises
    ------
    KarwanError
        The trip cannot be planned as described.
    """
    unit = UNITS[row["cargo_unit"] or "TEU"]
    size: dict[str, float] = {unit: row["amount"] or 1.0}
    if as_whole_train(network, row["kind"], row["by"]):
        network = for_whole_trains(network, depart)
    cargo = resolve_cargo(
        network,
        Consignment(row["origin"], row["destination"], row["commodity"] or "general", **size),
    )
    modes = network.table("modes")["mode"].to_list()
    named = tuple((row["by"] or "").split("|")) if row["by"] else ()
    avoid = tuple(f"mode:{m}" for m in modes if named and m not in named)
    via = tuple(v for v in (row["via"] or "").split("|") if v)
    covers = row["time_covers"] or "terminal"
    query = _at_departure(make_query(network, cargo, depart, Options(via=via, avoid=avoid)), covers)
    found_trip = trip_by_all(query, named)
    if found_trip is None:
        message = f"no way from {row['origin']} to {row['destination']} on {depart} as described"
        raise KarwanError(message)
    gateway, trip, unused = found_trip
    strung = string_paths(query, Clocked.of([trip]))
    summary = summary_table(strung, [gateway]).row(0, named=True)
    found: dict[str, Any] = {"predicted_km": summary["distance_km"], "unused": unused}
    found |= _times(strung, row, calibration)
    return found | _costs(strung, row, summary, depart)


def _times(strung: Strung, row: dict[str, Any], calibration: dict[str, float]) -> dict[str, float]:
    """Return P10, P50 and P90 and the mean of each part that counts [d].

    The trip's own spread is widened to the scatter of all trips where that is larger.
    """
    _leave_by_timetable(strung, row["time_covers"] or "terminal")
    if by_two_drivers(row["kind"], row["drivers"]):
        _run_through(strung, calibration.get("drivers", 1.0))
    covered = TIMES_COVERED[row["time_covers"] or "terminal"]
    counted = [TIMES.index(t) for t in covered]
    mean, variance = (
        np.array([values[:, counted].sum()]) for values in (strung.hours, strung.variance)
    )
    shares = time_percentiles(mean, variance, strung.third(counted), (0.1, 0.5, 0.9))
    p10, p50, p90 = (float(x[0]) / 24 for x in shares)
    reach = math.exp(Z90 * calibration.get("scatter", 0.0))
    means = {t: float(strung.hours[:, TIMES.index(t)].sum()) / 24 for t in TIMES}
    found = {
        "predicted_days": p50,
        "predicted_p10_days": min(p10, p50 / reach),
        "predicted_p90_days": max(p90, p50 * reach),
        **{f"{t}_days": means[t] if t in covered else 0.0 for t in TIMES},
    }
    return found | _motion(strung, covered)


def _run_through(strung: Strung, factor: float) -> None:
    """Scale the running time on roads where one driver is the rule: two take turns."""
    held, running = _carriers(strung)["lone_driver"], TIMES.index("running")
    strung.hours[held, running] *= factor
    strung.variance[held, running] *= factor**2


def _carriers(strung: Strung) -> dict[str, NDArray[np.bool_]]:
    """Return which arcs are run by road, by road with one driver, by rail and on water."""
    books, arcs = strung.query.base.books, strung.query.arcs
    on_land, on_rails = (
        np.array([bool(m[key] == value) for m in books.rows["modes"]])[arcs.mode[strung.arc]]
        for key, value in (("medium", LAND), ("has_track_gauge", True))
    )
    shared = np.array([*((s["drivers"] or 1) > 1 for s in books.rows["speeds"]), False])
    lone = ~shared[arcs.reference[strung.arc, REFERENCES.index("speeds")]]
    road = on_land & ~on_rails
    return {"road": road, "lone_driver": road & lone, "rail": on_land & on_rails, "water": ~on_land}


def _at_departure(query: Query, covers: str) -> Query:
    """Return the query of goods that are ready as the first service leaves.

    Sailings are printed from the departure, and so are trains unless the time is one from door to
    door: the wait, half the headway with its uniform variance, counts neither in the time nor in
    the choice of the service. Where a timetable is kept `_leave_by_timetable` does the same.
    """
    arcs, base = query.arcs, query.base
    modes = base.books.rows["modes"]
    on_rails = np.array([m["has_track_gauge"] for m in modes])[arcs.mode]
    row = arcs.reference[:, REFERENCES.index("services")]
    here = base.states_at.get(base.where[query.cargo.origin], ())
    ready = [state for carriage, state in here if carriage.aboard is None]
    first = (row >= 0) & np.isin(arcs.tail, ready)
    first &= (covers == "sailing") | (on_rails & (covers == "terminal"))
    services, name = base.books.rows["services"], base.nodes[base.where[query.cargo.origin]]
    kept = [("timetable", f"{s['service_id']}:{name}") in base.state.timed for s in services]
    first &= ~np.append(kept, True)[row]
    headway = np.array([HOURS_PER_WEEK / s["departures_per_week"] for s in services])[row[first]]
    hours, variance = arcs.hours.copy(), arcs.variance.copy()
    hours[first, TIMES.index("waiting")] -= headway / 2
    variance[first, TIMES.index("waiting")] -= headway**2 / 12
    saved, steady = (
        (x - y).sum(axis=1) for x, y in ((arcs.hours, hours), (arcs.variance, variance))
    )
    totals = query.totals
    totals = totals._replace(
        usd=totals.usd - query.capital * saved,
        capital=totals.capital - query.capital * saved,
        hours=totals.hours - saved,
        variance=totals.variance - steady,
    )
    return replace(query, arcs=arcs._replace(hours=hours, variance=variance), totals=totals)


def _leave_by_timetable(strung: Strung, covers: str) -> None:
    """Take the wait at the gate of a timetable off the first arc that moves."""
    query, waiting = strung.query, TIMES.index("waiting")
    moving = np.flatnonzero(strung.hours[:, TIMES.index("running")] > 0)
    if len(moving) == 0:
        return
    first, arc = int(moving[0]), int(strung.arc[moving[0]])
    row = int(query.arcs.reference[arc, REFERENCES.index("services")])
    by_train = covers == "terminal" and _carriers(strung)["rail"][first]
    if row < 0 or not (covers == "sailing" or by_train):
        return
    books = query.base.books.rows
    service, port = books["services"][row], books["nodes"][query.state_node[query.arcs.tail[arc]]]
    if ("timetable", f"{service['service_id']}:{port['node_id']}") in query.base.state.timed:
        strung.hours[first, waiting] -= strung.wait_h[first]


def _motion(strung: Strung, covered: tuple[str, ...]) -> dict[str, float]:
    """Return running time on roads, on rails and on water, dwells, and other waits [d]."""
    query, running = strung.query, strung.hours[:, TIMES.index("running")]
    stands = [TIMES.index(t) for t in ("handling", "waiting") if t in covered]
    standing = strung.hours[:, stands].sum(axis=1)
    at_transfer = np.isin(query.arcs.kind[strung.arc], (Kind.TRANSFER, Kind.GAUGE))
    hours = {m: float(running[where].sum()) for m, where in _carriers(strung).items()}
    hours |= {"dwell": float(standing[at_transfer].sum())}
    hours |= {"service": float(standing[~at_transfer].sum())}
    return {f"{m}_days": hours[m] / 24 for m in MOTION}


def _costs(
    strung: Strung, row: dict[str, Any], summary: dict[str, Any], depart: dt.date
) -> dict[str, float]:
    """Return the cost that a published cost covers, with P10 and P90 [USD of its year per unit]."""
    covers = row["cost_covers"] or "door"
    counted = np.array([c in COSTS_COVERED[covers] for c in COST_PARTS])
    usd = (strung.usd * arc_prices(strung, row["year"], depart))[:, counted].sum(axis=1)
    if covers != "door":
        usd = usd[~np.isin(strung.query.arcs.kind[strung.arc], ENDS)]
    cost = float(usd.sum()) / strung.query.cargo.size
    spread = math.sqrt(sum(summary[f"cost_share_{g}"] * s**2 for g, s in COST_SPREAD.items()))
    return {
        "predicted_usd_per_unit": cost,
        "predicted_p10_usd": cost * math.exp(-Z90 * spread),
        "predicted_p90_usd": cost * math.exp(Z90 * spread),
    }
