"""Skims of large networks: several fields along the same cheapest ways, many to many."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karwan.errors import InputError, MissingExtra
from karwan.kernels.skim_walks import skim_walks
from karwan.routing.trees import adjacency, cheapest_trees

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["FEW_TARGETS", "MANY_SOURCES", "large_skims"]

Floats = NDArray[np.float64]
FEW_TARGETS, MANY_SOURCES = 4, 200
"""Targets of a source up to which queries on a contraction hierarchy beat a tree by so much that
they pay for its building with so many sources, on a grid, which is hard for hierarchies."""
LARGE = 50_000
"""Nodes from which a hierarchy is worth its building."""
TREES_AT_ONCE = 16
LONGEST = 2**31 - 1
"""Largest label of a hierarchy, whose costs are whole numbers."""


def large_skims(
    ends: tuple[ArrayLike, ArrayLike],
    cost: ArrayLike,
    fields: ArrayLike,
    sources: ArrayLike,
    targets: ArrayLike,
    positions: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    by: str = "auto",
) -> tuple[Floats, Floats]:
    """Skim the cheapest way from every source to every target.

    Trees are SciPy's. Where a large network is asked for few targets a source, point-to-point
    queries on a customisable contraction hierarchy (Dibbelt, Strasser and Wagner 2016) by
    RoutingKit are quicker; its costs are rounded to whole numbers of which the longest way
    holds some hundred millions, and the sums are those of the unrounded costs on its ways.

    Parameters
    ----------
    ends : (int[n_arcs], int[n_arcs])
        Nodes each arc leaves and reaches, from 0.
    cost : float[n_arcs]
        Cost, at least 0.
    fields : float[n_arcs, n_fields]
        What is summed along the way.
    sources, targets : int[n]
        Nodes.
    positions : (float[n_nodes], float[n_nodes]), optional
        Longitude and latitude [deg], which a hierarchy needs.
    by : str
        ``trees``, ``hierarchy``, or ``auto``: a hierarchy where it is quicker and there.

    Returns
    -------
    cost : float64[n_sources, n_targets]
        Cost of each way, ``inf`` where there is none.
    fields : float64[n_sources, n_targets, n_fields]
        Sums along the same ways, ``nan`` where there is none.

    Raises
    ------
    InputError
        Negative costs, arrays that do not fit, or a hierarchy without positions.
    MissingExtra
        A hierarchy is asked for and pyroutingkit is not installed.
    """
    tail, head, start, stop = (np.asarray(x, np.int32) for x in (*ends, sources, targets))
    costs, summed = np.asarray(cost, np.float64), np.asarray(fields, np.float64)
    _check(tail, head, costs, summed, by, has_positions=positions is not None)
    n = int(max(tail.max(initial=0), head.max(initial=0), start.max(), stop.max())) + 1
    weighed = np.column_stack((costs, summed.reshape(len(costs), -1)))
    there = find_spec("pyroutingkit") is not None
    few = len(stop) <= FEW_TARGETS and len(start) >= MANY_SOURCES
    quick = n >= LARGE and few and positions is not None and there
    if by == "hierarchy" and not there:
        package, extra = "pyroutingkit", "large"
        raise MissingExtra(package, extra)
    if positions is not None and (by == "hierarchy" or (by == "auto" and quick)):
        return _by_hierarchy((tail, head), weighed, start, stop, positions, n)
    return _by_trees((tail, head), weighed, start, stop, n)


def _check(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    cost: Floats,
    fields: Floats,
    by: str,
    *,
    has_positions: bool,
) -> None:
    problems = []
    if not len(tail) == len(head) == len(cost) == len(fields):
        problems.append(
            f"there are {len(tail)} tails, {len(head)} heads, {len(cost)} costs and {len(fields)} "
            "rows of fields; give one of each an arc"
        )
    if len(cost) and not cost.min() >= 0:
        problems.append(f"the least cost is {cost.min():g}; costs must be at least 0")
    if by not in {"auto", "trees", "hierarchy"}:
        problems.append(f"by is {by!r}; use auto, trees or hierarchy")
    if by == "hierarchy" and not has_positions:
        problems.append("a hierarchy needs the positions of the nodes; give them")
    if problems:
        raise InputError(problems)


def _by_trees(
    ends: tuple[NDArray[np.int32], NDArray[np.int32]],
    weighed: Floats,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    n_nodes: int,
) -> tuple[Floats, Floats]:
    side = adjacency(*ends, n_nodes)
    label = np.empty((len(sources), len(targets)))
    total = np.empty((len(sources), len(targets), weighed.shape[1] - 1))
    for first in range(0, len(sources), TREES_AT_ONCE):
        rows = slice(first, first + TREES_AT_ONCE)
        labels, via = cheapest_trees(side, weighed[:, 0], sources[rows].astype(np.intp))
        label[rows] = labels[:, targets]
        total[rows] = skim_walks(via, ends[0], weighed[:, 1:], targets)
    total[np.isinf(label)] = np.nan
    return label, total


def _by_hierarchy(
    ends: tuple[NDArray[np.int32], NDArray[np.int32]],
    weighed: Floats,
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    positions: tuple[ArrayLike, ArrayLike],
    n_nodes: int,
) -> tuple[Floats, Floats]:
    import pyroutingkit as kit  # noqa: PLC0415 - an extra

    lon, lat = (np.asarray(x, np.float32) for x in positions)
    topology = kit.CCHTopology()
    topology.build(*(e.astype(np.uint32) for e in ends), lat, lon, n_nodes)
    metric = kit.CCHMetric(topology)
    # No cheapest way is longer than the sum of the dearest arcs that a way can hold.
    longest = float(np.sort(weighed[:, 0])[::-1][: n_nodes - 1].sum()) or 1.0
    scale = LONGEST / 4 / longest
    metric.customize(np.round(weighed[:, 0] * scale).astype(np.uint32))
    total = np.full((len(sources), len(targets), weighed.shape[1]), np.nan)
    total[..., 0] = np.inf
    for i, source in enumerate(sources.tolist()):
        for j, target in enumerate(targets.tolist()):
            if source == target:
                total[i, j] = 0.0
                continue
            distance, _, arcs = metric.query(source, target)
            if distance < kit.INF_WEIGHT and len(arcs):
                total[i, j] = weighed[np.asarray(arcs, np.intp)].sum(axis=0)
    return total[..., 0], total[..., 1:]
