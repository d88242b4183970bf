"""The arrays that a run of a terminal begins with."""

import math

import numpy as np
from numba import njit

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import lean
from karwan.kernels.heap import push
from karwan.kernels.terminal_draws import exponential, one_gamma, root_of, stream, uniform

__all__ = ["fetching", "first_events", "free_calls", "levels", "mend", "ways_taken", "with_roots"]

UNIT_KEYS, STORM_KEYS, FIRST_CALL_KEYS = 5_000, 6_000, 7_000
LEAST_LEFT = 1e-15
"""Share of boxes that even a half hour leaves in which all are fetched; its logarithm is used."""


@lean
def free_calls(n, call):
    """Chain all slots of calls as free."""
    for slot in range(len(call)):
        call[slot, c.PHASE] = slot + 1
    call[len(call) - 1, c.PHASE] = c.NONE
    n[c.FREE_CALLS] = 0


@njit(cache=True)
def levels(n_blocks, n_carriers):
    """Levels at nothing: the fixed ones, blocks, and boxes that wait for each carrier."""
    return np.zeros((c.BLOCKS + n_blocks + n_carriers, c.LEVEL_COLUMNS))


@njit(cache=True)
def ways_taken(ways, carrier, flow, part):
    """Lay out ways without sign, with whether a truck takes the box and where trucks come to."""
    found = np.zeros((len(ways), c.WAY_COLUMNS), np.uint32)
    for way in range(len(ways)):
        for column in range(4):
            found[way, column] = ways[way, column]
        by_truck = carrier[ways[way, c.TO], c.SIDE] == c.TRUCK_SIDE
        found[way, c.BY_TRUCK] = by_truck
        found[way, c.SURE] = 1 << (c.LEAVES if by_truck else c.SETS_DOWN)
        for lane, column in ((1, c.AT_CUSTOMS), (2, c.SCANNED), (3, c.EXAMINED)):
            share = flow[ways[way, c.FLOW], column]
            if part[c.FIRST_LANE + lane, c.COUNT] > 0.0 and share > 0.0:
                found[way, c.SURE if share >= 1.0 else c.BY_CHANCE] |= 1 << lane
    return found


@njit(cache=True)
def with_roots(rows, shape):
    """Add a column to rows: the root of the shape that stands in one of theirs."""
    found = np.empty((rows.shape[0], rows.shape[1] + 1))
    found[:, : rows.shape[1]] = rows
    for row in range(len(rows)):
        found[row, rows.shape[1]] = root_of(rows[row, shape])
    return found


@njit(cache=True)
def fetching(week):
    """Sum minus the logarithm of the share of ready boxes that are left, over a week.

    Return the sums and where a search among them begins, as `fetched` takes them.
    """
    fetch, guide = np.full(c.FETCH_ROOM, np.inf), np.zeros(c.GUIDES + 1, np.uint32)
    before = 0.0
    for look in range(c.WEEK):
        fetch[look] = before
        before -= math.log(max(1.0 - week[c.FETCHES, look], LEAST_LEFT))
    cells = c.GUIDES / before if before > 0.0 else 0.0
    fetch[c.FETCH_WHOLE], fetch[c.FETCH_CELLS] = before, cells
    look = 0
    for cell in range(c.GUIDES + 1):
        while look < c.WEEK - 1 and int(fetch[look + 1] * cells) < cell:
            look += 1
        guide[cell] = look
    return fetch, guide


@lean
def first_events(n, times, events, carrier, part, site, seed):
    """Put the first look, calls, breakdowns and storm of a run into its list of events."""
    n[c.SIZE] = push(times, events, 0, 0.0, c.CLOCK)
    for k in range(len(carrier)):
        if carrier[k, c.INTERVAL] > 0.0:
            key = stream(stream(seed, FIRST_CALL_KEYS), k)
            time = carrier[k, c.INTERVAL] * uniform(key, 0)
            if carrier[k, c.SHAPE] > 0.0:
                time = one_gamma(key, carrier[k, c.INTERVAL], carrier[k, c.SHAPE])
            n[c.SIZE] = push(times, events, n[c.SIZE], time, (k << 4) | c.SCHEDULED)
    for r in range(c.PARTS):
        if part[r, c.UP_H] > 0.0:
            for unit in range(int(part[r, c.COUNT])):
                key = stream(stream(seed, UNIT_KEYS + r), unit)
                time = part[r, c.UP_H] * exponential(stream(key, 0), 0)
                code = (((unit << 24) | (r << 20)) << 4) | c.MEND
                n[c.SIZE] = push(times, events, n[c.SIZE], time, code)
    if site[c.STORMS] > 0.0:
        time = site[c.STORMS] * exponential(stream(stream(seed, STORM_KEYS), 0), 0)
        n[c.SIZE] = push(times, events, n[c.SIZE], time, c.STORM_CHANGE)


@lean
def mend(n, times, events, part, seed, what, now):
    """Let a unit of a part break down or work again, by turns; return the part."""
    turn, r, unit = what & 0xFFFFF, (what >> 20) & 0xF, what >> 24
    down = turn % 2 == 0
    part[r, c.DOWN] += 1.0 if down else -1.0
    key = stream(stream(seed, UNIT_KEYS + r), unit)
    mean = part[r, c.MEND_H] if down else part[r, c.UP_H]
    time = now + mean * exponential(stream(key, turn + 1), 0)
    code = (((unit << 24) | (r << 20) | (turn + 1)) << 4) | c.MEND
    if math.isfinite(time):
        n[c.SIZE] = push(times, events, n[c.SIZE], time, code)
    return r
