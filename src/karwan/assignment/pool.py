"""The column pool: for every pair of places of every class, the ways it chooses from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.class_graph import HOURS, USD, ClassGraph, class_graph
from karwan.assignment.classes import PoolOptions, demand_groups
from karwan.assignment.place_arcs import place_arcs
from karwan.kernels.columns import gather_columns
from karwan.network import Network
from karwan.routing.arcs import Kind
from karwan.routing.calendar import day_state
from karwan.routing.consignment import Cargo
from karwan.routing.query import Options
from karwan.routing.supernetwork import build_supernetwork
from karwan.routing.trees import cheapest_trees

__all__ = ["OVERLAND", "ColumnPool", "Member", "add_bests", "column_pool", "gateways"]

OVERLAND = -1
SAME = 1e-9
"""A way cheaper by less than this share is no cheaper."""
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Member(NamedTuple):
    """One class of demand on its graph.

    Attributes
    ----------
    graph : ClassGraph
        Arcs.
    pairs : int[n]
        Rows of `ColumnPool.pairs`.
    starts, ends : int32[n]
        Row of the origin in the roots and of the destination in the goals of the graph.
    """

    graph: ClassGraph
    pairs: NDArray[np.intp]
    starts: Ints
    ends: Ints


@dataclass(frozen=True, eq=False)
class ColumnPool:
    """Columns of every pair of places of every class.

    Attributes
    ----------
    network : Network
        Where it comes from.
    pairs : polars.DataFrame
        One row a pair and class: demand_id, origin, destination, commodity, cargo_unit, kind,
        tonnes [t/year], tonnes of one consignment, its container equivalents [TEU], its value of
        time [USD/h], and consignments a year.
    members : tuple of Member
        Classes on their graphs.
    member : int32[n_pairs]
        Member of each pair.
    pair : int32[n_columns]
        Pair of each column; rises.
    first, arcs : int32
        ``arcs[first[i]:first[i + 1]]`` are the arcs of column i in the graph of its member.
    contracted : tuple of (int32[n_columns + 1], int32[n])
        The same in contracted arcs.
    """

    network: Network
    pairs: pl.DataFrame
    members: tuple[Member, ...]
    member: Ints
    pair: Ints
    first: Ints
    arcs: Ints
    contracted: tuple[Ints, Ints]

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.pair)

    @property
    def first_column(self) -> Ints:
        """Where the columns of each pair start."""
        return np.searchsorted(self.pair, np.arange(len(self.pairs) + 1)).astype(np.int32)

    def of_member(self, number: int) -> tuple[NDArray[np.intp], Ints, Ints]:
        """Return the columns of a member, and their arcs in the form of `first` and `arcs`."""
        pairs = self.members[number].pairs
        begin, end = np.searchsorted(self.pair, (pairs[0], pairs[-1] + 1))
        first = self.first[begin : end + 1]
        return np.arange(begin, end), first - first[0], self.arcs[first[0] : first[-1]]


def column_pool(
    network: Network,
    demand: pl.DataFrame,
    day: dt.date,
    options: Options | None = None,
    choice: PoolOptions | None = None,
) -> ColumnPool:
    """Make the ways that demand chooses from.

    Every pair of a class gets the ways of least generalised cost, money and time, the best way
    that no hard capacity limits, and the best way over each gateway, border crossing and ferry,
    up to a factor of the least cost.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    demand : polars.DataFrame
        Rows as in the table `demand`, of one year.
    day : datetime.date
        Date whose state of the world lasts.
    options : Options, optional
        Capital rate.
    choice : PoolOptions, optional
        How wide the choice is.

    Returns
    -------
    ColumnPool
        Columns; pairs that nothing joins have none.

    Raises
    ------
    InputError
        Unknown places or commodities, negative or unbounded tonnes, a class that no form can
        carry; all at once.
    """
    options, choice = options or Options(), choice or PoolOptions()
    rows: list[dict[str, Any]] = []
    members, numbers, found = [], [], []
    limited = _Limited(network)
    for cargo, some in demand_groups(network, demand, day, choice):
        members.append(_member(network, cargo, some, day, options, len(rows)))
        numbers += [len(members) - 1] * len(some)
        found.append(_columns(members[-1], choice, len(rows), limited(members[-1].graph)))
        rows += some
    schema = {
        "demand_id": pl.String, "origin": pl.String, "destination": pl.String,
        "commodity": pl.String, "cargo_unit": pl.String, "kind": pl.String,
        "tonnes": pl.Float64, "consignment_t": pl.Float64, "consignment_teu": pl.Float64,
        "value_of_time_usd_per_h": pl.Float64, "consignments": pl.Float64, "source_id": pl.String,
    }  # fmt: skip
    pairs = pl.DataFrame([{k: r[k] for k in schema} for r in rows], schema=schema)
    return _pool(network, pairs, tuple(members), np.array(numbers, np.int32), found)


def _pool(
    network: Network,
    pairs: pl.DataFrame,
    members: tuple[Member, ...],
    member: Ints,
    found: list[tuple[Ints, Ints, Ints]],
) -> ColumnPool:
    """Put the columns of all members, in contracted arcs, one below the other."""
    pair = np.concatenate([f[0] for f in found]) if found else np.zeros(0, np.int32)
    plain = [(f[1], f[2]) for f in found]
    wide = [m.graph.members(*f) for m, f in zip(members, plain, strict=True)]
    return ColumnPool(
        network, pairs, members, member, pair.astype(np.int32), *_stacked(wide), _stacked(plain)
    )


def _stacked(columns: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Put columns one below the other."""
    sizes = [np.diff(first) for first, _ in columns]
    size = np.concatenate(sizes) if sizes else np.zeros(0, np.int64)
    arcs = np.concatenate([a for _, a in columns]) if columns else np.zeros(0, np.int32)
    return np.concatenate(([0], np.cumsum(size))).astype(np.int32), arcs.astype(np.int32)


def _picked(first: Ints, arcs: Ints, columns: NDArray[np.intp]) -> tuple[Ints, Ints]:
    """Return some columns."""
    sizes = first[columns + 1] - first[columns]
    ends = np.concatenate(([0], np.cumsum(sizes)))
    rows = np.arange(ends[-1]) + np.repeat(first[columns] - ends[:-1], sizes)
    return ends.astype(np.int32), arcs[rows]


def _member(
    network: Network,
    cargo: Cargo,
    rows: list[dict[str, Any]],
    day: dt.date,
    options: Options,
    first_pair: int,
) -> Member:
    origins = list(dict.fromkeys(r["origin"] for r in rows))
    ends = list(dict.fromkeys(r["destination"] for r in rows))
    state = day_state(network, day, frozen=True)
    base = build_supernetwork(network, state, cargo.container_unit)
    graph = class_graph(base, cargo, origins, ends, options, rows[0]["barred"])
    root = {place: i for i, place in enumerate(origins)}
    goal = {place: i for i, place in enumerate(ends)}
    return Member(
        graph,
        first_pair + np.arange(len(rows)),
        np.array([root[r["origin"]] for r in rows], np.int32),
        np.array([goal[r["destination"]] for r in rows], np.int32),
    )


class _Limited:
    """Which arcs are at places whose capacity is hard."""

    def __init__(self, network: Network) -> None:
        self.table = network.table("capacities").filter("hard")
        self.known: dict[int, NDArray[np.bool_]] = {}

    def __call__(self, graph: ClassGraph) -> NDArray[np.bool_]:
        """Mark the contracted arcs of a graph."""
        base = graph.base
        if id(base) not in self.known:
            marks = np.zeros(base.arcs.n_arcs + 1, np.bool_)
            for mask in place_arcs(base, self.table):
                marks[:-1] |= mask
            self.known[id(base)] = marks
        return graph.summed(self.known[id(base)][graph.row].astype(np.float64)) > 0


def _columns(
    member: Member, choice: PoolOptions, first_pair: int, limited: NDArray[np.bool_]
) -> tuple[Ints, Ints, Ints]:
    """Gather the columns of one member: pairs, and contracted arcs."""
    graph = member.graph
    if len(graph.tail) == 0:
        return np.zeros(0, np.int32), np.zeros(1, np.int32), np.zeros(0, np.int32)
    money, hours = graph.summed(graph.cost[:, USD]), graph.summed(graph.cost[:, HOURS])
    cost = money + graph.rising * hours
    by_land = np.where(graph.at_sea, np.inf, cost)
    roots, goals = (np.array(list(e.values())) for e in (graph.roots, graph.goals))
    free = np.where(limited, np.inf, cost)
    plain = np.stack(
        [cheapest_trees(graph.ahead, weight, roots)[1] for weight in (cost, money, hours, free)]
    )
    is_export = _is_export(member)
    parts = []
    for export in (True, False):
        some = np.flatnonzero(is_export == export)
        if len(some) == 0:
            continue
        before = cheapest_trees(graph.ahead, by_land if export else cost, roots)
        after = cheapest_trees(graph.behind, cost if export else by_land, goals)
        pairs = np.column_stack((member.starts[some], member.ends[some], goals[member.ends[some]]))
        pair, first, arcs = gather_columns(
            pairs.astype(np.int32), plain, before, after, graph.tail, graph.head, cost,
            _doors(graph, export=export), choice.factor, choice.most,
        )  # fmt: skip
        parts.append((some[pair], first, arcs))
    pair = np.concatenate([p[0] for p in parts])
    stacked = _stacked([p[1:] for p in parts])
    order = np.argsort(pair, kind="stable")
    return (first_pair + pair[order]).astype(np.int32), *_picked(*stacked, order)


def _is_export(member: Member) -> NDArray[np.bool_]:
    """Mark pairs whose gateway is where they first meet the sea; others leave it there."""
    base = member.graph.base
    inland = np.array([bool(c["landlocked"]) for c in base.books.rows["countries"]])
    from_land, to_land = (
        np.array([inland[base.node_country[base.where[place]]] for place in ends], np.bool_)
        for ends in (member.graph.roots, member.graph.goals)
    )
    return np.asarray(from_land[member.starts] | ~to_land[member.ends], np.bool_)


def _doors(graph: ClassGraph, *, export: bool) -> tuple[Ints, Ints]:
    """Return the arcs at sea by gateway, those over borders by crossing, and ferries."""
    side = graph.tail if export else graph.head
    sea = np.where(graph.at_sea, graph.state_node[side], -1)
    arcs, doors, count = [], [], 0
    for of_arc in (sea, graph.crossing, graph.ferry):
        some = np.flatnonzero(of_arc >= 0)
        arcs.append(some)
        doors.append(of_arc[some] + count)
        count += int(of_arc.max(initial=-1)) + 1
    door = np.concatenate(doors)
    order = np.argsort(door, kind="stable")
    arc = np.concatenate(arcs)[order]
    starts = np.flatnonzero(np.diff(door[order], prepend=-1))
    return arc.astype(np.int32), np.append(starts, len(arc)).astype(np.int32)


def add_bests(pool: ColumnPool, added: list[Floats]) -> tuple[ColumnPool, int]:
    """Add the best way of every pair at added costs, where it is cheaper than its columns.

    Spread and documents of the ends do not enter, as in the trees that made the pool. A place
    that is quicker than when it was surveyed may take off more than an arc through it costs;
    the search takes such an arc as free.

    Parameters
    ----------
    pool : ColumnPool
        Columns so far.
    added : list of float64[n_arcs]
        For each member, what delays and prices add to the generalised cost of its arcs [USD].

    Returns
    -------
    pool : ColumnPool
        With the new columns.
    new : int
        How many there are.
    """
    found, new = [], 0
    for number, member in enumerate(pool.members):
        begin, end = np.searchsorted(pool.pair, (member.pairs[0], member.pairs[-1] + 1))
        own = np.arange(begin, end)
        have = pool.pair[own], *_picked(*pool.contracted, own)
        more = _cheaper(member, have, added[number]) if added[number].any() else None
        if more is None:
            found.append(have)
            continue
        new += len(more[0])
        stacked = _stacked([have[1:], more[1:]])
        pair = np.append(have[0], more[0])
        order = np.argsort(pair, kind="stable")
        found.append((pair[order].astype(np.int32), *_picked(*stacked, order)))
    if new == 0:
        return pool, 0
    return _pool(pool.network, pool.pairs, pool.members, pool.member, found), new


def _cheaper(
    member: Member, have: tuple[Ints, Ints, Ints], added: Floats
) -> tuple[Ints, Ints, Ints] | None:
    """Return the ways that are cheaper than all columns of their pair, None if there are none."""
    graph = member.graph
    if len(graph.tail) == 0:
        return None
    cost = graph.summed(graph.cost[:, USD] + graph.rising * graph.cost[:, HOURS] + added)
    cost = np.maximum(cost, 0.0)
    roots, goals = (np.array(list(e.values())) for e in (graph.roots, graph.goals))
    label, tree = cheapest_trees(graph.ahead, cost, roots)
    least = np.full(len(member.pairs), np.inf)
    if len(have[0]):
        of_column = np.add.reduceat(cost[have[2]], have[1][:-1])
        np.minimum.at(least, have[0] - member.pairs[0], of_column)
    some = np.flatnonzero(label[member.starts, goals[member.ends]] < (1 - SAME) * least)
    if len(some) == 0:
        return None
    blank = np.full((max(len(roots), len(goals)), graph.n_states), np.inf)
    trees = blank, np.full(blank.shape, -1, np.int32)
    pairs = np.column_stack((member.starts, member.ends, goals[member.ends]))[some]
    nothing = np.zeros(0, np.int32), np.zeros(1, np.int32)
    pair, first, arcs = gather_columns(
        pairs.astype(np.int32), tree[None], trees, trees, graph.tail, graph.head, cost, nothing,
        1.0, 0,
    )  # fmt: skip
    return member.pairs[some[pair]].astype(np.int32), first, arcs


def gateways(pool: ColumnPool, number: int, first: Ints, arcs: Ints) -> Ints:
    """Return the gateway of each column of a member by node index, OVERLAND if it has none."""
    member = pool.members[number]
    graph, found = member.graph, np.full(len(first) - 1, OVERLAND, np.int32)
    at_sea = np.flatnonzero(graph.arcs.kind[arcs] == Kind.SEA)
    column = np.searchsorted(first, at_sea, side="right") - 1
    export = dict(zip(member.pairs.tolist(), _is_export(member).tolist(), strict=True))
    columns = pool.of_member(number)[0]
    is_export = np.array([export[p] for p in pool.pair[columns].tolist()], np.bool_)
    tail, head = (graph.state_node[e[arcs[at_sea]]] for e in (graph.arcs.tail, graph.arcs.head))
    out = is_export[column]
    found[column[~out]] = head[~out]
    found[column[out][::-1]] = tail[out][::-1]
    return found
