"""Berth plans beside what a user gets without karwan: HiGHS or CP-SAT on the whole problem.

Run as a program it measures the sizes of docs/reference/benchmarks.md (with `--ports` only those of
200 vessels and 15 berths, with `--alone` without the yardsticks); as tests, small ones.
"""

import os
import sys
import time

import numpy as np
import pytest

from berth_instances import made_berths, made_quay
from karwan.terminals.berth_check import check_plan
from karwan.terminals.berth_milp import MilpProcess, berth_program
from karwan.terminals.berth_search import chosen_cost, in_order_of_arrival
from karwan.terminals.berth_stays import build_stays
from karwan.terminals.berths import plan_berths

LARGE = ((25, 5, 1, 60), (35, 10, 2, 60), (60, 13, 3, 60), (200, 15, 1, 30))
QUAYS = ((20, 1, 10), (30, 2, 10), (40, 3, 30), (60, 4, 30), (80, 5, 30))
PORTS = (
    *(("drawn", load, seed, 1) for load in (0.8, 1.0, 1.3, 1.6) for seed in (1, 2, 3)),
    ("drawn", 2.5, 1, 1), ("drawn", 4, 1, 1), ("drawn", 1.3, 1, 0.25),
    *((kind, load, 1, 1) for kind in ("rates", "same", "classes") for load in (1.0, 1.3, 1.6)),
)  # fmt: skip
"""Kind, load, seed and step of ports of 200 vessels and 15 berths."""


def whole_highs(problem, plan, limit_s):
    """Give HiGHS every stay up to the last departure of a plan; return cost and bound."""
    stays = build_stays(problem, int(plan.rows["departure_h"].max()) + 12)
    every = np.argwhere(stays.finish >= 0).astype(np.int32)
    with MilpProcess() as process:
        until = time.monotonic() + limit_s
        x, bound = process.solve(berth_program(stays, every, np.inf), until)
    b, s, v = every.T
    cost = None if x is None else float(stays.cost[b, s, v] @ np.round(x[: len(every)]))
    return None if cost is None else cost + stays.constant, bound + stays.constant


def whole_cp_sat(problem, plan, limit_s):
    """Give CP-SAT an optional interval for each vessel at each berth; return cost and bound."""
    from ortools.sat.python import cp_model

    model, n = cp_model.CpModel(), problem.vessels.height
    end_of_all = int(plan.rows["departure_h"].max()) + 12
    arrival = [int(a) for a in problem.vessels["arrival_h"]]
    hours, rows, ends = problem.handling_h(), {b: [] for b in problem.berths["berth"]}, []
    for v, vessel in enumerate(problem.vessels["vessel"]):
        start = model.new_int_var(arrival[v], end_of_all, f"s{v}")
        end = model.new_int_var(arrival[v], end_of_all, f"e{v}")
        taken = []
        for berth, row in rows.items():
            one = model.new_bool_var(f"{v}{berth}")
            size = int(hours[vessel, berth])
            row.append(model.new_optional_interval_var(start, size, end, one, f"i{v}{berth}"))
            taken.append(one)
        model.add_exactly_one(taken)
        ends.append(end)
    for row in rows.values():
        model.add_no_overlap(row)
    model.minimize(sum(ends))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    cost = solver.objective_value - sum(arrival) if found else None
    return cost, solver.best_objective_bound - sum(arrival[:n])


@pytest.mark.parametrize(("n", "m", "seed"), [(12, 3, 1), (25, 5, 1)])
def test_discrete_berths(benchmark, n, m, seed):
    problem = made_berths(n, m, seed, load=1.3)
    plan = benchmark.pedantic(plan_berths, (problem,), {"time_limit_s": 60}, rounds=1)
    assert plan.is_optimal
    assert check_plan(problem, plan.rows) == []


def test_highs_on_all_stays_agrees(benchmark):
    problem = made_berths(12, 3, 1, load=1.3)
    plan = plan_berths(problem, time_limit_s=60)
    cost, bound = benchmark.pedantic(whole_highs, (problem, plan, 60), rounds=1)
    assert cost == pytest.approx(plan.upper)
    assert bound == pytest.approx(plan.upper)


def test_cp_sat_on_all_berths_agrees(benchmark):
    problem = made_berths(12, 3, 1, load=1.3)
    plan = plan_berths(problem, time_limit_s=60)
    cost, bound = benchmark.pedantic(whole_cp_sat, (problem, plan, 30), rounds=1)
    assert cost == pytest.approx(plan.upper)
    assert bound <= plan.upper + 1e-6


def test_quay_of_twenty_vessels(benchmark):
    problem = made_quay(20, 1)
    plan = benchmark.pedantic(plan_berths, (problem,), {"time_limit_s": 30}, rounds=1)
    assert plan.is_optimal
    assert check_plan(problem, plan.rows) == []


def measure_ports():
    plan_berths(made_berths(70, 6, 1, 1.3), time_limit_s=10)
    for kind, load, seed, step in PORTS:
        problem = made_berths(200, 15, seed, load, kind, step)
        spent = time.process_time()
        plan = plan_berths(problem, time_limit_s=30)
        spent = time.process_time() - spent
        assert check_plan(problem, plan.rows) == []
        print(  # noqa: T201
            f"{kind}, load {load}, seed {seed}, step {step} h: plan {plan.upper:g}, "
            f"bound {plan.lower:g}, gap {100 * plan.gap:.2f} %, {plan.seconds:.1f} s, "
            f"{spent:.1f} s of CPU, load of the machine {os.getloadavg()[0]:.1f}",
            flush=True,
        )


def measure(loads=(1.0, 1.3), *, yardsticks=True):
    plan_berths(made_berths(10, 3, 1), time_limit_s=60)
    for load in loads:
        for n, m, seed, limit in LARGE:
            problem = made_berths(n, m, seed, load=load)
            stays = build_stays(problem, 2000 if n < 100 else 900)
            arrival = in_order_of_arrival(stays)
            first = chosen_cost(stays, arrival) + stays.constant
            plan = plan_berths(problem, time_limit_s=limit)
            assert check_plan(problem, plan.rows) == []
            print(  # noqa: T201
                f"{problem.name} load {load}: in order of arrival {first:g}, plan {plan.upper:g}, "
                f"bound {plan.lower:g}, gap {100 * plan.gap:.2f} %, {plan.seconds:.1f} s",
                flush=True,
            )
            if not yardsticks or n > 100:
                continue
            for whole in (whole_highs, whole_cp_sat):
                began = time.monotonic()
                cost, bound = whole(problem, plan, 60)
                spent = time.monotonic() - began
                print(f"   {whole.__name__}: {cost} / {bound:g}, {spent:.1f} s", flush=True)  # noqa: T201
    for n, seed, limit in QUAYS:
        problem = made_quay(n, seed)
        plan = plan_berths(problem, time_limit_s=limit)
        print(f"{problem.name}: {plan.upper:g} / {plan.lower:g}, {plan.seconds:.2f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    if "--ports" in sys.argv:
        measure_ports()
    else:
        measure(yardsticks="--alone" not in sys.argv)
