"""Routes of the published record come out of the atlas as they went."""

import datetime as dt

import pytest

import karwan


@pytest.fixture(scope="module")
def atlas():
    return karwan.open_atlas()


def places(routes, itinerary):
    legs = routes.legs.filter(routes.legs["itinerary"] == itinerary)
    return list(dict.fromkeys([*legs["from_node"], legs["to_node"][-1]]))


def road_via_afghanistan(atlas, day):
    consignment = karwan.Consignment("Pavlodar", "Jebel Ali", feu=2)
    options = karwan.Options(via=("Hairatan", "Kabul"), avoid=("rail",))
    return karwan.plan(atlas, consignment, depart=day, options=options)


def test_the_2024_trial_ran_by_termez_hairatan_kabul_torkham_to_karachi(atlas):
    """KTZ Express and NLC, 27 April to 3 June 2024: 4,900 km by road, then two days by sea."""
    routes = road_via_afghanistan(atlas, dt.date(2024, 5, 1))
    best = routes.best.filter(routes.best["gateway"] == "PKKHI").row(0, named=True)
    assert best["road_km"] == pytest.approx(4900, rel=0.08)
    crossings = routes.crossings(best["itinerary"])
    assert any("Hairatan" in c for c in crossings)
    assert any("Torkham" in c for c in crossings)
    legs = routes.legs.filter(routes.legs["itinerary"] == best["itinerary"])
    sea = legs.filter(legs["kind"] == "sea").row(0, named=True)
    path = routes.paths[best["itinerary"] - 1]
    sailing = routes.query.arcs.hours[path, 0][routes.query.arcs.kind[path] == 2].sum()
    assert sea["from_node"] == "PKKHI"
    assert 48 <= sailing <= 72


def test_the_same_trip_is_offered_as_an_alternative_without_being_asked_for(atlas):
    """The planner finds the trial's road by itself when the cargo stays on the road."""
    consignment = karwan.Consignment("Pavlodar", "Jebel Ali", feu=2)
    options = karwan.Options(avoid=("rail",))
    routes = karwan.plan(atlas, consignment, depart=dt.date(2024, 5, 1), options=options)
    best = routes.best.filter(routes.best["gateway"] == "PKKHI").row(0, named=True)
    crossings = routes.crossings(best["itinerary"])
    assert any("Torkham" in c for c in crossings)
    assert any("Hairatan" in c for c in crossings)


def test_after_october_2025_no_plan_crosses_from_afghanistan_to_pakistan(atlas):
    """All five crossings shut on 11-12 October 2025."""
    consignment = karwan.Consignment("Pavlodar", "Jebel Ali", feu=2)
    routes = karwan.plan(atlas, consignment, depart=dt.date(2025, 11, 15))
    for itinerary in routes.summary["itinerary"]:
        named = " ".join(routes.crossings(itinerary))
        assert "Torkham" not in named
        assert "Chaman" not in named
    assert any("Torkham" in m.why or "Chaman" in m.why for m in routes.missing)
    assert "PKKHI" in routes.best["gateway"].to_list()


def ranking(atlas, market, day):
    options = karwan.Options(sensible=float("inf"))
    consignment = karwan.Consignment("Almaty", market, teu=1)
    routes = karwan.plan(atlas, consignment, depart=day, options=options)
    return routes.best["gateway"].to_list(), routes


def test_almaty_to_shanghai_goes_by_rail_through_china_first(atlas):
    """Container trains Almaty - Dostyk or Altynkol - east coast carry this trade."""
    order, routes = ranking(atlas, "Shanghai", dt.date(2024, 6, 1))
    best = routes.best.row(0, named=True)
    assert set(routes.query.base.network.table("nodes")["node_id"]) >= set(places(routes, 1))
    assert best["rail_km"] > 4000
    crossings = " ".join(routes.crossings(1))
    assert "Dostyk" in crossings or "Altynkol" in crossings or "Khorgos" in crossings
    assert order[0] in {"overland", "CNLYG", "CNQIN"}


def test_almaty_to_hamburg_goes_north_before_the_middle_corridor_before_the_south(atlas):
    """Before 2025: by rail through Russia first, then the Caspian route, then southern ports."""
    order, _ = ranking(atlas, "Hamburg", dt.date(2024, 6, 1))
    north = [order.index(g) for g in ("overland", "RULED", "RUULU") if g in order]
    caspian = [order.index(g) for g in ("GEPTI", "GEBUS") if g in order]
    south = [order.index(g) for g in ("PKKHI", "IRBND") if g in order]
    assert min(north) < min(caspian) < min(south)
