"""Rules of commodities, documents, measures and scenarios: words that name rows elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema import Column, Table, load_schema, table_names
from karwan.schema.check import check_cell, did_you_mean
from karwan.schema.row_names import named_rows

__all__ = ["RULES"]

ANY_NUMBER = Column(
    column="",
    dtype="float",
    unit="",
    required=True,
    minimum=None,
    maximum=None,
    key=False,
    reference="",
    choices=(),
    description="A factor or summand",
)


def forms_are_known(network: Network) -> Iterator[Problem]:
    """Yield lists of cargo forms with a form that no cargo unit has."""
    known = set(network.table("cargo_units")["form"])
    for table in ("modes", "commodities", "services"):
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            if set(row["forms"].split("|")) - known:
                hint = f"forms are {', '.join(sorted(known))}"
                key, value = schema.row_name(row), repr(row["forms"])
                yield Problem(table, key, "forms", value=value, hint=hint)


def a_document_names_commodities(network: Network) -> Iterator[Problem]:
    """Yield document rules for commodities that the network does not have."""
    known = sorted(network.table("commodities")["commodity"])
    for row in network.table("document_rules").iter_rows(named=True):
        for word in (row["commodities"] or "").split("|"):
            if word and word not in known:
                message = f"where {word!r} is not in commodities"
                value, hint = repr(row["commodities"]), did_you_mean(word, known) or "add it"
                yield Problem("document_rules", row["rule_id"], "commodities", message, value, hint)


def measures_change_what_exists(network: Network) -> Iterator[Problem]:
    """Yield changes of tables, rows or columns that are not there, or to values not allowed."""
    rows: dict[str, dict[str, list[str]]] = {}
    for change in network.table("measure_changes").iter_rows(named=True):
        name = f"{change['measure_id']}/{change['change']}"
        if change["table"] not in table_names():
            message, hint = "which is no table", did_you_mean(change["table"], table_names())
            value = repr(change["table"])
            yield Problem("measure_changes", name, "table", message, value, hint)
            continue
        schema = load_schema(change["table"])
        if schema.name not in rows:
            named = network.table(schema.name).iter_rows(named=True)
            rows[schema.name] = named_rows(schema, (schema.row_name(row) for row in named))
        if change["row"] not in rows[schema.name]:
            message = f"which is no row of {schema.name}"
            hint = did_you_mean(change["row"], sorted(rows[schema.name])) or "correct the key"
            yield Problem("measure_changes", name, "row", message, repr(change["row"]), hint)
        yield from _wrong_value(name, schema, change)


def _wrong_value(name: str, schema: Table, change: dict[str, Any]) -> Iterator[Problem]:
    column = schema.column(change["column"])
    if column is None or column.key:
        message = f"which is no column of {schema.name} that can change"
        allowed = tuple(c.column for c in schema.columns if not c.key)
        hint = did_you_mean(change["column"], allowed) or f"they are {', '.join(allowed)}"
        yield Problem("measure_changes", name, "column", message, repr(change["column"]), hint)
        return
    value = change["value"] or ""
    if change["operation"] == "set":
        wrong = check_cell(value, column)
    elif column.dtype not in {"int", "float"}:
        message = f"but {schema.name}.{column.column} holds no numbers"
        value = repr(change["operation"])
        hint = "use set"
        yield Problem("measure_changes", name, "operation", message, value, hint)
        return
    else:
        any_number = replace(ANY_NUMBER, column=column.column)
        wrong = check_cell(value, any_number)
    if wrong is not None:
        shown, message, hint = wrong
        yield Problem("measure_changes", name, "value", message, shown, hint)


def scenarios_name_measures(network: Network) -> Iterator[Problem]:
    """Yield scenarios whose measures the network does not have."""
    known = sorted(network.table("measures")["measure_id"])
    for row in network.table("scenarios").iter_rows(named=True):
        for measure in row["measures"].split("|"):
            if measure not in known:
                message = f"where {measure!r} is not in measures"
                value, hint = repr(row["measures"]), did_you_mean(measure, known) or "add it"
                yield Problem("scenarios", row["scenario_id"], "measures", message, value, hint)


def a_measure_changes_something(network: Network) -> Iterator[Problem]:
    """Yield measures without changes."""
    used = set(network.table("measure_changes")["measure_id"])
    for measure in network.table("measures")["measure_id"]:
        if measure not in used:
            hint = "add rows to measure_changes, or remove it"
            yield Problem("measures", measure, "", "it changes nothing", hint=hint)


RULES = (
    forms_are_known,
    a_document_names_commodities,
    measures_change_what_exists,
    scenarios_name_measures,
    a_measure_changes_something,
)
