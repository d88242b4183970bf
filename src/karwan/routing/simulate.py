"""Monte Carlo of transit times: one draw for each part, shared by every trip that has it.

Times of parts are lognormal with their mean and variance. Trips that share a link, a border or a
terminal share its luck, and so do all trips in one history of closures. At a gate that is shut a
trip waits; at a hampered one it loses time, or waits until it is easy if that was its plan; at a
place shut by chance it waits or goes another way, whichever is expected to cost less by what is
known of the length of such closures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.routing.query import Query
from karwan.routing.stops import AGES_H, Stops, horizon_h, stops_of
from karwan.routing.trips import Trip
from karwan.routing.walk import Floats, Parts, parts_of, through_gate

__all__ = ["Simulated", "simulate_trips"]

BLOCK = 10_000
"""Draws at a time. A second thread did not help: drawing is bound by memory."""
MOST_EVENTS = 4
"""Closures of one group that a trip can meet."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """Draws of some trips.

    Attributes
    ----------
    hours : float32[n_trips, n_draws]
        Transit times [h]; ``inf`` where a gate never opens again.
    caught : float64[n_trips]
        Share of draws that meet a closure by chance.
    diverted : float64[n_trips]
        Share of draws that then go another way.
    closure_h : float64[n_trips]
        Mean time lost to closures by chance, waits and longer ways [h].
    """

    hours: Floats
    caught: NDArray[np.float64]
    diverted: NDArray[np.float64]
    closure_h: NDArray[np.float64]

    def percentiles(self, shares: Sequence[float]) -> NDArray[np.float64]:
        """Return percentiles of the transit time, float64[n_trips, n_shares] [h]."""
        n = self.hours.shape[1]
        at = [min(int(np.ceil(share * n)) - 1, n - 1) for share in shares]
        parted = np.partition(self.hours, sorted(set(at)), axis=1)
        return parted[:, at].astype(np.float64)

    def on_time(self, hours: float) -> NDArray[np.float64]:
        """Return the share of draws that take at most some hours, float64[n_trips]."""
        share: NDArray[np.float64] = (self.hours <= hours).mean(axis=1)
        return share


def simulate_trips(
    query: Query,
    trips: Sequence[Trip],
    *,
    draws: int = 20_000,
    seed: int = 0,
    closures: bool = True,
) -> Simulated:
    """Draw transit times of trips under one common luck.

    Parameters
    ----------
    query : Query
        Arcs, gates and moment of departure.
    trips : sequence of Trip
        Paths on the clock.
    draws : int
        Histories.
    seed : int
        Seed; the same gives the same draws.
    closures : bool
        Consider closures that come by chance, not only what the calendar knows.

    Returns
    -------
    Simulated
        Times of every trip in every history.
    """
    chosen = tuple(trips)
    stops = stops_of(query, chosen, closures=closures)
    parts = parts_of(query, chosen, [[s.position for s in at] for at in stops.stops])
    sizes = [min(BLOCK, draws - at) for at in range(0, draws, BLOCK)]
    streams = np.random.SeedSequence(seed).spawn(len(sizes))
    horizon = horizon_h(query, chosen) if chosen else 0.0
    jobs = [
        _Block(query, stops, parts, np.random.default_rng(stream), size, horizon)
        for stream, size in zip(streams, sizes, strict=True)
    ]
    blocks = [job.run() for job in jobs]
    hours = np.concatenate([b[0] for b in blocks], axis=1)
    lost = np.sum([b[1] for b in blocks], axis=0) / draws
    return Simulated(hours, lost[0], lost[1], lost[2])


class _Block:
    """One block of draws."""

    def __init__(
        self,
        query: Query,
        stops: Stops,
        parts: Parts,
        rng: np.random.Generator,
        size: int,
        horizon: float,
    ) -> None:
        self.query, self.stops, self.parts = query, stops, parts
        self.rng, self.size, self.horizon = rng, size, horizon

    def run(self) -> tuple[Floats, NDArray[np.float64]]:
        """Return hours of each trip, and counts of caught, diverted and hours lost."""
        parts, size = self.parts, self.size
        luck = self.rng.standard_normal((len(parts.log_mean), size), np.float32)
        luck *= parts.log_spread[:, None]
        luck += parts.log_mean[:, None]
        np.exp(luck, out=luck)
        segments = parts.segment @ luck + parts.fixed[:, None]
        self.events = [
            group.draw_events(size, self.horizon, MOST_EVENTS, self.rng)
            for group in self.stops.groups
        ]
        n_gates = len(self.query.base.gates)
        self.gate_luck = self.rng.standard_normal((n_gates, size), np.float32)
        self.round_luck = self.rng.standard_normal(size, np.float32)
        n = len(self.stops.stops)
        hours, lost = np.empty((n, size), np.float32), np.zeros((3, n))
        for i, stops in enumerate(self.stops.stops):
            at = int(parts.first[i])
            hours[i] = segments[at] if not stops else self._walk(i, segments, lost)
        return hours, lost

    def _walk(self, i: int, segments: Floats, lost: NDArray[np.float64]) -> Floats:
        """Walk one trip through its stops."""
        at, stops = int(self.parts.first[i]), self.stops.stops[i]
        t = segments[at].astype(np.float64)
        final = np.zeros(self.size)
        on_way = np.ones(self.size, bool)
        caught = np.zeros(self.size, bool)
        for k, stop in enumerate(stops):
            if stop.gate >= 0:
                luck = self.gate_luck[stop.gate]
                t = through_gate(self.query, t, stop.gate, luck, eases=stop.eases)
            for group, target, detour in stop.risks:
                wait, age = self._shut(group, target, t)
                held = on_way & (wait > 0)
                if not held.any():
                    continue
                caught |= held
                expected = np.interp(age[held], AGES_H, self.stops.residual_h[group])
                turns = np.zeros(self.size, bool)
                turns[held] = expected > detour.worth_h
                if turns.any():
                    final[turns] = t[turns] + self._round(detour.mean_h, detour.variance_h2)[turns]
                    rest = sum(segments[at + m][turns] for m in range(k + 1, len(stops) + 1))
                    lost[1, i] += turns.sum()
                    lost[2, i] += float((final[turns] - t[turns] - rest).sum())
                    on_way &= ~turns
                stays = held & ~turns
                lost[2, i] += float(wait[stays].sum())
                t[stays] += wait[stays]
            t += segments[at + k + 1]
        lost[0, i] = caught.sum()
        return np.where(on_way, t, final).astype(np.float32)

    def _shut(
        self, group: int, target: int, t: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the wait for a place shut by chance, 0 if open, and the age of the closure."""
        starts, lengths, shuts = self.events[group]
        wait, age = np.zeros(len(t)), np.zeros(len(t))
        for k in range(MOST_EVENTS):
            ends = starts[k] + lengths[k]
            on = shuts[target, k] & (starts[k] <= t + wait) & (t + wait < ends)
            age[on] = np.maximum(age[on], t[on] + wait[on] - starts[k][on])
            wait[on] = ends[on] - t[on]
        return wait, age

    def _round(self, mean: float, variance: float) -> NDArray[np.float64]:
        """Return the time of a way round, lognormal [h]."""
        square = np.log1p(variance / mean**2) if mean > 0 else 0.0
        hours: NDArray[np.float64] = mean * np.exp(
            np.sqrt(square) * self.round_luck.astype(np.float64) - square / 2
        )
        return hours
