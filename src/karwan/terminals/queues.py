"""Exact waits: how long those wait who come to berths, cranes, lanes or gates.

First come, first served; like servers; times between arrivals and of services exponential (M),
fixed (D) or Erlang (Ek). Nothing is read off a table and nothing is an approximation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import exp, inf, log

from scipy.optimize import brentq

from karwan.errors import InputError
from karwan.terminals.queues_fixed_arrivals import solve_beat
from karwan.terminals.queues_fixed_service import FixedService
from karwan.terminals.queues_notation import Queue, parse_queue, refuse_occupancy
from karwan.terminals.queues_phases import state_count
from karwan.terminals.queues_qbd import solve_levels
from karwan.terminals.queues_tail import decay_gap, tail_of

__all__ = ["PERCENTILES", "Waiting", "erlang_c", "occupancy_for", "waiting"]

PERCENTILES = (0.5, 0.9, 0.95, 0.99)
MOST_STATES = 1_200
MOST_FIXED = 2_000
MOST_LOGIT = 12.0
"""Occupancies are sought from that of this logit below 1/2 to that above."""
TINY = 1e-300


@dataclass(frozen=True)
class Waiting:
    """Waits at one queue and utilisation, in mean times of a service.

    Attributes
    ----------
    queue : Queue
        The queue.
    occupancy : float
        Utilisation.
    wait_ratio : float
        Mean wait over mean service.
    wait_probability : float
        Share of those who come that wait at all.
    """

    queue: Queue
    occupancy: float
    wait_ratio: float
    wait_probability: float
    _beyond: Callable[[float], float] = field(repr=False)

    @property
    def mean_queue(self) -> float:
        """Mean number that wait, by Little's law."""
        return self.wait_ratio * self.occupancy * self.queue.servers

    def beyond(self, time: float) -> float:
        """Return the share that waits longer than a time [services]."""
        return self._beyond(time) if time > 0 else self.wait_probability

    def percentile(self, share: float) -> float:
        """Return the wait that a share of all who come does not exceed [services]."""
        if not 0 < share < 1:
            message = f"share of a percentile is {share:g}; it must lie between 0 and 1"
            raise InputError(message)
        rest = 1.0 - share
        if self.wait_probability <= rest:
            return 0.0
        top = max(self.wait_ratio, 1e-12)
        while self._beyond(top) > rest:
            top *= 2.0
        found = brentq(lambda t: self.beyond(t) - rest, 0.0, top, xtol=1e-15 * top, rtol=1e-13)
        return float(found)


def erlang_c(servers: int, occupancy: float) -> float:
    """Return the chance of a wait at M/M/c (Erlang 1917).

    Parameters
    ----------
    servers : int
        Number of servers.
    occupancy : float
        Utilisation, above 0 and below 1.

    Returns
    -------
    float
        Share of those who come that wait.
    """
    load, lost = servers * occupancy, 1.0
    for n in range(1, servers + 1):
        lost = load * lost / (n + load * lost)
    return lost / (1.0 - occupancy * (1.0 - lost))


def waiting(queue: Queue | str, occupancy: float) -> Waiting:
    """Solve a queue.

    Erlang-C for M/M/c; for one server and exponential arrivals the mean by Pollaczek and
    Khinchine; services of fixed length by the roots of Crommelin; all others by a matrix-geometric
    solution, where the state counts the servers in each phase of a service.

    Parameters
    ----------
    queue : Queue or str
        The queue, or its notation, as E2/E2/4.
    occupancy : float
        Utilisation: arrivals x mean service / servers; above 0 and below 1.

    Returns
    -------
    Waiting
        Mean, chance and percentiles of the wait.

    Raises
    ------
    InputError
        If the notation cannot be read, the queue is unstable or too large to be solved.

    Examples
    --------
    >>> round(waiting("M/M/4", 0.8).wait_ratio, 10)
    0.7455405897
    """
    queue = parse_queue(queue) if isinstance(queue, str) else queue
    problems = refuse_occupancy(occupancy) + _too_large(queue)
    if problems:
        raise InputError(problems)
    comes, takes, servers = queue.arrival_phases, queue.service_phases, queue.servers
    if comes == takes == 0:
        return Waiting(queue, occupancy, 0.0, 0.0, lambda _time: 0.0)
    if comes == takes == 1:
        busy, ends = erlang_c(servers, occupancy), servers * (1.0 - occupancy)
        return Waiting(queue, occupancy, busy / ends, busy, lambda t: busy * exp(-ends * t))
    mean = _one_server(queue, occupancy)
    if takes == 0:
        fixed = FixedService(comes * servers, occupancy)
        mean = fixed.mean if mean is None else mean
        return Waiting(queue, occupancy, mean, fixed.all_busy, fixed.beyond)
    gap = decay_gap(comes, takes, occupancy)
    found = (
        solve_levels(comes, takes, servers, occupancy)
        if comes
        else solve_beat(takes, servers, occupancy, gap)
    )
    law = cache(lambda: tail_of(found.seen, found.onward, (takes, servers), gap))
    if mean is None:
        length = found.queue_length
        mean = law().mean if length is None else length / (occupancy * servers)
    return Waiting(queue, occupancy, mean, found.all_busy, lambda t: law().beyond(t))


def occupancy_for(queue: Queue | str, wait_ratio: float) -> float:
    """Find the utilisation at which the mean wait is a share of the mean service.

    Parameters
    ----------
    queue : Queue or str
        The queue, or its notation.
    wait_ratio : float
        Mean wait over mean service, above 0.

    Returns
    -------
    float
        The largest utilisation that keeps it, by a bracketed root of the exact wait.

    Raises
    ------
    InputError
        If the notation cannot be read, the queue is too large, or no utilisation gives the ratio.

    Examples
    --------
    >>> round(occupancy_for("E2/E2/4", 0.1), 3)
    0.654
    """
    queue = parse_queue(queue) if isinstance(queue, str) else queue
    problems = _too_large(queue)
    if not 0 < wait_ratio < inf:
        problems.append(f"wait ratio is {wait_ratio:g}; it must be above 0")
    if queue.arrival_phases == queue.service_phases == 0:
        problems.append(f"nobody waits at {queue} below an occupancy of 1; give a law with spread")
    if problems:
        raise InputError(problems)

    def excess(logit: float) -> float:
        wait = waiting(queue, 1.0 / (1.0 + exp(-logit))).wait_ratio
        return log(max(wait, TINY)) - log(wait_ratio)

    low, high = -1.0, 1.0
    while excess(low) > 0 and low > -MOST_LOGIT:
        low, high = low - 1.0, low
    while excess(high) < 0 and high < MOST_LOGIT:
        low, high = high, high + 1.0
    if excess(low) > 0 or excess(high) < 0:
        least, most = (1.0 / (1.0 + exp(x)) for x in (MOST_LOGIT, -MOST_LOGIT))
        message = (
            f"wait ratio is {wait_ratio:g}; {queue} has it at no occupancy between {least:.5f} and "
            f"{most:.5f}; ask for one nearer to 1"
        )
        raise InputError(message)
    return float(1.0 / (1.0 + exp(-brentq(excess, low, high, xtol=1e-12, rtol=1e-13))))


def _one_server(queue: Queue, occupancy: float) -> float | None:
    """Return the mean wait of M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    if (queue.arrival_phases, queue.servers) != (1, 1):
        return None
    return (1.0 + queue.service_variance) / 2.0 * occupancy / (1.0 - occupancy)


def _too_large(queue: Queue) -> list[str]:
    comes, takes, servers = queue.arrival_phases, queue.service_phases, queue.servers
    if comes == takes and comes <= 1:
        return []
    size, most = comes * servers, MOST_FIXED
    if takes:
        size, most = max(comes, 1) * state_count(takes, servers), MOST_STATES
    if size <= most:
        return []
    what = f"queue {queue} has {size} states for each length of the queue"
    hint = f"at most {most} can be solved; give fewer phases or servers"
    return [f"{what}; {hint}, or simulate it with --open 00:00-24:00"]
