"""Find the row of a rate table that fits best, and moments of published times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = [
    "RateBook",
    "lognormal_moments",
    "lognormal_third",
    "stay_moments",
    "time_percentiles",
]

normal_percentile = NormalDist().inv_cdf
"""Percentile of the standard normal distribution."""
Z95 = normal_percentile(0.95)


class RateBook:
    """Rows of a rate table, found by the keys that a thing has.

    A row fits if each of its keys is empty or equal to the thing's. Of the rows that fit, the
    one whose filled keys come first in the order of `keys` wins, as in a price list where the
    special line goes before the general one.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    keys : sequence of str
        Key columns, most telling first.
    valid : bytes, optional
        One byte a row; rows with 0 are left out.
    """

    def __init__(
        self, frame: pl.DataFrame, keys: Sequence[str], valid: bytes | None = None
    ) -> None:
        self.keys = tuple(keys)
        usable = np.frombuffer(valid, np.uint8) if valid is not None else np.ones(len(frame))
        patterns: dict[tuple[int, ...], dict[tuple[Any, ...], int]] = {}
        for i, row in enumerate(frame.select(self.keys).iter_rows()):
            if usable[i]:
                filled = tuple(k for k, value in enumerate(row) if value is not None)
                patterns.setdefault(filled, {})[tuple(row[k] for k in filled)] = i
        first_filled = [
            tuple(k not in filled for k in range(len(self.keys))) for filled in patterns
        ]
        ranked = sorted(zip(first_filled, patterns.items(), strict=True), key=lambda pair: pair[0])
        self.patterns = [pattern for _, pattern in ranked]
        self.found: dict[tuple[Any, ...], int] = {}

    def find(self, *wanted: Any) -> int:
        """Return the row that fits best, -1 if none does.

        Parameters
        ----------
        *wanted
            What the thing has for each key, in the order of `keys`; None matches only rows
            where the key is empty.

        Returns
        -------
        int
            Row number in the table; of equal fits the last one.
        """
        known = self.found.get(wanted)
        return known if known is not None else self.found.setdefault(wanted, self._look(wanted))

    def _look(self, wanted: tuple[Any, ...]) -> int:
        for filled, rows in self.patterns:
            row = rows.get(tuple([wanted[k] for k in filled]))
            if row is not None:
                return row
        return -1


def lognormal_moments(p50_h: float, p95_h: float) -> tuple[float, float]:
    """Return mean and variance of the lognormal time with given percentiles.

    With ``s = ln(p95 / p50) / z95``, the mean is ``p50 exp(s^2 / 2)`` and the variance
    ``mean^2 (exp(s^2) - 1)`` (Johnson, Kotz and Balakrishnan 1994, chapter 14). A median of
    zero is read as an exponential time, whose 95th percentile is ``ln(20)`` means.

    Parameters
    ----------
    p50_h, p95_h : float
        Median and 95th percentile [h]; ``p95_h >= p50_h >= 0``.

    Returns
    -------
    mean_h : float
        Mean [h].
    variance_h2 : float
        Variance [h2].
    """
    if p50_h <= 0:
        mean = p95_h / math.log(20)
        return mean, mean**2
    spread = math.log(max(p95_h, p50_h) / p50_h) / Z95
    mean = p50_h * math.exp(spread**2 / 2)
    return mean, mean**2 * math.expm1(spread**2)


def stay_moments(stay_h: float, p95_h: float | None) -> tuple[float, float]:
    """Return mean and variance of what a train stands at a call.

    Parameters
    ----------
    stay_h : float
        Median if a percentile is given, else always the same [h].
    p95_h : float, optional
        95th percentile [h].

    Returns
    -------
    mean_h, variance_h2 : float
        Mean [h] and variance [h2].
    """
    return (stay_h, 0.0) if p95_h is None else lognormal_moments(stay_h, p95_h)


def lognormal_third(
    mean_h: NDArray[np.float64], variance_h2: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the third cumulant of lognormal times with given moments.

    ``mean^3 (w - 1)^2 (w + 2)`` with ``w = 1 + variance / mean^2`` (Johnson, Kotz and
    Balakrishnan 1994, chapter 14). Cumulants of independent times add up.

    Parameters
    ----------
    mean_h : float64[n]
        Means [h], at least 0.
    variance_h2 : float64[n]
        Variances [h2].

    Returns
    -------
    float64[n]
        Third cumulants [h3].
    """
    mean = np.maximum(mean_h, 1e-12)
    w = 1 + variance_h2 / mean**2
    third: NDArray[np.float64] = mean**3 * (w - 1) ** 2 * (w + 2)
    return third


def time_percentiles(
    mean_h: NDArray[np.float64],
    variance_h2: NDArray[np.float64],
    third_h3: NDArray[np.float64],
    shares: Sequence[float] = (0.5, 0.9, 0.95),
) -> tuple[NDArray[np.float64], ...]:
    """Return percentiles of sums of lognormal times by their first three cumulants.

    A shifted lognormal ``c + exp(m + s Z)`` has the skewness ``(w + 2) sqrt(w - 1)`` with
    ``w = exp(s^2)``, which is solved for w in closed form; spread and shift follow (Johnson,
    Kotz and Balakrishnan 1994, chapter 12). Moment matching of sums goes back to Fenton (1960);
    the shift keeps sums of many parts from being too skewed. Without skewness the law is normal.

    Parameters
    ----------
    mean_h, variance_h2, third_h3 : float64[n]
        Cumulants [h], [h2], [h3].
    shares : sequence of float
        Percentiles as shares of 1.

    Returns
    -------
    tuple of float64[n]
        One array a share [h], none below 0.
    """
    spread = np.sqrt(np.maximum(variance_h2, 0.0))
    skew = np.divide(third_h3, spread**3, out=np.zeros_like(spread), where=spread > 0)
    half = np.maximum(skew, 1e-4) ** 2 / 2
    root = np.cbrt(1 + half + np.sqrt(half * (2 + half)))
    w = root + 1 / root - 1
    s = np.sqrt(np.log(w))
    scale = spread / np.sqrt(w * (w - 1))
    shift = mean_h - scale * np.sqrt(w)
    return tuple(
        np.maximum(shift + scale * np.exp(normal_percentile(share) * s), 0.0) for share in shares
    )
