"""Boxes in the yard, by the half hour at which they are looked at again.

One pile for each half hour ahead, a calendar of events (R. Brown 1988): a box goes onto the pile
of its half hour and is not touched until then, so that no heap of boxes is kept.
"""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot
from karwan.kernels.terminal_boxes import shift
from karwan.kernels.terminal_draws import exponential, gamma
from karwan.kernels.terminal_store import on_pile

__all__ = ["DUE", "fetched", "note_due", "to_yard"]

DUE = 8_192
"""Half hours ahead that have piles of their own, a power of two."""
STAY, FETCH = 1 << 20, 2 << 20
"""First numbers of the key of a box that its time in the yard and its fetching use."""
NEVER = 1 << 40


@hot
def fetched(fetch, guide, key, number, step):
    """Draw the half hour, from a given one on, in which the truck of a ready box comes.

    Parameters
    ----------
    fetch : float64[339]
        Minus the logarithm of the share of boxes left, summed over the half hours of the week
        before each: where it has grown by an exponential draw, the truck comes. It is infinite
        at the end of the week; after it the sum of the whole week, and cells to one of it.
    guide : uint32[1025]
        Last half hour of the week whose sum lies not above the lower edge of a cell: there the
        search begins (Chen and Asau 1974).
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
    whole = fetch[c.FETCH_WHOLE]
    past = np.uint32(step) % np.uint32(c.WEEK)
    rest = fetch[past] + exponential(key, number)
    weeks = 0
    if rest >= whole:
        if whole == 0.0:
            return NEVER
        weeks = int(rest / whole)
        rest = max(0.0, rest - weeks * whole)
    found = guide[np.uint32(rest * fetch[c.FETCH_CELLS])]
    found += np.uint32(fetch[found + np.uint32(1)] <= rest)
    while fetch[found + np.uint32(1)] <= rest:
        found += np.uint32(1)
    return step - past + weeks * c.WEEK + found


@hot
def note_due(n, mark, yard, chain, due, look, key, origin, since, way):
    """Note a box for the half hour at which it is to be looked at, within those that are kept."""
    at = np.uint32(max(min(look, n[c.STEP] + DUE - 1), n[c.STEP] + 1)) & np.uint32(DUE - 1)
    own = yard[on_pile(mark, chain, due, at)]
    own.key, own.origin, own.since, own.way = key, origin, since, way


@hot
def to_yard(n, mark, yard, chain, level, ways, flow, fetch, guide, due, key, origin, way, now):
    """Put a box into its block; note when it may leave, or when a truck fetches it."""
    shift(level, c.BLOCKS + ways[way, c.BLOCK], now, 1.0)
    f = ways[way, c.FLOW]
    stay = gamma(key, STAY, flow[f, c.DWELL], flow[f, c.DWELL_SHAPE], flow[f, c.DWELL_ROOT])
    look = int((now + stay) / c.TICK) + 1
    if ways[way, c.BY_TRUCK]:
        look = fetched(fetch, guide, key, FETCH, max(look, n[c.STEP] + 1))
    note_due(n, mark, yard, chain, due, look, key, origin, now, way)
