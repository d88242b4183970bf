"""The trade of a year on the atlas: measured again, apart from the code that made it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

import karwan
import naive_assignment
from karwan.assignment.class_graph import HOURS, USD
from karwan.assignment.flows import arc_flows, extra_on
from karwan.assignment.stochastic import _Loading, solve
from karwan.studies.assign import _added, assign, choice_of, demand_of


def test_flows_repeat_themselves_and_keep_capacities(atlas_flows):
    assert atlas_flows.residual <= 1e-8
    assert atlas_flows.excess <= 1e-8
    places = atlas_flows.places.filter("hard")
    assert (places["load_share"] <= 1 + 1e-8).all()
    slack = places.filter(places["load_share"] < 1 - 1e-6)
    assert (slack["shadow_price_usd_per_teu"] == 0).all()


def test_columns_of_each_pair_carry_its_demand(atlas_flows):
    pool, found = atlas_flows.pool, atlas_flows.equilibrium
    served = np.diff(pool.first_column) > 0
    carried = np.bincount(pool.pair, found.flow, len(pool.pairs))
    wanted = pool.pairs["consignments"].to_numpy()
    assert atlas_flows.choice.elasticity == 0
    np.testing.assert_allclose(carried[served], wanted[served], rtol=1e-12)


def test_what_flows_into_a_state_flows_out(atlas_flows):
    """Of every class, at every state of its graph but those before first and after last miles."""
    pool, found = atlas_flows.pool, atlas_flows.equilibrium
    for number, arcs, flow in arc_flows(pool, found.flow[:, None]):
        graph = pool.members[number].graph
        balance = np.zeros(graph.n_states)
        np.add.at(balance, graph.arcs.head[arcs], flow[:, 0])
        np.subtract.at(balance, graph.arcs.tail[arcs], flow[:, 0])
        ends = [*graph.roots.values(), *graph.goals.values()]
        own = pool.member[pool.pair] == number
        assert balance[list(graph.goals.values())].sum() == pytest.approx(found.flow[own].sum())
        balance[ends] = 0.0
        assert np.abs(balance).max() <= 1e-9 * found.flow.sum()


def test_no_way_is_cheaper_than_the_columns_beyond_what_is_said(atlas_flows):
    """Least ways by SciPy on the whole graphs, not on contracted ones."""
    pool, cheaper = atlas_flows.pool, 0
    added = _added(pool, atlas_flows.capacities, atlas_flows.equilibrium)
    for number, (member, more) in enumerate(zip(pool.members, added, strict=True)):
        own, first, arcs = pool.of_member(number)
        if len(own) == 0:
            continue
        graph = member.graph
        cost = graph.cost[:, USD] + graph.rising * graph.cost[:, HOURS] + more
        n = graph.n_states
        key = graph.arcs.tail.astype(np.int64) * n + graph.arcs.head
        order = np.lexsort((cost, key))
        once = order[np.unique(key[order], return_index=True)[1]]
        matrix = csr_matrix(
            (np.maximum(cost[once], 1e-12), (graph.arcs.tail[once], graph.arcs.head[once])), (n, n)
        )
        label = dijkstra(matrix, indices=list(graph.roots.values()))
        goals = np.array(list(graph.goals.values()))
        least = np.full(len(member.pairs), np.inf)
        of_column = np.add.reduceat(cost[arcs], first[:-1])
        np.minimum.at(least, pool.pair[own] - member.pairs[0], of_column)
        best = label[member.starts, goals[member.ends]]
        cheaper += int((best < least * (1 - 1e-8)).sum())
    assert cheaper <= atlas_flows.new_columns


def test_cheapest_ways_of_the_atlas_have_no_gap(atlas_flows):
    """The relative gap of a deterministic choice on the same pool, reckoned here once more."""
    flows, pool, columns = atlas_flows, atlas_flows.pool, atlas_flows.columns
    choice = replace(flows.choice, deterministic=True, constants={})
    found = solve(pool, columns, flows.capacities, choice)
    delay, price = extra_on(pool, flows.capacities, found)
    time = pool.pairs["value_of_time_usd_per_h"].to_numpy()[pool.pair]
    paid = columns.generalised + time * delay + price
    least = np.full(len(pool.pairs), np.inf)
    np.minimum.at(least, pool.pair, paid)
    gap = (found.flow * (paid - least[pool.pair])).sum() / (found.flow * paid).sum()
    assert 0 <= gap <= 1e-12
    assert found.excess <= 1e-8
    assert (paid >= least[pool.pair]).all()


def test_successive_averages_find_the_same_flows_for_some_pairs():
    """A few pairs, their trade enlarged so that they fill the places that they pass."""
    atlas = karwan.open_atlas()
    rows, _ = demand_of(atlas, None)
    rows = rows.filter(rows["cargo_unit"] == "TEU").sort("tonnes").tail(8)
    rows = rows.with_columns(tonnes=rows["tonnes"] * 20)
    soft = atlas.table("capacities")
    soft = soft.with_columns(hard=soft["hard"] & False)
    network = atlas.with_tables(capacities=soft)
    flows = assign(network, demand=rows, choice=replace(choice_of(atlas), constants={}))
    places, pool = flows.capacities, flows.pool
    assert flows.residual <= 1e-10  # steep knots of curves, far beyond their capacity
    assert len(places.place) > 0
    loading = _Loading(pool, flows.columns, places, flows.choice)
    slow = naive_assignment.successive_averages(
        lambda extra: loading.load(np.array(extra))[0].tolist(),
        lambda v: places.delay(np.array(v))[0].tolist(),
        places.other.tolist(),
        6000,
    )
    total = float(flows.itineraries["teu"].sum())
    np.testing.assert_allclose(flows.equilibrium.through, slow, rtol=0, atol=1e-7 * total)
    free = places.other + loading.load(np.zeros((places.n, 2)))[0]
    assert np.abs(flows.equilibrium.through - free).max() > 0.1 * total
