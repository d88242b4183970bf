"""Trips cut into segments between the places where luck decides, and gates on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import TIMES, TIMES_APART
from karwan.routing.query import Query
from karwan.routing.trips import Trip

__all__ = ["Floats", "Parts", "parts_of", "through_gate"]

Floats = NDArray[np.float32]


class Parts(NamedTuple):
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


def parts_of(query: Query, trips: Sequence[Trip], positions: Sequence[Sequence[int]]) -> Parts:
    """Cut trips into segments and sum parts that every segment has in common.

    Parameters
    ----------
    query : Query
        Arcs.
    trips : sequence of Trip
        Paths.
    positions : sequence of sequence of int
        Arcs of each path, in order, before which a segment ends.

    Returns
    -------
    Parts
        One segment before each position and one to the end.
    """
    arcs = query.arcs
    n_segments = [len(at) + 1 for at in positions]
    first = np.concatenate(([0], np.cumsum(n_segments)))
    arc = np.concatenate([t.path for t in trips]) if trips else np.zeros(0, np.intp)
    segment = np.concatenate(
        [
            first[i] + np.searchsorted(positions[i], np.arange(len(t.path)), "right")
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
    return Parts(
        (np.log(np.maximum(mean, 1e-12)) - square / 2).astype(np.float32),
        np.sqrt(square).astype(np.float32),
        np.ascontiguousarray(np.concatenate(rows).T.astype(np.float32)),
        fixed.astype(np.float32),
        first,
    )


def through_gate(
    query: Query, t: NDArray[np.float64], gate: int, luck: Floats, *, eases: bool = False
) -> NDArray[np.float64]:
    """Return when a gate is entered and passed: later by its wait and its delay.

    Parameters
    ----------
    query : Query
        Schedule and moment of departure.
    t : float64[..., n]
        When it is come to, in hours from departure [h].
    gate : int
        Gate.
    luck : float32[n]
        Standard normal draws of its delay.
    eases : bool
        Wait until a hampered gate is easy.

    Returns
    -------
    float64[..., n]
        Hours from departure [h]; ``inf`` if it never opens.
    """
    s, start = query.schedule, query.start
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
        delay = mean * np.exp(np.sqrt(square) * luck - square / 2)
        t = t + np.where(slow, delay, 0.0)
    return t - start


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
