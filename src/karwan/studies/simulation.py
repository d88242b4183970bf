"""What the simulation of a terminal or border tells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from karwan.studies.run import Run
from karwan.terminals.checks import Growth

__all__ = ["Simulation"]


@dataclass(frozen=True, eq=False)
class Simulation:
    """How a terminal serves its traffic.

    Attributes
    ----------
    run : Run
        Stamp.
    terminal : dict
        Row of `terminals`.
    summary : polars.DataFrame
        One row a figure: measure, of, unit, mean, low and high of the 95 % interval.
    values : polars.DataFrame
        The same by replication.
    one_more : polars.DataFrame
        Change of figures by one more of each element; empty if not asked for.
    loads : polars.DataFrame
        Work offered to each kind of element as a share of what it can do.
    records : polars.DataFrame
        Published figures beside the simulated ones; they are not used by the simulation.
    warm_up_h : float
        Hours dropped from each replication.
    growth : tuple of Growth
        Queues that grow through the runs: the terminal is unstable if there is one.
    events : int
        Events of all replications.
    """

    run: Run
    terminal: dict[str, Any]
    summary: pl.DataFrame
    values: pl.DataFrame
    one_more: pl.DataFrame
    loads: pl.DataFrame
    records: pl.DataFrame
    warm_up_h: float
    growth: tuple[Growth, ...]
    events: int

    @property
    def stable(self) -> bool:
        """Whether no queue grows through the runs."""
        return not self.growth

    @property
    def bottleneck(self) -> str | None:
        """Element of which one more saves most box time for certain; None if none does."""
        best = self.one_more.filter((pl.col("measure") == "box time") & (pl.col("high") < 0.0))
        return str(best["element"][0]) if len(best) else None

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; figures of an unstable terminal are left out."""
        stamp = self.run
        run: dict[str, Any] = {"karwan_version": stamp.karwan_version, "network": stamp.network}
        run |= {"fingerprint": stamp.fingerprint, "options": stamp.options}
        growth = [
            {"what": g.what, "first": _plain(g.first), "last": _plain(g.last)} for g in self.growth
        ]
        shown = {
            "figures": self.summary if self.stable else self.summary.clear(),
            "one_more": self.one_more,
            "loads": self.loads,
            "records": self.records,
        }
        return {
            "schema": "karwan.simulation/1",
            "run": run,
            "terminal": self.terminal["terminal_id"],
            "stable": self.stable,
            "growth": growth,
            "bottleneck": self.bottleneck,
            "warm_up_h": self.warm_up_h,
            "events": self.events,
            **{
                name: [
                    {k: _plain(v) for k, v in row.items()} for row in frame.iter_rows(named=True)
                ]
                for name, frame in shown.items()
            },
        }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
