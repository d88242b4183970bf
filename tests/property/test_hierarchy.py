"""Contraction hierarchies against their slow twins: zero costs, ties, one-way and closed arcs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import naive_hierarchy as naive
from karwan.assignment.hierarchy import hierarchy_of, weighed
from karwan.assignment.large_skims import large_skims
from karwan.kernels.dissection import dissect
from karwan.kernels.hierarchy import DOWN, UP
from karwan.kernels.narrow_cut import MIDDLE, SINK, SOURCE, narrow_cut, sink_side
from strategies import arc_lists


@st.composite
def placed(draw):
    """Draw arcs with costs and two fields, and the positions of their nodes, some the same."""
    n, tail, head, cost = draw(arc_lists(1))
    whole = st.integers(0, 9).map(float)
    fields = np.array(
        draw(st.lists(st.tuples(whole, whole), min_size=len(tail), max_size=len(tail)))
    )
    x, y = (np.array(draw(st.lists(whole, min_size=n, max_size=n))) for _ in range(2))
    return tail, head, cost[:, 0], fields, (x, y)


@given(placed(), st.sampled_from([1.0, 0.1]))
def test_every_way_is_a_cheapest_one_and_its_fields_are_its_own(graph, unit):
    """No way goes round a circle of no cost, though tenths add up to less in another order."""
    tail, head, cost, fields, positions = graph
    nodes = np.arange(len(positions[0]))
    asked = (tail, head), unit * cost, fields, nodes, nodes, positions
    found, summed = large_skims(*asked, by="hierarchy")
    for i, j in itertools.product(nodes, nodes):
        least, ways = naive.cheapest_ways(tail, head, cost, fields, i, j)
        assert found[i, j] == pytest.approx(unit * least, rel=1e-12, abs=1e-300)
        if ways:
            assert tuple(summed[i, j]) in ways
        else:
            assert np.isnan(summed[i, j]).all()


@given(placed())
def test_arcs_of_the_hierarchy_cost_what_the_cheapest_ways_over_lower_nodes_cost(graph):
    tail, head, cost, _, positions = graph
    n = len(positions[0])
    made = hierarchy_of((tail, head), positions)
    a, b = made.rank[tail], made.rank[head]
    above = naive.supergraph(n, list(zip(a.tolist(), b.tolist(), strict=True)))
    assert [made.head[made.begin[x] : made.begin[x + 1]].tolist() for x in range(n)] == above
    weight = weighed(made, (tail, head), cost).cost
    least = naive.customised(n, a, b, cost)
    for k, (low, high) in enumerate(zip(made.tail, made.head, strict=True)):
        assert (weight[UP, k], weight[DOWN, k]) == (least[low, high], least[high, low])


@given(arc_lists(1), st.data())
def test_a_cut_is_as_narrow_as_any(arcs, data):
    n, tail, head, _ = arcs
    pairs = np.sort(np.column_stack((tail, head)), axis=1).tolist()
    edges = sorted({(a, b) for a, b in pairs if a != b})
    kinds = st.sampled_from([MIDDLE, SOURCE, SINK])
    side = np.array(data.draw(st.lists(kinds, min_size=n, max_size=n)), np.int8)
    side[0], side[n - 1] = SOURCE, SINK
    graph, nodes = both_ways(edges, n), np.arange(n, dtype=np.int32)
    part, flow = np.ones(n, np.int32), np.zeros(2 * len(edges), np.int8)
    level, pointer = np.zeros(n, np.int32), np.zeros(n, np.int64)
    queue, path = np.zeros(n, np.int32), np.zeros(n + 1, np.int64)
    work = level, pointer, queue, path, np.zeros(n, np.int32)
    cut = narrow_cut(nodes, graph, part, side, flow, work, 1000)
    sources, sinks = (np.flatnonzero(side == kind).tolist() for kind in (SOURCE, SINK))
    assert cut == naive.least_cut(edges, range(n), sources, sinks)
    near = level >= 0
    assert sum(near[a] != near[b] for a, b in edges) == cut
    count = sink_side(nodes, graph, part, side, flow, pointer, queue)
    far = pointer == -1
    assert count == far.sum()
    assert sum(far[a] != far[b] for a, b in edges) == cut
    if cut > 1:
        assert narrow_cut(nodes, graph, part, side, flow, work, cut - 1) == cut - 1


def both_ways(edges, n):
    """Return first arcs, heads and twins of edges."""
    arcs = sorted([*edges, *((b, a) for a, b in edges)])
    at = {arc: i for i, arc in enumerate(arcs)}
    first = np.searchsorted([a for a, _ in arcs], np.arange(n + 1)).astype(np.int64)
    head = np.array([b for _, b in arcs], np.int32)
    return first, head, np.array([at[b, a] for a, b in arcs], np.int64)


@pytest.mark.parametrize("places", ["a line", "a grid", "one point"])
def test_nodes_are_ordered_so_that_little_lies_above_each(places):
    """The nodes above one in a grid of side 16 are some 4 x 16; on a line some log 256."""
    node = np.arange(256).reshape(16, 16)
    across = np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel()))
    along = np.column_stack((node[:-1].ravel(), node[1:].ravel()))
    edges = np.vstack((across, along))
    x, y = (p.ravel().astype(float) for p in np.meshgrid(np.arange(16), np.arange(16)))
    if places == "a line":
        edges, x, y = np.column_stack((np.arange(255), np.arange(1, 256))), np.arange(256.0), 0 * y
    if places == "one point":
        x, y = 0 * x, 0 * y
    order = dissect(*both_ways(list(map(tuple, edges.tolist())), 256), x, y, 0.35)
    assert sorted(order.tolist()) == list(range(256))
    made = hierarchy_of((edges[:, 0], edges[:, 1]), (x, y))
    assert made.depth.max() <= {"a line": 15, "a grid": 64, "one point": 100}[places]
