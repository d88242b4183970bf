"""What the columns of a pool cost, where they go, and what they pass."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from karwan.assignment.pool import OVERLAND, ColumnPool, Member, gateways
from karwan.kernels.columns import path_size
from karwan.network import Network
from karwan.routing.arcs import FORMS, REFERENCES
from karwan.routing.uses import base_arcs_using

__all__ = ["Columns", "columns_of"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Columns:
    """Totals of one consignment on every column of a pool.

    Attributes
    ----------
    usd, hours, kgco2e, variance : float64[n]
        Money with documents and capital [USD], mean time [h], emissions [kg], variance of
        time [h2].
    generalised : float64[n]
        Generalised cost [USD].
    path_size : float64[n]
        Path size within the pair.
    gateway : int32[n]
        Node index of the gateway, OVERLAND if there is none.
    corridors : bool[n, n_corridors]
        Whether the column belongs to each corridor.
    corridor : int32[n]
        Of these the one it has most kilometres on, -1 if none.
    cost_grade, time_grade : float64[n, 3]
        Money and hours that rest on grades A, B and C.
    """

    usd: Floats
    hours: Floats
    kgco2e: Floats
    variance: Floats
    generalised: Floats
    path_size: Floats
    gateway: Ints
    corridors: NDArray[np.bool_]
    corridor: Ints
    cost_grade: Floats
    time_grade: Floats


def columns_of(pool: ColumnPool, earlier: tuple[ColumnPool, Columns] | None = None) -> Columns:
    """Add up what every column costs.

    Documents of the origin and the destination are added and those of transit through the
    country of destination taken off, so that totals are those of a plan.

    Parameters
    ----------
    pool : ColumnPool
        Columns.
    earlier : (ColumnPool, Columns), optional
        A pool that this one was made from by adding columns, and its totals: classes without
        new columns keep them.

    Returns
    -------
    Columns
        Totals.
    """
    n = pool.n_columns
    totals, size = np.zeros((n, 4)), np.ones(n)
    grades = np.zeros((n, 6))
    generalised = np.zeros(n)
    gateway, corridor = np.full(n, OVERLAND, np.int32), np.full(n, -1, np.int32)
    of_corridors = _Corridors(pool.network)
    corridors = np.zeros((n, len(of_corridors.asked)), np.bool_)
    kept = _unchanged(pool, earlier[0]) if earlier else {}
    for number, member in enumerate(pool.members):
        own, first, arcs = pool.of_member(number)
        if len(own) == 0 or number in kept:
            continue
        graph = member.graph
        found = np.add.reduceat(graph.cost[arcs], first[:-1], axis=0)
        found[:, 0] += _papers(pool, member, own, first, arcs)
        totals[own] = found
        usd, hours, _, variance = found.T
        generalised[own] = usd + graph.rising * hours + graph.steady * np.sqrt(variance)
        grades[own] = np.add.reduceat(_by_grade(member)[arcs], first[:-1], axis=0)
        length = graph.cost[:, 0] + graph.rising * graph.cost[:, 1]
        starts = np.searchsorted(pool.pair[own], np.append(member.pairs, member.pairs[-1] + 1))
        size[own] = path_size(starts.astype(np.int32), first, arcs, length, graph.arcs.n_arcs)
        gateway[own] = gateways(pool, number, first, arcs)
        corridors[own], corridor[own] = of_corridors.of(member, first, arcs)
    usd, hours, kg, variance = totals.T
    made = Columns(
        usd,
        hours,
        kg,
        variance,
        generalised,
        size,
        gateway,
        corridors,
        corridor,
        grades[:, :3],
        grades[:, 3:],
    )
    if earlier:
        for part in fields(Columns):
            mine, theirs = getattr(made, part.name), getattr(earlier[1], part.name)
            for rows, rows_before in kept.values():
                mine[rows] = theirs[rows_before]
    return made


def _unchanged(
    pool: ColumnPool, earlier: ColumnPool
) -> dict[int, tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return by member where its columns are and were, if none was added."""
    found = {}
    for number in range(len(pool.members)):
        now, was = pool.of_member(number)[0], earlier.of_member(number)[0]
        if len(now) == len(was):
            found[number] = now, was
    return found


def _papers(
    pool: ColumnPool, member: Member, own: NDArray[np.intp], first: Ints, arcs: Ints
) -> Floats:
    """Return the charges for documents that the arcs of a class do not hold [USD]."""
    graph, base = member.graph, member.graph.base
    origin, transit, destination = (
        graph.book.charges[role][0] for role in ("origin", "transit", "destination")
    )
    roots, goals = (
        np.array([base.node_country[base.where[place]] for place in ends])
        for ends in (graph.roots, graph.goals)
    )
    local = pool.pair[own] - member.pairs[0]
    start, end = roots[member.starts[local]], goals[member.ends[local]]
    mode = graph.arcs.mode
    usd = origin[start, mode[arcs[first[:-1]]]]
    usd = usd + np.where(start != end, destination[end, mode[arcs[first[1:] - 1]]], 0.0)
    enters = graph.arcs.enters[arcs]
    column = np.repeat(np.arange(len(own)), np.diff(first))
    home = np.flatnonzero(enters == end[column])
    np.subtract.at(usd, column[home], transit[enters[home], mode[arcs[home]]])
    return np.asarray(usd, np.float64)


def _by_grade(member: Member) -> Floats:
    """Return money and hours of each arc by the grade they rest on."""
    arcs, cargo = member.graph.arcs, member.graph.cargo
    units = np.array([cargo.units.get(f, 0.0) for f in FORMS])
    parts = [arcs.usd * units[arcs.form][:, None], arcs.hours]
    found = np.zeros((arcs.n_arcs, 6))
    for k, (values, grade) in enumerate(
        zip(parts, (arcs.cost_grade, arcs.time_grade), strict=True)
    ):
        for g in range(3):
            found[:, 3 * k + g] = np.where(grade == g, values, 0.0).sum(axis=1)
    return found


class _Corridors:
    """Which corridor a column belongs to."""

    def __init__(self, network: Network) -> None:
        table = network.table("corridors")
        row = {c: i for i, c in enumerate(table["corridor_id"])}
        link = {name: i for i, name in enumerate(network.table("links")["link_id"])}
        self.holds = np.zeros((len(link) + 1, len(row)), np.bool_)
        held = network.table("corridor_links").select("link_id", "corridor_id")
        for name, of in held.iter_rows():
            self.holds[link[name], row[of]] = True
        self.asked = [
            [tuple(t.split(":", 1)) for t in (p or "").split("|") if t] for p in table["passes"]
        ]
        self.known: dict[int, NDArray[np.bool_]] = {}

    def _passed(self, member: Member) -> NDArray[np.bool_]:
        """Mark the arcs of a member that are a thing of each corridor."""
        base = member.graph.base
        if id(base) not in self.known:
            marks = np.zeros((base.arcs.n_arcs + 1, len(self.asked)), np.bool_)
            for i, targets in enumerate(self.asked):
                for kind, name in targets:
                    marks[:-1, i] |= base_arcs_using(base, (kind, name))
            self.known[id(base)] = marks
        return self.known[id(base)][member.graph.row]

    def of(self, member: Member, first: Ints, arcs: Ints) -> tuple[NDArray[np.bool_], Ints]:
        """Return the corridors of each column, and the one with most kilometres, -1 if none."""
        if not self.asked:
            return np.zeros((len(first) - 1, 0), np.bool_), np.full(len(first) - 1, -1, np.int32)
        table = member.graph.arcs
        link = table.reference[:, REFERENCES.index("links")]
        km = np.where(link >= 0, table.distance_km, 0.0)
        on = np.add.reduceat((self.holds[link] * km[:, None])[arcs], first[:-1], axis=0)
        ashore = np.add.reduceat(km[arcs], first[:-1])
        passed = np.logical_or.reduceat(self._passed(member)[arcs], first[:-1], axis=0)
        free = np.array([not targets for targets in self.asked])
        fits = np.where(free, on >= HALF * ashore[:, None], passed)
        rank = np.where(fits, on + 1.0, 0.0)
        return fits, np.where(fits.any(axis=1), rank.argmax(axis=1), -1).astype(np.int32)
