"""The event loop of a terminal: vessels, trains, trucks and boxes of one run."""

import numpy as np
from numba import njit

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import lean
from karwan.kernels.heap import pop
from karwan.kernels.terminal_account import account
from karwan.kernels.terminal_passage import pass_until
from karwan.kernels.terminal_quayside import quayside
from karwan.kernels.terminal_setup import (
    fetching,
    first_events,
    free_calls,
    levels,
    ways_taken,
    with_roots,
)
from karwan.kernels.terminal_store import CHUNK
from karwan.kernels.terminal_yard import DUE

__all__ = ["run_terminal"]

CELLS = 128
"""Cells of a half hour that its trucks are first sorted into."""


@njit(cache=True, nogil=True)
def run_terminal(
    seed, warm, end, carrier, ways, share, first_way, flow, room, berths, part, week, site,
    n_boxes, n_records,
):  # fmt: skip
    """Run a terminal from empty to the end of a horizon.

    Every half hour boxes that are due become ready, trucks of the half hour ahead are drawn, and
    hours, tides and full blocks are looked at; calls, cranes, breakdowns and storms move at their
    own times. Between two of these events trucks are taken through the lanes, whose times depend
    on nothing else. All draws have keys of their own, so that one more crane sees the same
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
    ways, (fetch, guide) = ways_taken(ways, carrier, flow, part), fetching(week)
    n, mark = np.zeros(c.NUMBERS, np.int64), np.array([c.VOID, 0, c.VOID, 0], np.uint32)
    times, events = np.empty(200_000), np.empty(200_000, np.int64)
    box, next_of = np.empty(n_boxes, c.BOX), np.empty(n_boxes, np.uint32)
    chunks = n_boxes // CHUNK + DUE + 2 * len(carrier)
    yard, chain = np.empty(chunks * CHUNK, c.BOX), np.empty(chunks, np.uint32)
    waits = np.empty(n_boxes, c.TRUCK)
    asked, come = np.empty(n_boxes, c.TRUCK), np.empty((c.PLACES, n_boxes + 1), c.TRUCK)
    cells, count = np.zeros(CELLS + 1, np.uint32), np.zeros(c.PLACES, np.uint32)
    call, call_key = np.zeros((4_000, c.CALL_COLUMNS)), np.zeros(4_000, np.uint64)
    line = np.zeros((3, 4_000), np.int64)
    queue = np.zeros((c.LANES + len(carrier), c.QUEUE_COLUMNS), np.uint32)
    most = int(part[c.FIRST_LANE :, c.COUNT].max())
    ends = np.empty((c.LANES, most))
    level, due = levels(len(room), len(carrier)), np.full(DUE, c.VOID, np.uint32)
    refused = np.full(len(room), c.VOID, np.uint32)
    tally = np.zeros((len(flow), c.TALLIES))
    hist = np.zeros((len(flow), 3, c.BINS), np.int32)
    record = np.zeros((n_records, c.SEEN_COLUMNS))
    series = np.zeros((int(end / c.TICK), c.SERIES + len(room)), np.float32)
    outside, made = np.zeros(len(carrier)), np.zeros(len(carrier), np.int64)
    free_calls(n, call)
    first_events(n, times, events, carrier, part, site, seed)
    _loop(
        seed, warm, end, carrier, ways, share, first_way, flow, fetch, guide, room, berths, part,
        week, site, n, mark, times, events, box, next_of, waits, yard, chain, asked, cells, come,
        count, ends, refused, call, call_key, line, queue, level, due, tally, hist, record, series,
        outside, made,
    )  # fmt: skip
    account(
        n, mark, box, next_of, waits, yard, chain, ends, level, queue, due, call, line, carrier,
        tally, hist, warm, end,
    )  # fmt: skip
    return n, level, tally, hist, record, series


@lean
def _loop(
    seed, warm, end, carrier, ways, share, first_way, flow, fetch, guide, room, berths, part, week,
    site, n, mark, times, events, box, next_of, waits, yard, chain, asked, cells, come, count,
    ends, refused, call, call_key, line, queue, level, due, tally, hist, record, series, outside,
    made,
):  # fmt: skip
    before = 0.0
    while n[c.FULL] == 0:
        now, code = times[0], events[0]
        pass_until(
            n, mark, box, next_of, waits, yard, chain, come, count, ends, queue, level, ways, flow,
            fetch, guide, part, week, due, tally, hist, warm, before, min(now, end),
        )  # fmt: skip
        if now >= end:
            break
        before = now
        n[c.EVENTS] += 1
        n[c.SIZE] = pop(times, events, n[c.SIZE])
        quayside(
            code & 15, code >> 4, seed, warm, carrier, ways, share, first_way, flow, fetch, guide,
            room, berths, part, week, site, n, mark, times, events, box, next_of, yard, chain,
            asked, cells, come, count, ends, refused, call, call_key, line, queue, level, due,
            tally, hist, record, series, outside, made, now,
        )  # fmt: skip
