"""Studies that an ensemble can map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from karwan.assignment.classes import PoolOptions
from karwan.network import Network
from karwan.routing.consignment import Consignment
from karwan.routing.query import Options
from karwan.studies.appraisal import Appraisal
from karwan.studies.appraise import appraise
from karwan.studies.assign import assign, choice_of
from karwan.studies.calibrate_choice import ChoiceFit, calibrate_choice, compare_volumes
from karwan.studies.flows import Flows
from karwan.studies.plan import plan
from karwan.studies.rank import Ranking, RankOptions, rank
from karwan.studies.resilience import Resilience, resilience
from karwan.studies.routes import Routes

__all__ = ["STUDIES", "UNREAD"]

NO_LIMIT = float("inf")


def _plan(
    network: Network,
    *,
    origin: str,
    destination: str,
    commodity: str = "general",
    teu: float | None = None,
    feu: float | None = None,
    tonnes: float | None = None,
    truckloads: float | None = None,
    depart: str | None = None,
    by: Sequence[str] = (),
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    max_transfers: int | None = None,
    epsilon: float = 0.0,
) -> Routes:
    """Plan one consignment, its options as plain values."""
    wishes: dict[str, Any] = {"by": tuple(by)} if by else {}
    options = Options(
        via=tuple(via), avoid=tuple(avoid), max_transfers=max_transfers, epsilon=epsilon, **wishes
    )
    consignment = Consignment(
        origin, destination, commodity, teu=teu, feu=feu, tonnes=tonnes, truckloads=truckloads
    )
    return plan(network, consignment, depart=depart, options=options, missing=False)


def _resilience(
    network: Network,
    *,
    origins: Sequence[str] | None = None,
    markets: Sequence[str] | None = None,
    commodity: str = "general",
    teu: float = 1.0,
    depart: str | None = None,
) -> Resilience:
    """Take things away, the options as plain values."""
    places = origins or None, markets or None
    return resilience(network, *places, commodity=commodity, teu=teu, depart=_day(depart))


def _assign(
    network: Network,
    *,
    year: int | None = None,
    depart: str | None = None,
    elasticity: float | None = None,
    captive: bool = False,
) -> Flows:
    """Assign the trade of a year, the options as plain values."""
    choice = choice_of(network)
    if elasticity is not None:
        choice = replace(choice, elasticity=elasticity)
    pool = PoolOptions(captive=captive)
    return assign(network, year=year, depart=_day(depart), choice=choice, pool=pool)


def _rank(
    network: Network,
    *,
    measures: Sequence[str] = (),
    year: int = 2030,
    depart: str | None = None,
    base: Sequence[str] = (),
    stress: str = "close-hormuz",
    budget: float | None = None,
    rate: float = 0.05,
    until: int = 2060,
) -> Ranking:
    """Rank measures, the options as plain values.

    The ensemble draws what a single ranking draws for its order, so that one draw is enough here.
    """
    limit = NO_LIMIT if budget is None else budget
    options = RankOptions(tuple(base), stress, limit, rate, until, draws=1)
    asked = tuple(measures) or "joint-projects"
    return rank(network, asked, year=year, depart=_day(depart), options=options)


def _volumes(
    network: Network, *, year: int | None = None, fit: bool = False
) -> pl.DataFrame | ChoiceFit:
    """Set modelled beside published volumes, or fit the choice of ways to them."""
    if fit:
        return calibrate_choice(network, year=year)
    return compare_volumes(network, year=year)


def _appraise(network: Network, *, venture: str) -> Appraisal:
    """Appraise a venture on the flows that the network brings over its node."""
    return appraise(venture, network)


def _day(depart: str | None) -> dt.date | None:
    """Read a date that may have an hour behind it."""
    return dt.date.fromisoformat(depart[: len("2025-11-15")]) if depart else None


FLOWS_ONLY = frozenset({"capacities", "choice_parameters", "demand", "measures"})
"""Tables that only studies of flows and measures read."""
STUDIES: dict[str, Callable[..., Any]] = {
    "appraise": _appraise,
    "assign": _assign,
    "plan": _plan,
    "rank": _rank,
    "resilience": _resilience,
    "volumes": _volumes,
}
"""Studies by name: each takes a network and options that are plain values."""
UNREAD: dict[str, frozenset[str]] = {
    "appraise": frozenset({"measures"}),
    "assign": frozenset({"measures"}),
    "plan": FLOWS_ONLY,
    "resilience": FLOWS_ONLY,
    "volumes": frozenset({"measures"}),
}
"""Tables that a study does not read, so that nothing in them need be drawn for it."""
