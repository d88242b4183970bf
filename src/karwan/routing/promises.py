"""How likely trips are in time, by what is known of closures on the day of departure.

Parts are lognormal and shared by all trips that have them, and gates keep the calendar, as in
`simulate`. A place known to be shut opens after a further length drawn by the age of its closure;
one that is open may shut on the way. Who stands before a shut place waits: another way is another
trip, and whether it may be used is what a portfolio decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.closure_risk import ClosureGroup
from karwan.routing.histories import AGES_D, rest_draws
from karwan.routing.query import Query
from karwan.routing.trips import Trip
from karwan.routing.uses import arcs_using
from karwan.routing.walk import Floats, Parts, parts_of, through_gate

__all__ = ["Kept", "Risk", "Walks", "risks_of", "walks_of"]

MOST_EVENTS = 4
"""Closures of one group that a trip can meet."""
Events = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


class Risk(NamedTuple):
    """A place on a trip that may be shut by chance.

    Attributes
    ----------
    position : int
        Place of its first arc on the path.
    group, number : int
        Group, and number of the target in it.
    """

    position: int
    group: int
    number: int


class Kept(NamedTuple):
    """Times of one trip by what is known.

    Attributes
    ----------
    on_time : float64[n_known]
        Share of draws in time.
    mean_h, spread_h : float64[n_known]
        Mean and standard deviation of the transit time, cut off at the longest counted [h].
    """

    on_time: NDArray[np.float64]
    mean_h: NDArray[np.float64]
    spread_h: NDArray[np.float64]


def risks_of(
    query: Query, trips: Sequence[Trip], groups: Sequence[ClosureGroup]
) -> list[tuple[Risk, ...]]:
    """Return the places on each trip that may be shut by chance, in order."""
    found: list[list[Risk]] = [[] for _ in trips]
    for g, group in enumerate(groups):
        for k, target in enumerate(group.targets):
            used = arcs_using(query, target)
            if not used.any():
                continue
            for i, trip in enumerate(trips):
                on = used[trip.path]
                if on.any():
                    found[i].append(Risk(int(on.argmax()), g, k))
    return [tuple(sorted(risks)) for risks in found]


class Walks(NamedTuple):
    """Trips of one query cut into segments, ready to be walked on several days.

    Attributes
    ----------
    groups : tuple of ClosureGroup
        Places watched together.
    risks : list of tuple of Risk
        Risks of each trip.
    stops : list of list of int
        Positions of gates and risks of each trip.
    gates : list of list of int
        Gate at each stop, -1 if none.
    parts : Parts
        Parts of time.
    """

    groups: tuple[ClosureGroup, ...]
    risks: list[tuple[Risk, ...]]
    stops: list[list[int]]
    gates: list[list[int]]
    parts: Parts

    def run(
        self,
        query: Query,
        known: Sequence[NDArray[np.int8]],
        within_h: float,
        longest_h: float,
        draws: int,
        rng: np.random.Generator,
    ) -> list[Kept]:
        """Walk every trip from one departure.

        Parameters
        ----------
        query : Query
            The query of the trips at the moment of departure.
        known : sequence of int8[n_known, n_risks]
            For each trip what may be known of its risks, as in `Known.age`.
        within_h : float
            Time that is in time [h].
        longest_h : float
            Longer times count as this in means [h].
        draws : int
            Draws, the same luck for every trip.
        rng : numpy.random.Generator
            Source of the draws.

        Returns
        -------
        list of Kept
            One a trip.
        """
        luck = _Luck(self, query, draws, within_h, rng)
        found = []
        for i, rows in enumerate(known):
            hours = np.minimum(luck.walk(i, rows), longest_h)
            found.append(
                Kept(
                    (hours <= within_h).mean(axis=1),
                    hours.mean(axis=1),
                    hours.std(axis=1),
                )
            )
        return found


def walks_of(query: Query, trips: Sequence[Trip], groups: Sequence[ClosureGroup]) -> Walks:
    """Cut trips into segments between gates and places that may be shut.

    Parameters
    ----------
    query : Query
        Arcs of the trips.
    trips : sequence of Trip
        Paths.
    groups : sequence of ClosureGroup
        Places that may be shut by chance.

    Returns
    -------
    Walks
        Trips to be walked.
    """
    risks = risks_of(query, trips, groups)
    stops, gates = [], []
    for trip, own in zip(trips, risks, strict=True):
        gate = query.arcs.gate[trip.path]
        at = sorted({*(r.position for r in own), *np.flatnonzero(gate >= 0).tolist()})
        stops.append(at)
        gates.append([int(gate[k]) for k in at])
    return Walks(tuple(groups), risks, stops, gates, parts_of(query, trips, stops))


class _Luck:
    """One set of draws, shared by all trips of a departure."""

    def __init__(
        self,
        walks: Walks,
        query: Query,
        draws: int,
        within_h: float,
        rng: np.random.Generator,
    ) -> None:
        self.walks, self.query, parts = walks, query, walks.parts
        luck: Floats = rng.standard_normal((len(parts.log_mean), draws), np.float32)
        luck = np.exp(luck * parts.log_spread[:, None] + parts.log_mean[:, None])
        self.segments = parts.segment @ luck + parts.fixed[:, None]
        shape = (len(query.base.gates), draws)
        self.gate_luck = rng.standard_normal(shape, np.float32)
        self.events: list[Events] = []
        self.rest: list[NDArray[np.float64]] = []
        for group in walks.groups:
            self.events.append(group.draw_events(draws, within_h, MOST_EVENTS, rng))
            still = [24 * rest_draws(group, age, draws, rng) for age in AGES_D.tolist()]
            self.rest.append(np.array([np.zeros(draws), *still]))

    def walk(self, i: int, known: NDArray[np.int8]) -> NDArray[np.float64]:
        """Return the transit time of a trip, float64[n_known, draws]."""
        walks, first = self.walks, int(self.walks.parts.first[i])
        t = np.repeat(self.segments[first][None].astype(np.float64), len(known), axis=0)
        for k, (at, gate) in enumerate(zip(walks.stops[i], walks.gates[i], strict=True), 1):
            if gate >= 0:
                t = through_gate(self.query, t, gate, self.gate_luck[gate])
            for r, risk in enumerate(walks.risks[i]):
                if risk.position == at:
                    t = np.maximum(t, self.rest[risk.group][known[:, r]])
                    t = self._opened(t, risk)
            t = t + self.segments[first + k]
        return t

    def _opened(self, t: NDArray[np.float64], risk: Risk) -> NDArray[np.float64]:
        """Return when a place is passed that closures may shut on the way."""
        starts, lengths, shuts = self.events[risk.group]
        for k in range(MOST_EVENTS):
            on = shuts[risk.number, k] & (starts[k] <= t) & (t < starts[k] + lengths[k])
            t = np.where(on, starts[k] + lengths[k], t)
        return t
