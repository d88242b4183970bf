"""The half hours of a week in which parts of a terminal work and trucks come."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.kernels import terminal_layout as c

__all__ = ["FETCHED", "week_of"]

FETCHED = 0.5
"""Share of the trucks whose box is ready that come in a half hour of the peak."""
PARTS = ("quay", "channel", "gate", "customs", "rail")


def week_of(terminal: dict[str, Any], hours: pl.DataFrame) -> NDArray[np.float64]:
    """Lay out a week in half hours.

    Trucks come to a terminal while its gate is open, to a border at all hours. An hour of the
    peak has `peak_factor` times as many as another. A box that is ready is fetched in a half
    hour of the peak with probability `FETCHED`, in others with that over the factor.

    Parameters
    ----------
    terminal : dict
        Row of `terminals`.
    hours : polars.DataFrame
        Its rows of `terminal_hours`.

    Returns
    -------
    float64[7, 336]
        Whether the quay, channel, gate, customs and rail work; trucks that bring boxes against
        their mean; share of ready boxes fetched.
    """
    week = np.ones((c.WEEK_ROWS, c.WEEK))
    for row, part in enumerate(PARTS):
        own = hours.filter(pl.col("part") == part)
        if not own.is_empty():
            week[row] = 0.0
            for given in own.iter_rows(named=True):
                week[row, _looks(given["days"], given["opens_h"], given["closes_h"])] = 1.0
    factor = np.ones(c.WEEK)
    if terminal["peak_factor"] is not None and terminal["peak_opens_h"] is not None:
        peak = _looks("1234567", terminal["peak_opens_h"], terminal["peak_closes_h"] or 24.0)
        factor[peak] = terminal["peak_factor"]
    week[c.FETCHES] = FETCHED * factor / factor.max() * week[c.GATE]
    comes = factor if terminal["kind"] == "border" else factor * week[c.GATE]
    week[c.COMES] = comes / comes.mean() if comes.any() else comes
    return week


def _looks(days: str, opens: float, closes: float) -> list[int]:
    first = round(opens / c.TICK)
    last = round((closes if closes > opens else closes + 24.0) / c.TICK)
    return [
        ((int(day) - 1) * c.WEEK // 7 + look) % c.WEEK
        for day in days
        for look in range(first, last)
    ]
