"""The ready cases of tenants: every market is served, and every figure has a source."""

import pytest

import karwan
from karwan.appraisal.landed_cost import landed_cost
from karwan.appraisal.zone_tables import read_zone_book
from karwan.studies.zone_freight import PLANS, freight_figures

CASES = karwan.open_atlas().table("zone_cases")["case_id"].to_list()


def test_the_nine_cases_and_two_developments_are_there():
    assert CASES == [
        "ferroalloy-processing", "fertiliser-blending", "meat-packing", "oilseed-crushing",
        "pharmaceuticals-re-export", "pulses-packing", "steel-service-centre", "vehicle-kits",
        "wheat-milling",
    ]  # fmt: skip
    developed = karwan.open_atlas().table("zone_developments")["zone_id"].unique().sort()
    assert developed.to_list() == ["gwadar-free-zone", "khorgos-sez"]


@pytest.mark.parametrize("case", CASES)
def test_a_case_serves_all_its_markets_with_sourced_figures(case):
    atlas = karwan.open_atlas()
    book = read_zone_book(atlas, case, atlas.as_of)
    freight, lost = freight_figures(atlas, book, atlas.as_of)
    book = book.with_figures(freight)
    known = {*atlas.table("sources")["source_id"], PLANS}
    assert {figure.source_id for figure in book.figures.values()} <= known
    regimes = {zone.regime for zone in book.zones}
    assert regimes == {"free_zone", "bonded", "onshore"}
    for market in book.markets:
        sales = [landed_cost(book, book.values, zone, market) for zone in book.zones]
        assert any(sale is not None for sale in sales), market
        for sale in sales:
            assert sale is None or 0.5 < sale.landed / _price(atlas, book) < 3
    assert all("ban goods" in reason for lane in lost for reason in lane.reasons)


def _price(atlas, book):
    """Price of the product in the table of goods."""
    return atlas.table("goods").filter(good=book.product.good)["price_usd_per_t"].item()
