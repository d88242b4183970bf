"""Lanes that trucks pass: gate, customs, scanners and examination.

Trucks pass on from lane to lane and never back, and nothing but breakdowns and hours changes a
lane from outside. So between two events of these, each lane is worked through by itself: its
trucks in order of time, first come first served. When a truck comes it is known when it begins,
as all before it have begun: at once, or when the first of the servers ends (the recursion of
Kiefer and Wolfowitz 1955). Ends are only looked at when all servers seem to be at work.
"""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_boxes import dequeue, enqueue, shift
from karwan.kernels.terminal_draws import gamma
from karwan.kernels.terminal_places import copy, go_on

__all__ = ["first_free", "pass_lane", "rest_of_work"]

SERVICE = 4 << 20
"""First number of the key of a box that its time at the first lane uses; a step for each lane."""
STEP = 1 << 20


@lean
def _able(n, part, week, lane):
    """Servers of a lane that may begin now: none if it is closed."""
    row = c.FIRST_LANE + lane
    if week[c.GATE if lane == 0 else c.CUSTOMS, n[c.LOOK]] == 0.0:
        return 0
    return max(0, int(part[row, c.COUNT] - part[row, c.DOWN]))


@hot
def _still_at_work(ends, lane, busy, now):
    """Keep the ends of work that lie ahead; return how many."""
    kept = 0
    for i in range(busy):
        end = ends[lane, i]
        ends[lane, kept] = end
        kept += end > now
    return kept


@lean
def first_free(ends, lane, busy, servers):
    """Return when fewer than all servers will be at work, and put the ends until then last.

    More may be at work than there are servers, where one broke down; those end first.
    """
    for last in range(busy - 1, servers - 2, -1):
        first = last
        for i in range(last):
            if ends[lane, i] < ends[lane, first]:
                first = i
        ends[lane, first], ends[lane, last] = ends[lane, last], ends[lane, first]
    return ends[lane, servers - 1]


@hot
def _begin(n, come, count, ends, level, lane, busy, truck, now):
    """Let a truck be served; it is known when it goes on. Return how many are at work."""
    end = now + truck.takes
    ends[lane, busy] = end
    level[c.LANE_BUSY + lane, c.AREA] += truck.takes
    go_on(come, count, truck, end)
    n[c.EVENTS] += 1
    return busy + 1


@hot
def _serve_line(
    n, next_of, waits, come, count, ends, queue, level, warm, lane, servers, busy, since, now
):  # fmt: skip
    """Let those that wait begin, from a time on until now; return how many are at work."""
    while queue[lane, c.QUEUED] > 0 and servers > 0:
        start = since
        if busy >= servers:
            busy = _still_at_work(ends, lane, busy, since)
        if busy >= servers:
            start = first_free(ends, lane, busy, servers)
            if start > now:
                break
            busy = servers - 1
        truck = waits[dequeue(next_of, queue, lane)]
        shift(level, c.LANE_QUEUE + lane, start, -1.0)
        level[c.LANE_QUEUE + lane, c.HELD] += start - max(truck.at, warm)
        busy = _begin(n, come, count, ends, level, lane, busy, truck, start)
    return busy


@hot
def _draw_times(box, come, ways, flow, part, lane, first, last):
    row = c.FIRST_LANE + lane
    mean, spread, root = part[row, c.MEAN], part[row, c.SPREAD], part[row, c.ROOT]
    for i in range(first, last):
        truck = come[lane, i]
        time = gamma(box[truck.box].key, SERVICE + STEP * lane, mean, spread, root)
        if lane == 1:
            time += flow[ways[box[truck.box].way, c.FLOW], c.SEALING]
        truck.takes = time


@hot
def pass_lane(
    n, box, next_of, waits, come, count, ends, queue, level, ways, flow, part, week, warm, lane,
    first, since, now,
):  # fmt: skip
    """Let trucks come to a lane and begin there, from a time on until now.

    Those from number `first` on come, up to the last that comes until now; return how many have.
    """
    servers, last = _able(n, part, week, lane), first
    while last < count[lane] and come[lane, last].at <= now:
        last += 1
    _draw_times(box, come, ways, flow, part, lane, first, last)
    busy = _serve_line(
        n, next_of, waits, come, count, ends, queue, level, warm, lane, servers,
        np.int64(queue[lane, c.BUSY]), since, now,
    )  # fmt: skip
    for i in range(first, last):
        truck = come[lane, i]
        start = truck.at
        if busy >= servers:
            busy = _still_at_work(ends, lane, busy, start)
            if busy >= servers:
                start = np.inf
                if servers > 0 and queue[lane, c.QUEUED] == 0:
                    start = first_free(ends, lane, busy, servers)
                shift(level, c.LANE_QUEUE + lane, truck.at, 1.0)
                if start > now:
                    copy(waits[truck.box], truck)
                    enqueue(next_of, queue, lane, truck.box)
                    continue
                busy = servers - 1
                shift(level, c.LANE_QUEUE + lane, start, -1.0)
                level[c.LANE_QUEUE + lane, c.HELD] += start - max(truck.at, warm)
        busy = _begin(n, come, count, ends, level, lane, busy, truck, start)
    queue[lane, c.BUSY] = busy
    return last


@lean
def rest_of_work(ends, queue, lane, now):
    """Tell for how long those at work at a lane still are, together [h], and how many are."""
    rest, busy = 0.0, 0
    for i in range(queue[lane, c.BUSY]):
        rest += max(0.0, ends[lane, i] - now)
        busy += ends[lane, i] > now
    return rest, busy
