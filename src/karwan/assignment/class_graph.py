"""The supernetwork as one class of demand sees it, for many pairs of places at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.chains import contract_chains
from karwan.routing.arcs import FORMS, REFERENCES, ArcTable, Kind
from karwan.routing.calendar import Target
from karwan.routing.consignment import Cargo
from karwan.routing.documents import DocumentBook
from karwan.routing.ends import end_arcs
from karwan.routing.query import HOURS_PER_YEAR, Options
from karwan.routing.supernetwork import Supernetwork
from karwan.routing.trees import Adjacency, adjacency
from karwan.routing.uses import arcs_using

__all__ = ["ClassGraph", "class_graph"]

USD, HOURS, KG, VARIANCE = range(4)
CROSSING, SERVICE = REFERENCES.index("crossing"), REFERENCES.index("services")


@dataclass(frozen=True, eq=False)
class ClassGraph:
    """Arcs that a class of demand may use between its places, and what they cost it.

    Attributes
    ----------
    base : Supernetwork
        States and rates of the date.
    cargo : Cargo
        One consignment of the class; its own ends do not matter.
    arcs : ArcTable
        Arcs, first and last miles of all places included.
    row : int32[n_arcs]
        Arc of the supernetwork behind each arc, -1 for first and last miles.
    cost : float64[n_arcs, 4]
        Money [USD], time [h], emissions [kg] and variance of time [h2] of one consignment.
        Money holds capital tied up and the documents of carriage and transit.
    state_node : int32[n_states]
        Node of each state.
    roots, goals : dict of str to int
        State before the first and after the last mile, by node_id.
    tail, head : int32[n]
        Contracted arcs.
    first_member, member : int32
        Arcs behind each contracted arc.
    book : DocumentBook
        Charges for documents by role.
    rising, steady : float
        USD that generalised cost adds to money for an hour, and for an hour of spread.
    """

    base: Supernetwork
    cargo: Cargo
    arcs: ArcTable
    row: NDArray[np.int32]
    cost: NDArray[np.float64]
    state_node: NDArray[np.int32]
    roots: dict[str, int]
    goals: dict[str, int]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    first_member: NDArray[np.int32]
    member: NDArray[np.int32]
    book: DocumentBook
    rising: float
    steady: float

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.state_node)

    @cached_property
    def ahead(self) -> Adjacency:
        """Contracted arcs by the state they leave."""
        return adjacency(self.tail, self.head, self.n_states)

    @cached_property
    def behind(self) -> Adjacency:
        """Contracted arcs by the state they reach."""
        return adjacency(self.head, self.tail, self.n_states)

    @cached_property
    def _leading(self) -> NDArray[np.int32]:
        return self.member[self.first_member[:-1]]

    @cached_property
    def at_sea(self) -> NDArray[np.bool_]:
        """Contracted arcs on the open sea; they are never contracted with others."""
        return np.asarray(self.arcs.kind[self._leading] == Kind.SEA, np.bool_)

    @cached_property
    def crossing(self) -> NDArray[np.int32]:
        """Border crossing of each contracted arc, -1 if none."""
        found: NDArray[np.int32] = self.arcs.reference[self._leading, CROSSING]
        return found

    @cached_property
    def ferry(self) -> NDArray[np.int32]:
        """Ferry service of each contracted arc, -1 if none."""
        service = self.arcs.reference[self._leading, SERVICE]
        on_ferry = self.arcs.kind[self._leading] == Kind.FERRY
        return np.where(on_ferry, service, -1).astype(np.int32)

    def summed(self, per_arc: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum a value of the arcs along each contracted arc."""
        if len(self.tail) == 0:
            return np.zeros(0)
        total: NDArray[np.float64] = np.add.reduceat(per_arc[self.member], self.first_member[:-1])
        return total

    def members(
        self, first: NDArray[np.int32], arcs: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return columns of contracted arcs as columns of arcs, in the same form."""
        begin = self.first_member[arcs]
        sizes = self.first_member[arcs + 1] - begin
        ends = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.arange(ends[-1]) + np.repeat(begin - ends[:-1], sizes)
        return ends[first].astype(np.int32), self.member[rows]


def class_graph(
    base: Supernetwork,
    cargo: Cargo,
    origins: Sequence[str],
    destinations: Sequence[str],
    options: Options,
    barred: Collection[Target] = (),
) -> ClassGraph:
    """Lay the arcs of a class out between its places and contract what decides nothing.

    Parameters
    ----------
    base : Supernetwork
        Supernetwork of a state of the world that lasts.
    cargo : Cargo
        One consignment of the class.
    origins, destinations : sequence of str
        node_ids.
    options : Options
        Capital rate.
    barred : collection of (str, str)
        What the trade of these pairs may not use.

    Returns
    -------
    ClassGraph
        Arcs, their costs and the contracted graph.
    """
    n = base.n_states
    roots = {place: n + i for i, place in enumerate(origins)}
    goals = {place: n + len(roots) + i for i, place in enumerate(destinations)}
    places = [base.where[p] for p in (*roots, *goals)]
    state_node = np.append(base.state_node, places).astype(np.int32)
    rows = np.flatnonzero(_usable(base, cargo, places))
    ends = end_arcs(base, cargo, roots, goals)
    arcs = base.arcs.take(rows).joined(ends)
    row = np.append(rows, np.full(ends.n_arcs, -1)).astype(np.int32)
    view = _View(base, arcs, state_node)
    shut = np.zeros(arcs.n_arcs, np.bool_)
    for target in barred:
        shut |= arcs_using(view, target)
    if shut.any():
        arcs, row = arcs.take(np.flatnonzero(~shut)), row[~shut]
    book = DocumentBook(base, cargo)
    capital = cargo.value_usd * options.capital_rate / HOURS_PER_YEAR
    cost = _costs(arcs, cargo, book, capital)
    keep = np.zeros(len(state_node), np.bool_)
    keep[n:] = True
    stays = np.isin(arcs.kind, (Kind.SEA, Kind.BORDER, Kind.FERRY))
    keep[arcs.tail[stays]] = keep[arcs.head[stays]] = True
    tail, head, _, first, member = contract_chains(arcs.tail, arcs.head, cost, keep)
    return ClassGraph(
        base, cargo, arcs, row, cost, state_node, roots, goals, tail, head, first, member, book,
        max(cargo.value_of_time_usd_per_h - capital, 0.0), cargo.value_of_reliability_usd_per_h,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _View:
    """Arcs before they are a graph."""

    base: Supernetwork
    arcs: ArcTable
    state_node: NDArray[np.int32]


def _usable(base: Supernetwork, cargo: Cargo, places: list[int]) -> NDArray[np.bool_]:
    """Mark the arcs that the cargo can use: at sea those between its places and terminals."""
    arcs = base.arcs
    forms = np.array([f in cargo.units for f in FORMS])
    usable: NDArray[np.bool_] = forms[arcs.form] & forms[base.state_form[arcs.head]]
    tail, head = base.state_node[arcs.tail], base.state_node[arcs.head]
    met = np.zeros(len(base.nodes), np.bool_)
    met[places] = True
    met[tail[(arcs.kind == Kind.TRANSFER) & usable]] = True
    usable &= (arcs.kind != Kind.SEA) | (met[tail] & met[head])
    return usable


def _costs(arcs: ArcTable, cargo: Cargo, book: DocumentBook, capital: float) -> NDArray[np.float64]:
    units = np.array([cargo.units.get(f, 0.0) for f in FORMS])
    hours = arcs.hours.sum(axis=1)
    papers = np.zeros(arcs.n_arcs)
    carriage, transit = (book.charges[role][0] for role in ("carriage", "transit"))
    boards, enters = arcs.boards >= 0, arcs.enters >= 0
    papers[boards] += carriage[-1, arcs.boards[boards]]
    papers[enters] += transit[arcs.enters[enters], arcs.mode[enters]]
    usd = arcs.usd.sum(axis=1) * units[arcs.form] + papers + capital * hours
    return np.column_stack(
        (usd, hours, arcs.kgco2e_per_t * cargo.tonnes, arcs.variance.sum(axis=1))
    )
