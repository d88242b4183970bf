"""Lay draws of uncertain inputs over a network: a pure function from network to network."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from karwan.errors import ScenarioError
from karwan.network import Network
from karwan.network.grades import source_grades
from karwan.network.selection import read_conditions, selected
from karwan.schema import load_schema, table_names
from karwan.schema.check import did_you_mean

__all__ = ["Moved", "UncertainNetwork", "lay_draw", "quantile", "uncertain_network"]

Z95 = 1.6448536269514722
YEAR_DAYS = 365.25
MOST_DAYS = 200 * 365


@dataclass(frozen=True, eq=False)
class Moved:
    """Cells that one row of `uncertainties` moves.

    Attributes
    ----------
    factor : int
        Number of the factor.
    table : str
        Table.
    columns : tuple of str
        Columns.
    rows : intp[n]
        Rows of the table, in its order.
    operation, distribution : str
        As in `uncertainties`.
    low, high : float
        As in `uncertainties`.
    """

    factor: int
    table: str
    columns: tuple[str, ...]
    rows: NDArray[np.intp]
    operation: str
    distribution: str
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class UncertainNetwork:
    """A network with the cells that each factor moves.

    Attributes
    ----------
    network : Network
        Network as it stands, scenario applied.
    factors : tuple of str
        Factors that move at least one cell of it, in order of their names.
    moved : tuple of Moved
        What they move.
    """

    network: Network
    factors: tuple[str, ...]
    moved: tuple[Moved, ...]


def uncertain_network(
    network: Network, factors: Sequence[str] = (), *, unread: Collection[str] = ()
) -> UncertainNetwork:
    """Find the cells of a network that its table `uncertainties` moves.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    factors : sequence of str
        Factors to draw; all if empty.
    unread : collection of str
        Tables that are left as they are, because the study does not read them.

    Returns
    -------
    UncertainNetwork
        The network with its factors.

    Raises
    ------
    ScenarioError
        The table holds no row that moves a cell, or rows that cannot be read; factors that it
        does not hold or that move nothing.
    """
    grades = source_grades(network)
    found: list[tuple[str, Moved]] = []
    for row in network.table("uncertainties").iter_rows(named=True):
        if row["table"] not in table_names():
            message = f"uncertainties[{row['factor_id']}] moves {row['table']!r}, which is no table"
            raise ScenarioError(message)
        wanted = row["table"] not in unread and (not factors or row["factor_id"] in factors)
        rows = _rows(network, row, grades) if wanted else np.empty(0, np.intp)
        if len(rows):
            columns = tuple(row["columns"].split("|"))
            shape = (row["operation"], row["distribution"], row["low"], row["high"])
            found.append((row["factor_id"], Moved(-1, row["table"], columns, rows, *shape)))
    if lost := [name for name in factors if name not in {moves for moves, _ in found}]:
        known = sorted(set(network.table("uncertainties")["factor_id"]))
        raise ScenarioError("; ".join(_no_factor(name, known) for name in lost))
    if not found:
        message = (
            "the table uncertainties moves no cell of this network; "
            "add rows to it, or draw on the atlas"
        )
        raise ScenarioError(message)
    drawn = tuple(sorted({name for name, _ in found}))
    number = {name: i for i, name in enumerate(drawn)}
    numbered = tuple(replace(part, factor=number[name]) for name, part in found)
    return UncertainNetwork(network, drawn, numbered)


def _no_factor(name: str, known: list[str]) -> str:
    if name in known:
        return f"factor {name!r} moves no cell that this study reads; leave it out"
    hint = did_you_mean(name, known) or "`karwan atlas uncertainties` lists them"
    return f"factor {name!r} is not in uncertainties; {hint}"


def _rows(network: Network, row: dict[str, Any], grades: dict[str, str]) -> NDArray[np.intp]:
    """Return the rows that have the grade and keep the conditions."""
    frame = network.table(row["table"])
    try:
        keeps = frame.select(
            selected(read_conditions(row["where"])) & pl.lit(value=True)
        ).to_series()
    except (ValueError, pl.exceptions.ColumnNotFoundError) as fault:
        cell = f"uncertainties[{row['factor_id']}].where"
        message = f"{cell} is {row['where']!r}, which cannot be read: {fault}"
        raise ScenarioError(message) from fault
    graded = frame["source_id"].replace_strict(grades, default="") == row["grade"]
    return np.flatnonzero((keeps & graded).to_numpy() if len(frame) else np.empty(0, bool))


def quantile(moved: Moved, share: float) -> float:
    """Return the draw that a share of all draws stays below.

    Parameters
    ----------
    moved : Moved
        Distribution and its range.
    share : float
        Between 0 and 1, both excluded.

    Returns
    -------
    float
        Factor, days of a shift, or place in a range.
    """
    low, high = moved.low, moved.high
    if moved.distribution == "lognormal":
        middle, spread = math.log(low * high) / 2, math.log(high / low) / (2 * Z95)
        return math.exp(middle + spread * float(ndtri(share)))
    if moved.distribution == "uniform":
        return low + share * (high - low)
    peak = 1.0 if moved.operation in {"multiply", "outlast"} else 0.0
    if share < (peak - low) / (high - low):
        return low + math.sqrt(share * (high - low) * (peak - low))
    return high - math.sqrt((1 - share) * (high - low) * (high - peak))


def lay_draw(uncertain: UncertainNetwork, shares: Sequence[float]) -> Network:
    """Lay one draw over a network.

    Parameters
    ----------
    uncertain : UncertainNetwork
        Network with the cells that each factor moves; stays as it is.
    shares : sequence of float
        One share for each factor, between 0 and 1: the quantile of its distribution that is
        drawn. One factor moves the rows of every grade by the same quantile, each within the
        range of its grade.

    Returns
    -------
    Network
        New network. Numbers beyond the bounds of their column stop at the bound; empty cells
        stay empty, but for closures without an end.
    """
    changed: dict[str, dict[str, pl.Series]] = {}
    for moved in uncertain.moved:
        frame = uncertain.network.table(moved.table)
        cells = changed.setdefault(moved.table, {})
        columns = [cells.get(name, frame[name]) for name in moved.columns]
        drawn = quantile(moved, shares[moved.factor])
        if moved.operation == "multiply":
            new = [_multiplied(column, moved, drawn) for column in columns]
        elif moved.operation == "shift":
            new = [_shifted(column, moved.rows, drawn) for column in columns]
        elif moved.operation == "outlast":
            as_of = uncertain.network.as_of
            new = [
                _outlasting(column, frame["starts"], moved.rows, drawn, as_of) for column in columns
            ]
        else:
            new = _ranged(columns, moved, drawn)
        cells |= {column.name: column for column in new}
    tables = {
        name: uncertain.network.table(name).with_columns(list(columns.values()))
        for name, columns in changed.items()
    }
    return uncertain.network.with_tables(**tables)


def _numbers(column: pl.Series) -> NDArray[np.float64]:
    """Return a copy of a column of numbers, nan where it is empty."""
    return column.cast(pl.Float64).to_numpy().copy()


def _held(column: pl.Series, values: NDArray[np.float64], table: str) -> pl.Series:
    """Return a column with new values, those beyond its bounds at the bound."""
    schema = load_schema(table).column(column.name)
    if schema is not None and schema.minimum is not None:
        values = np.maximum(values, schema.minimum)
    if schema is not None and schema.maximum is not None:
        values = np.minimum(values, schema.maximum)
    new = pl.Series(column.name, values, nan_to_null=True)
    return (new if column.dtype.is_float() else new.round()).cast(column.dtype)


def _multiplied(column: pl.Series, moved: Moved, drawn: float) -> pl.Series:
    values = _numbers(column)
    values[moved.rows] *= drawn
    return _held(column, values, moved.table)


def _shifted(column: pl.Series, rows: NDArray[np.intp], drawn: float) -> pl.Series:
    is_date = column.dtype == pl.Date
    step: Any = dt.timedelta(days=round(drawn)) if is_date else round(drawn / YEAR_DAYS)
    values = column.to_list()
    for i in rows.tolist():
        values[i] = None if values[i] is None else values[i] + step
    return pl.Series(column.name, values, dtype=column.dtype)


def _outlasting(
    ends: pl.Series, starts: pl.Series, rows: NDArray[np.intp], drawn: float, as_of: dt.date
) -> pl.Series:
    values = ends.to_list()
    for i in rows.tolist():
        lasted = (as_of - starts[i]).days
        if values[i] is None and lasted > 0:
            values[i] = as_of + dt.timedelta(days=min(round(drawn * lasted), MOST_DAYS))
    return pl.Series(ends.name, values, dtype=ends.dtype)


def _ranged(columns: list[pl.Series], moved: Moved, drawn: float) -> list[pl.Series]:
    """Return the value and the columns that keep their ratio to it; the ends stay."""
    value, low, high, *others = columns
    old, end = _numbers(value), _numbers(low if drawn < 0 else high)
    rows = moved.rows
    new = old.copy()
    new[rows] += abs(drawn) * np.nan_to_num(end[rows] - old[rows])
    ratio = np.divide(new, old, out=np.ones_like(old), where=old > 0)
    changed = [_held(value, new, moved.table)]
    for other in others:
        scaled = _numbers(other)
        scaled[rows] *= ratio[rows]
        changed.append(_held(other, scaled, moved.table))
    return changed
