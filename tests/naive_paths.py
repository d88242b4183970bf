"""Slow readable twins of the kernels that follow paths: ways of trees, labels and clocks."""

from __future__ import annotations

import numpy as np


def way_back(beyond, via, state):
    """Return the arcs from a state back to the root of a tree."""
    way = []
    while via[state] >= 0:
        way.append(int(via[state]))
        state = beyond[via[state]]
    return way


def label_way(parent, label):
    """Return the labels behind each arc of a label's way, in order."""
    way = []
    while parent[label] >= 0:
        way.insert(0, int(label))
        label = parent[label]
    return way


def best_arcs(tail, head, cost, root):
    """Return the cost from a root to each state by Bellman and Ford."""
    label = np.full(int(max(tail.max(), head.max(), root)) + 1, np.inf)
    label[root] = 0.0
    for _ in label:
        for t, h, c in zip(tail, head, cost, strict=True):
            label[h] = min(label[h], label[t] + c)
    return label


def waits_on_the_way(gates, hours, schedule, start):
    """Return waits and pieces met when gates are entered as soon as they open; None if one never does."""
    first_shut, shut_from, shut_to, first_slow, slow_from, slow_to, slow = schedule
    moment, waits, pieces = start, [], []
    for gate, spent in zip(gates, hours, strict=True):
        came, met = moment, -1
        if gate >= 0:
            for i in range(first_shut[gate], first_shut[gate + 1]):
                if shut_from[i] < moment < shut_to[i]:
                    moment = shut_to[i]
            if moment == np.inf:
                return None
            for i in range(first_slow[gate], first_slow[gate + 1]):
                if slow_from[i] <= moment < slow_to[i]:
                    met = i
        waits.append(moment - came)
        pieces.append(met)
        moment += spent + (slow[met, 0] if met >= 0 else 0.0)
    return waits, pieces


def gateway(kinds, tails, heads, sea, *, is_export):
    """Return the node where a path first meets the sea, or last leaves it; -1 if it never does."""
    at_sea = [k for k, kind in enumerate(kinds) if kind == sea]
    if not at_sea:
        return -1
    return int(tails[at_sea[0]] if is_export else heads[at_sea[-1]])
