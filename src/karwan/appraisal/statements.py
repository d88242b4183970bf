"""Income, cash flow and balance sheet of a venture, with the sums that must agree."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.account import Account
from karwan.kernels.venture_rows import LINES

__all__ = ["balance", "cash_flow", "checks", "income", "statement_lines", "uses_and_sources"]

Floats = NDArray[np.float64]


def statement_lines(account: Account) -> pl.DataFrame:
    """Return every line by year, as columns with their units."""
    columns = {
        name if name.endswith("_teu") else f"{name}_usd": account.line(name) for name in LINES
    }
    return pl.DataFrame({"year": account.years} | columns)


def income(account: Account) -> pl.DataFrame:
    """Return the income statement by year [USD]."""
    of = account.line
    opex = of("opex_fixed") + of("opex_variable")
    paid = of("concession_payment") + of("lease") + of("handback")
    return _frame(
        account,
        revenue=of("revenue"),
        guarantee=of("guarantee"),
        opex=-opex,
        concession=-paid,
        ebitda=of("ebitda"),
        depreciation=-of("depreciation"),
        interest=-of("interest"),
        holder_interest=-of("holder_interest"),
        tax=-of("tax"),
        net_income=of("net_income"),
        dividends=-of("dividends"),
        retained=np.cumsum(of("net_income") - of("dividends")),
    )


def cash_flow(account: Account) -> pl.DataFrame:
    """Return the cash flow by year [USD]; the last column is the cash at the end."""
    of = account.line
    working = _working(account)
    given = of("holder_paid") + of("dividends") + of("capital_returned")
    return _frame(
        account,
        ebitda=of("ebitda"),
        tax=-of("tax"),
        working_capital=-np.diff(working, prepend=0.0),
        operating=of("cash_for_service"),
        capital=-of("capital"),
        upfront=-of("upfront"),
        drawn=of("drawn"),
        interest=-of("interest"),
        principal=-of("principal") - of("swept"),
        reserve=-np.diff(of("reserve"), prepend=0.0),
        paid_in=of("contribution"),
        paid_out=-given,
        change=np.diff(of("cash"), prepend=0.0),
        cash=of("cash"),
    )


def balance(account: Account) -> pl.DataFrame:
    """Return the balance sheet at the end of each year [USD].

    Each side is added up from its own flows; `difference` is assets less liabilities and equity.
    """
    of = account.line
    built = np.cumsum(of("capital") + of("upfront") + of("interest_capitalised"))
    fixed = built - np.cumsum(of("depreciation"))
    paid_in = np.cumsum(
        of("contribution") * (1 - account.venture["equity.shareholder_loan_share"])
        - of("capital_returned")
    )
    retained = np.cumsum(of("net_income") - of("dividends"))
    assets = of("cash") + of("reserve") + of("receivables") + fixed
    owed = of("payables") + of("debt") + of("holder_loan")
    return _frame(
        account,
        cash=of("cash"),
        reserve=of("reserve"),
        receivables=of("receivables"),
        fixed_assets=fixed,
        assets=assets,
        payables=of("payables"),
        debt=of("debt"),
        holder_loan=of("holder_loan"),
        paid_in_capital=paid_in,
        retained=retained,
        liabilities_and_equity=owed + paid_in + retained,
        difference=assets - owed - paid_in - retained,
    )


def uses_and_sources(account: Account) -> pl.DataFrame:
    """Return what is spent before debt service begins, and out of what [USD]."""
    until = max(account.sizing.first_service, 1)
    of = account.line
    uses = {
        "capital": float(of("capital")[:until].sum()),
        "upfront payment": float(of("upfront")[:until].sum()),
        "interest during building": float(of("interest_capitalised")[:until].sum()),
    }
    given = of("holder_paid") + of("dividends") + of("capital_returned")
    earned = of("cash_for_service")[:until] - given[:until]
    kept = of("cash")[until - 1] + of("reserve")[until - 1]
    sources = {
        "debt, with interest added": float(of("debt")[until - 1]),
        "paid in by owners": float(of("contribution")[:until].sum()),
        "own cash, less what is paid out and kept": float(earned.sum() - kept),
    }
    rows = [("use", k, v) for k, v in uses.items()] + [("source", k, v) for k, v in sources.items()]
    return pl.DataFrame(rows, schema=["side", "what", "usd"], orient="row")


def checks(account: Account) -> dict[str, float]:
    """Return the largest amounts by which sums that must agree differ [USD].

    Returns
    -------
    dict of str to float
        ``balance``, ``cash`` (flows against the change of cash), ``sources``, ``debt`` (what is
        owed at the end) and ``flows``: flows before tax are those of lenders, owners, treasury
        and what stays as cash.
    """
    of, flow = account.line, cash_flow(account)
    parts = flow.select(
        pl.sum_horizontal(
            *(f"{c}_usd" for c in (
                "operating", "capital", "upfront", "drawn", "interest", "principal", "reserve",
                "paid_in", "paid_out",
            ))
        )
    ).to_series().to_numpy()  # fmt: skip
    sums = uses_and_sources(account).group_by("side").agg(pl.col("usd").sum()).sort("side")["usd"]
    kept = np.diff(of("cash") + of("reserve"), prepend=0.0)
    treasury = of("tax") + of("withholding")
    flows = account.before_tax - account.lenders - account.owners - treasury - kept
    return {
        "balance": float(np.abs(balance(account)["difference_usd"].to_numpy()).max()),
        "cash": float(np.abs(parts - flow["change_usd"].to_numpy()).max()),
        "sources": abs(float(sums[0] - sums[1])),
        "debt": abs(float(of("debt")[-1])),
        "flows": float(np.abs(flows).max()),
    }


def _working(account: Account) -> Floats:
    return account.line("receivables") - account.line("payables")


def _frame(account: Account, **columns: Floats) -> pl.DataFrame:
    return pl.DataFrame({"year": account.years} | {f"{k}_usd": v for k, v in columns.items()})
