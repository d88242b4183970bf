"""Contraction hierarchies: made once for a network, weighed anew for every cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError
from karwan.kernels.dissection import dissect
from karwan.kernels.hierarchy import customise, lower_arcs, supergraph
from karwan.kernels.hierarchy_ways import place_costs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Hierarchy", "Weighed", "hierarchy_of", "weighed"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
SHARE = 0.35
"""Share of the nodes of a part that is held together at either side of a cut."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A customisable contraction hierarchy: the order of the nodes and the arcs above each.

    Attributes
    ----------
    rank : int32[n_nodes]
        When each node is removed; all else goes by that.
    parent, depth : int32[n_nodes]
        Lowest node above, -1 if there is none; nodes above along the parents.
    begin : int64[n_nodes + 1]
        Slice of each node in the arcs.
    head, tail, place : int32[n_arcs]
        Higher and lower end of each arc, depth of the higher one.
    below : int64[n_nodes + 1]
        Slice of each node in `arc`.
    arc : int32[n_arcs]
        Arcs by their higher end.
    """

    rank: Ints
    parent: Ints
    depth: Ints
    begin: Longs
    head: Ints
    tail: Ints
    place: Ints
    below: Longs
    arc: Ints


@dataclass(frozen=True, eq=False)
class Weighed:
    """A hierarchy with costs.

    Attributes
    ----------
    made : Hierarchy
        Hierarchy.
    cost : float64[2, n_arcs]
        What each arc costs up and down, ``inf`` where there is no way.
    via : int32[2, n_arcs]
        Which way it stands for, as `karwan.kernels.hierarchy.customise` leaves it.
    """

    made: Hierarchy
    cost: Floats
    via: Ints


def hierarchy_of(
    ends: tuple[ArrayLike, ArrayLike], positions: tuple[ArrayLike, ArrayLike]
) -> Hierarchy:
    """Make the hierarchy of a network.

    Nodes are ordered by nested dissection with inertial flow, and removed in that order; a
    removed node leaves its neighbours joined (Dibbelt, Strasser and Wagner 2016).

    Parameters
    ----------
    ends : (int[n_arcs], int[n_arcs])
        Nodes each arc leaves and reaches, from 0.
    positions : (float[n_nodes], float[n_nodes])
        Longitude and latitude, or any other position on a plane.

    Returns
    -------
    Hierarchy
        It holds for all costs.
    """
    tail, head = (np.asarray(e, np.int64) for e in ends)
    x, y = (np.asarray(p, np.float64) for p in positions)
    n = len(x)
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    edge = np.unique((low * n + high)[low != high])
    low, high = edge // n, edge % n
    rank = np.empty(n, np.int32)
    rank[dissect(*_both_ways(low, high, n), x, y, SHARE)] = np.arange(n, dtype=np.int32)
    pair = np.sort(np.column_stack((rank[low], rank[high])), axis=1)
    pair = pair[np.argsort(pair[:, 0], kind="stable")]
    first = np.searchsorted(pair[:, 0], np.arange(n + 1))
    parent, begin, up = supergraph(first, np.ascontiguousarray(pair[:, 1]))
    depth = _depths(parent)
    lower, below, arc = lower_arcs(begin, up)
    return Hierarchy(rank, parent, depth, begin, up, lower, depth[up], below, arc)


def _both_ways(low: Longs, high: Longs, n: int) -> tuple[Longs, Ints, Longs]:
    """Return edges as arcs by the node they leave, and the arc of the same edge the other way."""
    tail, head = np.concatenate((low, high)), np.concatenate((high, low))
    order = np.argsort(tail, kind="stable")
    at = np.empty(len(order), np.int64)
    at[order] = np.arange(len(order))
    twin = np.roll(at, len(low))[order]
    return np.searchsorted(tail[order], np.arange(n + 1)), head[order].astype(np.int32), twin


def _depths(parent: Ints) -> Ints:
    depth = np.zeros(len(parent), np.int32)
    for x in range(len(parent) - 1, -1, -1):
        if parent[x] >= 0:
            depth[x] = depth[parent[x]] + 1
    return depth


def weighed(made: Hierarchy, ends: tuple[ArrayLike, ArrayLike], cost: ArrayLike) -> Weighed:
    """Give every arc of a hierarchy the cheapest way that it stands for.

    Parameters
    ----------
    made : Hierarchy
        Hierarchy of the same ends.
    ends : (int[n], int[n])
        Nodes each arc of the network leaves and reaches.
    cost : float[n]
        Costs, at least 0; ``inf`` closes an arc.

    Returns
    -------
    Weighed
        Hierarchy with costs.

    Raises
    ------
    InputError
        The hierarchy is one of another network.
    """
    tail, head = (made.rank[np.asarray(e, np.intp)] for e in ends)
    costs = np.ascontiguousarray(cost, np.float64)
    placed, via, strange = place_costs((tail, head), costs, made.begin, made.head)
    if strange >= 0:
        a, b = (int(np.asarray(e)[strange]) for e in ends)
        message = f"arc {strange} from {a} to {b} is not in the hierarchy; make one of these ends"
        raise InputError(message)
    customise(made.begin, made.tail, made.place, made.below, made.arc, placed, via)
    return Weighed(made, placed, via)
