"""Slow readable twins of the kernels of contraction hierarchies, in plain Python."""

from __future__ import annotations

import itertools

import numpy as np


def least_cut(edges, nodes, sources, sinks):
    """Return the least number of edges whose removal parts sources from sinks: try all halves."""
    free = [v for v in nodes if v not in sources and v not in sinks]
    halves = (
        set(sources) | set(more)
        for size in range(len(free) + 1)
        for more in itertools.combinations(free, size)
    )
    return min(sum((a in half) != (b in half) for a, b in edges) for half in halves)


def supergraph(n, edges):
    """Return the higher neighbours of each node: remove the nodes in order and join the rest."""
    above = [set() for _ in range(n)]
    for a, b in edges:
        if a != b:
            above[min(a, b)].add(max(a, b))
    for x in range(n):
        for u, v in itertools.combinations(sorted(above[x]), 2):
            above[u].add(v)
    return [sorted(a) for a in above]


def customised(n, tail, head, cost):
    """Return what the cheapest way over lower nodes costs, for every pair of nodes."""
    least = np.full((n, n), np.inf)
    for a, b, c in zip(tail, head, cost, strict=True):
        least[a, b] = min(least[a, b], c)
    for x in range(n):
        for u, v in itertools.permutations(range(x + 1, n), 2):
            least[u, v] = min(least[u, v], least[u, x] + least[x, v])
    return least


def cheapest_ways(tail, head, cost, fields, origin, destination):
    """Return the least cost, and the sums of fields on every simple way of that cost."""
    ways = []

    def go(node, seen, spent, so_far):
        if node == destination:
            ways.append((spent, so_far))
            return
        for a in range(len(tail)):
            if tail[a] == node and head[a] not in seen and np.isfinite(cost[a]):
                to = int(head[a])
                more = tuple(np.add(so_far, fields[a]))
                go(to, seen | {to}, spent + cost[a], more)

    go(origin, {origin}, 0.0, (0.0,) * fields.shape[1])
    least = min((spent for spent, _ in ways), default=np.inf)
    return least, {so_far for spent, so_far in ways if spent == least}
