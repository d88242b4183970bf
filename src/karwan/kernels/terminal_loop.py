"""The event loop of a terminal: vessels, trains, trucks and boxes of one run."""

import numpy as np
from numba import njit

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import lean
from karwan.kernels.heap import pop
from karwan.kernels.terminal_boxes import shift
from karwan.kernels.terminal_lanes import come_to_lane, next_lane, pass_on, served
from karwan.kernels.terminal_quayside import quayside
from karwan.kernels.terminal_servers import NEVER, done_at, put_servers, trees
from karwan.kernels.terminal_setup import (
    fetching,
    first_events,
    free_calls,
    levels,
    ways_taken,
    with_roots,
)
from karwan.kernels.terminal_trucks import who_comes

__all__ = ["run_terminal"]

PLACES = 256
"""Places of a half hour that its trucks are first sorted into."""


@njit(cache=True)
def _account(n, mark, box, link, level, queue, call, line, carrier, warm, end):
    """Add what is held at the end to what was held, so that it equals the integrals."""
    used = np.ones(mark[c.FRESH], np.bool_)
    b = mark[c.FREE]
    while b != c.VOID:
        used[b] = False
        b = link[b].next
    n[c.BOXES] = 0
    for b in range(len(used)):
        if used[b]:
            n[c.BOXES] += 1
            level[c.SYSTEM, c.HELD] += end - max(box[b].born, warm)
    for q in range(len(queue)):
        row = c.LANE_QUEUE + q if q < c.LANES else len(level) - len(carrier) + q - c.LANES
        b = queue[q, c.HEAD]
        for _ in range(queue[q, c.QUEUED]):
            level[row, c.HELD] += end - max(box[b].stage, warm)
            b = link[b].next
    for i in range(n[c.WAITING]):
        row = call[line[0, i]]
        side = int(carrier[int(row[c.CLASS]), c.SIDE])
        level[c.CALLS + side, c.HELD] += end - max(row[c.ARRIVED], warm)
    for row in range(len(level)):
        shift(level, row, end, 0.0)
        if n[c.STEP] * c.TICK < warm:  # cut short before the warm-up was over: nothing counts
            level[row, c.AREA] = level[row, c.HELD] = 0.0


@njit(cache=True, nogil=True)
def run_terminal(
    seed, warm, end, carrier, ways, share, first_way, flow, room, berths, part, week, site,
    n_boxes, n_records,
):  # fmt: skip
    """Run a terminal from empty to the end of a horizon.

    Every half hour boxes that are due become ready, trucks of the half hour ahead are drawn, and
    hours, tides and full blocks are looked at; calls, cranes, lanes, breakdowns and storms move
    at their own times. All draws have keys of their own, so that one more crane sees the same
    calls, boxes and times (common random numbers).

    Parameters
    ----------
    seed : uint64
        Key of the run.
    warm, end : float
        Length of the warm-up, a multiple of half an hour, and of the whole run [h].
    carrier : float64[n_carriers, 14]
        Classes of vessels, trains and trucks; columns as in `terminal_layout`.
    ways : int64[n_ways, 4]
        Flow, carrier that brings, carrier that takes and block, -1 for none; by carrier.
    share : float64[n_ways]
        Cumulative share of the boxes of the carrier that brings.
    first_way : int64[n_carriers + 1]
        ``ways[first_way[k]:first_way[k + 1]]`` are those of carrier k.
    flow : float64[n_flows, 6]
        Time in the yard, its shape, and shares at lanes.
    room : float64[n_blocks]
        Boxes that each block holds.
    berths : float64[n_berths, 5]
        Berths and tracks.
    part : float64[6, 6]
        Cranes and lanes: number, down, times between and of repairs, rate or time, its shape.
    week : float64[7, 336]
        Half hours of the week: what is open, trucks, share of ready boxes fetched.
    site : float64[4]
        Crane interference, storms, trucks let in.
    n_boxes, n_records : int
        Boxes that there may be at once; calls that are recorded.

    Returns
    -------
    n : int64[14]
        Counts; ``n[FULL]`` is 1 if the run was cut short because a queue or the yard overflowed.
    level : float64[n_levels, 5]
        Levels with their integrals and with what was held [h].
    tally : float64[n_flows, 6]
        Boxes and times of each flow after the warm-up.
    hist : int32[n_flows, 3, 1024]
        Histograms of stays in the yard, whole times and truck turns.
    record : float64[n_records, 6]
        Calls that came after the warm-up and left.
    series : float32[n_looks, 6 + n_blocks]
        What was there at each half hour.
    """
    berths, part, flow = berths.copy(), with_roots(part, c.SPREAD), with_roots(flow, c.DWELL_SHAPE)
    ways, fetch = ways_taken(ways, carrier), fetching(week)
    n, mark = np.zeros(c.NUMBERS, np.int64), np.array([c.VOID, 0, 0], np.uint32)
    times, events = np.empty(200_000), np.empty(200_000, np.int64)
    box, link = np.empty(n_boxes, c.BOX), np.empty(n_boxes, c.LINK)
    truck, asked = np.empty(n_boxes + 1, c.TRUCK), np.empty(n_boxes + 1, c.TRUCK)
    places = np.zeros(PLACES + 1, np.uint32)
    truck[0].at = np.inf
    call, call_key = np.zeros((4_000, c.CALL_COLUMNS)), np.zeros(4_000, np.uint64)
    line = np.zeros((3, 4_000), np.int64)
    queue = np.zeros((c.LANES + len(carrier), c.QUEUE_COLUMNS), np.uint32)
    nodes, servers = trees(part)
    tree, server = np.full(nodes, NEVER, np.int64), np.zeros(servers, c.SERVER)
    level, due = levels(len(room), len(carrier)), np.full(8_192, c.VOID, np.uint32)
    refused = np.full(len(room), c.VOID, np.uint32)
    tally = np.zeros((len(flow), c.TALLIES))
    hist = np.zeros((len(flow), 3, c.BINS), np.int32)
    record = np.zeros((n_records, c.SEEN_COLUMNS))
    series = np.zeros((int(end / c.TICK), c.SERIES + len(room)), np.float32)
    outside, made = np.zeros(len(carrier)), np.zeros(len(carrier), np.int64)
    free_calls(n, call)
    put_servers(server, queue, part)
    first_events(n, times, events, carrier, part, site, seed)
    _loop(
        seed, warm, end, carrier, ways, share, first_way, flow, fetch, room, berths, part, week,
        site, n, mark, times, events, box, link, asked, places, truck, refused, server, tree, call,
        call_key, line, queue, level, due, tally, hist, record, series, outside, made,
    )  # fmt: skip
    _account(n, mark, box, link, level, queue, call, line, carrier, warm, end)
    return n, level, tally, hist, record, series


@lean
def _loop(
    seed, warm, end, carrier, ways, share, first_way, flow, fetch, room, berths, part, week,
    site, n, mark, times, events, box, link, asked, places, truck, refused, server, tree, call,
    call_key, line, queue, level, due, tally, hist, record, series, outside, made,
):  # fmt: skip
    while n[c.FULL] == 0:
        coming = truck[mark[c.NEXT_TRUCK]].at
        slot, done = done_at(tree)
        now = min(coming, done, times[0])
        if now >= end:
            break
        n[c.EVENTS] += 1
        if done <= now:
            served(
                n, mark, box, link, server, tree, queue, level, ways, flow, part, week, fetch, due,
                tally, hist, warm, slot, now,
            )  # fmt: skip
        elif coming <= now:
            b = who_comes(n, mark, box, truck, now)
            lane = next_lane(0, box[b].key, ways[link[b].way, c.FLOW], flow, part)
            if lane < c.LANES:
                come_to_lane(
                    n, box, link, server, tree, queue, level, ways, flow, part, week, lane, b, now
                )
            else:
                pass_on(
                    n, mark, box, link, level, ways, flow, fetch, due, tally, hist, warm, b, now
                )
        else:
            code = events[0]
            n[c.SIZE] = pop(times, events, n[c.SIZE])
            quayside(
                code & 15, code >> 4, seed, warm, carrier, ways, share, first_way, flow, fetch,
                room, berths, part, week, site, n, mark, times, events, box, link, asked, places,
                truck, refused, server, tree, call, call_key, line, queue, level, due, tally, hist,
                record, series, outside, made, now,
            )  # fmt: skip
