"""The measures of a ranking: what they cost, when they open, who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.worth import Timing
from karwan.errors import InputError
from karwan.network import Network
from karwan.schema.check import did_you_mean

__all__ = ["Portfolio", "demand_growth", "portfolio_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
COSTS = ("capital_usd_m", "yearly_usd_m", "opening_year", "life_years")


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Measures in order.

    Attributes
    ----------
    names, labels, status : tuple of str
        Identifiers, names and status.
    owners : tuple of tuple of str
        Countries that pay.
    capital, capital_low, capital_high : float64[n]
        Capital and its interval [million USD].
    yearly : float64[n]
        Yearly cost [million USD].
    opening, opening_low, opening_high, life : int64[n]
        First year of the effect, its interval, and years of use.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    status: tuple[str, ...]
    owners: tuple[tuple[str, ...], ...]
    capital: Floats
    capital_low: Floats
    capital_high: Floats
    yearly: Floats
    opening: Whole
    opening_low: Whole
    opening_high: Whole
    life: Whole


def portfolio_of(network: Network, measures: Sequence[str] | str, budget_usd_m: float) -> Portfolio:
    """Read the measures of a ranking.

    Parameters
    ----------
    network : Network
        Network with `measures` and `portfolios`.
    measures : sequence of str or str
        Measures, or a row of `portfolios`.
    budget_usd_m : float
        Most capital of a combination [million USD].

    Returns
    -------
    Portfolio
        Measures.

    Raises
    ------
    InputError
        Unknown or repeated measures, none, measures without cost or opening, or a budget below
        the cheapest; all at once.
    """
    asked = _asked(network, measures)
    table = {r["measure_id"]: r for r in network.table("measures").iter_rows(named=True)}
    problems = [] if asked else ["no measure is named; name at least one"]
    for name in dict.fromkeys(asked):
        if name not in table:
            hint = did_you_mean(name, sorted(table)) or "`karwan scenario list` lists them"
            problems.append(f"measure {name!r} is not in measures; {hint}")
            continue
        if asked.count(name) > 1:
            problems.append(f"measure {name!r} is named {asked.count(name)} times; name it once")
        empty = [c for c in COSTS if table[name][c] is None]
        if empty:
            problems.append(
                f"measures[{name}] has no {', '.join(empty)}; an event has no price: lay it under "
                "all as a scenario"
            )
    rows = [table[name] for name in asked if name in table]
    prices = [r["capital_usd_m"] for r in rows if r["capital_usd_m"] is not None]
    if prices and budget_usd_m < min(prices):
        problems.append(
            f"the budget is {budget_usd_m:g} million USD, below the cheapest measure "
            f"({min(prices):g} million USD); raise it"
        )
    if problems:
        raise InputError(problems)
    return _portfolio(rows)


def _asked(network: Network, measures: Sequence[str] | str) -> list[str]:
    if not isinstance(measures, str):
        measures = tuple(measures)
        if len(measures) != 1:
            return list(measures)
        measures = measures[0]
    lists = dict(network.table("portfolios").select("portfolio_id", "measures").iter_rows())
    return str(lists[measures]).split("|") if measures in lists else [measures]


def _portfolio(rows: list[dict[str, object]]) -> Portfolio:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    middle, opening = frame["capital_usd_m"], frame["opening_year"]

    def numbers(column: str, default: pl.Series) -> Floats:
        return frame[column].cast(pl.Float64).fill_null(default).to_numpy().astype(np.float64)

    def years(column: str, default: pl.Series) -> Whole:
        return frame[column].cast(pl.Int64).fill_null(default).to_numpy().astype(np.int64)

    return Portfolio(
        tuple(frame["measure_id"]),
        tuple(frame["name"]),
        tuple(frame["status"]),
        tuple(tuple(o for o in (x or "").split("|") if o) for x in frame["owners"]),
        numbers("capital_usd_m", middle),
        numbers("capital_low_usd_m", middle),
        numbers("capital_high_usd_m", middle),
        numbers("yearly_usd_m", middle),
        years("opening_year", opening),
        years("opening_year_low", opening),
        years("opening_year_high", opening),
        years("life_years", opening),
    )


def demand_growth(
    network: Network, year: int, last_year: int, discount_rate: float
) -> tuple[Floats, Timing]:
    """Return the demand of every year as a multiple of one year's, and the years.

    Total tonnes are joined by straight lines between the years of `demand`, and stay as they
    are before the first and after the last.

    Parameters
    ----------
    network : Network
        Network with `demand`.
    year : int
        Year that counts as 1.
    last_year : int
        Last year of the appraisal.
    discount_rate : float
        Real rate [1/year].

    Returns
    -------
    (float64[n_years], Timing)
        Multiples, and the years from the as-of date on.

    Raises
    ------
    InputError
        No demand, or a last year before the first.
    """
    totals = network.table("demand").group_by("year").agg(pl.col("tonnes").sum()).sort("year")
    first = network.as_of.year + 1
    if len(totals) == 0 or last_year < first:
        why = "demand is empty" if len(totals) == 0 else f"the last year is before {first}"
        message = f"{why}; a ranking needs demand and at least one year"
        raise InputError(message)
    timing = Timing(first, last_year, discount_rate)
    known = totals["year"].to_numpy().astype(np.float64), totals["tonnes"].to_numpy()
    at = np.interp(float(year), *known)
    growth = np.interp(timing.years.astype(np.float64), *known) / at
    return np.asarray(growth, np.float64), timing
