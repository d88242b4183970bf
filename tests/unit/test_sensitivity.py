"""Indices of sensitivity against functions whose indices are known."""

import math

import numpy as np
import pytest
from scipy import stats

from karwan.studies.ensembles.design import hypercube, pick_freeze
from karwan.studies.ensembles.sensitivity import (
    first_order,
    pick_freeze_indices,
    rank_correlation,
    slices,
)

FIRST = (0.3139, 0.4424, 0.0)
"""First-order indices of the Ishigami function with a = 7, b = 0.1 (Saltelli et al. 2008)."""
TOTAL = (0.5576, 0.4424, 0.2437)


def ishigami(shares):
    x = math.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_given_draws_find_the_indices_of_ishigami():
    shares = hypercube(8192, 3, 1)
    found = first_order(shares, ishigami(shares))
    np.testing.assert_allclose(found.value, FIRST, atol=0.015)
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()


def test_pick_and_freeze_finds_first_order_and_total_indices_of_ishigami():
    shares = pick_freeze(8192, 3, 1)
    first, total = pick_freeze_indices(ishigami(shares).reshape(-1, 5))
    np.testing.assert_allclose(first.value, FIRST, atol=0.03)
    np.testing.assert_allclose(total.value, TOTAL, atol=0.03)


def test_intervals_of_200_draws_cover_the_truth_about_as_often_as_they_say():
    """Of a smooth sum with known indices: 16, 4 and 1 parts of 21, and an idle factor."""
    scale, truth = np.array([4.0, 2.0, 1.0, 0.0]), np.array([16, 4, 1, 0]) / 21
    held = []
    for seed in range(60):
        shares = hypercube(200, 4, seed)
        found = first_order(shares, shares @ scale)
        held.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held, axis=0).min() >= 0.8


def test_an_idle_factor_has_an_index_round_0():
    values = []
    for seed in range(40):
        shares = hypercube(200, 2, seed)
        values.append(first_order(shares, shares[:, 0]).value[1])
    assert abs(np.mean(values)) < 0.02


def test_rank_correlation_is_that_of_scipy():
    shares = hypercube(50, 3, 2)
    numbers = ishigami(shares).round(1)
    wanted = [stats.spearmanr(factor, numbers).statistic for factor in shares.T]
    np.testing.assert_allclose(rank_correlation(shares, numbers), wanted)


def test_a_number_that_never_varies_has_no_indices():
    shares, still = hypercube(20, 2, 0), np.ones(20)
    assert np.isnan(rank_correlation(shares, still)).all()
    assert np.isnan(first_order(shares, still).value).all()
    first, total = pick_freeze_indices(np.ones((10, 4)))
    assert np.isnan(first.value).all()
    assert np.isnan(total.value).all()


@pytest.mark.parametrize(("draws", "wanted"), [(4, 2), (200, 14), (10_000, 50)])
def test_slices_grow_with_the_root_of_the_draws(draws, wanted):
    assert slices(draws) == wanted
