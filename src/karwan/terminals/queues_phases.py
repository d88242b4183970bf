"""Where services stand: how many servers are in each phase of an Erlang service."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stages", "spread", "stages", "state_count"]

Floats = NDArray[np.float64]


class Stages(NamedTuple):
    """Steps of services with a mean of 1, while some servers are busy.

    A state counts the servers in each phase; like servers need not be told apart.

    Attributes
    ----------
    within : float64[n, n]
        Rates from phase to phase; on the diagonal, negative, the rate at which a state is left.
    finish : float64[n, n_fewer]
        Rates at which a service ends and its server stays idle.
    replace : float64[n, n]
        Rates at which a service ends and the next begins at once.
    start : float64[n, n_more]
        1 where one more service begins.
    """

    within: Floats
    finish: Floats
    replace: Floats
    start: Floats


def state_count(phases: int, busy: int) -> int:
    """Return the number of states of some busy servers."""
    return comb(busy + phases - 1, phases - 1)


@lru_cache(maxsize=512)
def stages(phases: int, busy: int) -> Stages:
    """Return the steps of some busy servers.

    Parameters
    ----------
    phases : int
        Phases of a service, each left at the rate `phases`.
    busy : int
        Servers that are busy, 0 or more.

    Returns
    -------
    Stages
        Rates; shared, so not to be written to.
    """
    here = spread(phases, busy)
    row = {state: i for i, state in enumerate(here)}
    fewer = {s: i for i, s in enumerate(_states(phases, busy - 1))} if busy else {}
    more = {s: i for i, s in enumerate(_states(phases, busy + 1))}
    within = np.diag(np.full(len(here), -float(busy * phases)))
    replace = np.zeros_like(within)
    finish, start = np.zeros((len(here), len(fewer))), np.zeros((len(here), len(more)))
    for i, state in enumerate(here):
        start[i, more[_moved(state, None, 0)]] = 1.0
        for p, count in enumerate(state):
            if not count:
                continue
            rate = float(count * phases)
            if p + 1 < phases:
                within[i, row[_moved(state, p, p + 1)]] += rate
            else:
                finish[i, fewer[_moved(state, p, None)]] += rate
                replace[i, row[_moved(state, p, 0)]] += rate
    found = Stages(within, finish, replace, start)
    for matrix in found:
        matrix.flags.writeable = False
    return found


def spread(phases: int, busy: int) -> tuple[tuple[int, ...], ...]:
    """Return the ways to spread busy servers over phases: the states, in their order."""
    return tuple(_states(phases, busy))


def _states(phases: int, busy: int) -> Iterator[tuple[int, ...]]:
    if phases == 1:
        yield (busy,)
        return
    for first in range(busy, -1, -1):
        for rest in _states(phases - 1, busy - first):
            yield (first, *rest)


def _moved(state: tuple[int, ...], from_phase: int | None, to_phase: int | None) -> tuple[int, ...]:
    """Return a state with one server moved, taken away or added."""
    counts = list(state)
    if from_phase is not None:
        counts[from_phase] -= 1
    if to_phase is not None:
        counts[to_phase] += 1
    return tuple(counts)
