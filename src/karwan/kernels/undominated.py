"""Vectors that no other is at least as good as."""

import numpy as np
from numba import njit

__all__ = ["undominated"]


@njit(cache=True)
def undominated(cost, order):
    """Return the vectors that no other is as good as in every criterion, one of equals.

    Parameters
    ----------
    cost : float64[n, n_criteria]
        Vectors.
    order : int64[n]
        Vectors by rising first criterion, of equals by the second, and so on, so that only
        those before can be as good.

    Returns
    -------
    int64[n_kept]
        Those kept, in that order.
    """
    kept = np.empty(len(order), np.int64)
    n = 0
    for i in order:
        beaten = False
        for j in kept[:n]:
            beaten = True
            for k in range(cost.shape[1]):
                if cost[j, k] > cost[i, k]:
                    beaten = False
                    break
            if beaten:
                break
        if not beaten:
            kept[n] = i
            n += 1
    return kept[:n].copy()
