"""Predictions beside what trucks, trains and ships really did."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import KarwanError
from karwan.network import Network
from karwan.routing.arcs import TIMES
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.itineraries import Strung, string_paths, summary_table
from karwan.routing.query import Options, make_query
from karwan.routing.rates import time_percentiles
from karwan.routing.search import best_by_gateway
from karwan.routing.search_graph import search_graph
from karwan.studies.run import Run, karwan_version

__all__ = ["Validation", "validate"]

UNITS = {"TEU": "teu", "FEU": "feu", "truckload": "truckloads", "tonne": "tonnes"}
COVERS = {
    "door": TIMES,
    "terminal": tuple(t for t in TIMES if t != "ends"),
    "running": ("running",),
}
"""Parts of time that a published time covers."""
COST_SPREAD = {"a": 0.10, "b": 0.20, "c": 0.35}
"""Spread of the log of a cost by the grade it rests on: a published tariff, a recalled one, and a
working value, whose stated ranges are mostly a factor of 1.5 either way."""
TRIP_SCATTER = 0.58
"""Spread of the log of published over predicted time, leave-one-out, as `karwan calibrate` finds it
in the atlas: one number for all trips. It holds what rates, dates and ways of running differ by."""
Z90 = 1.2815515655446004
ERRORS = ("distance_error_share", "time_error_share", "cost_error_share")


@dataclass(frozen=True, eq=False)
class Validation:
    """Observations beside predictions.

    Attributes
    ----------
    run : Run
        Stamp.
    rows : polars.DataFrame
        One row an observation: published values, predictions with P10 and P90, signed errors as
        shares of the published value (null where not published), whether the published value
        lies inside P10 to P90, and why there is no prediction or why it is off.
    medians : polars.DataFrame
        Median absolute errors of all rows, and by kind, corridor and modes.
    coverage : dict of str to float
        Share of rows inside P10 to P90, for time and cost; None without rows.
    """

    run: Run
    rows: pl.DataFrame
    medians: pl.DataFrame
    coverage: dict[str, float | None]

    @property
    def summary(self) -> pl.DataFrame:
        """The medians, one row a group."""
        return self.medians

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        run = {"karwan_version": self.run.karwan_version, "network": self.run.network}
        run["fingerprint"] = self.run.fingerprint
        rows = [
            {k: str(v) if isinstance(v, dt.date) else v for k, v in row.items()}
            for row in self.rows.iter_rows(named=True)
        ]
        return {
            "schema": "karwan.validation/1",
            "run": run,
            "rows": rows,
            "medians": self.medians.to_dicts(),
            "coverage": self.coverage,
        }


def validate(network: Network, observations: pl.DataFrame | None = None) -> Validation:
    """Predict every observed trip and compare.

    Each trip is planned on its own date with its own cargo, through the places and by the modes
    that were published; of what is left the itinerary of least generalised cost is compared:
    distance, median time of the parts that the published time covers, and cost per unit.
    The middle of a published range counts. P10 and P90 are those of the trip, or of the scatter
    of all trips about predictions if that is wider.

    Parameters
    ----------
    network : Network
        Network to plan on.
    observations : polars.DataFrame, optional
        Rows as in the table `observations`, already checked; the network's own if not given.

    Returns
    -------
    Validation
        Rows, medians and coverage.
    """
    table = observations if observations is not None else network.table("observations")
    rows = [_compared(network, row) for row in table.iter_rows(named=True)]
    schema = {
        "observation_id": pl.String, "origin": pl.String, "destination": pl.String,
        "by": pl.String, "kind": pl.String, "corridor": pl.String, "depart": pl.Date,
        "distance_km": pl.Float64, "predicted_km": pl.Float64, "distance_error_share": pl.Float64,
        "time_days": pl.Float64, "predicted_days": pl.Float64, "predicted_p10_days": pl.Float64,
        "predicted_p90_days": pl.Float64, "time_error_share": pl.Float64, "time_inside": pl.Boolean,
        "cost_usd_per_unit": pl.Float64, "predicted_usd_per_unit": pl.Float64,
        "predicted_p10_usd": pl.Float64, "predicted_p90_usd": pl.Float64,
        "cost_error_share": pl.Float64, "cost_inside": pl.Boolean, "why": pl.String,
        "source_id": pl.String,
        **dict.fromkeys((f"{t}_days" for t in TIMES), pl.Float64),
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema)
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, {},
    )  # fmt: skip
    inside = {w: frame[f"{w}_inside"].drop_nulls() for w in ("time", "cost")}
    coverage = {w: int(x.sum()) / len(x) if len(x) else None for w, x in inside.items()}
    return Validation(run, frame, _medians(frame), coverage)


def _compared(network: Network, row: dict[str, Any]) -> dict[str, Any]:
    """Return one observation beside its prediction; without one the reason stands in `why`."""
    depart = row["depart"] or dt.date(row["year"], 6, 15)
    low, high = row["time_low_days"], row["time_high_days"]
    time = (low + (high or low)) / 2 if low is not None else None
    kept = ("observation_id", "origin", "destination", "by", "kind", "corridor", "distance_km")
    said = {k: row[k] for k in (*kept, "cost_usd_per_unit", "source_id")}
    said |= {"depart": depart, "time_days": time, "why": row["why_off"]}
    try:
        said |= _predicted(network, row, depart)
    except KarwanError as fault:
        return said | {"why": f"no prediction: {fault}"}
    for name, published, predicted in (
        ("distance", row["distance_km"], said["predicted_km"]),
        ("time", time, said["predicted_days"]),
        ("cost", row["cost_usd_per_unit"], said["predicted_usd_per_unit"]),
    ):
        if published is not None:
            said[f"{name}_error_share"] = predicted / published - 1
    if time is not None:
        p10, p90 = said["predicted_p10_days"], said["predicted_p90_days"]
        said["time_inside"] = bool(p10 <= (high or low) and low <= p90)
    if row["cost_usd_per_unit"] is not None:
        p10, p90 = said["predicted_p10_usd"], said["predicted_p90_usd"]
        said["cost_inside"] = bool(p10 <= row["cost_usd_per_unit"] <= p90)
    return said


def _predicted(network: Network, row: dict[str, Any], depart: dt.date) -> dict[str, float]:
    """Predict one trip."""
    unit = UNITS[row["cargo_unit"] or "TEU"]
    size: dict[str, float] = {unit: row["amount"] or 1.0}
    cargo = resolve_cargo(
        network,
        Consignment(row["origin"], row["destination"], row["commodity"] or "general", **size),
    )
    modes = network.table("modes")["mode"].to_list()
    wanted = set((row["by"] or "|".join(modes)).split("|"))
    avoid = tuple(f"mode:{m}" for m in modes if m not in wanted)
    via = tuple(v for v in (row["via"] or "").split("|") if v)
    query = make_query(network, cargo, depart, Options(via=via, avoid=avoid))
    trips = best_by_gateway(query, search_graph(query))
    if not trips:
        message = f"no way from {row['origin']} to {row['destination']} on {depart} as described"
        raise KarwanError(message)
    gateway, trip = min(trips.items(), key=lambda item: item[1].generalised(query))
    strung = string_paths(query, [trip])
    summary = summary_table(strung, [gateway]).row(0, named=True)
    parts = COVERS[row["time_covers"] or "door"]
    p10, p50, p90 = _days(strung, parts)
    spread = math.sqrt(sum(summary[f"cost_share_{g}"] * s**2 for g, s in COST_SPREAD.items()))
    cost = summary["cost_usd_per_unit"]
    return {
        "predicted_km": summary["distance_km"],
        "predicted_days": p50,
        "predicted_p10_days": min(p10, p50 * math.exp(-Z90 * TRIP_SCATTER)),
        "predicted_p90_days": max(p90, p50 * math.exp(Z90 * TRIP_SCATTER)),
        **{f"{t}_days": summary[f"{t}_h"] / 24 if t in parts else 0.0 for t in TIMES},
        "predicted_usd_per_unit": cost,
        "predicted_p10_usd": cost * math.exp(-Z90 * spread),
        "predicted_p90_usd": cost * math.exp(Z90 * spread),
    }


def _days(strung: Strung, parts: tuple[str, ...]) -> tuple[float, float, float]:
    """Return P10, P50 and P90 of the parts of time that count [days]."""
    counted = [TIMES.index(p) for p in parts]
    third = strung.third(counted)
    mean, variance = (
        np.array([values[:, counted].sum()]) for values in (strung.hours, strung.variance)
    )
    found = time_percentiles(mean, variance, third, (0.1, 0.5, 0.9))
    p10, p50, p90 = (float(x[0]) / 24 for x in found)
    return p10, p50, p90


def _medians(frame: pl.DataFrame) -> pl.DataFrame:
    """Return medians of absolute errors of all rows and of groups of them."""
    tables = []
    for by in (None, "kind", "corridor", "by"):
        label = pl.lit("all") if by is None else pl.col(by).fill_null("any")
        tables.append(
            frame.with_columns(what=pl.lit(by or "all"), group=label)
            .group_by("what", "group", maintain_order=True)
            .agg(
                *(pl.col(e).abs().median().alias(e.replace("_share", "_median")) for e in ERRORS),
                *(
                    pl.col(e).count().cast(pl.Int64).alias(e.replace("_error_share", "_rows"))
                    for e in ERRORS
                ),
            )
            .sort("group")
        )
    return pl.concat(tables)
