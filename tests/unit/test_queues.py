"""Exact waits against published values and closed forms."""

import math

import numpy as np
import pytest

from karwan.errors import InputError
from karwan.terminals.queues import erlang_c, occupancy_for, waiting
from karwan.terminals.queues_fixed_service import FixedService
from karwan.terminals.queues_qbd import solve_levels
from karwan.terminals.queues_tail import decay_gap, tail_of

TABLE = {
    "M/E2": """
        .7500  .2556  .1229  .0685  .0415  .0265  .0120  .0060
       1.1250  .4288  .2279  .1395  .0925  .0646  .0348  .0204
       1.7500  .7286  .4180  .2746  .1947  .1449  .0882  .0582
       3.0000 1.3424  .8183  .5677  .4232  .3305  .2201  .1581
       6.7500 3.2073 2.0534 1.4873 1.1533  .9341  .6655  .5085""",
    "E2/E2": """
        .3904  .1181  .0511  .0257  .0141  .0082  .0031  .0013
        .6306  .2226  .1107  .0638  .0399  .0263  .0127  .0067
       1.0391  .4125  .2275  .1442  .0988  .0712  .0408  .0254
       1.8653  .8127  .4849  .3301  .2418  .1858  .1200  .0838
       4.3590 2.0478 1.2994  .9340  .7193  .5789  .4077  .3082""",
}
SERVERS, OCCUPANCIES = (1, 2, 3, 4, 5, 6, 8, 10), (0.5, 0.6, 0.7, 0.8, 0.9)
KEPT = {
    "E2/E2": (0.261, 0.475, 0.586, 0.654, 0.701, 0.736, 0.762, 0.783),
    "M/E2": (0.118, 0.338, 0.468, 0.552, 0.610, 0.654, 0.687, 0.714),
}


@pytest.mark.parametrize("laws", TABLE)
def test_the_exact_tables_of_wait_over_service(laws):
    """research/ports-and-finance.md 3.2: an independent quasi-birth-death program, 4 decimals."""
    table = np.array(TABLE[laws].split(), float).reshape(len(OCCUPANCIES), -1)
    for row, occupancy in zip(table, OCCUPANCIES, strict=True):
        for wait, servers in zip(row, SERVERS, strict=True):
            found = waiting(f"{laws}/{servers}", occupancy).wait_ratio
            assert abs(found - wait) <= 5.1e-5, (laws, servers, occupancy)


def test_one_server_with_erlang_arrivals():
    """E2/E2/1: Groenveld (2007), table IV, agrees with these four decimals."""
    waits = (0.0166, 0.0604, 0.1310, 0.2355, 0.3904, 0.6306, 1.0391, 1.8653, 4.3590)
    for tenth, wait in enumerate(waits, 1):
        assert waiting("E2/E2/1", tenth / 10).wait_ratio == pytest.approx(wait, abs=5.1e-5)


def test_a_cell_that_published_code_has_wrong():
    """E2/E2/4 at half occupancy: a table in circulation says 0.0532, more than twice too much."""
    assert waiting("E2/E2/4", 0.5).wait_ratio == pytest.approx(0.0257, abs=5e-5)


@pytest.mark.parametrize("laws", KEPT)
def test_the_occupancy_that_keeps_a_tenth_of_the_service(laws):
    for servers, occupancy in enumerate(KEPT[laws], 1):
        found = occupancy_for(f"{laws}/{servers}", 0.1)
        assert found == pytest.approx(occupancy, abs=5.1e-4)
        assert waiting(f"{laws}/{servers}", found).wait_ratio == pytest.approx(0.1, rel=1e-9)


def test_erlang_c_is_what_the_general_solver_gives():
    """Both are exact: the closed form of Erlang (1917) and phases with one phase each."""
    assert waiting("M/M/4", 0.8).wait_ratio == pytest.approx(0.7455405897, abs=5e-11)
    for servers in range(1, 13):
        for occupancy in (0.05, 0.3, 0.7, 0.95, 0.99):
            found = solve_levels(1, 1, servers, occupancy)
            law = tail_of(found.seen, found.onward, (1, servers), decay_gap(1, 1, occupancy))
            busy = erlang_c(servers, occupancy)
            assert found.all_busy == pytest.approx(busy, rel=1e-12)
            assert law.mean == pytest.approx(busy / servers / (1 - occupancy), rel=1e-11)
            assert law.beyond(0.7) == pytest.approx(
                busy * math.exp(-0.7 * servers * (1 - occupancy)), rel=1e-11
            )


@pytest.mark.parametrize("phases", [1, 2, 3, 7, 20])
@pytest.mark.parametrize("occupancy", [0.1, 0.5, 0.9, 0.99, 0.9999])
def test_pollaczek_and_khinchine_are_what_the_general_solver_gives(phases, occupancy):
    found = solve_levels(1, phases, 1, occupancy)
    wait = (1 + 1 / phases) / 2 * occupancy / (1 - occupancy)
    law = tail_of(found.seen, found.onward, (phases, 1), decay_gap(1, phases, occupancy))
    assert found.queue_length / occupancy == pytest.approx(wait, rel=1e-9)
    assert law.mean == pytest.approx(wait, rel=1e-9)
    assert waiting(f"M/E{phases}/1", occupancy).wait_ratio == pytest.approx(wait, rel=1e-12)


@pytest.mark.parametrize("occupancy", [0.05, 0.5, 0.9, 0.9999])
def test_fixed_services_at_one_server_follow_pollaczek_and_khinchine(occupancy):
    fixed = FixedService(1, occupancy)
    assert fixed.mean == pytest.approx(occupancy / (1 - occupancy) / 2, rel=1e-12)
    assert fixed.all_busy == pytest.approx(occupancy, rel=1e-12)


def test_fixed_services_by_hand():
    """M/D/1, P(W <= x) = (1 - rho) sum over k of (-rho (x - k))**k / k! exp(rho (x - k)) (Erlang 1909)."""
    rho, x = 0.8, 2.3
    below = (1 - rho) * sum(
        (-rho * (x - k)) ** k / math.factorial(k) * math.exp(rho * (x - k)) for k in range(3)
    )
    assert waiting("M/D/1", rho).beyond(x) == pytest.approx(1 - below, rel=1e-12)


@pytest.mark.parametrize("occupancy", [0.2, 0.7, 0.98])
def test_a_fixed_beat_at_one_exponential_server(occupancy):
    """D/M/1: the chance of a wait solves s = exp(-(1 - s) / rho); the mean is s / (1 - s)."""
    found = waiting("D/M/1", occupancy)
    busy = found.wait_probability
    assert busy == pytest.approx(math.exp(-(1 - busy) / occupancy), rel=1e-9)
    assert found.wait_ratio == pytest.approx(busy / (1 - busy), rel=1e-9)
    assert found.beyond(3.0) == pytest.approx(busy * math.exp(-3 * (1 - busy)), rel=1e-9)


def test_percentiles_invert_the_law():
    for notation in ("M/M/3", "E2/E2/4", "M/D/3", "E2/D/2", "D/E2/3", "M/E3/1"):
        found = waiting(notation, 0.9)
        for share in (0.5, 0.9, 0.95, 0.99):
            time = found.percentile(share)
            assert time > 0
            assert found.beyond(time) == pytest.approx(1 - share, rel=1e-9)
    assert waiting("E2/E2/4", 0.5).percentile(0.5) == 0.0
    assert waiting("D/D/3", 0.9).percentile(0.99) == 0.0


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(InputError, match="unstable"):
        waiting("E2/E2/4", 1.0)
    with pytest.raises(InputError, match="states for each length of the queue; at most 1200"):
        waiting("E9/E9/9", 0.5)
    with pytest.raises(InputError, match="nobody waits at D/D/2"):
        occupancy_for("D/D/2", 0.1)
    with pytest.raises(InputError, match="at no occupancy"):
        occupancy_for("M/M/1", 1e9)
    with pytest.raises(InputError, match="share of a percentile is 1"):
        waiting("M/M/1", 0.5).percentile(1.0)
