"""Which grades a landed cost rests on."""

from __future__ import annotations

from collections.abc import Mapping

from karwan.appraisal.landed_cost import PARTS, Sale
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace

__all__ = ["GRADES", "grade_of", "grade_shares", "part_keys"]

GRADES = ("A", "B", "C", "plans")
"""Grades of sources, and ``plans`` for freight that the network's own routes give."""
TERMS = {
    "labour": ("labour_usd_per_h",),
    "energy": ("power_usd_per_kwh", "heat_usd_per_gj"),
    "rent": ("rent_usd_per_m2_year",),
    "capital": ("capital_rate", "construction_factor"),
    "income tax": ("income_tax_rate", "holiday_years"),
    "time": ("capital_rate",),
}
PLANT = {
    "labour": "labour_h_per_t",
    "energy": "power_kwh_per_t",
    "rent": "area_m2",
    "other": "other_usd_per_t",
    "capital": "capex_usd_m",
}


def part_keys(book: ZoneBook, zone: ZonePlace, market: Place, sale: Sale) -> dict[str, list[str]]:
    """Return the figures that each part of a landed cost rests on."""
    pairs = list(zip(book.ingredients, sale.supplies, strict=True))
    foreign = [i for i, s in pairs if s.territory != zone.at.territory]
    keys = {part: [zone.key(t) for t in terms] for part, terms in TERMS.items()}
    for part, column in PLANT.items():
        keys.setdefault(part, []).append(f"plant/{column}")
    keys["inputs"] = [f"price/{i.product.good}/{s.node_id}" for i, s in pairs]
    keys["freight in"] = [
        f"freight/{i.product.commodity}/{s.node_id}/{zone.at.node_id}" for i, s in pairs
    ]
    keys["by-products"] = [f"by_product/{b.product.good}" for b in book.by_products]
    keys["duty and guarantees on inputs"] = [
        f"duty/{zone.at.country}/{i.product.good}" for i in foreign
    ]
    lane = f"{book.product.commodity}/{zone.at.node_id}/{market.node_id}"
    keys["freight out"] = [f"freight/{lane}"]
    keys["duty on the product"] = [f"duty/{market.country}/{book.product.good}"]
    return keys


def grade_of(book: ZoneBook, grades: Mapping[str, str], keys: list[str]) -> str:
    """Return the worst grade among figures; freight counts as ``plans``."""
    found = {grades.get(book.figures[k].source_id, "plans") for k in keys}
    return next((g for g in ("C", "B", "plans", "A") if g in found), "plans")


def grade_shares(
    book: ZoneBook, grades: Mapping[str, str], zone: ZonePlace, market: Place, sale: Sale
) -> dict[str, float]:
    """Return the share of a landed cost by the worst grade behind each part.

    Parameters
    ----------
    book : ZoneBook
        The question.
    grades : mapping of str to str
        Grade by source_id.
    zone : ZonePlace
        Where the plant stands.
    market : Place
        Where the product goes.
    sale : Sale
        Its landed cost.

    Returns
    -------
    dict of str to float
        Shares of the sum of all parts without their sign; they add up to 1.
    """
    keys = part_keys(book, zone, market, sale)
    total = sum(abs(p) for p in sale.parts) or 1.0
    shares = dict.fromkeys(GRADES, 0.0)
    for part, amount in zip(PARTS, sale.parts, strict=True):
        shares[grade_of(book, grades, keys.get(part, []))] += abs(amount) / total
    return shares
