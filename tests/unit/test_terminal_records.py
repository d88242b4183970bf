"""Published figures of terminals beside simulated ones."""

import pytest

import karwan
from karwan.studies.terminal_records import COMPARED, compare_records

ATLAS = karwan.open_atlas()


@pytest.fixture(scope="module")
def rows():
    found = compare_records(ATLAS, ["sost", "sarakhs", "poti"], replications=2, days=90.0, seed=3)
    assert found.columns == list(COMPARED)
    return {r["record_id"]: r for r in found.iter_rows(named=True)}


def test_every_record_of_the_terminals_is_compared(rows):
    records = ATLAS.table("terminal_records").to_dicts()
    wanted = {r["record_id"] for r in records if r["terminal_id"] in {"sost", "sarakhs", "poti"}}
    assert set(rows) == wanted


def test_a_published_throughput_is_offered_and_carried(rows):
    for name in ("sarakhs-throughput-2022", "sost-throughput-2025", "poti-throughput-2019"):
        row = rows[name]
        assert row["held"] == "carried"
        assert row["simulated"] == pytest.approx(row["published"], rel=0.15)
        assert row["low"] <= row["simulated"] <= row["high"]
        assert row["load"] < 1


def test_what_timetables_cannot_take_is_unstable_and_no_number(rows):
    """A third of the trains of 2015 run today: 70,000 wagons of that year do not fit them."""
    row = rows["sarakhs-throughput-2015"]
    assert row["held"] == "unstable"
    assert row["simulated"] is None


def test_beyond_all_work_nothing_is_simulated_and_a_limit_is_told(rows):
    row = rows["poti-capacity-2026"]
    assert row["held"] == "beyond"
    assert row["load"] > 1
    assert row["simulated"] == pytest.approx(row["published"] / row["load"])


def test_other_figures_are_read_off_the_usual_traffic(rows):
    assert rows["poti-calls-2023"]["simulated"] == pytest.approx(345, rel=0.25)
    assert 0 < rows["sost-pass-2020"]["simulated"] < 48


def test_rates_are_moves_of_the_hours_worked():
    found = compare_records(ATLAS, ["karachi-sapt"], replications=2, days=60.0)
    rows = {r["quantity"]: r["simulated"] for r in found.iter_rows(named=True)}
    elements = ATLAS.table("terminal_elements").to_dicts()
    speed = next(e["moves_per_h"] for e in elements if e["element_id"] == "sapt-quay-cranes")
    assert 0.6 * speed < rows["crane_rate"] <= speed
    assert rows["crane_rate"] < rows["call_rate"] < 5 * speed
