"""Find good berth plans: in order of arrival, then by simulated annealing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_moves import anneal_berths
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = [
    "Chosen",
    "Orders",
    "Places",
    "Rows",
    "anneal",
    "as_chosen",
    "as_orders",
    "chosen_cost",
    "in_order_of_arrival",
    "search_rows",
    "wait_cost",
]

Chosen = NDArray[np.int32]
"""Berth and slot of start of each vessel, int32[n_vessels, 2]; -1 where it is not served."""

Orders = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Vessels of each berth in order, int32[n_berths, n_vessels], and how many they are."""

MOVES, MOST_MOVES = 150, 800_000
"""Moves for each pair of vessels, and most in a run: dives do better with the time."""
CHAINS = 2
"""Runs side by side."""
PILOT = 20_000
"""Moves of a first run, which shows how many more there is time for."""
HOT, COLD = 0.4, 0.06
"""Heat at first and at last, as shares of the mean cost of waiting for a mean stay."""


@dataclass(frozen=True)
class Rows:
    """Best stays from each slot on, as the kernel takes them.

    Attributes
    ----------
    after, begin : int32[n_berths, n_vessels, n_slots + 1]
        Slots at which a vessel leaves, and berths, if the berth is free from a slot on.
    pay : float64[n_berths, n_vessels, n_slots + 1]
        What that costs.
    """

    after: NDArray[np.int32]
    pay: NDArray[np.float64]
    begin: NDArray[np.int32]


@dataclass(frozen=True)
class Places:
    """Where each vessel may be tried.

    Attributes
    ----------
    first : int64[n_vessels + 1]
        Where the places of each vessel begin.
    berth, slot : int32[n]
        Places; slot -1 means about the slot it has.
    """

    first: NDArray[np.int64]
    berth: NDArray[np.int32]
    slot: NDArray[np.int32]

    @classmethod
    def liked(cls, rows: Rows) -> Places:
        """Take all berths, those more often at which a vessel costs less."""
        n_berths, n_vessels, _ = rows.pay.shape
        order = np.argsort(rows.pay[:, :, 0].T, axis=1, kind="stable").astype(np.int32)
        many = 4 * n_berths
        share = (np.arange(many) + 0.5) / many
        berth = order[:, (n_berths * share**2).astype(int)].ravel()
        return cls(np.arange(n_vessels + 1) * many, berth, np.full(len(berth), NEVER, np.int32))

    @classmethod
    def left(cls, left: NDArray[np.int32], n_vessels: int) -> Places | None:
        """Take the stays that are left; None if a vessel has none."""
        some = left[np.argsort(left[:, 2], kind="stable")]
        first = np.searchsorted(some[:, 2], np.arange(n_vessels + 1)).astype(np.int64)
        if (np.diff(first) == 0).any():
            return None
        return cls(first, some[:, 0].copy(), some[:, 1].copy())


def wait_cost(stays: Stays) -> float:
    """Return what waiting for a mean stay costs a mean vessel [vessel h]."""
    return float(stays.slope.mean()) * max(float(np.mean(stays.work[stays.work > 0])), 1.0)


def search_rows(stays: Stays) -> Rows:
    """Return the best stays from each slot on."""
    n_berths, n_slots, n_vessels = stays.finish.shape
    shape = (n_berths, n_vessels, n_slots + 1)
    after, begin = np.empty(shape, np.int32), np.full(shape, NEVER, np.int32)
    pay = np.empty(shape)
    best = np.full((n_berths, n_vessels), stays.ceiling)
    end = np.full((n_berths, n_vessels), NEVER, np.int32)
    start = end.copy()
    for t in range(n_slots, -1, -1):
        if t < n_slots:
            cost, finish = stays.cost[:, t], stays.finish[:, t]
            better = (finish != NEVER) & (cost <= best)
            best, end = np.where(better, cost, best), np.where(better, finish, end)
            start = np.where(better, t, start)
        pay[:, :, t], begin[:, :, t] = best, start
        after[:, :, t] = np.where(end == NEVER, t, end)
    return Rows(after, pay, begin)


def in_order_of_arrival(stays: Stays, rows: Rows | None = None) -> Chosen:
    """Berth vessels in the order they arrive in, each where it costs least.

    Parameters
    ----------
    stays : Stays
        Stays.
    rows : optional
        The same, as the search takes them.

    Returns
    -------
    int32[n_vessels, 2]
        Berth and slot of each vessel.
    """
    rows = rows or search_rows(stays)
    chosen = np.full((len(stays.vessels), 2), NEVER, np.int32)
    free = np.zeros(len(stays.berths), np.int64)
    first = np.where((stays.finish != NEVER).any(0).T, np.arange(stays.n_slots), stays.n_slots)
    for v in np.argsort(first.min(axis=1, initial=stays.n_slots), kind="stable"):
        cost = rows.pay[np.arange(len(free)), v, free]
        b = int(cost.argmin())
        start = rows.begin[b, v, free[b]]
        if start != NEVER:
            chosen[v] = b, start
            free[b] = rows.after[b, v, free[b]]
    return chosen


def chosen_cost(stays: Stays, chosen: Chosen) -> float:
    """Add up the cost of chosen stays; `ceiling` for each vessel that is not served."""
    served = chosen[:, 0] != NEVER
    v = np.flatnonzero(served)
    cost = stays.cost[chosen[v, 0], chosen[v, 1], v].sum()
    return float(cost + stays.ceiling * (~served).sum())


def anneal(stays: Stays, seed: int, until: float) -> Chosen:
    """Better the plan in order of arrival by simulated annealing, several times.

    Parameters
    ----------
    stays : Stays
        Stays.
    seed : int
        Seed; each run has its own child.
    until : float
        Time of `time.monotonic` at which to end, about.

    Returns
    -------
    int32[n_vessels, 2]
        Berth and slot of each vessel.
    """
    rows = search_rows(stays)
    first = in_order_of_arrival(stays, rows)
    n, heat = len(stays.vessels), wait_cost(stays)
    start, at = as_orders(stays, first), Places.liked(rows)
    seeds = np.random.SeedSequence(seed).generate_state(CHAINS)

    def run(seed: int, moves: int) -> Chosen:
        order, count = (a.copy() for a in start)
        anneal_berths(
            rows.after, rows.pay, at.first, at.berth, at.slot, order, count, moves, HOT * heat,
            COLD * heat, seed,
        )  # fmt: skip
        return as_chosen(rows, (order, count))

    run(int(seeds[0]), 1)  # compiled before the clock starts
    began = time.monotonic()
    pilot = run(int(seeds[0]), PILOT)
    each_s = max(time.monotonic() - began, 1e-6) / PILOT
    moves = min(MOVES * n * n, MOST_MOVES, max(int((until - time.monotonic()) / each_s), PILOT))
    with ThreadPoolExecutor(CHAINS) as pool:
        plans = list(pool.map(lambda k: run(int(seeds[k]), moves), range(CHAINS)))
    return min([first, pilot, *plans], key=lambda chosen: chosen_cost(stays, chosen))


def as_orders(stays: Stays, chosen: Chosen) -> Orders:
    """Return the vessels of each berth in order; those not served join where they may go."""
    n_berths, n = len(stays.berths), len(stays.vessels)
    order, count = np.zeros((n_berths, n), np.int32), np.zeros(n_berths, np.int32)
    for v in np.lexsort((chosen[:, 1], chosen[:, 0] == NEVER)):
        b = chosen[v, 0] if chosen[v, 0] != NEVER else int(stays.work[:, v].argmax())
        order[b, count[b]] = v
        count[b] += 1
    return order, count


def as_chosen(rows: Rows, orders: Orders) -> Chosen:
    """Berth the vessels of each berth in order, each at its best start."""
    order, count = orders
    chosen = np.full((rows.pay.shape[1], 2), NEVER, np.int32)
    for b in range(len(count)):
        t = 0
        for v in order[b, : count[b]]:
            if rows.begin[b, v, t] != NEVER:
                chosen[v] = b, rows.begin[b, v, t]
            t = rows.after[b, v, t]
    return chosen
