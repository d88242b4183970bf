"""Laws of landed costs: they rise with every rate, and relief never hurts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karwan.appraisal.landed_cost import landed_cost
from karwan.appraisal.tax_holiday import level_charge
from tiny_zone import B, C, book

SHARE = st.floats(0, 0.9)
REGIMES = st.sampled_from(
    [("onshore", "none"), ("bonded", "inputs"), ("free_zone", "finished"), ("free_zone", "lower")]
)
TERMS = st.fixed_dictionaries(
    {
        "capital_rate": st.floats(0.001, 0.3), "income_tax_rate": SHARE,
        "holiday_years": st.floats(0, 30), "guarantee_share": st.floats(0, 1),
        "guarantee_rate": st.floats(0, 0.001), "refund_share": st.floats(0, 1),
        "refund_days": st.floats(0, 400), "labour_usd_per_h": st.floats(0, 20),
    }
)  # fmt: skip
FIGURES = st.fixed_dictionaries(
    {
        "duty/XB/parts": SHARE, "tax/XB/parts": SHARE, "duty/XB/kit": SHARE, "duty/XC/kit": SHARE,
        "price/parts/a": st.floats(1, 2000), "price/parts/c": st.floats(1, 2000),
    }
)  # fmt: skip
RISING = (
    "duty/XB/parts", "tax/XB/parts", "duty/XB/kit", "duty/XC/kit", "price/parts/a", "price/parts/c",
    "freight/box/a/b", "freight/box/c/b", "freight/box/b/c", "hours/box/b/c",
    "zone/z/capital_rate", "zone/z/income_tax_rate", "zone/z/labour_usd_per_h",
    "zone/z/power_usd_per_kwh", "zone/z/heat_usd_per_gj", "zone/z/rent_usd_per_m2_year",
    "zone/z/guarantee_rate", "zone/z/equipment_duty_rate", "plant/capex_usd_m",
)  # fmt: skip
FALLING = ("zone/z/refund_share", "zone/z/holiday_years", "by_product/waste", "preference/pact")


def cost(asked, values, market):
    return landed_cost(asked, values, asked.zones[0], market).landed


@given(REGIMES, TERMS, FIGURES, st.sampled_from([B, C]), st.sampled_from(RISING), st.floats(0, 2))
def test_landed_cost_rises_with_each_rate(regime, terms, figures, market, key, more):
    asked = book(*regime, local_share=0.0, **terms)
    values = asked.values | figures
    most = 0.95 if key.endswith("income_tax_rate") else 1e9
    dearer = {**values, key: min(values[key] * (1 + more) + 0.01 * more, most)}
    now = cost(asked, values, market)
    assert cost(asked, dearer, market) >= now - 1e-9 * abs(now)


@given(REGIMES, TERMS, FIGURES, st.sampled_from([B, C]), st.sampled_from(FALLING), st.floats(0, 1))
def test_landed_cost_falls_with_each_relief(regime, terms, figures, market, key, less):
    asked = book(*regime, local_share=0.0, **terms)
    values = asked.values | figures
    now, eased = values[key], {**values, key: values[key] * (1 - less)}
    assert values[key] == now
    assert cost(asked, eased, market) >= cost(asked, values, market) - 1e-9 * abs(now + 1000)


@given(TERMS, FIGURES, st.sampled_from([B, C]), st.sampled_from(["inputs", "lower"]))
def test_suspension_is_never_dearer_than_paying_at_entry(terms, figures, market, home):
    """The guarantee costs at most the interest on what it covers."""
    pays = book("onshore", "none", local_share=0.0, **terms)
    waits = book("free_zone", home, local_share=0.0, **terms)
    values = pays.values | figures
    now = cost(pays, values, market)
    assert cost(waits, values, market) <= now + 1e-9 * abs(now)


@settings(max_examples=50)
@given(st.floats(1, 1e6), st.integers(1, 40), st.floats(0, 0.5), SHARE, st.floats(0, 50))
def test_the_level_charge_repays_capital_whatever_the_tax(capital, life, rate, tax_rate, holiday):
    whole = round(holiday)
    charge, tax = level_charge(capital, life, rate, tax_rate, whole)
    worth = 0.0
    for year in range(1, life + 1):
        due = tax_rate * (charge - capital / life) if year > whole else 0.0
        worth += (charge - due) / (1 + rate) ** year
    assert worth == pytest.approx(capital, rel=1e-9)
    assert tax >= -1e-9 * capital
