"""What is lost when a crossing, gateway, passage or country is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.arcs import REFERENCES
from karwan.routing.calendar import Target, day_state
from karwan.routing.consignment import Consignment, find_node, resolve_cargo
from karwan.routing.paths import Path
from karwan.routing.query import Options, Query, make_query
from karwan.routing.search import gateway_of
from karwan.routing.search_graph import OVERLAND, SearchGraph, search_graph
from karwan.routing.targets import target_name
from karwan.routing.trees import cheapest_tree
from karwan.routing.uses import arcs_using
from karwan.studies.run import Run, karwan_version

__all__ = ["Resilience", "places_of", "resilience"]

NOTHING: frozenset[Target] = frozenset()
Best = tuple[Query, Path, tuple[float, float, float]]
"""Query, path in it, and its generalised cost, money and hours."""


@dataclass(frozen=True, eq=False)
class Resilience:
    """Losses over many pairs of places.

    Attributes
    ----------
    run : Run
        Stamp.
    singles, doubles : polars.DataFrame
        One row a loss: what is lost, pairs it hits and cuts off, mean and largest extra
        generalised cost, cost and time of the pairs it hits but does not cut off, for one
        consignment [USD], [h]. `doubles` is empty if it was not asked for, and holds only pairs
        of losses that hurt more together than the worse of them alone.
    pairs : int
        Pairs of an origin and a market that are joined at all.
    """

    run: Run
    singles: pl.DataFrame
    doubles: pl.DataFrame
    pairs: int

    @property
    def summary(self) -> pl.DataFrame:
        """The single losses, one row each."""
        return self.singles

    def to_dict(self) -> dict[str, Any]:
        """Return the tables as plain values."""
        return {
            "schema": "karwan.resilience/1",
            "run": {"network": self.run.network, "fingerprint": self.run.fingerprint},
            "depart": str(self.run.depart),
            "pairs": self.pairs,
            "singles": self.singles.to_dicts(),
            "doubles": self.doubles.to_dicts(),
        }


@dataclass
class _Sums:
    """What one loss does over all pairs."""

    hit: int = 0
    cut: int = 0
    extra: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, extra: tuple[float, float, float] | None) -> None:
        self.hit += 1
        if extra is None:
            self.cut += 1
        else:
            self.extra.append(extra)

    def row(self) -> dict[str, float | int | None]:
        found = np.array(self.extra).reshape(-1, 3)
        some = len(found) > 0
        mean = found.mean(axis=0) if some else [None] * 3
        return {
            "pairs_hit": self.hit,
            "pairs_cut_off": self.cut,
            "mean_extra_generalised_usd": mean[0],
            "largest_extra_generalised_usd": found[:, 0].max() if some else None,
            "mean_extra_cost_usd": mean[1],
            "mean_extra_time_h": mean[2],
            "total_extra_generalised_usd": float(found[:, 0].sum()),
        }


def resilience(
    network: Network,
    origins: Sequence[str] | None = None,
    markets: Sequence[str] | None = None,
    *,
    commodity: str = "general",
    teu: float = 1.0,
    depart: dt.date | None = None,
    doubles: bool = False,
) -> Resilience:
    """Find what the loss of each crossing, gateway, passage and transit country costs.

    For each pair of places the best itinerary without the lost thing is searched anew. Only
    things that the best itinerary uses can hurt a pair, and a second loss can add to the first
    only if what is best after the first uses it: both lists are exact. The state of the
    departure date lasts. Ways are searched with the value of reliability by its tangent.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    origins, markets : sequence of str, optional
        Places; those with the roles origin and market if not given.
    commodity : str
        Commodity of each consignment.
    teu : float
        Size of each consignment.
    depart : datetime.date, optional
        Date; the network's as-of date if not given.
    doubles : bool
        Search pairs of losses too.

    Returns
    -------
    Resilience
        Losses, worst first.

    Raises
    ------
    InputError
        Unknown places or commodity, or no pair is joined.
    """
    day = depart or network.as_of
    named = [
        places_of(network, asked, role)
        for asked, role in ((origins, "origin"), (markets, "market"))
    ]
    single: dict[frozenset[Target], _Sums] = {}
    double: dict[frozenset[Target], _Sums] = {}
    pairs = 0
    for origin in named[0]:
        for market in named[1]:
            if origin == market:
                continue
            losses = _Losses(network, Consignment(origin, market, commodity, teu=teu), day)
            if losses.best is None:
                continue
            pairs += 1
            for lost, extra in losses.singles():
                single.setdefault(lost, _Sums()).add(extra)
            for lost, extra in losses.doubles() if doubles else ():
                double.setdefault(lost, _Sums()).add(extra)
    if pairs == 0:
        message = f"no origin is joined with any market on {day}; name other places"
        raise InputError(message)
    options = {"commodity": commodity, "teu": teu, "origins": named[0], "markets": named[1]}
    run = Run(
        karwan_version(), network.name, network.fingerprint, (), day, network.price_year, options
    )
    return Resilience(run, _table(network, single), _table(network, double), pairs)


def places_of(network: Network, asked: Sequence[str] | None, role: str) -> list[str]:
    """Resolve places, or list those of a role."""
    if asked is None:
        has_role = pl.col("role").fill_null("").str.split("|").list.contains(role)
        return network.table("nodes").filter(has_role)["node_id"].to_list()
    problems, found = [], []
    for place in asked:
        try:
            found.append(find_node(network, place))
        except InputError as fault:
            problems.append(str(fault))
    if problems:
        raise InputError("; ".join(problems))
    return list(dict.fromkeys(found))


class _Losses:
    """Best itineraries of one pair with some things lost, each searched once."""

    def __init__(self, network: Network, consignment: Consignment, day: dt.date) -> None:
        cargo = resolve_cargo(network, consignment)
        self.network, self.cargo, self.day = network, cargo, day
        self.graphs: dict[frozenset[Target], SearchGraph] = {}
        self.queries: dict[frozenset[Target], Query] = {}
        country = dict(network.table("nodes").select("node_id", "country").iter_rows())
        self.ends = {country[cargo.origin], country[cargo.destination]}
        self.nodes = {cargo.origin, cargo.destination}
        self.known: dict[frozenset[Target], Best | None] = {}
        self.masks: dict[tuple[frozenset[Target], Target], Any] = {}
        self.best = self.without(NOTHING)

    def without(self, lost: frozenset[Target]) -> Best | None:
        """Return the best path without some things."""
        if lost not in self.known:
            self.known[lost] = self._search(lost)
        return self.known[lost]

    def _graph(self, passages: frozenset[Target]) -> tuple[Query, SearchGraph]:
        """Return the graph with some passages shut: ships sail round them."""
        if passages not in self.graphs:
            state = day_state(self.network, self.day, frozen=True)
            state = replace(state, shut=state.shut | passages)
            query = make_query(self.network, self.cargo, self.day, Options(), state)
            self.queries[passages], self.graphs[passages] = query, search_graph(query)
        return self.queries[passages], self.graphs[passages]

    def _search(self, lost: frozenset[Target]) -> Best | None:
        passages = frozenset(t for t in lost if t[0] == "passage")
        query, graph = self._graph(passages)
        cost = graph.generalised
        if len(graph.tail) == 0:
            return None
        for target in lost - passages:
            key = (passages, target)
            if key not in self.masks:
                used = arcs_using(query, target)[graph.member]
                self.masks[key] = np.logical_or.reduceat(used, graph.first_member[:-1])
            cost = np.where(self.masks[key], np.inf, cost)
        tree = cheapest_tree(graph.ahead, cost, graph.origin)
        if not np.isfinite(tree[0][graph.target]):
            return None
        path = graph.members(graph.way_to(tree, graph.target))
        totals = query.totals
        sums = float(totals.usd[path].sum()), float(totals.hours[path].sum())
        return query, path, (query.generalised_on(path), *sums)

    def things(self, best: Best) -> list[Target]:
        """Return the crossings, gateway, passages and transit countries of a best path."""
        query, path, _ = best
        base, arcs = query.base, query.arcs
        rows = base.books.rows
        crossing = arcs.reference[path, REFERENCES.index("crossing")]
        found = [
            ("crossing", rows["border_crossings"][c]["crossing_id"]) for c in crossing if c >= 0
        ]
        bits = int(np.bitwise_or.reduce(arcs.passes[path])) if len(path) else 0
        found += [("passage", p) for i, p in enumerate(base.passages) if bits >> i & 1]
        countries = {rows["countries"][c]["country"] for c in arcs.country[path] if c >= 0}
        found += [("country", c) for c in sorted(countries - self.ends)]
        gateway = gateway_of(query, path)
        if gateway != OVERLAND and base.nodes[gateway] not in self.nodes:
            found.append(("node", base.nodes[gateway]))
        return list(dict.fromkeys(found))

    def singles(
        self,
    ) -> Iterator[tuple[frozenset[Target], tuple[float, float, float] | None]]:
        """Yield each loss that hurts, with what it adds; None if it cuts the pair off."""
        if self.best is None:
            return
        for thing in self.things(self.best):
            lost = frozenset((thing,))
            yield lost, self._extra(lost)

    def doubles(
        self,
    ) -> Iterator[tuple[frozenset[Target], tuple[float, float, float] | None]]:
        """Yield each pair of losses that hurts more than the worse of the two alone."""
        if self.best is None:
            return
        told: set[frozenset[Target]] = set()
        for first in self.things(self.best):
            after = self.without(frozenset((first,)))
            if after is None:
                continue
            for second in self.things(after):
                lost = frozenset((first, second))
                alone = self.without(frozenset((second,)))
                if lost in told or alone is None:
                    continue
                told.add(lost)
                both = self.without(lost)
                if both is None or both[2][0] > max(after[2][0], alone[2][0]) * (1 + 1e-9):
                    yield lost, self._extra(lost)

    def _extra(self, lost: frozenset[Target]) -> tuple[float, float, float] | None:
        found, best = self.without(lost), self.best
        if found is None or best is None:
            return None
        a, b, c = (x - y for x, y in zip(found[2], best[2], strict=True))
        return a, b, c


def _table(network: Network, sums: dict[frozenset[Target], _Sums]) -> pl.DataFrame:
    """Return losses, those that cut most pairs off and cost most first."""
    rows = []
    for lost, total in sums.items():
        things = sorted(lost)
        names = " and ".join(target_name(network, *thing) for thing in things)
        kinds = " and ".join("gateway" if kind == "node" else kind for kind, _ in things)
        targets = "|".join(f"{kind}:{name}" for kind, name in things)
        rows.append({"lost": names, "kind": kinds, "targets": targets, **total.row()})
    schema: dict[str, Any] = dict.fromkeys(("lost", "kind", "targets"), pl.String)
    numbers = _Sums().row()
    schema |= {k: pl.Int64 if k.startswith("pairs") else pl.Float64 for k in numbers}
    frame = pl.DataFrame(rows, schema=schema)
    worst = ["pairs_cut_off", "total_extra_generalised_usd"]
    return frame.sort([*worst, "targets"], descending=[True, True, False])
