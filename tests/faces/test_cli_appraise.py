"""karwan appraise on the command line, with sense and nonsense."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from karwan.cli import main

FULL = Path(__file__).resolve().parents[1] / "ventures" / "full.toml"


@pytest.fixture
def run(monkeypatch, capsys):
    def called(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "appraise", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return called


def test_guesses_come_first(run):
    code, out, _ = run("gwadar-joint-venture")
    assert code == 0
    lines = out.splitlines()
    assert lines[1].startswith("Guesses that this rests on (grade C), first of all")
    assert "throughput.local_teu" in lines[3]
    assert out.index("Guesses") < out.index("Measures")


def test_json_holds_everything_and_draws_repeat(run):
    code, out, _ = run(FULL, "--draws", 300, "--json")
    assert code == 0
    found = json.loads(out)
    assert {"measures", "statements", "tornado", "spider", "risk", "waiting"} <= set(found)
    assert max(found["checks"].values()) < 1e-6
    assert {r["view"] for r in found["measures"]} >= {"Investor", "lenders", "treasury"}
    assert json.loads(run(FULL, "--draws", 300, "--json")[1]) == found


def test_tables_go_to_a_folder(run, tmp_path):
    code, _, err = run(FULL, "--draws", 100, "--csv", tmp_path / "out")
    assert code == 0
    assert "wrote 14 files" in err
    balance = pl.read_csv(tmp_path / "out" / "balance.csv")
    assert balance["difference_usd"].abs().max() < 1e-6
    assert len(pl.read_parquet(tmp_path / "out" / "draws.parquet")) == 100


def test_a_line_names_its_formula_and_inputs(run):
    code, out, _ = run("karachi-gateway-terminal", "--explain", "revenue_transit")
    assert code == 0
    assert out.startswith("Revenue of transit boxes [USD a year] = boxes x price x price index")
    assert "tariffs[transit].amount" in out
    code, _, err = run(FULL, "--explain", "revenu")
    assert code == 2
    assert "did you mean 'revenue'" in err


def test_a_template_is_written_and_runs(run, tmp_path):
    file = tmp_path / "own.toml"
    assert run("karachi-joint-venture", "--template", file)[0] == 0
    code, out, _ = run(file, "--set", "debt.form=none", "--statements")
    assert code == 0
    assert "no debt" in out
    assert "Balance" in out
    assert run("--list")[1].count("\n") == 7
    assert "debt.cover" in run("--keys")[1]


def test_throughput_and_capacity_come_from_tables(run, tmp_path):
    boxes, plan = tmp_path / "boxes.csv", tmp_path / "plan.csv"
    boxes.write_text("year,local_teu,transit_teu\n2029,100000,50000\n2040,400000,90000\n")
    plan.write_text(
        "year,element,count,capital_usd,capacity_teu_per_year\n"
        "2029,berth,1,40000000,120000\n2033,crane,2,18000000,200000\n"
    )
    code, out, _ = run(
        FULL,
        "--throughput",
        boxes,
        "--capacity",
        plan,
        "--set",
        "phases[one].capacity_teu=0",
        "--set",
        "phases[two].capacity_teu=0",
        "--set",
        "debt.owners_cover=true",
        "--json",
    )
    assert code == 0
    lines = json.loads(out)["statements"]["lines"]
    at = {r["year"]: r for r in lines}
    assert at[2029]["capacity_teu"] == 120_000
    assert at[2034]["capacity_teu"] == 200_000
    assert at[2029]["demand_teu"] == 150_000
    assert at[2029]["handled_teu"] == 120_000
    assert at[2033]["capital_usd"] == pytest.approx(18e6 * 1.02**6)


def nonsense():
    yield ["partners[Port].share=0.3"], ["sums to 0.9; shares of all partners must sum to 1"]
    yield ["debt.tenor_years=-3"], ["debt.tenor_years is -3 years; it must be 1 to 60"]
    yield ["tariffs[rail].currency=KZT"], ["'KZT', a currency without a path"]
    yield ["debt.interst=0.1"], ["debt.interst is no key", "did you mean 'debt.interest'"]
    yield ["debt.tenor_years=30"], ["30 years from 2029; the concession ends in 2051"]
    yield (
        ["debt.form=annuity", "debt.gearing=0.7"],
        ["debt cannot be served in 2029", "are lacking"],
    )
    yield ["phases[one].start=2077"], ["phases[one].start is 2077"]
    yield (
        ["phases[one].capacity_teu=0", "phases[two].capacity_teu=0"],
        ["no capacity opens within the concession"],
    )
    yield ["uncertain[volume].high=0.1"], ["it must be above low (0.7)"]
    yield ["rates.project=eleven"], ["rates.project is 'eleven'; write a number"]
    yield ["tax.rate=29"], ["tax.rate is 29 share; it must be 0 to 1"]
    yield (
        ["debt.interest={same_as='rates.owners'}", "rates.owners={same_as='debt.interest'}"],
        ["is defined in a circle: debt.interest -> rates.owners -> debt.interest"],
    )
    yield (
        ["partners[Port].share=0.3", "debt.grace_years=20", "waiting.phase=three"],
        ["sums to 0.9", "must be less than the tenor", "waiting.phase is 'three'"],
    )


@pytest.mark.parametrize(("changes", "wanted"), list(nonsense()))
def test_nonsense_is_named_at_once_with_exit_code_2(run, changes, wanted):
    code, out, err = run(FULL, *[w for c in changes for w in ("--set", c)])
    assert code == 2, out
    for text in wanted:
        assert text in err


def test_files_that_make_no_sense(run, tmp_path):
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text('based_on = "b.toml"\nname = "a"\n')
    second.write_text('based_on = "a.toml"\nname = "b"\n')
    code, _, err = run(first)
    assert code == 2
    assert "based_on goes round in a circle" in err
    second.write_text("name = \n")
    assert "b.toml is no TOML" in run(second)[2]
    second.write_text('name = { value = "b", source = "book" }\n')
    code, _, err = run(second)
    assert "first_year is missing" in err
    assert "source 'book', which the file does not list" in err
    assert "did you mean 'gwadar-port'" in run("gwadar-prt")[2]
    assert run()[0] == 2
    assert "uncertain is empty" in run(_without(tmp_path, "uncertain"), "--draws", 10)[2]
    plan = tmp_path / "plan.csv"
    plan.write_text("year,element\n2029,berth\n")
    assert "capital_usd, capacity_teu_per_year missing" in run(FULL, "--capacity", plan)[2]


def _without(folder, section):
    """Write the full venture without one list."""
    parts = FULL.read_text().split("\n[")
    kept = [p for p in parts if not p.startswith((f"[{section}", "[correlated"))]
    file = folder / "less.toml"
    file.write_text("\n[".join(kept))
    return file


def test_a_rate_that_does_not_exist_says_so(run):
    code, out, _ = run(FULL, "--set", "debt.form=none", "--set", "costs[handling].amount=5000")
    assert code == 0
    assert "IRR of project: none: the flows never change sign" in out


def test_wrong_values_and_what_does_not_fit_are_named_together(run):
    asked = ("partners[Pakistan partner].share=0.6", "debt.tenor_years=-3")
    words = [w for text in (*asked, "tariffs[local].currency=PKR") for w in ("--set", text)]
    code, _, err = run("karachi-joint-venture", *words)
    assert code == 2
    assert "partners[].share sums to 1.09" in err
    assert "debt.tenor_years is -3 years" in err
    assert "'PKR', a currency without a path" in err
    assert err.count("debt.tenor_years") == 1
