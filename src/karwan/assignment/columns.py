"""What the columns of a pool cost, where they go, and what they pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karwan.assignment.pool import OVERLAND, ColumnPool, Member, gateways
from karwan.kernels.columns import path_size
from karwan.routing.arcs import FORMS, REFERENCES

__all__ = ["Columns", "columns_of", "corridor_index"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


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
    corridor : int32[n]
        Row of `corridors` that holds most of its kilometres on land, -1 if none holds any.
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
    corridor: Ints
    cost_grade: Floats
    time_grade: Floats


def columns_of(pool: ColumnPool) -> Columns:
    """Add up what every column costs.

    Documents of the origin and the destination are added and those of transit through the
    country of destination taken off, so that totals are those of a plan.

    Parameters
    ----------
    pool : ColumnPool
        Columns.

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
    share = corridor_index(pool)
    for number, member in enumerate(pool.members):
        own, first, arcs = pool.of_member(number)
        if len(own) == 0:
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
        corridor[own] = _corridors(member, share, first, arcs)
    return Columns(*totals.T, generalised, size, gateway, corridor, grades[:, :3], grades[:, 3:])


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
    for k, (values, grade) in enumerate(zip(parts, (arcs.cost_grade, arcs.time_grade), strict=True)):
        for g in range(3):
            found[:, 3 * k + g] = np.where(grade == g, values, 0.0).sum(axis=1)
    return found


def corridor_index(pool: ColumnPool) -> dict[int, list[int]]:
    """Return the corridors of each link, by row of `corridors` and of `links`."""
    network = pool.network
    corridor = {c: i for i, c in enumerate(network.table("corridors")["corridor_id"])}
    link = {name: i for i, name in enumerate(network.table("links")["link_id"])}
    held: dict[int, list[int]] = {}
    for name, of in network.table("corridor_links").select("link_id", "corridor_id").iter_rows():
        held.setdefault(link[name], []).append(corridor[of])
    return held


def _corridors(member: Member, held: dict[int, list[int]], first: Ints, arcs: Ints) -> Ints:
    """Return the corridor that holds most kilometres of each column, -1 where none does."""
    table = member.graph.arcs
    n = 1 + max((c for some in held.values() for c in some), default=0)
    km = np.zeros((table.n_arcs, n))
    link = table.reference[:, REFERENCES.index("links")]
    for a in np.flatnonzero(link >= 0).tolist():
        for c in held.get(int(link[a]), ()):
            km[a, c] = table.distance_km[a]
    total = np.add.reduceat(km[arcs], first[:-1], axis=0)
    return np.where(total.max(axis=1) > 0, total.argmax(axis=1), -1).astype(np.int32)

