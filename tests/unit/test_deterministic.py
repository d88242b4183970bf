"""Everybody takes a cheapest way: by hand on the tiny network, and beside the logit."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import brentq

import karwan
from karwan.assignment.deterministic import Cheapest
from karwan.assignment.stochastic import Choice, expected_costs, solve
from karwan.cli import group
from karwan.studies.assign import assign
from tiny import added
from tiny_demand import WIDE, parts, room, wanted

CHEAPEST = Choice(deterministic=True)


def two_ways(*rows, tonnes=20_000.0):
    """Return pool, columns and places of demand with a way by rail and one by road."""
    return parts(added("capacities", "\n".join(rows)), wanted(tonnes))


def test_both_ways_cost_the_same_as_wardrop_says():
    """The flow of the cheaper way by hand: ``c + t h (f / f0 - 1)`` equals the other cost."""
    pool, columns, places = two_ways(room("gate-rail", capacity=800.0, load=10.0))
    rail = int(places.place[0] == 0 and np.flatnonzero(np.diff(places.first))[0])
    gap = columns.generalised[1 - rail] - columns.generalised[rail]
    time = pool.pairs["value_of_time_usd_per_h"][0]
    hours = places.hours[0]

    def more(flow):
        factor = (1 + (flow / 800) ** 4) / (1 + (10 / 800) ** 4)
        return time * hours * (factor - 1) - gap

    by_hand = brentq(more, 0, 1e5) if more(2000.0) > 0 else 2000.0
    found = solve(pool, columns, places, CHEAPEST)
    assert by_hand < 2000
    assert found.through[0] == pytest.approx(by_hand, rel=1e-9)
    assert found.residual <= 1e-14
    assert found.expected[0] == pytest.approx(columns.generalised[1 - rail], rel=1e-12)


def test_the_logit_goes_there_as_its_scale_grows():
    pool, columns, places = two_ways(room("gate-rail", load=10.0), room("gate-road", load=10.0))
    limit = solve(pool, columns, places, CHEAPEST).through
    away = [
        np.abs(solve(pool, columns, places, Choice(scale=s, path_size=0.0)).through - limit).max()
        for s in (10.0, 100.0, 1000.0, 10_000.0)
    ]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 1e-2 * away[0]


def test_nobody_pays_more_than_by_the_logit_and_no_empty_way_is_cheaper():
    """Without congestion the total is the least there is; with it, the objective is."""
    free = two_ways()
    for choice in (Choice(scale=2.0), Choice(scale=20.0)):
        pool, columns, _ = free
        cheap, spread = solve(*free, CHEAPEST), solve(*free, choice)
        paid = [float((f.flow * columns.generalised).sum()) for f in (cheap, spread)]
        assert paid[0] < paid[1]
        assert cheap.share.max() == 1.0
    pool, columns, places = two_ways(room("gate-rail"), room("gate-road"))
    found = solve(pool, columns, places, CHEAPEST)
    now, least = Cheapest(pool, places, columns.generalised).costs(found.delay, found.price)
    assert (now >= least[pool.pair] * (1 - 1e-12)).all()
    assert (now[found.share > 0] <= least[pool.pair[found.share > 0]] * (1 + 1e-9)).all()


def test_a_hard_capacity_costs_what_the_next_way_costs_more():
    """At 300 TEU the railway is full: its price is the difference to the road."""
    full = room("gate-rail", capacity=300.0, hard="true", load=1.0, function="constant")
    pool, columns, places = two_ways(full)
    found = solve(pool, columns, places, CHEAPEST)
    cheap, dear = sorted(columns.generalised)
    assert found.through[0] == pytest.approx(300.0, rel=1e-8)
    assert found.price[0] == pytest.approx(dear - cheap, rel=1e-8)
    assert found.residual <= 1e-12
    same = expected_costs(pool, columns, places, CHEAPEST, found)
    assert same[0] == pytest.approx(found.expected[0], rel=1e-12)


def test_places_without_time_and_constant_ones_are_legal():
    pool, columns, places = two_ways(room("gate-rail", function="constant"), room("gate-road"))
    found = solve(pool, columns, replace(places, hours=np.zeros(places.n)), CHEAPEST)
    assert found.residual == 0.0
    assert found.share.max() == 1.0
    assert (found.delay == 0).all()


def test_hard_capacities_that_cut_demand_off_are_named():
    rows = [room(g, capacity=100.0, hard="true", load=1.0) for g in ("gate-rail", "gate-road")]
    with pytest.raises(karwan.InputError, match="gate-rail and gate-road let 200 of 2,000 TEU"):
        solve(*two_ways(*rows), CHEAPEST)


def test_constants_count_as_the_money_they_are_worth():
    """A constant of ``scale`` times the difference in cost makes both gateways equal."""
    pool, columns, places = two_ways()
    choice = Choice(scale=5.0, deterministic=True, constants={("gateway", "XBHAV"): -1.0})
    found = solve(pool, columns, places, choice)
    least = columns.generalised.min()
    assert found.expected[0] == pytest.approx(least + least / 5.0, rel=1e-12)


def test_assign_says_how_deterministic_flows_were_measured():
    flows = assign(added("capacities", room("gate-rail")), demand=wanted(), pool=WIDE,
                   choice=CHEAPEST)  # fmt: skip
    assert flows.residual <= 1e-12
    assert flows.new_columns == 0
    assert flows.run.options["choice"]["deterministic"] is True


def test_the_command_says_gap_not_residual(tmp_path):
    network = added("capacities", room("gate-rail"))
    karwan.write_network(network, tmp_path / "net")
    wanted().write_csv(tmp_path / "demand.csv")
    asked = ["--network", str(tmp_path / "net"), "--demand", str(tmp_path / "demand.csv")]
    done = CliRunner().invoke(group, ["assign", *asked, "--deterministic"])
    assert done.exit_code == 0, done.output
    assert "relative gap" in done.output
    assert "residual" not in done.output


def test_elastic_demand_needs_the_logit():
    with pytest.raises(karwan.InputError, match=r"elasticity is 0\.5 and the choice determ"):
        Choice(deterministic=True, elasticity=0.5)
