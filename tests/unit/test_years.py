"""Speeds and border procedures by year: one row of each is in force for a departure."""

import datetime as dt
from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import karwan
from karwan.network.in_force import rows_in_force
from karwan.scenarios import apply_scenario, describe_scenario
from karwan.terminals.surveyed import surveyed_hours
from naive_years import row_in_force
from tiny import TEXT, added, tiny_network

YEARS = st.lists(st.none() | st.integers(1990, 2100), min_size=1, max_size=6, unique=True)
GATE = "gate-rail,XA,exit,{},1,,,30,{},book"
OLDER = "\n".join(GATE.format(*cells) for cells in ((60, 2019), (36, 2021)))


def surveyed(lines=OLDER):
    return added("border_procedures", lines)


def rail_hours(network, year):
    cargo = karwan.Consignment("Alpha", "Farport", teu=1)
    found = karwan.plan(network, cargo, depart=dt.date(year, 6, 1)).summary
    return found.filter(pl.col("rail_km") > 0)["time_h"][0]


@given(years=YEARS, other=YEARS, departure=st.integers(1985, 2105))
def test_the_row_in_force_is_that_of_the_slow_twin(years, other, departure):
    lines = [
        f"gate-{mode},XA,exit,6,1,,,30,{year or ''},book"
        for mode, given_years in (("rail", years), ("road", other))
        for year in given_years
    ]
    head = TEXT["border_procedures"].splitlines()[0]
    network = tiny_network(border_procedures="\n".join([head, *lines]))
    rows = network.table("border_procedures")
    marked = rows_in_force(network, "border_procedures", departure)
    by_crossing = defaultdict(list)
    for i, (crossing, year) in enumerate(rows.select("crossing_id", "year").iter_rows()):
        by_crossing[crossing].append((i, year))
    expected = bytearray(len(rows))
    for kept in by_crossing.values():
        expected[kept[row_in_force([year for _, year in kept], departure)][0]] = 1
    assert marked == bytes(expected)


def test_a_trip_takes_the_survey_of_its_year():
    network = surveyed()
    today = rail_hours(tiny_network(), 2026)
    found = [rail_hours(network, year) - today for year in (2018, 2019, 2020, 2021, 2024, 2026)]
    assert found == pytest.approx([54, 54, 54, 30, 0, 0])


def test_years_do_not_share_what_is_kept_of_a_network():
    network = surveyed()
    first = rail_hours(network, 2019)
    assert rail_hours(network, 2026) != first
    assert rail_hours(network, 2019) == first


def test_a_speed_holds_from_its_year_on():
    network = tiny_network(speeds=TEXT["speeds"] + "\nrail,,,,2020,20,24,2,book,")
    added_h = [rail_hours(network, y) - rail_hours(tiny_network(), y) for y in (2019, 2020, 2026)]
    assert added_h == pytest.approx([0, 1332 / 20 - 1332 / 40, 1332 / 20 - 1332 / 40])


def test_a_year_given_twice_is_named_with_its_cells():
    for network, key in (
        (
            surveyed(f"{OLDER}\n{GATE.format(48, 2021)}"),
            "border_procedures[gate-rail/XA/exit/2021]",
        ),
        (tiny_network(speeds=TEXT["speeds"] + "\nrail,,,,,20,24,2,book,"), "speeds[rail/////]"),
    ):
        first = str(karwan.check_network(network)[0])
        assert first.startswith(f"{key}: the key stands twice, in rows")


def test_surveys_by_year_pass_the_check():
    assert karwan.check_network(surveyed()) == []


@pytest.mark.parametrize(("row", "means"), [("", [30, 18, 3]), ("/2021", [60, 18, 6])])
def test_a_measure_without_a_year_changes_all_years(row, means):
    change = f"faster-gate,1,border_procedures,gate-rail/XA/exit{row},mean_h,multiply,0.5,guess"
    head = TEXT["measure_changes"].splitlines()[0]
    network = tiny_network(
        border_procedures=TEXT["border_procedures"] + "\n" + OLDER,
        measure_changes=f"{head}\n{change}",
    )
    assert karwan.check_network(network) == []
    rows = apply_scenario(network, "quick").table("border_procedures")
    rows = rows.filter(crossing_id="gate-rail", country="XA", direction="exit")
    assert rows["mean_h"].to_list() == means
    (told,) = describe_scenario(network, "quick")
    assert len(told["changes"][0]["cells"]) == (1 if row else 3)


def test_surveyed_hours_of_a_place_are_those_of_the_day_of_the_network():
    assert surveyed_hours(surveyed(), "crossing", "gate-rail") == surveyed_hours(
        tiny_network(), "crossing", "gate-rail"
    )
