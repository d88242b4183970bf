"""Ensembles of assignments, rankings and modelled volumes on the tiny network."""

import polars as pl
import pytest

import karwan
from drawn import DEMAND, RANGED, TRADED, uncertain_tiny
from karwan.studies.calibrate_choice import compare_volumes
from karwan.studies.ensembles import ensemble
from karwan.studies.rank import RankOptions

ASKED = {"measures": ["quick-exit", "cheap-rail"], "year": 2025, "stress": "", "until": 2050}


@pytest.fixture(scope="module")
def traded():
    return uncertain_tiny(**TRADED)


def test_flows_can_be_mapped_and_their_demand_and_capacities_are_drawn():
    changed = {"uncertainties": RANGED, "demand": DEMAND}
    found = ensemble(uncertain_tiny(**changed), "assign", draws=4, options={"year": 2025})
    assert "demand" in found.factors
    assert "opening" not in found.factors  # no assignment reads measures
    assert found.draws["tonnes"].n_unique() == 4
    assert found.base.numbers["tonnes"] == pytest.approx(2000)
    assert found.words["word"].to_list() == ["XBHAV"]
    assert found.draws["XBHAV.share"].to_list() == pytest.approx([1.0] * 4)


def test_assignments_are_the_same_to_the_byte_in_this_process_and_on_two(traded, tmp_path):
    for name, workers in (("one", 1), ("two", 2)):
        asked = {"options": {"year": 2025}, "workers": workers, "out": tmp_path / name}
        ensemble(traded, "assign", draws=4, **asked)
    one, two = ((tmp_path / name / "draws.jsonl").read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_ranking_can_be_mapped_and_capital_and_openings_are_drawn(traded):
    found = ensemble(traded, "rank", draws=3, options=ASKED)
    assert {"capital", "opening"} <= set(found.factors)
    options = RankOptions(stress="", last_year=2050)
    alone = karwan.rank(traded, ASKED["measures"], year=2025, options=options)
    best = alone.summary.row(0, named=True)
    base = found.base
    assert base.words["measure"] == best["measure"]
    assert base.numbers[f"{best['measure']}.npv_usd_m"] == best["npv_usd_m"]
    assert base.words["combination"] == alone.combinations["measures"][0]
    assert found.draws[f"{best['measure']}.benefit_cost_ratio"].n_unique() == 3
    assert found.headline == ["npv_of_best_combination_usd_m"]
    assert not any(name.endswith("resilience_usd_m") for name in found.numbers)


def test_a_ranking_under_stress_has_its_resilience_and_is_the_same_on_two_processes(traded):
    asked = {**ASKED, "measures": ["quick-exit"], "stress": "cheap-rail"}
    found = ensemble(traded, "rank", draws=2, options=asked, workers=2)
    assert "quick-exit.resilience_usd_m" in found.numbers
    assert found.outcomes == ensemble(traded, "rank", draws=2, options=asked).outcomes


def test_modelled_volumes_can_be_mapped(traded):
    found = ensemble(traded, "volumes", draws=3, options={"year": 2025})
    rows = compare_volumes(traded, year=2025)
    for count, modelled in rows.select("count_id", "modelled").iter_rows():
        assert found.base.numbers[f"{count}.modelled"] == modelled
    factor = (rows["modelled"] / rows["value"]).to_list()
    far = max(max(f, 1 / f) for f in factor)
    assert found.base.numbers["largest_factor"] == pytest.approx(far)
    assert found.draws["road.modelled"].n_unique() == 3


def test_fits_of_volumes_can_be_mapped(traded):
    found = ensemble(traded, "volumes", draws=2, options={"year": 2025, "fit": True})
    fitted = karwan.calibrate_choice(traded, year=2025)
    scale = fitted.parameters.filter(pl.col("parameter") == "scale")["value"][0]
    assert found.base.numbers["scale:all"] == scale
    assert found.base.numbers["median_factor_held_out"] > 1
