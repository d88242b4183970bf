"""How far throughput or tariffs may fall before a venture is worth nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from karwan.appraisal.account import Account, measures_of
from karwan.appraisal.levers import base_levers, lever_number
from karwan.appraisal.venture_arrays import lines_of

__all__ = ["BreakEven", "break_even"]

MOST = 20.0
"""Factors beyond this are not looked at."""


@dataclass(frozen=True)
class BreakEven:
    """Where a measure turns to nil.

    Attributes
    ----------
    lever, measure : str
        Lever that is moved, and measure.
    factor : float or None
        Factor at which the measure is nil; None if there is none from 0 to 20.
    words : str
        The factor in words, or why there is none.
    """

    lever: str
    measure: str
    factor: float | None
    words: str


def break_even(account: Account, lever: str, measure: str = "project_npv") -> BreakEven:
    """Find the factor of a lever at which a measure is nil; debt stays as it was agreed.

    Parameters
    ----------
    account : Account
        Venture with its statements.
    lever : str
        ``volume`` or ``tariff``, or another factor.
    measure : str
        ``project_npv`` or ``equity_npv``.

    Returns
    -------
    BreakEven
        Factor and words.
    """

    def value(factor: float) -> float:
        levers = base_levers()
        levers[lever_number(lever)] = factor
        return measures_of(account.arrays, lines_of(account.arrays, levers))[measure]

    grid = np.concatenate([np.linspace(0, 2, 21), [3, 5, 10, MOST]])
    worth = np.array([value(f) for f in grid])
    crossing = np.flatnonzero(worth[:-1] * worth[1:] < 0)
    if len(crossing) == 0:
        sign = "above" if worth[-1] > 0 else "below"
        text = f"none: {measure} is {sign} nil at every {lever} from 0 to {MOST:g} times"
        return BreakEven(lever, measure, None, text)
    near = crossing[np.argmin(np.abs(grid[crossing] - 1))]
    factor = _root(value, grid[near], grid[near + 1])
    more = f"; {len(crossing)} such factors, this is nearest to 1" if len(crossing) > 1 else ""
    return BreakEven(lever, measure, factor, f"{factor:.3f} times the {lever} stated{more}")


def _root(value: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(value, low, high, xtol=1e-10))
