"""Laws that hold for every queue."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from karwan.kernels.waits import waits_in_hours
from karwan.terminals.queues import occupancy_for, waiting
from karwan.terminals.queues_notation import Queue, parse_queue
from karwan.terminals.queues_phases import stages
from karwan.terminals.queues_qbd import rate_matrix, solve_levels
from karwan.terminals.queues_roots import phase_ratio
from karwan.terminals.queues_tail import decay_gap, tail_of
from naive_queues import waits_in_hours as slow_waits

queues = st.builds(Queue, st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)).filter(
    lambda q: q.arrival_phases + q.service_phases > 0
)
occupancies = st.floats(0.1, 0.97)


@given(queues)
def test_notation_says_the_queue(queue):
    assert parse_queue(str(queue)) == queue


@settings(max_examples=40)
@given(queues, occupancies, st.floats(0.002, 0.02))
def test_more_arrivals_wait_longer(queue, occupancy, more):
    less, busier = waiting(queue, occupancy), waiting(queue, occupancy + more)
    assert busier.wait_ratio > less.wait_ratio
    assert busier.wait_probability > less.wait_probability


@settings(max_examples=40)
@given(queues, occupancies)
def test_more_servers_never_wait_longer_at_the_same_occupancy(queue, occupancy):
    larger = Queue(queue.arrival_phases, queue.service_phases, queue.servers + 1)
    assert waiting(larger, occupancy).wait_ratio < waiting(queue, occupancy).wait_ratio


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), occupancies)
def test_littles_law_and_the_work_done(arrivals, phases, servers, occupancy):
    """The mean of the law of the wait, found by arrivals, and the mean queue, found by levels."""
    found = solve_levels(arrivals, phases, servers, occupancy)
    gap = decay_gap(arrivals, phases, occupancy)
    law = tail_of(found.seen, found.onward, (phases, servers), gap)
    assert law.mean * occupancy * servers == pytest.approx(found.queue_length, rel=1e-10)
    idle = servers - np.arange(servers)
    assert found.by_level @ idle == pytest.approx(servers * (1 - occupancy), rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.floats(0.01, 0.99))
def test_roots_give_the_matrix_that_reduction_gives(arrivals, phases, servers, occupancy):
    ratio = phase_ratio(arrivals, phases, servers, occupancy)
    rate, size = arrivals * occupancy * servers, len(ratio)
    step, again = stages(phases, servers), np.zeros((arrivals, arrivals))
    again[-1, 0] = rate
    shift = rate * (np.eye(arrivals, k=1) - np.eye(arrivals))
    within = np.kron(shift, np.eye(size)) + np.kron(np.eye(arrivals), step.within)
    up, down = np.kron(again, np.eye(size)), np.kron(np.eye(arrivals), step.replace)
    reduced = rate_matrix(up, within, down)[-size:, -size:]
    np.testing.assert_allclose(np.linalg.matrix_power(ratio, arrivals), reduced, atol=1e-13)


@pytest.mark.parametrize("occupancy", [0.9, 0.999, 0.9999])
def test_near_full_load_the_slowest_mode_keeps_its_digits(occupancy):
    ratio, gap = phase_ratio(4, 4, 4, occupancy), decay_gap(4, 4, occupancy)
    left = 1.0 - np.abs(np.linalg.eigvals(ratio)).max()
    ends = 4.0 / occupancy * gap / 4.0
    assert left == pytest.approx(ends / (1.0 + ends), rel=1e-10)


def test_many_servers_that_roots_cannot_tell_apart_are_reduced():
    assert phase_ratio(1, 2, 60, 0.97) is None
    assert waiting("M/E2/60", 0.97).wait_ratio > waiting("M/E2/61", 0.97).wait_ratio


@settings(max_examples=25)
@given(queues, st.floats(0.3, 0.9))
def test_the_mean_is_the_area_under_the_tail(queue, occupancy):
    found = waiting(queue, occupancy)
    end = max(30.0, 60.0 * found.wait_ratio)
    pieces = np.concatenate([np.arange(0.0, 8.0), np.geomspace(8.0, end, 8)])
    area = sum(quad(found.beyond, a, b, epsabs=1e-12, limit=200)[0] for a, b in pairwise(pieces))
    assert area == pytest.approx(found.wait_ratio, rel=1e-6, abs=1e-10)
    assert found.beyond(1e-9) == pytest.approx(found.wait_probability, abs=1e-7)


@settings(max_examples=25)
@given(queues, st.floats(0.01, 5.0))
def test_the_inverse_gives_the_wait_back(queue, ratio):
    assert waiting(queue, occupancy_for(queue, ratio)).wait_ratio == pytest.approx(ratio, rel=1e-8)


quarters = st.integers(1, 40).map(lambda q: q / 4)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(quarters, quarters), min_size=1, max_size=25),
    st.integers(1, 3),
    st.sampled_from(["0-168", "8-18", "20-30", "0-10|50-60|160-168"]),
    st.booleans(),
)
def test_the_kernel_agrees_with_a_clock_in_ticks(coming, servers, text, rests):
    spans = [tuple(float(x) for x in part.split("-")) for part in text.split("|")]
    arrivals = np.cumsum([gap for gap, _ in coming])
    service = np.array([work for _, work in coming])
    opens, closes = (np.array(x) for x in zip(*spans, strict=True))
    fast = waits_in_hours(arrivals, service, servers, opens, closes, rests)
    slow = slow_waits(arrivals, service, servers, spans, rests=rests, tick=0.25)
    np.testing.assert_allclose(fast, slow, atol=1e-9)
