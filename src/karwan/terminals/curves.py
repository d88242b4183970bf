"""Delay of a terminal against its throughput: simulated points and a curve through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.optimize
from numpy.typing import NDArray

from karwan.network import Network
from karwan.terminals.build import HOURS_PER_YEAR, build
from karwan.terminals.simulate import simulate_model
from karwan.terminals.surveyed import surveyed_hours

__all__ = ["SHARES", "CapacityCurve", "capacity_curve", "convex_fit"]

SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25)
"""Loads that are simulated, as shares of capacity, until one is unstable."""
HALVINGS = 3
BEYOND = 0.05
POINTS = {
    "load_share": pl.Float64, "teu_per_year": pl.Float64, "stable": pl.Boolean,
    "mean_h": pl.Float64, "mean_low_h": pl.Float64, "mean_high_h": pl.Float64,
    "p95_h": pl.Float64, "p95_low_h": pl.Float64, "p95_high_h": pl.Float64,
}  # fmt: skip
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CapacityCurve:
    """Delay of a terminal against its throughput.

    Attributes
    ----------
    terminal_id : str
        Terminal.
    capacity_id : str or None
        Capacity whose function the curve is.
    capacity_teu_per_year : float
        What a share of 1 stands for at the terminal.
    points : polars.DataFrame
        One row a simulated load: whether it was stable, mean and P95 of box time with their 95 %
        intervals.
    knots : polars.DataFrame
        Columns knot, load_share, time_factor, p95_factor: the curves fitted to mean and P95. The
        factor is of the hours that surveys found, less their queues; that of P95 of box time.
    """

    terminal_id: str
    capacity_id: str | None
    capacity_teu_per_year: float
    points: pl.DataFrame
    knots: pl.DataFrame

    @property
    def limit(self) -> float:
        """Largest share of capacity that was stable."""
        return float(self.points.filter("stable")["load_share"].to_numpy().max())


def capacity_curve(
    network: Network,
    terminal_id: str,
    *,
    replications: int = 8,
    days: float = 180.0,
    seed: int = 1,
    shares: Sequence[float] = SHARES,
) -> CapacityCurve:
    """Simulate a terminal at rising loads and fit a curve.

    A share of 1 is the capacity that the terminal names, of which it has its part: its traffic
    today over what the whole place handled. Without one it is the traffic today. Between the
    last stable and the first unstable load the limit is looked for by halving.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminal_id : str
        Terminal.
    replications : int
        Runs at each load, at least 2.
    days : float
        Days that each counts.
    seed : int
        Seed, the same at all loads.
    shares : sequence of float
        Loads, rising.

    Returns
    -------
    CapacityCurve
        Points and knots.
    """
    terminal = network.table("terminals").filter(terminal_id=terminal_id).row(0, named=True)
    capacity, base = terminal["throughput_teu_per_year"], 1.0
    named = network.table("capacities").filter(capacity_id=terminal["capacity_id"] or "")
    if len(named) and named["load_teu_per_year"][0] > 0.0:
        base = named["load_teu_per_year"][0] / named["capacity_teu_per_year"][0]
        capacity /= base
    rows = []
    low, high = 0.0, np.inf
    for share in shares:
        rows.append(_point(network, terminal_id, share, capacity, replications, days, seed))
        if not rows[-1][2]:
            high = share
            break
        low = share
    for _ in range(HALVINGS if np.isfinite(high) else 0):
        middle = 0.5 * (low + high)
        rows.append(_point(network, terminal_id, middle, capacity, replications, days, seed))
        low, high = (middle, high) if rows[-1][2] else (low, middle)
    points = pl.DataFrame(rows, POINTS, orient="row").sort("load_share")
    hours = surveyed_hours(network, terminal["target_kind"], terminal["target"])
    knots = _knots(points, np.isfinite(high), base, hours)
    return CapacityCurve(terminal_id, terminal["capacity_id"], capacity, points, knots)


def _point(
    network: Network, name: str, share: float, capacity: float, runs: int, days: float, seed: int
) -> tuple[float | bool, ...]:
    model = build(network, name, share * capacity)
    found = simulate_model(model, replications=runs, hours=round(24.0 * days), seed=seed)
    figures: list[float] = []
    for measure in ("box time", "box time P95"):
        row = found.summary.filter(measure=measure, of="all")
        known = len(row) and found.stable
        figures += row.select("mean", "low", "high").row(0) if known else [float("nan")] * 3
    return share, share * capacity, found.stable, *figures


def _knots(points: pl.DataFrame, ends: bool, base: float, hours: float) -> pl.DataFrame:  # noqa: FBT001
    """Fit both curves; beyond the limit time grows by half a year for each multiple of it.

    A terminal with more traffic than it can serve builds a queue all year long: a year's traffic
    waits on average half the year times the excess. What a survey found at the base load holds
    more than the simulated queues; the factor is such that hours beyond those are the simulated.
    """
    stable = points.filter("stable")
    loads = stable["load_share"].to_numpy()
    at = np.concatenate(([0.0], loads, [loads[-1] * (1.0 + BEYOND)] if ends else []))
    columns = {}
    for name in ("mean", "p95"):
        times = stable[f"{name}_h"].to_numpy()
        half = (stable[f"{name}_high_h"] - stable[f"{name}_low_h"]).to_numpy() / 2.0
        fitted = convex_fit(loads, times, np.maximum(half, 1e-3 * times))
        beyond = fitted[-1] + 0.5 * HOURS_PER_YEAR * BEYOND
        columns[name] = np.concatenate(([fitted[0]], fitted, [beyond] if ends else []))
    mean, p95 = columns["mean"], columns["p95"]
    free = hours - (np.interp(base, at, mean) - mean[0])
    free = max(free, mean[0]) if np.isfinite(hours) else mean[0]
    return pl.DataFrame(
        {
            "knot": np.arange(1, len(at) + 1),
            "load_share": at,
            "time_factor": 1.0 + (mean - mean[0]) / free,
            "p95_factor": p95 / p95[0],
        }
    )


def convex_fit(loads: Floats, times: Floats, errors: Floats) -> Floats:
    """Fit the nearest curve that never falls and never bends down.

    Least squares, each point weighted by its error, of a constant and of hinges at the points,
    all with coefficients of at least 0.

    Parameters
    ----------
    loads : float64[n]
        Loads, rising.
    times : float64[n]
        Times seen [h].
    errors : float64[n]
        Their errors, above 0 [h].

    Returns
    -------
    float64[n]
        Fitted times [h].
    """
    hinges = np.maximum(loads[:, None] - loads[None, :-1], 0.0)
    basis = np.column_stack([np.ones(len(loads)), hinges])
    coefficients, _ = scipy.optimize.nnls(basis / errors[:, None], times / errors)
    fitted: Floats = basis @ coefficients
    return fitted
