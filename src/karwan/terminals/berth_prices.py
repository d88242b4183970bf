"""Make prices of vessels exact: linear programming over the stays that cost least at them."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.berth_bound import columns_left
from karwan.terminals.berth_exact import Bounded, bounded
from karwan.terminals.berth_milp import MilpProcess, berth_program
from karwan.terminals.berth_stays import NEVER, Stays

__all__ = ["cheap_stays", "exact_prices"]

STAYS, MORE = 50, 1.5
"""Stays for each vessel in the first program, and how many times as many in each later one."""
PROGRAMS = 8
"""Programs at most."""
STEPS = 400
"""Steps of the prices after each program."""
CLOSE = 1e-3
"""Share of the cost by which the bound may stay below the cost of the relaxed program."""


def exact_prices(stays: Stays, known: Bounded, process: MilpProcess, until: float) -> Bounded:
    """Better the prices and the bound as far as the relaxation goes.

    The prices of the linear program over some stays are the best there are for these; `bounded`
    says what they are worth for all, steps on from them, and the stays that then cost least join.
    It is over when the bound meets the cost of the program, which no bound of this relaxation
    passes (column generation; Lübbecke and Desrosiers 2005).

    Parameters
    ----------
    stays : Stays
        Stays.
    known : Bounded
        Plan with its bound.
    process : MilpProcess
        Process that solves.
    until : float
        Time of `time.monotonic` at which to end.

    Returns
    -------
    Bounded
        The same plan with a bound no worse.
    """
    best, n = known, len(stays.vessels)
    misses = bool((known.chosen[:, 0] == NEVER).any())
    listed = _own(known)
    for k in range(PROGRAMS):
        if time.monotonic() > until:
            break
        listed = _joined(stays, listed, cheap_stays(stays, best, int(STAYS * MORE**k) * n))
        found = process.relax(berth_program(stays, listed, math.inf, may_miss=misses), until)
        if found is None:
            break
        price, cost = np.minimum(found[0][:n], stays.ceiling), found[1]
        now = bounded(stays, known.chosen, price, until=until, rounds=STEPS, goal=cost)
        best = max(best, now, key=lambda b: b.relaxed)
        is_exact = cost - best.relaxed < CLOSE * abs(known.upper)
        best = replace(best, is_exact=is_exact, lower=max(best.lower, known.lower))
        if best.is_exact or best.is_proven(stays.unit):
            break
        listed = _joined(stays, listed, cheap_stays(stays, now, STAYS * n))
    return best


def cheap_stays(stays: Stays, known: Bounded, most: int) -> NDArray[np.int32]:
    """Return the stays of least reduced cost, in order of berth and slot; about the most."""
    spare = known.upper - known.relaxed
    while True:
        limit = known.relaxed + spare + 1e-6
        left: NDArray[np.int32] = columns_left(
            stays.finish, stays.cost, known.price, known.relaxed, limit
        )
        if len(left) <= most or spare < stays.unit:
            return left
        spare *= min(max((most / len(left)) ** 0.6, 0.1), 0.9)


def _own(known: Bounded) -> NDArray[np.int32]:
    """Return the stays of the plan."""
    v = np.flatnonzero(known.chosen[:, 0] != NEVER)
    return np.column_stack((known.chosen[v], v)).astype(np.int32)


def _joined(stays: Stays, one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return all stays of two lists, each once."""
    shape = stays.finish.shape
    keys = [np.ravel_multi_index(tuple(a.T.astype(np.int64)), shape) for a in (one, other)]
    return np.column_stack(np.unravel_index(np.union1d(*keys), shape)).astype(np.int32)
