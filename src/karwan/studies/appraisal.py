"""The result of an appraisal: tables for each question, and the stamp of the run."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import polars as pl

from karwan.appraisal import statements
from karwan.appraisal.account import Account, measures_of
from karwan.appraisal.assumptions import assumptions
from karwan.appraisal.break_even import BreakEven, break_even
from karwan.appraisal.partners import partner_flows
from karwan.appraisal.risk import Risk
from karwan.appraisal.sensitivity import spider, tornado
from karwan.appraisal.views import granted, measures, views
from karwan.appraisal.waiting import Waiting
from karwan.studies.run import Run

__all__ = ["Appraisal"]


@dataclass(frozen=True)
class Appraisal:
    """A venture appraised.

    Attributes
    ----------
    run : Run
        Stamp.
    account : Account
        Statements as the figures stand.
    risk : Risk or None
        Draws.
    waiting : Waiting or None
        Value of waiting with a phase.
    others : dict of str to Account or str
        Scenarios of the file, or why one of them cannot run.
    """

    run: Run
    account: Account
    risk: Risk | None
    waiting: Waiting | None
    others: dict[str, Account | str]

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row: the measures that draws keep, and boxes and capital in all."""
        found = measures_of(self.account.arrays, self.account.lines)
        more = {
            "handled_teu": float(self.account.line("handled_teu").sum()),
            "capital_usd": float(self.account.line("capital").sum()),
            "debt_usd": self.account.sizing.amount,
        }
        return pl.DataFrame([found | more])

    @cached_property
    def measures(self) -> pl.DataFrame:
        """One row a view: NPV, IRR with the number of rates, MIRR, payback, index."""
        return measures(self.account)

    @cached_property
    def statements(self) -> dict[str, pl.DataFrame]:
        """Income, cash flow, balance sheet, all lines, flows of views, uses and sources."""
        flows = {v.name: v.flows for v in views(self.account)}
        return {
            "income": statements.income(self.account),
            "cash_flow": statements.cash_flow(self.account),
            "balance": statements.balance(self.account),
            "lines": statements.statement_lines(self.account),
            "flows": pl.DataFrame(
                {"year": self.account.years}
                | {f"{k.replace(' ', '_')}_usd": v for k, v in flows.items()}
            ),
            "uses_and_sources": statements.uses_and_sources(self.account),
        }

    @cached_property
    def debt(self) -> dict[str, Any]:
        """How the debt was found, and its cover by year."""
        cover = [None if math.isnan(v) else float(v) for v in self.account.dscr]
        clean = _plain(asdict(self.account.sizing))
        known = [v for v in cover if v is not None]
        return clean | {
            "dscr_by_year": dict(zip(self.account.years, cover, strict=True)),
            "minimum_dscr": min(known, default=None),
            "mean_dscr": sum(known) / len(known) if known else None,
        }

    @cached_property
    def break_even(self) -> list[BreakEven]:
        """Factors of throughput and tariff at which project and owners break even."""
        return [
            break_even(self.account, lever, measure)
            for measure in ("project_npv", "equity_npv")
            for lever in ("volume", "tariff")
        ]

    @cached_property
    def state(self) -> dict[str, float]:
        """Fiscal take, tax granted, guarantees [USD]."""
        return granted(self.account)

    @cached_property
    def tornado(self) -> pl.DataFrame:
        """One lever at a time, at its 10th and 90th percentile."""
        return tornado(self.account)

    @cached_property
    def spider(self) -> pl.DataFrame:
        """One factor at a time, 30 % less to 30 % more."""
        return spider(self.account)

    @cached_property
    def assumptions(self) -> pl.DataFrame:
        """Every given figure with its source, estimates first."""
        return assumptions(self.account.venture)

    @cached_property
    def scenarios(self) -> pl.DataFrame:
        """One row a scenario of the file, beside the figures as they stand."""
        accounts: dict[str, Account | str] = {"as stated": self.account, **self.others}
        rows: list[dict[str, Any]] = []
        for name, found in accounts.items():
            if isinstance(found, str):
                rows.append({"scenario": name, "why_not": found})
                continue
            kept = measures_of(found.arrays, found.lines)
            rows.append({"scenario": name} | kept | {"debt_usd": found.sizing.amount})
        table = pl.DataFrame(rows, infer_schema_length=None)
        return table if "why_not" in table.columns else table.with_columns(why_not=pl.lit(None))

    @cached_property
    def checks(self) -> dict[str, float]:
        """Largest differences of sums that must agree [USD]."""
        parts = sum(partner_flows(self.account).values())
        return statements.checks(self.account) | {
            "partners": float(abs(parts - self.account.owners).max())
        }

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, as ``--json`` prints it."""
        risk = self.risk
        return {
            "schema": "karwan.appraisal/1",
            "run": asdict(self.run) | {"depart": str(self.run.depart)},
            "assumptions": self.assumptions.to_dicts(),
            "notices": list(self.account.notices),
            "summary": _plain(self.summary.row(0, named=True)),
            "measures": self.measures.to_dicts(),
            "debt": self.debt,
            "state": self.state,
            "break_even": [asdict(b) for b in self.break_even],
            "statements": {k: t.to_dicts() for k, t in self.statements.items()},
            "tornado": self.tornado.to_dicts(),
            "spider": self.spider.to_dicts(),
            "scenarios": [_plain(r) for r in self.scenarios.to_dicts()],
            "risk": None
            if risk is None
            else {"summary": risk.summary.to_dicts(), "chances": risk.chances,
                  "importance": risk.importance.to_dicts()},
            "waiting": None
            if self.waiting is None
            else asdict(self.waiting) | {"waiting_usd": self.waiting.waiting_usd},
            "checks": self.checks,
        }  # fmt: skip


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with None for what is no number or not finite, so that it is JSON."""
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
