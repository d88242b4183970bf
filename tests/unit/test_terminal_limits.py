"""What would bind first at a terminal, by arithmetic alone."""

import pytest

import karwan
from karwan.studies.terminal_limits import LIMITS, terminal_limits
from karwan.terminals.build import build
from karwan.terminals.loads import loads

ATLAS = karwan.open_atlas()


def test_at_its_limit_an_element_is_worked_all_the_time():
    rows = terminal_limits(ATLAS, ["sost", "poti"])
    assert rows.columns == list(LIMITS)
    for row in rows.drop_nulls().iter_rows(named=True):
        if row["kind"].startswith("full"):
            continue
        model = build(ATLAS, row["terminal_id"], row["limit_teu_per_year"])
        load = dict(loads(model).select("kind", "load").iter_rows())[row["kind"]]
        assert load == pytest.approx(1.0, rel=0.02), row


def test_what_binds_first_stands_on_top():
    rows = terminal_limits(ATLAS, ["poti"])
    known = rows["limit_teu_per_year"].drop_nulls()
    assert known.to_list() == sorted(known)
    assert known[0] > rows["teu_per_year"][0]


def test_trains_of_a_timetable_are_full_before_the_tracks_are():
    """Sarakhs: 800 trains of 36 wagons take the 60 % that go south, three units a wagon."""
    first = terminal_limits(ATLAS, ["sarakhs"]).row(0, named=True)
    assert first["kind"] == "full train"
    assert first["limit_teu_per_year"] == pytest.approx(800 * 36 * 3 / 0.6)
