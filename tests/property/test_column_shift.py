"""Shifting flow to cheapest columns ends where nobody gains, as the slow twin and the objective."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

import naive_assignment
from karwan.kernels.column_shift import shift_columns

N_PLACES = 3


@st.composite
def pools(draw):
    """Pairs (consignments, TEU, value of time), costs and places of columns, delays, prices."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    n = sum(sizes)
    places = [
        sorted(draw(st.sets(st.integers(0, N_PLACES - 1), max_size=N_PLACES))) for _ in range(n)
    ]
    number = st.integers(1, 12).map(lambda i: i / 4)
    pairs = [(draw(number), draw(number), draw(number)) for _ in sizes]
    cost = [10 * draw(number) for _ in range(n)]
    delay = [(draw(number) - 1, draw(number)) for _ in range(N_PLACES)]
    price = [(draw(number) - 3, draw(st.sampled_from([0.0, 2.0]))) for _ in range(N_PLACES)]
    return sizes, places, pairs, cost, delay, price


def shifted(pool, price, most=100_000):
    """Call the kernel from the first column of each pair; return shares, flows and columns."""
    sizes, places, pairs, cost, delay, _ = pool
    ends = np.cumsum(sizes)
    columns = [list(range(e - s, e)) for s, e in zip(sizes, ends, strict=True)]
    first_place = np.concatenate(([0], np.cumsum([len(p) for p in places]))).astype(np.int32)
    share, through = np.zeros(len(places)), np.zeros(N_PLACES)
    for own, (q, teu, _) in zip(columns, pairs, strict=True):
        share[own[0]] = 1.0
        through[places[own[0]]] += q * teu
    sweeps = shift_columns(
        np.concatenate(([0], ends)).astype(np.int32), np.array(pairs), np.array(cost), first_place,
        np.array([e for p in places for e in p], np.int32), np.array(delay), np.array(price),
        share, through, 1e-13, most,
    )  # fmt: skip
    return share, through, columns, sweeps


def paid(pool, price, through):
    """Return what each column costs at flows."""
    sizes, places, pairs, cost, delay, _ = pool
    of = np.repeat(np.arange(len(sizes)), sizes)
    return np.array(
        [
            cost[c]
            + sum(
                pairs[of[c]][2] * (delay[e][0] + delay[e][1] * through[e])
                + pairs[of[c]][1] * max(0.0, price[e][0] + price[e][1] * through[e])
                for e in places[c]
            )
            for c in range(len(cost))
        ]
    )


@given(pools())
def test_no_used_column_is_dearer_than_another(pool):
    """Wardrop's first principle, prices of capacities included; flows are conserved."""
    _, places, pairs, *_, price = pool
    share, through, columns, _ = shifted(pool, price)
    now = paid(pool, price, through)
    again = np.zeros(N_PLACES)
    for own, (q, teu, _) in zip(columns, pairs, strict=True):
        assert share[own].min() >= 0
        assert abs(share[own].sum() - 1) < 1e-12
        used = [c for c in own if share[c] > 1e-9]
        assert now[used].max() <= now[own].min() + 1e-6
        for c in own:
            again[places[c]] += q * teu * share[c]
    np.testing.assert_allclose(through, again, atol=1e-9)


@settings(max_examples=30)
@given(pools())
def test_flows_agree_with_the_slow_twin(pool):
    """Flows at places are unique where delays rise and no price is asked."""
    free = [(0.0, 0.0)] * N_PLACES
    _, through, columns, _ = shifted(pool, free)
    _, slow = naive_assignment.cheapest_flows(
        columns, pool[2], pool[3], pool[1], pool[4], free, 3000
    )
    np.testing.assert_allclose(through, slow, atol=1e-5)


@settings(max_examples=30)
@given(pools())
def test_flows_are_the_least_of_the_scaled_objective(pool):
    """Sum of integrals of delay and of cost over value of time, by SciPy, is never lower."""
    sizes, places, pairs, cost, delay, _ = pool
    of = np.repeat(np.arange(len(sizes)), sizes)
    weight = np.array([pairs[k][0] * pairs[k][1] for k in of])
    worth = np.array([cost[c] / pairs[of[c]][2] for c in range(len(cost))])
    holds = np.array([[e in p for e in range(N_PLACES)] for p in places], float)
    level, rise = np.array(delay).T

    def objective(share):
        flow = (share * weight) @ holds
        return float((level * flow + rise * flow**2 / 2).sum() + (share * weight * worth).sum())

    share, *_ = shifted(pool, [(0.0, 0.0)] * N_PLACES)
    total = [{"type": "eq", "fun": lambda x, k=k: x[of == k].sum() - 1} for k in range(len(sizes))]
    found = minimize(
        objective, 1 / np.array(sizes)[of], bounds=[(0, 1)] * len(of), constraints=total,
        method="SLSQP", options={"ftol": 1e-12, "maxiter": 300},
    )  # fmt: skip
    assert objective(share) <= found.fun + 1e-9 * max(1.0, abs(found.fun))
