"""Fit few global multipliers of time to published trips, with leave-one-out errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.run import Run
from karwan.studies.validate import validate

__all__ = ["Calibration", "calibrate"]

PARAMETERS = {
    "running": ("running",),
    "border": ("border",),
    "dwell": ("handling", "waiting"),
    "ends": ("ends",),
}
"""What one multiplier scales: the same for every trip, so that none belongs to one observation."""
ORDINARY = ("actual", "service", "trial")
"""Kinds of observation that are fitted: records and plans are no ordinary trips."""
FEWEST = 3
"""A multiplier is fitted only if at least this many trips hold its part of time."""
PRIOR_SPREAD = 0.5
"""Log multipliers are thought to lie within this of 0 before a trip is seen (ridge)."""
ROUNDS = 20
Z95 = 1.6448536269514722
ROBUST = 1.4826


@dataclass(frozen=True, eq=False)
class Calibration:
    """Multipliers and what they would bring.

    Attributes
    ----------
    run : Run
        Stamp.
    parameters : polars.DataFrame
        One row a multiplier: value, 90 % interval, number of trips that hold its part.
    errors : polars.DataFrame
        Median absolute errors of time as shares: as it is, fitted, and leave-one-out.
    scatter : float
        Robust standard deviation of leave-one-out errors of log time: what trips differ by from
        any prediction of this kind.
    """

    run: Run
    parameters: pl.DataFrame
    errors: pl.DataFrame
    scatter: float

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        return {
            "schema": "karwan.calibration/1",
            "run": {"network": self.run.network, "fingerprint": self.run.fingerprint},
            "parameters": self.parameters.to_dicts(),
            "errors": self.errors.to_dicts(),
            "scatter_log": self.scatter,
        }


def calibrate(network: Network, observations: pl.DataFrame | None = None) -> Calibration:
    """Fit multipliers of running, border, dwell and end times to published trips.

    Ridge least squares on the log of published over predicted time by Gauss and Newton, the
    itineraries held fixed. Leave-one-out fits each trip by all others. Nothing is written: a
    multiplier that lowers the leave-one-out error calls for a better source of that time.

    Parameters
    ----------
    network : Network
        Network to predict on.
    observations : polars.DataFrame, optional
        Rows as in the table `observations`; the network's own if not given.

    Returns
    -------
    Calibration
        Multipliers, errors and scatter.

    Raises
    ------
    InputError
        Fewer than three ordinary trips with a published time can be predicted.
    """
    found = validate(network, observations)
    rows = found.rows.filter(
        pl.col("time_error_share").is_not_null() & pl.col("kind").is_in(ORDINARY)
    )
    if len(rows) < FEWEST:
        message = (
            f"{len(rows)} ordinary trips with a published time can be predicted; "
            f"it takes at least {FEWEST}"
        )
        raise InputError(message)
    parts = np.column_stack(
        [
            rows.select(pl.sum_horizontal(f"{t}_days" for t in of)).to_series()
            for of in PARAMETERS.values()
        ]
    )
    held = (parts > 0).sum(axis=0)
    usable = held >= FEWEST
    # Medians are published against medians: the skewness of each trip is kept as it is.
    skew = np.log(rows["predicted_days"].to_numpy() / parts.sum(axis=1))
    wanted = np.log(rows["time_days"].to_numpy()) - skew
    theta, covariance = _fit(parts, wanted, usable)
    left_out = np.array(
        [
            wanted[i]
            - _log_time(parts[i], _fit(np.delete(parts, i, 0), np.delete(wanted, i), usable)[0])
            for i in range(len(rows))
        ]
    )
    spread = np.sqrt(np.diag(covariance))
    parameters = pl.DataFrame(
        {
            "parameter": list(PARAMETERS),
            "multiplier": np.exp(theta),
            "low": np.exp(theta - Z95 * spread),
            "high": np.exp(theta + Z95 * spread),
            "trips": held,
            "fitted": usable,
        }
    )
    before = wanted - np.log(parts.sum(axis=1))
    after = wanted - np.array([_log_time(p, theta) for p in parts])
    named = (("as it is", before), ("fitted", after), ("leave-one-out", left_out))
    errors = pl.DataFrame(
        [(name, float(np.median(np.abs(np.expm1(-e))))) for name, e in named],
        schema=["errors", "median_absolute_share"],
        orient="row",
    )
    middle = float(np.median(left_out))
    scatter = ROBUST * float(np.median(np.abs(left_out - middle)))
    return Calibration(found.run, parameters, errors, scatter)


def _log_time(parts: NDArray[np.float64], theta: NDArray[np.float64]) -> float:
    return math.log(float(parts @ np.exp(theta)))


def _fit(
    parts: NDArray[np.float64], wanted: NDArray[np.float64], usable: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return log multipliers and their covariance; those that are not usable stay 0."""
    theta, noise = np.zeros(parts.shape[1]), 1.0
    ridge = np.where(usable, 1 / PRIOR_SPREAD**2, 1e12)
    for _ in range(ROUNDS):
        scaled = parts * np.exp(theta)
        slope = scaled / scaled.sum(axis=1, keepdims=True)
        rest = wanted - np.log(scaled.sum(axis=1))
        noise = max(float(np.mean(rest**2)), 1e-4)
        normal = slope.T @ slope / noise + np.diag(ridge)
        step = np.linalg.solve(normal, slope.T @ rest / noise - ridge * theta)
        theta = theta + np.clip(step, -1, 1)
    return theta, np.linalg.inv(normal)
