"""Published equilibria of Transportation Networks for Research.

The files are not part of the project: the tests read them in `../shared/bench/tntp` beside it, or
where the environment variable KARWAN_TNTP says, and are left out where they are missing.
Best-known objectives stand in the read-me of each network; that of Anaheim is that of its
published flows.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from karwan.assignment.equilibrium import user_equilibrium
from karwan.assignment.tntp import read_tntp
from karwan.kernels.volume_delay import areas, costs

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("KARWAN_TNTP", ROOT.parent / "shared" / "bench" / "tntp"))
BEST = {
    "SiouxFalls": 4231335.28710744,
    "Anaheim": 1286032.171096,
    "Barcelona": 1265654.92203176,
    "ChicagoSketch": 17313018.7387477,
}
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="TNTP networks are not beside the project; set KARWAN_TNTP"
)


@pytest.fixture(scope="module", params=BEST)
def solved(request):
    chicago = request.param == "ChicagoSketch"
    files = (FOLDER / f"{request.param}_{part}.tntp" for part in ("net", "trips"))
    weights = {"per_length": 0.04, "per_toll": 0.02} if chicago else {}
    problem = read_tntp(*files, **weights)
    found = user_equilibrium(problem, gap=1e-10)
    return request.param, problem, found, found.links["flow"].to_numpy()[problem.row]


def test_objective_equals_the_best_known_and_is_never_below(solved):
    name, problem, found, flow = solved
    assert areas(problem.curves, flow).sum() == found.beckmann_objective
    assert found.beckmann_objective == pytest.approx(BEST[name], rel=1e-9)
    assert found.beckmann_objective >= BEST[name] * (1 - 1e-12)


def test_flow_is_conserved_at_every_node(solved):
    """To 1e-9 of a vehicle, and to a rounding of what passes the node."""
    _, problem, _, flow = solved
    n = len(problem.nodes)
    comes = np.bincount(problem.head, flow, n) + np.bincount(problem.origin, problem.amount, n)
    goes = np.bincount(problem.tail, flow, n) + np.bincount(problem.destination, problem.amount, n)
    assert (flow >= 0.0).all()
    np.testing.assert_allclose(comes, goes, rtol=0, atol=1e-9)
    np.testing.assert_allclose(comes, goes, rtol=1e-12, atol=0)


def test_gap_holds_by_another_shortest_path_code(solved):
    """SciPy's Dijkstra on copies of the zones that are no way through."""
    _, problem, found, flow = solved
    n, cost = len(problem.nodes), costs(problem.curves, flow)
    start = np.where(problem.through, np.arange(n), n + np.arange(n))
    tail = start[problem.tail]
    matrix = csr_matrix((np.maximum(cost, 1e-300), (tail, problem.head)), shape=(2 * n, 2 * n))
    assert matrix.nnz == len(cost)
    label = dijkstra(matrix, indices=start[np.unique(problem.origin)])
    row = np.searchsorted(np.unique(problem.origin), problem.origin)
    least = (problem.amount * label[row, problem.destination]).sum()
    gap = (flow @ cost - least) / (flow @ cost)
    assert gap <= 1e-10
    assert gap == pytest.approx(found.relative_gap, abs=1e-13)


def test_paths_make_up_the_flows(solved):
    _, problem, found, _ = solved
    loaded = found.paths.select("links", "flow").explode("links").group_by("links").sum()
    named = dict(loaded.iter_rows())
    flow = [named.get(link, 0.0) for link in found.links["link"]]
    np.testing.assert_allclose(flow, found.links["flow"], rtol=1e-9, atol=1e-6)
    assert found.paths["flow"].sum() == pytest.approx(problem.amount.sum(), rel=1e-12)
