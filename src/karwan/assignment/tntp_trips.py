"""Trip tables of Transportation Networks for Research."""

from __future__ import annotations

import math
from pathlib import Path

from karwan.errors import Problem

__all__ = ["number", "read_trips", "telling_lines"]


def telling_lines(file: Path, problems: list[Problem]) -> list[tuple[int, str]]:
    """Return the lines that say something, with their numbers."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        problems.append(Problem(file.name, message=f"cannot be read ({fault})"))
        return []
    found = ((i, line.strip()) for i, line in enumerate(text.splitlines(), 1))
    return [(i, line) for i, line in found if line and not line.startswith("~")]


def number(cell: str) -> float | None:
    """Return a finite number, None if it is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_trips(file: Path, n_zones: int, problems: list[Problem]) -> list[tuple[int, int, float]]:
    """Read a trip table; add what is wrong to `problems`."""
    rows: dict[tuple[int, int], float] = {}
    origin = 0
    for at, line in telling_lines(file, problems):
        if line.startswith("<"):
            continue
        where = f"line {at}"
        if line.lower().startswith("origin"):
            word = line[6:].strip()
            origin = int(word) if word.isdecimal() else 0
            if not 1 <= origin <= n_zones:
                hint = f"zones are 1 to {n_zones}"
                problems.append(Problem(file.name, where, "origin", value=repr(word), hint=hint))
                origin = -1
            continue
        if origin == 0:
            text = f"{line[:30]!r} stands before the first origin"
            problems.append(Problem(file.name, where, message=text, hint="write Origin and number"))
            origin = -1
        for item in filter(None, (part.strip() for part in line.split(";"))):
            _take_trip(file.name, where, item, origin, n_zones, rows, problems)
    return [(o, d, amount) for (o, d), amount in rows.items()]


def _take_trip(
    file: str,
    where: str,
    item: str,
    origin: int,
    n_zones: int,
    rows: dict[tuple[int, int], float],
    problems: list[Problem],
) -> None:
    """Take one ``destination : amount``."""
    left, colon, right = (part.strip() for part in item.partition(":"))
    amount = number(right)
    if not colon or not left.isdecimal() or amount is None:
        hint = "write destination : amount;"
        problems.append(Problem(file, where, message=f"{item[:40]!r} is no demand", hint=hint))
        return
    destination = int(left)
    if not 1 <= destination <= n_zones:
        hint = f"zones are 1 to {n_zones}"
        problems.append(Problem(file, where, "destination", value=repr(left), hint=hint))
    elif amount < 0.0:
        text = f"demand to {destination} is {amount:g}"
        problems.append(Problem(file, where, message=text, hint="it must be at least 0"))
    elif origin > 0 and (origin, destination) in rows:
        text = f"demand from {origin} to {destination} stands twice"
        problems.append(Problem(file, where, message=text, hint="keep one"))
    elif origin > 0:
        rows[origin, destination] = amount
