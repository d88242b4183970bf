"""Fitting the choice of ways finds the parameters that made the volumes."""

from pathlib import Path

import polars as pl
import pytest

import karwan
from karwan.assignment.stochastic import Choice
from karwan.schema import empty_frame, load_schema
from karwan.studies.assign import assign
from karwan.studies.calibrate_choice import compare_volumes
from tiny import tiny_network

CORRIDOR = {
    "corridors": "corridor_id,name,description,passes,colour,source_id\n"
    "road,Road,By road,crossing:gate-road,#ff0000,book",
    "corridor_links": "corridor_id,link_id,source_id\nroad,alpha-agate-road,book",
}
DEMAND = (
    "demand_id,origin,destination,commodity,cargo_unit,year,tonnes,teu,tonnes_low,tonnes_high,"
    "kind,source_id\nboxes,XAALP,XCFAR,general,TEU,2025,10000,1000,5000,20000,trade,guess"
)
HEADER = "count_id,target_kind,target,cargo,unit,value,low,high,year,state_of,use,note,source_id"


def network(value):
    """Return the tiny network with one count of the road."""
    row = f"road,corridor,road,containers,teu,{value},{value},{value},2025,2026-01-31,fit,,book"
    hold = "rail,crossing,gate-rail,all,teu,500,400,600,2025,2026-01-31,hold out,,book"
    return tiny_network(demand=DEMAND, counts=f"{HEADER}\n{row}\n{hold}", **CORRIDOR)


def test_a_fit_comes_nearer_and_stays_honest():
    made = assign(network(1), choice=Choice(constants={("corridor", "road"): 1.0}))
    true = made.corridors.filter(pl.col("corridor") == "road")["teu"][0]
    found = karwan.calibrate_choice(network(true))
    rows = {r["count_id"]: r for r in found.rows.to_dicts()}
    off = {c: abs(rows["road"][c] - true) for c in ("without_fit", "modelled", "left_out")}
    assert off["modelled"] < 0.25 * off["without_fit"]
    assert off["left_out"] == pytest.approx(off["without_fit"], rel=1e-6)
    assert rows["rail"]["modelled"] == pytest.approx(1000 - rows["road"]["modelled"], rel=1e-9)
    assert set(found.errors["errors"]) >= {"held out", "left out one by one"}


def test_compared_volumes_use_the_parameters_of_the_network():
    base = network(300)
    more = karwan.Network(
        base.name, base.price_year, base.as_of, base.worldview,
        {**base.tables, "choice_parameters": pl.DataFrame(
            [{"parameter": "constant", "applies_to": "corridor:road", "value": 1.0,
              "low": None, "high": None, "source_id": "guess"}],
            schema=empty_frame(load_schema("choice_parameters")).schema)},
    )  # fmt: skip
    road = pl.col("count_id") == "road"
    before, after = (compare_volumes(n).filter(road)["modelled"][0] for n in (base, more))
    assert after > before


def test_nothing_to_fit_to_is_said():
    with pytest.raises(karwan.InputError, match="counts has no row to fit to"):
        karwan.calibrate_choice(tiny_network(demand=DEMAND))
    with pytest.raises(karwan.InputError, match="counts is empty"):
        compare_volumes(tiny_network(demand=DEMAND))


def test_counts_of_the_atlas_name_what_is_there():
    """Every published volume is seen by some column, and none that was fitted is far off."""
    rows = compare_volumes(karwan.open_atlas())
    assert (rows["modelled"] > 0).all()
    fitted = rows.filter(pl.col("use") == "fit")
    factor = (fitted["modelled"] / fitted["value"]).log().abs().exp()
    assert factor.median() < 1.5


def test_the_page_of_volumes_holds_the_parameters_of_the_atlas():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "volumes.md").read_text("utf-8")
    for row in karwan.open_atlas().table("choice_parameters").iter_rows(named=True):
        cells = (row["parameter"], row["applies_to"], *(row[c] for c in ("value", "low", "high")))
        assert f"| {' | '.join(map(str, cells))} |" in page
    for count in karwan.open_atlas().table("counts")["count_id"]:
        assert f"| {count} |" in page
