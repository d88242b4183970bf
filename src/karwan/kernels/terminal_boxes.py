"""Boxes of a terminal run: born, in the yard, ready, gone; and levels over time."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean
from karwan.kernels.terminal_draws import exponential, gamma, uniform

__all__ = [
    "bin_of", "born", "dequeue", "enqueue", "fetched", "gone", "note_due", "pick_way", "shift",
    "to_yard",
]  # fmt: skip

ONE = 1023 << 5
"""What a 1 begins with, in exponent and five bits."""
STAY, FETCH = 1 << 20, 2 << 20
"""First numbers of the key of a box that its time in the yard and its fetching use."""
NEVER = 1 << 40


@lean
def shift(level, row, now, by):
    """Let a level rise or fall, and add what it held until now to its integral."""
    level[row, c.AREA] += level[row, c.LEVEL] * (now - level[row, c.AT])
    level[row, c.AT] = now
    level[row, c.LEVEL] += by


@lean
def bin_of(time):
    """Bin of a time [h]: 32 in each doubling, from a thousandth of an hour.

    Read off the exponent and the first five bits of the fraction of a double (IEEE 754).
    """
    if time <= 0.001:
        return 0
    return min(c.BINS - 1, (np.float64(time * 1000.0).view(np.int64) >> 47) - ONE)


@lean
def pick_way(key, carrier, first_way, share):
    """Draw the way of a box that a carrier brings."""
    way, last = first_way[carrier], first_way[carrier + 1] - 1
    if way < last:
        u = uniform(key, 0)
        while way < last and share[way] < u:
            way += 1
    return way


@hot
def born(n, mark, box, link, level, key, way, origin, now):
    """Take a box from those that are free; none and a mark if none is left."""
    b = mark[c.FREE]
    if b != c.VOID:
        mark[c.FREE] = link[b].next
    elif mark[c.FRESH] < len(box):
        b = mark[c.FRESH]
        mark[c.FRESH] = b + 1
    else:
        n[c.FULL] = 1
        return b
    own = box[b]
    own.key, own.origin, own.born = key, origin, now
    link[b].way = way
    shift(level, c.SYSTEM, now, 1.0)
    return b


@hot
def _last_of_eight(fetch, at, rest):
    count = 0
    for i in range(8):
        count += fetch[at + i] <= rest
    return np.uint32(count - 1)


@lean
def fetched(fetch, key, number, step):
    """Draw the half hour, from a given one on, in which the truck of a ready box comes.

    Parameters
    ----------
    fetch : float64[585]
        Minus the logarithm of the share of boxes left, summed over the half hours of the week
        before each: where it has grown by an exponential draw, the truck comes. First every 64th,
        then every eighth, then all, infinite from the end of the week on, but for the last: the
        sum of the whole week.
    key : uint64
        Key of the box.
    number : int
        First number of the key to use.
    step : int
        First half hour in which it may come.

    Returns
    -------
    int
        Half hour; `NEVER` if boxes are never fetched.
    """
    whole = fetch[-1]
    if whole == 0.0:
        return NEVER
    past = step % c.WEEK
    rest = fetch[c.FETCH_ALL + past] + exponential(key, number)
    weeks = int(rest / whole)
    rest -= weeks * whole
    found = _last_of_eight(fetch, 0, rest)
    found = 8 * found + _last_of_eight(fetch, 8 + 8 * found, rest)
    found = 8 * found + _last_of_eight(fetch, c.FETCH_ALL + 8 * found, rest)
    return step - past + weeks * c.WEEK + found


@lean
def note_due(n, link, due, b, look):
    """Note the half hour at which a box is to be looked at again, within those that are kept."""
    at = max(min(look, n[c.STEP] + len(due) - 1), n[c.STEP] + 1) % len(due)
    link[b].next = due[at]
    due[at] = b


@lean
def to_yard(n, box, link, level, ways, flow, fetch, due, b, now):
    """Put a box into its block; note when it may leave, or when a truck fetches it."""
    own = box[b]
    way, key = link[b].way, own.key
    own.yarded = now
    shift(level, c.BLOCKS + ways[way, c.BLOCK], now, 1.0)
    f = ways[way, c.FLOW]
    stay = gamma(key, STAY, flow[f, c.DWELL], flow[f, c.DWELL_SHAPE], flow[f, c.DWELL_ROOT])
    look = int((now + stay) / c.TICK) + 1
    if ways[way, c.BY_TRUCK]:
        look = fetched(fetch, key, FETCH, max(look, n[c.STEP] + 1))
    note_due(n, link, due, b, look)


@hot
def gone(mark, box, link, level, ways, tally, hist, warm, b, now):
    """Let a box leave the terminal, and count how long it was there."""
    own, way = box[b], link[b].way
    f, block = ways[way, c.FLOW], ways[way, c.BLOCK]
    if block != c.VOID:
        shift(level, c.BLOCKS + block, now, -1.0)
    shift(level, c.SYSTEM, now, -1.0)
    level[c.SYSTEM, c.HELD] += now - max(own.born, warm)
    if now >= warm:
        total = now - own.origin
        tally[f, c.GONE] += 1.0
        tally[f, c.TOTAL_SUM] += total
        hist[f, c.TOTAL, bin_of(total)] += 1
        if block != c.VOID:
            stay = now - own.yarded
            tally[f, c.STAY_SUM] += stay
            hist[f, c.STAY, bin_of(stay)] += 1
    link[b].next = mark[c.FREE]
    mark[c.FREE] = b


@hot
def enqueue(link, queue, row, b):
    """Put a box at the end of a queue."""
    link[b].next = c.VOID
    if queue[row, c.QUEUED] == 0:
        queue[row, c.HEAD] = b
    else:
        link[queue[row, c.TAIL]].next = b
    queue[row, c.TAIL] = b
    queue[row, c.QUEUED] += 1


@hot
def dequeue(link, queue, row):
    """Take the first box of a queue that has one."""
    b = queue[row, c.HEAD]
    queue[row, c.HEAD] = link[b].next
    queue[row, c.QUEUED] -= 1
    return b
