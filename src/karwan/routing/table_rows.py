"""Rows of tables as plain values, read once for all networks that share a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import polars as pl

from karwan.network import Network
from karwan.network.grades import GRADES

__all__ = ["TableValues", "grades_of", "rows_of"]

Row = dict[str, Any]
Value = TypeVar("Value")


class TableValues(dict[str, Value]):
    """Something of each table by its name, read when it is first asked for.

    Parameters
    ----------
    network : Network
        Network read.
    read : callable
        Reads it from a network and the name of a table.
    """

    def __init__(self, network: Network, read: Callable[[Network, str], Value]) -> None:
        super().__init__()
        self.network, self.read = network, read

    def __missing__(self, name: str) -> Value:
        """Read a table."""
        self[name] = self.read(self.network, name)
        return self[name]


class _Frames:
    """Tables that are equal only to themselves, as polars does not say so."""

    def __init__(self, *frames: pl.DataFrame) -> None:
        self.frames = frames

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frames) and all(
            a is b for a, b in zip(self.frames, other.frames, strict=True)
        )

    def __hash__(self) -> int:
        return hash(tuple(id(frame) for frame in self.frames))


def rows_of(network: Network, name: str) -> list[Row]:
    """Return the rows of a table, which nobody may change.

    Parameters
    ----------
    network : Network
        Network read.
    name : str
        Table.

    Returns
    -------
    list of dict
        Cells by column; the same list for networks that share the table.
    """
    return _rows(_Frames(network.table(name)))


def grades_of(network: Network, name: str) -> list[int]:
    """Return the grade of the source of each row of a table, which nobody may change.

    Parameters
    ----------
    network : Network
        Network read.
    name : str
        Table with a column `source_id`.

    Returns
    -------
    list of int
        0 A, 1 B, 2 C.
    """
    return _grades(_Frames(network.table(name), network.table("sources")))


@lru_cache(maxsize=256)
def _rows(tables: _Frames) -> list[Row]:
    return list(tables.frames[0].iter_rows(named=True))


@lru_cache(maxsize=256)
def _grades(tables: _Frames) -> list[int]:
    frame, sources = tables.frames
    rank = {s: GRADES.index(g) for s, g in sources.select("source_id", "grade").iter_rows()}
    return [rank[source] for source in frame["source_id"]]
