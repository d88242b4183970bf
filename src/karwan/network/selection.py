"""Select rows of a table by conditions written in a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

__all__ = ["Condition", "read_conditions", "selected"]

FORM = re.compile(r"^\s*([a-z_0-9]+)\s*(!?=)\s*(.*?)\s*$")


@dataclass(frozen=True)
class Condition:
    """One condition: a column has, or has not, one of some values."""

    column: str
    wanted: bool
    values: tuple[str, ...]


def read_conditions(text: str | None) -> tuple[Condition, ...]:
    """Read conditions.

    Parameters
    ----------
    text : str or None
        ``mode=road``, ``country=AF|PK``, ``country!=CN & mode=rail``; nothing selects all. An
        empty value means an empty cell.

    Returns
    -------
    tuple of Condition
        All of them must hold.

    Raises
    ------
    ValueError
        A part cannot be read; the message is that part.
    """
    found = []
    for part in (text or "").split("&") if text else ():
        matched = FORM.match(part)
        if matched is None:
            raise ValueError(part.strip())
        column, sign, values = matched.groups()
        found.append(Condition(column, sign == "=", tuple(v.strip() for v in values.split("|"))))
    return tuple(found)


def selected(conditions: tuple[Condition, ...]) -> pl.Expr:
    """Return the rows that keep every condition, as an expression.

    Parameters
    ----------
    conditions : tuple of Condition
        Their columns must be in the frame.

    Returns
    -------
    polars.Expr
        True where all hold; an empty cell counts as empty text.
    """
    keeps = pl.lit(value=True)
    for condition in conditions:
        cell = pl.col(condition.column).cast(pl.String).fill_null("")
        held = cell.is_in(list(condition.values))
        keeps = keeps & (held if condition.wanted else ~held)
    return keeps
