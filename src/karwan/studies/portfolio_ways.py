"""Ways from an origin to a market, and how likely each is in time on every day of a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.border_ways import ways_through
from karwan.routing.calendar import DayState, barred_trade, day_state
from karwan.routing.closure_risk import ClosureGroup
from karwan.routing.consignment import Cargo
from karwan.routing.histories import Known
from karwan.routing.promises import Walks, walks_of
from karwan.routing.query import MORNING, Options, Query, make_query
from karwan.routing.schedule import moment_of, node_countries, node_zones, schedule_of
from karwan.routing.search import best_by_gateway
from karwan.routing.search_graph import OVERLAND, search_graph
from karwan.routing.targets import target_name
from karwan.routing.trips import Trip, run_clock
from karwan.studies.trip_facts import passed_on

__all__ = ["BY", "Departures", "Setting", "Way", "departures_of", "reopened"]

BY = ("transit", "gateway", "border")
RIVAL, MOST = 0.15, 40
"""Ways through a gateway within this share of its least generalised cost, and at most so many."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """What a portfolio may hold: a gateway, with what is passed before it unless all may be.

    Attributes
    ----------
    gateway : str
        node_id of the port where the sea is met, or ``overland``.
    passed : tuple of str
        The country from which that of the gateway, or of the far end, is entered; or the border
        crossings by name; empty if any will do.
    name : str
        In words.
    """

    gateway: str
    passed: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class Setting:
    """What all pairs of places share.

    Attributes
    ----------
    groups : tuple of ClosureGroup
        Places that shut by chance.
    known : Known
        Histories of them at every departure.
    days : tuple of datetime.date
        Departures of one year; those of a history repeat its calendar.
    within_h, longest_h : float
        Time that is in time, and what longer times count as in means [h].
    draws, seed : int
        Draws of each departure, and their seed.
    by : str
        What tells ways apart: one of BY.
    """

    groups: tuple[ClosureGroup, ...]
    known: Known
    days: tuple[dt.date, ...]
    within_h: float
    longest_h: float
    draws: int
    seed: int
    by: str


@dataclass(frozen=True, eq=False)
class Departures:
    """All departures of one pair of places on one day of the year.

    Attributes
    ----------
    ways : tuple of Way
        Way of each trip that may be taken.
    share : float64[n]
        Share of each state of knowledge among the departures of that day.
    shut : bool[n, n_targets]
        What is shut in each.
    on_time, hours, usd, generalised_usd : float64[n, n_trips]
        Probability to be in time, mean time [h], money and generalised cost [USD] of each trip.
    opened : int[n_targets, n]
        For each target the state that is the same but for its being open; -1 where it is open.
    """

    ways: tuple[Way, ...]
    share: Floats
    shut: NDArray[np.bool_]
    on_time: Floats
    hours: Floats
    usd: Floats
    generalised_usd: Floats
    opened: NDArray[np.intp]


def reopened(network: Network, groups: Sequence[ClosureGroup]) -> Network:
    """Return the network without the closures by chance of watched places: histories have them."""
    watched = [":".join(target) for group in groups for target in group.targets]
    place = pl.concat_str("target_kind", "target", separator=":")
    by_chance = pl.col("event").is_not_null() & place.is_in(watched)
    return network.with_tables(closures=network.table("closures").filter(~by_chance))


def departures_of(network: Network, cargo: Cargo, setting: Setting) -> Iterator[Departures]:
    """Find the ways of one pair of places and walk them from every departure.

    Parameters
    ----------
    network : Network
        Network without the closures that histories have.
    cargo : Cargo
        What is moved.
    setting : Setting
        Histories, days and limits.

    Yields
    ------
    Departures
        One for each day of the year on which there is a way.
    """
    states = {day: day_state(network, day) for day in setting.days}
    alike: dict[DayState, list[dt.date]] = {}
    for day, state in states.items():
        alike.setdefault(_still(state), []).append(day)
    for still, days in alike.items():
        timed = frozenset(t for day in days for t in states[day].timed)
        query = _query(network, cargo, days[0], replace(still, timed=timed - still.shut))
        ways, trips = _ways(query, setting)
        if trips:
            walks = walks_of(query, trips, setting.groups)
            for day in days:
                yield _on_day(_on(query, network, day), ways, trips, walks, setting, day)


def _still(state: DayState) -> DayState:
    """Return the part of a state that gates do not follow: days that share it share a graph."""
    return replace(state, timed=frozenset(), closure_rows=(), shut_rows=(), hampered_rows=())


def _query(network: Network, cargo: Cargo, day: dt.date, state: DayState) -> Query:
    country = node_countries(network)
    trade = (country[cargo.origin], country[cargo.destination])
    state = replace(state, shut=state.shut | barred_trade(network, state, trade))
    return make_query(network, cargo, day, Options(), state)


def _on(query: Query, network: Network, day: dt.date) -> Query:
    """Return a query at another day of departure."""
    leaves = dt.datetime.combine(day, MORNING, node_zones(network)[query.cargo.origin])
    schedule = schedule_of(network, query.base.gates, day)
    return replace(query, day=day, leaves=leaves, start=moment_of(leaves), schedule=schedule)


def _ways(query: Query, setting: Setting) -> tuple[list[Way], list[Trip]]:
    """Find the ways, and for each and the risks it takes the cheapest and the quickest trip."""
    graph = search_graph(query)
    best = best_by_gateway(query, graph)
    if not best:
        return [], []
    cost = {g: trip.generalised(query) for g, trip in best.items()}
    limit = query.options.sensible * min(cost.values())
    far_end = query.cargo.destination if query.is_export else query.cargo.origin
    wanted = {g for g in best if cost[g] <= limit and g != query.base.where[far_end]}
    quickest = best_by_gateway(query, graph, criterion="time", wanted=lambda g, _: g in wanted)
    found: dict[tuple[Way, frozenset[tuple[int, int]]], list[Trip]] = {}
    for gateway in sorted(wanted):
        trips = [best[gateway], *ways_through(query, gateway, within=RIVAL, most=MOST)]
        trips += [quickest[gateway]] if gateway in quickest else []
        at_risk = walks_of(query, trips, setting.groups).risks
        for trip, risks in zip(trips, at_risk, strict=True):
            key = _way(query, gateway, trip, setting.by), frozenset((r[1], r[2]) for r in risks)
            found.setdefault(key, []).append(trip)
    ways, chosen = [], []
    for (way, _), rivals in found.items():
        hours = [float(query.totals.hours[t.path].sum()) for t in rivals]
        costs = [query.generalised_on(t.path) for t in rivals]
        for i in dict.fromkeys((int(np.argmin(costs)), int(np.argmin(hours)))):
            ways.append(way)
            chosen.append(rivals[i])
    return ways, chosen


def _way(query: Query, gateway: int, trip: Trip, by: str) -> Way:
    base = query.base
    place = "overland" if gateway == OVERLAND else base.nodes[gateway]
    name = place if gateway == OVERLAND else target_name(base.network, "node", place)
    passed = passed_on(query, trip.path)
    if by == "gateway":
        return Way(place, (), name)
    if by == "border":
        met = tuple(passed.crossings)
        return Way(place, met, f"{name} by {', '.join(met)}" if met else f"{name}, direct")
    country = node_countries(base.network)
    ashore = passed.countries if query.is_export else passed.countries[::-1]
    entered = ashore.index(country.get(place, ashore[-1]))
    if entered == 0:
        return Way(place, (), f"{name}, direct")
    before = ashore[entered - 1]
    return Way(place, (before,), f"{name} from {target_name(base.network, 'country', before)}")


def _on_day(
    query: Query,
    ways: list[Way],
    trips: list[Trip],
    walks: Walks,
    setting: Setting,
    day: dt.date,
) -> Departures:
    """Walk the trips from one day of the year in every state of knowledge that histories have."""
    k = setting.days.index(day)
    seen = setting.known.age[:, k :: len(setting.days)]
    column = {target: i for i, target in enumerate(setting.known.targets)}
    met = sorted({(r.group, r.number) for own in walks.risks for r in own})
    columns = [column[target] for target in met]
    seen = seen[:, :, columns].reshape(seen.shape[0] * seen.shape[1], len(columns))
    rows, count = np.unique(seen, axis=0, return_counts=True)
    rows, share, opened = _with_opened(rows, count / count.sum())
    at = {target: i for i, target in enumerate(met)}
    known, which = [], []
    for own in walks.risks:
        mine = rows[:, [at[r.group, r.number] for r in own]]
        distinct, number = np.unique(mine, axis=0, return_inverse=True)
        known.append(distinct)
        which.append(number.ravel())
    rng = np.random.default_rng(np.random.SeedSequence((setting.seed, k)))
    limits = (setting.within_h, setting.longest_h, setting.draws, rng)
    kept = walks.run(query, known, *limits)
    shape = (len(rows), len(trips))
    on_time, hours, spread, usd = (np.empty(shape) for _ in range(4))
    for i, (trip, found, number) in enumerate(zip(trips, kept, which, strict=True)):
        on_time[:, i] = found.on_time[number]
        hours[:, i], spread[:, i] = found.mean_h[number], found.spread_h[number]
        planned = float(query.totals.hours[trip.path].sum())
        clock = run_clock(query, trip.path)
        surcharge = 0.0 if clock is None else float(clock.slow_usd.sum())
        usd[:, i] = float(query.totals.usd[trip.path].sum()) + surcharge
        usd[:, i] += query.capital * np.maximum(hours[:, i] - planned, 0.0)
    shut, back = np.zeros((len(rows), len(column)), bool), np.full((len(column), len(rows)), -1)
    shut[:, columns] = rows > 0
    back[columns] = opened
    generalised = query.generalised_of(usd, hours, spread**2)
    return Departures(tuple(ways), share, shut, on_time, hours, usd, generalised, back)


def _with_opened(
    rows: NDArray[np.int8], share: Floats
) -> tuple[NDArray[np.int8], Floats, NDArray[np.intp]]:
    """Add the states in which one place more is open; they have no share of their own."""
    asked = [rows]
    for c in range(rows.shape[1]):
        changed = rows[rows[:, c] > 0].copy()
        changed[:, c] = 0
        asked.append(changed)
    whole, back = np.unique(np.concatenate(asked), axis=0, return_inverse=True)
    back = back.ravel()
    weight = np.zeros(len(whole))
    weight[back[: len(rows)]] = share
    opened = np.full((rows.shape[1], len(whole)), -1, np.intp)
    at = len(rows)
    for c in range(rows.shape[1]):
        from_rows = np.flatnonzero(rows[:, c] > 0)
        opened[c, back[: len(rows)][from_rows]] = back[at : at + len(from_rows)]
        at += len(from_rows)
    return whole, weight, opened
