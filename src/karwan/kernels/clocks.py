"""Many paths on the clock at once."""

import numpy as np
from numba import njit

from karwan.kernels.opening import next_open, slow_piece

__all__ = ["run_clocks"]

NONE = -1
HAIR = 1e-6
"""Hours that rounding may make an arrival early."""


@njit(cache=True)
def run_clocks(first, gate, hours, schedule, start, wait, keeps):
    """Run paths through their gates.

    Parameters
    ----------
    first : int32[n_paths + 1]
        Path i takes the arcs ``first[i]:first[i + 1]``.
    gate : int32[n]
        Gate of each arc, -1 if it can always be entered.
    hours : float64[n]
        Time of each arc with an open gate [h].
    schedule : tuple of arrays
        As in `pareto_search`.
    start : float
        Moment of departure [h].
    wait : float64[n]
        Time waited before each arc [h].
    keeps : bool
        Keep the waits given, which a search found to lead through; else gates are entered as
        soon as they open, and `wait` is overwritten from zero.

    Returns
    -------
    piece : int32[n]
        Hampered piece met at each arc, -1 if none.
    opens : bool[n_paths]
        False if a gate on the path stays shut.
    """
    first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow = schedule
    piece = np.full(len(gate), NONE, np.int32)
    opens = np.ones(len(first) - 1, np.bool_)
    for i in range(len(first) - 1):
        spent = late = 0.0
        for k in range(first[i], first[i + 1]):
            spent += hours[k] + wait[k]
            g = gate[k]
            if g == NONE:
                continue
            moment = start + spent - hours[k] + late
            if not keeps:
                opened = next_open(first_shut[g], first_shut[g + 1], shut_from, shut_to, moment)
                if opened == np.inf:
                    opens[i] = False
                    break
                wait[k] = opened - moment
                late += wait[k]
                moment = opened
            # A hair is added because a wait for the end of a piece may miss it by rounding.
            met = slow_piece(first_slow[g], first_slow[g + 1], slow_from, slow_to, moment + HAIR)
            if met != NONE:
                piece[k] = met
                late += slow[met, 0]
    return piece, opens
