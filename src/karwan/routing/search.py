"""Search a query: the Pareto set, and the best itinerary through each gateway."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from karwan.kernels.pareto import label_path, pareto_search
from karwan.routing.arcs import Kind
from karwan.routing.query import CRITERIA, Query
from karwan.routing.search_graph import OVERLAND, Path, SearchGraph

__all__ = ["best_by_gateway", "gateway_of", "pareto_itineraries"]


def pareto_itineraries(query: Query, graph: SearchGraph) -> tuple[list[Path], bool]:
    """Find every itinerary that no other beats in all criteria asked.

    Parameters
    ----------
    query : Query
        Options: criteria and epsilon.
    graph : SearchGraph
        Graph of the query.

    Returns
    -------
    paths : list of int[n]
        Arcs of the query, one path for each Pareto-optimal cost vector.
    is_complete : bool
        False if the search ran out of labels.
    """
    asked = list(dict.fromkeys(query.options.by))
    wanted = [CRITERIA.index(c) for c in asked]
    bound = np.column_stack([graph.back(c)[0] for c in asked])
    if not np.isfinite(bound[graph.origin]).all():
        return [], True
    order = graph.ahead.order
    first = np.searchsorted(graph.tail[order], np.arange(graph.n_states + 1)).astype(np.int32)
    _, labels, label_arc, parent, complete = pareto_search(
        first,
        np.ascontiguousarray(graph.head[order]),
        np.ascontiguousarray(graph.cost[order][:, wanted]),
        graph.origin,
        graph.target,
        bound,
        query.options.epsilon,
        query.options.max_labels,
    )
    paths = [graph.members(order[label_path(label_arc, parent, n)].tolist()) for n in labels]
    return paths, bool(complete)


def best_by_gateway(
    graph: SearchGraph,
    *,
    is_export: bool,
    criterion: str | None = None,
    wanted: Callable[[int, float], bool] | None = None,
) -> dict[int, Path]:
    """Find the best itinerary through each gateway.

    An export keeps to land and the Caspian up to the gateway, where it first meets the open
    sea, and may do anything after; an import the other way round. Two trees answer for all
    gateways: the cheapest through gateway g is the least of label(tail) + cost + label(head)
    over its arcs at sea.

    Parameters
    ----------
    graph : SearchGraph
        Graph of the query.
    is_export : bool
        Which side the gateway is on.
    criterion : str, optional
        One of CRITERIA to be least; the generalised cost if not given.
    wanted : callable, optional
        Says by gateway and its least cost whether its path is made; all are if not given.

    Returns
    -------
    dict of int to int[n]
        Path by node index of the gateway, and by OVERLAND if there is one without the sea.
    """
    forth = graph.forth(criterion, by_land=is_export)
    back = graph.back(criterion, by_land=not is_export)
    sea = np.flatnonzero(graph.at_sea)
    through = forth[0][graph.tail[sea]] + graph.weight(criterion)[sea] + back[0][graph.head[sea]]
    ranked = np.lexsort((through, graph.gateway[sea]))
    firsts = ranked[np.diff(graph.gateway[sea][ranked], prepend=OVERLAND - 1) != 0]
    found = {
        int(graph.gateway[sea[i]]): graph.way_over(forth, int(sea[i]), back)
        for i in firsts[np.argsort(through[firsts], kind="stable")]
        if np.isfinite(through[i])
        and (wanted is None or wanted(int(graph.gateway[sea[i]]), float(through[i])))
    }
    overland = graph.forth(criterion, by_land=True)
    cost = float(overland[0][graph.target])
    if np.isfinite(cost) and (wanted is None or wanted(OVERLAND, cost)):
        found[OVERLAND] = graph.members(graph.way_to(overland, graph.target))
    return found


def gateway_of(query: Query, path: Path) -> int:
    """Return the node index of a path's gateway, OVERLAND if it has none."""
    at_sea = path[query.arcs.kind[path] == Kind.SEA]
    if len(at_sea) == 0:
        return OVERLAND
    if query.is_export:
        return int(query.state_node[query.arcs.tail[at_sea[0]]])
    return int(query.state_node[query.arcs.head[at_sea[-1]]])
