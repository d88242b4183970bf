"""Losses are the differences of plans, and two hurt at least as much as one."""

import json

import numpy as np
import pytest

import karwan
from karwan.studies.resilience import _Losses
from tiny import AS_OF, tiny_network

TRIP = karwan.Consignment("Alpha", "Farport", teu=1)


def test_losses_on_the_tiny_network():
    """Without the rail gate the road is left; without the strait ships sail 3,000 km."""
    network = tiny_network()
    found = karwan.resilience(network, ["Alpha"], ["Farport"])
    rows = {r["targets"]: r for r in found.singles.to_dicts()}
    assert {"country:XB", "node:XBHAV", "passage:strait"} <= set(rows)
    for target in ("country:XB", "node:XBHAV"):
        assert (rows[target]["pairs_hit"], rows[target]["pairs_cut_off"]) == (1, 1)
    best = karwan.plan(network, TRIP).summary.row(0, named=True)
    around = karwan.plan(network, TRIP, options=karwan.Options(avoid=("passage:strait",)))
    left = around.summary.row(0, named=True)
    strait = rows["passage:strait"]
    assert strait["mean_extra_cost_usd"] == pytest.approx(left["cost_usd"] - best["cost_usd"])
    assert strait["mean_extra_time_h"] == pytest.approx(left["time_h"] - best["time_h"])


def test_a_loss_is_the_plan_that_avoids_it_on_the_atlas():
    network = karwan.open_atlas()
    losses = _Losses(network, karwan.Consignment("Almaty", "Jebel Ali", teu=1), network.as_of)
    for thing in losses.things(losses.best):
        if thing[0] != "country":
            continue
        left = losses.without(frozenset((thing,)))
        options = karwan.Options(avoid=(f"country:{thing[1]}",))
        plan = karwan.plan(
            network, karwan.Consignment("Almaty", "Jebel Ali", teu=1), options=options
        )
        free = plan.summary.filter(plan.summary["gate_wait_h"] == 0)
        assert left[2][1] + left[0].rising * left[2][2] <= (
            free["cost_usd"] + left[0].rising * free["time_h"]
        ).min() * (1 + 0.02)


def test_two_losses_hurt_at_least_as_much_as_one():
    network = karwan.open_atlas()
    losses = _Losses(network, karwan.Consignment("Tashkent", "Mombasa", teu=1), AS_OF)
    alone = dict(losses.singles())
    for lost, extra in losses.doubles():
        for thing in lost:
            one = alone.get(frozenset((thing,)), (0.0, 0.0, 0.0))
            worst = np.inf if extra is None else extra[0]
            assert worst >= (np.inf if one is None else one[0]) - 1e-6


def test_every_double_loss_that_adds_is_found():
    """Against trying every pair of things that any itinerary left uses."""
    losses = _Losses(tiny_network(), TRIP, AS_OF)
    found = {lost for lost, _ in losses.doubles()}
    things = {
        t
        for key in list(losses.known)
        if losses.known[key]
        for t in losses.things(losses.known[key])
    }
    for a in things:
        for b in things - {a}:
            both, one, two = (losses.without(frozenset(s)) for s in ((a, b), (a,), (b,)))
            if one is None or two is None:
                continue
            adds = both is None or both[2][0] > max(one[2][0], two[2][0]) * (1 + 1e-9)
            if adds and a in losses.things(losses.best):
                assert frozenset((a, b)) in found


def test_bad_places_are_named_at_once_and_json_is_plain():
    with pytest.raises(karwan.InputError, match=r"'Narnia'.*'Mordor'"):
        karwan.resilience(tiny_network(), ["Narnia", "Mordor"], ["Farport"])
    found = karwan.resilience(tiny_network(), ["Alpha"], ["Farport"], doubles=True)
    assert json.loads(json.dumps(found.to_dict()))["pairs"] == 1
