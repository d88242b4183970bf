"""The same study under several scenarios, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

import polars as pl

from karwan.errors import RouteNotFound, ScenarioError
from karwan.network import Network
from karwan.scenarios import TODAY, apply_scenario, read_measures
from karwan.studies.comparison import Comparison
from karwan.studies.differences import differences
from karwan.studies.run import Run

__all__ = ["Result", "Study", "compare"]

FEWEST = 2


class Result(Protocol):
    """What a study gives back: a frozen, stamped bundle with a table that sums it up."""

    @property
    def run(self) -> Run:
        """Stamp."""

    @property
    def summary(self) -> pl.DataFrame:
        """One row a thing that is compared."""


Study = Callable[[Network], Result]
"""Any function from a network to a result with `summary` and `run`."""


def compare(
    network: Network,
    study: Study,
    scenarios: Sequence[str | Sequence[str]],
    *,
    key: str | Sequence[str],
) -> Comparison:
    """Run one study under several scenarios and set the results side by side.

    Parameters
    ----------
    network : Network
        Network before any scenario.
    study : function from Network to result
        Any study whose result has `summary` and `run`, its other arguments already given.
    scenarios : sequence of str or of sequences of str
        Scenarios, the first of which the others are held against; several names, in a list or
        joined by ``+``, are laid together. ``today`` is the network as it is.
    key : str or sequence of str
        Columns that tell the rows of a summary apart. Where several rows share a key the first
        counts, as the best itinerary of a gateway does.

    Returns
    -------
    Comparison
        Rows side by side with differences to the first.

    Raises
    ------
    ScenarioError
        Fewer than two scenarios, unknown or clashing ones, or the same twice; all at once.
    InputError
        The summary has no such key.
    RouteNotFound
        No scenario has a route; otherwise such scenarios stand in `failures`.

    Examples
    --------
    >>> import karwan
    >>> cargo = karwan.Consignment("Karaganda", "Mombasa", teu=20)
    >>> compared = karwan.compare(
    ...     karwan.open_atlas(),
    ...     lambda network: karwan.plan(network, cargo),
    ...     ["today", "reopen-afghan-crossings", "calm"],
    ...     key=["gateway", "gateway_name"],
    ... )
    >>> compared.side_by_side("cost_usd_per_unit")  # doctest: +SKIP
    """
    laid = _laid(network, [_names(scenario) for scenario in scenarios])
    results: dict[str, Any] = {}
    failures: dict[str, str] = {}
    lost: RouteNotFound | None = None
    for label, (names, changed) in laid.items():
        try:
            results[label] = _stamped(study(changed), network, names)
        except RouteNotFound as fault:
            failures[label], lost = str(fault), fault
    if lost is not None and not results:
        raise lost
    keys = (key,) if isinstance(key, str) else tuple(key)
    tables = {name: result.summary for name, result in results.items()}
    figures, summary = differences(tuple(laid), tables, keys)
    runs = {name: result.run for name, result in results.items()}
    return Comparison(
        tuple(laid),
        keys,
        figures,
        summary,
        MappingProxyType(runs),
        MappingProxyType(results),
        MappingProxyType(failures),
    )


def _names(scenario: str | Sequence[str]) -> tuple[str, ...]:
    words = scenario.split("+") if isinstance(scenario, str) else scenario
    return tuple(word.strip() for word in words)


def _laid(
    network: Network, scenarios: list[tuple[str, ...]]
) -> dict[str, tuple[tuple[str, ...], Network]]:
    """Lay every scenario; raise with all that is wrong."""
    problems = []
    if len(scenarios) < FEWEST:
        problems.append(
            f"{len(scenarios)} scenario is named; name two or more, the first being what the "
            f"others are held against, {TODAY!r} for the network as it is"
        )
    laid: dict[str, tuple[tuple[str, ...], Network]] = {}
    owner: dict[frozenset[str], str] = {}
    for names in scenarios:
        label = " + ".join(names)
        try:
            changed = apply_scenario(network, names)
        except ScenarioError as fault:
            problems.append(str(fault))
            continue
        measures = frozenset(m.measure_id for m in read_measures(network, names))
        first = owner.setdefault(measures, label)
        if label in laid:
            problems.append(f"{label!r} is named twice; keep one")
        elif first != label:
            problems.append(f"{first!r} and {label!r} lay the same measures; keep one")
        else:
            laid[label] = (tuple(n for n in names if n != TODAY), changed)
    if problems:
        raise ScenarioError("; ".join(dict.fromkeys(problems)))
    return laid


def _stamped(result: Any, network: Network, names: tuple[str, ...]) -> Any:
    """Return a result whose stamp names the scenario and the network before it."""
    run = replace(result.run, fingerprint=network.fingerprint, scenario=names)
    return replace(result, run=run)
