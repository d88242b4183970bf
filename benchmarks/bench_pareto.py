"""Exact tri-criteria search on about 8,600 states and 27,000 arcs, fine and coarse units.

Targets: 150 ms fine, 20 ms coarse, bounds included, median over the trips. The yardstick is the
slow twin of the tests on a small part; research codes in C++ are not installable from PyPI.
"""

import time

import numpy as np
import pytest

import naive
from karwan.kernels.pareto import pareto_search
from karwan.routing.trees import adjacency, cheapest_tree
from networks import multimodal, trips
from strategies import always_open

TRIPS = 11


def search(star, back, origin, target):
    bound = np.column_stack(
        [cheapest_tree(back, np.ascontiguousarray(c), target)[0] for c in star.cost.T]
    )
    return pareto_search(
        star.first_arc,
        star.head,
        star.cost,
        *always_open(len(star.head)),
        (origin, target),
        bound,
        0.0,
        50_000_000,
    )


def prepared(*, coarse):
    star = multimodal(coarse=coarse)
    n_states = len(star.first_arc) - 1
    tail = np.repeat(np.arange(n_states, dtype=np.int32), np.diff(star.first_arc))
    back = adjacency(star.head, tail, n_states)
    pairs = trips(star, TRIPS)
    search(star, back, *pairs[0])
    return star, back, pairs


@pytest.mark.parametrize("coarse", [False, True], ids=["fine", "coarse"])
def test_tri_criteria(benchmark, coarse):
    """One round searches all trips; divide by 11. Extra info holds the median trip."""
    star, back, pairs = prepared(coarse=coarse)

    def every():
        seconds, fronts = [], []
        for origin, target in pairs:
            begun = time.perf_counter()
            fronts.append(search(star, back, origin, target))
            seconds.append(time.perf_counter() - begun)
        benchmark.extra_info["median trip ms"] = round(1000 * float(np.median(seconds)), 1)
        benchmark.extra_info["largest trip ms"] = round(1000 * max(seconds), 1)
        benchmark.extra_info["median front"] = int(np.median([len(f[0]) for f in fronts]))
        benchmark.extra_info["median labels"] = int(np.median([len(f[2]) for f in fronts]))
        return fronts

    fronts = benchmark.pedantic(every, rounds=3)
    for front, *_, complete in fronts:
        assert complete
        better = (front[:, None, :] >= front[None, :, :]).all(axis=2)
        assert better.sum() == len(front), "no vector of the front is covered by another"


def part(star, size):
    """Return the states nearest to the first by number of arcs, as a network of their own."""
    chosen, position = [0], 0
    while len(chosen) < size:
        state = chosen[position]
        ahead = star.head[star.first_arc[state] : star.first_arc[state + 1]].tolist()
        chosen += [s for s in dict.fromkeys(ahead) if s not in chosen]
        position += 1
    number = {s: i for i, s in enumerate(chosen[:size])}
    rows = [
        (number[s], number[int(star.head[a])], a)
        for s in number
        for a in range(star.first_arc[s], star.first_arc[s + 1])
        if int(star.head[a]) in number
    ]
    tail, head, arc = np.array(rows).T
    first = np.searchsorted(tail, np.arange(size + 1)).astype(np.int32)
    return first, head.astype(np.int32), np.ascontiguousarray(star.cost[arc])


@pytest.mark.parametrize("who", ["slow twin", "kernel"])
def test_one_trip_over_a_hundred_states(benchmark, who):
    """The yardstick: label correcting in plain Python, and the kernel on the same trip."""
    first, head, cost = part(multimodal(coarse=True), 100)
    bound = np.zeros((100, 3))
    twin = naive.pareto_front(first, head, cost, 0, 99)
    if who == "kernel":
        args = (first, head, cost, *always_open(len(head)), (0, 99), bound, 0.0, 100_000)
        pareto_search(*args)
        front = benchmark(pareto_search, *args)[0]
        assert sorted(map(tuple, front)) == twin
    else:
        assert benchmark.pedantic(naive.pareto_front, (first, head, cost, 0, 99), rounds=1) == twin
    assert len(twin) > 1
