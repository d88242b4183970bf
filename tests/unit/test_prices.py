"""Tariffs have directions, and costs are brought to another date by what they move with."""

import datetime as dt

import polars as pl
import pytest

import karwan
from karwan.network import read_rows
from karwan.studies.prices import consumer_prices, market_rate
from tiny import TEXT, tiny_network

REGIONS = {"XBHAV,,gateway": "XBHAV,Near,gateway", "XCFAR,,market": "XCFAR,Far,market"}
OUT = "\nout,line_haul,sea,,,,,TEU,900,0,,,,,book,Near,Far,swing"
BACK = "\nback,line_haul,sea,,,,,TEU,100,0,,,,,book,Far,Near"
DEAR = "\ndear,line_haul,road,,bgate-haven-road,XBHAV,XB-BGATE,TEU,0,3,,,,,book"
RATES = """series,year,quarter,cargo_unit,usd_per_unit,source_id
swing,2023,0,FEU,3000,book
swing,2024,1,FEU,500,book
swing,2024,2,FEU,1500,book"""
PRICES = """country,year,consumer,local_per_usd,source_id
,2024,100,,book
,2023,90,,book
XA,2024,300,10,book
XA,2023,100,5,book"""


def priced(extra="", **tables):
    """Return the tiny network with regions, directed tariffs, market rates and prices."""
    nodes = TEXT["nodes"]
    for old, new in REGIONS.items():
        nodes = nodes.replace(old, new)
    tariffs = TEXT["tariffs"] + OUT + BACK + extra
    given = {"nodes": nodes, "tariffs": tariffs, "sea_rates": RATES, "price_index": PRICES}
    return tiny_network(**{**given, **tables})


def cheapest(network, origin, destination, **options):
    """Return the cheapest itinerary of one box."""
    cargo = karwan.Consignment(origin, destination, teu=1)
    plan = karwan.plan(network, cargo, depart="2024-05-10", options=karwan.Options(**options))
    return plan.summary.sort("cost_usd").row(0, named=True)


def test_rates_at_sea_have_directions():
    network = priced()
    out = cheapest(network, "Haven", "Farport")
    back = cheapest(network, "Farport", "Haven")
    assert (out["sea_usd"], back["sea_usd"]) == (900, 100)


def test_a_link_may_cost_more_one_way():
    usual, network = priced(), priced(DEAR)
    ways = [("Alpha", "Haven", 0), ("Haven", "Alpha", 600 * (3 - 1))]
    for origin, destination, more in ways:
        rise = (
            cheapest(network, origin, destination, avoid=("mode:rail",))["line_haul_usd"]
            - cheapest(usual, origin, destination, avoid=("mode:rail",))["line_haul_usd"]
        )
        assert rise == pytest.approx(more)


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2024-02-01", 0.5), ("2024-06-30", 1.5), ("2023-08-01", 3.0), ("2022-08-01", None)],
)
def test_a_rate_is_that_of_the_quarter_else_of_the_year(day, rate):
    assert market_rate(priced(), "swing", dt.date.fromisoformat(day)) == rate


def test_prices_of_a_country_are_over_its_rate_of_exchange():
    network = priced()
    assert consumer_prices(network, 2023, "XA") == pytest.approx((100 / 5) / (300 / 10))
    assert consumer_prices(network, 2023, "XB") == pytest.approx(0.9)
    assert consumer_prices(network, 2019) == pytest.approx(0.9), "the nearest year"
    assert consumer_prices(network, 2019, "XA") == pytest.approx(0.9), "no row of its own"
    assert consumer_prices(tiny_network(), 2023) == 1


def test_each_part_of_a_published_cost_moves_with_its_own_prices(tmp_path):
    network = priced()
    file = tmp_path / "trips.csv"
    file.write_text(
        "observation_id,origin,destination,by,depart,year,cost_usd_per_unit,cost_covers,kind\n"
        "land,Alpha,Haven,road,2023-08-01,2023,900,haulage,quote\n"
        "sea,Haven,Farport,sea,2023-08-01,2023,900,haulage,quote\n"
        "back,Farport,Haven,sea,2023-08-01,2023,900,haulage,quote\n"
    )
    found = karwan.validate(network, read_rows(file, "observations", network)).rows
    cost = dict(found.select("observation_id", "predicted_usd_per_unit").iter_rows())
    assert cost["sea"] == pytest.approx(900 * 3.0)
    assert cost["back"] == pytest.approx(100 * 0.9), "no series: the dollar, far from any country"
    assert cost["land"] == pytest.approx(500 / 1.5 + 20 / 1.5 + 600 * 0.9)


def test_sending_and_receiving_coasts_of_the_atlas_differ():
    rates = karwan.open_atlas().table("tariffs").filter(pl.col("cargo_unit") == "FEU")
    price = {
        (r["from_region"], r["to_region"]): r["usd_per_unit"] + 10_000 * r["usd_per_unit_km"]
        for r in rates.filter(pl.col("from_region").is_not_null()).iter_rows(named=True)
    }
    for coast in ("North Europe", "Mediterranean", "Persian Gulf", "South Asia"):
        assert price["East Asia", coast] > 1.5 * price[coast, "East Asia"], coast
