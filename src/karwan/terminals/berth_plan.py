"""A berth plan with what is known about better ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from karwan.terminals.berth_problem import BerthProblem

__all__ = ["PLAN_COLUMNS", "BerthPlan", "plan_rows"]

PLAN_COLUMNS: dict[str, Any] = {
    "vessel": pl.String,
    "berth": pl.String,
    "from_m": pl.Float64,
    "cranes": pl.Int64,
    "arrival_h": pl.Float64,
    "start_h": pl.Float64,
    "done_h": pl.Float64,
    "departure_h": pl.Float64,
    "wait_h": pl.Float64,
    "service_h": pl.Float64,
    "weight": pl.Float64,
    "cost": pl.Float64,
    "fixed": pl.Boolean,
    "moved": pl.String,
}
"""Columns of a plan with their types."""


@dataclass(frozen=True)
class BerthPlan:
    """When and where vessels berth, and how far from the best that is at most.

    Attributes
    ----------
    problem : BerthProblem
        What was asked.
    rows : polars.DataFrame
        vessel, berth, from_m (quay), cranes (quay), arrival_h, start_h, done_h (work is done),
        departure_h, wait_h (arrival to start), service_h (arrival to departure), weight, cost
        (weighted service and what leaving the old plan or the best place costs), fixed, moved
        (what differs from the plan so far, empty if nothing); in order of start.
    upper, lower : float
        Cost of this plan, and a proven lower bound on the cost of every plan [vessel h].
    horizon_h : float or None
        The bound holds for plans that end by then; None if for all plans.
    method : str
        What found and bounded it.
    seconds : float
        Time it took.
    seed, time_limit_s
        As asked.
    """

    problem: BerthProblem
    rows: pl.DataFrame
    upper: float
    lower: float
    horizon_h: float | None
    method: str
    seconds: float
    seed: int
    time_limit_s: float

    @property
    def gap(self) -> float:
        """How much cheaper another plan can be at most, as a share of the cost of this one."""
        return max(self.upper - self.lower, 0.0) / self.upper if self.upper > 0 else 0.0

    @property
    def is_optimal(self) -> bool:
        """Whether no plan on this grid of times is cheaper."""
        return self.upper - self.lower <= 1e-6 * max(1.0, abs(self.upper))

    @property
    def moved(self) -> pl.DataFrame:
        """Rows that differ from the plan so far."""
        return self.rows.filter(self.rows["moved"] != "")

    @property
    def planned(self) -> int:
        """Number of vessels that had a plan so far and are not fixed."""
        free = self.problem.vessels.filter(~self.problem.vessels["fixed"])
        return int(free["planned_start_h"].is_not_null().sum())

    def sentences(self) -> list[str]:
        """Say what the plan costs, how good it is at least, and what moved."""
        service = f"{self.rows['service_h'].sum():,.6g} h from arrival to departure"
        first = f"cost {self.upper:,.8g} vessel-hours ({service}); bound {self.lower:,.8g}"
        if self.is_optimal:
            first += f"; optimal on a grid of {self.problem.step_h:g} h"
        else:
            first += f"; gap {100 * self.gap:.2f} %: no plan can be cheaper by more"
        if self.horizon_h is not None:
            first += f", all leaving by hour {self.horizon_h:g}"
        lines = [first, f"{self.method}; {self.seconds:.1f} s"]
        planned = self.planned
        if planned:
            names = [f"{r['vessel']} ({r['moved']})" for r in self.moved.iter_rows(named=True)]
            said = ", ".join(names) or "none"
            lines.append(f"{len(names)} of {planned} planned vessels moved: {said}")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        settings = dict(self.problem.settings)
        names = ("upper", "lower", "gap", "is_optimal", "horizon_h", "method", "seconds")
        facts = {name: getattr(self, name) for name in names}
        asked = {"seed": self.seed, "time_limit_s": self.time_limit_s}
        return {"settings": settings, **asked, **facts, "vessels": self.rows.to_dicts()}


def plan_rows(problem: BerthProblem, stays: list[dict[str, Any]]) -> pl.DataFrame:
    """Complete the rows of a plan.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    stays : list of dict
        vessel, berth, from_m, cranes, start_h, done_h, departure_h of each vessel.

    Returns
    -------
    polars.DataFrame
        Rows with the columns of `BerthPlan.rows`.
    """
    s = problem.settings
    given = {row["vessel"]: row for row in problem.vessels.iter_rows(named=True)}
    rows = []
    for stay in stays:
        row = given[stay["vessel"]]
        words = []
        extra = 0.0
        old, old_start = row["planned_berth"], row["planned_start_h"]
        old_place = row["planned_from_m"]
        if problem.is_quay:
            if old_place is not None and abs(old_place - stay["from_m"]) > 1e-6:
                words.append(f"from {old_place:g} m")
                extra += s["moved_berth_cost"]
            if row["best_from_m"] is not None:
                extra += s["place_cost"] * abs(stay["from_m"] - row["best_from_m"])
        elif old is not None and old != stay["berth"]:
            words.append(f"from {old}")
            extra += s["moved_berth_cost"]
        if old_start is not None and abs(old_start - stay["start_h"]) > 1e-6:
            words.append(f"{stay['start_h'] - old_start:+g} h")
            extra += s["moved_hour_cost"] * abs(stay["start_h"] - old_start)
        service = stay["departure_h"] - row["arrival_h"]
        rows.append(
            {
                **stay,
                "arrival_h": row["arrival_h"],
                "wait_h": stay["start_h"] - row["arrival_h"],
                "service_h": service,
                "weight": row["weight"],
                "cost": row["weight"] * service + (0.0 if row["fixed"] else extra),
                "fixed": row["fixed"],
                "moved": ", ".join(words),
            }
        )
    frame = pl.DataFrame(rows, schema=PLAN_COLUMNS)
    return frame.sort("start_h", "berth", "from_m", "vessel")
