"""Studies that an ensemble can map, and the numbers that it keeps of their results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from karwan.assignment.classes import PoolOptions
from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.consignment import Consignment
from karwan.routing.query import Options
from karwan.studies.assign import assign, choice_of
from karwan.studies.flows import Flows
from karwan.studies.plan import plan
from karwan.studies.resilience import Resilience, resilience
from karwan.studies.routes import Routes

__all__ = ["STUDIES", "UNREAD", "Numbers", "numbers_of"]

Numbers = tuple[dict[str, float], dict[str, str]]
"""Numbers by name, and words by name, such as the gateway that is best."""
KEPT = ("generalised_cost_usd", "cost_usd", "time_p50_h", "time_p95_h", "co2_kg")
"""What is kept of the best itinerary, and of the best through each gateway."""


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


def _day(depart: str | None) -> dt.date | None:
    """Read a date that may have an hour behind it."""
    return dt.date.fromisoformat(depart[: len("2025-11-15")]) if depart else None


FLOWS_ONLY = frozenset({"capacities", "choice_parameters", "demand", "measures"})
"""Tables that only studies of flows and measures read."""
STUDIES: dict[str, Callable[..., Any]] = {
    "assign": _assign,
    "plan": _plan,
    "resilience": _resilience,
}
"""Studies by name: each takes a network and options that are plain values."""
UNREAD: dict[str, frozenset[str]] = {
    "assign": frozenset({"measures"}),
    "plan": FLOWS_ONLY,
    "resilience": FLOWS_ONLY,
}
"""Tables that a study does not read, so that nothing in them need be drawn for it."""


def numbers_of(result: Any) -> Numbers:
    """Return the numbers that an ensemble keeps of one result.

    Parameters
    ----------
    result : Flows, Routes, Resilience, mapping, or any result with a `summary`
        A mapping is taken as it is, words among its values apart; of any other result the
        numbers in the first row of `summary`.

    Returns
    -------
    numbers : dict of str to float
        Numbers; the name of one of a gateway or loss begins with it and a full stop.
    words : dict of str to str
        Words that the ensemble counts.

    Raises
    ------
    InputError
        The result has no summary.
    """
    for kind, reader in _READERS.items():
        if isinstance(result, kind):
            return reader(result)
    if isinstance(getattr(result, "summary", None), pl.DataFrame):
        first = result.summary.head(1).to_dicts()
        return _mapping(first[0] if first else {})
    message = f"a study gave a {type(result).__name__}; it must give numbers or a summary"
    raise InputError(message)


def _routes(routes: Routes) -> Numbers:
    best = routes.best.select("gateway", *KEPT).to_dicts()
    numbers = {name: best[0][name] for name in KEPT}
    for row in best:
        numbers |= {f"{row['gateway']}.{name}": row[name] for name in KEPT}
    return numbers, {"gateway": best[0]["gateway"]}


def _losses(found: Resilience) -> Numbers:
    lost = found.singles.select(
        "targets", "pairs_cut_off", "mean_extra_cost_usd", "mean_extra_time_h"
    ).to_dicts()
    numbers = {"pairs": float(found.pairs)}
    for row in lost:
        numbers |= {
            f"{row['targets']}.{k}": float(v)
            for k, v in row.items()
            if k != "targets" and v is not None
        }
    return numbers, ({"worst_loss": lost[0]["targets"]} if lost else {})


def _flows(flows: Flows) -> Numbers:
    totals = flows.totals.items()
    numbers = {name: float(value) for name, value in totals if "_grade_" not in name}
    rows = flows.summary.select("gateway", "teu", "share").to_dicts()
    for row in rows:
        numbers |= {f"{row['gateway']}.{name}": row[name] for name in ("teu", "share")}
    first = max(rows, key=lambda row: float(row["teu"]), default=None)
    return numbers, ({"gateway": first["gateway"]} if first else {})


def _mapping(values: Mapping[str, Any]) -> Numbers:
    numbers = {
        k: float(v)
        for k, v in values.items()
        if isinstance(v, (int, float)) and not isinstance(v, bool)
    }
    return numbers, {k: v for k, v in values.items() if isinstance(v, str)}


_READERS: dict[type, Callable[[Any], Numbers]] = {
    Flows: _flows,
    Routes: _routes,
    Resilience: _losses,
    Mapping: _mapping,
}
