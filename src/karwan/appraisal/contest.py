"""Landed costs of all places in one market, and how they move with one figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karwan.appraisal.landed_cost import land, landed_cost, plant_at
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace

__all__ = ["Contest", "Mover", "contest"]


@dataclass(frozen=True)
class Contest:
    """Landed costs of all zones in one market.

    Attributes
    ----------
    market : Place
        Market.
    costs : dict of str to float
        Landed cost by zone_id, of those that a way leads from [USD/t].
    best : str
        zone_id of the least.
    """

    market: Place
    costs: Mapping[str, float]
    best: str

    @property
    def second(self) -> str | None:
        """zone_id of the next, None if there is none."""
        others = {z: c for z, c in self.costs.items() if z != self.best}
        return min(others, key=others.__getitem__) if others else None


def contest(book: ZoneBook, values: Mapping[str, float], market: Place) -> Contest | None:
    """Reckon the landed costs of all zones in a market; None if no way leads there."""
    found = {z.zone_id: landed_cost(book, values, z, market) for z in book.zones}
    costs = {zone: sale.landed for zone, sale in found.items() if sale is not None}
    return Contest(market, costs, min(costs, key=costs.__getitem__)) if costs else None


class Mover:
    """Landed costs as one figure moves and all others stay.

    Parameters
    ----------
    book : ZoneBook
        The question.
    values : mapping of str to float
        Number of every key.
    key : str
        Figure that moves.
    """

    def __init__(self, book: ZoneBook, values: Mapping[str, float], key: str) -> None:
        self.book, self.values, self.key = book, dict(values), key
        self.now = values[key]
        self.moved = _touched(book, key)
        self._seen: dict[float, list[tuple[ZonePlace, dict[str, float]]]] = {}

    def costs(self, market: Place, costs: Mapping[str, float], value: float) -> dict[str, float]:
        """Return the cost of every zone in a market.

        Parameters
        ----------
        market : Place
            Market.
        costs : mapping of str to float
            Costs by zone_id where the figure stands now [USD/t].
        value : float
            Value it moves to.

        Returns
        -------
        dict of str to float
            Costs there [USD/t].
        """
        if value not in self._seen:
            self._seen[value] = self._all(value)
        moved = dict(costs)
        for zone, found in self._seen[value]:
            if zone.zone_id in moved and market.node_id in found:
                moved[zone.zone_id] = found[market.node_id]
        return moved

    def _all(self, value: float) -> list[tuple[ZonePlace, dict[str, float]]]:
        self.values[self.key] = value
        found = []
        for zone in self.moved:
            plant = plant_at(self.book, self.values, zone)
            sales = {m.node_id: land(self.book, self.values, plant, m) for m in self.book.markets}
            found.append((zone, {m: s.landed for m, s in sales.items() if s is not None}))
        return found

    def gap(self, at: Contest, value: float) -> float:
        """Return the cost of the best place less that of the best other one [USD/t].

        It is negative while the best place stays the best.
        """
        costs = self.costs(at.market, at.costs, value)
        best = costs.pop(at.best)
        return best - min(costs.values())

    def rival(self, at: Contest, value: float) -> str:
        """Return the cheapest other place."""
        costs = self.costs(at.market, at.costs, value)
        costs.pop(at.best)
        return min(costs, key=costs.__getitem__)


def _touched(book: ZoneBook, key: str) -> tuple[ZonePlace, ...]:
    """Return the zones whose costs a figure may move."""
    kind, _, rest = key.partition("/")
    if kind == "zone":
        return tuple(z for z in book.zones if z.key(rest.split("/")[1]) == key)
    if kind == "freight":
        _, *ends = rest.split("/")
        return tuple(z for z in book.zones if z.at.node_id in ends)
    if kind == "duty":
        country = rest.split("/")[0]
        is_market = any(country == m.country for m in book.markets)
        return tuple(z for z in book.zones if is_market or z.at.country == country)
    return book.zones
