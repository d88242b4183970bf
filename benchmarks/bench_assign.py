"""The trade of a year on the atlas: pool, columns, equilibrium, and all of `karwan assign`.

Targets: residual at most 1e-8 with all classes, under 5 s for the base year. The yardstick is the
method of successive averages on the same loading, given the shadow prices beforehand.
"""

import functools
from dataclasses import replace

import numpy as np

import karwan
from karwan.assignment.columns import columns_of
from karwan.assignment.places import places_of
from karwan.assignment.pool import column_pool
from karwan.assignment.stochastic import _Loading, solve
from karwan.routing.query import Options
from karwan.studies.assign import assign, choice_of, demand_of

ROUNDS = {"rounds": 3, "warmup_rounds": 1}


@functools.cache
def made():
    """Return network, demand, pool, columns, places and choice of the base year."""
    atlas = karwan.open_atlas()
    rows, _ = demand_of(atlas, None)
    pool = column_pool(atlas, rows, atlas.as_of, Options())
    return atlas, rows, pool, columns_of(pool), places_of(atlas, pool), choice_of(atlas)


def test_column_pool(benchmark):
    """Classes on their graphs, trees, ways through gateways, crossings and ferries."""
    atlas, rows, *_ = made()
    pool = benchmark.pedantic(column_pool, (atlas, rows, atlas.as_of, Options()), **ROUNDS)
    benchmark.extra_info |= {"pairs": len(pool.pairs), "columns": pool.n_columns}
    assert pool.n_columns > len(pool.pairs)


def test_columns_and_places(benchmark):
    """What columns cost and which places they pass."""
    atlas, _, pool, *_ = made()

    def run():
        return columns_of(pool), places_of(atlas, pool)

    columns, _ = benchmark.pedantic(run, **ROUNDS)
    assert np.isfinite(columns.generalised).all()


def test_stochastic_equilibrium(benchmark):
    """Path-size logit with hard capacities, by Newton."""
    _, _, pool, columns, places, choice = made()
    found = benchmark.pedantic(solve, (pool, columns, places, choice), **ROUNDS)
    benchmark.extra_info |= {"residual": found.residual, "Newton steps": found.steps}
    assert found.residual <= 1e-8
    assert found.excess <= 1e-8


def test_successive_averages(benchmark):
    """The yardstick: the same loading, prices given, 1,000 times or to 1e-8."""
    _, _, pool, columns, places, choice = made()
    price = solve(pool, columns, places, choice).price
    loading = _Loading(pool, columns, places, choice)

    def run():
        through, k, rest = places.other.copy(), 0, np.inf
        while rest > 1e-8 and k < 1000:
            k += 1
            flow = loading.load(np.column_stack((places.delay(through)[0], price)))[0]
            rest = np.abs(places.other + flow - through).sum() / flow.sum()
            through += (places.other + flow - through) / k
        return k, rest

    loads, rest = benchmark.pedantic(run, **ROUNDS)
    benchmark.extra_info |= {"loads": loads, "rest": rest}


def test_deterministic_equilibrium(benchmark):
    """Everybody takes a cheapest way, by gradient projection on the same columns."""
    _, _, pool, columns, places, choice = made()
    cheapest = replace(choice, deterministic=True)
    found = benchmark.pedantic(solve, (pool, columns, places, cheapest), **ROUNDS)
    benchmark.extra_info |= {"relative gap": found.residual}
    assert found.residual <= 1e-10
    assert found.excess <= 1e-8


def test_all_or_nothing_averaged(benchmark):
    """The yardstick: all to the cheapest columns, averaged, prices given, at most 1,000 times."""
    _, _, pool, columns, places, choice = made()
    found = solve(pool, columns, places, replace(choice, deterministic=True))
    loading = _Loading(pool, columns, places, replace(choice, deterministic=True))

    def run():
        cheapest, k = loading.cheapest(), 0
        share, gap = np.zeros(pool.n_columns), np.inf
        while gap > 1e-10 and k < 1000:
            k += 1
            delay = places.delay(cheapest.through(share))[0]
            paid, least = cheapest.costs(delay, found.price)
            if k > 1:
                gap = cheapest.gap(share, delay, found.price)
            at = np.flatnonzero(paid == least[pool.pair])
            at = at[np.unique(pool.pair[at], return_index=True)[1]]
            share *= 1 - 1 / k
            share[at] += 1 / k
        return k, gap

    loads, gap = benchmark.pedantic(run, **ROUNDS)
    benchmark.extra_info |= {"loads": loads, "relative gap": gap}


def test_whole_assignment(benchmark):
    """`karwan.assign`, column generation included."""
    flows = benchmark.pedantic(assign, (made()[0],), **ROUNDS)
    benchmark.extra_info |= {"residual": flows.residual, "new columns": flows.new_columns}
    assert flows.residual <= 1e-8
