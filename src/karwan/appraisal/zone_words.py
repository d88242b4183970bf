"""Words and units of the figures of a tenant's question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "COST_GROUPS",
    "PLANT_WORDS",
    "REGIME_WORDS",
    "TERM_WORDS",
    "WORTH_WORDS",
    "figure_text",
    "interval",
    "span_text",
]

REGIME_WORDS = {"free_zone": "free zone", "bonded": "bonded", "onshore": "onshore"}
TERM_WORDS = {
    "labour_usd_per_h": ("Labour", "USD/h"),
    "power_usd_per_kwh": ("Electricity", "USD/kWh"),
    "heat_usd_per_gj": ("Fuel", "USD/GJ"),
    "rent_usd_per_m2_year": ("Rent", "USD/m2 a year"),
    "capital_rate": ("Cost of money", "%"),
    "construction_factor": ("Cost of building against Karachi", ""),
    "income_tax_rate": ("Tax on profit", "%"),
    "holiday_years": ("Years free of tax on profit", "years"),
    "equipment_duty_rate": ("Duty on equipment", "%"),
    "guarantee_share": ("Guarantee, of duty and tax suspended", "%"),
    "guarantee_rate": ("Price of the guarantee a year", "%"),
    "refund_share": ("Duty on inputs that comes back on export", "%"),
    "refund_days": ("Wait for refunds", "days"),
}
"""Label and unit of each term of `zone_terms`; a per cent is kept as a share."""
PLANT_WORDS = {
    "output_t_per_year": ("Output of the plant", "t/year"),
    "capex_usd_m": ("Capital of the plant", "M USD"),
    "equipment_share": ("Imported equipment, of the capital", "%"),
    "life_years": ("Life of the plant", "years"),
    "labour_h_per_t": ("Hours of work", "h/t"),
    "power_kwh_per_t": ("Electricity used", "kWh/t"),
    "heat_gj_per_t": ("Fuel used", "GJ/t"),
    "area_m2": ("Area rented", "m2"),
    "input_days": ("Stock of inputs", "days"),
    "output_days": ("Stock of the product", "days"),
    "other_usd_per_t": ("Packaging, upkeep and overheads", "USD/t"),
}
"""Label and unit of each column of `plants` that a cost rests on."""
COST_GROUPS = {
    "inputs": ("inputs", "by_products"),
    "freight in": ("freight_in",),
    "making": ("labour", "energy", "rent", "other"),
    "capital, time": ("capital", "income_tax", "time"),
    "duty in": ("duty_and_guarantees_on_inputs",),
    "freight out": ("freight_out",),
    "duty out": ("duty_on_the_product",),
}
"""Groups that a landed cost is shown by, and the parts that each adds up."""
WORTH_WORDS = {
    "suspended_usd_per_t": "in suspense",
    "deferral_usd_per_t": "deferral",
    "duty_spared_usd_per_t": "duty spared",
    "guarantee_usd_per_t": "guarantee",
    "holiday_usd_per_t": "tax holiday",
    "preference_usd_per_t": "agreements",
    "regime_usd_per_t": "against onshore",
}
"""What the terms of a zone are worth, by column."""


def interval(row: Mapping[str, Any], unit: str) -> tuple[float, float, float]:
    """Return price, low and high of a row of `supplies` or `goods`."""
    return row[f"price_{unit}"], row[f"low_{unit}"], row[f"high_{unit}"]


def figure_text(value: float, unit: str) -> str:
    """Write a number with its unit, shares in per cent."""
    if unit == "%":
        return f"{100 * value:.4g} %"
    return f"{_plain(value)} {unit}".rstrip()


def span_text(low: float, high: float, unit: str) -> str:
    """Write an interval with its unit once, shares in per cent."""
    if unit == "%":
        return f"{100 * low:.4g} to {100 * high:.4g} %"
    return f"{_plain(low)} to {_plain(high)} {unit}".rstrip()


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"
