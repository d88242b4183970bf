"""Where luck decides on a trip: gates that open and shut, and places that may be shut by chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.calendar import Target
from karwan.routing.closure_risk import ClosureGroup, closure_groups
from karwan.routing.query import Query
from karwan.routing.trees import Tree, adjacency, cheapest_tree, way_to
from karwan.routing.trips import Trip
from karwan.routing.uses import arcs_using

__all__ = ["Detour", "Stop", "Stops", "stops_of"]

AGES_H = np.concatenate(([0.0], np.geomspace(1.0, 24 * 2000, 60)))
TOGETHER = 0.5
"""Who diverts also avoids the places of the group that most events shut."""


class Detour(NamedTuple):
    """The best way on from where a consignment is caught.

    Attributes
    ----------
    mean_h, variance_h2 : float
        Time to the destination [h], [h2].
    worth_h : float
        Expected wait above which diverting costs less than waiting [h]; ``inf`` if there is no
        other way.
    """

    mean_h: float
    variance_h2: float
    worth_h: float


class Stop(NamedTuple):
    """One arc of a trip at which luck decides.

    Attributes
    ----------
    position : int
        Place of the arc on the path.
    gate : int
        Gate of the arc, -1 if none.
    eases : bool
        The trip waits there until a hampered gate is easy.
    risks : tuple of (int, int, Detour)
        Group, target in the group, and the way round, of each place that may be shut.
    """

    position: int
    gate: int
    eases: bool
    risks: tuple[tuple[int, int, Detour], ...]


@dataclass(frozen=True, eq=False)
class Stops:
    """Stops of some trips, and the groups whose places they pass.

    Attributes
    ----------
    groups : tuple of ClosureGroup
        Groups met on any of the trips.
    residual_h : float64[n_groups, n_ages]
        Expected further length of a closure by its age in `AGES_H` [h].
    stops : tuple of tuple of Stop
        Stops of each trip in order.
    """

    groups: tuple[ClosureGroup, ...]
    residual_h: NDArray[np.float64]
    stops: tuple[tuple[Stop, ...], ...]


def stops_of(query: Query, trips: tuple[Trip, ...], *, closures: bool = True) -> Stops:
    """Find where luck decides on some trips.

    Parameters
    ----------
    query : Query
        Arcs and gates.
    trips : tuple of Trip
        Paths on the clock.
    closures : bool
        Consider closures that come by chance, not only what the calendar knows.

    Returns
    -------
    Stops
        Stops of each trip.
    """
    passed = np.zeros(query.arcs.n_arcs, bool)
    for trip in trips:
        passed[trip.path] = True
    groups, used = [], []
    for group in closure_groups(query.base.network, query.day) if closures else ():
        masks = {t: mask for t in group.targets if (mask := arcs_using(query, t)).any()}
        if any((mask & passed).any() for mask in masks.values()):
            groups.append(group)
            used.append(masks)
    at_risk: list[dict[int, list[tuple[int, int]]]] = []
    for trip in trips:
        met: dict[int, list[tuple[int, int]]] = {}
        for g, group in enumerate(groups):
            for k, target in enumerate(group.targets):
                on = used[g][target][trip.path] if target in used[g] else np.zeros(0, bool)
                if on.any():
                    met.setdefault(int(on.argmax()), []).append((g, k))
        at_risk.append(met)
    rounds = _Rounds(query, tuple(groups), used)
    stops = []
    for trip, met in zip(trips, at_risk, strict=True):
        gates = query.arcs.gate[trip.path]
        positions = sorted({*met, *np.flatnonzero(gates >= 0).tolist()})
        stops.append(
            tuple(
                Stop(
                    at,
                    int(gates[at]),
                    bool(trip.wait_h[at] > 0 and gates[at] >= 0),
                    tuple((g, k, rounds.detour(trip, at, g, k)) for g, k in met.get(at, ())),
                )
                for at in positions
            )
        )
    further = [24 * group.lengths.further_days(AGES_H / 24) for group in groups]
    residual = np.array(further).reshape(len(groups), len(AGES_H))
    return Stops(tuple(groups), residual, tuple(stops))


class _Rounds:
    """Ways round the places of each group, a tree for each set of places."""

    def __init__(
        self,
        query: Query,
        groups: tuple[ClosureGroup, ...],
        used: list[dict[Target, NDArray[np.bool_]]],
    ) -> None:
        self.query, self.groups, self.used = query, groups, used
        arcs = query.arcs
        self.behind = adjacency(arcs.head, arcs.tail, query.n_states)
        totals = query.totals
        self.cost = totals.usd + query.rising * totals.hours
        self.trees: dict[frozenset[Target], Tree] = {}

    def detour(self, trip: Trip, at: int, g: int, k: int) -> Detour:
        """Return the way on from before an arc that avoids the place shut there."""
        group, query = self.groups[g], self.query
        target = group.targets[k]
        shut = frozenset(
            t
            for t in group.targets
            if t in self.used[g] and (t == target or group.participation(t)[0] >= TOGETHER)
        )
        if shut not in self.trees:
            closed = np.any([self.used[g][t] for t in shut], axis=0)
            cost = np.where(closed, np.inf, self.cost)
            self.trees[shut] = cheapest_tree(self.behind, cost, query.target)
        tree = self.trees[shut]
        label = tree[0]
        state = int(query.arcs.tail[trip.path[at]])
        if not np.isfinite(label[state]):
            return Detour(0.0, 0.0, np.inf)
        path = way_to(query.arcs.head, tree, state)[::-1]
        totals = query.totals
        more = float(label[state] - self.cost[trip.path[at:]].sum())
        hourly = query.capital + query.rising
        return Detour(
            float(totals.hours[path].sum()),
            float(totals.variance[path].sum()),
            max(more, 0.0) / hourly if hourly > 0 else np.inf,
        )


def horizon_h(query: Query, trips: tuple[Trip, ...]) -> float:
    """Return how long closures by chance are followed: three times the longest mean [h]."""
    longest = max(float(query.totals.hours[t.path].sum()) + t.added_h for t in trips)
    return max(3 * longest, float(dt.timedelta(days=30) / dt.timedelta(hours=1)))
