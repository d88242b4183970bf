"""Check one table of text against its schema; every problem at once."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Iterator, Mapping

import polars as pl

from karwan.errors import Problem
from karwan.schema.columns import Column, Table
from karwan.schema.load import RawTable, raw_frame

__all__ = ["check_cell", "check_table", "did_you_mean"]

INTEGER = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_table(
    table: RawTable | pl.DataFrame, schema: Table, others: Mapping[str, RawTable] | None = None
) -> list[Problem]:
    """Check one table against its schema.

    Parameters
    ----------
    table : RawTable or polars.DataFrame
        Cells as read.
    schema : Table
        What they must be.
    others : mapping of str to RawTable, optional
        Tables that references point to; references to tables that are not there go unchecked.

    Returns
    -------
    list of Problem
        Every problem; empty if there is none.
    """
    raw = table if isinstance(table, RawTable) else raw_frame(schema.name, table)
    problems = list(_header(raw, schema))
    labels = row_labels(raw, schema)
    for label, row in zip(labels, raw.rows, strict=True):
        if len(row) != len(raw.header):
            hint = f"it needs {len(raw.header)}; quote cells that hold commas"
            problems.append(Problem(schema.name, label, message=f"has {len(row)} cells", hint=hint))
    problems += _duplicates(raw, schema)
    for column in schema.columns:
        if column.column in raw.header:
            problems += _column(raw, column, labels, others or {})
    return problems


def did_you_mean(value: str, known: list[str] | tuple[str, ...]) -> str:
    """Suggest the known word nearest to a value; empty if none is near."""
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def _header(raw: RawTable, schema: Table) -> Iterator[Problem]:
    for column in schema.columns:
        if column.column not in raw.header:
            message = f"column {column.column!r} is missing ({column.description})"
            yield Problem(schema.name, message=message)
    seen: set[str] = set()
    for name in raw.header:
        if name in seen:
            yield Problem(schema.name, message=f"column {name!r} stands twice", hint="keep one")
        elif name not in schema.names:
            hint = did_you_mean(name, schema.names) or "remove it"
            yield Problem(schema.name, message=f"column {name!r} is unknown", hint=hint)
        seen.add(name)


def row_labels(raw: RawTable, schema: Table) -> list[str]:
    """Name each row by its key, or by its line if it has none."""
    keys = [k for k in schema.keys if k in raw.header]
    if not keys or len(keys) < len(schema.keys):
        return [f"line {i}" for i in range(2, len(raw.rows) + 2)]
    parts = zip(*(raw.cells(k) for k in keys), strict=True)
    return [
        "/".join(cells) if any(cells) else f"line {i}" for i, cells in enumerate(parts, start=2)
    ]


def _duplicates(raw: RawTable, schema: Table) -> Iterator[Problem]:
    if any(k not in raw.header for k in schema.keys):
        return
    seen: dict[tuple[str, ...], int] = {}
    for line, key in enumerate(zip(*(raw.cells(k) for k in schema.keys), strict=True), start=2):
        if key in seen and any(key):
            message = f"the key stands twice, in rows {seen[key] - 1} and {line - 1}"
            yield Problem(schema.name, "/".join(key), message=message, hint="keep one row")
        seen.setdefault(key, line)


def _column(
    raw: RawTable, column: Column, labels: list[str], others: Mapping[str, RawTable]
) -> Iterator[Problem]:
    referred = _referred(column, others)
    known = sorted(referred) if referred is not None else []
    verdicts: dict[str, tuple[str, str, str] | None] = {}
    for label, text in zip(labels, raw.cells(column.column), strict=True):
        if text not in verdicts:
            verdict = check_cell(text, column)
            words = text.split("|") if column.is_list else [text]
            lost = [w for w in words if w and referred is not None and w not in referred]
            if verdict is None and lost:
                table = column.reference.split(".")[0]
                hint = did_you_mean(lost[0], known) or f"add it to {table} or change it"
                message = f"where {lost[0]!r} is not in {table}" if len(words) > 1 else ""
                verdict = (repr(text), message or f"which is not in {table}", hint)
            verdicts[text] = verdict
        if (found := verdicts[text]) is not None:
            value, message, hint = found
            yield Problem(raw.name, label, column.column, message, value, hint)


def _referred(column: Column, others: Mapping[str, RawTable]) -> frozenset[str] | None:
    if not column.reference:
        return None
    table, _, name = column.reference.partition(".")
    if table not in others or name not in others[table].header:
        return None
    return frozenset(others[table].cells(name))


def check_cell(text: str, column: Column) -> tuple[str, str, str] | None:
    """Judge one cell by itself: (value, what is wrong, what to do), or None if it is right."""
    if not text:
        return ("empty", "", f"it is required ({column.description})") if column.required else None
    if text != text.strip():
        return repr(text), "with spaces around it", "remove the spaces"
    if column.choices:
        words = text.split("|") if column.is_list else [text]
        if bad := [w for w in words if w not in column.choices]:
            hint = did_you_mean(bad[0], column.choices)
            listed = f"it must be one of {', '.join(column.choices)}"
            return repr(text), "", f"{listed}; {hint}" if hint else listed
    if column.is_list and any(word != word.strip() or not word for word in text.split("|")):
        return repr(text), "with an empty or padded part", "write parts as a|b|c"
    if column.dtype in {"int", "float"}:
        return _number(text, column)
    if column.dtype == "bool" and text not in {"true", "false"}:
        return repr(text), "", "it must be true or false"
    if column.dtype == "date" and not _is_day(text):
        return repr(text), "which is no date", "write YYYY-MM-DD"
    return None


def _number(text: str, column: Column) -> tuple[str, str, str] | None:
    form, kind = (INTEGER, "whole number") if column.dtype == "int" else (NUMBER, "number")
    if not form.fullmatch(text):
        unit = f" [{column.unit}]" if column.unit else ""
        return repr(text), f"which is no {kind}", f"write a plain {kind}{unit}"
    value = float(text)
    shown = f"{text} {column.unit}".rstrip()
    if not math.isfinite(value):
        return shown, "", "it must be finite"
    if column.minimum is not None and value < column.minimum:
        return shown, "", f"it must be at least {column.minimum:.15g}"
    if column.maximum is not None and value > column.maximum:
        return shown, "", f"it must be at most {column.maximum:.15g}"
    return None


def _is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
