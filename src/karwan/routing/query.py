"""Put one consignment on a supernetwork: ends, documents, totals, and what is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.arcs import FORMS, ArcTable, Kind
from karwan.routing.calendar import DayState, barred_trade, day_state
from karwan.routing.consignment import Cargo
from karwan.routing.documents import DocumentBook
from karwan.routing.ends import end_arcs
from karwan.routing.schedule import (
    Schedule,
    moment_of,
    node_countries,
    node_zones,
    schedule_of,
)
from karwan.routing.supernetwork import Supernetwork, build_supernetwork
from karwan.routing.wishes import resolve_wishes

__all__ = ["CRITERIA", "Options", "Query", "Totals", "make_query"]

CRITERIA = ("cost", "time", "co2", "reliability")
HOURS_PER_YEAR = 8760.0
MORNING = dt.time(8)
"""Local hour of departure if none is given."""
Value = TypeVar("Value", float, NDArray[np.float64])


@dataclass(frozen=True)
class Options:
    """How a plan is searched.

    Attributes
    ----------
    by : tuple of str
        Criteria the itineraries trade off: cost [USD], time [h], co2 [kg], reliability
        (variance of time [h2]).
    via : tuple of str
        Places the itinerary passes, in order.
    avoid : tuple of str
        Nodes, countries, passages, modes or operators it does not touch.
    max_transfers : int, optional
        Most handlings between origin and destination.
    epsilon : float
        0 gives the exact Pareto set; above, every Pareto-optimal itinerary is within the factor
        ``1 + epsilon`` of a returned one in every criterion.
    sensible : float
        A gateway is left out if its best itinerary has more than this many times the least
        generalised cost of all.
    capital_rate : float
        Interest on goods on the way [1/year].
    max_labels : int
        Labels after which the search stops and says so.
    """

    by: tuple[str, ...] = CRITERIA
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    max_transfers: int | None = None
    epsilon: float = 0.0
    sensible: float = 2.0
    capital_rate: float = 0.12
    max_labels: int = 2_000_000

    def __post_init__(self) -> None:
        """Refuse what makes no sense, all at once."""
        problems = [
            f"criterion {c!r} is unknown; use {', '.join(CRITERIA)}"
            for c in self.by
            if c not in CRITERIA
        ]
        if not self.by:
            problems.append(f"no criterion is given; use {', '.join(CRITERIA)}")
        if self.max_transfers is not None and self.max_transfers < 0:
            problems.append(f"max_transfers is {self.max_transfers}; it must be at least 0")
        if not 0 <= self.epsilon < float("inf"):
            problems.append(f"epsilon is {self.epsilon:g}; it must be at least 0 and finite")
        if not self.sensible >= 1:
            problems.append(f"sensible is {self.sensible:g}; it must be at least 1")
        if not 0 <= self.capital_rate <= 1:
            problems.append(f"capital_rate is {self.capital_rate:g}; it must lie in 0 to 1 a year")
        if problems:
            raise InputError("; ".join(problems))


class Totals(NamedTuple):
    """Totals of the whole consignment on each arc.

    Attributes
    ----------
    usd : float64[n]
        Money: charges, documents and capital tied up [USD].
    hours : float64[n]
        Mean time [h].
    kgco2e : float64[n]
        Emissions [kg].
    variance : float64[n]
        Variance of time [h2].
    documents, capital : float64[n]
        The two parts of `usd` that the supernetwork does not know [USD].
    document_grade : int8[n]
        Worst grade of the documents: 0 A, 1 B, 2 C.
    """

    usd: NDArray[np.float64]
    hours: NDArray[np.float64]
    kgco2e: NDArray[np.float64]
    variance: NDArray[np.float64]
    documents: NDArray[np.float64]
    capital: NDArray[np.float64]
    document_grade: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Query:
    """A consignment on the arcs it may use.

    Attributes
    ----------
    base : Supernetwork
        States and rates.
    cargo : Cargo
        What is moved.
    options : Options
        How it is searched.
    day : datetime.date
        Local date of departure.
    leaves : datetime.datetime
        Departure with its time zone.
    start : float
        Moment of departure [h].
    schedule : Schedule
        When the gates of the arcs are shut and hampered.
    arcs : ArcTable
        Arcs it may use, ends included.
    totals : Totals
        What they cost the consignment.
    origin, target : int
        States before the first and after the last mile.
    n_states : int
        States, these two included.
    state_node : int32[n_states]
        Node of each state.
    via : tuple of int
        Node indices to pass in order.
    teu : float64[n_arcs]
        TEU that surcharges at the gate of an arc count for.
    capital : float
        Interest on the goods [USD/h].
    rising : float
        USD per hour that generalised cost adds to money: value of time less capital.
    steady : float
        USD per hour of spread that generalised cost adds: value of reliability.
    is_export : bool
        The gateway is looked for from the origin's side.
    modes : tuple of int
        Indices of modes that the itinerary runs by, each at least once.
    """

    base: Supernetwork
    cargo: Cargo
    options: Options
    day: dt.date
    leaves: dt.datetime
    start: float
    schedule: Schedule
    arcs: ArcTable
    totals: Totals
    origin: int
    target: int
    n_states: int
    state_node: NDArray[np.int32]
    via: tuple[int, ...]
    teu: NDArray[np.float64]
    capital: float
    rising: float
    steady: float
    is_export: bool
    documents: DocumentBook = field(repr=False)
    modes: tuple[int, ...] = ()

    def generalised_of(self, usd: Value, hours: Value, variance: Value) -> Value:
        """Return generalised cost [USD] of sums along itineraries.

        Money, value of time times time, and value of reliability times spread, the standard
        deviation of transit time (Small, Winston and Yan 2005 for the three terms).
        """
        spread: Value = np.sqrt(variance)
        return usd + self.rising * hours + self.steady * spread

    def generalised_on(self, path: NDArray[np.intp]) -> float:
        """Return the generalised cost of a path whose gates are all open [USD]."""
        totals = self.totals
        sums = (float(part[path].sum()) for part in (totals.usd, totals.hours, totals.variance))
        return self.generalised_of(*sums)


def make_query(
    network: Network,
    cargo: Cargo,
    day: dt.date,
    options: Options,
    state: DayState | None = None,
    leaves: dt.datetime | None = None,
) -> Query:
    """Put a consignment on the supernetwork of a date.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    cargo : Cargo
        What is moved.
    day : datetime.date
        Departure.
    options : Options
        How it is searched.
    state : DayState, optional
        State of the network if not that of the day (to ask what an open border would bring).
    leaves : datetime.datetime, optional
        Departure with time zone, on that day; 8:00 at the origin if not given.

    Returns
    -------
    Query
        Arcs it may use and their totals.

    Raises
    ------
    InputError
        Something to pass or avoid that the network does not know.
    """
    via, avoided = resolve_wishes(network, cargo, options.via, options.avoid)
    if state is None:
        state = day_state(network, day)
        country = node_countries(network)
        trade = (country[cargo.origin], country[cargo.destination])
        state = _also_shut(state, barred_trade(network, state, trade))
    state = _also_shut(state, {wish for wish in avoided if wish[0] == "passage"})
    base = build_supernetwork(network, state, cargo.container_unit)
    rows = np.flatnonzero(_usable(base, cargo, avoided))
    modes = {wish[1] for wish in avoided if wish[0] == "mode"}
    ends = end_arcs(
        base, cargo, {cargo.origin: base.n_states}, {cargo.destination: base.n_states + 1}, modes
    )
    arcs = base.arcs.take(rows).joined(ends)
    book = DocumentBook(base, cargo)
    totals = _totals(arcs, cargo, options, book)
    landlocked = [c["landlocked"] for c in base.books.rows["countries"]]
    ends_at = [base.where[p] for p in (cargo.origin, cargo.destination)]
    from_land, to_land = (landlocked[base.node_country[n]] for n in ends_at)
    if leaves is None:
        leaves = dt.datetime.combine(day, MORNING, node_zones(network)[cargo.origin])
    capital = _capital_per_h(cargo, options)
    teu = np.array([cargo.units.get(f, 0.0) * base.books.teu(f) for f in FORMS])
    return Query(
        base,
        cargo,
        options,
        day,
        leaves,
        moment_of(leaves),
        schedule_of(network, base.gates, day),
        arcs,
        totals,
        base.n_states,
        base.n_states + 1,
        base.n_states + 2,
        np.append(base.state_node, ends_at).astype(np.int32),
        tuple(base.where[v] for v in via),
        teu[arcs.form],
        capital,
        max(cargo.value_of_time_usd_per_h - capital, 0.0),
        cargo.value_of_reliability_usd_per_h,
        bool(from_land or not to_land),
        book,
    )


def _also_shut(state: DayState, targets: set[tuple[str, str]]) -> DayState:
    return replace(state, shut=state.shut | targets) if targets else state


def _capital_per_h(cargo: Cargo, options: Options) -> float:
    return cargo.value_usd * options.capital_rate / HOURS_PER_YEAR


def _usable(base: Supernetwork, cargo: Cargo, avoided: set[tuple[str, str]]) -> NDArray[np.bool_]:
    """Mark the arcs that the cargo can and wants to use."""
    arcs = base.arcs
    forms = np.array([f in cargo.units for f in FORMS])
    usable: NDArray[np.bool_] = forms[arcs.form] & forms[base.state_form[arcs.head]]
    used = base.state_node
    tail, head = used[arcs.tail], used[arcs.head]
    inland = np.zeros(len(base.nodes), bool)
    inland[[base.where[cargo.origin], base.where[cargo.destination]]] = True
    inland[tail[arcs.kind == Kind.TRANSFER]] = True
    at_sea = arcs.kind == Kind.SEA
    usable &= ~at_sea | (inland[tail] & inland[head])
    modes = [m["mode"] for m in base.books.rows["modes"]]
    for kind, name in avoided:
        if kind == "node":
            usable &= (tail != base.where[name]) & (head != base.where[name])
        elif kind == "country":
            there = base.node_country == base.country_index[name]
            usable &= ~there[tail] & ~there[head]
        elif kind == "mode":
            index = modes.index(name)
            moving = np.isin(arcs.kind, (Kind.TRANSFER, Kind.GAUGE), invert=True)
            usable &= ~(moving & (arcs.mode == index))
        elif kind == "operator":
            usable &= arcs.operates != base.operators.index(name)
    return usable


def _totals(arcs: ArcTable, cargo: Cargo, options: Options, book: DocumentBook) -> Totals:
    units = np.array([cargo.units.get(f, 0.0) for f in FORMS])
    hours = arcs.hours.sum(axis=1)
    documents, paper_grade = book.arc_charges(arcs)
    capital = _capital_per_h(cargo, options) * hours
    usd = arcs.usd.sum(axis=1) * units[arcs.form] + documents + capital
    return Totals(
        usd,
        hours,
        arcs.kgco2e_per_t * cargo.tonnes,
        arcs.variance.sum(axis=1),
        documents,
        capital,
        paper_grade,
    )
