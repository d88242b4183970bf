"""Tax, debt and what owners pay in and take out of a venture."""

import numpy as np
from numba import njit

from karwan.kernels.venture_rows import (
    F_CASH,
    F_HOLIDAY,
    F_INTEREST,
    F_LOCKUP,
    F_LOSS,
    F_MATURITY,
    F_MINIMUM,
    F_RESERVE,
    F_SERVICE,
    F_SHARE,
    F_SHARE_RATE,
    F_SWEEP,
    F_TAX,
    F_WITHHOLDING,
    INTEREST,
    L_CAPITAL,
    L_CASH,
    L_CFADS,
    L_CONTRIBUTION,
    L_DEBT,
    L_DEPRECIATION,
    L_DIVIDENDS,
    L_DRAWN,
    L_EBITDA,
    L_HOLDER_INTEREST,
    L_HOLDER_LOAN,
    L_HOLDER_PAID,
    L_INTEREST,
    L_INTEREST_ADDED,
    L_NET_INCOME,
    L_PAYABLES,
    L_PRINCIPAL,
    L_RECEIVABLES,
    L_RESERVE,
    L_RETURNED,
    L_REVENUE,
    L_SWEPT,
    L_TAX,
    L_TAX_PLAIN,
    L_UPFRONT,
    L_WITHHOLDING,
    TAX_RATE,
)

__all__ = ["pay_out", "tax_without_debt"]


@njit(cache=True, error_model="numpy")
def _taxed(profit, least, t, rate, holiday, lasts, losses, used):
    """Return the tax of a year, and the losses that are used or have lapsed by then.

    Losses are used oldest first and lapse after `lasts` years. With their running sum that needs
    no loop: what has lapsed is the sum of some years ago, if less than that was used. In a tax
    holiday no tax is due, and profits use up no losses.

    Parameters
    ----------
    profit, least : float
        Profit before tax, and the least tax [USD].
    t : int
        Year.
    rate : float
        Rate of income tax.
    holiday, lasts : int
        Year after the holiday, and years for which a loss may be used.
    losses : float64[n]
        Sum of losses until each year; that of this year is written here.
    used : float
        Losses used or lapsed before.

    Returns
    -------
    tax, used : float
        Tax, and losses used or lapsed.
    """
    if t > lasts:
        used = max(used, losses[t - lasts - 1])
    held = max(-profit, 0.0)
    if t > 0:
        held += losses[t - 1]
    losses[t] = held
    if t < holiday:
        return 0.0, used
    base = max(profit, 0.0)
    taken = min(base, held - used)
    return max((base - taken) * rate, least), used + taken


@njit(cache=True, error_model="numpy")
def tax_without_debt(levers, fixed, losses, lines):
    """Write the tax that would be due without any debt."""
    rate, used = fixed[F_TAX] + levers[TAX_RATE], 0.0
    holiday, lasts, least = int(fixed[F_HOLIDAY]), int(fixed[F_LOSS]), fixed[F_MINIMUM]
    for t in range(lines.shape[1]):
        profit = lines[L_EBITDA, t] - lines[L_DEPRECIATION, t]
        floor = least * lines[L_REVENUE, t]
        tax, used = _taxed(profit, floor, t, rate, holiday, lasts, losses, used)
        lines[L_TAX_PLAIN, t] = tax


@njit(cache=True, error_model="numpy")
def _reserved(t, maturity, paths, loan, debt, rate):
    """Return interest and principal that will be due in a year, as far as is known before it."""
    return rate * debt + (debt if t == maturity - 1 else min(paths[3, t] * loan, debt))


@njit(cache=True, error_model="numpy")
def _kept(fixed, earned, due):
    """Return the cash that stays: the least, or all of it after a year of poor cover."""
    if fixed[F_LOCKUP] > 0.0 and earned < fixed[F_LOCKUP] * due:
        return np.inf
    return fixed[F_CASH]


@njit(cache=True, error_model="numpy")
def _spread(left, reserve, wanted, sweep, debt):
    """Cover what is lacking, fill or empty the reserve, and sweep.

    Returns
    -------
    left, reserve, paid_in, swept : float
        Cash left, the reserve, what owners pay in, and debt repaid early.
    """
    paid_in = 0.0
    if left < 0.0:
        taken = min(reserve, -left)
        reserve -= taken
        paid_in = -left - taken
        left = 0.0
    moved = min(left, wanted - reserve)
    left -= moved
    swept = min(sweep * left, debt)
    return left - swept, reserve + moved, paid_in, swept


@njit(cache=True, error_model="numpy")
def pay_out(levers, fixed, paths, losses, lines):
    """Serve the debt, fill the reserve, and write what owners pay in and take out.

    Order of cash: taxes, senior debt, reserve, sweep, then shareholder loans, dividends out of
    profit, and capital. What is short comes from the reserve, then from owners.

    Parameters
    ----------
    levers : float64[n_levers]
        Levers.
    fixed : float64[n_fixed]
        Figures.
    paths : float64[4, n]
        Third the debt drawn each year before `first_service` [USD], whose interest is added to
        it; fourth the principal of each year as a share of the debt at `first_service`.
    losses : float64[n]
        Scratch.
    lines : float64[n_lines, n]
        Statements.
    """
    n, service = lines.shape[1], int(fixed[F_SERVICE])
    maturity, rate = int(fixed[F_MATURITY]), fixed[F_INTEREST] + levers[INTEREST]
    tax_rate, used = fixed[F_TAX] + levers[TAX_RATE], 0.0
    holiday, lasts, least = int(fixed[F_HOLIDAY]), int(fixed[F_LOSS]), fixed[F_MINIMUM]
    added, wear = 0.0, 0.0
    debt, loan, cash, reserve, retained, working, holder = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(n):
        accrued, capitalised, interest, principal = rate * debt, 0.0, 0.0, 0.0
        if t < service:
            capitalised = accrued
            added += capitalised
            debt += capitalised + paths[2, t]
        elif t == service:
            loan, wear = debt, added / (n - service)
        if t >= service:
            interest = accrued
            due = debt if t == maturity - 1 else paths[3, t] * loan
            principal = min(due, debt)
            debt -= principal
        owed = fixed[F_SHARE_RATE] * holder
        lines[L_DEPRECIATION, t] += wear
        profit = (lines[L_EBITDA, t] - lines[L_DEPRECIATION, t] - interest) - owed
        floor = least * lines[L_REVENUE, t]
        tax, used = _taxed(profit, floor, t, tax_rate, holiday, lasts, losses, used)
        now = lines[L_RECEIVABLES, t] - lines[L_PAYABLES, t]
        earned = (lines[L_EBITDA, t] - now + working) - tax
        working = now
        drawn = paths[2, t] if t < service else 0.0
        fixed_part = drawn - lines[L_CAPITAL, t] - lines[L_UPFRONT, t] - interest - principal
        left = (cash + fixed_part) + earned
        wanted = 0.0
        if service <= t + 1 < maturity and t < n - 1:
            wanted = _reserved(t + 1, maturity, paths, loan if t >= service else debt, debt, rate)
        least_cash = _kept(fixed, earned, interest + principal) if t < n - 1 else 0.0
        most_swept = debt if t >= service else 0.0
        left, reserve, paid_in, swept = _spread(
            left, reserve, fixed[F_RESERVE] * wanted, fixed[F_SWEEP], most_swept
        )
        debt -= swept
        given = max(left - least_cash, 0.0)
        cash = left - given
        income = profit - tax
        retained, holder = retained + income, holder + owed + fixed[F_SHARE] * paid_in
        to_loan = min(given, holder)
        dividends = min(given - to_loan, max(retained, 0.0))
        holder, retained = holder - to_loan, retained - dividends
        lines[L_TAX, t], lines[L_CFADS, t], lines[L_NET_INCOME, t] = tax, earned, income
        lines[L_DRAWN, t], lines[L_INTEREST_ADDED, t], lines[L_DEBT, t] = drawn, capitalised, debt
        lines[L_INTEREST, t], lines[L_PRINCIPAL, t], lines[L_SWEPT, t] = interest, principal, swept
        lines[L_CONTRIBUTION, t], lines[L_DIVIDENDS, t] = paid_in, dividends
        lines[L_RETURNED, t] = given - to_loan - dividends
        lines[L_HOLDER_INTEREST, t], lines[L_HOLDER_PAID, t] = owed, to_loan
        lines[L_HOLDER_LOAN, t], lines[L_RESERVE, t], lines[L_CASH, t] = holder, reserve, cash
        lines[L_WITHHOLDING, t] = fixed[F_WITHHOLDING] * dividends
