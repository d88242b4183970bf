"""Tornado and spider: one lever at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from karwan.appraisal.account import Account, measures_of
from karwan.appraisal.levers import base_levers, is_factor, lever_number
from karwan.appraisal.marginals import quantile
from karwan.appraisal.venture_arrays import lines_of

__all__ = ["spider", "tornado"]

USUAL: Mapping[str, tuple[float, float]] = {
    "volume": (0.8, 1.2),
    "tariff": (0.8, 1.2),
    "capital": (0.8, 1.2),
    "opex_fixed": (0.8, 1.2),
    "opex_variable": (0.8, 1.2),
    "concession": (0.8, 1.2),
    "volume_growth": (-0.01, 0.01),
    "interest": (-0.01, 0.01),
    "inflation": (-0.01, 0.01),
    "delay_years": (0.0, 2.0),
}
"""Ends of levers where a venture names none."""
STEPS = np.round(np.arange(-0.3, 0.31, 0.1), 10)


def tornado(account: Account) -> pl.DataFrame:
    """Move each lever alone to its 10th and 90th percentile, the largest swing first.

    Parameters
    ----------
    account : Account
        Venture with its statements; without uncertain levers usual ends are taken.

    Returns
    -------
    polars.DataFrame
        ``lever``, ``low``, ``high`` (values of the lever), ``npv_at_low_usd``,
        ``npv_at_high_usd``, ``owners_at_low_usd``, ``owners_at_high_usd``, ``swing_usd``.
    """
    rows = account.venture.rows["uncertain"]
    ends = {row["lever"]: _tenths(row) for row in rows} or dict(USUAL)
    found = []
    for lever, (low, high) in ends.items():
        below, above = _at(account, lever, low), _at(account, lever, high)
        found.append(
            {
                "lever": lever,
                "low": low,
                "high": high,
                "npv_at_low_usd": below["project_npv"],
                "npv_at_high_usd": above["project_npv"],
                "owners_at_low_usd": below["equity_npv"],
                "owners_at_high_usd": above["equity_npv"],
                "swing_usd": abs(above["project_npv"] - below["project_npv"]),
            }
        )
    return pl.DataFrame(found).sort("swing_usd", descending=True)


def spider(account: Account) -> pl.DataFrame:
    """Move each factor alone from 30 % less to 30 % more.

    Returns
    -------
    polars.DataFrame
        ``lever``, ``change``, ``npv_usd``, ``owners_npv_usd``.
    """
    drawn = [row["lever"] for row in account.venture.rows["uncertain"]] or list(USUAL)
    found = []
    for lever in filter(is_factor, drawn):
        for change in STEPS:
            value = _at(account, lever, 1 + float(change))
            found.append((lever, float(change), value["project_npv"], value["equity_npv"]))
    schema = {"lever": pl.String, "change": pl.Float64, "npv_usd": pl.Float64,
              "owners_npv_usd": pl.Float64}  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")


def _tenths(row: Mapping[str, Any]) -> tuple[float, float]:
    low, high = quantile(row, np.array([0.1, 0.9]))
    return float(low), float(high)


def _at(account: Account, lever: str, value: float) -> dict[str, float]:
    levers = base_levers()
    levers[lever_number(lever)] = value
    return measures_of(account.arrays, lines_of(account.arrays, levers))
