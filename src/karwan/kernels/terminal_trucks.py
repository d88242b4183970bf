"""Trucks of a terminal run: who comes in the half hour ahead, and when."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_boxes import born, enqueue, fetched, note_due, pick_way, shift
from karwan.kernels.terminal_draws import poisson, stream, uniform

__all__ = ["ask_again", "bring_trucks", "line_up", "release_due", "who_comes"]

TRUCK_KEYS = 1_000
BRINGS, FETCHES = 20, 21
"""Numbers of the key of a box that say when in a half hour it is brought, or fetched."""
ASKED, FETCHED = 3 << 20, 1 << 40
"""First numbers of the key of a box for every half hour: a refused truck, a fetch put off."""
STEP_BITS = 8
FOR_TRUCKS = 0.9
"""Share of a block that boxes from trucks may fill: the rest is kept for vessels and trains."""


@lean
def _has_room(level, room, block):
    row = c.BLOCKS + block
    return level[row, c.LEVEL] + level[row, c.ON_THE_WAY] < FOR_TRUCKS * room[block]


@lean
def _come(n, box, asked, places, number, b):
    """Let the truck of a box come at a time of its own in the half hour ahead."""
    u = uniform(box[b].key, number)
    i = n[c.COMING]
    asked[i].at, asked[i].box = u, b
    places[np.uint32(u * (len(places) - 1)) + 1] += 1
    n[c.COMING] = i + 1


@lean
def bring_trucks(
    n, mark, box, link, asked, places, refused, level, ways, first_way, share, carrier, made, week,
    room, seed, now,
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
            b = born(n, mark, box, link, level, box_key, way, now, now)
            if b == c.VOID:
                return
            block = ways[way, c.BLOCK]
            if block == c.VOID:
                _come(n, box, asked, places, BRINGS, b)
            elif _has_room(level, room, block):
                level[c.BLOCKS + block, c.ON_THE_WAY] += 1.0
                _come(n, box, asked, places, BRINGS, b)
            else:
                link[b].next = refused[block]
                refused[block] = b


@lean
def ask_again(n, box, link, asked, places, refused, level, week, room, slots):
    """Let some of the trucks come whose block was full but is no longer."""
    share = week[c.FETCHES, n[c.LOOK]]
    if share == 0.0:
        return
    number = ASKED + n[c.STEP]
    for block in range(len(room)):
        before, b = c.VOID, refused[block]
        while b != c.VOID and n[c.COMING] < slots and _has_room(level, room, block):
            after = link[b].next
            if uniform(box[b].key, number) < share:
                level[c.BLOCKS + block, c.ON_THE_WAY] += 1.0
                _come(n, box, asked, places, BRINGS, b)
                if before == c.VOID:
                    refused[block] = after
                else:
                    link[before].next = after
            else:
                before = b
            b = after


@lean
def release_due(
    n, box, link, asked, places, queue, level, ways, carrier, fetch, due, slots, now
):  # fmt: skip
    """Release boxes that are due: to the line of their carrier, or to the truck that fetches.

    Where no slot is left for a truck, it comes in a later half hour, drawn anew.
    """
    at = n[c.STEP] % len(due)
    b = due[at]
    due[at] = c.VOID
    while b != c.VOID:
        after = link[b].next
        to = ways[link[b].way, c.TO]
        if not ways[link[b].way, c.BY_TRUCK]:
            box[b].stage = now
            enqueue(link, queue, c.LANES + to, b)
            shift(level, len(level) - len(carrier) + to, now, 1.0)
        elif n[c.COMING] < slots:
            _come(n, box, asked, places, FETCHES, b)
        else:
            number = FETCHED + (n[c.STEP] << STEP_BITS)
            look = fetched(fetch, box[b].key, number, n[c.STEP] + 1)
            note_due(n, link, due, b, look)
        b = after


@lean
def line_up(n, mark, asked, places, truck, now):
    """Put the trucks of the half hour ahead in order of time: by places, then each in its place."""
    coming = n[c.COMING]
    for i in range(1, len(places)):
        places[i] += places[i - 1]
    for i in range(coming):
        u = asked[i].at
        place = np.uint32(u * (len(places) - 1))
        j = places[place]
        places[place] = j + 1
        truck[j].at, truck[j].box = now + c.TICK * u, asked[i].box
    for i in range(1, coming):
        at, b, j = truck[i].at, truck[i].box, i
        while j > 0 and truck[j - 1].at > at:
            truck[j].at, truck[j].box = truck[j - 1].at, truck[j - 1].box
            j -= 1
        truck[j].at, truck[j].box = at, b
    truck[coming].at = np.inf
    mark[c.NEXT_TRUCK] = 0
    places[:] = 0


@hot
def who_comes(n, mark, box, truck, now):
    """Take the truck that comes now.

    The time of a box that a full block had refused counts from the half hour it first came in.
    """
    i = mark[c.NEXT_TRUCK]
    mark[c.NEXT_TRUCK] = i + 1
    b = truck[i].box
    own = box[b]
    own.came = now
    if own.born >= n[c.STEP] * c.TICK:
        own.origin = now
    return b
