"""Skims by a contraction hierarchy: several fields along the same cheapest ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.hierarchy import DOWN, UP
from karwan.kernels.hierarchy_fields import add_half, arc_fields, arcs_used
from karwan.kernels.hierarchy_ways import climb, meet

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from karwan.assignment.hierarchy import Weighed

__all__ = ["hierarchy_skims"]

Floats = NDArray[np.float64]


def hierarchy_skims(
    weighed: Weighed, fields: ArrayLike, sources: ArrayLike, targets: ArrayLike
) -> tuple[Floats, Floats]:
    """Skim the cheapest way from every source to every target.

    Ways up from all sources and down to all targets are labelled with cost alone; what the arcs
    on the ways that meet best stand for is unpacked once for all of them together.

    Parameters
    ----------
    weighed : Weighed
        Hierarchy with costs.
    fields : float[n_arcs, n_fields]
        What each arc of the network adds.
    sources, targets : int[n]
        Nodes.

    Returns
    -------
    cost : float64[n_sources, n_targets]
        Cost of each way, ``inf`` where there is none.
    fields : float64[n_sources, n_targets, n_fields]
        Sums along the same ways, ``nan`` where there is none.
    """
    made, values = weighed.made, np.ascontiguousarray(fields, np.float64)
    starts, goals = (made.rank[np.asarray(ends, np.intp)] for ends in (sources, targets))
    tree, arcs = (made.parent, made.depth), (made.begin, made.head, made.tail)
    up, by_up = climb(starts, tree, made.begin, made.place, weighed.cost[UP])
    down, by_down = climb(goals, tree, made.begin, made.place, weighed.cost[DOWN])
    cost, at = meet((starts, goals), tree, up, down)
    halves = (at, by_up), (np.ascontiguousarray(at.T), by_down)
    used, slot = arcs_used(halves, (starts, goals), made.depth, arcs, weighed.via)
    summed = arc_fields(used, slot, arcs, weighed.via, values)
    total = np.zeros((*cost.shape, values.shape[1]))
    add_half(total, halves[UP], starts, made.depth, made.tail, slot[UP], summed)
    back = total.transpose(1, 0, 2)
    add_half(back, halves[DOWN], goals, made.depth, made.tail, slot[DOWN], summed)
    total[np.isinf(cost)] = np.nan
    return cost, total
