"""What is not a truck: looks every half hour, calls, cranes, breakdowns, storms."""

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.heap import push
from karwan.kernels.terminal_berths import (
    arrive,
    begin_work,
    end_work,
    free_berth,
    may_pass,
    schedule,
    take_berths,
)
from karwan.kernels.terminal_cranes import advance, share_cranes
from karwan.kernels.terminal_draws import exponential, stream
from karwan.kernels.terminal_lanes import rest_of_work
from karwan.kernels.terminal_setup import STORM_KEYS, mend
from karwan.kernels.terminal_trucks import ask_again, bring_trucks, line_up, release_due

__all__ = ["quayside"]

SLOT_BITS = 12
BOTH = 2


@hot
def _look(n, level, queue, carrier, outside, series):
    if n[c.STEP] >= len(series):
        return
    row = series[n[c.STEP]]
    blocks = len(level) - len(carrier) - c.BLOCKS
    row[c.IN_SYSTEM] = level[c.SYSTEM, c.LEVEL]
    for b in range(blocks):
        row[c.IN_YARD] += level[c.BLOCKS + b, c.LEVEL]
        row[c.SERIES + b] = level[c.BLOCKS + b, c.LEVEL]
    row[c.CALLS_WAITING] = n[c.WAITING]
    for lane in range(c.LANES):
        row[c.TRUCKS_WAITING] += queue[lane, c.QUEUED]
    for k in range(len(carrier)):
        row[c.FOR_CARRIERS] += queue[c.LANES + k, c.QUEUED]
        row[c.OUTSIDE] += outside[k]


@lean
def _start_afresh(level, ends, queue, now):
    """Forget what was summed before now, but for the rest of the times of those at work."""
    for row in range(len(level)):
        level[row, c.AREA], level[row, c.HELD] = -level[row, c.LEVEL] * now, 0.0
    for lane in range(c.LANES):
        level[c.LANE_BUSY + lane, c.AREA], _ = rest_of_work(ends, queue, lane, now)


@lean
def _half_hour(
    seed, warm, carrier, ways, share, first_way, flow, fetch, guide, room, week, site, n,
    mark, times, events, box, next_of, yard, chain, asked, cells, come, count, ends, refused,
    queue, level, due, series, outside, made, now,
):  # fmt: skip
    n[c.STEP] = int(now / c.TICK + 0.5)
    n[c.LOOK] = n[c.STEP] % c.WEEK
    if now == warm:
        _start_afresh(level, ends, queue, now)
    _look(n, level, queue, carrier, outside, series)
    n[c.SIZE] = push(times, events, n[c.SIZE], (n[c.STEP] + 1) * c.TICK, c.CLOCK)
    bring_trucks(
        n, mark, box, next_of, asked, cells, refused, level, ways, flow, first_way, share, carrier,
        made, week, room, seed, now,
    )  # fmt: skip
    ask_again(
        n, box, next_of, asked, cells, refused, level, ways, flow, week, room, site[c.SLOTS], now
    )
    release_due(
        n, mark, box, next_of, yard, chain, asked, cells, queue, level, ways, flow, carrier, fetch,
        guide, due, site[c.SLOTS], now,
    )  # fmt: skip
    line_up(n, asked, cells, come, count)


@lean
def _sail(n, carrier, berths, call, level, record, week, warm, now):
    for j in range(len(berths)):
        slot = int(berths[j, c.OCCUPANT])
        if slot >= 0 and call[slot, c.PHASE] == c.HELD_BACK:
            k = int(call[slot, c.CLASS])
            if may_pass(n, carrier, week, k, now):
                free_berth(n, carrier, berths, call, level, record, warm, slot, now)


@lean
def _storm(n, times, events, site, seed, turn, now):
    begins = turn % 2 == 0
    n[c.STORM] = 1 if begins else 0
    key = stream(stream(seed, STORM_KEYS), turn + 1)
    time = now + (site[c.STORM_H] if begins else site[c.STORMS]) * exponential(key, 0)
    n[c.SIZE] = push(times, events, n[c.SIZE], time, ((turn + 1) << 4) | c.STORM_CHANGE)


@lean
def quayside(
    kind, what, seed, warm, carrier, ways, share, first_way, flow, fetch, guide, room, berths,
    part, week, site, n, mark, times, events, box, next_of, yard, chain, asked, cells, come, count,
    ends, refused, call, call_key, line, queue, level, due, tally, hist, record, series, outside,
    made, now,
):  # fmt: skip
    """Do one event, deal out cranes anew where it changed who works, and let calls take berths."""
    side, berth = c.NONE, False
    if kind == c.CLOCK:
        _half_hour(
            seed, warm, carrier, ways, share, first_way, flow, fetch, guide, room, week, site, n,
            mark, times, events, box, next_of, yard, chain, asked, cells, come, count, ends,
            refused, queue, level, due, series, outside, made, now,
        )  # fmt: skip
        _sail(n, carrier, berths, call, level, record, week, warm, now)
        side, berth = BOTH, True
    elif kind == c.SCHEDULED:
        schedule(n, times, events, carrier, made, call, call_key, seed, what, now)
    elif kind == c.ARRIVE:
        arrive(n, carrier, first_way, call, call_key, line, level, outside, part, what, now)
        berth = True
    elif kind == c.START:
        side = begin_work(n, carrier, queue, call, line, what, now)
    elif kind == c.WORKED:
        slot = what & ((1 << SLOT_BITS) - 1)
        if call[slot, c.VERSION] != what >> SLOT_BITS:
            n[c.EVENTS] -= 1
            return
        advance(
            n, mark, yard, chain, queue, level, ways, first_way, share, flow, fetch, guide, carrier,
            room, len(box), call, call_key, due, tally, hist, warm, slot, now,
        )  # fmt: skip
        if call[slot, c.WORK] - call[slot, c.DONE] < 1e-6:
            side = end_work(n, times, events, carrier, call, line, slot, now)
    elif kind == c.LEAVE:
        k = int(call[what, c.CLASS])
        if carrier[k, c.SIDE] == 0 and not may_pass(n, carrier, week, k, now):
            call[what, c.PHASE] = c.HELD_BACK
        else:
            free_berth(n, carrier, berths, call, level, record, warm, what, now)
            berth = True
    elif kind == c.MEND:
        part_row = mend(n, times, events, part, seed, what, now)
        if part_row < c.FIRST_LANE:
            side = part_row
    else:
        _storm(n, times, events, site, seed, what, now)
        side, berth = 0, True
    if berth and n[c.WAITING] > 0:
        take_berths(n, times, events, carrier, berths, call, line, level, week, warm, now)
    for s in range(2):
        if side == s or (side == BOTH and n[c.WORKING + s] > 0):
            share_cranes(
                n, mark, times, events, yard, chain, queue, level, ways, first_way, share, flow,
                fetch, guide, carrier, room, len(box), call, call_key, line, part, week, site, due,
                tally, hist, warm, s, now,
            )  # fmt: skip
