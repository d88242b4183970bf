"""The frame of a map: from degrees to units of the drawing, and lines made short."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Frame",
    "Points",
    "along",
    "clip_ring",
    "fit_frame",
    "line_data",
    "path_data",
    "thin",
    "unwrap",
]

Points = NDArray[np.float64]
"""Points in order, float64[n, 2]."""

NORTHMOST_DEG = 78.0
TALLEST, FLATTEST = 0.78, 0.44
TOLERANCE = 0.4
"""Farthest that a point left out of a drawn line lies from it [units]."""


@dataclass(frozen=True)
class Frame:
    """A rectangle of the Mercator plane.

    Attributes
    ----------
    width, height : float
        Size of the drawing [units].
    west_deg : float
        Longitude of the left edge.
    north : float
        Mercator ordinate of the upper edge [degrees of longitude].
    scale : float
        Units of the drawing for one degree of longitude.
    """

    width: float
    height: float
    west_deg: float
    north: float
    scale: float

    def project(self, lonlat_deg: Points) -> Points:
        """Return points of the drawing.

        Parameters
        ----------
        lonlat_deg : float64[n, 2]
            Longitudes and latitudes [deg].

        Returns
        -------
        float64[n, 2]
            x to the right, y down [units].
        """
        x = (lonlat_deg[:, 0] - self.west_deg) * self.scale
        y = (self.north - mercator(lonlat_deg[:, 1])) * self.scale
        return np.column_stack((x, y))

    def spot(self, lon_deg: float, lat_deg: float) -> tuple[float, float]:
        """Return the place of one point in the drawing [units]."""
        x, y = self.project(np.array([[lon_deg, lat_deg]]))[0]
        return float(x), float(y)

    @property
    def east_deg(self) -> float:
        """Longitude of the right edge."""
        return self.west_deg + self.width / self.scale

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Say whether a point of the drawing lies in the frame."""
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def mercator(lat_deg: Points) -> Points:
    """Return Mercator ordinates of latitudes, in degrees of longitude."""
    limited = np.radians(np.clip(lat_deg, -NORTHMOST_DEG, NORTHMOST_DEG))
    return np.degrees(np.log(np.tan(math.pi / 4 + limited / 2)))


def fit_frame(lonlat_deg: Points, width: float, margin: float = 0.06) -> Frame:
    """Return a frame that holds all points, with edges on whole degrees.

    Parameters
    ----------
    lonlat_deg : float64[n, 2]
        Longitudes (unwrapped) and latitudes [deg].
    width : float
        Width of the drawing [units].
    margin : float
        Room on each side, as a share of the larger extent.

    Returns
    -------
    Frame
        Frame, neither very flat nor very tall.
    """
    west, east = float(lonlat_deg[:, 0].min()), float(lonlat_deg[:, 0].max())
    y = mercator(lonlat_deg[:, 1])
    south, north = float(y.min()), float(y.max())
    room = max(margin * max(east - west, north - south), 1.0)
    west, east, south, north = west - room, east + room, south - room, north + room
    short = FLATTEST * (east - west) - (north - south)
    if short > 0:
        south, north = south - short / 2, north + short / 2
    narrow = (north - south) / TALLEST - (east - west)
    if narrow > 0:
        west, east = west - narrow / 2, east + narrow / 2
    west, east, south, north = (
        math.floor(west),
        math.ceil(east),
        math.floor(south),
        math.ceil(north),
    )
    scale = width / (east - west)
    return Frame(width, float(round((north - south) * scale)), west, north, scale)


def unwrap(lonlat_deg: Sequence[Sequence[float]], near_deg: float) -> Points:
    """Return a line whose longitudes run on across the antimeridian.

    Parameters
    ----------
    lonlat_deg : sequence of (float, float)
        Longitudes and latitudes [deg].
    near_deg : float
        Longitude that the first point is brought next to.

    Returns
    -------
    float64[n, 2]
        Line; each longitude lies within 180 degrees of the one before.
    """
    points = np.array(lonlat_deg, float).reshape(-1, 2)
    steps = np.diff(points[:, 0], prepend=near_deg)
    points[:, 0] -= 360 * np.cumsum(np.round(steps / 360))
    return points


def thin(points: Points, tolerance: float) -> Points:
    """Leave out points of a line that no eye would miss.

    The method of Douglas and Peucker (1973).

    Parameters
    ----------
    points : float64[n, 2]
        Line.
    tolerance : float
        Farthest that a point left out may lie from the line [same unit].

    Returns
    -------
    float64[m, 2]
        Line of fewer points; first and last stay.
    """
    if len(points) < 3:
        return points
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    pending = [(0, len(points) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        inner = points[first + 1 : last] - points[first]
        chord = points[last] - points[first]
        length2 = float(chord @ chord)
        along = np.clip(inner @ chord / length2, 0, 1) if length2 else np.zeros(len(inner))
        away = np.hypot(*(inner - along[:, None] * chord).T)
        worst = int(away.argmax())
        if away[worst] > tolerance:
            keep[first + 1 + worst] = True
            pending += [(first, first + 1 + worst), (first + 1 + worst, last)]
    kept: Points = points[keep]
    return kept


def clip_ring(ring: Points, frame: Frame, margin: float = 4.0) -> Points:
    """Cut a closed outline at the edges of a frame.

    The method of Sutherland and Hodgman (1974).

    Parameters
    ----------
    ring : float64[n, 2]
        Outline in the drawing [units].
    frame : Frame
        Frame.
    margin : float
        How far beyond the frame the cut runs [units].

    Returns
    -------
    float64[m, 2]
        Outline; empty if all of it lies outside.
    """
    low = np.array([-margin, -margin])
    high = np.array([frame.width + margin, frame.height + margin])
    if (ring.max(0) < low).any() or (ring.min(0) > high).any():
        return np.empty((0, 2))
    if (ring.min(0) >= low).all() and (ring.max(0) <= high).all():
        return ring
    for axis, limit, sign in ((0, low[0], 1), (0, high[0], -1), (1, low[1], 1), (1, high[1], -1)):
        inside = sign * (ring[:, axis] - limit) >= 0
        if inside.all():
            continue
        kept = []
        for i in range(len(ring)):
            a, b = ring[i - 1], ring[i]
            if inside[i] != inside[i - 1]:
                share = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append(a + share * (b - a))
            if inside[i]:
                kept.append(b)
        if not kept:
            return np.empty((0, 2))
        ring = np.array(kept)
    return ring


def path_data(lines: Iterable[Points], *, closed: bool = False) -> str:
    """Return the `d` of an SVG path: relative, one decimal.

    Parameters
    ----------
    lines : iterable of float64[n, 2]
        Lines in the drawing [units].
    closed : bool
        Close each.

    Returns
    -------
    str
        Path data.
    """
    parts = []
    for line in lines:
        tenths = np.round(line * 10).astype(int)
        x, y = tenths[0]
        words = [f"M{_tenth(x)} {_tenth(y)}"]
        steps = [(dx, dy) for dx, dy in np.diff(tenths, axis=0) if dx or dy]
        if steps:
            words.append("l" + " ".join(f"{_tenth(dx)} {_tenth(dy)}" for dx, dy in steps))
        parts.append("".join(words) + ("z" if closed else ""))
    return "".join(parts).replace(" -", "-")


def line_data(lines: Iterable[Points], frame: Frame) -> str:
    """Return the `d` of an SVG path of lines on a map, without what lies outside.

    Parameters
    ----------
    lines : iterable of float64[n, 2]
        Longitudes (unwrapped) and latitudes [deg].
    frame : Frame
        Frame of the map.

    Returns
    -------
    str
        Path data; empty if nothing touches the frame.
    """
    return path_data(
        part for line in lines for part in _parts(thin(frame.project(line), TOLERANCE), frame)
    )


def _parts(line: Points, frame: Frame) -> list[Points]:
    """Return the stretches of a line that touch the frame."""
    low = np.minimum(line[:-1], line[1:])
    high = np.maximum(line[:-1], line[1:])
    outside = (high < 0).any(1) | (low > (frame.width, frame.height)).any(1)
    parts, start = [], None
    for i, away in enumerate(np.append(outside, True).tolist()):
        if away and start is not None:
            parts.append(line[start : i + 1])
            start = None
        elif not away and start is None:
            start = i
    return parts


def along(line: Points, step: float = 6.0) -> Points:
    """Return points along a line, `step` units apart."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    walked = np.concatenate(([0.0], np.cumsum(lengths)))
    at = np.arange(0, walked[-1] + step / 2, step)
    return np.column_stack([np.interp(at, walked, line[:, k]) for k in (0, 1)])


def _tenth(value: int) -> str:
    whole = f"{value / 10:g}"
    return whole.replace("0.", ".", 1) if whole.lstrip("-").startswith("0.") else whole
