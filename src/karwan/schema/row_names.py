"""Names of rows as others refer to them: the key, or the key without its year for all years."""

from __future__ import annotations

from collections.abc import Iterable

from karwan.schema.columns import Table

__all__ = ["EVERY", "YEAR", "named_rows"]

EVERY = "*"
"""Stands for all rows of a table."""
YEAR = "year"
"""Last key of the tables whose rows are given by year."""


def named_rows(schema: Table, names: Iterable[str]) -> dict[str, list[str]]:
    """Return the rows that each name stands for.

    Parameters
    ----------
    schema : Table
        Table.
    names : iterable of str
        Names of its rows, as `Table.row_name` gives them.

    Returns
    -------
    dict of str to list of str
        The row by its name; in a table by year all years of a row by its name without the year;
        every row by a star.
    """
    every = list(names)
    meant: dict[str, list[str]] = {}
    if schema.keys[-1:] == (YEAR,):
        for name in every:
            meant.setdefault(name.rpartition("/")[0], []).append(name)
    return meant | {name: [name] for name in every} | {EVERY: every}
