"""karwan berths: from an example to plans, checks, replanning and pages; bad input in words."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from karwan.cli import main

SHIP = (
    '[[vessels]]\nvessel = "{}"\narrival_h = {}\nlength_m = {}\ndraught_m = {}\nhandling_h = 10\n'
)
BERTH = '[[berths]]\nberth = "B1"\nlength_m = 250\ndepth_m = 12\n'


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", "berths", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return call


@pytest.fixture
def port(run):
    assert run("--template", "port")[0] == 0
    return "port"


def test_the_example_is_planned_checked_and_drawn(run, port):
    code, out, _ = run(port, "--csv", "plan.csv", "--html", "plan.html", "--svg", "plan.svg")
    assert code == 0
    assert "optimal on a grid of 1 h" in out
    code, out, _ = run(port, "--check", "plan.csv")
    assert code == 0
    assert "no problems; 12 vessels" in out
    page, drawn = Path("plan.html").read_text("utf-8"), Path("plan.svg").read_text("utf-8")
    for text in (page, drawn):
        parser = HTMLParser()
        parser.feed(text)
        assert "Bravo at South 1; arrives 30 Nov 02:00" in text
    assert "proven optimal" in page
    assert not re.search(r"url\(|@import| src=| style=", page)


def test_json_carries_bound_gap_and_vessels(run, port):
    found = json.loads(run(port, "--json")[1])
    assert found["lower"] == found["upper"]
    assert found["gap"] == 0
    assert found["is_optimal"] is True
    assert len(found["vessels"]) == 12


def test_replanning_fixes_what_began_and_lists_what_moved(run, port):
    run(port, "--csv", "plan.csv")
    code, out, _ = run(port, "--replan", "plan.csv", "--now", 24, "--freeze", 6)
    assert code == 0
    assert "0 of 3 planned vessels moved: none" in out
    vessels = pl.read_csv("port/vessels.csv", infer_schema=False)
    late = pl.when(pl.col("vessel") == "Lima").then(pl.lit("40")).otherwise("arrival_h")
    vessels.with_columns(arrival_h=late).write_csv("port/vessels.csv")
    code, out, _ = run(port, "--replan", "plan.csv", "--now", 24, "--csv", "new.csv")
    assert code == 0
    assert "1 of 4 planned vessels moved: Lima (" in out
    old, new = (
        pl.read_csv(f).select("vessel", "berth", "start_h") for f in ("plan.csv", "new.csv")
    )
    both = old.join(new, on="vessel")
    assert (
        both.filter(pl.col("start_h") < 24)
        .select((pl.col("start_h") == pl.col("start_h_right")).all())
        .item()
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"start_h": 0.0}, "is 0 h, before it arrives"),
        ({"berth": "North 1"}, "330 m do not fit 220 m"),
        ({"departure_h": 0.0}, "before its"),
        ({"vessel": "Zulu"}, "which is not in vessels"),
    ],
)
def test_the_checker_finds_what_is_wrong(run, port, change, sentence):
    run(port, "--csv", "plan.csv")
    rows = pl.read_csv("plan.csv").to_dicts()
    delta = next(r for r in rows if r["vessel"] == "Delta")
    delta |= change
    pl.DataFrame(rows).write_csv("bad.csv")
    code, out, err = run(port, "--check", "bad.csv")
    assert code == 2
    assert sentence in out + err


def test_bad_input_is_named_all_at_once(run, tmp_path):
    text = 'name = "bad"\nkind = "berths"\nhorizon_h = 0\nchannel_depth_m = 10\n' + BERTH
    fixed = 'fixed = true\nplanned_berth = "B1"\nplanned_start_h = {}\n'
    text += SHIP.format("Long", 0, 300, 8) + SHIP.format("Deep", 0, 200, 13)
    text += SHIP.format("One", 0, 100, 8) + fixed.format(0)
    text += SHIP.format("Two", 0, 100, 8) + fixed.format(9)
    (tmp_path / "bad.toml").write_text(text)
    code, _, err = run("bad.toml")
    assert code == 2
    for sentence in (
        "quay[bad].horizon_h is 0 h, an empty horizon",
        "vessels[Long].length_m is 300 m, longer than every berth",
        "vessels[Deep].draught_m is 13 m, deeper than the water at every berth",
        "vessels[Deep].draught_m is 13 m, deeper than the channel at every tide",
        "vessels[Two].planned_start_h is 9 h, while 'One' is fixed at the same place: they overlap",
    ):
        assert sentence in err
    assert "5 problems" in err


def test_cells_are_checked_before_rules(run, tmp_path):
    text = 'name = "bad"\nkind = "berth"\nhorizont_h = 5\n' + BERTH
    ship = SHIP.format("A", 0, 100, 8).replace("handling_h = 10", "handling_h = -3")
    text += ship + 'planned_berth = "B2"\n' + SHIP.format("B", '"30 Nov"', 100, 8)
    (tmp_path / "bad.toml").write_text(text)
    code, _, err = run("bad.toml")
    assert code == 2
    for sentence in (
        "it must be one of berths, quay",
        "column 'horizont_h' is unknown; did you mean 'horizon_h'?",
        "vessels[A].handling_h is -3 h; it must be at least 0.01",
        "vessels[A].planned_berth is 'B2', which is not in berths",
        "vessels[B].arrival_h is '30 Nov', which is no number",
    ):
        assert sentence in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name a file or folder"),
        (("nowhere",), "is not there"),
        (("port", "--now", 3), "--now and --freeze go with --replan"),
        (("port", "--csv", "no/plan.csv"), "lies in a folder that does not exist"),
        (("port", "--time-limit", 0), "must be above 0"),
        (("--template", "port"), "is there already"),
        (("port", "--quay"), "--quay goes with --template"),
    ],
)
@pytest.mark.usefixtures("port")
def test_it_refuses_in_words(run, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_a_plan_that_cannot_be_says_why(run, tmp_path):
    text = 'name = "tight"\nkind = "berths"\nhorizon_h = 15\n' + BERTH
    (tmp_path / "t.toml").write_text(text + SHIP.format("A", 0, 99, 8) + SHIP.format("B", 0, 99, 8))
    code, _, err = run("t.toml")
    assert code == 2
    assert "no plan serves all vessels within the hours given" in err


def test_a_quay_is_planned_checked_and_drawn(run):
    run("--template", "quay", "--quay")
    code, out, _ = run("quay", "--csv", "plan.csv", "--svg", "quay.svg")
    assert code == 0
    assert "optimal" in out
    assert "Cranes at work" in Path("quay.svg").read_text("utf-8")
    assert run("quay", "--check", "plan.csv")[0] == 0
    rows = pl.read_csv("plan.csv")
    rows.with_columns(cranes=5, from_m=850.0, start_h=30.0, departure_h=31.0).write_csv("bad.csv")
    code, out, _ = run("quay", "--check", "bad.csv")
    assert code == 2
    for sentence in (
        "plan[Alpha].from_m is 850 m, so that it passes the end of the quay",
        "plan[Charlie].cranes is 5, it takes 1 to 2",
        "while 'Alpha' lies there until 31 h",
        "before its",
        "cranes are at work from 30 h; there are 8",
    ):
        assert sentence in out


def test_bad_quays_are_named_all_at_once(run, tmp_path):
    text = 'name = "bad"\nkind = "quay"\n[[berths]]\nberth = "W"\nlength_m = 250\ndepth_m = 12\n'
    text += 'from_m = 0\n[[berths]]\nberth = "E"\nlength_m = 250\ndepth_m = 12\nfrom_m = 200\n'
    ship = SHIP.format("A", 0, 490, 8) + "cranes_min = 3\ncranes_max = 2\nfixed = true\n"
    (tmp_path / "bad.toml").write_text(text + ship)
    code, _, err = run("bad.toml")
    assert code == 2
    for sentence in (
        "quay[bad].cranes is empty; say how many",
        "a stretch begins at 200 m, before the stretch before it ends at 250 m",
        "vessels[A].length_m is 490 m, longer than the quay",
        "vessels[A].crane_h is empty",
        "vessels[A].cranes_max is 2; it must be at least cranes_min, 3",
        "vessels[A].planned_from_m is empty; a fixed vessel needs it",
    ):
        assert sentence in err
