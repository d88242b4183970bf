"""Rules of opening hours and timetables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.network.rules_time import TARGETS
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]

Row = dict[str, Any]


def what_has_opening_hours_exists(network: Network) -> Iterator[Problem]:
    """Yield opening hours of crossings and nodes that the network does not have."""
    for row in network.table("opening_hours").iter_rows(named=True):
        kind, target = row["target_kind"], row["target"]
        table, column = TARGETS[kind]
        names = set(network.table(table)[column])
        if target not in names:
            hint = did_you_mean(target, sorted(names)) or "correct it or its target_kind"
            message = f"which is no {kind} of the network"
            yield Problem("opening_hours", row["hours_id"], "target", message, repr(target), hint)


def opening_hours_are_some_hours(network: Network) -> Iterator[Problem]:
    """Yield opening hours that open and close at the same hour."""
    for row in network.table("opening_hours").iter_rows(named=True):
        if row["opens_h"] == row["closes_h"]:
            value, message = f"{row['closes_h']:g} h", "the hour it opens"
            hint = "round the clock is 0 to 24"
            yield Problem("opening_hours", row["hours_id"], "closes_h", message, value, hint)


def weekdays_exist(network: Network) -> Iterator[Problem]:
    """Yield rows whose weekdays do not exist or come twice."""
    for table in ("opening_hours", "timetables"):
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            days = row["days"]
            if not days or set(days) - set("1234567") or len(set(days)) < len(days):
                hint = "write each ISO weekday once, as 12345"
                yield Problem(table, schema.row_name(row), "days", value=repr(days), hint=hint)


def a_timetable_leaves_where_its_service_calls(network: Network) -> Iterator[Problem]:
    """Yield departures from places that the service does not call at."""
    schema = load_schema("timetables")
    calls = set(network.table("service_calls").select("service_id", "node_id").iter_rows())
    for row in network.table("timetables").iter_rows(named=True):
        if (row["service_id"], row["node_id"]) not in calls:
            message = f"where {row['service_id']} does not call"
            stops = sorted(n for s, n in calls if s == row["service_id"])
            hint = f"it calls at {', '.join(stops)}" if stops else "give it service_calls first"
            value = repr(row["node_id"])
            yield Problem("timetables", schema.row_name(row), "node_id", message, value, hint)


def departures_do_not_overlap(network: Network) -> Iterator[Problem]:
    """Yield departures that another row of the same service, place and hour has on a same day."""
    schema = load_schema("timetables")
    seen: dict[tuple[str, str, float], list[Row]] = {}
    for row in network.table("timetables").iter_rows(named=True):
        key = (row["service_id"], row["node_id"], row["departs_h"])
        for other in seen.setdefault(key, []):
            both = sorted(set(row["days"]) & set(other["days"]))
            if both and _meet(row, other):
                message = f"it overlaps {schema.row_name(other)} on weekday {', '.join(both)}"
                hint = "keep one, or part their days or periods"
                yield Problem("timetables", schema.row_name(row), "", message, hint=hint)
        seen[key].append(row)


def _meet(a: Row, b: Row) -> bool:
    """Say whether the periods of two rows share a day."""
    begins = max(a["starts"] or dt.date.min, b["starts"] or dt.date.min)
    return bool(begins <= min(a["ends"] or dt.date.max, b["ends"] or dt.date.max))


RULES = (
    what_has_opening_hours_exists,
    opening_hours_are_some_hours,
    weekdays_exist,
    a_timetable_leaves_where_its_service_calls,
    departures_do_not_overlap,
)
