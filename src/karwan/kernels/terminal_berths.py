"""Calls of a terminal run: they come, wait for a berth and the tide, and leave."""

import math

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import lean
from karwan.kernels.heap import push
from karwan.kernels.terminal_boxes import shift
from karwan.kernels.terminal_draws import exponential, one_gamma, stream

__all__ = ["arrive", "begin_work", "end_work", "free_berth", "may_pass", "schedule", "take_berths"]


@lean
def schedule(n, times, events, carrier, made, call, call_key, seed, k, now):
    """Note the next call of a class, let this one come late, and give it a key of its own."""
    key = stream(stream(seed, k), made[k])
    made[k] += 1
    gap = one_gamma(stream(key, 1), carrier[k, c.INTERVAL], carrier[k, c.SHAPE])
    n[c.SIZE] = push(times, events, n[c.SIZE], now + gap, (k << 4) | c.SCHEDULED)
    slot = n[c.FREE_CALLS]
    if slot == c.NONE:
        n[c.FULL] = 1
        return
    n[c.FREE_CALLS] = int(call[slot, c.PHASE])
    call[slot, : c.VERSION] = 0.0
    call[slot, c.CLASS] = k
    call_key[slot] = key
    late = carrier[k, c.LATE] * exponential(stream(key, 2), 0)
    n[c.SIZE] = push(times, events, n[c.SIZE], now + late, (slot << 4) | c.ARRIVE)


@lean
def arrive(n, carrier, first_way, call, call_key, line, level, outside, part, slot, now):
    """Let a call come with its boxes and join those that wait."""
    row = call[slot]
    k = int(row[c.CLASS])
    side = int(carrier[k, c.SIDE])
    key = call_key[slot]
    outside[k] += one_gamma(stream(key, 3), carrier[k, c.MEAN_SIZE], carrier[k, c.SIZE_SHAPE])
    brought = min(outside[k], carrier[k, c.MOST])
    if first_way[k] < first_way[k + 1]:
        brought = math.floor(brought)
        row[c.IN] = brought
    outside[k] -= brought
    row[c.WORK], row[c.ARRIVED], row[c.PHASE] = brought, now, 0.0
    row[c.RATE] = one_gamma(stream(key, 4), 1.0, part[side, c.SPREAD])
    line[0, n[c.WAITING]] = slot
    n[c.WAITING] += 1
    shift(level, c.CALLS + side, now, 1.0)


@lean
def may_pass(n, carrier, week, k, now):
    """Tell whether a class may pass the channel now."""
    if n[c.STORM] > 0 or week[c.CHANNEL, n[c.LOOK]] == 0.0:
        return False
    half = 0.5 * c.TIDE_PERIOD
    return abs((now + half) % c.TIDE_PERIOD - half) <= carrier[k, c.TIDE]


@lean
def _best_berth(berths, carrier, k):
    best, length = c.NONE, math.inf
    for j in range(len(berths)):
        row = berths[j]
        fits = (
            row[c.OCCUPANT] < 0.0
            and row[c.BERTH_SIDE] == carrier[k, c.SIDE]
            and row[c.BERTH_LENGTH] >= carrier[k, c.LENGTH]
            and row[c.BERTH_DEPTH] >= carrier[k, c.DRAFT]
            and (row[c.BERTH_GAUGE] == carrier[k, c.GAUGE] or row[c.BERTH_GAUGE] == 0.0)
        )
        if fits and row[c.BERTH_LENGTH] < length:
            best, length = j, row[c.BERTH_LENGTH]
        elif fits and best == c.NONE:
            best = j
    return best


@lean
def take_berths(n, times, events, carrier, berths, call, line, level, week, warm, now):
    """Let those that wait, first come first served, take berths that fit them."""
    kept, quays, tracks = 0, 0, 0
    for j in range(len(berths)):
        if berths[j, c.OCCUPANT] < 0.0:
            quays += berths[j, c.BERTH_SIDE] == 0.0
            tracks += berths[j, c.BERTH_SIDE] == 1.0
    for i in range(n[c.WAITING]):
        slot = line[0, i]
        row = call[slot]
        k = int(row[c.CLASS])
        side = int(carrier[k, c.SIDE])
        berth = c.NONE
        free = quays if side == 0 else tracks
        if free > 0 and (side == 1 or may_pass(n, carrier, week, k, now)):
            berth = _best_berth(berths, carrier, k)
        if berth == c.NONE:
            line[0, kept] = slot
            kept += 1
            continue
        berths[berth, c.OCCUPANT] = slot
        quays -= side == 0
        tracks -= side == 1
        row[c.BERTH], row[c.BERTHED] = berth, now
        shift(level, c.CALLS + side, now, -1.0)
        shift(level, c.BERTHS_BUSY + side, now, 1.0)
        level[c.CALLS + side, c.HELD] += now - max(row[c.ARRIVED], warm)
        start = now + 0.5 * carrier[k, c.PREPARE]
        n[c.SIZE] = push(times, events, n[c.SIZE], start, (slot << 4) | c.START)
    n[c.WAITING] = kept


@lean
def begin_work(n, carrier, queue, call, line, slot, now):
    """Let a call join those that cranes work, with the boxes that are ready for it."""
    row = call[slot]
    k = int(row[c.CLASS])
    side = int(carrier[k, c.SIDE])
    ready = queue[c.LANES + k, c.QUEUED] - queue[c.LANES + k, c.RESERVED]
    row[c.OUT] = min(float(ready), carrier[k, c.MOST])
    queue[c.LANES + k, c.RESERVED] += int(row[c.OUT])
    row[c.WORK] += row[c.OUT]
    row[c.SINCE] = now
    line[1 + side, n[c.WORKING + side]] = slot
    n[c.WORKING + side] += 1
    return side


@lean
def end_work(n, times, events, carrier, call, line, slot, now):
    """Take a call whose boxes are moved from those at work; it leaves when it is ready."""
    k = int(call[slot, c.CLASS])
    side = int(carrier[k, c.SIDE])
    kept = 0
    for i in range(n[c.WORKING + side]):
        if line[1 + side, i] != slot:
            line[1 + side, kept] = line[1 + side, i]
            kept += 1
    n[c.WORKING + side] = kept
    end = now + 0.5 * carrier[k, c.PREPARE]
    n[c.SIZE] = push(times, events, n[c.SIZE], end, (slot << 4) | c.LEAVE)
    return side


@lean
def free_berth(n, carrier, berths, call, level, record, warm, slot, now):
    """Let a call leave its berth and note what it saw."""
    row = call[slot]
    side = int(carrier[int(row[c.CLASS]), c.SIDE])
    berths[int(row[c.BERTH]), c.OCCUPANT] = -1.0
    shift(level, c.BERTHS_BUSY + side, now, -1.0)
    if row[c.ARRIVED] >= warm and n[c.RECORDS] < len(record):
        seen = record[n[c.RECORDS]]
        seen[c.SEEN_CLASS], seen[c.SEEN_ARRIVED] = row[c.CLASS], row[c.ARRIVED]
        seen[c.SEEN_BERTHED], seen[c.SEEN_LEFT] = row[c.BERTHED], now
        seen[c.SEEN_IN], seen[c.SEEN_OUT] = row[c.IN], row[c.OUT]
        n[c.RECORDS] += 1
    row[c.PHASE] = n[c.FREE_CALLS]
    n[c.FREE_CALLS] = slot
