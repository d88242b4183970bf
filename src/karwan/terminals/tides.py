"""When the channel is deep enough for a vessel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from karwan.terminals.berth_problem import BerthProblem

__all__ = ["has_water", "next_water_h"]


def _windows(problem: BerthProblem, draught_m: float) -> list[tuple[float, float]] | None:
    """Return when a vessel may pass the channel; None if at any time."""
    channel = problem.settings["channel_depth_m"]
    needed = draught_m + problem.settings["under_keel_m"] - 1e-9
    if channel is None or channel >= needed:
        return None
    rows = problem.tides.filter(problem.tides["depth_m"] >= needed).sort("from_h")
    return [(a, b) for a, b in rows.select("from_h", "to_h").iter_rows()]


def has_water(
    problem: BerthProblem, draught_m: float, hours: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say at which hours a vessel may pass the channel.

    Parameters
    ----------
    problem : BerthProblem
        Problem with its tides.
    draught_m : float
        Draught [m].
    hours : float64[n]
        Hours [h].

    Returns
    -------
    bool[n]
        Whether the water is deep enough.
    """
    windows = _windows(problem, draught_m)
    if windows is None:
        return np.ones(len(hours), bool)
    found = np.zeros(len(hours), bool)
    for begin, end in windows:
        found |= (hours >= begin - 1e-9) & (hours <= end + 1e-9)
    return found


def next_water_h(problem: BerthProblem, draught_m: float, hour: float) -> float | None:
    """Return the first hour from one on at which a vessel may pass the channel [h], or None."""
    windows = _windows(problem, draught_m)
    if windows is None:
        return hour
    return next((max(a, hour) for a, b in windows if b >= hour - 1e-9), None)
