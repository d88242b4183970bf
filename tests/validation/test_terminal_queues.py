"""Special cases of the terminal loop are queues whose waits are known exactly.

Erlang C for M/M/4, Pollaczek and Khinchine for M/E2/1; the others by a quasi-birth-death solver
checked against both to 1e-12.
"""

import numpy as np
import pytest
import scipy.stats

from karwan.kernels import terminal_layout as c
from karwan.terminals.checks import laws_hold
from karwan.terminals.replicate import replicate
from tiny_terminal import lanes, quays

RUNS, SURE = 12, 0.9995


def contains(values, exact):
    values = np.asarray(values)
    half = scipy.stats.t.ppf(0.5 + SURE / 2, len(values) - 1) * values.std(ddof=1)
    return abs(values.mean() - exact) <= half / np.sqrt(len(values)), (values.mean(), half, exact)


@pytest.mark.parametrize(
    ("shape", "servers", "occupancy", "exact"),
    [
        (1.0, 4, 0.8, 0.7455405897),
        (2.0, 1, 0.7, 1.75),
        (2.0, 3, 0.8, 0.81826),
        (2.0, 4, 0.5, 0.0685),
    ],
)
def test_trucks_before_lanes_wait_as_theory_says(shape, servers, occupancy, exact):
    model = lanes(occupancy, servers, shape=shape)
    waits = []
    for run in replicate(model, range(RUNS), 7, 200.0, 9_000.0):
        assert laws_hold(model, run) == []
        waits.append(run.level[c.LANE_QUEUE, c.AREA] / run.tally[0, c.TURNS] / 0.25)
    good, figures = contains(waits, exact)
    assert good, figures


@pytest.mark.parametrize(
    ("kinds", "servers", "occupancy", "exact"),
    [
        ((2.0, 2.0), 4, 0.7, 0.14421),
        ((2.0, 2.0), 4, 0.5, 0.02574),
        ((2.0, 2.0), 2, 0.7, 0.41253),
        ((1.0, 1.0), 4, 0.8, 0.7455405897),
        ((1.0, 2.0), 3, 0.8, 0.81826),
    ],
)
def test_vessels_before_berths_wait_as_theory_says(kinds, servers, occupancy, exact):
    """Berths are not looked at by the half hour: one that falls free is taken at once."""
    model = quays(occupancy, servers, arrivals=kinds[0], service=kinds[1])
    waits = []
    for run in replicate(model, range(RUNS), 7, 100.0, 20_000.0):
        assert laws_hold(model, run) == []
        seen = run.record
        waits.append((seen[:, c.SEEN_BERTHED] - seen[:, c.SEEN_ARRIVED]).mean())
    good, figures = contains(waits, exact)
    assert good, figures
