"""Present values and rates of return of yearly flows."""

import numpy as np
from numba import njit

__all__ = ["future_slope", "irr", "irr_each", "irr_near", "present_value", "sign_changes"]

MOST_STEPS = 200
CLOSE = 1e-15
"""A factor of discount is found when a step changes it by less than this share."""
NEAR = 2e-5
"""A step of Halley's method this small leaves an error of its third power."""
FARTHEST = 30.0
"""Logs of factors of discount beyond this are no rates."""


@njit(cache=True, error_model="numpy")
def present_value(flows, rate):
    """Discount yearly flows; the first is not discounted.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    rate : float
        Rate a year, above -1.

    Returns
    -------
    float
        ``sum of flows[t] / (1 + rate)^t``.
    """
    factor, value = 1.0 / (1.0 + rate), 0.0
    for t in range(len(flows) - 1, -1, -1):
        value = value * factor + flows[t]
    return value


@njit(cache=True, error_model="numpy")
def sign_changes(flows):
    """Count how often the sign of flows changes, zeros left out (Descartes' bound of roots)."""
    last, count = 0.0, 0
    for flow in flows:
        if flow != 0.0:
            if last * flow < 0.0:
                count += 1
            last = flow
    return count


@njit(cache=True, error_model="numpy")
def future_slope(flows, factor):
    """Return the value at a factor of discount and its derivative by that factor."""
    value, slope = 0.0, 0.0
    for t in range(len(flows) - 1, -1, -1):
        slope = slope * factor + value
        value = value * factor + flows[t]
    return value, slope


@njit(cache=True, error_model="numpy")
def irr_near(flows, low, high, guess):
    """Find the rate within a bracket by Newton's method, halved where it leaves the bracket.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    low, high : float
        Factors of discount, ``1 / (1 + rate)``, at which the value has different signs.
    guess : float
        Factor to start from, between them.

    Returns
    -------
    float
        Factor at which the value is nil.
    """
    at_low, _ = future_slope(flows, low)
    if at_low == 0.0:
        return low
    factor = guess
    for _ in range(MOST_STEPS):
        value, slope = future_slope(flows, factor)
        if value == 0.0:
            return factor
        if (value > 0.0) == (at_low > 0.0):
            low = factor
        else:
            high = factor
        step = factor - value / slope if slope != 0.0 else low
        if not low < step < high:
            step = 0.5 * (low + high)
        if abs(step - factor) <= CLOSE * factor:
            return step
        factor = step
    return factor


@njit(cache=True, error_model="numpy")
def _log_ratio(flows, factor, first):
    """Return the log of later-signed over first-signed flows, discounted, and two derivatives.

    Derivatives by the log of the factor: the differences of the means and of the variances of
    their times. Even and odd years are added up apart, so that two sums run at once.
    """
    square, weight, n = factor * factor, first, len(flows)
    up, up_t, up_tt, down, down_t, down_tt = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    other_up, other_up_t, other_up_tt = 0.0, 0.0, 0.0
    other_down, other_down_t, other_down_tt = 0.0, 0.0, 0.0
    for k in range(0, n - 1, 2):
        t = float(k)
        a, b = flows[k] * weight, flows[k + 1] * weight * factor
        if a < 0.0:
            up += a
            up_t += a * t
            up_tt += a * t * t
        else:
            down += a
            down_t += a * t
            down_tt += a * t * t
        t += 1.0
        if b < 0.0:
            other_up += b
            other_up_t += b * t
            other_up_tt += b * t * t
        else:
            other_down += b
            other_down_t += b * t
            other_down_tt += b * t * t
        weight *= square
    if n % 2 == 1:
        a, t = flows[n - 1] * weight, n - 1.0
        if a < 0.0:
            up, up_t, up_tt = up + a, up_t + a * t, up_tt + a * t * t
        else:
            down, down_t, down_tt = down + a, down_t + a * t, down_tt + a * t * t
    up, down = up + other_up, down + other_down
    if up >= 0.0 or down <= 0.0:
        return np.nan, np.nan, np.nan
    late, early = (up_t + other_up_t) / up, (down_t + other_down_t) / down
    bend = (up_tt + other_up_tt) / up - late * late
    bend -= (down_tt + other_down_tt) / down - early * early
    return np.log(-up / down), late - early, bend


@njit(cache=True, error_model="numpy")
def irr(flows, guess):
    """Find a rate of return near a guess.

    Halley's method on the log of receipts over payments as a function of the log of the factor
    of discount, which is nearly a straight line; halved where it leaves its bracket. Flows that
    change sign once have one rate, and this finds it.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    guess : float
        Rate to start from, above -1.

    Returns
    -------
    float
        Rate at which the present value is nil; nan if none was found.
    """
    first = 0.0
    for flow in flows:
        if flow != 0.0:
            first = 1.0 if flow > 0.0 else -1.0
            break
    x, low, high = -np.log1p(guess), -np.inf, np.inf
    for _ in range(MOST_STEPS):
        value, slope, bend = _log_ratio(flows, np.exp(x), first)
        if np.isnan(value):
            return np.nan
        if value < 0.0:
            low = x
        else:
            high = x
        lean = 1.0 - 0.5 * value * bend / (slope * slope)
        step = x - value / (slope * max(lean, 0.5)) if slope > 0.0 else np.inf
        if abs(step - x) <= NEAR:
            return np.expm1(-step)
        if not low < step < high:
            if low > -np.inf and high < np.inf:
                step = 0.5 * (low + high)
            else:
                step = x + 1.0 if value < 0.0 else x - 1.0
        if abs(step) > FARTHEST:
            return np.nan
        x = step
    return np.expm1(-x)


@njit(cache=True, error_model="numpy")
def irr_each(flows, guess, found):
    """Find the rate of return of each row of flows.

    Parameters
    ----------
    flows : float64[n_rows, n]
        Flows; each row changes its sign once, or has no rate here.
    guess : float
        Rate to start from.
    found : float64[n_rows]
        Rates, written here; nan where the sign does not change once.
    """
    for i in range(len(flows)):
        found[i] = irr(flows[i], guess)
