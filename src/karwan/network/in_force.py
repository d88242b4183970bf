"""Which rows of tables by year are in force for a departure: the only place that decides it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from karwan.network.network import Network
from karwan.schema import load_schema
from karwan.schema.row_names import YEAR

__all__ = ["rows_in_force"]


@lru_cache(maxsize=256)
def rows_in_force(network: Network, table: str, year: int) -> bytes:
    """Mark the rows of a table by year that are in force for departures in a year.

    Of the rows that share all other keys the one of the latest year not after the departure is in
    force or, if all are later, the one of the earliest. A row without a year comes before all.

    Parameters
    ----------
    network : Network
        Network read.
    table : str
        Table with `year` among its keys.
    year : int
        Year of departure.

    Returns
    -------
    bytes
        One byte a row: in force, 1, or not, 0. One row of each key is.
    """
    keys = [key for key in load_schema(table).keys if key != YEAR]
    frame = network.table(table)
    chosen: dict[tuple[Any, ...], int] = {}
    age: dict[tuple[Any, ...], tuple[bool, int]] = {}
    years = (y if y is not None else 0 for y in frame[YEAR])
    for i, (key, own) in enumerate(zip(frame.select(keys).iter_rows(), years, strict=True)):
        # Rows that have begun go before those that have not; then the nearest year.
        nearness = (own <= year, own if own <= year else -own)
        if key not in age or nearness > age[key]:
            chosen[key], age[key] = i, nearness
    marks = bytearray(len(frame))
    for i in chosen.values():
        marks[i] = 1
    return bytes(marks)
