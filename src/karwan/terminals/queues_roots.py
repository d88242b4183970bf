"""Busy servers by their roots: what each phase of an arrival multiplies a queue by."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.queues_phases import spread, stages
from karwan.terminals.queues_tail import decay_gap

__all__ = ["phase_ratio"]

Floats = NDArray[np.float64]
STILL = 4e-16
SMALL = 1e-6
MOST_STEPS, MOST_NEWTON = 60, 50


class Modes(NamedTuple):
    """How busy servers can be out of step, whatever the load.

    Attributes
    ----------
    shapes : complex128[m, m]
        One mode a row: how it weighs each state, but for powers of its root.
    sums : complex128[m]
        Sum over servers of the roots of unity that the mode gives them.
    powers : float64[m]
        Power of the root by which a state is weighed: phases still to come of all servers.
    """

    shapes: NDArray[np.complex128]
    sums: NDArray[np.complex128]
    powers: Floats


@lru_cache(maxsize=64)
def _modes(phases: int, servers: int) -> Modes:
    unit = np.exp(2j * np.pi * np.arange(phases) / phases)
    later = np.arange(phases - 1, -1, -1)
    shapes = np.ones((1, 1), complex)
    before = {(0,) * phases: 0}
    for busy in range(1, servers + 1):
        states = spread(phases, busy)
        place = {state: i for i, state in enumerate(states)}
        one = np.eye(phases, dtype=int)
        with_one = [
            [place[tuple(s + one[p])] for s in map(np.array, before)] for p in range(phases)
        ]
        first = [next(m for m, n in enumerate(state) if n) for state in states]
        parent = [before[tuple(np.array(s) - one[m])] for s, m in zip(states, first, strict=True)]
        fewer, shapes = shapes[parent], np.zeros((len(states), len(states)), complex)
        for p in range(phases):
            shapes[:, with_one[p]] += unit[first, None] ** later[p] * fewer
        before = place
    counts = np.array(list(before))
    return Modes(shapes, counts @ unit, (counts @ later).astype(float))


def phase_ratio(
    arrival_phases: int, service_phases: int, servers: int, occupancy: float
) -> Floats | None:
    """Return what one more phase of an arrival multiplies the chances of busy servers by.

    While all servers are busy, a queue with n phases of arrivals behind it is found with chances
    that each further phase multiplies by this matrix, since services take k phases back at once.
    Its left eigenvectors are products over servers, one for every way to give servers roots of
    unity; each has one root inside the unit circle, which Newton finds (after Takahashi 1981 and
    Bertsimas 1990). They grow alike with many servers and little load, so that what is found is
    mended by the iteration of the equation itself, which from nothing rises to the least solution
    (Neuts 1981): a few steps give all digits. The slowest mode, which makes the waits near full
    load, is then set to its own root again.

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
    float64[m, m] or None
        The matrix, by states of the servers; None if it is not found in few steps.
    """
    rate = arrival_phases * occupancy * servers
    step = stages(service_phases, servers)
    leave = np.eye(len(step.within)) * rate - step.within
    gap = decay_gap(arrival_phases, service_phases, occupancy)
    found = _by_roots(rate, arrival_phases, service_phases, servers, gap)
    for _ in range(MOST_STEPS):
        again = np.linalg.matrix_power(found, arrival_phases) @ step.replace
        before = found
        found = np.asarray(rate * np.linalg.inv(leave - again), np.float64)
        if np.abs(found - before).max() < STILL:
            modes = _modes(service_phases, servers)
            slow = modes.shapes[_slowest(modes)].real * (1.0 - gap) ** modes.powers
            known = rate / (rate + service_phases * servers * gap)
            missed: Floats = known * slow - slow @ found
            return np.asarray(found + missed / slow.sum())
    return None


def _slowest(modes: Modes) -> int:
    return int(np.argmax(modes.sums.real))


def _by_roots(
    rate: float, arrival_phases: int, service_phases: int, servers: int, gap: float
) -> Floats:
    """Put the matrix together from roots and modes; nothing where digits are lost."""
    modes, ends = _modes(service_phases, servers), service_phases * servers
    pull = service_phases * modes.sums
    power = arrival_phases / service_phases
    root = np.zeros(len(pull), complex)
    for _ in range(MOST_NEWTON):
        image = (rate / (rate + ends - root * pull)) ** power
        change = (root - image) / (1.0 - image * power * pull / (rate + ends - root * pull))
        root -= change
        if np.abs(change).max() < STILL:
            break
    ratio = rate / (rate + ends - root * pull)
    slowest = _slowest(modes)
    root[slowest], ratio[slowest] = 1.0 - gap, rate / (rate + ends * gap)
    vectors = modes.shapes * root[:, None] ** modes.powers
    vectors /= np.abs(vectors).max(axis=1, keepdims=True)
    nothing = np.zeros((len(root), len(root)))
    try:
        found = np.linalg.solve(vectors, ratio[:, None] * vectors)
    except np.linalg.LinAlgError:
        return nothing
    sound = np.abs(found.imag).max() < SMALL and found.real.min() > -SMALL
    return np.maximum(found.real, 0.0) if sound else nothing
