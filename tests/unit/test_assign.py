"""Assignment on the tiny network: closed forms, shadow prices, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import karwan
import naive_assignment
from karwan.assignment.classes import PoolOptions
from karwan.assignment.places import load_curves
from karwan.assignment.pool import add_bests, column_pool
from karwan.assignment.stochastic import Choice, _Loading, solve
from karwan.kernels.volume_delay import costs
from karwan.studies.assign import assign
from tiny import AS_OF, added
from tiny_demand import WIDE, parts, room, wanted


def test_two_ways_share_as_the_logit_says():
    """Without capacities the share of the railway is 1 / (1 + exp(theta (c_rail - c_road)))."""
    network = added("capacities", "")
    flows = assign(network, demand=wanted(), pool=WIDE, choice=Choice(scale=4.0, path_size=0.0))
    rows = flows.itineraries.sort("generalised_cost_usd")
    assert len(rows) == 2
    costs = rows["generalised_cost_usd"].to_list()
    theta = 4.0 / costs[0]
    share = 1 / (1 + math.exp(theta * (costs[0] - costs[1])))
    assert rows["share"][0] == pytest.approx(share, rel=1e-12)
    assert rows["teu"].sum() == pytest.approx(1000.0)
    assert flows.residual <= 1e-14


def test_columns_cost_what_a_plan_costs():
    """The cheapest column is the itinerary that `karwan plan` offers, documents included."""
    network = added("capacities", "")
    flows = assign(network, demand=wanted(), pool=WIDE)
    plan = karwan.plan(network, karwan.Consignment("Alpha", "Farport", teu=1))
    best = plan.summary.sort("generalised_cost_usd").row(0, named=True)
    mine = flows.itineraries.sort("generalised_cost_usd").row(0, named=True)
    for name in ("cost_usd", "time_h", "co2_kg", "generalised_cost_usd"):
        assert mine[name] == pytest.approx(best[name], rel=1e-9)


def test_congestion_repeats_itself_and_agrees_with_successive_averages():
    network = added("capacities", room("gate-rail") + "\n" + room("gate-road"))
    pool, columns, places = parts(network, wanted(20_000.0))
    choice = Choice(scale=4.0)
    found = solve(pool, columns, places, choice)
    assert found.residual <= 1e-12
    loading = _Loading(pool, columns, places, choice)
    slow = naive_assignment.successive_averages(
        lambda extra: loading.load(np.array(extra))[0].tolist(),
        lambda v: places.delay(np.array(v))[0].tolist(),
        places.other.tolist(),
        20_000,
    )
    np.testing.assert_allclose(found.through, slow, rtol=1e-4)


def test_a_shadow_price_is_what_one_more_unit_saves():
    """Finite difference of total expected cost without rents, by the envelope theorem."""

    def total(capacity):
        network = added(
            "capacities",
            room("gate-rail", capacity=capacity, hard="true", load=1.0, function="constant"),
        )
        pool, columns, places = parts(network, wanted())
        found = solve(pool, columns, places, Choice(scale=4.0, path_size=0.0))
        rent = float((found.price * (found.through - places.other)).sum())
        return float((found.demand * found.expected).sum()) - rent, found

    cost, found = total(300.0)
    assert found.through[0] == pytest.approx(300.0, rel=1e-8)
    assert found.price[0] > 1
    step = 0.01
    saved = (total(300.0 - step)[0] - total(300.0 + step)[0]) / (2 * step)
    assert found.price[0] == pytest.approx(saved, rel=1e-5)
    assert cost > 0


def test_hard_capacities_that_cut_demand_off_are_named():
    rows = [room(g, capacity=100.0, hard="true", load=1.0) for g in ("gate-rail", "gate-road")]
    network = added("capacities", "\n".join(rows))
    with pytest.raises(karwan.InputError, match="gate-rail and gate-road let 200 of 1,000 TEU"):
        assign(network, demand=wanted(), pool=WIDE)


def test_demand_answers_to_cost():
    """At elasticity e, q = q0 exp(-e (S - S0) / S0)."""
    network = added("capacities", room("gate-rail", load=1.0))
    pool, columns, places = parts(network, wanted(20_000.0))
    found = solve(pool, columns, places, Choice(scale=4.0, elasticity=0.5))
    free = _Loading(pool, columns, places, Choice(scale=4.0)).load(np.zeros((places.n, 2)))[3]
    wants = 2000 * np.exp(-0.5 * (found.expected - free) / free)
    np.testing.assert_allclose(found.demand, wants, rtol=1e-12)
    assert found.demand[0] < 2000
    assert found.residual <= 1e-12


def test_a_place_quicker_than_surveyed_makes_no_arc_cheaper_than_free():
    """Taking off more than every arc costs leaves ways of no cost: no column is dearer."""
    pool, _, _ = parts(added("capacities", ""), wanted())
    taken = [np.full(len(member.graph.cost), -1e6) for member in pool.members]
    assert add_bests(pool, taken) == (pool, 0)


def test_captive_boxes_and_bound_wagons():
    """Bulk ore may go in wagons or loose; captive wagonloads have only wagons."""
    free = column_pool(added("capacities", ""), wanted(commodity="general"), AS_OF, choice=WIDE)
    bound = column_pool(
        added("capacities", ""), wanted(), AS_OF, choice=replace(WIDE, captive=True)
    )
    assert bound.n_columns <= free.n_columns
    with pytest.raises(karwan.InputError, match="does not travel in the form 'wagon'"):
        column_pool(
            added("capacities", ""), wanted(cargo_unit="wagonload"), AS_OF,
            choice=PoolOptions(captive=True),
        )  # fmt: skip


def test_wrong_demand_is_named_all_at_once():
    bad = pl.concat(
        [
            wanted(demand_id="a", origin="Atlantis"),
            wanted(demand_id="b", tonnes_low=0.0).with_columns(tonnes=pl.lit(-5.0)),
            wanted(demand_id="c", commodity="ore", cargo_unit="TEU"),
            wanted(demand_id="d", destination="XAALP"),
        ]
    )
    with pytest.raises(karwan.InputError) as fault:
        assign(added("capacities", ""), demand=bad)
    said = str(fault.value)
    for part in ("demand[a].origin", "demand[b].tonnes is -5 t", "class ore in TEU", "demand[d]"):
        assert part in said


def test_what_nothing_joins_is_listed_not_dropped():
    shut = added("closures", "all,country,XB,shut,2025-01-01,,,,,,,,War.,2026-01-01,book")
    flows = assign(shut, demand=wanted(), pool=WIDE)
    assert flows.unserved["tonnes"].to_list() == [10_000.0]
    assert flows.totals["unserved_tonnes"] == 10_000.0
    assert flows.totals["teu"] == 0


def test_who_uses_the_gate():
    flows = assign(added("capacities", ""), demand=wanted(), pool=WIDE)
    rail = flows.using("gate-rail")
    assert rail["share_of_pair"][0] == pytest.approx(
        flows.things.filter((pl.col("kind") == "crossing") & (pl.col("id") == "gate-rail"))[
            "teu"
        ].sum()
        / 1000
    )
    assert flows.using("gate")["share_of_pair"][0] == pytest.approx(1.0)
    with pytest.raises(karwan.InputError, match="'gate-rial' is no crossing"):
        flows.using("gate-rial")


@pytest.mark.parametrize(
    ("kind", "alpha", "power", "load", "factor"),
    [
        ("constant", None, None, 3.0, 1.0),
        ("bpr", 0.15, 4.0, 1.0, 1.15),
        ("conical", 4.0, None, 1.0, 2.0),
        ("conical", 4.0, None, 0.0, 1.0),
        ("curve", None, None, 0.75, 1.5),
        ("curve", None, None, 2.0, 4.0),
    ],
)
def test_load_factors_are_as_published(kind, alpha, power, load, factor):
    """BPR 1.15 at capacity; Spiess's cone is 1 without load and 2 at capacity; curves go on."""
    header = {"capacity_id": ["place"], "function": [kind], "alpha": [alpha], "power": [power]}
    numbers = {"alpha": pl.Float64, "power": pl.Float64}
    knots = pl.DataFrame(
        {
            "capacity_id": ["place"] * 3,
            "knot": [1, 2, 3],
            "load_share": [0.0, 0.5, 1.0],
            "time_factor": [1.0, 1.0, 2.0],
        }
    )
    curves = load_curves(pl.DataFrame(header, schema_overrides=numbers), knots)
    assert costs(curves, np.array([load]))[0] == pytest.approx(factor)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"scale": 0.0}, "scale of all commodities is 0"),
        ({"scales": {"ore": -1.0}}, "scale of ore is -1"),
        ({"elasticity": -0.1}, "elasticity is -0.1"),
        ({"path_size": math.inf}, "path_size is inf"),
    ],
)
def test_choices_that_make_no_sense_are_refused(change, sentence):
    with pytest.raises(karwan.InputError, match=sentence):
        Choice(**change)
