"""How sure the order of measures is when costs, openings and benefits are not."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.worth import Timing, discounted, factors
from karwan.studies.rank_measures import Portfolio

__all__ = ["robust_order"]

Floats = NDArray[np.float64]
MILLION = 1e6
COMMON_SPREAD = 0.4
"""Spread of the log of all benefits together: rates and demand are mostly grade C."""
OWN_SPREAD = 0.3
"""Spread of the log of each benefit by itself."""
TOP = 5


def robust_order(
    portfolio: Portfolio, yearly: Floats, growth: Floats, timing: Timing, draws: int, seed: int
) -> pl.DataFrame:
    """Draw costs, openings and benefits, and see how measures rank.

    Capital is triangular over its interval, the opening year triangular over its years, and the
    benefit lognormal about the modelled one: a common factor, and one of its own.

    Parameters
    ----------
    portfolio : Portfolio
        Measures.
    yearly : float64[n]
        Benefit a year alone [USD].
    growth : float64[n_years]
        Benefit of each year as a multiple.
    timing : Timing
        Years and discount rate.
    draws, seed : int
        Draws, and their seed.

    Returns
    -------
    polars.DataFrame
        For each measure: share of draws in which it pays, P10 and P90 of its benefit-cost
        ratio, mean rank by that ratio, and share of draws among the first five.
    """
    n, rng = len(yearly), np.random.default_rng(seed)
    common = np.exp(COMMON_SPREAD * rng.standard_normal((draws, 1)))
    own = np.exp(OWN_SPREAD * rng.standard_normal((draws, n)))
    capital = _triangular(
        rng, portfolio.capital_low, portfolio.capital, portfolio.capital_high, draws
    )
    opens = _triangular(
        rng,
        portfolio.opening_low.astype(np.float64),
        portfolio.opening.astype(np.float64),
        portfolio.opening_high.astype(np.float64),
        draws,
    )
    worth = factors(
        timing, growth, opens.round().astype(np.int64).ravel(), np.tile(portfolio.life, draws)
    )
    amounts = (
        (common * own * yearly).ravel(),
        capital.ravel() * MILLION,
        np.tile(portfolio.yearly, draws) * MILLION,
    )
    value, ratio, _ = (x.reshape(draws, n) for x in discounted(amounts, worth))
    place = np.argsort(np.argsort(-ratio, axis=1, kind="stable"), axis=1) + 1
    low, high = np.quantile(ratio, (0.1, 0.9), axis=0, method="nearest")
    return pl.DataFrame(
        {
            "pays_share": (value > 0).mean(axis=0),
            "ratio_p10": low,
            "ratio_p90": high,
            "mean_rank": place.mean(axis=0),
            "first_five_share": (place <= TOP).mean(axis=0),
        }
    )


def _triangular(
    rng: np.random.Generator, low: Floats, middle: Floats, high: Floats, draws: int
) -> Floats:
    """Draw triangular numbers by their inverse; fixed where the interval is a point."""
    u = rng.random((draws, len(low)))
    width = np.maximum(high - low, 1e-12)
    cut = (middle - low) / width
    left = low + np.sqrt(u * width * (middle - low))
    right = high - np.sqrt((1 - u) * width * (high - middle))
    drawn = np.where(u < cut, left, right)
    return np.asarray(np.where(high > low, drawn, middle), np.float64)
