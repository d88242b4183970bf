"""Single-criterion trees are SciPy's: what one costs on the multimodal network."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.routing.trees import adjacency, cheapest_tree
from networks import multimodal


def test_one_tree_as_plans_grow_it(benchmark):
    """Parallel arcs sorted out and the last arc of each state known."""
    star = multimodal()
    n_states = len(star.first_arc) - 1
    tail = np.repeat(np.arange(n_states, dtype=np.int32), np.diff(star.first_arc))
    side = adjacency(tail, star.head, n_states)
    cost = np.ascontiguousarray(star.cost[:, 0])
    label, arc = benchmark(cheapest_tree, side, cost, 0)
    arc = np.array(arc)
    reached = np.flatnonzero(arc >= 0)
    np.testing.assert_allclose(label[reached], label[tail[arc[reached]]] + cost[arc[reached]])


def test_one_tree_by_scipy_alone(benchmark):
    """The yardstick: labels and predecessors from a matrix that is there already."""
    star = multimodal()
    n_states = len(star.first_arc) - 1
    matrix = csr_matrix((star.cost[:, 0], star.head, star.first_arc), shape=(n_states, n_states))
    label, _ = benchmark(dijkstra, matrix, indices=0, return_predecessors=True)
    assert label[0] == 0
