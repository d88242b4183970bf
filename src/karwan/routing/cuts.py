"""Say what cuts two places apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from karwan.routing.missing import Missing, missing_routes
from karwan.routing.query import Query, make_query
from karwan.routing.search import best_by_gateway
from karwan.routing.search_graph import search_graph

__all__ = ["what_cuts"]


def what_cuts(query: Query) -> tuple[str, ...]:
    """Say what keeps a query from having any route.

    Parameters
    ----------
    query : Query
        Query without a route.

    Returns
    -------
    tuple of str
        Reasons, the most telling first.
    """
    missed = missing_routes(query, {})
    if missed:
        return _grouped(missed)
    wishes = query.options
    if wishes.avoid or wishes.via or wishes.max_transfers is not None:
        free = make_query(
            query.base.network,
            query.cargo,
            query.day,
            replace(wishes, avoid=(), via=(), max_transfers=None),
            leaves=query.leaves,
        )
        if best_by_gateway(free, search_graph(free)):
            named = [
                f"{name} {value}"
                for name, value in (
                    ("via", ", ".join(wishes.via)),
                    ("avoid", ", ".join(wishes.avoid)),
                    ("max-transfers", wishes.max_transfers),
                )
                if value not in {"", None}
            ]
            return (f"there is a route without your wishes: {'; '.join(named)}",)
    return _dead_ends(query)


def _grouped(missed: list[Missing]) -> tuple[str, ...]:
    """Say each set of reasons once, with the gateways it closes."""
    closed: dict[tuple[str, ...], list[str]] = {}
    for m in missed:
        closed.setdefault(m.reasons, []).append(m.gateway_name)
    return tuple(
        f"{'; '.join(reasons)}: closes the way through {', '.join(gateways)}"
        if gateways != ["overland"]
        else f"{'; '.join(reasons)}: closes the way overland"
        for reasons, gateways in closed.items()
    )


def _dead_ends(query: Query) -> tuple[str, ...]:
    """Say how far the cargo gets from both sides when no closure is to blame."""
    arcs = query.arcs
    ahead = _reached(arcs.tail, arcs.head, query.origin, query.n_states)
    behind = _reached(arcs.head, arcs.tail, query.target, query.n_states)
    nodes = query.base.books.rows["nodes"]
    forms = " or ".join(query.cargo.units)
    reasons = []
    for reached, place, verb in (
        (ahead, query.cargo.origin, "leave"),
        (behind, query.cargo.destination, "reach"),
    ):
        if reached.sum() <= 1:
            reasons.append(
                f"nothing that carries {query.cargo.commodity} as {forms} can {verb} {place}; "
                "it needs a link, a transfer or a first-mile tariff for that form"
            )
            continue
        there = np.unique(query.state_node[np.flatnonzero(reached)])
        countries = sorted({nodes[n]["country"] for n in there})
        reasons.append(
            f"as {forms} one can {verb} {place} {'to' if verb == 'leave' else 'from'} "
            f"{len(there)} places in {', '.join(countries)} only; a transfer or a gauge change "
            "between the two parts is missing"
        )
    return tuple(reasons)


def _reached(
    tail: NDArray[np.int32], head: NDArray[np.int32], root: int, n_states: int
) -> NDArray[np.bool_]:
    reached = np.zeros(n_states, bool)
    reached[root] = True
    grown = True
    while grown:
        new = head[reached[tail] & ~reached[head]]
        reached[new] = True
        grown = len(new) > 0
    return reached
