"""What an assignment says about a venture agrees with the ranking of measures."""

import polars as pl
import pytest

import karwan
from karwan.appraisal.venture import read_venture
from karwan.studies.rank_assess import assess_all, gain
from karwan.studies.venture_trade import benefit_of


def test_users_gain_by_the_measure_that_a_venture_brings_about():
    """As `karwan rank` reckons it, times the share, once the venture is open."""
    atlas = karwan.open_atlas()
    few = atlas.with_tables(demand=atlas.table("demand").filter(pl.col("year") == 2030).head(400))
    venture = read_venture("karachi-joint-venture")
    found = benefit_of(few, venture, "reopen-afghan-crossings")
    assert found[2028] == 0
    pair = ("reopen-afghan-crossings",), ("reopen-afghan-crossings", venture["economic.measure"])
    both = assess_all(few, pair, year=2030, depart=few.as_of)
    usd = gain(both[pair[0]], both[pair[1]]).user_usd
    assert usd > 0
    assert found[2030] == pytest.approx(0.17 * usd * 1.022**3)


def test_a_measure_that_clashes_is_refused():
    few = karwan.open_atlas()
    few = few.with_tables(demand=few.table("demand").filter(pl.col("year") == 2030).head(5))
    venture = read_venture("karachi-joint-venture", {"economic.measure": "nothing"})
    with pytest.raises(karwan.ScenarioError, match="nothing"):
        benefit_of(few, venture)
