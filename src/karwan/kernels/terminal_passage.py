"""The way of trucks through a terminal until the next event from outside: lanes, then out."""

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot
from karwan.kernels.terminal_boxes import bin_of, give_back, gone
from karwan.kernels.terminal_lanes import pass_lane
from karwan.kernels.terminal_places import copy, drop_first, go_on, in_order
from karwan.kernels.terminal_yard import to_yard

__all__ = ["pass_until"]


@hot
def _note_turn(tally, hist, warm, f, truck):
    if truck.at >= warm:
        turn = truck.at - truck.came
        tally[f, c.TURN_SUM] += turn
        hist[f, c.TURN, bin_of(turn)] += 1


@hot
def _leave(n, mark, box, next_of, come, count, level, ways, tally, hist, warm, now):
    kept = 0
    for i in range(count[c.LEAVES]):
        truck = come[c.LEAVES, i]
        if truck.at > now:
            copy(come[c.LEAVES, kept], truck)
            kept += 1
            continue
        own = box[truck.box]
        _note_turn(tally, hist, warm, ways[own.way, c.FLOW], truck)
        gone(n, level, ways, tally, hist, warm, own.way, own.origin, own.since, truck.at)
        give_back(mark, next_of, truck.box)
    count[c.LEAVES] = kept


@hot
def _set_down(
    n, mark, box, next_of, yard, chain, come, count, level, ways, flow, fetch, guide, due, tally,
    hist, warm, now,
):  # fmt: skip
    in_order(come, count, c.SETS_DOWN)
    done = 0
    while done < count[c.SETS_DOWN] and come[c.SETS_DOWN, done].at <= now:
        truck = come[c.SETS_DOWN, done]
        own = box[truck.box]
        _note_turn(tally, hist, warm, ways[own.way, c.FLOW], truck)
        level[c.SYSTEM, c.HELD] += truck.at - max(own.since, warm)
        level[c.BLOCKS + ways[own.way, c.BLOCK], c.ON_THE_WAY] -= 1.0
        to_yard(
            n, mark, yard, chain, level, ways, flow, fetch, guide, due, own.key, own.origin,
            own.way, truck.at,
        )  # fmt: skip
        give_back(mark, next_of, truck.box)
        done += 1
    drop_first(come, count, c.SETS_DOWN, done)


@hot
def pass_until(
    n, mark, box, next_of, waits, yard, chain, come, count, ends, queue, level, ways, flow, fetch,
    guide, part, week, due, tally, hist, warm, since, now,
):  # fmt: skip
    """Take all trucks through the lanes until now, and let boxes leave or be set down."""
    first = n[c.COME]
    if part[c.FIRST_LANE, c.COUNT] > 0.0:
        last = pass_lane(
            n, box, next_of, waits, come, count, ends, queue, level, ways, flow, part, week, warm,
            0, first, since, now,
        )  # fmt: skip
    else:
        last = first
        while last < count[0] and come[0, last].at <= now:
            go_on(come, count, come[0, last], come[0, last].at)
            last += 1
    n[c.COME] = last
    n[c.EVENTS] += last - first
    for lane in range(1, c.LANES):
        if count[lane] > 0 or queue[lane, c.QUEUED] > 0:
            in_order(come, count, lane)
            last = pass_lane(
                n, box, next_of, waits, come, count, ends, queue, level, ways, flow, part, week,
                warm, lane, 0, since, now,
            )  # fmt: skip
            drop_first(come, count, lane, last)
    _leave(n, mark, box, next_of, come, count, level, ways, tally, hist, warm, now)
    _set_down(
        n, mark, box, next_of, yard, chain, come, count, level, ways, flow, fetch, guide, due,
        tally, hist, warm, now,
    )  # fmt: skip
