"""The landed cost of a plant's product: every part, for one place and one market."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product as combinations

from karwan.appraisal.duty_regimes import ONSHORE, Charges, Rates, charges, deferral_value
from karwan.appraisal.offers import HOURS_PER_YEAR, Offer, Values, lane, offers, preference
from karwan.appraisal.tax_holiday import level_charge
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace

__all__ = ["PARTS", "Plant", "Sale", "land", "landed_cost", "plant_at"]

PARTS = (
    "inputs", "freight in", "labour", "energy", "rent", "other", "by-products", "capital",
    "income tax", "time", "duty and guarantees on inputs", "freight out", "duty on the product",
)  # fmt: skip
"""Parts of a landed cost, in order; together they make it."""


@dataclass(frozen=True)
class Sale:
    """A tonne of product, made in a zone and landed in a market.

    Attributes
    ----------
    parts : tuple of float
        Cost by part, in the order of `PARTS` [USD/t].
    sales_tax : float
        Sales tax in the market on all of it [USD/t]; a buyer in business gets it back.
    supplies : tuple of Place
        Where each input comes from.
    agreement : str
        Agreement that lowers the duty on the product, empty if none.
    charges : Charges
        What the regime adds.
    suspended : float
        Duty and tax that the inputs would bear at entry [USD/t].
    stay_days : float
        Days from entry of the inputs to exit of the product.
    hours_in, hours_out : float
        Slowest input on the way, and the product on the way [h].
    at_home : bool
        Whether the market lies in the place's own customs territory.
    """

    parts: tuple[float, ...]
    sales_tax: float
    supplies: tuple[Place, ...]
    agreement: str
    charges: Charges
    suspended: float
    stay_days: float
    hours_in: float
    hours_out: float
    at_home: bool

    @property
    def landed(self) -> float:
        """Landed cost before sales tax [USD/t]."""
        return sum(self.parts)


@dataclass(frozen=True)
class Plant:
    """A plant at a place: what it costs a tonne, and the inputs that it may choose from."""

    zone: ZonePlace
    making: dict[str, float]
    choices: tuple[list[Offer], ...]


def plant_at(book: ZoneBook, values: Values, zone: ZonePlace) -> Plant:
    """Put the plant at a place; what it costs there is the same for every market."""
    choices = tuple(offers(book, values, i, zone) for i in book.ingredients)
    return Plant(zone, _making(book, values, zone), choices)


def land(book: ZoneBook, values: Values, plant: Plant, market: Place) -> Sale | None:
    """Return the cheapest way to land a tonne of a plant in a market, as `landed_cost` does."""
    zone, choices = plant.zone, plant.choices
    out = lane(values, book.product.commodity, zone.at.node_id, market.node_id)
    if out is None or not all(choices):
        return None
    found = (
        _sale(book, values, zone, market, plant.making, out, chosen)
        for chosen in combinations(*choices)
    )
    return min(found, key=lambda sale: sale.landed)


def landed_cost(book: ZoneBook, values: Values, zone: ZonePlace, market: Place) -> Sale | None:
    """Return the cheapest way to make and land a tonne; None if no way leads there.

    Every combination of supplies that could be the cheapest is tried, so that the answer is the
    least cost whatever the duties make of it.

    Parameters
    ----------
    book : ZoneBook
        The question.
    values : mapping of str to float
        Number of every key; may differ from the book's own.
    zone : ZonePlace
        Where the plant stands.
    market : Place
        Where the product goes.

    Returns
    -------
    Sale or None
        Cost by part.
    """
    return land(book, values, plant_at(book, values, zone), market)


def _making(book: ZoneBook, v: Values, zone: ZonePlace) -> dict[str, float]:
    """Return what the plant itself costs a tonne, whatever its inputs."""
    output = v["plant/output_t_per_year"]
    capital = v["plant/capex_usd_m"] * 1e6 * v[zone.key("construction_factor")]
    capital *= 1 + v["plant/equipment_share"] * v[zone.key("equipment_duty_rate")]
    charge, tax = level_charge(
        capital,
        v["plant/life_years"],
        v[zone.key("capital_rate")],
        v[zone.key("income_tax_rate")],
        v[zone.key("holiday_years")],
    )
    energy = v["plant/power_kwh_per_t"] * v[zone.key("power_usd_per_kwh")]
    energy += v["plant/heat_gj_per_t"] * v[zone.key("heat_usd_per_gj")]
    by = sum(b.t_per_t * v[f"by_product/{b.product.good}"] for b in book.by_products)
    return {
        "labour": v["plant/labour_h_per_t"] * v[zone.key("labour_usd_per_h")],
        "energy": energy,
        "rent": v["plant/area_m2"] * v[zone.key("rent_usd_per_m2_year")] / output,
        "other": v["plant/other_usd_per_t"],
        "by-products": -by,
        "capital": (charge - tax) / output,
        "income tax": tax / output,
    }


def _sale(
    book: ZoneBook,
    v: Values,
    zone: ZonePlace,
    market: Place,
    making: dict[str, float],
    out: tuple[float, float],
    chosen: tuple[Offer, ...],
) -> Sale:
    rate = v[zone.key("capital_rate")]
    delivered = sum(o.value for o in chosen)
    worked = delivered + making["labour"] + making["energy"] + making["other"]
    days_in, days_out = v["plant/input_days"], v["plant/output_days"]
    time = sum(o.waiting for o in chosen) + deferral_value(delivered, days_in, rate)
    time += deferral_value(worked, days_out, rate)
    made = delivered + sum(making.values()) + time
    at_home = zone.at.territory == market.territory
    product_duty = v[f"duty/{market.country}/{book.product.good}"] if _pays(zone, market) else 0.0
    entry = (sum(o.duty for o in chosen), sum(o.tax for o in chosen))
    added = charges(
        zone.regime,
        zone.home_duty if at_home else None,
        entry,
        made * product_duty,
        days_in + days_out,
        _rates(v, zone),
    )
    exworks = made + added.finance + (0.0 if at_home and added.on_finished else added.duty)
    cut, agreement = 0.0, ""
    if not at_home:
        foreign = sum(o.value for o in chosen if o.foreign)
        cut, agreement = _cut(book, v, zone, market, foreign, delivered + sum(making.values()))
    exit_duty = added.duty if at_home and added.on_finished else 0.0
    if not at_home:
        exit_duty = (exworks + out[0]) * product_duty * (1 - cut)
    on_way = exworks * rate * out[1] / HOURS_PER_YEAR
    parts = {
        **making,
        "inputs": sum(o.price for o in chosen),
        "freight in": sum(o.freight for o in chosen),
        "time": time + on_way,
        "duty and guarantees on inputs": exworks - made,
        "freight out": out[0],
        "duty on the product": exit_duty,
    }
    landed = sum(parts.values())
    return Sale(
        tuple(parts[p] for p in PARTS),
        landed * v[f"tax/{market.country}/{book.product.good}"],
        tuple(o.supply for o in chosen),
        agreement,
        added,
        sum(entry),
        days_in + days_out,
        max((o.hours for o in chosen), default=0.0),
        out[1],
        at_home,
    )


def _pays(zone: ZonePlace, market: Place) -> bool:
    """Say whether the product may bear a duty: it does not from onshore into its own territory."""
    return zone.regime != ONSHORE or zone.at.territory != market.territory


def _rates(v: Values, zone: ZonePlace) -> Rates:
    names: Iterable[str] = (
        "capital_rate", "guarantee_share", "guarantee_rate", "refund_share", "refund_days",
    )  # fmt: skip
    return Rates(*(v[zone.key(name)] for name in names))


def _cut(
    book: ZoneBook, v: Values, zone: ZonePlace, market: Place, foreign: float, made: float
) -> tuple[float, str]:
    """Return the best preference whose rule of origin the goods keep."""
    local = 1 - foreign / made
    for share, i in preference(book, v, zone.at.country, market.country, book.product.hs):
        agreement = book.agreements[i]
        in_zone = zone.regime == "free_zone"
        if local >= agreement.local_value_share and (agreement.zone_goods or not in_zone):
            return share, agreement.name
    return 0.0, ""
