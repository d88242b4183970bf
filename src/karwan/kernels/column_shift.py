"""Path-based gradient projection on a column pool: flow moves to the cheapest column."""

import numpy as np
from numba import njit

__all__ = ["shift_columns"]

EVERY = 5
"""Sweeps between strides."""


@njit(cache=True)
def shift_columns(
    first_column, pair, cost, first_place, place, delay, price, share, through, least_move, most
):
    """Move the flow of every pair to its cheapest column until hardly any moves.

    Pair after pair, each dear column gives to the cheapest what makes the two cost the same at
    the slopes of the places that only one of them passes, or all it has (Jayakrishnan et al.
    1994; Gauss-Seidel, so that a pair sees what those before it did). Column c of pair k costs
    ``cost_c + sum (time_k * delay_e + teu_k * price_e)`` over its places e. Pairs that compete
    for one place change it little by little; every few sweeps a stride goes on along the last
    one, as far as that pays.

    Parameters
    ----------
    first_column : int32[n_pairs + 1]
        Columns of each pair.
    pair : float64[n_pairs, 3]
        Consignments [1/year], container equivalents of one [TEU], value of time [USD/h].
    cost : float64[n_columns]
        Cost of one consignment without delays and prices [USD].
    first_place, place : int32
        Places of each column: ``place[first_place[c]:first_place[c + 1]]``, each once.
    delay : float64[n_places, 2]
        Delay [h] as ``delay[0] + delay[1] * through``.
    price : float64[n_places, 2]
        Price [USD/TEU] as ``max(0, price[0] + price[1] * through)``.
    share : float64[n_columns]
        Changed: share of each column in its pair; sums to 1 in each pair.
    through : float64[n_places]
        Changed: all traffic [TEU/year]; holds that of `share` on entry.
    least_move : float
        Sweeps end when all moves of one are together at most this [TEU/year].
    most : int
        Sweeps at most.

    Returns
    -------
    int
        Sweeps made.
    """
    side = np.zeros(len(through), np.int8)
    before = share.copy()
    for sweep in range(most):
        moved = 0.0
        strides = sweep % EVERY == EVERY - 1
        if strides:
            before[:] = share
        for k in range(len(first_column) - 1):
            begin, end = first_column[k], first_column[k + 1]
            if end - begin < 2:
                continue
            of = (first_place, place, delay, price, through, pair[k])
            best, least = begin, np.inf
            for c in range(begin, end):
                now = cost[c] + _extra(c, *of)
                if now < least:
                    best, least = c, now
            for c in range(begin, end):
                if c == best or share[c] == 0.0:
                    continue
                more = cost[c] + _extra(c, *of) - cost[best] - _extra(best, *of)
                if more > 0.0:
                    moved += _move(c, best, more, share, side, *of)
        if moved <= least_move:
            return sweep + 1
        if strides:
            of_all = (first_place, place, delay, price, through)
            _stride(first_column, pair, cost, before, share, *of_all)
    return most


@njit(cache=True)
def _extra(c, first_place, place, delay, price, through, pair):
    """Return what delays and prices add to a column [USD]."""
    added = 0.0
    for i in range(first_place[c], first_place[c + 1]):
        e = place[i]
        added += pair[2] * (delay[e, 0] + delay[e, 1] * through[e])
        added += pair[1] * max(0.0, price[e, 0] + price[e, 1] * through[e])
    return added


@njit(cache=True)
def _move(c, best, more, share, side, first_place, place, delay, price, through, pair):
    """Move from a column to the cheapest; return what was moved [TEU/year]."""
    for i in range(first_place[c], first_place[c + 1]):
        side[place[i]] -= 1
    for i in range(first_place[best], first_place[best + 1]):
        side[place[i]] += 1
    slope = 0.0
    for d in (c, best):
        for i in range(first_place[d], first_place[d + 1]):
            e = place[i]
            if side[e] != 0:
                slope += pair[2] * delay[e, 1]
                if price[e, 0] + price[e, 1] * through[e] >= 0.0:
                    slope += pair[1] * price[e, 1]
    whole = pair[0] * pair[1]
    part = share[c]
    if slope * whole * part > more:
        part = more / (slope * whole)
        share[c] -= part
    else:
        share[c] = 0.0
    share[best] += part
    for d in (c, best):
        for i in range(first_place[d], first_place[d + 1]):
            e = place[i]
            through[e] += side[e] * whole * part
            side[e] = 0
    return whole * part


@njit(cache=True)
def _stride(first_column, pair, cost, before, share, first_place, place, delay, price, through):
    """Go on from `before` through `share` until that pays no more, or a column is empty."""
    change = np.zeros(len(through))
    furthest, gain, bend = np.inf, 0.0, 0.0
    for k in range(len(first_column) - 1):
        for c in range(first_column[k], first_column[k + 1]):
            step = share[c] - before[c]
            if step < 0.0:
                furthest = min(furthest, -share[c] / step)
            if step != 0.0:
                for i in range(first_place[c], first_place[c + 1]):
                    change[place[i]] += step * pair[k, 0] * pair[k, 1]
    for k in range(len(first_column) - 1):
        of = (first_place, place, delay, price, through, pair[k])
        for c in range(first_column[k], first_column[k + 1]):
            step = (share[c] - before[c]) * pair[k, 0]
            if step != 0.0:
                gain -= step * (cost[c] + _extra(c, *of))
                bend += step * _rise(c, change, *of)
    if gain <= 0.0:
        return
    if bend > 0.0:
        furthest = min(furthest, gain / bend)
    if furthest < np.inf:
        for c in range(len(share)):
            share[c] = max(share[c] + furthest * (share[c] - before[c]), 0.0)
        through += furthest * change


@njit(cache=True)
def _rise(c, change, first_place, place, delay, price, through, pair):
    """Return what a column costs more when flows at places change [USD]."""
    rise = 0.0
    for i in range(first_place[c], first_place[c + 1]):
        e = place[i]
        rise += pair[2] * delay[e, 1] * change[e]
        if price[e, 0] + price[e, 1] * through[e] > 0.0:
            rise += pair[1] * price[e, 1] * change[e]
    return rise
