"""A trip keeps opening hours, timetables, closures and seasons, reckoned by hand.

By road: 12 h to collect, 500 km to Agate in 20 h (50 km/h, 12 hours a day). Departure at 8:00
local time, UTC+5, so that it stands at the gate at 16:00 of the next day.
"""

import datetime as dt

import numpy as np
import polars as pl
import pytest

import karwan
from karwan.network import Network
from karwan.routing.calendar import day_state, spells
from karwan.routing.consignment import resolve_cargo
from karwan.routing.query import Options, make_query
from karwan.routing.schedule import Schedule, moment_of, schedule_of
from tiny import TEXT, added, edited, tiny_network

CALLS = """service_id,call,node_id,stay_h,source_id,stay_p95_h,loads
liner,1,XBHAV,10,book
liner,2,XCFAR,10,book"""
TIMETABLE = """service_id,node_id,days,departs_h,starts,ends,last_look,source_id
liner,XBHAV,3,18,,,2026-01-01,book"""


def by_road(network, depart):
    cargo = karwan.Consignment("Alpha", "Farport", teu=2)
    routes = karwan.plan(network, cargo, depart=depart, options=Options(avoid=("rail",)))
    return routes, routes.summary


def gate(routes, itinerary):
    legs = routes.legs.filter((pl.col("itinerary") == itinerary) & (pl.col("kind") == "border"))
    return legs.row(0, named=True)


def hours(days, opens, closes, starts="", ends=""):
    return added(
        "opening_hours",
        f"gate,crossing,gate-road,XA,{days},{opens},{closes},{starts},{ends},2026-01-01,book",
    )


@pytest.mark.parametrize(
    ("network", "depart", "waits"),
    [
        (hours("1234567", 8, 20), "2025-12-01", 0),
        (hours("1234567", 6, 12), "2025-12-01", 14),
        (hours("1234567", 16, 18), "2025-12-01", 0),
        (hours("1234567", 22, 6), "2025-12-01", 6),
        (hours("12345", 0, 24), "2025-12-05", 32),
        (hours("1234567", 6, 12), "2025-12-01T04:00", 0),
        (hours("1234567", 6, 12), "2025-12-01T04:00:00+05:00", 0),
        (hours("1234567", 6, 12), "2025-11-30T23:00:00+00:00", 0),
        (hours("1234567", 6, 12, "2025-12-03"), "2025-12-01", 0),
        (hours("1234567", 6, 12, ends="2025-12-02"), "2025-12-01", 8),
    ],
    ids=[
        "open",
        "next morning",
        "at the opening hour",
        "over midnight",
        "weekend",
        "earlier departure",
        "with a zone",
        "with another zone",
        "hours not yet kept",
        "hours kept till midnight",
    ],
)
def test_a_trip_waits_for_opening_hours(network, depart, waits):
    routes, roads = by_road(network, depart)
    best = roads.row(0, named=True)
    assert best["gate_wait_h"] == pytest.approx(waits)
    leg = gate(routes, best["itinerary"])
    arrives, enters = (dt.datetime.fromisoformat(leg[c]) for c in ("arrives", "enters"))
    assert enters - arrives == dt.timedelta(hours=waits)
    assert enters.utcoffset() == dt.timedelta(hours=5)
    free = by_road(tiny_network(), depart)[1].row(0, named=True)
    assert best["time_h"] == pytest.approx(free["time_h"] + waits)
    assert best["capital_usd"] == pytest.approx(20 * 1000 * 0.12 / 8760 * best["time_h"])


def test_a_wait_is_told_with_its_reason():
    routes, roads = by_road(hours("1234567", 6, 12), "2025-12-01")
    said = routes.warnings(roads["itinerary"][0])
    assert (
        "waits 14 h at Agate, to 2025-12-03 06:00 local time: Gate (road) is out of hours" in said
    )


def test_a_ship_by_timetable_is_met_where_it_leaves():
    """Road to Haven takes 12 + 20 + 20.8 + 20 + 24 + 48 h; the ship leaves on Wednesdays at 18:00."""
    network = tiny_network(service_calls=CALLS, timetables=TIMETABLE)
    free = tiny_network(service_calls=CALLS)
    routes, roads = by_road(network, "2025-12-01")
    best = roads.row(0, named=True)
    legs = routes.legs.filter(pl.col("itinerary") == best["itinerary"])
    sea = legs.filter(pl.col("kind") == "sea").row(0, named=True)
    enters = dt.datetime.fromisoformat(sea["enters"])
    assert (enters.isoweekday(), enters.hour, enters.minute) == (3, 18, 0)
    without = by_road(free, "2025-12-01")[1].row(0, named=True)
    assert best["time_h"] == pytest.approx(without["time_h"] - 42 + best["gate_wait_h"])
    assert best["waiting_variance_h2"] == pytest.approx(without["waiting_variance_h2"] - 84**2 / 12)
    assert "the next departure by timetable" in "".join(routes.warnings(best["itinerary"]))


def test_where_only_the_day_is_published_goods_are_there_as_it_begins():
    """They leave at any hour of the day: 12 h later on average, with a variance of 24^2 / 12."""
    day = tiny_network(service_calls=CALLS, timetables=TIMETABLE.replace(",18,", ",,"))
    midnight = tiny_network(service_calls=CALLS, timetables=TIMETABLE.replace(",18,", ",0,"))
    known = by_road(midnight, "2025-12-01")[1].row(0, named=True)
    routes, roads = by_road(day, "2025-12-01")
    best = roads.row(0, named=True)
    sea = routes.legs.filter(
        (pl.col("itinerary") == best["itinerary"]) & (pl.col("kind") == "sea")
    ).row(0, named=True)
    enters = dt.datetime.fromisoformat(sea["enters"])
    assert (enters.isoweekday(), enters.hour) == (3, 0)
    assert best["time_h"] == pytest.approx(known["time_h"] + 12)
    assert best["waiting_variance_h2"] == pytest.approx(known["waiting_variance_h2"] + 24**2 / 12)


def test_a_closure_with_a_known_end_is_waited_out_where_that_pays():
    """The road gate opens on 1 April at midnight; a trip of 30 March stands there on the 31st."""
    routes, roads = by_road(tiny_network(), "2025-03-30")
    assert roads["gate_wait_h"].min() == pytest.approx(8)
    assert "Gate (road) is shut" in routes.warnings(roads["itinerary"][0])[0]


def test_a_closure_that_begins_on_the_way_is_met_there():
    """The strait is shut from July: a trip of late June that comes there in July goes round it."""
    early = karwan.plan(
        tiny_network(), karwan.Consignment("Alpha", "Farport", teu=2), depart="2025-05-20"
    )
    late = karwan.plan(
        tiny_network(), karwan.Consignment("Alpha", "Farport", teu=2), depart="2025-06-27"
    )
    assert early.best["sea_km"][0] == pytest.approx(1000)
    assert late.best["sea_km"][0] == pytest.approx(3000)
    shut = [m for m in late.missing if ("passage", "strait") in m.targets]
    assert "The Strait is shut from 2025-07-01 to 2025-07-31" in shut[0].why


def test_it_waits_until_a_hampered_place_is_easy_if_that_is_less():
    """Road to the gate on 2 December at 16:00; it is hampered by 24 h until midnight."""
    network = added(
        "closures",
        "jam,crossing,gate-road,hampered,2025-11-01,2025-12-02,,,24,24,90,,Jam.,2026-01-01,book",
    )
    _routes, roads = by_road(network, "2025-12-01")
    waits = roads.filter(pl.col("gate_wait_h") > 0).row(0, named=True)
    free = by_road(tiny_network(), "2025-12-01")[1].row(0, named=True)
    assert waits["time_h"] == pytest.approx(free["time_h"] + 8)
    assert waits["border_usd"] == pytest.approx(free["border_usd"])
    quickest = roads["time_h"].min()
    assert quickest == pytest.approx(free["time_h"] + 8)


def test_a_hampered_place_is_passed_if_it_stays_hampered():
    network = added(
        "closures",
        "jam,crossing,gate-road,hampered,2025-11-01,2025-12-20,,,24,24,90,,Jam.,2026-01-01,book",
    )
    routes, roads = by_road(network, "2025-12-01")
    free = by_road(tiny_network(), "2025-12-01")[1].row(0, named=True)
    row = roads.filter(pl.col("gate_wait_h") == 0).row(0, named=True)
    assert row["time_h"] == pytest.approx(free["time_h"] + 24)
    assert row["border_usd"] == pytest.approx(free["border_usd"] + 2 * 90)
    assert any("Gate (road): Jam." in w for w in routes.warnings(row["itinerary"]))


def test_what_a_gate_adds_can_be_traced():
    routes, roads = by_road(hours("1234567", 6, 12), "2025-12-01")
    lines = routes.explain(roads["itinerary"][0])
    total = lines.unique(["step", "figure", "value"])
    time = total.filter(pl.col("figure").str.starts_with("time"))["value"].sum()
    cost = total.filter(pl.col("figure").str.starts_with("cost"))["value"].sum()
    assert time == pytest.approx(roads["time_h"][0])
    assert cost == pytest.approx(roads["cost_usd"][0])


def test_a_gate_that_never_opens_leaves_other_ways():
    network = added("closures", "x,crossing,gate-road,shut,2025-12-02,,,,,,,,Shut.,2026-01-01,book")
    routes = karwan.plan(
        network, karwan.Consignment("Alpha", "Farport", teu=2), depart="2025-12-01"
    )
    assert routes.summary["road_km"].max() == 0
    with pytest.raises(karwan.RouteNotFound, match="is shut from 2025-12-02, last look"):
        by_road(network, "2025-12-01")


def test_trade_between_two_countries_can_be_barred_alone():
    bar = "restriction_id,target_kind,target,starts,ends,effect,trade,reason,last_look,source_id\n"
    rows = "ban,node,XA-AGATE,2025-01-01,,exclude,XA-XC,Not for this trade.,2026-01-01,book"
    barred = tiny_network(restrictions=bar + rows)
    with pytest.raises(karwan.RouteNotFound, match="Agate is barred from 2025-01-01"):
        karwan.plan(barred, karwan.Consignment("Alpha", "Farport", teu=2))
    other = karwan.plan(barred, karwan.Consignment("Alpha", "Haven", teu=2))
    assert len(other) > 0


def test_seasons_are_cut_into_spells():
    row = {
        "starts": dt.date(2020, 1, 10),
        "ends": None,
        "season_from": "11-15",
        "season_to": "02-29",
    }
    first, last = dt.date(2025, 12, 1), dt.date(2026, 12, 31)
    assert spells(row, first, last) == [
        (dt.date(2025, 11, 15), dt.date(2026, 2, 28)),
        (dt.date(2026, 11, 15), dt.date(2027, 2, 28)),
    ]
    assert spells(row, dt.date(2020, 1, 1), dt.date(2020, 1, 20)) == [
        (dt.date(2020, 1, 10), dt.date(2020, 2, 29))
    ]


def test_a_clock_put_forward_moves_opening_hours():
    zone = TEXT["countries"].replace("Asia/Tashkent", "Europe/Berlin")
    network = tiny_network(
        countries=zone,
        opening_hours="hours_id,target_kind,target,country,days,opens_h,closes_h,starts,ends,"
        "last_look,source_id\nday,node,XBHAV,XB,1234567,8,20,,,2026-01-01,book",
    )
    day = dt.date(2025, 3, 28)
    schedule = schedule_of(network, ((("hours", "node:XBHAV"),),), day)
    assert isinstance(schedule, Schedule)
    for date, offset in (("2025-03-29", 1), ("2025-03-31", 2)):
        opens = moment_of(dt.datetime.fromisoformat(f"{date}T08:00+0{offset}:00"))
        assert np.isclose(schedule.shut_to, opens).any()


def test_a_frozen_state_keeps_what_is_shut_on_the_day():
    network: Network = tiny_network()
    day = dt.date(2025, 3, 10)
    assert ("crossing", "gate-road") in day_state(network, day, frozen=True).shut
    assert ("crossing", "gate-road") in day_state(network, day).timed
    assert not day_state(network, dt.date(2025, 12, 1)).timed


def test_a_day_off_does_not_build_the_network_anew():
    """Departures on days with the same state share one supernetwork, each with its schedule."""
    network = edited("closures", "Bridge repair.", "Repair.")
    cargo = resolve_cargo(network, karwan.Consignment("Alpha", "Farport", teu=1))
    queries = [make_query(network, cargo, dt.date(2025, 3, d), Options()) for d in (10, 11)]
    assert queries[0].base is queries[1].base
    assert queries[1].start - queries[0].start == pytest.approx(24)


def test_nobody_knows_the_end_of_an_event_while_it_lasts():
    """The road gate is shut from 1 to 31 March: as repairs it is waited for, as a quake it is not."""
    watch = "target_kind,target,group,watched_from,watched_to,source_id\n"
    watch += "crossing,gate-road,Gate,2024-01-01,2025-12-31,book"
    network = tiny_network(
        closures=TEXT["closures"].replace(",,Bridge repair.", ",quake-2025,Bridge repair."),
        closure_watch=watch,
    )
    assert by_road(tiny_network(), "2025-03-30")[1]["gate_wait_h"].min() == pytest.approx(8)
    with pytest.raises(karwan.RouteNotFound, match=r"Gate \(road\) is shut from 2025-03-01"):
        by_road(network, "2025-03-30")
    assert by_road(network, "2025-04-01")[1]["gate_wait_h"].max() == 0
