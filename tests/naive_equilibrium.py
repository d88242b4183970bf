"""Slow readable twin of the equilibrium kernel: all simple paths, equalised by bisection."""

from __future__ import annotations

import heapq

import numpy as np

from karwan.kernels.volume_delay import costs


def simple_paths(tail, head, through, origin, destination):
    """Return all paths that visit no node twice, as lists of arcs."""
    found = []

    def go(node, seen, arcs):
        if node == destination:
            found.append(arcs)
            return
        if node != origin and not through[node]:
            return
        for a in np.flatnonzero(tail == node).tolist():
            if head[a] not in seen:
                go(int(head[a]), seen | {int(head[a])}, [*arcs, a])

    go(origin, {origin}, [])
    return found


def equilibrium(tail, head, through, curves, pairs, sweeps=300):
    """Return arc flows of the user equilibrium; pairs are (origin, destination, amount)."""
    flow = np.zeros(len(tail))
    pools = []
    for origin, destination, amount in pairs:
        paths = simple_paths(tail, head, through, origin, destination)
        share = [amount] + [0.0] * (len(paths) - 1)
        flow[paths[0]] += amount
        pools.append((paths, share))

    def excess(dear, cheap, step):
        moved = flow.copy()
        moved[dear] -= step
        moved[cheap] += step
        now = costs(curves, np.maximum(moved, 0.0))
        return now[dear].sum() - now[cheap].sum()

    for _ in range(sweeps):
        largest = 0.0
        for paths, share in pools:
            now = costs(curves, np.maximum(flow, 0.0))
            total = [now[p].sum() for p in paths]
            best = int(np.argmin(total))
            dear = max((i for i in range(len(paths)) if share[i] > 0.0), key=lambda i: total[i])
            if total[dear] - total[best] <= 1e-12 * total[dear]:
                continue
            low, high = 0.0, share[dear]
            if excess(paths[dear], paths[best], high) < 0.0:
                for _ in range(60):
                    middle = 0.5 * (low + high)
                    if excess(paths[dear], paths[best], middle) > 0.0:
                        low = middle
                    else:
                        high = middle
            flow[paths[dear]] -= high
            flow[paths[best]] += high
            share[dear] -= high
            share[best] += high
            largest = max(largest, high)
        if largest < 1e-12:
            break
    return np.maximum(flow, 0.0)


def cheapest_cost(tail, head, through, cost, origin):
    """Return the cost to every node by Dijkstra's algorithm over a dictionary."""
    label, queue = {origin: 0.0}, [(0.0, origin)]
    while queue:
        done, u = heapq.heappop(queue)
        if done > label[u] or (u != origin and not through[u]):
            continue
        for a in np.flatnonzero(tail == u).tolist():
            reached = done + cost[a]
            if reached < label.get(int(head[a]), np.inf):
                label[int(head[a])] = reached
                heapq.heappush(queue, (reached, int(head[a])))
    return label
