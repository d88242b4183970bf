"""Shortest sea routes between all ports, kept for all networks that share the sea tables."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.network import Network
from karwan.network.sea import SeaGraph, sea_graph
from karwan.network.sea_routes import port_routes

__all__ = ["SeaMatrix", "network_sea", "sea_matrix"]


class SeaMatrix(NamedTuple):
    """Shortest sea routes between all ports with some passages shut.

    Attributes
    ----------
    ports : tuple of str
        node_ids in order of the rows.
    distance_km : float64[n, n]
        Distance; inf where there is no way [km].
    passes : int32[n, n]
        Bit p is set where the route uses passage p of the sea graph.
    """

    ports: tuple[str, ...]
    distance_km: NDArray[np.float64]
    passes: NDArray[np.int32]


class _SeaTables:
    """The sea tables of a network; equal for networks that share them, as draws do."""

    def __init__(self, network: Network) -> None:
        self.frames = tuple(network.table(t) for t in ("sea_nodes", "sea_links", "passages"))

    def __eq__(self, other: object) -> bool:
        """Compare by identity of the tables."""
        return isinstance(other, _SeaTables) and all(
            a is b for a, b in zip(self.frames, other.frames, strict=True)
        )

    def __hash__(self) -> int:
        """Hash by identity of the tables, which this object keeps alive."""
        return hash(tuple(id(frame) for frame in self.frames))


def network_sea(network: Network) -> SeaGraph:
    """Return the sea graph of a network."""
    return _graph_of(_SeaTables(network))


@lru_cache(maxsize=8)
def _graph_of(tables: _SeaTables) -> SeaGraph:
    return sea_graph(*tables.frames)


def sea_matrix(network: Network, shut: frozenset[str]) -> SeaMatrix:
    """Return shortest sea routes between all ports of a network.

    Parameters
    ----------
    network : Network
        Network with a sea graph.
    shut : frozenset of str
        Passages that are shut.

    Returns
    -------
    SeaMatrix
        Distances and passages used.
    """
    return _matrix_of(_SeaTables(network), shut)


@lru_cache(maxsize=64)
def _matrix_of(tables: _SeaTables, shut: frozenset[str]) -> SeaMatrix:
    graph = _graph_of(tables)
    ports = tuple(graph.ports)
    return SeaMatrix(ports, *port_routes(graph, ports, shut))
