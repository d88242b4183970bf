"""The largest stable traffic of each terminal beside what is published of its capacity."""

from __future__ import annotations

from typing import Any

import polars as pl

from karwan.network import Network
from karwan.terminals.build import build
from karwan.terminals.loads import loads
from karwan.terminals.simulate import simulate_model
from karwan.terminals.stable import largest_stable

__all__ = ["STABLE", "stable_limits"]

STABLE = {
    "terminal_id": pl.String,
    "teu_per_year": pl.Float64,
    "published_teu_per_year": pl.Float64,
    "published_year": pl.Int64,
    "taken_teu_per_year": pl.Float64,
    "stable_teu_per_year": pl.Float64,
    "busiest": pl.String,
    "load": pl.Float64,
    "grows": pl.String,
}
"""Columns of the limits."""
BEYOND = 1.05


def stable_limits(
    network: Network,
    terminals: list[str] | None = None,
    *,
    replications: int = 8,
    days: float = 180.0,
    seed: int = 1,
) -> pl.DataFrame:
    """Search the largest stable traffic of terminals and set it beside published capacities.

    Parameters
    ----------
    network : Network
        Network with terminals and their records.
    terminals : list of str, optional
        Terminals; all if not given.
    replications : int
        Runs of each trial, at least 2.
    days : float
        Days that each counts.
    seed : int
        Seed of all trials.

    Returns
    -------
    polars.DataFrame
        One row a terminal: traffic today; largest published capacity and its year; its part of
        the capacity in `capacities`; largest stable traffic, the element worked most at it and
        its share; and what grows 5 % above it.
    """
    options: dict[str, Any] = {"replications": replications, "days": days, "seed": seed}
    found = []
    for row in network.table("terminals").sort("terminal_id").iter_rows(named=True):
        name = row["terminal_id"]
        if terminals is not None and name not in terminals:
            continue
        limit = largest_stable(network, name, **options)
        kind, load = _busiest(network, name, limit)
        above = build(network, name, BEYOND * limit)
        hours = round(24.0 * days)
        run = simulate_model(above, replications=replications, hours=hours, seed=seed)
        grows = ", ".join(g.what for g in run.growth)
        published = _published(network, name)
        taken = _taken(network, row)
        today = row["throughput_teu_per_year"]
        found.append((name, today, *published, taken, limit, kind, load, grows))
    return pl.DataFrame(found, STABLE, orient="row")


def _busiest(network: Network, name: str, teu: float) -> tuple[str, float]:
    row = loads(build(network, name, teu)).sort("load", descending=True).row(0, named=True)
    return str(row["kind"]), float(row["load"])


def _published(network: Network, name: str) -> tuple[float | None, int | None]:
    """Return the largest published capacity and its year."""
    rows = network.table("terminal_records").filter(terminal_id=name, quantity="capacity")
    best = rows.sort("value", descending=True).select("value", "year").rows()
    return best[0] if best else (None, None)


def _taken(network: Network, row: dict[str, Any]) -> float | None:
    """Return the terminal's part of the capacity of its place, by traffic."""
    capacity = network.table("capacities").filter(capacity_id=row["capacity_id"] or "")
    if capacity.is_empty():
        return None
    mates = network.table("terminals").filter(capacity_id=row["capacity_id"])
    part = row["throughput_teu_per_year"] / mates["throughput_teu_per_year"].sum()
    return float(capacity["capacity_teu_per_year"][0] * part)
