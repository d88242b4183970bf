"""Sentences on differences come from the tables, and only where figures differ."""

from types import SimpleNamespace

import polars as pl
import pytest

from karwan.briefs.flow_words import differences_in_words, listed
from karwan.studies.flow_shifts import shifts
from tiny import tiny_network

NAMES = {"H": "Haven", "F": "Farport", "overland": "overland"}


def flows(ways, crossings=(), prices=(), unserved=(), **totals):
    """Return the tables of an assignment: ways are (demand, gateway, TEU)."""
    rows = pl.DataFrame(
        [(d, g, "none", float(t)) for d, g, t in ways],
        ["demand_id", "gateway", "corridor", "teu"],
        orient="row",
    )
    by = {
        of: rows.group_by(of).agg(pl.col("teu").sum()).with_columns(
            pl.col(of).replace(NAMES).alias("name")
        )
        for of in ("gateway", "corridor")
    }  # fmt: skip
    return SimpleNamespace(
        itineraries=rows,
        summary=by["gateway"],
        corridors=by["corridor"],
        things=pl.DataFrame(
            [("crossing", c, float(t)) for c, t in crossings],
            {"kind": pl.String, "id": pl.String, "teu": pl.Float64},
            orient="row",
        ),
        places=pl.DataFrame(
            [(p, p, True, float(v)) for p, v in prices],
            {"capacity_id": pl.String, "name": pl.String, "hard": pl.Boolean,
             "shadow_price_usd_per_teu": pl.Float64},
            orient="row",
        ),
        unserved=pl.DataFrame(
            unserved, {"demand_id": pl.String, "tonnes": pl.Float64}, orient="row"
        ),
        totals={
            "teu": float(rows["teu"].sum()), "unserved_tonnes": sum(t for _, t in unserved),
            "cost_usd": 1e9, "co2_t": 1e6, "teu_h": 240.0 * rows["teu"].sum(), **totals,
        },
        pool=SimpleNamespace(network=tiny_network()),
    )  # fmt: skip


def told(base, other):
    return differences_in_words(base, other, "today", "Gate open")


def test_what_is_equal_is_not_told():
    one = flows([("a", "H", 1000)], [("gate-rail", 1000)], [("yard", 30)])
    assert told(one, one) == ["Gate open: nothing differs from today beyond rounding."]


def test_what_differs_by_less_than_rounding_is_not_told():
    one = flows([("a", "H", 100_000)], [("gate-rail", 100_000)], [("yard", 30.1)], cost_usd=1e9)
    two = flows(
        [("a", "H", 100_040)], [("gate-rail", 100_040)], [("yard", 30.4)], cost_usd=1.0004e9
    )
    assert told(one, two) == ["Gate open: nothing differs from today beyond rounding."]


def test_a_gain_names_where_it_comes_from():
    """Farport wins 300 of pair a, 250 from Haven and 50 from overland."""
    one = flows([("a", "H", 600), ("a", "overland", 400), ("b", "H", 1000)])
    two = flows([("a", "H", 350), ("a", "overland", 350), ("a", "F", 300), ("b", "H", 1000)])
    text = told(one, two)
    assert text[0] == "Gate open, against today:"
    assert (
        "Farport gains 300 TEU (from 0 to 300), of which 250 from Haven and 50 from ways overland."
        in text
    )
    assert "Haven loses 250 TEU (from 1,600 to 1,350), of which 250 to Farport." in text
    assert "Ways overland, by no sea gateway, lose 50 TEU." in text


def test_crossings_that_open_and_shut_are_told_first():
    one = flows([("a", "H", 1000)], [("gate-rail", 1000)])
    two = flows([("a", "H", 1000)], [("gate-road", 1000)])
    assert told(one, two)[1:] == [
        "1,000 TEU a year move by Gate (road), which carried none of this trade.",
        "1,000 TEU a year moved by Gate, which carries none now.",
    ]


def test_crossings_that_gain_and_lose_are_listed():
    one = flows([("a", "H", 1000)], [("gate-rail", 700), ("gate-road", 300)])
    two = flows([("a", "H", 1000)], [("gate-rail", 600), ("gate-road", 400)])
    assert told(one, two)[1:] == [
        "Crossings that gain most, TEU: Gate (road) 100.",
        "Crossings that lose most, TEU: Gate 100.",
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (32, 0, "yard is no longer full: one more TEU there was worth 32 USD."),
        (0, 32, "yard becomes full: one more TEU there is worth 32 USD."),
        (32, 40, "yard stays full: one more TEU there is worth 40 instead of 32 USD."),
    ],
)
def test_shadow_prices_that_vanish_or_appear(before, after, sentence):
    one, two = (flows([("a", "H", 1000)], prices=[("yard", p)]) for p in (before, after))
    assert told(one, two)[1:] == [sentence]


def test_demand_that_is_served_anew_is_told_and_is_no_gain_from_others():
    one = flows([("a", "H", 1000)], unserved=[("b", 5000.0)])
    two = flows([("a", "H", 1000), ("b", "F", 500)])
    text = told(one, two)
    assert (
        "Farport gains 500 TEU (from 0 to 500), of which 500 from demand that was not served."
        in text
    )
    assert "5,000 t of demand in 1 row that no way served now have one." in text


def test_totals_are_compared():
    one = flows([("a", "H", 1000)])
    two = flows([("a", "H", 1000)], cost_usd=0.95e9, co2_t=1.1e6, teu_h=216_000.0)
    sentence = (
        "In all, cost of transport falls by 50 million USD a year (5 %), emissions rise by 100 "
        "thousand t CO2e a year (10 %) and the mean time of a TEU shortens by 24.0 hours."
    )
    assert told(one, two)[1:] == [sentence]


def test_shifts_add_up_to_the_changes():
    one = flows([("a", "H", 600), ("a", "F", 400), ("b", "F", 100), ("c", "H", 10)])
    two = flows([("a", "H", 450), ("a", "F", 500), ("a", "overland", 50), ("b", "H", 100)])
    rows = {(s, t): teu for s, t, teu in shifts(one, two).iter_rows()}
    assert rows == pytest.approx(
        {("H", "overland"): 50.0, ("H", "unserved"): 10.0},
        abs=1e-9,
    )


def test_lists_read_as_sentences_do():
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"
