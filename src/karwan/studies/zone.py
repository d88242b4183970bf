"""Where a tenant's plant serves each market at the least landed cost, and what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from karwan.appraisal.contest import contest
from karwan.appraisal.landed_cost import Sale, landed_cost
from karwan.appraisal.zone_book import Place, ZoneBook, ZonePlace
from karwan.appraisal.zone_tables import read_zone_book
from karwan.errors import InputError
from karwan.network import Network
from karwan.scenarios import apply_scenario
from karwan.studies.moments import read_departure
from karwan.studies.run import Run, karwan_version
from karwan.studies.zone_answer import ZoneAnswer
from karwan.studies.zone_file import read_zone_file
from karwan.studies.zone_freight import Lane, freight_figures, what_cuts_off
from karwan.studies.zone_tables import answer_tables

__all__ = ["zone"]

Sales = dict[tuple[str, str], Sale]
MOST_PLANS = 6
"""Lanes without a route that a plan is asked about, in the order of the case."""


def zone(
    network: Network,
    case: str | Path,
    *,
    depart: dt.date | str | None = None,
    scenario: str | Sequence[str] = (),
) -> ZoneAnswer:
    """Reckon the landed cost of a plant's product from every place to every market.

    Freight and time come from the network's own routes on the day of departure, as `skim` finds
    them for the consignment of the case.

    Parameters
    ----------
    network : Network
        Network with zones, plants and duties.
    case : str or Path
        Row of `zone_cases`, or a TOML file of a tenant's own.
    depart : datetime.date or str, optional
        Departure; the network's as-of date if not given.
    scenario : str or sequence of str
        Scenarios or measures laid over the network first.

    Returns
    -------
    ZoneAnswer
        Landed cost by part, best place by market, what would change it, and the guesses.

    Raises
    ------
    InputError
        The case is unknown, or no route reaches a market; all at once, with what cuts it off.
    DataError
        The file or its rows are wrong; every problem at once.
    ScenarioError
        Scenarios that are unknown or clash.
    """
    names = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    day, _ = read_departure(network, depart)
    changed, case_id = read_zone_file(apply_scenario(network, names), case)
    book = read_zone_book(changed, case_id, day)
    freight, cut = freight_figures(changed, book, day)
    book = book.with_figures(freight)
    values = book.values
    sales = {
        (z.zone_id, m.node_id): sale
        for z in book.zones
        for m in book.markets
        if (sale := landed_cost(book, values, z, m)) is not None
    }
    cut = _explained(changed, book, day, cut, sales)
    _refuse_lost_markets(book, sales, cut)
    contests = [found for m in book.markets if (found := contest(book, values, m)) is not None]
    run = Run(
        karwan_version(), network.name, network.fingerprint, names, day, network.price_year,
        {"case": str(case), "lot_t": book.lot_t},
    )  # fmt: skip
    tables = answer_tables(changed, book, sales, contests, day)
    return ZoneAnswer(run, changed, book, sales, cut, *tables)


def _explained(
    network: Network, book: ZoneBook, day: dt.date, cut: list[Lane], sales: Sales
) -> list[Lane]:
    """Keep the lanes whose loss costs a place its market, and say why the first are lost."""
    lost_zones = {z for z in book.zones if _has_no_inputs(book, z)}
    kept = [
        lane
        for lane in cut
        if any(lane.target == z.at and z in lost_zones for z in book.zones)
        or (lane.commodity == book.product.commodity and _is_outward(book, lane, sales))
    ]
    asked = [what_cuts_off(network, book.lot_t, day, lane) for lane in kept[:MOST_PLANS]]
    return asked + kept[MOST_PLANS:]


def _has_no_inputs(book: ZoneBook, zone: ZonePlace) -> bool:
    """Say whether some input reaches a place from nowhere."""
    return any(
        all(
            f"freight/{i.product.commodity}/{s.node_id}/{zone.at.node_id}" not in book.figures
            for s in i.supplies
        )
        for i in book.ingredients
    )


def _is_outward(book: ZoneBook, lane: Lane, sales: Sales) -> bool:
    from_zone = [z.zone_id for z in book.zones if z.at == lane.origin]
    to_market = lane.target in book.markets
    return to_market and any((z, lane.target.node_id) not in sales for z in from_zone)


def _refuse_lost_markets(book: ZoneBook, sales: Sales, cut: list[Lane]) -> None:
    """Raise if a market is served from nowhere."""
    reached = {market for _, market in sales}
    lost = [m for m in book.markets if m.node_id not in reached]
    if lost:
        raise InputError([_why(m, cut) for m in lost])


def _why(market: Place, cut: list[Lane]) -> str:
    told = [lane.words for lane in cut if lane.target == market and lane.reasons]
    told = told or [lane.words for lane in cut if lane.reasons] or ["its inputs reach no place"]
    return (
        f"no place of the case serves {market.name} ({market.node_id}): {told[0]}; "
        "leave the market out, choose another day or a scenario that opens a way"
    )
