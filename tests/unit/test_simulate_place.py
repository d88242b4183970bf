"""Several terminals in one run: which a word stands for, and what they do together."""

import json

import polars as pl
import pytest

import karwan
from karwan.cli import main
from karwan.errors import InputError
from karwan.studies.simulate import simulate
from karwan.studies.simulate_place import find_terminals, together
from tiny_terminal import border

KARACHI = ["karachi-kgtl", "karachi-kict", "karachi-sapt"]
OPTIONS = {"replications": 3, "days": 20, "compare": False}


def twice():
    """A small border, and beside it the same with half of its traffic."""
    one = border()
    both = {}
    for name in ("terminals", "terminal_elements", "terminal_carriers", "terminal_flows"):
        rows = one.table(name)
        keys = {column: pl.col(column) + "-2" for column in rows.columns if column.endswith("_id")
                and column in {"terminal_id", "element_id", "carrier_id", "flow_id"}}  # fmt: skip
        other = rows.with_columns(**keys)
        if name == "terminals":
            half = pl.col("throughput_teu_per_year") / 2
            other = other.with_columns(throughput_teu_per_year=half, name=pl.lit("Second"))
        both[name] = pl.concat([rows, other])
    flows = both["terminal_flows"]
    last = flows["terminal_id"] == "port-2"
    for column in ("from_carriers", "to_carriers"):
        flows = flows.with_columns(
            pl.when(last).then(pl.lit("truck-2")).otherwise(column).alias(column)
        )
    return one.with_tables(**both | {"terminal_flows": flows})


def test_a_port_stands_for_all_of_its_terminals():
    atlas = karwan.open_atlas()
    assert sorted(find_terminals(atlas, ["Karachi"])) == KARACHI
    assert sorted(find_terminals(atlas, ["PKKHI"])) == KARACHI
    assert find_terminals(atlas, ["SAPT", "torkham", "karachi-sapt"]) == ["karachi-sapt", "torkham"]
    with pytest.raises(InputError, match=r"'container' has \d+ terminals; name one of"):
        find_terminals(atlas, ["container"])
    with pytest.raises(InputError, match="did you mean 'torkham'"):
        find_terminals(atlas, ["KICT", "torkam"])


def test_together_every_box_counts_once():
    found = [simulate(twice(), name, **OPTIONS) for name in ("port", "port-2")]
    both = together(found)
    means = dict(both.select("measure", "mean").iter_rows())
    each = [dict(run.summary.filter(of="all").select("measure", "mean").iter_rows())
            for run in found]  # fmt: skip
    assert means["throughput"] == pytest.approx(sum(e["throughput"] for e in each))
    assert means["trucks"] == pytest.approx(sum(e["trucks"] for e in each))
    times = sorted(e["box time"] for e in each)
    assert times[0] < means["box time"] < times[1]
    assert (both["low"] < both["mean"]).all()
    other = simulate(twice(), "port", **OPTIONS | {"replications": 2})
    with pytest.raises(InputError, match="give all as many"):
        together([found[0], other])


def test_the_verb_takes_several(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("karwan.cli.simulate.open_network", lambda _: twice())

    def call(*words):
        quick = ("port", "Second", "--no-compare", "--replications", "2", "--days", "10")
        monkeypatch.setattr("sys.argv", ["karwan", "simulate", *quick, *words])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    code, out, _ = call("--csv", str(tmp_path / "figures.csv"))
    assert code == 0
    assert "2 terminals together, every box and truck counted once" in out
    written = pl.read_csv(tmp_path / "figures.csv")
    assert set(written["terminal_id"]) == {"port", "port-2"}
    found = json.loads(call("--json")[1])
    assert [one["terminal"] for one in found["terminals"]] == ["port", "port-2"]
    assert {row["measure"] for row in found["together"]} >= {"throughput", "box time"}
    assert "No sum of 2 terminals: queues grow in port" in call("--growth", "9")[1]
    code, _, err = call("--more", "gate_lane")
    assert code == 2
    assert "name one of port, port-2" in " ".join(err.split())
