"""Large skims: trees and hierarchy agree, and fields are those of the same ways."""

import math

import numpy as np
import pytest

import karwan
from karwan.assignment.large_skims import large_skims


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
    pytest.importorskip("pyroutingkit")
    ends, fields, positions = grid(20, 2)
    asked = ends, fields[:, 0], fields, np.arange(10), np.arange(380, 390)
    trees = large_skims(*asked, by="trees")
    other = large_skims(*asked, positions, by="hierarchy")
    for mine, theirs in zip(other, trees, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)


def test_what_does_not_fit_is_named_at_once():
    with pytest.raises(karwan.InputError) as fault:
        large_skims(([0], [1, 2]), [-1.0], [[1.0]], [0], [1], by="magic")
    for part in ("1 tails, 2 heads", "the least cost is -1", "by is 'magic'"):
        assert part in str(fault.value)
    with pytest.raises(karwan.InputError, match="needs the positions"):
        large_skims(([0], [1]), [1.0], [[1.0]], [0], [1], by="hierarchy")


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr("karwan.assignment.large_skims.find_spec", lambda _: None)
    with pytest.raises(karwan.errors.MissingExtra, match=r"karwan\[large\]"):
        large_skims(([0], [1]), [1.0], [[1.0]], [0], [1], ([0, 1], [0, 1]), by="hierarchy")
