"""Draws of a 25-year venture. Targets: 500,000 a second on a core, 10 times vectorised NumPy."""

import time
from pathlib import Path

import numpy as np
import pytest

from karwan.appraisal.account import account
from karwan.appraisal.levers import base_levers
from karwan.appraisal.marginals import quantile_tables, uncertain_levers
from karwan.appraisal.risk import draw_venture
from karwan.appraisal.venture import read_venture
from karwan.kernels.venture import REACH, run_draws
from karwan.kernels.venture_rows import LEVERS, MEASURES
from naive_venture import naive_measures, naive_run

TERMS = Path(__file__).with_name("venture.toml")
DRAWS, FEW = 200_000, 20_000


@pytest.fixture(scope="module")
def terminal():
    """25 years, two phases, sculpted debt, holiday, old losses; 11 levers are uncertain."""
    found = account(read_venture(TERMS))
    assert found.arrays.years == 25
    assert len(found.venture.rows["uncertain"]) == 11
    draw_venture(found, 100, 1)  # compile outside the measured region
    return found


def in_numpy(terminal, shocks):
    """Run the readable twin, each line an array of draws, with rates by Newton's method."""
    tables = quantile_tables(terminal.venture.rows["uncertain"])
    steps = np.linspace(-REACH, REACH, tables.shape[1])
    levers = {
        LEVERS[lever]: np.interp(shocks[:, u], steps, tables[u])
        for u, lever in enumerate(uncertain_levers(terminal.venture))
    }
    return naive_measures(terminal.arrays, naive_run(terminal.arrays, levers))


def test_two_hundred_thousand_draws(benchmark, terminal):
    """Random numbers, correlations, quantiles, statements and measures, one thread."""
    found = benchmark.pedantic(draw_venture, (terminal, DRAWS, 7), rounds=5)
    assert np.isfinite(found.column("project_npv")).all()


def test_draws_beside_numpy(benchmark, terminal):
    """CPU time of both in turn, best of three; the same draws, the same measures."""
    shocks = draw_venture(terminal, FEW, 7).shocks
    wanted = in_numpy(terminal, shocks)
    ours = np.empty((FEW, len(MEASURES)))
    venture = terminal.venture
    tables = uncertain_levers(venture), quantile_tables(venture.rows["uncertain"]), base_levers()

    def kernel():
        run_draws(shocks, *tables, *terminal.arrays.inputs, np.array([0.1, 0.1]), ours)

    def spent(work):
        began = time.process_time()
        work()
        return time.process_time() - began

    def ratio():
        kernel()
        a = min(spent(kernel) for _ in range(3))
        b = min(spent(lambda: in_numpy(terminal, shocks)) for _ in range(3))
        benchmark.extra_info |= {"draws a second": FEW / a, "of NumPy": FEW / b}
        return b / a

    assert benchmark.pedantic(ratio, rounds=1) > 10
    for k, name in enumerate(MEASURES):
        fine = np.isfinite(ours[:, k])
        if name.endswith("irr"):  # flows of a draw may have several rates, and each finds one
            fine &= np.abs(ours[:, k] - wanted[name]) < 1e-6  # NumPy goes astray where it is low
            assert fine.mean() > 0.9, name
        np.testing.assert_allclose(ours[fine, k], wanted[name][fine], rtol=1e-7, atol=1e-2)
