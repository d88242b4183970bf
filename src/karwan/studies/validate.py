"""Predictions beside what trucks, trains and ships really did."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from karwan.errors import KarwanError
from karwan.network import Network
from karwan.routing.arcs import TIMES
from karwan.studies.predict import ANNOUNCED, MOTION, predict_trip
from karwan.studies.run import Run, karwan_version

__all__ = ["Validation", "validate"]

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
        Median absolute errors of all rows, of those that were only announced and of the others,
        and by kind, corridor and modes.
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

    Each trip is planned on its own date with its own cargo, through the places and by all the
    modes that were published; of what is left the itinerary of least generalised cost is
    compared: distance, median time of the parts that the published time covers, and cost per
    unit in money of the year of the row. The middle of a published range counts. P10 and P90 are
    those of the trip, or of the scatter of all trips about predictions if that is wider. Lorries
    with two drivers, as published or else on trials, records and announced trips, run on by road by
    the factor `drivers` of `calibration`, where the hours of `speeds` are those of one. What the
    row says that the network itself rests on counts in no median.

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
    fitted = dict(network.table("calibration").select("parameter", "value").iter_rows())
    rows = [_compared(network, row, fitted) for row in table.iter_rows(named=True)]
    schema = {
        "observation_id": pl.String, "origin": pl.String, "destination": pl.String,
        "by": pl.String, "kind": pl.String, "drivers": pl.Int64, "corridor": pl.String,
        "depart": pl.Date,
        "distance_km": pl.Float64, "predicted_km": pl.Float64, "distance_error_share": pl.Float64,
        "time_days": pl.Float64, "predicted_days": pl.Float64, "predicted_p10_days": pl.Float64,
        "predicted_p90_days": pl.Float64, "time_error_share": pl.Float64, "time_inside": pl.Boolean,
        "cost_usd_per_unit": pl.Float64, "predicted_usd_per_unit": pl.Float64,
        "predicted_p10_usd": pl.Float64, "predicted_p90_usd": pl.Float64,
        "cost_error_share": pl.Float64, "cost_inside": pl.Boolean, "why": pl.String,
        "source_id": pl.String,
        "used_in_atlas": pl.String,
        **dict.fromkeys((f"{t}_days" for t in (*TIMES, *MOTION)), pl.Float64),
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema)
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), network.as_of,
        network.price_year, {},
    )  # fmt: skip
    counted = _independent(frame)
    inside = {w: counted[f"{w}_inside"].drop_nulls() for w in ("time", "cost")}
    coverage = {w: int(x.sum()) / len(x) if len(x) else None for w, x in inside.items()}
    return Validation(run, frame, _medians(counted), coverage)


def _compared(
    network: Network, row: dict[str, Any], calibration: dict[str, float]
) -> dict[str, Any]:
    """Return one observation beside its prediction; without one the reason stands in `why`."""
    depart = row["depart"] or dt.date(row["year"], 6, 15)
    low, high = row["time_low_days"], row["time_high_days"]
    time = (low + (high or low)) / 2 if low is not None else None
    kept = ("observation_id", "origin", "destination", "by", "kind", "drivers", "corridor")
    figures = ("distance_km", "cost_usd_per_unit")
    said = {k: row[k] for k in (*kept, *figures, "used_in_atlas", "source_id")}
    said |= {"depart": depart, "time_days": time, "why": row["why_off"]}
    try:
        said |= predict_trip(network, row, depart, calibration)
    except KarwanError as fault:
        return said | {"why": f"no prediction: {fault}"}
    if unused := said.pop("unused"):
        note = f"No itinerary by {' and '.join(unused)} was found; another is compared."
        said["why"] = f"{said['why']} {note}" if said["why"] else note
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


def _independent(frame: pl.DataFrame) -> pl.DataFrame:
    """Blank what is compared of figures that the network itself rests on."""
    used = pl.col("used_in_atlas").fill_null("")
    blank = [
        pl.when(~used.str.contains(what, literal=True)).then(pl.col(column)).alias(column)
        for what in ("distance", "time", "cost")
        for column in (f"{what}_error_share", f"{what}_inside")
        if column in frame.columns
    ]
    return frame.with_columns(blank)


def _medians(frame: pl.DataFrame) -> pl.DataFrame:
    """Return medians of absolute errors of all rows and of groups of them."""
    announced = pl.when(pl.col("kind").is_in(ANNOUNCED)).then(pl.lit("yes")).otherwise(pl.lit("no"))
    frame = frame.with_columns(announced=announced)
    tables = []
    for by in (None, "announced", "kind", "corridor", "by"):
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
