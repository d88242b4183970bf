"""Routes of the published record come out of the atlas as they went."""

import datetime as dt

import pytest

import karwan
from karwan.routing.arcs import Kind


@pytest.fixture(scope="module")
def atlas():
    return karwan.open_atlas()


TRIAL = karwan.Consignment("Pavlodar", "Jebel Ali", truckloads=2)


def test_the_2024_trial_ran_by_termez_hairatan_kabul_torkham_to_karachi(atlas):
    """KTZ Express and NLC, 27 April to 3 June 2024: 4,900 km by road, then two to three days by sea."""
    routes = karwan.plan(atlas, TRIAL, depart=dt.date(2024, 5, 1))
    karachi = routes.ways("Karachi")
    offered = [
        row
        for row in karachi.summary.iter_rows(named=True)
        if crosses(karachi, row["itinerary"], "Hairatan", "Torkham")
        and {"UZTER", "AFKBL"} <= set(nodes_of(karachi, row["itinerary"]))
    ]
    assert offered
    for row in offered:
        assert row["road_km"] == pytest.approx(4900, rel=0.08)
        path = karachi.trips[row["itinerary"] - 1].path
        sailing = karachi.query.arcs.hours[path, 0][karachi.query.arcs.kind[path] == Kind.SEA].sum()
        assert 48 <= sailing <= 72
    legs = karachi.legs.filter(karachi.legs["itinerary"] == offered[0]["itinerary"])
    to_karachi = legs.filter(legs["kind"] == "sea")["starts_h"][0] / 24
    assert 20 <= to_karachi <= 30, "27 April to 17 May; a plan is for lorries with one driver"


def test_after_october_2025_no_plan_crosses_from_afghanistan_to_pakistan(atlas):
    """All five crossings shut on 11-12 October 2025."""
    routes = karwan.plan(atlas, TRIAL, depart=dt.date(2025, 11, 15))
    for itinerary in routes.summary["itinerary"]:
        assert not crosses(routes, itinerary, "Torkham")
        assert not crosses(routes, itinerary, "Chaman")
    why = " ".join(m.why for m in routes.missing)
    assert "Torkham is shut from 2025-10" in why
    assert "PKKHI" in routes.best["gateway"].to_list()


def nodes_of(routes, itinerary):
    path = routes.trips[itinerary - 1].path
    query = routes.query
    return [query.base.nodes[n] for n in query.state_node[query.arcs.tail[path]]]


def countries_of(routes, itinerary):
    country = dict(
        routes.query.base.network.table("nodes").select("node_id", "country").iter_rows()
    )
    return {country[n] for n in nodes_of(routes, itinerary)}


def crosses(routes, itinerary, *names):
    named = " ".join(routes.crossings(itinerary))
    return all(name in named for name in names)


def ranking(atlas, market, day):
    options = karwan.Options(sensible=float("inf"))
    consignment = karwan.Consignment("Almaty", market, teu=1)
    routes = karwan.plan(atlas, consignment, depart=day, options=options)
    return routes.best["gateway"].to_list(), routes


def test_almaty_to_shanghai_goes_by_rail_through_china_first(atlas):
    """Container trains Almaty - Dostyk or Altynkol - east coast carry this trade."""
    order, routes = ranking(atlas, "Shanghai", dt.date(2024, 6, 1))
    best = routes.best.row(0, named=True)
    assert best["rail_km"] > 4000
    crossings = " ".join(routes.crossings(1))
    assert "Dostyk" in crossings or "Altynkol" in crossings or "Khorgos" in crossings
    assert order[0] in {"overland", "CNLYG", "CNQIN"}
    assert "CNSGH" not in order, "nobody ships from Shanghai to come back to it"


def test_shanghai_to_almaty_comes_by_rail_too(atlas):
    """The same trains run back; lorries through the small crossings are dearer."""
    consignment = karwan.Consignment("Shanghai", "Almaty", feu=1)
    routes = karwan.plan(atlas, consignment, depart=dt.date(2024, 6, 1))
    assert routes.best.row(0, named=True)["rail_km"] > 4000
    crossings = " ".join(routes.crossings(1))
    assert "Altynkol" in crossings or "Dostyk" in crossings


def test_in_2024_lorries_between_tashkent_and_karachi_went_through_afghanistan(atlas):
    """TIR consignments of 2021 to 2023 ran by Termez or Dushanbe, Kabul and Torkham or Chaman."""
    for ends in (("Tashkent", "Karachi"), ("Karachi", "Tashkent")):
        consignment = karwan.Consignment(*ends, truckloads=1)
        routes = karwan.plan(atlas, consignment, depart=dt.date(2024, 6, 1))
        assert routes.best.row(0, named=True)["gateway"] == "overland"
        assert "AF" in countries_of(routes, 1)


def test_almaty_to_hamburg_goes_north_before_the_middle_corridor_before_the_south(atlas):
    """Before 2025: by rail through Russia first, then the Caspian route, then southern ports."""
    order, _ = ranking(atlas, "Hamburg", dt.date(2024, 6, 1))
    north = [order.index(g) for g in ("overland", "RULED", "RUULU") if g in order]
    caspian = [order.index(g) for g in ("GEPTI", "GEBUS") if g in order]
    south = [order.index(g) for g in ("PKKHI", "IRBND") if g in order]
    assert min(north) < min(caspian) < min(south)
