"""What is known while the arcs of a supernetwork are added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from karwan.network import Network
from karwan.routing.arcs import ArcBuilder, Carriage
from karwan.routing.calendar import DayState, Hampered, Target
from karwan.routing.costs import GRADES, Moment, RateBooks, Row
from karwan.routing.rates import lognormal_moments

__all__ = ["LAND", "SEA", "SupernetworkBuild"]

LAND, SEA = "land", "sea"
NO_DELAY = (Moment(), 0.0, -1)
"""What a thing that is not hampered adds: time, surcharge and row of `closures`."""


@dataclass
class SupernetworkBuild:
    """What is known while arcs are added."""

    network: Network
    state: DayState
    books: RateBooks
    arcs: ArcBuilder = field(default_factory=ArcBuilder)
    states: dict[tuple[int, Carriage], int] = field(default_factory=dict)
    operators: dict[str, int] = field(default_factory=lambda: {"": 0})
    gates: dict[tuple[Target, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.books.rows
        self.node_index = {r["node_id"]: i for i, r in enumerate(rows["nodes"])}
        self.country_of = [r["country"] for r in rows["nodes"]]
        self.country_index = {r["country"]: i for i, r in enumerate(rows["countries"])}
        self.modes = {r["mode"]: (i, r) for i, r in enumerate(rows["modes"])}
        self.hampered: dict[tuple[str, str], list[Hampered]] = {}
        for target, what in self.state.hampered:
            self.hampered.setdefault(target, []).append(what)
        self.crossings: dict[tuple[str, str, str], tuple[int, Row]] = {}
        for i, r in enumerate(rows["border_crossings"]):
            for pair in ((r["node_a"], r["node_b"]), (r["node_b"], r["node_a"])):
                self.crossings[(r["mode"], *pair)] = (i, r)
        self.calls = _calls(self.books)
        self.ferries = _ferries(self.books, self.calls)
        self.sea_grade = _worst_sea_grade(self.network)

    def state_of(self, node: int, carriage: Carriage) -> int:
        """Return the number of a state, new if need be."""
        return self.states.setdefault((node, carriage), len(self.states))

    def is_shut(self, *targets: tuple[str, str]) -> bool:
        """Say whether any of the things is shut."""
        return not self.state.shut.isdisjoint(targets)

    def gate_of(self, *targets: Target) -> int:
        """Return the number of the gate that the timed ones of these targets make, -1 if none.

        ``("handling", node)`` stands for what hampers handlings at a node; the node itself is
        one of the targets then.
        """
        known = self.state.timed
        if known.isdisjoint(targets):
            return -1
        timed = tuple(
            target
            for target in targets
            if target in known or (target[0] == "handling" and ("node", target[1]) in known)
        )
        return self.gates.setdefault(timed, len(self.gates))

    @staticmethod
    def targets_at(node: str, country: str) -> tuple[Target, ...]:
        """Return what must be open for handlings, collection and delivery at a node."""
        here = ("node", node), ("handling", node)
        return (*here, ("country", country), ("hours", f"node:{node}"))

    def hampering(self, *targets: tuple[str, str]) -> tuple[Moment, float, int]:
        """Return extra time, surcharge [USD/TEU] and closure row of hampered things."""
        if self.hampered.keys().isdisjoint(targets):
            return NO_DELAY
        time, charge, row = Moment(), 0.0, -1
        for target in targets:
            for what in self.hampered.get(target, ()):
                moments = lognormal_moments(what.delay_p50_h, what.delay_p95_h)
                time += Moment(*moments, self.books.grades["closures"][what.row])
                charge += what.surcharge_usd_per_teu
                row = what.row
        return time, charge, row

    def sea_services(self, *, generic: bool = False) -> Iterator[tuple[int, Row, list[Row]]]:
        """Yield services at sea that run on the date: row, service, calls."""
        usable = np.frombuffer(self.state.services, np.uint8)
        for s, row in enumerate(self.books.rows["services"]):
            calls = self.calls.get(row["service_id"], [])
            at_sea = self.modes[row["mode"]][1]["medium"] == SEA
            barred = self.is_shut(("operator", row["operator"]))
            if at_sea and usable[s] and not barred and generic == (not calls):
                yield s, row, calls

    def inland_ports(self) -> set[str]:
        """Return the ports where cargo changes between the sea and another mode."""
        ports = set()
        for row in self.books.rows["transfers"]:
            mediums = {self.modes[row[m]][1]["medium"] for m in ("from_mode", "to_mode")}
            if SEA in mediums and len(mediums) > 1:
                ports.add(row["node_id"])
        return ports


def _calls(books: RateBooks) -> dict[str, list[Row]]:
    """Return the calls of each service in order."""
    calls: dict[str, list[Row]] = {}
    for row in sorted(books.rows["service_calls"], key=lambda r: (r["service_id"], r["call"])):
        calls.setdefault(row["service_id"], []).append(row)
    return calls


def _ferries(
    books: RateBooks, calls: dict[str, list[Row]]
) -> dict[tuple[str, frozenset[str]], list[int]]:
    """Return services by mode and pair of consecutive calls."""
    pairs: dict[tuple[str, frozenset[str]], list[int]] = {}
    for s, service in enumerate(books.rows["services"]):
        stops = [c["node_id"] for c in calls.get(service["service_id"], [])]
        for pair in {frozenset(p) for p in zip(stops, stops[1:] + stops[:1], strict=True)}:
            if len(pair) == 2:
                pairs.setdefault((service["mode"], pair), []).append(s)
    return pairs


def _worst_sea_grade(network: Network) -> int:
    """Return the worst grade among the sources of the sea graph."""
    graded = dict(network.table("sources").select("source_id", "grade").iter_rows())
    used = network.table("sea_links")["source_id"].unique().to_list()
    return max((GRADES.index(graded[s]) for s in used if s in graded), default=0)
