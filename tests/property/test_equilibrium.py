"""Laws of link performance functions and of user equilibria."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import naive_equilibrium as naive
from karwan.assignment.equilibrium import user_equilibrium
from karwan.assignment.flow_problem import check_curves, flow_problem
from karwan.kernels.volume_delay import BPR, CONICAL, CONSTANT, TABLE, Curves, areas, costs, slopes


@st.composite
def some_curves(draw, n):
    kind = draw(st.lists(st.sampled_from([CONSTANT, BPR, CONICAL, TABLE]), min_size=n, max_size=n))
    number = st.floats(0.1, 5.0)
    base = [draw(st.sampled_from([0.0, 1.0, 2.5])) for _ in kind]
    rise = [draw(st.sampled_from([0.0, 0.5, 4.0])) for _ in kind]
    power = [draw(st.sampled_from([1.0, 1.5, 3.0, 4.0])) + (k == CONICAL) for k in kind]
    capacity = [draw(number) for _ in kind]
    first, flow, cost = [0], [], []
    for k in kind:
        if k == TABLE:
            runs = np.array([0.0, draw(number), draw(number)])
            steps = np.sort([draw(st.floats(0.0, 3.0)) for _ in range(2)])
            flow += np.cumsum(runs).tolist()
            cost += np.cumsum([draw(number), *(steps * runs[1:])]).tolist()
        first.append(len(flow))
    floats = (np.array(x, float) for x in (base, rise, power, capacity))
    knots = np.array(first, np.int32), np.array(flow, float), np.array(cost, float)
    return Curves(np.array(kind, np.int8), *floats, *knots)


@given(some_curves(4), st.lists(st.floats(0.0, 12.0), min_size=4, max_size=4))
def test_cost_slope_and_area_agree(curves, flows):
    flow = np.array(flows)
    step = 1e-5
    rise = costs(curves, flow + step) - costs(curves, flow)
    middle = slopes(curves, flow + step / 2)
    near = np.isin(flow, curves.knot_flow) | (flow < 1e-3)
    for knot in curves.knot_flow:
        near |= np.abs(flow - knot) < 2 * step
    np.testing.assert_allclose(rise[~near], (step * middle)[~near], rtol=1e-4, atol=1e-10)
    fine = np.linspace(0.0, 1.0, 4001)
    for a in range(4):
        at = fine * flow[a]
        own = np.array([costs(curves, np.full(4, x))[a] for x in at[::8]])
        area = np.trapezoid(own, at[::8])
        np.testing.assert_allclose(areas(curves, flow)[a], area, rtol=2e-4, atol=1e-9)


@st.composite
def problems(draw):
    n = draw(st.integers(3, 5))
    ends = [(i, (i + 1) % n) for i in range(n)]
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    ends += draw(st.lists(pair, min_size=1, max_size=5))
    curves = draw(some_curves(len(ends)))
    demand = draw(st.lists(st.tuples(pair, st.floats(0.5, 9.0)), min_size=1, max_size=4))
    through = [True] * n
    tail, head = zip(*ends, strict=True)
    pairs = [(o, d, q) for (o, d), q in demand]
    origin, destination, amount = zip(*pairs, strict=True)
    names = [f"l{i}" for i in range(len(ends))]
    nodes = [str(i) for i in range(n)]
    return flow_problem(
        "made", nodes, through, names, (tail, head), curves, (origin, destination, amount)
    )


@settings(max_examples=60)
@given(problems())
def test_equilibrium_has_the_objective_of_the_twin_and_keeps_flow(problem):
    assert check_curves(problem) == []
    found = user_equilibrium(problem, gap=1e-11, iterations=3000)
    pairs = list(
        zip(
            problem.origin.tolist(),
            problem.destination.tolist(),
            problem.amount.tolist(),
            strict=True,
        )
    )
    flow = found.links["flow"].to_numpy()[problem.row]
    assert (flow >= 0.0).all()
    balance = np.zeros(len(problem.nodes))
    np.add.at(balance, problem.tail, flow)
    np.add.at(balance, problem.head, -flow)
    for o, d, q in pairs:
        balance[o] -= q
        balance[d] += q
    assert np.abs(balance).max() < 1e-9
    assert found.converged
    slow = naive.equilibrium(problem.tail, problem.head, problem.through, problem.curves, pairs)
    objective = areas(problem.curves, slow).sum()
    np.testing.assert_allclose(found.beckmann_objective, objective, rtol=1e-8, atol=1e-9)
    cost = costs(problem.curves, flow)
    least = sum(
        q * naive.cheapest_cost(problem.tail, problem.head, problem.through, cost, o)[d]
        for o, d, q in pairs
    )
    assert flow @ cost - least <= 1e-10 * max(flow @ cost, 1.0)
