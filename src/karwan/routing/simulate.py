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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import TIMES, TIMES_APART
from karwan.routing.query import Query
from karwan.routing.stops import AGES_H, Stops, horizon_h, stops_of
from karwan.routing.trips import Trip

__all__ = ["Simulated", "simulate_trips"]

BLOCK = 10_000
"""Draws at a time. A second thread did not help: drawing is bound by memory."""
MOST_EVENTS = 4
"""Closures of one group that a trip can meet."""
Floats = NDArray[np.float32]


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


class _Parts(NamedTuple):
    """Parts of time of all trips, and how they add up to segments between stops.

    Attributes
    ----------
    log_mean, log_spread : float32[n_parts]
        Of the log of hours.
    segment : float32[n_segments, n_parts]
        1 where a segment holds a part.
    fixed : float32[n_segments]
        Hours without spread.
    first : int[n_trips + 1]
        Segments of each trip: one before each stop and one to the end.
    """

    log_mean: Floats
    log_spread: Floats
    segment: Floats
    fixed: Floats
    first: NDArray[np.intp]


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
    parts = _parts(query, chosen, stops)
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


def _parts(query: Query, trips: tuple[Trip, ...], stops: Stops) -> _Parts:
    """Cut trips into segments and sum parts that every segment has in common."""
    arcs = query.arcs
    n_segments = [len(s) + 1 for s in stops.stops]
    first = np.concatenate(([0], np.cumsum(n_segments)))
    arc = np.concatenate([t.path for t in trips]) if trips else np.zeros(0, np.intp)
    segment = np.concatenate(
        [
            first[i]
            + np.searchsorted([s.position for s in stops.stops[i]], np.arange(len(t.path)), "right")
            for i, t in enumerate(trips)
        ]
        or [np.zeros(0, np.intp)]
    )
    distinct, number = np.unique(arc, return_inverse=True)
    member = np.zeros((len(distinct), int(first[-1])), bool)
    member[number, segment] = True
    hours, variance = arcs.hours[distinct], arcs.variance[distinct]
    sure = variance <= 0
    fixed = member.T.astype(np.float64) @ np.where(sure, hours, 0.0).sum(axis=1)
    means, variances, rows = [], [], []
    _, pattern = np.unique(np.packbits(member, axis=1), axis=0, return_inverse=True)
    for k, part in enumerate(TIMES):
        loose = np.flatnonzero(~sure[:, k])
        label = loose if part in TIMES_APART else pattern.ravel()[loose]
        _, at, group = np.unique(label, return_index=True, return_inverse=True)
        means.append(np.bincount(group, hours[loose, k], len(at)))
        variances.append(np.bincount(group, variance[loose, k], len(at)))
        rows.append(member[loose[at]])
    mean, spread = np.concatenate(means), np.concatenate(variances)
    square = np.log1p(spread / np.maximum(mean, 1e-12) ** 2)
    return _Parts(
        (np.log(np.maximum(mean, 1e-12)) - square / 2).astype(np.float32),
        np.sqrt(square).astype(np.float32),
        np.ascontiguousarray(np.concatenate(rows).T.astype(np.float32)),
        fixed.astype(np.float32),
        first,
    )


class _Block:
    """One block of draws."""

    def __init__(
        self,
        query: Query,
        stops: Stops,
        parts: _Parts,
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
                t = self._through_gate(t, stop.gate, eases=stop.eases)
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

    def _through_gate(
        self, t: NDArray[np.float64], gate: int, *, eases: bool
    ) -> NDArray[np.float64]:
        """Return when a gate is entered and passed; later by its wait and its delay."""
        s, start = self.query.schedule, self.query.start
        a, b = int(s.first_shut[gate]), int(s.first_shut[gate + 1])
        c, d = int(s.first_slow[gate]), int(s.first_slow[gate + 1])
        t = _opened(t + start, s.shut_from[a:b], s.shut_to[a:b])
        if d > c:
            if eases:
                t = _opened(t, s.slow_from[c:d], s.slow_to[c:d], closed_start=True)
                t = _opened(t, s.shut_from[a:b], s.shut_to[a:b])
            at = np.searchsorted(s.slow_to[c:d], t, side="right").clip(0, d - c - 1)
            slow = (s.slow_from[c:d][at] <= t) & (t < s.slow_to[c:d][at])
            mean, variance = s.slow[c:d, 0][at], s.slow[c:d, 1][at]
            square = np.log1p(variance / np.maximum(mean, 1e-9) ** 2)
            delay = mean * np.exp(np.sqrt(square) * self.gate_luck[gate] - square / 2)
            t = t + np.where(slow, delay, 0.0)
        return t - start

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


def _opened(
    t: NDArray[np.float64],
    begins: NDArray[np.float64],
    ends: NDArray[np.float64],
    *,
    closed_start: bool = False,
) -> NDArray[np.float64]:
    """Return the first moments outside spans, as `next_open` does for one."""
    if len(ends) == 0:
        return t
    at = np.searchsorted(ends, t, side="right")
    inside = at < len(ends)
    at = at.clip(0, len(ends) - 1)
    held = begins[at] <= t if closed_start else begins[at] < t
    return np.where(inside & held, ends[at], t)
