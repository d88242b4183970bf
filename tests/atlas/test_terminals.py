"""Terminals of the atlas: the places of the corridors are there, with what was published."""

from pathlib import Path

import karwan

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "terminals.md"
WANTED = {
    "karachi-kict", "karachi-kgtl", "karachi-sapt", "port-qasim-qict", "gwadar", "bandar-abbas",
    "poti", "aktau", "baku-alat", "lianyungang-base", "khorgos-gateway", "altynkol", "dostyk",
    "torkham", "chaman", "hairatan", "sarakhs", "taftan", "sost",
}  # fmt: skip


def test_the_terminals_of_the_corridors_are_there():
    assert set(karwan.open_atlas().table("terminals")["terminal_id"]) >= WANTED


def test_the_page_sets_every_published_figure_beside_a_simulated_one():
    """`make atlas` makes it; a record that is new or changed makes it stale."""
    text = PAGE.read_text("utf-8")
    atlas = karwan.open_atlas()
    names = dict(atlas.table("terminals").select("terminal_id", "name").iter_rows())
    for row in atlas.table("terminal_records").iter_rows(named=True):
        value = f"{row['value']:,.0f}" if row["value"] >= 1_000 else f"{row['value']:.3g}"
        what = f"{row['quantity'].replace('_', ' ')}, {row['unit']}"
        assert f"| {names[row['terminal_id']]} | {what} | {row['year']} | {value} |" in text


def test_what_was_read_names_a_publication_that_was_read():
    """`read_source_id` is no place for estimates: those stand in `source_id`."""
    atlas = karwan.open_atlas()
    grades = dict(atlas.table("sources").select("source_id", "grade").iter_rows())
    parts = ("terminals", "terminal_elements", "terminal_carriers", "terminal_flows")
    named = [name for part in parts for name in atlas.table(part)["read_source_id"].drop_nulls()]
    assert len(named) > 60
    assert {grades[name] for name in named} == {"A"}


def test_every_terminal_has_its_largest_stable_traffic_on_the_page():
    """Those of Karachi make one curve, and each of them names its capacity."""
    atlas = karwan.open_atlas()
    part = PAGE.read_text("utf-8").split("## Largest stable traffic")[1].split("## What binds")[0]
    for name in atlas.table("terminals")["name"]:
        assert f"| {name} |" in part
    karachi = atlas.table("terminals").filter(capacity_id="karachi")
    assert set(karachi["terminal_id"]) == {"karachi-kict", "karachi-kgtl", "karachi-sapt"}
    whole = atlas.table("capacities").filter(capacity_id="karachi")["load_teu_per_year"][0]
    assert karachi["throughput_teu_per_year"].sum() == whole
