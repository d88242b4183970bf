"""Work offered to each kind of element as a share of what it can do, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import PART_KINDS, Model

__all__ = ["loads"]

PLACES = ("berth", "track")
PART_HOURS = (c.QUAY, c.RAIL, c.GATE, c.CUSTOMS, c.CUSTOMS, c.CUSTOMS)


def loads(model: Model) -> pl.DataFrame:
    """Work out how heavily each kind of element is loaded.

    At 1 or above no run can be stable. Berths are loaded with the least time of their calls, all
    cranes at hand; storms, tides and the wait for cranes come on top. Blocks are loaded with the
    planned time in the yard; the wait for trucks, vessels and trains comes on top.

    Parameters
    ----------
    model : Model
        Terminal.

    Returns
    -------
    polars.DataFrame
        Kind of element, number (boxes of a block), and load.
    """
    rows = [*_places(model), *_lanes(model), *_blocks(model)]
    schema = {"kind": pl.String, "count": pl.Float64, "load": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")


def _rates(model: Model) -> np.ndarray:
    """Boxes in an hour of each way."""
    first, share = model.given[3], model.given[2]
    found = np.zeros(len(model.ways))
    for k in range(len(model.carriers)):
        own = slice(first[k], first[k + 1])
        row = model.carrier[k]
        brought = row[c.TRUCKS]
        if row[c.SIDE] != c.TRUCK_SIDE and row[c.INTERVAL] > 0.0:
            brought = min(row[c.MEAN_SIZE], row[c.MOST]) / row[c.INTERVAL]
        found[own] = np.diff(share[own], prepend=0.0) * brought
    return found


def _able(model: Model, part: int) -> float:
    """Return the number at work on average: not broken down, in the hours they are open."""
    row = model.part[part]
    up = row[c.UP_H] / (row[c.UP_H] + row[c.MEND_H]) if row[c.UP_H] else 1.0
    return float(row[c.COUNT] * up * model.given[8][PART_HOURS[part]].mean())


def _places(model: Model) -> Iterator[tuple[str, float, float]]:
    rates, berths = _rates(model), model.given[6]
    for side, place in enumerate(PLACES):
        count = float((berths[:, c.BERTH_SIDE] == side).sum())
        speed = model.part[side, c.MEAN]
        if not count or not speed:
            continue
        at_berth = crane_hours = 0.0
        for k, row in enumerate(model.carrier):
            if row[c.SIDE] != side or not row[c.INTERVAL]:
                continue
            taken = rates[model.ways[:, c.TO] == k].sum()
            boxes = min(row[c.MEAN_SIZE], row[c.MOST]) / row[c.INTERVAL] + taken
            cranes = min(row[c.CRANES_MOST], model.part[side, c.COUNT])
            power = model.given[9][c.INTERFERENCE] if side == 0 else 1.0
            at_berth += row[c.PREPARE] / row[c.INTERVAL] + boxes / (speed * cranes**power)
            crane_hours += boxes * cranes / (speed * cranes**power)
        yield place, count, at_berth / count
        yield PART_KINDS[side], model.part[side, c.COUNT], crane_hours / _able(model, side)


def _lanes(model: Model) -> Iterator[tuple[str, float, float]]:
    rates, flow = _rates(model), model.given[4]
    sides = model.carrier[:, c.SIDE]
    by_truck = np.zeros(len(model.ways), bool)
    for end in (c.FROM, c.TO):
        by_truck |= sides[model.ways[:, end]] == c.TRUCK_SIDE
    shares = np.ones((4, len(model.ways)))
    for lane, column in ((1, c.AT_CUSTOMS), (2, c.SCANNED), (3, c.EXAMINED)):
        shares[lane] = flow[model.ways[:, c.FLOW], column]
    for lane in range(c.LANES):
        part = c.FIRST_LANE + lane
        if model.part[part, c.COUNT]:
            times = np.full(len(model.ways), model.part[part, c.MEAN])
            if lane == 1:
                times += flow[model.ways[:, c.FLOW], c.SEALING]
            work = float((rates * by_truck * shares[lane] * times).sum())
            yield PART_KINDS[part], model.part[part, c.COUNT], work / _able(model, part)


def _blocks(model: Model) -> Iterator[tuple[str, float, float]]:
    rates, dwell = _rates(model), model.given[4][:, c.DWELL]
    for b, name in enumerate(model.blocks):
        if np.isfinite(model.room[b]) and model.room[b] > 0.0:
            own = model.ways[:, c.BLOCK] == b
            held = float((rates[own] * dwell[model.ways[own, c.FLOW]]).sum())
            yield f"block {name}", float(model.room[b]), held / float(model.room[b])
