"""Debt: annuities, debt sculpted to a cover ratio, and the ratios that lenders watch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karwan.errors import InputError

__all__ = [
    "Loan",
    "annuity",
    "annuity_loan",
    "cover_ratios",
    "growing_annuity",
    "life_cover",
    "sculpted_loan",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loan:
    """A loan that is drawn at the start of its first year and repaid at ends of years.

    Attributes
    ----------
    amount : float
        Money lent.
    rate : float
        Interest a year.
    service : float64[n]
        Interest and principal of each year.
    balance : float64[n]
        What is owed after each payment; the last is nil.
    """

    amount: float
    rate: float
    service: Floats
    balance: Floats

    @property
    def interest(self) -> Floats:
        """Interest of each year."""
        return self.rate * np.concatenate([[self.amount], self.balance[:-1]])

    @property
    def principal(self) -> Floats:
        """Principal repaid each year."""
        return self.service - self.interest


def annuity(amount: float, rate: float, years: int) -> float:
    """Return the level yearly payment that repays a loan.

    ``amount * rate / (1 - (1 + rate)^-years)``.

    Parameters
    ----------
    amount : float
        Money lent.
    rate : float
        Interest a year, above -1.
    years : int
        Payments, at the end of each year.

    Returns
    -------
    float
        Payment a year.

    Raises
    ------
    InputError
        The rate or the tenor makes no sense; both are named.

    Examples
    --------
    >>> from karwan.appraisal.debt import annuity
    >>> round(annuity(100, 0.085, 12), 6)
    13.615286
    """
    _refuse(rate, years)
    if rate == 0:
        return amount / years
    return amount * rate / -math.expm1(-years * math.log1p(rate))


def growing_annuity(growth: float, rate: float, years: int) -> float:
    """Return the present value of 1 a year that grows, paid at ends of years.

    Parameters
    ----------
    growth, rate : float
        Growth and discount a year.
    years : int
        Payments; the first is 1.

    Returns
    -------
    float
        Present value.

    Raises
    ------
    InputError
        The rate or the years make no sense.
    """
    _refuse(rate, years)
    if growth == rate:
        return years / (1 + rate)
    return (1 - ((1 + growth) / (1 + rate)) ** years) / (rate - growth)


def annuity_loan(amount: float, rate: float, years: int) -> Loan:
    """Return a loan repaid by level payments."""
    return _loan(amount, rate, np.full(years, annuity(amount, rate, years)))


def sculpted_loan(cash: ArrayLike, cover: float, rate: float, most: float = math.inf) -> Loan:
    """Return the largest loan whose service is a fixed share of the cash of each year.

    ``amount = sum of cash[t] / (cover (1 + rate)^t)``, t from 1: a closed form, no iteration.
    Where `most` binds, the cover of all years rises by the same factor.

    Parameters
    ----------
    cash : float64[n]
        Cash available for debt service by year; years in which it is negative serve nothing.
    cover : float
        Debt service cover ratio to keep, positive.
    rate : float
        Interest a year.
    most : float
        Largest amount, such as a share of the capital.

    Returns
    -------
    Loan
        Amount and service.

    Raises
    ------
    InputError
        Cover, rate or years make no sense; all are named.

    Examples
    --------
    >>> from karwan.appraisal.debt import sculpted_loan
    >>> round(sculpted_loan([120, 140, 160, 180], 1.3, 0.06).amount, 6)
    395.940764
    """
    values = np.maximum(np.asarray(cash, np.float64), 0.0)
    _refuse(rate, len(values), cover)
    worth = float((values / (1 + rate) ** np.arange(1, len(values) + 1)).sum())
    amount = min(worth / cover, most)
    service = values * (amount / worth) if worth > 0 else np.zeros(len(values))
    return _loan(amount if worth > 0 else 0.0, rate, service)


def cover_ratios(cash: ArrayLike, service: ArrayLike) -> Floats:
    """Return cash over debt service of each year, nan where there is none to serve."""
    values, due = np.asarray(cash, np.float64), np.asarray(service, np.float64)
    ratios: Floats = np.divide(values, due, out=np.full(len(due), np.nan), where=due > 0)
    return ratios


def life_cover(cash: ArrayLike, debt: float, rate: float) -> float:
    """Return present value of cash over the debt that it has to serve.

    Cash of the years of the loan gives the loan life cover ratio (LLCR), cash of all years of
    the project the project life cover ratio (PLCR).

    Parameters
    ----------
    cash : float64[n]
        Cash available for debt service; the first year is discounted once.
    debt : float
        Debt at the start of the first year.
    rate : float
        Interest a year.

    Returns
    -------
    float
        Ratio; nan without debt.
    """
    values = np.asarray(cash, np.float64)
    worth = float((values / (1 + rate) ** np.arange(1, len(values) + 1)).sum())
    return worth / debt if debt > 0 else math.nan


def _loan(amount: float, rate: float, service: Floats) -> Loan:
    balance, owed = np.empty(len(service)), amount
    for t, paid in enumerate(service):
        owed = owed * (1 + rate) - paid
        balance[t] = owed
    return Loan(amount, rate, service, balance)


def _refuse(rate: float, years: int, cover: float = 1.0) -> None:
    problems = []
    if not rate > -1:
        problems.append(f"rate is {rate}; it must be above -1")
    if years < 1:
        problems.append(f"tenor is {years} years; it must be at least 1")
    if not cover > 0:
        problems.append(f"cover ratio is {cover}; it must be positive")
    if problems:
        raise InputError(problems)
