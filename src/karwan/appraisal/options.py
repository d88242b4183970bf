"""Options that may be used early, on a binomial lattice."""

from __future__ import annotations

import numpy as np

__all__ = ["american_call"]


def american_call(
    worth: float,
    cost: float,
    rate: float,
    lost: float,
    volatility: float,
    years: float,
    steps: int,
) -> tuple[float, float]:
    """Return the value of the right to pay a cost for a worth at any time, on a lattice.

    Cox, Ross and Rubinstein (1979): each step the worth rises or falls by ``exp(sigma sqrt(dt))``,
    with the chances that make its expected growth ``rate - lost``.

    Parameters
    ----------
    worth, cost : float
        Worth today and cost, both positive.
    rate, lost : float
        Rate without risk, and the yield that waiting loses, both continuous a year.
    volatility : float
        Yearly spread of the log of the worth; 0 for none.
    years : float
        Time for which the right lasts.
    steps : int
        Steps of the lattice.

    Returns
    -------
    value, threshold : float
        Value of the right, and the worth from which using it at once is best (``inf`` if it
        never is before the end).
    """
    step = years / steps
    up = float(np.exp(max(volatility, 1e-6) * np.sqrt(step)))
    grow = float(np.exp((rate - lost) * step))
    chance = min(max((grow - 1 / up) / (up - 1 / up), 0.0), 1.0)
    fall = float(np.exp(-rate * step))
    ends = worth * up ** np.arange(-steps, steps + 1, 2.0)
    value = np.maximum(ends - cost, 0.0)
    for left in range(steps - 1, -1, -1):
        ends = worth * up ** np.arange(-left, left + 1, 2.0)
        held = fall * (chance * value[1:] + (1 - chance) * value[:-1])
        value = np.maximum(held, ends - cost)
    return float(value[0]), _threshold(cost, rate, lost, max(volatility, 1e-6))


def _threshold(cost: float, rate: float, lost: float, volatility: float) -> float:
    """Return the worth at which a right without end is used (McDonald and Siegel 1986)."""
    if lost <= 0:
        return float("inf")
    drift = (rate - lost) / volatility**2 - 0.5
    beta = -drift + np.sqrt(drift**2 + 2 * rate / volatility**2)
    return float(beta / (beta - 1) * cost) if beta > 1 else float("inf")
