"""Portfolios are exact, and no way that is added makes one worse."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from karwan.studies.portfolio_choice import (
    best_of_size,
    cheapest_of_size,
    cheapest_use,
    cover_of,
    not_dominated,
)


@st.composite
def worlds(draw, most_ways=6):
    """Draw probabilities with many ties, shares and costs."""
    n_states, n_ways = draw(st.integers(1, 8)), draw(st.integers(1, most_ways))
    level = st.integers(0, 10).map(lambda k: k / 10)
    rows = st.lists(level, min_size=n_ways, max_size=n_ways)
    on_time = np.array(draw(st.lists(rows, min_size=n_states, max_size=n_states)))
    weight = np.array(
        draw(st.lists(st.integers(0, 5), min_size=n_states, max_size=n_states)), float
    )
    weight[0] += 1
    cost = draw(st.lists(st.integers(1, 9).map(float), min_size=n_ways, max_size=n_ways))
    return on_time, weight / weight.sum(), np.array(cost)


def kept_by(on_time, share, ways):
    """Return P of a portfolio by its definition, equation (1)."""
    return float((share * on_time[:, list(ways)].max(axis=1)).sum()) if ways else 0.0


def portfolios(n_ways, size):
    return [c for k in range(size + 1) for c in itertools.combinations(range(n_ways), k)]


@given(worlds())
def test_the_covering_function_is_the_mean_of_the_best(world):
    on_time, share, cost = world
    cover = cover_of(on_time, share)
    for ways in portfolios(len(cost), len(cost)):
        chosen = np.isin(np.arange(len(cost)), ways)
        assert cover.probability(chosen) == pytest.approx(kept_by(on_time, share, ways))


@given(worlds(), st.data())
def test_adding_a_way_never_lowers_the_probability(world, data):
    on_time, share, cost = world
    cover = cover_of(on_time, share)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(cost), max_size=len(cost))))
    for way in np.flatnonzero(~chosen):
        more = chosen | (np.arange(len(cost)) == way)
        assert cover.probability(more) >= cover.probability(chosen)


@given(worlds())
def test_the_best_of_each_size_is_that_of_trying_all(world):
    on_time, share, cost = world
    cover = cover_of(on_time, share)
    for size in range(1, len(cost) + 1):
        found = best_of_size(cover, size)
        assert found.sum() <= size
        best = max(kept_by(on_time, share, ways) for ways in portfolios(len(cost), size))
        assert cover.probability(found) == pytest.approx(best)


@given(worlds(), st.floats(0.05, 0.95))
def test_the_cheapest_of_a_size_is_that_of_trying_all(world, probability):
    on_time, share, cost = world
    cover = cover_of(on_time, share)
    for size in range(1, len(cost) + 1):
        fit = [
            sum(cost[list(ways)])
            for ways in itertools.combinations(range(len(cost)), size)
            if kept_by(on_time, share, ways) >= probability + 1e-6
        ]
        if not fit:
            continue
        found = cheapest_of_size(cover, size, probability, cost)
        if found is not None:
            assert found.sum() == size
            assert cover.probability(found) >= probability - 1e-9
            assert cost[found].sum() <= min(fit) + 1e-9


@given(worlds())
def test_ways_that_are_beaten_everywhere_are_not_missed(world):
    on_time, share, cost = world
    kept = np.flatnonzero(not_dominated(on_time, cost))
    for size in range(1, len(cost) + 1):
        best, thin = (
            max(
                kept_by(on_time, share, c)
                for k in range(1, size + 1)
                for c in itertools.combinations(w, k)
            )
            for w in (range(len(cost)), kept.tolist())
        )
        assert thin == pytest.approx(best)


@given(worlds(), st.floats(0.05, 0.95), st.data())
def test_the_cheapest_use_costs_what_the_linear_program_says(world, probability, data):
    on_time, share, _ = world
    cost = np.array([[data.draw(st.integers(1, 9)) for _ in row] for row in on_time], float)
    reach = float((share * on_time.max(axis=1)).sum())
    goal = min(probability, reach)
    z = cheapest_use(on_time, cost, share, goal).shares(share, on_time.shape[1])
    np.testing.assert_allclose(z.sum(axis=1), share)
    assert (z * on_time).sum() >= goal - 1e-6
    n, m = on_time.shape
    each = np.kron(np.eye(n), np.ones(m))
    exact = linprog(
        cost.ravel(), A_ub=-on_time.ravel()[None], b_ub=[-goal + 1e-7], A_eq=each, b_eq=share
    )
    assert (z * cost).sum() == pytest.approx(exact.fun, abs=1e-4)
