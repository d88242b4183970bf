"""Live formulas of debt, tax, reserve and owners from year to year."""

from __future__ import annotations

from collections.abc import Callable

from karwan.appraisal.account import Account
from karwan.briefs.venture_cells_debt import tax
from karwan.briefs.venture_cells_trade import named
from karwan.briefs.venture_grid import Grid

__all__ = ["cash"]

Rows = dict[str, Callable[[int], str | int]]
ORDER = (
    "interest_capitalised", "drawn", "interest", "principal", "swept", "debt", "depreciation",
    "holder_interest", "profit", "tax", "cash_for_service", "left", "taken", "contribution",
    "wanted", "reserve", "given", "cash", "net_income", "holder_paid", "holder_loan", "dividends",
    "retained", "capital_returned", "withholding",
)  # fmt: skip
TITLES = {
    "profit": "Profit before tax",
    "left": "Cash after service",
    "taken": "Taken from the reserve",
    "wanted": "Reserve wanted",
    "given": "Paid out",
    "retained": "Retained profit",
}
"""Rows that are no lines of the statements."""


def cash(grid: Grid, losses: Grid, account: Account) -> None:
    """Write the years of debt, tax, reserve and owners.

    Parameters
    ----------
    grid, losses : Grid
        Sheets.
    account : Account
        Venture with its statements.
    """
    grid.head("Debt, tax and cash")
    # rows look at each other across years, so that their places are fixed first
    grid.rows |= {name: grid.next + i for i, name in enumerate(ORDER)}
    make = _debt(grid, account) | _results(grid, account) | _reserve(grid, account)
    make |= _owners(grid)
    for name in ORDER:
        if name == "tax":
            tax(grid, losses, "tax", "profit")
        elif name in TITLES:
            grid.line(name, TITLES[name], "USD", make[name])
        else:
            _, title, unit, words = named(name)
            grid.line(name, title, unit, make[name], words)


def _rate(grid: Grid) -> str:
    return f"({grid.one('f_interest')}+{grid.one('lever_interest')})"


def _loan(grid: Grid, account: Account) -> str:
    """Return the cell of the debt at the first service."""
    service = account.sizing.first_service
    return grid.at("debt", service - 1) if service > 0 else "0"


def _debt(grid: Grid, account: Account) -> Rows:
    c, rate, loan = grid.at, _rate(grid), _loan(grid, account)
    service, end = account.sizing.first_service, account.sizing.maturity

    def principal(t: int) -> str | int:
        if t < service:
            return 0
        before = c("debt", t - 1)
        return f"={before}" if t == end - 1 else f"=MIN({c('amort', t)}*{loan},{before})"

    def swept(t: int) -> str | int:
        if t < service:
            return 0
        share = f"{grid.one('f_sweep_share')}*({_after(grid, t)})"
        return f"=MIN({share},{c('debt', t - 1)}-{c('principal', t)})"

    return {
        "interest_capitalised": lambda t: f"={rate}*{c('debt', t - 1)}" if t < service else 0,
        "drawn": lambda t: f"={c('draws', t)}" if t < service else 0,
        "interest": lambda t: f"={rate}*{c('debt', t - 1)}" if t >= service else 0,
        "principal": principal,
        "swept": swept,
        "debt": lambda t: (
            f"={c('debt', t - 1)}+{c('interest_capitalised', t)}+{c('drawn', t)}-"
            f"{c('principal', t)}-{c('swept', t)}"
        ),
    }


def _results(grid: Grid, account: Account) -> Rows:
    c, n, service = grid.at, len(grid.years), account.sizing.first_service
    added = f"SUM({grid.all('interest_capitalised', 0, service)})" if service else "0"
    count = len(account.arrays.phases)

    def depreciation(t: int) -> str:
        parts = [c(f"p{k}_worn", t) for k in range(count)]
        parts += [f"{c('upfront', v)}/{n - v}" for v in range(t + 1)]
        return "=" + "+".join([*parts, *([f"{added}/{n - service}"] if t >= service else [])])

    return {
        "depreciation": depreciation,
        "holder_interest": lambda t: (
            f"={grid.one('f_shareholder_loan_rate')}*{c('holder_loan', t - 1)}"
        ),
        "profit": lambda t: (
            f"={c('ebitda', t)}-{c('depreciation', t)}-{c('interest', t)}-{c('holder_interest', t)}"
        ),
        "cash_for_service": lambda t: (
            f"={c('ebitda', t)}-{c('tax', t)}-({c('receivables', t)}-{c('payables', t)}-"
            f"{c('receivables', t - 1)}+{c('payables', t - 1)})"
        ),
        "net_income": lambda t: f"={c('profit', t)}-{c('tax', t)}",
    }


def _after(grid: Grid, t: int) -> str:
    """Return cash after the reserve has been filled or emptied."""
    c = grid.at
    return (
        f"MAX({c('left', t)}+{c('taken', t)},0)-"
        f"({c('reserve', t)}-{c('reserve', t - 1)}+{c('taken', t)})"
    )


def _reserve(grid: Grid, account: Account) -> Rows:
    c, one, n, loan = grid.at, grid.one, len(grid.years), _loan(grid, account)
    service, end = account.sizing.first_service, account.sizing.maturity

    def wanted(t: int) -> str | int:
        if not service <= t + 1 < end or t >= n - 1:
            return 0
        held = (
            f"({c('debt', t - 1)}+{c('interest_capitalised', t)}+{c('drawn', t)}-"
            f"{c('principal', t)})"
        )
        part = f"MIN({c('amort', t + 1)}*{loan if t >= service else held},{held})"
        part = held if t + 1 == end - 1 else part
        return f"={one('f_reserve_share')}*({part}+{_rate(grid)}*{held})"

    def given(t: int) -> str:
        left = f"{_after(grid, t)}-{c('swept', t)}"
        if t == n - 1:
            return f"=MAX({left},0)"
        cover, due = one("f_lockup_cover"), f"({c('interest', t)}+{c('principal', t)})"
        locked = f"AND({cover}>0,{c('cash_for_service', t)}<{cover}*{due})"
        return f"=IF({locked},0,MAX({left}-{one('f_minimum_cash')},0))"

    return {
        "left": lambda t: (
            f"={c('cash', t - 1)}+{c('cash_for_service', t)}+{c('drawn', t)}-{c('capital', t)}-"
            f"{c('upfront', t)}-{c('interest', t)}-{c('principal', t)}"
        ),
        "taken": lambda t: f"=MIN({c('reserve', t - 1)},MAX(-{c('left', t)},0))",
        "contribution": lambda t: f"=MAX(-{c('left', t)}-{c('taken', t)},0)",
        "wanted": wanted,
        "reserve": lambda t: (
            f"={c('reserve', t - 1)}-{c('taken', t)}+MIN(MAX({c('left', t)}+{c('taken', t)},0),"
            f"{c('wanted', t)}-({c('reserve', t - 1)}-{c('taken', t)}))"
        ),
        "given": given,
        "cash": lambda t: f"={_after(grid, t)}-{c('swept', t)}-{c('given', t)}",
    }


def _owners(grid: Grid) -> Rows:
    c, one = grid.at, grid.one
    share = one("f_shareholder_loan_share")

    def held(t: int) -> str:
        before = f"{c('holder_loan', t - 1)}+{c('holder_interest', t)}"
        return f"{before}+{share}*{c('contribution', t)}"

    return {
        "holder_paid": lambda t: f"=MIN({c('given', t)},{held(t)})",
        "holder_loan": lambda t: f"={held(t)}-{c('holder_paid', t)}",
        "dividends": lambda t: (
            f"=MIN({c('given', t)}-{c('holder_paid', t)},"
            f"MAX({c('retained', t - 1)}+{c('net_income', t)},0))"
        ),
        "retained": lambda t: f"={c('retained', t - 1)}+{c('net_income', t)}-{c('dividends', t)}",
        "capital_returned": lambda t: f"={c('given', t)}-{c('holder_paid', t)}-{c('dividends', t)}",
        "withholding": lambda t: f"={one('f_withholding')}*{c('dividends', t)}",
    }
