"""Networks that benchmarks search: made from a seed, the same on every machine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import Delaunay, cKDTree

ROAD, RAIL, TERMINALS = 6_400, 2_200, 206
WIDTH_KM, HEIGHT_KM, COUNTRY_KM = 3_000.0, 2_000.0, 250.0
RATES = {"road": (1.2, 1.2, 0.9), "rail": (0.5, 2.0, 0.25)}
"""USD, minutes and kg of CO2 per km and TEU."""
TERMINAL = (80.0, 600.0, 5.0)
COARSE = (10.0, 30.0, 5.0)
"""Coarse units: values are rounded up to 10 USD, 30 minutes and 5 kg."""


class Star(NamedTuple):
    """Forward star of a network with the positions of its states."""

    first_arc: np.ndarray
    head: np.ndarray
    cost: np.ndarray
    x_km: np.ndarray


def multimodal(seed: int = 20, *, coarse: bool = False) -> Star:
    """Make a road and a railway network that meet at terminals.

    About 8,600 states and 27,000 arcs; criteria USD, minutes and kg of CO2 per TEU, each with
    its own multipliers by country, in units of 1, or coarse.

    Parameters
    ----------
    seed : int
        Seed.
    coarse : bool
        Round costs up to COARSE units.

    Returns
    -------
    Star
        The network.
    """
    rng = np.random.default_rng(seed)
    size = ROAD + RAIL
    place = rng.random((size, 2)) * (WIDTH_KM, HEIGHT_KM)
    cells = (int(WIDTH_KM // COUNTRY_KM), int(HEIGHT_KM // COUNTRY_KM))
    multiplier = rng.uniform(0.7, 1.3, (*cells, 3))
    pairs, costs = [], []
    for mode, states in (("road", np.arange(ROAD)), ("rail", np.arange(ROAD, size))):
        edges = states[_neighbours(place[states], rng)]
        length = np.hypot(*(place[edges[:, 0]] - place[edges[:, 1]]).T)
        middle = (place[edges[:, 0]] + place[edges[:, 1]]) / 2
        at = (middle // COUNTRY_KM).astype(int)
        pairs.append(edges)
        costs.append(length[:, None] * RATES[mode] * multiplier[at[:, 0], at[:, 1]])
    rail = rng.choice(np.arange(ROAD, size), TERMINALS, replace=False)
    road = cKDTree(place[:ROAD]).query(place[rail])[1]
    pairs.append(np.column_stack((rail, road)))
    costs.append(np.tile(TERMINAL, (TERMINALS, 1)))
    edges, cost = np.concatenate(pairs), np.concatenate(costs)
    cost = np.ceil(cost / COARSE) * COARSE if coarse else np.ceil(cost)
    tail = np.concatenate((edges[:, 0], edges[:, 1]))
    head = np.concatenate((edges[:, 1], edges[:, 0]))
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(size + 1))
    both = np.concatenate((cost, cost))
    return Star(
        first.astype(np.int32),
        head[order].astype(np.int32),
        np.ascontiguousarray(both[order]),
        place[:, 0],
    )


def roads(size: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Make a road map of towns and country: a third of the nodes lies around a hundred places.

    Parameters
    ----------
    size : int
        Nodes.
    seed : int
        Seed.

    Returns
    -------
    (int64[n_edges, 2], float64[size, 2])
        Nodes that are joined, and positions [km].
    """
    rng = np.random.default_rng(seed)
    place = rng.random((size, 2)) * (WIDTH_KM, HEIGHT_KM)
    town = size // 3
    around = rng.choice(place[town : town + 100], town)
    place[:town] = around + rng.normal(0, 1, (town, 2)) * (90.0, 40.0)
    return _neighbours(place, rng), place


def _neighbours(place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Join relative neighbours (Toussaint 1980) and a third of the other Gabriel neighbours.

    Of relative neighbours no third point is nearer to both; of Gabriel neighbours (Gabriel and
    Sokal 1969) none lies in the circle between them. Together they make a plausible road map.
    """
    triangles = Delaunay(place).simplices
    sides = np.concatenate((triangles[:, :2], triangles[:, 1:], triangles[:, ::2]))
    edges = np.unique(np.sort(sides, axis=1), axis=0)
    length = np.hypot(*(place[edges[:, 0]] - place[edges[:, 1]]).T)[:, None] * (1 - 1e-9)
    near = cKDTree(place).query(place, k=12)[1]
    third = np.concatenate((near[edges[:, 0]], near[edges[:, 1]]), axis=1)
    away = [np.hypot(*(place[third] - place[edges[:, i], None]).transpose(2, 0, 1)) for i in (0, 1)]
    relative = ~(np.maximum(*away) < length).any(axis=1)
    gabriel = ~(away[0] ** 2 + away[1] ** 2 < length**2).any(axis=1)
    return edges[relative | (gabriel & (rng.random(len(edges)) < 0.37))]


def trips(star: Star, count: int, seed: int = 1) -> list[tuple[int, int]]:
    """Draw pairs from the west 30 % to the east 30 %."""
    rng = np.random.default_rng(seed)
    west = np.flatnonzero(star.x_km < 0.3 * WIDTH_KM)
    east = np.flatnonzero(star.x_km > 0.7 * WIDTH_KM)
    return list(
        zip(rng.choice(west, count).tolist(), rng.choice(east, count).tolist(), strict=True)
    )
