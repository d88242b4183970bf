"""Read plans, and ask for a new one that leaves an old plan as little as it must."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from karwan.errors import DataError, Problem
from karwan.schema import RawTable, check_table, raw_frame, read_raw, typed
from karwan.terminals.berth_problem import BerthProblem, quay_schema
from karwan.terminals.berth_rules import rule_problems

__all__ = ["read_plan", "replanned"]


def read_plan(file: Path | str, problem: BerthProblem, *, complete: bool = True) -> pl.DataFrame:
    """Read a plan as `karwan berths --csv` writes it.

    Parameters
    ----------
    file : Path or str
        CSV file.
    problem : BerthProblem
        Problem that it plans.
    complete : bool
        Whether berths and vessels must be those of the problem; a plan so far may name others.

    Returns
    -------
    polars.DataFrame
        Rows, typed.

    Raises
    ------
    DataError
        The file cannot be read or a cell is wrong; every problem at once.
    """
    schema = quay_schema("plan")
    try:
        raw = read_raw(Path(file), "plan")
    except (OSError, ValueError) as fault:
        raise DataError([Problem(str(file), message=str(fault))], "the plan") from fault
    left_out = [c.column for c in schema.columns if not c.required and c.column not in raw.header]
    cells = [[*row, *[""] * len(left_out)] for row in raw.rows]
    raw = RawTable(raw.name, (*raw.header, *left_out), cells)
    known = {name: raw_frame(name, getattr(problem, name)) for name in ("berths", "vessels")}
    if wrong := check_table(raw, schema, known if complete else None):
        raise DataError(wrong, str(file))
    return typed(raw, schema)


def replanned(
    problem: BerthProblem, plan: pl.DataFrame, now_h: float, freeze_h: float = 0.0
) -> BerthProblem:
    """Take an old plan as the plan so far and fix what has begun or begins soon.

    Parameters
    ----------
    problem : BerthProblem
        Problem as it is now: arrivals may have changed, vessels may be new.
    plan : polars.DataFrame
        Plan so far; vessels that are no longer in the problem are passed over.
    now_h : float
        No vessel that is not fixed starts earlier [h].
    freeze_h : float
        Vessels that start less than this after now, and have arrived by their start, are fixed
        too [h].

    Returns
    -------
    BerthProblem
        Problem with the columns planned_* and fixed filled in. A vessel that has left by now is
        left out.

    Raises
    ------
    DataError
        What is fixed overlaps or breaks another rule.
    """
    old = {row["vessel"]: row for row in plan.iter_rows(named=True)}
    known = set(problem.berths["berth"])
    rows = []
    for given in problem.vessels.iter_rows(named=True):
        row, before = dict(given), old.get(given["vessel"])
        if before is not None and before["berth"] in known:
            if before["departure_h"] <= now_h:
                continue
            start = before["start_h"]
            row["planned_berth"], row["planned_start_h"] = before["berth"], start
            row["planned_from_m"], row["planned_cranes"] = before["from_m"], before["cranes"]
            soon = start < now_h + freeze_h and row["arrival_h"] <= start
            row["fixed"] = row["fixed"] or start < now_h or soon
        rows.append(row)
    asked = problem.with_vessels(pl.DataFrame(rows, schema=problem.vessels.schema), now_h=now_h)
    if wrong := rule_problems(asked):
        raise DataError(wrong, "what is fixed")
    return asked
