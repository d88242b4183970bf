"""Maps of a plan: land to the gateways, and the whole journey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from karwan.briefs.frame import Frame, Points, along, fit_frame, line_data
from karwan.briefs.labels import Wish, draw_labels, place_labels
from karwan.briefs.land import Mark, country_spots, land, shut_marks
from karwan.briefs.markup import Html, el, slug
from karwan.briefs.ways import Way, shared_lines, way_of
from karwan.briefs.words import bests
from karwan.network import Network

__all__ = ["Stop", "maps"]

WIDTH = 1120.0
HALF = 5.0


@dataclass(frozen=True)
class Stop:
    """An end or gateway of the plan on the map."""

    lon_deg: float
    lat_deg: float
    text: str
    kind: str
    way: str | None


def maps(plan: dict[str, Any], network: Network, name: str) -> list[tuple[str, Html]]:
    """Draw the maps of a plan.

    Parameters
    ----------
    plan : dict
        JSON form of a plan.
    network : Network
        Land, disputed boundaries and places that are shut.
    name : str
        Prefix of identifiers on the page.

    Returns
    -------
    list of (str, Html)
        Title and SVG of each map: the whole journey and, where ships carry part of it far
        away, before that the land part.
    """
    chosen = bests(plan)
    ways = {f"{name}-{it['itinerary']}": way_of(it) for it in chosen}
    stops = _stops(plan, ways, name)
    marks = shut_marks(network, plan["shut"])
    every = [line for way in ways.values() for _, line in way]
    at_stops = np.array([(s.lon_deg, s.lat_deg) for s in stops])
    whole = fit_frame(np.vstack([*every, at_stops]), WIDTH)
    ashore = _ashore(plan, ways, stops)
    near = fit_frame(ashore, WIDTH)
    passed = {code for it in chosen for code in it["countries"]}
    drawn = [("The whole journey", _map(ways, stops, marks, whole, (network, passed)))]
    if near.scale > 1.15 * whole.scale:
        title = "By land to the gateways"
        drawn.insert(0, (title, _map(ways, stops, marks, near, (network, passed))))
    return drawn


def _ashore(plan: dict[str, Any], ways: dict[str, Way], stops: list[Stop]) -> Points:
    """Return the points from the origin to the gateways, or back from them on imports."""
    inbound = any(
        leg["kind"] == "sea" and leg["to_node"] == it["gateway"]
        for it in bests(plan)
        for leg in it["legs"]
    )
    ashore = {"gateway", "to" if inbound else "from"}
    spots = [np.array([(s.lon_deg, s.lat_deg)]) for s in stops if s.kind in ashore]
    for it, way in zip(bests(plan), ways.values(), strict=True):
        dry = {leg["mode"] for leg in it["legs"] if leg["kind"] != "sea"}
        wet = {leg["mode"] for leg in it["legs"] if leg["kind"] == "sea"}
        spots += [line for mode, line in way if mode in dry - wet]
    return np.vstack(spots)


def _stops(plan: dict[str, Any], ways: dict[str, Way], name: str) -> list[Stop]:
    cargo = plan["run"]["consignment"]
    first = next(iter(ways.values()))
    (start, end) = first[0][1][0], first[-1][1][-1]
    stops = [
        Stop(float(start[0]), float(start[1]), cargo["origin_name"], "from", None),
        Stop(float(end[0]), float(end[1]), cargo["destination_name"], "to", None),
    ]
    for it in bests(plan):
        spot = _gateway_spot(it, ways[f"{name}-{it['itinerary']}"])
        if spot is not None:
            text = f"{it['itinerary']} {it['gateway_name']}"
            stops.append(Stop(*spot, text, "gateway", f"{name}-{it['itinerary']}"))
    return stops


def _gateway_spot(itinerary: dict[str, Any], way: Way) -> tuple[float, float] | None:
    for leg in itinerary["legs"]:
        for end, at in (("from_node", 0), ("to_node", -1)):
            if leg[end] == itinerary["gateway"] and leg["line_deg"]:
                lon, lat = leg["line_deg"][at]
                ends = np.vstack([line[[0, -1]] for _, line in way]) if way else np.zeros((1, 2))
                turn = round((float(ends[np.abs(ends[:, 1] - lat).argmin(), 0]) - lon) / 360)
                return lon + 360 * turn, lat
    return None


def _map(
    ways: dict[str, Way],
    stops: list[Stop],
    marks: list[Mark],
    frame: Frame,
    countries: tuple[Network, set[str]],
) -> Html:
    network, passed = countries
    shared = shared_lines(ways.values())
    thin_lines = [
        el("path", class_=f"way m-{slug(mode)}", d=line_data(lines, frame))
        for mode, lines in shared.items()
    ]
    picked = [_picked(name, way, frame) for name, way in ways.items()]
    points = np.vstack([along(frame.project(line)) for lines in shared.values() for line in lines])
    seen = [s for s in stops if frame.holds(*frame.spot(s.lon_deg, s.lat_deg), 1.0)]
    shown = [m for m in marks if frame.holds(*frame.spot(m.lon_deg, m.lat_deg), 6.0)]
    wishes = [_stop_wish(frame, s) for s in seen] + [_mark_wish(frame, m) for m in shown]
    wishes += [
        Wish(x, y, text, 12, "country", reach=30, clear=0)
        for x, y, text in country_spots(network, frame, passed)
    ]
    placed = place_labels(wishes, frame.width, frame.height, points)
    return el(
        "svg",
        el("rect", class_="water", width=f"{frame.width:g}", height=f"{frame.height:g}"),
        land(network, frame),
        el("g", *thin_lines),
        el("g", *picked, class_="picked"),
        *(_draw_mark(frame, m) for m in shown),
        *(_draw_stop(frame, s) for s in seen),
        draw_labels(placed),
        viewbox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_label=_spoken(stops, shown),
        class_="map",
    )


def _spoken(stops: list[Stop], marks: list[Mark]) -> str:
    gateways = ", ".join(s.text for s in stops if s.kind == "gateway")
    shut = ", ".join(f"{m.name} ({m.effect})" for m in marks)
    closed = f" Marked: {shut}." if shut else ""
    through = f" by gateways {gateways}" if gateways else ""
    return f"Map from {stops[0].text} to {stops[1].text}{through}.{closed} The tables say the same."


def _picked(name: str, way: Way, frame: Frame) -> Html:
    lines = [(mode, line_data([line], frame)) for mode, line in way]
    return el(
        "g",
        *(el("path", class_="casing", d=d) for _, d in lines),
        *(el("path", class_=f"way m-{slug(mode)}", d=d) for mode, d in lines),
        class_="itinerary",
        data_way=name,
    )


def _stop_wish(frame: Frame, stop: Stop) -> Wish:
    size = 15 if stop.kind in {"from", "to"} else 13
    return Wish(*frame.spot(stop.lon_deg, stop.lat_deg), stop.text, size, stop.kind)


def _mark_wish(frame: Frame, mark: Mark) -> Wish:
    x, y = frame.spot(mark.lon_deg, mark.lat_deg)
    return Wish(x, y, f"{mark.name}: {mark.effect}", 11, "closed", reach=90, clear=6)


def _draw_stop(frame: Frame, stop: Stop) -> Html:
    x, y = frame.spot(stop.lon_deg, stop.lat_deg)
    if stop.kind == "from":
        return el("circle", class_="end", cx=f"{x:.1f}", cy=f"{y:.1f}", r="6.5")
    side = 6.0 if stop.kind == "to" else 4.6
    corners = {"to": [(-1, -1), (1, -1), (1, 1), (-1, 1)]}
    shape = corners.get(stop.kind, [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)])
    points = " ".join(f"{x + dx * side:.1f},{y + dy * side:.1f}" for dx, dy in shape)
    kind = "end" if stop.kind == "to" else "gateway"
    return el("polygon", el("title", stop.text), class_=kind, points=points, data_way=stop.way)


def _draw_mark(frame: Frame, mark: Mark) -> Html:
    x, y = frame.spot(mark.lon_deg, mark.lat_deg)
    serious = mark.effect in {"shut", "exclude"}
    if serious:
        d = f"M{x - HALF:.1f} {y - HALF:.1f}l10 10m0-10l-10 10"
    else:
        d = f"M{x:.1f} {y - HALF - 1:.1f}l6 10.5h-12z"
    title = el("title", f"{mark.name}, {mark.effect}: {mark.reason}")
    kind = "shut" if serious else "hampered"
    return el("g", title, el("path", d=d), class_=f"mark {kind}")
