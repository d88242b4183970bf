"""Assign the trade of a year to the network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.classes import PoolOptions
from karwan.assignment.columns import Columns, columns_of
from karwan.assignment.places import Places, places_of
from karwan.assignment.pool import ColumnPool, add_bests, column_pool
from karwan.assignment.stochastic import Choice, Equilibrium, solve
from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.query import Options
from karwan.scenarios import apply_scenario
from karwan.studies.flows import Flows
from karwan.studies.run import Run, karwan_version

__all__ = ["assign", "choice_of", "demand_of"]

ROUNDS = 3


def assign(
    network: Network,
    *,
    year: int | None = None,
    depart: dt.date | None = None,
    scenario: str | Sequence[str] = (),
    demand: pl.DataFrame | None = None,
    choice: Choice | None = None,
    pool: PoolOptions | None = None,
    rounds: int = ROUNDS,
) -> Flows:
    """Find where the trade of a year flows.

    A pool of ways for every pair of places and class of goods, path-size logit between them,
    times at places that answer to what flows there, hard capacities with their shadow prices;
    then ways that are best at the costs of the equilibrium are added until there is none, or
    the rounds are over. With ``Choice(deterministic=True)`` everybody takes a cheapest way.

    Parameters
    ----------
    network : Network
        Network with `demand` and `capacities`.
    year : int, optional
        Year of the demand; if not given the last that is not after the as-of date.
    depart : datetime.date, optional
        Date whose state of the world lasts; the network's as-of date if not given.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.
    demand : polars.DataFrame, optional
        Rows as in the table `demand`; the network's own if not given.
    choice : Choice, optional
        How demand chooses; that of the network's `choice_parameters` if not given.
    pool : PoolOptions, optional
        How wide the choice is.
    rounds : int
        Rounds of column generation at most; what a last look would still add is counted.

    Returns
    -------
    Flows
        Flows and their tables.

    Raises
    ------
    InputError
        No demand in the year, demand that makes no sense, or hard capacities that cut it off.
    ScenarioError
        Scenarios that are unknown or clash.

    Examples
    --------
    >>> import karwan
    >>> flows = karwan.assign(karwan.open_atlas(), year=2025)  # doctest: +SKIP
    >>> flows.summary.select("name", "teu", "share")  # doctest: +SKIP
    """
    if rounds < 0:
        message = f"rounds is {rounds}; it must be at least 0"
        raise InputError(message)
    changed = apply_scenario(network, scenario)
    if demand is not None:
        changed = changed.with_tables(demand=demand)
    day = depart or network.as_of
    rows, year = demand_of(changed, year, demand)
    choice = choice or choice_of(changed)
    columns = column_pool(changed, rows, day, Options(), pool)
    columns, costs, places, found, done, new = _converge(changed, columns, choice, rounds)
    options: dict[str, Any] = {
        "year": year,
        "choice": {k: v for k, v in asdict(choice).items() if k not in {"reference", "constants"}},
        "constants": {":".join(k): v for k, v in choice.constants.items()},
        "pool": asdict(pool or PoolOptions()),
        "rounds": rounds,
    }
    named = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    run = Run(
        karwan_version(), network.name, network.fingerprint, named, day, network.price_year, options
    )
    return Flows(
        run, year, found.residual, found.excess, done, new, columns, costs, places, choice, found
    )


def _converge(
    network: Network, pool: ColumnPool, choice: Choice, rounds: int
) -> tuple[ColumnPool, Columns, Places, Equilibrium, int, int]:
    """Solve, add the ways that are best at its costs, and solve again."""
    columns, places = columns_of(pool), places_of(network, pool)
    found = solve(pool, columns, places, choice)
    done = 0
    while True:
        grown, new = add_bests(pool, _added(pool, places, found))
        if new == 0 or done == rounds:
            return pool, columns, places, found, done, new
        done += 1
        columns = columns_of(grown, (pool, columns))
        places = places_of(network, grown, places)
        pool = grown
        found = solve(pool, columns, places, choice, found)


def _added(pool: ColumnPool, places: Places, found: Equilibrium) -> list[NDArray[np.float64]]:
    """Return what delays and shadow prices add to the arcs of each member [USD]."""
    added = []
    for member, (first, place) in zip(pool.members, places.at_arc, strict=True):
        row = pool.pairs.row(int(member.pairs[0]), named=True)
        usd = row["value_of_time_usd_per_h"] * found.delay + row["consignment_teu"] * found.price
        arc = np.repeat(np.arange(len(first) - 1), np.diff(first))
        added.append(np.zeros(len(first) - 1))
        np.add.at(added[-1], arc, usd[place])
    return added


def demand_of(
    network: Network, year: int | None, demand: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, int]:
    """Return the demand of a year, and the year.

    Parameters
    ----------
    network : Network
        Network with `demand`.
    year : int, optional
        Year; the last that is not after the as-of date if not given.
    demand : polars.DataFrame, optional
        Rows instead of the network's.

    Returns
    -------
    (polars.DataFrame, int)
        Rows and year.

    Raises
    ------
    InputError
        There is no demand, or none in that year.
    """
    rows = network.table("demand") if demand is None else demand
    years = sorted(set(rows["year"].to_list()))
    if not years:
        message = "the table demand is empty; give rows, or read a network that has some"
        raise InputError(message)
    if year is None:
        past = [y for y in years if y <= network.as_of.year]
        year = past[-1] if past else years[0]
    if year not in years:
        message = f"demand has no rows of {year}; it has {', '.join(map(str, years))}"
        raise InputError(message)
    return rows.filter(pl.col("year") == year), year


def choice_of(network: Network) -> Choice:
    """Return how demand chooses by the table `choice_parameters`."""
    choice = Choice()
    scales: dict[str, float] = {}
    constants: dict[tuple[str, str], float] = {}
    columns = ("parameter", "applies_to", "value")
    for parameter, applies_to, value in (
        network.table("choice_parameters").select(columns).iter_rows()
    ):
        kind, _, name = applies_to.partition(":")
        if parameter == "constant":
            constants[kind, name] = value
        elif applies_to == "all":
            choice = replace(choice, **{parameter: value})
        else:
            scales[applies_to] = value
    return replace(choice, scales=scales, constants=constants)
