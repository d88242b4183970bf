"""Trucks of a terminal run: who comes in the half hour ahead, and when."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_boxes import come_in, pick_way, shift, take
from karwan.kernels.terminal_draws import poisson, stream, uniform
from karwan.kernels.terminal_places import copy, in_order
from karwan.kernels.terminal_store import at_end, beneath
from karwan.kernels.terminal_yard import DUE, fetched, note_due

__all__ = ["ask_again", "bring_trucks", "line_up", "release_due"]

TRUCK_KEYS = 1_000
LANE_SHARE = (0, c.AT_CUSTOMS, c.SCANNED, c.EXAMINED)
BRINGS, FETCHES = 20, 21
"""Numbers of the key of a box that say when in a half hour it is brought, or fetched."""
ASKED, FETCHED = 3 << 20, 1 << 40
"""First numbers of the key of a box for every half hour: a refused truck, a fetch put off."""
STEP_BITS = 8
FOR_TRUCKS = 0.9
"""Share of a block that boxes from trucks may fill: the rest is kept for vessels and trains."""
PASSES = 10
"""Number of the key of a box that says whether it passes the first lane; then the others."""


@lean
def _has_room(level, room, block):
    row = c.BLOCKS + block
    return level[row, c.LEVEL] + level[row, c.ON_THE_WAY] < FOR_TRUCKS * room[block]


@hot
def _places_of(box, ways, flow, b):
    """Draw the places that a truck comes to after the gate."""
    key, way = box[b].key, box[b].way
    places, by_chance = ways[way, c.SURE], ways[way, c.BY_CHANCE]
    if by_chance:
        f = ways[way, c.FLOW]
        for lane in range(1, c.LANES):
            if by_chance >> np.uint32(lane) & np.uint32(1):
                passes = uniform(key, PASSES + lane) < flow[f, LANE_SHARE[lane]]
                places |= np.uint32(passes) << np.uint32(lane)
    return places


@hot
def _come(n, box, asked, cells, ways, flow, number, b, now):
    """Let the truck of a box come at a time of its own in the half hour ahead.

    The time of a box that a full block had refused counts from the half hour it first came in.
    """
    u = uniform(box[b].key, number)
    own = asked[n[c.COMING]]
    own.at = now + c.TICK * u
    own.came, own.takes, own.box, own.places = own.at, u, b, _places_of(box, ways, flow, b)
    if box[b].since >= now:
        box[b].origin = own.at
    cells[np.uint32(u * (len(cells) - 1)) + np.uint32(1)] += 1
    n[c.COMING] += 1


@hot
def bring_trucks(
    n, mark, box, next_of, asked, cells, refused, level, ways, flow, first_way, share, carrier,
    made, week, room, seed, now,
):  # fmt: skip
    """Draw the trucks that bring boxes in the half hour ahead; none is let in to a full block."""
    n[c.COMING] = 0
    rate = week[c.COMES, n[c.LOOK]]
    for k in range(len(carrier)):
        if carrier[k, c.TRUCKS] == 0.0 or rate == 0.0:
            continue
        key = stream(seed, TRUCK_KEYS + k)
        own = stream(key, 1 << 40)
        for _ in range(poisson(stream(key, n[c.STEP]), carrier[k, c.TRUCKS] * rate * c.TICK)):
            made[k] += 1
            box_key = stream(own, made[k])
            way = pick_way(box_key, k, first_way, share)
            if not come_in(n, level, len(box), now):
                return
            b = take(mark, next_of)
            own_box = box[b]
            own_box.key, own_box.origin, own_box.since, own_box.way = box_key, now, now, way
            block = ways[way, c.BLOCK]
            if block == c.VOID:
                _come(n, box, asked, cells, ways, flow, BRINGS, b, now)
            elif _has_room(level, room, block):
                level[c.BLOCKS + block, c.ON_THE_WAY] += 1.0
                _come(n, box, asked, cells, ways, flow, BRINGS, b, now)
            else:
                next_of[b] = refused[block]
                refused[block] = b


@hot
def ask_again(n, box, next_of, asked, cells, refused, level, ways, flow, week, room, slots, now):
    """Let some of the trucks come whose block was full but is no longer."""
    share = week[c.FETCHES, n[c.LOOK]]
    if share == 0.0:
        return
    number = ASKED + n[c.STEP]
    for block in range(len(room)):
        before, b = c.VOID, refused[block]
        while b != c.VOID and n[c.COMING] < slots and _has_room(level, room, block):
            after = next_of[b]
            if uniform(box[b].key, number) < share:
                level[c.BLOCKS + block, c.ON_THE_WAY] += 1.0
                _come(n, box, asked, cells, ways, flow, BRINGS, b, now)
                if before == c.VOID:
                    refused[block] = after
                else:
                    next_of[before] = after
            else:
                before = b
            b = after


@hot
def release_due(
    n, mark, box, next_of, yard, chain, asked, cells, queue, level, ways, flow, carrier, fetch,
    guide, due, slots, now,
):  # fmt: skip
    """Release boxes that are due: to the line of their carrier, or to the truck that fetches.

    Where no slot is left for a truck, it comes in a later half hour, drawn anew.
    """
    at = np.uint32(n[c.STEP]) & np.uint32(DUE - 1)
    rest = due[at]
    due[at] = c.VOID
    while rest != c.VOID:
        place = rest - np.uint32(1)
        own = yard[place]
        key, origin, since, way = own.key, own.origin, own.since, own.way
        rest = beneath(mark, chain, place)
        if not ways[way, c.BY_TRUCK]:
            to = ways[way, c.TO]
            last = yard[at_end(mark, chain, queue, c.LANES + to)]
            last.origin, last.since, last.way, last.ready = origin, since, way, n[c.STEP]
            shift(level, len(level) - len(carrier) + to, now, 1.0)
        elif n[c.COMING] < slots:
            b = take(mark, next_of)
            own = box[b]
            own.key, own.origin, own.since, own.way = key, origin, since, way
            _come(n, box, asked, cells, ways, flow, FETCHES, b, now)
        else:
            number = FETCHED + (n[c.STEP] << STEP_BITS)
            look = fetched(fetch, guide, key, number, n[c.STEP] + 1)
            note_due(n, mark, yard, chain, due, look, key, origin, since, way)


@hot
def line_up(n, asked, cells, come, count):
    """Put the trucks of the half hour ahead in order of time: by cells, then each in its cell."""
    coming = n[c.COMING]
    for i in range(1, len(cells)):
        cells[i] += cells[i - 1]
    for i in range(coming):
        cell = np.uint32(asked[i].takes * (len(cells) - 1))
        copy(come[0, cells[cell]], asked[i])
        cells[cell] += 1
    cells[:] = 0
    count[0] = coming
    n[c.COME] = 0
    in_order(come, count, 0)
