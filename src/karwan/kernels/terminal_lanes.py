"""Lanes that trucks pass: gate, customs, scanners and examination."""

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.heap import push
from karwan.kernels.terminal_boxes import bin_of, dequeue, enqueue, gone, shift, to_yard
from karwan.kernels.terminal_draws import gamma, stream, uniform

__all__ = ["come_to_lane", "next_lane", "pass_on", "serve_waiting", "served"]


@lean
def next_lane(lane, key, f, flow, part):
    """Tell which lane a truck passes after another, -1 for the first; 4 if it has passed all."""
    lane += 1
    while lane < c.LANES:
        if part[c.FIRST_LANE + lane, c.COUNT] > 0.0:
            if lane == 0:
                return lane
            share = flow[f, c.AT_CUSTOMS]
            if lane == 2:
                share = flow[f, c.SCANNED]
            elif lane == 3:
                share = flow[f, c.EXAMINED]
            if share > 0.0 and (share >= 1.0 or uniform(key, 10 + lane) < share):
                return lane
        lane += 1
    return lane


@lean
def _is_open(lane, n, week):
    row = c.GATE if lane == 0 else c.CUSTOMS
    return week[row, n[c.LOOK]] > 0.0


@hot
def _serve(n, times, events, box, keys, queue, level, ways, flow, part, lane, b, now):
    row = c.FIRST_LANE + lane
    key = stream(keys[b], 2 + lane)
    time = gamma(key, part[row, c.MEAN], part[row, c.SPREAD])
    if lane == 1:
        time += flow[ways[box[b, c.WAY], c.FLOW], c.SEALING]
    queue[lane, c.BUSY] += 1
    shift(level, c.LANE_BUSY + lane, now, 1.0)
    code = (b << 6) | (lane << 4) | c.SERVED
    n[c.SIZE] = push(times, events, n[c.SIZE], now + time, code)


@hot
def come_to_lane(
    n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, lane, b, now
):
    """Let a truck begin at a lane if one is free and open, else wait."""
    row = c.FIRST_LANE + lane
    free = queue[lane, c.BUSY] + part[row, c.DOWN] < part[row, c.COUNT]
    if free and queue[lane, c.QUEUED] == 0 and _is_open(lane, n, week):
        _serve(n, times, events, box, keys, queue, level, ways, flow, part, lane, b, now)
    else:
        age[b, c.STAGE] = now
        enqueue(n, queue, ring, lane, b)
        shift(level, c.LANE_QUEUE + lane, now, 1.0)


@hot
def _serve_next(
    n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, warm, lane, now
):
    row = c.FIRST_LANE + lane
    if queue[lane, c.BUSY] + part[row, c.DOWN] >= part[row, c.COUNT] or not _is_open(lane, n, week):
        return False
    b = dequeue(queue, ring, lane)
    shift(level, c.LANE_QUEUE + lane, now, -1.0)
    level[c.LANE_QUEUE + lane, c.HELD] += now - max(age[b, c.STAGE], warm)
    _serve(n, times, events, box, keys, queue, level, ways, flow, part, lane, b, now)
    return True


@lean
def serve_waiting(
    n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, warm, lane, now
):
    """Let those that wait at a lane begin while one is free and open."""
    while queue[lane, c.QUEUED] > 0:
        if not _serve_next(
            n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, warm,
            lane, now,
        ):  # fmt: skip
            break


@hot
def pass_on(n, box, age, keys, level, ways, flow, carrier, due, tally, hist, warm, b, now):
    """Let a truck that has passed all lanes leave, or set its box down in the yard."""
    way = box[b, c.WAY]
    f = ways[way, c.FLOW]
    if now >= warm:
        turn = now - age[b, c.CAME]
        tally[f, c.TURNS] += 1.0
        tally[f, c.TURN_SUM] += turn
        hist[f, c.TURN, bin_of(turn)] += 1
    if carrier[ways[way, c.TO], c.SIDE] == c.TRUCK_SIDE:
        gone(n, box, age, level, ways, tally, hist, warm, b, now)
    else:
        level[c.BLOCKS + ways[way, c.BLOCK], c.ON_THE_WAY] -= 1.0
        to_yard(n, box, age, keys, level, ways, flow, due, b, now)


@hot
def served(
    n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, carrier, due,
    tally, hist, warm, lane, b, now,
):  # fmt: skip
    """End the time of a truck at a lane: the next one begins, and it goes on."""
    queue[lane, c.BUSY] -= 1
    shift(level, c.LANE_BUSY + lane, now, -1.0)
    if queue[lane, c.QUEUED] > 0:
        _serve_next(
            n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, warm,
            lane, now,
        )  # fmt: skip
    after = next_lane(lane, keys[b], ways[box[b, c.WAY], c.FLOW], flow, part)
    if after < c.LANES:
        come_to_lane(
            n, times, events, box, age, keys, queue, ring, level, ways, flow, part, week, after,
            b, now,
        )  # fmt: skip
    else:
        pass_on(n, box, age, keys, level, ways, flow, carrier, due, tally, hist, warm, b, now)
