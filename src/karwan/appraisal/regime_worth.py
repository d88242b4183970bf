"""What the terms of a zone are worth to a tenant, each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from karwan.appraisal.duty_regimes import ONSHORE, deferral_value
from karwan.appraisal.landed_cost import Sale, landed_cost
from karwan.appraisal.tax_holiday import holiday_value, worth_of_yearly
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace

__all__ = ["WORTH", "regime_worth"]

WORTH = (
    "suspended_usd_per_t", "deferral_usd_per_t", "duty_spared_usd_per_t", "guarantee_usd_per_t",
    "holiday_usd_per_t", "preference_usd_per_t", "regime_usd_per_t", "holiday_usd_m",
)  # fmt: skip
"""Columns of what the terms of a zone are worth."""


def regime_worth(
    book: ZoneBook, values: Mapping[str, float], zone: ZonePlace, market: Place, sale: Sale
) -> dict[str, float]:
    """Return what each term of a zone saves on a tonne, by leaving it out.

    Parameters
    ----------
    book : ZoneBook
        The question.
    values : mapping of str to float
        Number of every key.
    zone : ZonePlace
        Where the plant stands.
    market : Place
        Where the product goes.
    sale : Sale
        Its landed cost.

    Returns
    -------
    dict of str to float
        suspended: duty and tax in suspense (0 onshore); deferral: interest that their suspension
        saves; duty_spared: duty on inputs less the duty paid (an inverted tariff spares more than
        nothing at home); guarantee: price of guarantees; holiday: tax on profit spared; preference:
        saved by agreements; regime: all that the same place would cost more under onshore rules
        [USD/t]; holiday_usd_m: present value of the tax spared over the plant's life [M USD].
    """
    suspends = zone.regime != ONSHORE
    plain = replace(zone, regime=ONSHORE, home_duty="none")
    onshore = landed_cost(book, values, plain, market)
    taxed = landed_cost(book, {**values, zone.key("holiday_years"): 0.0}, zone, market)
    free = landed_cost(replace(book, agreements=()), values, zone, market)
    landed = sale.landed
    deferral = deferral_value(sale.suspended, sale.stay_days, values[zone.key("capital_rate")])
    duty = onshore.charges.duty if onshore is not None else 0.0
    found = {
        "suspended_usd_per_t": sale.suspended if suspends else 0.0,
        "deferral_usd_per_t": deferral if suspends else 0.0,
        "duty_spared_usd_per_t": duty - sale.charges.duty if suspends else 0.0,
        "guarantee_usd_per_t": sale.charges.finance if suspends else 0.0,
        "holiday_usd_per_t": taxed.landed - landed if taxed is not None else 0.0,
        "preference_usd_per_t": free.landed - landed if free is not None else 0.0,
        "regime_usd_per_t": onshore.landed - landed if onshore is not None else 0.0,
    }
    return found | {"holiday_usd_m": _holiday(values, zone)}


def _holiday(values: Mapping[str, float], zone: ZonePlace) -> float:
    """Return the present value of the tax spared on the return to capital alone [M USD]."""
    capital = values["plant/capex_usd_m"] * values[zone.key("construction_factor")]
    capital *= 1 + values["plant/equipment_share"] * values[zone.key("equipment_duty_rate")]
    life, rate = values["plant/life_years"], values[zone.key("capital_rate")]
    profit = capital / worth_of_yearly(life, rate) - capital / life
    years = min(values[zone.key("holiday_years")], life)
    return holiday_value(profit, values[zone.key("income_tax_rate")], years, rate)
