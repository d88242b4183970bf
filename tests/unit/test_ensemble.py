"""Ensembles: the same numbers everywhere, nothing lost, and what is wrong is said at once."""

import json
import os
from functools import partial

import numpy as np
import polars as pl
import pytest

import karwan
from drawn import (
    TRIP,
    always_dies_when_dear,
    dear_fails,
    dies_once,
    sea_price,
    uncertain_tiny,
    with_luck,
)
from karwan.errors import InputError, MissingExtra
from karwan.studies.ensembles import ensemble
from karwan.studies.ensembles.job import Outcome

BYTES = "draws.jsonl"


def bytes_of(folder):
    return (folder / BYTES).read_bytes()


@pytest.fixture(scope="module")
def tiny():
    return uncertain_tiny()


def test_draws_of_a_plan_lie_round_the_plan_itself(tiny):
    found = ensemble(tiny, "plan", draws=60, options=TRIP)
    plan = karwan.plan(tiny, karwan.Consignment("Alpha", "Farport")).best.to_dicts()[0]
    row = found.summary.row(by_predicate=pl.col("number") == "cost_usd", named=True)
    assert row["as_it_stands"] == plan["cost_usd"]
    assert row["p5"] < plan["cost_usd"] < row["p95"]
    assert row["draws"] == len(found) == 60
    assert found.words.to_dicts() == [
        {"what": "gateway", "word": "XBHAV", "draws": 60, "share": 1.0}
    ]
    assert found.failures.is_empty()


def test_the_factor_that_makes_all_of_a_number_ranks_first(tiny):
    found = ensemble(tiny, "plan", draws=100, options=TRIP)
    top = found.sensitivity(["time_p50_h", "cost_usd"]).group_by("number").first()
    assert dict(top.select("number", "factor").rows()) == {
        "time_p50_h": "border-times",
        "cost_usd": "sea-tariffs",
    }
    ranked = found.sensitivity(["cost_usd"]).row(0, named=True)
    assert ranked["first_order"] > 0.9
    assert ranked["rank_correlation"] > 0.95
    assert ranked["total"] is None


def test_a_design_for_sobol_indices_gives_total_indices_too(tiny):
    found = ensemble(tiny, sea_price, draws=300, sobol=True)
    assert len(found) == 300 * 5
    assert found.summary["draws"].to_list() == [600]
    ranked = {r["factor"]: r for r in found.sensitivity().iter_rows(named=True)}
    assert ranked["sea-tariffs"]["total"] == pytest.approx(1, abs=0.15)
    assert ranked["sea-tariffs"]["first_order"] == pytest.approx(1, abs=0.15)
    assert ranked["border-times"]["total"] == 0


def test_numbers_are_the_same_to_the_byte_in_this_process_and_on_two(tiny, tmp_path):
    for name, workers in (("one", 1), ("two", 2)):
        ensemble(tiny, "plan", draws=8, options=TRIP, workers=workers, out=tmp_path / name)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert len(bytes_of(tmp_path / "one").splitlines()) == 8


def test_a_process_that_dies_loses_nothing(tiny, tmp_path):
    study = partial(dies_once, flag=str(tmp_path / "died"))
    found = ensemble(tiny, study, draws=12, workers=2)
    assert (tmp_path / "died").exists()
    alone = ensemble(tiny, study, draws=12)
    assert found.outcomes == alone.outcomes


def test_a_draw_that_kills_its_process_every_time_is_reported_and_the_others_kept(tiny):
    found = ensemble(tiny, always_dies_when_dear, draws=10, workers=2)
    dear = [
        o.draw for o in ensemble(tiny, sea_price, draws=10).outcomes if o.numbers["price"] > 280
    ]
    assert len(dear) == 1
    assert found.failures["draw"].to_list() == dear
    assert "died 4 times" in found.failures["reason"][0]
    assert len(found.draws) == 9


def test_a_draw_that_fails_is_reported_and_the_others_kept(tiny):
    found = ensemble(tiny, dear_fails, draws=10)
    assert len(found.failures) == len(found.draws) == 5
    assert set(found.failures["reason"]) == {"ValueError: too dear"}
    assert found.draws["price"].max() < 200
    assert found.summary["draws"].to_list() == [5]


def test_draws_that_all_fail_say_why(tiny):
    def broken(network):
        if not network.table("tariffs").equals(tiny.table("tariffs")):
            message = "it broke"
            raise KeyError(message)
        return {"fine": 1.0}

    with pytest.raises(InputError, match="all 3 draws failed, the first by KeyError: 'it broke'"):
        ensemble(tiny, broken, draws=3)


def test_a_wrong_question_is_told_before_any_draw(tiny):
    with pytest.raises(karwan.PlaceNotFound, match="'Alpah' is not in nodes"):
        ensemble(tiny, "plan", options={**TRIP, "origin": "Alpah"})


def test_a_study_gets_the_seed_of_each_draw(tiny):
    seeds = ensemble(tiny, with_luck, draws=6).draws["seed"].to_list()
    assert len(set(seeds)) == 6
    assert ensemble(tiny, with_luck, draws=6, workers=2).draws["seed"].to_list() == seeds
    assert ensemble(tiny, with_luck, draws=6, seed=1).draws["seed"].to_list() != seeds


def test_an_interrupted_run_goes_on_where_it_stopped(tiny, tmp_path):
    def stop(done, _all):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensemble(tiny, sea_price, draws=12, out=tmp_path / "part", progress=stop)
    assert len(bytes_of(tmp_path / "part").splitlines()) == 5
    with (tmp_path / "part" / BYTES).open("a") as file:
        file.write('{"draw": 9, "numb')  # cut off while it was written
    ran = []
    ensemble(tiny, sea_price, draws=12, out=tmp_path / "part", progress=lambda d, _: ran.append(d))
    assert ran == [*range(5, 13)]
    ensemble(tiny, sea_price, draws=12, out=tmp_path / "whole")
    assert bytes_of(tmp_path / "part") == bytes_of(tmp_path / "whole")


def test_a_run_that_is_whole_is_read_not_run_again(tiny, tmp_path):
    first = ensemble(tiny, sea_price, draws=6, out=tmp_path)
    told = []
    again = ensemble(tiny, sea_price, draws=6, out=tmp_path, progress=lambda *d: told.append(d))
    assert told == [(6, 6)]
    assert again.outcomes == first.outcomes


def test_a_folder_of_another_ensemble_is_refused(tiny, tmp_path):
    ensemble(tiny, sea_price, draws=6, out=tmp_path)
    with pytest.raises(
        InputError, match="another ensemble: draws is 6 there and 7 here; seed is 0"
    ):
        ensemble(tiny, sea_price, draws=7, seed=2, out=tmp_path)
    with pytest.raises(InputError, match=r"scenario is .* there and .*quick.* here"):
        ensemble(tiny, sea_price, draws=6, scenario="quick", out=tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(InputError, match=r"run\.json cannot be read"):
        ensemble(tiny, sea_price, draws=6, out=tmp_path)
    (tmp_path / "run.json").unlink()
    with pytest.raises(InputError, match=r"holds draws without run\.json"):
        ensemble(tiny, sea_price, draws=6, out=tmp_path)


def test_a_line_that_is_no_draw_is_named(tiny, tmp_path):
    ensemble(tiny, sea_price, draws=3, out=tmp_path)
    lines = bytes_of(tmp_path).decode().splitlines()
    (tmp_path / BYTES).write_text("\n".join([lines[0], "nonsense", lines[2], ""]))
    with pytest.raises(InputError, match=r"line 2 of .*draws\.jsonl is no draw"):
        ensemble(tiny, sea_price, draws=3, out=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tiny, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        ensemble(tiny, sea_price, draws=3, out=tmp_path / "in")


def test_a_file_in_the_place_of_the_folder_is_named(tiny, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written: .*; name another folder"):
        ensemble(tiny, sea_price, draws=3, out=tmp_path / "file")


def test_everything_that_makes_no_sense_is_named_at_once(tiny):
    with pytest.raises(InputError) as caught:
        ensemble(tiny, "pln", draws=1, seed=-1, workers=0, cluster="127.0.0.1")
    text = str(caught.value)
    for part in (
        "study is 'pln', which no ensemble can map; did you mean 'plan'?",
        "draws is 1; it must be 2 to 1,000,000",
        "seed is -1; it must be at least 0",
        "workers is 0; it must be 1 to 1024",
        "cluster is '127.0.0.1'; write its address as tcp://127.0.0.1:8786",
    ):
        assert part in text
    with pytest.raises(InputError, match="workers and cluster are both given"):
        ensemble(tiny, sea_price, workers=2, cluster="tcp://127.0.0.1:8786")
    with pytest.raises(InputError, match="a study gave a float"):
        ensemble(tiny, float_of)
    with pytest.raises(InputError, match="no draw has a number 'prise'; did you mean 'price'"):
        ensemble(tiny, sea_price, draws=3).sensitivity(["prise"])


def float_of(_network):
    return 1.0


def test_a_scenario_is_laid_before_the_draws(tiny):
    plain = ensemble(tiny, "plan", draws=20, options=TRIP)
    quick = ensemble(tiny, "plan", draws=20, options=TRIP, scenario="quick")
    assert quick.run.scenario == ("quick",)
    assert quick.run.fingerprint == plain.run.fingerprint
    assert quick.base.numbers["time_p50_h"] < plain.base.numbers["time_p50_h"]
    assert (quick.draws["time_p50_h"] < plain.draws["time_p50_h"]).all()


def test_any_result_with_a_summary_can_be_mapped(tiny):
    study = partial(karwan.plan, consignment=karwan.Consignment("Alpha", "Farport"))
    found = ensemble(tiny, study, draws=4, workers=2)
    assert found.outcomes == ensemble(tiny, "plan", draws=4, options=TRIP).outcomes
    assert "Consignment(origin='Alpha'" in found.run.options["study"]
    short = ensemble(tiny, summary_only, draws=3)
    assert short.numbers == ["km"]
    assert short.words["word"].to_list() == ["x"]


class Short:
    summary = pl.DataFrame({"km": [1.5, 2.0], "name": ["x", "y"], "open": [True, False]})


def summary_only(_network):
    return Short()


def test_losses_can_be_mapped(tiny):
    asked = {"origins": ["Alpha"], "markets": ["Farport"], "depart": "2026-01-31"}
    found = ensemble(tiny, "resilience", draws=4, options=asked)
    assert found.headline == ["pairs"]
    assert any(name.endswith(".mean_extra_cost_usd") for name in found.numbers)
    assert found.words["what"].unique().to_list() == ["worst_loss"]


def test_too_few_draws_give_no_indices_but_intervals(tiny):
    found = ensemble(tiny, sea_price, draws=9)
    assert found.sensitivity()["first_order"].null_count() == len(found.factors)
    assert found.sensitivity()["draws"].to_list() == [9] * len(found.factors)
    assert found.summary["p50"][0] == pytest.approx(200, rel=0.05)


def test_the_json_form_is_plain_and_the_same_again(tiny):
    texts = [json.dumps(ensemble(tiny, sea_price, draws=12).to_dict()) for _ in range(2)]
    assert texts[0] == texts[1]
    form = json.loads(texts[0])
    assert form["schema"] == "karwan.ensemble/1"
    assert form["run"]["options"]["design"] == "latin-hypercube"
    assert form["sensitivity"][0]["factor"] == "sea-tariffs"


def test_numbers_that_are_not_finite_are_left_out(tiny):
    found = ensemble(tiny, never, draws=3)
    assert found.numbers == ["fine"]


def never(_network):
    return {"late": np.inf, "odd": np.nan, "fine": 1}


def test_an_outcome_is_read_as_it_was_written():
    outcome = Outcome(3, {"a": 0.1 + 0.2}, {"gateway": "Żary"}, "")
    assert Outcome.read(outcome.line()) == outcome
    with pytest.raises(ValueError, match="draw"):
        Outcome.read('{"draw": 1}')


def test_the_package_that_is_missing_is_named(tiny, monkeypatch):
    monkeypatch.setattr("karwan.studies.ensembles.cluster.find_spec", lambda _name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'karwan\[cluster\]'"):
        ensemble(tiny, sea_price, cluster="tcp://127.0.0.1:8786")
