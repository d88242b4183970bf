"""Inputs as delivered to a plant from each place they can be bought at, duty known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karwan.appraisal.zone_book import Ingredient, Place, ZoneBook, ZonePlace

__all__ = ["Offer", "lane", "offers", "preference"]

HOURS_PER_YEAR = 8760.0
Values = Mapping[str, float]


@dataclass(frozen=True)
class Offer:
    """Input for a tonne of product from one place [USD/t of product].

    Attributes
    ----------
    supply : Place
        Where it is bought.
    price, freight, waiting : float
        Price with export duty, freight, and interest on the way.
    duty, tax : float
        Duty and sales tax that it would bear at entry.
    foreign : bool
        Whether it comes from another customs territory.
    hours : float
        Time on the way [h].
    """

    supply: Place
    price: float
    freight: float
    waiting: float
    duty: float
    tax: float
    foreign: bool
    hours: float

    @property
    def value(self) -> float:
        """Value at entry: price and freight."""
        return self.price + self.freight

    @property
    def burdens(self) -> tuple[float, ...]:
        """Amounts of which a landed cost only rises with each."""
        from_abroad = self.value if self.foreign else 0.0
        return self.value, self.value + self.waiting, self.duty, self.tax, from_abroad


def lane(values: Values, commodity: str, origin: str, target: str) -> tuple[float, float] | None:
    """Return freight [USD/t] and hours from one node to another, None if no way leads there."""
    key = f"{commodity}/{origin}/{target}"
    if f"freight/{key}" not in values:
        return None
    return values[f"freight/{key}"], values[f"hours/{key}"]


def preference(
    book: ZoneBook, values: Values, origin: str, destination: str, hs: str
) -> list[tuple[float, int]]:
    """List shares of the duty that agreements take off, the largest first, with their index."""
    covering = book.covering(origin, destination, hs)
    found = [(values[f"preference/{book.agreements[i].agreement_id}"], i) for i in covering]
    return sorted(found, key=lambda item: (-item[0], item[1]))


def offers(book: ZoneBook, values: Values, ingredient: Ingredient, zone: ZonePlace) -> list[Offer]:
    """Return the offers of one input at a plant.

    Parameters
    ----------
    book : ZoneBook
        The question.
    values : mapping of str to float
        Number of every key.
    ingredient : Ingredient
        Input.
    zone : ZonePlace
        Where the plant stands.

    Returns
    -------
    list of Offer
        One for each supply that a way leads from and that no other one beats in all respects.
    """
    product, t = ingredient.product, ingredient.t_per_t
    rate = values[zone.key("capital_rate")]
    found = []
    for supply in ingredient.supplies:
        way = lane(values, product.commodity, supply.node_id, zone.at.node_id)
        if way is None:
            continue
        key = f"{product.good}/{supply.node_id}"
        price = values[f"price/{key}"]
        foreign = supply.territory != zone.at.territory
        paid = t * price * (1 + (values[f"export_duty/{key}"] if foreign else 0.0))
        freight, duty, tax = t * way[0], 0.0, 0.0
        if foreign:
            at_entry = f"{zone.at.country}/{product.good}"
            cuts = preference(book, values, supply.country, zone.at.country, product.hs)
            cut = cuts[0][0] if cuts else 0.0
            duty = (paid + freight) * values[f"duty/{at_entry}"] * (1 - cut)
            tax = (paid + freight + duty) * values[f"tax/{at_entry}"]
        waiting = paid * rate * way[1] / HOURS_PER_YEAR
        found.append(Offer(supply, paid, freight, waiting, duty, tax, foreign, way[1]))
    return _unbeaten(found)


def _unbeaten(found: list[Offer]) -> list[Offer]:
    """Leave out offers that another one, or an equal one before it, beats in every burden."""
    kept: list[Offer] = []
    for offer in sorted(found, key=lambda o: o.burdens):
        burdens = offer.burdens
        if not any(all(a <= b for a, b in zip(k.burdens, burdens, strict=True)) for k in kept):
            kept.append(offer)
    return kept
