"""Draws of a plan on the atlas: efficiency at two workers. Target: at least 0.8."""

import time

import pytest

import karwan

ASKED = {"origin": "Karaganda", "destination": "Mombasa", "teu": 20}
DRAWS = 60


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
    """Draws of one process by draws of two in the same time, halved; without the start.

    The start is measured by an ensemble of two draws on two workers and taken off, as a long run
    pays it once.
    """

    def seconds(draws, workers):
        began = time.perf_counter()
        karwan.ensemble(atlas, "plan", draws=draws, options=ASKED, workers=workers)
        return time.perf_counter() - began

    def efficiency():
        alone = seconds(DRAWS, 1) - seconds(2, 1)
        together = seconds(DRAWS, 2) - seconds(2, 2)
        return alone / (2 * together)

    found = benchmark.pedantic(efficiency, rounds=1)
    benchmark.extra_info["efficiency"] = round(found, 2)
    assert found > 0
