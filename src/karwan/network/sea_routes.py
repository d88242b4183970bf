"""Shortest sea routes between all ports at once, with the passages that each uses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.kernels.tree_bits import tree_bits
from karwan.network.sea import SeaGraph, open_links, port_index

__all__ = ["port_routes"]


def port_routes(
    graph: SeaGraph, ports: Sequence[str], shut: Collection[str] = frozenset()
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return shortest distances between ports and the passages used on the way.

    Passages are gathered along the trees of shortest routes.

    Parameters
    ----------
    graph : SeaGraph
        The sea.
    ports : sequence of str
        Node ids of n ports.
    shut : collection of str
        Passages that are shut, besides those that are always shut.

    Returns
    -------
    distance_km : float64[n, n]
        Distance [km]; ``inf`` where no way is open.
    passes : int32[n, n]
        Bit p is set if the route uses passage p of ``graph.passage_ids``.

    Raises
    ------
    ValueError
        If a port or a passage is unknown.
    """
    at = np.array([port_index(graph, p) for p in ports], np.int64)
    links = open_links(graph, shut)
    size = graph.lon_deg.size
    tail = np.concatenate([graph.tail[links], graph.head[links]]).astype(np.int64)
    head = np.concatenate([graph.head[links], graph.tail[links]]).astype(np.int64)
    length = np.tile(graph.distance_km[links], 2)
    bit = np.where(graph.passage[links] < 0, 0, 1 << np.maximum(graph.passage[links], 0))
    key = tail * size + head
    order = np.lexsort((length, key))
    order = order[np.diff(key[order], prepend=-1) != 0]
    first = np.searchsorted(tail[order], np.arange(size + 1))
    matrix = csr_matrix((length[order], head[order], first), shape=(size, size))
    distance, before = dijkstra(matrix, indices=at, return_predecessors=True)
    passes = tree_bits(before, first, head[order], np.tile(bit, 2)[order], at)
    return distance[:, at], passes
