"""Live formulas of the balance sheet, of the flows of each party, and of measures."""

from __future__ import annotations

import math
from typing import Any

from karwan.appraisal.account import Account
from karwan.appraisal.views import measures as measured
from karwan.appraisal.views import views
from karwan.briefs.venture_grid import Grid

__all__ = ["balance", "flows", "measures"]


def balance(grid: Grid) -> None:
    """Write both sides of the balance sheet, each from its own flows."""
    c = grid.at
    grid.head("Balance sheet")
    lent = grid.one("f_shareholder_loan_share")
    rows = {
        "fixed_assets": ("Fixed assets", lambda t: (
            f"={c('fixed_assets', t - 1)}+{c('capital', t)}+{c('upfront', t)}+"
            f"{c('interest_capitalised', t)}-{c('depreciation', t)}"
        )),
        "assets": ("Assets", lambda t: (
            f"={c('cash', t)}+{c('reserve', t)}+{c('receivables', t)}+{c('fixed_assets', t)}"
        )),
        "paid_in_capital": ("Paid-in capital", lambda t: (
            f"={c('paid_in_capital', t - 1)}+(1-{lent})*{c('contribution', t)}-"
            f"{c('capital_returned', t)}"
        )),
        "liabilities": ("Liabilities and equity", lambda t: (
            f"={c('payables', t)}+{c('debt', t)}+{c('holder_loan', t)}+{c('paid_in_capital', t)}+"
            f"{c('retained', t)}"
        )),
        "difference": ("Difference", lambda t: f"={c('assets', t)}-{c('liabilities', t)}"),
    }  # fmt: skip
    for name, (title, make) in rows.items():
        if name in {"fixed_assets", "paid_in_capital"}:
            grid.rows[name] = grid.next
        grid.line(name, title, "USD", make)


def flows(grid: Grid, account: Account) -> None:
    """Write the flows of project, owners, partners, lenders, port authority and treasury."""
    c = grid.at
    grid.head("Flows of each party")

    def spent(t: int) -> str:
        return f"-{c('capital', t)}-{c('upfront', t)}"

    fees = ("concession_payment", "lease", "handback", "upfront")
    made = {
        "project before tax": lambda t: f"={c('cash_for_service', t)}+{c('tax', t)}{spent(t)}",
        "project": lambda t: (
            f"={c('cash_for_service', t)}+{c('tax', t)}-{c('tax_without_debt', t)}{spent(t)}"
        ),
        "owners": lambda t: f"={c('given', t)}-{c('withholding', t)}-{c('contribution', t)}",
        "lenders": lambda t: (
            f"={c('interest', t)}+{c('principal', t)}+{c('swept', t)}-{c('drawn', t)}"
        ),
        "port authority": lambda t: "=" + "+".join(c(f, t) for f in fees),
        "treasury": lambda t: f"={c('tax', t)}+{c('withholding', t)}-{c('guarantee', t)}",
    }
    for name, make in made.items():
        grid.line(f"flow {name}", name, "USD", make)
    _partners(grid, account)
    grid.line(
        "dscr", "DSCR", "factor",
        lambda t: f'=IF({c("interest", t)}+{c("principal", t)}>1,{c("cash_for_service", t)}/'
        f'({c("interest", t)}+{c("principal", t)}),"")',
    )  # fmt: skip


def _partners(grid: Grid, account: Account) -> None:
    c, venture = grid.at, account.venture
    rows = venture.rows["partners"]
    carried = sum(r["carried_interest"] for r in rows)
    rate, lent = venture["equity.preferred_return"], grid.one("f_shareholder_loan_share")
    grid.number("preferred", "Preferred return", "a year", rate)
    grid.line("net_given", "Paid out on equity, after withholding", "USD", lambda t: (
        f"={c('dividends', t)}+{c('capital_returned', t)}-{c('withholding', t)}"
    ))  # fmt: skip
    tiers = bool(rate or carried)
    grid.rows["preferred_owed"] = grid.next + 1

    def owed(t: int) -> str:
        grown = f"{c('preferred_owed', t - 1)}*(1+{grid.one('preferred')})"
        return f"{grown}+(1-{lent})*{c('contribution', t)}"

    grid.line("first_tier", "Paid-in capital and its return given back", "USD",
              lambda t: f"=MIN({c('net_given', t)},{owed(t)})" if tiers else 0)  # fmt: skip
    grid.line("preferred_owed", "Still owed of it", "USD",
              lambda t: f"={owed(t)}-{c('first_tier', t)}" if tiers else 0)  # fmt: skip
    for k, row in enumerate(rows):
        paid = row["share"] if row["paid_share"] is None else row["paid_share"]
        for name, value in (
            ("share", row["share"]),
            ("paid", paid),
            ("carry", row["carried_interest"]),
        ):
            grid.number(f"partner{k}_{name}", f"{row['name']}: {name}", "share", value)
    carry = "+".join(grid.one(f"partner{k}_carry") for k in range(len(rows)))
    for k, row in enumerate(rows):
        _partner(grid, k, row["name"], carry)


def _partner(grid: Grid, k: int, name: str, carry: str) -> None:
    c = grid.at
    share, paid, own = (grid.one(f"partner{k}_{n}") for n in ("share", "paid", "carry"))

    def flow(t: int) -> str:
        first = f"{paid}*({c('holder_paid', t)}-{c('contribution', t)}+{c('first_tier', t)})"
        rest = f"({c('net_given', t)}-{c('first_tier', t)})"
        return f"={first}+{rest}*({own}+{share}*(1-({carry})))"

    grid.line(f"flow {name}", name, "USD", flow)


def measures(sheet: Any, grid: Grid, account: Account, styles: dict[str, Any]) -> None:
    """Write NPV, IRR and MIRR of each party beside the figures of the run.

    Parameters
    ----------
    sheet : openpyxl worksheet
        Sheet that is written to.
    grid : Grid
        The model.
    account : Account
        Venture with its statements.
    styles : dict of str to object
        ``bold`` font.
    """
    table = account_measures(account)
    head = ["view", "rate", "NPV, live", "IRR, live", "MIRR, live", "NPV", "IRR", "rates"]
    for k, text in enumerate([*head, "formula"], 1):
        sheet.cell(row=1, column=k, value=text).font = styles["bold"]
    for i, (view, row) in enumerate(table, 2):
        first, rest = (f"Model!{grid.all(f'flow {view.name}', a)}" for a in (0, 1))
        live = {
            1: view.name,
            2: view.rate,
            3: f"={first.split(':')[0]}+NPV(B{i},{rest})",
            4: f'=IFERROR(IRR({first}),"none")',
            5: f'=IFERROR(MIRR({first},B{i},B{i}),"none")',
            6: row["npv_usd"],
            7: row["irr"],
            8: row["irr_count"],
            9: view.formula,
        }
        for column, value in live.items():
            sheet.cell(row=i, column=column, value=value)
    last = len(table) + 3
    for k, (text, formula, value) in enumerate(
        (
            ("least DSCR", f"=MIN(Model!{grid.all('dscr')})", _least(account)),
            ("largest difference of the balance sheet",
             f"=MAX(Model!{grid.all('difference')})-MIN(Model!{grid.all('difference')})", 0.0),
            ("debt at the first service", f"=Model!{grid.one('amount')}"
             if "amount" in grid.rows else 0, account.sizing.amount),
        )
    ):  # fmt: skip
        sheet.cell(row=last + k, column=1, value=text)
        sheet.cell(row=last + k, column=3, value=formula)
        sheet.cell(row=last + k, column=6, value=value)


def account_measures(account: Account) -> list[tuple[Any, dict[str, Any]]]:
    """Return each view but the economy, which has prices of its own, with its measures."""
    rows = {r["view"]: r for r in measured(account).iter_rows(named=True)}
    return [(v, rows[v.name]) for v in views(account) if v.kind != "economy"]


def _least(account: Account) -> float | None:
    known = [float(v) for v in account.dscr if not math.isnan(v)]
    return min(known, default=None)
