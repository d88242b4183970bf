"""Folders of the General Modeling Network Specification (GMNS), read as assignment problems.

A folder holds `node.csv` and `link.csv`, and for assignment `demand.csv` with o_zone_id, d_zone_id
and volume. Cost of a link is its `vdf_fftt`, or ``60 length / free_speed`` [minutes], times
``1 + vdf_alpha (flow / (capacity lanes)) ** vdf_beta``, plus `fixed_cost`. Links without a capacity
do not answer to flow. Nodes of node_type `centroid` are no way through.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl

from karwan.assignment.flow_problem import FlowProblem, bpr_curves, flow_problem
from karwan.errors import DataError, Problem

__all__ = ["CENTROID", "read_gmns"]

CENTROID = "centroid"
TRUE, FALSE = {"1", "true", "yes"}, {"", "0", "false", "no"}
ALPHA, BETA = 0.15, 4.0
Row = dict[str, Any]


class _Reader:
    """One folder, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def rows(self, table: str, needed: tuple[str, ...]) -> list[Row]:
        """Read one table; nothing if it cannot be read or lacks a column."""
        file = self.folder / f"{table}.csv"
        try:
            frame = pl.read_csv(file, infer_schema=False)
        except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as fault:
            self.say(table, "", "", f"cannot be read ({fault})")
            return []
        lacks = [name for name in needed if name not in frame.columns]
        if lacks:
            self.say(table, "", "", f"column {', '.join(lacks)} is missing")
            return []
        return [{k: (v or "").strip() for k, v in r.items()} for r in frame.to_dicts()]

    def say(self, table: str, row: str, column: str, message: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(table, row, column, message, hint=hint))

    def number(self, table: str, key: str, row: Row, column: str, default: float) -> float:
        """Read a number that is at least 0."""
        text = row.get(column, "")
        if text == "":
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0.0 <= value < math.inf:
            self.say(table, key, column, f"is {text!r}", "it must be a number, at least 0")
            return default
        return value


def read_gmns(folder: Path | str) -> FlowProblem:
    """Read a GMNS folder as an assignment problem.

    Parameters
    ----------
    folder : path
        Folder; without `demand.csv` there is no demand.

    Returns
    -------
    FlowProblem
        Links that are not directed stand twice, the way back with ``/back`` in its name.

    Raises
    ------
    DataError
        Cells are malformed, negative, or name unknown nodes; every one is named.
    """
    reader = _Reader(Path(folder))
    nodes = reader.rows("node", ("node_id",))
    where: dict[str, int] = {}
    zones: dict[str, int] = {}
    for i, row in enumerate(nodes):
        if row["node_id"] in where:
            reader.say("node", row["node_id"], "", "stands twice", "keep one")
        where[row["node_id"]] = i
        zones[row.get("zone_id") or row["node_id"]] = i
    links = [
        link
        for row in reader.rows("link", ("link_id", "from_node_id", "to_node_id"))
        for link in _links(reader, row, where)
    ]
    has_demand = (reader.folder / "demand.csv").exists()
    needed = ("o_zone_id", "d_zone_id", "volume")
    pairs = [_pair(reader, r, zones) for r in reader.rows("demand", needed)] if has_demand else []
    if not links and not reader.problems:
        reader.say("link", "", "", "holds no links")
    if reader.problems:
        raise DataError(reader.problems)
    columns = map(list, zip(*links, strict=True))
    name, tail, head, free, alpha, beta, capacity, fixed, length = columns
    origin, destination, volume = map(list, zip(*pairs, strict=True)) if pairs else ([], [], [])
    return flow_problem(
        reader.folder.resolve().name,
        list(where),
        [row.get("node_type") != CENTROID for row in nodes],
        name,
        (tail, head),
        bpr_curves(free, alpha, beta, capacity, fixed),
        (origin, destination, volume),
        length,
    )


def _links(reader: _Reader, row: Row, where: dict[str, int]) -> list[tuple[Any, ...]]:
    """Read one link, and its way back if it has one."""
    key, before = row["link_id"], len(reader.problems)

    def number(column: str, default: float) -> float:
        return reader.number("link", key, row, column, default)

    for column in ("from_node_id", "to_node_id"):
        if row[column] not in where:
            reader.say("link", key, column, f"is {row[column]!r}, which is not in node.csv")
    directed = row.get("directed", "1").lower()
    if directed not in TRUE | FALSE:
        reader.say("link", key, "directed", f"is {directed!r}", "write true or false")
    length, speed = number("length", 0.0), number("free_speed", 0.0)
    if not row.get("vdf_fftt") and speed <= 0.0:
        reader.say("link", key, "", "has neither vdf_fftt nor a free_speed above 0", "write one")
    free = number("vdf_fftt", 60.0 * length / (speed or 1.0))
    capacity = number("capacity", 0.0)
    rises = row.get("capacity", "") != ""
    alpha, beta = number("vdf_alpha", ALPHA), number("vdf_beta", BETA)
    total = capacity * number("lanes", 1.0)
    if rises and total <= 0.0 and alpha * beta * free != 0.0:
        reader.say("link", key, "capacity", "times lanes is 0", "it must be above 0")
    if rises and 0.0 < beta < 1.0:
        reader.say("link", key, "vdf_beta", f"is {beta:g}", "it must be 0 or at least 1")
    if len(reader.problems) > before:
        return []
    rest = (free, alpha if rises else 0.0, beta, total, number("fixed_cost", 0.0), length)
    a, b = where[row["from_node_id"]], where[row["to_node_id"]]
    way = (key, a, b, *rest)
    return [way] if directed in TRUE else [way, (f"{key}/back", b, a, *rest)]


def _pair(reader: _Reader, row: Row, zones: dict[str, int]) -> tuple[int, int, float]:
    key = f"{row['o_zone_id']}/{row['d_zone_id']}"
    for column in ("o_zone_id", "d_zone_id"):
        if row[column] not in zones:
            reader.say("demand", key, column, f"is {row[column]!r}, which no node is or has")
    volume = reader.number("demand", key, row, "volume", 0.0)
    return zones.get(row["o_zone_id"], 0), zones.get(row["d_zone_id"], 0), volume
