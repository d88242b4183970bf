"""Logit loading of a column pool on places with capacity, with its slope."""

import numpy as np
from numba import njit

__all__ = ["load_logit"]

NONE = -1


@njit(cache=True)
def load_logit(
    first_column, pair, utility, price, first_place, place, extra, slope, share, n_places
):
    """Load the demand of every pair on its columns and count it at places.

    Column c of pair k is chosen with ``P = exp(V_c) / sum exp(V)``,
    ``V_c = utility_c - scale_k * (time_k * sum extra_time_e + teu_k * sum extra_usd_e)`` over the
    places e of the column. Demand answers to the expected cost
    ``S_k = -ln(sum exp V) / scale_k``: ``q_k = q0_k exp(-elasticity_k (S_k - S0_k) / |S0_k|)``.

    Parameters
    ----------
    first_column : int32[n_pairs + 1]
        Columns of each pair.
    pair : float64[n_pairs, 6]
        Demand q0 [consignments/year], container equivalents of one [TEU], value of time
        [USD/h], scale [1/USD], elasticity, and S0 [USD] of each pair.
    utility : float64[n_columns]
        ``-scale * cost + log of path size + constants`` without delays and prices.
    price : bool
        Whether the slope is wanted.
    first_place, place : int32
        Places of each column: ``place[first_place[c]:first_place[c + 1]]``, each once.
    extra : float64[n_places, 2]
        Delay [h] and price [USD/TEU] at each place.
    slope : float64[n_places, 2]
        Their derivatives by the flow of the place.
    share : float64[n_columns]
        Written: share of each column in its pair.
    n_places : int
        Places.

    Returns
    -------
    flow : float64[n_places]
        Container equivalents through each place [TEU/year].
    jacobian : float64[n_places, n_places]
        Derivative of `flow` by the flows that `extra` was taken at; zeros if not wanted.
    demand, expected : float64[n_pairs]
        Demand [consignments/year] and expected cost [USD] of each pair.
    """
    flow = np.zeros(n_places)
    jacobian = np.zeros((n_places, n_places))
    n_pairs = len(first_column) - 1
    demand, expected = np.zeros(n_pairs), np.zeros(n_pairs)
    local = np.full(n_places, NONE, np.int32)
    names = np.empty(n_places, np.int32)
    mean = np.zeros(n_places)
    joint = np.zeros((n_places, n_places))
    for k in range(n_pairs):
        begin, end = first_column[k], first_column[k + 1]
        elasticity, start = pair[k, 4], pair[k, 5]
        expected[k] = _choose(begin, end, pair[k], utility, first_place, place, extra, share)
        demand[k] = pair[k, 0]
        if elasticity > 0.0:
            demand[k] *= np.exp(-elasticity * (expected[k] - start) / abs(start))
        weight = demand[k] * pair[k, 1]
        for c in range(begin, end):
            for i in range(first_place[c], first_place[c + 1]):
                flow[place[i]] += weight * share[c]
        if price and begin < end:
            work = (local, names, mean, joint)
            _bend(begin, end, pair[k], weight, first_place, place, slope, share, work, jacobian)
    return flow, jacobian, demand, expected


@njit(cache=True)
def _choose(begin, end, pair, utility, first_place, place, extra, share):
    """Write the shares of one pair's columns; return its expected cost [USD]."""
    teu, time, scale = pair[1], pair[2], pair[3]
    best = -np.inf
    for c in range(begin, end):
        added = 0.0
        for i in range(first_place[c], first_place[c + 1]):
            added += time * extra[place[i], 0] + teu * extra[place[i], 1]
        share[c] = utility[c] - scale * added
        best = max(best, share[c])
    total = 0.0
    for c in range(begin, end):
        share[c] = np.exp(share[c] - best)
        total += share[c]
    for c in range(begin, end):
        share[c] /= total
    return -(best + np.log(total)) / scale


@njit(cache=True)
def _bend(begin, end, pair, weight, first_place, place, slope, share, work, jacobian):
    """Add to the slope what one pair does: the covariance of places over its columns."""
    local, names, mean, joint = work
    teu, time, scale, elasticity, start = pair[1], pair[2], pair[3], pair[4], pair[5]
    n_local = 0
    for c in range(begin, end):
        for i in range(first_place[c], first_place[c + 1]):
            e = place[i]
            if local[e] == NONE:
                local[e] = n_local
                names[n_local] = e
                mean[n_local] = 0.0
                joint[n_local, : n_local + 1] = 0.0
                joint[: n_local + 1, n_local] = 0.0
                n_local += 1
            mean[local[e]] += share[c]
    for c in range(begin, end):
        for i in range(first_place[c], first_place[c + 1]):
            for j in range(first_place[c], first_place[c + 1]):
                joint[local[place[i]], local[place[j]]] += share[c]
    answer = elasticity / abs(start) if elasticity > 0.0 else 0.0
    for b in range(n_local):
        e = names[b]
        rise = weight * (time * slope[e, 0] + teu * slope[e, 1])
        for a in range(n_local):
            together = mean[a] * mean[b]
            jacobian[names[a], e] -= rise * (scale * (joint[a, b] - together) + answer * together)
    for a in range(n_local):
        local[names[a]] = NONE
