"""From the tables of one terminal to the arrays that its simulation runs on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c
from karwan.network import Network
from karwan.terminals.carriers import carrier_rows, quay_ends, shape, way_rows
from karwan.terminals.week import week_of

__all__ = ["HOURS_PER_YEAR", "Model", "build"]

HOURS_PER_YEAR = 8_760.0
LANE_KINDS = ("gate_lane", "customs_lane", "scanner", "examination_bay")
PART_KINDS = ("quay_crane", "rail_crane", *LANE_KINDS)
SPARE_DAYS = 21
"""Days of traffic that queues have room for; what overflows it is reported as unstable."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Model:
    """One terminal as arrays; their columns are named in `kernels.terminal_layout`.

    Attributes
    ----------
    terminal : dict
        Row of `terminals`.
    carriers, flows, blocks : tuple of str
        Names of rows: carriers, flows, and what each block holds.
    boxes_per_h : float
        Boxes that pass in an hour of the year.
    ends_per_box : float
        Times that a box counts in the throughput of the terminal.
    given : tuple of numpy.ndarray
        Arguments of the event loop, from `carrier` to `site`.
    n_boxes : int
        Room for boxes.
    """

    terminal: dict[str, Any]
    carriers: tuple[str, ...]
    flows: tuple[str, ...]
    blocks: tuple[str, ...]
    boxes_per_h: float
    ends_per_box: float
    given: tuple[NDArray[Any], ...]
    n_boxes: int

    @property
    def teu_per_box(self) -> float:
        """Container equivalents of a box."""
        return float(self.terminal["teu_per_box"])

    @property
    def carrier(self) -> Floats:
        """Rows of carriers."""
        return self.given[0]

    @property
    def ways(self) -> NDArray[np.int64]:
        """Rows of ways."""
        return self.given[1]

    @property
    def room(self) -> Floats:
        """Boxes that each block holds."""
        return self.given[5]

    @property
    def part(self) -> Floats:
        """Rows of cranes and lanes."""
        return self.given[7]


def build(network: Network, terminal_id: str, teu_per_year: float | None = None) -> Model:
    """Turn the rows of a terminal into arrays.

    Parameters
    ----------
    network : Network
        Network whose terminal tables obey their rules.
    terminal_id : str
        Terminal.
    teu_per_year : float, optional
        Throughput; that of its row if not given [TEU/year].

    Returns
    -------
    Model
        Arrays for the event loop.
    """
    own = {
        name: network.table(name).filter(pl.col("terminal_id") == terminal_id)
        for name in ("terminals", "terminal_hours", "terminal_elements", "terminal_carriers",
                     "terminal_flows")
    }  # fmt: skip
    terminal = own["terminals"].row(0, named=True)
    flows, carriers = own["terminal_flows"], own["terminal_carriers"]
    ends = quay_ends(terminal["kind"], flows, carriers)
    teu = terminal["throughput_teu_per_year"] if teu_per_year is None else teu_per_year
    boxes_per_h = teu / terminal["teu_per_box"] / ends / HOURS_PER_YEAR
    blocks, room = _blocks(own["terminal_elements"], flows, terminal["teu_per_box"])
    ways, rate = way_rows(flows, carriers, blocks, boxes_per_h)
    first = np.searchsorted(ways[:, c.FROM], np.arange(len(carriers) + 1)).astype(np.int64)
    share = rate.copy()
    for k in range(len(carriers)):
        own_rates = rate[first[k] : first[k + 1]]
        if len(own_rates):
            share[first[k] : first[k + 1]] = np.cumsum(own_rates) / own_rates.sum()
    given = (
        carrier_rows(terminal, carriers, ways, rate),
        ways,
        share,
        first,
        _flow_rows(flows),
        room,
        _berth_rows(own["terminal_elements"]),
        _part_rows(own["terminal_elements"]),
        week_of(terminal, own["terminal_hours"]),
        _site(terminal),
    )
    held = float(np.minimum(room, 1e6 * (room < math.inf)).sum())
    n_boxes = int(2 * held + SPARE_DAYS * 24 * boxes_per_h + 5_000)
    names = tuple(carriers["carrier_id"]), tuple(flows["flow_id"])
    return Model(terminal, *names, blocks, boxes_per_h, ends, given, n_boxes)


def _blocks(
    elements: pl.DataFrame, flows: pl.DataFrame, teu_per_box: float
) -> tuple[tuple[str, ...], Floats]:
    """Return what blocks there are and the boxes they hold; one without end if there is none."""
    if flows.is_empty():
        return (), np.zeros(0)
    own = elements.filter(pl.col("kind") == "block")
    if own.is_empty():
        return ("any",), np.array([math.inf])
    rows = own.with_columns(
        pl.col("holds").fill_null("any"), teu=pl.col("count") * pl.col("capacity_teu")
    )
    held = rows.group_by("holds").agg(pl.col("teu").sum()).sort("holds")
    return tuple(held["holds"]), np.floor(held["teu"].to_numpy() / teu_per_box)


def _flow_rows(flows: pl.DataFrame) -> Floats:
    found = np.zeros((len(flows), 6))
    for row, given in zip(found, flows.iter_rows(named=True), strict=True):
        row[c.DWELL] = given["dwell_h"] or 0.0
        row[c.DWELL_SHAPE] = shape(given["dwell_cv"])
        row[c.AT_CUSTOMS] = given["customs_share"] or 0.0
        row[c.SEALING] = (given["sealing_min"] or 0.0) / 60.0
        row[c.SCANNED] = given["scanned_share"] or 0.0
        row[c.EXAMINED] = given["examined_share"] or 0.0
    return found


def _berth_rows(elements: pl.DataFrame) -> Floats:
    rows = [
        (
            float(e["kind"] == "track"),
            e["length_m"] or math.inf,
            e["depth_m"] or math.inf,
            e["track_gauge_mm"] or 0.0,
            -1.0,
        )
        for e in elements.iter_rows(named=True)
        if e["kind"] in {"berth", "track"}
        for _ in range(e["count"])
    ]
    return np.array(rows, np.float64).reshape(-1, 5)


def _part_rows(elements: pl.DataFrame) -> Floats:
    """Cranes and lanes of a kind together; rates and times are means over their number."""
    found = np.zeros((c.PARTS, 6))
    by_kind = elements.filter(pl.col("count") > 0).partition_by("kind", as_dict=True)
    for row, kind in zip(found, PART_KINDS, strict=True):
        own = by_kind.get((kind,))
        if own is None:
            continue
        count = own["count"].to_numpy().astype(float)
        of = "service_min" if kind in LANE_KINDS else "moves_per_h"
        row[c.COUNT] = count.sum()
        row[c.MEAN] = float(count @ own[of].to_numpy()) / count.sum()
        row[c.MEAN] /= 60.0 if kind in LANE_KINDS else 1.0
        spread = own["service_cv"].fill_null(0.0).to_numpy()
        row[c.SPREAD] = shape(float(count @ spread) / count.sum())
        break_down = own.filter(pl.col("up_h").is_not_null())
        if len(break_down):
            row[c.UP_H] = break_down["up_h"].to_numpy().mean()
            row[c.MEND_H] = break_down["down_h"].to_numpy().mean()
    return found


def _site(terminal: dict[str, Any]) -> Floats:
    storms = terminal["storms_per_year"] or 0.0
    slots = terminal["appointments_per_h"]
    return np.array(
        [
            terminal["crane_interference"] or 1.0,
            HOURS_PER_YEAR / storms if storms else 0.0,
            terminal["storm_h"] or 0.0,
            slots * c.TICK if slots else math.inf,
        ]
    )
