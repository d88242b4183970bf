"""Which measures bring most: alone, together, under a budget, and how sure that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.appraisal.worth import Timing, discounted, factors
from karwan.errors import InputError
from karwan.network import Network
from karwan.studies.rank_assess import Assessment, Gain, assess_all, gain
from karwan.studies.rank_measures import Portfolio, demand_growth, portfolio_of
from karwan.studies.rank_robust import robust_order
from karwan.studies.rank_search import Combination, best_combinations
from karwan.studies.rank_tables import revenue_table, singles_table
from karwan.studies.run import Run, karwan_version

__all__ = ["RankOptions", "Ranking", "rank"]

Floats = NDArray[np.float64]
Names = tuple[str, ...]
MILLION = 1e6
CHECKED = 3
"""Best combinations that are assigned in full."""


@dataclass(frozen=True)
class RankOptions:
    """How measures are ranked.

    Attributes
    ----------
    base : tuple of str
        Scenarios or measures laid under all.
    stress : str
        Scenario whose harm measures may lessen; empty for none.
    budget_usd_m : float
        Most capital of a combination [million USD].
    discount_rate : float
        Real discount rate [1/year].
    last_year : int
        Last year whose benefits count.
    draws : int
        Draws of uncertain inputs for the order.
    seed : int
        Seed of the draws.
    """

    base: tuple[str, ...] = ()
    stress: str = "close-hormuz"
    budget_usd_m: float = float("inf")
    discount_rate: float = 0.05
    last_year: int = 2060
    draws: int = 4000
    seed: int = 1

    def __post_init__(self) -> None:
        """Name every option that makes no sense."""
        problems = []
        if not self.budget_usd_m > 0:
            problems.append(f"budget is {self.budget_usd_m:g} million USD; it must be above 0")
        if not 0 <= self.discount_rate < 1:
            problems.append(
                f"discount rate is {self.discount_rate:g}; it must lie in 0 to 1 a year"
            )
        if self.draws < 1:
            problems.append(f"draws is {self.draws}; it must be at least 1")
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Measures by what they bring.

    Attributes
    ----------
    run : Run
        Stamp.
    summary : polars.DataFrame
        One row a measure, best net present value alone first: yearly benefit alone and last-in
        [million USD], users' part, CO2, revenue at home, resilience gain, capital, net present
        value, benefit-cost ratio, benefit per USD of capital, and how sure the order is.
    pairs : polars.DataFrame
        One row a pair: what both bring, and what they add to or take from each other.
    combinations : polars.DataFrame
        Best combinations under the budget: value by pairs, and, for the first ones, by a full
        assignment.
    revenue : polars.DataFrame
        One row a measure and country: change of charges paid there [million USD/year].
    bound_usd_m : float
        No combination is worth more by pairs [million USD].
    residual : float
        Largest fixed-point residual of all assignments.
    """

    run: Run
    summary: pl.DataFrame
    pairs: pl.DataFrame
    combinations: pl.DataFrame
    revenue: pl.DataFrame
    bound_usd_m: float
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        return {
            "schema": "karwan.ranking/1",
            "run": {
                "network": self.run.network,
                "fingerprint": self.run.fingerprint,
                "depart": str(self.run.depart),
                "options": self.run.options,
            },
            "bound_usd_m": self.bound_usd_m,
            "residual": self.residual,
            **{
                name: getattr(self, name).to_dicts()
                for name in ("summary", "pairs", "combinations", "revenue")
            },
        }


def rank(
    network: Network,
    measures: Sequence[str] | str = "joint-projects",
    *,
    year: int = 2030,
    depart: dt.date | None = None,
    options: RankOptions | None = None,
    workers: int = 1,
    told: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank measures by what they bring alone, last-in, and in the best combinations.

    Every measure and every pair is assigned in full for one year of demand, in the state of the
    world of one date; benefits of other years grow with total demand. The best combinations are
    searched by the values alone and of pairs, exactly for up to 15 measures and with the bound
    of a mixed-integer programme above; the first ones are then assigned in full.

    Parameters
    ----------
    network : Network
        Network with `demand`, `capacities` and `measures`.
    measures : sequence of str or str
        Measures, or a row of `portfolios`.
    year : int
        Year of the demand.
    depart : datetime.date, optional
        Date whose state lasts; the network's as-of date if not given.
    options : RankOptions, optional
        Budget, discount rate, years, uncertainty.
    workers : int
        Processes.
    told : callable, optional
        Called with how many assignments are done and how many there are.

    Returns
    -------
    Ranking
        Measures, pairs and combinations.

    Raises
    ------
    InputError
        Unknown measures, fewer than one, measures without cost or opening, a measure named
        twice, or a budget below the cheapest.
    """
    options, day = options or RankOptions(), depart or network.as_of
    portfolio = portfolio_of(network, measures, options.budget_usd_m)
    names, base = portfolio.names, options.base
    growth, timing = demand_growth(network, year, options.last_year, options.discount_rate)
    wanted = _wanted(names, base, options.stress)
    asked: dict[str, Any] = {"year": year, "depart": day, "workers": workers, "told": told}
    found = assess_all(network, wanted, **asked)
    before = _sound(found[base], "the base")
    alone = [gain(before, _sound(found[*base, m], m)) for m in names]
    worth = factors(timing, growth, portfolio.opening, portfolio.life)
    yearly = np.array([g.total_usd for g in alone])
    amounts = (yearly, portfolio.capital * MILLION, portfolio.yearly * MILLION)
    value, ratio, _ = discounted(amounts, worth)
    together, pairs = _together(portfolio, base, before, found, alone, growth, timing)
    best = best_combinations(
        value, together, portfolio.capital * MILLION, options.budget_usd_m * MILLION
    )
    more = _more(names, base, best)
    found |= assess_all(network, [n for n in more if n not in found], **asked)
    table = singles_table(portfolio, alone, value, ratio)
    table = table.with_columns(
        pl.Series("last_in_usd_m", _last_in(names, base, best[0], found), pl.Float64),
        pl.Series("resilience_usd_m", _resilience(names, base, options.stress, found), pl.Float64),
    )
    order = robust_order(portfolio, yearly, growth, timing, options.draws, options.seed)
    table = table.hstack(order).sort(["npv_usd_m", "measure"], descending=[True, False])
    run = Run(
        karwan_version(), network.name, network.fingerprint, base, day, network.price_year,
        {"measures": list(names), "year": year, **_plain(options)},
    )  # fmt: skip
    residual = max(a.residual for a in found.values() if isinstance(a, Assessment))
    return Ranking(
        run, table, pairs,
        _combined(portfolio, base, best, before, found, (yearly, value), (growth, timing)),
        revenue_table(names, alone), best[0].bound / MILLION, residual,
    )  # fmt: skip


def _plain(options: RankOptions) -> dict[str, Any]:
    return {
        "base": list(options.base), "stress": options.stress,
        "budget_usd_m": options.budget_usd_m if np.isfinite(options.budget_usd_m) else None,
        "discount_rate": options.discount_rate, "last_year": options.last_year,
        "draws": options.draws, "seed": options.seed,
    }  # fmt: skip


def _wanted(names: Names, base: Names, stress: str) -> list[Names]:
    """List the assignments that are always made: base, singles, pairs, and under stress."""
    pairs = [(*base, a, b) for a, b in combinations(names, 2)]
    hard = [(*base, stress), *((*base, m, stress) for m in names)] if stress else []
    return [base, *((*base, m) for m in names), *pairs, *hard]


def _sound(found: Assessment | str, what: str) -> Assessment:
    if isinstance(found, str):
        message = f"{what} cannot be assigned: {found}"
        raise InputError(message)
    return found


def _together(
    portfolio: Portfolio,
    base: Names,
    before: Assessment,
    found: dict[Names, Assessment | str],
    alone: list[Gain],
    growth: Floats,
    timing: Timing,
) -> tuple[Floats, pl.DataFrame]:
    """Return what pairs add to each other [USD of present value], and their table."""
    n = len(portfolio.names)
    extra, rows = np.zeros((n, n)), []
    for i, j in combinations(range(n), 2):
        a, b = portfolio.names[i], portfolio.names[j]
        both = found[*base, a, b]
        row: dict[str, Any] = {"first": a, "second": b, "benefit_usd_m": None, "adds_usd_m": None}
        if isinstance(both, str):
            extra[i, j] = extra[j, i] = -np.inf
        else:
            total = gain(before, both).total_usd
            adds = total - alone[i].total_usd - alone[j].total_usd
            extra[i, j] = extra[j, i] = adds * _joint(portfolio, [i, j], growth, timing)
            row |= {"benefit_usd_m": total / MILLION, "adds_usd_m": adds / MILLION}
        rows.append({**row, "why_not": both if isinstance(both, str) else None})
    schema = {
        "first": pl.String, "second": pl.String, "benefit_usd_m": pl.Float64,
        "adds_usd_m": pl.Float64, "why_not": pl.String,
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=schema)
    return extra, table.sort("adds_usd_m", descending=True, nulls_last=True)


def _more(names: Names, base: Names, best: list[Combination]) -> list[Names]:
    """List the assignments that the best combinations ask for."""
    lists = [(*base, *(names[i] for i in c.chosen)) for c in best[:CHECKED]]
    chosen = set(best[0].chosen)
    for i in range(len(names)):
        some = chosen ^ {i}
        lists.append((*base, *(names[k] for k in sorted(some))))
    return lists


def _last_in(
    names: Names, base: Names, best: Combination, found: dict[Names, Assessment | str]
) -> list[float | None]:
    """Return what each measure adds to the rest of the best combination [million USD/year]."""
    whole = found[*base, *(names[i] for i in best.chosen)]
    added: list[float | None] = []
    for i in range(len(names)):
        other = found[*base, *(names[k] for k in sorted(set(best.chosen) ^ {i}))]
        if isinstance(whole, str) or isinstance(other, str):
            added.append(None)
            continue
        inside = i in best.chosen
        change = gain(other, whole) if inside else gain(whole, other)
        added.append(change.total_usd / MILLION)
    return added


def _resilience(
    names: Names, base: Names, stress: str, found: dict[Names, Assessment | str]
) -> list[float | None]:
    """Return how much less a stress costs with each measure [million USD/year]."""
    if not stress:
        return [None] * len(names)
    calm, hit = found[base], found[*base, stress]
    lessened: list[float | None] = []
    for m in names:
        with_calm, with_hit = found[*base, m], found[*base, m, stress]
        four = [x for x in (calm, hit, with_calm, with_hit) if isinstance(x, Assessment)]
        if len(four) < 4:
            lessened.append(None)
            continue
        harm, harm_with = gain(four[0], four[1]).total_usd, gain(four[2], four[3]).total_usd
        lessened.append((harm_with - harm) / MILLION)
    return lessened


def _combined(
    portfolio: Portfolio,
    base: Names,
    best: list[Combination],
    before: Assessment,
    found: dict[Names, Assessment | str],
    amounts: tuple[Floats, Floats],
    years: tuple[Floats, Timing],
) -> pl.DataFrame:
    """Return the best combinations with their values by pairs and by a full assignment.

    In full, what a combination brings beyond the sum of its members counts while all stand.
    """
    (yearly, value), (growth, timing) = amounts, years
    rows = []
    for number, combination in enumerate(best, 1):
        chosen = list(combination.chosen)
        names = tuple(portfolio.names[i] for i in chosen)
        full = found.get((*base, *names)) if number <= CHECKED else None
        row: dict[str, Any] = {
            "rank": number, "measures": "|".join(names),
            "capital_usd_m": float(portfolio.capital[chosen].sum()),
            "npv_by_pairs_usd_m": combination.value / MILLION,
            "benefit_usd_m": None, "npv_usd_m": None,
        }  # fmt: skip
        if isinstance(full, Assessment) and chosen:
            benefit = gain(before, full).total_usd
            row["benefit_usd_m"] = benefit / MILLION
            adds = benefit - float(yearly[chosen].sum())
            joint = adds * _joint(portfolio, chosen, growth, timing)
            row["npv_usd_m"] = (float(value[chosen].sum()) + joint) / MILLION
        rows.append(row)
    schema = {
        "rank": pl.Int64, "measures": pl.String, "capital_usd_m": pl.Float64,
        "npv_by_pairs_usd_m": pl.Float64, "benefit_usd_m": pl.Float64, "npv_usd_m": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _joint(portfolio: Portfolio, chosen: list[int], growth: Floats, timing: Timing) -> float:
    """Return the present value of one USD a year while all of some measures stand."""
    opening = portfolio.opening[chosen].max(keepdims=True)
    ends = (portfolio.opening + portfolio.life)[chosen].min(keepdims=True)
    return float(factors(timing, growth, opening, np.maximum(ends - opening, 0))[0][0])
