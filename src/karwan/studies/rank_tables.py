"""Tables of a ranking."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.studies.rank_assess import Gain
from karwan.studies.rank_measures import Portfolio

__all__ = ["revenue_table", "singles_table"]

Floats = NDArray[np.float64]
MILLION = 1e6


def singles_table(
    portfolio: Portfolio, alone: list[Gain], value: Floats, ratio: Floats
) -> pl.DataFrame:
    """Return one row a measure: what it brings alone, and what it costs."""
    home = [
        sum(g.revenue.get(c, 0.0) for c in owners) / MILLION
        for g, owners in zip(alone, portfolio.owners, strict=True)
    ]
    yearly = np.array([g.total_usd for g in alone]) / MILLION
    capital = portfolio.capital
    per = np.divide(yearly, capital, out=np.full(len(yearly), np.inf), where=capital > 0)
    return pl.DataFrame(
        {
            "measure": portfolio.names,
            "name": portfolio.labels,
            "status": portfolio.status,
            "owners": ["|".join(o) for o in portfolio.owners],
            "opening_year": portfolio.opening,
            "capital_usd_m": capital,
            "yearly_cost_usd_m": portfolio.yearly,
            "benefit_usd_m": yearly,
            "users_usd_m": [g.user_usd / MILLION for g in alone],
            "capacity_rent_usd_m": [g.rent_usd / MILLION for g in alone],
            "newly_served_t": [g.gained_t for g in alone],
            "no_longer_served_t": [g.lost_t for g in alone],
            "co2_t": [g.co2_t for g in alone],
            "revenue_of_owners_usd_m": home,
            "npv_usd_m": value / MILLION,
            "benefit_cost_ratio": ratio,
            "benefit_per_usd_and_year": per,
        }
    )


def revenue_table(names: tuple[str, ...], alone: list[Gain]) -> pl.DataFrame:
    """Return the change of charges paid in each country, by measure."""
    rows = [
        (name, country, usd / MILLION)
        for name, g in zip(names, alone, strict=True)
        for country, usd in g.revenue.items()
        if abs(usd) >= 1
    ]
    schema = {"measure": pl.String, "country": pl.String, "change_usd_m": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        ["measure", "change_usd_m"], descending=[False, True]
    )
