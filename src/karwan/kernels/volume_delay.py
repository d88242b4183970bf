"""Link performance functions: cost of a link as a function of its flow.

Each link has one kind:

===========  =====================================================================
kind         cost at flow v
===========  =====================================================================
CONSTANT     base
BPR          base + rise (v / capacity) ** power             (Bureau of Public Roads 1964)
CONICAL      base + rise (f(v / capacity) - 1), f as in Spiess (1990) with alpha = power
TABLE        straight lines between knots, the last one going on for ever
===========  =====================================================================

`base` is the cost of the empty link and may be 0, and so may `rise`. All functions are monotone
and, with a power of 0 or at least 1 and a convex table, convex.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

__all__ = [
    "BPR",
    "CONICAL",
    "CONSTANT",
    "TABLE",
    "Curves",
    "areas",
    "costs",
    "link_area",
    "link_cost",
    "link_slope",
    "slopes",
]

CONSTANT, BPR, CONICAL, TABLE = 0, 1, 2, 3


class Curves(NamedTuple):
    """Link performance functions of all links.

    Attributes
    ----------
    kind : int8[n_links]
        CONSTANT, BPR, CONICAL or TABLE.
    base : float64[n_links]
        Cost of the empty link; unused by TABLE.
    rise : float64[n_links]
        Cost added at capacity; unused by CONSTANT and TABLE.
    power : float64[n_links]
        Exponent of BPR, at least 1; alpha of CONICAL, above 1.
    capacity : float64[n_links]
        Capacity, in the unit of flow; positive for BPR and CONICAL.
    first_knot : int32[n_links + 1]
        Knots of link a are ``first_knot[a]:first_knot[a + 1]``; none unless it is a TABLE.
    knot_flow, knot_cost : float64[n_knots]
        Flow, from 0 rising, and cost there.
    """

    kind: np.ndarray
    base: np.ndarray
    rise: np.ndarray
    power: np.ndarray
    capacity: np.ndarray
    first_knot: np.ndarray
    knot_flow: np.ndarray
    knot_cost: np.ndarray


@njit(cache=True)
def _to_the(x, power):
    """Return x to a power, quickly for the usual ones."""
    if power == 4.0:
        square = x * x
        return square * square
    if power == 3.0:
        return x * x * x
    if power == 1.0:
        return x
    if power == 0.0:
        return 1.0
    return x**power


@njit(cache=True)
def _cone(x, alpha):
    """Return Spiess's conical function, less 1, its derivative and its integral from 0."""
    beta = (2.0 * alpha - 1.0) / (2.0 * alpha - 2.0)
    rest = alpha * (1.0 - x)
    root = np.sqrt(rest * rest + beta * beta)
    value = 1.0 + root - rest - beta
    slope = alpha * (1.0 - rest / root)
    whole = np.sqrt(alpha * alpha + beta * beta)
    logs = np.log(alpha + whole) - np.log(rest + root)
    if rest < 0.0:
        logs = np.log(alpha + whole) - 2.0 * np.log(beta) + np.log(root - rest)
    arc = (alpha * whole - rest * root + beta * beta * logs) / (2.0 * alpha)
    area = (1.0 - beta - alpha) * x + alpha * x * x / 2.0 + arc
    return value, slope, area


@njit(cache=True)
def _knot(curves, a, flow):
    """Return the knot at the left end of the line a flow lies on."""
    low, high = curves.first_knot[a], curves.first_knot[a + 1] - 2
    while low < high:
        middle = (low + high + 1) // 2
        if curves.knot_flow[middle] <= flow:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True)
def link_cost(curves, a, flow):
    """Return the cost of one link at a flow."""
    kind = curves.kind[a]
    if kind == BPR:
        return curves.base[a] + curves.rise[a] * _to_the(flow / curves.capacity[a], curves.power[a])
    if kind == CONSTANT:
        return curves.base[a]
    if kind == CONICAL:
        return (
            curves.base[a] + curves.rise[a] * _cone(flow / curves.capacity[a], curves.power[a])[0]
        )
    left = _knot(curves, a, flow)
    return curves.knot_cost[left] + link_slope(curves, a, flow) * (flow - curves.knot_flow[left])


@njit(cache=True)
def link_slope(curves, a, flow):
    """Return the derivative of the cost of one link; to the right at a knot."""
    kind = curves.kind[a]
    if kind == BPR:
        power, capacity = curves.power[a], curves.capacity[a]
        if power == 0.0:
            return 0.0
        return curves.rise[a] * power / capacity * _to_the(flow / capacity, power - 1.0)
    if kind == CONSTANT:
        return 0.0
    if kind == CONICAL:
        capacity = curves.capacity[a]
        return curves.rise[a] / capacity * _cone(flow / capacity, curves.power[a])[1]
    left = _knot(curves, a, flow)
    run = curves.knot_flow[left + 1] - curves.knot_flow[left]
    return (curves.knot_cost[left + 1] - curves.knot_cost[left]) / run


@njit(cache=True)
def link_area(curves, a, flow):
    """Return the integral of the cost of one link from 0 to a flow."""
    kind = curves.kind[a]
    if kind == BPR:
        power, capacity = curves.power[a], curves.capacity[a]
        grown = _to_the(flow / capacity, power) * flow / (power + 1.0)
        return curves.base[a] * flow + curves.rise[a] * grown
    if kind == CONSTANT:
        return curves.base[a] * flow
    if kind == CONICAL:
        capacity = curves.capacity[a]
        area = _cone(flow / capacity, curves.power[a])[2]
        return curves.base[a] * flow + curves.rise[a] * capacity * area
    left, total = _knot(curves, a, flow), 0.0
    for k in range(curves.first_knot[a], left):
        run = curves.knot_flow[k + 1] - curves.knot_flow[k]
        total += run * (curves.knot_cost[k] + curves.knot_cost[k + 1]) / 2.0
    run = flow - curves.knot_flow[left]
    return total + run * (curves.knot_cost[left] + link_cost(curves, a, flow)) / 2.0


@njit(cache=True)
def costs(curves, flow):
    """Return the cost of every link.

    Parameters
    ----------
    curves : Curves
        Link performance functions.
    flow : float64[n_links]
        Flow, at least 0.

    Returns
    -------
    float64[n_links]
        Costs.
    """
    out = np.empty(len(flow))
    for a in range(len(flow)):
        out[a] = link_cost(curves, a, flow[a])
    return out


@njit(cache=True)
def slopes(curves, flow):
    """Return the derivative of the cost of every link; see `costs`."""
    out = np.empty(len(flow))
    for a in range(len(flow)):
        out[a] = link_slope(curves, a, flow[a])
    return out


@njit(cache=True)
def areas(curves, flow):
    """Return the integral of the cost of every link from 0 to its flow; see `costs`.

    Their sum is the objective of Beckmann, McGuire and Winsten (1956).
    """
    out = np.empty(len(flow))
    for a in range(len(flow)):
        out[a] = link_area(curves, a, flow[a])
    return out
