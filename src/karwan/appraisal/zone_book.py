"""A tenant's question as one book: what is made, where, from what, for whom, at which figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

__all__ = ["Agreement", "Figure", "Ingredient", "Place", "Product", "ZoneBook", "ZonePlace"]


@dataclass(frozen=True)
class Figure:
    """One number that the answer rests on.

    Attributes
    ----------
    label : str
        What it is, in words.
    value, low, high : float
        Value and the interval it may lie in.
    unit : str
        Unit, empty for shares.
    source_id : str
        Its source; `PLANS` for freight that the network's own routes give.
    """

    label: str
    value: float
    low: float
    high: float
    unit: str
    source_id: str


@dataclass(frozen=True)
class Place:
    """A node with its country and customs territory (the union, or the country itself)."""

    node_id: str
    name: str
    country: str
    territory: str


@dataclass(frozen=True)
class ZonePlace:
    """A place that a plant may stand at.

    Attributes
    ----------
    zone_id, name : str
        Identifier and name.
    at : Place
        Node.
    regime, home_duty : str
        As the table `zones` describes them.
    keys : dict of str to str
        Key of the figure of each term; two places of one city may share one.
    """

    zone_id: str
    name: str
    at: Place
    regime: str
    home_duty: str
    keys: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def key(self, term: str) -> str:
        """Return the key of a term's figure."""
        return self.keys.get(term, f"zone/{self.zone_id}/{term}")


@dataclass(frozen=True)
class Product:
    """A good as it travels: identifier, name, commodity and heading."""

    good: str
    name: str
    commodity: str
    hs: str


@dataclass(frozen=True)
class Ingredient:
    """An input: the good, tonnes for a tonne of product, and where it can be bought."""

    product: Product
    t_per_t: float
    supplies: tuple[Place, ...]


@dataclass(frozen=True)
class Agreement:
    """An agreement in force, as the table `trade_agreements` describes it."""

    agreement_id: str
    name: str
    from_countries: frozenset[str]
    to_countries: frozenset[str]
    hs: tuple[str, ...]
    local_value_share: float
    zone_goods: bool

    def covers(self, origin: str, destination: str, hs: str) -> bool:
        """Say whether goods of a heading from one country to the other may have preference."""
        goods = not self.hs or hs.startswith(self.hs)
        return goods and origin in self.from_countries and destination in self.to_countries


@dataclass(frozen=True)
class ZoneBook:
    """Everything that a landed cost is reckoned from.

    Attributes
    ----------
    name : str
        Name of the question.
    product : Product
        What the plant makes.
    ingredients, by_products : tuple of Ingredient
        What goes in, and what comes out besides.
    zones : tuple of ZonePlace
        Where the plant may stand.
    markets : tuple of Place
        Whom it serves.
    agreements : tuple of Agreement
        Agreements in force on the day.
    lot_t : float
        Consignment that freight holds for [t].
    figures : dict of str to Figure
        Every number by its key, such as ``zone/gwadar-free-zone/labour_usd_per_h``.
    """

    name: str
    product: Product
    ingredients: tuple[Ingredient, ...]
    by_products: tuple[Ingredient, ...]
    zones: tuple[ZonePlace, ...]
    markets: tuple[Place, ...]
    agreements: tuple[Agreement, ...]
    lot_t: float
    figures: Mapping[str, Figure] = field(repr=False)

    @property
    def values(self) -> dict[str, float]:
        """The number of every key."""
        return {key: figure.value for key, figure in self.figures.items()}

    @cached_property
    def _covering(self) -> dict[tuple[str, str, str], tuple[int, ...]]:
        return {}

    def covering(self, origin: str, destination: str, hs: str) -> tuple[int, ...]:
        """Return the agreements, by index, that cover goods of a heading between two countries."""
        asked = (origin, destination, hs)
        if asked not in self._covering:
            found = [i for i, a in enumerate(self.agreements) if a.covers(*asked)]
            self._covering[asked] = tuple(found)
        return self._covering[asked]

    def with_figures(self, more: Mapping[str, Figure]) -> ZoneBook:
        """Return the book with more figures, or others."""
        return replace(self, figures={**self.figures, **more})
