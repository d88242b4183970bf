"""The demand of the atlas: every class can move, sums hold, intervals widen."""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path

import polars as pl
import pytest

import karwan

TOOLS = Path(__file__).resolve().parents[2] / "tools"
SIZES = {"TEU": "teu", "truckload": "truckloads", "wagonload": "tonnes", "tonne": "tonnes"}
REGION = ["AF", "KG", "KZ", "TJ", "TM", "UZ"]
YEARS = [2025, 2030, 2035]


@pytest.fixture(scope="module")
def atlas() -> karwan.Network:
    """Return the atlas."""
    return karwan.open_atlas()


@pytest.fixture(scope="module")
def demand(atlas: karwan.Network) -> pl.DataFrame:
    """Return demand with the countries of both ends."""
    country = dict(atlas.table("nodes").select("node_id", "country").iter_rows())
    return atlas.table("demand").with_columns(
        origin_country=pl.col("origin").replace_strict(country),
        destination_country=pl.col("destination").replace_strict(country),
    )


def test_demand_stays_small_enough_to_be_assigned(demand: pl.DataFrame) -> None:
    assert sorted(demand["year"].unique()) == YEARS
    for _, rows in demand.group_by("year"):
        assert 2_000 <= rows.height <= 5_000
        assert rows.select("commodity", "cargo_unit").n_unique() <= 60


def test_every_class_of_demand_finds_a_way_in_its_form(
    atlas: karwan.Network, demand: pl.DataFrame
) -> None:
    rows = demand.filter(pl.col("year") == YEARS[0])
    for (commodity, unit), part in rows.group_by("commodity", "cargo_unit"):
        size = {SIZES[str(unit)]: 63.0 if SIZES[str(unit)] == "tonnes" else 1.0}
        cargo = karwan.Consignment("Almaty", "Karachi", str(commodity), **size)
        ends = (part[end].unique().sort() for end in ("origin", "destination"))
        skims = karwan.skim(atlas, *ends, cargo)
        found = part.join(skims, on=["origin", "destination"], how="left", validate="m:1")
        lost = found.filter(~pl.col("generalised_cost_usd").fill_null(float("inf")).is_finite())
        assert lost.is_empty(), (commodity, unit, lost.select("origin", "destination").rows())


def test_demand_starts_and_ends_where_its_form_can_be_loaded(
    atlas: karwan.Network, demand: pl.DataFrame
) -> None:
    """A lorry starts at a road, a wagon at a railway, loose bulk at a port; goods may change form
    on the way, so that the far end needs a mode of any form of the goods."""
    form = dict(atlas.table("cargo_units").select("cargo_unit", "form").iter_rows())
    forms = dict(atlas.table("commodities").select("commodity", "forms").iter_rows())
    carries = dict(atlas.table("modes").select("mode", "forms").iter_rows())
    at: dict[str, set[str]] = {}
    links = atlas.table("links").filter(pl.col("status") == "open")
    for a, b, mode in links.select("from_node", "to_node", "mode").iter_rows():
        for node in (a, b):
            at.setdefault(node, set()).update(carries[mode].split("|"))
    for node in atlas.table("sea_nodes")["node_id"].drop_nulls():
        at.setdefault(node, set()).update({"container", "bulk"})
    ends = ("origin", "destination", "commodity", "cargo_unit")
    for origin, destination, goods, unit in demand.select(ends).unique().iter_rows():
        assert form[unit] in at[origin], (origin, unit)
        assert set(forms[goods].split("|")) & at[destination], (destination, goods)


@pytest.mark.parametrize("country", REGION)
def test_every_country_of_the_region_trades_both_ways_with_the_world(
    demand: pl.DataFrame, country: str
) -> None:
    for home, away in (("origin", "destination"), ("destination", "origin")):
        partners = demand.filter(pl.col(f"{home}_country") == country)[f"{away}_country"]
        assert {"AE", "IR"} <= set(partners)
        assert partners.n_unique() >= 5


def test_transit_has_no_more_than_one_end_in_the_region(demand: pl.DataFrame) -> None:
    """Afghan transit by Pakistan is transit of Pakistan; all other transit ends outside."""
    transit = demand.filter(pl.col("kind") == "transit")
    both = pl.col("origin_country").is_in(REGION) & pl.col("destination_country").is_in(REGION)
    assert transit.filter(both).is_empty()
    own = transit.filter(
        pl.col("origin_country").is_in(REGION) | pl.col("destination_country").is_in(REGION)
    )
    ends = set(own["origin_country"]) | set(own["destination_country"])
    assert ends & set(REGION) == {"AF"}


def test_trade_and_diversion_touch_the_region(demand: pl.DataFrame) -> None:
    own = demand.filter(pl.col("kind") != "transit")
    touched = pl.col("origin_country").is_in(REGION) | pl.col("destination_country").is_in(REGION)
    assert own.filter(~touched).is_empty()


def test_intervals_widen_with_the_years(demand: pl.DataFrame) -> None:
    width = [
        (rows["tonnes_high"].sum() - rows["tonnes_low"].sum()) / rows["tonnes"].sum()
        for _, rows in sorted(demand.group_by("year"))
    ]
    assert width == sorted(width)
    assert width[0] > 0.5


def test_container_loads_agree_with_the_commodities(
    atlas: karwan.Network, demand: pl.DataFrame
) -> None:
    load = dict(atlas.table("commodities").select("commodity", "tonnes_per_teu").iter_rows())
    boxed = demand.filter(pl.col("cargo_unit") == "TEU").with_columns(
        load=pl.col("commodity").replace_strict(load)
    )
    off = (boxed["tonnes"] / boxed["load"] - boxed["teu"]).abs()
    assert (off <= 0.01 + 0.05 / boxed["load"]).all()


def beside(atlas: karwan.Network) -> list:
    """Put the published totals beside the demand, as the page of the documentation does."""
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module("demand_totals").totals_beside(atlas)
    finally:
        sys.path.remove(str(TOOLS))


def test_balanced_totals_agree_with_published_ones_or_say_why_not(atlas: karwan.Network) -> None:
    rows = beside(atlas)
    assert len(rows) >= 40
    for row in rows:
        assert row.holds == (not row.row["why_off"]), row.row["total_id"]
    off = sorted(abs(r.demand / r.published - 1) for r in rows if r.row["scope"] == "equal")
    assert off[len(off) // 2] < 0.1


def test_rows_that_may_not_be_added_up_did_not_enter_the_pairs() -> None:
    """Each pair of countries, commodity and kind has one total, and each amount its interval."""
    with (TOOLS / "inputs" / "demand_pairs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ends = ("origin_country", "destination_country", "commodity", "kind")
    assert len({tuple(r[e] for e in ends) for r in rows}) == len(rows)
    for row in rows:
        low, middle, high = (float(row[c]) for c in ("tonnes_low", "tonnes", "tonnes_high"))
        assert 0 <= low <= middle <= high, row
        assert 0 <= float(row["container_share"]) <= 1


def test_shares_of_places_add_up_to_one() -> None:
    with (TOOLS / "inputs" / "demand_places.csv").open(encoding="utf-8") as file:
        table = pl.DataFrame(list(csv.DictReader(file)))
    keys = ["country", "direction", "kind", "commodity"]
    sums = table.group_by(keys).agg(pl.col("share").cast(pl.Float64).sum())
    assert ((sums["share"] - 1).abs() < 1e-9).all()


def test_pairs_keep_their_totals_when_spread_over_places(demand: pl.DataFrame) -> None:
    """A pair without gravity gaps: wheat to Uzbekistan, 2,880,000 t in 2024, 0.5 % a year."""
    wheat = demand.filter(
        (pl.col("origin_country") == "KZ")
        & (pl.col("destination_country") == "UZ")
        & (pl.col("commodity") == "wheat")
        & (pl.col("year") == 2025)
    )
    assert wheat.height > 20
    assert wheat["tonnes"].sum() == pytest.approx(2_880_000 * 1.005, rel=1e-5)
