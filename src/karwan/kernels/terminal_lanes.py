"""Lanes that trucks pass: gate, customs, scanners and examination."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_boxes import bin_of, dequeue, enqueue, gone, shift, to_yard
from karwan.kernels.terminal_draws import gamma, uniform
from karwan.kernels.terminal_servers import set_done, set_idle

__all__ = ["come_to_lane", "next_lane", "pass_on", "serve_waiting", "served"]

SERVICE = 4 << 20
"""First number of the key of a box that its time at the first lane uses; a step for each lane."""
STEP = 1 << 20
PASSES = 10
"""Number of the key of a box that says whether it passes the first lane; then the others."""


@lean
def next_lane(lane, key, f, flow, part):
    """Tell which lane a truck passes, from one on; 4 if it has passed all."""
    while lane < c.LANES:
        if part[c.FIRST_LANE + lane, c.COUNT] > 0.0:
            if lane == 0:
                break
            share = flow[f, c.AT_CUSTOMS]
            if lane == 2:
                share = flow[f, c.SCANNED]
            elif lane == 3:
                share = flow[f, c.EXAMINED]
            if share > 0.0 and (share >= 1.0 or uniform(key, PASSES + lane) < share):
                break
        lane += 1
    return np.uint32(lane)


@lean
def _is_open(lane, n, week):
    row = c.GATE if lane == 0 else c.CUSTOMS
    return week[row, n[c.LOOK]] > 0.0


@hot
def _serve(box, link, server, tree, ways, flow, part, lane, slot, b, now):
    row = c.FIRST_LANE + lane
    time = gamma(
        box[b].key, SERVICE + STEP * lane, part[row, c.MEAN], part[row, c.SPREAD], part[row, c.ROOT]
    )
    if lane == 1:
        time += flow[ways[link[b].way, c.FLOW], c.SEALING]
    server[slot].box = b
    set_done(tree, slot, now + time)


@hot
def _begin(box, link, server, tree, queue, level, ways, flow, part, lane, b, now):
    slot = server[queue[lane, c.SERVERS] + queue[lane, c.BUSY]].free
    queue[lane, c.BUSY] += 1
    shift(level, c.LANE_BUSY + lane, now, 1.0)
    _serve(box, link, server, tree, ways, flow, part, lane, slot, b, now)


@hot
def _first_in_line(box, link, queue, level, warm, lane, now):
    b = dequeue(link, queue, lane)
    shift(level, c.LANE_QUEUE + lane, now, -1.0)
    level[c.LANE_QUEUE + lane, c.HELD] += now - max(box[b].stage, warm)
    return b


@hot
def come_to_lane(n, box, link, server, tree, queue, level, ways, flow, part, week, lane, b, now):
    """Let a truck begin at a lane if one is free and open, else wait."""
    row = c.FIRST_LANE + lane
    free = queue[lane, c.BUSY] + part[row, c.DOWN] < part[row, c.COUNT]
    if free and queue[lane, c.QUEUED] == 0 and _is_open(lane, n, week):
        _begin(box, link, server, tree, queue, level, ways, flow, part, lane, b, now)
    else:
        box[b].stage = now
        enqueue(link, queue, lane, b)
        shift(level, c.LANE_QUEUE + lane, now, 1.0)


@lean
def serve_waiting(
    n, box, link, server, tree, queue, level, ways, flow, part, week, warm, lane, now
):
    """Let those that wait at a lane begin while one is free and open."""
    row = c.FIRST_LANE + lane
    while (
        queue[lane, c.QUEUED] > 0
        and queue[lane, c.BUSY] + part[row, c.DOWN] < part[row, c.COUNT]
        and _is_open(lane, n, week)
    ):
        b = _first_in_line(box, link, queue, level, warm, lane, now)
        _begin(box, link, server, tree, queue, level, ways, flow, part, lane, b, now)


@hot
def pass_on(n, mark, box, link, level, ways, flow, fetch, due, tally, hist, warm, b, now):
    """Let a truck that has passed all lanes leave, or set its box down in the yard."""
    own, way = box[b], link[b].way
    f = ways[way, c.FLOW]
    if now >= warm:
        turn = now - own.came
        tally[f, c.TURNS] += 1.0
        tally[f, c.TURN_SUM] += turn
        hist[f, c.TURN, bin_of(turn)] += 1
    if ways[way, c.BY_TRUCK]:
        gone(mark, box, link, level, ways, tally, hist, warm, b, now)
    else:
        level[c.BLOCKS + ways[way, c.BLOCK], c.ON_THE_WAY] -= 1.0
        to_yard(n, box, link, level, ways, flow, fetch, due, b, now)


@hot
def served(
    n, mark, box, link, server, tree, queue, level, ways, flow, part, week, fetch, due, tally, hist,
    warm, slot, now,
):  # fmt: skip
    """End the time of a truck at a lane: the next one begins, and it goes on."""
    lane, b = server[slot].lane, server[slot].box
    row = c.FIRST_LANE + lane
    if (
        queue[lane, c.QUEUED] > 0
        and queue[lane, c.BUSY] + part[row, c.DOWN] <= part[row, c.COUNT]
        and _is_open(lane, n, week)
    ):
        after = _first_in_line(box, link, queue, level, warm, lane, now)
        _serve(box, link, server, tree, ways, flow, part, lane, slot, after, now)
    else:
        queue[lane, c.BUSY] -= 1
        server[queue[lane, c.SERVERS] + queue[lane, c.BUSY]].free = slot
        shift(level, c.LANE_BUSY + lane, now, -1.0)
        set_idle(tree, slot)
    key, f = box[b].key, ways[link[b].way, c.FLOW]
    lane = next_lane(lane + 1, key, f, flow, part)
    if lane < c.LANES:
        come_to_lane(n, box, link, server, tree, queue, level, ways, flow, part, week, lane, b, now)
    else:
        pass_on(n, mark, box, link, level, ways, flow, fetch, due, tally, hist, warm, b, now)
