"""The constraint program of a quay with cranes, solved by OR-Tools CP-SAT.

Sets: vessels v; numbers of cranes q that each may have.

Variables: start s_v, departure e_v, bow p_v, x_vq whether v has q cranes.

(1) one number of cranes each: sum_q x_vq = 1, which gives the slots of work d_v;
(2) departure after the work, at a slot with water: e_v >= s_v + d_v;
(3) boxes [s_v, e_v) x [p_v, p_v + length) overlap neither each other nor what is taken;
(4) cranes at work never pass those of the quay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from karwan.errors import MissingExtra
from karwan.terminals.quay_grid import NEVER, QuayGrid
from karwan.terminals.quay_search import QuayPlan, quay_cost

__all__ = ["solve_quay"]

SCALE = 1000
WORKERS = 2


def _cp() -> Any:
    try:
        from ortools.sat.python import cp_model  # noqa: PLC0415
    except ImportError as fault:
        package, extra = "ortools", "berths"
        raise MissingExtra(package, extra) from fault
    return cp_model


def solve_quay(
    grid: QuayGrid, hint: QuayPlan | None, time_limit_s: float, seed: int
) -> tuple[QuayPlan | None, float]:
    """Solve the program of a grid.

    Parameters
    ----------
    grid : QuayGrid
        Grid.
    hint : QuayPlan or None
        A complete plan to begin with.
    time_limit_s : float
        Time [s].
    seed : int
        Seed.

    Returns
    -------
    (QuayPlan or None, float)
        Best plan found, and a bound on the cost of every plan as `quay_cost` counts; infinite if
        there is none.

    Raises
    ------
    MissingExtra
        OR-Tools are not installed.
    """
    cp = _cp()
    model = cp.CpModel()
    names = [_Vessel(cp, model, grid, v) for v in range(len(grid.rows))]
    _no_overlap(model, grid, names)
    _cranes(model, grid, names)
    terms = [_costs(model, grid, vessel) for vessel in names]
    error = sum(t[2] for t in terms)
    constant = sum(t[1] for t in terms)
    model.minimize(sum(t[0] for t in terms))
    if hint is not None:
        for vessel, (start, end, bow), q in zip(
            names, hint.place.tolist(), hint.cranes.tolist(), strict=True
        ):
            model.add_hint(vessel.start, start)
            model.add_hint(vessel.end, end)
            model.add_hint(vessel.bow, bow)
            for number, taken in vessel.taken.items():
                model.add_hint(taken, int(number == q))
    solver = cp.CpSolver()
    solver.parameters.max_time_in_seconds = max(time_limit_s, 0.05)
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed % 2**31
    status = solver.solve(model)
    if status == cp.INFEASIBLE:
        return None, np.inf
    if status == cp.MODEL_INVALID:
        message = f"the program of the quay is not valid: {model.validate()}"
        raise RuntimeError(message)
    bound = solver.best_objective_bound / SCALE + constant - error
    if status not in {cp.OPTIMAL, cp.FEASIBLE}:
        return None, bound
    place = [[solver.value(x) for x in (v.start, v.end, v.bow)] for v in names]
    cranes = [next(q for q, x in v.taken.items() if solver.value(x)) for v in names]
    plan = QuayPlan(np.array(place, np.int32).reshape(-1, 3), np.array(cranes, np.int32))
    return plan, min(bound, quay_cost(grid, plan))


class _Vessel:
    """Variables of one vessel."""

    def __init__(self, cp: Any, model: Any, grid: QuayGrid, v: int) -> None:
        row = grid.rows[v]
        self.row, self.cells = row, int(grid.cells[v])
        starts = np.flatnonzero(grid.may_start[v] & (grid.out[v, :-1] != NEVER))
        ends = np.unique(grid.out[v][grid.out[v] != NEVER])
        self.start = model.new_int_var_from_domain(_domain(cp, starts), f"s{v}")
        self.end = model.new_int_var_from_domain(_domain(cp, ends), f"e{v}")
        bows = np.flatnonzero(grid.allowed[v])
        self.bow = model.new_int_var_from_domain(_domain(cp, bows), f"p{v}")
        most = min(row["cranes_max"], grid.problem.settings["cranes"])
        numbers = range(row["cranes_min"], most + 1)
        self.taken = {q: model.new_bool_var(f"x{v},{q}") for q in numbers}
        model.add_exactly_one(self.taken.values())  # (1)
        slots = {q: int(grid.work[v, q]) for q in numbers}
        low, high = min(slots.values()), max(slots.values())
        self.work = model.new_int_var(low, high, f"d{v}")
        model.add(self.work == sum(slots[q] * x for q, x in self.taken.items()))
        self.done = model.new_int_var(low, grid.n_slots, f"f{v}")
        self.busy = model.new_interval_var(self.start, self.work, self.done, f"b{v}")
        if len(ends) == ends[-1] - ends[0] + 1 and len(ends) > grid.n_slots // 2:
            model.add(self.end == self.done)  # (2), water at every slot
            self.stay = self.busy
        else:
            model.add(self.end >= self.done)  # (2)
            size = model.new_int_var(low, grid.n_slots, f"l{v}")
            self.stay = model.new_interval_var(self.start, size, self.end, f"a{v}")
        self.along = model.new_fixed_size_interval_var(self.bow, self.cells, f"o{v}")
        self.demand = model.new_int_var(min(numbers), max(numbers), f"q{v}")
        model.add(self.demand == sum(q * x for q, x in self.taken.items()))


def _domain(cp: Any, values: Any) -> Any:
    return cp.Domain.from_values([int(x) for x in values])


def _no_overlap(model: Any, grid: QuayGrid, vessels: list[_Vessel]) -> None:
    """State (3)."""
    across = [v.stay for v in vessels]
    along = [v.along for v in vessels]
    for i, (begin, end, low, high) in enumerate(grid.boxes.tolist()):
        across.append(model.new_fixed_size_interval_var(begin, end - begin, f"ta{i}"))
        along.append(model.new_fixed_size_interval_var(low, high - low, f"to{i}"))
    model.add_no_overlap_2d(across, along)
    model.add_cumulative(
        across,
        [*(v.cells for v in vessels), *(int(b[3] - b[2]) for b in grid.boxes)],
        grid.allowed.shape[1] + max((v.cells for v in vessels), default=0),
    )


def _cranes(model: Any, grid: QuayGrid, vessels: list[_Vessel]) -> None:
    """State (4)."""
    busy, demand = [v.busy for v in vessels], [v.demand for v in vessels]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], grid.used, [0]))))
    for i, (begin, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        if grid.used[begin]:
            busy.append(model.new_fixed_size_interval_var(begin, end - begin, f"tu{i}"))
            demand.append(int(grid.used[begin]))
    model.add_cumulative(busy, demand, grid.problem.settings["cranes"])


def _costs(model: Any, grid: QuayGrid, vessel: _Vessel) -> tuple[Any, float, float]:
    """Return the cost of a vessel in thousandths, what is constant, and how far that may err."""
    s, row, step = grid.problem.settings, vessel.row, grid.problem.step_h
    exact = row["weight"] * step * SCALE
    terms, error = round(exact) * vessel.end, abs(exact - round(exact)) * grid.n_slots
    constant = row["weight"] * grid.first_slot * step
    n_cells = grid.allowed.shape[1]
    if row["best_from_m"] is not None and s["place_cost"]:
        exact = s["place_cost"] * grid.cell_m * SCALE
        wish = (row["best_from_m"] - grid.low_m) / grid.cell_m
        away = model.new_int_var(0, n_cells, "")
        model.add_abs_equality(away, vessel.bow - round(wish))
        terms += round(exact) * away
        error += abs(exact - round(exact)) * n_cells + abs(wish - round(wish)) * exact
    if row["planned_start_h"] is not None and s["moved_hour_cost"]:
        exact = s["moved_hour_cost"] * step * SCALE
        old = row["planned_start_h"] / step - grid.first_slot
        late = model.new_int_var(0, 2 * grid.n_slots + abs(round(old)), "")
        model.add_abs_equality(late, vessel.start - round(old))
        terms += round(exact) * late
        error += abs(exact - round(exact)) * grid.n_slots + abs(old - round(old)) * exact
    if row["planned_from_m"] is not None and s["moved_berth_cost"]:
        exact = s["moved_berth_cost"] * SCALE
        old = (row["planned_from_m"] - grid.low_m) / grid.cell_m
        moved = model.new_bool_var("")
        if abs(old - round(old)) < 1e-9:
            model.add(vessel.bow == round(old)).only_enforce_if(~moved)
            terms += round(exact) * moved
            error += abs(exact - round(exact))
        else:
            constant += s["moved_berth_cost"]
    return terms, constant, error / SCALE
