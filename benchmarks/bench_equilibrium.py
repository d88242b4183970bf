"""User equilibrium: ChicagoSketch where its files lie beside the project, and a made grid.

Targets on ChicagoSketch, one thread: 0.6 s of CPU to a gap of 1e-6, 1.0 s to 1e-10. Beside it:
trees of all origins by SciPy, of which Frank-Wolfe methods need one set in each iteration.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.assignment.equilibrium import user_equilibrium
from karwan.assignment.flow_problem import bpr_curves, flow_problem
from karwan.assignment.tntp import read_tntp

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("KARWAN_TNTP", ROOT.parent / "shared" / "bench" / "tntp"))


def chicago():
    if not FOLDER.is_dir():
        pytest.skip("TNTP networks are not beside the project; set KARWAN_TNTP")
    files = (FOLDER / f"ChicagoSketch_{part}.tntp" for part in ("net", "trips"))
    return read_tntp(*files, per_length=0.04, per_toll=0.02)


def made_grid():
    """Return a grid of 20 x 20 nodes with 40 zones that all trade; seed 4."""
    rng, n = np.random.default_rng(4), 20
    node = np.arange(n * n).reshape(n, n)
    pairs = [(node[:, :-1], node[:, 1:]), (node[:-1], node[1:])]
    tail = np.concatenate([np.concatenate((a.ravel(), b.ravel())) for a, b in pairs])
    head = np.concatenate([np.concatenate((b.ravel(), a.ravel())) for a, b in pairs])
    m = len(tail)
    curves = bpr_curves(rng.uniform(1, 3, m), np.full(m, 0.15), np.full(m, 4), np.full(m, 40.0))
    zones = rng.choice(n * n, 40, replace=False)
    origin, destination = np.repeat(zones, 40), np.tile(zones, 40)
    amount = rng.uniform(0, 2, len(origin))
    names = [str(i) for i in range(m)]
    nodes = [str(i) for i in range(n * n)]
    demand = (origin, destination, amount)
    return flow_problem("grid", nodes, np.ones(n * n, bool), names, (tail, head), curves, demand)


@pytest.mark.parametrize("gap", [1e-6, 1e-10])
def test_chicago_sketch(benchmark, gap):
    problem = chicago()
    user_equilibrium(problem, gap=1e-2)
    found = benchmark.pedantic(user_equilibrium, (problem,), {"gap": gap}, rounds=5)
    benchmark.extra_info["solver_cpu_s"] = found.seconds
    assert found.relative_gap <= gap
    assert found.beckmann_objective == pytest.approx(17313018.7387477, rel=1e-7)


def test_trees_of_chicago_sketch_by_scipy(benchmark):
    problem = chicago()
    n = len(problem.nodes)
    cost = np.maximum(problem.curves.base, 1e-12)
    matrix = csr_matrix((cost, (problem.tail, problem.head)), shape=(n, n))
    label = benchmark(dijkstra, matrix, indices=np.unique(problem.origin))
    assert np.isfinite(label).all()


def test_made_grid(benchmark):
    problem = made_grid()
    user_equilibrium(problem, gap=1e-2)
    found = benchmark.pedantic(user_equilibrium, (problem,), {"gap": 1e-10}, rounds=5)
    assert found.relative_gap <= 1e-10


if __name__ == "__main__":
    for name, problem in (("ChicagoSketch", chicago()), ("grid", made_grid())):
        for gap in (1e-4, 1e-6, 1e-8, 1e-10):
            runs = [user_equilibrium(problem, gap=gap).seconds for _ in range(7)]
            print(name, gap, f"{min(runs):.3f} {np.median(runs):.3f} s of CPU")  # noqa: T201
