"""How well trips of one relation foretell each other: the yardstick of any prediction of time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Repeats", "repeats_of"]


@dataclass(frozen=True)
class Repeats:
    """Errors on trips whose relation was run more than once.

    Attributes
    ----------
    trips, relations : int
        Number of such trips, and of their relations: ends in either direction, and modes.
    by_others : float
        Median absolute error of the time of each if it is taken as the median of the log of the
        others' [share]: what who knows the record of a relation, and nothing else, is off by.
    predicted : float
        The same of the prediction, on the same trips, each left out of the fit.
    """

    trips: int
    relations: int
    by_others: float
    predicted: float

    def to_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return asdict(self)


def repeats_of(rows: pl.DataFrame, off: NDArray[np.float64]) -> Repeats | None:
    """Compare a prediction with the other trips of the same relation.

    Parameters
    ----------
    rows : polars.DataFrame
        Trips that were made, with `origin`, `destination`, `by` and `time_days`.
    off : float64[n]
        Log of published over predicted time of each.

    Returns
    -------
    Repeats or None
        Errors; None if no relation was run twice.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> ways = {"origin": ["A", "B", "A"], "destination": ["B", "A", "C"], "by": ["rail"] * 3}
    >>> repeats_of(pl.DataFrame({**ways, "time_days": [5.0, 4.0, 9.0]}), np.zeros(3))
    Repeats(trips=2, relations=1, by_others=0.225, predicted=0.0)
    """
    where: dict[tuple[Any, ...], list[int]] = {}
    for i, (a, b, modes) in enumerate(rows.select("origin", "destination", "by").iter_rows()):
        where.setdefault((*sorted((a, b)), modes), []).append(i)
    relations = [np.array(trips) for trips in where.values() if len(trips) > 1]
    if not relations:
        return None
    log = np.log(rows["time_days"].to_numpy())
    others = [
        float(np.median(log[trips[trips != i]])) - log[i] for trips in relations for i in trips
    ]
    again = np.concatenate(relations)
    by_others, predicted = (
        float(np.median(np.abs(np.expm1(error)))) for error in (np.array(others), -off[again])
    )
    return Repeats(len(again), len(relations), round(by_others, 6), round(predicted, 6))
