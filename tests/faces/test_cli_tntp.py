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
        words = ["karwan", "assign", *map(str, words)]
        monkeypatch.setattr(sys, "argv", words)
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
        (("--gap", "1e-6"), "--gap needs --tntp NET TRIPS"),
        ((*FILES, "--year", "2030"), "--year does not go with a problem from files"),
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
