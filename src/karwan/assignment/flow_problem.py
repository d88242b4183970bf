"""A flat assignment problem: nodes, directed links with performance functions, demand of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karwan.kernels.volume_delay import BPR, CONICAL, CONSTANT, TABLE, Curves

__all__ = ["FlowProblem", "bpr_curves", "check_curves", "flow_problem"]


@dataclass(frozen=True)
class FlowProblem:
    """Links in a forward star, and demand by origin.

    Attributes
    ----------
    name : str
        Name of the problem.
    nodes : tuple of str
        Names of the nodes.
    through : bool[n_nodes]
        Whether paths may pass through a node; any node may be an end.
    links : tuple of str
        Names of the links, in the order of the input.
    row : int32[n_links]
        Place of each link of the arrays below in that order.
    tail, head : int32[n_links]
        Node each link leaves, not falling, and leads to.
    curves : Curves
        Link performance functions.
    length : float64[n_links]
        Length, in the unit of the input; 0 where not given.
    origin, destination : int32[n_pairs]
        Pairs, by origin, then destination.
    amount : float64[n_pairs]
        Their demand, positive.
    within : float
        Demand from a node to itself, which uses no link.
    """

    name: str
    nodes: tuple[str, ...]
    through: NDArray[np.bool_]
    links: tuple[str, ...]
    row: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    curves: Curves
    length: NDArray[np.float64]
    origin: NDArray[np.int32]
    destination: NDArray[np.int32]
    amount: NDArray[np.float64]
    within: float


def flow_problem(
    name: str,
    nodes: Sequence[str],
    through: ArrayLike,
    links: Sequence[str],
    ends: tuple[ArrayLike, ArrayLike],
    curves: Curves,
    demand: tuple[ArrayLike, ArrayLike, ArrayLike],
    length: ArrayLike | None = None,
) -> FlowProblem:
    """Put links and demand in order; pairs that stand twice are added up.

    Parameters
    ----------
    name : str
        Name of the problem.
    nodes, links : sequence of str
        Names.
    through : bool[n_nodes]
        Whether paths may pass through a node.
    ends : int[n_links], int[n_links]
        Node each link leaves, and leads to.
    curves : Curves
        Link performance functions, in the order of `links`.
    demand : int[n], int[n], float[n]
        Origin, destination and amount.
    length : float[n_links], optional
        Length of each link.

    Returns
    -------
    FlowProblem
        The same, in order.
    """
    tail, head = (np.asarray(e, np.int32) for e in ends)
    order = np.lexsort((head, tail)).astype(np.int32)
    origin, destination = (np.asarray(e, np.int64) for e in demand[:2])
    amount = np.asarray(demand[2], np.float64)
    apart = (origin != destination) & (amount > 0.0)
    key = origin[apart] * len(nodes) + destination[apart]
    pairs, where = np.unique(key, return_inverse=True)
    knots = [np.arange(curves.first_knot[a], curves.first_knot[a + 1]) for a in order]
    sizes = np.array([0, *map(len, knots)])
    at = np.concatenate(knots).astype(np.int64) if knots else np.zeros(0, np.int64)
    ordered = Curves(
        curves.kind[order],
        curves.base[order],
        curves.rise[order],
        curves.power[order],
        curves.capacity[order],
        np.cumsum(sizes).astype(np.int32),
        curves.knot_flow[at],
        curves.knot_cost[at],
    )
    given = np.zeros(len(tail)) if length is None else np.asarray(length, np.float64)
    return FlowProblem(
        name,
        tuple(nodes),
        np.asarray(through, bool),
        tuple(links),
        order,
        tail[order],
        head[order],
        ordered,
        given[order],
        (pairs // len(nodes)).astype(np.int32),
        (pairs % len(nodes)).astype(np.int32),
        np.bincount(where, amount[apart], len(pairs)).astype(np.float64),
        float(amount[origin == destination].sum()),
    )


def bpr_curves(
    free: ArrayLike, b: ArrayLike, power: ArrayLike, capacity: ArrayLike, fixed: ArrayLike = 0.0
) -> Curves:
    """Return curves ``free (1 + b (flow / capacity) ** power) + fixed``.

    Parameters
    ----------
    free, b, power, capacity : float[n_links]
        Cost of the empty link, share added at capacity, exponent, capacity.
    fixed : float[n_links], optional
        Cost that flow does not change.

    Returns
    -------
    Curves
        BPR curves, CONSTANT where free cost, `b` or the power is 0.
    """
    t, share, n, c = (np.asarray(x, np.float64) for x in (free, b, power, capacity))
    rise = t * share
    constant = (rise == 0.0) | (n == 0.0)
    base = t + np.asarray(fixed, np.float64) + np.where(n == 0.0, rise, 0.0)
    kind = np.where(constant, CONSTANT, BPR).astype(np.int8)
    none = np.zeros(0)
    first = np.zeros(len(t) + 1, np.int32)
    return Curves(kind, base, rise, n, np.where(constant, 1.0, c), first, none, none)


def check_curves(problem: FlowProblem) -> list[str]:
    """Name every link whose performance function is not monotone, convex and finite.

    Parameters
    ----------
    problem : FlowProblem
        Problem.

    Returns
    -------
    list of str
        One sentence each.
    """
    curves, said = problem.curves, []
    for a, row in enumerate(problem.row.tolist()):
        kind, name = int(curves.kind[a]), f"link {problem.links[row]}"
        if kind == TABLE:
            knots = slice(curves.first_knot[a], curves.first_knot[a + 1])
            said += [f"{name}: {s}" for s in _check_table(curves, knots)]
            continue
        for what, value in (("cost of the empty link", curves.base[a]), ("rise", curves.rise[a])):
            if not 0.0 <= value < np.inf:
                said.append(f"{name}: its {what} is {value:g}; it must be at least 0")
        if kind in {BPR, CONICAL} and not 0.0 < curves.capacity[a] < np.inf:
            said.append(f"{name}: its capacity is {curves.capacity[a]:g}; it must be above 0")
        if kind == BPR and not 1.0 <= curves.power[a] < np.inf:
            said.append(f"{name}: its power is {curves.power[a]:g}; it must be 0 or at least 1")
        if kind == CONICAL and not 1.0 < curves.power[a] < np.inf:
            said.append(f"{name}: its alpha is {curves.power[a]:g}; it must be above 1")
    return said


def _check_table(curves: Curves, knots: slice) -> list[str]:
    flow, cost = curves.knot_flow[knots], curves.knot_cost[knots]
    if len(flow) < 2 or not (np.isfinite(flow).all() and np.isfinite(cost).all()):
        return ["its table needs two knots or more, all of them finite"]
    runs, rises = np.diff(flow), np.diff(cost)
    said = []
    if flow[0] != 0.0 or (runs <= 0.0).any():
        said.append("flow of its table must begin at 0 and rise")
    elif cost[0] < 0.0 or (rises < 0.0).any():
        said.append("cost of its table must be at least 0 and must not fall")
    elif (np.diff(rises / runs) < -1e-12 * np.abs(rises / runs).max()).any():
        said.append("its table is not convex; raise its later costs")
    return said
