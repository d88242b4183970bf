"""Build the supernetwork: states of cargo at places, and the arcs between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.arcs import FORMS, ArcBuilder, ArcTable, Carriage, Kind
from karwan.routing.calendar import DayState, Hampered
from karwan.routing.costs import Moment, RateBooks, Row
from karwan.routing.rates import lognormal_moments
from karwan.routing.sea_arcs import add_sea_arcs, worst_sea_grade

__all__ = ["Supernetwork", "SupernetworkBuild", "build_supernetwork"]

LAND, CASPIAN, SEA = "land", "caspian", "sea"


@dataclass(frozen=True, eq=False)
class Supernetwork:
    """States and arcs of a network on one date, for one container unit.

    Attributes
    ----------
    network : Network
        Where it comes from.
    state : DayState
        What held on the date.
    books : RateBooks
        Rate tables, for explanations.
    nodes : tuple of str
        node_ids by node index.
    where : dict of str to int
        Node index by node_id.
    country_index : dict of str to int
        Country index by code.
    node_country : int32[n_nodes]
        Country index of each node.
    states : dict of (int, Carriage) to int
        State by node index and carriage.
    states_at : dict of int to list of (Carriage, int)
        Carriages and states of each node.
    state_node, state_form : int32[n_states]
        Node and form of each state.
    arcs : ArcTable
        Arcs that exist on the date; what is shut has none.
    operators : tuple of str
        Operators by index in `arcs.operates`.
    passages : tuple of str
        Passages by bit of `arcs.passes`.
    """

    network: Network
    state: DayState
    books: RateBooks
    nodes: tuple[str, ...]
    where: dict[str, int]
    country_index: dict[str, int]
    node_country: NDArray[np.int32]
    states: dict[tuple[int, Carriage], int]
    states_at: dict[int, list[tuple[Carriage, int]]]
    state_node: NDArray[np.int32]
    state_form: NDArray[np.int32]
    arcs: ArcTable
    operators: tuple[str, ...]
    passages: tuple[str, ...]

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.state_node)


@lru_cache(maxsize=32)
def build_supernetwork(network: Network, state: DayState, container_unit: str) -> Supernetwork:
    """Build states and arcs; equal arguments give the same object.

    Parameters
    ----------
    network : Network
        Network whose rows are read.
    state : DayState
        What is shut, hampered and valid on the date.
    container_unit : str
        TEU or FEU.

    Returns
    -------
    Supernetwork
        States and arcs with the rows they rest on.
    """
    build = SupernetworkBuild(network, state, RateBooks(network, state, container_unit))
    build.add_links()
    build.add_transfers()
    arcs, passages = add_sea_arcs(build, build.arcs.table())
    states_at: dict[int, list[tuple[Carriage, int]]] = {}
    for (node, carriage), number in build.states.items():
        states_at.setdefault(node, []).append((carriage, number))
    return Supernetwork(
        network,
        state,
        build.books,
        tuple(build.node_index),
        build.node_index,
        build.country_index,
        np.array([build.country_index[c] for c in build.country_of], np.int32),
        build.states,
        states_at,
        np.array([node for node, _ in build.states], np.int32),
        np.array([FORMS.index(c.form) for _, c in build.states], np.int32),
        arcs,
        tuple(build.operators),
        passages,
    )


@dataclass
class SupernetworkBuild:
    """What is known while arcs are added."""

    network: Network
    state: DayState
    books: RateBooks
    arcs: ArcBuilder = field(default_factory=ArcBuilder)
    states: dict[tuple[int, Carriage], int] = field(default_factory=dict)
    operators: dict[str, int] = field(default_factory=lambda: {"": 0})

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
        self.procedures = {
            (r["crossing_id"], r["country"], r["direction"]): i
            for i, r in enumerate(rows["border_procedures"])
        }
        self.calls = _calls(self.books)
        self.ferries = _ferries(self.books, self.calls)
        self.sea_grade = worst_sea_grade(self.network)

    def state_of(self, node: int, carriage: Carriage) -> int:
        """Return the number of a state, new if need be."""
        return self.states.setdefault((node, carriage), len(self.states))

    def is_shut(self, *targets: tuple[str, str]) -> bool:
        """Say whether any of the things is shut."""
        return not self.state.shut.isdisjoint(targets)

    def hampering(self, *targets: tuple[str, str]) -> tuple[Moment, float, int]:
        """Return extra time, surcharge [USD/TEU] and closure row of hampered things."""
        time, charge, row = Moment(), 0.0, -1
        for target in targets:
            for what in self.hampered.get(target, ()):
                moments = lognormal_moments(what.delay_p50_h, what.delay_p95_h)
                time += Moment(*moments, self.books.grades["closures"][what.row])
                charge += what.surcharge_usd_per_teu
                row = what.row
        return time, charge, row

    def add_links(self) -> None:
        """Add running, ferry and border arcs of every link that is usable."""
        usable = np.frombuffer(self.state.links, np.uint8)
        for i, link in enumerate(self.books.rows["links"]):
            if not usable[i] or self.is_shut(("link", link["link_id"])):
                continue
            ends = [(link["from_node"], link["to_node"])]
            if link["two_way"]:
                ends.append((link["to_node"], link["from_node"]))
            for from_node, to_node in ends:
                self._add_link(i, link, from_node, to_node)

    def _add_link(self, i: int, link: Row, from_node: str, to_node: str) -> None:
        a, b = self.node_index[from_node], self.node_index[to_node]
        countries = (self.country_of[a], self.country_of[b])
        if self.is_shut(
            ("node", from_node), ("node", to_node), *(("country", c) for c in countries)
        ):
            return
        mode_row = self.modes[link["mode"]][1]
        crossing = None
        if mode_row["medium"] == LAND and countries[0] != countries[1]:
            crossing = self.crossings.get((link["mode"], from_node, to_node))
            if crossing is None or self.is_shut(("crossing", crossing[1]["crossing_id"])):
                return
        for form in mode_row["forms"].split("|"):
            if mode_row["medium"] == LAND:
                self._add_run(i, link, a, b, form, crossing)
            else:
                self._add_ferry(i, link, a, b, form)

    def _add_run(
        self, i: int, link: Row, a: int, b: int, form: str, crossing: tuple[int, Row] | None
    ) -> None:
        books, mode = self.books, link["mode"]
        country = self.country_of[a]
        carriage = Carriage(mode, link["track_gauge_mm"], form)
        time, speed = books.running(link, form, country)
        tariff, tariff_row = books.line_haul(mode, link["link_id"], country, form)
        if speed < 0 or tariff is None:
            return
        kg_per_tkm, factor = books.emission(mode, country, None, form)
        link_grade = books.grades["links"][i]
        usd = {
            "line_haul": tariff["usd_per_unit_km"] * link["distance_km"]
            + (tariff["usd_per_unit"] if tariff["link_id"] else 0.0)
        }
        cost_grade = {"line_haul": max(link_grade, books.grades["tariffs"][tariff_row])}
        time_grade = {"running": max(link_grade, time.grade)}
        hours, variance = {"running": time.mean_h}, time.variance_h2
        rows = {"links": i, "speeds": speed, "tariffs": tariff_row, "emission_factors": factor}
        targets = [("link", link["link_id"])]
        kind, enters = Kind.RUN, -1
        if crossing is not None:
            kind, enters = Kind.BORDER, self.country_index[self.country_of[b]]
            targets.append(("crossing", crossing[1]["crossing_id"]))
            border, charge, grade = self._border(crossing, a, b, form, rows)
            hours["border"], variance = border.mean_h, variance + border.variance_h2
            usd["border"], cost_grade["border"] = charge, grade
            time_grade["border"] = border.grade
        delay, surcharge, closure = self.hampering(*targets)
        hours["waiting"], variance = delay.mean_h, variance + delay.variance_h2
        time_grade["waiting"] = delay.grade
        rows["closures"] = closure
        usd["border"] = usd.get("border", 0.0) + surcharge * books.teu(form)
        self.arcs.add(
            tail=self.state_of(a, carriage),
            head=self.state_of(b, carriage),
            kind=kind,
            form=FORMS.index(form),
            mode=self.modes[mode][0],
            country=self.country_index[country],
            enters=enters,
            distance_km=link["distance_km"],
            direct_km=link["distance_km"],
            variance=variance,
            kgco2e_per_t=kg_per_tkm * link["distance_km"],
            usd=usd,
            hours=hours,
            cost_grade=cost_grade,
            time_grade=time_grade,
            rows=rows,
        )

    def _border(
        self, crossing: tuple[int, Row], a: int, b: int, form: str, rows: dict[str, int]
    ) -> tuple[Moment, float, int]:
        """Return time, charge per unit and cost grade of both sides of a crossing."""
        books = self.books
        time, charge, grade = Moment(), 0.0, 0
        crossing_id, mode = crossing[1]["crossing_id"], crossing[1]["mode"]
        rows["crossing"] = crossing[0]
        sides = (("exit", self.country_of[a]), ("entry", self.country_of[b]))
        for direction, country in sides:
            i = self.procedures.get((crossing_id, country, direction), -1)
            rows[f"{direction}_procedure"] = i
            if i >= 0:
                row = books.rows["border_procedures"][i]
                time += books.procedure(row, i)
                charge += row["cost_usd_per_unit"]
                grade = max(grade, books.grades["border_procedures"][i])
        toll = books.toll(mode, None, self.country_of[b], form)
        rows["tolls"] = toll
        if toll >= 0:
            charge += books.rows["tariffs"][toll]["usd_per_unit"]
            grade = max(grade, books.grades["tariffs"][toll])
        return time, charge, grade

    def _add_ferry(self, i: int, link: Row, a: int, b: int, form: str) -> None:
        books, mode = self.books, link["mode"]
        nodes = self.books.rows["nodes"]
        pair = frozenset((nodes[a]["node_id"], nodes[b]["node_id"]))
        usable = np.frombuffer(self.state.services, np.uint8)
        for s in self.ferries.get((mode, pair), ()):
            service = books.rows["services"][s]
            tariff, tariff_row = books.line_haul(mode, link["link_id"], None, form)
            barred = not usable[s] or form not in service["forms"].split("|")
            if barred or tariff is None or self.is_shut(("operator", service["operator"])):
                continue
            time, speed = books.running(link, form, None)
            if service["speed_kn"] is not None and link["running_time_h"] is None:
                dispersion = time.variance_h2 / time.mean_h if time.mean_h else 0.0
                mean = link["distance_km"] / (service["speed_kn"] * 1.852)
                time = Moment(mean, dispersion * mean, time.grade)
            headway = 168 / service["departures_per_week"]
            delay, surcharge, closure = self.hampering(("link", link["link_id"]))
            kg_per_tkm, factor = books.emission(mode, None, service["ship_teu"], form)
            grade = books.grades["links"][i]
            service_grade = books.grades["services"][s]
            self.arcs.add(
                tail=self.state_of(a, Carriage(mode, None, form)),
                head=self.state_of(b, Carriage(mode, None, form, arrived=True)),
                kind=Kind.FERRY,
                form=FORMS.index(form),
                mode=self.modes[mode][0],
                country=-1,
                operates=self.operators.setdefault(service["operator"], len(self.operators)),
                distance_km=link["distance_km"],
                direct_km=link["distance_km"],
                variance=time.variance_h2 + headway**2 / 12 + delay.variance_h2,
                kgco2e_per_t=kg_per_tkm * link["distance_km"],
                usd={
                    "sea": tariff["usd_per_unit"]
                    + tariff["usd_per_unit_km"] * link["distance_km"]
                    + surcharge * books.teu(form)
                },
                hours={"running": time.mean_h, "waiting": headway / 2 + delay.mean_h},
                cost_grade={"sea": max(grade, books.grades["tariffs"][tariff_row])},
                time_grade={
                    "running": max(grade, time.grade),
                    "waiting": max(service_grade, delay.grade),
                },
                rows={
                    "links": i,
                    "speeds": speed,
                    "tariffs": tariff_row,
                    "services": s,
                    "emission_factors": factor,
                    "closures": closure,
                },
            )

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

    def add_transfers(self) -> None:
        """Add handlings: change of mode, of track gauge, of cargo form or of service."""
        for i, row in enumerate(self.books.rows["transfers"]):
            country = self.country_of[self.node_index[row["node_id"]]]
            if not self.is_shut(("node", row["node_id"]), ("country", country)):
                self._add_transfer(i, row, country)

    def _add_transfer(self, i: int, row: Row, country: str) -> None:
        books = self.books
        node = self.node_index[row["node_id"]]
        from_medium = self.modes[row["from_mode"]][1]["medium"]
        before = Carriage(
            row["from_mode"], row["from_track_gauge_mm"], row["from_form"], from_medium != LAND
        )
        after = Carriage(row["to_mode"], row["to_track_gauge_mm"], row["to_form"])
        dwell = lognormal_moments(row["dwell_p50_h"], row["dwell_p95_h"])
        delay, surcharge, closure = self.hampering(("node", row["node_id"]))
        category, grade = row["category"], books.grades["transfers"][i]
        ashore = from_medium != LAND and self.modes[row["to_mode"]][1]["medium"] == LAND
        same = row["from_mode"] == row["to_mode"] and row["from_form"] == row["to_form"]
        changes_gauge = same and before.track_gauge_mm != after.track_gauge_mm
        self.arcs.add(
            tail=self.state_of(node, before),
            head=self.state_of(node, after),
            kind=Kind.GAUGE if changes_gauge else Kind.TRANSFER,
            form=FORMS.index(row["from_form"]),
            mode=self.modes[row["to_mode"]][0],
            country=self.country_index[country],
            enters=self.country_index[country] if ashore else -1,
            boards=self.modes[row["to_mode"]][0] if row["from_mode"] != row["to_mode"] else -1,
            variance=dwell[1] + delay.variance_h2,
            kgco2e_per_t=books.handling_kg_per_t.get(category, 0.0),
            usd={
                category: row["cost_usd_per_unit"] * books.charge_factor(row["from_form"])
                + surcharge * books.teu(row["from_form"])
            },
            hours={"handling": row["handling_h"], "waiting": dwell[0] + delay.mean_h},
            cost_grade={category: grade},
            time_grade={"handling": grade, "waiting": max(grade, delay.grade)},
            rows={"transfers": i, "closures": closure},
        )


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
