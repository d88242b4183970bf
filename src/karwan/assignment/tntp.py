"""Problems of the collection Transportation Networks for Research: read and write."""

from __future__ import annotations

import math
import re
from pathlib import Path

import polars as pl

from karwan.assignment.equilibrium import Equilibrium
from karwan.assignment.flow_problem import FlowProblem, bpr_curves, flow_problem
from karwan.assignment.tntp_trips import number, read_trips, telling_lines
from karwan.errors import DataError, Problem

__all__ = ["read_tntp", "write_flows"]

COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power",
           "speed", "toll")  # fmt: skip
NEEDED = 7
TAG = re.compile(r"<(.+?)>\s*(\S*)")
NODES, ZONES, FIRST = "NUMBER OF NODES", "NUMBER OF ZONES", "FIRST THRU NODE"
LENGTH, TOLL = "DISTANCE FACTOR", "TOLL FACTOR"


def read_tntp(
    net: Path | str,
    trips: Path | str,
    *,
    per_length: float | None = None,
    per_toll: float | None = None,
) -> FlowProblem:
    """Read a network and a trip table.

    The cost of a link is ``free_flow_time (1 + b (flow / capacity) ** power) + per_length length
    + per_toll toll``. Nodes below ``<FIRST THRU NODE>`` are no way through.

    Parameters
    ----------
    net, trips : path
        Files ``*_net.tntp`` and ``*_trips.tntp``.
    per_length, per_toll : float, optional
        Cost of a unit of length, and of toll; what ``<DISTANCE FACTOR>`` and ``<TOLL FACTOR>``
        of the network say if not given, 0 if they say nothing.

    Returns
    -------
    FlowProblem
        Nodes are named by their numbers, links ``from-to``, with ``#2`` and so on for parallel
        ones.

    Raises
    ------
    DataError
        Rows are malformed, out of range or name unknown nodes; every one is named.
    """
    net, trips = Path(net), Path(trips)
    problems: list[Problem] = []
    tags, factors, rows = _read_net(net, problems)
    per_length = factors.get(LENGTH, 0.0) if per_length is None else per_length
    per_toll = factors.get(TOLL, 0.0) if per_toll is None else per_toll
    problems += [
        Problem("weights", name, message=f"is {value:g}", hint="it must be a number, at least 0")
        for name, value in (("per_length", per_length), ("per_toll", per_toll))
        if not 0.0 <= value < math.inf
    ]
    n_nodes = tags.get(NODES, 0)
    demand = read_trips(trips, tags.get(ZONES, n_nodes), problems)
    if problems:
        raise DataError(problems)
    seen: dict[str, int] = {}
    names = []
    for row in rows:
        name = f"{int(row[0])}-{int(row[1])}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    tail, head, capacity, length, free, b, power, _, toll = map(list, zip(*rows, strict=True))
    fixed = [per_length * x + per_toll * y for x, y in zip(length, toll, strict=True)]
    origin, destination, amount = map(list, zip(*demand, strict=True)) if demand else ([], [], [])
    return flow_problem(
        net.name.removesuffix(".tntp").removesuffix("_net"),
        [str(i + 1) for i in range(n_nodes)],
        [i + 1 >= tags.get(FIRST, 1) for i in range(n_nodes)],
        names,
        ([t - 1 for t in tail], [h - 1 for h in head]),
        bpr_curves(free, b, power, capacity, fixed),
        ([o - 1 for o in origin], [d - 1 for d in destination], amount),
        length,
    )


def _tag(
    file: Path,
    at: int,
    line: str,
    tags: dict[str, int],
    factors: dict[str, float],
    problems: list[Problem],
) -> None:
    """Take one line of the header."""
    match = TAG.match(line)
    name = match[1].strip().upper() if match else ""
    if not match or name not in {NODES, ZONES, FIRST, "NUMBER OF LINKS", LENGTH, TOLL}:
        return
    value, hint = number(match[2]), "1 or more"
    if name in {LENGTH, TOLL}:
        hint = "a number, at least 0"
        if value is not None and value >= 0:
            factors[name] = value
            return
    elif match[2].isdecimal() and int(match[2]) > 0:
        tags[name] = int(match[2])
        return
    text = f"<{name}> is {match[2]!r}"
    problems.append(Problem(file.name, f"line {at}", message=text, hint=hint))


def _read_net(
    file: Path, problems: list[Problem]
) -> tuple[dict[str, int], dict[str, float], list[tuple[float, ...]]]:
    tags: dict[str, int] = {}
    factors: dict[str, float] = {}
    rows: list[tuple[float, ...]] = []
    count = 0
    lines = telling_lines(file, problems)
    for at, line in lines:
        if line.startswith("<"):
            _tag(file, at, line, tags, factors, problems)
            continue
        count += 1
        cells = line.rstrip(";").split()
        if len(cells) < NEEDED:
            text = f"holds {len(cells)} numbers"
            hint = f"needs at least {', '.join(COLUMNS[:NEEDED])}"
            problems.append(Problem(file.name, f"line {at}", message=text, hint=hint))
            continue
        cells = [*cells, "0", "0"][: len(COLUMNS)]
        numbers = [number(c) for c in cells]
        wrong = list(_row_problems(file.name, at, cells, numbers, tags.get(NODES, 0)))
        problems += wrong
        if not wrong:
            rows.append(tuple(float(n) for n in numbers if n is not None))
    if lines and NODES not in tags:
        problems.append(Problem(file.name, message=f"<{NODES}> is missing", hint="write it first"))
    said = tags.get("NUMBER OF LINKS", count)
    if said != count:
        hint = "mend the header, or add the rows that lack"
        text = f"holds {count} links, its header says {said}"
        problems.append(Problem(file.name, message=text, hint=hint))
    if lines and not count:
        problems.append(Problem(file.name, message="holds no links"))
    return tags, factors, rows


def _row_problems(
    file: str, at: int, cells: list[str], numbers: list[float | None], n_nodes: int
) -> list[Problem]:
    """Name what is wrong with one link."""

    def wrong(column: int, hint: str) -> Problem:
        return Problem(file, f"line {at}", COLUMNS[column], value=repr(cells[column]), hint=hint)

    found = [wrong(i, "write a number") for i, n in enumerate(numbers) if n is None]
    if found:
        return found
    value = [float(n) for n in numbers if n is not None]
    hint = f"nodes are 1 to {n_nodes}"
    ends = range(1, n_nodes + 1)
    found += [wrong(i, hint) for i in (0, 1) if n_nodes and value[i] not in ends]
    found += [wrong(i, "it must be at least 0") for i in (3, 4, 5, 6, 8) if value[i] < 0.0]
    rises = value[4] * value[5] != 0.0 and value[6] != 0.0
    if rises and value[2] <= 0.0:
        found.append(wrong(2, "it must be above 0 where b is not 0"))
    if rises and 0.0 < value[6] < 1.0:
        found.append(wrong(6, "it must be 0 or at least 1, so that the cost is convex"))
    return found


def write_flows(found: Equilibrium, file: Path | str) -> None:
    """Write from, to, flow and cost of every link as CSV.

    Parameters
    ----------
    found : Equilibrium
        Result.
    file : path
        File to write.
    """
    names = {"from_node": "from", "to_node": "to"}
    found.links.rename(names).select(pl.col("from", "to", "flow", "cost")).write_csv(file)
