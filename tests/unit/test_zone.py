"""Landed costs by hand, regimes, holidays and roots, on a plant of round figures."""

from itertools import product

import pytest

from karwan.appraisal.contest import contest
from karwan.appraisal.duty_regimes import (
    Rates,
    charges,
    deferral_value,
    inverted_saving,
    landed_value,
)
from karwan.appraisal.landed_cost import PARTS, landed_cost
from karwan.appraisal.offers import offers
from karwan.appraisal.regime_worth import regime_worth
from karwan.appraisal.switching import swing, switches
from karwan.appraisal.tax_holiday import holiday_value, level_charge
from karwan.appraisal.zone_book import ZonePlace
from tiny_zone import B, C, book

RATES = Rates(0.10, 1.0, 0.02, 0.5, 73)


def test_landed_value_deferral_inverted_tariff_and_holiday_are_the_known_values():
    """CIF 10,000, duty 20 %, tax 18 %; 90 days at 15 %; 5 % against 20 % on 60 %; 29 % of 100."""
    assert landed_value(10_000, 0.20, 0.18) == pytest.approx(14_160, abs=1e-9)
    assert deferral_value(4_160, 90, 0.15) == pytest.approx(153.863, abs=5e-4)
    assert inverted_saving(10_000, 0.05, 6_000, 0.20) == pytest.approx(700, abs=1e-9)
    assert holiday_value(100, 0.29, 10, 0.11) == pytest.approx(170.787728, abs=5e-7)


@pytest.mark.parametrize("holiday", [0, 3, 10, 25])
def test_the_level_charge_repays_capital_after_tax(holiday):
    charge, tax = level_charge(1000.0, 10, 0.08, 0.25, holiday)
    paid = [0.25 * (charge - 100) if year > holiday else 0.0 for year in range(1, 11)]
    worth = sum((charge - t) / 1.08**year for year, t in enumerate(paid, 1))
    assert worth == pytest.approx(1000)
    untaxed, none = level_charge(1000.0, 10, 0.08, 0.0, 0)
    assert none == 0
    assert tax == pytest.approx(charge - untaxed)
    assert (tax == pytest.approx(0)) == (holiday >= 10)


def test_charges_of_each_regime_by_hand():
    """Duty 100, tax 60, 73 days: 160 x 0.1 x 0.2 = 3.2; refund of (50 + 60) 73 days later 2.2."""
    inputs = (100.0, 60.0)
    home = charges("onshore", "none", inputs, 70, 73, RATES)
    assert (home.duty, home.finance) == (100, pytest.approx(3.2))
    export = charges("onshore", None, inputs, 70, 73, RATES)
    assert (export.duty, export.finance) == (50, pytest.approx(3.2 + 2.2))
    bond = charges("bonded", None, inputs, 70, 73, RATES)
    assert (bond.duty, bond.finance) == (0, pytest.approx(160 * 0.02 * 0.2))
    for rule, duty, on_finished in (
        ("finished", 70, True), ("inputs", 100, False), ("lower", 70, True),
    ):  # fmt: skip
        zone = charges("free_zone", rule, inputs, 70, 73, Rates(0.1))
        assert (zone.duty, zone.finance, zone.on_finished) == (duty, 0, on_finished)
    assert charges("free_zone", "lower", inputs, 120, 73, Rates(0.1)).duty == 100


def test_landed_cost_by_hand_in_a_free_zone_for_export():
    """Parts of c: 1.2 x 450 = 540, freight 36; no duty; c's duty of 30 % less nothing."""
    asked = book("free_zone", "finished", local_share=0.9, holiday_years=99, equipment_duty_rate=0)
    sale = landed_cost(asked, asked.values, asked.zones[0], C)
    parts = dict(zip(PARTS, sale.parts, strict=True))
    assert parts["inputs"] == pytest.approx(540)
    assert parts["freight in"] == pytest.approx(36)
    assert parts["labour"] == 10
    assert parts["energy"] == pytest.approx(10 + 10)
    assert parts["rent"] == 2
    assert parts["by-products"] == -1
    capital = 1000 * 0.1 / (1 - 1.1**-10)
    assert parts["capital"] == pytest.approx(capital)
    assert parts["income tax"] == pytest.approx(0)
    assert parts["duty and guarantees on inputs"] == 0
    waiting = 540 * 0.1 * 480 / 8760 + 576 * 0.1 * 30 / 365 + (576 + 10 + 20 + 20) * 0.1 * 43 / 365
    exworks = 540 + 36 + 10 + 20 + 2 + 20 - 1 + capital + waiting
    assert parts["time"] == pytest.approx(waiting + exworks * 0.1 * 480 / 8760)
    assert parts["duty on the product"] == pytest.approx(0.3 * (exworks + 30))
    assert sale.landed == pytest.approx(sum(parts.values()))
    assert sale.sales_tax == pytest.approx(0.15 * sale.landed)
    assert (sale.agreement, sale.at_home) == ("", False)


def test_the_cheapest_supplies_are_chosen_as_if_all_were_tried():
    asked = book("onshore")
    values, zone = asked.values, asked.zones[0]
    alone = []
    for supply in asked.ingredients[0].supplies:
        only = {k: v for k, v in values.items() if f"/{supply.node_id}/b" in k or "/box/" not in k}
        only |= {k: values[k] for k in values if "/b/" in k}
        alone.append(landed_cost(asked, only, zone, C))
    best = landed_cost(asked, values, zone, C)
    assert best.landed == min(sale.landed for sale in alone if sale is not None)


def test_an_offer_that_is_worse_in_every_respect_is_left_out():
    asked = book("onshore")
    kept = offers(asked, asked.values, asked.ingredients[0], asked.zones[0])
    assert {o.supply.node_id for o in kept} == {"c"}
    dear = {**asked.values, "price/parts/c": 700.0, "hours/box/c/b": 0.0}
    kept = offers(asked, dear, asked.ingredients[0], asked.zones[0])
    assert {o.supply.node_id for o in kept} == {"a"}


def test_preference_needs_enough_local_value():
    """Foreign parts are 540 + 36 of about 795 USD: 27 % is local."""
    for share, free in ((0.2, True), (0.4, False)):
        asked = book("onshore", local_share=share)
        sale = landed_cost(asked, asked.values, asked.zones[0], C)
        duty = dict(zip(PARTS, sale.parts, strict=True))["duty on the product"]
        assert (sale.agreement, duty == 0) == ("The pact" if free else "", free)


def test_a_sale_at_home_pays_on_finished_goods_or_on_inputs():
    finished, inputs = (
        landed_cost(b, b.values, b.zones[0], B)
        for b in (book("free_zone", "finished"), book("free_zone", "inputs"))
    )
    names = PARTS.index("duty on the product"), PARTS.index("duty and guarantees on inputs")
    assert finished.parts[names[0]] == pytest.approx(0.05 * (finished.landed - 6) / 1.05, rel=0.01)
    assert finished.parts[names[1]] == 0
    assert inputs.parts[names[0]] == 0
    assert inputs.parts[names[1]] == pytest.approx(0.2 * (540 + 36))
    assert finished.at_home
    assert inputs.at_home


def rivals():
    """Return a question with the zone at b against one at a dearer place in the same town."""
    asked = book("free_zone", "finished", local_share=0.9)
    first = asked.zones[0]
    second = ZonePlace("y", "Y", B, "onshore", "none")
    dearer = {k.replace("zone/z", "zone/y"): f for k, f in asked.figures.items() if "zone/z" in k}
    both = book("free_zone", "finished", local_share=0.9).with_figures(dearer)
    return both.__class__(
        both.name, both.product, both.ingredients, both.by_products, (first, second), both.markets,
        both.agreements, both.lot_t, both.figures,
    )  # fmt: skip


def test_at_a_switching_value_two_places_cost_the_same_and_beyond_it_the_other_is_cheaper():
    asked = rivals()
    values = asked.values
    at = contest(asked, values, C)
    assert at.best == "z"
    found = [s for _, s in switches(asked, values, [at])]
    assert {"zone/z/labour_usd_per_h", "zone/z/capital_rate"} <= {s.key for s in found}
    assert not any(s.key.startswith("freight/box/b/") for s in found)  # both places share it
    for switch in found:
        there = contest(asked, {**values, switch.key: switch.value}, C)
        costs = sorted(there.costs.values())
        assert costs[1] - costs[0] == pytest.approx(0, abs=1e-5 * costs[0]), switch.key
        step = 1e-3 * (switch.value - values[switch.key])
        beyond = contest(asked, {**values, switch.key: switch.value + step}, C)
        assert beyond.best == switch.to_zone == "y", switch.key


def test_swing_is_the_change_of_the_lead():
    asked = rivals()
    at = contest(asked, asked.values, C)
    moved = swing(asked, asked.values, [at], "zone/z/labour_usd_per_h", (1.0, 3.0))
    ends = []
    for wage in (1.0, 3.0):
        there = contest(asked, {**asked.values, "zone/z/labour_usd_per_h": wage}, C)
        ends.append(there.costs["z"] - there.costs["y"])
    assert moved == pytest.approx(abs(ends[1] - ends[0]))


@pytest.mark.parametrize(("market", "home"), list(product((B, C), ("finished", "inputs"))))
def test_what_terms_are_worth_is_the_difference_without_them(market, home):
    asked = book("free_zone", home, local_share=0.2, holiday_years=5)
    values, zone = asked.values, asked.zones[0]
    sale = landed_cost(asked, values, zone, market)
    worth = regime_worth(asked, values, zone, market, sale)
    plain = book("onshore", local_share=0.2, holiday_years=5)
    onshore = landed_cost(plain, values, plain.zones[0], market)
    assert worth["regime_usd_per_t"] == pytest.approx(onshore.landed - sale.landed)
    taxed = landed_cost(asked, {**values, "zone/z/holiday_years": 0.0}, zone, market)
    assert worth["holiday_usd_per_t"] == pytest.approx(taxed.landed - sale.landed)
    assert worth["deferral_usd_per_t"] == pytest.approx(sale.suspended * 0.1 * 73 / 365)
    assert (worth["preference_usd_per_t"] > 0) == (market == C)
