"""What holds of every run of a terminal, whatever its tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.kernels import terminal_layout as c
from karwan.terminals.build import build
from karwan.terminals.checks import ends, growing, laws_hold
from karwan.terminals.measures import bin_edges, from_histogram
from karwan.terminals.more import with_more
from karwan.terminals.replicate import mser5, replicate
from tiny_terminal import CARRIERS, ELEMENTS, lanes, port, quays


@settings(max_examples=8, deadline=None)
@given(
    teu=st.floats(10_000, 300_000),
    counts=st.lists(st.integers(1, 4), min_size=len(ELEMENTS), max_size=len(ELEMENTS)),
    cv=st.floats(0.0, 1.5),
    late=st.floats(0.0, 30.0),
    seed=st.integers(0, 10_000),
)
def test_no_box_is_lost_and_littles_law_holds(teu, counts, cv, late, seed):
    """Whatever the load, down to ports that jam."""
    elements = [e | {"count": n} for e, n in zip(ELEMENTS, counts, strict=True)]
    carriers = [v | {"boxes_cv": cv, "lateness_h": late} for v in CARRIERS]
    model = build(port(elements=elements, carriers=carriers), "port", teu)
    for run in replicate(model, [0], seed, 72.0, 400.0):
        assert laws_hold(model, run) == []
        blocks = run.series[:, c.SERIES :]
        assert (blocks >= 0).all()
        assert (blocks <= model.room).all()
        assert run.level[c.BERTHS_BUSY, c.AREA] <= 400.0 * counts[0] + 1e-6


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    model = build(port(), "port")
    first, again = (replicate(model, range(3), 5, 48.0, 240.0) for _ in range(2))
    other = replicate(model, range(3), 6, 48.0, 240.0)
    for a, b, x in zip(first, again, other, strict=True):
        assert a.series.tobytes() == b.series.tobytes()
        assert a.record.tobytes() == b.record.tobytes()
        assert a.series.tobytes() != x.series.tobytes()


@pytest.mark.parametrize("make", [lanes, quays])
def test_more_servers_never_make_any_run_wait_longer(make):
    """First come first served, the same calls and times: with a server more no one waits more."""
    waits = {}
    for servers in (2, 3, 4):
        model = make(0.8 * 2 / servers, servers)
        runs = replicate(model, range(8), 1, 100.0, 2_000.0)
        row = c.LANE_QUEUE if make is lanes else c.CALLS
        waits[servers] = np.array([run.level[row, c.AREA] for run in runs])
    assert (waits[3] <= waits[2] + 1e-9).all()
    assert (waits[4] <= waits[3] + 1e-9).all()


def test_a_crane_more_sees_the_same_ships():
    model = build(port(), "port")
    more = build(with_more(port(), "port", {"cranes": 1}), "port")
    for a, b in zip(*(replicate(m, range(2), 9, 240.0, 240.0) for m in (model, more)), strict=True):
        calls = [
            sorted(map(tuple, run.record[:, [c.SEEN_CLASS, c.SEEN_ARRIVED]])) for run in (a, b)
        ]
        assert len(calls[0]) > 12
        assert len(set(calls[0]) & set(calls[1])) >= min(map(len, calls)) - 6


@pytest.mark.parametrize(("occupancy", "grows"), [(0.7, False), (1.3, True)])
def test_an_overloaded_queue_is_found_to_grow(occupancy, grows):
    runs = replicate(quays(occupancy, 2), range(6), 2, 100.0, 3_000.0)
    assert bool(growing([ends(run) for run in runs])) is grows
    runs = replicate(lanes(occupancy, 2), range(6), 2, 100.0, 3_000.0)
    assert bool(growing([ends(run) for run in runs])) is grows


def test_mser5_drops_the_rise_and_keeps_what_is_level():
    random = np.random.default_rng(3)
    rise = np.concatenate([np.linspace(0, 100, 500), np.full(3_000, 100.0)])
    assert 350 <= mser5(rise + random.normal(0, 3, len(rise))) <= 600
    assert mser5(100 + random.normal(0, 3, 3_000)) < 1_000


@given(st.lists(st.floats(0.001, 10_000), min_size=1, max_size=400))
def test_quantiles_of_bins_are_near_those_of_the_times(times):
    from karwan.kernels.terminal_boxes import bin_of

    hist = np.bincount([bin_of(t) for t in times], minlength=c.BINS)
    exact = np.sort(times)[max(0, int(np.ceil(0.95 * len(times))) - 1)]
    assert from_histogram(hist, 0.95) == pytest.approx(exact, rel=0.035)
    assert (np.diff(bin_edges()) > 0).all()
