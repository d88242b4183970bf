"""Plan a continuous quay with cranes: exactly week by week, and by annealing where that is much."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.terminals.berth_fixed import fixed_stays, work_h
from karwan.terminals.berth_plan import BerthPlan, plan_rows
from karwan.terminals.berth_problem import BerthProblem
from karwan.terminals.quay_bound import sold_bound
from karwan.terminals.quay_grid import QuayGrid, build_grid
from karwan.terminals.quay_model import solve_quay
from karwan.terminals.quay_polish import polish_quay
from karwan.terminals.quay_search import QuayPlan, busy_bound, quay_cost, search_quay

__all__ = ["plan_quay"]

WEEK_H = 168.0
SEARCH_SHARE, POLISH_SHARE = 0.3, 0.6
"""Shares of the time after which annealing, and parts of at most so many vessels, end."""
MOVES, LONG_MOVES = 250, 1000
"""Most moves of annealing for each vessel, and with more vessels than that."""
MOST_AT_ONCE, MOST_EXACT = 30, 60
"""More vessels of one week than that are planned anew in parts first, and in parts alone."""
Rows = list[dict[str, Any]]


def plan_quay(problem: BerthProblem, *, time_limit_s: float = 60.0, seed: int = 0) -> BerthPlan:
    """Plan a quay: when, where along it and with how many cranes each vessel berths.

    Vessels of one week are planned by constraint programming at once. Of more weeks, each week is
    planned alone, which bounds the whole from below, since other vessels only stand in the way;
    and one after the other, what is planned standing fast.

    Parameters
    ----------
    problem : BerthProblem
        Problem with kind quay.
    time_limit_s : float
        Time after which the best plan so far is returned [s].
    seed : int
        Seed.

    Returns
    -------
    BerthPlan
        Plan with a certified gap.

    Raises
    ------
    InputError
        Vessels find no place within the hours given.
    MissingExtra
        OR-Tools are not installed.
    """
    began = time.monotonic()
    rows = problem.vessels.filter(~problem.vessels["fixed"]).sort("arrival_h", "vessel").to_dicts()
    weeks = _weeks(rows, problem)
    share = time_limit_s / max(len(weeks) if len(weeks) < 2 else 2 * len(weeks), 1)
    fixed = sum(stay.cost for stay in fixed_stays(problem))
    arrival = sum(r["weight"] * r["arrival_h"] for r in rows)
    lower, known, stays = 0.0, problem, list[dict[str, Any]]()
    upper = 0.0
    for week in weeks:
        if len(weeks) > 1:
            _, bound = _solve(problem, week, share, seed)
        grid_stays, bound_here, cost = _planned(known, week, share, seed)
        lower += bound_here if len(weeks) == 1 else bound
        upper += cost
        stays += grid_stays
        known = _with_fixed(known, grid_stays)
    rows_out = plan_rows(problem, [*stays, *_fixed_rows(problem)])
    upper, lower = upper + fixed - arrival, lower + fixed - arrival
    if upper - lower < 1e-6 * max(upper, 1.0):
        lower = upper
    is_exact = max(map(len, weeks), default=0) <= MOST_EXACT
    method = "annealing, CP-SAT" + ("" if is_exact else " of parts, bound of sold hours")
    method += f" in {len(weeks)} weeks" if len(weeks) > 1 else ""
    seconds = time.monotonic() - began
    horizon = problem.settings["horizon_h"]
    return BerthPlan(
        problem, rows_out, upper, min(lower, upper), horizon, method, seconds, seed, time_limit_s
    )


def _weeks(rows: Rows, problem: BerthProblem) -> list[Rows]:
    """Cut vessels into weeks by the hour at which they may berth."""
    now = problem.settings["now_h"] or 0.0
    found: list[Rows] = []
    begin = -np.inf
    for row in rows:
        at = max(row["arrival_h"], now, 0.0)
        if at >= begin + WEEK_H:
            begin = at
            found.append([])
        found[-1].append(row)
    return found


def _planned(
    problem: BerthProblem, week: Rows, share: float, seed: int
) -> tuple[list[dict[str, Any]], float, float]:
    """Plan one week; return its stays, bound and cost."""
    (grid, plan), bound = _solve(problem, week, share, seed)
    if plan is None:
        raise InputError(_reasons(grid, bound))
    return _stays(grid, plan), bound, quay_cost(grid, plan)


def _solve(
    problem: BerthProblem, week: Rows, share: float, seed: int
) -> tuple[tuple[QuayGrid, QuayPlan | None], float]:
    """Plan vessels; return grid, plan if any, and bound."""
    began = time.monotonic()
    given = problem.settings["horizon_h"]
    last = _guess(problem, week) if given is None else problem.slot(given, up=False)
    is_long = len(week) > MOST_EXACT
    moves = LONG_MOVES if is_long else MOVES
    for _ in range(6):
        grid = build_grid(problem, week, last)
        lost = ~(grid.may_start.any(1) & (grid.out != -1).any(1) & grid.allowed.any(1))
        found = None if lost.any() else search_quay(grid, seed, began + SEARCH_SHARE * share, moves)
        if given is not None or (found is not None and found.is_complete):
            break
        last = grid.first_slot + 2 * grid.n_slots
    if lost.any():
        return (grid, None), np.inf
    hint = found if found is not None and found.is_complete else None
    if hint is not None and given is None:
        grid, hint = _cut(problem, week, grid, hint)
    sold = -np.inf if hint is None else sold_bound(grid, quay_cost(grid, hint), began + share)
    if hint is not None and len(week) > MOST_AT_ONCE and sold < quay_cost(grid, hint) - 1e-6:
        until = began + (1.0 if is_long else POLISH_SHARE) * share
        hint = polish_quay(grid, hint, seed, until)
    left = share - (time.monotonic() - began)
    plan, bound = None, -np.inf
    if not is_long:
        plan, bound = solve_quay(grid, hint, left, seed)
    if plan is not None and hint is None:
        wider = grid if given is not None else _cut(problem, week, grid, plan)[0]
        bound = bound if wider.n_slots <= grid.n_slots else -np.inf  # later plans may be better
        sold = sold_bound(wider, quay_cost(grid, plan))
    best = min((p for p in (plan, hint) if p), key=lambda p: quay_cost(grid, p), default=None)
    if best is not None:
        bound = min(max(bound, busy_bound(grid), sold), quay_cost(grid, best))
    return (grid, best), bound


def _guess(problem: BerthProblem, week: Rows) -> int:
    """Return a slot by which all have left in most plans."""
    last = max(max(r["arrival_h"], problem.settings["now_h"] or 0.0, 0.0) for r in week)
    taken = [stay.end_h for stay in fixed_stays(problem)]
    alpha = problem.settings["interference"]
    hours = [work_h(r["crane_h"], r["cranes_min"], alpha) for r in week]
    load = sum(r["crane_h"] for r in week) / problem.settings["cranes"]
    return problem.slot(max([last, *taken]) + max(hours) + 2 * load + 24)


def _cut(
    problem: BerthProblem, week: Rows, grid: QuayGrid, plan: QuayPlan
) -> tuple[QuayGrid, QuayPlan]:
    """Take the horizon beyond which no vessel of a better plan leaves.

    A vessel that leaves later than that costs so much that, all others leaving as early as they
    can alone, the plan costs more than the one known.
    """
    weight = np.array([r["weight"] for r in week]) * problem.step_h
    shortest = [
        min(int(grid.work[v, q]) for q in range(r["cranes_min"], r["cranes_max"] + 1))
        for v, r in enumerate(week)
    ]
    alone = grid.earliest + np.array(shortest)
    spare = quay_cost(grid, plan) - float((weight * (alone + grid.first_slot)).sum())
    last = int((alone + spare / weight).max()) + 1 + grid.first_slot
    last = max(last, grid.first_slot + int(plan.place[:, 1].max()))
    cut = build_grid(problem, week, last)
    return cut, replace(plan)


def _stays(grid: QuayGrid, plan: QuayPlan) -> list[dict[str, Any]]:
    step, found = grid.problem.step_h, []
    berths = grid.problem.berths.sort("from_m")
    for v, (row, (start, end, bow)) in enumerate(zip(grid.rows, plan.place.tolist(), strict=True)):
        place = grid.low_m + bow * grid.cell_m
        begin, q = (start + grid.first_slot) * step, int(plan.cranes[v])
        found.append(
            {
                "vessel": row["vessel"],
                "berth": berths.filter(berths["from_m"] <= place + 1e-9)["berth"][-1],
                "from_m": place,
                "cranes": q,
                "start_h": begin,
                "done_h": begin + int(grid.work[v, q]) * step,
                "departure_h": (end + grid.first_slot) * step,
            }
        )
    return found


def _with_fixed(problem: BerthProblem, stays: list[dict[str, Any]]) -> BerthProblem:
    """Let planned stays stand fast."""
    planned = {s["vessel"]: s for s in stays}
    rows = []
    for given in problem.vessels.iter_rows(named=True):
        row, stay = dict(given), planned.get(given["vessel"])
        if stay is not None:
            row |= {"fixed": True, "planned_start_h": stay["start_h"]}
            row |= {"planned_from_m": stay["from_m"], "planned_cranes": stay["cranes"]}
        rows.append(row)
    return problem.with_vessels(pl.DataFrame(rows, schema=problem.vessels.schema))


def _fixed_rows(problem: BerthProblem) -> list[dict[str, Any]]:
    return [
        {
            "vessel": s.vessel,
            "berth": s.berth,
            "from_m": s.from_m,
            "cranes": s.cranes,
            "start_h": s.start_h,
            "done_h": s.done_h,
            "departure_h": s.end_h,
        }
        for s in fixed_stays(problem)
    ]


def _reasons(grid: QuayGrid, bound: float) -> list[str]:
    """Say which vessels find no place, or that they do not fit together."""
    said = []
    for v, row in enumerate(grid.rows):
        name = row["vessel"]
        if not grid.may_start[v].any():
            said.append(f"{name!r} finds no tide deep enough after it arrives, or none in time")
        elif not (grid.out[v] != -1).any():
            said.append(f"{name!r} finds no tide to leave at before the last hour it is given")
        elif not grid.allowed[v].any():
            said.append(f"{name!r} finds no stretch deep and long enough")
    if said:
        return said
    proven = "no plan serves" if bound == np.inf else "no plan was found that serves"
    end = (grid.first_slot + grid.n_slots) * grid.problem.step_h
    hint = "give a later horizon_h, more cranes or fewer vessels"
    return [f"{proven} all vessels by hour {end:g}; {hint}"]
