"""Find the row of a rate table that fits best, and moments of published times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["RateBook", "lognormal_moments", "lognormal_percentiles"]

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


def lognormal_percentiles(
    mean_h: NDArray[np.float64],
    variance_h2: NDArray[np.float64],
    shares: Sequence[float] = (0.5, 0.9, 0.95),
) -> tuple[NDArray[np.float64], ...]:
    """Return percentiles of the lognormal times with given moments.

    The inverse of `lognormal_moments`: ``s^2 = ln(1 + variance / mean^2)``,
    ``p50 = mean exp(-s^2 / 2)``, ``p = p50 exp(z s)`` (Johnson, Kotz and Balakrishnan
    1994, chapter 14). Sums of many skewed times are near lognormal (Fenton 1960).

    Parameters
    ----------
    mean_h : float64[n]
        Means [h], above 0.
    variance_h2 : float64[n]
        Variances [h2].
    shares : sequence of float
        Percentiles as shares of 1.

    Returns
    -------
    tuple of float64[n]
        One array a share [h].
    """
    square = np.log1p(variance_h2 / mean_h**2)
    p50, root = mean_h * np.exp(-square / 2), np.sqrt(square)
    return tuple(p50 * np.exp(normal_percentile(share) * root) for share in shares)
