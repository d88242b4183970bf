"""Passages of a sea graph, and straight lines where its routes bend without need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from rows import INPUTS, read_rows
from sea_draft import Graph, Pair, is_port, lines_of
from sea_land import Land

STRAIGHT_KM = 3000.0
"""Longest straight line drawn over open water."""
CLEARANCE_DEG = 0.04
"""How far straight lines keep from land."""
SCENARIOS: list[set[str]] = [set(), {"suez"}, {"malacca"}, {"bab-el-mandeb"}]
"""Passages that are shut while routes are pulled straight, one case after the other."""


@dataclass(frozen=True)
class Gate:
    """A line from shore to shore: every link that crosses it belongs to the passage."""

    passage: str
    name: str
    sea_going: str
    line: shapely.LineString


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


def port_routes(graph: Graph, gates: list[Gate]) -> Iterator[list[tuple[np.ndarray, np.ndarray]]]:
    """Yield the shortest routes from each port in each case: points back from the goal, and km from the port."""
    pairs = sorted(graph.links)
    length = graph.lengths_km(pairs)
    passage = passages_of(graph, pairs, gates)
    ports = [i for i, name in enumerate(graph.names) if is_port(name)]
    for shut in SCENARIOS:
        keep = [k for k, p in enumerate(passage) if p not in shut]
        tail, head = np.array([pairs[k] for k in keep]).T
        matrix = csr_array((length[keep], (tail, head)), (len(graph.points),) * 2)
        distance, before = dijkstra(matrix, directed=False, indices=ports, return_predecessors=True)
        for row, origin in enumerate(ports):
            goals = [g for g in ports[row + 1 :] if np.isfinite(distance[row, g])]
            trace = before[row].tolist()
            yield [(walked(trace, origin, g), distance[row]) for g in goals]


def used_links(graph: Graph, gates: list[Gate]) -> set[Pair]:
    """Return the links on shortest routes between ports."""
    return gathered(
        [coded(route[:-1], route[1:]) for route, _ in routes]
        for routes in port_routes(graph, gates)
    )


def bent_pairs(graph: Graph, gates: list[Gate]) -> set[Pair]:
    """Return the pairs of points on shortest routes between ports that are worth a straight line."""
    found = gathered(
        [bends(route, distance) for route, distance in routes]
        for routes in port_routes(graph, gates)
    )
    return found - set(graph.links)


def gathered(batches: Iterable[list[np.ndarray]]) -> set[Pair]:
    """Return the pairs of points in batches of their numbers."""
    each = [np.unique(np.concatenate(batch)) for batch in batches if batch]
    return decoded(np.unique(np.concatenate(each)))


def walked(before: list[int], origin: int, goal: int) -> np.ndarray:
    """Return the points of a route from its goal back to its origin."""
    route = [goal]
    while route[-1] != origin:
        route.append(before[route[-1]])
    return np.array(route, np.int64)


def bends(route: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return the pairs of points of a route, ports aside, that a straight line of allowed length may join."""
    i, j = apart(len(route) - 2)
    a, b = route[1:-1][i], route[1:-1][j]
    near = distance[a] - distance[b] <= STRAIGHT_KM * 1.1
    return coded(a[near], b[near])


@cache
def apart(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of places in a row of some size that are at least two steps apart."""
    return np.triu_indices(max(size, 0), 2)


def coded(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return pairs of points as numbers, the lower point first."""
    return np.minimum(a, b) << 32 | np.maximum(a, b)


def decoded(codes: np.ndarray) -> set[Pair]:
    """Return pairs of points from their numbers."""
    return set(zip((codes >> 32).tolist(), (codes & 0xFFFFFFFF).tolist(), strict=True))


def pull_straight(graph: Graph, land: Land, gates: list[Gate], rounds: int = 2) -> None:
    """Add straight lines over open water where the routes between ports bend without need."""
    seen: set[Pair] = set()
    for number in range(rounds):
        wanted = bent_pairs(graph, gates)
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
        used = used_links(graph, gates)
        graph.links = {
            p: s for p, s in graph.links.items() if s != "sea-straight-lines" or p in used
        }
        kept = sum(s == "sea-straight-lines" for s in graph.links.values())
        print(f"round {number + 1}: {len(pairs)} lines looked at, {len(clear)} clear, {kept} kept")
