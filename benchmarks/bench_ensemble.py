"""Draws of a plan on the atlas: efficiency at two workers. Target: at least 0.8."""

import os
import resource
import time

import numpy as np
import pytest

import karwan

ASKED = {"origin": "Karaganda", "destination": "Mombasa", "teu": 20}
DRAWS = 60
QUIET = 1.5
"""Processes that ran in the last minute, up to which the clock is believed."""


@pytest.fixture(scope="module")
def atlas():
    network = karwan.open_atlas()
    karwan.ensemble(network, "plan", draws=2, options=ASKED)  # compile outside the measured region
    return network


def test_one_draw(benchmark, atlas):
    """Lay a draw, build the supernetwork anew, search, keep the numbers: 10 draws."""
    found = benchmark.pedantic(
        karwan.ensemble, (atlas, "plan"), {"draws": 10, "options": ASKED}, rounds=3
    )
    assert found.failures.is_empty()


@pytest.mark.parametrize("workers", [1, 2])
def test_sixty_draws(benchmark, atlas, workers):
    """Start of processes and reading of the network included."""
    found = benchmark.pedantic(
        karwan.ensemble,
        (atlas, "plan"),
        {"draws": DRAWS, "options": ASKED, "workers": workers},
        rounds=1,
    )
    assert len(found.draws) == DRAWS


def test_efficiency_at_two_workers(benchmark, atlas):
    """Time of draws in one process by twice that of the same draws in two; without the start.

    By the clock where at most one other process wants a core; on a busier machine the clock would
    measure the others, and CPU time in one process by that in two is taken. The start is that of
    an ensemble of two draws, taken off, as a long run pays it once. Both ratios are noted.
    """
    is_quiet = os.getloadavg()[0] < QUIET

    def spent(draws, workers):
        began = time.perf_counter(), _cpu_s()
        karwan.ensemble(atlas, "plan", draws=draws, options=ASKED, workers=workers)
        return np.array([time.perf_counter() - began[0], _cpu_s() - began[1]])

    def efficiency():
        alone = spent(DRAWS, 1) - spent(2, 1)
        together = spent(DRAWS, 2) - spent(2, 2)
        return alone / together / np.array([2, 1])

    clock, cpu = benchmark.pedantic(efficiency, rounds=1)
    benchmark.extra_info |= {"by CPU time": round(cpu, 2), "by the clock": round(clock, 2)}
    assert (clock if is_quiet else cpu) >= 0.8


def _cpu_s():
    """Seconds of CPU of this process and of its children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)
