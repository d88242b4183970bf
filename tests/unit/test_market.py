"""The market before any share of it: reaches, directions, intervals."""

import pytest

import karwan
from karwan import InputError
from tiny import tiny_network

DEMAND = """demand_id,origin,destination,commodity,cargo_unit,year,tonnes,teu,tonnes_low,tonnes_high,kind,source_id
a,XAALP,XCFAR,general,TEU,2025,1000,100,500,2000,trade,book
b,XAALP,XBHAV,general,truckload,2025,400,,300,500,trade,guess
c,XAALP,XBBET,ore,wagonload,2025,70,,70,70,diversion,guess
d,XCFAR,XAALP,general,TEU,2025,50,5,40,60,trade,book
e,XBHAV,XCFAR,general,TEU,2025,30,3,30,30,transit,book
f,XAALP,XCFAR,general,TEU,2030,2000,200,500,4000,trade,book"""


@pytest.fixture
def network():
    return tiny_network(demand=DEMAND)


def test_only_what_crosses_a_sea_must_pass_a_gateway(network):
    """Far country C has no road; neighbour B is reached by land, so that its port wins nothing."""
    found = karwan.market(network)
    assert found.year == 2025
    reach = {
        (r["partner"], r["reach"]): r["tonnes"] for r in found.by("partner", "reach").to_dicts()
    }
    assert reach == {("XC", "sea"): 1080, ("XB", "land"): 470}
    assert found.winnable.by().row(0) == (1080, 570, 2090, 108, 57, 209)


def test_a_port_beyond_a_neighbour_can_be_reached_both_ways(network):
    crossings = network.table("border_crossings").clear()
    found = karwan.market(network.with_tables(border_crossings=crossings))
    reach = {(r["kind"], r["reach"]): r["tonnes"] for r in found.by("kind", "reach").to_dicts()}
    assert reach[("trade", "sea or land")] == 400
    assert reach[("diversion", "land")] == 70


def test_directions_are_those_of_the_landlocked_country(network):
    found = karwan.market(network).by("country", "direction", "kind")
    sums = {(r["country"], r["direction"], r["kind"]): r["tonnes"] for r in found.to_dicts()}
    assert sums == {
        ("XA", "export", "trade"): 1400,
        ("XA", "export", "diversion"): 70,
        ("XA", "import", "trade"): 50,
        ("XB", "through", "transit"): 30,
    }


def test_an_origin_keeps_its_own_demand_both_ways_and_all_transit(network):
    found = karwan.market(network, origin=["XB"])
    sums = {
        (r["country"], r["direction"]): r["tonnes"]
        for r in found.by("country", "direction").to_dicts()
    }
    assert sums == {("XB", "import"): 470, ("XB", "through"): 30}
    alpha = karwan.market(network, origin="Alpha", commodity="ore")
    assert alpha.by("commodity").to_dicts()[0]["tonnes"] == 70


def test_low_and_high_containers_keep_the_load(network):
    row = karwan.market(network, year=2030).by().to_dicts()[0]
    assert (row["teu_low"], row["teu"], row["teu_high"]) == (50, 200, 400)


def test_the_market_says_what_it_rests_on(network):
    found = karwan.market(network)
    assert found.grades["A"] == pytest.approx(1080 / 1550)
    assert sum(found.grades.values()) == pytest.approx(1)
    plain = found.to_dict()
    assert plain["schema"] == "karwan.market/1"
    assert plain["winnable"]["tonnes"] == 1080
    assert plain["run"]["fingerprint"] == network.fingerprint


def test_what_cannot_be_answered_is_refused_at_once(network):
    with pytest.raises(InputError) as caught:
        karwan.market(network, year=2026, origin=["Alpah"], commodity="gold")
    said = str(caught.value)
    assert "year is 2026; the demand is of 2025, 2030" in said
    assert "origin: place 'Alpah' is not in nodes; did you mean Alpha" in said
    assert "commodity 'gold' is not in commodities" in said
    with pytest.raises(InputError, match="has no demand"):
        karwan.market(tiny_network())
    with pytest.raises(InputError, match="no group 'partners'; did you mean 'partner'"):
        karwan.market(network).by("partners")
