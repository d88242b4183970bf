"""Delay of a terminal against its throughput: simulated points and a curve through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import scipy.optimize
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.network import Network
from karwan.terminals.build import HOURS_PER_YEAR, build
from karwan.terminals.pooled import box_times_at
from karwan.terminals.stable import largest_common
from karwan.terminals.surveyed import surveyed_hours

__all__ = ["SHARES", "CapacityCurve", "capacity_curve", "convex_fit", "of_capacities"]

SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25)
"""Loads that are simulated, as shares of capacity, as far as they are below the limit."""
APART = 0.05
"""Share of the limit by which other loads keep away from it."""
BEYOND = 0.05
LARGEST = 9.0
"""Largest share that a curve holds."""
POINTS = {
    "load_share": pl.Float64, "teu_per_year": pl.Float64,
    "mean_h": pl.Float64, "mean_low_h": pl.Float64, "mean_high_h": pl.Float64,
    "p95_h": pl.Float64, "p95_low_h": pl.Float64, "p95_high_h": pl.Float64,
}  # fmt: skip
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CapacityCurve:
    """Delay of a terminal, or of all terminals of a place, against throughput.

    Attributes
    ----------
    terminals : tuple of str
        Terminals.
    capacity_id : str or None
        Capacity whose function the curve is.
    capacity_teu_per_year : float
        What a share of 1 stands for.
    limit_teu_per_year : float
        Largest stable traffic; of a place that at which the first of its terminals is full.
    points : polars.DataFrame
        One row a simulated load: mean and P95 of box time with their 95 % intervals.
    knots : polars.DataFrame
        Columns knot, load_share, time_factor, p95_factor: the curves fitted to mean and P95. The
        factor is of the hours that surveys found, less their queues; that of P95 of box time.
    """

    terminals: tuple[str, ...]
    capacity_id: str | None
    capacity_teu_per_year: float
    limit_teu_per_year: float
    points: pl.DataFrame
    knots: pl.DataFrame

    @property
    def limit(self) -> float:
        """Largest stable traffic as a share of capacity."""
        return self.limit_teu_per_year / self.capacity_teu_per_year


def of_capacities(network: Network) -> dict[str, tuple[str, ...]]:
    """Return the terminals of each capacity that some terminal names.

    Parameters
    ----------
    network : Network
        Network with terminals.

    Returns
    -------
    dict of str to tuple of str
        Terminals in the order of their names, by capacity.
    """
    found: dict[str, list[str]] = {}
    for name, capacity in (
        network.table("terminals").sort("terminal_id").select("terminal_id", "capacity_id").rows()
    ):
        if capacity is not None:
            found.setdefault(capacity, []).append(name)
    return {capacity: tuple(found[capacity]) for capacity in sorted(found)}


def capacity_curve(
    network: Network,
    terminals: str | Sequence[str],
    *,
    replications: int = 8,
    days: float = 180.0,
    seed: int = 1,
    shares: Sequence[float] = SHARES,
) -> CapacityCurve:
    """Simulate a terminal, or all of a place, at rising loads and fit a curve.

    A share of 1 is the capacity that the terminals name, of which they have their part: their
    traffic today over what the whole place handled. Without one it is the traffic today.
    Terminals of one place share its traffic as they do today; the time is that of all boxes
    together. The largest stable traffic is searched first, and rising loads are simulated up
    to it.

    Parameters
    ----------
    network : Network
        Network with terminals.
    terminals : str or sequence of str
        Terminals, all of one place.
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

    Raises
    ------
    InputError
        Queues grow even at a small part of today's traffic.
    """
    names = (terminals,) if isinstance(terminals, str) else tuple(terminals)
    table = network.table("terminals")
    rows = [table.filter(terminal_id=name).row(0, named=True) for name in names]
    traffic = {row["terminal_id"]: row["throughput_teu_per_year"] for row in rows}
    today, base = sum(traffic.values()), 1.0
    named = network.table("capacities").filter(capacity_id=rows[0]["capacity_id"] or "")
    if len(named) and named["load_teu_per_year"][0] > 0.0:
        base = named["load_teu_per_year"][0] / named["capacity_teu_per_year"][0]
    capacity = today / base
    options: dict[str, Any] = {"replications": replications, "days": days, "seed": seed}
    scale = largest_common(network, names, **options)
    if scale == 0.0:
        message = f"queues grow in {' or '.join(names)} even at a 64th of the traffic of today"
        raise InputError(message)
    limit = min(scale * base, LARGEST)
    at = _loads(shares, limit)
    models = [[build(network, n, share / base * traffic[n]) for n in names] for share in at]
    hours = round(24.0 * days)
    times = box_times_at(models, replications=replications, hours=hours, seed=seed)
    found = [
        (share, share * capacity, *mean, *p95) for share, (mean, p95) in zip(at, times, strict=True)
    ]
    points = pl.DataFrame(found, POINTS, orient="row")
    surveyed = surveyed_hours(network, rows[0]["target_kind"], rows[0]["target"])
    knots = _knots(points, np.isfinite(scale), base, surveyed)
    return CapacityCurve(names, rows[0]["capacity_id"], capacity, limit * capacity, points, knots)


def _loads(shares: Sequence[float], limit: float) -> list[float]:
    """Return the loads below the limit, one between the last of them and it, and the limit."""
    below = [share for share in shares if share < limit * (1.0 - APART)]
    last = below[-1] if below else 0.0
    between = [0.5 * (last + limit)] if 0.5 * (last + limit) < limit * (1.0 - APART) else []
    return [*below, *between, limit]


def _knots(points: pl.DataFrame, ends: bool, base: float, hours: float) -> pl.DataFrame:  # noqa: FBT001
    """Fit both curves; beyond the limit time grows by half a year for each multiple of it.

    A terminal with more traffic than it can serve builds a queue all year long: a year's traffic
    waits on average half the year times the excess. What a survey found at the base load holds
    more than the simulated queues; the factor is such that hours beyond those are the simulated.
    """
    loads = points["load_share"].to_numpy()
    at = np.concatenate(([0.0], loads, [loads[-1] * (1.0 + BEYOND)] if ends else []))
    columns = {}
    for name in ("mean", "p95"):
        times = points[f"{name}_h"].to_numpy()
        half = (points[f"{name}_high_h"] - points[f"{name}_low_h"]).to_numpy() / 2.0
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
