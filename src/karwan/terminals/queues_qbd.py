"""Erlang arrivals, Erlang services, any number of servers: a quasi-birth-death process."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.queues_phases import stages

__all__ = ["Found", "null_vector", "rate_matrix", "solve_levels"]

Floats = NDArray[np.floating]
NEGLIGIBLE = 1e-17
MOST_DOUBLINGS = 64


class Found(NamedTuple):
    """What those who arrive find.

    Attributes
    ----------
    seen : float64[m]
        Chance of finding all servers busy and nobody waiting, by phases of the servers.
    onward : float64[m, m]
        ``(seen @ onward**j)[s]`` is the chance of finding j who wait.
    all_busy : float
        Chance of finding all servers busy.
    by_level : float64[servers]
        Chance that a look finds 0, 1 ... servers - 1 in the system: a look at any time with
        Erlang arrivals, a look just before an arrival with fixed ones.
    queue_length : float or None
        Mean number that wait at any time, if it is known without the law of the wait.
    """

    seen: Floats
    onward: Floats
    all_busy: float
    by_level: Floats
    queue_length: float | None = None


class Frames(NamedTuple):
    """Rates between levels, one matrix for each level, arrivals at a rate of 1 a phase."""

    arrive: list[Floats]
    advance: list[Floats]
    serve: list[Floats]
    leave: list[Floats]


@lru_cache(maxsize=64)
def _frames(arrival_phases: int, service_phases: int, servers: int) -> Frames:
    phases, again = np.eye(arrival_phases), np.zeros((arrival_phases, arrival_phases))
    again[-1, 0] = 1.0
    shift = np.eye(arrival_phases, k=1) - phases
    steps = [stages(service_phases, n) for n in range(servers + 1)]
    full = np.eye(len(steps[-1].within))
    return Frames(
        [np.kron(again, s.start) for s in steps[:-1]] + [np.kron(again, full)],
        [np.kron(shift, np.eye(len(s.within))) for s in steps],
        [np.kron(phases, s.within) for s in steps],
        [np.kron(phases, s.finish) for s in steps] + [np.kron(phases, steps[-1].replace)],
    )


def solve_levels(arrival_phases: int, service_phases: int, servers: int, occupancy: float) -> Found:
    """Solve Ek/El/c exactly.

    Levels count who is there. Logarithmic reduction (Latouche and Ramaswami 1993) gives the
    matrix that joins levels with all servers busy; a sweep downwards, those with idle ones.

    Parameters
    ----------
    arrival_phases, service_phases : int
        Phases of the two Erlang laws.
    servers : int
        Number of servers.
    occupancy : float
        Utilisation, above 0 and below 1.

    Returns
    -------
    Found
        Chances, for services with a mean of 1.
    """
    frames = _frames(arrival_phases, service_phases, servers)
    rate = arrival_phases * occupancy * servers
    serve = [s + rate * a for s, a in zip(frames.serve, frames.advance, strict=True)]
    up = [rate * a for a in frames.arrive]
    down = frames.leave
    ratio = rate_matrix(up[-1], serve[-1], down[-1])
    ratios = [ratio]
    for n in range(servers - 1, -1, -1):
        left = serve[n + 1] + ratios[-1] @ down[n + 2]
        ratios.append(np.linalg.solve(-left.T, up[n].T).T)
    level = null_vector(serve[0] + ratios[-1] @ down[1])
    levels = [level]
    for step in reversed(ratios[1:]):
        levels.append(levels[-1] @ step)
    size = len(ratio)
    served = len(stages(service_phases, servers).within)
    rest = np.linalg.solve(np.eye(size) - ratio, np.ones(size))
    total = sum(float(x.sum()) for x in levels[:-1]) + float(levels[-1] @ rest)
    seen = arrival_phases * levels[-1][-served:] / total
    onward = np.ascontiguousarray(ratio[-served:, -served:])
    busy = float(seen @ np.linalg.solve(np.eye(served) - onward, np.ones(served)))
    by_level = np.array([x.sum() for x in levels[:-1]]) / total
    queued = np.linalg.solve(np.eye(size) - ratio, ratio @ rest)
    return Found(seen, onward, busy, by_level, float(levels[-1] @ queued) / total)


def rate_matrix(up: Floats, within: Floats, down: Floats) -> Floats:
    """Return R, the least solution of ``up + R within + R^2 down = 0``.

    Parameters
    ----------
    up, within, down : float64[n, n]
        Rates one level up, in the level and one level down.

    Returns
    -------
    float64[n, n]
        Visits to a level for each unit of time in the one below.
    """
    eye = np.eye(len(up))
    ahead, back = np.split(np.linalg.solve(-within, np.hstack((up, down))), 2, axis=1)
    descent, climbed = back.copy(), ahead.copy()
    for _ in range(MOST_DOUBLINGS):
        met = eye - (ahead @ back + back @ ahead)
        both = np.linalg.solve(met, np.hstack((ahead @ ahead, back @ back)))
        ahead, back = np.split(both, 2, axis=1)
        gain = climbed @ back
        descent += gain
        climbed = climbed @ ahead
        if gain.max() < NEGLIGIBLE or climbed.max() < NEGLIGIBLE:
            break
    descent /= descent.sum(axis=1, keepdims=True)
    solved: Floats = np.linalg.solve(-(within + up @ descent).T, up.T).T
    return solved


def null_vector(rates: Floats) -> Floats:
    """Return the x with ``x @ rates = 0`` whose sum is 1.

    Parameters
    ----------
    rates : float64[n, n]
        Matrix of rank n - 1; the rates between the states of a process, for the shares of time.

    Returns
    -------
    float64[n]
        The vector x.
    """
    system = rates.T.copy()
    system[-1] = 1.0
    wanted = np.zeros(len(rates))
    wanted[-1] = 1.0
    return np.linalg.solve(system, wanted)
