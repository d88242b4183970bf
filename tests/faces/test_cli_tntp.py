"""karwan assign --tntp answers, and refuses in words."""

import json
import sys

import pytest

from karwan.cli import main

NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 2
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 2
<END OF METADATA>
1 2 10 1 10 1 1 0 0 1 ;
1 2 10 1 15 0.3333333333333333 1 0 0 1 ;
"""
TRIPS = "<NUMBER OF ZONES> 2\n<END OF METADATA>\nOrigin 1\n 2 : 20;\n"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    (tmp_path / "two_net.tntp").write_text(NET)
    (tmp_path / "two_trips.tntp").write_text(TRIPS)
    monkeypatch.chdir(tmp_path)

    def call(*words):
        verb = [] if words[0] == "gmns" else ["assign"]
        monkeypatch.setattr(sys, "argv", ["karwan", *verb, *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return call


FILES = ("--tntp", "two_net.tntp", "two_trips.tntp")


def test_objective_gap_and_flows_come_out(run, tmp_path):
    code, out, _ = run(*FILES, "--gap", "1e-12", "--csv", "flows.csv")
    assert code == 0
    assert "Beckmann objective  325.000000000" in out
    assert "s of CPU" in out
    rows = (tmp_path / "flows.csv").read_text().splitlines()
    assert rows[0] == "from,to,flow,cost"
    assert [round(float(r.split(",")[2]), 6) for r in rows[1:]] == [10, 10]


def test_json_holds_the_links(run):
    found = json.loads(run(*FILES, "--json")[1])
    assert found["converged"] is True
    assert [link["link"] for link in found["links"]] == ["1-2", "1-2#2"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*FILES, "--gap", "0"), "the gap is 0; it must be above 0"),
        ((*FILES, "--per-toll", "-1"), "per_toll"),
        (("--tntp", "no_net.tntp", "two_trips.tntp"), "cannot be read"),
        (("--gap", "1e-6"), "--gap needs --tntp NET TRIPS or --gmns FOLDER"),
        ((*FILES, "--year", "2030"), "--year does not go with a problem from files"),
        ((*FILES, "--depart", "2026-01-01"), "--depart does not go with a problem from files"),
        ((*FILES, "--csv", "nowhere/f.csv"), "lies in a folder that does not exist"),
    ],
)
def test_it_refuses_in_words(run, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_demand_that_no_way_serves_is_named(run, tmp_path):
    (tmp_path / "two_trips.tntp").write_text(TRIPS + "Origin 2\n 1 : 7;\n")
    code, _, err = run(*FILES)
    assert code == 2
    assert "no way leads from 2 to 1, which has a demand of 7" in err


def test_a_problem_goes_through_gmns_unchanged(run):
    assert run("gmns", "folder", *FILES)[:2] == (0, "wrote 2 nodes and 2 links to folder\n")
    found = json.loads(run("--gmns", "folder", "--gap", "1e-12", "--json")[1])
    assert found["beckmann_objective"] == pytest.approx(325, rel=1e-12)
    assert "--tntp does not go" in run("--gmns", "folder", *FILES)[2]
    assert "no folder" not in run("--gmns", "nowhere")[2]
    assert run("--gmns", "nowhere")[0] == 2


def test_the_atlas_goes_out_as_gmns(run, tmp_path):
    code, out, _ = run("gmns", "atlas")
    assert code == 0
    assert "links to atlas" in out
    assert (tmp_path / "atlas" / "link.csv").read_text().startswith("link_id,from_node_id")


def test_gmns_names_every_problem_at_once(run, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "node.csv").write_text("node_id\nA\nA\nB\n")
    head = "link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,lanes\n"
    rows = "x,A,C,maybe,1,60,0,1\ny,A,B,1,-2,0,,\n"
    (folder / "link.csv").write_text(head + rows)
    (folder / "demand.csv").write_text("o_zone_id,d_zone_id,volume\nA,Z,many\n")
    code, _, err = run("--gmns", folder)
    assert code == 2
    for sentence in (
        "node[A]: stands twice; keep one",
        "link[x].to_node_id is 'C', which is not in node.csv",
        "link[x].directed is 'maybe'; write true or false",
        "link[x].capacity times lanes is 0; it must be above 0",
        "link[y].length is '-2'; it must be a number, at least 0",
        "link[y]: has neither vdf_fftt nor a free_speed above 0; write one",
        "demand[A/Z].d_zone_id is 'Z', which no node is or has",
        "demand[A/Z].volume is 'many'; it must be a number, at least 0",
    ):
        assert sentence in err


def test_links_of_gmns_that_run_both_ways_stand_twice(run, tmp_path):
    folder = tmp_path / "two"
    folder.mkdir()
    (folder / "node.csv").write_text("node_id,zone_id\nA,1\nB,2\n")
    head = "link_id,from_node_id,to_node_id,directed,length,free_speed\n"
    (folder / "link.csv").write_text(head + "x,A,B,0,30,60\n")
    (folder / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,2,3\n2,1,4\n")
    links = json.loads(run("--gmns", folder, "--json")[1])["links"]
    assert [(link["link"], link["flow"], link["cost"]) for link in links] == [
        ("x", 3.0, 30.0),
        ("x/back", 4.0, 30.0),
    ]
