"""Cells, headers and keys are judged one by one, and every problem is named."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.schema import (
    RawTable,
    check_table,
    json_schema,
    load_schema,
    raw_frame,
    table_names,
    typed,
)
from karwan.schema.check import check_cell
from karwan.schema.export import empty_template, reference_page
from tiny import raw_tables

LINKS = load_schema("links")


def with_cell(table, row, column, text):
    raw = raw_tables()[table]
    rows = [list(r) for r in raw.rows]
    rows[row][raw.header.index(column)] = text
    return RawTable(table, raw.header, rows)


def said(raw, others=None):
    return [str(p) for p in check_table(raw, load_schema(raw.name), others or raw_tables())]


def test_every_table_of_the_tiny_network_is_sound():
    tables = raw_tables()
    assert [
        p for raw in tables.values() for p in check_table(raw, load_schema(raw.name), tables)
    ] == []


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        (
            "distance_km",
            "-6.5",
            "links[alpha-agate-rail].distance_km is -6.5 km; it must be at least 0.05",
        ),
        (
            "distance_km",
            "0",
            "links[alpha-agate-rail].distance_km is 0 km; it must be at least 0.05",
        ),
        ("distance_km", "nan", "which is no number; write a plain number [km]"),
        ("distance_km", "inf", "which is no number; write a plain number [km]"),
        ("distance_km", "1e400", "it must be finite"),
        ("distance_km", "6,5", "which is no number"),
        ("distance_km", "", "links[alpha-agate-rail].distance_km is empty; it is required"),
        ("track_gauge_mm", "1520.5", "which is no whole number"),
        ("two_way", "yes", "it must be true or false"),
        ("last_look", "2026-02-30", "which is no date; write YYYY-MM-DD"),
        ("last_look", "01.01.2026", "which is no date; write YYYY-MM-DD"),
        ("mode", "rial", "which is not in modes; did you mean 'rail'?"),
        ("from_node", "XAALQ", "which is not in nodes; did you mean 'XAALP'?"),
        ("status", "opne", "did you mean 'open'?"),
        ("source_id", " book", "with spaces around it; remove the spaces"),
    ],
)
def test_a_wrong_cell_is_named_with_its_value_and_a_remedy(column, text, sentence):
    problems = said(with_cell("links", 0, column, text))
    assert len(problems) == 1
    assert problems[0].startswith(f"links[alpha-agate-rail].{column} is ")
    assert sentence in problems[0]


def test_every_wrong_cell_is_named_at_once():
    raw = with_cell("links", 0, "distance_km", "-1")
    raw.rows[2][raw.header.index("mode")] = "air"
    raw.rows[3][raw.header.index("last_look")] = "soon"
    assert len(said(raw)) == 3


def test_missing_unknown_and_double_columns_are_named():
    raw = raw_tables()["links"]
    header = ["distance" if c == "distance_km" else c for c in raw.header]
    header[header.index("terrain")] = "status"
    problems = said(RawTable("links", tuple(header), raw.rows))
    text = "\n".join(problems)
    assert "column 'distance_km' is missing (" in text
    assert "column 'distance' is unknown; did you mean 'distance_km'?" in text
    assert "column 'status' stands twice; keep one" in text


def test_a_key_that_stands_twice_and_a_short_row_are_named():
    raw = raw_tables()["links"]
    rows = [*raw.rows, raw.rows[0], raw.rows[1][:4]]
    text = "\n".join(said(RawTable("links", raw.header, rows)))
    assert "links[alpha-agate-rail]: the key stands twice, in rows 1 and 8; keep one row" in text
    assert "has 4 cells; it needs" in text


def test_a_frame_in_memory_is_judged_like_a_file():
    frame = typed(raw_tables()["nodes"], load_schema("nodes"))
    broken = frame.with_columns(lat_deg=pl.lit(float("nan")))
    assert check_table(frame, load_schema("nodes"), raw_tables()) == []
    assert len(check_table(broken, load_schema("nodes"), raw_tables())) == frame.height


@given(
    st.text(max_size=20),
    st.sampled_from([c for t in table_names() for c in load_schema(t).columns]),
)
def test_any_text_is_judged_without_failing(text, column):
    verdict = check_cell(text, column)
    assert verdict is None or all(isinstance(part, str) for part in verdict)


@given(st.floats(0.05, 5000))
def test_a_number_that_passes_is_read_as_written(value):
    raw = with_cell("links", 0, "distance_km", repr(value))
    if not said(raw):
        frame = typed(raw, LINKS)
        assert value in frame["distance_km"].to_list()


@pytest.mark.parametrize("name", table_names())
def test_every_schema_is_a_json_schema_and_a_reference_page(name):
    table = load_schema(name)
    described = json_schema(table)
    assert set(described["items"]["properties"]) == set(table.names)
    page = reference_page(table)
    assert all(f"`{c.column}`" in page and c.description for c in table.columns)
    assert table.keys


def test_the_template_holds_every_table_and_is_never_written_over_files(tmp_path):
    files = empty_template(tmp_path / "mine")
    assert {f.stem for f in files} == set(table_names())
    for file in files:
        assert file.read_text().strip() == ",".join(load_schema(file.stem).names)
    with pytest.raises(FileExistsError):
        empty_template(tmp_path / "mine")


def test_text_and_frames_are_two_forms_of_the_same_table():
    for name, raw in raw_tables().items():
        frame = typed(raw, load_schema(name))
        again = typed(raw_frame(name, frame), load_schema(name))
        assert frame.equals(again)
