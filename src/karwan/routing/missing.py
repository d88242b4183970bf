"""Say why a familiar route is missing, and what cuts two places apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import REFERENCES, Kind
from karwan.routing.calendar import DayState
from karwan.routing.query import Query, make_query
from karwan.routing.search import OVERLAND, Path, best_by_gateway, search_graph
from karwan.routing.targets import target_name

__all__ = ["Missing", "missing_routes", "what_cuts"]

NOTICEABLE = 0.01
"""A route is missed if it would lower generalised cost by more than this share."""


@dataclass(frozen=True)
class Missing:
    """An itinerary that only a closure or ban keeps from being offered.

    Attributes
    ----------
    gateway, gateway_name : str
        Gateway it would use.
    cost_usd, time_h, generalised_cost_usd : float
        What it would cost and take if nothing were shut [USD], [h], [USD].
    targets : tuple of (str, str)
        What it would use that is shut: kind and identifier.
    reasons : tuple of str
        The same in words, with dates, one sentence a target.
    """

    gateway: str
    gateway_name: str
    cost_usd: float
    time_h: float
    generalised_cost_usd: float
    targets: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """Gateway and reasons in one sentence."""
        way = "overland" if self.gateway == "overland" else f"through {self.gateway_name}"
        return f"{way}: {'; '.join(self.reasons)}"


def missing_routes(query: Query, offered: dict[int, float]) -> list[Missing]:
    """List the gateways that would be better, or there at all, if nothing were shut.

    Parameters
    ----------
    query : Query
        What was asked.
    offered : dict of int to float
        Generalised cost [USD] of the itineraries offered, by gateway.

    Returns
    -------
    list of Missing
        Best first; empty if closures change nothing.
    """
    if not query.base.state.shut:
        return []
    opened = _opened(query)
    found = best_by_gateway(search_graph(opened), is_export=opened.is_export)
    missed = []
    for gateway, path in found.items():
        cost = float(opened.generalised[path].sum())
        if cost >= offered.get(gateway, np.inf) * (1 - NOTICEABLE):
            continue
        targets = _touched(opened, path, query.base.state)
        if targets:
            missed.append((cost, _missing(opened, path, gateway, targets, query.base.state)))
    return [m for _, m in sorted(missed, key=lambda pair: pair[0])]


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
        )
        if best_by_gateway(search_graph(free), is_export=free.is_export):
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


def _opened(query: Query) -> Query:
    """Return the query with every closure and ban lifted."""
    state = replace(query.base.state, shut=frozenset(), hampered=())
    return make_query(query.base.network, query.cargo, query.day, query.options, state)


def _touched(query: Query, path: Path, state: DayState) -> tuple[tuple[str, str], ...]:
    """Return what a path uses that is shut in a state."""
    arcs, base = query.arcs, query.base
    rows = base.books.rows
    kinds = {kind for kind, _ in state.shut}
    used: dict[tuple[str, str], None] = {}
    nodes = query.state_node[np.append(arcs.tail[path], arcs.head[path[-1:]])]
    for n in dict.fromkeys(nodes.tolist()):
        used[("node", base.nodes[n])] = None
        used[("country", rows["nodes"][n]["country"])] = None
    for kind, table, column, key in (
        ("link", "links", "links", "link_id"),
        ("crossing", "border_crossings", "crossing", "crossing_id"),
        ("operator", "services", "services", "operator"),
    ):
        if kind in kinds:
            for row in arcs.reference[path, REFERENCES.index(column)]:
                if row >= 0:
                    used[(kind, rows[table][row][key])] = None
    for a in path[arcs.kind[path] == Kind.SEA]:
        ends = query.state_node[[arcs.tail[a], arcs.head[a]]]
        pair = [rows["nodes"][n]["country"] for n in ends]
        used |= {("country_pair", "-".join(p)): None for p in (pair, pair[::-1])}
        for bit, passage in enumerate(base.passages):
            if arcs.passes[a] >> bit & 1:
                used[("passage", passage)] = None
    return tuple(u for u in used if u in state.shut)


def _missing(
    opened: Query,
    path: Path,
    gateway: int,
    targets: tuple[tuple[str, str], ...],
    state: DayState,
) -> Missing:
    base = opened.base
    name = "overland" if gateway == OVERLAND else base.books.rows["nodes"][gateway]["name"]
    cost = float(opened.totals.usd[path].sum())
    hours = float(opened.totals.hours[path].sum())
    return Missing(
        "overland" if gateway == OVERLAND else base.nodes[gateway],
        name,
        cost,
        hours,
        cost + opened.rising * hours,
        targets,
        tuple(_reason(opened, target, state) for target in targets),
    )


def _reason(query: Query, target: tuple[str, str], state: DayState) -> str:
    """Say since when a thing is shut and why."""
    rows = query.base.books.rows
    name = target_name(query.base.network, *target)
    for table, in_force in (
        ("closures", state.shut_rows),
        ("restrictions", state.restriction_rows),
    ):
        for i in in_force:
            row = rows[table][i]
            if (row["target_kind"], row["target"]) == target:
                until = f" to {row['ends']}" if row["ends"] else f", last look {row['last_look']}"
                word = "shut" if table == "closures" else "barred"
                reason = row["reason"].rstrip(".")
                return f"{name} is {word} from {row['starts']}{until} ({reason})"
    return f"you asked to avoid {name}"


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
