"""Schemas of the tables: one CSV a table drives checks, reference pages and templates."""

from karwan.schema.check import check_table, row_labels
from karwan.schema.columns import Column, Table, all_schemas, load_schema, table_names
from karwan.schema.export import empty_template, json_schema, reference_page
from karwan.schema.load import RawTable, empty_frame, raw_frame, read_raw, read_typed, typed
from karwan.schema.plain import read_plain

__all__ = [
    "Column",
    "RawTable",
    "Table",
    "all_schemas",
    "check_table",
    "empty_frame",
    "empty_template",
    "json_schema",
    "load_schema",
    "raw_frame",
    "read_plain",
    "read_raw",
    "read_typed",
    "reference_page",
    "row_labels",
    "table_names",
    "typed",
]
