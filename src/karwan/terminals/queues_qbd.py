"""Erlang arrivals, Erlang services, any number of servers: a quasi-birth-death process."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.queues_phases import stages
from karwan.terminals.queues_roots import phase_ratio

__all__ = ["Found", "null_vector", "rate_matrix", "solve_levels"]

Floats = NDArray[np.floating]
NEGLIGIBLE = 1e-17
MOST_DOUBLINGS = 64
MANY_STATES = 48
"""States of a level from which roots are quicker than reduction."""


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


def solve_levels(arrival_phases: int, service_phases: int, servers: int, occupancy: float) -> Found:
    """Solve Ek/El/c exactly.

    Levels count who is there; within one, phases of the arrival stand in a row of blocks, each of
    the states of the servers. A level is entered in its first phase and left upwards from its
    last, so that the chances of the last phase times one row of blocks give the next level. With
    all servers busy these blocks are powers of `phase_ratio`; a sweep downwards gives the others.

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
    rate = arrival_phases * occupancy * servers
    steps = [stages(service_phases, n) for n in range(servers + 1)]
    busy = _busy_row(arrival_phases, service_phases, servers, occupancy)
    rows = [busy]
    ends = [*(s.finish for s in steps[1:]), steps[-1].replace]
    for n in range(servers - 1, -1, -1):
        back = [block @ ends[n + 1] for block in rows[-1]]
        rows.append(_row_below(steps[n + 1].within, steps[n].start, back, rate))
    shift = rate * (np.eye(arrival_phases, k=1) - np.eye(arrival_phases))
    shift[-1] += np.array([block[0] for block in rows[-1]]) @ ends[0][:, 0]
    levels = [null_vector(shift)[:, None]]
    for row in reversed(rows[1:]):
        levels.append(np.array([levels[-1][-1] @ block for block in row]))
    onward, last = np.ascontiguousarray(busy[-1]), levels[-1][-1]
    ahead = np.linalg.inv(np.eye(len(onward)) - onward)
    following = ahead @ sum(block.sum(axis=1) for block in busy)
    total = sum(float(x.sum()) for x in levels) + float(last @ following)
    seen = arrival_phases * last / total
    queued = float(last @ (ahead @ following))
    by_level = np.array([float(x.sum()) for x in levels[:-1]]) / total
    return Found(seen, onward, float((seen @ ahead).sum()), by_level, queued / total)


def _busy_row(
    arrival_phases: int, service_phases: int, servers: int, occupancy: float
) -> list[Floats]:
    """Return the row of blocks from a level with all servers busy to the next."""
    phases = np.eye(arrival_phases)
    step, rate = stages(service_phases, servers), arrival_phases * occupancy * servers
    size = len(step.within)
    if arrival_phases * size >= MANY_STATES:
        ratio = phase_ratio(arrival_phases, service_phases, servers, occupancy)
        if ratio is not None:
            row: list[Floats] = [ratio]
            while len(row) < arrival_phases:
                row.append(row[-1] @ ratio)
            return row
    again = np.zeros((arrival_phases, arrival_phases))
    again[-1, 0] = rate
    shift = rate * (np.eye(arrival_phases, k=1) - phases)
    within = np.kron(shift, np.eye(size)) + np.kron(phases, step.within)
    solved = rate_matrix(np.kron(again, np.eye(size)), within, np.kron(phases, step.replace))
    return np.split(solved[-size:], arrival_phases, axis=1)


def _row_below(within: Floats, start: Floats, back: list[Floats], rate: float) -> list[Floats]:
    """Return the row of blocks up to a level, by the ways back to it from the one above."""
    stay = np.linalg.inv(rate * np.eye(len(within)) - within)
    goes = rate * stay
    first, again = [start @ goes], [back[0] @ stay]
    for block in back[1:]:
        first.append(first[-1] @ goes)
        again.append(again[-1] @ goes + block @ stay)
    last = np.linalg.solve((np.eye(len(within)) - again[-1]).T, first[-1].T).T
    return [a + last @ b for a, b in zip(first, again, strict=True)]


def rate_matrix(up: Floats, within: Floats, down: Floats) -> Floats:
    """Return R, the least solution of ``up + R within + R^2 down = 0``.

    By logarithmic reduction (Latouche and Ramaswami 1993).

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
