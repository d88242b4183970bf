"""Size the debt of a venture: drawn with the capital, repaid by annuity or sculpted, no circle."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.appraisal.debt import Loan, annuity_loan, life_cover, sculpted_loan
from karwan.appraisal.levers import base_levers
from karwan.appraisal.venture import Venture
from karwan.appraisal.venture_arrays import Arrays, lines_of
from karwan.errors import InputError
from karwan.kernels import venture_rows as at

__all__ = ["Sizing", "with_debt"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sizing:
    """How large a loan is, and why.

    Attributes
    ----------
    first_service : int
        Year index of the first interest that is paid.
    maturity : int
        Year index after the last payment.
    amount : float
        Debt at the start of service, interest during building included [USD].
    gearing : float
        That debt as a share of capital, upfront payment and interest during building.
    bound_by : str
        ``gearing``, ``cover`` or ``none``.
    llcr, plcr : float
        Present value of cash of the loan's life, and of all years, over the debt.
    """

    first_service: int = 0
    maturity: int = 0
    amount: float = 0.0
    gearing: float = 0.0
    bound_by: str = "none"
    llcr: float = np.nan
    plcr: float = np.nan


def with_debt(venture: Venture, arrays: Arrays) -> tuple[Arrays, Sizing]:
    """Return arrays with the debt that the venture can carry.

    Debt is drawn in proportion to what is spent before `first_service` and its interest added.
    Both bounds are closed forms: with U spent and F what it has grown to with interest, a share
    p of spending gives a debt of ``p F``, and ``p F <= g (U + p (F - U))`` gives the largest p;
    a sculpted loan is the present value of cash over the cover. Cash is that after the tax which
    would be due without debt, so that no figure waits for another.

    Parameters
    ----------
    venture : Venture
        Venture.
    arrays : Arrays
        Arrays without debt.

    Returns
    -------
    (Arrays, Sizing)
        Arrays with holiday, draws and principal, and how the loan was found.

    Raises
    ------
    InputError
        The loan does not fit into the concession, or there is nothing to lend for.
    """
    plain = lines_of(arrays, base_levers())
    opened = np.flatnonzero(plain[at.L_CAPACITY] > 0)
    if len(opened) == 0:
        message = (
            "no capacity opens within the concession; give capacity.teu, a table of capacity, or a "
            "phase with capacity_teu that starts earlier"
        )
        raise InputError(message)
    first = int(opened[0])
    if venture["tax.holiday_years"] and venture["tax.holiday_from"] is None:
        arrays = arrays.with_fixed(holiday_end=first + venture["tax.holiday_years"])
        plain = lines_of(arrays, base_levers())
    if venture["debt.form"] == "none":
        return arrays, Sizing()
    given = venture["debt.first_service"]
    service = max(first, 1) if given is None else given - venture.first_year
    tenor = int(venture["debt.tenor_years"])
    _refuse(venture, service, tenor)
    return _drawn(venture, arrays, plain, service, tenor)


def _refuse(venture: Venture, service: int, tenor: int) -> None:
    problems = []
    if service < 1:
        problems.append(
            f"debt.first_service is {venture.first_year}; debt is drawn in the years before it, "
            "so it must be later than the first year"
        )
    if service + tenor > venture["years"]:
        problems.append(
            f"debt.tenor_years is {tenor} years from {venture.first_year + service}; the "
            f"concession ends in {venture.last_year}"
        )
    if problems:
        raise InputError(problems)


def _drawn(
    venture: Venture, arrays: Arrays, plain: Floats, service: int, tenor: int
) -> tuple[Arrays, Sizing]:
    rate, cap = venture["debt.interest"], venture["debt.gearing"]
    spent = (plain[at.L_CAPITAL] + plain[at.L_UPFRONT])[:service]
    grown = float((spent * (1 + rate) ** np.arange(service - 1, -1, -1)).sum())
    total = float(spent.sum())
    if total <= 0:
        message = (
            f"nothing is spent before {venture.first_year + service}, so there is nothing to lend "
            "for; set debt.first_service later, or debt.form to none"
        )
        raise InputError(message)
    share = cap * total / (grown * (1 - cap) + cap * total)
    grace = int(venture["debt.grace_years"])
    cash = _cash(plain)[service:]
    loan = _loan(venture, cash[grace:tenor], share * grown)
    bound = "gearing" if loan.amount >= share * grown * (1 - 1e-12) else "cover"
    share = loan.amount / grown
    paths = arrays.paths.copy()
    paths[2, :service] = share * spent
    paths[3] = 0.0
    if loan.amount > 0:
        paths[3, service + grace : service + tenor] = loan.principal / loan.amount
    debt = share * grown
    arrays = replace(arrays, paths=paths).with_fixed(
        first_service=service, maturity=service + tenor
    )
    return arrays, Sizing(
        service,
        service + tenor,
        debt,
        debt / (total + debt - share * total),
        bound,
        life_cover(cash[:tenor], debt, rate),
        life_cover(cash, debt, rate),
    )


def _cash(lines: Floats) -> Floats:
    """Return cash for debt service as if there were no debt: after tax and working capital."""
    return np.asarray(lines[at.L_CFADS] + lines[at.L_TAX] - lines[at.L_TAX_PLAIN], np.float64)


def _loan(venture: Venture, cash: Floats, most: float) -> Loan:
    rate = venture["debt.interest"]
    if venture["debt.form"] == "annuity":
        return annuity_loan(most, rate, len(cash))
    return sculpted_loan(cash, venture["debt.cover"], rate, most)
