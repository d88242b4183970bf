"""What a run of a terminal holds at its end."""

import numpy as np
from numba import njit

from karwan.kernels import terminal_layout as c
from karwan.kernels.terminal_lanes import rest_of_work
from karwan.kernels.terminal_store import CHUNK, after

__all__ = ["account"]


@njit(cache=True)
def _held_in_yard(n, yard, chain, level, queue, due, carriers, warm, end):
    """Add what boxes on piles and in queues were held until the end; count them."""
    for at in range(len(due)):
        place = due[at]
        while place != c.VOID:
            place -= np.uint32(1)
            n[c.BOXES] += 1
            level[c.SYSTEM, c.HELD] += end - max(yard[place].since, warm)
            if place % CHUNK == 0:
                place = chain[place // CHUNK]
    for k in range(carriers):
        place = queue[c.LANES + k, c.HEAD]
        for left in range(queue[c.LANES + k, c.QUEUED], 0, -1):
            n[c.BOXES] += 1
            level[c.SYSTEM, c.HELD] += end - max(yard[place].since, warm)
            level[len(level) - carriers + k, c.HELD] += end - max(yard[place].ready * c.TICK, warm)
            if left > 1:
                place = after(chain, place)


@njit(cache=True)
def account(
    n, mark, box, next_of, waits, yard, chain, ends, level, queue, due, call, line, carrier, tally,
    hist, warm, end,
):  # fmt: skip
    """Add what is held at the end to what was held, so that it equals the integrals."""
    n[c.BOXES] = 0
    used = np.ones(mark[c.FRESH], np.bool_)
    b = mark[c.FREE]
    while b != c.VOID:
        used[b] = False
        b = next_of[b]
    for b in range(len(used)):
        if used[b]:
            n[c.BOXES] += 1
            level[c.SYSTEM, c.HELD] += end - max(box[b].since, warm)
    for lane in range(c.LANES):
        b = queue[lane, c.HEAD]
        for _ in range(queue[lane, c.QUEUED]):
            level[c.LANE_QUEUE + lane, c.HELD] += end - max(waits[b].at, warm)
            b = next_of[b]
    _held_in_yard(n, yard, chain, level, queue, due, len(carrier), warm, end)
    for i in range(n[c.WAITING]):
        row = call[line[0, i]]
        side = int(carrier[int(row[c.CLASS]), c.SIDE])
        level[c.CALLS + side, c.HELD] += end - max(row[c.ARRIVED], warm)
    level[:, c.AREA] += level[:, c.LEVEL] * end
    for lane in range(c.LANES):
        rest, at_work = rest_of_work(ends, queue, lane, end)
        level[c.LANE_BUSY + lane, c.AREA] -= rest
        n[c.EVENTS] -= at_work
    if n[c.STEP] * c.TICK < warm:  # cut short before the warm-up was over: nothing counts
        level[:, c.AREA] = level[:, c.HELD] = 0.0
    for f in range(len(tally)):
        tally[f, c.GONE], tally[f, c.TURNS] = hist[f, c.TOTAL].sum(), hist[f, c.TURN].sum()
