"""What yearly flows are worth, and what they return: present value, rates of return, payback."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karwan.appraisal.roots import all_rates
from karwan.errors import InputError
from karwan.kernels.irr import irr_each, present_value, sign_changes

__all__ = [
    "RateOfReturn",
    "irr",
    "irr_of_rows",
    "mirr",
    "npv",
    "payback",
    "profitability_index",
]

Floats = NDArray[np.float64]
USUAL = 0.1
NIL = 1e-14
"""Share of all flows below which a sum is rounding."""


@dataclass(frozen=True)
class RateOfReturn:
    """Internal rate of return, and whether it is the only one.

    Attributes
    ----------
    rate : float or None
        Rate at which the present value is nil: of several the least that is not negative, or
        else the one nearest to nil; None if there is none.
    rates : tuple of float
        All rates found between -99.9 % and 100,000 % a year, the lowest first.
    most : int
        Changes of sign of the flows; there can be no more rates (Descartes).
    """

    rate: float | None
    rates: tuple[float, ...]
    most: int

    @property
    def words(self) -> str:
        """Say the rate, or why there is none, and warn of several."""
        if self.rate is None:
            why = "the flows never change sign" if self.most == 0 else "no rate makes them worth 0"
            return f"none: {why}"
        several = ", ".join(f"{r:.4%}" for r in self.rates)
        more = f" (one of {len(self.rates)}: {several})" if len(self.rates) > 1 else ""
        return f"{self.rate:.4%}{more}"


def npv(rate: float, flows: ArrayLike) -> float:
    """Return the present value of yearly flows; the first is not discounted.

    Parameters
    ----------
    rate : float
        Rate a year, above -1.
    flows : float64[n]
        Flow of each year.

    Returns
    -------
    float
        ``sum of flows[t] / (1 + rate)^t``.

    Raises
    ------
    InputError
        The rate is not above -1, or a flow is not finite.
    """
    _refuse_rate(rate)
    return float(present_value(_flows(flows), float(rate)))


def irr(flows: ArrayLike) -> RateOfReturn:
    """Find every internal rate of return.

    Flows that change their sign once have one rate, found by Newton's method within a bracket.
    Others may have none or several: all are sought on a grid, and where the value only touches
    nil between two points of it.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.

    Returns
    -------
    RateOfReturn
        The rate to quote, all rates, and how many there can be.

    Raises
    ------
    InputError
        A flow is not finite.

    Examples
    --------
    >>> from karwan.appraisal.rates_of_return import irr
    >>> irr([-100] + 25 * [10]).words
    '8.7803%'
    >>> irr([-100, 230, -132]).words
    '10.0000% (one of 2: 10.0000%, 20.0000%)'
    """
    values = _flows(flows)
    most = int(sign_changes(values))
    rates = all_rates(values, most)
    fine = [r for r in rates if r >= 0]
    rate = min(fine) if fine else max(rates, default=None)
    return RateOfReturn(rate, rates, most)


def irr_of_rows(flows: Floats, guess: float = USUAL) -> Floats:
    """Return the rate of each row of conventional flows; nan where the sign changes not once.

    Parameters
    ----------
    flows : float64[n_rows, n]
        Flows by year.
    guess : float
        Rate to start from.

    Returns
    -------
    float64[n_rows]
        Rates.
    """
    found = np.empty(len(flows))
    irr_each(np.ascontiguousarray(flows, np.float64), guess, found)
    return found


def mirr(flows: ArrayLike, finance_rate: float, reinvestment_rate: float) -> float:
    """Return the modified rate of return, which is always one.

    ``(future value of receipts / present value of payments)^(1/n) - 1``.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    finance_rate : float
        Rate at which payments are discounted.
    reinvestment_rate : float
        Rate at which receipts grow to the last year.

    Returns
    -------
    float
        Rate a year; nan if there are no payments or no receipts.

    Raises
    ------
    InputError
        A rate is not above -1, or a flow is not finite.
    """
    values = _flows(flows)
    _refuse_rate(finance_rate)
    _refuse_rate(reinvestment_rate)
    years = len(values) - 1
    paid = -present_value(np.minimum(values, 0.0), float(finance_rate))
    got = present_value(np.maximum(values, 0.0), float(reinvestment_rate))
    got *= (1 + reinvestment_rate) ** years
    if paid <= 0 or got <= 0:
        return math.nan
    return float((got / paid) ** (1 / years) - 1)


def payback(flows: ArrayLike, rate: float = 0.0) -> float:
    """Return after how many years the flows have paid themselves back, for good.

    Parameters
    ----------
    flows : float64[n]
        Flow of each year.
    rate : float
        Rate to discount by; 0 gives the plain payback.

    Returns
    -------
    float
        Years from the first flow, within a year by a straight line; 0 if the sum is never
        negative, ``inf`` if it is negative at the end.

    Raises
    ------
    InputError
        The rate is not above -1, or a flow is not finite.
    """
    _refuse_rate(rate)
    values = _flows(flows)
    worth = values / (1 + rate) ** np.arange(len(values))
    total = np.cumsum(worth)
    below = np.flatnonzero(total < -NIL * np.abs(worth).sum())
    if len(below) == 0:
        return 0.0
    last = int(below[-1])
    if last == len(values) - 1:
        return math.inf
    return last - float(total[last]) / float(worth[last + 1])


def profitability_index(rate: float, flows: ArrayLike, capital: ArrayLike) -> float:
    """Return present value for each USD of capital: ``1 + NPV / present value of capital``.

    Parameters
    ----------
    rate : float
        Rate a year.
    flows : float64[n]
        Flows after capital.
    capital : float64[n]
        Capital spent each year, positive.

    Returns
    -------
    float
        Index; above 1 it pays. nan without capital.
    """
    spent = npv(rate, capital)
    return 1 + npv(rate, flows) / spent if spent > 0 else math.nan


def _flows(flows: ArrayLike | Sequence[float]) -> Floats:
    values = np.ascontiguousarray(flows, np.float64)
    if values.ndim != 1 or len(values) == 0:
        message = f"flows have the shape {values.shape}; give one number for each year"
        raise InputError(message)
    wrong = [f"flow of year {i} is {v}" for i, v in enumerate(values) if not math.isfinite(v)]
    if wrong:
        raise InputError([f"{text}; it must be finite" for text in wrong])
    return values


def _refuse_rate(rate: float) -> None:
    if not rate > -1:
        message = f"rate is {rate}; it must be above -1"
        raise InputError(message)
