"""Skims of a large network: 200 x 200 with four fields on a grid of 160,000 nodes."""

import numpy as np
import pytest

from karwan.assignment.large_skims import FEW_TARGETS, MANY_SOURCES, large_skims

SIDE = 400


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(20)
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = np.vstack(
        [
            np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
            np.column_stack((node[:-1].ravel(), node[1:].ravel())),
        ]
    )
    tail, head = np.vstack((pairs, pairs[:, ::-1])).T
    fields = rng.uniform(1, 10, (len(tail), 4))
    lon, lat = (x.ravel() / 100 for x in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    places = rng.choice(SIDE * SIDE, 200, replace=False)
    return (tail, head), fields, (lon, lat), places


def test_four_fields_of_200_by_200(benchmark, network):
    ends, fields, _, places = network
    cost, summed = benchmark.pedantic(
        large_skims, (ends, fields[:, 0], fields, places, places), rounds=1
    )
    np.testing.assert_allclose(cost, summed[..., 0])


def test_distances_alone_by_routingkit(benchmark, network):
    """The yardstick: one field, by the hierarchy's own many-to-many, built and weighed."""
    kit = pytest.importorskip("pyroutingkit")
    ends, fields, (lon, lat), places = network
    topology = kit.CCHTopology()
    sides = (e.astype(np.uint32) for e in ends)
    topology.build(*sides, lat.astype(np.float32), lon.astype(np.float32), SIDE * SIDE)
    metric = kit.CCHMetric(topology)
    metric.customize((fields[:, 0] * 1000).astype(np.uint32))
    some = places.astype(np.uint32)
    found = benchmark(metric.distances_many_to_many, some, some)
    assert found.shape == (200, 200)


@pytest.mark.parametrize("by", ["trees", "hierarchy"])
def test_few_targets(benchmark, network, by):
    """As few targets and as many sources as a hierarchy is taken for; its building included."""
    pytest.importorskip("pyroutingkit")
    ends, fields, positions, places = network
    asked = ends, fields[:, 0], fields, places[:MANY_SOURCES], places[-FEW_TARGETS:], positions
    cost, _ = benchmark.pedantic(large_skims, asked, {"by": by}, rounds=1)
    assert np.isfinite(cost).all()
