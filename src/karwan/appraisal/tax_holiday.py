"""What capital costs a tonne, with tax on its profit and years free of it."""

from __future__ import annotations

import math

__all__ = ["holiday_value", "level_charge", "worth_of_yearly"]


def worth_of_yearly(years: float, rate: float) -> float:
    """Return what one USD at the end of each year is worth today.

    Parameters
    ----------
    years : float
        Years; parts of a year count by the same formula.
    rate : float
        Discount rate [1/year].

    Returns
    -------
    float
        ``(1 - (1 + rate)^-years) / rate``, or `years` at rate 0.
    """
    return years if rate == 0 else -math.expm1(-years * math.log1p(rate)) / rate


def holiday_value(profit_usd: float, tax_rate: float, years: float, rate: float) -> float:
    """Return the present value of the tax that a holiday spares.

    Parameters
    ----------
    profit_usd : float
        Taxable profit a year [USD/year].
    tax_rate : float
        Tax on profit.
    years : float
        Years free of it.
    rate : float
        Discount rate [1/year].

    Returns
    -------
    float
        Value [USD].

    Examples
    --------
    >>> round(holiday_value(100, 0.29, 10, 0.11), 6)
    170.787728
    """
    return profit_usd * tax_rate * worth_of_yearly(years, rate)


def level_charge(
    capital_usd: float, life_years: float, rate: float, tax_rate: float, holiday_years: float
) -> tuple[float, float]:
    """Return the level yearly surplus that repays capital, and the part of it that is for tax.

    The surplus m makes the present value of ``m - tax`` equal the capital, where tax is
    ``tax_rate (m - capital / life)`` in every year after the holiday.

    Parameters
    ----------
    capital_usd : float
        Capital at the start [USD].
    life_years : float
        Years of use and of even depreciation.
    rate : float
        Return asked for [1/year].
    tax_rate : float
        Tax on profit, below 1.
    holiday_years : float
        First years free of tax.

    Returns
    -------
    charge : float
        Surplus a year [USD/year].
    tax : float
        How much of it would not be needed without tax [USD/year].
    """
    whole = worth_of_yearly(life_years, rate)
    taxed = whole - worth_of_yearly(min(max(holiday_years, 0.0), life_years), rate)
    charge = (capital_usd - tax_rate * capital_usd / life_years * taxed) / (
        whole - tax_rate * taxed
    )
    return charge, charge - capital_usd / whole
