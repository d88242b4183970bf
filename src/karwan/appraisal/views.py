"""The same venture as project, partners, lenders, port authority, treasury and economy see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.account import Account
from karwan.appraisal.economy import economic_flows
from karwan.appraisal.levers import base_levers
from karwan.appraisal.partners import partner_flows
from karwan.appraisal.rates_of_return import irr, mirr, npv, payback, profitability_index
from karwan.appraisal.venture_arrays import lines_of
from karwan.kernels.venture_rows import LINES

__all__ = ["View", "granted", "measures", "views"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """Flows as one party sees them.

    Attributes
    ----------
    name, kind : str
        Name; and project, owners, partner, lenders, authority, treasury or economy.
    flows : float64[n]
        Receipts less payments by year [USD].
    rate : float
        Discount rate.
    formula : str
        Of what the flows are made.
    """

    name: str
    kind: str
    flows: Floats
    rate: float
    formula: str


def views(account: Account) -> list[View]:
    """Return every view of a venture.

    Parameters
    ----------
    account : Account
        Venture with its statements.

    Returns
    -------
    list of View
        Project before and after tax, owners, each partner, lenders, port authority, treasury,
        economy.
    """
    return list(_views(account))


def _views(account: Account) -> Iterator[View]:
    venture, of = account.venture, account.line
    project, owners, state = (venture[f"rates.{who}"] for who in ("project", "owners", "treasury"))
    yield View(
        "project before tax", "project", account.before_tax, project,
        "EBITDA - change of working capital - capital - upfront payment",
    )  # fmt: skip
    yield View(
        "project", "project", account.project, project,
        "the same less the tax that would be due without debt",
    )  # fmt: skip
    yield View(
        "owners", "owners", account.owners, owners,
        "repaid loans + dividends + capital returned - withholding - paid in",
    )  # fmt: skip
    for name, flow in partner_flows(account).items():
        text = "share of the owners' flows by paid-in share, preferred return, carry and share"
        yield View(name, "partner", flow, owners, text)
    yield View(
        "lenders", "lenders", account.lenders, venture["debt.interest"],
        "interest + principal + sweep - drawn, at the interest of the debt",
    )  # fmt: skip
    fees = of("concession_payment") + of("lease") + of("handback") + of("upfront")
    yield View(
        "port authority", "authority", fees, state,
        "upfront + larger of (royalty + share of gross) and minimum + lease + handback",
    )  # fmt: skip
    yield View(
        "treasury", "treasury", of("tax") + of("withholding") - of("guarantee"), state,
        "income tax + withholding - guarantee payments",
    )  # fmt: skip
    yield View(
        "economy", "economy", economic_flows(account)["net_usd"].to_numpy(),
        venture["rates.economic"],
        "share of revenue + users' gain - opex and capital at shadow prices, first-year prices",
    )  # fmt: skip


def measures(account: Account) -> pl.DataFrame:
    """Return the measures of every view.

    Returns
    -------
    polars.DataFrame
        ``view``, ``kind``, ``rate``, ``npv_usd``, ``irr``, ``irr_count`` (how many rates there
        are), ``irr_words``, ``mirr``, ``payback_years``, ``discounted_payback_years``,
        ``profitability_index`` (capital of project, else what is paid in), ``formula``.
    """
    rows = []
    for view in views(account):
        found = irr(view.flows)
        spent = account.spent if view.kind == "project" else np.maximum(-view.flows, 0.0)
        rate = view.rate
        rows.append(
            {
                "view": view.name,
                "kind": view.kind,
                "rate": rate,
                "npv_usd": npv(rate, view.flows),
                "irr": found.rate,
                "irr_count": len(found.rates),
                "irr_words": found.words,
                "mirr": _finite(mirr(view.flows, rate, rate)),
                "payback_years": _finite(payback(view.flows)),
                "discounted_payback_years": _finite(payback(view.flows, rate)),
                "profitability_index": _finite(profitability_index(rate, view.flows, spent)),
                "formula": view.formula,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def granted(account: Account) -> dict[str, float]:
    """Return what the state gives and what it may have to pay [USD of present value].

    Returns
    -------
    dict of str to float
        ``fiscal_take``: tax, withholding and payments to the port authority; ``tax_granted``: tax
        at usual rates without holiday, less that which is due; ``guarantee_base``: guarantee
        payments as the figures stand (draws give their mean); ``debt_guarantee_peak``: the
        largest guaranteed debt at any time, not discounted.
    """
    venture, of = account.venture, account.line
    state = venture["rates.treasury"]
    usual = {
        "tax_rate": venture["tax.usual_rate"],
        "minimum_tax": venture["tax.usual_minimum_share"],
        "holiday_end": 0.0,
    }
    arrays = account.arrays.with_fixed(**{k: v for k, v in usual.items() if v is not None})
    full = lines_of(arrays, base_levers())
    tax, held = LINES.index("tax"), LINES.index("withholding")
    due = of("tax") + of("withholding")
    fees = of("concession_payment") + of("lease") + of("handback") + of("upfront")
    return {
        "fiscal_take": npv(state, due + fees),
        "tax_granted": npv(state, full[tax] + full[held] - due),
        "guarantee_base": npv(state, of("guarantee")),
        "debt_guarantee_peak": float(venture["guarantee.debt_share"] * of("debt").max()),
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
