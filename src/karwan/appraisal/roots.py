"""Every rate at which flows are worth nothing, where there may be none or several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.irr import irr, irr_near, present_value

__all__ = ["all_rates"]

Floats = NDArray[np.float64]
LOWEST, HIGHEST = -0.999, 1000.0
POINTS = 2001
TOUCH = 1e-13
"""Value as a share of all flows at that rate that counts as touching nil."""


def all_rates(flows: Floats, most: int) -> tuple[float, ...]:
    """Return every internal rate of return between -99.9 % and 100,000 %.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    most : int
        Changes of sign; with one the rate is found directly.

    Returns
    -------
    tuple of float
        Rates, the lowest first.
    """
    if most == 0:
        return ()
    if most == 1:
        rate = float(irr(flows, 0.1))
        return () if np.isnan(rate) else (rate,)
    factors = np.exp(-np.linspace(np.log1p(LOWEST), np.log1p(HIGHEST), POINTS))
    values = np.array([_share(flows, f) for f in factors])
    found = [1 / f - 1 for f in factors[values == 0]]
    crossing = np.flatnonzero(values[:-1] * values[1:] < 0)
    found += [_between(flows, factors[i + 1], factors[i]) for i in crossing]
    size = np.abs(values)
    inner = (size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:])
    same = (values[:-2] * values[1:-1] > 0) & (values[1:-1] * values[2:] > 0)
    for i in np.flatnonzero(inner & same) + 1:
        found += _touching(flows, factors[i + 1], factors[i - 1])
    return tuple(sorted(float(rate) for rate in found))


def _share(flows: Floats, factor: float) -> float:
    """Return the present value as a share of the present value of all flows, either way."""
    rate = 1 / factor - 1
    return float(present_value(flows, rate) / present_value(np.abs(flows), rate))


def _between(flows: Floats, low: float, high: float) -> float:
    return float(1 / irr_near(flows, low, high, (low + high) / 2) - 1)


def _touching(flows: Floats, low: float, high: float) -> list[float]:
    """Look where the value comes nearest to nil between two factors of the same sign."""
    first, last = low, high
    sign = np.sign(_share(flows, low))
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(80):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if sign * _share(flows, left) < sign * _share(flows, right):
            high = right
        else:
            low = left
    middle = (low + high) / 2
    least = sign * _share(flows, middle)
    if abs(least) <= TOUCH:
        return [1 / middle - 1]
    if least > 0:
        return []
    return [_between(flows, first, middle), _between(flows, middle, last)]
