"""The worth of a measure over years: discounted benefits, costs and their ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Timing", "discounted", "factors"]

Floats = NDArray[np.float64]
BUILDING_YEARS = 3
"""Years before the opening over which capital is spent evenly."""


@dataclass(frozen=True)
class Timing:
    """The years of an appraisal.

    Attributes
    ----------
    first_year : int
        Year that is not discounted.
    last_year : int
        Last year whose benefits count.
    discount_rate : float
        Real rate a year.
    """

    first_year: int
    last_year: int
    discount_rate: float

    @property
    def years(self) -> NDArray[np.int64]:
        """Years of the appraisal."""
        return np.arange(self.first_year, self.last_year + 1)

    @property
    def weights(self) -> Floats:
        """Present value of one USD in each year."""
        after = self.years - float(self.first_year)
        return np.asarray((1 + self.discount_rate) ** -after, np.float64)


def factors(
    timing: Timing, growth: Floats, opening: NDArray[np.int64], life: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """Return what one USD of benefit, of capital and of yearly cost is worth today.

    ``present value = sum over years of amount / (1 + rate)^(year - first year)``.

    Parameters
    ----------
    timing : Timing
        Years and rate.
    growth : float64[n_years]
        Benefit of each year as a multiple of the year it was reckoned for.
    opening, life : int64[n]
        First year of the effect, and years of use.

    Returns
    -------
    benefit, capital, yearly : float64[n]
        Present values.
    """
    years, weights = timing.years, timing.weights
    used = (years >= opening[:, None]) & (years < (opening + life)[:, None])
    benefit = (used * weights * growth).sum(axis=1)
    yearly = (used * weights).sum(axis=1)
    before = opening[:, None] - 1 - np.arange(BUILDING_YEARS)
    at = np.clip(before, timing.first_year, None) - float(timing.first_year)
    capital = ((1 + timing.discount_rate) ** -at).mean(axis=1)
    return benefit, capital, yearly


def discounted(
    amounts: tuple[Floats, Floats, Floats], worth: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Return net present value, benefit-cost ratio and cost of yearly amounts.

    Parameters
    ----------
    amounts : (float64[n], float64[n], float64[n])
        Benefit a year, capital, and cost a year [USD].
    worth : (float64[n], float64[n], float64[n])
        Present values of one USD of each, as `factors` gives them.

    Returns
    -------
    value, ratio, cost : float64[n]
        Present value of benefits less costs [USD], their ratio (``inf`` without cost), and the
        present value of costs [USD].
    """
    benefit = amounts[0] * worth[0]
    cost = amounts[1] * worth[1] + amounts[2] * worth[2]
    ratio = np.divide(benefit, cost, out=np.full(len(cost), np.inf), where=cost > 0)
    return benefit - cost, ratio, cost
