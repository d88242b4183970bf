"""A sea graph under construction, and the geodesic lines of its links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")

Point = tuple[float, float]
Pair = tuple[int, int]


@dataclass
class Graph:
    """Points and undirected links under construction."""

    points: list[Point] = field(default_factory=list)
    names: list[str] = field(
        default_factory=list
    )  # port id, waypoint name or "" for a network point
    links: dict[Pair, str] = field(default_factory=dict)  # (low, high) -> source_id

    def add_point(self, point: Point, name: str = "") -> int:
        """Append a point and return its number."""
        self.points.append(point)
        self.names.append(name)
        return len(self.points) - 1

    def add_link(self, a: int, b: int, source_id: str) -> None:
        """Join two points; the first source of a link stays."""
        if a != b and self.points[a] != self.points[b]:
            self.links.setdefault((min(a, b), max(a, b)), source_id)

    def lengths_km(self, pairs: Iterable[Pair]) -> np.ndarray:
        """Return the geodesic length of each pair of points [km]."""
        ends = np.array([(*self.points[a], *self.points[b]) for a, b in pairs]).reshape(-1, 4)
        return np.asarray(GEOD.inv(ends[:, 0], ends[:, 1], ends[:, 2], ends[:, 3])[2]) / 1000.0


def straight(a: Point, b: Point, step_km: float = 100.0) -> shapely.LineString:
    """Return the geodesic between two points as a line with a corner every 100 km."""
    length_km = GEOD.inv(*a, *b)[2] / 1000.0
    corners = GEOD.npts(*a, *b, int(length_km // step_km)) if length_km > step_km else []
    return shapely.LineString([a, *corners, b])


def lines_of(graph: Graph, pairs: Iterable[Pair]) -> list[shapely.LineString]:
    """Return the geodesic line of each pair of points."""
    return [straight(graph.points[a], graph.points[b]) for a, b in pairs]


def is_port(name: str) -> bool:
    """Tell port ids (upper case) from waypoint names."""
    return bool(name) and name == name.upper()
