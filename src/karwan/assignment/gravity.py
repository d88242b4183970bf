"""Fill matrices of which only the margins are known: balancing and the gravity model.

Sources: D. Furness (1965) for the balancing factors, A. Wilson (1967) for the doubly constrained
gravity model, G. Hyman (1969) for the calibration on the mean cost of a trip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karwan.errors import InputError

__all__ = ["GravityFit", "balance", "fit_gravity", "gravity"]

Matrix = NDArray[np.float64]

TOLERANCE = 1e-10
"""Largest relative miss of any margin."""
MOST_ROUNDS = 20_000


@dataclass(frozen=True)
class GravityFit:
    """A gravity model beside the flows it was fitted to.

    Attributes
    ----------
    beta : float
        Deterrence per unit of cost; `exp(-beta * cost)`.
    r2 : float
        Share of the variance of the observed flows that the model explains; 1 is perfect, below
        0 is worse than the mean.
    srmse : float
        Root of the mean squared error over the mean observed flow; 0 is perfect.
    mean_cost : float
        Mean cost, weighted by flow, of the observed and of the modelled flows alike.
    cells : int
        Cells that may hold flow.
    flows : float64[n_origins, n_destinations]
        Modelled flows, in the unit of the observed ones.
    """

    beta: float
    r2: float
    srmse: float
    mean_cost: float
    cells: int
    flows: Matrix


def balance(seed: ArrayLike, origins: ArrayLike, destinations: ArrayLike) -> Matrix:
    """Scale rows and columns of a matrix in turn until both margins hold (Furness 1965).

    Parameters
    ----------
    seed : array_like of float[n_origins, n_destinations]
        Pattern; cells of 0 stay 0.
    origins, destinations : array_like of float
        Totals of rows and columns, in one unit; both must add up to the same.

    Returns
    -------
    float64[n_origins, n_destinations]
        Balanced matrix; every margin is met to 1e-10 of itself.

    Raises
    ------
    InputError
        A value is negative or not finite, shapes or sums differ, or no matrix with these zeros
        has these margins; all at once.
    """
    pattern, rows, columns = (np.asarray(a, float) for a in (seed, origins, destinations))
    _check(pattern, rows, columns)
    flows = pattern.copy()
    for _ in range(MOST_ROUNDS):
        flows *= _ratio(rows, flows.sum(axis=1))[:, None]
        flows *= _ratio(columns, flows.sum(axis=0))[None, :]
        if _miss(flows.sum(axis=1), rows) <= TOLERANCE:
            return flows
    miss = _miss(flows.sum(axis=1), rows)
    message = (
        f"no matrix with the zeros of the seed has these margins (a row misses its total by "
        f"{100 * miss:.2g} % after {MOST_ROUNDS} rounds); allow more cells"
    )
    raise InputError(message)


def gravity(
    origins: ArrayLike,
    destinations: ArrayLike,
    cost: ArrayLike,
    beta: float,
    *,
    seed: ArrayLike | None = None,
) -> Matrix:
    """Spread totals of origins and destinations over pairs, the nearer the more (Wilson 1967).

    Parameters
    ----------
    origins, destinations : array_like of float
        Totals of rows and columns, in one unit; both must add up to the same.
    cost : array_like of float[n_origins, n_destinations]
        What deters, as generalised cost [USD/t] or distance [km].
    beta : float
        Deterrence per unit of cost; 0 spreads by the margins alone.
    seed : array_like of float[n_origins, n_destinations], optional
        Weight of each pair beside its cost; 0 forbids it. All ones if not given.

    Returns
    -------
    float64[n_origins, n_destinations]
        Flows in the unit of the totals.

    Raises
    ------
    InputError
        As `balance`, or beta is negative or not finite.
    """
    if not (np.isfinite(beta) and beta >= 0):
        message = f"beta is {beta:g}; it must be finite and at least 0"
        raise InputError(message)
    deters = np.asarray(cost, float)
    weight = np.ones_like(deters) if seed is None else np.asarray(seed, float)
    nearest = deters[weight > 0].min() if (weight > 0).any() else 0.0
    return balance(weight * np.exp(-beta * (deters - nearest)), origins, destinations)


def fit_gravity(
    observed: ArrayLike, cost: ArrayLike, *, seed: ArrayLike | None = None
) -> GravityFit:
    """Find the deterrence that gives the observed mean cost (Hyman 1969) and measure the fit.

    Parameters
    ----------
    observed : array_like of float[n_origins, n_destinations]
        Known flows, in one unit.
    cost : array_like of float[n_origins, n_destinations]
        What deters, as `gravity` takes it.
    seed : array_like of float[n_origins, n_destinations], optional
        Weight of each pair; 0 for pairs that may hold no flow. All ones if not given.

    Returns
    -------
    GravityFit
        Deterrence, fit and modelled flows. Deterrence is 0 where the observed flows go farther
        than without any.

    Raises
    ------
    InputError
        As `balance`, or nothing was observed.
    """
    known, deters = np.asarray(observed, float), np.asarray(cost, float)
    weight = np.ones_like(deters) if seed is None else np.asarray(seed, float)
    if known.sum() <= 0:
        message = "the observed flows add up to 0; give some above 0"
        raise InputError(message)
    rows, columns = known.sum(axis=1), known.sum(axis=0)
    wanted = float((known * deters).sum() / known.sum())

    def modelled(beta: float) -> tuple[Matrix, float]:
        flows = gravity(rows, columns, deters, beta, seed=weight)
        return flows, float((flows * deters).sum() / flows.sum())

    low, high = 0.0, 1.0 / max(float(deters[weight > 0].mean()), 1e-12)
    flows, mean = modelled(low)
    if mean > wanted:
        while modelled(high)[1] > wanted and high < 1e6 * low + 1e3:
            low, high = high, 2 * high
        for _ in range(60):
            middle = (low + high) / 2
            flows, mean = modelled(middle)
            low, high = (middle, high) if mean > wanted else (low, middle)
            if abs(mean / wanted - 1) < 1e-9:
                break
    return _fit((low + high) / 2 if low else 0.0, known, flows, wanted, weight > 0)


def _fit(
    beta: float, known: Matrix, flows: Matrix, mean: float, allowed: NDArray[np.bool_]
) -> GravityFit:
    observed, predicted = known[allowed], flows[allowed]
    squared = float(((observed - predicted) ** 2).sum())
    spread = float(((observed - observed.mean()) ** 2).sum())
    return GravityFit(
        beta,
        1 - squared / spread if spread else float("nan"),
        float(np.sqrt(squared / observed.size) / observed.mean()),
        mean,
        int(observed.size),
        flows,
    )


def _ratio(wanted: Matrix, found: Matrix) -> Matrix:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def _miss(found: Matrix, wanted: Matrix) -> float:
    """Return the largest relative miss of a margin."""
    off = np.abs(found - wanted)
    return float(np.max(_ratio(off, wanted), initial=0.0))


def _check(pattern: Matrix, rows: Matrix, columns: Matrix) -> None:
    problems = []
    for name, values in (("seed", pattern), ("origins", rows), ("destinations", columns)):
        wrong = ~np.isfinite(values) | (values < 0)
        if wrong.any():
            at = "][".join(str(i) for i in np.argwhere(wrong)[0])
            value = values[wrong][0]
            problems.append(f"{name}[{at}] is {value:g}; it must be finite and at least 0")
    if pattern.shape != (rows.size, columns.size):
        shape = f"{rows.size} x {columns.size}"
        problems.append(f"the seed has the shape {pattern.shape}; the margins need {shape}")
    elif not problems:
        total, other = float(rows.sum()), float(columns.sum())
        if abs(total - other) > 1e-9 * max(total, other):
            problems.append(f"origins add up to {total:g}, destinations to {other:g}; equal them")
        for name, margin, sums in (
            ("origins", rows, pattern.sum(axis=1)),
            ("destinations", columns, pattern.sum(axis=0)),
        ):
            problems += [
                f"{name}[{i}] is {margin[i]:g}, but no cell of it is allowed"
                for i in np.flatnonzero((margin > 0) & (sums == 0))
            ]
    if problems:
        raise InputError(problems)
