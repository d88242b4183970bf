"""The best combination of measures under a budget."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

__all__ = ["MOST_EXACT", "Combination", "best_combinations"]

Floats = NDArray[np.float64]
MOST_EXACT = 15
"""Measures up to which every combination is looked at."""
KEPT = 5
TIME_LIMIT_S = 60.0


class Combination(NamedTuple):
    """One combination.

    Attributes
    ----------
    chosen : tuple of int
        Measures.
    value : float
        Sum of values alone and of what pairs add [USD].
    bound : float
        No combination under the budget is worth more [USD].
    """

    chosen: tuple[int, ...]
    value: float
    bound: float


def best_combinations(
    alone: Floats, together: Floats, capital: Floats, budget: float, most: int = KEPT
) -> list[Combination]:
    """Find the combinations of most value under a budget.

    Sets: measures i, pairs i < j. Variables: x_i, y_ij in {0, 1}. Maximise
    ``sum alone_i x_i + sum together_ij y_ij`` subject to (1) ``sum capital_i x_i <= budget``,
    (2) ``y_ij <= x_i``, ``y_ij <= x_j`` and ``y_ij >= x_i + x_j - 1``, (3) ``x_i + x_j <= 1`` for
    pairs that cannot stand together. Up to 15 measures every combination is looked at; above,
    HiGHS solves the programme and its dual bound is given.

    Parameters
    ----------
    alone : float64[n]
        Value of each measure alone [USD].
    together : float64[n, n]
        What a pair is worth beyond the two alone [USD], symmetric; ``-inf`` if they cannot
        stand together.
    capital : float64[n]
        Capital [USD].
    budget : float
        Most capital of all [USD].
    most : int
        Combinations returned at most; one above 15 measures.

    Returns
    -------
    list of Combination
        Best first; the empty combination is worth 0.
    """
    if len(alone) <= MOST_EXACT:
        return _every(alone, together, capital, budget, most)
    return [_programme(alone, together, capital, budget)]


def _every(
    alone: Floats, together: Floats, capital: Floats, budget: float, most: int
) -> list[Combination]:
    n = len(alone)
    member = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.float64)
    barred = np.isneginf(np.triu(together, 1))
    sums = np.where(barred, 0.0, np.triu(together, 1))
    value = member @ alone + ((member @ sums) * member).sum(axis=1)
    clash = ((member @ barred.astype(np.float64)) * member).sum(axis=1) > 0
    fits = (member @ capital <= budget * (1 + 1e-12)) & ~clash
    rows = np.flatnonzero(fits)
    rows = rows[np.argsort(-value[rows], kind="stable")][:most]
    best = float(value[rows[0]])
    return [
        Combination(tuple(np.flatnonzero(member[r]).tolist()), float(value[r]), best) for r in rows
    ]


def _programme(alone: Floats, together: Floats, capital: Floats, budget: float) -> Combination:
    n = len(alone)
    first, second = np.triu_indices(n, 1)
    pair = together[first, second]
    barred = np.isneginf(pair)
    m, every = len(pair), np.arange(len(pair))
    rows = [np.append(capital, np.zeros(m))]
    upper = [budget]
    blocks = np.zeros((3 * m, n + m))
    for k, (a, b) in enumerate(((1.0, 0.0), (0.0, 1.0), (-1.0, -1.0))):
        at = k * m + every
        blocks[at, first] -= a
        blocks[at, second] -= b
        blocks[at, n + every] = 1.0 if k < 2 else -1.0
    blocks[2 * m + every, first] = 1.0
    blocks[2 * m + every, second] = 1.0
    limit = np.concatenate((np.zeros(2 * m), np.ones(m)))
    ones = np.zeros((int(barred.sum()), n + m))
    ones[np.arange(len(ones)), first[barred]] = 1.0
    ones[np.arange(len(ones)), second[barred]] = 1.0
    matrix = np.vstack((*rows, blocks, ones))
    limits = np.concatenate((upper, limit, np.ones(len(ones))))
    scale = max(float(np.abs(np.where(barred, 0, pair)).max(initial=1)), float(np.abs(alone).max()))
    gain = np.append(alone, np.where(barred, 0.0, pair)) / scale
    found = milp(
        -gain,
        integrality=np.ones(n + m),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, -np.inf, limits),
        options={"time_limit": TIME_LIMIT_S},
    )
    chosen = tuple(np.flatnonzero(found.x[:n] > 1 / 2).tolist())
    return Combination(chosen, -float(found.fun) * scale, -float(found.mip_dual_bound) * scale)
