"""Contract the sea graph to arcs between ports, for the passages that are open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from karwan.routing.arcs import (
    COSTS,
    FORMS,
    REFERENCES,
    TIMES,
    ArcTable,
    Carriage,
    Kind,
    stack_arcs,
)
from karwan.routing.build import SupernetworkBuild
from karwan.routing.costs import KM_PER_KNOT_H, Row
from karwan.routing.departures import headway_h
from karwan.routing.rates import lognormal_moments
from karwan.routing.sea_matrix import SeaMatrix, network_sea, sea_matrix

__all__ = ["add_sea_arcs"]


LONG_WAY_ROUND = 2.0
"""A string serves two ports if it sails at most this many times the shortest way between them."""


class _Voyages(NamedTuple):
    """Sea arcs of one service and form before they get their rates."""

    service: int
    form: str
    tail: NDArray[np.intp]
    head: NDArray[np.intp]
    sailed_km: NDArray[np.float64]
    stay_h: NDArray[np.float64]
    passes: NDArray[np.int32]
    matrix: SeaMatrix


def add_sea_arcs(build: SupernetworkBuild, arcs: ArcTable) -> tuple[ArcTable, tuple[str, ...]]:
    """Add arcs between ports to the arcs on land.

    Liner strings give arcs between all their calls. Where none that leaves as often joins two
    ports without a long way round, a generic service does too. A passage that is only hampered,
    or shut for a time, gives two arcs: through it, with delay, surcharge or wait, and round it.

    Parameters
    ----------
    build : SupernetworkBuild
        States and rates so far; new states are added to it.
    arcs : ArcTable
        Arcs on land.

    Returns
    -------
    arcs : ArcTable
        All arcs.
    passages : tuple of str
        Passages by bit of `arcs.passes`.
    """
    network = build.network
    passages = network_sea(network).passage_ids
    if network.table("sea_nodes").is_empty():
        return arcs, passages
    shut = frozenset(t for kind, t in build.state.shut if kind == "passage")
    hard = {t for (kind, t), _ in build.state.hampered if kind == "passage"}
    slow = frozenset(hard | {t for kind, t in build.state.timed if kind == "passage"}) - shut
    tables = [arcs]
    before: list[_Voyages] = []
    served = _served(build, sea_matrix(network, shut))
    for closed in [shut, shut | slow] if slow else [shut]:
        matrix = sea_matrix(network, closed)
        voyages = [*_liner_voyages(build, matrix), *_generic_voyages(build, matrix, served)]
        for k, v in enumerate(voyages):
            longer = _subset(v, v.sailed_km > before[k].sailed_km + 1e-6) if before else v
            tables.append(_rated(build, _allowed(build, longer), passages))
        before = before or voyages
    return stack_arcs(tables), passages


def _served(build: SupernetworkBuild, matrix: SeaMatrix) -> set[tuple[str, int, int]]:
    """Return the cargo forms and pairs of ports that strings serve as well as a generic service.

    Such strings leave at least as often as any generic service of the form, and sail no long way
    round.
    """
    often: dict[str, float] = {}
    for _, row, _ in build.sea_services(generic=True):
        for form in row["forms"].split("|"):
            often[form] = max(often.get(form, 0.0), row["departures_per_week"])
    rows = build.books.rows["services"]
    return {
        (v.form, i, j)
        for v in _liner_voyages(build, matrix)
        if rows[v.service]["departures_per_week"] >= often.get(v.form, 0.0)
        for i, j, km in zip(v.tail.tolist(), v.head.tolist(), v.sailed_km, strict=True)
        if km <= LONG_WAY_ROUND * matrix.distance_km[i, j]
    }


def _liner_voyages(build: SupernetworkBuild, matrix: SeaMatrix) -> Iterator[_Voyages]:
    """Yield voyages between the calls of each liner string at sea."""
    port = {p: i for i, p in enumerate(matrix.ports)}
    for s, row, calls in build.sea_services():
        stops = [(port[c["node_id"]], c["stay_h"]) for c in calls if c["node_id"] in port]
        n = len(stops)
        if n < 2:
            continue
        tail, head, sailed, stay, passed = [], [], [], [], []
        for i in range(n):
            km, hours, passes = 0.0, 0.0, 0
            for j in range(1, n):
                at, there = stops[(i + j - 1) % n], stops[(i + j) % n]
                km += matrix.distance_km[at[0], there[0]]
                passes |= int(matrix.passes[at[0], there[0]])
                hours += at[1] if j > 1 else 0.0
                if there[0] == stops[i][0]:
                    break
                tail.append(stops[i][0])
                head.append(there[0])
                sailed.append(km)
                stay.append(hours)
                passed.append(passes)
        for form in row["forms"].split("|"):
            yield _Voyages(
                s,
                form,
                np.array(tail, np.intp),
                np.array(head, np.intp),
                np.array(sailed),
                np.array(stay),
                np.array(passed, np.int32),
                matrix,
            )


def _generic_voyages(
    build: SupernetworkBuild, matrix: SeaMatrix, served: set[tuple[str, int, int]]
) -> Iterator[_Voyages]:
    """Yield voyages by services without calls, to and from ports with a way inland."""
    n = len(matrix.ports)
    inland = build.inland_ports()
    open_land = np.array([p in inland for p in matrix.ports])
    wanted = (open_land[:, None] | open_land[None, :]) & ~np.eye(n, dtype=bool)
    for s, row, _ in build.sea_services(generic=True):
        for form in row["forms"].split("|"):
            pairs = wanted.copy()
            for served_form, i, j in served:
                if served_form == form:
                    pairs[i, j] = False
            tail, head = np.nonzero(pairs)
            km, passes = matrix.distance_km[tail, head], matrix.passes[tail, head]
            yield _Voyages(s, form, tail, head, km, np.zeros(len(tail)), passes, matrix)


def _subset(voyages: _Voyages, keep: NDArray[np.bool_]) -> _Voyages:
    return voyages._replace(
        tail=voyages.tail[keep],
        head=voyages.head[keep],
        sailed_km=voyages.sailed_km[keep],
        stay_h=voyages.stay_h[keep],
        passes=voyages.passes[keep],
    )


def _allowed(build: SupernetworkBuild, voyages: _Voyages) -> _Voyages:
    """Leave out voyages that are unreachable, or touch what is shut."""
    ports = voyages.matrix.ports
    country = [build.country_of[build.node_index[p]] for p in ports]
    barred = np.array(
        [build.is_shut(("node", p), ("country", c)) for p, c in zip(ports, country, strict=True)]
    )
    keep = np.isfinite(voyages.sailed_km) & ~barred[voyages.tail] & ~barred[voyages.head]
    for kind, target in build.state.shut:
        if kind == "country_pair":
            a, b = (np.array([c == side for c in country]) for side in target.split("-"))
            tail, head = voyages.tail, voyages.head
            keep &= ~((a[tail] & b[head]) | (b[tail] & a[head]))
    return _subset(voyages, keep)


def _rated(build: SupernetworkBuild, v: _Voyages, passages: tuple[str, ...]) -> ArcTable:
    """Give voyages their states, times, charges, emissions, grades and rows."""
    books, n = build.books, len(v.tail)
    service = books.rows["services"][v.service]
    mode, ports = service["mode"], v.matrix.ports
    direct = v.matrix.distance_km[v.tail, v.head]
    charge, tariff_rows, tariff_grade = _charges(build, v, mode, direct)
    kg_per_tkm, factor = books.emission(mode, None, service["ship_teu"], v.form)
    running, variance, speed, speed_grade = _sailing(build, service, v)
    gate = _gates(build, v, service["service_id"], passages)
    waiting, spread, grade = _waiting(build, v, service)
    extra_h, extra_var, surcharge, closure, extra_grade = _hampered(build, v.passes, passages)
    usd, hours, spreads = (np.zeros((n, len(parts))) for parts in (COSTS, TIMES, TIMES))
    usd[:, COSTS.index("sea")] = charge + surcharge * books.teu(v.form)
    hours[:, TIMES.index("running")] = running
    hours[:, TIMES.index("waiting")] = waiting + v.stay_h + extra_h
    spreads[:, TIMES.index("running")] = variance
    spreads[:, TIMES.index("waiting")] = spread + extra_var
    cost_grade, time_grade = np.zeros((n, 5), np.int8), np.zeros((n, 5), np.int8)
    cost_grade[:, COSTS.index("sea")] = np.maximum(tariff_grade, build.sea_grade)
    time_grade[:, TIMES.index("running")] = max(speed_grade, build.sea_grade)
    time_grade[:, TIMES.index("waiting")] = np.maximum(grade, extra_grade)
    reference = np.full((n, len(REFERENCES)), -1, np.int32)
    for name, rows in (
        ("services", v.service),
        ("speeds", speed),
        ("tariffs", tariff_rows),
        ("emission_factors", factor),
        ("closures", closure),
    ):
        reference[:, REFERENCES.index(name)] = rows
    whole = np.ones(n, np.int32)
    return ArcTable(
        tail=_states(build, v.tail, ports, Carriage(mode, None, v.form)),
        head=_states(build, v.head, ports, Carriage(mode, None, v.form, arrived=True)),
        kind=whole * int(Kind.SEA),
        form=whole * FORMS.index(v.form),
        mode=whole * build.modes[mode][0],
        country=-whole,
        enters=-whole,
        boards=-whole,
        operates=whole * build.operators.setdefault(service["operator"], len(build.operators)),
        passes=v.passes.astype(np.int32),
        gate=gate,
        distance_km=v.sailed_km,
        direct_km=direct,
        usd=usd,
        hours=hours,
        variance=spreads,
        kgco2e_per_t=kg_per_tkm * direct,
        cost_grade=cost_grade,
        time_grade=time_grade,
        reference=reference,
    )


def _states(
    build: SupernetworkBuild, at: NDArray[np.intp], ports: tuple[str, ...], carriage: Carriage
) -> NDArray[np.int32]:
    used = np.unique(at)
    state = np.zeros(len(ports), np.int32)
    state[used] = [build.state_of(build.node_index[ports[p]], carriage) for p in used]
    return state[at]


def _charges(
    build: SupernetworkBuild, v: _Voyages, mode: str, direct_km: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int8]]:
    """Return charges per unit, tariff rows and their grades: of lanes, else regions, else all."""
    books, ports = build.books, v.matrix.ports
    region = [books.rows["nodes"][build.node_index[p]]["region"] for p in ports]
    named: list[str | None] = sorted({r for r in region if r is not None})
    named.append(None)
    code = np.array([named.index(r) for r in region])
    pairs, of_pair = np.unique(code[v.tail] * len(named) + code[v.head], return_inverse=True)
    found = [
        books.tariff("line_haul", mode, v.form, from_region=named[a], to_region=named[b])
        for a, b in (divmod(pair, len(named)) for pair in pairs.tolist())
    ]
    rows = np.array(found, np.int32)[of_pair]
    port = {p: i for i, p in enumerate(ports)}
    for a, b in {(r["from_node"], r["to_node"]) for r in books.rows["tariffs"] if r["from_node"]}:
        lane = books.tariff("lane", mode, v.form, from_node=a, to_node=b)
        if lane >= 0:
            rows[(v.tail == port.get(a, -1)) & (v.head == port.get(b, -1))] = lane
    tariffs = [*books.rows["tariffs"], {"usd_per_unit": np.inf, "usd_per_unit_km": 0.0}]
    fixed = np.array([r["usd_per_unit"] for r in tariffs])
    per_km = np.array([r["usd_per_unit_km"] for r in tariffs])
    grades = np.array([*books.grades["tariffs"], 2], np.int8)
    return fixed[rows] + per_km[rows] * direct_km, rows, grades[rows]


def _sailing(
    build: SupernetworkBuild, service: Row, v: _Voyages
) -> tuple[NDArray[np.float64], NDArray[np.float64], int, int]:
    """Return time at sea, its variance, the row of `speeds` and the grade."""
    found = build.books.speed_book.find(service["mode"], None, None, v.form, None)
    speed = build.books.rows["speeds"][found]
    kmh = speed["speed_kmh"] * speed["hours_per_day"] / 24
    if service["speed_kn"] is not None:
        kmh = service["speed_kn"] * KM_PER_KNOT_H
    hours = v.sailed_km / kmh
    return hours, speed["dispersion_h"] * hours, found, build.books.grades["speeds"][found]


def _gates(
    build: SupernetworkBuild, v: _Voyages, service_id: str, passages: tuple[str, ...]
) -> NDArray[np.int32]:
    """Return the gate of each voyage.

    A gate is the passages that shut or open on the way and the timetable at the port it leaves.
    """
    timed = sum(1 << bit for bit, p in enumerate(passages) if ("passage", p) in build.state.timed)
    tables = [("timetable", f"{service_id}:{port}") for port in v.matrix.ports]
    is_kept = np.array([table in build.state.timed for table in tables], bool)[v.tail]
    gate = np.full(len(v.tail), -1, np.int32)
    through = v.passes & timed
    for k in np.flatnonzero((through != 0) | is_kept):
        passed = [("passage", p) for bit, p in enumerate(passages) if through[k] >> bit & 1]
        gate[k] = build.gate_of(*passed, tables[v.tail[k]])
    return gate


def _waiting(
    build: SupernetworkBuild, v: _Voyages, service: Row
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Return mean wait for the ship and at relay ports, its variance and grade.

    Half the headway, as for arrivals that know no timetable; variance headway^2 / 12. Where a
    timetable is kept the search itself finds the next departure.
    """
    name, per_week = service["service_id"], service["departures_per_week"]
    headways = [
        headway_h(build.network, build.state, name, port, per_week) for port in v.matrix.ports
    ]
    headway = np.array(headways)[v.tail]
    relay = lognormal_moments(service["relay_p50_h"] or 0.0, service["relay_p95_h"] or 0.0)
    grade = build.books.grades["services"][v.service]
    return headway / 2 + relay[0], headway**2 / 12 + relay[1], grade


def _hampered(
    build: SupernetworkBuild, passes: NDArray[np.int32], passages: tuple[str, ...]
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.int8],
]:
    """Return delay, its variance, surcharge, closure row and grade of each voyage."""
    n = len(passes)
    hours, variance, charge = np.zeros(n), np.zeros(n), np.zeros(n)
    closure, grade = np.full(n, -1, np.int32), np.zeros(n, np.int8)
    for bit, passage in enumerate(passages):
        time, surcharge, row = build.hampering(("passage", passage))
        uses = (passes >> bit & 1).astype(bool)
        if row >= 0 and uses.any():
            hours[uses] += time.mean_h
            variance[uses] += time.variance_h2
            charge[uses] += surcharge
            closure[uses] = row
            grade[uses] = np.maximum(grade[uses], time.grade)
    return hours, variance, charge, closure, grade
