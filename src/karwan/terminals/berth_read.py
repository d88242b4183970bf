"""Read a berth problem: a folder of tables with quay.toml, or one TOML file with all of them."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import polars as pl

from karwan.errors import DataError, Problem
from karwan.schema import RawTable, Table, check_table, read_raw, typed
from karwan.schema.check import did_you_mean
from karwan.terminals.berth_problem import TABLES, BerthProblem, quay_schema
from karwan.terminals.berth_rules import rule_problems

__all__ = ["berth_problem", "read_berth_problem"]

SETTINGS = "quay.toml"
DEFAULTS: dict[str, float] = {
    "step_h": 1.0,
    "under_keel_m": 0.0,
    "moved_berth_cost": 0.0,
    "moved_hour_cost": 0.0,
    "interference": 1.0,
    "place_step_m": 10.0,
    "place_cost": 0.0,
}


def read_berth_problem(path: Path | str) -> BerthProblem:
    """Read a berth problem and check it.

    Parameters
    ----------
    path : Path or str
        Folder with quay.toml, berths.csv, vessels.csv and, if wanted, handling.csv, tides.csv
        and closures.csv; or one TOML file with the settings first and these tables as
        ``[[berths]]``, ``[[vessels]]`` and so on.

    Returns
    -------
    BerthProblem
        Problem in which every rule holds.

    Raises
    ------
    DataError
        Something is wrong; every problem at once.
    """
    path = Path(path)
    file = path / SETTINGS if path.is_dir() else path
    try:
        found = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        hint = "karwan berths --template FOLDER writes one"
        raise DataError(
            [Problem(str(file), message="is not there", hint=hint)], "the plan"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        message = f"is no TOML file ({fault})"
        raise DataError([Problem(str(file), message=message)], "the plan") from fault
    tables: dict[str, Any] = {}
    problems = []
    for name in TABLES:
        table_file = path / f"{name}.csv"
        if path.is_dir() and table_file.is_file():
            try:
                tables[name] = read_raw(table_file, name)
            except (OSError, ValueError) as fault:
                problems.append(Problem(table_file.name, message=str(fault)))
    if problems:
        raise DataError(problems, str(path))
    return berth_problem({**found, **tables}, str(path))


def berth_problem(found: dict[str, Any], where: str = "the plan") -> BerthProblem:
    """Make a berth problem from settings and tables, and check it.

    Parameters
    ----------
    found : dict
        Settings by name, and tables by name: lists of rows, frames or raw tables.
    where : str
        What messages call the whole.

    Returns
    -------
    BerthProblem
        Problem in which every rule holds.

    Raises
    ------
    DataError
        Something is wrong; every problem at once.

    Examples
    --------
    >>> problem = berth_problem({
    ...     "name": "two", "kind": "berths",
    ...     "berths": [{"berth": "B1", "length_m": 250, "depth_m": 12}],
    ...     "vessels": [{"vessel": "Indus", "arrival_h": 0, "length_m": 200, "draught_m": 10,
    ...                  "handling_h": 20}],
    ... })
    >>> problem.vessels["weight"].to_list()
    [1.0]
    """
    given = {k: v for k, v in found.items() if k not in TABLES}
    raw = {name: _raw(name, found.get(name, [])) for name in TABLES}
    raw["quay"] = _raw("quay", [given])
    start, problems = _start(given)
    for name, table in raw.items():
        raw[name] = _in_hours(_completed(table, problems), start, problems)
    for name, table in raw.items():
        problems += check_table(table, quay_schema(name), raw)
    problems += [
        Problem(name, message="has no rows", hint="add at least one")
        for name in ("berths", "vessels")
        if not raw[name].rows
    ]
    if problems:
        raise DataError(problems, where)
    frames = {name: typed(table, quay_schema(name)) for name, table in raw.items()}
    settings = {
        k: DEFAULTS.get(k) if v is None else v
        for k, v in frames.pop("quay").row(0, named=True).items()
    }
    frames["vessels"] = frames["vessels"].with_columns(
        pl.col("weight").fill_null(1.0),
        pl.col("fixed").fill_null(value=False),
        pl.col("cranes_min").fill_null(1),
        cranes_max=pl.coalesce("cranes_max", "cranes_min", 1),
    )
    frames["berths"] = frames["berths"].with_columns(pl.col("opens_h").fill_null(0.0))
    problem = BerthProblem(settings, **frames)
    if problems := rule_problems(problem):
        raise DataError(problems, where)
    return problem


def _raw(name: str, rows: Any) -> RawTable:
    if isinstance(rows, RawTable):
        return rows
    if isinstance(rows, pl.DataFrame):
        rows = rows.to_dicts()
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        return RawTable(name, ("rows",), [["?"]])
    header = tuple(dict.fromkeys(k for row in rows for k in row)) or quay_schema(name).names
    return RawTable(name, header, [[_text(row.get(k)) for k in header] for row in rows])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _completed(table: RawTable, problems: list[Problem]) -> RawTable:
    """Name columns that are unknown and drop them; add those that may be missing, empty."""
    names = quay_schema(table.name).names
    for name in table.header:
        if name not in names:
            hint = did_you_mean(name, names) or "remove it"
            problems.append(Problem(table.name, message=f"column {name!r} is unknown", hint=hint))
    kept = [i for i, name in enumerate(table.header) if name in names]
    rest = [c.column for c in quay_schema(table.name).columns if not c.required]
    left_out = [name for name in rest if name not in table.header]
    rows = [
        [*(row[i] for i in kept), *[""] * len(left_out)] if len(row) == len(table.header) else row
        for row in table.rows
    ]
    return RawTable(table.name, (*(table.header[i] for i in kept), *left_out), rows)


def _start(given: dict[str, Any]) -> tuple[dt.datetime | None, list[Problem]]:
    start = _text(given.get("start"))
    if not start:
        return None, []
    try:
        return dt.datetime.fromisoformat(start).replace(tzinfo=None), []
    except ValueError:
        hint = "write it as 2026-11-30T00:00"
        return None, [Problem("quay", "", "start", "which is no time", repr(start), hint)]


def _in_hours(table: RawTable, start: dt.datetime | None, problems: list[Problem]) -> RawTable:
    """Turn dates and times in columns of hours into hours after the start."""
    schema: Table = quay_schema(table.name)
    hours = {c.column for c in schema.columns if c.unit == "h" and c.column != "handling_h"}
    rows = []
    for row in table.rows:
        cells = list(row)
        for i, (name, text) in enumerate(zip(table.header, row, strict=False)):
            if name not in hours or "-" not in text[1:] or "e" in text:
                continue
            try:
                moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
            except ValueError:
                continue  # the check of the cell says what is wrong
            if start is None:
                hint = "write start in the settings, or hours"
                problems.append(
                    Problem(table.name, row[0], name, "which needs a start", repr(text), hint)
                )
                cells[i] = "0"
            else:
                cells[i] = f"{(moment - start).total_seconds() / 3600:.10g}"
        rows.append(cells)
    return RawTable(table.name, table.header, rows)
