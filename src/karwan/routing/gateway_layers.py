"""The search graph with one gateway between its part before and its part after the open sea."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from karwan.routing.search_graph import OVERLAND, SearchGraph
from karwan.routing.trees import Adjacency, adjacency

__all__ = ["GatewayLayers", "gateway_layers"]


@dataclass(frozen=True, eq=False)
class GatewayLayers:
    """Arcs before the gateway, those that meet the sea there, and those after it.

    Attributes
    ----------
    arc : int[n]
        Arc of the search graph behind each arc.
    tail, head : int32[n]
        States; those after the gateway are copies.
    origin, target, n_states : int
        Ends and size.
    """

    arc: NDArray[np.intp]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    origin: int
    target: int
    n_states: int

    @cached_property
    def ahead(self) -> Adjacency:
        """Arcs by the state they leave."""
        return adjacency(self.tail, self.head, self.n_states)

    @cached_property
    def behind(self) -> Adjacency:
        """Arcs by the state they reach."""
        return adjacency(self.head, self.tail, self.n_states)


def gateway_layers(graph: SearchGraph, gateway: int, *, is_export: bool) -> GatewayLayers:
    """Lay the part before a gateway below the part after it; land alone if there is none.

    Parameters
    ----------
    graph : SearchGraph
        Graph of a query.
    gateway : int
        Node index, OVERLAND for ways that never meet the open sea.
    is_export : bool
        The gateway is where an export first meets the sea, or where an import leaves it.

    Returns
    -------
    GatewayLayers
        Every path from origin to target goes through the gateway.
    """
    n, land = graph.n_states, np.flatnonzero(~graph.at_sea)
    if gateway == OVERLAND:
        ends = graph.tail[land], graph.head[land]
        return GatewayLayers(land, *ends, graph.origin, graph.target, n)
    every = np.arange(len(graph.tail))
    boards = np.flatnonzero(graph.at_sea & (graph.gateway == gateway))
    before, after = (land, every) if is_export else (every, land)
    sizes = (len(before), len(boards), len(after))
    arc = np.concatenate((before, boards, after))
    tail = graph.tail[arc] + np.repeat((0, 0, n), sizes)
    head = graph.head[arc] + np.repeat((0, n, n), sizes)
    return GatewayLayers(
        arc,
        tail.astype(np.int32),
        head.astype(np.int32),
        graph.origin,
        graph.target + n,
        2 * n,
    )
