"""Graphs for property tests: loops, parallel arcs, zero costs, ties and closed arcs."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st


def always_open(n_arcs):
    """Return the arguments of `pareto_search` from `gate` to `start` for arcs without gates."""
    none = np.zeros(0)
    schedule = (
        np.zeros(1, np.int32),
        none,
        none,
        np.zeros(1, np.int32),
        none,
        none,
        np.zeros((0, 3)),
    )
    gate = np.full(n_arcs, -1, np.int32)
    return gate, np.zeros(n_arcs), schedule, np.full(3, -1, np.int32), 0.0, 0.0


@st.composite
def schedules(draw, most_gates=3):
    """Draw when some gates are shut and hampered: whole hours, some shut for ever."""
    shut, slow, first_shut, first_slow = [], [], [0], [0]
    for _ in range(draw(st.integers(1, most_gates))):
        cuts = sorted(draw(st.sets(st.integers(-2, 24), max_size=6)))
        spans = list(zip(cuts[::2], cuts[1::2], strict=False))
        if spans and draw(st.booleans()):
            spans[-1] = (spans[-1][0], np.inf)
        shut += spans
        first_shut.append(len(shut))
        cuts = sorted(draw(st.sets(st.integers(-2, 24), max_size=5)))
        for begins, ends in itertools.pairwise(cuts):
            if draw(st.booleans()):
                slow.append((begins, ends, *(draw(st.integers(0, 6)) for _ in range(3))))
        first_slow.append(len(slow))
    spans, pieces = np.array(shut, float).reshape(-1, 2), np.array(slow, float).reshape(-1, 5)
    columns = [spans[:, 0], spans[:, 1], pieces[:, 0], pieces[:, 1], pieces[:, 2:]]
    a, b, c, d, e = (np.ascontiguousarray(column) for column in columns)
    return np.array(first_shut, np.int32), a, b, np.array(first_slow, np.int32), c, d, e


@st.composite
def arc_lists(draw, criteria=None, *, most_states=7, most_arcs=22, closed=True):
    """Draw tails, heads and costs of a small graph: whole costs, so that ties are frequent."""
    n_states = draw(st.integers(2, most_states))
    n_criteria = draw(st.integers(1, 4)) if criteria is None else criteria
    n_arcs = draw(st.integers(1, most_arcs))
    ends = st.integers(0, n_states - 1)
    tail = np.array(draw(st.lists(ends, min_size=n_arcs, max_size=n_arcs)), np.int32)
    head = np.array(draw(st.lists(ends, min_size=n_arcs, max_size=n_arcs)), np.int32)
    value = st.integers(0, 6).map(float)
    rows = st.lists(value, min_size=n_criteria, max_size=n_criteria)
    cost = np.array(draw(st.lists(rows, min_size=n_arcs, max_size=n_arcs)))
    if closed and draw(st.booleans()):
        cost[draw(st.integers(0, n_arcs - 1)), 0] = np.inf
    return n_states, tail, head, cost


def star_of(n_states, tail, head, cost):
    """Return the forward star of arcs, and their order in it."""
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(n_states + 1)).astype(np.int32)
    return first, np.ascontiguousarray(head[order]), np.ascontiguousarray(cost[order]), order


def bounds_to(n_states, tail, head, cost, target):
    """Return the least cost to the target, criterion by criterion, by Bellman and Ford."""
    bound = np.full((n_states, cost.shape[1]), np.inf)
    bound[target] = 0.0
    usable = np.isfinite(cost).all(axis=1)
    for _ in range(n_states):
        for a in np.flatnonzero(usable):
            bound[tail[a]] = np.minimum(bound[tail[a]], cost[a] + bound[head[a]])
    return bound
