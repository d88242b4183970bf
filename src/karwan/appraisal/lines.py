"""Which line of the statements is which: title, unit, formula and the inputs behind it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from karwan.appraisal.venture import Venture
from karwan.errors import InputError
from karwan.schema.check import did_you_mean

__all__ = ["Line", "behind", "line_of", "statement_catalogue"]


@dataclass(frozen=True)
class Line:
    """One line of the statements.

    Attributes
    ----------
    name, unit, title, formula : str
        Name in tables, unit, name for people, and how it is computed.
    inputs : tuple of str
        Parts of the venture file that it rests on.
    """

    name: str
    unit: str
    title: str
    formula: str
    inputs: tuple[str, ...]


@cache
def statement_catalogue() -> Mapping[str, Line]:
    """Return every line by its name."""
    text = files("karwan.appraisal").joinpath("venture_lines.csv").read_text("utf-8")
    return {
        r["name"]: Line(
            r["name"],
            r["unit"],
            r["title"],
            r["formula"],
            tuple(filter(None, r["inputs"].split("|"))),
        )
        for r in csv.DictReader(text.splitlines())
    }


def line_of(figure: str) -> Line:
    """Return the line of a name, with or without its unit.

    Parameters
    ----------
    figure : str
        Name, such as ``revenue`` or ``revenue_usd``.

    Returns
    -------
    Line
        Line.

    Raises
    ------
    InputError
        There is no such line.
    """
    known = statement_catalogue()
    name = figure if figure in known else figure.removesuffix("_usd")
    if name not in known:
        hint = did_you_mean(name, tuple(known)) or f"lines are {', '.join(known)}"
        message = f"{figure!r} is no line of the statements; {hint}"
        raise InputError(message)
    return known[name]


def behind(venture: Venture, line: Line) -> list[str]:
    """Return the full names of the values that a line rests on."""
    given = venture.tree.values
    return [
        where
        for where in given
        if any(where == p or where.startswith((f"{p}.", f"{p}[")) for p in line.inputs)
        and not where.endswith((".name", ".currency"))
    ]
