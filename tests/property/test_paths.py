"""Ways of trees, of labels and on the clock agree with their slow twins."""

import functools
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import karwan
import naive
import naive_paths
from karwan.kernels.clocks import run_clocks
from karwan.kernels.tree_bits import tree_bits
from karwan.kernels.undominated import undominated
from karwan.kernels.ways import label_ways, way_back, ways_over
from karwan.routing.arcs import Kind
from karwan.routing.paths import Paths
from karwan.routing.search import gateways_of
from karwan.routing.trees import adjacency, cheapest_tree
from strategies import arc_lists, schedules

graphs = arc_lists(criteria=1)
ragged = st.lists(st.lists(st.integers(-1, 2), min_size=1, max_size=5), min_size=1, max_size=4)


def grown(graph, root, *, back=False):
    n_states, tail, head, cost = graph
    ends = (head, tail) if back else (tail, head)
    return cheapest_tree(adjacency(*ends, n_states), cost[:, 0], root)


@given(graphs)
def test_a_tree_is_that_of_bellman_and_ford_and_takes_the_first_of_equal_arcs(graph):
    n_states, tail, head, cost = graph
    label, arc = grown(graph, 0)
    expected = np.full(n_states, np.inf)
    found = naive_paths.best_arcs(tail, head, cost[:, 0], 0)
    expected[: len(found)] = found
    np.testing.assert_array_equal(label, expected)
    assert arc[0] == -1
    for state in np.flatnonzero(np.isfinite(label))[1:]:
        a = arc[state]
        assert head[a] == state
        assert label[state] == label[tail[a]] + cost[a, 0]
        twins = np.flatnonzero((tail == tail[a]) & (head == state))
        assert a == twins[cost[twins, 0].argmin()]


@given(graphs)
def test_bits_are_joined_arc_by_arc(graph):
    n_states, tail, head, cost = graph
    side = adjacency(tail, head, n_states)
    _, arc = cheapest_tree(side, cost[:, 0], 0)
    before = np.where(arc >= 0, tail[arc], -9999).astype(np.int32)[None, :]
    bit = 1 << (np.arange(len(side.far), dtype=np.int64) % 5)
    pair = {(int(near), int(far)): b for near, far, b in zip(
        np.repeat(np.arange(n_states), np.diff(side.first_pair)), side.far, bit, strict=True
    )}  # fmt: skip
    first, ahead = side.first_pair.astype(np.int64), side.far.astype(np.int64)
    found = tree_bits(before, first, ahead, bit, np.arange(n_states))[0]
    for state in range(n_states):
        way = naive_paths.way_back(tail, arc, state)
        joined = [int(pair[tail[a], head[a]]) for a in way]
        assert found[state] == functools.reduce(operator.or_, joined, 0)


@given(graphs)
def test_ways_over_arcs_join_two_trees(graph):
    n_states, tail, head, _ = graph
    forth, back = grown(graph, 0), grown(graph, n_states - 1, back=True)
    over = np.arange(len(tail), dtype=np.int32)
    first, way = ways_over(tail, head, forth[1], over, back[1])
    for a in over:
        before = naive_paths.way_back(tail, forth[1], tail[a])
        after = naive_paths.way_back(head, back[1], head[a])
        assert way[first[a] : first[a + 1]].tolist() == [*before[::-1], a, *after]
        assert way_back(head, back[1], head[a]).tolist() == after


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12), st.data())
def test_ways_of_labels_are_followed_one_by_one(draws, data):
    parent = np.array([-1, *(d % (i + 1) for i, d in enumerate(draws))], np.int32)
    chosen = st.lists(st.integers(0, len(parent) - 1), max_size=4)
    labels = np.array(data.draw(chosen), np.int32)
    first, chain = label_ways(parent, labels)
    for i, label in enumerate(labels):
        assert chain[first[i] : first[i + 1]].tolist() == naive_paths.label_way(parent, label)


@given(ragged, schedules(), st.integers(0, 20))
def test_clocks_wait_as_one_who_tries_every_span(paths, schedule, start):
    n_gates = len(schedule[0]) - 1
    paths = [[g if g < n_gates else -1 for g in path] for path in paths]
    first = np.append(0, np.cumsum([len(path) for path in paths])).astype(np.int32)
    gates = np.array([g for path in paths for g in path], np.int32)
    hours = (np.arange(len(gates)) * 7 % 5).astype(float)
    wait = np.zeros(len(gates))
    piece, opens = run_clocks(first, gates, hours, schedule, float(start), wait, False)
    kept = wait.copy()
    again, _ = run_clocks(first, gates, hours, schedule, float(start), kept, True)
    np.testing.assert_array_equal(kept, wait)
    for i in range(len(paths)):
        at = slice(first[i], first[i + 1])
        twin = naive_paths.waits_on_the_way(gates[at], hours[at], schedule, float(start))
        assert opens[i] == (twin is not None)
        if twin is not None:
            assert (wait[at].tolist(), piece[at].tolist()) == twin
            assert again[at].tolist() == twin[1], "the waits found lead to the same pieces"


@given(arc_lists(closed=False))
def test_undominated_vectors_are_the_front_each_once(graph):
    cost = graph[3]
    kept = undominated(cost, np.lexsort(cost.T[::-1]))
    assert [tuple(v) for v in cost[kept].tolist()] == naive.front_of(cost.tolist())


@pytest.mark.parametrize("ends", [("Almaty", "Karachi"), ("Karachi", "Almaty")])
def test_gateways_are_where_a_path_meets_the_sea(ends):
    query = karwan.plan(karwan.open_atlas(), karwan.Consignment(*ends)).query
    arcs, node = query.arcs, query.state_node
    rng = np.random.default_rng(1)
    drawn = [rng.integers(0, arcs.n_arcs, size) for size in (1, 3, 9, 30, 2)]
    found = gateways_of(query, Paths.of(drawn))
    assert found == [
        naive_paths.gateway(
            arcs.kind[p], node[arcs.tail[p]], node[arcs.head[p]], Kind.SEA,
            is_export=query.is_export,
        )
        for p in drawn
    ]  # fmt: skip
    assert -1 in found
    assert len(set(found)) > 1
