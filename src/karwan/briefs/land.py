"""What a map shows besides the ways: land, disputed boundaries, places that are shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from karwan.briefs.frame import Frame, Points, clip_ring, path_data, thin
from karwan.briefs.markup import Html, el, join
from karwan.network import Network

__all__ = ["Mark", "country_spots", "land", "shut_marks"]

TOLERANCE = 0.45
SMALLEST = 1.2
"""Islands of less than this many units across are left out."""

SERIOUS = {"shut": 0, "exclude": 0, "hampered": 1, "warn": 2}


@dataclass(frozen=True)
class Mark:
    """A place or passage on the map that is shut or hampered."""

    lon_deg: float
    lat_deg: float
    name: str
    effect: str
    reason: str


@lru_cache(maxsize=4)
def _lines(network: Network, table: str, name: str) -> list[tuple[str, Points]]:
    frame = network.table(table)
    return [
        (key, np.array(text.split(), float).reshape(-1, 2))
        for key, text in frame.select(name, "line_deg").iter_rows()
    ]


def _seen(lonlat_deg: Points, frame: Frame) -> Iterator[Points]:
    """Yield a line in the drawing, once for each turn of the globe the frame shows."""
    for turn in (-360.0, 0.0, 360.0):
        west, east = lonlat_deg[:, 0].min() + turn, lonlat_deg[:, 0].max() + turn
        if east >= frame.west_deg and west <= frame.east_deg:
            yield frame.project(lonlat_deg + np.array([turn, 0.0]))


def land(network: Network, frame: Frame) -> Html:
    """Draw land and, dashed, the disputed boundaries.

    Parameters
    ----------
    network : Network
        Its tables `country_shapes` and `disputed_lines` are drawn; both may be empty.
    frame : Frame
        Frame of the map.

    Returns
    -------
    Html
        SVG elements.
    """
    outlines = []
    for _, ring in _lines(network, "country_shapes", "country"):
        for drawn in _seen(ring, frame):
            cut = clip_ring(drawn, frame)
            if len(cut) > 2 and max(np.ptp(cut, axis=0)) > SMALLEST:
                outlines.append(thin(cut, TOLERANCE))
    disputed = [
        thin(drawn, TOLERANCE)
        for _, line in _lines(network, "disputed_lines", "name")
        for drawn in _seen(line, frame)
    ]
    dashes = path_data(disputed)
    return join(
        [
            el("path", class_="land", d=path_data(outlines, closed=True)) if outlines else None,
            el("path", class_="undrawn", d=dashes) if dashes else None,
            el("path", class_="disputed", d=dashes) if dashes else None,
        ]
    )


def country_spots(
    network: Network, frame: Frame, codes: set[str]
) -> list[tuple[float, float, str]]:
    """Return where to write the names of countries.

    Parameters
    ----------
    network : Network
        Network with outlines of countries.
    frame : Frame
        Frame of the map.
    codes : set of str
        Countries wanted.

    Returns
    -------
    list of (float, float, str)
        x, y of the middle of the part in the frame, and the name; largest first.
    """
    names = dict(network.table("countries").select("country", "name").iter_rows())
    largest: dict[str, tuple[float, float, float]] = {}
    for code, ring in _lines(network, "country_shapes", "country"):
        if code not in codes or code not in names:
            continue
        for drawn in _seen(ring, frame):
            cut = clip_ring(drawn, frame, margin=0.0)
            if len(cut) < 3:
                continue
            area, x, y = _middle(cut)
            if area > largest.get(code, (0.0, 0.0, 0.0))[0]:
                largest[code] = (area, x, y)
    ordered = sorted(largest.items(), key=lambda item: (-item[1][0], item[0]))
    return [(x, y, names[code]) for code, (area, x, y) in ordered if area > 600]


def _middle(ring: Points) -> tuple[float, float, float]:
    """Return area and centroid of an outline."""
    x, y = ring.T
    nx, ny = np.roll(x, -1), np.roll(y, -1)
    cross = x * ny - nx * y
    area = float(cross.sum()) / 2
    if not area:
        return 0.0, float(x[0]), float(y[0])
    mx = float(((x + nx) * cross).sum()) / (6 * area)
    my = float(((y + ny) * cross).sum()) / (6 * area)
    return abs(area), mx, my


def shut_marks(network: Network, shut: list[dict[str, Any]]) -> list[Mark]:
    """Return the closures and restrictions that hold at one place.

    Parameters
    ----------
    network : Network
        Network that has the places; what it does not have is left out of the map.
    shut : list of dict
        `shut` of the JSON form.

    Returns
    -------
    list of Mark
        One a place, the most serious effect of each; most serious first.
    """
    marks: dict[tuple[str, str], Mark] = {}
    for entry in sorted(shut, key=lambda e: SERIOUS.get(e["effect"], 3)):
        spot = _spot(network, entry["target_kind"], entry["target"])
        if spot is not None:
            key = (entry["target_kind"], entry["target"])
            mark = Mark(*spot, entry["name"], entry["effect"], entry["reason"])
            marks.setdefault(key, mark)
    return list(marks.values())


def _spot(network: Network, kind: str, target: str) -> tuple[float, float] | None:
    if kind == "passage":
        return _row(network, "passages", "passage", target)
    if kind == "node":
        return _row(network, "nodes", "node_id", target)
    ends = {"crossing": ("border_crossings", "crossing_id", "node_a", "node_b")}
    ends["link"] = ("links", "link_id", "from_node", "to_node")
    if kind not in ends:
        return None
    table, key, *columns = ends[kind]
    frame = network.table(table)
    found = frame.filter(frame[key] == target).select(columns).rows()
    spots = [_row(network, "nodes", "node_id", node) for row in found for node in row]
    known = [spot for spot in spots if spot is not None]
    if not known:
        return None
    return sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)


def _row(network: Network, table: str, key: str, value: str) -> tuple[float, float] | None:
    frame = network.table(table)
    found = frame.filter(frame[key] == value).select("lon_deg", "lat_deg").rows()
    return found[0] if found else None
