"""The stamp of a run: what must be equal for the same bytes to come out again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

__all__ = ["Run", "karwan_version"]


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
        Departure.
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
