"""The Pareto kernel agrees with a slow twin, with a second algorithm, and with its own promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import naive
from karwan.kernels.pareto import pareto_search
from karwan.kernels.ways import label_ways
from strategies import always_open, arc_lists, bounds_to, star_of


def search(graph, origin, target, epsilon=0.0, max_labels=100_000, bound=None):
    n_states, tail, head, cost = graph
    first, to, costs, _ = star_of(*graph)
    if bound is None:
        bound = bounds_to(n_states, tail, head, cost, target)
    found = pareto_search(
        first, to, costs, *always_open(len(to)), (origin, target), bound, epsilon, max_labels
    )
    front, labels, arc, parent, _, complete = found
    order = np.lexsort(front.T[::-1])
    assert (np.diff(front[:, 0]) >= 0).all()
    return front[order], labels[order], arc, parent, complete


@given(arc_lists())
def test_the_front_is_that_of_the_slow_twin(graph):
    n_states, _, _, cost = graph
    first, to, costs, _ = star_of(*graph)
    for target in (0, n_states - 1):
        front, _, _, _, complete = search(graph, 0, target)
        twin = naive.pareto_front(first, to, costs, 0, target)
        assert complete
        np.testing.assert_array_equal(front, np.array(twin).reshape(-1, cost.shape[1]))


@given(arc_lists(most_arcs=14))
def test_the_front_is_that_of_all_simple_paths(graph):
    n_states, tail, head, cost = graph
    front = search(graph, 0, n_states - 1)[0]
    usable = np.isfinite(cost).all(axis=1)
    every = naive.best_simple_costs(tail[usable], head[usable], cost[usable], 0, n_states - 1)
    np.testing.assert_array_equal(front, np.array(every).reshape(-1, cost.shape[1]))


@given(arc_lists())
def test_paths_join_and_cost_what_the_front_says(graph):
    n_states, tail, _, _ = graph
    _, to, costs, order = star_of(*graph)
    front, labels, label_arc, parent, _ = search(graph, 0, n_states - 1)
    for vector, label in zip(front, labels, strict=True):
        path = label_arc[label_ways(parent, np.array([label], np.int32))[1]]
        np.testing.assert_allclose(costs[path].sum(axis=0), vector)
        if len(path):
            states = naive.path_states(tail[order], to, path)
            assert (states[0], states[-1]) == (0, n_states - 1)


@given(arc_lists())
def test_weaker_bounds_never_change_the_front(graph):
    n_states, tail, head, cost = graph
    exact = bounds_to(n_states, tail, head, cost, n_states - 1)
    none = np.where(np.isfinite(exact), 0.0, np.inf)
    with_bounds = search(graph, 0, n_states - 1)[0]
    np.testing.assert_array_equal(with_bounds, search(graph, 0, n_states - 1, bound=none)[0])


@given(arc_lists(), st.floats(0.01, 1.0))
def test_an_epsilon_front_covers_the_exact_one(graph, epsilon):
    target = graph[0] - 1
    exact, coarse = search(graph, 0, target)[0], search(graph, 0, target, epsilon)[0]
    assert len(coarse) <= len(exact)
    for vector in exact:
        assert (coarse <= vector * (1 + epsilon) * (1 + 1e-8) + 1e-12).all(axis=1).any()


@given(arc_lists(criteria=3), st.integers(0, 5))
def test_running_out_of_labels_is_said(graph, most):
    target = graph[0] - 1
    whole = search(graph, 0, target)
    short = search(graph, 0, target, max_labels=most)
    assert short[4] or len(short[2]) <= max(most, 1)
    if short[4]:
        np.testing.assert_array_equal(short[0], whole[0])


def layered(seed, width, depth, criteria):
    """Make a graph of layers: large fronts, whole costs."""
    rng = np.random.default_rng(seed)
    n_states = width * depth + 2
    tail, head = [], []
    for layer in range(depth - 1):
        for a in range(width):
            for b in range(width):
                tail.append(1 + layer * width + a)
                head.append(1 + (layer + 1) * width + b)
    for a in range(width):
        tail += [0, 1 + (depth - 1) * width + a]
        head += [1 + a, n_states - 1]
    cost = rng.integers(1, 40, (len(tail), criteria)).astype(float)
    return n_states, np.array(tail, np.int32), np.array(head, np.int32), cost


@pytest.mark.parametrize("seed", range(3))
def test_large_fronts_of_two_criteria_agree_with_shortest_paths_under_a_limit(seed):
    """A second algorithm: dynamic programming over whole amounts of the second criterion."""
    graph = layered(seed, 5, 8, 2)
    first, to, costs, _ = star_of(*graph)
    front = search(graph, 0, graph[0] - 1)[0]
    second = naive.pareto_by_constraints(first, to, costs, 0, graph[0] - 1)
    assert len(front) > 5
    np.testing.assert_array_equal(front, np.array(second))


@pytest.mark.parametrize(("seed", "criteria"), [(0, 3), (1, 3), (2, 4)])
def test_large_fronts_of_more_criteria_agree_with_label_correcting(seed, criteria):
    graph = layered(seed, 4, 6, criteria)
    first, to, costs, _ = star_of(*graph)
    front = search(graph, 0, graph[0] - 1)[0]
    assert len(front) > 30
    np.testing.assert_array_equal(front, naive.pareto_front(first, to, costs, 0, graph[0] - 1))


def test_costs_far_apart_are_spread_over_the_buckets():
    """Costs from 1e-3 to 1e9: the last bucket is spread out more than once."""
    rng = np.random.default_rng(5)
    n_states, tail, head, _ = layered(0, 4, 6, 2)
    cost = 10.0 ** rng.uniform(-3, 9, (len(tail), 2))
    graph = (n_states, tail, head, cost)
    first, to, costs, _ = star_of(*graph)
    front = search(graph, 0, n_states - 1)[0]
    np.testing.assert_allclose(front, naive.pareto_front(first, to, costs, 0, n_states - 1))


def test_no_way_gives_an_empty_front():
    graph = (3, np.array([0], np.int32), np.array([1], np.int32), np.array([[1.0, 1.0]]))
    front, labels, _, _, complete = search(graph, 0, 2)
    assert front.shape == (0, 2)
    assert len(labels) == 0
    assert complete
