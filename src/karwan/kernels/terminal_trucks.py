"""Trucks of a terminal run: who comes in the half hour ahead, and when."""

import math

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_boxes import born, enqueue, pick_way, shift
from karwan.kernels.terminal_draws import poisson, stream, uniform

__all__ = ["bring_trucks", "call_for_boxes", "next_truck", "release_due", "who_comes"]

TRUCK_KEYS = 1_000
FIRST_FETCH, FIRST_TIME = 100, 50
FOR_TRUCKS = 0.9
"""Share of a block that boxes from trucks may fill: the rest is kept for vessels and trains."""


@lean
def release_due(n, box, queue, ring, level, ways, carrier, due, age, now):
    """Make boxes ready whose time in the yard has passed: for trucks, or for their carrier."""
    look = n[c.STEP] % len(due)
    b = due[look]
    due[look] = c.NONE
    while b != c.NONE:
        after = box[b, c.NEXT]
        to = ways[box[b, c.WAY], c.TO]
        if carrier[to, c.SIDE] == c.TRUCK_SIDE:
            box[b, c.NEXT] = n[c.READY]
            n[c.READY] = b
        else:
            age[b, c.STAGE] = now
            enqueue(n, queue, ring, c.LANES + to, b)
            row = len(level) - len(carrier) + to
            shift(level, row, now, 1.0)
        b = after


@lean
def _let_in(level, room, block):
    """Tell whether a block has room for one box more from trucks, and keep it if so."""
    if block == c.NONE:
        return True
    if not _has_room(level, room, block):
        return False
    level[c.BLOCKS + block, c.ON_THE_WAY] += 1.0
    return True


@lean
def _has_room(level, room, block):
    row = c.BLOCKS + block
    return level[row, c.LEVEL] + level[row, c.ON_THE_WAY] < FOR_TRUCKS * room[block]


@lean
def _come(n, box, group, b):
    box[b, c.NEXT] = n[c.COMING + group]
    n[c.COMING + group] = b
    n[c.COMING_N + group] += 1


@lean
def bring_trucks(
    n, box, age, keys, level, ways, first_way, share, carrier, made, week, room, seed, now
):
    """Draw the trucks that bring boxes in the half hour ahead; none is let in to a full block."""
    rate = week[c.COMES, n[c.LOOK]]
    for k in range(len(carrier)):
        if carrier[k, c.TRUCKS] == 0.0 or rate == 0.0:
            continue
        key = stream(seed, TRUCK_KEYS + k)
        mean = carrier[k, c.TRUCKS] * rate * c.TICK
        for _ in range(poisson(stream(key, n[c.STEP]), mean)):
            made[k] += 1
            own = stream(stream(key, 1 << 40), made[k])
            way = pick_way(own, k, first_way, share)
            b = born(n, box, age, keys, level, own, way, now, now)
            if b == c.NONE:
                return
            block = ways[way, c.BLOCK]
            if _let_in(level, room, block):
                _come(n, box, 0, b)
            else:
                box[b, c.NEXT] = int(level[c.BLOCKS + block, c.REFUSED])
                level[c.BLOCKS + block, c.REFUSED] = b


@lean
def call_for_boxes(n, box, keys, level, week, room, slots):
    """Let some of the trucks come whose box is ready, or whose block was full but is no longer."""
    share = week[c.FETCHES, n[c.LOOK]]
    if share == 0.0:
        return
    left = slots - n[c.COMING_N]
    for block in range(len(room)):
        left -= _ask_again(n, box, keys, level, room, share, left, block)
    b, n[c.READY] = n[c.READY], c.NONE
    while b != c.NONE:
        after = box[b, c.NEXT]
        if left > 0 and uniform(keys[b], FIRST_FETCH + n[c.STEP]) < share:
            _come(n, box, 1, b)
            left -= 1
        else:
            box[b, c.NEXT] = n[c.READY]
            n[c.READY] = b
        b = after


@lean
def _ask_again(n, box, keys, level, room, share, left, block):
    row, before, came = c.BLOCKS + block, c.NONE, 0
    b = int(level[row, c.REFUSED])
    while b != c.NONE and came < left and _has_room(level, room, block):
        after = box[b, c.NEXT]
        if uniform(keys[b], FIRST_FETCH + n[c.STEP]) < share:
            level[row, c.ON_THE_WAY] += 1.0
            _come(n, box, 0, b)
            came += 1
            if before == c.NONE:
                level[row, c.REFUSED] = after
            else:
                box[before, c.NEXT] = after
        else:
            before = b
        b = after
    return came


@hot
def next_truck(n, ahead, seed, now):
    """Set the time of the next truck of this half hour, all spread over it at random."""
    coming = n[c.COMING_N] + n[c.COMING_N + 1]
    if coming == 0:
        ahead[0] = np.inf
        return
    end = (n[c.STEP] + 1) * c.TICK
    key = stream(stream(seed, FIRST_TIME), n[c.STEP])
    u = uniform(key, 2 * coming)
    rest = u if coming == 1 else math.exp(math.log(u) / coming)
    ahead[0] = now + (end - now) * (1.0 - rest)


@hot
def who_comes(n, box, age, seed, now):
    """Take the truck that comes now, of those that bring or of those that fetch.

    The time of a box that a full block had refused counts from the half hour it first came in.
    """
    brings, fetches = n[c.COMING_N], n[c.COMING_N + 1]
    group = 1
    if fetches == 0:
        group = 0
    elif brings > 0:
        key = stream(stream(seed, FIRST_TIME), n[c.STEP])
        group = 0 if uniform(key, 2 * (brings + fetches) + 1) * (brings + fetches) < brings else 1
    b = n[c.COMING + group]
    n[c.COMING + group] = box[b, c.NEXT]
    n[c.COMING_N + group] -= 1
    age[b, c.CAME] = now
    if age[b, c.BORN] >= n[c.STEP] * c.TICK:
        age[b, c.ORIGIN] = now
    return b
