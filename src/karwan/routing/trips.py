"""Paths on the clock: when each arc is entered, and what waits and hampered gates add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.opening import next_open, slow_piece
from karwan.routing.query import Query
from karwan.routing.search_graph import Path

__all__ = ["Trip", "generalised_costs", "run_clock"]

NONE = -1
HAIR = 1e-6
"""Hours that rounding may make an arrival early."""


class Trip(NamedTuple):
    """A path with what happens at its gates.

    Attributes
    ----------
    path : int[n]
        Arcs of the query from origin to target.
    wait_h : float64[n]
        Time waited for the gate of each arc to open or to ease [h].
    slow_h, slow_variance, slow_usd : float64[n]
        What entering a hampered gate adds: mean time [h], its variance [h2] and surcharges of
        the whole consignment [USD].
    slow_row : int32[n]
        Row of `closures` behind it, -1 if none.
    """

    path: Path
    wait_h: NDArray[np.float64]
    slow_h: NDArray[np.float64]
    slow_variance: NDArray[np.float64]
    slow_usd: NDArray[np.float64]
    slow_row: NDArray[np.int32]

    @property
    def added_h(self) -> float:
        """Waits and delays at gates [h]."""
        return float(self.wait_h.sum() + self.slow_h.sum())

    @property
    def is_free(self) -> bool:
        """Whether every gate is open and easy when the trip comes to it."""
        return not (self.wait_h.any() or (self.slow_row >= 0).any())

    def generalised(self, query: Query) -> float:
        """Return the generalised cost of the trip [USD]."""
        return float(generalised_costs(query, [self])[0])


def run_clock(query: Query, path: Path, waits: NDArray[np.float64] | None = None) -> Trip | None:
    """Run a path through its gates from the moment of departure.

    Parameters
    ----------
    query : Query
        Arcs, moment of departure and schedule of the gates.
    path : int[n]
        Arcs from origin to target.
    waits : float64[n], optional
        Time waited before each arc [h], as the search found it; if not given, gates are entered
        as soon as they open.

    Returns
    -------
    Trip or None
        None if a gate on the path stays shut.
    """
    n, schedule = len(path), query.schedule
    wait = np.zeros(n) if waits is None else waits
    slow, row = np.zeros((3, n)), np.full(n, NONE, np.int32)
    gates = query.arcs.gate[path]
    gated = np.flatnonzero(gates >= 0).tolist()
    if gated:
        hours = query.totals.hours[path]
        enters = query.start + np.cumsum(hours + wait) - hours
        late = 0.0
        for k in gated:
            g, moment = int(gates[k]), float(enters[k]) + late
            if waits is None:
                spans = int(schedule.first_shut[g]), int(schedule.first_shut[g + 1])
                opened = next_open(*spans, schedule.shut_from, schedule.shut_to, moment)
                if opened == np.inf:
                    return None
                wait[k] = opened - moment
                late += wait[k]
                moment = opened
            pieces = int(schedule.first_slow[g]), int(schedule.first_slow[g + 1])
            if pieces[0] == pieces[1]:
                continue
            # A hair is added because a wait for the end of a piece may miss it by rounding.
            piece = slow_piece(*pieces, schedule.slow_from, schedule.slow_to, moment + HAIR)
            if piece != NONE:
                slow[:, k] = schedule.slow[piece]
                slow[2, k] *= query.teu[path[k]]
                row[k] = schedule.slow_row[piece]
                late += float(slow[0, k])
    return Trip(path, wait, slow[0], slow[1], slow[2], row)


def generalised_costs(query: Query, trips: Sequence[Trip]) -> NDArray[np.float64]:
    """Return the generalised cost of many trips [USD]."""
    if not trips:
        return np.zeros(0)
    totals, arc = query.totals, np.concatenate([t.path for t in trips])
    sizes = np.array([len(t.path) for t in trips])
    wait, slow_h, slow_variance, slow_usd = (
        np.concatenate([getattr(t, field) for t in trips])
        for field in ("wait_h", "slow_h", "slow_variance", "slow_usd")
    )
    per_arc = np.column_stack(
        (
            totals.usd[arc] + slow_usd + query.capital * (wait + slow_h),
            totals.hours[arc] + wait + slow_h,
            totals.variance[arc] + slow_variance,
        )
    )
    return query.generalised_of(*np.add.reduceat(per_arc, np.cumsum(sizes) - sizes).T)
