"""karwan zone answers in words, JSON, CSV and on a page, and refuses in one go."""

import json
import sys
import tomllib

import polars as pl
import pytest

from karwan.cli import main
from karwan.network import write_network
from tiny_zone import ROWS, zone_network


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    write_network(zone_network(), tmp_path / "tiny")

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "zone", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return call


def test_without_a_case_the_ready_ones_are_listed(run):
    code, out, _ = run()
    assert code == 0
    for case in ("wheat-milling", "ferroalloy-processing", "pharmaceuticals-re-export"):
        assert f"\n{case} " in out
    assert "gwadar-free-zone" in out
    found = json.loads(run("--json")[1])
    assert len(found["cases"]) == 9


def test_guesses_come_before_places_and_parts(run):
    code, out, _ = run("kits", "--network", "tiny")
    assert code == 0
    order = ["Guesses first", "Best place by market", "Farport: landed", "Beta: landed", "worth"]
    assert [out.index(words) for words in order] == sorted(out.index(words) for words in order)
    assert "becomes the best at" in out
    code, out, _ = run("kits", "--network", "tiny", "--market", "beta")
    assert "Farport: landed" not in out
    assert "Beta: landed" in out


def test_json_csv_and_page_say_the_same(run, tmp_path):
    code, out, _ = run("kits", "--network", "tiny", "--json", "--csv", "x.csv", "--html", "x.html")
    assert code == 0
    found = json.loads(out)
    assert found["schema"] == "karwan.zone/1"
    assert {"run", "best", "landed", "switching", "guesses", "worth", "figures"} <= set(found)
    sheet = pl.read_csv(tmp_path / "x.csv")
    assert sheet["landed_usd_per_t"].to_list() == pytest.approx(
        [row["landed_usd_per_t"] for row in found["landed"]]
    )
    page = (tmp_path / "x.html").read_text("utf-8")
    for row in found["landed"]:
        assert f">{row['landed_usd_per_t']:,.0f}</text>" in page
    assert page.index("The guesses it rests on") < page.index("Best place by market")
    assert "http-equiv" in page
    assert "<script src" not in page


def test_a_template_is_read_back_and_may_be_changed(run, tmp_path):
    code, out, _ = run("kits", "--network", "tiny", "--template", "own.toml")
    assert code == 0
    assert "change it and run: karwan zone own.toml" in out
    text = (tmp_path / "own.toml").read_text("utf-8")
    assert tomllib.loads(text)["plant"]["good"] == "kit"
    before = json.loads(run("own.toml", "--network", "tiny", "--json")[1])
    (tmp_path / "own.toml").write_text(
        text.replace("labour_h_per_t = 5.0", "labour_h_per_t = 10.0")
    )
    after = json.loads(run("own.toml", "--network", "tiny", "--json")[1])
    labour = [[r["labour_usd_per_t"] for r in found["landed"]] for found in (before, after)]
    assert sorted(labour[1]) == pytest.approx([2 * x for x in sorted(labour[0])])


def test_a_zone_developer_is_answered(run):
    code, out, _ = run("khorgos-sez")
    assert code == 0
    assert "present value for the developer" in out
    assert "Where the present value is nil" in out
    found = json.loads(run("khorgos-sez", "--json")[1])
    assert found["payback_years"] is None
    assert len(found["flows"]) == 21


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wheat-miling"], "did you mean 'wheat-milling'?"),
        (["kits", "--network", "tiny", "--market", "Alpha"], "its markets are Farport, Beta"),
        (["kits", "--network", "tiny", "--scenario", "nope"], "nope"),
        (["kits", "--network", "tiny", "--html", "no/x.html"], "folder that does not exist"),
        (["kit", "--network", "tiny", "--template", "x.toml"], "did you mean 'kits'?"),
        (["bad.toml", "--network", "tiny"], "cannot be read as TOML"),
    ],
)
def test_nonsense_is_refused_with_code_2(run, tmp_path, words, said):
    (tmp_path / "bad.toml").write_text("[case\n")
    code, _, err = run(*words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_a_network_whose_recipe_does_not_balance_is_refused(run, tmp_path):
    network = zone_network(recipes=ROWS["recipes"].replace("parts,1.2", "parts,1.5"))
    write_network(network, tmp_path / "odd")
    code, _, err = run("kits", "--network", "odd")
    assert code == 2
    assert "plants[kitter]: the recipe takes in 1.5 t and gives 1.2 t for a tonne" in err
