"""Freight and time of a tenant's question, from the network's own routes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from karwan.appraisal.zone_book import Figure, Place, ZoneBook
from karwan.errors import RouteNotFound
from karwan.network import Network
from karwan.routing.consignment import Consignment
from karwan.routing.query import Options
from karwan.routing.skims import skim
from karwan.studies.plan import plan
from karwan.studies.zone_bans import banned_trade, under_trade_rules

__all__ = ["PLANS", "Lane", "freight_figures", "what_cuts_off"]

PLANS = "plans"
"""Source of freight: the routes that the network itself gives."""
FREE = Options(capital_rate=0.0)
"""Interest is left out of freight; the tenant's own rate is charged instead."""


@dataclass(frozen=True)
class Lane:
    """A commodity between two places; for lost lanes, once it was asked, why."""

    commodity: str
    origin: Place
    target: Place
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Say which lane it is that no route serves, and why."""
        said = f"no route carries {self.commodity} from {self.origin.name} to {self.target.name}"
        return f"{said}: {'; '.join(self.reasons)}" if self.reasons else said


def freight_figures(
    network: Network, book: ZoneBook, day: dt.date
) -> tuple[dict[str, Figure], list[Lane]]:
    """Skim every lane that a tenant may use: supplies to zones, zones to markets.

    Trees are grown per commodity on one supernetwork, by generalised cost. Lanes between
    countries that ban each other's goods have no freight.

    Parameters
    ----------
    network : Network
        Network, scenario applied.
    book : ZoneBook
        The question.
    day : datetime.date
        Departure.

    Returns
    -------
    figures : dict of str to Figure
        ``freight/commodity/from/to`` [USD/t] and ``hours/commodity/from/to`` [h].
    lost : list of Lane
        Lanes without a route.
    """
    figures: dict[str, Figure] = {}
    lost: list[Lane] = []
    groups: dict[tuple[str, frozenset[str]], list[Lane]] = {}
    for lane in _lanes(book):
        ban, rules = banned_trade(network, day, lane.origin.country, lane.target.country)
        if ban:
            lost.append(replace(lane, reasons=(ban,)))
        else:
            groups.setdefault((lane.commodity, rules), []).append(lane)
    for (_, rules), lanes in groups.items():
        lost += _skim(under_trade_rules(network, rules), lanes, book.lot_t, day, figures)
    return figures, lost


def _lanes(book: ZoneBook) -> Iterator[Lane]:
    zones = list(dict.fromkeys(z.at for z in book.zones))
    lanes = [
        Lane(i.product.commodity, supply, zone)
        for i in book.ingredients
        for supply in i.supplies
        for zone in zones
    ]
    lanes += [Lane(book.product.commodity, z, m) for z in zones for m in book.markets]
    yield from dict.fromkeys(lanes)


def _skim(
    network: Network, lanes: list[Lane], lot_t: float, day: dt.date, figures: dict[str, Figure]
) -> list[Lane]:
    """Add the freight of lanes of one commodity; return those without a route."""
    origins = sorted({lane.origin.node_id for lane in lanes})
    targets = sorted({lane.target.node_id for lane in lanes})
    other = next(n for n in network.table("nodes")["node_id"] if n != origins[0])
    cargo = Consignment(origins[0], other, lanes[0].commodity, tonnes=lot_t)
    frame = skim(network, origins, targets, cargo, depart=day, options=FREE)
    found = {(o, d): rest for o, d, *rest in frame.select(
        "origin", "destination", pl.col("cost_usd") / lot_t, "time_h"
    ).iter_rows()}  # fmt: skip
    lost = []
    for lane in lanes:
        a, b = lane.origin, lane.target
        usd, hours = found[a.node_id, b.node_id]
        if not math.isfinite(usd):
            lost.append(lane)
            continue
        key = f"{lane.commodity}/{a.node_id}/{b.node_id}"
        said = f"{lane.commodity}, {a.name} to {b.name}"
        figures[f"freight/{key}"] = Figure(f"Freight of {said}", usd, usd, usd, "USD/t", PLANS)
        figures[f"hours/{key}"] = Figure(f"Time of {said}", hours, hours, hours, "h", PLANS)
    return lost


def what_cuts_off(network: Network, lot_t: float, day: dt.date, lane: Lane) -> Lane:
    """Ask a plan what cuts the two ends of a lane apart, if it is not known yet."""
    if lane.reasons:
        return lane
    cargo = Consignment(lane.origin.node_id, lane.target.node_id, lane.commodity, tonnes=lot_t)
    try:
        plan(network, cargo, depart=day, missing=False)
    except RouteNotFound as fault:
        return replace(lane, reasons=fault.reasons)
    reason = "a plan finds a way only by waiting until something opens; choose another day"
    return replace(lane, reasons=(reason,))
