"""Places with capacity: what flows through them, and how they answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.place_arcs import place_arcs
from karwan.assignment.pool import ColumnPool
from karwan.kernels.volume_delay import BPR, CONICAL, CONSTANT, TABLE, Curves, costs, slopes
from karwan.network import Network
from karwan.routing.arcs import TIMES, TIMES_APART

__all__ = ["Places", "load_curves", "places_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
KINDS = {"constant": CONSTANT, "bpr": BPR, "conical": CONICAL, "curve": TABLE}


@dataclass(frozen=True, eq=False)
class Places:
    """Places with capacity, and which columns pass them.

    Attributes
    ----------
    table : polars.DataFrame
        Rows of `capacities`.
    curves : Curves
        Factor of time by share of capacity, by row.
    hours : float64[n]
        Time at the place as surveyed [h], which is what answers to load.
    first, place : int32
        ``place[first[i]:first[i + 1]]`` are the places of column i, each once.
    at_arc : tuple of (int32[n_arcs + 1], int32[k])
        For each member of the pool the same by arc.
    """

    table: pl.DataFrame
    curves: Curves
    hours: Floats
    first: Ints
    place: Ints
    at_arc: tuple[tuple[Ints, Ints], ...]

    @property
    def n(self) -> int:
        """Number of places."""
        return len(self.table)

    @property
    def capacity(self) -> Floats:
        """Capacities [TEU/year]."""
        return self.table["capacity_teu_per_year"].to_numpy()

    @property
    def other(self) -> Floats:
        """Traffic that is not in demand [TEU/year]."""
        return self.table["other_teu_per_year"].to_numpy()

    @property
    def is_hard(self) -> NDArray[np.bool_]:
        """Whether the capacity is never exceeded."""
        return np.asarray(self.table["hard"].to_numpy(), np.bool_)

    def delay(self, flow: Floats) -> tuple[Floats, Floats]:
        """Return what time at each place exceeds the surveyed one by, and its slope.

        ``hours (g(flow / capacity) / g(load / capacity) - 1)``: at the load of the survey the
        surveyed time holds, below it the place is quicker.

        Parameters
        ----------
        flow : float64[n]
            All traffic [TEU/year].

        Returns
        -------
        delay : float64[n]
            Hours, negative below the load of the survey [h].
        slope : float64[n]
            Its derivative [h per TEU/year].
        """
        load = np.maximum(flow, 0.0) / self.capacity
        base = costs(self.curves, self.table["load_teu_per_year"].to_numpy() / self.capacity)
        delay: Floats = self.hours * (costs(self.curves, load) / base - 1)
        slope: Floats = self.hours * slopes(self.curves, load) / base / self.capacity
        return delay, slope


def load_curves(capacities: pl.DataFrame, knots: pl.DataFrame) -> Curves:
    """Return the factor of time at each place as a link performance function of its load.

    Parameters
    ----------
    capacities : polars.DataFrame
        Rows of `capacities`.
    knots : polars.DataFrame
        Rows of `capacity_curves`.

    Returns
    -------
    Curves
        1 at no load (of a curve, what its first knot says); the flow is the share of capacity.
    """
    kind = np.array([KINDS[f] for f in capacities["function"]], np.int8)
    alpha, power = (
        capacities[c].fill_null(1.0).to_numpy().astype(np.float64) for c in ("alpha", "power")
    )
    own = [
        knots.filter(pl.col("capacity_id") == name).sort("knot") if k == TABLE else knots.clear()
        for name, k in zip(capacities["capacity_id"], kind, strict=True)
    ]
    every = pl.concat(own) if own else knots.clear()
    ones = np.ones(len(kind))
    return Curves(
        kind,
        ones,
        np.where(kind == BPR, alpha, 1.0),
        np.where(kind == CONICAL, alpha, power),
        ones,
        np.concatenate(([0], np.cumsum([len(k) for k in own]))).astype(np.int32),
        every["load_share"].to_numpy().astype(np.float64),
        every["time_factor"].to_numpy().astype(np.float64),
    )


def places_of(network: Network, pool: ColumnPool, earlier: Places | None = None) -> Places:
    """Find the places with capacity and the columns that pass them.

    Parameters
    ----------
    network : Network
        Network with `capacities`.
    pool : ColumnPool
        Columns.
    earlier : Places, optional
        Those of a pool that this one was made from by adding columns.

    Returns
    -------
    Places
        Places and incidence.
    """
    if earlier:
        first, place = _passed(pool, earlier.at_arc, earlier.n)
        return replace(earlier, first=first, place=place)
    table = network.table("capacities")
    bases = {id(m.graph.base): m.graph.base for m in pool.members}
    masks = {key: place_arcs(base, table) for key, base in bases.items()}
    hours = np.zeros(len(table))
    for i in range(len(table)):
        some = [
            base.arcs.hours[:, [TIMES.index(t) for t in TIMES_APART]].sum(axis=1)[masks[key][i]]
            for key, base in bases.items()
        ]
        times = np.concatenate(some) if some else np.zeros(0)
        hours[i] = float(np.median(times)) if len(times) else 0.0
    at_arc = tuple(_by_arc(m.graph.row, masks[id(m.graph.base)]) for m in pool.members)
    return Places(
        table,
        load_curves(table, network.table("capacity_curves")),
        hours,
        *_passed(pool, at_arc, len(table)),
        at_arc,
    )


def _passed(
    pool: ColumnPool, at_arc: tuple[tuple[Ints, Ints], ...], n_places: int
) -> tuple[Ints, Ints]:
    """Return the places of each column, each once."""
    columns, places = [], []
    for number, per_arc in enumerate(at_arc):
        own, first, arcs = pool.of_member(number)
        begin, end = per_arc[0][arcs], per_arc[0][arcs + 1]
        sizes = end - begin
        ends = np.cumsum(sizes)
        rows = np.arange(ends[-1] if len(ends) else 0) + np.repeat(begin - ends + sizes, sizes)
        columns.append(np.repeat(np.repeat(own, np.diff(first)), sizes))
        places.append(per_arc[1][rows])
    n = max(n_places, 1)
    key = (
        np.unique(np.concatenate(columns) * n + np.concatenate(places))
        if columns
        else np.zeros(0, np.int64)
    )
    first = np.searchsorted(key // n, np.arange(pool.n_columns + 1)).astype(np.int32)
    return first, (key % n).astype(np.int32)


def _by_arc(row: Ints, masks: Sequence[NDArray[np.bool_]]) -> tuple[Ints, Ints]:
    """Return the places of each arc of a member."""
    hits = np.zeros((len(row), len(masks)), np.bool_)
    known = row >= 0
    for i, mask in enumerate(masks):
        hits[known, i] = mask[row[known]]
    arc, place = np.nonzero(hits)
    return np.searchsorted(arc, np.arange(len(row) + 1)).astype(np.int32), place.astype(np.int32)
