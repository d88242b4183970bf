"""Arrivals at a fixed beat, Erlang services, any number of servers: D/M/c and D/El/c."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from karwan.terminals.queues_phases import stages
from karwan.terminals.queues_qbd import Found, null_vector

__all__ = ["solve_beat"]

Floats = NDArray[np.floating]
CLOSE = 1e-12
"""Change of a round below which only rounding can make the next one larger."""
RARE = 1e-9
"""Largest eigenvalue below which the rounds are few from nothing, too."""
MOST_ROUNDS = 20_000


def solve_beat(phases: int, servers: int, occupancy: float, gap: float) -> Found:
    """Solve D/El/c at the moments just before an arrival.

    Between arrivals services end by a Poisson clock of rate c l (uniformisation). Levels with
    all servers busy are joined by R, the least solution of ``R = sum of R**n A[n]``, where A[n]
    holds n ends of services between two arrivals (Neuts 1981, chapter 1).

    Parameters
    ----------
    phases : int
        Phases l of a service with a mean of 1.
    servers : int
        Number of servers.
    occupancy : float
        Utilisation, above 0 and below 1.
    gap : float
        `decay_gap` of the queue.

    Returns
    -------
    Found
        Chances.
    """
    queue = (phases, servers)
    weights = _clock(phases / occupancy)
    ratio = _rate_matrix(queue, weights, gap)
    size = len(ratio)
    system = _between(queue, weights, ratio)
    system -= np.eye(len(system))
    mass = np.ones(len(system))
    mass[-size:] = np.linalg.solve(np.eye(size) - ratio, np.ones(size))
    system[:, 0] = mass
    wanted = np.zeros(len(system))
    wanted[0] = 1.0
    found = np.linalg.solve(system.T, wanted)
    first = np.cumsum([0, *(len(stages(phases, n).within) for n in range(servers - 1))])
    by_level = np.add.reduceat(found[:-size], first)
    return Found(found[-size:], ratio, float(found[-size:] @ mass[-size:]), by_level)


def _clock(ticks: float) -> Floats:
    """Return the chances of 0, 1 ... ticks of a Poisson clock between two arrivals."""
    n = np.arange(ceil(ticks + 12.0 * np.sqrt(ticks) + 40.0))
    return np.asarray(np.exp(xlogy(n, ticks) - ticks - gammaln(n + 1)))


def _rate_matrix(queue: tuple[int, int], weights: Floats, gap: float) -> Floats:
    """Iterate R from a matrix that has its largest eigenvalue and the vector of it already.

    Each round keeps both, so that the number of rounds does not grow near full occupancy.
    """
    full, rate = stages(*queue), float(queue[0] * queue[1])
    eye = np.eye(len(full.within))
    counted = _ends_between(eye + full.within / rate, full.replace / rate, weights)
    largest = (1.0 - gap) ** queue[0]
    ratio = np.zeros_like(eye)
    if largest > RARE:
        vector = null_vector(full.within + largest * full.replace + rate * gap * eye)
        ratio = largest * np.outer(np.ones(len(eye)), vector)
    change = np.inf
    for _ in range(MOST_ROUNDS):
        later = np.zeros_like(eye)
        for ends in counted[:0:-1]:
            later = ratio @ later + ends
        new = np.linalg.solve((eye - later).T, counted[0].T).T
        before, change = change, float(np.abs(new - ratio).max())
        ratio = new
        if change == 0.0 or (change < CLOSE and change >= before):
            break
    return ratio


def _ends_between(stay: Floats, end: Floats, weights: Floats) -> Floats:
    """Return the chances of 0, 1 ... ends of services between two arrivals, by phases."""
    counted = np.zeros((len(weights), *stay.shape))
    total = np.zeros_like(counted)
    counted[0] = np.eye(len(stay))
    for i, weight in enumerate(weights):
        total[: i + 1] += weight * counted[: i + 1]
        ended = counted[: i + 1] @ end
        counted[: i + 1] = counted[: i + 1] @ stay
        if i + 1 < len(weights):
            counted[1 : i + 2] += ended
    return total


def _between(queue: tuple[int, int], weights: Floats, ratio: Floats) -> Floats:
    """Return the chances from just before an arrival to just before the next.

    Blocks are 0, 1 ... c - 1 in the system, and c or more, of which the part without a queue is
    followed; `ratio` tells the rest.
    """
    phases, servers = queue
    rate = float(phases * servers)
    steps = [stages(phases, n) for n in range(servers + 1)]
    edge = np.cumsum([0, *(len(s.within) for s in steps)])
    part = [slice(a, b) for a, b in pairwise(edge)]
    clock = np.eye(edge[-1])
    there = np.zeros_like(clock)
    for n, step in enumerate(steps):
        clock[part[n], part[n]] += step.within / rate
        if n:
            clock[part[n], part[n - 1]] = step.finish / rate
            there[part[n - 1], part[n]] = steps[n - 1].start
    last = part[-1]
    stay, end = clock[last, last], steps[-1].replace / rate
    queued, total = np.eye(len(ratio)), np.zeros_like(clock)
    for weight in weights:
        total += weight * there
        ended = queued @ end
        there = there @ clock
        there[last, last] += ended
        queued = queued @ stay + ratio @ ended
    return total
