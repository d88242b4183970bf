"""Places with capacity: what flows through them, and how they answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.place_arcs import place_arcs
from karwan.assignment.pool import ColumnPool
from karwan.network import Network
from karwan.routing.arcs import TIMES, TIMES_APART

__all__ = ["Places", "load_factor", "places_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Places:
    """Places with capacity, and which columns pass them.

    Attributes
    ----------
    table : polars.DataFrame
        Rows of `capacities`.
    curves : dict of int to (float64[k], float64[k])
        Shares of capacity and factors of time, by row, for those whose function is a curve.
    hours : float64[n]
        Time at the place as surveyed [h], which is what answers to load.
    first, place : int32
        ``place[first[i]:first[i + 1]]`` are the places of column i, each once.
    at_arc : tuple of (int32[n_arcs + 1], int32[k])
        For each member of the pool the same by arc.
    """

    table: pl.DataFrame
    curves: dict[int, tuple[Floats, Floats]]
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
        base, _ = self._factor(self.table["load_teu_per_year"].to_numpy() / self.capacity)
        factor, slope = self._factor(np.maximum(flow, 0.0) / self.capacity)
        return self.hours * (factor / base - 1), self.hours * slope / base / self.capacity

    def _factor(self, load: Floats) -> tuple[Floats, Floats]:
        rows = zip(*(self.table[c].to_list() for c in ("function", "alpha", "power")), strict=True)
        found = [
            load_factor(kind, float(x), alpha, power, self.curves.get(i))
            for i, ((kind, alpha, power), x) in enumerate(zip(rows, load, strict=True))
        ]
        value, slope = np.array(found).reshape(-1, 2).T
        return value, slope


def load_factor(
    kind: str,
    load: float,
    alpha: float | None,
    power: float | None,
    curve: tuple[Floats, Floats] | None = None,
) -> tuple[float, float]:
    """Return the factor of time at a load, as a share of capacity, and its slope.

    Parameters
    ----------
    kind : str
        ``constant``: 1. ``bpr``: ``1 + alpha load^power`` (Bureau of Public Roads 1964).
        ``conical``: ``2 + sqrt(a^2 (1 - load)^2 + b^2) - a (1 - load) - b`` with a = `alpha` and
        ``b = (2 a - 1) / (2 a - 2)`` (Spiess 1990). ``curve``: linear between knots, and on
        beyond the last.
    load : float
        Share of capacity, at least 0.
    alpha, power : float, optional
        Parameters.
    curve : (float64[k], float64[k]), optional
        Loads and factors of the knots.

    Returns
    -------
    (float, float)
        Factor and derivative.
    """
    if kind == "bpr" and alpha is not None and power is not None:
        slope = alpha * power * load ** (power - 1) if load > 0 or power <= 1 else 0.0
        return 1 + alpha * load**power, slope
    if kind == "conical" and alpha is not None:
        b, rest = (2 * alpha - 1) / (2 * alpha - 2), 1 - load
        root = float(np.hypot(alpha * rest, b))
        return 2 + root - alpha * rest - b, alpha - alpha**2 * rest / root
    if kind == "curve" and curve is not None:
        at = int(np.clip(np.searchsorted(curve[0], load, side="right") - 1, 0, len(curve[0]) - 2))
        rise = np.diff(curve[1])[at] / np.diff(curve[0])[at]
        return float(curve[1][at] + rise * (load - curve[0][at])), float(rise)
    return 1.0, 0.0


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
    return Places(table, _curves(network, table), hours, *_passed(pool, at_arc, len(table)), at_arc)


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


def _curves(network: Network, table: pl.DataFrame) -> dict[int, tuple[Floats, Floats]]:
    """Return the knots of the places whose function is a curve."""
    knots = network.table("capacity_curves").sort("capacity_id", "knot")
    found = {}
    for i, name in enumerate(table["capacity_id"]):
        own = knots.filter(pl.col("capacity_id") == name)
        if table["function"][i] == "curve":
            found[i] = own["load_share"].to_numpy(), own["time_factor"].to_numpy()
    return found
