"""Rebuild the land tables of the atlas and its table of sources.

Reads the small tables in ``tools/inputs`` and writes ``countries``, ``nodes``, ``links``,
``link_shapes``, ``border_crossings``, ``corridors``, ``corridor_links`` and ``sources`` in
``src/karwan/atlas``. The same inputs give the same bytes: rows are sorted by key, lines end in LF.

Usage: ``python tools/build_land.py [--out FOLDER]``; `karwan check` judges the result.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rows import ATLAS, INPUTS, Row, columns_of, read_rows


def write(out: Path, table: str, rows: Iterable[Row]) -> int:
    """Write one atlas table, sorted by its key.

    Parameters
    ----------
    out : Path
        Folder written to.
    table : str
        Name of the table; its schema gives the columns.
    rows : iterable of dict
        Rows with at least the columns of the schema.

    Returns
    -------
    int
        Number of rows written.
    """
    names, key = columns_of(table)
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in key))
    seen: set[tuple[str, ...]] = set()
    for row in ordered:
        identity = tuple(row[name] for name in key)
        if identity in seen:
            raise SystemExit(f"{table}: two rows with key {identity}; keep one")
        seen.add(identity)
    with (out / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row[name] for name in names] for row in ordered)
    return len(ordered)


def build_sources(out: Path) -> int:
    """Concatenate every ``sources_*.csv``; a source given twice must be the same in both.

    Parameters
    ----------
    out : Path
        Folder written to.

    Returns
    -------
    int
        Number of sources written.
    """
    merged: dict[str, Row] = {}
    for path in sorted(INPUTS.glob("sources_*.csv")):
        for row in read_rows(path):
            earlier = merged.setdefault(row["source_id"], row)
            if earlier != row:
                raise SystemExit(
                    f"{path.name}: source {row['source_id']!r} differs from another file"
                )
    return write(out, "sources", merged.values())


def shortest_links(links: list[Row], origin: str, goal: str) -> list[str]:
    """Return the links of the shortest path by distance.

    Parameters
    ----------
    links : list of dict
        Links that may be used, in either direction.
    origin, goal : str
        Node ids.

    Returns
    -------
    list of str
        Link ids from origin to goal.
    """
    around: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for row in links:
        length = float(row["distance_km"])
        around[row["from_node"]].append((row["to_node"], row["link_id"], length))
        around[row["to_node"]].append((row["from_node"], row["link_id"], length))
    queue: list[tuple[float, str, tuple[str, ...]]] = [(0.0, origin, ())]
    done: set[str] = set()
    while queue:
        length, node, path = heapq.heappop(queue)
        if node == goal:
            return list(path)
        if node in done:
            continue
        done.add(node)
        for neighbour, link_id, step in around[node]:
            if neighbour not in done:
                heapq.heappush(queue, (length + step, neighbour, (*path, link_id)))
    raise SystemExit(f"no path from {origin} to {goal} for a corridor")


def corridor_links(corridors: list[Row], links: list[Row]) -> list[Row]:
    """Expand the chain of nodes of each corridor into links.

    A chain reads ``NODE mode NODE mode NODE``; chains of one corridor are separated by ``|``.
    Between two nodes of a chain the shortest path of that mode is taken. Links that are not open
    are used only where the mode carries a plus sign, as in ``rail+``.

    Parameters
    ----------
    corridors : list of dict
        Corridors with ``chains``.
    links : list of dict
        Rows of the table ``links``.

    Returns
    -------
    list of dict
        Rows of the table ``corridor_links``.
    """
    members: set[tuple[str, str, str]] = set()
    for corridor in corridors:
        for chain in corridor["chains"].split("|"):
            steps = chain.split()
            for origin, mode, goal in zip(steps[:-2:2], steps[1:-1:2], steps[2::2], strict=True):
                usable = [
                    row
                    for row in links
                    if row["mode"] == mode.rstrip("+")
                    and (row["status"] == "open" or mode.endswith("+"))
                ]
                for link_id in shortest_links(usable, origin, goal):
                    members.add((corridor["corridor_id"], link_id, corridor["source_id"]))
    return [{"corridor_id": a, "link_id": b, "source_id": c} for a, b, c in sorted(members)]


def link_shapes(links: list[Row], nodes: dict[str, Row], drawn: list[Row]) -> list[Row]:
    """Give every link a line: the drawn one where there is one, else a straight one.

    Parameters
    ----------
    links : list of dict
        Rows of the table ``links``.
    nodes : dict
        Rows of the table ``nodes`` by node_id.
    drawn : list of dict
        Rows of the table ``link_shapes`` for some links.

    Returns
    -------
    list of dict
        Rows of the table ``link_shapes``, one per link.
    """
    lines = {row["link_id"]: row for row in drawn}
    if strays := sorted(lines.keys() - {row["link_id"] for row in links}):
        raise SystemExit(f"shapes of unknown links: {', '.join(strays)}")
    shapes = []
    for row in links:
        ends = [nodes[row["from_node"]], nodes[row["to_node"]]]
        straight = " ".join(f"{float(end['lon_deg']):g} {float(end['lat_deg']):g}" for end in ends)
        default = {
            "link_id": row["link_id"],
            "shape": "straight",
            "line_deg": straight,
            "source_id": "line-between-nodes",
        }
        shapes.append(lines.get(row["link_id"], default))
    return shapes


def main() -> None:
    """Build every table this script answers for and print their row counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    out = parser.parse_args().out
    nodes = read_rows(INPUTS / "land_nodes.csv") + read_rows(INPUTS / "sea_ports.csv")
    by_id = {row["node_id"]: row for row in nodes}
    links = read_rows(INPUTS / "land_links.csv")
    crossings = read_rows(INPUTS / "land_border_crossings.csv")
    corridors = read_rows(INPUTS / "land_corridors.csv")
    counts = {
        "countries": write(out, "countries", read_rows(INPUTS / "land_countries.csv")),
        "nodes": write(out, "nodes", nodes),
        "links": write(out, "links", links),
        "link_shapes": write(
            out,
            "link_shapes",
            link_shapes(links, by_id, read_rows(INPUTS / "land_link_shapes.csv")),
        ),
        "border_crossings": write(out, "border_crossings", crossings),
        "corridors": write(out, "corridors", corridors),
        "corridor_links": write(out, "corridor_links", corridor_links(corridors, links)),
        "sources": build_sources(out),
    }
    for table, count in counts.items():
        sys.stdout.write(f"{table}: {count}\n")


if __name__ == "__main__":
    main()
