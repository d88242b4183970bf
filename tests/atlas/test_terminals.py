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
