"""Check a berth plan from its problem alone, by code that no planner shares."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import polars as pl

from karwan.errors import Problem
from karwan.terminals.berth_problem import BerthProblem

__all__ = ["check_plan", "plan_cost"]

Row = dict[str, Any]
SMALL = 1e-6


def check_plan(problem: BerthProblem, rows: pl.DataFrame) -> list[Problem]:
    """Check a plan: each vessel once, no overlap, arrivals, windows, depth, length, cranes.

    Parameters
    ----------
    problem : BerthProblem
        Problem.
    rows : polars.DataFrame
        vessel, berth, start_h, departure_h, and with kind quay from_m and cranes.

    Returns
    -------
    list of Problem
        Everything that is wrong; empty if the plan is right.
    """
    plan = rows.to_dicts()
    given = {r["vessel"]: r for r in problem.vessels.iter_rows(named=True)}
    berths = {r["berth"]: r for r in problem.berths.iter_rows(named=True)}
    found = list(_once(plan, given, berths))
    if found:
        return found
    for row in plan:
        vessel = given[row["vessel"]]
        found += _times(problem, row, vessel)
        found += _tides(problem, row, vessel)
        if problem.is_quay:
            found += _on_quay(problem, row, vessel)
        else:
            found += _at_berth(problem, row, vessel, berths[row["berth"]])
    found += _apart(problem, plan, given)
    return found + (list(_cranes(problem, plan)) if problem.is_quay else [])


def plan_cost(problem: BerthProblem, rows: pl.DataFrame) -> float:
    """Return what a plan costs [vessel h].

    Parameters
    ----------
    problem, rows
        As for `check_plan`.

    Returns
    -------
    float
        Weighted hours from arrival to departure, and what leaving the plan so far or the best
        place costs.
    """
    s, total = problem.settings, 0.0
    plan = {r["vessel"]: r for r in rows.to_dicts()}
    for vessel in problem.vessels.iter_rows(named=True):
        row = plan[vessel["vessel"]]
        total += vessel["weight"] * (row["departure_h"] - vessel["arrival_h"])
        if vessel["fixed"]:
            continue
        place = "from_m" if problem.is_quay else "berth"
        old = vessel["planned_from_m" if problem.is_quay else "planned_berth"]
        if old is not None and old != row[place]:
            total += s["moved_berth_cost"]
        if vessel["planned_start_h"] is not None:
            total += s["moved_hour_cost"] * abs(row["start_h"] - vessel["planned_start_h"])
        if problem.is_quay and vessel["best_from_m"] is not None:
            total += s["place_cost"] * abs(row["from_m"] - vessel["best_from_m"])
    return float(total)


def _once(plan: list[Row], given: dict[str, Row], berths: dict[str, Row]) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in plan:
        name = row["vessel"]
        if name not in given:
            yield Problem("plan", name, message="is no vessel of the problem", hint="take it out")
        if name in seen:
            yield Problem("plan", name, message="stands twice", hint="keep one row")
        if row["berth"] not in berths:
            hint = "name a berth of the problem"
            yield Problem("plan", name, "berth", "which is unknown", repr(row["berth"]), hint)
        seen.add(name)
    for name in given:
        if name not in seen:
            yield Problem("plan", name, message="is missing", hint="berth every vessel")


def _times(problem: BerthProblem, row: Row, vessel: Row) -> Iterator[Problem]:
    name, start, end = row["vessel"], row["start_h"], row["departure_h"]
    if vessel["fixed"]:
        old = vessel["planned_start_h"]
        if abs(start - old) > SMALL:
            yield Problem("plan", name, "start_h", f"but it is fixed at {old:g} h", f"{start:g} h")
        where = "from_m" if problem.is_quay else "berth"
        fixed = vessel["planned_from_m" if problem.is_quay else "planned_berth"]
        if row[where] != fixed:
            yield Problem("plan", name, where, f"but it is fixed at {fixed}", str(row[where]))
        return
    now = problem.settings["now_h"]
    if start < vessel["arrival_h"] - SMALL:
        what = f"before it arrives at {vessel['arrival_h']:g} h"
        yield Problem("plan", name, "start_h", what, f"{start:g} h")
    if now is not None and start < now - SMALL:
        yield Problem("plan", name, "start_h", f"before now, {now:g} h", f"{start:g} h")
    for limit, what in (
        (vessel["leave_by_h"], "after its latest departure"),
        (problem.settings["horizon_h"], "after the horizon"),
    ):
        if limit is not None and end > limit + SMALL:
            yield Problem("plan", name, "departure_h", f"{what}, {limit:g} h", f"{end:g} h")


def _tides(problem: BerthProblem, row: Row, vessel: Row) -> Iterator[Problem]:
    channel = problem.settings["channel_depth_m"]
    needed = vessel["draught_m"] + problem.settings["under_keel_m"]
    if channel is None or channel >= needed - SMALL:
        return
    for column in ("start_h", "departure_h"):
        if vessel["fixed"] and column == "start_h":
            continue
        at = row[column]
        depths = [
            tide["depth_m"]
            for tide in problem.tides.iter_rows(named=True)
            if tide["from_h"] - SMALL <= at <= tide["to_h"] + SMALL
        ]
        if max(depths, default=channel) < needed - SMALL:
            what = f"when the channel has less than the {needed:g} m it needs"
            yield Problem("plan", row["vessel"], column, what, f"{at:g} h")


def _at_berth(problem: BerthProblem, row: Row, vessel: Row, berth: Row) -> Iterator[Problem]:
    name, where = row["vessel"], f"at {berth['berth']}"
    if vessel["length_m"] > berth["length_m"] + SMALL:
        what = f"{vessel['length_m']:g} m do not fit {berth['length_m']:g} m"
        yield Problem("plan", name, "berth", what, repr(berth["berth"]))
    if vessel["draught_m"] + problem.settings["under_keel_m"] > berth["depth_m"] + SMALL:
        what = f"where {berth['depth_m']:g} m are too shallow for {vessel['draught_m']:g} m"
        yield Problem("plan", name, "berth", what, repr(berth["berth"]))
    hours = problem.handling_h().get((name, berth["berth"]))
    if hours is None:
        yield Problem("plan", name, "berth", "where it is not handled", repr(berth["berth"]))
    elif row["departure_h"] < row["start_h"] + hours - SMALL:
        what = f"before its {hours:g} h {where} are over"
        yield Problem("plan", name, "departure_h", what, f"{row['departure_h']:g} h")
    if not vessel["fixed"]:
        yield from _shut(problem, row, berth)


def _shut(problem: BerthProblem, row: Row, berth: Row) -> Iterator[Problem]:
    """Hold a stay against the hours in which its berth or stretch takes nobody."""
    name, where = row["vessel"], berth["berth"]
    if row["start_h"] < berth["opens_h"] - SMALL:
        what = f"before {where} opens at {berth['opens_h']:g} h"
        yield Problem("plan", name, "start_h", what, f"{row['start_h']:g} h")
    if berth["closes_h"] is not None and row["departure_h"] > berth["closes_h"] + SMALL:
        what = f"after {where} closes at {berth['closes_h']:g} h"
        yield Problem("plan", name, "departure_h", what, f"{row['departure_h']:g} h")
    for shut in problem.closures.iter_rows(named=True):
        begin = max(shut["from_h"], row["start_h"])
        if shut["berth"] == where and begin < min(shut["to_h"], row["departure_h"]) - SMALL:
            what = f"while {where} is shut from {shut['from_h']:g} h to {shut['to_h']:g} h"
            yield Problem("plan", name, "start_h", what, f"{row['start_h']:g} h")


def _on_quay(problem: BerthProblem, row: Row, vessel: Row) -> Iterator[Problem]:
    name, bow, cranes = row["vessel"], row["from_m"], row["cranes"]
    if bow is None or cranes is None:
        yield Problem("plan", name, message="has no place or no cranes", hint="write both")
        return
    stern, covered = bow + vessel["length_m"], 0.0
    for stretch in problem.berths.iter_rows(named=True):
        low, high = stretch["from_m"], stretch["from_m"] + stretch["length_m"]
        along = min(high, stern) - max(low, bow)
        if along <= SMALL:
            continue
        covered += along
        if vessel["draught_m"] + problem.settings["under_keel_m"] > stretch["depth_m"] + SMALL:
            what = f"where {stretch['berth']} is too shallow, {stretch['depth_m']:g} m"
            yield Problem("plan", name, "from_m", what, f"{bow:g} m")
        if not vessel["fixed"]:
            yield from _shut(problem, row, stretch)
    if covered < vessel["length_m"] - SMALL:
        yield Problem("plan", name, "from_m", "so that it passes the end of the quay", f"{bow:g} m")
    if not vessel["cranes_min"] <= cranes <= vessel["cranes_max"] and not vessel["fixed"]:
        what = f"it takes {vessel['cranes_min']} to {vessel['cranes_max']}"
        yield Problem("plan", name, "cranes", what, str(cranes))
    hours = vessel["crane_h"] / cranes ** problem.settings["interference"]
    if row["departure_h"] < row["start_h"] + hours - SMALL:
        what = f"before its {hours:g} h with {cranes} cranes are over"
        yield Problem("plan", name, "departure_h", what, f"{row['departure_h']:g} h")


def _apart(problem: BerthProblem, plan: list[Row], given: dict[str, Row]) -> Iterator[Problem]:
    ordered = sorted(plan, key=lambda r: r["start_h"])
    for i, one in enumerate(ordered):
        for two in ordered[i + 1 :]:
            if two["start_h"] >= one["departure_h"] - SMALL:
                break
            if problem.is_quay:
                if one["from_m"] is None or two["from_m"] is None:
                    continue
                ends = [r["from_m"] + given[r["vessel"]]["length_m"] for r in (one, two)]
                meets = min(ends) > max(one["from_m"], two["from_m"]) + SMALL
            else:
                meets = one["berth"] == two["berth"]
            if meets:
                what = f"while {one['vessel']!r} lies there until {one['departure_h']:g} h"
                yield Problem("plan", two["vessel"], "start_h", what, f"{two['start_h']:g} h")


def _cranes(problem: BerthProblem, plan: list[Row]) -> Iterator[Problem]:
    """Count cranes at work after each change."""
    changes: list[tuple[float, int]] = []
    vessel = {r["vessel"]: r for r in problem.vessels.iter_rows(named=True)}
    for row in plan:
        if row["cranes"] is None:
            continue
        work = vessel[row["vessel"]]["crane_h"]
        hours = work / row["cranes"] ** problem.settings["interference"]
        changes += [(row["start_h"], row["cranes"]), (row["start_h"] + hours, -row["cranes"])]
    at_work = 0
    changes.sort()
    for (at, change), (later, _) in pairwise(changes):
        at_work += change
        if at_work > problem.settings["cranes"] and later > at + SMALL:
            there = problem.settings["cranes"]
            what = f"{at_work} cranes are at work from {at:g} h; there are {there}"
            yield Problem("plan", message=what, hint="move a vessel")
