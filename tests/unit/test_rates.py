"""Rates: the best row wins, and moments follow from percentiles."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.routing.rates import RateBook, lognormal_moments


def book() -> RateBook:
    frame = pl.DataFrame(
        {
            "mode": ["road", "road", "road", "rail"],
            "country": [None, "KZ", None, None],
            "terrain": [None, None, "mountain", None],
        }
    )
    return RateBook(frame, ("mode", "terrain", "country"))


def test_a_row_for_the_country_goes_before_the_default():
    assert book().find("road", None, "KZ") == 1
    assert book().find("road", None, "UZ") == 0


def test_terrain_goes_before_country():
    assert book().find("road", "mountain", "KZ") == 2


def test_what_no_row_fits_is_not_found():
    assert book().find("sea", None, None) == -1


def test_rows_that_are_not_valid_are_left_out():
    frame = pl.DataFrame({"mode": ["road", "road"]})
    assert RateBook(frame, ("mode",), bytes([1, 0])).find("road") == 0


@settings(deadline=None)
@given(st.floats(0.1, 500), st.floats(1, 10))
def test_moments_of_percentiles_agree_with_a_large_sample(p50, ratio):
    """Lognormal moments, Johnson, Kotz and Balakrishnan (1994), chapter 14."""
    mean, variance = lognormal_moments(p50, p50 * ratio)
    sigma = math.log(ratio) / 1.6448536269514722
    assert mean == pytest.approx(p50 * math.exp(sigma**2 / 2))
    grid = (np.arange(200_000) + 0.5) / 200_000
    from scipy.stats import norm

    sample = p50 * np.exp(sigma * norm.ppf(grid))
    assert sample.mean() == pytest.approx(mean, rel=0.02)
    assert sample.var() <= variance * 1.01 + 1e-9


def test_equal_percentiles_leave_no_spread():
    assert lognormal_moments(5.0, 5.0) == (5.0, 0.0)


def test_a_median_of_zero_is_read_as_exponential():
    mean, variance = lognormal_moments(0.0, 30.0)
    assert mean == pytest.approx(30 / math.log(20))
    assert variance == pytest.approx(mean**2)
