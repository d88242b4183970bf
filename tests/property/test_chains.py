"""Contraction keeps every way between the states it keeps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import naive
from karwan.kernels.chains import contract_chains
from strategies import arc_lists


@given(arc_lists(closed=False, most_states=9, most_arcs=16), st.data())
def test_fronts_between_kept_states_stay(graph, data):
    n_states, tail, head, cost = graph
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=n_states, max_size=n_states)))
    keep[[0, n_states - 1]] = True
    small_tail, small_head, small_cost, _, _ = contract_chains(tail, head, cost, keep)
    kept = np.flatnonzero(keep).tolist()
    for origin in kept:
        for target in kept:
            if origin != target:
                whole = naive.best_simple_costs(tail, head, cost, origin, target)
                small = naive.best_simple_costs(small_tail, small_head, small_cost, origin, target)
                assert small == whole


@given(arc_lists(closed=False, most_states=9, most_arcs=16), st.data())
def test_members_join_and_add_up(graph, data):
    n_states, tail, head, cost = graph
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=n_states, max_size=n_states)))
    small_tail, small_head, small_cost, first, member = contract_chains(tail, head, cost, keep)
    for i in range(len(small_tail)):
        arcs = member[first[i] : first[i + 1]]
        states = naive.path_states(tail, head, arcs)
        assert (states[0], states[-1]) == (small_tail[i], small_head[i])
        np.testing.assert_allclose(cost[arcs].sum(axis=0), small_cost[i])


def test_a_chain_becomes_one_arc_each_way():
    """0 - 1 - 2 - 3 both ways, ends kept, is two arcs of length 3; the dead end 4 is gone."""
    pairs = [(0, 1), (1, 2), (2, 3), (2, 4)]
    tail = np.array([a for a, _ in pairs] + [b for _, b in pairs], np.int32)
    head = np.array([b for _, b in pairs] + [a for a, _ in pairs], np.int32)
    keep = np.array([True, False, False, True, False])
    small_tail, small_head, cost, _, _ = contract_chains(tail, head, np.ones((8, 1)), keep)
    assert sorted(zip(small_tail, small_head, cost[:, 0], strict=True)) == [(0, 3, 3), (3, 0, 3)]
