"""Berth plans: bound <= optimum <= plan, the checker accepts every plan, trying everything agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_berths as naive
from karwan.errors import InputError
from karwan.kernels.berth_bound import berth_bound, columns_left
from karwan.kernels.berth_moves import anneal_berths
from karwan.kernels.berth_orders import order_cost
from karwan.terminals.berth_check import check_plan, plan_cost
from karwan.terminals.berth_read import berth_problem
from karwan.terminals.berth_search import Places, as_orders, in_order_of_arrival, search_rows
from karwan.terminals.berth_stays import build_stays
from karwan.terminals.berths import plan_berths

FEW = settings(max_examples=25)


@st.composite
def problems(draw, most=4):
    """A few vessels and berths with windows, tides, priorities, closures and old plans."""
    hours = st.integers(0, 9)
    berths = [
        {
            "berth": f"B{b}", "length_m": draw(st.sampled_from([150, 250])),
            "depth_m": draw(st.sampled_from([9, 13])), "opens_h": draw(st.integers(0, 2)),
        }
        for b in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    berths[0] |= {"length_m": 250, "depth_m": 13}
    vessels = [
        {
            "vessel": f"V{v}", "arrival_h": draw(hours), "weight": draw(st.sampled_from([1, 2, 2.5])),
            "length_m": draw(st.sampled_from([100, 200])), "draught_m": draw(st.sampled_from([8, 12])),
            "handling_h": draw(st.integers(1, 5)),
            "planned_berth": draw(st.sampled_from([None, "B0"])),
            "planned_start_h": draw(st.sampled_from([None, 3])),
        }
        for v in range(draw(st.integers(1, most)))
    ]  # fmt: skip
    found = {
        "name": "drawn", "kind": "berths", "berths": berths, "vessels": vessels,
        "moved_berth_cost": draw(st.sampled_from([0, 3])),
        "moved_hour_cost": draw(st.sampled_from([0.0, 0.5, 4.0])),
    }  # fmt: skip
    if draw(st.booleans()):
        found["channel_depth_m"] = 10
        found["tides"] = [{"from_h": h, "to_h": h + 2, "depth_m": 14} for h in range(0, 60, 6)]
    if draw(st.booleans()):
        found["closures"] = [{"berth": "B0", "from_h": 4, "to_h": 6}]
    return berth_problem(found)


@FEW
@given(problems())
def test_a_plan_is_right_and_lies_between_its_bound_and_the_optimum(problem):
    plan = plan_berths(problem, time_limit_s=20)
    assert check_plan(problem, plan.rows) == []
    assert plan_cost(problem, plan.rows) == pytest.approx(plan.upper)
    assert plan.rows["cost"].sum() == pytest.approx(plan.upper)
    assert plan.lower <= plan.upper + 1e-9
    stays = build_stays(problem, 40)
    best = naive.best_plan(stays.finish, stays.cost) + stays.constant
    assert plan.lower <= best + 1e-6
    assert plan.is_optimal
    assert plan.upper == pytest.approx(best)


def bound_after(stays, price, rounds):
    best, now, state = price.copy(), price.copy(), np.array([-np.inf, 1.0, 0.0])
    asked = stays.finish, stays.cost, stays.ceiling, best, now, np.zeros(len(price)), state
    berth_bound(*asked, 100.0, 102.0, rounds, 5)
    return state[0], best


@FEW
@given(problems(), st.integers(0, 5))
def test_kernels_agree_with_their_twins(problem, seed):
    stays = build_stays(problem, 20)
    rng = np.random.default_rng(seed)
    price = rng.uniform(0, 12, len(stays.vessels))
    best = naive.best_plan(stays.finish, stays.cost)
    relaxed, _ = bound_after(stays, price, 1)
    assert relaxed == pytest.approx(naive.relaxed_cost(stays.finish, stays.cost, price))
    bound, many = bound_after(stays, price, 200)
    assert bound == pytest.approx(naive.relaxed_cost(stays.finish, stays.cost, many))
    assert relaxed - 1e-9 <= bound <= best + 1e-9
    limit = bound + 3.0
    left = {tuple(r) for r in columns_left(stays.finish, stays.cost, many, bound, limit).tolist()}
    for b, t, v in np.argwhere(stays.finish >= 0).tolist():
        forced = naive.relaxed_cost_with(stays.finish, stays.cost, many, b, t, v)
        if abs(forced - limit) > 1e-6:
            assert ((b, t, v) in left) == (forced <= limit)


@FEW
@given(problems(most=6), st.integers(0, 3))
def test_annealing_keeps_every_vessel_once_and_never_worsens_a_plan(problem, seed):
    stays = build_stays(problem, 60)
    rows = search_rows(stays)
    order, count = as_orders(stays, in_order_of_arrival(stays, rows))
    before = order_cost(rows.after, rows.pay, order, count)
    assert before == pytest.approx(naive.order_cost(rows.after, rows.pay, order, count))
    at = Places.liked(rows)
    asked = at.first, at.berth, at.slot, order, count
    cost = anneal_berths(rows.after, rows.pay, *asked, 500, 3.0, 0.1, seed)
    assert cost <= before + 1e-9
    assert cost == pytest.approx(naive.order_cost(rows.after, rows.pay, order, count))
    held = sorted(v for b, n in enumerate(count) for v in order[b, :n].tolist())
    assert held == list(range(len(stays.vessels)))


def two(**settings):
    ship = {"length_m": 100, "draught_m": 8, "handling_h": 10}
    vessels = [{"vessel": "A", "arrival_h": 0, **ship}, {"vessel": "B", "arrival_h": 0, **ship}]
    berths = [{"berth": "B1", "length_m": 250, "depth_m": 12}]
    return berth_problem(
        {"name": "two", "kind": "berths", "berths": berths, "vessels": vessels, **settings}
    )


def test_what_cannot_be_done_says_what_stands_in_its_way():
    with pytest.raises(InputError, match=r"no plan serves all .* found no room; .* taken by [AB]"):
        plan_berths(two(horizon_h=19), time_limit_s=5)
    with pytest.raises(InputError, match="B1 has no free 10 h between hour 0 and 9"):
        plan_berths(two(horizon_h=9), time_limit_s=5)
    tides = [{"from_h": 0, "to_h": 7, "depth_m": 9}]
    with pytest.raises(InputError, match=r"'A' finds no tide to leave at: the last .* hour 7"):
        plan_berths(two(channel_depth_m=5, tides=tides), time_limit_s=5)
    assert plan_berths(two(horizon_h=20), time_limit_s=5).upper == 30
