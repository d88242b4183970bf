"""The clock of many paths at once, beside one path after the other in plain Python."""

import numpy as np
import pytest

import karwan
import naive_paths
from karwan.kernels.clocks import run_clocks
from karwan.routing.trips import Clocked


@pytest.mark.parametrize("who", ["slow twin", "kernel"])
def test_clock_of_all_itineraries(benchmark, who):
    """Almaty to Karachi on 15 February 2024, gates entered as soon as they open."""
    consignment = karwan.Consignment("Almaty", "Karachi")
    routes = karwan.plan(karwan.open_atlas(), consignment, depart="2024-02-15")
    query, paths = routes.query, Clocked.of(routes.trips).paths
    gate, hours = query.arcs.gate[paths.arc], query.totals.hours[paths.arc]
    schedule, start = query.schedule[:-1], query.start

    def kernel():
        wait = np.zeros(len(gate))
        run_clocks(paths.first, gate, hours, schedule, start, wait, keeps=False)
        return wait

    def twin():
        cuts = paths.first[1:-1]
        ways = zip(np.split(gate, cuts), np.split(hours, cuts), strict=True)
        return [naive_paths.waits_on_the_way(*way, schedule, start)[0] for way in ways]

    found = kernel()
    np.testing.assert_allclose(np.concatenate(twin()), found, atol=1e-6)
    assert found.any()
    benchmark(kernel if who == "kernel" else twin)
