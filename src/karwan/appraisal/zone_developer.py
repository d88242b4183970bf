"""Cash flow of those who develop a zone, by the land that tenants take up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq

from karwan.appraisal.rates_of_return import npv

__all__ = ["break_even", "developer_flows", "take_up"]

Floats = NDArray[np.float64]
M2_PER_HA = 10_000.0
BUILDING_YEARS = 3
"""Years over which the trunk works are paid, the first being the start."""
WALK = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
LARGEST = {"take_up_max_share": 1.0, "authority_share": 1.0, "income_tax_rate": 1.0}


def take_up(terms: Mapping[str, float]) -> Floats:
    """Return the land let at the end of each year.

    ``most / (1 + exp(-steepness (t - half_years)))``, a logistic curve.

    Parameters
    ----------
    terms : mapping of str to float
        Terms of `zone_developments`.

    Returns
    -------
    float64[n_years]
        Land let [ha], from one year after the start.
    """
    t = np.arange(1, round(terms["years"]) + 1, dtype=np.float64)
    most = terms["saleable_ha"] * terms["take_up_max_share"]
    return np.asarray(
        most / (1 + np.exp(-terms["steepness"] * (t - terms["half_years"]))), np.float64
    )


def developer_flows(terms: Mapping[str, float]) -> pl.DataFrame:
    """Return the yearly cash flow of a zone's developer.

    Parameters
    ----------
    terms : mapping of str to float
        Terms of `zone_developments`.

    Returns
    -------
    polars.DataFrame
        year, land let [ha], and in M USD: rent, premium, service, gross, authority (the port
        authority's share of gross), running_cost, capital, tax, net. The first row is the start,
        before any land is let.
    """
    let = take_up(terms)
    n = len(let)
    m2 = np.concatenate(([0.0], let)) * M2_PER_HA
    new = np.diff(m2, prepend=0.0)
    rent = m2 * terms["rent_usd_per_m2_year"] / 1e6
    service = m2 * terms["service_usd_per_m2_year"] / 1e6
    premium = new * terms["premium_usd_per_m2"] / 1e6
    gross = rent + service + premium
    authority = gross * terms["authority_share"]
    running = m2 * terms["opex_usd_per_m2_year"] / 1e6
    running[1:] += terms["opex_usd_m_per_year"]
    plots = new * terms["plot_capex_usd_per_m2"] / 1e6
    trunk = np.zeros(n + 1)
    trunk[:BUILDING_YEARS] = terms["trunk_capex_usd_m"] / min(BUILDING_YEARS, n + 1)
    capital = plots + trunk
    tax = _tax(gross - authority - running, capital, terms)
    year = round(terms["start_year"]) + np.arange(n + 1)
    net = gross - authority - running - capital - tax
    columns = {
        "let_ha": m2 / M2_PER_HA, "rent": rent, "premium": premium, "service": service,
        "gross": gross, "authority": authority, "running_cost": running, "capital": capital,
        "tax": tax, "net": net,
    }  # fmt: skip
    return pl.DataFrame({"year": year, **columns})


def _tax(surplus: Floats, capital: Floats, terms: Mapping[str, float]) -> Floats:
    """Return tax on surplus less even depreciation to the last year; losses are carried on."""
    n = len(surplus)
    left = np.maximum(n - np.arange(n), 1)
    depreciation = np.cumsum(capital / left)
    tax, carried = np.zeros(n), 0.0
    for t in range(n):
        profit = surplus[t] - depreciation[t] - carried
        carried = max(-profit, 0.0)
        if t > terms["holiday_years"]:
            tax[t] = max(profit, 0.0) * terms["income_tax_rate"]
    return tax


def break_even(terms: Mapping[str, float], term: str) -> float | None:
    """Return the value of one term at which the developer's present value is nil.

    Parameters
    ----------
    terms : mapping of str to float
        Terms of `zone_developments`.
    term : str
        Term that is moved, from nothing to twenty times its value.

    Returns
    -------
    float or None
        The nearest such value; None if there is none.
    """

    def worth(value: float) -> float:
        moved = {**terms, term: value}
        return npv(moved["discount_rate"], developer_flows(moved)["net"].to_numpy())

    now = terms[term]
    here = worth(now)
    most = LARGEST.get(term, math.inf)
    up = [min(now * step, most) for step in WALK] if now > 0 else [0.1 * min(most, 10.0)]
    down = [*(now / step for step in WALK), 0.0] if now > 0 else []
    roots = [root for way in (up, down) if (root := _first(worth, here, now, way)) is not None]
    return min(roots, key=lambda r: abs(r - now)) if roots else None


def _first(
    worth: Callable[[float], float], here: float, now: float, way: list[float]
) -> float | None:
    last = now
    for x in way:
        if worth(x) * here < 0:
            low, high = sorted((last, x))
            return float(brentq(worth, low, high, xtol=1e-12))
        last = x
    return None
