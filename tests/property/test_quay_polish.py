"""Parts of a quay planned anew: never worse, always a plan, and the best where all is one part."""

import time

import numpy as np
import pytest

from berth_instances import made_quay
from karwan.terminals.berth_check import check_plan
from karwan.terminals.berths import plan_berths
from karwan.terminals.quay_grid import build_grid
from karwan.terminals.quay_polish import polish_quay
from karwan.terminals.quay_search import quay_cost, search_quay


def grid_and_plan(n, seed, place_cost=0.0):
    problem = made_quay(n, seed, place_cost)
    grid = build_grid(problem, problem.vessels.sort("arrival_h", "vessel").to_dicts(), 260)
    return problem, grid, search_quay(grid, 0, time.monotonic())


def faults(grid, plan):
    """Say which vessels meet, and at which slots cranes are too few."""
    taken = [(*p[:2], p[2], p[2] + c) for p, c in zip(plan.place, grid.cells, strict=True)]
    found = []
    for i, (s, e, low, high) in enumerate(taken):
        found += [
            (i, j)
            for j, (t, f, bow, stern) in enumerate(taken[:i])
            if s < f and t < e and low < stern and bow < high
        ]
    used = np.zeros(grid.n_slots, int)
    for v, (start, end, bow) in enumerate(plan.place):
        hours = grid.work[v, plan.cranes[v]]
        used[start : start + hours] += plan.cranes[v]
        if not (grid.may_start[v, start] and end == grid.out[v, start + hours]):
            found.append((v, "water"))
        if not grid.allowed[v, bow]:
            found.append((v, "depth"))
    return found + np.flatnonzero(used > grid.problem.settings["cranes"]).tolist()


@pytest.mark.parametrize("place_cost", [0.0, 0.01])
def test_a_plan_stays_a_plan_and_never_costs_more(place_cost):
    _, grid, plan = grid_and_plan(40, 3, place_cost)
    assert faults(grid, plan) == []
    better = polish_quay(grid, plan, 1, time.monotonic() + 1.5)
    assert faults(grid, better) == []
    assert quay_cost(grid, better) <= quay_cost(grid, plan)


def test_what_is_one_part_becomes_the_best():
    problem, grid, plan = grid_and_plan(7, 2)
    worse = search_quay(grid, 5, time.monotonic() - 1)
    better = polish_quay(
        grid, max(plan, worse, key=lambda p: quay_cost(grid, p)), 0, time.monotonic() + 3
    )
    best = plan_berths(problem, time_limit_s=10)
    arrival = sum(r["weight"] * r["arrival_h"] for r in grid.rows)
    assert best.is_optimal
    assert quay_cost(grid, better) - arrival == pytest.approx(best.upper)


def test_more_vessels_than_are_solved_at_once_are_planned_in_parts():
    problem = made_quay(64, 4)
    plan = plan_berths(problem, time_limit_s=3)
    assert check_plan(problem, plan.rows) == []
    assert "parts" in plan.method
    assert plan.lower <= plan.upper
