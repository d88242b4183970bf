"""The stamp of a run: what must be equal for the same bytes to come out again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

__all__ = ["Run", "departure", "karwan_version"]


@cache
def karwan_version() -> str:
    """Return the version of the installed package."""
    return version("karwan")


@dataclass(frozen=True)
class Run:
    """What a result was computed from.

    Attributes
    ----------
    karwan_version : str
        Version of the package.
    network : str
        Name of the network.
    fingerprint : str
        Fingerprint of its tables before the scenario.
    scenario : tuple of str
        Scenarios and measures laid over it.
    depart : datetime.date
        Departure: a date, or a time at the origin.
    price_year : int
        Year of the prices.
    options : dict
        Every other argument, as plain values.
    """

    karwan_version: str
    network: str
    fingerprint: str
    scenario: tuple[str, ...]
    depart: dt.date
    price_year: int
    options: dict[str, Any]


def departure(run: Run) -> str:
    """Return the departure of a run in words: its day, with the local hour if it has one."""
    if isinstance(run.depart, dt.datetime):
        return run.depart.strftime("%Y-%m-%d %H:%M")
    return str(run.depart)
