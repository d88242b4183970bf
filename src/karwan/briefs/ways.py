"""The ways of itineraries as lines by mode, drawn once however many share them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np

from karwan.briefs.frame import Points, unwrap

__all__ = ["Way", "shared_lines", "way_of"]

Way = list[tuple[str, Points]]
"""Lines of one itinerary in order: mode, and longitudes and latitudes [deg]."""

_Spot = tuple[float, float]


def way_of(itinerary: dict[str, Any]) -> Way:
    """Return the lines of an itinerary, following legs of one mode joined.

    Parameters
    ----------
    itinerary : dict
        Itinerary of the JSON form.

    Returns
    -------
    list of (str, float64[n, 2])
        Mode and line; longitudes run on across the antimeridian.
    """
    way: Way = []
    near: float | None = None
    for leg in itinerary["legs"]:
        if not leg["line_deg"]:
            continue
        line = unwrap(leg["line_deg"], leg["line_deg"][0][0] if near is None else near)
        near = float(line[-1, 0])
        if len(line) < 2:
            continue
        if way and way[-1][0] == leg["mode"]:
            way[-1] = (leg["mode"], np.vstack((way[-1][1], line)))
        else:
            way.append((leg["mode"], line))
    return way


def shared_lines(ways: Iterable[Way]) -> dict[str, list[Points]]:
    """Return the lines of many ways by mode, each stretch once.

    Parameters
    ----------
    ways : iterable of Way
        Ways that may run together for long stretches.

    Returns
    -------
    dict of str to list of float64[n, 2]
        Lines between the points where ways part.
    """
    met: dict[str, dict[_Spot, list[_Spot]]] = {}
    for way in ways:
        for mode, line in way:
            beside = met.setdefault(mode, {})
            spots = [(float(x), float(y)) for x, y in np.round(line, 3)]
            for a, b in itertools.pairwise(spots):
                if a != b and b not in beside.setdefault(a, []):
                    beside[a].append(b)
                    beside.setdefault(b, []).append(a)
    return {mode: _chains(beside) for mode, beside in sorted(met.items())}


def _chains(beside: dict[_Spot, list[_Spot]]) -> list[Points]:
    used: set[tuple[_Spot, _Spot]] = set()
    chains = []
    forks = [spot for spot, others in beside.items() if len(others) != 2]
    for start in [*forks, *beside]:  # after the forks, rings without one
        for following in beside[start]:
            if (start, following) in used:
                continue
            chain = [start, following]
            used |= {(start, following), (following, start)}
            while len(beside[chain[-1]]) == 2:
                onward = [n for n in beside[chain[-1]] if (chain[-1], n) not in used]
                if not onward:
                    break
                used |= {(chain[-1], onward[0]), (onward[0], chain[-1])}
                chain.append(onward[0])
            chains.append(np.array(chain))
    return chains
