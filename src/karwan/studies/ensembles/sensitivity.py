"""Sensitivity: which uncertain input a number hangs on."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["FEWEST", "Indices", "first_order", "pick_freeze_indices", "rank_correlation", "slices"]

FEWEST = 10
"""Draws below which no index is estimated."""
MOST_SLICES = 50
BOOTSTRAPS = 200
INTERVAL = (0.05, 0.95)

Floats = NDArray[np.float64]


class Indices(NamedTuple):
    """Indices of each factor, with 90 % intervals by bootstrap.

    Attributes
    ----------
    value, low, high : float64[factors]
        Estimate and P5 and P95; nan where the number does not vary.
    """

    value: Floats
    low: Floats
    high: Floats


def rank_correlation(shares: Floats, numbers: Floats) -> Floats:
    """Return Spearman's rank correlation of each factor with a number.

    Parameters
    ----------
    shares : float64[draws, factors]
        Design.
    numbers : float64[draws]
        Results, finite.

    Returns
    -------
    float64[factors]
        Between -1 and 1; nan where the number does not vary.
    """
    ranks = rankdata(shares, axis=0)
    ranked = rankdata(numbers)
    a, b = ranks - ranks.mean(axis=0), ranked - ranked.mean()
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    found = np.full(shares.shape[1], np.nan)
    np.divide(b @ a, size, out=found, where=size > 0)
    return found


def slices(draws: int) -> int:
    """Return the number of slices that draws are cut into: the root, at most `MOST_SLICES`."""
    return max(2, min(MOST_SLICES, math.isqrt(draws)))


def first_order(shares: Floats, numbers: Floats, *, seed: int = 0) -> Indices:
    """Estimate first-order Sobol indices from given draws.

    The share of the variance that the means of a number in equal slices of one factor explain
    (Plischke, Borgonovo and Smith 2013), less what they would explain by luck: the adjusted
    correlation ratio of Kelley (1935). It can fall a little below 0.

    Parameters
    ----------
    shares : float64[draws, factors]
        Design of independent factors, at least `FEWEST` draws.
    numbers : float64[draws]
        Results, finite.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    Indices
        One index a factor. The interval is that of the bootstrap's differences from its mean,
        laid round the estimate, for draws drawn twice make slices look telling.
    """
    draws, factors = shares.shape
    if np.ptp(numbers) == 0:
        none = np.full(factors, np.nan)
        return Indices(none, none, none)
    cuts = slices(draws)
    slice_of = np.empty((draws, factors), np.intp)
    np.put_along_axis(
        slice_of, shares.argsort(axis=0), (np.arange(draws) * cuts // draws)[:, None], axis=0
    )
    rng = np.random.default_rng(seed)
    often = rng.multinomial(draws, np.full(draws, 1 / draws), BOOTSTRAPS).astype(float)
    often = np.vstack([np.ones(draws), often])
    scaled = (numbers - numbers.mean()) / numbers.std()
    values = np.column_stack(
        [_adjusted_ratio(slice_of[:, f], scaled, often, cuts) for f in range(factors)]
    )
    return _interval(values)


def _adjusted_ratio(
    slice_of: NDArray[np.intp], numbers: Floats, often: Floats, cuts: int
) -> Floats:
    """Return the adjusted correlation ratio for each set of multiplicities of the draws."""
    member = np.zeros((len(numbers), cuts))
    member[np.arange(len(numbers)), slice_of] = 1
    count, total = often @ member, often @ (member * numbers[:, None])
    draws = count.sum(axis=1)
    mean = total.sum(axis=1) / draws
    whole = often @ numbers**2 - draws * mean**2
    explained = (total**2 / np.maximum(count, 1)).sum(axis=1) - draws * mean**2
    filled = (count > 0).sum(axis=1)
    within = (whole - explained) / np.maximum(draws - filled, 1)
    around = whole / (draws - 1)
    ratio: Floats = 1 - within / np.where(around > 0, around, np.nan)
    return ratio


def pick_freeze_indices(results: Floats, *, seed: int = 0) -> tuple[Indices, Indices]:
    """Estimate first-order and total Sobol indices by pick and freeze.

    First order: mean of f(B) (f(A with factor i of B) - f(A)) over the variance (Saltelli et
    al. 2010, table 2 b). Total: half the mean square of f(A) - f(A with factor i of B) over the
    variance (Jansen 1999). Results are centred first.

    Parameters
    ----------
    results : float64[base, factors + 2]
        Results of `design.pick_freeze`, finite: A, B, and A with each factor of B.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    first, total : Indices
        One index a factor each.
    """
    base, columns = results.shape
    if np.ptp(results) == 0:
        none = np.full(columns - 2, np.nan)
        return Indices(none, none, none), Indices(none, none, none)
    rng = np.random.default_rng(seed)
    often = rng.multinomial(base, np.full(base, 1 / base), BOOTSTRAPS).astype(float)
    often = np.vstack([np.ones(base), often])
    centred = results - results[:, :2].mean()
    a, b, mixed = centred[:, 0], centred[:, 1], centred[:, 2:]
    mean = often @ (a + b) / (2 * base)
    variance = (often @ (a**2 + b**2) / (2 * base) - mean**2)[:, None]
    variance = np.where(variance > 0, variance, np.nan)
    first = often @ (b[:, None] * (mixed - a[:, None])) / base / variance
    total = often @ (a[:, None] - mixed) ** 2 / (2 * base) / variance
    return _interval(first), _interval(total)


def _interval(values: Floats) -> Indices:
    """Lay the bootstrap's differences from its mean round the estimate in the first row."""
    estimate, again = values[0], values[1:]
    off = again - np.nanmean(again, axis=0)
    low, high = np.nanquantile(off, INTERVAL, axis=0)
    return Indices(estimate, estimate + low, estimate + high)
