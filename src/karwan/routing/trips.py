"""Paths on the clock: what waits and hampered gates add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.clocks import run_clocks
from karwan.routing.paths import Path, Paths
from karwan.routing.query import Query

__all__ = ["Clocked", "Trip", "Trips", "generalised_costs", "on_the_clock", "run_clock"]

NONE = -1


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

    def generalised(self, query: Query) -> float:
        """Return the generalised cost of the trip [USD]."""
        return float(generalised_costs(query, [self])[0])


class Clocked(NamedTuple):
    """Many paths on the clock, one after the other: the fields of their trips.

    Attributes
    ----------
    paths : Paths
        Arcs of the query.
    wait_h, slow_h, slow_variance, slow_usd : float64[n]
        As in `Trip`.
    slow_row : int32[n]
        As in `Trip`.
    opens : bool[n_paths]
        False if a gate on the path stays shut; the rest of that path is unknown.
    """

    paths: Paths
    wait_h: NDArray[np.float64]
    slow_h: NDArray[np.float64]
    slow_variance: NDArray[np.float64]
    slow_usd: NDArray[np.float64]
    slow_row: NDArray[np.int32]
    opens: NDArray[np.bool_]

    @classmethod
    def of(cls, trips: Sequence[Trip]) -> Clocked:
        """Lay separate trips one after the other."""
        paths = Paths.of([trip.path for trip in trips])
        if not trips:
            none = np.zeros(0)
            return cls(paths, none, none, none, none, none.astype(np.int32), none.astype(np.bool_))
        wait, slow_h, slow_variance, slow_usd, row = (
            np.concatenate([trip[k] for trip in trips]) for k in range(1, len(Trip._fields))
        )
        opens = np.ones(len(trips), np.bool_)
        return cls(paths, wait, slow_h, slow_variance, slow_usd, row, opens)

    def joined(self, other: Clocked) -> Clocked:
        """Return these paths with others behind them."""
        both: Iterable[tuple[Any, Any]] = zip(self[1:], other[1:], strict=True)
        return Clocked(self.paths.joined(other.paths), *(np.append(a, b) for a, b in both))

    def chosen(self, which: Sequence[int] | NDArray[np.intp]) -> Clocked:
        """Return some paths in the order given."""
        at = np.asarray(which, np.intp)
        first, rows = self.paths.rows(at)
        fields: Iterable[Any] = (*(field[rows] for field in self[1:-1]), self.opens[at])
        return Clocked(Paths(first, self.paths.arc[rows]), *fields)

    def trips(self) -> Trips:
        """Return the trips, each made when it is asked for."""
        return Trips(self)

    def trip(self, i: int) -> Trip:
        """Return one trip."""
        at = slice(self.paths.first[i], self.paths.first[i + 1])
        slow = self.slow_h[at], self.slow_variance[at], self.slow_usd[at], self.slow_row[at]
        return Trip(self.paths.arc[at], self.wait_h[at], *slow)

    def is_free(self) -> NDArray[np.bool_]:
        """Mark the paths whose gates are all open and easy when the trip comes to them."""
        if self.paths.n_paths == 0:
            return self.opens
        held = (self.wait_h != 0) | (self.slow_row != NONE)
        free: NDArray[np.bool_] = self.opens & ~np.logical_or.reduceat(held, self.paths.first[:-1])
        return free

    def totals(self, query: Query) -> NDArray[np.float64]:
        """Return money [USD], hours, emissions [kg] and variance [h2] of each, float64[n, 4]."""
        totals, arc = query.totals, self.paths.arc
        late = self.wait_h + self.slow_h
        per_arc = np.column_stack(
            (
                totals.usd[arc] + self.slow_usd + query.capital * late,
                totals.hours[arc] + self.wait_h + self.slow_h,
                totals.kgco2e[arc],
                totals.variance[arc] + self.slow_variance,
            )
        )
        return self.paths.sums(per_arc)

    def generalised(self, query: Query) -> NDArray[np.float64]:
        """Return the generalised cost of each path [USD]."""
        money, hours, _, variance = self.totals(query).T
        return query.generalised_of(money, hours, variance)


class Trips(Sequence[Trip]):
    """Trips of many paths, each made when it is asked for."""

    def __init__(self, clocked: Clocked) -> None:
        self.clocked = clocked

    def __len__(self) -> int:
        """Return the number of trips."""
        return self.clocked.paths.n_paths

    @overload
    def __getitem__(self, i: int) -> Trip: ...
    @overload
    def __getitem__(self, i: slice) -> list[Trip]: ...
    def __getitem__(self, i: int | slice) -> Trip | list[Trip]:
        """Return one trip or some."""
        at = range(len(self))[i]
        return self.clocked.trip(at) if isinstance(at, int) else [self.clocked.trip(k) for k in at]


def on_the_clock(query: Query, paths: Paths, waits: NDArray[np.float64] | None = None) -> Clocked:
    """Run paths through their gates from the moment of departure.

    Parameters
    ----------
    query : Query
        Arcs, moment of departure and schedule of the gates.
    paths : Paths
        Arcs from origin to target.
    waits : float64[n], optional
        Time waited before each arc [h], as the search found it; if not given, gates are entered
        as soon as they open.

    Returns
    -------
    Clocked
        What happens at the gates.
    """
    arc, schedule, keeps = paths.arc, query.schedule, waits is not None
    wait = np.zeros(len(arc)) if waits is None else waits
    piece, opens = run_clocks(
        paths.first,
        query.arcs.gate[arc],
        query.totals.hours[arc],
        schedule[:-1],
        query.start,
        wait,
        keeps,
    )
    slow, row = np.zeros((3, len(arc))), np.full(len(arc), NONE, np.int32)
    met = np.flatnonzero(piece != NONE)
    slow[:, met] = schedule.slow[piece[met]].T
    slow[2, met] *= query.teu[arc[met]]
    row[met] = schedule.slow_row[piece[met]]
    return Clocked(paths, wait, slow[0], slow[1], slow[2], row, opens)


def run_clock(query: Query, path: Path) -> Trip | None:
    """Run one path through its gates, entered as soon as they open.

    Parameters
    ----------
    query : Query
        Arcs, moment of departure and schedule of the gates.
    path : int[n]
        Arcs from origin to target.

    Returns
    -------
    Trip or None
        None if a gate on the path stays shut.
    """
    clocked = on_the_clock(query, Paths.of([path]))
    return clocked.trip(0) if clocked.opens[0] else None


def generalised_costs(query: Query, trips: Sequence[Trip]) -> NDArray[np.float64]:
    """Return the generalised cost of many trips [USD]."""
    return Clocked.of(trips).generalised(query)
