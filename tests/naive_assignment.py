"""Slow, readable twins of the assignment kernels."""

import math


def load_logit(columns_of_pair, pairs, utility, places_of_column, extra, n_places):
    """Load every pair on its columns, one by one, as the formulas say."""
    flow = [0.0] * n_places
    share = [0.0] * sum(len(c) for c in columns_of_pair)
    demand, expected = [], []
    for columns, (q0, teu, time, scale, elasticity, start) in zip(
        columns_of_pair, pairs, strict=True
    ):
        value = {
            c: utility[c]
            - scale * sum(time * extra[e][0] + teu * extra[e][1] for e in places_of_column[c])
            for c in columns
        }
        total = math.fsum(math.exp(v) for v in value.values())
        cost = -math.log(total) / scale if columns else math.inf
        q = q0 * math.exp(-elasticity * (cost - start) / abs(start)) if elasticity else q0
        for c in columns:
            share[c] = math.exp(value[c]) / total
            for e in places_of_column[c]:
                flow[e] += q * teu * share[c]
        demand.append(q)
        expected.append(cost)
    return flow, demand, expected, share


def path_size(columns_of_pair, arcs_of_column, length):
    """Reckon path sizes by counting, for each arc, the columns of the pair that hold it."""
    found = {}
    for columns in columns_of_pair:
        for c in columns:
            total = sum(length[a] for a in arcs_of_column[c])
            found[c] = sum(
                length[a] / total / sum(a in arcs_of_column[d] for d in columns)
                for a in arcs_of_column[c]
            )
    return [found[c] for c in sorted(found)]


def successive_averages(load, delay, other, rounds):
    """Find flows at places that repeat themselves by the method of successive averages."""
    through = list(other)
    for k in range(1, rounds + 1):
        extra = [(d, 0.0) for d in delay(through)]
        made = [o + f for o, f in zip(other, load(extra), strict=True)]
        through = [v + (m - v) / k for v, m in zip(through, made, strict=True)]
    return through


def cheapest_flows(columns_of_pair, pairs, cost, places_of_column, delay, price, rounds):
    """Shift flow to the cheapest column of every pair, one small exchange after the other.

    Return shares and flows at places; delays are ``a + b v``, prices ``max(0, a + b v)``.
    """
    n_places = len(delay)
    share = {c: float(c == columns[0]) for columns in columns_of_pair for c in columns}

    def through():
        flow = [0.0] * n_places
        for columns, (q, teu, _) in zip(columns_of_pair, pairs, strict=True):
            for c in columns:
                for e in places_of_column[c]:
                    flow[e] += q * teu * share[c]
        return flow

    def paid(c, pair, flow):
        return cost[c] + sum(
            pair[2] * (delay[e][0] + delay[e][1] * flow[e])
            + pair[1] * max(0.0, price[e][0] + price[e][1] * flow[e])
            for e in places_of_column[c]
        )

    for _ in range(rounds):
        moved = 0.0
        for columns, pair in zip(columns_of_pair, pairs, strict=True):
            for c in columns:
                flow = through()
                best = min(columns, key=lambda d: paid(d, pair, flow))
                more = paid(c, pair, flow) - paid(best, pair, flow)
                if more <= 0 or share[c] == 0:
                    continue
                slope = sum(
                    pair[2] * delay[e][1] + pair[1] * price[e][1]
                    for e in set(places_of_column[c]) ^ set(places_of_column[best])
                )
                part = share[c]
                if slope > 0:
                    part = min(part, more / (slope * pair[0] * pair[1]))
                share[c] -= part
                share[best] += part
                moved += part
        if moved < 1e-13:
            break
    return [share[c] for c in sorted(share)], through()
