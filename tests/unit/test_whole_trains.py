"""Published times of trains: from their departure, and of trains of their own."""

import datetime as dt

import polars as pl
import pytest

from karwan.routing.rates import lognormal_moments
from karwan.studies.predict import as_whole_train, predict_trip
from karwan.studies.whole_trains import for_whole_trains
from tiny import tiny_network
from tiny_train import CALLS, EXPRESS, with_train

DAY = dt.date(2026, 6, 1)
ROW = dict.fromkeys(
    ("commodity", "cargo_unit", "amount", "via", "drivers", "time_covers", "cost_covers")
)
ROW |= {"origin": "Alpha", "destination": "Haven", "by": "rail", "kind": "actual", "year": 2026}
RARE = EXPRESS.replace(",container,7,", ",container,0.1,")
BORDER = 6 + lognormal_moments(8, 24)[0]


def predicted(network, **cells):
    return predict_trip(network, ROW | cells, DAY, {})


def hours(found, *parts):
    return 24 * sum(found[f"{part}_days"] for part in parts)


@pytest.mark.parametrize("express", [EXPRESS, RARE])
def test_a_trip_by_train_is_timed_from_its_departure(express):
    """However rarely it leaves: 1,332 km at 80 km/h, the border, four hours at Beta."""
    found = predicted(with_train(express=express))
    parts = ("running", "border", "waiting", "handling")
    assert hours(found, *parts) == pytest.approx(1332 / 80 + BORDER + 4)
    assert predicted(with_train(), time_covers="door")["waiting_days"] == pytest.approx(16 / 24)


def test_goods_on_a_train_elsewhere_are_not_spared_the_wait():
    """They board at Beta, where nothing begins."""
    calls = CALLS + "express,1,XBBET,0,,,book\nexpress,2,XBHAV,0,,,book"
    found = predicted(with_train(calls, EXPRESS.replace(",container,7,", ",container,90,")))
    assert hours(found, "waiting") == pytest.approx(10 + 84 / 90)


@pytest.mark.parametrize("kind", ["trial", "record", "planned"])
def test_a_first_train_runs_through_where_no_train_is_a_service(kind):
    calls = CALLS + "express,1,XBBET,0,,,book\nexpress,2,XBHAV,0,,,book"
    found = predicted(with_train(calls, RARE), kind=kind)
    assert hours(found, "running") == pytest.approx(1332 / 80)
    ordinary = predicted(with_train(calls, RARE))
    assert hours(ordinary, "running") == pytest.approx(852 / 40 + 480 / 40)


def test_a_first_train_stands_as_trains_do():
    """By the train that had begun: nine hours behind the border, with a tail, and no others there."""
    calls = CALLS + (
        "express,1,XAALP,0,,,book\nexpress,2,XB-BGATE,9,30,no,book\nexpress,3,XBBET,0,,,book"
    )
    network = for_whole_trains(with_train(calls), DAY)
    rows = network.table("border_procedures").filter(crossing_id="gate-rail")
    times = {(r["country"], r["direction"]): r["mean_h"] for r in rows.iter_rows(named=True)}
    assert times["XA", "exit"] == times["XA", "entry"] == 0
    assert times["XB", "entry"] == times["XB", "exit"] > 9
    road = network.table("border_procedures").filter(crossing_id="gate-road")
    assert road.equals(with_train(calls).table("border_procedures").filter(crossing_id="gate-road"))


def test_a_stand_that_is_always_the_same_counts_too():
    network = for_whole_trains(with_train(), DAY)
    changes = network.table("transfers").filter(pl.col("node_id") == "XBBET")
    assert changes["dwell_p50_h"].to_list() == [0, 0]


def test_a_network_without_through_trains_has_no_other_kind():
    network = tiny_network()
    assert for_whole_trains(network, DAY) is network


@pytest.mark.parametrize(
    ("kind", "by", "expected"),
    [
        ("trial", "rail", True),
        ("trial", "rail|road", False),
        ("trial", "road", False),
        ("trial", "rail|sea", False),
        ("trial", None, False),
        ("service", "rail", False),
    ],
)
def test_a_train_of_its_own_is_known_by_kind_and_modes(kind, by, expected):
    assert as_whole_train(tiny_network(), kind, by) is expected
