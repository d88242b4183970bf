"""Large skims: trees and hierarchy agree, and fields are those of the same ways."""

import math

import numpy as np
import pytest

import karwan
from karwan.assignment.hierarchy import hierarchy_of
from karwan.assignment.large_skims import MANY_SOURCES, large_skims


def grid(side, seed):
    """Return a grid of two-way arcs with four random fields; the first is the cost."""
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    pairs = np.vstack(
        [
            np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
            np.column_stack((node[:-1].ravel(), node[1:].ravel())),
        ]
    )
    tail = np.concatenate((pairs[:, 0], pairs[:, 1]))
    head = np.concatenate((pairs[:, 1], pairs[:, 0]))
    fields = rng.uniform(1, 10, (len(tail), 4))
    lon, lat = np.meshgrid(np.arange(side) / 10, np.arange(side) / 10)
    return (tail, head), fields, (lon.ravel(), lat.ravel())


def test_fields_are_summed_along_the_cheapest_way_by_hand():
    """0-1-3 costs 2, 0-2-3 costs 3; node 4 is apart; nothing is passed from 0 to 0."""
    ends = ([0, 1, 0, 2, 4], [1, 3, 2, 3, 0])
    cost, fields = large_skims(ends, [1, 1, 1, 2, 1], [[5], [7], [1], [1], [1]], [0], [3, 4, 0])
    assert cost.tolist() == [[2.0, math.inf, 0.0]]
    assert fields[0, 0, 0] == 12
    assert np.isnan(fields[0, 1, 0])
    assert fields[0, 2, 0] == 0


def test_the_cost_is_a_field_of_its_own_way():
    ends, fields, _ = grid(15, 1)
    cost, summed = large_skims(ends, fields[:, 0], fields, np.arange(20), np.arange(100, 140))
    np.testing.assert_allclose(cost, summed[..., 0])


def test_the_hierarchy_finds_the_same_ways():
    ends, fields, positions = grid(20, 2)
    asked = ends, fields[:, 0], fields, np.arange(10), np.arange(380, 390)
    trees = large_skims(*asked, by="trees")
    other = large_skims(*asked, positions, by="hierarchy")
    for mine, theirs in zip(other, trees, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_a_hierarchy_is_made_once_for_several_costs():
    ends, fields, positions = grid(12, 3)
    made, places = hierarchy_of(ends, positions), np.arange(0, 144, 5)
    for column in range(3):
        asked = ends, fields[:, column], fields, places, places
        for mine, theirs in zip(
            large_skims(*asked, hierarchy=made), large_skims(*asked, by="trees"), strict=True
        ):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def _made_and_told(made):
    def told(*asked):
        made.append(asked)
        return hierarchy_of(*asked)

    return told


def test_a_hierarchy_is_made_where_many_sources_ask_a_large_network(monkeypatch):
    made = []
    monkeypatch.setattr("karwan.assignment.large_skims.hierarchy_of", _made_and_told(made))
    monkeypatch.setattr("karwan.assignment.large_skims.LARGE", 100)
    ends, fields, positions = grid(40, 4)
    many, few = np.arange(MANY_SOURCES), np.arange(MANY_SOURCES - 1)
    for sources, targets, where, by in (
        (few, few, positions, "auto"),
        (many, np.arange(1600), positions, "auto"),
        (many, few, None, "auto"),
        (many, few, positions, "trees"),
    ):
        large_skims(ends, fields[:, 0], fields, sources, targets, where, by=by)
    assert not made
    large_skims(ends, fields[:, 0], fields, many, few, positions)
    assert len(made) == 1


def test_what_does_not_fit_is_named_at_once():
    with pytest.raises(karwan.InputError) as fault:
        large_skims(([0], [1, 2]), [-1.0], [[1.0]], [-3], [1], by="magic")
    for part in ("1 tails, 2 heads", "the least cost is -1", "by is 'magic'", "least node is -3"):
        assert part in str(fault.value)
    with pytest.raises(karwan.InputError, match="needs the positions"):
        large_skims(([0], [1]), [1.0], [[1.0]], [0], [1], by="hierarchy")
    with pytest.raises(karwan.InputError, match="a node 7, and positions or a hierarchy of 2"):
        large_skims(([0], [1]), [1.0], [[1.0]], [0], [7], ([0, 1], [0, 1]))
    other = hierarchy_of(([0, 2], [1, 3]), ([0, 1, 2, 3], [0, 0, 0, 0]))
    with pytest.raises(karwan.InputError, match="arc 1 from 2 to 0 is not in the hierarchy"):
        large_skims(([0, 2], [1, 0]), [1.0, 1.0], [[1.0], [1.0]], [0], [1], hierarchy=other)


def test_nothing_asked_and_no_arcs_give_nothing():
    cost, fields = large_skims(([], []), [], np.zeros((0, 2)), [0], [1, 0], ([0, 1], [0, 1]))
    assert cost.tolist() == [[math.inf, 0.0]]
    assert fields.shape == (1, 2, 2)
    cost, _ = large_skims(([0], [1]), [1.0], [1.0], [], [1], ([0, 1], [0, 1]), by="hierarchy")
    assert cost.shape == (0, 1)
