"""Through trains: services on rails that goods board and leave where they load."""

import datetime as dt
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import karwan
from karwan.routing.arcs import REFERENCES, TIMES
from karwan.routing.calendar import day_state
from karwan.routing.rates import lognormal_moments
from karwan.routing.supernetwork import build_supernetwork
from karwan.routing.train_ways import train_ways
from karwan.routing.trees import adjacency, cheapest_tree
from tiny import TEXT, tiny_network
from tiny_train import CALLS, EXPRESS, OFTEN, WHOLE, with_train

CARGO = karwan.Consignment("Alpha", "Haven", teu=1)
DAY = dt.date(2026, 6, 1)


def by_rail(network, cargo=CARGO, avoid=()):
    options = karwan.Options(avoid=("mode:road", *avoid))
    return karwan.plan(network, cargo, depart=DAY, options=options)


def legs(network, cargo=CARGO):
    return by_rail(network, cargo).legs


def quickest(network):
    found = by_rail(network)
    return found.summary.sort("time_h").row(0, named=True)


def test_a_through_train_takes_what_its_parts_say():
    """1,332 km at 80 km/h, half of 24 h for the train, four hours at Beta, the border as surveyed."""
    slow, fast = quickest(tiny_network()), quickest(with_train())
    assert slow["running_h"] == pytest.approx(1332 / 40)
    assert fast["running_h"] == pytest.approx(1332 / 80)
    assert fast["border_h"] == pytest.approx(slow["border_h"])
    assert fast["waiting_h"] == pytest.approx(12 + 4)
    assert fast["handling_h"] == pytest.approx(slow["handling_h"] - 2)
    assert fast["cost_usd"] - fast["capital_usd"] == pytest.approx(
        slow["cost_usd"] - slow["capital_usd"]
    )
    assert fast["gauge_breaks"] == slow["gauge_breaks"] == 1


def test_legs_name_the_train_and_end_where_another_goes_on():
    calls = CALLS + "express,1,XAALP,0,,,book\nexpress,2,XBBET,0,,,book"
    network = with_train(calls, OFTEN)
    found = legs(network).filter(pl.col("itinerary") == 1, pl.col("kind") == "run")
    assert found.select("service", "from_node", "to_node").rows() == [
        ("Express", "XAALP", "XA-AGATE"),
        ("Express", "XB-BGATE", "XBBET"),
        (None, "XBBET", "XBHAV"),
    ]


def test_a_train_runs_back_too():
    home = karwan.Consignment("Haven", "Alpha", teu=1)
    assert "Express" in legs(with_train(), home)["service"].to_list()


def test_nobody_boards_or_leaves_where_a_train_only_stands():
    to_beta = karwan.Consignment("Alpha", "Beta", teu=1)
    assert legs(with_train(express=OFTEN), to_beta)["service"].drop_nulls().is_empty()
    loading = with_train(WHOLE.replace(",no,", ",,"), OFTEN)
    assert "Express" in legs(loading, to_beta)["service"].to_list()


def test_a_train_that_stands_at_a_border_is_cleared_meanwhile():
    calls = WHOLE.replace("express,2", "express,2,XB-BGATE,9,30,no,book\nexpress,3").replace(
        "express,3,XBHAV", "express,4,XBHAV"
    )
    found = quickest(with_train(calls))
    assert found["border_h"] == pytest.approx(lognormal_moments(9, 30)[0])
    assert found["border_usd"] == pytest.approx(quickest(tiny_network())["border_usd"])


@pytest.mark.parametrize(
    "express",
    [
        EXPRESS.replace("operating,,,", "operating,2020-01-01,2021-01-01,"),
        EXPRESS.replace("operating", "planned"),
    ],
)
def test_a_train_that_does_not_run_on_the_day_carries_nothing(express):
    assert legs(with_train(express=express))["service"].drop_nulls().is_empty()


def test_a_train_can_be_avoided():
    assert quickest(with_train())["running_h"] < quickest(tiny_network())["running_h"]
    found = by_rail(with_train(), avoid=("operator:A railway",))
    assert found.legs["service"].drop_nulls().is_empty()


def test_a_shut_border_stops_the_train():
    closures = TEXT["closures"] + (
        "\ngate-rail-2026,crossing,gate-rail,shut,2026-01-01,2027-12-31,,,,,,,Strike.,2026-01-01,book"
    )
    with pytest.raises(karwan.RouteNotFound, match="Gate is shut"):
        legs(with_train(closures=closures))


def test_a_train_leaves_by_its_timetable():
    tables = "service_id,node_id,days,departs_h,starts,ends,last_look,source_id\n"
    network = with_train(timetables=tables + "express,XAALP,3,12,,,2026-01-01,book")
    found = legs(network).filter(pl.col("service") == "Express")
    leaves = dt.datetime.fromisoformat(found["enters"][0])
    assert (leaves.isoweekday(), leaves.hour) == (3, 12)


@settings(max_examples=60, deadline=None)
@given(
    stays=st.lists(st.integers(0, 60), min_size=5, max_size=5),
    loads=st.lists(st.booleans(), min_size=3, max_size=3),
    per_week=st.sampled_from([1, 3.5, 7, 14]),
    there=st.booleans(),
)
def test_hours_on_board_are_those_of_the_slow_twin(stays, loads, per_week, there):
    """The twin walks the calls one by one and adds up."""
    stops = ("XAALP", "XA-AGATE", "XB-BGATE", "XBBET", "XBHAV")
    places = list(zip(stops, stays, (True, *loads, True), strict=True))
    rows = [
        f"express,{n},{stop},{stay},,{'' if load else 'no'},book"
        for n, (stop, stay, load) in enumerate([*places, *places[-2::-1]], 1)
    ]
    express = EXPRESS.replace(",container,7,", f",container,{per_week},")
    network = with_train(CALLS + "\n".join(rows), express)
    base = build_supernetwork(network, day_state(network, DAY), "TEU")
    arcs = base.arcs
    trains = network.table("services")["service_id"].to_list().index("express")
    on_train = arcs.reference[:, REFERENCES.index("services")] == trains
    assert on_train.any()
    on_board = np.where(on_train, arcs.hours[:, : len(TIMES)].sum(axis=1), np.inf)
    calls = places if there else places[::-1]
    km = {frozenset(p): d for p, d in zip(pairwise(stops), (600, 12, 240, 480), strict=True)}
    gate = sum(lognormal_moments(8, 24)[:1]) + 6
    expected = {}
    for size in range(1, len(calls)):
        for i in range(len(calls) - size):
            j = i + size
            if not (calls[i][2] and calls[j][2]):
                continue
            path = calls[i : j + 1]
            hours = 84 / per_week + sum(stay for _, stay, _ in path[1:-1])
            hours += sum(km[frozenset((a[0], b[0]))] for a, b in pairwise(path)) / 80
            hours += gate * ({"XA-AGATE", "XB-BGATE"} == {name for name, _, _ in path})
            changes = [k for k in range(i + 1, j) if (k, j) in expected and calls[k][0] != "XBBET"]
            expected[i, j] = min([hours, *(expected[i, k] + expected[k, j] for k in changes)])
    graph = adjacency(arcs.tail, arcs.head, base.n_states)
    ashore = {
        name: [
            s for c, s in base.states_at[base.where[name]] if c.mode == "rail" and c.aboard is None
        ]
        for name in stops
    }
    for (i, j), hours in expected.items():
        found = [
            cheapest_tree(graph, on_board, state)[0][ashore[calls[j][0]]].min()
            for state in ashore[calls[i][0]]
        ]
        assert min(found) == pytest.approx(hours)


@pytest.mark.parametrize("called", ["XB-BGATE", "XBBET"])
def test_a_train_changes_track_gauge_where_it_calls(called):
    """Both gauges lead from Bgate to Beta, and both places could change it."""
    transfers = TEXT["transfers"] + (
        "\nbgate-out,XB-BGATE,rail,rail,1520,1435,container,container,2,10,10,40,handling,,book"
        "\nbgate-home,XB-BGATE,rail,rail,1435,1520,container,container,2,10,10,40,handling,,book"
    )
    links = TEXT["links"] + (
        "\nbgate-beta-narrow,XB-BGATE,XBBET,rail,true,240,,1435,,open,,,2026-01-01,book"
    )
    network = with_train(WHOLE.replace("XBBET", called), transfers=transfers, links=links)
    ways = train_ways(network, b"\1" * len(network.table("links")))["express", "container"]
    assert [[m.tail[0] for m in way if m.transfer >= 0] for way in ways] == [[called], [called]]


def test_operators_are_numbered_anew_in_each_supernetwork():
    network = with_train()
    for day in (DAY, DAY.replace(year=2025)):
        base = build_supernetwork.__wrapped__(network, day_state(network, day), "TEU")
        services = network.table("services")
        number = base.arcs.reference[:, REFERENCES.index("services")]
        for k in np.flatnonzero(number >= 0):
            operator = services["operator"][int(number[k])]
            assert base.operators[base.arcs.operates[k]] == operator
