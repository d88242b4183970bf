"""Nonsense in a network or on the command line is named in one go, with exit code 2."""

import sys

import pytest

import karwan
from karwan.cli import main
from karwan.cli.tables import _fitting
from karwan.schema import load_schema
from tiny import TEXT, tiny_network

COLUMNS = load_schema("observations").names
SEEN = dict.fromkeys(COLUMNS, "") | {
    "observation_id": "seen",
    "origin": "Alpha",
    "destination": "Farport",
    "year": "2025",
    "kind": "actual",
    "source_id": "book",
}
WRONG = {
    "closures": ("2025-03-01,2025-03-31", "2025-03-31,2025-03-01", "before starts (2025-03-31)"),
    "first_last_mile": ("rail,FEU,24.0,24.0", "rail,FEU,24.0,12.0", "p95_h is 12 h"),
    "transfers": ("10.0,10.0,40", "10.0,4.0,40", "dwell_p95_h is 4 h"),
}
ADDED = {
    "opening_hours": (
        "hours_id,target_kind,target,country,days,opens_h,closes_h,starts,ends,last_look,source_id",
        "day,crossing,gate-road,XA,12345,8,25,,,2026-01-01,book",
        "closes_h is 25 h; it must be at most 24",
    ),
    "observations": (
        ",".join(SEEN),
        ",".join(SEEN.values()),
        "neither time nor cost",
    ),
    "service_calls": (
        "service_id,call,node_id,stay_h,source_id,stay_p95_h,loads",
        "liner,1,XBHAV,10,book\nliner,2,XCFAR,10,book",
        "",
    ),
    "timetables": (
        "service_id,node_id,days,departs_h,starts,ends,last_look,source_id",
        "liner,XBHAV,25,12,2025-01-01,,2026-01-01,book\nliner,XBHAV,57,12,2025-06-01,,2026-01-01,book",
        "it overlaps liner/XBHAV/25/12.0/2025-01-01 on weekday 5",
    ),
}


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["karwan", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return caught.value.code, out + err

    return call


@pytest.fixture
def broken(tmp_path):
    """Write a network with every kind of bad time."""
    folder = tmp_path / "broken"
    karwan.write_network(tiny_network(), folder)
    for table, (old, new, _) in WRONG.items():
        file = folder / f"{table}.csv"
        text = file.read_text()
        assert old in text, table
        file.write_text(text.replace(old, new, 1))
    for table, (header, rows, _) in ADDED.items():
        (folder / f"{table}.csv").write_text(f"{header}\n{rows}\n")
    file = folder / "speeds.csv"
    file.write_text(
        file.read_text().replace("rail,,,,,,40.0,24.0,,2.0", "rail,,,,,,40.0,24.0,,-2.0")
    )
    file = folder / "border_procedures.csv"
    file.write_text(file.read_text().replace(",6.0,1.0,", ",6.0,-1.0,"))
    return folder


def test_every_bad_time_of_a_network_is_named_at_once(run, broken):
    code, said = run("check", broken)
    assert code == 2
    for _, _, sentence in (*WRONG.values(), *ADDED.values()):
        assert sentence in said
    assert "dispersion_h is -2.0 h; it must be at least 0" in said
    assert "cv is -1.0; it must be at least 0" in said


def test_every_bad_word_of_a_plan_is_named_at_once(run):
    code, said = run(
        "plan", "Almaty", "Narnia", "--depart", "2024-06-01T25:00", "--deadline", "soon",
        "--epsilon", "-1", "--teu", "-3",
    )  # fmt: skip
    assert code == 2
    for part in ("T25:00", "deadline is 'soon'", "'Narnia'", "epsilon is -1", "size is -3"):
        assert part in said


def test_a_deadline_before_departure_is_refused(run):
    code, said = run(
        "plan", "Almaty", "Karachi", "--depart", "2024-06-01", "--deadline", "2024-05-01"
    )
    assert code == 2
    assert "deadline is 2024-05-01 23:59, before the departure at 2024-06-01 08:00" in said


def test_a_closure_that_ends_too_soon_is_named_though_other_tables_are_wrong():
    network = tiny_network(
        closures=TEXT["closures"].replace("2025-03-01,2025-03-31", "2025-03-31,2025-03-01"),
        speeds=TEXT["speeds"].replace("40,24,2", "40,24,-2"),
        document_rules=TEXT["document_rules"].replace(",25,", ",-25,"),
    )
    said = "\n".join(map(str, karwan.check_network(network)))
    assert "before starts (2025-03-31)" in said
    assert "document_rules" in said


def test_a_narrow_terminal_leaves_spare_columns_out_and_no_others():
    header, rows = ["#", "gateway", "USD", "share"], [["1", "Bandar Abbas", "8,210", "1/2/97"]]
    assert _fitting(header, rows, (3, 2), 80) == [0, 1, 2, 3]
    assert _fitting(header, rows, (3, 2), 32) == [0, 1, 2]
    assert _fitting(header, rows, (3, 2), 10) == [0, 1]
