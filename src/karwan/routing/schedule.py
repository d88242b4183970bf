"""When the things on the way are open: closures, opening hours and timetables as moments.

A moment is a number of hours since 1 January 1970, 00:00 UTC. Local hours follow the time zone
of the country whose clock is meant, with its daylight saving time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karwan.network import Network
from karwan.routing.calendar import HORIZON, Target, foreseen, is_lasting
from karwan.routing.rates import lognormal_moments

__all__ = [
    "Schedule",
    "is_shut",
    "local_times",
    "moment_of",
    "node_countries",
    "node_zones",
    "schedule_of",
]

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY_H = 24.0
UTC = ZoneInfo("UTC")
SLOWLESS = ("node", "country", "hours", "timetable")
"""Targets of a gate that only shut it; a hampered node delays handlings, not who runs through."""
Spans = list[tuple[float, float]]


class Schedule(NamedTuple):
    """When the gates of a supernetwork are shut and hampered.

    Attributes
    ----------
    first_shut : int32[n_gates + 1]
        Gate g is shut from ``shut_from[i]`` to ``shut_to[i]`` for i in
        ``first_shut[g]:first_shut[g + 1]``; the two ends themselves are open.
    shut_from, shut_to : float64[n]
        Moments [h]; ``inf`` where no end is known. Spans of a gate are in order and apart.
    first_slow : int32[n_gates + 1]
        The same for hampered spans, which include their start and not their end.
    slow_from, slow_to : float64[n]
        Moments [h].
    slow : float64[n, 3]
        Mean delay [h], its variance [h2] and surcharge [USD/TEU] of those who enter then.
    slow_row : int32[n]
        Row of `closures`.
    """

    first_shut: NDArray[np.int32]
    shut_from: NDArray[np.float64]
    shut_to: NDArray[np.float64]
    first_slow: NDArray[np.int32]
    slow_from: NDArray[np.float64]
    slow_to: NDArray[np.float64]
    slow: NDArray[np.float64]
    slow_row: NDArray[np.int32]


def moment_of(when: dt.datetime) -> float:
    """Return the moment of a time with zone [h]."""
    return (when - EPOCH) / HOUR


@lru_cache(maxsize=8)
def node_zones(network: Network) -> dict[str, ZoneInfo]:
    """Return the time zone of each node: that of the freight centres of its country."""
    zones = _country_zones(network)
    return {node: zones[country] for node, country in node_countries(network).items()}


@lru_cache(maxsize=8)
def node_countries(network: Network) -> dict[str, str]:
    """Return the country of each node."""
    return dict(network.table("nodes").select("node_id", "country").iter_rows())


@lru_cache(maxsize=8)
def _country_zones(network: Network) -> dict[str, ZoneInfo]:
    rows = network.table("countries").select("country", "time_zone").iter_rows()
    return {country: ZoneInfo(zone) for country, zone in rows}


def local_times(network: Network, moments: NDArray[np.float64], nodes: Sequence[str]) -> list[str]:
    """Return moments as local times of places, to the minute.

    Parameters
    ----------
    network : Network
        Network with the countries of the places.
    moments : float64[n]
        Moments [h].
    nodes : sequence of str
        node_ids.

    Returns
    -------
    list of str
        As 2026-12-01T14:00+05:00.
    """
    zones = node_zones(network)
    local = []
    for moment, node in zip(moments.tolist(), nodes, strict=True):
        when = EPOCH + dt.timedelta(minutes=round(moment * 60))
        local.append(when.astimezone(zones[node]).isoformat(timespec="minutes"))
    return local


@lru_cache(maxsize=64)
def schedule_of(network: Network, gates: tuple[tuple[Target, ...], ...], day: dt.date) -> Schedule:
    """Lay out when gates are open from a departure date to the horizon.

    Parameters
    ----------
    network : Network
        Network read.
    gates : tuple of tuple of (str, str)
        What must be open for each gate to be passed.
    day : datetime.date
        Date of departure.

    Returns
    -------
    Schedule
        Spans of each gate.
    """
    first_shut, first_slow = [0], [0]
    shut: Spans = []
    slow: list[tuple[float, float, float, float, float, int]] = []
    for gate in gates:
        shut += _joined([s for target in gate for s in _shut_spans(network, target, day)])
        slow += _slow_pieces(network, gate, day)
        first_shut.append(len(shut))
        first_slow.append(len(slow))
    spans = np.array(shut, np.float64).reshape(-1, 2)
    pieces = np.array(slow, np.float64).reshape(-1, 6)
    return Schedule(
        np.array(first_shut, np.int32),
        np.ascontiguousarray(spans[:, 0]),
        np.ascontiguousarray(spans[:, 1]),
        np.array(first_slow, np.int32),
        np.ascontiguousarray(pieces[:, 0]),
        np.ascontiguousarray(pieces[:, 1]),
        np.ascontiguousarray(pieces[:, 2:5]),
        pieces[:, 5].astype(np.int32),
    )


def is_shut(network: Network, target: Target, day: dt.date, moment: float) -> bool:
    """Say whether one target is shut at a moment of a trip that departs on a day."""
    return any(begins < moment < ends for begins, ends in _shut_spans(network, target, day))


def _joined(spans: Spans) -> Spans:
    """Return spans in order with those that overlap joined; spans that only touch stay apart."""
    joined: Spans = []
    for begins, ends in sorted(spans):
        if joined and begins < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


@lru_cache(maxsize=4096)
def _shut_spans(network: Network, target: Target, day: dt.date) -> Spans:
    """Return when one target is shut."""
    kind, name = target
    if kind == "handling":
        return []
    if kind == "hours":
        return _outside(network, name, day)
    if kind == "timetable":
        return _between_departures(network, name, day)
    return [
        span
        for _, row in _closures(network, target, "shut")
        for span in _local_spans(network, row, day)
    ]


def _closures(
    network: Network, target: Target, effect: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the closures of a target with their row numbers."""
    kind, name = target
    wanted = (pl.col("target_kind") == kind) & (pl.col("target") == name)
    rows = network.table("closures").with_row_index().filter(wanted & (pl.col("effect") == effect))
    for row in rows.iter_rows(named=True):
        yield row["index"], row


def _local_spans(network: Network, row: dict[str, Any], day: dt.date) -> Spans:
    """Return the spans of a closure: whole days at the place that is shut."""
    zone = _zone_of(network, row["target_kind"], row["target"])
    spans = []
    for first, last in foreseen(row, day):
        ends = np.inf if last is None else _local(last + dt.timedelta(days=1), 0.0, zone)
        spans.append((_local(first, 0.0, zone), ends))
    return spans


def _zone_of(network: Network, kind: str, name: str) -> ZoneInfo:
    """Return the clock of a target; that of a crossing or link is the one of its first node."""
    if kind == "country":
        return _country_zones(network)[name]
    ends = {"crossing": ("border_crossings", "crossing_id", "node_a")}
    ends["link"] = ("links", "link_id", "from_node")
    if kind in ends:
        table, key, end = ends[kind]
        name = network.table(table).filter(pl.col(key) == name)[end][0]
    return UTC if kind == "passage" else node_zones(network)[name]


@lru_cache(maxsize=65536)
def _offset_h(zone: ZoneInfo, day: dt.date) -> float:
    """Return how far local noon of a day is ahead of UTC [h]."""
    offset = dt.datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset()
    return (offset or dt.timedelta()) / HOUR


def _local(day: dt.date, hour: float, zone: ZoneInfo) -> float:
    """Return the moment of a local hour of a day [h]."""
    return (day.toordinal() - EPOCH.toordinal()) * DAY_H + hour - _offset_h(zone, day)


def _days(day: dt.date) -> Iterator[dt.date]:
    """Yield the day before departure and every day to the horizon."""
    for k in range(-1, HORIZON.days + 1):
        yield day + dt.timedelta(days=k)


def _holds_on(row: dict[str, Any], day: dt.date) -> bool:
    begun = row["starts"] is None or row["starts"] <= day
    over = row["ends"] is not None and row["ends"] < day
    return bool(begun and not over and str(day.isoweekday()) in row["days"])


def _outside(network: Network, name: str, day: dt.date) -> Spans:
    """Return when a place with opening hours is shut.

    Days on which none of its rows is valid are open round the clock.
    """
    kind, _, target = name.partition(":")
    wanted = (pl.col("target_kind") == kind) & (pl.col("target") == target)
    rows = network.table("opening_hours").filter(wanted).to_dicts()
    zones = _country_zones(network)
    opened: Spans = []
    for today in _days(day):
        valid = [r for r in rows if _holds_on({**r, "days": "1234567"}, today)]
        if not valid:
            zone = zones[rows[0]["country"]]
            opened.append((_local(today, 0.0, zone), _local(today, DAY_H, zone)))
        for row in valid:
            if str(today.isoweekday()) in row["days"]:
                zone = zones[row["country"]]
                closes = row["closes_h"] + (DAY_H if row["closes_h"] < row["opens_h"] else 0.0)
                opened.append((_local(today, row["opens_h"], zone), _local(today, closes, zone)))
    return _gaps(opened)


def _gaps(opened: Spans) -> Spans:
    """Return the spans between open spans, as far as the last one."""
    gaps: Spans = []
    until = None
    for begins, ends in sorted(opened):
        if until is not None and begins > until:
            gaps.append((until, begins))
        until = ends if until is None else max(until, ends)
    return gaps


def _between_departures(network: Network, name: str, day: dt.date) -> Spans:
    """Return the spans between the departures of a service from a place.

    Where only the day is published goods have to be there as it begins (`departures.headway_h`).
    """
    service, _, node = name.partition(":")
    wanted = (pl.col("service_id") == service) & (pl.col("node_id") == node)
    rows = network.table("timetables").filter(wanted).to_dicts()
    zone = node_zones(network)[node]
    leaves = sorted(
        _local(today, row["departs_h"] or 0.0, zone)
        for today in _days(day)
        for row in rows
        if _holds_on(row, today)
    )
    before = _local(day - dt.timedelta(days=2), 0.0, zone)
    return list(zip([before, *leaves], [*leaves, np.inf], strict=True))


def _slow_pieces(
    network: Network, gate: tuple[Target, ...], day: dt.date
) -> list[tuple[float, float, float, float, float, int]]:
    """Return when a gate is hampered, cut so that pieces do not overlap."""
    spans = []
    for kind, name in gate:
        if kind in SLOWLESS:
            continue
        target = ("node" if kind == "handling" else kind, name)
        for i, row in _closures(network, target, "hampered"):
            if is_lasting(foreseen(row, day) or [(dt.date.max, None)], day):
                continue
            moments = lognormal_moments(row["delay_p50_h"] or 0.0, row["delay_p95_h"] or 0.0)
            extra = (*moments, row["surcharge_usd_per_teu"] or 0.0)
            spans += [(*span, extra, i) for span in _local_spans(network, row, day)]
    cuts = sorted({moment for begins, ends, _, _ in spans for moment in (begins, ends)})
    pieces = []
    for begins, ends in pairwise(cuts):
        over = [(extra, i) for a, b, extra, i in spans if a <= begins and b >= ends]
        if over:
            hours, variance, charge = (
                float(sum(x)) for x in zip(*(e for e, _ in over), strict=True)
            )
            pieces.append((begins, ends, hours, variance, charge, over[-1][1]))
    return pieces
