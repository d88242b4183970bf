"""Read tables: as text to be checked, or typed straight away."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from karwan.schema.columns import Column, Table

__all__ = [
    "LARGEST_BYTES",
    "RawTable",
    "empty_frame",
    "polars_types",
    "raw_frame",
    "read_raw",
    "read_typed",
    "typed",
    "typed_cell",
]

DTYPES: dict[str, Any] = {
    "str": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "bool": pl.Boolean,
    "date": pl.Date,
}
LARGEST_BYTES = 200_000_000
"""Largest CSV file that is read; larger tables belong in Parquet."""


@dataclass(frozen=True)
class RawTable:
    """A table as text, before it is checked.

    Attributes
    ----------
    name : str
        Table.
    header : tuple of str
        Column names as written.
    rows : list of list of str
        Cells as written; empty text is an empty cell. Rows may be too short or too long.
    """

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]

    def cells(self, column: str) -> list[str]:
        """Return one column as text; empty cells where rows are too short."""
        at = self.header.index(column)
        return [row[at] if at < len(row) else "" for row in self.rows]


def read_raw(file: Path, name: str) -> RawTable:
    """Read a table as text.

    Parameters
    ----------
    file : Path
        CSV file in UTF-8, or Parquet file.
    name : str
        Name of the table.

    Returns
    -------
    RawTable
        Its cells, unchecked.

    Raises
    ------
    ValueError
        The file is too large, empty, not UTF-8, not CSV or not Parquet; the message ends the
        sentence "the table ...".
    """
    if file.suffix == ".parquet":
        try:
            return raw_frame(name, pl.read_parquet(file))
        except pl.exceptions.PolarsError as fault:
            message = "cannot be read as Parquet; write it again"
            raise ValueError(message) from fault
    size = file.stat().st_size
    if size > LARGEST_BYTES:
        limit = f"{LARGEST_BYTES / 1e6:,.0f} MB"
        message = f"has {size / 1e6:,.0f} MB; a CSV table may have {limit}, use Parquet"
        raise ValueError(message)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        message = f"is not UTF-8 text (byte {fault.start}); save it as UTF-8"
        raise ValueError(message) from fault
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as fault:
        message = f"is not CSV ({fault}); quote cells that hold commas, quotes or line ends"
        raise ValueError(message) from fault
    if not lines:
        message = "is an empty file; it needs at least a header line"
        raise ValueError(message)
    return RawTable(name, tuple(lines[0]), [line for line in lines[1:] if line])


def raw_frame(name: str, frame: pl.DataFrame) -> RawTable:
    """Write a frame as text.

    Parameters
    ----------
    name : str
        Name of the table.
    frame : polars.DataFrame
        Any frame; columns that cannot be written as text come out as their Python form.

    Returns
    -------
    RawTable
        Its cells; null becomes the empty cell.
    """
    columns = []
    for column in frame.iter_columns():
        try:
            text = column.cast(pl.String).to_list()
        except pl.exceptions.PolarsError:
            text = [None if v is None else str(v) for v in column.to_list()]
        columns.append(["" if v is None else v for v in text])
    return RawTable(name, tuple(frame.columns), [list(row) for row in zip(*columns, strict=True)])


def polars_types(schema: Table) -> dict[str, Any]:
    """Return the polars type of each column of a table."""
    return {c.column: DTYPES[c.dtype] for c in schema.columns}


def empty_frame(schema: Table) -> pl.DataFrame:
    """Return a table without rows."""
    return pl.DataFrame(schema=polars_types(schema))


def typed(raw: RawTable, schema: Table) -> pl.DataFrame:
    """Turn a table of text that passed its check into a typed frame.

    Parameters
    ----------
    raw : RawTable
        Table without problems.
    schema : Table
        Its schema.

    Returns
    -------
    polars.DataFrame
        Columns of the schema in its order, rows sorted by key.
    """
    frame = pl.DataFrame(
        {name: raw.cells(name) for name in schema.names},
        schema=dict.fromkeys(schema.names, pl.String),
    )
    casts = []
    for name, dtype in polars_types(schema).items():
        cell = pl.when(pl.col(name) != "").then(pl.col(name))
        if dtype == pl.Boolean:
            casts.append((cell == "true").alias(name))
        elif dtype == pl.Date:
            casts.append(cell.str.to_date("%Y-%m-%d").alias(name))
        else:
            casts.append(cell.cast(dtype).alias(name))
    return frame.select(casts).sort(schema.keys)


def typed_cell(text: str, column: Column) -> Any:
    """Turn the text of one cell that passed its check into a value; None if it is empty."""
    if not text:
        return None
    parse: dict[str, Callable[[str], Any]] = {
        "str": str,
        "int": int,
        "float": float,
        "bool": lambda word: word == "true",
        "date": dt.date.fromisoformat,
    }
    return parse[column.dtype](text)


def read_typed(file: Path, schema: Table) -> pl.DataFrame:
    """Read a table with the types of its schema; no checks.

    Parameters
    ----------
    file : Path
        CSV or Parquet file.
    schema : Table
        Columns.

    Returns
    -------
    polars.DataFrame
        Columns of the schema in its order, rows sorted by key.
    """
    types = polars_types(schema)
    if file.suffix == ".parquet":
        frame = pl.read_parquet(file)
        frame = frame.select(pl.col(name).cast(dtype) for name, dtype in types.items())
    else:
        frame = pl.read_csv(
            file, schema_overrides=types, null_values=[""], infer_schema_length=0
        ).select(schema.names)
    return frame.sort(schema.keys)
