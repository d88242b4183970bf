"""Where an assignment flows on the map: links by corridor, legs at sea, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.assignment.flows import NO_CORRIDOR, arc_flows
from karwan.routing.arcs import REFERENCES, Kind
from karwan.routing.lines import Line, arc_line
from karwan.routing.uses import sources_behind
from karwan.studies.flows import Flows

__all__ = ["SeaLeg", "flow_sources", "link_flows", "sea_legs"]

MOST_LEGS = 60


@dataclass(frozen=True)
class SeaLeg:
    """What sails between two ports, both ways together.

    Attributes
    ----------
    ports : (str, str)
        node_id of the two ports, in order of the alphabet.
    teu : float
        Flow [TEU/year].
    line_deg : list of (float, float)
        Longitude and latitude of the way [deg].
    """

    ports: tuple[str, str]
    teu: float
    line_deg: Line


def link_flows(flows: Flows) -> pl.DataFrame:
    """Return what each link carries, both ways together, and for which corridor most of it.

    Parameters
    ----------
    flows : Flows
        Assignment.

    Returns
    -------
    polars.DataFrame
        link_id, mode, tonnes and teu [t/year, TEU/year], corridor of most TEU (`none` where
        that is traffic of no named corridor) and its share of the TEU; largest first.
    """
    pool = flows.pool
    corridors = [*pool.network.table("corridors")["corridor_id"].to_list(), NO_CORRIDOR]
    links = pool.network.table("links").select("link_id", "mode")
    total = np.zeros((len(links), len(corridors) + 1))
    column = REFERENCES.index("links")
    for number, arcs, flow in arc_flows(pool, _by_corridor(flows, len(corridors))):
        link = pool.members[number].graph.arcs.reference[arcs, column]
        known = np.flatnonzero(link >= 0)
        np.add.at(total, link[known], flow[known])
    teu, tonnes = total[:, :-1], total[:, -1]
    most, of = teu.max(axis=1, initial=0.0), teu.argmax(axis=1)
    return (
        links.with_columns(
            pl.Series("tonnes", tonnes),
            pl.Series("teu", teu.sum(axis=1)),
            pl.Series("corridor", [corridors[i] for i in of.tolist()], pl.String),
            pl.Series("corridor_share", most / np.maximum(teu.sum(axis=1), 1e-300)),
        )
        .filter(pl.col("teu") > 0)
        .sort("teu", "link_id", descending=[True, False])
    )


def _by_corridor(flows: Flows, n_corridors: int) -> NDArray[np.float64]:
    """Return TEU of each column in the row of its corridor, and its tonnes last."""
    corridor = flows.columns.corridor % n_corridors  # -1, no corridor, comes last
    found = np.zeros((flows.pool.n_columns, n_corridors + 1))
    found[np.arange(len(found)), corridor] = flows.itineraries["teu"].to_numpy()
    found[:, -1] = flows.itineraries["tonnes"].to_numpy()
    return found


def sea_legs(flows: Flows, most: int = MOST_LEGS) -> list[SeaLeg]:
    """Return what sails between ports.

    Parameters
    ----------
    flows : Flows
        Assignment.
    most : int
        Legs that are returned at most.

    Returns
    -------
    list of SeaLeg
        The largest first.
    """
    pool = flows.pool
    nodes = pool.network.table("nodes")["node_id"].to_list()
    teu: dict[tuple[str, str], float] = {}
    where: dict[tuple[str, str], tuple[int, int]] = {}
    for number, arcs, flow in arc_flows(pool, flows.itineraries["teu"].to_numpy()[:, None]):
        graph = pool.members[number].graph
        wet = np.flatnonzero(graph.arcs.kind[arcs] == Kind.SEA)
        for arc, amount in zip(arcs[wet].tolist(), flow[wet, 0].tolist(), strict=True):
            ends = (graph.state_node[s[arc]] for s in (graph.arcs.tail, graph.arcs.head))
            a, b = sorted(nodes[end] for end in ends)
            teu[a, b] = teu.get((a, b), 0.0) + amount
            where.setdefault((a, b), (number, arc))
    largest = sorted(teu, key=lambda ports: (-teu[ports], ports))[:most]
    return [
        SeaLeg(ports, teu[ports], arc_line(pool.members[number].graph, arc))
        for ports in largest
        for number, arc in [where[ports]]
    ]


def flow_sources(flows: Flows) -> pl.DataFrame:
    """Return the sources of every row that the flows rest on.

    Parameters
    ----------
    flows : Flows
        Assignment.

    Returns
    -------
    polars.DataFrame
        Rows of the table `sources`: of demand, capacities, corridors, goods, how demand chooses,
        and of every row behind an arc with flow.
    """
    pool = flows.pool
    network = pool.network
    used = set(pool.pairs["source_id"].to_list())
    for table in ("capacities", "choice_parameters", "corridors"):
        used |= set(network.table(table)["source_id"].to_list())
    for number, arcs, _ in arc_flows(pool, flows.itineraries["teu"].to_numpy()[:, None]):
        graph = pool.members[number].graph
        used |= sources_behind(graph, arcs) | set(graph.cargo.sources)
    sources = network.table("sources")
    return sources.filter(pl.col("source_id").is_in(sorted(used)))
