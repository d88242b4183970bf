"""Carriers of a terminal as arrays, and the ways that boxes take between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c

__all__ = ["carrier_rows", "quay_ends", "shape", "tide_half_width", "way_rows"]

SIDES = {"vessel": 0, "train": 1, "truck": c.TRUCK_SIDE}
HOURS_PER_YEAR = 8_760.0
LEAST_CV = 0.01
Floats = NDArray[np.float64]


def quay_ends(kind: str, flows: pl.DataFrame, carriers: pl.DataFrame) -> float:
    """Count how often a box stands in the throughput: its moves over the quay, one elsewhere.

    Parameters
    ----------
    kind : str
        Kind of the terminal.
    flows, carriers : polars.DataFrame
        Rows of `terminal_flows` and `terminal_carriers`.

    Returns
    -------
    float
        Mean over the boxes of all flows.
    """
    if kind != "sea" or flows.is_empty():
        return 1.0
    vessels = set(carriers.filter(pl.col("kind") == "vessel")["carrier_id"])
    ends = [
        sum(side.split("|")[0] in vessels for side in (row["from_carriers"], row["to_carriers"]))
        for row in flows.iter_rows(named=True)
    ]
    shares = flows["share"].to_numpy()
    return float(shares @ np.array(ends)) / float(shares.sum())


def way_rows(
    flows: pl.DataFrame, carriers: pl.DataFrame, blocks: tuple[str, ...], boxes_per_h: float
) -> tuple[NDArray[np.int64], Floats]:
    """List every way of a box: flow, carrier that brings it, carrier that takes it, block.

    Parameters
    ----------
    flows, carriers : polars.DataFrame
        Rows of `terminal_flows` and `terminal_carriers`.
    blocks : tuple of str
        What each block holds.
    boxes_per_h : float
        Boxes of all flows in an hour.

    Returns
    -------
    ways : int64[n_ways, 4]
        By carrier that brings.
    rate : float64[n_ways]
        Boxes in an hour.
    """
    index = {name: k for k, name in enumerate(carriers["carrier_id"])}
    share = dict(zip(carriers["carrier_id"], carriers["share"], strict=True))
    kind = dict(zip(carriers["carrier_id"], carriers["kind"], strict=True))
    found: list[tuple[int, int, int, int, float]] = []
    for f, row in enumerate(flows.iter_rows(named=True)):
        brings, takes = row["from_carriers"].split("|"), row["to_carriers"].split("|")
        if row["from_carriers"] == row["to_carriers"] and kind[brings[0]] == "truck":
            pairs = [(name, name, share[name]) for name in brings]
        else:
            pairs = [(a, b, share[a] * share[b]) for a in brings for b in takes]
        total = sum(w for *_, w in pairs)
        for a, b, w in pairs:
            trucks_only = kind[a] == kind[b] == "truck"
            block = c.NONE if trucks_only else _block_of(row, blocks)
            if w > 0.0 and row["share"] > 0.0:
                rate = boxes_per_h * row["share"] * w / total
                found.append((f, index[a], index[b], block, rate))
    found.sort(key=lambda way: (way[1], way[0], way[2]))
    ways = np.array([way[:4] for way in found], np.int64).reshape(-1, 4)
    return ways, np.array([way[4] for way in found])


def _block_of(flow: dict[str, Any], blocks: tuple[str, ...]) -> int:
    wanted = ("transit",) if flow["customs"] == "transit" else ()
    return next(blocks.index(w) for w in (*wanted, flow["box"], "any") if w in blocks)


def carrier_rows(
    terminal: dict[str, Any], carriers: pl.DataFrame, ways: NDArray[np.int64], rate: Floats
) -> Floats:
    """Lay out classes of vessels, trains and trucks.

    Parameters
    ----------
    terminal : dict
        Row of `terminals`.
    carriers : polars.DataFrame
        Rows of `terminal_carriers`.
    ways, rate : numpy.ndarray
        As `way_rows` gives them.

    Returns
    -------
    float64[n_carriers, 14]
        Columns as in `kernels.terminal_layout`.
    """
    found = np.zeros((len(carriers), c.CARRIER_COLUMNS))
    for k, (row, given) in enumerate(zip(found, carriers.iter_rows(named=True), strict=True)):
        brought = float(rate[ways[:, c.FROM] == k].sum())
        row[c.SIDE] = SIDES[given["kind"]]
        if row[c.SIDE] == c.TRUCK_SIDE:
            row[c.TRUCKS] = brought
            continue
        calls, size = given["calls_per_year"], given["boxes_per_call"]
        if calls:
            row[c.INTERVAL] = HOURS_PER_YEAR / calls
            row[c.MEAN_SIZE] = size or brought * row[c.INTERVAL]
        elif brought > 0.0:
            row[c.INTERVAL], row[c.MEAN_SIZE] = size / brought, size
        row[c.SHAPE] = {"poisson": 1, "schedule": 0}.get(
            given["arrivals"], given["erlang_shape"] or 1
        )
        row[c.LATE] = given["lateness_h"] or 0.0
        row[c.SIZE_SHAPE] = shape(given["boxes_cv"])
        row[c.MOST] = given["boxes_max"] or math.inf
        row[c.LENGTH], row[c.DRAFT] = given["length_m"] or 0.0, given["draft_m"] or 0.0
        row[c.GAUGE] = given["track_gauge_mm"] or 0.0
        row[c.CRANES_MOST] = given["cranes_max"] or 1
        row[c.PREPARE] = given["preparation_h"] or 0.0
        row[c.TIDE] = tide_half_width(terminal, given["draft_m"])
    return found


def shape(cv: float | None) -> float:
    """Return the shape of a gamma distribution by its coefficient of variation.

    Parameters
    ----------
    cv : float or None
        Coefficient of variation; below `LEAST_CV` and None count as no spread.

    Returns
    -------
    float
        Shape; 0 stands for no spread.
    """
    return 1.0 / cv**2 if cv is not None and cv >= LEAST_CV else 0.0


def tide_half_width(terminal: dict[str, Any], draft_m: float | None) -> float:
    """Find the hours before and after high water in which a draft may pass the channel.

    The tide rises and falls as a cosine of 12.42 hours.

    Parameters
    ----------
    terminal : dict
        Row of `terminals`.
    draft_m : float or None
        Draft [m].

    Returns
    -------
    float
        Hours; infinite if it may pass at all times, below 0 if never.
    """
    depth, tide = terminal["approach_depth_m"], terminal["tide_range_m"] or 0.0
    if depth is None or draft_m is None:
        return math.inf
    need = draft_m + (terminal["clearance_m"] or 0.0) - depth
    if need <= 0.0:
        return math.inf
    if need > tide:
        return -1.0
    return c.TIDE_PERIOD / (2.0 * math.pi) * math.acos(2.0 * need / tide - 1.0)
