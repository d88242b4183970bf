"""What a date changes: closures, restrictions, links and tariffs in force."""

from __future__ import annotations

import datetime as dt
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from karwan.network import Network
from karwan.network.in_force import rows_in_force

__all__ = [
    "HORIZON",
    "DayState",
    "Hampered",
    "Spell",
    "Target",
    "barred_trade",
    "day_state",
    "foreseen",
    "is_lasting",
    "spells",
]

HORIZON = dt.timedelta(days=180)
"""How far ahead of departure closures, opening hours and timetables are followed."""
FEBRUARY, LEAP_DAY = 2, 29
Target = tuple[str, str]
"""A thing by kind and identifier."""
Spell = tuple[dt.date, dt.date | None]
"""First and last day; None: no end is known."""


@dataclass(frozen=True)
class Hampered:
    """A place that is usable, but with delay and surcharge.

    Attributes
    ----------
    row : int
        Row of `closures`.
    delay_p50_h, delay_p95_h : float
        Extra time [h].
    surcharge_usd_per_teu : float
        Extra charge [USD/TEU].
    """

    row: int
    delay_p50_h: float
    delay_p95_h: float
    surcharge_usd_per_teu: float


@dataclass(frozen=True)
class DayState:
    """State of the network on one departure date; equal states share one supernetwork.

    Attributes
    ----------
    shut : frozenset of (str, str)
        (kind, identifier) of what is shut for the whole horizon: nodes, links, crossings,
        passages, countries, and country pairs and operators that restrictions exclude.
    hampered : tuple of ((str, str), Hampered)
        What is hampered for the whole horizon.
    timed : frozenset of (str, str)
        What opens, shuts or eases within the horizon, at a moment that matters: targets of
        closures, ``("hours", ...)`` of places with opening hours, ``("timetable", ...)`` of
        services that keep one. `routing.schedule` says when.
    closure_rows : tuple of int
        Rows of `closures` that fall into the horizon.
    shut_rows, hampered_rows, restriction_rows : tuple of int
        Rows of `closures` and `restrictions` in force on the date itself.
    links, tariffs, services, documents, speeds, border_procedures : bytes
        One byte a row: usable on the date, or in force in its year, or not.
    """

    shut: frozenset[Target]
    hampered: tuple[tuple[Target, Hampered], ...]
    timed: frozenset[Target]
    closure_rows: tuple[int, ...]
    shut_rows: tuple[int, ...]
    hampered_rows: tuple[int, ...]
    restriction_rows: tuple[int, ...]
    links: bytes
    tariffs: bytes
    services: bytes
    documents: bytes
    speeds: bytes
    border_procedures: bytes


@lru_cache(maxsize=256)
def day_state(network: Network, day: dt.date, *, frozen: bool = False) -> DayState:
    """Read what holds for trips that depart on one date.

    Parameters
    ----------
    network : Network
        Network read.
    day : datetime.date
        Date of departure. Links, services, tariffs, documents and restrictions of that date, and
        speeds and border procedures of its year, hold for the whole trip; closures, opening
        hours and timetables at their own moments.
    frozen : bool
        The state of the date lasts for ever: what is shut stays so, and nothing else will
        be. For studies that compare states of the world rather than trips.

    Returns
    -------
    DayState
        What is shut, hampered, timed and restricted, and which links, tariffs and services
        are valid.
    """
    shut: set[Target] = set()
    hampered: list[tuple[Target, Hampered]] = []
    timed: set[Target] = set()
    in_horizon: list[int] = []
    shut_rows: list[int] = []
    hampered_rows: list[int] = []
    restriction_rows: list[int] = []
    for i, row in enumerate(network.table("closures").iter_rows(named=True)):
        holds = bool(spells(row, day, day))
        if holds:
            (shut_rows if row["effect"] == "shut" else hampered_rows).append(i)
        falls: list[Spell] = [(day, None)] if holds else []
        if not frozen:
            falls = foreseen(row, day)
        if not falls:
            continue
        in_horizon.append(i)
        target = (row["target_kind"], row["target"])
        if not is_lasting(falls, day):
            timed.add(target)
        elif row["effect"] == "shut":
            shut.add(target)
        else:
            delay = (row["delay_p50_h"] or 0.0, row["delay_p95_h"] or 0.0)
            charge = row["surcharge_usd_per_teu"] or 0.0
            hampered.append((target, Hampered(i, *delay, charge)))
    for i, row in enumerate(network.table("restrictions").iter_rows(named=True)):
        if not spells(row, day, day):
            continue
        restriction_rows.append(i)
        if row["effect"] == "exclude" and not row["trade"]:
            shut.add((row["target_kind"], row["target"]))
    return DayState(
        frozenset(shut),
        tuple(hampered),
        frozenset(timed - shut) | (frozenset() if frozen else _kept_hours(network, day)),
        tuple(in_horizon),
        tuple(shut_rows),
        tuple(hampered_rows),
        tuple(restriction_rows),
        _usable_links(network, day),
        _valid(network, "tariffs", "valid_from", "valid_to", day),
        _offered_services(network, day),
        _valid(network, "document_rules", "starts", "ends", day),
        rows_in_force(network, "speeds", day.year),
        rows_in_force(network, "border_procedures", day.year),
    )


def barred_trade(network: Network, state: DayState, countries: tuple[str, str]) -> set[Target]:
    """Return what restrictions exclude for trade between two countries only."""
    table, pair = network.table("restrictions"), set(countries)
    rows = [table.row(i, named=True) for i in state.restriction_rows]
    return {
        (row["target_kind"], row["target"])
        for row in rows
        if row["effect"] == "exclude"
        and any(set(trade.split("-")) == pair for trade in (row["trade"] or "").split("|"))
    }


def _kept_hours(network: Network, day: dt.date) -> frozenset[Target]:
    """Return the places with opening hours and the services with timetables in the horizon."""
    kept = set()
    for row in network.table("opening_hours").iter_rows(named=True):
        if _meets(row, day):
            kept.add(("hours", f"{row['target_kind']}:{row['target']}"))
    for row in network.table("timetables").iter_rows(named=True):
        if _meets(row, day):
            kept.add(("timetable", f"{row['service_id']}:{row['node_id']}"))
    return frozenset(kept)


def _meets(row: Mapping[str, Any], day: dt.date) -> bool:
    begins, ends = row["starts"] or dt.date.min, row["ends"] or dt.date.max
    return bool(begins <= day + HORIZON and ends >= day)


def spells(row: Mapping[str, Any], first: dt.date, last: dt.date) -> list[Spell]:
    """Return the spells of a closure or restriction that touch a period.

    Parameters
    ----------
    row : mapping
        Row of `closures` or `restrictions`: starts, ends and, for closures, the season.
    first, last : datetime.date
        Period, both days included.

    Returns
    -------
    list of (datetime.date, datetime.date or None)
        First and last day of each spell, in order; None where no end is known.
    """
    begins, ends = row["starts"], row["ends"]
    if begins > last or (ends is not None and ends < first):
        return []
    season = row.get("season_from"), row.get("season_to")
    if not season[0] or not season[1]:
        return [(begins, ends)]
    found: list[Spell] = []
    for year in range(first.year - 1, last.year + 1):
        opens = _day_of(year, season[0])
        closes = _day_of(year + (season[1] < season[0]), season[1])
        opens, closes = max(opens, begins), min(closes, ends or closes)
        if opens <= min(closes, last) and closes >= first:
            found.append((opens, closes))
    return found


def foreseen(row: Mapping[str, Any], day: dt.date) -> list[Spell]:
    """Return the spells to the horizon as who departs on a day must take them.

    Nobody planned an event, so that nobody knows its end while it lasts: it is shut without end
    for those who depart then, though the table tells later ones how long it lasted.
    """
    falls = spells(row, day, day + HORIZON)
    if falls and row.get("event") and falls[0][0] <= day:
        return [(falls[0][0], None)]
    return falls


def is_lasting(falls: list[Spell], day: dt.date) -> bool:
    """Say whether the first spell lasts from a departure date to the horizon."""
    first, last = falls[0]
    return first <= day and (last is None or last >= day + HORIZON)


def _day_of(year: int, month_day: str) -> dt.date:
    """Return a day of a season in one year; 29 February is the 28th where there is none."""
    month, day = (int(x) for x in month_day.split("-"))
    leap = day == LEAP_DAY and month == FEBRUARY
    return dt.date(year, month, day - (leap and not isleap(year)))


def _usable_links(network: Network, day: dt.date) -> bytes:
    opened = (pl.col("opens") <= day).fill_null(value=False)
    usable = (
        pl.when(pl.col("status") == "open")
        .then(opened | pl.col("opens").is_null())
        .when(pl.col("status") == "disused")
        .then(statement=False)
        .otherwise(opened)
    )
    return _flags(network.table("links").select(usable))


def _offered_services(network: Network, day: dt.date) -> bytes:
    offered = (pl.col("status") == "operating") & _within("starts", "ends", day)
    return _flags(network.table("services").select(offered))


def _valid(network: Network, table: str, first: str, last: str, day: dt.date) -> bytes:
    return _flags(network.table(table).select(_within(first, last, day)))


def _within(first: str, last: str, day: dt.date) -> pl.Expr:
    begun = (pl.col(first) <= day).fill_null(value=True)
    return begun & (pl.col(last) >= day).fill_null(value=True)


def _flags(frame: pl.DataFrame) -> bytes:
    return frame.to_series().cast(pl.UInt8).to_numpy().tobytes()
