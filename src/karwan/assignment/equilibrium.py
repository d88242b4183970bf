"""Deterministic user equilibrium of a flat problem."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from karwan.assignment.flow_problem import FlowProblem, check_curves
from karwan.errors import InputError
from karwan.kernels.equilibrium import Demand, Graph, equilibrate, unreached_pairs
from karwan.kernels.volume_delay import Curves, areas

__all__ = ["Equilibrium", "user_equilibrium"]

NAMED = 20
"""Problems that are named one by one before the rest is counted."""


@dataclass(frozen=True)
class Equilibrium:
    """Flows at which nobody can save by another path.

    Attributes
    ----------
    problem : str
        Name of the problem.
    links : polars.DataFrame
        link, from_node, to_node, flow, cost; in the order of the input.
    paths : polars.DataFrame
        origin, destination, flow, cost, links (list of link names); paths with flow.
    beckmann_objective : float
        Sum of the integrals of link costs from 0 to flow.
    total_cost : float
        Sum of flow times cost.
    relative_gap : float
        What users could save on cheapest paths at these costs, as a share of what they pay.
    iterations : int
        Rounds of shifts.
    converged : bool
        Whether the gap that was asked for is reached.
    within : float
        Demand from a node to itself, which uses no link.
    seconds : float
        Time in the solver, in seconds of CPU.
    """

    problem: str
    links: pl.DataFrame
    paths: pl.DataFrame
    beckmann_objective: float
    total_cost: float
    relative_gap: float
    iterations: int
    converged: bool
    within: float
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """Return everything but the paths as plain values."""
        names = ("problem", "beckmann_objective", "total_cost", "relative_gap", "iterations")
        rest = ("converged", "within", "seconds")
        values: dict[str, object] = {n: getattr(self, n) for n in (*names, *rest)}
        return values | {"links": self.links.to_dicts()}


def user_equilibrium(
    problem: FlowProblem, *, gap: float = 1e-6, iterations: int = 1000
) -> Equilibrium:
    """Find the user equilibrium (Wardrop 1952) by path-based gradient projection.

    Link flows are unique on links whose cost rises with flow; on others only the objective is.
    Constant costs, also of 0, are legal.

    Parameters
    ----------
    problem : FlowProblem
        Network and demand.
    gap : float, optional
        Relative gap to reach, above 0.
    iterations : int, optional
        Rounds after which to stop in any case.

    Returns
    -------
    Equilibrium
        Flows, costs, paths.

    Raises
    ------
    InputError
        The gap is not above 0, a link performance function is not monotone and convex, or
        demand has no way; all of it is named.

    Examples
    --------
    >>> from karwan.assignment.flow_problem import bpr_curves, flow_problem
    >>> curves = bpr_curves([10, 15], [1, 1 / 3], [1, 1], [10, 10])
    >>> two = flow_problem("two roads", "AB", [True, True], ["short", "long"],
    ...                    ([0, 0], [1, 1]), curves, ([0], [1], [20]))
    >>> found = user_equilibrium(two, gap=1e-12)
    >>> found.links["flow"].round(9).to_list()
    [10.0, 10.0]
    """
    said = check_curves(problem)
    if not 0.0 < gap < np.inf:
        said.append(f"the gap is {gap:g}; it must be above 0")
    if iterations < 1:
        said.append(f"there are {iterations} iterations; at least 1 must be allowed")
    n_nodes = len(problem.nodes)
    first = np.searchsorted(problem.tail, np.arange(n_nodes + 1)).astype(np.int32)
    graph = Graph(first, problem.tail, problem.head, problem.through)
    origins, starts = np.unique(problem.origin, return_index=True)
    demand = Demand(
        origins.astype(np.int32),
        np.append(starts, len(problem.origin)).astype(np.int32),
        problem.destination,
        problem.amount,
    )
    for pair in np.flatnonzero(unreached_pairs(graph, demand)):
        o, d = problem.nodes[problem.origin[pair]], problem.nodes[problem.destination[pair]]
        said.append(f"no way leads from {o} to {d}, which has a demand of {problem.amount[pair]:g}")
    if said:
        more = len(said) - NAMED
        raise InputError([*said[:NAMED], f"and {more} more like these"] if more > 0 else said)
    _compile()
    clock = time.process_time()
    flow, cost, paths, pair, gaps = equilibrate(graph, demand, problem.curves, gap, iterations)
    seconds = time.process_time() - clock
    return Equilibrium(
        problem.name,
        _links(problem, flow, cost),
        _paths(problem, cost, paths, pair),
        float(areas(problem.curves, flow).sum()),
        float(flow @ cost),
        float(max(gaps[-1], 0.0)),
        len(gaps) - 1,
        bool(gaps[-1] <= gap),
        problem.within,
        seconds,
    )


@cache
def _compile() -> None:
    """Run the kernel once on one link, so that times hold no compilation."""
    one, two = np.zeros(1), np.zeros(2, np.int32)
    curves = Curves(np.zeros(1, np.int8), one, one, one, one, two, one, one)
    ends = np.zeros(1, np.int32), np.ones(1, np.int32)
    graph = Graph(np.array([0, 1, 1], np.int32), *ends, np.ones(2, np.bool_))
    demand = Demand(ends[0], np.array([0, 1], np.int32), ends[1], one + 1.0)
    equilibrate(graph, demand, curves, 1.0, 1)


def _links(problem: FlowProblem, flow: np.ndarray, cost: np.ndarray) -> pl.DataFrame:
    back = np.argsort(problem.row)
    names = np.array(problem.nodes, object)
    return pl.DataFrame(
        {
            "link": list(problem.links),
            "from_node": names[problem.tail[back]].tolist(),
            "to_node": names[problem.head[back]].tolist(),
            "flow": flow[back],
            "cost": cost[back],
        }
    )


def _paths(problem: FlowProblem, cost: np.ndarray, paths: object, pair: np.ndarray) -> pl.DataFrame:
    """Name the links of every path from its origin on."""
    first, arc, flow = paths.first, paths.arc, paths.flow  # type: ignore[attr-defined]
    sizes = np.diff(first)
    path = np.repeat(np.arange(len(sizes)), sizes)
    turned = arc[first[path] + first[path + 1] - 1 - np.arange(len(arc))]
    rows = pl.DataFrame({"path": path, "link": problem.row[turned], "cost": cost[turned]})
    names = pl.Series(problem.links, dtype=pl.String)
    grouped = rows.group_by("path", maintain_order=True).agg("link", pl.col("cost").sum())
    nodes = pl.Series(problem.nodes, dtype=pl.String)
    return pl.DataFrame(
        {
            "origin": nodes[problem.origin[pair]],
            "destination": nodes[problem.destination[pair]],
            "flow": flow,
            "cost": grouped["cost"],
            "links": grouped.select(
                pl.col("link").list.eval(
                    pl.element().replace_strict(
                        pl.int_range(len(names), eager=True), names, return_dtype=pl.String
                    )
                )
            )["link"],
        }
    )
