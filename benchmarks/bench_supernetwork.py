"""What a date costs: its supernetwork, its sea, and all published trips planned again."""

import time

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

import karwan
from karwan.network.sea_routes import port_routes
from karwan.routing.calendar import day_state
from karwan.routing.sea_matrix import network_sea
from karwan.routing.supernetwork import build_supernetwork


def test_supernetwork_of_one_more_date(benchmark):
    """States and arcs of a date, others of the same atlas made before."""
    atlas = karwan.open_atlas()
    state = day_state(atlas, atlas.as_of)
    before = build_supernetwork(atlas, state, "TEU")
    made = benchmark(build_supernetwork.__wrapped__, atlas, state, "TEU")
    for name, column, again in zip(made.arcs._fields, before.arcs, made.arcs, strict=True):
        np.testing.assert_array_equal(column, again, name)


def test_all_ports_by_sea(benchmark):
    """Distances between all ports and the passages on the way."""
    graph = network_sea(karwan.open_atlas())
    distance, passes = benchmark(port_routes, graph, tuple(graph.ports))
    assert np.isfinite(distance).all()
    assert passes.any()


def test_all_ports_by_scipy_alone(benchmark):
    """The yardstick: trees of the same sea, without the passages."""
    graph = network_sea(karwan.open_atlas())
    size, ports = graph.lon_deg.size, list(graph.ports.values())
    matrix = csr_matrix((graph.distance_km, (graph.tail, graph.head)), shape=(size, size))
    args = {"indices": ports, "directed": False, "return_predecessors": True}
    distance, _ = benchmark(dijkstra, matrix, **args)
    assert distance.shape == (len(ports), size)


def test_all_published_trips(benchmark):
    """`karwan.validate` on the atlas, each trip on its own date; CPU in the extra info."""
    atlas = karwan.open_atlas()
    karwan.plan(atlas, karwan.Consignment("Almaty", "Karachi"))

    def every():
        begun = time.process_time()
        found = karwan.validate(atlas)
        benchmark.extra_info["CPU s"] = round(time.process_time() - begun, 1)
        return found

    found = benchmark.pedantic(every, rounds=1)
    assert len(found.rows) == atlas.table("observations").height
