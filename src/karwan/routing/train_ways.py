"""The way of each through train: the links and changes of track gauge between its calls."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from karwan.network import Network

__all__ = ["Move", "Place", "train_ways"]

Place = tuple[str, int]
"""A node and the track gauge there [mm]."""
GAUGE_CHANGE_KM = 500.0
"""A train changes track gauge where it calls, unless that is this much longer [km]."""


class Move(NamedTuple):
    """One step of a train: along a link, or from one track gauge to another.

    Attributes
    ----------
    link, transfer : int
        Row of `links` and of `transfers`, -1 if it is the other kind.
    tail, head : (str, int)
        Places it joins.
    """

    link: int
    transfer: int
    tail: Place
    head: Place


class _Rails(NamedTuple):
    """Links and changes of track gauge by the place that they leave, with their length [km]."""

    moves: Mapping[Place, list[tuple[float, Move]]]
    gauges: Mapping[str, set[int]]


@lru_cache(maxsize=64)
def train_ways(
    network: Network, links: bytes
) -> dict[tuple[str, str], tuple[tuple[Move, ...], ...]]:
    """Find the ways of all through trains, one for each direction.

    A train turns round where it calls again at a place that it has called at.

    Parameters
    ----------
    network : Network
        Network whose services on rails with calls are meant.
    links : bytes
        One byte a row of `links`: in use, or not.

    Returns
    -------
    dict of (str, str) to tuple of tuples of Move
        Moves of each direction in order, by service_id and cargo form; of a train whose way is
        interrupted the part before.
    """
    on_rails = {
        mode
        for mode, gauged in network.table("modes").select("mode", "has_track_gauge").iter_rows()
        if gauged
    }
    rails: dict[tuple[str, str], _Rails] = {}
    calls: dict[str, list[str]] = defaultdict(list)
    for row in network.table("service_calls").sort("service_id", "call").iter_rows(named=True):
        calls[row["service_id"]].append(row["node_id"])
    found: dict[tuple[str, str], tuple[tuple[Move, ...], ...]] = {}
    for row in network.table("services").iter_rows(named=True):
        mode, stops = row["mode"], calls[row["service_id"]]
        if mode not in on_rails or not stops:
            continue
        for form in row["forms"].split("|"):
            if (mode, form) not in rails:
                rails[mode, form] = _rails(network, mode, form, links)
            ways = tuple(_way(rails[mode, form], s) for s in _directions(stops))
            found[row["service_id"], form] = ways
    return found


def _directions(stops: Sequence[str]) -> Iterator[list[str]]:
    """Yield the calls between the turning points of a train."""
    since = 0
    for k in range(1, len(stops)):
        if stops[k] in stops[since:k]:
            yield list(stops[since:k])
            since = k - 1
    yield list(stops[since:])


def _way(rails: _Rails, stops: Sequence[str]) -> tuple[Move, ...]:
    """Return the shortest way through stops in order, as far as there is one.

    Dijkstra's algorithm from stop to stop, with every track gauge at which the stop before was
    reached as a start.

    Parameters
    ----------
    rails : _Rails
        Moves of the mode.
    stops : sequence of str
        node_ids in order.

    Returns
    -------
    tuple of Move
        Moves in order; empty if the second stop cannot be reached from the first.
    """
    here: dict[Place, tuple[float, tuple[Move, ...]]] = {
        (stops[0], gauge): (0.0, ()) for gauge in rails.gauges.get(stops[0], ())
    }
    for stop in stops[1:]:
        there = dict(_reached(rails, here, stop, frozenset(stops)))
        if not there:
            break
        here = there
    best = min(here.values(), key=lambda way: way[0], default=(0.0, ()))
    return best[1]


def _reached(
    rails: _Rails,
    starts: dict[Place, tuple[float, tuple[Move, ...]]],
    stop: str,
    calls: frozenset[str],
) -> Iterator[tuple[Place, tuple[float, tuple[Move, ...]]]]:
    """Yield the track gauges at which a stop is reached, with length and way from the origin."""
    serial = count()
    queue: list[tuple[float, int, Place, Any]] = [
        (km, next(serial), place, (way, None)) for place, (km, way) in starts.items()
    ]
    heapq.heapify(queue)
    wanted, done = set(rails.gauges.get(stop, ())), set()
    while queue and wanted:
        km, _, place, trail = heapq.heappop(queue)
        if place in done:
            continue
        done.add(place)
        if place[0] == stop:
            wanted.discard(place[1])
            yield place, (km, tuple(_moves(trail)))
        for km_more, move in rails.moves.get(place, ()):
            elsewhere = move.transfer >= 0 and place[0] not in calls
            length = km_more + GAUGE_CHANGE_KM * elsewhere
            if move.head not in done:
                heapq.heappush(queue, (km + length, next(serial), move.head, (trail, move)))


def _moves(trail: Any) -> Iterable[Move]:
    """Return the moves of a trail, which holds the way so far and the last move."""
    last: list[Move] = []
    while trail[1] is not None:
        trail, move = trail
        last.append(move)
    return (*trail[0], *reversed(last))


def _rails(network: Network, mode: str, form: str, links: bytes) -> _Rails:
    """Gather what a mode may use: links in use, and changes of track gauge of a cargo form."""
    moves: dict[Place, list[tuple[float, Move]]] = defaultdict(list)
    gauges: dict[str, set[int]] = defaultdict(set)
    usable = np.frombuffer(links, np.uint8)
    for i, row in enumerate(network.table("links").iter_rows(named=True)):
        if row["mode"] != mode or not usable[i]:
            continue
        ends = [(row["from_node"], row["to_node"])]
        if row["two_way"]:
            ends.append((row["to_node"], row["from_node"]))
        for a, b in ends:
            gauge = row["track_gauge_mm"]
            tail, head = (a, gauge), (b, gauge)
            moves[tail].append((row["distance_km"], Move(i, -1, tail, head)))
            gauges[a].add(gauge)
            gauges[b].add(gauge)
    for i, row in enumerate(network.table("transfers").iter_rows(named=True)):
        same_mode = row["from_mode"] == row["to_mode"] == mode
        if same_mode and row["from_form"] == row["to_form"] == form:
            tail = (row["node_id"], row["from_track_gauge_mm"])
            head = (row["node_id"], row["to_track_gauge_mm"])
            moves[tail].append((0.0, Move(-1, i, tail, head)))
    return _Rails(dict(moves), dict(gauges))
