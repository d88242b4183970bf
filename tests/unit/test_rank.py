"""Ranking: rule of a half, discounting, exact search, and the whole on the tiny network."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import karwan
from karwan.appraisal.welfare import user_benefit
from karwan.appraisal.worth import Timing, discounted, factors
from karwan.studies.rank import RankOptions
from karwan.studies.rank_search import _every, _programme, best_combinations
from tiny import tiny_network

DEMAND = (
    "demand_id,origin,destination,commodity,cargo_unit,year,tonnes,teu,tonnes_low,tonnes_high,"
    "kind,source_id\n"
    "boxes,XAALP,XCFAR,general,TEU,2025,100000,10000,50000,200000,trade,guess\n"
    "more,XAALP,XCFAR,general,TEU,2035,200000,20000,50000,400000,trade,guess"
)
COLUMNS = (
    "measure_id,name,description,status,capital_usd_m,capital_low_usd_m,capital_high_usd_m,"
    "yearly_usd_m,opening_year,opening_year_low,opening_year_high,life_years,owners,"
    "cost_source_id,yearly_source_id,last_look,source_id"
)
COSTS = "planned,0.01,0.005,0.02,0.001,2028,2027,2030,20,XB,guess,guess,2026-01-01,guess"
CHANGES = "measure_id,change,table,row,column,operation,value,source_id"


def network():
    """Return the tiny network with two measures that help and one that clashes."""
    names = ("quick-exit", "cheap-rail", "quick-again")
    cells = {
        "quick-exit": "border_procedures,gate-rail/XA/exit,mean_h,multiply,0.5",
        "cheap-rail": "tariffs,rail-teu,usd_per_unit_km,multiply,0.5",
        "quick-again": "border_procedures,gate-rail/XA/exit,mean_h,multiply,0.2",
    }
    return tiny_network(
        demand=DEMAND,
        measures="\n".join([COLUMNS, *(f"{n},{n.title()},Done.,{COSTS}" for n in names)]),
        measure_changes="\n".join([CHANGES, *(f"{n},1,{cells[n]},guess" for n in names)]),
        scenarios="scenario_id,name,measures,description,source_id",
    )


def test_rule_of_a_half_is_the_area_under_a_straight_line():
    """q falls from 100 to 80 while cost rises from 10 to 20: -(100 + 80) / 2 * 10."""
    benefit, gained, lost = user_benefit(
        np.array([100.0, 7.0, 0.0]), np.array([10.0, 5.0, np.inf]),
        np.array([80.0, 0.0, 9.0]), np.array([20.0, np.inf, 5.0]),
    )  # fmt: skip
    assert (benefit, gained, lost) == (-900.0, 9.0, 7.0)


def test_discounting_by_hand():
    """One USD a year in 2027 and 2028 at 10 %, capital a third each in 2026 twice and 2026."""
    timing = Timing(2026, 2030, 0.10)
    growth = np.array([1.0, 1.0, 2.0, 1.0, 1.0])
    benefit, capital, yearly = factors(timing, growth, np.array([2027]), np.array([2]))
    assert benefit[0] == pytest.approx(1 / 1.1 + 2 / 1.1**2)
    assert yearly[0] == pytest.approx(1 / 1.1 + 1 / 1.1**2)
    assert capital[0] == pytest.approx(1.0)
    amounts = tuple(np.array([x]) for x in (100.0, 50.0, 10.0))
    value, ratio, cost = discounted(amounts, (benefit, capital, yearly))
    assert cost[0] == pytest.approx(50 + 10 * yearly[0])
    assert value[0] == pytest.approx(100 * benefit[0] - cost[0])
    assert ratio[0] == pytest.approx(100 * benefit[0] / cost[0])


@given(
    st.integers(1, 6),
    st.lists(st.floats(-5, 10), min_size=6, max_size=6),
    st.lists(st.floats(-4, 4) | st.just(-np.inf), min_size=15, max_size=15),
    st.lists(st.floats(0.5, 5), min_size=6, max_size=6),
    st.floats(1, 12),
)
def test_search_finds_the_best_and_the_programme_agrees(n, alone, pairs, capital, budget):
    alone, capital = np.array(alone[:n]), np.array(capital[:n])
    together = np.zeros((n, n))
    for (i, j), value in zip(itertools.combinations(range(n), 2), pairs, strict=False):
        together[i, j] = together[j, i] = value

    def worth(chosen):
        if capital[list(chosen)].sum() > budget:
            return -np.inf
        return sum(alone[i] for i in chosen) + sum(
            together[i, j] for i, j in itertools.combinations(chosen, 2)
        )

    subsets = [c for k in range(n + 1) for c in itertools.combinations(range(n), k)]
    best = max(worth(c) for c in subsets)
    found = _every(alone, together, capital, budget, 3)
    assert found[0].value == pytest.approx(best, abs=1e-9)
    assert worth(found[0].chosen) == pytest.approx(best, abs=1e-9)
    other = _programme(alone, together, capital, budget)
    assert other.value == pytest.approx(best, abs=1e-5)
    assert other.bound >= best - 1e-5


def test_many_measures_get_a_bound():
    rng = np.random.default_rng(3)
    n = 18
    alone, capital = rng.uniform(-1, 5, n), rng.uniform(1, 4, n)
    together = np.triu(rng.uniform(-1, 1, (n, n)), 1)
    (found,) = best_combinations(alone, together + together.T, capital, 15.0)
    assert capital[list(found.chosen)].sum() <= 15.0
    assert found.bound >= found.value - 1e-6


def test_the_tiny_network_is_ranked_by_hand():
    """Each benefit alone is the difference of two assignments; clashes are said."""
    base = network()
    names = ["quick-exit", "cheap-rail", "quick-again"]
    options = RankOptions(stress="", draws=500, last_year=2040)
    found = karwan.rank(base, names, year=2025, options=options)
    rows = {r["measure"]: r for r in found.summary.to_dicts()}
    before = karwan.assign(base, year=2025).totals["expected_cost_usd"]
    for name in names:
        after = karwan.assign(base, year=2025, scenario=name).totals["expected_cost_usd"]
        assert rows[name]["benefit_usd_m"] == pytest.approx((before - after) / 1e6, rel=1e-9)
        assert rows[name]["pays_share"] > 0.5
    assert rows["cheap-rail"]["revenue_of_owners_usd_m"] < 0
    both = karwan.assign(base, year=2025, scenario=names[:2]).totals["expected_cost_usd"]
    pair = {(r["first"], r["second"]): r for r in found.pairs.to_dicts()}
    assert pair["quick-exit", "cheap-rail"]["benefit_usd_m"] == pytest.approx((before - both) / 1e6)
    clash = pair["quick-exit", "quick-again"]
    assert clash["benefit_usd_m"] is None
    assert "both set" in clash["why_not"]
    best = found.combinations.row(0, named=True)
    assert best["measures"] == "cheap-rail|quick-again"
    assert best["npv_usd_m"] == pytest.approx(best["npv_by_pairs_usd_m"], rel=1e-6)
    assert found.bound_usd_m >= best["npv_by_pairs_usd_m"] - 1e-9
    last = rows["cheap-rail"]["last_in_usd_m"]
    alone = karwan.assign(base, year=2025, scenario="quick-again").totals["expected_cost_usd"]
    two = karwan.assign(base, year=2025, scenario=["quick-again", "cheap-rail"])
    assert last == pytest.approx((alone - two.totals["expected_cost_usd"]) / 1e6, rel=1e-9)


def test_the_budget_binds():
    options = RankOptions(stress="", draws=10, budget_usd_m=0.015)
    found = karwan.rank(network(), ["cheap-rail", "quick-again"], year=2025, options=options)
    assert (found.combinations["capital_usd_m"] <= 0.015).all()


def test_processes_give_the_same_numbers():
    asked = {"year": 2025, "options": RankOptions(stress="", draws=10)}
    names = ["cheap-rail", "quick-again"]
    one = karwan.rank(network(), names, workers=1, **asked)
    two = karwan.rank(network(), names, workers=2, **asked)
    assert one.to_dict() == two.to_dict()


@pytest.mark.parametrize(
    ("names", "budget", "sentence"),
    [
        (
            ["cheap-rial"],
            None,
            "measure 'cheap-rial' is not in measures; did you mean 'cheap-rail'",
        ),
        (["cheap-rail", "cheap-rail"], None, "named 2 times"),
        (["cheap-rail"], 0.005, "the budget is 0.005 million USD, below the cheapest measure"),
        ([], None, "no measure is named"),
    ],
)
def test_what_cannot_be_ranked_is_said(names, budget, sentence):
    options = RankOptions(budget_usd_m=budget or float("inf"))
    with pytest.raises(karwan.InputError, match=sentence):
        karwan.rank(network(), names, options=options)


def test_events_have_no_price():
    with pytest.raises(karwan.InputError, match=r"measures\[close-hormuz\] has no capital_usd_m"):
        karwan.rank(karwan.open_atlas(), ["close-hormuz", "etir"])


def test_options_that_make_no_sense_are_named_at_once():
    with pytest.raises(karwan.InputError) as fault:
        RankOptions(budget_usd_m=-1, discount_rate=2, draws=0)
    for part in ("budget is -1", "discount rate is 2", "draws is 0"):
        assert part in str(fault.value)


def test_portfolios_of_the_atlas_are_there():
    """Every measure of every portfolio exists and has a price."""
    network = karwan.open_atlas()
    known = set(network.table("measures").filter(pl.col("capital_usd_m") >= 0)["measure_id"])
    for row in network.table("portfolios").iter_rows(named=True):
        assert set(row["measures"].split("|")) <= known
