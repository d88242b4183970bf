"""Tables of an equilibrium: what flows over links, crossings, gateways, terminals and services."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from karwan.assignment.columns import Columns
from karwan.assignment.places import Places
from karwan.assignment.pool import ColumnPool
from karwan.assignment.stochastic import Equilibrium
from karwan.network import Network
from karwan.routing.arcs import FORMS, REFERENCES, Kind
from karwan.routing.calendar import Target
from karwan.routing.uses import arcs_using

__all__ = [
    "DIRECTIONS",
    "NO_CORRIDOR",
    "OVERLAND_NAME",
    "arc_flows",
    "columns_using",
    "country_revenue",
    "direction_of",
    "flow_table",
    "thing_flows",
]

Floats = NDArray[np.float64]
DIRECTIONS = ("export", "import", "regional", "transit", "diversion")
"""Trade out of landlocked countries, into them, among them, and traffic of others."""
OVERLAND_NAME, NO_CORRIDOR = "overland", "none"


def direction_of(network: Network, pairs: pl.DataFrame) -> NDArray[np.int32]:
    """Return the direction of each pair, as an index of DIRECTIONS."""
    inland = set(network.table("countries").filter("landlocked")["country"].to_list())
    country = dict(network.table("nodes").select("node_id", "country").iter_rows())
    found = []
    for origin, destination, kind in pairs.select("origin", "destination", "kind").iter_rows():
        ends = country[origin] in inland, country[destination] in inland
        own = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[ends]
        found.append(DIRECTIONS.index(kind) if kind in DIRECTIONS else own)
    return np.array(found, np.int32).reshape(-1)


def arc_flows(
    pool: ColumnPool, per_column: Floats
) -> Iterator[tuple[int, NDArray[np.intp], Floats]]:
    """Yield for each member the arcs that carry something and what they carry.

    Parameters
    ----------
    pool : ColumnPool
        Columns.
    per_column : float64[n_columns, k]
        What flows on each column.

    Yields
    ------
    (int, int[m], float64[m, k])
        Member, arcs of its graph, and flow on them.
    """
    for number, member in enumerate(pool.members):
        own, first, arcs = pool.of_member(number)
        if len(own) == 0:
            continue
        shape = (len(own), member.graph.arcs.n_arcs)
        incidence = csr_matrix((np.ones(len(arcs)), arcs, first), shape=shape)
        flow = np.asarray(incidence.T @ per_column[own])
        some = np.flatnonzero(flow.any(axis=1))
        yield number, some, flow[some]


def thing_flows(network: Network, pool: ColumnPool, found: Equilibrium) -> pl.DataFrame:
    """Return what flows over everything, by direction and commodity.

    Parameters
    ----------
    network : Network
        Names of things.
    pool : ColumnPool
        Columns.
    found : Equilibrium
        Flows.

    Returns
    -------
    polars.DataFrame
        kind (link, crossing, terminal, service), id, way (the direction of a link: 1 as it
        stands in `links`, -1 against it; 0 of other things), direction, commodity, mode, tonnes
        and teu [t/year, TEU/year]. Terminals count handlings.
    """
    direction = direction_of(network, pool.pairs)
    parts = []
    for number, arcs, flow in arc_flows(pool, _by_direction(pool, found, direction)):
        graph = pool.members[number].graph
        commodity = graph.cargo.commodity
        for kind, ids, way in _things(network, pool, number, arcs):
            known = np.flatnonzero(ids >= 0)
            key = np.column_stack((ids[known], way[known], graph.arcs.mode[arcs[known]]))
            if len(known) == 0:
                continue
            unique, at = np.unique(key, axis=0, return_inverse=True)
            total = np.zeros((len(unique), flow.shape[1]))
            np.add.at(total, at.ravel(), flow[known])
            parts.append(_frame(network, kind, unique, total, commodity))
    schema = {
        "kind": pl.String, "id": pl.String, "way": pl.Int64, "mode": pl.String,
        "direction": pl.String, "commodity": pl.String, "tonnes": pl.Float64, "teu": pl.Float64,
    }  # fmt: skip
    if not parts:
        return pl.DataFrame(schema=schema)
    keys = [name for name in schema if name not in {"tonnes", "teu"}]
    stacked = pl.concat(parts).select(*schema)
    return stacked.group_by(keys, maintain_order=True).agg(pl.col("tonnes", "teu").sum()).sort(keys)


def _by_direction(pool: ColumnPool, found: Equilibrium, direction: NDArray[np.int32]) -> Floats:
    """Return tonnes and container equivalents of each column, one pair of columns a direction."""
    n, k = pool.n_columns, len(DIRECTIONS)
    weight = pool.pairs.select("consignment_t", "consignment_teu").to_numpy()[pool.pair]
    flow = np.zeros((n, 2 * k))
    rows, at = np.arange(n), direction[pool.pair]
    flow[rows, at] = found.flow * weight[:, 0]
    flow[rows, k + at] = found.flow * weight[:, 1]
    return flow


def _things(
    network: Network, pool: ColumnPool, number: int, arcs: NDArray[np.intp]
) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield kinds of things with the thing of each arc, -1 if none, and its way."""
    graph = pool.members[number].graph
    table = graph.arcs
    reference = table.reference[arcs].astype(np.int64)
    nothing = np.zeros(len(arcs), np.int64)
    link = reference[:, REFERENCES.index("links")]
    starts = np.array([graph.base.where[n] for n in network.table("links")["from_node"]], np.int64)
    along = graph.state_node[table.tail[arcs]] == starts[np.maximum(link, 0)]
    yield "link", link, np.where(along, 1, -1)
    yield "crossing", reference[:, REFERENCES.index("crossing")], nothing
    handles = np.isin(table.kind[arcs], (Kind.TRANSFER, Kind.GAUGE))
    yield "terminal", np.where(handles, graph.state_node[table.tail[arcs]], -1), nothing
    yield "service", reference[:, REFERENCES.index("services")], nothing


def _frame(
    network: Network, kind: str, unique: NDArray[np.int64], total: Floats, commodity: str
) -> pl.DataFrame:
    table, column = {
        "link": ("links", "link_id"),
        "crossing": ("border_crossings", "crossing_id"),
        "terminal": ("nodes", "node_id"),
        "service": ("services", "service_id"),
    }[kind]
    names, modes = network.table(table)[column].to_list(), network.table("modes")["mode"].to_list()
    k = len(DIRECTIONS)
    n = len(unique)
    return pl.DataFrame(
        {
            "kind": [kind] * (n * k),
            "id": [names[i] for i in unique[:, 0].tolist() for _ in range(k)],
            "way": np.repeat(unique[:, 1], k),
            "mode": [modes[i] for i in unique[:, 2].tolist() for _ in range(k)],
            "direction": list(DIRECTIONS) * n,
            "commodity": [commodity] * (n * k),
            "tonnes": total[:, :k].ravel(),
            "teu": total[:, k:].ravel(),
        }
    ).filter(pl.col("tonnes") > 0)


def flow_table(
    network: Network, pool: ColumnPool, columns: Columns, places: Places, found: Equilibrium
) -> pl.DataFrame:
    """Return one row a column with flow: its pair, what it carries, costs, and where it goes.

    Parameters
    ----------
    network : Network
        Names.
    pool : ColumnPool
        Columns.
    columns : Columns
        What they cost.
    places : Places
        What they pass.
    found : Equilibrium
        Flows.

    Returns
    -------
    polars.DataFrame
        demand_id, origin, destination, direction, commodity, cargo_unit, gateway, corridor,
        share, tonnes, teu, and cost [USD], time [h] and emissions [kg] of one consignment as
        the equilibrium has them (delays included, shadow prices apart).
    """
    pairs, pair = pool.pairs, pool.pair
    nodes = [*network.table("nodes")["node_id"].to_list(), OVERLAND_NAME]
    corridors = [*network.table("corridors")["corridor_id"].to_list(), NO_CORRIDOR]
    direction = direction_of(network, pairs)
    weight = pairs.select("consignment_t", "consignment_teu").to_numpy()[pair]
    delay, price = extra_on(pool, places, found)
    of_pair = pairs.select("demand_id", "origin", "destination", "commodity", "cargo_unit")[pair]
    own = pl.DataFrame(
        {
            "direction": [DIRECTIONS[i] for i in direction[pair].tolist()],
            "gateway": [nodes[i] for i in columns.gateway.tolist()],
            "corridor": [corridors[i] for i in columns.corridor.tolist()],
            "share": found.share,
            "tonnes": found.flow * weight[:, 0],
            "teu": found.flow * weight[:, 1],
            "consignments": found.flow,
            "cost_usd": columns.usd,
            "shadow_usd": price,
            "time_h": columns.hours + delay,
            "co2_kg": columns.kgco2e,
            "generalised_cost_usd": columns.generalised,
        },
        schema_overrides=dict.fromkeys(("direction", "gateway", "corridor"), pl.String),
    )
    return pl.concat([of_pair, own], how="horizontal")


def extra_on(pool: ColumnPool, places: Places, found: Equilibrium) -> tuple[Floats, Floats]:
    """Return delays [h] and shadow prices [USD per consignment] on each column."""
    place, size = places.place, np.diff(places.first)
    column = np.repeat(np.arange(pool.n_columns), size)
    teu = pool.pairs["consignment_teu"].to_numpy()[pool.pair]
    delay, price = np.zeros(pool.n_columns), np.zeros(pool.n_columns)
    np.add.at(delay, column, found.delay[place])
    np.add.at(price, column, found.price[place])
    return delay, price * teu


def columns_using(pool: ColumnPool, target: Target) -> NDArray[np.bool_]:
    """Mark the columns that use a thing: node, link, crossing, passage, country or operator."""
    used = np.zeros(pool.n_columns, np.bool_)
    for number, member in enumerate(pool.members):
        own, first, arcs = pool.of_member(number)
        if len(own):
            mask = arcs_using(member.graph, target)
            used[own] = np.logical_or.reduceat(mask[arcs], first[:-1])
    return used


def country_revenue(network: Network, pool: ColumnPool, found: Equilibrium) -> dict[str, float]:
    """Return the charges paid in each country [USD/year]: haulage, handling, borders and ports.

    Charges at sea belong to no country and are left out, as are documents and capital.
    """
    names = network.table("countries")["country"].to_list()
    total = np.zeros(len(names))
    for number, arcs, flow in arc_flows(pool, found.flow[:, None]):
        graph = pool.members[number].graph
        table, cargo = graph.arcs, graph.cargo
        units = np.array([cargo.units.get(f, 0.0) for f in FORMS])[table.form[arcs]]
        usd = table.usd[arcs].sum(axis=1) * units * flow[:, 0]
        ashore = table.country[arcs] >= 0
        np.add.at(total, table.country[arcs][ashore], usd[ashore])
    return {name: float(value) for name, value in zip(names, total, strict=True) if value > 0}
