"""Boxes that rest, by value in chunks of eight: piles and queues that are read straight through.

A box that rests is written once and read once, days later. In lists linked box by box every step
waits for the memory; here a chunk is fetched whole. A pile and a queue are told by the numbers
of places; the last place of a chunk is followed by another chunk.
"""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot

__all__ = ["BITS", "CHUNK", "after", "at_end", "beneath", "first_of", "on_pile"]

BITS = 3
CHUNK = 1 << BITS
"""Boxes of a chunk."""
LAST = np.uint32(CHUNK - 1)


@hot
def _take(mark, chain):
    """Take a chunk from those that are free."""
    chunk = mark[c.FREE_CHUNK]
    if chunk != c.VOID:
        mark[c.FREE_CHUNK] = chain[chunk]
        return chunk
    chunk = mark[c.FRESH_CHUNK]
    mark[c.FRESH_CHUNK] = chunk + 1
    return chunk


@hot
def _give_back(mark, chain, chunk):
    chain[chunk] = mark[c.FREE_CHUNK]
    mark[c.FREE_CHUNK] = chunk


@hot
def on_pile(mark, chain, pile, at):
    """Return the place of one more box on a pile, which is told by the place after its last."""
    place = pile[at]
    if place == c.VOID or place & LAST == 0:
        chunk = _take(mark, chain)
        chain[chunk] = place
        place = chunk << np.uint32(BITS)
    pile[at] = place + np.uint32(1)
    return place


@hot
def beneath(mark, chain, place):
    """Take the box at a place off its pile; return what tells of the rest."""
    if place & LAST == 0:
        chunk = place >> np.uint32(BITS)
        place = chain[chunk]
        _give_back(mark, chain, chunk)
    return place


@hot
def at_end(mark, chain, queue, row):
    """Return the place of one more box at the end of a queue."""
    place = queue[row, c.TAIL]
    if queue[row, c.QUEUED] == 0:
        place = _take(mark, chain) << np.uint32(BITS)
        queue[row, c.HEAD] = place
    elif place & LAST == 0:
        chunk = _take(mark, chain)
        chain[(place >> np.uint32(BITS)) - np.uint32(1)] = chunk
        place = chunk << np.uint32(BITS)
    queue[row, c.TAIL] = place + np.uint32(1)
    queue[row, c.QUEUED] += np.uint32(1)
    return place


@hot
def after(chain, place):
    """Return the place that comes after one in a queue."""
    place += np.uint32(1)
    if place & LAST == 0:
        place = chain[(place >> np.uint32(BITS)) - np.uint32(1)] << np.uint32(BITS)
    return place


@hot
def first_of(mark, chain, queue, row):
    """Take the first box of a queue that has one; its place may be read until one is taken."""
    place = queue[row, c.HEAD]
    queue[row, c.QUEUED] -= np.uint32(1)
    is_last = queue[row, c.QUEUED] == 0
    if not is_last:
        queue[row, c.HEAD] = after(chain, place)
    if is_last or place & LAST == LAST:
        _give_back(mark, chain, place >> np.uint32(BITS))
    return place
