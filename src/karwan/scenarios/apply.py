"""Lay measures over a network: a pure function from network to network."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from karwan.errors import ScenarioError
from karwan.network import Network
from karwan.scenarios.measures import Change, Measure, read_measures
from karwan.schema import Column, load_schema
from karwan.schema.check import check_cell
from karwan.schema.load import typed_cell
from karwan.schema.row_names import named_rows

__all__ = ["apply_scenario"]

Cell = tuple[str, str, str]


def apply_scenario(network: Network, names: str | Sequence[str]) -> Network:
    """Lay scenarios and measures over a network.

    Parameters
    ----------
    network : Network
        Network that stays as it is.
    names : str or sequence of str
        Identifiers of scenarios or measures; ``today`` is the network as it is.

    Returns
    -------
    Network
        New network with the changed cells; the same object if nothing is laid over it.

    Raises
    ------
    ScenarioError
        Unknown names, cells that the network lacks, values the column cannot hold, or two
        measures that change the same cell. All problems at once.
    """
    measures = read_measures(network, [names] if isinstance(names, str) else names)
    if not measures:
        return network
    problems: list[str] = []
    owner: dict[Cell, str] = {}
    tables: dict[str, _Sheet] = {}
    for measure in measures:
        for change in measure.changes:
            sheet = tables.get(change.table)
            if sheet is None:
                if change.table not in network.tables:
                    problems.append(_says(measure, change, "which is no table of the network"))
                    continue
                sheet = tables[change.table] = _Sheet(network, change.table)
            problems += sheet.change(measure, change, owner)
    if problems:
        raise ScenarioError("; ".join(dict.fromkeys(problems)))
    return network.with_tables(**{name: sheet.frame() for name, sheet in tables.items()})


class _Sheet:
    """Columns of one table while its cells are changed."""

    def __init__(self, network: Network, table: str) -> None:
        self.schema = load_schema(table)
        self.original = network.table(table)
        self.columns: dict[str, list[Any]] = {}
        keys = [c.column for c in self.schema.columns if c.key]
        parts = self.original.select(pl.col(keys).cast(pl.String).fill_null(""))
        self.rows = {"/".join(row): i for i, row in enumerate(parts.iter_rows())}
        self.meant = named_rows(self.schema, self.rows)

    def change(self, measure: Measure, change: Change, owner: dict[Cell, str]) -> list[str]:
        """Carry out one change; return what is wrong with it."""
        column = self.schema.column(change.column)
        if column is None or column.key:
            return [_says(measure, change, f"but {change.column!r} is no column that can change")]
        rows = self.meant.get(change.row)
        if rows is None:
            near = difflib.get_close_matches(change.row, self.meant, n=1)
            remedy = f"; did you mean {near[0]!r}?" if near else ""
            return [_says(measure, change, f"which the network does not have{remedy}")]
        try:
            alter = _alteration(column, change)
        except ValueError as fault:
            return [_says(measure, change, str(fault))]
        cells = self.columns.setdefault(column.column, self.original[column.column].to_list())
        problems = []
        for row in rows:
            first = owner.setdefault((change.table, row, change.column), measure.measure_id)
            if first != measure.measure_id:
                problems.append(
                    f"{first!r} and {measure.measure_id!r} both set "
                    f"{change.table}[{row}].{change.column}; keep one, or write a third measure "
                    "for the combination"
                )
                continue
            new = cells[self.rows[row]] = alter(cells[self.rows[row]])
            if outside := _outside(column, new):
                problems.append(_says(measure, replace(change, row=row), outside))
        return problems

    def frame(self) -> pl.DataFrame:
        """Return the table with its changed columns."""
        return self.original.with_columns(
            pl.Series(name, cells, dtype=self.original.schema[name])
            for name, cells in self.columns.items()
        )


def _alteration(column: Column, change: Change) -> Callable[[Any], Any]:
    """Return how a change turns an old value into a new one; ValueError if it cannot."""
    if change.operation == "set":
        wrong = check_cell(change.value or "", column)
        if wrong is not None:
            message = f"where {' '.join(part for part in wrong if part)}"
            raise ValueError(message)
        value = typed_cell(change.value or "", column)
        return lambda _: value
    try:
        number = float(change.value or "")
    except ValueError:
        number = math.nan
    if column.dtype not in {"int", "float"} or not math.isfinite(number):
        message = f"but {change.operation} needs a number and a column of numbers"
        raise ValueError(message)
    cast = int if column.dtype == "int" else float
    if change.operation == "multiply":
        return lambda old: None if old is None else cast(old * number)
    return lambda old: None if old is None else cast(old + number)


def _outside(column: Column, value: Any) -> str:
    """Say which bound a changed number breaks, empty if none."""
    if value is None or column.dtype not in {"int", "float"}:
        return ""
    shown = f"{value:g} {column.unit}".rstrip()
    if column.minimum is not None and value < column.minimum:
        return f"which makes it {shown}; it must be at least {column.minimum:.15g}"
    if column.maximum is not None and value > column.maximum:
        return f"which makes it {shown}; it must be at most {column.maximum:.15g}"
    return ""


def _says(measure: Measure, change: Change, what: str) -> str:
    cell = f"{change.table}[{change.row}].{change.column}"
    return f"measure {measure.measure_id!r} changes {cell}, {what}"
