"""Skims of a large network: 200 x 200 with four fields on a grid of 160,000 nodes.

Each phase stands beside the same phase of RoutingKit, whose hierarchy gives one field: making the
hierarchy, order of the nodes included; weighing it with a cost; and the skims. Target: at most
twice its time, for all phases together, for weighing and skims, and for the skims alone.
"""

import time

import numpy as np
import pytest

from karwan.assignment.hierarchy import hierarchy_of, weighed
from karwan.assignment.hierarchy_skims import hierarchy_skims
from karwan.assignment.large_skims import large_skims
from networks import roads

SIDE, TIMES = 400, 2
WHOLE = 1000
"""RoutingKit's costs are whole numbers: thousandths here."""


@pytest.fixture(scope="module")
def network():
    """Return ends, four fields, positions and places; compile what is measured."""
    ends, fields, positions = grid(SIDE)
    places = np.random.default_rng(20).choice(SIDE * SIDE, 200, replace=False)
    small_ends, small, small_positions = grid(5)
    large_skims(small_ends, small[:, 0], small, [0, 1], [5, 6], small_positions, by="hierarchy")
    return ends, fields, positions, places


def grid(side):
    rng = np.random.default_rng(20)
    node = np.arange(side * side).reshape(side, side)
    pairs = np.vstack(
        [
            np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
            np.column_stack((node[:-1].ravel(), node[1:].ravel())),
        ]
    )
    tail, head = np.vstack((pairs, pairs[:, ::-1])).T
    fields = rng.uniform(1, 10, (len(tail), 4))
    lon, lat = (x.ravel() / 100 for x in np.meshgrid(np.arange(side), np.arange(side)))
    return (tail, head), fields, (lon, lat)


def phases_here(network):
    """Return seconds of CPU of each phase, cost and fields."""
    ends, fields, positions, places = network
    at = [time.process_time()]
    made = hierarchy_of(ends, positions)
    at.append(time.process_time())
    ready = weighed(made, ends, fields[:, 0])
    at.append(time.process_time())
    cost, summed = hierarchy_skims(ready, fields, places, places)
    at.append(time.process_time())
    return np.diff(at), cost, summed


def phases_of_routingkit(network):
    """Return seconds of CPU of each phase on one thread, and distances."""
    kit = pytest.importorskip("pyroutingkit")
    ends, fields, (lon, lat), places = network
    tail, head = (e.astype(np.uint32) for e in ends)
    whole, some = (fields[:, 0] * WHOLE).astype(np.uint32), places.astype(np.uint32)
    at = [time.process_time()]
    topology = kit.CCHTopology()
    topology.build(tail, head, lat.astype(np.float32), lon.astype(np.float32), SIDE * SIDE)
    at.append(time.process_time())
    metric = kit.CCHMetric(topology)
    metric.customize(whole, 1)
    at.append(time.process_time())
    distance = metric.distances_many_to_many(some, some)
    at.append(time.process_time())
    return np.diff(at), distance / WHOLE


def test_four_fields_of_200_by_200_beside_one_of_routingkit(benchmark, network):
    ours, cost, summed = benchmark.pedantic(phases_here, (network,), rounds=1)
    theirs, distance = phases_of_routingkit(network)
    np.testing.assert_allclose(cost, summed[..., 0], rtol=1e-12)
    np.testing.assert_allclose(cost, distance, rtol=1e-3)
    phases = "make", "weigh", "skim"
    for who, seconds in (("here", ours), ("RoutingKit", theirs)):
        benchmark.extra_info[who] = dict(zip(phases, seconds.round(2).tolist(), strict=True))
    for first in range(3):
        assert ours[first:].sum() <= TIMES * theirs[first:].sum()


@pytest.mark.parametrize("by", ["trees", "hierarchy"])
def test_all_of_it_by_trees_and_by_hierarchy(benchmark, network, by):
    ends, fields, positions, places = network
    asked = ends, fields[:, 0], fields, places, places, positions
    cost, summed = benchmark.pedantic(large_skims, asked, {"by": by}, rounds=1)
    np.testing.assert_allclose(cost, summed[..., 0], rtol=1e-12)


@pytest.mark.parametrize("by", ["trees", "hierarchy"])
def test_a_road_map_by_trees_and_by_hierarchy(benchmark, network, by):
    """120 x 120 on 60,000 nodes in towns and country; `network` has compiled what is measured."""
    assert network
    edges, place = roads(60_000)
    tail, head = np.vstack((edges, edges[:, ::-1])).T
    rng = np.random.default_rng(1)
    length = np.hypot(*(place[tail] - place[head]).T)
    fields = np.column_stack((length, rng.random((len(tail), 3))))
    some = rng.choice(len(place), 120, replace=False)
    asked = (tail, head), length, fields, some, some, (place[:, 0], place[:, 1])
    cost, summed = benchmark.pedantic(large_skims, asked, {"by": by}, rounds=1)
    np.testing.assert_allclose(cost, summed[..., 0], rtol=1e-12)
