"""What a venture rests on: every given value with its grade, guesses first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from karwan.appraisal.venture import Venture
from karwan.appraisal.venture_form import form

__all__ = ["assumptions", "said"]

ORDER = {"C": 0, "": 1, "B": 2, "A": 3}
SECTIONS = ("throughput", "tariffs", "phases", "capacity", "costs", "concession", "partners",
            "debt", "rates", "tax", "equity", "guarantee", "economic", "currencies")  # fmt: skip
"""Parts of a file in the order in which they weigh; others come last."""
WORDS = frozenset({"name", "description", "based_on", "code", "for", "per", "lever", "shape"})
"""Last parts of keys that are names and no figures."""


def assumptions(venture: Venture, only: Sequence[str] = ()) -> pl.DataFrame:
    """Return every figure that is given, with its source; estimates (grade C) first.

    Parameters
    ----------
    venture : Venture
        Venture.
    only : sequence of str
        Full names to keep; all if empty.

    Returns
    -------
    polars.DataFrame
        ``key``, ``value`` (in words), ``unit``, ``grade`` (``own`` where no source is named),
        ``source``, ``note``, ``method``, ``url``.
    """
    rows = []
    for where, value in venture.tree.values.items():
        last = where.rpartition(".")[2]
        if (only and where not in only) or last in WORDS or last in {"set", "first", "second"}:
            continue
        origin = venture.origin(where)
        source = venture.tree.sources.get(origin.source, {})
        key = form().get(where.partition("[")[0] + "[]." + last if "[" in where else where)
        rows.append(
            {
                "key": where,
                "value": said(value),
                "unit": key.unit if key else "",
                "grade": origin.grade or "own",
                "source": str(source.get("title", "")),
                "note": origin.note,
                "method": str(source.get("method", "")),
                "url": str(source.get("url", "")),
                "order": 100 * ORDER.get(origin.grade, 1) + _weight(where),
            }
        )
    schema = dict.fromkeys(
        ("key", "value", "unit", "grade", "source", "note", "method", "url"), pl.String
    )
    table = pl.DataFrame(rows, schema=schema | {"order": pl.Int64})
    return table.sort("order", maintain_order=True).drop("order")


def _weight(where: str) -> int:
    section = where.partition(".")[0].partition("[")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def said(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, dict):
        if "same_as" in value:
            return f"{value.get('times', 1)} x {value['same_as']}"
        return ", ".join(f"{y}: {said(v)}" for y, v in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, (int, float)) and value >= 10_000 else str(value)
