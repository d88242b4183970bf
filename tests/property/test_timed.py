"""Searches on the clock agree with a slow twin that expands time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import naive
from karwan.kernels.opening import next_open, slow_piece
from karwan.kernels.pareto import pareto_search
from karwan.kernels.timed import timed_bests
from karwan.kernels.ways import label_ways
from strategies import arc_lists, bounds_to, schedules, star_of

HORIZON = 80
graphs = arc_lists(criteria=3, most_states=5, most_arcs=12, closed=False)
gates = st.lists(st.integers(-1, 2), min_size=12, max_size=12)
rates = st.sampled_from([0.0, 0.5, 2.0])


def with_gates(graph, gate, schedule):
    """Return the star, the gates and the TEU of its arcs; gates that do not exist are none."""
    first, to, costs, order = star_of(*graph)
    n_gates = len(schedule[0]) - 1
    gated = np.array([g if g < n_gates else -1 for g in gate], np.int32)[: len(order)][order]
    return first, to, costs, gated, 1.0 + (np.arange(len(order)) % 2)


@given(graphs, gates, schedules(), rates)
def test_the_front_on_the_clock_is_that_of_expanded_time(graph, gate, schedule, rate):
    first, to, costs, gated, teu = with_gates(graph, gate, schedule)
    target = graph[0] - 1
    tail = np.repeat(np.arange(graph[0], dtype=np.int32), np.diff(first))
    charged = costs.copy()
    charged[:, 1] += rate * costs[:, 0]
    bound = bounds_to(graph[0], tail, to, charged, target)
    role = np.array([1, 0, 2], np.int32)
    front, labels, arc, parent, wait, complete = pareto_search(
        first, to, costs, gated, teu, schedule, role, rate, 0.0, (0, target), bound, 0.0, 100_000
    )
    charged_front = front.copy()
    charged_front[:, 1] += rate * front[:, 0]
    twin = naive.timed_front(first, to, costs, gated, teu, schedule, rate, 0, target, HORIZON)
    assert complete
    found = sorted(map(tuple, charged_front))
    np.testing.assert_allclose(np.array(found).reshape(-1, 3), np.array(twin).reshape(-1, 3))
    for label, vector in zip(labels, front, strict=True):
        _, chain = label_ways(parent, np.array([label], np.int32))
        total = walked(arc[chain], wait[chain], costs, gated, teu, schedule)
        np.testing.assert_allclose(total, vector)


def walked(path, waits, costs, gated, teu, schedule):
    """Return time, money and variance of a path with its waits."""
    first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow = schedule
    total = np.zeros(3)
    for a, waited in zip(path, waits, strict=True):
        total[0] += waited
        g = gated[a]
        if g >= 0:
            spans = first_shut[g], first_shut[g + 1]
            assert next_open(*spans, shut_from, shut_to, total[0]) == total[0]
            piece = slow_piece(first_slow[g], first_slow[g + 1], slow_from, slow_to, total[0])
            if piece >= 0:
                total += slow[piece][[0, 2, 1]] * (1, teu[a], 1)
        total += costs[a]
    return total


@given(graphs, gates, schedules(), rates, st.data())
def test_the_best_through_a_door_is_that_of_expanded_time(graph, gate, schedule, rate, data):
    first, to, costs, gated, teu = with_gates(graph, gate, schedule)
    target, n_arcs = graph[0] - 1, len(to)
    at_sea = np.array(data.draw(st.lists(st.booleans(), min_size=n_arcs, max_size=n_arcs)))
    is_export = data.draw(st.booleans())
    door = np.where(at_sea, 1 + np.arange(n_arcs) % 2, 0).astype(np.int32)
    kinds = [(int(is_export), 0, 1)] + [(int(not is_export), 0, 0)] * 2 + [(1, 0, 1)]
    weight = costs[:, 1] + costs[:, 2]
    found, arc, parent, wait = timed_bests(
        first,
        to,
        weight,
        costs[:, 0].copy(),
        gated,
        np.column_stack((np.ones(n_arcs), teu)),
        door,
        at_sea,
        np.array(kinds, np.int32),
        schedule,
        rate,
        0.0,
        (0, target),
        np.zeros((2, graph[0])),
    )
    for layer in (1, 2, 3):
        best = best_in_layers(
            layer,
            graph[0],
            (first, to, costs),
            at_sea,
            door,
            is_export,
            (gated, teu, schedule, rate),
        )
        if found[layer] < 0:
            assert best == np.inf
            continue
        _, chain = label_ways(parent, found[layer : layer + 1])
        total = walked(arc[chain], wait[chain], costs, gated, teu, schedule)
        np.testing.assert_allclose(total[1] + total[2] + rate * total[0], best)


def best_in_layers(layer, n, star, at_sea, door, is_export, clock):
    """Copy the states behind one door and expand time; layer 3 stays on land."""
    first, to, costs = star
    gated, teu, schedule, rate = clock
    tail = np.repeat(np.arange(n), np.diff(first))
    rows = []
    for a in range(len(to)):
        if layer == 3:
            rows += [(tail[a], to[a], a)] if not at_sea[a] else []
            continue
        if not (at_sea[a] and is_export):
            rows.append((tail[a], to[a], a))
        if door[a] == layer:
            rows.append((tail[a], to[a] + n, a))
        if not at_sea[a] or is_export:
            rows.append((tail[a] + n, to[a] + n, a))
    rows.sort()
    t, h, arcs = (np.array(x, int) for x in zip(*rows, strict=True)) if rows else ([], [], [])
    begins = np.searchsorted(np.array(t, int), np.arange(2 * n + 1))
    picked = np.array(arcs, int)
    at = naive.timed_states(
        begins, h, costs[picked], gated[picked], teu[picked], schedule, 0, HORIZON
    )
    target = n - 1 if layer == 3 else 2 * n - 1
    ends = [
        money + spread + rate * hour
        for hour, states in enumerate(at)
        for money, spread in states.get(target, ())
    ]
    return min(ends, default=np.inf)
