"""What a simulation says of the quantities that terminals publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import polars as pl

__all__ = ["RECORDED", "Interval", "Simulated"]

HOURS_PER_YEAR = 8_760.0
Interval = tuple[float | None, float | None, float | None]
"""Mean, low and high end; None where there is none."""
Reader: TypeAlias = "Callable[[Simulated], Interval]"


class Simulated(NamedTuple):
    """A terminal and the summary of its simulation.

    Attributes
    ----------
    summary : polars.DataFrame
        One row a figure: measure, of, unit, mean, low, high.
    elements, carriers : polars.DataFrame
        Its rows of `terminal_elements` and `terminal_carriers`.
    teu_per_box : float
        Container equivalents of a box.
    """

    summary: pl.DataFrame
    elements: pl.DataFrame
    carriers: pl.DataFrame
    teu_per_box: float

    def figures(self, measure: str) -> dict[str, float]:
        """Return the means of one measure by what they are of."""
        rows = self.summary.filter(pl.col("measure") == measure)
        return dict(rows.select("of", "mean").iter_rows())

    def callers(self) -> list[str]:
        """Return the vessels of a terminal, or its trains if no vessel comes."""
        for kind in ("vessel", "train"):
            own = self.carriers.filter(pl.col("kind") == kind)["carrier_id"].to_list()
            if own:
                return [str(name) for name in own]
        return []


def _all(measure: str, of: str = "all") -> Reader:
    """Return what reads one figure of the whole terminal."""

    def read(of_run: Simulated) -> Interval:
        named = (pl.col("measure") == measure) & (pl.col("of") == of)
        row = of_run.summary.filter(named).select("mean", "low", "high")
        return row.row(0) if len(row) else (None, None, None)

    return read


def _by_calls(measure: str) -> Reader:
    """Return what reads a figure of vessels, or trains: the mean over their calls."""

    def read(of_run: Simulated) -> Interval:
        calls, times = of_run.figures("calls"), of_run.figures(measure)
        names = [name for name in of_run.callers() if name in times]
        total = sum(calls[name] for name in names)
        mean = sum(calls[name] * times[name] for name in names) / total if total else None
        return mean, None, None

    return read


def _calls(of_run: Simulated) -> Interval:
    calls = of_run.figures("calls")
    return sum(calls.get(name, 0.0) for name in of_run.callers()), None, None


def _dwell(of_run: Simulated) -> Interval:
    """Return the mean time in the yard by boxes there and boxes that pass (Little's law)."""
    yard, passed = of_run.figures("yard").get("all"), of_run.figures("throughput").get("all")
    return (yard / passed * HOURS_PER_YEAR if yard and passed else None), None, None


def _rate(kind: str) -> Reader:
    """Return what reads moves over the quay for each hour that one of a kind is busy."""

    def read(of_run: Simulated) -> Interval:
        count = int(of_run.elements.filter(pl.col("kind") == kind)["count"].sum())
        used = of_run.figures("occupancy").get(kind)
        if not used or not count:
            return None, None, None
        moves = of_run.figures("throughput")["all"] / of_run.teu_per_box / HOURS_PER_YEAR
        return moves / (used * count), None, None

    return read


RECORDED: dict[str, Reader] = {
    "throughput": _all("throughput"),
    "capacity": _all("throughput"),
    "calls": _calls,
    "crane_rate": _rate("quay_crane"),
    "call_rate": _rate("berth"),
    "occupancy": _all("occupancy", "berth"),
    "waiting": _by_calls("waiting"),
    "turnaround": _by_calls("turnaround"),
    "dwell": _dwell,
    "border_time": _all("box time"),
    "truck_turn": _all("truck turn"),
}
"""How each quantity of `terminal_records` is read off a simulation."""
