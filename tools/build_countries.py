"""Build the outlines of countries and the disputed lines: country_shapes and disputed_lines.

Outlines come from Natural Earth at 1:50 million (public domain) as packed in world-atlas 2.0.2,
which this script fetches with npm unless a file is given. Arcs are simplified once, so that
neighbours keep sharing them. Disputed lines are the arcs that two features share in a window
(``inputs/countries_disputed.csv``), or are drawn there by hand.

Usage: ``python tools/build_countries.py [--out FOLDER] [--topology countries-50m.json]``
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rows import ATLAS, INPUTS, read_rows

PACKAGE = "world-atlas@2.0.2"
WINDOW = (-26.0, -40.0, 155.0, 72.0)
"""Longitude and latitude [deg] of the part of the world that is drawn."""
TOLERANCE_DEG = 0.03
SMALLEST_DEG2 = 0.03

Line = np.ndarray
Topology = dict[str, Any]


def fetch() -> Topology:
    """Fetch the topology with npm."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile("package/countries-50m.json")
            if member is None:
                message = f"{PACKAGE} holds no countries-50m.json"
                raise FileNotFoundError(message)
            found: Topology = json.load(member)
    return found


def read_arcs(topology: Topology) -> list[Line]:
    """Decode the arcs of a topology (TopoJSON: quantised steps) and simplify them."""
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    arcs = (np.cumsum(np.array(arc, float), axis=0) * scale + shift for arc in topology["arcs"])
    return [simplified(arc) for arc in arcs]


def simplified(line: Line) -> Line:
    """Leave out points that lie nearer than the tolerance to the rest (Douglas and Peucker 1973)."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    parts = [(0, len(line) - 1)]
    while parts:
        a, b = parts.pop()
        if b - a < 2:
            continue
        along = line[b] - line[a]
        length = float(np.hypot(*along))
        offset = line[a + 1 : b] - line[a]
        if length > 0:
            away = np.abs(along[0] * offset[:, 1] - along[1] * offset[:, 0]) / length
        else:
            away = np.hypot(offset[:, 0], offset[:, 1])
        far = int(away.argmax())
        if away[far] > TOLERANCE_DEG:
            keep[a + 1 + far] = True
            parts += [(a, a + 1 + far), (a + 1 + far, b)]
    return line[keep]


def rings(geometry: dict[str, Any], arcs: list[Line]) -> Iterator[Line]:
    """Yield the outer rings of a feature."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        points: list[np.ndarray] = []
        for number in polygon[0]:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points.extend(arc if not points else arc[1:])
        yield np.array(points)


def is_drawn(ring: Line) -> bool:
    """Say whether a ring is large enough and touches the window."""
    x, y = ring.T
    area = abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
    west, south, east, north = WINDOW
    inside = x.max() > west and x.min() < east and y.max() > south and y.min() < north
    return bool(area >= SMALLEST_DEG2 and inside)


def shape_rows(topology: Topology, arcs: list[Line]) -> Iterator[dict[str, object]]:
    """Yield the rows of country_shapes, largest rings first within a country."""
    code = {r["feature"]: r["country"] for r in read_rows(INPUTS / "countries_features.csv")}
    found: dict[str, list[Line]] = defaultdict(list)
    for geometry in topology["objects"]["countries"]["geometries"]:
        country = code[geometry["properties"]["name"]]
        if country:
            found[country] += [r for r in rings(geometry, arcs) if is_drawn(r)]
    for country in sorted(found):
        texts = sorted((written(r) for r in found[country]), key=lambda t: (-len(t), t))
        for number, text in enumerate(texts, start=1):
            yield {
                "country": country,
                "ring": number,
                "line_deg": text,
                "source_id": "natural-earth-50m",
            }


def disputed_rows(topology: Topology, arcs: list[Line]) -> Iterator[dict[str, object]]:
    """Yield the rows of disputed_lines."""
    uses: dict[str, set[int]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        uses[geometry["properties"]["name"]] = {n if n >= 0 else ~n for n in flat(geometry["arcs"])}
    for row in read_rows(INPUTS / "countries_disputed.csv"):
        if row["line_deg"]:
            yield {
                "name": row["name"],
                "line_deg": row["line_deg"],
                "source_id": "disputed-by-hand",
            }
            continue
        west, south, east, north = (
            float(row[c]) for c in ("lon_min", "lat_min", "lon_max", "lat_max")
        )
        shared = sorted(uses[row["feature_a"]] & uses[row["feature_b"]])
        parts = []
        for number in shared:
            x, y = arcs[number].T
            inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
            runs = np.flatnonzero(np.diff(np.concatenate(([0], inside, [0]))))
            parts += [arcs[number][a:b] for a, b in runs.reshape(-1, 2) if b - a > 1]
        if not parts:
            message = (
                f"{row['name']}: {row['feature_a']} and {row['feature_b']} share no line there"
            )
            raise LookupError(message)
        for number, part in enumerate(parts, start=1):
            name = row["name"] if len(parts) == 1 else f"{row['name']}, part {number}"
            yield {"name": name, "line_deg": written(part), "source_id": "natural-earth-50m"}


def flat(nested: list[Any]) -> Iterator[int]:
    """Yield the numbers in nested lists."""
    for item in nested:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item


def written(line: Line) -> str:
    """Write a line with two decimals, points that fall together once."""
    points = [f"{x:.2f} {y:.2f}" for x, y in line]
    return " ".join(p for i, p in enumerate(points) if i == 0 or p != points[i - 1])


def write(file: Path, rows: Iterable[dict[str, object]]) -> None:
    """Write rows sorted as they come."""
    ordered = list(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(ordered[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)


def main() -> None:
    """Build and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ATLAS)
    parser.add_argument("--topology", type=Path)
    options = parser.parse_args()
    topology = json.loads(options.topology.read_text()) if options.topology else fetch()
    arcs = read_arcs(topology)
    write(options.out / "country_shapes.csv", shape_rows(topology, arcs))
    lines = sorted(disputed_rows(topology, arcs), key=lambda row: str(row["name"]))
    write(options.out / "disputed_lines.csv", lines)


if __name__ == "__main__":
    main()
