"""How long those wait who find all servers busy: uniformisation, closed by its own decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln, xlogy

from karwan.terminals.queues_phases import stages

__all__ = ["PhaseTail", "decay_gap", "tail_of"]

Floats = NDArray[np.floating]
CLOSE, STILL = 1e-14, 1e-15
"""A decay is that of the known ratio to the one, or that of the step before to the other."""
STEADY = 4
"""Steps in a row with that decay before the rest is taken for geometric."""
MOST_STEPS = 100_000


@dataclass(frozen=True)
class PhaseTail:
    """Chance of a wait longer than some time, as a mixture over steps of a Poisson clock.

    Attributes
    ----------
    steps : float64[n]
        Chance to wait still after so many steps.
    gap : float
        1 less the ratio of later steps to the ones before.
    rate : float
        Steps in the mean time of a service.
    """

    steps: Floats
    gap: float
    rate: float

    @property
    def mean(self) -> float:
        """Mean wait [services]."""
        later = self.steps[-1] * (1.0 - self.gap) / self.gap
        return float((self.steps.sum() + later) / self.rate)

    def beyond(self, time: float) -> float:
        """Return the chance of a wait longer than a time [services]."""
        clock, count = self.rate * time, len(self.steps)
        if clock == 0.0:
            return float(self.steps[0])
        k = np.arange(count)
        near = float(np.exp(xlogy(k, clock) - clock - gammaln(k + 1)) @ self.steps)
        late = gammainc(count, (1.0 - self.gap) * clock)
        if late == 0.0 or self.steps[-1] == 0.0:
            return near
        log_far = np.log(self.steps[-1]) - (count - 1) * np.log1p(-self.gap)
        return near + float(np.exp(log_far - clock * self.gap) * late)


def tail_of(seen: Floats, onward: Floats, queue: tuple[int, int], gap: float) -> PhaseTail:
    """Follow those who join a queue until their service begins.

    Whoever finds j others waiting with the servers in phase s does so with chance
    ``(seen @ onward**j)[s]``, and waits for j + 1 services to end while all servers are busy.
    With ``X[0] = I`` and ``X[i + 1] = X[i] P0 + onward X[i] P1``, where P0 and P1 are the steps
    without and with the end of a service, the chance to wait still after i steps of a Poisson
    clock is ``seen (I - onward)^-1 X[i] 1`` (own derivation, after Neuts 1981, chapter 3).

    Parameters
    ----------
    seen : float64[m]
        Chance of finding all servers busy and nobody waiting, by phases of the servers.
    onward : float64[m, m]
        What one more who waits multiplies it by.
    queue : (int, int)
        Phases of a service; servers.
    gap : float
        `decay_gap` of the queue.

    Returns
    -------
    PhaseTail
        The law of the wait.
    """
    step = stages(*queue)
    rate, size = float(queue[0] * queue[1]), len(seen)
    stay, end = np.eye(size) + step.within / rate, step.replace / rate
    left = np.linalg.solve((np.eye(size) - onward).T, seen)
    reached = np.eye(size)
    values = [float(left.sum())]
    steady, ratio = 0, 0.0
    while steady < STEADY and len(values) < MOST_STEPS and values[-1] > 0.0:
        reached = reached @ stay + onward @ (reached @ end)
        values.append(float(left @ reached.sum(axis=1)))
        before, ratio = ratio, values[-1] / values[-2]
        same = abs(ratio - 1.0 + gap) <= CLOSE or abs(ratio - before) <= STILL
        steady = steady + 1 if same else 0
    return PhaseTail(np.array(values), gap, rate)


def decay_gap(arrival_phases: int, service_phases: int, occupancy: float) -> float:
    """Find how fast longer waits become less likely.

    A wait of one more phase of a service is less likely by x, the root below 1 of
    ``x**l = A(c l (1 - x))`` with the Laplace transform A of the time between arrivals, since c
    busy servers end phases at the rate c l (Takahashi 1981).

    Parameters
    ----------
    arrival_phases : int
        Phases of the time between arrivals; 0 = fixed.
    service_phases : int
        Phases l of a service.
    occupancy : float
        Utilisation, above 0 and below 1.

    Returns
    -------
    float
        1 - x, of which small values keep their digits.
    """
    ends = service_phases / occupancy

    def excess(gap: float) -> float:
        """Return the logarithm of the one side over the other, per gap."""
        k = arrival_phases
        log_arrival = -k * np.log1p(ends * gap / k) if k else -ends * gap
        return float((service_phases * np.log1p(-gap) - log_arrival) / gap)

    high = 1.0 - 1e-15
    if excess(high) > 0.0:
        return 1.0
    return float(brentq(excess, 1e-13, high, xtol=1e-300, rtol=1e-15))
