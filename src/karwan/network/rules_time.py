"""Rules of periods, seasons and percentiles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from karwan.errors import Problem
from karwan.network.network import Network
from karwan.schema import load_schema
from karwan.schema.check import did_you_mean

__all__ = ["RULES"]

TARGETS = {
    "node": ("nodes", "node_id"),
    "link": ("links", "link_id"),
    "crossing": ("border_crossings", "crossing_id"),
    "passage": ("passages", "passage"),
    "country": ("countries", "country"),
    "operator": ("services", "operator"),
}
PAIR = 2
LOOKED_AT = (
    "links",
    "services",
    "closures",
    "restrictions",
    "opening_hours",
    "timetables",
    "measures",
)
DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def what_is_shut_or_banned_exists(network: Network) -> Iterator[Problem]:
    """Yield closures and restrictions whose target the network does not have."""
    known = {kind: set(network.table(t)[c]) for kind, (t, c) in TARGETS.items()}
    for table in ("closures", "restrictions", "closure_watch"):
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            kind, target = row["target_kind"], row["target"]
            parts = target.split("-") if kind == "country_pair" else [target]
            names = known["country" if kind == "country_pair" else kind]
            wrong = [part for part in parts if part not in names]
            if wrong or (kind == "country_pair" and len(parts) != PAIR):
                message = f"which is no {kind.replace('_', ' ')} of the network"
                near = did_you_mean(target, sorted(names))
                key, hint = schema.row_name(row), near or "correct it or its target_kind"
                yield Problem(table, key, "target", message, repr(target), hint)


def what_starts_ends_later(network: Network) -> Iterator[Problem]:
    """Yield periods that end before they start."""
    periods = (
        ("closures", "starts", "ends"),
        ("restrictions", "starts", "ends"),
        ("services", "starts", "ends"),
        ("opening_hours", "starts", "ends"),
        ("timetables", "starts", "ends"),
        ("closure_watch", "watched_from", "watched_to"),
        ("document_rules", "starts", "ends"),
        ("tariffs", "valid_from", "valid_to"),
    )
    for table, first, last in periods:
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            if row[first] and row[last] and row[last] < row[first]:
                message = f"before {first} ({row[first]})"
                key, value = schema.row_name(row), str(row[last])
                yield Problem(table, key, last, message, value, "swap or correct them")


def a_last_look_is_not_in_the_future(network: Network) -> Iterator[Problem]:
    """Yield rows that were looked at after the network's own last look."""
    for table in LOOKED_AT:
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            if row["last_look"] > network.as_of:
                message = f"after the network's as_of ({network.as_of})"
                key, value = schema.row_name(row), str(row["last_look"])
                hint = "correct it, or move as_of on in network.toml"
                yield Problem(table, key, "last_look", message, value, hint)


def a_season_has_two_ends(network: Network) -> Iterator[Problem]:
    """Yield closures with half a season or days that do not exist."""
    for row in network.table("closures").iter_rows(named=True):
        days = {c: row[c] for c in ("season_from", "season_to")}
        if list(days.values()).count(None) == 1:
            message = "it has only one of season_from and season_to"
            hint = "give both or neither"
            yield Problem("closures", row["closure_id"], "", message, hint=hint)
        for column, day in days.items():
            if day is not None and not DAY_OF_YEAR.fullmatch(day):
                hint = "write MM-DD"
                yield Problem("closures", row["closure_id"], column, value=repr(day), hint=hint)


def an_event_is_watched(network: Network) -> Iterator[Problem]:
    """Yield closures by an event whose place was not watched on their first day."""
    watch = {
        (r["target_kind"], r["target"]): (r["watched_from"], r["watched_to"])
        for r in network.table("closure_watch").iter_rows(named=True)
    }
    for row in network.table("closures").iter_rows(named=True):
        spell = watch.get((row["target_kind"], row["target"]))
        if not row["event"] or (spell and spell[0] <= row["starts"] <= spell[1]):
            continue
        message = "but closure_watch does not watch its place on its first day"
        hint = "add the place, correct its days, or leave the event empty"
        value = repr(row["event"])
        yield Problem("closures", row["closure_id"], "event", message, value, hint)


def hampered_says_how_much(network: Network) -> Iterator[Problem]:
    """Yield hampered places without delay percentiles, and shut ones with them."""
    for row in network.table("closures").iter_rows(named=True):
        delays = [row["delay_p50_h"], row["delay_p95_h"]]
        if row["effect"] == "hampered" and None in delays:
            message, hint = "it is hampered without delay", "give delay_p50_h and delay_p95_h"
            yield Problem("closures", row["closure_id"], "", message, hint=hint)
        if row["effect"] == "shut" and delays != [None, None]:
            message, hint = "it is shut and has a delay", "empty the delay, or make it hampered"
            yield Problem("closures", row["closure_id"], "", message, hint=hint)


def p95_is_not_below_p50(network: Network) -> Iterator[Problem]:
    """Yield percentiles in the wrong order, and one without the other."""
    pairs = (
        ("transfers", "dwell_p50_h", "dwell_p95_h"),
        ("first_last_mile", "p50_h", "p95_h"),
        ("closures", "delay_p50_h", "delay_p95_h"),
        ("services", "relay_p50_h", "relay_p95_h"),
    )
    for table, low, high in pairs:
        schema = load_schema(table)
        for row in network.table(table).iter_rows(named=True):
            key = schema.row_name(row)
            if (row[low] is None) != (row[high] is None):
                message = f"it has only one of {low} and {high}"
                yield Problem(table, key, "", message, hint="give both or neither")
            elif row[low] is not None and row[high] < row[low]:
                hint = f"it must be at least {low} ({row[low]:g} h)"
                yield Problem(table, key, high, value=f"{row[high]:g} h", hint=hint)


def a_planned_link_is_looked_at_when_it_should_open(network: Network) -> Iterator[Problem]:
    """Yield links under way whose opening day has passed at the last look of the network."""
    for row in network.table("links").iter_rows(named=True):
        opens, status = row["opens"], row["status"]
        if opens is not None and opens <= network.as_of and status in {"planned", "construction"}:
            message = f"but at the last look ({network.as_of}) its status was {status!r}"
            hint = "look again"
            yield Problem("links", row["link_id"], "opens", message, str(opens), hint)


RULES = (
    what_is_shut_or_banned_exists,
    what_starts_ends_later,
    a_last_look_is_not_in_the_future,
    a_season_has_two_ends,
    an_event_is_watched,
    hampered_says_how_much,
    p95_is_not_below_p50,
    a_planned_link_is_looked_at_when_it_should_open,
)
