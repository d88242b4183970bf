"""Better a large plan by diving: vessels are given to berths as a relaxation likes them there."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_dive import dive
from karwan.kernels.berth_moves import anneal_berths
from karwan.terminals.berth_exact import Bounded
from karwan.terminals.berth_prices import cheap_stays
from karwan.terminals.berth_search import (
    Chosen,
    Places,
    Rows,
    as_chosen,
    search_rows,
    wait_cost,
)
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = ["Sea", "dive_for_plans", "open_sea"]

ABREAST = 2
"""Dives side by side."""
WHOLE = 6
"""Rounds of dives in which no vessel has a berth yet."""
STAYS, PLACES = 120, 50
"""Most stays for each vessel in a dive, and most places that annealing tries for it."""
WARM, ROUNDS, GIVINGS = (300, 100), (50, 30), 40
"""Steps of the prices before and between the givings, of a whole dive and of a part; givings."""
NOISE = 0.1
"""Noise in how sure a vessel is of its berth."""
EARLY = 1.0
"""How much surer, in a whole dive, the first vessel to arrive is than the last."""
MOVES = (2000, 1000)
"""Moves of annealing for each vessel after a whole dive, and after a part."""
HOT, COLD = 0.03, 0.01
"""Heat at first and at last of that, as shares of the mean cost of waiting for a mean stay."""
PART = 0.4
"""Share of the vessels, or of the berths, that are given anew in a part."""
MOST_FAILS = 40
"""Rounds in a row without a gain after which it ends."""


@dataclass(frozen=True)
class Sea:
    """What every dive begins with.

    Attributes
    ----------
    stays, rows
        Stays, and the same as annealing takes them.
    first, left, end, cost
        Stays of least reduced cost, as `karwan.kernels.berth_dive.dive` takes them.
    price : float64[n_vessels]
        Prices to begin with.
    places : Places
        Where annealing tries each vessel.
    heat : float
        What waiting for a mean stay costs [vessel h].
    early : float64[n_vessels]
        From 1 for the vessel that may berth first to 0 for the last.
    """

    stays: Stays
    rows: Rows
    first: NDArray[np.int32]
    left: NDArray[np.int32]
    end: NDArray[np.int32]
    cost: NDArray[np.float64]
    price: NDArray[np.float64]
    places: Places
    heat: float
    early: NDArray[np.float64]


def dive_for_plans(sea: Sea, known: Bounded, seed: int, until: float, *, whole: bool) -> Bounded:
    """Dive for whole plans a few times, or again and again for parts of the best.

    Parameters
    ----------
    sea : Sea
        What to dive in.
    known : Bounded
        Plan with its bound.
    seed : int
        Seed of the noise and of the parts.
    until : float
        Time of `time.monotonic` at which to end, about; one round of whole dives is always made.
    whole : bool
        Whether for whole plans.

    Returns
    -------
    Bounded
        The best plan, with the same bound.
    """
    fails, n, unit = 0, 0, sea.stays.unit
    most = WHOLE if whole else MOST_FAILS
    with ThreadPoolExecutor(ABREAST) as pool:
        while fails < most and not known.is_proven(unit):
            if time.monotonic() > until and (n or not whole):
                break
            before = known
            tasks = [
                pool.submit(_one, sea, before, (seed, n, k), whole=whole) for k in range(ABREAST)
            ]
            for task in tasks:
                known = known.bettered(sea.stays, task.result())
            fails = 0 if known.upper < before.upper and not whole else fails + 1
            n += 1
    return known


def open_sea(stays: Stays, known: Bounded) -> Sea:
    """List the stays that dives may take.

    Parameters
    ----------
    stays : Stays
        Stays.
    known : Bounded
        Plan with its bound and prices.

    Returns
    -------
    Sea
        What dives begin with.
    """
    n, rows = len(stays.vessels), search_rows(stays)
    left = cheap_stays(stays, known, STAYS * n)
    n_berths, n_slots, _ = stays.finish.shape
    b, t, v = left.T.astype(np.int64)
    key = b * n_slots + t
    begins = np.arange(n_berths)[:, None] * n_slots + np.arange(n_slots + 1)
    first = np.searchsorted(key, begins).astype(np.int32)
    places = Places.left(cheap_stays(stays, known, PLACES * n), n) or Places.liked(rows)
    end, cost = stays.finish[b, t, v], stays.cost[b, t, v]
    price, heat = known.price, wait_cost(stays)
    begin = (stays.finish != NEVER).any(0).argmax(0)
    early = 1.0 - begin / max(begin.max(), 1)
    return Sea(stays, rows, first, left[:, 2].copy(), end, cost, price, places, heat, early)


def _one(sea: Sea, known: Bounded, seed: tuple[int, ...], *, whole: bool) -> Chosen:
    """Dive once and anneal what comes up."""
    rng = np.random.default_rng(seed)
    n_berths, n = len(sea.stays.berths), len(sea.stays.vessels)
    served, likely = known.chosen[:, 0] != NEVER, sea.stays.work.argmax(axis=0)
    home = np.where(served, known.chosen[:, 0], likely).astype(np.int32)
    free = np.ones(n, bool) if whole else _part(sea.stays, known.chosen, rng)
    berth_of = np.where(free, NEVER, home).astype(np.int32)
    order, count = np.zeros((n_berths, n), np.int32), np.zeros(n_berths, np.int32)
    steps = WARM[not whole], ROUNDS[not whole], -(-int(free.sum()) // GIVINGS)
    dive(
        sea.first, sea.left, sea.end, sea.cost, sea.price, known.upper, berth_of, home,
        NOISE * rng.random(n) + (EARLY * sea.early if whole else 0.0), *steps, order, count,
    )  # fmt: skip
    at = sea.places
    anneal_berths(
        sea.rows.after, sea.rows.pay, at.first, at.berth, at.slot, order, count,
        MOVES[not whole] * n, HOT * sea.heat, COLD * sea.heat, int(rng.integers(2**31)),
    )  # fmt: skip
    return as_chosen(sea.rows, (order, count))


def _part(stays: Stays, chosen: Chosen, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw vessels: those of some berths, those of some hours, or any."""
    n_berths, n = len(stays.berths), len(chosen)
    kind = rng.integers(3)
    if kind == 0:
        berths = rng.permutation(n_berths)[: max(int(PART * n_berths), 2)]
        return np.isin(chosen[:, 0], berths)
    if kind == 1:
        many = max(int(PART * n), 2)
        begin = int(rng.integers(-many // 2, n - many // 2))
        free = np.zeros(n, bool)
        free[np.argsort(chosen[:, 1], kind="stable")[max(begin, 0) : begin + many]] = True
        return free
    return rng.random(n) < PART
