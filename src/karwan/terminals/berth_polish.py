"""Better a large plan by planning parts of it anew, exactly, again and again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.berth_exact import Bounded, bounded, prove
from karwan.terminals.berth_milp import MilpProcess
from karwan.terminals.berth_search import Chosen
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = ["AT_ONCE", "polish"]

AT_ONCE = 60
"""Vessels planned anew at a time, about."""
PART_S, PART_ROUNDS = 2.0, 1500
"""Longest that one part may take [s], and the most steps of its prices."""
MOST_FAILS = 60
"""Parts in a row without a gain after which it ends."""


@dataclass(frozen=True)
class _Part:
    """Berths, vessels to be planned anew, and from when to when each berth is theirs [slots]."""

    berths: NDArray[np.int64]
    vessels: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def polish(stays: Stays, known: Bounded, process: MilpProcess, seed: int, until: float) -> Bounded:
    """Plan the vessels of some berths, or of some hours, anew until nothing gets better.

    Parameters
    ----------
    stays : Stays
        Stays.
    known : Bounded
        Plan with its bound.
    process : MilpProcess
        Process that solves.
    seed : int
        Seed of the groups.
    until : float
        Time of `time.monotonic` at which to end.

    Returns
    -------
    Bounded
        The best plan, with the same bound.
    """
    rng = np.random.default_rng(seed)
    fails, sizes = 0, {_berths: float(AT_ONCE), _hours: float(AT_ONCE)}
    while fails < MOST_FAILS and time.monotonic() < until and not known.is_proven(stays.unit):
        take = _berths if rng.random() < 0.5 else _hours
        part = take(stays, known.chosen, rng, int(sizes[take]))
        better, is_exact = _anew(stays, known, part, process, until)
        gains = better.upper < known.upper - 1e-9
        fails = 0 if gains else fails + 1
        if not is_exact:
            sizes[take] = max(0.8 * sizes[take], AT_ONCE / 3)
        elif not gains:
            sizes[take] = min(1.1 * sizes[take], len(stays.vessels))
        known = better
    return known


def _berths(stays: Stays, chosen: Chosen, rng: np.random.Generator, size: int) -> _Part:
    """Take all vessels of some berths."""
    count = np.bincount(chosen[chosen[:, 0] >= 0, 0], minlength=len(stays.berths))
    order = rng.permutation(len(stays.berths))
    many = int(np.searchsorted(np.cumsum(count[order]), size, side="right"))
    berths = np.sort(order[: max(many, 2)])
    vessels = np.flatnonzero(np.isin(chosen[:, 0], berths) | (chosen[:, 0] == NEVER))
    n = len(berths)
    return _Part(berths, vessels, np.zeros(n, np.int64), np.full(n, stays.n_slots))


def _hours(stays: Stays, chosen: Chosen, rng: np.random.Generator, size: int) -> _Part:
    """Take all vessels that start within some hours, at any berth."""
    order = np.argsort(chosen[:, 1], kind="stable")
    first = int(rng.integers(0, max(len(order) - size, 0) + 1))
    vessels = np.sort(order[first : first + size])
    n = len(stays.berths)
    low, high = np.zeros(n, np.int64), np.full(n, stays.n_slots)
    begin = chosen[order[first], 1]
    for v in np.setdiff1d(np.flatnonzero(chosen[:, 0] != NEVER), vessels):
        b, start = chosen[v]
        if start <= begin and v in order[:first]:
            low[b] = max(low[b], stays.finish[b, start, v])
        else:
            high[b] = min(high[b], start)
    return _Part(np.arange(n), vessels, low, high)


def _anew(
    stays: Stays, known: Bounded, part: _Part, process: MilpProcess, until: float
) -> tuple[Bounded, bool]:
    """Plan some vessels anew, all others staying; also say whether that is proven the best."""
    berths, vessels = part.berths, part.vessels
    first, last = int(part.low.min()), int(part.high.max())
    box = np.ix_(berths, np.arange(first, last), vessels)
    finish = stays.finish[box]
    slots = np.arange(first, last)[None, :, None]
    wrong = (slots < part.low[:, None, None]) | (finish > part.high[:, None, None])
    small = replace(
        stays,
        vessels=tuple(stays.vessels[v] for v in vessels),
        berths=tuple(stays.berths[b] for b in berths),
        finish=np.where(wrong | (finish == NEVER), NEVER, finish - first).astype(np.int32),
        cost=np.ascontiguousarray(stays.cost[box]),
        work=stays.work[np.ix_(berths, vessels)],
        slope=stays.slope[vessels],
    )
    chosen = known.chosen[vessels].copy()
    served = chosen[:, 0] != NEVER
    chosen[served, 0] = np.searchsorted(berths, chosen[served, 0])
    chosen[served, 1] -= first
    end = min(until, time.monotonic() + PART_S)
    now = bounded(small, chosen, known.price[vessels], until=end, rounds=PART_ROUNDS)
    found = prove(small, now, process, end)
    best = found.chosen.copy()
    served = best[:, 0] != NEVER
    best[served, 0] = berths[best[served, 0]]
    best[served, 1] += first
    whole = known.chosen.copy()
    whole[vessels] = best
    return known.bettered(stays, whole), found.is_proven(stays.unit)
