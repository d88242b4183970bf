"""Queues by Kendall's notation: how often somebody comes, how long they take, how many serve."""

from __future__ import annotations

import re
from dataclasses import dataclass

from karwan.errors import InputError

__all__ = ["MOST_SERVERS", "Queue", "parse_queue", "refuse_occupancy"]

MOST_SERVERS = 10_000
MOST_PHASES = 200
LAW = re.compile(r"(M|D|E(?P<phases>\d+))", re.IGNORECASE)
PARTS = 3


@dataclass(frozen=True)
class Queue:
    """A queue served first come, first served, by like servers.

    Attributes
    ----------
    arrival_phases : int
        Phases of the Erlang law of the time between arrivals: 1 = exponential (M), 0 = fixed (D).
    service_phases : int
        The same for the time of service.
    servers : int
        Number of servers.
    """

    arrival_phases: int
    service_phases: int
    servers: int

    def __str__(self) -> str:
        """Write Kendall's notation."""
        laws = (_letter(k) for k in (self.arrival_phases, self.service_phases))
        return f"{'/'.join(laws)}/{self.servers}"

    @property
    def service_variance(self) -> float:
        """Variance of a service with a mean of 1."""
        return 1.0 / self.service_phases if self.service_phases else 0.0


def _letter(phases: int) -> str:
    return "D" if phases == 0 else "M" if phases == 1 else f"E{phases}"


def parse_queue(notation: str) -> Queue:
    """Read Kendall's notation.

    Parameters
    ----------
    notation : str
        As E2/E2/4: law of the time between arrivals, law of the service, servers. A law is M
        (exponential), D (fixed) or Ek (Erlang of k phases).

    Returns
    -------
    Queue
        What it means.

    Raises
    ------
    InputError
        If it cannot be read; all parts that are wrong at once.

    Examples
    --------
    >>> parse_queue("m/e2/3")
    Queue(arrival_phases=1, service_phases=2, servers=3)
    """
    parts = [part.strip() for part in notation.split("/")]
    if len(parts) != PARTS:
        hint = "write arrivals/service/servers, as E2/E2/4"
        message = f"queue {notation!r} has {len(parts)} parts; {hint}"
        raise InputError(message)
    problems: list[str] = []
    arrivals = _phases(parts[0], "arrivals", notation, problems)
    service = _phases(parts[1], "service", notation, problems)
    readable = parts[2].isdecimal() and len(parts[2]) <= len(str(MOST_SERVERS))
    servers = int(parts[2]) if readable else 0
    if not 1 <= servers <= MOST_SERVERS:
        hint = f"write a whole number from 1 to {MOST_SERVERS}"
        problems.append(f"servers of queue {notation!r} is {parts[2]!r}; {hint}")
    if problems:
        raise InputError(problems)
    return Queue(arrivals, service, servers)


def _phases(text: str, what: str, notation: str, problems: list[str]) -> int:
    found = LAW.fullmatch(text)
    if found is None:
        problems.append(
            f"{what} of queue {notation!r} is {text!r}; write M, D or Ek with k phases, as E2"
        )
        return 1
    digits = found["phases"]
    if digits is None:
        return 0 if text.upper() == "D" else 1
    if not 1 <= int(digits[:6]) <= MOST_PHASES:
        hint = f"at most {MOST_PHASES}; more can hardly be told from a fixed time, D"
        problems.append(f"{what} of queue {notation!r} has {digits} phases; at least 1 and {hint}")
        return 1
    return int(digits)


def refuse_occupancy(occupancy: float, name: str = "occupancy") -> list[str]:
    """Return what is wrong with a utilisation, if anything.

    Parameters
    ----------
    occupancy : float
        Share of the servers' time that is worked.
    name : str
        What it is called.

    Returns
    -------
    list of str
        No sentence or one.
    """
    if occupancy >= 1:
        why = "the queue is unstable: more comes than can be served, and waits grow without end"
        hint = "give fewer arrivals, a shorter service, more servers or longer hours"
        return [f"{name} is {occupancy:g}, {why}; {hint}"]
    if not occupancy > 0:
        return [f"{name} is {occupancy:g}; it must be above 0 and below 1"]
    return []
