"""karwan demand and karwan demand import answer, and refuse in one sentence."""

import json
import sys

import polars as pl
import pytest

import karwan
from demand_files import BACI, OD
from karwan.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "demand", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return call


def test_the_market_is_stated_with_its_interval_before_any_share(run):
    code, out, _ = run("--origin", "KZ", "--year", 2025)
    assert code == 0
    assert "A sea gateway can win at most" in out
    assert "all gateways together, before any share" in out
    for kind in ("trade", "diversion", "transit"):
        assert f"{kind} " in out
    assert "Tonnes by grade of their source: 100 % C." in out


def test_the_market_comes_as_json_and_csv(run, tmp_path):
    code, out, _ = run("--origin", "KZ", "--json", "--csv", tmp_path / "sums.csv")
    found = json.loads(out)
    assert code == 0
    assert found["schema"] == "karwan.market/1"
    assert found["winnable"]["tonnes_low"] < found["winnable"]["tonnes"] < found["total"]["tonnes"]
    rows = pl.read_csv(tmp_path / "sums.csv")
    assert rows["tonnes"].sum() == pytest.approx(found["total"]["tonnes"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--year", 1999), "year is 1999; the demand is of 2025, 2030, 2035"),
        (("--origin", "Almatty"), "origin: place 'Almatty' is not in nodes; did you mean Almaty"),
        (("--commodity", "goold"), "commodity 'goold' is not in commodities"),
        (("--csv", "no/sums.csv"), "--csv lies in a folder that does not exist"),
        (("import", "x.csv", "--format", "od", "--out", "x.txt"), "end it with .csv or .parquet"),
        (
            ("import", "x.csv", "--format", "od", "--out", "no/x.csv"),
            "a folder that does not exist",
        ),
        (("import", "x.csv", "--format", "od", "--out", "d.csv"), "x.csv: "),
        (
            ("import", "x.csv", "--format", "od", "--out", "d.csv", "--place", "KZ"),
            "place is 'KZ'; write it as KZ=KZALA",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(run, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_a_table_is_imported_and_lies_well_in_a_network(run, tmp_path):
    (tmp_path / "od.csv").write_text(OD)
    out_file = tmp_path / "demand.parquet"
    code, out, _ = run("import", "od.csv", "--format", "od", "--out", out_file, "--source", "mine")
    assert code == 0
    assert "2 rows, 20,000 t/year" in out
    assert "add a row for 'mine' to sources.csv" in out
    own = karwan.open_atlas().with_tables(demand=pl.read_parquet(out_file))
    assert karwan.market(own).by("country").to_dicts()[0]["country"] == "KZ"


def test_trade_that_would_be_lost_is_refused_with_its_value(run, tmp_path):
    (tmp_path / "baci.csv").write_text(BACI)
    words = ("import", "baci.csv", "--format", "baci", "--out", "demand.csv")
    code, _, err = run(*words)
    assert code == 2
    assert "no commodity names HS chapter 27: 20 USD M" in err
    assert not (tmp_path / "demand.csv").exists()
    places = ("--place", "KZ=KZAST", "--leave-out", "places", "--commodity", "general")
    assert run(*words, *places)[0] == 0
    assert "KZAST" in set(pl.read_csv(tmp_path / "demand.csv")["origin"])
