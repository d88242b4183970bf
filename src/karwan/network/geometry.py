"""Distances on the globe and points in polygons, as far as checks need them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["EARTH_RADIUS_KM", "distance_to_polygons_km", "great_circle_km"]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, IUGG."""

Ring = NDArray[np.float64]


def great_circle_km(
    lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike
) -> NDArray[np.float64]:
    """Return great-circle distances by the haversine formula (Sinnott 1984).

    Parameters
    ----------
    lon_a, lat_a, lon_b, lat_b : array_like of float
        Ends [deg].

    Returns
    -------
    float64
        Distance on a sphere [km]; within 0.6 % of the ellipsoid.
    """
    ax, ay, bx, by = (np.radians(np.asarray(v, float)) for v in (lon_a, lat_a, lon_b, lat_b))
    h = np.sin((by - ay) / 2) ** 2 + np.cos(ay) * np.cos(by) * np.sin((bx - ax) / 2) ** 2
    distance: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(h, 1)))
    return distance


def distance_to_polygons_km(lon: float, lat: float, rings: list[Ring]) -> float:
    """Return how far a point lies outside polygons.

    Parameters
    ----------
    lon, lat : float
        Point [deg].
    rings : list of float64[n, 2]
        Outlines, longitude and latitude [deg]; a point inside any of them is at distance 0.

    Returns
    -------
    float
        Distance to the nearest outline [km] in the local plane; inf without outlines.
    """
    scale = np.array([np.cos(np.radians(lat)), 1.0]) * np.pi / 180 * EARTH_RADIUS_KM
    nearest = np.inf
    for ring in rings:
        plane = (ring - (lon, lat)) * scale
        if _holds_origin(plane):
            return 0.0
        nearest = min(nearest, _nearest(plane))
    return float(nearest)


def _holds_origin(ring: Ring) -> bool:
    """Say whether a ring holds the origin, by the even-odd rule (Shimrat 1962)."""
    x, y = ring.T
    nx, ny = np.roll(ring, -1, axis=0).T
    crosses = (y > 0) != (ny > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x - y * (nx - x) / (ny - y)
    return bool(np.count_nonzero(crosses & (at > 0)) % 2)


def _nearest(ring: Ring) -> float:
    ends: Any = np.roll(ring, -1, axis=0) - ring
    length = (ends**2).sum(axis=1)
    along = np.clip(-(ring * ends).sum(axis=1) / np.where(length > 0, length, 1), 0, 1)
    return float(np.sqrt(((ring + along[:, None] * ends) ** 2).sum(axis=1)).min())
