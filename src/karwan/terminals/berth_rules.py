"""Rules across the tables of a berth problem; each names what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from karwan.errors import Problem
from karwan.terminals.berth_fixed import fixed_stays
from karwan.terminals.berth_problem import BerthProblem

__all__ = ["rule_problems"]

Row = dict[str, Any]


def rule_problems(problem: BerthProblem) -> list[Problem]:
    """Check everything that no single table can tell.

    Parameters
    ----------
    problem : BerthProblem
        Problem whose tables are right one by one.

    Returns
    -------
    list of Problem
        Every problem; empty if there is none.
    """
    rules = (_settings, _windows, _sizes, _depths, _work, _plans, _fixed_apart)
    return [p for rule in rules for p in rule(problem)]


def _settings(problem: BerthProblem) -> Iterator[Problem]:
    s = problem.settings
    horizon = s["horizon_h"]
    first = float(problem.vessels["arrival_h"].min())  # type: ignore[arg-type]
    begin = max(first, s["now_h"] or 0.0, 0.0)
    if horizon is not None and horizon <= begin:
        hint = f"it must lie after hour {begin:g}, when the first vessel may berth"
        yield Problem("quay", problem.name, "horizon_h", "an empty horizon", f"{horizon:g} h", hint)
    if problem.is_quay:
        if s["cranes"] is None:
            yield Problem("quay", problem.name, "cranes", "is empty", hint="say how many")
        for row in problem.berths.iter_rows(named=True):
            if row["from_m"] is None:
                hint = "say where the stretch begins"
                yield Problem("berths", row["berth"], "from_m", "is empty", hint=hint)
    if problem.tides.height and s["channel_depth_m"] is None:
        hint = "say how deep the channel is at low water"
        yield Problem("quay", problem.name, "channel_depth_m", "is empty", hint=hint)


def _windows(problem: BerthProblem) -> Iterator[Problem]:
    for row in problem.berths.iter_rows(named=True):
        if row["closes_h"] is not None and row["closes_h"] <= row["opens_h"]:
            hint = f"it must lie after opens_h, {row['opens_h']:g} h"
            yield Problem("berths", row["berth"], "closes_h", "", f"{row['closes_h']:g} h", hint)
    for name in ("tides", "closures"):
        for row in getattr(problem, name).iter_rows(named=True):
            if row["to_h"] <= row["from_h"]:
                key = row.get("berth", f"{row['from_h']:g}")
                hint = f"it must lie after from_h, {row['from_h']:g} h"
                yield Problem(name, key, "to_h", "", f"{row['to_h']:g} h", hint)


def _stretches(problem: BerthProblem) -> list[tuple[float, float, float]]:
    rows = problem.berths.drop_nulls("from_m").sort("from_m")
    return [
        (a, a + length, depth)
        for a, length, depth in rows.select("from_m", "length_m", "depth_m").iter_rows()
    ]


def _sizes(problem: BerthProblem) -> Iterator[Problem]:
    if problem.is_quay:
        stretches = _stretches(problem)
        for (_, end, _), (start, _, _) in pairwise(stretches):
            if start < end - 1e-9:
                message = f"begins at {start:g} m, before the stretch before it ends at {end:g} m"
                yield Problem("berths", message=f"a stretch {message}", hint="move it")
        longest = _longest_run(stretches)
        what = f"longer than the quay, {longest:g} m"
    else:
        longest = float(problem.berths["length_m"].max())  # type: ignore[arg-type]
        what = f"longer than every berth; the longest has {longest:g} m"
    for vessel, length in problem.vessels.select("vessel", "length_m").iter_rows():
        if length > longest + 1e-9:
            yield Problem("vessels", vessel, "length_m", what, f"{length:g} m", "take it out")


def _longest_run(stretches: list[tuple[float, float, float]]) -> float:
    """Return the longest length of quay without a gap [m]."""
    best, start, end = 0.0, 0.0, -1.0
    for a, b, _ in stretches:
        start = start if abs(a - end) < 1e-9 else a
        end = b
        best = max(best, end - start)
    return best


def _depths(problem: BerthProblem) -> Iterator[Problem]:
    keel, channel = problem.settings["under_keel_m"], problem.settings["channel_depth_m"]
    deepest = float(problem.berths["depth_m"].max())  # type: ignore[arg-type]
    water = [channel, *problem.tides["depth_m"]] if channel is not None else []
    below = f" with {keel:g} m below the keel" if keel else ""
    for vessel, draught in problem.vessels.select("vessel", "draught_m").iter_rows():
        value = f"{draught:g} m"
        if draught + keel > deepest + 1e-9:
            what = f"deeper than the water at every berth, at most {deepest:g} m{below}"
            yield Problem("vessels", vessel, "draught_m", what, value, "take it out")
        if water and draught + keel > max(water) + 1e-9:
            what = f"deeper than the channel at every tide, at most {max(water):g} m{below}"
            yield Problem("vessels", vessel, "draught_m", what, value, "take it out")


def _work(problem: BerthProblem) -> Iterator[Problem]:
    known = {vessel for vessel, _ in problem.handling_h()}
    cranes = problem.settings["cranes"] or 0
    for row in problem.vessels.iter_rows(named=True):
        vessel = row["vessel"]
        if not problem.is_quay:
            if vessel not in known:
                hint = "give handling_h, moves with moves_per_h of a berth, or rows of handling"
                yield Problem("vessels", vessel, message="has no handling time", hint=hint)
            continue
        if row["crane_h"] is None:
            yield Problem("vessels", vessel, "crane_h", "is empty", hint="say how much work it is")
        few, many = row["cranes_min"], row["cranes_max"]
        if many < few:
            hint = f"it must be at least cranes_min, {few}"
            yield Problem("vessels", vessel, "cranes_max", "", str(many), hint)
        if few > cranes > 0:
            hint = f"the quay has {cranes}"
            yield Problem("vessels", vessel, "cranes_min", "", str(few), hint)


def _plans(problem: BerthProblem) -> Iterator[Problem]:
    """Name fixed vessels without a plan that they are fixed to."""
    needed = ["planned_start_h"]
    needed += ["planned_from_m", "planned_cranes"] if problem.is_quay else ["planned_berth"]
    for row in problem.vessels.filter("fixed").iter_rows(named=True):
        for column in needed:
            if row[column] is None:
                hint = "a fixed vessel needs it"
                yield Problem("vessels", row["vessel"], column, "is empty", hint=hint)
        yield from _at_its_berth(problem, row)


def _at_its_berth(problem: BerthProblem, row: Row) -> Iterator[Problem]:
    """Hold a fixed vessel against its berth."""
    found = problem.berths.filter(problem.berths["berth"] == (row["planned_berth"] or ""))
    if problem.is_quay or not found.height:
        return
    berth, vessel = found.row(0, named=True), row["vessel"]
    if (vessel, berth["berth"]) not in problem.handling_h():
        hint = "say how long it stays there"
        what = "where its handling time is not known"
        yield Problem("vessels", vessel, "planned_berth", what, repr(berth["berth"]), hint)
    if row["length_m"] > berth["length_m"] + 1e-9:
        what, value = f"longer than its berth, {berth['length_m']:g} m", f"{row['length_m']:g} m"
        yield Problem("vessels", vessel, "length_m", what, value, "move it")
    if row["draught_m"] + problem.settings["under_keel_m"] > berth["depth_m"] + 1e-9:
        what, value = f"deeper than its berth, {berth['depth_m']:g} m", f"{row['draught_m']:g} m"
        yield Problem("vessels", vessel, "draught_m", what, value, "move it")


def _fixed_apart(problem: BerthProblem) -> Iterator[Problem]:
    """Name fixed vessels that overlap."""
    for one, two in combinations(fixed_stays(problem), 2):
        if one.meets(two):
            hours = f"hour {max(one.start_h, two.start_h):g} to {min(one.end_h, two.end_h):g}"
            yield Problem(
                "vessels",
                two.vessel,
                "planned_start_h",
                f"while {one.vessel!r} is fixed at the same place: they overlap from {hours}",
                f"{two.start_h:g} h",
                "move one of them",
            )
