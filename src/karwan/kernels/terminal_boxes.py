"""Boxes of a terminal run: born, on trucks and in line, gone; and levels over time."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_draws import uniform

__all__ = [
    "bin_of", "come_in", "dequeue", "enqueue", "give_back", "gone", "pick_way", "shift", "take",
]  # fmt: skip

ONE = 1023 << 5
"""What a 1 begins with, in exponent and five bits."""


@hot
def shift(level, row, now, by):
    """Let a level rise or fall; times of its changes are summed.

    What a level adds up to over a time is what it is at the end times the end, less its changes
    each times the time at which it came: one sum, in whatever order changes are told.
    """
    level[row, c.LEVEL] += by
    level[row, c.AREA] -= by * now


@lean
def bin_of(time):
    """Bin of a time [h]: 32 in each doubling, from a thousandth of an hour.

    Read off the exponent and the first five bits of the fraction of a double (IEEE 754).
    """
    if time <= 0.001:
        return 0
    return min(c.BINS - 1, (np.float64(time * 1000.0).view(np.int64) >> 47) - ONE)


@hot
def pick_way(key, carrier, first_way, share):
    """Draw the way of a box that a carrier brings."""
    u, way = uniform(key, 0), first_way[carrier]
    for other in range(way, first_way[carrier + 1] - 1):
        way += share[other] < u
    return np.uint32(way)


@hot
def come_in(n, level, most, now):
    """Count a box that comes; a mark and no if there are as many as there may be."""
    if n[c.BOXES] == most:
        n[c.FULL] = 1
        return False
    n[c.BOXES] += 1
    shift(level, c.SYSTEM, now, 1.0)
    return True


@hot
def gone(n, level, ways, tally, hist, warm, way, origin, since, now):
    """Let a box leave the terminal, and count how long it was there."""
    f, block = ways[way, c.FLOW], ways[way, c.BLOCK]
    if block != c.VOID:
        shift(level, c.BLOCKS + block, now, -1.0)
    shift(level, c.SYSTEM, now, -1.0)
    n[c.BOXES] -= 1
    level[c.SYSTEM, c.HELD] += now - max(since, warm)
    if now >= warm:
        total = now - origin
        tally[f, c.TOTAL_SUM] += total
        hist[f, c.TOTAL, bin_of(total)] += 1
        if block != c.VOID:
            stay = now - since
            tally[f, c.STAY_SUM] += stay
            hist[f, c.STAY, bin_of(stay)] += 1


@hot
def take(mark, next_of):
    """Take the number of a box on a truck from those that are free."""
    b = mark[c.FREE]
    if b != c.VOID:
        mark[c.FREE] = next_of[b]
        return b
    b = mark[c.FRESH]
    mark[c.FRESH] = b + 1
    return b


@hot
def give_back(mark, next_of, b):
    """Let the number of a box be taken again."""
    next_of[b] = mark[c.FREE]
    mark[c.FREE] = b


@hot
def enqueue(next_of, queue, row, b):
    """Put a box on a truck at the end of a line."""
    next_of[b] = c.VOID
    if queue[row, c.QUEUED] == 0:
        queue[row, c.HEAD] = b
    else:
        next_of[queue[row, c.TAIL]] = b
    queue[row, c.TAIL] = b
    queue[row, c.QUEUED] += np.uint32(1)


@hot
def dequeue(next_of, queue, row):
    """Take the first box of a line that has one."""
    b = queue[row, c.HEAD]
    queue[row, c.HEAD] = next_of[b]
    queue[row, c.QUEUED] -= np.uint32(1)
    return b
