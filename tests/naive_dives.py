"""Slow readable twins of the kernels that turn a relaxation of berth plans into plans."""

SHARE, MIX, LENGTH = 0.05, 0.5, 0.3


def paid_cost(finish, cost, size, hour):
    """Each vessel at its cheapest stay, the slots of its group paid, less what the slots bring."""
    n_groups, n_slots, n_vessels = finish.shape
    total = -sum(size[g] * hour[g][t] for g in range(n_groups) for t in range(n_slots))
    pays = []
    for v in range(n_vessels):
        values = [
            cost[g, t, v] + sum(hour[g][t : finish[g, t, v]])
            for g in range(n_groups)
            for t in range(n_slots)
            if finish[g, t, v] >= 0
        ]
        pays.append(min(values))
    return total + sum(pays), pays


def cheapest_row(stays, n_slots, price):
    """Fill one berth at least cost; return the cost and the stays (start, vessel, end)."""
    rest, taken = [0.0] * (n_slots + 1), [None] * n_slots
    for t in range(n_slots - 1, -1, -1):
        rest[t] = rest[t + 1]
        for vessel, end, cost in stays.get(t, []):
            value = cost - price[vessel] + rest[end]
            if value < rest[t]:
                rest[t], taken[t] = value, (t, vessel, end)
    t, row = 0, []
    while t < n_slots:
        if taken[t] is None:
            t += 1
        else:
            row.append(taken[t])
            t = taken[t][2]
    return rest[0], row


def dive(stays, n_slots, price, target, berth_of, home, noise, warm, rounds, many):
    """Give vessels to berths, those first that the mean of the cheapest rows is surest of.

    `stays` holds for each berth a dict from slot to (vessel, end, cost).
    """
    n, m = len(price), len(stays)
    price, berth_of = [float(p) for p in price], list(berth_of)
    mean = [[0.0] * m for _ in range(n)]
    start = [[0.0] * m for _ in range(n)]
    fresh, todo, done = 1.0, warm, False
    while True:
        kept = [
            {t: [s for s in row if berth_of[s[0]] in (-1, b)] for t, row in stays[b].items()}
            for b in range(m)
        ]
        has = [any(s[0] == v for b in kept for row in b.values() for s in row) for v in range(n)]
        for _ in range(todo):
            value = sum(p for p, h in zip(price, has, strict=True) if h)
            used, begun = [[0.0] * m for _ in range(n)], [[0.0] * m for _ in range(n)]
            for b in range(m):
                cost, row = cheapest_row(kept[b], n_slots, price)
                value += cost
                for t, v, _end in row:
                    used[v][b] += 1
                    begun[v][b] += t
            fresh = max(0.9 * fresh, SHARE)
            short = [1.0 if h else 0.0 for h in has]
            for v in range(n):
                for b in range(m):
                    mean[v][b] += fresh * (used[v][b] - mean[v][b])
                    start[v][b] += fresh * (begun[v][b] - start[v][b])
                    if has[v]:
                        short[v] -= MIX * used[v][b] + (1 - MIX) * mean[v][b]
            norm = sum(s**2 for s in short)
            if norm < 1e-9:
                break
            step = LENGTH * max(target - value, 1e-3 * abs(target)) / norm
            price = [p + step * s for p, s in zip(price, short, strict=True)]
        if done:
            break
        _give(mean, start, noise, home, berth_of, many)
        done, todo = -1 not in berth_of, rounds if -1 in berth_of else warm
    hour = [start[v][b] / max(mean[v][b], 1e-9) for v, b in enumerate(berth_of)]
    ranked = sorted(range(n), key=lambda v: hour[v])
    return [[v for v in ranked if berth_of[v] == b] for b in range(m)]


def _give(mean, start, noise, home, berth_of, many):
    sure, at = {}, {}
    for v, b in enumerate(berth_of):
        if b == -1:
            total = sum(mean[v])
            at[v] = mean[v].index(max(mean[v])) if total > 1e-9 else home[v]
            sure[v] = noise[v] + (max(mean[v]) / total if total > 1e-9 else 0.0)
    for v in sorted(sure, key=lambda v: -sure[v])[:many]:
        b = at[v]
        hour = start[v][b] / max(mean[v][b], 1e-9)
        mean[v], start[v] = [0.0] * len(mean[v]), [0.0] * len(mean[v])
        mean[v][b], start[v][b] = 1.0, hour
        berth_of[v] = b
