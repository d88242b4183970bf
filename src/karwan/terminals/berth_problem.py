"""What a berth plan is asked for: berths, vessels, tides and the rules that hold for all."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from karwan.schema import Table, load_schema

__all__ = ["TABLES", "BerthProblem", "quay_schema"]

TABLES = ("berths", "vessels", "handling", "tides", "closures")
"""Tables of a problem beside its settings; the last three may be missing."""


def quay_schema(name: str) -> Table:
    """Return the schema of one table of a berth problem; `quay` holds the settings."""
    return load_schema(name, "karwan.terminals/quay_tables")


@dataclass(frozen=True)
class BerthProblem:
    """Berths and vessels to be brought together.

    Attributes
    ----------
    settings : mapping of str to value
        One row of the table `quay`, defaults filled in.
    berths, vessels, handling, tides, closures : polars.DataFrame
        The tables, typed; `karwan berths --template` writes them, with every column described.
    """

    settings: Mapping[str, Any]
    berths: pl.DataFrame
    vessels: pl.DataFrame
    handling: pl.DataFrame
    tides: pl.DataFrame
    closures: pl.DataFrame

    @property
    def name(self) -> str:
        """Name of the plan."""
        return str(self.settings["name"])

    @property
    def is_quay(self) -> bool:
        """Whether vessels lie anywhere along one quay."""
        return bool(self.settings["kind"] == "quay")

    @property
    def step_h(self) -> float:
        """Step of the grid of times [h]."""
        return float(self.settings["step_h"])

    def slot(self, hours: float, *, up: bool = True) -> int:
        """Return the slot at an hour, rounded up or down to the grid of times."""
        exact = hours / self.step_h
        return math.ceil(exact - 1e-7) if up else math.floor(exact + 1e-7)

    def clock(self, hours: float) -> dt.datetime | None:
        """Return the local time of an hour, if the problem has a start."""
        start = self.settings["start"]
        return dt.datetime.fromisoformat(start) + dt.timedelta(hours=hours) if start else None

    def with_vessels(self, vessels: pl.DataFrame, **settings: Any) -> BerthProblem:
        """Return the same problem with other vessels, and other settings."""
        return replace(self, vessels=vessels, settings={**self.settings, **settings})

    def handling_h(self) -> dict[tuple[str, str], float]:
        """Return the time alongside by vessel and berth, where it is known [h]."""
        found: dict[tuple[str, str], float] = {}
        for vessel, moves, flat in self.vessels.select("vessel", "moves", "handling_h").iter_rows():
            for berth, rate in self.berths.select("berth", "moves_per_h").iter_rows():
                if flat is not None:
                    found[vessel, berth] = flat
                elif moves is not None and rate is not None:
                    found[vessel, berth] = moves / rate
        for vessel, berth, hours in self.handling.select(
            "vessel", "berth", "handling_h"
        ).iter_rows():
            found[vessel, berth] = hours
        return found
