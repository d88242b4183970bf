"""Views of one venture fit together; options and draws agree with theory."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from karwan.appraisal.account import account, measures_of
from karwan.appraisal.break_even import break_even
from karwan.appraisal.economy import economic_flows
from karwan.appraisal.marginals import correlations, quantile, quantile_tables
from karwan.appraisal.options import american_call
from karwan.appraisal.partners import partner_flows
from karwan.appraisal.rates_of_return import npv
from karwan.appraisal.risk import draw_venture
from karwan.appraisal.sensitivity import spider, tornado
from karwan.appraisal.venture import changed_venture, read_venture
from karwan.appraisal.venture_arrays import lines_of
from karwan.appraisal.views import granted, measures, views
from karwan.appraisal.waiting import value_of_waiting
from karwan.errors import InputError
from karwan.kernels.venture_rows import LEVERS, MEASURES
from karwan.studies import assign
from karwan.studies.appraise import appraise
from karwan.studies.ensembles.numbers import numbers_of
from karwan.studies.venture_trade import transit_of
from naive_options import american_put_by_regression
from tiny import tiny_network
from tiny_demand import wanted

FULL = Path(__file__).resolve().parents[1] / "ventures" / "full.toml"


@pytest.fixture(scope="module")
def full():
    return account(read_venture(FULL))


@pytest.fixture(scope="module")
def risk(full):
    return draw_venture(full, 20_000, seed=4)


def test_flows_of_partners_sum_to_those_of_owners(full):
    for changes in ({}, {"equity.preferred_return": 0.0}, {"equity.shareholder_loan_share": 1.0}):
        found = account(changed_venture(full.venture, changes))
        total = sum(partner_flows(found).values())
        np.testing.assert_allclose(total, found.owners, atol=1e-6)


def test_carried_interest_waits_for_the_preferred_return(full):
    """Until paid-in equity has come back with its return, payments go to those who paid."""
    flows = partner_flows(full)
    investor, port = flows["Investor"], flows["Port"]
    early = full.line("dividends") + full.line("capital_returned") > 0
    assert investor[:15].sum() / port[:15].sum() == pytest.approx(1.5)
    late = np.flatnonzero(early)[-1]
    assert port[late] / investor[late] == pytest.approx((0.2 + 0.8 * 0.4) / (0.8 * 0.6))


def test_values_of_all_parties_sum_to_the_project_before_tax_at_one_rate(full):
    """Lenders, partners, treasury and what stays as cash share it without rest."""
    by_kind = {v.name: v.flows for v in views(full)}
    kept = np.diff(full.line("cash") + full.line("reserve"), prepend=0.0)
    parts = [by_kind["lenders"], by_kind["owners"], by_kind["treasury"] + full.line("guarantee")]
    total = sum(npv(0.09, p) for p in [*parts, kept])
    assert total == pytest.approx(npv(0.09, by_kind["project before tax"]), abs=1e-3)


def test_measures_name_every_view_and_agree_with_the_kernel(full):
    table = measures(full)
    kernel = measures_of(full.arrays, full.lines)
    row = {r["view"]: r for r in table.iter_rows(named=True)}
    assert {"Investor", "Port", "lenders", "treasury", "economy"} <= set(row)
    assert row["project"]["npv_usd"] == pytest.approx(kernel["project_npv"], rel=1e-12)
    assert row["project"]["irr"] == pytest.approx(kernel["project_irr"], abs=1e-10)
    assert row["project"]["payback_years"] == pytest.approx(kernel["payback_years"])
    assert row["owners"]["irr"] == pytest.approx(kernel["equity_irr"], abs=1e-10)
    assert row["lenders"]["npv_usd"] == pytest.approx(0, abs=1e-3), "a loan is fair at its rate"
    assert row["lenders"]["irr"] == pytest.approx(0.085, abs=1e-9)
    assert row["port authority"]["irr_words"].startswith("none")


def test_concessions_granted_are_the_tax_that_is_not_paid(full):
    usual = {"tax.holiday_years": 0, "debt.owners_cover": True, "debt.form": "none"}
    plain = account(changed_venture(full.venture, {"debt.form": "none"}))
    taxed = account(changed_venture(full.venture, usual))
    given = granted(plain)["tax_granted"]
    more = npv(0.08, taxed.line("tax") + taxed.line("withholding"))
    assert given == pytest.approx(more - npv(0.08, plain.line("tax") + plain.line("withholding")))
    assert given > 0
    assert granted(full)["debt_guarantee_peak"] == pytest.approx(0.3 * full.line("debt").max())


def test_the_economy_counts_no_transfers(full):
    """Royalty and tax change nothing; shadow prices and users' gain do."""
    free = {"concession.royalty_per_teu": 0.0, "tax.rate": 0.0, "concession.minimum_payment": 0.0}
    other = account(changed_venture(full.venture, free))
    np.testing.assert_allclose(economic_flows(other)["net_usd"], economic_flows(full)["net_usd"])
    row = economic_flows(full).row(2, named=True)
    assert row["users_usd"] == pytest.approx(25 * full.line("handled_teu")[2])
    real = full.line("revenue")[2] / 1.02**2
    assert row["revenue_usd"] == pytest.approx(0.6 * real)


def test_at_break_even_nothing_is_left(full):
    for lever in ("volume", "tariff"):
        found = break_even(full, lever)
        levers = np.array([1.0 if n not in _points() else 0.0 for n in LEVERS])
        levers[LEVERS.index(lever)] = found.factor
        worth = measures_of(full.arrays, lines_of(full.arrays, levers))["project_npv"]
        assert abs(worth) < 1.0
        assert found.words.startswith(f"{found.factor:.3f} times the {lever}")
    hopeless = account(
        changed_venture(full.venture, {"costs[handling].amount": 900, "debt.form": "none"})
    )
    assert break_even(hopeless, "volume").factor is None
    assert "is below nil at every volume" in break_even(hopeless, "volume").words


def _points():
    return {"volume_growth", "inflation", "currency_fall", "interest", "tax_rate", "delay_years"}


def test_quantiles_are_those_of_their_distributions():
    share = np.array([0.1, 0.5, 0.9])
    lognormal = quantile({"shape": "lognormal", "low": 0.5, "mode": None, "high": 2}, share)
    np.testing.assert_allclose(lognormal, [0.5, 1, 2])
    normal = quantile({"shape": "normal", "low": -1, "mode": None, "high": 3}, share)
    np.testing.assert_allclose(normal, [-1, 1, 3])
    triangular = quantile({"shape": "triangular", "low": 0, "mode": 0, "high": 1}, share)
    np.testing.assert_allclose(triangular, 1 - np.sqrt(1 - share))
    pert = {"shape": "pert", "low": 0, "mode": 1, "high": 4}
    np.testing.assert_allclose(
        quantile(pert, np.linspace(0.0005, 0.9995, 1000)).mean(), (0 + 4 * 1 + 4) / 6, rtol=1e-3
    )
    table = quantile_tables([pert])[0]
    assert (np.diff(table) >= 0).all()


def test_draws_have_the_correlation_that_is_stated(full, risk):
    assert correlations(full.venture)[0, 1] == 0.3
    found = np.corrcoef(risk.shocks.T)[0, 1]
    assert abs(math.atanh(found) - math.atanh(0.3)) < 4 / math.sqrt(20_000)


def test_a_share_of_normal_draws_below_nil_is_that_of_theory():
    """P(N(10, 20) < 0) = 0.308538."""
    assert stats.norm.cdf(0, 10, 20) == pytest.approx(0.308538, abs=5e-7)
    row = {
        "shape": "normal",
        "low": 10 - 20 * 1.2815515655446004,
        "high": 10 + 20 * 1.2815515655446004,
        "mode": None,
    }
    table = quantile_tables([row])[0]
    share = np.interp(0, table, np.linspace(-6, 6, len(table)))
    assert stats.norm.cdf(share) == pytest.approx(0.308538, abs=1e-6)


def test_every_draw_is_a_run_of_the_kernel(full, risk):
    rows = full.venture.rows["uncertain"]
    for i in (0, 4095, 4096, 19_999):
        levers = np.array([1.0 if n not in _points() else 0.0 for n in LEVERS])
        for u, row in enumerate(rows):
            share = stats.norm.cdf(risk.shocks[i, u])
            levers[LEVERS.index(row["lever"])] = quantile(row, share)
        found = measures_of(full.arrays, lines_of(full.arrays, levers))
        for k, name in enumerate(MEASURES):
            assert risk.draws[i, k] == pytest.approx(found[name], rel=2e-4, abs=1e-6), name


def test_the_same_seed_gives_the_same_draws_and_blocks_do_not_matter(full, risk):
    again = draw_venture(full, 5000, seed=4)
    np.testing.assert_array_equal(again.draws[:4096], risk.draws[:4096])
    assert draw_venture(full, 100, seed=5).draws[0, 0] != risk.draws[0, 0]
    chances = risk.chances
    assert chances["loss_of_project"] == (risk.column("project_npv") < 0).mean()
    assert 0 <= chances["covenant_breach"] <= 1
    assert risk.summary.filter(risk.summary["measure"] == "project_npv")["p50"][0] == pytest.approx(
        np.median(risk.column("project_npv"))
    )


def test_tornado_and_spider_move_one_lever_at_a_time(full):
    found = tornado(full)
    assert found["swing_usd"].is_sorted(descending=True)
    web = spider(full)
    still = web.filter(web["change"] == 0)["npv_usd"]
    np.testing.assert_allclose(still, measures_of(full.arrays, full.lines)["project_npv"])


def test_an_american_put_has_its_published_value():
    """S 36, strike 40, 6 %, 20 %, one year: 4.478 with 50 dates a year (Longstaff, Schwartz).

    A put on S at K is a call on K at S with rate and yield changed about (McDonald, Schroder).
    """
    lattice, _ = american_call(40, 36, 0.0, 0.06, 0.2, 1, 2000)
    assert lattice == pytest.approx(4.478, abs=0.012)
    rng = np.random.default_rng(3)
    n, steps = 20_000, 50
    moves = (0.06 - 0.02) / steps + 0.2 / math.sqrt(steps) * rng.standard_normal((n, steps))
    paths = 36 * np.exp(np.concatenate([np.zeros((n, 1)), np.cumsum(moves, axis=1)], axis=1))
    assert american_put_by_regression(paths, 40, 0.06, 1 / steps) == pytest.approx(
        lattice, abs=0.05
    )


def test_a_right_without_end_is_worth_what_its_closed_form_says():
    """Rate 4 %, yield 4 %, spread 20 %: used from twice its cost; at cost it is worth a quarter."""
    value, threshold = american_call(1, 1, 0.04, 0.04, 0.2, 400, 3000)
    assert threshold == pytest.approx(2)
    assert value == pytest.approx(0.25, rel=5e-3)


def test_a_right_on_a_worth_that_loses_nothing_is_a_european_one():
    """Black and Scholes: S 100, cost 100, 5 %, 20 %, one year: 10.450584."""
    value, threshold = american_call(100, 100, 0.05, 0.0, 0.2, 1, 2000)
    assert value == pytest.approx(10.450584, abs=3e-3)
    assert threshold == math.inf


def test_waiting_is_worth_something(full):
    found = value_of_waiting(full)
    assert found.option_usd >= max(found.now_usd, 0)
    assert found.waiting_usd == found.option_usd - max(found.now_usd, 0)
    drawn = account(changed_venture(full.venture, {"waiting.volatility": 0.0}))
    still = value_of_waiting(drawn)
    assert still.option_usd <= found.option_usd


def test_boxes_of_an_assignment_become_transit():
    """1,000 TEU a year go from Alpha over the gateway of the tiny network; half are won."""
    demand = pl.concat(
        [wanted(), wanted(demand_id="later", year=2030, tonnes=20_000.0, teu=2000.0)]
    )
    network = tiny_network().with_tables(demand=demand)
    flows = assign(network, year=2025)
    node = flows.summary["gateway"][0]
    changes = {"throughput.node": node, "throughput.node_share": 0.5, "debt.owners_cover": True}
    venture = changed_venture(read_venture(FULL), changes)
    got = flows.summary["teu"][0]
    assert transit_of(network, venture)[2025] == pytest.approx(0.5 * got)
    found = appraise(venture, network)
    asked = found.account.arrays.demand[1]
    assert asked[3] == pytest.approx(0.5 * 2 * got), "level after 2030, but for growth"
    assert asked[5] == pytest.approx(asked[3] * 1.02**2)
    numbers, _ = numbers_of(found)
    assert numbers["project_npv"] == found.summary["project_npv"][0]
    with pytest.raises(InputError, match=r"throughput\.node is 'XX'"):
        transit_of(network, changed_venture(venture, {"throughput.node": "XX"}))
