"""Simulated transit times of 20 itineraries, 20,000 draws, and the analytic ranking.

Targets: 60 ms simulated, 0.1 ms analytic. The yardstick is plain NumPy in the same run: one
double-precision lognormal draw for each distinct arc and a sum along each itinerary.
"""

import numpy as np

import karwan
from karwan.routing.itineraries import string_paths
from karwan.routing.rates import time_percentiles
from karwan.routing.simulate import simulate_trips
from karwan.routing.trips import Clocked

DRAWS = 20_000


def twenty():
    atlas = karwan.open_atlas()
    cargo = karwan.Consignment("Karaganda", "Mombasa", "ferroalloys", teu=20)
    routes = karwan.plan(atlas, cargo)
    trips = [routes.trips[i - 1] for i in routes.best["itinerary"]][:20]
    assert len(trips) == 20
    return routes, trips


def test_simulated_by_the_calendar(benchmark):
    """Spread of parts and gates, percentiles included."""
    routes, trips = twenty()

    def run():
        found = simulate_trips(routes.query, trips, draws=DRAWS, closures=False)
        return found.percentiles((0.5, 0.9, 0.95))

    times = benchmark(run)
    p50 = routes.best["time_p50_h"].to_numpy()[:20]
    assert np.allclose(times[:, 0], p50, rtol=0.03)


def test_simulated_with_closures_by_chance(benchmark):
    """The same with closures drawn for each history and detours of those who are caught."""
    routes, trips = twenty()
    found = benchmark(simulate_trips, routes.query, trips, draws=DRAWS)
    assert found.hours.shape == (20, DRAWS)


def test_plain_numpy(benchmark):
    """The yardstick."""
    routes, trips = twenty()
    arcs = np.unique(np.concatenate([t.path for t in trips]))
    totals = routes.query.totals
    mean, variance = totals.hours[arcs], totals.variance[arcs]
    square = np.log1p(variance / np.maximum(mean, 1e-9) ** 2)
    at = [np.searchsorted(arcs, t.path) for t in trips]

    def run():
        rng = np.random.default_rng(0)
        luck = rng.standard_normal((len(arcs), DRAWS)) * np.sqrt(square)[:, None]
        hours = mean[:, None] * np.exp(luck - square[:, None] / 2)
        return np.percentile([hours[rows].sum(axis=0) for rows in at], (50, 90, 95), axis=1)

    assert benchmark.pedantic(run, rounds=3).shape == (3, 20)


def test_analytic(benchmark):
    """Percentiles of 20 itineraries from their cumulants."""
    routes, trips = twenty()
    strung = string_paths(routes.query, Clocked.of(trips))
    mean = strung.sums(strung.hours, strung.start).sum(axis=1)
    variance = strung.sums(strung.variance, strung.start).sum(axis=1)
    third = strung.third()
    found = benchmark(time_percentiles, mean, variance, third)
    simulated = simulate_trips(routes.query, trips, draws=100_000, closures=False)
    error = np.abs(np.array(found).T / simulated.percentiles((0.5, 0.9, 0.95)) - 1)
    benchmark.extra_info["median error %"] = round(100 * float(np.median(error)), 2)
    benchmark.extra_info["largest error %"] = round(100 * float(error.max()), 2)
