"""Read a file of a user's own rows for one table of a network."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.errors import DataError, Problem
from karwan.network import rules_demand, rules_observations
from karwan.network.network import Network
from karwan.schema import (
    RawTable,
    Table,
    check_table,
    load_schema,
    raw_frame,
    read_raw,
    row_labels,
    typed,
)

__all__ = ["read_rows"]

RULES = {"demand": rules_demand.RULES, "observations": rules_observations.RULES}
"""Rules across tables that rows of each table keep."""
OPEN = "sources"
"""Rows of a user's own may name sources that the network does not have."""


def read_rows(file: Path | str, table: str, network: Network) -> pl.DataFrame:
    """Read rows of one table from a file of its own.

    Parameters
    ----------
    file : Path or str
        CSV or Parquet with the columns of the table; those that are not required may be missing.
    table : str
        Name of the table.
    network : Network
        Network whose rows they refer to.

    Returns
    -------
    polars.DataFrame
        Rows, typed.

    Raises
    ------
    DataError
        Something is wrong with the file; every problem at once.
    """
    schema = load_schema(table)
    try:
        raw = read_raw(Path(file), table)
    except (ValueError, OSError) as fault:
        raise DataError([Problem(str(file), message=str(fault))]) from fault
    left_out = [c.column for c in schema.columns if not c.required and c.column not in raw.header]
    cells = [[*row, *[""] * len(left_out)] for row in raw.rows]
    raw = RawTable(raw.name, (*raw.header, *left_out), cells)
    referred = {c.reference.split(".")[0] for c in schema.columns if c.reference} - {OPEN}
    known = {name: raw_frame(name, network.table(name)) for name in referred}
    problems = check_table(raw, schema, known)
    frame = typed(_sound_rows(raw, schema, problems), schema)
    tables = {**network.tables, table: frame}
    own = Network(network.name, network.price_year, network.as_of, "", tables)
    problems += [p for rule in RULES.get(table, ()) for p in rule(own) if p.table == table]
    if problems:
        raise DataError(problems)
    return frame


def _sound_rows(raw: RawTable, schema: Table, problems: list[Problem]) -> RawTable:
    """Return rows without wrong cells, columns that are missing empty, for rules to look at too."""
    wrong = {p.row for p in problems}
    held = [raw.header.index(c) if c in raw.header else -1 for c in schema.names]
    rows = [
        [row[i] if i >= 0 else "" for i in held]
        for label, row in zip(row_labels(raw, schema), raw.rows, strict=True)
        if label not in wrong
    ]
    return RawTable(raw.name, schema.names, rows)
