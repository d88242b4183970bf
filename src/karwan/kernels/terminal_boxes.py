"""Boxes of a terminal run: born, in the yard, ready, gone; and levels over time."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_draws import gamma, stream, uniform

__all__ = ["bin_of", "born", "dequeue", "enqueue", "gone", "pick_way", "shift", "to_yard"]

ONE = 1023 << 5
"""What a 1 begins with, in exponent and five bits."""


@lean
def shift(level, row, now, by):
    """Let a level rise or fall, and add what it held until now to its integral."""
    level[row, c.AREA] += level[row, c.LEVEL] * (now - level[row, c.AT])
    level[row, c.AT] = now
    level[row, c.LEVEL] += by


@lean
def bin_of(time):
    """Bin of a time [h]: 32 in each doubling, from a thousandth of an hour.

    Read off the exponent and the first five bits of the fraction of a double (IEEE 754).
    """
    if time <= 0.001:
        return 0
    return min(c.BINS - 1, (np.float64(time * 1000.0).view(np.int64) >> 47) - ONE)


@lean
def pick_way(key, carrier, first_way, share):
    """Draw the way of a box that a carrier brings."""
    way, last = first_way[carrier], first_way[carrier + 1] - 1
    if way < last:
        u = uniform(key, 0)
        while way < last and share[way] < u:
            way += 1
    return way


@hot
def born(n, box, age, keys, level, key, way, origin, now):
    """Take a box from those that are free; -1 and a mark if none is left."""
    b = n[c.FREE]
    if b == c.NONE:
        n[c.FULL] = 1
        return b
    n[c.FREE] = box[b, c.NEXT]
    box[b, c.WAY], box[b, c.NEXT], keys[b] = way, c.NONE, key
    age[b, c.ORIGIN], age[b, c.BORN] = origin, now
    shift(level, c.SYSTEM, now, 1.0)
    return b


@lean
def to_yard(n, box, age, keys, level, ways, flow, due, b, now):
    """Put a box into its block and note the look at which it may leave."""
    way = box[b, c.WAY]
    age[b, c.YARDED] = now
    shift(level, c.BLOCKS + ways[way, c.BLOCK], now, 1.0)
    f = ways[way, c.FLOW]
    stay = gamma(stream(keys[b], 1), flow[f, c.DWELL], flow[f, c.DWELL_SHAPE])
    look = int((now + stay) / c.TICK) + 1
    look = max(min(look, n[c.STEP] + len(due) - 1), n[c.STEP] + 1) % len(due)
    box[b, c.NEXT] = due[look]
    due[look] = b


@hot
def gone(n, box, age, level, ways, tally, hist, warm, b, now):
    """Let a box leave the terminal, and count how long it was there."""
    way = box[b, c.WAY]
    f = ways[way, c.FLOW]
    if ways[way, c.BLOCK] != c.NONE:
        shift(level, c.BLOCKS + ways[way, c.BLOCK], now, -1.0)
    shift(level, c.SYSTEM, now, -1.0)
    level[c.SYSTEM, c.HELD] += now - max(age[b, c.BORN], warm)
    if now >= warm:
        total = now - age[b, c.ORIGIN]
        tally[f, c.GONE] += 1.0
        tally[f, c.TOTAL_SUM] += total
        hist[f, c.TOTAL, bin_of(total)] += 1
        if ways[way, c.BLOCK] != c.NONE:
            stay = now - age[b, c.YARDED]
            tally[f, c.STAY_SUM] += stay
            hist[f, c.STAY, bin_of(stay)] += 1
    box[b, c.NEXT] = n[c.FREE]
    n[c.FREE] = b


@hot
def enqueue(n, queue, ring, row, b):
    """Put a box at the end of a queue; mark the run as full if it has no room."""
    if queue[row, c.QUEUED] == ring.shape[1]:
        n[c.FULL] = 1
        return
    at = queue[row, c.HEAD] + queue[row, c.QUEUED]
    if at >= ring.shape[1]:
        at -= ring.shape[1]
    ring[row, at] = b
    queue[row, c.QUEUED] += 1


@hot
def dequeue(queue, ring, row):
    """Take the first box of a queue that has one."""
    at = queue[row, c.HEAD]
    queue[row, c.HEAD] = at + 1 if at + 1 < ring.shape[1] else 0
    queue[row, c.QUEUED] -= 1
    return np.int64(ring[row, at])
