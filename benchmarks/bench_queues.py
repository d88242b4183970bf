"""Exact waits at queues: accuracy and time of a point, and the simulation of hours.

Targets: relative error 1e-9 against Erlang-C and Pollaczek-Khinchine, median of 5 ms a point. The
yardsticks are Ciw on the same queue for one point, and the loop of the kernel in plain Python.
"""

from heapq import heapreplace

import numpy as np
import pytest

from karwan.kernels.waits import waits_in_hours
from karwan.terminals.queues import erlang_c, occupancy_for, waiting
from karwan.terminals.queues_qbd import solve_levels
from karwan.terminals.queues_tail import decay_gap, tail_of

LAWS = ("M/E2", "E2/E2", "E2/E3", "M/D", "E2/D", "D/E2")
POINTS = [
    (f"{laws}/{servers}", occupancy)
    for laws in LAWS
    for servers in (1, 2, 4, 6, 8, 10)
    for occupancy in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
]
COUNT = 100_000


def test_points_with_percentiles(benchmark):
    """216 queues in turn, the matrices of each made before; time of one is the total over 216."""

    def run():
        found = [waiting(*point) for point in POINTS]
        return [(w.wait_ratio, w.percentile(0.95)) for w in found]

    found = np.array(benchmark(run))
    assert np.isfinite(found).all()
    if benchmark.stats:  # none where benchmarks only run once
        median = benchmark.stats["median"]
        benchmark.extra_info["ms a point"] = round(1e3 * median / len(POINTS), 2)


@pytest.mark.parametrize("point", [("E2/E2/4", 0.7), ("E2/E2/10", 0.9), ("E4/E4/4", 0.7)])
def test_one_point(benchmark, point):
    """Mean alone."""
    assert benchmark(waiting, *point).wait_ratio > 0


def test_the_inverse(benchmark):
    """Occupancy of a tenth of the service."""
    assert benchmark(occupancy_for, "E2/E2/4", 0.1) == pytest.approx(0.6545, abs=1e-4)


def test_errors_against_closed_forms(benchmark):
    """Largest relative errors for up to 12 servers and 10 phases, to an occupancy of 0.9999."""

    def run():
        worst = 0.0
        for load in (0.05, 0.3, 0.7, 0.95, 0.99, 0.999, 0.9999):
            for servers in range(1, 13):
                found = solve_levels(1, 1, servers, load)
                law = tail_of(found.seen, found.onward, (1, servers), decay_gap(1, 1, load))
                exact = erlang_c(servers, load) / servers / (1 - load)
                worst = max(worst, abs(law.mean / exact - 1))
            for phases in range(1, 11):
                found = solve_levels(1, phases, 1, load)
                law = tail_of(found.seen, found.onward, (phases, 1), decay_gap(1, phases, load))
                exact = (1 + 1 / phases) / 2 * load / (1 - load)
                worst = max(worst, abs(law.mean / exact - 1))
        return worst

    worst = benchmark.pedantic(run, rounds=1)
    benchmark.extra_info["largest relative error"] = worst
    assert worst < 1e-9


def draws():
    rng = np.random.default_rng(20)
    return rng.gamma(2, 0.5, COUNT).cumsum(), rng.gamma(2, 1.6, COUNT)


def test_loop_of_hours(benchmark):
    """100,000 arrivals at 4 servers that are open round the clock."""
    arrivals, service = draws()
    always, rests = (np.array([0.0]), np.array([168.0])), False
    waits = benchmark(waits_in_hours, arrivals, service, 4, *always, rests)
    assert waits.mean() == pytest.approx(plain(arrivals, service).mean(), rel=1e-6)


def plain(arrivals, service):
    free, waits = [0.0] * 4, np.empty(COUNT)
    for n, (comes, takes) in enumerate(zip(arrivals.tolist(), service.tolist(), strict=True)):
        begins = max(comes, free[0])
        heapreplace(free, begins + takes)
        waits[n] = begins - comes
    return waits


def test_the_same_in_plain_python(benchmark):
    """The yardstick of the loop: a heap of servers, no hours."""
    assert benchmark.pedantic(plain, draws(), rounds=3).mean() > 0


def test_one_point_by_ciw(benchmark):
    """The yardstick of a point: M/M/4, 20,000 arrivals of Ciw, good to two digits."""
    import ciw

    queue = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(3.2)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[4],
    )

    def run():
        ciw.seed(1)
        found = ciw.Simulation(queue)
        found.simulate_until_max_time(6_250)
        return np.mean([r.waiting_time for r in found.get_all_records()])

    assert benchmark.pedantic(run, rounds=1) == pytest.approx(0.7455, abs=0.15)
