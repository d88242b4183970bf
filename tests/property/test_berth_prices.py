"""Exact prices: as good as linear programming of all stays, never above a proven optimum."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_berths as naive
from berth_instances import KINDS, made_berths
from karwan.kernels.price_steps import price_step
from karwan.terminals.berth_check import check_plan
from karwan.terminals.berth_exact import bounded
from karwan.terminals.berth_milp import MilpProcess, berth_program
from karwan.terminals.berth_prices import cheap_stays, exact_prices
from karwan.terminals.berth_search import in_order_of_arrival
from karwan.terminals.berth_stays import build_stays
from karwan.terminals.berths import plan_berths


@pytest.fixture(scope="module")
def process():
    with MilpProcess() as one:
        yield one


def soon():
    return time.monotonic() + 30


def known_of(stays, rounds=50):
    return bounded(stays, in_order_of_arrival(stays), rounds=rounds)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_is_that_of_linear_programming_and_no_plan_costs_less(kind, process):
    for seed in range(3):
        problem = made_berths(6, 2, seed, 1.6, kind)
        plan = plan_berths(problem, time_limit_s=20)
        stays = build_stays(problem, int(plan.rows["departure_h"].max()) + 6)
        rough = known_of(stays)
        exact = exact_prices(stays, rough, process, soon())
        linear = naive.linear_cost(stays.finish, stays.cost)
        assert rough.relaxed - 1e-9 <= exact.relaxed <= linear + 1e-6
        assert exact.relaxed >= linear - 1e-3 * exact.upper - 1e-6
        relaxed = naive.relaxed_cost(stays.finish, stays.cost, exact.price)
        assert exact.relaxed == pytest.approx(relaxed)
        every = np.argwhere(stays.finish >= 0).astype(np.int32)
        _, best = process.solve(berth_program(stays, every, np.inf), soon())
        assert exact.lower <= best + 1e-6
        assert exact.is_exact or exact.is_proven(stays.unit)
        assert plan.upper == pytest.approx(best + stays.constant)
        assert plan.is_optimal
        assert check_plan(problem, plan.rows) == []


def test_prices_of_one_rate_a_berth_become_exact():
    """Steps of the prices alone leave the bound 3 % below at 200 vessels and 15 such berths."""
    stays = build_stays(made_berths(60, 8, 1, 1.0, "rates"), 220)
    with MilpProcess() as process:
        rough = known_of(stays, 1000)
        exact = exact_prices(stays, rough, process, soon())
    cheap = cheap_stays(stays, exact, 1000)
    assert rough.relaxed < exact.relaxed <= exact.upper
    assert exact.is_exact
    assert len(cheap) <= 1000


def test_without_time_nothing_is_lost_and_the_process_serves_again():
    stays = build_stays(made_berths(40, 6, 1, 1.3), 160)
    rough = known_of(stays)
    with MilpProcess() as process:
        assert exact_prices(stays, rough, process, time.monotonic() - 1) is rough
        every = np.argwhere(stays.finish >= 0).astype(np.int32)
        assert process.relax(berth_program(stays, every, np.inf), time.monotonic()) is None
        assert exact_prices(stays, rough, process, soon()).relaxed >= rough.relaxed


@settings(max_examples=60)
@given(st.integers(0, 999), st.integers(1, 4), st.sampled_from([(0.0, np.inf), (-np.inf, 3.0)]))
def test_a_step_of_the_prices_agrees_with_its_twin(seed, patience, ends):
    rng, n = np.random.default_rng(seed), 4
    over = rng.integers(-2, 3, n).astype(float)
    now, best = np.clip(rng.uniform(-1, 4, (2, n)), *ends)
    smooth = rng.choice([0.0, 0.5, -0.5], n)
    state = np.array([rng.choice([-np.inf, 5.0]), rng.choice([1.0, 0.0015]), rng.integers(0, 3)])
    asked = float(rng.choice([4.0, 5.000001, 7.0])), over, now, best, smooth, state
    rest = 7.0, 7.14, patience, 0.3, *ends
    wanted = naive.price_step(
        *(a.tolist() if isinstance(a, np.ndarray) else a for a in asked), *rest
    )
    is_done = price_step(*asked, *rest)
    for found, right in zip((now, best, smooth, state), wanted, strict=False):
        np.testing.assert_allclose(found, right)
    assert is_done == wanted[-1]
