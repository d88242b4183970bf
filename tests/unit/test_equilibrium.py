"""User equilibrium by hand: Braess, two roads, zones that are no way through, refusals."""

import numpy as np
import pytest

from karwan.assignment.equilibrium import user_equilibrium
from karwan.assignment.flow_problem import bpr_curves, flow_problem
from karwan.assignment.tntp import read_tntp, write_flows
from karwan.errors import DataError, InputError

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 5
<END OF METADATA>
~ init term capacity length free b power speed toll type ;
\t1\t3\t1\t100\t0\t0\t1\t0\t0\t1\t;
\t1\t4\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t2\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t4\t1\t100\t10\t0.1\t1\t0\t0\t1\t;
\t4\t2\t1\t100\t0.000001\t10000000\t1\t0\t2\t1;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 6.0
<END OF METADATA>
Origin  1
  1 : 1.5;  2 : 6.0;
"""


@pytest.fixture
def files(tmp_path):
    net, trips = tmp_path / "tiny_net.tntp", tmp_path / "tiny_trips.tntp"
    net.write_text(NET)
    trips.write_text(TRIPS)
    return net, trips


def braess(with_bridge):
    """Six vehicles; 10 v, 50 + v, and the bridge 10 + v (Braess 1968)."""
    ends = [(0, 2), (0, 3), (2, 1), (3, 1), (2, 3)][: 5 if with_bridge else 4]
    free = [1e-9, 50, 50, 1e-9, 10][: len(ends)]
    b = [1e10, 0.02, 0.02, 1e10, 0.1][: len(ends)]
    ones = [1.0] * len(ends)
    tail, head = zip(*ends, strict=True)
    curves = bpr_curves(free, b, ones, ones)
    names = [f"{t}{h}" for t, h in ends]
    return flow_problem("braess", "OD34", [True] * 4, names, (tail, head), curves, ([0], [1], [6]))


@pytest.mark.parametrize(("with_bridge", "each"), [(False, 83), (True, 92)])
def test_braess_a_bridge_makes_everybody_slower(with_bridge, each):
    found = user_equilibrium(braess(with_bridge), gap=1e-12)
    np.testing.assert_allclose(found.paths["cost"], each, rtol=1e-8)
    assert found.total_cost == pytest.approx(6 * each)
    flow = [4, 2, 2, 4, 2] if with_bridge else [3, 3, 3, 3]
    np.testing.assert_allclose(found.links["flow"], flow, atol=1e-8)


def test_paths_run_from_origin_to_destination_and_add_up():
    found = user_equilibrium(braess(True), gap=1e-12)
    ways = dict(zip(map(tuple, found.paths["links"]), found.paths["flow"], strict=True))
    assert {w: round(q, 6) for w, q in ways.items()} == {
        ("02", "21"): 2,
        ("03", "31"): 2,
        ("02", "23", "31"): 2,
    }
    assert set(found.paths["origin"]) == {"O"}
    assert set(found.paths["destination"]) == {"D"}


def test_zones_are_no_way_through():
    """The short way leads through a zone; all flow takes the long one."""
    curves = bpr_curves([1, 1, 5], [0, 0, 0], [0, 0, 0], [0, 0, 0])
    ends = ([0, 2, 0], [2, 1, 1])
    for through, cost in ((True, 2.0), (False, 5.0)):
        problem = flow_problem(
            "zone", "ABC", [True, True, through], ["ac", "cb", "ab"], ends, curves, ([0], [1], [3])
        )
        found = user_equilibrium(problem)
        assert found.total_cost == 3 * cost
        assert found.relative_gap == 0.0


def test_links_of_zero_cost_carry_flow():
    curves = bpr_curves([0, 0, 1], [0, 0, 0], [0, 0, 4], [0, 0, 1])
    ends = ([0, 2, 0], [2, 1, 1])
    found = user_equilibrium(
        flow_problem("free", "ABC", [True] * 3, list("xyz"), ends, curves, ([0], [1], [3]))
    )
    assert found.links["flow"].to_list() == [3, 3, 0]
    assert (found.total_cost, found.relative_gap, found.converged) == (0.0, 0.0, True)


def test_a_problem_without_demand_has_no_flow():
    curves = bpr_curves([1], [1], [1], [1])
    none = flow_problem("none", "AB", [True] * 2, ["ab"], ([0], [1]), curves, ([], [], []))
    found = user_equilibrium(none)
    assert (found.beckmann_objective, len(found.paths)) == (0.0, 0)


def test_tntp_is_read_with_lengths_and_tolls_and_flows_are_written(files, tmp_path):
    problem = read_tntp(*files, per_length=0.5, per_toll=3.0)
    assert problem.within == 1.5
    assert dict(zip(problem.links, problem.curves.base, strict=True))["4-2"] == pytest.approx(56)
    assert problem.length.tolist() == [100] * 5
    found = user_equilibrium(read_tntp(*files), gap=1e-10)
    write_flows(found, tmp_path / "flows.csv")
    lines = (tmp_path / "flows.csv").read_text().splitlines()
    assert lines[0] == "from,to,flow,cost"
    assert lines[1].startswith("1,3,")
    assert len(lines) == 6


def test_factors_of_the_header_weigh_lengths_and_tolls(files):
    """What the network says holds unless the caller says otherwise; a negative one is named."""
    net, trips = files
    text = net.read_text()
    net.write_text("<DISTANCE FACTOR> 0.5\n<TOLL FACTOR> 3\n" + text)
    weighed, asked = read_tntp(net, trips), read_tntp(net, trips, per_length=0.0, per_toll=0.0)
    net.write_text(text)
    np.testing.assert_allclose(
        weighed.curves.base, read_tntp(net, trips, per_length=0.5, per_toll=3.0).curves.base
    )
    np.testing.assert_allclose(asked.curves.base, read_tntp(net, trips).curves.base)
    net.write_text("<TOLL FACTOR> -1\n" + text)
    with pytest.raises(DataError, match="<TOLL FACTOR> is '-1'; a number, at least 0"):
        read_tntp(net, trips)


def test_tntp_names_every_problem_at_once(files):
    net, trips = files
    bad = NET.replace("\t1\t4\t1\t100", "\t1\t9\t1\t100").replace("\t4\t2\t1\t", "\t4\t2\t0\t")
    net.write_text(bad.replace("OF LINKS> 5", "OF LINKS> 7") + "1 2 3;\n3 x 1 1 1 1 1;\n")
    trips.write_text(TRIPS + "  2 : -4; 7 : 1; two : 3;\nOrigin 5\n 1 : 1;\n")
    with pytest.raises(DataError) as caught:
        read_tntp(net, trips)
    for sentence in (
        "tiny_net.tntp[line 8].term_node is '9'; nodes are 1 to 4",
        "tiny_net.tntp[line 11].capacity is '0'; it must be above 0 where b is not 0",
        "tiny_net.tntp[line 12]: holds 3 numbers; needs at least",
        "tiny_net.tntp[line 13].term_node is 'x'; write a number",
        "tiny_trips.tntp[line 6]: demand to 2 is -4; it must be at least 0",
        "tiny_trips.tntp[line 6].destination is '7'; zones are 1 to 2",
        "'two : 3' is no demand",
        "tiny_trips.tntp[line 7].origin is '5'; zones are 1 to 2",
    ):
        assert sentence in str(caught.value)


def test_demand_without_a_way_and_bad_gaps_are_named_together():
    curves = bpr_curves([1, -2], [0, 0], [0, 0], [0, 0])
    ends = ([0, 0], [1, 1])
    problem = flow_problem(
        "cut", ["A", "B"], [True] * 2, ["x", "y"], ends, curves, ([1, 0], [0, 1], [4, 1])
    )
    with pytest.raises(InputError) as caught:
        user_equilibrium(problem, gap=0.0)
    assert caught.value.problems == (
        "link y: its cost of the empty link is -2; it must be at least 0",
        "the gap is 0; it must be above 0",
        "no way leads from B to A, which has a demand of 4",
    )
