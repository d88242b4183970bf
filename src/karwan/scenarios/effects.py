"""What scenarios change, cell by cell, with what each measure costs and why it is believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from karwan.network import Network
from karwan.scenarios.apply import apply_scenario
from karwan.scenarios.measures import Change, read_measures
from karwan.schema import load_schema
from karwan.schema.row_names import EVERY, named_rows

__all__ = ["describe_scenario"]

SOURCES = ("source_id", "cost_source_id", "yearly_source_id")
Rows = dict[str, dict[str, Any]]


def describe_scenario(network: Network, names: str | Sequence[str]) -> list[dict[str, Any]]:
    """Describe the measures behind names of scenarios and measures.

    Parameters
    ----------
    network : Network
        Network that they would be laid over.
    names : str or sequence of str
        Identifiers of scenarios or measures.

    Returns
    -------
    list of dict
        One a measure: its row of `measures`, the rows of its sources, and `changes`: table, row,
        column, unit, operation, value, source_id, grade and `cells`, each with row, from and to.
        Plain values, dates as text.

    Raises
    ------
    ScenarioError
        As `apply_scenario`.
    """
    changed = apply_scenario(network, names)
    measures = read_measures(network, [names] if isinstance(names, str) else names)
    rows = _by_key(network, "measures")
    sources = _by_key(network, "sources")
    books: dict[str, tuple[Rows, Rows]] = {}
    found = []
    for measure in measures:
        told = {k: _plain(v) for k, v in rows[measure.measure_id].items()}
        told["sources"] = {
            column: {k: _plain(v) for k, v in sources[told[column]].items()}
            for column in SOURCES
            if told[column] is not None
        }
        told["changes"] = []
        for change in measure.changes:
            if change.table not in books:
                both = (_by_key(n, change.table) for n in (network, changed))
                books[change.table] = (next(both), next(both))
            column = load_schema(change.table).column(change.column)
            told["changes"].append(
                {
                    "table": change.table,
                    "row": change.row,
                    "column": change.column,
                    "unit": column.unit if column else "",
                    "operation": change.operation,
                    "value": change.value,
                    "source_id": change.source_id,
                    "grade": sources[change.source_id]["grade"],
                    "cells": list(_cells(change, *books[change.table])),
                }
            )
        found.append(told)
    return found


def _cells(change: Change, before: Rows, after: Rows) -> Iterator[dict[str, Any]]:
    """Yield the cells that a change touches; with a star, those that are not empty."""
    for row in named_rows(load_schema(change.table), before)[change.row]:
        old, new = before[row][change.column], after[row][change.column]
        if change.row != EVERY or old is not None or new is not None:
            yield {"row": row, "from": _plain(old), "to": _plain(new)}


def _by_key(network: Network, table: str) -> Rows:
    schema = load_schema(table)
    return {schema.row_name(row): row for row in network.table(table).iter_rows(named=True)}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, dt.date) else value
