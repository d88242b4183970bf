"""Cranes of a terminal run: shared among the calls at work, box by box."""

import math

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import lean
from karwan.kernels.heap import push
from karwan.kernels.terminal_boxes import come_in, gone, pick_way, shift
from karwan.kernels.terminal_draws import stream
from karwan.kernels.terminal_store import first_of
from karwan.kernels.terminal_yard import to_yard

__all__ = ["advance", "share_cranes"]

FIRST_BOX = 16
HAIR = 1e-6
SLOT_BITS = 12


@lean
def _is_full(level, room, block):
    """Tell whether a block has no place but those kept for trucks that were let in."""
    row = c.BLOCKS + block
    return level[row, c.LEVEL] + level[row, c.ON_THE_WAY] >= room[block]


@lean
def advance(
    n, mark, yard, chain, queue, level, ways, first_way, share, flow, fetch, guide, carrier, room,
    most, call, call_key, due, tally, hist, warm, slot, now,
):  # fmt: skip
    """Move the boxes of a call that its cranes have moved since it was last looked at.

    While the block of the next box is full, boxes are loaded instead, then nothing.
    """
    k = int(call[slot, c.CLASS])
    row = call[slot]
    row[c.DONE] = min(row[c.WORK], row[c.DONE] + row[c.SPEED] * (now - row[c.SINCE]))
    row[c.SINCE] = now
    if first_way[k] == first_way[k + 1] and row[c.OUT] == 0.0:
        return
    moved = math.floor(row[c.DONE] + HAIR)
    while row[c.PLACED] + row[c.LOADED] < moved:
        if row[c.PLACED] < row[c.IN]:
            key = stream(call_key[slot], FIRST_BOX + int(row[c.PLACED]))
            way = pick_way(key, k, first_way, share)
            block = ways[way, c.BLOCK]
            if not _is_full(level, room, block):
                if not come_in(n, level, most, now):
                    return
                tally[ways[way, c.FLOW], c.BROUGHT] += 1.0 if now >= warm else 0.0
                to_yard(
                    n, mark, yard, chain, level, ways, flow, fetch, guide, due, key,
                    row[c.ARRIVED], way, now,
                )  # fmt: skip
                row[c.PLACED] += 1.0
                continue
        if row[c.LOADED] == row[c.OUT]:
            row[c.DONE] = row[c.PLACED] + row[c.LOADED]
            return
        own = yard[first_of(mark, chain, queue, c.LANES + k)]
        queue[c.LANES + k, c.RESERVED] -= 1
        line = len(level) - len(carrier) + k
        shift(level, line, now, -1.0)
        level[line, c.HELD] += now - max(own.ready * c.TICK, warm)
        gone(n, level, ways, tally, hist, warm, own.way, own.origin, own.since, now)
        row[c.LOADED] += 1.0


@lean
def _is_blocked(level, ways, first_way, share, room, call, call_key, slot):
    row = call[slot]
    if row[c.PLACED] >= row[c.IN] or row[c.LOADED] < row[c.OUT]:
        return False
    key = stream(call_key[slot], FIRST_BOX + int(row[c.PLACED]))
    block = ways[pick_way(key, int(row[c.CLASS]), first_way, share), c.BLOCK]
    return _is_full(level, room, block)


@lean
def _deal(n, line, call, carrier, side, free):
    working = n[c.WORKING + side]
    for i in range(working):
        call[line[1 + side, i], c.CRANES] = 0.0
    more = True
    while free > 0 and more:
        more = False
        for i in range(working):
            row = call[line[1 + side, i]]
            if free > 0 and row[c.CRANES] < carrier[int(row[c.CLASS]), c.CRANES_MOST]:
                row[c.CRANES] += 1.0
                free -= 1
                more = True


@lean
def share_cranes(
    n, mark, times, events, yard, chain, queue, level, ways, first_way, share, flow, fetch, guide,
    carrier, room, most, call, call_key, line, part, week, site, due, tally, hist, warm, side,
    now,
):  # fmt: skip
    """Deal the cranes of a side out again, one to each call in turn, and set when each is done."""
    working = n[c.WORKING + side]
    is_open = week[c.QUAY if side == 0 else c.RAIL, n[c.LOOK]] > 0.0
    is_open = is_open and (side == 1 or n[c.STORM] == 0)
    free = int(max(0.0, part[side, c.COUNT] - part[side, c.DOWN])) if is_open else 0
    for i in range(working):
        advance(
            n, mark, yard, chain, queue, level, ways, first_way, share, flow, fetch, guide, carrier,
            room, most, call, call_key, due, tally, hist, warm, line[1 + side, i], now,
        )  # fmt: skip
    _deal(n, line, call, carrier, side, free)
    busy = 0.0
    for i in range(working):
        slot = line[1 + side, i]
        row = call[slot]
        row[c.SPEED] = 0.0
        if row[c.CRANES] > 0.0 and not _is_blocked(
            level, ways, first_way, share, room, call, call_key, slot
        ):
            hindered = row[c.CRANES] ** site[c.INTERFERENCE] if side == 0 else row[c.CRANES]
            row[c.SPEED] = part[side, c.MEAN] * row[c.RATE] * hindered
            busy += row[c.CRANES]
        row[c.VERSION] += 1.0
        if row[c.SPEED] > 0.0 or row[c.DONE] >= row[c.WORK]:
            left = row[c.WORK] - row[c.DONE]
            end = now + (left / row[c.SPEED] if left > 0.0 else 0.0)
            code = (((int(row[c.VERSION]) << SLOT_BITS) | slot) << 4) | c.WORKED
            n[c.SIZE] = push(times, events, n[c.SIZE], end, code)
    shift(level, c.CRANES_BUSY + side, now, busy - level[c.CRANES_BUSY + side, c.LEVEL])
