"""A plan on the tiny network is what pencil and paper give."""

import datetime as dt
import math

import polars as pl
import pytest

import karwan
from karwan.schema import load_schema
from tiny import added, edited, tiny_network


def trip(network=None, depart=None, options=None, **size):
    cargo = karwan.Consignment("Alpha", "Farport", **(size or {"teu": 2}))
    return karwan.plan(network or tiny_network(), cargo, depart=depart, options=options)


def rail(routes):
    return routes.summary.filter(pl.col("rail_km") > 0).row(0, named=True)


def test_cost_of_the_rail_itinerary():
    """2 TEU: 1,332 km at 0.5; 100 + 40 handling; 30 + 50 border; 150 + 200 port; 200 + 0.1 x 1,000 sea."""
    row = rail(trip())
    assert row["line_haul_usd"] == pytest.approx(2 * 1332 * 0.5)
    assert row["handling_usd"] == pytest.approx(2 * (100 + 40))
    assert row["border_usd"] == pytest.approx(2 * (30 + 50))
    assert row["port_usd"] == pytest.approx(2 * (150 + 200))
    assert row["sea_usd"] == pytest.approx(2 * (200 + 100))
    assert row["documents_usd"] == pytest.approx(25)
    assert row["capital_usd"] == pytest.approx(20 * 1000 * 0.12 / 8760 * row["time_h"])


def test_time_and_spread_of_the_rail_itinerary():
    """Running 1,332 km at 40 km/h and 1,000 km at 20; a lognormal border side of 8 and 24 h; half of 84 h wait."""
    row = rail(trip())
    spread = math.log(24 / 8) / 1.6448536269514722
    entry = 8 * math.exp(spread**2 / 2)
    border = 6 + entry
    assert row["border_h"] == pytest.approx(border)
    assert row["time_h"] == pytest.approx(24 + 1332 / 40 + border + 12 + 48 + 42 + 50 + 48)
    variance = 2 * 1332 / 40 + 6**2 + entry**2 * math.expm1(spread**2) + 84**2 / 12 + 50
    assert row["spread_h"] == pytest.approx(math.sqrt(variance))


def test_emissions_of_the_rail_itinerary():
    """20 t: 1,332 km at 20 g and 1,000 km at 10 g per t-km; 1 kg/t at the gauge break and 2 at the port."""
    assert rail(trip())["co2_kg"] == pytest.approx(20 * (1.332 * 20 + 10 + 1 + 2))


def test_grades_follow_the_rows():
    """Grade C: 480 km of rail at 0.5 and the sea tariff, of all costs without capital on graded rows."""
    row = rail(trip())
    weak = row["cost_share_c"] * row["cost_usd"]
    assert weak == pytest.approx(2 * (480 * 0.5 + 300), rel=0.02)
    assert row["cost_share_a"] + row["cost_share_c"] == pytest.approx(1)
    assert row["time_share_c"] * row["time_h"] == pytest.approx(480 / 40)


def test_counts_of_the_rail_itinerary():
    row = rail(trip())
    assert (row["borders"], row["gauge_breaks"], row["transfers"]) == (1, 1, 2)
    assert (row["rail_km"], row["sea_km"], row["distance_km"]) == (1332, 1000, 2332)
    assert row["gateway"] == "XBHAV"


def test_generalised_cost_counts_time_at_the_value_of_the_goods():
    """General cargo loses 0.2 % of its value a day, capital included, and 0.8 of it a day of spread."""
    row = rail(trip())
    money, hour = row["cost_usd"] - row["capital_usd"], 20_000 * 0.002 / 24
    worth = money + hour * row["time_h"] + 0.8 * hour * row["spread_h"]
    assert row["generalised_cost_usd"] == pytest.approx(worth)


def test_percentiles_of_an_itinerary_are_those_of_a_shifted_lognormal():
    """(P95 - P50) / (P90 - P50) of a shifted lognormal gives its spread, and so mean and variance."""
    row = rail(trip())
    p50, p90, p95 = (row[f"time_{p}_h"] for p in ("p50", "p90", "p95"))
    low, high = 1e-3, 3.0
    for _ in range(80):
        s = (low + high) / 2
        ratio = math.expm1(1.6448536 * s) / math.expm1(1.2815516 * s)
        low, high = (s, high) if ratio < (p95 - p50) / (p90 - p50) else (low, s)
    scale = (p90 - p50) / math.expm1(1.2815516 * s)
    mean = p50 - scale + scale * math.exp(s**2 / 2)
    assert mean == pytest.approx(row["time_h"], rel=1e-4)
    spread = scale * math.exp(s**2 / 2) * math.sqrt(math.expm1(s**2))
    assert spread == pytest.approx(row["spread_h"], rel=1e-3)


def test_forty_feet_pay_their_own_tariff_and_more_at_handlings():
    row = rail(trip(feu=1))
    assert row["line_haul_usd"] == pytest.approx(1332 * 0.8)
    assert row["handling_usd"] == pytest.approx(120 + 40 * 1.5)


def test_a_truck_is_stuffed_into_containers_at_the_port():
    row = trip(truckloads=1).summary.row(0, named=True)
    assert row["road_km"] == 1120
    assert row["sea_usd"] == pytest.approx(2 * (200 + 100)), "20 t of 10 t a TEU fill two"


def test_a_hampered_passage_costs_delay_and_surcharge():
    calm, mined = rail(trip()), rail(trip(depart=dt.date(2025, 6, 10)))
    assert mined["time_h"] - calm["time_h"] == pytest.approx(24)
    assert mined["sea_usd"] - calm["sea_usd"] == pytest.approx(2 * 100)


def test_a_shut_passage_sends_ships_round_it_and_says_so():
    routes = trip(depart=dt.date(2025, 7, 10))
    assert rail(routes)["sea_km"] == pytest.approx(3000)
    assert (
        "The Strait is shut from 2025-07-01 to 2025-07-31 (Mines were laid)"
        in routes.missing[0].why
    )


def test_a_shut_crossing_leaves_the_other_mode():
    routes = trip(depart=dt.date(2025, 3, 10))
    assert routes.summary["road_km"].max() == 0
    assert "gate-road" in routes.shut["target"].to_list()


def test_a_season_shuts_every_year_across_new_year():
    closed = added(
        "closures",
        "winter,link,alpha-agate-road,shut,2020-01-01,,11-15,02-15,,,,,Snow on the pass.,2025-04-01,book",
    )
    opens = dt.datetime.fromisoformat("2026-02-16T00:00+05:00")
    for day, waits in (("2025-12-24", True), ("2026-02-15", True), ("2026-02-16", False)):
        road = trip(closed, depart=day, options=karwan.Options(avoid=("rail",))).summary
        leaves = dt.datetime.fromisoformat(f"{day}T20:00+05:00")
        wanted = (opens - leaves) / dt.timedelta(hours=1) if waits else 0.0
        assert road["gate_wait_h"].min() == pytest.approx(wanted), day


def test_a_planned_link_is_used_only_once_it_is_open():
    planned = edited(
        "links",
        "beta-haven-rail,XBBET,XBHAV,rail,true,480,,1435,,open,",
        "beta-haven-rail,XBBET,XBHAV,rail,true,480,,1435,,construction,2027-06-01",
    )
    assert trip(planned).summary["rail_km"].max() == 0
    assert trip(planned, depart=dt.date(2027, 6, 1)).summary["rail_km"].max() == 1332


def test_a_scenario_changes_only_its_cell():
    quick = karwan.plan(
        tiny_network(), karwan.Consignment("Alpha", "Farport", teu=2), scenario=["quick"]
    )
    assert rail(trip())["border_h"] - rail(quick)["border_h"] == pytest.approx(3)


@pytest.mark.parametrize(
    ("avoid", "mode"),
    [("Beta", "road"), ("node:XBBET", "road"), ("rail", "road"), ("mode:road", "rail")],
)
def test_what_is_avoided_is_not_used(avoid, mode):
    routes = trip(options=karwan.Options(avoid=(avoid,)))
    assert routes.summary.filter(pl.col(f"{mode}_km") > 0).height == len(routes)


def test_via_forces_the_way():
    routes = trip(options=karwan.Options(via=("Beta",)))
    assert len(routes) == 1
    assert rail(routes)["rail_km"] == 1332


def test_max_transfers_is_kept():
    routes = trip(options=karwan.Options(max_transfers=1))
    assert routes.summary["transfers"].to_list() == [1]


def test_goods_come_home_the_same_way():
    home = karwan.plan(tiny_network(), karwan.Consignment("Farport", "Alpha", teu=2))
    assert home.summary["gateway"].to_list() == ["XBHAV", "XBHAV"]
    assert rail(home)["distance_km"] == 2332


@pytest.mark.parametrize(
    ("network", "options", "reason"),
    [
        (
            edited("transfers", "XBHAV,r", "XBBET,r"),
            None,
            "a transfer or a gauge change between the two parts is missing",
        ),
        (
            tiny_network(),
            karwan.Options(avoid=("Haven",)),
            "there is a route without your wishes: avoid Haven",
        ),
        (
            added(
                "closures",
                "all,country,XB,shut,2026-01-01,,,,,,,,Everything is shut.,2026-01-02,book",
            ),
            None,
            "B-land is shut from 2026-01-01, last look 2026-01-02 (Everything is shut): closes the way through Haven",
        ),
    ],
)
def test_where_there_is_no_way_the_error_says_what_cuts_it(network, options, reason):
    with pytest.raises(karwan.RouteNotFound) as caught:
        trip(network, options=options)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"origin": "Alhpa"}, "place 'Alhpa' is not in nodes; did you mean Alpha (XAALP)?"),
        ({"destination": "first"}, "origin and destination are both XAALP"),
        ({"teu": -2}, "the size is -2 TEU; it must be above 0 and finite"),
        ({"teu": 0}, "the size is 0 TEU; it must be above 0"),
        ({"teu": math.nan}, "the size is nan TEU"),
        ({"teu": math.inf}, "the size is inf TEU"),
        ({"teu": 2, "tonnes": 3}, "the size is given 2 times (2 TEU, 3 t); give one of them"),
        ({"commodity": "orr"}, "commodity 'orr' is not in commodities; did you mean 'ore'?"),
        (
            {"commodity": "ore", "teu": 1},
            "ore does not travel in the form 'container'; it can go as wagon, bulk",
        ),
    ],
)
def test_nonsense_is_refused_in_words(asked, sentence):
    wanted = {"origin": "Alpha", "destination": "Farport", **asked}
    with pytest.raises(karwan.InputError) as caught:
        karwan.plan(tiny_network(), karwan.Consignment(**wanted))
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("depart", "sentence"),
    [
        ("2026-02-30", "departure is '2026-02-30'; write the date as 2025-11-15"),
        ("2025-11-15T25:00", "with an hour of the day, 0:00 to 23:59, as 2025-11-15T14:30"),
        ("soon", "departure is 'soon'; write the date as 2025-11-15"),
        ("1999-01-01", "departure is 1999-01-01; it must lie between 2015-01-01"),
    ],
)
def test_a_day_that_is_none_is_refused_in_words(depart, sentence):
    with pytest.raises(karwan.InputError) as caught:
        karwan.plan(tiny_network(), karwan.Consignment("Alpha", "Farport", teu=1), depart=depart)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("depart", "is_stale"), [("2026-01-31", False), ("2027-01-01", False), ("2027-01-02", True)]
)
def test_a_way_last_looked_at_more_than_a_year_ago_warns(depart, is_stale):
    cargo = karwan.Consignment("Alpha", "Farport", teu=1)
    routes = karwan.plan(tiny_network(), cargo, depart=depart)
    links = len(routes.to_dict()["itineraries"][0]["legs"][1]["link_ids"])
    assert links >= 1
    said = [w for w in routes.warnings(1) if "links were last looked at on 2026-01-01" in w]
    assert bool(said) is is_stale


def test_all_nonsense_is_named_at_once():
    with pytest.raises(karwan.InputError) as caught:
        karwan.plan(tiny_network(), karwan.Consignment("Nowhere", "Nirgends", "gold", teu=-1))
    for part in ("'Nowhere'", "'Nirgends'", "'gold'", "-1 TEU"):
        assert part in str(caught.value)


def test_cargo_that_nothing_carries_says_so():
    with pytest.raises(karwan.RouteNotFound, match="wagon or bulk"):
        karwan.plan(tiny_network(), karwan.Consignment("Alpha", "Farport", "ore", tonnes=100))


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ("speed",)},
        {"by": ()},
        {"epsilon": -1},
        {"max_transfers": -1},
        {"capital_rate": 2},
        {"sensible": 0.5},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong):
    with pytest.raises(karwan.InputError):
        karwan.Options(**wrong)


def test_every_figure_of_an_itinerary_is_explained_to_its_source():
    routes = trip()
    lines = routes.explain(1)
    summary = routes.summary.row(0, named=True)
    figures = lines.unique(["step", "figure"])
    for unit, column in (("USD", "cost_usd"), ("h", "time_h"), ("kg", "co2_kg")):
        total = figures.filter(pl.col("unit") == unit)["value"].sum()
        assert total == pytest.approx(summary[column])
    known = set(tiny_network().table("sources")["source_id"])
    assert set(lines["source_id"]) <= known
    for table, row in (
        lines.select("table", "row").filter(pl.col("table") != "sea_links").iter_rows()
    ):
        names = {
            load_schema(table).row_name(r)
            for r in tiny_network().table(table).iter_rows(named=True)
        }
        assert row in names
