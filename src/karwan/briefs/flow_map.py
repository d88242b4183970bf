"""Maps of flows: width for how much, colour for the corridor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from karwan.assignment.flows import NO_CORRIDOR, OVERLAND_NAME
from karwan.briefs.flow_key import WIDEST, Scale, corridor_colours, corridor_name, line_look
from karwan.briefs.frame import Frame, Points, along, fit_frame, line_data, unwrap
from karwan.briefs.labels import Wish, draw_labels, place_labels
from karwan.briefs.land import country_spots, land
from karwan.briefs.markup import Html, el
from karwan.briefs.words import money
from karwan.network import Network
from karwan.network.geometry import great_circle_km
from karwan.routing.lines import link_lines
from karwan.studies import Flows
from karwan.studies.flow_links import SeaLeg, link_flows, sea_legs

__all__ = ["FlowMap", "flow_map", "link_names", "map_of", "scale_of"]

WIDTH = 1120.0
FULL = 0.995
"""Share of a hard capacity from which a place is marked as full."""
TAIL = 0.01
"""Share of the flow times distance that may lie beyond each edge of the map."""
NEAR_KM = 1600.0
"""How far from a landlocked country gateways are that the map of the region shows."""
NAMED_SHARE = 0.002
MOST_SEA_LEGS_DRAWN = 60


@dataclass(frozen=True, eq=False)
class FlowMap:
    """What a map of one assignment draws.

    Attributes
    ----------
    flows : Flows
        Assignment.
    links : polars.DataFrame
        What each link carries, as `link_flows` returns.
    sea : list of SeaLeg
        Legs at sea.
    """

    flows: Flows
    links: pl.DataFrame
    sea: list[SeaLeg]

    @property
    def network(self) -> Network:
        """Network, scenario applied."""
        return self.flows.pool.network

    @property
    def gateways(self) -> pl.DataFrame:
        """Sea gateways with flow: gateway, name, teu, lon_deg, lat_deg."""
        spots = self.network.table("nodes").select("node_id", "lon_deg", "lat_deg")
        sea = self.flows.summary.filter(pl.col("gateway") != OVERLAND_NAME)
        return sea.select("gateway", "name", "teu").join(
            spots, left_on="gateway", right_on="node_id", maintain_order="left"
        )


def map_of(flows: Flows) -> FlowMap:
    """Gather what a map of an assignment draws."""
    return FlowMap(flows, link_flows(flows), sea_legs(flows, MOST_SEA_LEGS_DRAWN))


def scale_of(maps: Sequence[FlowMap]) -> Scale:
    """Return scale and frames that suit several maps.

    Parameters
    ----------
    maps : sequence of FlowMap
        Maps that stand on one page.

    Returns
    -------
    Scale
        Scale.
    """
    links = np.concatenate([m.links["teu"].to_numpy() for m in maps])
    ports = pl.concat([m.gateways for m in maps])
    large = ports.filter(pl.col("teu") >= NAMED_SHARE * pl.col("teu").sum())
    spots = large.select("lon_deg", "lat_deg").to_numpy()
    whole = np.vstack([*(_extent(m) for m in maps), spots])
    region = np.vstack([_inland(maps[0].network), _near(maps[0].network, spots)])
    if len(whole) == 0:  # nothing flows
        whole = maps[0].network.table("nodes").select("lon_deg", "lat_deg").to_numpy()
    if len(region) == 0:
        region = whole
    frames = (fit_frame(points, WIDTH, margin=0.04) for points in (whole, region))
    circles = ports["teu"].to_numpy()
    return Scale(float(links.max(initial=1.0)), float(circles.max(initial=1.0)), *frames)


def _extent(drawn: FlowMap) -> Points:
    """Return the corners of the box that holds nearly all of the flow times distance."""
    lines = link_lines(drawn.network)
    found = [np.zeros((0, 3))]
    for name, teu in drawn.links.select("link_id", "teu").iter_rows():
        line = np.array(lines[name])
        degrees = np.hypot(*np.diff(line, axis=0).T)
        middle = (line[1:] + line[:-1]) / 2
        found.append(np.column_stack((middle, teu * degrees)))
    points = np.vstack(found)
    if not points[:, 2].sum():
        return np.zeros((0, 2))
    corners = []
    for axis in (0, 1):
        order = points[:, axis].argsort()
        share = np.cumsum(points[order, 2]) / points[:, 2].sum()
        at = np.searchsorted(share, (TAIL, 1 - TAIL)).clip(0, len(order) - 1)
        corners.append(points[order[at], axis])
    return np.column_stack(corners)


def _inland(network: Network) -> Points:
    """Return the places of landlocked countries that trade."""
    inside = network.table("countries").filter("landlocked")["country"].to_list()
    ends = pl.concat([network.table("demand")[end] for end in ("origin", "destination")])
    nodes = network.table("nodes").filter(
        pl.col("country").is_in(inside) & pl.col("node_id").is_in(ends.unique().to_list())
    )
    return nodes.select("lon_deg", "lat_deg").to_numpy().reshape(-1, 2)


def _near(network: Network, spots: Points) -> Points:
    inland = _inland(network)
    if len(inland) == 0 or len(spots) == 0:
        return np.zeros((0, 2))
    km = np.array([great_circle_km(*s, *inland.T).min() for s in spots])
    kept: Points = spots[km <= NEAR_KM]
    return kept


def flow_map(drawn: FlowMap, scale: Scale, frame: Frame, name: str, title: str) -> Html:
    """Draw one map.

    Parameters
    ----------
    drawn : FlowMap
        What it shows.
    scale : Scale
        What widths and circles mean.
    frame : Frame
        Part of the world.
    name : str
        Prefix of identifiers on the page.
    title : str
        What the map is of.

    Returns
    -------
    Html
        SVG.
    """
    seen = [
        (row, *frame.spot(row["lon_deg"], row["lat_deg"]))
        for row in drawn.gateways.iter_rows(named=True)
    ]
    seen = [(row, x, y) for row, x, y in seen if frame.holds(x, y, 1.0)]
    full = [(text, x, y) for text, x, y in _full(drawn, frame) if frame.holds(x, y, 6.0)]
    return el(
        "svg",
        el("title", title, id=f"{name}-title"),
        el("desc", _spoken(drawn, [row["name"] for row, _, _ in seen], full), id=f"{name}-desc"),
        el("rect", class_="water", width=f"{frame.width:g}", height=f"{frame.height:g}"),
        land(drawn.network, frame),
        _sea(drawn, frame),
        el("g", *_links(drawn, scale, frame)),
        *(_circle(row, x, y, scale) for row, x, y in seen),
        *(_ring(text, x, y) for text, x, y in full),
        _labels(drawn, scale, frame, seen, full),
        viewbox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="map",
    )


def _spoken(drawn: FlowMap, gateways: list[str], full: list[tuple[str, float, float]]) -> str:
    corridors = ", ".join(
        f"{r['name']} {money(r['teu'])}"
        for r in drawn.flows.corridors.iter_rows(named=True)
        if r["corridor"] != NO_CORRIDOR
    )
    ports = ", ".join(gateways) or "none"
    shut = f" Full: {', '.join(text for text, _, _ in full)}." if full else ""
    return (
        f"Corridors with TEU a year: {corridors or 'none'}. Sea gateways: {ports}.{shut} "
        "The tables say the same."
    )


def _sea(drawn: FlowMap, frame: Frame) -> Html:
    """Draw the legs at sea, thin and dashed whatever they carry."""
    middle = (frame.west_deg + frame.east_deg) / 2
    paths = []
    for leg in drawn.sea:
        line = unwrap(leg.line_deg, middle) if len(leg.line_deg) > 1 else np.zeros((0, 2))
        data = line_data([line], frame) if len(line) else ""
        if data:
            paths.append(el("path", class_="sea-leg", d=data))
    return el("g", *paths)


def _links(drawn: FlowMap, scale: Scale, frame: Frame) -> list[Html]:
    """Draw the links, the largest first so that small ones stay to be seen."""
    lines, colours = link_lines(drawn.network), corridor_colours(drawn.network)
    names = link_names(drawn.network)
    paths = []
    for row in drawn.links.iter_rows(named=True):
        data = line_data([np.array(lines[row["link_id"]])], frame)
        if not data:
            continue
        words = (
            f"{names[row['link_id']]}, {row['mode']}: {money(row['teu'])} TEU a year; "
            f"{corridor_name(drawn.network, row['corridor'])} {100 * row['corridor_share']:.0f} %"
        )
        look = {**line_look(colours.get(row["corridor"])), "d": data}
        look["stroke_width"] = f"{scale.width(row['teu']):.1f}"
        paths.append(el("path", el("title", words), **look))
    return paths


def _circle(row: dict[str, Any], x: float, y: float, scale: Scale) -> Html:
    title = el("title", f"{row['name']}: {money(row['teu'])} TEU a year")
    size = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{scale.radius(row['teu']):.1f}"}
    return el("circle", title, class_="port", **size)


def _full(drawn: FlowMap, frame: Frame) -> list[tuple[str, float, float]]:
    """Return the places whose hard capacity binds."""
    network = drawn.network
    spots = {
        n: (x, y)
        for n, x, y in network.table("nodes").select("node_id", "lon_deg", "lat_deg").iter_rows()
    }
    ends = {
        ("crossing", c): (a, b)
        for c, a, b in network.table("border_crossings")
        .select("crossing_id", "node_a", "node_b")
        .iter_rows()
    }
    found = []
    bound = drawn.flows.places.filter(pl.col("hard") & (pl.col("load_share") >= FULL))
    for kind, target, name in bound.select("target_kind", "target", "name").iter_rows():
        at = ends.get((kind, target), (target, target) if kind == "node" else ())
        if at:
            lon, lat = np.mean([spots[node] for node in at], axis=0)
            found.append((name, *frame.spot(float(lon), float(lat))))
    return found


def _ring(text: str, x: float, y: float) -> Html:
    title = el("title", f"{text}: full")
    return el("rect", title, class_="full", x=f"{x - 5:.1f}", y=f"{y - 5:.1f}", width=10, height=10)


def _labels(
    drawn: FlowMap,
    scale: Scale,
    frame: Frame,
    gateways: list[tuple[dict[str, Any], float, float]],
    full: list[tuple[str, float, float]],
) -> Html:
    total = float(drawn.gateways["teu"].sum())
    wishes = [
        Wish(x, y, row["name"], 13, "gateway", 120, scale.radius(row["teu"]) + 1)
        for row, x, y in gateways
        if row["teu"] >= NAMED_SHARE * total
    ]
    wishes += [Wish(x, y, f"{text}: full", 12, "closed", 90, 7) for text, x, y in full]
    wishes += _corridor_wishes(drawn, frame)
    passed = set(drawn.network.table("nodes")["country"].to_list())
    wishes += [
        Wish(x, y, text, 12, "country", reach=30, clear=0)
        for x, y, text in country_spots(drawn.network, frame, passed)
    ]
    lines = link_lines(drawn.network)
    thick = drawn.links.filter(pl.col("teu") * WIDEST >= scale.link_teu)
    points = [along(frame.project(np.array(lines[name]))) for name in thick["link_id"]]
    placed = place_labels(wishes, frame.width, frame.height, np.vstack([np.zeros((0, 2)), *points]))
    return draw_labels(placed)


def _corridor_wishes(drawn: FlowMap, frame: Frame) -> list[Wish]:
    """Return names of corridors, each beside its largest link in the frame."""
    lines, wishes = link_lines(drawn.network), []
    own = dict(drawn.flows.corridors.select("corridor", "name").iter_rows())
    for corridor, name in own.items():
        if corridor == NO_CORRIDOR:
            continue
        for link in drawn.links.filter(pl.col("corridor") == corridor)["link_id"]:
            line = frame.project(np.array(lines[link]))
            x, y = (float(v) for v in line[len(line) // 2])
            if frame.holds(x, y, 20.0):
                wishes.append(Wish(x, y, name, 12, "corridor", 110, 4))
                break
    return wishes


def link_names(network: Network) -> dict[str, str]:
    """Return the two ends of each link by name."""
    name = dict(network.table("nodes").select("node_id", "name").iter_rows())
    rows = network.table("links").select("link_id", "from_node", "to_node").iter_rows()
    return {link: f"{name[a]} - {name[b]}" for link, a, b in rows}
