"""The sea: port-to-port distances and routes, with straits and canals that can be shut.

The graph is undirected. A link that belongs to a passage (Hormuz, Suez, ...) vanishes when the
passage is shut; a passage that is not for sea-going ships is always shut. Nothing is cached here:
the caller keeps what it needs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

__all__ = ["SeaGraph", "SeaPath", "open_links", "port_index", "sea_graph", "sea_path"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

OPEN_SEA = -1
"""Passage code of a link that belongs to no passage."""

LINE_STEP_DEG = 2.7
"""Longest step of a drawn line, as an angle at the centre of the earth [deg]; about 300 km."""


@dataclass(frozen=True)
class SeaGraph:
    """Waypoints of the sea and the links between them.

    Attributes
    ----------
    lon_deg, lat_deg : float64[n_points]
        Position of each waypoint [deg, WGS 84].
    ports : dict of str to int
        Waypoint of each port, by node id.
    tail, head : int32[n_links]
        Ends of each link; a link is sailed both ways.
    distance_km : float64[n_links]
        Length of each link [km], > 0.
    passage : int32[n_links]
        Index into ``passage_ids``, or ``OPEN_SEA``.
    passage_ids : tuple of str
        Identifiers of the passages.
    always_shut : frozenset of str
        Passages that no sea-going ship may use.
    """

    lon_deg: FloatArray
    lat_deg: FloatArray
    ports: dict[str, int]
    tail: IntArray
    head: IntArray
    distance_km: FloatArray
    passage: IntArray
    passage_ids: tuple[str, ...]
    always_shut: frozenset[str]


@dataclass(frozen=True)
class SeaPath:
    """A shortest way over the sea.

    Attributes
    ----------
    distance_km : float
        Length [km]; ``inf`` if the ports are not joined.
    passages : tuple of str
        Passages in the order sailed.
    line_deg : list of (lon, lat)
        Points of the way [deg], at most about 300 km apart; empty if there is no way.
    """

    distance_km: float
    passages: tuple[str, ...]
    line_deg: list[tuple[float, float]]


def sea_graph(sea_nodes: pl.DataFrame, sea_links: pl.DataFrame, passages: pl.DataFrame) -> SeaGraph:
    """Build the sea graph from its three tables.

    Parameters
    ----------
    sea_nodes : pl.DataFrame
        Columns ``sea_node, lon_deg, lat_deg, node_id``; one row per waypoint, in any order.
    sea_links : pl.DataFrame
        Columns ``from_sea_node, to_sea_node, distance_km, passage``; one row per undirected link.
    passages : pl.DataFrame
        Columns ``passage, sea_going``.

    Returns
    -------
    SeaGraph

    Raises
    ------
    ValueError
        If a link names an unknown waypoint or passage, or is not longer than 0 km.
    """
    points = sea_nodes.sort("sea_node")
    number = {sea_node: i for i, sea_node in enumerate(points["sea_node"].to_list())}
    ids = tuple(sorted(passages["passage"].to_list()))
    code: dict[str | None, int] = {name: i for i, name in enumerate(ids)}
    code[None] = OPEN_SEA
    try:
        tail = np.array([number[n] for n in sea_links["from_sea_node"].to_list()], dtype=np.int32)
        head = np.array([number[n] for n in sea_links["to_sea_node"].to_list()], dtype=np.int32)
        passage = np.array([code[p] for p in sea_links["passage"].to_list()], dtype=np.int32)
    except KeyError as missing:
        message = f"sea_links names {missing.args[0]!r}, which is in neither sea_nodes nor passages"
        raise ValueError(message) from missing
    distance_km = sea_links["distance_km"].to_numpy().astype(np.float64)
    if not (distance_km > 0).all():
        message = "every sea link must be longer than 0 km"
        raise ValueError(message)
    ports = {name: i for i, name in enumerate(points["node_id"].to_list()) if name is not None}
    closed = frozenset(passages.filter(~pl.col("sea_going"))["passage"].to_list())
    lon, lat = (points[c].to_numpy().astype(np.float64) for c in ("lon_deg", "lat_deg"))
    return SeaGraph(lon, lat, ports, tail, head, distance_km, passage, ids, closed)


def sea_path(
    graph: SeaGraph, from_port: str, to_port: str, shut: Collection[str] = frozenset()
) -> SeaPath:
    """Return the shortest way between two ports.

    Parameters
    ----------
    graph : SeaGraph
        The sea.
    from_port, to_port : str
        Node ids of the ports.
    shut : collection of str
        Passages that are shut, besides those that are always shut.

    Returns
    -------
    SeaPath
        Its distance is ``inf`` and its line empty where no way is open.

    Raises
    ------
    ValueError
        If a port or a passage is unknown.
    """
    origin, goal = port_index(graph, from_port), port_index(graph, to_port)
    links = open_links(graph, shut)
    reached, before = dijkstra(
        _matrix(graph, links), directed=True, indices=origin, return_predecessors=True
    )
    if not np.isfinite(reached[goal]):
        return SeaPath(float("inf"), (), [])
    route = [goal]
    while route[-1] != origin:
        route.append(int(before[route[-1]]))
    route.reverse()
    line = _great_circles(graph.lon_deg[route], graph.lat_deg[route])
    return SeaPath(float(reached[goal]), _passages(graph, links, route), line)


def port_index(graph: SeaGraph, node_id: str) -> int:
    """Return the waypoint of a port."""
    if node_id not in graph.ports:
        known = ", ".join(sorted(graph.ports))
        message = f"{node_id!r} is no port of the sea graph; known ports: {known}"
        raise ValueError(message)
    return graph.ports[node_id]


def open_links(graph: SeaGraph, shut: Collection[str]) -> npt.NDArray[np.int64]:
    """Return the links that may be sailed, the shortest of parallel links last."""
    unknown = sorted(set(shut) - set(graph.passage_ids))
    if unknown:
        message = (
            f"unknown passage: {', '.join(unknown)}; known passages: {', '.join(graph.passage_ids)}"
        )
        raise ValueError(message)
    closed = [
        i for i, name in enumerate(graph.passage_ids) if name in shut or name in graph.always_shut
    ]
    usable = np.flatnonzero(~np.isin(graph.passage, np.array(closed, dtype=np.int32)))
    return usable[np.argsort(-graph.distance_km[usable], kind="stable")].astype(np.int64)


def _matrix(graph: SeaGraph, links: npt.NDArray[np.int64]) -> csr_array:
    """Return the symmetric distance matrix of links; of parallel ones the shortest counts."""
    tail = np.concatenate([graph.tail[links], graph.head[links]]).astype(np.int64)
    head = np.concatenate([graph.head[links], graph.tail[links]]).astype(np.int64)
    length = np.tile(graph.distance_km[links], 2)
    size = graph.lon_deg.size
    order = np.lexsort((length, tail * size + head))
    key = (tail * size + head)[order]
    first = order[np.r_[True, key[1:] != key[:-1]]] if key.size else order
    return csr_array((length[first], (tail[first], head[first])), shape=(size, size))


def _passages(graph: SeaGraph, links: npt.NDArray[np.int64], route: list[int]) -> tuple[str, ...]:
    """Return the passages along a route, each stretch once."""
    size = graph.lon_deg.size
    a, b = (np.array(ends, np.int64) for ends in (route[:-1], route[1:]))
    steps = {key: k for k, key in enumerate((np.minimum(a, b) * size + np.maximum(a, b)).tolist())}
    low, high = (
        least(graph.tail[links], graph.head[links]).astype(np.int64)
        for least in (np.minimum, np.maximum)
    )
    keys = low * size + high
    chosen: dict[int, int] = {}
    for at in np.flatnonzero(np.isin(keys, list(steps))).tolist():
        chosen[steps[int(keys[at])]] = int(links[at])  # longest first: the shortest stays
    codes = [int(graph.passage[chosen[k]]) for k in range(len(route) - 1)]
    named = [graph.passage_ids[c] for c in codes if c != OPEN_SEA]
    return tuple(name for k, name in enumerate(named) if k == 0 or name != named[k - 1])


def _great_circles(lon_deg: FloatArray, lat_deg: FloatArray) -> list[tuple[float, float]]:
    """Return the points of a way, long steps broken up along the great circle (spherical)."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    unit = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    line = [(float(lon_deg[0]), float(lat_deg[0]))]
    for k in range(lon_deg.size - 1):
        angle = float(np.arccos(np.clip(unit[k] @ unit[k + 1], -1.0, 1.0)))
        steps = int(np.ceil(np.degrees(angle) / LINE_STEP_DEG))
        for i in range(1, steps):
            x, y, z = (
                np.sin(angle * (1 - i / steps)) * unit[k] + np.sin(angle * i / steps) * unit[k + 1]
            )
            line.append(
                (
                    float(np.degrees(np.arctan2(y, x))),
                    float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
                )
            )
        line.append((float(lon_deg[k + 1]), float(lat_deg[k + 1])))
    return line
