"""Skims: one attribute of the best itinerary from many origins to many destinations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.network import Network
from karwan.routing.arcs import FORMS
from karwan.routing.build import LAND
from karwan.routing.calendar import day_state
from karwan.routing.consignment import Consignment, resolve_cargo
from karwan.routing.query import HOURS_PER_YEAR, Options
from karwan.routing.supernetwork import Supernetwork, build_supernetwork

__all__ = ["skim"]


def skim(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    consignment: Consignment,
    *,
    depart: dt.date | None = None,
    options: Options | None = None,
) -> pl.DataFrame:
    """Skim the itineraries of least generalised cost between many places.

    Documents are left out of the choice, since they depend on each destination; every other
    part is as in a plan. Trees are grown by SciPy's Dijkstra, one an origin.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    origins, destinations : sequence of str
        node_ids.
    consignment : Consignment
        Cargo; its own origin and destination only name the places and do not matter.
    depart : datetime.date, optional
        Departure; the network's as-of date if not given.
    options : Options, optional
        Capital rate.

    Returns
    -------
    polars.DataFrame
        origin, destination, generalised_cost_usd, cost_usd, time_h, co2_kg; infinite where there
        is no way.
    """
    options = options or Options()
    day = depart or network.as_of
    cargo = resolve_cargo(network, consignment)
    base = build_supernetwork(network, day_state(network, day, frozen=True), cargo.container_unit)
    arcs = base.arcs
    units = np.array([cargo.units.get(f, np.inf) for f in FORMS])
    usable = np.isin(arcs.form, [FORMS.index(f) for f in cargo.units])
    forms = np.array([c.form in cargo.units for _, c in base.states])
    usable &= forms[arcs.head]
    rows = np.flatnonzero(usable)
    capital = cargo.value_usd * options.capital_rate / HOURS_PER_YEAR
    hours = arcs.hours[rows].sum(axis=1)
    money = arcs.usd[rows].sum(axis=1) * units[arcs.form[rows]] + capital * hours
    co2 = arcs.kgco2e_per_t[rows] * cargo.tonnes
    rising = max(cargo.value_of_time_usd_per_h - capital, 0.0)
    ends = [_end_costs(base, cargo.units, end, capital) for end in ("first", "last")]
    return _trees(
        base,
        arcs.tail[rows],
        arcs.head[rows],
        np.column_stack((money, hours, co2)),
        rising,
        ends,
        list(origins),
        list(destinations),
    )


def _end_costs(
    base: Supernetwork, units: dict[str, float], end: str, capital: float
) -> NDArray[np.float64]:
    """Return money, hours and emissions of the first or last mile at each state."""
    medium = {m["mode"]: m["medium"] for m in base.books.rows["modes"]}
    cost = np.full((base.n_states, 3), np.inf)
    for (_, carriage), state in base.states.items():
        afloat = medium[carriage.mode] != LAND
        aboard = carriage.aboard is not None or carriage.arrived != (afloat and end == "last")
        if carriage.form not in units or aboard:
            continue
        time, charge, _, row = base.books.ends(end, carriage.mode, carriage.form)
        if row >= 0:
            money = charge * units[carriage.form] + capital * time.mean_h
            cost[state] = (money, time.mean_h, 0.0)
    return cost


def _trees(
    base: Supernetwork,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    cost: NDArray[np.float64],
    rising: float,
    ends: list[NDArray[np.float64]],
    origins: list[str],
    destinations: list[str],
) -> pl.DataFrame:
    """Grow one tree from each origin, with a root joined to the states of its node."""
    n, where = base.n_states, {node: i for i, node in enumerate(base.nodes)}
    weight = np.array([1.0, rising, 0.0])
    starts, stops = (np.array([where[p] for p in places]) for places in (origins, destinations))
    at = {i: np.flatnonzero(base.state_node == i) for i in {*starts.tolist(), *stops.tolist()}}
    roots = n + np.arange(len(starts))
    goals = n + len(starts) + np.arange(len(stops))
    tails, heads, costs = [tail], [head], [cost]
    for root, i in zip(roots, starts, strict=True):
        states = at[i][np.isfinite(ends[0][at[i], 0])]
        tails.append(np.full(len(states), root))
        heads.append(states)
        costs.append(ends[0][states])
    for goal, i in zip(goals, stops, strict=True):
        states = at[i][np.isfinite(ends[1][at[i], 0])]
        tails.append(states)
        heads.append(np.full(len(states), goal))
        costs.append(ends[1][states])
    all_tail, all_head, all_cost = (np.concatenate(p) for p in (tails, heads, costs))
    generalised = all_cost @ weight
    order = np.lexsort((generalised, all_head, all_tail))
    twin = (np.diff(all_tail[order], prepend=-1) == 0) & (np.diff(all_head[order], prepend=-1) == 0)
    order = order[~twin]
    size = n + len(starts) + len(stops)
    first = np.searchsorted(all_tail[order], np.arange(size + 1))
    graph = csr_matrix((generalised[order], all_head[order], first), shape=(size, size))
    label, before = dijkstra(graph, indices=roots, return_predecessors=True)
    key = all_tail[order].astype(np.int64) * size + all_head[order]
    skims = [
        _along(before[k], label[k], key, all_cost[order], size)[goals] for k in range(len(roots))
    ]
    money, hours, co2 = np.stack(skims).reshape(-1, 3).T
    return pl.DataFrame(
        {
            "origin": np.repeat(origins, len(stops)),
            "destination": np.tile(destinations, len(starts)),
            "generalised_cost_usd": label[:, goals].ravel(),
            "cost_usd": money,
            "time_h": hours,
            "co2_kg": co2,
        }
    )


def _along(
    before: NDArray[np.int32],
    label: NDArray[np.float64],
    key: NDArray[np.int64],
    cost: NDArray[np.float64],
    size: int,
) -> NDArray[np.float64]:
    """Sum every attribute along a tree, nearest states first."""
    total = np.full((size, cost.shape[1]), np.inf)
    reached = np.flatnonzero(np.isfinite(label))
    total[reached[before[reached] < 0]] = 0.0
    grown = reached[before[reached] >= 0]
    arc = np.searchsorted(key, before[grown].astype(np.int64) * size + grown)
    step = np.zeros((size, cost.shape[1]))
    step[grown] = cost[arc]
    parent = before.astype(np.int64)
    parent[parent < 0] = size
    above = np.append(parent, size)
    summed = np.vstack((step, np.zeros((1, cost.shape[1]))))
    while (above[reached] != size).any():
        summed[:size] += summed[above[:size]]
        above[:size] = above[above[:size]]
    total[reached] = summed[reached]
    return total
