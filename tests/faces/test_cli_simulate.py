"""karwan simulate answers, and refuses in words with exit code 2."""

import csv
import json
import sys

import polars as pl
import pytest

import karwan
from karwan.cli import main
from karwan.network.write import write_network
from tiny_terminal import CARRIERS, port

LONG = [row | {"length_m": 999.0} if row["carrier_id"] == "ship" else row for row in CARRIERS]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("karwan.cli.simulate.open_network", lambda folder: folder or port())

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "simulate", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return call


QUICK = ("--replications", "4", "--days", "40")


def test_figures_intervals_and_what_one_more_brings_come_out(run, tmp_path):
    code, out, _ = run("port", *QUICK, "--csv", "figures.csv")
    assert code == 0
    assert "Port: 150,000 TEU/year, 4 runs of 40 days after" in out
    lines = out.splitlines()
    assert lines[1].startswith("Carried: 1")
    assert lines[2].startswith("Bottleneck: ")
    assert lines.index("Load by arithmetic") > 2
    with (tmp_path / "figures.csv").open() as file:
        rows = {(r["measure"], r["of"]): r for r in csv.DictReader(file)}
    share = float(rows["occupancy", "berth"]["mean"])
    assert 0.1 < share < 1.0
    throughput = rows["throughput", "all"]
    assert 0.8 * float(throughput["low"]) < 150_000 < 1.2 * float(throughput["high"])


def test_json_says_what_is_unstable_and_gives_no_mean_times(run):
    code, out, _ = run("port", *QUICK, "--growth", "5", "--no-compare", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["stable"] is False
    assert found["figures"] == []
    assert found["growth"]
    assert max(row["load"] for row in found["loads"]) > 1.0
    code, out, _ = run("port", *QUICK, "--growth", "5", "--no-compare")
    assert out.splitlines()[1].startswith("UNSTABLE")
    assert "Worked most: " in out


def test_more_of_an_element_takes_load_off(run):
    loads = []
    for more in ((), ("--more", "quay_crane=3", "--more", "train_slot")):
        out = run("port", *QUICK, *more, "--no-compare", "--json")[1]
        loads.append({row["kind"]: row["load"] for row in json.loads(out)["loads"]})
    assert loads[1]["quay_crane"] == pytest.approx(loads[0]["quay_crane"] / 2, rel=0.15)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("prot",), "'prot' is no terminal of the network; did you mean 'port'?"),
        (("port", "--days", "0"), "the horizon is 0 days; it must be at least 1"),
        (("port", "--throughput-teu-per-year", "-5"), "the throughput is -5 TEU/year"),
        (("port", "--replications", "1"), "intervals need at least 2"),
        (("port", "--growth", "-2", "--days", "-1"), "growth is -2; it must be above -1"),
        (("port", "--more", "crane"), "port has no 'crane'; did you mean 'cranes'?"),
        (("port", "--more", "quay=-5"), "-5 more quay is less than none; it has 2"),
        (("port", "--more", "quay=two"), "'two' is no whole number"),
        (("port", "--years", "1", "--days", "3"), "give one"),
        (("port", "--scenario", "x"), "scenarios with --grow-with-trade"),
        (("port", "--curve", "--scenario", "x"), "--scenario goes with --grow-with-trade"),
        (("port", "--curve", "--grow-with-trade"), "--curve and --grow-with-trade are 2 questions"),
    ],
)
def test_bad_arguments_are_named(run, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in " ".join(err.split())


def test_two_wrong_arguments_are_named_at_once(run):
    err = run("port", "--growth", "-2", "--days", "-1")[2]
    assert "the horizon is -1 days" in err
    assert "growth is -2" in err


def test_a_vessel_that_fits_nowhere_is_named(monkeypatch, capsys, tmp_path):
    """As in a folder of tables, which are checked before anything runs."""
    network = port(carriers=LONG)
    used = {cell for t in network.tables.values() if "source_id" in t.columns
            for cell in t["source_id"]}  # fmt: skip
    sources = network.table("sources").filter(pl.col("source_id").is_in(used))
    write_network(network.with_tables(sources=sources), tmp_path / "long")
    words = ["karwan", "simulate", "port", "--network", str(tmp_path / "long")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert "terminal_carriers[ship].length_m is 999 m, longer than the longest berth" in err


def test_a_terminal_is_found_by_its_name_and_its_crossing():
    from karwan.studies.simulate import find_terminal

    atlas = karwan.open_atlas()
    crossing = atlas.table("terminals").filter(pl.col("target") == "torkham-road")
    assert find_terminal(atlas, "Torkham") == crossing["terminal_id"][0]
    assert find_terminal(atlas, "torkham-road") == crossing["terminal_id"][0]
    assert find_terminal(atlas, "KICT") == "karachi-kict"
