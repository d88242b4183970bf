"""Fronts of many states in one pool: cover, settle, grow."""

import numpy as np
from numba import njit

from karwan.kernels.compiled import lean
from karwan.kernels.queues import taller

__all__ = ["covered", "moved", "new_pool", "settle"]

TOLERANCE = 1e-9
"""Costs that differ by less than this share are equal: sums in another order differ by rounding."""
FIRST_SPACE = 4


@lean
def covered(pool, start, size, vector, scale):
    """Say whether a vector of a front is within `scale` of a vector in all criteria but the first.

    The front stands in ``pool[start:start + size]`` by rising second criterion. With three
    criteria the third then falls, so that the last of those small enough in the second decides.
    With more, the least third and fourth criterion of each vector and all before it stand
    behind its criteria and end the search among them.
    """
    n_kept = len(vector) - 1
    if size == 0:
        return False
    if n_kept == 0:
        return True
    limit = (vector[1] + TOLERANCE * vector[1]) * scale
    low, high = start, start + size
    while low < high:
        middle = (low + high) >> 1
        if pool[middle, 0] <= limit:
            low = middle + 1
        else:
            high = middle
    if low == start:
        return False
    if n_kept == 1:
        return True
    limit = (vector[2] + TOLERANCE * vector[2]) * scale
    if n_kept == 2:
        return pool[low - 1, 1] <= limit
    last = (vector[3] + TOLERANCE * vector[3]) * scale
    for i in range(low - 1, start - 1, -1):
        if pool[i, n_kept] > limit or pool[i, n_kept + 1] > last:
            return False
        if pool[i, 1] <= limit and pool[i, 2] <= last:
            covers = True
            for k in range(3, n_kept):
                if pool[i, k] > (vector[k + 1] + TOLERANCE * vector[k + 1]) * scale:
                    covers = False
                    break
            if covers:
                return True
    return False


@lean
def settle(pool, start, size, vector):
    """Put a vector into a front with space for it; take out those it makes needless."""
    n_kept = len(vector) - 1
    end = start + size
    if n_kept == 0:
        return 1
    at, high = start, end
    while at < high:
        middle = (at + high) >> 1
        if pool[middle, 0] < vector[1]:
            at = middle + 1
        else:
            high = middle
    kept = at
    for i in range(at, end):
        needless = True
        for k in range(1, n_kept):
            if pool[i, k] < vector[k + 1]:
                needless = False
                break
        if needless:
            continue
        if n_kept == 2 and i == kept:
            kept = end
            break
        for k in range(n_kept):
            pool[kept, k] = pool[i, k]
        kept += 1
    for i in range(kept, at, -1):
        for k in range(n_kept):
            pool[i, k] = pool[i - 1, k]
    for k in range(n_kept):
        pool[at, k] = vector[k + 1]
    if n_kept > 2:
        for i in range(at, kept + 1):
            for k in range(2):
                before = pool[i - 1, n_kept + k] if i > start else np.inf
                pool[i, n_kept + k] = min(pool[i, k + 1], before)
    return kept + 1 - start


@njit(cache=True)
def new_pool(n_rows, n_criteria):
    """Return an empty pool of fronts."""
    n_kept = n_criteria - 1
    return np.empty((n_rows, n_kept + 2 if n_kept > 2 else n_kept))


@njit(cache=True)
def moved(pool, n_pool, start, size, space, at):
    """Give a full front twice the space at the end of the pool."""
    wider = max(2 * space[at], FIRST_SPACE)
    while n_pool + wider > len(pool):
        pool = taller(pool)
    for i in range(size[at]):
        pool[n_pool + i] = pool[start[at] + i]
    start[at], space[at] = n_pool, wider
    return pool, n_pool + wider
