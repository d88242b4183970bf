"""Studies that an ensemble can map, and the numbers that it keeps of their results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from karwan.errors import InputError
from karwan.network import Network
from karwan.routing.consignment import Consignment
from karwan.routing.query import Options
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
    day = dt.date.fromisoformat(depart[: len("2025-11-15")]) if depart else None
    return resilience(
        network, origins or None, markets or None, commodity=commodity, teu=teu, depart=day
    )


STUDIES: dict[str, Callable[..., Any]] = {
    "plan": _plan,
    "resilience": _resilience,
}
"""Studies by name: each takes a network and options that are plain values."""
UNREAD: dict[str, frozenset[str]] = {
    "plan": frozenset({"demand", "measures"}),
    "resilience": frozenset({"demand", "measures"}),
}
"""Tables that a study does not read, so that nothing in them need be drawn for it."""


def numbers_of(result: Any) -> Numbers:
    """Return the numbers that an ensemble keeps of one result.

    Parameters
    ----------
    result : Routes, Resilience, mapping, or any result with a `summary`
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


def _mapping(values: Mapping[str, Any]) -> Numbers:
    numbers = {
        k: float(v)
        for k, v in values.items()
        if isinstance(v, (int, float)) and not isinstance(v, bool)
    }
    return numbers, {k: v for k, v in values.items() if isinstance(v, str)}


_READERS: dict[type, Callable[[Any], Numbers]] = {
    Routes: _routes,
    Resilience: _losses,
    Mapping: _mapping,
}
