"""Skims of large networks: several fields along the same cheapest ways, many to many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karwan.assignment.hierarchy import Hierarchy, hierarchy_of, weighed
from karwan.assignment.hierarchy_skims import hierarchy_skims
from karwan.errors import InputError
from karwan.kernels.skim_walks import skim_walks
from karwan.routing.trees import adjacency, cheapest_trees

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["LARGE", "MANY_SOURCES", "large_skims"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
LARGE, MANY_SOURCES, TARGETS_SHARE = 20_000, 80, 0.1
"""Nodes and sources from which a hierarchy pays for its building on a grid, which is hard for
hierarchies; and the share of all nodes that may be targets, as trees reach all of them."""
TREES_AT_ONCE = 16


def large_skims(
    ends: tuple[ArrayLike, ArrayLike],
    cost: ArrayLike,
    fields: ArrayLike,
    sources: ArrayLike,
    targets: ArrayLike,
    positions: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    by: str = "auto",
    hierarchy: Hierarchy | None = None,
) -> tuple[Floats, Floats]:
    """Skim the cheapest way from every source to every target.

    By SciPy's trees, or by a customisable contraction hierarchy (Dibbelt, Strasser and Wagner
    2016), whose making is worth its while for many sources, and for the next costs of the same
    network. Of ways of the same cost each takes one, not always the same.

    Parameters
    ----------
    ends : (int[n_arcs], int[n_arcs])
        Nodes each arc leaves and reaches, from 0.
    cost : float[n_arcs]
        Cost, at least 0; ``inf`` closes an arc.
    fields : float[n_arcs, n_fields]
        What is summed along the way.
    sources, targets : int[n]
        Nodes.
    positions : (float[n_nodes], float[n_nodes]), optional
        Longitude and latitude, or any position on a plane, which a new hierarchy needs.
    by : str
        ``trees``, ``hierarchy``, or ``auto``: a hierarchy that is given, a new one where it is
        quicker and there are positions, else trees.
    hierarchy : Hierarchy, optional
        What `hierarchy_of` made of the same ends.

    Returns
    -------
    cost : float64[n_sources, n_targets]
        Cost of each way, ``inf`` where there is none.
    fields : float64[n_sources, n_targets, n_fields]
        Sums along the same ways, ``nan`` where there is none.

    Raises
    ------
    InputError
        Negative costs, arrays that do not fit, nodes that are not there, a hierarchy without
        positions or of another network.
    """
    tail, head, start, stop = (np.asarray(x, np.int32) for x in (*ends, sources, targets))
    costs, summed = np.asarray(cost, np.float64), np.asarray(fields, np.float64)
    n = 1 + max((int(x.max()) for x in (tail, head, start, stop) if len(x)), default=-1)
    known = len(hierarchy.rank) if hierarchy else None
    if positions is not None and known is None:
        known = len(np.asarray(positions[0]))
    _check((tail, head, start, stop), costs, summed, by, (n, known))
    quick = n >= LARGE and len(start) >= MANY_SOURCES and len(stop) <= TARGETS_SHARE * n
    if hierarchy is None and positions is not None and (by == "hierarchy" or quick):
        hierarchy = hierarchy_of((tail, head), positions) if by != "trees" else None
    summed = summed[:, None] if summed.ndim == 1 else summed
    if by == "trees" or hierarchy is None:
        return _by_trees((tail, head), costs, summed, start, stop, n)
    return hierarchy_skims(weighed(hierarchy, (tail, head), costs), summed, start, stop)


def _check(
    nodes: tuple[Ints, Ints, Ints, Ints],
    cost: Floats,
    fields: Floats,
    by: str,
    sizes: tuple[int, int | None],
) -> None:
    problems = []
    (tail, head, _, _), (n, known) = nodes, sizes
    if not len(tail) == len(head) == len(cost) == len(fields):
        problems.append(
            f"there are {len(tail)} tails, {len(head)} heads, {len(cost)} costs and {len(fields)} "
            "rows of fields; give one of each an arc"
        )
    if len(cost) and not cost.min() >= 0:
        problems.append(f"the least cost is {cost.min():g}; costs must be at least 0")
    least = min((int(x.min()) for x in nodes if len(x)), default=0)
    if least < 0:
        problems.append(f"the least node is {least}; nodes count from 0")
    if known is not None and n > known:
        problems.append(f"there is a node {n - 1}, and positions or a hierarchy of {known} nodes")
    if by not in {"auto", "trees", "hierarchy"}:
        problems.append(f"by is {by!r}; use auto, trees or hierarchy")
    if by == "hierarchy" and known is None:
        problems.append("a hierarchy needs the positions of the nodes; give them")
    if problems:
        raise InputError(problems)


def _by_trees(
    ends: tuple[Ints, Ints], cost: Floats, fields: Floats, start: Ints, stop: Ints, n: int
) -> tuple[Floats, Floats]:
    side = adjacency(*ends, n)
    label = np.empty((len(start), len(stop)))
    total = np.empty((len(start), len(stop), fields.shape[1]))
    for first in range(0, len(start), TREES_AT_ONCE):
        rows = slice(first, first + TREES_AT_ONCE)
        labels, via = cheapest_trees(side, cost, start[rows].astype(np.intp))
        label[rows] = labels[:, stop]
        total[rows] = skim_walks(via, ends[0], fields, stop)
    total[np.isinf(label)] = np.nan
    return label, total
