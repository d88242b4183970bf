"""Arcs along links: running, border crossings and Caspian ferries."""

from __future__ import annotations

import numpy as np

from karwan.routing.arcs import FORMS, Carriage, Kind
from karwan.routing.build import LAND, SupernetworkBuild
from karwan.routing.calendar import Target
from karwan.routing.costs import KM_PER_KNOT_H, Moment, Row
from karwan.routing.departures import headway_h
from karwan.routing.kept_arcs import KeptArc, Parts, add_kept

__all__ = ["add_link_arcs", "passable", "run_arc"]

Crossing = tuple[int, Row]
"""Row of `border_crossings` by number and cells."""


def add_link_arcs(build: SupernetworkBuild) -> None:
    """Add running, ferry and border arcs of every link that is usable."""
    for i, link in enumerate(build.books.rows["links"]):
        ends = [(link["from_node"], link["to_node"])]
        if link["two_way"]:
            ends.append((link["to_node"], link["from_node"]))
        for from_node, to_node in ends:
            _add_link(build, i, link, build.node_index[from_node], build.node_index[to_node])


def passable(build: SupernetworkBuild, i: int, a: int, b: int) -> tuple[bool, Crossing | None]:
    """Say whether a link can be passed on the date, and over which border crossing.

    Parameters
    ----------
    build : SupernetworkBuild
        Network and date.
    i : int
        Row of `links`.
    a, b : int
        Nodes from and to.

    Returns
    -------
    is_open : bool
        False if it is not in use, or if itself, an end, a country or its crossing is shut, or if
        it joins two countries on land without a crossing.
    crossing : tuple of int and row, or None
        Row of `border_crossings` that it passes.
    """
    link, countries = build.books.rows["links"][i], (build.country_of[a], build.country_of[b])
    at = [("node", build.books.rows["nodes"][n]["node_id"]) for n in (a, b)]
    shut = build.is_shut(("link", link["link_id"]), *at, *(("country", c) for c in countries))
    if shut or not build.state.links[i]:
        return False, None
    if build.modes[link["mode"]][1]["medium"] != LAND or countries[0] == countries[1]:
        return True, None
    crossing = build.crossings.get((link["mode"], at[0][1], at[1][1]))
    if crossing is None or build.is_shut(("crossing", crossing[1]["crossing_id"])):
        return False, None
    return True, crossing


def _add_link(build: SupernetworkBuild, i: int, link: Row, a: int, b: int) -> None:
    is_open, crossing = passable(build, i, a, b)
    if not is_open:
        return
    mode_row = build.modes[link["mode"]][1]
    for form in mode_row["forms"].split("|"):
        if mode_row["medium"] == LAND:
            _add_run(build, i, a, b, form, crossing)
        else:
            _add_ferry(build, i, link, a, b, form)


def _add_run(
    build: SupernetworkBuild, i: int, a: int, b: int, form: str, crossing: Crossing | None
) -> None:
    """Add the arc along a link on land, with the border if it crosses one."""
    kept, key = build.books.kept, ("links", i, a, form)
    if key not in kept:
        kept[key] = run_arc(build, i, a, b, form, crossing)
    if kept[key] is not None:
        add_kept(build, kept[key])


def run_arc(
    build: SupernetworkBuild,
    i: int,
    a: int,
    b: int,
    form: str,
    crossing: Crossing | None,
    train: str | None = None,
) -> KeptArc | None:
    """Put the arc along a link on land together.

    Parameters
    ----------
    build : SupernetworkBuild
        Network and rates.
    i : int
        Row of `links`.
    a, b : int
        Nodes from and to.
    form : str
        Cargo form.
    crossing : tuple of int and row, optional
        Crossing on it.
    train : str, optional
        Kind of train by `speeds`.

    Returns
    -------
    KeptArc or None
        None if no tariff or speed fits.
    """
    books, link = build.books, build.books.rows["links"][i]
    mode, km = link["mode"], link["distance_km"]
    country = build.country_of[a]
    time, speed = books.running(link, form, country, train)
    ends = [books.rows["nodes"][n]["node_id"] for n in (a, b)]
    tariff, tariff_row = books.line_haul(
        mode, form, link_id=link["link_id"], from_node=ends[0], to_node=ends[1], country=country
    )
    if speed < 0 or tariff is None:
        return None
    kg_per_tkm, factor = books.emission(mode, country, None, form)
    grade = books.grades["links"][i]
    whole = tariff["usd_per_unit"] if tariff["link_id"] else 0.0
    parts = Parts(
        {"line_haul": tariff["usd_per_unit_km"] * km + whole},
        {"running": time.mean_h},
        {"running": time.variance_h2},
        {"line_haul": max(grade, books.grades["tariffs"][tariff_row])},
        {"running": max(grade, time.grade)},
        {"links": i, "speeds": speed, "tariffs": tariff_row, "emission_factors": factor},
    )
    targets = [("link", link["link_id"])]
    if crossing is not None:
        targets.append(("crossing", crossing[1]["crossing_id"]))
        parts.add_border(*_border(build, crossing, a, b, form, parts.rows))
    fixed = {
        "kind": Kind.RUN if crossing is None else Kind.BORDER,
        "form": FORMS.index(form),
        "mode": build.modes[mode][0],
        "country": build.country_index[country],
        "enters": -1 if crossing is None else build.country_index[build.country_of[b]],
        "distance_km": km,
        "direct_km": km,
        "kgco2e_per_t": kg_per_tkm * km,
    }
    gates = (*targets, *_around(build, *ends), *_hours(targets))
    carriage = Carriage(mode, link["track_gauge_mm"], form)
    return KeptArc(
        (a, carriage), (b, carriage), gates, tuple(targets), "border", form, fixed, parts
    )


def _around(build: SupernetworkBuild, *nodes: str) -> list[Target]:
    """Return the nodes at the ends of a link and their countries."""
    countries = {build.country_of[build.node_index[node]] for node in nodes}
    return [*(("node", n) for n in nodes), *(("country", c) for c in sorted(countries))]


def _hours(targets: list[Target]) -> list[Target]:
    """Return the opening hours that belong to crossings."""
    return [("hours", f"crossing:{name}") for kind, name in targets if kind == "crossing"]


def _border(
    build: SupernetworkBuild,
    crossing: tuple[int, Row],
    a: int,
    b: int,
    form: str,
    rows: dict[str, int],
) -> tuple[Moment, float, int]:
    """Return time, charge per unit and cost grade of both sides of a crossing."""
    books = build.books
    time, charge, grade = Moment(), 0.0, 0
    crossing_id, mode = crossing[1]["crossing_id"], crossing[1]["mode"]
    rows["crossing"] = crossing[0]
    sides = (("exit", build.country_of[a]), ("entry", build.country_of[b]))
    for direction, country in sides:
        i = books.procedure_book.find(crossing_id, country, direction)
        rows[f"{direction}_procedure"] = i
        if i >= 0:
            row = books.rows["border_procedures"][i]
            time += books.procedure(row, i)
            charge += row["cost_usd_per_unit"]
            grade = max(grade, books.grades["border_procedures"][i])
    toll = books.toll(mode, None, build.country_of[b], form)
    rows["tolls"] = toll
    if toll >= 0:
        charge += books.rows["tariffs"][toll]["usd_per_unit"]
        grade = max(grade, books.grades["tariffs"][toll])
    return time, charge, grade


def _add_ferry(build: SupernetworkBuild, i: int, link: Row, a: int, b: int, form: str) -> None:
    """Add an arc over Caspian water for each service that runs on the date."""
    books = build.books
    nodes = books.rows["nodes"]
    pair = frozenset((nodes[a]["node_id"], nodes[b]["node_id"]))
    usable = np.frombuffer(build.state.services, np.uint8)
    tariff, tariff_row = books.line_haul(link["mode"], form, link_id=link["link_id"])
    for s in build.ferries.get((link["mode"], pair), ()):
        service = books.rows["services"][s]
        barred = not usable[s] or form not in service["forms"].split("|")
        if not (barred or tariff is None or build.is_shut(("operator", service["operator"]))):
            _add_sailing(build, (i, link), (s, service), (tariff_row, tariff), (a, b), form)


def _add_sailing(
    build: SupernetworkBuild,
    link: tuple[int, Row],
    service: tuple[int, Row],
    tariff: tuple[int, Row],
    ends: tuple[int, int],
    form: str,
) -> None:
    """Add the arc of one ferry service; the wait is half the headway."""
    books, mode, km = build.books, link[1]["mode"], link[1]["distance_km"]
    time, speed = books.running(link[1], form, None)
    knots = service[1]["speed_kn"]
    if knots is not None and link[1]["running_time_h"] is None:
        dispersion = time.variance_h2 / time.mean_h if time.mean_h else 0.0
        mean = km / (knots * KM_PER_KNOT_H)
        time = Moment(mean, dispersion * mean, time.grade)
    stop = books.rows["nodes"][ends[0]]["node_id"]
    timetable = ("timetable", f"{service[1]['service_id']}:{stop}")
    offered = service[1]["service_id"], stop, service[1]["departures_per_week"]
    headway = headway_h(build.network, build.state, *offered)
    kg_per_tkm, factor = books.emission(mode, None, service[1]["ship_teu"], form)
    grade = books.grades["links"][link[0]]
    parts = Parts(
        {"sea": tariff[1]["usd_per_unit"] + tariff[1]["usd_per_unit_km"] * km},
        {"running": time.mean_h, "waiting": headway / 2},
        {"running": time.variance_h2, "waiting": headway**2 / 12},
        {"sea": max(grade, books.grades["tariffs"][tariff[0]])},
        {"running": max(grade, time.grade), "waiting": books.grades["services"][service[0]]},
        {
            "links": link[0],
            "speeds": speed,
            "tariffs": tariff[0],
            "services": service[0],
            "emission_factors": factor,
        },
    )
    delay, surcharge, closure = build.hampering(("link", link[1]["link_id"]))
    parts.add_delay(delay, "sea", surcharge * books.teu(form), closure)
    operator = service[1]["operator"]
    build.arcs.add(
        tail=build.state_of(ends[0], Carriage(mode, None, form)),
        head=build.state_of(ends[1], Carriage(mode, None, form, arrived=True)),
        kind=Kind.FERRY,
        form=FORMS.index(form),
        mode=build.modes[mode][0],
        country=-1,
        operates=build.operators.setdefault(operator, len(build.operators)),
        gate=build.gate_of(("link", link[1]["link_id"]), timetable, *_around(build, stop)),
        distance_km=km,
        direct_km=km,
        kgco2e_per_t=kg_per_tkm * km,
        **vars(parts),
    )
