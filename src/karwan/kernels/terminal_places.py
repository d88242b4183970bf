"""Lists of the trucks that come to each place of a terminal: lanes, the way out, the yard."""

import numpy as np

from karwan.kernels import terminal_layout as c
from karwan.kernels.compiled import hot, lean

__all__ = ["copy", "drop_first", "go_on", "in_order"]

LOWEST = np.array(
    [next((k for k in range(c.PLACES) if i >> k & 1), 0) for i in range(1 << c.PLACES)], np.uint32
)
"""Lowest bit of a number."""


@hot
def copy(truck, other):
    """Let one truck stand where another stood."""
    truck.at, truck.came, truck.takes = other.at, other.came, other.takes
    truck.box, truck.places = other.box, other.places


@hot
def go_on(come, count, truck, at):
    """Let a truck come to the next of its places at a time."""
    place = LOWEST[truck.places]
    other = come[place, count[place]]
    other.at, other.came, other.box = at, truck.came, truck.box
    other.places = truck.places & (truck.places - np.uint32(1))
    count[place] += np.uint32(1)


@lean
def in_order(come, count, place):
    """Put the trucks that come to a place in order of time; they nearly are."""
    for i in range(1, count[place]):
        j, at = i, come[place, i].at
        if come[place, i - 1].at <= at:
            continue
        came, b, places = come[place, i].came, come[place, i].box, come[place, i].places
        while j > 0 and come[place, j - 1].at > at:
            copy(come[place, j], come[place, j - 1])
            j -= 1
        truck = come[place, j]
        truck.at, truck.came, truck.box, truck.places = at, came, b, places


@hot
def drop_first(come, count, place, first):
    """Drop the first trucks of a list."""
    for i in range(first, count[place]):
        copy(come[place, i - first], come[place, i])
    count[place] -= np.uint32(first)
