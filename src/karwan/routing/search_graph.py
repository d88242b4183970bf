"""The graph that a query is searched on: contracted, in layers, with its trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from karwan.kernels.chains import contract_chains
from karwan.kernels.ways import way_back, ways_over
from karwan.routing.arcs import Kind
from karwan.routing.paths import Path, Paths
from karwan.routing.query import CRITERIA, Query
from karwan.routing.trees import Adjacency, Tree, adjacency, cheapest_tree, way_to

__all__ = ["OVERLAND", "SearchGraph", "search_graph"]

OVERLAND = -1
"""Gateway of an itinerary that never meets the open sea."""


@dataclass(frozen=True, eq=False)
class SearchGraph:
    """Contracted graph of a query, in layers of places passed and handlings made.

    Attributes
    ----------
    tail, head : int32[n]
        States of the layers.
    cost : float64[n, 4]
        Totals by CRITERIA.
    gate : int32[n]
        Gate of each arc, -1 if it can always be entered; arcs with gates are not contracted.
    teu : float64[n]
        TEU that surcharges at the gate count for.
    prices : tuple of (float, float, float)
        Capital, value of time above it, value of reliability [USD/h], as in the query.
    at_sea : bool[n]
        Arc on the open sea.
    gateway : int32[n]
        For arcs at sea, the node that would be the gateway.
    first_member, member : int32
        Arcs of the query behind each arc: ``member[first_member[i]:first_member[i + 1]]``.
    origin, target, n_states : int
        Ends and size.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    cost: NDArray[np.float64]
    gate: NDArray[np.int32]
    teu: NDArray[np.float64]
    prices: tuple[float, float, float]
    at_sea: NDArray[np.bool_]
    gateway: NDArray[np.int32]
    first_member: NDArray[np.int32]
    member: NDArray[np.int32]
    origin: int
    target: int
    n_states: int

    def members(self, arcs: Sequence[int] | NDArray[np.integer]) -> Path:
        """Return the arcs of the query behind a path of arcs."""
        return self.paths(np.array([0, len(arcs)]), np.asarray(arcs, np.intp))[0].arc

    def paths(
        self, first: NDArray[np.integer], arcs: NDArray[np.integer]
    ) -> tuple[Paths, NDArray[np.intp]]:
        """Return paths of arcs as arcs of the query, and where each arc of theirs begins."""
        member = self.first_member[arcs]
        sizes = self.first_member[arcs + 1] - member
        ends = np.append(0, np.cumsum(sizes))
        rows = np.arange(ends[-1]) + np.repeat(member - ends[:-1], sizes)
        return Paths(ends[first].astype(np.int32), self.member[rows].astype(np.intp)), ends[:-1]

    @cached_property
    def ahead(self) -> Adjacency:
        """Arcs by the state they leave."""
        return adjacency(self.tail, self.head, self.n_states)

    @cached_property
    def first_ahead(self) -> NDArray[np.int32]:
        """Where the arcs of each state start in ``ahead.order``."""
        tails = self.tail[self.ahead.order]
        return np.searchsorted(tails, np.arange(self.n_states + 1)).astype(np.int32)

    @cached_property
    def behind(self) -> Adjacency:
        """Arcs by the state they reach."""
        return adjacency(self.head, self.tail, self.n_states)

    @cached_property
    def _trees(self) -> dict[tuple[str | None, bool, bool], Tree]:
        return {}

    @cached_property
    def steepness(self) -> float:
        """USD per h2 of variance that stand for the value of reliability in trees.

        Spread is the root of variance and does not add up along a path; its tangent at the
        spread of the quickest itinerary does, and lies nowhere below it but for a constant.
        """
        quickest = way_back(self.head, self.back("time")[1], self.origin)
        variance = float(self.cost[quickest, CRITERIA.index("reliability")].sum())
        return self.prices[2] / (2 * float(np.sqrt(variance))) if variance > 0 else 0.0

    @cached_property
    def generalised(self) -> NDArray[np.float64]:
        """Generalised cost of each arc [USD], with the value of reliability by its tangent."""
        money, hours, _, variance = self.cost.T
        weighed: NDArray[np.float64] = money + self.prices[1] * hours + self.steepness * variance
        return weighed

    def weight(self, criterion: str | None) -> NDArray[np.float64]:
        """Return the cost of each arc: a criterion, or the generalised cost."""
        if criterion is None:
            return self.generalised
        column: NDArray[np.float64] = self.cost[:, CRITERIA.index(criterion)]
        return column

    def forth(self, criterion: str | None, *, by_land: bool = False) -> Tree:
        """Return the tree of cheapest ways from the origin, made once."""
        return self._tree(criterion, by_land, back=False)

    def back(self, criterion: str | None, *, by_land: bool = False) -> Tree:
        """Return the tree of cheapest ways to the target, made once."""
        return self._tree(criterion, by_land, back=True)

    def _tree(self, criterion: str | None, by_land: bool, *, back: bool) -> Tree:  # noqa: FBT001
        key = (criterion, by_land, back)
        if key not in self._trees:
            cost = self.weight(criterion)
            if by_land:
                cost = np.where(self.at_sea, np.inf, cost)
            side, root = (self.behind, self.target) if back else (self.ahead, self.origin)
            self._trees[key] = cheapest_tree(side, cost, root)
        return self._trees[key]

    def way_to(self, tree: Tree, state: int) -> NDArray[np.int32]:
        """Return the arcs of a tree from the origin to a state."""
        return way_to(self.tail, tree, state)

    def ways_over(self, forth: Tree, arcs: NDArray[np.integer], back: Tree) -> Paths:
        """Return the paths to each arc, over it, and on to the target, as arcs of the query."""
        over = arcs.astype(np.int32)
        return self.paths(*ways_over(self.tail, self.head, forth[1], over, back[1]))[0]


def search_graph(query: Query) -> SearchGraph:
    """Lay a query out in layers and contract its plain chains.

    A layer counts the places of `via` passed, the handlings made and the modes asked for that
    were used so far, so that these wishes are kept exactly. States where nothing can be decided
    are contracted away; the sea and arcs with gates stay as they are.

    Parameters
    ----------
    query : Query
        Arcs and totals.

    Returns
    -------
    SearchGraph
        Graph to search.
    """
    tail, head, arc, target = _layers(query)
    n_states = int(max(tail.max(initial=0), head.max(initial=0), query.origin, target)) + 1
    totals = query.totals
    stacked = np.column_stack((totals.usd, totals.hours, totals.kgco2e, totals.variance))
    stays = (query.arcs.kind[arc] == Kind.SEA) | (query.arcs.gate[arc] >= 0)
    keep = np.zeros(n_states, bool)
    keep[[query.origin, target]] = True
    keep[tail[stays]] = keep[head[stays]] = True
    c_tail, c_head, cost, first, member = contract_chains(
        tail, head, np.ascontiguousarray(stacked[arc]), keep
    )
    leading = arc[member[first[:-1]]] if len(c_tail) else np.zeros(0, np.intp)
    at_sea = query.arcs.kind[leading] == Kind.SEA
    side = query.arcs.tail if query.is_export else query.arcs.head
    return SearchGraph(
        c_tail,
        c_head,
        cost,
        query.arcs.gate[leading],
        query.teu[leading],
        (query.capital, query.rising, query.steady),
        at_sea,
        np.where(at_sea, query.state_node[side[leading]], OVERLAND).astype(np.int32),
        first,
        arc[member].astype(np.int32),
        query.origin,
        target,
        n_states,
    )


def _layers(
    query: Query,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.intp], int]:
    """Copy the arcs once a layer; return tails, heads, arcs of the query and the target."""
    arcs, limit = query.arcs, query.options.max_transfers
    n_via, n_handled, n_used = len(query.via), 1 if limit is None else limit + 1, 1
    every = np.arange(arcs.n_arcs)
    if n_via == 0 and limit is None and not query.modes:
        return arcs.tail, arcs.head, every, query.target
    handling = np.isin(arcs.kind, (Kind.TRANSFER, Kind.GAUGE)) & (limit is not None)
    tail_node, head_node = query.state_node[arcs.tail], query.state_node[arcs.head]
    running = np.isin(arcs.kind, (Kind.RUN, Kind.FERRY, Kind.SEA))
    uses = np.zeros(arcs.n_arcs, np.int64)
    for k, mode in enumerate(query.modes):
        uses |= (running & (arcs.mode == mode)).astype(np.int64) << k
        n_used *= 2
    tails, heads, kept = [], [], []
    for passed, handled, used in product(range(n_via + 1), range(n_handled), range(n_used)):
        reaches = np.zeros(arcs.n_arcs, np.int64) + passed
        if passed < n_via:
            reaches += (head_node == query.via[passed]) | (tail_node == query.via[passed])
        after, by = handled + handling, used | uses
        done = (reaches == n_via) & (by == n_used - 1)
        use = (after < n_handled) & ((arcs.head != query.target) | done)
        here = ((passed * n_handled + handled) * n_used + used) * query.n_states
        there = ((reaches * n_handled + after) * n_used + by) * query.n_states
        tails.append((arcs.tail + here)[use])
        ended = np.where(arcs.head == query.target, query.target, arcs.head + there)
        heads.append(ended[use])
        kept.append(every[use])
    parts = (np.concatenate(p) for p in (tails, heads, kept))
    tail, head, arc = parts
    return tail.astype(np.int32), head.astype(np.int32), arc, query.target
