"""When a gate can be entered: the next open moment, and what is hampered then."""

from karwan.kernels.compiled import lean

__all__ = ["enter", "next_open", "slow_piece"]

NONE = -1


@lean
def next_open(first, last, shut_from, shut_to, moment):
    """Return the first moment from which a gate can be entered.

    Parameters
    ----------
    first, last : int
        The gate is shut in the spans ``first:last``.
    shut_from, shut_to : float64[n]
        Spans in order and apart [h]; their ends themselves are open.
    moment : float
        Earliest moment wanted [h].

    Returns
    -------
    float
        Moment [h]; ``inf`` if the gate stays shut.
    """
    end = last
    while first < last:
        middle = (first + last) >> 1
        if shut_to[middle] <= moment:
            first = middle + 1
        else:
            last = middle
    if first < end and shut_from[first] < moment:
        return shut_to[first]
    return moment


@lean
def slow_piece(first, last, slow_from, slow_to, moment):
    """Return the hampered piece of a gate that holds a moment, -1 if none.

    Parameters
    ----------
    first, last : int
        Pieces of the gate.
    slow_from, slow_to : float64[n]
        Pieces in order and apart [h]; they hold their start and not their end.
    moment : float
        Moment [h].

    Returns
    -------
    int
        Index of the piece.
    """
    end = last
    while first < last:
        middle = (first + last) >> 1
        if slow_to[middle] <= moment:
            first = middle + 1
        else:
            last = middle
    if first < end and slow_from[first] <= moment:
        return first
    return NONE


@lean
def enter(gate, schedule, moment):
    """Return when a gate can be entered from a moment on, and the hampered piece met then.

    Parameters
    ----------
    gate : int
        Gate.
    schedule : tuple of arrays
        first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow.
    moment : float
        Earliest moment wanted [h].

    Returns
    -------
    moment : float
        Moment [h]; ``inf`` if the gate stays shut.
    piece : int
        Hampered piece, -1 if none.
    """
    first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, _ = schedule
    moment = next_open(first_shut[gate], first_shut[gate + 1], shut_from, shut_to, moment)
    piece = slow_piece(first_slow[gate], first_slow[gate + 1], slow_from, slow_to, moment)
    return moment, piece
