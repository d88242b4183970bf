"""Draws of uncertain inputs move the cells they say, by as much as they say, and nothing else."""

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from scipy import stats

import karwan
from drawn import DEMAND, RANGED, UNCERTAIN, uncertain_tiny
from karwan.errors import ScenarioError
from karwan.network.selection import read_conditions, selected
from karwan.scenarios import lay_draw, uncertain_network
from karwan.scenarios.draws import Moved, quantile
from karwan.studies.ensembles.design import hypercube, pick_freeze, seeded
from tiny import TEXT, tiny_network

OPEN_GATE = TEXT["closures"].replace("2025-03-01,2025-03-31", "2025-10-23,")
PLANNED = TEXT["links"].replace("1435,,open,,", "1435,,construction,2030-01-01,")


def moved(distribution, low, high, operation="multiply"):
    return Moved(0, "tariffs", (), np.arange(0), operation, distribution, low, high)


@pytest.mark.parametrize("share", [0.05, 0.31, 0.5, 0.95])
def test_quantiles_are_those_of_scipy(share):
    spread = math.log(4) / (2 * stats.norm.ppf(0.95))
    wanted = {
        "lognormal": stats.lognorm(s=spread).ppf(share),
        "uniform": stats.uniform(0.5, 1.5).ppf(share),
        "triangular": stats.triang(c=1 / 3, loc=0.5, scale=1.5).ppf(share),
    }
    for name, value in wanted.items():
        assert quantile(moved(name, 0.5, 2), share) == pytest.approx(value, rel=1e-12)
    late = quantile(moved("triangular", -365, 730, "shift"), share)
    assert late == pytest.approx(stats.triang(c=1 / 3, loc=-365, scale=1095).ppf(share))


def test_the_ends_of_a_lognormal_are_its_p5_and_p95():
    assert quantile(moved("lognormal", 0.7, 1.6), 0.05) == pytest.approx(0.7)
    assert quantile(moved("lognormal", 0.7, 1.6), 0.95) == pytest.approx(1.6)


def test_a_draw_moves_rows_of_each_grade_within_their_range():
    text = (
        TEXT["tariffs"]
        .replace("sea-bulk,line_haul,sea,,,,,tonne,5,0.002,,,,,book,,,", "")
        .replace(
            "sea-feu,line_haul,sea,,,,,FEU,300,0.15,,,,,guess",
            "sea-feu,line_haul,sea,,,,,FEU,300,0.15,,,,,book",
        )
    )
    uncertain = uncertain_network(uncertain_tiny(tariffs="\n".join(filter(None, text.split("\n")))))
    drawn = lay_draw(uncertain, [0.9 if f == "sea-tariffs" else 0.5 for f in uncertain.factors])
    price = dict(drawn.table("tariffs").select("tariff_id", "usd_per_unit").iter_rows())
    assert price["sea-teu"] == pytest.approx(200 * 1.4)  # grade C, 0.5 to 1.5
    assert price["sea-feu"] == pytest.approx(300 * 1.08)  # grade A, 0.9 to 1.1
    assert price["rail-teu"] == 0


def test_the_middle_of_every_lognormal_changes_nothing_and_the_network_stays_as_it_is():
    network = uncertain_tiny()
    uncertain = uncertain_network(network)
    before = network.fingerprint
    drawn = lay_draw(uncertain, [0.5] * len(uncertain.factors))
    assert drawn.table("border_procedures").equals(network.table("border_procedures"))
    dearer = lay_draw(uncertain, [0.9] * len(uncertain.factors))
    assert dearer.fingerprint != before == uncertain_tiny().fingerprint


def test_empty_cells_stay_empty_and_numbers_stop_at_the_bounds_of_their_column():
    long = TEXT["border_procedures"].replace("gate-rail,XA,exit,6,1", "gate-rail,XA,exit,1900,1")
    uncertain = uncertain_network(uncertain_tiny(border_procedures=long))
    rows = lay_draw(uncertain, [0.99] * len(uncertain.factors)).table("border_procedures")
    rail = rows.row(
        by_predicate=(pl.col("crossing_id") == "gate-rail")
        & (pl.col("country") == "XA")
        & (pl.col("direction") == "exit"),
        named=True,
    )
    assert rail["mean_h"] == 2000
    assert rail["p50_h"] is None


def test_a_closure_without_an_end_outlasts_its_age_by_the_draw():
    network = uncertain_tiny(closures=OPEN_GATE)
    uncertain = uncertain_network(network)
    share = [0.0 if f == "gate-reopens" else 0.5 for f in uncertain.factors]
    ends = dict(lay_draw(uncertain, share).table("closures").select("closure_id", "ends").rows())
    assert (network.as_of - dt.date(2025, 10, 23)).days == 100
    assert ends["gate-road-2025"] == network.as_of + dt.timedelta(days=10)
    closed = uncertain_network(uncertain_tiny())
    assert (
        lay_draw(closed, share[: len(closed.factors)])
        .table("closures")
        .equals(closed.network.table("closures"))
    )


def test_an_opening_date_comes_earlier_or_later():
    uncertain = uncertain_network(uncertain_tiny(links=PLANNED))
    late = [1 - 1e-12 if f == "late-lines" else 0.5 for f in uncertain.factors]
    opens = lay_draw(uncertain, late).table("links")["opens"].drop_nulls()
    assert opens.to_list() == [dt.date(2032, 1, 1)]  # 730 days


@pytest.mark.parametrize(
    ("share", "tonnes", "teu", "none", "opens"),
    [
        (1e-12, 500, 50, 0, 2027),
        (0.125, 750, 75, 0, 2027),
        (0.5, 1000, 100, 0, 2028),
        (0.875, 2000, 200, 5, 2031),
        (1 - 1e-12, 3000, 300, 10, 2032),
    ],
)
def test_rows_that_state_a_range_are_drawn_within_it(share, tonnes, teu, none, opens):
    """The triangle of -1, 0, 1 has its quarters at shares of an eighth and seven eighths."""
    network = uncertain_tiny(uncertainties=RANGED, demand=DEMAND)
    measures = network.table("measures").with_columns(
        opening_year=pl.lit(2028), opening_year_low=pl.lit(2027), opening_year_high=pl.lit(2032)
    )
    uncertain = uncertain_network(network.with_tables(measures=measures))
    drawn = lay_draw(uncertain, [share] * len(uncertain.factors))
    rows = {r["demand_id"]: r for r in drawn.table("demand").iter_rows(named=True)}
    assert rows["boxes"]["tonnes"] == pytest.approx(tonnes, rel=1e-5)
    assert rows["boxes"]["teu"] == pytest.approx(teu, rel=1e-5)
    assert rows["none"]["tonnes"] == pytest.approx(none, abs=1e-4)
    assert rows["none"]["teu"] == 0
    assert (rows["boxes"]["tonnes_low"], rows["boxes"]["tonnes_high"]) == (500, 3000)
    assert rows["others"]["tonnes"] == 1000
    assert drawn.table("measures")["opening_year"].to_list() == [opens]


def test_factors_can_be_chosen_and_tables_left_out():
    network = uncertain_tiny(uncertainties=RANGED, demand=DEMAND)
    assert uncertain_network(network, ["sea-tariffs"]).factors == ("sea-tariffs",)
    assert "demand" in uncertain_network(network).factors
    assert "demand" not in uncertain_network(network, unread={"demand"}).factors
    with pytest.raises(ScenarioError, match=r"did you mean 'sea-tariffs'.*'demand' moves no cell"):
        uncertain_network(network, ["sea-tarifs", "demand"], unread={"demand"})


def test_only_factors_that_move_something_are_drawn():
    assert uncertain_network(uncertain_tiny()).factors == (
        "border-times",
        "gate-reopens",
        "sea-tariffs",
    )
    with pytest.raises(ScenarioError, match="moves no cell of this network"):
        uncertain_network(tiny_network())


def test_conditions_that_cannot_be_read_are_named():
    with pytest.raises(ScenarioError, match="where is 'mode~sea', which cannot be read"):
        uncertain_network(uncertain_tiny(uncertainties=UNCERTAIN.replace("mode=sea", "mode~sea")))
    with pytest.raises(ScenarioError, match=r"cannot be read.*mood"):
        uncertain_network(uncertain_tiny(uncertainties=UNCERTAIN.replace("mode=sea", "mood=sea")))


def test_conditions_select_rows():
    frame = pl.DataFrame({"mode": ["rail", "road", None], "km": [1, 2, 3]})

    def kept(text):
        return frame.filter(selected(read_conditions(text)))["km"].to_list()

    assert kept(None) == kept("") == [1, 2, 3]
    assert kept("mode=rail|road") == [1, 2]
    assert kept("mode!=rail & km!=3") == [2]
    assert kept("mode=") == [3]


def test_a_latin_hypercube_meets_each_slice_of_each_factor_once():
    cube = hypercube(20, 3, 7)
    assert cube.shape == (20, 3)
    for factor in cube.T:
        assert sorted((factor * 20).astype(int)) == list(range(20))
    np.testing.assert_array_equal(cube, hypercube(20, 3, 7))
    assert not np.array_equal(cube, hypercube(20, 3, 8))


def test_pick_and_freeze_takes_one_factor_after_the_other_from_b():
    blocks = pick_freeze(5, 3, 0).reshape(5, 5, 3)
    a, b = blocks[:, 0], blocks[:, 1]
    assert (a != b).all()
    for factor in range(3):
        mixed = blocks[:, 2 + factor]
        np.testing.assert_array_equal(mixed[:, factor], b[:, factor])
        rest = [f for f in range(3) if f != factor]
        np.testing.assert_array_equal(mixed[:, rest], a[:, rest])


def test_each_draw_has_a_seed_of_its_own():
    draws = seeded(hypercube(50, 2, 0), 3)
    assert [d.number for d in draws] == list(range(50))
    assert len({d.seed for d in draws}) == 50
    assert [d.seed for d in draws] == [d.seed for d in seeded(hypercube(50, 2, 1), 3)]


def test_the_atlas_draws_on_costs_times_closures_openings_and_values():
    atlas = karwan.open_atlas()
    uncertain = uncertain_network(atlas)
    assert 20 <= len(uncertain.factors) <= 40
    read = uncertain_network(atlas, unread={"demand", "measures"})
    assert 20 <= len(read.factors) < len(uncertain.factors)
    assert {m.operation for m in uncertain.moved} == {"multiply", "shift", "outlast", "range"}
    for share in (0.01, 0.99):
        drawn = lay_draw(uncertain, [share] * len(uncertain.factors))
        assert karwan.check_network(drawn) == []


def test_worse_grades_have_wider_ranges_in_the_atlas():
    table = (
        karwan.open_atlas()
        .table("uncertainties")
        .filter(~pl.col("operation").is_in(["outlast", "range"]))
    )
    for (factor,), rows in table.group_by("factor_id"):
        width = dict(rows.select("grade", pl.col("high") - pl.col("low")).iter_rows())
        assert width["A"] < width["B"] < width["C"], factor


def test_ranges_of_tariffs_are_those_that_the_tariffs_state():
    atlas = karwan.open_atlas()
    grades = dict(atlas.table("sources").select("source_id", "grade").iter_rows())
    tariffs = atlas.table("tariffs").filter(
        pl.col("source_id").replace_strict(grades) == "C", pl.col("kind") != "toll"
    )
    drawn = atlas.table("uncertainties").filter(
        pl.col("factor_id").str.starts_with("tariffs-"), grade="C"
    )
    for row in drawn.iter_rows(named=True):
        mode = row["where"].removeprefix("mode=")
        stated = tariffs.filter(pl.col("mode") == mode).select(
            pl.col("low_share", "high_share").mean()
        )
        assert row["low"] == pytest.approx(stated["low_share"][0], abs=0.05)
        assert row["high"] == pytest.approx(stated["high_share"][0], abs=0.05)
