"""Waits at servers that keep hours, by simulation."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtrit

from karwan.errors import InputError
from karwan.kernels.waits import waits_in_hours
from karwan.terminals.queues import PERCENTILES
from karwan.terminals.queues_hours import WEEK_H
from karwan.terminals.queues_notation import Queue, refuse_occupancy

__all__ = ["Hours", "OpenWaiting", "Runs", "occupancy_in_hours", "waiting_in_hours"]

Floats = NDArray[np.float64]
LEAST_COMING, LEAST_WEEKS, MOST_COMING = 20_000, 52, 1_000_000
BATCHES = 200
CONFIDENCE = 0.95
NEAR = 1e-4
SOME = 1e-6
"""Share of a service above which a difference of moments is a wait and not rounding."""


@dataclass(frozen=True)
class Hours:
    """Weekly hours of all servers.

    Attributes
    ----------
    opens, closes : float64[n]
        Open spans [h since Monday 00:00], in order and apart.
    rests : bool
        Work that is not done at closing time rests until the servers open again; else it is
        finished first.
    """

    opens: Floats
    closes: Floats
    rests: bool = False

    @property
    def open_share(self) -> float:
        """Share of the week that is open."""
        return float((self.closes - self.opens).sum() / WEEK_H)


@dataclass(frozen=True)
class Runs:
    """How often a simulation is repeated, and from which seed."""

    replications: int = 20
    seed: int = 0

    def problems(self) -> list[str]:
        """Return what is wrong with them."""
        if self.replications < 2:
            return [f"replications is {self.replications}; an interval needs at least 2"]
        return []


@dataclass(frozen=True)
class OpenWaiting:
    """Waits that were simulated; each figure with half the width of its 95 % interval.

    Attributes
    ----------
    queue : Queue
        The queue.
    occupancy : float
        Work that comes, over what servers can do in their open hours.
    wait_h, wait_probability : (float, float)
        Mean wait [h]; share of those who come that wait at all.
    percentiles_h : dict of float to (float, float)
        Waits that shares of those who come do not exceed [h].
    warm_up_share : float
        Share of the arrivals that was dropped, from the start on.
    arrivals : int
        Arrivals in each replication, the dropped ones included.
    """

    queue: Queue
    occupancy: float
    wait_h: tuple[float, float]
    wait_probability: tuple[float, float]
    percentiles_h: dict[float, tuple[float, float]]
    warm_up_share: float
    arrivals: int


def waiting_in_hours(
    queue: Queue, occupancy: float, service_h: float, hours: Hours, runs: Runs | None = None
) -> OpenWaiting:
    """Simulate a queue whose servers keep hours; arrivals come round the clock.

    Replications have seeds of their own, the same for every occupancy and all hours. Each starts
    empty at a random hour of the week; the start that is dropped is the one after which the mean
    is known best (MSER, White 1997), reckoned on 200 batches averaged over replications.

    Parameters
    ----------
    queue : Queue
        The queue.
    occupancy : float
        Work that comes, over what servers can do in their open hours; above 0 and below 1.
    service_h : float
        Mean service [h].
    hours : Hours
        When servers work.
    runs : Runs, optional
        Replications and seed.

    Returns
    -------
    OpenWaiting
        Waits with intervals.

    Raises
    ------
    InputError
        If the queue is unstable or a number makes no sense; all problems at once.
    """
    runs = runs or Runs()
    problems = refuse_occupancy(occupancy) + runs.problems()
    if not service_h > 0:
        problems.append(f"service is {service_h:g} h; it must be above 0 h")
    if problems:
        raise InputError(problems)
    waits = _simulate(queue, occupancy, service_h, hours, runs)
    dropped = _warm_up(waits)
    kept = waits[:, dropped:]
    shares = np.quantile(kept, PERCENTILES, axis=1)
    return OpenWaiting(
        queue,
        occupancy,
        _interval(kept.mean(axis=1)),
        _interval((kept > SOME * service_h).mean(axis=1)),
        {p: _interval(found) for p, found in zip(PERCENTILES, shares, strict=True)},
        dropped / waits.shape[1],
        waits.shape[1],
    )


def occupancy_in_hours(
    queue: Queue, wait_ratio: float, service_h: float, hours: Hours, runs: Runs | None = None
) -> float:
    """Find the occupancy of the open hours that gives a mean wait over mean service.

    Parameters
    ----------
    queue : Queue
        The queue.
    wait_ratio : float
        Mean wait over mean service, above 0.
    service_h : float
        Mean service [h].
    hours : Hours
        When servers work.
    runs : Runs, optional
        Replications and seed, the same for every occupancy tried.

    Returns
    -------
    float
        Occupancy, to 1e-4 under these draws.

    Raises
    ------
    InputError
        If a number makes no sense, or who comes alone already waits longer for the opening hour.
    """
    if not wait_ratio > 0:
        message = f"wait ratio is {wait_ratio:g}; it must be above 0"
        raise InputError(message)

    def excess(occupancy: float) -> float:
        found = waiting_in_hours(queue, occupancy, service_h, hours, runs)
        return found.wait_h[0] / service_h - wait_ratio

    low, high = 0.02, 0.98
    least = excess(low) + wait_ratio
    if least > wait_ratio:
        message = f"wait ratio is {wait_ratio:g}; nearly alone, at an occupancy of {low:g}, it is "
        hint = f"{least:.3g} since servers are shut at times; open longer or ask for more"
        raise InputError(message + hint)
    if excess(high) < 0:
        message = f"wait ratio is {wait_ratio:g}; it is lower up to an occupancy of {high:g}"
        hint = ", beyond which runs are too short; ask for less"
        raise InputError(message + hint)
    return float(brentq(excess, low, high, xtol=NEAR))


def _simulate(queue: Queue, occupancy: float, service_h: float, hours: Hours, runs: Runs) -> Floats:
    """Return waits [h] by replication and arrival."""
    most_h = service_h / (queue.servers * hours.open_share)
    weekly = WEEK_H / most_h
    count = int(min(max(LEAST_COMING, LEAST_WEEKS * weekly), MOST_COMING))
    count = ceil(count / BATCHES) * BATCHES
    waits = np.empty((runs.replications, count))
    for row, seed in enumerate(np.random.SeedSequence(runs.seed).spawn(runs.replications)):
        rng = np.random.default_rng(seed)
        start = rng.uniform(0.0, WEEK_H)
        between = _times(rng, queue.arrival_phases, count) * most_h / occupancy
        service = _times(rng, queue.service_phases, count) * service_h
        arrivals = start + between.cumsum()
        waits[row] = waits_in_hours(
            arrivals, service, queue.servers, hours.opens, hours.closes, hours.rests
        )
    return waits


def _times(rng: np.random.Generator, phases: int, count: int) -> Floats:
    """Draw times with a mean of 1."""
    return rng.gamma(phases, 1.0 / phases, count) if phases else np.ones(count)


def _warm_up(waits: Floats) -> int:
    """Return how many arrivals to drop."""
    size: int = waits.shape[1] // BATCHES
    means = waits.mean(axis=0).reshape(BATCHES, size).mean(axis=1)
    errors = [float(means[d:].var()) / (BATCHES - d) for d in range(BATCHES // 2)]
    return errors.index(min(errors)) * size


def _interval(found: Floats) -> tuple[float, float]:
    """Return the mean of replications and half its 95 % interval (Student 1908)."""
    count = len(found)
    wide = float(stdtrit(count - 1, (1.0 + CONFIDENCE) / 2.0))
    return float(found.mean()), wide * float(found.std(ddof=1)) / sqrt(count)
