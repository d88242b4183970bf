"""Balancing and the gravity model: margins hold, near pairs gain, a known deterrence is found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan import InputError
from karwan.assignment.gravity import balance, fit_gravity, gravity

COST = np.array([[1.0, 3.0, 6.0], [4.0, 2.0, 2.0]])


@st.composite
def tables(draw):
    """A positive pattern and the margins of another positive matrix of its shape."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cells = st.lists(st.floats(0.01, 100), min_size=n * m, max_size=n * m)
    seed, other = (np.array(draw(cells)).reshape(n, m) for _ in range(2))
    return seed, other.sum(axis=1), other.sum(axis=0)


@given(tables())
def test_balancing_meets_both_margins_and_keeps_the_odds_of_the_seed(table):
    seed, rows, columns = table
    flows = balance(seed, rows, columns)
    np.testing.assert_allclose(flows.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(flows.sum(axis=0), columns, rtol=1e-9)
    ratio = flows / seed
    np.testing.assert_allclose(ratio * ratio[0, 0], ratio[:, :1] * ratio[:1, :], rtol=1e-6)


def test_balancing_two_by_two_by_hand():
    """Margins 3, 7 and 4, 6; the cross ratio of the seed is 1, so flows are rows x columns / 10."""
    np.testing.assert_allclose(
        balance(np.ones((2, 2)), [3, 7], [4, 6]), [[1.2, 1.8], [2.8, 4.2]], rtol=1e-9
    )


def test_cells_of_zero_stay_zero():
    flows = balance([[1, 0], [1, 1]], [2, 5], [4, 3])
    np.testing.assert_allclose(flows, [[2, 0], [2, 3]], rtol=1e-8)


def test_without_deterrence_flows_follow_the_margins():
    flows = gravity([2, 8], [1, 4, 5], COST, 0.0)
    np.testing.assert_allclose(flows, np.outer([2, 8], [1, 4, 5]) / 10, rtol=1e-9)


def test_more_deterrence_shortens_the_mean_haul():
    means = [(gravity([2, 8], [1, 4, 5], COST, b) * COST).sum() for b in (0, 0.5, 1, 4)]
    assert means == sorted(means, reverse=True)
    assert means[0] > means[-1]


def test_great_costs_do_not_underflow():
    flows = gravity([2, 8], [5, 5], [[9000, 9900], [9500, 9100]], 0.5)
    assert flows.sum() == pytest.approx(10)


@pytest.mark.parametrize("beta", [0.05, 0.3, 1.2])
def test_a_known_deterrence_is_found_again(beta):
    known = gravity([20, 80], [10, 40, 50], COST, beta)
    fit = fit_gravity(known, COST)
    assert fit.beta == pytest.approx(beta, rel=1e-5)
    assert fit.r2 == pytest.approx(1, abs=1e-9)
    assert fit.srmse == pytest.approx(0, abs=1e-4)
    assert fit.cells == 6


def test_fit_of_a_poor_model_says_so():
    fit = fit_gravity([[5, 0], [0, 5]], [[9, 1], [1, 9]])
    assert fit.beta == 0
    assert fit.r2 == pytest.approx(0)
    assert fit.srmse == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "sentences"),
    [
        (([[1.0, -1]], [2], [1, 1]), ["seed[0][1] is -1; it must be finite and at least 0"]),
        (([[1, 1]], [2], [1, float("nan")]), ["destinations[1] is nan"]),
        (([[1, 1]], [2], [1, 2]), ["origins add up to 2, destinations to 3; equal them"]),
        (([[1, 1]], [1, 1], [1, 1]), ["the margins need 2 x 2"]),
        (
            ([[0, 0], [1, 1]], [-1, 3], [1, 1]),
            ["origins[0] is -1; it must be finite and at least 0"],
        ),
        (([[0, 0], [1, 1]], [1, 1], [1, 1]), ["origins[0] is 1, but no cell of it is allowed"]),
        (([[1, 0], [1, 1]], [5, 2], [4, 3]), ["no matrix with the zeros of the seed"]),
    ],
)
def test_margins_that_cannot_be_met_are_refused(arguments, sentences):
    with pytest.raises(InputError) as caught:
        balance(*arguments)
    for sentence in sentences:
        assert sentence in str(caught.value)


def test_nothing_observed_and_negative_deterrence_are_refused():
    with pytest.raises(InputError, match="add up to 0"):
        fit_gravity([[0, 0]], [[1, 2]])
    with pytest.raises(InputError, match="beta is -1"):
        gravity([1], [1], [[1]], -1)
