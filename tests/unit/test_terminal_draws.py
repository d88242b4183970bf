"""Draws of the terminal loop follow their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from karwan.kernels import terminal_draws as draws
from karwan.kernels import ziggurat
from karwan.kernels.terminal_layout import FETCH_WHOLE, FETCHES, WEEK, WEEK_ROWS
from karwan.kernels.terminal_setup import fetching
from karwan.kernels.terminal_yard import fetched

MANY, SURE = 200_000, 1e-4


@njit
def many(kind, mean, shape):
    found = np.empty(MANY)
    for i in range(MANY):
        key = draws.stream(np.uint64(2_026), i)
        if kind == 0:
            found[i] = draws.exponential(key, 5)
        elif kind == 1:
            found[i] = draws.normal(key, 5)
        elif kind == 2:
            found[i] = draws.gamma(key, 5, mean, shape, draws.root_of(shape))
        else:
            found[i] = draws.poisson(key, mean)
    return found


@njit
def half_hours(fetch, guide, step):
    found = np.empty(MANY, np.int64)
    for i in range(MANY):
        found[i] = fetched(fetch, guide, draws.stream(np.uint64(7), i), 3, step)
    return found


@njit
def one_fetch(fetch, guide, key, step):
    return fetched(fetch, guide, key, 3, step)


@njit
def one_exponential(key):
    return draws.exponential(key, 3)


@pytest.mark.parametrize(
    ("kind", "shape", "law"),
    [
        (0, 0.0, stats.expon()),
        (1, 0.0, stats.norm()),
        *((2, k, stats.gamma(k, scale=3.0 / k)) for k in (0.6, 1.0, 2.0, 3.7, 16.0)),
    ],
)
def test_draws_follow_their_law(kind, shape, law):
    assert stats.kstest(many(kind, 3.0, shape), law.cdf).pvalue > SURE


@pytest.mark.parametrize("mean", [0.3, 9.0, 10.0, 33.3, 600.0])
def test_numbers_of_trucks_are_poisson(mean):
    found, law = many(3, mean, 0.0), stats.poisson(mean)
    low, high = int(law.ppf(1e-4)), int(law.ppf(1 - 1e-4))
    wanted = law.pmf(np.arange(low, high + 1))
    wanted[0], wanted[-1] = law.cdf(low), law.sf(high - 1)
    seen = np.bincount(np.clip(found, low, high).astype(int) - low, minlength=len(wanted))
    assert stats.chisquare(seen, MANY * wanted / wanted.sum()).pvalue > SURE
    assert many(3, 0.0, 0.0).max() == 0


def test_layers_have_one_area_and_end_at_the_peak():
    for x, f in (
        (ziggurat.EXPONENTIAL_X, ziggurat.EXPONENTIAL_F),
        (ziggurat.NORMAL_X, ziggurat.NORMAL_F),
    ):
        areas = x[1:-1] * np.diff(f[1:])
        np.testing.assert_allclose(areas, x[0] * f[1], rtol=1e-9)
        assert f[-1] == 1.0


def test_a_ready_box_is_fetched_in_each_half_hour_by_its_share():
    week = np.zeros((WEEK_ROWS, WEEK))
    week[FETCHES, 20:36], week[FETCHES, 70] = 0.2, 1.0
    found = half_hours(*fetching(week), WEEK + 30)
    alone = 0.2 * 0.8 ** np.arange(6)
    for k, share in enumerate(alone):
        seen = (found == WEEK + 30 + k).mean()
        assert abs(seen - share) < 4 * np.sqrt(share / MANY)
    assert (found[found >= WEEK + 36] == WEEK + 70).all()
    assert half_hours(*fetching(0 * week), 5).min() > 1e9


@given(
    shares=st.lists(st.sampled_from([0.0, 0.01, 0.3, 1.0]), min_size=8, max_size=8),
    seed=st.integers(0, 99),
)
@settings(max_examples=20, deadline=None)
def test_the_half_hour_of_a_fetch_is_the_one_a_plain_search_finds(shares, seed):
    week = np.zeros((WEEK_ROWS, WEEK))
    week[FETCHES] = np.repeat(shares, WEEK // 8)
    fetch, guide = fetching(week)
    sums, whole = fetch[:WEEK], fetch[FETCH_WHOLE]
    for number in range(200):
        key, step = np.uint64(draws.stream(np.uint64(seed), number)), (37 * number) % (3 * WEEK)
        found = one_fetch(fetch, guide, key, step)
        if whole == 0.0:
            assert found > 1e9
            continue
        weeks, rest = divmod(sums[step % WEEK] + one_exponential(key), whole)
        last = np.searchsorted(sums, rest, side="right") - 1
        assert found == step - step % WEEK + weeks * WEEK + last
