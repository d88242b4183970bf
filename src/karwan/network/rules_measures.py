"""Rules of measures: what they cost, when they open and who pays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema import load_schema

__all__ = ["RULES"]

INTERVALS = (
    ("capital_low_usd_m", "capital_usd_m", "capital_high_usd_m"),
    ("opening_year_low", "opening_year", "opening_year_high"),
)
COSTED = (
    *INTERVALS[0],
    "yearly_usd_m",
    *INTERVALS[1],
    "life_years",
    "owners",
    "cost_source_id",
    "yearly_source_id",
)
"""Columns that stand together: all of them, or none for an event that costs nobody anything."""
EVENT = "hypothetical"


def intervals_are_in_order(network: Network) -> Iterator[Problem]:
    """Yield costs and opening years whose low, middle and high are not in this order."""
    schema = load_schema("measures")
    for row in network.table("measures").iter_rows(named=True):
        for interval in INTERVALS:
            for lower, upper in pairwise(interval):
                if None in {row[lower], row[upper]} or row[lower] <= row[upper]:
                    continue
                unit = next(c.unit for c in schema.columns if c.column == upper)
                value = f"{row[upper]:g} {unit}".removesuffix(" year")
                message = f"below {lower} ({row[lower]:g})"
                hint = "write low, middle and high in this order"
                yield Problem("measures", row["measure_id"], upper, message, value, hint)


def a_measure_says_what_it_costs(network: Network) -> Iterator[Problem]:
    """Yield measures with half a cost, and those without any that are no events."""
    for row in network.table("measures").iter_rows(named=True):
        missing = [column for column in COSTED if row[column] is None]
        if not missing or (len(missing) == len(COSTED) and row["status"] == EVENT):
            continue
        yield Problem("measures", row["measure_id"], "", *_lacks(row, missing))


def _lacks(row: dict[str, Any], missing: list[str]) -> tuple[str, str, str]:
    if len(missing) == len(COSTED):
        hint = f"give an estimate with its method, or the status {EVENT} if it is an event"
        return f"it is {row['status']} and says no cost, opening year and owners", "", hint
    hint = "give all of them, or none for an event"
    return f"it gives a cost without {', '.join(missing)}", "", hint


RULES = (
    intervals_are_in_order,
    a_measure_says_what_it_costs,
)
