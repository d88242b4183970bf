"""Columns and tables as their schema files describe them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Column", "Table", "all_schemas", "load_schema", "table_names"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    column, dtype, unit : str
        Name; str, int, float, bool or date; unit, empty if none.
    required : bool
        Cells may not be empty.
    minimum, maximum : float or None
        Bounds of numbers.
    key : bool
        Part of the key of the table.
    reference : str
        ``table.column`` the cells must be found in, empty if none.
    choices : tuple of str
        Allowed values, empty if any.
    description : str
        What it holds.
    """

    column: str
    dtype: str
    unit: str
    required: bool
    minimum: float | None
    maximum: float | None
    key: bool
    reference: str
    choices: tuple[str, ...]
    description: str

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several values separated by ``|``."""
        return "separated by |" in self.description


@dataclass(frozen=True)
class Table:
    """Schema of one table.

    Attributes
    ----------
    name, description : str
        Name and what a row is.
    columns : tuple of Column
        Columns in order.
    """

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(c.column for c in self.columns if c.key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(c.column for c in self.columns)

    def row_name(self, row: Mapping[str, Any]) -> str:
        """Return the key of a row, its parts joined by ``/``; empty parts stay empty."""
        return "/".join("" if row[k] is None else str(row[k]) for k in self.keys)

    def column(self, name: str) -> Column | None:
        """Return one column, or None if the table has no such column."""
        return next((c for c in self.columns if c.column == name), None)


@cache
def load_schema(name: str, folder: str = "karwan.schema/tables") -> Table:
    """Read the schema of one table.

    Parameters
    ----------
    name : str
        Name of the table.
    folder : str
        Package and folder of the schema; tables of a network by default.

    Returns
    -------
    Table
        Its columns.

    Raises
    ------
    KeyError
        There is no such table.
    """
    package, _, inner = folder.partition("/")
    file = files(package) / inner / f"{name}.csv"
    if not file.is_file():
        raise KeyError(name)
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    return Table(name, rows[0]["description"], tuple(_column(row) for row in rows[1:]))


def _column(row: dict[str, str]) -> Column:
    return Column(
        row["column"],
        row["dtype"],
        row["unit"],
        row["required"] == "yes",
        float(row["minimum"]) if row["minimum"] else None,
        float(row["maximum"]) if row["maximum"] else None,
        row["key"] == "yes",
        row["reference"],
        tuple(row["choices"].split("|")) if row["choices"] else (),
        row["description"],
    )


@cache
def table_names() -> tuple[str, ...]:
    """List the names of all tables, sorted."""
    folder = files("karwan.schema") / "tables"
    return tuple(sorted(f.name[:-4] for f in folder.iterdir() if f.name.endswith(".csv")))


def all_schemas() -> dict[str, Table]:
    """Read the schemas of all tables, by name."""
    return {name: load_schema(name) for name in table_names()}
