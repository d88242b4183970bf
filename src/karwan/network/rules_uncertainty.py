"""Rules of uncertain inputs: what is drawn exists, can be drawn, and is drawn once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.network.selection import read_conditions, selected
from karwan.schema import Table, load_schema, table_names
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]

MOVED = {
    "multiply": {"float"},
    "shift": {"date", "int"},
    "outlast": {"date"},
    "range": {"float", "int"},
}
"""Types of columns that each operation moves; an int is a year."""
CALM = {"multiply": 1, "shift": 0, "outlast": 1, "range": 0}
"""Draw that changes nothing, where the peak of a triangle is."""


def an_uncertainty_moves_what_exists(network: Network) -> Iterator[Problem]:
    """Yield uncertainties of tables, columns or conditions that are not there."""
    schema = load_schema("uncertainties")
    for row in network.table("uncertainties").iter_rows(named=True):
        key = schema.row_name(row)
        if (
            row["table"] not in table_names()
            or load_schema(row["table"]).column("source_id") is None
        ):
            hint = did_you_mean(row["table"], table_names()) or "name a table with sources"
            message = "which is no table whose rows have a source"
            yield Problem("uncertainties", key, "table", message, repr(row["table"]), hint)
            continue
        moved = load_schema(row["table"])
        yield from _wrong_columns(key, row, moved)
        yield from _wrong_where(key, row, moved)


def _wrong_columns(key: str, row: dict[str, Any], moved: Table) -> Iterator[Problem]:
    kinds = MOVED[row["operation"]]
    allowed = [c.column for c in moved.columns if c.dtype in kinds and not c.key]
    for name in row["columns"].split("|"):
        if name not in allowed:
            message = (
                f"where {name!r} is no column of {moved.name} that {row['operation']} can move"
            )
            hint = did_you_mean(name, allowed) or f"they are {', '.join(allowed) or 'none'}"
            yield Problem("uncertainties", key, "columns", message, repr(row["columns"]), hint)
    if row["operation"] == "range" and len(row["columns"].split("|")) < 3:
        message, hint = "which names no ends", "write it as tonnes|tonnes_low|tonnes_high"
        yield Problem("uncertainties", key, "columns", message, repr(row["columns"]), hint)
    if row["operation"] == "outlast" and moved.column("starts") is None:
        hint = "outlast needs a table with a column 'starts', such as closures"
        yield Problem("uncertainties", key, "operation", "", "'outlast'", hint)


def _wrong_where(key: str, row: dict[str, Any], moved: Table) -> Iterator[Problem]:
    try:
        conditions = read_conditions(row["where"])
    except ValueError as fault:
        message, hint = f"where {str(fault)!r} is no condition", "write it as mode=road"
        yield Problem("uncertainties", key, "where", message, repr(row["where"]), hint)
        return
    for condition in conditions:
        if condition.column not in moved.names:
            message = f"where {condition.column!r} is no column of {moved.name}"
            hint = (
                did_you_mean(condition.column, moved.names) or f"they are {', '.join(moved.names)}"
            )
            yield Problem("uncertainties", key, "where", message, repr(row["where"]), hint)


def an_uncertainty_has_a_range(network: Network) -> Iterator[Problem]:
    """Yield ranges that are upside down, or that hold no draw of their kind."""
    schema = load_schema("uncertainties")
    for row in network.table("uncertainties").iter_rows(named=True):
        key, low, high = schema.row_name(row), row["low"], row["high"]
        calm = CALM[row["operation"]]
        if low >= high:
            message, hint = f"but high is {high:g}", "high must be above low"
        elif low <= 0 and (calm == 1 or row["distribution"] == "lognormal"):
            message, hint = "", "it must be above 0, for it is a factor or a P5 of logs"
        elif row["operation"] == "range" and not (low >= -1 and high <= 1):
            message, hint = f"and high is {high:g}", "a place in a range lies between -1 and 1"
        elif row["distribution"] == "triangular" and not low <= calm <= high:
            message = f"and high is {high:g}"
            hint = f"a triangle has its peak at {calm}, which must lie between them"
        else:
            continue
        yield Problem("uncertainties", key, "low", message, f"{low:g}", hint)


def a_cell_is_uncertain_once(network: Network) -> Iterator[Problem]:
    """Yield factors that move a cell that another factor moves already."""
    schema = load_schema("uncertainties")
    grades = dict(network.table("sources").select("source_id", "grade").iter_rows())
    owner: dict[tuple[str, str, int], str] = {}
    told: set[tuple[str, str]] = set()
    for row in network.table("uncertainties").iter_rows(named=True):
        if row["table"] not in table_names():
            continue
        frame = network.table(row["table"])
        try:
            conditions = read_conditions(row["where"])
        except ValueError:
            continue
        if {c.column for c in conditions} - set(frame.columns):
            continue
        graded = frame["source_id"].replace_strict(grades, default="") == row["grade"]
        rows = (frame.select(selected(conditions)).to_series() & graded).arg_true().to_list()
        for column in row["columns"].split("|"):
            for i in rows:
                first = owner.setdefault((row["table"], column, i), row["factor_id"])
                pair = (first, row["factor_id"])
                if first != row["factor_id"] and pair not in told:
                    told.add(pair)
                    moved = load_schema(row["table"]).row_name(frame.row(i, named=True))
                    message = f"{first!r} moves {row['table']}[{moved}].{column} too"
                    hint = "narrow the rows of one of them"
                    yield Problem("uncertainties", schema.row_name(row), "", message, hint=hint)


RULES = (
    an_uncertainty_moves_what_exists,
    an_uncertainty_has_a_range,
    a_cell_is_uncertain_once,
)
