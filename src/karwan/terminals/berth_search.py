"""Find good berth plans: in order of arrival, then by simulated annealing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_moves import anneal_berths
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = ["Chosen", "anneal", "chosen_cost", "in_order_of_arrival"]

Chosen = NDArray[np.int32]
"""Berth and slot of start of each vessel, int32[n_vessels, 2]; -1 where it is not served."""

MOVES, MOST_MOVES = 150, 30_000
"""Moves for each pair of vessels, and most for each vessel."""
CHAINS = 2
"""Runs side by side."""
PILOT = 20_000
"""Moves of a first run, which shows how many more there is time for."""
HOT, COLD = 0.4, 0.06
"""Heat at first and at last, as shares of the mean cost of a slot of work."""


@dataclass(frozen=True)
class _Rows:
    """Best stays from each slot on, as the kernel takes them, and first orders."""

    after: NDArray[np.int32]
    pay: NDArray[np.float64]
    begin: NDArray[np.int32]
    liked: NDArray[np.int32]


def _rows(stays: Stays) -> _Rows:
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
    liked = np.argsort(pay[:, :, 0].T, axis=1, kind="stable").astype(np.int32)
    return _Rows(after, pay, begin, liked)


def in_order_of_arrival(stays: Stays, rows: _Rows | None = None) -> Chosen:
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
    rows = rows or _rows(stays)
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
    rows = _rows(stays)
    first = in_order_of_arrival(stays, rows)
    n = len(stays.vessels)
    slots = max(float(np.mean(stays.work[stays.work > 0])), 1.0)
    heat = float(stays.slope.mean()) * slots
    start = _orders(stays, first)
    seeds = np.random.SeedSequence(seed).generate_state(CHAINS)

    def run(seed: int, moves: int) -> Chosen:
        order, count = (a.copy() for a in start)
        anneal_berths(
            rows.after, rows.pay, rows.liked, order, count, moves, HOT * heat, COLD * heat, seed
        )
        return _chosen(rows, order, count, n)

    run(int(seeds[0]), 1)  # compiled before the clock starts
    began = time.monotonic()
    pilot = run(int(seeds[0]), PILOT)
    each_s = max(time.monotonic() - began, 1e-6) / PILOT
    moves = min(
        min(MOVES * n, MOST_MOVES) * n, max(int((until - time.monotonic()) / each_s), PILOT)
    )
    with ThreadPoolExecutor(CHAINS) as pool:
        plans = list(pool.map(lambda k: run(int(seeds[k]), moves), range(CHAINS)))
    return min([first, pilot, *plans], key=lambda chosen: chosen_cost(stays, chosen))


def _orders(stays: Stays, chosen: Chosen) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the vessels of each berth in order; those not served join where they may go."""
    n_berths, n = len(stays.berths), len(stays.vessels)
    order, count = np.zeros((n_berths, n), np.int32), np.zeros(n_berths, np.int32)
    for v in np.lexsort((chosen[:, 1], chosen[:, 0] == NEVER)):
        b = chosen[v, 0] if chosen[v, 0] != NEVER else int(stays.work[:, v].argmax())
        order[b, count[b]] = v
        count[b] += 1
    return order, count


def _chosen(rows: _Rows, order: NDArray[np.int32], count: NDArray[np.int32], n: int) -> Chosen:
    chosen = np.full((n, 2), NEVER, np.int32)
    for b in range(len(count)):
        t = 0
        for v in order[b, : count[b]]:
            if rows.begin[b, v, t] != NEVER:
                chosen[v] = b, rows.begin[b, v, t]
            t = rows.after[b, v, t]
    return chosen
