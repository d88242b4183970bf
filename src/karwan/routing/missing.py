"""Say why a familiar route is missing, and what cuts two places apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from karwan.routing.calendar import Target, spells
from karwan.routing.paths import Path, Paths
from karwan.routing.query import Query, make_query
from karwan.routing.schedule import is_shut
from karwan.routing.search import best_by_gateway, gateways_of
from karwan.routing.search_graph import OVERLAND, SearchGraph, search_graph
from karwan.routing.targets import target_name
from karwan.routing.uses import arcs_using

__all__ = ["Missing", "missing_routes"]

NOTICEABLE = 0.01
"""A gateway is missed if it would lower its generalised cost by more than this share."""
BARS = ("shut", "exclude")
"""Effects of closures and restrictions that keep a thing from being used."""
KEPT = ("hours", "timetable")
"""Timed things that are calendars, not closures."""
RIVAL = 0.10
"""What is shut is missed if its best itinerary costs at most this share more than the gateway's."""
Targets = tuple[Target, ...]
"""Things by kind and identifier."""


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
    targets: Targets
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """Gateway and reasons in one sentence."""
        way = "overland" if self.gateway == "overland" else f"through {self.gateway_name}"
        return f"{way}: {'; '.join(self.reasons)}"


def missing_routes(query: Query, offered: dict[int, float]) -> list[Missing]:
    """List what would be offered if nothing were shut.

    These are the gateways that would be better, or there at all, and the best itinerary over
    each thing that is shut, if it is a rival to what its gateway offers.

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
    state = query.base.state
    closable = state.shut | {t for t in state.timed if t[0] not in KEPT}
    if not closable:
        return []
    opened = _opened(query)
    graph = search_graph(opened)
    things = sorted(closable)
    uses = np.array([arcs_using(opened, target) for target in things])
    missed: dict[tuple[int, Targets], tuple[float, Path]] = {}

    def is_missed(gateway: int, cost: float) -> bool:
        return cost < offered.get(gateway, np.inf) * (1 - NOTICEABLE)

    better = best_by_gateway(opened, graph, wanted=is_missed)
    for gateway, trip in better.items():
        if targets := _touched(query, things, uses, opened, trip.path):
            missed[gateway, targets] = (trip.generalised(opened), trip.path)
    told = {target for _, targets in missed for target in targets}
    paths = _best_through(graph, uses[[t not in told for t in things]])
    for i, gateway in enumerate(gateways_of(opened, paths)):
        path = paths.path(i)
        cost = opened.generalised_on(path)
        if cost > offered.get(gateway, np.inf) * (1 + RIVAL):
            continue
        if targets := _touched(query, things, uses, opened, path):
            missed.setdefault((gateway, targets), (cost, path))
    ranked = sorted(missed.items(), key=lambda item: (item[1][0], item[0]))
    return [_missing(query, opened, path, g, targets) for (g, targets), (_, path) in ranked]


def _best_through(graph: SearchGraph, uses: NDArray[np.bool_]) -> Paths:
    """Return the best itinerary over the arcs that each thing marks, where there is one."""
    forth, back = graph.forth(None), graph.back(None)
    through = forth[0][graph.tail] + graph.generalised + back[0][graph.head]
    if len(through) == 0 or len(uses) == 0:
        return Paths.of([])
    usable = np.logical_or.reduceat(uses[:, graph.member], graph.first_member[:-1], axis=1)
    costs = np.where(usable, through, np.inf)
    best = costs.argmin(axis=1)
    found = np.isfinite(costs[np.arange(len(uses)), best])
    return graph.ways_over(forth, best[found], back)


def _touched(
    query: Query, things: list[Target], uses: NDArray[np.bool_], opened: Query, path: Path
) -> Targets:
    """Return the things a path uses that are shut when it comes to them, in order."""
    used = uses[:, path]
    first = used.argmax(axis=1).tolist()
    met = [(first[i], things[i]) for i in np.flatnonzero(used.any(axis=1)).tolist()]
    comes = np.cumsum(opened.totals.hours[path]) - opened.totals.hours[path] + query.start
    shut = query.base.state.shut
    return tuple(
        target
        for k, target in sorted(met)
        if target in shut or is_shut(query.base.network, target, query.day, float(comes[k]))
    )


def _opened(query: Query) -> Query:
    """Return the query with every closure and ban lifted."""
    base = query.base
    state = replace(base.state, shut=frozenset(), hampered=(), timed=frozenset())
    return make_query(base.network, query.cargo, query.day, query.options, state, query.leaves)


def _missing(query: Query, opened: Query, path: Path, gateway: int, targets: Targets) -> Missing:
    base = opened.base
    name = "overland" if gateway == OVERLAND else base.books.rows["nodes"][gateway]["name"]
    cost = float(opened.totals.usd[path].sum())
    hours = float(opened.totals.hours[path].sum())
    return Missing(
        "overland" if gateway == OVERLAND else base.nodes[gateway],
        name,
        cost,
        hours,
        opened.generalised_on(path),
        targets,
        tuple(_reason(query, target, hours) for target in targets),
    )


def _reason(query: Query, target: Target, hours: float) -> str:
    """Say since when a thing is shut and why."""
    state, rows = query.base.state, query.base.books.rows
    arrived = query.day + dt.timedelta(hours=hours)
    name = target_name(query.base.network, *target)
    for table, in_force in (
        ("closures", state.closure_rows),
        ("restrictions", state.restriction_rows),
    ):
        for i in in_force:
            row = rows[table][i]
            is_it = (row["target_kind"], row["target"]) == target and row["effect"] in BARS
            spell = spells(row, query.day, arrived) if is_it else []
            if spell:
                first, last = spell[0]
                until = f" to {last}" if last else f", last look {row['last_look']}"
                word = "shut" if table == "closures" else "barred"
                return f"{name} is {word} from {first}{until} ({row['reason'].rstrip('.')})"
    return f"you asked to avoid {name}"
