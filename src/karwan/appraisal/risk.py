"""Draws of a venture's uncertain levers, correlated, and what they say of loss and breach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.account import Account, measures_of
from karwan.appraisal.levers import base_levers
from karwan.appraisal.marginals import correlations, quantile_tables, uncertain_levers
from karwan.errors import InputError
from karwan.kernels.venture import run_draws
from karwan.kernels.venture_rows import MEASURES

__all__ = ["Risk", "draw_venture"]

Floats = NDArray[np.float64]
BLOCK = 4096
"""Draws that share one child of the seed, so that blocks may run anywhere."""
SHARES = (0.05, 0.1, 0.5, 0.9, 0.95)


@dataclass(frozen=True)
class Risk:
    """Draws of a venture.

    Attributes
    ----------
    draws : float64[n_draws, n_measures]
        Measures of each draw; `MEASURES` names them. A rate that does not exist is nan.
    shocks : float64[n_draws, n_uncertain]
        Normal values behind them.
    levers : tuple of str
        Levers drawn.
    seed : int
        Seed.
    covenant : float
        Cover below which a year breaks the covenant.
    has_debt : bool
        Whether there is a debt to serve.
    debt_guarantee_share : float
        Share of the debt that the treasury guarantees.
    """

    draws: Floats
    shocks: Floats
    levers: tuple[str, ...]
    seed: int
    covenant: float
    has_debt: bool
    debt_guarantee_share: float

    def column(self, measure: str) -> Floats:
        """Return one measure of all draws."""
        found: Floats = self.draws[:, MEASURES.index(measure)]
        return found

    @property
    def summary(self) -> pl.DataFrame:
        """Return mean, spread and percentiles of each measure, and the share without a value."""
        rows = []
        for k, name in enumerate(MEASURES):
            values = self.draws[:, k]
            fine = values[np.isfinite(values)]
            spread = np.quantile(fine, SHARES) if len(fine) else np.full(len(SHARES), np.nan)
            rows.append(
                {
                    "measure": name,
                    "mean": float(fine.mean()) if len(fine) else None,
                    "sd": float(fine.std()) if len(fine) else None,
                }
                | {f"p{100 * s:g}": float(v) for s, v in zip(SHARES, spread, strict=True)}
                | {"share_without": 1 - len(fine) / len(values)}
            )
        return pl.DataFrame(rows, infer_schema_length=None)

    @property
    def chances(self) -> dict[str, float | None]:
        """Return the chances of loss, of a broken covenant and of calls on owners and treasury."""
        cover, short = self.column("minimum_dscr"), self.column("shortfall")
        called = self.column("guarantee_npv")
        return {
            "loss_of_project": float((self.column("project_npv") < 0).mean()),
            "loss_of_owners": float((self.column("equity_npv") < 0).mean()),
            "covenant_breach": float((cover < self.covenant).mean()) if self.has_debt else None,
            "debt_not_served": float((short > 1).mean()) if self.has_debt else None,
            "no_project_irr": float(np.isnan(self.column("project_irr")).mean()),
            "guarantee_called": float((called > 1).mean()),
            "guarantee_mean_usd": float(called.mean()),
            "guarantee_p95_usd": float(np.quantile(called, 0.95)),
            "debt_guarantee_mean_usd": float(self.debt_guarantee_share * short.mean()),
        }

    @property
    def importance(self) -> pl.DataFrame:
        """Return the rank correlation of each lever with the present value of the project."""
        value = _ranks(self.column("project_npv"))
        found = [
            float(np.corrcoef(_ranks(self.shocks[:, u]), value)[0, 1])
            for u in range(len(self.levers))
        ]
        table = pl.DataFrame({"lever": self.levers, "rank_correlation": found})
        return table.sort(pl.col("rank_correlation").abs(), descending=True)


def draw_venture(account: Account, draws: int, seed: int) -> Risk:
    """Run a venture for correlated draws of its uncertain levers.

    Normal values with the stated correlations (a Gaussian copula) are turned into levers by the
    quantiles of their distributions. Debt is that agreed on the figures as they stand: more
    expensive capital is paid by owners, higher interest out of cash.

    Parameters
    ----------
    account : Account
        Venture with its statements.
    draws : int
        Number of draws, 2 to 10 million.
    seed : int
        Seed, not negative.

    Returns
    -------
    Risk
        Draws.

    Raises
    ------
    InputError
        Nothing is uncertain, or numbers that make no sense; all are named.
    """
    venture = account.venture
    problems = []
    if not venture.rows["uncertain"]:
        problems.append("uncertain is empty; name levers with low, mode and high to draw them")
    if not 2 <= draws <= 10_000_000:
        problems.append(f"draws is {draws}; it must be 2 to 10,000,000")
    if seed < 0:
        problems.append(f"seed is {seed}; it must be at least 0")
    if problems:
        raise InputError(problems)
    rows = venture.rows["uncertain"]
    values, vectors = np.linalg.eigh(correlations(venture))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    base = measures_of(account.arrays, account.lines)
    rates = (base["project_irr"], base["equity_irr"])
    guess = np.array([r if np.isfinite(r) else 0.1 for r in rates])
    which, tables = uncertain_levers(venture), quantile_tables(rows)
    shocks, found = np.empty((draws, len(rows))), np.empty((draws, len(MEASURES)))
    children = np.random.SeedSequence(seed).spawn(-(-draws // BLOCK))
    for block, child in enumerate(children):
        part = slice(block * BLOCK, min((block + 1) * BLOCK, draws))
        size = part.stop - part.start
        shocks[part] = np.random.default_rng(child).standard_normal((size, len(rows))) @ root.T
        run_draws(  # type: ignore[call-arg]
            shocks[part], which, tables, base_levers(), *account.arrays.inputs, guess, found[part]
        )
    return Risk(
        found,
        shocks,
        tuple(row["lever"] for row in rows),
        seed,
        venture["debt.covenant_cover"],
        account.sizing.amount > 0,
        venture["guarantee.debt_share"],
    )


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(np.float64)
