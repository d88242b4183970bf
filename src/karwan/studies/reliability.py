"""How sure a plan is: simulated transit times of its itineraries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.routing.query import Query
from karwan.routing.schedule import node_zones
from karwan.routing.simulate import simulate_trips
from karwan.routing.trips import Trip
from karwan.studies.moments import parse_deadline
from karwan.studies.routes_json import legs_of

if TYPE_CHECKING:
    from karwan.studies.routes import Routes

__all__ = ["promises", "read_deadline", "reliability_table"]

SHARES = {"p10": 0.10, "p50": 0.50, "p90": 0.90, "p95": 0.95}
PROMISE = 0.95
TELLING = 3
"""Legs that are named as making the spread."""


def read_deadline(deadline: dt.datetime | dt.date | str, query: Query) -> float:
    """Return the hours from departure to a deadline.

    Parameters
    ----------
    deadline : datetime.datetime, datetime.date or str
        A day, which counts to its end, or a time; local time of the destination.
    query : Query
        Departure and destination.

    Returns
    -------
    float
        Hours, above 0.

    Raises
    ------
    InputError
        It cannot be read, or lies before the departure.
    """
    deadline = parse_deadline(deadline)
    if deadline.tzinfo is None:
        zone = node_zones(query.base.network)[query.cargo.destination]
        deadline = deadline.replace(tzinfo=zone)
    hours = (deadline - query.leaves) / dt.timedelta(hours=1)
    if hours <= 0:
        message = (
            f"deadline is {deadline:%Y-%m-%d %H:%M}, before the departure at "
            f"{query.leaves:%Y-%m-%d %H:%M}; give a later one"
        )
        raise InputError(message)
    return hours


def reliability_table(
    routes: Routes,
    itineraries: list[int],
    *,
    deadline: dt.datetime | dt.date | str | None,
    draws: int,
    seed: int,
    closures: bool,
) -> pl.DataFrame:
    """Simulate itineraries under one common luck; as `Routes.reliability` describes it."""
    query = routes.query
    within = read_deadline(deadline, query) if deadline is not None else None
    chosen = [routes.trips[i - 1] for i in itineraries]
    found = simulate_trips(query, chosen, draws=draws, seed=seed, closures=closures)
    percentiles = found.percentiles(tuple(SHARES.values()))
    rows = routes.summary[[i - 1 for i in itineraries]]
    columns = {"itinerary": itineraries, "gateway": rows["gateway"].to_list()}
    columns |= {f"time_{name}_h": percentiles[:, k].tolist() for k, name in enumerate(SHARES)}
    p50, promise = percentiles[:, 1], percentiles[:, 3]
    late = np.full(len(promise), np.inf)
    np.subtract(promise, p50, out=late, where=np.isfinite(promise))
    columns |= {
        "buffer_h": late.tolist(),
        "caught": found.caught.tolist(),
        "diverted": found.diverted.tolist(),
        "closure_h": found.closure_h.tolist(),
        "on_time": [None] * len(rows) if within is None else found.on_time(within).tolist(),
        "spread_from": [_spread_from(routes, i) for i in itineraries],
    }
    return pl.DataFrame(columns, schema_overrides={"on_time": pl.Float64, "itinerary": pl.Int64})


def _spread_from(routes: Routes, itinerary: int) -> str:
    """Name the legs that make most of the spread, with their shares of the variance."""
    legs = legs_of(routes, itinerary, with_lines=False)
    whole = sum(leg["spread_h"] ** 2 for leg in legs) or 1.0
    ranked = sorted(legs, key=lambda leg: -leg["spread_h"])[:TELLING]
    return ", ".join(f"{leg['label']} {100 * leg['spread_h'] ** 2 / whole:.0f} %" for leg in ranked)


def promises(query: Query, trips: list[Trip], *, draws: int = 20_000, seed: int = 0) -> list[float]:
    """Return the transit time that each trip keeps in 95 of 100 cases [h]."""
    found = simulate_trips(query, trips, draws=draws, seed=seed)
    kept: list[float] = found.percentiles((PROMISE,))[:, 0].tolist()
    return kept
