"""Prices of another date: those of a country in dollars, or the market rate a tariff follows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.arcs import REFERENCES
from karwan.routing.itineraries import COST_PARTS, Strung

__all__ = ["arc_prices", "consumer_prices", "market_rate"]

CARRIERS = ("line_haul", "sea")
"""Parts of the cost that tariffs of carriers make."""


def consumer_prices(network: Network, year: int, country: str | None = None) -> float:
    """Return prices in dollars of a year over those of the price year; 1 without any.

    In a country they are its consumer prices over its rate of exchange. Where it has no row for
    both years, those of the dollar count, of which years outside the table take the nearest.

    Parameters
    ----------
    network : Network
        Network with `price_index`.
    year : int
        Year.
    country : str, optional
        Country; none for the dollar itself.

    Returns
    -------
    float
        Ratio of prices.
    """
    table = network.table("price_index").filter(pl.col("country").eq_missing(country))
    in_dollars = pl.col("consumer") / pl.col("local_per_usd").fill_null(1.0)
    yearly: dict[int, float] = dict(table.select("year", in_dollars).iter_rows())
    if country is not None and not {year, network.price_year} <= set(yearly):
        return consumer_prices(network, year)
    if not yearly:
        return 1.0
    then, base = (min(yearly, key=lambda y: abs(y - w)) for w in (year, network.price_year))
    return yearly[then] / yearly[base]


def market_rate(network: Network, series: str, depart: dt.date) -> float | None:
    """Return the rate of a series on a date over its mean in the price year.

    Parameters
    ----------
    network : Network
        Network with `sea_rates`.
    series : str
        Series of `sea_rates`.
    depart : datetime.date
        Date; its quarter counts, else its year.

    Returns
    -------
    float or None
        None where the series has no rate for the date or none for the price year.
    """
    rates = network.table("sea_rates").filter(pl.col("series") == series)
    base = rates.filter(pl.col("year") == network.price_year)["usd_per_unit"].mean()
    of_year = rates.filter(pl.col("year") == depart.year)
    for quarter in ((depart.month + 2) // 3, 0):
        then = of_year.filter(pl.col("quarter") == quarter)["usd_per_unit"]
        if len(then) and isinstance(base, float):
            return float(then[0]) / base
    return None


def arc_prices(strung: Strung, year: int, depart: dt.date) -> NDArray[np.float64]:
    """Return prices over those of the price year by arc and part of the cost.

    What a carrier is paid goes by the series that its tariff names, all else by prices of the
    country where it is paid.

    Parameters
    ----------
    strung : Strung
        Paths.
    year : int
        Year of the money.
    depart : datetime.date
        Departure.

    Returns
    -------
    float64[n, n_parts]
        Prices by arc and `COST_PARTS`.
    """
    query = strung.query
    network, books = query.base.network, query.base.books
    countries = query.arcs.country[strung.arc].tolist()
    local = {-1: consumer_prices(network, year)}
    for c in set(countries) - {-1}:
        local[c] = consumer_prices(network, year, books.rows["countries"][c]["country"])
    prices = np.repeat([[local[c]] for c in countries], len(COST_PARTS), axis=1)
    rows = query.arcs.reference[strung.arc, REFERENCES.index("tariffs")].tolist()
    series = [books.rows["tariffs"][r]["series"] if r >= 0 else None for r in rows]
    for name in {n for n in series if n is not None}:
        rate = market_rate(network, name, depart)
        if rate is not None:
            of_series = np.array([n == name for n in series])
            for part in CARRIERS:
                prices[of_series, COST_PARTS.index(part)] = rate
    return prices
