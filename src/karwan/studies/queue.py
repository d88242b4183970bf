"""Waits at a queue from what a planner knows, all that makes no sense named at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from karwan.errors import InputError
from karwan.network import Network
from karwan.terminals.queues import PERCENTILES, occupancy_for, waiting
from karwan.terminals.queues_hours import weekly_hours
from karwan.terminals.queues_notation import Queue, parse_queue, refuse_occupancy

__all__ = ["QueueAsked", "ask_queue"]

DAY_H = 24.0


@dataclass(frozen=True)
class QueueAsked:
    """What is asked of a queue; one of the first three is given.

    Attributes
    ----------
    occupancy : float or None
        Utilisation.
    wait_ratio : float or None
        Mean wait over mean service whose occupancy is sought.
    arrivals_per_day : float or None
        Arrivals [1/day].
    service_h : float or None
        Mean service [h].
    opened : sequence of str
        Weekly hours, as `weekly_hours` reads them; none: exact waits round the clock.
    rests : bool
        Work that is not done at closing time rests.
    replications, seed : int or None
        Of a simulation.
    """

    occupancy: float | None = None
    wait_ratio: float | None = None
    arrivals_per_day: float | None = None
    service_h: float | None = None
    opened: Sequence[str] = ()
    rests: bool = False
    replications: int | None = None
    seed: int | None = None


def ask_queue(notation: str, asked: QueueAsked, network: Network | None = None) -> dict[str, Any]:
    """Return the waits at a queue, or the occupancy that keeps them short.

    Parameters
    ----------
    notation : str
        Kendall's notation, as E2/E2/4.
    asked : QueueAsked
        What is asked.
    network : Network, optional
        Where rows of `opening_hours` are looked up.

    Returns
    -------
    dict
        Plain values: queue, method, occupancy, wait_ratio, wait_probability, mean_queue, wait in
        services by percentile; hours beside them where the service is known; half the width of
        each 95 % interval where waits are simulated.

    Raises
    ------
    InputError
        If something makes no sense; all problems at once.
    """
    problems = _numbers(asked)
    queue, hours = None, None
    try:
        queue = parse_queue(notation)
    except InputError as fault:
        problems += fault.problems
    try:
        hours = weekly_hours(asked.opened, network) if asked.opened else None
    except InputError as fault:
        problems += fault.problems
    occupancy = asked.occupancy
    if queue is not None and not problems and asked.arrivals_per_day is not None:
        share = float((hours[1] - hours[0]).sum()) / (7 * DAY_H) if hours else 1.0
        work = asked.arrivals_per_day / DAY_H * (asked.service_h or 0.0)
        occupancy = work / (queue.servers * share)
    if occupancy is not None and isfinite(occupancy):
        problems += refuse_occupancy(occupancy)
    if problems or queue is None:
        raise InputError(problems)
    if hours is not None:
        return _simulated(queue, asked, occupancy, hours)
    if occupancy is None:
        occupancy = occupancy_for(queue, asked.wait_ratio or 0.0)
    return _exact(queue, occupancy, asked.service_h)


def _numbers(asked: QueueAsked) -> list[str]:
    """Return what is wrong with the numbers, whatever the queue."""
    problems = []
    goals = ("occupancy", "wait_ratio", "arrivals_per_day")
    given = [name for name in goals if getattr(asked, name) is not None]
    names = [f"--{name.replace('_', '-')}" for name in given]
    if len(given) != 1:
        said = f"{' and '.join(names)} are given" if given else "no aim is given"
        problems.append(f"{said}; give one of --occupancy, --wait-ratio, --arrivals-per-day")
    for name in (*given, "service_h"):
        value = getattr(asked, name)
        if value is not None and not (value > 0 and isfinite(value)):
            option = f"--{name.replace('_', '-')}"
            if name != "occupancy" or not isfinite(value):
                problems.append(f"{option} is {value:g}; it must be above 0")
    if asked.service_h is None and (asked.opened or asked.arrivals_per_day is not None):
        need = "--open" if asked.opened else "--arrivals-per-day"
        problems.append(f"{need} needs --service-h, the mean service")
    if not asked.opened:
        idle = [
            n for n in ("rests", "replications", "seed") if getattr(asked, n) not in (None, False)
        ]
        problems += [f"--{name} belongs to a simulation; give --open" for name in idle]
    elif asked.replications is not None and asked.replications < 2:
        problems.append(f"--replications is {asked.replications}; an interval needs at least 2")
    return problems


def _exact(queue: Queue, occupancy: float, service_h: float | None) -> dict[str, Any]:
    found = waiting(queue, occupancy)
    row: dict[str, Any] = {
        "queue": str(queue),
        "method": "exact",
        "occupancy": occupancy,
        "wait_ratio": found.wait_ratio,
        "wait_probability": found.wait_probability,
        "mean_queue": found.mean_queue,
        "percentile_ratios": {_name(p): found.percentile(p) for p in PERCENTILES},
    }
    if service_h is not None:
        ratios = row["percentile_ratios"].items()
        row["service_h"] = service_h
        row["arrivals_per_day"] = occupancy * queue.servers / service_h * DAY_H
        row["wait_h"] = found.wait_ratio * service_h
        row["percentiles_h"] = {name: value * service_h for name, value in ratios}
    return row


def _simulated(
    queue: Queue, asked: QueueAsked, occupancy: float | None, spans: tuple[Any, Any]
) -> dict[str, Any]:
    from karwan.terminals.queues_open import (  # noqa: PLC0415, Numba starts only where needed
        Hours,
        Runs,
        occupancy_in_hours,
        waiting_in_hours,
    )

    hours = Hours(*spans, rests=asked.rests)
    runs = Runs(asked.replications or Runs.replications, asked.seed or 0)
    service_h = asked.service_h or 0.0
    if occupancy is None:
        occupancy = occupancy_in_hours(queue, asked.wait_ratio or 0.0, service_h, hours, runs)
    found = waiting_in_hours(queue, occupancy, service_h, hours, runs)
    mean, half = found.wait_h
    per_day = occupancy * queue.servers * hours.open_share / service_h * DAY_H
    return {
        "queue": str(queue),
        "method": "simulated",
        "occupancy": occupancy,
        "open_share": hours.open_share,
        "wait_ratio": mean / service_h,
        "wait_ratio_half_interval": half / service_h,
        "wait_probability": found.wait_probability[0],
        "wait_probability_half_interval": found.wait_probability[1],
        "mean_queue": mean * per_day / DAY_H,
        "service_h": service_h,
        "arrivals_per_day": per_day,
        "wait_h": mean,
        "wait_h_half_interval": half,
        "percentiles_h": {_name(p): v[0] for p, v in found.percentiles_h.items()},
        "percentiles_h_half_interval": {_name(p): v[1] for p, v in found.percentiles_h.items()},
        "replications": runs.replications,
        "seed": runs.seed,
        "arrivals": found.arrivals,
        "warm_up_share": found.warm_up_share,
    }


def _name(share: float) -> str:
    return f"p{100 * share:.0f}"
