"""Live formulas of tax, and of the size of the debt."""

from __future__ import annotations

from collections.abc import Callable

from karwan.appraisal.account import Account
from karwan.briefs.venture_cells_trade import named
from karwan.briefs.venture_grid import Grid

__all__ = ["debt_size", "tax"]


def tax(grid: Grid, losses: Grid, key: str, profit_of: str) -> None:
    """Write a line of tax, with old losses used oldest first on a sheet of their own.

    Parameters
    ----------
    grid, losses : Grid
        Sheets.
    key : str
        ``tax_without_debt`` or ``tax``.
    profit_of : str
        Row of the profit.
    """
    n, sheet = len(grid.years), grid.sheet.title

    def one(name: str) -> str:
        return f"{sheet}!{grid.one(name)}"

    def gain(sign: str) -> Callable[[int], str]:
        return lambda t: f"=MAX({sign}{sheet}!{grid.at(profit_of, t)},0)"

    losses.head(f"Losses used, {key}: row = year of the loss, column = year of use")
    for name, title, sign in (
        ("loss", "loss of the year", "-"),
        ("base", "profit of the year", ""),
    ):
        losses.line(f"{key}_{name}", title, "USD", gain(sign))
    for v in range(n):
        row = f"{key}_used_{v}"
        losses.rows[row] = losses.next  # its formulas look at earlier cells of the same row

        def used(t: int, v: int = v, row: str = row) -> str | int:
            if t <= v:
                return 0
            left = f"{losses.all(f'{key}_loss', v, v + 1).split(':')[0]}"
            left += f"-SUM({losses.all(row, v, t)})"
            rest = losses.at(f"{key}_base", t)
            if v > 0:
                top, bottom = losses.at(f"{key}_used_0", t), losses.at(f"{key}_used_{v - 1}", t)
                rest += f"-SUM({top}:{bottom})"
            kept = f"AND({t}>={one('f_holiday_end')},{t - v}<={one('f_loss_years')})"
            return f"=IF({kept},MIN({left},{rest}),0)"

        losses.line(row, f"loss of {grid.years[v]}", "USD", used)
    rate = f"({grid.one('f_tax_rate')}+{grid.one('lever_tax_rate')})"

    def due(t: int) -> str:
        top, bottom = losses.at(f"{key}_used_0", t), losses.at(f"{key}_used_{n - 1}", t)
        base = f"Losses!{losses.at(f'{key}_base', t)}-SUM(Losses!{top}:{bottom})"
        least = f"{grid.one('f_minimum_tax')}*{grid.at('revenue', t)}"
        return f"=IF({t}<{grid.one('f_holiday_end')},0,MAX({rate}*({base}),{least}))"

    name, title, unit, words = named(key)
    grid.line(name, title, unit, due, words)


def debt_size(grid: Grid, account: Account) -> None:
    """Write how large the debt is, what is drawn and which share is repaid each year."""
    venture, sizing, n = account.venture, account.sizing, len(grid.years)
    service, end = sizing.first_service, sizing.maturity
    grid.line("plain_cash", "Cash as if without debt", "USD", lambda t: (
        f"={grid.at('ebitda', t)}-{grid.at('tax_without_debt', t)}-({grid.at('receivables', t)}"
        f"-{grid.at('payables', t)}-{grid.at('receivables', t - 1)}+{grid.at('payables', t - 1)})"
    ))  # fmt: skip
    if sizing.bound_by == "none":
        grid.line("draws", "Debt to draw", "USD", lambda _t: 0)
        grid.line("amort", "Principal as a share", "share", lambda _t: 0)
        return
    first = service + venture["debt.grace_years"]
    _bounds(grid, account, service)

    def inside(t: int) -> bool:
        return bool(first <= t < end)

    make = _annuity if venture["debt.form"] == "annuity" else _sculpted
    payments = make(grid, first, end)
    grid.line("payments", "Payments", "USD", lambda t: payments(t) if inside(t) else 0)
    rate, amount = grid.one("f_interest"), grid.one("amount")
    grid.rows["owed"] = grid.next  # its formulas look at the year before

    def owed(t: int) -> str:
        return amount if t == first else grid.at("owed", t - 1)

    grid.line("owed", "Debt as agreed, after payment", "USD", lambda t: (
        f"={owed(t)}*(1+{rate})-{grid.at('payments', t)}" if inside(t) else 0
    ))  # fmt: skip
    grid.line("amort", "Principal as a share", "share", lambda t: (
        f"=IF({amount}>0,({grid.at('payments', t)}-{rate}*{owed(t)})/{amount},0)"
        if inside(t) else 0
    ))  # fmt: skip
    grid.line("draws", "Debt to draw", "USD", lambda t: (
        f"={amount}/{grid.one('grown')}*({grid.at('capital', t)}+{grid.at('upfront', t)})"
        if t < min(service, n) else 0
    ))  # fmt: skip


def _bounds(grid: Grid, account: Account, service: int) -> None:
    """Write what is spent before the first service, and the debt that gearing allows."""
    rate = grid.one("f_interest")
    grid.number("gearing", "Largest share of debt", "share", account.venture["debt.gearing"])
    grid.number("cover", "Cover to sculpt to", "ratio", account.venture["debt.cover"])
    capital, upfront = grid.all("capital", 0, service), grid.all("upfront", 0, service)
    grid.number(
        "spent", "Spent before the first service (U)", "USD", f"=SUM({capital})+SUM({upfront})"
    )
    weights = f"(1+{rate})^({service - 1}-{grid.all('t', 0, service)})"
    grid.number(
        "grown", "The same with interest (F)", "USD",
        f"=SUMPRODUCT({capital}+{upfront},{weights})",
    )  # fmt: skip
    g, spent, grown = (grid.one(name) for name in ("gearing", "spent", "grown"))
    grid.number(
        "most", "Debt by gearing", "USD",
        f"={g}*{spent}/({grown}*(1-{g})+{g}*{spent})*{grown}", "p F with p (F - g F + g U) = g U",
    )  # fmt: skip


def _annuity(grid: Grid, first: int, end: int) -> Callable[[int], str]:
    rate, most, years = grid.one("f_interest"), grid.one("most"), end - first
    grid.number("amount", "Debt", "USD", f"={most}")
    level = f"=IF({rate}=0,{most}/{years},-PMT({rate},{years},{most}))"
    grid.number("payment", "Level payment", "USD", level)
    return lambda _t: f"={grid.one('payment')}"


def _sculpted(grid: Grid, first: int, end: int) -> Callable[[int], str]:
    grid.line("positive", "Cash that can serve", "USD", lambda t: (
        f"=MAX({grid.at('plain_cash', t)},0)" if first <= t < end else 0
    ))  # fmt: skip
    worth = f"=NPV({grid.one('f_interest')},{grid.all('positive', first, end)})"
    grid.number("worth", "Its present value", "USD", worth)
    most = f"=MIN({grid.one('worth')}/{grid.one('cover')},{grid.one('most')})"
    grid.number("amount", "Debt", "USD", most, "smaller of worth / cover and debt by gearing")
    part = f"{grid.one('amount')}/{grid.one('worth')}"
    return lambda t: f"={grid.at('positive', t)}*{part}"
