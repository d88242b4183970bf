"""Plans of a quay with cranes: right, bounded, and as good as trying everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_berths as naive
from karwan.errors import InputError
from karwan.kernels.berth_quay import place_vessels
from karwan.terminals.berth_check import check_plan, plan_cost
from karwan.terminals.berth_read import berth_problem
from karwan.terminals.berth_replan import replanned
from karwan.terminals.berths import plan_berths
from karwan.terminals.quay import plan_quay
from karwan.terminals.quay_bound import sold_bound, sold_prices
from karwan.terminals.quay_grid import build_grid
from karwan.terminals.quay_search import busy_bound
from naive_quay import sold_cost

FEW = settings(max_examples=20)


@st.composite
def quays(draw, most=3):
    """A short quay of two depths and a few vessels; tides, closures, old plans."""
    vessels = [
        {
            "vessel": f"V{v}", "arrival_h": draw(st.integers(0, 4)),
            "weight": draw(st.sampled_from([1, 2.5])), "length_m": draw(st.sampled_from([90, 150])),
            "draught_m": draw(st.sampled_from([8, 12])), "crane_h": draw(st.integers(1, 6)),
            "cranes_min": 1, "cranes_max": draw(st.integers(1, 3)),
            "best_from_m": draw(st.sampled_from([None, 0, 100])),
            "planned_start_h": draw(st.sampled_from([None, 3])),
            "planned_from_m": draw(st.sampled_from([None, 50])),
        }
        for v in range(draw(st.integers(1, most)))
    ]  # fmt: skip
    stretches = [
        {"berth": "West", "from_m": 0, "length_m": 100, "depth_m": draw(st.sampled_from([9, 13]))},
        {"berth": "East", "from_m": 100, "length_m": 150, "depth_m": 13},
    ]
    found = {
        "name": "drawn", "kind": "quay", "cranes": 3, "interference": 0.9, "place_step_m": 50,
        "place_cost": draw(st.sampled_from([0, 0.02])), "moved_berth_cost": 2,
        "moved_hour_cost": draw(st.sampled_from([0.0, 0.5])), "berths": stretches,
        "vessels": vessels,
    }  # fmt: skip
    if draw(st.booleans()):
        found |= {"channel_depth_m": 10}
        found["tides"] = [{"from_h": h, "to_h": h + 3, "depth_m": 14} for h in range(0, 40, 5)]
    if draw(st.booleans()):
        found["closures"] = [{"berth": "East", "from_h": 3, "to_h": 5}]
    return berth_problem(found)


@FEW
@given(quays())
def test_a_plan_is_right_and_as_good_as_trying_everything(problem):
    plan = plan_berths(problem, time_limit_s=20)
    assert check_plan(problem, plan.rows) == []
    assert plan_cost(problem, plan.rows) == pytest.approx(plan.upper)
    assert plan.is_optimal
    s, rows = problem.settings, problem.vessels.sort("arrival_h", "vessel").to_dicts()
    grid = build_grid(problem, rows, int(plan.rows["departure_h"].max()) + 4)

    def cost(v, start, end, bow):
        row = rows[v]
        at, place = start + grid.first_slot, bow * grid.cell_m
        total = row["weight"] * (end + grid.first_slot - row["arrival_h"])
        if row["best_from_m"] is not None:
            total += s["place_cost"] * abs(place - row["best_from_m"])
        if row["planned_from_m"] not in {None, place}:
            total += s["moved_berth_cost"]
        if row["planned_start_h"] is not None:
            total += s["moved_hour_cost"] * abs(at - row["planned_start_h"])
        return total

    best = naive.best_quay(grid, cost)
    assert plan.upper == pytest.approx(best)
    arrival = sum(r["weight"] * r["arrival_h"] for r in rows)
    assert busy_bound(grid) - arrival <= best + 1e-6
    assert sold_bound(grid, best + arrival + 9) - arrival <= best + 1e-6
    bound, price = sold_prices(grid, best + arrival + 9, rounds=50)
    assert bound == pytest.approx(sold_cost(grid, price))


@FEW
@given(quays(most=5), st.randoms(use_true_random=False))
def test_the_kernel_places_vessels_as_its_twin(problem, random):
    rows = problem.vessels.to_dicts()
    grid, n = build_grid(problem, rows, 30), len(rows)
    order = np.array(random.sample(range(n), n), np.int32)
    cranes = np.array([random.randint(1, r["cranes_max"]) for r in rows], np.int32)
    wish = np.array([random.randint(0, 4) for _ in rows], np.int32)
    boxes = np.zeros((len(grid.boxes) + n, 4), np.int32)
    boxes[: len(grid.boxes)] = grid.boxes
    place, slope = np.full((n, 3), -1, np.int32), np.ones(n)
    total = place_vessels(
        order, cranes, grid.work, grid.may_start, grid.out, grid.allowed, grid.cells, wish, slope,
        slope, boxes, len(grid.boxes), grid.used.copy(), 3, 1e4, place,
    )  # fmt: skip
    twin = naive.place_vessels(grid, order.tolist(), cranes.tolist(), wish.tolist())
    assert {v: tuple(p) for v, p in enumerate(place.tolist()) if p[0] >= 0} == twin
    lost = n - len(twin)
    said = sum(end + abs(bow - wish[v]) for v, (_, end, bow) in twin.items())
    assert total == pytest.approx(said + 1e4 * lost)


def weeks(vessels_a_week=3, n_weeks=3):
    vessels = [
        {
            "vessel": f"V{k}", "arrival_h": 168 * (k // vessels_a_week) + 2 * (k % vessels_a_week),
            "length_m": 200, "draught_m": 8, "crane_h": 30, "cranes_max": 3,
        }
        for k in range(vessels_a_week * n_weeks)
    ]  # fmt: skip
    berths = [{"berth": "quay", "from_m": 0, "length_m": 500, "depth_m": 12}]
    return berth_problem(
        {"name": "weeks", "kind": "quay", "cranes": 4, "berths": berths, "vessels": vessels}
    )


def test_weeks_are_planned_one_after_the_other_and_bounded_each_alone():
    """Weeks do not touch here, so that three times the optimum of one is the optimum."""
    one = plan_quay(weeks(n_weeks=1), time_limit_s=10)
    three = plan_quay(weeks(n_weeks=3), time_limit_s=20)
    assert check_plan(three.problem, three.rows) == []
    assert three.upper == pytest.approx(3 * one.upper)
    assert three.lower == pytest.approx(three.upper)


def test_replanning_a_quay_keeps_what_began_and_what_it_can():
    problem = weeks(n_weeks=1)
    first = plan_quay(problem, time_limit_s=10)
    again = plan_quay(replanned(problem, first.rows, 5.0), time_limit_s=10)
    assert check_plan(again.problem, again.rows) == []
    assert again.moved.height == 0
    assert again.rows["fixed"].sum() == (first.rows["start_h"] < 5).sum()


def test_a_quay_that_is_too_small_says_so():
    problem = weeks(n_weeks=1)
    with pytest.raises(InputError, match="no plan serves all vessels by hour 12"):
        plan_quay(problem.with_vessels(problem.vessels, horizon_h=12.0), time_limit_s=5)
