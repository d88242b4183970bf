"""The traffic of a terminal by year follows from the trade of each year."""

from types import SimpleNamespace

import polars as pl
import pytest

import karwan
from karwan.errors import InputError
from karwan.studies import terminal_trade


@pytest.fixture
def assigned(monkeypatch):
    """Let a million TEU go over Karachi in 2025, and 50,000 more each year."""
    asked = []

    def assign(_, *, year, scenario, **__):
        asked.append((year, scenario))
        through = 1_000_000.0 + 50_000.0 * (year - 2025)
        rows = {"capacity_id": ["gwadar", "karachi"], "through_teu": [1.0, through]}
        return SimpleNamespace(places=pl.DataFrame(rows))

    monkeypatch.setattr(terminal_trade, "assign", assign)
    return asked


def test_terminals_share_what_flows_through_their_place(assigned):
    atlas = karwan.open_atlas()
    found = {
        name: terminal_trade.traffic_by_year(atlas, name, "reopen-hormuz")
        for name in ("karachi-kict", "karachi-kgtl", "karachi-sapt")
    }
    years = sorted(set(atlas.table("demand")["year"]))
    for year in years:
        whole = sum(path[year] for path in found.values())
        assert whole == pytest.approx(1_000_000 + 50_000 * (year - 2025))
    kict, kgtl = found["karachi-kict"], found["karachi-kgtl"]
    assert kict[2025] / kgtl[2025] == pytest.approx(0.70 / 0.75, rel=1e-3)
    assert (2025, "reopen-hormuz") in assigned


def test_a_terminal_without_a_capacity_is_refused(assigned):
    with pytest.raises(InputError, match="lianyungang-base names no capacity"):
        terminal_trade.traffic_by_year(karwan.open_atlas(), "lianyungang-base")
    assert not assigned
