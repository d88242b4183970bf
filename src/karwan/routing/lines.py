"""Lines of legs for the map."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from karwan.network import Network
from karwan.network.sea import sea_path
from karwan.routing.arcs import REFERENCES, Kind
from karwan.routing.paths import Path
from karwan.routing.query import Query
from karwan.routing.sea_matrix import network_sea
from karwan.routing.uses import ArcsOnBase

__all__ = ["Line", "arc_line", "link_lines", "path_line"]

Line = list[tuple[float, float]]
"""Longitude and latitude of points in order [deg]."""


def path_line(query: Query, path: Path) -> Line:
    """Return the line of consecutive arcs.

    Parameters
    ----------
    query : Query
        Arcs.
    path : int[n]
        Consecutive arcs.

    Returns
    -------
    list of (float, float)
        Longitude and latitude [deg]; one point where nothing moves.
    """
    line: Line = []
    for a in path:
        line.extend(p for p in arc_line(query, int(a)) if not line or p != line[-1])
    return line


def arc_line(query: ArcsOnBase, a: int) -> Line:
    """Return the line of one arc, in its direction."""
    base, arcs = query.base, query.arcs
    ends = [base.books.rows["nodes"][query.state_node[s[a]]] for s in (arcs.tail, arcs.head)]
    if arcs.kind[a] == Kind.SEA:
        shut = {t for kind, t in base.state.shut if kind == "passage"}
        bits = int(arcs.passes[a])
        slow = {t for (kind, t), _ in base.state.hampered if kind == "passage"}
        slow |= {t for kind, t in base.state.timed if kind == "passage"}
        unused = {p for i, p in enumerate(base.passages) if not bits >> i & 1}
        avoided = frozenset(shut | (slow & unused))
        return list(_sea_line(base.network, ends[0]["node_id"], ends[1]["node_id"], avoided))
    link = arcs.reference[a, REFERENCES.index("links")]
    if link < 0:
        return [(ends[0]["lon_deg"], ends[0]["lat_deg"])]
    row = base.books.rows["links"][link]
    drawn = link_lines(base.network)[row["link_id"]]
    return drawn if row["from_node"] == ends[0]["node_id"] else drawn[::-1]


@lru_cache(maxsize=4096)
def _sea_line(
    network: Network, from_node: str, to_node: str, shut: frozenset[str]
) -> tuple[tuple[float, float], ...]:
    return tuple(sea_path(network_sea(network), from_node, to_node, shut).line_deg)


@lru_cache(maxsize=8)
def link_lines(network: Network) -> dict[str, Line]:
    """Return the line of every link from its first node to its second, straight if not drawn."""
    nodes = network.table("nodes").select("node_id", "lon_deg", "lat_deg").iter_rows()
    spot = {node: (lon, lat) for node, lon, lat in nodes}
    lines: dict[str, Line] = {
        name: [spot[a], spot[b]]
        for name, a, b in network.table("links")
        .select("link_id", "from_node", "to_node")
        .iter_rows()
    }
    for link_id, text in network.table("link_shapes").select("link_id", "line_deg").iter_rows():
        numbers = np.array(text.split(), float).reshape(-1, 2)
        lines[link_id] = [(float(x), float(y)) for x, y in numbers]
    return lines
