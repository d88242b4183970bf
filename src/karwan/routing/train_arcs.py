"""Arcs of through trains: boarded and left where they load, run at speeds of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from karwan.routing.arcs import Carriage
from karwan.routing.build import SupernetworkBuild
from karwan.routing.costs import GRADES, Moment, Row
from karwan.routing.departures import headway_h
from karwan.routing.handling_arcs import transfer_arc
from karwan.routing.kept_arcs import KeptArc, Parts, add_kept
from karwan.routing.link_arcs import passable, run_arc
from karwan.routing.rates import stay_moments
from karwan.routing.train_ways import Move, train_ways

__all__ = ["THROUGH", "add_train_arcs"]

THROUGH = "through"
"""Kind of train in `speeds` that services on rails are."""
STOOD = ("border", "handling", "waiting")
"""Parts of the time of a move that pass while a train stands."""
End = tuple[int, Carriage]


class _Train(NamedTuple):
    """One service on rails in one cargo form and direction, with its calls by node_id."""

    number: int
    row: Row
    form: str
    direction: int
    calls: Mapping[str, Row]

    def loads(self, node: str) -> bool:
        """Say whether goods are loaded and unloaded at a node."""
        call = self.calls.get(node)
        return call is not None and call["loads"] is not False

    def stands(self, node: str) -> bool:
        """Say whether the time that the train stands at a node is known."""
        call = self.calls.get(node)
        return call is not None and call["stay_h"] is not None


class _Step(NamedTuple):
    """A move of a train with what happens at its ends.

    Attributes
    ----------
    move : Move
        Along a link, or a change of track gauge.
    begins : bool
        It is the first of the train: nothing is aboard yet.
    stands : bool
        What stays aboard stands at the head of the move before the train goes on.
    boards, leaves : bool
        Goods may board at the tail, or leave at the head.
    goes_on : bool
        Goods may stay aboard at the head.
    """

    move: Move
    begins: bool
    stands: bool
    boards: bool
    leaves: bool
    goes_on: bool


def add_train_arcs(build: SupernetworkBuild) -> None:
    """Add the arcs of all trains that are services with calls and run on the date.

    Goods board where a train loads, from where other trains of its track gauge leave, after half
    its headway, and leave it at such a place. In between they run at the speeds of through trains
    and stand where the train calls, if it is known how long: at a border or a change of track gauge
    customs and handling are part of that. Elsewhere they stand as others do.

    Parameters
    ----------
    build : SupernetworkBuild
        States and arcs so far; new ones are added to it.
    """
    usable = np.frombuffer(build.state.services, np.uint8)
    ways = train_ways(build.network, build.state.links)
    border = frozenset((mode, node) for mode, *pair in build.crossings for node in pair)
    for s, row in enumerate(build.books.rows["services"]):
        if not usable[s] or build.is_shut(("operator", row["operator"])):
            continue
        calls = {c["node_id"]: c for c in build.calls.get(row["service_id"], ())}
        for form in row["forms"].split("|"):
            for direction, way in enumerate(ways.get((row["service_id"], form), ())):
                train = _Train(s, row, form, direction, calls)
                for step in _steps(train, way):
                    _add_step(build, train, step, border)


def _steps(train: _Train, way: tuple[Move, ...]) -> Iterator[_Step]:
    """Yield the moves of a train with what happens at their ends.

    Where it calls and changes track gauge, goods leave before and board behind the change, which
    is when it stands.
    """
    changed = {move.head[0] for move in way if move.transfer >= 0}
    for k, move in enumerate(way):
        tail, head = move.tail[0], move.head[0]
        gauging, goes_on = move.transfer >= 0, k < len(way) - 1
        yield _Step(
            move,
            begins=k == 0,
            stands=goes_on and train.stands(head) and (gauging or head not in changed),
            boards=not gauging and train.loads(tail),
            leaves=not gauging and train.loads(head),
            goes_on=goes_on,
        )


def _add_step(
    build: SupernetworkBuild, train: _Train, step: _Step, border: frozenset[tuple[str, str]]
) -> None:
    """Add the arcs of one move: from aboard or boarding, to aboard or leaving."""
    a, b = (build.node_index[place[0]] for place in (step.move.tail, step.move.head))
    stop = step.move.tail[0]
    if step.move.link >= 0:
        is_open, crossing = passable(build, step.move.link, a, b)
    else:
        is_open = not build.is_shut(("node", stop), ("country", build.country_of[a]))
        crossing = None
    if not is_open:
        return
    offered = train.row["service_id"], stop, train.row["departures_per_week"]
    headway = headway_h(build.network, build.state, *offered) if step.boards else 0.0
    kept, key = (
        build.books.kept,
        ("trains", train.number, train.form, train.direction, step, headway),
    )
    if key not in kept:
        moving = _moving(build, train, step, (a, b, crossing))
        at_border = (train.row["mode"], step.move.head[0]) in border
        variants = _variants(build, train, step, moving, headway, at_border) if moving else ()
        kept[key] = tuple(variants)
    operator = build.operators.setdefault(train.row["operator"], len(build.operators))
    for arc in kept[key]:
        add_kept(build, arc, operator)


def _moving(
    build: SupernetworkBuild,
    train: _Train,
    step: _Step,
    at: tuple[int, int, tuple[int, Row] | None],
) -> KeptArc | None:
    """Put the move itself together, None if no tariff or speed fits."""
    a, b, crossing = at
    if step.move.link >= 0:
        moving = run_arc(build, step.move.link, a, b, train.form, crossing, THROUGH)
    else:
        row = build.books.rows["transfers"][step.move.transfer]
        moving = transfer_arc(build, step.move.transfer, row, build.country_of[a])
    if moving is None:
        return None
    parts = moving.parts.copied()
    parts.rows["services"] = train.number
    return replace(moving, parts=parts)


def _variants(
    build: SupernetworkBuild,
    train: _Train,
    step: _Step,
    moving: KeptArc,
    headway: float,
    at_border: bool,  # noqa: FBT001
) -> Iterator[KeptArc]:
    """Yield the arcs of a move by where goods come from and where they are then.

    What stays aboard where the train calls is cleared, or moved to other wagons, in the time that
    the train stands there.
    """
    stop, service = step.move.tail[0], train.row["service_id"]
    grade = build.books.grades["services"][train.number]
    wait = Moment(headway / 2, headway**2 / 12, grade)
    called, gates = train.stands(stop), (*moving.gates, ("timetable", f"{service}:{stop}"))
    aboard = _aboard(train, moving.tail)
    for goes_on in [False] * step.leaves + [True] * step.goes_on:
        head, met = moving.head, goes_on and train.stands(step.move.head[0])
        stood = _without(moving.parts, STOOD)
        if goes_on:
            head = _aboard(train, moving.head)
            if step.stands:
                stay = _stay(build, train.calls[step.move.head[0]])
                stood = _with(stood, "border" if at_border else "waiting", stay)
        if step.boards:
            parts = _with(stood if met else moving.parts, "waiting", wait)
            yield replace(moving, head=head, parts=parts, gates=gates)
        if not step.begins:
            parts = stood if met or called else moving.parts
            yield replace(moving, tail=aboard, head=head, parts=parts)


def _aboard(train: _Train, end: End) -> End:
    """Return the state of goods on the train at a place."""
    return end[0], end[1]._replace(aboard=(train.row["service_id"], train.direction))


def _without(parts: Parts, names: tuple[str, ...]) -> Parts:
    """Return parts without some times."""
    less = parts.copied()
    for values in (less.hours, less.variance, less.time_grade):
        for name in names:
            values.pop(name, None)
    return less


def _with(parts: Parts, part: str, time: Moment) -> Parts:
    """Return parts with one more time."""
    more = parts.copied()
    more.hours[part] = more.hours.get(part, 0.0) + time.mean_h
    more.variance[part] = more.variance.get(part, 0.0) + time.variance_h2
    more.time_grade[part] = max(more.time_grade.get(part, 0), time.grade)
    return more


def _stay(build: SupernetworkBuild, call: Row) -> Moment:
    """Return how long a train stands at a call."""
    grade = GRADES.index(build.books.source_grades[call["source_id"]])
    return Moment(*stay_moments(call["stay_h"], call["stay_p95_h"]), grade)
