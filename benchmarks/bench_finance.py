"""Rates of return beside pyxirr. Target: five times as quick, equal to 1e-10."""

import time

import numpy as np
import pytest
import pyxirr

from karwan.appraisal.rates_of_return import irr_of_rows

ROWS, YEARS = 20_000, 26


@pytest.fixture(scope="module")
def flows():
    """Conventional flows: three years of building, then receipts that grow."""
    rng = np.random.default_rng(20)
    made = rng.lognormal(0, 0.3, (ROWS, YEARS)) * 1.03 ** np.arange(YEARS)
    made[:, :3] *= -rng.uniform(2, 6, (ROWS, 1))
    irr_of_rows(made[:2])  # compile outside the measured region
    return made


def test_twenty_thousand_rates(benchmark, flows):
    """One thread, 26 flows each."""
    found = benchmark(irr_of_rows, flows)
    assert np.isfinite(found).all()


def test_pyxirr_on_the_same_flows(benchmark, flows):
    """The yardstick: one call for each row, as a user would."""
    found = benchmark.pedantic(lambda: [pyxirr.irr(row) for row in flows], rounds=3)
    np.testing.assert_allclose(irr_of_rows(flows), np.array(found, float), rtol=0, atol=1e-10)


def test_times_quicker_than_pyxirr(benchmark, flows):
    """CPU time of both in turn, best of five, lists made beforehand for pyxirr."""
    rows = flows.tolist()

    def spent(work):
        began = time.process_time()
        work()
        return time.process_time() - began

    def ratio():
        ours = min(spent(lambda: irr_of_rows(flows)) for _ in range(5))
        theirs = min(spent(lambda: [pyxirr.irr(row) for row in rows]) for _ in range(5))
        benchmark.extra_info |= {"us a rate": ours / ROWS * 1e6, "pyxirr": theirs / ROWS * 1e6}
        return theirs / ours

    assert benchmark.pedantic(ratio, rounds=1) > 5
