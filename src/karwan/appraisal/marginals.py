"""Distributions of uncertain levers, as tables over normal values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from karwan.appraisal.levers import lever_number
from karwan.appraisal.venture import Venture
from karwan.kernels.venture import REACH

__all__ = ["correlations", "quantile", "quantile_tables", "uncertain_levers"]

Floats = NDArray[np.float64]
POINTS = 1025
TENTH = float(stats.norm.ppf(0.9))


def uncertain_levers(venture: Venture) -> NDArray[np.int64]:
    """Return the places of the levers that are drawn."""
    return np.array([lever_number(r["lever"]) for r in venture.rows["uncertain"]], np.int64)


def quantile(row: Mapping[str, Any], share: Floats | float) -> Floats:
    """Return the value of a lever below which a share of its draws lie.

    Parameters
    ----------
    row : mapping
        ``shape``, ``low``, ``mode``, ``high``: ends of a triangular, PERT (beta with a weight of
        4 on the mode) or uniform distribution; 10th and 90th percentile of a normal or lognormal.
    share : float64[n] or float
        Shares between 0 and 1.

    Returns
    -------
    float64[n]
        Values.
    """
    low, high, shape = row["low"], row["high"], row["shape"]
    if shape == "uniform":
        found = low + (high - low) * np.asarray(share)
    elif shape == "triangular":
        found = stats.triang.ppf(share, (row["mode"] - low) / (high - low), low, high - low)
    elif shape == "pert":
        a = 1 + 4 * (row["mode"] - low) / (high - low)
        found = low + (high - low) * stats.beta.ppf(share, a, 6 - a)
    elif shape == "normal":
        middle, spread = (low + high) / 2, (high - low) / 2 / TENTH
        found = middle + spread * stats.norm.ppf(share)
    else:
        middle = (np.log(low) + np.log(high)) / 2
        spread = (np.log(high) - np.log(low)) / 2 / TENTH
        found = np.exp(middle + spread * stats.norm.ppf(share))
    return np.asarray(found, np.float64)


def quantile_tables(rows: Sequence[Mapping[str, Any]]) -> Floats:
    """Return the value of each lever at even steps of a normal value, float64[n, POINTS]."""
    share = stats.norm.cdf(np.linspace(-REACH, REACH, POINTS))
    if not rows:
        return np.empty((0, POINTS))
    return np.stack([quantile(row, share) for row in rows])


def correlations(venture: Venture) -> Floats:
    """Return the matrix of correlations of normal values, float64[n, n]."""
    names = [row["lever"] for row in venture.rows["uncertain"]]
    matrix = np.eye(len(names))
    for row in venture.rows["correlated"]:
        i, j = names.index(row["first"]), names.index(row["second"])
        matrix[i, j] = matrix[j, i] = row["correlation"]
    return matrix
