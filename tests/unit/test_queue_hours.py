"""Servers that keep hours: what can be reckoned by hand, and what theory says round the clock."""

import numpy as np
import pytest

import karwan
from karwan.errors import InputError
from karwan.kernels.waits import waits_in_hours
from karwan.terminals.queues import erlang_c, waiting
from karwan.terminals.queues_hours import weekly_hours
from karwan.terminals.queues_notation import Queue
from karwan.terminals.queues_open import Hours, Runs, occupancy_in_hours, waiting_in_hours

ALWAYS = Hours(*weekly_hours(["00:00-24:00"]))
DAY = Hours(*weekly_hours(["08:00-18:00"]))


def test_hours_are_read_from_words_and_from_the_table():
    opens, closes = weekly_hours(["12345 08:00-18:30", "6 22:00-04:00", "7 20:00-02:00"])
    assert opens.tolist() == [0.0, 8.0, 32.0, 56.0, 80.0, 104.0, 142.0, 164.0]
    assert closes.tolist() == [2.0, 18.5, 42.5, 66.5, 90.5, 114.5, 148.0, 168.0]
    assert [x.tolist() for x in weekly_hours(["00:00-24:00"])] == [[0.0], [168.0]]
    rows = weekly_hours(["torugart-weekdays"], karwan.open_atlas())
    assert [x.tolist() for x in rows] == [[0.0], [120.0]]


def test_hours_that_make_no_sense_are_named_at_once():
    texts = ["08:00-08:00", "24:00-00:00", "88 08:00-18:00", "08:60-25:00", "mornings"]
    with pytest.raises(InputError) as caught:
        weekly_hours(texts)
    assert len(caught.value.problems) == len(texts)
    assert "never open" in caught.value.problems[0]
    assert "never open" in caught.value.problems[1]
    with pytest.raises(InputError, match="never open"):
        weekly_hours([])


@pytest.mark.parametrize("notation", [(1, 1, 3), (2, 2, 4), (1, 0, 2), (0, 2, 2)])
def test_simulation_round_the_clock_contains_theory(notation):
    queue = Queue(*notation)
    found = waiting_in_hours(queue, 0.8, 2.0, ALWAYS, Runs(40, seed=5))
    exact = waiting(queue, 0.8)
    pairs = [(found.wait_h, exact.wait_ratio * 2), (found.wait_probability, exact.wait_probability)]
    pairs += [(found.percentiles_h[p], exact.percentile(p) * 2) for p in (0.9, 0.95)]
    for (mean, half), theory in pairs:
        assert abs(mean - theory) <= 2 * half, (mean, half, theory)


def test_who_comes_alone_waits_for_the_opening_hour():
    """Shut 14 hours a day: the mean wait is 14**2 / 2 / 24 h, and 14 / 24 of all wait."""
    found = waiting_in_hours(Queue(1, 0, 5), 0.001, 0.01, DAY)
    for (mean, half), theory in ((found.wait_h, 14**2 / 48), (found.wait_probability, 14 / 24)):
        assert abs(mean - theory) <= 2 * half


def test_work_that_rests_waits_as_an_open_clock_says():
    """Open days only count: a queue that rests is M/M/1 of a clock that stands still by night.

    Who comes by day waits Erlang-C hours of that clock; all who come wait its mean queue over
    its rate: Little's law holds on both clocks.
    """
    hours = Hours(DAY.opens, DAY.closes, rests=True)
    rests = waiting_in_hours(Queue(1, 1, 1), 0.5, 0.2, hours)
    finishes = waiting_in_hours(Queue(1, 1, 1), 0.5, 0.2, DAY)
    assert finishes.wait_h[0] < rests.wait_h[0]
    assert rests.wait_h[0] > 14**2 / 48 + erlang_c(1, 0.5) * 0.2 / 0.5


def test_more_servers_never_wait_longer_under_the_same_draws():
    rng = np.random.default_rng(3)
    arrivals, service = rng.exponential(0.5, 3000).cumsum(), rng.gamma(2, 0.7, 3000)
    before = np.full(3000, np.inf)
    for servers in range(3, 9):
        now = waits_in_hours(arrivals, service, servers, DAY.opens, DAY.closes, False)
        assert (now <= before + 1e-9).all()
        before = now


def test_the_occupancy_of_open_hours_that_keeps_a_wait():
    found = occupancy_in_hours(Queue(1, 2, 4), 14.0, 0.4, DAY, Runs(5, seed=1))
    assert waiting_in_hours(Queue(1, 2, 4), found, 0.4, DAY, Runs(5, seed=1)).wait_h[
        0
    ] == pytest.approx(14.0 * 0.4, rel=2e-3)
    with pytest.raises(InputError, match="nearly alone"):
        occupancy_in_hours(Queue(1, 2, 4), 0.1, 0.4, DAY, Runs(2))
    with pytest.raises(InputError, match="wait ratio is -1"):
        occupancy_in_hours(Queue(1, 2, 4), -1.0, 0.4, DAY)


def test_a_seed_gives_the_same_figures():
    first, second, other = (
        waiting_in_hours(Queue(2, 2, 2), 0.7, 1.0, DAY, Runs(2, seed)) for seed in (4, 4, 5)
    )
    assert first == second
    assert first.wait_h != other.wait_h


def test_all_problems_of_a_simulation_at_once():
    with pytest.raises(InputError) as caught:
        waiting_in_hours(Queue(2, 2, 2), 1.5, -1.0, DAY, Runs(1))
    assert len(caught.value.problems) == 3
