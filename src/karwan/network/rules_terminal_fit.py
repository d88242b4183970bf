"""Rules of what fits a terminal: vessels and trains its berths and channel, and its hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from karwan.errors import Problem
from karwan.network.network import Network

__all__ = ["RULES"]

Row = dict[str, Any]
PARTS_OF_WEEK = 2
SIZES = (
    ("length_m", "length_m", "longer than the longest berth"),
    ("draft_m", "depth_m", "deeper than the deepest berth"),
)
"""Size of a vessel, size of a berth, and what is said where none is enough."""


def vessels_fit_a_berth(network: Network) -> Iterator[Problem]:
    """Yield vessels that are longer or deeper than every berth of their terminal."""
    elements = network.table("terminal_elements").filter(pl.col("count") > 0)
    for row in _carriers(network, "vessel"):
        own = elements.filter(
            (pl.col("terminal_id") == row["terminal_id"]) & (pl.col("kind") == "berth")
        )
        if own.is_empty():
            continue
        fits = {c: own[of].is_null() | (own[of] >= (row[c] or 0.0)) for c, of, _ in SIZES}
        for column, of, what in SIZES:
            if not fits[column].any():
                most = float(own[of].max())  # type: ignore[arg-type]
                message = f"{what} of {row['terminal_id']}, {most:g} m"
                yield _carrier(row, column, message, "leave the class out, or add a berth")
        if all(f.any() for f in fits.values()) and not (fits["length_m"] & fits["draft_m"]).any():
            message = f"but no berth of {row['terminal_id']} is both long and deep enough"
            yield _carrier(row, "length_m", message, "leave the class out, or add a berth")


def vessels_pass_the_channel(network: Network) -> Iterator[Problem]:
    """Yield vessels that are too deep for the channel at high water."""
    terminals = {t["terminal_id"]: t for t in network.table("terminals").iter_rows(named=True)}
    for row in _carriers(network, "vessel"):
        terminal = terminals.get(row["terminal_id"])
        if terminal is None or row["draft_m"] is None or terminal["approach_depth_m"] is None:
            continue
        clear = terminal["clearance_m"] or 0.0
        depth = terminal["approach_depth_m"] + (terminal["tide_range_m"] or 0.0)
        if row["draft_m"] + clear > depth:
            message = (
                f"which with {clear:g} m of clearance is deeper than the channel of "
                f"{row['terminal_id']} at high water, {depth:g} m"
            )
            yield _carrier(row, "draft_m", message, "leave the class out, or dredge")


def trains_fit_a_track(network: Network) -> Iterator[Problem]:
    """Yield trains that no track of their gauge and length takes."""
    elements = network.table("terminal_elements").filter(
        (pl.col("kind") == "track") & (pl.col("count") > 0)
    )
    for row in _carriers(network, "train"):
        own = elements.filter(pl.col("terminal_id") == row["terminal_id"])
        gauge = pl.col("track_gauge_mm")
        fits = own.filter(gauge.is_null() | (gauge == (row["track_gauge_mm"] or 0)))
        if own.is_empty():
            continue
        if fits.is_empty():
            message = f"{row['track_gauge_mm']} mm, but no track of {row['terminal_id']} has it"
            yield Problem(
                "terminal_carriers", row["carrier_id"], "track_gauge_mm", message="is " + message,
                hint="change it, or add a track",
            )  # fmt: skip
        elif row["length_m"] and not fits["length_m"].is_null().any():
            most = float(fits["length_m"].max())  # type: ignore[arg-type]
            if row["length_m"] > most:
                message = f"longer than the longest track of its gauge, {most:g} m"
                yield _carrier(row, "length_m", message, "shorten it, or add a track")


def terminals_open_some_hours(network: Network) -> Iterator[Problem]:
    """Yield hours that never open, that are no half hours, and weekdays that do not exist."""
    for row in network.table("terminal_hours").iter_rows(named=True):
        days = row["days"]
        if not days or set(days) - set("1234567") or len(set(days)) < len(days):
            hint = "write each ISO weekday once, as 12345"
            yield Problem("terminal_hours", row["hours_id"], "days", value=repr(days), hint=hint)
        if row["opens_h"] == row["closes_h"]:
            value, message = f"{row['closes_h']:g} h", "the hour it opens: it would never open"
            hint = "round the clock is 0 to 24"
            yield Problem("terminal_hours", row["hours_id"], "closes_h", message, value, hint)
        for column in ("opens_h", "closes_h"):
            if (row[column] * PARTS_OF_WEEK) % 1.0:
                value = f"{row[column]:g} h"
                hint = "write whole or half hours"
                yield Problem("terminal_hours", row["hours_id"], column, "", value, hint)


def _carriers(network: Network, kind: str) -> Iterator[Row]:
    return network.table("terminal_carriers").filter(pl.col("kind") == kind).iter_rows(named=True)


def _carrier(row: Row, column: str, message: str, hint: str) -> Problem:
    value = f"{row[column]:g} m"
    return Problem("terminal_carriers", row["carrier_id"], column, message, value, hint)


RULES = (
    vessels_fit_a_berth,
    vessels_pass_the_channel,
    trains_fit_a_track,
    terminals_open_some_hours,
)
